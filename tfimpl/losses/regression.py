"""Losses of a difference between two numbers."""

import math

import tensorflow as tf

from tfimpl._config import check_number
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align, is_long, mean_along
from tfimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: what stands for 0 where it must not


@symbolic
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
    delta = check_number("huber", "delta", delta, above=0)
    y_true, y_pred, dtype = align("huber", y_true, y_pred)
    return tf.cast(_huber(y_true, y_pred, numbers=(delta,), long=is_long(y_pred.shape, -1)), dtype)


@as_one_graph
def _huber(y_true, y_pred, delta, *, long):
    @tf.custom_gradient
    def losses(error):
        # One product for both parts. By hand its derivative takes two tensors, and on a tape ten.
        size = tf.abs(error)
        clipped = tf.minimum(size, delta)
        return clipped * (size - 0.5 * clipped), lambda upstream: upstream * tf.clip_by_value(error, -delta, delta)

    return mean_along(losses(y_pred - y_true), -1, long)


@symbolic
def log_cosh(y_true, y_pred):
    """Logarithm of the hyperbolic cosine of the error; mean over the last axis.

    `log(cosh(e))` with `e = y_pred - y_true`: about `e**2 / 2` for small errors, `|e| - log(2)` for large ones, and
    accurate in both. The derivative is tanh(e).

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("log_cosh", y_true, y_pred)
    return tf.cast(_log_cosh(y_true, y_pred, long=is_long(y_pred.shape, -1)), dtype)


@symbolic
def mean_absolute_error(y_true, y_pred):
    """Mean over the last axis of the size of the error.

    `mean(|y_true - y_pred|)`. The derivative is 0 where the error is 0.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_absolute_error", y_true, y_pred)
    return tf.cast(mean_along(tf.abs(y_true - y_pred), -1), dtype)


@symbolic
def mean_absolute_percentage_error(y_true, y_pred):
    """Mean over the last axis of the size of the error, in percent of the target.

    `100 * mean(|y_true - y_pred| / max(|y_true|, 1e-7))`. The derivative is 0 where the error is 0.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_absolute_percentage_error", y_true, y_pred)
    parts = tf.abs(y_true - y_pred) / tf.maximum(tf.abs(y_true), EPSILON)
    return tf.cast(100 * mean_along(parts, -1), dtype)


@symbolic
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
    return tf.cast(mean_along(tf.square(y_true - y_pred), -1), dtype)


@symbolic
def mean_squared_logarithmic_error(y_true, y_pred):
    """Mean over the last axis of the squared difference of the logarithms.

    `mean((log(y_true + 1) - log(y_pred + 1))**2)`, where targets and predictions below 1e-7 count as 1e-7.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_squared_logarithmic_error", y_true, y_pred)
    return tf.cast(_mean_squared_logarithmic_error(y_true, y_pred, long=is_long(y_pred.shape, -1)), dtype)


@as_one_graph
def _mean_squared_logarithmic_error(y_true, y_pred, *, long):
    return mean_along(tf.square(_apart(y_true, y_pred)), -1, long)


@tf.custom_gradient
def _apart(y_true, y_pred):
    """`log(1 + b) - log(1 + a)`, whose derivatives no square and no reciprocal of a large number takes away.

    a and b are targets and predictions, those below 1e-7 taken as 1e-7.
    """
    # As log1p((b - a) / (1 + a)) with b >= a: one logarithm, and no digits lost where b is close to a.
    below = 1 + tf.maximum(tf.minimum(y_true, y_pred), EPSILON)
    with tf.control_dependencies([below]):  # one after the other: at once they take more memory
        apart = tf.maximum(y_pred, EPSILON) - tf.maximum(y_true, EPSILON)

    def gradient(upstream):
        # Where 1e-7 is taken instead there is no derivative.
        slopes = [tf.where(x >= EPSILON, upstream / (1 + tf.maximum(x, EPSILON)), 0) for x in (y_true, y_pred)]
        return -slopes[0], slopes[1]

    return tf.sign(apart) * tf.math.log1p(tf.abs(apart) / below), gradient


@symbolic
def poisson(y_true, y_pred):
    """Negative logarithm of a Poisson probability, but for a term of y_true alone; mean over the last axis.

    `mean(y_pred - y_true * log(y_pred + 1e-7))`, y_pred being the expected count: NaN where it is below -1e-7.

    Args:
        y_true: counts, shape `[batch, d0, .. dN]`.
        y_pred: expected counts, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("poisson", y_true, y_pred)
    return tf.cast(mean_along(y_pred - y_true * tf.math.log(y_pred + EPSILON), -1), dtype)


@as_one_graph
def _log_cosh(y_true, y_pred, *, long):
    @tf.custom_gradient
    def losses(error):
        size = tf.abs(error)
        # cosh(e) - 1 = 2 * sinh(e / 2)**2 has the digits that log(cosh(e)) loses near 0. TensorFlow's sinh is six times
        # slower than its tanh, of which it is 2 * t**2 / (1 - t**2). Of a larger e is added e - 1 to the logarithm of
        # exp(1) / 2 * (1 + exp(-2 * e)), which is cosh(1) where e is 1.
        square, at_1 = tf.square(tf.tanh(0.5 * tf.minimum(size, 1))), 0.5 * math.exp(-1)
        near = 2 * square / (1 - square)
        with tf.control_dependencies([near]):  # one after the other: at once they take more memory
            far = tf.minimum(0.5 * math.e * tf.exp(-2 * size), at_1) - at_1
        with tf.control_dependencies([far]):
            value = tf.math.log1p(near + far) + tf.maximum(size - 1, 0)
        return value, lambda upstream: upstream * tf.tanh(error)

    return mean_along(losses(y_pred - y_true), -1, long)


class Huber(Loss):
    """`huber` with sample weights, mask and reduction. See `huber` for `delta`, `Loss` for the rest."""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.delta = check_number("Huber", "delta", delta, above=0)

    def call(self, y_true, y_pred):
        return huber(y_true, y_pred, self.delta)


class LogCosh(Loss):
    """`log_cosh` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return log_cosh(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """`mean_absolute_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_absolute_error(y_true, y_pred)


class MeanAbsolutePercentageError(Loss):
    """`mean_absolute_percentage_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_absolute_percentage_error(y_true, y_pred)


class MeanSquaredError(Loss):
    """`mean_squared_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_error(y_true, y_pred)


class MeanSquaredLogarithmicError(Loss):
    """`mean_squared_logarithmic_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_logarithmic_error(y_true, y_pred)


class Poisson(Loss):
    """`poisson` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="poisson", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return poisson(y_true, y_pred)
