"""Runs pairs of snippets, and asserts their verdicts."""

import warnings
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
import torch

import torchimpl
from parity.phrases import NONE, SAME, Prelude, Row
from parity.tolerance import ParityError, compare, same_bits


class Refusal(NamedTuple):
    """A snippet that raised."""

    kind: str


class Executed(NamedTuple):
    """A row with what its snippets gave."""

    row: Row
    tensorflow: Any
    pytorch: Any
    instead: Any


def execute(row: Row, prelude: Prelude) -> Executed:
    """Run the snippets of a row.

    Raises:
        ParityError: the verdict does not hold, or what is said to be the same instead is not.
    """
    found = _run(row.tensorflow, prelude.tensorflow, tf=tf, keras=keras)
    other = _run(row.pytorch, prelude.pytorch, torch=torch, torchimpl=torchimpl)
    if row.verdict == NONE:
        holds = isinstance(other, Refusal)
    else:
        holds = _same(row, found, other) == (row.verdict == SAME)
    if not holds:
        raise ParityError(
            f"{row.topic}: the verdict {row.verdict!r} does not hold: TensorFlow {show(found)}, PyTorch {show(other)}"
        )
    if not row.instead:
        return Executed(row, found, other, None)
    instead = _run(row.instead, prelude.pytorch, torch=torch, torchimpl=torchimpl)
    # What stands in for a thing that PyTorch lacks may be no tensor.
    if not (_plain(instead) == _plain(found) if row.verdict == NONE else _same(row, found, instead)):
        raise ParityError(f"{row.topic}: TensorFlow gives {show(found)}, what is said instead {show(instead)}")
    return Executed(row, found, other, instead)


def show(result: Any) -> str:
    """A result in one line: numbers with their dtype, or what was raised."""
    if isinstance(result, Refusal):
        return f"raises {result.kind}"
    if isinstance(result, np.ndarray):
        numbers = " ".join(np.array2string(result, separator=", ").split())
        return f"{numbers.replace('[ ', '[')} {result.dtype}"
    return repr(result)


def _run(code: str, prelude: str, **modules: Any) -> Any:
    scope = {"np": np, **modules}
    *lines, last = code.split("\n")
    exec(prelude, scope)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is a prototype, or will be otherwise in a later version
            exec("\n".join(lines), scope)
            value = eval(last, scope)
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError, tf.errors.InvalidArgumentError) as error:
        return Refusal(type(error).__name__)
    if isinstance(value, torch.Tensor):
        return value.detach().numpy()
    if isinstance(value, keras.Variable):
        value = value.value
    if isinstance(value, np.ndarray) or tf.is_tensor(value) or isinstance(value, tf.Variable):
        value = value.numpy() if hasattr(value, "numpy") else value
        return value if isinstance(value, bytes) else np.asarray(value)
    return value


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _same(row: Row, one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        try:
            if row.units:
                expected = one.astype(np.longdouble)
                size = np.full(one.shape, np.abs(expected).max())
                compare(row.topic, other, expected, size, dtype=str(one.dtype), units=row.units)
            else:
                same_bits(row.topic, one, other)
        except ParityError:
            return False
        return True
    if isinstance(one, Refusal) or isinstance(other, Refusal):
        return isinstance(one, Refusal) and isinstance(other, Refusal)
    return bool(one == other)
