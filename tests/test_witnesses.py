"""Metrics on real data against those who define them on their own: scikit-learn, SciPy, torchmetrics, torcheval.

The witnesses see the whole data at once, the metrics a stream of uneven batches.
"""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
sklearn = pytest.importorskip("sklearn")
from scipy import stats  # noqa: E402
from sklearn import datasets, metrics  # noqa: E402

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402

on_each_side = pytest.mark.parametrize("lib", [tfimpl, torchimpl], ids=["tf", "torch"])
CUTS = (0, 7, 71, 72, 200, 431)  # where batches begin


def softmax(x):
    x = np.exp(x - x.max(1, keepdims=True))
    return x / x.sum(1, keepdims=True)


def least_squares(features, targets):
    """Predictions of a linear model of the first ten features that vary."""
    varying = features[:, features.std(0) > 0][:, :10]
    design = np.column_stack([(varying - varying.mean(0)) / varying.std(0), np.ones(len(varying))])
    return design @ np.linalg.lstsq(design, targets, rcond=None)[0]


CANCER, DIGITS, DIABETES = datasets.load_breast_cancer(), datasets.load_digits(), datasets.load_diabetes()
YES = CANCER.target.astype(np.float32)
SCORE = np.clip(least_squares(CANCER.data, CANCER.target), 0, 1).astype(np.float32)
ONE_HOT = np.eye(10, dtype=np.float32)[DIGITS.target]
CLASSES = softmax(4 * least_squares(DIGITS.data, ONE_HOT)).astype(np.float32)
CLASS = CLASSES.argmax(1)
TARGETS = np.column_stack([DIABETES.target, DIABETES.data[:, 2] * 1000 + 5000]).astype(np.float32)
NUMBERS = np.column_stack([least_squares(DIABETES.data, column) for column in TARGETS.T]).astype(np.float32)


def weights(length):
    return (np.arange(length) % 5 / 2).astype(np.float32)


def streamed(metric, y_true, y_pred, weight=None):
    for start, end in zip(CUTS, (*CUTS[1:], len(y_true)), strict=True):
        part = {} if weight is None else {"sample_weight": weight[start:end]}
        metric.update_state(y_true[start:end], y_pred[start:end], **part)
    return np.asarray(metric.result())


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@on_each_side
@pytest.mark.parametrize("weight", [None, weights(len(YES))], ids=["", "weighted"])
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_decisions(lib, weight, threshold):
    decided = np.float32(threshold) < SCORE
    given = {"y_true": YES, "y_pred": decided, "sample_weight": weight}
    for name, theirs in (("Precision", metrics.precision_score), ("Recall", metrics.recall_score)):
        close(streamed(getattr(lib.metrics, name)(thresholds=threshold), YES, SCORE, weight), theirs(**given))
    for target in (0, 1):
        ours = lib.metrics.BinaryIoU(target_class_ids=[target], threshold=threshold)
        close(streamed(ours, YES, SCORE, weight), metrics.jaccard_score(pos_label=target, **given))
    for beta in (0.5, 2.0):
        ours = lib.metrics.FBetaScore(beta=beta, threshold=threshold, average="micro")
        column = streamed(ours, YES[:, None], SCORE[:, None], weight)
        close(column, metrics.fbeta_score(beta=beta, **given))


@on_each_side
@pytest.mark.parametrize("weight", [None, weights(len(ONE_HOT))], ids=["", "weighted"])
def test_classes(lib, weight):
    given = {"y_true": DIGITS.target, "y_pred": CLASS, "sample_weight": weight}
    for average in (None, "micro", "macro", "weighted"):
        ours = streamed(lib.metrics.FBetaScore(average, beta=2.0), ONE_HOT, CLASSES, weight)
        close(ours, metrics.fbeta_score(average=average, beta=2.0, **given))
        close(
            streamed(lib.metrics.F1Score(average), ONE_HOT, CLASSES, weight),
            metrics.f1_score(average=average, **given),
        )
    each = metrics.jaccard_score(average=None, **given)
    close(streamed(lib.metrics.OneHotMeanIoU(10), ONE_HOT, CLASSES, weight), each.mean())
    close(streamed(lib.metrics.OneHotIoU(10, [3, 8]), ONE_HOT, CLASSES, weight), each[[3, 8]].mean())
    close(streamed(lib.metrics.IoU(10, [9]), DIGITS.target, CLASS, weight), each[9])
    close(streamed(lib.metrics.MeanIoU(10, sparse_y_pred=False), DIGITS.target, CLASSES, weight), each.mean())


@on_each_side
@pytest.mark.parametrize("weight", [None, weights(len(TARGETS))], ids=["", "weighted"])
def test_numbers(lib, weight):
    given = {"y_true": TARGETS.astype(float), "y_pred": NUMBERS.astype(float), "sample_weight": weight}
    for ours, theirs in (
        (None, "raw_values"),
        ("uniform_average", "uniform_average"),
        ("variance_weighted_average", "variance_weighted"),
    ):
        close(
            streamed(lib.metrics.R2Score(ours), TARGETS, NUMBERS, weight),
            metrics.r2_score(multioutput=theirs, **given),
        )
    root = streamed(lib.metrics.RootMeanSquaredError(), TARGETS, NUMBERS, weight)
    close(root, np.sqrt(metrics.mean_squared_error(**given)))


@on_each_side
def test_scores_that_cannot_be(lib):
    """Constant targets: scikit-learn's force_finite."""
    constant = np.full((3, 1), 0.1, np.float32)
    for predicted in (constant, constant + 1):
        close(
            np.asarray(lib.metrics.R2Score()(constant, predicted)),
            metrics.r2_score(constant, predicted),
        )


@on_each_side
@pytest.mark.parametrize("weight", [None, weights(len(YES)) + 0.5], ids=["", "weighted"])
def test_area_within_the_bound_of_its_grid(lib, weight):
    """Between two thresholds the true ROC curve may run anywhere in the rectangle that their points span."""
    exact = metrics.roc_auc_score(YES, SCORE, sample_weight=weight)
    low, high, ours = (
        float(streamed(lib.metrics.AUC(200, "ROC", method), YES, SCORE, weight))
        for method in ("minoring", "majoring", "interpolation")
    )
    assert high - low < 0.01
    for area in (exact, ours):
        assert low - 1e-7 <= area <= high + 1e-7
    # The average precision is another sum over the same curve: no bound, but no distance to speak of either.
    precision = metrics.average_precision_score(YES, SCORE, sample_weight=weight)
    assert abs(float(streamed(lib.metrics.AUC(200, "PR"), YES, SCORE, weight)) - precision) < 0.002


@on_each_side
def test_correlations(lib):
    rows = [array[:440].reshape(11, 40) for array in (TARGETS[:, 0], NUMBERS[:, 0])]
    for start in (0, 4):
        ours = lib.metrics.PearsonCorrelation(dtype="float64")
        for part in (slice(start), slice(start, 11)):
            if part.stop:
                ours.update_state(rows[0][part], rows[1][part])
        each = [
            stats.pearsonr(one.astype(float), other.astype(float)).statistic for one, other in zip(*rows, strict=True)
        ]
        np.testing.assert_allclose(float(ours.result()), np.mean(each), rtol=1e-13)
    assert np.isnan(np.asarray(lib.metrics.PearsonCorrelation()([[0.1, 0.1, 0.1]], [[1.0, 2.0, 3.0]])))


@on_each_side
def test_peers(lib):
    torchmetrics = pytest.importorskip("torchmetrics")
    functional = torchmetrics.functional
    yes, score = torch.from_numpy(YES), torch.from_numpy(SCORE)
    target, classes = torch.from_numpy(DIGITS.target), torch.from_numpy(CLASSES)
    close(streamed(lib.metrics.Precision(), YES, SCORE), functional.precision(score, yes.int(), "binary"))
    close(streamed(lib.metrics.Recall(), YES, SCORE), functional.recall(score, yes.int(), "binary"))
    close(
        streamed(lib.metrics.F1Score("macro"), ONE_HOT, CLASSES),
        functional.f1_score(classes, target, "multiclass", num_classes=10, average="macro"),
    )
    close(
        streamed(lib.metrics.OneHotMeanIoU(10), ONE_HOT, CLASSES),
        functional.jaccard_index(classes, target, "multiclass", num_classes=10),
    )
    numbers, targets = torch.from_numpy(NUMBERS).double(), torch.from_numpy(TARGETS).double()
    close(
        streamed(lib.metrics.R2Score(None, num_regressors=10), TARGETS, NUMBERS),
        functional.r2_score(numbers, targets, adjusted=10, multioutput="raw_values"),
    )
    rows = [array[:440, 0].reshape(11, 40) for array in (NUMBERS, TARGETS)]
    one, other = (torch.from_numpy(np.ascontiguousarray(row)).double() for row in rows)
    ours = np.asarray(lib.metrics.PearsonCorrelation()(rows[1], rows[0]))
    close(ours, functional.pearson_corrcoef(one.T, other.T).mean())
    ours = np.asarray(lib.metrics.ConcordanceCorrelation()(rows[1], rows[0]))
    unbiased = functional.concordance_corrcoef(one.T, other.T).mean()  # torchmetrics divides by n - 1
    np.testing.assert_allclose(ours, unbiased, rtol=2e-2)
