"""Pairs that are none of ours: right ones pass as they are, and of each wrong one the cause is named."""

import functools
import math
import re
import runpy
import unittest

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import strategies as st

import parity
from parity.cli import main
from parity.own.examination import Examination, Pair
from parity.own.settings import SETTINGS

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")
torchmetrics = pytest.importorskip("torchmetrics")
torcheval = pytest.importorskip("torcheval.metrics")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402

F = torch.nn.functional

TWO = {"y_true": parity.reals(), "y_pred": parity.reals()}
BOTH = ("y_pred", "y_true")
DELTA = parity.options(delta=st.floats(0.25, 4.0))
SHARES = {"y_true": parity.probabilities(classes=3), "y_pred": parity.probabilities(classes=3)}
AWAY_FROM_0 = {"y_true": parity.reals(0.5, 4.0), "y_pred": parity.reals(0.5, 4.0)}
WEIGHTED = {**TWO, "sample_weight": parity.weights()}


def numpy_layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)


def torch_layer_norm(x, epsilon=1e-5, unbiased=False):
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True, unbiased=unbiased) + epsilon).sqrt()


def keras_weighted(y_true, y_pred, sample_weight=None):
    return keras.losses.MeanSquaredError(reduction="sum")(y_true, y_pred, sample_weight=sample_weight)


def torch_weighted(y_true, y_pred, sample_weight):
    return ((y_pred - y_true).square().mean(-1) * sample_weight).sum()


def torch_smoothed(y_true, y_pred, label_smoothing=0.0):
    classes = y_pred.shape[-1]
    return -((y_true * (1 - label_smoothing) + label_smoothing / classes) * F.log_softmax(y_pred, -1)).sum(-1).mean()


def keras_softmax(y_true, y_pred, label_smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing)(y_true, y_pred)


class MaxNormOfRows(torch.nn.Module):
    """A constraint on kernels of the other layout."""

    def __init__(self, max_value=2.0):
        super().__init__()
        self.max_value = max_value

    def forward(self, w):
        norm = w.square().sum(1, keepdim=True).sqrt()
        return w * (norm.clamp(max=self.max_value) / (1e-7 + norm))


RIGHT = {
    "huber": {"tf": keras.losses.Huber, "torch": torch.nn.HuberLoss, "inputs": TWO, "config": DELTA, "gradients": BOTH},
    "smooth l1": {
        "tf": keras.losses.Huber(delta=1.0),
        "torch": torch.nn.SmoothL1Loss(),
        "inputs": TWO,
        "gradients": ("y_pred",),
    },
    "arguments of other names": {
        "tf": lambda y_true, y_pred, delta=1.0: keras.losses.Huber(delta=delta)(y_true, y_pred) / delta,
        "torch": parity.adapt(torch.nn.SmoothL1Loss, arguments={"delta": "beta"}),
        "inputs": TWO,
        "config": DELTA,
    },
    "mse": {"tf": keras.losses.MeanSquaredError, "torch": torch.nn.MSELoss, "inputs": TWO, "gradients": BOTH},
    "bce from logits": {
        "tf": keras.losses.BinaryCrossentropy(from_logits=True),
        "torch": torch.nn.BCEWithLogitsLoss(),
        "inputs": {"y_true": parity.binary(), "y_pred": parity.logits()},
        "gradients": ("y_pred",),
    },
    "kl divergence": {
        "tf": keras.losses.KLDivergence(),
        "torch": lambda y_true, y_pred: F.kl_div(y_pred.log(), y_true, reduction="batchmean"),
        "inputs": SHARES,
        "gradients": ("y_pred",),
    },
    "sparse crossentropy": {
        "tf": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "torch": torch.nn.CrossEntropyLoss(),
        "inputs": {"y_true": parity.labels(classes=4), "y_pred": parity.logits(classes=4)},
        "gradients": ("y_pred",),
    },
    "smoothed labels": {
        "tf": keras_softmax,
        "torch": torch_smoothed,
        "config": parity.options(label_smoothing=st.floats(0.0, 0.5)),
        "inputs": {"y_true": parity.one_hot(classes=4), "y_pred": parity.logits(classes=4)},
        "gradients": ("y_pred",),
    },
    "gelu": {
        "tf": keras.activations.gelu,
        "torch": lambda x, approximate=False: F.gelu(x, approximate="tanh" if approximate else "none"),
        "inputs": {"x": parity.reals()},
        "config": parity.options(approximate=st.booleans()),
        "gradients": ("x",),
    },
    "softmax over the rows": {
        "tf": functools.partial(keras.activations.softmax, axis=0),
        "torch": torch.nn.Softmax(dim=0),
        "inputs": {"x": parity.logits()},
        "gradients": ("x",),
    },
    "layer norm": {
        "tf": keras.layers.LayerNormalization(epsilon=1e-5),
        "torch": torch.nn.LayerNorm(4),
        "inputs": {"x": parity.reals(axes=("batch", 4))},
        "gradients": ("x",),
    },
    "numpy": {"tf": numpy_layer_norm, "torch": torch_layer_norm, "inputs": {"x": parity.reals()}, "gradients": ("x",)},
    "numpy, with a kink": {
        "tf": tf.nn.relu,
        "torch": lambda x: np.maximum(x, 0.0),
        "inputs": {"x": parity.reals()},
        "gradients": ("x",),
    },
    "cosine similarity": {
        "tf": keras.losses.cosine_similarity,
        "torch": lambda y_true, y_pred: -F.cosine_similarity(y_true, y_pred, dim=-1),
        "inputs": AWAY_FROM_0,
        "gradients": ("y_pred",),
    },
    "penalty": {
        "tf": keras.regularizers.L2,
        "torch": lambda w, l2=0.01: l2 * w.square().sum(),
        "inputs": {"w": parity.reals()},
        "config": parity.options(l2=st.floats(0.0, 1.0)),
        "gradients": ("w",),
    },
    "constraint, transposed": {
        "tf": keras.constraints.MaxNorm,
        "torch": parity.adapt(MaxNormOfRows, axes={"w": (1, 0)}, result=(1, 0)),
        "inputs": {"w": parity.reals()},
        "config": parity.options(max_value=st.floats(0.5, 4.0)),
    },
    "initializer": {
        "tf": keras.initializers.Constant,
        "torch": lambda shape, value=0.0: torch.full(shape, value),
        "inputs": {"shape": st.sampled_from(((2, 3), (4,)))},
        "config": {"value": 0.5},
    },
    "kink": {
        "tf": keras.activations.relu,
        "torch": lambda x: x.clamp(min=0),
        "inputs": {"x": parity.reals()},
        "gradients": ("x",),
    },
    "weights": {"tf": keras_weighted, "torch": torch_weighted, "inputs": WEIGHTED, "gradients": ("y_pred",)},
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_pair_passes(name):
    report = parity.check(**RIGHT[name], examples=6)
    assert report.worst
    assert all(0 <= units <= 16 for units in report.worst.values())
    assert all("eps" in budget for budget in report.budgets.values())


@tf.custom_gradient
def half_a_gradient(x):
    return tf.square(x), lambda upstream: upstream * x


WRONG = {
    "delta ignored": (
        {
            "tf": keras.losses.Huber,
            "torch": lambda y_true, y_pred, delta=1.0: F.huber_loss(y_pred, y_true),
            "inputs": TWO,
            "config": DELTA,
        },
        "call",
        "torch gives the same with and without delta",
    ),
    "sum for mean": (
        {"tf": keras.losses.MeanSquaredError(), "torch": torch.nn.MSELoss(reduction="sum"), "inputs": TWO},
        "reduction",
        "number of elements times tf: a sum in one, a mean in the other",
    ),
    "mean over another axis": (
        {
            "tf": lambda x: tf.reduce_mean(tf.square(x), -1),
            "torch": lambda x: x.square().mean(0),
            "inputs": {"x": parity.reals()},
        },
        "call",
        "transposed: it works along another axis",
    ),
    "another epsilon in a logarithm": (
        {
            "tf": lambda p: -tf.math.log(tf.maximum(p, 1e-7)),
            "torch": lambda p: -p.clamp(min=1e-8).log(),
            "inputs": {"p": parity.probabilities()},
        },
        "call",
        "an epsilon: tf at 1e-7, torch at 1e-8",
    ),
    "another epsilon in a root": (
        {
            "tf": keras.layers.LayerNormalization(epsilon=1e-3),
            "torch": torch_layer_norm,
            "inputs": {"x": parity.reals(axes=("batch", 4))},
        },
        "call",
        "fades as the inputs grow: an epsilon",
    ),
    "softmax along another axis": (
        {"tf": keras.activations.softmax, "torch": torch.nn.Softmax(dim=0), "inputs": {"x": parity.logits()}},
        "call",
        "transposed: it works along another axis",
    ),
    "softmax along one of three axes": (
        {
            "tf": keras.activations.softmax,
            "torch": torch.nn.Softmax(dim=1),
            "inputs": {"x": parity.logits(axes=("batch", "steps", "classes"))},
        },
        "call",
        "axes 1 and 2 of its inputs exchanged",
    ),
    "another dtype": (
        {"tf": tf.tanh, "torch": lambda x: x.tanh().double(), "inputs": {"x": parity.reals()}},
        "dtype",
        "the same but for their dtype",
    ),
    ">= for >": (
        {
            "tf": lambda x: tf.cast(x > 0.5, tf.float32),
            "torch": lambda x: (x >= 0.5).float(),
            "inputs": {"x": parity.reals()},
        },
        "call",
        "a tie. >= for >",
    ),
    "a factor 2": (
        {"tf": keras.losses.Huber(delta=1e6), "torch": torch.nn.MSELoss(), "inputs": TWO},
        "call",
        "torch is 2 times tf: a factor 2",
    ),
    "ddof": (
        {
            "tf": lambda x: keras.ops.var(x, -1),
            "torch": lambda x: x.var(-1),
            "inputs": {"x": parity.reals(axes=("batch", 4))},
        },
        "call",
        "another ddof",
    ),
    "ddof, seen first of one number": (
        {"tf": lambda x: keras.ops.var(x, -1), "torch": lambda x: x.var(-1), "inputs": {"x": parity.reals()}},
        "call",
        "n the number of columns: another ddof",
    ),
    "the square of a temperature": (
        {
            "tf": lambda x, temperature=2.0: temperature**2 * keras.ops.abs(x),
            "torch": lambda x, temperature=2.0: x.abs(),
            "config": parity.options(temperature=parity.floats(1, 4)),
            "inputs": {"x": parity.reals()},
        },
        "call",
        "tf is temperature squared times torch.",
    ),
    "a mean over all for one over a mask": (
        {
            "tf": lambda x, mask: keras.ops.sum(keras.ops.where(mask[:, None], x, 0.0)) / math.prod(x.shape),
            "torch": lambda x, mask: x[mask].sum() / max(x[mask].numel(), 1),
            "inputs": {"x": parity.reals(1, 9), "mask": parity.mask()},
        },
        "call",
        "tf is the share of samples that the mask leaves times torch",
    ),
    "a share and the rest": (
        {
            "tf": lambda x, alpha=0.25: alpha * tf.nn.relu(x) + (1 - alpha) * tf.nn.relu(-x),
            "torch": lambda x, alpha=0.25: (1 - alpha) * torch.relu(x) + alpha * torch.relu(-x),
            "config": parity.options(alpha=parity.floats(0.125, 0.375)),
            "inputs": {"x": parity.reals()},
        },
        "call",
        "they agree when one gets 1 - alpha for alpha",
    ),
    "a row against a column": (
        {
            "tf": keras.losses.MeanSquaredError(),
            "torch": torch.nn.MSELoss(),
            "inputs": {"y_true": parity.reals(axes=("batch",)), "y_pred": parity.reals(axes=("batch", 1))},
        },
        "call",
        "one makes a table of the two, each with each",
    ),
    "another formula of smoothing": (
        {
            "tf": keras_softmax,
            "torch": lambda y_true, y_pred, label_smoothing=0.0: torch_smoothed(y_true, y_pred, label_smoothing / 2),
            "config": parity.options(label_smoothing=st.floats(0.125, 0.5)),
            "inputs": {"y_true": parity.one_hot(classes=4), "y_pred": parity.logits(classes=4)},
        },
        "call",
        "they agree without label_smoothing, and differ with it",
    ),
    "arguments swapped": (
        {
            "tf": lambda x, low=0.5, high=2.0: low * tf.nn.relu(x) + high * tf.nn.relu(-x),
            "torch": lambda x, low=0.5, high=2.0: high * torch.relu(x) + low * torch.relu(-x),
            "config": parity.options(low=st.floats(0.25, 1.0), high=st.floats(1.5, 4.0)),
            "inputs": {"x": parity.reals()},
        },
        "call",
        "two arguments are swapped",
    ),
    "order of arguments": (
        {
            "tf": keras.losses.KLDivergence(),
            "torch": lambda y_true, y_pred: F.kl_div(y_true.log(), y_pred, reduction="batchmean"),
            "inputs": SHARES,
        },
        "call",
        "the order of arguments",
    ),
    "probabilities for logits": (
        {
            "tf": keras.losses.BinaryCrossentropy(from_logits=True),
            "torch": torch.nn.BCELoss(),
            "inputs": {"y_true": parity.binary(), "y_pred": parity.probabilities(low=0.01, high=0.99)},
        },
        "call",
        "they agree when one gets the sigmoid of y_pred",
    ),
    "half precision on the way": (
        {"tf": tf.tanh, "torch": lambda x: x.half().tanh().to(x.dtype), "inputs": {"x": parity.reals(-4.0, 4.0)}},
        "call",
        "every result of torch in float64 is a number of float16",
    ),
    "another divisor of weights": (
        {
            "tf": lambda y_true, y_pred, sample_weight=None: keras.losses.MeanSquaredError()(
                y_true, y_pred, sample_weight
            ),
            "torch": lambda y_true, y_pred, sample_weight=None: (
                F.mse_loss(y_pred, y_true)
                if sample_weight is None
                else torch_weighted(y_true, y_pred, sample_weight) / sample_weight.sum()
            ),
            "inputs": {**TWO, "sample_weight": parity.reals(0.5, 2.0, axes=("batch",))},
        },
        "weighting",
        "one divides by the number of samples, one by the sum of weights",
    ),
    "half a gradient": (
        {"tf": half_a_gradient, "torch": torch.square, "inputs": {"x": parity.reals()}, "gradients": ("x",)},
        "gradient",
        "torch is 2 times tf: a factor 2",
    ),
    "a gradient that is stopped": (
        {
            "tf": lambda x: tf.square(x),
            "torch": lambda x: x.square().detach() + 0 * x,
            "inputs": {"x": parity.reals()},
            "gradients": ("x",),
        },
        "gradient",
        "every gradient of torch is 0",
    ),
    "overflow in float32": (
        {"tf": tf.math.softplus, "torch": lambda x: x.exp().log1p(), "inputs": {"x": parity.reals()}},
        "call",
        "in float64 they agree, so they mean the same",
    ),
    "weights ignored": (
        {
            "tf": keras_weighted,
            "torch": lambda y_true, y_pred, sample_weight=None: torch_weighted(y_true, y_pred, 1),
            "inputs": {**TWO, "sample_weight": parity.weights()},
        },
        "weighting",
        "ignores",
    ),
    "logarithms of another base": (
        {"tf": tf.math.log, "torch": torch.log2, "inputs": {"x": parity.reals(0.5, 8.0)}},
        "call",
        "another base",
    ),
    "a constant left out": (
        {
            "tf": keras.losses.Poisson(),
            "torch": lambda y_true, y_pred: F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=1e-7) + 0.5,
            "inputs": AWAY_FROM_0,
        },
        "call",
        "torch is tf + 0.5, always",
    ),
}


class OwnMeanSquaredError(torchimpl.losses.MeanSquaredError):
    """A class of one's own that has the name of its partner."""

    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)


OwnMeanSquaredError.__qualname__, OwnMeanSquaredError.__module__ = "MeanSquaredError", "__main__"


@pytest.mark.parametrize("name", WRONG)
def test_of_a_wrong_pair_the_stage_and_the_cause_are_named(name):
    pair, stage, hint = WRONG[name]
    with pytest.raises(parity.ParityError) as caught:
        parity.check(**pair, examples=50)
    message = str(caught.value)
    assert f"first in the stage: {stage}" in message, message
    assert hint in message, message
    assert "inputs={" in message.partition("To see it again:")[2]


class MeanOfMeans:
    """A mean that takes every batch for as much as any other."""

    def __init__(self):
        self.reset()

    def update(self, values):
        self.means.append(values.mean())

    def compute(self):
        return torch.stack(self.means).mean()

    def reset(self):
        self.means = []


class Mean:
    """A weighted mean; its sums are of the dtype that is asked for."""

    dtype = torch.float64

    def __init__(self):
        self.reset()

    def update(self, values, sample_weight=1.0):
        self.total = self.total + (values * sample_weight).sum()
        self.count = self.count + (sample_weight * torch.ones_like(values)).sum()

    def compute(self):
        return (self.total / self.count).float()

    def reset(self):
        self.total = self.count = torch.zeros((), dtype=self.dtype)


class MeanInFloat32(Mean):
    dtype = torch.float32


class Mergeable(Mean):
    def merge_state(self, metrics):
        for metric in metrics:
            self.total, self.count = self.total + metric.total, self.count + metric.count

    def get_state(self):
        return {"total": self.total.numpy(), "count": self.count.numpy()}

    def set_state(self, state):
        self.total, self.count = (torch.from_numpy(np.array(state[key], float)) for key in ("total", "count"))


class MergesMeans(Mergeable):
    def merge_state(self, metrics):
        for metric in metrics:
            self.total = self.total + metric.total


class TakesOver(Mergeable):
    def set_state(self, state):
        super().set_state({**state, "total": state["count"]})


class IgnoresWeights(Mean):
    def update(self, values, sample_weight=1.0):
        super().update(values)


class IgnoresLaterWeights(Mean):
    def update(self, values, sample_weight=None):
        self.weighted = getattr(self, "weighted", True) and sample_weight is not None
        super().update(values, sample_weight if self.weighted else 1.0)

    def reset(self):
        super().reset()
        self.weighted = True


class Offset(keras.metrics.Mean):
    def update_state(self, values, offset=0.0):
        super().update_state(values + offset)


class IgnoresLaterOffsets(IgnoresLaterWeights):
    def update(self, values, offset=None):
        self.weighted = getattr(self, "weighted", True) and offset is not None
        super(IgnoresLaterWeights, self).update(values + (offset if self.weighted else 0.0))


class NeverForgets(Mean):
    def reset(self):
        if not hasattr(self, "total"):
            super().reset()


class DividesItsTotal(Mean):
    """A result that changes what it is made of."""

    def compute(self):
        self.total = self.total / self.count
        self.count = torch.ones_like(self.count)
        return self.total.float()


class Scaled(keras.metrics.Mean):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def update_state(self, values):
        super().update_state(values * self.factor)


class WithConfig(Scaled):
    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class ScaledInPyTorch(torchimpl.metrics.Mean):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def update_state(self, values):
        super().update_state(values * self.factor)

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class GenerousAccuracy(torchmetrics.Metric):
    def __init__(self):
        super().__init__()
        self.add_state("hits", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("seen", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, preds, target):
        self.hits += ((preds >= 0.5) == (target > 0.5)).sum()
        self.seen += target.numel()

    def compute(self):
        return self.hits / self.seen


VALUES = {"values": parity.reals(axes=("batch",))}
SCORES = {"y_true": parity.binary(), "y_pred": parity.probabilities()}
HEAVY = {"values": parity.reals(0.5, 4.0, axes=("batch",)), "sample_weight": parity.reals(0.5, 2.0, axes=("batch",))}
RIGHT_STREAMS = {
    "mse": {"tf": keras.metrics.MeanSquaredError, "torch": torchmetrics.MeanSquaredError, "inputs": TWO},
    "mean": {
        "tf": keras.metrics.Mean,
        "torch": torchmetrics.MeanMetric,
        "inputs": {"x": parity.reals(axes=("batch",))},
    },
    "accuracy": {
        "tf": keras.metrics.BinaryAccuracy,
        "torch": torchmetrics.classification.BinaryAccuracy,
        "inputs": SCORES,
    },
    "numpy": {
        "tf": lambda y_true, y_pred: np.abs(y_pred - y_true).mean(),
        "torch": torchmetrics.MeanAbsoluteError,
        "inputs": TWO,
    },
    "long": {"tf": lambda: tfimpl.metrics.Mean(), "torch": Mean, "inputs": HEAVY, "long": True},
    "merged and handed over": {"tf": tfimpl.metrics.Mean, "torch": Mergeable, "inputs": HEAVY, "empty": True},
    "merged by torchmetrics": {
        "tf": tfimpl.metrics.MeanSquaredError,
        "torch": torchmetrics.MeanSquaredError,
        "inputs": TWO,
    },
    "merged by torcheval": {
        "tf": keras.metrics.Mean,
        "torch": torcheval.Mean,
        "inputs": {"values": parity.reals(axes=("batch",))},
    },
}
WRONG_STREAMS = {
    "mean of means": (
        {"tf": keras.metrics.Mean, "torch": MeanOfMeans, "inputs": VALUES},
        "first in the stage: stream",
        "torch gives the mean of the batches' results",
    ),
    ">= for >": (
        {"tf": keras.metrics.BinaryAccuracy, "torch": GenerousAccuracy, "inputs": SCORES},
        "first in the stage: update",
        "a tie. >= for >",
    ),
    "counts in float32": (
        {"tf": tfimpl.metrics.Mean, "torch": MeanInFloat32, "inputs": HEAVY, "long": True},
        "after more than 2**24 samples",
        "one counts or adds in float32",
    ),
    "weights ignored": (
        {"tf": keras.metrics.Mean, "torch": IgnoresWeights, "inputs": HEAVY},
        "first in the stage: update",
        "torch gives the same with and without sample_weight",
    ),
    "weights ignored, once a batch had none": (
        {
            "tf": keras.metrics.Mean,
            "torch": IgnoresLaterWeights,
            "inputs": {"values": HEAVY["values"], "sample_weight": parity.maybe(HEAVY["sample_weight"])},
        },
        "first in the stage: stream",
        "]': parity.array(",
    ),
    "an input ignored, once a batch had none": (
        {
            "tf": Offset,
            "torch": IgnoresLaterOffsets,
            "inputs": {"values": HEAVY["values"], "offset": parity.maybe(parity.reals(1, 2, axes=("batch",)))},
        },
        "first in the stage: stream",
        "Which is right?",
    ),
    "a merge that loses": (
        {"tf": tfimpl.metrics.Mean, "torch": MergesMeans, "inputs": VALUES},
        "first in the stage: merge",
        "torch: result of two that were merged",
    ),
    "a state that means another thing": (
        {"tf": tfimpl.metrics.Mean, "torch": TakesOver, "inputs": VALUES},
        "first in the stage: hand-over",
        "torch: result of a stream that began in tf",
    ),
    "a result that changes the state": (
        {"tf": keras.metrics.Mean, "torch": DividesItsTotal, "inputs": VALUES},
        "first in the stage: result",
        "torch: result of a stream whose result was asked for after every batch",
    ),
    "a config that loses an argument": (
        {"tf": Scaled, "torch": ScaledInPyTorch, "inputs": VALUES, "config": {"factor": 0.5}},
        "first in the stage: config",
        "tf: the config has lost ['factor']",
    ),
    "a reset that keeps": (
        {"tf": keras.metrics.Mean, "torch": NeverForgets, "inputs": VALUES},
        "first in the stage: reset",
        "torch: result after a reset",
    ),
}


@pytest.mark.parametrize("name", RIGHT_STREAMS)
def test_right_metrics_pass(name):
    assert parity.check_metric(**RIGHT_STREAMS[name], examples=4).worst["value"] <= 8


class WithFunction(WithConfig):
    """Keras serializes what get_config returns, functions too."""

    def __init__(self, factor=2.0, function=abs, **kwargs):
        super().__init__(factor, **kwargs)
        self.function = function

    def get_config(self):
        return {**super().get_config(), "function": self.function}


def test_a_config_may_have_what_keras_serializes():
    pair = {"tf": WithFunction, "torch": ScaledInPyTorch, "inputs": VALUES, "config": {"factor": 0.5}}
    assert parity.check_metric(**pair, examples=4).worst["config"] == 0


def test_metrics_are_held_to_their_configs():
    report = parity.check_metric(
        tf=WithConfig,
        torch=ScaledInPyTorch,
        inputs=VALUES,
        config=parity.options(factor=st.sampled_from([0.5, 2.0])),
        examples=4,
    )
    assert report.worst["config"] == 0


@pytest.mark.parametrize("name", WRONG_STREAMS)
def test_of_wrong_metrics_the_stage_and_the_cause_are_named(name):
    pair, stage, hint = WRONG_STREAMS[name]
    with pytest.raises(parity.ParityError) as caught:
        parity.check_metric(**pair, examples=30)
    assert stage in str(caught.value), caught.value
    assert hint in str(caught.value), caught.value


def refusal(**pair):
    with pytest.raises(parity.ParityError) as caught:
        parity.check(**pair, examples=20)
    return str(caught.value)


def test_inputs_that_an_adapted_side_names_are_there():
    labels = {"y_true": parity.labels(4), "y_pred": parity.logits(4)}
    loss, native = keras.losses.SparseCategoricalCrossentropy(from_logits=True), torch.nn.CrossEntropyLoss()
    parity.check(tf=loss, torch=parity.adapt(native, order=("y_pred", "y_true")), inputs=labels, examples=4)
    for wrong in ({"order": ("logits", "y_true")}, {"axes": {"logits": (1, 0)}}):
        text = refusal(tf=loss, torch=parity.adapt(native, **wrong), inputs=labels)
        assert "expected names of inputs, ['y_true', 'y_pred'] here. Received: logits" in text


def test_what_is_random_is_called_so():
    def drops(x):
        return keras.layers.Dropout(0.5)(x, training=True)

    text = refusal(tf=drops, torch=torch.nn.Dropout(0.5), inputs={"x": parity.reals(1, 9)})
    assert "draws random numbers, or remembers a call" in text
    text = refusal(tf=tf.abs, torch=lambda x: x + torch.rand(1) + 1, inputs={"x": parity.reals(1, 9)})
    assert "torch gives something else when it is asked again" in text


def test_what_cannot_be_checked_is_refused():
    numbers = {"x": parity.reals()}
    for wrong, said in (
        ({"inputs": parity.reals()}, "inputs: expected a mapping of names to kinds"),
        ({"inputs": numbers, "examples": 0}, "examples: expected a whole number >= 1. Received: 0"),
        ({"inputs": numbers, "tf": keras.metrics.Mean}, "tf: Mean is a metric"),
        (
            {"inputs": TWO, "tf": keras.losses.Huber(), "torch": torch.nn.HuberLoss, "config": {"delta": 1.0}},
            "Received: ['delta']. It is an object, which has its arguments: give the class, Huber.",
        ),
        (
            {"inputs": TWO, "tf": keras.losses.huber, "torch": torch.nn.HuberLoss, "config": {"beta": 1.0}},
            "config: huber is called with ['y_true', 'y_pred', 'delta']. Received: ['beta'].",
        ),
        ({"inputs": numbers, "torch": torchmetrics.MeanMetric()}, "torch: MeanMetric is a metric"),
    ):
        with pytest.raises(parity.ParityError, match=re.escape(said)):
            parity.check(**{"tf": tf.abs, "torch": torch.abs, **wrong})
    with pytest.raises(parity.ParityError, match=r"axes: expected a tuple of names or sizes.* Received: 3"):
        parity.reals(axes=3)
    for made in ({"tf": keras.metrics.Mean()}, {"torch": torchmetrics.MeanMetric()}):
        with pytest.raises(parity.ParityError, match="expected a class of metrics, or a function that makes one"):
            parity.check_metric(**{"tf": keras.metrics.Mean, "torch": Mean, "inputs": VALUES, **made})


@pytest.mark.parametrize(
    ("dtype", "rounds"),
    [
        ("float32", lambda x: x.half().tanh().to(x.dtype) if x.dtype == torch.float32 else x.tanh()),
        ("float16", lambda x: x.tanh() * (1.025 if x.dtype == torch.float16 else 1.0)),
    ],
)
def test_what_only_steps_between_explain_is_said(dtype, rounds):
    inputs = {"x": parity.reals(-4.0, 4.0)}
    report = parity.check(tf=tf.tanh, torch=rounds, inputs=inputs, dtype=dtype, examples=30)
    assert re.search(rf"value in {dtype}: tf is off by .*, torch is off by .* rounds to less on the way", str(report))
    assert "is off by" not in str(parity.check(tf=tf.tanh, torch=torch.tanh, inputs=inputs, dtype=dtype, examples=30))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_no_step_between_loses_more_than_half_of_the_digits(dtype):
    wrong = getattr(torch, dtype)
    text = refusal(
        tf=tf.tanh,
        torch=lambda x: x.tanh() * (1.5 if x.dtype == wrong else 1.0),
        inputs={"x": parity.reals(-4.0, 4.0)},
        dtype=dtype,
    )
    assert "the steps between, half of the digits at most" in text
    assert "in float64 they agree" in text


def test_at_a_jump_the_message_says_what_is_allowed():
    with pytest.raises(parity.ParityError) as caught:
        parity.check_metric(**WRONG_STREAMS[">= for >"][0], examples=30)
    assert "would change it by more, at a jump; but both were given the same." in str(caught.value)
    numbers = {"x": parity.array([[1.0, -1.0]], "float32")}
    text = refusal(tf=tf.abs, torch=lambda x: x.abs() + 0 * x.log(), inputs=numbers)
    assert "NaN differs" in text
    assert "at a jump" not in text


def test_tensors_are_taken_for_arrays_and_lists_are_not():
    given = {"y_true": torch.ones(2, 3), "y_pred": tf.zeros((2, 3))}
    parity.check(tf=keras.losses.MeanSquaredError(), torch=torch.nn.MSELoss(), inputs=given, examples=2)
    text = refusal(tf=tf.abs, torch=torch.abs, inputs={"x": [1.0]})
    assert "Raised by what was given as torch." in text
    assert "Hint: x: a list goes to both as it is." in text


class Broken(keras.metrics.Mean):
    def update_state(self, values):
        super().update_state(keras.ops.reshape(values, (-1, 7)))


def test_of_an_error_the_side_and_the_line_are_told():
    with pytest.raises(parity.ParityError) as caught:
        parity.check_metric(tf=Broken, torch=Mean, inputs=VALUES, examples=3)
    first, *rest = str(caught.value).split("\n")
    assert first == "Broken and Mean:"
    assert "    super().update_state(keras.ops.reshape(values, (-1, 7)))" in rest
    assert "Raised by what was given as tf." in rest
    assert len("\n".join(rest).split("  File ")) <= 4


class Scaled(torch.nn.Module):
    def __init__(self, factor=1.0):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x

    def get_config(self):
        return {"factor": self.factor}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Forgetful(Scaled):
    def get_config(self):
        return {}


class Stubborn(Scaled):
    @classmethod
    def from_config(cls, config):
        return cls()


class ScaledInKeras(Scaled):
    """Stands in for a class of Keras: what is called has a config, and works on any tensor."""

    def __call__(self, x):
        return self.factor * x


@pytest.mark.parametrize(("wrong", "says"), [(Forgetful, "the config has lost"), (Stubborn, "made from its config")])
def test_a_config_that_loses_an_argument(wrong, says):
    pair = {"tf": ScaledInKeras, "inputs": {"x": parity.reals()}, "config": parity.options(factor=st.floats(2.0, 4.0))}
    assert parity.check(torch=Scaled, examples=10, **pair).compared["config"] > 0
    with pytest.raises(parity.ParityError, match=says) as caught:
        parity.check(torch=wrong, examples=10, **pair)
    assert "first in the stage: config" in str(caught.value)


def test_the_third_witness_says_who_is_right():
    with pytest.raises(parity.ParityError, match=r"By the reference it is .*: torch is nearer"):
        parity.check(
            tf=lambda x: 2.0 * x,
            torch=lambda x: 3.0 * x,
            reference=lambda x: 3.0 * x,
            inputs={"x": parity.reals()},
            examples=10,
        )


def test_the_message_is_code_that_fails_again():
    def twice(x):
        return 2.0 * x

    def thrice(x):
        return 3.0 * x

    twice.__qualname__, thrice.__qualname__ = "twice", "thrice"
    twice.__module__ = thrice.__module__ = "__main__"
    with pytest.raises(parity.ParityError) as caught:
        parity.check(tf=twice, torch=thrice, inputs={"x": parity.reals()}, examples=10)
    code = str(caught.value).partition("To see it again:\n")[2]
    with pytest.raises(parity.ParityError, match="the two differ"):
        exec(code, {"twice": twice, "thrice": thrice})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"torch": lambda x: 0 * x, "tf": lambda x: 0 * x}, "no value was compared"),
        ({"torch": lambda one, other: one, "tf": lambda y_true, y_pred: y_true, "inputs": TWO}, "parity.adapt"),
        ({"torch": lambda x: x.double(), "tf": lambda x: x}, "dtype float32, expected float64"),
        ({"torch": lambda x: x[None], "tf": lambda x: x}, "shape"),
        ({"torch": torch.relu, "tf": tf.stop_gradient, "gradients": ("x",)}, "no gradient with respect to x"),
        ({"torch": torch.tanh, "tf": tf.tanh, "gradients": ("x", "y")}, r"names of inputs, \['x'\]. Received: y"),
        ({"torch": torch.tanh, "tf": tf.tanh, "gradients": "x"}, r"names of inputs, \('x',\). Received: 'x'"),
        ({"torch": torch.tanh, "tf": tf.tanh, "tolerance": 8}, r"expected a parity.Tolerance.*Received: 8"),
        ({"torch": torch.tanh, "tf": tf.tanh, "dtype": "float128"}, "expected one of float16.*Received: 'float128'"),
    ],
)
def test_what_is_no_comparison_says_so(options, says):
    with pytest.raises(parity.ParityError, match=says):
        parity.check(**{"inputs": {"x": parity.reals()}, "examples": 5, **options})


def test_a_class_with_some_of_its_arguments_is_a_class():
    report = parity.check(
        tf=functools.partial(keras.losses.BinaryFocalCrossentropy, from_logits=True),
        torch=functools.partial(torchimpl.losses.BinaryFocalCrossentropy, from_logits=True),
        config=parity.options(gamma=st.floats(0.0, 3.0)),
        inputs={"y_true": parity.binary(), "y_pred": parity.logits()},
        examples=20,
    )
    assert report.compared["config"] > 0


def test_two_of_one_name_are_told_apart_in_the_code():
    with pytest.raises(parity.ParityError) as caught:
        parity.check(tf=tfimpl.losses.MeanSquaredError, torch=OwnMeanSquaredError, inputs=TWO, examples=10)
    code = str(caught.value).partition("To see it again:\n")[2]
    assert "import MeanSquaredError as MeanSquaredError_in_tf" in code
    assert "# your_torch stands for your MeanSquaredError" in code
    with pytest.raises(parity.ParityError, match="torch is 2 times tf"):
        exec(code, {"your_torch": OwnMeanSquaredError})


def test_no_hint_is_made_up():
    options = [
        {"tf": tfimpl.losses.Huber, "torch": torchimpl.losses.LogCosh, "inputs": TWO},
        {
            "tf": lambda y_true, y_pred: tf.reduce_mean(tf.cast(y_pred > 0.5, y_true.dtype) * y_true),
            "torch": lambda y_true, y_pred: ((y_pred > 0.25).to(y_true.dtype) * y_true).mean(),
            "inputs": {"y_true": parity.binary(), "y_pred": parity.probabilities()},
        },
    ]
    for pair in options:
        with pytest.raises(parity.ParityError) as caught:
            parity.check(**pair, examples=30)
        assert "fades as the inputs grow" not in str(caught.value)
        assert "next to 0 or 1" not in str(caught.value)
        assert "for y_true all around" not in str(caught.value)


def test_two_results():
    one = np.array([1.0, 2.0], np.float32)
    assert parity.compare(tf.constant(one), torch.from_numpy(one)) == 0
    assert 0.9 < parity.compare(one, np.nextafter(one, np.float32(9))) <= 1
    assert parity.compare(np.float32(1e-8), np.float32(0.0), scale=1.0) < 1
    for wrong in (one * 2, one[:1], one.astype(np.float64), one * np.float32("nan")):
        with pytest.raises(parity.ParityError):
            parity.compare(one, wrong)


def test_the_budget_has_three_parts():
    def budget(function, x):
        pair = Pair(function, function, None, (), None, "")
        return Examination(pair, {}, {"x": np.array([x], np.float32)}).budget("value", 2, True)

    near = budget(lambda x: x - 0.75, 1.0)
    assert (float(near.result[0]), float(near.inputs[0]), float(near.steps[0])) == (0.25, 1.0, 0.0)
    lossy = budget(lambda x: (x + 1024.0) - 1024.0, 1.3)
    assert 64 < float(lossy.steps[0]) < 2048


def test_a_wrong_gradient_where_there_is_no_kink():
    with pytest.raises(parity.ParityError, match=r"By the difference quotient of the value it is .*: torch is nearer"):
        parity.check(tf=keras.activations.celu, torch=F.celu, inputs={"x": parity.reals()}, gradients=("x",))


def test_in_unittest():
    class Pairs(unittest.TestCase):
        @parity.pair(tf=tf.nn.relu, torch=torch.relu, inputs={"x": parity.reals()}, examples=5)
        def test_relu(self, report):
            assert report.examples == 5

        @parity.pair(tf=tf.nn.relu, torch=torch.tanh, inputs={"x": parity.reals()}, examples=5)
        def test_wrong(self):
            raise AssertionError("never called")

    found = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Pairs).run(found)
    assert found.testsRun == 2
    assert len(found.failures) == 1
    assert "To see it again:" in found.failures[0][1]


PLUGIN_TEST = """
import torch
import tensorflow as tf
import parity

@parity.pair(tf=tf.nn.relu, torch=torch.relu, inputs={"x": parity.reals()})
def test_relu(report, tmp_path):
    assert report.examples == 7 and report.seed == 3

@parity.pair(tf=tf.nn.relu, torch=torch.tanh, inputs={"x": parity.reals()})
def test_wrong():
    raise SystemExit("never called")
"""


def test_the_plugin(pytester):
    pytester.makepyfile(PLUGIN_TEST)
    before = SETTINGS.examples, SETTINGS.seed
    done = pytester.runpytest_inprocess(
        "-p", "parity.own.pytest_plugin", "--parity-examples", "7", "--parity-seed", "3", "-p", "no:cacheprovider"
    )
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*To see it again:*", "*pairs that agree*", "relu: 7 cases, seed 3; units at most: *"])
    assert (SETTINGS.examples, SETTINGS.seed) == before


def test_the_file_to_start_from_runs(tmp_path, monkeypatch):
    path = tmp_path / "my_pair.py"
    first = CliRunner().invoke(main, ["init", str(path)])
    assert first.exit_code == 0, first.output
    assert CliRunner().invoke(main, ["init", str(path)]).exit_code == 1  # nothing is overwritten
    monkeypatch.setattr(SETTINGS, "examples", 4)
    scope = runpy.run_path(str(path), run_name="my_pair")
    scope["test_focal"]()
