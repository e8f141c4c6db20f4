"""Losses of a difference between two numbers."""

import tensorflow as tf

from tfimpl._config import check_number
from tfimpl._tensors import align
from tfimpl.losses.base import Loss


def huber(y_true, y_pred, delta=1.0):
    """Quadratic for small errors, linear for large ones; mean over the last axis.

    `0.5 * e**2` where `|e| <= delta`, else `delta * |e| - 0.5 * delta**2`, with `e = y_pred - y_true`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        delta: where the loss turns linear; > 0, in the units of the targets.

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ, or delta is not a number > 0.

    Source: Huber (1964), "Robust Estimation of a Location Parameter".
    """
    check_number("huber", "delta", delta, above=0)
    y_true, y_pred, dtype = align("huber", y_true, y_pred)
    # One product for both parts: where one of two is selected, an infinite error has the gradient 0 * inf.
    size = tf.abs(y_pred - y_true)
    clipped = tf.minimum(size, delta)
    losses = clipped * (size - 0.5 * clipped)
    return tf.cast(tf.reduce_mean(losses, axis=-1), dtype)


def mean_squared_error(y_true, y_pred):
    """Mean over the last axis of the squared error.

    `mean((y_true - y_pred)**2)`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_squared_error", y_true, y_pred)
    return tf.cast(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1), dtype)


class Huber(Loss):
    """`huber` with sample weights, mask and reduction. See `huber` for `delta`, `Loss` for the rest."""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.delta = check_number("Huber", "delta", delta, above=0)

    def call(self, y_true, y_pred):
        return huber(y_true, y_pred, self.delta)


class MeanSquaredError(Loss):
    """`mean_squared_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_error(y_true, y_pred)
