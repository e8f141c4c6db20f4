"""Metrics that add up values."""

import math
from collections.abc import Mapping

import torch

from torchimpl import losses
from torchimpl._config import plain
from torchimpl._tensors import (
    added,
    align_weights,
    detached,
    divide_no_nan,
    long_in_float64,
    numbers_in,
    of_parts,
    sum_by_parts,
    to_tensor,
)
from torchimpl.metrics.base import Metric
from torchimpl.saving import FAMILIES


class Mean(Metric):
    """The mean of values over all samples of a stream.

    A sample of several values counts with their mean. With weights w the result is sum(w * v) / sum(w), each weight
    counted for every value it belongs to; it is 0 before anything has been seen.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.add_variable(name="total")
        self.add_variable(name="count")

    def update_state(self, values, sample_weight=None):
        """Add a batch.

        Args:
            values: shape `[batch, d0, .. dN]`, or a single number.
            sample_weight: factor for each sample or value, of a shape that fits the leading axes of values.

        Raises:
            ValueError: sample_weight does not fit.
        """
        total, count = self._amounts(*detached(values, sample_weight))
        self.accumulate(total=total, count=count)

    def _amounts(self, values, sample_weight=None, total=None):
        """What a batch adds to the states; the total of its values may be known."""
        values = values if isinstance(values, torch.Tensor) else to_tensor(*numbers_in("float64", values))
        sample_size = max(math.prod(values.shape[1:]), 1) if values.ndim > 1 else 1
        if sample_weight is None:
            total = _sum(values, self.dtype) if total is None else total
            count = values.numel() / sample_size
            if torch.compiler.is_compiling():  # in a tensor, the number is not taken to be the same for all batches
                count = torch.full_like(self.count, count)
        else:
            values = to_tensor(values, torch.float64)
            weights = align_weights(type(self).__name__, "sample_weight", sample_weight, values)
            weights = weights.broadcast_to(values.shape)
            total, count = torch.sum(values * weights), torch.sum(weights) / sample_size
        return total if sample_size == 1 else total.double() / sample_size, count

    def result(self):
        return divide_no_nan(self.total, self.count).to(getattr(torch, self.dtype))


class Sum(Metric):
    """The sum of values over a stream, or of values times weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.add_variable(name="total")

    def update_state(self, values, sample_weight=None):
        """Add a batch.

        Args:
            values: shape `[batch, d0, .. dN]`, or a single number.
            sample_weight: factor for each sample or value, of a shape that fits the leading axes of values.

        Raises:
            ValueError: sample_weight does not fit.
        """
        values, sample_weight = detached(values, sample_weight)
        values = to_tensor(*numbers_in("float64", values))
        if sample_weight is not None:
            values = to_tensor(values, torch.float64)
            values = values * align_weights(type(self).__name__, "sample_weight", sample_weight, values)
        self.accumulate(total=_sum(values, self.dtype))

    def result(self):
        return self.total.to(getattr(torch, self.dtype), copy=True)  # not the state, which goes on changing


class MeanOf(Mean):
    """The mean over all samples of a stream of the values of a function, which a subclass fixes."""

    def __init__(self, fn, name, dtype, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self.fn = fn
        self.fn_kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: see `Mean.update_state`, with the values of the function."""
        y_true, y_pred, sample_weight = detached(y_true, *numbers_in(self.dtype, y_pred), sample_weight)
        amounts = of_parts(self._of_function, y_true, y_pred, sample_weight, self._reduced_axis())
        total, count = added(amounts)
        self.accumulate(total=total, count=count)

    def _of_function(self, y_true, y_pred, sample_weight):
        return self._amounts(self.fn(y_true, y_pred, **self.fn_kwargs), sample_weight)

    def _reduced_axis(self):
        """The axis of the predictions that the function reduces, or several; None: none."""
        return self.fn_kwargs.get("axis", -1)


def _sum(values, dtype):
    """Return the sum of a batch, in float64; of a large one by parts in float32, each as exact as the result is.

    Where a part overflows float32, as smaller batches would not, it is taken in float64 after all.
    """
    if not values.ndim:
        return values
    if values.dtype == torch.bool:
        return torch.count_nonzero(values)
    if long_in_float64(values, dtype):
        total = sum_by_parts(values)
        if math.isfinite(total):
            return total
    return torch.sum(values, dtype=torch.float64)


class MeanMetricWrapper(MeanOf):
    """The mean of a function's values over all samples of a stream.

    Args:
        fn: called as `fn(y_true, y_pred, **kwargs)`, returns a value for each sample.
        name: name of the metric.
        dtype: dtype of the result.
        **kwargs: passed on to fn.
    """

    _forwards_arguments = True

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        if not callable(fn):
            raise ValueError(f"MeanMetricWrapper: argument `fn` must be a function. Received: fn={fn!r}")
        super().__init__(fn, name, dtype, **kwargs)

    def _reduced_axis(self):
        """That of the samples, for all that is known of the function."""
        return 0

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "fn": losses.family.config(self.fn), **plain(self.fn_kwargs)}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        fn = config.get("fn")
        if isinstance(fn, Mapping):  # functions of metrics are known to these, those of losses to both
            family = FAMILIES["metrics"] if fn.get("class_name") == "function" else losses.family
            config["fn"] = family.deserialize(fn)
        return super().from_config(config)
