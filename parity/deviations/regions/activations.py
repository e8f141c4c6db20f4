"""Activations: where Keras differs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from parity.deviations.regions.base import HALF, Case, Region
from parity.tolerance import limits, numpy_dtype


def values(test: Callable[[np.ndarray], Any]) -> Callable[[Case, str], bool]:
    """A value where a number passes a test."""
    return lambda case, kind: kind == "value" and case.any("x", test)


def gradients(test: Callable[[np.ndarray], Any]) -> Callable[[Case, str], bool]:
    """A gradient where a number passes a test."""
    return lambda case, kind: kind == "gradient" and case.any("x", test)


def dtype(case: Case) -> str:
    return str(case.inputs["x"].dtype)


def tiny(case: Case) -> float:
    """The smallest normal number of the input's dtype."""
    return float(limits(dtype(case)).smallest_normal)


def rounded(case: Case, name: str) -> float | None:
    """An argument as the input's dtype has it; None where that is what was given, or nothing was."""
    given = case.config.get(name)
    if given is None:
        return None
    number = float(np.asarray(given).astype(numpy_dtype(dtype(case))))
    return None if number == given else number


def near_zero(x: np.ndarray) -> np.ndarray:
    """Where `exp(x) - 1`, off by half an eps, is off by more than 8 units."""
    return (x > -1 / 16) & (x < 0)


def in_the_tail(x: np.ndarray) -> np.ndarray:
    """Where `exp(x)` as 1 plus a number near -1, off by half an eps, is off by more than 16 units."""
    return x < np.log(1 / 32)


def is_minus_infinity(x: np.ndarray) -> np.ndarray:
    return np.isneginf(x)


def rounded_to_zero(case: Case, kind: str) -> bool:
    """Whether `exp(x) - 1` is 0 for an x that is not above 0."""
    return kind == "gradient" and case.any("x", lambda x: (x <= 0) & (x > -float(limits(dtype(case)).eps)))


def flushed(case: Case, kind: str) -> bool:
    """Whether `exp(x)`, or a part of it, is subnormal, and x times it is not."""
    return case.any("x", lambda x: (np.exp(x) < 4 * tiny(case)) & (np.abs(x) * np.exp(x) > tiny(case) / 4))


def quotient_flushed(case: Case, kind: str) -> bool:
    """Whether `x / alpha` is subnormal, and x is not."""
    alpha = case.config.get("alpha", 1.0)
    return kind == "value" and alpha > 1 and case.any("x", lambda x: (x < 0) & (-x / alpha < tiny(case)))


def product_flushed(case: Case, kind: str) -> bool:
    """Whether `alpha * exp(x / alpha)` may be subnormal, and the derivative without alpha is not."""
    alpha = case.config.get("alpha", 1.0)
    edge = np.log(tiny(case))
    return (
        kind == "gradient"
        and alpha < 1
        and case.any("x", lambda x: (x / alpha > edge) & (x / alpha < edge - np.log(alpha) + np.log(4)))
    )


def constant_in_float32(case: Case, kind: str) -> bool:
    """Whether a root in float32 shows: beyond 7 the distribution function is 0 or 1."""
    return dtype(case) == "float64" and case.any("x", lambda x: (x != 0) & (np.abs(x) < 7))


def cube_overflows(case: Case, kind: str) -> bool:
    """Whether the derivative of the cube is infinite: it is multiplied by 0 then."""
    largest = float(limits(dtype(case)).max)
    return (
        kind == "gradient" and case.config.get("approximate", False) and case.any("x", lambda x: np.square(x) > largest)
    )


def gate_shut(case: Case, kind: str) -> bool:
    """Whether the sigmoid of the second half is subnormal."""
    _, gate = np.split(case.inputs["x"].astype(np.float64), 2, axis=case.config.get("axis", -1))
    return bool(np.any(np.isfinite(gate) & (np.exp(gate) < tiny(case))))


def on_a_rounded_threshold(case: Case, kind: str) -> bool:
    """Whether a number is the threshold as its dtype has it, and the threshold itself is not."""
    threshold = rounded(case, "threshold")
    return threshold is not None and case.any("x", lambda x: np.abs(x) == np.abs(threshold))


def beside_a_rounded_threshold(case: Case, kind: str) -> bool:
    """Whether a number is so near the threshold that it shows in the difference that the threshold was rounded."""
    threshold = rounded(case, "threshold")
    size = abs(threshold or 0.0)
    return threshold is not None and case.any("x", lambda x: np.abs(np.abs(x) - size) <= size / 8)


def below_the_edge(case: Case, kind: str) -> bool:
    """Whether `x + 3` is rounded to 6."""
    eps = float(limits(dtype(case)).eps)
    return kind == "gradient" and case.any("x", lambda x: (x < 3) & (x >= 3 - 2 * eps))


def slope_in_float32(case: Case, kind: str) -> bool:
    """Whether the slope, which Keras has in float32, is met in float64."""
    slope = case.config.get("negative_slope", 0.2)
    return dtype(case) == "float64" and float(np.float32(slope)) != slope and case.any("x", lambda x: x <= 0)


def no_slope(case: Case, kind: str) -> bool:
    return case.config.get("negative_slope") == 0 and values(is_minus_infinity)(case, kind)


def nan_below_a_threshold(case: Case, kind: str) -> bool:
    return bool(case.config.get("threshold")) and values(np.isnan)(case, kind)


def at_six(case: Case, kind: str) -> bool:
    """Whether Keras takes the kernel of relu6, and a number is 6."""
    return case.config.get("max_value") == 6 and not case.config.get("threshold") and gradients(is_six)(case, kind)


def is_six(x: np.ndarray) -> np.ndarray:
    return x == 6


def at_the_threshold(case: Case, kind: str) -> bool:
    """Whether a number is the threshold, and Keras does not take the kernel of leaky_relu."""
    threshold, highest = case.config.get("threshold", 0.0), case.config.get("max_value")
    sloped = bool(case.config.get("negative_slope")) and not (threshold == 0 and highest is None)
    return sloped and gradients(lambda x: x == threshold)(case, kind)


def at_a_rounded_limit(case: Case, kind: str) -> bool:
    """Whether a number is the maximum as its dtype has it, and the maximum itself is not."""
    highest = rounded(case, "max_value")
    return highest is not None and gradients(lambda x: x == highest)(case, kind)


def not_numbers(x: np.ndarray) -> np.ndarray:
    return np.isnan(x) | np.isposinf(x)


def axes_from_the_end(case: Case, kind: str) -> bool:
    axes = case.config.get("axis")
    return kind == "error" and isinstance(axes, list) and min(axes) < 0


def nothing_on_the_axis(case: Case, kind: str) -> bool:
    return kind == "error" and case.inputs["x"].shape[case.config.get("axis", -1)] == 0


def second_in_the_support(case: Case, kind: str) -> bool:
    """Whether the second largest of a row lies less than 1 below the largest."""
    x, axis = case.inputs["x"].astype(np.float64), case.config.get("axis", -1)
    if x.shape[axis] < 2:
        return False
    ordered = np.moveaxis(np.sort(x, axis), axis, 0)
    return bool(np.any(ordered[-1] - ordered[-2] < 1))


def second_at_the_edge(case: Case, kind: str) -> bool:
    """Whether an element of a row lies exactly 1 below the largest, which is tau."""
    x, axis = case.inputs["x"].astype(np.float64), case.config.get("axis", -1)
    return kind == "gradient" and bool(np.any(x.max(axis, keepdims=True, initial=-np.inf) - x == 1))


def result_overflows(case: Case, kind: str) -> bool:
    """Whether the result of half precision overflows, and a quarter of it may not."""
    return (
        kind == "gradient"
        and dtype(case) in HALF
        and case.any("x", lambda x: (np.exp(x) > float(limits(dtype(case)).max)) & np.isfinite(x))
    )


def sum_too_large(case: Case, kind: str) -> bool:
    """Whether a number is so large that its dtype has a step of 1 / 16 or more there."""
    eps = float(limits(dtype(case)).eps)
    return case.any("x", lambda x: np.isfinite(x) & (np.abs(x) * eps >= 1 / 16))


def cancels(case: Case, kind: str) -> bool:
    """Whether x and the root cancel: for negative x far larger than the root of b."""
    return case.any("x", lambda x: (x < 0) & (np.square(x) > 4 * case.config.get("b", 4)))


def square_overflows(case: Case, kind: str) -> bool:
    return case.any("x", lambda x: np.isfinite(x) & (np.square(x) > float(limits(dtype(case)).max)))


def square_underflows(case: Case, kind: str) -> bool:
    """Whether b is 0, and so is the square."""
    return case.config.get("b") == 0 and case.any("x", lambda x: np.square(x) < tiny(case))


def in_half(case: Case, kind: str) -> bool:
    return dtype(case) in HALF and values(near_zero)(case, kind)


def in_full(case: Case, kind: str) -> bool:
    return dtype(case) not in HALF and values(near_zero)(case, kind)


REGIONS = (
    Region("celu's derivative at 0", "activations.celu", gradients(lambda x: x == 0)),
    Region("celu of the smallest numbers", "activations.celu", quotient_flushed),
    Region("celu's tail", "activations.celu", product_flushed),
    Region("elu near zero", "activations.elu", in_full),
    Region("half precision", "activations.elu", in_half),
    Region("elu's tail", "activations.elu", gradients(in_the_tail)),
    Region("exponential's derivative in half precision", "activations.exponential", result_overflows),
    Region("gelu of infinities", "activations.gelu", values(is_minus_infinity)),
    Region("gelu in float64", "activations.gelu", constant_in_float32),
    Region("gelu's derivative far out", "activations.gelu", cube_overflows),
    Region("a gate that is nearly shut", "activations.glu", gate_shut),
    Region("a threshold for NaN", "activations.hard_shrink", values(np.isnan)),
    Region("a rounded threshold", "activations.hard_shrink", on_a_rounded_threshold),
    Region("the edge of hard_sigmoid", "activations.hard_sigmoid", below_the_edge),
    Region("hard_silu of minus infinity", "activations.hard_silu", values(is_minus_infinity)),
    Region("the edge of hard_silu", "activations.hard_silu", below_the_edge),
    Region("leaky_relu in float64", "activations.leaky_relu", slope_in_float32),
    Region("a slope of 0", "activations.leaky_relu", no_slope),
    Region("mish far out", "activations.mish", values(is_minus_infinity)),
    Region("mish far out", "activations.mish", flushed),
    Region("NaN below a threshold", "activations.relu", nan_below_a_threshold),
    Region("relu6 at its corner", "activations.relu", at_six),
    Region("a slope up to the threshold", "activations.relu", at_the_threshold),
    Region("relu's numbers in half precision", "activations.relu", beside_a_rounded_threshold),
    Region("relu's numbers in half precision", "activations.relu", at_a_rounded_limit),
    Region("selu near zero", "activations.selu", values(near_zero)),
    Region("selu's derivative at 0", "activations.selu", rounded_to_zero),
    Region("selu's tail", "activations.selu", gradients(in_the_tail)),
    Region("silu far out", "activations.silu", values(is_minus_infinity)),
    Region("silu far out", "activations.silu", lambda case, kind: kind == "value" and flushed(case, kind)),
    Region(
        "silu's derivative far out", "activations.silu", lambda case, kind: kind == "gradient" and flushed(case, kind)
    ),
    Region("NaN is shrunk", "activations.soft_shrink", values(np.isnan)),
    Region("a threshold in half precision", "activations.soft_shrink", beside_a_rounded_threshold),
    Region("softmax of NaN", "activations.softmax", values(not_numbers)),
    Region("axes from the end", "activations.*softmax", axes_from_the_end),
    Region("softsign of infinity", "activations.softsign", values(np.isinf)),
    Region("sparsemax of NaN", "activations.sparsemax", values(not_numbers)),
    Region("sparsemax of nothing", "activations.sparsemax", nothing_on_the_axis),
    Region("sparsemax of two", "activations.sparsemax", second_in_the_support),
    Region("the edge of sparsemax's support", "activations.sparsemax", second_at_the_edge),
    Region("sparsemax of large numbers", "activations.sparsemax", sum_too_large),
    Region("squareplus below 0", "activations.squareplus", cancels),
    Region("squareplus of large numbers", "activations.squareplus", square_overflows),
    Region("squareplus without smoothing", "activations.squareplus", square_underflows),
    Region("tanh_shrink near 0", "activations.tanh_shrink", values(lambda x: (x != 0) & (np.abs(x) < 0.75))),
    Region(
        "tanh_shrink's derivative near 0", "activations.tanh_shrink", gradients(lambda x: (x != 0) & (np.abs(x) < 0.25))
    ),
    Region("NaN and a threshold", "activations.threshold", values(np.isnan)),
    Region("the number at the threshold", "activations.threshold", on_a_rounded_threshold),
)
