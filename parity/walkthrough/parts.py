"""What a model of the walkthrough is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SEED = 42
UNITS = 30
NADAM_RATE = 1e-3
SGD_RATE = 1e-2

Progress = Callable[[], None]


@dataclass(frozen=True)
class Parts:
    """The objects of one package that a model is built and trained with; None is the framework's usual one."""

    loss: Any
    metrics: Sequence[Any] = ()
    activation: Any = None
    initializer: Any = None
    regularizer: Any = None
    constraint: Any = None
