"""Losses: memory at the peak of a call in inference, in bytes for each byte of the inputs.

TensorFlow counts what it allocates; of PyTorch Linux tells: the peak of the process is set back before a call, and read
after it. The inputs are large enough for each tensor to be a mapping of its own, which is given back at once.
"""

from functools import partial

import keras
import torch

import torchimpl
from benchmarks.case import Row
from benchmarks.frameworks import KERAS, ON_TENSORFLOW, loss_inputs, torch_value
from benchmarks.losses import LOSSES

if ON_TENSORFLOW:
    import tensorflow as tf

    import tfimpl

SIZE = 16 * 10**6  # elements
TWICE = 2
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
            LARGER.get(loss.title, ""),
        )


def peak(call):
    """Return how many bytes are in use at the peak of a call beyond those before it."""
    if ON_TENSORFLOW:
        tf.config.experimental.reset_memory_stats("CPU:0")
        before = tf.config.experimental.get_memory_info("CPU:0")["current"]
        call()
        return tf.config.experimental.get_memory_info("CPU:0")["peak"] - before
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # sets the peak back to what is in use
    before = _status("VmRSS")
    call()
    return max(_status("VmHWM") - before, 0)


def _status(key):
    with open("/proc/self/status") as file:
        (line,) = (line for line in file if line.startswith(key + ":"))
    return int(line.split()[1]) * 1024
