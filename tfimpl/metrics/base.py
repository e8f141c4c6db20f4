"""The base of every metric: state that is accumulated over a stream, exact enough to forget about."""

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common.stateless_scope import in_stateless_scope

from tfimpl._config import Serializable, canonical_dtype, check_name
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

    _late = False  # whether the first batch makes the states, all of them

    def __init__(self, dtype=None, name=None):
        owner = type(self).__name__
        super().__init__(
            dtype=canonical_dtype(owner, dtype, keras.config.floatx()),
            name=check_name(owner, name),
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

    def _metrics_inside(self):
        return {name: item for name, item in vars(self).items() if isinstance(item, Metric)}

    def accumulate(self, **amounts):
        """Add to states, by name."""
        if not tf.executing_eagerly():
            self._in_graph = True
        for name, amount in amounts.items():
            state = getattr(self, name)
            (state if in_stateless_scope() else state.value).assign_add(self._fitting(name, amount, state))

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
        for metric in metrics:
            ours, theirs = ({**item.get_config(), "name": None} for item in (self, metric))
            if type(metric) is not type(self) or ours != theirs:
                raise ValueError(
                    f"{type(self).__name__}.merge_state: expected metrics of this class and config, {ours}. "
                    f"Received: a {type(metric).__name__}, {theirs}"
                )
            self._build_like(metric.get_state())
            self.accumulate(**{name: to_tensor(getattr(metric, name)) for name in metric._states})
            for name, inside in self._metrics_inside().items():
                inside.merge_state([getattr(metric, name)])

    def get_state(self):
        """Return the states as NumPy arrays by name: what a metric of the twin package takes with `set_state`."""
        state = {name: to_tensor(getattr(self, name)).numpy().copy() for name in self._states}
        for name, inside in self._metrics_inside().items():
            state.update({f"{name}.{key}": value for key, value in inside.get_state().items()})
        return state

    def set_state(self, state):
        """Take states as `get_state` returned them, here or in the twin package, or those of a Keras metric.

        Args:
            state: arrays by name, or a metric of Keras of the same class and config. None of any name, as `get_state`
                returned before the first batch, makes a metric as new whose first batch makes its states.

        Raises:
            ValueError: a state is missing, unknown, or has another shape.
        """
        if not isinstance(state, Mapping):
            state = self._from_keras(state)
        for name, inside in self._metrics_inside().items():
            inside.set_state({key[len(name) + 1 :]: state[key] for key in state if key.startswith(f"{name}.")})
        state = {key: value for key, value in state.items() if key.partition(".")[0] not in self._metrics_inside()}
        if self._late and not state:
            self._forget()
            return
        self._build_like(state)
        expected = {name: tuple(getattr(self, name).shape) for name in self._states}
        received = {name: np.shape(value) for name, value in state.items()}
        if received != expected:
            raise ValueError(
                f"{type(self).__name__}.set_state: expected states of shapes {expected}. Received: {received}"
            )
        for name, value in state.items():
            getattr(self, name).assign(value)

    def _from_keras(self, metric):
        """Return the states of a Keras metric by name: its variables are called as the states are here."""
        if not hasattr(metric, "variables"):
            raise ValueError(
                f"{type(self).__name__}.set_state: expected arrays by name, or a metric of Keras. Received: {metric!r}"
            )
        return {variable.name: np.asarray(variable) for variable in metric.variables}

    def _build_like(self, state):
        """Make the states that depend on the data, for a metric that has seen none yet."""

    def _forget(self):
        """Become as new: the states that the first batch made are gone."""
        own = [getattr(self, name) for name in self._states]
        if self._in_graph:  # which goes on adding to them, and must not make others: they are zeros
            for state in own:
                state.assign(np.zeros(state.shape))
            return
        for name, state in zip(self._states, own, strict=True):
            self._tracker.untrack(state)
            delattr(self, name)
        self._states.clear()

    def __reduce__(self):
        return _revived, (type(self), self.get_config(), self.get_state())


def _revived(kind, config, state):
    """Undo a pickle: Keras's own would bring the metric back without its states."""
    metric = kind.from_config(config)
    metric.set_state(state)
    return metric
