"""Regularizers: where Keras differs."""

import numpy as np

from parity.deviations.regions.base import Case, Region, error, gradient, numbers, value
from parity.tolerance import limits

DEFAULTS = {
    "regularizers.L1": {"l1": 0.01},
    "regularizers.L2": {"l2": 0.01},
    "regularizers.L1L2": {"l1": 0.0, "l2": 0.0},
}


def dtype(case: Case) -> str:
    return str(case.inputs["x"].dtype)


def factors(case: Case) -> dict[str, float]:
    return {**DEFAULTS[case.name], **case.config}


def factor_in_float32(case: Case) -> bool:
    """Whether a factor that float32 does not have meets weights in float64."""
    return dtype(case) == "float64" and any(float(np.float32(factor)) != factor for factor in factors(case).values())


def factor_subnormal(case: Case) -> bool:
    """Whether a factor is subnormal in float16, which has too few digits of it."""
    eps = float(limits("float16").eps)
    given = factors(case).values()
    return dtype(case) == "float16" and any(
        abs(float(np.float16(factor)) - factor) > 4 * eps * factor for factor in given
    )


def only_overflows(case: Case, name: str, part: float) -> bool:
    """Whether a part of a result overflows float16, and its product with the factor does not."""
    largest, factor = float(limits("float16").max), factors(case)[name]
    return dtype(case) == "float16" and factor > 0 and part > largest and factor * part < 1.01 * largest


def sizes(case: Case) -> np.ndarray:
    return np.abs(case.inputs["x"].astype(np.float64))


def only_sum_overflows(case: Case) -> bool:
    return only_overflows(case, "l1", float(sizes(case).sum()))


def only_squares_overflow(case: Case) -> bool:
    return only_overflows(case, "l2", float(np.square(sizes(case)).sum()))


def only_double_overflows(case: Case) -> bool:
    return any(only_overflows(case, "l2", 2 * float(size)) for size in sizes(case).ravel())


def no_factor(case: Case) -> bool:
    """Whether both factors are 0: then nothing depends on the weights."""
    return not any(case.config.values())


def not_float32(case: Case) -> bool:
    """Whether the weights have another dtype than the factor, which is a tensor of float32."""
    return dtype(case) != "float32"


def no_pair(case: Case) -> bool:
    return case.inputs["x"].shape[1 if case.config.get("mode") == "columns" else 0] < 2


REGIONS = (
    Region("a regularizer's factor", "regularizers.L1", numbers(factor_in_float32)),
    Region("L2 in float64", "regularizers.L2", numbers(factor_in_float32)),
    Region("L1L2 in float64", "regularizers.L1L2", numbers(factor_in_float32)),
    Region("a factor in float16", "regularizers.L*", numbers(factor_subnormal)),
    Region("L1 in float16", "regularizers.L1*", value(only_sum_overflows)),
    Region("L2 in float16", "regularizers.L*2", value(only_squares_overflow)),
    Region("L2's derivative in float16", "regularizers.L*2", gradient(only_double_overflows)),
    Region("no factor at all", "regularizers.L1L2", error(no_factor)),
    Region("orthogonality of other dtypes", "regularizers.OrthogonalRegularizer", error(not_float32)),
    Region("orthogonality of one vector", "regularizers.OrthogonalRegularizer", numbers(no_pair)),
)
