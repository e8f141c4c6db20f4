"""Losses of a difference between two numbers."""

import torch
from torch.nn import functional as F

from torchimpl._config import check_number
from torchimpl._tensors import align
from torchimpl.losses.base import Loss


def huber(y_true, y_pred, delta=1.0):
    """Quadratic for small errors, linear for large ones; mean over the last axis.

    `0.5 * e**2` where `|e| <= delta`, else `delta * |e| - 0.5 * delta**2`, with `e = y_pred - y_true`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        delta: where the loss turns linear; > 0, in the units of the targets.

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ, or delta is not a number > 0.

    Source: Huber (1964), "Robust Estimation of a Location Parameter".
    """
    check_number("huber", "delta", delta, above=0)
    y_true, y_pred, dtype = align("huber", y_true, y_pred)
    losses = F.huber_loss(y_pred, y_true, reduction="none", delta=delta)
    return torch.mean(losses, dim=-1).to(dtype)


def mean_squared_error(y_true, y_pred):
    """Mean over the last axis of the squared error.

    `mean((y_true - y_pred)**2)`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_squared_error", y_true, y_pred)
    return torch.mean(torch.square(y_true - y_pred), dim=-1).to(dtype)


class Huber(Loss):
    """`huber` with sample weights, mask and reduction. See `huber` for `delta`, `Loss` for the rest."""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.delta = check_number("Huber", "delta", delta, above=0)

    def call(self, y_true, y_pred):
        return huber(y_true, y_pred, self.delta)


class MeanSquaredError(Loss):
    """`mean_squared_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_error(y_true, y_pred)
