"""Losses: a class and its function are two entries on one reference."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, fitting, floats, labels, mixed, options, probabilities, rank_variant, reals, weights
from parity.reference import losses as reference
from parity.registry.entry import Entry, Raises

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)
OBJECT = {
    "reduction": st.sampled_from(REDUCTIONS),
    "name": st.sampled_from(("a_loss", "loss_2")),
    "dtype": domains.dtypes(),
}
ONE = np.ones((2, 3), np.float32)
CROSSENTROPY = {"from_logits": st.booleans(), "label_smoothing": floats(0.0, 1.0)}


LOGITS = st.sampled_from((-7.0, -25.0, 12.0, 40.0, 100.0, -120.0, 1e4))  # where exponentials vanish or overflow


def with_axis(axis: int, *shapes: domains.Shape) -> st.SearchStrategy[domains.Shape]:
    return domains.shapes(*[shape for shape in shapes if -len(shape) <= axis < len(shape)])


@st.composite
def as_integers(draw: Any, y_true: np.ndarray) -> np.ndarray:
    """Labels as data sets have them: integers at times, where they are whole numbers."""
    whole = y_true.astype(np.int32)
    return draw(st.sampled_from((y_true, whole))) if (whole == y_true).all() else y_true


@st.composite
def differences(draw: Any, config: dict[str, Any], dtype: str, shape: domains.Shape | None = None) -> dict[str, Any]:
    """Targets and predictions; predictions sometimes exactly delta away from a target, where the formula changes."""
    shape = draw(domains.shapes()) if shape is None else shape
    y_true = draw(arrays(shape, reals(), dtype))
    step = config.get("delta", 1.0)
    ties = np.asarray(y_true, np.float64) + draw(arrays(shape, st.sampled_from((0.0, step, -step)), "float64"))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    y_pred = draw(st.sampled_from((y_pred, y_pred, domains.quantize(ties, dtype))))
    y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


@st.composite
def decisions(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Yes/no labels with probabilities, or with logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (4,), (3, 2), (1, 1), (5, 1), (2, 3, 4), (0, 3)))
    y_true = draw(arrays(shape, labels(), dtype))
    if config.get("from_logits", False):
        y_pred = draw(arrays(shape, st.one_of(reals(50.0), LOGITS), dtype))
    else:
        outside = st.sampled_from((-0.5, 1.5))
        y_pred = draw(mixed(shape, probabilities(), dtype, outside, st.just(float("nan"))))
    if axis == -1:
        y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


@st.composite
def classes(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Labels among several classes, one-hot, soft, all zero, or not summing to 1, with probabilities or logits."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (3, 4), (1, 2), (2, 3, 2), (5, 3), (4,), (0, 3)))
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


def for_object(inputs: Any, samples: Any) -> Any:
    """Add weights and a mask that fit the losses of the samples."""

    @st.composite
    def draw_inputs(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
        given = draw(inputs(config, dtype))
        shape = samples(given, config)
        if draw(st.booleans()):
            given["sample_weight"] = draw(fitting(shape, weights(), draw(st.sampled_from((dtype, "float32")))))
        if shape and draw(st.booleans()):
            given["mask"] = np.asarray(draw(fitting(shape, st.sampled_from((0.0, 1.0, 1.0)), "float32")) != 0)
        return given

    return draw_inputs


def without_axis(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    """The shape of the losses of the samples, whichever side has lost or got a last axis of size 1."""
    shapes = sorted((given["y_true"].shape, given["y_pred"].shape), key=len)
    shape = shapes[0]
    if len(shapes[1]) != len(shape):
        shape = shapes[1] if len(shape) == 1 else shape
    axis = config.get("axis", -1) % len(shape)
    return shape[:axis] + shape[axis + 1 :]


def wrong_shapes(**config: Any) -> tuple[Raises, ...]:
    return (
        Raises("never broadcast", config, {"y_true": ONE, "y_pred": np.ones((2, 1), np.float32)}),
        Raises("never broadcast", config, {"y_true": ONE, "y_pred": np.ones((3, 3), np.float32)}),
        Raises("at least one axis", config, {"y_true": np.ones((), np.float32), "y_pred": np.ones((), np.float32)}),
    )


def wrong_objects(**config: Any) -> tuple[Raises, ...]:
    given = {"y_true": ONE, "y_pred": ONE}
    return (
        *wrong_shapes(**config),
        Raises("reduction", {**config, "reduction": "average"}),
        Raises("dtype", {**config, "dtype": "float8"}),
        Raises("name", {**config, "name": "../up"}),
        Raises("sample_weight", config, {**given, "sample_weight": np.ones(3, np.float32)}),
        Raises("sample_weight", config, {**given, "sample_weight": np.ones((2, 2), np.float32)}),
        Raises("mask", config, {**given, "mask": np.ones(3, bool)}),
    )


def pair(
    title: str,
    function: str,
    inputs: Any,
    arguments: dict[str, Any],
    gradients: tuple[str, ...],
    real: str,
    errors: Any,
) -> list[Entry]:
    """The entry of a class and the entry of its function."""
    formula = getattr(reference, function)
    return [
        Entry(
            f"losses.{title}",
            formula,
            for_object(inputs, without_axis),
            options(**arguments, **OBJECT),
            gradients,
            real=real,
            errors=(*wrong_objects(), *(Raises(name, {name: value}) for name, value in errors)),
        ),
        Entry(
            f"losses.{function}",
            formula,
            inputs,
            options(**arguments),
            gradients,
            errors=(
                *wrong_shapes(),
                *(Raises(name, {name: value}, {"y_true": ONE, "y_pred": ONE}) for name, value in errors),
                *([Raises("no such axis", {"axis": 2}, {"y_true": ONE, "y_pred": ONE})] if "axis" in arguments else []),
            ),
        ),
    ]


WRONG_CROSSENTROPY = (
    ("from_logits", "yes"),
    ("label_smoothing", 1.5),
    ("label_smoothing", None),
    ("axis", True),
)
DELTA = st.one_of(st.sampled_from((0.5, 1.0, 2.0)), floats(2.0**-6, 8.0))

ENTRIES = [
    *pair(
        "Huber",
        "huber",
        differences,
        {"delta": DELTA},
        ("y_pred", "y_true"),
        "regression",
        (("delta", 0.0), ("delta", -1.0), ("delta", float("nan")), ("delta", "1"), ("delta", True)),
    ),
    *pair("MeanSquaredError", "mean_squared_error", differences, {}, ("y_pred", "y_true"), "regression", ()),
    *pair(
        "BinaryCrossentropy",
        "binary_crossentropy",
        decisions,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "decisions",
        WRONG_CROSSENTROPY,
    ),
    *pair(
        "CategoricalCrossentropy",
        "categorical_crossentropy",
        classes,
        {**CROSSENTROPY, "axis": st.sampled_from((-1, 0, 1))},
        ("y_pred",),
        "classes",
        WRONG_CROSSENTROPY,
    ),
]
