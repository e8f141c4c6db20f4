"""What `parity certify` does: measures what is stale, keeps it, and writes the page."""

import datetime
import multiprocessing
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import bridge
from parity.certify import page, record, sweep
from parity.certify.measure import Found
from parity.certify.record import Certificate
from parity.closure import digests
from parity.registry import entries, find

PAGE = "certificate.md"
DETAILS = "certificate"


@dataclass
class Wish:
    """What is asked for.

    Args:
        names: the components.
        folder: where the certificate lies, and its details.
        examples: how many generated cases a component is measured on.
        seed: of these.
        jobs: processes at work.
        anew: measure also what is not stale.
        every_float32: put every float32 through functions of one number.
        gradients: their derivatives too.
        shard: which of how many parts of the float32 numbers.
    """

    names: list[str]
    folder: Path
    examples: int
    seed: int
    jobs: int
    anew: bool = False
    every_float32: bool = False
    gradients: bool = True
    shard: tuple[int, int] = (1, 1)


def stale(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Which of some components have no figures that hold, with the reason."""
    known = digests(find(name) for name in names)
    return Certificate.read(folder).stale(known, **record.conditions())


def run(console: Any, wish: Wish) -> bool:
    """Measure, keep and show. Returns whether all that was measured is within its limits."""
    known = digests(find(name) for name in wish.names)
    certificate = Certificate.read(wish.folder)
    certificate.forget(entry.name for entry in entries())
    reasons = dict.fromkeys(wish.names, "asked for") if wish.anew else certificate.stale(known, **record.conditions())
    failures = _measure(console, wish, certificate, known, list(reasons))
    if wish.every_float32:
        _sweep(console, wish, certificate, known)
    wish.folder.mkdir(parents=True, exist_ok=True)
    _write(wish.folder, certificate)
    measured = [name for name in wish.names if name in certificate.components]
    beyond = {name: found for name in measured if (found := record.beyond(certificate.components[name]))}
    for name, text in failures.items():
        console.rule(f"[bold red]{name}")
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    for name, found in beyond.items():
        console.print(f"[bold red]{name} is beyond its limits[/]: {'; '.join(found)}", soft_wrap=True)
    console.print(
        f"{len(reasons) - len(failures)} components measured, {len(wish.names) - len(reasons)} had figures that hold. "
        f"{wish.folder / PAGE} and {wish.folder / record.NAME} show them.",
        soft_wrap=True,
    )
    return not failures and not beyond


def _write(folder: Path, certificate: Certificate) -> None:
    (folder / record.NAME).write_text(certificate.text())
    (folder / PAGE).write_text(page.markdown(certificate))


def _measure(
    console: Any, wish: Wish, certificate: Certificate, known: dict[str, str], names: list[str]
) -> dict[str, str]:
    """Measure components; returns what stopped those that could not be."""
    failures: dict[str, str] = {}
    today = datetime.date.today().isoformat()
    details = wish.folder / DETAILS
    details.mkdir(parents=True, exist_ok=True)
    work = [(name, wish.examples, wish.seed) for name in names]
    for name, answer in _at_work(console, "measuring", _measure_one, work, wish.jobs):
        if isinstance(answer, Exception):
            failures[name] = f"{type(answer).__name__}: {answer}"
            continue
        found, cases = answer
        entry = find(name)
        certificate.add(entry, known[name], found, cases, today)
        (details / f"{name}.json").write_text(record.details(entry, known[name], found, today))
        (wish.folder / record.NAME).write_text(certificate.text())  # what is measured is not lost if it is stopped
    return failures


def _sweep(console: Any, wish: Wish, certificate: Certificate, known: dict[str, str]) -> None:
    for name in wish.names:
        entry = find(name)
        if entry.ulp is None:
            continue
        terms = sweep.Terms(name, known[name], wish.gradients, **record.conditions())
        blocks = sweep.Blocks(wish.folder / DETAILS, terms, wish.shard)
        work = [(number, name, wish.gradients) for number in blocks.missing()]
        for number, answer in _at_work(console, f"{name}, every float32", _sweep_one, work, wish.jobs):
            if isinstance(answer, Exception):
                raise answer
            blocks.keep(number, answer)
        done = blocks.done()
        if len(done) < sweep.BLOCKS:
            console.print(
                f"{name}: {len(done)} of {sweep.BLOCKS} blocks of float32 are measured, by all shards seen here"
            )
            continue
        today = datetime.date.today().isoformat()
        if name in certificate.components:
            certificate.add_sweep(entry, known[name], sweep.joined(iter(done.values())), today)


def _at_work(
    console: Any, title: str, function: Callable[..., Any], work: list[tuple[Any, ...]], jobs: int
) -> Iterator[tuple[Any, Any]]:
    """What a function makes of each piece of work, by its first argument, as it comes; or what stopped it."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    if not work:
        return
    # Forking a process that runs TensorFlow's threads would hang.
    context = multiprocessing.get_context("spawn")
    with (
        Progress(*columns, console=console, transient=True) as progress,
        ProcessPoolExecutor(min(jobs, len(work)), mp_context=context, initializer=_begin) as pool,
    ):
        task = progress.add_task(title, total=len(work))
        futures = {pool.submit(function, *piece): piece[0] for piece in work}
        for future in as_completed(futures):
            progress.advance(task)
            error = future.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            yield futures[future], error or future.result()


def _begin() -> None:
    bridge.one_thread()
    warnings.simplefilter("ignore")  # of the frameworks, on NaN and infinities among the inputs


def _measure_one(name: str, examples: int, seed: int) -> tuple[Found, int]:
    from parity.certify.measure import measure

    return measure(find(name), examples, seed)


def _sweep_one(number: int, name: str, gradients: bool) -> Found:
    return sweep.block(find(name), number, gradients)
