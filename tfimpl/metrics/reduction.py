"""Metrics that add up values."""

from collections.abc import Mapping

import keras
import tensorflow as tf

from tfimpl import losses
from tfimpl._config import plain
from tfimpl._tensors import align_weights, divide_no_nan, numbers_in, to_tensor
from tfimpl.metrics.base import Metric
from tfimpl.saving import FAMILIES


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
        values = values if isinstance(values, tf.Tensor) else to_tensor(values, tf.float64)
        size, sample_size = values.shape.num_elements(), values.shape[1:].num_elements()
        if size is None:  # a graph does not know it yet
            size = tf.cast(tf.size(values), tf.float64)
        if sample_size is None:
            sample_size = tf.cast(tf.reduce_prod(tf.shape(values)[1:]), tf.float64)
        sample_size = max(sample_size, 1) if isinstance(sample_size, int) else tf.maximum(sample_size, 1)
        if sample_weight is None:
            total, count = tf.reduce_sum(tf.cast(values, tf.float64)), size / sample_size
        else:
            values = tf.cast(values, tf.float64)
            weights = align_weights(type(self).__name__, "sample_weight", sample_weight, values)
            weights = tf.broadcast_to(weights, tf.shape(values))
            total, count = tf.reduce_sum(values * weights), tf.reduce_sum(weights) / sample_size
        single = isinstance(sample_size, int) and sample_size == 1
        self.accumulate(total=total if single else total / sample_size, count=count)

    def result(self):
        return tf.cast(divide_no_nan(self.total, self.count), self.dtype)


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
        values = values if isinstance(values, tf.Tensor) else to_tensor(values, tf.float64)
        if sample_weight is not None:
            values = tf.cast(values, tf.float64)
            values = values * align_weights(type(self).__name__, "sample_weight", sample_weight, values)
        self.accumulate(total=tf.reduce_sum(tf.cast(values, tf.float64)))

    def result(self):
        return tf.cast(self.total, self.dtype)


class MeanOf(Mean):
    """The mean over all samples of a stream of the values of a function, which a subclass fixes."""

    def __init__(self, fn, name, dtype, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self.fn = fn
        self.fn_kwargs = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: see `Mean.update_state`, with the values of the function."""
        mask = getattr(y_pred, "_keras_mask", None)
        if mask is not None:
            kept = tf.cast(mask, tf.float64)
            sample_weight = (
                kept
                if sample_weight is None
                else kept * align_weights(type(self).__name__, "sample_weight", sample_weight, kept)
            )
        values = self.fn(y_true, *numbers_in(self.dtype, y_pred), **self.fn_kwargs)
        super().update_state(values, sample_weight)


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
        known = *losses.family.objects.values(), *vars(keras.losses).values()
        if isinstance(fn, keras.losses.Loss) or any(fn is item for item in known):
            self._direction = "down"

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "fn": losses.family.config(self.fn), **plain(self.fn_kwargs)}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        fn = config.get("fn")
        if isinstance(fn, Mapping):  # functions of metrics are known to these, those of losses to both
            name = fn.get("config")
            registered = keras.saving.get_registered_object(name) if isinstance(name, str) else None
            family = FAMILIES["metrics"] if fn.get("class_name") == "function" else losses.family
            config["fn"] = family.deserialize(fn, {name: registered} if registered else None)
        return super().from_config(config)

    def __reduce__(self):
        revived, (kind, config, state) = super().__reduce__()
        return revived, (kind, {**config, "fn": self.fn}, state)
