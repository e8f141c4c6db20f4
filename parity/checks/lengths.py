"""Lengths: what adds up many numbers is as near to the reference as where it adds up a few.

Equal numbers are the worst to add up, for each step rounds to the same side.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity import bridge
from parity.checks import outputs
from parity.checks.faults import NONE, Fault
from parity.checks.streams import agree
from parity.checks.subject import build, computed_in, counted, expect_stream, tensors_of
from parity.registry.entry import Entry
from parity.tolerance import Measurement, informative

MANY = 2**14
LARGEST = 1e9  # the squares of larger numbers, so many of them, leave float32
Arrays = Mapping[str, Any]


def possible(entry: Entry) -> bool:
    """Whether numbers are added up, and many can be."""
    return entry.ulp is None and not entry.pairs and entry.family != "initializers"


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    inputs: Arrays | None = None,
    batches: Sequence[Arrays] | None = None,
    fault: Fault = NONE,
) -> Measurement:
    """Compare a call, or one update of a metric, whose first two samples come many times; and one of long samples.

    In float64 nothing is compared: there a package adds up as its framework does.

    Raises:
        ParityError: a package is further from the reference than it may be where numbers are few.
    """
    found = Measurement()
    for few in [inputs or {}] if batches is None else batches:
        if computed_in(entry, config, few) == "float64" or not _ordinary(few):
            continue
        if entry.streams:
            given = [many_samples(entry, config, few), long_samples(entry, config, few) if entry.mean_of else None]
            found.merge(_update(entry, config, [batch for batch in given if batch], fault))
            continue
        for many in (many_samples(entry, config, few), long_samples(entry, config, few)):
            if many:
                found.merge(outputs.check(entry, config=config, inputs=many, fault=fault))
    return found


def _update(entry: Entry, config: Mapping[str, Any], batches: Sequence[Arrays], fault: Fault) -> Measurement:
    found = Measurement()
    for batch in batches:
        expected = expect_stream(entry, config, [batch])
        for side in bridge.sides():
            metric = build(side, entry, config)
            side.update(metric, [batch])
            result = fault.output(side.name, side.compute(metric), expected, entry.tolerance.value)
            units = agree(entry, config, [batch], f"{entry.name} in {side.name}, of many numbers", result, expected)
            found.add("stream", units, informative(result))
    return found


def many_samples(entry: Entry, config: Mapping[str, Any], inputs: Arrays) -> dict[str, Any] | None:
    """The first two samples many times; None if there is one number, or one sample, in all, or an option a sample.

    Weights are left out where they are not those of samples: with an axis, and for what makes one number of all.
    """
    numbers, others = _parted(inputs)
    *_, last = numbers.values()
    shape = max((array.shape for array in numbers.values()), key=len)
    if not shape or (_labelled(entry, numbers) and ("axis" in config or last.ndim < 2)):
        return None
    if "axis" in config and _per_class(config):
        return None
    weighed = bool(others) and "axis" not in config and counted(entry, inputs, config) != ()
    given = {**numbers, **(others if weighed else {})}
    return {key: _again(array, 0) if array.shape[:1] == shape[:1] else array for key, array in given.items()}


def long_samples(entry: Entry, config: Mapping[str, Any], inputs: Arrays) -> dict[str, Any] | None:
    """Samples whose first two numbers come many times; None if there is one number a sample, or an option a number.

    Class numbers stay as they are, beside the predictions of many classes.
    """
    numbers, _ = _parted(inputs)
    *targets, last = numbers.values()
    if last.shape[-1:] in ((), (1,)) or any(array.ndim > last.ndim for array in targets):
        return None
    if _per_class(config) or ("axis" in config and _labelled(entry, numbers)):
        return None
    return {key: _again(array, -1) if array.shape == last.shape else array for key, array in numbers.items()}


def _labelled(entry: Entry, numbers: Arrays) -> bool:
    """Whether targets are class numbers, or may be: of one class they have the shape of the predictions."""
    return "sparse" in entry.name.lower() or len({array.shape for array in numbers.values()}) > 1


def _per_class(config: Mapping[str, Any]) -> bool:
    return any(isinstance(value, list) for key, value in config.items() if key != "axis")


def _again(array: np.ndarray, axis: int) -> np.ndarray:
    return np.take(array, np.arange(MANY) % min(2, array.shape[axis]), axis)


def _parted(inputs: Arrays) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The numbers, and the weights and mask."""
    arrays = tensors_of(inputs)
    others = {key: array for key, array in arrays.items() if key in ("sample_weight", "mask")}
    return {key: array for key, array in arrays.items() if key not in others}, others


def _ordinary(inputs: Arrays) -> bool:
    """Whether there are numbers, and none so large that their sums leave the dtype of the losses of samples."""
    arrays = tensors_of(inputs).values()
    most = LARGEST if all(array.dtype != np.float16 for array in arrays) else 1
    return all(array.size and np.abs(array.astype(np.float64)).max() < most for array in arrays)
