"""Losses of a margin: how far a score is on the right side."""

import torch

from torchimpl._tensors import align, in_parts_if_many, known_within, mean_over, recomputed
from torchimpl.losses.base import Loss


@in_parts_if_many
def categorical_hinge(y_true, y_pred):
    """How much the best score of a wrong class comes within 1 of the score of the right one.

    `max(negative - positive + 1, 0)` with `positive = sum(y_true * y_pred)` and
    `negative = max((1 - y_true) * y_pred)`, in which the right class counts as 0, however large. At the
    corner the derivative is that of the sloping side; classes that tie for the maximum share it.

    Args:
        y_true: one-hot labels, shape `[batch, d0, .. dN]` with the classes on the last axis.
        y_pred: scores, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.

    Source: Weston & Watkins (1999), "Support Vector Machines for Multi-Class Pattern Recognition".
    """
    y_true, y_pred, dtype = align("categorical_hinge", y_true, y_pred)
    return recomputed(_categorical_hinge, y_pred, y_true).to(dtype)


@in_parts_if_many
def hinge(y_true, y_pred):
    """How much scores fall short of a margin of 1; mean over the last axis.

    `mean(max(1 - y_true * y_pred, 0))`. At the corner the derivative is that of the sloping side, -y_true.

    Args:
        y_true: labels, -1 or 1; 0 is read as -1. Shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("hinge", y_true, y_pred)
    return mean_over(recomputed(torch.clamp, 1 - signed(y_true) * y_pred, 0), -1, dtype)


@in_parts_if_many
def squared_hinge(y_true, y_pred):
    """How much scores fall short of a margin of 1, squared; mean over the last axis.

    `mean(max(1 - y_true * y_pred, 0)**2)`.

    Args:
        y_true: labels, -1 or 1; 0 is read as -1. Shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`.

    Raises:
        ValueError: the shapes differ.
    """
    y_true, y_pred, dtype = align("squared_hinge", y_true, y_pred)
    return mean_over(torch.square(torch.clamp(1 - signed(y_true) * y_pred, min=0)), -1, dtype)


def _categorical_hinge(y_pred, y_true):
    positive = torch.sum(y_true * y_pred, dim=-1)
    wrong, largest = (1 - y_true) * y_pred, torch.finfo(y_pred.dtype).max
    # The factor makes 0 of a finite score, NaN of an infinite one; a plain 0 would have no derivative for the label.
    if not known_within(y_pred, -largest, largest):
        wrong = torch.where(y_true != 1, wrong, (1 - y_true) * torch.clamp(y_pred, -largest, largest))
    # Of no classes there is no largest score: minus infinity, and a loss of 0.
    negative = torch.amax(wrong, dim=-1) if wrong.shape[-1] else positive - torch.inf
    return torch.clamp(negative - positive + 1, min=0)


def signed(labels):
    """Return labels with -1 for 0. Each label is read by itself: what it means does not depend on the others."""
    return labels - (labels == 0).to(labels.dtype)


class CategoricalHinge(Loss):
    """`categorical_hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return categorical_hinge(y_true, y_pred)


class Hinge(Loss):
    """`hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return hinge(y_true, y_pred)


class SquaredHinge(Loss):
    """`squared_hinge` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return squared_hinge(y_true, y_pred)
