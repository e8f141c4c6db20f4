"""Metrics: one update of a batch against torchmetrics, torcheval and Keras on both backends."""

from dataclasses import dataclass, field
from functools import partial

import keras
import torch
import torcheval.metrics as te
import torchmetrics as tm
import torchmetrics.classification as tmc

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, metric_inputs
from benchmarks.losses import ACCURATE, TWO_LOGARITHMS

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

SMALL = 32
LARGE = {"one-hot of 1000": 4096, "one-hot": 10**5, "classes": 10**5, "columns": 10**5}  # else 10**6
CONFUSION, READING = "confusion", "reading"


@dataclass(frozen=True)
class Metric:
    """A metric, what it is given, and what the two libraries have in its place.

    Args:
        title: its class in our packages and in Keras.
        kind: its inputs: see `metric_inputs`.
        options: what its class is given.
        torchmetrics: makes the metric there.
        torcheval: makes the metric there.
        family: "confusion" for counts of decisions, "reading" for what only reads memory and adds.
        labels: whether the two libraries take class numbers where Keras takes one-hot labels.
        remark: what it does at 32 samples that the fastest peer does not.
        keras_wrong: why tfimpl's is another formula than Keras's on TensorFlow.
    """

    title: str
    kind: str
    options: dict = field(default_factory=dict)
    torchmetrics: object = None
    torcheval: object = None
    family: str = ""
    labels: bool = False
    remark: str = ""
    keras_wrong: str = ""


def at(value):
    return {"num_thresholds": 200, value: 0.5}


MULTI = {"num_classes": 10}
BUCKETS = "Keras computes the number of a bucket, which is another for 8 of 200 thresholds"
ADDS = "Keras adds in float32: a batch is up to 24 eps off, and a sum stops growing at 2**24 times what is added"
ONE_HOT = "the peer is given the class numbers, which are looked for here; NaN is never the largest"
ORDERED = "NaN is never the largest, and of equal scores the first is: torcheval compares one maximum"
METRICS = (
    Metric("Precision", "decisions", {}, tmc.BinaryPrecision, te.BinaryPrecision, CONFUSION, keras_wrong=ADDS),
    Metric(
        "Recall",
        "decisions",
        {},
        tmc.BinaryRecall,
        te.BinaryRecall,
        CONFUSION,
        remark="labels are asked whether they are 0, and counts kept in float64; torcheval adds up the labels",
        keras_wrong=ADDS,
    ),
    Metric(
        "TruePositives", "decisions", {}, tmc.BinaryStatScores, te.BinaryConfusionMatrix, CONFUSION, keras_wrong=ADDS
    ),
    Metric(
        "FalseNegatives", "decisions", {}, tmc.BinaryStatScores, te.BinaryConfusionMatrix, CONFUSION, keras_wrong=ADDS
    ),
    Metric("BinaryAccuracy", "decisions", {}, tmc.BinaryAccuracy, te.BinaryAccuracy, keras_wrong=ADDS),
    Metric("AUC", "decisions", {}, lambda: tmc.BinaryAUROC(thresholds=200), keras_wrong=BUCKETS),
    Metric(
        "PrecisionAtRecall",
        "decisions",
        at("recall"),
        lambda: tmc.BinaryPrecisionAtFixedRecall(min_recall=0.5, thresholds=200),
        keras_wrong=BUCKETS,
    ),
    Metric(
        "SensitivityAtSpecificity",
        "decisions",
        at("specificity"),
        lambda: tmc.BinarySensitivityAtSpecificity(min_specificity=0.5, thresholds=200),
        keras_wrong=BUCKETS,
    ),
    Metric("Mean", "values", {}, tm.MeanMetric, te.Mean, READING, keras_wrong=ADDS),
    Metric("Sum", "values", {}, tm.SumMetric, te.Sum, READING, keras_wrong=ADDS),
    Metric(
        "MeanSquaredError",
        "reals",
        {},
        tm.MeanSquaredError,
        te.MeanSquaredError,
        READING,
        remark="its sum is float64; mse_loss is slower than two operations for few numbers, and faster for many",
        keras_wrong=ADDS,
    ),
    Metric(
        "RootMeanSquaredError", "reals", {}, lambda: tm.MeanSquaredError(squared=False), None, READING, keras_wrong=ADDS
    ),
    Metric("MeanAbsoluteError", "reals", {}, tm.MeanAbsoluteError, None, READING, keras_wrong=ADDS),
    Metric(
        "MeanAbsolutePercentageError",
        "positives",
        {},
        tm.MeanAbsolutePercentageError,
        None,
        READING,
        remark="its sum is float64, and it is in percent: torchmetrics does not multiply by 100",
        keras_wrong=ADDS,
    ),
    Metric(
        "MeanSquaredLogarithmicError",
        "positives",
        {},
        tm.MeanSquaredLogError,
        remark="torchmetrics subtracts two logarithms, which cancel",
        keras_wrong=TWO_LOGARITHMS,
    ),
    Metric("LogCoshError", "reals", {}, tm.LogCoshError, keras_wrong=ADDS),
    Metric(
        "R2Score",
        "reals",
        {},
        tm.R2Score,
        te.R2Score,
        remark="its sums are kept in 106 bits, and do not cancel",
        keras_wrong="Keras subtracts two sums in float32, which cancel",
    ),
    Metric(
        "PearsonCorrelation",
        "columns",
        {},
        lambda: tm.PearsonCorrCoef(num_outputs=10),
        keras_wrong="Keras squares in float32, in which squares of small distances are 0",
    ),
    Metric("CosineSimilarity", "columns"),
    Metric("Poisson", "positives", keras_wrong=ADDS),
    Metric("Hinge", "decisions in columns", keras_wrong=ADDS),
    Metric("BinaryCrossentropy", "decisions in columns", keras_wrong="log(1 - p) loses the digits of a small p"),
    Metric("KLDivergence", "one-hot", {}, None, None),
    Metric("CategoricalCrossentropy", "one-hot"),
    Metric("SparseCategoricalCrossentropy", "classes"),
    Metric(
        "CategoricalAccuracy",
        "one-hot",
        {},
        lambda: tmc.MulticlassAccuracy(10, average="micro"),
        te.MulticlassAccuracy,
        labels=True,
        remark=ONE_HOT,
    ),
    Metric(
        "SparseCategoricalAccuracy",
        "classes",
        {},
        lambda: tmc.MulticlassAccuracy(10, average="micro"),
        te.MulticlassAccuracy,
        remark=ORDERED,
    ),
    Metric(
        "SparseTopKCategoricalAccuracy",
        "classes",
        {"k": 3},
        lambda: tmc.MulticlassAccuracy(10, top_k=3, average="micro"),
        lambda: te.MulticlassAccuracy(k=3),
        remark=ORDERED,
    ),
    Metric(
        "F1Score",
        "one-hot of 1000",
        {},
        lambda: tmc.MulticlassF1Score(1000, average=None),
        lambda: te.MulticlassF1Score(num_classes=1000, average=None),
        labels=True,
        remark=ONE_HOT,
    ),
    Metric("MeanIoU", "class numbers", MULTI, lambda: tmc.MulticlassJaccardIndex(10)),
    Metric("OneHotMeanIoU", "one-hot", MULTI, lambda: tmc.MulticlassJaccardIndex(10), labels=True, remark=ONE_HOT),
    Metric("BinaryIoU", "decisions", {}, tmc.BinaryJaccardIndex),
)


def cases(device="cpu", small=SMALL, large=LARGE, default=10**6):
    """Yield the cases of this process."""
    for metric in METRICS:
        for number in (small, large.get(metric.kind, default)):
            size = f"{number:,} samples"
            few = number == small
            if ON_TENSORFLOW:
                build = lambda metric=metric, n=number: _tensorflow(metric, n)  # noqa: E731
                yield Case("metrics", metric.title, size, build, _for_tf(metric, few))
            else:
                build = lambda metric=metric, n=number: _torch(metric, n, device)  # noqa: E731
                yield Case("metrics" if device == "cpu" else "gpu", metric.title, size, build, _for_torch(metric, few))


def _for_torch(metric, few):
    peers = ("torchmetrics", "torcheval", KERAS)
    if few:
        return (Bound("torchimpl", peers, 1, remark=metric.remark),)
    if metric.title == "AUC":
        return Bound("torchimpl", (KERAS,), 1 / 3), Bound("torchimpl", ("torchmetrics",), 1 / 20)
    return (Bound("torchimpl", peers, {CONFUSION: 0.5, READING: 1.3}.get(metric.family)),)


def _torch(metric, samples, device):
    data = metric_inputs(metric.kind, samples)
    given = {name: None if item is None else torch.from_numpy(item).to(device) for name, item in vars(data).items()}
    ours = getattr(torchimpl.metrics, metric.title)(**metric.options).to(device)
    arguments = (given["y_pred"],) if metric.kind == "values" else (given["y_true"], given["y_pred"])
    calls = {"torchimpl": lambda: ours.update_state(*arguments)}
    target = given["labels"] if metric.labels else given["y_true"]
    swapped = (given["y_pred"],) if metric.kind == "values" else (given["y_pred"], target)
    for name, make in (("torchmetrics", metric.torchmetrics), ("torcheval", metric.torcheval)):
        if make:
            calls[name] = partial(make().to(device).update, *swapped)
    if device == "cpu":
        theirs = getattr(keras.metrics, metric.title)(**metric.options)
        calls[KERAS] = lambda: theirs.update_state(*arguments)
    return calls


def _for_tf(metric, few):
    most, wrong = (ACCURATE, metric.keras_wrong) if metric.keras_wrong and not few else (1, "")
    return (
        Bound("tfimpl, eager", (f"{KERAS}, eager",), 0.5 if few and metric.family == CONFUSION else most, remark=wrong),
        Bound("tfimpl, graph", (f"{KERAS}, graph",), most, remark=wrong),
    )


def _tensorflow(metric, samples):
    data = metric_inputs(metric.kind, samples)
    given = (
        [tf.constant(data.y_pred)] if metric.kind == "values" else [tf.constant(data.y_true), tf.constant(data.y_pred)]
    )
    calls = {}
    for name, package in (("tfimpl", tfimpl), (KERAS, keras)):
        for mode in ("eager", "graph"):
            item = getattr(package.metrics, metric.title)(**metric.options)
            item.update_state(*given)  # some make their states now
            update = tf.function(item.update_state) if mode == "graph" else item.update_state
            calls[f"{name}, {mode}"] = lambda update=update: update(*given)
    return calls
