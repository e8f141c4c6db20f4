"""Streaming metrics."""

from parity.registry.metrics import accuracy, confusion, correlation, curve, fscore, iou, reduction, regression

ENTRIES = [
    *reduction.ENTRIES,
    *regression.ENTRIES,
    *correlation.ENTRIES,
    *accuracy.ENTRIES,
    *confusion.ENTRIES,
    *curve.ENTRIES,
    *fscore.ENTRIES,
    *iou.ENTRIES,
]
