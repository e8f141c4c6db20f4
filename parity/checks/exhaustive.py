"""Functions of one number: on every float16 and bfloat16 there is, and on a dense sample of float32."""

from functools import cache

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import caller, dtype_of, exact
from parity.reference.base import Reference
from parity.registry.entry import Entry
from parity.tolerance import HALVES, Measurement, ParityError, compare, informative, limits, numpy_dtype, ulp_distance

DENSE = 100_000  # of each sign
MODES = (bridge.EAGER, "graph", "xla", "inductor")  # what PyTorch captures runs the eager kernels


def check(entry: Entry, *, fault: Fault = NONE) -> Measurement:
    """Compare values with the reference in units in the last place, and gradients in units of `eps * scale`.

    At the infinities, where the reference is no number, the derivative is that at the largest numbers.

    Raises:
        ParityError: a value is further off than the entry allows, NaN or infinity is at another place, or a gradient
            is off.
    """
    found = Measurement()
    for dtype in (*HALVES, "float32"):
        numbers = every(dtype) if dtype in HALVES else dense()
        expected = entry.reference(exact(numbers, dtype), **entry.required)
        for side in bridge.sides():
            for mode in [mode for mode in side.modes if mode in (MODES if dtype == "float32" else MODES[:1])]:
                found.merge(_values(entry, side, mode, numbers, expected, fault))
                found.merge(_gradients(entry, side, mode, numbers, expected, fault))
                _at_infinities(entry, side, mode, dtype, fault)
    return found


def _values(
    entry: Entry, side: bridge.Side, mode: str, numbers: np.ndarray, expected: Reference, fault: Fault
) -> Measurement:
    assert entry.ulp is not None
    dtype, found = dtype_of(numbers), Measurement()
    column, limit = ("half ulp", entry.ulp.half) if dtype in HALVES else ("ulp", entry.ulp.single)
    value, _ = side.call(caller(side, entry, entry.required, {}), {"x": numbers}, mode=mode)
    value = fault.output(side.name, value, expected, limit)
    wanted, scale = flushed(entry, numbers, value, expected.value, expected.scale)
    judged = _in_single(value, wanted, scale, entry.tolerance.value) if dtype in HALVES else value
    off = ulp_distance(judged, wanted, dtype)
    worst = int(np.argmax(off))
    if not off[worst] <= limit:
        raise ParityError(
            f"{entry.name} value in {_where(side, mode)} at {float(numbers[worst])!r} in {dtype}: {value[worst]!s}, "
            f"reference {float(expected.value[worst])!r} = {off[worst]:.4g} ulp (allowed {limit:g}); "
            f"{int((off > limit).sum())} of {off.size} numbers"
        )
    found.add(column, float(off[worst]), informative(value))
    return found


def _in_single(value: np.ndarray, expected: np.ndarray, scale: np.ndarray, units: float) -> np.ndarray:
    """Values of half precision without what the float32 numbers that they were rounded from may have been off."""
    wide, slack = value.astype(expected.dtype), units * float(limits("float32").eps) * scale
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(wide), np.clip(expected, wide - slack, wide + slack), wide)


def _gradients(
    entry: Entry, side: bridge.Side, mode: str, numbers: np.ndarray, expected: Reference, fault: Fault
) -> Measurement:
    assert expected.pullback is not None
    dtype, found = dtype_of(numbers), Measurement()
    places = asked(numbers, expected.value)
    weights = bridge.cotangent((int(places.sum()),), dtype)
    cotangent = np.zeros(numbers.shape, np.longdouble)
    cotangent[places] = weights
    reference, scale = (item[places] for item in expected.pullback(cotangent)["x"])
    _, gradients = side.call(caller(side, entry, entry.required, {}), {"x": numbers[places]}, ("x",), mode)
    actual = fault.gradient(side.name, gradients["x"])
    what = f"{entry.name} gradient of x in {_where(side, mode)}"
    units = compare(what, actual, reference, scale, dtype=dtype, units=entry.tolerance.gradient)
    found.add("gradient", units, informative(actual))
    return found


def _at_infinities(entry: Entry, side: bridge.Side, mode: str, dtype: str, fault: Fault) -> None:
    largest = float(limits(dtype).max)
    # Each where its weight is a power of 2, and rounds nothing.
    numbers = np.array([-np.inf, np.inf, 0.0, -largest, largest]).astype(numpy_dtype(dtype))
    _, gradients = side.call(caller(side, entry, entry.required, {}), {"x": numbers}, ("x",), mode)
    slopes = fault.gradient(side.name, gradients["x"]).astype(np.float64) / bridge.cotangent((5,), dtype)
    if not np.array_equal(slopes[:2], slopes[3:]):
        raise ParityError(
            f"{entry.name} in {_where(side, mode)} in {dtype}: the derivatives at minus infinity and infinity are "
            f"{slopes[:2]}, those at the largest numbers {slopes[3:]}"
        )


def _where(side: bridge.Side, mode: str) -> str:
    return side.name if mode == bridge.EAGER else f"{side.name} ({mode})"


def subnormal(numbers: np.ndarray) -> np.ndarray:
    """Which numbers are subnormal, as float32 where half precision is computed in that."""
    wide = numbers if numbers.dtype == np.float64 else numbers.astype(np.float32)
    return (np.abs(wide) < np.finfo(wide.dtype).smallest_normal) & (numbers != 0)


def flushed(
    entry: Entry, numbers: np.ndarray, value: np.ndarray, expected: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a function must give, and its scale: at a subnormal number also what it gives at 0, if that is nearer.

    TensorFlow takes subnormal numbers for 0.
    """
    tiny = subnormal(numbers)
    if not tiny.any():
        return expected, scale
    zero = entry.reference(np.zeros((), expected.dtype), **entry.required)
    got = value.astype(expected.dtype)
    with np.errstate(invalid="ignore"):
        nearer = tiny & (np.abs(got - zero.value) < np.abs(got - expected))
    return np.where(nearer, zero.value, expected), np.where(nearer, zero.scale, scale)


def asked(numbers: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Where derivatives are compared: at finite numbers with finite values that are not subnormal."""
    largest = expected.dtype.type(limits(dtype_of(numbers)).max)
    wide = numbers if numbers.dtype == np.float64 else numbers.astype(np.float32)
    return np.isfinite(wide) & (np.abs(expected) <= largest) & ~subnormal(numbers)


@cache
def every(dtype: str) -> np.ndarray:
    """Every number that a type of 16 bits can hold, one NaN among them."""
    numbers = np.arange(2**16, dtype=np.uint16).view(numpy_dtype(dtype))
    known = ~np.isnan(numbers.astype(np.float32))
    return np.append(numbers[known], numpy_dtype(dtype).type(np.nan))


@cache
def dense(dtype: str = "float32") -> np.ndarray:
    """Numbers of every size and both signs, and those on and beside multiples of a half, where formulas change."""
    kind = numpy_dtype(dtype).type
    bits, info = np.int64 if dtype == "float64" else np.int32, np.finfo(dtype)
    smallest, largest = (int(np.array(end).view(bits)) for end in (info.smallest_normal, info.max))
    # Towards the largest float64 there is, linspace rounds its bits up to those of infinity.
    spread = np.minimum(np.linspace(smallest, largest, DENSE), np.nextafter(largest, 0)).astype(bits).view(kind)
    corners = np.arange(-220, 221).astype(kind) / 2
    beside = [np.nextafter(corners, kind(end)) for end in (-np.inf, np.inf)]
    tails = np.linspace(-105, 105, DENSE // 2, dtype=kind)
    ends = np.array([np.nan, np.inf, -np.inf, 0.0, float(info.max)], kind)
    numbers = np.concatenate([spread, -spread, corners, *beside, tails, ends])
    return numbers[~subnormal(numbers)]
