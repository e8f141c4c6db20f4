"""Losses of a difference between two numbers."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, rank_variant, reals
from parity.registry.losses.base import pair

DELTA = st.one_of(st.sampled_from((0.5, 1.0, 2.0)), floats(2.0**-6, 8.0))


@st.composite
def differences(draw: Any, config: dict[str, Any], dtype: str, shape: domains.Shape | None = None) -> dict[str, Any]:
    """Targets and predictions; predictions sometimes exactly delta away from a target, where the formula changes."""
    shape = draw(domains.shapes()) if shape is None else shape
    y_true = draw(arrays(shape, reals(), dtype))
    step = config.get("delta", 1.0)
    ties = np.asarray(y_true, np.float64) + draw(arrays(shape, st.sampled_from((0.0, step, -step)), "float64"))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    y_pred = draw(st.sampled_from((y_pred, y_pred, domains.quantize(ties, dtype))))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


ENTRIES = [
    *pair(
        "Huber",
        "huber",
        differences,
        {"delta": DELTA},
        ("y_pred", "y_true"),
        "regression",
        (("delta", 0.0), ("delta", -1.0), ("delta", float("nan")), ("delta", "1"), ("delta", True)),
    ),
    *pair("MeanSquaredError", "mean_squared_error", differences, {}, ("y_pred", "y_true"), "regression", ()),
]
