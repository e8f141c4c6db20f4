"""Losses of a probability, or of the logits it comes from."""

import tensorflow as tf

from tfimpl._config import check_boolean, check_integer, check_number, check_rank
from tfimpl._tensors import align
from tfimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: probabilities are kept this far from 0 and 1


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of yes/no labels; mean over an axis.

    `-(y * log(p) + (1 - y) * log(1 - p))` with p clipped to `[1e-7, 1 - 1e-7]`, or from the logits x of p
    `max(x, 0) - x * y + log(1 + exp(-|x|))`. Whether y_pred are logits is said by `from_logits` alone.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or finite logits, same shape (a missing or extra last axis of size 1 is matched).
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_crossentropy("binary_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("binary_crossentropy", y_true, y_pred)
    check_rank("binary_crossentropy", axis, y_pred.shape.rank)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        losses = tf.nn.sigmoid_cross_entropy_with_logits(y_true, y_pred)
    else:
        p = tf.clip_by_value(y_pred, EPSILON, 1 - EPSILON)
        losses = -(y_true * tf.math.log(p) + (1 - y_true) * tf.math.log1p(-p))
    return tf.cast(tf.reduce_mean(losses, axis=axis), dtype)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of one label among several classes, labels given as probabilities (one-hot).

    `-sum(y * log(p))` with p divided by its sum over `axis`, then clipped to `[1e-7, 1 - 1e-7]`, or from logits x
    `-sum(y * log_softmax(x))`. The labels need not sum to 1, and the gradient is right where they do not.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]` with the classes on `axis`.
        y_pred: probabilities, or finite logits, same shape.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / number of classes`.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_crossentropy("categorical_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("categorical_crossentropy", y_true, y_pred)
    check_rank("categorical_crossentropy", axis, y_pred.shape.rank)
    if label_smoothing:
        classes = tf.cast(tf.shape(y_pred)[axis], y_pred.dtype)
        y_true = y_true * (1 - label_smoothing) + label_smoothing / classes
    if from_logits:
        log_p = tf.nn.log_softmax(y_pred, axis=axis)
    else:
        p = y_pred / tf.reduce_sum(y_pred, axis=axis, keepdims=True)
        log_p = tf.math.log(tf.clip_by_value(p, EPSILON, 1 - EPSILON))
    return tf.cast(-tf.reduce_sum(y_true * log_p, axis=axis), dtype)


def check_crossentropy(owner, from_logits, label_smoothing, axis):
    check_boolean(owner, "from_logits", from_logits)
    check_number(owner, "label_smoothing", label_smoothing, low=0, high=1)
    check_integer(owner, "axis", axis)


class BinaryCrossentropy(Loss):
    """`binary_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        check_crossentropy("BinaryCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalCrossentropy(Loss):
    """`categorical_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        check_crossentropy("CategoricalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true, y_pred):
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
