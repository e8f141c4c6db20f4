"""Metrics: values over a stream of batches."""

from torchimpl import losses
from torchimpl.metrics.base import Metric
from torchimpl.metrics.confusion import Precision
from torchimpl.metrics.correlation import ConcordanceCorrelation, PearsonCorrelation
from torchimpl.metrics.curve import AUC
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
    "IoU",
    "Mean",
    "MeanIoU",
    "MeanMetricWrapper",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Precision",
    "R2Score",
    "RootMeanSquaredError",
    "deserialize",
    "get",
    "result_over_ranks",
    "serialize",
]

family = Family(
    "metrics",
    [
        AUC,
        BinaryIoU,
        ConcordanceCorrelation,
        F1Score,
        FBetaScore,
        IoU,
        Mean,
        MeanIoU,
        MeanMetricWrapper,
        OneHotIoU,
        OneHotMeanIoU,
        PearsonCorrelation,
        Precision,
        R2Score,
        RootMeanSquaredError,
    ],
    aliases={
        "auc": "AUC",
        "binary_io_u": "BinaryIoU",
        "concordance_correlation": "ConcordanceCorrelation",
        "f1_score": "F1Score",
        "f_beta_score": "FBetaScore",
        "io_u": "IoU",
        "mean": "Mean",
        "mean_io_u": "MeanIoU",
        "mean_metric_wrapper": "MeanMetricWrapper",
        "one_hot_io_u": "OneHotIoU",
        "one_hot_mean_io_u": "OneHotMeanIoU",
        "pearson_correlation": "PearsonCorrelation",
        "precision": "Precision",
        "r2_score": "R2Score",
        "root_mean_squared_error": "RootMeanSquaredError",
    },
    functions=losses.family.functions,
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
