"""Metrics of predicted numbers."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from torchimpl._config import check_choice, check_columns, check_integer
from torchimpl._tensors import (
    AT_ONCE,
    added,
    align_exactly,
    detached,
    divide_no_nan,
    in_parts,
    long_in_float64,
    sum_by_parts,
    weights_like,
)
from torchimpl.losses.regression import (
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from torchimpl.losses.similarity import cosine_similarity
from torchimpl.metrics import _pairs as pairs
from torchimpl.metrics.base import Metric
from torchimpl.metrics.reduction import Mean, MeanOf

AGGREGATIONS = ("uniform_average", "variance_weighted_average")
PAIRED = ("squared_sum", "sum", "count")  # the states whose difference can cancel, each with a state for its rest
LOST = 2.0**-100  # a square of float32, below which it has not all its digits
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

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = (
            None
            if class_aggregation is None
            else check_choice("R2Score", "class_aggregation", class_aggregation, AGGREGATIONS)
        )
        self.num_regressors = check_integer("R2Score", "num_regressors", num_regressors, low=0)
        self._wait_for_batch()

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
        states, parts = (
            [torch.stack([given[name + end] for name in PAIRED]) for end in ("", "_rest")]
            for given in (self._buffers, amounts)
        )
        parts = [part.to(self.sum.device) for part in parts]
        for end, amount in zip(("", "_rest"), _paired(*states, *parts), strict=True):
            amounts = amounts | dict(zip([name + end for name in PAIRED], amount, strict=True))
        super().accumulate(**amounts)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Add a batch.

        Args:
            y_true: targets, shape `[batch, columns]`.
            y_pred: predictions, same shape.
            sample_weight: weight of each sample or target, of a shape that fits the leading axes of y_true.

        Raises:
            ValueError: the shapes do not fit.
        """
        y_true, y_pred, sample_weight = detached(y_true, y_pred, sample_weight)
        y_true, y_pred = align_exactly("R2Score", self.dtype, y_true, y_pred)
        check_columns("R2Score", y_pred.shape, getattr(self, "sum", None))
        weights = weights_like("R2Score", sample_weight, y_pred)
        if not self._states:
            self._build(y_pred.shape[1])
        for true, pred, weight in in_parts(y_true, y_pred, weights, most=AT_ONCE // 4):
            self.accumulate(**_sums(true.double(), pred.double(), weight))

    def result(self):
        """Return the score, or one for each column, in the metric's dtype; a single 0 before any batch."""
        if not self._states:
            return self._nothing_yet()
        score = _score(*self.variables, aggregation=self.class_aggregation, regressors=self.num_regressors)
        return score.to(getattr(torch, self.dtype))


def _sums(y_true, y_pred, weights=None):
    """What a batch adds to the states of R2Score, by name."""
    if weights is None:
        samples = y_true.new_full((), y_true.shape[0])
        count, centre = samples.expand(y_true.shape[1]), torch.sum(y_true, 0) / max(y_true.shape[0], 1)
    else:
        samples, count = torch.sum(torch.any(weights != 0, 1)), torch.sum(weights, 0)
        sizes = torch.abs(weights)  # the mean by weights of both signs can lie far away from all targets
        size = torch.sum(sizes, 0)
        centre = torch.sum(sizes * y_true, 0) / (size + (size == 0))

    def total(values):
        return torch.sum(values if weights is None else weights * values, 0)

    apart = y_true - centre
    first = total(apart)
    # Around 0 instead of the centre: sum(w) c + sum(w d), and (sum(w) c + 2 sum(w d)) c + sum(w d**2).
    shift = pairs.exact_product(count, centre)
    linear = pairs.plus(shift, first)
    squares = pairs.plus(pairs.times(pairs.plus(linear, first), centre), total(torch.square(apart)))
    return {
        "num_samples": samples,
        "squared_sum": squares[0],
        "sum": linear[0],
        "residual": total(torch.square(y_true - y_pred)),
        "count": count,
        "squared_sum_rest": squares[1],
        "sum_rest": linear[1],
        "count_rest": torch.zeros_like(count),
    }


def _paired(sums, rests, parts, rests_of_parts):
    # A rest is added with the next part, and so stays small: rests that are added up are rounded as sums are.
    rests = torch.where(parts != 0, rests, 0)
    parts, lost = pairs.plus((parts, rests_of_parts), rests)
    return parts, (lost + pairs.exact_sum(sums, parts)[1]) - rests


def _score(
    samples, squares, linear, residual, count, squares_rest, linear_rest, count_rest, *, aggregation, regressors
):
    """R2 of the states of R2Score."""
    squares, linear, count = (squares, squares_rest), (linear, linear_rest), (count, count_rest)
    product = pairs.multiply(linear, pairs.divide_no_nan(linear, count))
    spread, _ = pairs.add(squares, (-product[0], -product[1]))
    spread = torch.where(torch.abs(spread) <= NO_SPREAD * torch.abs(squares[0]), 0, spread)
    constant = ((residual == 0) & (count[0] != 0)).double()
    constant = torch.where(torch.isnan(residual), residual, constant)
    score = torch.where(spread != 0, 1 - divide_no_nan(residual, spread), constant)
    if aggregation == "uniform_average":
        score = score.mean()
    elif aggregation == "variance_weighted_average":
        weighted = divide_no_nan(torch.sum(spread * score), torch.sum(spread))
        score = torch.where(torch.any(spread != 0), weighted, score.mean())
    if regressors:
        free = samples - regressors - 1
        score = torch.where(free > 0, 1 - divide_no_nan((1 - score) * (samples - 1), free), score)
    return score


class RootMeanSquaredError(Mean):
    """The root of the mean squared error, sqrt(sum(w * (y_true - y_pred)**2) / sum(w)), over all samples of a stream.

    A sample of several values counts with the mean of their squares; 0 before anything has been seen.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

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
        y_true, y_pred, sample_weight = detached(y_true, y_pred, sample_weight)
        y_true, y_pred = align_exactly("RootMeanSquaredError", self.dtype, y_true, y_pred)
        if self.dtype == "float64" or y_true.dtype != y_pred.dtype:
            y_true, y_pred = y_true.double(), y_pred.double()
        weights = weights_like(type(self).__name__, sample_weight, y_pred)
        total, count = added([self._squares(*part) for part in in_parts(y_true, y_pred, weights)])
        self.accumulate(total=total, count=count)

    def _squares(self, y_true, y_pred, sample_weight):
        if sample_weight is not None or self.dtype == "float64":
            return self._amounts(torch.square((y_true - y_pred).double()), sample_weight)
        return self._amounts(y_pred, total=_sum_of_squares(y_true, y_pred, self.dtype))

    def result(self):
        """Return the root, in the metric's dtype."""
        return torch.sqrt(divide_no_nan(self.total, self.count)).to(getattr(torch, self.dtype))


def _sum_of_squares(y_true, y_pred, dtype):
    """Return the sum of the squared errors of a batch, in float64, some units of it off; of a large one by parts.

    Where squares overflow float32, or all are so small that it loses their digits, they are taken in float64 after all.
    """
    if long_in_float64(y_pred, dtype):
        total = sum_by_parts(F.mse_loss(y_pred, y_true, reduction="none"))
        if LOST * y_pred.numel() < total < math.inf:
            return total
    error = (y_true - y_pred).double().reshape(-1)
    return torch.dot(error, error)


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

    def __init__(self, name="logcosh", dtype=None):
        super().__init__(log_cosh, name, dtype)


class MeanAbsoluteError(MeanOf):
    """The mean of `losses.mean_absolute_error` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

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

    def __init__(self, name="mean_absolute_percentage_error", dtype=None):
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredError(MeanOf):
    """The mean of `losses.mean_squared_error` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

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

    def __init__(self, name="mean_squared_logarithmic_error", dtype=None):
        super().__init__(mean_squared_logarithmic_error, name, dtype)
