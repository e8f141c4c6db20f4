"""Losses of a margin: how far a score is on the right side."""

from typing import Any

import numpy as np

from parity.reference.base import Reference, match_ranks, quiet
from parity.reference.losses.base import sums

NEAR = 8  # by how many units a product or a sum may miss the corner


@quiet
def hinge(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `max(1 - y p, 0)`, y being -1 for 0; the slope at the corner is -y."""
    label, gap, terms, on_slope, unsure = _gap(y_true, y_pred, dtype)
    slope = np.where(on_slope, -label, 0)
    slope_terms = np.abs(label) * (on_slope + unsure / np.finfo(dtype).eps)
    value = np.where(np.isnan(gap), gap, np.where(on_slope, gap, 0))
    slopes = {"y_pred": (slope, slope_terms, np.shape(y_pred))}
    return sums(value, np.where(on_slope | unsure, terms, 0), slopes, divisor=gap.shape[-1])


@quiet
def squared_hinge(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """Mean over the last axis of `max(1 - y p, 0)**2`, y being -1 for 0."""
    label, gap, terms, on_slope, unsure = _gap(y_true, y_pred, dtype)
    kept = np.where(np.isnan(gap), gap, np.where(on_slope, gap, 0))
    slope_terms = np.where(on_slope | unsure, 2 * np.abs(label) * terms, 0)
    slopes = {"y_pred": (-2 * label * kept, slope_terms, np.shape(y_pred))}
    return sums(kept * kept, np.where(kept == 0, 0, kept * terms), slopes, divisor=gap.shape[-1])


def _gap(y_true: Any, y_pred: Any, dtype: str) -> tuple[np.ndarray, ...]:
    """Labels of -1 and 1, `1 - y p` with the size of its terms, where it is not negative, and where rounding decides.

    Where y is neither -1 nor 1 the product is rounded, which can carry it over the corner: both sides are right there.
    """
    true, pred = match_ranks(y_true, y_pred)
    label = np.where(true == 0, -1, true)
    gap, terms = 1 - label * pred, 1 + np.abs(label * pred)
    near = np.isfinite(gap) & (np.abs(gap) <= NEAR * np.finfo(dtype).eps * terms)
    unsure = (np.abs(label) != 1) & near
    return label, gap, terms, gap >= 0, unsure


@quiet
def categorical_hinge(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """`max(negative - positive + 1, 0)`: the right score, and the largest `(1 - y) p`, which is 0 for the right class.

    The slope at the corner is that of the sloping side; scores that tie for the largest share theirs.
    """
    true, pred = match_ranks(y_true, y_pred)
    eps, tiny = np.finfo(dtype).eps, np.finfo(dtype).tiny
    wrong = np.where(true == 1, 0, (1 - true) * pred)
    negative = wrong.max(-1, keepdims=True, initial=-np.inf)
    gap = negative - (true * pred).sum(-1, keepdims=True) + 1
    terms = np.abs(negative) + np.abs(true * pred).sum(-1, keepdims=True) + 1
    largest = wrong == negative
    share = (1 - true) * largest / largest.sum(-1, keepdims=True)
    on_slope = gap >= 0
    value = np.where(np.isnan(gap), gap, np.where(on_slope, gap, 0))
    # Scores and labels that are small multiples of 1/16 are added without rounding. Others can be carried over the
    # corner, and products of soft labels over a tie, or below the smallest normal number: both sides are right there.
    round_numbers = ((pred * 16) % 1 == 0) & (np.abs(pred) < 1024) & ((true * 16) % 1 == 0) & (np.abs(true) <= 2)
    rounded = ~round_numbers.all(-1, keepdims=True)
    unsure = rounded & np.isfinite(gap) & (np.abs(gap) <= NEAR * eps * terms)
    close = rounded & (np.abs(wrong - negative) <= NEAR * eps * np.abs(negative) + tiny)
    disputed = np.where(close.sum(-1, keepdims=True) > 1, close, False) & ~np.isin(true, (0, 1))
    slope = np.where(on_slope, share - true, 0)
    slope_terms = np.where(on_slope, np.abs(share) + np.abs(true), 0)
    slope_terms = slope_terms + np.where(unsure, (np.abs(1 - true) * close + np.abs(true)) / eps, 0)
    slope_terms = slope_terms + np.where(disputed.any(-1, keepdims=True) & close, np.abs(1 - true) / eps, 0)
    slopes = {"y_pred": (slope, slope_terms, np.shape(y_pred))}
    return sums(value, np.where(on_slope | unsure, terms, 0), slopes)
