"""Values and gradients: TensorFlow, PyTorch and the reference, each against the others, in every mode."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import Expected, caller, differentiable, expect, stay_within, tensors_of
from parity.registry.entry import Entry
from parity.tolerance import Measurement, compare, informative, same_bits

IN_LISTS = (np.float32, np.int32, np.int64)  # what a list of numbers becomes, or what is as good
LISTED = 2**10  # numbers; longer lists take longer than all else


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    inputs: Mapping[str, Any],
    modes: tuple[str, ...] = (),
    fault: Fault = NONE,
) -> Measurement:
    """Compare values and gradients of one call.

    Args:
        modes: the compiled modes to compare; none means eager execution.

    Raises:
        ParityError: two of the witnesses disagree.
    """
    found = Measurement()
    wrt = differentiable(entry, config, inputs)
    expected = expect(entry, config, inputs, wrt, bridge.cotangent)
    eager: dict[str, tuple[np.ndarray, dict[str, np.ndarray]]] = {}
    for side in bridge.sides():
        for mode in [mode for mode in side.modes if mode in (modes or (bridge.EAGER,))]:
            given = fault.inputs(side.name, inputs)
            function = caller(side, entry, config, given)
            value, gradients = side.call(function, tensors_of(given), wrt, mode)
            value = fault.output(side.name, value, expected, entry.tolerance.value)
            gradients = {key: fault.gradient(side.name, item) for key, item in gradients.items()}
            where = side.name if mode == bridge.EAGER else f"{side.name} ({mode})"
            found.merge(_against_reference(entry, where, value, gradients, expected))
            if mode == bridge.EAGER:
                eager[side.name] = value, gradients
                _other_forms(f"{entry.name} value in {side.name}", side, function, tensors_of(inputs), value)
    if len(eager) == 2:
        _against_each_other(entry, eager, expected)
    return found


def _other_forms(
    what: str, side: bridge.Side, function: Callable[..., Any], arrays: Mapping[str, np.ndarray], value: np.ndarray
) -> None:
    """Whole numbers are what they are as floats, and a tensor can be given in other forms."""
    if not arrays or any(array.dtype not in IN_LISTS for array in arrays.values()):
        return
    if not all(0 < array.size <= LISTED for array in arrays.values()):
        return
    whole = {key: np.trunc(np.nan_to_num(array).clip(-99, 99)) for key, array in arrays.items()}
    as_floats, as_integers = (
        {key: side.tensor(array.astype(dtype)) for key, array in whole.items()} for dtype in (np.float32, np.int32)
    )
    answer = function(**as_integers)
    if answer is as_integers.get("x"):
        return  # the identity returns what it got
    if bridge.device() == "cpu":  # where what is no tensor is computed
        again = side.array(function(**other_forms(side, arrays)))
        same_bits(f"{what}, tensors and other forms of them", value, again)
    results = side.array(function(**as_floats)), side.array(answer)
    same_bits(f"{what}, whole numbers as floats and as integers", *results)


def other_forms(side: bridge.Side, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The same numbers as lists, as arrays that are walked backwards, or as lists of a tensor and lists."""
    form = sum(array.size for array in arrays.values()) % 3

    def of(array: np.ndarray) -> Any:
        if form == 0 or not array.ndim:
            return array.tolist()
        return np.flip(np.flip(array).copy()) if form == 1 else [side.tensor(array[0]), *array[1:].tolist()]

    return {key: of(array) for key, array in arrays.items()}


def _against_reference(
    entry: Entry, where: str, value: np.ndarray, gradients: Mapping[str, np.ndarray], expected: Expected
) -> Measurement:
    found = Measurement()
    stay_within(f"{entry.name} value in {where}", entry, value)
    units = compare(
        f"{entry.name} value in {where}",
        value,
        expected.value,
        expected.scale,
        dtype=expected.dtype,
        units=entry.tolerance.of_value(expected.dtype),
    )
    found.add("value", units, value.size if entry.zero else informative(value))
    for key, gradient in gradients.items():
        reference, scale = expected.gradients[key]
        units = compare(
            f"{entry.name} gradient of {key} in {where}",
            gradient,
            reference,
            scale,
            dtype=expected.gradient_dtypes[key],
            units=entry.tolerance.of_gradient(expected.gradient_dtypes[key]),
            passed_through=expected.passed_through,
        )
        found.add("gradient", units, informative(gradient))
    return found


def _against_each_other(entry: Entry, eager: Mapping[str, Any], expected: Expected) -> None:
    (value, gradients), (other, other_gradients) = eager["tf"], eager["torch"]
    if entry.exact and expected.dtype not in entry.inexact_dtypes:
        same_bits(f"{entry.name} value, tf and torch", value, other, flushed=True)
        return
    compare(
        f"{entry.name} value in tf, with torch as the reference",
        value,
        other.astype(np.longdouble),
        expected.scale,
        dtype=expected.dtype,
        units=entry.tolerance.of_value(expected.dtype),
    )
    for key, gradient in gradients.items():
        compare(
            f"{entry.name} gradient of {key} in tf, with torch as the reference",
            gradient,
            other_gradients[key].astype(np.longdouble),
            expected.gradients[key][1],
            dtype=expected.gradient_dtypes[key],
            units=entry.tolerance.of_gradient(expected.gradient_dtypes[key]),
            passed_through=expected.passed_through,
        )
