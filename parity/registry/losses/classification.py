"""Losses of a probability, or of the logits it comes from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity import domains
from parity.domains import arrays, floats, labels, mixed, probabilities, rank_variant, reals, weights
from parity.registry.entry import Raises
from parity.registry.losses.base import ONE, as_integers, pair, with_axis, wrong_shapes

# Not so little that a share of it is subnormal, which a logarithm or alpha could make normal again.
SMOOTHING = st.one_of(st.just(0.0), floats(2.0**-20, 1.0))
CROSSENTROPY = {"from_logits": st.booleans(), "label_smoothing": SMOOTHING}

FOCAL = {
    "from_logits": st.booleans(),
    "label_smoothing": SMOOTHING,
    "axis": st.sampled_from((-1, 0, 1)),
    "gamma": st.one_of(st.sampled_from((0.0, 0.5, 1.0, 3.0)), floats(0.0, 5.0)),
}
LOGITS = st.sampled_from((-7.0, -25.0, 12.0, 40.0, 100.0, -120.0, 1e4))  # where exponentials vanish or overflow


@st.composite
def decisions(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Yes/no labels with probabilities, or with logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (4,), (3, 2), (1, 1), (5, 1), (2, 3, 4), (0, 3)))
    y_true = draw(arrays(shape, labels(), dtype))
    if config.get("from_logits", False):
        y_pred = draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype))
        # What they miss costs the largest number, and overflows with the next weight.
        met = ((y_true == 0) | (y_true == 1)) & (config.get("label_smoothing", 0.0) == 0)
        if met.any() and draw(st.integers(0, 3)) == 3:
            y_pred[met] = np.where(y_true[met] == 1, np.inf, -np.inf)
    else:
        outside = st.sampled_from((-0.5, 1.5))
        y_pred = draw(mixed(shape, probabilities(), dtype, outside, st.just(float("nan"))))
    if axis == -1:
        y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


@st.composite
def classes(
    draw: Any,
    config: dict[str, Any],
    dtype: str,
    shapes: Sequence[domains.Shape] = ((3, 4), (1, 2), (2, 3, 2), (5, 3), (4,), (0, 3)),
) -> dict[str, Any]:
    """Labels among several classes, one-hot, soft, all zero, or not summing to 1, with probabilities or logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, *shapes))
    kind = draw(st.sampled_from(("one-hot", "one-hot", "soft", "weighted")))
    if kind == "one-hot":
        chosen = draw(arrays(shape, floats(0.0, 1.0), "float64"))
        y_true = (chosen == chosen.max(axis=axis, keepdims=True)) if chosen.size else chosen
        y_true = domains.quantize(y_true, dtype)
    else:
        y_true = draw(arrays(shape, labels() if kind == "soft" else weights(), dtype))
    if config.get("from_logits", False):
        return {
            "y_true": draw(as_integers(y_true)),
            "y_pred": draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype)),
        }
    y_pred = draw(arrays(shape, probabilities(), dtype))
    total = y_pred.astype(np.float64).sum(axis=axis, keepdims=True)
    y_pred = np.where(total > 1e-3, y_pred, np.ones_like(y_pred)).astype(y_true.dtype)
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


@st.composite
def classes_and_alpha(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """The same, with as many classes as alpha has weights, if it is a list."""
    if not isinstance(config.get("alpha"), list):
        return draw(classes(config, dtype))
    number = len(config["alpha"])
    axis = config.get("axis", -1)
    several = [(3, number), (number, 3, number), (number,), (2, number, number), (0, number)]
    return draw(
        classes(
            config, dtype, [shape for shape in several if -len(shape) <= axis < len(shape) and shape[axis] == number]
        )
    )


@st.composite
def distributions(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Probabilities on both sides, some out of range."""
    shape = draw(domains.shapes())
    outside = st.sampled_from((-0.5, 1.5))
    y_true = draw(mixed(shape, probabilities(), dtype, outside, domains.special()))
    y_pred = draw(mixed(shape, probabilities(), dtype, outside, domains.special()))
    y_true, y_pred = draw(rank_variant(draw(st.sampled_from((y_true, y_true, y_pred))), y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


@st.composite
def numbered(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Class numbers, as integers or as floats, with fractions and NaN at times, and probabilities or logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (3, 4), (1, 2), (2, 3, 2), (5, 3), (4,), (0, 3), (0, 0), (2, 1), (2, 2, 1)))
    where = axis % len(shape)
    short = (*shape[:where], *shape[where + 1 :])
    shape = shape if shape[where] or 0 in short else (2, *shape[1:])  # labels want classes
    y_true = draw(hnp.arrays(np.int32, short, elements=st.integers(0, max(shape[where] - 1, 0)), fill=st.nothing()))
    ignored = config.get("ignore_class")
    if ignored is not None and y_true.size and draw(st.booleans()):
        y_true = np.where(draw(hnp.arrays(bool, short)), ignored, y_true)
    kind = draw(st.sampled_from(("int32", "int64", "float32", "uint8", "float64", "half", "int64", "nan")))
    if kind in ("half", "nan"):
        y_true = np.where(
            (y_true >= 0) & (y_true < shape[where]) & draw(hnp.arrays(bool, short)),
            y_true + (0.5 if kind == "half" else np.nan),
            y_true,
        )
    y_true = y_true.astype(
        "float32" if kind in ("half", "nan") else "int8" if kind == "uint8" and (y_true < 0).any() else kind
    )
    form = draw(st.sampled_from(("short", "short", "kept", "longer")))
    if form != "short":
        y_true = np.expand_dims(y_true, axis) if form == "kept" else np.expand_dims(y_true, axis)[..., None]
    if config.get("from_logits", False):
        return {"y_true": y_true, "y_pred": draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype))}
    outside = st.sampled_from((-0.5, 1.5))
    return {"y_true": y_true, "y_pred": draw(mixed(shape, probabilities(), dtype, outside, domains.special()))}


def without_classes(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    """The shape of y_pred without the axis of the classes."""
    shape = list(given["y_pred"].shape)
    del shape[config.get("axis", -1)]
    return tuple(shape)


ONE_CLASS = {"y_true": np.array([[1.0], [0.0]], np.float32), "y_pred": np.array([[0.5], [0.25]], np.float32)}
NO_LABELS = {"y_true": np.zeros(0, np.int64), "y_pred": np.zeros((0, 0), np.float32)}
LOGITS_OF_THREE = {
    "y_true": np.array([0, 2, 1, 2]),
    "y_pred": np.array([[0.5, 1, -1], [2, 0, 0.25], [-3, 1, 1], [0, 0, 4]], np.float32),
}
# bfloat16 does not know the number 257, and would make of it another class with another probability.
MANY_CLASSES = {"y_true": np.array([257]), "y_pred": np.full((1, 260), 0.125, np.float32)}
MANY_CLASSES["y_pred"][0, 256:259] = 0.25, 0.5, 0.75
NUMBERED: dict[str, Any] = {"y_true": np.array([0, 2]), "y_pred": ONE / 3}
WRONG_NUMBERS = (
    *(
        Raises("never broadcast", {}, {"y_true": np.zeros(shape, np.int64), "y_pred": ONE})
        for shape in ((3,), (1,), (2, 3), (2, 1, 3), (1, 2), (2, 1, 1, 1), ())
    ),
    Raises("no such axis", {}, {"y_true": np.zeros((), np.int64), "y_pred": np.ones((), np.float32)}),
    *(
        Raises("no class", {}, {"y_true": np.array(numbers), "y_pred": ONE})
        for numbers in ([0, 3], [-1, 7], [[1.0], [-1.0]], [np.inf, 0.0])
    ),
)


WRONG_CROSSENTROPY = (
    ("from_logits", "yes"),
    ("label_smoothing", 1.5),
    ("label_smoothing", None),
    ("axis", True),
)
# A compiler has logarithms of its own.
DOUBLES = {"y_true": np.zeros((401, 1)), "y_pred": np.linspace(0, 1, 401)[:, None]}
IN_DOUBLES = {"config": {"reduction": "none", "dtype": "float64"}, "inputs": DOUBLES, "modes": ("xla",)}
ENTRIES = [
    *pair(
        "BinaryCrossentropy",
        "binary_crossentropy",
        decisions,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "decisions",
        WRONG_CROSSENTROPY,
        always=(IN_DOUBLES,),
    ),
    *pair(
        "CategoricalCrossentropy",
        "categorical_crossentropy",
        classes,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "classes",
        WRONG_CROSSENTROPY,
        always=({"config": {"label_smoothing": 0.5}, "inputs": ONE_CLASS},),
    ),
    *pair(
        "BinaryFocalCrossentropy",
        "binary_focal_crossentropy",
        decisions,
        {
            **FOCAL,
            "apply_class_balancing": st.booleans(),
            "alpha": st.one_of(st.sampled_from((0.0, 1.0, 0.75)), floats(2.0**-10, 1.0)),
        },
        ("y_pred",),
        "decisions",
        (
            *WRONG_CROSSENTROPY,
            ("apply_class_balancing", 1),
            ("alpha", -0.5),
            ("alpha", 1.5),
            ("alpha", [0.5, 0.5]),
            ("gamma", -1.0),
            ("gamma", "2"),
        ),
        always=(IN_DOUBLES,),
    ),
    *pair(
        "CategoricalFocalCrossentropy",
        "categorical_focal_crossentropy",
        classes_and_alpha,
        {
            **FOCAL,
            "alpha": st.one_of(
                st.sampled_from((0.0, 1.0, 3.0)),
                floats(2.0**-10, 4.0),
                st.lists(weights(), min_size=2, max_size=4),
            ),
        },
        ("y_pred",),
        "classes",
        (
            *WRONG_CROSSENTROPY,
            ("alpha", -0.5),
            ("alpha", [0.5, -0.5, 1.0]),
            ("alpha", []),
            ("alpha", None),
            ("gamma", -1.0),
        ),
        wrong=(*wrong_shapes(), Raises("alpha", {"alpha": [0.5] * 7}, {"y_true": ONE, "y_pred": ONE})),
        always=({"config": {"label_smoothing": 0.5}, "inputs": ONE_CLASS},),
    ),
    *pair(
        "CategoricalGeneralizedCrossEntropy",
        "categorical_generalized_cross_entropy",
        numbered,
        {"q": st.one_of(st.sampled_from((0.5, 0.25, 0.9375)), floats(2.0**-10, 1 - 2.0**-10))},
        ("y_pred",),
        "numbered",
        (("q", 0.0), ("q", 1.0), ("q", float("nan")), ("q", "0.5")),
        samples=without_classes,
        given=NUMBERED,
        wrong=WRONG_NUMBERS,
        required={"q": 0.5},
        always=({"config": {"q": 0.5, "dtype": "bfloat16"}, "inputs": MANY_CLASSES},),
    ),
    *pair("KLDivergence", "kl_divergence", distributions, {}, ("y_pred", "y_true"), "decisions", ()),
    *pair(
        "SparseCategoricalCrossentropy",
        "sparse_categorical_crossentropy",
        numbered,
        {
            "from_logits": st.booleans(),
            "ignore_class": st.sampled_from((None, 0, 1, -1, 99)),
            "axis": st.sampled_from((-1, 0, 1, -2)),
        },
        ("y_pred",),
        "numbered",
        (("from_logits", 1), ("ignore_class", 0.5), ("ignore_class", True), ("axis", None)),
        samples=without_classes,
        given=NUMBERED,
        wrong=(*WRONG_NUMBERS, Raises("no such axis", {"axis": 2, "from_logits": True}, NUMBERED)),
        always=(
            {"config": {"dtype": "bfloat16"}, "inputs": MANY_CLASSES},
            {
                "config": {"from_logits": True, "axis": -2},  # of as many samples as classes
                "inputs": {"y_true": np.array([0, 2, 1]), "y_pred": LOGITS_OF_THREE["y_pred"][:3].T.copy()},
            },
            *(
                {"config": {"from_logits": True}, "inputs": given}
                for given in (LOGITS_OF_THREE, NO_LABELS)  # what a fused kernel computes
            ),
        ),
    ),
]
