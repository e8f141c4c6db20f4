"""One component, or one neighbour of it, explained in the terminal: what it computes, and what stands in its place."""

import difflib
import re
from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from parity import neighbours, traps
from parity.certified import WITNESSES, figures
from parity.certified import units as units_of
from parity.deviations import DEVIATIONS
from parity.neighbours.base import ALIKE, DEFAULT, DIFFERENT, EQUAL, NONE, REGION, WITH_ARGUMENTS
from parity.neighbours.beside import TRAPS
from parity.phrases import SAME, Row
from parity.registry import find
from parity.registry.entry import Entry
from parity.sources import PACKAGES, REQUIRED, Definition, definition

COLORS = {EQUAL: "green", WITH_ARGUMENTS: "green", DEFAULT: "yellow", REGION: "yellow", DIFFERENT: "red", NONE: "dim"}
MOST = 5  # of the pairs of snippets that are shown in full
FRAMEWORKS = {"tfimpl": "TensorFlow", "torchimpl": "PyTorch"}
# What the sum of the losses is divided by; n is their number, w the weights, m the mask.
DIVISORS = (
    ('"sum_over_batch_size", "mean"', "n", "n", "n * mean(m)", "n * mean(m)"),
    ('"mean_with_sample_weight"', "n", "sum(w)", "sum(m)", "sum(w * m)"),
    ('"sum"', "1", "1", "1", "1"),
    ('"none", None', "not added", "not added", "not added", "not added"),
)
OF_PYTORCH = (
    "PyTorch's reduction='mean' divides by the number of all elements, 'none' keeps each element, without a mean over "
    "the last axis. CrossEntropyLoss and NLLLoss divide by the sum of the class weights of the labels that count, "
    "KLDivLoss's 'batchmean' by the batch, CTCLoss each loss by its number of labels. Sample weights and masks are "
    "multiplied in by hand, after reduction='none'."
)


class UnknownNameError(LookupError):
    """Nothing is called so; the message names what is much like it."""


def explain(console: Console, name: str) -> None:
    """Print what is known of a name: a component of ours, of Keras, or a neighbour of one in another library.

    Raises:
        UnknownNameError: nothing is called so.
    """
    rows, name = traps.about(name), traps.called(name)
    try:
        components, records = components_of(name)
    except UnknownNameError:
        if not rows:
            raise
        components, records = [], []
    shown: Iterator[RenderableType] = iter(())
    if components:
        shown = parts(components[0], records) if len(components) == 1 else overview(name, components, records)
    beside = around(name, rows)
    first, second = (shown, beside) if named(name, records) else (beside, shown)
    for part in (*first, *second):
        console.print(part, highlight=False)


def named(name: str, records: list[dict[str, Any]]) -> bool:
    """Whether records bear a name as it stands, and not a word or an argument of it; an optimizer is no regularizer."""
    last = name.rpartition(".")[2].lower()
    return any(
        last == title.rpartition(".")[2].lower() and ".optim" not in record["theirs"]
        for record in records
        for title in (record["ours"], record["theirs"], *record["aliases"], *record["absent"])
    )


def around(name: str, rows: tuple[Row, ...]) -> Iterator[RenderableType]:
    """What a port trips over around the components, as far as a name has to do with it."""
    if not rows:
        return
    yield _rule(f"around it: {name}")
    for row in rows[:MOST]:
        yield Text(row.topic, "bold").append(f"  {row.verdict}", "green" if row.verdict == SAME else "yellow")
        yield _indented(row.note)
        yield _code_block("Keras: ", row.tensorflow)
        yield _code_block("PyTorch: " if row.verdict == SAME else "PyTorch, what looks alike: ", row.pytorch)
        if row.instead:
            yield _code_block("PyTorch, the same as Keras: ", row.instead)
        yield Text("")
    if len(rows) > MOST:
        yield Text("and " + "; ".join(row.topic for row in rows[MOST:]))
    yield Text(f"parity traps {' '.join(traps.words_of(name))} runs them.", "dim")


def components_of(name: str) -> tuple[list[str], list[dict[str, Any]]]:
    """The components that a name speaks of, and the records that bear it.

    Raises:
        UnknownNameError: nothing is called so.
    """
    records = neighbours.look_up(name)
    if not records:
        close = list(dict.fromkeys((*neighbours.close_to(name), *traps.close_to(name))))
        hint = f" Did you mean {', '.join(close)}?" if close else " `parity list` shows what there is."
        raise UnknownNameError(f"nothing is called {name!r}.{hint}")
    components = list(dict.fromkeys(record["ours"] for record in records))
    if len({component.replace("_", "").lower() for component in components}) == 1:
        components = sorted(components)[:1]  # a class and its function, of which the class's page says all
    return components, records


def overview(name: str, components: list[str], records: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """What a name that stands for several components has to do with each."""
    yield _rule(name)
    yield Text(f"{len(components)} components answer to this name.\n")
    if len(components) > 6:
        yield Text(", ".join(components))
    else:
        yield _neighbours(records, with_ours=True)
    yield Text("\n" + "\n".join(f"parity explain {component}" for component in components[:6]), "bold")


def parts(name: str, asked: list[dict[str, Any]]) -> Iterator[RenderableType]:
    """All that is known of one component."""
    entry = find(name)
    twins = {package: definition(package, name) for package in PACKAGES}
    function = function_of(name, twins["torchimpl"])
    yield _rule(name)
    yield _prose(twins["torchimpl"].docstring)
    if function:
        yield _prose(f"`{function}`: {definition('torchimpl', function).docstring}")
    if asked and asked[0]["ours"] == name and len(asked) < len(_records(name)):
        yield _section("What you asked for", _neighbours(asked))
    yield _section("Arguments", _arguments(name, twins["torchimpl"]))
    if entry.family == "losses" and entry.is_class:
        yield _section("What the losses are divided by", _divisors(), Text(OF_PYTORCH, "dim"))
    yield _section("In other libraries", _neighbours(_records(name)), _ground())
    beside = [trap for trap in TRAPS if trap.concerns(name)]
    if beside:
        yield _section("What people trip over", *_traps(beside))
    deviations = [item for item in DEVIATIONS if item.component in (name, function)]
    if deviations:
        yield _section("Where we differ from Keras on purpose", *_deviations(deviations))
    yield _section("Allowed distance", _units(entry))
    yield _section("To copy", *_code(entry))
    if function:
        yield _section("The twins", Twins({package: definition(package, function) for package in PACKAGES}))
    yield _section("The twins" if not function else "and the class", Twins(twins))


def _records(name: str) -> list[dict[str, Any]]:
    return [record for record in neighbours.table() if record["ours"] == name]


def function_of(name: str, found: Definition) -> str:
    """The function that a class wraps, by its docstring; "" for what wraps none."""
    if name.partition(".")[2][0].islower():
        return ""
    for other in re.findall(r"`(?:losses\.)?([a-z_0-9]+)`", found.docstring.split("\n\n")[0]):
        for family in dict.fromkeys((name.partition(".")[0], "losses")):
            try:
                definition("torchimpl", f"{family}.{other}")
            except LookupError:
                continue
            return f"{family}.{other}"
    return ""


def _prose(docstring: str) -> Text:
    """What a docstring says before its arguments, and its source."""
    before = re.split(r"\n\n(?=Args:|Returns:|Raises:)", docstring)[0]
    source = re.search(r"^Source: .*(?:\n\S.*|\n {4}.*)*", docstring, re.MULTILINE)
    paragraphs = [" ".join(part.split()) for part in before.split("\n\n")]
    if source and source[0] not in before:
        paragraphs.append(" ".join(source[0].split()))
    text = Text()
    for number, piece in enumerate(re.split(r"`([^`]+)`", "\n\n".join(paragraphs))):
        text.append(piece, "cyan" if number % 2 else "")
    return text.append("\n")


def _arguments(name: str, found: Definition) -> RenderableType:
    """Our arguments, which are Keras's too, beside the signatures of the neighbours."""
    table = _table("argument", "default, here and in Keras")
    for argument, value in found.arguments.items():
        if argument not in ("y_true", "y_pred", "x", "name"):
            table.add_row(argument, "" if value == REQUIRED else repr(value))
    signatures = {
        record["theirs"]: record["signature"]
        for record in _records(name)
        if record["signature"] and record["library"] not in ("keras", "tf")
    }
    lines = [Text(f"{theirs}{signature}", "dim") for theirs, signature in signatures.items()]
    return Group(table if table.row_count else Text("none"), *([Text("")] if lines else []), *lines)


def _divisors() -> Table:
    table = _table("reduction", "neither", "weights", "mask", "both")
    for row in DIVISORS:
        table.add_row(*row)
    return table


def _neighbours(records: list[dict[str, Any]], with_ours: bool = False) -> RenderableType:
    blocks = []
    for record in records:
        verdict = record["verdict"]
        title = f"nothing in {record['theirs']}" if verdict == NONE else record["theirs"]
        head = Text(title, "bold").append(f"  {verdict}", COLORS[verdict])
        if with_ours:
            head = Text(f"{record['ours']}  ").append(head)
        if about := neighbours.pinned(record):
            head.append(f"  for {', '.join(about)}", "dim")
        lines: list[RenderableType] = [head]
        if record["given"]:
            lines.append(_indented(f"inputs: {record['given']}", "dim"))
        if record["region"]:
            lines.append(_indented(f"where: {record['region']}"))
        lines += [_indented(line) for line in _numbers(record)]
        if record["call"] and record["library"] != "keras":
            instead = "equal: " if verdict in ALIKE else "instead: " if verdict == NONE else "as run: "
            lines.append(_code_block(instead, record["call"]))
        if record["remark"]:
            lines.append(_indented(record["remark"]))
        if record["source"]:
            lines.append(_indented(record["source"], "dim"))
        blocks.append(Group(*lines))
    return Group(*blocks)


def _numbers(record: dict[str, Any]) -> Iterator[str]:
    """The counterexample in words."""
    example = record["counterexample"]
    if example is None:
        return
    code = "" if example["code"] == record["call"] else f"{example['code'].splitlines()[-1]}: "
    theirs, ours = neighbours.both(record)
    yield f"{code}{theirs}, ours {ours}, for {neighbours.inputs_of(record)}; {neighbours.most(record)}"


def _ground() -> Text:
    found = ", ".join(f"{name} {version}" for name, version in neighbours.versions().items())
    return Text(
        f"Found by running both on generated float32 inputs of one shape, finite and without weights ({found}).", "dim"
    )


def _traps(found: list[Any]) -> Iterator[RenderableType]:
    for trap in found:
        yield Text(trap.name, "bold").append(f"  theirs {trap.theirs[1]}, ours {trap.ours[1]}", "yellow")
        yield _indented(trap.text)
        if trap.source:
            yield _indented(trap.source, "dim")


def _deviations(deviations: list[Any]) -> Iterator[RenderableType]:
    for item in deviations:
        yield Text(item.name, "bold").append(f"  Keras {item.keras}, ours {item.ours}", "yellow")
        yield _indented(item.because)
        yield _code_block("", item.code)


def _units(entry: Entry) -> Text:
    units = entry.tolerance
    text = Text(f"value {units.value:g}")
    if entry.gradients:
        text.append(f", gradient {units.gradient:g}")
    text.append(" units of eps(dtype) times the size of the terms that are added")
    if entry.exact:
        text.append("; both packages agree in every bit")
        if entry.inexact_dtypes:
            text.append(f", but for {', '.join(entry.inexact_dtypes)}")
    if entry.ulp is not None:
        text.append(f"; {entry.ulp.single:g} ULP in float32, {entry.ulp.half:g} in half precision")
    for reason in filter(None, (units.reason, entry.ulp.reason if entry.ulp else "")):
        text.append(f"\n{reason}", "dim")
    found = figures(entry.name)
    if found and "float32" in found.worst:
        seen = "; ".join(f"{WITNESSES[side]} {units_of(pair)}" for side, pair in found.worst["float32"].items())
        text.append(f"\nCertified on {found.measured}, in float32, eagerly: {seen}", "bold")
    return text.append(f"\nparity run {entry.name} shows the distances that were seen.", "dim")


def _code(entry: Entry) -> Iterator[RenderableType]:
    """What is written to use the component, in each package, and instead of it in PyTorch alone."""
    home = f"{entry.module}.{entry.title}"
    values = "values" if entry.title in ("Mean", "Sum") else "y_true, y_pred"
    arguments = ", ".join(f"{key}={value!r}" for key, value in entry.required.items() if key != "fn")
    for package, framework in FRAMEWORKS.items():
        handed = f"{package}.losses.huber" if "fn" in entry.required else arguments
        if entry.streams:
            code = f"metric = {package}.{home}({handed})\nmetric.update_state({values})\nmetric.result()"
        elif entry.is_class:
            inputs = {"losses": values, "initializers": "shape"}.get(entry.family, "w")
            code = f"{package}.{home}({handed})({inputs})"
        else:
            inputs = "x" if entry.family == "activations" else values
            code = f"{package}.{home}({', '.join(filter(None, (inputs, handed)))})"
        yield _code_block(f"{framework}: ", f"import {package}\n\n{code}")
    for library in ("torch", "torchmetrics"):
        near = neighbours.nearest(entry.name, entry.required, library)
        if near is not None:
            yield _code_block(f"{library} alone, {'equal' if near.equal else 'nearly equal'}: ", near.call)


class Twins:
    """The two sources: side by side where there is room, else line by line, those that differ twice."""

    def __init__(self, twins: dict[str, Definition]) -> None:
        self.twins = twins
        self.lines = {package: without_docstring(found.text).splitlines() for package, found in twins.items()}

    def __rich_console__(self, console: Console, options: Any) -> Iterator[RenderableType]:
        room = options.max_width
        widest = max(len(line) for lines in self.lines.values() for line in lines)
        places = [f"{found.path}:{found.line}" for found in self.twins.values()]
        if 2 * widest + 3 <= room:
            table = Table(*places, box=None, pad_edge=False, header_style="bold", expand=True)
            table.add_row(
                *(Syntax("\n".join(lines), "python", background_color="default") for lines in self.lines.values())
            )
            yield table
            return
        yield Text(f"- {places[0]}", "yellow").append(f"\n+ {places[1]}", "cyan")
        first, second = (self.lines[package] for package in PACKAGES)
        for line in difflib.ndiff(first, second):
            if not line.startswith("?"):
                yield Text(line, {"-": "yellow", "+": "cyan"}.get(line[0], ""))


def without_docstring(text: str) -> str:
    """Source of a definition, without the docstring of the definition."""
    return re.sub(r'\n +"""(?:.|\n)*?"""\n', "\n", text, count=1)


def _rule(title: str) -> Rule:
    return Rule(Text(f" {title} ", style="bold"), align="left", style="dim")


def _section(title: str, *parts: RenderableType) -> RenderableType:
    return Group(Text(title, "bold underline"), *(Padding(part, (0, 0, 0, 2)) for part in parts), Text(""))


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style="bold", pad_edge=False)


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style), (0, 0, 0, 2))


def _code_block(label: str, code: str) -> Padding:
    """Code with a word before it; each of its lines can be copied."""
    lines = code.splitlines()
    if len(lines) == 1:
        return Padding(Text(label, "dim").append(lines[0], "cyan"), (0, 0, 0, 2))
    return Padding(Group(Text(label.rstrip(), "dim"), Padding(Text(code, "cyan"), (0, 0, 0, 2))), (0, 0, 0, 2))
