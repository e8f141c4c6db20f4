"""Runs the checks of one component on generated inputs, and keeps what they found."""

import time
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parity import bridge, domains
from parity.checks import bounds, configs, devices, errors, exchange, exhaustive, lengths, names, outputs, real, streams
from parity.checks.faults import NONE, Fault
from parity.checks.subject import computed_in
from parity.registry import called_by_a_class, find
from parity.registry.entry import Entry, Raises
from parity.search import search, told
from parity.tolerance import Measurement, ParityError

CHECKS: dict[str, Callable[..., Measurement]] = {
    "outputs": outputs.check,
    "configs": configs.check,
    "exchange": exchange.check,
    "devices": devices.check,
    "lengths": lengths.check,
    "streams": streams.check,
    "real": real.check,
    "exhaustive": exhaustive.check,
}
COLUMNS = ("value", "gradient", "ulp", "half ulp", "config", "stream", "modes", "real", "errors")
MODE_SHARE = 50  # a case in so many is compiled, which takes some twenty times as long
LONG_SHARE = 50  # a case in so many is made long, which takes as much longer
EXCHANGED = 12  # of so many cases one goes to plain Keras and comes from there
ELSEWHERE = 25  # of so many cases one is computed on another device


class NothingComparedError(ParityError):
    """Every case was empty, NaN or zero."""


@dataclass
class Row:
    """What the checks found for one component."""

    name: str
    worst: dict[str, float] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    examples: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def agreed(self) -> bool:
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "agreed": self.agreed}


def cases(entry: Entry, check: str, modes: tuple[str, ...] = ()) -> SearchStrategy[dict[str, Any]]:
    """What a check of a component is given: a config with inputs, or with a stream.

    A stream for a config is one batch, for compiled modes no more than two: what more add is known from the others.
    """

    def in_double(config: Mapping[str, Any], inputs: Mapping[str, Any]) -> SearchStrategy[Mapping[str, Any]]:
        if computed_in(entry, config, inputs) != "float64":
            return st.just(config)
        return st.sampled_from((config, domains.beside_float32(config)))

    @st.composite
    def draw_case(draw: Any) -> dict[str, Any]:
        config = draw(entry.config)
        dtype = draw(domains.dtypes())
        if not entry.streams:
            inputs = draw(entry.inputs(config, dtype))
            return {"config": draw(in_double(config, inputs)), "inputs": inputs}
        if check in ("configs", "exchange", "lengths"):
            batch = draw(entry.inputs(config, dtype, 8))
            return {"config": draw(in_double(config, batch)), "batches": [batch]}
        batches = draw(domains.stream(lambda size: entry.inputs(config, dtype, size), most=2 if modes else 3))
        order = draw(st.permutations(range(len(batches))))
        split = draw(st.integers(0, len(batches)))
        return {"config": draw(in_double(config, {})), "batches": batches, "order": order, "split": split}

    return draw_case()


def explore(
    entry: Entry,
    check: str,
    *,
    examples: int,
    seed: int,
    modes: tuple[str, ...] = (),
    fault: Fault = NONE,
    shrink: bool = True,
    kept: Path | None = None,
    configs_too: bool = False,
) -> tuple[Measurement, int]:
    """Run one check on generated cases.

    Args:
        configs_too: run the check of configs on the same cases: to draw them takes as long as to check them.
        kept: the folder of counterexamples (see search), in which each check has its own.

    Returns:
        What was measured, and the number of cases.

    Raises:
        ParityError: a case failed; the message holds the smallest one found, as code. Or nothing was compared.
    """
    options: dict[str, Any] = {"modes": modes} if modes else {}
    at_work = check

    def examine(case: dict[str, Any]) -> Measurement:
        nonlocal at_work
        at_work = check
        for side in bridge.sides():
            side.number_anew()
        found = CHECKS[check](entry, fault=fault, **case, **options)
        if configs_too:
            at_work = "configs"
            found.merge(CHECKS["configs"](entry, fault=fault, **_for_configs(case)))
        return found

    def say(error: Exception, case: dict[str, Any]) -> str:  # what failed last is the smallest case
        given = {**case, **options} if at_work == check else _for_configs(case)
        return _report(error, entry, at_work, given)

    drawn, chosen = cases(entry, check, modes), bool(modes) or check == "lengths"
    found, count = search(
        examine,
        drawn.filter(partial(_tells, entry, check)) if chosen else drawn,
        say,
        examples=examples,
        seed=zlib.crc32(f"{seed} {entry.name} {check} {modes}".encode()),
        shrink=shrink,
        kept=None if kept is None else kept / entry.name / "-".join((check, *modes)),
        simplest=not chosen,
    )
    for name in (check, "configs") if configs_too else (check,):
        _something_was_compared(entry, name, found)
    return found, count


def _tells(entry: Entry, check: str, case: dict[str, Any]) -> bool:
    """Whether a case is worth its time: one that is all empty, NaN or zero is not."""
    try:
        _something_was_compared(entry, check, CHECKS[check](entry, **case))
    except NothingComparedError:
        return False
    except Exception:
        return True  # the same comes of it then
    return True


def _for_configs(case: dict[str, Any]) -> dict[str, Any]:
    """A case for the check of configs: of a stream the longest batch."""
    if "batches" not in case:
        return case
    return {
        "config": case["config"],
        "batches": [max(case["batches"], key=lambda batch: len(next(iter(batch.values()))))],
    }


def _report(error: Exception, entry: Entry, check: str, case: dict[str, Any]) -> str:
    arguments = "".join(f", {key}={domains.literal(value)}" for key, value in case.items())
    return (
        f"{told(error)}\nTo see it again:\n"
        f"import parity\nfrom numpy import inf, nan\nparity.replay({entry.name!r}, {check!r}{arguments})"
    )


def _something_was_compared(entry: Entry, check: str, found: Measurement) -> None:
    called = ("stream",) if entry.streams else ("value", *(["gradient"] if entry.gradients else []))
    wanted = {"outputs": called, "lengths": called}
    wanted |= {"configs": ("config",), "exchange": ("config",), "devices": ("device",)}
    for column in wanted.get(check, ("stream",)):
        if not found.compared.get(column):
            raise NothingComparedError(
                f"{entry.name}: no {column} was compared, but for NaN and zeros. That is no proof."
            )


def replay(name: str, check: str, **case: Any) -> Measurement:
    """Run one check of a component on one case, as a failure printed it.

    Args:
        name: the component, "losses.Huber".
        check: "outputs", "configs", "exchange", "devices", "lengths", "streams", "real" or "exhaustive".
        **case: config and inputs.

    Returns:
        What was measured, where the witnesses agree.

    Raises:
        ParityError: they do not.
    """
    return CHECKS[check](find(name), **case)


def main_check(entry: Entry) -> str:
    """The check of what a component computes: of a metric's streams, or of a call's values and gradients."""
    return "streams" if entry.streams else "outputs"


def attempts(
    entry: Entry,
    *,
    examples: int,
    seed: int,
    shrink: bool = True,
    quick: bool = False,
    kept: Path | None = None,
) -> Iterator[Callable[[], tuple[Measurement, int]]]:
    """Every check that a component goes through, one after the other; each raises ParityError if it fails.

    On another device than the CPU only what is computed is checked: names, errors and configs know of none.

    Args:
        quick: leave out what takes long: compiled modes, sweeps, real data.
        kept: the folder of counterexamples (see explore).
    """
    on_cpu, check = bridge.device() == "cpu", main_check(entry)
    if on_cpu:
        yield partial(_names, entry)
        if bounds.possible(entry):
            yield partial(_bounds, entry)
        for wrong in entry.errors:
            yield partial(_wrong_use, entry, wrong)
    for case in entry.always:
        yield partial(_always, entry, case)
    yield partial(explore, entry, check, examples=examples, seed=seed, shrink=shrink, kept=kept, configs_too=on_cpu)
    if on_cpu and exchange.possible(entry):
        few = max(examples // EXCHANGED, 1)
        yield partial(explore, entry, "exchange", examples=few, seed=seed, shrink=shrink, kept=kept)
    if on_cpu and devices.possible():
        few = max(examples // ELSEWHERE, 1)
        yield partial(explore, entry, "devices", examples=few, seed=seed, shrink=shrink, kept=kept)
    if quick:
        return
    if entry.ulp is not None:
        yield partial(_exhaustive, entry)
    if entry.real is not None and real.available():
        for number in range(len(real.configs(entry))):
            yield partial(_real, entry, number)
    if called_by_a_class(entry):
        return  # it is compiled with the class, and given much
    if lengths.possible(entry):
        few = max(examples // LONG_SHARE, 1)
        yield partial(explore, entry, "lengths", examples=few, seed=seed, shrink=shrink, kept=kept)
    few = max(examples // MODE_SHARE, 1)
    yield partial(_modes, entry, check, few, seed, kept)


def run_entry(entry: Entry, *, examples: int, seed: int, kept: Path | None = None) -> Row:
    """Run every check of a component; a failure is noted, and the other checks go on."""
    row, started = Row(entry.name), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the frameworks, on NaN and infinities among the inputs
        for attempt in attempts(entry, examples=examples, seed=seed, kept=kept):
            try:
                found, count = attempt()
            except Exception as error:
                row.failures.append(str(error) if isinstance(error, ParityError) else traceback.format_exc())
                continue
            row.examples += count
            for column, units in found.worst.items():
                row.worst[column] = max(units, row.worst.get(column, 0.0))
                row.compared[column] = row.compared.get(column, 0) + found.compared[column]
    row.seconds = time.perf_counter() - started
    return row


def _always(entry: Entry, case: Mapping[str, Any]) -> tuple[Measurement, int]:
    check = main_check(entry)
    try:
        return CHECKS[check](entry, **case), 1
    except Exception as error:
        raise ParityError(_report(error, entry, check, dict(case))) from error


def _real(entry: Entry, number: int) -> tuple[Measurement, int]:
    try:
        return real.check(entry, number), 1
    except Exception as error:
        raise ParityError(_report(error, entry, "real", {"number": number})) from error


def _exhaustive(entry: Entry) -> tuple[Measurement, int]:
    try:
        return exhaustive.check(entry), 1
    except Exception as error:
        raise ParityError(_report(error, entry, "exhaustive", {})) from error


def _names(entry: Entry) -> tuple[Measurement, int]:
    return names.check(entry, config=entry.required), 1


def _bounds(entry: Entry) -> tuple[Measurement, int]:
    return bounds.check(entry, config=entry.required), 1


def _wrong_use(entry: Entry, wrong: Raises) -> tuple[Measurement, int]:
    return errors.check(entry, wrong=wrong), 1


def _modes(entry: Entry, check: str, examples: int, seed: int, kept: Path | None) -> tuple[Measurement, int]:
    """The compiled modes, on few cases: each is compiled anew."""
    if not any(set(side.modes) & set(entry.modes) for side in bridge.sides()):
        return Measurement(), 0
    modes = (*entry.modes, "inductor") if bridge.inductor() and "captured" in entry.modes else entry.modes
    found, count = explore(entry, check, examples=examples, seed=seed, modes=modes, kept=kept)
    return Measurement({"modes": max(found.worst.values())}, {"modes": sum(found.compared.values())}), count
