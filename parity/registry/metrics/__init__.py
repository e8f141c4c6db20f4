"""Streaming metrics."""

from parity.registry.metrics import confusion, curve, iou, reduction

ENTRIES = [*reduction.ENTRIES, *confusion.ENTRIES, *curve.ENTRIES, *iou.ENTRIES]
