"""Initializers: their neighbours in PyTorch.

The kernel is that of a Dense layer, (inputs, units); PyTorch's is (units, inputs). Random numbers of two libraries are
never the same: distributions are compared.
"""

from parity.neighbours.base import DEFAULT, DIFFERENT, EQUAL, NONE, WITH_ARGUMENTS, Row

DENSE = {"input_axes": None, "output_axes": None}
UNTRUNCATED = "PyTorch's normal numbers are not cut off at two standard deviations, as Keras's are."
LAYOUT = "PyTorch counts the inputs of (units, inputs): on Keras's layout it takes one for the other."


def truncated(ours: str, variance: str) -> Row:
    """A scaled initializer by way of PyTorch's truncated normal."""
    return Row(
        f"initializers.{ours}",
        "torch.nn.init.trunc_normal_",
        WITH_ARGUMENTS,
        f"std = ({variance}) ** 0.5 / 0.87962566103423978\n"
        "torch.nn.init.trunc_normal_(torch.empty(shape), std=std, a=-2 * std, b=2 * std)",
        when=DENSE,
        remark="a and b are bounds, not multiples of std; the divisor is the std of a normal cut off at 2.",
    )


def kaiming(ours: str, kind: str, verdict: str, argument: str = "", remark: str = LAYOUT) -> Row:
    inside = f", {argument}" if argument else ""
    theirs = f"torch.nn.init.kaiming_{kind}_"
    return Row(
        f"initializers.{ours}",
        theirs,
        verdict,
        f"{theirs}(torch.empty(shape[::-1]){inside}).T",
        plain="" if verdict == DIFFERENT else f"{theirs}(torch.empty(shape)).reshape(shape)",
        when=DENSE,
        remark=remark,
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
        given="isinstance(value, (int, float))",
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
    Row(
        "initializers.GlorotUniform",
        "torch.nn.init.xavier_uniform_",
        EQUAL,
        "torch.nn.init.xavier_uniform_(torch.empty(shape))",
        when=DENSE,
    ),
    Row(
        "initializers.GlorotUniform",
        "torch.nn.Linear",
        DIFFERENT,
        "torch.nn.Linear(*shape).weight.T",
        when=DENSE,
        remark="The default of a layer: Keras's Dense has GlorotUniform and a bias of zeros, nn.Linear is uniform "
        "within 1 / sqrt(inputs), its bias too.",
        source="https://github.com/pytorch/pytorch/issues/57109",
    ),
    Row(
        "initializers.GlorotNormal",
        "torch.nn.init.xavier_normal_",
        DIFFERENT,
        "torch.nn.init.xavier_normal_(torch.empty(shape))",
        when=DENSE,
        remark=UNTRUNCATED,
    ),
    truncated("GlorotNormal", "2 / sum(shape)"),
    kaiming("HeUniform", "uniform", WITH_ARGUMENTS),
    kaiming("HeNormal", "normal", DIFFERENT, remark=UNTRUNCATED),
    truncated("HeNormal", "2 / shape[0]"),
    kaiming("LecunUniform", "uniform", WITH_ARGUMENTS, "nonlinearity='linear'"),
    kaiming("LecunNormal", "normal", DIFFERENT, "nonlinearity='linear'", remark=UNTRUNCATED),
    truncated("LecunNormal", "1 / shape[0]"),
    Row(
        "initializers.Orthogonal",
        "torch.nn.init.orthogonal_",
        EQUAL,
        "torch.nn.init.orthogonal_(torch.empty(shape), gain=gain)",
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
    Row(
        "initializers.VarianceScaling",
        "torch",
        NONE,
        "std = (scale / shape[0]) ** 0.5 / 0.87962566103423978\n"
        "torch.nn.init.trunc_normal_(torch.empty(shape), std=std, a=-2 * std, b=2 * std)",
        when={**DENSE, "mode": "fan_in", "distribution": "truncated_normal"},
        absent=("torch.nn.init.variance_scaling_",),
        remark="Each of Xavier's and Kaiming's is one case of it.",
    ),
)
