"""Metrics: values over a stream of batches."""

from torchimpl import losses
from torchimpl.metrics.base import Metric
from torchimpl.metrics.confusion import Precision
from torchimpl.metrics.curve import AUC
from torchimpl.metrics.iou import MeanIoU
from torchimpl.metrics.reduction import Mean, MeanMetricWrapper
from torchimpl.saving import Family

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
