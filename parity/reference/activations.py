"""Activations. Arguments are taken as they are: the caller gives numbers that are exact in the dtype computed in."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, quiet, settled, wide


@quiet
def linear(x: Any) -> Reference:
    """x."""
    (x,) = wide(x)
    return _pointwise(x, np.ones_like(x))


@quiet
def relu(x: Any, *, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Reference:
    """`negative_slope * (x - threshold)` where `x <= threshold`, else x, clipped to `[0, max_value]` if that is given.

    The derivative is the slope at the threshold, 1 at 0 and at max_value, 0 beyond, and NaN at NaN.
    """
    (x,) = wide(x)
    slope, start = x.dtype.type(negative_slope), x.dtype.type(threshold)
    # Zero times minus infinity: the limit is 0.
    below = np.where(slope == 0, 0, slope * (x - start))
    above, steep = x, np.where(np.isnan(x), x, 1)
    if max_value is not None:
        limit = x.dtype.type(max_value)
        above = np.clip(x, 0, limit)
        steep = np.where((x < 0) | (x > limit), 0, steep)
    return _pointwise(np.where(x <= start, below, above), np.where(x <= start, slope, steep))


@quiet
def softplus(x: Any) -> Reference:
    """`log(1 + exp(x))`; its derivative is the sigmoid."""
    (x,) = wide(x)
    small = np.exp(-np.abs(x))
    return _pointwise(np.maximum(x, 0) + np.log1p(small), np.where(x >= 0, 1, small) / (1 + small))


@quiet
def elu(x: Any, *, alpha: float = 1.0) -> Reference:
    """x where `x > 0`, else `alpha * expm1(x)`; the derivative at 0 is alpha."""
    (x,) = wide(x)
    a = x.dtype.type(alpha)
    return _pointwise(np.where(x > 0, x, a * np.expm1(x)), np.where(x > 0, 1, a * np.exp(x)))


@quiet
def softmax(x: Any, *, axis: int | Sequence[int] = -1) -> Reference:
    """`exp(x) / sum(exp(x))` over one axis or several; NaN or infinity on the axis makes all of it NaN."""
    (x,) = wide(x)
    axes = axis if isinstance(axis, int) else tuple(axis)

    def over(array: np.ndarray) -> np.ndarray:
        return np.asarray(array.sum(axes, keepdims=True))

    shifted = x - x.max(axes, keepdims=True, initial=-np.inf)
    grown = np.exp(shifted)
    p = grown / over(grown)
    # The difference x - max(x) is rounded: a relative eps |x - max(x)| of its exponential, and the mean of that, in
    # the sum.
    drift = np.where(p == 0, 0, p * np.abs(shifted))
    scale = p + drift + p * over(drift)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = np.asarray(cotangent)
        size, tilt = np.abs(c), c - over(c * p)
        # Besides the terms: the error of p_i, times what it multiplies, and the errors of all p_j in the sum.
        terms = scale * np.abs(tilt) + p * (size + over(size * scale))
        return {"x": settled(p * tilt, terms)}

    return Reference(*settled(p, scale), pullback)


def _pointwise(value: np.ndarray, slope: np.ndarray) -> Reference:
    """A function of each number that is nowhere a sum of terms that cancel."""

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        gradient = np.asarray(cotangent) * slope
        return {"x": settled(gradient, np.abs(gradient))}

    return Reference(*settled(value, np.abs(value)), pullback)
