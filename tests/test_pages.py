"""The examples of the README and of the documentation, run as they stand."""

import ast
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorflow")

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text):
    return re.findall(r"```python[^\n]*\n(.*?)```", text, re.DOTALL)


def run(text):
    """Run the blocks of a page in one scope, hold each value that is said against it, and return how many are said."""
    scope: dict = {"__name__": "page"}
    shown = 0
    for block in blocks(text):
        for node in ast.parse(block).body:
            code = ast.get_source_segment(block, node)
            _, _, said = block.splitlines()[node.end_lineno - 1].partition("  # -> ")
            if said:
                assert repr(eval(code, scope)) == said, code
                shown += 1
            else:
                exec(compile(ast.Module([node], []), "page", "exec"), scope)  # decorators too
    return shown


@pytest.fixture(autouse=True)
def _nothing_stays_registered(monkeypatch):
    import tfimpl
    import torchimpl

    for package in (tfimpl, torchimpl):
        monkeypatch.setattr(package.saving, "REGISTERED", {})


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page.read_text())], ids=lambda page: str(page.relative_to(ROOT))
)
# Keras 3.15 converts its variables in a way that NumPy 2 warns about.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_examples_give_what_they_say(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(page.read_text()) >= 2


def test_an_example_that_says_something_else():
    assert run("```python\n1 + 1  # -> 2\n```") == 1
    with pytest.raises(AssertionError, match=r"1 \+ 1"):
        run("```python\n1 + 1  # -> 3\n```")


def test_the_same_bits():
    import numpy as np

    import tfimpl
    import torchimpl

    one, other = (lib.initializers.HeNormal(seed=42)((2, 2)) for lib in (torchimpl, tfimpl))
    assert np.array_equal(one.numpy(), other.numpy())
    transposed = torchimpl.initializers.HeNormal(seed=42)((2, 2), layout="torch")
    assert np.array_equal(transposed.numpy().T, other.numpy())
