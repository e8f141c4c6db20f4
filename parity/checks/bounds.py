"""What arguments take: numbers at the bounds of what is allowed, and what is no number, alike in both packages."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.subject import build, constructor_arguments, public
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError

LARGEST = 3e38
OFFERED: tuple[Any, ...] = (
    LARGEST,
    -LARGEST,
    math.nextafter(LARGEST, math.inf),
    2**63,
    2**63 - 1,
    -(2**63),
    -(2**63) - 1,
    0,
    1,
    -1,
    2,
    1.0,
    0.5,
    math.nan,
    True,
    None,
    "x",
    [0.5],
    [0, 1],
    [],
    np.float32(0.5),
    np.int64(1),
)
SMALL = tuple(value for value in OFFERED if not isinstance(value, int) or abs(value) < 2**63)
INPUTS = ("x", "y_true", "y_pred")
HALVES = np.full((2, 4), 0.5, np.float32)
# Who takes a function takes anything that can be called; other tensors are no arguments of this kind.
NOT_OFFERED = ("fn", "ref_labels", "ref_embeddings", *INPUTS)


def possible(entry: Entry) -> bool:
    """Whether its arguments are checked: the functions of the chapter are as they stand there."""
    return entry.is_class or entry.module != "custom"


def check(entry: Entry, *, config: Mapping[str, Any]) -> Measurement:
    """Offer each argument what it may take or not, and compare what each package says or keeps.

    Args:
        config: arguments with which the component can be built.

    Raises:
        ParityError: one takes what the other refuses, keeps another value, words the error differently, or raises no
            ValueError.
    """
    found = Measurement()
    answers = {side.name: _answers(entry, side, config) for side in bridge.sides()}
    for offer in next(iter(answers.values())):
        said = {name: given[offer] for name, given in answers.items()}
        if len(set(said.values())) > 1:
            raise ParityError(f"{entry.name} with {offer}: one argument, several answers: {said}")
        found.add("errors", 0.0, len(said))
    return found


def _answers(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> dict[str, str]:
    answers = {}
    for name, argument in constructor_arguments(side, entry).items():
        if argument.kind is argument.VAR_KEYWORD or name in NOT_OFFERED:
            continue
        for value in OFFERED if entry.is_class else SMALL:  # functions hand on what they are given
            try:
                kept = _kept(entry, side, {**config, name: value}, name)
                answer = "takes None" if value is None else f"keeps {kept!r}"  # None may stand for what is drawn
            except ValueError as error:
                answer = str(error).replace(side.package.__name__, "PACKAGE")
            except Exception as error:
                raise ParityError(
                    f"{entry.name} in {side.name}: {name}={value!r}: {type(error).__name__}: {error}. Expected "
                    "ValueError"
                ) from error
            answers[f"{name}={value!r}"] = answer
    return answers


def _kept(entry: Entry, side: bridge.Side, config: Mapping[str, Any], name: str) -> Any:
    if entry.is_class:
        return build(side, entry, config).get_config()[name]
    given = [side.tensor(HALVES) for given in INPUTS if given in constructor_arguments(side, entry)]
    public(side, entry)(*given, **config)
    return config[name]
