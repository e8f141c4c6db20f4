"""Where a test of the checks can reach in and make one package wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class Fault:
    """Changes nothing; its subclasses in the tests make one side err, and a check must notice."""

    def inputs(self, side: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        return inputs

    def output(self, side: str, value: np.ndarray, expected: Any, units: float) -> np.ndarray:
        return value

    def gradient(self, side: str, gradient: np.ndarray) -> np.ndarray:
        return gradient

    def config(self, side: str, config: dict[str, Any]) -> dict[str, Any]:
        return config

    def batches(self, side: str, batches: Sequence[Any]) -> Sequence[Any]:
        return batches

    def state(self, side: str, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return state

    def error(self, side: str, error: Exception | None) -> Exception | None:
        return error


NONE = Fault()
