"""What the certificate says of a component; no framework is imported, and nothing is measured."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
FOLDERS = (Path("docs"), HERE.parent / "docs", HERE)  # of the checkout that one stands in, or runs; of a wheel
WITNESSES = {"tf": "TensorFlow", "torch": "PyTorch", "apart": "from each other"}

Figure = float | str | None  # in words where JSON has no number for it: "inf"


class Figures(NamedTuple):
    """How far a component is off, eagerly, in units of eps(dtype) times the size of the terms that are added.

    Args:
        measured: the day.
        worst: for each dtype and each of WITNESSES, the worst value and the worst gradient, None where there is none.
    """

    measured: str
    worst: dict[str, dict[str, tuple[Figure, Figure]]]


def figures(name: str, folders: tuple[Path, ...] = FOLDERS) -> Figures | None:
    """The figures of a component, or None: no folder has a certificate, or none of it."""
    found = next((known for folder in folders if (known := _components(folder.resolve()).get(name))), None)
    if found is None:
        return None
    worst = {
        dtype: {witness: (four[0], four[2]) for witness in WITNESSES if (four := modes["eager"].get(witness))}
        for dtype, modes in found["worst"].items()
        if "eager" in modes
    }
    return Figures(found["measured"], worst)


def units(pair: tuple[Figure, Figure]) -> str:
    """A value's and a gradient's units as one reads them."""
    return " / ".join(f"{float(number):.2f}" for number in pair if number is not None)


@cache
def _components(folder: Path) -> dict[str, Any]:
    path = folder / "certificate.json"
    return json.loads(path.read_text(encoding="utf-8"))["components"] if path.exists() else {}
