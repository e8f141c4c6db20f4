"""Initializers: the first values of weights."""

from tfimpl._keras import register
from tfimpl.initializers.base import Initializer
from tfimpl.initializers.random import GlorotNormal, GlorotUniform, HeNormal, VarianceScaling
from tfimpl.saving import Family

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "Initializer",
    "VarianceScaling",
    "deserialize",
    "get",
    "serialize",
]

family = Family(
    "initializers",
    [GlorotNormal, GlorotUniform, HeNormal, VarianceScaling],
    aliases={
        "glorot_normal": "GlorotNormal",
        "glorot_uniform": "GlorotUniform",
        "he_normal": "HeNormal",
        "variance_scaling": "VarianceScaling",
    },
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
