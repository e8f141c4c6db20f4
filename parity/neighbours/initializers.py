"""Initializers: their neighbours in PyTorch.

`shape` is that of a kernel in Keras's layout, (*window, inputs, units), of a Dense layer (inputs, units). PyTorch
counts in its own, (units, inputs, *window): `weight` has that, and what comes out is moved back. Random numbers of two
libraries are never the same: distributions are compared.
"""

from typing import Any

from parity.neighbours.base import DEFAULT, DIFFERENT, EQUAL, NONE, WITH_ARGUMENTS, Row

AXES_UNSAID = {"input_axes": None, "output_axes": None}
UNTRUNCATED = "PyTorch's normal numbers are not cut off at two standard deviations, as Keras's are."
LAYOUT = "weight is laid out as PyTorch's are, (units, inputs, *window): of Keras's layout it counts other inputs."
WEIGHT = "weight = torch.empty(shape[-1], shape[-2], *shape[:-2])\n"
TO_KERAS = ".movedim((0, 1), (-1, -2))"
INPUTS, OUTPUTS = "weight[0].numel()", "weight[:, 0].numel()"
FANS = {"fan_in": INPUTS, "fan_out": OUTPUTS, "fan_avg": f"(({INPUTS} + {OUTPUTS}) / 2)"}


def native(ours: str, function: str, verdict: str, arguments: str = "", **more: Any) -> Row:
    """An initializer by a function of PyTorch's that counts inputs and outputs, or takes a kernel for a matrix."""
    theirs = f"torch.nn.init.{function}"
    return Row(
        f"initializers.{ours}",
        theirs,
        verdict,
        f"{WEIGHT}{theirs}(weight{arguments}){TO_KERAS}",
        plain="" if verdict == DIFFERENT else f"{theirs}(torch.empty(shape){arguments})",
        **{"when": AXES_UNSAID, "remark": LAYOUT, **more},
    )


def of_variance(variance: str, distribution: str = "truncated_normal") -> str:
    """Code that draws a kernel of a variance."""
    std = f"std = ({variance}) ** 0.5"
    drawn = {
        "truncated_normal": f"{std} / 0.87962566103423978\n"
        "torch.nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std)",
        "untruncated_normal": f"{std}\ntorch.nn.init.normal_(weight, std=std)",
        "uniform": f"bound = (3 * {variance}) ** 0.5\ntorch.nn.init.uniform_(weight, -bound, bound)",
    }
    return f"{WEIGHT}{drawn[distribution]}{TO_KERAS}"


def truncated(ours: str, variance: str) -> Row:
    """A scaled initializer by way of PyTorch's truncated normal."""
    return Row(
        f"initializers.{ours}",
        "torch.nn.init.trunc_normal_",
        WITH_ARGUMENTS,
        of_variance(variance),
        when=AXES_UNSAID,
        remark="a and b are bounds, not multiples of std; the divisor is the std of a normal cut off at 2.",
    )


def filled_with(ours: str, theirs: str, value: str = "") -> Row:
    return Row(
        f"initializers.{ours}", f"torch.nn.init.{theirs}", EQUAL, f"torch.nn.init.{theirs}(torch.empty(shape){value})"
    )


ROWS = (
    filled_with("Zeros", "zeros_"),
    filled_with("Ones", "ones_"),
    Row(
        "initializers.Constant",
        "torch.nn.init.constant_",
        EQUAL,
        "torch.nn.init.constant_(torch.empty(shape), value)",
        kinds={"value": "float"},
    ),
    Row(
        "initializers.Identity",
        "torch.nn.init.eye_",
        EQUAL,
        "gain * torch.nn.init.eye_(torch.empty(shape))",
        remark="For kernels of convolutions PyTorch has dirac_.",
    ),
    Row(
        "initializers.STFT",
        "torch",
        NONE,
        absent=("torch.nn.init.stft_",),
        remark="torch.stft computes the transform of a signal; there is no kernel for a convolution.",
    ),
    native("GlorotUniform", "xavier_uniform_", WITH_ARGUMENTS),
    Row(
        "initializers.GlorotUniform",
        "torch.nn.Linear",
        DIFFERENT,
        "torch.nn.Linear(*shape).weight.T",
        when=AXES_UNSAID,
        given="len(shape) == 2",
        remark="The default of a layer: Keras's Dense has GlorotUniform and a bias of zeros, nn.Linear is uniform "
        "within 1 / sqrt(inputs), its bias too.",
        source="https://github.com/pytorch/pytorch/issues/57109",
    ),
    native("GlorotNormal", "xavier_normal_", DIFFERENT, remark=UNTRUNCATED),
    truncated("GlorotNormal", f"2 / ({INPUTS} + {OUTPUTS})"),
    native("HeUniform", "kaiming_uniform_", WITH_ARGUMENTS),
    native("HeNormal", "kaiming_normal_", DIFFERENT, remark=UNTRUNCATED),
    truncated("HeNormal", f"2 / {INPUTS}"),
    native("LecunUniform", "kaiming_uniform_", WITH_ARGUMENTS, ", nonlinearity='linear'"),
    native("LecunNormal", "kaiming_normal_", DIFFERENT, ", nonlinearity='linear'", remark=UNTRUNCATED),
    truncated("LecunNormal", f"1 / {INPUTS}"),
    native(
        "Orthogonal",
        "orthogonal_",
        WITH_ARGUMENTS,
        ", gain=gain",
        when={},
        remark="Keras makes a matrix of all axes but the last, PyTorch of all but the first: weight is laid out as "
        "PyTorch's are, (units, inputs, *window).",
    ),
    Row(
        "initializers.RandomNormal",
        "torch.nn.init.normal_",
        DEFAULT,
        "torch.nn.init.normal_(torch.empty(shape), mean=mean, std=stddev)",
        remark="A standard deviation of 1 in PyTorch, of 0.05 in Keras.",
    ),
    Row(
        "initializers.RandomUniform",
        "torch.nn.init.uniform_",
        DEFAULT,
        "torch.nn.init.uniform_(torch.empty(shape), a=minval, b=maxval)",
        remark="From 0 to 1 in PyTorch, from -0.05 to 0.05 in Keras.",
    ),
    Row(
        "initializers.TruncatedNormal",
        "torch.nn.init.trunc_normal_",
        WITH_ARGUMENTS,
        "torch.nn.init.trunc_normal_(\n"
        "    torch.empty(shape), mean=mean, std=stddev, a=mean - 2 * stddev, b=mean + 2 * stddev)",
        given="stddev > 0.01",
        remark="PyTorch's bounds are numbers, -2 and 2, whatever the standard deviation.",
        source="https://docs.pytorch.org/docs/stable/nn.init.html",
    ),
    *(
        Row(
            "initializers.VarianceScaling",
            "torch",
            NONE,
            of_variance(f"scale / {number}", distribution),
            when={**AXES_UNSAID, "mode": mode, "distribution": distribution},
            absent=("torch.nn.init.variance_scaling_",),
            remark="Each of Xavier's and Kaiming's is one case of it.",
        )
        for mode, number in FANS.items()
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    ),
)
