"""Metrics of decisions at many thresholds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from parity.reference.base import match_ranks, quantize, quiet, settled
from parity.reference.metrics.base import Batches, Scaled, float_dtype, over, total, weights_of
from parity.reference.metrics.confusion import tally


@quiet
def auc(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    num_thresholds: int = 200,
    curve: str = "ROC",
    summation_method: str = "interpolation",
    thresholds: Sequence[float] | None = None,
    multi_label: bool = False,
    num_labels: int | None = None,
    label_weights: Sequence[float] | None = None,
    from_logits: bool = False,
) -> Scaled:
    """Area under the ROC, PR or PRGAIN curve, by Riemann sums over thresholds.

    Every prediction but NaN is above the first threshold, none above the last. Predictions outside [0, 1] count as 0 or
    1. Logits are compared with `log(t / (1 - t))`. With multi_label, each column has an area of its own, and the result
    is their mean, weighted by label_weights; else label_weights multiply the weights of the columns.
    """
    if thresholds is None:
        thresholds = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
    levels = np.asarray(sorted(thresholds), np.longdouble)
    levels = quantize(_logit(levels) if from_logits else levels, float_dtype(dtype))
    each = None if label_weights is None else np.asarray(label_weights, np.longdouble)
    columns: list[list[tuple[Any, Any, Any]]] = [[] for _ in range(num_labels or 0)]
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        scores = quantize(scores, float_dtype(dtype))
        scores = scores if from_logits else np.clip(scores, 0, 1)
        weights = weights_of(batch, scores.shape)
        if multi_label and scores.ndim != 2:
            raise ValueError(f"multi_label needs y_pred of rank 2, not of shape {scores.shape}")
        if each is not None:
            if scores.ndim < 2 or scores.shape[-1] != len(each):
                raise ValueError(f"{len(each)} label_weights, but y_pred has shape {scores.shape}")
            weights = weights if multi_label else weights * each
        count = scores.shape[1] if multi_label else 1
        columns = columns or [[] for _ in range(count)]
        if len(columns) != count:
            raise ValueError(f"{len(columns)} labels, but y_pred has shape {scores.shape}")
        for place, column in enumerate(columns):
            part = np.s_[:, place] if multi_label else np.s_[...]
            column.extend(zip((true[part] != 0).flat, scores[part].flat, weights[part].flat, strict=True))
    areas, scales = [], []
    for column in columns:
        area, scale = _area(_tally(column, levels), curve, summation_method)
        areas.append(area)
        scales.append(scale)
    shares = each if multi_label and each is not None else np.ones(len(areas), np.longdouble)
    value = over(total(np.asarray(areas) * shares), shares.sum())
    scale = over(total(np.asarray(scales) * shares), shares.sum())
    return settled(value, scale)


@quiet
def sensitivity_at_specificity(batches: Batches, *, specificity: float, **options: Any) -> Scaled:
    """The largest `TP / (TP + FN)` at the thresholds where `TN / (TN + FP)` is at least the bound."""
    tp, fp, tn, fn = _on_grid(batches, **options)
    return _largest(over(tp, tp + fn), over(tn, tn + fp), specificity)


@quiet
def specificity_at_sensitivity(batches: Batches, *, sensitivity: float, **options: Any) -> Scaled:
    """The largest `TN / (TN + FP)` at the thresholds where `TP / (TP + FN)` is at least the bound."""
    tp, fp, tn, fn = _on_grid(batches, **options)
    return _largest(over(tn, tn + fp), over(tp, tp + fn), sensitivity)


@quiet
def precision_at_recall(batches: Batches, *, recall: float, **options: Any) -> Scaled:
    """The largest `TP / (TP + FP)` at the thresholds where `TP / (TP + FN)` is at least the bound."""
    tp, fp, _, fn = _on_grid(batches, **options)
    return _largest(over(tp, tp + fp), over(tp, tp + fn), recall)


@quiet
def recall_at_precision(batches: Batches, *, precision: float, **options: Any) -> Scaled:
    """The largest `TP / (TP + FN)` at the thresholds where `TP / (TP + FP)` is at least the bound."""
    tp, fp, _, fn = _on_grid(batches, **options)
    return _largest(over(tp, tp + fn), over(tp, tp + fp), precision)


def _on_grid(
    batches: Batches, *, dtype: str | None = "float32", num_thresholds: int = 200, class_id: int | None = None
) -> np.ndarray:
    """The four counts of predictions clipped to [0, 1], on the framed grid of `auc`; at 0.5 alone if that is all."""
    inner = [i / np.longdouble(num_thresholds - 1) for i in range(1, num_thresholds - 1)]
    levels = [0.5] if num_thresholds == 1 else [-np.inf, *inner, np.inf]
    clipped = [{**batch, "y_pred": np.clip(batch["y_pred"], 0, 1)} for batch in batches]
    return tally(clipped, dtype, np.asarray(levels, np.float64), class_id=class_id)


def _largest(ratio: np.ndarray, constrained: np.ndarray, bound: float) -> Scaled:
    """The largest ratio where the other meets the bound but for the rounding of a sum, 2**-40; 0 if it never does."""
    value = np.where(constrained >= np.longdouble(bound) * (1 - np.longdouble(2) ** -40), ratio, 0).max()
    return settled(value, value)


def _area(counts: tuple[np.ndarray, ...], curve: str, method: str) -> tuple[Any, Any]:
    """Area under the curve of one column and its scale, from the four counts at each threshold."""
    tp, fp, tn, fn = counts
    if curve == "PR" and method == "interpolation":
        return _interpolated_pr(tp, fp, fn)
    recall = over(tp, tp + fn)
    if curve == "ROC":
        x, y = over(fp, fp + tn), recall
        x_size, y_size = x, y
    elif curve == "PR":
        x, y = recall, over(tp, tp + fp)
        x_size, y_size = x, y
    elif curve == "PRGAIN":
        # Flach and Kull 2015, with Keras's conventions: no true positive gives the point (0, 1), and a recall gain
        # below 0 is 0. The two terms of each gain can cancel.
        ratio, hit = over(tp + fn, tn + fp), tp > 0
        missed, wrong = ratio * over(fn, tp), ratio * over(fp, tp)
        x = np.where(hit, np.maximum(1 - missed, 0), 0)
        x_size = np.where(hit & (missed < 1.001), 1 + missed, 0)
        y, y_size = np.where(hit, 1 - wrong, 1), np.where(hit, 1 + wrong, 1)
    else:
        raise ValueError(f"curve is {curve!r}, expected 'ROC', 'PR' or 'PRGAIN'")
    value = scale = previous = np.longdouble(0)
    for i in range(len(x) - 1):
        if method == "interpolation":
            height = (y[i] + y[i + 1]) / 2
        elif method in ("minoring", "majoring"):
            height = min(y[i], y[i + 1]) if method == "minoring" else max(y[i], y[i + 1])
        else:
            raise ValueError(f"summation_method is {method!r}, expected 'interpolation', 'minoring' or 'majoring'")
        value += (x[i] - x[i + 1]) * height
        # Each x is rounded, and enters two neighbouring rectangles with opposite signs: its error counts by the
        # difference of their heights.
        scale += np.abs(x[i] - x[i + 1]) * max(y_size[i], y_size[i + 1]) + x_size[i] * np.abs(height - previous)
        previous = height
    return value, scale + x_size[-1] * np.abs(previous)


def _interpolated_pr(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> tuple[Any, Any]:
    """Davis and Goadrich 2006: between two thresholds, true and false positives vary linearly, and precision does not.

    With P = TP + FP, which falls from A to B: the area is `slope (TP_A - TP_B + intercept log(P_A / P_B)) / positives`,
    where `slope = (TP_A - TP_B) / (P_A - P_B)` and `intercept = TP_B - slope P_B`; no logarithm where P_B is 0.
    """
    value = scale = np.longdouble(0)
    for i in range(len(tp) - 1):
        positives, gained, p_a, p_b = tp[i + 1] + fn[i + 1], tp[i] - tp[i + 1], tp[i] + fp[i], tp[i + 1] + fp[i + 1]
        if p_a - p_b <= 0 or positives <= 0:
            continue
        slope = gained / (p_a - p_b)
        intercept, intercept_size = tp[i + 1] - slope * p_b, tp[i + 1] + slope * p_b
        log = np.log(p_a / p_b) if p_b > 0 else np.longdouble(0)
        value += slope * (gained + intercept * log) / positives
        # The rounding of P_A / P_B moves its logarithm by eps.
        rounded = np.abs(intercept) if p_b > 0 else 0
        scale += slope * (gained + intercept_size * log + rounded) / positives
    return value, scale


def _tally(column: Sequence[tuple[Any, Any, Any]], levels: np.ndarray) -> tuple[np.ndarray, ...]:
    """True and false positives, true and false negatives at each threshold, those at both ends included."""
    positive = np.array([label for label, _, _ in column], bool)
    scores = np.array([score for _, score, _ in column], np.longdouble)
    weights = np.array([weight for _, _, weight in column], np.longdouble)
    rows = []
    for above in [~np.isnan(scores), *(scores > level for level in levels), np.zeros(scores.shape, bool)]:
        groups = (positive & above, ~positive & above, ~positive & ~above, positive & ~above)
        rows.append([weights[group].sum() for group in groups])
    return tuple(np.array(rows, np.longdouble).T)


def _logit(t: np.ndarray) -> np.ndarray:
    """`log(t / (1 - t))`, accurate near 1/2 too, where the difference of two logarithms would cancel."""
    return np.where(np.abs(t - 0.5) < 0.25, np.log1p((2 * t - 1) / (1 - t)), np.log(t) - np.log1p(-t))
