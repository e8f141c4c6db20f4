"""Metrics: values over a stream of batches."""

from torchimpl import losses
from torchimpl._config import snake_case
from torchimpl.metrics.base import Metric
from torchimpl.metrics.confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from torchimpl.metrics.curve import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from torchimpl.metrics.iou import MeanIoU
from torchimpl.metrics.reduction import Mean, MeanMetricWrapper
from torchimpl.saving import Family

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
