"""Metrics of yes/no decisions: a prediction is positive if it is greater than a threshold, and not if equal."""

import math

import tensorflow as tf

from tfimpl._config import check_integer, check_number
from tfimpl._tensors import align, align_weights, divide_no_nan, to_tensor, widen
from tfimpl.metrics.base import Metric


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
    gaps = thresholds.shape[0] + 1
    # Not tf.searchsorted: in a graph it fails on an empty batch, and can end the process.
    gap = tf.raw_ops.LowerBound(sorted_inputs=thresholds[None], values=tf.reshape(y_pred, [1, -1]))
    gap = tf.reshape(gap, tf.shape(y_pred))
    gap = tf.where(tf.math.is_nan(y_pred), 0, gap) + gaps * tf.cast(y_true != 0, tf.int32)
    labels = tf.shape(y_pred)[-1] if per_label else 1
    if per_label:
        gap = gap + 2 * gaps * tf.range(labels)
    if sample_weight is None:
        sample_weight = tf.ones(tf.shape(y_pred), tf.float64)
    histogram = tf.math.unsorted_segment_sum(tf.reshape(sample_weight, [-1]), tf.reshape(gap, [-1]), labels * 2 * gaps)
    histogram = tf.reshape(histogram, [labels, 2, gaps])
    above = tf.cumsum(histogram, axis=-1, reverse=True)[..., 1:]
    below = tf.cumsum(histogram, axis=-1)[..., :-1]
    counts = [above[:, 1], above[:, 0], below[:, 0], below[:, 1]]
    return [tf.transpose(count) if per_label else count[0] for count in counts]


def keep_top_k(y_pred, k):
    """Return the k largest predictions of the last axis, -inf in place of the others; of equal ones the first."""
    lowest = tf.constant(-math.inf, y_pred.dtype)
    y_pred = tf.where(tf.math.is_nan(y_pred), lowest, y_pred)
    largest = tf.math.top_k(y_pred, k).indices
    kept = tf.reduce_any(tf.one_hot(largest, tf.shape(y_pred)[-1], True, False, dtype=tf.bool), axis=-2)
    return tf.where(kept, y_pred, lowest)


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
            cutoffs = 0.5 if top_k is None else -math.inf
        cutoffs = cutoffs if isinstance(cutoffs, list) else [cutoffs]
        self._ascending = sorted(cutoffs)
        self._places = [self._ascending.index(cutoff) for cutoff in cutoffs]
        self.add_variable((len(cutoffs),), name="true_positives")
        self.add_variable((len(cutoffs),), name="false_positives")

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
        classes = y_pred.shape[-1] if y_pred.shape.rank else 0
        check_classes("Precision", y_pred.shape.rank, classes, self.top_k, self.class_id)
        if self.top_k is not None:
            y_pred = keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weights = None if weights is None else weights[..., self.class_id]
        thresholds = tf.cast(tf.constant(self._ascending, tf.float64), self.dtype)
        thresholds = tf.cast(thresholds, y_pred.dtype)
        tp, fp, _, _ = count_decisions(y_true, y_pred, thresholds, weights)
        self.accumulate(true_positives=tf.gather(tp, self._places), false_positives=tf.gather(fp, self._places))

    def result(self):
        tp, fp = to_tensor(self.true_positives), to_tensor(self.false_positives)
        value = tf.cast(divide_no_nan(tp, tp + fp), self.dtype)
        return value[0] if len(self._places) == 1 else value


def prepare(owner, y_true, y_pred, sample_weight, dtype):
    """Return labels, predictions rounded to `dtype`, and weights (or None) in the shape of the predictions."""
    y_true, y_pred, _ = align(owner, to_tensor(y_true) != 0, y_pred)
    if sample_weight is not None:
        values = tf.cast(y_pred, tf.float64)
        sample_weight = align_weights(owner, "sample_weight", sample_weight, values)
        sample_weight = tf.broadcast_to(sample_weight, tf.shape(values))
    return y_true, widen(tf.cast(y_pred, dtype)), sample_weight


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
