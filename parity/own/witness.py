"""One side of a user's own pair: how it is made, called, and asked for float64."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from parity import bridge
from parity.own.given import is_float, rounded
from parity.tolerance import ParityError

SYNONYMS = {
    "y_true": ("target", "targets", "labels"),
    "y_pred": ("input", "log_input", "preds", "predictions", "inputs", "output", "logits", "scores", "y_score"),
}
REDUCTION = "reduction"


@dataclass(frozen=True)
class Adapted:
    """A function, class or object with a note on how it differs from its partner in the way it is called."""

    target: Any
    order: tuple[str, ...] = ()
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    axes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    result: tuple[int, ...] = ()


def adapt(
    target: Any,
    *,
    order: tuple[str, ...] = (),
    arguments: Mapping[str, str | None] | None = None,
    axes: Mapping[str, tuple[int, ...]] | None = None,
    result: tuple[int, ...] = (),
) -> Adapted:
    """Say how one side of a pair is called, where it is not called as the other.

    Args:
        target: the function, class or object.
        order: the inputs that it takes by position, in its order: `("y_pred", "y_true")` for PyTorch's (input, target).
        arguments: its own names of arguments of the config, `{"delta": "beta"}`; None for one that it does not take.
        axes: for each input in another layout, the order of axes that it wants: `{"x": (0, 3, 1, 2)}` gives an image
            of (batch, height, width, channel) to a function of (batch, channel, height, width).
        result: the order of axes that brings its result to the layout of its partner's.

    Returns:
        What `parity.check` takes for `tf` or `torch`. Gradients are compared in the layout of the inputs.
    """
    return Adapted(target, tuple(order), dict(arguments or {}), dict(axes or {}), tuple(result))


@dataclass
class Answer:
    """What a side gave: its value and gradients, as arrays; of a difference quotient, how far it may be off."""

    value: np.ndarray
    gradients: dict[str, np.ndarray]
    doubts: dict[str, np.ndarray] = field(default_factory=dict)

    def of(self, what: str) -> np.ndarray:
        return self.value if what == "value" else self.gradients[what]


class Witness:
    """One side of a pair.

    Args:
        slot: "tf", "torch" or "numpy": where it was given.
        given: function, class, object, or what `adapt` returned.
    """

    def __init__(self, slot: str, given: Any) -> None:
        self.slot = slot
        self.how = given if isinstance(given, Adapted) else Adapted(given)
        self.side: Any = bridge.side(slot)
        self.certain = slot == "numpy"
        self.in_float64 = False
        self._widened: Adapted | None = None

    @property
    def title(self) -> str:
        target = _unwrapped(self.how.target)
        return str(getattr(target, "__name__", type(target).__name__))

    def source(self, alias: bool = False) -> tuple[str, str]:
        """A line that says what the target is, an import where it can be imported, and its name.

        Args:
            alias: whether its partner has the same name.
        """
        target, stand_in = self.how.target, f"your_{self.slot}"
        name, home = getattr(target, "__qualname__", ""), getattr(target, "__module__", None) or "__main__"
        if self.how != Adapted(target) or not name.isidentifier() or isinstance(target, partial):
            return f"# {stand_in} stands for what was given as {self.slot}", stand_in
        if home == "__main__":
            return (f"# {stand_in} stands for your {name}", stand_in) if alias else (f"# {name} is your own", name)
        known = f"{name}_in_{self.slot}"
        return (f"from {home} import {name} as {known}", known) if alias else (f"from {home} import {name}", name)

    @property
    def is_class(self) -> bool:
        return inspect.isclass(_unwrapped(self.how.target))

    @property
    def is_metric(self) -> bool:
        target = _unwrapped(self.how.target)
        return all(any(hasattr(target, name) for name in names) for names in (UPDATES, RESULTS))

    @property
    def is_numpy(self) -> bool:
        return isinstance(self.side, bridge.NumPy)

    def settle(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        """Find out whether what was given under a framework's name is a function of NumPy arrays."""
        if self.certain:
            return
        call = self._bound(config, inputs)
        self.certain = True
        if self.side.answers(call, inputs):
            return
        try:
            with np.errstate(all="ignore"):
                answer = call(**inputs)
        except Exception:  # neither: what it says about tensors is the message
            return
        if isinstance(answer, np.ndarray | np.generic | float | int):
            self.side = bridge.side("numpy")

    def call(
        self, config: Mapping[str, Any], inputs: Mapping[str, Any], wrt: tuple[str, ...] = (), *, bare: bool = False
    ) -> Answer:
        """Value and gradients for inputs as they are.

        Args:
            wrt: the inputs to take gradients of.
            bare: without a reduction of its own.
        """
        arrays = {key: item for key, item in inputs.items() if isinstance(item, np.ndarray)}
        others = {key: item for key, item in inputs.items() if key not in arrays}
        try:
            call = self._bound(config, inputs, bare=bare)
            value, gradients = self.side.call(lambda **tensors: call(**tensors, **others), arrays, wrt)
        except ParityError:
            raise
        except Exception as error:
            error.add_note(f"Raised by what was given as {self.slot}.")
            raise
        return Answer(value, gradients)

    def wide(
        self, config: Mapping[str, Any], inputs: Mapping[str, Any], wrt: tuple[str, ...] = (), *, bare: bool = False
    ) -> Answer | None:
        """Value and gradients in float64; None where it cannot compute in float64, or has no floats to begin with."""
        if not any(isinstance(item, np.ndarray) and is_float(item) for item in inputs.values()):
            return None
        try:
            with self._in_float64():
                answer = self.call(config, rounded(inputs, "float64"), wrt, bare=bare)
        except ParityError:
            raise
        except Exception:  # constants of float32 among its own, or kernels that are missing
            return None
        return None if answer.value.dtype == np.float32 else answer

    @contextmanager
    def _in_float64(self) -> Iterator[None]:
        kept = self.how
        if self._widened is None:
            self._widened = kept if self.is_class else replace(kept, target=self.side.widened(kept.target))
        self.how = self._widened
        try:
            with self.side.wide():
                self.in_float64 = True
                yield
        finally:
            self.how, self.in_float64 = kept, False

    def made(self, config: Mapping[str, Any]) -> Any:
        """The object or function, with its arguments."""
        named = {self.how.arguments.get(key, key): item for key, item in config.items()}
        arguments = {key: item for key, item in named.items() if key is not None}
        target = self.how.target
        if self.is_class:
            return target(**arguments)
        parameters = _parameters(target) or {}
        anything = not parameters or any(found.kind is found.VAR_KEYWORD for found in parameters.values())
        if not anything and not arguments.keys() <= parameters.keys():
            made = f" It is an object, which has its arguments: give the class, {self.title}."
            raise ParityError(
                f"{self.slot}: config: {self.title} is called with {list(parameters)}. Received: {list(arguments)}."
                f"{'' if inspect.isroutine(target) else made}"
            )
        return partial(target, **arguments) if arguments else target

    def item(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
        """What has a config, if anything has."""
        return self.made(config)

    def again_from(self, make: Callable[[], Any]) -> "Witness":
        """The same side, with an object that was made from a config."""
        return type(self)(self.slot, replace(self.how, target=make()))

    @property
    def reduces(self) -> bool:
        """Whether it has a reduction that can be taken away."""
        target = self.how.target
        return REDUCTION in (_parameters(target) or {}) or hasattr(target, REDUCTION)

    def _bound(self, config: Mapping[str, Any], inputs: Mapping[str, Any], bare: bool = False) -> Callable[..., Any]:
        """A function of the inputs by name."""
        if bare and not hasattr(self.how.target, REDUCTION):
            config = {**config, REDUCTION: "none"}
        item = self.made(config)
        if bare and hasattr(item, REDUCTION):
            item = _without_reduction(item)
        positions, names = self._places(item, tuple(inputs))

        def call(**given: Any) -> Any:
            for key, axes in self.how.axes.items():
                given[key] = self.side.transposed(given[key], axes)
            answer = item(
                *(given[key] for key in positions), **{names[key]: given[key] for key in given if key not in positions}
            )
            return self.side.transposed(answer, self.how.result) if self.how.result else answer

        return call

    def _places(self, item: Any, inputs: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
        """Which inputs go by position, and under which name the others go."""
        missing = [key for key in (*self.how.order, *self.how.axes) if key not in inputs]
        if missing:
            raise ParityError(
                f"{self.slot}: parity.adapt: order and axes: expected names of inputs, {list(inputs)} here. "
                f"Received: {', '.join(missing)}"
            )
        rest = tuple(key for key in inputs if key not in self.how.order)
        if not rest or (len(rest) == 1 and not self.how.order):
            return (*self.how.order, *rest), {}
        parameters = _parameters(item)
        if parameters is not None:
            anything = any(found.kind is found.VAR_KEYWORD for found in parameters.values())
            by_name = {
                name
                for name, found in parameters.items()
                if found.kind in (found.POSITIONAL_OR_KEYWORD, found.KEYWORD_ONLY)
            }
            names = {key: self._name(key, by_name) for key in rest}
            if all(name or anything for name in names.values()):
                return self.how.order, {key: name or key for key, name in names.items()}
        known = "its signature cannot be read" if parameters is None else f"its parameters are {list(parameters)}"
        raise ParityError(
            f"{self.slot}: how is {self.title} called with {list(inputs)}? {known}. "
            f"Say it: parity.adapt({self.title}, order=(...)), or give a function of these names."
        )

    def _name(self, key: str, parameters: set[str]) -> str:
        return next((name for name in (key, *SYNONYMS.get(key, ())) if name in parameters), "")


def _unwrapped(target: Any) -> Any:
    """What a partial is one of: a class with some arguments is a class."""
    return _unwrapped(target.func) if isinstance(target, partial) else target


def _parameters(item: Any) -> dict[str, inspect.Parameter] | None:
    """The parameters of a call; None where they cannot be read."""
    try:
        found = dict(inspect.signature(item).parameters)
        if not inspect.isclass(item) and {each.kind for each in found.values()} == {
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        }:
            # Modules and layers take anything, and hand it on.
            inner = getattr(item, "forward", None) or getattr(item, "call", None)
            found = found if inner is None else dict(inspect.signature(inner).parameters)
    except (TypeError, ValueError):
        return None
    return found


def _without_reduction(item: Any) -> Any:
    made = bridge.twin(item)
    made.reduction = "none"
    return made


class Stream(Witness):
    """One side of a pair of metrics, or a function of NumPy arrays that is given the whole stream at once.

    Its inputs are those of all batches, `y_true[0]` of the first: one mapping, as the inputs of a function are.
    """

    def _bound(self, config: Mapping[str, Any], inputs: Mapping[str, Any], bare: bool = False) -> Callable[..., Any]:
        return lambda **given: self._number(self._result(self._metric(config, inputs), given))

    def _metric(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
        """A new metric; a function that has the inputs among its parameters makes none, it is one."""
        made = self.made(config)
        if not self.is_class and any(hasattr(made, name) for name in UPDATES):
            raise ParityError(
                f"{self.slot}: expected a class of metrics, or a function that makes one: each stream begins with a "
                f"new one. Received: an object, {type(made).__name__}. Give lambda: {type(made).__name__}(...)."
            )
        names = {key.partition("[")[0] for key in inputs}
        return made if self.is_class or names & set(_parameters(made) or {}) else made()

    def item(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
        return self._metric(config, inputs)

    def again_from(self, make: Callable[[], Any]) -> Witness:
        def metric() -> Any:  # of each stream a new one
            return make()

        return type(self)(self.slot, replace(self.how, target=metric))

    def asked(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> np.ndarray:
        """The result for a stream of a metric whose result was asked for after every batch."""
        metric, result = self._metric(config, inputs), np.zeros(())
        for batch in self._batches(inputs):
            result = self._answer(metric, [batch])
        return result

    def again(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> np.ndarray:
        """The result for a stream of a metric that had seen its first batch, and was reset."""
        metric, batches = self._metric(config, inputs), self._batches(inputs)
        self._answer(metric, batches[:1])
        self._method(metric, "reset_state", "reset")()
        return self._answer(metric, batches)

    def merged(self, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> np.ndarray | None:
        """The result of two metrics that saw every other batch each, merged; None for what has no `merge_state`."""
        first, second = self._metric(config, inputs), self._metric(config, inputs)
        if not hasattr(first, "merge_state"):
            return None
        batches = self._batches(inputs)
        self._see(first, batches[::2])
        if batches[1:]:
            self._see(second, batches[1::2])
        # torchmetrics takes the other metric, torcheval and our packages several.
        one = "incoming_state" in (_parameters(first.merge_state) or {})
        if one and (first.full_state_update is not False or first.dist_sync_on_step):
            return None  # torchmetrics does not merge these
        first.merge_state(second if one else [second])
        return self._answer(first)

    def inherits(self, giver: "Stream", config: Mapping[str, Any], inputs: Mapping[str, Any]) -> np.ndarray | None:
        """The result of a metric that was given the state of its partner after half of the batches, and saw the rest.

        None where one has no `get_state` or no `set_state`.
        """
        heir, metric = self._metric(config, inputs), giver._metric(config, inputs)
        if not (hasattr(heir, "set_state") and hasattr(metric, "get_state")):
            return None
        half = (len(ends(inputs)) + 1) // 2
        giver._see(metric, giver._batches(inputs)[:half])
        heir.set_state(metric.get_state())
        return self._answer(heir, self._batches(inputs)[half:])

    def _batches(self, inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
        return batches_of({key: self.side.tensor(item) for key, item in inputs.items()})

    def _answer(self, metric: Any, batches: Sequence[Mapping[str, Any]] = ()) -> np.ndarray:
        self._see(metric, batches)
        return np.asarray(self.side.array(self._number(self._method(metric, *RESULTS)())))

    def _result(self, metric: Any, given: Mapping[str, Any]) -> Any:
        if not any(hasattr(metric, name) for name in UPDATES):
            return metric(**{key.removesuffix("[0]"): item for key, item in joined(given).items()})
        self._see(metric, batches_of(given))
        return self._method(metric, *RESULTS)()

    def _see(self, metric: Any, batches: Sequence[Mapping[str, Any]]) -> None:
        update = self._method(metric, *UPDATES)
        for batch in batches:
            positions, names = self._places(update, tuple(batch))
            update(
                *(batch[key] for key in positions), **{names[key]: batch[key] for key in batch if key not in positions}
            )

    def _method(self, metric: Any, *names: str) -> Callable[..., Any]:
        for name in names:
            if hasattr(metric, name):
                return getattr(metric, name)
        raise ParityError(f"{self.slot}: {self.title} has none of the methods {', '.join(names)}")

    def _number(self, result: Any) -> Any:
        """A number of Python is what a tensor of it is."""
        if isinstance(result, float | int) and not self.is_numpy:
            return self.side.tensor(np.asarray(result, np.float64 if self.in_float64 else np.float32))
        return result


UPDATES = ("update_state", "update")
RESULTS = ("result", "compute")
WEIGHTS = ("sample_weight", "mask")


def ends(inputs: Mapping[str, Any]) -> list[str]:
    """The ends of the names of each batch: "[0]", "[1]"."""
    return list(dict.fromkeys(key[key.rindex("[") :] for key in inputs))


def batches_of(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The batches of a stream, each by the names of its inputs."""
    return [{key.removesuffix(end): inputs[key] for key in inputs if key.endswith(end)} for end in ends(inputs)]


def joined(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A stream as one batch; ones where a batch has no weights or no mask.

    Raises:
        KeyError: a batch has no other input that one of the others has.
    """
    batches = batches_of(inputs)
    whole = {name: np.atleast_1d(item) for batch in batches for name, item in batch.items()}

    def of(batch: Mapping[str, Any], name: str) -> np.ndarray:
        if name in batch or name not in WEIGHTS:
            return np.atleast_1d(batch[name])
        samples = max(len(np.atleast_1d(item)) for item in batch.values())
        return np.ones((samples, *whole[name].shape[1:]), whole[name].dtype)

    return {f"{name}[0]": np.concatenate([of(batch, name) for batch in batches]) for name in whole}
