"""The mutants: what is changed in a source, and that the hunt finds what is wrong."""

import ast
import json
import subprocess
import sys

import pytest

from parity.mutants import sources
from parity.mutants.equivalent import EQUIVALENT

SOURCE = '''
"""A module."""
__all__ = ["f"]

def f(x: list | None = None, factor=0.5):
    """What it does."""
    if factor < 0:
        raise ValueError(f"f: {factor} < 0")
    total = g(x, axis=-1) * factor
    return total if not x else g(total, x)
'''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "m.py"
    path.write_text(SOURCE)
    return path


def test_each_change_is_one_expression_and_text_for_people_is_left_alone(file):
    found = {(mutant.before, mutant.after) for mutant in sources.mutants("p.m", file)}
    assert {
        ("factor < 0", "factor <= 0"),
        ("0.5", "0.51"),
        ("0", "1"),
        ("-1", "1"),
        ("g(x, axis=-1) * factor", "g(x, axis=-1) / factor"),
        ("g(x, axis=-1)", "g(x)"),
        ("g(x, axis=-1)", "x"),
        ("g(total, x)", "g(x, total)"),
        ("not x", "x"),
    } <= found
    assert not [pair for pair in found if "What" in str(pair) or '"f"' in str(pair) or "list | None" in pair]
    for mutant in sources.mutants("p.m", file):
        changed = ast.unparse(sources.mutated(file, mutant))
        assert changed != ast.unparse(ast.parse(SOURCE)), mutant
        compile(changed, "m.py", "exec")
        assert mutant.function in ("", "f")


HUNT = """
import json
from parity.mutants import hunt, sources

hunt.prepare()
reached = hunt.reach(["losses.huber"], 1)
wrong = []
for module in ("tfimpl.losses.regression", "torchimpl.losses.regression"):
    path = sources.modules()[module]
    wrong += [item for item in sources.mutants(module, path) if "huber" in item.function and item.before in %r]
outcomes = list(hunt.hunt(wrong, reached, examples=20, seed=0, jobs=2))
print(json.dumps([[str(item.mutant), item.found_by] for item in outcomes]))
"""


def test_a_hunt_finds_what_is_wrong():
    changes = ["0.5 * clipped", "size - 0.5 * clipped", "y_pred - y_true", "mean_over(losses, -1, dtype)"]
    done = subprocess.run(
        [sys.executable, "-c", HUNT % (changes,)], capture_output=True, text=True, timeout=300, check=True
    )
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert len(outcomes) >= 4
    assert {found for _, found in outcomes} == {"losses.huber"}


def test_each_equivalent_change_is_one_that_can_be_made_and_has_its_argument():
    made = (mutant for module, path in sources.modules().items() for mutant in sources.mutants(module, path))
    possible = {key for mutant in made for key in mutant.keys}
    for key, reason in EQUIVALENT.items():
        assert key in possible, key
        assert len(reason) > 20, key
