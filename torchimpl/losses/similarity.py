"""Losses of a direction."""

import torch

from torchimpl._config import check_integer, check_rank
from torchimpl._tensors import align
from torchimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: the length of a vector is not taken to be less


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between two vectors: -1 where they point the same way, 1 where opposite ways.

    `-sum(t * p)` over an axis, t and p being y_true and y_pred divided by their length, or by 1e-7 if that is more:
    a zero vector is similar to none, and its gradient is finite. Squares of the numbers must not overflow.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        axis: the axis of the vectors.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_integer("cosine_similarity", "axis", axis)
    y_true, y_pred, dtype = align("cosine_similarity", y_true, y_pred)
    check_rank("cosine_similarity", axis, y_pred.ndim)
    return -torch.sum(direction(y_true, axis) * direction(y_pred, axis), dim=axis).to(dtype)


def direction(x, axis):
    """Return vectors divided by their length. By a division: the derivative of rsqrt, its cube, underflows."""
    square = torch.sum(torch.square(x), dim=axis, keepdim=True)
    return x / torch.sqrt(torch.clamp(square, min=EPSILON**2))


class CosineSimilarity(Loss):
    """`cosine_similarity` with sample weights, mask and reduction. See there for `axis`, `Loss` for the rest."""

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = check_integer("CosineSimilarity", "axis", axis)

    def call(self, y_true, y_pred):
        return cosine_similarity(y_true, y_pred, self.axis)
