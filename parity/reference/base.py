"""What a reference returns, how its scale is meant, and the few array rules that families share.

The scale of a value says what an honest implementation may be off by, in units of eps. The rules for it:

* Inputs are exact. A step that moves the result by no more than some eps of its own size (a product, a quotient, a
  root, one rounding of a difference that is then squared) is inside the small factor k of the tolerance.
* Where terms are added, the scale is the sum of their sizes; where they do not cancel, that is the size of the value.
* An intermediate that every implementation must round, and whose rounding moves the result by more than eps of the
  result, adds what it does. These are named where they occur.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

Gradients = dict[str, tuple[np.ndarray, np.ndarray]]

# Infinities, NaN and divisions by zero are wanted: they follow IEEE arithmetic, without warnings.
quiet = np.errstate(all="ignore")


class Reference(NamedTuple):
    """A value, the scale of its error, and the vector-Jacobian product.

    Args:
        value: the result.
        scale: array of the same shape, finite and not negative; a result may be off by `k * eps(dtype) * scale`. Zero
            where the value is NaN or infinite.
        pullback: cotangent (shape of the value) -> {input name: (gradient, scale)}, or None where no gradient is
            compared. The scale depends on the size of the cotangent alone, and grows in proportion with it.
        counted: for a loss per sample, which of them count at all, as a mask would say it; None for all.
    """

    value: np.ndarray
    scale: np.ndarray
    pullback: Callable[[Any], Gradients] | None
    counted: np.ndarray | None = None


def wide(*arrays: Any) -> list[np.ndarray]:
    """All arrays as np.longdouble; as np.float64 where those that are floats are float64."""
    made = [np.asarray(array) for array in arrays]
    floats = [array.dtype for array in made if array.dtype.kind not in "biu"]
    kind = np.float64 if floats and all(dtype == np.float64 for dtype in floats) else np.longdouble
    return [array.astype(kind) for array in made]


@quiet
def settled(value: Any, scale: Any) -> tuple[np.ndarray, np.ndarray]:
    """Value and scale as arrays of one shape; no scale where the value is not finite."""
    value, scale = np.asarray(value), np.asarray(scale)
    return value, np.where(np.isfinite(value), scale, 0)


def match_ranks(y_true: Any, y_pred: Any) -> list[np.ndarray]:
    """Match ranks as Keras does; y_true takes the float type of y_pred.

    Where ranks differ by 1 and the longer shape ends in 1, a partner of rank 1 is expanded, else the longer is
    squeezed.

    Raises:
        ValueError: the shapes still differ; they are never broadcast.
    """
    true, pred = wide(y_true, y_pred)
    if pred.ndim - true.ndim == 1 and pred.shape[-1] == 1:
        true, pred = (true[..., None], pred) if true.ndim == 1 else (true, pred[..., 0])
    elif true.ndim - pred.ndim == 1 and true.shape[-1] == 1:
        true, pred = (true, pred[..., None]) if pred.ndim == 1 else (true[..., 0], pred)
    if true.shape != pred.shape:
        raise ValueError(f"y_true has shape {np.shape(y_true)}, y_pred {np.shape(y_pred)}: they are never broadcast")
    return [true, pred]


def lead(part: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Give weights or a mask the rank of the values: their axes are the leading ones of the values.

    Missing trailing axes are appended, one extra trailing axis of size 1 is squeezed.

    Raises:
        ValueError: an axis is neither 1 nor that of the values.
    """
    array = np.asarray(part)
    if array.ndim == len(shape) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    array = array.reshape(array.shape + (1,) * (len(shape) - array.ndim))
    if array.ndim != len(shape) or not all(array.shape[i] in (1, shape[i]) for i in range(array.ndim)):
        raise ValueError(f"{name} has shape {np.shape(part)}, which does not fit values of shape {shape}")
    return array


@quiet
def erfc(z: np.ndarray) -> np.ndarray:
    """The complementary error function: its series where that converges fast, its continued fraction farther out."""
    size, root = np.abs(z), np.sqrt(np.arccos(z.dtype.type(-1)))
    upper = np.where(np.isnan(z), z, np.zeros_like(z))
    # erf(z) = 2 / sqrt(pi) * exp(-z**2) * (z + 2 z**3 / 3 + 4 z**5 / 15 + ...), terms of one sign
    near = size[size < 2]
    term, total = near, near
    for n in range(1, 60):
        term = term * (2 * near * near / (2 * n + 1))
        total = total + term
        if not (term > total * np.finfo(z.dtype).eps / 8).any():
            break
    upper[size < 2] = 1 - 2 / root * np.exp(-near * near) * total
    # erfc(z) = exp(-z**2) / sqrt(pi) / (z + 1/2 / (z + 1 / (z + 3/2 / (z + ...)))); 0 beyond 150
    within = (size >= 2) & (size < 150)
    far = size[within]
    fraction = far
    for n in range(100, 0, -1):
        fraction = far + z.dtype.type(n) / 2 / fraction
    upper[within] = np.exp(-far * far) / root / fraction
    return np.where(z < 0, 2 - upper, upper)


@quiet
def quantize(array: Any, dtype: str) -> np.ndarray:
    """Round once to float16, bfloat16, float32 or float64 (to nearest, ties to even), and give np.longdouble back."""
    array = np.asarray(array)
    if dtype in ("float32", "float64"):
        return array.astype(dtype).astype(np.longdouble)
    # Towards a half type NumPy goes through an intermediate type and would round twice. So the intermediate float32 is
    # rounded to odd: of the two neighbours it is the one with an odd last bit, which the second rounding never
    # mistakes for a tie.
    near = np.asarray(array.astype(np.float32))
    back = near.astype(np.longdouble)
    missed = (back != array) & np.isfinite(array) & (near.view(np.uint32) % 2 == 0)
    other = np.nextafter(near, np.where(back < array, np.inf, -np.inf).astype(np.float32))
    odd = np.where(missed, other, near)
    half = np.dtype(ml_dtypes.bfloat16) if dtype == "bfloat16" else np.dtype(dtype)
    return odd.astype(half).astype(np.longdouble)
