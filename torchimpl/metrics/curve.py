"""Metrics of a curve of decisions at many thresholds."""

import math

import numpy as np
import torch

from torchimpl._arguments import check_considered
from torchimpl._config import check_boolean, check_choice, check_integer, check_number, check_numbers
from torchimpl._tensors import divide_no_nan
from torchimpl.metrics.base import Metric
from torchimpl.metrics.confusion import COUNTS, count_decisions, only_class, prepare, rounded, share

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "minoring", "majoring")
MOST = 2**16  # thresholds
SLACK = 2.0**-40  # a ratio of sums is rounded; it meets a bound that it misses by less than this share


class AUC(Metric):
    """The area under the ROC, the precision-recall or the precision-recall-gain curve, on a grid of thresholds.

    The thresholds are framed by one below and one above all predictions; predictions outside [0, 1] count as 0 or
    1. A prediction is positive if it is greater than the threshold, both in the metric's dtype; a NaN never is.
    Logits are compared with the logits of the thresholds.

    Args:
        num_thresholds: size of the grid, 2 to 65536: 0, 1 and what lies evenly between.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: "interpolation" (trapezoids; for PR the rule of Davis and Goadrich), "minoring" or
            "majoring" (the lower or the higher end of each interval).
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
        thresholds: the inner thresholds, in [0, 1]; num_thresholds is then their number + 2.
        multi_label: compute one area for each entry of the last axis of `[batch, labels]`, and return their mean.
        num_labels: number of labels if multi_label; None to take it from the first batch, whose number stays over
            `reset_state`; `set_state({})` makes the metric as new.
        label_weights: weight of each label: in the mean if multi_label, else of each decision.
        from_logits: whether predictions are logits.

    Source: Davis and Goadrich (2006), "The Relationship Between Precision-Recall and ROC Curves"; Flach and Kull
    (2015), "Precision-Recall-Gain Curves".
    """

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=False,
        num_labels=None,
        label_weights=None,
        from_logits=False,
    ):
        super().__init__(name=name, dtype=dtype)
        self.curve = check_choice("AUC", "curve", curve.upper() if isinstance(curve, str) else curve, CURVES)
        summation_method = str(getattr(summation_method, "value", summation_method)).lower()
        self.summation_method = check_choice("AUC", "summation_method", summation_method, SUMMATIONS)
        if thresholds is not None:
            thresholds = sorted(check_numbers("AUC", "thresholds", thresholds, low=0, high=1))
            num_thresholds = len(thresholds) + 2
        self.num_thresholds = check_integer("AUC", "num_thresholds", num_thresholds, low=2, high=MOST)
        self.thresholds = thresholds
        self.multi_label = check_boolean("AUC", "multi_label", multi_label)
        self.from_logits = check_boolean("AUC", "from_logits", from_logits)
        if label_weights is not None:
            label_weights = check_numbers("AUC", "label_weights", label_weights, low=0)
        self.label_weights = label_weights
        self.num_labels = None if num_labels is None else check_integer("AUC", "num_labels", num_labels, low=1)
        if num_labels is not None and not multi_label:
            raise ValueError("AUC: `num_labels` needs multi_label=True. Received: multi_label=False")
        cutoffs = inner_cutoffs(self.num_thresholds, thresholds, from_logits)
        self.register_buffer("_cutoffs", rounded([-math.inf, *cutoffs, math.inf], self.dtype), persistent=False)
        self._even = even_between(thresholds, self.dtype) and not from_logits
        shares = None if label_weights is None else torch.tensor(label_weights, dtype=torch.float64)
        self.register_buffer("_shares", shares, persistent=False)
        if multi_label and num_labels is None:
            self._wait_for_batch()
        else:
            self._build(num_labels)

    def _build(self, labels):
        shape = (self.num_thresholds,) if labels is None else (self.num_thresholds, labels)
        for name in ("true_positives", "true_negatives", "false_positives", "false_negatives"):
            self.add_variable(shape, name=name)

    def _build_like(self, state):
        shape = np.shape(state.get("true_positives", ()))
        if not self._states and len(shape) == 2 and shape[0] == self.num_thresholds:
            self._build(shape[-1])

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, true where not 0; shape `[batch, d0, .. dN]`, or `[batch, labels]` if multi_label.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or decision, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit.
        """
        cutoffs = self._buffers["_cutoffs"]  # a microsecond sooner than the attribute
        y_true, y_pred, weights = prepare("AUC", y_true, y_pred, sample_weight, self.dtype, cutoffs.device)
        labels = y_pred.shape[-1]
        kept = self.true_positives.shape[1] if self.multi_label and self._states else None
        if self.multi_label and (y_pred.ndim != 2 or (kept is not None and kept != labels)):
            raise ValueError(
                f"AUC: with multi_label, y_pred must have shape [batch, {kept or 'labels'}]. "
                f"Received: shape {tuple(y_pred.shape)}"
            )
        if self.label_weights is not None and len(self.label_weights) != labels:
            raise ValueError(
                f"AUC: label_weights has {len(self.label_weights)} entries, and y_pred must have as many labels on its "
                f"last axis. Received: shape {tuple(y_pred.shape)}"
            )
        if not self._states:
            self._build(labels)
        if self.label_weights is not None and not self.multi_label:
            weights = self._shares.broadcast_to(y_pred.shape) if weights is None else weights * self._shares
        finite = torch.finfo(y_pred.dtype)
        y_pred = torch.clamp(y_pred, *((finite.min, finite.max) if self.from_logits else (0, 1)))
        self.accumulate(**count_decisions(y_true, y_pred, cutoffs, weights, self.multi_label, even=self._even))

    def result(self):
        if not self._states:
            return self._nothing_yet()
        tp, tn, fp, fn = self.variables
        if (self.curve, self.summation_method) == ("PR", "interpolation"):
            areas = interpolated_precision_recall(tp, fp, fn)
        else:
            areas = self._riemann(tp, tn, fp, fn)
        area = areas.sum(0)
        if self.multi_label and self.label_weights is not None:
            area = divide_no_nan((area * self._shares).sum(), self._shares.sum())
        elif self.multi_label:
            area = area.mean()
        return area.to(getattr(torch, self.dtype))

    def _riemann(self, tp, tn, fp, fn):
        recall = divide_no_nan(tp, tp + fn)
        if self.curve == "ROC":
            x, y = divide_no_nan(fp, fp + tn), recall
        elif self.curve == "PR":
            x, y = recall, divide_no_nan(tp, tp + fp)
        else:
            odds = divide_no_nan(tp + fn, tn + fp)
            recall_gain = torch.where(tp == 0, 0, 1 - odds * divide_no_nan(fn, tp))
            precision_gain = torch.where(tp == 0, 1, 1 - odds * divide_no_nan(fp, tp))
            x, y = torch.clamp(recall_gain, min=0), precision_gain
        left, right = y[:-1], y[1:]
        if self.summation_method == "interpolation":
            height = (left + right) / 2
        elif self.summation_method == "minoring":
            height = torch.minimum(left, right)
        else:
            height = torch.maximum(left, right)
        return (x[:-1] - x[1:]) * height


class _Best(Metric):
    """What looks for the best of one ratio at those thresholds at which another ratio is large enough."""

    def __init__(self, argument, value, num_thresholds, class_id, name, dtype):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self._bound = check_number(owner, argument, value, low=0, high=1)
        number = self.num_thresholds = check_integer(owner, "num_thresholds", num_thresholds, low=1, high=MOST)
        self.class_id = None if class_id is None else check_integer(owner, "class_id", class_id, low=0)
        cutoffs = [-math.inf, *inner_cutoffs(number, None, False), math.inf] if number > 1 else [0.5]
        self.register_buffer("_cutoffs", rounded(cutoffs, self.dtype), persistent=False)
        self._even = even_between(None, self.dtype)
        for state in COUNTS:
            self.add_variable((number,), name=state)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, true where not 0; shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or decision, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit, or there are fewer classes than class_id says.
        """
        owner = type(self).__name__
        y_true, y_pred, weights = prepare(owner, y_true, y_pred, sample_weight, self.dtype, self._cutoffs.device)
        if self.class_id is not None:
            check_considered(owner, y_pred.ndim, y_pred.shape[-1], None, self.class_id)
            y_true, y_pred, weights = only_class(self.class_id, y_true, y_pred, weights)
        self.accumulate(**count_decisions(y_true, torch.clamp(y_pred, 0, 1), self._cutoffs, weights, even=self._even))

    def _best(self, ratio, constrained):
        feasible = constrained >= self._bound * (1 - SLACK)
        return torch.where(feasible, ratio, 0).max().to(getattr(torch, self.dtype))

    def _sensitivity(self):
        return share(self.true_positives, self.false_negatives)

    def _specificity(self):
        return share(self.true_negatives, self.false_positives)

    def _precision(self):
        return share(self.true_positives, self.false_positives)


class SensitivityAtSpecificity(_Best):
    """The best sensitivity TP / (TP + FN) at a threshold where the specificity TN / (TN + FP) is large enough.

    It is 0 if there is no such threshold. The thresholds and the decisions are those of `AUC`; a bound is met by what
    misses it by a share of 2**-40, for a ratio of weighted sums is rounded.

    Args:
        specificity: the specificity demanded, in [0, 1].
        num_thresholds: size of the grid, 1 to 65536: 0, 1 and what lies evenly between; of one, 0.5.
        class_id: consider only this entry of the last axis.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)
        self.specificity = self._bound

    def result(self):
        return self._best(self._sensitivity(), self._specificity())


class SpecificityAtSensitivity(_Best):
    """The best specificity TN / (TN + FP) at a threshold where the sensitivity TP / (TP + FN) is large enough.

    It is 0 if there is no such threshold. The thresholds and the decisions are those of `AUC`; a bound is met by what
    misses it by a share of 2**-40, for a ratio of weighted sums is rounded.

    Args:
        sensitivity: the sensitivity demanded, in [0, 1].
        num_thresholds: size of the grid, 1 to 65536: 0, 1 and what lies evenly between; of one, 0.5.
        class_id: consider only this entry of the last axis.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__("sensitivity", sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = self._bound

    def result(self):
        return self._best(self._specificity(), self._sensitivity())


class PrecisionAtRecall(_Best):
    """The best precision TP / (TP + FP) at a threshold where the recall TP / (TP + FN) is large enough.

    It is 0 if there is no such threshold. The thresholds and the decisions are those of `AUC`; a bound is met by what
    misses it by a share of 2**-40, for a ratio of weighted sums is rounded.

    Args:
        recall: the recall demanded, in [0, 1].
        num_thresholds: size of the grid, 1 to 65536: 0, 1 and what lies evenly between; of one, 0.5.
        class_id: consider only this entry of the last axis.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, recall, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)
        self.recall = self._bound

    def result(self):
        return self._best(self._precision(), self._sensitivity())


class RecallAtPrecision(_Best):
    """The best recall TP / (TP + FN) at a threshold where the precision TP / (TP + FP) is large enough.

    It is 0 if there is no such threshold. The thresholds and the decisions are those of `AUC`; a bound is met by what
    misses it by a share of 2**-40, for a ratio of weighted sums is rounded.

    Args:
        precision: the precision demanded, in [0, 1].
        num_thresholds: size of the grid, 1 to 65536: 0, 1 and what lies evenly between; of one, 0.5.
        class_id: consider only this entry of the last axis.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, precision, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)
        self.precision = self._bound

    def result(self):
        return self._best(self._sensitivity(), self._precision())


def interpolated_precision_recall(tp, fp, fn):
    """Area under the PR curve between thresholds, true and predicted positives taken as linear (Davis, Goadrich)."""
    predicted = tp + fp
    gained_tp, gained = tp[:-1] - tp[1:], predicted[:-1] - predicted[1:]
    slope = divide_no_nan(gained_tp, gained)
    intercept = tp[1:] - slope * predicted[1:]
    both = (predicted[:-1] > 0) & (predicted[1:] > 0)
    ratio = torch.where(both, divide_no_nan(predicted[:-1], predicted[1:]), 1)
    return divide_no_nan(slope * (gained_tp + intercept * torch.log(ratio)), tp[1:] + fn[1:])


def even_between(thresholds, dtype):
    """Whether the cutoffs lie evenly: nobody chose others, and they are not rounded to half precision."""
    return thresholds is None and dtype in ("float32", "float64")


def inner_cutoffs(number, thresholds, from_logits):
    """Return the thresholds between the two outermost, as logits if the predictions are."""
    inner = [(i + 1) / (number - 1) for i in range(number - 2)] if thresholds is None else thresholds
    if not from_logits:
        return inner
    return [math.log(t / (1 - t)) if 0 < t < 1 else math.copysign(math.inf, t - 0.5) for t in inner]
