"""The suite itself: every component, every check."""

import pytest

from parity.registry import called_by_a_class, entries
from parity.runner import run_entry

EXAMPLES = 12  # a hundred, and each compiled mode twice, are what `make parity` runs


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_the_packages_and_the_reference_agree(entry):
    row = run_entry(entry, examples=EXAMPLES, seed=0)
    assert row.agreed, "\n\n".join(row.failures)
    wanted = {"stream" if entry.streams else "value", "config"}
    wanted |= {"modes"} if entry.modes and not called_by_a_class(entry) else set()
    wanted |= {"gradient"} if entry.gradients else set()
    wanted |= {"real"} if entry.real else set()
    wanted |= {"ulp", "half ulp"} if entry.ulp else set()
    wanted |= {"errors"} if entry.errors else set()
    assert not [column for column in wanted if not row.compared.get(column)]
