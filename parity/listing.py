"""What there is: each component, the packages that have it, and its arguments."""

import inspect
from collections.abc import Iterator
from typing import NamedTuple

from parity import bridge
from parity.checks.subject import public
from parity.registry import entries

PACKAGES = ("tfimpl", "torchimpl")
INTRODUCTION = """# Components

What `tfimpl` and `torchimpl` both have, with the arguments; written by `parity list --markdown docs/components.md`. A
loss is a class, whose instances weigh, mask and reduce, and a function, which gives the losses of the samples.
"""


class Component(NamedTuple):
    """One line of the list."""

    name: str
    there: dict[str, str]
    signature: str


def components(family: str | None = None) -> Iterator[Component]:
    """Every component of the registry; where a package lacks its framework, it says so."""
    sides = {side.package.__name__: side for side in bridge.sides()}
    for entry in entries(family=family):
        there = {
            name: "yes" if hasattr(getattr(side.package, entry.module), entry.title) else "no"
            for name, side in sides.items()
        }
        signature = str(inspect.signature(public(next(iter(sides.values())), entry)))
        yield Component(entry.name, {name: there.get(name, "not installed") for name in PACKAGES}, signature)


def markdown() -> str:
    """The list as a page."""
    lines = [INTRODUCTION]
    family = ""
    for item in components():
        home, _, title = item.name.partition(".")
        if home != family:
            family = home
            lines += [f"## {home}", ""]
        lines.append(f"- `{title}{item.signature}`")
        if any(answer != "yes" for answer in item.there.values()):
            raise ValueError(f"{item.name} is not in both packages: {item.there}")
    text = "\n".join(lines)
    return text.replace("\n## ", "\n\n## ").replace("\n\n\n", "\n\n") + "\n"
