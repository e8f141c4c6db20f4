"""Intersection over union."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import Shape, arrays, floats, mixed, options, probabilities
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, GRID, OBJECT, TWO, of_rank, weighted

CLASSES = {"num_classes": st.integers(2, 4)}
TARGETS = {**CLASSES, "target_class_ids": st.lists(st.integers(0, 1), min_size=1, max_size=2, unique=True)}
OPTIONS = {
    "ignore_class": st.sampled_from((None, 0, 1, -1, 255)),
    "sparse_y_true": st.booleans(),
    "sparse_y_pred": st.booleans(),
    "axis": st.sampled_from((-1, 1)),
    **OBJECT,
}
ONE_HOT_OPTIONS = {key: option for key, option in OPTIONS.items() if key != "sparse_y_true"}


@st.composite
def segments(draw: Any, config: dict[str, Any], dtype: str, size: int, one_hot: bool = False) -> dict[str, Any]:
    """Class numbers, out of range at times, or a score for each class."""
    number, shape = config["num_classes"], (size, *of_rank(config, (), (2,)))
    numbers = st.integers(-1, number).map(float)

    def side(sparse: bool) -> Any:
        if sparse:
            return draw(mixed(shape, numbers, "float32", st.sampled_from((0.7, 255.0, float("nan")))))
        axis = config.get("axis", -1)
        dense = (*shape, number) if axis == -1 else (size, number, *shape[1:])
        return draw(mixed(dense, st.one_of(GRID, st.just(-0.0)), dtype, st.just(float("nan"))))

    sparse_true, sparse_pred = (config.get(key, not one_hot) for key in ("sparse_y_true", "sparse_y_pred"))
    return draw(weighted({"y_true": side(sparse_true), "y_pred": side(sparse_pred)}, shape))


def one_hot_segments(config: dict[str, Any], dtype: str, size: int) -> Any:
    return segments(config, dtype, size, one_hot=True)


@st.composite
def binary_segments(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Labels and scores, which often tie with the threshold."""
    shape = (size, *of_rank(config, (), (2,)))
    at = st.just(config.get("threshold", 0.5))
    y_pred = draw(mixed(shape, st.one_of(GRID, at, probabilities()), dtype, st.just(float("nan"))))
    return draw(weighted({"y_true": draw(arrays(shape, st.sampled_from((0.0, 1.0)), dtype)), "y_pred": y_pred}, shape))


def labels_of(batch: Mapping[str, Any], config: Mapping[str, Any]) -> Shape:
    """The shape of the labels, to which the weights of a batch belong."""
    shape = list(batch["y_true"].shape)
    if not config.get("sparse_y_true", True):
        del shape[config.get("axis", -1)]
    return tuple(shape)


def one_hot_labels_of(batch: Mapping[str, Any], config: Mapping[str, Any]) -> Shape:
    return labels_of(batch, {**config, "sparse_y_true": False})


def wrong_uses(**required: Any) -> tuple[Raises, ...]:
    """Wrong uses of the metrics whose predictions are numbers of classes or scores, and labels one or the other."""
    return (
        Raises("num_classes", {**required, "num_classes": 0}),
        Raises("ignore_class", {**required, "ignore_class": 0.5}),
        Raises(
            "no such axis",
            {**required, "sparse_y_pred": False, "axis": 2},
            {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE},
        ),
    )


def wrong_targets(**required: Any) -> tuple[Raises, ...]:
    return tuple(
        Raises("target_class_ids", {**required, "target_class_ids": targets})
        for targets in ([], [2], [-1], [0.5], 1, "01")
    )


ENTRIES = [
    Entry(
        "metrics.BinaryIoU",
        reference.binary_iou,
        binary_segments,
        options(
            target_class_ids=st.sampled_from(([0], [1], [1, 0])),
            threshold=st.one_of(GRID, floats(0.0, 1.0)),
            **OBJECT,
        ),
        exact=True,
        real="decisions",
        within=(0, 1),
        ties="y_pred",
        errors=(
            *wrong_targets(),
            Raises("threshold", {"threshold": None}),
            Raises("never broadcast", {}, {"y_true": TWO, "y_pred": np.ones(3, np.float32)}),
        ),
    ),
    Entry(
        "metrics.IoU",
        reference.iou,
        segments,
        st.fixed_dictionaries(TARGETS, optional=OPTIONS),
        required={"num_classes": 2, "target_class_ids": [0]},
        exact=True,
        counted=labels_of,
        real="numbers",
        within=(0, 1),
        errors=(
            *wrong_uses(num_classes=2, target_class_ids=[0]),
            *wrong_targets(num_classes=2),
            Raises(
                "never broadcast",
                {"num_classes": 2, "target_class_ids": [0]},
                {"y_true": TWO, "y_pred": np.ones(3, np.float32)},
            ),
        ),
    ),
    Entry(
        "metrics.MeanIoU",
        reference.mean_iou,
        segments,
        st.fixed_dictionaries(CLASSES, optional=OPTIONS),
        required={"num_classes": 2},
        exact=True,
        counted=labels_of,
        real="numbers",
        within=(0, 1),
        errors=(
            *wrong_uses(num_classes=2),
            Raises("never broadcast", {"num_classes": 2}, {"y_true": TWO, "y_pred": np.ones(3, np.float32)}),
        ),
    ),
    Entry(
        "metrics.OneHotIoU",
        reference.one_hot_iou,
        one_hot_segments,
        st.fixed_dictionaries(TARGETS, optional=ONE_HOT_OPTIONS),
        required={"num_classes": 2, "target_class_ids": [0]},
        exact=True,
        counted=one_hot_labels_of,
        real="classes",
        within=(0, 1),
        errors=(*wrong_uses(num_classes=2, target_class_ids=[0]), *wrong_targets(num_classes=2)),
    ),
    Entry(
        "metrics.OneHotMeanIoU",
        reference.one_hot_mean_iou,
        one_hot_segments,
        st.fixed_dictionaries(CLASSES, optional=ONE_HOT_OPTIONS),
        required={"num_classes": 2},
        exact=True,
        counted=one_hot_labels_of,
        real="classes",
        within=(0, 1),
        errors=wrong_uses(num_classes=2),
    ),
]
