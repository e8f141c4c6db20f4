"""What the entries of losses share."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import fitting, options, weights
from parity.reference import losses as reference
from parity.registry.entry import Entry, Raises

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)
OBJECT = {
    "reduction": st.sampled_from(REDUCTIONS),
    "name": st.sampled_from(("a_loss", "loss_2")),
    "dtype": domains.dtypes(),
}
ONE = np.ones((2, 3), np.float32)


def with_axis(axis: int, *shapes: domains.Shape) -> st.SearchStrategy[domains.Shape]:
    return domains.shapes(*[shape for shape in shapes if -len(shape) <= axis < len(shape)])


@st.composite
def as_integers(draw: Any, y_true: np.ndarray) -> np.ndarray:
    """Labels as data sets have them: integers at times, where they are whole numbers."""
    whole = y_true.astype(np.int32)
    return draw(st.sampled_from((y_true, whole))) if (whole == y_true).all() else y_true


def for_object(inputs: Any, samples: Any) -> Any:
    """Add weights and a mask that fit the losses of the samples."""

    @st.composite
    def draw_inputs(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
        given = draw(inputs(config, dtype))
        shape = samples(given, config)
        if draw(st.booleans()):
            given["sample_weight"] = draw(fitting(shape, weights(), draw(st.sampled_from((dtype, "float32")))))
        if draw(st.booleans()):
            given["mask"] = np.asarray(draw(fitting(shape, st.sampled_from((0.0, 1.0, 1.0)), "float32")) != 0)
        return given

    return draw_inputs


def aligned(given: Mapping[str, Any]) -> domains.Shape:
    """The shape in which targets and predictions meet, whichever side has lost or got a last axis of size 1."""
    shapes = sorted((given["y_true"].shape, given["y_pred"].shape), key=len)
    shape = shapes[0]
    if len(shapes[1]) != len(shape):
        shape = shapes[1] if len(shape) == 1 else shape
    return shape


def without_axis(given: Mapping[str, Any], config: Mapping[str, Any]) -> domains.Shape:
    """The shape of the losses of the samples."""
    shape = aligned(given)
    axis = config.get("axis", -1) % len(shape)
    return shape[:axis] + shape[axis + 1 :]


def wrong_shapes(**config: Any) -> tuple[Raises, ...]:
    number = np.ones((), np.float32)
    return (
        Raises("never broadcast", config, {"y_true": ONE, "y_pred": np.ones((2, 1), np.float32)}),
        Raises("never broadcast", config, {"y_true": ONE, "y_pred": np.ones((3, 3), np.float32)}),
        Raises("at least one axis", config, {"y_true": number, "y_pred": number}),
        Raises("at least one axis", config, {"y_true": number, "y_pred": number[None]}),
        Raises("at least one axis", config, {"y_true": number[None], "y_pred": number}),
    )


def wrong_objects(given: dict[str, Any] | None = None, wrong: Any = None, **config: Any) -> tuple[Raises, ...]:
    given = {"y_true": ONE, "y_pred": ONE} if given is None else given
    return (
        *(wrong_shapes(**config) if wrong is None else wrong),
        Raises("reduction", {**config, "reduction": "average"}),
        Raises("dtype", {**config, "dtype": "float8"}),
        Raises("name", {**config, "name": "../up"}),
        Raises("sample_weight", config, {**given, "sample_weight": np.ones(3, np.float32)}),
        Raises("sample_weight", config, {**given, "sample_weight": np.ones((2, 2), np.float32)}),
        Raises("sample_weight", config, {**given, "sample_weight": np.ones((3, 1), np.float32)}),
        Raises("mask", config, {**given, "mask": np.ones(3, bool)}),
    )


def pair(
    title: str,
    function: str,
    inputs: Any,
    arguments: dict[str, Any],
    gradients: tuple[str, ...],
    real: str | None,
    errors: Any,
    *,
    samples: Any = without_axis,
    given: dict[str, Any] | None = None,
    wrong: tuple[Raises, ...] | None = None,
    required: dict[str, Any] | None = None,
    always: tuple[dict[str, Any], ...] = (),
) -> list[Entry]:
    """The entry of a class and the entry of its function.

    Args:
        samples: the shape of the losses, given the inputs and the config.
        given: inputs for two samples that are right, if not ONE against ONE.
        wrong: wrong inputs, if not those of `wrong_shapes`.
        required: the arguments that the function wants, and the class does not, with values that are right.
        always: cases of the class that are in every run.
    """
    formula = getattr(reference, function)
    right = {"y_true": ONE, "y_pred": ONE} if given is None else given
    needed = {} if required is None else required
    wrong_inputs = wrong_shapes() if wrong is None else wrong
    return [
        Entry(
            f"losses.{title}",
            formula,
            for_object(inputs, samples),
            options(**arguments, **OBJECT),
            gradients,
            real=real,
            errors=(*wrong_objects(given, wrong), *(Raises(name, {name: value}) for name, value in errors)),
            counted=samples,
            always=always,
        ),
        Entry(
            f"losses.{function}",
            formula,
            inputs,
            st.fixed_dictionaries(
                {key: arguments[key] for key in needed},
                optional={key: drawn for key, drawn in arguments.items() if key not in needed},
            ),
            gradients,
            required=needed,
            errors=(
                *(replace(item, config={**needed, **item.config}) for item in wrong_inputs),
                *(Raises(name, {**needed, name: value}, right) for name, value in errors),
                *([Raises("no such axis", {"axis": 2}, right)] if "axis" in arguments else []),
            ),
        ),
    ]
