"""Real data: scikit-learn's diabetes and breast cancer sets, streamed in batches through both packages.

The predictions are those of a linear model fitted by least squares: fixed, of ordinary size, wrong as real ones are.
"""

import importlib.util
from functools import cache, partial
from typing import Any

import numpy as np

from parity import bridge
from parity.checks import outputs, streams
from parity.checks.subject import build, build_in_keras, public_in_keras
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, same_bits

OF_NUMBERS = ("regression", "columns", "pairs", "values")
BATCH = 64
BEGUN = 3  # batches that plain Keras sees first, where it hands its metric over
OF_FLOAT32_SUMS = 1e-5  # relative, of what Keras adds up in float32 over that many batches


@cache
def _tables() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Features and targets of the two sets."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ParityError("real data comes with scikit-learn: pip install -c constraints.txt '.[parity]'") from error
    diabetes, cancer = datasets.load_diabetes(), datasets.load_breast_cancer()
    return {
        "diabetes": (diabetes.data, (diabetes.target - diabetes.target.mean()) / diabetes.target.std()),
        "cancer": (cancer.data, cancer.target.astype(np.float64)),
    }


def _predictions(table: str) -> tuple[np.ndarray, np.ndarray]:
    """Targets, and what least squares predicts for them from the first ten features."""
    features, target = _tables()[table]
    scaled = (features[:, :10] - features[:, :10].mean(axis=0)) / features[:, :10].std(axis=0)
    design = np.column_stack([scaled, np.ones(len(scaled))])
    return target, design @ np.linalg.lstsq(design, target, rcond=None)[0]


@cache
def inputs(kind: str) -> dict[str, np.ndarray]:
    """All samples of a task, float32: "regression", "columns", "decisions", "classes", "numbered" (classes), "numbers",
    "pairs" or "values".
    """
    target, predicted = _predictions("diabetes" if kind in OF_NUMBERS else "cancer")
    probability = np.clip(predicted, 0.0, 1.0)
    tasks = {
        "regression": (target[:, None], predicted[:, None]),
        "columns": (np.column_stack([target, target[::-1]]), np.column_stack([predicted, predicted[::-1] / 2])),
        "decisions": (target[:, None], probability[:, None]),
        "classes": (np.column_stack([1 - target, target]), np.column_stack([1 - probability, probability])),
        "numbers": (target, (probability > 0.5).astype(np.float64)),
        "pairs": (target[: len(target) // 8 * 8].reshape(-1, 8), predicted[: len(target) // 8 * 8].reshape(-1, 8)),
        "numbered": (target[:, None], np.column_stack([1 - probability, probability])),
    }
    if kind == "values":
        return {"values": predicted.astype(np.float32)}
    y_true, y_pred = tasks[kind]
    return {"y_true": y_true.astype(np.float32), "y_pred": y_pred.astype(np.float32)}


def configs(entry: Entry) -> list[dict[str, Any]]:
    """The configs with which a component sees real data: its defaults, and one that is none."""
    if entry.family == "losses":
        # Samples that are weighed need a loss each.
        own = {"axis": -1} if entry.name in ("losses.Dice", "losses.Tversky") else {}
        return [own, {**own, "reduction": "sum"}]
    special: dict[str, list[dict[str, Any]]] = {
        "metrics.AUC": [{}, {"curve": "PR", "num_thresholds": 50}],
        "metrics.BinaryIoU": [{}, {"target_class_ids": [1], "threshold": 0.25}],
        "metrics.FBetaScore": [{"beta": 2.0}, {"average": "weighted", "threshold": 0.25}],
        "metrics.IoU": [{"num_classes": 2, "target_class_ids": [1]}],
        "metrics.MeanIoU": [{"num_classes": 2}],
        "metrics.OneHotIoU": [{"num_classes": 2, "target_class_ids": [1]}],
        "metrics.OneHotMeanIoU": [{"num_classes": 2}],
        "metrics.MeanMetricWrapper": [{"fn": "huber", "delta": 0.5}],
        "metrics.R2Score": [{}, {"num_regressors": 10, "dtype": "float64"}],
        "metrics.Precision": [{}, {"thresholds": [0.25, 0.75]}],
    }
    return special.get(entry.name, [dict(entry.required)])


def check(entry: Entry, number: int) -> Measurement:
    """Stream a real data set through a loss or a metric, with one of its configs, without weights and with.

    Args:
        number: which of `configs(entry)`.

    Raises:
        ParityError: the packages or the reference disagree.
    """
    found, config = Measurement(), configs(entry)[number]
    assert entry.real is not None
    whole = inputs(entry.real)
    size = len(next(iter(whole.values())))
    weight = (np.arange(size) % 4 / 2).astype(np.float32)
    for given in (whole, {**whole, "sample_weight": weight}):
        batches = [{key: array[i : i + BATCH] for key, array in given.items()} for i in range(0, size, BATCH)]
        if entry.streams:
            order = list(range(len(batches)))[::-1]
            found.merge(streams.check(entry, config=config, batches=batches, order=order, split=len(batches) // 2))
            _begun_in_keras(entry, config, batches)
            for side in bridge.sides():
                what = f"{entry.name} in {side.name} with {config}: in mixed precision"
                same_bits(
                    what,
                    _result(side, entry, config, batches),
                    side.in_mixed_precision(partial(_result, side, entry, config, batches)),
                )
        else:
            for batch in batches:
                found.merge(outputs.check(entry, config=config, inputs=batch))
    return Measurement({"real": max(found.worst.values())}, {"real": sum(found.compared.values())})


def _begun_in_keras(entry: Entry, config: dict[str, Any], batches: streams.Batches) -> None:
    """A stream that plain Keras has begun goes on in each package, with the states that it left."""
    plain = bridge.tensorflow()
    if plain is None or public_in_keras(plain.keras, entry) is None:
        return
    begun = build_in_keras(plain.keras, entry, {"dtype": "float32", **config})
    plain.update(begun, batches[:BEGUN])
    for side in bridge.sides():
        heir = build(side, entry, config)
        heir.set_state(begun)
        what = f"{entry.name} in {side.name}, begun by plain Keras with {config}"
        if not config.get("num_regressors"):  # for which Keras takes each target for a sample
            _near(f"{what}, as it was left", side.compute(heir), plain.compute(begun))
        elif "sample_weight" in batches[0]:
            continue  # Keras has counted the samples of weight 0
        side.update(heir, batches[BEGUN:])
        _near(f"{what}, gone on", side.compute(heir), _result(side, entry, config, batches))


def _result(side: bridge.Side, entry: Entry, config: dict[str, Any], batches: streams.Batches) -> np.ndarray:
    metric = build(side, entry, config)
    side.update(metric, batches)
    return side.compute(metric)


def _near(what: str, received: np.ndarray, expected: np.ndarray) -> None:
    if received.shape != expected.shape or not np.allclose(received, expected, OF_FLOAT32_SUMS, OF_FLOAT32_SUMS / 10):
        raise ParityError(f"{what}: {received}, expected {expected}")


def available() -> bool:
    """Whether scikit-learn is installed."""
    return importlib.util.find_spec("sklearn") is not None
