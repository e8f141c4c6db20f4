"""Intersection over union."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import mixed
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.metrics.base import FOUR_BY_THREE, GRID, OBJECT, TWO, of_rank, weighted


@st.composite
def segments(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Class numbers, out of range at times, or a score for each class."""
    number, shape = config["num_classes"], (size, *of_rank(config, (), (2,)))
    numbers = st.integers(-1, number).map(float)

    def side(sparse: bool) -> Any:
        if sparse:
            return draw(mixed(shape, numbers, "float32", st.sampled_from((0.7, 255.0, float("nan")))))
        axis = config.get("axis", -1)
        dense = (*shape, number) if axis == -1 else (size, number, *shape[1:])
        return draw(mixed(dense, st.one_of(GRID, st.just(-0.0)), dtype, st.just(float("nan"))))

    batch = {"y_true": side(config.get("sparse_y_true", True)), "y_pred": side(config.get("sparse_y_pred", True))}
    return draw(weighted(batch, shape))


ENTRIES = [
    Entry(
        "metrics.MeanIoU",
        reference.mean_iou,
        segments,
        st.fixed_dictionaries(
            {"num_classes": st.integers(2, 4)},
            optional={
                "ignore_class": st.sampled_from((None, 0, 1, -1, 255)),
                "sparse_y_true": st.booleans(),
                "sparse_y_pred": st.booleans(),
                "axis": st.sampled_from((-1, 1)),
                **OBJECT,
            },
        ),
        required={"num_classes": 2},
        exact=True,
        real="numbers",
        errors=(
            Raises("num_classes", {"num_classes": 0}),
            Raises("ignore_class", {"num_classes": 2, "ignore_class": 0.5}),
            Raises(
                "no such axis",
                {"num_classes": 2, "sparse_y_pred": False, "axis": 2},
                {"y_true": np.ones(4, np.float32), "y_pred": FOUR_BY_THREE},
            ),
            Raises("never broadcast", {"num_classes": 2}, {"y_true": TWO, "y_pred": np.ones(3, np.float32)}),
        ),
    ),
]
