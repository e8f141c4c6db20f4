"""Configs to plain Keras and back, judged by what the revived objects do, bit for bit, beside directly built ones."""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import build, build_in_keras, caller, caller_in_keras, public, public_in_keras, tensors_of
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, same_bits


def possible(entry: Entry) -> bool:
    """Whether plain Keras is there and has such a component."""
    side = bridge.tensorflow()
    return side is not None and public_in_keras(side.keras, entry) is not None


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    batches: Sequence[Mapping[str, Any]] | None = None,
    fault: Fault = NONE,
) -> Measurement:
    """Let plain Keras read what each package writes for it, and each package what Keras writes.

    Raises:
        ParityError: a revived object computes other bits than a directly built one; an argument came back with another
            value and no warning named it; or a package refused to write what Keras would have read.
    """
    found = Measurement()
    case = InKeras(entry, config, inputs or {}, batches or [])
    for writer in bridge.sides():
        _to_keras(case, writer, fault)
        found.add("config", 0.0, 1)
    item = case.direct() if entry.is_class else public_in_keras(case.side.keras, entry)
    text = json.dumps(fault.config("keras", case.family.serialize(item)))
    said = []
    for reader in bridge.sides():
        said.append(_from_keras(case, reader, text))
        found.add("config", 0.0, 1)
    if any(item != said[0] for item in said):
        raise ParityError(f"{entry.name} written by plain Keras: one config, several warnings: {said}")
    return found


class InKeras:
    """A component with arguments, in plain Keras."""

    def __init__(self, entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], batches: Sequence[Any]):
        self.entry, self.config, self.inputs, self.batches = entry, config, inputs, batches
        side = bridge.tensorflow()
        assert side is not None, "see possible()"
        self.side, self.family = side, getattr(side.keras, entry.module)

    def direct(self) -> Any:
        """Keras's object. The default dtype of its IoU is an integer one, which changes nothing but a string."""
        metric = {"dtype": "float32"} if self.entry.streams else {}
        return build_in_keras(self.side.keras, self.entry, {**metric, **self.config})

    def answer(self, item: Any) -> np.ndarray:
        """What Keras's object makes of the inputs; an error, of which Keras has more than we, by its name."""
        try:
            if self.entry.streams:
                self.side.update(item, self.batches)
                return self.side.compute(item)
            call = caller_in_keras(self.side.keras, self.entry, self.config, self.inputs, item)
            return self.side.call(call, tensors_of(self.inputs))[0]
        except Exception as error:
            return np.frombuffer(type(error).__name__.encode(), np.uint8)

    def ours(self, side: bridge.Side, item: Any) -> np.ndarray:
        """What an object of ours makes of them."""
        if self.entry.streams:
            side.update(item, self.batches)
            return side.compute(item)
        return side.call(caller(side, self.entry, self.config, self.inputs, item), tensors_of(self.inputs))[0]

    def seeded(self, item: Any) -> bool:
        """Whether an object does the same each time it is built."""
        return "seed" in self.config or "seed" not in item.get_config()


def _to_keras(case: InKeras, writer: bridge.Side, fault: Fault) -> None:
    entry, where = case.entry, f"{case.entry.name} written by {writer.name} for plain Keras"
    family = getattr(writer.package, entry.module)
    item = build(writer, entry, case.config) if entry.is_class else public(writer, entry)
    try:
        written = fault.config(writer.name, family.serialize(item, target="keras"))
    except ValueError as error:
        _refused_with_reason(case, where, family.serialize(item), str(error))
        return
    loaded, direct = case.family.deserialize(json.loads(json.dumps(written))), case.direct() if entry.is_class else None
    if direct is not None and set(written) != set(case.family.serialize(direct)):
        raise ParityError(f"{where}: {sorted(written)}, Keras itself writes {sorted(case.family.serialize(direct))}")
    if not entry.is_class:
        if loaded is not public_in_keras(case.side.keras, entry):
            raise ParityError(f"{where}: came back as {loaded!r}")
        if type(written) is not type(case.family.serialize(loaded)):
            raise ParityError(f"{where}: {written!r}, Keras itself writes {case.family.serialize(loaded)!r}")
        return
    if type(loaded) is not type(direct):
        raise ParityError(f"{where}: came back as {loaded!r}")
    if case.seeded(direct):
        same_bits(f"{where}: revived and directly built", case.answer(loaded), case.answer(direct))


def _refused_with_reason(case: InKeras, where: str, config: Any, error: str) -> None:
    """What is not written for Keras must be what Keras would read as something else, and the error must name it."""
    named = set(re.findall(r"\w+", error))
    if case.entry.title not in named and not set(case.config) & named:
        raise ParityError(f"{where}: refused without naming the argument: {error}")
    if case.entry.is_class:
        config = {**config, "module": f"keras.{case.entry.module}", "registered_name": None}
    try:
        loaded = case.family.deserialize(config)
    except (TypeError, ValueError):
        return
    if loaded is public_in_keras(case.side.keras, case.entry):
        raise ParityError(f"{where}: refused, though Keras finds it: {error}")
    if case.entry.is_class and type(loaded) is type(case.direct()):
        other = InKeras(case.entry, case.config, _telling(case.inputs), [])
        ours = other.ours(case.side, build(case.side, case.entry, case.config))
        try:
            same_bits(where, other.answer(loaded), ours)
        except ParityError:
            return
        if other.inputs["y_pred"].size:
            raise ParityError(f"{where}: refused, though Keras reads it and answers as we do: {error}")


def _telling(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Inputs of the same shapes that no formula takes for zeros or ties: on those of a case much is equal."""
    numbers = {"y_true": [1.0, 0.5, 0.0, 0.25], "y_pred": [0.5, 0.15625, 0.8125]}
    return {key: np.resize(numbers[key], inputs[key].shape).astype(inputs[key].dtype) for key in numbers}


def _from_keras(case: InKeras, reader: bridge.Side, text: str) -> list[str]:
    """Returns the warnings."""
    where = f"{case.entry.name} written by plain Keras, read by {reader.name}"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            revived = getattr(reader.package, case.entry.module).deserialize(json.loads(text))
        except ValueError as error:
            raise ParityError(f"{where}: refused: {error}") from error
    if not case.entry.is_class:
        if revived is not public(reader, case.entry):
            raise ParityError(f"{where}: came back as {revived!r}")
        return []
    said = [str(warning.message).replace(reader.package.__name__, "PACKAGE") for warning in caught]
    named = set(re.findall(r"\w+", " ".join(said)))
    direct = build(reader, case.entry, case.config)
    read, built = revived.get_config(), direct.get_config()
    differing = {key for key in built if read[key] != built[key] and (key != "name" or key in case.config)}
    written = json.loads(text)["config"]
    for key in re.findall(r"Keras has rounded (\w+) to float32", " ".join(said)):
        if isinstance(written[key], float) and float(f"{written[key]:.6g}") == written[key]:
            raise ParityError(f"{where}: a warning says that {key} was rounded. Received: {written[key]!r}")
    if differing - named:
        changes = ", ".join(f"{key}={read[key]!r} for {built[key]!r}" for key in sorted(differing - named))
        raise ParityError(f"{where}: {changes}, and no warning says so")
    if not differing and case.seeded(direct):
        same_bits(f"{where}: revived and directly built", case.ours(reader, revived), case.ours(reader, direct))
    return said
