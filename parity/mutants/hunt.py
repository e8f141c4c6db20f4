"""Mutants, each in a process of its own, hunted by the checks of the components that run the changed function."""

import ast
import contextlib
import importlib
import importlib.abc
import importlib.util
import linecache
import os
import pickle
import random
import re
import select
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from parity import bridge
from parity.deviations import ONE_SIDED
from parity.mutants import sources
from parity.mutants.sources import Mutant
from parity.registry import find
from parity.tolerance import ParityError

REACH_EXAMPLES = 8
ENTRIES = 16  # that hunt one mutant: of a function that all components call, these are a sample
SLOWER = 5  # times what the hunt usually takes: a mutant that needs more hangs, and is found
LEAST_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Args:
        mutant: the change.
        found_by: the component whose check failed; None if it survived.
        how: the first line of what the check said.
        hunted_by: how many components' checks were run.
        seconds: how long it took.
    """

    mutant: Mutant
    found_by: str | None
    how: str
    hunted_by: int
    seconds: float


def prepare() -> None:
    """Import what every process needs and nothing that is mutated; no operation is run before the fork."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with bridge.standard_error_closed():
        for name in ("torch", "torch._dynamo", "tensorflow", "keras", "sklearn.datasets", "parity.runner"):
            importlib.import_module(name)
    mutated = [name for name in sys.modules if name.partition(".")[0] in sources.PACKAGES]
    if mutated:
        raise ParityError(f"{mutated[0]} is imported already: mutants need a process that has not seen the packages")


def sample(number: int, seed: int, only: str = "") -> list[Mutant]:
    """Random mutants, drawn evenly from all changes of all files whose module name contains `only`.

    Files that one package alone has are left out: nothing compares them, and their tests stand in `tests/`.
    """
    alone = {item.removesuffix(".py").replace("/", ".") for item in ONE_SIDED if item.endswith(".py")}
    everything = [
        mutant
        for module, path in sources.modules().items()
        if only in module and module not in alone
        for mutant in sources.mutants(module, path)
    ]
    random.Random(seed).shuffle(everything)
    return everything[:number]


Reach = Mapping[str, frozenset[tuple[str, str, int]]]


def reach(names: list[str], jobs: int) -> Reach:
    """For each component the lines of the packages that its checks run: module, function and line."""
    with ThreadPoolExecutor(jobs) as pool:
        found = pool.map(lambda name: _in_a_fork(partial(_lines, name), 600.0), names)
        answers = dict(zip(names, found, strict=True))
    failed = {name: answer for name, answer in answers.items() if not isinstance(answer, frozenset)}
    if failed:
        raise ParityError(f"without any mutant the checks stop: {failed}")
    return answers


def _lines(name: str) -> frozenset[tuple[str, str, int]]:
    from parity.runner import attempts

    run: set[tuple[str, str, int]] = set()
    paths = {str(path): module for module, path in sources.modules().items()}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        module = paths.get(frame.f_code.co_filename)
        if module is None:
            return None
        function = frame.f_code.co_qualname.replace(".<locals>", "").partition(".<")[0]

        def trace_lines(frame: FrameType, event: str, argument: Any) -> Any:
            run.add((module, function, frame.f_lineno))
            return trace_lines

        return trace_lines(frame, event, argument)

    for package in sources.PACKAGES:
        importlib.import_module(package)  # not traced: what runs on import is run by all, and tells nothing
    sys.settrace(trace)
    try:
        for attempt in attempts(find(name), examples=REACH_EXAMPLES, seed=0, shrink=False, quick=True):
            with contextlib.suppress(ParityError):  # so few cases may hold nothing to compare
                attempt()
    finally:
        sys.settrace(None)
    return frozenset(run)


def _readers(mutant: Mutant) -> set[tuple[str, int]]:
    """The lines, with their modules, of the same package that read what a line at the top of a file assigns."""
    where = sources.modules()
    assigned = re.match(r"(\w+)\s*[:=]", linecache.getline(str(where[mutant.module]), mutant.line))
    package = mutant.module.partition(".")[0]
    return {
        (module, number)
        for module, path in where.items()
        if assigned and module.partition(".")[0] == package
        for number, line in enumerate(linecache.getlines(str(path)), 1)
        if re.search(rf"\b{assigned[1]}\b", line) and (module, number) != (mutant.module, mutant.line)
    }


def hunters(mutant: Mutant, reached: Reach) -> list[str]:
    """The components whose checks run the changed line, or else its function or module, of each family some.

    The one that the line names comes first, as tables of the packages do, or that requires an argument which it names;
    then the one whose class or function it is, then those that run most lines of it, and of these those that spend the
    largest share of theirs in the module. A name that a file assigns at its top is hunted by those that run a line with
    the name. Where no function of a file is run, as in most `__init__` files, those come that run functions of its
    package. A function that none was seen to run, on the few examples there are for that, may be run by any that comes
    into the module.
    """

    def inside(name: str) -> list[tuple[str, int]]:
        return [(function, line) for module, function, line in reached[name] if module == mutant.module]

    def called(name: str) -> bool:
        return any(f"{function}.".startswith(f"{mutant.function}.") for function, _ in inside(name))

    def ran_line(name: str) -> bool:
        return any(line == mutant.line and function.startswith(mutant.function) for function, line in inside(name))

    fit = [name for name in reached if inside(name)]
    if not fit and not mutant.function:
        home = f"{mutant.module}."
        fit = [name for name in reached if any(module.startswith(home) for module, _, _ in reached[name])]
    if not mutant.function:
        readers = _readers(mutant)
        fit = [name for name in reached if any((module, line) in readers for module, _, line in reached[name])] or fit
    if mutant.function:
        fit = [name for name in fit if called(name)] or fit
        fit = [name for name in fit if ran_line(name)] or fit
    families: dict[str, list[str]] = {}
    own = f".{mutant.function.partition('.')[0]}"
    changed = linecache.getline(str(sources.modules()[mutant.module]), mutant.line)

    def rank(name: str) -> tuple[bool, bool, int, float, str]:
        lines = sum(function.startswith(mutant.function) for function, _ in inside(name))
        named = name in changed or any(f'"{argument}"' in changed for argument in find(name).required)
        return not named, not name.endswith(own), -lines, -len(inside(name)) / len(reached[name]), name

    for name in sorted(fit, key=rank):
        families.setdefault(name.partition(".")[0], []).append(name)
    spread: list[str] = []
    while len(spread) < ENTRIES and any(families.values()):
        spread += [names.pop(0) for names in families.values() if names]
    return spread[:ENTRIES]


def hunt(
    mutants: list[Mutant],
    reached: Reach,
    *,
    examples: int,
    seed: int,
    jobs: int,
) -> Iterator[Outcome]:
    """Let the checks loose on each mutant, and say what became of it."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda mutant: _hunt_one(mutant, hunters(mutant, reached), examples, seed), mutants)


def _hunt_one(mutant: Mutant, names: list[str], examples: int, seed: int) -> Outcome:
    started = time.perf_counter()
    limit = LEAST_SECONDS + SLOWER * 10.0 * len(names)
    found_by, how = None, ""
    if names:
        answer = _in_a_fork(partial(_check_mutant, mutant, names, examples, seed), limit)
        found_by, how = answer if isinstance(answer, tuple) else (names[0], str(answer))
    return Outcome(mutant, found_by, how, len(names), time.perf_counter() - started)


def _check_mutant(mutant: Mutant, names: list[str], examples: int, seed: int) -> tuple[str | None, str]:
    path = sources.modules()[mutant.module]
    with tempfile.TemporaryDirectory() as folder:
        # A file, for TensorFlow reads a function's source again when it makes a graph of it.
        changed = Path(folder) / path.name
        changed.write_text(ast.unparse(sources.mutated(path, mutant)))
        sys.meta_path.insert(0, _Finder(mutant.module, path, changed))
        for name in names:
            try:
                from parity.runner import attempts

                for attempt in attempts(find(name), examples=examples, seed=seed, shrink=False):
                    attempt()
            except Exception as error:
                said = str(error).partition("\nTo see it again:")[0].strip() or repr(error)
                return name, said.splitlines()[-1 if said.startswith("Traceback") else 0]
    return None, ""


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module in another file."""

    def __init__(self, name: str, path: Path, changed: Path):
        self.name, self.path, self.changed = name, path, changed

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self.changed, submodule_search_locations=inside)


def _in_a_fork(work: Callable[[], Any], seconds: float) -> Any:
    """What `work` returns, from a process that ends with it; the text of what stopped it, if something did."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            answer = work()
        except BaseException:
            answer = traceback.format_exc(limit=-2).strip().splitlines()[-1]
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    timer_end = time.monotonic() + seconds
    data = b""
    with os.fdopen(reader, "rb") as pipe:
        while True:
            ready, _, _ = select.select([pipe], [], [], max(0.0, timer_end - time.monotonic()))
            if not ready:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return f"no end after {seconds:.0f} s"
            chunk = os.read(pipe.fileno(), 1 << 16)
            if not chunk:
                break
            data += chunk
    os.waitpid(child, 0)
    return pickle.loads(data) if data else "the process crashed"
