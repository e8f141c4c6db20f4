"""Docstrings, signatures and sources of the twins as Markdown."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECTIONS = re.compile(r"^(Args|Returns|Raises|Warns|Yields):$")
ENTRY = re.compile(r"^(\*{0,2}\w+): ")


def markdown(item: Any) -> str:
    """The docstring of a class or function: prose as it stands, arguments and errors as lists."""
    return "\n".join(_lines(inspect.getdoc(item) or ""))


def summary(item: Any) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(item) or "").partition("\n")[0]


def signature(item: Any) -> str:
    """Name and arguments, one line if they fit, else one line each."""
    given = inspect.signature(item)
    line = f"{item.__name__}{given}"
    if len(line) <= 88:
        return line
    arguments = "".join(f"    {argument},\n" for argument in given.parameters.values())
    return f"{item.__name__}(\n{arguments})"


def source(item: Any) -> str:
    """The source of a class or function without its docstring, which is shown as text."""
    code = textwrap.dedent(inspect.getsource(item))
    (node,) = ast.parse(code).body
    assert isinstance(node, ast.ClassDef | ast.FunctionDef)
    lines = code.splitlines()
    first = node.body[0]
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        start, end = first.lineno - 1, first.end_lineno or first.lineno
        while end < len(lines) and not lines[end].strip():
            end += 1
        del lines[start:end]
    return "\n".join(lines).rstrip()


def where(item: Any) -> str:
    """The file of a class or function, from the root of the packages."""
    package, *_ = item.__module__.split(".")
    path = Path(inspect.getsourcefile(inspect.unwrap(item)) or "")
    return str(path.relative_to(next(parent for parent in path.parents if parent.name == package).parent))


def fenced(code: str, title: str = "") -> str:
    """Code as a block."""
    named = f' title="{title}"' if title else ""
    return f"```python{named}\n{code}\n```"


def _lines(text: str) -> Iterator[str]:
    section = ""
    for line in text.split("\n"):
        found = SECTIONS.match(line)
        if found:
            section = found[1]
            yield f"**{section}**"
            yield ""
        elif section and line.startswith("    "):
            yield _entry(line[4:], section)
        else:
            section = section if not line else ""
            yield line


def _entry(line: str, section: str) -> str:
    found = ENTRY.match(line) if section in ("Args", "Raises", "Warns") else None
    if found:
        return f"- `{found[1]}`: {line[found.end() :]}"
    return line if section in ("Returns", "Yields") else f"  {line.strip()}"
