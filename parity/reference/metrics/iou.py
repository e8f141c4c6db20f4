"""Intersection over union."""

import numpy as np

from parity.reference.base import quiet, settled, wide
from parity.reference.metrics.base import Batches, Scaled, over, total, weights_of


@quiet
def mean_iou(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    num_classes: int,
    ignore_class: int | None = None,
    sparse_y_true: bool = True,
    sparse_y_pred: bool = True,
    axis: int = -1,
) -> Scaled:
    """Mean over the classes that occur of `TP / (TP + FP + FN)`, 0 if none occurs.

    Labels are truncated towards zero; what is then out of range or NaN, and labels of the ignored class, are left out.
    Scores become the index of the largest, the lowest among equals; NaN is never the largest.
    """
    table = np.zeros((num_classes, num_classes), np.longdouble)
    for batch in batches:
        true, pred = wide(batch["y_true"])[0], wide(batch["y_pred"])[0]
        true = np.trunc(true) if sparse_y_true else _largest(true, axis)
        pred = np.trunc(pred) if sparse_y_pred else _largest(pred, axis)
        if true.size != pred.size:
            raise ValueError(f"{true.size} labels, but {pred.size} predictions")
        weights = weights_of(batch, true.shape)
        for row, column, weight in zip(true.flat, pred.flat, weights.flat, strict=True):
            if 0 <= row < num_classes and 0 <= column < num_classes and row != ignore_class:
                table[int(row), int(column)] += weight
    ratios, scales = [], []
    for c in range(num_classes):
        both, union = table[c].sum() + table[:, c].sum(), table[c].sum() + table[:, c].sum() - table[c, c]
        if union > 0:
            ratios.append(table[c, c] / union)
            # Row + column - TP: the terms of the union are up to 3 times its size.
            scales.append(table[c, c] / union * (both + table[c, c]) / union)
    count = np.longdouble(len(ratios))
    return settled(over(total(ratios), count), over(total(scales), count))


def _largest(scores: np.ndarray, axis: int) -> np.ndarray:
    """The index of the largest number on the axis, the lowest among equals; NaN comes last."""
    order = np.argsort(-scores, axis=axis, kind="stable")
    return np.take(order, 0, axis=axis).astype(np.longdouble)
