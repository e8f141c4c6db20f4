"""What the objects in a file of torchimpl are in Keras: plain Keras where it keeps every argument, else tfimpl."""

from collections.abc import Mapping
from typing import Any

from parity.migrate.counterparts import Allowance, Counterpart, Migration, built, name_of
from parity.migrate.saved import Saved

# The sections of a file, each with the family whose objects it holds.
SECTIONS = {
    "loss": "losses",
    "metrics": "metrics",
    "regularizers": "regularizers",
    "constraints": "constraints",
    "initializers": "initializers",
}
NAMED = "The names in metrics are the file's: compile takes [*metrics.values()], or a dictionary by names of outputs."
REMARKS = {
    "model.safetensors": "The weights were not read: torchimpl.initializers.to_keras makes kernels of Keras.",
    "objects.safetensors": "What the metrics have counted was not read: one of tfimpl goes on from there by "
    "set_state(metric.get_state()), with the metric that torchimpl.files.load returns.",
}


def migrate(saved: Saved) -> Migration:
    """Find the counterparts of what was given to `torchimpl.files.save`."""
    allowance = Allowance()
    parts = {key: _each(key, family, saved.config.get(key), allowance) for key, family in SECTIONS.items()}
    remarks = tuple(text for member, text in REMARKS.items() if member in saved.members)
    if isinstance(parts["metrics"], dict):
        remarks = (NAMED, *remarks)
    return Migration("keras", "torchimpl", parts, remarks)


def _each(place: str, family: str, tree: Any, allowance: Allowance) -> Any:
    """The counterparts in the structure that a section has: lists, and dictionaries that are no configs."""
    if isinstance(tree, list):
        return [_each(f"{place}[{index}]", family, item, allowance) for index, item in enumerate(tree)]
    if isinstance(tree, Mapping) and not isinstance(tree.get("class_name"), str):
        return {key: _each(f"{place}[{key!r}]", family, item, allowance) for key, item in tree.items()}
    if tree is None:
        return None
    allowance.take()
    if not isinstance(tree, Mapping):
        return Counterpart(place, name_of(tree), None, notes=("expected a config",))
    return built(place, family, tree, "keras")
