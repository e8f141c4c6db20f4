"""What the sources of both packages say, read as text: no framework is imported."""

import ast
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGES = ("tfimpl", "torchimpl")


@dataclass(frozen=True)
class Definition:
    """A public class or function, as it is written.

    Args:
        path: the file, relative to the folder that holds the package.
        line: its first line.
        text: its source.
        docstring: what it says of itself.
        arguments: those of the function, or of the constructor, with their defaults; `REQUIRED` where there is none.
    """

    path: str
    line: int
    text: str
    docstring: str
    arguments: Mapping[str, Any]


REQUIRED = "required"


def definition(package: str, name: str) -> Definition:
    """Find a component, "losses.Huber", in a package, "tfimpl".

    Raises:
        LookupError: the package is not there, or has no such component.
    """
    found = _definitions(package, name.partition(".")[0]).get(name.partition(".")[2])
    if found is None:
        raise LookupError(f"{package} has no {name}")
    return found


@cache
def _definitions(package: str, family: str) -> dict[str, Definition]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"{package} is not installed")
    home = Path(spec.origin).parent
    files = [home / f"{family}.py"] if (home / f"{family}.py").exists() else sorted((home / family).glob("*.py"))
    found: dict[str, Definition] = {}
    bases: dict[str, Any] = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                bases[node.name] = node
                found[node.name] = Definition(
                    str(file.relative_to(home.parent)),
                    node.lineno,
                    "\n".join(text.splitlines()[_first_line(node) - 1 : node.end_lineno]),
                    ast.get_docstring(node) or "",
                    _arguments(node, bases),
                )
    return found


def _first_line(node: ast.ClassDef | ast.FunctionDef) -> int:
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])


def _arguments(node: ast.ClassDef | ast.FunctionDef, classes: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with defaults; of a class without a constructor, those of its base."""
    if isinstance(node, ast.ClassDef):
        for item in node.body:
            if isinstance(item, ast.FunctionDef) and item.name == "__init__":
                return {key: value for key, value in _arguments(item, classes).items() if key != "self"}
        names = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
        return _arguments(classes[names[0]], classes) if names else {}
    given = node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    missing = len(names) - len(given.defaults)
    found = dict.fromkeys(names[:missing], REQUIRED)
    pairs: list[tuple[str, ast.expr | None]] = [*zip(names[missing:], given.defaults, strict=True)]
    pairs += [(argument.arg, default) for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return {**found, **{name: _value(default) for name, default in pairs}}


def _value(default: ast.expr | None) -> Any:
    if default is None:
        return REQUIRED
    try:
        return ast.literal_eval(default)
    except ValueError:
        return ast.unparse(default)
