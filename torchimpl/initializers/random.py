"""Initializers that draw weights at random, some of them scaled by the number of inputs and outputs.

The numbers are those of TensorFlow's stateless operations, which follow from a seed and nothing else: the same in Keras
on TensorFlow, in tfimpl and in torchimpl. Bits can differ in these cases, and only in these:

- Normal and truncated normal numbers: none, where TensorFlow runs on the CPU and on glibc (tested: 2.36), whose
  logarithm, sine and cosine torchimpl computes itself, and in float64 calls. On another libm (macOS, Windows), or where
  TensorFlow draws on a GPU, expect up to five of a hundred values to differ, by 3 units in the last place at most (that
  is what PyTorch's float32 functions in place of glibc's do; TensorFlow's were not tried there).
- Uniform numbers: none, anywhere, in any dtype.
- Orthogonal: up to 2e-5 from Keras in float32, whose own decomposition is the less exact one. Between the packages, a
  last bit; where the draw is float64, what its last places make of it.
- Numbers below the smallest normal one, and a stddev below it: TensorFlow takes them for zero, torchimpl does not.
- What is drawn inside of `tf.function(jit_compile=True)` by Keras, or by tfimpl with a SeedGenerator: everything, for
  XLA has another stream. (With an integer seed tfimpl draws outside of the graph. Keras builds its layers there too.)

torchimpl's values depend on no device, thread count or processor: they are computed on the CPU.
"""

import math

import torch

from torchimpl._config import check_choice, check_number
from torchimpl.initializers import _philox
from torchimpl.initializers._fans import check_fan_axes, compute_fans
from torchimpl.initializers.base import RandomInitializer

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
TRUNCATED_STDDEV = 0.87962566103423978  # of a standard normal distribution that is cut at -2 and 2


class RandomNormal(RandomInitializer):
    """Draws from a normal distribution.

    Args:
        mean: finite number.
        stddev: standard deviation; >= 0.
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.

    Raises:
        ValueError: an argument is none of these.
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        owner = type(self).__name__
        self.mean = check_number(owner, "mean", mean)
        self.stddev = check_number(owner, "stddev", stddev, low=0)
        super().__init__(seed)

    def draw(self, shape, dtype):
        return _philox.normal(shape, self.next_seed(), self.mean, self.stddev, dtype)


class TruncatedNormal(RandomInitializer):
    """Draws from a normal distribution, each value anew while it lies two or more `stddev` from `mean`.

    What is left has a standard deviation of 0.8796 `stddev`.

    Args:
        mean: finite number.
        stddev: standard deviation before the cut; >= 0.
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.

    Raises:
        ValueError: an argument is none of these.
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        owner = type(self).__name__
        self.mean = check_number(owner, "mean", mean)
        self.stddev = check_number(owner, "stddev", stddev, low=0)
        super().__init__(seed)

    def draw(self, shape, dtype):
        return _philox.truncated_normal(shape, self.next_seed(), self.mean, self.stddev, dtype)


class RandomUniform(RandomInitializer):
    """Draws uniformly from `[minval, maxval)`.

    Args:
        minval: finite number. Both limits are rounded to float32 before they are to the dtype, as in Keras.
        maxval: finite number >= minval.
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.

    Raises:
        ValueError: an argument is none of these.
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        owner = type(self).__name__
        self.minval = check_number(owner, "minval", minval)
        self.maxval = check_number(owner, "maxval", maxval, low=self.minval)
        super().__init__(seed)

    def draw(self, shape, dtype):
        return _philox.uniform(shape, self.next_seed(), self.minval, self.maxval, dtype)


class VarianceScaling(RandomInitializer):
    """Draws with mean 0 and variance `scale / n`, so that signals keep their size from layer to layer.

    `n` is the number of inputs (`fan_in`) or outputs (`fan_out`) of a unit, or their mean (`fan_avg`), at least 1. The
    truncated normal distribution is that of standard deviation `sqrt(scale / n) / 0.8796`, cut at two of them, which
    leaves a standard deviation of `sqrt(scale / n)`; the uniform one is that on `[-limit, limit)` with
    `limit = sqrt(3 * scale / n)`.

    Args:
        scale: > 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal", which is the same), "untruncated_normal" or "uniform".
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
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
        seed = self.next_seed()
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return _philox.uniform(shape, seed, -limit, limit, dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return _philox.normal(shape, seed, 0.0, stddev, dtype)
        return _philox.truncated_normal(shape, seed, 0.0, stddev / TRUNCATED_STDDEV, dtype)


class GlorotUniform(VarianceScaling):
    """Draws uniformly from `[-limit, limit)`, `limit = sqrt(6 / (inputs + outputs))`; also called Xavier uniform.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


class GlorotNormal(VarianceScaling):
    """Draws from a truncated normal distribution of variance `2 / (inputs + outputs)`; also called Xavier normal.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


class LecunNormal(VarianceScaling):
    """Draws from a truncated normal distribution of variance `1 / inputs`, for layers before a selu.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: LeCun et al. (1998), "Efficient BackProp"; Klambauer et al. (2017), "Self-Normalizing Neural Networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class LecunUniform(VarianceScaling):
    """Draws uniformly from `[-limit, limit)`, `limit = sqrt(3 / inputs)`.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: LeCun et al. (1998), "Efficient BackProp"; Klambauer et al. (2017), "Self-Normalizing Neural Networks".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


class HeNormal(VarianceScaling):
    """Draws from a truncated normal distribution of variance `2 / inputs`, for layers before a relu.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: He et al. (2015), "Delving Deep into Rectifiers".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


class HeUniform(VarianceScaling):
    """Draws uniformly from `[-limit, limit)`, `limit = sqrt(6 / inputs)`, for layers before a relu.

    Args:
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Source: He et al. (2015), "Delving Deep into Rectifiers".
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


class Orthogonal(RandomInitializer):
    """Draws a matrix with orthogonal columns of length `gain` (orthogonal rows, if there are fewer of them).

    Of a matrix of standard normal numbers, with at least as many rows as columns, the factor Q of its QR decomposition
    is taken, with each column's sign that of R's diagonal; it is transposed for a wide shape. Of a shape with more than
    two axes, all but the last count as one. The decomposition is computed in float64 and rounded once.

    Args:
        gain: finite number.
        seed: an integer, a SeedGenerator, or None to draw one from Python's `random`.

    Raises:
        ValueError: an argument is none of these, or, at the call, the shape has fewer than two axes.

    Source: Saxe et al. (2014), "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks";
    Mezzadri (2007), "How to Generate Random Matrices from the Classical Compact Groups", for the signs.
    """

    def __init__(self, gain=1.0, seed=None):
        self.gain = check_number(type(self).__name__, "gain", gain)
        super().__init__(seed)

    def draw(self, shape, dtype):
        if len(shape) < 2:
            raise ValueError(
                f"{type(self).__name__}: argument `shape` must have at least two axes. Received: shape={tuple(shape)}"
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        size = max(rows, columns), min(rows, columns)
        drawn = _philox.normal(size, self.next_seed(), 0.0, 1.0, dtype)
        q, r = torch.linalg.qr(drawn.double())
        q *= torch.sign(torch.diagonal(r))
        q = q.T if rows < columns else q
        return (self.gain * q.reshape(shape)).to(dtype)
