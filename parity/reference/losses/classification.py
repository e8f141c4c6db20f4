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
        pred = _finite(pred, dtype)
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
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    dtype: str = "float32",
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Reference:
    """Mean over the axis of the cross-entropy times `(1 - p_t)**gamma`, and times alpha or 1 - alpha if balanced."""
    true, pred = match_ranks(y_true, y_pred)
    label, label_size = _smooth(true, label_smoothing, 2)
    other = 1 - label
    other_size = np.abs(other) + (label_size if label_smoothing else 0)
    g, a = pred.dtype.type(gamma), pred.dtype.type(alpha)
    if from_logits:
        pred = _finite(pred, dtype)
        small = np.exp(-np.abs(pred))
        p, rest = (np.where(np.equal(pred >= 0, up), 1, small) / (1 + small) for up in (True, False))
        p, rest = np.where(np.isnan(pred), pred, p), np.where(np.isnan(pred), pred, rest)
        log_p, log_rest = -np.maximum(-pred, 0) - np.log1p(small), -np.maximum(pred, 0) - np.log1p(small)
        inside, step, apart = np.ones(pred.shape, bool), p * rest, p + label_size
    else:
        low, high = _bounds(dtype, pred.dtype)
        inside = ~((pred < low) | (pred > high))
        p = np.clip(pred, low, high)
        rest, step = 1 - p, np.ones_like(p)
        log_p, log_rest, apart = np.log(p), np.log1p(-p), label_size / p + other_size / rest
    entropy = -label * log_p - other * log_rest
    entropy_size = label_size * np.abs(log_p) + other_size * np.abs(log_rest)
    hard = label * rest + other * p
    # What rounding does to the base, the power does gamma times as much.
    spoilt = np.where(hard > 0, (label_size * rest + other_size * p) / hard, 0)
    factor, balance, balance_size = hard**g, np.ones_like(p), np.ones_like(p)
    if apply_class_balancing:
        balance, balance_size = label * a + other * (1 - a), label_size * a + other_size * (1 - a)
    value = balance * factor * entropy
    terms = balance_size * factor * (entropy_size + g * spoilt * np.abs(entropy))
    pull = g * hard ** (g - 1) * step
    slope = balance * (pull * (other - label) * entropy + factor * (other * p - label * rest) * step / (p * rest))
    slope_terms = balance_size * (
        pull * (other_size + label_size) * (entropy_size + np.abs((g - 1) * entropy) * spoilt)
        + factor * apart * (1 + g * spoilt)
    )
    # Of two products one can be flushed that the other would have made part of a normal number.
    least = np.abs(factor * (other * p - label * rest) * step / (p * rest))
    slope_terms += np.where(least < 64 * np.finfo(dtype).tiny, least / np.finfo(dtype).eps / 8, 0)
    slope, slope_terms = np.where(inside, slope, 0), np.where(inside, slope_terms, 0)
    return along(value, terms, slope, slope_terms, axis, pred.shape[axis], np.shape(y_pred))


@quiet
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    *,
    dtype: str = "float32",
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Reference:
    """`-sum(alpha (1 - q)**gamma y log q)` over the axis, q as in the categorical cross-entropy."""
    true, pred = match_ranks(y_true, y_pred)
    label, label_size = _smooth(true, label_smoothing, pred.shape[axis])
    g, eps = pred.dtype.type(gamma), np.finfo(dtype).eps
    a = np.asarray(alpha, pred.dtype)
    a = a.reshape(_numbers(pred, axis).shape) if a.ndim else a
    label, label_size = a * label, a * label_size
    if from_logits:
        x = pred - pred.max(axis, keepdims=True, initial=-np.inf)
        total = np.exp(x).sum(axis, keepdims=True)
        q = np.exp(x) / total
        # 1 - q is the share of the others, and log q = -log1p(others / exp(x)) keeps its digits where q is near 1.
        first = (x == 0) & ((x == 0).cumsum(axis) == 1)
        others = np.where(first, 0, np.exp(x)).sum(axis, keepdims=True)
        log_q = np.where(first, -np.log1p(others), x - np.log(total))
        hard = np.where(first, others / total, -np.expm1(log_q))
        # As in `_of_logits`: the absolute error of log q.
        drift = np.where(q == 0, 0, q * np.abs(x))
        common = drift.sum(axis, keepdims=True) + (1 if pred.shape[axis] > 1 else 0)
        error = np.abs(x) + np.abs(np.log(total)) + common
        # It makes 1 - q wholly uncertain where that is small, and then what is q times it too.
        rough = hard + 4 * eps * error * q
        tilt = np.where(hard > 16 * eps * error, g, 1 + g)
        pull = np.where(g == 0, 0, g * q * rough ** (g - 1))
        value = -label * hard**g * log_q
        terms = label_size * (rough**g * error + (tilt if gamma else 0) * q * rough ** (g - 1) * error * np.abs(log_q))
        # With respect to log q; then through the softmax.
        direct = -label * (hard**g - np.where((g == 0) | (hard == 0), 0, g * q * hard ** (g - 1) * log_q))
        direct_size = label_size * (1 + g) * (rough**g + pull * np.abs(log_q))
        if gamma:
            direct_size += label_size * (1 + g) ** 2 * rough ** (g - 1) * q * error * np.maximum(1, np.abs(log_q))
        slope = direct - q * direct.sum(axis, keepdims=True)
        slope_terms = direct_size + (q + drift + q * common) * direct_size.sum(axis, keepdims=True)
        return along(value, terms, slope, slope_terms, axis, 1, np.shape(y_pred))
    q, p, total, amount, hidden, inside, at_bound = _quotients(pred, axis, dtype)
    hard, size = 1 - p, np.abs(np.log(p))
    moved = np.where(hidden, 0, amount)
    rough = hard + eps * moved
    value = label * hard**g * size
    terms = label_size * (hard**g * ((1 + g) * size + moved) + g * rough ** (g - 1) * p * size * moved)
    steep = hard**g / p + g * hard ** (g - 1) * size
    direct = np.where(inside, -label * steep, 0)
    slope = (direct - (direct * q).sum(axis, keepdims=True)) / total
    bent = 2 * g * rough ** (g - 1) + hard**g / p + np.abs(g * (g - 1)) * rough ** (g - 2) * p * size
    direct_size = label_size * (
        np.where(inside, (1 + g) * steep + amount * bent, 0) + np.where(at_bound, steep / eps, 0)
    )
    through = (direct_size * np.abs(q)).sum(axis, keepdims=True)
    slope_terms = (direct_size + through) / np.abs(total) * np.maximum(amount, 1)
    return along(value, terms, slope, slope_terms, axis, 1, np.shape(y_pred))


@quiet
def categorical_generalized_cross_entropy(
    y_true: Any, y_pred: Any, *, q: float = 0.5, dtype: str = "float32"
) -> Reference:
    """`(1 - p[label]**q) / q`; the derivative `-p**(q - 1)` is taken as 0 at p = 0."""
    label, pred = _labels(y_true, y_pred, -1)
    chosen = np.trunc(label)[..., None] == _numbers(pred, -1)
    power = pred.dtype.type(q)
    value = -np.expm1(power * np.log(pred)) / power
    # q log p is rounded before its exponential is taken.
    terms = np.abs(value) + np.where(pred == 0, 0, np.abs(np.log(pred)) * pred**power)
    slope = np.where(pred == 0, 0, -(pred ** (power - 1)))
    slope_terms = np.abs(slope) * (1 + np.where(pred == 0, 0, np.abs(power * np.log(pred))))
    value, terms, slope, slope_terms = (np.where(chosen, part, 0) for part in (value, terms, slope, slope_terms))
    value = np.where(chosen.any(-1), value.sum(-1), np.nan)

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.asarray(cotangent)[..., None]
        return {"y_pred": settled(spread * slope, np.abs(spread) * slope_terms)}

    return Reference(*settled(value, terms.sum(-1)), pullback)


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
    q, p, total, amount, hidden, inside, at_bound = _quotients(pred, axis, dtype)
    eps = np.finfo(dtype).eps
    value = -label * np.log(p)
    terms = label_size * (np.abs(np.log(p)) + np.where(hidden, 0, amount))
    # Through q: d q_i / d p_k = (i == k) / total - q_i / total.
    direct = np.where(inside, -label / p, 0)
    slope = (direct - (direct * q).sum(axis, keepdims=True)) / total
    direct_size = label_size / p * (np.where(inside, 1, 0) + np.where(at_bound, 1 / eps, 0))
    through = (direct_size * np.abs(q)).sum(axis, keepdims=True)
    slope_terms = (direct_size + through) / np.abs(total) * np.maximum(amount, 1)
    return value, terms, slope, slope_terms


def _quotients(pred: np.ndarray, axis: int, dtype: str) -> tuple[np.ndarray, ...]:
    """`q = p / sum(p)`, q clipped, the sum, and what the rounding of q does: how much, and where that is hidden."""
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
    # The rounding of q can also carry it over a clipping bound, where the derivative jumps by label / p: both sides
    # are right there.
    at_bound = (np.abs(q - low) <= reach * low) | (np.abs(q - high) <= reach * high)
    return q, p, total, amount, hidden, inside, at_bound


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


def _finite(pred: np.ndarray, dtype: str) -> np.ndarray:
    """Logits, an infinity as the largest number of the dtype that is computed in."""
    most = pred.dtype.type(np.finfo(dtype).max)
    return np.clip(pred, -most, most)


def _bounds(dtype: str, kind: Any) -> tuple[Any, Any]:
    """The clipping bounds, rounded to the dtype that is computed in."""
    rounded = np.dtype(dtype).type
    return kind.type(rounded(EPSILON)), kind.type(rounded(1 - EPSILON))
