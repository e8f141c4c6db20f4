"""Metrics of hits: the share of predictions that are right."""

import torch

from torchimpl._config import check_boolean, check_integer, check_number, match_labels
from torchimpl._tensors import (
    HALF,
    align_labels,
    known_within,
    may_look,
    same_shape,
    to_float,
    to_labels,
    to_tensor,
    widen,
)
from torchimpl.metrics.reduction import MeanOf

LOWEST = torch.finfo(torch.float64).min  # below any score of less precision
UNSIGNED = (torch.uint16, torch.uint32, torch.uint64)  # which PyTorch does not compare with booleans


def accuracy(y_true, y_pred):
    """Say of each prediction whether it equals its label.

    Both are compared as integers if they are, else in the dtype of the predictions, or of the labels where only these
    are fractional.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        1 or 0 for each prediction, in the default dtype.

    Raises:
        ValueError: the shapes differ.
    """
    return _numbers(_accuracy(y_true, y_pred))


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """Say of each prediction whether it decides right: for 1 if it is greater than the threshold, else for 0.

    The threshold is rounded to the dtype of the predictions. A NaN decides for 0. A label between 0 and 1 is never hit.

    Args:
        y_true: labels, 0 or 1, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        threshold: a number.

    Returns:
        1 or 0 for each prediction, in the default dtype.

    Raises:
        ValueError: the shapes differ, or the threshold is no number.
    """
    return _numbers(_binary_accuracy(y_true, y_pred, check_number("binary_accuracy", "threshold", threshold)))


def categorical_accuracy(y_true, y_pred):
    """Say of each sample whether its largest score is that of its class.

    Of equal scores the first is the largest. A NaN never is; among labels it counts as -inf.

    Args:
        y_true: one-hot labels, or a share of each class, of which the largest (the first of them) is the class; shape
            `[batch, d0, .. dN, classes]`.
        y_pred: scores or probabilities, same shape.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes differ.
    """
    return _numbers(_categorical_accuracy(y_true, y_pred))


def sparse_categorical_accuracy(y_true, y_pred):
    """Say of each sample whether its largest score is that of its class.

    Of equal scores the first is the largest. A NaN never is. A label that is no class is never hit.

    Args:
        y_true: class numbers, shape `[batch, d0, .. dN]`, or with one more last axis of size 1. Fractions are cut off.
        y_pred: scores or probabilities, shape `[batch, d0, .. dN, classes]`.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes do not fit.
    """
    return _numbers(_sparse_categorical_accuracy(y_true, y_pred))


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """Say of each sample whether the score of its class is among the k largest.

    Of equal scores the first is the larger. A NaN is never among them. A label that is no class is never hit.

    Args:
        y_true: class numbers, shape `[batch, d0, .. dN]`, or with one more last axis of size 1. Fractions are cut off.
        y_pred: scores or probabilities, shape `[batch, d0, .. dN, classes]`; if from_sorted_ids, class numbers instead,
            those with the largest scores first.
        k: how many count; all of them, if there are fewer.
        from_sorted_ids: whether y_pred are class numbers.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes do not fit, or an argument is out of its range.
    """
    check_integer("sparse_top_k_categorical_accuracy", "k", k, low=1)
    check_boolean("sparse_top_k_categorical_accuracy", "from_sorted_ids", from_sorted_ids)
    return _numbers(_sparse_top_k_categorical_accuracy(y_true, y_pred, k, from_sorted_ids))


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Say of each sample whether the score of its class is among the k largest.

    Of equal scores the first is the larger. A NaN is never among them; among labels it counts as -inf.

    Args:
        y_true: one-hot labels, or a share of each class, of which the largest (the first of them) is the class; shape
            `[batch, d0, .. dN, classes]`.
        y_pred: scores or probabilities, same shape.
        k: how many count; all of them, if there are fewer.

    Returns:
        1 or 0 for each sample, in the default dtype, shape `[batch, d0, .. dN]`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_integer("top_k_categorical_accuracy", "k", k, low=1)
    return _numbers(_top_k_categorical_accuracy(y_true, y_pred, k))


def _numbers(right):
    return right.type(torch.get_default_dtype())  # what `to` does, a microsecond sooner


# Whether each is right, as booleans: those a metric counts sooner than it adds up numbers.


def _accuracy(y_true, y_pred):
    y_pred = to_tensor(y_pred)
    of_labels = y_pred.dtype if y_pred.is_floating_point() else None
    return _equal(*same_shape("accuracy", to_tensor(y_true, of_labels, y_pred.device), y_pred))


def _binary_accuracy(y_true, y_pred, threshold):
    y_pred = to_float(y_pred)
    y_true, y_pred = same_shape("binary_accuracy", to_tensor(y_true, device=y_pred.device), y_pred)
    if y_pred.dtype in HALF:
        threshold = torch.full((), threshold, dtype=y_pred.dtype, device=y_pred.device).float()
    if y_true.dtype in UNSIGNED:
        y_true = y_true.long()
    return y_true == (widen(y_pred) > threshold)


def _categorical_accuracy(y_true, y_pred):
    return _among_first(*_classes("categorical_accuracy", y_true, y_pred), 1)


def _sparse_categorical_accuracy(y_true, y_pred):
    y_true, y_pred, _ = align_labels("sparse_categorical_accuracy", y_true, y_pred, -1)
    return _among_first(y_true, y_pred, 1)


def _sparse_top_k_categorical_accuracy(y_true, y_pred, k, from_sorted_ids):
    owner = "sparse_top_k_categorical_accuracy"
    if not from_sorted_ids:
        y_true, y_pred, _ = align_labels(owner, y_true, y_pred, -1)
        return _among_first(y_true, y_pred, k)
    y_pred = to_labels(y_pred)
    y_true = to_labels(y_true, y_pred.device)
    for step in match_labels(owner, y_true.shape, y_pred.shape, -1):
        y_true = y_true.squeeze(step)
    return _equal(y_true.unsqueeze(-1), y_pred[..., :k]).any(-1)


def _top_k_categorical_accuracy(y_true, y_pred, k):
    return _among_first(*_classes("top_k_categorical_accuracy", y_true, y_pred), k)


def _equal(y_true, y_pred):
    if y_pred.is_floating_point():
        return y_true.to(y_pred.dtype) == y_pred
    if y_true.is_floating_point():
        return y_true == y_pred.to(y_true.dtype)
    return y_true.long() == y_pred.long()


def _classes(owner, y_true, y_pred):
    """Return the class of each sample from one-hot labels, and the scores."""
    y_pred = to_float(y_pred)
    y_true, y_pred = same_shape(owner, to_tensor(y_true, device=y_pred.device), y_pred)
    return _largest(y_true, lowest=-torch.inf)[0], y_pred


def _among_first(labels, y_pred, k):
    """Whether fewer than k scores come before that of the label: the larger ones, and equal ones before it."""
    if k == 1:
        labels = torch.trunc(widen(labels)) if labels.is_floating_point() else labels
        number, found = _largest(y_pred)
        return number == labels if found is None else (number == labels) & found
    classes = y_pred.shape[-1]
    labels, known = widen(labels), None
    if not known_within(labels, 0, classes - 1):
        known = (labels > -1) & (labels < classes)
        labels = labels.masked_fill(~known, 0)
    index = labels.long().unsqueeze(-1)
    own = torch.gather(y_pred, -1, index)
    before = torch.where(torch.arange(classes, device=y_pred.device) < index, y_pred >= own, y_pred > own)
    right = (own == own).squeeze(-1) & (before.sum(-1) < k)
    return right if known is None else right & known


def _largest(x, axis=-1, keepdim=False, lowest=LOWEST):
    """Return where the largest entry along an axis is, of equal ones the first, and whether there is one: None for all.

    A NaN never is, and counts as -inf; -inf itself counts as `lowest`, which is more or the same.
    """
    if may_look(x):  # at what was found, which is less than all
        found = torch.max(x, dim=axis, keepdim=keepdim)
        if known_within(found.values, LOWEST, torch.inf):
            return found.indices, None
    numbers = x.to(torch.float64, copy=True).nan_to_num_(nan=-torch.inf, posinf=torch.inf, neginf=lowest)
    found = torch.max(numbers, dim=axis, keepdim=keepdim)
    return found.indices, found.values > -torch.inf


class Accuracy(MeanOf):
    """The share of predictions that equal their labels. See `accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(_accuracy, name, dtype)

    def _reduced_axis(self):
        return None


class BinaryAccuracy(MeanOf):
    """The share of predictions that decide right. See `binary_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        threshold: what a prediction must exceed to decide for 1.
    """

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        self.threshold = check_number("BinaryAccuracy", "threshold", threshold)
        super().__init__(_binary_accuracy, name, dtype, threshold=self.threshold)

    def _reduced_axis(self):
        return None


class CategoricalAccuracy(MeanOf):
    """The share of samples whose largest score is right. See `categorical_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(_categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanOf):
    """The share of samples whose largest score is right. See `sparse_categorical_accuracy`, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(_sparse_categorical_accuracy, name, dtype)


class SparseTopKCategoricalAccuracy(MeanOf):
    """The share of samples whose class is among the k largest scores.

    See `sparse_top_k_categorical_accuracy`, and `Mean` for the weights.

    Args:
        k: how many scores count.
        name: name of the metric.
        dtype: dtype of the result.
        from_sorted_ids: whether predictions are class numbers, those with the largest scores first.
    """

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None, from_sorted_ids=False):
        self.k = check_integer("SparseTopKCategoricalAccuracy", "k", k, low=1)
        self.from_sorted_ids = check_boolean("SparseTopKCategoricalAccuracy", "from_sorted_ids", from_sorted_ids)
        super().__init__(
            _sparse_top_k_categorical_accuracy, name, dtype, k=self.k, from_sorted_ids=self.from_sorted_ids
        )


class TopKCategoricalAccuracy(MeanOf):
    """The share of samples whose class is among the k largest scores.

    See `top_k_categorical_accuracy`, and `Mean` for the weights.

    Args:
        k: how many scores count.
        name: name of the metric.
        dtype: dtype of the result.
    """

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        self.k = check_integer("TopKCategoricalAccuracy", "k", k, low=1)
        super().__init__(_top_k_categorical_accuracy, name, dtype, k=self.k)
