"""The chapter's own objects. Each stands in the module `custom` and behaves as one of a family."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, mixed, options, reals, weights
from parity.reference import custom as reference
from parity.reference.base import match_ranks
from parity.registry.entry import Entry, Raises
from parity.registry.initializers import SHAPES, shaped
from parity.registry.losses.base import OBJECT, ONE, for_object, wrong_objects, wrong_shapes
from parity.registry.losses.regression import differences
from parity.registry.regularizers import matrices

THRESHOLD = st.one_of(st.sampled_from((0.5, 1.0, 2.0)), floats(2.0**-6, 8.0))
WRONG_THRESHOLDS: tuple[Any, ...] = (0.0, -1.0, float("nan"), "2", True)
BATCH = {"y_true": ONE, "y_pred": ONE}


@st.composite
def errors(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Targets and predictions, sometimes exactly the threshold apart."""
    return draw(differences({"delta": config.get("threshold", 1.0)}, dtype))


def every_value(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    """The shape of the losses: each value has its own."""
    return tuple(match_ranks(given["y_true"], given["y_pred"])[0].shape)


@st.composite
def batches(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """One batch of a stream, with a weight for each sample, each value, all of them, or none."""
    shape = (size, 3 if "name" in config else 1)
    batch = {key: draw(arrays(shape, reals(), dtype)) for key in ("y_true", "y_pred")}
    if draw(st.booleans()):
        batch["sample_weight"] = draw(arrays(draw(st.sampled_from(((), shape[:1], shape))), weights(), "float32"))
    return batch


@st.composite
def points(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Numbers of every size, those among them at which `log(1 + exp(z))`, computed so, becomes infinite, and 0."""
    shape = draw(domains.shapes((7,), (2, 3), (1,), (), (0,), (33,)))
    ends = st.sampled_from((0.0, 88.0, 88.75, 89.0, 100.0, -87.5, -103.0, 15.0, 35.0, -17.0))
    return {"z": draw(mixed(shape, st.one_of(reals(), ends), dtype, domains.huge(), domains.special()))}


@st.composite
def kernel_weights(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    return {"weights": draw(matrices(config, dtype))["x"]}


def thresholds(inputs: Any = None) -> tuple[Raises, ...]:
    return tuple(Raises("threshold", {"threshold": value}, inputs) for value in WRONG_THRESHOLDS)


ENTRIES = [
    Entry(
        "custom.HuberLoss",
        reference.huber,
        for_object(errors, every_value),
        options(threshold=THRESHOLD, **OBJECT),
        ("y_pred", "y_true"),
        behaves_as="losses",
        real="regression",
        errors=(*wrong_objects(), *thresholds()),
    ),
    Entry(
        "custom.create_huber",
        reference.huber,
        errors,
        options(threshold=THRESHOLD),
        ("y_pred", "y_true"),
        behaves_as="losses",
        registered=False,
        makes_function=True,
        errors=(*wrong_shapes(), *thresholds()),
    ),
    Entry(
        "custom.huber_fn",
        reference.huber,
        errors,
        gradients=("y_pred", "y_true"),
        behaves_as="losses",
        registered=False,
        errors=wrong_shapes(),
    ),
    Entry(
        "custom.my_softplus",
        reference.softplus,
        points,
        gradients=("z",),
        behaves_as="activations",
        registered=False,
    ),
    Entry(
        "custom.my_glorot_initializer",
        reference.glorot,
        shaped(*SHAPES),
        st.fixed_dictionaries({"seed": st.one_of(st.sampled_from((0, 42, 2**32 - 1)), st.integers(0, 2**32 - 1))}),
        behaves_as="initializers",
        registered=False,
        exact=True,
        inexact_dtypes=("float64",),
        modes=("graph", "xla"),
        errors=(
            Raises("shape", {"seed": 1}, {"shape": (2, -3), "dtype": "float32"}),
            Raises("dtype", {"seed": 1}, {"shape": (2, 3), "dtype": "int32"}),
        ),
    ),
    Entry(
        "custom.MyL1Regularizer",
        reference.l1,
        kernel_weights,
        st.fixed_dictionaries({"factor": st.one_of(st.just(0.3), floats(0.0, 2.0))}),
        ("weights",),
        behaves_as="regularizers",
        required={"factor": 0.01},
        ties="weights",
        errors=(
            Raises("factor", {"factor": -0.1}),
            Raises("factor", {"factor": "0.1"}),
            Raises("factor", {"factor": float("inf")}),
        ),
    ),
    Entry(
        "custom.my_l1_regularizer",
        reference.l1,
        kernel_weights,
        gradients=("weights",),
        behaves_as="regularizers",
        registered=False,
        ties="weights",
    ),
    Entry(
        "custom.my_positive_weights",
        reference.positive,
        kernel_weights,
        behaves_as="constraints",
        registered=False,
    ),
    Entry(
        "custom.HuberMetric",
        reference.huber_metric,
        batches,
        options(threshold=THRESHOLD, name=st.sampled_from(("a_metric", "metric_2")), dtype=domains.dtypes()),
        behaves_as="metrics",
        real="regression",
        errors=(
            *thresholds(),
            Raises("never broadcast", {}, {"y_true": ONE, "y_pred": np.ones((3, 3), np.float32)}),
            Raises("sample_weight", {}, {**BATCH, "sample_weight": np.ones(3, np.float32)}),
            Raises("dtype", {"dtype": "float"}),
        ),
    ),
]
