"""The chapter's model in PyTorch, with what `keras.Model` does written out. Read it beside `in_keras`."""

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchimpl
from parity.walkthrough.data import BATCH, FEATURES, Data
from parity.walkthrough.parts import NADAM_RATE, SEED, SGD_RATE, UNITS, Parts, Progress

SUFFIX = ".pt"
OPTIMIZERS = {
    # Keras's momentum schedule and epsilon; PyTorch's own defaults are momentum_decay=4e-3 and eps=1e-8.
    "nadam": lambda weights: torch.optim.NAdam(weights, NADAM_RATE, momentum_decay=1.0, eps=1e-7),
    "nadam, defaults": lambda weights: torch.optim.NAdam(weights, NADAM_RATE),
    "sgd": lambda weights: torch.optim.SGD(weights, SGD_RATE),
}
# What tfimpl registers with Keras, so that it is found in a file by itself.
REGISTERED = {name: item for name, item in torchimpl.custom.family.objects.items() if inspect.isclass(item)}


class Model(torch.nn.Module):  # type: ignore[misc]
    """Two layers, and what Keras would keep in the layer or get from `compile`."""

    def __init__(self, parts: Parts, optimizer: str) -> None:
        super().__init__()
        self.hidden = torch.nn.Linear(FEATURES, UNITS)
        self.output = torch.nn.Linear(UNITS, 1)
        self.parts = parts
        self.kind = optimizer
        self.optimizer = OPTIMIZERS[optimizer](self.parameters())

    def forward(self, x: Any) -> Any:
        x = self.output(torch.relu(self.hidden(x)))
        return x if self.parts.activation is None else self.parts.activation(x)

    def penalty(self) -> Any:
        """What Keras adds to the loss for the regularizer of the layer."""
        return 0.0 if self.parts.regularizer is None else self.parts.regularizer(self.output.weight)


def build(parts: Parts, optimizer: str = "nadam") -> Model:
    """Make the model, from one seed."""
    torchimpl.set_random_seed(SEED)
    model = Model(parts, optimizer)
    he_normal = torchimpl.initializers.HeNormal()
    other = parts.initializer or torchimpl.initializers.GlorotUniform()
    with torch.no_grad():
        model.hidden.weight.copy_(he_normal(model.hidden.weight.shape, layout="torch"))
        model.output.weight.copy_(other(model.output.weight.shape, layout="torch"))
        model.hidden.bias.zero_()
        model.output.bias.zero_()
    return model


def weights(model: Model) -> dict[str, np.ndarray]:
    """Kernels as `[inputs, units]`, and biases."""
    layers = model.hidden.weight.T, model.hidden.bias, model.output.weight.T, model.output.bias
    named = zip(("kernel 1", "bias 1", "kernel 2", "bias 2"), layers, strict=True)
    return {name: layer.detach().numpy().copy() for name, layer in named}


def train(model: Model, data: Data, epochs: int, progress: Progress = lambda: None) -> np.ndarray:
    """Train, and return the loss of each batch."""
    x, y = torch.from_numpy(data.x), torch.from_numpy(data.y)
    losses = []
    for _ in range(epochs):
        for first in range(0, len(x), BATCH):
            batch = slice(first, first + BATCH)
            model.optimizer.zero_grad()
            # A function gives the loss of each value, of which Keras takes the mean; a loss object has done so.
            loss = model.parts.loss(y_true=y[batch], y_pred=model(x[batch])).mean() + model.penalty()
            loss.backward()
            model.optimizer.step()
            if model.parts.constraint is not None:
                with torch.no_grad():
                    model.output.weight.copy_(model.parts.constraint(model.output.weight))
            losses.append(loss.item())
        progress()
    return np.asarray(losses, np.float32)


def evaluate(model: Model, data: Data) -> np.ndarray:
    """Return the loss on the test set and what each metric gives there."""
    x, y = torch.from_numpy(data.x_test), torch.from_numpy(data.y_test)
    with torch.no_grad():
        predicted = model(x)
        found = [(model.parts.loss(y_true=y, y_pred=predicted).mean() + model.penalty()).item()]
    for metric in model.parts.metrics:
        # Keras makes a streaming metric of a function in the same way.
        stream = torchimpl.metrics.MeanMetricWrapper(metric) if inspect.isfunction(metric) else metric
        stream.reset_state()
        for first in range(0, len(x), BATCH):
            stream.update_state(y[first : first + BATCH], predicted[first : first + BATCH])
        found.append(stream.result().item())
    return np.asarray(found, np.float32)


FAMILIES = {
    "loss": torchimpl.losses,
    "metrics": torchimpl.metrics,
    "activation": torchimpl.activations,
    "initializer": torchimpl.initializers,
    "regularizer": torchimpl.regularizers,
    "constraint": torchimpl.constraints,
}


def save(model: Model, path: Path) -> None:
    """Write weights and optimizer as `state_dict`s, and the configs of the parts as JSON: plain data alone."""
    config = {}
    for name, family in FAMILIES.items():
        part = getattr(model.parts, name)
        config[name] = (
            [family.serialize(item) for item in part] if name == "metrics" else part and family.serialize(part)
        )
    file = {
        "weights": model.state_dict(),
        "optimizer": model.optimizer.state_dict(),
        "kind": model.kind,
        "config": json.dumps(config),
    }
    torch.save(file, path)


def load(path: Path, custom_objects: Mapping[str, Any]) -> Model:
    """Read a model; registered classes are found without `custom_objects`."""
    file = torch.load(path, weights_only=True)
    config, known = json.loads(file["config"]), {**REGISTERED, **custom_objects}
    parts = {}
    for name, family in FAMILIES.items():
        part = config[name]
        if name == "metrics":
            parts[name] = [family.deserialize(item, known) for item in part]
        else:
            parts[name] = part and family.deserialize(part, known)
    model = Model(Parts(**parts), file["kind"])
    model.load_state_dict(file["weights"])
    model.optimizer.load_state_dict(file["optimizer"])
    return model
