"""Measures a component: on every number of 16 bits and a dense sample of the rest, or on generated cases."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, settings

from parity import bridge, domains
from parity.certify.spread import Spread, off
from parity.checks import exhaustive, streams
from parity.checks.subject import (
    Expected,
    build,
    caller,
    differentiable,
    dtype_of,
    expect,
    expect_stream,
    tensors_of,
)
from parity.registry.entry import Entry
from parity.runner import cases, main_check
from parity.search import variety
from parity.tolerance import DTYPES, HALVES, ParityError, informative, numpy_dtype

APART = "apart"
# The mode of PyTorch that stands beside each of TensorFlow's, when the two are compared with each other.
BESIDE = {bridge.EAGER: bridge.EAGER, "graph": "captured", "xla": "captured"}
NOISE = 1e-6  # of a distance, or of a unit: what a reference in float64 may add to it
COMPILED_CASES = 1  # of each dtype
COMPILED_STEP = 5  # of the dense samples, one number in so many goes through the compiled modes
Result = tuple[np.ndarray, dict[str, np.ndarray]]
Exact = tuple[np.ndarray, np.ndarray]  # what is right, and its scale
Places = slice | np.ndarray  # of elements
ALL = slice(None)
Again = Callable[[np.ndarray], Exact]


class Place(NamedTuple):
    """What a spread is about: which dtype and mode, "value" or "gradient", and whose.

    That is "tf" or "torch", each from the reference, or "apart", the one from the other.
    """

    dtype: str
    mode: str
    of: str
    whose: str


Found = dict[Place, Spread]


def measure(entry: Entry, examples: int, seed: int) -> tuple[Found, int]:
    """Measure a component in every mode.

    Args:
        examples: how many generated cases are run eagerly; of each dtype one more is compiled, in each mode.

    Returns:
        What was found, and on how many cases.
    """
    if entry.ulp is not None:
        return _every_number(entry)
    return _generated(entry, examples, seed)


class Right(NamedTuple):
    """What a function of one number must give, each with its scale."""

    value: np.ndarray
    scale: np.ndarray
    gradient: np.ndarray
    steepness: np.ndarray


def _every_number(entry: Entry) -> tuple[Found, int]:
    found: Found = {}
    for dtype in DTYPES:
        numbers = exhaustive.every(dtype) if dtype in HALVES else exhaustive.dense(dtype)
        through(entry, numbers, found)
        through(entry, numbers[::COMPILED_STEP] if dtype not in HALVES else numbers, found, modes=entry.modes)
    return found, len(DTYPES)


def through(
    entry: Entry,
    numbers: np.ndarray,
    found: Found,
    *,
    modes: Sequence[str] = (bridge.EAGER,),
    kind: Any = np.longdouble,
    gradients: bool = True,
) -> None:
    """Put numbers through a function of one number, and add how far its values and its derivative are off.

    Args:
        modes: those that are run; TensorFlow and PyTorch are held against each other where both have one.
        gradients: whether the derivative is measured too.
        kind: the type in which the reference computes. Where that is float64, what seems farther off than all before is
            held against the reference in longdouble.
    """
    dtype, wrt = dtype_of(numbers), ("x",) if gradients else ()
    weights = bridge.cotangent(numbers.shape, dtype)
    right = _right(entry, numbers, weights, kind)
    asked = _places(exhaustive.asked(numbers, right.value))
    results = {
        (side.name, mode): side.call(caller(side, entry, entry.required, {}), {"x": numbers}, wrt, mode)
        for side in bridge.sides()
        for mode in side.modes
        if mode in modes
    }

    everywhere = np.arange(len(numbers))

    def hold(where: Place, actual: np.ndarray, expected: Exact, places: Places, again: Again) -> None:
        spread = found.setdefault(where, Spread())
        allowed = entry.tolerance.value if where.of == "value" else entry.tolerance.gradient
        units, ulp = off(actual, *expected, dtype=dtype, units=allowed, beyond=spread.units)
        if kind is np.float64:
            _confirm(spread, units, ulp, lambda some: off(actual[some], *again(some), dtype=dtype, units=allowed))
        spread.add(units, ulp, lambda place: float(numbers[places][place]))

    def hold_apart(where: Place, actual: np.ndarray, other: np.ndarray, expected: Exact, places: Places) -> None:
        spread = found.setdefault(where, Spread())
        allowed = entry.tolerance.value if where.of == "value" else entry.tolerance.gradient
        right, scale = expected
        distances = off(
            actual, other.astype(kind), scale, dtype=dtype, units=allowed, beyond=spread.units, steps_of=right
        )
        spread.add(*distances, lambda place: float(numbers[places][place]))

    def exactly(some: np.ndarray) -> Right:
        return _right(entry, numbers[some], weights[some], np.longdouble)

    def nearest(value: np.ndarray, some: Any, right: Right) -> Exact:
        return exhaustive.flushed(entry, numbers[some], value[some], right.value, right.scale)

    def nearest_again(value: np.ndarray) -> Again:
        return lambda some: nearest(value, some, exactly(some))

    slope = right.gradient[asked], right.steepness[asked]
    for (name, mode), (value, slopes) in results.items():
        where = Place(dtype, mode, "value", name)
        hold(where, value, nearest(value, ALL, right), ALL, nearest_again(value))
        if gradients:
            where = Place(dtype, mode, "gradient", name)
            hold(where, slopes["x"][asked], slope, asked, lambda some: exactly(everywhere[asked][some])[2:])
    for mode, beside in BESIDE.items():
        if ("tf", mode) in results and ("torch", beside) in results:
            (value, slopes), (other, other_slopes) = results["tf", mode], results["torch", beside]
            # At subnormal numbers, which TensorFlow takes for 0, the two need not be near each other.
            plain = _places(~exhaustive.subnormal(numbers))
            values = (right.value[plain], right.scale[plain])
            hold_apart(Place(dtype, mode, "value", APART), value[plain], other[plain], values, plain)
            if gradients:
                where = Place(dtype, mode, "gradient", APART)
                hold_apart(where, slopes["x"][asked], other_slopes["x"][asked], slope, asked)


def _places(chosen: np.ndarray) -> Places:
    """Where something is true; that it is true everywhere is the usual case, and nothing needs to be copied then."""
    return ALL if chosen.all() else np.flatnonzero(chosen)


def _right(entry: Entry, numbers: np.ndarray, weights: np.ndarray, kind: Any) -> Right:
    found = entry.reference(numbers.astype(kind), **entry.required)
    assert found.pullback is not None
    return Right(found.value, found.scale, *found.pullback(weights.astype(kind))["x"])


def _confirm(
    spread: Spread, units: np.ndarray, ulp: np.ndarray, again: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
) -> None:
    """Correct, in place, the distances of what is farther off than all before, until the farthest are corrected."""
    known, size = np.zeros(ulp.shape, bool), min(8, len(ulp))
    while True:
        befores = (units, spread.units), (ulp, spread.ulp)
        new = [(off, before) for off, before in befores if off.max(initial=0) > max(before * (1 + NOISE), NOISE)]
        if all(known[np.argmax(off)] for off, _ in new):
            return
        chosen = np.zeros(ulp.shape, bool)
        for far, before in new:
            chosen[_farthest(far, ~known & (far > before), size)] = True
        some = np.flatnonzero(chosen)
        units[some], ulp[some] = again(some)
        known[some], size = True, min(32 * size, len(ulp))


def _farthest(off: np.ndarray, among: np.ndarray, size: int) -> np.ndarray:
    """Where the largest so many distances are, among some."""
    places = np.flatnonzero(among)
    return places if len(places) <= size else places[np.argpartition(off[places], -size)[-size:]]


def _generated(entry: Entry, examples: int, seed: int) -> tuple[Found, int]:
    found: Found = {}
    compiled: dict[str, list[dict[str, Any]]] = {dtype: [] for dtype in DTYPES}
    check = main_check(entry)
    run_case = _stream if entry.streams else _call
    count = 0

    @hypothesis.seed(zlib.crc32(f"{seed} {entry.name}".encode()))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(cases(entry, check))
    def run(case: dict[str, Any]) -> None:
        nonlocal count
        count += 1
        expected = run_case(entry, case, (bridge.EAGER,), found)
        told = informative(expected.value) or entry.zero
        if (
            told
            and bool(expected.gradients) == bool(entry.gradients)
            and len(compiled[expected.dtype]) < COMPILED_CASES
        ):
            compiled[expected.dtype].append(case)

    with variety():
        run()
    for case in [case for chosen in compiled.values() for case in chosen]:
        count += 1
        run_case(entry, _short(case), entry.modes, found)
    return found, count


def _short(case: dict[str, Any]) -> dict[str, Any]:
    """A case for compiled modes: of a stream the largest batch, for each is compiled anew."""
    if "batches" not in case:
        return case
    largest = max(case["batches"], key=lambda batch: next(iter(batch.values())).size)
    return {**case, "batches": [largest], "order": [0], "split": 0}


def _call(entry: Entry, case: Mapping[str, Any], modes: Sequence[str], found: Found) -> Expected:
    config, inputs = case["config"], case["inputs"]
    wrt = differentiable(entry, config, inputs)
    expected = expect(entry, config, inputs, wrt, bridge.cotangent)
    results = {
        (side.name, mode): side.call(caller(side, entry, config, inputs), tensors_of(inputs), wrt, mode)
        for side in bridge.sides()
        for mode in side.modes
        if mode in modes
    }
    _hold_all(entry, "outputs", case, expected, results, found)
    return expected


def _stream(entry: Entry, case: Mapping[str, Any], modes: Sequence[str], found: Found) -> Expected:
    config, batches = case["config"], case["batches"]
    expected = expect_stream(entry, config, batches)
    expected.passed_through = streams.passed_through(entry, batches)
    results: dict[tuple[str, str], Result] = {}
    for side in bridge.sides():
        for mode in [mode for mode in side.modes if mode in modes]:
            metric = build(side, entry, config)
            side.update(metric, batches, mode)
            results[side.name, mode] = side.compute(metric, mode), {}
    _hold_all(entry, "streams", case, expected, results, found)
    return expected


def _hold_all(
    entry: Entry,
    check: str,
    case: Mapping[str, Any],
    expected: Expected,
    results: Mapping[tuple[str, str], Result],
    found: Found,
) -> None:
    """Hold results against the reference, and those of one framework against those of the other."""

    def hold(where: Place, actual: np.ndarray, exact: Exact, other: np.ndarray | None) -> None:
        right, scale = exact
        if actual.shape != right.shape or actual.dtype != numpy_dtype(where.dtype):
            raise ParityError(
                f"{entry.name} {where.of} in {where.whose}, {where.mode}: {actual.dtype}{list(actual.shape)}, expected "
                f"{where.dtype}{list(right.shape)}"
            )
        allowed = entry.tolerance.value if where.of == "value" else entry.tolerance.gradient
        distances = off(
            actual,
            right if other is None else other.astype(np.longdouble),
            scale,
            dtype=where.dtype,
            units=allowed,
            passed_through=expected.passed_through,
            steps_of=right,
        )
        found.setdefault(where, Spread()).add(
            *distances, lambda place: {"element": place, "replay": literal_replay(entry, check, case)}
        )

    def hold_result(mode: str, whose: str, result: Result, other: Result | None) -> None:
        value, gradients = result
        where = Place(expected.dtype, mode, "value", whose)
        hold(where, value, (expected.value, expected.scale), None if other is None else other[0])
        for key, gradient in gradients.items():
            where = Place(expected.gradient_dtypes[key], mode, "gradient", whose)
            hold(where, gradient, expected.gradients[key], None if other is None else other[1][key])

    for (name, mode), result in results.items():
        hold_result(mode, name, result, None)
    for mode, beside in BESIDE.items():
        if ("tf", mode) in results and ("torch", beside) in results:
            hold_result(mode, APART, results["tf", mode], results["torch", beside])


def literal_replay(entry: Entry, check: str, case: Mapping[str, Any]) -> str:
    """The call that runs a case again."""
    arguments = "".join(f", {key}={domains.literal(value)}" for key, value in case.items())
    return f"parity.replay({entry.name!r}, {check!r}{arguments})"
