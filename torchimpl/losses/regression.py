"""Losses of a difference between two numbers."""

import math

import torch
from torch.nn import functional as F

from torchimpl._config import check_number
from torchimpl._tensors import align, clip, in_parts_if_many, known_within, mean_over
from torchimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: what stands for 0 where it must not
FAR = 40  # an error beyond which cosh(e) is exp(|e|) / 2 to the last digit, and before which it does not overflow


@in_parts_if_many
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
    delta = check_number("huber", "delta", delta, above=0)
    y_true, y_pred, dtype = align("huber", y_true, y_pred)
    losses = F.huber_loss(y_pred, y_true, reduction="none", delta=delta)
    return mean_over(losses, -1, dtype)


@in_parts_if_many
def log_cosh(y_true, y_pred):
    """Logarithm of the hyperbolic cosine of the error; mean over the last axis.

    `log(cosh(e))` with `e = y_pred - y_true`: about `e**2 / 2` for small errors, `|e| - log(2)` for large ones, and
    accurate in both. The derivative is tanh(e).

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("log_cosh", y_true, y_pred)
    error = y_pred - y_true
    if known_within(error, -FAR, FAR):
        losses = _log_cosh(error)
    else:
        size, near = torch.abs(error), _log_cosh(torch.clamp(error, -FAR, FAR))
        losses = torch.where(size > FAR, size - math.log(2), near)
    return mean_over(losses, -1, dtype)


@in_parts_if_many
def mean_absolute_error(y_true, y_pred):
    """Mean over the last axis of the size of the error.

    `mean(|y_true - y_pred|)`. The derivative is 0 where the error is 0.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_absolute_error", y_true, y_pred)
    return mean_over(torch.abs(y_pred - y_true), -1, dtype)


@in_parts_if_many
def mean_absolute_percentage_error(y_true, y_pred):
    """Mean over the last axis of the size of the error, in percent of the target.

    `100 * mean(|y_true - y_pred| / max(|y_true|, 1e-7))`. The derivative is 0 where the error is 0.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_absolute_percentage_error", y_true, y_pred)
    parts = torch.abs(y_true - y_pred) / torch.clamp(torch.abs(y_true), min=EPSILON)
    return (100 * mean_over(parts, -1, parts.dtype)).to(dtype)


@in_parts_if_many
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
    return mean_over(F.mse_loss(y_pred, y_true, reduction="none"), -1, dtype)


@in_parts_if_many
def mean_squared_logarithmic_error(y_true, y_pred):
    """Mean over the last axis of the squared difference of the logarithms.

    `mean((log(y_true + 1) - log(y_pred + 1))**2)`, where targets and predictions below 1e-7 count as 1e-7.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("mean_squared_logarithmic_error", y_true, y_pred)
    # log(1 + a) - log(1 + b) as log1p((a - b) / (1 + b)) with a >= b: one logarithm, and no digits lost where a is
    # close to b. A leaky relu of slope -1 is an abs with a derivative at 0, without which the second one is lost. For
    # the divisor they are clipped anew: kept, both would take as much memory as the inputs once more.
    error = F.leaky_relu(clip(y_pred, EPSILON) - clip(y_true, EPSILON), -1)
    losses = torch.log1p(error / (1 + clip(torch.minimum(y_true, y_pred), EPSILON)))
    return mean_over(torch.square(losses), -1, dtype)


@in_parts_if_many
def poisson(y_true, y_pred):
    """Negative logarithm of a Poisson probability, but for a term of y_true alone; mean over the last axis.

    `mean(y_pred - y_true * log(y_pred + 1e-7))`, y_pred being the expected count: NaN where it is below -1e-7.

    Args:
        y_true: counts, shape `[batch, d0, .. dN]`.
        y_pred: expected counts, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("poisson", y_true, y_pred)
    return mean_over(y_pred - y_true * torch.log(y_pred + EPSILON), -1, dtype)


def _log_cosh(error):
    # cosh(e) - 1 = 2 * sinh(e / 2)**2 has the digits that log(cosh(e)) loses near 0.
    return torch.log1p(2 * torch.square(torch.sinh(0.5 * error)))


class Huber(Loss):
    """`huber` with sample weights, mask and reduction. See `huber` for `delta`, `Loss` for the rest."""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.delta = check_number("Huber", "delta", delta, above=0)

    def call(self, y_true, y_pred):
        return huber(y_true, y_pred, self.delta)

    def _mean(self, y_true, y_pred):
        return F.huber_loss(y_pred, y_true, delta=self.delta)


class LogCosh(Loss):
    """`log_cosh` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return log_cosh(y_true, y_pred)


class MeanAbsoluteError(Loss):
    """`mean_absolute_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_absolute_error(y_true, y_pred)

    def _mean(self, y_true, y_pred):
        return F.l1_loss(y_pred, y_true)


class MeanAbsolutePercentageError(Loss):
    """`mean_absolute_percentage_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_absolute_percentage_error(y_true, y_pred)


class MeanSquaredError(Loss):
    """`mean_squared_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_error(y_true, y_pred)

    def _mean(self, y_true, y_pred):
        return F.mse_loss(y_pred, y_true)


class MeanSquaredLogarithmicError(Loss):
    """`mean_squared_logarithmic_error` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return mean_squared_logarithmic_error(y_true, y_pred)


class Poisson(Loss):
    """`poisson` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="poisson", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return poisson(y_true, y_pred)

    def _mean(self, y_true, y_pred):
        return F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=EPSILON)
