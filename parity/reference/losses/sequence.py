"""Losses of a sequence whose alignment is not known."""

from functools import cache
from itertools import groupby, product
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, quiet, settled, wide

FEW = 2**10  # paths, of which each is looked at


@quiet
def ctc(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """`-log(sum of the probabilities of all paths)`, path by path, as the sum is defined, or state by state.

    A path with the classes k_t has the probability prod(softmax(y_pred[t])[k_t]); it stands for the labels that are
    left without repetitions and then without blanks, 0. The gradient is softmax minus the share of the paths through k.
    """
    true, pred = wide(y_true, y_pred)
    x = pred - pred.max(-1, keepdims=True, initial=-np.inf)
    total = np.exp(x).sum(-1, keepdims=True)
    log_p, softmax = x - np.log(total), np.exp(x) / total
    # As in the cross-entropies: x is rounded, and so is the sum of its exponentials.
    drift = np.where(softmax == 0, 0, softmax * np.abs(x))
    common = drift.sum(-1, keepdims=True) + 1
    error = np.abs(x) + np.abs(np.log(total)) + common
    batch, steps, classes = pred.shape
    value, scale = np.full(batch, np.inf, pred.dtype), np.zeros(batch, pred.dtype)
    slope, slope_terms = np.zeros_like(pred), np.zeros_like(pred)
    # What is no normal number can be flushed before it is added to one.
    flushed = np.finfo(dtype).tiny / np.finfo(dtype).eps
    summed = by_paths if classes**steps <= FEW else by_states
    known: dict[tuple[Any, ...], tuple[Any, np.ndarray]] = {}  # many samples may be copies of a few
    for sample in range(batch):
        if not np.isfinite(true[sample]).all() or np.isnan(log_p[sample]).any():
            value[sample], slope[sample] = np.nan, np.nan
            continue
        labels = np.trunc(true[sample]).astype(int)[: np.count_nonzero(true[sample])].tolist()
        key = (*labels, *log_p[sample].flat)
        if key not in known:
            known[key] = summed(log_p[sample], labels)
        log_sum, share = known[key]
        if log_sum == -np.inf:
            continue
        value[sample] = -log_sum
        # In float64 there is nothing wider to add in: each step rounds the logarithm of what has been added so far.
        rounded = steps * (np.abs(log_sum) + 2) if dtype == "float64" else 0
        unsure = np.where(share == 0, 0, share * error[sample])
        scale[sample] = unsure.sum() + rounded
        slope[sample] = softmax[sample] - share
        if dtype == "float64":
            share = share + share * (rounded + scale[sample])
        # The softmax is multiplied by the sum of all shares, which is 1 but for the rounding of each.
        slope_terms[sample] = softmax[sample] * (common[sample] + share.sum(-1, keepdims=True)) + drift[sample] + share
        slope_terms[sample] += flushed

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.asarray(cotangent)[:, None, None]
        return {"y_pred": settled(spread * slope, np.abs(spread) * slope_terms)}

    return Reference(*settled(value, scale), pullback)


def by_paths(log_p: np.ndarray, labels: list[int]) -> tuple[Any, np.ndarray]:
    """The logarithm of the sum over all paths, as it is defined, and the share of those through each class by step."""
    paths = _paths(*log_p.shape, tuple(labels))
    each = np.take_along_axis(log_p, paths.T, 1).sum(0)
    log_sum = np.logaddexp.reduce(each, initial=-np.inf)
    through = paths[:, :, None] == np.arange(log_p.shape[1])
    return log_sum, (through * np.exp(each - log_sum)[:, None, None]).sum(0)


@cache
def _paths(steps: int, classes: int, labels: tuple[int, ...]) -> np.ndarray:
    every = product(range(classes), repeat=steps)
    read = [path for path in every if tuple(key for key, _ in groupby(path) if key) == labels]
    return np.array(read, int).reshape(len(read), steps)


def by_states(log_p: np.ndarray, labels: list[int]) -> tuple[Any, np.ndarray]:
    """The same, by the sums of what leads to each state and of what follows it: 7 to 16 in the paper's numbers."""
    symbols = np.array([0, *(number for label in labels for number in (label, 0))])
    place = np.arange(len(symbols))
    back = place[:, None] - place
    leads = (back == 0) | (back == 1) | ((back == 2) & (symbols != 0) & (symbols != symbols[:, None]))
    emitted = log_p[:, symbols]
    before = [np.where(place < 2, emitted[0], -np.inf)]
    for here in emitted[1:]:
        before.append(np.logaddexp.reduce(np.where(leads, before[-1], -np.inf), axis=1) + here)
    after = [np.where(place >= len(place) - 2, log_p.dtype.type(0), -np.inf)]
    for there in emitted[:0:-1]:
        after.append(np.logaddexp.reduce(np.where(leads.T, after[-1] + there, -np.inf), axis=1))
    both = np.array(before) + np.array(after[::-1])
    log_sum = np.logaddexp.reduce(both[0])
    names = symbols[:, None] == np.arange(log_p.shape[1])
    return log_sum, np.exp(both - log_sum) @ names.astype(log_p.dtype)
