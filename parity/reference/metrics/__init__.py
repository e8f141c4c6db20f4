"""Metrics of a whole stream at once, in the most naive way: no buckets, no state.

`dtype` is the dtype of the metric, to which predictions and thresholds are rounded before they are compared. Weights
must not be negative: then no sum of them cancels. All return (value, scale).
"""

from parity.reference.metrics.confusion import precision
from parity.reference.metrics.curve import auc
from parity.reference.metrics.iou import mean_iou
from parity.reference.metrics.reduction import mean

__all__ = ["auc", "mean", "mean_iou", "precision"]
