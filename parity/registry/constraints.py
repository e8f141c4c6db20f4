"""Constraints."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, options, reals
from parity.reference import constraints as reference
from parity.registry.entry import Entry, Raises
from parity.registry.regularizers import matrices


@st.composite
def units(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Weights of units with norms below and above the limit, and exactly at it; some are all zero, or not finite."""
    shape = draw(domains.shapes((4, 3), (3, 1), (2, 3, 2)))
    x = draw(arrays(shape, st.one_of(floats(-2.0, 2.0), reals(30.0)), dtype))
    faint = np.where(np.arange(shape[-1]) == 0, 1e-20, 1.0)  # one unit far smaller than the others
    x = draw(st.sampled_from((x, x, x * 0, np.sign(x), domains.quantize(x.astype(np.float64) * faint, dtype))))
    if draw(st.integers(0, 3)) == 3:
        x = x.copy()
        x.flat[draw(st.integers(0, x.size - 1))] = draw(domains.special())
    return {"x": x}


# The limit over the norm is subnormal, or a weight over it; an infinite weight leaves the others 0.
FAR = {"x": np.array([[3e38, 3e37], [1.0, 0.0]], np.float32)}
INFINITE = {"x": np.array([[np.inf, 1.0], [2.0, 3.0]], np.float32)}


AXES = st.sampled_from((0, 1, -1, [0, 1]))
BOUNDS = st.fixed_dictionaries(
    {"max_value": st.one_of(st.sampled_from((1, 2.5)), floats(1.0, 4.0))},
    optional={
        "min_value": st.one_of(st.sampled_from((0, 1.0, 0.5)), floats(0.0, 1.0)),
        "rate": st.one_of(st.sampled_from((0, 1, 0.5)), floats(0.0, 1.0)),
        "axis": AXES,
    },
)

ENTRIES = [
    Entry(
        "constraints.MaxNorm",
        reference.max_norm,
        units,
        options(
            max_value=st.one_of(st.sampled_from((0, 1, 2.5)), floats(0.0, 4.0)),
            axis=AXES,
        ),
        always=tuple(
            {"config": config, "inputs": given} for config in ({}, {"max_value": 0.3}) for given in (FAR, INFINITE)
        ),
        errors=(
            Raises("max_value", {"max_value": -1}),
            Raises("axis", {"axis": "rows"}),
            Raises("axis", {"axis": []}),
            Raises("no such axis", {"axis": 1}, {"x": np.ones(3, np.float32)}),
        ),
    ),
    Entry(
        "constraints.MinMaxNorm",
        reference.min_max_norm,
        units,
        st.one_of(BOUNDS, BOUNDS, options(axis=AXES)),
        always=tuple(
            {"config": config, "inputs": given}
            for config in ({}, {"min_value": 0.5, "rate": 0.5})
            for given in (FAR, INFINITE)
        ),
        errors=(
            Raises("min_value", {"min_value": -1}),
            Raises("max_value", {"min_value": 2.0, "max_value": 1.0}),
            Raises("max_value", {"max_value": None}),
            Raises("rate", {"rate": 1.5}),
            Raises("rate", {"rate": -0.5}),
            Raises("axis", {"axis": "rows"}),
            Raises("no such axis", {"axis": 1}, {"x": np.ones(3, np.float32)}),
        ),
    ),
    Entry("constraints.NonNeg", reference.non_neg, matrices),
    Entry(
        "constraints.UnitNorm",
        reference.unit_norm,
        units,
        options(axis=AXES),
        always=tuple({"config": {}, "inputs": given} for given in (FAR, INFINITE)),
        errors=(Raises("axis", {"axis": None}), Raises("no such axis", {"axis": 1}, {"x": np.ones(3, np.float32)})),
    ),
]
