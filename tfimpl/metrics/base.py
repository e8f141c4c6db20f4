"""The base of every metric: state that is accumulated over a stream, exact enough to forget about."""

from collections.abc import Iterable, Mapping

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common.stateless_scope import in_stateless_scope

from tfimpl._arguments import check_counts_alike
from tfimpl._config import Serializable, arguments_of, canonical_dtype, check_name, equal
from tfimpl._limits import check_state
from tfimpl._tensors import to_tensor


class Metric(Serializable, keras.metrics.Metric):
    """A value over a stream of batches, kept in float64 sums.

    A subclass makes its states with `add_variable` in `__init__`, adds to them with `accumulate` in `update_state`,
    and computes from them in `result`. All states are sums: however a stream of samples is cut, ordered or merged, the
    result is the same. Counts are exact to 2**53.

    Args:
        dtype: the dtype of the result: a `tf.DType`, its name, or None for Keras's default dtype.
        name: name of the metric; made from the class name if None.
    """

    # "up" or "down": which way is better, for Keras's callbacks. Where neither is, there is none, as in Keras.
    _direction: str

    _late = False  # whether the first batch makes the states, all of them

    def __init__(self, dtype=None, name=None):
        owner = type(self).__name__
        super().__init__(
            dtype=canonical_dtype(owner, dtype, keras.config.floatx()),
            name=check_name(owner, name, grouped=True),
        )
        self._states = []
        self._in_graph = False

    def add_variable(self, shape=(), initializer="zeros", dtype=None, name=None):
        """Make a state that starts at zero, and return it.

        Args:
            shape: its shape.
            initializer: "zeros", or a Zeros; given in Keras's code, and the only one, since `reset_state` sets zeros.
            dtype: float64 if None.
            name: the attribute under which the state is found, its key in `get_state`.

        Raises:
            ValueError: the name is missing or taken, initializer is something else, or the state would be huge.
        """
        self._check_super_called()
        owner = type(self).__name__
        if not isinstance(name, str) or not name.isidentifier() or hasattr(self, name):
            raise ValueError(f"{owner}.add_variable: expected a name not used yet. Received: name={name!r}")
        if initializer not in (None, "zeros") and type(initializer).__name__ != "Zeros":
            raise ValueError(f"{owner}.add_variable: states start at zeros. Received: initializer={initializer!r}")
        check_state(owner, shape)
        dtype = canonical_dtype(owner, dtype, "float64")
        with keras.name_scope(self.name.replace("/", ">"), caller=self):
            # Not cast, as Keras's own states are where a layer of mixed precision updates its metric in `call`.
            state = keras.Variable(
                np.zeros,
                shape=shape,
                dtype=dtype,
                trainable=False,
                autocast=False,
                aggregation="sum",
                synchronization="on_read",
                name=name,
            )
        setattr(self, name, state)  # Keras keeps track of it
        self._states.append(name)
        return getattr(self, name)

    add_weight = add_variable

    def _nothing_yet(self):
        """The result of a metric whose states the first batch will make."""
        self._check_graph(not tf.executing_eagerly())
        return tf.zeros((), self.dtype)

    def _check_graph(self, too_early):
        """Raise ValueError where a graph would be made without the states: it would never have any."""
        if too_early:
            raise ValueError(
                f"{type(self).__name__}: the first batch makes the states, and cannot do so in this graph. Give the "
                "metric a batch before the graph is made, and let reset_state forget it."
            )

    def _metrics_inside(self):
        """The metrics that this one holds, by attribute, those in lists and dictionaries too: "each.0"."""
        attributes = {name: item for name, item in vars(self).items() if name != "_metrics"}  # Keras's own list
        found = {}
        for name, item in _metrics_in(attributes):
            if not isinstance(item, Metric):
                raise ValueError(
                    f"{type(self).__name__}: a metric of Keras inside of this one is not saved or merged with it. "
                    f"Received: self.{name} = {item}. Use the one of tfimpl.metrics."
                )
            if all(item is not other for other in found.values()):
                found[name] = item
        return found

    def accumulate(self, **amounts):
        """Add to states, by name."""
        if not tf.executing_eagerly():
            self._in_graph = True
        for name, amount in amounts.items():
            state = getattr(self, name)
            amount = self._fitting(name, amount, state)
            if in_stateless_scope():
                state.assign_add(amount)
            else:
                self._on_replicas(name)[0].assign_add(amount, read_value=False)

    def _on_replicas(self, name):
        """The variables behind a state: one, or outside of its strategy's `run` that of each replica."""
        value, context = getattr(self, name).value, tf.distribute.get_replica_context()
        if not hasattr(value, "values") or (context is not None and context.strategy is value.distribute_strategy):
            return (value,)
        return value.values

    def _assign(self, name, value):
        """Set a state: one of several replicas, for to divide it among them would round it."""
        if in_stateless_scope():
            getattr(self, name).assign(value)
            return
        first, *others = self._on_replicas(name)
        first.assign(value)
        for other in others:
            other.assign(tf.zeros_like(other))

    def _fitting(self, name, amount, state):
        amount = to_tensor(amount, state.dtype)
        if not amount.shape.is_compatible_with(state.shape):
            raise ValueError(
                f"{type(self).__name__}.accumulate: {name} has shape {tuple(state.shape)}. "
                f"Received: an amount of shape {tuple(amount.shape)}"
            )
        return amount

    def update_state(self, *args, **kwargs):
        """Add a batch to the states."""
        raise NotImplementedError(f"{type(self).__name__} must implement update_state.")

    def result(self):
        """Return the value over all batches since the last reset, in the metric's dtype."""
        raise NotImplementedError(f"{type(self).__name__} must implement result().")

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
        states = [metric.get_state() for metric in metrics]  # one of them can be this one
        before = self.get_state()
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
        self.accumulate(**own)
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

    def _read(self):
        """The states by name, those of all replicas of a strategy added up."""
        if not tf.executing_eagerly():
            self._in_graph = True
        return {name: to_tensor(getattr(self, name)) for name in self._states}

    def get_state(self):
        """Return the states as NumPy arrays by name: what a metric of the twin package takes with `set_state`."""
        state = {name: value.numpy().copy() for name, value in self._read().items()}
        for name, inside in self._metrics_inside().items():
            state.update({f"{name}.{key}": value for key, value in inside.get_state().items()})
        return state

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
        before = self.get_state()
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
            self._assign(name, value)

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
        if self._in_graph:  # which goes on with them, and must not make others: they are zeros
            for name in self._states:
                self._assign(name, np.zeros(getattr(self, name).shape))
            return
        for name in self._states:
            self._tracker.untrack(getattr(self, name))
            delattr(self, name)
        self._states.clear()

    def __reduce__(self):
        return _revived, (type(self), self.get_config(), self.get_state())


def _metrics_in(parts, path=""):
    for key, item in parts.items() if isinstance(parts, Mapping) else enumerate(parts):
        if isinstance(item, keras.metrics.Metric):
            yield f"{path}{key}", item
        elif isinstance(item, Mapping | list | tuple):
            yield from _metrics_in(item, f"{path}{key}.")


def _revived(kind, config, state):
    """Undo a pickle: Keras's own would bring the metric back without its states."""
    metric = kind.from_config(config)
    metric.set_state(state)
    return metric
