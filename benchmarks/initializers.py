"""Initializers: torchimpl's draws beside Keras's on TensorFlow, which gives the same bits, and beside PyTorch's own."""

import keras
import torch

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import KERAS

SMALL, LARGE, WIDE = (10, 10), (1000, 1000), (784, 256)
# What is drawn, the class, its options, of which shape, and how many times Keras's time it may take.
DRAWN = (
    ("uniform", "GlorotUniform", {}, SMALL, 1.0),
    ("uniform", "GlorotUniform", {}, LARGE, 1.5),
    ("normal", "VarianceScaling", {"distribution": "untruncated_normal"}, SMALL, 1.5),
    ("normal", "VarianceScaling", {"distribution": "untruncated_normal"}, LARGE, 1.5),
    ("truncated normal", "HeNormal", {}, SMALL, 2.5),
    ("truncated normal", "HeNormal", {}, LARGE, 1.5),
    ("orthogonal", "Orthogonal", {}, SMALL, None),
    ("orthogonal", "Orthogonal", {}, WIDE, None),
)


def cases():
    """Yield the cases: TensorFlow's time is that of an eager call and of `.numpy()`."""
    for what, name, options, shape, most in DRAWN:
        bounds = (Bound("torchimpl", (KERAS,), most), Bound("torchimpl", ("torch",), 1.0))
        build = lambda name=name, options=options, shape=shape: _calls(name, options, shape)  # noqa: E731
        yield Case("initializers", what, f"{shape[0]} x {shape[1]}", build, bounds)


def _calls(name, options, shape):
    ours = getattr(torchimpl.initializers, name)(seed=3, **options)
    theirs = getattr(keras.initializers, name)(seed=3, **options)
    calls = {"torchimpl": lambda: ours(shape), KERAS: lambda: theirs(shape).numpy()}
    if name == "HeNormal" and shape == LARGE:
        tensor = torch.empty(shape)
        calls["torch"] = lambda: torch.nn.init.trunc_normal_(tensor)
    return calls
