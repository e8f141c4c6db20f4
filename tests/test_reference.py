"""The third witness is checked itself: derivatives by differences, known values, identities, and other libraries."""

import itertools
import math

import mpmath
import numpy as np
import pytest

from parity.reference import activations, constraints, initializers, losses, metrics, regularizers
from parity.reference.base import Reference, quantize
from parity.reference.losses.sequence import by_paths, by_states
from parity.reference.reduction import reduce

EPS = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
INF, NAN = float("inf"), float("nan")


def wide(values):
    return np.asarray(values, np.longdouble)


def close(found, expected, tolerance=1e-15):
    found, expected = np.asarray(found), wide(expected)
    assert found.shape == expected.shape
    with np.errstate(invalid="ignore"):
        same = (found == expected) | (np.isnan(found) & np.isnan(expected))
        near = np.abs(found - expected) <= tolerance * np.maximum(1, np.abs(expected))
    assert (same | near).all(), f"{found} is not {expected}"


def logistic(x):
    return 1 / (1 + np.exp(-x))


# -- derivatives ------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(20)
REAL, OTHER = wide(RNG.normal(0, 2, (3, 4))), wide(RNG.normal(0, 2, (3, 4)))
SHARE, LABEL = wide(RNG.uniform(0.05, 0.9, (3, 4))), wide(RNG.uniform(0, 1, (3, 4)))
MIXED = SHARE * wide([1, -0.2, 1, 1])
SIGN, KINDS = wide([[1, -1, 0, 0.5]] * 3), np.array([0, 1, 0])
UNIT = {"y_pred": 0.95 * OTHER / np.sqrt((OTHER**2).sum(1, keepdims=True))}
PLACES = UNIT["y_pred"][:2].astype(np.float64)


def of(formula, **arguments):
    return lambda y_true, y_pred: formula(y_true, y_pred, dtype="float64", **arguments)


def fixed(formula, labels, **arguments):
    return lambda y_pred: formula(np.array(labels), y_pred, dtype="float64", **arguments)


def reduced(**arguments):
    return lambda y_true, y_pred: reduce(losses.huber(y_true, y_pred, dtype="float64", delta=1.5), **arguments)


WEIGHTS = wide([0.5, 2, 0])
MASK = np.array([True, False, True])
X = {"x": REAL}
NUMBERS = np.array([2, 1, 3])
DERIVATIVES = {
    "huber": (of(losses.huber), {"y_true": OTHER, "y_pred": REAL}),
    "huber delta": (of(losses.huber, delta=0.3), {"y_true": OTHER, "y_pred": REAL}),
    "huber expanded": (of(losses.huber), {"y_true": OTHER[0], "y_pred": REAL[0][:, None]}),
    "huber squeezed": (of(losses.huber), {"y_true": OTHER, "y_pred": REAL[..., None]}),
    "mse": (of(losses.mean_squared_error), {"y_true": OTHER, "y_pred": REAL}),
    "mae": (of(losses.mean_absolute_error), {"y_true": OTHER, "y_pred": REAL}),
    "mape": (of(losses.mean_absolute_percentage_error), {"y_true": 1 + LABEL, "y_pred": REAL}),
    "msle": (of(losses.mean_squared_logarithmic_error), {"y_true": OTHER, "y_pred": REAL}),
    "log_cosh": (of(losses.log_cosh), {"y_true": OTHER, "y_pred": REAL}),
    "poisson": (of(losses.poisson), {"y_true": LABEL, "y_pred": SHARE}),
    "hinge": (of(losses.hinge), {"y_true": SIGN, "y_pred": REAL}),
    "squared hinge": (of(losses.squared_hinge), {"y_true": SIGN, "y_pred": REAL}),
    "categorical hinge": (of(losses.categorical_hinge), {"y_true": LABEL, "y_pred": REAL}),
    "cosine": (of(losses.cosine_similarity, axis=0), {"y_true": OTHER, "y_pred": REAL}),
    "dice": (of(losses.dice), {"y_true": LABEL, "y_pred": SHARE}),
    "dice axis": (of(losses.dice, axis=[0]), {"y_true": LABEL, "y_pred": SHARE}),
    "tversky": (of(losses.tversky, alpha=0.3, beta=0.9, axis=-1), {"y_true": LABEL, "y_pred": SHARE}),
    "circle": (lambda y_pred: losses.circle(KINDS, y_pred, dtype="float64", gamma=4, margin=0.3), UNIT),
    "circle diagonal": (lambda y_pred: losses.circle(KINDS, y_pred, gamma=4, remove_diagonal=False), UNIT),
    "circle references": (
        lambda y_pred: losses.circle(KINDS, y_pred, ref_labels=KINDS[:2], ref_embeddings=PLACES, gamma=4),
        {"y_pred": 0.9 * UNIT["y_pred"][:, ::-1]},
    ),
    "bce": (of(losses.binary_crossentropy), {"y_true": LABEL, "y_pred": SHARE}),
    "bce smooth": (of(losses.binary_crossentropy, label_smoothing=0.3, axis=0), {"y_true": LABEL, "y_pred": SHARE}),
    "bce logits": (of(losses.binary_crossentropy, from_logits=True), {"y_true": LABEL, "y_pred": REAL}),
    "cce": (of(losses.categorical_crossentropy), {"y_true": LABEL, "y_pred": SHARE}),
    "cce smooth": (
        of(losses.categorical_crossentropy, label_smoothing=0.3, axis=0),
        {"y_true": LABEL, "y_pred": SHARE},
    ),
    "cce negative": (of(losses.categorical_crossentropy), {"y_true": LABEL, "y_pred": MIXED}),
    "cce logits": (
        of(losses.categorical_crossentropy, from_logits=True, label_smoothing=0.2),
        {"y_true": LABEL, "y_pred": REAL},
    ),
    "kld": (of(losses.kl_divergence), {"y_true": LABEL, "y_pred": SHARE}),
    "kld column": (of(losses.kl_divergence), {"y_true": LABEL[0], "y_pred": SHARE[0][:, None]}),
    "focal": (of(losses.binary_focal_crossentropy, gamma=1.7), {"y_true": LABEL, "y_pred": SHARE}),
    "focal balanced": (
        of(losses.binary_focal_crossentropy, apply_class_balancing=True, alpha=0.3, label_smoothing=0.2, axis=0),
        {"y_true": LABEL, "y_pred": SHARE},
    ),
    "focal logits": (
        of(losses.binary_focal_crossentropy, from_logits=True, gamma=0.6, apply_class_balancing=True),
        {"y_true": LABEL, "y_pred": REAL},
    ),
    "categorical focal": (
        of(losses.categorical_focal_crossentropy, gamma=1.7, alpha=[0.5, 2.0, 1.0], label_smoothing=0.2, axis=0),
        {"y_true": LABEL, "y_pred": SHARE},
    ),
    "categorical focal logits": (
        of(losses.categorical_focal_crossentropy, gamma=0.6, alpha=[0.5, 2.0, 1.0, 0.0], from_logits=True),
        {"y_true": LABEL, "y_pred": REAL},
    ),
    "gce": (fixed(losses.categorical_generalized_cross_entropy, NUMBERS, q=0.3), {"y_pred": SHARE}),
    "sparse": (fixed(losses.sparse_categorical_crossentropy, NUMBERS, ignore_class=1), {"y_pred": SHARE}),
    "sparse axis": (fixed(losses.sparse_categorical_crossentropy, [[0, 2, 1, 1]], axis=0), {"y_pred": SHARE}),
    "sparse logits": (
        fixed(losses.sparse_categorical_crossentropy, NUMBERS, ignore_class=1, from_logits=True),
        {"y_pred": REAL},
    ),
    "ctc": (fixed(losses.ctc, [[1, 2, 0], [2, 2, 0]]), {"y_pred": wide(RNG.normal(0, 2, (2, 4, 3)))}),
    "reduce ignored": (
        lambda y_pred: reduce(
            losses.sparse_categorical_crossentropy(NUMBERS, y_pred, dtype="float64", ignore_class=1), mask=MASK
        ),
        {"y_pred": SHARE},
    ),
    "reduce none": (reduced(reduction="none", sample_weight=WEIGHTS), {"y_true": OTHER, "y_pred": REAL}),
    "reduce sum": (reduced(reduction="sum", mask=MASK), {"y_true": OTHER, "y_pred": REAL}),
    "reduce mean": (reduced(sample_weight=WEIGHTS, mask=MASK), {"y_true": OTHER, "y_pred": REAL}),
    "reduce weighted": (
        reduced(reduction="mean_with_sample_weight", sample_weight=wide([1, -0.7, 0.1])),
        {"y_true": OTHER, "y_pred": REAL},
    ),
    "linear": (activations.linear, X),
    "relu": (activations.relu, X),
    "relu all": (lambda x: activations.relu(x, negative_slope=0.25, max_value=1.5, threshold=-0.5), X),
    "softplus": (activations.softplus, X),
    "elu": (lambda x: activations.elu(x, alpha=0.6), X),
    "softmax": (activations.softmax, X),
    "softmax axes": (lambda x: activations.softmax(x, axis=(0, 1)), X),
    "softmax list": (lambda x: activations.softmax(x, axis=[0]), X),
    "l1": (lambda x: regularizers.l1(x, l1=0.3), X),
    "l2": (lambda x: regularizers.l2(x, l2=0.3), X),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_pullback_is_the_derivative(name):
    formula, inputs = DERIVATIVES[name]
    found = formula(**inputs)
    cotangent = wide(np.random.default_rng(1).normal(size=found.value.shape))
    for key, (gradient, scale) in found.pullback(cotangent).items():
        assert gradient.shape == scale.shape == inputs[key].shape
        assert gradient.dtype == scale.dtype == np.longdouble
        step = np.longdouble(2.0**-17)
        for place in np.ndindex(inputs[key].shape):
            ends = []
            for sign in (1, -1):
                moved = inputs[key].copy()
                moved[place] += sign * step
                ends.append((formula(**{**inputs, key: moved}).value * cotangent).sum())
            difference = (ends[0] - ends[1]) / (2 * step)
            assert abs(difference - gradient[place]) <= 1e-8 * (1 + abs(gradient[place]))
        assert (scale >= np.abs(gradient) * (1 - 1e-9)).all()


@pytest.mark.parametrize("name", DERIVATIVES)
def test_scales_are_finite_and_grow_with_the_cotangent(name):
    formula, inputs = DERIVATIVES[name]
    found = formula(**inputs)
    assert found.scale.shape == found.value.shape
    assert np.isfinite(found.scale).all()
    assert (found.scale >= np.abs(found.value) * (1 - 1e-15)).all()
    cotangent = wide(np.random.default_rng(1).normal(size=found.value.shape))
    once, thrice = found.pullback(cotangent), found.pullback(-3 * cotangent)
    for key, (gradient, scale) in once.items():
        close(thrice[key][0], -3 * gradient)
        close(thrice[key][1], 3 * scale)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_double_precision_is_enough_too(name):
    formula, inputs = DERIVATIVES[name]
    narrow = {key: value.astype(np.float64) for key, value in inputs.items()}
    exact, found = formula(**{key: wide(value) for key, value in narrow.items()}), formula(**narrow)
    assert exact.value.dtype == np.longdouble
    assert name.startswith("reduce") or found.value.dtype == np.float64
    assert (np.abs(found.value - exact.value) <= 8 * EPS["float64"] * exact.scale).all()
    cotangent = np.ones(found.value.shape)
    for key, (gradient, scale) in exact.pullback(wide(cotangent)).items():
        assert (np.abs(found.pullback(cotangent)[key][0] - gradient) <= 16 * EPS["float64"] * scale).all()


# -- one loss as a case of another ------------------------------------------------------------------------------------

ONE_HOT = np.eye(4)[NUMBERS]
PROPER = SHARE / SHARE.sum(-1, keepdims=True)
CASES = {
    "focal with gamma 0": (
        losses.binary_focal_crossentropy(LABEL, SHARE, gamma=0.0, dtype="float64"),
        losses.binary_crossentropy(LABEL, SHARE, dtype="float64"),
    ),
    "focal of logits": (
        losses.binary_focal_crossentropy(LABEL, np.log(SHARE / (1 - SHARE)), gamma=1.5, from_logits=True),
        losses.binary_focal_crossentropy(LABEL, SHARE, gamma=1.5, dtype="float64"),
    ),
    "focal balanced in half": (
        losses.binary_focal_crossentropy(LABEL, SHARE, gamma=1.5, apply_class_balancing=True, alpha=0.5),
        losses.binary_focal_crossentropy(LABEL, SHARE, gamma=1.5)._replace(
            value=losses.binary_focal_crossentropy(LABEL, SHARE, gamma=1.5).value / 2
        ),
    ),
    "categorical focal with gamma 0": (
        losses.categorical_focal_crossentropy(LABEL, SHARE, gamma=0.0, alpha=1.0, label_smoothing=0.25),
        losses.categorical_crossentropy(LABEL, SHARE, label_smoothing=0.25),
    ),
    "categorical focal of logits": (
        losses.categorical_focal_crossentropy(LABEL, np.log(SHARE), alpha=0.7, gamma=1.5, from_logits=True),
        losses.categorical_focal_crossentropy(LABEL, SHARE, alpha=[0.7] * 4, gamma=1.5),
    ),
    "sparse": (
        losses.sparse_categorical_crossentropy(NUMBERS, SHARE),
        losses.categorical_crossentropy(ONE_HOT, SHARE),
    ),
    "sparse logits": (
        losses.sparse_categorical_crossentropy(NUMBERS, REAL, from_logits=True),
        losses.categorical_crossentropy(ONE_HOT, REAL, from_logits=True),
    ),
    "divergence of a label": (
        losses.kl_divergence(np.where(ONE_HOT, 1, 0), PROPER),
        losses.categorical_crossentropy(ONE_HOT, PROPER),
    ),
    "one step": (
        losses.ctc(NUMBERS[:, None], REAL[:, None]),
        losses.sparse_categorical_crossentropy(NUMBERS, REAL, from_logits=True),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_loss_is_a_case_of_another(name):
    one, other = CASES[name]
    close(one.value, other.value, 2e-5 if name == "divergence of a label" else 1e-15)


def test_generalized_cross_entropy_by_mpmath():
    with mpmath.workdps(40):
        for q in (0.001, 0.5, 0.875):
            found = losses.categorical_generalized_cross_entropy(NUMBERS, SHARE, q=q)
            for number, row, value in zip(NUMBERS, SHARE, found.value, strict=True):
                p = mpmath.mpf(str(np.format_float_positional(row[number], unique=True)))
                close(value, np.longdouble(str((1 - p ** mpmath.mpf(q)) / mpmath.mpf(q))), 1e-17)


# -- known values -----------------------------------------------------------------------------------------------------


def test_documented_huber_and_mse():
    y_true, y_pred = wide([[0, 1], [0, 0]]), wide([[0.6, 0.4], [0.4, 0.6]])
    close(losses.huber(y_true, y_pred).value, [0.18, 0.13])
    close(reduce(losses.huber(y_true, y_pred)).value, 0.155)
    close(reduce(losses.huber(y_true, y_pred), sample_weight=wide([1, 0])).value, 0.09)
    close(reduce(losses.huber(y_true, y_pred), reduction="sum").value, 0.31)
    close(losses.mean_squared_error(y_true, y_pred).value, [0.36, 0.26])
    close(losses.huber(wide([[0.0]]), wide([[3.0]]), delta=2.0).value, [4])


def test_documented_crossentropies():
    y_true, y_pred = wide([[0, 1], [0, 0]]), wide([[0.6, 0.4], [0.4, 0.6]])
    close(losses.binary_crossentropy(y_true, y_pred).value, [0.916291, 0.713558], 1e-6)
    y_true, logits = wide([[0, 1, 0, 0]]), wide([[-18.6, 0.51, 2.94, -12.8]])
    close(losses.binary_crossentropy(y_true, logits, from_logits=True).value, [0.865458], 1e-6)
    y_true, y_pred = wide([[0, 1, 0], [0, 0, 1]]), wide([[0.05, 0.95, 0], [0.1, 0.8, 0.1]])
    found = losses.categorical_crossentropy(y_true, y_pred)
    close(found.value, [0.0512933, 2.3025851], 1e-6)
    close(reduce(found, sample_weight=wide([0.3, 0.7])).value, 0.814, 1e-3)


def test_documented_regression_losses():
    y_true, y_pred = wide([[0, 1], [0, 0]]), wide([[1, 1], [0, 0.5]])
    close(losses.mean_absolute_error(y_true, y_pred).value, [0.5, 0.25])
    close(losses.log_cosh(y_true, y_pred).value, np.log(np.cosh(wide([1, 0.5]))) / 2)
    found = losses.mean_absolute_percentage_error(wide([[100, 200, 300]]), wide([[90, 210, 310]]))
    close(found.value, [np.longdouble(55) / 9])
    found = losses.mean_absolute_percentage_error(wide([[0]]), wide([[1]]), dtype="float64")
    close(found.value, [100 / np.longdouble(1e-7)])
    found = losses.mean_squared_logarithmic_error(wide([[-5, 3]]), wide([[0, 1]]), dtype="float64")
    close(found.value, [np.log(wide(2)) ** 2 / 2])
    close(found.pullback([1])["y_pred"][0], [[0, -np.log(wide(2)) / 2]])
    found = losses.poisson(wide([[2, 1]]), wide([[1, 0]]), dtype="float64")
    close(found.value, [(1 - 2 * np.log1p(wide(1e-7)) - np.log(wide(1e-7))) / 2])
    close(losses.poisson(wide([[1]]), wide([[-1]])).value, [NAN])


def test_documented_margins():
    found = losses.hinge(wide([[1, -1, 0, 1]]), wide([[1, 0.5, -2, -1]]))
    close(found.value, [(0 + 1.5 + 0 + 2) / 4])
    close(found.pullback([4])["y_pred"][0], [[-1, 1, 0, -1]])
    found = losses.squared_hinge(wide([[1, 0]]), wide([[0.5, 0.5]]))
    close(found.value, [(0.25 + 2.25) / 2])
    close(found.pullback([2])["y_pred"][0], [[-1, 3]])
    # The last two sit on the corner: classes that tie, and the right class alone.
    found = losses.categorical_hinge(
        wide([[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]]), wide([[1, 2, 3], [4, 1, 2], [1, 2, 1], [-1, 1, -1]])
    )
    close(found.value, [2, 0, 0, 0])
    close(found.pullback(np.ones(4))["y_pred"][0], [[0, -1, 1], [0, 0, 0], [0.5, -1, 0.5], [0, -1, 0]])
    close(losses.categorical_hinge(wide([[1, 0]]), wide([[INF, 0]])).value, [0])


def test_documented_similarities():
    y_true, y_pred = wide([[0, 1], [1, 1], [1, 1], [3, 4]]), wide([[1, 0], [1, 1], [-1, -1], [0, 0]])
    found = losses.cosine_similarity(y_true, y_pred, dtype="float64")
    close(found.value, [0, -1, 1, 0])
    close(found.pullback(np.ones(4))["y_pred"][0][3], wide([-0.6, -0.8]) / np.longdouble(1e-7), 1e-12)
    found = losses.cosine_similarity(y_true, 1e-9 * y_true, dtype="float64")
    close(found.value, [-1e-2, -1e-2 * np.sqrt(wide(2)), -1e-2 * np.sqrt(wide(2)), -5e-2])
    close(losses.cosine_similarity(y_true, y_true, axis=0).value, [-1, -1])


def test_documented_overlaps():
    y_true = wide([[[[1], [1]], [[0], [0]]], [[[1], [1]], [[0], [0]]]])
    y_pred = wide([[[[0], [1]], [[0], [1]]], [[[0.4], [0]], [[0], [0.9]]]])
    close(losses.dice(y_true, y_pred, axis=[1, 2, 3]).value, [0.5, 1 - 0.8 / 3.3], 1e-7)
    close(losses.dice(y_true, y_pred).value, 1 - 2.8 / 7.3, 1e-7)
    close(losses.dice(np.zeros((2, 2)), np.zeros((2, 2))).value, 1)
    # One true positive, one false positive, two false negatives.
    y_true, y_pred = wide([[1, 0, 1, 1]]), wide([[1, 1, 0, 0]])
    close(losses.tversky(y_true, y_pred, alpha=0.9, beta=0.1).value, 1 - 1 / (1 + 0.9 + 0.2), 1e-7)
    close(losses.tversky(y_true, y_pred, alpha=0, beta=1).value, 1 - 1 / wide(3), 1e-7)
    close(losses.tversky(y_true, y_pred).value, losses.dice(y_true, y_pred).value, 1e-7)


def test_circle_against_the_formula_of_the_paper():
    with mpmath.workdps(40):
        gamma, m, places = 8, mpmath.mpf(0.25), [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [-0.8, 0.6]]
        labels, expected = [0, 1, 0, 1], []
        for i, one in enumerate(places):
            alike = [
                min(sum(mpmath.mpf(a) * mpmath.mpf(b) for a, b in zip(one, two, strict=True)), 1) for two in places
            ]
            inside, outside = mpmath.mpf(0), mpmath.mpf(0)
            for j, s in enumerate(alike):
                if labels[i] != labels[j]:
                    outside += mpmath.exp(gamma * max(s + m, 0) * (s - m))
                elif i != j:
                    inside += mpmath.exp(-gamma * max(1 + m - s, 0) * (s - (1 - m)))
            expected.append(float(mpmath.log(1 + outside * inside)))
    found = losses.circle(np.array(labels), wide(places), gamma=gamma, margin=0.25)
    close(found.value, expected)
    # Alone of its class, or with nobody to be kept from: no loss.
    close(losses.circle(np.array([0, 1]), wide([[1, 0], [0, 1]])).value, [0, 0])
    close(losses.circle(np.array([0, 0]), wide([[1, 0], [0, 1]])).value, [0, 0])


def test_the_clip_is_that_of_the_dtype():
    one, zero = wide([[1.0]]), wide([[0.0]])
    close(losses.binary_crossentropy(zero, one).value, [15.942385], 1e-6)
    close(losses.binary_crossentropy(one, zero).value, [16.118095], 1e-6)
    close(losses.binary_crossentropy(zero, one, dtype="float64").value, [16.118095], 1e-6)
    saturated = quantize(logistic(wide([[50.0]])), "float32")
    close(losses.binary_crossentropy(zero, saturated).value, [math.log(2**23)])
    for p, slope in ((0.0, 0), (np.float32(1e-7), 1), (1 - 2.0**-23, 1), (1 - 2.0**-24, 0), (1, 0), (-0.5, 0), (2, 0)):
        gradient, _ = losses.binary_crossentropy(one, wide([[p]])).pullback(wide([1]))["y_pred"]
        close(gradient, [[-slope / np.longdouble(p)]] if slope else [[0]])


def test_categorical_crossentropy_normalises_and_clips():
    close(losses.categorical_crossentropy(wide([[0, 1]]), wide([[2.0, 2.0]])).value, [math.log(2)])
    low = wide(np.float32(1e-7))
    close(losses.categorical_crossentropy(wide([[0, 1]]), wide([[1.0, 0.0]])).value, -np.log(low)[None])
    close(losses.categorical_crossentropy(wide([[1, 0]]), wide([[1.0, 0.0]])).value, [-np.log1p(wide(-(2.0**-23)))])
    columns = losses.categorical_crossentropy(wide([[0], [1]]), wide([[1.0], [3.0]]), axis=0, label_smoothing=0.5)
    close(columns.value, [-0.25 * math.log(0.25) - 0.75 * math.log(0.75)])


POINTS = [-50.0, -20.0, -1.0, -1e-6, 0.0, 0.5, 30.0]


def test_wide_arithmetic_against_mpmath():
    with mpmath.workdps(40):
        for x in POINTS:
            expected = {
                "softplus": mpmath.log1p(mpmath.exp(x)),
                "elu": mpmath.mpf(x) if x > 0 else mpmath.mpf(0.3) * mpmath.expm1(x),
                "log_cosh": mpmath.log(mpmath.cosh(x)),
                "msle": (mpmath.log(1 + max(mpmath.mpf(x), mpmath.mpf(1e-7))) - mpmath.log(mpmath.mpf(3.5))) ** 2,
                "bce": mpmath.log1p(mpmath.exp(-abs(x))) + max(x, 0) - mpmath.mpf(x) * mpmath.mpf(0.7),
            }
            found = {
                "softplus": activations.softplus(wide(x)),
                "elu": activations.elu(wide(x), alpha=0.3),
                "log_cosh": losses.log_cosh(wide([0]), wide([x])),
                "msle": losses.mean_squared_logarithmic_error(wide([2.5]), wide([x]), dtype="float64"),
                "bce": losses.binary_crossentropy(wide([0.7]), wide([x]), from_logits=True),
            }
            for key, value in expected.items():
                # A longdouble is read exactly as the sum of two doubles.
                high = float(found[key].value)
                got = mpmath.mpf(high) + mpmath.mpf(float(found[key].value - np.longdouble(high)))
                assert abs(got - value) <= 4 * mpmath.mpf(2) ** -63 * max(
                    abs(value), float(found[key].scale) * (x != 0)
                )


def test_activations_and_their_corners():
    x = wide([-2, -1, -0.5, 0, 0.5, 3, 4])
    close(activations.relu(x).value, [0, 0, 0, 0, 0.5, 3, 4])
    found = activations.relu(x, negative_slope=0.25, max_value=3.0, threshold=0.5)
    close(found.value, [-0.625, -0.375, -0.25, -0.125, 0, 3, 3])
    close(found.pullback(np.ones(7))["x"][0], [0.25, 0.25, 0.25, 0.25, 0.25, 1, 0])
    found = activations.relu(x, threshold=-1.0, max_value=2.0)
    close(found.value, [0, 0, 0, 0, 0.5, 2, 2])
    close(found.pullback(np.ones(7))["x"][0], [0, 0, 0, 1, 1, 0, 0])
    close(activations.relu(x, threshold=-1.0).value, [0, 0, -0.5, 0, 0.5, 3, 4])
    close(activations.elu(wide([0.0]), alpha=0.3).pullback(np.ones(1))["x"][0], [np.longdouble(0.3)])
    close(activations.softmax(np.zeros((1, 2, 2)), axis=(1, 2)).value, np.full((1, 2, 2), 0.25))
    close(activations.softmax(wide([1000, 0])).value, [1, 0])
    assert activations.softmax(np.zeros((0, 3))).value.shape == (0, 3)
    assert activations.softmax(np.zeros((3, 0))).value.shape == (3, 0)


def test_weights():
    w = wide([[3, 0.5], [4, 0]])
    close(
        constraints.max_norm(w).value,
        wide([[6, 0], [8, 0]]) / wide(5 + 1e-7) + wide([[0, 0.25 / (0.5 + 1e-7)], [0, 0]]),
    )
    close(constraints.max_norm(w, axis=[0, 1], max_value=0).value, np.zeros((2, 2)))
    close(constraints.max_norm(np.zeros((2, 1))).value, np.zeros((2, 1)))
    close(constraints.non_neg(wide([-1, 0, 2, NAN, INF, -INF])).value, [0, 0, 2, NAN, INF, 0])
    assert constraints.non_neg(w).pullback is None
    close(regularizers.l1(wide([-1, 0, 2]), l1=0.5).value, 1.5)
    close(regularizers.l1(wide([-1, 0, 2]), l1=0.5).pullback(2.0)["x"][0], [-1, 0, 1])
    close(regularizers.l2(wide([-1, 0, 2]), l2=0.5).value, 2.5)
    close(regularizers.l2(np.zeros((0, 2))).value, 0)


def test_infinities_and_nan():
    for formula, expected in (
        (activations.relu, [0, INF, NAN]),
        (lambda x: activations.relu(x, negative_slope=0.5, max_value=6.0), [-INF, 6, NAN]),
        (activations.softplus, [0, INF, NAN]),
        (lambda x: activations.elu(x, alpha=0.5), [-0.5, INF, NAN]),
        (lambda x: losses.huber(0 * np.ones((3, 1)), x[:, None]), [INF, INF, NAN]),
        (lambda x: losses.mean_squared_error(0 * np.ones((3, 1)), x[:, None]), [INF, INF, NAN]),
        (lambda x: losses.binary_crossentropy(np.ones((3, 1)), x[:, None]), [-math.log(np.float32(1e-7)), 0, NAN]),
    ):
        found = formula(wide([-INF, INF, NAN]))
        close(found.value, expected, 2e-7)
        assert np.isfinite(found.scale).all()
        for gradient, scale in found.pullback(np.ones(3)).values():
            assert np.isnan(gradient.ravel()[2])
            assert np.isfinite(scale).all()
    close(activations.linear(wide([-INF, INF, NAN])).value, [-INF, INF, NAN])
    rows = activations.softmax(wide([[NAN, 1, 2], [INF, 1, 2], [-INF, -INF, -INF], [-INF, 0, 0]]))
    close(rows.value, [[NAN] * 3, [NAN] * 3, [NAN] * 3, [0, 0.5, 0.5]])
    assert np.isfinite(rows.scale).all()
    close(losses.huber(wide([[INF]]), wide([[INF]])).value, [NAN])
    close(losses.categorical_crossentropy(wide([[1, 0]]), wide([[0, 0]])).value, [NAN])
    close(losses.huber(np.zeros((2, 0)), np.zeros((2, 0))).value, [NAN, NAN])


def test_shapes_are_matched_as_decided():
    ones = np.ones
    assert losses.huber(ones(4), ones((4, 1))).value.shape == (4,)
    assert losses.huber(ones((4, 3, 1)), ones((4, 3))).value.shape == (4,)
    assert losses.huber(ones((2, 3)), ones((2, 3, 1))).pullback(ones(2))["y_pred"][0].shape == (2, 3, 1)
    assert losses.binary_crossentropy(ones((4, 3)), ones((4, 3)), axis=0).value.shape == (3,)
    for shape in ((2, 1), (3,), (3, 3), (1, 3), (2, 3, 1, 1)):
        with pytest.raises(ValueError, match="never broadcast"):
            losses.huber(ones((2, 3)), ones(shape))


# -- identities -------------------------------------------------------------------------------------------------------


def test_identities():
    x, y = REAL, LABEL
    of_logits = losses.binary_crossentropy(y, x, dtype="float64", from_logits=True, label_smoothing=0.1)
    of_probabilities = losses.binary_crossentropy(y, logistic(x), dtype="float64", label_smoothing=0.1)
    close(of_logits.value, of_probabilities.value, 1e-17)

    pairs, both = np.stack([1 - y, y], -1), np.stack([1 - logistic(x), logistic(x)], -1)
    for one, other in (
        (
            losses.categorical_crossentropy(pairs, both, dtype="float64"),
            losses.binary_crossentropy(y[..., None], logistic(x)[..., None], dtype="float64"),
        ),
        (
            losses.categorical_crossentropy(pairs, np.stack([0 * x, x], -1), from_logits=True),
            losses.binary_crossentropy(y[..., None], x[..., None], from_logits=True),
        ),
    ):
        close(one.value, other.value, 1e-17)

    probabilities = activations.softmax(x).value
    close(probabilities.sum(-1), np.ones(3), 1e-18)
    close(activations.softmax(x + 100).value, probabilities, 1e-16)
    close(
        losses.categorical_crossentropy(y, x, dtype="float64", from_logits=True).value,
        losses.categorical_crossentropy(y, probabilities, dtype="float64").value,
        1e-17,
    )
    close(activations.softplus(x).value - activations.softplus(-x).value, x, 1e-17)
    close(activations.softplus(x).pullback(np.ones((3, 4)))["x"][0], logistic(x), 1e-17)
    close(losses.huber(y, x, delta=1e6).value * 2, losses.mean_squared_error(y, x).value, 1e-17)


def test_the_paths_of_a_sequence_summed_by_states():
    for steps, classes, count in itertools.product((1, 2, 5), (1, 2, 4), (0, 1, 2, 3)):
        labels = RNG.integers(1, classes, count).tolist() if classes > 1 else []
        x = wide(RNG.normal(0, 4, (steps, classes)))
        x[1:, 1:] = np.where(RNG.random((steps, classes)) < 0.3, -np.inf, x)[1:, 1:]
        log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            (one, through), (other, by_state) = by_paths(log_p, labels), by_states(log_p, labels)
        close(other, one, 1e-17)
        close(by_state, through if one > -np.inf else by_state, 1e-17)


# -- reduction, cell by cell ------------------------------------------------------------------------------------------

W, M, T, F = "sample_weight", "mask", True, False
CELLS = [
    # values [1, 4]
    ("sum", [1, 4], {}, 5),
    ("sum", [1, 4], {W: [1, 3]}, 13),
    ("sum", [1, 4], {W: 0.5}, 2.5),
    ("sum", [1, 4], {M: [T, F]}, 1),
    ("sum", [1, 4], {W: [2, 3], M: [T, F]}, 2),
    ("none", [1, 4], {}, [1, 4]),
    ("none", [1, 4], {W: [1, 3]}, [1, 12]),
    ("none", [1, 4], {W: [2, 3], M: [F, T]}, [0, 12]),
    (None, [1, 4], {W: [[2], [3]]}, [2, 12]),
    ("mean", [1, 4], {}, 2.5),
    ("sum_over_batch_size", [1, 4], {W: [1, 3]}, 6.5),
    ("mean", [1, 4], {W: 0.5}, 1.25),
    ("mean", [1, 4], {W: [0, 0]}, 0),
    ("mean", [1, 4], {M: [F, T]}, 4),
    ("mean", [1, 4], {M: [F, F]}, 0),
    ("mean", [1, 4], {W: [2, 3], M: [F, T]}, 12),
    ("mean", [1, 4, 9, 2], {M: [T, F, T, F]}, 5),
    ("mean_with_sample_weight", [1, 4], {}, 2.5),
    ("mean_with_sample_weight", [1, 4], {W: [1, 3]}, 3.25),
    ("mean_with_sample_weight", [1, 4], {W: 0.5}, 5),
    ("mean_with_sample_weight", [1, 4], {W: [0, 0]}, 0),
    ("mean_with_sample_weight", [1, 4], {W: [1, -1]}, 0),
    ("mean_with_sample_weight", [1, 4], {M: [F, T]}, 4),
    ("mean_with_sample_weight", [1, 4], {M: [F, F]}, 0),
    ("mean_with_sample_weight", [1, 4], {W: [2, 3], M: [T, F]}, 1),
    # values of two axes
    ("mean", [[1, 2], [3, 10]], {}, 4),
    ("mean", [[1, 2], [3, 10]], {W: [[1], [0]]}, 0.75),
    ("mean", [[1, 2], [3, 10]], {W: [[[1], [0]], [[0], [1]]]}, 2.75),
    ("mean", [[1, 2], [3, 10]], {M: [[T, F], [F, T]]}, 5.5),
    ("mean", [[1, 2], [3, 10]], {M: [[T], [F]]}, 1.5),
    ("mean", [[1, 2], [3, 10]], {M: [T, F], W: [[1, 2], [3, 4]]}, 2.5),
    ("mean_with_sample_weight", [[1, 1, 1], [1, 1, 1]], {W: [[1], [1]]}, 3),
    ("mean_with_sample_weight", [[1, 2], [3, 10]], {W: [1, 3]}, 10.5),
    ("mean_with_sample_weight", [[1, 2], [3, 10]], {W: [1, 3], M: [[T, F], [T, T]]}, (1 + 9 + 30) / 7),
    ("mean_with_sample_weight", [[1, 2], [3, 10]], {W: 2, M: [[T, T]]}, 32 / 4),
    ("sum", [[1, 2], [3, 10]], {W: [[1, 2]]}, 28),
    ("none", [[1, 2], [3, 10]], {W: [2, 1]}, [[2, 4], [3, 10]]),
    # nothing at all, and one number
    ("sum", [], {}, 0),
    ("mean", [], {}, 0),
    ("mean_with_sample_weight", [], {}, 0),
    ("mean", [], {W: [], M: []}, 0),
    ("mean_with_sample_weight", [], {W: 0.5}, 0),
    ("none", [], {}, []),
    ("mean", [[]], {}, 0),
    ("mean", 3.0, {W: 2.0}, 6),
    ("mean_with_sample_weight", 3.0, {W: [2.0]}, 3),
    ("mean", 3.0, {M: F}, 0),
    ("sum", 3.0, {M: T}, 3),
]


def sample_of(values):
    values = wide(values)
    return Reference(
        values, np.abs(values), lambda c: {"v": (c * np.ones_like(values), np.abs(c) * np.ones_like(values))}
    )


@pytest.mark.parametrize(("reduction", "values", "given", "expected"), CELLS)
def test_reduction(reduction, values, given, expected):
    given = {key: np.asarray(item, bool) if key == M else wide(item) for key, item in given.items()}
    found = reduce(sample_of(values), reduction=reduction, **given)
    close(found.value, expected)
    assert found.value.dtype == np.longdouble
    if found.value.ndim == 0:  # The loss is linear in the values.
        gradient, _ = found.pullback(1)["v"]
        close((gradient * wide(values)).sum(), expected)


def test_reduction_scales():
    assert reduce(sample_of([1, -1])).scale == 1
    cancelling = reduce(sample_of([1, 1]), sample_weight=wide([1, -0.5]), reduction="mean_with_sample_weight")
    assert (cancelling.value, cancelling.scale) == (1, 3 + 2)
    gradient, scale = cancelling.pullback(1)["v"]
    close(gradient, [2, -1])
    close(scale, [6, 3])


def test_reduction_refuses():
    for given in ({W: wide([1, 2, 3])}, {W: np.ones((2, 2))}, {M: np.ones(3, bool)}, {W: np.ones((1, 1, 1))}):
        with pytest.raises(ValueError, match="does not fit"):
            reduce(sample_of([1, 4]), **given)
    with pytest.raises(ValueError, match="does not fit"):
        reduce(sample_of(np.ones((2, 3))), sample_weight=wide([1, 2, 3]))
    with pytest.raises(ValueError, match="reduction"):
        reduce(sample_of([1, 4]), reduction="average")


# -- scales: honest, and tight ----------------------------------------------------------------------------------------


def softmax32(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def cce32(y, p):
    q = np.clip(p / p.sum(-1, keepdims=True), np.float32(1e-7), np.float32(1 - 1e-7))
    return -(y * np.log(q)).sum(-1)


def cce_logits32(y, x):
    x = x - x.max(-1, keepdims=True)
    return -(y * (x - np.log(np.exp(x).sum(-1, keepdims=True)))).sum(-1)


def bce32(y, p):
    p = np.clip(p, np.float32(1e-7), np.float32(1 - 1e-7))
    return -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean(-1)


def bce_logits32(y, x):
    return (np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x)))).mean(-1)


def huber32(y, p):
    e = np.abs(p - y)
    return np.where(e <= 1, 0.5 * e * e, e - np.float32(0.5)).mean(-1)


LIKE_AN_IMPLEMENTATION = {
    "huber": (huber32, losses.huber, "reals", {}),
    "bce": (bce32, losses.binary_crossentropy, "shares", {}),
    "bce logits": (bce_logits32, losses.binary_crossentropy, "reals", {"from_logits": True}),
    "cce": (cce32, losses.categorical_crossentropy, "shares", {}),
    "cce logits": (cce_logits32, losses.categorical_crossentropy, "reals", {"from_logits": True}),
    "softmax": (lambda y, x: softmax32(x), lambda y, x: activations.softmax(x), "reals", {}),
}


@pytest.mark.parametrize("name", LIKE_AN_IMPLEMENTATION)
def test_a_float32_implementation_stays_within_the_scale(name):
    formula, reference, domain, arguments = LIKE_AN_IMPLEMENTATION[name]
    rng = np.random.default_rng(3)
    worst = 0
    for _ in range(50):
        y = np.where(rng.uniform(size=(40, 5)) < 0.5, rng.integers(0, 2, (40, 5)), rng.uniform(size=(40, 5)))
        size = 10.0 ** rng.integers(-4, 2)
        x = rng.normal(0, size, (40, 5)) if domain == "reals" else rng.uniform(0, 1, (40, 5)) ** min(1 / size, 20)
        y, x = y.astype(np.float32), x.astype(np.float32)
        found = reference(wide(y), wide(x), **arguments)
        distance = np.abs(formula(y, x).astype(np.longdouble) - found.value)
        assert (distance <= 8 * EPS["float32"] * found.scale + 2.0**-126).all()
        worst = max(worst, float((distance / (EPS["float32"] * found.scale + 2.0**-126)).max()))
    assert worst > 0.1  # Far below, the scale would be too wide to say anything.


def test_scales_are_the_value_where_nothing_cancels():
    x = wide([-60, -3, 0.001, 1, 7])
    for found in (
        activations.softplus(x),
        activations.elu(x),
        activations.relu(x, negative_slope=0.5),
        losses.huber(wide([[1e4]]), wide([[10001.0]])),
        losses.binary_crossentropy(wide([[0, 1]]), wide([[1e-4, 0.9999]])),
        losses.categorical_crossentropy(wide([[0, 1]]), wide([[0.0, 0.5]])),
        regularizers.l2(x),
        constraints.max_norm(x),
    ):
        close(found.scale, np.abs(found.value))
    linear = losses.huber(wide([[0.0]]), wide([[50.0]]))
    assert linear.scale <= 1.1 * linear.value
    found = losses.categorical_crossentropy(wide([[0, 1]]), wide([[0.7, 0.3]]))
    assert found.scale <= 2 * found.value


def test_a_derivative_at_a_clipping_bound_that_rounding_decides_is_not_judged():
    y, bound = wide([[1.0, 0.0]]), np.float32(1e-7)
    for p in ([bound, 1 - bound], [np.nextafter(bound, np.float32(1)), 1.0]):
        gradient, scale = losses.categorical_crossentropy(y, wide([p])).pullback(wide([1]))["y_pred"]
        assert scale[0, 0] * EPS["float32"] * 16 > 1 / bound
    gradient, scale = losses.categorical_crossentropy(y, wide([[1e-6, 1.0]])).pullback(wide([1]))["y_pred"]
    assert scale[0, 0] < 3 * np.abs(gradient[0, 0])


# -- rounding ---------------------------------------------------------------------------------------------------------


def test_quantize_rounds_once():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    every = np.arange(2**16, dtype=np.uint16)
    for name, kind in (("float16", np.float16), ("bfloat16", ml_dtypes.bfloat16)):
        with np.errstate(invalid="ignore"):  # Some of the NaNs signal.
            numbers = every.view(kind).astype(np.longdouble)
        finite = numbers[np.isfinite(numbers)]
        close(quantize(finite, name), finite, 0)
        ordered = np.unique(finite)
        middle = (ordered[:-1] + ordered[1:]) / 2
        for sign, neighbour in ((1, ordered[1:]), (-1, ordered[:-1])):
            nudged = middle + sign * np.abs(middle) * np.longdouble(2.0**-60)
            close(quantize(nudged, name), neighbour, 0)
        even = quantize(middle, name)
        assert ((even == ordered[1:]) | (even == ordered[:-1])).all()
        assert (even.astype(kind).view(np.uint16) % 2 == 0).all()
    assert quantize(1 + wide(2.0**-24) + wide(2.0**-60), "float32") == 1 + 2.0**-23
    assert quantize(1 + wide(2.0**-24), "float32") == 1
    assert quantize(0.1, "float64") == np.longdouble(0.1)
    close(quantize([INF, NAN, 1e6, -1e300], "float16"), [INF, NAN, INF, -INF])


# -- metrics ----------------------------------------------------------------------------------------------------------


def batch(y_true, y_pred, sample_weight=None):
    made = {"y_true": wide(y_true), "y_pred": wide(y_pred)}
    return made if sample_weight is None else {**made, "sample_weight": wide(sample_weight)}


def test_mean():
    assert metrics.mean([{"values": wide([1, 3, 5, 7])}])[0] == 4
    assert metrics.mean([{"values": wide([1, 3, 5, 7]), "sample_weight": wide([1, 1, 0, 0])}])[0] == 2
    assert metrics.mean([{"values": wide([[1, 2], [3, 4]])}, {"values": wide(7.0)}, {"values": np.zeros(0)}])[0] == 4
    assert metrics.mean([{"values": wide([1, 4]), "sample_weight": wide(0.5)}])[0] == 2.5
    assert metrics.mean([{"values": wide([[1, 2], [3, 4]]), "sample_weight": wide([1, 3])}])[0] == 3
    assert metrics.mean([{"values": wide([[1, 0], [3, 4]]), "sample_weight": wide([[1, 0], [1, 1]])}])[0] == 8 / wide(3)
    assert metrics.mean([])[0] == 0
    assert metrics.mean([{"values": wide([NAN]), "sample_weight": wide([0])}])[0] == 0
    value, scale = metrics.mean([{"values": wide([1, -1, 2])}])
    assert (value, scale) == (wide(2) / 3, wide(4) / 3)
    with pytest.raises(ValueError, match="does not fit"):
        metrics.mean([{"values": np.ones((4, 3)), "sample_weight": np.ones(3)}])


def test_precision():
    assert metrics.precision([batch([0, 1, 1, 1], [1, 0, 1, 1])])[0] == wide(2) / 3
    assert metrics.precision([batch([0, 1, 1, 1], [1, 0, 1, 1], [0, 0, 1, 0])])[0] == 1
    chapter = [
        batch([0, 1, 1, 1, 0, 1, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1]),
        batch([0, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 1, 0, 0, 0, 0]),
    ]
    assert metrics.precision(chapter[:1])[0] == wide(4) / 5
    assert metrics.precision(chapter)[0] == 0.5
    assert metrics.precision([])[0] == 0
    assert metrics.precision([batch([1, 1], [0.5, NAN])])[0] == 0
    close(metrics.precision([batch([1, -1, 0], [0.5, 1, 1])], thresholds=[0.25, 0.5, 1])[0], [2 / wide(3), 0.5, 0])
    assert metrics.precision([batch([1, 0], [0.5, 1])], thresholds=[0.25])[0].shape == ()


def test_precision_rounds_to_its_dtype():
    # Just above the threshold; in float16, at it. And 0.1 rounded to bfloat16 is more than 0.1.
    above = [batch([1], [0.5 + 2.0**-20])]
    assert metrics.precision(above)[0] == 1
    assert metrics.precision(above, dtype="float16")[0] == 0
    assert metrics.precision(above, dtype="int64")[0] == 1
    assert metrics.precision([batch([1], [0.1])], thresholds=0.1, dtype="bfloat16")[0] == 0


def test_precision_of_the_best_k_and_of_a_class():
    ties = [[0.2, 0.2, 0.2, 0.2]]
    for best in range(4):
        assert metrics.precision([batch(np.eye(4)[[best]], ties)], top_k=1)[0] == (best == 0)
    row = [[0.1, NAN, 0.9, -INF]]
    assert metrics.precision([batch([[1, 0, 0, 0]], row)], top_k=2)[0] == 0.5
    assert metrics.precision([batch([[1, 1, 0, 1]], row)], top_k=4)[0] == 0.5
    assert metrics.precision([batch([[1, 0, 0, 0]], row)], top_k=2, thresholds=0.5)[0] == 0
    assert metrics.precision([batch([[1, 0, 0, 0]], row)], top_k=2, class_id=0)[0] == 1
    assert metrics.precision([batch([[1, 0, 0, 0]], row)], top_k=1, class_id=0)[0] == 0
    assert metrics.precision([batch([[1, 0], [0, 0]], [[1, 1], [1, 1]], [3, 1])], class_id=0)[0] == 0.75
    for given in ({"top_k": 5}, {"class_id": 4}):
        with pytest.raises(ValueError, match=next(iter(given))):
            metrics.precision([batch(np.ones((1, 4)), ties)], **given)


def test_documented_auc():
    y_true, y_pred = [0, 0, 1, 1], [0, 0.5, 0.3, 0.9]
    assert metrics.auc([batch(y_true, y_pred)], num_thresholds=3)[0] == 0.75
    assert metrics.auc([batch(y_true, y_pred, [1, 0, 0, 1])], num_thresholds=3)[0] == 1
    assert metrics.auc([batch([0, 1], [-3, 7])])[0] == 1
    assert metrics.auc([])[0] == 0
    logits = [-INF, 0, -0.85, 2.2]
    assert metrics.auc([batch(y_true, logits)], num_thresholds=3, from_logits=True)[0] == 0.75


# What Keras 3.15.1 gives for num_thresholds=5 (in float32) on six predictions.
AREAS = [
    ("ROC", "interpolation", 0.6666666865348816),
    ("ROC", "minoring", 0.5555555820465088),
    ("ROC", "majoring", 0.7777777314186096),
    ("PR", "interpolation", 0.5740804672241211),
    ("PR", "minoring", 0.36666667461395264),
    ("PR", "majoring", 0.6111111044883728),
    ("PRGAIN", "interpolation", 0.3333333134651184),
]


@pytest.mark.parametrize(("curve", "method", "expected"), AREAS)
def test_auc_of_every_curve(curve, method, expected):
    stream = [batch([0, 1, 0], [0.1, 0.3, 0.4]), batch([1, 1, 0], [0.6, 0.9, 0.8])]
    value, scale = metrics.auc(stream, num_thresholds=5, curve=curve, summation_method=method)
    close(value, expected, 2e-7)
    assert value <= scale < 10


def test_auc_of_labels():
    y_true, y_pred = np.array([[0, 1], [1, 0], [1, 1]]), np.array([[0.1, 0.2], [0.7, 0.6], [0.9, 0.4]])
    each = [metrics.auc([batch(y_true[:, i], y_pred[:, i])])[0] for i in range(2)]
    assert each == [1, 0]
    assert metrics.auc([batch(y_true, y_pred)], multi_label=True)[0] == 0.5
    assert metrics.auc([batch(y_true, y_pred)], multi_label=True, num_labels=2, label_weights=[3, 1])[0] == 0.75
    assert metrics.auc([batch(y_true, y_pred)], label_weights=[1, 0])[0] == 1
    assert metrics.auc([batch(y_true, y_pred)])[0] == metrics.auc([batch(y_true.ravel(), y_pred.ravel())])[0]
    for given in ({"multi_label": True, "num_labels": 3}, {"label_weights": [1.0]}):
        with pytest.raises(ValueError, match="label"):
            metrics.auc([batch(y_true, y_pred)], **given)


def test_documented_mean_iou():
    y_true, y_pred = [0, 0, 1, 1], [0, 1, 0, 1]
    assert metrics.mean_iou([batch(y_true, y_pred)], num_classes=2)[0] == wide(1) / 3
    value, scale = metrics.mean_iou([batch(y_true, y_pred, [0.3, 0.3, 0.3, 0.1])], num_classes=2)
    close(value, (1 / wide(3) + 1 / wide(7)) / 2)
    assert value <= scale <= 3 * value


def test_mean_iou_of_unusual_labels():
    assert metrics.mean_iou([batch([0, 5], [0, 0])], num_classes=2)[0] == 1
    assert metrics.mean_iou([batch([0, NAN, -1], [0.9, 0, 0])], num_classes=2)[0] == 1
    assert metrics.mean_iou([batch([-0.5], [0])], num_classes=2)[0] == 1
    assert metrics.mean_iou([batch([0, 1, 1], [0, 0, 1])], num_classes=3, ignore_class=0)[0] == 0.25
    assert metrics.mean_iou([], num_classes=2)[0] == 0
    scores = [[0.5, 0.5, 0.1], [NAN, -0.0, 0.0], [NAN, NAN, NAN], [0.1, 0.2, 0.9]]
    assert metrics.mean_iou([batch([0, 1, 0, 2], scores)], num_classes=3, sparse_y_pred=False)[0] == 1
    columns = np.asarray(scores).T[None]
    stream = [batch([[0, 1, 0, 2]], columns, [[1, 2, 3, 4]])]
    assert metrics.mean_iou(stream, num_classes=3, sparse_y_pred=False, axis=1)[0] == 1


def random_stream(rng, shape):
    for _ in range(3):
        size = (int(rng.integers(5, 20)), *shape)
        yield batch(rng.integers(0, 2, size), rng.uniform(size=size), rng.integers(0, 3, size))


def test_metrics_against_sklearn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(8)
    for _ in range(10):
        stream = list(random_stream(rng, ()))
        whole = {key: np.concatenate([item[key] for item in stream]).astype(float) for key in stream[0]}
        y_true, y_pred, weight = whole["y_true"], whole["y_pred"], whole["sample_weight"]
        value, scale = metrics.precision(stream)
        assert value == scale
        expected = sklearn.precision_score(y_true, y_pred > 0.5, sample_weight=weight, zero_division=0)
        close(value, expected)

        # Thresholds between all predictions lose nothing.
        ordered = np.sort(y_pred)
        between = ((ordered[1:] + ordered[:-1]) / 2).tolist()
        value, scale = metrics.auc(stream, thresholds=between, dtype="float64")
        close(value, sklearn.roc_auc_score(y_true, y_pred, sample_weight=weight))
        # Average precision takes the precision at one end of each step of recall; majoring, the greater of both ends.
        most, _ = metrics.auc(stream, thresholds=between, dtype="float64", curve="PR", summation_method="majoring")
        least, _ = metrics.auc(stream, thresholds=between, dtype="float64", curve="PR", summation_method="minoring")
        average = sklearn.average_precision_score(y_true, y_pred, sample_weight=weight)
        assert least <= average + 1e-12
        assert average <= most + 1e-12

        labels = [rng.integers(0, 4, 30) for _ in range(2)]
        expected = sklearn.jaccard_score(*labels, average="macro", labels=range(4), sample_weight=np.arange(30))
        close(metrics.mean_iou([batch(*labels, np.arange(30))], num_classes=4)[0], expected)


# -- initializers -----------------------------------------------------------------------------------------------------


def test_philox_known_answers():
    # From the file kat_vectors of Random123, the library of the authors of Philox.
    for counter, key, words in (
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ):
        assert tuple(int(word) for word in initializers.philox(counter, key)) == words


GLOROT_UNIFORM = {"mode": "fan_avg", "distribution": "uniform"}
GLOROT_NORMAL = {"mode": "fan_avg"}
HE_NORMAL = {"scale": 2.0}
UNTRUNCATED = {"distribution": "untruncated_normal", "input_axes": [0], "output_axes": [1, 2]}
# The first values that Keras 3.15.1 on TensorFlow 2.21 draws.
DRAWN = [
    ("float32", 42, (2, 3), GLOROT_UNIFORM, ["-0x1.e81ae4p-2", "-0x1.c69cp-9", "0x1.e36008p-2", "-0x1.0d1a7p+0"]),
    ("float32", 42, (3, 2), HE_NORMAL, ["0x1.e118d4p-7", "-0x1.79d922p+0", "0x1.89debcp-4", "0x1.81c93ep-1"]),
    ("float32", 42, (2, 2, 1, 3), GLOROT_NORMAL, ["0x1.a0a468p-8", "-0x1.4739e2p-1", "0x1.5519fap-5", "0x1.4e19bep-2"]),
    ("float32", 1, (4, 2, 3), UNTRUNCATED, ["0x1.03613cp-4", "-0x1.f8d956p-3", "0x1.432b6ep-2", "-0x1.93e3b2p-2"]),
    ("float64", -7, (2, 3), GLOROT_UNIFORM, ["-0x1.9a9c63eca1140p-5", "-0x1.68d763c1f847ap-1", "0x1.0f2a96f85c478p-1"]),
    ("float64", -7, (3, 2), HE_NORMAL, ["0x1.04415759f9947p+0", "0x1.f75de1c456187p-2", "0x1.c81c942944e5fp-2"]),
    ("bfloat16", 42, (2, 3), GLOROT_UNIFORM, ["0x1.6p-4", "-0x1.18p-1", "-0x1.d8p-2", "0x1.04p+0"]),
    ("bfloat16", 42, (3, 2), HE_NORMAL, ["0x1.e4p-7", "-0x1.7cp+0", "0x1.8ap-4", "0x1.82p-1"]),
]


@pytest.mark.parametrize(("dtype", "seed", "shape", "arguments", "expected"), DRAWN)
def test_drawn_values(dtype, seed, shape, arguments, expected):
    value, scale = initializers.variance_scaling(shape, dtype=dtype, seed=seed, **arguments)
    assert value.shape == scale.shape == shape
    first = wide([float.fromhex(item) for item in expected])
    distance = np.abs(value.ravel()[: len(first)] - first)
    assert (distance <= 3 * EPS[dtype] * scale.ravel()[: len(first)]).all()
    assert (scale == 0).all() == (arguments is GLOROT_UNIFORM)


def test_seeds_and_shapes():
    def draw(seed, shape=(5,), **arguments):
        return initializers.variance_scaling(shape, seed=seed, **arguments)[0]

    for one, same in ((0, 2**31 - 2), (1, 2**31 - 1), (-1, 2**31 - 3)):
        close(draw(one), draw(same), 0)
    assert (draw(0) != draw(1)).all()
    for distribution, dtype in itertools.product(("uniform", "normal", "untruncated_normal"), EPS):
        arguments = {"distribution": distribution, "dtype": dtype, "input_axes": [], "output_axes": []}
        long = draw(7, (41,), **arguments)
        for number in range(6):
            close(draw(7, (number,), **arguments), long[:number], 0)
        assert draw(7, (), **arguments) == long[0]
        assert draw(7, (0, 3), **arguments).shape == (0, 3)
        close(quantize(long, dtype), long, 0)
    for wrong in ({"mode": "fan"}, {"distribution": "gaussian"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            draw(1, **wrong)


def test_fans():
    for shape, expected in (((), (1, 1)), ((5,), (5, 5)), ((4, 6), (4, 6)), ((3, 3, 4, 8), (36, 72))):
        assert initializers.fans(shape) == expected
    assert initializers.fans((4, 2, 3), [0], [1, 2]) == (4, 6)


def test_distributions():
    value, _ = initializers.variance_scaling((200, 250), seed=5, distribution="uniform")
    limit = math.sqrt(3 / 200)
    assert -limit <= value.min() < -0.999 * limit
    assert 0.999 * limit < value.max() <= limit
    for distribution in ("truncated_normal", "untruncated_normal"):
        value, scale = initializers.variance_scaling((200, 250), seed=5, distribution=distribution)
        assert abs(value.std() * math.sqrt(200) - 1) < 0.01
        assert np.isfinite(scale).all()
        cut = 2 / math.sqrt(200) / initializers.CUT_DEVIATION
        assert (np.abs(value).max() < cut * (1 + 1e-6)) == (distribution == "truncated_normal")


def test_draws_around_a_mean():
    # The first values that Keras 3.15.1 on TensorFlow 2.21 draws.
    for formula, arguments, expected in (
        (
            "random_normal",
            {"mean": 0.5, "stddev": 2.0},
            ["0x1.10325ap-1", "-0x1.570ffp+1", "0x1.6a14aap-1", "0x1.0fce94p+1"],
        ),
        (
            "random_truncated",
            {"mean": 0.5, "stddev": 2.0},
            ["0x1.10325ap-1", "-0x1.570ffp+1", "0x1.6a14aap-1", "0x1.0fce94p+1"],
        ),
        (
            "random_uniform",
            {"minval": -1.5, "maxval": 2.5},
            ["-0x1.7b276p-2", "0x1.f984p-2", "0x1.5ca128p+0", "-0x1.6b5028p+0"],
        ),
    ):
        value, scale = getattr(initializers, formula)((2, 2), seed=42, **arguments)
        distance = np.abs(value.ravel() - wide([float.fromhex(item) for item in expected]))
        assert (distance <= 3 * EPS["float32"] * scale.ravel()).all()
    plain, _ = initializers.random_normal((5,), seed=3, stddev=1.0)
    moved, scale = initializers.random_normal((5,), seed=3, mean=-8.0, stddev=1.0)
    close(moved, plain - 8, 1e-6)
    close(scale, np.abs(plain) + 8, 1e-6)


def test_orthogonal_matrices():
    for shape in ((6, 4), (4, 6), (2, 3, 4), (2, 2, 7), (1, 1), (0, 3)):
        value, scale = initializers.orthogonal(shape, seed=5, gain=-2.0)
        assert value.shape == scale.shape == shape
        matrix = value.reshape(-1, shape[-1]) / -2
        matrix = matrix.T if matrix.shape[0] < matrix.shape[1] else matrix
        close(matrix.T @ matrix, np.eye(matrix.shape[1]), 1e-17)
        assert (scale >= 2).all()
    # R = Q^T A is triangular, with a positive diagonal.
    value, scale = initializers.orthogonal((5, 5), seed=5)
    drawn, _ = initializers.random_normal((5, 5), seed=5, stddev=1.0)
    triangle = value.T @ drawn
    close(np.tril(triangle, -1), np.zeros((5, 5)), 1e-17)
    assert (np.diag(triangle) > 0).all()
    close(scale, np.full((5, 5), np.linalg.cond(drawn.astype(float))), 1e-12)


def test_values_that_are_known_beforehand():
    close(initializers.constant((2, 2), value=0.1)[0], np.full((2, 2), np.float32(0.1)), 0)
    close(initializers.constant((2, 2), value=[[1], [2]], dtype="float64")[0], [[1, 1], [2, 2]], 0)
    close(initializers.identity((2, 3), gain=3)[0], [[3, 0, 0], [0, 3, 0]], 0)
    frame = np.random.default_rng(1).standard_normal(16)
    for side in ("real", "imag"):
        kernel, scale = initializers.stft((16, 1, 9), side=side, window=None, scaling=None)
        close(frame @ kernel[:, 0], getattr(np.fft.rfft(frame), side), 1e-14)
        assert (scale == 1).all()
        weighted, scale = initializers.stft((16, 1, 9), side=side, window=[2.0] * 16, scaling="density")
        close(weighted, kernel / 4, 1e-18)
        close(scale, np.full((16, 1, 9), 0.25), 1e-18)
    windowed, scale = initializers.stft((16, 1, 9), window="hamming", scaling="spectrum", periodic=True)
    hamming = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(16) / 16)
    close(windowed[:, 0, 0], hamming / hamming.sum(), 1e-15)
    close(scale, np.full((16, 1, 9), 1 / hamming.sum()), 1e-15)
