"""Metrics that add up values."""

import math

import numpy as np

from parity.reference.base import quiet, settled, wide
from parity.reference.metrics.base import Batches, Scaled, over, total, weights_of


@quiet
def mean(batches: Batches, *, dtype: str | None = "float32") -> Scaled:
    """Mean of the values, of which each sample (axis 0) counts once, whatever it holds.

    The T values of a sample add `sum(v w) / T` to the total and `sum(w) / T` to the count; a single value is a sample.
    """
    totals, sizes, counts = [], [], []
    for batch in batches:
        (values,) = wide(batch["values"])
        weights = weights_of(batch, values.shape)
        if values.ndim == 0:
            values, weights = values[None], weights[None]
        length = values.dtype.type(math.prod(values.shape[1:]))
        for v, w in zip(values, weights, strict=True):
            totals.append((v * w).sum() / length)
            sizes.append(np.abs(v * w).sum() / length)
            counts.append(w.sum() / length)
    value, scale = over(total(totals), total(counts)), over(total(sizes), total(counts))
    return settled(value, scale)


@quiet
def total_of(batches: Batches, *, dtype: str | None = "float32") -> Scaled:
    """Sum of the values, each times its weight."""
    terms = [wide(batch["values"])[0] * weights_of(batch, np.shape(batch["values"])) for batch in batches]
    return settled(total([item.sum() for item in terms]), total([np.abs(item).sum() for item in terms]))
