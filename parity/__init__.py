"""Shows that tfimpl and torchimpl agree, with each other and with an independent reference."""

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "ParityError": "parity.tolerance",
    "Report": "parity.own.examination",
    "Tolerance": "parity.tolerance",
    "adapt": "parity.own.witness",
    "array": "parity.domains",
    "binary": "parity.own.given",
    "check": "parity.own.pairs",
    "check_metric": "parity.own.pairs",
    "compare": "parity.own.pairs",
    "pair": "parity.own.pairs",
    "floats": "parity.domains",
    "labels": "parity.own.given",
    "logits": "parity.own.given",
    "mask": "parity.own.given",
    "maybe": "parity.own.given",
    "one_hot": "parity.own.given",
    "options": "parity.domains",
    "probabilities": "parity.own.given",
    "reals": "parity.own.given",
    "replay": "parity.runner",
    "weights": "parity.own.given",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    # Loaded when asked for: `parity --help` must not wait for Hypothesis and two frameworks.
    if name not in _HOMES:
        raise AttributeError(f"module 'parity' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
