"""Losses of two sets: how little they overlap."""

import tensorflow as tf

from tfimpl._config import check_axes, check_number, check_rank
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align, hashable, is_long, sum_along
from tfimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: two empty sets do not overlap, and have the loss 1


@symbolic
def dice(y_true, y_pred, axis=None):
    """One minus the Dice coefficient of two sets, given by how far each element belongs to them.

    `1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred) + 1e-7)`.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, same shape (a missing or extra last axis of size 1 is matched).
        axis: the axes that are summed over, one or several; None for all, the batch among them, which makes one loss
            of the whole batch.

    Returns:
        Loss, shape of y_pred without the axes.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.

    Source: Milletari et al. (2016), "V-Net: Fully Convolutional Neural Networks for Volumetric Medical Image
    Segmentation".
    """
    axis = check_summed("dice", axis)
    y_true, y_pred, dtype = align("dice", y_true, y_pred)
    check_rank("dice", [] if axis is None else axis, y_pred.shape.rank)
    return tf.cast(_dice(y_true, y_pred, axis=hashable(axis), long=is_long(y_pred.shape, axis)), dtype)


@as_one_graph
def _dice(y_true, y_pred, *, axis, long):
    @tf.custom_gradient
    def loss(y_true, y_pred):
        both = sum_along(y_true * y_pred, axis, True, long)
        total = sum_along(y_true, axis, True, long) + sum_along(y_pred, axis, True, long) + EPSILON

        def gradient(upstream):
            # A tape would repeat each sum's gradient for each of its numbers first.
            of_both = -2 * upstream / total
            of_total = -of_both * both / total
            return of_both * y_pred + of_total, of_both * y_true + of_total

        return 1 - 2 * both / total, gradient

    return tf.squeeze(loss(y_true, y_pred), axis)


@symbolic
def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """One minus the Tversky index of two sets, which weighs the two kinds of error.

    `1 - tp / (tp + alpha * fp + beta * fn + 1e-7)` with `tp = sum(y_true * y_pred)`, the false positives
    `fp = sum((1 - y_true) * y_pred)` and the false negatives `fn = sum(y_true * (1 - y_pred))`. With alpha = beta = 0.5
    it is the Dice loss.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, same shape (a missing or extra last axis of size 1 is matched).
        alpha: weight of the false positives; >= 0.
        beta: weight of the false negatives; >= 0.
        axis: the axes that are summed over, one or several; None for all, the batch among them, which makes one loss
            of the whole batch.

    Returns:
        Loss, shape of y_pred without the axes.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.

    Source: Salehi et al. (2017), "Tversky loss function for image segmentation using 3D fully convolutional deep
    networks".
    """
    alpha = check_number("tversky", "alpha", alpha, low=0)
    beta = check_number("tversky", "beta", beta, low=0)
    axis = check_summed("tversky", axis)
    y_true, y_pred, dtype = align("tversky", y_true, y_pred)
    check_rank("tversky", [] if axis is None else axis, y_pred.shape.rank)
    hits, false_alarms, misses = _decisions(y_true, y_pred, axis=hashable(axis), long=is_long(y_pred.shape, axis))
    return tf.cast(1 - hits / (hits + alpha * false_alarms + beta * misses + EPSILON), dtype)


@as_one_graph
def _decisions(y_true, y_pred, *, axis, long):
    @tf.custom_gradient
    def sums(y_true, y_pred):
        hits = sum_along(y_true * y_pred, axis, True, long)
        false_alarms = sum_along((1 - y_true) * y_pred, axis, True, long)
        misses = sum_along(y_true * (1 - y_pred), axis, True, long)

        def gradient(of_hits, of_false_alarms, of_misses):
            return (
                (of_hits - of_false_alarms) * y_pred + of_misses * (1 - y_pred),
                (of_hits - of_misses) * y_true + of_false_alarms * (1 - y_true),
            )

        return (hits, false_alarms, misses), gradient

    return [tf.squeeze(item, axis) for item in sums(y_true, y_pred)]


def check_summed(owner, axis):
    return None if axis is None else check_axes(owner, "axis", axis)


class Dice(Loss):
    """`dice` with sample weights, mask and reduction. See there for `axis`, `Loss` for the rest.

    With axis=None there is one loss for the whole batch: weights and a mask of its samples have no meaning then, and
    are an error.
    """

    def __init__(self, reduction="sum_over_batch_size", name="dice", axis=None, dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = check_summed("Dice", axis)

    def call(self, y_true, y_pred):
        return dice(y_true, y_pred, self.axis)


class Tversky(Loss):
    """`tversky` with sample weights, mask and reduction. See there for alpha, beta and axis, `Loss` for the rest.

    With axis=None there is one loss for the whole batch: weights and a mask of its samples have no meaning then, and
    are an error.
    """

    def __init__(self, alpha=0.5, beta=0.5, reduction="sum_over_batch_size", name="tversky", axis=None, dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.alpha = check_number("Tversky", "alpha", alpha, low=0)
        self.beta = check_number("Tversky", "beta", beta, low=0)
        self.axis = check_summed("Tversky", axis)

    def call(self, y_true, y_pred):
        return tversky(y_true, y_pred, self.alpha, self.beta, self.axis)
