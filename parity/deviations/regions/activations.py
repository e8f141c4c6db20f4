"""Activations: where Keras differs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from parity.deviations.regions.base import HALF, Case, Region, error, gradient, numbers, value
from parity.tolerance import limits, numpy_dtype


def some(test: Callable[[np.ndarray], Any]) -> Callable[[Case], bool]:
    """Whether a number passes a test."""
    return lambda case: case.any("x", test)


def dtype(case: Case) -> str:
    return str(case.inputs["x"].dtype)


def eps(case: Case) -> float:
    return float(limits(dtype(case)).eps)


def tiny(case: Case) -> float:
    """The smallest normal number of the input's dtype."""
    return float(limits(dtype(case)).smallest_normal)


def largest(case: Case) -> float:
    return float(limits(dtype(case)).max)


def rounded(case: Case, name: str) -> float:
    """An argument as the input's dtype has it; NaN where that is what was given, or nothing was."""
    given = case.config.get(name)
    number = np.nan if given is None else float(np.asarray(given).astype(numpy_dtype(dtype(case))))
    return np.nan if number == given else number


is_zero = some(lambda x: x == 0)
is_nan = some(np.isnan)
is_infinite = some(np.isinf)
is_minus_infinity = some(np.isneginf)
is_nan_or_infinity = some(lambda x: np.isnan(x) | np.isposinf(x))
# Where `exp(x) - 1`, off by half an eps, is off by more than 8 units.
is_near_zero = some(lambda x: (x > -1 / 16) & (x < 0))


gate_nearly_open = some(lambda x: (x > 5) & np.isfinite(x))


def in_full(case: Case) -> bool:
    return dtype(case) not in HALF and is_near_zero(case)


def in_half(case: Case) -> bool:
    return dtype(case) in HALF and is_near_zero(case)


def in_the_tail(case: Case) -> bool:
    """Whether `exp(x)` as 1 plus a number near -1, off by half an eps, is off by more than 16 units and normal."""
    return case.any("x", lambda x: (x < np.log(1 / 32)) & (np.exp(x) > tiny(case) / 8))


def rounded_to_zero(case: Case) -> bool:
    """Whether `exp(x) - 1` is 0 for an x that is not above 0."""
    return case.any("x", lambda x: (x <= 0) & (x > -eps(case)))


def flushed(case: Case) -> bool:
    """Whether `exp(x)`, or a part of it, is subnormal, and x times it is not."""
    return case.any("x", lambda x: (np.exp(x) < 4 * tiny(case)) & (np.abs(x) * np.exp(x) > tiny(case) / 4))


def quotient_flushed(case: Case) -> bool:
    """Whether `x / alpha` is subnormal, and x is not."""
    alpha = case.config.get("alpha", 1.0)
    return alpha > 1 and case.any("x", lambda x: (x < 0) & (-x / alpha < tiny(case)))


def product_flushed(case: Case) -> bool:
    """Whether `alpha * exp(x / alpha)`, or a quarter of it, is subnormal, and the derivative without alpha is not."""
    alpha = case.config.get("alpha", 1.0)

    def between(x: np.ndarray) -> np.ndarray:
        slope = np.exp(x / alpha)
        return (slope > tiny(case)) & (alpha * slope < 4 * tiny(case))

    return alpha < 1 and case.any("x", between)


def only_result_overflows(case: Case) -> bool:
    """Whether the result of half precision overflows, and a quarter of it does not."""
    return dtype(case) in HALF and case.any(
        "x", lambda x: (np.exp(x) > largest(case)) & (np.exp(x) < 4 * largest(case))
    )


def constant_in_float32(case: Case) -> bool:
    """Whether a root in float32 shows: beyond 7 the distribution function is 0 or 1."""
    return dtype(case) == "float64" and case.any("x", lambda x: (x != 0) & (np.abs(x) < 7))


def cube_overflows(case: Case) -> bool:
    """Whether the derivative of the cube is infinite: it is multiplied by 0 then."""
    return case.config.get("approximate", False) and case.any("x", lambda x: np.square(x) > largest(case))


def gate_shut(case: Case) -> bool:
    """Whether the sigmoid of the second half is subnormal, and its product with the first is not."""
    first, second = np.split(case.inputs["x"].astype(np.float64), 2, axis=case.config.get("axis", -1))
    gate = np.exp(second)
    return bool(np.any((gate < tiny(case)) & (np.abs(first) * gate > tiny(case) / 4)))


def of_a_rounded_size(case: Case) -> bool:
    """Whether a number has the size of the threshold as its dtype has it, which is above the threshold itself."""
    threshold = rounded(case, "threshold")
    return threshold > case.config.get("threshold", 0.5) and case.any("x", lambda x: np.abs(x) == threshold)


def at_a_rounded_threshold(case: Case) -> bool:
    """Whether a number is the threshold as its dtype has it, which is above the threshold itself."""
    threshold = rounded(case, "threshold")
    return threshold > case.config.get("threshold", 0.0) and case.any("x", lambda x: x == threshold)


def near_a_rounded_threshold(case: Case) -> bool:
    """Whether it shows in the difference of a number and the threshold that the threshold was rounded."""
    threshold = rounded(case, "threshold")
    shown = case.name == "activations.soft_shrink" or bool(case.config.get("negative_slope"))
    size = np.abs if case.name == "activations.soft_shrink" else np.asarray
    return shown and case.any("x", lambda x: np.abs(size(x) - threshold) <= abs(threshold) / 8)


def at_a_rounded_maximum(case: Case) -> bool:
    """Whether a number is the maximum as its dtype has it, and the maximum itself is not."""
    return case.any("x", lambda x: x == rounded(case, "max_value"))


def below_the_edge(case: Case) -> bool:
    """Whether `x + 3` is rounded to 6."""
    return case.any("x", lambda x: (x < 3) & (x >= 3 - 2 * eps(case)))


def numbers_in_float32(case: Case) -> bool:
    """Whether an argument that is a fraction, which Keras has in float32, comes with float64."""
    given = [value for value in case.config.values() if isinstance(value, float)]
    return dtype(case) == "float64" and any(float(np.float32(number)) != number for number in given)


def slope_in_float32(case: Case) -> bool:
    """Whether the slope, which Keras has in float32, is met in float64."""
    slope = case.config.get("negative_slope", 0.2)
    return dtype(case) == "float64" and float(np.float32(slope)) != slope and case.any("x", lambda x: x <= 0)


def without_slope(case: Case) -> bool:
    return case.config.get("negative_slope") == 0 and is_minus_infinity(case)


def nan_below_a_threshold(case: Case) -> bool:
    """Whether NaN meets a threshold; a slope would make NaN of it again."""
    return bool(case.config.get("threshold")) and not case.config.get("negative_slope") and is_nan(case)


def at_six(case: Case) -> bool:
    """Whether Keras takes the kernel of relu6, and a number is 6."""
    kernel = case.config.get("max_value") == 6 and not case.config.get("threshold")
    return kernel and case.any("x", lambda x: x == 6)


def at_the_threshold(case: Case) -> bool:
    """Whether a number is the threshold, and Keras does not take the kernel of leaky_relu."""
    threshold, maximum = case.config.get("threshold", 0.0), case.config.get("max_value")
    sloped = bool(case.config.get("negative_slope")) and not (threshold == 0 and maximum is None)
    return sloped and case.any("x", lambda x: x == threshold)


def axes_from_the_end(case: Case) -> bool:
    axes = case.config.get("axis")
    return isinstance(axes, list) and min(axes) < 0


def below_the_largest(case: Case) -> np.ndarray:
    """How far the second and further elements of a row lie below the largest, the axis first."""
    x, axis = case.inputs["x"].astype(np.float64), case.config.get("axis", -1)
    ordered = np.moveaxis(np.sort(x, axis), axis, 0)[::-1]
    return np.asarray(ordered[:1] - ordered[1:])


def nothing_on_the_axis(case: Case) -> bool:
    return case.inputs["x"].shape[case.config.get("axis", -1)] == 0


def several_in_the_support(case: Case) -> bool:
    """Whether the second largest of a row lies less than 1 below the largest."""
    return bool(np.any(below_the_largest(case) < 1))


def one_at_the_edge(case: Case) -> bool:
    """Whether an element of a row lies exactly 1 below the largest: at tau, if the support is that one."""
    return bool(np.any(below_the_largest(case) == 1))


def cancels(case: Case) -> bool:
    """Whether x and the root cancel: for negative x far larger than the root of b."""
    return case.any("x", lambda x: (x < 0) & (np.square(x) > 4 * case.config.get("b", 4)))


def square_overflows(case: Case) -> bool:
    return case.any("x", lambda x: np.isfinite(x) & (np.square(x) > largest(case)))


def square_underflows(case: Case) -> bool:
    """Whether b is 0, and so is the square."""
    return case.config.get("b") == 0 and case.any("x", lambda x: np.square(x) < tiny(case))


def difference_shows(case: Case) -> bool:
    """Whether `x - tanh(x)`, off by an eps of x or two, is off by more than 8 units, and normal."""
    return case.any("x", lambda x: (np.abs(x) < 0.75) & (np.abs(x) ** 3 > tiny(case)))


def difference_from_one_shows(case: Case) -> bool:
    """Whether `1 - (1 - tanh(x)**2)`, off by an eps or two, is off by more than 16 units, and normal."""
    return case.any("x", lambda x: (np.abs(x) < 0.25) & (np.square(x) > tiny(case)))


REGIONS = (
    Region("celu's derivative at 0", "activations.celu", gradient(is_zero)),
    Region("celu of the smallest numbers", "activations.celu", value(quotient_flushed)),
    Region("celu's tail", "activations.celu", gradient(product_flushed)),
    Region("elu near zero", "activations.elu", value(in_full)),
    Region("half precision", "activations.elu", value(in_half)),
    Region("elu's tail", "activations.elu", gradient(in_the_tail)),
    Region("exponential's derivative in half precision", "activations.exponential", gradient(only_result_overflows)),
    Region("gelu of infinities", "activations.gelu", value(is_minus_infinity)),
    Region("gelu in float64", "activations.gelu", numbers(constant_in_float32)),
    Region("gelu's derivative far out", "activations.gelu", gradient(cube_overflows)),
    Region("a gate that is nearly shut", "activations.glu", numbers(gate_shut)),
    Region("a threshold for NaN", "activations.hard_shrink", value(is_nan)),
    Region("a rounded threshold", "activations.hard_shrink", numbers(of_a_rounded_size)),
    Region("the edge of hard_sigmoid", "activations.hard_sigmoid", gradient(below_the_edge)),
    Region("hard_silu of minus infinity", "activations.hard_silu", value(is_minus_infinity)),
    Region("the edge of hard_silu", "activations.hard_silu", gradient(below_the_edge)),
    Region("leaky_relu in float64", "activations.leaky_relu", numbers(slope_in_float32)),
    Region("a slope of 0", "activations.leaky_relu", value(without_slope)),
    Region("mish far out", "activations.mish", value(is_minus_infinity)),
    Region("mish far out", "activations.mish", numbers(flushed)),
    Region("mish's derivative beyond 5", "activations.mish", gradient(gate_nearly_open)),
    Region("relu's numbers in float64", "activations.relu", numbers(numbers_in_float32)),
    Region("NaN below a threshold", "activations.relu", value(nan_below_a_threshold)),
    Region("relu6 at its corner", "activations.relu", gradient(at_six)),
    Region("a slope up to the threshold", "activations.relu", gradient(at_the_threshold)),
    Region("relu's numbers in half precision", "activations.relu", numbers(at_a_rounded_threshold)),
    Region("relu's numbers in half precision", "activations.relu", numbers(near_a_rounded_threshold)),
    Region("relu's numbers in half precision", "activations.relu", gradient(at_a_rounded_maximum)),
    Region("selu near zero", "activations.selu", value(is_near_zero)),
    Region("selu's derivative at 0", "activations.selu", gradient(rounded_to_zero)),
    Region("selu's tail", "activations.selu", gradient(in_the_tail)),
    Region("silu far out", "activations.silu", value(is_minus_infinity)),
    Region("silu far out", "activations.silu", value(flushed)),
    Region("silu's derivative far out", "activations.silu", gradient(flushed)),
    Region("NaN is shrunk", "activations.soft_shrink", value(is_nan)),
    Region("a threshold in half precision", "activations.soft_shrink", numbers(near_a_rounded_threshold)),
    Region("softmax of NaN", "activations.softmax", value(is_nan_or_infinity)),
    Region("axes from the end", "activations.*softmax", error(axes_from_the_end)),
    Region("softsign of infinity", "activations.softsign", value(is_infinite)),
    Region("sparsemax of NaN", "activations.sparsemax", value(is_nan_or_infinity)),
    Region("sparsemax of nothing", "activations.sparsemax", error(nothing_on_the_axis)),
    Region("sparsemax of two", "activations.sparsemax", numbers(several_in_the_support)),
    Region("the edge of sparsemax's support", "activations.sparsemax", gradient(one_at_the_edge)),
    Region("squareplus below 0", "activations.squareplus", numbers(cancels)),
    Region("squareplus of large numbers", "activations.squareplus", numbers(square_overflows)),
    Region("squareplus without smoothing", "activations.squareplus", numbers(square_underflows)),
    Region("tanh_shrink near 0", "activations.tanh_shrink", value(difference_shows)),
    Region("tanh_shrink's derivative near 0", "activations.tanh_shrink", gradient(difference_from_one_shows)),
    Region("NaN and a threshold", "activations.threshold", value(is_nan)),
    Region("the number at the threshold", "activations.threshold", numbers(at_a_rounded_threshold)),
)
