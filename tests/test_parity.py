"""The suite itself: every component, every check. What a class calls is compiled with the class alone."""

from dataclasses import replace

import pytest

from parity.registry import entries
from parity.runner import run_entry

snake_case = pytest.importorskip("torchimpl._config").snake_case

EXAMPLES = 20
CALLED = {f"{entry.module}.{snake_case(entry.title)}" for entry in entries() if entry.is_class}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_the_packages_and_the_reference_agree(entry):
    if entry.name in CALLED:
        entry = replace(entry, modes=())
    row = run_entry(entry, examples=EXAMPLES, seed=0)
    assert row.agreed, "\n\n".join(row.failures)
    wanted = {"stream" if entry.streams else "value", "config"}
    wanted |= {"modes"} if entry.modes else set()
    wanted |= {"gradient"} if entry.gradients else set()
    wanted |= {"real"} if entry.real else set()
    wanted |= {"ulp", "half ulp"} if entry.ulp else set()
    wanted |= {"errors"} if entry.errors else set()
    assert not [column for column in wanted if not row.compared.get(column)]
