"""Projections of weights, applied after each optimizer step."""

import keras
import tensorflow as tf

from tfimpl._config import Described, check_axes, check_number, check_rank
from tfimpl._keras import register
from tfimpl._tensors import norm_along, to_float, widen
from tfimpl.saving import Family

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "serialize"]

EPSILON = 1e-7  # Keras's, added to a norm before it divides


class Constraint(Described, keras.constraints.Constraint):
    """A projection of weights. A subclass implements `__call__(w)`, which returns new weights of the same shape."""

    def __call__(self, w):
        """Return the weights `w`, projected; `w` itself stays as it is."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(w).")


class MaxNorm(Constraint):
    """Scales weights down whose norm exceeds a limit: `w * clip(norm, 0, max_value) / (1e-7 + norm)`.

    The `1e-7` is Keras's: weights inside the limit shrink by that much too.

    Args:
        max_value: the largest norm, >= 0.
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = check_number("MaxNorm", "max_value", max_value, low=0)
        self.axis = check_axes("MaxNorm", "axis", axis)

    def __call__(self, w):
        w = to_float(w)
        check_rank("MaxNorm", self.axis, w.shape.rank)
        wide = widen(w)
        norm = norm_along(wide, self.axis)
        desired = tf.clip_by_value(norm, 0, self.max_value)
        return tf.cast(_scaled(wide, norm, desired), w.dtype)


class MinMaxNorm(Constraint):
    """Scales weights whose norm lies outside two limits: `w * desired / (1e-7 + norm)`.

    Here `desired = rate * clip(norm, min_value, max_value) + (1 - rate) * norm`. The `1e-7` is Keras's: weights inside
    the limits shrink by that much too, and zero vectors stay as they are.

    Args:
        min_value: the smallest norm, >= 0.
        max_value: the largest norm, >= min_value.
        rate: how much of the way to the limits is gone at once, 0 <= rate <= 1.
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = check_number("MinMaxNorm", "min_value", min_value, low=0)
        self.max_value = check_number("MinMaxNorm", "max_value", max_value, low=self.min_value)
        self.rate = check_number("MinMaxNorm", "rate", rate, low=0, high=1)
        self.axis = check_axes("MinMaxNorm", "axis", axis)

    def __call__(self, w):
        w = to_float(w)
        check_rank("MinMaxNorm", self.axis, w.shape.rank)
        wide = widen(w)
        norm = norm_along(wide, self.axis)
        desired = self.rate * tf.clip_by_value(norm, self.min_value, self.max_value) + (1 - self.rate) * norm
        return tf.cast(_scaled(wide, norm, desired), w.dtype)


class NonNeg(Constraint):
    """Sets negative weights to 0."""

    def __call__(self, w):
        return tf.nn.relu(to_float(w))


class UnitNorm(Constraint):
    """Scales weights to a norm of 1: `w / (1e-7 + norm)`, with Keras's `1e-7`; zero vectors stay as they are.

    Args:
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, axis=0):
        self.axis = check_axes("UnitNorm", "axis", axis)

    def __call__(self, w):
        w = to_float(w)
        check_rank("UnitNorm", self.axis, w.shape.rank)
        wide = widen(w)
        return tf.cast(wide / (EPSILON + norm_along(wide, self.axis)), w.dtype)


def _scaled(wide, norm, desired):
    """Weights of a norm, scaled to another: `wide * desired / (1e-7 + norm)`."""
    # A small desired / norm, or wide / norm, may be subnormal, which is flushed, where the result is not. (Divided by a
    # plain quotient, XLA would multiply first, which overflows.)
    length = EPSILON + norm
    divisor = tf.where(desired > 1, length / tf.maximum(desired, 1), length)
    return wide / divisor * tf.minimum(desired, 1)


# Keras's further names
max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

family = Family(
    "constraints",
    [MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
    aliases={"max_norm": "MaxNorm", "min_max_norm": "MinMaxNorm", "non_neg": "NonNeg", "unit_norm": "UnitNorm"},
)
get, deserialize = family.get, family.deserialize


def serialize(constraint, target=None):
    """Return the config of a constraint, in the form Keras writes.

    Args:
        constraint: an object with `get_config`.
        target: None, or "keras" for a config that plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    return family.serialize(constraint, target)


register(family)
