"""Regularizers."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, options, reals
from parity.reference import regularizers as reference
from parity.registry.entry import Entry, Raises


@st.composite
def matrices(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    shape = draw(domains.shapes((4, 3), (1,), (5,), (0, 2), (2, 3, 2)))
    return {"x": draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))}


@st.composite
def apart(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Matrices of which two rows, or two columns, share no axis or are far from orthogonal.

    Beside a right angle the derivative jumps, and rounding decides on which side it is.
    """
    shape = draw(domains.shapes((4, 3), (2, 2), (1, 3), (3, 1), (2, 5), (0, 3), (3, 0)))
    sizes = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0, 2.0)), floats(0.25, 4.0)), dtype))
    rows, columns = (draw(arrays((size,), st.sampled_from((1.0, -1.0)), dtype)) for size in shape)
    return {"x": (sizes * rows[:, None] * columns).astype(sizes.dtype)}


# Numbers of half precision whose sum, or whose squares, leave it, though the penalty does not.
LARGE = {"x": np.array([6e4, -6e4, 6e4], np.float16)}
SQUARED = {"x": np.array([300, 300], np.float16)}
# One row is shorter than the 1e-7 that a norm counts as.
FAINT = {"x": np.array([[3e-8, 0.0], [1.0, 1.0]], np.float64)}
# No rows, and no columns.
EMPTY = [np.zeros(shape, np.float32) for shape in ((0, 3), (3, 0))]
FACTORS = st.one_of(st.sampled_from((0.3, 0.0)), floats(0.0, 2.0))

ENTRIES = [
    Entry(
        "regularizers.L1",
        reference.l1,
        matrices,
        options(l1=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        ties="x",
        always=({"config": {}, "inputs": LARGE},),
        errors=(Raises("l1", {"l1": -0.1}), Raises("l1", {"l1": "0.1"}), Raises("l1", {"l1": float("inf")})),
    ),
    Entry(
        "regularizers.L2",
        reference.l2,
        matrices,
        options(l2=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        always=({"config": {}, "inputs": SQUARED},),
        errors=(Raises("l2", {"l2": -0.1}), Raises("l2", {"l2": "0.1"}), Raises("l2", {"l2": float("inf")})),
    ),
    Entry(
        "regularizers.L1L2",
        reference.l1_l2,
        matrices,
        options(l1=FACTORS, l2=FACTORS),
        ("x",),
        always=({"config": {"l1": 0.01}, "inputs": LARGE}, {"config": {"l2": 0.01}, "inputs": SQUARED}),
        errors=(Raises("l1", {"l1": -0.1}), Raises("l2", {"l2": "0.1"}), Raises("l2", {"l2": float("inf")})),
    ),
    Entry(
        "regularizers.OrthogonalRegularizer",
        reference.orthogonal,
        apart,
        options(factor=FACTORS, mode=st.sampled_from(("rows", "columns"))),
        ("x",),
        pairs=True,
        always=(
            {"config": {}, "inputs": FAINT},
            *({"config": {"mode": mode}, "inputs": {"x": x}} for mode in ("rows", "columns") for x in EMPTY),
        ),
        errors=(
            Raises("factor", {"factor": -0.1}),
            Raises("factor", {"factor": None}),
            Raises("mode", {"mode": "row"}),
            Raises("must be a matrix", {}, {"x": np.ones(3, np.float32)}),
        ),
    ),
]
