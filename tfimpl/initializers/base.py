"""What initializers have in common: seeds, shapes and dtypes."""

import random

import keras
import tensorflow as tf

from tfimpl._config import Serializable
from tfimpl.initializers._fans import check_dtype, check_seed, check_shape


class Initializer(Serializable, keras.initializers.Initializer):
    """First values of weights. A subclass implements `__call__(shape, dtype=None)`."""

    def __call__(self, shape, dtype=None):
        """Return a tensor of the given shape."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(shape, dtype=None).")

    def clone(self):
        """Return an initializer with the same config; without a seed of its own it gets another one."""
        return self.from_config(self.get_config())


class RandomInitializer(Initializer):
    """An initializer that draws: the same seed gives the same values, in each call, each process and both packages.

    A subclass implements `draw(shape, dtype)`.

    Args:
        seed: integer, -2**63 <= seed < 2**63 (of which 2**31 - 2 differ: Keras takes it modulo that number). If None,
            one is drawn from Python's `random` at once; the config keeps None.

    Raises:
        ValueError: seed is not such an integer; NumPy integers are refused, as in Keras.
    """

    def __init__(self, seed=None):
        self.given_seed = seed
        self.seed = random.randint(1, 10**9) if seed is None else check_seed(type(self).__name__, seed)

    def __call__(self, shape, dtype=None):
        """Return a tensor of drawn values.

        Args:
            shape: sequence of integers, `(*window, inputs, outputs)`.
            dtype: a floating-point dtype or its name; Keras's default dtype if None.

        Raises:
            ValueError: shape or dtype is none of these.
        """
        owner = type(self).__name__
        shape = check_shape(owner, shape)
        dtype = check_dtype(owner, keras.config.floatx() if dtype is None else dtype)
        # Lifted out of any graph: XLA has other random numbers for the same seed.
        with tf.init_scope():
            return self.draw(shape, dtype)

    def draw(self, shape, dtype):
        """Return values; `shape` is a tuple of integers in Keras's order."""
        raise NotImplementedError(f"{type(self).__name__} must implement draw(shape, dtype).")

    def get_config(self):
        """Return the constructor's arguments, each with the value it had."""
        return {**super().get_config(), "seed": self.given_seed}
