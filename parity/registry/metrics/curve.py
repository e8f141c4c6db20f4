"""Metrics of decisions at many thresholds."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import floats, options, weights
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, OBJECT, TWO
from parity.registry.metrics.confusion import THRESHOLD, scores


@st.composite
def auc_config(draw: Any) -> dict[str, Any]:
    config = draw(
        options(
            num_thresholds=st.sampled_from((2, 3, 5, 11, 200)),
            curve=st.sampled_from(("ROC", "PR", "PRGAIN")),
            summation_method=st.sampled_from(("interpolation", "minoring", "majoring")),
            thresholds=st.none() | st.lists(THRESHOLD, min_size=1, max_size=4),
            from_logits=st.booleans(),
            **OBJECT,
        )
    )
    kind = draw(st.sampled_from(("flat", "flat", "weighted labels", "multi", "multi weighted", "multi late")))
    if kind.startswith("multi"):
        config["multi_label"] = True
    if kind in ("multi", "multi weighted"):
        config["num_labels"] = 3
    if "weighted" in kind:
        config["label_weights"] = draw(st.lists(weights(), min_size=3, max_size=3))
    return config


# Decided as it stands there by a threshold of 0.5 alone.
AROUND_A_HALF = {"y_true": np.array([1, 0, 1]), "y_pred": np.array([0.5078125, 0.5, 0.75], np.float32)}
# Half precision makes one threshold of several: they do not lie evenly any more.
CLOSE = {"num_thresholds": 1000, "dtype": "bfloat16"}
AT_EACH = {"y_true": np.arange(128) % 3 % 2, "y_pred": np.arange(128, 256, dtype=np.float32) / 256}


def best(title: str, bound: str, formula: Any) -> Entry:
    """The entry of a metric that looks for the best of one ratio where another meets a bound."""
    return Entry(
        f"metrics.{title}",
        formula,
        scores,
        st.fixed_dictionaries(
            {bound: st.one_of(st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0, 1 / 3, 0.8)), floats(0.0, 1.0))},
            optional={
                "num_thresholds": st.sampled_from((1, 2, 3, 5, 200)),
                "class_id": st.sampled_from((None, 0, 2)),
                **OBJECT,
            },
        ),
        required={bound: 0.5},
        exact=True,
        real="decisions",
        within=(0, 1),
        always=(
            {"config": {bound: 0.5, "num_thresholds": 1}, "batches": [AROUND_A_HALF], "order": [0], "split": 1},
            {"config": {bound: 0.5, **CLOSE}, "batches": [AT_EACH], "order": [0], "split": 1},
        ),
        ties="y_pred",
        errors=(
            Raises(bound, {bound: 1.5}),
            Raises(bound, {bound: None}),
            Raises("num_thresholds", {bound: 0.5, "num_thresholds": 0}),
            Raises("class_id", {bound: 0.5, "class_id": 0.5}),
            Raises("class_id", {bound: 0.5, "class_id": 3}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
            Raises("never broadcast", {bound: 0.5}, {"y_true": TWO, "y_pred": FOUR_BY_THREE}),
        ),
    )


ENTRIES = [
    best("SensitivityAtSpecificity", "specificity", reference.sensitivity_at_specificity),
    best("SpecificityAtSensitivity", "sensitivity", reference.specificity_at_sensitivity),
    best("PrecisionAtRecall", "recall", reference.precision_at_recall),
    best("RecallAtPrecision", "precision", reference.recall_at_precision),
    Entry(
        "metrics.AUC",
        reference.auc,
        scores,
        auc_config(),
        exact=True,
        real="decisions",
        always=({"config": CLOSE, "batches": [AT_EACH], "order": [0], "split": 1},),
        ties="y_pred",
        errors=(
            Raises("num_thresholds", {"num_thresholds": 1}),
            Raises("curve", {"curve": "DET"}),
            Raises("summation_method", {"summation_method": "simpson"}),
            Raises("thresholds", {"thresholds": [0.5, 1.5]}),
            Raises("num_labels", {"num_labels": 3}),
            Raises("num_labels", {"multi_label": True, "num_labels": 0}),
            Raises("curve", {"curve": None}),
            Raises("multi_label", {"multi_label": 1}),
            Raises("from_logits", {"from_logits": 1}),
            Raises("label_weights", {"label_weights": [1.0, -1.0]}),
            Raises("multi_label", {"multi_label": True}, {"y_true": TWO, "y_pred": TWO}),
            Raises("label_weights", {"label_weights": [1.0]}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
        ),
    ),
]
