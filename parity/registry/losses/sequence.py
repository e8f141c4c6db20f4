"""Losses of a sequence whose alignment is not known."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity import domains
from parity.domains import mixed, reals
from parity.registry.entry import Raises
from parity.registry.losses.base import pair


@st.composite
def sequences(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Labels, some of them repeated, sometimes too many for the steps, and logits of few classes, often few steps."""
    shapes = ((1, 1, 2), (2, 4, 3), (3, 3, 4), (2, 5, 3), (0, 2, 3), (2, 3, 1), (2, 20, 3))
    batch, steps, classes = draw(st.sampled_from(shapes))
    shape = (batch, draw(st.sampled_from((2, 3, 1, 0) if steps < 10 else (3, 8))))
    y_true = draw(
        hnp.arrays(np.int32, shape, elements=st.integers(min(1, classes - 1), classes - 1), fill=st.nothing())
    )
    length = draw(hnp.arrays(np.int32, (batch, 1), elements=st.integers(0, shape[1]), fill=st.nothing()))
    y_true = np.where(np.arange(shape[1]) < length, y_true, 0).astype(np.int32)
    kind = draw(st.sampled_from(("int32", "int64", "float32", "float64", "fraction", "nan")))
    if kind in ("fraction", "nan"):
        y_true = (y_true + np.where(y_true, 0.25, 0)).astype(np.float32)
    if kind == "nan" and y_true.size:
        y_true.flat[0] = np.nan
    y_true = y_true if kind in ("fraction", "nan") else y_true.astype(kind)
    logits = mixed((batch, steps, classes), st.one_of(reals(10.0), st.sampled_from((-40.0, 100.0))), dtype, NOT_FINITE)
    return {"y_true": y_true, "y_pred": draw(logits)}


def of_batch(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    return given["y_true"].shape[:1]


NOT_FINITE = st.sampled_from((float("nan"), float("inf"), -float("inf")))
LOGITS = np.zeros((2, 3, 4), np.float32)
# Class numbers that bfloat16 does not know, of which it would make others.
MANY_CLASSES = {"y_true": np.array([[257]]), "y_pred": np.linspace(-8, 0, 260, dtype=np.float32).reshape(1, 1, 260)}
# Equal numbers are the worst to add up; of others what the classes differ by counts at every step.
MANY_STEPS = {
    "y_true": np.array([[1, 2, 2, 1, 3], [3, 1, 0, 0, 0]]),
    "y_pred": np.stack([np.full((500, 4), 0.1), np.tile([0.3, 1.1, -2.0, 4.7], (500, 1))]).astype(np.float32),
}
ENTRIES = pair(
    "CTC",
    "ctc",
    sequences,
    {},
    ("y_pred",),
    None,
    (),
    samples=of_batch,
    always=({"config": {"dtype": "bfloat16"}, "inputs": MANY_CLASSES}, {"config": {}, "inputs": MANY_STEPS}),
    given={"y_true": np.array([[1], [2]]), "y_pred": LOGITS},
    wrong=(
        *(
            Raises("must have the shape", {}, {"y_true": np.zeros(shape, np.int64), "y_pred": LOGITS})
            for shape in ((2,), (3, 1), (1, 3), (2, 3, 1))
        ),
        Raises("must have the shape", {}, {"y_true": np.zeros((2, 1), np.int64), "y_pred": LOGITS[0]}),
        Raises("no class", {}, {"y_true": np.array([[1], [4]]), "y_pred": LOGITS}),
        Raises("no class", {}, {"y_true": np.array([[1, -1], [3, 0]]), "y_pred": LOGITS}),
    ),
)
