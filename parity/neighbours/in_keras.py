"""Plain Keras: the neighbour of every component, which has its name.

Where Keras differs, the region is that of `parity.deviations`.
"""

from collections.abc import Mapping
from typing import Any

from parity.checks.subject import OBJECT_ARGUMENTS
from parity.neighbours.base import EQUAL, REGION, Row
from parity.registry import ENTRIES
from parity.registry.entry import Entry
from parity.sources import definition

INPUTS = ("y_true", "y_pred", "x", "ref_labels", "ref_embeddings")
OURS_ALONE = ("input_axes", "output_axes")
# Where Keras differs on the ordinary domain, by the names of the deviations.
DIFFERS: Mapping[str, str] = {}


def of(entry: Entry) -> Row:
    """The row of a component."""
    theirs = f"keras.{entry.name}"
    written = definition("tfimpl", entry.name).arguments
    pinned: dict[str, Any] = {name: None for name in OURS_ALONE if name in written}
    names = [
        name
        for name in written
        if name not in (*INPUTS, *OBJECT_ARGUMENTS, *OURS_ALONE, "kwargs")
    ]
    handed = ", ".join(f"{name}={name}" for name in names)
    if not entry.is_class:
        inputs = "x" if entry.family == "activations" else "y_true, y_pred"
        call = f"{theirs}({', '.join(filter(None, (inputs, handed)))})"
    elif entry.family == "metrics":
        batch = "(values,)" if entry.title in ("Mean", "Sum") else "y_true, y_pred"
        update = "values" if entry.title in ("Mean", "Sum") else "y_true, y_pred"
        call = f"metric = {theirs}({handed})\nfor {batch} in batches:\n    metric.update_state({update})\nmetric.result()"
    else:
        inputs = {"losses": "y_true, y_pred", "initializers": "shape"}.get(entry.family, "x")
        call = f"{theirs}({handed})({inputs})"
    if "fn" in names:  # a function of the library's own
        call = call.replace("(fn=fn)", "(keras.losses.huber, delta=delta)")
        pinned = {"fn": "huber", "delta": 1.0}
    differs = DIFFERS.get(entry.name, "")
    return Row(
        entry.name,
        theirs,
        REGION if differs else EQUAL,
        call,
        when=pinned,
        given=_given(entry),
        region=differs,
        where="deviations" if differs else "",
    )


def _given(entry: Entry) -> str:
    title = entry.title.lower()
    if entry.family in ("losses", "metrics") and ("sparse" in title or "generalized" in title):
        return "y_true.shape == y_pred.shape[:-1]"
    if title in ("ctc", "circle"):
        return "len(y_true) == len(y_pred)"
    return ""


ROWS = tuple(of(entry) for entry in ENTRIES if entry.module != "custom")
