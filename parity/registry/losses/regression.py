"""Losses of a difference between two numbers."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, rank_variant, reals
from parity.registry.losses.base import as_integers, pair

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


@st.composite
def sizes(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Targets and predictions of every size: of their logarithms no difference is large."""
    given = draw(differences(config, dtype))
    if draw(st.booleans()):
        return given
    rare = st.sampled_from((1e20, 1e30, 1e38)), domains.special()
    return {key: draw(mixed(array.shape, reals(), dtype, *rare)) for key, array in given.items()}


@st.composite
def shares(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Targets of ordinary size, and predictions, some equal; at times a target of 0 or about epsilon."""
    shape = draw(domains.shapes())
    usual = st.one_of(st.sampled_from((1.0, -2.0, 0.5)), floats(0.25, 100.0), floats(-100.0, -0.25))
    y_true = draw(mixed(shape, usual, dtype, st.sampled_from((0.0, 1e-7, -1e-7, 3e-8)), domains.special()))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    y_pred = draw(st.sampled_from((y_pred, y_pred, y_true)))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


@st.composite
def counts(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Counts, and expected counts: zero and below it too, where the logarithm is of epsilon and of nothing."""
    shape = draw(domains.shapes())
    expected = st.one_of(st.sampled_from((0.0, 1.0, 0.5, 1e-8, 1e-3, 30.0, -1e-7)), floats(0.0, 100.0))
    # None so small that a share of it is subnormal, which may be flushed.
    y_true = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0, 2.0, 7.0)), floats(2.0**-20, 50.0)), dtype))
    y_pred = draw(mixed(shape, expected, dtype, st.sampled_from((-2.0, 6e4, 1e12)), domains.special()))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


BOTH = ("y_pred", "y_true")
ENTRIES = [
    *pair(
        "Huber",
        "huber",
        differences,
        {"delta": DELTA},
        BOTH,
        "regression",
        (("delta", 0.0), ("delta", -1.0), ("delta", float("nan")), ("delta", "1"), ("delta", True)),
    ),
    *pair("LogCosh", "log_cosh", differences, {}, BOTH, "regression", ()),
    *pair("MeanAbsoluteError", "mean_absolute_error", differences, {}, BOTH, "regression", ()),
    *pair("MeanAbsolutePercentageError", "mean_absolute_percentage_error", shares, {}, BOTH, "regression", ()),
    *pair("MeanSquaredError", "mean_squared_error", differences, {}, BOTH, "regression", ()),
    *pair("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", sizes, {}, BOTH, "regression", ()),
    *pair("Poisson", "poisson", counts, {}, ("y_pred",), "decisions", ()),
]
