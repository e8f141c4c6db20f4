"""What a region is: a part of a component's domain, as a predicate of the case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

HALF = ("float16", "bfloat16")


@dataclass(frozen=True)
class Case:
    """What a component was given: constructor arguments, and inputs or the batches of a stream."""

    name: str
    config: Mapping[str, Any]
    inputs: Mapping[str, Any]
    batches: Sequence[Mapping[str, Any]]

    def arrays(self) -> dict[str, list[np.ndarray]]:
        """The arrays of all batches (or of the call) by name."""
        found: dict[str, list[np.ndarray]] = {}
        for given in self.batches or [self.inputs]:
            for key, value in given.items():
                if isinstance(value, np.ndarray):
                    found.setdefault(key, []).append(value)
        return found

    def any(self, key: str, test: Callable[[np.ndarray], Any]) -> bool:
        """Whether a test holds for an element of an array of this name."""
        return any(bool(np.any(test(array.astype(np.float64)))) for array in self.arrays().get(key, []))

    @property
    def dtypes(self) -> set[str]:
        """The dtypes of everything that comes in or goes out."""
        found = {str(array.dtype) for arrays in self.arrays().values() for array in arrays}
        return found | {str(self.config.get("dtype") or self.inputs.get("dtype") or "float32")}


@dataclass(frozen=True)
class Region:
    """Where Keras differs.

    Args:
        name: the deviation that says what is different there.
        components: a pattern of component names, "losses.*".
        where: whether a case lies in the region; it is given the kind of difference too: value, gradient or error.
    """

    name: str
    components: str
    where: Callable[[Case, str], bool]

    def covers(self, case: Case, kind: str) -> bool:
        return fnmatchcase(case.name, self.components) and self.where(case, kind)


def value(test: Callable[[Case], bool]) -> Callable[[Case, str], bool]:
    """A value of a case that passes a test."""
    return lambda case, kind: kind == "value" and test(case)


def gradient(test: Callable[[Case], bool]) -> Callable[[Case, str], bool]:
    """A gradient of a case that passes a test."""
    return lambda case, kind: kind == "gradient" and test(case)


def numbers(test: Callable[[Case], bool]) -> Callable[[Case, str], bool]:
    """A value or a gradient, but no error, of a case that passes a test."""
    return lambda case, kind: kind != "error" and test(case)


def error(test: Callable[[Case], bool]) -> Callable[[Case, str], bool]:
    """An error in a case that passes a test."""
    return lambda case, kind: kind == "error" and test(case)
