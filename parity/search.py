"""Hypothesis at work: one check on many generated cases, and the smallest one that fails."""

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import SkipTest

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from parity.tolerance import Measurement, ParityError

Case = dict[str, Any]
LIBRARIES = re.compile(r"[/\\](parity|hypothesis|keras|tensorflow|torch|numpy|python3\.\d+)[/\\]")
RANDOM = "a difference that is not there when the same is asked again: one draws random numbers, or remembers a call."
SEARCH = (Phase.explicit, Phase.generate, Phase.target, Phase.shrink)


class _Failed(Exception):
    """A case that failed, on its way through Hypothesis."""

    def __init__(self, case: Case, error: Exception) -> None:
        super().__init__(str(error))
        self.case, self.error = case, error


def search(
    examine: Callable[[Case], Measurement],
    cases: SearchStrategy[Case],
    say: Callable[[Exception, Case], str],
    *,
    examples: int,
    seed: int,
    shrink: bool = True,
    kept: Path | None = None,
    simplest: bool = True,
) -> tuple[Measurement, int]:
    """Examine generated cases.

    Args:
        examine: raises where a case fails, and else says what it measured.
        cases: what to draw from.
        say: the message for an error and the case that brought it.
        examples: how many cases, at most.
        seed: the same seed, the same cases.
        shrink: look for the smallest case that fails; else the first one is it.
        kept: a folder for the counterexamples to this one check: those found before are tried first, and leave no trace
            in what the seed brings then; what is found goes there, until it passes.
        simplest: examine the first case too, which is always the simplest there is, all zeros: of few it is a waste.

    Returns:
        What was measured, and the number of cases.

    Raises:
        ParityError: a case failed; its message is what `say` makes of the smallest one.
    """
    found, count, skipped = Measurement(), 0, True
    # A folder each: Hypothesis tells tests apart by their source, which is one for all of these.
    database = None if kept is None else DirectoryBasedExampleDatabase(kept)

    def run(case: Case) -> None:
        nonlocal count, skipped
        if not skipped:
            skipped = True
            return
        count += 1
        try:
            found.merge(examine(case))
        except Exception as error:
            raise _Failed(case, error) from error

    def draw(phases: tuple[Phase, ...]) -> None:
        in_phases = settings(
            max_examples=examples + (not simplest),
            database=database,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        # The seed would take the database away; so the settings, which bring it, come after it.
        in_phases(hypothesis.seed(seed)(hypothesis.given(cases)(run)))()

    try:
        with variety():
            if database is not None:
                with suppress(SkipTest, Unsatisfiable):  # where nothing is kept, or none of it is a case any more
                    draw((Phase.reuse,))
                found, count = Measurement(), 0
            skipped = simplest
            draw(SEARCH if shrink else (Phase.generate,))
    except Flaky as flaky:
        seen = next((error for error in getattr(flaky, "exceptions", ()) if isinstance(error, _Failed)), None)
        if seen is None:
            raise
        raise ParityError(say(ParityError(RANDOM), seen.case)) from flaky
    except _Failed as failed:
        # Hypothesis adds its own account of the case; the message says it in code that can be pasted.
        raise ParityError(say(failed.error, failed.case)) from failed.error
    return found, count


def sampled(cases: SearchStrategy[Case], *, examples: int, seed: int) -> list[Case]:
    """Cases that nothing was looked for in."""
    kept: list[Case] = []

    def keep(case: Case) -> Measurement:
        kept.append(case)
        return Measurement()

    search(keep, cases, lambda error, case: told(error), examples=examples, seed=seed, shrink=False)
    return kept


def told(error: Exception) -> str:
    """What differs; of an error that is no verdict, where it came from: which lines of what is checked led to it."""
    if isinstance(error, ParityError):
        return str(error)
    stack = traceback.extract_tb(error.__traceback__)
    checked = [frame for frame in stack[:-1] if not LIBRARIES.search(frame.filename)]
    trace = traceback.TracebackException.from_exception(error)
    trace.stack = traceback.StackSummary.from_list([*checked[-2:], *stack[-1:]])
    return "".join(trace.format(chain=False)).strip()


@contextmanager
def variety() -> Iterator[None]:
    """Let every case be a new one, and a seed bring the same ones everywhere.

    Hypothesis follows each case with near-copies of it, which leaves few that differ among a hundred; and it takes
    numbers from the sources of what is imported from the current folder, so that a checkout and an installed wheel
    would see different cases. There is no public way to say so; tests watch both, and fail where this has no effect
    any more.
    """
    usual = ConjectureRunner.generate_mutations_from, providers._get_local_constants
    ConjectureRunner.generate_mutations_from = lambda self, data: None  # type: ignore[method-assign]
    providers._get_local_constants = Constants
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        ConjectureRunner.generate_mutations_from, providers._get_local_constants = usual  # type: ignore[method-assign]
        providers.CONSTANTS_CACHE.cache.clear()
