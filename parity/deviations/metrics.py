"""Metrics: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

DEVIATIONS = (
    Deviation(
        "a weight for a whole batch",
        "metrics.Mean",
        "A single weight belongs to every sample of its batch. Keras counts such a batch as one sample, so that the "
        "mean depends on how the stream is cut.",
        "m = lib.metrics.Mean()\n"
        "m.update_state(T([1.0, 1.0, 1.0]), sample_weight=0.5)\n"
        "m.update_state(T([5.0]), sample_weight=0.5)\n"
        "m.result()",
        3.0,
        2.0,
    ),
    Deviation(
        "a count that stops",
        "metrics.Mean",
        "A float32 count stops at 2**24. The states are float64 here.",
        "m = lib.metrics.Mean()\n"
        "m.update_state(T([1.0]), sample_weight=16777216.0)\n"
        "m.update_state(T([0.0]))\n"
        "m.update_state(T([0.0]))\n"
        "number(m.variables[1])",
        16777216.0,
        16777218.0,
    ),
    Deviation(
        "a prediction on a threshold",
        "metrics.Precision",
        "Positive is what is greater than the threshold, in float32. On an even grid of thresholds Keras computes the "
        "number of the bucket instead, and rounds differently on 8 of AUC's 200 thresholds.",
        "t = [i / 199 for i in range(200)]\n"
        "m = lib.metrics.Precision(thresholds=t)\n"
        "m.update_state(T([1.0] * 200), T(t))\n"
        "sum(int(n) for n in number(m.variables[0]))",
        19908,
        19900,
    ),
    Deviation(
        "predictions out of range",
        "metrics.AUC",
        "Predictions outside [0, 1] count as 0 or 1, for any thresholds; Keras does this on even grids alone.",
        "m = lib.metrics.AUC(thresholds=[0.2, 0.3])\nm.update_state(T([0.0, 1.0]), T([-3.0, 0.25]))\nm.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "weights of a confusion matrix",
        "metrics.MeanIoU",
        "Weights keep their fractions; the default dtype of Keras's IoU metrics is an integer one: 0.9 is a 0 there.",
        "m = lib.metrics.MeanIoU(num_classes=2)\n"
        "m.update_state([0, 1, 1], [0, 1, 0], sample_weight=[0.9, 0.9, 0.9])\n"
        "m.result()",
        0.0,
        0.5,
    ),
    Deviation(
        "a perfect intersection over union",
        "metrics.MeanIoU",
        "The documented formula has no epsilon.",
        "m = lib.metrics.MeanIoU(num_classes=2)\nm.update_state([0, 1], [0, 1])\nm.result()",
        0.9999999,
        1.0,
    ),
)
