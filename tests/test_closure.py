"""What a component is made of: a change of that alters its hash, and any other change does not."""

import subprocess

import pytest

from parity import closure
from parity.closure import ALL, Sources
from parity.registry import entries, find
from parity.tolerance import ParityError

FILES = {
    "house/__init__.py": "",
    "house/losses/__init__.py": (
        "from house.losses.near import near\nfrom house.losses.far import Far\nregister(near)\n"
    ),
    "house/losses/near.py": (
        "import numpy as np\nfrom .._tools import LIMITS, halve\n\n"
        'def near(x):\n    """Says."""\n    return np.abs(halve(x))\n'
    ),
    "house/losses/far.py": (
        "from house import _tools as tools\nfrom house._base import Base\n\n"
        "class Far(Base):\n    def call(self, x):\n        return tools.double(x)\n"
    ),
    "house/_base.py": "class Base:\n    def call(self, x):\n        raise NotImplementedError\n",
    "house/_tools.py": (
        "LIMITS = {}\nLIMITS.update(low=1)\n\ndef halve(x):\n    return min(x / 2, LIMITS['low'])\n\n"
        "def double(x):\n    return 2 * x\n"
    ),
}
NEAR, FAR = ("house.losses", "near"), ("house.losses", "Far")


def digests(path="", old="", new=""):
    files = dict(FILES)
    if path:
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    sources = Sources(files)
    return sources.digest([NEAR]), sources.digest([FAR])


def test_what_is_reached():
    sources = Sources(FILES)
    assert sources.closure([NEAR]) == {
        ("house.losses.near", "near"),
        ("house.losses.near", "np"),
        ("house._tools", "halve"),
        ("house._tools", "LIMITS"),
    }
    assert sources.closure([FAR]) == {
        ("house.losses.far", "Far"),
        ("house._base", "Base"),
        ("house._tools", "double"),
    }
    assert sources.closure([("house._tools", ALL)]) == {
        ("house._tools", name) for name in ("LIMITS", "halve", "double")
    }


@pytest.mark.parametrize(
    ("path", "old", "new", "touched"),
    [
        ("house/losses/near.py", "np.abs", "np.square", (True, False)),
        ("house/losses/near.py", "import numpy as np", "import jax.numpy as np", (True, False)),
        ("house/_tools.py", "x / 2", "x / 3", (True, False)),
        ("house/_tools.py", "low=1", "low=2", (True, False)),
        ("house/_tools.py", "2 * x", "3 * x", (False, True)),
        ("house/_base.py", "NotImplementedError", "TypeError", (False, True)),
        ("house/losses/near.py", "Says.", "Says more.", (False, False)),
        ("house/losses/near.py", "return np", "# why\n    return np", (False, False)),
        ("house/losses/__init__.py", "register(near)", "register(Far)", (False, False)),
    ],
)
def test_what_a_change_touches(path, old, new, touched):
    before, after = digests(), digests(path, old, new)
    assert tuple(one != other for one, other in zip(before, after, strict=True)) == touched


@pytest.mark.parametrize(
    ("path", "old", "some"),
    [
        ("tfimpl/losses/regression.py", "def huber(", {"losses.Huber", "losses.huber", "metrics.MeanMetricWrapper"}),
        ("torchimpl/losses/base.py", "class Loss(", {"losses.Huber", "losses.Dice", "custom.HuberLoss"}),
        ("torchimpl/_tensors.py", "def align_weights(", {"losses.Huber", "metrics.AUC"}),
    ],
)
def test_helpers_of_the_packages_touch_those_that_use_them(path, old, some):
    sources = Sources.that_run()
    assert old in sources.files[path]
    changed = Sources({**sources.files, path: sources.files[path].replace(old, f"{old}extra, ")})
    before, after = closure.digests(entries(), sources), closure.digests(entries(), changed)
    touched = {name for name in before if before[name] != after[name]}
    assert some <= touched
    assert "activations.relu" not in touched


def test_every_component_has_a_hash_of_its_own():
    found = closure.digests(entries())
    assert len(set(found.values())) == len(found)


@pytest.fixture
def commit(tmp_path, monkeypatch):
    """A repository whose one commit holds the sources that run."""
    for path, text in Sources.that_run().files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    person = ["-c", "user.name=one", "-c", "user.email=one@example.org"]
    for step in (["init", "-q"], ["add", "."], [*person, "commit", "-qm", "all"]):
        subprocess.run(["git", *step], check=True)
    return "HEAD"


def test_changed_since_a_commit(commit, monkeypatch):
    some = [find(name) for name in ("losses.Huber", "losses.Dice", "constraints.NonNeg")]
    assert closure.changed(some, commit) == []
    now = Sources.that_run().files

    def changed(path, old, new):
        assert old in now[path]
        sources = Sources({**now, path: now[path].replace(old, new)})
        monkeypatch.setattr(Sources, "that_run", lambda: sources)
        return closure.changed(some, commit)

    assert changed("torchimpl/losses/regression.py", "def huber(", "def huber(x, ") == ["losses.Huber"]
    assert changed("parity/reference/losses/overlap.py", "def dice(", "def dice(x, ") == ["losses.Dice"]
    assert changed("parity/registry/losses/overlap.py", "pair(", "pair(None, ") == ["losses.Huber", "losses.Dice"]
    assert changed("parity/tolerance.py", "value: float = 8", "value: float = 9") == [entry.name for entry in some]
    assert changed("parity/cli.py", "import os", "import io as os") == []


def test_no_such_commit(commit):
    with pytest.raises(ParityError, match="nowhere"):
        closure.changed([], "nowhere")
