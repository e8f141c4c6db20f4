"""Intersection over union."""

import math

import tensorflow as tf

from tfimpl._config import check_boolean, check_integer, check_rank
from tfimpl._tensors import align, align_weights, divide_no_nan, to_tensor
from tfimpl.metrics.base import Metric


class MeanIoU(Metric):
    """The mean over the classes of intersection over union: TP / (TP + FP + FN).

    Classes that occur neither among labels nor among predictions are left out; 0 if there are none. Class numbers are
    truncated to integers; those out of range, and NaN, are not counted.

    Args:
        num_classes: number of classes.
        name: name of the metric.
        dtype: dtype of the result.
        ignore_class: label that is not counted; None for none.
        sparse_y_true: whether labels are class numbers; if not, the largest entry of `axis` is the class.
        sparse_y_pred: the same for predictions. Of equal entries the first is the largest; a NaN never is.
        axis: the axis of the classes.
    """

    def __init__(
        self,
        num_classes,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = check_integer("MeanIoU", "num_classes", num_classes, low=1)
        self.ignore_class = None if ignore_class is None else check_integer("MeanIoU", "ignore_class", ignore_class)
        self.sparse_y_true = check_boolean("MeanIoU", "sparse_y_true", sparse_y_true)
        self.sparse_y_pred = check_boolean("MeanIoU", "sparse_y_pred", sparse_y_pred)
        self.axis = check_integer("MeanIoU", "axis", axis)
        self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, any shape; with one more axis if not sparse_y_true.
            y_pred: predictions, likewise.
            sample_weight: weight of each sample or label, of a shape that fits the leading axes of the labels.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_true, y_pred = to_tensor(y_true), to_tensor(y_pred)
        y_true = y_true if self.sparse_y_true else first_largest(y_true, self.axis)
        y_pred = y_pred if self.sparse_y_pred else first_largest(y_pred, self.axis)
        y_true, y_pred, _ = align("MeanIoU", tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64))
        y_true, y_pred = _trunc(y_true), _trunc(y_pred)
        counted = (y_true >= 0) & (y_true < self.num_classes) & (y_pred >= 0) & (y_pred < self.num_classes)
        if self.ignore_class is not None:
            counted &= y_true != self.ignore_class
        weights = tf.cast(counted, tf.float64)
        if sample_weight is not None:
            weights = weights * align_weights("MeanIoU", "sample_weight", sample_weight, weights)
        cell = tf.cast(tf.where(counted, y_true * self.num_classes + y_pred, 0), tf.int32)
        matrix = tf.math.unsorted_segment_sum(tf.reshape(weights, [-1]), tf.reshape(cell, [-1]), self.num_classes**2)
        self.accumulate(total_confusion_matrix=tf.reshape(matrix, [self.num_classes, self.num_classes]))

    def result(self):
        """Return the mean, in the metric's dtype."""
        matrix = to_tensor(self.total_confusion_matrix)
        hits = tf.linalg.diag_part(matrix)
        union = tf.reduce_sum(matrix, axis=0) + tf.reduce_sum(matrix, axis=1) - hits
        present = tf.cast(union > 0, tf.float64)
        mean = divide_no_nan(tf.reduce_sum(divide_no_nan(hits, union)), tf.reduce_sum(present))
        return tf.cast(mean, self.dtype)


def first_largest(x, axis):
    """Return the index of the largest entry, of equal ones the first; a NaN is never the largest."""
    check_rank("MeanIoU", axis, x.shape.rank)
    x = tf.cast(x, tf.float64)
    return tf.argmax(tf.where(tf.math.is_nan(x), tf.constant(-math.inf, x.dtype), x), axis=axis)


def _trunc(x):
    return tf.sign(x) * tf.floor(tf.abs(x))
