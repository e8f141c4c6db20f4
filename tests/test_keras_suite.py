"""Keras's own tests, which its wheel ships, run with tfimpl's classes and functions in place of Keras's."""

import builtins
import importlib.util
import inspect
import sys
import types
import unittest
from pathlib import Path

import pytest

from parity.deviations.keras_suite import EXPECTED

keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402

SOURCES = Path(importlib.util.find_spec("keras.src").origin).parent
FAMILIES = ("losses", "activations", "initializers", "regularizers", "constraints", "metrics")
FILES = sorted(path for family in FAMILIES for path in (SOURCES / family).glob("*_test.py"))
BASES = {"Loss", "Metric", "Initializer", "Regularizer", "Constraint"}


class InPlaceOf:
    """A module of Keras in which what we have too is ours."""

    def __init__(self, module):
        self._module = module

    def __getattr__(self, name):
        return ours(getattr(self._module, name))


def ours(value):
    if isinstance(value, types.ModuleType):
        return InPlaceOf(value) if value.__name__.startswith("keras.src") else value
    home = getattr(value, "__module__", None) or ""
    family = next((family for family in FAMILIES if home.startswith(f"keras.src.{family}")), None)
    name = getattr(value, "__name__", None)
    if family is None or name is None or not (inspect.isclass(value) or inspect.isfunction(value)):
        return value
    return getattr(getattr(tfimpl, family), name, value)


def import_ours(name, scope=None, local=None, fromlist=(), level=0):
    module = builtins.__import__(name, scope, local, fromlist, level)
    return InPlaceOf(module) if fromlist and name.startswith("keras.src") else module


def suite(path):
    """The tests of a file, with our names bound in it from the start."""
    module = types.ModuleType(path.stem)
    module.__builtins__ = {**vars(builtins), "__import__": import_ours}
    exec(compile(path.read_text(), str(path), "exec"), vars(module))
    return unittest.defaultTestLoader.loadTestsFromModule(module)


@pytest.fixture(autouse=True)
def _keras_test_helpers(monkeypatch):
    """What Keras's tests import and the wheel lacks: a helper of their own, and jax, for tests of other backends."""
    helpers = types.ModuleType("conftest")
    helpers.skip_if_backend = lambda backend, reason: unittest.skipIf(backend == "tensorflow", reason)
    monkeypatch.setitem(sys.modules, "conftest", helpers)
    jax = types.ModuleType("jax")
    jax.Array = type(None)
    monkeypatch.setitem(sys.modules, "jax", jax)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_keras(path):
    result = unittest.TestResult()
    suite(path).run(result)
    assert result.testsRun > len(result.skipped)
    found = {
        test.id().partition(".")[2]: text.strip().splitlines()[-1] for test, text in result.failures + result.errors
    }
    expected = EXPECTED.get(path.stem, {})
    new = {name: text for name, text in found.items() if name not in expected}
    assert not new, f"{len(found)} of {result.testsRun}: {new}"
    assert not set(expected) - set(found), "these pass: take them off the list"


def test_every_file_is_there():
    assert len(FILES) >= 18
    assert set(EXPECTED) <= {path.stem for path in FILES}
