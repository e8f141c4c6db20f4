"""From the losses of the samples to the loss of a batch."""

from typing import Any

import numpy as np

from parity.reference.base import Gradients, Reference, lead, quiet, settled, wide

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none")


@quiet
def reduce(
    sample: Reference, *, sample_weight: Any = None, mask: Any = None, reduction: str | None = "sum_over_batch_size"
) -> Reference:
    """Weigh, mask and reduce the losses v of n samples with weights w and a mask m.

    none: `v w m`. sum: `sum(v w m)`. sum_over_batch_size and mean: `sum(v w m) / n`, with a mask times
    `size(m) / sum(m)`. mean_with_sample_weight: `sum(v w m) / sum(w m)` where w and m are broadcast against each other
    only, not against v; without both, `sum(v) / n`. A division by 0 gives 0. What the losses themselves do not count is
    masked.

    Raises:
        ValueError: an unknown reduction; weights or a mask that do not fit.
    """
    reduction = "none" if reduction is None else reduction
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction is {reduction!r}, expected one of {REDUCTIONS}")
    v, terms = sample.value, sample.scale
    one = np.ones((1,) * v.ndim, v.dtype)
    w = one if sample_weight is None else lead(wide(sample_weight)[0], v.shape, "sample_weight")
    m = one if mask is None else lead(np.asarray(mask) != 0, v.shape, "mask").astype(v.dtype)
    m = m if sample.counted is None else m * sample.counted
    together = w * m
    factor = np.broadcast_to(together, v.shape)
    if reduction == "none":
        return Reference(*settled(v * factor, terms * np.abs(factor)), _through(sample, factor, one.sum()))

    # No division but that by the sum of the weights can move the result by more than its own size times eps; that
    # one can, where weights of both signs cancel: the excess.
    divisor = excess = v.dtype.type(1)
    if reduction == "mean_with_sample_weight" and not (sample_weight is None and mask is None):
        divisor = together.sum()
        excess = np.abs(together).sum() / np.abs(divisor)
    elif reduction != "sum":
        divisor = v.dtype.type(v.size) * m.sum() / max(m.size, 1)
    if divisor == 0:
        nothing = np.zeros((), v.dtype)
        return Reference(nothing, nothing, _through(sample, 0 * factor, one.sum()))
    value = (v * factor).sum() / divisor
    scale = (terms * np.abs(factor)).sum() / np.abs(divisor) + np.abs(value) * (excess - 1)
    return Reference(*settled(value, scale), _through(sample, factor / divisor, excess))


def _through(sample: Reference, factor: np.ndarray, excess: Any) -> Any:
    """The pullback of `sum(v * factor)`, or of `v * factor`, down to the inputs of v."""
    through = sample.pullback
    if through is None:
        return None

    @quiet
    def pullback(cotangent: Any) -> Gradients:
        spread = np.asarray(cotangent) * factor
        scales = through(spread * excess)
        return {key: (gradient, scales[key][1]) for key, (gradient, _) in through(spread).items()}

    return pullback
