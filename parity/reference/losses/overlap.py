"""Losses of two sets: how little they overlap."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet, settled
from parity.reference.losses.base import in_dtype

EPSILON = 1e-7
Axes = int | Sequence[int] | None


@quiet
def dice(y_true: Any, y_pred: Any, *, dtype: str = "float32", axis: Axes = None) -> Reference:
    """`1 - 2 sum(y p) / (sum(y) + sum(p) + epsilon)` over the axes."""
    true, pred = match_ranks(y_true, y_pred)
    over, epsilon = _summed(axis), in_dtype(EPSILON, dtype, pred)
    one = np.ones_like(pred)
    slopes = {
        "y_pred": (2 * true, one, one, np.shape(y_pred)),
        "y_true": (2 * pred, one, one, np.shape(y_true)),
    }
    total, size = over(true) + over(pred) + epsilon, over(np.abs(true)) + over(np.abs(pred)) + epsilon
    return _one_minus(over(2 * true * pred), over(np.abs(2 * true * pred)), total, size, slopes, axis)


@quiet
def tversky(
    y_true: Any, y_pred: Any, *, dtype: str = "float32", alpha: float = 0.5, beta: float = 0.5, axis: Axes = None
) -> Reference:
    """`1 - tp / (tp + alpha fp + beta fn + epsilon)`, alpha weighing what is predicted and is not there."""
    true, pred = match_ranks(y_true, y_pred)
    over, epsilon = _summed(axis), in_dtype(EPSILON, dtype, pred)
    a, b = pred.dtype.type(alpha), pred.dtype.type(beta)
    hit, alarm, miss = true * pred, (1 - true) * pred, true * (1 - pred)
    slopes = {
        "y_pred": (
            true,
            true + a * (1 - true) - b * true,
            np.abs(true) + a * np.abs(1 - true) + b * np.abs(true),
            np.shape(y_pred),
        ),
        "y_true": (
            pred,
            pred - a * pred + b * (1 - pred),
            np.abs(pred) + a * np.abs(pred) + b * np.abs(1 - pred),
            np.shape(y_true),
        ),
    }
    total = over(hit) + a * over(alarm) + b * over(miss) + epsilon
    size = over(np.abs(hit)) + a * over(np.abs(alarm)) + b * over(np.abs(miss)) + epsilon
    return _one_minus(over(hit), over(np.abs(hit)), total, size, slopes, axis)


def _summed(axis: Axes) -> Callable[[np.ndarray], np.ndarray]:
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)
    return lambda array: np.asarray(array.sum(axes, keepdims=True))


def _one_minus(
    part: np.ndarray,
    part_size: np.ndarray,
    whole: np.ndarray,
    whole_size: np.ndarray,
    slopes: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray, Any]],
    axis: Axes,
) -> Reference:
    """`1 - part / whole`, of sums that keep their axes, with the size of their terms.

    For each input: the slope of the part, that of the whole with its terms, and the shape that was given.
    """
    amount = whole_size / np.abs(whole)  # more than 1 where the whole cancels
    value = 1 - part / whole
    scale = 1 + part_size / np.abs(whole) * amount
    axes = axis if axis is None or isinstance(axis, int) else tuple(axis)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.asarray(cotangent).reshape(part.shape)
        found = {}
        for key, (of_part, of_whole, of_whole_size, shape) in slopes.items():
            gradient = -spread * (of_part / whole - part / whole * of_whole / whole)
            terms = np.abs(of_part / whole) + part_size * of_whole_size / whole**2 * amount
            gradient, terms = settled(gradient, np.abs(spread) * amount * terms)
            found[key] = gradient.reshape(shape), terms.reshape(shape)
        return found

    return Reference(*settled(np.squeeze(value, axes), np.squeeze(scale, axes)), pullback)
