"""What the metrics share: a stream is a list of dicts (values, or y_true and y_pred; sample_weight if there is one)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity.reference.base import lead, wide

Batches = Sequence[Mapping[str, Any]]
Scaled = tuple[np.ndarray, np.ndarray]


def weights_of(batch: Mapping[str, Any], shape: tuple[int, ...]) -> np.ndarray:
    """The weights of a batch for each of its values: 1 if there are none."""
    weight = batch.get("sample_weight")
    return np.broadcast_to(lead(wide(1.0 if weight is None else weight)[0], shape, "sample_weight"), shape)


def over(numerator: Any, denominator: Any) -> Any:
    """A quotient, 0 where the denominator is 0."""
    return np.where(denominator == 0, 0, np.asarray(numerator) / np.where(denominator == 0, 1, denominator))


def total(items: Any) -> Any:
    return np.asarray(items, np.longdouble).sum()


def float_dtype(dtype: str | None) -> str:
    """The dtype that predictions are rounded to; integer dtypes of Keras's configs are read as float32."""
    return "float32" if dtype is None or "int" in dtype else dtype
