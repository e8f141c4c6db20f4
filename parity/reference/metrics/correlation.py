"""Correlation of each sample's predictions with its targets, from the definitions: no pass but two."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from parity.reference.base import Reference, match_ranks, quiet, settled
from parity.reference.metrics.base import Batches, Scaled
from parity.reference.metrics.reduction import mean

Axes = int | Sequence[int]


def pearson_correlation(batches: Batches, *, dtype: str | None = "float32", axis: Axes = -1) -> Scaled:
    """Mean over the samples of `sum(t p) / sqrt(sum(t^2) sum(p^2))`, t and p less their means; NaN for constants."""
    return _mean_of(_pearson, batches, axis, dtype)


def concordance_correlation(batches: Batches, *, dtype: str | None = "float32", axis: Axes = -1) -> Scaled:
    """Mean over the samples of `2 cov / (var + var + (mean - mean)^2)` (Lin 1989); NaN for two equal constants."""
    return _mean_of(_concordance, batches, axis, dtype)


def pearson_of_samples(y_true: Any, y_pred: Any, *, dtype: str = "float32", axis: Axes = -1) -> Reference:
    """The correlation of each sample."""
    return _of_samples(_pearson, y_true, y_pred, axis)


def concordance_of_samples(y_true: Any, y_pred: Any, *, dtype: str = "float32", axis: Axes = -1) -> Reference:
    """The concordance of each sample."""
    return _of_samples(_concordance, y_true, y_pred, axis)


def _of_samples(formula: Callable[..., Scaled], y_true: Any, y_pred: Any, axis: Axes) -> Reference:
    true, pred = match_ranks(y_true, y_pred)
    return Reference(*settled(*formula(true, pred, tuple(np.atleast_1d(axis) % true.ndim))), None)


def _mean_of(formula: Callable[..., Scaled], batches: Batches, axis: Axes, dtype: str | None) -> Scaled:
    parts: tuple[list[Any], list[Any]] = ([], [])
    for batch in batches:
        true, pred = match_ranks(batch["y_true"], batch["y_pred"])
        axes = tuple(np.atleast_1d(axis) % true.ndim)
        if 0 in axes:
            raise ValueError(f"axis {axis} is the one of the samples")
        weight = {key: item for key, item in batch.items() if key == "sample_weight"}
        for part, values in zip(parts, formula(true, pred, axes), strict=True):
            part.append({"values": values, **weight})
    return mean(parts[0], dtype=dtype)[0], _finite(mean(parts[1], dtype=dtype)[0])


@quiet
def _pearson(true: np.ndarray, pred: np.ndarray, axes: tuple[int, ...]) -> Scaled:
    t, p = _centred(true, axes), _centred(pred, axes)
    norm = np.sqrt((t**2).sum(axes)) * np.sqrt((p**2).sum(axes))
    return (t * p).sum(axes) / norm, np.abs(t * p).sum(axes) / norm


@quiet
def _concordance(true: np.ndarray, pred: np.ndarray, axes: tuple[int, ...]) -> Scaled:
    t, p, apart = _centred(true, axes), _centred(pred, axes), np.abs(true - pred).mean(axes)
    between = (true - pred).mean(axes)
    norm = (t**2).mean(axes) + (p**2).mean(axes) + between**2
    value = 2 * (t * p).mean(axes) / norm
    # The difference of the means is rounded by the size of the single differences.
    return value, 2 * np.abs(t * p).mean(axes) / norm + np.abs(value) * 2 * np.abs(between) * apart / norm


def _centred(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    constant = x.max(axes, keepdims=True) == x.min(axes, keepdims=True)
    return np.where(constant, 0, x - x.mean(axes, keepdims=True))


def _finite(scale: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(scale), scale, 0)
