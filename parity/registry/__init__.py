"""The components, one entry each."""

from parity.registry import activations, constraints, custom, initializers, losses, metrics, regularizers
from parity.registry.entry import FAMILIES, MODULES, Entry, Raises
from parity.tolerance import ParityError

__all__ = ["FAMILIES", "MODULES", "Entry", "Raises", "called_by_a_class", "entries", "find"]

ENTRIES = sorted(
    [
        *losses.ENTRIES,
        *activations.ENTRIES,
        *initializers.ENTRIES,
        *regularizers.ENTRIES,
        *constraints.ENTRIES,
        *metrics.ENTRIES,
        *custom.ENTRIES,
    ],
    key=lambda entry: (MODULES.index(entry.module), entry.title.lower().replace("_", ""), entry.title),
)


def entries(names: tuple[str, ...] = (), family: str | None = None) -> list[Entry]:
    """The entries of a module, or of the names given: "losses.Huber", "Huber" or "losses".

    Raises:
        ParityError: a name stands for no entry.
    """
    for name in names:
        if not any(_matches(entry, name) for entry in ENTRIES):
            raise ParityError(f"no component is called {name!r}; `parity list` shows what there is")
    return [
        entry
        for entry in ENTRIES
        if (family is None or entry.module == family) and (not names or any(_matches(entry, name) for name in names))
    ]


def find(name: str) -> Entry:
    """The entry with a full name."""
    (entry,) = entries((name,))
    return entry


def called_by_a_class(entry: Entry) -> bool:
    """Whether a function is what a class of another entry calls: huber is what Huber calls."""
    title = entry.title.replace("_", "")
    return not entry.is_class and any(
        other.is_class and other.module == entry.module and other.title.lower() == title for other in ENTRIES
    )


def _matches(entry: Entry, name: str) -> bool:
    return name in (entry.name, entry.title, entry.module)
