"""Initializers that draw weights at random, scaled by the number of inputs and outputs."""

import math

import keras
import tensorflow as tf

from tfimpl._config import check_choice, check_number
from tfimpl.initializers._fans import check_fan_axes, compute_fans
from tfimpl.initializers.base import RandomInitializer

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
TRUNCATED_STDDEV = 0.87962566103423978  # of a standard normal distribution that is cut at -2 and 2
SEEDS = tf.int32.max - 1  # Keras takes seeds modulo this number


# Keras's class is the second parent because EinsumDense and MultiHeadAttention give their axes to none but its kind.
class VarianceScaling(RandomInitializer, keras.initializers.VarianceScaling):
    """Draws with mean 0 and variance `scale / n`, so that signals keep their size from layer to layer.

    `n` is the number of inputs (`fan_in`) or outputs (`fan_out`) of a unit, or their mean (`fan_avg`), at least 1. The
    truncated normal distribution is that of standard deviation `sqrt(scale / n) / 0.8796`, cut at two of them, which
    leaves a standard deviation of `sqrt(scale / n)`; the uniform one is that on `[-limit, limit)` with
    `limit = sqrt(3 * scale / n)`.

    Args:
        scale: > 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal", which is the same), "untruncated_normal" or "uniform".
        seed: see `RandomInitializer`.
        input_axes: list of the axes that count as inputs, in a shape of Keras's order. None, here or in output_axes:
            the last axis but one is inputs, the last outputs, and all others are the window of a convolution.
        output_axes: list of the axes that count as outputs.

    Raises:
        ValueError: an argument is none of these.

    Source: He et al. (2015), "Delving Deep into Rectifiers"; Glorot and Bengio (2010).
    """

    def __init__(
        self,
        scale=1.0,
        mode="fan_in",
        distribution="truncated_normal",
        seed=None,
        input_axes=None,
        output_axes=None,
    ):
        owner = type(self).__name__
        self.scale = check_number(owner, "scale", scale, above=0)
        self.mode = check_choice(owner, "mode", mode, MODES)
        distribution = distribution.lower() if isinstance(distribution, str) else distribution
        distribution = "truncated_normal" if distribution == "normal" else distribution
        self.distribution = check_choice(owner, "distribution", distribution, DISTRIBUTIONS)
        self.input_axes = check_fan_axes(owner, "input_axes", input_axes)
        self.output_axes = check_fan_axes(owner, "output_axes", output_axes)
        # Last: a constructor that fails draws no seed.
        super().__init__(seed)

    def draw(self, shape, dtype):
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        seed = [self.seed % SEEDS, 0]
        if self.distribution == "uniform":
            # Keras rounds the limits to float32 also for float64.
            limit = tf.cast(tf.constant(math.sqrt(3.0 * variance), tf.float32), dtype)
            return tf.random.stateless_uniform(shape, seed, -limit, limit, dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return tf.random.stateless_normal(shape, seed, 0.0, stddev, dtype)
        return tf.random.stateless_truncated_normal(shape, seed, 0.0, stddev / TRUNCATED_STDDEV, dtype)


class GlorotUniform(VarianceScaling):
    """Draws uniformly from `[-limit, limit)`, `limit = sqrt(6 / (inputs + outputs))`; also called Xavier uniform.

    Args:
        seed: see `RandomInitializer`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


class GlorotNormal(VarianceScaling):
    """Draws from a truncated normal distribution of variance `2 / (inputs + outputs)`; also called Xavier normal.

    Args:
        seed: see `RandomInitializer`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


class HeNormal(VarianceScaling):
    """Draws from a truncated normal distribution of variance `2 / inputs`, for layers before a relu.

    Args:
        seed: see `RandomInitializer`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: He et al. (2015), "Delving Deep into Rectifiers".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)
