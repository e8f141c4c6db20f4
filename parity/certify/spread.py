"""How far results are off: the worst with what gave it, and how the distances are spread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parity.tolerance import distances, limits, power_of_two, ulp_distance

BINS = 1 << 11  # of distances in ULP: eight for each power of two, by the first bits of a float32
KEPT = 20  # the bits of a float32 that tell no bins apart
SLACK = 1e-12  # of a distance: what rounding in float64 takes from one that is as far off as those before


@dataclass
class Spread:
    """Distances of many results from what they should be.

    Args:
        numbers: how many results there were.
        units: the largest distance in units of `eps * scale`, and in `units_at` what gave it.
        ulp: the largest in units in the last place, and in `ulp_at` what gave it.
        counts: how many were how far off, in bins of ULP.
    """

    numbers: int = 0
    units: float = 0.0
    units_at: Any = None
    ulp: float = 0.0
    ulp_at: Any = None
    counts: np.ndarray = field(default_factory=lambda: np.zeros(BINS, np.int64))

    def add(self, units: np.ndarray, ulp: np.ndarray, at: Callable[[int], Any]) -> None:
        """Count distances in; `at` names what gave the element of a (flat) number."""
        if not ulp.size:
            return
        self.numbers += ulp.size
        if ulp.any():
            self.counts += _bins(ulp)
        else:
            self.counts[0] += ulp.size
        for name, off in (("units", units), ("ulp", ulp)):
            worst = int(np.argmax(off))
            if off.flat[worst] > getattr(self, name) or getattr(self, f"{name}_at") is None:
                setattr(self, name, float(off.flat[worst]))
                setattr(self, f"{name}_at", at(worst))

    def merge(self, other: "Spread") -> None:
        self.numbers += other.numbers
        self.counts = self.counts + other.counts
        if other.units > self.units or self.units_at is None:
            self.units, self.units_at = other.units, other.units_at
        if other.ulp > self.ulp or self.ulp_at is None:
            self.ulp, self.ulp_at = other.ulp, other.ulp_at

    def quantile(self, share: float) -> float:
        """The ULP that this share of the results keeps, rounded up by an eighth at most."""
        reached = np.cumsum(self.counts) >= share * self.numbers
        place = int(np.argmax(reached))
        if not self.numbers or place == 0:
            return 0.0
        edge = np.array((place + 1) << KEPT, np.uint32).view(np.float32)
        return min(float(edge), self.ulp)

    def as_json(self) -> dict[str, Any]:
        return {
            "numbers": self.numbers,
            "units": {"max": self.units, "at": self.units_at},
            "ulp": {"median": self.quantile(0.5), "p99": self.quantile(0.99), "max": self.ulp, "at": self.ulp_at},
            "counts": {str(place): int(self.counts[place]) for place in np.flatnonzero(self.counts)},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Spread":
        counts = np.zeros(BINS, np.int64)
        for place, count in data["counts"].items():
            counts[int(place)] = count
        units, ulp = data["units"], data["ulp"]
        return cls(data["numbers"], units["max"], units["at"], ulp["max"], ulp["at"], counts)


def _bins(ulp: np.ndarray) -> np.ndarray:
    bits = ulp.astype(np.float32).view(np.uint32).ravel() >> np.uint32(KEPT)
    return np.bincount(bits.astype(np.int64), minlength=BINS)


def off(
    actual: np.ndarray,
    expected: np.ndarray,
    scale: np.ndarray,
    *,
    dtype: str,
    units: float,
    passed_through: tuple[str, ...] = (),
    beyond: float = 0.0,
    steps_of: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The distances of a result from what it should be, in units and in ULP, flat.

    They are those of `distances` and `ulp_distance`, which take long. Here they are asked only for numbers that are
    not ordinary, and in units for what is farther off than `beyond`: the rest is 0.

    Args:
        steps_of: the numbers whose last place is the unit, where they are not what is expected.
    """
    info = limits(dtype)
    actual, expected, scale = actual.ravel(), np.ravel(expected), np.ravel(scale)
    wide = expected.dtype.type
    with np.errstate(all="ignore"):
        gap = actual.astype(wide)
        gap -= expected
        np.abs(gap, out=gap)
        in_units = np.zeros(gap.shape, gap.dtype)
        far = ~(gap <= beyond * (1 - SLACK) * wide(info.eps) * scale)
        power = power_of_two(np.abs(expected if steps_of is None else np.ravel(steps_of)))
        ordinary = (power > wide(info.smallest_normal)) & (power < wide(info.max) / 4)
        ordinary &= gap < np.inf
        power *= wide(info.eps)
        in_ulp = np.divide(gap, power, out=power)
    if not ordinary.all():
        odd = np.flatnonzero(~ordinary)
        in_ulp[odd] = 0
        odd = odd[gap[odd] != 0]
        in_ulp[odd] = ulp_distance(actual[odd], expected[odd], dtype)
    if far.any():
        in_units[far] = distances(
            actual[far], expected[far], scale[far], dtype=dtype, units=units, passed_through=passed_through
        )
    return in_units, in_ulp
