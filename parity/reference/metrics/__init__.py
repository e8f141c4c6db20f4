"""Metrics of a whole stream at once, in the most naive way: no buckets, no state.

`dtype` is the dtype of the metric, to which predictions and thresholds are rounded before they are compared. Weights
must not be negative: then no sum of them cancels. All return (value, scale).
"""

from parity.reference.metrics.confusion import (
    false_negatives,
    false_positives,
    precision,
    recall,
    true_negatives,
    true_positives,
)
from parity.reference.metrics.curve import (
    auc,
    precision_at_recall,
    recall_at_precision,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from parity.reference.metrics.iou import mean_iou
from parity.reference.metrics.reduction import mean

__all__ = [
    "auc",
    "false_negatives",
    "false_positives",
    "mean",
    "mean_iou",
    "precision",
    "precision_at_recall",
    "recall",
    "recall_at_precision",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
    "true_negatives",
    "true_positives",
]
