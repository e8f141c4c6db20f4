"""The base of every loss: dtype, sample weights, mask and reduction."""

import keras
import tensorflow as tf

from tfimpl._config import Serializable, canonical_dtype, canonical_reduction, check_name
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align_weights, divide_no_nan, mean_along, sum_along, to_labels, to_tensor, widen


class Loss(Serializable, keras.losses.Loss):
    """A loss per sample, weighted, masked and reduced to one number.

    A subclass implements `call(y_true, y_pred)`, which returns the loss of each sample, and keeps each constructor
    argument as the attribute of its name.

    Args:
        name: name of the loss; made from the class name if None.
        reduction: what becomes of the losses `v` of the samples with weights `w`:
            "sum_over_batch_size" or "mean": sum(w * v) / number of losses;
            "sum": sum(w * v);
            "mean_with_sample_weight": sum(w * v) / sum(w), the weights summed as they were given;
            "none" or None: w * v.
            A division by zero, as for an empty batch, gives 0. Under `tf.distribute` a mean is divided by the number
            of replicas too, as Keras does, so that the sum over the replicas is the mean over all.
        dtype: the dtype in which y_true and y_pred are taken and the loss is returned: a `tf.DType`, its name, or
            None for Keras's default dtype. Half precision is computed and summed in float32.
    """

    # Whether y_true are class numbers, which stay as they are given: the whole numbers of bfloat16 end at 256.
    _class_numbers = False

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        owner = type(self).__name__
        super().__init__(
            name=check_name(owner, name),
            reduction=canonical_reduction(owner, reduction),
            dtype=canonical_dtype(owner, dtype, keras.config.floatx()),
        )

    @symbolic
    def __call__(self, y_true, y_pred, sample_weight=None, mask=None):
        """Return the reduced loss.

        Args:
            y_true: targets, shape `[batch, d0, .. dN]`; dictionaries of such are for the `call` of a subclass.
            y_pred: predictions, same shape.
            sample_weight: factor for each loss, of a shape that fits the leading axes of the losses: `[batch]`, say.
            mask: true where a loss counts; its shape fits as that of sample_weight. A mean is then the mean over
                what counts. None takes the mask that a Keras layer left on y_pred.

        Raises:
            ValueError: the shapes do not fit.
        """
        if mask is None:
            mask = getattr(y_pred, "_keras_mask", None)
        y_pred = each(to_tensor, y_pred, self.dtype)
        y_true = to_labels(y_true) if self._class_numbers else each(to_tensor, y_true, self.dtype)
        losses = self.call(each(widen, y_true), each(widen, y_pred))
        losses = to_tensor(losses, "float32" if self.dtype in ("float16", "bfloat16") else self.dtype)
        return tf.cast(self._reduce(losses, sample_weight, mask, self._counted(y_true, losses)), self.dtype)

    def call(self, y_true, y_pred):
        """Return the loss of each sample, shape `[batch, d0, .. dN-1]`."""
        raise NotImplementedError(f"{type(self).__name__} must implement call(y_true, y_pred).")

    def _counted(self, y_true, losses):
        """Return which losses count at all, as a mask of their shape, or None: all of them."""
        return None

    def _reduce(self, losses, sample_weight, mask, counted):
        owner, weights, kept, kept_share = type(self).__name__, None, None, 1
        if sample_weight is not None:
            weights = align_weights(owner, "sample_weight", sample_weight, losses)
        if counted is not None:
            kept = tf.cast(counted, losses.dtype)
        if mask is not None:
            given = align_weights(owner, "mask", to_tensor(mask, tf.bool), losses)
            kept = given if kept is None else kept * given
        if kept is not None:
            kept_share = sum_along(kept) / tf.maximum(tf.cast(tf.size(kept), kept.dtype), 1)
            weights = kept if weights is None else weights * kept
        if weights is not None:
            losses = losses * weights
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return sum_along(losses)
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            mean = divide_no_nan(sum_along(losses), sum_along(weights))
        elif kept is not None and self.reduction == "sum_over_batch_size":
            mean = divide_no_nan(sum_along(losses), tf.cast(tf.size(losses), losses.dtype) * kept_share)
        elif losses.shape.num_elements():
            mean = mean_along(losses)
        else:
            mean = divide_no_nan(sum_along(losses), tf.cast(tf.size(losses), losses.dtype))
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        return mean if replicas == 1 else mean / replicas


def each(function, values, *arguments):
    """Return what a function makes of a tensor, or of each in a dictionary, of dictionaries too."""
    if isinstance(values, dict):
        return {name: each(function, value, *arguments) for name, value in values.items()}
    return function(values, *arguments)
