"""The rule for "equal" rejects what it must and accepts what it may."""

import numpy as np
import pytest

from parity.tolerance import ParityError, Tolerance, compare, same_bits

F32 = np.float32
EPS = 2.0**-23


def units(actual, expected, scale=None, dtype="float32", allowed=8.0, **options):
    expected = np.asarray(expected, np.longdouble)
    scale = np.abs(expected) if scale is None else np.asarray(scale, np.longdouble)
    return compare("it", np.asarray(actual, dtype), expected, scale, dtype=dtype, units=allowed, **options)


def test_units_are_eps_times_scale():
    assert units([1 + 4 * EPS], [1.0]) == 4
    assert units([1 + 4 * EPS], [1.0], [2.0]) == 2


def test_beyond_the_limit():
    with pytest.raises(ParityError, match=r"it\[0\]: 1.000001.* = 9 units \(allowed 8\)"):
        units([1 + 9 * EPS], [1.0])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([[1.0]], [1.0]),
        ([1.0, 1.0], [1.0]),
        (1.0, [1.0]),
    ],
)
def test_shapes_that_would_broadcast(actual, expected):
    with pytest.raises(ParityError, match="shape"):
        units(actual, expected)


def test_a_scale_of_another_shape_is_a_mistake_of_the_reference():
    with pytest.raises(ParityError, match="scale of shape"):
        units([1.0, 1.0], [1.0, 1.0], [1.0])


def test_another_dtype():
    with pytest.raises(ParityError, match="dtype float64, expected float32"):
        compare("it", np.ones(1), np.ones(1), np.ones(1), dtype="float32", units=8)


@pytest.mark.parametrize(
    ("actual", "expected", "what"),
    [
        (np.nan, 1.0, "NaN"),
        (1.0, np.nan, "NaN"),
        (np.inf, 1.0, "infinity"),
        (1.0, np.inf, "infinity"),
        (np.inf, -np.inf, "sign of infinity"),
        (np.inf, np.nan, "NaN"),
    ],
)
def test_what_is_not_finite(actual, expected, what):
    with pytest.raises(ParityError, match=what):
        units([actual], [expected], [1.0])


def test_equal_infinities_and_nan_are_equal():
    assert units([np.inf, -np.inf, np.nan], [np.inf, -np.inf, np.nan], [1.0, 1.0, 1.0]) == 0


def test_overflow():
    assert units([np.inf], [1e6], dtype="float16") == 0
    assert units([np.inf], [65519.0], dtype="float16") == 0
    assert units([65504], [65519.0], dtype="float16") < 1
    with pytest.raises(ParityError, match="infinity"):
        units([np.inf], [60000.0], dtype="float16")
    with pytest.raises(ParityError, match="infinity"):
        units([65504], [1e6], dtype="float16")


def test_a_subnormal_result_may_be_flushed_and_a_normal_one_not():
    tiny = float(np.finfo(F32).smallest_normal)
    assert units([0.0], [tiny / 2]) == 0
    with pytest.raises(ParityError):
        units([0.0], [tiny * 2])


def test_a_scale_of_zero_allows_nothing():
    assert units([0.0], [0.0]) == 0
    with pytest.raises(ParityError):
        units([1e-30], [0.0])


def test_a_scale_that_is_nan_allows_nothing():
    assert units([1.0], [1.0], scale=[np.nan]) == 0
    with pytest.raises(ParityError, match="inf units"):
        units([1.001], [1.0], scale=[np.nan])


def test_half_precision_is_rounded_once():
    usual = Tolerance()
    assert [usual.of_value(dtype) for dtype in ("float16", "bfloat16", "float32")] == [1, 1, 8]
    assert [usual.of_gradient(dtype) for dtype in ("float16", "bfloat16", "float32")] == [2, 2, 16]


def test_a_dtype_passed_through_is_the_one_that_counts():
    assert units([1 + 2.0**-9], [1.0], passed_through=("bfloat16",)) < 1


def test_nothing_to_compare_is_no_distance():
    assert units(np.zeros((0, 3)), np.zeros((0, 3))) == 0


def test_bits():
    same_bits("it", np.array([1.0, np.nan, -0.0]), np.array([1.0, np.nan, 0.0]))
    for other in (np.array([1.0, 2.0, 0.0]), np.array([1.0, np.nan]), np.array([1.0, np.nan, 0.0], F32)):
        with pytest.raises(ParityError):
            same_bits("it", np.array([1.0, np.nan, 0.0]), other)
    with pytest.raises(ParityError):
        same_bits("it", np.array([1.0]), np.array([np.nextafter(1.0, 2.0)]))


def test_bits_below_the_smallest_normal_number():
    least = np.array([np.finfo(F32).smallest_normal], F32)
    same_bits("it", least / 2, least * 0, flushed=True)
    for first, second, flushed in ((least / 2, least * 0, False), (least * 0, least * 1.5, True)):
        with pytest.raises(ParityError):
            same_bits("it", first, second, flushed=flushed)
