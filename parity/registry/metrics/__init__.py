"""Streaming metrics."""

from parity.registry.metrics import confusion, correlation, curve, fscore, iou, reduction, regression

ENTRIES = [
    *reduction.ENTRIES,
    *regression.ENTRIES,
    *correlation.ENTRIES,
    *confusion.ENTRIES,
    *curve.ENTRIES,
    *fscore.ENTRIES,
    *iou.ENTRIES,
]
