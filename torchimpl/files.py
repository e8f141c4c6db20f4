"""One file for a model and what belongs to it: its loss, its metrics in mid-stream, the rules for its weights.

    files.save("model.torchimpl", model=model, loss=loss, metrics={"auc": auc}, regularizers={"*.weight": L2(1e-4)})
    kept = files.load("model.torchimpl", model=model)  # fills the model; kept.metrics["auc"] goes on

The file is a ZIP archive of members that are not compressed:

- `description.json`, the first: `format` ("torchimpl") and `version`, the names of the other `members` and of
  `custom_objects`, and for each argument of `save` but the model the configs that the families' `serialize` returned;
- `model.safetensors`: the `state_dict`;
- `objects.safetensors`: what losses and metrics hold, each name behind the number of its object in the description.

Nothing in it is code: what it names is looked up in closed tables and in the caller's `custom_objects`. The state of
the optimizer, and how often a SeedGenerator was asked, are the caller's to keep.
"""

import codecs
import inspect
import json
import math
import os
import re
import shutil
import stat
import struct
import uuid
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, count
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from torchimpl import constraints, initializers, losses, metrics, regularizers
from torchimpl._limits import DEPTH, ITEMS, check_config, shown
from torchimpl.metrics import Metric
from torchimpl.saving import PACKAGE

__all__ = ["Contents", "load", "save"]

VERSION = 1
DESCRIPTION, MODEL, OBJECTS = ("description.json", "model.safetensors", "objects.safetensors")
FAMILIES = {
    "loss": losses.family,
    "metrics": metrics.family,
    "regularizers": regularizers.family,
    "constraints": constraints.family,
    "initializers": initializers.family,
}
KEYS = {"format", "version", "members", "custom_objects", *FAMILIES}

TEXT = 2**25  # bytes of the description
COUNT = 1000  # objects in a file
HEADER = 2**24  # bytes of the names and shapes of tensors
DIRECTORY = 2**12  # bytes of an archive's list of its members
DIGITS = 400  # of a number: the smallest of float64, written without an exponent, has 340
STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
codecs.lookup("cp437")  # Python imports a codec when it is asked for: reading the names in an archive imports nothing
STEPS = {"{": 1, "[": 1, "}": -1, "]": -1}


@dataclass(frozen=True)
class Contents:
    """What a file holds: what was given to `save`, by the same names, and the model's `state_dict`; None if nothing."""

    state_dict: dict[str, torch.Tensor] | None
    loss: Any
    metrics: Any
    regularizers: Any
    constraints: Any
    initializers: Any


def save(path, *, model=None, loss=None, metrics=None, regularizers=None, constraints=None, initializers=None):
    """Write a file, whole or not at all: until it is complete, the file that was there stays as it is.

    All arguments but the model can be an object, a function, or lists and dictionaries of these and of None. An object
    of one's own is kept by its config and its name, and given to `load` as one of `custom_objects`. A tied weight is
    written once for each of its names. A process that is killed can leave a `.NAME.*.part` behind, which nothing reads.

    Args:
        path: where; a file that is there is replaced.
        model: a module, or its `state_dict`.
        loss: the losses, with the parameters and buffers they have.
        metrics: the metrics, with what they have counted so far.
        regularizers: as for `regularizers.penalty`, but that types of modules can be no keys.
        constraints: as for `constraints.constrain`, likewise.
        initializers: the initializers.

    Raises:
        ValueError: something cannot be kept; the error has the path to it, and nothing is written.
    """
    given = {
        "loss": loss,
        "metrics": metrics,
        "regularizers": regularizers,
        "constraints": constraints,
        "initializers": initializers,
    }
    states, own_names, numbers = {}, set(), count()

    def config_of(family, place, item):
        try:
            config = family.serialize(item)
            json.dumps(config)
        except (TypeError, ValueError) as error:
            raise ValueError(f"save: {place}: {error}") from error
        if family is FAMILIES["metrics"] and not isinstance(item, Metric) and not inspect.isfunction(item):
            raise ValueError(
                f"save: {place}: expected a metric derived from torchimpl.metrics.Metric, whose states are kept, or a "
                f"function. Received: {shown(item)} of type {type(item).__name__}."
            )
        own_names.update(_own_names(config, family))
        number = _next(numbers, place)
        states.update({f"{number}.{name}": state for name, state in _state(place, item).items()})
        return config

    configs = {name: _each(name, given[name], partial(config_of, family)) for name, family in FAMILIES.items()}
    members = {}
    if model is not None:
        members[MODEL] = _packed("model", model.state_dict() if isinstance(model, torch.nn.Module) else model)
    if states:
        members[OBJECTS] = _packed("objects", states)
    head = {"format": PACKAGE, "version": VERSION, "members": list(members), "custom_objects": sorted(own_names)}
    description = {**head, **configs}
    check_config("save", description)
    text = json.dumps(description, indent=1).encode()
    if len(text) > TEXT:
        raise ValueError(f"save: expected configs of at most {TEXT} bytes. Received: {len(text)}.")
    _replace(Path(os.path.realpath(os.fsdecode(path))), {DESCRIPTION: text, **members})


def load(path, *, model=None, custom_objects=None):
    """Read a file that `save` wrote.

    Args:
        path: the file.
        model: the module to fill, of the architecture whose weights were saved, after all else was read; None to have
            the weights in `state_dict` only.
        custom_objects: the classes and functions that are not torchimpl's own, by name.

    Returns:
        Contents: the objects, made anew, on the CPU.

    Raises:
        ValueError: it is no such file, or a truncated, damaged, newer or too large one; a config or a state does not
            fit (the error has the path to it); or the weights do not fit the model.
        OSError: the file cannot be opened.
    """
    try:
        with open(path, "rb") as file:
            description, packed = _read(file)
        objects = _objects(description, _unpacked(OBJECTS, packed) or {}, custom_objects)
        weights = _unpacked(MODEL, packed)
        if model is not None:
            if weights is None:
                raise ValueError("model: the file holds no weights. Expected one saved with model=...")
            _fill("model", model, weights)
        return Contents(state_dict=weights, **objects)
    except ValueError as error:
        raise ValueError(f"load: {os.fspath(path)!r}: {error}") from error


def _objects(description, tensors, custom_objects):
    """Build what the sections of a description hold."""
    missing = [name for name in description["custom_objects"] if name not in (custom_objects or {})]
    hint = f" The file names objects that are not torchimpl's: {missing}. Give them as custom_objects."
    states, numbers = {}, count()
    for key, state in tensors.items():
        number, _, name = key.partition(".")
        states.setdefault(number, {})[name] = state

    def object_of(family, place, config):
        if not isinstance(config, Mapping):
            raise ValueError(f"{place}: expected a config. Received: {shown(config)}")
        number = _next(numbers, place)
        try:
            item = family.deserialize(config, custom_objects, place)
        except ValueError as error:
            raise ValueError(f"{error}{hint if missing else ''}") from error
        _restore(place, item, states.pop(number, {}))
        return item

    found = {name: _each(name, description[name], partial(object_of, family)) for name, family in FAMILIES.items()}
    if states:
        raise ValueError(f"{OBJECTS}: expected states of {next(numbers)} objects. Received: {shown(sorted(states))}")
    return found


def _each(place, tree, make):
    """Return `make(place, leaf)` for each leaf of lists and dictionaries, in these, and None for None.

    A dictionary with a string as `class_name` is a leaf: a config.
    """
    if tree is None:
        return None
    if isinstance(tree, list | tuple | torch.nn.ModuleList):
        return [_each(f"{place}[{index}]", item, make) for index, item in enumerate(tree)]
    if isinstance(tree, Mapping | torch.nn.ModuleDict):
        parts = dict(tree.items())
        if not isinstance(parts.get("class_name"), str):
            wrong = [key for key in parts if not isinstance(key, str)]
            if wrong:
                raise ValueError(f"{place}: expected strings as keys. Received: {shown(wrong[0])}")
            return {key: _each(f"{place}.{key}", item, make) for key, item in parts.items()}
    return make(place, tree)


def _next(numbers, place):
    """Return the number of an object in a file, as text."""
    number = next(numbers)
    if number == COUNT:
        raise ValueError(f"{place}: expected at most {COUNT} objects in a file.")
    return str(number)


def _own_names(config, family, held=False):
    """The names in a config of classes and functions that are not torchimpl's; `held` by an object of one's own."""
    if isinstance(config, list | tuple):
        return {name for item in config for name in _own_names(item, family, held)}
    if not isinstance(config, Mapping):
        return set()
    name = config.get("registered_name")
    if name == "function":
        name = config.get("config")
        known = family.held_functions() if held else family.functions
        return {name} if isinstance(name, str) and name not in known else set()
    own = {name} if isinstance(name, str) and not name.startswith(f"{PACKAGE}.") else set()
    return own.union(*(_own_names(item, family, held or bool(own)) for item in config.values()))


def _state(place, item):
    """The tensors that an object holds, by name."""
    if not isinstance(item, torch.nn.Module):
        return {}
    if not isinstance(item, Metric):
        return item.state_dict()
    states = {name: torch.from_numpy(state) for name, state in item.get_state().items()}
    lost = sorted(set(item.state_dict()) - set(states))
    if lost:
        raise ValueError(f"save: {place}: {lost} would be lost: a metric is kept by what add_variable made.")
    return states


def _restore(place, item, states):
    """Give an object back what `_state` returned."""
    if isinstance(item, Metric):
        try:
            item.set_state(states)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from error
    elif isinstance(item, torch.nn.Module):
        _fill(place, item, states)
    elif states:
        raise ValueError(f"{place}: expected no states. Received: {shown(sorted(states))}")


def _fill(place, module, states):
    try:
        module.load_state_dict(states)
    except RuntimeError as error:
        raise ValueError(f"{place}: {error}") from error


def _packed(place, states):
    """Return tensors as the bytes of a safetensors file."""
    if not isinstance(states, Mapping):
        raise ValueError(f"save: {place}: expected a module or a state_dict. Received: {shown(states)}")
    kept, storages = {}, set()
    for name, state in states.items():
        if not isinstance(state, torch.Tensor) or state.layout != torch.strided or state.is_meta:
            kind = f"{state.layout} on {state.device}" if isinstance(state, torch.Tensor) else type(state).__name__
            raise ValueError(f"save: {place}: expected dense tensors with values. Received: {name!r}, {kind}.")
        state = state.detach().resolve_conj().contiguous()
        storage = state.untyped_storage().data_ptr()
        kept[name] = state.clone() if storage in storages else state  # safetensors refuses shared memory
        storages.add(storage)
    try:
        data = safetensors.torch.save(kept)
    except (KeyError, RuntimeError, ValueError, safetensors.SafetensorError) as error:
        raise ValueError(f"save: {place}: safetensors does not take it: {error!r}") from error
    _check_header(f"save: {place}", data)
    return data


def _check_header(place, data):
    """Raise ValueError if a safetensors file begins with a long list of tensors, before anything reads it."""
    size = int.from_bytes(data[:8], "little")
    if size > HEADER:
        raise ValueError(f"{place}: expected names and shapes of at most {HEADER} bytes. Received: {size}.")


def _unpacked(member, packed):
    """Return the tensors of a safetensors member, or None if the archive has no such member."""
    if member not in packed:
        return None
    _check_header(member, packed[member])
    try:
        tensors = safetensors.torch.load(packed[member])
        size = int.from_bytes(packed[member][:8], "little")
        json.loads(packed[member][8 : 8 + size], object_pairs_hook=_no_key_twice)  # of two, safetensors takes the last
        return tensors
    except (KeyError, RuntimeError, TypeError, ValueError, safetensors.SafetensorError) as error:
        raise ValueError(f"{member}: not readable by safetensors: {error!r}") from error


def _replace(path, members):
    """Put an archive of members in the place of a file, in one step."""
    # A name may have 255 bytes; a character has up to four.
    unfinished = path.with_name(f".{path.name[:50]}.{uuid.uuid4().hex}.part")
    try:
        with open(unfinished, "xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, data in members.items():
                    # The same contents make the same bytes: no time of day.
                    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
            with suppress(FileNotFoundError):
                shutil.copymode(path, unfinished)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # Windows opens no folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(file):
    """Return the checked description of an archive, and the bytes of its other members by name."""
    start = file.read(256)
    if start[:4] != b"PK\3\4" or not start[30:].startswith(DESCRIPTION.encode()):
        raise ValueError(f"expected a file that torchimpl.files.save wrote. Received: {_kind(start)}.")
    size = os.fstat(file.fileno()).st_size
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            if len(infos) < len(archive.infolist()):
                raise ValueError("expected members of different names. Received: the same name twice.")
            if infos[DESCRIPTION].header_offset:
                raise ValueError(f"expected {DESCRIPTION} as the first member. Received: something before it.")
            description = _parsed(_data(archive, infos[DESCRIPTION], TEXT))
            wanted = _members_of(description)
            if infos.keys() != wanted:
                raise ValueError(f"expected the members {sorted(wanted)}. Received: {sorted(infos)}")
            return description, {name: _data(archive, infos[name], size) for name in wanted - {DESCRIPTION}}
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, OSError, struct.error) as error:
        raise ValueError(f"the archive is truncated or damaged: {error}") from error


def _kind(start):
    """Say what kind of file begins like this."""
    if b"/data.pkl" in start or start.startswith(b"\x80"):
        return "a pickle, as torch.save writes, which can run code and is never read"
    if start[30:].startswith((b"metadata.json", b"config.json")):
        return "a .keras file, which Keras reads"
    if start.startswith(b"\x89HDF"):
        return "an HDF5 file, which Keras reads"
    return "another kind of file" if start else "an empty file"


def _check_directory(file):
    """Raise ValueError if the list of an archive's members is long, before anything reads it.

    It is closed by a record of 22 bytes; before that stand a record of 56 and a locator of 20 if the archive is large.
    """
    file.seek(-98, os.SEEK_END)
    large, locator, end = file.read(56), file.read(20), file.read()
    if end[:4] != b"PK\5\6" or end[20:] != b"\0\0":
        raise ValueError("the archive is truncated or damaged: it does not end with the list of its members.")
    (size,) = struct.unpack("<Q", large[40:48]) if locator[:4] == b"PK\6\7" else struct.unpack("<L", end[12:16])
    if size > DIRECTORY:
        raise ValueError(f"expected a list of members of at most {DIRECTORY} bytes. Received: {size}.")


def _data(archive, info, limit):
    """Return the bytes of a member that is not compressed; the archive checks their sum."""
    stored = info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size and not info.flag_bits
    if not stored or stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ValueError(f"{info.filename}: expected a plain member: no link, not compressed, not encrypted.")
    if info.file_size > limit:
        raise ValueError(f"{info.filename}: expected at most {limit} bytes. Received: {info.file_size}.")
    return archive.read(info)


def _parsed(text):
    """Return the value of a JSON text, within limits that hold before anything is built."""
    try:
        text = text.decode()
        bare = STRINGS.sub("", text)
        if sum(map(bare.count, ",[]{}")) > 3 * ITEMS + 2:
            raise ValueError(f"expected at most {ITEMS} entries. Received: more.")
        depth = max(accumulate(map(STEPS.get, re.findall(r"[\[\]{}]", bare))), default=0)
        if depth > DEPTH:
            raise ValueError(f"expected at most {DEPTH} dictionaries and lists inside one another. Received: {depth}.")
        value = json.loads(text, object_pairs_hook=_no_key_twice, parse_int=_integer, parse_float=_float)
    except ValueError as error:
        raise ValueError(f"{DESCRIPTION}: {error}") from error
    check_config(DESCRIPTION, value)
    return value


def _no_key_twice(pairs):
    found = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} stands there twice.")
        found[key] = value
    return found


def _integer(digits):
    if len(digits) > DIGITS:
        raise ValueError(f"expected a number of at most {DIGITS} digits. Received: {len(digits)}.")
    return int(digits)


def _float(digits):
    if len(digits) > DIGITS or math.isinf(float(digits)):
        raise ValueError(f"expected a number that float64 holds. Received: {shown(digits)}.")
    return float(digits)


def _members_of(description):
    """Return the names of the members that a description speaks of, and check the rest of it but for the objects."""
    if not isinstance(description, Mapping) or description.get("format") != PACKAGE:
        raise ValueError(f"{DESCRIPTION}: expected the format {PACKAGE!r}. Received: {shown(description)}")
    version = description.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ValueError(f"written by a newer torchimpl: version {version}, expected {VERSION}. Upgrade torchimpl.")
    if version != VERSION or isinstance(version, bool):
        raise ValueError(f"{DESCRIPTION}: expected version {VERSION}. Received: {shown(version)}")
    if description.keys() != KEYS:
        raise ValueError(f"{DESCRIPTION}: expected the keys {sorted(KEYS)}. Received: {shown(sorted(description))}")
    for key in ("members", "custom_objects"):
        if not isinstance(description[key], list) or not all(isinstance(name, str) for name in description[key]):
            raise ValueError(f"{DESCRIPTION}.{key}: expected a list of names. Received: {shown(description[key])}")
    if not set(description["members"]) <= {MODEL, OBJECTS}:
        raise ValueError(f"{DESCRIPTION}.members: expected no more than {[MODEL, OBJECTS]}.")
    return {DESCRIPTION, *description["members"]}
