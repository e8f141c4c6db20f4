"""Projections of weights, applied after each optimizer step."""

import keras
import tensorflow as tf

from tfimpl._config import Serializable, check_axes, check_number, check_rank
from tfimpl._keras import register
from tfimpl._tensors import divide_no_nan, to_float, widen
from tfimpl.saving import Family

__all__ = ["Constraint", "MaxNorm", "NonNeg", "deserialize", "get", "serialize"]

EPSILON = 1e-7  # Keras's, added to a norm before it divides


class Constraint(Serializable, keras.constraints.Constraint):
    """A projection of weights. A subclass implements `__call__(w)`, which returns new weights of the same shape."""

    def __call__(self, w):
        """Return the weights `w`, projected; `w` itself stays as it is."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(w).")


class MaxNorm(Constraint):
    """Scales weights down whose norm exceeds a limit: `w * clip(norm, 0, max_value) / (1e-7 + norm)`.

    The `1e-7` is Keras's: weights inside the limit shrink by that much too.

    Args:
        max_value: the largest norm, >= 0.
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights: 0 for the kernel
            `(inputs, units)` of a Keras Dense layer, [0, 1, 2] for that of a Conv2D; 1 and [1, 2, 3] for the weight
            of `torch.nn.Linear` and `torch.nn.Conv2d`.
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = check_number("MaxNorm", "max_value", max_value, low=0)
        self.axis = check_axes("MaxNorm", "axis", axis)

    def __call__(self, w):
        w = to_float(w)
        check_rank("MaxNorm", self.axis, w.shape.rank)
        wide = widen(w)
        # Squares of tiny weights would vanish, and those of huge ones overflow.
        largest = tf.reduce_max(tf.abs(wide), axis=self.axis, keepdims=True)
        squares = tf.square(divide_no_nan(wide, largest))
        norm = largest * tf.sqrt(tf.reduce_sum(squares, axis=self.axis, keepdims=True))
        return tf.cast(wide * (tf.clip_by_value(norm, 0, self.max_value) / (EPSILON + norm)), w.dtype)


class NonNeg(Constraint):
    """Sets negative weights to 0."""

    def __call__(self, w):
        return tf.nn.relu(to_float(w))


family = Family(
    "constraints",
    [MaxNorm, NonNeg],
    aliases={"max_norm": "MaxNorm", "non_neg": "NonNeg"},
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
