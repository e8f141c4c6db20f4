"""The command line of the suite."""

import gc
import importlib.util
import json
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from parity import phrases
    from parity.runner import Row
    from parity.walkthrough import snippets

FAMILIES = ("losses", "activations", "initializers", "regularizers", "constraints", "metrics", "custom")
WIDTH = 124  # of the table; a narrower terminal or a pipe would cut the names
DISTRIBUTIONS = ("torch", "tensorflow", "tensorflow-cpu", "keras", "numpy", "hypothesis")


with_device = click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="Where PyTorch computes, such as cuda; elsewhere than on the CPU only what is computed is checked.",
)


@click.group()
@click.version_option(package_name="tf-torch-parity")
def main() -> None:
    """Show that tfimpl (TensorFlow) and torchimpl (PyTorch) compute the same."""


@main.command()
@click.argument("names", nargs=-1)
@click.option("--family", type=click.Choice(FAMILIES), help="Only the components of one family.")
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="Cases for each check.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same cases.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="one a core", help="Processes at work."
)
@with_device
@click.option(
    "--inductor",
    is_flag=True,
    help="Let inductor compile, too, what can be captured: wants a C++ compiler, or on a GPU Triton, and takes long.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write what was found here.")
@click.option(
    "--html",
    "html_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to look at here: one file, with nothing to load.",
)
@click.option(
    "--changed",
    is_flag=False,
    flag_value="HEAD",
    metavar="[REV]",
    help="Only what is something else than in a commit, HEAD unless one is named.",
)
@click.option(
    "--kept",
    type=click.Path(file_okay=False, path_type=Path),
    default=".parity",
    show_default=True,
    help="The folder of counterexamples: those found before are tried first.",
)
def run(
    names: tuple[str, ...],
    family: str | None,
    examples: int,
    seed: int,
    jobs: int,
    device: str,
    inductor: bool,
    json_file: Path | None,
    html_file: Path | None,
    changed: str | None,
    kept: Path,
) -> None:
    """Run the checks, for all components or for NAMES (losses.Huber, Huber, losses).

    Exits with 0 only if everything agreed and something was compared.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    _need_the_harness()
    _compute_on(device, inductor)
    console = Console()
    console.width = max(console.width, WIDTH)
    selected = _selected(names, family)
    if changed is not None:
        selected = _changed(selected, changed)
        if not selected:
            console.print(f"No component is anything else than in {changed}: there is nothing to run.")
            return
    started = time.perf_counter()
    rows: dict[str, Row] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=len(selected))
        for row in _rows(selected, examples, seed, kept, min(jobs, len(selected))):
            rows[row.name] = row
            progress.update(task, advance=1, description=row.name)
            if not row.agreed:
                console.print(f"[bold red]{row.name} differs[/]")
    found = [rows[name] for name in selected]
    seconds = time.perf_counter() - started
    console.print(_table(found))
    for row in found:
        for failure in row.failures:
            console.rule(f"[bold red]{row.name}")
            console.print(failure, markup=False, highlight=False, soft_wrap=True)
    agreed = _verdict(console, found, examples, seed, seconds)
    report = _plain(
        {
            "agreed": agreed,
            "examples": examples,
            "seed": seed,
            "seconds": seconds,
            "versions": _versions(),
            "machine": platform.platform(),
            "device": device,
            "inductor": inductor,
            "components": [row.as_json() for row in found],
        }
    )
    if json_file is not None:
        json_file.write_text(json.dumps(report, indent=2) + "\n")
    if html_file is not None:
        from parity.html import page

        html_file.write_text(page.write(report))
        console.print(f"{html_file} shows it.", highlight=False, soft_wrap=True)
    sys.exit(0 if agreed else 1)


@main.command("list")
@click.option("--family", type=click.Choice(FAMILIES), help="Only the components of one family.")
@click.option(
    "--markdown",
    "markdown_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the whole list as a page of Markdown here.",
)
def list_components(family: str | None, markdown_file: Path | None) -> None:
    """Show the components and the packages that have them."""
    from rich.console import Console
    from rich.table import Table

    _need_the_harness()
    from parity import listing

    if markdown_file is not None:
        markdown_file.write_text(listing.markdown())
        return
    table = Table("component", *listing.PACKAGES, "arguments", box=None, header_style="bold")
    table.columns[0].no_wrap = True
    for item in listing.components(family):
        table.add_row(item.name, *item.there.values(), item.signature)
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)


@main.command()
@click.argument("names", nargs=-1)
@click.option("--family", type=click.Choice(FAMILIES), help="Only the components of one family.")
@click.option("--examples", type=click.IntRange(1), default=200, show_default=True, help="Cases for each component.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same cases.")
@click.option(
    "--show", type=click.IntRange(0), default=3, show_default=True, help="Unexplained cases to print of each."
)
def keras(names: tuple[str, ...], family: str | None, examples: int, seed: int, show: int) -> None:
    """Hold Keras itself against the reference, for all components or for NAMES.

    Exits with 0 only if every difference lies in a region that is written down (parity/deviations/regions/).
    """
    from rich.console import Console

    _need_the_harness()
    from parity import differential

    console = Console()
    console.width = max(console.width, WIDTH)
    sys.exit(0 if differential.report(console, _selected(names, family), examples, seed, show) else 1)


@main.command()
@click.argument("names", nargs=-1)
@click.option("--family", type=click.Choice(FAMILIES), help="Only the components of one family.")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="docs",
    show_default=True,
    help="The folder of certificate.json, certificate.md, and the details in certificate/.",
)
@click.option(
    "--exhaustive", is_flag=True, help="Put every float32 through functions of one number; goes on where it stopped."
)
@click.option("--values", is_flag=True, help="With --exhaustive: values only, without derivatives.")
@click.option(
    "--shard", default="1/1", show_default=True, help="With --exhaustive: part I of N, for a machine of its own."
)
@click.option("--anew", is_flag=True, help="Measure also what has figures that hold.")
@click.option("--check", is_flag=True, help="Measure nothing: say which figures no longer hold.")
@click.option("--examples", type=click.IntRange(10), default=100, show_default=True, help="Cases for each component.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same cases.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="one a core", help="Processes at work."
)
@with_device
def certify(
    names: tuple[str, ...],
    family: str | None,
    folder: Path,
    exhaustive: bool,
    values: bool,
    shard: str,
    anew: bool,
    check: bool,
    examples: int,
    seed: int,
    jobs: int,
    device: str,
) -> None:
    """Measure how far the components are from the reference and from each other: those whose figures no longer hold.

    Figures hold as long as the sources that a component reaches, and the versions, are those they were measured with.
    Exits with 0 only if everything measured is within its limits.
    """
    from rich.console import Console

    _need_the_harness()
    _need("torch", *(["tensorflow"] if device == "cpu" else []))  # a GPU often stands where PyTorch alone does
    _compute_on(device)
    from parity.certify import report

    console = Console()
    console.width = max(console.width, WIDTH)
    selected = _selected(names, family)
    if check:
        found = report.stale(folder, selected)
        for name, reason in found.items():
            console.print(f"{name}: {reason}", highlight=False, soft_wrap=True)
        console.print(f"The figures of {len(selected) - len(found)} of {len(selected)} components hold.")
        sys.exit(1 if found else 0)
    wish = report.Wish(selected, folder, examples, seed, jobs, anew, exhaustive, not values, _shard(shard))
    sys.exit(0 if report.run(console, wish) else 1)


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts) <= 256):
        raise click.UsageError(f"--shard must be I/N with 1 <= I <= N <= 256, such as 2/8. Received: {text}")
    return int(part), int(parts)


@main.command()
@click.option("--sample", type=click.IntRange(1), default=120, show_default=True, help="How many mutants to draw.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sample, and of the checks.")
@click.option("--only", default="", help="Only files whose module name contains this: losses.regression, torchimpl.")
@click.option("--family", type=click.Choice(FAMILIES), help="Hunt with the components of one family alone.")
@click.option("--examples", type=click.IntRange(1), default=100, show_default=True, help="Cases for each check.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, show_default="one a core", help="Processes at work."
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write what was found here.")
def mutants(
    sample: int, seed: int, only: str, family: str | None, examples: int, jobs: int, json_file: Path | None
) -> None:
    """Seed faults into the sources of both packages, and count those that `parity run` finds.

    Each mutant is one change of one expression, in a process of its own; it is hunted by the checks of up to 16
    components that run the changed function. Exits with 0 if at least 95 % were found.
    """
    from rich.console import Console

    _need_the_harness()
    from parity.mutants import report

    console = Console()
    console.width = max(console.width, WIDTH)
    try:
        enough = report.run(
            console,
            sample=sample,
            seed=seed,
            only=only,
            family=family,
            examples=examples,
            jobs=jobs,
            json_file=json_file,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    sys.exit(0 if enough else 1)


@main.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here: docs/config.schema.json.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of the configs that both packages write and read."""
    _need("torch")
    _need_the_harness()
    from parity import schema

    if out is None:
        click.echo(schema.text(), nl=False)
    else:
        out.write_text(schema.text())


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    type=click.Choice(("torch", "keras")),
    default="torch",
    show_default=True,
    help="The other framework: torch for a model of Keras, keras for a file of torchimpl.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a module that builds them here.")
def migrate(path: Path, to: str, out: Path | None) -> None:
    """Say what the objects in the file PATH are in the other framework.

    PATH is a .keras file, or the JSON of its config; with --to keras what torchimpl.files.save wrote. The framework of
    the file need not be installed; no weights are read, and nothing is imported that the file names.
    """
    from rich.console import Console

    _need_the_harness()
    from parity import migrate as migration

    try:
        found = migration.migrate(migration.read(path), to)
    except migration.MigrationError as error:
        raise click.ClickException(str(error)) from error
    migration.report(Console(), found)
    if out is not None:
        out.write_text(migration.module(found, path.name), encoding="utf-8")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def init(file: Path) -> None:
    """Write FILE, a pair of your own to start from: `pytest FILE`, or `python FILE`, checks it."""
    _need("hypothesis", "ml_dtypes", "torch", "tensorflow")
    if file.exists():
        raise click.ClickException(f"{file} exists already; nothing was written")
    file.write_text((Path(__file__).parent / "own" / "starting_file.py").read_text())
    click.echo(f"{file} is a pair to start from. Check it: pytest {file}")


@main.command()
@click.argument("name")
def explain(name: str) -> None:
    """Explain NAME: a component (Huber, losses.Huber), or what another library has in its place (F.gelu, nn.MSELoss).

    What it computes, defaults and divisors, neighbours with verdicts, traps, deviations from Keras, and both sources.
    """
    from rich.console import Console

    _need("ml_dtypes", "hypothesis")
    from parity import explain as explanation

    try:
        explanation.explain(Console(), name)
    except explanation.UnknownNameError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("names", nargs=-1)
@click.option("--examples", type=click.IntRange(5), default=100, show_default=True, help="Cases for each row.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same cases.")
@click.option("--write", is_flag=True, help="Store what was found in parity/neighbours/table.json.")
@click.option(
    "--markdown",
    "markdown_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the stored table as a page of Markdown here, and run nothing.",
)
def neighbours(names: tuple[str, ...], examples: int, seed: int, write: bool, markdown_file: Path | None) -> None:
    """Find the verdict on each neighbour in other libraries, for all components or for NAMES, by running both.

    Exits with 0 only if every row says what was found.
    """
    if markdown_file is not None:
        from parity.neighbours.page import markdown

        markdown_file.write_text(markdown(), encoding="utf-8")
        return
    from rich.console import Console

    _need("torch", "tensorflow", "ml_dtypes", "hypothesis", "torchmetrics", "torcheval", "sklearn")
    from parity.neighbours import report

    console = Console()
    console.width = max(console.width, WIDTH)
    sys.exit(0 if report.run(console, _selected(names, None), examples, seed, write) else 1)


@main.command()
@click.option("--epochs", type=click.IntRange(2), default=20, show_default=True, help="An even number, ten steps each.")
@click.option(
    "--picture",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The folder for walkthrough.png and walkthrough.svg.",
)
def walkthrough(epochs: int, folder: Path) -> None:
    """Walk through a book's chapter on custom models: train, save, load, train on, in both frameworks at once.

    Exits with 0 only if everything came out as it is claimed.
    """
    from rich.console import Console

    from parity.tolerance import ParityError

    _need("torch", "tensorflow", "ml_dtypes", "sklearn", "matplotlib")
    if epochs % 2:
        raise click.UsageError(f"--epochs must be even, half of them before the model is saved. Received: {epochs}")
    console = Console()
    console.width = max(console.width, WIDTH)
    started = time.perf_counter()
    try:
        paths = _walk(console, epochs, folder)
    except ParityError as error:
        console.print("[bold red]Not as claimed[/]")
        console.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    console.print(
        f"[bold green]All as claimed[/], in {time.perf_counter() - started:.0f} s. "
        f"The curves and their distance: {' and '.join(map(str, paths))}",
        highlight=False,
        soft_wrap=True,
    )


def _walk(console: Any, epochs: int, folder: Path) -> list[Path]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from parity import bridge

    bridge.sides()  # TensorFlow greets when it is imported; here nobody hears it
    from parity.walkthrough import facts, picture, report, stages

    report.print_beginning(console)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        total = sum(stages.work(stages.STAGES, epochs)) + 6 * epochs
        task = progress.add_task("", total=total)

        def one_more() -> None:
            progress.advance(task)

        outcomes = []
        for number, stage in enumerate(stages.STAGES, start=1):
            progress.update(task, description=stage.title)
            outcomes.append(stages.run(stage, epochs, one_more))
            report.print_stage(console, number, outcomes[-1])
        progress.update(task, description="optimizers")
        optimizers = facts.optimizers(epochs, one_more)
    report.print_optimizers(console, optimizers)
    report.print_weighted(console, facts.weighted())
    report.print_precision(console, facts.precision())
    report.print_otherwise(console, facts.otherwise())
    return picture.draw(stages.drawn(outcomes), optimizers, folder)


@main.command()
@click.option(
    "--markdown",
    "markdown_file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write the table as Markdown here; - is the standard output.",
)
def basics(markdown_file: Path | None) -> None:
    """Show tensor basics as pairs of snippets, run in both frameworks: what is the same, what differs, what is missing.

    Exits with 0 only if every verdict holds.
    """
    _need("torch", "tensorflow", "ml_dtypes")
    console = _console()
    from parity.walkthrough import basics

    found = _executed(basics.ROWS, basics.PRELUDE)
    if markdown_file is not None:
        with click.open_file(str(markdown_file), "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in basics.markdown(found))
        return
    _print_pairs(console, found, basics.PRELUDE)


@main.command()
@click.argument("words", nargs=-1)
def traps(words: tuple[str, ...]) -> None:
    """Show what a port trips over around the six families: optimizers, layers, layouts, first values, cross-entropy.

    All of it, or what has all WORDS in it (parity traps adam epsilon). Each pair is run, and so is the code that makes
    PyTorch give what Keras gives. Exits with 0 only if every verdict holds.
    """
    _need("torch", "tensorflow", "ml_dtypes")
    console = _console()
    from parity import traps

    rows = traps.having(words)
    if not rows:
        raise click.UsageError(f"no row has {' and '.join(map(repr, words))} in it; `parity traps` shows all")
    _print_pairs(console, _executed(rows, traps.PRELUDE), traps.PRELUDE)


def _console() -> Any:
    """A console for tables, once TensorFlow has greeted where nobody hears it."""
    from rich.console import Console

    from parity import bridge

    bridge.sides()
    console = Console()
    console.width = max(console.width, WIDTH)
    return console


def _executed(rows: "tuple[phrases.Row, ...]", prelude: "phrases.Prelude") -> "list[snippets.Executed]":
    from parity.tolerance import ParityError
    from parity.walkthrough import snippets

    try:
        return [snippets.execute(row, prelude) for row in rows]
    except ParityError as error:
        raise click.ClickException(str(error)) from error


def _print_pairs(console: Any, found: "list[snippets.Executed]", prelude: "phrases.Prelude") -> None:
    from parity.walkthrough import report

    console.print(report.pairs_table(found, prelude))
    verdicts = [item.row.verdict for item in found]
    counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    console.print(f"{len(found)} pairs, run and compared: {counts}.", highlight=False)


def _compute_on(device: str, inductor: bool = False) -> None:
    """Tell this process, and those that it starts, where PyTorch computes, and whether inductor compiles."""
    from parity import bridge
    from parity.tolerance import ParityError

    os.environ[bridge.DEVICE] = device
    os.environ.pop(bridge.INDUCTOR, None)
    if inductor:
        _need("torch")
        os.environ[bridge.INDUCTOR] = "1"
    if device == "cpu":
        return
    _need("torch")
    try:
        bridge.Torch(device)
    except ParityError as error:
        raise click.UsageError(f"--device: {error}") from error


def _need(*modules: str) -> None:
    """Say what to install where something is missing, instead of a traceback."""
    lacking = [name for name in modules if not importlib.util.find_spec(name)]
    if lacking:
        raise click.ClickException(
            f"{' and '.join(lacking)} not installed. From the checkout: "
            "pip install -c constraints.txt '.[parity,peers,torch,tf-cpu]'"
        )


def _need_the_harness() -> None:
    """Say what to install where something is missing, instead of a traceback."""
    lacking = [name for name in ("hypothesis", "ml_dtypes") if not importlib.util.find_spec(name)]
    if not any(importlib.util.find_spec(name) for name in ("torch", "tensorflow")):
        lacking.append("torch or tensorflow")
    if lacking:
        raise click.ClickException(
            f"{' and '.join(lacking)} not installed. From the checkout: "
            "pip install -c constraints.txt '.[parity,torch,tf-cpu]' (either framework will do, both compare)"
        )


def _selected(names: tuple[str, ...], family: str | None) -> list[str]:
    from parity.registry import entries
    from parity.tolerance import ParityError

    try:
        found = [entry.name for entry in entries(names, family)]
    except ParityError as error:
        raise click.UsageError(str(error)) from error
    if not found:
        raise click.UsageError(f"none of {list(names)} is in the family {family!r}")
    return found


def _changed(names: list[str], revision: str) -> list[str]:
    from parity import closure
    from parity.registry import find
    from parity.tolerance import ParityError

    try:
        return closure.changed([find(name) for name in names], revision)
    except ParityError as error:
        raise click.UsageError(f"--changed: {error}") from error


def _rows(names: list[str], examples: int, seed: int, kept: Path, jobs: int) -> Any:
    if jobs == 1:
        yield from (_run_one(name, examples, seed, kept) for name in names)
        return
    from parity import bridge

    # Forking a process that runs TensorFlow's threads would hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=bridge.one_thread) as pool:
        # Those that take longest come first, lest one of them be alone at the end.
        ordered = sorted(names, key=lambda name: not name.startswith("metrics."))
        futures = {pool.submit(_run_one, name, examples, seed, kept): name for name in ordered}
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _crashed(futures[future])


def _run_one(name: str, examples: int, seed: int, kept: Path) -> "Row":
    from parity import bridge
    from parity.registry import find
    from parity.runner import run_entry

    bridge.sides()
    # What is alive by now stays, the frameworks' million objects first: a look at it took up to a tenth of the time.
    gc.collect()
    gc.freeze()
    return run_entry(find(name), examples=examples, seed=seed, kept=kept)


def _crashed(name: str) -> "Row":
    from parity.runner import Row

    what = "a framework ended a process at work, perhaps with another component. With --jobs 1 it shows which."
    return Row(name, failures=[f"{name}: not compared: {what}"])


def _table(rows: "list[Row]") -> Any:
    from rich.table import Table

    from parity.runner import COLUMNS

    table = Table("component", *COLUMNS, "cases", "s", "cases/s", box=None, header_style="bold", pad_edge=False)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        cells = [_cell(row, column) for column in COLUMNS]
        name = row.name if row.agreed else f"[bold red]{row.name}[/]"
        speed = f"{row.examples / row.seconds:.0f}" if row.seconds else "-"
        table.add_row(name, *cells, str(row.examples), f"{row.seconds:.1f}", speed)
    return table


def _cell(row: "Row", column: str) -> str:
    if not row.compared.get(column):
        return "-"
    if column in ("config", "errors"):
        return "same"
    return f"{row.worst[column]:.2f}" if row.worst[column] < 1e4 else f"{row.worst[column]:.0e}"


def _verdict(console: Any, rows: "list[Row]", examples: int, seed: int, seconds: float) -> bool:
    from parity import bridge
    from parity.checks import real

    cases, compared = sum(row.examples for row in rows), sum(sum(row.compared.values()) for row in rows)
    different = [row.name for row in rows if not row.agreed]
    agreed = not different and compared > 0
    console.print("\nWorst distance between any two of TensorFlow, PyTorch and the reference, in units of eps * scale.")
    if any(row.compared.get("ulp") for row in rows):
        console.print(
            "ulp: the same in units in the last place, on 251,000 numbers of float32; half ulp: on all of 16 bits."
        )
    for package in bridge.missing():
        console.print(f"[yellow]{package} was not compared: its framework is not installed.[/]")
    if not real.available():
        console.print("[yellow]No real data was streamed: scikit-learn is not installed.[/]")
    speed = f"{cases} cases in {seconds:.0f} s ({cases / seconds:.0f} a second), seed {seed}"
    if agreed:
        console.print(f"[bold green]All {len(rows)} components agree[/]: {compared} numbers compared, {speed}.")
    else:
        what = f"{len(different)} of {len(rows)} components differ" if different else "Nothing was compared"
        console.print(f"[bold red]{what}[/]: {', '.join(different)}; {speed}.", soft_wrap=True)
    return agreed


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | bool | int) else float(value)
