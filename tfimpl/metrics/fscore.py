"""F-scores: precision and recall in one number."""

import math

import numpy as np
import tensorflow as tf

from tfimpl._config import check_choice, check_columns, check_number
from tfimpl._graph import as_one_graph
from tfimpl._tensors import align_exactly, align_weights, as_wide_as, divide_no_nan, widen
from tfimpl.metrics.accuracy import _comparable
from tfimpl.metrics.base import Metric

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

    _direction = "up"

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.average = None if average is None else check_choice(owner, "average", average, AVERAGES)
        self.beta = check_number(owner, "beta", beta, above=0)
        self.threshold = None if threshold is None else check_number(owner, "threshold", threshold, above=0, high=1)
        self._late = average != "micro"
        if not self._late:
            self._build(())

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
        y_true, y_pred = align_exactly(owner, self.dtype, y_true, y_pred)
        check_columns(owner, y_pred.shape, getattr(self, "true_positives", None))
        y_pred = widen(tf.cast(y_pred, self.dtype))
        if self._states:
            y_true, y_pred = as_wide_as(self.true_positives, y_true, y_pred)
        given = [y_true]
        if sample_weight is not None:
            positive = tf.cast(y_true, tf.float64)
            weights = align_weights(owner, "sample_weight", sample_weight, positive)
            weights = tf.broadcast_to(weights, tf.shape(positive))
            given = [weights * positive, weights]
        if self.threshold is None:
            counts = _of_the_largest(y_pred, *given)
        else:
            threshold = tf.cast(tf.cast(tf.constant(self.threshold, tf.float64), self.dtype), y_pred.dtype)
            counts = _of_many(y_pred > threshold, *given)
        if not self._states:
            self._build(y_pred.shape[1:])
        tp, fp, fn = [tf.reduce_sum(count) for count in counts] if self.average == "micro" else counts
        self.accumulate(true_positives=tp, false_positives=fp, false_negatives=fn, intermediate_weights=tp + fn)

    def result(self):
        """Return the score, or one for each class, in the metric's dtype; a single 0 before any batch."""
        if not self._states:
            return self._nothing_yet()
        tp, fp, fn, positives = self._read().values()
        square = self.beta**2
        score = divide_no_nan((1 + square) * tp, (1 + square) * tp + square * fn + fp)
        if self.average == "macro":
            score = tf.reduce_mean(score)
        elif self.average == "weighted":
            score = divide_no_nan(tf.reduce_sum(score * positives), tf.reduce_sum(positives))
        return tf.cast(score, self.dtype)


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


@as_one_graph
def _of_the_largest(y_pred, positive, weights=None):
    """True and false positives and false negatives of each class, the largest prediction of a sample being taken."""
    place = tf.argmax(_comparable(y_pred, lowest=-math.inf), axis=1)
    taken = tf.gather(y_pred, place, batch_dims=1) > -math.inf
    right = tf.cast(tf.gather(positive, place, batch_dims=1), tf.float64)
    wrong = (1 if weights is None else tf.gather(weights, place, batch_dims=1)) - right
    hits = tf.where(tf.expand_dims(taken, 1), tf.stack([right, wrong], axis=1), 0)
    tp, fp = tf.unstack(tf.math.unsorted_segment_sum(hits, place, positive.shape[1] or tf.shape(positive)[1]), axis=1)
    left = tf.where(taken, tf.zeros_like(right), right)
    cells = tf.stack([tf.range(tf.shape(place, tf.int64)[0]), place], axis=1)
    missed = tf.tensor_scatter_nd_update(positive, cells, tf.cast(left, positive.dtype))
    return tp, fp, tf.reduce_sum(tf.cast(missed, tf.float64), axis=0)


@as_one_graph
def _of_many(taken, positive, weights=None):
    """The same, where any number of the predictions of a sample are taken."""
    positive = tf.cast(positive, tf.float64)
    negative = (1 if weights is None else weights) - positive
    right, wrong = tf.where(taken, positive, 0), tf.where(taken, negative, 0)
    missed = tf.where(taken, tf.zeros_like(positive), positive)
    return [tf.reduce_sum(amount, axis=0) for amount in (right, wrong, missed)]
