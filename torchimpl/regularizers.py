"""Penalties on weights."""

from functools import reduce

import torch

from torchimpl._config import Described, check_choice, check_matrix, check_number
from torchimpl._parameters import chosen, to_keras
from torchimpl._tensors import norm_along, to_float, to_tensor, widen, without_autocast
from torchimpl.saving import Family

__all__ = ["L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "penalty", "serialize"]

EPSILON = 1e-7  # Keras's: a norm below it counts as this


class Regularizer(Described):
    """A penalty that is added to the loss. A subclass implements `__call__(x)`, which returns one number.

    `penalty` gives a subclass its weights in Keras's layout, and needs no more of it.
    """

    def __call__(self, x, layout="keras"):
        """Return the penalty for the weights `x`, laid out as Keras's are or as PyTorch's."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(x).")


class L1(Regularizer):
    """`l1 * sum(|x|)`; the derivative at 0 is 0.

    Args:
        l1: factor >= 0; 0.01 if None.
    """

    def __init__(self, l1=0.01):
        self.l1 = check_number("L1", "l1", 0.01 if l1 is None else l1, low=0)

    def __call__(self, x, layout="keras"):
        x = to_keras("L1", to_float(x), layout)
        return (self.l1 * torch.sum(torch.abs(widen(x)))).to(x.dtype)


class L2(Regularizer):
    """`l2 * sum(x**2)`. Its gradient is `2 * l2 * x`: SGD's `weight_decay` of the same effect is twice `l2`.

    Args:
        l2: factor >= 0; 0.01 if None.
    """

    def __init__(self, l2=0.01):
        self.l2 = check_number("L2", "l2", 0.01 if l2 is None else l2, low=0)

    def __call__(self, x, layout="keras"):
        x = to_keras("L2", to_float(x), layout)
        return (self.l2 * torch.sum(torch.square(widen(x)))).to(x.dtype)


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x**2)`; a part whose factor is 0 is left out.

    Args:
        l1: factor >= 0; 0 if None.
        l2: factor >= 0; 0 if None.
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = check_number("L1L2", "l1", 0.0 if l1 is None else l1, low=0)
        self.l2 = check_number("L1L2", "l2", 0.0 if l2 is None else l2, low=0)

    def __call__(self, x, layout="keras"):
        x = to_keras("L1L2", to_float(x), layout)
        wide = widen(x)
        if not (self.l1 or self.l2):
            return torch.sum(torch.nan_to_num(wide, 0, 0, 0) * 0).to(x.dtype)
        # A sum that overflows, times 0, would be NaN.
        absolute = self.l1 * torch.sum(torch.abs(wide)) if self.l1 else 0
        squared = self.l2 * torch.sum(torch.square(wide)) if self.l2 else 0
        return (absolute + squared).to(x.dtype)


class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean of `|u . v|` over all pairs of rows (or columns) u, v, each divided by its norm.

    A norm below 1e-7 counts as 1e-7, so that zero vectors are orthogonal to all. A single vector has no pair: 0. The
    products must keep float32's digits: do not let the device multiply in TF32.

    Args:
        factor: factor >= 0.
        mode: "rows" or "columns" of the kernel in Keras's layout, `(inputs, units)`.

    Raises:
        ValueError: an argument is none of these, or the weights are no matrix.
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = check_number("OrthogonalRegularizer", "factor", factor, low=0)
        self.mode = check_choice("OrthogonalRegularizer", "mode", mode, ("rows", "columns"))

    def __call__(self, x, layout="keras"):
        x = to_keras("OrthogonalRegularizer", to_float(x), layout)
        check_matrix("OrthogonalRegularizer", x.shape)
        wide = widen(x if self.mode == "rows" else x.T)
        unit = wide / torch.clamp(norm_along(wide, 1), min=EPSILON)
        with without_autocast(wide.device):
            products = torch.abs(unit @ unit.T)
        count = wide.shape[0]
        total = torch.sum(products * (1 - torch.eye(count, dtype=wide.dtype, device=wide.device)))
        return (self.factor * total / max(count * (count - 1), 1)).to(x.dtype)


def penalty(module, rules, layout=None):
    """Return the sum of the penalties of a module's parameters, to be added to the loss.

    Args:
        module: the model.
        rules: a regularizer for all kernels (parameters of at least two axes, but for embeddings and normalizations),
            and for no bias; or a dictionary that gives one, or None, for a pattern of parameter names
            (`"decoder.*.weight"`, as in fnmatch) or for a type of module, whose kernels it then is about. The first
            entry that fits counts; a tied parameter counts once, and is fitted by each of its names and modules. A
            kernel that `weight_norm` or another parametrization computes counts as the module has it; its parts have
            names (`"0.parametrizations.weight.original0"`).
        layout: "keras" or "torch", if all of these parameters have it; if None, each has that of its module: a
            regularizer need not know that `nn.Linear.weight` is a transposed Keras kernel. Of a tied parameter that is
            the module that the entry fits.

    Returns:
        The sum, in the dtype to which those of the penalties are promoted, on the device of the first. A parameter that
        is not trained counts too, which in Keras it does not: it has no gradient, but the sum is larger.

    Raises:
        ValueError: an entry of rules fits no parameter, one that has no shape yet, or, as part of an embedding and of
            another module, one in two layouts; or it is no regularizer, or module no module.

    Example:
        `loss = criterion(y_true, model(x)) + penalty(model, torchimpl.regularizers.L2(1e-4))`
    """
    parameters = chosen("penalty", __name__, module, rules, layout, computed=True)
    found = [to_tensor(rule(to_keras("penalty", item, order))) for item, order, rule in parameters]
    dtype = reduce(torch.promote_types, [item.dtype for item in found])
    return torch.stack([item.to(found[0].device, dtype) for item in found]).sum()


# Keras's further names
l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

family = Family(
    "regularizers",
    [L1, L1L2, L2, OrthogonalRegularizer],
    aliases={
        "l1": "L1",
        "l1_l2": "L1L2",
        "l1l2": "L1L2",
        "l2": "L2",
        "orthogonal_regularizer": "OrthogonalRegularizer",
    },
)
get, deserialize = family.get, family.deserialize


def serialize(regularizer, target=None):
    """Return the config of a regularizer, in the form Keras writes.

    Args:
        regularizer: an object with `get_config`.
        target: None, or "keras" for a config that plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    return family.serialize(regularizer, target)
