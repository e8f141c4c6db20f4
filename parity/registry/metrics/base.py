"""What the entries of metrics share. `inputs` draws one batch of a given size."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, weights
from parity.tolerance import DTYPES

OBJECT = {"name": st.sampled_from(("a_metric", "metric_2", "train/metric")), "dtype": domains.dtypes()}
TWO = np.ones(2, np.float32)
FOUR_BY_THREE = np.ones((4, 3), np.float32)
GRID = st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))


@st.composite
def weighted(draw: Any, batch: dict[str, Any], shape: domains.Shape, often: int = 1) -> dict[str, Any]:
    """Add weights to a batch: none, one for all, one a sample, or one a value."""
    if draw(st.integers(0, often)):
        choices = [(), shape[:1], shape]
        batch["sample_weight"] = draw(arrays(draw(st.sampled_from(choices)), weights(), "float32"))
    return batch


def of_rank(config: dict[str, Any], *choices: Any) -> Any:
    """One shape (or another choice) for a whole stream: it depends on the config alone."""
    return choices[sum(map(ord, repr(sorted(config.items(), key=str)))) % len(choices)]


@st.composite
def paired(draw: Any, config: dict[str, Any], dtype: str, shape: domains.Shape, elements: Any) -> dict[str, Any]:
    """Targets and predictions of a shape, each in a dtype of its own."""
    kinds = {"y_true": of_labels(config, dtype), "y_pred": dtype}
    return {key: draw(arrays(shape, elements, kind)) for key, kind in kinds.items()}


def of_labels(config: dict[str, Any], dtype: str) -> str:
    """A dtype for the labels of a whole stream, which need not be that of its predictions."""
    return str(of_rank(config, dtype, *DTYPES))
