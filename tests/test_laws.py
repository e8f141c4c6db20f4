"""The laws of metrics hold in every order: a state machine per metric, and faults that it must find.

`PARITY_LAWS_RUNS=200 pytest tests/test_laws.py` lets it run at length.
"""

import copy
import os

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from parity.checks import laws  # noqa: E402
from parity.registry import entries, find  # noqa: E402
from parity.tolerance import ParityError  # noqa: E402

RUNS = int(os.environ.get("PARITY_LAWS_RUNS", "12"))
METRICS = [entry for entry in entries(family="metrics") if entry.is_class]


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.name)
@pytest.mark.filterwarnings("ignore")
def test_the_laws_hold(entry):
    assert laws.check(entry, runs=RUNS).compared["stream"]


def nothing(*args, **kwargs):
    return None


def keep_the_first_state(metric):
    for state in metric.variables[1:]:
        state.zero_()


def add_twice(merge):
    def wrong(self, metrics):
        merge(self, metrics)
        merge(self, metrics)

    return wrong


def swap(get):
    def wrong(self):
        state = get(self)
        return dict(zip(state, list(state.values())[::-1], strict=True))

    return wrong


def share(deepcopy):
    def wrong(item, memo=None):
        return item if isinstance(item, torchimpl.metrics.Metric) else deepcopy(item, memo)

    return wrong


def remember(result):
    def wrong(self):
        if not hasattr(self, "kept"):
            object.__setattr__(self, "kept", result(self))
        return self.kept

    return wrong


def count_in_float32(accumulate):
    def wrong(self, **amounts):
        accumulate(self, **amounts)
        for name in amounts:
            getattr(self, name).copy_(getattr(self, name).float() * (1 + 2**-20))

    return wrong


TORCH = torchimpl.metrics.Metric
FAULTS = {
    "merge does nothing": (TORCH, "merge_state", lambda old: nothing),
    "merge adds twice": (TORCH, "merge_state", add_twice),
    "merge does nothing in TensorFlow": (tfimpl.metrics.Metric, "merge_state", lambda old: nothing),
    "reset does nothing": (TORCH, "reset_state", lambda old: nothing),
    "reset keeps a state": (TORCH, "reset_state", lambda old: keep_the_first_state),
    "states swapped": (torchimpl.metrics.Precision, "get_state", swap),
    "states not taken": (TORCH, "set_state", lambda old: nothing),
    "nothing loaded": (TORCH, "load_state_dict", lambda old: nothing),
    "a copy shares its states": (copy, "deepcopy", share),
    "a result that is kept": (torchimpl.metrics.Precision, "result", remember),
    "inexact states": (TORCH, "accumulate", count_in_float32),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.filterwarnings("ignore")
def test_a_law_that_is_broken_is_found(fault, monkeypatch):
    owner, name, wrong = FAULTS[fault]
    monkeypatch.setattr(owner, name, wrong(getattr(owner, name)))
    with pytest.raises(ParityError):
        laws.check(find("metrics.Precision"), runs=60, shrink=False)


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
@pytest.mark.filterwarnings("ignore")
def test_a_metric_that_does_not_become_new_is_found(library, monkeypatch):
    monkeypatch.setattr(library.metrics.Metric, "_forget", nothing)
    with pytest.raises((ParityError, RuntimeError)):
        laws.check(find("metrics.F1Score"), runs=60, shrink=False)


def test_a_machine_that_compares_nothing_is_an_error(monkeypatch):
    monkeypatch.setattr(laws, "informative", lambda value: 0)
    with pytest.raises(ParityError, match="nothing was compared"):
        laws.check(find("metrics.Mean"), runs=1)


def test_states_are_compared_by_name_and_bit():
    one = {"total": np.array(1.0)}
    for other in ({}, {"count": np.array(1.0)}, {"total": np.array(1.0 + 2**-52)}):
        with pytest.raises(ParityError):
            laws.same_states("x", one, other)
