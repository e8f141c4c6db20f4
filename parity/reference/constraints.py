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
    norm = np.sqrt((w * w).sum(axis if isinstance(axis, int) else tuple(axis), keepdims=True))
    value = w * (np.clip(norm, 0, w.dtype.type(max_value)) / (w.dtype.type(EPSILON) + norm))
    return Reference(*settled(value, np.abs(value)), None)


@quiet
def non_neg(w: Any) -> Reference:
    """`max(w, 0)`."""
    (w,) = wide(w)
    value = np.maximum(w, 0)
    return Reference(*settled(value, value), None)
