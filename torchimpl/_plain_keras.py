"""Configs of plain Keras 3.15.1: what they lack, and what Keras cannot read. This file is the same in both packages.

`parity` holds each line of these tables to Keras itself.
"""

import re
from collections.abc import Container, Mapping
from typing import Any

import numpy as np

from ._config import LARGEST, constructor_arguments, snake_case

# What Keras leaves out of its configs; of each loss it leaves out the dtype too.
LOST = {
    "initializers.Identity": ("gain",),
    "losses.CosineSimilarity": ("axis",),
    "losses.Huber": ("delta",),
    "losses.SparseCategoricalCrossentropy": ("axis",),
    "metrics.CosineSimilarity": ("axis",),
}
# What Keras keeps as float32, and writes as 0.30000001192092896 where it was given 0.3.
ROUNDED = {
    "metrics.AUC": "label_weights",
    "regularizers.L1": "l1",
    "regularizers.OrthogonalRegularizer": "factor",
}
FAMILIES = ("activations", "constraints", "initializers", "losses", "metrics", "regularizers")
UNKNOWN = ("CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy")
SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.>-]*")


class ConfigWarning(UserWarning):
    """A config was read that does not say all that its object was made with."""


def read_config(
    where: str, family: str, cls: type, arguments: Mapping[str, Any], module: Any
) -> tuple[dict[str, Any], list[str]]:
    """Return the arguments for one of our classes from a config in Keras's words, or in ours, and what to warn of.

    Arrays become lists, numbers that Keras has rounded the decimals that they were, and what Keras 2 said otherwise is
    translated. To be warned of is what Keras has lost.

    Args:
        where: whose config it is, for errors.
        family: the family of the class.
        cls: the class.
        arguments: what the config holds.
        module: the module that the config names, one of Keras's if Keras wrote it.

    Raises:
        ValueError: a loss names another function than that of its class.
    """
    name, known = f"{family}.{cls.__name__}", constructor_arguments(cls)
    found = {key: _unwrapped(value) for key, value in arguments.items()}
    if family == "losses" and "fn" in found:
        _check_function(f"{where}.config.fn", snake_case(cls.__name__), found.pop("fn"))
    if "reduction" in known and found.get("reduction") == "auto":  # the default of losses in Keras 2
        found["reduction"] = "sum_over_batch_size"
    if family == "metrics" and isinstance(found.get("fn"), str):  # of Keras 2, which writes a function's name
        found["fn"] = {"class_name": "function", "config": found["fn"]}
    if family == "initializers" and found.get("dtype") in ("float32", "float64", "float16", "bfloat16"):
        del found["dtype"]  # of TensorFlow 1; here it is given at the call
    if not isinstance(module, str) or module.partition(".")[0] != "keras":
        return found, []
    lost, notes = [*LOST.get(name, ()), *(["dtype"] if family == "losses" else [])], []
    defaults = {key: known[key].default for key in lost if key not in found}
    if defaults:
        taken = ", ".join(f"{key}={value!r}" for key, value in defaults.items())
        notes.append(
            f"Keras does not write {' and '.join(defaults)}, read as the default, {taken}. If it was another, add it "
            "to the config."
        )
    if found.get(ROUNDED.get(name)) is not None:
        key, given = ROUNDED[name], found[ROUNDED[name]]
        numbers = given if isinstance(given, list) else [given]
        if found.get("dtype") in ("float16", "bfloat16"):
            notes.append(f"Keras has rounded {key} to {found['dtype']}, read as it stands: {given!r}.")
        elif any(_decimal(item) is not None for item in numbers):
            restored = [item if _decimal(item) is None else _decimal(item) for item in numbers]
            found[key] = restored if isinstance(given, list) else restored[0]
            notes.append(f"Keras has rounded {key} to float32. Received {given!r}, read as {found[key]!r}.")
    kind = found.get("dtype")
    if family == "metrics" and isinstance(kind, str) and kind.startswith(("int", "uint")) and not name.endswith("IoU"):
        notes.append(f"Keras counted in dtype={kind}, read as the default: ours count in floating point.")
    if name == "losses.Tversky" and found.get("alpha", 0.5) != found.get("beta", 0.5):
        notes.append(
            "alpha weighs false positives and beta false negatives, as is documented. Keras 3.15 has exchanged alpha "
            "and beta: exchange them for the loss it computed."
        )
    return found, notes


def _unwrapped(value: Any) -> Any:
    """Return the numbers of Keras's config of an array or tensor as lists, anything else as it is."""
    if isinstance(value, Mapping) and value.get("class_name") in ("__numpy__", "__tensor__"):
        inner = value.get("config")
        return inner.get("value") if isinstance(inner, Mapping) else None
    return value


def _check_function(where: str, expected: str, function: Any) -> None:
    """Keras 2 writes beside a loss's arguments the function it computes, which is that of its class."""
    received = function.get("config") if isinstance(function, Mapping) else function
    if received != expected:
        raise ValueError(f"{where}: expected {expected!r}, the function of this loss. Received: {function!r}")


def _decimal(value: Any) -> float | None:
    """Return what may have been rounded to this number; None if it does not look rounded.

    That is a decimal of six digits if there is one, for float32 tells all of those apart; else the number itself.
    """
    if not isinstance(value, float) or not abs(value) < LARGEST or float(np.float32(value)) != value:
        return None
    if float(str(np.float32(value))) == value:
        return None
    decimal = float(f"{value:.6g}")
    return decimal if float(np.float32(decimal)) == value else value


def write_config(where: str, family: str, config: Mapping[str, Any], functions: Container[str]) -> Any:
    """Return a config of ours in the form that plain Keras reads.

    Args:
        where: who asks, for errors.
        family: the family of the object.
        config: its config.
        functions: the names of the functions that Keras has too.

    Raises:
        ValueError: Keras reads no such object, or reads another one for this value of an argument.
    """
    name = config["config"] if config["class_name"] == "function" else config["class_name"]
    if family not in FAMILIES:
        raise ValueError(f"{where}: Keras has no {name}. Give it to Keras as a custom object.")
    if name in UNKNOWN:
        raise ValueError(f"{where}: Keras 3.15 does not find its own {name} by name.")
    if config["class_name"] == "function":
        if family == "metrics":
            raise ValueError(
                f"{where}: Keras reads no functions among metrics. Received: {name}. Use the class, or "
                f"MeanMetricWrapper({name})."
            )
        return name if family == "activations" else dict(config)
    arguments = dict(config["config"])
    if family == "losses" and not SCOPE.fullmatch(arguments["name"]):
        raise ValueError(
            f"{where}: argument `name` must begin with a letter, a digit or a dot, and hold but these, '_', '-' and "
            f"'>': in a graph Keras takes no other. Received: name={arguments['name']!r}"
        )
    if name == "Tversky" and arguments["alpha"] != arguments["beta"]:
        raise ValueError(
            f"{where}: Keras 3.15 has exchanged the arguments `alpha` and `beta`, later ones have not. Received: "
            f"alpha={arguments['alpha']!r}, beta={arguments['beta']!r}. For 3.15 exchange them yourself."
        )
    if name in ("F1Score", "FBetaScore"):  # of which Keras takes no whole numbers
        arguments = {key: float(value) if isinstance(value, int) else value for key, value in arguments.items()}
    for key, value in arguments.items():
        if not isinstance(value, Mapping) or value.get("class_name") in (None, "SeedGenerator"):
            continue
        inside = f"{where}: argument `{key}`"
        if value["class_name"] != "function":
            home = value["registered_name"].partition(">")[0].partition(".")[2]
            arguments[key] = write_config(inside, home, value, functions)
        elif value["config"] not in functions:
            raise ValueError(f"{inside} must be a function that Keras has. Received: {value['config']!r}")
    return {"module": f"keras.{family}", "class_name": name, "config": arguments, "registered_name": None}
