"""Objects of one's own, as a reader of "Hands-On Machine Learning", chapter 12, writes them.

The classes are found again in a saved model, with the arguments they had. The functions are not: whoever loads the
model passes them by name, and the threshold that `create_huber` was given is in no file.
"""

import keras
import tensorflow as tf

from tfimpl._config import check_number
from tfimpl._tensors import align, align_weights, divide_no_nan, sum_along, to_float, to_tensor, widen
from tfimpl.initializers import VarianceScaling
from tfimpl.losses import Loss
from tfimpl.metrics import Metric
from tfimpl.regularizers import Regularizer
from tfimpl.saving import Family

__all__ = [
    "HuberLoss",
    "HuberMetric",
    "MyL1Regularizer",
    "create_huber",
    "deserialize",
    "get",
    "huber_fn",
    "my_glorot_initializer",
    "my_l1_regularizer",
    "my_positive_weights",
    "my_softplus",
    "serialize",
]


def huber_fn(y_true, y_pred):
    """Quadratic where the error is smaller than 1, linear elsewhere: `create_huber(1.0)`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss of each value, in the shape of the values; `losses.huber` takes the mean over the last axis.

    Raises:
        ValueError: the shapes differ.
    """
    return _huber("huber_fn", y_true, y_pred, 1.0)


def create_huber(threshold=1.0):
    """Return a function `huber_fn(y_true, y_pred)`, which turns linear at a threshold of one's own.

    `e**2 / 2` where `|e| < threshold`, else `threshold * |e| - threshold**2 / 2`, with `e = y_true - y_pred`, for each
    value.

    Args:
        threshold: > 0, in the units of the targets. No config keeps it: a model that was saved with
            `create_huber(2.0)` is loaded with `custom_objects={"huber_fn": create_huber(2.0)}`.

    Raises:
        ValueError: threshold is not a number > 0.
    """
    threshold = check_number("create_huber", "threshold", threshold, above=0)

    def huber_fn(y_true, y_pred):
        return _huber("huber_fn", y_true, y_pred, threshold)

    return huber_fn


def _huber(owner, y_true, y_pred, threshold):
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    error = y_true - y_pred
    is_small_error = tf.abs(error) < threshold
    squared_loss = tf.square(error) / 2
    linear_loss = threshold * tf.abs(error) - threshold**2 / 2
    return tf.cast(tf.where(is_small_error, squared_loss, linear_loss), dtype)


@keras.saving.register_keras_serializable(package="tfimpl.custom")
class HuberLoss(Loss):
    """`create_huber(threshold)` as a loss whose config keeps the threshold.

    Args:
        threshold: where the loss turns linear; > 0, in the units of the targets.
        **kwargs: name, reduction and dtype, see `Loss`.

    Raises:
        ValueError: threshold is not a number > 0.
    """

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = check_number("HuberLoss", "threshold", threshold, above=0)

    def call(self, y_true, y_pred):
        return _huber("HuberLoss", y_true, y_pred, self.threshold)


def my_softplus(z):
    """`log(1 + exp(z))`, also where exp(z) is too large for a float32 (z > 88).

    Args:
        z: tensor of any shape.
    """
    z = to_float(z)
    return tf.cast(tf.math.softplus(widen(z)), z.dtype)


def my_glorot_initializer(shape, dtype=None):
    """Draw from a normal distribution of standard deviation `sqrt(2 / (rows + columns))`, anew in each call.

    Each call takes a seed from Python's `random`: after the same `set_random_seed` the same calls, in the same order,
    give the same values in both packages.

    Args:
        shape: `(rows, columns)`, or any shape that `VarianceScaling` takes.
        dtype: a floating-point dtype or its name. It, and what else can be given, is passed on: see
            `RandomInitializer.__call__`.

    Raises:
        ValueError: an argument is none of these.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """
    return VarianceScaling(1.0, "fan_avg", "untruncated_normal")(shape, dtype)


def my_l1_regularizer(weights):
    """`sum(|0.01 * weights|)`; the derivative at 0 is 0."""
    return MyL1Regularizer(0.01)(weights)


def my_positive_weights(weights):
    """Set negative weights to 0."""
    weights = to_float(weights)
    return tf.where(weights < 0, tf.zeros_like(weights), weights)


@keras.saving.register_keras_serializable(package="tfimpl.custom")
class MyL1Regularizer(Regularizer):
    """`sum(|factor * weights|)`; the derivative at 0 is 0.

    Args:
        factor: >= 0.

    Raises:
        ValueError: factor is not a number >= 0.
    """

    def __init__(self, factor):
        self.factor = check_number("MyL1Regularizer", "factor", factor, low=0)

    def __call__(self, weights):
        weights = to_float(weights)
        # The chapter multiplies first; of a tiny weight that leaves 0, which has no sign.
        return tf.cast(self.factor * sum_along(tf.abs(widen(weights))), weights.dtype)


@keras.saving.register_keras_serializable(package="tfimpl.custom")
class HuberMetric(Metric):
    """The mean of `create_huber(threshold)` over all values of a stream.

    With weights w the result is sum(w * v) / sum(w), each weight counted for every value it belongs to; it is 0 before
    anything has been seen.

    Args:
        threshold: where the loss turns linear; > 0, in the units of the targets.
        **kwargs: name and dtype, see `Metric`.

    Raises:
        ValueError: threshold is not a number > 0.
    """

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = check_number("HuberMetric", "threshold", threshold, above=0)
        self.add_weight(name="total", initializer="zeros")
        self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: targets, shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
            sample_weight: factor for each sample or value, of a shape that fits the leading axes of the values.

        Raises:
            ValueError: the shapes differ, or sample_weight does not fit.
        """
        values = _huber("HuberMetric", y_true, to_tensor(y_pred, tf.float64), self.threshold)
        weights = tf.ones_like(values)
        if sample_weight is not None:
            weights = weights * align_weights("HuberMetric", "sample_weight", sample_weight, values)
        self.accumulate(total=tf.reduce_sum(weights * values), count=tf.reduce_sum(weights))

    def result(self):
        """Return the mean over all values since the last reset, in the metric's dtype."""
        return tf.cast(divide_no_nan(self.total, self.count), self.dtype)


family = Family(
    "custom",
    [
        HuberLoss,
        HuberMetric,
        MyL1Regularizer,
        create_huber,
        huber_fn,
        my_glorot_initializer,
        my_l1_regularizer,
        my_positive_weights,
        my_softplus,
    ],
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
