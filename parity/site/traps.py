"""The page of what a port trips over: each row run while the page is made."""

import re
from collections.abc import Iterator

import keras
import tensorflow as tf
import torch

from parity import traps
from parity.phrases import DIFFERS
from parity.site.docstrings import fenced
from parity.walkthrough.snippets import Executed, execute, show

VERSIONS = {"TensorFlow": tf.__version__, "Keras": keras.__version__, "PyTorch": torch.__version__.partition("+")[0]}
INTRODUCTION = """---
hide: [toc]
---
# What a port trips over

What stands around the components, and people lose days to. On the left what Keras does, on the right what looks
like its counterpart in PyTorch, and, where the two differ, the PyTorch code that gives what Keras gives. All of it was
run to make this page, and a test asserts each verdict: results that are called the same have the same bits or, where
operations come in another order, are within 8 eps(float32) of the largest number, after a normalization within 16.
`parity traps WORD` prints the rows that have a word in them.
"""


def page() -> str:
    """The page, as Markdown.

    Raises:
        ParityError: a verdict does not hold.
    """
    return "\n".join(_page())


def _page() -> Iterator[str]:
    yield INTRODUCTION
    yield from (f"Run with {', '.join(f'{name} {version}' for name, version in VERSIONS.items())}.", "")
    for title, rows in traps.CHAPTERS.items():
        links = " · ".join(f"[{row.topic}](#{anchor(row.topic)})" for row in rows)
        yield f"- **{title}:** {links}"
    yield ""
    yield from ('<div class="twins" markdown>', "", fenced(traps.PRELUDE.tensorflow, "before each, Keras"), "")
    yield from (fenced(traps.PRELUDE.pytorch, "before each, PyTorch"), "", "</div>", "")
    for title, rows in traps.CHAPTERS.items():
        yield from (f"## {title}", "")
        for row in rows:
            yield from _row(execute(row, traps.PRELUDE))


def anchor(heading: str) -> str:
    """The anchor that Markdown gives a heading; a strict build refuses a link to one that is not there."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def _row(found: Executed) -> Iterator[str]:
    row = found.row
    note = row.note.replace("*", r"\*")  # 2**15 is no bold type
    yield from (f"### {row.topic}", "", f"**{row.verdict.capitalize()}.** {note}", "")
    yield from ('<div class="twins" markdown>', "", _code("Keras", row.tensorflow, found.tensorflow), "")
    yield from ("<div markdown>", "")
    looks_alike = "PyTorch, what looks alike" if row.verdict == DIFFERS else "PyTorch"
    yield from (_code(looks_alike, row.pytorch, found.pytorch), "")
    if row.instead:
        yield from (_code("PyTorch, the same as Keras", row.instead, found.instead), "")
    yield from ("</div>", "", "</div>", "")


def _code(title: str, code: str, result: object) -> str:
    return fenced(f"{code}\n# -> {show(result)}", title)
