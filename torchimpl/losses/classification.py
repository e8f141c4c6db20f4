"""Losses of a probability, or of the logits it comes from."""

import torch
from torch.nn import functional as F

from torchimpl._arguments import check_crossentropy, check_focal, check_one_per_class, check_q, check_sparse
from torchimpl._config import check_boolean, check_rank
from torchimpl._tensors import (
    align,
    align_labels,
    class_numbers,
    clip,
    expm1,
    in_parts_if_many,
    is_compiling,
    known_within,
    log_softmax,
    mean_over,
    nan_unless,
    softmax_is_exact,
    to_tensor,
)
from torchimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: probabilities are kept this far from 0 and 1
NO_CLASS = -(2**62)  # the one label that PyTorch's kernel leaves out; of others it finds whether they are classes


@in_parts_if_many
def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of yes/no labels; mean over an axis.

    `-(y * log(p) + (1 - y) * log(1 - p))` with p clipped to `[1e-7, 1 - 1e-7]`, or from the logits x of p
    `max(x, 0) - x * y + log(1 + exp(-|x|))`. Whether y_pred are logits is said by `from_logits` alone.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or logits, same shape (a missing or extra last axis of size 1 is matched).
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    from_logits, label_smoothing, axis = check_crossentropy("binary_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("binary_crossentropy", y_true, y_pred)
    check_rank("binary_crossentropy", axis, y_pred.ndim)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    y_pred = y_pred if from_logits else clip(y_pred, EPSILON, 1 - EPSILON)
    losses = _of_logits(y_true, y_pred) if from_logits else _of_probabilities(y_true, y_pred)
    return mean_over(losses, axis, dtype)


@in_parts_if_many
def binary_focal_crossentropy(
    y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Cross-entropy of yes/no labels in which easy examples count less; mean over an axis.

    `(1 - p_t)**gamma * -(y * log(p) + (1 - y) * log(1 - p))` with `p_t = y * p + (1 - y) * (1 - p)`, times
    `y * alpha + (1 - y) * (1 - alpha)` with class balancing. p is clipped to `[1e-7, 1 - 1e-7]`, or is the sigmoid of
    logits, which nothing clips.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or logits, same shape (a missing or extra last axis of size 1 is matched).
        apply_class_balancing: whether the classes are weighted.
        alpha: weight of class 1, in [0, 1]; class 0 has `1 - alpha`.
        gamma: how much less easy examples count; >= 0, and 0 is the plain cross-entropy.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.

    Source: Lin et al. (2017), "Focal Loss for Dense Object Detection".
    """
    owner = "binary_focal_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    check_boolean(owner, "apply_class_balancing", apply_class_balancing)
    alpha, gamma = check_focal(owner, alpha, gamma)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.ndim)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    y_pred = y_pred if from_logits else clip(y_pred, EPSILON, 1 - EPSILON)
    losses = _of_logits(y_true, y_pred) if from_logits else _of_probabilities(y_true, y_pred)
    losses = losses * _power(_hard(y_true, y_pred, from_logits), gamma)
    if apply_class_balancing:
        losses = losses * (y_true * alpha + (1 - y_true) * (1 - alpha))
    return mean_over(losses, axis, dtype)


@in_parts_if_many
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
    owner = "categorical_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.ndim)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / max(y_pred.shape[axis], 1)
    if from_logits:
        if y_pred.ndim == 2 and axis in (-1, 1) and softmax_is_exact(y_pred, 1):
            return to_tensor(F.cross_entropy(y_pred, y_true, reduction="none"), dtype)
        log_p = log_softmax(y_pred, axis)
    else:
        p = y_pred / torch.sum(y_pred, dim=axis, keepdim=True)
        log_p = torch.log(clip(p, EPSILON, 1 - EPSILON))
    return -torch.sum(y_true * log_p, dim=axis).to(dtype)


@in_parts_if_many
def categorical_focal_crossentropy(
    y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Cross-entropy of one label among several classes, in which easy examples count less.

    `-sum(alpha * (1 - p)**gamma * y * log(p))` with p divided by its sum over `axis`, then clipped to
    `[1e-7, 1 - 1e-7]`, or the softmax of logits, which nothing clips.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]` with the classes on `axis`.
        y_pred: probabilities, or finite logits, same shape.
        alpha: weight of all classes, or a list with the weight of each; >= 0.
        gamma: how much less easy examples count; >= 0, and 0 is the plain cross-entropy.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / number of classes`.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, alpha has not one weight a class, or an argument is out of its range.

    Source: Lin et al. (2017), "Focal Loss for Dense Object Detection".
    """
    owner = "categorical_focal_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    alpha, gamma = check_focal(owner, alpha, gamma, several=True)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.ndim)
    if isinstance(alpha, list):
        check_one_per_class(owner, alpha, y_pred.shape[axis])
        shape = [1] * y_pred.ndim
        shape[axis] = len(alpha)
        alpha = (
            torch.tensor(alpha, dtype=y_pred.dtype, device="cpu").to(y_pred.device, non_blocking=True).reshape(shape)
        )
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / max(y_pred.shape[axis], 1)
    if from_logits:
        log_p = log_softmax(y_pred, axis)
        losses = y_true * log_p * _power(-expm1(log_p), gamma)
    else:
        p = y_pred / torch.sum(y_pred, dim=axis, keepdim=True)
        p = clip(p, EPSILON, 1 - EPSILON)
        losses = y_true * torch.log(p) * _power(1 - p, gamma)
    return -torch.sum(alpha * losses, dim=axis).to(dtype)  # alpha last: one tensor less at a time


@in_parts_if_many
def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """Generalized cross-entropy of class numbers, between cross-entropy (q near 0) and mean absolute error (q near 1).

    `(1 - p[label]**q) / q`; its gradient at p = 0, where it would be infinite, is 0.

    Args:
        y_true: class numbers, shape of y_pred without the last axis (or with 1 in its place, or one more last axis of
            size 1). Fractions are cut off. Eagerly on the CPU a number that is no class is an error; elsewhere, and for
            NaN, loss and gradient of that sample are NaN.
        y_pred: probabilities, shape `[batch, d0, .. dN]` with the classes on the last axis.
        q: how far from cross-entropy; 0 < q < 1.

    Returns:
        Loss per sample, shape of y_pred without the last axis.

    Raises:
        ValueError: the shapes do not fit, a label is no class, or q is out of its range.

    Source: Zhang and Sabuncu (2018), "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels".
    """
    q = check_q("categorical_generalized_cross_entropy", q)
    y_true, y_pred, dtype = align_labels("categorical_generalized_cross_entropy", y_true, y_pred, -1)
    labels, known = class_numbers("categorical_generalized_cross_entropy", y_true, y_pred.shape[-1])
    p = torch.gather(y_pred, -1, labels.unsqueeze(-1)).squeeze(-1)
    possible = p != 0
    exponent = q * torch.log(torch.where(possible, p, 1))
    # The derivative of expm1 is here expm1(x) + 1, which is lost where it is small.
    losses = torch.where(exponent < -1, 1 - torch.exp(exponent), -expm1(exponent)) / q
    losses = torch.where(possible, losses, 1 / q)
    return nan_unless(known, losses).to(dtype)


@in_parts_if_many
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
    y_true = clip(y_true, EPSILON, 1)
    y_pred = clip(y_pred, EPSILON, 1)
    return torch.sum(y_true * torch.log(y_true / y_pred), dim=-1).to(dtype)


@in_parts_if_many
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
    owner = "sparse_categorical_crossentropy"
    from_logits, ignore_class, axis = check_sparse(owner, from_logits, ignore_class, axis)
    y_true, y_pred, dtype = align_labels(owner, y_true, y_pred, axis)
    if ignore_class is not None:
        counted = y_true != ignore_class
        y_true = torch.where(counted, y_true, 0)
        y_pred = torch.where(counted.unsqueeze(axis), y_pred, 1)
    losses = _by_kernel(y_true, y_pred, "none") if from_logits and axis in (-1, 1) else None
    if losses is None:
        labels, known = class_numbers(owner, y_true, y_pred.shape[axis])
        labels = labels.unsqueeze(axis)
        if from_logits:
            losses = -log_softmax(y_pred, axis, labels).squeeze(axis)
        else:
            # One logarithm of the odds against the label, which loses nothing where they are small.
            p = clip(y_pred, EPSILON, 1 - EPSILON)
            others = torch.sum(torch.scatter(p, axis, labels, 0), dim=axis, keepdim=True)
            losses = torch.log1p(others / torch.gather(p, axis, labels)).squeeze(axis)
        losses = nan_unless(known, losses)
    if ignore_class is not None:
        losses = torch.where(counted, losses, 0)
    return to_tensor(losses, dtype)


def _by_kernel(labels, logits, reduction):
    """Return what PyTorch's kernel says of class numbers, or None where it is not asked, or one of them is no class."""
    if logits.ndim != 2 or not logits.is_cpu or torch.compiler.is_compiling() or torch.jit.is_tracing():
        return None  # on a GPU a label that is no class would end the process
    if not softmax_is_exact(logits, 1):
        return None
    if labels.is_floating_point() and not known_within(labels, 0, logits.shape[1] - 1):
        return None  # NaN is another whole number on every processor
    try:
        return F.cross_entropy(logits, labels.long(), ignore_index=NO_CLASS, reduction=reduction)
    except (IndexError, RuntimeError):  # the latter under vmap
        return None


def _of_logits(y_true, x):
    # An infinity as the largest number: times 0 it would be NaN.
    x = clip(x, torch.finfo(x.dtype).min, torch.finfo(x.dtype).max)
    if is_compiling():  # one exponential is half of two; eagerly, so many operations take three times as long
        negative = x < 0
        size = torch.where(negative, -x, x)
        return size * torch.where(negative, y_true, 1 - y_true) + torch.log1p(torch.exp(-size))
    # PyTorch's own kernel subtracts two large numbers where the loss is small, and loses it. Above its threshold
    # softplus returns its argument; the usual 20 is too low for float64.
    return torch.lerp(F.softplus(x, threshold=40), F.softplus(-x, threshold=40), y_true)


def _of_probabilities(y_true, p):
    return -torch.lerp(torch.log1p(-p), torch.log(p), y_true)


def _hard(y_true, y_pred, from_logits):
    """Return 1 - p_t, without the cancellation in 1 - (1 - p)."""
    if from_logits:
        return torch.lerp(torch.sigmoid(y_pred), torch.sigmoid(-y_pred), y_true)
    return torch.lerp(y_pred, 1 - y_pred, y_true)


def _power(base, exponent):
    """Return `base**exponent` for base >= 0, with derivative 0 at 0 (where it is infinite for exponents below 1)."""
    if exponent >= 2:
        return torch.pow(base, exponent)
    positive = base > 0
    power = torch.pow(torch.where(positive, base, 1), exponent)
    return torch.where(positive, power, 0 if exponent else 1)


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
        checked = check_crossentropy("BinaryCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class BinaryFocalCrossentropy(Loss):
    """`binary_focal_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("BinaryFocalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked
        self.apply_class_balancing = check_boolean(
            "BinaryFocalCrossentropy", "apply_class_balancing", apply_class_balancing
        )
        self.alpha, self.gamma = check_focal("BinaryFocalCrossentropy", alpha, gamma)

    def call(self, y_true, y_pred):
        return binary_focal_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )


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
        checked = check_crossentropy("CategoricalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked

    def call(self, y_true, y_pred):
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    @property
    def _mean(self):
        return self._mean_of_logits if self.from_logits and self.axis in (-1, 1) else None

    def _mean_of_logits(self, y_true, y_pred):
        if y_pred.ndim != 2 or not softmax_is_exact(y_pred, 1):
            return None
        return F.cross_entropy(y_pred, y_true, label_smoothing=self.label_smoothing)


class CategoricalFocalCrossentropy(Loss):
    """`categorical_focal_crossentropy` with sample weights, mask and reduction. See there, and `Loss`."""

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("CategoricalFocalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked
        self.alpha, self.gamma = check_focal("CategoricalFocalCrossentropy", alpha, gamma, several=True)

    def call(self, y_true, y_pred):
        return categorical_focal_crossentropy(
            y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis
        )


class CategoricalGeneralizedCrossEntropy(Loss):
    """`categorical_generalized_cross_entropy` with sample weights, mask and reduction. See there, and `Loss`."""

    _class_numbers = True

    def __init__(
        self,
        q=0.5,
        reduction="sum_over_batch_size",
        name="categorical_generalized_cross_entropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.q = check_q("CategoricalGeneralizedCrossEntropy", q)

    def call(self, y_true, y_pred):
        return categorical_generalized_cross_entropy(y_true, y_pred, self.q)


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
        checked = check_sparse("SparseCategoricalCrossentropy", from_logits, ignore_class, axis)
        self.from_logits, self.ignore_class, self.axis = checked

    def call(self, y_true, y_pred):
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    @property
    def _mean(self):
        plain = self.from_logits and self.ignore_class is None and self.axis in (-1, 1)
        return self._mean_of_logits if plain else None

    def _mean_of_logits(self, y_true, y_pred):
        return _by_kernel(y_true, y_pred, "mean") if y_true.shape == y_pred.shape[:1] else None

    def _counted(self, y_true, losses):
        if self.ignore_class is None:
            return None
        return (y_true != self.ignore_class).reshape(losses.shape)
