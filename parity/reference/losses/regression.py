"""Losses of a difference between two numbers."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet
from parity.reference.losses.base import along


@quiet
def huber(y_true: Any, y_pred: Any, *, dtype: str = "float32", delta: float = 1.0) -> Reference:
    """Mean over the last axis of `e**2 / 2` where `|e| <= delta`, else `delta * (|e| - delta / 2)`."""
    true, pred = match_ranks(y_true, y_pred)
    error, d = pred - true, pred.dtype.type(delta)
    size = np.abs(error)
    small = size <= d
    value = np.where(small, size * size / 2, d * (size - d / 2))
    terms = np.where(small, value, d * size + d * d / 2)
    slope = np.where(small, error, d * np.sign(error))
    return mean_of_errors(value, terms, slope, np.shape(y_true), np.shape(y_pred))


@quiet
def mean_squared_error(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of the squared difference."""
    true, pred = match_ranks(y_true, y_pred)
    error = pred - true
    return mean_of_errors(error * error, error * error, 2 * error, np.shape(y_true), np.shape(y_pred))


def mean_of_errors(
    value: np.ndarray, terms: np.ndarray, slope: np.ndarray, true_shape: Any, pred_shape: Any
) -> Reference:
    """Mean over the last axis of a function of `y_pred - y_true` with the given slope."""
    found = along(value, terms, slope, np.abs(slope), -1, value.shape[-1], pred_shape)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        assert found.pullback is not None
        gradient, scale = found.pullback(cotangent)["y_pred"]
        return {"y_pred": (gradient, scale), "y_true": (-gradient.reshape(true_shape), scale.reshape(true_shape))}

    return Reference(found.value, found.scale, pullback)
