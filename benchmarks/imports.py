"""What importing a package adds to importing its framework, and how soon the command line answers."""

import subprocess
import sys

from benchmarks.case import Bound, Case


def cases():
    """Yield the cases, each a few new processes."""
    for package, framework in (("torchimpl", "torch"), ("tfimpl", "tensorflow")):
        bound = Bound(f"import {framework}, {package}", (f"import {framework}",), 0.1, "s")
        yield Case("imports", package, "", lambda a=framework, b=package: _both(a, b), (bound,))
    bound = Bound("parity --help", (), 0.3, "s")
    yield Case("imports", "parity --help", "", lambda: {"parity --help": _python("-m", "parity", "--help")}, (bound,))


def _both(framework, package):
    # Keras's backend is TensorFlow here, whatever it is in this process.
    alone = f"import os; os.environ.pop('KERAS_BACKEND', None); import {framework}"
    return {
        f"import {framework}": _python("-c", alone),
        f"import {framework}, {package}": _python("-c", f"{alone}, {package}"),
    }


def _python(*arguments):
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
