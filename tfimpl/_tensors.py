"""Conversions and shapes that the families share."""

import keras
import tensorflow as tf

from tfimpl._config import match_shapes, match_weights

HALF = (tf.float16, tf.bfloat16)


def to_tensor(value, dtype=None):
    """Return `value` (tensor, array, number or nested list) as a tensor."""
    value = tf.convert_to_tensor(value)
    return value if dtype is None else tf.cast(value, dtype)


def to_float(value):
    """Return `value` as a floating-point tensor: integers and booleans become Keras's default dtype."""
    value = to_tensor(value)
    return value if value.dtype.is_floating else tf.cast(value, keras.config.floatx())


def widen(x):
    """Return a half-precision tensor in float32, in which it is computed; others as they are."""
    return tf.cast(x, tf.float32) if x.dtype in HALF else x


def align(owner, y_true, y_pred):
    """Return y_true and y_pred with one shape and one dtype, ready to be computed with, and the dtype of y_pred."""
    y_pred = to_float(y_pred)
    y_true = to_tensor(y_true, y_pred.dtype)
    for_true, for_pred = match_shapes(owner, y_true.shape, y_pred.shape)
    return widen(_reshape(y_true, for_true)), widen(_reshape(y_pred, for_pred)), y_pred.dtype


def _reshape(x, step):
    if step == "keep":
        return x
    return tf.expand_dims(x, -1) if step == "expand" else tf.squeeze(x, -1)


def align_weights(owner, name, weights, values):
    """Return `weights` in the dtype and rank of `values`: its axes belong to the leading axes of `values`."""
    weights = to_tensor(weights, values.dtype)
    change = match_weights(owner, name, weights.shape, values.shape)
    if change < 0:
        return tf.squeeze(weights, -1)
    # Indexed, not reshaped: the gradient of a reshaped empty batch ends the process in a graph.
    return weights[(..., *[tf.newaxis] * change)]


def divide_no_nan(numerator, denominator):
    """Return the quotient, and 0 (with derivative 0) where the denominator is 0."""
    return tf.math.divide_no_nan(numerator, denominator)
