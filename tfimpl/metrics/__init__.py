"""Metrics: values over a stream of batches."""

from tfimpl import losses
from tfimpl._config import snake_case
from tfimpl._keras import register
from tfimpl.metrics.base import Metric
from tfimpl.metrics.confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from tfimpl.metrics.correlation import ConcordanceCorrelation, PearsonCorrelation
from tfimpl.metrics.curve import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from tfimpl.metrics.fscore import F1Score, FBetaScore
from tfimpl.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from tfimpl.metrics.reduction import Mean, MeanMetricWrapper
from tfimpl.metrics.regression import R2Score, RootMeanSquaredError
from tfimpl.saving import Family

__all__ = [
    "AUC",
    "BinaryIoU",
    "ConcordanceCorrelation",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "IoU",
    "Mean",
    "MeanIoU",
    "MeanMetricWrapper",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
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
    BinaryIoU,
    ConcordanceCorrelation,
    F1Score,
    FBetaScore,
    FalseNegatives,
    FalsePositives,
    IoU,
    Mean,
    MeanIoU,
    MeanMetricWrapper,
    OneHotIoU,
    OneHotMeanIoU,
    PearsonCorrelation,
    Precision,
    PrecisionAtRecall,
    R2Score,
    Recall,
    RecallAtPrecision,
    RootMeanSquaredError,
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
