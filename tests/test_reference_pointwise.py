"""The third witness of activations and weights is checked itself: by mpmath, differences, limits and known values."""

import mpmath
import numpy as np
import pytest

from parity.reference import activations, constraints, regularizers
from parity.reference.base import erfc

INF, NAN = float("inf"), float("nan")
EPS = 2.0**-52


def wide(values):
    return np.asarray(values, np.longdouble)


def precise(value):
    """A longdouble as the sum of two doubles, which mpmath reads exactly."""
    high = float(value)
    return mpmath.mpf(high) + mpmath.mpf(float(value - np.longdouble(high)))


def phi(x):
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def phi_by_tanh(x):
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf(0.044715) * x**3)))


with mpmath.workdps(40):
    SELU = mpmath.mpf("1.0507009873554804934193349852946"), mpmath.mpf("1.6732632423543772848170429916717")
FORMULAS = {
    "celu": (lambda x: x if x > 0 else mpmath.mpf(0.3) * mpmath.expm1(x / mpmath.mpf(0.3)), {"alpha": 0.3}),
    "elu": (lambda x: x if x > 0 else mpmath.mpf(0.3) * mpmath.expm1(x), {"alpha": 0.3}),
    "exponential": (mpmath.exp, {}),
    "gelu": (phi, {}),
    "gelu by tanh": (phi_by_tanh, {"approximate": True}),
    "hard_shrink": (lambda x: x if abs(x) > 0.5 else 0, {}),
    "hard_sigmoid": (lambda x: min(max(x / 6 + mpmath.mpf(0.5), 0), 1), {}),
    "hard_silu": (lambda x: x * min(max(x / 6 + mpmath.mpf(0.5), 0), 1), {}),
    "hard_tanh": (lambda x: min(max(x, -1), 1), {}),
    "leaky_relu": (lambda x: x if x > 0 else mpmath.mpf(0.2) * x, {}),
    "log_sigmoid": (lambda x: -mpmath.log1p(mpmath.exp(-x)), {}),
    "mish": (lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), {}),
    "relu6": (lambda x: min(max(x, 0), 6), {}),
    "selu": (lambda x: SELU[0] * (x if x > 0 else SELU[1] * mpmath.expm1(x)), {}),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), {}),
    "silu": (lambda x: x / (1 + mpmath.exp(-x)), {}),
    "soft_shrink": (lambda x: mpmath.sign(x) * max(abs(x) - mpmath.mpf(0.5), 0), {}),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), {}),
    "softsign": (lambda x: x / (1 + abs(x)), {}),
    "sparse_plus": (lambda x: 0 if x < -1 else x if x > 1 else (x + 1) ** 2 / 4, {}),
    "sparse_sigmoid": (lambda x: min(max((x + 1) / 2, 0), 1), {}),
    "squareplus": (lambda x: (x + mpmath.sqrt(x**2 + 3)) / 2, {"b": 3}),
    "tanh": (mpmath.tanh, {}),
    "tanh_shrink": (lambda x: x - mpmath.tanh(x), {}),
    "threshold": (lambda x: x if x > 0.25 else -2, {"threshold": 0.25, "default_value": -2.0}),
}
POINTS = [-700.0, -88.5, -20.0, -6.0, -2.5, -1.9375, -0.75, -0.1, -1e-6, 1e-9, 0.3, 0.55, 1.25, 2.125, 5.5, 30.0, 600.0]


def reference(name, x):
    formula, arguments = FORMULAS[name]
    return getattr(activations, name.partition(" ")[0])(x, **arguments), formula


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_slopes_are_those_of_mpmath(name):
    found, formula = reference(name, wide(POINTS))
    slopes, slope_scales = found.pullback(np.ones(len(POINTS)))["x"]
    with mpmath.workdps(400):
        for place, x in enumerate(POINTS):
            value, slope = formula(mpmath.mpf(x)), mpmath.diff(formula, mpmath.mpf(x), h=mpmath.mpf(10) ** -60)
            # A hundredth of float64's eps: the reference must not be what a comparison measures.
            for got, true, scale in (
                (found.value[place], value, found.scale[place]),
                (slopes[place], slope, slope_scales[place]),
            ):
                assert abs(precise(got) - true) <= EPS / 20 * max(abs(true), float(scale)) + 1e-300, (x, got, true)
                assert float(scale) >= float(abs(true)) * (1 - 1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_double_precision_is_enough(name):
    points = np.array(POINTS)
    exact, found = reference(name, wide(points))[0], reference(name, points)[0]
    assert found.value.dtype == np.float64
    assert (np.abs(found.value - exact.value) <= 8 * EPS * exact.scale).all()


def test_erfc():
    points = wide([-7, -2.5, -1, 0, 0.1, 1.5, 1.999, 2, 2.001, 3, 9, 26, INF, NAN])
    found = erfc(points)
    with mpmath.workdps(40):
        for x, value in zip(points[:-2], found, strict=False):
            true = mpmath.erfc(precise(x))
            assert abs(precise(value) - true) <= mpmath.mpf(1e-15) * true
    assert found[-2] == 0
    assert np.isnan(found[-1])


LIMITS = {
    "celu": (-1, INF),
    "elu": (-1, INF),
    "exponential": (0, INF),
    "gelu": (0, INF),
    "hard_shrink": (-INF, INF),
    "hard_sigmoid": (0, 1),
    "hard_silu": (0, INF),
    "hard_tanh": (-1, 1),
    "leaky_relu": (-INF, INF),
    "log_sigmoid": (-INF, 0),
    "mish": (0, INF),
    "relu": (0, INF),
    "relu6": (0, 6),
    "sigmoid": (0, 1),
    "silu": (0, INF),
    "soft_shrink": (-INF, INF),
    "softplus": (0, INF),
    "softsign": (-1, 1),
    "sparse_plus": (0, INF),
    "sparse_sigmoid": (0, 1),
    "squareplus": (0, INF),
    "tanh": (-1, 1),
    "tanh_shrink": (-INF, INF),
}


@pytest.mark.parametrize("name", LIMITS)
def test_infinities_give_limits_and_nan_stays(name):
    found = getattr(activations, name)(wide([-INF, INF, NAN]))
    np.testing.assert_array_equal(found.value, [*LIMITS[name], NAN])
    assert np.isfinite(found.scale).all()


CORNERS = {
    "celu": ({0: 1}, {}),
    "elu": ({0: 0.5}, {"alpha": 0.5}),
    "hard_shrink": ({-0.5: 0, 0.5: 0}, {}),
    "hard_sigmoid": ({-3: 0, 3: 0}, {}),
    "hard_silu": ({-3: 0, 3: 1}, {}),
    "hard_tanh": ({-1: 1, 1: 1}, {}),
    "leaky_relu": ({0: 0.25}, {"negative_slope": 0.25}),
    "relu": ({0: 0}, {}),
    "relu6": ({0: 0, 6: 0}, {}),
    "selu": ({0: SELU[0] * SELU[1]}, {}),
    "soft_shrink": ({-0.5: 0, 0.5: 0}, {}),
    "sparse_plus": ({-1: 0, 1: 1}, {}),
    "sparse_sigmoid": ({-1: 0, 1: 0}, {}),
    "squareplus": ({0: 0}, {"b": 0}),
    "threshold": ({0.5: 0}, {"threshold": 0.5, "default_value": 0.0}),
}


@pytest.mark.parametrize("name", CORNERS)
def test_derivatives_at_corners(name):
    corners, arguments = CORNERS[name]
    found = getattr(activations, name)(wide(list(corners)), **arguments)
    slopes, _ = found.pullback(np.ones(len(corners)))["x"]
    np.testing.assert_allclose(slopes.astype(float), [float(item) for item in corners.values()], rtol=1e-15)


RNG = np.random.default_rng(5)
REAL = wide(RNG.normal(0, 2, (4, 6)))
PULLED = {
    "glu": (activations.glu, REAL),
    "glu axis": (lambda x: activations.glu(x, axis=0), REAL),
    "log_softmax": (activations.log_softmax, REAL),
    "log_softmax axes": (lambda x: activations.log_softmax(x, axis=[1, 0]), REAL),
    "sparsemax": (activations.sparsemax, REAL),
    "sparsemax axis": (lambda x: activations.sparsemax(x, axis=0), REAL / 4),
    "l1_l2": (lambda x: regularizers.l1_l2(x, l1=0.3, l2=0.2), REAL),
    "orthogonal": (lambda x: regularizers.orthogonal(x, factor=0.3), REAL),
    "orthogonal columns": (lambda x: regularizers.orthogonal(x, factor=0.3, mode="columns"), REAL),
}


@pytest.mark.parametrize("name", PULLED)
def test_pullback_is_the_derivative(name):
    formula, x = PULLED[name]
    found = formula(x)
    cotangent = wide(np.random.default_rng(1).normal(size=found.value.shape))
    gradient, scale = found.pullback(cotangent)["x"]
    assert gradient.shape == scale.shape == x.shape
    assert (scale >= np.abs(gradient) * (1 - 1e-9)).all()
    step = np.longdouble(2.0**-20)
    for place in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[place] += sign * step
            ends.append((formula(moved).value * cotangent).sum())
        assert abs((ends[0] - ends[1]) / (2 * step) - gradient[place]) <= 1e-8


def test_rows():
    np.testing.assert_allclose(activations.glu(wide([[3, 2, 0, -INF]])).value.astype(float), [[1.5, 0]])
    found = activations.log_softmax(wide([[NAN, 1], [INF, 1], [-INF, -INF], [-INF, 0]]))
    np.testing.assert_array_equal(found.value, [[NAN, NAN], [NAN, NAN], [NAN, NAN], [-INF, 0]])
    assert np.isfinite(found.scale).all()
    found = activations.sparsemax(wide([[1, 0, -1], [0.5, 0.5, 0], [NAN, 1, 2], [INF, 1, 2], [-INF, 0, 0], [0, 0, 0]]))
    third = wide(1) / 3
    expected = [[1, 0, 0], [0.5, 0.5, 0], [NAN] * 3, [NAN] * 3, [0, 0.5, 0.5], [third] * 3]
    np.testing.assert_allclose(found.value.astype(float), wide(expected).astype(float), rtol=1e-15)
    # An element that is exactly tau is not in the support.
    np.testing.assert_array_equal(activations.sparsemax(wide([1, 0])).pullback(wide([1, 0]))["x"][0], [0, 0])
    assert activations.sparsemax(np.zeros((0, 3))).value.shape == (0, 3)


def test_weights():
    w, eps = wide([[3, 0.5], [4, 0]]), wide(1e-7)
    np.testing.assert_allclose(constraints.unit_norm(w).value, w / (wide([5, 0.5]) + eps))
    found = constraints.min_max_norm(w, min_value=1.0, max_value=2.0, rate=0.5)
    np.testing.assert_allclose(found.value, w * (wide([3.5, 0.75]) / (wide([5, 0.5]) + eps)))
    np.testing.assert_array_equal(constraints.min_max_norm(w * 0, min_value=1.0).value, np.zeros((2, 2)))
    assert float(regularizers.l1_l2(wide([-1, 2]), l1=0.5, l2=2.0).value) == 11.5
    assert float(regularizers.l1_l2(wide([INF]), l1=0.0).value) == 0
    assert float(regularizers.orthogonal(wide([[1, 0], [1, 1], [0, 2]]), factor=3.0).value) == pytest.approx(2**0.5)
    assert float(regularizers.orthogonal(wide([[1, 0], [1, 1], [0, 2]]).T, factor=3.0, mode="columns").value) > 1.4
    assert float(regularizers.orthogonal(wide([[1, 2]])).value) == 0
    gradient, _ = regularizers.orthogonal(np.zeros((2, 2))).pullback(1.0)["x"]
    np.testing.assert_array_equal(gradient, np.zeros((2, 2)))
