"""Streaming metrics."""

from parity.registry.metrics import accuracy, confusion, correlation, curve, fscore, iou, losses, reduction, regression

ENTRIES = [
    *reduction.ENTRIES,
    *losses.ENTRIES,
    *regression.ENTRIES,
    *correlation.ENTRIES,
    *accuracy.ENTRIES,
    *confusion.ENTRIES,
    *curve.ENTRIES,
    *fscore.ENTRIES,
    *iou.ENTRIES,
]
