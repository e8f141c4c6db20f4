"""What initializers know without any framework: this file stands unchanged in `tfimpl` and `torchimpl`."""

import math
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

from .._config import FLOAT_DTYPES, canonical_dtype, check_integer


def compute_fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """Return the number of inputs and of outputs of a unit whose weights have this shape.

    Args:
        shape: `(n,)`, `(inputs, outputs)` or `(*window, inputs, outputs)`.
        input_axes: the axes that count as inputs; used only together with output_axes.
        output_axes: the axes that count as outputs.

    Raises:
        ValueError: an axis is not one of the shape's.
    """
    if input_axes is not None and output_axes is not None:
        for axis in (*input_axes, *output_axes):
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"compute_fans: axis {axis} is out of range for shape {tuple(shape)}. Received: "
                    f"input_axes={list(input_axes)}, output_axes={list(output_axes)}"
                )
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def check_fan_axes(owner: str, name: str, value: Any) -> list[int] | None:
    """Return axes as a list of integers, or None; raise ValueError for anything else."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [check_integer(owner, name, axis) for axis in value]
    raise ValueError(f"{owner}: argument `{name}` must be a list of integers, or None. Received: {name}={value!r}")


def check_seed(owner: str, value: Any) -> int:
    """Return `value` if it is a Python integer that fits into 64 bits; raise ValueError if not."""
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    hint = " Convert it: int(seed)." if isinstance(value, Integral) and not isinstance(value, int) else ""
    raise ValueError(
        f"{owner}: argument `seed` must be a Python integer with -2**63 <= seed < 2**63, or None. "
        f"Received: seed={value!r} of type {type(value).__name__}.{hint}"
    )


def check_shape(owner: str, value: Any) -> tuple[int, ...]:
    """Return a shape as a tuple of integers >= 0; raise ValueError if it is none."""
    dimensions = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [None]
    if all(isinstance(size, Integral) and not isinstance(size, bool) and size >= 0 for size in dimensions):
        return tuple(int(size) for size in dimensions)
    raise ValueError(f"{owner}: argument `shape` must be a sequence of integers >= 0. Received: shape={value!r}")


def check_dtype(owner: str, value: Any) -> str:
    """Return the name of a floating-point dtype; raise ValueError for any other."""
    name = canonical_dtype(owner, value, "an integer dtype")
    if name in FLOAT_DTYPES:
        return name
    received = value if isinstance(value, str) else getattr(value, "name", None) or str(value).removeprefix("torch.")
    raise ValueError(
        f"{owner}: argument `dtype` must be None or one of {list(FLOAT_DTYPES)}. Received: dtype={received}"
    )
