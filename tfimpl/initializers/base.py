"""What initializers have in common: seeds, shapes and dtypes."""

import random
from collections.abc import Mapping

import keras
import tensorflow as tf

from tfimpl._config import FLOAT_DTYPES, Described
from tfimpl.initializers._fans import check_dtype, check_seed, check_shape, read_generator, write_generator

SEEDS = tf.int32.max - 1  # Keras takes seeds modulo this number


class Initializer(Described, keras.initializers.Initializer):
    """First values of weights. A subclass implements `__call__(shape, dtype=None)`."""

    def __call__(self, shape, dtype=None):
        """Return a tensor of the given shape."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(shape, dtype=None).")

    def clone(self):
        """Return an initializer with the same config; without a seed of its own it gets another one."""
        return self.from_config(self.get_config())


class KernelInitializer(Initializer):
    """An initializer that knows the order of the axes. A subclass implements `draw(shape, dtype)`."""

    dtypes = FLOAT_DTYPES

    def __call__(self, shape, dtype=None):
        """Return a tensor of first values.

        Args:
            shape: sequence of integers, `(*window, inputs, outputs)`.
            dtype: a dtype or its name, floating-point if values are drawn; Keras's default dtype if None.

        Raises:
            ValueError: shape or dtype is none of these.
        """
        owner = type(self).__name__
        shape = check_shape(owner, shape)
        dtype = check_dtype(owner, keras.config.floatx() if dtype is None else dtype, self.dtypes)
        return self.draw(shape, dtype)

    def draw(self, shape, dtype):
        """Return values; `shape` is a tuple of integers in Keras's order."""
        raise NotImplementedError(f"{type(self).__name__} must implement draw(shape, dtype).")


class RandomInitializer(KernelInitializer):
    """An initializer that draws: the same seed gives the same values, in each call, each process and both packages.

    A subclass implements `draw(shape, dtype)`, which asks `next_seed()` once.

    Args:
        seed: integer, -2**63 <= seed < 2**63 (of which 2**31 - 2 differ: Keras takes it modulo that number), for which
            each call gives the same values; or a SeedGenerator (or its config), for which each call gives others. If
            None, an integer is drawn from Python's `random` at once, which `keras.utils.set_random_seed` fixes and
            `tf.random.set_seed` does not; the config keeps None.

    Raises:
        ValueError: seed is none of these; NumPy integers are refused, as in Keras.
    """

    def __init__(self, seed=None):
        owner = type(self).__name__
        if isinstance(seed, Mapping):
            seed = keras.random.SeedGenerator(**read_generator(owner, seed))
        self.given_seed = seed
        if seed is None:
            self.seed = random.randint(1, 10**9)
        else:
            self.seed = seed if isinstance(seed, keras.random.SeedGenerator) else check_seed(owner, seed)

    def __call__(self, shape, dtype=None):
        """Return a tensor of drawn values; see `KernelInitializer`."""
        if isinstance(self.seed, keras.random.SeedGenerator):
            return super().__call__(shape, dtype)
        # Lifted out of any graph: XLA has other random numbers for the same seed. A generator stays in the graph, which
        # draws anew each time it runs.
        with tf.init_scope():
            return super().__call__(shape, dtype)

    def next_seed(self):
        """Return the pair of numbers from which the next values follow; a SeedGenerator steps on."""
        if isinstance(self.seed, keras.random.SeedGenerator):
            return tf.cast(self.seed.next() % SEEDS, tf.int32)
        return [self.seed % SEEDS, 0]

    def get_config(self):
        """Return the constructor's arguments, each with the value it had."""
        seed = self.given_seed
        if isinstance(seed, keras.random.SeedGenerator):
            seed = write_generator(seed.get_config())
        return {**super().get_config(), "seed": seed}
