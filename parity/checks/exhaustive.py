"""Functions of one number: on every float16 and bfloat16 there is, and on a dense sample of float32."""

from functools import cache

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import caller, dtype_of, exact
from parity.reference.base import Reference
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, compare, informative, limits, numpy_dtype, ulp_distance

HALVES = ("float16", "bfloat16")
DENSE = 100_000  # of each sign
MODES = (bridge.EAGER, "graph", "xla")  # what PyTorch captures runs the eager kernels


def check(entry: Entry, *, fault: Fault = NONE) -> Measurement:
    """Compare values with the reference in units in the last place, and gradients in units of `eps * scale`.

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
    return found


def _values(
    entry: Entry, side: bridge.Side, mode: str, numbers: np.ndarray, expected: Reference, fault: Fault
) -> Measurement:
    assert entry.ulp is not None
    dtype, found = dtype_of(numbers), Measurement()
    column, limit = ("half ulp", entry.ulp.half) if dtype in HALVES else ("ulp", entry.ulp.single)
    value, _ = side.call(caller(side, entry, entry.required, {}), {"x": numbers}, mode=mode)
    value = fault.output(side.name, value, expected, limit)
    off = ulp_distance(value, expected.value, dtype)
    if subnormal(numbers).any():
        # TensorFlow takes them for 0.
        at_zero = entry.reference(np.zeros((), np.longdouble), **entry.required).value
        flushed = ulp_distance(value, np.broadcast_to(at_zero, value.shape), dtype)
        off = np.where(subnormal(numbers), np.minimum(off, flushed), off)
    worst = int(np.argmax(off))
    if not off[worst] <= limit:
        raise ParityError(
            f"{entry.name} value in {_where(side, mode)} at {float(numbers[worst])!r} in {dtype}: {value[worst]!s}, "
            f"reference {float(expected.value[worst])!r} = {off[worst]:.4g} ulp (allowed {limit:g}); "
            f"{int((off > limit).sum())} of {off.size} numbers"
        )
    found.add(column, float(off[worst]), informative(value))
    return found


def _gradients(
    entry: Entry, side: bridge.Side, mode: str, numbers: np.ndarray, expected: Reference, fault: Fault
) -> Measurement:
    assert expected.pullback is not None
    dtype, found = dtype_of(numbers), Measurement()
    finite = np.isfinite(numbers.astype(np.float32)) & (np.abs(expected.value) <= np.longdouble(limits(dtype).max))
    asked = finite & ~subnormal(numbers)
    weights = bridge.cotangent((int(asked.sum()),), dtype)
    cotangent = np.zeros(numbers.shape, np.longdouble)
    cotangent[asked] = weights
    reference, scale = (item[asked] for item in expected.pullback(cotangent)["x"])
    _, gradients = side.call(caller(side, entry, entry.required, {}), {"x": numbers[asked]}, ("x",), mode)
    actual = fault.gradient(side.name, gradients["x"])
    what = f"{entry.name} gradient of x in {_where(side, mode)}"
    units = compare(what, actual, reference, scale, dtype=dtype, units=entry.tolerance.gradient)
    found.add("gradient", units, informative(actual))
    return found


def _where(side: bridge.Side, mode: str) -> str:
    return side.name if mode == bridge.EAGER else f"{side.name} ({mode})"


def subnormal(numbers: np.ndarray) -> np.ndarray:
    """Which numbers are subnormal as float32, in which half precision is computed."""
    return (np.abs(numbers.astype(np.float32)) < np.finfo(np.float32).smallest_normal) & (numbers != 0)


@cache
def every(dtype: str) -> np.ndarray:
    """Every number that a type of 16 bits can hold, one NaN among them."""
    numbers = np.arange(2**16, dtype=np.uint16).view(numpy_dtype(dtype))
    known = ~np.isnan(numbers.astype(np.float32))
    return np.append(numbers[known], numpy_dtype(dtype).type(np.nan))


@cache
def dense() -> np.ndarray:
    """Numbers of every size and both signs, and those on and beside multiples of a half, where formulas change."""
    largest = int(np.array(np.finfo(np.float32).max).view(np.int32))
    smallest = int(np.array(np.finfo(np.float32).smallest_normal).view(np.int32))
    spread = np.linspace(smallest, largest, DENSE).astype(np.int32).view(np.float32)
    corners = np.arange(-220, 221, dtype=np.float32) / 2
    beside = [np.nextafter(corners, np.float32(end)) for end in (-np.inf, np.inf)]
    tails = np.linspace(-105, 105, DENSE // 2, dtype=np.float32)
    ends = np.array([np.nan, np.inf, -np.inf, 0.0], np.float32)
    numbers = np.concatenate([spread, -spread, corners, *beside, tails, ends])
    return numbers[~subnormal(numbers)]
