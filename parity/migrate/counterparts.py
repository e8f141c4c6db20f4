"""One object of a file: what it is in the other framework, as code, as a line of a report and in a module that runs."""

import importlib
import importlib.util
import inspect
import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parity.deviations import DEVIATIONS
from parity.migrate.saved import MigrationError
from parity.neighbours import Nearest, in_domain, nearest, offered

# Either package reads the configs of both, and of Keras: the one whose framework is there.
ours: Any = importlib.import_module("torchimpl" if importlib.util.find_spec("torch") else "tfimpl")
config: Any = importlib.import_module(f"{ours.__name__}._config")
limits: Any = importlib.import_module(f"{ours.__name__}._limits")
FRAMEWORK = {"torch": "PyTorch", "keras": "Keras"}
PACKAGES = {"torch": ("torch", "torchimpl"), "keras": ("keras", "tfimpl")}
COUNT = 10000  # objects in a file: the largest models have a few thousand
SECONDS = 60  # of the processor for all of them: a metric can be as slow to build as a large array
IN_A_CONFIG = ("If it was another, add it to the config.", "If the model has another, write it here.")
LOST = "Keras does not write "  # so the warning begins
CUSTOM = "not one of torchimpl's own: write it in {}"


@dataclass(frozen=True)
class Counterpart:
    """One object of a file.

    Args:
        place: where it stands, "dense.kernel_initializer".
        said: what the file says.
        code: the expression that makes it in the other framework; None where there is no counterpart.
        beside: the nearest call of the framework itself and where it is equal, and what to know of it on a second line;
            "" where it was not asked for.
        notes: what to know about it.
        differences: the names of the wanted differences between Keras and ours.
    """

    place: str
    said: str
    code: str | None
    beside: str = ""
    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


@dataclass
class Migration:
    """What was found in a file.

    Args:
        to: the other framework, "torch" or "keras".
        origin: what wrote the file.
        parts: the counterparts in the structure that the file has, by the names that a module gives them.
        remarks: what to know about the whole.
        around: what is not translated, "Conv2D", with its places and the topics of the traps that it meets.
    """

    to: str
    origin: str
    parts: dict[str, Any]
    remarks: tuple[str, ...] = ()
    around: Mapping[str, tuple[list[str], list[str]]] = field(default_factory=dict)

    def found(self) -> Iterator[Counterpart]:
        """Every object."""
        yield from _leaves(self.parts)


def _leaves(tree: Any) -> Iterator[Counterpart]:
    if isinstance(tree, Counterpart):
        yield tree
    elif isinstance(tree, dict | list):
        for item in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(item)


class Allowance:
    """How many objects a file may have yet, and until when they may be built."""

    def __init__(self) -> None:
        self.left, self.end = COUNT, time.process_time() + SECONDS

    def take(self) -> None:
        """Count one more object; raise MigrationError if they are more, or take longer, than those of any model."""
        self.left -= 1
        if self.left < 0:
            raise MigrationError(f"expected at most {COUNT} objects in a file. Received: more.")
        if time.process_time() > self.end:
            raise MigrationError(f"expected objects that are built in {SECONDS} seconds. Received: slower ones.")


def built(
    place: str, family: str, value: Any, to: str = "torch", as_compiled: Callable[[Any], Any] = lambda item: item
) -> Counterpart:
    """Let the package that is there build an object, and say how the other framework does.

    Args:
        place: where the config stands.
        family: the family that is looked into, unless a config of Keras names another.
        value: a config or a name.
        to: the other framework.
        as_compiled: what becomes of the object before it is used.
    """
    said, known = name_of(value), getattr(ours, family).family
    other = ours.saving.family_of(value) if isinstance(value, Mapping) and to == "torch" else None
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ours.saving.ConfigWarning)
            plain = _unshared(value)
            item = known.get(plain) if isinstance(plain, str) else (other or known).deserialize(plain, path=place)
            item = as_compiled(item() if inspect.isclass(item) else item)
    except ValueError as error:
        custom = other is None and isinstance(value, Mapping) and (value.get("module") or value.get("registered_name"))
        note = CUSTOM.format(FRAMEWORK[to]) if custom else printable(str(error))
        return Counterpart(place, said, None, notes=(note,))
    owner = next((family for family in ours.saving.FAMILIES.values() if family._owns(item)), None)
    if owner is None:
        return Counterpart(place, said, None, notes=(CUSTOM.format(FRAMEWORK[to]),))
    name = item.__name__ if inspect.isfunction(item) else type(item).__name__
    arguments = defaults(item) if inspect.isfunction(item) else item.get_config()
    package, why = ("torchimpl", "") if to == "torch" else _in_keras(owner, item)
    notes = [_noted(place, str(warning.message)) for warning in caught]
    component = f"{owner.name}.{name}"
    differences = tuple(deviation.name for deviation in DEVIATIONS if deviation.component == component)
    near = beside(component, arguments, to, itself=package == "keras")
    return Counterpart(place, said, code(item, package), near, (*([why] if why else []), *notes), differences)


def _noted(place: str, warning: str) -> str:
    """What a warning says, to who has the code before them and not the config."""
    return printable(warning.removeprefix(f"{place}: ").replace(*IN_A_CONFIG))


def _lost(item: Counterpart) -> bool:
    """Whether the file lacks an argument of an object, and not its dtype alone."""
    return any(note.startswith(LOST) and not note.startswith(f"{LOST}dtype,") for note in item.notes)


def _in_keras(owner: Any, item: Any) -> tuple[str, str]:
    """Plain Keras where it keeps every argument, else tfimpl, and why."""
    try:
        owner.serialize(item, target="keras")
    except ValueError as error:
        return "tfimpl", printable(f"not in plain Keras: {str(error).removeprefix(f'{owner.name}.serialize: ')}")
    return "keras", ""


def beside(component: str, arguments: Mapping[str, Any], to: str, itself: bool = False) -> str:
    """The nearest call of the framework itself, and where it is equal; `itself` if that is the counterpart."""
    usual = in_domain(arguments)
    found = nearest(component, usual, to)
    if found is None:
        return "no call was compared with these arguments" if offered(component, to) else "nothing that comes near"
    others = [key for key in usual if usual[key] != arguments[key]]
    verdict = "; ".join(
        (
            ", ".join((_verdict(found, to), *(f"with {key}={usual[key]!r}" for key in others))),
            *(f"not compared with {key}={arguments[key]!r}" for key in others),
            *([f"compared where {found.given}"] if found.given else []),
        )
    )
    if itself:
        return verdict
    call = found.call.partition("\nfor ")[0].removeprefix("metric = ").replace("\n", "; ")
    return "\n".join(filter(None, (f"{call}: {verdict}", found.remark)))


def _verdict(found: Nearest, to: str) -> str:
    if found.compared == "distribution":
        return "the same distribution" + ", other numbers" * (to == "torch")
    return "equal" if found.equal else f"equal, but for {found.region}"


def defaults(function: Callable) -> dict[str, Any]:
    """The arguments of a function by name, with their defaults."""
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def _unshared(value: Any) -> Any:
    """A config without the mark that an object is shared, which Keras's files have and ours have not."""
    if isinstance(value, Mapping):
        return {key: _unshared(item) for key, item in value.items() if key != "shared_object_id"}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def name_of(value: Any) -> str:
    """What a file calls an object, in a line."""
    if isinstance(value, Mapping):
        name = value.get("class_name")
        value = value.get("config") if name == "function" else value.get("registered_name") or name
    return printable(value if isinstance(value, str) else limits.shown(value))


def printable(text: str) -> str:
    """Text of a file as it can be shown in a line."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:300])


def code(item: Any, package: str) -> str:
    """The expression that makes a function or object of ours in a package, with the arguments that are no defaults."""
    home = next(family for family in ours.saving.FAMILIES.values() if family._owns(item))
    if inspect.isfunction(item):
        return f"{package}.{home.name}.{item.__name__}"
    name, known = type(item).__name__, config.constructor_arguments(type(item))
    # Keras's own intersections over unions have an integer dtype unless they are given another.
    whole = package == "keras" and name.endswith("IoU")
    usual = {"name": config.snake_case(name), "dtype": None if whole else "float32"}
    arguments = home.serialize(item, target="keras")["config"] if package == "keras" else item.get_config()
    given = {}
    for key, value in arguments.items():
        default = known[key].default if key in known else inspect.Parameter.empty
        if key != "fn" and value != (usual.get(key) if default is None else default):
            given[key] = value
    function = [code(item.fn, package)] if "fn" in known else []
    return f"{package}.{home.name}.{name}({', '.join([*function, *written_out(given)])})"


def written_out(given: Mapping[str, Any]) -> list[str]:
    """Arguments as code."""
    return [f"{key}={_literal(value)}" for key, value in given.items()]


def _literal(value: Any) -> str:
    """Plain data as code: `repr`, but for the numbers that it writes as names."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_literal(item)}' for key, item in value.items())}}}"
    return repr(value)


def module(found: Migration, name: str) -> str:
    """Write a module that builds what was found, each part under its name."""
    command = "parity migrate" if found.to == "torch" else f"parity migrate --to {found.to}"
    head = f"What {printable(name)} is made of, in {FRAMEWORK[found.to]}; written by `{command}`."
    body = "\n".join(line for key, part in found.parts.items() for line in _lines(f"{key} = ", part, "", 0))
    codes = "\n".join(item.code for item in found.found() if item.code is not None)
    imports = [f"import {package}" for package in PACKAGES[found.to] if f"{package}." in codes]
    if "partial(" in codes:
        imports = ["from functools import partial", *([""] if imports else []), *imports]
    return "\n".join([*(f"# {text}" for text in (head, *found.remarks)), "", *imports, "", body, ""])


def _lines(lead: str, tree: Any, tail: str, depth: int) -> Iterator[str]:
    """Write a structure of counterparts as code, each with its notes; where there is none, None."""
    indent = "    " * depth
    if isinstance(tree, Counterpart):
        notes = "; ".join(note.rstrip(".") for note in tree.notes)
        missing = f"{tree.said}: " if tree.code is None else ""
        yield f"{indent}{lead}{tree.code}{tail}{f'  # {missing}{notes}' if notes else ''}"
    elif not isinstance(tree, dict | list) or not tree:
        yield f"{indent}{lead}{_literal(tree)}{tail}"
    else:
        pairs = tree.items() if isinstance(tree, dict) else ((None, item) for item in tree)
        opening, closing = "{}" if isinstance(tree, dict) else "[]"
        yield f"{indent}{lead}{opening}"
        for key, item in pairs:
            yield from _lines("" if key is None else f"{key!r}: ", item, ",", depth + 1)
        yield f"{indent}{closing}{tail}"


def report(console: Any, found: Migration) -> None:
    """Print each object once, with the places where it stands."""
    grouped: dict[Any, list[Counterpart]] = {}
    for item in found.found():
        grouped.setdefault((item.said, item.code, item.notes), []).append(item)
    for items in grouped.values():
        item, places = items[0], [item.place for item in items]
        lines = [f"{item.said}  ({_some(places)})", f"    {item.code or 'no counterpart'}"]
        if item.beside:
            lines.append(f"    {FRAMEWORK[found.to]} itself: {item.beside}".replace("\n", "\n        "))
        lines += [f"    note: {note}" for note in item.notes]
        if item.differences:
            lines.append(f"    Keras and ours differ on purpose: {'; '.join(item.differences)}")
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    for remark in found.remarks:
        console.print(remark, markup=False, highlight=False, soft_wrap=True)
    if found.around:
        console.print("Around them, and not translated: what a port trips over there (parity traps runs them)")
    for name, (places, topics) in found.around.items():
        lines = [f"{name}  ({_some(places)})", *(f"    {topic}" for topic in topics)]
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    missing, total = sum(item.code is None for item in found.found()), sum(map(len, grouped.values()))
    console.print(f"{total} objects, written by {found.origin}; {missing} without a counterpart.", highlight=False)
    lost = sum(map(_lost, found.found()))
    if lost:
        console.print(
            f"The file lacks arguments of {lost}, which may be others than here: see the notes.", highlight=False
        )


def _some(places: list[str]) -> str:
    more = f" and {len(places) - 4} more" if len(places) > 4 else ""
    return f"{', '.join(places[:4])}{more}"
