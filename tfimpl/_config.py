"""Arguments and configs, free of any framework: this file stands unchanged in `tfimpl` and `torchimpl`."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from numbers import Integral, Real
from typing import Any, Self

import numpy as np

from ._limits import check_config, is_text

FLOAT_DTYPES = ("float16", "bfloat16", "float32", "float64")
LARGEST = 3e38  # of a number that is an argument: beyond it is no float32
NUMBERS = (int, float)
REDUCTIONS: tuple[Any, ...] = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


class Serializable:
    """Gives `get_config` and `from_config` to classes that keep each constructor argument as the attribute of its name.

    A constructor that ends in `**kwargs` hands the rest to its parent, whose arguments are then part of the config too.
    """

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, each with the value it had."""
        overridden = type(self).get_config is not Serializable.get_config
        config = {}
        for name in constructor_arguments(type(self)):
            if hasattr(self, name):
                config[name] = plain(getattr(self, name))
            elif not overridden:
                raise AttributeError(
                    f"{type(self).__name__}.get_config: the constructor takes `{name}`, but the instance has no "
                    f"attribute of that name. Store it (self.{name} = {name}) or override get_config."
                )
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Build an object from what `get_config` returned.

        Raises:
            ValueError: `config` has a key that the constructor does not take, or is larger than any needs to be.
        """
        check_config(f"{cls.__name__}.from_config", config)
        allowed = constructor_arguments(cls)
        unknown = [key for key in config if key not in allowed]
        if unknown and not takes_any_argument(cls):
            raise ValueError(
                f"{cls.__name__}.from_config: unknown argument `{unknown[0]}`, expected {list(allowed)}. "
                "Remove it, or load the config with the class that wrote it."
            )
        return cls(**config)


class Described(Serializable):
    """What has a repr that says how it was made, where no other base class has one."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({described(self)})"


def plain(value: Any) -> Any:
    """Turn sequences, mappings and NumPy scalars into what JSON can hold: lists, dictionaries and numbers."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.bool):
        return bool(value)
    number = _plain_number(value)
    return value if number is None else number


def _plain_number(value: Any) -> Any:
    """Return a number of any type as one of Python's; None for anything else, of which a boolean is one."""
    if type(value) in NUMBERS:  # said first: whether it is of an abstract type takes several times as long
        return value
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return int(value) if isinstance(value, Integral) else float(value)


def as_lists(value: Any) -> Any:
    """Return an array or a tensor as numbers in lists; anything else as it is."""
    value = value.numpy() if hasattr(value, "numpy") and not hasattr(value, "tolist") else value  # TensorFlow's
    return value.tolist() if hasattr(value, "tolist") else value


def described(item: Any) -> str:
    """Say the constructor arguments that an object keeps, for its repr."""
    known = [name for name in constructor_arguments(type(item)) if hasattr(item, name)]
    return ", ".join(f"{name}={getattr(item, name)!r}" for name in known)


def arguments_of(item: Any) -> dict[str, Any]:
    """The arguments with which an object was made, but for its name: its config, or what no config can hold."""
    try:
        return {**item.get_config(), "name": None}
    except ValueError:  # a function
        known = {name: getattr(item, name, None) for name in constructor_arguments(type(item))}
        return {**known, "fn_kwargs": getattr(item, "fn_kwargs", None), "name": None}


def equal(first: Any, second: Any) -> bool:
    """Whether two arguments are the same: numbers, texts, arrays, lists and dictionaries of them, objects by repr."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(equal(item, second[key]) for key, item in first.items())
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(equal, first, second))
    if hasattr(first, "tolist") and hasattr(second, "tolist"):  # arrays and tensors
        return equal(first.tolist(), second.tolist())
    if isinstance(first, Real | str):
        return bool(first == second)
    return first is second or (type(first) is type(second) and repr(first) == repr(second))


def constructor_arguments(cls: type) -> dict[str, inspect.Parameter]:
    """The named constructor arguments of `cls`, followed through `**kwargs` to the parents that take them."""
    arguments: dict[str, inspect.Parameter] = {}
    for owner in cls.__mro__:
        if owner is object or "__init__" not in vars(owner):  # of object, Python compiles a signature
            continue
        parameters = _parameters(owner.__init__)
        for parameter in parameters:
            if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                arguments.setdefault(parameter.name, parameter)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return arguments


@lru_cache(maxsize=1024)
def _parameters(constructor: Callable) -> list[inspect.Parameter]:
    return list(inspect.signature(constructor).parameters.values())[1:]


def takes_any_argument(cls: type) -> bool:
    """Whether `cls` says that it passes unnamed keyword arguments on to a function (see MeanMetricWrapper)."""
    return getattr(cls, "_forwards_arguments", False)


def check_number(
    owner: str,
    name: str,
    value: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
) -> Any:
    """Return `value` if it is a finite number with low <= value <= high and value > above; raise ValueError if not.

    A whole number beyond 64 bits, which neither framework multiplies by, becomes a float.
    """
    number = _plain_number(value)
    if number is not None:
        inside = (
            (above is None or number > above) and (low is None or number >= low) and (high is None or number <= high)
        )
        if inside and -LARGEST <= number <= LARGEST:
            return number if -(2**63) <= number < 2**63 else float(number)
    limits = [f"> {above:g}"] if above is not None else []
    limits += [f">= {low:g}"] if low is not None else []
    limits += [f"<= {high:g}"] if high is not None else []
    raise ValueError(
        f"{owner}: argument `{name}` must be a finite number{' ' if limits else ''}{' and '.join(limits)}. "
        f"Received: {name}={value!r}"
    )


def check_numbers(owner: str, name: str, value: Any, *, low: float, high: float | None = None) -> list[Any]:
    """Return `value` as a list if it is one of numbers, low <= each <= high; raise ValueError if not."""
    value = as_lists(value)
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        raise ValueError(f"{owner}: argument `{name}` must be a list of numbers. Received: {name}={value!r}")
    return [check_number(owner, name, item, low=low, high=high) for item in value]


def check_integer(owner: str, name: str, value: Any, *, low: int | None = None, high: int | None = None) -> Any:
    """Return `value` if it is an integer with low <= value <= high; raise ValueError if not."""
    # Python's own type first: the abstract one takes four times as long to say whether a number is of it.
    whole = type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))
    if whole and (low is None or value >= low) and (high is None or value <= high):
        return int(value)
    limits = [f" >= {low}"] if low is not None else []
    limits += [f" <= {high}"] if high is not None else []
    raise ValueError(f"{owner}: argument `{name}` must be an integer{' and'.join(limits)}. Received: {name}={value!r}")


def check_boolean(owner: str, name: str, value: Any) -> bool:
    """Return `value` if it is True or False, NumPy's too; raise ValueError if not."""
    if isinstance(value, bool | np.bool):
        return bool(value)
    raise ValueError(f"{owner}: argument `{name}` must be True or False. Received: {name}={value!r}")


def check_choice(owner: str, name: str, value: Any, choices: Sequence[str]) -> str:
    """Return `value` if it is one of `choices`; raise ValueError if not."""
    if isinstance(value, str) and value in choices:
        return value
    raise ValueError(f"{owner}: argument `{name}` must be one of {list(choices)}. Received: {name}={value!r}")


def check_axes(owner: str, name: str, value: Any) -> int | list[int]:
    """Return an axis as an integer, several axes as a list of integers; raise ValueError for anything else."""
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError(f"{owner}: argument `{name}` must be an integer, or several. Received: {name}={value!r}")
        return [check_integer(owner, name, axis) for axis in value]
    return check_integer(owner, name, value)


def check_rank(owner: str, axes: int | list[int], rank: int | None) -> None:
    """Raise ValueError unless each axis is one of a tensor of this rank, and none is named twice.

    An unknown rank (None, in a TensorFlow graph) has any axis.
    """
    if rank is None:
        return
    if isinstance(axes, int) and -rank <= axes < rank:
        return
    several = axes if isinstance(axes, list) else [axes]
    if len({axis % rank for axis in several if -rank <= axis < rank}) < len(several):
        raise ValueError(
            f"{owner}: a tensor of rank {rank} has no such axis, or it is named twice. Received: axis={axes}"
        )


def check_matrix(owner: str, shape: Sequence[Any]) -> None:
    """Raise ValueError unless a shape has two axes."""
    if len(shape) != 2:
        raise ValueError(f"{owner}: the weights must be a matrix. Received: weights of shape {tuple(shape)}")


def check_even(owner: str, shape: Sequence[Any], axis: int) -> None:
    """Raise ValueError unless the size of an axis is even, or unknown (None, in a TensorFlow graph)."""
    if shape[axis] is not None and shape[axis] % 2:
        raise ValueError(
            f"{owner}: the size of the axis must be even: it is halved. Received: axis={axis} of a tensor of shape "
            f"{tuple(shape)}"
        )


def check_name(owner: str, value: Any, grouped: bool = False) -> str | None:
    """Return a name, or None; raise ValueError for what is neither, and for names that read like a path.

    grouped: slashes may part it, as in a name under which TensorBoard shows a metric: "train/loss".
    """
    if value is None:
        return value
    plain = isinstance(value, str) and is_text(value) and not set(value) & set("\\\0")
    parts = value.split("/") if plain else []
    if parts and not set(parts) & {"", ".", ".."} and (grouped or len(parts) == 1):
        return value
    wanted = "that is no path" if grouped else "without slashes"
    raise ValueError(f"{owner}: argument `name` must be a Unicode string {wanted}, or None. Received: name={value!r}")


def snake_case(name: str) -> str:
    """Name an object after its class as Keras does: MeanIoU -> mean_io_u."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def canonical_reduction(owner: str, value: Any) -> str:
    """Map Keras's reductions and their synonyms ("mean", None) to the four that exist."""
    if value is None:
        return "none"
    name = check_choice(owner, "reduction", value, REDUCTIONS)
    return "sum_over_batch_size" if name == "mean" else name


def canonical_dtype(owner: str, value: Any, default: str) -> str:
    """Name a floating-point dtype: from a string, a NumPy, TensorFlow or PyTorch dtype, or a Keras dtype policy.

    Integer dtypes are read as `default`: Keras writes "int64" into the config of its IoU metrics, whose results are
    floating-point all the same.
    """
    received = value
    if value is None:
        return default
    if isinstance(value, Mapping):
        arguments = value.get("config")
        policy = value.get("class_name") == "DTypePolicy" and value.get("module") in (None, "keras")
        value = arguments["name"] if policy and isinstance(arguments, Mapping) and set(arguments) == {"name"} else ""
    value = getattr(value, "compute_dtype", value)
    if not isinstance(value, str):
        value = getattr(value, "name", None) or getattr(value, "__name__", None) or str(value)
    name = value.removeprefix("torch.").removeprefix("mixed_")
    if re.fullmatch(r"u?int\d*", name):
        return default
    if name in FLOAT_DTYPES:
        return name
    raise ValueError(
        f"{owner}: argument `dtype` must be None or one of {list(FLOAT_DTYPES)}. Received: dtype={received!r}"
    )


def match_shapes(owner: str, first: Sequence[Any], second: Sequence[Any]) -> tuple[str, str]:
    """Say what makes two shapes equal, as Keras does: "keep", "expand" or "squeeze" the last axis of each.

    Only a last axis of size 1 may be missing or in excess. Unknown dimensions (None, in a TensorFlow graph) fit any.

    Raises:
        ValueError: the shapes differ in another way; broadcasting them would pair each target with every prediction.
    """
    steps = "keep", "keep"
    one, two = list(first), list(second)
    if not one or not two:
        raise ValueError(
            f"{owner}: y_true and y_pred must have at least one axis. Received: y_true of shape {tuple(first)}, "
            f"y_pred of shape {tuple(second)}. Reshape them."
        )
    if len(one) == len(two) + 1 and one[-1] == 1:
        if len(two) == 1:
            steps, two = ("keep", "expand"), [*two, 1]
        else:
            steps, one = ("squeeze", "keep"), one[:-1]
    elif len(two) == len(one) + 1 and two[-1] == 1:
        if len(one) == 1:
            steps, one = ("expand", "keep"), [*one, 1]
        else:
            steps, two = ("keep", "squeeze"), two[:-1]
    if len(one) != len(two) or any(None not in (a, b) and a != b for a, b in zip(one, two, strict=True)):
        raise ValueError(
            f"{owner}: y_true and y_pred must have the same shape, but for a last axis of size 1. "
            f"Received: y_true of shape {tuple(first)}, y_pred of shape {tuple(second)}. "
            "Reshape one of them; they are never broadcast against each other."
        )
    return steps


def check_columns(owner: str, shape: Sequence[Any], state: Any = None) -> None:
    """Raise ValueError unless predictions are of shape `[batch, columns]`, with as many columns as the states have.

    Args:
        owner: the metric's class.
        shape: shape of the predictions.
        state: one of the states, of shape `[columns]`, or a single number for them all; None before the first batch,
            whose number of columns must be known.
    """
    if len(shape) != 2 or (state is None and shape[1] is None):
        raise ValueError(
            f"{owner}: y_pred must have shape [batch, columns], with a known number of columns. "
            f"Received: shape {tuple(shape)}. Reshape it."
        )
    kept = state.shape[0] if state is not None and len(state.shape) else shape[1]
    if shape[1] is not None and shape[1] != kept:
        raise ValueError(
            f"{owner}: y_pred must have shape [batch, {kept}], with as many columns as the states have. "
            f"Received: shape {tuple(shape)}. Reshape it, or begin with a new metric."
        )


def match_embeddings(owner: str, labels: Sequence[Any], embeddings: Sequence[Any]) -> None:
    """Raise ValueError unless there is one label, in a row or a column, for each embedding of a table."""
    column = len(labels) == 2 and labels[1] in (1, None)
    fits = len(embeddings) == 2 and (len(labels) == 1 or column)
    if not fits or (None not in (labels[0], embeddings[0]) and labels[0] != embeddings[0]):
        raise ValueError(
            f"{owner}: embeddings must have shape [batch, dimensions], with one label each, of shape [batch] or "
            f"[batch, 1]. Received: labels of shape {tuple(labels)}, embeddings of shape {tuple(embeddings)}. "
            "Reshape one of them."
        )


def match_labels(owner: str, labels: Sequence[Any], scores: Sequence[Any], axis: int) -> list[int]:
    """Say which axes of size 1 to squeeze, one after the other, so that labels have the shape of scores without axis.

    The axis of the classes may still be there, and a last axis may be in excess. Unknown dimensions fit any.

    Raises:
        ValueError: the shapes differ in another way.
    """
    check_rank(owner, axis, len(scores))
    axis %= len(scores)
    shape, wanted, steps = list(labels), [*scores[:axis], *scores[axis + 1 :]], []
    if len(shape) == len(scores) + 1 and shape[-1] in (1, None):
        steps.append(len(shape) - 1)
        shape.pop()
    if len(shape) == len(scores):
        step = axis if shape[axis] in (1, None) else len(shape) - 1
        if shape[step] in (1, None):
            steps.append(step)
            shape.pop(step)
    if len(shape) != len(wanted) or any(None not in (a, b) and a != b for a, b in zip(shape, wanted, strict=True)):
        raise ValueError(
            f"{owner}: y_true must have the shape of y_pred without axis {axis}, on which the classes are. "
            f"Received: y_true of shape {tuple(labels)}, y_pred of shape {tuple(scores)}. "
            "Reshape one of them; they are never broadcast against each other."
        )
    return steps


def check_sequences(owner: str, labels: Sequence[Any], logits: Sequence[Any]) -> None:
    """Raise ValueError unless the shapes are [batch, labels] and [batch, steps, classes]."""
    if len(labels) != 2 or len(logits) != 3 or (None not in (labels[0], logits[0]) and labels[0] != logits[0]):
        raise ValueError(
            f"{owner}: y_true must have the shape (batch, labels), y_pred (batch, steps, classes). "
            f"Received: y_true of shape {tuple(labels)}, y_pred of shape {tuple(logits)}. Reshape them."
        )


def no_such_class(owner: str, label: float, classes: int) -> str:
    """Word the error on a label that names no class."""
    said = label if label % 1 else int(label)
    return (
        f"{owner}: y_true must hold class numbers from 0 to {classes - 1}, as many as y_pred has. "
        f"Received: {said}, which is no class. Correct the labels, or predict more classes."
    )


def match_weights(owner: str, name: str, weights: Sequence[Any], values: Sequence[Any]) -> int:
    """Say how many axes to append to `weights` (-1: squeeze the last) so that it fits the leading axes of `values`.

    Raises:
        ValueError: `weights` does not fit: a dimension is neither 1 nor that of `values`.
    """
    change = len(values) - len(weights)
    # A size that a graph does not know may be 1.
    shape = list(weights[:-1] if change == -1 and (weights[-1] == 1 or weights[-1] is None) else weights)
    if len(shape) > len(values) or any(
        None not in (a, b) and a != 1 and a != b  # not `in`, which PyTorch answers wrongly while it traces
        for a, b in zip(shape, values, strict=False)
    ):
        does_not_fit = f"{owner}: `{name}` of shape {tuple(weights)} does not fit"
        if len(values) == 0:
            raise ValueError(
                f"{does_not_fit} a loss that is one number for the whole batch. Expected one number. For a loss of "
                "each sample give targets and predictions of shape (n,) as (n, 1); where there is an `axis`, leave "
                f"that of the samples out of it. Or leave out `{name}`."
            )
        expected = f"{tuple(values[:1])} (one for each sample)"
        if len(values) > 1:
            expected += f" or {tuple(values)} (one for each value), or one between, in which some dimensions may be 1"
        mend = "Reshape it."
        if len(shape) > len(values):
            mend = "For a weight of each entry that is averaged give targets and predictions a last axis of size 1."
        raise ValueError(f"{does_not_fit} values of shape {tuple(values)}. Expected shape {expected}. {mend}")
    return change
