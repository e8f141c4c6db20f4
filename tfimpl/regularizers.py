"""Penalties on weights."""

import keras
import tensorflow as tf

from tfimpl._config import Described, check_choice, check_matrix, check_number
from tfimpl._keras import register
from tfimpl._symbolic import symbolic
from tfimpl._tensors import norm_along, sum_along, to_float, widen
from tfimpl.saving import Family

__all__ = ["L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "serialize"]

EPSILON = 1e-7  # Keras's: a norm below it counts as this


class Regularizer(Described, keras.regularizers.Regularizer):
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

    @symbolic
    def __call__(self, x):
        x = to_float(x)
        return tf.cast(self.l1 * sum_along(tf.abs(widen(x))), x.dtype)


class L2(Regularizer):
    """`l2 * sum(x**2)`. Its gradient is `2 * l2 * x`: SGD's `weight_decay` of the same effect is twice `l2`.

    Args:
        l2: factor >= 0; 0.01 if None.
    """

    def __init__(self, l2=0.01):
        self.l2 = check_number("L2", "l2", 0.01 if l2 is None else l2, low=0)

    @symbolic
    def __call__(self, x):
        x = to_float(x)
        return tf.cast(self.l2 * sum_along(tf.square(widen(x))), x.dtype)


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x**2)`; a part whose factor is 0 is left out.

    Args:
        l1: factor >= 0; 0 if None.
        l2: factor >= 0; 0 if None.
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = check_number("L1L2", "l1", 0.0 if l1 is None else l1, low=0)
        self.l2 = check_number("L1L2", "l2", 0.0 if l2 is None else l2, low=0)

    @symbolic
    def __call__(self, x):
        x = to_float(x)
        wide = widen(x)
        if not (self.l1 or self.l2):
            return tf.cast(tf.reduce_sum(tf.math.multiply_no_nan(wide, tf.zeros_like(wide))), x.dtype)
        # A sum that overflows, times 0, would be NaN.
        absolute = self.l1 * sum_along(tf.abs(wide)) if self.l1 else 0
        squared = self.l2 * sum_along(tf.square(wide)) if self.l2 else 0
        return tf.cast(absolute + squared, x.dtype)


class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean of `|u . v|` over all pairs of rows (or columns) u, v, each divided by its norm.

    A norm below 1e-7 counts as 1e-7, so that zero vectors are orthogonal to all. A single vector has no pair: 0. The
    products must keep float32's digits: do not let the device multiply in TF32.

    Args:
        factor: factor >= 0.
        mode: "rows" or "columns" of the kernel in Keras's layout, `(inputs, units)`.

    Raises:
        ValueError: an argument is none of these, or the weights are no matrix.
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = check_number("OrthogonalRegularizer", "factor", factor, low=0)
        self.mode = check_choice("OrthogonalRegularizer", "mode", mode, ("rows", "columns"))

    @symbolic
    def __call__(self, x):
        x = to_float(x)
        check_matrix("OrthogonalRegularizer", x.shape)
        wide = widen(x if self.mode == "rows" else tf.transpose(x))
        unit = wide / tf.maximum(norm_along(wide, 1), EPSILON)
        products = tf.abs(tf.matmul(unit, unit, transpose_b=True))
        count = tf.shape(wide)[0]
        total = sum_along(products * (1 - tf.eye(count, dtype=wide.dtype)))
        pairs = tf.cast(tf.maximum(count * (count - 1), 1), wide.dtype)
        return tf.cast(self.factor * total / pairs, x.dtype)


# Keras's further names
l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

family = Family(
    "regularizers",
    [L1, L1L2, L2, OrthogonalRegularizer],
    aliases={
        "l1": "L1",
        "l1_l2": "L1L2",
        "l1l2": "L1L2",
        "l2": "L2",
        "orthogonal_regularizer": "OrthogonalRegularizer",
    },
)
get, deserialize = family.get, family.deserialize


def serialize(regularizer, target=None):
    """Return the config of a regularizer, in the form Keras writes.

    Args:
        regularizer: an object with `get_config`.
        target: None, or "keras" for a config that plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    return family.serialize(regularizer, target)


register(family)
