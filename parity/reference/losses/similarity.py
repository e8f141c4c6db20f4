"""Losses of a direction, and of the distances between directions."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, match_ranks, quiet, settled, wide
from parity.reference.losses.base import in_dtype, sums

EPSILON = 1e-7


@quiet
def circle(
    y_true: Any,
    y_pred: Any,
    *,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    dtype: str = "float32",
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Reference:
    """`log(1 + sum(exp(gamma a_p (D_p - s_p))) sum(exp(gamma a_n (s_n - D_n))))` over the pairs of each sample.

    In the paper's terms, with similarities s of at most 1: `a_p = 1 + m - s_p` and `D_p = 1 - m` over the references of
    the sample's class, `a_n = max(s_n + m, 0)` and `D_n = m` over the others. The weights a are differentiated too. A
    sum over no pair counts as the exponential of the smallest number there is.
    """
    (pred,) = wide(y_pred)
    other = pred if ref_embeddings is None else wide(ref_embeddings)[0]
    label = np.asarray(y_true).reshape(-1, 1)
    same = np.asarray(label == (label.T if ref_labels is None else np.asarray(ref_labels).reshape(1, -1)))
    own = np.eye(*same.shape) == 1 if remove_diagonal else np.zeros(same.shape, bool)
    kind = pred.dtype.type
    g, m, eps, tiny = kind(gamma), kind(margin), np.finfo(dtype).eps, np.finfo(dtype).tiny
    product = pred @ other.T
    # Products are rounded: with a similarity, 1 - s is off by eps for each unit of its terms, and near a corner it is
    # rounding that decides for a side. Not so for small multiples of 1/16.
    terms = 1 + np.abs(pred) @ np.abs(other).T
    exact = all(((array * 16) % 1 == 0).all() and (np.abs(array) < 64).all() for array in (pred, other))
    below = product <= 1
    s = np.where(below, product, np.where(np.isnan(product), product, 1))
    off = np.where(product <= 1 + 8 * eps * terms, terms, 0)
    at_one = (np.abs(product - 1) <= 8 * eps * terms) & ~exact
    at_zero = (np.abs(s + m) <= 8 * eps * (terms + m)) & ~(exact and margin * 16 % 1 == 0)

    near, far = 1 + m - s, np.where(s + m < 0, 0, s + m)
    active = np.where(s + m < 0, 0, 1)
    sums_of = []
    for mask, exponent, slope, error, jump in (
        (
            same & ~own,
            g * near * (1 - m - s),
            -2 * g * (1 - s),
            g * ((near + 2 * (1 - s)) * off + near**2),
            np.where(at_one, np.abs(2 * g * (1 - s)), 0),
        ),
        (
            ~same,
            g * far * (s - m),
            g * (far + active * (s - m)),
            g * (far + np.abs(s - m)) * (off + m + 1),
            np.where(at_one, g * (far + np.abs(s - m)), 0) + np.where(at_zero, g * np.abs(s - m), 0),
        ),
    ):
        sums_of.append((*_log_sum(mask, exponent, error, kind(np.finfo(dtype).min)), slope, error, jump))
    (pulled, pulled_error, *_), (pushed, pushed_error, *_) = sums_of
    z = pulled + pushed
    value = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    sigmoid = np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))
    common = pulled_error + pushed_error

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        c = (np.asarray(cotangent) * sigmoid)[:, None]
        through = size = np.zeros_like(product)
        for _, own_error, weight, slope, error, jump in sums_of:
            through = through + c * weight * np.where(below, slope, 0)
            drift = error + own_error[:, None] + common[:, None] + 1
            parts = 2 * g * (off + m)
            # A share below the smallest normal number may be flushed, before the slope makes a normal one of it.
            lost = np.where(np.abs(c) * weight < 64 * tiny, (np.abs(slope) + parts) / eps, 0)
            size = size + np.abs(c) * weight * (np.abs(slope) * drift * below + parts + jump / eps + lost)
        gradient, scale = through @ other, size @ np.abs(other)
        if ref_embeddings is None:
            gradient, scale = gradient + through.T @ pred, scale + size.T @ np.abs(pred)
        return {"y_pred": settled(gradient, scale)}

    counted = (same & ~own).any(1) & (~same).any(1)
    return Reference(*settled(value, sigmoid * common + value), pullback, counted)


def _log_sum(mask: np.ndarray, exponent: np.ndarray, error: np.ndarray, lowest: Any) -> tuple[np.ndarray, ...]:
    """`log(sum(exp(exponent)))` over what the mask leaves of each row, its error in eps, and the share of each."""
    some = mask.any(1)
    kept = np.where(mask, exponent, -np.inf)
    peak = np.where(some, kept.max(1, initial=-np.inf), 0)
    grown = np.exp(kept - peak[:, None])
    total = grown.sum(1)
    share = np.where(mask, grown / np.where(some, total, 1)[:, None], 0)
    value = np.where(some, peak + np.log(total), lowest)
    # What comes from the exponents, from the difference to the largest of them, and from the logarithm.
    spread = np.where(share > 0, share * (error + np.abs(kept - peak[:, None])), 0).sum(1)
    return value, np.where(some, spread + np.abs(peak) + np.abs(np.log(total)) + 1, 0), share


@quiet
def cosine_similarity(y_true: Any, y_pred: Any, *, dtype: str = "float32", axis: int = -1) -> Reference:
    """`-sum(t p)` over the axis, of vectors divided by their length, or by epsilon where they are shorter."""
    true, pred = match_ranks(y_true, y_pred)
    t, p = _direction(true, axis, dtype), _direction(pred, axis, dtype)
    product, limits = t[0] * p[0], np.finfo(dtype)
    slopes = {}
    for key, (one, length, long, unsure), (other, *_), given in (("y_pred", p, t, y_pred), ("y_true", t, p, y_true)):
        # Through the direction: d one_i / d x_k = ((i == k) - one_i one_k [the length counts]) / length.
        turned = one * product.sum(axis, keepdims=True)
        total = np.abs(product).sum(axis, keepdims=True)
        turned_terms = np.abs(one) * total
        slope = -(other - np.where(long, turned, 0)) / length
        # What falls below the smallest normal number on the way may be flushed: a part of a direction, before it is
        # divided by the length, and the slope of the squared length, before it is multiplied by the vector. The weight
        # of a sample makes that smaller still.
        part = np.maximum(np.abs(other), limits.tiny)
        flushed = np.where(part < 64 * limits.tiny, part / limits.eps / length, 0)
        flushed = flushed + np.where(total / length**2 < 64 * limits.tiny, turned_terms / limits.eps / length, 0)
        slope_terms = np.abs(other) + turned_terms * (1 + unsure / limits.eps)
        slopes[key] = (slope, slope_terms / length + flushed, np.shape(given))
    return sums(-product, np.abs(product), slopes, axis)


def _direction(x: np.ndarray, axis: int, dtype: str) -> tuple[np.ndarray, ...]:
    """Vectors of length 1, what they were divided by, where that was their length, and where rounding decides."""
    length = np.sqrt((x * x).sum(axis, keepdims=True))
    epsilon = in_dtype(EPSILON, dtype, x)
    divisor = np.maximum(length, epsilon)
    unsure = np.abs(length - epsilon) <= 8 * np.finfo(dtype).eps * epsilon
    return x / divisor, divisor, length >= epsilon, unsure
