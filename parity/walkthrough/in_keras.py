"""The chapter's model in Keras: `compile`, `fit`, `save`, `load_model`. Read it beside `in_pytorch`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from parity.walkthrough.data import BATCH, FEATURES, Data
from parity.walkthrough.parts import NADAM_RATE, SEED, SGD_RATE, UNITS, Parts, Progress

SUFFIX = ".keras"
OPTIMIZERS = {
    "nadam": lambda: keras.optimizers.Nadam(NADAM_RATE),
    "sgd": lambda: keras.optimizers.SGD(SGD_RATE),
}


def build(parts: Parts, optimizer: str = "nadam") -> Any:
    """Make the model, from one seed, and compile it."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(UNITS, activation="relu", kernel_initializer="he_normal"),
            keras.layers.Dense(
                1,
                activation=parts.activation,
                kernel_initializer=parts.initializer or "glorot_uniform",
                kernel_regularizer=parts.regularizer,
                kernel_constraint=parts.constraint,
            ),
        ]
    )
    model.compile(loss=parts.loss, optimizer=OPTIMIZERS[optimizer](), metrics=list(parts.metrics))
    return model


def weights(model: Any) -> dict[str, np.ndarray]:
    """Kernels as `[inputs, units]`, and biases."""
    return dict(zip(("kernel 1", "bias 1", "kernel 2", "bias 2"), model.get_weights(), strict=True))


class _Curve(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the loss of each batch: Keras shows the mean over an epoch's batches, so that it must forget them."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.losses: list[float] = []
        self.progress = progress

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float]) -> None:
        self.losses.append(logs["loss"])
        self.model.reset_metrics()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        self.progress()


def train(model: Any, data: Data, epochs: int, progress: Progress = lambda: None) -> np.ndarray:
    """Train, and return the loss of each batch."""
    curve = _Curve(progress)
    model.fit(data.x, data.y, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0, callbacks=[curve])
    return np.asarray(curve.losses, np.float32)


def evaluate(model: Any, data: Data) -> np.ndarray:
    """Return the loss on the test set and what each metric gives there."""
    found = model.evaluate(data.x_test, data.y_test, batch_size=BATCH, verbose=0, return_dict=True)
    return np.asarray([found.pop("loss"), *found.values()], np.float32)


def save(model: Any, path: Path) -> None:
    """Write architecture, weights, optimizer, and the configs of loss, metrics and what the layers hold."""
    model.save(path)


def load(path: Path, custom_objects: Mapping[str, Any]) -> Any:
    """Read a model; registered classes are found without `custom_objects`."""
    return keras.models.load_model(path, custom_objects=dict(custom_objects))
