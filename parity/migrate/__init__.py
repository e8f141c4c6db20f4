"""What the objects in a file are in the other framework: read from their configs, without the framework of the file.

Of a `.keras` file it is said what its objects are in PyTorch, of a file of torchimpl what they are in Keras. Weights
are never read. A name in a config is looked up in the tables of the package whose framework is there, tfimpl or
torchimpl, and nowhere else; what is written as code is written with `repr`.

    found = migrate(read(Path("model.keras")), to="torch")
    report(rich.console.Console(), found)
    Path("module.py").write_text(module(found, "model.keras"))
"""

from parity.migrate import to_keras, to_torch
from parity.migrate.counterparts import Counterpart, Migration, module, report
from parity.migrate.saved import MigrationError, Saved, read

__all__ = ["Counterpart", "Migration", "MigrationError", "Saved", "migrate", "module", "read", "report"]


def migrate(saved: Saved, to: str) -> Migration:
    """Find the counterparts of the objects of a file.

    Args:
        saved: what `read` returned.
        to: "torch" for a model of Keras, "keras" for a file of torchimpl.

    Raises:
        MigrationError: it is a file of the other kind, or holds more objects than any model.
    """
    if to != saved.to:
        kind = "a file of torchimpl" if saved.to == "keras" else "a model of Keras"
        raise MigrationError(f"{saved.name}: {kind}, whose objects are sought in the other framework: --to {saved.to}.")
    return to_keras.migrate(saved) if to == "keras" else to_torch.migrate(saved)
