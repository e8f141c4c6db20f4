"""Activations."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import floats, mixed, options, reals
from parity.reference import activations as reference
from parity.registry.entry import Entry, Raises

THREE = {"x": np.ones(3, np.float32)}


def points(*ties: str, low: float = -100.0) -> Any:
    """Numbers of every size; sometimes exactly those arguments of the function where its formula changes."""

    @st.composite
    def draw_points(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
        shape = draw(domains.shapes((7,), (2, 3), (1,), (), (0,), (33,)))
        corners = [0.0, *(float(config[key]) for key in ties if config.get(key) is not None)]
        tails = st.sampled_from((max(-87.5, low), -103.0, 15.0, 35.0, -17.0))
        usual = st.one_of(reals(-low), st.sampled_from(corners), tails)
        return {"x": draw(mixed(shape, usual, dtype, domains.huge(), domains.special()))}

    return draw_points


@st.composite
def rows(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Numbers along the axes of a softmax."""
    axes = config.get("axis", -1)
    least = max(axis + 1 if axis >= 0 else -axis for axis in (axes if isinstance(axes, list) else [axes]))
    shape = draw(domains.shapes(*[shape for shape in ((4,), (3, 2), (2, 1), (0, 3), (2, 3, 2)) if len(shape) >= least]))
    return {"x": draw(mixed(shape, reals(50.0), dtype, domains.huge(), domains.special()))}


SLOPES = st.one_of(st.sampled_from((0.0, 0.25, -0.5)), floats(-1.0, 2.0))
LIMITS = st.one_of(st.sampled_from((0.0, 1.0, 6.0)), floats(0.0, 8.0))
THRESHOLDS = st.one_of(st.sampled_from((0.0, 0.5, -1.0)), floats(-4.0, 4.0))

ENTRIES = [
    Entry(
        "activations.elu",
        reference.elu,
        # Where exp(x) is subnormal and alpha * exp(x) is not, TensorFlow has flushed the one before it makes the other.
        points(low=-85.0),
        options(alpha=st.one_of(st.sampled_from((0.0, 1.0, 0.25)), floats(-2.0, 4.0))),
        ("x",),
        ties="x",
        errors=(Raises("alpha", {"alpha": None}, THREE), Raises("alpha", {"alpha": float("inf")}, THREE)),
    ),
    Entry("activations.linear", reference.linear, points(), gradients=("x",)),
    Entry(
        "activations.relu",
        reference.relu,
        points("threshold", "max_value"),
        options(negative_slope=SLOPES, max_value=st.none() | LIMITS, threshold=THRESHOLDS),
        ("x",),
        ties="x",
        errors=(
            Raises("max_value", {"max_value": -1.0}, THREE),
            Raises("negative_slope", {"negative_slope": float("nan")}, THREE),
            Raises("threshold", {"threshold": "0"}, THREE),
        ),
    ),
    Entry(
        "activations.softmax",
        reference.softmax,
        rows,
        options(axis=st.sampled_from((-1, 0, 1, -2, [0, 1], [-1, -2], [1, 0]))),
        ("x",),
        errors=(
            Raises("axis", {"axis": 0.5}, THREE),
            Raises("axis", {"axis": []}, THREE),
            Raises("no such axis", {"axis": 1}, THREE),
            Raises("no such axis", {"axis": [0, 5]}, THREE),
            Raises("named twice", {"axis": [0, -1]}, THREE),
        ),
    ),
    Entry("activations.softplus", reference.softplus, points(), gradients=("x",)),
]
