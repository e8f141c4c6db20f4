"""Metrics of predicted numbers."""

import numpy as np
import tensorflow as tf

from tfimpl._config import check_choice, check_columns, check_integer
from tfimpl._graph import as_one_graph
from tfimpl._tensors import align_exactly, align_weights, as_wide_as, divide_no_nan, to_tensor
from tfimpl.losses.regression import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from tfimpl.losses.similarity import cosine_similarity
from tfimpl.metrics import _pairs as pairs
from tfimpl.metrics.base import Metric
from tfimpl.metrics.reduction import Mean, MeanOf

AGGREGATIONS = ("uniform_average", "variance_weighted_average")
PAIRED = ("squared_sum", "sum", "count")  # the states whose difference can cancel, each with a state for its rest
NO_SPREAD = 2.0**-90  # of the squares: a sum of squared distances of less than that is what the rounding leaves


class R2Score(Metric):
    """The coefficient of determination, for each column: 1 - sum(w * (y_true - y_pred)**2) / sum(w * (y_true - m)**2).

    m is the mean of y_true, weighted with w, or 0 if w sums to 0. Where the targets are all equal (to 2**-45 of their
    size) it is 1 if all predictions are right, else 0; and it is 0 where nothing has been seen. NaN in a column, of
    whatever weight, makes its score NaN. The sums are kept in 106 bits: they do not cancel where the mean is large
    against the spread.

    The number of columns is that of the first batch, and stays over `reset_state`; `set_state({})` makes the metric as
    new.

    Args:
        class_aggregation: None for a score for each column; "uniform_average" for their mean;
            "variance_weighted_average" for their mean weighted by sum(w * (y_true - m)**2).
        num_regressors: the number p of regressors, >= 0, for the adjusted score 1 - (1 - R2) * (n - 1) / (n - p - 1),
            with the number n of samples whose weight is not 0. The score is not adjusted if p = 0 or p >= n - 1.
        name: name of the metric.
        dtype: dtype of the result.

    Source: Wright (1921), "Correlation and Causation"; Ezekiel (1930), "Methods of Correlation Analysis".
    """

    _direction = "up"

    _late = True

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = (
            None
            if class_aggregation is None
            else check_choice("R2Score", "class_aggregation", class_aggregation, AGGREGATIONS)
        )
        self.num_regressors = check_integer("R2Score", "num_regressors", num_regressors, low=0)

    def _build(self, columns):
        self.add_variable(name="num_samples")
        for name in ("squared_sum", "sum", "residual", "count", *(f"{name}_rest" for name in PAIRED)):
            self.add_variable((columns,), name=name)

    def _build_like(self, state):
        if not self._states and np.ndim(state.get("squared_sum", 0)) == 1:
            self._build(len(state["squared_sum"]))

    def _from_keras(self, metric):
        state = super()._from_keras(metric)
        if "squared_sum" not in state:  # Keras has a number of samples before the first batch
            return {}
        if "count_rest" not in state:
            # Keras counts the targets of a sample, and has no rests.
            state["num_samples"] = state["num_samples"] / max(len(state["squared_sum"]), 1)
            state.update({f"{name}_rest": np.zeros_like(state[name]) for name in PAIRED})
        return state

    def accumulate(self, **amounts):
        """Add to states, by name; what the rounding of a sum takes away is added to its rest."""
        if not amounts:  # those of a metric that has seen nothing
            return
        self._fitting("sum", amounts["sum"], self.sum)  # before anything is added; the others have as many columns
        states = {name + end: self._on_replicas(name + end)[0] for name in PAIRED for end in ("", "_rest")}
        super().accumulate(**_with_rests(states, amounts))

    def _read(self):
        """The states by name, those of all replicas of a strategy added up as the amounts of batches are."""
        whole = super()._read()
        replicas = zip(*[self._on_replicas(name) for name in whole], strict=True)
        for number, values in enumerate(replicas):
            part = dict(zip(whole, map(to_tensor, values), strict=True))
            if number:
                amounts = _with_rests(whole, part)
                part = {name: value + amounts[name] for name, value in whole.items()}
            whole = part
        return whole

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: targets, shape `[batch, columns]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or target, of a shape that fits the leading axes of y_true.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_true, y_pred = align_exactly("R2Score", self.dtype, y_true, y_pred)
        check_columns("R2Score", y_pred.shape, getattr(self, "sum", None))
        if self._states:
            y_true, y_pred = as_wide_as(self.sum, y_true, y_pred)
        y_true, y_pred = tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)
        weights = ()
        if sample_weight is not None:
            weights = (
                tf.broadcast_to(align_weights("R2Score", "sample_weight", sample_weight, y_true), tf.shape(y_true)),
            )
        if not self._states:
            self._build(y_pred.shape[1])
        self.accumulate(**_sums(y_true, y_pred, *weights))

    def result(self):
        """Return the score, or one for each column, in the metric's dtype; a single 0 before any batch."""
        if not self._states:
            return self._nothing_yet()
        score = _score(*self._read().values(), aggregation=self.class_aggregation, regressors=self.num_regressors)
        return tf.cast(score, self.dtype)


@as_one_graph
def _sums(y_true, y_pred, weights=None):
    """What a batch adds to the states of R2Score, by name."""
    if weights is None:
        samples = tf.cast(tf.shape(y_true)[0], tf.float64)
        count = size = tf.fill([tf.shape(y_true)[1]], samples)
        middle = tf.reduce_sum(y_true, axis=0)
    else:
        samples = tf.math.count_nonzero(tf.reduce_any(weights != 0, axis=1), dtype=tf.float64)
        count = tf.reduce_sum(weights, axis=0)
        sizes = tf.abs(weights)  # the mean by weights of both signs can lie far away from all targets
        middle, size = tf.reduce_sum(sizes * y_true, axis=0), tf.reduce_sum(sizes, axis=0)

    def total(values):
        return tf.reduce_sum(values if weights is None else weights * values, axis=0)

    centre = divide_no_nan(middle, size)
    apart = y_true - centre
    first = total(apart)
    # Around 0 instead of the centre: sum(w) c + sum(w d), and (sum(w) c + 2 sum(w d)) c + sum(w d**2).
    shift = pairs.exact_product(count, centre)
    linear = pairs.plus(shift, first)
    squares = pairs.plus(pairs.times(pairs.plus(linear, first), centre), total(tf.square(apart)))
    return {
        "num_samples": samples,
        "squared_sum": squares[0],
        "sum": linear[0],
        "residual": total(tf.square(y_true - y_pred)),
        "count": count,
        "squared_sum_rest": squares[1],
        "sum_rest": linear[1],
        "count_rest": tf.zeros_like(count),
    }


def _with_rests(states, amounts):
    """Amounts to be added to states: what the rounding of a sum takes away is added to the amount of its rest."""
    states, parts = (
        [tf.stack([to_tensor(given[name + end]) for name in PAIRED]) for end in ("", "_rest")]
        for given in (states, amounts)
    )
    for end, amount in zip(("", "_rest"), _paired(*states, *parts), strict=True):
        amounts = amounts | dict(zip([name + end for name in PAIRED], tf.unstack(amount), strict=True))
    return amounts


@as_one_graph
def _paired(sums, rests, parts, rests_of_parts):
    # A rest is added with the next part, and so stays small: rests that are added up are rounded as sums are.
    rests = tf.where(parts != 0, rests, tf.zeros_like(rests))
    parts, lost = pairs.plus((parts, rests_of_parts), rests)
    return parts, (lost + pairs.exact_sum(sums, parts)[1]) - rests


@as_one_graph
def _score(
    samples, squares, linear, residual, count, squares_rest, linear_rest, count_rest, *, aggregation, regressors
):
    """R2 of the states of R2Score."""
    squares, linear, count = (squares, squares_rest), (linear, linear_rest), (count, count_rest)
    product = pairs.multiply(linear, pairs.divide_no_nan(linear, count))
    spread, _ = pairs.add(squares, (-product[0], -product[1]))
    spread = tf.where(tf.abs(spread) <= NO_SPREAD * tf.abs(squares[0]), tf.zeros_like(spread), spread)
    constant = tf.cast((residual == 0) & (count[0] != 0), tf.float64)
    constant = tf.where(tf.math.is_nan(residual), residual, constant)
    score = tf.where(spread != 0, 1 - divide_no_nan(residual, spread), constant)
    if aggregation == "uniform_average":
        score = tf.reduce_mean(score)
    elif aggregation == "variance_weighted_average":
        weighted = divide_no_nan(tf.reduce_sum(spread * score), tf.reduce_sum(spread))
        score = tf.where(tf.reduce_any(spread != 0), weighted, tf.reduce_mean(score))
    if regressors:
        free = samples - regressors - 1
        score = tf.where(free > 0, 1 - divide_no_nan((1 - score) * (samples - 1), free), score)
    return score


class RootMeanSquaredError(Mean):
    """The root of the mean squared error, sqrt(sum(w * (y_true - y_pred)**2) / sum(w)), over all samples of a stream.

    A sample of several values counts with the mean of their squares; 0 before anything has been seen.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: targets, shape `[batch, d0, .. dN]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or value, of a shape that fits the leading axes of y_pred.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_true, y_pred = align_exactly("RootMeanSquaredError", self.dtype, y_true, y_pred)
        if self.dtype == "float64" or y_true.dtype != y_pred.dtype:
            y_true, y_pred = tf.cast(y_true, tf.float64), tf.cast(y_pred, tf.float64)
        super().update_state(tf.square(tf.cast(y_true - y_pred, tf.float64)), sample_weight)

    def result(self):
        """Return the root, in the metric's dtype."""
        return tf.cast(tf.sqrt(divide_no_nan(self.total, self.count)), self.dtype)


def similarity(y_true, y_pred, axis=-1):
    """Return the cosine of the angle between two vectors, which the loss of that name turns round."""
    return -cosine_similarity(y_true, y_pred, axis)


class CosineSimilarity(MeanOf):
    """The mean over all samples of the cosine of the angle between two vectors: 1 where they point the same way.

    It is minus `losses.cosine_similarity`: see there, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
        axis: the axis of the vectors.
    """

    _direction = "up"

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        self.axis = check_integer("CosineSimilarity", "axis", axis)
        super().__init__(similarity, name, dtype, axis=axis)


class LogCoshError(MeanOf):
    """The mean of `losses.log_cosh` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="logcosh", dtype=None):
        super().__init__(log_cosh, name, dtype)


class MeanAbsoluteError(MeanOf):
    """The mean of `losses.mean_absolute_error` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="mean_absolute_error", dtype=None):
        super().__init__(mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanOf):
    """The mean of `losses.mean_absolute_percentage_error` over all samples of a stream.

    See there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredError(MeanOf):
    """The mean of `losses.mean_squared_error` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="mean_squared_error", dtype=None):
        super().__init__(mean_squared_error, name, dtype)


class MeanSquaredLogarithmicError(MeanOf):
    """The mean of `losses.mean_squared_logarithmic_error` over all samples of a stream.

    See there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(mean_squared_logarithmic_error, name, dtype)
