"""Losses per sample. `dtype` is the dtype that is computed in: half inputs are computed in float32."""

from parity.reference.losses.classification import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from parity.reference.losses.regression import huber, mean_squared_error
from parity.reference.losses.sequence import ctc

__all__ = [
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "ctc",
    "huber",
    "kl_divergence",
    "mean_squared_error",
    "sparse_categorical_crossentropy",
]
