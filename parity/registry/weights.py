"""What is done to weights: initializers, regularizers and constraints."""

from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, options, reals
from parity.reference import constraints, initializers, regularizers
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


@st.composite
def matrices(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    shape = draw(domains.shapes((4, 3), (1,), (5,), (0, 2), (2, 3, 2)))
    return {"x": draw(mixed(shape, reals(), dtype, domains.special()))}


@st.composite
def units(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Weights of units with norms below and above the limit, and exactly at it; some are all zero."""
    shape = draw(domains.shapes((4, 3), (3, 1), (2, 3, 2)))
    x = draw(arrays(shape, st.one_of(floats(-2.0, 2.0), reals(30.0)), dtype))
    faint = np.where(np.arange(shape[-1]) == 0, 1e-20, 1.0)  # one unit far smaller than the others
    return {
        "x": draw(st.sampled_from((x, x, x * 0, np.sign(x), domains.quantize(x.astype(np.float64) * faint, dtype))))
    }


def initializer(title: str, arguments: dict[str, Any], fixed: dict[str, Any], errors: tuple[Raises, ...]) -> Entry:
    axes = st.sampled_from(([0], [1], [0, 1]))
    return Entry(
        f"initializers.{title}",
        partial(initializers.variance_scaling, **fixed),
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
    Entry(
        "regularizers.L1",
        regularizers.l1,
        matrices,
        options(l1=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        errors=(Raises("l1", {"l1": -0.1}), Raises("l1", {"l1": "0.1"}), Raises("l1", {"l1": float("inf")})),
    ),
    Entry(
        "regularizers.L2",
        regularizers.l2,
        matrices,
        options(l2=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        errors=(Raises("l2", {"l2": -0.1}), Raises("l2", {"l2": "0.1"}), Raises("l2", {"l2": float("inf")})),
    ),
    Entry(
        "constraints.MaxNorm",
        constraints.max_norm,
        units,
        options(
            max_value=st.one_of(st.sampled_from((0, 1, 2.5)), floats(0.0, 4.0)),
            axis=st.sampled_from((0, 1, -1, [0, 1])),
        ),
        errors=(
            Raises("max_value", {"max_value": -1}),
            Raises("axis", {"axis": "rows"}),
            Raises("axis", {"axis": []}),
            Raises("no such axis", {"axis": 1}, {"x": np.ones(3, np.float32)}),
        ),
    ),
    Entry("constraints.NonNeg", constraints.non_neg, matrices),
]
