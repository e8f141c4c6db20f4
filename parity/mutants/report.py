"""`parity mutants`: the hunt with its progress, its table and the survivors."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from parity.mutants import hunt, sources
from parity.mutants.equivalent import EQUIVALENT
from parity.mutants.hunt import Outcome
from parity.registry import entries

WANTED = 0.95


def run(
    console: Console,
    *,
    sample: int,
    seed: int,
    only: str,
    family: str | None,
    examples: int,
    jobs: int,
    json_file: Path | None,
) -> bool:
    """Hunt a random sample of mutants, print what became of them, and say whether enough were found."""
    started = time.perf_counter()
    drawn = sources_of_interest(sample, seed, only)
    mutants = [mutant for mutant in drawn if EQUIVALENT.keys().isdisjoint(mutant.keys)]
    equivalent = len(drawn) - len(mutants)
    hunt.prepare()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("what the checks run", total=None)
        reached = hunt.reach([entry.name for entry in entries(family=family)], jobs)
        progress.update(task, description="hunting", total=len(mutants), completed=0)
        for outcome in hunt.hunt(mutants, reached, examples=examples, seed=seed, jobs=jobs):
            outcomes.append(outcome)
            progress.update(task, advance=1)
            if outcome.found_by is None:
                console.print(
                    f"[bold red]survived[/] {escape(str(outcome.mutant))} ({outcome.hunted_by} at it)",
                    highlight=False,
                    soft_wrap=True,
                )
    console.print(table(outcomes))
    found = sum(outcome.found_by is not None for outcome in outcomes)
    share = found / len(outcomes) if outcomes else 0.0
    console.print(
        f"{found} of {len(outcomes)} mutants found ({share:.1%}; {WANTED:.0%} wanted), {equivalent} more drawn that "
        f"are argued to be equivalent; seed {seed}, {examples} examples, {time.perf_counter() - started:.0f} s."
    )
    if json_file is not None:
        json_file.write_text(json.dumps([as_json(outcome) for outcome in outcomes], indent=2) + "\n")
    return share >= WANTED


def sources_of_interest(number: int, seed: int, only: str) -> list[sources.Mutant]:
    drawn = hunt.sample(number, seed, only)
    if not drawn:
        raise ValueError(f"no source file of {' or '.join(sources.PACKAGES)} is called {only!r}")
    return drawn


def table(outcomes: list[Outcome]) -> Table:
    """Found and drawn for each source file."""
    drawn = Counter(outcome.mutant.module for outcome in outcomes)
    found = Counter(outcome.mutant.module for outcome in outcomes if outcome.found_by is not None)
    made = Table("module", "mutants", "found", "share", box=None, header_style="bold")
    for column in made.columns[1:]:
        column.justify = "right"
    for module in sorted(drawn):
        made.add_row(module, str(drawn[module]), str(found[module]), f"{found[module] / drawn[module]:.0%}")
    return made


def as_json(outcome: Outcome) -> dict[str, Any]:
    mutant = outcome.mutant
    return {
        "module": mutant.module,
        "line": mutant.line,
        "function": mutant.function,
        "before": mutant.before,
        "after": mutant.after,
        "found_by": outcome.found_by,
        "how": outcome.how,
        "hunted_by": outcome.hunted_by,
        "seconds": outcome.seconds,
    }
