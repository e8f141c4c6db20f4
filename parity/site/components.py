"""A page for each component and for each family."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from parity import bridge, neighbours
from parity.certified import WITNESSES, figures, units
from parity.deviations import DEVIATIONS, Deviation
from parity.neighbours.beside import TRAPS
from parity.registry import Entry, entries
from parity.site import docstrings, mapping, plots

BLURBS = {
    "losses": "A loss is a class, whose instances weigh, mask and reduce, and a function, which gives the losses of "
    "the samples.",
    "activations": "Functions of a tensor; parameters are arguments.",
    "initializers": "Classes whose instances are called with a shape; the same seed gives the same numbers in both.",
    "regularizers": "Classes whose instances give the penalty of a weight.",
    "constraints": "Classes whose instances give the weight as it may be.",
    "metrics": "Streaming: batches go in by `update_state`, the value for all of them comes out of `result`.",
    "custom": "What a reader of the book defines in its chapter on custom models.",
}


class Page(NamedTuple):
    """What has one page: a class and its function share one.

    Args:
        module: losses, activations, ..
        entries: the class before the function.
    """

    module: str
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        return self.entries[0].title

    @property
    def uri(self) -> str:
        return f"components/{self.module}/{_key(self.entries[0])}.md"


def pages() -> list[Page]:
    """The pages of all components, in the order of the registry."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries():
        found.setdefault((entry.module, _key(entry)), []).append(entry)
    return [
        Page(module, tuple(sorted(group, key=lambda entry: not entry.is_class))) for (module, _), group in found.items()
    ]


def page(item: Page) -> str:
    """The page of a component, as Markdown."""
    return "\n".join(_page(item))


def family(module: str) -> str:
    """The page of a module: its components in one table, and what else it has."""
    lines = [f"# {module.capitalize()}", "", BLURBS[module], "", "| name | what it is |", "|---|---|"]
    for item in pages():
        if item.module == module:
            names = ", ".join(f"`{entry.title}`" for entry in item.entries)
            said = docstrings.summary(_twins(item.entries[-1])["torchimpl"])
            lines.append(f"| [{names}]({_key(item.entries[0])}.md) | {_cell(said)} |")
    others = _others(module)
    if others:
        lines += ["", "## And besides", ""]
        for name, twins in others:
            both = " and ".join(f"`{package}.{module}`" for package in twins)
            thing = next(reversed(twins.values()))
            lines += [f"### {name}", "", f"In {both}.", "", docstrings.fenced(docstrings.signature(thing)), ""]
            lines += [docstrings.markdown(thing), ""]
    return "\n".join(lines)


def deviations(item: Page) -> list[Deviation]:
    """Where the components of a page differ from Keras."""
    names = {entry.name for entry in item.entries}
    return [deviation for deviation in DEVIATIONS if deviation.component in names]


def deviation_lines(deviation: Deviation, about: str = "") -> Iterator[str]:
    """One difference: the reason, the code, both answers; `about` says before it what it is about."""
    yield from (f"### {deviation.name[0].upper()}{deviation.name[1:]}", "")
    if about:
        yield from (about, "")
    yield from (deviation.because, "", docstrings.fenced(deviation.code), "")
    yield from ("| Keras | both packages |", "|---|---|")
    yield from (f"| {_answer(deviation.keras)} | {_answer(deviation.ours)} |", "")


def _page(item: Page) -> Iterator[str]:
    yield from ("---", "hide: [toc]", f"title: {item.title}", "---", "")
    yield from (f"# {item.title}", "")
    titles = " · ".join(f"`tfimpl.{entry.name}` · `torchimpl.{entry.name}`" for entry in item.entries)
    yield from (titles, "")
    for entry in item.entries:
        twin = _twins(entry)["torchimpl"]
        yield from (docstrings.fenced(docstrings.signature(twin)), "", docstrings.markdown(twin), "")
    for entry in item.entries:
        if entry in plots.drawable():
            yield from ('<div class="twins" markdown>', "")
            for kind in plots.KINDS:
                yield from (f"![{entry.title}: {kind}]({Path(plot_uri(entry, kind)).name})", "")
            yield from ("</div>", "")
    names = {entry.name for entry in item.entries}
    records = [record for record in neighbours.table() if record["ours"] in names]
    if records:
        yield from ("## In other libraries", "", "[What the verdicts mean](../../table.md).", "")
        yield from (mapping.table(records), "")
    yield from certified_lines(item.entries[0])
    yield from ("## Source, side by side", "")
    for entry in reversed(item.entries):
        yield '<div class="twins" markdown>'
        for twin in reversed(_twins(entry).values()):
            yield from ("", docstrings.fenced(docstrings.source(twin), docstrings.where(twin)), "")
        yield from ("</div>", "")
    yield from trap_lines(names)
    found = deviations(item)
    if found:
        yield from ("## Differences from Keras", "", "[How to read the code](../../deviations.md).", "")
        for deviation in found:
            yield from deviation_lines(deviation)


def certified_lines(entry: Entry) -> Iterator[str]:
    """How far the component was seen to be off, as the certificate has it."""
    found = figures(entry.name)
    if found is None:
        return
    yield from ("## How far it is off", "")
    yield f"The worst value and gradient, in units, as measured on {found.measured}. What a unit is, says"
    yield from ("[the certificate](../../certificate.md).", "")
    yield from (f"| | {' | '.join(WITNESSES.values())} |", "|---|---|---|---|")
    for dtype, sides in found.worst.items():
        yield f"| {dtype} | {' | '.join(units(sides[side]) if side in sides else '' for side in WITNESSES)} |"
    yield ""


def trap_lines(names: set[str]) -> Iterator[str]:
    """What people trip over with a component, beside the domain of its neighbours."""
    found = [trap for trap in TRAPS if any(trap.concerns(name) for name in names)]
    if not found:
        return
    yield from ("## What people trip over", "", "`lib` stands for `torchimpl`.", "")
    for trap in found:
        yield from (f"### {trap.name[0].upper()}{trap.name[1:]}", "", trap.text, "")
        yield from (f"[Source]({trap.source}).", "") if trap.source else ()
        yield from ('<div class="twins" markdown>', "")
        for title, (code, value) in (("Theirs", trap.theirs), ("Ours", trap.ours)):
            yield from (docstrings.fenced(f"{code}\n# -> {value}", title), "")
        yield from ("</div>", "")


def plot_uri(entry: Entry, kind: str) -> str:
    """Where a plot of an entry is."""
    return f"components/{entry.module}/{_key(entry)}-{kind}.svg"


def _twins(entry: Entry) -> dict[str, Any]:
    return {side.package.__name__: getattr(getattr(side.package, entry.module), entry.title) for side in bridge.sides()}


def _others(module: str) -> list[tuple[str, dict[str, Any]]]:
    """Public names of a module that are no components, here or in another: bases, helpers, configs."""
    known = {entry.title for entry in entries()}
    found: dict[str, dict[str, Any]] = {}
    for side in reversed(bridge.sides()):
        home = getattr(side.package, module)
        for name in getattr(home, "__all__", ()):
            thing = getattr(home, name)
            if name not in known and (inspect.isclass(thing) or inspect.isroutine(thing)):
                found.setdefault(name, {})[side.package.__name__] = thing
    return sorted(found.items())


def _key(entry: Entry) -> str:
    """The name of a page: of a class and of its function the same, also where files do not tell cases apart."""
    return entry.title.replace("_", "").lower()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _answer(value: Any) -> str:
    return f"raises `{value}`" if isinstance(value, str) and value.endswith("Error") else f"`{value!r}`"
