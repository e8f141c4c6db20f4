"""Constraints: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

NAN = float("nan")

DEVIATIONS = (
    Deviation(
        "norms of large weights",
        "constraints.UnitNorm",
        "The squares overflow; the norm does not.",
        "lib.constraints.UnitNorm()(T([[1e25], [1e25]]))",
        [[0.0], [0.0]],
        [[0.7071067690849304], [0.7071067690849304]],
    ),
    Deviation(
        "norms in float16",
        "constraints.MaxNorm",
        "300**2 overflows float16; the norm does not.",
        "lib.constraints.MaxNorm()(T([[300.0], [300.0]], 'float16'))",
        [[0.0], [0.0]],
        [[1.4140625], [1.4140625]],
    ),
    Deviation(
        "a negative limit",
        "constraints.MaxNorm",
        "A norm is never negative.",
        "lib.constraints.MaxNorm(-1.0)(T([[3.0]]))",
        [[0.0]],
        "ValueError",
    ),
    Deviation(
        "limits that are swapped",
        "constraints.MinMaxNorm",
        "No norm lies between 2 and 1.",
        "lib.constraints.MinMaxNorm(2.0, 1.0)(T([[3.0]]))",
        [[2.0]],
        "ValueError",
    ),
    Deviation(
        "a rate above 1",
        "constraints.MinMaxNorm",
        "A rate is a share of the way to the limits: beyond it the weights change their sign.",
        "lib.constraints.MinMaxNorm(rate=2.0)(T([[3.0]]))",
        [[-1.0]],
        "ValueError",
    ),
    Deviation(
        "the derivative of NonNeg at 0",
        "constraints.NonNeg",
        "relu's.",
        "grad(lib.constraints.NonNeg(), [0.0])",
        [1.0],
        [0.0],
    ),
    Deviation(
        "norms of tiny weights",
        "constraints.MaxNorm",
        "The squares underflow; the norm does not.",
        "lib.constraints.MaxNorm()(T([[3e-20], [4e-20]]))",
        [[0.0], [0.0]],
        [[1.5e-32], [2e-32]],
    ),
    Deviation(
        "weights of 0 in float16",
        "constraints.MinMaxNorm",
        "They stay 0: nothing gives them a direction. 0.5 / 1e-7 overflows float16, and 0 times infinity is NaN.",
        "lib.constraints.MinMaxNorm(0.5)(T([[0.0], [0.0]], 'float16'))",
        [[NAN], [NAN]],
        [[0.0], [0.0]],
    ),
)
