"""What else the chapter says, and what is to be known besides: optimizers, weights, streams. Executed, and asserted."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import torch

import tfimpl
import torchimpl
from parity.tolerance import ParityError, compare, same_bits
from parity.walkthrough import in_keras, in_pytorch
from parity.walkthrough.data import BATCH, diabetes
from parity.walkthrough.parts import Parts, Progress
from parity.walkthrough.stages import EPOCHS, UNITS_A_STEP, distances

UNITS_A_STEP_OF_SGD = 2.0


@dataclass
class Optimizer:
    """How PyTorch's optimizer follows Keras's.

    Args:
        keras: as it is written in Keras.
        pytorch: as it is written in PyTorch.
        losses: the loss of each batch, by framework.
        units: their distance, in units of eps(float32) times the loss.
        allowed: units a step that are claimed; None where the optimizers are different ones.
        typical: the difference of a weight after one step; the median of those that the step moved.
        largest: the largest such difference.
    """

    keras: str
    pytorch: str
    losses: dict[str, np.ndarray]
    units: np.ndarray
    allowed: float | None
    typical: float
    largest: float


def optimizers(epochs: int = EPOCHS, progress: Progress = lambda: None) -> list[Optimizer]:
    """Train with HuberLoss(2.) under SGD and under Nadam, written as Keras means it and as PyTorch's defaults have it.

    Raises:
        ParityError: the losses drift apart by more than is claimed, or PyTorch's defaults do not.
    """
    found = []
    data = diabetes()
    one_batch = replace(data, x=data.x[:BATCH], y=data.y[:BATCH])
    for kind, other, here, there, allowed in (
        ("sgd", "sgd", "SGD(0.01)", "SGD(lr=0.01)", UNITS_A_STEP_OF_SGD),
        ("nadam", "nadam", "Nadam(0.001)", "NAdam(lr=0.001, momentum_decay=1.0, eps=1e-7)", UNITS_A_STEP),
        ("nadam", "nadam, defaults", "Nadam(0.001)", "NAdam(lr=0.001)", None),
    ):
        curves, before, after = {}, {}, {}
        for name, side, lib, optimizer in (
            ("Keras", in_keras, tfimpl, kind),
            ("PyTorch", in_pytorch, torchimpl, other),
        ):
            loss = lib.custom.HuberLoss(2.0)
            stepped: Any = side.build(Parts(loss), optimizer)
            before[name] = _flat(side.weights(stepped))
            side.train(stepped, one_batch, 1)
            after[name] = _flat(side.weights(stepped))
            model: Any = side.build(Parts(loss), optimizer)
            curves[name] = side.train(model, data, epochs, progress)
        what = f"{here} and {there}"
        units = distances(what, curves["Keras"], curves["PyTorch"], np.inf if allowed is None else allowed)
        same_bits(f"{what}: first weights", before["Keras"], before["PyTorch"])
        moved = np.abs(after["Keras"] - after["PyTorch"])[after["Keras"] != before["Keras"]]
        steps = np.arange(1, len(units) + 1)
        if allowed is None and not (units > UNITS_A_STEP * steps).any():
            raise ParityError(f"{what}: the same after all; there is no need to write out the arguments")
        found.append(Optimizer(here, there, curves, units, allowed, float(np.median(moved)), float(moved.max())))
    return found


def _flat(weights: dict[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in weights.values()])


@dataclass
class Weighted:
    """A loss, the metric of the same name, and the mean weight, by framework."""

    loss: dict[str, float]
    metric: dict[str, float]
    mean_weight: float


def weighted() -> Weighted:
    """Evaluate HuberLoss(2.) and HuberMetric(2.) with sample weights.

    The loss is `sum(w * v) / n`, the metric `sum(w * v) / sum(w)`: with weights of mean 1 they are the same.

    Raises:
        ParityError: the frameworks disagree, or loss and metric do not differ by the mean weight.
    """
    data = diabetes()
    weight = np.resize(np.array([0.5, 1.0, 2.0], np.float32), len(data.x))
    model = in_keras.build(Parts(tfimpl.custom.HuberLoss(2.0)))
    model.compile(loss=tfimpl.custom.HuberLoss(2.0), weighted_metrics=[tfimpl.custom.HuberMetric(2.0)])
    in_one = model.evaluate(data.x, data.y, sample_weight=weight, batch_size=len(data.x), verbose=0, return_dict=True)
    loss = {"Keras": in_one.pop("loss")}
    metric = {"Keras": next(iter(in_one.values()))}

    net = in_pytorch.build(Parts(torchimpl.custom.HuberLoss(2.0)))
    x, y, w = (torch.from_numpy(array) for array in (data.x, data.y, weight))
    stream = torchimpl.custom.HuberMetric(2.0)
    with torch.no_grad():
        loss["PyTorch"] = torchimpl.custom.HuberLoss(2.0)(y, net(x), sample_weight=w).item()
        metric["PyTorch"] = stream(y, net(x), sample_weight=w).item()

    mean = float(weight.mean())
    for what, one, other in (
        ("a weighted loss", loss["PyTorch"], loss["Keras"]),
        ("a weighted metric", metric["PyTorch"], metric["Keras"]),
        ("a weighted loss, and the metric times the mean weight", loss["PyTorch"], metric["PyTorch"] * mean),
    ):
        expected = np.asarray(other, np.longdouble)
        compare(what, _array(one), expected, expected, dtype="float32", units=8)
    return Weighted(loss, metric, mean)


FIRST = ([0, 1, 1, 1, 0, 1, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1])
SECOND = ([0, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 1, 0, 0, 0, 0])


@dataclass
class Streamed:
    """Precision over two batches: after the first, after both, counted so far, and the mean of the batches' own."""

    after_first: float
    after_both: float
    true_positives: float
    false_positives: float
    mean_of_batches: float


def precision() -> dict[str, Streamed]:
    """Stream the chapter's two batches through Precision: Keras's own and that of both packages.

    4 of 5 positive predictions are right in the first batch, 0 of 3 in the second: 4 of 8. The mean of 0.8 and 0 is
    0.4, since it counts the 3 predictions of the second batch as much as the 5 of the first.

    Raises:
        ParityError: one of them says something else.
    """
    found = {}
    for name, metrics in (("Keras", keras.metrics), ("tfimpl", tfimpl.metrics), ("torchimpl", torchimpl.metrics)):
        stream = metrics.Precision()
        first, both = float(stream(*FIRST)), float(stream(*SECOND))
        counts = [float(np.asarray(state).item()) for state in stream.variables]
        alone = [float(metrics.Precision()(*batch)) for batch in (FIRST, SECOND)]
        found[name] = Streamed(first, both, counts[0], counts[1], sum(alone) / len(alone))
        given = _array([first, both, *counts, found[name].mean_of_batches])
        same_bits(f"the chapter's Precision in {name}", given, _array([0.8, 0.5, 4, 4, 0.4]))
    return found


@dataclass
class Otherwise:
    """What the packages do otherwise than the chapter's code: what that gives in both frameworks, and what ours do."""

    what: str
    because: str
    chapter: np.ndarray
    ours: np.ndarray


def otherwise() -> list[Otherwise]:
    """Execute the chapter's formulas where they fail, and ours.

    Raises:
        ParityError: the frameworks disagree, or there is no difference.
    """
    large = _array([89.0, 100.0])
    column, row = _array([[1.0], [2.0], [3.0]]), _array([1.0, 2.0, 3.0])
    true, pred, weight = _array([[0.0], [0.0]]), _array([[1.0], [3.0]]), _array([1.0, 0.0])
    nothing = _array(0.0)

    def weighed(library: Any) -> Any:
        metric = library.custom.HuberMetric(2.0)
        return metric(true, pred, sample_weight=weight)

    def unweighed(library: Any) -> Any:
        metric = library.custom.HuberMetric(2.0)
        return metric(true, pred)

    cases = (
        (
            "my_softplus of 89 and 100",
            "exp(89) is no float32",
            (
                _tf(large, lambda z: tf.math.log(1.0 + tf.exp(z))),
                _torch(large, lambda z: torch.log(1.0 + torch.exp(z))),
            ),
            (_tf(large, tfimpl.custom.my_softplus), _torch(large, torchimpl.custom.my_softplus)),
        ),
        (
            "its derivative there",
            "infinity divided by infinity",
            (
                _slope_tf(large, lambda z: tf.math.log(1.0 + tf.exp(z))),
                _slope_torch(large, lambda z: torch.log(1.0 + torch.exp(z))),
            ),
            (_slope_tf(large, tfimpl.custom.my_softplus), _slope_torch(large, torchimpl.custom.my_softplus)),
        ),
        (
            "huber_fn of targets [3] and equal predictions [3, 1]",
            "a difference of these shapes pairs each target with every prediction",
            (
                np.mean(_tf(column, lambda y: tf.square(row - y) / 2)),
                np.mean(_torch(column, lambda y: torch.square(torch.from_numpy(row) - y) / 2)),
            ),
            (
                np.mean(_tf(column, lambda y: tfimpl.custom.huber_fn(row, y))),
                np.mean(_torch(column, lambda y: torchimpl.custom.huber_fn(torch.from_numpy(row), y))),
            ),
        ),
        (
            "HuberMetric(2.) of errors 1 and 3 with weights 1 and 0",
            "the chapter's ignores sample_weight",
            (np.asarray(unweighed(tfimpl)), np.asarray(unweighed(torchimpl))),
            (np.asarray(weighed(tfimpl)), np.asarray(weighed(torchimpl))),
        ),
        (
            "HuberMetric before any batch",
            "0 / 0",
            (_tf(nothing, lambda zero: zero / zero), _torch(nothing, lambda zero: zero / zero)),
            (
                np.asarray(tfimpl.custom.HuberMetric().result()),
                np.asarray(torchimpl.custom.HuberMetric().result()),
            ),
        ),
    )
    found = []
    for what, because, chapter, ours in cases:
        for whose, (one, other) in (("the chapter's formula", chapter), ("the packages", ours)):
            same_bits(f"{what}, {whose}, in TensorFlow and in PyTorch", np.asarray(one), np.asarray(other))
        if np.array_equal(chapter[0], ours[0]):
            raise ParityError(f"{what}: the chapter's code gives the same")
        found.append(Otherwise(what, because, np.asarray(chapter[0]), np.asarray(ours[0])))
    return found


def _array(numbers: Any) -> np.ndarray:
    return np.asarray(numbers, np.float32)


def _tf(array: np.ndarray, function: Any) -> np.ndarray:
    return np.asarray(function(tf.constant(array)))


def _torch(array: np.ndarray, function: Any) -> np.ndarray:
    return np.asarray(function(torch.from_numpy(np.asarray(array))))


def _slope_tf(array: np.ndarray, function: Any) -> np.ndarray:
    z = tf.constant(array)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = function(z)
    return np.asarray(tape.gradient(value, z))


def _slope_torch(array: np.ndarray, function: Any) -> np.ndarray:
    z = torch.from_numpy(array).requires_grad_()
    return np.asarray(torch.autograd.grad(function(z).sum(), z)[0])
