"""Activations."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import floats, mixed, options, reals
from parity.reference import activations as reference
from parity.registry.entry import Entry, Raises
from parity.tolerance import Ulp

THREE = {"x": np.ones(3, np.float32)}


def points(*ties: str, high: float = 100.0) -> Any:
    """Numbers of every size; sometimes exactly those at which the formula changes: arguments by name, or numbers."""

    def corner(tie: str, config: dict[str, Any]) -> float | None:
        sign, name = (-1.0, tie[1:]) if tie[0] == "-" else (1.0, tie)
        value = config.get(name) if name.isidentifier() else float(name)
        return None if value is None else sign * float(value)

    @st.composite
    def draw_points(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
        shape = draw(domains.shapes((7,), (2, 3), (1,), (), (0,), (33,)))
        corners = [0.0, *(place for tie in ties if (place := corner(tie, config)) is not None)]
        tails = st.sampled_from((-87.5, -90.0, -103.0, 15.0, 35.0, -17.0, -40.0))
        usual = st.one_of(reals(high), st.sampled_from(corners), tails)
        return {"x": draw(mixed(shape, usual, dtype, domains.huge(), domains.special()))}

    return draw_points


@st.composite
def rows(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Numbers along the axes of a softmax."""
    axes = config.get("axis", -1)
    least = max(axis + 1 if axis >= 0 else -axis for axis in (axes if isinstance(axes, list) else [axes]))
    shape = draw(domains.shapes(*[shape for shape in ((4,), (3, 2), (2, 1), (0, 3), (2, 3, 2)) if len(shape) >= least]))
    return {"x": draw(mixed(shape, reals(50.0), dtype, domains.huge(), domains.special()))}


@st.composite
def steps(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Numbers on a grid, whose differences are exact: beside tau rounding would decide what the derivative is."""
    given = draw(rows(config, dtype))["x"]
    whole = st.one_of(st.integers(-2000, 2000), st.integers(-48, 48), st.integers(-16, 16))
    grid = st.one_of(st.sampled_from(domains.ROUND), whole.map(lambda n: n / 64))
    drawn = draw(domains.arrays(given.shape, grid, dtype))
    # Of the other numbers only the special ones are kept.
    return {"x": np.where(np.isfinite(given.astype(np.float64)), drawn, given).astype(given.dtype)}


@st.composite
def halves(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Numbers whose first half along the axis is gated by the second."""
    axis = config.get("axis", -1)
    least = axis + 1 if axis >= 0 else -axis
    shape = list(draw(st.sampled_from([item for item in ((2,), (6,), (2, 3), (0, 2), (1, 4)) if len(item) >= least])))
    shape[axis] = shape[axis] * 2 if shape[axis] % 2 else shape[axis]
    return {"x": draw(mixed(tuple(shape), reals(), dtype, domains.huge(), domains.special(), st.just(-40.0)))}


AXES = st.sampled_from((-1, 0, 1, -2, [0, 1], [-1, -2], [1, 0]))
SLOPES = st.one_of(st.sampled_from((0.0, 1.0, 0.25, -0.5)), floats(-1.0, 2.0))
LIMITS = st.one_of(st.sampled_from((0.0, 1.0, 6.0)), floats(0.0, 8.0))
THRESHOLDS = st.one_of(st.sampled_from((0.0, 1.0, 0.5, -1.0)), floats(-4.0, 4.0))

SHRINKS = st.one_of(st.sampled_from((0.0, 0.5, 1.0)), floats(0.0, 4.0))
ALPHAS = st.one_of(st.sampled_from((1.0, 0.25, 4.0)), floats(0.125, 8.0))
ONE = {"x": np.ones((), np.float32)}
# -0.875 is in the support of the first row, -0.625 not in that of the second.
OTHER_SUPPORTS = {"x": np.array([[0, -0.875, -5], [0, 0, -0.625]], np.float32)}
USUAL = Ulp()
NATIVE = Ulp(2**24, reason="the kernels lose the tail, and an exact one, by erfc, costs 30 times as much in PyTorch")


def pointwise(
    title: str, *ties: str, high: float = 100.0, config: Any = None, always: Any = None, ulp: Ulp = USUAL, **more: Any
) -> Entry:
    """A function of one number, whose formula changes at 0, at other numbers, or where arguments of it say."""
    return Entry(
        f"activations.{title}",
        getattr(reference, title),
        points(*ties, high=high),
        options(**(config or {})) if always is None else st.fixed_dictionaries(always),
        ("x",),
        ulp=ulp,
        **more,
    )


def wrong_numbers(name: str, *values: Any, **others: Any) -> tuple[Raises, ...]:
    """Values that an argument must not have."""
    return tuple(Raises(name, {**others, name: value}, THREE) for value in values)


def wrong_axes(*values: Any) -> tuple[Raises, ...]:
    return tuple(Raises("axis", {"axis": value}, THREE) for value in (0.5, None, "rows", *values))


ENTRIES = [
    pointwise(
        "celu",
        "-3e-38",
        "-21.5",
        config={"alpha": ALPHAS},
        errors=wrong_numbers("alpha", 0.0, -1.0, None, float("inf")),
    ),
    pointwise(
        "elu",
        config={"alpha": st.one_of(st.sampled_from((0.0, 1.0, 0.25)), floats(-2.0, 4.0))},
        ties="x",
        errors=wrong_numbers("alpha", None, float("inf")),
    ),
    # From 88.7 on the result overflows in float32, and the derivative times a small number need not.
    pointwise("exponential", "11.5", high=88.0),
    pointwise(
        "gelu", config={"approximate": st.booleans()}, ulp=NATIVE, errors=wrong_numbers("approximate", 1, "tanh")
    ),
    Entry(
        "activations.glu",
        reference.glu,
        halves,
        options(axis=st.sampled_from((-1, 0, 1, -2))),
        ("x",),
        errors=(
            *wrong_axes([0, 1]),
            Raises("must be even", {}, THREE),
            Raises("no such axis", {"axis": 1}, THREE),
            Raises("no such axis", {}, ONE),
        ),
    ),
    pointwise(
        "hard_shrink",
        "threshold",
        "-threshold",
        config={"threshold": SHRINKS},
        ties="x",
        errors=wrong_numbers("threshold", -0.5, None),
    ),
    pointwise("hard_sigmoid", "3", "-3", "2.9999998", ties="x", within=(0, 1)),
    pointwise("hard_silu", "3", "-3", "2.9999998", ties="x"),
    pointwise("hard_tanh", "1", "-1", ties="x", within=(-1, 1)),
    pointwise(
        "leaky_relu", config={"negative_slope": SLOPES}, ties="x", errors=wrong_numbers("negative_slope", None, "0.1")
    ),
    pointwise("linear"),
    pointwise("log_sigmoid"),
    Entry(
        "activations.log_softmax",
        reference.log_softmax,
        rows,
        options(axis=AXES),
        ("x",),
        errors=(
            *wrong_axes([]),
            Raises("no such axis", {"axis": 1}, THREE),
            Raises("named twice", {"axis": [0, -1]}, THREE),
        ),
    ),
    pointwise("mish"),
    pointwise(
        "relu",
        "threshold",
        "max_value",
        config={"negative_slope": SLOPES, "max_value": st.none() | LIMITS, "threshold": THRESHOLDS},
        ties="x",
        errors=(
            *wrong_numbers("max_value", -1.0),
            *wrong_numbers("negative_slope", float("nan")),
            *wrong_numbers("threshold", "0"),
        ),
    ),
    pointwise("relu6", "6", ties="x", within=(0, 6)),
    pointwise("selu", ties="x"),
    pointwise("sigmoid", within=(0, 1)),
    pointwise("silu"),
    pointwise(
        "soft_shrink",
        "threshold",
        "-threshold",
        config={"threshold": SHRINKS},
        ties="x",
        errors=wrong_numbers("threshold", -0.5, None),
    ),
    Entry(
        "activations.softmax",
        reference.softmax,
        rows,
        options(axis=AXES),
        ("x",),
        within=(0, 1),
        errors=(
            *wrong_axes([]),
            Raises("no such axis", {"axis": 1}, THREE),
            Raises("no such axis", {"axis": [0, 5]}, THREE),
            Raises("named twice", {"axis": [0, -1]}, THREE),
        ),
    ),
    pointwise("softplus"),
    pointwise("softsign", within=(-1, 1)),
    pointwise("sparse_plus", "1", "-1"),
    pointwise("sparse_sigmoid", "1", "-1", ties="x", within=(0, 1)),
    Entry(
        "activations.sparsemax",
        reference.sparsemax,
        steps,
        options(axis=st.sampled_from((-1, 0, 1, -2))),
        ("x",),
        within=(0, 1),
        always=({"config": {}, "inputs": OTHER_SUPPORTS},),
        errors=(*wrong_axes([0, 1]), Raises("no such axis", {"axis": 1}, THREE)),
    ),
    pointwise(
        "squareplus",
        config={"b": st.one_of(st.sampled_from((0, 1, 4.0)), floats(2.0**-10, 100.0))},
        errors=wrong_numbers("b", -1.0, None),
    ),
    pointwise("tanh", within=(-1, 1)),
    pointwise("tanh_shrink", "1.5", "-1.5"),
    pointwise(
        "threshold",
        "threshold",
        always={"threshold": THRESHOLDS, "default_value": THRESHOLDS},
        required={"threshold": 0.5, "default_value": 0.25},
        ties="x",
        errors=(
            *wrong_numbers("threshold", None, default_value=0.0),
            *wrong_numbers("default_value", float("nan"), threshold=0.0),
        ),
    ),
]
