"""What is tested is the installed wheel, and it has everything in it."""

import importlib
import json
import re
from importlib import metadata
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
DISTRIBUTION = "tf-torch-parity"


def editable():
    try:
        origin = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return True
    return bool(origin) and json.loads(origin).get("dir_info", {}).get("editable", False)


@pytest.mark.parametrize("package", ["tfimpl", "torchimpl", "parity"])
@pytest.mark.skipif(editable(), reason="not installed from a wheel: `make test` does that")
def test_the_installed_package_is_the_one_under_test(package):
    module = importlib.import_module(package)
    assert CHECKOUT not in Path(module.__file__).parents or "site-packages" in module.__file__
    assert (Path(module.__file__).parent / "py.typed").exists()
    assert module.__version__ == metadata.version(DISTRIBUTION)


@pytest.mark.skipif(editable(), reason="not installed from a wheel: `make test` does that")
def test_the_wheel_holds_the_certificate():
    from parity import certified

    assert certified.figures("losses.Huber", (certified.HERE,)) is not None


def test_every_install_command_passes_the_constraints():
    texts = [*CHECKOUT.glob("*.md"), CHECKOUT / "Makefile", *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob(".ci/*")]
    commands = [
        line
        for path in texts
        for line in path.read_text().splitlines()
        if re.search(r"pip install(?!.*--no-deps)", line)
    ]
    assert commands
    for command in commands:
        assert "-c constraints.txt" in command, command


def test_the_versions_that_are_installed_are_the_ones_pinned():
    pins = dict(
        line.split("==")
        for line in (CHECKOUT / "constraints.txt").read_text().splitlines()
        if "==" in line and line[0] != "#"
    )
    for name in ("torch", "keras", "numpy", "hypothesis"):
        assert metadata.version(name).partition("+")[0] == pins[name]


def test_the_readme_counts_what_there_is():
    from parity.registry import FAMILIES, entries

    text = (CHECKOUT / "README.md").read_text()
    for family in FAMILIES:
        names = [entry for entry in entries(family=family) if entry.is_class or family == "activations"]
        said = re.search(rf"^\| {family} \| (\d+)\b", text, re.MULTILINE)
        assert said is not None, family
        assert int(said[1]) == len([entry for entry in names if entry.module == family]), family


def test_the_page_of_components_is_fresh():
    pytest.importorskip("torch")
    pytest.importorskip("tensorflow")
    from parity import listing

    page = CHECKOUT / "docs" / "components.md"
    assert page.read_text() == listing.markdown(), f"stale: parity list --markdown {page.relative_to(CHECKOUT)}"
