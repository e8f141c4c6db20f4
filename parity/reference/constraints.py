"""Constraints: what weights become. No gradient is compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import Reference, quiet, settled, wide

EPSILON = 1e-7


@quiet
def max_norm(w: Any, *, max_value: float = 2, axis: int | Sequence[int] = 0) -> Reference:
    """`w * clip(norm, 0, max_value) / (1e-7 + norm)`, norm being `sqrt(sum(w**2))` over the axis."""
    (w,) = wide(w)
    norm = _norm(w, axis)
    return _scaled(w, np.clip(norm, 0, w.dtype.type(max_value)), norm)


@quiet
def min_max_norm(
    w: Any, *, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
) -> Reference:
    """`w * desired / (1e-7 + norm)`, `desired` being the clipped norm at a rate of 1 and the norm at 0."""
    (w,) = wide(w)
    norm, share = _norm(w, axis), w.dtype.type(rate)
    clipped = np.clip(norm, w.dtype.type(min_value), w.dtype.type(max_value))
    return _scaled(w, share * clipped + (1 - share) * norm, norm)


@quiet
def unit_norm(w: Any, *, axis: int | Sequence[int] = 0) -> Reference:
    """`w / (1e-7 + norm)`."""
    (w,) = wide(w)
    return _scaled(w, w.dtype.type(1), _norm(w, axis))


@quiet
def non_neg(w: Any) -> Reference:
    """`max(w, 0)`."""
    (w,) = wide(w)
    value = np.maximum(w, 0)
    return Reference(*settled(value, value), None)


def _norm(w: np.ndarray, axis: int | Sequence[int]) -> np.ndarray:
    return np.sqrt((w * w).sum(axis if isinstance(axis, int) else tuple(axis), keepdims=True))


def _scaled(w: np.ndarray, desired: Any, norm: np.ndarray) -> Reference:
    value = w * (desired / (w.dtype.type(EPSILON) + norm))
    return Reference(*settled(value, np.abs(value)), None)
