"""Losses of two sets: how little they overlap."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, labels, mixed, probabilities, rank_variant
from parity.registry.losses.base import aligned, as_integers, pair

AXES = st.sampled_from((None, -1, 0, 1, [-1], [0, 1], [-2, -1], [0, -1]))
SHAPES = ((4,), (3, 2), (1, 1), (5, 1), (2, 3, 4), (2, 1, 3, 1), (0, 2, 3))


def axes_of(config: dict[str, Any], rank: int) -> list[int]:
    axis = config.get("axis")
    several = range(rank) if axis is None else axis if isinstance(axis, list) else [axis]
    return [item if item >= 0 else item + rank for item in several]


def fits(config: dict[str, Any], rank: int) -> bool:
    axes = axes_of(config, rank)
    return all(0 <= axis < rank for axis in axes) and len(set(axes)) == len(axes)


@st.composite
def sets(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """How far elements belong to two sets: surely, partly, not at all, none of them, and a little beyond."""
    shape = draw(domains.shapes(*[shape for shape in SHAPES if fits(config, len(shape))]))
    y_true = draw(arrays(shape, draw(st.sampled_from((*[labels()] * 5, st.just(0.0)))), dtype))
    usual = draw(st.sampled_from((*[probabilities()] * 4, st.sampled_from((0.0, 1.0)), st.just(0.0))))
    # One NaN makes the whole loss NaN, which says little: it is drawn seldom.
    rare = (domains.special(),) if draw(st.integers(0, 3)) == 3 else ()
    y_pred = draw(mixed(shape, usual, dtype, st.sampled_from((-0.25, 1.5)), *rare))
    y_pred = np.where(np.abs(y_pred) < 2.0**-100, np.zeros_like(y_pred), y_pred)  # else shares of it may be flushed
    if draw(st.integers(0, 3)) == 3:
        varied = draw(rank_variant(y_true, y_pred))
        if fits(config, len(aligned({"y_true": varied[0], "y_pred": varied[1]}))):
            y_true, y_pred = varied
    return {"y_true": draw(as_integers(y_true)), "y_pred": y_pred}


def remaining(given: dict[str, Any], config: dict[str, Any]) -> domains.Shape:
    """The shape of the losses: one in all, where all axes are summed over."""
    shape = aligned(given)
    gone = axes_of(config, len(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


WEIGHT = st.one_of(st.sampled_from((0.0, 0.5, 1.0)), floats(0.0, 4.0))
WRONG_AXES: tuple[tuple[str, Any], ...] = (
    ("axis", True),
    ("axis", "1"),
    ("axis", []),
    ("axis", [0, None]),
    ("axis", 0.5),
)
ENTRIES = [
    *pair("Dice", "dice", sets, {"axis": AXES}, ("y_pred",), "decisions", WRONG_AXES, samples=remaining),
    *pair(
        "Tversky",
        "tversky",
        sets,
        {"alpha": WEIGHT, "beta": WEIGHT, "axis": AXES},
        ("y_pred",),
        "decisions",
        (*WRONG_AXES, ("alpha", -0.5), ("alpha", None), ("beta", -1), ("beta", float("inf"))),
        samples=remaining,
    ),
]
