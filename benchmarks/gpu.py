"""A GPU: losses, activations and metric updates against native kernels, and the share of its bandwidth they reach."""

import warnings
from dataclasses import replace

import torch
from torch.utils.benchmark import timer

import torchimpl
from benchmarks import activations, losses, metrics
from benchmarks.case import Row, chosen
from benchmarks.frameworks import metric_inputs

SIZES = {"10**4": 10**4, "10**8": 10**8}


TRAFFIC = 5 * 4  # bytes for each element: two are read, then three with the gradient, or one written


def measured(wanted, seconds):
    """Yield the rows, if there is a GPU."""
    if not torch.cuda.is_available():
        return
    for case in chosen(_cases(), wanted):
        yield from (_with_bandwidth(row) for row in case.measure(seconds, clock=timer))
    yield from _stops(wanted)


def _cases():
    for case in losses.cases("cuda", SIZES):
        if (case.name, case.size) != ("Circle", "10**8"):  # which compares each two of 10**5 samples
            yield case
    yield from activations.cases("cuda", SIZES)
    large = {kind: 100 * number for kind, number in metrics.LARGE.items()}
    for case in metrics.cases("cuda", 10**4, large, 10**8):
        yield replace(case, bounds=tuple(replace(bound, most=1) for bound in case.bounds))


def _stops(wanted):
    """Yield how often an update stops for the device, which it must not."""
    for metric in metrics.METRICS:
        if not wanted(f"gpu.{metric.title} synchronisation"):
            continue
        data = metric_inputs(metric.kind, 1000)
        ours = getattr(torchimpl.metrics, metric.title)(**metric.options).to("cuda")
        given = [torch.from_numpy(item).to("cuda") for item in (data.y_true, data.y_pred)]
        given = given[1:] if metric.kind == "values" else given
        ours.update_state(*given)
        torch.cuda.set_sync_debug_mode("warn")
        try:
            with warnings.catch_warnings(record=True) as stops:
                warnings.simplefilter("always")
                ours.update_state(*given)
        finally:
            torch.cuda.set_sync_debug_mode("default")
        number = len(stops)
        yield Row("gpu", metric.title, "synchronisation", "torchimpl", "", number, number, number, "stops", 0)


def _with_bandwidth(row):
    """Say of a large loss or activation which share of the card's bandwidth its least traffic reaches."""
    if row.size not in SIZES or row.size == "10**4":
        return row
    card = torch.cuda.get_device_properties(0)
    best = 2 * 1e3 * card.memory_clock_rate * card.memory_bus_width / 8
    return replace(row, remark=f"{TRAFFIC * SIZES[row.size] / row.times[0] / 1e9:.0f} of {best / 1e9:.0f} GB/s")
