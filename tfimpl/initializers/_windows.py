"""Windows for short-time Fourier transforms, in NumPy: this file stands unchanged in `tfimpl` and `torchimpl`.

Names and values are those of `scipy.signal.get_window` for the windows that need no argument.

Source: Harris (1978), "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform"; Nuttall
(1981), "Some Windows with Very Good Sidelobe Behavior"; Taylor (1955), "Design of Line-Source Antennas for Narrow
Beamwidth and Low Side Lobes".
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._config import check_number


def check_window(owner: str, value: Any) -> str | list[float] | None:
    """Return the name of a window, or its values as a list, or None; raise ValueError for anything else."""
    if value is None or (isinstance(value, str) and value in NAMES):
        return value
    given = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(given, list | tuple):
        return [check_number(owner, "window", item) for item in given]
    raise ValueError(
        f"{owner}: argument `window` must be a list of numbers, None, or one of {sorted(NAMES)}. "
        f"Received: window={value!r}"
    )


def window_values(owner: str, window: str | list[float], length: int, periodic: bool) -> np.ndarray:
    """Return the values of a window, given by name or as a list, in float64; raise ValueError if a list is no match."""
    values = named_window(window, length, periodic) if isinstance(window, str) else np.array(window, np.float64)
    if len(values) != length:
        raise ValueError(
            f"{owner}: `window` has {len(values)} values, expected one for each of the {length} of a frame, the first "
            "axis of `shape`."
        )
    return values


def named_window(name: str, length: int, periodic: bool) -> np.ndarray:
    """Return the values of a window, in float64.

    Args:
        name: one of NAMES.
        length: how many values.
        periodic: whether they are the first of a window that is longer by one.
    """
    if length < 2:
        return np.ones(length)
    size = length + periodic
    # From -1 to 1, the middle at 0: each window is even in it.
    place = (2 * np.arange(size) - (size - 1)) / (size - 1)
    return NAMES[name](place)[:length]


def cosines(*terms: float) -> Callable[[np.ndarray], np.ndarray]:
    """A window that is a sum of cosines of whole numbers of turns."""
    return lambda place: sum(term * np.cos(k * math.pi * place) for k, term in enumerate(terms))


def triangular(place: np.ndarray) -> np.ndarray:
    # A Bartlett window whose zeros lie outside: one step off if the number of values is odd, else half a step.
    size = len(place)
    return 1 - np.abs(place) * (size - 1) / (size + size % 2)


def bohman(place: np.ndarray) -> np.ndarray:
    size = np.abs(place)
    inside = (1 - size) * np.cos(math.pi * size) + np.sin(math.pi * size) / math.pi
    return np.where(size < 1, inside, 0.0)


def parzen(place: np.ndarray) -> np.ndarray:
    size = np.abs(place) * (len(place) - 1) / len(place)
    return np.where(size <= 0.5, 1 - 6 * size**2 * (1 - size), 2 * (1 - size) ** 3)


def tukey(place: np.ndarray) -> np.ndarray:
    size = np.abs(place)
    return np.where(size <= 0.5, 1.0, (1 + np.cos(math.pi * (2 * size - 1))) / 2)


def taylor(place: np.ndarray, terms: int = 4, level: float = 30.0) -> np.ndarray:
    decay = math.acosh(10 ** (level / 20)) / math.pi
    spread = terms**2 / (decay**2 + (terms - 0.5) ** 2)
    weights = []
    for m in range(1, terms):
        top = math.prod(1 - m**2 / spread / (decay**2 + (k - 0.5) ** 2) for k in range(1, terms))
        bottom = 2 * math.prod(1 - m**2 / k**2 for k in range(1, terms) if k != m)
        weights.append((-1) ** (m + 1) * top / bottom)
    places = place * (len(place) - 1) / len(place)
    values = cosines(1, *(2 * weight for weight in weights))
    return values(places) / values(np.zeros(1))


NAMES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "barthann": lambda place: 0.62 - 0.24 * np.abs(place) + 0.38 * np.cos(math.pi * place),
    "bartlett": lambda place: 1 - np.abs(place),
    "blackman": cosines(0.42, 0.5, 0.08),
    "blackmanharris": cosines(0.35875, 0.48829, 0.14128, 0.01168),
    "bohman": bohman,
    "boxcar": np.ones_like,
    "cosine": lambda place: np.cos(math.pi / 2 * place * (len(place) - 1) / len(place)),
    "exponential": lambda place: np.exp(-np.abs(place) * (len(place) - 1) / 2),
    "flattop": cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
    "hamming": cosines(0.54, 0.46),
    "hann": cosines(0.5, 0.5),
    "lanczos": np.sinc,
    "nuttall": cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "parzen": parzen,
    "taylor": taylor,
    "triang": triangular,
    "tukey": tukey,
}
NAMES.update(
    {
        alias: NAMES[name]
        for name, aliases in {
            "barthann": "brthan bth",
            "bartlett": "bart brt",
            "blackman": "black blk",
            "blackmanharris": "blackharr bkh",
            "bohman": "bman bmn",
            "boxcar": "box ones rect rectangular",
            "cosine": "halfcosine",
            "exponential": "poisson",
            "flattop": "flat flt",
            "hamming": "hamm ham",
            "hann": "han",
            "lanczos": "sinc",
            "nuttall": "nutl nut",
            "parzen": "parz par",
            "taylor": "taylorwin",
            "triang": "triangle tri",
            "tukey": "tuk",
        }.items()
        for alias in aliases.split()
    }
)
