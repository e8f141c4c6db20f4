"""What the inputs of a user's own pair are drawn from: numbers of a kind, in an array whose axes have names.

Axes of one name have one size within a case: `(batch, features)` unless said otherwise, `(batch, classes)` for rows of
classes, `(batch,)` for what each sample has one of. A number among the axes is a size that stays.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parity import domains
from parity.tolerance import DTYPES, ParityError, limits

Axes = tuple[str | int, ...]
SIZES = {"batch": (1, 2, 3, 4, 5), "features": (1, 2, 3, 4)}
OTHER_SIZES = (1, 2, 3)
MANY_BATCHES = 100


@dataclass(frozen=True)
class Input:
    """One kind of input.

    Args:
        draw: strategy for an array of a shape and dtype.
        axes: names or sizes of the axes.
    """

    draw: Callable[[domains.Shape, str], SearchStrategy[np.ndarray]]
    axes: Axes

    def __post_init__(self) -> None:
        if not isinstance(self.axes, tuple):
            raise ParityError(f"axes: expected a tuple of names or sizes, ('batch', 4). Received: {self.axes!r}")


@dataclass(frozen=True)
class Maybe:
    """An input that is left out at times."""

    item: Any


def maybe(item: Any) -> Maybe:
    """Leave an input out in half of the cases: `sample_weight=parity.maybe(parity.weights())`."""
    return Maybe(item)


def _numbers(elements: SearchStrategy[float], axes: Axes) -> Input:
    return Input(lambda shape, dtype: domains.arrays(shape, elements, dtype), axes)


def reals(low: float = -100.0, high: float = 100.0, *, axes: Axes = ("batch", "features")) -> Input:
    """Real numbers between two bounds: round ones (they make ties), ordinary ones, and some close to 0.

    Args:
        low, high: the bounds, which are drawn too.
        axes: names or sizes of the axes.
    """
    if not low < high:
        raise ParityError(f"reals: low must be less than high. Received: low={low!r}, high={high!r}")
    special = [number for number in (*domains.ROUND, 1e-3, -1e-5, 3e-20, -1e-30, low, high) if low <= number <= high]
    close = domains.floats(max(low, -2.0), min(high, 2.0)) if max(low, -2.0) < min(high, 2.0) else st.nothing()
    return _numbers(st.one_of(st.sampled_from(special), close, st.floats(low, high, allow_subnormal=False)), axes)


def probabilities(classes: int | None = None, *, low: float = 0.0, high: float = 1.0, axes: Axes = ()) -> Input:
    """Numbers in [0, 1]: exactly 0 and 1 and what lies beside usual epsilons among them.

    Args:
        classes: rows of so many probabilities that add up to 1, all above 0; else each stands for itself.
        low, high: narrower bounds, for what stands for itself.
        axes: names or sizes of the axes.
    """
    if classes is None:
        beside = (0.0, 1.0, 0.5, 0.25, 1e-7, 3e-8, 1e-4, 0.999, 0.9999999)
        special = [number for number in (*beside, low, high) if low <= number <= high]
        elements = st.one_of(st.sampled_from(special), st.floats(low, high, allow_subnormal=False))
        return _numbers(elements, axes or ("batch", "features"))

    def rows(shape: domains.Shape, dtype: str) -> SearchStrategy[np.ndarray]:
        parts = domains.arrays(shape, domains.floats(2.0**-6, 1.0), "float64")
        return parts.map(lambda array: domains.quantize(array / array.sum(-1, keepdims=True), dtype))

    return Input(rows, axes or ("batch", classes))


def logits(classes: int | None = None, *, high: float = 8.0, axes: Axes = ()) -> Input:
    """Scores, in rows of so many classes if there are any: equal ones among them.

    Args:
        classes: how many there are in a row.
        high: the largest size. Beyond 8 a softmax of float32 comes to be exactly 1, where many a loss of a user's has
            no gradient, or an infinite one: `high=30.0` looks for that.
        axes: names or sizes of the axes.
    """
    round_ones = [number for number in domains.ROUND if abs(number) <= high]
    usual = st.one_of(st.sampled_from(round_ones), st.floats(-high, high, allow_subnormal=False))
    return _numbers(usual, axes or ("batch", classes or "features"))


def one_hot(classes: int, *, axes: Axes = ()) -> Input:
    """Rows with a single 1."""
    return Input(
        lambda shape, dtype: _classes(classes, shape[:-1]).map(
            lambda found: domains.quantize(np.eye(classes)[found], dtype)
        ),
        axes or ("batch", classes),
    )


def labels(classes: int, *, axes: Axes = ("batch",)) -> Input:
    """Class numbers, int64."""
    return Input(lambda shape, dtype: _classes(classes, shape), axes)


def binary(*, axes: Axes = ("batch", "features")) -> Input:
    """0 or 1, as floats."""
    return _numbers(st.sampled_from((0.0, 1.0)), axes)


def weights(*, axes: Axes = ("batch",)) -> Input:
    """Weights of samples: 0, 1, whole ones and others."""
    return _numbers(domains.weights(), axes)


def mask(*, axes: Axes = ("batch",)) -> Input:
    """True or False."""
    return Input(
        lambda shape, dtype: domains.arrays(shape, st.sampled_from((1.0, 1.0, 0.0)), "float32").map(
            lambda item: item != 0
        ),
        axes,
    )


def _classes(classes: int, shape: domains.Shape) -> SearchStrategy[np.ndarray]:
    if classes < 1:
        raise ParityError(f"classes must be at least 1. Received: {classes!r}")
    size = int(np.prod(shape, dtype=int))
    drawn = st.lists(st.integers(0, classes - 1), min_size=size, max_size=size)
    return drawn.map(lambda found: np.asarray(found, np.int64).reshape(shape))


@st.composite
def drawn(draw: Any, inputs: Mapping[str, Any], dtype: str, sizes: Mapping[str, int] | None = None) -> dict[str, Any]:
    """One case: kinds of inputs and strategies are drawn from, everything else is what it is.

    Args:
        sizes: sizes that are decided already, by name.
    """
    if not isinstance(inputs, Mapping):
        raise ParityError(
            f"inputs: expected a mapping of names to kinds, {{'x': parity.reals()}}. Received: {type(inputs).__name__}"
        )
    decided = dict(sizes or {})

    def shape_of(axes: Iterable[str | int]) -> domains.Shape:
        for axis in axes:
            if isinstance(axis, str) and axis not in decided:
                decided[axis] = draw(st.sampled_from(SIZES.get(axis, OTHER_SIZES)))
        return tuple(decided[axis] if isinstance(axis, str) else axis for axis in axes)

    def one(item: Any) -> Any:
        if isinstance(item, Maybe):
            return one(item.item) if draw(st.booleans()) else None
        if isinstance(item, Input):
            return draw(item.draw(shape_of(item.axes), dtype))
        if isinstance(item, SearchStrategy):
            return draw(item)
        # A tensor of either framework: each side is given its own.
        return np.asarray(getattr(item, "detach", lambda: item)()) if hasattr(item, "numpy") else item

    made = {key: one(item) for key, item in inputs.items()}
    return {key: item for key, item in made.items() if item is not None}


def known_dtype(dtype: str) -> str:
    """Return a dtype in which inputs are drawn."""
    if dtype not in DTYPES:
        raise ParityError(f"dtype: expected one of {', '.join(DTYPES)}. Received: {dtype!r}")
    return dtype


def rounded(inputs: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The same inputs with floats of another dtype."""
    return _each_float(inputs, lambda array: array.astype(dtype))


def _holds_floats(item: Any) -> bool:
    return isinstance(item, np.ndarray) and is_float(item)


def is_float(array: np.ndarray) -> bool:
    return array.dtype.kind not in "biuSUO"


def moved(inputs: Mapping[str, Any], rng: np.random.Generator, steps: int, always: bool = False) -> dict[str, Any]:
    """Inputs of which some elements, or all, are moved towards 0 by some eps of their own: no domain ends there."""

    def one(array: np.ndarray) -> np.ndarray:
        chosen = np.ones(array.shape) if always else rng.integers(0, 2, array.shape)
        return array.astype(np.float64) * (1 - chosen * steps * float(limits(str(array.dtype)).eps))

    return _each_float(inputs, lambda array: domains.quantize(one(array), str(array.dtype)))


def shrunk(inputs: Mapping[str, Any], rng: np.random.Generator, share: float) -> dict[str, Any]:
    """Inputs on the way to 0. Of those that are there, or all but there, half leave it again, on the side they are on.

    A 0 leaves it upwards: where it ends a domain, the domain is above.
    """

    def one(array: np.ndarray) -> np.ndarray:
        wide = array.astype(np.float64)
        away = rng.integers(0, 2, wide.shape) * 2.0 ** -rng.uniform(2, 14, wide.shape)
        return np.where(np.abs(wide) < 2.0**-14, np.where(wide < 0, -away, away), wide * share)

    return _each_float(inputs, lambda array: domains.quantize(one(array), str(array.dtype)))


def long_stream(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A stream of more than 2**24 samples, or of as much weight where there are weights: one sample many times, and
    then another, one batch each."""
    many, one = {}, {}
    for key in [key for key in inputs if key.endswith("[0]")]:
        batches = [inputs[other] for other in inputs if other.startswith(key.removesuffix("0]"))]
        many[key], one[key] = batches[0][:1], batches[-1][-1:]
    if "sample_weight[0]" in many:
        many["sample_weight[0]"] = np.full_like(many["sample_weight[0]"], 2.0**24)
        one["sample_weight[0]"] = np.ones_like(one["sample_weight[0]"])
    else:
        many = {key: np.repeat(item, 2**24, axis=0) for key, item in many.items()}
    later = range(1, MANY_BATCHES)
    return {**many, **{key.replace("[0]", f"[{number}]"): item for number in later for key, item in one.items()}}


def beside(
    inputs: Mapping[str, Any], names: Iterable[str], rng: np.random.Generator, share: float
) -> Iterator[dict[str, Any]]:
    """Two inputs in float64, every element of those with a name moved a little to one side and to the other."""
    wide = rounded(inputs, "float64")
    chosen = {key: item for key, item in wide.items() if key.partition("[")[0] in names and _holds_floats(item)}
    by = {key: rng.uniform(-share, share, item.shape) * np.maximum(np.abs(item), share) for key, item in chosen.items()}
    for sign in (1, -1):
        yield {**wide, **{key: item + sign * by[key] for key, item in chosen.items()}}


def _each_float(inputs: Mapping[str, Any], change: Callable[[np.ndarray], np.ndarray]) -> dict[str, Any]:
    return {key: change(item) if _holds_floats(item) else item for key, item in inputs.items()}
