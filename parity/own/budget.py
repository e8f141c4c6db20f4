"""What two results may differ by, derived from a run in float64 and from the inputs close by.

The rule is that of `parity.tolerance`: `k * eps(dtype) * scale`. Where no reference gives the scale, it is measured, in
three parts:

* the size of the result, which is rounded;
* what one rounding of every input does to it (its conditioning): how far the float64 result moves when the inputs move
  by some eps of their own;
* the size of the steps between, which are rounded too and may cancel: how far the result in float32 is from that in
  float64 at inputs close by, or on the way to 0, in eps. A function that loses digits everywhere about a point may lose
  them at the point; one that is wrong at the point alone may not be. More than half of the digits are never lost so.

The later parts are measured only where the earlier do not suffice. In float64 the third is that of float32, scaled by
the two eps: what a side does wrongly in float64 never widens its own budget.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.own.given import moved, shrunk
from parity.tolerance import limits

STEPS = 8  # how many eps the inputs move, each other one
FEW = 4
WAY = (1.0, 1.0, 0.97, 0.9, 0.75, 0.5, 0.25, 0.1)
MANY = FEW + len(WAY)
MOST = MANY + 48  # where what is missing is little, and more looking may find it
NEAR = 16  # how many times the budget is little
GROSS = 2.0**12  # times 1, inputs and result, whatever is the largest: nothing else is more than that
PARTS = ("the result", "one rounding of the inputs", "the steps between, half of the digits at most")


@dataclass(frozen=True)
class Budget:
    """The scale of a result, part by part; each is an array of the shape of the result."""

    result: np.ndarray
    inputs: np.ndarray
    steps: np.ndarray

    @property
    def scale(self) -> np.ndarray:
        return self.result + self.inputs + self.steps

    def at(self, place: tuple[Any, ...], dtype: str, units: float) -> str:
        """How the budget came about, in words."""
        eps = float(limits(dtype).eps)
        parts = [float(part[place]) for part in (self.result, self.inputs, self.steps)]
        told = " + ".join(f"{size:.3g} {name}" for size, name in zip(parts, PARTS, strict=True))
        return f"{units:g} * eps {eps:.3g} * ({told}) = {units * eps * sum(parts):.3g}"


def derive(
    reference: np.ndarray, moved: list[np.ndarray], off: list[np.ndarray], eps: float, most: float = np.inf
) -> Budget:
    """The scale of a result.

    Args:
        reference: the result in float64.
        moved: the same at inputs of which some are moved by `STEPS` of their eps.
        off: distances between results in the dtype of the case and in float64, at inputs close by.
        eps: of the dtype of the case.
        most: what the steps between may be.
    """
    zeros = np.zeros(reference.shape)
    with np.errstate(all="ignore"):
        conditioning = [np.abs(item - reference) / (STEPS * eps) for item in moved if item.shape == reference.shape]
        lost = [item / eps for item in off if item.shape == reference.shape]
    return Budget(_finite(np.abs(reference)), _largest(zeros, conditioning), np.minimum(_largest(zeros, lost), most))


def nearby(inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Other inputs: `FEW` whose elements are moved by some eps or not, then such on the way to 0.

    The way to 0 leaves what is saturated, where steps that cancel do not show: 1 - y where y is 1 to the last bit.
    """
    for number in range(FEW):
        yield moved(inputs, np.random.default_rng(number), STEPS, always=number == 0)
    for number in range(FEW, MOST):
        rng = np.random.default_rng(number)
        share = WAY[number - FEW] if number < MANY else rng.uniform(0.05, 1.0)
        yield moved(shrunk(inputs, rng, share), rng, 2 * STEPS)


def quotients(
    function: Callable[[Mapping[str, Any]], np.ndarray], inputs: Mapping[str, Any], key: str, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of a `weights`-weighted sum by difference quotients, and how far it may be off.

    Central differences at two steps, extrapolated; of several pairs of steps, the one whose two answers are closest.
    """
    array = np.asarray(inputs[key], np.float64)
    gradient, doubt = np.zeros(array.shape), np.zeros(array.shape)

    def total(place: tuple[int, ...], by: float) -> float:
        moved = array.copy()
        moved[place] += by
        return float((np.asarray(function({**inputs, key: moved}), np.float64) * weights).sum())

    for place in np.ndindex(*array.shape):
        size, best, here = max(abs(float(array[place])), 2.0**-10), (np.nan, np.inf), total(place, 0.0)
        for step in (size * 2.0**-6, size * 2.0**-9, size * 2.0**-12):
            sums = [total(place, by) for by in (step, -step, step / 2, -step / 2)]
            wide, narrow = (sums[0] - sums[1]) / (2 * step), (sums[2] - sums[3]) / step
            bends = [abs(sums[0] + sums[1] - 2 * here) / step, 2 * abs(sums[2] + sums[3] - 2 * here) / step]
            found = (4 * narrow - wide) / 3
            off = abs(found - narrow) + 8 * float(limits("float64").eps) * max(map(abs, sums)) / step
            if bends[1] > 0.75 * bends[0]:  # a curve bends half as much over half a step, a kink as much
                off += bends[1]
            if off < best[1]:
                best = (found, off)
        gradient[place], doubt[place] = best
    return gradient, doubt


def _finite(array: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(array), array, 0.0)


def _largest(zeros: np.ndarray, arrays: list[np.ndarray]) -> np.ndarray:
    return np.max([zeros, *map(_finite, arrays)], axis=0)
