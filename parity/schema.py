"""The JSON Schema of configs, version 1: generated from the constructors, by asking each what it takes.

Names, defaults and what is required come from the signatures. Of what kind an argument is, its choices and its limits
come from trying values of each kind that JSON has, and from the errors, which say what was expected. What depends on
another argument is left to the constructor.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torchimpl
from parity.registry import MODULES, find
from torchimpl._config import constructor_arguments, takes_any_argument
from torchimpl.saving import TWINS

VERSION = 1
NUMBERS = (-2, -1, 0, 1, 2, 3)
FRACTIONS = (-2.5, -0.5, 0.25, 0.5, 1.5, 2.5)
LISTS = (([-1], [0], [1], [0, 1]), ([0.25], [0.5, 1.0], [1.5]))
SYNONYMS = ("normal",)  # taken, and written as another name; no error names them
PART = r"(?!\.{1,2}(/|$))[^/\\\u0000]+"  # of a name: neither nothing, nor a step of a path
NAMES = {
    "name": {"type": ["string", "null"], "pattern": f"^{PART}$"},
    "name_of_a_metric": {"type": ["string", "null"], "pattern": f"^{PART}(/{PART})*$"},
}
SHARED = ("reduction", "dtype", "seed")
GENERATOR = {
    "module": "keras.random",
    "class_name": "SeedGenerator",
    "config": {"seed": 1, "name": "seed_generator"},
    "registered_name": None,
}
FUNCTION = {"module": "builtins", "class_name": "function", "config": "huber", "registered_name": "function"}
LOSS = {"class_name": "Huber", "config": {}}
RELATIONS = {">": "exclusiveMinimum", ">=": "minimum", "<=": "maximum"}
# A limit that is the default of another argument.
DEPENDENT = ("initializers.RandomUniform.maxval", "constraints.MinMaxNorm.max_value")


def schema() -> dict[str, Any]:
    """The schema, with one definition for each class, and one for each family."""
    definitions: dict[str, Any] = {
        **NAMES,
        "function": _config({"const": "function"}, {"type": "string"}, {"const": "builtins"}),
        "generator": _config(
            {"const": "SeedGenerator"},
            _arguments({"seed": {"type": ["integer", "null"]}, "name": {"$ref": "#/definitions/name"}}),
            {"const": "keras.random"},
        ),
        "array": {
            "type": "array",
            "items": {"anyOf": [{"type": ["number", "boolean"]}, {"$ref": "#/definitions/array"}]},
        },
        "own": _config(
            {"type": "string", "not": {"pattern": "^(__.*|function)$"}},
            {"type": "object"},
            {"type": ["string", "null"], "not": {"pattern": f"^(keras|{'|'.join(TWINS)})(\\.|$)"}},
        ),
    }
    for module in MODULES:
        family = getattr(torchimpl, module).family
        names: list[dict[str, Any]] = [{"enum": sorted(family.table)}]
        for name, item in family.objects.items():
            if inspect.isclass(item):
                definitions[f"{module}.{name}"] = _object(module, name, item, definitions)
                names.append({"$ref": f"#/definitions/{module}.{name}"})
        definitions[module] = {"anyOf": [*names, *({"$ref": f"#/definitions/{kind}"} for kind in ("function", "own"))]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:tf-torch-parity:config:{VERSION}",
        "title": f"Configs of tfimpl and torchimpl, version {VERSION}",
        "description": "Written by serialize, read by deserialize. A constructor may refuse more: what depends on "
        "another argument is not said here.",
        "anyOf": [{"$ref": f"#/definitions/{module}"} for module in MODULES],
        "definitions": definitions,
    }


def text() -> str:
    """The schema as a file, one definition a line."""
    whole = schema()
    lines = [f"  {json.dumps(name)}: {json.dumps(item)}" for name, item in whole.pop("definitions").items()]
    head = json.dumps(whole, indent=1).removesuffix("\n}")
    return f'{head},\n "definitions": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def _config(class_name: Any, config: Any, module: Any, registered: Any = None) -> dict[str, Any]:
    """The dictionary that Keras writes."""
    return {
        "type": "object",
        "properties": {
            "module": module,
            "class_name": class_name,
            "config": config,
            "registered_name": registered or {"type": ["string", "null"]},
        },
        "required": ["class_name", "config"],
        "additionalProperties": False,
    }


def _arguments(known: Mapping[str, Any], required: list[str] | None = None, more: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": dict(known), "additionalProperties": more}
    return {**found, "required": required} if required else found


def _object(module: str, name: str, kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    known = {
        key: parameter
        for key, parameter in constructor_arguments(kind).items()
        if parameter.kind is not parameter.VAR_KEYWORD
    }
    required = [key for key, parameter in known.items() if parameter.default is parameter.empty]
    of_names = "name_of_a_metric" if issubclass(kind, torchimpl.metrics.Metric) else "name"
    arguments = {
        key: {"$ref": f"#/definitions/{of_names}"} if key == "name" else _argument(module, name, key) for key in known
    }
    for key, parameter in known.items():
        if key in SHARED and definitions.setdefault(key, arguments[key]) == arguments[key]:
            arguments[key] = {"$ref": f"#/definitions/{key}"}
        elif key != "name" and key not in required:
            arguments[key] = {**arguments[key], "default": parameter.default}
    return _config(
        {"const": name},
        _arguments(arguments, required, takes_any_argument(kind)),
        {"enum": [None, *(f"{home}.{module}" for home in ("keras", *TWINS))]},
        {"enum": [None, name, *(f"{twin}.{module}>{name}" for twin in TWINS)]},
    )


def _argument(module: str, name: str, key: str) -> dict[str, Any]:
    """What an argument may be, as its constructor takes and refuses it."""
    family, contexts = getattr(torchimpl, module).family, _contexts(module, name, key)

    def refusal(value: Any) -> str | None:
        """What is said against a value beside the required arguments alone, if it is taken in no context."""
        said = []
        for context in contexts:
            try:
                family.deserialize({"class_name": name, "config": {**context, key: value}})
            except ValueError as error:
                said.append(str(error))
            else:
                return None
        return said[0]

    options = list(_options(refusal, f"{module}.{name}.{key}"))
    if not options:
        raise ValueError(f"{module}.{name}: no value of any kind was taken as {key}")
    return options[0] if len(options) == 1 else {"anyOf": options}


def _base(module: str, name: str) -> dict[str, Any]:
    required = dict(find(f"{module}.{name}").required)
    return {**required, "fn": FUNCTION} if "fn" in required or name == "MeanMetricWrapper" else required


def _contexts(module: str, name: str, key: str) -> list[dict[str, Any]]:
    """Arguments beside which a value may be taken: the required ones, then those with each flag turned on."""
    base = _base(module, name)
    known = constructor_arguments(getattr(getattr(torchimpl, module), name))
    flags = [flag for flag, parameter in known.items() if parameter.default is False and flag != key]
    return [base, *({**base, flag: True} for flag in flags)]


def _options(refusal: Callable[[Any], str | None], place: str) -> Iterator[dict[str, Any]]:
    simple = [kind for kind, value in (("null", None), ("boolean", True)) if refusal(value) is None]
    if simple:
        yield {"type": simple[0] if len(simple) == 1 else simple}
    fractions = any(refusal(value) is None for value in FRACTIONS)
    if fractions or any(refusal(value) is None for value in NUMBERS):
        yield {"type": "number" if fractions else "integer", **({} if place in DEPENDENT else _limits(refusal))}
    message = refusal("\n") or ""
    choices = re.search(r"one of (\[[^\]]*\])", message)
    if choices:
        named = [name for name in ast.literal_eval(choices[1]) if name is not None]
        yield {"enum": [*named, *(name for name in SYNONYMS if name not in named and refusal(name) is None)]}
    whole, parts = (any(refusal(value) is None for value in values) for values in LISTS)
    if refusal([[0.5]]) is None:
        yield {"$ref": "#/definitions/array"}
    elif whole or parts:
        yield {"type": "array", "items": {"type": "number" if parts else "integer"}}
    if refusal(GENERATOR) is None:
        yield {"$ref": "#/definitions/generator"}
    if refusal(LOSS) is None:
        yield {"$ref": "#/definitions/losses"}  # functions among them
        for name, kind in torchimpl.custom.family.objects.items():  # which stand among those of any family
            if inspect.isclass(kind) and issubclass(kind, torchimpl.losses.Loss):
                yield {"$ref": f"#/definitions/custom.{name}"}


def _limits(refusal: Callable[[Any], str | None]) -> dict[str, float]:
    """The limits that the error on a NaN names."""
    said = (refusal(float("nan")) or "").partition("Received")[0]
    found = {RELATIONS[sign]: float(number) for sign, number in re.findall(r"(>=|<=|>) (-?\d+(?:\.\d+)?)", said)}
    return {key: int(value) if value == int(value) else value for key, value in found.items()}
