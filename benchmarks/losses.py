"""Losses: value and gradient against PyTorch's own kernels and Keras on both backends."""

from dataclasses import dataclass, field, replace
from functools import partial

import keras
import torch
from torch import nn
from torch.nn import functional as F

import torchimpl
from benchmarks.case import Bound, Case
from benchmarks.frameworks import (
    KERAS,
    ON_TENSORFLOW,
    loss_inputs,
    tf_gradient,
    torch_gradient,
    torch_value,
)
from torchimpl._config import snake_case

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

SIZES = {"10**3": 10**3, "10**6": 10**6}
LONG = "10**6 in rows of 10**4", 10**6, 10**4  # of which PyTorch's softmax and TensorFlow's sums lose digits
TWIN, PER_SAMPLE, ACCURATE, OVERHEAD = 1.15, 1.10, 6, 5


@dataclass(frozen=True)
class Loss:
    """A loss, what it is given, and its twin in PyTorch.

    Args:
        title: its class in all three libraries.
        kind: its inputs: see `loss_inputs`.
        options: what its class and its function are given.
        native: PyTorch's function of `(y_pred, y_true, reduction=...)`, the twin of our function.
        module: PyTorch's class, the twin of ours.
        accurate: why ours is another formula than the native one, or than Keras's on torch where there is none.
        by_sample: whether the native one, not reduced, has a loss for each sample, and not for each element.
        against_keras: tfimpl's bound against Keras run eagerly.
        keras_wrong: why tfimpl's is another formula than Keras's on TensorFlow.
        eagerly: what keeps tfimpl's from less than that bound.
        besides: what ours does that the native one does not, within the usual bounds.
    """

    title: str
    kind: str
    options: dict = field(default_factory=dict)
    native: object = None
    module: object = None
    accurate: str = ""
    by_sample: bool = False
    against_keras: float = 1
    keras_wrong: str = ""
    eagerly: str = ""
    besides: str = ""

    @property
    def name(self):
        return self.title + (" from logits" if self.options.get("from_logits") else "")


def poisson(y_pred, y_true, reduction="mean"):
    return F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=1e-7, reduction=reduction)


def ctc(y_pred, y_true, reduction="mean"):
    lengths = (y_true != 0).sum(1)
    steps = torch.full_like(lengths, y_pred.shape[1])
    losses = F.ctc_loss(torch.log_softmax(y_pred, -1).transpose(0, 1), y_true, steps, lengths, reduction="none")
    return losses if reduction == "none" else losses.mean()


LOGITS = {"from_logits": True}
TWO_LOGARITHMS = "Keras subtracts two logarithms, which cancel"
NEAR_0 = "Keras subtracts log(2), which cancels near 0"
CANCELS = "the kernel subtracts two large numbers where the loss is small"
BY_LABELS = "a tape asks for the gradient by the labels, too, which takes a tenth of it"
FEW = "of few numbers it is what a tape and a graph cost"
LOSSES = (
    Loss("Huber", "reals", native=F.huber_loss, module=nn.HuberLoss, against_keras=0.5),
    Loss("MeanSquaredError", "reals", native=F.mse_loss, module=nn.MSELoss),
    Loss("MeanAbsoluteError", "reals", native=F.l1_loss, module=nn.L1Loss),
    Loss("MeanAbsolutePercentageError", "positives"),
    Loss("MeanSquaredLogarithmicError", "positives", accurate=TWO_LOGARITHMS, keras_wrong=TWO_LOGARITHMS),
    Loss("LogCosh", "reals", accurate=NEAR_0, keras_wrong=NEAR_0),
    Loss("Poisson", "positives", native=poisson, module=partial(nn.PoissonNLLLoss, log_input=False, eps=1e-7)),
    Loss("BinaryCrossentropy", "decisions", against_keras=0.5, eagerly=BY_LABELS),
    Loss(
        "BinaryCrossentropy",
        "decisions from logits",
        LOGITS,
        F.binary_cross_entropy_with_logits,
        nn.BCEWithLogitsLoss,
        accurate=CANCELS,
        against_keras=0.5,
        eagerly=BY_LABELS,
    ),
    Loss("BinaryFocalCrossentropy", "decisions", against_keras=0.5),
    Loss("BinaryFocalCrossentropy", "decisions from logits", LOGITS, against_keras=0.5),
    Loss("CategoricalCrossentropy", "one-hot"),
    Loss(
        "CategoricalCrossentropy",
        "one-hot from logits",
        LOGITS,
        F.cross_entropy,
        nn.CrossEntropyLoss,
        by_sample=True,
        besides="looks at its arguments and at the shapes",
    ),
    Loss("CategoricalFocalCrossentropy", "one-hot", against_keras=0.5),
    Loss("CategoricalFocalCrossentropy", "one-hot from logits", LOGITS, against_keras=0.5),
    Loss("SparseCategoricalCrossentropy", "classes", against_keras=0.5, eagerly=FEW),
    Loss(
        "SparseCategoricalCrossentropy",
        "classes from logits",
        LOGITS,
        F.cross_entropy,
        nn.CrossEntropyLoss,
        by_sample=True,
        against_keras=0.5,
        eagerly=FEW,
        besides="looks at its arguments and at the shapes",
    ),
    Loss("CategoricalGeneralizedCrossEntropy", "classes", {"q": 0.5}),
    Loss("KLDivergence", "distributions"),
    Loss("CategoricalHinge", "one-hot from logits"),
    Loss("Hinge", "decisions from logits"),
    Loss("SquaredHinge", "decisions from logits"),
    Loss("CosineSimilarity", "reals"),
    Loss("Circle", "embeddings"),
    Loss("Dice", "decisions"),
    Loss("Tversky", "decisions"),
    Loss(
        "CTC",
        "sequences",
        native=ctc,
        accurate="the kernel cannot be captured, nor differentiated twice, and errs where the steps are too few",
        by_sample=True,
    ),
)
OF_LONG_ROWS = ("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "CosineSimilarity")


def cases(device="cpu", sizes=SIZES):
    """Yield the cases of this process."""
    for loss in LOSSES:
        for size, number in sizes.items():
            if ON_TENSORFLOW:
                yield Case("losses", loss.name, size, lambda loss=loss, n=number: _tensorflow(loss, n), _for_tf(loss))
                continue
            build = lambda loss=loss, n=number: _torch(loss, n, device=device)  # noqa: E731
            yield Case("losses" if device == "cpu" else "gpu", loss.name, size, build, _for_torch(loss))
            if number == min(sizes.values()) and device == "cpu":
                over = Bound("class", ("function, mean",), OVERHEAD, "us")
                yield Case(
                    "losses", f"{loss.name}, class over function", size, lambda loss=loss: _overhead(loss), (over,)
                )
    compared, build = (_for_tf, _tensorflow) if ON_TENSORFLOW else (_for_torch, _torch)
    for loss in LOSSES:
        if loss.title in OF_LONG_ROWS and LONG[1] in sizes.values():
            bounds = without_bounds(compared(loss))
            yield Case("losses", loss.name, LONG[0], partial(build, loss, *LONG[1:]), bounds)


def without_bounds(compared):
    return tuple(replace(bound, most=None) for bound in compared)


def _function(package, loss):
    """The function of a loss in a package, as one of y_true and y_pred; None where there is none of that name."""
    function = getattr(package.losses, snake_case(loss.title), None)
    if function is None or loss.title == "Circle":
        return None
    return lambda y_true, y_pred: function(y_true, y_pred, **loss.options)


def _for_torch(loss):
    more, why = ACCURATE if loss.accurate else None, loss.accurate or loss.besides
    return (
        Bound("torchimpl", ("torch",), more or TWIN, remark=why),
        Bound("torchimpl, function", ("torch, by sample",), more or PER_SAMPLE, remark=why),
        Bound("torchimpl", (KERAS,), None if loss.native else more or 1, remark=loss.accurate),
    )


def _torch(loss, number, entries=None, device="cpu"):
    y_true, y_pred = (torch.from_numpy(item).to(device) for item in loss_inputs(loss.kind, number, entries))
    ours = getattr(torchimpl.losses, loss.title)(**loss.options)
    calls = {"torchimpl": torch_gradient(lambda x: ours(y_true, x), y_pred, device)}
    function = _function(torchimpl, loss)
    if loss.native:
        twin = loss.module() if loss.module else loss.native
        calls["torch"] = torch_gradient(lambda x: twin(x, y_true), y_pred, device)
        apart = lambda x: loss.native(x, y_true, reduction="none")  # noqa: E731
        by_sample = apart if loss.by_sample else lambda x: apart(x).mean(-1)
        calls["torchimpl, function"] = torch_gradient(lambda x: function(y_true, x), y_pred, device)
        calls["torch, by sample"] = torch_gradient(by_sample, y_pred, device)
    if device == "cpu" and hasattr(keras.losses, loss.title):
        theirs = getattr(keras.losses, loss.title)(**loss.options)
        calls[KERAS] = torch_gradient(lambda x: theirs(y_true, x), y_pred)
    return calls


def _overhead(loss):
    y_true, y_pred = (torch.from_numpy(item) for item in loss_inputs(loss.kind, 10**3))
    ours, function = getattr(torchimpl.losses, loss.title)(**loss.options), _function(torchimpl, loss)
    calls = {"class": torch_value(lambda x: ours(y_true, x), y_pred)}
    if function:
        calls["function, mean"] = torch_value(lambda x: function(y_true, x).mean(), y_pred)
    return calls


def _for_tf(loss):
    most = ACCURATE if loss.keras_wrong else 1
    return (
        Bound(
            "tfimpl, eager",
            (f"{KERAS}, eager",),
            most if loss.keras_wrong else loss.against_keras,
            remark=loss.keras_wrong or loss.eagerly,
        ),
        Bound("tfimpl, graph", (f"{KERAS}, graph",), most, remark=loss.keras_wrong),
        Bound("torchimpl", (f"{KERAS}, eager",)),
    )


def _tensorflow(loss, number, entries=None):
    y_true, y_pred = loss_inputs(loss.kind, number, entries)
    ours = getattr(torchimpl.losses, loss.title)(**loss.options)
    labels = torch.from_numpy(y_true)
    calls = {"torchimpl": torch_gradient(lambda x: ours(labels, x), torch.from_numpy(y_pred))}
    y_true, y_pred = tf.constant(y_true), tf.constant(y_pred)
    for name, package in (("tfimpl", tfimpl), (KERAS, keras)):
        loss_of = getattr(package.losses, loss.title)(**loss.options)
        for mode in ("eager", "graph"):
            function = lambda x, loss_of=loss_of: loss_of(y_true, x)  # noqa: E731
            calls[f"{name}, {mode}"] = tf_gradient(function, y_pred, mode == "graph")
    return calls
