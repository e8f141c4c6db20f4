"""Initializers: torchimpl's draws beside Keras's on TensorFlow, which gives the same bits, and beside PyTorch's own."""

import keras
import torch

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import KERAS

SMALL, LARGE, WIDE = (10, 10), (1000, 1000), (784, 256)
UNTRUNCATED = {"distribution": "untruncated_normal"}
# What is drawn, the class, its options, of which shape and dtype, and how many times Keras's time it may take.
DRAWN = (
    ("uniform", "GlorotUniform", {}, SMALL, "float32", 1.0),
    ("uniform", "GlorotUniform", {}, LARGE, "float32", 1.5),
    ("uniform", "GlorotUniform", {}, LARGE, "float64", 1.5),
    ("normal", "VarianceScaling", UNTRUNCATED, SMALL, "float32", 1.5),
    ("normal", "VarianceScaling", UNTRUNCATED, LARGE, "float32", 1.5),
    ("normal", "VarianceScaling", UNTRUNCATED, LARGE, "float64", 1.5),
    ("truncated normal", "HeNormal", {}, SMALL, "float32", 2.5),
    ("truncated normal", "HeNormal", {}, LARGE, "float32", 1.5),
    ("truncated normal", "HeNormal", {}, LARGE, "float64", 1.5),
    ("orthogonal", "Orthogonal", {}, SMALL, "float32", None),
    ("orthogonal", "Orthogonal", {}, WIDE, "float32", None),
)


def cases():
    """Yield the cases: TensorFlow's time is that of an eager call and of `.numpy()`."""
    for what, name, options, shape, dtype, most in DRAWN:
        size = f"{shape[0]} x {shape[1]}" + (f", {dtype}" if dtype != "float32" else "")
        bounds = (Bound("torchimpl", (KERAS,), most), Bound("torchimpl", ("torch",), 1.0))
        build = lambda drawn=(name, options, shape, dtype): _calls(*drawn)  # noqa: E731
        yield Case("initializers", what, size, build, bounds)


def _calls(name, options, shape, dtype):
    ours = getattr(torchimpl.initializers, name)(seed=3, **options)
    theirs = getattr(keras.initializers, name)(seed=3, **options)
    torch_dtype = getattr(torch, dtype)
    calls = {
        "torchimpl": lambda: ours(shape, dtype=torch_dtype),
        KERAS: lambda: theirs(shape, dtype=dtype).numpy(),
    }
    if name == "HeNormal" and shape == LARGE:
        tensor = torch.empty(shape, dtype=torch_dtype)
        calls["torch"] = lambda: torch.nn.init.trunc_normal_(tensor)
    return calls
