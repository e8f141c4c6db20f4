"""Each package works without the other's framework, and says plainly what is missing."""

import os
import subprocess
import sys

import pytest


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        timeout=300,
    )


def blocked(*names):
    """Code after which a framework seems not to be installed."""
    return f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in {names!r} else find_spec(name, package)
"""


def test_torchimpl_imports_neither_tensorflow_nor_keras_nor_parity():
    done = python("import torchimpl, sys; assert not {'tensorflow', 'keras', 'parity'} & set(sys.modules)")
    assert done.returncode == 0, done.stderr


def test_tfimpl_imports_neither_torch_nor_parity():
    done = python("import tfimpl, sys; assert not {'torch', 'torchimpl', 'parity'} & set(sys.modules)")
    assert done.returncode == 0, done.stderr


def test_torchimpl_works_where_tensorflow_and_keras_are_missing():
    done = python(
        blocked("tensorflow", "keras")
        + "import torchimpl\nassert float(torchimpl.losses.Huber()([[0.0]], [[2.0]])) == 1.5"
    )
    assert done.returncode == 0, done.stderr


def test_tfimpl_works_where_torch_is_missing():
    done = python(blocked("torch") + "import tfimpl\nassert float(tfimpl.losses.Huber()([[0.0]], [[2.0]])) == 1.5")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("missing", "said"), [(("torch",), "torchimpl"), (("tensorflow", "keras"), "tfimpl")])
def test_parity_runs_with_one_framework_and_says_what_is_missing(missing, said):
    done = python(
        blocked(*missing)
        + "from parity.cli import main\nmain(['run', 'losses.Huber', 'Precision', '--examples', '5', '--jobs', '1'])"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{said} was not compared: its framework is not installed." in done.stdout


def test_parity_without_any_framework_says_what_to_install():
    done = python(blocked("torch", "tensorflow", "keras") + "from parity import bridge\nbridge.sides()")
    assert "neither PyTorch nor TensorFlow is installed" in done.stderr


@pytest.mark.parametrize("command", [["run"], ["list"]])
@pytest.mark.parametrize("missing", ["hypothesis", "ml_dtypes"])
def test_the_command_line_without_the_harness_says_what_to_install(command, missing):
    done = python(blocked(missing) + f"from parity.cli import main\nmain({command})")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {missing} not installed.")


def test_tfimpl_on_another_keras_backend_says_how_to_mend_it():
    done = python("import tfimpl", KERAS_BACKEND="torch")
    assert done.returncode != 0
    assert "Unset KERAS_BACKEND" in done.stderr


def test_the_command_line_imports_no_framework():
    done = python("import parity.cli, sys; assert not {'torch', 'tensorflow', 'hypothesis', 'rich'} & set(sys.modules)")
    assert done.returncode == 0, done.stderr
