"""The stages of the chapter: train in both frameworks from the same weights, save, load, train on. All is asserted."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

import tfimpl
import torchimpl
from parity.tolerance import ParityError, compare, same_bits
from parity.walkthrough import in_keras, in_pytorch
from parity.walkthrough.data import BATCH, Data, above_the_median, diabetes
from parity.walkthrough.parts import Parts, Progress

EPOCHS = 20  # of ten batches each
UNITS_A_STEP = 4.0  # of eps(float32) times the loss: how far the two losses may drift apart with each step
UNITS_OF_A_RESULT = 8.0  # between what the two trained models give for the test set, besides that drift
SIDES = (("Keras", in_keras, tfimpl), ("PyTorch", in_pytorch, torchimpl))
REFUSED, OTHER, SAME = "refused", "something else", "goes on, bit for bit"


class Load(NamedTuple):
    """One way of loading a saved model, and what the chapter says comes of it."""

    given: str
    objects: Callable[[ModuleType], Mapping[str, Any]]
    outcome: str


@dataclass(frozen=True)
class Stage:
    """One stage.

    Args:
        title: as the chapter would write it.
        says: what is to be seen.
        parts: makes the parts from a package, tfimpl or torchimpl.
        loads: the ways of loading.
        labels: whether the targets are labels.
    """

    title: str
    says: str
    parts: Callable[[ModuleType], Parts]
    loads: tuple[Load, ...]
    labels: bool = False
    optimizer: str = "nadam"

    @property
    def data(self) -> Data:
        return above_the_median() if self.labels else diabetes()


class Loaded(NamedTuple):
    """What came of one way of loading, in each framework: the text of an error, or loss and metrics on the test set."""

    load: Load
    found: dict[str, Any]


@dataclass
class Outcome:
    """What a stage gave.

    Args:
        stage: the stage.
        losses: the loss of each batch, by framework.
        units: their distance, in units of eps(float32) times the loss.
        results: loss and metrics on the test set, by framework, when the model was saved.
        loaded: what came of each way of loading.
    """

    stage: Stage
    losses: dict[str, np.ndarray]
    units: np.ndarray
    results: dict[str, np.ndarray]
    loaded: list[Loaded]


NOTHING = Load("nothing", lambda lib: {}, SAME)
REFUSES = Load("nothing", lambda lib: {}, REFUSED)
FUNCTIONS = ("my_softplus", "my_glorot_initializer", "my_l1_regularizer", "my_positive_weights")
WITH_THRESHOLD = (
    REFUSES,
    Load('{"huber_fn": huber_fn}', lambda lib: {"huber_fn": lib.custom.huber_fn}, OTHER),
    Load('{"huber_fn": create_huber(2.0)}', lambda lib: {"huber_fn": lib.custom.create_huber(2.0)}, SAME),
)

STAGES = (
    Stage(
        "loss=huber_fn",
        "A function is saved by its name; whoever loads the model says what the name means.",
        lambda lib: Parts(lib.custom.huber_fn),
        (REFUSES, Load('{"huber_fn": huber_fn}', lambda lib: {"huber_fn": lib.custom.huber_fn}, SAME)),
    ),
    Stage(
        "loss=create_huber(2.0)",
        "The threshold is not saved: it must be said again, and nothing warns where it is said wrongly.",
        lambda lib: Parts(lib.custom.create_huber(2.0)),
        WITH_THRESHOLD,
    ),
    Stage(
        "loss=HuberLoss(2.)",
        "A class with get_config keeps its threshold; registered, it need not even be named.",
        lambda lib: Parts(lib.custom.HuberLoss(2.0)),
        (NOTHING, Load('{"HuberLoss": HuberLoss}', lambda lib: {"HuberLoss": lib.custom.HuberLoss}, SAME)),
    ),
    Stage(
        "a layer of one's own: activation, initializer, regularizer, constraint",
        "Four functions on the last layer, each to be named when the model is loaded.",
        lambda lib: Parts(
            lib.losses.MeanSquaredError(),
            activation=lib.custom.my_softplus,
            initializer=lib.custom.my_glorot_initializer,
            regularizer=lib.custom.my_l1_regularizer,
            constraint=lib.custom.my_positive_weights,
        ),
        (
            REFUSES,
            Load(
                "the four functions, by name", lambda lib: {name: getattr(lib.custom, name) for name in FUNCTIONS}, SAME
            ),
        ),
    ),
    Stage(
        "kernel_regularizer=MyL1Regularizer(0.05)",
        "As a class, the regularizer keeps its factor.",
        lambda lib: Parts(lib.losses.MeanSquaredError(), regularizer=lib.custom.MyL1Regularizer(0.05)),
        (NOTHING,),
    ),
    Stage(
        "metrics=[create_huber(2.0)]",
        "A function as a metric: again a name, and a threshold that the file does not know.",
        lambda lib: Parts(lib.losses.MeanSquaredError(), [lib.custom.create_huber(2.0)]),
        WITH_THRESHOLD,
    ),
    Stage(
        "metrics=[HuberMetric(2.)]",
        "A streaming metric, with its threshold in its config.",
        lambda lib: Parts(lib.losses.MeanSquaredError(), [lib.custom.HuberMetric(2.0)]),
        (NOTHING,),
    ),
    Stage(
        "metrics=[Precision(thresholds=0.0)]",
        "Labels now: above the median or not. The model gives logits, of which 0 means one half.",
        lambda lib: Parts(lib.losses.BinaryCrossentropy(from_logits=True), [lib.metrics.Precision(thresholds=0.0)]),
        (NOTHING,),
        labels=True,
    ),
)


def run(stage: Stage, epochs: int = EPOCHS, progress: Progress = lambda: None) -> Outcome:
    """Run a stage: half of the epochs, save, the other half; load in every way and train that half again.

    Raises:
        ParityError: the frameworks drift apart, a load does not give what the chapter says, or a loaded model does not
            go on exactly as the one that had not stopped.
    """
    half, data = epochs // 2, stage.data
    curves, results = {}, {}
    found: dict[str, dict[str, Any]] = {load.given: {} for load in stage.loads}
    first = {name: side.weights(side.build(stage.parts(lib), stage.optimizer)) for name, side, lib in SIDES}
    for key, initial in first["Keras"].items():
        same_bits(f"{stage.title}: first {key}", initial, first["PyTorch"][key])
    with TemporaryDirectory() as folder:
        for name, side, lib in SIDES:
            model = side.build(stage.parts(lib), stage.optimizer)
            start = side.train(model, data, half, progress)
            path = Path(folder) / f"model{side.SUFFIX}"
            side.save(model, path)
            results[name] = side.evaluate(model, data)
            rest = side.train(model, data, half, progress)
            curves[name] = np.concatenate([start, rest])
            for load in stage.loads:
                found[load.given][name] = _load(stage, load, name, side, lib, path, results[name], rest, progress)
    units = distances(stage.title, curves["Keras"], curves["PyTorch"])
    for number, result in enumerate(results["PyTorch"]):
        expected = np.asarray(results["Keras"][number], np.longdouble)
        allowed = UNITS_OF_A_RESULT + UNITS_A_STEP * len(start)
        what = f"{stage.title}: result {number} on the test set"
        compare(what, result, expected, np.abs(expected), dtype="float32", units=allowed)
    return Outcome(stage, curves, units, results, [Loaded(load, found[load.given]) for load in stage.loads])


def _load(
    stage: Stage,
    load: Load,
    name: str,
    side: ModuleType,
    lib: ModuleType,
    path: Path,
    saved: np.ndarray,
    rest: np.ndarray,
    progress: Progress,
) -> Any:
    what = f"{stage.title} in {name}, loaded with {load.given}"
    try:
        model = side.load(path, load.objects(lib))
    except (TypeError, ValueError) as error:
        if load.outcome != REFUSED:
            raise
        said = re.search(r"(Could not locate|unknown name) .*?'\w+'", str(error))
        return said.group() if said else str(error)
    if load.outcome == REFUSED:
        raise ParityError(f"{what}: accepted, although nothing says what the names stand for")
    result = side.evaluate(model, stage.data)
    if load.outcome == OTHER:
        if np.array_equal(result, saved):
            raise ParityError(f"{what}: gives {result}, as if the file had kept the threshold")
        return result
    same_bits(f"{what}: loss and metrics on the test set", result, saved)
    again = side.train(model, stage.data, len(rest) // (len(stage.data.x) // BATCH), progress)
    same_bits(f"{what}: the loss of the batches after it", again, rest)
    return result


def distances(what: str, first: np.ndarray, second: np.ndarray, units_a_step: float = UNITS_A_STEP) -> np.ndarray:
    """The distances of two curves of losses, step by step, in units of eps(float32) times the loss.

    Raises:
        ParityError: after some step the distance is larger than units_a_step for each step so far.
    """
    found = []
    for step, (one, other) in enumerate(zip(first, second, strict=True), start=1):
        expected = np.asarray(one, np.longdouble)
        found.append(
            compare(f"{what}: loss {step}", other, expected, expected, dtype="float32", units=units_a_step * step)
        )
    return np.asarray(found)


def drawn(outcomes: list[Outcome]) -> Outcome:
    """The stage whose curves are the picture: the loss that keeps its threshold."""
    (found,) = (outcome for outcome in outcomes if outcome.stage.title == "loss=HuberLoss(2.)")
    return found


def work(stages: tuple[Stage, ...], epochs: int) -> Iterator[int]:
    """How many epochs each stage trains, in both frameworks: what its progress adds up to."""
    for stage in stages:
        again = sum(load.outcome == SAME for load in stage.loads)
        yield 2 * (epochs // 2) * (2 + again)
