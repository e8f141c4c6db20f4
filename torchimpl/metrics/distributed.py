"""The result of a metric over all processes of a run on `torch.distributed`."""

import copy
import io
import re
from datetime import timedelta

import numpy as np
import torch
from torch import distributed

from torchimpl._config import check_number, described
from torchimpl.metrics.base import Metric

WHO = "*"  # no name of a state


def result_over_ranks(metric, group=None, timeout=300.0):
    """Return the result over the batches of all processes of a group. The metric keeps its own states.

    All processes of the group must call it, each with its own metric of one class and config; they all get the same.
    The states travel, not the batches: it does not matter how many batches a process has seen, or whether it has seen
    any. Where `torch.distributed` has not been initialized, this process is the only one. A metric that is a part of a
    model in `DistributedDataParallel` needs its `broadcast_buffers=False`: else all processes hold the states of one.

    Args:
        metric: a metric, which may hold others.
        group: a process group, gloo or nccl; None for all processes.
        timeout: how many seconds to wait for the slowest process, > 0.

    Returns:
        What `metric.result()` would be, had this metric seen all batches.

    Raises:
        RuntimeError: a process has ended, or did not answer in time. The group cannot be used any more.
        ValueError: metric is none, or the processes hold metrics that differ.
    """
    if not isinstance(metric, Metric):
        raise ValueError(f"result_over_ranks: argument `metric` must be a metric. Received: metric={metric!r}")
    check_number("result_over_ranks", "timeout", timeout, above=0)
    if not distributed.is_initialized():
        return metric.result()
    who = identity(metric)
    device = "cpu"
    if "nccl" in distributed.get_backend(group):
        device = next((state.device for state in metric.variables if state.is_cuda), "cuda")
    sent = packed({WHO: np.array(who), **metric.get_state()})
    states = [unpacked(part) for part in gather(sent, device, group, timeout)]
    others = {str(state.pop(WHO)) for state in states}
    if others != {who}:
        raise ValueError(f"result_over_ranks: expected one metric in all processes. Received: {sorted(others)}")
    nothing = {name: np.zeros_like(value) for state in states for name, value in state.items()}
    whole = copy.deepcopy(metric)
    whole.set_state(nothing)
    for state in states:
        whole._add_states({**nothing, **state})
    return whole.result()


def identity(metric):
    """Say the class and the arguments of a metric, but not its name, nor where in memory its function is."""
    arguments = re.sub(r"""\bname=('(\\.|[^'\\])*'|"(\\.|[^"\\])*")(, )?""", "", described(metric))
    return f"{type(metric).__name__}({re.sub(' at 0x[0-9a-f]+', '', arguments)})"


def packed(arrays):
    """Write arrays as bytes, without pickle: what another process sends is data."""
    file = io.BytesIO()
    np.savez(file, **{f".{name}": array for name, array in arrays.items()})  # which has an argument of its own
    return np.frombuffer(file.getvalue(), np.uint8)


def unpacked(data):
    """Read arrays from bytes."""
    with np.load(io.BytesIO(data.tobytes()), allow_pickle=False) as arrays:
        return {name.removeprefix("."): array for name, array in arrays.items()}


def gather(data, device, group, timeout):
    """Return the bytes of each process, in the order of their ranks; they travel from device to device."""
    sizes = all_gather(torch.tensor([len(data)], device=device), group, timeout)
    padded = np.zeros(max(map(int, sizes)), np.uint8)
    padded[: len(data)] = data
    parts = all_gather(torch.from_numpy(padded).to(device), group, timeout)
    return [part.cpu().numpy()[: int(size)] for part, size in zip(parts, sizes, strict=True)]


def all_gather(tensor, group, timeout):
    """Return the tensor of each process; raise RuntimeError if one does not send it in time."""
    parts = [torch.empty_like(tensor) for _ in range(distributed.get_world_size(group))]
    try:
        work = distributed.all_gather(parts, tensor, group=group, async_op=True)
        work.wait(timedelta(seconds=timeout))
    except RuntimeError as error:
        raise RuntimeError(
            f"result_over_ranks: a process of the group has ended, or did not answer within {timeout:g} seconds. "
            "All processes must call it; give a longer timeout to slow ones."
        ) from error
    return parts
