"""The two packages are twins: files, names, order, signatures and defaults."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from parity.deviations import ONE_SIDED
from parity.registry import ENTRIES

FAMILIES = ("losses", "activations", "initializers", "regularizers", "constraints", "metrics", "custom")
IDENTICAL = (
    *("_arguments.py", "_config.py", "_limits.py", "_plain_keras.py", "saving.py"),
    *("initializers/_fans.py", "initializers/_windows.py"),
)
ROOTS = {name: Path(importlib.import_module(name).__file__).parent for name in ("tfimpl", "torchimpl")}


def files(package):
    root = ROOTS[package]
    return {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if f"{package}/{path.relative_to(root)}" not in ONE_SIDED
    }


def public(package, family):
    module = importlib.import_module(f"{package}.{family}")
    return [name for name in module.__all__ if f"{package}.{family}.{name}" not in ONE_SIDED]


def members(item):
    """Signatures of an object and of its public methods, as text; what one side alone has is taken away."""
    found = {}
    for name, member in inspect.getmembers(item) if inspect.isclass(item) else [("", item)]:
        if (name.startswith("_") and name not in ("", "__init__", "__call__")) or not callable(member):
            continue
        if name and name not in vars(item):
            continue
        found[name] = inspect.signature(member)
    return found


def test_files():
    assert files("tfimpl") == files("torchimpl")


@pytest.mark.parametrize("name", IDENTICAL)
def test_framework_free_files_are_identical(name):
    assert (ROOTS["tfimpl"] / name).read_text() == (ROOTS["torchimpl"] / name).read_text()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_public_is_compared(family):
    """Each object has an entry in the registry: without one `parity run` does not know of it."""
    module = importlib.import_module(f"torchimpl.{family}")
    losses = importlib.import_module("torchimpl.losses").family.objects  # functions of which are metrics as well
    entered = {entry.name for entry in ENTRIES}
    ours = [name for name, item in module.family.objects.items() if family == "losses" or losses.get(name) is not item]
    assert [name for name in ours if f"{family}.{name}" not in entered] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_public_names(family):
    assert public("tfimpl", family) == public("torchimpl", family)
    tables = [importlib.import_module(f"{package}.{family}").family for package in ROOTS]
    assert list(tables[0].objects) == list(tables[1].objects)
    assert list(tables[0].table) == list(tables[1].table)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_public_class_and_function_can_be_saved(family):
    module = importlib.import_module(f"torchimpl.{family}")
    bases = {"Loss", "Metric", "Initializer", "Regularizer", "Constraint"}
    ours = set(public("torchimpl", family)) - bases - {"get", "serialize", "deserialize"}
    again = {name for name, item in module.family.functions.items() if vars(module).get(name) is item}
    assert ours == set(module.family.objects) | again  # Keras has the losses' functions among the metrics too


@pytest.mark.parametrize("family", FAMILIES)
def test_signatures_and_defaults(family):
    for name in public("tfimpl", family):
        one, two = (getattr(importlib.import_module(f"{package}.{family}"), name) for package in ROOTS)
        if inspect.ismethod(one):
            continue
        signatures, others = members(one), members(two)
        for method in set(signatures) & set(others):
            first, second = signatures[method], others[method]
            extra = set(second.parameters) - set(first.parameters)
            on_weights = family in ("initializers", "regularizers", "constraints") and method == "__call__"
            if on_weights or name == "my_glorot_initializer":
                draws = family in ("initializers", "custom")
                assert extra - {"groups"} == ({"device", "layout"} if draws else {"layout"})
                assert list(first.parameters.values()) == [
                    item for item in second.parameters.values() if item.name not in extra
                ]
                continue
            assert str(first) == str(second), f"{family}.{name}.{method}"


@pytest.mark.parametrize("name", sorted(files("tfimpl")))
def test_order_of_definitions(name):
    def defined(package):
        tree = ast.parse((ROOTS[package] / name).read_text())
        return [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]

    first, second = defined("tfimpl"), defined("torchimpl")
    shared = [item for item in first if item in second]
    assert shared == [item for item in second if item in first]
    home = name.removesuffix(".py").removesuffix("/__init__").partition("/")[0]
    for package, items in (("tfimpl", first), ("torchimpl", second)):
        alone = {item for item in set(items) - set(shared) if not item.startswith("_")}
        assert not [item for item in alone if f"{package}.{home}.{item}" not in ONE_SIDED]


@pytest.mark.parametrize("name", sorted(files("tfimpl")))
def test_docstrings_say_the_same(name):
    def docstrings(package):
        tree = ast.parse((ROOTS[package] / name).read_text())
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        return {node.name: ast.get_docstring(node) for node in nodes}

    first, second = docstrings("tfimpl"), docstrings("torchimpl")
    own = {"__init__", "__call__", "forward", "add_variable", "to_tensor", "to_float"}
    for key in (set(first) & set(second)) - own:
        assert first[key] == second[key], f"{name}: {key}"


def test_each_entry_of_the_one_sided_list_exists():
    for item, reason in ONE_SIDED.items():
        assert reason
        if item.endswith(".py"):
            package, _, rest = item.partition("/")
            assert (ROOTS[package] / rest).exists(), item
        elif "(" not in item:
            module, _, name = item.rpartition(".")
            assert hasattr(importlib.import_module(module), name), item
