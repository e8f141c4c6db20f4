"""Correlation of each sample's predictions with its targets."""

import tensorflow as tf

from tfimpl._config import check_axes, check_rank
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align, for_sums, hashable
from tfimpl.metrics.reduction import MeanOf


@symbolic
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
    check_rank("pearson_correlation", axis, y_pred.shape.rank)
    axis = hashable(axis)
    y_true, y_pred = for_sums(axis, y_true, y_pred)
    return tf.cast(_pearson_correlation(y_true, y_pred, axis=axis), dtype)


@as_one_graph
def _pearson_correlation(y_true, y_pred, *, axis):
    y_true, y_pred = centred(y_true, axis), centred(y_pred, axis)
    y_true, y_pred = y_true / size_of(y_true, axis), y_pred / size_of(y_pred, axis)
    squares = [tf.reduce_sum(tf.square(y), axis) for y in (y_true, y_pred)]
    norms = tf.sqrt(squares[0]) * tf.sqrt(squares[1])
    return tf.clip_by_value(tf.reduce_sum(y_true * y_pred, axis) / norms, -1, 1)


@symbolic
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
    check_rank("concordance_correlation", axis, y_pred.shape.rank)
    axis = hashable(axis)
    y_true, y_pred = for_sums(axis, y_true, y_pred)
    return tf.cast(_concordance_correlation(y_true, y_pred, axis=axis), dtype)


@as_one_graph
def _concordance_correlation(y_true, y_pred, *, axis):
    apart = tf.reduce_mean(y_true - y_pred, axis, keepdims=True)
    y_true, y_pred = centred(y_true, axis), centred(y_pred, axis)
    size = size_of(tf.maximum(tf.maximum(tf.abs(y_true), tf.abs(y_pred)), tf.abs(apart)), axis)
    y_true, y_pred, apart = y_true / size, y_pred / size, apart / size
    norm = tf.square(y_true) + tf.square(y_pred) + tf.square(apart)
    return tf.clip_by_value(2 * tf.reduce_sum(y_true * y_pred, axis) / tf.reduce_sum(norm, axis), -1, 1)


def centred(x, axis):
    """Return the distances from the mean; exactly 0 where all are equal."""
    constant = tf.reduce_max(x, axis, keepdims=True) == tf.reduce_min(x, axis, keepdims=True)
    x = x - tf.reduce_mean(x, axis, keepdims=True)
    # The mean is rounded by its own size: what is left of it is taken away once more.
    return tf.where(constant, tf.zeros_like(x), x - tf.reduce_mean(x, axis, keepdims=True))


def size_of(x, axis):
    """Return the largest absolute value, a number > 0 where it is 0: by what x is divided so that no square is lost."""
    largest = tf.reduce_max(tf.abs(tf.stop_gradient(x)), axis, keepdims=True)
    return tf.where(largest == 0, tf.ones_like(largest), largest)


class ConcordanceCorrelation(MeanOf):
    """The mean over the samples of a stream of each sample's concordance_correlation, computed in float64.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        axis: the axis, or list of axes, over which is correlated. Not the first: samples come in batches, and the
            result does not depend on where one ends.
    """

    _direction = "up"

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

    _direction = "up"

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        self.axis = check_axes("PearsonCorrelation", "axis", axis)
        super().__init__(pearson_of_samples, name, dtype, axis=self.axis)


def concordance_of_samples(y_true, y_pred, axis):
    """Return the concordance of each sample, in float64."""
    return concordance_correlation(*samples("ConcordanceCorrelation", y_true, y_pred, axis), axis)


def pearson_of_samples(y_true, y_pred, axis):
    """Return the correlation of each sample, in float64."""
    return pearson_correlation(*samples("PearsonCorrelation", y_true, y_pred, axis), axis)


def samples(owner, y_true, y_pred, axis):
    """Return targets and predictions in float64; raise ValueError if an axis is that of the samples, or is none."""
    y_true, y_pred, _ = align(owner, y_true, y_pred)
    rank = y_pred.shape.rank
    check_rank(owner, axis, rank)
    if any(item % rank == 0 for item in (axis if isinstance(axis, list) else [axis])):
        raise ValueError(
            f"{owner}: each sample is correlated apart, over axes other than the first: expected y_pred of shape "
            f"[batch, d0, ..]. Received: axis={axis} of a tensor of rank {rank}"
        )
    return tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)
