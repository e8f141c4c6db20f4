"""Losses of a probability, or of the logits it comes from."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet, settled, wide
from parity.reference.losses.base import along

EPSILON = 1e-7


@quiet
def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    dtype: str = "float32",
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Reference:
    """Mean over the axis of `-(y log p + (1 - y) log1p(-p))` with p clipped, or the same of logits."""
    true, pred = match_ranks(y_true, y_pred)
    label, label_size = _smooth(true, label_smoothing, 2)
    other = 1 - label
    # A smoothed label is rounded, and 1 - label inherits that in full.
    other_size = np.abs(other) + (label_size if label_smoothing else 0)
    if from_logits:
        tail = np.log1p(np.exp(-np.abs(pred)))
        value = np.maximum(pred, 0) - pred * label + tail
        terms = np.maximum(pred, 0) + np.abs(pred) * label_size + tail
        small = np.exp(-np.abs(pred))
        sigmoid = np.where(pred >= 0, 1, small) / (1 + small)
        slope, slope_terms = sigmoid - label, sigmoid + label_size
    else:
        low, high = _bounds(dtype, pred.dtype)
        inside = ~((pred < low) | (pred > high))
        p = np.clip(pred, low, high)
        value = -(label * np.log(p) + other * np.log1p(-p))
        terms = label_size * np.abs(np.log(p)) + other_size * np.abs(np.log1p(-p))
        slope = np.where(inside, other / (1 - p) - label / p, 0)
        slope_terms = np.where(inside, label_size / p + other_size / (1 - p), 0)
    return along(value, terms, slope, slope_terms, axis, pred.shape[axis], np.shape(y_pred))


@quiet
def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    dtype: str = "float32",
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Reference:
    """`-sum(y log q)` over the axis, q being `p / sum(p)`, clipped, or the softmax of logits."""
    true, pred = match_ranks(y_true, y_pred)
    label, label_size = _smooth(true, label_smoothing, pred.shape[axis])
    parts = _of_logits if from_logits else _of_probabilities
    value, terms, slope, slope_terms = parts(label, label_size, pred, axis, dtype)
    return along(value, terms, slope, slope_terms, axis, 1, np.shape(y_pred))


@quiet
def kl_divergence(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """`sum(t log(t / p))` over the last axis, both clipped to [1e-7, 1]."""
    true, pred = match_ranks(y_true, y_pred)
    low = _bounds(dtype, pred.dtype)[0]
    t, p = np.clip(true, low, 1), np.clip(pred, low, 1)
    log = np.log(t / p)
    # The quotient is rounded: eps in its logarithm.
    size = np.abs(log) + 1
    found = {}
    for name, given, of in (
        ("y_pred", pred, (-t / p, t / p)),
        ("y_true", true, (log + 1, size + 1)),
    ):
        inside = ~((given < low) | (given > 1))
        slope, slope_terms = (np.where(inside, part, 0) for part in of)
        shape = np.shape(y_pred if name == "y_pred" else y_true)
        found[name] = along(t * log, t * size, slope, slope_terms, -1, 1, shape)

    def pullback(cotangent: Any) -> Gradients:
        return {name: item.pullback(cotangent)["y_pred"] for name, item in found.items() if item.pullback}

    return found["y_pred"]._replace(pullback=pullback)


@quiet
def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    dtype: str = "float32",
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Reference:
    """`-log(p[label] / sum(p))`, p being clipped, or the softmax of logits; 0 for the class that is ignored."""
    label, pred = _labels(y_true, y_pred, axis)
    counted = np.ones(label.shape, bool) if ignore_class is None else label != ignore_class
    chosen = np.expand_dims(np.trunc(label), axis) == _numbers(pred, axis)
    if from_logits:
        x = pred - pred.max(axis, keepdims=True, initial=-np.inf)
        total = np.exp(x).sum(axis, keepdims=True)
        softmax = np.exp(x) / total
        value, terms = np.log(total) - x, np.abs(np.log(total)) + np.abs(x)
        # As in `_of_logits`: x is rounded, and so is the sum of its exponentials.
        drift = np.where(softmax == 0, 0, softmax * np.abs(x))
        common = drift.sum(axis, keepdims=True) + (1 if pred.shape[axis] > 1 else 0)
        terms = terms + common
        slope = softmax - chosen
        slope_terms = softmax + drift + softmax * common + chosen
    else:
        low, high = _bounds(dtype, pred.dtype)
        p = np.clip(pred, low, high)
        inside = ~((pred < low) | (pred > high))
        total = p.sum(axis, keepdims=True)
        others = np.where(chosen, 0, p).sum(axis, keepdims=True)
        # All is positive and nothing cancels.
        value = np.log1p(np.where(np.isnan(total), total, others / p))
        terms = value
        slope = np.where(inside, np.where(chosen, -others / p, 1) / total, 0)
        slope_terms = np.abs(slope)
    unknown = ~chosen.any(axis)
    value, terms = (np.where(chosen, part, 0).sum(axis) for part in (value, terms))
    value = np.where(counted, np.where(unknown, np.nan, value), 0)
    terms = np.where(counted, terms, 0)
    slope, slope_terms = (np.where(np.expand_dims(counted, axis), part, 0) for part in (slope, slope_terms))

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.expand_dims(np.asarray(cotangent), axis)
        return {"y_pred": settled(spread * slope, np.abs(spread) * slope_terms)}

    return Reference(*settled(value, terms), pullback, None if ignore_class is None else counted)


def _labels(y_true: Any, y_pred: Any, axis: int) -> list[np.ndarray]:
    """Labels in the shape of the predictions without the axis of the classes; an axis of size 1 may be in excess."""
    label, pred = wide(y_true, y_pred)
    wanted = pred.sum(axis).shape
    if label.size != np.prod(wanted, dtype=int) or label.ndim > pred.ndim + 1:
        raise ValueError(f"y_true has shape {np.shape(y_true)}, y_pred {np.shape(y_pred)}")
    return [label.reshape(wanted), pred]


def _numbers(pred: np.ndarray, axis: int) -> np.ndarray:
    """0, 1, 2, .. along the axis."""
    shape = [1] * pred.ndim
    shape[axis] = pred.shape[axis]
    return np.arange(pred.shape[axis]).reshape(shape)


def _of_probabilities(
    label: np.ndarray, label_size: np.ndarray, pred: np.ndarray, axis: int, dtype: str
) -> tuple[np.ndarray, ...]:
    low, high = _bounds(dtype, pred.dtype)
    eps = np.finfo(dtype).eps
    total = pred.sum(axis, keepdims=True)
    q = pred / total
    p = np.clip(q, low, high)
    inside = ~((q < low) | (q > high))
    # The quotient q is rounded, which moves log q by eps (by more, where the sum cancels): the scale of log q is at
    # least that. Not where q is exact, because all others on the axis are 0, nor where the clip surely hides it.
    amount = np.abs(pred).sum(axis, keepdims=True) / np.abs(total)
    amount = np.where(np.count_nonzero(pred, axis=axis, keepdims=True) == 1, 0, amount)
    reach = 16 * eps * amount
    hidden = (q < low * (1 - reach)) | (q > high * (1 + reach))
    value = -label * np.log(p)
    terms = label_size * (np.abs(np.log(p)) + np.where(hidden, 0, amount))
    # Through q: d q_i / d p_k = (i == k) / total - q_i / total.
    direct = np.where(inside, -label / p, 0)
    slope = (direct - (direct * q).sum(axis, keepdims=True)) / total
    # The rounding of q can also carry it over a clipping bound, where the derivative jumps by label / p: both sides
    # are right there.
    at_bound = (np.abs(q - low) <= reach * low) | (np.abs(q - high) <= reach * high)
    direct_size = label_size / p * (np.where(inside, 1, 0) + np.where(at_bound, 1 / eps, 0))
    through = (direct_size * np.abs(q)).sum(axis, keepdims=True)
    slope_terms = (direct_size + through) / np.abs(total) * np.maximum(amount, 1)
    return value, terms, slope, slope_terms


def _of_logits(
    label: np.ndarray, label_size: np.ndarray, pred: np.ndarray, axis: int, dtype: str
) -> tuple[np.ndarray, ...]:
    shifted = pred - pred.max(axis, keepdims=True, initial=-np.inf)
    total = np.exp(shifted).sum(axis, keepdims=True)
    softmax = np.exp(shifted) / total
    value = -label * (shifted - np.log(total))
    # The difference x - max(x) is rounded: eps |x - max(x)| in log softmax itself, and through the sum of the
    # exponentials softmax * |x - max(x)| for each term. That sum is rounded too: eps in its logarithm.
    drift = np.where(softmax == 0, 0, softmax * np.abs(shifted))
    common = drift.sum(axis, keepdims=True) + (1 if pred.shape[axis] > 1 else 0)
    terms = label_size * (np.abs(shifted) + np.abs(np.log(total)) + common)
    slope = softmax * label.sum(axis, keepdims=True) - label
    slope_terms = (softmax + drift + softmax * common) * label_size.sum(axis, keepdims=True) + label_size
    return value, terms, slope, slope_terms


def _smooth(label: np.ndarray, smoothing: float, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """`y (1 - s) + s / classes`, and the sum of the sizes of the two terms."""
    s = label.dtype.type(smoothing)
    kept, spread = label * (1 - s), s / classes
    return kept + spread, np.abs(kept) + spread


def _bounds(dtype: str, kind: Any) -> tuple[Any, Any]:
    """The clipping bounds, rounded to the dtype that is computed in."""
    rounded = np.dtype(dtype).type
    return kind.type(rounded(EPSILON)), kind.type(rounded(1 - EPSILON))
