"""Metrics of predicted numbers."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import arrays, options, quantize, reals, special
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, OBJECT, TWO, of_labels, of_rank, paired, weighted

ONE_SAMPLE = {"y_true": np.ones((1, 1), np.float32), "y_pred": np.ones((1, 1), np.float32)}

# Of the second column nothing is seen: it has no score, though no prediction of it was wrong.
ONE_OF_TWO_COLUMNS = {
    "y_true": np.array([[1, 2], [2, 3], [4, 5]], np.float32),
    "y_pred": np.array([[1, 2], [3, 3], [4, 5]], np.float32),
    "sample_weight": np.array([[1, 0], [1, 0], [1, 0]], np.float32),
}

# A score of its own for each column: that of the first is NaN, as a target of it is.
ONE_COLUMN_IS_NAN = {
    "y_true": np.array([[np.nan, 1], [2, 2], [4, 4]], np.float32),
    "y_pred": np.array([[1, 1], [2, 2], [4, 3]], np.float32),
}

# Its targets are all equal, and one of its predictions is NaN.
NAN_FOR_A_CONSTANT = {"y_true": np.full((2, 1), 2, np.float32), "y_pred": np.array([[np.nan], [2]], np.float32)}

# The weights of the first let both sums be negative, those of the second only the sum of squared distances.
NEGATIVE, OF_BOTH_SIGNS = (
    {
        "y_true": np.array([[1], [2], [4]], np.float32),
        "y_pred": np.array([[1.5], [2], [3]], np.float32),
        "sample_weight": np.array(weights, np.float32),
    }
    for weights in ([-1, -1, -1], [1, 1, -0.2])
)

# Quarters, whose sums are exact.
SIGNED = st.sampled_from((-1.0, 1.0, 2.0, -0.25, 0.5))

# The squares of 0.1 do not fit into a float64: a spread that is left is an error of rounding.
ALL_EQUAL = {"y_true": np.full((3, 1), 0.1), "y_pred": np.full((3, 1), 2.1)}

# The first two targets of a column are so near each other that they are just equal, or just not. What is predicted
# wrong is a third, which hardly counts: the score is 0, or 1.
_NEAR_1 = 1 + np.array([24, 28, 31, 33, 36, 40]) * 2.0**-49
HARDLY_EQUAL = {
    "y_true": np.stack([np.ones(6), _NEAR_1, np.zeros(6)]),
    "y_pred": np.stack([np.ones(6), _NEAR_1, np.full(6, 2.0**-20)]),
    "sample_weight": np.array([1.0, 1.0, 2.0**-110]),
}


@st.composite
def numbers(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = (size, *of_rank(config, (), (3,), (2, 2), (1,)))
    return draw(weighted(draw(paired(config, dtype, shape, reals())), shape))


@st.composite
def columns(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Targets and predictions of one or two columns, of which a stream's first may be constant, or far from zero.

    One batch in four has weights of both signs, one in eight a number that is not finite.
    """
    far = 2.0**24 if dtype in ("float32", "float64") else 128.0
    width, place, constant = of_rank(
        config, (1, 0, 0), (2, 0, 0), (1, far, 0), (2, far, 0), (1, 0, 1), (2, 0, 1), (1, far, 1)
    )
    y_true = draw(arrays((size, width), reals(), "float64"))
    y_true[:, 0] = np.where(constant, 0.1, y_true[:, 0]) + place
    y_true = quantize(y_true, of_labels(config, dtype))
    y_pred = quantize(draw(st.sampled_from((y_true, y_true.astype(np.float64) + 2, y_true[::-1]))), dtype)
    batch = draw(weighted({"y_true": y_true, "y_pred": y_pred}, y_true.shape))
    if not draw(st.integers(0, 3)):
        batch["sample_weight"] = draw(arrays(draw(st.sampled_from(((size,), y_true.shape))), SIGNED, "float32"))
    if size and not draw(st.integers(0, 7)):
        key = draw(st.sampled_from(sorted(batch)))
        batch[key] = batch[key].copy()
        batch[key].flat[draw(st.integers(0, batch[key].size - 1))] = draw(special())
    return batch


ENTRIES = [
    Entry(
        "metrics.R2Score",
        reference.r2_score,
        columns,
        options(
            class_aggregation=st.sampled_from((None, "uniform_average", "variance_weighted_average")),
            num_regressors=st.sampled_from((0, 1, 2, 5)),
            **OBJECT,
        ),
        real="columns",
        always=(
            {"config": {}, "batches": [ONE_SAMPLE], "order": [0], "split": 1},
            {"config": {"class_aggregation": None}, "batches": [ONE_OF_TWO_COLUMNS], "order": [0], "split": 1},
            {"config": {"class_aggregation": None}, "batches": [ONE_COLUMN_IS_NAN], "order": [0], "split": 1},
            {"config": {"class_aggregation": None}, "batches": [NAN_FOR_A_CONSTANT], "order": [0], "split": 1},
            {"config": {}, "batches": [NEGATIVE], "order": [0], "split": 1},
            {"config": {}, "batches": [OF_BOTH_SIGNS], "order": [0], "split": 1},
            {"config": {"class_aggregation": None}, "batches": [HARDLY_EQUAL], "order": [0], "split": 1},
            {"config": {"class_aggregation": None}, "batches": [ALL_EQUAL], "order": [0], "split": 1},
        ),
        errors=(
            Raises("class_aggregation", {"class_aggregation": "mean"}),
            Raises("num_regressors", {"num_regressors": -1}),
            Raises("shape [batch, columns]", {}, {"y_true": TWO, "y_pred": TWO}),
            Raises("never broadcast", {}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE[:, :2]}),
        ),
    ),
    Entry(
        "metrics.RootMeanSquaredError",
        reference.root_mean_squared_error,
        numbers,
        options(**OBJECT),
        real="regression",
        errors=(
            Raises("never broadcast", {}, {"y_true": TWO, "y_pred": FOUR_BY_THREE}),
            Raises(
                "sample_weight",
                {},
                {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE, "sample_weight": np.ones(3, np.float32)},
            ),
        ),
    ),
]
