"""The one rule for "equal".

Structure, shape, dtype, the places of NaN and of infinities come first. Then `|a - b| <= k * eps(dtype) * scale`, where
scale is the size of the terms that were added to make the value, plus what one rounding of the inputs can do to it. A
result below the smallest normal number may be flushed to zero: there the allowance is that number.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

DTYPES = ("float16", "bfloat16", "float32", "float64")
HALVES = ("float16", "bfloat16")


class ParityError(AssertionError):
    """Two results that should be equal are not, or nothing was compared."""


@dataclass(frozen=True)
class Tolerance:
    """How many units of `eps(dtype) * scale` a value and a gradient may be off; the reason, where it is not usual.

    Half precision is computed in float32 and rounded once: a value is half a unit off, two are one apart.
    """

    value: float = 8
    gradient: float = 16
    reason: str = ""
    half_value: float = 1
    half_gradient: float = 2  # PyTorch's kernel for the derivative of a sigmoid rounds twice

    def of_value(self, dtype: str) -> float:
        return min(self.half_value, self.value) if dtype in HALVES else self.value

    def of_gradient(self, dtype: str) -> float:
        return min(self.half_gradient, self.gradient) if dtype in HALVES else self.gradient


@dataclass(frozen=True)
class Ulp:
    """How many units in the last place a function of one number may be off, with the reason, where it is not usual.

    Args:
        single: in float32, on a dense sample.
        half: in float16 and bfloat16, on every number there is, beside what the float32 they come from may be off.
        reason: why, where it is not usual.
    """

    single: float = 8
    half: float = 0.51
    reason: str = ""


@dataclass
class Measurement:
    """What comparisons found: the worst distances in units, and how much there was to compare."""

    worst: dict[str, float] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)

    def add(self, column: str, units: float, compared: int) -> None:
        self.worst[column] = max(self.worst.get(column, 0.0), units)
        self.compared[column] = self.compared.get(column, 0) + compared

    def merge(self, other: "Measurement") -> None:
        for column, units in other.worst.items():
            self.add(column, units, other.compared[column])


def numpy_dtype(name: str) -> np.dtype:
    return np.dtype(ml_dtypes.bfloat16) if name == "bfloat16" else np.dtype(name)


def limits(dtype: str) -> Any:
    """Machine limits of a dtype: `eps`, `smallest_normal` and `max`, among others."""
    return ml_dtypes.finfo(numpy_dtype(dtype))  # type: ignore[no-untyped-call]


def coarsest(*dtypes: str) -> str:
    """The dtype with the largest eps; of float16 and bfloat16, the latter."""
    return max(dtypes, key=lambda dtype: float(limits(dtype).eps))


def compare(
    what: str,
    actual: np.ndarray,
    expected: np.ndarray,
    scale: np.ndarray,
    *,
    dtype: str,
    units: float,
    passed_through: tuple[str, ...] = (),
) -> float:
    """Compare a result with the reference and return the worst distance in units.

    Args:
        what: name of the result, for the message.
        actual: what a framework returned.
        expected: the reference, at least float64.
        scale: the size of the terms that were added, same shape as expected.
        dtype: the dtype that the result must have.
        units: how many units are allowed.
        passed_through: further dtypes to which the result was rounded on its way.

    Raises:
        ParityError: shape, dtype, NaN, infinities or a value differ.
    """
    expected, scale = np.asarray(expected), np.asarray(scale)
    if actual.dtype != numpy_dtype(dtype):
        raise ParityError(f"{what}: dtype {actual.dtype}, expected {dtype}")
    if actual.shape != expected.shape:
        raise ParityError(f"{what}: shape {actual.shape}, expected {expected.shape}")
    if scale.shape != expected.shape:
        raise ParityError(f"{what}: the reference has a scale of shape {scale.shape} for values of {expected.shape}")
    judged = _judge(actual, expected, scale, dtype, units, passed_through)
    got, wanted, free, off = judged.got, judged.wanted, judged.free, judged.off
    _same(what, "NaN", np.isnan(got), np.isnan(wanted), got, wanted)
    _same(what, "infinity", np.isinf(got) & ~free, np.isinf(wanted), got, wanted)
    _same(what, "sign of infinity", np.isposinf(got) & ~free, np.isposinf(wanted), got, wanted)
    worst = float(off.max()) if off.size else 0.0
    if worst > units:
        place = np.unravel_index(int(np.argmax(off)), off.shape)
        raise ParityError(
            f"{what}{_index(place)}: {actual[place]!s}, reference {float(expected[place])!r} = {worst:.4g} units "
            f"(allowed {units:g}) of eps {judged.eps:.3g} * scale {float(scale[place]):.4g}; "
            f"{int((off > units).sum())} of {off.size} elements"
        )
    return worst


def distances(
    actual: np.ndarray,
    expected: np.ndarray,
    scale: np.ndarray,
    *,
    dtype: str,
    units: float,
    passed_through: tuple[str, ...] = (),
) -> np.ndarray:
    """How far each element is from the reference, as `compare` judges it, in units of `eps(dtype) * scale`.

    Infinity where one of the two is NaN or infinite, and the other is not and must not be.
    """
    judged = _judge(actual, expected, scale, dtype, units, passed_through)
    got, wanted, free = judged.got, judged.wanted, judged.free
    plain = np.isfinite(got) & np.isfinite(wanted)
    alike = free | (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    return np.where(plain, judged.off, np.where(alike, 0, np.inf))


class _Judged(NamedTuple):
    """A result beside what it should be, how far it is off, and where an overflow is free to happen."""

    got: np.ndarray
    wanted: np.ndarray
    free: np.ndarray
    off: np.ndarray
    eps: float


def _judge(
    actual: np.ndarray, expected: np.ndarray, scale: np.ndarray, dtype: str, units: float, passed: tuple[str, ...]
) -> _Judged:
    rough = coarsest(dtype, *passed)
    eps, tiny = float(limits(rough).eps), max(float(limits(item).smallest_normal) for item in (dtype, *passed))
    largest = min(np.longdouble(limits(item).max) for item in (dtype, *passed))
    kind = _wide(actual, expected)
    got, largest = actual.astype(kind), kind(largest)
    with np.errstate(all="ignore"):
        allowed = units * eps * scale
        allowed = np.where(np.isfinite(allowed), allowed, 0)
        may_overflow = np.abs(expected) + allowed > largest * (1 - eps / 2)
        must_overflow = np.abs(expected) - allowed > largest * (1 + eps)
        wanted = np.where(must_overflow & ~np.isnan(expected), np.copysign(np.inf, expected), expected)
        free = may_overflow & ~must_overflow & np.isinf(got) & (np.sign(got) == np.sign(expected))
        finite = np.isfinite(wanted) & ~free
        distance = np.where(finite, np.abs(np.where(finite, got, 0) - np.where(finite, wanted, 0)), 0)
        # Rounding can make the smallest normal number of a subnormal one, on one side and not on the other.
        flushed = (np.abs(np.where(finite, wanted, 0)) <= tiny) & (distance <= tiny)
        distance = np.where(flushed, 0, distance)
        # A scale that is NaN allows nothing.
        off = np.where(distance == 0, 0, distance / (eps * np.where(np.isnan(scale), 0, scale)))
    return _Judged(got, wanted, free, off, eps)


def _wide(actual: np.ndarray, expected: np.ndarray) -> Any:
    """The type to compare in: the widest, unless the reference is in float64 and the result in less."""
    return np.float64 if expected.dtype == np.float64 and actual.dtype != np.float64 else np.longdouble


def ulp_distance(actual: np.ndarray, expected: np.ndarray, dtype: str) -> np.ndarray:
    """How far results are from exact values, in units of the last place that dtype has at the exact value.

    0 where the exact value is no normal number, and not missed by more than the smallest one. Infinity where one is NaN
    or infinite and the other, rounded, is not.
    """
    info = limits(dtype)
    expected = np.asarray(expected)
    kind = _wide(actual, expected)
    eps, tiny, largest = kind(info.eps), kind(info.smallest_normal), kind(info.max)
    got, wanted = actual.astype(kind), expected.astype(kind)
    half_a_step = largest * eps / 4
    with np.errstate(all="ignore"):
        off = np.abs(got - wanted)
        distance = off / (eps * power_of_two(np.maximum(np.abs(wanted), tiny)))
        distance = np.where((np.abs(wanted) <= tiny) & (off <= tiny), 0, distance)
        wanted = np.where(np.abs(wanted) >= largest + half_a_step, np.copysign(np.inf, wanted), wanted)
    plain = np.isfinite(got) & np.isfinite(wanted)
    return np.where(plain, distance, np.where((got == wanted) | (np.isnan(got) & np.isnan(wanted)), 0, np.inf))


def power_of_two(positive: np.ndarray) -> np.ndarray:
    """The largest power of 2 that is no larger than each number."""
    if positive.dtype == np.float64:
        # The sign and the exponent, without the other bits: many times as fast as frexp.
        return np.asarray((positive.view(np.int64) & np.int64(0x7FF << 52)).view(np.float64))
    _, exponent = np.frexp(positive)
    return np.asarray(np.ldexp(positive.dtype.type(1), exponent - 1))


def same_bits(what: str, first: np.ndarray, second: np.ndarray, *, flushed: bool = False) -> None:
    """Raise ParityError unless two arrays have the same shape, dtype and bits (any NaN equals any NaN).

    Args:
        flushed: take all numbers up to the smallest normal one for equal, as one side may have flushed them to zero.
    """
    if first.dtype != second.dtype or first.shape != second.shape:
        raise ParityError(f"{what}: {first.dtype}{first.shape} and {second.dtype}{second.shape}")
    different = (first != second) & ~(np.isnan(first) & np.isnan(second))
    if flushed:
        tiny = limits(first.dtype.name).smallest_normal
        different &= (np.abs(first) > tiny) | (np.abs(second) > tiny)
    if different.any():
        place = np.unravel_index(int(np.argmax(different)), different.shape)
        raise ParityError(
            f"{what}{_index(place)}: {first[place]!s} and {second[place]!s}; "
            f"{int(different.sum())} of {different.size} elements"
        )


def informative(array: np.ndarray) -> int:
    """How many elements say something: those that are finite and not zero."""
    wide = array.astype(np.longdouble)
    return int((np.isfinite(wide) & (wide != 0)).sum())


def _same(what: str, kind: str, got: np.ndarray, wanted: np.ndarray, actual: np.ndarray, expected: np.ndarray) -> None:
    if (got != wanted).any():
        place = np.unravel_index(int(np.argmax(got != wanted)), got.shape)
        raise ParityError(f"{what}{_index(place)}: {kind} differs: {actual[place]!s}, reference {expected[place]!s}")


def _index(place: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(item)) for item in place)}]" if place else ""
