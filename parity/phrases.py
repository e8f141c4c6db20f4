"""One thing said in both frameworks: a pair of snippets with a verdict. `parity.walkthrough.snippets` runs them."""

from dataclasses import dataclass
from typing import NamedTuple

SAME, DIFFERS, NONE = "same", "differs", "none"


class Prelude(NamedTuple):
    """What is run before each snippet of a table."""

    tensorflow: str = ""
    pytorch: str = ""


@dataclass(frozen=True)
class Row:
    """One thing, said in both frameworks.

    Args:
        topic: what it is.
        tensorflow: lines of code, the last of which is an expression.
        pytorch: its counterpart; where there is none, what one might try.
        verdict: "same": both give the same, dtype included; or both refuse. "differs": they do not. "none": PyTorch has
            no counterpart.
        note: what to know.
        instead: where the results differ or there is no counterpart, what gives what TensorFlow gives.
        units: how far numbers that are the same may be apart, in eps of their dtype times the largest of them; with 0
            they have the same bits.
    """

    topic: str
    tensorflow: str
    pytorch: str
    verdict: str
    note: str = ""
    instead: str = ""
    units: float = 0
