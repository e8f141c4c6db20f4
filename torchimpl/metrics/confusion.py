"""Metrics of yes/no decisions: a prediction is positive if it is greater than a threshold, and not if equal."""

import math

import torch

from torchimpl._config import check_integer, check_number
from torchimpl._tensors import align, align_weights, divide_no_nan, to_tensor, widen
from torchimpl.metrics.base import Metric


def count_decisions(y_true, y_pred, thresholds, sample_weight=None, per_label=False):
    """Count true and false decisions at each threshold.

    Each prediction falls between two thresholds: one histogram over these gaps, added up from both ends, gives the
    counts at all thresholds. A NaN is below them all.

    Args:
        y_true: labels, true where not 0; shape as y_pred.
        y_pred: predictions in the dtype of the thresholds.
        thresholds: ascending, shape `[thresholds]`.
        sample_weight: weight of each decision, float64, shape as y_pred; None for 1.
        per_label: count for each entry of the last axis apart.

    Returns:
        True positives, false positives, true negatives and false negatives, float64, each of shape `[thresholds]`,
        or `[thresholds, labels]`.
    """
    gaps = len(thresholds) + 1
    gap = torch.bucketize(y_pred.contiguous(), thresholds)
    gap = torch.where(torch.isnan(y_pred), 0, gap) + gaps * (y_true != 0)
    labels = y_pred.shape[-1] if per_label else 1
    if per_label:
        gap = gap + 2 * gaps * torch.arange(labels, device=gap.device)
    if sample_weight is None:
        sample_weight = torch.ones(y_pred.shape, dtype=torch.float64, device=y_pred.device)
    histogram = torch.zeros(labels * 2 * gaps, dtype=torch.float64, device=y_pred.device)
    histogram = histogram.index_add(0, gap.flatten(), sample_weight.flatten()).reshape(labels, 2, gaps)
    above = histogram.flip(-1).cumsum(-1).flip(-1)[..., 1:]
    below = histogram.cumsum(-1)[..., :-1]
    counts = [above[:, 1], above[:, 0], below[:, 0], below[:, 1]]
    return [count.T if per_label else count[0] for count in counts]


def keep_top_k(y_pred, k):
    """Return the k largest predictions of the last axis, -inf in place of the others; of equal ones the first."""
    y_pred = torch.where(torch.isnan(y_pred), -torch.inf, y_pred)
    largest = torch.sort(y_pred, dim=-1, descending=True, stable=True).indices[..., :k]
    kept = torch.zeros_like(y_pred, dtype=torch.bool).scatter(-1, largest, True)
    return torch.where(kept, y_pred, -torch.inf)


class Precision(Metric):
    """The share of the positive decisions that are right: TP / (TP + FP), 0 if none is positive.

    Predictions and thresholds are rounded to the metric's dtype and compared there: positive is what is greater than
    the threshold. A NaN is never positive. A label is true if it is not 0.

    Args:
        thresholds: a number, or several for one result each; None for 0.5, or for none if top_k is given.
        top_k: consider only the k largest predictions of the last axis; of equal ones the first.
        class_id: consider only this entry of the last axis (after top_k).
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.thresholds = check_thresholds("Precision", thresholds)
        self.top_k = None if top_k is None else check_integer("Precision", "top_k", top_k, low=1)
        self.class_id = None if class_id is None else check_integer("Precision", "class_id", class_id, low=0)
        cutoffs = self.thresholds
        if cutoffs is None:
            cutoffs = 0.5 if top_k is None else -torch.inf
        cutoffs = cutoffs if isinstance(cutoffs, list) else [cutoffs]
        self._ascending = sorted(cutoffs)
        self._places = [self._ascending.index(cutoff) for cutoff in cutoffs]
        self.add_variable((len(cutoffs),), name="true_positives")
        self.add_variable((len(cutoffs),), name="false_positives")

    @torch.no_grad()
    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or decision, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit, or there are fewer classes than top_k or class_id say.
        """
        y_true, y_pred, weights = prepare("Precision", y_true, y_pred, sample_weight, self.dtype)
        classes = y_pred.shape[-1] if y_pred.ndim else 0
        check_classes("Precision", y_pred.ndim, classes, self.top_k, self.class_id)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weights = None if weights is None else weights[..., self.class_id]
        thresholds = torch.tensor(self._ascending, dtype=getattr(torch, self.dtype))
        thresholds = thresholds.to(y_pred.device, y_pred.dtype)
        tp, fp, _, _ = count_decisions(y_true, y_pred, thresholds, weights)
        self.accumulate(true_positives=tp[self._places], false_positives=fp[self._places])

    def result(self):
        value = divide_no_nan(self.true_positives, self.true_positives + self.false_positives)
        value = value.to(getattr(torch, self.dtype))
        return value[0] if len(self._places) == 1 else value


def prepare(owner, y_true, y_pred, sample_weight, dtype):
    """Return labels, predictions rounded to `dtype`, and weights (or None) in the shape of the predictions."""
    y_true, y_pred, _ = align(owner, to_tensor(y_true) != 0, y_pred)
    if sample_weight is not None:
        values = y_pred.double()
        sample_weight = align_weights(owner, "sample_weight", sample_weight, values).broadcast_to(values.shape)
    return y_true, widen(y_pred.to(getattr(torch, dtype))), sample_weight


def check_thresholds(owner, thresholds):
    """Return thresholds as a number, a list of numbers or None; raise ValueError for anything else."""
    if thresholds is None or not isinstance(thresholds, list | tuple):
        return thresholds if thresholds is None else check_number(owner, "thresholds", thresholds)
    if not thresholds:
        raise ValueError(f"{owner}: argument `thresholds` must not be empty. Received: thresholds={thresholds!r}")
    return [check_number(owner, "thresholds", threshold) for threshold in thresholds]


def check_classes(owner, rank, classes, top_k, class_id):
    """Raise ValueError if predictions of this rank and number of classes have no top_k entries or no class_id.

    The number is None where a graph does not know it yet.
    """
    classes = math.inf if classes is None else classes
    if top_k is not None and (rank < 1 or top_k > classes):
        raise ValueError(f"{owner}: top_k={top_k} needs at least {top_k} classes on the last axis. Received: {classes}")
    if class_id is not None and (rank < 2 or class_id >= classes):
        raise ValueError(
            f"{owner}: class_id={class_id} needs y_pred of shape [batch, .., classes] with more than {class_id} "
            f"classes. Received: rank {rank}, {classes} on the last axis"
        )
