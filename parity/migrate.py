"""What the objects of a saved Keras model are in PyTorch: read from its config, with neither Keras nor TensorFlow.

Of the archive two members are read, config.json and metadata.json; the weights never are. A name in a config is looked
up in torchimpl's tables and nowhere else, and what is written as code is written with `repr`.
"""

import inspect
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torchimpl
from parity.deviations import DEVIATIONS
from parity.neighbours import Nearest, nearest
from torchimpl._config import LARGEST, constructor_arguments, snake_case
from torchimpl.saving import FAMILIES, ConfigWarning, family_of

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
)
BYTES = 8 * 2**20  # of a config, in bytes: the largest models' are a few MB
DEEPEST = 100
FORMS = ("initializer", "regularizer", "constraint", "activation")
COMPILED = ("loss", "loss_weights", "metrics", "weighted_metrics")
ACCURACIES = {
    "binary": "BinaryAccuracy",
    "categorical": "CategoricalAccuracy",
    "sparse_categorical": "SparseCategoricalAccuracy",
}
# Layers that are nothing but an activation, with their arguments by ours; Keras 2 called a slope alpha.
ACTIVATIONS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "ELU": ("elu", {"alpha": ("alpha",)}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": ("negative_slope", "alpha")}),
    "ReLU": (
        "relu",
        {"max_value": ("max_value",), "negative_slope": ("negative_slope",), "threshold": ("threshold",)},
    ),
    "Softmax": ("softmax", {"axis": ("axis",)}),
}
ONLY_IN_PYTORCH = {
    "PReLU": "its slopes are weights, those of torch.nn.PReLU",
    "ThresholdedReLU": "of Keras 2: torch.nn.Threshold(theta, 0)",
}
CUSTOM = "not one of torchimpl's own: write it in PyTorch"
HARD_SIGMOID_OF_KERAS_2 = "lambda x: torch.clamp(0.2 * x + 0.5, 0.0, 1.0)"


class MigrationError(ValueError):
    """A file is no Keras model, or not one that can be read safely."""


@dataclass(frozen=True)
class Saved:
    """What a file says of a model: its config, and the version of Keras that wrote it, if it is known."""

    config: Mapping[str, Any]
    version: str = ""

    @property
    def of_keras_2(self) -> bool:
        return self.version.startswith("2.")


@dataclass(frozen=True)
class Counterpart:
    """One object of a model.

    Args:
        place: where it stands, "dense.kernel_initializer".
        said: what the file says.
        code: the expression that makes it in PyTorch; None where there is no counterpart.
        native: the nearest call of PyTorch itself, if there is one.
        notes: what to know about it.
    """

    place: str
    said: str
    code: str | None
    native: Nearest | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Migration:
    """What was found in a model: what it was compiled with, in the structure it had there, and its layers."""

    version: str
    compiled: dict[str, Any] = field(default_factory=dict)
    layers: dict[str, dict[str, Counterpart]] = field(default_factory=dict)

    def found(self) -> Iterator[Counterpart]:
        """Every object."""
        for part in (self.compiled, self.layers):
            yield from _leaves(part)


def _leaves(tree: Any) -> Iterator[Counterpart]:
    if isinstance(tree, Counterpart):
        yield tree
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(item)


def read(path: Path) -> Saved:
    """Read the config of a `.keras` file, or of the JSON that `model.to_json()` returned.

    Raises:
        MigrationError: it is another file, damaged, or larger or deeper than a config is.
    """
    try:
        with path.open("rb") as file:
            begun = file.read(8)
        if begun.startswith(b"\x89HDF"):
            raise MigrationError(
                f"{path}: an HDF5 file, which is not read. Load it in Keras, and save the model as a .keras file."
            )
        if begun.lstrip().startswith(b"{"):
            return _saved(path, _loaded(path, "the file", _limited(path, path.open("rb"))), {})
        with zipfile.ZipFile(path) as archive:
            config = _loaded(path, "config.json", _member(path, archive, "config.json"))
            metadata = _loaded(path, "metadata.json", _member(path, archive, "metadata.json"))
    except DAMAGED as error:
        raise MigrationError(f"{path}: no .keras file, or a damaged one: {error}") from error
    except OSError as error:
        raise MigrationError(f"{path}: cannot be read: {error.strerror}") from error
    return _saved(path, config, metadata)


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    found = [item for item in archive.infolist() if item.filename == name]
    if len(found) != 1 or found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise MigrationError(f"{path}: expected one {name}, stored or deflated, in the archive. Found {len(found)}.")
    with archive.open(found[0]) as file:
        return _limited(path, file)


def _limited(path: Path, file: Any) -> bytes:
    with file:
        text: bytes = file.read(BYTES + 1)
    if len(text) > BYTES:
        raise MigrationError(f"{path}: a config of more than {BYTES} bytes, which is none of a model.")
    return text


def _loaded(path: Path, what: str, text: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise MigrationError(f"{path}: {what} has a key twice, among {sorted(found)}.")
        return found

    try:
        loaded = json.loads(text, object_pairs_hook=once)
    except MigrationError:
        raise
    except (ValueError, RecursionError) as error:
        raise MigrationError(f"{path}: {what} is no JSON that can be read: {error}") from error
    if _depth(loaded) > DEEPEST:
        raise MigrationError(f"{path}: {what} is nested more than {DEEPEST} deep.")
    return loaded


def _depth(value: Any) -> int:
    """How deep a value is nested, without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _saved(path: Path, config: Any, metadata: Any) -> Saved:
    if not isinstance(config, Mapping) or not isinstance(config.get("config"), Mapping | list):
        raise MigrationError(f"{path}: the config is none of a model. Expected a class_name and a config.")
    version = (metadata if isinstance(metadata, Mapping) else {}).get("keras_version", config.get("keras_version"))
    return Saved(config, version if isinstance(version, str) else "")


def migrate(saved: Saved) -> Migration:
    """Find the counterparts of what a model was compiled with and of what its layers hold."""
    found = Migration(saved.version)
    said = saved.config.get("compile_config")
    compiled = said if isinstance(said, Mapping) else {}
    for key in COMPILED:
        if compiled.get(key) is not None:
            found.compiled[key] = _compiled(saved, key, f"compiled {key}", compiled[key], compiled.get("loss"))
    for place, layer in _layers(saved.config, ""):
        counterparts = dict(_of_layer(saved, place, layer))
        if counterparts:
            found.layers[place] = counterparts
    return found


def _layers(config: Mapping[str, Any], outer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The layers of a model, and those inside of layers, each with the path to it."""
    arguments = config.get("config")
    if not outer and _is_layer(config):
        yield _printable(str(config["config"].get("name", config["class_name"]))), config
    inner = arguments if isinstance(arguments, list) else []  # of a Sequential model of old
    for key, value in arguments.items() if isinstance(arguments, Mapping) else ():
        if isinstance(value, list):
            inner = [*inner, *value]
        elif _is_layer(value) and not key.endswith(FORMS):
            inner = [*inner, value]
    for item in inner:
        if _is_layer(item):
            name = _printable(str(item["config"].get("name", item.get("name", item["class_name"]))))
            place = f"{outer}.{name}" if outer else name
            yield place, item
            yield from _layers(item, place)


def _is_layer(value: Any) -> bool:
    known = isinstance(value, Mapping) and isinstance(value.get("config"), Mapping)
    return known and isinstance(value.get("class_name"), str) and family_of(value) is None


def _of_layer(saved: Saved, place: str, layer: Mapping[str, Any]) -> Iterator[tuple[str, Counterpart]]:
    name = layer["class_name"]
    if name in ACTIVATIONS:
        yield "activation", _activation_layer(f"{place}.activation", layer)
    elif name in ONLY_IN_PYTORCH:
        yield "activation", Counterpart(f"{place}.activation", name, None, notes=(ONLY_IN_PYTORCH[name],))
    for key, value in layer["config"].items():
        form = next((form for form in FORMS if key.endswith(form)), None)
        if value is None or value == "linear" or isinstance(value, list):
            continue
        if form is not None:
            yield key, _counterpart(saved, f"{place}.{key}", f"{form}s", value)
        elif isinstance(value, Mapping) and (home := family_of(value)) is not None:
            yield key, _counterpart(saved, f"{place}.{key}", home.name, value)


def _activation_layer(place: str, layer: Mapping[str, Any]) -> Counterpart:
    name, arguments = ACTIVATIONS[layer["class_name"]]
    usual = _defaults(getattr(torchimpl.activations, name))
    given = {
        ours: layer["config"][theirs]
        for ours, names in arguments.items()
        for theirs in names
        if theirs in layer["config"] and layer["config"][theirs] != usual[ours]
    }
    said, function = layer["class_name"], f"torchimpl.activations.{name}"
    if not all(map(_is_number, given.values())):
        return Counterpart(place, said, None, notes=(f"expected numbers. Received: {_printable(repr(given))}",))
    native = nearest(f"activations.{name}", {**usual, **given})
    return Counterpart(place, said, f"partial({function}, {_arguments(given)})" if given else function, native)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and -LARGEST <= value <= LARGEST


def _defaults(function: Callable) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def _counterpart(saved: Saved, place: str, family: str, value: Any) -> Counterpart:
    if saved.of_keras_2 and value == "hard_sigmoid":
        note = "Keras 2's, which was steeper than that of Keras 3 and of torchimpl"
        return Counterpart(place, "hard_sigmoid", HARD_SIGMOID_OF_KERAS_2, notes=(note,))
    if _is_layer(value) and value["class_name"] in ACTIVATIONS:
        return _activation_layer(place, value)
    if _is_layer(value) and value["class_name"] == "Activation":
        return _counterpart(saved, place, family, value["config"].get("activation"))
    return _built(place, family, value)


def _built(place: str, family: str, value: Any, as_compiled: Callable[[Any], Any] = lambda item: item) -> Counterpart:
    """Let torchimpl build an object, and say how."""
    known = family_of(value) if isinstance(value, Mapping) else None
    said = _name(value)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConfigWarning)
            item = as_compiled((known or getattr(torchimpl, family).family).get(_unshared(value)))
    except ValueError as error:
        custom = (
            known is None and isinstance(value, Mapping) and bool(value.get("module") or value.get("registered_name"))
        )
        return Counterpart(place, said, None, notes=(CUSTOM if custom else _printable(str(error)),))
    owner = next((family for family in FAMILIES.values() if family._owns(item)), None)
    if owner is None:
        return Counterpart(place, said, None, notes=(CUSTOM,))
    name = item.__name__ if inspect.isfunction(item) else type(item).__name__
    component = f"{owner.name}.{name}"
    notes = [str(warning.message).partition(f"{name}: ")[2] for warning in caught]
    differences = [deviation.name for deviation in DEVIATIONS if deviation.component == component]
    if differences:
        notes.append(f"differs from Keras on purpose: {'; '.join(differences)}")
    config = _defaults(item) if inspect.isfunction(item) else item.get_config()
    return Counterpart(place, said, code(item), nearest(component, config), tuple(notes))


def _unshared(value: Any) -> Any:
    """A config without the mark that an object is shared, which Keras's files have and ours have not."""
    if isinstance(value, Mapping):
        return {key: _unshared(item) for key, item in value.items() if key != "shared_object_id"}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _name(value: Any) -> str:
    """What a file calls an object, in a line."""
    if not isinstance(value, Mapping):
        return _printable(value if isinstance(value, str) else repr(value))
    name, arguments = value.get("class_name"), value.get("config")
    if name == "function":
        return _printable(str(arguments))
    return _printable(f"{value.get('registered_name') or name}")


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:200]


def code(item: Any) -> str:
    """The expression that makes a function or object of torchimpl, with the arguments that are no defaults."""
    home = next(family for family in FAMILIES.values() if family._owns(item))
    if inspect.isfunction(item):
        return f"torchimpl.{home.name}.{item.__name__}"
    name, known = type(item).__name__, constructor_arguments(type(item))
    usual = {"name": snake_case(name), "dtype": "float32"}
    given = {}
    for key, value in item.get_config().items():
        default = known[key].default if key in known else inspect.Parameter.empty
        if key != "fn" and value != (usual.get(key) if default is None else default):
            given[key] = value
    function = [code(item.fn)] if "fn" in known else []
    return f"torchimpl.{home.name}.{name}({', '.join([*function, *([_arguments(given)] if given else [])])})"


def _arguments(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in given.items())


def _compiled(saved: Saved, key: str, place: str, value: Any, loss: Any, output: str | None = None) -> Any:
    """The counterparts of what a model was compiled with, in the structure that it has: one, a list, or by output.

    Args:
        saved: the model.
        key: "loss", "loss_weights", "metrics" or "weighted_metrics".
        place: where it stands.
        value: what the file says.
        loss: what the file says of the loss of the same output.
        output: the name of the output, if it is known.
    """
    if isinstance(value, Mapping) and "class_name" not in value:
        losses = loss if isinstance(loss, Mapping) and "class_name" not in loss else dict.fromkeys(value, loss)
        return {
            name: _compiled(saved, key, f"{place}[{name!r}]", item, losses.get(name), name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        each = loss if isinstance(loss, list) and len(loss) == len(value) else [loss] * len(value)
        return [_compiled(saved, key, f"{place}[{i}]", item, each[i], output) for i, item in enumerate(value)]
    if value is None or key == "loss_weights":
        return value if _is_number(value) else None
    units = _units(saved.config, output)
    return _loss(place, value, units) if key == "loss" else _metric(place, value, loss, units)


def _units(config: Mapping[str, Any], output: str | None) -> int | None:
    """How many numbers a model predicts for each sample, if the layer of an output, or of the only one, says so."""
    arguments = config["config"] if isinstance(config.get("config"), Mapping) else {}
    layers = arguments["layers"] if isinstance(arguments.get("layers"), list) else []
    named = {str(item["config"].get("name")): item["config"] for item in layers if _is_layer(item)}
    name = _only_output(arguments, [*named]) if output is None else output
    units = named[name].get("units") if name in named else None
    return units if isinstance(units, int) else None


def _only_output(arguments: Mapping[str, Any], names: list[str]) -> str | None:
    """The layer that makes the only output of a model, the last one of a Sequential; None where there are several."""
    if "output_layers" not in arguments:
        return names[-1] if names else None
    ends = arguments["output_layers"]  # [name, 0, 0], or a list of such
    if isinstance(ends, list) and len(ends) == 1:
        ends = ends[0]
    return ends[0] if isinstance(ends, list) and ends and isinstance(ends[0], str) else None


def _loss(place: str, value: Any, units: int | None) -> Counterpart:
    if value in ("crossentropy", "ce"):
        if units == 1:
            return replace(_loss(place, "binary_crossentropy", units), said=str(value))
        note = "Keras chooses BinaryCrossentropy for one unit, else the categorical or the sparse one, by the shapes"
        return Counterpart(place, str(value), None, notes=(note,))

    def as_compiled(item: Any) -> Any:
        classes = (kind for kind in torchimpl.losses.family.objects.values() if inspect.isclass(kind))
        if not inspect.isfunction(item) or not torchimpl.losses.family._owns(item):
            return item
        return next(kind for kind in classes if snake_case(kind.__name__) == item.__name__)()  # Keras takes the mean

    return _built(place, "losses", value, as_compiled)


def _metric(place: str, value: Any, loss: Any, units: int | None) -> Counterpart:
    if isinstance(value, str) and value.lower() in ("accuracy", "acc"):
        said = snake_case(_name(loss))
        kind = next((kind for sign, kind in ACCURACIES.items() if said.startswith(sign)), None)
        if units is not None:
            kind = (
                ACCURACIES["binary"] if units == 1 else kind if said.startswith("sparse") else ACCURACIES["categorical"]
            )
        if kind is None:
            note = f"Keras chooses among {', '.join(ACCURACIES.values())} by the shapes of labels and predictions"
            return Counterpart(place, _name(value), None, notes=(note,))
        found = _built(place, "metrics", {"class_name": kind, "config": {"name": _printable(value)}})
        note = "as the loss and the number of units say; Keras chooses by the shapes of labels and predictions"
        return replace(found, said=_name(value), notes=(note, *found.notes))

    def as_compiled(item: Any) -> Any:
        if inspect.isfunction(item):
            return torchimpl.metrics.MeanMetricWrapper(item, name=item.__name__)
        if isinstance(value, str):
            item.name = value
        return item

    return _built(place, "metrics", value, as_compiled)


def module(found: Migration, name: str) -> str:
    """Write a module that builds what was found: `loss`, `loss_weights`, `metrics`, `weighted_metrics` and `layers`."""
    head = f"What {_printable(name)} is made of, in PyTorch; written by `parity migrate`."
    parts = [f"{key} = {_source(found.compiled.get(key))}" for key in COMPILED]
    body = "\n".join([*parts, f"layers = {_source(found.layers)}"])
    imports = ["from functools import partial"] * ("partial(" in body)
    imports += [*([""] if imports else []), *(["import torch"] * (HARD_SIGMOID_OF_KERAS_2 in body)), "import torchimpl"]
    return "\n".join([f"# {head}", "", *imports, "", body, ""])


def _source(tree: Any, depth: int = 0) -> str:
    """Write a structure of counterparts as code; where there is none, None with a comment."""
    if isinstance(tree, Counterpart):
        return tree.code or "None"
    if not isinstance(tree, dict | list) or not tree:
        return repr(tree)
    pairs = tree.items() if isinstance(tree, dict) else ((None, item) for item in tree)
    lines = []
    for key, item in pairs:
        missing = isinstance(item, Counterpart) and item.code is None
        lead = "    " * (depth + 1) + ("" if key is None else f"{key!r}: ")
        lines.append(f"{lead}{_source(item, depth + 1)},{f'  # {item.said}: {item.notes[0]}' if missing else ''}")
    opening, closing = "{}" if isinstance(tree, dict) else "[]"
    return "\n".join([opening, *lines, "    " * depth + closing])


def report(console: Any, found: Migration) -> None:
    """Print each object once, with the places where it stands."""
    grouped: dict[Any, list[Counterpart]] = {}
    for item in found.found():
        grouped.setdefault((item.said, item.code, item.notes), []).append(item)
    for items in grouped.values():
        item, places = items[0], [item.place for item in items]
        more = f" and {len(places) - 4} more" if len(places) > 4 else ""
        lines = [f"{item.said}  ({', '.join(places[:4])}{more})", f"    {item.code or 'no counterpart'}"]
        if item.code is not None and item.native is None:
            lines.append("    PyTorch itself: nothing that comes near")
        elif item.native is not None:
            alike = "equal" if item.native.compared == "value" else "the same distribution, other numbers"
            call = item.native.call.replace("\n", "; ")
            lines.append(f"    PyTorch itself: {call}: {alike if item.native.equal else 'differs'}")
        lines += [f"    note: {note}" for note in item.notes]
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    missing, version = sum(item.code is None for item in found.found()), _printable(found.version) or "(unknown)"
    total = sum(map(len, grouped.values()))
    console.print(f"{total} objects, written by Keras {version}; {missing} without a counterpart.", highlight=False)
