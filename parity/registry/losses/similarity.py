"""Losses of a direction, and of the distances between directions."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, mixed, rank_variant, reals
from parity.registry.entry import Raises
from parity.registry.losses.base import pair, with_axis


@st.composite
def vectors(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Two vectors for each sample: any, parallel, opposite, shorter than epsilon, and zero."""
    axis = config.get("axis", -1)
    shape = draw(with_axis(axis, (4,), (1,), (3, 2), (1, 1), (5, 1), (2, 3), (2, 3, 4), (0, 3)))
    y_true = draw(arrays(shape, reals(), dtype))
    y_pred = draw(mixed(shape, reals(), dtype, domains.huge(), domains.special()))
    along = np.asarray(y_true, np.float64) * draw(st.sampled_from((1.0, -2.0)))
    y_pred = draw(st.sampled_from((y_pred, y_pred, domains.quantize(along, dtype))))
    length = np.expand_dims(np.ones(shape).sum(axis=axis), axis).shape
    factors = draw(arrays(length, st.sampled_from((1.0, 1.0, 0.0, 1e-9, 1e-6)), "float64"))
    with np.errstate(invalid="ignore"):
        # Nor a subnormal number of the float32 that an object may compute in, which TensorFlow takes for 0.
        short = np.asarray(y_pred, np.float64) * factors
        short = domains.quantize(np.where(np.abs(short) < np.finfo(np.float32).tiny, 0, short), dtype)
    y_pred = draw(st.sampled_from((y_pred, short)))
    # Nor products that are one, or losses, which weights could make normal numbers.
    with np.errstate(all="ignore"):
        wide = [np.asarray(x, np.float64) for x in (y_true, y_pred)]
        lengths = [np.maximum(np.sqrt(np.sum(x**2, axis=axis, keepdims=True)), 1e-7) for x in wide]
        product = np.abs(wide[0] * wide[1])
        least = np.minimum(product, product / (lengths[0] * lengths[1]))
        y_pred = domains.quantize(np.where(least < np.finfo(np.float32).tiny, 0, wide[1]), dtype)
    if axis == -1:
        y_true, y_pred = draw(rank_variant(y_true, y_pred))
    return {"y_true": y_true, "y_pred": y_pred}


@st.composite
def embeddings(draw: Any, config: dict[str, Any], dtype: str, references: bool = False) -> dict[str, Any]:
    """Labels and embeddings of length 1, as exact as they can be, some equal and some opposite; shorter ones at times.

    Args:
        references: whether to draw references too, every other time.
    """
    number, size = draw(domains.shapes((4, 3), (3, 2), (1, 2), (6, 4), (5, 1), (2, 2), (0, 3)))

    def table(number: int) -> np.ndarray:
        rows = draw(arrays((number, size), domains.floats(-1.0, 1.0), "float64"))
        length = np.sqrt((rows**2).sum(1, keepdims=True))
        chosen = draw(st.lists(st.integers(0, size - 1), min_size=number, max_size=number))
        axes = np.eye(size)[np.array(chosen, int)]
        signs = draw(arrays((number, 1), st.sampled_from((1.0, -1.0)), "float64"))
        kinds = (np.where(length > 1e-3, rows / np.maximum(length, 1e-3), axes), signs * axes, rows)
        return domains.quantize(draw(st.sampled_from(kinds)), dtype)

    def labels(number: int) -> np.ndarray:
        drawn = draw(st.lists(st.integers(0, 2), min_size=number, max_size=number))
        column = draw(st.sampled_from(((number,), (number, 1))))
        return np.array(drawn, draw(st.sampled_from(("int32", "int64", "float32")))).reshape(column)

    y_pred = table(number)
    if number and draw(st.integers(0, 7)) == 7:
        y_pred[draw(st.integers(0, number - 1)), 0] = np.nan
    given = {"y_true": labels(number), "y_pred": y_pred}
    if references and draw(st.booleans()):
        others = draw(st.sampled_from((1, 3, 5)))
        given |= {"ref_labels": labels(others), "ref_embeddings": table(others)}
    return given


def one_a_sample(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    return (len(given["y_pred"]),)


EMBEDDED = {"y_true": np.array([0, 1], np.int32), "y_pred": np.eye(2, 3, dtype=np.float32)}
NO_EMBEDDINGS = (
    Raises("embeddings must have shape", {}, {**EMBEDDED, "y_true": np.zeros(3, np.int32)}),
    Raises("embeddings must have shape", {}, {**EMBEDDED, "y_true": np.zeros((2, 2), np.int32)}),
    Raises("embeddings must have shape", {}, {**EMBEDDED, "y_pred": np.ones(2, np.float32)}),
    Raises("embeddings must have shape", {}, {**EMBEDDED, "y_pred": np.ones((2, 3, 1), np.float32)}),
)
CIRCLE = pair(
    "Circle",
    "circle",
    embeddings,
    {
        "gamma": st.one_of(st.sampled_from((80.0, 1.0, 256.0)), domains.floats(0.5, 128.0)),
        "margin": st.one_of(st.sampled_from((0.5, 0.25, 0.0)), domains.floats(0.0, 1.0)),
        "remove_diagonal": st.booleans(),
    },
    ("y_pred",),
    "decisions",
    (("gamma", 0), ("gamma", None), ("margin", -0.5), ("margin", "1"), ("remove_diagonal", 1)),
    samples=one_a_sample,
    given=EMBEDDED,
    wrong=NO_EMBEDDINGS,
)

ENTRIES = [
    replace(CIRCLE[0], pairs=True),
    replace(CIRCLE[1], pairs=True, inputs=lambda config, dtype: embeddings(config, dtype, references=True)),
    *pair(
        "CosineSimilarity",
        "cosine_similarity",
        vectors,
        {"axis": st.sampled_from((-1, 0, 1))},
        ("y_pred", "y_true"),
        "regression",
        (("axis", None), ("axis", True), ("axis", "1")),
    ),
]
