"""The examples of the README and of the documentation, run as they stand."""

import ast
import contextlib
import io
import os
import re
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorflow")

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


BLOCK = re.compile(r"```python[^\n]*\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
WRITE = os.environ.get("PARITY_WRITE") == "1"  # to put what was printed into the pages


def blocks(text):
    return [code for code, _ in BLOCK.findall(text)]


def run(text):
    """Run the blocks of a page in one scope, and hold what is said against what comes out.

    A value is said behind `# ->`, what a block prints in a block of text that follows it.

    Returns:
        How many values and prints are said, and the page with what was printed.
    """
    scope: dict = {"__name__": "page"}
    said = 0

    def ran(found):
        nonlocal said
        block, prints = found.groups()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            said += _run(block, scope)
        said += prints is not None
        return (
            found[0]
            if prints is None
            else f"{found[0].partition('```text')[0]}```text\n{wrapped(printed.getvalue())}```"
        )

    again = BLOCK.sub(ran, text)
    return said, again


def _run(block, scope):
    shown = 0
    for node in ast.parse(block).body:
        code = ast.get_source_segment(block, node)
        _, _, said = block.splitlines()[node.end_lineno - 1].partition("  # -> ")
        if said:
            assert repr(eval(code, scope)) == said, code
            shown += 1
        else:
            exec(compile(ast.Module([node], []), "page", "exec"), scope)  # decorators too
    return shown


def wrapped(printed):
    """What was printed, in lines of at most 92."""
    lines = printed.splitlines()
    return "".join(f"{part}\n" for line in lines for part in textwrap.wrap(line, 92, subsequent_indent="  ") or [""])


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
    text = page.read_text(encoding="utf-8")
    said, again = run(text)
    assert said >= 2
    if WRITE:
        page.write_text(again, encoding="utf-8")
    else:
        assert again == text, "PARITY_WRITE=1 pytest tests/test_pages.py"


def test_an_example_that_says_something_else():
    assert run("```python\n1 + 1  # -> 2\n```")[0] == 1
    with pytest.raises(AssertionError, match=r"1 \+ 1"):
        run("```python\n1 + 1  # -> 3\n```")


def test_what_a_block_prints():
    page = "```python\nprint(6 * 7)\n```\n\n```text\n42\n```"
    assert run(page) == (1, page)
    assert run(page.replace("42", "41")) == (1, page)


def test_the_same_bits():
    import numpy as np

    import tfimpl
    import torchimpl

    one, other = (lib.initializers.HeNormal(seed=42)((2, 2)) for lib in (torchimpl, tfimpl))
    assert np.array_equal(one.numpy(), other.numpy())
    transposed = torchimpl.initializers.HeNormal(seed=42)((2, 2), layout="torch")
    assert np.array_equal(transposed.numpy().T, other.numpy())
