"""The objects of the chapter: losses of single values, one activation, a penalty, a projection, a stream, a draw."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet, settled, wide
from parity.reference.initializers import variance_scaling
from parity.reference.metrics.base import Batches, Scaled, over, weights_of


@quiet
def huber(y_true: Any, y_pred: Any, *, dtype: str = "float32", threshold: float = 1.0) -> Reference:
    """`e**2 / 2` where `|e| < threshold`, else `threshold * (|e| - threshold / 2)`, for each value."""
    true, pred = match_ranks(y_true, y_pred)
    error, t = pred - true, pred.dtype.type(threshold)
    near = np.clip(error, -t, t)  # the slope, too
    value = near * (error - near / 2)
    # Beyond the threshold the chapter subtracts t * t / 2 from t * |e|.
    terms = np.where(np.abs(error) < t, value, t * np.abs(error) + t * t / 2)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        gradient, scale = settled(cotangent * near, np.abs(cotangent * near))
        return {
            "y_pred": (gradient.reshape(np.shape(y_pred)), scale.reshape(np.shape(y_pred))),
            "y_true": (-gradient.reshape(np.shape(y_true)), scale.reshape(np.shape(y_true))),
        }

    return Reference(*settled(value, terms), pullback)


@quiet
def huber_metric(batches: Batches, *, dtype: str | None = "float32", threshold: float = 1.0) -> Scaled:
    """`sum(w * v) / sum(w)` over all values of all batches, 0 where there are none."""
    total = size = count = np.longdouble(0)
    for batch in batches:
        found = huber(batch["y_true"], batch["y_pred"], threshold=threshold)
        weights = weights_of(batch, found.value.shape)
        total = total + (weights * found.value).sum()
        size = size + (weights * found.scale).sum()
        count = count + weights.sum()
    return settled(over(total, count), over(size, count))


@quiet
def softplus(z: Any) -> Reference:
    """`log(1 + exp(z))`, which is `z + log(1 + exp(-z))`; its derivative is `1 / (1 + exp(-z))`."""
    (z,) = wide(z)
    value = np.logaddexp(z, 0)
    return _pointwise("z", value, value, np.exp(z - value))


@quiet
def l1(weights: Any, *, factor: float = 0.01) -> Reference:
    """`sum(|factor * weights|)`; the derivative at 0 is 0."""
    (w,) = wide(weights)
    value = np.abs(w.dtype.type(factor) * w).sum()
    return _pointwise("weights", value, value, w.dtype.type(factor) * np.sign(w))


@quiet
def positive(weights: Any) -> Reference:
    """Negative weights become 0; no gradient is compared."""
    (w,) = wide(weights)
    value = np.where(w < 0, 0, w)
    return Reference(*settled(value, value), None)


def glorot(shape: Sequence[int], *, dtype: str = "float32", seed: int) -> Scaled:
    """A normal distribution of variance `2 / (rows + columns)`; its seed is the first that Python's generator gives."""
    drawn = random.Random(seed).randint(1, 10**9)
    return variance_scaling(
        shape, dtype=dtype, mode="fan_avg", distribution="untruncated_normal", scale=1.0, seed=drawn
    )


def _pointwise(name: str, value: Any, scale: Any, slope: np.ndarray) -> Reference:
    @quiet
    def pullback(cotangent: Any) -> Gradients:
        gradient = np.asarray(cotangent) * slope
        return {name: settled(gradient, np.abs(gradient))}

    return Reference(*settled(value, scale), pullback)
