"""Metrics of predicted probabilities: the means of losses."""

import tensorflow as tf

from tfimpl._arguments import check_crossentropy, check_sparse
from tfimpl._tensors import align_labels, align_weights
from tfimpl.losses.classification import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from tfimpl.losses.regression import poisson
from tfimpl.metrics.reduction import MeanOf


class BinaryCrossentropy(MeanOf):
    """The mean of `losses.binary_crossentropy` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        from_logits: whether predictions are logits.
        label_smoothing: in [0, 1]; see the loss.
    """

    _direction = "down"

    def __init__(self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0):
        from_logits, label_smoothing, _ = check_crossentropy("BinaryCrossentropy", from_logits, label_smoothing, -1)
        super().__init__(binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)
        self.from_logits, self.label_smoothing = from_logits, label_smoothing


class CategoricalCrossentropy(MeanOf):
    """The mean of `losses.categorical_crossentropy` over all samples of a stream.

    See there, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        from_logits: whether predictions are logits.
        label_smoothing: in [0, 1]; see the loss.
        axis: the axis of the classes.
    """

    _direction = "down"

    def __init__(self, name="categorical_crossentropy", dtype=None, from_logits=False, label_smoothing=0, axis=-1):
        checked = check_crossentropy("CategoricalCrossentropy", from_logits, label_smoothing, axis)
        from_logits, label_smoothing, axis = checked
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits, self.label_smoothing, self.axis = checked


class KLDivergence(MeanOf):
    """The mean of `losses.kl_divergence` over all samples of a stream: see there, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="kl_divergence", dtype=None):
        super().__init__(kl_divergence, name, dtype)


class Poisson(MeanOf):
    """The mean of `losses.poisson` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="poisson", dtype=None):
        super().__init__(poisson, name, dtype)


class SparseCategoricalCrossentropy(MeanOf):
    """The mean of `losses.sparse_categorical_crossentropy` over all samples of a stream.

    See there, and `Mean` for the weights. Samples of the ignored class do not count, as if their weight were 0.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        from_logits: whether predictions are logits.
        ignore_class: a label whose samples do not count; it need not be a class.
        axis: the axis of the classes.
    """

    _direction = "down"

    def __init__(
        self, name="sparse_categorical_crossentropy", dtype=None, from_logits=False, ignore_class=None, axis=-1
    ):
        checked = check_sparse("SparseCategoricalCrossentropy", from_logits, ignore_class, axis)
        from_logits, ignore_class, axis = checked
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits, self.ignore_class, self.axis = checked

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch: see `Mean.update_state`, with the values of the loss."""
        if self.ignore_class is not None:
            owner = "SparseCategoricalCrossentropy"
            labels, _, _ = align_labels(owner, y_true, y_pred, self.axis)
            kept = tf.cast(labels != self.ignore_class, tf.float64)
            if sample_weight is not None:
                kept = kept * align_weights(owner, "sample_weight", sample_weight, kept)
            sample_weight = kept
        super().update_state(y_true, y_pred, sample_weight)
