"""The config in a file: of a `.keras` archive, of the JSON of a model, of what `torchimpl.files.save` wrote.

Nothing is read but members of JSON, each within limits that hold before anything is made of it.
"""

import codecs
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
)
BYTES = 8 * 2**20  # of a config, in bytes: the largest models' are a few MB
DIRECTORY = 2**16  # bytes of an archive's list of its members: a .keras file has five
CLOSING = 98 + 2**16  # bytes of the records that close an archive, and of a comment behind them
DEEPEST = 100
TORCHIMPL = "description.json"  # the member that only its files have
VERSION = 1  # of these
PICKLED = b"\x80\x02\x8a\nl\xfc\x9cF"  # what torch.save wrote before 1.6 begins with; since then, an archive with
PICKLE = "/data.pkl"  # a member that ends in this


codecs.lookup("cp437")  # Python imports a codec when it is asked for: reading the names in an archive imports nothing


class MigrationError(ValueError):
    """A file is of no kind that is known, or not one that can be read safely."""


@dataclass(frozen=True)
class Saved:
    """What a file says.

    Args:
        config: that of a model of Keras, or the description in a file of torchimpl.
        version: that of the Keras that wrote it, if it is known.
        to: where its objects are to be sought, "torch" or "keras".
        members: the names of the members of the archive.
        name: that of the file.
    """

    config: Mapping[str, Any]
    version: str = ""
    to: str = "torch"
    members: tuple[str, ...] = ()
    name: str = "the file"


def read(path: Path) -> Saved:
    """Read the config in a `.keras` file, in the JSON that `model.to_json()` returned, or in a file of torchimpl.

    Raises:
        MigrationError: it is another file, damaged, or larger or deeper than a config is.
    """
    try:
        with path.open("rb") as file:
            begun = file.read(8)
            if begun.startswith(b"\x89HDF"):
                raise MigrationError(
                    f"{path}: an HDF5 file, which is not read. Load it in Keras, and save the model as a .keras file."
                )
            if begun == PICKLED:
                raise _checkpoint(path)
            if begun.lstrip().startswith(b"{"):
                file.seek(0)
                return _of_keras(path, _loaded(path, "the file", _limited(path, file)), {})
            _check_directory(path, file)
            with zipfile.ZipFile(file) as archive:
                members = tuple(archive.namelist())
                if TORCHIMPL in members:
                    return _of_torchimpl(path, _loaded(path, TORCHIMPL, _member(path, archive, TORCHIMPL)), members)
                if any(name.endswith(PICKLE) for name in members):
                    raise _checkpoint(path)
                config = _loaded(path, "config.json", _member(path, archive, "config.json"))
                metadata = _loaded(path, "metadata.json", _member(path, archive, "metadata.json"))
                return _of_keras(path, config, metadata)
    except DAMAGED as error:
        raise MigrationError(f"{path}: no .keras file, or a damaged one: {error}") from error
    except OSError as error:
        raise MigrationError(f"{path}: cannot be read: {error.strerror}") from error


def _checkpoint(path: Path) -> MigrationError:
    """The error for what torch.save wrote."""
    return MigrationError(
        f"{path}: a checkpoint of PyTorch (torch.save), which has weights but no config. Expected a .keras file, or "
        "what torchimpl.files.save wrote: save the losses, metrics and other objects of torchimpl with that."
    )


def _check_directory(path: Path, file: BinaryIO) -> None:
    """Raise MigrationError if the list of an archive's members is long, before anything reads it."""
    file.seek(max(0, os.fstat(file.fileno()).st_size - CLOSING))
    end = file.read()
    at = end.rfind(b"PK\5\6")
    sizes = [end[at + 12 : at + 16]] if at >= 0 else []
    if at >= 76 and end[at - 20 : at - 16] == b"PK\6\7":  # an archive of more than 4 GB
        sizes.append(end[at - 36 : at - 28])
    if any(int.from_bytes(size, "little") > DIRECTORY for size in sizes[-1:]):
        raise MigrationError(f"{path}: a list of members of more than {DIRECTORY} bytes, which is none of a model.")


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    found = [item for item in archive.infolist() if item.filename == name]
    if len(found) != 1 or found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise MigrationError(f"{path}: expected one {name}, stored or deflated, in the archive. Found {len(found)}.")
    with archive.open(found[0]) as file:
        return _limited(path, file)


def _limited(path: Path, file: Any) -> bytes:
    text: bytes = file.read(BYTES + 1)
    if len(text) > BYTES:
        raise MigrationError(f"{path}: a config of more than {BYTES} bytes, which is none of a model.")
    return text


def _loaded(path: Path, what: str, text: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise MigrationError(f"{path}: {what} has a key twice: {key[:40]!r}.")
            found[key] = value
        return found

    try:
        # Of bytes, json guesses the encoding, and Python imports the codec.
        loaded = json.loads(text.decode(), object_pairs_hook=once)
    except MigrationError:
        raise
    except (ValueError, RecursionError) as error:
        raise MigrationError(f"{path}: {what} is no JSON that can be read: {error}") from error
    if _depth(loaded) > DEEPEST:
        raise MigrationError(f"{path}: {what} is nested more than {DEEPEST} deep.")
    return loaded


def _depth(value: Any) -> int:
    """How deep a value is nested, without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _of_keras(path: Path, config: Any, metadata: Any) -> Saved:
    if not isinstance(config, Mapping) or not isinstance(config.get("config"), Mapping | list):
        raise MigrationError(f"{path}: the config is none of a model. Expected a class_name and a config.")
    version = (metadata if isinstance(metadata, Mapping) else {}).get("keras_version", config.get("keras_version"))
    return Saved(config, version if isinstance(version, str) else "", name=path.name)


def _of_torchimpl(path: Path, description: Any, members: tuple[str, ...]) -> Saved:
    if not isinstance(description, Mapping) or description.get("format") != "torchimpl":
        raise MigrationError(f"{path}: {TORCHIMPL} is none of a file that torchimpl.files.save wrote.")
    version = description.get("version")
    if version != VERSION or isinstance(version, bool):
        raise MigrationError(
            f"{path}: expected version {VERSION} of the files of torchimpl. Received: {str(version)[:40]!r}. A newer "
            "parity reads newer ones."
        )
    return Saved(description, "", "keras", members, path.name)
