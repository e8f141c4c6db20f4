"""Metrics of a whole stream at once, in the most naive way: no buckets, no state.

`batches` is a list of dicts (values, or y_true and y_pred; sample_weight if there is one) and `dtype` is the dtype of
the metric, to which predictions and thresholds are rounded before they are compared. Weights must not be negative: then
no sum of them cancels. All return (value, scale).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity.reference.base import lead, match_ranks, quantize, quiet, settled, wide

Batches = Sequence[Mapping[str, Any]]
Scaled = tuple[np.ndarray, np.ndarray]


@quiet
def mean(batches: Batches, *, dtype: str | None = "float32") -> Scaled:
    """Mean of the values, of which each sample (axis 0) counts once, whatever it holds.

    The T values of a sample add `sum(v w) / T` to the total and `sum(w) / T` to the count; a single value is a sample.
    """
    totals, sizes, counts = [], [], []
    for batch in batches:
        (values,) = wide(batch["values"])
        weights = _weights(batch, values.shape)
        if values.ndim == 0:
            values, weights = values[None], weights[None]
        length = values.dtype.type(math.prod(values.shape[1:]))
        for v, w in zip(values, weights, strict=True):
            totals.append((v * w).sum() / length)
            sizes.append(np.abs(v * w).sum() / length)
            counts.append(w.sum() / length)
    value, scale = _over(_sum(totals), _sum(counts)), _over(_sum(sizes), _sum(counts))
    return settled(value, scale)


@quiet
def precision(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    thresholds: float | Sequence[float] | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
) -> Scaled:
    """`TP / (TP + FP)` for each threshold, 0 where nothing was predicted; a scalar for one threshold."""
    given = ([0.5] if top_k is None else [-np.inf]) if thresholds is None else thresholds
    levels = quantize(np.atleast_1d(np.asarray(given, np.longdouble)), _float(dtype))
    tp, fp = np.zeros_like(levels), np.zeros_like(levels)
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        scores = quantize(scores, _float(dtype))
        positive, weights, admitted = true != 0, _weights(batch, scores.shape), np.ones(scores.shape, bool)
        if top_k is not None:
            if scores.ndim == 0 or top_k > scores.shape[-1]:
                raise ValueError(f"top_k is {top_k}, but y_pred has shape {scores.shape}")
            # A stable sort keeps the lowest index first among equals, and NaN is sorted to the end.
            best = np.argsort(-scores, axis=-1, kind="stable")[..., :top_k]
            admitted = np.zeros(scores.shape, bool)
            np.put_along_axis(admitted, best, True, axis=-1)
        if class_id is not None:
            if scores.ndim < 2 or class_id >= scores.shape[-1]:
                raise ValueError(f"class_id is {class_id}, but y_pred has shape {scores.shape}")
            scores, positive, weights, admitted = (
                array[..., class_id] for array in (scores, positive, weights, admitted)
            )
        for place, level in enumerate(levels):
            taken = admitted & (scores > level)
            tp[place] += weights[taken & positive].sum()
            fp[place] += weights[taken & ~positive].sum()
    value = _over(tp, tp + fp)
    value = value[0] if len(levels) == 1 else value
    return settled(value, value)


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
    levels = quantize(_logit(levels) if from_logits else levels, _float(dtype))
    each = None if label_weights is None else np.asarray(label_weights, np.longdouble)
    columns: list[list[tuple[Any, Any, Any]]] = [[] for _ in range(num_labels or 0)]
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        scores = quantize(scores, _float(dtype))
        scores = scores if from_logits else np.clip(scores, 0, 1)
        weights = _weights(batch, scores.shape)
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
    value = _over(_sum(np.asarray(areas) * shares), shares.sum())
    scale = _over(_sum(np.asarray(scales) * shares), shares.sum())
    return settled(value, scale)


@quiet
def mean_iou(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    num_classes: int,
    ignore_class: int | None = None,
    sparse_y_true: bool = True,
    sparse_y_pred: bool = True,
    axis: int = -1,
) -> Scaled:
    """Mean over the classes that occur of `TP / (TP + FP + FN)`, 0 if none occurs.

    Labels are truncated towards zero; what is then out of range or NaN, and labels of the ignored class, are left out.
    Scores become the index of the largest, the lowest among equals; NaN is never the largest.
    """
    table = np.zeros((num_classes, num_classes), np.longdouble)
    for batch in batches:
        true, pred = wide(batch["y_true"])[0], wide(batch["y_pred"])[0]
        true = np.trunc(true) if sparse_y_true else _largest(true, axis)
        pred = np.trunc(pred) if sparse_y_pred else _largest(pred, axis)
        if true.size != pred.size:
            raise ValueError(f"{true.size} labels, but {pred.size} predictions")
        weights = _weights(batch, true.shape)
        for row, column, weight in zip(true.flat, pred.flat, weights.flat, strict=True):
            if 0 <= row < num_classes and 0 <= column < num_classes and row != ignore_class:
                table[int(row), int(column)] += weight
    ratios, scales = [], []
    for c in range(num_classes):
        both, union = table[c].sum() + table[:, c].sum(), table[c].sum() + table[:, c].sum() - table[c, c]
        if union > 0:
            ratios.append(table[c, c] / union)
            # Row + column - TP: the terms of the union are up to 3 times its size.
            scales.append(table[c, c] / union * (both + table[c, c]) / union)
    count = np.longdouble(len(ratios))
    return settled(_over(_sum(ratios), count), _over(_sum(scales), count))


def _area(counts: tuple[np.ndarray, ...], curve: str, method: str) -> tuple[Any, Any]:
    """Area under the curve of one column and its scale, from the four counts at each threshold."""
    tp, fp, tn, fn = counts
    if curve == "PR" and method == "interpolation":
        return _interpolated_pr(tp, fp, fn)
    recall = _over(tp, tp + fn)
    if curve == "ROC":
        x, y = _over(fp, fp + tn), recall
        x_size, y_size = x, y
    elif curve == "PR":
        x, y = recall, _over(tp, tp + fp)
        x_size, y_size = x, y
    elif curve == "PRGAIN":
        # Flach and Kull 2015, with Keras's conventions: no true positive gives the point (0, 1), and a recall gain
        # below 0 is 0. The two terms of each gain can cancel.
        ratio, hit = _over(tp + fn, tn + fp), tp > 0
        missed, wrong = ratio * _over(fn, tp), ratio * _over(fp, tp)
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


def _largest(scores: np.ndarray, axis: int) -> np.ndarray:
    """The index of the largest number on the axis, the lowest among equals; NaN comes last."""
    order = np.argsort(-scores, axis=axis, kind="stable")
    return np.take(order, 0, axis=axis).astype(np.longdouble)


def _logit(t: np.ndarray) -> np.ndarray:
    """`log(t / (1 - t))`, accurate near 1/2 too, where the difference of two logarithms would cancel."""
    return np.where(np.abs(t - 0.5) < 0.25, np.log1p((2 * t - 1) / (1 - t)), np.log(t) - np.log1p(-t))


def _weights(batch: Mapping[str, Any], shape: tuple[int, ...]) -> np.ndarray:
    """The weights of a batch for each of its values: 1 if there are none."""
    weight = batch.get("sample_weight")
    return np.broadcast_to(lead(wide(1.0 if weight is None else weight)[0], shape, "sample_weight"), shape)


def _over(numerator: Any, denominator: Any) -> Any:
    """A quotient, 0 where the denominator is 0."""
    return np.where(denominator == 0, 0, np.asarray(numerator) / np.where(denominator == 0, 1, denominator))


def _sum(items: Any) -> Any:
    return np.asarray(items, np.longdouble).sum()


def _float(dtype: str | None) -> str:
    """The dtype that predictions are rounded to; integer dtypes of Keras's configs are read as float32."""
    return "float32" if dtype is None or "int" in dtype else dtype
