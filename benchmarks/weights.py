"""Regularizers, value and gradient, and constraints, of a kernel: beside PyTorch's own and Keras on both backends."""

from dataclasses import dataclass, field
from functools import partial

import keras
import numpy as np
import torch
from torch.nn import functional as F

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, tf_gradient, torch_gradient, torch_value

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

SIDES = (10, 1000)
SQUARES = "Keras's squares vanish and overflow" + ", and their sums are some 100 eps off" * ON_TENSORFLOW


@dataclass(frozen=True)
class Item:
    """A regularizer or a constraint, and what is written for it in PyTorch; why ours is another formula."""

    family: str
    name: str
    native: object = None
    accurate: str = ""
    options: dict = field(default_factory=dict)


ITEMS = (
    Item("regularizers", "L1", lambda w: 0.01 * w.abs().sum()),
    Item("regularizers", "L2", lambda w: 0.01 * w.square().sum()),
    Item("regularizers", "L1L2", lambda w: 0.01 * (w.abs().sum() + w.square().sum()), options={"l1": 0.01, "l2": 0.01}),
    Item("regularizers", "OrthogonalRegularizer"),
    Item("constraints", "MaxNorm", lambda w: torch.renorm(w, 2, 1, 2), SQUARES),
    Item("constraints", "MinMaxNorm", None, SQUARES),
    Item("constraints", "NonNeg", torch.relu),
    Item("constraints", "UnitNorm", lambda w: F.normalize(w, dim=0), SQUARES),
)


def cases(sides=SIDES):
    """Yield the cases of this process. No bound was ever set for any of them."""
    for item in ITEMS:
        for side in sides:
            build = partial(_tensorflow if ON_TENSORFLOW else _torch, item, side)
            yield Case("weights", item.name, f"{side} x {side}", build, _bounds(item))


def _bounds(item):
    if not ON_TENSORFLOW:
        return Bound("torchimpl", ("torch",)), Bound("torchimpl", (KERAS,), remark=item.accurate)
    modes = ("eager", "graph")
    return tuple(Bound(f"tfimpl, {mode}", (f"{KERAS}, {mode}",), remark=item.accurate) for mode in modes)


def _torch(item, side):
    w = torch.from_numpy(_kernel(side))
    measured = torch_gradient if item.family == "regularizers" else torch_value
    calls = {"torchimpl": measured(_of(torchimpl, item), w), KERAS: measured(_of(keras, item), w)}
    return calls | ({"torch": measured(item.native, w)} if item.native else {})


def _tensorflow(item, side):
    w = tf.constant(_kernel(side))
    return {
        f"{name}, {mode}": _measured(item, _of(package, item), w, mode == "graph")
        for name, package in (("tfimpl", tfimpl), (KERAS, keras))
        for mode in ("eager", "graph")
    }


def _measured(item, function, w, graph):
    if item.family == "regularizers":
        return tf_gradient(function, w, graph)
    return partial(tf.function(function) if graph else function, w)


def _of(package, item):
    of = getattr(getattr(package, item.family), item.name)(**item.options)
    return lambda w: of(w)


def _kernel(side):
    return np.random.default_rng(0).normal(size=(side, side)).astype("f4")
