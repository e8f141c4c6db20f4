"""Where the axes of weights stand: Keras's order, PyTorch's, and the way from one to the other."""

import numpy as np
import torch

from torchimpl._config import check_choice, check_integer
from torchimpl._tensors import to_tensor

LAYOUTS = ("keras", "torch", "depthwise")
KINDS = (
    "dense",
    "conv",
    "conv_transpose",
    "depthwise",
    "embedding",
    "rnn",
    "lstm",
    "gru",
    "gru_bias",
    "attention",
    "attention_output",
)


def kernel_shape(owner, shape, layout, groups):
    """Return the shape that a weight has in Keras; see `KernelInitializer`."""
    layout = check_choice(owner, "layout", layout, LAYOUTS)
    if layout == "keras" or len(shape) < 2:
        return shape
    outputs, inputs, *window = shape
    if layout == "torch":
        return (*window, inputs, outputs)
    groups = outputs if groups is None else check_integer(owner, "groups", groups, low=1)
    if inputs != 1 or groups == 0 or outputs % groups:
        raise ValueError(
            f"{owner}: a depthwise weight has the shape (groups * multiplier, 1, *window). Received: "
            f"shape={tuple(shape)}, groups={groups}"
        )
    return (*window, groups, outputs // groups)


def to_layout(values, layout):
    """Return a kernel of Keras's order in a layout; see `KernelInitializer`."""
    if layout == "keras" or values.ndim < 2:
        return values
    if layout == "depthwise":
        values = values.flatten(-2).unsqueeze(-2)
    return values.movedim((-1, -2), (0, 1)).contiguous()


def to_torch(kernel, kind):
    """Return a weight of a Keras layer as PyTorch's counterpart of the layer has it.

    | kind | Keras | PyTorch |
    |---|---|---|
    | "dense" | Dense: `(inputs, outputs)` | Linear: `(outputs, inputs)` |
    | "conv" | Conv: `(*window, inputs, outputs)` | Conv: `(outputs, inputs, *window)`, with groups too |
    | "conv_transpose" | ConvTranspose: `(*window, outputs, inputs)` | ConvTranspose: `(inputs, outputs, *window)` |
    | "depthwise" | DepthwiseConv: `(*window, channels, m)` | Conv: `(channels * m, 1, *window)` |
    | "embedding" | Embedding: `(tokens, units)` | Embedding: the same |
    | "rnn", "lstm" | kernels: `(inputs, gates * units)` | weights: `(gates * units, inputs)` |
    | "gru" | kernels, gates z, r, h: `(inputs, 3 * units)` | weights, gates r, z, n: `(3 * units, inputs)` |
    | "gru_bias" | gates z, r, h: `(2, 3 * units)` | `(2, 3 * units)`: bias_ih and bias_hh, gates r, z, n |
    | "attention" | query, key, value: `(inputs, heads, units)` | `(heads * units, inputs)` |
    | "attention_output" | `(heads, units, outputs)` | out_proj: `(outputs, heads * units)` |

    Biases and the weights of normalizations are the same in both. The bias of a SimpleRNN or an LSTM is `bias_ih`, the
    first of PyTorch's two; `bias_hh` is zero, and frozen before training goes on (see `init_like_keras`). The three
    projections of an attention stand below each other in `in_proj_weight`.

    Args:
        kernel: tensor, or what NumPy makes an array of (an array, a Keras variable).
        kind: see above.

    Returns:
        A contiguous tensor of its own.

    Raises:
        ValueError: kind is none of these, or the kernel has another number of axes.
    """
    check_choice("to_torch", "kind", kind, KINDS)
    kernel = to_tensor(kernel if isinstance(kernel, torch.Tensor) else np.asarray(kernel)).detach()
    _check_rank("to_torch", "kernel", kernel, kind)
    if kind in ("gru", "gru_bias"):
        kernel = _swap_gates(kernel)
    if kind == "attention":
        kernel = kernel.flatten(1)
    elif kind == "attention_output":
        kernel = kernel.flatten(0, 1)
    elif kind == "depthwise":
        kernel = kernel.flatten(-2).unsqueeze(-2)
    if kind not in ("embedding", "gru_bias"):
        kernel = kernel.movedim((-1, -2), (0, 1))
    return kernel.clone(memory_format=torch.contiguous_format)


def to_keras(weight, kind, groups=None, heads=None):
    """Return a weight of a PyTorch module as the Keras layer has it: the inverse of `to_torch`.

    Args:
        weight: tensor or array.
        kind: see `to_torch`.
        groups: the channels of a depthwise convolution; its outputs if None, for a multiplier of 1.
        heads: the heads of an attention.

    Returns:
        A contiguous tensor of its own; `layer.set_weights` wants `.numpy()` of it.

    Raises:
        ValueError: kind is none of these, or the weight does not fit it.
    """
    check_choice("to_keras", "kind", kind, KINDS)
    weight = to_tensor(weight if isinstance(weight, torch.Tensor) else np.asarray(weight)).detach()
    _check_rank("to_keras", "weight", weight, {"attention": "dense", "attention_output": "dense"}.get(kind, kind))
    shape = kernel_shape("to_keras", tuple(weight.shape), "depthwise" if kind == "depthwise" else "torch", groups)
    if kind not in ("embedding", "gru_bias"):
        weight = weight.movedim((0, 1), (-1, -2))
    if kind == "depthwise":
        weight = weight.reshape(shape)
    elif kind in ("gru", "gru_bias"):
        weight = _swap_gates(weight)
    elif kind in ("attention", "attention_output"):
        axis = 1 if kind == "attention" else 0
        heads = check_integer("to_keras", "heads", heads, low=1)
        if weight.shape[axis] % heads:
            raise ValueError(f"to_keras: {heads} heads do not divide {weight.shape[axis]} units. Pass heads=...")
        weight = weight.unflatten(axis, (heads, -1))
    return weight.clone(memory_format=torch.contiguous_format)


def _swap_gates(kernel):
    """Exchange the first two of three blocks of gates, on the last axis: Keras has z, r, h, PyTorch has r, z, n."""
    first, second, third = kernel.tensor_split(3, dim=-1)
    return torch.cat([second, first, third], dim=-1)


def _check_rank(owner, name, tensor, kind):
    """Raise ValueError unless a tensor has as many axes as its kind."""
    convolution = kind in ("conv", "conv_transpose", "depthwise")
    rank = 3 if kind in ("attention", "attention_output") else 2
    if not 3 <= tensor.ndim <= 5 if convolution else tensor.ndim != rank:
        expected = "3 to 5" if convolution else rank
        raise ValueError(
            f"{owner}: a {name} of kind {kind!r} has {expected} axes. Received: {name} of shape {tuple(tensor.shape)}"
        )
