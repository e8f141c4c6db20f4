"""Intersection over union."""

import torch

from torchimpl._arguments import check_targets
from torchimpl._config import check_boolean, check_integer, check_number, check_rank
from torchimpl._tensors import (
    AT_ONCE,
    detached,
    divide_no_nan,
    in_parts,
    numbers_in,
    same_shape,
    to_labels,
    to_tensor,
    weights_like,
    widen,
)
from torchimpl.metrics.accuracy import _largest
from torchimpl.metrics.base import Metric


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
        self.register_buffer("_targets", torch.tensor(self.target_class_ids), persistent=False)
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
        y_true, y_pred, sample_weight = detached(y_true, y_pred, sample_weight)
        y_pred = to_tensor(y_pred)
        y_true = to_tensor(y_true, device=y_pred.device)
        y_true = to_labels(y_true) if self.sparse_y_true else first_largest(owner, y_true, self.axis)
        y_pred = to_labels(y_pred) if self.sparse_y_pred else first_largest(owner, y_pred, self.axis)
        y_true, y_pred = same_shape(owner, y_true, y_pred)
        weights = weights_like(owner, sample_weight, y_pred)
        for part in in_parts(y_true, y_pred, weights, most=max(AT_ONCE // 4, self.num_classes**2)):
            self._count(*part)

    def _count(self, y_true, y_pred, weights):
        side = self.num_classes + 2  # a row and a column at both ends are for what is out of range
        row, column = self._within(y_true), self._within(y_pred)
        if self.ignore_class is not None:
            row = row.masked_fill(row == self.ignore_class, -1)
        cell = torch.add(column + (side + 1), row, alpha=side)
        weights = torch.ones_like(cell, dtype=torch.float64) if weights is None else weights
        matrix = torch.zeros(side**2, dtype=torch.float64, device=cell.device)
        matrix.index_add_(0, cell.flatten(), weights.flatten())
        self.accumulate(total_confusion_matrix=matrix.reshape(side, side)[1:-1, 1:-1])

    def _within(self, numbers):
        """Class numbers as whole numbers, those out of range the next ones to it; fractions are cut off."""
        if numbers.is_floating_point():
            numbers = torch.nan_to_num(torch.trunc(widen(numbers)), nan=-1)
        return numbers.clamp(-1, self.num_classes).long()

    def result(self):
        """Return the mean, in the metric's dtype."""
        matrix = self.total_confusion_matrix
        hits = torch.diagonal(matrix)
        union = matrix.sum(0) + matrix.sum(1) - hits
        hits, union = hits[self._targets], union[self._targets]
        mean = divide_no_nan(divide_no_nan(hits, union).sum(), (union > 0).sum())
        return mean.to(getattr(torch, self.dtype))


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
        self._cutoff = torch.tensor(self.threshold, dtype=getattr(torch, self.dtype), device="cpu").item()

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, any shape.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or label, of a shape that fits the leading axes of the labels.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_pred = to_tensor(*numbers_in(self.dtype, y_pred)).to(getattr(torch, self.dtype))
        super().update_state(y_true, y_pred > self._cutoff, sample_weight)


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
    check_rank(owner, axis, x.ndim)
    return _largest(x, axis)[0]
