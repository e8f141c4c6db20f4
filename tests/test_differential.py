"""Keras itself against the reference: what differs is written down, and what is not would be found."""

import pytest

pytest.importorskip("tensorflow")

from parity import differential
from parity.registry import ENTRIES, find


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_component_of_keras(entry):
    found = differential.against_keras(entry, examples=8, seed=0)
    if found is None:
        pytest.skip("Keras has no such component")
    assert found.cases
    assert not found.unexplained, "\n".join(found.unexplained)


def test_a_difference_that_is_not_written_down_is_found(monkeypatch):
    monkeypatch.setattr(differential, "REGIONS", ())
    found = differential.against_keras(find("losses.tversky"), examples=20, seed=0)
    assert found.unexplained
    assert not found.regions


def test_an_error_of_keras_would_be_found(monkeypatch):
    """A difference in a part of the domain that no region covers, though others of the component are covered."""
    keras = pytest.importorskip("keras")
    right = keras.losses.hinge
    monkeypatch.setattr(keras.losses, "hinge", lambda y_true, y_pred: right(y_true, y_pred) * (1 + 1e-4))
    assert differential.against_keras(find("losses.hinge"), examples=20, seed=0).unexplained
