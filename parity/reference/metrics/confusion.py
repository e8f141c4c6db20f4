"""Metrics of yes/no decisions."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from parity.reference.base import match_ranks, quantize, quiet, settled
from parity.reference.metrics.base import Batches, Scaled, float_dtype, over, weights_of


@quiet
def precision(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    thresholds: float | Sequence[float] | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
) -> Scaled:
    """`TP / (TP + FP)` for each threshold, 0 where nothing was predicted; a scalar for one threshold."""
    tp, fp, _, _ = tally(batches, dtype, thresholds, top_k, class_id)
    return _for_each(over(tp, tp + fp))


@quiet
def recall(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    thresholds: float | Sequence[float] | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
) -> Scaled:
    """`TP / (TP + FN)` for each threshold, 0 where nothing is true; a scalar for one threshold."""
    tp, _, _, fn = tally(batches, dtype, thresholds, top_k, class_id)
    return _for_each(over(tp, tp + fn))


def count_of(place: int) -> Callable[..., Scaled]:
    """The reference of one of the counts TP, FP, TN and FN: a sum of weights, for each threshold."""

    def count(batches: Batches, *, dtype: str | None = "float32", thresholds: Any = None) -> Scaled:
        return _for_each(tally(batches, dtype, thresholds)[place])

    return count


true_positives, false_positives, true_negatives, false_negatives = map(count_of, range(4))


def tally(
    batches: Batches, dtype: str | None, thresholds: Any, top_k: int | None = None, class_id: int | None = None
) -> np.ndarray:
    """TP, FP, TN and FN of a stream, one row each, at each threshold."""
    given = ([0.5] if top_k is None else [-np.inf]) if thresholds is None else thresholds
    levels = quantize(np.atleast_1d(np.asarray(given, np.longdouble)), float_dtype(dtype))
    counts = np.zeros((4, len(levels)), np.longdouble)
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        scores = quantize(scores, float_dtype(dtype))
        positive, weights, admitted = true != 0, weights_of(batch, scores.shape), np.ones(scores.shape, bool)
        if top_k is not None:
            if scores.ndim == 0 or top_k > scores.shape[-1]:
                raise ValueError(f"top_k is {top_k}, but y_pred has shape {scores.shape}")
            # A stable sort keeps the lowest index first among equals, and NaN is sorted to the end.
            best = np.argsort(-scores, axis=-1, kind="stable")[..., :top_k]
            admitted = np.zeros(scores.shape, bool)
            np.put_along_axis(admitted, best, True, axis=-1)
        if class_id is not None:
            if scores.ndim < 2 or class_id >= scores.shape[-1]:
                raise ValueError(f"class_id is {class_id}, but y_pred has shape {scores.shape}")
            scores, positive, weights, admitted = (
                array[..., class_id] for array in (scores, positive, weights, admitted)
            )
        for place, level in enumerate(levels):
            taken = admitted & (scores > level)
            groups = (taken & positive, taken & ~positive, ~taken & ~positive, ~taken & positive)
            counts[:, place] += [weights[group].sum() for group in groups]
    return counts


def _for_each(value: np.ndarray) -> Scaled:
    return settled(*[value[0] if len(value) == 1 else value] * 2)
