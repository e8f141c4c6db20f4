"""The check of every number of 16 bits: what it asks, and that it rejects what is wrong at a single one of them."""

import ml_dtypes
import numpy as np
import pytest

from parity.checks import exhaustive
from parity.checks.faults import Fault
from parity.registry import entries, find
from parity.tolerance import ParityError, ulp_distance

SWEPT = [entry for entry in entries(family="activations") if entry.ulp is not None]
SIDES = ("tf", "torch")


class OneWrong(Fault):
    """One number of one dtype, off by a unit more than is allowed."""

    def __init__(self, wrong, dtype, x):
        self.wrong, self.dtype, self.x = wrong, dtype, x

    def output(self, side, value, expected, units):
        if side != self.wrong or str(value.dtype) != self.dtype:
            return value
        numbers = exhaustive.every(self.dtype) if self.dtype in exhaustive.HALVES else exhaustive.dense()
        (place,) = np.flatnonzero(numbers == self.x)[:1]
        moved = value.copy()
        for _ in range(1 + int(np.ceil(units))):
            moved[place] = np.nextafter(moved[place], value.dtype.type(9))
        return moved


class NotANumber(OneWrong):
    def output(self, side, value, expected, units):
        changed = value.copy()
        if side == self.wrong and str(value.dtype) == self.dtype:
            changed[-1 if np.isfinite(value[-1]) else 0] = np.inf
            changed[np.isnan(value)] = 1
        return changed


class WrongSlope(Fault):
    def __init__(self, wrong):
        self.wrong = wrong

    def gradient(self, side, gradient):
        changed = gradient.copy()
        if side == self.wrong:
            changed[len(changed) // 3] += gradient.dtype.type(1)
        return changed


class SteepAtInfinity(Fault):
    """The derivative of what is asked at an infinity is no number."""

    def __init__(self, wrong):
        self.wrong = wrong

    def gradient(self, side, gradient):
        return np.append(np.nan, gradient[1:]) if side == self.wrong and len(gradient) == 5 else gradient


@pytest.mark.parametrize("wrong", SIDES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", ["silu", "hard_sigmoid"])
def test_one_wrong_number_is_rejected(name, dtype, wrong):
    with pytest.raises(ParityError, match=f"value in {wrong} at -2.5 in {dtype}"):
        exhaustive.check(find(f"activations.{name}"), fault=OneWrong(wrong, dtype, -2.5))


@pytest.mark.parametrize("wrong", SIDES)
def test_nan_that_does_not_stay_is_rejected(wrong):
    with pytest.raises(ParityError, match=f"value in {wrong} at .*= inf ulp"):
        exhaustive.check(find("activations.tanh"), fault=NotANumber(wrong, "float16", 0))


@pytest.mark.parametrize("wrong", SIDES)
def test_one_wrong_slope_is_rejected(wrong):
    with pytest.raises(ParityError, match=f"gradient of x in {wrong}"):
        exhaustive.check(find("activations.tanh"), fault=WrongSlope(wrong))


@pytest.mark.parametrize("wrong", SIDES)
def test_another_slope_at_an_infinity_is_rejected(wrong):
    with pytest.raises(ParityError, match=f"tanh in {wrong} in float16: the derivatives at minus infinity"):
        exhaustive.check(find("activations.tanh"), fault=SteepAtInfinity(wrong))


def test_every_activation_of_one_number_is_swept():
    rows = {"glu", "log_softmax", "softmax", "sparsemax"}
    assert {entry.title for entry in entries(family="activations")} - {entry.title for entry in SWEPT} == rows
    assert [entry.title for entry in SWEPT if entry.ulp.reason] == ["gelu"]


def test_numbers_asked():
    for dtype, finite in (("float16", 63488), ("bfloat16", 65280)):
        numbers = exhaustive.every(dtype)
        assert np.isfinite(numbers.astype(np.float32)).sum() == finite
        assert len(numbers) == finite + 3
    numbers = exhaustive.dense()
    assert len(numbers) > 240_000
    for value in (0.0, -3.0, 6.0, np.nextafter(np.float32(-3), np.float32(0)), np.finfo(np.float32).max, -np.inf):
        assert value in numbers


def test_distance_in_ulp():
    one, above = np.float32(1), np.nextafter(np.float32(1), np.float32(2))
    got = np.array([above, one, 0.5, 0.0, np.inf, np.nan, np.inf, 3e38, 1e-45, 0.0], np.float32)
    true = [1.0, above, 0.5 - 2.0**-26, 1e-39, 1e39, np.nan, 3.3e38, 1e39, 1e-3, 2.0**-125]
    found = ulp_distance(got, np.array(true, np.longdouble), "float32")
    np.testing.assert_array_equal(found[:8], [1, 1, 0.5, 0, 0, 0, np.inf, np.inf])
    assert found[8] > 2**22
    assert found[9] == 2**23
    half = np.array([1.0078125], ml_dtypes.bfloat16)
    assert ulp_distance(half, np.ones(1, np.longdouble), "bfloat16") == 1
