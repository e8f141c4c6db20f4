"""Shows that tfimpl and torchimpl agree, with each other and with an independent reference."""

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "ParityError": "parity.tolerance",
    "Report": "parity.examination",
    "Tolerance": "parity.tolerance",
    "adapt": "parity.witness",
    "array": "parity.domains",
    "binary": "parity.given",
    "check": "parity.own",
    "check_metric": "parity.own",
    "compare": "parity.own",
    "pair": "parity.own",
    "floats": "parity.domains",
    "labels": "parity.given",
    "logits": "parity.given",
    "mask": "parity.given",
    "maybe": "parity.given",
    "one_hot": "parity.given",
    "options": "parity.domains",
    "probabilities": "parity.given",
    "reals": "parity.given",
    "replay": "parity.runner",
    "weights": "parity.given",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `parity --help` must not wait for Hypothesis and two frameworks.
    if name not in _HOMES:
        raise AttributeError(f"module 'parity' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
