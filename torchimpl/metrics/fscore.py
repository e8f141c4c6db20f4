"""F-scores: precision and recall in one number."""

import numpy as np
import torch

from torchimpl._config import check_choice, check_columns, check_number
from torchimpl._tensors import AT_ONCE, align_exactly, detached, divide_no_nan, in_parts, weights_like, widen
from torchimpl.metrics.accuracy import _largest
from torchimpl.metrics.base import Metric

AVERAGES = ("micro", "macro", "weighted")


class FBetaScore(Metric):
    """The weighted harmonic mean of precision P and recall R: (1 + beta**2) * P * R / (beta**2 * P + R).

    That is (1 + beta**2) * TP / ((1 + beta**2) * TP + beta**2 * FN + FP), and 0 where it would be 0 / 0. A soft label y
    counts as y of a positive and 1 - y of a negative.

    Unless average is "micro", the number of classes is that of the first batch, and stays over `reset_state`;
    `set_state({})` makes the metric as new.

    Args:
        average: None for a score for each class; "micro" for the score of the decisions of all classes, "macro" for
            the mean over the classes, "weighted" for that mean weighted by the number of positives, TP + FN.
        beta: how many times as important recall is as precision; > 0.
        threshold: a prediction is positive if it is greater, both in the metric's dtype; in (0, 1]. None for the
            largest prediction of each sample (of equal ones the first) as the one that is positive. NaN never is.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.

    Source: van Rijsbergen (1979), "Information Retrieval", chapter 7.
    """

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.average = None if average is None else check_choice(owner, "average", average, AVERAGES)
        self.beta = check_number(owner, "beta", beta, above=0)
        self.threshold = None if threshold is None else check_number(owner, "threshold", threshold, above=0, high=1)
        if threshold is not None:
            self._cutoff = torch.tensor(threshold, dtype=getattr(torch, self.dtype), device="cpu").item()
        if average == "micro":
            self._build(())
        else:
            self._wait_for_batch()

    def _build(self, shape):
        for name in ("true_positives", "false_positives", "false_negatives", "intermediate_weights"):
            self.add_variable(shape, name=name)

    def _build_like(self, state):
        if not self._states and np.ndim(state.get("true_positives", 0)) == 1:
            self._build(np.shape(state["true_positives"]))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: labels, shape `[batch, classes]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or decision, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit.
        """
        owner = type(self).__name__
        y_true, y_pred, sample_weight = detached(y_true, y_pred, sample_weight)
        y_true, y_pred = align_exactly(owner, self.dtype, y_true, y_pred)
        check_columns(owner, y_pred.shape, getattr(self, "true_positives", None))
        weights = weights_like(owner, sample_weight, y_pred)
        if not self._states:
            self._build(y_pred.shape[1:])
        for part in in_parts(y_true, y_pred, weights, most=AT_ONCE // 4):
            self._add(*part)

    def _add(self, positive, y_pred, weights):
        y_pred = widen(y_pred.to(getattr(torch, self.dtype)))
        positive = positive if weights is None else weights * positive
        if self.threshold is None:
            counts = _of_the_largest(y_pred, positive, weights)
        else:
            counts = _of_many(y_pred > self._cutoff, positive, weights)
        tp, fp, fn = [count.sum() for count in counts] if self.average == "micro" else counts
        self.accumulate(true_positives=tp, false_positives=fp, false_negatives=fn, intermediate_weights=tp + fn)

    def result(self):
        """Return the score, or one for each class, in the metric's dtype; a single 0 before any batch."""
        if not self._states:
            return self._nothing_yet()
        tp, fp, fn, positives = self.variables
        square = self.beta**2
        score = divide_no_nan((1 + square) * tp, (1 + square) * tp + square * fn + fp)
        if self.average == "macro":
            score = score.mean()
        elif self.average == "weighted":
            score = divide_no_nan((score * positives).sum(), positives.sum())
        return score.to(getattr(torch, self.dtype))


class F1Score(FBetaScore):
    """The harmonic mean of precision P and recall R, 2 * P * R / (P + R): see FBetaScore, with beta 1.

    Unless average is "micro", the number of classes is that of the first batch, and stays over `reset_state`;
    `set_state({})` makes the metric as new.

    Args:
        average: None for a score for each class; "micro" for the score of the decisions of all classes, "macro" for
            the mean over the classes, "weighted" for that mean weighted by the number of positives, TP + FN.
        threshold: a prediction is positive if it is greater, both in the metric's dtype; in (0, 1]. None for the
            largest prediction of each sample (of equal ones the first) as the one that is positive. NaN never is.
        name: name of the metric.
        dtype: dtype of the result, and of the comparison.
    """

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)


def _of_the_largest(y_pred, positive, weights):
    """True and false positives and false negatives of each class, the largest prediction of a sample being taken."""
    place, found = _largest(y_pred, 1, keepdim=True)
    right = torch.gather(positive, 1, place).double()
    wrong = (1 if weights is None else torch.gather(weights, 1, place)) - right
    left = 0
    if found is not None:
        taken = torch.gather(y_pred, 1, place) > -torch.inf
        right, wrong, left = right.masked_fill(~taken, 0), wrong.masked_fill(~taken, 0), right.masked_fill(taken, 0)
    none = torch.zeros(positive.shape[1], dtype=torch.float64, device=positive.device)
    right, wrong = (none.index_add(0, place.squeeze(1), hits.squeeze(1)) for hits in (right, wrong))
    missed = positive.to(torch.float64, copy=True).scatter_(1, place, left)
    return right, wrong, torch.sum(missed, 0)


def _of_many(taken, positive, weights):
    """The same, where any number of the predictions of a sample are taken."""
    positive, left = positive.double(), ~taken
    negative = (1 if weights is None else weights) - positive
    right, wrong = positive.masked_fill(left, 0), negative.masked_fill(left, 0)
    return right.sum(0), wrong.sum(0), positive.masked_fill(taken, 0).sum(0)
