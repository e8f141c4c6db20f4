"""Activation functions."""

import math

import tensorflow as tf

from tfimpl import _tensors
from tfimpl._config import check_axes, check_boolean, check_even, check_integer, check_number, check_rank
from tfimpl._graph import as_one_graph
from tfimpl._keras import register
from tfimpl._symbolic import symbolic
from tfimpl._tensors import for_sums, to_float, widen
from tfimpl.saving import Family

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh",
    "tanh_shrink",
    "threshold",
]

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


@symbolic
def celu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x / alpha) - 1)`; the derivative is continuous, 1 at 0.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, > 0.

    Source: Barron (2017), "Continuously Differentiable Exponential Linear Units".
    """
    alpha = check_number("celu", "alpha", alpha, above=0)
    x = to_float(x)
    wide = widen(x)
    return tf.cast(_expm1_below(wide, numbers=(1, alpha, alpha)), x.dtype)


@symbolic
def elu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x) - 1)`; the derivative at 0 is alpha.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, a finite number.

    Source: Clevert et al. (2016), "Fast and Accurate Deep Network Learning by Exponential Linear Units".
    """
    alpha = check_number("elu", "alpha", alpha)
    x = to_float(x)
    wide = widen(x)
    # tf.nn.elu computes exp(x) - 1, which loses all its digits near 0.
    return tf.cast(_expm1_below(wide, numbers=(1, alpha, 1)), x.dtype)


@symbolic
def exponential(x):
    """`exp(x)`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.exp(widen(x)), x.dtype)


@symbolic
def gelu(x, approximate=False):
    """`x * P(X <= x)` for a standard normal X; 0 at minus infinity.

    The approximation is `0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))`. The error of either is up to
    `eps * |x|`, which is more than the result where x is below -5 or so.

    Args:
        x: tensor of any shape.
        approximate: whether the distribution function is approximated by the tanh above.

    Source: Hendrycks and Gimpel (2016), "Gaussian Error Linear Units (GELUs)".
    """
    check_boolean("gelu", "approximate", approximate)
    x = to_float(x)
    wide = widen(x)
    # tf.nn.gelu keeps its constants in float32. Beyond 40 the result is x or 0, and infinities would make NaN.
    near = tf.clip_by_value(wide, -40, 40)
    if approximate:
        share = tf.sigmoid(math.sqrt(8 / math.pi) * (near + 0.044715 * near * near * near))
    else:
        share = 0.5 * tf.math.erfc(-math.sqrt(0.5) * near)
    return tf.cast(tf.where(wide > 40, wide, near * share), x.dtype)


@symbolic
def glu(x, axis=-1):
    """`a * sigmoid(b)`, where a and b are the first and the second half of x along an axis.

    Args:
        x: tensor whose size along the axis is even.
        axis: the axis that is halved.

    Returns:
        Tensor of half that size along the axis.

    Raises:
        ValueError: there is no such axis, or its size is odd.

    Source: Dauphin et al. (2017), "Language Modeling with Gated Convolutional Networks".
    """
    check_integer("glu", "axis", axis)
    x = to_float(x)
    check_rank("glu", axis, x.shape.rank)
    check_even("glu", x.shape, axis)
    a, b = tf.split(widen(x), 2, axis=axis)
    return tf.cast(a * _tail(b) * tf.sigmoid(tf.maximum(b, FLOOR)), x.dtype)


@symbolic
def hard_shrink(x, threshold=0.5):
    """`x` where `|x| > threshold`, else 0; the derivative at the threshold is 0.

    Args:
        x: tensor of any shape.
        threshold: >= 0, in the units of x.
    """
    threshold = check_number("hard_shrink", "threshold", threshold, low=0)
    x = to_float(x)
    wide = widen(x)
    return tf.cast(tf.where(tf.abs(wide) <= threshold, tf.zeros_like(wide), wide), x.dtype)


@symbolic
def hard_sigmoid(x):
    """`x / 6 + 0.5`, clipped to [0, 1]; the derivative at -3 and 3 is 0.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(_hard_sigmoid(widen(x)), x.dtype)


@symbolic
def hard_silu(x):
    """`x * hard_sigmoid(x)`: 0 up to -3, `x` from 3 on; the derivative is 0 at -3 and 1 at 3.

    Args:
        x: tensor of any shape.

    Source: Howard et al. (2019), "Searching for MobileNetV3".
    """
    x = to_float(x)
    wide = widen(x)
    # Minus infinity times 0 would be NaN.
    return tf.cast(tf.maximum(wide, -3) * _hard_sigmoid(wide), x.dtype)


@symbolic
def hard_tanh(x):
    """`x`, clipped to [-1, 1]; the derivative at -1 and 1 is 1.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.clip_by_value(x, -1, 1)


@symbolic
def leaky_relu(x, negative_slope=0.2):
    """`x` where `x > 0`, else `negative_slope * x`; the derivative at 0 is negative_slope.

    Args:
        x: tensor of any shape.
        negative_slope: a finite number.

    Source: Maas et al. (2013), "Rectifier Nonlinearities Improve Neural Network Acoustic Models".
    """
    negative_slope = check_number("leaky_relu", "negative_slope", negative_slope)
    x = to_float(x)
    if negative_slope == 0:
        return tf.nn.relu(x)
    wide = widen(x)
    if wide.dtype == tf.float32:
        return tf.cast(tf.nn.leaky_relu(wide, negative_slope), x.dtype)
    # There tf.nn.leaky_relu keeps the slope in float32.
    return tf.cast(tf.where(wide > 0, wide, negative_slope * wide), x.dtype)


def linear(x):
    """Return `x`."""
    return x


@symbolic
def log_sigmoid(x):
    """`-log(1 + exp(-x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.math.log_sigmoid(widen(x)), x.dtype)


@symbolic
def log_softmax(x, axis=-1):
    """`x - log(sum(exp(x)))`: the logarithm of the softmax over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("log_softmax", "axis", axis)
    x = to_float(x)
    check_rank("log_softmax", axis, x.shape.rank)
    log_p = _tensors.log_softmax(widen(x), axis=_tensors.hashable(axis), long=_tensors.is_long(x.shape, axis))
    return tf.cast(log_p, x.dtype)


@symbolic
def mish(x):
    """`x * tanh(softplus(x))`; 0 at minus infinity.

    Args:
        x: tensor of any shape.

    Source: Misra (2019), "Mish: A Self Regularized Non-Monotonic Activation Function".
    """
    x = to_float(x)
    return tf.cast(_mish(widen(x)), x.dtype)


@symbolic
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
    negative_slope = check_number("relu", "negative_slope", negative_slope)
    threshold = check_number("relu", "threshold", threshold)
    if max_value is not None:
        max_value = check_number("relu", "max_value", max_value, low=0)
    x = to_float(x)
    if negative_slope == 0 and max_value is None and threshold == 0:
        return tf.nn.relu(x)
    wide = widen(x)
    above = wide if max_value is None else tf.clip_by_value(wide, 0, max_value)
    # An infinity times a slope of 0 would be NaN.
    below = negative_slope * (wide - threshold) if negative_slope else tf.zeros_like(wide)
    return tf.cast(tf.where(wide <= threshold, below, above), x.dtype)


@symbolic
def relu6(x):
    """`x`, clipped to [0, 6]; the derivative at 0 and 6 is 0.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.nn.relu6(x)


@symbolic
def selu(x):
    """`1.0507 * x` where `x > 0`, else `1.0507 * 1.6733 * (exp(x) - 1)`; the derivative at 0 is 1.7581.

    Args:
        x: tensor of any shape.

    Source: Klambauer et al. (2017), "Self-Normalizing Neural Networks", which gives the two numbers in full.
    """
    x = to_float(x)
    wide = widen(x)
    # tf.nn.selu computes exp(x) - 1, which loses all its digits near 0.
    return tf.cast(_expm1_below(wide, numbers=(SELU_SCALE, SELU_SCALE * SELU_ALPHA, 1)), x.dtype)


@symbolic
def sigmoid(x):
    """`1 / (1 + exp(-x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.sigmoid(widen(x)), x.dtype)


@symbolic
def silu(x):
    """`x * sigmoid(x)`; 0 at minus infinity.

    Args:
        x: tensor of any shape.

    Source: Elfwing et al. (2018), "Sigmoid-Weighted Linear Units for Neural Network Function Approximation".
    """
    x = to_float(x)
    return tf.cast(_silu(widen(x)), x.dtype)


@symbolic
def soft_shrink(x, threshold=0.5):
    """`x - threshold` above the threshold, `x + threshold` below its negative, 0 between; the derivative there is 0.

    Args:
        x: tensor of any shape.
        threshold: >= 0, in the units of x.
    """
    threshold = check_number("soft_shrink", "threshold", threshold, low=0)
    x = to_float(x)
    wide = widen(x)
    return tf.cast(wide - tf.clip_by_value(wide, -threshold, threshold), x.dtype)


@symbolic
def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))`: positive numbers that sum to 1 over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("softmax", "axis", axis)
    x = to_float(x)
    check_rank("softmax", axis, x.shape.rank)
    p = _tensors.softmax(widen(x), axis=_tensors.hashable(axis), long=_tensors.is_long(x.shape, axis))
    return tf.cast(p, x.dtype)


@symbolic
def softplus(x):
    """`log(1 + exp(x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.math.softplus(widen(x)), x.dtype)


@symbolic
def softsign(x):
    """`x / (1 + |x|)`; -1 and 1 at the infinities.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    wide = widen(x)
    return tf.cast(_softsign(wide), x.dtype)


@symbolic
def sparse_plus(x):
    """0 up to -1, `(x + 1)**2 / 4` from -1 to 1, `x` from 1 on.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    wide = widen(x)
    return tf.cast(_sparse_plus(wide), x.dtype)


@symbolic
def sparse_sigmoid(x):
    """`(x + 1) / 2`, clipped to [0, 1]; the derivative at -1 and 1 is 0.

    Args:
        x: tensor of any shape.

    Source: Blondel et al. (2019), "Learning Classifiers with Fenchel-Young Losses".
    """
    x = to_float(x)
    return _sparse_sigmoid(x)


@symbolic
def sparsemax(x, axis=-1):
    """The point of the probability simplex that is nearest to x: `max(x - tau, 0)`, with tau such that the sum is 1.

    The derivative of an element that is exactly tau is 0. As with softmax, NaN or infinity along the axis makes all of
    it NaN.

    Args:
        x: tensor of any shape.
        axis: the axis of the sum.

    Source: Martins and Astudillo (2016), "From Softmax to Sparsemax".
    """
    axis = check_integer("sparsemax", "axis", axis)
    x = to_float(x)
    check_rank("sparsemax", axis, x.shape.rank)
    (wide,) = for_sums(axis, widen(x))
    # The largest is 0, and what is 1 below it is not in the support: no large numbers are added.
    shifted = tf.maximum(wide - tf.stop_gradient(tf.reduce_max(wide, axis=axis, keepdims=True)), -1.0)
    ordered = tf.sort(tf.stop_gradient(shifted), axis=axis, direction="DESCENDING")
    ranks = tf.cumsum(tf.ones_like(ordered), axis=axis)
    supported = 1 + ranks * ordered > tf.cumsum(ordered, axis=axis)
    least = tf.reduce_min(tf.where(supported, ordered, 0), axis=axis, keepdims=True)
    support = tf.cast(shifted >= least, wide.dtype)
    size = tf.reduce_sum(support, axis=axis, keepdims=True)
    tau = (tf.reduce_sum(shifted * support, axis, keepdims=True) - 1) / size
    # XLA takes a product with 0 for a 0, also that of NaN.
    known = tf.math.is_finite(tf.reduce_sum(shifted, axis=axis, keepdims=True))
    return tf.cast(tf.where(known, (shifted - tau) * support, math.nan), x.dtype)


@symbolic
def squareplus(x, b=4):
    """`(x + sqrt(x**2 + b)) / 2`; relu for `b = 0`.

    Args:
        x: tensor of any shape.
        b: how smooth it is, >= 0; in the units of x, squared.

    Source: Barron (2021), "Squareplus: A Softplus-Like Algebraic Rectifier".
    """
    b = check_number("squareplus", "b", b, low=0)
    x = to_float(x)
    if b == 0:
        return tf.nn.relu(x)
    wide = widen(x)
    return tf.cast(_squareplus(wide, b), x.dtype)


@symbolic
def tanh(x):
    """The hyperbolic tangent.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(tf.tanh(widen(x)), x.dtype)


@symbolic
def tanh_shrink(x):
    """`x - tanh(x)`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return tf.cast(_tanh_shrink(widen(x)), x.dtype)


@symbolic
def threshold(x, threshold, default_value):
    """`x` where `x > threshold`, else default_value; the derivative at the threshold is 0.

    Args:
        x: tensor of any shape.
        threshold: a finite number, in the units of x.
        default_value: a finite number.
    """
    threshold = check_number("threshold", "threshold", threshold)
    default_value = check_number("threshold", "default_value", default_value)
    x = to_float(x)
    wide = widen(x)
    return tf.cast(tf.where(wide <= threshold, tf.constant(default_value, wide.dtype), wide), x.dtype)


# A gate like sigmoid(x) is exp(x) below FLOOR, to the last digit. There it is given as two factors: it can be
# subnormal, and flushed to 0 or left with few digits, where x times it is not. Beyond LIMIT every gate is 0 or 1.
FLOOR, LIMIT = -40, 1000


def _tail(x):
    """Return the factor of a gate that is 1 from FLOOR on: the other one is the gate at FLOOR or x, the larger."""
    return tf.exp(tf.where(x < FLOOR, x - FLOOR, 0))


# Gradients by hand: of the terms or factors that a tape would make of them, one can be subnormal, and flushed to 0,
# where the result is a normal number.


@as_one_graph
def _expm1_below(x, slope, factor, divisor):
    """Return `slope * x` where x is above 0, else `factor * expm1(x / divisor)`."""
    above = x > 0

    @tf.custom_gradient
    def function(x):
        below = tf.minimum(x, 0)

        def gradient(upstream):
            # The root of the derivative, squared: a graph would take a product of three in another order.
            root = tf.sqrt(tf.abs(factor) / divisor) * tf.exp(0.5 * below / divisor)
            return upstream * tf.where(above, slope, tf.sign(factor) * tf.square(root))

        # For the smallest x the quotient would be flushed to 0; there the function is a straight line.
        line = tf.where(above, slope, factor / divisor) * x
        return tf.where(below / divisor > -1e-17, line, factor * tf.math.expm1(below / divisor)), gradient

    return function(x)


@tf.custom_gradient
def _silu(x):
    # tf.sigmoid is up to 6.6 ULP off, and with it silu 8.5.
    odds = tf.exp(-tf.maximum(x, FLOOR))
    gate = 1 / (1 + odds)

    def gradient(upstream):
        return upstream * (_tail(x) * (gate * (1 + tf.clip_by_value(x, -LIMIT, LIMIT) * (odds * gate))))

    return tf.maximum(x, -LIMIT) * _tail(x) * gate, gradient


@tf.custom_gradient
def _mish(x):
    floored = tf.maximum(x, FLOOR)

    def gradient(upstream):
        tail, gate, bounded = _tail(x), tf.tanh(tf.math.softplus(floored)), tf.clip_by_value(x, -LIMIT, LIMIT)
        # 1 - gate**2 would lose the digits of the gate's derivative where it is near 1.
        h = tf.exp(-tf.abs(floored))
        share = tf.where(x > 0, tf.square(h / (1 + 2 * h + 2 * tf.square(h))), h / tf.square(2 + 2 * h + tf.square(h)))
        return upstream * (tail * (gate + bounded * (4 * (1 + h) * share)))

    return tf.maximum(x, -LIMIT) * _tail(x) * tf.tanh(tf.math.softplus(floored)), gradient


@tf.custom_gradient
def _tanh_shrink(x):
    # Near 0 the difference has no digits left. Lambert's continued fraction, tanh(x) = x / (1 + x**2 / (3 + x**2 / (5 +
    # ...))), gives it without a difference.
    square = tf.square(tf.clip_by_value(x, -1.5, 1.5))
    last = 19 if x.dtype == tf.float64 else 11
    fraction = last - 2 + square / last
    for odd in range(last - 4, 1, -2):
        fraction = odd + square / fraction
    near = x * (square / (square + fraction))
    value = tf.where(tf.abs(x) < 1.5, near, x - tf.tanh(x))
    return value, lambda upstream: upstream * tf.square(tf.tanh(x))


@tf.custom_gradient
def _softsign(x):
    # An infinity divided by itself would be NaN. tf.nn.softsign cannot be differentiated twice.
    bounded = tf.clip_by_value(x, x.dtype.min, x.dtype.max)
    return bounded / (1 + tf.abs(bounded)), lambda upstream: upstream / tf.square(1 + tf.abs(x))


def _squareplus(x, b):
    def root(x):
        # What torch.hypot computes: the larger one of |x| and sqrt(b) taken out, for its square could overflow.
        size, smooth = tf.abs(x), tf.constant(math.sqrt(b), x.dtype)
        larger = tf.maximum(size, smooth)
        return larger * tf.sqrt(1 + tf.square(tf.minimum(size, smooth) / larger))

    def value(x):
        # Below 0 the sum would be a difference of nearly equal terms; times its conjugate it is b.
        # In a tf.function 1 / x becomes tf.math.reciprocal(x), off by 3e-4 beyond 1e35; this quotient stays one.
        negative = tf.math.divide_no_nan(tf.constant(0.25 * b, x.dtype), 0.5 * root(x) - 0.5 * tf.minimum(x, 0))
        return tf.where(x > 0, 0.5 * x + 0.5 * root(x), negative)

    def gradient(x):
        x = tf.clip_by_value(x, x.dtype.min, x.dtype.max)  # infinity over infinity is no number
        return value(x) / root(x)

    @tf.custom_gradient
    def function(x):
        return value(x), lambda upstream: upstream * gradient(x)

    return function(x)


@tf.custom_gradient
def _sparse_plus(x):
    gate = _sparse_sigmoid(x)
    return tf.maximum(tf.square(gate), x), lambda upstream: upstream * gate  # beyond 1 the square is 1


@tf.custom_gradient
def _sparse_sigmoid(x):
    def gradient(upstream):
        return upstream * (0.5 - 0.5 * tf.cast(tf.abs(x) >= 1, x.dtype))

    return 0.5 * (tf.clip_by_value(x, -1, 1) + 1), gradient


def _hard_sigmoid(x):
    # tf.nn.relu6(x + 3) rounds its argument to 6, and the derivative to 0, just below 3.
    below = tf.where(x >= 3, tf.ones_like(x), (x + 3) / 6)
    return tf.where(x <= -3, tf.zeros_like(x), below)


# Keras's further names
hard_swish, swish = hard_silu, silu

family = Family(
    "activations",
    [
        celu,
        elu,
        exponential,
        gelu,
        glu,
        hard_shrink,
        hard_sigmoid,
        hard_silu,
        hard_tanh,
        leaky_relu,
        linear,
        log_sigmoid,
        log_softmax,
        mish,
        relu,
        relu6,
        selu,
        sigmoid,
        silu,
        soft_shrink,
        softmax,
        softplus,
        softsign,
        sparse_plus,
        sparse_sigmoid,
        sparsemax,
        squareplus,
        tanh,
        tanh_shrink,
        threshold,
    ],
    aliases={"hard_swish": "hard_silu", "swish": "silu"},
    default=linear,
)
get, deserialize = family.get, family.deserialize


def serialize(activation, target=None):
    """Return the name of a function of this package as Keras does, the config of anything else.

    Args:
        activation: a function, or an object with `get_config`.
        target: None, or "keras" for what plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    config = family.serialize(activation, target)
    return config["config"] if target is None and activation in family.functions.values() else config


register(family)
