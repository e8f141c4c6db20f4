"""Constraints: where Keras differs."""

import numpy as np

from parity.deviations.regions.base import Case, Region, value
from parity.tolerance import limits

EPSILON = 1e-7


def norms(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The norm of each unit, and how much of it is lost with the squares that are subnormal."""
    axis = case.config.get("axis", 0)
    axes, squares = axis if isinstance(axis, int) else tuple(axis), np.square(case.inputs["x"].astype(np.float64))
    smallest = float(limits(str(case.inputs["x"].dtype)).smallest_normal)
    norm = np.sqrt(squares.sum(axes))
    return norm, norm - np.sqrt(np.where(squares < smallest, 0, squares).sum(axes))


def squares_underflow(case: Case) -> bool:
    """Whether what is lost of a norm shows: in the norm itself, or with 1e-7 added where nothing else is made of it."""
    norm, lost = norms(case)
    shown = norm + EPSILON if case.name == "constraints.UnitNorm" else norm
    return bool(np.any(lost > float(limits(str(case.inputs["x"].dtype)).eps) * shown))


def nothing_to_scale(case: Case) -> bool:
    """Whether the limit over 1e-7 overflows float16, for a unit of weights that are 0."""
    limit = case.config.get("min_value", 0.0) * case.config.get("rate", 1.0)
    norm, _ = norms(case)
    overflows = limit / EPSILON > float(limits("float16").max)
    return str(case.inputs["x"].dtype) == "float16" and overflows and bool(np.any(norm == 0))


REGIONS = (
    Region("norms of tiny weights", "constraints.*Norm", value(squares_underflow)),
    Region("weights of 0 in float16", "constraints.MinMaxNorm", value(nothing_to_scale)),
)
