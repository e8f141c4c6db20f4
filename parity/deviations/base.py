"""One wanted difference from Keras."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Deviation:
    """One difference.

    Args:
        name: a short name.
        component: what it is about, by its public name.
        because: why both packages differ from Keras here.
        code: an expression, or lines of which the last is one.
        keras: Keras's answer, on TensorFlow.
        ours: the answer of tfimpl and of torchimpl.
    """

    name: str
    component: str
    because: str
    code: str
    keras: Any
    ours: Any
