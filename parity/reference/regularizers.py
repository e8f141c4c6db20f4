"""Regularizers: a penalty for weights."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, quiet, settled, wide


@quiet
def l1(x: Any, *, l1: float = 0.01) -> Reference:
    """`l1 * sum(|x|)`; the derivative at 0 is 0."""
    (x,) = wide(x)
    factor = x.dtype.type(l1)
    return _penalty(factor * np.abs(x).sum(), factor * np.sign(x))


@quiet
def l2(x: Any, *, l2: float = 0.01) -> Reference:
    """`l2 * sum(x**2)`."""
    (x,) = wide(x)
    factor = x.dtype.type(l2)
    return _penalty(factor * (x * x).sum(), 2 * factor * x)


@quiet
def l1_l2(x: Any, *, l1: float = 0.0, l2: float = 0.0) -> Reference:
    """`l1 * sum(|x|) + l2 * sum(x**2)`, of which a part whose factor is 0 is nothing, whatever the sum."""
    (x,) = wide(x)
    first, second = x.dtype.type(l1), x.dtype.type(l2)
    value = (first * np.abs(x).sum() if l1 else 0) + (second * (x * x).sum() if l2 else 0)
    slope = (first * np.sign(x) if l1 else 0) + (2 * second * x if l2 else 0)
    return _penalty(x.dtype.type(value), slope + np.zeros_like(x))


@quiet
def orthogonal(x: Any, *, factor: float = 0.01, mode: str = "rows") -> Reference:
    """`factor` times the mean of `|cos|` between all pairs of rows (or columns); norms count as 1e-7 at least."""
    (x,) = wide(x)
    a = x if mode == "rows" else x.T
    count = len(a)
    pairs = max(count * (count - 1), 1)
    norm = np.sqrt((a * a).sum(1, keepdims=True))
    length = np.maximum(norm, x.dtype.type(1e-7))
    u = a / length
    others = 1 - np.eye(count, dtype=x.dtype)
    products, sizes = (u @ u.T) * others, (np.abs(u) @ np.abs(u).T) * others
    share = x.dtype.type(factor) / pairs
    scale = share * sizes.sum()

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = np.asarray(cotangent)
        # Each pair is met twice. What points along the vector does not change its direction, but for a short one.
        towards = 2 * share * np.sign(products) @ u
        bulk = 2 * share * others @ np.abs(u)
        along = np.where(norm < 1e-7, 0, (towards * u).sum(1, keepdims=True) * u)
        blurred = (bulk * np.abs(u)).sum(1, keepdims=True) * np.abs(u)
        slope, size = (towards - along) / length, (bulk + blurred) / length
        slope, size = (slope, size) if mode == "rows" else (slope.T, size.T)
        return {"x": settled(c * slope, np.abs(c) * size)}

    return Reference(*settled(share * np.abs(products).sum(), scale), pullback)


def _penalty(value: Any, slope: np.ndarray) -> Reference:
    """A sum of terms of one sign."""

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        gradient = np.asarray(cotangent) * slope
        return {"x": settled(gradient, np.abs(gradient))}

    return Reference(*settled(value, np.abs(value)), pullback)
