"""Metrics: where Keras differs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from parity.checks.subject import exact
from parity.deviations.regions import losses
from parity.deviations.regions.base import HALF, Case, Region
from parity.reference.base import match_ranks
from parity.reference.metrics import weights_of
from parity.tolerance import limits

EPSILON = 1e-7
FEW = 2.0**-3  # see the losses
LOSSES = {
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "CategoricalHinge": "categorical_hinge",
    "Hinge": "hinge",
    "SquaredHinge": "squared_hinge",
    "CosineSimilarity": "cosine_similarity",
    "LogCoshError": "log_cosh",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredError": "mean_squared_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
}
INHERITED = (  # those that can be seen through a mean, in the domain of the metrics
    "small probabilities",
    "label smoothing along an axis",
    "class numbers along an axis",
    "the function of an empty batch",
    "a label of 0 beside one of -1",
    "a label of 0 beside a soft one",
    "a small error",
    "a double without error",
    "a small difference of logarithms",
    "the losses of no samples",
)
CORRELATIONS = ("PearsonCorrelation", "ConcordanceCorrelation")
HITS = (
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
)
SPARSE_TOP_K = ("SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy")
TOP_K = ("TopKCategoricalAccuracy", "top_k_categorical_accuracy", *SPARSE_TOP_K)
MEANS = (*LOSSES, *CORRELATIONS, *HITS, "Mean", "MeanMetricWrapper", "RootMeanSquaredError")
IOUS = ("BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")
F_SCORES = ("F1Score", "FBetaScore")
COUNTS = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
BEST = ("SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall", "RecallAtPrecision")
AT_THRESHOLDS = (*COUNTS, "Precision", "Recall", *BEST, "AUC")


def each(names: tuple[str, ...], name: str, where: Callable[[Case, str], bool]) -> Iterator[Region]:
    """A region of several metrics."""
    for title in names:
        yield Region(name, f"metrics.{title}", where)


def dtype_of(case: Case) -> str:
    """The dtype of the metric."""
    return str(case.config.get("dtype") or "float32")


def eps_of(dtype: str) -> float:
    return float(limits(dtype).eps)


def batches_of(case: Case) -> list[Mapping[str, Any]]:
    """The batches of a stream, or the call of a function as the one of them."""
    return list(case.batches) or [case.inputs]


def weights(case: Case) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The weights that are given, each with what it belongs to."""
    for batch in case.batches:
        if "sample_weight" in batch:
            yield batch["sample_weight"], batch.get("values", batch.get("y_pred"))


def predictions(case: Case) -> Iterator[np.ndarray]:
    """The predictions of each batch as the metric sees them."""
    for batch in case.batches:
        yield exact(batch["y_pred"], dtype_of(case))


def arrays(case: Case, key: str) -> list[np.ndarray]:
    """The arrays of a name, in float64."""
    return [np.asarray(batch[key], np.float64) for batch in batches_of(case) if key in batch]


def in_half(case: Case, kind: str) -> bool:
    return dtype_of(case) in HALF


def not_float32(case: Case, kind: str) -> bool:
    return dtype_of(case) != "float32"


def one_weight(case: Case, kind: str) -> bool:
    """Whether a single weight belongs to a batch that is empty, or not the only one."""
    return any(weight.ndim == 0 and (values.size == 0 or len(case.batches) > 1) for weight, values in weights(case))


def coarse_predictions(case: Case, kind: str) -> bool:
    """Whether predictions come in a dtype that is coarser than the metric's."""
    return any(eps_of(str(batch["y_pred"].dtype)) > eps_of(dtype_of(case)) for batch in case.batches)


def half_predictions(case: Case, kind: str) -> bool:
    return any(str(batch["y_pred"].dtype) in HALF for batch in batches_of(case))


def of_a_batch(where: Callable[[Case, str], bool], function: str) -> Callable[[Case, str], bool]:
    """Whether the loss of some batch lies in a region of losses."""

    def somewhere(case: Case, kind: str) -> bool:
        config = {key: value for key, value in case.config.items() if key not in ("name", "dtype", "fn")}
        found = (
            Case(f"losses.{function}", config, {key: batch[key] for key in ("y_true", "y_pred")}, [])
            for batch in case.batches
        )
        return case.config.get("fn", function) == function and any(where(batch, kind) for batch in found)

    return somewhere


def of_the_loss(title: str, function: str) -> Iterator[Region]:
    """The regions of a loss, as those of its mean."""
    for region in losses.REGIONS:
        if region.components == f"losses.{function}" and region.name in INHERITED:
            yield Region(region.name, f"metrics.{title}", of_a_batch(region.where, function))


def ignored_samples(case: Case, kind: str) -> bool:
    """Whether a label is that of the class that is ignored."""
    ignored = case.config.get("ignore_class")
    return ignored is not None and case.any("y_true", lambda label: np.trunc(label) == ignored)


def weighted_empty_segments(case: Case, kind: str) -> bool:
    """Whether a batch without samples has weights, and labels of more than one axis."""
    empty = any("sample_weight" in b and b["y_true"].ndim > 1 and not b["y_true"].size for b in batches_of(case))
    return kind == "error" and case.config.get("ignore_class") is not None and empty


def smallest_squares(case: Case, kind: str) -> bool:
    """Whether the squares of all differences leave the range of float32."""
    pairs = (match_ranks(batch["y_true"], batch["y_pred"]) for batch in batches_of(case))
    return 0 < max(float(np.abs(y_true - y_pred).max(initial=0)) for y_true, y_pred in pairs) < 1e-18


def flushed_when_weighed(case: Case, kind: str) -> bool:
    """Whether a value times its weight is below the normal numbers of float32."""
    sizes = [np.abs(batch["values"] * weights_of(batch, batch["values"].shape)) for batch in batches_of(case)]
    return any(bool(((size > 0) & (size < losses.TINY)).any()) for size in sizes)


def weighted_in_fractions(case: Case, kind: str) -> bool:
    """Whether weights that are no integers meet a matrix of integers."""
    return case.config.get("dtype") is None and case.any("sample_weight", lambda weight: weight != np.trunc(weight))


def small_weights(case: Case, kind: str) -> bool:
    """Whether weights are so small that Keras's epsilon is not small beside their sum."""
    return case.any("sample_weight", lambda weight: (weight > 0) & (weight < FEW))


def along_an_axis(case: Case, kind: str) -> bool:
    return kind == "error" and case.config.get("axis", -1) != -1


def dense_sides(case: Case) -> list[str]:
    """The sides of an intersection over union that are scores, of which an argmax is taken."""
    one_hot = "OneHot" in case.name
    sides = {
        "y_true": case.config.get("sparse_y_true", not one_hot),
        "y_pred": case.config.get("sparse_y_pred", not one_hot),
    }
    return [key for key, sparse in sides.items() if not sparse]


def nan_predictions(case: Case, kind: str) -> bool:
    return case.any("y_pred", np.isnan)


def at_the_threshold(case: Case, kind: str) -> bool:
    """Whether a prediction is on the threshold, in the metric's dtype or in its own."""
    threshold = np.array(case.config.get("threshold", 0.5))
    return any(
        (exact(batch["y_pred"], dtype) == exact(threshold, dtype)).any()
        for batch in batches_of(case)
        for dtype in (dtype_of(case), str(batch["y_pred"].dtype))
    )


def at_the_threshold_in_half(case: Case, kind: str) -> bool:
    return half_predictions(case, kind) and at_the_threshold(case, kind)


def between_a_threshold_and_its_rounding(case: Case, kind: str) -> bool:
    """Whether a prediction in float64 is on the threshold, on what it is in float32, or between the two."""
    threshold = np.float64(case.config.get("threshold", 0.5))
    low, high = sorted((threshold, np.float64(np.float32(threshold))))
    found = (batch["y_pred"] for batch in batches_of(case) if batch["y_pred"].dtype == np.float64)
    return low != high and any(((array >= low) & (array <= high)).any() for array in found)


def no_samples(case: Case, kind: str) -> bool:
    return any(batch["y_pred"].size == 0 for batch in batches_of(case))


def empty_without_threshold(case: Case, kind: str) -> bool:
    return kind == "error" and case.config.get("threshold") is None and no_samples(case, kind)


def equal_scores(case: Case, kind: str) -> bool:
    """Whether the largest score of a sample is that of two classes."""
    if case.config.get("threshold") is not None:
        return False
    return any(((x == x.max(-1, keepdims=True)).sum(-1) > 1).any() for x in predictions(case) if x.size)


def largest_is_zero(case: Case, kind: str) -> bool:
    if case.config.get("threshold") is not None:
        return False
    return any((np.abs(x.max(-1)) <= 1e-9).any() for x in predictions(case) if x.size)


def nan_without_threshold(case: Case, kind: str) -> bool:
    return case.config.get("threshold") is None and nan_predictions(case, kind)


def epsilon_counts(case: Case, kind: str) -> bool:
    """Whether Keras's epsilon is seen beside a sum of decisions: in a double, or where it is small."""
    small = any(
        ((array > 0) & (array < FEW)).any() for key in ("y_true", "sample_weight") for array in arrays(case, key)
    )
    return dtype_of(case) == "float64" or small


def not_one_weight_a_sample(case: Case, kind: str) -> bool:
    return any(weight.ndim != 1 for weight, _ in weights(case))


def weights_of_other_classes(case: Case, kind: str) -> bool:
    """Whether weights are those of all classes, and one of these is looked at."""
    every = any(weight.ndim == values.ndim > 1 for weight, values in weights(case))
    return kind == "error" and case.config.get("class_id") is not None and every


def weights_of_samples(case: Case, kind: str) -> bool:
    """Whether weights belong to samples of several segments."""
    found = ((batch, rank_of_labels(case, batch)) for batch in case.batches if "sample_weight" in batch)
    return kind == "error" and any(0 < batch["sample_weight"].ndim < rank for batch, rank in found)


def rank_of_labels(case: Case, batch: Mapping[str, Any]) -> int:
    """How many axes the labels of segments have."""
    return int(batch["y_true"].ndim) - ("y_true" in dense_sides(case))


def grid(case: Case) -> np.ndarray | None:
    """The even grid of thresholds that Keras looks a prediction up in, or None where it compares."""
    thresholds = case.config.get("thresholds")
    if case.name.removeprefix("metrics.") in (*BEST, "AUC") and thresholds is None:
        number = case.config.get("num_thresholds", 200)
        return None if number == 1 else np.linspace(0, 1, number)
    if case.name == "metrics.AUC" and thresholds is not None:
        thresholds = [0.0, *sorted(thresholds), 1.0]
    if not isinstance(thresholds, list) or len(thresholds) < 3:
        return None
    even = np.arange(len(thresholds)) / (len(thresholds) - 1)
    return even if np.allclose(thresholds, even, atol=EPSILON) else None


def rounded_on_a_grid(case: Case, kind: str) -> bool:
    """Whether the number of the bucket that Keras computes is not that of the thresholds that lie below."""
    levels = grid(case)
    if levels is None or case.config.get("from_logits"):
        return False
    steps = np.float32(len(levels) - 1)
    for x in arrays(case, "y_pred"):
        score = np.clip(x[~np.isnan(x)], 0, 1).astype(np.float32)
        below = (score[..., None] > levels.astype(np.float32)).sum(-1)
        if (np.ceil(score * steps) != below).any():
            return True
    return False


def rounded_logits(case: Case, kind: str) -> bool:
    """Whether the sigmoid of a logit, as it is rounded, lies on another side of a threshold than the logit."""
    if not case.config.get("from_logits"):
        return False
    if half_predictions(case, kind):  # the sigmoid is rounded to their dtype
        return True
    thresholds = case.config.get("thresholds")
    number = case.config.get("num_thresholds", 200)
    inner = np.arange(1, number - 1) / (number - 1) if thresholds is None else np.array(thresholds)
    with np.errstate(all="ignore"):
        logits = np.log(inner / (1 - inner))
        for x in arrays(case, "y_pred"):
            score = 1 / (1 + np.exp(-x[..., None]))
            near = np.abs(score - inner) <= 2.0**-22 * np.maximum(inner, 2.0**-100)
            if (near | ((score.astype(np.float32) > inner.astype(np.float32)) != (x[..., None] > logits))).any():
                return True
    return False


def at_or_below_zero(case: Case, kind: str) -> bool:
    return case.config.get("num_thresholds") != 1 and case.any("y_pred", lambda p: p <= 0)


def out_of_range(case: Case, kind: str) -> bool:
    """Whether a prediction is no probability, and thresholds are compared with."""
    return not case.config.get("from_logits") and grid(case) is None and case.any("y_pred", lambda p: (p < 0) | (p > 1))


def nan_among_top_k(case: Case, kind: str) -> bool:
    return case.config.get("top_k") is not None and nan_predictions(case, kind)


def columns_of(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Targets, predictions and weights of a whole stream."""
    parts: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for batch in case.batches:
        y_true, y_pred = match_ranks(batch["y_true"], batch["y_pred"])
        for part, array in zip(parts, (y_true, y_pred, weights_of(batch, y_true.shape)), strict=True):
            part.append(array)
    y_true, y_pred, weight = map(np.concatenate, parts)
    return y_true, y_pred, weight


def spread_of(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each column: the sum of the weights, the size of the squares, their spread, and the squared errors."""
    y_true, y_pred, weight = columns_of(case)
    count = weight.sum(0)
    mean = (weight * y_true).sum(0) / np.where(count == 0, 1, count)
    with np.errstate(invalid="ignore"):  # infinities, of which no number is left
        squares, spread = (np.abs(weight) * y_true**2).sum(0), (weight * (y_true - mean) ** 2).sum(0)
        spread = np.where(np.abs(spread) <= 2.0**-90 * np.abs((weight * y_true**2).sum(0)), 0, spread)
        return count, squares, spread, (weight * (y_true - y_pred) ** 2).sum(0)


def nothing_seen(case: Case, kind: str) -> bool:
    return bool((spread_of(case)[0] == 0).any())


def constant_and_met(case: Case, kind: str) -> bool:
    count, _, spread, residual = spread_of(case)
    return bool(((count != 0) & (spread == 0) & (residual == 0)).any())


def weighted_by_no_spread(case: Case, kind: str) -> bool:
    weighted = case.config.get("class_aggregation") == "variance_weighted_average"
    return weighted and not spread_of(case)[2].any()


def spread_cancels(case: Case, kind: str) -> bool:
    """Whether the spread is so much smaller than the sum of squares that three bits of it are gone."""
    _, squares, spread, _ = spread_of(case)
    return bool((np.abs(spread) < FEW * squares).any())


def infinite_error(case: Case, kind: str) -> bool:
    return bool(np.isinf(spread_of(case)[3]).any())


def other_number_of_samples(case: Case, kind: str) -> bool:
    y_true, _, weight = columns_of(case)
    several = y_true.shape[1] > 1 or bool((weight == 0).any())
    return case.config.get("num_regressors", 0) > 0 and several


def rows_of(case: Case) -> Iterator[tuple[np.ndarray, np.ndarray, tuple[int, ...], float]]:
    """Targets, predictions, the axes of the correlation, and the eps of the result."""
    for batch in batches_of(case):
        y_true, y_pred = (np.asarray(batch[key], np.float64) for key in ("y_true", "y_pred"))
        axes = tuple(int(axis) % y_true.ndim for axis in np.atleast_1d(case.config.get("axis", -1)))
        dtypes = [str(batch["y_pred"].dtype)] + ([dtype_of(case)] if case.batches else [])
        yield y_true, y_pred, axes, max(map(eps_of, dtypes))


def in_double(case: Case, kind: str) -> bool:
    return dtype_of(case) == "float64"


def all_equal(case: Case, kind: str) -> bool:
    """Whether the targets or the predictions of a sample are one number."""
    return any((np.ptp(x, axes) == 0).any() for *pair, axes, _ in rows_of(case) for x in pair if x.size)


def epsilon_of_a_concordance(case: Case, kind: str) -> bool:
    """Whether Keras's epsilon is seen beside the variances."""
    for y_true, y_pred, axes, eps in rows_of(case):
        norm = y_true.var(axes) + y_pred.var(axes) + (y_true.mean(axes) - y_pred.mean(axes)) ** 2
        if (eps * norm < EPSILON).any():
            return True
    return False


def far_from_zero(case: Case, kind: str) -> bool:
    """Whether what the rounding of a mean takes away is seen beside the covariance."""
    for y_true, y_pred, axes, _ in rows_of(case):
        mean, apart = y_pred.mean(axes, keepdims=True), (y_true - y_pred).mean(axes)
        covariance = np.abs((y_true - y_true.mean(axes, keepdims=True)) * (y_pred - mean)).mean(axes)
        if (np.abs(mean.max(axes) * apart) > covariance).any():
            return True
    return False


def far_apart(case: Case, kind: str) -> bool:
    """Whether numbers are so much further from zero than from each other that three bits of the distances are gone."""
    return any((x.std(axes) < FEW * np.abs(x.mean(axes))).any() for *pair, axes, _ in rows_of(case) for x in pair)


def fraction_that_is_ignored(case: Case, kind: str) -> bool:
    """Whether a label is that of the class that is ignored, but for a fraction."""
    ignored = case.config.get("ignore_class")
    return ignored is not None and case.any("y_true", lambda x: (np.trunc(x) == ignored) & (x != ignored))


def small_numbers(case: Case, kind: str) -> bool:
    """Whether the squares of the distances from a mean leave the range."""
    return any((x.std(axes) < 1e-18).any() for *pair, axes, _ in rows_of(case) for x in pair if x.size)


def by_score(case: Case) -> bool:
    return not case.config.get("from_sorted_ids", False)


def not_in_float32(case: Case, kind: str) -> bool:
    others = any(str(batch["y_pred"].dtype) != "float32" for batch in batches_of(case))
    return kind == "error" and by_score(case) and others


def tied_scores(case: Case, kind: str) -> bool:
    """Whether two scores of a sample are equal."""
    return by_score(case) and any((np.diff(np.sort(x, -1), axis=-1) == 0).any() for x in arrays(case, "y_pred"))


def infinite_score(case: Case, kind: str) -> bool:
    return by_score(case) and case.any("y_pred", np.isinf)


def nan_score(case: Case, kind: str) -> bool:
    return by_score(case) and nan_predictions(case, kind)


def fraction_of_a_label(case: Case, kind: str) -> bool:
    return case.any("y_true", lambda label: label != np.trunc(label))


def fraction_among_numbers(case: Case, kind: str) -> bool:
    return not by_score(case) and fraction_of_a_label(case, kind)


def column_of_labels(case: Case, kind: str) -> bool:
    return any(batch["y_true"].ndim == batch["y_pred"].ndim for batch in batches_of(case))


REGIONS = (
    *(region for title, function in LOSSES.items() for region in of_the_loss(title, function)),
    *(region for function in ("huber", "binary_crossentropy") for region in of_the_loss("MeanMetricWrapper", function)),
    *each((*LOSSES, "MeanMetricWrapper"), "a mean of losses in half precision", half_predictions),
    *each(CORRELATIONS, "a correlation in the dtype of its predictions", coarse_predictions),
    *each(MEANS, "a weight for a whole batch", one_weight),
    *each((*MEANS, *F_SCORES, "R2Score"), "a state in half precision", in_half),
    *each(AT_THRESHOLDS, "the dtype of a count", not_float32),
    *each(IOUS, "the dtype of an intersection over union", not_float32),
    Region("samples of the class that is ignored", "metrics.SparseCategoricalCrossentropy", ignored_samples),
    Region("weights of an empty batch of segments", "metrics.SparseCategoricalCrossentropy", weighted_empty_segments),
    *each(("Mean", "Sum"), "a weight for the smallest values", flushed_when_weighed),
    Region("a root of the smallest squares", "metrics.RootMeanSquaredError", smallest_squares),
    *each(IOUS, "weights of a confusion matrix", weighted_in_fractions),
    *each(IOUS, "a perfect intersection over union", small_weights),
    *each(IOUS[1:], "classes of segments along an axis", along_an_axis),
    Region("a prediction on the threshold of a segment", "metrics.BinaryIoU", at_the_threshold),
    *each(F_SCORES, "an F-score of an empty batch", empty_without_threshold),
    *each(F_SCORES, "equal scores of two classes", equal_scores),
    *each(F_SCORES, "an argmax that is zero", largest_is_zero),
    *each(F_SCORES, "a sample with a score that is NaN", nan_without_threshold),
    *each(F_SCORES, "weights of an F-score for each class", not_one_weight_a_sample),
    *each(("Precision", "Recall", *BEST), "a weight for each class, of which one counts", weights_of_other_classes),
    Region("a threshold in half precision", "metrics.BinaryAccuracy", at_the_threshold_in_half),
    Region("a threshold in half precision", "metrics.binary_accuracy", at_the_threshold_in_half),
    Region("a threshold in float64", "metrics.BinaryAccuracy", between_a_threshold_and_its_rounding),
    Region("a threshold in float64", "metrics.binary_accuracy", between_a_threshold_and_its_rounding),
    *each(IOUS, "a weight for each sample of segments", weights_of_samples),
    *each(F_SCORES, "a perfect F-score", epsilon_counts),
    *each((*BEST, "AUC"), "a prediction on a threshold", rounded_on_a_grid),
    Region("a logit on a threshold", "metrics.AUC", rounded_logits),
    *each(BEST, "a prediction of 0", at_or_below_zero),
    Region("predictions out of range", "metrics.AUC", out_of_range),
    *each(("Precision", "Recall"), "NaN among the k largest", nan_among_top_k),
    Region("a score of nothing", "metrics.R2Score", nothing_seen),
    Region("constant targets that were met", "metrics.R2Score", constant_and_met),
    Region("constant targets, weighted by their spread", "metrics.R2Score", weighted_by_no_spread),
    Region("a spread that cancels", "metrics.R2Score", spread_cancels),
    Region("an infinite error", "metrics.R2Score", infinite_error),
    Region("the dtype of a score of regression", "metrics.R2Score", in_double),
    Region("the number of samples", "metrics.R2Score", other_number_of_samples),
    *each((*CORRELATIONS, "pearson_correlation", "concordance_correlation"), "numbers that are all equal", all_equal),
    *each(("ConcordanceCorrelation", "concordance_correlation"), "a perfect concordance", epsilon_of_a_concordance),
    *each(
        ("ConcordanceCorrelation", "concordance_correlation"), "a concordance of numbers far from zero", far_from_zero
    ),
    *each(("PearsonCorrelation", "pearson_correlation"), "a correlation of small numbers", small_numbers),
    *each(
        ("pearson_correlation", "concordance_correlation"),
        "a correlation in the dtype of its predictions",
        half_predictions,
    ),
    *each(("PearsonCorrelation", "pearson_correlation"), "a correlation of numbers far from zero", far_apart),
    *each(("IoU", "MeanIoU"), "the fraction of a segment", fraction_that_is_ignored),
    *each(TOP_K, "the k largest in another dtype than float32", not_in_float32),
    *each(TOP_K, "equal scores among the k largest", tied_scores),
    *each(TOP_K, "an infinite score", infinite_score),
    *each(TOP_K, "NaN beside the k largest", nan_score),
    *each(("SparseCategoricalAccuracy", "sparse_categorical_accuracy"), "the fraction of a label", fraction_of_a_label),
    *each(SPARSE_TOP_K, "the fraction of a label among numbers", fraction_among_numbers),
    Region("a column of labels", "metrics.sparse_top_k_categorical_accuracy", column_of_labels),
)
