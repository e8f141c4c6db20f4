"""Calls in one framework and the other, and the numbers they are given.

Keras decides once a process which framework it runs on: `KERAS_BACKEND`, which the worker sets. PyTorch is imported
before TensorFlow: after it, its libraries can crash.
"""

import os
from types import SimpleNamespace

import numpy as np
import torch

BACKEND = os.environ["KERAS_BACKEND"]
ON_TENSORFLOW = BACKEND == "tensorflow"
KERAS = f"Keras on {'TF' if ON_TENSORFLOW else 'torch'}"
MANY = 10**7  # numbers
if ON_TENSORFLOW:
    import tensorflow as tf


def torch_gradient(function, x, device="cpu"):
    """A call that computes `function(x)` and differentiates it."""
    x = x.to(device).clone().requires_grad_()
    upstream = torch.ones_like(function(x).detach())

    def call():
        x.grad = None
        function(x).backward(upstream)

    return call


def torch_value(function, x):
    """A call that computes `function(x)`, as in inference."""

    def call():
        with torch.no_grad():
            return function(x)

    return call


def tf_gradient(function, x, graph):
    """A call that computes `function(x)` and differentiates it, eagerly or as one graph."""

    def both(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return y, tape.gradient(y, x)

    compiled = tf.function(both) if graph else both
    return lambda: compiled(x)


def shaped(size, entries=None):
    """The shape `[samples, entries]` of that many elements; if not said, 10 entries of 10**3 elements, 1000 of more."""
    entries = entries or (10 if size <= 10**3 else 1000)
    return size // entries, entries


def softmax(x):
    grown = np.exp(x - x.max(-1, keepdims=True))
    return grown / grown.sum(-1, keepdims=True)


def repeated(array):
    """An array a hundred times, one after the other; None is None. To draw so many numbers takes seconds."""
    return None if array is None else np.tile(array, (100, *[1] * (array.ndim - 1)))


def loss_inputs(kind, size, entries=None):
    """Targets and predictions of a kind, as NumPy arrays with `size` predictions; of many, the first repeat."""
    if size > MANY and kind != "sequences":
        return [repeated(item) for item in loss_inputs(kind, size // 100, entries)]
    random = np.random.default_rng(0)
    shape = shaped(size, entries)
    x = random.normal(size=shape)
    classes = random.integers(shape[1], size=shape[0])
    if kind == "sequences":
        batch, steps, classes, labels = (4, 25, 10, 5) if size <= 10**3 else (100, 100, 100, 20)
        return random.integers(1, classes, (batch, labels)), random.normal(size=(batch, steps, classes)).astype("f4")
    y_true, y_pred = {
        "reals": lambda: (random.normal(size=shape), x),
        "positives": lambda: (random.uniform(0.1, 9, shape), random.uniform(0.1, 9, shape)),
        "decisions": lambda: (random.integers(2, size=shape), random.uniform(0.01, 0.99, shape)),
        "decisions from logits": lambda: (random.integers(2, size=shape), x),
        "distributions": lambda: (softmax(random.normal(size=shape)), softmax(x)),
        "one-hot": lambda: (np.eye(shape[1])[classes], softmax(x)),
        "one-hot from logits": lambda: (np.eye(shape[1])[classes], x),
        "classes": lambda: (classes, softmax(x)),
        "classes from logits": lambda: (classes, x),
        "embeddings": lambda: (classes % 10, x / np.linalg.norm(x, axis=-1, keepdims=True)),
    }[kind]()
    return y_true if kind.startswith(("classes", "embeddings")) else y_true.astype("f4"), y_pred.astype("f4")


def metric_inputs(kind, samples):
    """Targets, predictions and class numbers of a kind, as NumPy arrays; of many, the first repeat."""
    entries = {"one-hot of 1000": 1000, "one-hot": 10, "classes": 10, "columns": 10}.get(kind, 1)
    if samples * entries > MANY:
        return SimpleNamespace(
            **{key: repeated(item) for key, item in vars(metric_inputs(kind, samples // 100)).items()}
        )
    random = np.random.default_rng(0)
    data = SimpleNamespace(labels=None)
    if kind in ("values", "reals", "positives"):
        draw = random.normal if kind != "positives" else lambda size: random.uniform(0.1, 9, size)
        data.y_true, data.y_pred = (draw(size=(samples, 1)).astype("f4") for _ in range(2))
    elif kind == "decisions":
        data.y_true, data.y_pred = random.integers(2, size=samples), random.random(samples, "f4")
    elif kind == "decisions in columns":
        data.y_true = random.integers(2, size=(samples, 1)).astype("f4")
        data.y_pred = random.random((samples, 1), "f4")
    elif kind == "class numbers":
        data.y_true, data.y_pred = (random.integers(10, size=samples) for _ in range(2))
    else:
        x = random.normal(size=(samples, entries))
        data.labels = random.integers(entries, size=samples)
        data.y_pred = (x if kind == "columns" else softmax(x)).astype("f4")
        if kind == "columns":
            data.y_true = random.normal(size=x.shape).astype("f4")
        else:
            data.y_true = data.labels if kind == "classes" else np.eye(entries, dtype="f4")[data.labels]
    return data
