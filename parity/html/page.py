"""Puts the findings of a run into the page."""

import json
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import Any

from parity.html import curves
from parity.registry import find
from parity.registry.entry import Entry
from parity.runner import COLUMNS

AGAIN = "\nTo see it again:\n"  # between what a failure says and the code that shows it


def write(report: Mapping[str, Any]) -> str:
    """The page for the report of a run, as `parity run --json` has it."""
    components = [_component(row) for row in report["components"]]
    data = {**report, "columns": COLUMNS, "components": components}
    drawn = [_figure(entry) for row in components if (entry := find(row["name"])).ulp is not None]
    template = resources.files("parity.html").joinpath("page.html").read_text()
    # In a script element only `<` could end the data.
    text = json.dumps(data).replace("<", "\\u003c")
    return template.replace("<!--figures-->", "\n".join(drawn)).replace("/*data*/", text)


def _component(row: Mapping[str, Any]) -> dict[str, Any]:
    entry = find(row["name"])
    failures = [dict(zip(("what", "code"), _parts(text), strict=True)) for text in row["failures"]]
    return {**row, "family": entry.module, "limits": _limits(entry), "failures": failures}


def _parts(text: str) -> tuple[str, str]:
    what, _, code = text.partition(AGAIN)
    return what, code


def _limits(entry: Entry) -> dict[str, float]:
    """The units that each column may have."""
    value, gradient = entry.tolerance.value, entry.tolerance.gradient
    limits = dict.fromkeys(COLUMNS, value) | {"gradient": gradient, "modes": max(value, gradient)}
    if entry.ulp is not None:
        limits |= {"ulp": entry.ulp.single, "half ulp": entry.ulp.half}
    return limits


def _figure(entry: Entry) -> str:
    found = curves.measure(entry)
    said = " ".join(
        f'<span class="{escape(side)}">{escape(side)} {float(curve.max()):.3g}</span>' for side, curve in found.items()
    )
    return (
        f'<figure data-name="{escape(entry.name)}"><figcaption><b>{escape(entry.title)}</b> {said}</figcaption>'
        f"{curves.draw(entry.name, found)}</figure>"
    )
