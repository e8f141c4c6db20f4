"""F-scores: precision and recall in one number."""

import numpy as np

from parity.reference.base import match_ranks, quantize, quiet, settled
from parity.reference.metrics.base import Batches, Scaled, float_dtype, over, total, weights_of


@quiet
def fbeta_score(
    batches: Batches,
    *,
    dtype: str | None = "float32",
    average: str | None = None,
    beta: float = 1.0,
    threshold: float | None = None,
) -> Scaled:
    """`(1 + beta^2) P R / (beta^2 P + R)` with `P = TP / (TP + FP)` and `R = TP / (TP + FN)`, 0 where there is no TP.

    Soft labels y count as `y` of a positive and `1 - y` of a negative. Without a threshold, the largest score of each
    sample is the positive one, the lowest index among equals; NaN and -inf never are. average: None for one score a
    class, "micro" for that of the sums over the classes, "macro" for the mean, "weighted" for the mean weighted by
    `TP + FN`.
    """
    tp = fp = fn = np.zeros(())
    for batch in batches:
        true, scores = match_ranks(batch["y_true"], batch["y_pred"])
        if scores.ndim != 2:
            raise ValueError(f"y_pred has shape {scores.shape}, expected [batch, classes]")
        if threshold is None:
            scores = np.where(np.isnan(scores), -np.inf, quantize(scores, float_dtype(dtype)))
            taken = np.zeros(scores.shape)
            for row, line in enumerate(scores):
                taken[row, int(np.argmax(line))] = line.max() > -np.inf
        else:
            level = quantize(np.longdouble(threshold), float_dtype(dtype))
            taken = (quantize(scores, float_dtype(dtype)) > level).astype(float)
        weights = weights_of(batch, scores.shape)
        axis = None if average == "micro" else 0
        tp = tp + (weights * taken * true).sum(axis)
        fp = fp + (weights * taken * (1 - true)).sum(axis)
        fn = fn + (weights * (1 - taken) * true).sum(axis)
    precision, recall, square = over(tp, tp + fp), over(tp, tp + fn), np.longdouble(beta) ** 2
    score = over((1 + square) * precision * recall, square * precision + recall)
    if average == "macro" and score.ndim:
        score = score.mean()
    if average == "weighted" and score.ndim:
        score = over(total(score * (tp + fn)), total(tp + fn))
    return settled(score, score)


def f1_score(
    batches: Batches, *, dtype: str | None = "float32", average: str | None = None, **arguments: float
) -> Scaled:
    """`fbeta_score` with beta 1: the harmonic mean of precision and recall."""
    return fbeta_score(batches, dtype=dtype, average=average, beta=1.0, **arguments)
