"""Intersection over union."""

import tensorflow as tf

from tfimpl._arguments import check_targets
from tfimpl._config import check_boolean, check_integer, check_number, check_rank
from tfimpl._tensors import align, align_weights, divide_no_nan, numbers_in, to_tensor
from tfimpl.metrics.accuracy import _comparable, _trunc
from tfimpl.metrics.base import Metric


class IoU(Metric):
    """The mean over some classes of intersection over union: TP / (TP + FP + FN).

    Classes that occur neither among labels nor among predictions are left out; 0 if there are none. Class numbers are
    truncated to integers; those out of range, and NaN, are not counted.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes whose mean is taken, a list of numbers from 0 to num_classes - 1; None for all.
        name: name of the metric.
        dtype: dtype of the result.
        ignore_class: label that is not counted; None for none.
        sparse_y_true: whether labels are class numbers; if not, the largest entry of `axis` is the class.
        sparse_y_pred: the same for predictions. Of equal entries the first is the largest; a NaN never is.
        axis: the axis of the classes.

    Source: Jaccard (1912), "The Distribution of the Flora in the Alpine Zone".
    """

    _direction = "up"

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.num_classes = check_integer(owner, "num_classes", num_classes, low=1)
        # Before anything else is as long as the number of classes: it refuses what would be huge.
        self.add_variable((self.num_classes, self.num_classes), name="total_confusion_matrix")
        self.target_class_ids = check_targets(owner, target_class_ids, self.num_classes)
        self.ignore_class = None if ignore_class is None else check_integer(owner, "ignore_class", ignore_class)
        self.sparse_y_true = check_boolean(owner, "sparse_y_true", sparse_y_true)
        self.sparse_y_pred = check_boolean(owner, "sparse_y_pred", sparse_y_pred)
        self.axis = check_integer(owner, "axis", axis)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, any shape; with one more axis if not sparse_y_true.
            y_pred: predictions, likewise.
            sample_weight: weight of each sample or label, of a shape that fits the leading axes of the labels.

        Raises:
            ValueError: the shapes do not fit.
        """
        owner = type(self).__name__
        y_true, y_pred = to_tensor(y_true), to_tensor(y_pred)
        y_true = y_true if self.sparse_y_true else first_largest(owner, y_true, self.axis)
        y_pred = y_pred if self.sparse_y_pred else first_largest(owner, y_pred, self.axis)
        y_true, y_pred, _ = align(owner, y_true, tf.cast(y_pred, tf.float64))
        y_true, y_pred = _trunc(y_true), _trunc(y_pred)
        counted = (y_true >= 0) & (y_true < self.num_classes) & (y_pred >= 0) & (y_pred < self.num_classes)
        if self.ignore_class is not None:
            counted &= y_true != self.ignore_class
        weights = tf.cast(counted, tf.float64)
        if sample_weight is not None:
            weights = tf.where(counted, align_weights(owner, "sample_weight", sample_weight, weights), 0)
        cell = tf.cast(tf.where(counted, y_true * self.num_classes + y_pred, 0), tf.int32)
        matrix = tf.math.unsorted_segment_sum(tf.reshape(weights, [-1]), tf.reshape(cell, [-1]), self.num_classes**2)
        self.accumulate(total_confusion_matrix=tf.reshape(matrix, [self.num_classes, self.num_classes]))

    def result(self):
        """Return the mean, in the metric's dtype."""
        matrix = self.total_confusion_matrix
        hits = tf.linalg.diag_part(matrix)
        union = tf.reduce_sum(matrix, axis=0) + tf.reduce_sum(matrix, axis=1) - hits
        hits, union = tf.gather(hits, self.target_class_ids), tf.gather(union, self.target_class_ids)
        present = tf.reduce_sum(tf.cast(union > 0, tf.float64))
        return tf.cast(divide_no_nan(tf.reduce_sum(divide_no_nan(hits, union)), present), self.dtype)


class BinaryIoU(IoU):
    """Intersection over union of yes/no decisions, the mean over the classes 0 and 1 or one of them: see IoU.

    A prediction is of class 1 if it is greater than the threshold, both in the metric's dtype, else of class 0; a NaN
    is of class 0. Labels are 0 or 1.

    Args:
        target_class_ids: the classes whose mean is taken.
        threshold: where class 1 begins.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(num_classes=2, target_class_ids=target_class_ids, name=name, dtype=dtype)
        self.threshold = check_number("BinaryIoU", "threshold", threshold)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, any shape.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or label, of a shape that fits the leading axes of the labels.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_pred = tf.cast(to_tensor(*numbers_in(self.dtype, y_pred)), self.dtype)
        threshold = tf.cast(tf.constant(self.threshold, tf.float64), self.dtype)
        super().update_state(y_true, y_pred > threshold, sample_weight)


class MeanIoU(IoU):
    """The mean over all classes of intersection over union: see IoU.

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
        super().__init__(
            num_classes=num_classes,
            target_class_ids=None,
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=sparse_y_true,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


class OneHotIoU(IoU):
    """The mean over some classes of intersection over union, for labels of one entry a class: see IoU.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes whose mean is taken, a list of numbers from 0 to num_classes - 1; None for all.
        name: name of the metric.
        dtype: dtype of the result.
        ignore_class: label that is not counted; None for none.
        sparse_y_pred: whether predictions are class numbers; if not, the largest entry of `axis` is the class.
        axis: the axis of the classes.
    """

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_pred=False,
        axis=-1,
    ):
        super().__init__(
            num_classes=num_classes,
            target_class_ids=target_class_ids,
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


class OneHotMeanIoU(MeanIoU):
    """The mean over all classes of intersection over union, for labels of one entry a class: see IoU.

    Args:
        num_classes: number of classes.
        name: name of the metric.
        dtype: dtype of the result.
        ignore_class: label that is not counted; None for none.
        sparse_y_pred: whether predictions are class numbers; if not, the largest entry of `axis` is the class.
        axis: the axis of the classes.
    """

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1):
        super().__init__(
            num_classes=num_classes,
            name=name,
            dtype=dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


def first_largest(owner, x, axis):
    """Return the index of the largest entry, of equal ones the first; a NaN is never the largest."""
    check_rank(owner, axis, x.shape.rank)
    return tf.argmax(_comparable(x), axis=axis)
