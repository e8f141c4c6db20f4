"""Projections of weights, applied after each optimizer step."""

import torch

from torchimpl._config import Described, check_axes, check_number, check_rank
from torchimpl._parameters import chosen, from_keras, to_keras
from torchimpl._tensors import norm_along, to_float, widen
from torchimpl.saving import Family

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "constrain", "deserialize", "get", "serialize"]

EPSILON = 1e-7  # Keras's, added to a norm before it divides


class Constraint(Described):
    """A projection of weights. A subclass implements `__call__(w)`, which returns new weights of the same shape.

    `constrain` gives a subclass its weights in Keras's layout, and needs no more of it.
    """

    def __call__(self, w, layout="keras"):
        """Return the weights `w`, projected; `w` itself stays as it is. Its layout is Keras's or PyTorch's."""
        raise NotImplementedError(f"{type(self).__name__} must implement __call__(w).")


class MaxNorm(Constraint):
    """Scales weights down whose norm exceeds a limit: `w * clip(norm, 0, max_value) / (1e-7 + norm)`.

    The `1e-7` is Keras's: weights inside the limit shrink by that much too.

    Args:
        max_value: the largest norm, >= 0.
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = check_number("MaxNorm", "max_value", max_value, low=0)
        self.axis = check_axes("MaxNorm", "axis", axis)

    def __call__(self, w, layout="keras"):
        w = to_keras("MaxNorm", to_float(w), layout)
        check_rank("MaxNorm", self.axis, w.ndim)
        wide = widen(w)
        norm = norm_along(wide, self.axis)
        desired = torch.clamp(norm, 0, self.max_value)
        return from_keras(_scaled(wide, norm, desired).to(w.dtype), layout)


class MinMaxNorm(Constraint):
    """Scales weights whose norm lies outside two limits: `w * desired / (1e-7 + norm)`.

    Here `desired = rate * clip(norm, min_value, max_value) + (1 - rate) * norm`. The `1e-7` is Keras's: weights inside
    the limits shrink by that much too, and zero vectors stay as they are.

    Args:
        min_value: the smallest norm, >= 0.
        max_value: the largest norm, >= min_value.
        rate: how much of the way to the limits is gone at once, 0 <= rate <= 1.
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = check_number("MinMaxNorm", "min_value", min_value, low=0)
        self.max_value = check_number("MinMaxNorm", "max_value", max_value, low=self.min_value)
        self.rate = check_number("MinMaxNorm", "rate", rate, low=0, high=1)
        self.axis = check_axes("MinMaxNorm", "axis", axis)

    def __call__(self, w, layout="keras"):
        w = to_keras("MinMaxNorm", to_float(w), layout)
        check_rank("MinMaxNorm", self.axis, w.ndim)
        wide = widen(w)
        norm = norm_along(wide, self.axis)
        desired = self.rate * torch.clamp(norm, self.min_value, self.max_value) + (1 - self.rate) * norm
        return from_keras(_scaled(wide, norm, desired).to(w.dtype), layout)


class NonNeg(Constraint):
    """Sets negative weights to 0."""

    def __call__(self, w, layout="keras"):
        w = to_keras("NonNeg", to_float(w), layout)
        return from_keras(torch.relu(w), layout)


class UnitNorm(Constraint):
    """Scales weights to a norm of 1: `w / (1e-7 + norm)`, with Keras's `1e-7`; zero vectors stay as they are.

    Args:
        axis: the axis or axes over which a norm is taken, those of a unit's incoming weights in Keras's layout: 0 for
            the kernel `(inputs, units)` of a Dense layer, [0, 1, 2] for that of a Conv2D.
    """

    def __init__(self, axis=0):
        self.axis = check_axes("UnitNorm", "axis", axis)

    def __call__(self, w, layout="keras"):
        w = to_keras("UnitNorm", to_float(w), layout)
        check_rank("UnitNorm", self.axis, w.ndim)
        wide = widen(w)
        return from_keras((wide / (EPSILON + norm_along(wide, self.axis))).to(w.dtype), layout)


def _scaled(wide, norm, desired):
    """Weights of a norm, scaled to another: `wide * desired / (1e-7 + norm)`."""
    # A small desired / norm, or wide / norm, may be subnormal, which some devices flush, where the result is not.
    length = EPSILON + norm
    divisor = torch.where(desired > 1, length / torch.clamp(desired, min=1), length)
    return wide / divisor * torch.clamp(desired, max=1)


def constrain(optimizer, module, rules, layout=None):
    """Let constraints hold after every step of an optimizer, without a change to the loop.

    As in Keras, they are applied to what the optimizer trains, right after it has changed it. What `step` leaves out (a
    parameter that is not the optimizer's yet, or that does not require a gradient) keeps its values. A copy of the
    optimizer that `copy.deepcopy` or `pickle` makes has no hooks, and so no constraints: give it its own.

    Args:
        optimizer: a `torch.optim.Optimizer`.
        module: the model whose parameters it trains.
        rules: a constraint for all kernels (parameters of at least two axes, but for embeddings and normalizations),
            and for no bias; or a dictionary that gives one, or None, for a pattern of parameter names
            (`"decoder.*.weight"`, as in fnmatch) or for a type of module, whose kernels it then is about. The first
            entry that fits counts; a tied parameter counts once, and is fitted by each of its names and modules. Of a
            kernel that a parametrization computes the parts are parameters, each by its name.
        layout: "keras" or "torch", if all of these parameters have it; if None, each has that of its module: a
            constraint need not know that `nn.Linear.weight` is a transposed Keras kernel. Of a tied parameter that is
            the module that the entry fits. A depthwise kernel is `(*window, 1, channels * multiplier)` here and
            `(*window, channels, multiplier)` in Keras: the axes of the window mean the same, the last two do not. So
            it is with `out_proj` of a multi-head attention, whose heads and their width are one axis here.

    Returns:
        A handle; its `remove()` ends it.

    Raises:
        ValueError: an entry of rules fits no parameter, a kernel that is computed, one that has no shape yet, or, as
            part of an embedding and of another module, one in two layouts; or it is no constraint; or none of them is
            the optimizer's; or optimizer or module is none, as when they change places.

    Example:
        `constrain(optimizer, model, torchimpl.constraints.MaxNorm(2))`
    """
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise ValueError(
            "constrain: expected a torch.optim.Optimizer first, then the module: constrain(optimizer, module, rules). "
            f"Received: a {type(optimizer).__name__} first"
        )
    found = chosen("constrain", __name__, module, rules, layout, computed=False)
    if _trained(optimizer).isdisjoint(id(parameter) for parameter, _, _ in found):
        raise ValueError("constrain: none of the parameters is the optimizer's. Give it the optimizer of this module.")

    @torch.no_grad()
    def project(optimizer, args, kwargs):
        trained = _trained(optimizer)
        for parameter, order, rule in found:
            if parameter.requires_grad and id(parameter) in trained:
                parameter.copy_(from_keras(rule(to_keras("constrain", parameter, order)), order))

    return optimizer.register_step_post_hook(project)


def _trained(optimizer):
    """Return which parameters are the optimizer's: it may be given more of them later."""
    return {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}


# Keras's further names
max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

family = Family(
    "constraints",
    [MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
    aliases={"max_norm": "MaxNorm", "min_max_norm": "MinMaxNorm", "non_neg": "NonNeg", "unit_norm": "UnitNorm"},
)
get, deserialize = family.get, family.deserialize


def serialize(constraint, target=None):
    """Return the config of a constraint, in the form Keras writes.

    Args:
        constraint: an object with `get_config`.
        target: None, or "keras" for a config that plain Keras reads.

    Raises:
        ValueError: see `Family.serialize`.
    """
    return family.serialize(constraint, target)
