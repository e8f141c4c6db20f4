"""Metrics of hits: the share of predictions that are right."""

import math

import keras
import numpy as np
import tensorflow as tf

from tfimpl._config import check_boolean, check_integer, check_number, match_labels
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align_labels, same_shape, to_float, to_labels, to_tensor, widen
from tfimpl.metrics.reduction import MeanOf

# Below any score of less precision; tf.argmax never finds the lowest number of all.
LOWEST = np.nextafter(tf.float64.min, 0)


def accuracy(y_true, y_pred):
    """Say of each prediction whether it equals its label.

    Both are compared as integers if they are, else in the dtype of the predictions, or of the labels where only these
    are fractional.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        1 or 0 for each prediction, in the default dtype.

    Raises:
        ValueError: the shapes differ.
    """
    y_pred = to_tensor(y_pred)
    of_labels = y_pred.dtype if y_pred.dtype.is_floating else None
    y_true, y_pred = same_shape("accuracy", to_tensor(y_true, of_labels), y_pred)
    return _hits(_equal(y_true, y_pred))


@symbolic
def binary_accuracy(y_true, y_pred, threshold=0.5):
    """Say of each prediction whether it decides right: for 1 if it is greater than the threshold, else for 0.

    The threshold is rounded to the dtype of the predictions. A NaN decides for 0. A label between 0 and 1 is never hit.

    Args:
        y_true: labels, 0 or 1, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        threshold: a number.

    Returns:
        1 or 0 for each prediction, in the default dtype.

    Raises:
        ValueError: the shapes differ, or the threshold is no number.
    """
    threshold = check_number("binary_accuracy", "threshold", threshold)
    y_pred = to_float(y_pred)
    y_true, y_pred = same_shape("binary_accuracy", to_tensor(y_true), y_pred)
    threshold = tf.constant(threshold, y_pred.dtype)
    return _hits(tf.equal(y_true, tf.cast(widen(y_pred) > widen(threshold), y_true.dtype)))


@symbolic
def categorical_accuracy(y_true, y_pred):
    """Say of each sample whether its largest score is that of its class.

    Of equal scores the first is the largest. A NaN never is; among labels it counts as -inf.

    Args:
        y_true: one-hot labels, or a share of each class, of which the largest (the first of them) is the class; shape
            `[batch, d0, .. dN, classes]`.
        y_pred: scores or probabilities, same shape.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes differ.
    """
    return _hits(_among_first(*_classes("categorical_accuracy", y_true, y_pred), k=1))


@symbolic
def sparse_categorical_accuracy(y_true, y_pred):
    """Say of each sample whether its largest score is that of its class.

    Of equal scores the first is the largest. A NaN never is. A label that is no class is never hit.

    Args:
        y_true: class numbers, shape `[batch, d0, .. dN]`, or with one more last axis of size 1. Fractions are cut off.
        y_pred: scores or probabilities, shape `[batch, d0, .. dN, classes]`.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes do not fit.
    """
    y_true, y_pred, _ = align_labels("sparse_categorical_accuracy", y_true, y_pred, -1)
    return _hits(_among_first(y_true, y_pred, k=1))


@symbolic
def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """Say of each sample whether the score of its class is among the k largest.

    Of equal scores the first is the larger. A NaN is never among them. A label that is no class is never hit.

    Args:
        y_true: class numbers, shape `[batch, d0, .. dN]`, or with one more last axis of size 1. Fractions are cut off.
        y_pred: scores or probabilities, shape `[batch, d0, .. dN, classes]`; if from_sorted_ids, class numbers instead,
            those with the largest scores first.
        k: how many count; all of them, if there are fewer.
        from_sorted_ids: whether y_pred are class numbers.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes do not fit, or an argument is out of its range.
    """
    owner = "sparse_top_k_categorical_accuracy"
    check_integer(owner, "k", k, low=1)
    check_boolean(owner, "from_sorted_ids", from_sorted_ids)
    if not from_sorted_ids:
        y_true, y_pred, _ = align_labels(owner, y_true, y_pred, -1)
        return _hits(_among_first(y_true, y_pred, k=k))
    y_pred = to_labels(y_pred)
    y_true = to_labels(y_true)
    for step in match_labels(owner, y_true.shape, y_pred.shape, -1):
        y_true = tf.squeeze(y_true, step)
    return _hits(tf.reduce_any(_equal(y_true[..., tf.newaxis], y_pred[..., :k]), axis=-1))


@symbolic
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Say of each sample whether the score of its class is among the k largest.

    Of equal scores the first is the larger. A NaN is never among them; among labels it counts as -inf.

    Args:
        y_true: one-hot labels, or a share of each class, of which the largest (the first of them) is the class; shape
            `[batch, d0, .. dN, classes]`.
        y_pred: scores or probabilities, same shape.
        k: how many count; all of them, if there are fewer.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_integer("top_k_categorical_accuracy", "k", k, low=1)
    return _hits(_among_first(*_classes("top_k_categorical_accuracy", y_true, y_pred), k=k))


def _hits(right):
    return tf.cast(right, keras.config.floatx())


def _equal(y_true, y_pred):
    # Where a graph does not know the sizes, it does not know the shape of `==`, which is a single False if they differ.
    if y_pred.dtype.is_floating:
        return tf.equal(tf.cast(y_true, y_pred.dtype), y_pred)
    if y_true.dtype.is_floating:
        return tf.equal(y_true, tf.cast(y_pred, y_true.dtype))
    return tf.equal(tf.cast(y_true, tf.int64), tf.cast(y_pred, tf.int64))


def _classes(owner, y_true, y_pred):
    """Return the class of each sample from one-hot labels, and the scores."""
    y_pred = to_float(y_pred)
    y_true, y_pred = same_shape(owner, to_tensor(y_true), y_pred)
    return tf.argmax(_comparable(y_true, lowest=-math.inf), axis=-1), y_pred


@as_one_graph
def _among_first(labels, y_pred, *, k):
    """Whether fewer than k scores come before that of the label: the larger ones, and equal ones before it."""
    classes, labels = tf.shape(y_pred)[-1], widen(labels)
    known = (labels > -1) & (labels < tf.cast(classes, labels.dtype))
    index = tf.expand_dims(tf.cast(tf.where(known, labels, 0), tf.int32), -1)
    own = tf.gather(y_pred, index, axis=-1, batch_dims=y_pred.shape.rank - 1)
    # Repeated once for both comparisons, each of which would take longer to do so than this does.
    repeated = tf.broadcast_to(own, tf.shape(y_pred))
    before = (y_pred > repeated) | ((y_pred == repeated) & (tf.range(classes) < index))
    number = tf.reduce_sum(tf.cast(before, tf.int32), axis=-1)
    return known & ~tf.math.is_nan(tf.squeeze(own, -1)) & (number < k)


def _trunc(x):
    """Return numbers without their fractions."""
    return tf.sign(x) * tf.floor(tf.abs(x))


def _comparable(scores, lowest=LOWEST):
    """Return scores with `lowest` for -inf, and for NaN -inf, which is less unless `lowest` is the same."""
    if lowest != -math.inf or not scores.dtype.is_floating:
        scores = tf.cast(scores, tf.float64)
    flat = tf.reshape(scores, [-1])  # tf.where takes twice as long along a short axis
    known = flat if lowest == -math.inf else tf.maximum(flat, lowest)
    known = tf.where(tf.math.is_nan(flat), tf.constant(-math.inf, flat.dtype), known)
    return tf.reshape(known, tf.shape(scores))


class Accuracy(MeanOf):
    """The share of predictions that equal their labels. See `accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "up"

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanOf):
    """The share of predictions that decide right. See `binary_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        threshold: what a prediction must exceed to decide for 1.
    """

    _direction = "up"

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        self.threshold = check_number("BinaryAccuracy", "threshold", threshold)
        super().__init__(binary_accuracy, name, dtype, threshold=self.threshold)


class CategoricalAccuracy(MeanOf):
    """The share of samples whose largest score is right. See `categorical_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "up"

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanOf):
    """The share of samples whose largest score is right. See `sparse_categorical_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "up"

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(sparse_categorical_accuracy, name, dtype)


class SparseTopKCategoricalAccuracy(MeanOf):
    """The share of samples whose class is among the k largest scores.

    See `sparse_top_k_categorical_accuracy`, and `Mean` for the weights.

    Args:
        k: how many scores count.
        name: name of the metric.
        dtype: dtype of the result.
        from_sorted_ids: whether predictions are class numbers, those with the largest scores first.
    """

    _direction = "up"

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None, from_sorted_ids=False):
        self.k = check_integer("SparseTopKCategoricalAccuracy", "k", k, low=1)
        self.from_sorted_ids = check_boolean("SparseTopKCategoricalAccuracy", "from_sorted_ids", from_sorted_ids)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=self.k, from_sorted_ids=self.from_sorted_ids)


class TopKCategoricalAccuracy(MeanOf):
    """The share of samples whose class is among the k largest scores.

    See `top_k_categorical_accuracy`, and `Mean` for the weights.

    Args:
        k: how many scores count.
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "up"

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        self.k = check_integer("TopKCategoricalAccuracy", "k", k, low=1)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=self.k)
