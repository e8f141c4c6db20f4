"""Metrics that are the means of losses: of probabilities, of margins, of differences and of directions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import arrays, floats, labels, options, probabilities, quantize, reals
from parity.reference import losses as reference
from parity.reference.base import Reference
from parity.registry.entry import Entry, Raises
from parity.registry.losses.classification import SMOOTHING as SHARES
from parity.registry.metrics.base import FOUR_BY_THREE, OBJECT, TWO, of_labels, of_rank, paired, weighted

CLASSES = 3
LOGITS = {"from_logits": st.booleans()}
SMOOTHING = {"label_smoothing": SHARES}
AXIS = {"axis": st.sampled_from((-1, 1))}


def axis_of(config: Mapping[str, Any]) -> int:
    return config.get("axis", -1)


def of_vectors(config: dict[str, Any], size: int) -> tuple[int, ...]:
    """A shape with 3 numbers on the axis that the config names."""
    return (size, *of_rank(config, (CLASSES,), (2, CLASSES) if axis_of(config) == -1 else (CLASSES, 2)))


def without_axis(batch: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of the losses."""
    shape = list(batch["y_pred"].shape)
    del shape[axis_of(config)]
    return tuple(shape)


@st.composite
def decisions(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = of_vectors(config, size)
    usual = reals(50.0) if config.get("from_logits") else probabilities()
    return {
        "y_true": draw(arrays(shape, labels(), of_labels(config, dtype))),
        "y_pred": draw(arrays(shape, usual, dtype)),
    }


@st.composite
def classes(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = of_vectors(config, size)
    usual = reals(50.0) if config.get("from_logits") else floats(0.0625, 1.0)
    chosen = draw(arrays(shape, floats(0.0, 1.0), "float64"))
    y_true = chosen == chosen.max(axis=axis_of(config), keepdims=True)
    return {"y_true": quantize(y_true, dtype), "y_pred": draw(arrays(shape, usual, dtype))}


@st.composite
def numbered(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    batch = draw(classes(config, dtype, size))
    numbers = np.argmax(batch["y_true"], axis=axis_of(config)).astype(np.int32)
    ignored = config.get("ignore_class")
    if ignored is not None:
        numbers = np.where(draw(arrays(numbers.shape, st.sampled_from((0.0, 1.0)), "float64")) != 0, ignored, numbers)
    return {**batch, "y_true": numbers.astype(of_rank(config, "int32", "int64", "float32"))}


@st.composite
def differences(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    return draw(paired(config, dtype, of_vectors(config, size), reals(8.0)))


@st.composite
def shares(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Targets and predictions away from 0: percentages that half precision can hold."""
    return draw(paired(config, dtype, of_vectors(config, size), floats(0.25, 4.0)))


def opposite(y_true: Any, y_pred: Any, **arguments: Any) -> Reference:
    """The metric is the similarity, the loss minus the similarity."""
    found = reference.cosine_similarity(y_true, y_pred, **arguments)
    return Reference(-found.value, found.scale, None)


def mean_of(title: str, formula: Any, inputs: Any, arguments: dict[str, Any], real: str, errors: Any = ()) -> Entry:
    @st.composite
    def stream(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
        batch = draw(inputs(config, dtype, size))
        return draw(weighted(batch, without_axis(batch, config)))

    sparse = title.startswith("Sparse")
    right = {"y_true": np.zeros(4, np.float32) if sparse else FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}
    return Entry(
        f"metrics.{title}",
        formula,
        stream,
        options(**arguments, **OBJECT),
        mean_of="losses",
        counted=without_axis,
        real=real,
        errors=(
            Raises("never broadcast", {}, {"y_true": TWO, "y_pred": FOUR_BY_THREE}),
            Raises("sample_weight", {}, {**right, "sample_weight": np.ones(3, np.float32)}),
            *(Raises(name, {name: value}) for name, value in errors),
        ),
    )


WRONG = (("from_logits", "yes"), ("label_smoothing", 1.5))
ENTRIES = [
    mean_of(
        "BinaryCrossentropy", reference.binary_crossentropy, decisions, {**LOGITS, **SMOOTHING}, "decisions", WRONG
    ),
    mean_of(
        "CategoricalCrossentropy",
        reference.categorical_crossentropy,
        classes,
        {**LOGITS, **SMOOTHING, **AXIS},
        "classes",
        (*WRONG, ("axis", True)),
    ),
    mean_of("KLDivergence", reference.kl_divergence, decisions, {}, "decisions"),
    mean_of("Poisson", reference.poisson, shares, {}, "decisions"),
    mean_of(
        "SparseCategoricalCrossentropy",
        reference.sparse_categorical_crossentropy,
        numbered,
        {**LOGITS, "ignore_class": st.sampled_from((None, 0, 2, -1, 255)), **AXIS},
        "numbered",
        (("from_logits", 1), ("ignore_class", 0.5), ("axis", None)),
    ),
    mean_of("CategoricalHinge", reference.categorical_hinge, classes, {}, "classes"),
    mean_of("Hinge", reference.hinge, decisions, {}, "decisions"),
    mean_of("SquaredHinge", reference.squared_hinge, decisions, {}, "decisions"),
    mean_of("CosineSimilarity", opposite, differences, AXIS, "regression", (("axis", "1"),)),
    mean_of("LogCoshError", reference.log_cosh, differences, {}, "regression"),
    mean_of("MeanAbsoluteError", reference.mean_absolute_error, differences, {}, "regression"),
    mean_of("MeanAbsolutePercentageError", reference.mean_absolute_percentage_error, shares, {}, "decisions"),
    mean_of("MeanSquaredError", reference.mean_squared_error, differences, {}, "regression"),
    mean_of("MeanSquaredLogarithmicError", reference.mean_squared_logarithmic_error, shares, {}, "decisions"),
]
