"""Losses: how far predictions are from targets."""

from tfimpl._keras import register
from tfimpl.losses.base import Loss
from tfimpl.losses.classification import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
)
from tfimpl.losses.regression import Huber, MeanSquaredError, huber, mean_squared_error
from tfimpl.saving import Family

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "Loss",
    "MeanSquaredError",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "huber",
    "mean_squared_error",
    "serialize",
]

family = Family(
    "losses",
    [
        BinaryCrossentropy,
        CategoricalCrossentropy,
        Huber,
        MeanSquaredError,
        binary_crossentropy,
        categorical_crossentropy,
        huber,
        mean_squared_error,
    ],
    aliases={
        "bce": "binary_crossentropy",
        "BCE": "binary_crossentropy",
        "mse": "mean_squared_error",
        "MSE": "mean_squared_error",
    },
)
get, serialize, deserialize = family.get, family.serialize, family.deserialize
register(family)
