"""Hits, sample by sample: each is searched for by itself. `dtype` is that of the predictions as they were given."""

from typing import Any

import numpy as np

from parity.reference.base import Reference, match_ranks, quantize, quiet, wide


def accuracy(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """1 where the numbers are equal; a label is first rounded to the dtype of a fractional prediction."""
    true, pred = match_ranks(y_true, y_pred)
    return _hits((true if "int" in dtype else quantize(true, dtype)) == pred)


@quiet
def binary_accuracy(y_true: Any, y_pred: Any, *, dtype: str = "float32", threshold: float = 0.5) -> Reference:
    """1 where the label is 1 and the prediction above the threshold, or the label 0 and the prediction not."""
    true, pred = match_ranks(y_true, y_pred)
    above = pred > quantize(np.longdouble(threshold), dtype)
    return _hits((above & (true == 1)) | (~above & (true == 0)))


def categorical_accuracy(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """1 where the class of the label is the first of the classes, ranked by score."""
    return top_k_categorical_accuracy(y_true, y_pred, dtype=dtype, k=1)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """1 where the label is the first of the classes, ranked by score."""
    return sparse_top_k_categorical_accuracy(y_true, y_pred, dtype=dtype, k=1)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, *, dtype: str = "float32", k: int = 5) -> Reference:
    """1 where the class with the largest share in the label is one of the first k classes, ranked by score."""
    true, pred = match_ranks(y_true, y_pred)
    shares = np.where(np.isnan(true), -np.inf, true)
    labels = [list(row).index(max(row)) for row in shares.reshape(-1, shares.shape[-1])]
    return sparse_top_k_categorical_accuracy(
        np.reshape(np.array(labels, np.longdouble), pred.shape[:-1]), pred, dtype=dtype, k=k
    )


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, *, dtype: str = "float32", k: int = 5, from_sorted_ids: bool = False
) -> Reference:
    """1 where the label is one of the first k classes, ranked by score, or one of the first k numbers.

    Classes are ranked by score, those of equal score by number; a class whose score is NaN has no rank.
    """
    true, pred = wide(y_true, y_pred)
    labels, rows = true.reshape(pred.shape[:-1]), pred.reshape(-1, pred.shape[-1])
    hits = []
    for label, row in zip(labels.flat, rows, strict=True):
        ranked: list[Any] = list(row)
        if not from_sorted_ids:
            ranked = sorted((number for number in range(len(row)) if not np.isnan(row[number])), key=lambda n: -row[n])
            label = np.trunc(label)
        hits.append(label in ranked[:k])
    return _hits(np.reshape(np.array(hits, bool), labels.shape))


def _hits(right: np.ndarray) -> Reference:
    value = np.asarray(right).astype(np.longdouble)
    return Reference(value, value, None)
