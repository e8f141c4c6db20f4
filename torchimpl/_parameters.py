"""Which parameters of a module a rule is about, and how their axes lie."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from torch import nn

from torchimpl._config import check_choice

LAYOUTS = ("keras", "torch")
EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)


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


def chosen(owner, module, rules, layout):
    """Return a list of (parameter, its layout, its rule), each parameter once.

    An embedding lies in both frameworks as `(tokens, features)`; everything else has its outputs first in PyTorch.

    Args:
        owner: who asks, for the errors.
        module: the model.
        rules: a callable for all kernels, or a dictionary of them (see penalty).
        layout: that of all parameters; if None, each has that of its module.

    Raises:
        ValueError: an entry of rules fits no parameter or is not callable, all are None, or layout is neither.
    """
    if layout is not None:
        check_choice(owner, "layout", layout, LAYOUTS)
    entries = rules if isinstance(rules, Mapping) else {nn.Module: rules}
    for key, rule in entries.items():
        known = isinstance(key, str) or (isinstance(key, type) and issubclass(key, nn.Module))
        if not known or isinstance(rule, type) or not (callable(rule) or rule is None):
            raise ValueError(
                f"{owner}: expected an object to call, or a dictionary from names of parameters or types of modules to "
                f"such objects. Received: {key!r}: {rule!r}"
            )
    found, seen, fitting = [], set(), set()
    for prefix, part in module.named_modules():
        own = "keras" if isinstance(part, EMBEDDINGS) else "torch"
        for name, parameter in part.named_parameters(prefix, recurse=False):
            if id(parameter) in seen:
                continue
            seen.add(id(parameter))
            key = next((key for key in entries if _fits(key, name, part, parameter)), None)
            fitting.add(key)
            if key is not None and entries[key] is not None:
                found.append((parameter, own if layout is None else layout, entries[key]))
    lonely = [key for key in entries if key not in fitting]
    if lonely:
        names = [name for name, _ in module.named_parameters()]
        what = "no kernel" if lonely[0] is nn.Module else f"{lonely[0]!r} fits no parameter"
        raise ValueError(f"{owner}: {what} (an earlier entry may have taken it). The parameters are {names}.")
    if not found:
        raise ValueError(f"{owner}: every entry is None, which is nothing to do. Received: {rules!r}")
    return found


def _fits(key, name, part, parameter):
    if isinstance(key, str):
        return _matches(name, key)
    # Of all modules, embeddings have no kernel; asked for by their type, they have one.
    return isinstance(part, key) and parameter.ndim >= 2 and not (key is nn.Module and isinstance(part, EMBEDDINGS))


def _matches(name, pattern):
    return fnmatchcase(name, pattern)


# Names do not change: what is captured as one graph need not look into regular expressions. This is all that
# torch.compiler.assume_constant_result does, but for loading the whole compiler: a second and more of every import.
_matches._dynamo_marked_constant = True
