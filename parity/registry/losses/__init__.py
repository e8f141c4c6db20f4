"""Losses: a class and its function are two entries on one reference."""

from parity.registry.losses import classification, margin, overlap, regression, sequence, similarity

ENTRIES = [
    *classification.ENTRIES,
    *margin.ENTRIES,
    *overlap.ENTRIES,
    *regression.ENTRIES,
    *sequence.ENTRIES,
    *similarity.ENTRIES,
]
