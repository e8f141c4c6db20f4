"""Initializers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parity import domains
from parity.domains import Shape, floats, options
from parity.reference import initializers as reference
from parity.registry.entry import Entry, Raises
from parity.tolerance import DTYPES

SEEDS = st.one_of(
    st.sampled_from((0, 1, -1, 42, 2**31 - 2, 2**31 - 1, 2**32 + 5, -(2**63), 2**63 - 1)),
    st.integers(-(2**63), 2**63 - 1),
)
SHAPES: tuple[Shape, ...] = ((), (1,), (13,), (257,), (7, 5), (3, 3, 2, 4), (1, 1), (1, 3, 5), (0, 3))
NUMBERS = st.one_of(st.sampled_from((0.0, 1.0, -2.5)), floats(-4.0, 4.0))
# Not so small that a share of it is subnormal, which TensorFlow takes for 0.
SPREADS = st.one_of(st.sampled_from((0.0, 1.0)), floats(2.0**-100, 4.0))
WINDOWS = (
    *("barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "cosine", "exponential", "flattop"),
    *("hamming", "hann", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey"),
    *("bart", "bkh", "black", "blackharr", "blk", "bman", "bmn", "box", "brt", "brthan", "bth", "flat", "flt"),
    *("halfcosine", "ham", "hamm", "han", "nut", "nutl", "ones", "par", "parz", "poisson", "rect", "rectangular"),
    *("sinc", "taylorwin", "tri", "triangle", "tuk"),
)
EACH_WINDOW = tuple(
    {
        "config": {"window": window, "periodic": periodic, "scaling": None},
        "inputs": {"shape": [50, 1, 3], "dtype": dtype},
    }
    for window in WINDOWS
    for periodic, dtype in ((False, "float32"), (True, "float64"))
)
# Its ends are negative, and count in a sum by their size.
OF_BOTH_SIGNS = (
    {"config": {"window": "flattop", "scaling": "spectrum"}, "inputs": {"shape": [16, 1, 3], "dtype": "float32"}},
)
SHORT_FRAMES = tuple({"config": {}, "inputs": {"shape": [length, 1, 3], "dtype": "float32"}} for length in (1, 2))

WRONG_CALLS = (
    Raises("shape", {}, {"shape": (2, -3), "dtype": "float32"}),
    Raises("shape", {}, {"shape": (2, 2.5), "dtype": "float32"}),
)
WRONG_SEEDS = (
    Raises("seed", {"seed": 1.5}),
    Raises("seed", {"seed": "1"}),
    Raises("seed", {"seed": True}),
    Raises("seed", {"seed": 2**63}),
    Raises("seed", {"seed": -(2**63) - 1}),
    Raises("seed", {"seed": {"class_name": "SeedGenerator"}}),
    Raises("seed", {"seed": {"class_name": "SeedGenerator", "config": "seed"}}),
    Raises("seed", {"seed": {"class_name": "SeedGenerator", "config": {"seed": 1.5}}}),
    Raises("seed", {"seed": {"class_name": "SeedGenerator", "config": {"seed": 1, "state": 1}}}),
    Raises("name", {"seed": {"class_name": "SeedGenerator", "config": {"seed": 1, "name": "a/b"}}}),
    Raises("seed", {"seed": {"class_name": "SeedGenerator", "module": "os", "config": {"seed": 1}}}),
    Raises("seed", {"seed": {"class_name": "Popen", "config": {"seed": 1}}}),
    Raises("dtype", {}, {"shape": (2, 3), "dtype": "int32"}),
)


def shaped(*shapes: Shape) -> Callable[..., SearchStrategy[dict[str, Any]]]:
    """Calls with one of these shapes that has the axes the config speaks of."""

    @st.composite
    def call(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
        axes = [*(config.get("input_axes") or []), *(config.get("output_axes") or [])]
        possible = [shape for shape in shapes if all(-len(shape) <= axis < len(shape) for axis in axes)]
        return {"shape": draw(domains.shapes(*possible)), "dtype": dtype}

    return call


def drawn(
    title: str,
    formula: Any,
    arguments: dict[str, Any],
    errors: tuple[Raises, ...] = (),
    shapes: tuple[Shape, ...] = SHAPES,
    **more: Any,
) -> Entry:
    """An initializer that draws: with the same seed, both packages give the same bits."""
    return Entry(
        f"initializers.{title}",
        formula,
        shaped(*shapes),
        st.fixed_dictionaries({"seed": SEEDS}, optional=arguments),
        **{"exact": True, "inexact_dtypes": ("float64",), **more},
        # torchimpl draws with NumPy, before any graph.
        modes=("graph", "xla"),
        errors=(*errors, *WRONG_CALLS, *WRONG_SEEDS),
    )


def scaled(title: str, fixed: dict[str, Any], arguments: Any = None, errors: tuple[Raises, ...] = ()) -> Entry:
    """An initializer that counts inputs and outputs."""
    axes = st.none() | st.sampled_from(([0], [1], [0, 1], [-1], [-2], [0, -2]))
    return drawn(
        title,
        partial(reference.variance_scaling, **fixed),
        {**(arguments or {}), "input_axes": axes, "output_axes": axes},
        (
            *errors,
            Raises("input_axes", {"input_axes": 0.5}),
            Raises("output_axes", {"output_axes": [True]}),
            Raises("out of range", {"input_axes": [2], "output_axes": [0]}, {"shape": (2, 3), "dtype": "float32"}),
        ),
    )


def known(
    title: str,
    formula: Any,
    config: SearchStrategy[dict[str, Any]],
    errors: tuple[Raises, ...],
    shapes: tuple[Shape, ...],
    **more: Any,
) -> Entry:
    """An initializer that draws nothing."""
    return Entry(
        f"initializers.{title}",
        formula,
        shaped(*shapes),
        config,
        **{"exact": True, **more},
        modes=("graph", "xla"),
        errors=(*errors, *WRONG_CALLS, Raises("dtype", {}, {"shape": shapes[0], "dtype": "complex64"})),
    )


def call(*shape: int, dtype: str = "float32") -> dict[str, Any]:
    return {"shape": shape, "dtype": dtype}


ENTRIES = [
    known(
        "Constant",
        reference.constant,
        options(
            value=NUMBERS | st.sampled_from((3, -2, True, 0.1, 1e30, float("inf"), [1.0, -0.3, 7.0], [[0.5], [0.25]]))
        ),
        (
            Raises("value", {"value": "1"}),
            Raises("value", {"value": None}),
            Raises("value", {"value": [1, [2, 3]]}),
            Raises("value", {"value": {"class_name": "__numpy__"}}),
            Raises("value", {"value": {"class_name": "__numpy__", "config": "value"}}),
            Raises("value", {"value": 1j}),
            Raises("Expected `shape` to be", {"value": [1.0, 2.0]}, call(2, 3)),
            Raises("Expected `shape` to be", {"value": [[1.0, 2.0]]}, call(2)),
            Raises("Expected `shape` to be", {"value": [[1.0], [2.0]]}, call(3, 2)),
            Raises("does not fit", {"value": 256}, call(2, dtype="uint8")),
            Raises("does not fit", {"value": [1, 256]}, call(2, dtype="uint8")),
            Raises("does not fit", {"value": 2.0**31}, call(2, dtype="int32")),
            Raises("does not fit", {"value": -(2.0**31) - 1}, call(2, dtype="int32")),
            Raises("does not fit", {"value": float("nan")}, call(2, dtype="int32")),
        ),
        ((2, 3), (4, 2, 3), (0, 2, 3)),
    ),
    known("Zeros", partial(reference.constant, value=0), st.just({}), (), SHAPES, zero=True),
    known("Ones", partial(reference.constant, value=1), st.just({}), (), SHAPES),
    known(
        "Identity",
        reference.identity,
        options(gain=NUMBERS | st.sampled_from((2, 0.1))),
        (
            Raises("gain", {"gain": "1"}),
            Raises("gain", {"gain": float("nan")}),
            Raises("two axes", {}, call(2)),
            Raises("two axes", {}, call(2, 2, 2)),
            Raises("does not fit", {"gain": -1}, call(2, 2, dtype="uint8")),
        ),
        ((3, 3), (2, 5), (5, 2), (1, 1), (0, 3)),
    ),
    known(
        "STFT",
        reference.stft,
        options(
            side=st.sampled_from(("real", "imag")),
            window=st.none() | st.sampled_from((*WINDOWS, [0.5, 1.0, -0.25, 2.0] * 4)),
            scaling=st.sampled_from((None, "density", "spectrum")),
            periodic=st.booleans(),
        ),
        (
            Raises("side", {"side": "imaginary"}),
            Raises("window", {"window": "unknown"}),
            Raises("window", {"window": ["1"]}),
            Raises("window", {"window": 3}),
            Raises("window", {"window": [1.0, 2.0]}, call(3, 1, 5)),
            Raises("scaling", {"scaling": "l2"}),
            Raises("periodic", {"periodic": 1}),
            Raises("shape", {}, call(4, 2, 5)),
            Raises("shape", {}, call(4, 1, 1)),
            Raises("shape", {}, call(4, 5)),
        ),
        ((16, 1, 9), (16, 1, 2), (16, 1, 257)),
        inexact_dtypes=DTYPES,
        always=EACH_WINDOW + OF_BOTH_SIGNS + SHORT_FRAMES,
    ),
    drawn(
        "RandomNormal",
        reference.random_normal,
        {"mean": NUMBERS, "stddev": SPREADS},
        (Raises("mean", {"mean": "0"}), Raises("stddev", {"stddev": -1.0}), Raises("stddev", {"stddev": None})),
    ),
    drawn(
        "TruncatedNormal",
        reference.random_truncated,
        {"mean": NUMBERS, "stddev": SPREADS},
        (Raises("mean", {"mean": "0"}), Raises("stddev", {"stddev": -1.0}), Raises("stddev", {"stddev": None})),
    ),
    drawn(
        "RandomUniform",
        reference.random_uniform,
        {"minval": floats(-4.0, -0.0625) | st.just(-0.3), "maxval": floats(-0.03125, 4.0) | st.just(0.1)},
        (
            Raises("minval", {"minval": "0"}),
            Raises("maxval", {"minval": 1.0, "maxval": 0.5}),
            Raises("maxval", {"maxval": float("inf")}),
        ),
    ),
    scaled(
        "VarianceScaling",
        {},
        {
            "scale": st.one_of(st.just(2.0), floats(0.125, 4.0)),
            "mode": st.sampled_from(("fan_in", "fan_out", "fan_avg")),
            "distribution": st.sampled_from(("truncated_normal", "untruncated_normal", "uniform", "normal", "Uniform")),
        },
        (
            Raises("scale", {"scale": 0.0}),
            Raises("mode", {"mode": "fan"}),
            Raises("distribution", {"distribution": "gaussian"}),
            Raises("distribution", {"distribution": 1}),
        ),
    ),
    scaled("GlorotUniform", {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}),
    scaled("GlorotNormal", {"scale": 1.0, "mode": "fan_avg", "distribution": "truncated_normal"}),
    scaled("LecunNormal", {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"}),
    scaled("LecunUniform", {"scale": 1.0, "mode": "fan_in", "distribution": "uniform"}),
    scaled("HeNormal", {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal"}),
    scaled("HeUniform", {"scale": 2.0, "mode": "fan_in", "distribution": "uniform"}),
    drawn(
        "Orthogonal",
        reference.orthogonal,
        {"gain": NUMBERS},
        (Raises("gain", {"gain": "1"}), Raises("two axes", {}, call(4)), Raises("two axes", {}, call())),
        shapes=((7, 5), (5, 7), (3, 3, 2, 4), (2, 3, 7), (1, 1), (1, 4), (16, 16), (0, 3), (3, 0)),
        exact=False,
    ),
]
