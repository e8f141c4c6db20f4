"""Metrics of predicted numbers."""

from typing import Any

import numpy as np

from parity.reference.base import match_ranks, quiet, settled
from parity.reference.metrics.base import Batches, Scaled, over, weights_of
from parity.reference.metrics.reduction import mean


@quiet
def r2_score(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    class_aggregation: str | None = "uniform_average",
    num_regressors: int = 0,
) -> Scaled:
    """`1 - sum(w (t - p)^2) / sum(w (t - mean)^2)` for each column, of all samples at once.

    The mean is 0 if the weights sum to 0. Where the targets do not differ (the size of `sum(w (t - mean)^2)` is at most
    2^-90 of that of `sum(w t^2)`): 1 if no prediction is wrong, NaN if one is NaN, else 0; 0 where there are none.
    class_aggregation: the mean of the columns, or that weighted by `sum(w (t - mean)^2)` unless all of these are 0.
    With p regressors and n samples of a weight other than 0, it is adjusted to `1 - (1 - R2) (n - 1) / (n - p - 1)` if
    n > p + 1.

    Weights of both signs let the two sums cancel: their scale is that of their terms.
    """
    true, pred, weight = (np.zeros((0, 0), np.longdouble) for _ in range(3))
    for batch in batches:
        t, p = match_ranks(batch["y_true"], batch["y_pred"])
        if t.ndim != 2:
            raise ValueError(f"y_pred has shape {p.shape}, expected [batch, columns]")
        rows = t.astype(np.longdouble), p.astype(np.longdouble), weights_of(batch, t.shape)
        true, pred, weight = (
            np.concatenate([old.reshape(-1, t.shape[1]), new])
            for old, new in zip((true, pred, weight), rows, strict=True)
        )
    count = weight.sum(0)
    middle = over((weight * true).sum(0), count)
    squares = (true - middle) ** 2, (true - pred) ** 2
    spread, residual = ((weight * terms).sum(0) for terms in squares)
    sizes = [(np.abs(weight) * terms).sum(0) for terms in squares]
    spread = np.where(np.abs(spread) <= 2.0**-90 * np.abs((weight * true**2).sum(0)), 0, spread)
    constant = np.where((residual == 0) & (count != 0), 1, np.where(np.isnan(residual), np.nan, 0))
    value: Any = np.where(spread == 0, constant, 1 - over(residual, spread))
    scale: Any = np.where(spread == 0, constant, 1 + over(sizes[0], np.abs(spread)) * over(sizes[1], np.abs(spread)))
    if not true.shape[1]:
        value = scale = np.zeros((), np.longdouble)
    elif class_aggregation == "variance_weighted_average" and spread.any():
        value, whole = over((spread * value).sum(), spread.sum()), np.abs(spread.sum())
        scale = over((sizes[0] * scale).sum(), whole) * over(sizes[0].sum(), whole)
    elif class_aggregation is not None:
        value, scale = value.mean(), scale.mean()
    samples = np.count_nonzero((weight != 0).any(1))
    if num_regressors and samples > num_regressors + 1:
        factor = np.longdouble(samples - 1) / (samples - num_regressors - 1)
        value, scale = 1 - (1 - value) * factor, 1 + (1 + scale) * factor
    return settled(value, scale)


@quiet
def root_mean_squared_error(batches: Batches, *, dtype: str | None = "float32") -> Scaled:
    """The root of the mean of the squared errors, of which each sample counts once, whatever it holds."""
    squares = []
    for batch in batches:
        true, pred = match_ranks(batch["y_true"], batch["y_pred"])
        weight = {key: item for key, item in batch.items() if key == "sample_weight"}
        squares.append({"values": (true - pred) ** 2, **weight})
    value = np.sqrt(mean(squares, dtype=dtype)[0])
    return settled(value, value)
