"""What the losses share: the sum over an axis, with its gradient."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, quiet, settled


def along(
    value: np.ndarray,
    terms: np.ndarray,
    slope: np.ndarray,
    slope_terms: np.ndarray,
    axis: int,
    divisor: int,
    shape: tuple[int, ...],
) -> Reference:
    """Sum over an axis and divide; the slope is that of the sum, with respect to y_pred, whose shape is given."""
    count = value.dtype.type(divisor)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.expand_dims(np.asarray(cotangent), axis) / count
        gradient, scale = settled(spread * slope, np.abs(spread) * slope_terms)
        return {"y_pred": (gradient.reshape(shape), scale.reshape(shape))}

    return Reference(*settled(value.sum(axis) / count, terms.sum(axis) / count), pullback)
