"""Metrics of yes/no decisions: a prediction is positive if it is greater than a threshold, and not if equal."""

import math

import numpy as np
import tensorflow as tf

from tfimpl._arguments import check_considered, check_thresholds
from tfimpl._config import check_integer
from tfimpl._tensors import align_weights, divide_no_nan, numbers_in, same_shape, to_float, to_tensor, widen
from tfimpl.metrics.base import Metric

FEW = 8  # thresholds, up to which comparing with each is faster than a histogram
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
    if per_label or thresholds.shape[0] > FEW:
        return _count_by_gaps(y_true, y_pred, thresholds[:, 0], sample_weight, per_label, wanted, even)
    if y_pred.shape.rank > 1:
        y_true, y_pred = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
        sample_weight = None if sample_weight is None else tf.reshape(sample_weight, [-1])
    return _count_at_each(y_true, y_pred, thresholds, sample_weight, wanted)


def _count_at_each(true, y_pred, thresholds, sample_weight, wanted):
    above = y_pred > thresholds
    counts = {}
    for name in wanted:
        if name == "true_positives":
            group = above & true
        elif name == "false_positives":
            group = above & ~true
        elif name == "true_negatives":
            group = ~(above | true)
        else:
            # Not ~above: in a graph the opposite of > becomes <=, of which a NaN is neither.
            group = tf.where(above, False, true)
        group = tf.cast(group, tf.float64) if sample_weight is None else tf.where(group, sample_weight, 0)
        counts[name] = tf.reduce_sum(group, axis=-1)
    return counts


def _count_by_gaps(y_true, y_pred, thresholds, sample_weight, per_label, wanted, even):
    """Each prediction falls between two thresholds: a histogram over these gaps, added up from both ends."""
    gaps = thresholds.shape[0] + 1
    gap = _even_gap(y_pred, thresholds) if even else _gap_by_search(y_pred, thresholds)
    gap = gap + gaps * tf.cast(y_true, tf.int32)
    labels = tf.shape(y_pred)[-1] if per_label else 1
    if per_label:
        gap = gap + 2 * gaps * tf.range(labels)
    if sample_weight is None:
        sample_weight = tf.ones(tf.shape(y_pred), tf.float64)
    histogram = tf.math.unsorted_segment_sum(tf.reshape(sample_weight, [-1]), tf.reshape(gap, [-1]), labels * 2 * gaps)
    histogram = tf.transpose(tf.reshape(histogram, [labels, 2, gaps]), [1, 2, 0])
    wrong_above, right_above = tf.unstack(tf.cumsum(histogram, axis=1, reverse=True)[:, 1:])
    right_below, wrong_below = tf.unstack(tf.cumsum(histogram, axis=1)[:, :-1])
    counts = {
        "true_positives": right_above,
        "false_positives": wrong_above,
        "true_negatives": right_below,
        "false_negatives": wrong_below,
    }
    return {name: counts[name] if per_label else tf.squeeze(counts[name], -1) for name in wanted}


def _even_gap(y_pred, thresholds):
    """How many thresholds are below each prediction, where they lie evenly.

    A product is rounded to a whole number if it lies on the other side of it than what it stands for, and never beyond:
    what is greater than a threshold is not counted as less.
    """
    step = tf.where(y_pred >= 0, y_pred * (thresholds.shape[0] - 1), 0)  # 0 for NaN
    step = tf.cast(step, tf.int32)
    return step + tf.cast(y_pred > tf.gather(thresholds, step), tf.int32)


def _gap_by_search(y_pred, thresholds):
    """How many thresholds are below each prediction."""
    # Not tf.searchsorted: in a graph it fails on an empty batch, and can end the process.
    gap = tf.raw_ops.LowerBound(sorted_inputs=thresholds[None], values=tf.reshape(y_pred, [1, -1]))
    return tf.where(tf.math.is_nan(y_pred), 0, tf.reshape(gap, tf.shape(y_pred)))


def keep_top_k(y_pred, k):
    """Return the k largest predictions of the last axis, -inf in place of the others; of equal ones the first."""
    lowest = tf.constant(-math.inf, y_pred.dtype)
    y_pred = tf.where(tf.math.is_nan(y_pred), lowest, y_pred)
    y_pred = tf.where(tf.equal(y_pred, 0), tf.zeros_like(y_pred), y_pred)  # XLA takes -0.0 to be less than 0.0
    largest = tf.math.top_k(y_pred, k).indices
    kept = tf.reduce_any(tf.one_hot(largest, tf.shape(y_pred)[-1], True, False, dtype=tf.bool), axis=-2)
    return tf.where(kept, y_pred, lowest)


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
        self._cutoffs = rounded(ascending, self.dtype)
        self._places = None if cutoffs == ascending else [ascending.index(cutoff) for cutoff in cutoffs]
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
        y_true, y_pred, weights = prepare(owner, y_true, y_pred, sample_weight, self.dtype)
        if self.top_k is not None or self.class_id is not None:
            check_considered(owner, y_pred.shape.rank, y_pred.shape[-1], self.top_k, self.class_id)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred, weights = only_class(self.class_id, y_true, y_pred, weights)
        counts = count_decisions(y_true, y_pred, self._cutoffs, weights, wanted=self._counts.values())
        if self._places is not None:
            counts = {name: tf.gather(count, self._places) for name, count in counts.items()}
        self.accumulate(**{state: counts[name] for state, name in self._counts.items()})

    def _settled(self, value):
        """One number for one threshold, in the metric's dtype."""
        value = tf.cast(value, self.dtype)
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

    _direction = "up"

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

    _direction = "up"

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


def prepare(owner, y_true, y_pred, sample_weight, dtype):
    """Return labels, predictions rounded to `dtype`, and weights (or None) in the shape of the predictions."""
    y_pred = to_float(*numbers_in(dtype, y_pred))
    y_true, y_pred = same_shape(owner, tf.cast(to_tensor(y_true), tf.bool), y_pred)
    if sample_weight is not None:
        values = tf.cast(y_pred, tf.float64)
        sample_weight = align_weights(owner, "sample_weight", sample_weight, values)
        sample_weight = tf.broadcast_to(sample_weight, tf.shape(values))
    return y_true, widen(tf.cast(y_pred, dtype)), sample_weight


def share(part, rest):
    """Return the share of one count in two, 0 of nothing."""
    part = to_tensor(part)  # Keras adds its own variables slowly
    return divide_no_nan(part, part + rest)


def rounded(thresholds, dtype):
    """Return thresholds rounded to `dtype`, in the dtype in which they are compared, shape `[thresholds, 1]`."""
    # An array, for the tensor of a graph could not be used in another. On its way to half precision a number goes
    # through float32, as it does in TensorFlow.
    numbers = np.array(thresholds, "float64")[:, None]
    if dtype in ("float16", "bfloat16"):
        numbers = numbers.astype("float32").astype(tf.as_dtype(dtype).as_numpy_dtype)
    return numbers.astype("float64" if dtype == "float64" else "float32")


def only_class(class_id, y_true, y_pred, weights):
    """Return labels, predictions and weights of one entry of the last axis."""
    return y_true[..., class_id], y_pred[..., class_id], None if weights is None else weights[..., class_id]
