"""Losses of a difference between two numbers."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet
from parity.reference.losses.base import along, in_dtype, sums

EPSILON = 1e-7


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


@quiet
def mean_absolute_error(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `|e|`, with derivative 0 at 0."""
    true, pred = match_ranks(y_true, y_pred)
    error = pred - true
    return mean_of_errors(np.abs(error), np.abs(error), np.sign(error), np.shape(y_true), np.shape(y_pred))


@quiet
def log_cosh(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `log(cosh(e))`, near 0 by `cosh(e)**2 = 1 + sinh(e)**2`; the slope is tanh(e)."""
    true, pred = match_ranks(y_true, y_pred)
    error = pred - true
    size = np.abs(error)
    near = np.log1p(np.sinh(np.minimum(size, 1)) ** 2) / 2
    value = np.where(size < 1, near, size - np.log(size.dtype.type(2)) + np.log1p(np.exp(-2 * size)))
    return mean_of_errors(value, value, np.tanh(error), np.shape(y_true), np.shape(y_pred))


@quiet
def mean_absolute_percentage_error(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `100 |e| / max(|y|, epsilon)`."""
    true, pred = match_ranks(y_true, y_pred)
    epsilon = in_dtype(EPSILON, dtype, pred)
    error, divisor = pred - true, np.maximum(np.abs(true), epsilon)
    value = 100 * np.abs(error) / divisor
    direct = 100 * np.sign(error) / divisor
    through = np.where(np.abs(true) >= epsilon, np.sign(true) * value / divisor, 0)
    slopes = {
        "y_pred": (direct, np.abs(direct), np.shape(y_pred)),
        "y_true": (-direct - through, np.abs(direct) + np.abs(through), np.shape(y_true)),
    }
    return sums(value, value, slopes, divisor=value.shape[-1])


@quiet
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `(log(1 + y) - log(1 + p))**2`, both at least epsilon."""
    true, pred = match_ranks(y_true, y_pred)
    epsilon = in_dtype(EPSILON, dtype, pred)
    low_true, low_pred = np.maximum(true, epsilon), np.maximum(pred, epsilon)
    # The logarithm of a quotient near 1 has more digits than the difference of two logarithms.
    change = (low_pred - low_true) / (1 + low_true)
    apart = np.log1p(low_pred) - np.log1p(low_true)
    error = np.where(np.abs(change) < 0.5, np.log1p(np.where(np.abs(change) < 0.5, change, 0)), apart)
    slope_pred = np.where(pred >= epsilon, 2 * error / (1 + low_pred), 0)
    slope_true = np.where(true >= epsilon, -2 * error / (1 + low_true), 0)
    slopes = {
        "y_pred": (slope_pred, np.abs(slope_pred), np.shape(y_pred)),
        "y_true": (slope_true, np.abs(slope_true), np.shape(y_true)),
    }
    return sums(error * error, error * error, slopes, divisor=error.shape[-1])


@quiet
def poisson(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `p - y log(p + epsilon)`."""
    true, pred = match_ranks(y_true, y_pred)
    shifted = pred + in_dtype(EPSILON, dtype, pred)
    # The sum p + epsilon is rounded, which moves its logarithm by eps.
    terms = np.abs(pred) + np.abs(true) * (np.abs(np.log(shifted)) + 1)
    slope = (1 - true / shifted, 1 + np.abs(true / shifted), np.shape(y_pred))
    return sums(pred - true * np.log(shifted), terms, {"y_pred": slope}, divisor=pred.shape[-1])


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
