"""Losses: memory at the peak of a call in inference, in bytes for each byte of the inputs.

TensorFlow counts what it allocates, and PyTorch's profiler lists it.
"""

from functools import partial
from itertools import accumulate

import keras
import torch
from torch.profiler import ProfilerActivity, profile

import torchimpl
from benchmarks.case import Row
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, loss_inputs, torch_value
from benchmarks.losses import LOSSES

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

SIZE = 10**6  # elements
TWICE = 2
ROUNDED = "tensors of twice the size of the inputs, which TensorFlow's allocator rounds up"
REMARKS = dict.fromkeys(("BinaryFocalCrossentropy", "SparseCategoricalCrossentropy"), ROUNDED) if ON_TENSORFLOW else {}
LARGER = {
    "Circle": "distances between all pairs of samples",
    "CTC": "a row of states for each step",
}


def rows(wanted, size=SIZE):
    """Yield a row for each loss that is wanted."""
    for loss in LOSSES:
        if not wanted(f"memory.{loss.name} "):
            continue
        y_true, y_pred = loss_inputs(loss.kind, size)
        inputs = y_true.nbytes + y_pred.nbytes
        packages = {KERAS: keras.losses, "tfimpl" if ON_TENSORFLOW else "torchimpl": None}
        packages = {
            name: module or (tfimpl if ON_TENSORFLOW else torchimpl).losses for name, module in packages.items()
        }
        convert = tf.constant if ON_TENSORFLOW else torch.from_numpy
        y_true, y_pred = convert(y_true), convert(y_pred)
        peaks = {}
        for name, module in packages.items():
            if hasattr(module, loss.title):
                of = getattr(module, loss.title)(**loss.options)
                call = torch_value(partial(of, y_true), y_pred)
                call()
                peaks[name] = peak(call) / inputs
        (ours,) = (name for name in peaks if name != KERAS)
        than = f"{KERAS}: {peaks[KERAS]:.2f}" if KERAS in peaks else ""
        value, most = peaks[ours], None if loss.title in LARGER else TWICE
        yield Row(
            "memory",
            loss.name,
            f"{size:,}",
            ours,
            than,
            value,
            value,
            value,
            "inputs",
            most,
            LARGER.get(loss.title, "") or (REMARKS.get(loss.title, "") if value > TWICE else ""),
        )


def peak(call):
    """Return how many bytes are in use at the peak of a call beyond those before it."""
    if ON_TENSORFLOW:
        tf.config.experimental.reset_memory_stats("CPU:0")
        before = tf.config.experimental.get_memory_info("CPU:0")["current"]
        call()
        return tf.config.experimental.get_memory_info("CPU:0")["peak"] - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        call()
    events = [event for event in profiled.profiler.kineto_results.events() if event.name() == "[memory]"]
    return max(accumulate(event.nbytes() for event in sorted(events, key=lambda event: event.start_ns())), default=0)
