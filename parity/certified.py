"""What the certificate of a checkout says of a component; no framework is imported, and nothing is measured."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent.parent / "docs"
WITNESSES = {"tf": "TensorFlow", "torch": "PyTorch", "apart": "from each other"}


class Figures(NamedTuple):
    """How far a component is off, eagerly, in units of eps(dtype) times the size of the terms that are added.

    Args:
        measured: the day.
        worst: for each dtype and each of WITNESSES, the worst value and the worst gradient, None where there is none.
    """

    measured: str
    worst: dict[str, dict[str, tuple[float | None, float | None]]]


def figures(name: str, folder: Path = FOLDER) -> Figures | None:
    """The figures of a component, or None: there is no certificate, as beside an installed wheel, or none of it."""
    found = _components(folder).get(name)
    if found is None:
        return None
    worst = {
        dtype: {witness: (four[0], four[2]) for witness in WITNESSES if (four := modes["eager"].get(witness))}
        for dtype, modes in found["worst"].items()
        if "eager" in modes
    }
    return Figures(found["measured"], worst)


def units(pair: tuple[float | None, float | None]) -> str:
    """A value's and a gradient's units as one reads them."""
    return " / ".join(f"{number:.2f}" for number in pair if number is not None)


@cache
def _components(folder: Path) -> dict[str, Any]:
    path = folder / "certificate.json"
    return json.loads(path.read_text(encoding="utf-8"))["components"] if path.exists() else {}
