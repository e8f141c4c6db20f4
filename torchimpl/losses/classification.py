"""Losses of a probability, or of the logits it comes from."""

import torch

from torchimpl._config import check_boolean, check_integer, check_number, check_rank
from torchimpl._tensors import align, align_labels, class_numbers
from torchimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: probabilities are kept this far from 0 and 1


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of yes/no labels; mean over an axis.

    `-(y * log(p) + (1 - y) * log(1 - p))` with p clipped to `[1e-7, 1 - 1e-7]`, or from the logits x of p
    `max(x, 0) - x * y + log(1 + exp(-|x|))`. Whether y_pred are logits is said by `from_logits` alone.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or finite logits, same shape (a missing or extra last axis of size 1 is matched).
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_crossentropy("binary_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("binary_crossentropy", y_true, y_pred)
    check_rank("binary_crossentropy", axis, y_pred.ndim)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        # PyTorch's own kernel subtracts two large numbers where the loss is small, and loses it.
        positive = y_pred >= 0
        rest = torch.log1p(torch.exp(torch.where(positive, -y_pred, y_pred)))
        losses = torch.where(positive, y_pred, 0) - y_pred * y_true + rest
    else:
        p = torch.clamp(y_pred, EPSILON, 1 - EPSILON)
        losses = -(y_true * torch.log(p) + (1 - y_true) * torch.log1p(-p))
    return torch.mean(losses, dim=axis).to(dtype)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of one label among several classes, labels given as probabilities (one-hot).

    `-sum(y * log(p))` with p divided by its sum over `axis`, then clipped to `[1e-7, 1 - 1e-7]`, or from logits x
    `-sum(y * log_softmax(x))`. The labels need not sum to 1, and the gradient is right where they do not.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]` with the classes on `axis`.
        y_pred: probabilities, or finite logits, same shape.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / number of classes`.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_crossentropy("categorical_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("categorical_crossentropy", y_true, y_pred)
    check_rank("categorical_crossentropy", axis, y_pred.ndim)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / max(y_pred.shape[axis], 1)
    if from_logits:
        log_p = torch.log_softmax(y_pred, dim=axis)
    else:
        p = y_pred / torch.sum(y_pred, dim=axis, keepdim=True)
        log_p = torch.log(torch.clamp(p, EPSILON, 1 - EPSILON))
    return -torch.sum(y_true * log_p, dim=axis).to(dtype)


def kl_divergence(y_true, y_pred):
    """Kullback-Leibler divergence of predicted from true probabilities; sum over the last axis.

    `sum(y_true * log(y_true / y_pred))`, both clipped to `[1e-7, 1]`.

    Args:
        y_true: probabilities, shape `[batch, d0, .. dN]`.
        y_pred: probabilities, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`; negative only where the probabilities do not sum to 1.

    Raises:
        ValueError: the shapes differ.

    Source: Kullback and Leibler (1951), "On Information and Sufficiency".
    """
    y_true, y_pred, dtype = align("kl_divergence", y_true, y_pred)
    y_true = torch.clamp(y_true, EPSILON, 1)
    y_pred = torch.clamp(y_pred, EPSILON, 1)
    return torch.sum(y_true * torch.log(y_true / y_pred), dim=-1).to(dtype)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """Cross-entropy of one label among several classes, labels given as class numbers.

    `-log(p[label] / sum(p))` with p clipped to `[1e-7, 1 - 1e-7]` first and divided by its sum then (in
    `categorical_crossentropy` it is the other way round), or from logits x `-log_softmax(x)[label]`.

    Args:
        y_true: class numbers, 0 to number of classes - 1, shape of y_pred without `axis` (or with 1 in its place, or
            one more last axis of size 1). Fractions are cut off. Eagerly on the CPU a number that is no class is an
            error; elsewhere, and for NaN, loss and gradient of that sample are NaN.
        y_pred: probabilities, or logits, shape `[batch, d0, .. dN]` with the classes on `axis`.
        from_logits: whether y_pred are logits.
        ignore_class: a label whose samples have loss and gradient 0, whatever is predicted; it need not be a class.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes do not fit, a label is no class, or an argument is out of its range.
    """
    check_sparse("sparse_categorical_crossentropy", from_logits, ignore_class, axis)
    y_true, y_pred, dtype = align_labels("sparse_categorical_crossentropy", y_true, y_pred, axis)
    if ignore_class is not None:
        counted = y_true != ignore_class
        y_true = torch.where(counted, y_true, 0)
        y_pred = torch.where(counted.unsqueeze(axis), y_pred, 1)
    labels, known = class_numbers("sparse_categorical_crossentropy", y_true, y_pred.shape[axis])
    labels = labels.unsqueeze(axis)
    if from_logits:
        losses = -torch.gather(torch.log_softmax(y_pred, dim=axis), axis, labels)
    else:
        # One logarithm of the odds against the label, which loses nothing where they are small.
        p = torch.clamp(y_pred, EPSILON, 1 - EPSILON)
        others = torch.sum(torch.scatter(p, axis, labels, 0), dim=axis, keepdim=True)
        losses = torch.log1p(others / torch.gather(p, axis, labels))
    losses = losses.squeeze(axis) * torch.where(known, 1, torch.nan)
    if ignore_class is not None:
        losses = torch.where(counted, losses, 0)
    return losses.to(dtype)


def check_crossentropy(owner, from_logits, label_smoothing, axis):
    check_boolean(owner, "from_logits", from_logits)
    check_number(owner, "label_smoothing", label_smoothing, low=0, high=1)
    check_integer(owner, "axis", axis)


def check_sparse(owner, from_logits, ignore_class, axis):
    check_boolean(owner, "from_logits", from_logits)
    if ignore_class is not None:
        check_integer(owner, "ignore_class", ignore_class)
    check_integer(owner, "axis", axis)


class BinaryCrossentropy(Loss):
    """`binary_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        check_crossentropy("BinaryCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalCrossentropy(Loss):
    """`categorical_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        check_crossentropy("CategoricalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis

    def call(self, y_true, y_pred):
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class KLDivergence(Loss):
    """`kl_divergence` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return kl_divergence(y_true, y_pred)


class SparseCategoricalCrossentropy(Loss):
    """`sparse_categorical_crossentropy` with sample weights, mask and reduction. See there, and `Loss`.

    Samples of `ignore_class` do not count: a mean is the mean over the others, as if they were masked.
    """

    _class_numbers = True

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        check_sparse("SparseCategoricalCrossentropy", from_logits, ignore_class, axis)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def call(self, y_true, y_pred):
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    def _counted(self, y_true, losses):
        if self.ignore_class is None:
            return None
        return (y_true != self.ignore_class).reshape(losses.shape)
