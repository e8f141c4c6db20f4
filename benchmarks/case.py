"""What is measured against what, in turns.

A plain loop around the standard library's `timeit`, and no framework for benchmarks: torch.utils.benchmark,
pytest-benchmark and pyperf time one call to its end before they begin with the next, and asv lets whole processes take
turns. On a machine that others use, the ratio of two such times is mostly what the others did in the meantime. Here the
calls that are compared take turns of a millisecond in one process. The ratio is that of their fastest rounds, for
what others do can only add; how the ratios of the single rounds spread stands beside it.
"""

import random
import statistics
import time
import timeit
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

TURN = 0.0005  # seconds that a call is repeated for, at least, before the next one has its turn
FEWEST, MOST = 7, 300  # rounds
LONGEST = 2  # seconds; a call that takes longer is left out, for nobody needs its ratio


@dataclass(frozen=True)
class Bound:
    """A comparison, and what it may come to.

    Args:
        ours: the call that is judged.
        than: the calls it is compared with; it is held against the fastest of them. With none its time itself counts.
        most: the largest value that is kept; None where no bound was set.
        unit: "times" for the ratio of the times; "us" or "s" for their difference.
        remark: why the bound is not the usual one.
    """

    ours: str
    than: tuple[str, ...] = ()
    most: float | None = None
    unit: str = "times"
    remark: str = ""


@dataclass(frozen=True)
class Row:
    """What came out: the value of the fastest rounds, and the quartiles of the values of single rounds.

    Args:
        group: the file it comes from.
        name: what was measured.
        size: of what size.
        ours: the call that is judged.
        than: what it was compared with.
        value: that of the fastest rounds, in `unit`.
        low: the first quartile.
        high: the third quartile.
        unit: see `Bound`; or "exponent", "inputs" (bytes for each byte of the inputs).
        most: the bound, or None.
        remark: why the bound is not the usual one.
        times: seconds of each of the two, the fastest round.
    """

    group: str
    name: str
    size: str
    ours: str
    than: str
    value: float
    low: float
    high: float
    unit: str
    most: float | None
    remark: str = ""
    times: tuple[float, ...] = ()

    @property
    def verdict(self) -> str:
        """Kept or missed where the value and both quartiles say so, else undecided; an empty text without a bound."""
        if self.most is None:
            return ""
        above = {number > self.most for number in (self.value, self.low, self.high)}
        return "undecided" if len(above) > 1 else "missed" if above.pop() else "kept"

    def as_data(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Case:
    """Calls that are compared. They are made when their turn comes: a run of a few cases builds no others."""

    group: str
    name: str
    size: str
    build: Callable[[], dict[str, Callable[[], object]]]
    bounds: tuple[Bound, ...]

    def measure(self, seconds: float, clock: Callable[[], float] = time.perf_counter) -> Iterator[Row]:
        """Yield a row for each bound whose calls there are; `seconds` is the time for each call."""
        times = in_turns(self.build(), seconds, clock)
        for bound in self.bounds:
            than = [name for name in bound.than if name in times]
            if bound.ours not in times or (bound.than and not than):
                continue
            fastest = min(than, key=lambda name: min(times[name]), default="")
            low, _, high = statistics.quantiles(_values(times[bound.ours], times.get(fastest), bound.unit), n=4)
            best = {name: [min(rounds)] for name, rounds in times.items()}
            (value,) = _values(best[bound.ours], best.get(fastest), bound.unit)
            yield Row(
                self.group, self.name, self.size, bound.ours, fastest, value, low, high, bound.unit, bound.most,
                bound.remark, tuple(min(times[name]) for name in (bound.ours, fastest) if name),
            )  # fmt: skip


def _values(ours: list[float], theirs: list[float] | None, unit: str) -> list[float]:
    if unit == "times":
        return [a / b for a, b in zip(ours, theirs, strict=True)]
    scale = {"us": 1e6, "s": 1}[unit]
    return [scale * a for a in ours] if theirs is None else [scale * (a - b) for a, b in zip(ours, theirs, strict=True)]


def in_turns(
    calls: dict[str, Callable[[], object]], seconds: float, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds that each call took in each round, the calls taking turns.

    Their order is another one in each round, so that none has always the same one before it, or itself.
    """
    timers, numbers = {}, {}
    for name, call in calls.items():
        timers[name] = timeit.Timer(call, timer=clock)
        timers[name].timeit(1)
        once = min(timers[name].repeat(2, 1))
        if once > LONGEST:
            continue
        numbers[name] = max(1, round(TURN / max(once, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in numbers}
    started, number = time.perf_counter(), 0
    while number < FEWEST or (number < MOST and time.perf_counter() - started < seconds * len(calls)):
        for name in random.Random(number).sample(list(numbers), len(numbers)):
            times[name].append(timers[name].timeit(numbers[name]) / numbers[name])
        number += 1
    return times


def chosen(cases: Iterable[Case], wanted: Callable[[str], bool]) -> Iterator[Case]:
    """Yield the cases whose `group.name size` is wanted."""
    return (case for case in cases if wanted(f"{case.group}.{case.name} {case.size}"))
