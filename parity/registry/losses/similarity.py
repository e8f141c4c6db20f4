"""Losses of a direction."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, mixed, rank_variant, reals
from parity.registry.losses.base import pair, with_axis


@st.composite
def vectors(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Two vectors for each sample: any, parallel, opposite, shorter than epsilon, and zero."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (4,), (1,), (3, 2), (1, 1), (5, 1), (2, 3), (2, 3, 4), (0, 3)))
    y_true = draw(arrays(shape, reals(), dtype))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    along = np.asarray(y_true, np.float64) * draw(st.sampled_from((1.0, -2.0)))
    y_pred = draw(st.sampled_from((y_pred, y_pred, domains.quantize(along, dtype))))
    length = np.expand_dims(np.ones(shape).sum(axis=axis), axis).shape
    factors = draw(arrays(length, st.sampled_from((1.0, 1.0, 0.0, 1e-9, 1e-6)), "float64"))
    with np.errstate(invalid="ignore"):
        short = domains.quantize(np.asarray(y_pred, np.float64) * factors, dtype)
    y_pred = draw(st.sampled_from((y_pred, short)))
    if axis == -1:
        y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


ENTRIES = [
    *pair(
        "CosineSimilarity",
        "cosine_similarity",
        vectors,
        {"axis": st.sampled_from((-1, 0, 1))},
        ("y_pred", "y_true"),
        "regression",
        (("axis", None), ("axis", True), ("axis", "1")),
    ),
]
