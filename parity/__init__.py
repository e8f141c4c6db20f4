"""Shows that tfimpl and torchimpl agree, with each other and with an independent reference."""

from typing import Any

__version__ = "0.1.0"
__all__ = ["ParityError", "Tolerance", "array", "replay"]

_HOMES = {
    "ParityError": "parity.tolerance",
    "Tolerance": "parity.tolerance",
    "array": "parity.domains",
    "replay": "parity.runner",
}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `parity --help` must not wait for Hypothesis and two frameworks.
    if name not in _HOMES:
        raise AttributeError(f"module 'parity' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
