"""Losses of a direction."""

from typing import Any

import numpy as np

from parity.reference.base import Reference, match_ranks, quiet
from parity.reference.losses.base import in_dtype, sums

EPSILON = 1e-7


@quiet
def cosine_similarity(y_true: Any, y_pred: Any, *, dtype: str = "float32", axis: int = -1) -> Reference:
    """`-sum(t p)` over the axis, of vectors divided by their length, or by epsilon where they are shorter."""
    true, pred = match_ranks(y_true, y_pred)
    t, p = _direction(true, axis, dtype), _direction(pred, axis, dtype)
    product = t[0] * p[0]
    slopes = {}
    for key, (one, length, long, unsure), (other, *_), given in (("y_pred", p, t, y_pred), ("y_true", t, p, y_true)):
        # Through the direction: d one_i / d x_k = ((i == k) - one_i one_k [the length counts]) / length.
        turned = one * product.sum(axis, keepdims=True)
        turned_terms = np.abs(one) * np.abs(product).sum(axis, keepdims=True)
        slope = -(other - np.where(long, turned, 0)) / length
        slope_terms = np.abs(other) + turned_terms * (1 + unsure / np.finfo(dtype).eps)
        slopes[key] = (slope, slope_terms / length, np.shape(given))
    return sums(-product, np.abs(product), slopes, axis)


def _direction(x: np.ndarray, axis: int, dtype: str) -> tuple[np.ndarray, ...]:
    """Vectors of length 1, what they were divided by, where that was their length, and where rounding decides."""
    length = np.sqrt((x * x).sum(axis, keepdims=True))
    epsilon = in_dtype(EPSILON, dtype, x)
    divisor = np.maximum(length, epsilon)
    unsure = np.abs(length - epsilon) <= 8 * np.finfo(dtype).eps * epsilon
    return x / divisor, divisor, length >= epsilon, unsure
