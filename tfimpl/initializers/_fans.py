"""What initializers know without any framework: this file stands unchanged in `tfimpl` and `torchimpl`."""

import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from .._config import FLOAT_DTYPES, canonical_dtype, check_integer, check_name
from .._limits import LARGEST, SMALLEST

INTEGER_DTYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = (*FLOAT_DTYPES, "bool", *INTEGER_DTYPES)


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
        f"{owner}: argument `seed` must be a Python integer with -2**63 <= seed < 2**63, a SeedGenerator, or None. "
        f"Received: seed={value!r} of type {type(value).__name__}.{hint}"
    )


def read_generator(owner: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constructor arguments of the SeedGenerator that a config describes; raise ValueError if none is."""
    arguments = config.get("config")
    known = config.get("class_name") == "SeedGenerator" and config.get("module") in (None, "keras.random")
    if not known or not isinstance(arguments, Mapping) or not set(arguments) <= {"seed", "name"}:
        check_seed(owner, config)
    seed = arguments.get("seed")
    return {
        "seed": None if seed is None else check_seed(owner, seed),
        "name": check_name(owner, arguments.get("name")),
    }


def write_generator(config: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a SeedGenerator in the form Keras writes, from what its `get_config` returned."""
    return {
        "module": "keras.random",
        "class_name": "SeedGenerator",
        "config": config,
        "registered_name": None,
    }


def check_shape(owner: str, value: Any) -> tuple[int, ...]:
    """Return a shape as a tuple of integers >= 0; raise ValueError if it is none."""
    dimensions = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [None]
    if all(isinstance(size, Integral) and not isinstance(size, bool) and size >= 0 for size in dimensions):
        return tuple(int(size) for size in dimensions)
    raise ValueError(f"{owner}: argument `shape` must be a sequence of integers >= 0. Received: shape={value!r}")


def check_dtype(owner: str, value: Any, allowed: Sequence[str] = FLOAT_DTYPES) -> str:
    """Return the name of a dtype, one of those allowed; raise ValueError for any other."""
    received = value if isinstance(value, str) else getattr(value, "name", None) or getattr(value, "__name__", value)
    received = str(received).removeprefix("torch.")
    if received in allowed:
        return received
    with contextlib.suppress(ValueError):
        name = canonical_dtype(owner, value, "an integer dtype")
        if name in FLOAT_DTYPES:  # of a Keras dtype policy
            return name
    raise ValueError(f"{owner}: argument `dtype` must be None or one of {list(allowed)}. Received: dtype={received}")


def check_value(owner: str, value: Any) -> Any:
    """Return a number, or an array of numbers, from a number, an array, nested lists or Keras's config of an array.

    Raises:
        ValueError: it is none of these.
    """
    received = value
    if isinstance(value, Mapping) and value.get("class_name") in ("__numpy__", "__tensor__"):
        value = value.get("config")
        value = value.get("value") if isinstance(value, Mapping) else None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Integral) and SMALLEST <= value <= LARGEST:
        return int(value)
    if isinstance(value, Real) and not isinstance(value, Integral):
        return float(value)
    if hasattr(value, "detach"):
        value = value.tolist()  # PyTorch's tensors, of any dtype and on any device
    try:
        if _has_text(value):  # of which NumPy makes an array as wide as the longest
            raise TypeError
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value).copy()
    except (TypeError, ValueError):
        array = np.array(None)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    if array.dtype.kind in "biuf":
        return array if array.ndim else array.item()
    raise ValueError(
        f"{owner}: argument `value` must be a number, or an array or nested list of numbers. "
        f"Received: value={received!r} of type {type(received).__name__}"
    )


def _has_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list | tuple) and any(map(_has_text, value)))


def fit_value(owner: str, name: str, value: Any, dtype: str) -> np.ndarray:
    """Return numbers as an array of a dtype, or of float32 if it is a half precision; integers are cut towards 0.

    Raises:
        ValueError: a number is not finite, or too large, for an integer dtype.
    """
    array = np.asarray(value)
    if dtype in FLOAT_DTYPES:
        with np.errstate(over="ignore"):
            return array.astype("float64" if dtype == "float64" else "float32")
    if dtype == "bool":
        return array.astype(bool)
    limits = np.iinfo(dtype)
    if not np.all((array > limits.min - 1) & (array < limits.max + 1)):
        raise ValueError(f"{owner}: argument `{name}` does not fit into dtype {dtype}. Received: {name}={value!r}")
    return array.astype(dtype)


def check_fit(owner: str, value: np.ndarray, shape: Sequence[int]) -> None:
    """Raise ValueError unless an array can be broadcast to a shape, its last axis to the last."""
    sizes = zip(value.shape[::-1], tuple(shape)[::-1], strict=False)
    if value.ndim > len(shape) or any(one not in (1, other) for one, other in sizes):
        raise ValueError(
            f"{owner}: a `value` of shape {value.shape} does not fit. Expected `shape` to be {value.shape}, or one to "
            f"which it can be broadcast. Received: shape={tuple(shape)}"
        )
