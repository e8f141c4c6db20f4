"""The examples of the README and of the pages, run as they stand."""

import ast
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorflow")

CHECKOUT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["README.md", "docs/configs.md"])
def test_examples_give_what_they_say(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope: dict = {"__name__": page}
    shown = 0
    for block in re.findall(r"```python\n(.*?)```", (CHECKOUT / page).read_text(), re.DOTALL):
        for node in ast.parse(block).body:
            code = ast.get_source_segment(block, node)
            _, _, said = block.splitlines()[node.end_lineno - 1].partition("  # -> ")
            if said:
                assert repr(eval(code, scope)) == said, code
                shown += 1
            else:
                exec(compile(ast.Module([node], []), page, "exec"), scope)  # decorators too
    assert shown >= 6


def test_the_same_bits():
    import numpy as np

    import tfimpl
    import torchimpl

    one, other = (lib.initializers.HeNormal(seed=42)((2, 2)) for lib in (torchimpl, tfimpl))
    assert np.array_equal(one.numpy(), other.numpy())
    transposed = torchimpl.initializers.HeNormal(seed=42)((2, 2), layout="torch")
    assert np.array_equal(transposed.numpy().T, other.numpy())
