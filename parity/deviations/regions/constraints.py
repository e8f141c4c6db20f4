"""Constraints: where Keras differs."""

import numpy as np

from parity.deviations.regions.base import Case, Region
from parity.tolerance import limits


def over_units(case: Case, array: np.ndarray) -> np.ndarray:
    """The sum for each unit."""
    axis = case.config.get("axis", 0)
    return np.asarray(array.sum(axis if isinstance(axis, int) else tuple(axis)))


def squares_underflow(case: Case, kind: str) -> bool:
    """Whether subnormal squares are a part of a unit's squared norm that shows."""
    info, squares = limits(str(case.inputs["x"].dtype)), np.square(case.inputs["x"].astype(np.float64))
    lost = np.where(squares < float(info.smallest_normal), squares, 0)
    return bool(np.any(over_units(case, lost) > float(info.eps) * over_units(case, squares)))


def nothing_to_scale(case: Case, kind: str) -> bool:
    """Whether the limit over 1e-7 overflows float16, for a unit of weights that are 0."""
    limited = case.config.get("min_value", 0.0) * case.config.get("rate", 1.0) > 65504 * 1e-7
    sizes = over_units(case, np.abs(case.inputs["x"].astype(np.float64)))
    return str(case.inputs["x"].dtype) == "float16" and limited and bool(np.any(sizes == 0))


REGIONS = (
    Region("norms of tiny weights", "constraints.*Norm", squares_underflow),
    Region("weights of 0 in float16", "constraints.MinMaxNorm", nothing_to_scale),
)
