"""Activations. Arguments are taken as they are: the caller gives numbers that are exact in the dtype computed in."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, erfc, quiet, settled, wide


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


@quiet
def celu(x: Any, *, alpha: float = 1.0) -> Reference:
    """x where `x > 0`, else `alpha * expm1(x / alpha)`. The quotient is rounded, which shows in the derivative."""
    (x,) = wide(x)
    a = x.dtype.type(alpha)
    part = np.minimum(x, 0) / a
    slope = np.where(x > 0, 1, np.exp(part))
    return _pointwise(np.where(x > 0, x, a * np.expm1(part)), slope, steepness=slope * (1 + np.abs(part)))


@quiet
def selu(x: Any) -> Reference:
    """The elu of Klambauer et al., times their scale; the derivative at 0 is that from below."""
    (x,) = wide(x)
    alpha = x.dtype.type("1.6732632423543772848170429916717")
    scale = x.dtype.type("1.0507009873554804934193349852946")
    value = scale * np.where(x > 0, x, alpha * np.expm1(x))
    return _pointwise(value, scale * np.where(x > 0, 1, alpha * np.exp(x)))


@quiet
def exponential(x: Any) -> Reference:
    """exp(x)."""
    (x,) = wide(x)
    return _pointwise(np.exp(x), np.exp(x))


@quiet
def gelu(x: Any, *, approximate: bool = False) -> Reference:
    """x times the normal distribution function, or times its approximation by a tanh.

    The kernels add 1 and an erf (or a tanh) of nearly -1 and keep what is left; that is a decision, for speed.
    """
    (x,) = wide(x)
    if approximate:
        rate, cubic = np.sqrt(2 / np.arccos(x.dtype.type(-1))), x.dtype.type(0.044715)
        inner = rate * (x + cubic * x**3)
        steep = rate * (1 + 3 * cubic * x * x)
        # 1 + tanh(u) = 2 / (1 + exp(-2 u)), and 1 - tanh(u)**2 from the same exponential
        small = np.exp(-2 * np.abs(inner))
        share = np.where(inner >= 0, 1, small) / (1 + small)
        bump = 2 * small / np.square(1 + small) * steep
        blurred = np.where(np.abs(inner) < 25, 0.5 * steep, 0)
        drift = bump * np.abs(inner) / np.where(steep == 0, 1, steep)
    else:
        share = erfc(-x / np.sqrt(x.dtype.type(2))) / 2
        bump = np.exp(-x * x / 2) / np.sqrt(2 * np.arccos(x.dtype.type(-1)))
        blurred, drift = bump * (1 + x * x), 0
    size = np.abs(x)
    far = np.abs(x) > 50
    value = np.where(np.isposinf(x), x, np.where(np.isneginf(x), 0, x * share))
    slope = np.where(far, np.where(x > 0, 1, 0), share + x * bump)
    steepness = np.where(far, np.abs(slope), 1 + size * (np.abs(bump) + blurred))
    return _pointwise(value, slope, np.where(np.isinf(x), 0, size * (1 + drift)), steepness)


@quiet
def glu(x: Any, *, axis: int = -1) -> Reference:
    """The first half along the axis, times the sigmoid of the second."""
    (x,) = wide(x)
    a, b = np.split(x, 2, axis=axis)
    gate, rest = _logistic(b), _logistic(-b)
    value = np.where(np.isneginf(b) & np.isfinite(a), 0, a * gate)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = np.asarray(cotangent)
        gradient = np.concatenate([c * gate, c * a * gate * rest], axis=axis)
        # 1 - sigmoid(b) is a difference.
        return {"x": settled(gradient, np.concatenate([np.abs(c * gate), np.abs(c * a * gate)], axis=axis))}

    return Reference(*settled(value, np.abs(value)), pullback)


@quiet
def hard_shrink(x: Any, *, threshold: float = 0.5) -> Reference:
    """x where `|x| > threshold`, else 0."""
    (x,) = wide(x)
    inside = np.abs(x) <= threshold
    return _pointwise(np.where(inside, 0, x), np.where(inside, 0, 1))


@quiet
def soft_shrink(x: Any, *, threshold: float = 0.5) -> Reference:
    """x, moved towards 0 by the threshold, but not past 0."""
    (x,) = wide(x)
    moved = np.sign(x) * np.maximum(np.abs(x) - x.dtype.type(threshold), 0)
    return _pointwise(moved, np.where(np.abs(x) <= threshold, 0, 1))


@quiet
def threshold(x: Any, *, threshold: float, default_value: float) -> Reference:
    """x where `x > threshold`, else the default."""
    (x,) = wide(x)
    low = x <= threshold
    return _pointwise(np.where(low, x.dtype.type(default_value), x), np.where(low, 0, 1))


@quiet
def hard_sigmoid(x: Any) -> Reference:
    """`x / 6 + 1 / 2`, clipped to [0, 1]; the derivative at the corners is 0."""
    (x,) = wide(x)
    return _pointwise(np.clip((x + 3) / 6, 0, 1), np.where(np.abs(x) < 3, 1 / x.dtype.type(6), 0))


@quiet
def hard_silu(x: Any) -> Reference:
    """0 up to -3, x from 3 on, `x * (x + 3) / 6` between; the derivative is 0 at -3 and 1 at 3."""
    (x,) = wide(x)
    value = np.where(x <= -3, 0, np.where(x >= 3, x, x * (x + 3) / 6))
    slope = np.where(x <= -3, 0, np.where(x >= 3, 1, (2 * x + 3) / 6))
    return _pointwise(value, slope, steepness=np.where(np.abs(x) < 3, (2 * np.abs(x) + 3) / 6, np.abs(slope)))


@quiet
def hard_tanh(x: Any) -> Reference:
    """x, clipped to [-1, 1]; the derivative at the corners is 1."""
    (x,) = wide(x)
    return _pointwise(np.clip(x, -1, 1), np.where(np.abs(x) > 1, 0, 1))


@quiet
def leaky_relu(x: Any, *, negative_slope: float = 0.2) -> Reference:
    """x where `x > 0`, else the slope times x."""
    (x,) = wide(x)
    slope = x.dtype.type(negative_slope)
    # Zero times minus infinity: the limit is 0.
    return _pointwise(
        np.where(x > 0, x, np.where((slope == 0) & ~np.isnan(x), 0, slope * x)), np.where(x > 0, 1, slope)
    )


@quiet
def relu6(x: Any) -> Reference:
    """x, clipped to [0, 6]; the derivative at the corners is 0."""
    (x,) = wide(x)
    return _pointwise(np.clip(x, 0, 6), np.where((x > 0) & (x < 6), 1, 0))


@quiet
def sigmoid(x: Any) -> Reference:
    """`1 / (1 + exp(-x))`; the derivative is `y * (1 - y)`, a difference."""
    (x,) = wide(x)
    value = _logistic(x)
    return _pointwise(value, value * _logistic(-x), steepness=value)


@quiet
def log_sigmoid(x: Any) -> Reference:
    """`-log(1 + exp(-x))`."""
    (x,) = wide(x)
    return _pointwise(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), _logistic(-x))


@quiet
def silu(x: Any) -> Reference:
    """`x * sigmoid(x)`; the derivative is `y * (1 + x * (1 - y))` with `y = sigmoid(x)`; it holds a difference."""
    (x,) = wide(x)
    gate, rest = _logistic(x), _logistic(-x)
    value = np.where(np.isneginf(x), 0, x * gate)
    return _pointwise(value, gate + x * gate * rest, steepness=gate * (1 + np.abs(x)))


@quiet
def mish(x: Any) -> Reference:
    """`x * tanh(log(1 + exp(x)))`.

    With `e = exp(x)` the tanh is `(e**2 + 2 e) / (e**2 + 2 e + 2)`, and its derivative `4 e (e + 1)` over the square of
    that denominator; for `x > 0` all of it is divided by `e**2`.
    """
    (x,) = wide(x)
    h = np.exp(-np.abs(x))
    below = h * h + 2 * h + 2
    above = 1 + 2 * h + 2 * h * h
    gate = np.where(x > 0, (1 + 2 * h) / above, (h * h + 2 * h) / below)
    steep = np.where(x > 0, 4 * h * h * (1 + h) / above**2, 4 * h * (1 + h) / below**2)
    value = np.where(np.isneginf(x), 0, x * gate)
    return _pointwise(value, gate + x * steep, steepness=gate + np.abs(x) * steep)


@quiet
def softsign(x: Any) -> Reference:
    """`x / (1 + |x|)`; its derivative is `1 / (1 + |x|)**2`."""
    (x,) = wide(x)
    grown = 1 + np.abs(x)
    return _pointwise(np.where(np.isinf(x), np.sign(x), x / grown), 1 / np.square(grown))


@quiet
def sparse_plus(x: Any) -> Reference:
    """0 up to -1, `(x + 1)**2 / 4` from there to 1, then x."""
    (x,) = wide(x)
    value = np.where(x <= -1, 0, np.where(x >= 1, x, np.square(x + 1) / 4))
    return _pointwise(value, np.clip((x + 1) / 2, 0, 1))


@quiet
def sparse_sigmoid(x: Any) -> Reference:
    """`(x + 1) / 2`, clipped to [0, 1]; the derivative at the corners is 0."""
    (x,) = wide(x)
    return _pointwise(np.clip((x + 1) / 2, 0, 1), np.where(np.abs(x) < 1, 0.5, 0))


@quiet
def squareplus(x: Any, *, b: float = 4) -> Reference:
    """`(x + sqrt(x**2 + b)) / 2`; the derivative is the value over the root, and 0 at 0 where `b = 0`."""
    (x,) = wide(x)
    b = x.dtype.type(b)
    root = np.hypot(x, np.sqrt(b))
    value = np.where(x > 0, (x + root) / 2, np.where(b == 0, np.where(np.isnan(x), x, 0), b / 2 / (root - x)))
    return _pointwise(value, np.where(root == 0, 0, value / root))


@quiet
def tanh(x: Any) -> Reference:
    """tanh(x); the derivative is 1 minus its square, a difference."""
    (x,) = wide(x)
    value = np.tanh(x)
    return _pointwise(value, 1 / np.square(np.cosh(x)), steepness=1 + np.square(value))


@quiet
def tanh_shrink(x: Any) -> Reference:
    """`x - tanh(x)`; the derivative is `tanh(x)**2`.

    Near 0 by `(x cosh(x) - sinh(x)) / cosh(x)`, the series of whose numerator has terms of one sign:
    `2 n x**(2 n + 1) / (2 n + 1)!`.
    """
    (x,) = wide(x)
    near = np.clip(x, -2, 2)
    term, total = near.copy(), np.zeros_like(near)
    for n in range(1, 24):
        term = term * near * near / (2 * n * (2 * n + 1))
        total = total + 2 * n * term
        if not (2 * n * np.abs(term) > np.abs(total) * np.finfo(x.dtype).eps / 8).any():
            break
    value = np.where(np.abs(x) < 2, total / np.cosh(near), x - np.tanh(x))
    return _pointwise(value, np.square(np.tanh(x)))


@quiet
def log_softmax(x: Any, *, axis: int | Sequence[int] = -1) -> Reference:
    """`x - max(x) - log(sum(exp(x - max(x))))` over one axis or several."""
    (x,) = wide(x)
    axes = axis if isinstance(axis, int) else tuple(axis)

    def over(array: np.ndarray) -> np.ndarray:
        return np.asarray(array.sum(axes, keepdims=True))

    shifted = x - x.max(axes, keepdims=True, initial=-np.inf)
    total = over(np.exp(shifted))
    p = np.exp(shifted) / total
    value = shifted - np.log(total)
    # The sum is rounded, which moves its logarithm by eps however small that is, and so are the differences in it.
    drift = np.where(p == 0, 0, p * np.abs(shifted))
    scale = np.abs(shifted) + np.abs(np.log(total)) + 1 + over(drift)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = np.asarray(cotangent)
        # p is rounded by as much as its logarithm.
        return {
            "x": settled(
                c - p * over(c), np.abs(c) + p * over(np.abs(c)) + np.where(p == 0, 0, p * scale) * np.abs(over(c))
            )
        }

    return Reference(*settled(value, scale), pullback)


@quiet
def sparsemax(x: Any, *, axis: int = -1) -> Reference:
    """`max(x - tau, 0)` with tau such that the sum is 1 (Michelot's projection onto the simplex).

    All elements are taken for the support at first; those that are not above tau leave it, until none does.
    """
    (x,) = wide(x)

    def over(array: np.ndarray) -> np.ndarray:
        return np.asarray(array.sum(axis, keepdims=True))

    z = x - x.max(axis, keepdims=True, initial=-np.inf)
    inside = np.ones(z.shape, bool)
    tau = np.zeros_like(over(z))
    for _ in range(x.shape[axis]):
        count = over(inside)
        tau = (over(np.where(inside, np.maximum(z, -2), 0)) - 1) / count
        inside = inside & (z > tau)
    broken = over(np.isnan(z)) > 0
    value = np.where(broken, np.nan, np.where(inside, z - tau, 0))
    count = over(inside)
    scale = np.where(inside, np.abs(z) + np.abs(tau) + (over(np.where(inside, np.abs(z), 0)) + 1) / count, 0)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = np.asarray(cotangent)
        mean, size = (over(np.where(inside, item, 0)) / count for item in (c, np.abs(c)))
        return {"x": settled(np.where(inside, c - mean, 0), np.where(inside, np.abs(c) + size, 0))}

    return Reference(*settled(value, scale), pullback)


def _logistic(x: np.ndarray) -> np.ndarray:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def _pointwise(value: np.ndarray, slope: np.ndarray, scale: Any = None, steepness: Any = None) -> Reference:
    """A function of each number; its scale and that of its slope are their sizes, unless said otherwise."""
    scale = np.abs(value) if scale is None else scale
    steepness = np.abs(slope) if steepness is None else steepness

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        return {"x": settled(np.asarray(cotangent) * slope, np.abs(cotangent) * steepness)}

    return Reference(*settled(value, scale), pullback)
