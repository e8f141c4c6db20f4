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


def sums(
    value: np.ndarray,
    terms: np.ndarray,
    slopes: dict[str, tuple[np.ndarray, np.ndarray, tuple[int, ...]]],
    axis: int | tuple[int, ...] = -1,
    divisor: int = 1,
) -> Reference:
    """Sum over axes and divide; for each input the slope of the sum, its terms, and the shape that was given."""
    count = value.dtype.type(divisor)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.expand_dims(np.asarray(cotangent), axis) / count
        found = {}
        for key, (slope, slope_terms, shape) in slopes.items():
            gradient, scale = settled(spread * slope, np.abs(spread) * slope_terms)
            found[key] = gradient.reshape(shape), scale.reshape(shape)
        return found

    return Reference(*settled(value.sum(axis) / count, terms.sum(axis) / count), pullback)


def in_dtype(number: float, dtype: str, like: np.ndarray) -> Any:
    """A constant, rounded to the dtype that is computed in."""
    return like.dtype.type(np.dtype(dtype).type(number))
