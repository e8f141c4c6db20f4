"""F-scores."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import arrays, floats, labels, mixed, options, probabilities
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, GRID, OBJECT, TWO, of_labels, weighted

OPTIONS = {
    "average": st.sampled_from((None, "micro", "macro", "weighted")),
    "threshold": st.one_of(st.none(), st.sampled_from((0.25, 0.5, 1.0)), floats(2.0**-10, 1.0)),
    **OBJECT,
}


@st.composite
def columns(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Labels and scores of three classes; scores often tie with the threshold or with one another."""
    shape, at = (size, 3), config.get("threshold") or 0.5
    scores = st.one_of(GRID, st.just(at), probabilities())
    y_true = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0)), labels()), of_labels(config, dtype)))
    y_pred = draw(mixed(shape, scores, dtype, st.just(-3.0), st.just(float("nan"))))
    return draw(weighted({"y_true": y_true, "y_pred": y_pred}, shape))


WRONG = (
    Raises("average", {"average": "samples"}),
    Raises("threshold", {"threshold": 0.0}),
    Raises("threshold", {"threshold": 1.5}),
    Raises("shape [batch, columns]", {}, {"y_true": TWO, "y_pred": TWO}),
    Raises("never broadcast", {}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE[:, :2]}),
)

NONE_IS_LARGEST = {
    "y_true": np.array([[1, 0], [1, 0], [0, 1]], np.float32),
    "y_pred": np.array([[-np.inf, -np.inf], [np.nan, np.nan], [0.25, 0.5]], np.float32),
}
ENTRIES = [
    Entry(
        "metrics.F1Score",
        reference.f1_score,
        columns,
        options(**OPTIONS),
        real="classes",
        within=(0, 1),
        ties="y_pred",
        always=({"config": {}, "batches": [NONE_IS_LARGEST], "order": [0], "split": 1},),
        errors=WRONG,
    ),
    Entry(
        "metrics.FBetaScore",
        reference.fbeta_score,
        columns,
        options(beta=floats(0.125, 8.0), **OPTIONS),
        real="classes",
        within=(0, 1),
        ties="y_pred",
        errors=(*WRONG, Raises("beta", {"beta": 0.0})),
    ),
]
