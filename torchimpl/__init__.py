"""Keras 3's losses, activations, initializers, regularizers, constraints and metrics in PyTorch, without Keras."""

from torchimpl import activations, constraints, custom, files, initializers, losses, metrics, regularizers
from torchimpl._random import SeedGenerator, set_random_seed

__all__ = [
    "SeedGenerator",
    "activations",
    "constraints",
    "custom",
    "files",
    "initializers",
    "losses",
    "metrics",
    "regularizers",
    "set_random_seed",
]
__version__ = "0.1.0"
