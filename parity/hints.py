"""Why two sides differ: computed, never guessed."""

from typing import Any


def stage(pair: Any, error: Any, case: Any) -> str:
    """Where they differ first."""
    return "call" if error.what == "value" else "gradient" if error.what != "config" else "config"


def nearer(pair: Any, error: Any, case: Any) -> list[str]:
    return []


def hints(pair: Any, error: Any, case: Any) -> list[str]:
    return []
