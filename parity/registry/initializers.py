"""Initializers."""

from functools import partial
from typing import Any

from hypothesis import strategies as st

from parity import domains
from parity.domains import floats
from parity.reference import initializers as reference
from parity.registry.entry import Entry, Raises

SEEDS = st.one_of(
    st.sampled_from((0, 1, -1, 42, 2**31 - 2, 2**31 - 1, 2**32 + 5, -(2**63), 2**63 - 1)),
    st.integers(-(2**63), 2**63 - 1),
)


@st.composite
def kernels(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """The shape of a kernel with as many axes as the config speaks of."""
    axes = [*(config.get("input_axes") or []), *(config.get("output_axes") or [])]
    shapes = [(7, 5), (3, 3, 2, 4), (1, 1), (1, 3, 5), (0, 3), *([] if axes else [(), (1,), (13,), (257,)])]
    return {
        "shape": draw(domains.shapes(*[shape for shape in shapes if len(shape) > max(axes, default=-1)])),
        "dtype": dtype,
    }


def initializer(title: str, arguments: dict[str, Any], fixed: dict[str, Any], errors: tuple[Raises, ...]) -> Entry:
    axes = st.sampled_from(([0], [1], [0, 1]))
    return Entry(
        f"initializers.{title}",
        partial(reference.variance_scaling, **fixed),
        kernels,
        st.fixed_dictionaries(
            {"seed": SEEDS}, optional={**arguments, **{key: st.none() | axes for key in ("input_axes", "output_axes")}}
        ),
        exact=True,
        inexact_dtypes=("float64",),
        # torchimpl draws with NumPy, before any graph.
        modes=("graph", "xla"),
        errors=(
            *errors,
            Raises("seed", {"seed": 1.5}),
            Raises("seed", {"seed": "1"}),
            Raises("seed", {"seed": 2**63}),
            Raises("seed", {"seed": -(2**63) - 1}),
            Raises("input_axes", {"input_axes": 0.5}),
            Raises("out of range", {"input_axes": [2], "output_axes": [0]}, {"shape": (2, 3), "dtype": "float32"}),
            Raises("shape", {}, {"shape": (2, -3), "dtype": "float32"}),
            Raises("dtype", {}, {"shape": (2, 3), "dtype": "int32"}),
        ),
    )


ENTRIES = [
    initializer(
        "VarianceScaling",
        {
            "scale": st.one_of(st.just(2.0), floats(0.125, 4.0)),
            "mode": st.sampled_from(("fan_in", "fan_out", "fan_avg")),
            "distribution": st.sampled_from(("truncated_normal", "untruncated_normal", "uniform", "normal")),
        },
        {},
        (
            Raises("scale", {"scale": 0.0}),
            Raises("mode", {"mode": "fan"}),
            Raises("distribution", {"distribution": "gaussian"}),
        ),
    ),
    initializer("GlorotUniform", {}, {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}, ()),
    initializer("GlorotNormal", {}, {"scale": 1.0, "mode": "fan_avg", "distribution": "truncated_normal"}, ()),
    initializer("HeNormal", {}, {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal"}, ()),
]
