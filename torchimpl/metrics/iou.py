"""Intersection over union."""

import torch

from torchimpl._config import check_boolean, check_integer, check_rank
from torchimpl._tensors import align, align_weights, divide_no_nan, to_tensor
from torchimpl.metrics.base import Metric


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

    @torch.no_grad()
    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, any shape; with one more axis if not sparse_y_true.
            y_pred: predictions, likewise.
            sample_weight: weight of each sample or label, of a shape that fits the leading axes of the labels.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_pred = to_tensor(y_pred)
        y_true = to_tensor(y_true, device=y_pred.device)
        y_true = y_true if self.sparse_y_true else first_largest(y_true, self.axis)
        y_pred = y_pred if self.sparse_y_pred else first_largest(y_pred, self.axis)
        y_true, y_pred, _ = align("MeanIoU", y_true.double(), y_pred.double())
        y_true, y_pred = torch.trunc(y_true), torch.trunc(y_pred)
        counted = (y_true >= 0) & (y_true < self.num_classes) & (y_pred >= 0) & (y_pred < self.num_classes)
        if self.ignore_class is not None:
            counted &= y_true != self.ignore_class
        weights = counted.double()
        if sample_weight is not None:
            weights = weights * align_weights("MeanIoU", "sample_weight", sample_weight, weights)
        cell = torch.where(counted, y_true * self.num_classes + y_pred, 0).long()
        matrix = torch.zeros(self.num_classes**2, dtype=torch.float64, device=cell.device)
        matrix = matrix.index_add(0, cell.flatten(), weights.flatten())
        self.accumulate(total_confusion_matrix=matrix.reshape(self.num_classes, self.num_classes))

    def result(self):
        """Return the mean, in the metric's dtype."""
        matrix = self.total_confusion_matrix
        hits = torch.diagonal(matrix)
        union = matrix.sum(0) + matrix.sum(1) - hits
        present = union > 0
        mean = divide_no_nan(divide_no_nan(hits, union).sum(), present.sum())
        return mean.to(getattr(torch, self.dtype))


def first_largest(x, axis):
    """Return the index of the largest entry, of equal ones the first; a NaN is never the largest."""
    check_rank("MeanIoU", axis, x.ndim)
    return torch.argmax(torch.where(torch.isnan(x), -torch.inf, x.double()), dim=axis)
