"""Losses of a sequence whose alignment is not known."""

import torch
from torch.nn import functional as F

from torchimpl._config import check_sequences
from torchimpl._tensors import class_numbers, nan_unless, to_float, to_labels, widen
from torchimpl.losses.base import Loss

IMPOSSIBLE = -1e30  # the logarithm of 0, with which derivatives stay finite


# PyTorch's own kernel cannot be captured as one graph nor differentiated twice, has no half precision, reads beyond its
# input where a label is no class, and gives NaN for a gradient where the steps are too few.
def ctc(y_true, y_pred):
    """Connectionist temporal classification: how unlikely it is to read the labels off the predictions, step by step.

    `-log(sum of the probabilities of all paths)`: a path names one class a step, 0 being the blank; read off it are its
    classes without repetitions and then without blanks. The sum is not divided by the number of labels.

    Args:
        y_true: class numbers, 1 to number of classes - 1, shape `[batch, labels]`. Zeros fill up a sequence: as many
            labels count, from the first one on, as are not 0. Fractions are cut off. Eagerly on the CPU a number that
            is no class is an error; elsewhere, and for NaN, loss and gradient of that sample are NaN.
        y_pred: logits, shape `[batch, steps, classes]`.

    Returns:
        Loss per sample, shape `[batch]`; infinite, with gradient 0, where the steps are too few for the labels.

    Raises:
        ValueError: the shapes do not fit, or a label is no class.

    Source: Graves et al. (2006), "Connectionist Temporal Classification".
    """
    y_pred = to_float(y_pred)
    y_true, x, dtype = to_labels(y_true, y_pred.device), widen(y_pred), y_pred.dtype
    check_sequences("ctc", y_true.shape, y_pred.shape)
    batch, steps, classes = x.shape
    labels, known = class_numbers("ctc", y_true, classes)
    number = torch.sum(y_true != 0, dim=1)

    # A path is in one of 2 * labels + 1 states: a blank before, between and after the labels. It stays, goes on by one,
    # or by two, over a blank that does not part equal labels. A sum over paths is one of logarithms, state by state: in
    # float64, for in float32 each step would round all that has been added so far. There it is also exact by what the
    # classes differ; the logarithm of what they sum to, which all share, is found nearly, and then what that is off by.
    states, sure = 2 * labels.shape[1] + 1, x.new_zeros((), dtype=torch.float64)
    symbols = F.pad(torch.stack([torch.zeros_like(labels), labels], dim=2).flatten(1), (0, 1))
    near = torch.logsumexp(x.detach(), dim=2, keepdim=True)
    total = near.double() + torch.logsumexp(x - near, dim=2, keepdim=True)
    emitted = torch.gather(x, 2, symbols[:, None].expand(batch, steps, states)) - total
    place = torch.arange(states, device=x.device)
    left = 2 * number[:, None] - place
    start = torch.where((place == 0).expand(batch, states), sure, IMPOSSIBLE)
    end = torch.where((left == 0) | (left == 1), sure, IMPOSSIBLE)

    # From both ends to the middle at once, in half the steps: backwards the states are in reverse, and the moves the
    # same. Sure blanks in front, which change nothing, let the middle be a step.
    emitted = torch.cat([start[:, None].expand(batch, 1 + steps % 2, states), emitted], dim=1)
    half = emitted.shape[1] // 2
    there, middle, back = emitted.split([half, 1, half], dim=1)
    symbols = torch.stack([symbols, symbols.flip(1)])
    move = torch.arange(3, device=x.device)[:, None]
    origin = torch.clamp(place - move, min=0).flatten()
    parted = symbols[:, :, None] != symbols.index_select(2, origin).unflatten(2, (3, states))
    moves = torch.where((place >= move) & ((move < 2) | parted), sure, IMPOSSIBLE)
    paths = torch.stack([start, end.flip(1)])
    for emission in torch.stack([there, back.flip(1, 2)]).unbind(2):
        came = (paths + emission).index_select(2, origin).unflatten(2, (3, states))
        paths = torch.logsumexp(came + moves, dim=2)
    there, back = paths.unbind()
    losses = -torch.logsumexp(there + middle[:, 0] + back.flip(1), dim=1)
    losses = torch.where(losses > -IMPOSSIBLE / 2, torch.inf, losses)
    return nan_unless(None if known is None else torch.all(known, dim=1), losses).to(dtype)


class CTC(Loss):
    """`ctc` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    _class_numbers = True

    def __init__(self, reduction="sum_over_batch_size", name="ctc", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return ctc(y_true, y_pred)
