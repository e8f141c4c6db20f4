"""Metrics that add up values."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity.domains import arrays, floats, labels, options, probabilities, reals
from parity.reference import losses as reference_losses
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises
from parity.registry.losses.classification import SMOOTHING
from parity.registry.metrics.base import FOUR_BY_THREE, OBJECT, of_rank, weighted

# More than are added up at once.
MANY = np.resize(np.array([0.5, 1.0, 0.0, 3.0, -0.25, 7.0], np.float32), 2**15 + 5)


@st.composite
def values(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = (size, *of_rank(config, (), (3,), (2, 2), (1,)))
    return draw(weighted({"values": draw(arrays(shape, reals(), dtype))}, shape))


@st.composite
def targets(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = (size, *of_rank(config, (1,), (3,)))
    batch = {"y_true": draw(arrays(shape, labels(), dtype)), "y_pred": draw(arrays(shape, probabilities(), dtype))}
    return draw(weighted(batch, shape[:1]))


ENTRIES = [
    Entry(
        "metrics.Mean",
        reference.mean,
        values,
        options(**OBJECT),
        real="values",
        always=tuple(
            {"config": {}, "batches": [{"values": many}, {"values": many[:3]}], "order": [1, 0], "split": 1}
            for many in (MANY, MANY.astype(np.float16))
        ),
        errors=(
            Raises("sample_weight", {}, {"values": FOUR_BY_THREE, "sample_weight": np.ones(3, np.float32)}),
            Raises("dtype", {"dtype": "float"}),
        ),
    ),
    Entry(
        "metrics.Sum",
        reference.total_of,
        values,
        options(**OBJECT),
        real="values",
        errors=(Raises("sample_weight", {}, {"values": FOUR_BY_THREE, "sample_weight": np.ones(3, np.float32)}),),
    ),
    Entry(
        "metrics.MeanMetricWrapper",
        SimpleNamespace(**{name: getattr(reference_losses, name) for name in ("huber", "binary_crossentropy")}),
        targets,
        st.one_of(
            st.fixed_dictionaries({"fn": st.just("huber")}, optional={"delta": floats(0.125, 2.0), **OBJECT}),
            st.fixed_dictionaries(
                {"fn": st.just("binary_crossentropy")}, optional={"label_smoothing": SMOOTHING, **OBJECT}
            ),
        ),
        required={"fn": "huber"},
        mean_of="losses",
        counted=lambda batch, config: batch["y_true"].shape[:-1],
        real="regression",
    ),
]
