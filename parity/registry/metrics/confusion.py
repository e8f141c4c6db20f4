"""Metrics of yes/no decisions."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import arrays, floats, labels, mixed, options, probabilities, reals
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, GRID, OBJECT, TWO, of_rank, weighted

THRESHOLD = st.one_of(GRID, floats(0.0, 1.0))


@st.composite
def scores(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Labels and scores; scores often tie with a threshold or with one another."""
    many = any(config.get(key) is not None for key in ("top_k", "class_id", "label_weights", "num_labels"))
    shape = (size, 3) if many or config.get("multi_label") else (size, *of_rank(config, (), (1,), (3,)))
    given = config.get("thresholds")
    given = given if isinstance(given, list) else [0.5 if given is None else given]
    given = [1.0, *given]
    usual = reals(8.0) if config.get("from_logits") else st.one_of(GRID, st.sampled_from(given), probabilities())
    rare = () if config.get("from_logits") else (st.sampled_from((-3.0, 7.0)), st.just(float("nan")))
    y_true = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0)), labels(), st.just(-1.0)), dtype))
    return draw(weighted({"y_true": y_true, "y_pred": draw(mixed(shape, usual, dtype, *rare))}, shape))


THRESHOLDS = st.one_of(st.none(), THRESHOLD, st.lists(THRESHOLD, min_size=1, max_size=4))
MANY = [i / 12 for i in range(12)]  # more than are compared one by one
IN_ANY_ORDER = st.sampled_from((MANY, MANY[5:] + MANY[:5]))
ONE_SAMPLE = {"y_true": np.array([1, 0]), "y_pred": np.array([0.75, 0.25], np.float32)}  # its classes, and no batch
WRONG = (
    Raises("name", {"name": "../up"}),
    Raises("name", {"name": "train//precision"}),
    Raises("thresholds", {"thresholds": []}),
    Raises("thresholds", {"thresholds": [0.5, None]}),
    Raises("thresholds", {"thresholds": -0.1}),
    Raises("thresholds", {"thresholds": [0.5, 1.5]}),
    Raises("never broadcast", {}, {"y_true": TWO, "y_pred": FOUR_BY_THREE}),
)


def ratio(title: str, formula: Any) -> Entry:
    return Entry(
        f"metrics.{title}",
        formula,
        scores,
        options(
            thresholds=st.one_of(THRESHOLDS, IN_ANY_ORDER),
            top_k=st.sampled_from((None, 1, 2, 3)),
            class_id=st.sampled_from((None, 0, 2)),
            **OBJECT,
        ),
        exact=True,
        real="decisions",
        within=(0, 1),
        ties="y_pred",
        always=({"config": {"top_k": 1}, "batches": [ONE_SAMPLE], "order": [0], "split": 1},),
        errors=(
            *WRONG,
            Raises("top_k", {"top_k": 0}),
            Raises("class_id", {"class_id": -1}),
            Raises("top_k", {"top_k": 4}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
            Raises("class_id", {"class_id": 3}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
        ),
    )


def count(title: str, formula: Any) -> Entry:
    return Entry(
        f"metrics.{title}",
        formula,
        scores,
        options(thresholds=THRESHOLDS, **OBJECT),
        exact=True,
        real="decisions",
        ties="y_pred",
        errors=WRONG,
    )


ENTRIES = [
    ratio("Precision", reference.precision),
    ratio("Recall", reference.recall),
    count("TruePositives", reference.true_positives),
    count("FalsePositives", reference.false_positives),
    count("TrueNegatives", reference.true_negatives),
    count("FalseNegatives", reference.false_negatives),
]
