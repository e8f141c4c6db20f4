"""Hypothesis strategies for what components are given: the domain stands here, never in a filter or a tolerance."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import SearchStrategy

from parity.tolerance import DTYPES, limits, numpy_dtype

ROUND = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 0.25, -0.75)
SMALLEST_NORMAL = float(np.finfo(np.float32).smallest_normal)
Shape = tuple[int, ...]


@cache  # whose strategies Hypothesis looks through once
def dtypes() -> SearchStrategy[str]:
    return st.sampled_from(("float32", "float64", "float16", "bfloat16"))


@cache
def floats(low: float, high: float) -> SearchStrategy[float]:
    """Numbers that are exact in float32 and not subnormal there, so that every witness means the same by them.

    Rounded after drawing: twice as fast as to draw with `width=32`. The bounds have to be exact in float32 too.
    """
    return st.floats(low, high, allow_nan=False, allow_subnormal=False).map(_single)


def _single(number: float) -> float:
    return float(np.float32(number)) if abs(number) >= SMALLEST_NORMAL else 0.0


def beside_float32(item: Any) -> Any:
    """Options, their numbers a little smaller, to what float32 does not have: a constant that goes through it shows."""
    if isinstance(item, Mapping):
        return {key: beside_float32(value) for key, value in item.items()}
    if isinstance(item, list):
        return [beside_float32(value) for value in item]
    return item * (1 - 2.0**-30) if isinstance(item, float) else item


def options(**strategies: SearchStrategy) -> SearchStrategy[dict[str, Any]]:
    """Arguments, each of which may be left out: defaults are tested too."""
    return st.fixed_dictionaries({}, optional=strategies)


@cache
def reals(magnitude: float = 100.0) -> SearchStrategy[float]:
    """Round numbers (they make ties), ordinary ones, and some that are tiny or huge."""
    usual = floats(-magnitude, magnitude)
    close = floats(-2.0, 2.0)
    tiny = st.sampled_from((1e-3, -1e-5, 3e-20, -1e-30))
    return st.one_of(st.sampled_from(ROUND), close, usual, tiny)


@cache
def huge() -> SearchStrategy[float]:
    """Numbers whose squares and exponentials leave float16 or float32."""
    return st.sampled_from((300.0, -2.0e4, 6.0e4, 1e12, -3e18))


@cache
def special() -> SearchStrategy[float]:
    return st.sampled_from((float("nan"), float("inf"), -float("inf")))


@cache
def probabilities() -> SearchStrategy[float]:
    """Numbers in [0, 1]; exactly 0, 1 and what lies beside the clipping bounds among them."""
    return st.one_of(st.sampled_from((0.0, 1.0, 0.5, 0.25, 1e-7, 3e-8, 1e-4, 0.999, 0.9999999)), floats(0.0, 1.0))


@cache
def labels() -> SearchStrategy[float]:
    """0 and 1 mostly, soft labels sometimes; none so small that a share of it is subnormal, which may be flushed."""
    return st.one_of(st.sampled_from((0.0, 1.0)), st.sampled_from((0.0, 1.0)), floats(2.0**-20, 1.0))


@cache
def weights() -> SearchStrategy[float]:
    return st.one_of(st.sampled_from((0.0, 1.0, 2.0, 0.5)), floats(2.0**-10, 4.0))


def arrays(shape: Shape, elements: SearchStrategy[float], dtype: str) -> SearchStrategy[np.ndarray]:
    """Arrays of a shape, with elements rounded to the dtype (see quantize)."""
    return hnp.arrays(np.float64, shape, elements=elements, fill=st.nothing()).map(lambda array: quantize(array, dtype))


def quantize(array: Any, dtype: str) -> np.ndarray:
    """Round numbers to a dtype, without making infinities or subnormal numbers of finite ones."""
    array = np.asarray(array, np.float64)
    info = limits(dtype)
    largest, tiny = float(info.max), float(info.smallest_normal)
    array = np.where(np.isfinite(array), np.clip(array, -largest, largest), array)
    return np.where(np.abs(array) < tiny, 0.0, array).astype(numpy_dtype(dtype))


@st.composite
def mixed(
    draw: Any, shape: Shape, usual: SearchStrategy[float], dtype: str, *rare: SearchStrategy[float]
) -> np.ndarray:
    """An array of usual elements, one case in four with rare ones put in."""
    array = draw(arrays(shape, usual, dtype))
    for strategy in rare:
        if array.size and draw(st.integers(0, 3)) == 3:
            place = draw(st.integers(0, array.size - 1))
            array = array.copy()
            array.flat[place] = quantize(draw(strategy), dtype)
    return array


@cache
def shapes(*choices: Shape) -> SearchStrategy[Shape]:
    return st.sampled_from(choices or ((4,), (1,), (3, 2), (1, 1), (2, 5), (5, 1), (2, 3, 4), (0, 3), (0, 2, 3)))


@st.composite
def rank_variant(draw: Any, y_true: np.ndarray, y_pred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sometimes drop or add a last axis of size 1 on one side, as users' data do."""
    kind = draw(st.sampled_from(("same", "same", "same", "true", "pred")))
    if kind == "same" or y_pred.ndim < 1:
        return y_true, y_pred
    if y_pred.ndim > 1 and y_pred.shape[-1] == 1:
        return (y_true[..., 0], y_pred) if kind == "true" else (y_true, y_pred[..., 0])
    return (y_true[..., None], y_pred) if kind == "true" else (y_true, y_pred[..., None])


@st.composite
def fitting(draw: Any, shape: Shape, elements: SearchStrategy[float], dtype: str) -> np.ndarray:
    """Weights (or a mask, as numbers) for values of a shape: one in all, one a sample, one a value, and between."""
    ranks = [shape[:rank] for rank in range(len(shape) + 1)]
    choices = [*ranks, (*shape, 1), *((1, *shape[1:rank]) for rank in range(2, len(shape) + 1))]
    return draw(arrays(draw(st.sampled_from(choices)), elements, dtype))


@st.composite
def stream(draw: Any, batch: Callable[[int], SearchStrategy[Mapping[str, Any]]], most: int) -> list[Mapping[str, Any]]:
    """Batches of different sizes, an empty one among them at times."""
    sizes = draw(st.lists(st.sampled_from((1, 2, 3, 5, 8, 0)), min_size=1, max_size=most))
    return [draw(batch(size)) for size in sizes]


def literal(value: Any) -> str:
    """Write a drawn value as Python source that makes it again."""
    if isinstance(value, np.ndarray):
        name = str(value.dtype)
        numbers = value.astype(np.float64 if name in DTYPES else value.dtype).tolist()
        return f"parity.array({numbers!r}, {name!r}{f', {value.shape}' if not value.size else ''})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return repr(value)


def array(numbers: Any, dtype: str, shape: Shape | None = None) -> np.ndarray:
    """Make an array of one of the four dtypes (bfloat16 too, which NumPy lacks), or of a NumPy one."""
    made = np.asarray(numbers).astype(numpy_dtype(dtype) if dtype in DTYPES else dtype)
    return made if shape is None else made.reshape(shape)
