"""Metrics: values over a stream of batches."""

from tfimpl import losses
from tfimpl._keras import register
from tfimpl.metrics.base import Metric
from tfimpl.metrics.confusion import Precision
from tfimpl.metrics.curve import AUC
from tfimpl.metrics.iou import MeanIoU
from tfimpl.metrics.reduction import Mean, MeanMetricWrapper
from tfimpl.saving import Family

__all__ = ["AUC", "Mean", "MeanIoU", "MeanMetricWrapper", "Metric", "Precision", "deserialize", "get", "serialize"]

family = Family(
    "metrics",
    [AUC, Mean, MeanIoU, MeanMetricWrapper, Precision],
    aliases={
        "auc": "AUC",
        "mean": "Mean",
        "mean_io_u": "MeanIoU",
        "mean_metric_wrapper": "MeanMetricWrapper",
        "precision": "Precision",
    },
    functions=losses.family.functions,
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
