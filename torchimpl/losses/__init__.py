"""Losses: how far predictions are from targets."""

from torchimpl.losses.adapter import InputTarget
from torchimpl.losses.base import Loss
from torchimpl.losses.classification import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from torchimpl.losses.regression import Huber, MeanSquaredError, huber, mean_squared_error
from torchimpl.saving import Family

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "InputTarget",
    "KLDivergence",
    "Loss",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "kl_divergence",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]

family = Family(
    "losses",
    [
        BinaryCrossentropy,
        CategoricalCrossentropy,
        Huber,
        KLDivergence,
        MeanSquaredError,
        SparseCategoricalCrossentropy,
        binary_crossentropy,
        categorical_crossentropy,
        huber,
        kl_divergence,
        mean_squared_error,
        sparse_categorical_crossentropy,
    ],
    aliases={
        "bce": "binary_crossentropy",
        "BCE": "binary_crossentropy",
        "kld": "kl_divergence",
        "KLD": "kl_divergence",
        "mse": "mean_squared_error",
        "MSE": "mean_squared_error",
    },
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
