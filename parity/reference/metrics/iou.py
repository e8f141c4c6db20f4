"""Intersection over union."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import match_ranks, quantize, quiet, settled, wide
from parity.reference.metrics.base import Batches, Scaled, float_dtype, over, total, weights_of


@quiet
def iou(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    num_classes: int,
    target_class_ids: Sequence[int] | None = None,
    ignore_class: int | None = None,
    sparse_y_true: bool = True,
    sparse_y_pred: bool = True,
    axis: int = -1,
) -> Scaled:
    """Mean over those of the target classes that occur of `TP / (TP + FP + FN)`, 0 if none occurs.

    Labels are truncated towards zero; what is then out of range or NaN, and labels of the ignored class, are left out.
    Scores become the index of the largest, the lowest among equals; NaN is never the largest.
    """
    hits, misses = (np.zeros(num_classes, np.longdouble) for _ in range(2))
    for batch in batches:
        true, pred = wide(batch["y_true"])[0], wide(batch["y_pred"])[0]
        true = np.trunc(true) if sparse_y_true else _largest(true, axis)
        pred = np.trunc(pred) if sparse_y_pred else _largest(pred, axis)
        if true.size != pred.size:
            raise ValueError(f"{true.size} labels, but {pred.size} predictions")
        weights = weights_of(batch, true.shape)
        for label, guess, weight in zip(true.flat, pred.flat, weights.flat, strict=True):
            if not (0 <= label < num_classes and 0 <= guess < num_classes) or label == ignore_class:
                continue
            if label == guess:
                hits[int(label)] += weight
            else:
                # A false negative of the one class is a false positive of the other.
                misses[int(label)] += weight
                misses[int(guess)] += weight
    ratios, scales = [], []
    for c in range(num_classes) if target_class_ids is None else target_class_ids:
        union = hits[c] + misses[c]
        if union > 0:
            ratios.append(hits[c] / union)
            # Row + column - TP: the terms of the union are up to 3 times its size.
            scales.append(hits[c] / union * (3 * hits[c] + misses[c]) / union)
    count = np.longdouble(len(ratios))
    return settled(over(total(ratios), count), over(total(scales), count))


def mean_iou(batches: Batches, **arguments: Any) -> Scaled:
    """`iou` of all classes."""
    return iou(batches, target_class_ids=None, **arguments)


def one_hot_iou(batches: Batches, *, sparse_y_pred: bool = False, **arguments: Any) -> Scaled:
    """`iou` of labels that are one entry a class, and of predictions that are so too unless it is said."""
    return iou(batches, sparse_y_true=False, sparse_y_pred=sparse_y_pred, **arguments)


def one_hot_mean_iou(batches: Batches, **arguments: Any) -> Scaled:
    return one_hot_iou(batches, target_class_ids=None, **arguments)


@quiet
def binary_iou(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    target_class_ids: Sequence[int] = (0, 1),
    threshold: float = 0.5,
) -> Scaled:
    """`iou` of two classes; what is greater than the threshold, both rounded to the dtype, is a prediction of 1."""
    level = quantize(np.longdouble(threshold), float_dtype(dtype))
    decided = []
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        decisions = (quantize(scores, float_dtype(dtype)) > level).astype(np.longdouble)
        decided.append({**batch, "y_true": true, "y_pred": decisions})
    return iou(decided, dtype=dtype, num_classes=2, target_class_ids=target_class_ids)


def _largest(scores: np.ndarray, axis: int) -> np.ndarray:
    """The index of the largest number on the axis, the lowest among equals; NaN comes last."""
    order = np.argsort(-scores, axis=axis, kind="stable")
    return np.take(order, 0, axis=axis).astype(np.longdouble)
