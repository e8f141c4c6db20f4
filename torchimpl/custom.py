"""Objects of one's own, as a reader of "Hands-On Machine Learning", chapter 12, writes them.

The classes are found again in a saved model, with the arguments they had. The functions are not: whoever loads the
model passes them by name, and the threshold that `create_huber` was given is in no file.
"""

import torch
from torch.nn import functional as F

from torchimpl._config import check_number
from torchimpl._tensors import align, align_weights, divide_no_nan, to_float, to_tensor, widen
from torchimpl.initializers import VarianceScaling
from torchimpl.losses import Loss
from torchimpl.metrics import Metric
from torchimpl.regularizers import Regularizer
from torchimpl.saving import Family

__all__ = [
    "HuberLoss",
    "HuberMetric",
    "MyL1Regularizer",
    "create_huber",
    "deserialize",
    "get",
    "huber_fn",
    "my_glorot_initializer",
    "my_l1_regularizer",
    "my_positive_weights",
    "my_softplus",
    "serialize",
]


def huber_fn(y_true, y_pred):
    """Quadratic where the error is smaller than 1, linear elsewhere: `create_huber(1.0)`.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss of each value, in the shape of the values; `losses.huber` takes the mean over the last axis.

    Raises:
        ValueError: the shapes differ.
    """
    return _huber("huber_fn", y_true, y_pred, 1.0)


def create_huber(threshold=1.0):
    """Return a function `huber_fn(y_true, y_pred)`, which turns linear at a threshold of one's own.

    `e**2 / 2` where `|e| < threshold`, else `threshold * |e| - threshold**2 / 2`, with `e = y_true - y_pred`, for each
    value.

    Args:
        threshold: > 0, in the units of the targets. No config keeps it: a model that was saved with
            `create_huber(2.0)` is loaded with `custom_objects={"huber_fn": create_huber(2.0)}`.

    Raises:
        ValueError: threshold is not a number > 0.
    """
    threshold = check_number("create_huber", "threshold", threshold, above=0)

    def huber_fn(y_true, y_pred):
        return _huber("huber_fn", y_true, y_pred, threshold)

    return huber_fn


def _huber(owner, y_true, y_pred, threshold):
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    error = y_true - y_pred
    is_small_error = torch.abs(error) < threshold
    squared_loss = torch.square(error) / 2
    linear_loss = threshold * torch.abs(error) - threshold**2 / 2
    return torch.where(is_small_error, squared_loss, linear_loss).to(dtype)


class HuberLoss(Loss):
    """`create_huber(threshold)` as a loss whose config keeps the threshold.

    Args:
        threshold: where the loss turns linear; > 0, in the units of the targets.
        **kwargs: name, reduction and dtype, see `Loss`.

    Raises:
        ValueError: threshold is not a number > 0.
    """

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = check_number("HuberLoss", "threshold", threshold, above=0)

    def call(self, y_true, y_pred):
        return _huber("HuberLoss", y_true, y_pred, self.threshold)


def my_softplus(z):
    """`log(1 + exp(z))`, also where exp(z) is too large for a float32 (z > 88).

    Args:
        z: tensor of any shape.
    """
    z = to_float(z)
    # Above its threshold the kernel returns z itself; the usual 20 is too low for float64.
    return F.softplus(z, threshold=40)


def my_glorot_initializer(shape, dtype=None, device=None, layout="keras"):
    """Draw from a normal distribution of standard deviation `sqrt(2 / (rows + columns))`, anew in each call.

    Each call takes a seed from Python's `random`: after the same `set_random_seed` the same calls, in the same order,
    give the same values in both packages.

    Args:
        shape: `(rows, columns)`, or any shape that `VarianceScaling` takes.
        dtype: a floating-point dtype or its name. It, and what else can be given, is passed on: see
            `RandomInitializer.__call__`.

    Raises:
        ValueError: an argument is none of these.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks".
    """
    return VarianceScaling(1.0, "fan_avg", "untruncated_normal")(shape, dtype, device, layout)


def my_l1_regularizer(weights):
    """`sum(|0.01 * weights|)`; the derivative at 0 is 0."""
    return MyL1Regularizer(0.01)(weights)


def my_positive_weights(weights):
    """Set negative weights to 0."""
    weights = to_float(weights)
    return torch.where(weights < 0, torch.zeros_like(weights), weights)


class MyL1Regularizer(Regularizer):
    """`sum(|factor * weights|)`; the derivative at 0 is 0.

    Args:
        factor: >= 0.

    Raises:
        ValueError: factor is not a number >= 0.
    """

    def __init__(self, factor):
        self.factor = check_number("MyL1Regularizer", "factor", factor, low=0)

    def __call__(self, weights):
        weights = to_float(weights)
        # The chapter multiplies first; of a tiny weight that leaves 0, which has no sign.
        return (self.factor * torch.sum(torch.abs(widen(weights)))).to(weights.dtype)


class HuberMetric(Metric):
    """The mean of `create_huber(threshold)` over all values of a stream.

    With weights w the result is sum(w * v) / sum(w), each weight counted for every value it belongs to; it is 0 before
    anything has been seen.

    Args:
        threshold: where the loss turns linear; > 0, in the units of the targets.
        **kwargs: name and dtype, see `Metric`.

    Raises:
        ValueError: threshold is not a number > 0.
    """

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = check_number("HuberMetric", "threshold", threshold, above=0)
        self.add_weight(name="total", initializer="zeros")
        self.add_weight(name="count", initializer="zeros")

    @torch.no_grad()
    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: targets, shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
            sample_weight: factor for each sample or value, of a shape that fits the leading axes of the values.

        Raises:
            ValueError: the shapes differ, or sample_weight does not fit.
        """
        values = _huber("HuberMetric", y_true, to_tensor(y_pred, torch.float64), self.threshold)
        weights = torch.ones_like(values)
        if sample_weight is not None:
            weights = weights * align_weights("HuberMetric", "sample_weight", sample_weight, values)
        self.accumulate(total=torch.sum(weights * values), count=torch.sum(weights))

    def result(self):
        """Return the mean over all values since the last reset, in the metric's dtype."""
        return divide_no_nan(self.total, self.count).to(getattr(torch, self.dtype))


family = Family(
    "custom",
    [
        HuberLoss,
        HuberMetric,
        MyL1Regularizer,
        create_huber,
        huber_fn,
        my_glorot_initializer,
        my_l1_regularizer,
        my_positive_weights,
        my_softplus,
    ],
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
