"""Metrics of a whole stream at once, in the most naive way: no buckets, no state.

`dtype` is the dtype of the metric, to which predictions and thresholds are rounded before they are compared. Weights
must not be negative: then no sum of them cancels. All return (value, scale).
"""

from parity.reference.metrics.accuracy import (
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from parity.reference.metrics.base import weights_of
from parity.reference.metrics.confusion import (
    false_negatives,
    false_positives,
    precision,
    recall,
    true_negatives,
    true_positives,
)
from parity.reference.metrics.correlation import (
    concordance_correlation,
    concordance_of_samples,
    pearson_correlation,
    pearson_of_samples,
)
from parity.reference.metrics.curve import (
    auc,
    precision_at_recall,
    recall_at_precision,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from parity.reference.metrics.fscore import f1_score, fbeta_score
from parity.reference.metrics.iou import binary_iou, iou, mean_iou, one_hot_iou, one_hot_mean_iou
from parity.reference.metrics.reduction import mean, total_of
from parity.reference.metrics.regression import r2_score, root_mean_squared_error

__all__ = [
    "accuracy",
    "auc",
    "binary_accuracy",
    "binary_iou",
    "categorical_accuracy",
    "concordance_correlation",
    "concordance_of_samples",
    "f1_score",
    "false_negatives",
    "false_positives",
    "fbeta_score",
    "iou",
    "mean",
    "mean_iou",
    "one_hot_iou",
    "one_hot_mean_iou",
    "pearson_correlation",
    "pearson_of_samples",
    "precision",
    "precision_at_recall",
    "r2_score",
    "recall",
    "recall_at_precision",
    "root_mean_squared_error",
    "sensitivity_at_specificity",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "specificity_at_sensitivity",
    "top_k_categorical_accuracy",
    "total_of",
    "true_negatives",
    "true_positives",
    "weights_of",
]
