"""PyTorch is imported before TensorFlow: after it, its libraries can crash."""

import contextlib
import gc
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "PYTEST_XDIST_WORKER" in os.environ:
    from parity import bridge

    bridge.one_thread()

with contextlib.suppress(ImportError):
    import torch  # noqa: F401

pytest_plugins = ["pytester"]


def pytest_configure(config):
    for name in ("requires_trainable_backend", "multi_device"):
        config.addinivalue_line("markers", f"{name}: stands in Keras's own tests")


def pytest_collection_finish(session):
    gc.freeze()  # the frameworks' million objects stay: to look through them took a fourteenth of the time
