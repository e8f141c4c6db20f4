"""Initializers: the first values of weights.

The same seed gives the same values as in Keras on TensorFlow; `random` says where bits can differ, and by how much.

    HeNormal(seed=3)((8, 30))                      # the kernel of Keras's Dense, (inputs, units)
    HeNormal(seed=3)((30, 8), layout="torch")      # the same for torch.nn.Linear, (units, inputs)
    HeNormal(seed=3).fill_(linear.weight)          # the same, in place
    init_like_keras(model)                         # a whole model, layer by layer as Keras does
    to_torch(kernel, "conv"), to_keras(weight, "conv")
"""

from torchimpl.initializers.base import Initializer
from torchimpl.initializers.constants import STFT, Constant, Identity, Ones, Zeros
from torchimpl.initializers.layouts import to_keras, to_torch
from torchimpl.initializers.like_keras import init_like_keras
from torchimpl.initializers.random import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)
from torchimpl.saving import Family

__all__ = [
    "STFT",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "deserialize",
    "get",
    "init_like_keras",
    "serialize",
    "to_keras",
    "to_torch",
]

# Keras's further names
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
constant, identity, ones, orthogonal, stft, zeros = Constant, Identity, Ones, Orthogonal, STFT, Zeros
glorot_normal, glorot_uniform, he_normal, he_uniform = GlorotNormal, GlorotUniform, HeNormal, HeUniform
lecun_normal, lecun_uniform, variance_scaling = LecunNormal, LecunUniform, VarianceScaling
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal

family = Family(
    "initializers",
    [
        Constant,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        Identity,
        LecunNormal,
        LecunUniform,
        Ones,
        Orthogonal,
        RandomNormal,
        RandomUniform,
        STFT,
        TruncatedNormal,
        VarianceScaling,
        Zeros,
    ],
    aliases={
        "IdentityInitializer": "Identity",
        "OrthogonalInitializer": "Orthogonal",
        "STFTInitializer": "STFT",
        "constant": "Constant",
        "glorot_normal": "GlorotNormal",
        "glorot_uniform": "GlorotUniform",
        "he_normal": "HeNormal",
        "he_uniform": "HeUniform",
        "identity": "Identity",
        "lecun_normal": "LecunNormal",
        "lecun_uniform": "LecunUniform",
        "normal": "RandomNormal",
        "one": "Ones",
        "ones": "Ones",
        "orthogonal": "Orthogonal",
        "random_normal": "RandomNormal",
        "random_uniform": "RandomUniform",
        "stft": "STFT",
        "truncated_normal": "TruncatedNormal",
        "uniform": "RandomUniform",
        "variance_scaling": "VarianceScaling",
        "zero": "Zeros",
        "zeros": "Zeros",
    },
)
deserialize = family.deserialize


def serialize(initializer, target=None):
    """Return the config of an initializer, in the form Keras writes.

    Args:
        initializer: a function, or an object with `get_config`.
        target: None, or "keras" for a config that plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    return family.serialize(initializer, target)


def get(identifier):
    """Return the initializer for a name, a config, an initializer, or an array.

    Args:
        identifier: None, the name of an initializer, what `serialize` returned, a class (called without arguments), any
            other callable (returned as it is), or an array or tensor of first values (it becomes a `Constant`).

    Raises:
        ValueError: there is no such initializer, or its config does not fit.
    """
    if hasattr(identifier, "__array__"):
        return Constant(identifier)
    return family.get(identifier)
