"""Regularizers: where Keras differs."""

import numpy as np

from parity.deviations.regions.base import Case, Region

DEFAULTS = {
    "regularizers.L1": {"l1": 0.01},
    "regularizers.L2": {"l2": 0.01},
    "regularizers.L1L2": {"l1": 0.0, "l2": 0.0},
}


def factor_in_float32(case: Case, kind: str) -> bool:
    """Whether a factor that float32 does not have meets weights in float64."""
    factors = {**DEFAULTS[case.name], **case.config}.values()
    return str(case.inputs["x"].dtype) == "float64" and any(float(np.float32(factor)) != factor for factor in factors)


def squares_overflow(case: Case, kind: str) -> bool:
    x = case.inputs["x"].astype(np.float64)
    return kind == "value" and str(case.inputs["x"].dtype) == "float16" and bool(np.square(x).sum() > 65504)


def no_factor(case: Case, kind: str) -> bool:
    """Whether both factors are 0: then nothing depends on the weights."""
    return kind == "error" and not any(case.config.values())


def not_float32(case: Case, kind: str) -> bool:
    """The factor is a tensor of float32, which TensorFlow multiplies by nothing else."""
    return kind == "error" and str(case.inputs["x"].dtype) != "float32"


def one_vector(case: Case, kind: str) -> bool:
    return case.inputs["x"].shape[1 if case.config.get("mode") == "columns" else 0] == 1


REGIONS = (
    Region("a regularizer's factor", "regularizers.L1", factor_in_float32),
    Region("L2 in float64", "regularizers.L2", factor_in_float32),
    Region("L1L2 in float64", "regularizers.L1L2", factor_in_float32),
    Region("L2 in float16", "regularizers.L*2", squares_overflow),
    Region("no factor at all", "regularizers.L1L2", no_factor),
    Region("orthogonality of other dtypes", "regularizers.OrthogonalRegularizer", not_float32),
    Region("orthogonality of one vector", "regularizers.OrthogonalRegularizer", one_vector),
)
