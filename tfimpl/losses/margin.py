"""Losses of a margin: how far a score is on the right side."""

import tensorflow as tf

from tfimpl._symbolic import symbolic
from tfimpl._tensors import align, mean_along, sum_along
from tfimpl.losses.base import Loss


@symbolic
def categorical_hinge(y_true, y_pred):
    """How much the best score of a wrong class comes within 1 of the score of the right one.

    `max(negative - positive + 1, 0)` with `positive = sum(y_true * y_pred)` and
    `negative = max((1 - y_true) * y_pred)`, in which the right class counts as 0, however large. At the
    corner the derivative is that of the sloping side; classes that tie for the maximum share it.

    Args:
        y_true: one-hot labels, shape `[batch, d0, .. dN]` with the classes on the last axis.
        y_pred: scores, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.

    Source: Weston & Watkins (1999), "Support Vector Machines for Multi-Class Pattern Recognition".
    """
    y_true, y_pred, dtype = align("categorical_hinge", y_true, y_pred)
    positive = sum_along(y_true * y_pred, -1)
    # Where the label is 1 the product is 0, and not NaN, of whatever score.
    negative = tf.reduce_max(tf.math.multiply_no_nan(y_pred, 1 - y_true), axis=-1)
    return tf.cast(tf.maximum(negative - positive + 1, 0), dtype)


@symbolic
def hinge(y_true, y_pred):
    """How much scores fall short of a margin of 1; mean over the last axis.

    `mean(max(1 - y_true * y_pred, 0))`. At the corner the derivative is that of the sloping side, -y_true.

    Args:
        y_true: labels, -1 or 1; 0 is read as -1. Shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("hinge", y_true, y_pred)
    return tf.cast(mean_along(tf.maximum(1 - signed(y_true) * y_pred, 0), -1), dtype)


@symbolic
def squared_hinge(y_true, y_pred):
    """How much scores fall short of a margin of 1, squared; mean over the last axis.

    `mean(max(1 - y_true * y_pred, 0)**2)`.

    Args:
        y_true: labels, -1 or 1; 0 is read as -1. Shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("squared_hinge", y_true, y_pred)
    return tf.cast(mean_along(tf.square(tf.maximum(1 - signed(y_true) * y_pred, 0)), -1), dtype)


def signed(labels):
    """Return labels with -1 for 0. Each label is read by itself: what it means does not depend on the others."""
    return labels - tf.cast(tf.equal(labels, 0), labels.dtype)


class CategoricalHinge(Loss):
    """`categorical_hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return categorical_hinge(y_true, y_pred)


class Hinge(Loss):
    """`hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return hinge(y_true, y_pred)


class SquaredHinge(Loss):
    """`squared_hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return squared_hinge(y_true, y_pred)
