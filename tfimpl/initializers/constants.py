"""Initializers whose values are known beforehand."""

import math

import numpy as np
import tensorflow as tf

from tfimpl._config import check_boolean, check_choice, check_number
from tfimpl.initializers._fans import DTYPES, check_fit, check_value, fit_value
from tfimpl.initializers._windows import check_window, window_values
from tfimpl.initializers.base import KernelInitializer


class Constant(KernelInitializer):
    """One value everywhere.

    Args:
        value: number, or array or nested list of numbers that can be broadcast to the shape that is asked for, the axes
            in Keras's order (the config keeps it as a list). For an integer dtype the fraction is cut off.

    Raises:
        ValueError: value is neither, or, at the call, does not fit the shape or the dtype.
    """

    dtypes = DTYPES

    def __init__(self, value=0.0):
        self.value = check_value(type(self).__name__, value)

    def draw(self, shape, dtype):
        owner = type(self).__name__
        value = fit_value(owner, "value", self.value, dtype)
        check_fit(owner, value, shape)
        return tf.broadcast_to(tf.cast(value, dtype), shape)

    def get_config(self):
        """Return the constructor's arguments, each with the value it had."""
        value = self.value.tolist() if isinstance(self.value, np.ndarray) else self.value
        return {**super().get_config(), "value": value}


class Zeros(KernelInitializer):
    """0 everywhere."""

    dtypes = DTYPES

    def draw(self, shape, dtype):
        return tf.zeros(shape, dtype)


class Ones(KernelInitializer):
    """1 everywhere."""

    dtypes = DTYPES

    def draw(self, shape, dtype):
        return tf.ones(shape, dtype)


class Identity(KernelInitializer):
    """`gain` on the main diagonal of a matrix, 0 elsewhere.

    Args:
        gain: finite number.

    Raises:
        ValueError: gain is no such number, or, at the call, the shape is not that of a matrix, or gain does not fit
            the dtype.
    """

    dtypes = DTYPES

    def __init__(self, gain=1.0):
        self.gain = check_number(type(self).__name__, "gain", gain)

    def draw(self, shape, dtype):
        owner = type(self).__name__
        if len(shape) != 2:
            raise ValueError(f"{owner}: argument `shape` must have two axes. Received: shape={tuple(shape)}")
        gain = tf.cast(fit_value(owner, "gain", self.gain, dtype), dtype)
        return tf.where(tf.eye(*shape, dtype=tf.bool), gain, tf.zeros(shape, dtype))


class STFT(KernelInitializer):
    """The kernel of a convolution that computes one part of a short-time Fourier transform.

    `window[t] * cos(-2 * pi * t * k / (2 * (bins - 1)))`, or the sine, at `[t, 0, k]` of shape `(length, 1, bins)`:
    frame by frame, the parts of the coefficients for `bins` frequencies from 0 to half the sampling rate.

    Args:
        side: "real" for the cosines, "imag" for the sines.
        window: name of one of SciPy's windows that need no argument ("hann", "hamming", "blackman", "tukey", ...),
            list of `length` numbers, or None for no window.
        scaling: "density" to divide the window by the root of the sum of its squares, "spectrum" by the sum of its
            magnitudes, None for neither.
        periodic: whether a window with a name goes on periodically after its last value, or is symmetric.

    Raises:
        ValueError: an argument is none of these, or, at the call, the shape is not `(length, 1, bins)` with at least
            two bins, or a window of numbers has another length.

    Source: Allen and Rabiner (1977), "A Unified Approach to Short-Time Fourier Analysis and Synthesis".
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        owner = type(self).__name__
        self.side = check_choice(owner, "side", side, ("real", "imag"))
        self.window = check_window(owner, window)
        self.scaling = None if scaling is None else check_choice(owner, "scaling", scaling, ("density", "spectrum"))
        self.periodic = check_boolean(owner, "periodic", periodic)

    def draw(self, shape, dtype):
        owner = type(self).__name__
        if len(shape) != 3 or shape[1] != 1 or shape[2] < 2:
            raise ValueError(
                f"{owner}: argument `shape` must be (length, 1, bins) with at least two bins, in the order of Keras. "
                f"Received: shape={tuple(shape)}"
            )
        length, _, bins = shape
        # In whole steps, at most half a turn either way: no digits of the angle are lost to the turns before it.
        steps = (np.outer(np.arange(length), np.arange(bins)) + bins - 1) % (2 * (bins - 1)) - (bins - 1)
        angle = tf.constant(-math.pi / (bins - 1) * steps, tf.float64)
        kernel = tf.cos(angle) if self.side == "real" else tf.sin(angle)
        if self.window is not None:
            window = tf.constant(window_values(owner, self.window, length, self.periodic), tf.float64)
            if self.scaling == "density":
                window /= tf.sqrt(tf.reduce_sum(tf.square(window)))
            elif self.scaling == "spectrum":
                window /= tf.reduce_sum(tf.abs(window))
            kernel *= window[:, None]
        return tf.cast(kernel[:, None, :], dtype)
