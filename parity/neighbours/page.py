"""The table as a page of Markdown."""

from collections.abc import Iterator

from parity.neighbours import Record, numbers_of, pinned, table, versions
from parity.neighbours.base import MEANINGS, NONE

INTRODUCTION = f"""# Neighbours

What PyTorch, torchmetrics, torcheval, scikit-learn, TensorFlow and plain Keras have in place of each component,
written by `parity neighbours --markdown docs/neighbours.md`. Each verdict was found by running both on generated
inputs: float32, finite, one shape on both sides, no weights. `parity explain NAME` tells more of one of them.

{"".join(f"- *{verdict}*: {meaning}{chr(10)}" for verdict, meaning in MEANINGS.items())}
The numbers are theirs and ours on the smallest case that was found, and the largest difference that was seen."""


def markdown() -> str:
    """The page."""
    lines = [INTRODUCTION, "", f"Versions: {', '.join(f'{name} {version}' for name, version in versions().items())}."]
    family = ""
    for record in table():
        home = record["ours"].partition(".")[0]
        if home != family:
            family = home
            lines += [
                "",
                f"## {home}",
                "",
                "| | neighbour | verdict | theirs, ours; at most | code | |",
                "|---|---|---|---|---|---|",
            ]
        lines.append(f"| {' | '.join(_cells(record))} |")
    return "\n".join(lines) + "\n"


def _cells(record: Record) -> Iterator[str]:
    yield f"`{record['ours'].partition('.')[2]}`"
    yield f"`{record['theirs']}`" if record["verdict"] != NONE else f"{record['theirs']}: none"
    about = ", ".join(f"`{item}`" for item in pinned(record))
    yield f"**{record['verdict']}**" + (f" for {about}" if about else "")
    yield numbers_of(record)
    yield (
        ""
        if record["library"] == "keras"
        else "<br>".join(f"`{line}`".replace("|", "\\|") for line in record["call"].splitlines())
    )
    notes = [
        f"Where: {record['region']}." if record["region"] else "",
        record["remark"],
        f"Inputs: `{record['given']}`." if record["given"] else "",
    ]
    yield " ".join(filter(None, notes)).replace("|", "\\|")
