"""The references of the scores against numbers worked out by hand, or published."""

import numpy as np
import pytest

from parity.reference import metrics

NAN = float("nan")


def batch(y_true, y_pred, weight=None):
    given = {"y_true": np.asarray(y_true, np.longdouble), "y_pred": np.asarray(y_pred, np.longdouble)}
    return given if weight is None else {**given, "sample_weight": np.asarray(weight, np.longdouble)}


def close(found, expected):
    value, scale = found
    np.testing.assert_allclose(value.astype(float), expected, rtol=1e-15)
    assert scale.shape == value.shape
    assert (scale >= np.abs(value) * (1 - 1e-15)).all() | np.isnan(value).any()


def test_iou():
    # Rows are labels: [[1, 1], [1, 1]] and weights .3 .3 .3 .1, the example of Keras's documentation.
    stream = [batch([0, 0, 1, 1], [0, 1, 0, 1], [0.3, 0.3, 0.3, 0.1])]
    close(metrics.iou(stream, num_classes=2, target_class_ids=[0]), 0.3 / 0.9)
    close(metrics.iou(stream, num_classes=2, target_class_ids=[1]), 0.1 / 0.7)
    close(metrics.mean_iou(stream, num_classes=2), (0.3 / 0.9 + 0.1 / 0.7) / 2)
    close(metrics.mean_iou(stream, num_classes=5), (0.3 / 0.9 + 0.1 / 0.7) / 2)
    close(metrics.iou(stream, num_classes=3, target_class_ids=[2]), 0)
    close(metrics.iou(stream, num_classes=2, target_class_ids=[0], ignore_class=1), 0.5)
    close(metrics.iou([], num_classes=2), 0)
    close(metrics.mean_iou([batch([0, -1, NAN, 2, 1.9], [0, 0, 0, 0, 1.2])], num_classes=2), 1)
    one_hot = [batch([[0, 0, 1], [1, 0, 0]], [[0.2, 0.4, 0.4], [NAN, 0.1, 0.1]])]
    close(metrics.one_hot_iou(one_hot, num_classes=3, target_class_ids=[1]), 0)
    close(metrics.one_hot_mean_iou([batch([[0, 0, 1]], [2])], num_classes=3, sparse_y_pred=True), 1)
    close(metrics.mean_iou([batch([[0, 1]], [[[1, 0], [0, 1]]])], num_classes=2, sparse_y_pred=False, axis=1), 1)


def test_binary_iou():
    stream = [batch([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])]
    close(metrics.binary_iou(stream, threshold=0.3), 1 / 3)
    close(metrics.binary_iou(stream, threshold=0.3, target_class_ids=[1]), 1 / 3)
    close(metrics.binary_iou([batch([1, 1], [0.5, 0.75])], target_class_ids=[1]), 0.5)
    close(metrics.binary_iou([batch([1], [0.1])], threshold=0.1, target_class_ids=[1], dtype="float16"), 0)
    close(metrics.binary_iou([batch([0], [NAN])], target_class_ids=[0]), 1)


def test_f_scores():
    # The example of Keras's documentation: TP 1 1 1, FP 0 0 1 ... by hand.
    stream = [batch([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])]
    close(metrics.fbeta_score(stream, beta=2.0, threshold=0.5), [5 / 13, 10 / 11, 5 / 6])
    close(metrics.f1_score(stream, threshold=0.5), [0.5, 0.8, 2 / 3])
    close(metrics.f1_score(stream, threshold=0.5, average="micro"), 8 / 12)
    close(metrics.f1_score(stream, threshold=0.5, average="macro"), (0.5 + 0.8 + 2 / 3) / 3)
    close(metrics.f1_score(stream, threshold=0.5, average="weighted"), (0.5 * 3 + 0.8 * 2 + 2 / 3) / 6)
    close(metrics.f1_score([batch([[0, 1]], [[0.5, 0.5]])]), [0, 0])
    close(metrics.f1_score([batch([[1, 0], [1, 0]], [[0.5, 0.5], [NAN, NAN]])]), [2 / 3, 0])
    close(metrics.f1_score([batch([[0.25, 1]], [[1, 1]])], threshold=0.5), [0.4, 1])
    close(metrics.f1_score([batch([[1, 1]], [[1, 1]], [0])], threshold=0.5, average="weighted"), 0)
    close(metrics.f1_score([]), 0)
    with pytest.raises(ValueError, match="expected"):
        metrics.f1_score([batch([1], [1])])


def test_r2():
    close_value = lambda found, expected: np.testing.assert_allclose(found[0].astype(float), expected, rtol=1e-15)  # noqa: E731
    stream = [batch([[1], [4]], [[2], [4]]), batch([[3]], [[4]])]
    close_value(metrics.r2_score(stream), 4 / 7)  # the example of Keras's documentation: 1 - 2 / (14 / 3)
    far = [batch(np.longdouble([[1], [4], [3]]) + 2.0**40, np.longdouble([[2], [4], [4]]) + 2.0**40)]
    close_value(metrics.r2_score(far), 4 / 7)
    close_value(metrics.r2_score(stream, num_regressors=1), 1 - 3 / 7 * 2)
    close_value(metrics.r2_score(stream, num_regressors=2), 4 / 7)
    close_value(metrics.r2_score([batch([[1], [4], [9]], [[2], [4], [0]], [1, 2, 0])]), 1 - 1 / 6)
    two = [batch([[1, 0], [4, 2], [3, 1]], [[2, 0], [4, 2], [4, 1]])]
    close_value(metrics.r2_score(two, class_aggregation=None), [4 / 7, 1])
    close_value(metrics.r2_score(two), 11 / 14)
    spreads = np.array([14 / 3, 2])
    close_value(
        metrics.r2_score(two, class_aggregation="variance_weighted_average"),
        (spreads * [4 / 7, 1]).sum() / spreads.sum(),
    )
    constant = np.full((3, 1), 0.1)
    close_value(metrics.r2_score([batch(constant, constant)]), 1)
    close_value(metrics.r2_score([batch(constant, constant + 1)]), 0)
    close_value(metrics.r2_score([batch(constant, constant, [0, 0, 0])]), 0)
    close_value(metrics.r2_score([], class_aggregation=None), 0)
    assert metrics.r2_score([], class_aggregation=None)[0].shape == ()
    with pytest.raises(ValueError, match="expected"):
        metrics.r2_score([batch([1], [1])])


def test_root_mean_squared_error():
    close(metrics.root_mean_squared_error([batch([[0, 1], [0, 0]], [[1, 1], [0, 0]])]), 0.5)
    close(metrics.root_mean_squared_error([batch([[0, 1], [0, 0]], [[1, 1], [0, 0]], [1, 0])]), np.sqrt(0.5))
    close(metrics.root_mean_squared_error([batch([3], [0]), batch([4], [0])]), np.sqrt(12.5))
    close(metrics.root_mean_squared_error([]), 0)


def test_correlations():
    stream = [batch([[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]])]
    close(metrics.pearson_correlation(stream), 0.9966996338993911)  # printed in Keras's documentation, from float32
    by_hand = [2 * 0.4 / 3 / (0.5 / 3 + 0.32 / 3), 2 * (4 / 15 * 0.8 * 1) / 1]
    value, _ = metrics.concordance_correlation(stream[:1])
    assert float(value) == pytest.approx(0.9816320385426076, rel=1e-6)  # likewise, with an epsilon
    assert by_hand[0] == pytest.approx(0.97560976, rel=1e-6)
    close(metrics.pearson_correlation([batch([[1, 2, 3]], [[3, 2, 1]])]), -1)
    close(metrics.concordance_correlation([batch([[1, 2, 3]], [[2, 3, 4]])]), 4 / 7)
    close(metrics.pearson_correlation([batch([[1, 2], [1, 2]], [[1, 2], [2, 1]], [3, 1])]), 0.5)
    assert np.isnan(metrics.pearson_correlation([batch([[1, 1]], [[1, 2]])])[0])
    assert np.isnan(metrics.concordance_correlation([batch([[0.1, 0.1]], [[0.1, 0.1]])])[0])
    close(metrics.concordance_correlation([batch([[1, 1]], [[1, 2]])]), 0)
    axes = batch(np.arange(8).reshape(1, 4, 2), np.arange(8).reshape(1, 4, 2) * 2)
    close(metrics.pearson_correlation([axes], axis=[1, 2]), 1)
    with pytest.raises(ValueError, match="samples"):
        metrics.pearson_correlation([batch([1, 2], [1, 2])])
