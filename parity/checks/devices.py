"""Devices: what comes in on one goes out on it, and no value is looked at on the way.

PyTorch's "meta" has shapes and no values: there, to make a tensor on another device is an error, and so is whatever
would let a GPU wait for an answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.subject import build, caller, differentiable, tensors_of
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError

ELSEWHERE = "meta"


def possible() -> bool:
    """Whether PyTorch is there."""
    return any(isinstance(side, bridge.Torch) for side in bridge.sides())


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    batches: Sequence[Mapping[str, np.ndarray]] | None = None,
    **_: Any,
) -> Measurement:
    """Let PyTorch compute on a device without values, with tensors there, or lists beside the tensor that counts.

    Raises:
        ParityError: something comes out on another device, in another shape or dtype than on the CPU, or an operation
            was given tensors of two devices, or asked for a value.
    """
    found = Measurement()
    for side in bridge.sides():
        if not isinstance(side, bridge.Torch):
            continue
        here, there = (_at(side, device, entry, config, inputs or {}, batches or []) for device in ("cpu", ELSEWHERE))
        for one, other in zip(here, there, strict=True):
            if other.device.type != ELSEWHERE:
                raise ParityError(f"{entry.name} in torch: given {ELSEWHERE} tensors, gives one on {other.device}")
            if (one.shape, one.dtype) != (other.shape, other.dtype):
                raise ParityError(
                    f"{entry.name} in torch: {tuple(one.shape)} of {one.dtype} on the CPU, {tuple(other.shape)} of "
                    f"{other.dtype} on {ELSEWHERE}"
                )
        found.add("device", 0.0, len(there))
    return found


def _at(
    side: bridge.Torch, device: str, entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], batches: Any
) -> list[Any]:
    """All tensors that come out on a device: results, gradients, states."""
    try:
        if entry.streams:
            metric = build(side, entry, config).to(device)
            for batch in batches:
                metric.update_state(**_given(side, device, batch))
            return [metric.result(), *metric.buffers()]
        function = caller(side, entry, config, inputs)
        if entry.family == "initializers":
            return [side.on(device, function)]
        wrt = differentiable(entry, config, inputs)
        tensors = _given(side, device, tensors_of(inputs), wrt)
        value = function(**tensors)
        return [value, *side.torch.autograd.grad(value.sum(), [tensors[key] for key in wrt])] if wrt else [value]
    except (RuntimeError, NotImplementedError) as error:
        raise ParityError(f"{entry.name} in torch, on {device}: {error}") from error


def _given(
    side: bridge.Torch, device: str, arrays: Mapping[str, np.ndarray], wrt: Sequence[str] = ()
) -> dict[str, Any]:
    """Tensors on a device; in one case of two only those that say which device it is, and lists for the rest."""
    leading = {"y_pred", *wrt} & set(arrays) or {next(iter(arrays))}
    lists = sum(array.size for array in arrays.values()) % 2
    return {
        key: array.tolist()
        if lists and key not in leading and array.size
        else side.tensor(array).to(device).requires_grad_(key in wrt)
        for key, array in arrays.items()
    }
