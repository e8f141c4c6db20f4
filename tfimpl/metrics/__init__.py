"""Metrics: values over a stream of batches."""

from tfimpl import losses
from tfimpl._config import snake_case
from tfimpl._keras import register
from tfimpl.metrics.base import Metric
from tfimpl.metrics.confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from tfimpl.metrics.curve import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from tfimpl.metrics.iou import MeanIoU
from tfimpl.metrics.reduction import Mean, MeanMetricWrapper
from tfimpl.saving import Family

__all__ = [
    "AUC",
    "FalseNegatives",
    "FalsePositives",
    "Mean",
    "MeanIoU",
    "MeanMetricWrapper",
    "Metric",
    "Precision",
    "PrecisionAtRecall",
    "Recall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "TrueNegatives",
    "TruePositives",
    "deserialize",
    "get",
    "serialize",
]

CLASSES = (
    AUC,
    FalseNegatives,
    FalsePositives,
    Mean,
    MeanIoU,
    MeanMetricWrapper,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
family = Family(
    "metrics",
    CLASSES,
    aliases={snake_case(item.__name__): item.__name__ for item in CLASSES},
    functions=losses.family.functions,
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
