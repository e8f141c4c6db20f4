"""How the cost grows: the exponent between two sizes, 1 where ten times as much takes ten times as long."""

import math
import statistics
from itertools import pairwise

import numpy as np
import torch

import torchimpl
from benchmarks.case import Row, in_turns
from benchmarks.frameworks import ON_TENSORFLOW, loss_inputs, metric_inputs, torch_gradient

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

LINEAR = 1.1  # what does not fit into a cache takes longer; more than that is not linear


def rows(wanted, seconds, sizes=(10**4, 10**5, 10**6, 10**7)):
    """Yield a row for each step from a size to the next."""
    for name, what, calls in _series(sizes):
        if not wanted(f"growth.{name} {what}"):
            continue
        times = in_turns(calls(), seconds)
        steps = list(times)
        for small, large in pairwise(steps):
            exponents = [
                math.log(b / a) / math.log(large / small) for a, b in zip(times[small], times[large], strict=True)
            ]
            low, _, high = statistics.quantiles(exponents, n=4)
            both = min(times[large]), min(times[small])
            value = math.log(both[0] / both[1]) / math.log(large / small)
            package = "tfimpl" if ON_TENSORFLOW else "torchimpl"
            size = f"{small:,} to {large:,} {what}"
            yield Row("growth", name, size, package, "", value, low, high, "exponent", LINEAR, "", both)


def _series(sizes):
    for title, kind, options in (
        ("Huber", "reals", {}),
        ("BinaryCrossentropy", "decisions", {}),
        ("CategoricalCrossentropy", "one-hot from logits", {"from_logits": True}),
    ):
        yield title, "elements", lambda t=title, k=kind, o=options: {n: _loss(t, o, *loss_inputs(k, n)) for n in sizes}
    yield "SparseCategoricalCrossentropy", "classes", lambda: {n: _classes(n) for n in (10, 100, 1000, 10000)}
    for title in ("Precision", "AUC", "MeanSquaredError"):
        kind = "reals" if title == "MeanSquaredError" else "decisions"
        yield title, "samples", lambda t=title, k=kind: {n: _metric(t, {}, k, n) for n in sizes}
    yield (
        "AUC",
        "thresholds",
        lambda: {n: _metric("AUC", {"num_thresholds": n}, "decisions", 10**5) for n in (20, 200, 2000, 20000)},
    )
    yield (
        "MeanIoU",
        "classes",
        lambda: {n: _metric("MeanIoU", {"num_classes": n}, "class numbers", 10**5) for n in (10, 100, 1000)},
    )
    yield "AUC", "batches", lambda: {n: _stream(n) for n in (1, 10, 100)}


def _classes(number):
    random = np.random.default_rng(0)
    labels = random.integers(number, size=1000)
    return _loss("SparseCategoricalCrossentropy", {"from_logits": True}, labels, random.random((1000, number), "f4"))


def _loss(title, options, y_true, y_pred):
    if ON_TENSORFLOW:
        of = getattr(tfimpl.losses, title)(**options)
        y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
        return lambda: of(y_true, y_pred)
    of, labels = getattr(torchimpl.losses, title)(**options), torch.from_numpy(y_true)
    return torch_gradient(lambda x: of(labels, x), torch.from_numpy(y_pred))


def _metric(title, options, kind, samples):
    data = metric_inputs(kind, samples)
    convert, package = (tf.constant, tfimpl) if ON_TENSORFLOW else (torch.from_numpy, torchimpl)
    metric, y_true, y_pred = getattr(package.metrics, title)(**options), convert(data.y_true), convert(data.y_pred)
    return lambda: metric.update_state(y_true, y_pred)


def _stream(batches):
    update = _metric("AUC", {}, "decisions", 1000)

    def call():
        for _ in range(batches):
            update()

    return call
