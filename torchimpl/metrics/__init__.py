"""Metrics: values over a stream of batches."""

from torchimpl import losses
from torchimpl._config import snake_case
from torchimpl.metrics.base import Metric
from torchimpl.metrics.confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from torchimpl.metrics.correlation import ConcordanceCorrelation, PearsonCorrelation
from torchimpl.metrics.curve import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from torchimpl.metrics.distributed import result_over_ranks
from torchimpl.metrics.fscore import F1Score, FBetaScore
from torchimpl.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from torchimpl.metrics.reduction import Mean, MeanMetricWrapper
from torchimpl.metrics.regression import R2Score, RootMeanSquaredError
from torchimpl.saving import Family

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
    "result_over_ranks",
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
