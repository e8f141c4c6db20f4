"""Which parameters of a module a rule is about, and how their axes lie."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from torchimpl._config import check_choice
from torchimpl._limits import shown

LAYOUTS = ("keras", "torch")
EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)
NO_KERNELS = (*EMBEDDINGS, nn.LayerNorm, nn.RMSNorm)  # unless they are asked for by their type


class Place(NamedTuple):
    """Where a tensor is found: its name, the module it is part of, and what finds it there."""

    name: str
    part: nn.Module
    by_name: bool = True
    by_type: bool = True


def to_keras(owner, w, layout):
    """Return weights as Keras lays them out, without a copy.

    Args:
        owner: who asks, for the error.
        w: the weights.
        layout: "keras" for `(*window, inputs, outputs)`, the shape of a Keras kernel, or "torch" for `(outputs, inputs,
            *window)`, that of `nn.Linear.weight` and `nn.Conv2d.weight`. For a transposed convolution it is
            `(inputs, outputs, *window)` in PyTorch and `(*window, outputs, inputs)` in Keras: the same permutation.
            Weights of fewer than two axes are the same in both.

    Raises:
        ValueError: layout is none of these.
    """
    check_choice(owner, "layout", layout, LAYOUTS)
    return w if layout == "keras" or w.ndim < 2 else w.permute(*range(2, w.ndim), 1, 0)


def from_keras(w, layout):
    """Undo `to_keras`."""
    return w if layout == "keras" or w.ndim < 2 else w.permute(-1, -2, *range(w.ndim - 2))


def chosen(owner, family, module, rules, layout, computed):
    """Return a list of (parameter, its layout, its rule), each parameter once.

    What a parametrization computes, as `weight_norm` a kernel of two parts, is found by the type of its module; its
    parts are found by their names alone.

    An embedding lies in both frameworks as `(tokens, features)`; everything else has its outputs first in PyTorch. A
    parameter that is tied has several names and modules: the first entry that fits one of them counts, and it lies as
    the module has it that the entry fits.

    Args:
        owner: who asks, for the errors.
        family: the module whose `get` makes such callables of names, for the errors.
        module: the model.
        rules: a callable for all kernels, or a dictionary of them (see penalty).
        layout: that of all parameters; if None, each has that of its module.
        computed: whether the rule can be about what is computed.

    Raises:
        ValueError: an entry of rules fits no parameter, one without a shape, one that is computed where none can be, or
            a tied one in two layouts, or is not callable; all are None, module is no module, or layout is neither.
    """
    if not isinstance(module, nn.Module):
        raise ValueError(f"{owner}: argument `module` must be a torch.nn.Module. Received: a {type(module).__name__}")
    if layout is not None:
        check_choice(owner, "layout", layout, LAYOUTS)
    entries = rules if isinstance(rules, Mapping) else {nn.Module: rules}
    for key, rule in entries.items():
        known = isinstance(key, str) or (isinstance(key, type) and issubclass(key, nn.Module))
        if not known or isinstance(rule, type) or not (callable(rule) or rule is None):
            received = f"{shown(key)}: {shown(rule)}" if entries is rules else shown(rule)
            made = f". {family}.get makes an object of it" if isinstance(rule, str | type) else ""
            raise ValueError(
                f"{owner}: expected an object to call, or a dictionary from names of parameters or types of modules to "
                f"such objects. Received: {received}{made}"
            )
    tied = {}
    parts = dict(module.named_modules(remove_duplicate=False))
    for prefix, part in parts.items():
        owned, parametrized, _ = f".{prefix}".partition(".parametrizations.")
        of = parts[owned.removeprefix(".")] if parametrized else part
        for name, parameter in part.named_parameters(prefix, recurse=False, remove_duplicate=False):
            place = Place(name, of, by_type=not parametrized)
            tied.setdefault(id(parameter), (parameter, []))[1].append(place)
        for name in part.parametrizations if is_parametrized(part) else ():
            place = Place(f"{prefix}.{name}".removeprefix("."), part, by_name=False)
            if (id(part), name) in tied:  # a module that is there twice
                tied[id(part), name][1].append(place)
            else:
                tied[id(part), name] = getattr(part, name), [place]
    found, fitting = [], set()
    for parameter, places in tied.values():
        key = next((key for key in entries if any(_fits(key, place, parameter) for place in places)), None)
        fitting.add(key)
        if key is not None and entries[key] is not None and not (computed or isinstance(parameter, nn.Parameter)):
            raise ValueError(
                f"{owner}: {places[0].name!r} is computed by a parametrization, and is no parameter. Say by their "
                f"names which are meant, in place of a type: the parameters are {_names(module)}."
            )
        if key is not None and isinstance(parameter, nn.UninitializedParameter):
            raise ValueError(f"{owner}: {places[0][0]!r} has no shape yet. Run the model once on an example first.")
        if key is not None and entries[key] is not None:
            order = _layout(owner, key, parameter, places) if layout is None else layout
            found.append((parameter, order, entries[key]))
    lonely = [key for key in entries if key not in fitting]
    if lonely:
        what = "no kernel" if lonely[0] is nn.Module else f"{lonely[0]!r} fits no parameter"
        taken = "" if lonely[0] is next(iter(entries)) else " (an earlier entry may have taken it)"
        raise ValueError(f"{owner}: {what}{taken}. The parameters are {_names(module)}.")
    if not found:
        raise ValueError(f"{owner}: every entry is None, which is nothing to do. Received: {rules!r}")
    return found


def _layout(owner, key, parameter, places):
    """Return the layout of a parameter, in the modules in which an entry fits it."""
    orders = {}
    for place in places:
        if _fits(key, place, parameter):
            orders.setdefault("keras" if isinstance(place.part, EMBEDDINGS) else "torch", place.name)
    if len(orders) > 1 and parameter.ndim >= 2:
        raise ValueError(
            f"{owner}: {key!r} fits a tied parameter in two layouts: {orders['keras']!r}, of an embedding, and "
            f"{orders['torch']!r}, which is none. Name the one that is meant in an earlier entry, or give `layout`."
        )
    return next(iter(orders))


def _names(module):
    return [name for name, _ in module.named_parameters(remove_duplicate=False)]


def _fits(key, place, parameter):
    if isinstance(key, str):
        return place.by_name and _matches(place.name, key)
    kernel = isinstance(parameter, nn.UninitializedParameter) or parameter.ndim >= 2
    kernel = kernel and not place.name.rpartition(".")[2].startswith("bias")  # attention has some of three axes
    kernel = kernel and not (key is nn.Module and isinstance(place.part, NO_KERNELS))
    return kernel and place.by_type and isinstance(place.part, key)


def _matches(name, pattern):
    return fnmatchcase(name, pattern)


# Names do not change: what is captured as one graph need not look into regular expressions. This is all that
# torch.compiler.assume_constant_result does, but for loading the whole compiler: a second and more of every import.
_matches._dynamo_marked_constant = True
