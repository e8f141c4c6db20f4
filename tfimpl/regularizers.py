"""Penalties on weights."""

import keras
import tensorflow as tf

from tfimpl._config import Serializable, check_number
from tfimpl._keras import register
from tfimpl._tensors import to_float, widen
from tfimpl.saving import Family

__all__ = ["L1", "L2", "Regularizer", "deserialize", "get", "serialize"]


class Regularizer(Serializable, keras.regularizers.Regularizer):
    """A penalty that is added to the loss. A subclass implements `__call__(x)`, which returns one number."""

    def __call__(self, x):
        """Return the penalty for the weights `x`."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(x).")


class L1(Regularizer):
    """`l1 * sum(|x|)`; the derivative at 0 is 0.

    Args:
        l1: factor >= 0; 0.01 if None.
    """

    def __init__(self, l1=0.01):
        self.l1 = check_number("L1", "l1", 0.01 if l1 is None else l1, low=0)

    def __call__(self, x):
        x = to_float(x)
        return tf.cast(self.l1 * tf.reduce_sum(tf.abs(widen(x))), x.dtype)


class L2(Regularizer):
    """`l2 * sum(x**2)`. Its gradient is `2 * l2 * x`: SGD's `weight_decay` of the same effect is twice `l2`.

    Args:
        l2: factor >= 0; 0.01 if None.
    """

    def __init__(self, l2=0.01):
        self.l2 = check_number("L2", "l2", 0.01 if l2 is None else l2, low=0)

    def __call__(self, x):
        x = to_float(x)
        return tf.cast(self.l2 * tf.reduce_sum(tf.square(widen(x))), x.dtype)


family = Family("regularizers", [L1, L2], aliases={"l1": "L1", "l2": "L2"})
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
