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
from parity.tolerance import Measurement, ParityError, same_bits

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

    A metric also goes on there with states of the CPU and with lists alone: its states stay where it is; and one that
    is made there gets its numbers elsewhere.

    Raises:
        ParityError: something comes out on another device, in another shape or dtype than on the CPU, or an operation
            was given tensors of two devices, or asked for a value.
    """
    found = Measurement()
    here, there = (
        _at(bridge.Torch(device), entry, config, inputs or {}, batches or []) for device in ("cpu", ELSEWHERE)
    )
    for one, other in zip(here, there, strict=True):
        if other.device.type != ELSEWHERE:
            raise ParityError(f"{entry.name} in torch: given {ELSEWHERE} tensors, gives one on {other.device}")
        if (one.shape, one.dtype) != (other.shape, other.dtype):
            raise ParityError(
                f"{entry.name} in torch: {tuple(one.shape)} of {one.dtype} on the CPU, {tuple(other.shape)} of "
                f"{other.dtype} on {ELSEWHERE}"
            )
    found.add("device", 0.0, len(there))
    if entry.streams:
        _made_there(entry, config, batches or [])
    return found


def _made_there(entry: Entry, config: Mapping[str, Any], batches: Sequence[Mapping[str, np.ndarray]]) -> None:
    """A metric that is made where there are no values, and then given memory and values, is like any other."""
    side, elsewhere = bridge.Torch(), bridge.Torch(ELSEWHERE)
    made = elsewhere.placing(lambda: build(elsewhere, entry, config))()
    made.to_empty(device=side.device).reset_parameters()
    side.update(made, batches)
    same_bits(
        f"{entry.name} in torch, made on {ELSEWHERE}", side.compute(made), side.compute(_seen(entry, config, batches))
    )


def _at(
    side: bridge.Torch, entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], batches: Any
) -> list[Any]:
    """All tensors that come out on a device: results, gradients, states."""
    try:
        if entry.streams:
            return _of_stream(side, entry, config, batches)
        function = caller(side, entry, config, inputs)
        if entry.family == "initializers":
            return [function()]
        wrt = differentiable(entry, config, inputs)
        tensors = _given(side, tensors_of(inputs), wrt)
        value = function(**tensors)
        return [value, *side.torch.autograd.grad(value.sum(), [tensors[key] for key in wrt])] if wrt else [value]
    except (RuntimeError, NotImplementedError) as error:
        raise ParityError(f"{entry.name} in torch, on {side.device}: {error}") from error


def _of_stream(side: bridge.Torch, entry: Entry, config: Mapping[str, Any], batches: Any) -> list[Any]:
    """The results and states of a metric, and of one that goes on from the CPU with what is no tensor."""
    metric, heir = (build(side, entry, config) for _ in range(2))
    at_first = metric.result()
    for batch in batches:
        metric.update_state(**_given(side, batch))
    heir.set_state(_seen(entry, config, batches).get_state())
    loaded = [*heir.buffers()]
    for batch in batches:
        if all(array.size for array in batch.values()):
            heir.update_state(**{key: array.tolist() for key, array in batch.items()})
    return [at_first, metric.result(), *metric.buffers(), *loaded, heir.result(), *heir.buffers()]


def _seen(entry: Entry, config: Mapping[str, Any], batches: Any) -> Any:
    """A metric on the CPU that has seen the batches."""
    side = bridge.Torch()
    metric = build(side, entry, config)
    side.update(metric, batches)
    return metric


def _given(side: bridge.Torch, arrays: Mapping[str, np.ndarray], wrt: Sequence[str] = ()) -> dict[str, Any]:
    """Tensors of a device; in one case of two only those that say which device it is, and lists for the rest."""
    leading = {"y_pred", *wrt} & set(arrays) or {next(iter(arrays))}
    lists = sum(array.size for array in arrays.values()) % 2
    return {
        key: array.tolist()
        if lists and key not in leading and array.size
        else side.tensor(array).requires_grad_(key in wrt)
        for key, array in arrays.items()
    }
