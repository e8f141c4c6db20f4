"""Losses: a class and its function are two entries on one reference."""

from parity.registry.losses import classification, regression, sequence

ENTRIES = [*regression.ENTRIES, *classification.ENTRIES, *sequence.ENTRIES]
