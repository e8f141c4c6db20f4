"""Losses of a sequence whose alignment is not known."""

from itertools import groupby, product
from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, quiet, settled, wide


@quiet
def ctc(y_true: Any, y_pred: Any, *, dtype: str = "float32") -> Reference:
    """`-log(sum of the probabilities of all paths)`, path by path, as the sum is defined: for few steps and classes.

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
    every = np.array(list(product(range(classes), repeat=steps)), int).reshape(-1, steps)
    read = [[key for key, _ in groupby(path) if key] for path in every.tolist()]
    for sample in range(batch):
        labels = (
            np.trunc(true[sample]).astype(int)[: np.count_nonzero(true[sample])].tolist()
            if _plain(true[sample])
            else None
        )
        paths = every[[found == labels for found in read]]
        if labels is None or np.isnan(log_p[sample]).any():
            value[sample], slope[sample] = np.nan, np.nan
            continue
        each = np.take_along_axis(log_p[sample], paths.T, 1)
        so_far = each.cumsum(0)
        if not paths.size or (so_far[-1:] == -np.inf).all():
            value[sample] = np.inf if steps or labels else 0
            continue
        top = so_far[-1].max()
        share = np.exp(so_far[-1] - top)
        value[sample] = -top - np.log(share.sum())
        share /= share.sum()
        # Whoever adds step by step rounds, at each, the logarithm of what has been added so far.
        spoilt = np.where(share == 0, 0, np.abs(so_far) + np.take_along_axis(error[sample], paths.T, 1) + 2).sum(0)
        scale[sample] = (share * spoilt).sum()
        for t in range(steps):
            here = paths[:, t] == np.arange(classes)[:, None]
            through, unsure = ((here * part).sum(1) for part in (share, share * (1 + spoilt + scale[sample])))
            slope[sample, t] = softmax[sample, t] - through
            # The softmax is multiplied by the sum of all shares, which is 1 but for the rounding of each.
            slope_terms[sample, t] = softmax[sample, t] * (common[sample, t] + unsure.sum()) + drift[sample, t] + unsure

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.asarray(cotangent)[:, None, None]
        return {"y_pred": settled(spread * slope, np.abs(spread) * slope_terms)}

    return Reference(*settled(value, scale), pullback)


def _plain(labels: np.ndarray) -> bool:
    return bool(np.isfinite(labels).all())
