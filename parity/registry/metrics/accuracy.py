"""Metrics of hits: a class and its function are two entries on one reference."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, labels, mixed, options, probabilities, reals
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, GRID, OBJECT, TWO, of_rank, weighted

CLASSES = 3
NUMBERS = st.integers(0, CLASSES - 1)
SCORES = st.one_of(GRID, GRID, probabilities(), reals(8.0))  # a small grid: ties are frequent
RARE = (st.just(float("nan")), st.just(float("inf")), st.just(float("-inf")))


@st.composite
def numbers(draw: Any, config: dict[str, Any], dtype: str, size: int, pick: Any) -> dict[str, Any]:
    """Class numbers on both sides, as integers of any type or as floats, some of which float32 does not know."""
    shape = (size, *draw(pick((), (1,), (2,))))
    kind = draw(pick(dtype, dtype, "int32", "int64", "uint8"))
    if kind != dtype:
        large = st.sampled_from((0, 1, 2, 255, *((2**24, 2**24 + 1) if kind != "uint8" else ())))
        pair = [draw(arrays(shape, large.map(float), "float64")).astype(kind) for _ in range(2)]
        return {"y_true": pair[0], "y_pred": pair[1]}
    y_true = draw(arrays(shape, labels(), dtype))
    y_pred = draw(st.sampled_from((y_true, draw(mixed(shape, SCORES, dtype, *RARE)))))
    return {"y_true": y_true, "y_pred": y_pred}


@st.composite
def decisions(draw: Any, config: dict[str, Any], dtype: str, size: int, pick: Any) -> dict[str, Any]:
    """Labels and predictions, which often tie with the threshold."""
    shape = (size, *draw(pick((), (1,), (2,))))
    usual = st.one_of(GRID, st.just(config.get("threshold", 0.5)), probabilities())
    y_true = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0)), labels(), st.just(2.0)), dtype))
    y_true = draw(pick(y_true, np.trunc(y_true.astype(np.float64)).astype(np.int32)))
    return {"y_true": y_true, "y_pred": draw(mixed(shape, usual, dtype, *RARE))}


@st.composite
def one_hot(draw: Any, config: dict[str, Any], dtype: str, size: int, pick: Any) -> dict[str, Any]:
    shape = (size, *draw(pick((), (2,))), CLASSES)
    y_true = np.eye(CLASSES)[draw(arrays(shape[:-1], NUMBERS.map(float), "float64")).astype(int)]
    shares = draw(mixed(shape, labels(), dtype, st.just(float("nan"))))
    y_true = draw(pick(y_true.astype(np.int32), domains.quantize(y_true, dtype), shares))
    return {"y_true": y_true, "y_pred": draw(mixed(shape, SCORES, dtype, *RARE))}


@st.composite
def sparse(draw: Any, config: dict[str, Any], dtype: str, size: int, pick: Any) -> dict[str, Any]:
    """Class numbers, some of which are none, and scores, or class numbers in the order of their scores."""
    shape = (size, *draw(pick((), (2,))), CLASSES)
    y_true = draw(mixed(shape[:-1], NUMBERS.map(float), "float32", st.sampled_from((-1.0, 3.0, 1.5, float("nan")))))
    whole = np.nan_to_num(y_true, nan=-1.0).astype(np.int64)
    y_true = draw(pick(y_true, y_true[..., None], whole))
    if config.get("from_sorted_ids"):
        return {"y_true": y_true, "y_pred": draw(arrays(shape, NUMBERS.map(float), "float64")).astype(np.int32)}
    return {"y_true": y_true, "y_pred": draw(mixed(shape, SCORES, dtype, *RARE))}


def per_sample(batch: Any, config: Any) -> Any:
    """The shape of what a weight belongs to, where predictions have an axis of classes."""
    return batch["y_pred"].shape[:-1]


def per_value(batch: Any, config: Any) -> Any:
    return batch["y_pred"].shape


def pair(
    title: str,
    function: str,
    inputs: Any,
    arguments: Any,
    counted: Any,
    real: str,
    errors: Any,
    always: tuple[dict[str, Any], ...] = (),
) -> list[Entry]:
    """The entry of a class and, but for Accuracy, whose function Keras does not show, that of its function."""

    @st.composite
    def stream(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
        batch = draw(inputs(config, dtype, size, lambda *choices: st.just(of_rank(config, *choices))))
        return draw(weighted(batch, counted(batch, config)))

    formula = getattr(reference, function)
    wrong = Raises("y_true", {}, {"y_true": TWO, "y_pred": FOUR_BY_THREE})
    entry = Entry(
        f"metrics.{title}",
        formula,
        stream,
        options(**arguments, **OBJECT),
        exact=True,
        mean_of="metrics",
        counted=counted,
        real=real,
        always=always if title == "Accuracy" else (),
        errors=(wrong, *(Raises(name, {name: value}) for name, value in errors)),
    )
    if title == "Accuracy":
        return [entry]
    right = {"y_true": FOUR_BY_THREE if counted is per_value else np.ones(4, np.float32), "y_pred": FOUR_BY_THREE}
    right = {**right, "y_true": FOUR_BY_THREE} if inputs is one_hot else right
    return [
        entry,
        Entry(
            f"metrics.{function}",
            formula,
            lambda config, dtype: inputs(config, dtype, 5, lambda *choices: st.sampled_from(choices)),
            options(**arguments),
            exact=True,
            always=always,
            errors=(wrong, *(Raises(name, {name: value}, right) for name, value in errors)),
        ),
    ]


K = {"k": st.sampled_from((1, 2, 3, 5))}
WRONG_K = (("k", 0), ("k", 1.5))
ONE_CLASS = {"y_true": np.array([0, -1, 1]), "y_pred": np.ones((3, 1), np.float32)}
SORTED = {"from_sorted_ids": st.booleans()}
# Labels are rounded to what predictions are, but for whole numbers.
OF_TWO_DTYPES = (
    {"y_true": np.array([0.1, 0.3, 1.5]), "y_pred": np.array([0.1, 0.3, 1.0], np.float32)},
    {"y_true": np.array([1.5, 1.0, 0.0], np.float32), "y_pred": np.array([1, 1, 1])},
)
ENTRIES = [
    *pair(
        "Accuracy",
        "accuracy",
        numbers,
        {},
        per_value,
        "decisions",
        (),
        tuple({"config": {}, "batches": [batch], "order": [0], "split": 1} for batch in OF_TWO_DTYPES),
    ),
    *pair(
        "BinaryAccuracy",
        "binary_accuracy",
        decisions,
        {"threshold": st.one_of(GRID, floats(0.0, 1.0))},
        per_value,
        "decisions",
        (("threshold", None), ("threshold", "0.5")),
    ),
    *pair("CategoricalAccuracy", "categorical_accuracy", one_hot, {}, per_sample, "classes", ()),
    *pair("SparseCategoricalAccuracy", "sparse_categorical_accuracy", sparse, {}, per_sample, "numbered", ()),
    *pair("TopKCategoricalAccuracy", "top_k_categorical_accuracy", one_hot, K, per_sample, "classes", WRONG_K),
    *pair(
        "SparseTopKCategoricalAccuracy",
        "sparse_top_k_categorical_accuracy",
        sparse,
        {**K, **SORTED},
        per_sample,
        "numbered",
        (*WRONG_K, ("from_sorted_ids", 1)),
        ({"config": {}, "inputs": ONE_CLASS},),
    ),
]
