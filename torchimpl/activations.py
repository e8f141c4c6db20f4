"""Activation functions."""

import math
from functools import partial

import torch
from torch.nn import functional as F

from torchimpl import _tensors
from torchimpl._config import check_axes, check_boolean, check_even, check_integer, check_number, check_rank
from torchimpl._tensors import (
    expm1_of_small,
    is_compiling,
    known_within,
    recomputed,
    to_float,
    to_tensor,
    widen,
)
from torchimpl.saving import Family

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


def celu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x / alpha) - 1)`; the derivative is continuous, 1 at 0.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, > 0.

    Source: Barron (2017), "Continuously Differentiable Exponential Linear Units".
    """
    alpha = check_number("celu", "alpha", alpha, above=0)
    x = to_float(x)
    if x.dtype != torch.float64 and not is_compiling():
        return F.celu(x, alpha)
    # F.celu takes 1 / alpha in float32 for the derivative.
    return torch.where(x > 0, x, (alpha * elu(torch.clamp(widen(x), max=0) / alpha)).to(x.dtype))


def elu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x) - 1)`; the derivative at 0 is alpha.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, a finite number.

    Source: Clevert et al. (2016), "Fast and Accurate Deep Network Learning by Exponential Linear Units".
    """
    alpha = check_number("elu", "alpha", alpha)
    x = to_float(x)
    if is_compiling():
        return _with_series(partial(F.elu, alpha=alpha), x, alpha)
    return F.elu(x, alpha)


def exponential(x):
    """`exp(x)`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    # Half precision in float32: of a result that overflows, the derivative times a small number may not.
    return torch.exp(widen(x)).to(x.dtype)


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
    wide, kind = widen(x), "tanh" if approximate else "none"
    # The kernel keeps few digits in its tail, but an exact one, by erfc, costs 30 times as much. Beyond 40 the result
    # is x or 0, and the kernel makes NaN of infinities.
    if known_within(wide, -40, 40):
        return F.gelu(wide, approximate=kind).to(x.dtype)
    kernel = F.gelu(torch.clamp(wide, -40, 40), approximate=kind)
    return torch.where(wide > 40, wide, kernel).to(x.dtype)


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
    check_rank("glu", axis, x.ndim)
    check_even("glu", x.shape, axis)
    wide = widen(x)
    a, b = torch.chunk(wide, 2, dim=axis)
    if known_within(b, FLOOR, torch.inf):
        return F.glu(wide, dim=axis).to(x.dtype)
    return (a * _tail(b) * torch.sigmoid(torch.clamp(b, min=FLOOR))).to(x.dtype)


def hard_shrink(x, threshold=0.5):
    """`x` where `|x| > threshold`, else 0; the derivative at the threshold is 0.

    Args:
        x: tensor of any shape.
        threshold: >= 0, in the units of x.
    """
    threshold = check_number("hard_shrink", "threshold", threshold, low=0)
    x = to_float(x)
    wide = widen(x)
    return to_tensor(recomputed(F.hardshrink, wide, threshold), x.dtype)


def hard_sigmoid(x):
    """`x / 6 + 0.5`, clipped to [0, 1]; the derivative at -3 and 3 is 0.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    wide = widen(x)
    return to_tensor(recomputed(_hard_sigmoid, wide), x.dtype)


def hard_silu(x):
    """`x * hard_sigmoid(x)`: 0 up to -3, `x` from 3 on; the derivative is 0 at -3 and 1 at 3.

    Args:
        x: tensor of any shape.

    Source: Howard et al. (2019), "Searching for MobileNetV3".
    """
    x = to_float(x)
    wide = widen(x)
    # Minus infinity times 0 would be NaN. F.hardswish overflows early, and takes 1.5 for the derivative just below 3.
    return (F.threshold(wide, -3, -3) * _hard_sigmoid(wide)).to(x.dtype)


def hard_tanh(x):
    """`x`, clipped to [-1, 1]; the derivative at -1 and 1 is 1.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    # F.hardtanh, in a tenth of the time of clamp and its derivative, takes 0 for that at its bounds, and 1 for that of
    # NaN. They are the next numbers beyond -1 and 1, then, and what they make of the result is undone.
    if x.requires_grad and x.dtype in (torch.float32, torch.float64) and known_within(x, -torch.inf, torch.inf):
        beyond = 1 + torch.finfo(x.dtype).eps
        result = F.hardtanh(x, -beyond, beyond)
        result.detach().clamp_(-1, 1)
        return result
    return recomputed(torch.clamp, x, -1, 1)


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
        return recomputed(torch.relu, x)
    return recomputed(F.leaky_relu, x, negative_slope)


def linear(x):
    """Return `x`."""
    return x


def log_sigmoid(x):
    """`-log(1 + exp(-x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return to_tensor(F.logsigmoid(widen(x)), x.dtype)


def log_softmax(x, axis=-1):
    """`x - log(sum(exp(x)))`: the logarithm of the softmax over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("log_softmax", "axis", axis)
    x = to_float(x)
    check_rank("log_softmax", axis, x.ndim)
    return _over(x, axis, _tensors.log_softmax)


def mish(x):
    """`x * tanh(softplus(x))`; 0 at minus infinity.

    Args:
        x: tensor of any shape.

    Source: Misra (2019), "Mish: A Self Regularized Non-Monotonic Activation Function".
    """
    x = to_float(x)
    wide = widen(x)
    if is_compiling():  # one exponential instead of four; eagerly, so many operations take three times as long
        return _mish(wide).to(x.dtype)
    gate = torch.tanh(F.softplus(torch.clamp(wide, FLOOR, LIMIT)))
    # F.mish has few digits where exp(x) is subnormal; at an infinity it, or its derivative, is NaN.
    return (torch.clamp(wide, min=-LIMIT) * _tail(wide) * gate).to(x.dtype)


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
        return recomputed(torch.relu, x)
    return recomputed(_relu, widen(x), negative_slope, max_value, threshold).to(x.dtype)


def relu6(x):
    """`x`, clipped to [0, 6]; the derivative at 0 and 6 is 0.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return recomputed(F.relu6, x)


def selu(x):
    """`1.0507 * x` where `x > 0`, else `1.0507 * 1.6733 * (exp(x) - 1)`; the derivative at 0 is 1.7581.

    Args:
        x: tensor of any shape.

    Source: Klambauer et al. (2017), "Self-Normalizing Neural Networks", which gives the two numbers in full.
    """
    x = to_float(x)
    if is_compiling():
        return _with_series(F.selu, x, SELU_SCALE * SELU_ALPHA)
    return F.selu(x)


def sigmoid(x):
    """`1 / (1 + exp(-x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return to_tensor(torch.sigmoid(widen(x)), x.dtype)


def silu(x):
    """`x * sigmoid(x)`; 0 at minus infinity.

    Args:
        x: tensor of any shape.

    Source: Elfwing et al. (2018), "Sigmoid-Weighted Linear Units for Neural Network Function Approximation".
    """
    x = to_float(x)
    wide = widen(x)
    # F.silu is 0 where exp(-x) overflows, and the result is a normal number still. Below FLOOR it is x * exp(x), of
    # which exp(x) alone can be subnormal. Its derivative at infinity is NaN; above LIMIT it is x.
    if known_within(wide, FLOOR, torch.finfo(wide.dtype).max):
        return F.silu(wide).to(x.dtype)
    far = torch.clamp(wide, -LIMIT, FLOOR)
    tail = torch.exp(far - FLOOR) * (math.exp(FLOOR) * far)
    near = torch.where(wide > LIMIT, wide, F.silu(torch.clamp(wide, FLOOR, LIMIT)))
    return torch.where(wide < FLOOR, tail, near).to(x.dtype)


def soft_shrink(x, threshold=0.5):
    """`x - threshold` above the threshold, `x + threshold` below its negative, 0 between; the derivative there is 0.

    Args:
        x: tensor of any shape.
        threshold: >= 0, in the units of x.
    """
    threshold = check_number("soft_shrink", "threshold", threshold, low=0)
    x = to_float(x)
    wide = widen(x)
    if torch.compiler.is_compiling():
        return to_tensor(recomputed(_soft_shrink, wide, threshold), x.dtype)
    return to_tensor(F.softshrink(wide, threshold), x.dtype)


def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))`: positive numbers that sum to 1 over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("softmax", "axis", axis)
    x = to_float(x)
    check_rank("softmax", axis, x.ndim)
    return _over(x, axis, _tensors.softmax)


def softplus(x):
    """`log(1 + exp(x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    # Above its threshold the kernel returns x itself; the usual 20 is too low for float64.
    return F.softplus(x, threshold=40)


def softsign(x):
    """`x / (1 + |x|)`; -1 and 1 at the infinities.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    wide = widen(x)
    # An infinity divided by itself would be NaN, and the derivative of the quotient is a difference that ends in 0.
    share = 1 / (1 + torch.abs(wide))
    near = F.hardtanh(wide) * share
    return torch.where(torch.abs(wide) < 1, near, torch.sign(wide) * (1 - share)).to(x.dtype)


def sparse_plus(x):
    """0 up to -1, `(x + 1)**2 / 4` from -1 to 1, `x` from 1 on.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    wide = widen(x)
    parabola = 0.25 * torch.square(torch.clamp(wide, -1, 1) + 1)
    return torch.where(wide < 1, parabola, wide).to(x.dtype)


def sparse_sigmoid(x):
    """`(x + 1) / 2`, clipped to [0, 1]; the derivative at -1 and 1 is 0.

    Args:
        x: tensor of any shape.

    Source: Blondel et al. (2019), "Learning Classifiers with Fenchel-Young Losses".
    """
    x = to_float(x)
    return recomputed(_sparse_sigmoid, x)


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
    check_rank("sparsemax", axis, x.ndim)
    if not x.numel():
        return x.clone()
    wide = widen(x)
    # The largest is 0, and what is 1 below it is not in the support: no large numbers are added.
    shifted = torch.clamp(wide - torch.amax(wide, dim=axis, keepdim=True).detach(), min=-1.0)
    ordered = torch.sort(shifted.detach(), dim=axis, descending=True).values
    ranks = torch.cumsum(torch.ones_like(ordered), dim=axis)
    supported = 1 + ranks * ordered > torch.cumsum(ordered, dim=axis)
    least = torch.amin(torch.where(supported, ordered, 0), dim=axis, keepdim=True)
    support = (shifted >= least).to(wide.dtype)
    size = torch.sum(support, dim=axis, keepdim=True)
    tau = (torch.sum(shifted * support, dim=axis, keepdim=True) - 1) / size
    return ((shifted - tau) * support).to(x.dtype)


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
        return torch.relu(x)
    wide = widen(x)
    # A leaky relu of slope -1 is an abs with a derivative at 0.
    size = F.leaky_relu(wide, -1)
    # Far out the root is |x| to the last digit; of an infinity the difference would be NaN.
    near = torch.clamp(size, max=2.0**30 * max(1, math.sqrt(b)))
    positive = size + 0.5 * (torch.hypot(near, near.new_full((), math.sqrt(b))) - near)
    # Below 0 the sum would be a difference of nearly equal terms; times its conjugate it is b.
    # The term is a tensor, since a number divided by one is multiplied by a reciprocal, whose square can be subnormal.
    return torch.where(wide > 0, positive, near.new_full((), 0.25 * b) / positive).to(x.dtype)


def tanh(x):
    """The hyperbolic tangent.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    return to_tensor(torch.tanh(widen(x)), x.dtype)


def tanh_shrink(x):
    """`x - tanh(x)`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    # torch.compile takes no function that can be differentiated forward too, and makes its derivative fast by itself.
    function = _tanh_shrink if torch.compiler.is_compiling() else _TanhShrink.apply
    return to_tensor(function(widen(x)), x.dtype)


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
    return to_tensor(recomputed(F.threshold, wide, threshold, default_value), x.dtype)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

# A gate like sigmoid(x) is exp(x) below FLOOR, to the last digit. There it is given as two factors: it can be
# subnormal, and flushed to 0 or left with few digits, where x times it is not. Beyond LIMIT every gate is 0 or 1.
FLOOR, LIMIT = -40, 1000


def _tail(x):
    """Return the factor of a gate that is 1 from FLOOR on: the other one is the gate at FLOOR or x, the larger."""
    return torch.exp(torch.where(x < FLOOR, x - FLOOR, 0))


def _with_series(kernel, x, scale):
    """Return what a kernel makes of x, but `scale * (exp(x) - 1)` just below 0, where inductor's own has no digits."""
    wide = widen(x)
    near = scale * expm1_of_small(torch.clamp(wide, -0.5, 0))
    return torch.where((wide > -0.5) & (wide < 0), near, kernel(wide)).to(x.dtype)


def _mish(x):
    # With e = exp(-|x|), tanh(log(1 + exp(x))) is part / (part + rest). Below FLOOR, where the part is next to nothing,
    # x has a factor of it, as with `_tail`.
    near = torch.clamp(x, -LIMIT, LIMIT)
    below, far = near < 0, near < FLOOR
    e = torch.exp(torch.where(far, near - FLOOR, torch.where(below, near, -near)))  # |x| has a derivative at 0, too
    part = torch.where(below, e * (torch.where(far, 0, e) + 2), 1 + 2 * e)
    rest = torch.where(below, 2, 2 * torch.square(e))
    return torch.where(far, math.exp(FLOOR) * near, x) * (part / (torch.where(far, 0, part) + rest))


def _tanh_shrink(x):
    # Near 0 the difference has no digits left. Lambert's continued fraction, tanh(x) = x / (1 + x**2 / (3 + x**2 / (5 +
    # ...))), gives it without a difference.
    square = torch.square(F.hardtanh(x, -1.5, 1.5))
    last = 19 if x.dtype == torch.float64 else 11
    fraction = last - 2 + square / last
    for odd in range(last - 4, 1, -2):
        fraction = odd + square / fraction
    near = x * (square / (square + fraction))
    return torch.where(torch.abs(x) < 1.5, near, x - torch.tanh(x))


class _TanhShrink(torch.autograd.Function):
    """`_tanh_shrink` with its derivative, a square: that of each of its operations takes three times as long."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return _tanh_shrink(x)

    @staticmethod
    def setup_context(context, inputs, output):
        context.save_for_backward(*inputs)
        context.save_for_forward(*inputs)

    @staticmethod
    def backward(context, upstream):
        (x,) = context.saved_tensors
        return upstream * torch.square(torch.tanh(x))

    jvp = backward


def _sparse_sigmoid(x):
    below = torch.where(x >= 1, 1, 0.5 * (x + 1))
    return torch.where(x <= -1, 0, below)


def _hard_sigmoid(x):
    # F.hardsigmoid cannot be differentiated twice.
    return F.hardtanh(x, -3, 3).add_(3).div_(6)


def _relu(x, negative_slope, max_value, threshold):
    above = x if max_value is None else torch.clamp(x, 0, max_value)
    # An infinity times a slope of 0 would be NaN.
    below = negative_slope * (x - threshold) if negative_slope else torch.zeros_like(x)
    return torch.where(x <= threshold, below, above)


def _soft_shrink(x, threshold):
    # Inductor's own softshrink makes 0 of NaN.
    return x - torch.clamp(x, -threshold, threshold)


def _over(x, axis, function):
    """Apply a function of one axis over several."""
    if isinstance(axis, int):
        return to_tensor(function(x, axis), x.dtype)
    axis = [item % x.ndim for item in axis]
    order = [item for item in range(x.ndim) if item not in axis] + axis
    moved = x.permute(order)
    flat = moved.flatten(start_dim=x.ndim - len(axis))
    back = [order.index(item) for item in range(x.ndim)]
    return _over(flat, -1, function).reshape(moved.shape).permute(back)


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
