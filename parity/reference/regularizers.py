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


def _penalty(value: Any, slope: np.ndarray) -> Reference:
    """A sum of terms of one sign."""

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        gradient = np.asarray(cotangent) * slope
        return {"x": settled(gradient, np.abs(gradient))}

    return Reference(*settled(value, np.abs(value)), pullback)
