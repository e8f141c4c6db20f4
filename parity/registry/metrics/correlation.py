"""Correlation of each sample's predictions with its targets."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import Shape, arrays, floats, options, quantize, reals
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, OBJECT, TWO, weighted


@st.composite
def samples(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Samples of a few numbers each; some are all equal, some far from zero or close to one another."""
    shape = (size, 3) if config.get("axis", -1) == -1 else (size, 3, 2)
    far, batch = draw(st.sampled_from((0.0, 0.0, 300.0))), {}
    for key in ("y_true", "y_pred"):
        array = draw(arrays(shape, st.one_of(reals(), floats(1.0, 2.0)), "float64")) + far
        if draw(st.integers(0, 7)) == 7:
            array[:] = 0.1
        array = np.where(np.abs(array) < 2.0**-100, 0.0, array)  # else means are subnormal, which may be flushed
        batch[key] = quantize(array, dtype)
    return batch


@st.composite
def rows(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    batch = draw(samples(config, dtype, size))
    return draw(weighted(batch, counted(batch, config)))


def counted(batch: Mapping[str, Any], config: Mapping[str, Any]) -> Shape:
    """The shape of the correlations, to which the weights of a batch belong."""
    array, axis = batch["y_true"], config.get("axis", -1)
    return tuple(size for i, size in enumerate(array.shape) if i not in [a % array.ndim for a in np.atleast_1d(axis)])


WRONG = (
    Raises("axis", {"axis": 0.5}),
    Raises("each sample is correlated apart", {"axis": 0}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
    Raises("each sample is correlated apart", {}, {"y_true": TWO, "y_pred": TWO}),
    Raises("no such axis", {"axis": 2}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
    Raises("never broadcast", {}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE[:, :2]}),
)
WRONG_FUNCTION = (
    Raises("no such axis", {"axis": 2}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
    Raises("never broadcast", {}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE[:, :2]}),
)
# No square of what lies between them is left in float32.
CLOSE_CONSTANTS = {
    "y_true": np.zeros((4, 2), np.float32),
    "y_pred": np.array([[1e-25, 1e-25], [-1e-25, -1e-25], [2.0, 2.0], [0.5, 0.25]], np.float32),
}
# No square of the one is above 0 in float32, none of the other finite; the third has a mean of 0.
TINY_AND_HUGE = {
    "y_true": np.array([[1e-25, 2e-25, 4e-25], [1e25, 2e25, 4e25], [1e-25, 2e-25, 4e-25]], np.float32),
    "y_pred": np.array([[1e25, 3e25, 5e25], [1e-25, -3e-25, 5e-25], [-2e25, 1e25, 1e25]], np.float32),
}
# Rounded, the quotients are the float32 beside -1 and those beside 1.
OPPOSITE_AND_EQUAL = {
    "y_true": np.array([[-0.25, 1.625, -0.375], [-0.75, 0.25, 1.0]], np.float32),
    "y_pred": np.array([[0.25, -1.625, 0.375], [-0.75, 0.25, 1.0]], np.float32),
}
NEARLY_EQUAL = {
    "y_true": np.array([[0.625, 1.25, -0.75]], np.float32),
    "y_pred": np.array([[0.6250002384185791, 1.2500001192092896, -0.7500002384185791]], np.float32),
}
AXES = st.sampled_from((-1, 1, [1, 2]))
OPTIONS = {"axis": AXES, **OBJECT}

ENTRIES = [
    Entry(
        "metrics.ConcordanceCorrelation",
        reference.concordance_correlation,
        rows,
        options(**OPTIONS),
        counted=counted,
        real="pairs",
        within=(-1, 1),
        errors=WRONG,
    ),
    Entry(
        "metrics.PearsonCorrelation",
        reference.pearson_correlation,
        rows,
        options(**OPTIONS),
        counted=counted,
        real="pairs",
        within=(-1, 1),
        errors=WRONG,
    ),
    Entry(
        "metrics.concordance_correlation",
        reference.concordance_of_samples,
        lambda config, dtype: samples(config, dtype, 4),
        options(axis=AXES),
        always=tuple({"config": {}, "inputs": given} for given in (CLOSE_CONSTANTS, NEARLY_EQUAL, TINY_AND_HUGE)),
        within=(-1, 1),
        errors=WRONG_FUNCTION,
    ),
    Entry(
        "metrics.pearson_correlation",
        reference.pearson_of_samples,
        lambda config, dtype: samples(config, dtype, 4),
        options(axis=AXES),
        always=tuple({"config": {}, "inputs": given} for given in (TINY_AND_HUGE, OPPOSITE_AND_EQUAL)),
        within=(-1, 1),
        errors=WRONG_FUNCTION,
    ),
]
