"""Initializers: where Keras differs."""

import numpy as np

from parity.deviations.regions.base import Case, Region, error, value


def constant_in_float32(case: Case) -> bool:
    """Whether a number that float32 does not have is wanted in float64."""
    given = np.asarray(case.config.get("value", 0.0), np.float64)
    return case.inputs["dtype"] == "float64" and bool(np.any(given.astype(np.float32) != given))


def in_bfloat16(case: Case) -> bool:
    return bool(case.inputs["dtype"] == "bfloat16")


def frequencies_in_bfloat16(case: Case) -> bool:
    """Whether there are more than 256, up to which bfloat16 has all whole numbers."""
    return in_bfloat16(case) and case.inputs["shape"][-1] > 256


def many_turns(case: Case) -> bool:
    """Whether the largest angle, pi for each step in a frame, has lost more digits than a value may be off by."""
    return bool(case.inputs["shape"][0] > 8)


REGIONS = (
    Region("a constant in float64", "initializers.Constant", value(constant_in_float32)),
    Region("orthogonal matrices in bfloat16", "initializers.Orthogonal", error(in_bfloat16)),
    Region("angles of STFT", "initializers.STFT", value(many_turns)),
    Region("frequencies of STFT in bfloat16", "initializers.STFT", error(frequencies_in_bfloat16)),
)
