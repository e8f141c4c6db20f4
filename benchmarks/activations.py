"""Activations: value and gradient against PyTorch's own kernels and Keras on both backends."""

from dataclasses import dataclass, field
from functools import partial

import keras
import numpy as np
import torch
from torch.nn import functional as F

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, shaped, tf_gradient, torch_gradient
from benchmarks.losses import ACCURATE, LONG, SIZES, TWIN, without_bounds

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl


@dataclass(frozen=True)
class Activation:
    """An activation and its twin in PyTorch; why ours, in torchimpl or in tfimpl, is another formula."""

    name: str
    native: object = None
    accurate: str = ""
    keras_wrong: str = ""
    options: dict = field(default_factory=dict)


EXP = "exp(x) - 1 loses its digits near 0"
GATE = "the gate is lost where exp(-x) overflows, and the result is not"
INFINITE = "infinities give NaN"
CORNER = "overflows early, and has another derivative at the corner"
ACTIVATIONS = (
    Activation("celu", F.celu, keras_wrong=EXP),
    Activation("elu", F.elu, keras_wrong=EXP),
    Activation("exponential", torch.exp),
    Activation("gelu", F.gelu, INFINITE, "constants of float32; " + INFINITE),
    Activation("glu", F.glu, GATE, GATE),
    Activation("hard_shrink", F.hardshrink),
    Activation("hard_sigmoid", F.hardsigmoid, "cannot be differentiated twice", "the derivative just below 3 is 0"),
    Activation("hard_silu", F.hardswish, CORNER, "the derivative just below 3 is 0"),
    Activation("hard_tanh", F.hardtanh, "the derivative at -1 and 1 is 0, of NaN 1"),
    Activation("leaky_relu", lambda x: F.leaky_relu(x, 0.2)),
    Activation("log_sigmoid", F.logsigmoid),
    Activation("log_softmax", lambda x: F.log_softmax(x, -1)),
    Activation("mish", F.mish, GATE, GATE),
    Activation("relu", F.relu),
    Activation("relu6", F.relu6),
    Activation("selu", F.selu, keras_wrong=EXP),
    Activation("sigmoid", torch.sigmoid),
    Activation("silu", F.silu, GATE, GATE),
    Activation("soft_shrink", F.softshrink),
    Activation("softmax", lambda x: F.softmax(x, -1), keras_wrong="a NaN leaves zeros in its row"),
    Activation("softplus", F.softplus),
    Activation(
        "softsign", F.softsign, INFINITE + ", and the derivative ends in 0", INFINITE + "; no second derivative"
    ),
    Activation("sparse_plus"),
    Activation("sparse_sigmoid"),
    Activation("sparsemax"),
    Activation("squareplus", None, "cancels below 0, overflows", "cancels below 0, overflows"),
    Activation("tanh", torch.tanh),
    Activation("tanh_shrink", F.tanhshrink, "cancels near 0", "cancels near 0"),
    Activation("threshold", lambda x: F.threshold(x, 0.1, 1.0), options={"threshold": 0.1, "default_value": 1.0}),
)
OF_LONG_ROWS = ("log_softmax", "softmax")


def cases(device="cpu", sizes=SIZES):
    """Yield the cases of this process."""
    for item in ACTIVATIONS:
        for size, number in sizes.items():
            if ON_TENSORFLOW:
                yield Case(
                    "activations", item.name, size, lambda item=item, n=number: _tensorflow(item, n), _for_tf(item)
                )
            else:
                build = lambda item=item, n=number: _torch(item, n, device=device)  # noqa: E731
                yield Case("activations" if device == "cpu" else "gpu", item.name, size, build, _for_torch(item))
    compared, build = (_for_tf, _tensorflow) if ON_TENSORFLOW else (_for_torch, _torch)
    for item in ACTIVATIONS:
        if item.name in OF_LONG_ROWS and LONG[1] in sizes.values():
            bounds = without_bounds(compared(item))
            yield Case("activations", item.name, LONG[0], partial(build, item, *LONG[1:]), bounds)


def with_options(function, item):
    return lambda x: function(x, **item.options)


def _for_torch(item):
    more = ACCURATE if item.accurate else 1
    return (
        Bound("torchimpl", ("torch",), max(more, TWIN), remark=item.accurate),
        Bound("torchimpl", (KERAS,), None if item.native else more, remark=item.accurate),
    )


def _torch(item, number, entries=None, device="cpu"):
    x = torch.from_numpy(numbers(number, entries))
    ours = with_options(getattr(torchimpl.activations, item.name), item)
    calls = {"torchimpl": torch_gradient(ours, x, device)}
    if item.native:
        calls["torch"] = torch_gradient(item.native, x, device)
    if device == "cpu":
        calls[KERAS] = torch_gradient(with_options(getattr(keras.activations, item.name), item), x)
    return calls


def _for_tf(item):
    most = ACCURATE if item.keras_wrong else 1
    return (
        Bound("tfimpl, eager", (f"{KERAS}, eager",), most, remark=item.keras_wrong),
        Bound("tfimpl, graph", (f"{KERAS}, graph",), most, remark=item.keras_wrong),
        Bound("torchimpl", (f"{KERAS}, eager",)),
    )


def _tensorflow(item, number, entries=None):
    x = numbers(number, entries)
    calls = {
        "torchimpl": torch_gradient(with_options(getattr(torchimpl.activations, item.name), item), torch.from_numpy(x))
    }
    for name, package in (("tfimpl", tfimpl), (KERAS, keras)):
        function = with_options(getattr(package.activations, item.name), item)
        for mode in ("eager", "graph"):
            calls[f"{name}, {mode}"] = tf_gradient(function, tf.constant(x), mode == "graph")
    return calls


def numbers(number, entries=None):
    return (3 * np.random.default_rng(0).normal(size=shaped(number, entries))).astype("f4")
