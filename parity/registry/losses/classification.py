"""Losses of a probability, or of the logits it comes from."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, labels, mixed, probabilities, rank_variant, reals, weights
from parity.registry.losses.base import as_integers, pair, with_axis

CROSSENTROPY = {"from_logits": st.booleans(), "label_smoothing": floats(0.0, 1.0)}

LOGITS = st.sampled_from((-7.0, -25.0, 12.0, 40.0, 100.0, -120.0, 1e4))  # where exponentials vanish or overflow


@st.composite
def decisions(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Yes/no labels with probabilities, or with logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (4,), (3, 2), (1, 1), (5, 1), (2, 3, 4), (0, 3)))
    y_true = draw(arrays(shape, labels(), dtype))
    if config.get("from_logits", False):
        y_pred = draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype))
    else:
        outside = st.sampled_from((-0.5, 1.5))
        y_pred = draw(mixed(shape, probabilities(), dtype, outside, st.just(float("nan"))))
    if axis == -1:
        y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


@st.composite
def classes(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Labels among several classes, one-hot, soft, all zero, or not summing to 1, with probabilities or logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (3, 4), (1, 2), (2, 3, 2), (5, 3), (4,), (0, 3)))
    kind = draw(st.sampled_from(("one-hot", "one-hot", "soft", "weighted")))
    if kind == "one-hot":
        chosen = draw(arrays(shape, floats(0.0, 1.0), "float64"))
        y_true = (chosen == chosen.max(axis=axis, keepdims=True)) if chosen.size else chosen
        y_true = domains.quantize(y_true, dtype)
    else:
        y_true = draw(arrays(shape, labels() if kind == "soft" else weights(), dtype))
    if config.get("from_logits", False):
        return {
            "y_true": draw(as_integers(y_true)),
            "y_pred": draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype)),
        }
    y_pred = draw(arrays(shape, probabilities(), dtype))
    total = y_pred.astype(np.float64).sum(axis=axis, keepdims=True)
    y_pred = np.where(total > 1e-3, y_pred, np.ones_like(y_pred)).astype(y_true.dtype)
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


WRONG_CROSSENTROPY = (
    ("from_logits", "yes"),
    ("label_smoothing", 1.5),
    ("label_smoothing", None),
    ("axis", True),
)
ENTRIES = [
    *pair(
        "BinaryCrossentropy",
        "binary_crossentropy",
        decisions,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "decisions",
        WRONG_CROSSENTROPY,
    ),
    *pair(
        "CategoricalCrossentropy",
        "categorical_crossentropy",
        classes,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "classes",
        WRONG_CROSSENTROPY,
    ),
]
