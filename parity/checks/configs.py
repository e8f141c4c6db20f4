"""Configs: through JSON text, in each package and from one to the other, judged by what the revived object does."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import build, caller, constructor_arguments, public, tensors_of
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, same_bits

SYNONYMS: dict[str, dict[Any, str]] = {
    "reduction": {"mean": "sum_over_batch_size", None: "none"},
    "distribution": {"normal": "truncated_normal", "Uniform": "uniform"},
}


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    batches: Sequence[Mapping[str, Any]] | None = None,
    fault: Fault = NONE,
) -> Measurement:
    """Serialize in each package, read in both, and compare arguments and behaviour with a directly built object.

    Raises:
        ParityError: an argument is missing or has another value, or the revived object computes other bits.
    """
    found, texts = Measurement(), list[str]()
    made: dict[str, Any] = {
        side.name: build(side, entry, config) if entry.is_class else None for side in bridge.sides()
    }
    _same_names(entry, made)
    if entry.is_class:
        for side in bridge.sides():
            from_numpy = json.loads(json.dumps(build(side, entry, _in_numpy(config)).get_config()))
            _same_arguments(
                f"{entry.name} in {side.name}, of NumPy's numbers", config, from_numpy, made[side.name].get_config()
            )
    for writer in bridge.sides():
        text = _serialized(entry, writer, made[writer.name], config, fault)
        texts.append(text.replace(writer.package.__name__, "PACKAGE"))
        for reader in bridge.sides():
            where = f"{entry.name} written by {writer.name}, read by {reader.name}"
            try:
                revived = getattr(reader.package, entry.module).deserialize(json.loads(text))
            except ValueError as error:
                raise ParityError(f"{where}: refused: {error}") from error
            if not entry.is_class:
                if revived is not public(reader, entry):
                    raise ParityError(f"{where}: {revived!r}")
                found.add("config", 0.0, 1)
                continue
            direct = made[reader.name]
            _same_arguments(where, config, revived.get_config(), direct.get_config())
            # What each reads of its own has the same arguments: what it does is compared for what the other wrote.
            crossed = reader is not writer or len(bridge.sides()) == 1
            if crossed and ("seed" in config or "seed" not in direct.get_config()):
                results = [_behaviour(reader, entry, config, inputs, batches, item) for item in (revived, direct)]
                same_bits(f"{where}: revived and directly built", *results)
            found.add("config", 0.0, 1)
    if len({_comparable(text, config) for text in texts}) > 1:
        raise ParityError(f"{entry.name}: one object, two configs: {texts}")
    return found


def _in_numpy(config: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as one has them from a computation: NumPy's scalars, arrays of fractions, tuples of whole numbers."""

    def of(value: Any) -> Any:
        if isinstance(value, list) and all(type(item) in (int, float) for item in value):
            return np.asarray(value) if any(isinstance(item, float) for item in value) else tuple(value)
        return {bool: np.bool, int: np.int64, float: np.float64}.get(type(value), lambda same: same)(value)

    return {key: value if key == "seed" else of(value) for key, value in config.items()}


def _comparable(text: str, given: Mapping[str, Any]) -> str:
    """A config without what need not be the same in both packages: a name that Keras numbers, a seed that is drawn."""
    written = json.loads(text)
    arguments = written["config"] if isinstance(written, dict) else None  # an activation of Keras's is its name
    if isinstance(arguments, dict):
        for key in {"name", "seed"} - set(given):
            arguments.pop(key, None)
    return json.dumps(written)


def _same_names(entry: Entry, made: Mapping[str, Any]) -> None:
    """The packages know a component by the same names, and name its objects alike (Keras adds a number)."""
    known, called = [], []
    for side in bridge.sides():
        family, item = getattr(side.package, entry.module), public(side, entry)
        known.append([name for name, other in family.family.table.items() if other is item])
        called.append(re.sub(r"_\d+$", "", str(getattr(made[side.name], "name", ""))))
    if any(item != other[0] for other in (known, called) for item in other):
        raise ParityError(f"{entry.name}: known as {known}, its objects called {called}")


def _serialized(entry: Entry, writer: bridge.Side, made: Any, config: Mapping[str, Any], fault: Fault) -> str:
    family = getattr(writer.package, entry.module)
    if not entry.is_class:
        return json.dumps(family.serialize(public(writer, entry)))
    written = fault.config(writer.name, family.serialize(made))
    expected = {key for key, item in constructor_arguments(writer, entry).items() if item.kind is not item.VAR_KEYWORD}
    lost = (expected | set(config)) - set(written["config"])
    if lost:
        raise ParityError(f"{entry.name} in {writer.name}: the config has lost {sorted(lost)}: {written['config']}")
    return json.dumps(written)


def _same_arguments(
    where: str, given: Mapping[str, Any], revived: Mapping[str, Any], direct: Mapping[str, Any]
) -> None:
    for key, value in given.items():
        if key == "fn":
            continue
        wanted = SYNONYMS[key].get(value, value) if key in SYNONYMS else value
        wanted = sorted(wanted) if key == "thresholds" and "num_thresholds" in revived and wanted else wanted
        if key != "num_thresholds" and revived[key] != wanted:
            raise ParityError(f"{where}: {key}={revived[key]!r}, given was {value!r}")
    for key, value in direct.items():
        if (key != "name" or "name" in given) and revived.get(key) != value:
            raise ParityError(f"{where}: {key}={revived.get(key)!r}, an object built directly has {value!r}")


def _behaviour(
    side: bridge.Side, entry: Entry, config: Mapping[str, Any], inputs: Any, batches: Any, item: Any
) -> np.ndarray:
    """What an object makes of inputs or of a stream."""
    if entry.streams:
        side.update(item, batches or [])
        return np.asarray(side.compute(item))
    return np.asarray(side.call(caller(side, entry, config, inputs, item), tensors_of(inputs))[0])
