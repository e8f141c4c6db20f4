"""Activation functions."""

import torch
from torch.nn import functional as F

from torchimpl._config import check_axes, check_number, check_rank
from torchimpl._tensors import to_float, widen
from torchimpl.saving import Family

__all__ = ["deserialize", "elu", "get", "linear", "relu", "serialize", "softmax", "softplus"]


def elu(x, alpha=1.0):
    """`x` where `x > 0`, else `alpha * (exp(x) - 1)`; the derivative at 0 is alpha.

    Args:
        x: tensor of any shape.
        alpha: the negative of the limit at minus infinity, a finite number.

    Source: Clevert et al. (2016), "Fast and Accurate Deep Network Learning by Exponential Linear Units".
    """
    check_number("elu", "alpha", alpha)
    x = to_float(x)
    return F.elu(x, alpha)


def linear(x):
    """Return `x`."""
    return x


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
    check_number("relu", "negative_slope", negative_slope)
    check_number("relu", "threshold", threshold)
    if max_value is not None:
        check_number("relu", "max_value", max_value, low=0)
    x = to_float(x)
    if negative_slope == 0 and max_value is None and threshold == 0:
        return torch.relu(x)
    wide = widen(x)
    above = wide if max_value is None else torch.clamp(wide, 0, max_value)
    # An infinity times a slope of 0 would be NaN.
    below = negative_slope * (wide - threshold) if negative_slope else torch.zeros_like(wide)
    return torch.where(wide <= threshold, below, above).to(x.dtype)


def softmax(x, axis=-1):
    """`exp(x) / sum(exp(x))`: positive numbers that sum to 1 over an axis.

    Args:
        x: tensor of any shape.
        axis: the axis or axes of the sum.
    """
    axis = check_axes("softmax", "axis", axis)
    x = to_float(x)
    check_rank("softmax", axis, x.ndim)
    if isinstance(axis, int):
        return torch.softmax(x, dim=axis)
    axis = [item % x.ndim for item in axis]
    order = [item for item in range(x.ndim) if item not in axis] + axis
    moved = x.permute(order)
    flat = moved.flatten(start_dim=x.ndim - len(axis))
    back = [order.index(item) for item in range(x.ndim)]
    return torch.softmax(flat, dim=-1).reshape(moved.shape).permute(back)


def softplus(x):
    """`log(1 + exp(x))`.

    Args:
        x: tensor of any shape.
    """
    x = to_float(x)
    # Above its threshold the kernel returns x itself; the usual 20 is too low for float64.
    return F.softplus(x, threshold=40)


family = Family("activations", [elu, linear, relu, softmax, softplus], default=linear)
get, deserialize = family.get, family.deserialize


def serialize(activation):
    """Return the name of a function of this package as Keras does, the config of anything else."""
    config = family.serialize(activation)
    return config["config"] if activation in family.functions.values() else config
