"""How large a config may be, free of any framework: this file stands unchanged in `tfimpl` and `torchimpl`.

A config can come from a stranger. What is larger than any object needs is refused before anything is made of it, and
nothing switches that off.
"""

import math
import re
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

DEPTH = 32  # dictionaries and lists inside one another; NumPy's arrays have at most 64 axes, PyTorch's kernels 5
ITEMS = 2**20  # entries of all dictionaries and lists together
LENGTH = 1000  # characters of a string
SMALLEST, LARGEST = -(2**63), 2**64 - 1  # whole numbers: those of int64 and of uint64
SURROGATES = re.compile("[\ud800-\udfff]")
STATE = 2**25  # numbers in one state of a metric: 256 MiB; a confusion matrix of 5792 classes

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 200
_short.maxlong = 40


def check_config(where: str, config: Any) -> None:
    """Raise ValueError if a config is deeper, longer or larger than allowed, with the path to what is too much."""
    _check(where, config, (), 0, [ITEMS])


def check_state(owner: str, shape: Sequence[int | None]) -> None:
    """Raise ValueError if a state of this shape, as far as a graph knows it, would hold more than STATE numbers."""
    if math.prod([size for size in shape if size is not None]) > STATE:  # a list: PyTorch captures no generator
        raise ValueError(
            f"{owner}: a state may hold at most {STATE} numbers. Received: arguments that ask for shape "
            f"{tuple(shape)}. Ask for fewer thresholds, classes or labels."
        )


def is_text(value: str) -> bool:
    """Whether UTF-8 can hold a string: JSON can also write half a character, which comes back as something else."""
    return not SURROGATES.search(value)


def shown(value: Any) -> str:
    """A repr that stays short, whatever the value."""
    return _short.repr(value)


def _check(where: str, value: Any, path: tuple, depth: int, left: list[int]) -> None:
    if isinstance(value, str):
        if len(value) > LENGTH:
            _refuse(where, path, f"a string of at most {LENGTH} characters", f"one of {len(value)}")
        if not is_text(value):
            _refuse(where, path, "Unicode text", shown(value))
    elif isinstance(value, int):
        if not SMALLEST <= value <= LARGEST:
            _refuse(where, path, "a whole number of at most 64 bits", f"one of {value.bit_length()} bits")
    elif isinstance(value, Mapping | list | tuple):
        if depth == DEPTH:
            _refuse(where, path, f"at most {DEPTH} dictionaries and lists inside one another", "more")
        left[0] -= len(value)
        if left[0] < 0:
            _refuse(where, path, f"a config of at most {ITEMS} entries", "more")
        named = isinstance(value, Mapping)
        for key, item in value.items() if named else enumerate(value):
            if named and not isinstance(key, str):
                _refuse(where, path, "strings as keys", f"{shown(key)} of type {type(key).__name__}")
            if named and len(key) > LENGTH:
                _refuse(where, path, f"keys of at most {LENGTH} characters", f"one of {len(key)}")
            if named and not is_text(key):
                _refuse(where, path, "Unicode text as keys", shown(key))
            number = type(item) is float or (type(item) is int and SMALLEST <= item <= LARGEST)
            if not number:  # of which large arrays are made
                _check(where, item, (path, key), depth + 1, left)


def _refuse(where: str, path: tuple, expected: str, received: str) -> None:
    keys = []
    while path:
        path, key = path
        keys.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    raise ValueError(f"{where}{''.join(reversed(keys))}: expected {expected}. Received: {received}.")
