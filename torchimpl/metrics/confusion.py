"""Metrics of yes/no decisions: a prediction is positive if it is greater than a threshold, and not if equal."""

import math

import torch

from torchimpl._arguments import check_considered, check_thresholds
from torchimpl._config import check_integer
from torchimpl._tensors import divide_no_nan, numbers_in, same_shape, to_float, to_tensor, weights_like, widen
from torchimpl.metrics.base import Metric

FEW = 8  # thresholds, up to which comparing with each is faster than a histogram
AT_ONCE = 2**18  # predictions
COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def count_decisions(y_true, y_pred, thresholds, sample_weight=None, per_label=False, wanted=COUNTS, even=False):
    """Count true and false decisions at each threshold. A NaN is below them all.

    No sum of weights is the difference of two others: where nothing is to be counted, it is exactly 0.

    Args:
        y_true: whether a label is true; shape as y_pred.
        y_pred: predictions in the dtype of the thresholds.
        thresholds: ascending, shape `[thresholds, 1]`.
        sample_weight: weight of each decision, float64, shape as y_pred; None for 1.
        per_label: count for each entry of the last axis apart.
        wanted: names of the counts.
        even: whether the predictions are in [0, 1], and the thresholds, but for -inf and inf at their ends, lie evenly
            there, rounded once.

    Returns:
        The counts by name, each of shape `[thresholds]`, or `[thresholds, labels]`.
    """
    labels = y_pred.shape[-1] if per_label else None
    if y_pred.ndim > 1:
        y_true, y_pred = y_true.reshape(-1), y_pred.reshape(-1)
        sample_weight = None if sample_weight is None else sample_weight.reshape(-1)
    if per_label or thresholds.shape[0] > FEW:
        return _count_by_gaps(y_true, y_pred, thresholds[:, 0], sample_weight, labels, wanted, even)
    return _count_at_each(y_true, y_pred, thresholds, sample_weight, wanted)


def _count_at_each(true, y_pred, thresholds, sample_weight, wanted):
    above = y_pred > thresholds
    counts = {}
    for name in wanted:
        if name == "true_positives":
            group = above & true
        elif name == "false_positives":
            group = above > true  # above and not true
        elif name == "true_negatives":
            group = ~(above | true)
        else:
            group = above < true
        if sample_weight is not None:
            counts[name] = torch.where(group, sample_weight, 0).sum(-1)
        elif group.shape[0] == 1:
            counts[name] = torch.count_nonzero(group).reshape(1)  # several times as fast as along an axis
        else:
            counts[name] = torch.count_nonzero(group, -1)
    return counts


def _count_by_gaps(y_true, y_pred, thresholds, sample_weight, labels, wanted, even):
    """Each prediction falls between two thresholds: a histogram over these gaps, added up from both ends."""
    gaps, each = thresholds.shape[0] + 1, labels or 1
    size = max(AT_ONCE // each, 1) * each
    if y_pred.is_cpu and not torch.compiler.is_compiling() and y_pred.shape[0] > size:
        # In parts of whole samples: for all at once the CPU takes longer to find the memory than to count.
        counts = [
            _count_by_gaps(
                y_true[at : at + size],
                y_pred[at : at + size],
                thresholds,
                None if sample_weight is None else sample_weight[at : at + size],
                labels,
                wanted,
                even,
            )
            for at in range(0, y_pred.shape[0], size)
        ]
        return {name: sum(count[name] for count in counts) for name in wanted}
    gap = _even_gap(y_pred, thresholds) if even else _gap_by_halves(y_pred, thresholds)
    gap = torch.add(gap, y_true, alpha=gaps)
    if labels is not None:  # those of a sample are counted apart
        gap = gap + 2 * gaps * torch.arange(labels, device=gap.device).repeat(gap.shape[0] // each)
    weights = torch.ones_like(gap, dtype=torch.float64) if sample_weight is None else sample_weight
    histogram = torch.zeros((1 if labels is None else labels) * 2 * gaps, dtype=torch.float64, device=gap.device)
    histogram.index_add_(0, gap, weights)
    histogram = histogram.reshape(2, gaps) if labels is None else histogram.reshape(labels, 2, gaps).permute(1, 2, 0)
    below = histogram.cumsum(1)
    if sample_weight is None:  # whole numbers, whose differences are exact
        wrong_above, right_above = (below[:, -1:] - below)[:, :-1].unbind()
    else:
        wrong_above, right_above = histogram.flip(1).cumsum(1).flip(1)[:, 1:].unbind()
    right_below, wrong_below = below[:, :-1].unbind()
    counts = {
        "true_positives": right_above,
        "false_positives": wrong_above,
        "true_negatives": right_below,
        "false_negatives": wrong_below,
    }
    return {name: counts[name] for name in wanted}


def _even_gap(flat, thresholds):
    """How many thresholds are below each prediction, where they lie evenly.

    A product is rounded to a whole number if it lies on the other side of it than what it stands for, and never beyond:
    what is greater than a threshold is not counted as less.
    """
    step = torch.nan_to_num(flat * (thresholds.shape[0] - 1)).int()  # 0 for NaN
    return torch.add(step, flat > thresholds.index_select(0, step))


def _gap_by_halves(flat, thresholds):
    """How many thresholds are below each prediction.

    Not by torch.bucketize: several times as fast on random predictions, which its branches cannot guess.
    """
    step = 1 << (thresholds.shape[0].bit_length() - 1)
    padded = torch.nn.functional.pad(thresholds, (0, 2 * step - thresholds.shape[0]), value=torch.inf)
    gap = (flat > padded[step - 1]).int() * step
    while step > 1:
        step //= 2
        gap = torch.add(gap, flat > padded[step - 1 :].index_select(0, gap), alpha=step)
    return gap


def keep_top_k(y_pred, k):
    """Return the k largest predictions of the last axis, -inf in place of the others; of equal ones the first."""
    y_pred = torch.nan_to_num(y_pred, nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf)
    if k == 1:
        largest = torch.max(y_pred, dim=-1, keepdim=True).indices
    else:
        largest = torch.sort(y_pred, dim=-1, descending=True, stable=True).indices[..., :k]
    left = torch.ones_like(y_pred, dtype=torch.bool).scatter(-1, largest, False)
    return y_pred.masked_fill(left, -torch.inf)


class _Decisions(Metric):
    """What counts decisions at given thresholds; `states` maps the names of the states to those of the counts."""

    def __init__(self, states, thresholds, name, dtype, top_k=None, class_id=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.thresholds = check_thresholds(owner, thresholds)
        self.top_k = None if top_k is None else check_integer(owner, "top_k", top_k, low=1)
        self.class_id = None if class_id is None else check_integer(owner, "class_id", class_id, low=0)
        cutoffs = self.thresholds
        if cutoffs is None:
            cutoffs = 0.5 if top_k is None else -math.inf
        cutoffs = cutoffs if isinstance(cutoffs, list) else [cutoffs]
        ascending = sorted(cutoffs)
        self.register_buffer("_cutoffs", rounded(ascending, self.dtype), persistent=False)
        places = None if cutoffs == ascending else torch.tensor([ascending.index(cutoff) for cutoff in cutoffs])
        self.register_buffer("_places", places, persistent=False)
        self._counts = states
        for state in states:
            self.add_variable((len(cutoffs),), name=state)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or decision, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit, or there are fewer classes than top_k or class_id say.
        """
        owner = type(self).__name__
        cutoffs, places = self._buffers["_cutoffs"], self._buffers["_places"]  # a microsecond sooner than attributes
        y_true, y_pred, weights = prepare(owner, y_true, y_pred, sample_weight, self.dtype, cutoffs.device)
        if self.top_k is not None or self.class_id is not None:
            check_considered(owner, y_pred.ndim, y_pred.shape[-1], self.top_k, self.class_id)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred, weights = only_class(self.class_id, y_true, y_pred, weights)
        counts = count_decisions(y_true, y_pred, cutoffs, weights, wanted=self._counts.values())
        if places is not None:
            counts = {name: count[places] for name, count in counts.items()}
        self.accumulate(**{state: counts[name] for state, name in self._counts.items()})

    def _settled(self, value):
        """One number for one threshold, in the metric's dtype."""
        value = value.to(getattr(torch, self.dtype), copy=True)  # no state, which goes on changing
        return value[0] if value.shape[0] == 1 else value


class Precision(_Decisions):
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
        states = {"true_positives": "true_positives", "false_positives": "false_positives"}
        super().__init__(states, thresholds, name, dtype, top_k, class_id)

    def result(self):
        return self._settled(share(self.true_positives, self.false_positives))


class Recall(_Decisions):
    """The share of the true labels that are found: TP / (TP + FN), 0 if there is none.

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
        states = {"true_positives": "true_positives", "false_negatives": "false_negatives"}
        super().__init__(states, thresholds, name, dtype, top_k, class_id)

    def result(self):
        return self._settled(share(self.true_positives, self.false_negatives))


class _Count(_Decisions):
    """One of the four counts, under the name that Keras gives its state."""

    def __init__(self, count, thresholds, name, dtype):
        super().__init__({"accumulator": count}, thresholds, name, dtype)

    def result(self):
        return self._settled(self.accumulator)


class TruePositives(_Count):
    """The number of positive decisions that are right, or the sum of their weights.

    Decisions are made as by `Precision`.

    Args:
        thresholds: a number, or several for one result each; None for 0.5.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__("true_positives", thresholds, name, dtype)


class FalsePositives(_Count):
    """The number of positive decisions that are wrong, or the sum of their weights.

    Decisions are made as by `Precision`.

    Args:
        thresholds: a number, or several for one result each; None for 0.5.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__("false_positives", thresholds, name, dtype)


class TrueNegatives(_Count):
    """The number of negative decisions that are right, or the sum of their weights.

    Decisions are made as by `Precision`.

    Args:
        thresholds: a number, or several for one result each; None for 0.5.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__("true_negatives", thresholds, name, dtype)


class FalseNegatives(_Count):
    """The number of negative decisions that are wrong, or the sum of their weights.

    Decisions are made as by `Precision`.

    Args:
        thresholds: a number, or several for one result each; None for 0.5.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__("false_negatives", thresholds, name, dtype)


def prepare(owner, y_true, y_pred, sample_weight, dtype, device):
    """Return labels, predictions rounded to `dtype`, and weights (or None) in the shape of the predictions."""
    # What is no tensor goes where the thresholds are.
    y_pred = to_float(to_tensor(*numbers_in(dtype, y_pred), device=device))
    y_true, y_pred = same_shape(owner, widen(to_tensor(y_true, device=y_pred.device)).bool(), y_pred)
    dtype, weights = getattr(torch, dtype), weights_like(owner, sample_weight, y_pred)
    return y_true, widen(y_pred if y_pred.dtype == dtype else y_pred.to(dtype)), weights


def share(part, rest):
    """Return the share of one count in two, 0 of nothing."""
    return divide_no_nan(part, part + rest)


def rounded(thresholds, dtype):
    """Return thresholds rounded to `dtype`, in the dtype in which they are compared, shape `[thresholds, 1]`."""
    return widen(torch.tensor(thresholds, dtype=getattr(torch, dtype)).unsqueeze(-1))


def only_class(class_id, y_true, y_pred, weights):
    """Return labels, predictions and weights of one entry of the last axis."""
    return y_true[..., class_id], y_pred[..., class_id], None if weights is None else weights[..., class_id]
