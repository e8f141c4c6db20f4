"""Losses of a margin: how far a score is on the right side."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, rank_variant, reals
from parity.registry.losses.base import as_integers, pair

LABELS = {
    "signs": st.sampled_from((-1.0, 1.0)),
    "yes or no": st.sampled_from((0.0, 1.0)),
    "both": st.sampled_from((-1.0, 0.0, 1.0)),
    "soft": st.one_of(st.sampled_from((0.0, 0.5, 2.0)), floats(-1.0, 1.0)),
}


NO_CLASSES = {"y_true": np.zeros((3, 0), np.float32), "y_pred": np.zeros((3, 0), np.float32)}


@st.composite
def scores(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Labels of every convention, and scores; sometimes all of them on the corner."""
    shape = draw(domains.shapes())
    y_true = draw(arrays(shape, LABELS[draw(st.sampled_from(tuple(LABELS)))], dtype))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    corner = np.where(y_true == 0, -1, y_true).astype(y_pred.dtype)
    y_pred = draw(st.sampled_from((y_pred, y_pred, corner)))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


@st.composite
def class_scores(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Labels among several classes, one-hot mostly, and scores; round ones tie and meet the corner."""
    shape = draw(domains.shapes((3, 4), (1, 2), (2, 3, 2), (5, 3), (4,), (3, 1), (0, 3), (3, 0)))
    kind = draw(st.sampled_from(("one-hot", "one-hot", *LABELS)))
    if kind == "one-hot":
        chosen = draw(arrays(shape, floats(0.0, 1.0), "float64"))
        y_true = domains.quantize((chosen == chosen.max(axis=-1, keepdims=True)) if chosen.size else chosen, dtype)
    else:
        y_true = draw(arrays(shape, LABELS[kind], dtype))
    usual = draw(st.sampled_from((reals(), st.sampled_from(domains.ROUND))))
    y_pred = draw(mixed(shape, usual, dtype, domains.huge(), domains.special()))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


ENTRIES = [
    *pair(
        "CategoricalHinge",
        "categorical_hinge",
        class_scores,
        {},
        ("y_pred",),
        "classes",
        (),
        always=({"config": {"reduction": "none"}, "inputs": NO_CLASSES},),
    ),
    *pair("Hinge", "hinge", scores, {}, ("y_pred",), "decisions", ()),
    *pair("SquaredHinge", "squared_hinge", scores, {}, ("y_pred",), "decisions", ()),
]
