"""Conversions and shapes that the families share."""

import functools
import inspect
import math
from contextlib import nullcontext

import numpy as np
import torch
from torch._C import _functorch as functorch
from torch.utils.checkpoint import checkpoint

from torchimpl._config import match_labels, match_shapes, match_weights, no_such_class

HALF = (torch.float16, torch.bfloat16)
PART = 2**12  # values that are added up in float32: so many hits or small whole numbers stay below 2**24, and exact
# How many numbers PyTorch's softmax may add up, along the last axis (True) and along others; more are off by too much.
FEW = 2**6  # for all kernels alike
SOFTMAX = {"cpu": {True: 2**10, False: FEW}, "cuda": {False: FEW}}
LARGE = 8 * PART  # values, from which on it takes long to copy them to float64
AT_ONCE = 2**20  # predictions: for more, the CPU takes longer to find the memory than to compute


def to_tensor(value, dtype=None, device=None):
    """Return `value` (tensor, array, number or nested list) as a tensor; only what is no tensor yet is moved."""
    if isinstance(value, torch.Tensor):
        return value if dtype is None or value.dtype == dtype else value.to(dtype)
    if isinstance(value, np.ndarray) and not (value.flags.writeable and all(step >= 0 for step in value.strides)):
        value = value.copy()  # PyTorch has no read-only tensors and no negative strides
    if isinstance(value, list | tuple) and any(isinstance(item, torch.Tensor) for item in value):
        value = torch.stack([to_tensor(item) for item in value])
    return torch.as_tensor(value, dtype=dtype, device=device)


def _plain(value):
    """Whether a number, or nested lists, hold numbers alone, and no tensors."""
    return all(map(_plain, value)) if isinstance(value, list | tuple) else isinstance(value, int | float | np.generic)


def to_float(value):
    """Return `value` as a floating-point tensor: integers and booleans become the default dtype."""
    value = to_tensor(value)
    return value if value.is_floating_point() else value.to(torch.get_default_dtype())


def numbers_in(dtype, *values):
    """Return values, Python's numbers among them in float64, not float32, if that is what `dtype` says."""
    if dtype != "float64":
        return values
    return [np.asarray(item, dtype) if _plain(item) else item for item in values]


def to_labels(value, device=None):
    """Return class numbers as a tensor: floats as they are, all else as int64 (uint8 cannot be compared with -1)."""
    value = to_tensor(value, device=device)
    return value if value.dtype == torch.int64 or value.is_floating_point() else value.long()


def detached(*values):
    """Return the values, tensors without their graph: nothing is recorded, in a third of what torch.no_grad takes."""
    return [value.detach() if isinstance(value, torch.Tensor) and value.requires_grad else value for value in values]


def widen(x):
    """Return a half-precision tensor in float32, in which it is computed; others as they are."""
    return x.float() if x.dtype in HALF else x


def without_autocast(device):
    """Return a context in which matrices are multiplied in their own precision; "meta" has no autocast."""
    return nullcontext() if device.type == "meta" else torch.autocast(device.type, enabled=False)


def is_exporting():
    """Whether a graph is made for `torch.export`; PyTorch 2.11 takes its own answer for true under `torch.compile`."""
    return torch.compiler._is_exporting_flag


def is_compiling():
    """Whether a graph is made for `torch.compile`: what is exported is computed as it is eagerly."""
    return torch.compiler.is_compiling() and not is_exporting()


def align(owner, y_true, y_pred):
    """Return y_true and y_pred with one shape and one dtype, ready to be computed with, and the dtype of y_pred."""
    y_pred = to_float(y_pred)
    dtype = y_pred.dtype
    alike = isinstance(y_true, torch.Tensor) and y_true.dtype == dtype and y_true.shape == y_pred.shape
    if not alike or dtype in HALF or not y_pred.ndim:
        y_pred = widen(y_pred)
        y_true, y_pred = same_shape(owner, to_tensor(y_true, y_pred.dtype, y_pred.device), y_pred)
    return y_true, y_pred, dtype


def align_exactly(owner, dtype, y_true, y_pred):
    """Return y_true and y_pred with one shape, each as exact as it was given, ready to be computed with.

    Python's numbers are taken in float64 if `dtype` is that, or the other's is; whole numbers and booleans always are.
    """
    if not (isinstance(y_true, torch.Tensor) and isinstance(y_pred, torch.Tensor)):
        if any(str(getattr(item, "dtype", "")).endswith("float64") for item in (y_true, y_pred)):
            dtype = "float64"
        y_true, y_pred = numbers_in(dtype, y_true, y_pred)
        y_pred = to_tensor(y_pred)
        y_true = to_tensor(y_true, device=y_pred.device)
    return same_shape(owner, _exact(y_true), _exact(y_pred))


def _exact(x):
    return widen(x) if x.is_floating_point() else x.double()


def same_shape(owner, y_true, y_pred):
    """Return two tensors with one shape: see `match_shapes`."""
    if y_true.shape == y_pred.shape and y_pred.ndim:
        return y_true, y_pred
    for_true, for_pred = match_shapes(owner, y_true.shape, y_pred.shape)
    return _reshape(y_true, for_true), _reshape(y_pred, for_pred)


def _reshape(x, step):
    if step == "keep":
        return x
    return x.unsqueeze(-1) if step == "expand" else x.squeeze(-1)


def align_labels(owner, y_true, y_pred, axis):
    """Return the labels in the shape of y_pred without `axis`, y_pred ready to be computed with, and its dtype."""
    y_pred = to_float(y_pred)
    y_true = to_labels(y_true, y_pred.device)
    if axis != -1 or y_true.shape != y_pred.shape[:-1] or not y_pred.ndim:
        for step in match_labels(owner, y_true.shape, y_pred.shape, axis):
            y_true = y_true.squeeze(step)
    return y_true, widen(y_pred), y_pred.dtype


def class_numbers(owner, labels, classes):
    """Return labels as class numbers, and whether each names a class; the numbers of those that do not are 0.

    Fractions are cut off. Eagerly on the CPU a label out of range is an error, but for NaN; where all name one, that is
    said by None. Elsewhere asking for values would stop the device or break the graph.
    """
    labels = widen(labels)
    if known_within(labels, 0, classes - 1):
        return labels.long(), None
    known = (labels > -1) & (labels < classes)
    if labels.device.type == "cpu" and not torch.compiler.is_compiling():
        wrong = ~known & (labels == labels)
        try:
            found = bool(wrong.any())
        except RuntimeError:  # under vmap, say, a tensor has no one value
            found = False
        if found:
            raise ValueError(no_such_class(owner, labels[wrong][0].item(), classes))
    return torch.where(known, labels, 0).long(), known


def nan_unless(known, losses):
    """Return the losses, and NaN for the samples whose label is no class; None: each is one."""
    return losses if known is None else losses * torch.where(known, 1, torch.nan)


def align_weights(owner, name, weights, values):
    """Return `weights` in the dtype and rank of `values`: its axes belong to the leading axes of `values`."""
    weights = to_tensor(weights, values.dtype, values.device)
    change = match_weights(owner, name, weights.shape, values.shape)
    if change < 0:
        return weights.squeeze(-1)
    return weights[(..., *[None] * change)]


def weights_like(owner, sample_weight, y_pred):
    """Return weights in float64, one for each prediction; None stays None."""
    if sample_weight is None:
        return None
    values = torch.empty((), dtype=torch.float64, device=y_pred.device).expand(y_pred.shape)
    return align_weights(owner, "sample_weight", sample_weight, values).broadcast_to(values.shape)


def may_look(x):
    """Whether the numbers of x may decide what is computed: eagerly on the CPU, where it is one quick look.

    Elsewhere that would stop the device or break the graph, or be kept in it for all inputs.
    """
    return x.is_cpu and not torch.compiler.is_compiling() and not torch.jit.is_tracing() and x.numel() > 0


def known_within(x, low, high):
    """Whether all of x is known to lie between two bounds, so that a native kernel computes what is meant.

    Nothing is known where nobody may look (see `may_look`), and of NaN.
    """
    if not may_look(x):
        return False
    try:
        least, most = torch.aminmax(x.detach() if x.requires_grad else x)
        return least.item() >= low and most.item() <= high
    except RuntimeError:  # under vmap, say, a tensor has no one value
        return False


def softmax_is_exact(x, axis):
    """Whether PyTorch's softmax over an axis is exact enough: whether it adds up few numbers, where that matters.

    Along the last axis the kernel adds up by the width of a vector, or with a thousand threads, along others one number
    after the other. Of 4,096 numbers the sum is up to 12 and 250 eps off.
    """
    if not is_exporting() and x.shape[axis] <= FEW:
        return True
    most = SOFTMAX.get(x.device.type, {}).get(axis in (-1, x.ndim - 1))
    if most is None:
        return True
    if is_exporting():  # a graph may be one for all sizes
        from torch.fx.experimental.symbolic_shapes import statically_known_true

        return statically_known_true(x.shape[axis] <= most)
    return x.shape[axis] <= most


def softmax(x, axis):
    """Return the softmax over an axis; a sum of many numbers is as exact as one of few."""
    if softmax_is_exact(x, axis):
        return torch.softmax(x, dim=axis)
    exponentials = torch.exp(_shifted(x, axis))
    # By a product, whose derivative takes half the time of that of a quotient.
    return exponentials * (1 / torch.sum(exponentials, dim=axis, keepdim=True))


def log_softmax(x, axis, index=None):
    """Return the logarithm of the softmax over an axis; a sum of many numbers is as exact as one of few."""
    if softmax_is_exact(x, axis):
        log_p = torch.log_softmax(x, dim=axis)
        return log_p if index is None else torch.gather(log_p, axis, index)
    shifted = _shifted(x, axis)
    total = torch.sum(torch.exp(shifted), dim=axis, keepdim=True)
    return (shifted if index is None else torch.gather(shifted, axis, index)) - torch.log(total)


def _shifted(x, axis):
    """Return x less its largest number along an axis, ready for a sum of exponentials.

    Unlike its softmax, PyTorch's sum adds up by pairs, which is exact enough. That of inductor does not: a graph, which
    may be for it, has float64.
    """
    x = x.double() if torch.compiler.is_compiling() else widen(x)
    return x - torch.amax(x, dim=axis, keepdim=True).detach()


def recomputed(function, x, *args):
    """Return what a function makes of x, and let inductor on the CPU compute it again for the derivative.

    Inductor keeps what takes least memory: of a comparison its answers, in bytes. These it reads one by one, and takes
    10 to 17 times as long as to compare again. Inside the transformations of `torch.func` PyTorch does not know this.
    """
    if not (is_compiling() and x.is_cpu) or isinstance(functorch.peek_interpreter_stack(), functorch.CInterpreter):
        return function(x, *args)
    # Each is looked at here: PyTorch 2.13 loses a number that it sees first inside of what is computed again.
    args = [item for item in args if isinstance(item, object)]
    return checkpoint(function, x, *args, use_reentrant=False, preserve_rng_state=False)


def expm1(x):
    """Return `exp(x) - 1`, which inductor computes so on the CPU: without this nothing is left of small results."""
    if not is_compiling():
        return torch.expm1(x)
    return torch.where(torch.abs(x) < 0.5, expm1_of_small(torch.clamp(x, -0.5, 0.5)), torch.expm1(x))


def expm1_of_small(x):
    """Return `exp(x) - 1` for `|x| <= 0.5`, where the terms left out of its series are below a unit of its dtype."""
    terms, power = [1 / math.factorial(n) for n in range(1, 17 if x.dtype == torch.float64 else 9)], x
    while len(terms) > 1:  # by pairs, which wait for one another less than term after term (Estrin's scheme)
        terms = [first + power * second for first, second in zip(terms[::2], terms[1::2], strict=True)]
        power = power * power
    return x * terms[0]


def mean_over(x, axis, dtype):
    """Return the mean over an axis, in a dtype; of one number it is that number, and nothing is computed."""
    mean = x.squeeze(axis) if x.shape[axis] == 1 else x.mean(axis)
    return mean if mean.dtype == dtype else mean.to(dtype)


def long_in_float64(values, dtype):
    """Whether a sum of values for a result in `dtype` is sooner had by parts in float32, and a look may tell whether.

    That is, eagerly on the CPU: see `known_within`.
    """
    large = values.is_cpu and not torch.compiler.is_compiling() and values.numel() > LARGE
    return large and values.dtype == torch.float32 and dtype != "float64"


def sum_by_parts(values):
    """Return the sum of parts that are added up in float32, each as exact as a result in float32 is."""
    flat = values.reshape(-1)
    rest = flat.numel() % PART
    parts = torch.sum(flat[: flat.numel() - rest].reshape(-1, PART), dim=1)
    return torch.sum(parts, dtype=torch.float64) + torch.sum(flat[flat.numel() - rest :], dtype=torch.float64)


def are_many(y_pred, most=None):
    """Whether predictions are more than `most`, or AT_ONCE, where that matters: eagerly on the CPU."""
    if torch.compiler.is_compiling() or not isinstance(y_pred, torch.Tensor) or y_pred.numel() <= (most or AT_ONCE):
        return False
    return y_pred.is_cpu and not torch.jit.is_tracing()


def in_parts(y_true, y_pred, sample_weight, axis=None, most=None):
    """Return targets, predictions and weights as parts of whole samples, which are computed sooner than all at once.

    Args:
        y_true: targets.
        y_pred: predictions.
        sample_weight: weights or None.
        axis: what is reduced of the predictions, an axis, several or None; with that of the samples they are one part.
        most: how many predictions a part has at most, unless a sample has more; None for AT_ONCE.
    """
    whole = [(y_true, y_pred, sample_weight)]
    if not are_many(y_pred, most):
        return whole
    axes = [] if axis is None else axis if isinstance(axis, list | tuple) else [axis]
    given = [y_true, y_pred] if sample_weight is None else [y_true, y_pred, sample_weight]
    alike = all(isinstance(item, torch.Tensor) and item.shape[:1] == y_pred.shape[:1] for item in given)
    if not alike or not all(isinstance(item, int) and item % y_pred.ndim for item in axes):
        return whole
    if y_true.shape != y_pred.shape and y_pred.shape[-1] == 1:  # an axis will go, and others have another number
        return whole
    parts = [item.split(max((most or AT_ONCE) * len(y_pred) // y_pred.numel(), 1)) for item in given]
    return list(zip(*parts, *([] if sample_weight is not None else [[None] * len(parts[0])]), strict=True))


def of_parts(function, y_true, y_pred, sample_weight, axis):
    """Return what a function makes of each part: see `in_parts`. What is wrong with one is said of the whole batch."""
    parts = in_parts(y_true, y_pred, sample_weight, axis)
    try:
        return [function(*part) for part in parts]
    except ValueError:
        if len(parts) == 1:
            raise
        return [function(y_true, y_pred, sample_weight)]


def in_parts_if_many(function):
    """Return a function of the losses of samples that computes many of them in parts, and sooner."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def run(y_true, y_pred, *args, **kwargs):
        if not are_many(y_pred):
            return function(y_true, y_pred, *args, **kwargs)

        def losses(y_true, y_pred, _):
            return function(y_true, y_pred, *args, **kwargs)

        given = signature.bind(y_true, y_pred, *args, **kwargs)
        given.apply_defaults()
        parts = of_parts(losses, y_true, y_pred, None, given.arguments.get("axis", -1))
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    # PyTorch keeps what it has compiled by the code, of which each function needs its own: it refuses the ninth.
    run.__code__ = run.__code__.replace(co_name=function.__name__)
    return run


def added(amounts):
    """Return the sums of what each part of a batch adds to the states."""
    return amounts[0] if len(amounts) == 1 else map(sum, zip(*amounts, strict=True))


def divide_no_nan(numerator, denominator):
    """Return the quotient, and 0 (with derivative 0) where the denominator is 0."""
    divisible = denominator != 0
    return torch.where(divisible, numerator / torch.where(divisible, denominator, 1), 0)


def norm_along(x, axis):
    """Return the Euclidean norm over an axis or several, which stay; its derivative at a zero vector is 0."""
    # Squares of tiny numbers would vanish, and those of huge ones overflow.
    largest = torch.amax(torch.abs(x), dim=axis, keepdim=True).detach() if x.numel() else x.new_ones(())
    # Infinity over infinity is no number: what is infinite over a finite number stays so, as does the norm.
    shares = x / torch.where(largest > 0, torch.clamp(largest, max=torch.finfo(x.dtype).max), 1)
    squares = torch.sum(torch.square(shares), dim=axis, keepdim=True)
    # The sum is at least 1, but for a zero vector, at which the root has no derivative.
    return largest * torch.sqrt(torch.clamp(squares, min=1))


def clip(x, low, high=math.inf):
    """Return x clipped to two bounds, with a gradient that costs little."""
    # To clamp and to differentiate that is a fifth of a cross-entropy, to look whether it is needed a fiftieth.
    return x if x.requires_grad and known_within(x, low, high) else recomputed(torch.clamp, x, low, high)
