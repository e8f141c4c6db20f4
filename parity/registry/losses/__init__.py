"""Losses: a class and its function are two entries on one reference."""

from parity.registry.losses import classification, margin, regression, similarity

ENTRIES = [*classification.ENTRIES, *margin.ENTRIES, *regression.ENTRIES, *similarity.ENTRIES]
