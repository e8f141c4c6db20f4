"""How the cost grows: the exponent between two sizes, 1 where ten times as much takes ten times as long."""

import math
import statistics
from itertools import pairwise, product

import keras
import numpy as np
import torch
from torch.nn import functional as F

import torchimpl
from benchmarks.case import Row, in_turns
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, loss_inputs, metric_inputs, torch_gradient

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

NATIVE = {
    "Huber": F.huber_loss,
    "BinaryCrossentropy": F.binary_cross_entropy,
    "CategoricalCrossentropy": F.cross_entropy,
    "SparseCategoricalCrossentropy": F.cross_entropy,
}
REMARKS = dict.fromkeys(("elements", "classes"), "tensors of 40 MB, whose memory is cleared page by page in each call")
LINEAR = 1.1  # what does not fit into a cache takes longer; more than that is not linear


def rows(wanted, seconds, sizes=(10**4, 10**5, 10**6, 10**7)):
    """Yield a row for each step from a size to the next, beside the exponents of Keras and of the kernel there."""
    ours = tfimpl if ON_TENSORFLOW else torchimpl
    for name, what, steps, call in _series(sizes):
        if not wanted(f"growth.{name} {what}"):
            continue
        peers = {KERAS: keras} | ({"torch": torch} if name in NATIVE and not ON_TENSORFLOW else {})
        calls = {(of, size): call(of, size) for of, size in product((ours, *peers.values()), steps)}
        times = in_turns(calls, seconds)
        for small, large in pairwise(steps):
            value, low, high = _exponents(times, (ours, small), (ours, large))
            than = ", ".join(
                f"{label}: {_exponents(times, (of, small), (of, large))[0]:.2f}"
                for label, of in peers.items()
                if (of, large) in times
            )
            size, both = f"{small:,} to {large:,} {what}", (min(times[ours, large]), min(times[ours, small]))
            remark = REMARKS.get(what, "") if value > LINEAR else ""
            yield Row("growth", name, size, ours.__name__, than, value, low, high, "exponent", LINEAR, remark, both)


def _exponents(times, small, large):
    """Return the exponent of the fastest rounds, and the quartiles of those of single rounds."""

    def exponent(less, more):
        return math.log(more / less) / math.log(large[1] / small[1])

    low, _, high = statistics.quantiles(map(exponent, times[small], times[large]), n=4)
    return exponent(min(times[small]), min(times[large])), low, high


def _series(sizes):
    for title, kind, options in (
        ("Huber", "reals", {}),
        ("BinaryCrossentropy", "decisions", {}),
        ("CategoricalCrossentropy", "one-hot from logits", {"from_logits": True}),
    ):
        yield title, "elements", sizes, lambda of, n, t=title, k=kind, o=options: _loss(of, t, o, *loss_inputs(k, n))
    yield "SparseCategoricalCrossentropy", "classes", (10, 100, 1000, 10000), _classes
    for title in ("Precision", "AUC", "MeanSquaredError"):
        kind = "reals" if title == "MeanSquaredError" else "decisions"
        yield title, "samples", sizes, lambda of, n, t=title, k=kind: _metric(of, t, {}, k, n)
    yield (
        "AUC",
        "thresholds",
        (20, 200, 2000, 20000),
        lambda of, n: _metric(of, "AUC", {"num_thresholds": n}, "decisions", 10**5),
    )
    yield (
        "MeanIoU",
        "classes",
        (10, 100, 1000),
        lambda of, n: _metric(of, "MeanIoU", {"num_classes": n}, "class numbers", 10**5),
    )
    yield "AUC", "batches", (1, 10, 100), _stream


def _classes(of, number):
    random = np.random.default_rng(0)
    labels = random.integers(number, size=1000)
    return _loss(
        of, "SparseCategoricalCrossentropy", {"from_logits": True}, labels, random.random((1000, number), "f4")
    )


def _loss(of, title, options, y_true, y_pred):
    if of is torch:
        labels, native = torch.from_numpy(y_true), NATIVE[title]
        return torch_gradient(lambda x: native(x, labels), torch.from_numpy(y_pred))
    loss = getattr(of.losses, title)(**options)
    if ON_TENSORFLOW:
        y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
        return lambda: loss(y_true, y_pred)
    labels = torch.from_numpy(y_true)
    return torch_gradient(lambda x: loss(labels, x), torch.from_numpy(y_pred))


def _metric(of, title, options, kind, samples):
    data, convert = metric_inputs(kind, samples), tf.constant if ON_TENSORFLOW else torch.from_numpy
    metric, y_true, y_pred = getattr(of.metrics, title)(**options), convert(data.y_true), convert(data.y_pred)
    return lambda: metric.update_state(y_true, y_pred)


def _stream(of, batches):
    update = _metric(of, "AUC", {}, "decisions", 1000)

    def call():
        for _ in range(batches):
            update()

    return call
