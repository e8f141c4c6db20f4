"""Activation functions."""

import tensorflow as tf

from tfimpl._config import check_axes, check_number, check_rank
from tfimpl._keras import register
from tfimpl._tensors import to_float, widen
from tfimpl.saving import Family

__all__ = ["deserialize", "elu", "get", "linear", "relu", "serialize", "softmax", "softplus"]


def elu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x) - 1)`; the derivative at 0 is alpha.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, a finite number.

    Source: Clevert et al. (2016), "Fast and Accurate Deep Network Learning by Exponential Linear Units".
    """
    check_number("elu", "alpha", alpha)
    x = to_float(x)
    wide = widen(x)
    # tf.nn.elu computes exp(x) - 1, which loses all its digits near 0.
    negative = alpha * tf.math.expm1(tf.minimum(wide, 0))
    return tf.cast(tf.where(wide > 0, wide, negative), x.dtype)


def linear(x):
    """Return `x`."""
    return x


def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """`x` above a threshold, but no more than a limit; a line of another slope up to the threshold.

    `negative_slope * (x - threshold)` where `x <= threshold`, else `x`, clipped to `[0, max_value]` if there is a
    max_value. The derivative is negative_slope at the threshold and 1 at max_value.

    Args:
        x: tensor of any shape.
        negative_slope: slope up to the threshold, a finite number.
        max_value: the largest value, >= 0; None for no limit.
        threshold: a finite number, in the units of x.
    """
    check_number("relu", "negative_slope", negative_slope)
    check_number("relu", "threshold", threshold)
    if max_value is not None:
        check_number("relu", "max_value", max_value, low=0)
    x = to_float(x)
    if negative_slope == 0 and max_value is None and threshold == 0:
        return tf.nn.relu(x)
    wide = widen(x)
    above = wide if max_value is None else tf.clip_by_value(wide, 0, max_value)
    # An infinity times a slope of 0 would be NaN.
    below = negative_slope * (wide - threshold) if negative_slope else tf.zeros_like(wide)
    return tf.cast(tf.where(wide <= threshold, below, above), x.dtype)


def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))`: positive numbers that sum to 1 over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("softmax", "axis", axis)
    x = to_float(x)
    check_rank("softmax", axis, x.shape.rank)
    wide = widen(x)
    # tf.nn.softmax answers a NaN with zeros in the rest of its row.
    exponentials = tf.exp(wide - tf.stop_gradient(tf.reduce_max(wide, axis=axis, keepdims=True)))
    return tf.cast(exponentials / tf.reduce_sum(exponentials, axis=axis, keepdims=True), x.dtype)


def softplus(x):
    """`log(1 + exp(x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.math.softplus(widen(x)), x.dtype)


family = Family("activations", [elu, linear, relu, softmax, softplus], default=linear)
get, deserialize = family.get, family.deserialize


def serialize(activation):
    """Return the name of a function of this package as Keras does, the config of anything else."""
    config = family.serialize(activation)
    return config["config"] if activation in family.functions.values() else config


register(family)
