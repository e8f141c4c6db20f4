"""Initializers: the numbers that TensorFlow's stateless random operations give for a seed, from their definition.

Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") in uint64 arithmetic; then uniform
numbers, or Box and Muller's normal ones. What the definition rounds is rounded here, but logarithm, sine and cosine are
those of the widest float, not those of TensorFlow's libm.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import signal

from parity.reference.base import quantize, quiet

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
SEEDS = 2**31 - 2
ATTEMPTS = 4
# The standard deviation of a normal distribution that is cut at two of its own.
CUT_DEVIATION = 0.87962566103423978
PI = np.arccos(np.longdouble(-1))
MODES = ("fan_in", "fan_out", "fan_avg")


@quiet
def variance_scaling(
    shape: Sequence[int],
    *,
    dtype: str = "float32",
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
    seed: int,
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of a kernel in Keras's layout.

    Uniform numbers are exact: their scale is 0. Normal ones are products of numbers rounded to the dtype, so that the
    scale is their size. It is infinite in the rare group of truncated numbers where a candidate lies so close to the
    cut that a last bit decides whether it is taken.

    Raises:
        ValueError: an unknown mode or distribution.
    """
    shape = tuple(int(length) for length in shape)
    if mode not in MODES:
        raise ValueError(f"mode is {mode!r}, expected one of {MODES}")
    fan_in, fan_out = fans(shape, input_axes, output_axes)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    variance = scale / max(1.0, fan)
    distribution = distribution.lower()
    if distribution == "uniform":
        limit = math.sqrt(3 * variance)
        return random_uniform(shape, dtype=dtype, minval=-limit, maxval=limit, seed=seed)
    if distribution in ("truncated_normal", "normal"):
        return random_truncated(shape, dtype=dtype, stddev=math.sqrt(variance) / CUT_DEVIATION, seed=seed)
    if distribution == "untruncated_normal":
        return random_normal(shape, dtype=dtype, stddev=math.sqrt(variance), seed=seed)
    raise ValueError(f"distribution is {distribution!r}")


@quiet
def random_uniform(
    shape: Sequence[int], *, dtype: str = "float32", minval: float = -0.05, maxval: float = 0.05, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of numbers in [minval, maxval); the limits are rounded to float32 first, whatever the dtype."""
    low, high = (quantize(quantize(limit, "float32"), dtype) for limit in (minval, maxval))
    width = _rounded(np.subtract, high, low, dtype=dtype)
    value = _rounded(np.multiply, uniform(math.prod(shape), seed, dtype), width, dtype=dtype)
    value = _rounded(np.add, value, low, dtype=dtype).reshape(shape)
    return value, np.zeros_like(value)


@quiet
def random_normal(
    shape: Sequence[int], *, dtype: str = "float32", mean: float = 0.0, stddev: float = 0.05, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of normal numbers: the sizes of the product with stddev and of the mean."""
    number = math.prod(shape)
    return _affine(normal(number, seed, dtype), np.zeros(number, bool), mean, stddev, shape, dtype)


@quiet
def random_truncated(
    shape: Sequence[int], *, dtype: str = "float32", mean: float = 0.0, stddev: float = 0.05, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of normal numbers that are cut at two standard deviations; see variance_scaling."""
    return _affine(*truncated_normal(math.prod(shape), seed, dtype), mean, stddev, shape, dtype)


def _affine(
    drawn: np.ndarray, doubtful: np.ndarray, mean: float, stddev: float, shape: Sequence[int], dtype: str
) -> tuple[np.ndarray, np.ndarray]:
    first = dtype if dtype == "float64" else "float32"
    factor, offset = (quantize(quantize(number, first), dtype) for number in (stddev, mean))
    value = _rounded(np.multiply, drawn, factor, dtype=dtype)
    scale = np.where(doubtful, np.inf, np.abs(value) + np.abs(offset))
    return _rounded(np.add, value, offset, dtype=dtype).reshape(shape), scale.reshape(shape)


@quiet
def orthogonal(
    shape: Sequence[int], *, dtype: str = "float32", gain: float = 1.0, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of a matrix with orthogonal columns, or rows.

    The column j of Q is the normalized part of the column j of normal numbers that is orthogonal to the columns before
    it (Gram and Schmidt, twice, since once is not enough): this Q has R with a positive diagonal, and is unique. An
    error of the normal numbers comes back times their condition number, which is therefore the scale.
    """
    rows, columns = math.prod(shape[:-1]), shape[-1]
    size = max(rows, columns), min(rows, columns)
    drawn = normal(size[0] * size[1], seed, dtype).reshape(size)
    factor = np.zeros(size, np.longdouble)
    for j in range(size[1]):
        column = drawn[:, j]
        for _ in range(2):
            column = column - factor[:, :j] @ (factor[:, :j].T @ column)
        factor[:, j] = column / np.sqrt(np.sum(column**2))
    value = gain * (factor.T if rows < columns else factor).reshape(shape)
    condition = float(np.linalg.cond(drawn.astype(np.float64))) if drawn.size else 1.0
    return value, np.full(shape, abs(gain) * condition, np.longdouble)


@quiet
def constant(shape: Sequence[int], *, dtype: str = "float32", value: Any = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of a tensor that is filled with a number, or with an array that is repeated; exact."""
    first = dtype if dtype == "float64" else "float32"
    filled = np.broadcast_to(quantize(quantize(value, first), dtype), shape)
    return filled, np.zeros(shape)


@quiet
def identity(shape: Sequence[int], *, dtype: str = "float32", gain: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of a matrix with a number on its diagonal; exact."""
    value, scale = constant(shape, dtype=dtype, value=gain)
    return np.where(np.arange(shape[0])[:, None] == np.arange(shape[1]), value, 0), scale


@quiet
def stft(
    shape: Sequence[int],
    *,
    dtype: str = "float32",
    side: str = "real",
    window: Any = "hann",
    scaling: str | None = "density",
    periodic: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale of one part of the Fourier transform of a frame, with SciPy's windows.

    A window is a sum of terms up to its largest value, which is therefore the scale.
    """
    length, _, bins = shape
    angle = -2 * PI * np.outer(np.arange(length), np.arange(bins)) / np.longdouble(2 * (bins - 1))
    value = np.cos(angle) if side == "real" else np.sin(angle)
    size = np.longdouble(1)
    if window is not None:
        named = signal.get_window(window, length, periodic) if isinstance(window, str) else window
        weights = np.asarray(named, np.longdouble)
        norm = {None: np.longdouble(1), "density": np.sqrt(np.sum(weights**2)), "spectrum": np.sum(np.abs(weights))}
        value = value * weights[:, None] / norm[scaling]
        size = np.max(np.abs(weights), initial=0) / norm[scaling]
    return value[:, None, :], np.full(shape, size)


def fans(
    shape: tuple[int, ...], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """Numbers of inputs and outputs of a unit: products over the given axes, or by the rank of the shape."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def philox(counter: Sequence[Any], key: Sequence[int]) -> np.ndarray:
    """Ten rounds of Philox 4x32: four counters and two keys (32-bit numbers) give four 32-bit words, on a last axis."""
    c0, c1, c2, c3 = np.broadcast_arrays(*(np.asarray(item, np.uint64) for item in counter))
    k0, k1 = (int(item) for item in key)
    for _ in range(10):
        a, b = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = b >> HALF ^ c1 ^ np.uint64(k0), b & LOW, a >> HALF ^ c3 ^ np.uint64(k1), a & LOW
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack([c0, c1, c2, c3], -1)


def stream(seed: int) -> Callable[[Any], np.ndarray]:
    """The stream of a seed: a function from the numbers of blocks to their words, four on a last axis."""
    reduced = seed % SEEDS
    m0, m1, m2, m3 = philox((reduced, 0, 0, 0), (0x3EC8F720, 0x02461E29))

    def words(blocks: Any) -> np.ndarray:
        blocks = np.asarray(blocks, np.uint64)
        return philox((blocks & LOW, blocks >> HALF, m2, m3), (m0, m1))

    return words


def uniform(number: int, seed: int, dtype: str) -> np.ndarray:
    """Numbers in [0, 1): as many random bits as the significand has after its first."""
    per_block = 2 if dtype == "float64" else 4
    words = stream(seed)(np.arange(-(-number // per_block)))
    if dtype == "float64":
        drawn = _wide_fraction(words).ravel()
    else:
        bits = {"float32": 23, "float16": 10, "bfloat16": 7}[dtype]
        drawn = ((words % np.uint64(2**bits)).astype(np.longdouble) / 2**bits).ravel()
    return drawn[:number]


def normal(number: int, seed: int, dtype: str) -> np.ndarray:
    """Normal numbers, rounded to the dtype; half types round those of float32."""
    per_block = 2 if dtype == "float64" else 4
    blocks = np.arange(-(-number // per_block))
    return quantize(_box_muller(stream(seed)(blocks), dtype).ravel()[:number], dtype)


def truncated_normal(number: int, seed: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Normal numbers less than 2 in size, and which of them a last bit may have decided about.

    They come in groups of 4 (float64: 2), each with its own 64 (32) of 256 (128) blocks; the first that are less than 2
    are taken.
    """
    size, stride = (2, 128) if dtype == "float64" else (4, 256)
    groups = -(-number // size)
    values, doubtful = np.zeros((groups, size), np.longdouble), np.zeros(groups, bool)
    words, todo, attempts = stream(seed), np.arange(groups), ATTEMPTS
    while todo.size:
        blocks = todo[:, None] * stride + np.arange(attempts)
        candidates = _box_muller(words(blocks), dtype).reshape(len(todo), attempts * size)
        taken = np.abs(candidates) < 2
        order = np.argsort(~taken, axis=1, kind="stable")[:, :size]
        enough = taken.sum(1) >= size
        eps = np.finfo(_computed(dtype)).eps
        close = (np.abs(np.abs(candidates) - 2) <= 16 * eps).any(1)
        values[todo[enough]] = np.take_along_axis(candidates, order, 1)[enough]
        doubtful[todo[enough]] = close[enough]
        todo, attempts = todo[~enough], attempts * 2
    return quantize(values.ravel()[:number], dtype), np.repeat(doubtful, size)[:number]


def _box_muller(words: np.ndarray, dtype: str) -> np.ndarray:
    """Pairs of normal numbers, sine first, from the words of blocks: two pairs from a block, in float64 one."""
    kind = _computed(dtype)
    if kind == "float64":
        fractions = _wide_fraction(words)
    else:
        fractions = (words % np.uint64(2**23)).astype(np.longdouble) / 2**23
    u, turn = fractions[..., 0::2], fractions[..., 1::2]
    u = np.maximum(u, quantize(1e-7, kind))
    # The angle is a product of doubles, rounded once more: its rounding is part of the definition.
    angle = quantize((2 * math.pi * turn.astype(np.float64)).astype(np.longdouble), kind)
    radius = quantize(np.sqrt(-2 * quantize(np.log(u), kind)), kind)
    pair = np.stack([quantize(np.sin(angle), kind), quantize(np.cos(angle), kind)], -1)
    return _rounded(np.multiply, pair, radius[..., None], dtype=kind).reshape(*words.shape[:-1], 2 * u.shape[-1])


def _wide_fraction(words: np.ndarray) -> np.ndarray:
    """Two numbers in [0, 1) of 52 bits from four words."""
    high, low = words[..., 0::2] % np.uint64(2**20), words[..., 1::2]
    return (high << HALF | low).astype(np.longdouble) / 2**52


def _rounded(operation: Any, a: Any, b: Any, *, dtype: str) -> np.ndarray:
    """One operation on numbers of a dtype, rounded once to it.

    In longdouble a product or sum of two numbers of up to 24 bits is exact, or too close to be rounded wrongly; of two
    doubles it is not, and those are multiplied and added as doubles.
    """
    if dtype == "float64":
        return np.asarray(operation(np.asarray(a, np.float64), np.asarray(b, np.float64))).astype(np.longdouble)
    return quantize(operation(a, b), dtype)


def _computed(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"
