"""Correlation of each sample's predictions with its targets."""

import torch

from torchimpl._config import check_axes, check_rank
from torchimpl._tensors import align
from torchimpl.metrics.reduction import MeanOf


def pearson_correlation(y_true, y_pred, axis=-1):
    """Pearson's correlation of targets t and predictions p: cov(t, p) / sqrt(var(t) * var(p)).

    NaN where the targets or the predictions are all equal.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape.
        axis: the axis, or list of axes, over which is correlated.

    Returns:
        Correlations, in [-1, 1], of the shape of y_pred without these axes.

    Raises:
        ValueError: the shapes do not fit, or there is no such axis.

    Source: Pearson (1895), "Note on Regression and Inheritance in the Case of Two Parents".
    """
    axis = check_axes("pearson_correlation", "axis", axis)
    y_true, y_pred, dtype = align("pearson_correlation", y_true, y_pred)
    check_rank("pearson_correlation", axis, y_pred.ndim)
    return _pearson(y_true, y_pred, axis).to(dtype)


def concordance_correlation(y_true, y_pred, axis=-1):
    """Lin's concordance of targets t and predictions p: 2 * cov(t, p) / (var(t) + var(p) + (mean(t) - mean(p))**2).

    Variances and covariance are means over the axis, not divided by its length - 1. NaN where all targets and
    predictions are one number.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape.
        axis: the axis, or list of axes, over which is correlated.

    Returns:
        Concordances, in [-1, 1], of the shape of y_pred without these axes.

    Raises:
        ValueError: the shapes do not fit, or there is no such axis.

    Source: Lin (1989), "A Concordance Correlation Coefficient to Evaluate Reproducibility".
    """
    axis = check_axes("concordance_correlation", "axis", axis)
    y_true, y_pred, dtype = align("concordance_correlation", y_true, y_pred)
    check_rank("concordance_correlation", axis, y_pred.ndim)
    return _concordance(y_true, y_pred, axis).to(dtype)


def _pearson(y_true, y_pred, axis):
    y_true, y_pred = centred(y_true, axis), centred(y_pred, axis)
    y_true, y_pred = y_true / size_of(y_true, axis), y_pred / size_of(y_pred, axis)
    norms = torch.sqrt(torch.sum(torch.square(y_true), axis) * torch.sum(torch.square(y_pred), axis))
    return torch.clamp(torch.sum(y_true * y_pred, axis) / norms, -1, 1)


def _concordance(y_true, y_pred, axis):
    apart = torch.mean(y_true - y_pred, axis, keepdim=True)
    y_true, y_pred = centred(y_true, axis), centred(y_pred, axis)
    size = size_of(torch.maximum(torch.maximum(torch.abs(y_true), torch.abs(y_pred)), torch.abs(apart)), axis)
    y_true, y_pred, apart = y_true / size, y_pred / size, apart / size
    norm = torch.square(y_true) + torch.square(y_pred) + torch.square(apart)
    return torch.clamp(2 * torch.sum(y_true * y_pred, axis) / torch.sum(norm, axis), -1, 1)


def centred(x, axis):
    """Return the distances from the mean; exactly 0 where all are equal."""
    constant = torch.amax(x, axis, keepdim=True) == torch.amin(x, axis, keepdim=True)
    x = x - torch.mean(x, axis, keepdim=True)
    # The mean is rounded by its own size: what is left of it is taken away once more.
    return torch.where(constant, 0, x - torch.mean(x, axis, keepdim=True))


def size_of(x, axis):
    """Return the largest absolute value, a number > 0 where it is 0: by what x is divided so that no square is lost."""
    return torch.clamp(torch.amax(torch.abs(x.detach()), axis, keepdim=True), min=torch.finfo(x.dtype).tiny)


class ConcordanceCorrelation(MeanOf):
    """The mean over the samples of a stream of each sample's concordance_correlation, computed in float64.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        axis: the axis, or list of axes, over which is correlated. Not the first: samples come in batches, and the
            result does not depend on where one ends.
    """

    def __init__(self, name="concordance_correlation", dtype=None, axis=-1):
        self.axis = check_axes("ConcordanceCorrelation", "axis", axis)
        super().__init__(concordance_of_samples, name, dtype, axis=self.axis)


class PearsonCorrelation(MeanOf):
    """The mean over the samples of a stream of each sample's pearson_correlation, computed in float64.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        axis: the axis, or list of axes, over which is correlated. Not the first: samples come in batches, and the
            result does not depend on where one ends.
    """

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        self.axis = check_axes("PearsonCorrelation", "axis", axis)
        super().__init__(pearson_of_samples, name, dtype, axis=self.axis)


def concordance_of_samples(y_true, y_pred, axis):
    """Return the concordance of each sample, in float64."""
    return _concordance(*samples("ConcordanceCorrelation", y_true, y_pred, axis), axis)


def pearson_of_samples(y_true, y_pred, axis):
    """Return the correlation of each sample, in float64."""
    return _pearson(*samples("PearsonCorrelation", y_true, y_pred, axis), axis)


def samples(owner, y_true, y_pred, axis):
    """Return targets and predictions in float64; raise ValueError if an axis is that of the samples, or is none."""
    y_true, y_pred, _ = align(owner, y_true, y_pred)
    rank = y_pred.ndim
    check_rank(owner, axis, rank)
    if any(item % rank == 0 for item in (axis if isinstance(axis, list) else [axis])):
        raise ValueError(
            f"{owner}: each sample is correlated apart, over axes other than the first: expected y_pred of shape "
            f"[batch, d0, ..]. Received: axis={axis} of a tensor of rank {rank}"
        )
    return y_true.double(), y_pred.double()
