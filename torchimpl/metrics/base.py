"""The base of every metric: state that is accumulated over a stream, exact enough to forget about."""

from collections.abc import Iterable, Mapping

import numpy as np
import torch

from torchimpl._arguments import check_counts_alike
from torchimpl._config import (
    Serializable,
    arguments_of,
    canonical_dtype,
    check_name,
    described,
    equal,
    snake_case,
)
from torchimpl._limits import check_state
from torchimpl._tensors import is_compiling, is_exporting, to_tensor


class Metric(Serializable, torch.nn.Module):
    """A value over a stream of batches, kept in float64 sums.

    A subclass makes its states with `add_variable` in `__init__`, adds to them with `accumulate` in `update_state`,
    and computes from them in `result`. All states are sums: however a stream of samples is cut, ordered or merged, the
    result is the same. Counts are exact to 2**53. The states are buffers, tensors without Keras's `assign_add`: they
    move with `.to(device)`, where the batches should be too, stand in `state_dict`, and no cast of the metric or of its
    parent changes their dtype. Where the first batch makes the states, a `state_dict` that has none of them is that of
    a new metric.

    `DistributedDataParallel` copies the buffers of one process to all: give it `broadcast_buffers=False` where a part
    of its model is a metric. `to_empty` leaves one that was made on the "meta" device as new.

    Args:
        dtype: the dtype of the result: a `torch.dtype`, its name, or None for PyTorch's default dtype.
        name: name of the metric; made from the class name if None.
    """

    _late = False  # whether the first batch makes the states, all of them
    _borrowed = False  # whether others may hold the memory of the states: inductor lets equal ones share theirs

    def __init__(self, dtype=None, name=None):
        super().__init__()
        owner = type(self).__name__
        self.name = check_name(owner, name, grouped=True) or snake_case(owner)
        self.dtype = canonical_dtype(owner, dtype, str(torch.get_default_dtype()).removeprefix("torch."))
        self._states = []
        self._persistent = True

    def _wait_for_batch(self):
        """Let the first batch make the states. They will be where the metric is, which has none yet to say so."""
        self._late = True
        self.register_buffer("_place", torch.empty(0), persistent=False)

    def _nothing_yet(self):
        """The result of a metric whose states the first batch will make."""
        self._check_graph(is_exporting())
        return torch.zeros((), dtype=getattr(torch, self.dtype), device=self._place.device)

    def persistent(self, mode=True):
        """Let the states stand in `state_dict`, or not; they do until told otherwise. Returns the metric."""
        for metric in self.modules():
            if isinstance(metric, Metric):
                metric._persistent = mode
                for name in metric._states:
                    metric.register_buffer(name, metric._buffers[name], persistent=mode)
        return self

    def add_variable(self, shape=(), initializer="zeros", dtype=None, name=None):
        """Make a state that starts at zero, and return it.

        Args:
            shape: its shape.
            initializer: "zeros", or a Zeros; given in Keras's code, and the only one, since `reset_state` sets zeros.
            dtype: float64 if None.
            name: the attribute under which the state is found, its key in `get_state` and in `state_dict`.

        Raises:
            ValueError: the name is missing or taken, initializer is something else, or the state would be huge.
        """
        owner = type(self).__name__
        if not isinstance(name, str) or not name.isidentifier() or hasattr(self, name):
            raise ValueError(f"{owner}.add_variable: expected a name not used yet. Received: name={name!r}")
        if initializer not in (None, "zeros") and type(initializer).__name__ != "Zeros":
            raise ValueError(f"{owner}.add_variable: states start at zeros. Received: initializer={initializer!r}")
        check_state(owner, shape)
        self._check_graph(self._late and is_exporting())
        dtype = getattr(torch, canonical_dtype(owner, dtype, "float64"))
        device = self._place.device if self._late else None
        with torch.inference_mode(False):  # what is made in that mode could never be added to outside
            self.register_buffer(name, torch.zeros(shape, dtype=dtype, device=device), persistent=self._persistent)
        self._states.append(name)
        if torch.compiler.is_compiling():
            self._borrowed = True
        return getattr(self, name)

    add_weight = add_variable

    def __setattr__(self, name, value):
        for state in self.__dict__.get("_states", ()):
            if state != name and value is self._buffers[state]:
                raise ValueError(
                    f"{type(self).__name__}: the state {state!r} must be kept under its own name, since .to(device) "
                    f"replaces it. Received: self.{name}. Write self.{state}, or call add_variable(name={name!r})."
                )
        self._check_attribute(name, value)
        super().__setattr__(name, value)

    def _check_graph(self, too_early):
        """Raise ValueError where a graph would be made without the states: it would never have any."""
        if too_early:
            raise ValueError(
                f"{type(self).__name__}: the first batch makes the states, and cannot do so in this graph. Give the "
                "metric a batch before the graph is made, and let reset_state forget it."
            )

    @property
    def variables(self):
        """The states, in the order in which they were made, then those of metrics that are attributes of this one."""
        own = [getattr(self, name) for name in self._states]
        return own + [state for _, metric in _metrics_in(self, set()) for state in metric.variables]

    def _metrics_inside(self):
        """The metrics that this one holds, by attribute, those in lists and dictionaries too: "each.0"."""
        for name, item in vars(self).items():
            if name != "_modules":
                self._check_attribute(name, item)
        return dict(_metrics_in(self, set()))

    def _check_attribute(self, name, value):
        if isinstance(value, Mapping | list | tuple) and _holds_a_metric(value):
            raise ValueError(
                f"{type(self).__name__}: metrics in a {type(value).__name__} are not reset, saved or merged with "
                f"this one. Received: self.{name}. Put them into a torch.nn.ModuleList or ModuleDict."
            )

    def accumulate(self, **amounts):
        """Add to states, by name."""
        # What is added in place to a float64 scalar on the CPU is lost when PyTorch 2.13 compiles it; what is not added
        # in place is lost when it exports it.
        compiled = is_compiling()
        for name, amount in amounts.items():
            state = self._state(name)
            if not isinstance(amount, (int, float)) or state.ndim:
                amount = self._fitting(name, amount, state)
            if compiled and state.is_cpu:
                self._buffers[name] = state + amount
            else:
                state.add_(amount)

    def _state(self, name):
        """A state that may be changed in place: its memory is its own, and was not made in inference mode."""
        state = self._buffers[name]
        if torch.compiler.is_compiling():
            return state
        if self._borrowed or (state.is_inference() and not torch.is_inference_mode_enabled()):
            with torch.inference_mode(False):
                for each in self._states:
                    self._buffers[each] = self._buffers[each].clone()
            self._borrowed = False
        return self._buffers[name]

    def _fitting(self, name, amount, state):
        if not isinstance(amount, torch.Tensor) or amount.device != state.device:
            amount = to_tensor(amount, state.dtype).to(state.device)
        if amount.shape != state.shape:
            raise ValueError(
                f"{type(self).__name__}.accumulate: {name} has shape {tuple(state.shape)}. "
                f"Received: an amount of shape {tuple(amount.shape)}"
            )
        return amount.detach() if amount.requires_grad else amount

    def update_state(self, *args, **kwargs):
        """Add a batch to the states."""
        raise NotImplementedError(f"{type(self).__name__} must implement update_state.")

    def result(self):
        """Return the value over all batches since the last reset, in the metric's dtype."""
        raise NotImplementedError(f"{type(self).__name__} must implement result().")

    def forward(self, *args, **kwargs):
        """Add a batch and return the value over all batches, as Keras does (not the value of this batch)."""
        self.update_state(*args, **kwargs)
        return self.result()

    def reset_state(self):
        """Forget all batches."""
        for name in self._states:
            self._state(name).zero_()
        for inside in self._metrics_inside().values():
            inside.reset_state()

    def reset_parameters(self):
        """Be as new: for a metric that was made on the "meta" device and has got memory, but no numbers, there."""
        self._begin()
        for inside in self._metrics_inside().values():
            inside.reset_parameters()

    def _begin(self):
        self._make_constants()
        for name in self._states:
            self._state(name).zero_()

    def _make_constants(self):
        """Give the constants their numbers, where the states are, or where they are if there is no state yet."""
        constants = [name for name, item in self._buffers.items() if name not in self._states and item is not None]
        if constants:
            with torch.device("cpu"):
                new = type(self).from_config(self.get_config())
            place = next((state.device for state in self.variables), None)
            for name in constants:
                self._buffers[name] = new._buffers[name].to(place or self._buffers[name].device)

    def merge_state(self, metrics):
        """Add the states of other metrics of this kind, as if their batches had come here.

        Raises:
            ValueError: a metric is of another class or config.
        """
        if not isinstance(metrics, Iterable):
            raise ValueError(f"{type(self).__name__}.merge_state: expected a list of metrics. Received: {metrics!r}")
        metrics = list(metrics)
        for metric in metrics:
            ours, theirs = arguments_of(self), arguments_of(metric) if isinstance(metric, Metric) else metric
            if type(metric) is not type(self) or not equal(ours, theirs):
                raise ValueError(
                    f"{type(self).__name__}.merge_state: expected metrics of this class and config, {ours}. "
                    f"Received: a {type(metric).__name__}, {theirs}"
                )
        states = [metric._kept() for metric in metrics]  # one of them can be this one
        before = self._kept()
        try:
            for state in states:
                self._add_states(state)
        except Exception:
            self._take(before)
            raise

    def _add_states(self, state):
        """Add states, by name, to those of this metric and of those inside."""
        parts, own = self._parted(state)
        self._build_like(own)
        received = {name: tuple(np.shape(value)) for name, value in own.items()}
        expected = {name: tuple(getattr(self, name).shape) for name in self._states}
        if own and received != expected:
            raise ValueError(
                f"{type(self).__name__}.merge_state: expected states of shapes {expected}. Received: {received}"
            )
        self.accumulate(**{name: to_tensor(value) for name, value in own.items()})
        for name, inside in self._metrics_inside().items():
            inside._add_states(parts[name])

    def _parted(self, state):
        """States by the metrics inside to which they belong, and those of this one."""
        parts = {name: {} for name in self._metrics_inside()}
        own = dict(state)
        for name, part in parts.items():
            for key in [key for key in own if key.startswith(f"{name}.")]:
                part[key.removeprefix(f"{name}.")] = own.pop(key)
        return parts, own

    def get_state(self):
        """Return the states as NumPy arrays by name: what a metric of the twin package takes with `set_state`."""
        return {name: state.cpu().numpy() for name, state in self._kept().items()}

    def _kept(self):
        """Copies of the states by name, and of those of the metrics inside, where they are."""
        states = {name: getattr(self, name).detach().clone() for name in self._states}
        for name, inside in self._metrics_inside().items():
            states.update({f"{name}.{key}": state for key, state in inside._kept().items()})
        return states

    def set_state(self, state):
        """Take states as `get_state` returned them, here or in the twin package, or those of a Keras metric.

        Args:
            state: arrays by name, or a metric of Keras of the same class and config. None of any name, as `get_state`
                returned before the first batch, makes a metric as new whose first batch makes its states (a graph
                of TensorFlow that has used them keeps them, as zeros).

        Raises:
            ValueError: a state is missing, unknown, or has another shape; or the metric counts something else.
        """
        if not isinstance(state, Mapping):
            state = self._from_keras(state)
        before = self._kept()
        try:
            self._take(state)
        except Exception:
            self._take(before)
            raise

    def _take(self, state):
        """Take states, by name, for this metric and those inside."""
        parts, own = self._parted(state)
        for name, inside in self._metrics_inside().items():
            inside._take(parts[name])
        if self._late and not own:
            self._forget()
            return
        self._build_like(own)
        expected = {name: tuple(getattr(self, name).shape) for name in self._states}
        received = {name: tuple(np.shape(value)) for name, value in own.items()}
        if received != expected:
            raise ValueError(
                f"{type(self).__name__}.set_state: expected states of shapes {expected}. Received: {received}"
            )
        for name, value in own.items():
            self._state(name).copy_(to_tensor(value, torch.float64))

    def _from_keras(self, metric):
        """Return the states of a Keras metric by name, which are called there as here, if it counts the same."""
        if not hasattr(metric, "variables"):
            raise ValueError(
                f"{type(self).__name__}.set_state: expected arrays by name, or a metric of Keras. Received: {metric!r}"
            )
        check_counts_alike(self, metric)
        state = {variable.name: np.asarray(variable).astype(np.float64) for variable in metric.variables}
        if not state and not self._late:  # Keras waits for a batch where states could be made at once
            state = {name: np.zeros(getattr(self, name).shape) for name in self._states}
        return state

    def _build_like(self, state):
        """Make the states that depend on the data, for a metric that has seen none yet."""

    def _forget(self):
        """Become as new: the states that the first batch made are gone."""
        for name in self._states:
            delattr(self, name)
        self._states.clear()

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
        state = {key.removeprefix(prefix): value for key, value in state_dict.items()}
        if self._late and self._persistent and not set(self._states) & set(state):
            self._forget()
        self._build_like(state)
        for name in self._states:
            own = self._state(name)
            if prefix + name in state_dict:  # which may take the place of the state: it must count as exactly
                state_dict[prefix + name] = state_dict[prefix + name].to(own.dtype)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)
        if local_metadata.get("assign_to_params_buffers"):
            self._borrowed = True
            if len({buffer.is_meta for buffer in self.buffers(recurse=False)}) > 1:  # where no constants are
                self._make_constants()

    def _apply(self, fn, recurse=True):
        before = {name: buffer for name, buffer in self._buffers.items() if buffer is not None}
        try:
            with torch.inference_mode(False):  # see add_variable
                super()._apply(fn, recurse)
                self._keep(before)
        except TypeError as error:
            if "float64" not in str(error):
                raise
            raise TypeError(
                f"{type(self).__name__}: the states are float64, which the device does not have. Keep the metric on "
                "the CPU and give it tensors moved there."
            ) from error
        return self

    def _keep(self, before):
        """Keep dtypes and constants: `to_empty` gives memory alone, and what was on "meta" begins anew."""
        for name, buffer in before.items():
            now = self._buffers[name]
            if now.dtype != buffer.dtype or (name not in self._states and not buffer.is_meta):
                self._buffers[name] = buffer.to(now.device)
        if any(buffer.is_meta and not self._buffers[name].is_meta for name, buffer in before.items()):
            self._begin()

    def extra_repr(self):
        return described(self)


def _metrics_in(module, seen, path=""):
    for name, item in module.named_children():
        if isinstance(item, Metric):
            if item not in seen:
                seen.add(item)
                yield path + name, item
        else:
            yield from _metrics_in(item, seen, f"{path}{name}.")


def _holds_a_metric(parts):
    """Whether there is a metric in lists and dictionaries, however deep."""
    return any(
        isinstance(item, Metric) or (isinstance(item, Mapping | list | tuple) and _holds_a_metric(item))
        for item in (parts.values() if isinstance(parts, Mapping) else parts)
    )
