"""The base of every loss: dtype, sample weights, mask and reduction."""

import torch

from torchimpl._config import Serializable, canonical_dtype, canonical_reduction, check_name, described, snake_case
from torchimpl._tensors import HALF, align_weights, are_many, divide_no_nan, to_labels, to_tensor, widen

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")  # one mean, without weights and without a mask


class Loss(Serializable, torch.nn.Module):
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
            A division by zero, as for an empty batch, gives 0.
        dtype: the dtype in which y_true and y_pred are taken and the loss is returned: a `torch.dtype`, its name, or
            None for PyTorch's default dtype. Half precision is computed and summed in float32.
    """

    # The mean over all samples by one native kernel, `_mean(y_true, y_pred)`, in a class that has one of the same
    # meaning; it is None, or returns None, where the kernel cannot be asked.
    _mean = None

    # Whether y_true are class numbers, which stay as they are given: the whole numbers of bfloat16 end at 256.
    _class_numbers = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        first = next(
            vars(owner) for owner in cls.__mro__ if {"call", "_mean", "_counted", "_reduce"} & vars(owner).keys()
        )
        if "_mean" not in first:
            cls._mean = None  # the kernel is that of another class

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        super().__init__()
        owner = type(self).__name__
        self.name = check_name(owner, name) or snake_case(owner)
        self.reduction = canonical_reduction(owner, reduction)
        self.dtype = canonical_dtype(owner, dtype, str(torch.get_default_dtype()).removeprefix("torch."))

    def forward(self, y_true, y_pred, sample_weight=None, mask=None):
        """Return the reduced loss.

        Args:
            y_true: targets, shape `[batch, d0, .. dN]`; dictionaries of such are for the `call` of a subclass.
            y_pred: predictions, same shape.
            sample_weight: factor for each loss, of a shape that fits the leading axes of the losses: `[batch]`, say.
            mask: true where a loss counts; its shape fits as that of sample_weight. A mean is then the mean over
                what counts.

        Raises:
            ValueError: the shapes do not fit.
        """
        dtype = getattr(torch, self.dtype)
        y_pred = each(_taken, y_pred, dtype)
        device = _first(y_pred).device
        y_true = widen(to_labels(y_true, device)) if self._class_numbers else each(_taken, y_true, dtype, device)
        kernel = self._mean
        if kernel is not None and sample_weight is None and mask is None and self.reduction in MEANS:
            alike = self._class_numbers or (y_pred.ndim and y_true.shape == y_pred.shape)
            few = y_pred.numel() and not are_many(y_pred)
            mean = kernel(y_true, y_pred) if alike and few and dtype not in HALF else None
            if mean is not None:
                return to_tensor(mean, dtype)
        losses = to_tensor(self.call(y_true, y_pred), torch.float32 if dtype in HALF else dtype, device)
        return to_tensor(self._reduce(losses, sample_weight, mask, self._counted(y_true, losses)), dtype)

    def call(self, y_true, y_pred):
        """Return the loss of each sample, shape `[batch, d0, .. dN-1]`."""
        raise NotImplementedError(f"{type(self).__name__} must implement call(y_true, y_pred).")

    def _counted(self, y_true, losses):
        """Return which losses count at all, as a mask of their shape, or None: all of them."""
        return None

    def _reduce(self, losses, sample_weight, mask, counted):
        weights, kept, kept_share = None, None, 1
        if sample_weight is not None:
            weights = align_weights(type(self).__name__, "sample_weight", sample_weight, losses)
        if counted is not None:
            kept = counted.to(losses.dtype)
        if mask is not None:
            given = align_weights(type(self).__name__, "mask", to_tensor(mask, torch.bool, losses.device), losses)
            kept = given if kept is None else kept * given
        if kept is not None:
            kept_share = kept.sum() / max(kept.numel(), 1)
            weights = kept if weights is None else weights * kept
        if weights is not None:
            losses = losses * weights
        if self.reduction == "none":
            return losses
        if self.reduction == "sum":
            return losses.sum()
        if self.reduction == "mean_with_sample_weight" and weights is not None:
            return divide_no_nan(losses.sum(), weights.sum())
        if kept is not None and self.reduction == "sum_over_batch_size":
            return divide_no_nan(losses.sum(), losses.numel() * kept_share)
        return losses.mean() if losses.numel() else losses.sum()

    def extra_repr(self):
        return described(self)


def each(function, values, dtype, device=None):
    """Return what a function makes of a tensor, or of each in a dictionary, of dictionaries too."""
    if isinstance(values, dict):
        return {name: each(function, value, dtype, device) for name, value in values.items()}
    return function(values, dtype, device)


def _taken(value, dtype, device):
    """Return a value as a tensor of a dtype; half precision, once rounded to it, in float32."""
    return widen(to_tensor(value, dtype, device))


def _first(values):
    """Return a tensor, or the first one in a dictionary."""
    while isinstance(values, dict):
        values = next(iter(values.values()))
    return values
