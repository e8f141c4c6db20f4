"""Keras 3's losses, activations, initializers, regularizers, constraints and metrics in TensorFlow."""

import keras

if keras.config.backend() != "tensorflow":
    raise ImportError(
        f"tfimpl needs Keras on TensorFlow, and Keras runs on {keras.config.backend()!r} here. Unset KERAS_BACKEND, or "
        'set it to "tensorflow" (in the environment or in keras.json), before Keras is imported. For PyTorch, import '
        "torchimpl: it does not need Keras."
    )

from tfimpl import activations, constraints, custom, initializers, losses, metrics, regularizers

__all__ = ["activations", "constraints", "custom", "initializers", "losses", "metrics", "regularizers"]
__version__ = "0.1.0"
