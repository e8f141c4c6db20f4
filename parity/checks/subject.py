"""How an object of each family is made, called, and computed once more by the reference."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from parity.bridge import Side
from parity.reference import metrics as reference_metrics
from parity.reference.reduction import reduce
from parity.registry.entry import Entry
from parity.tolerance import ParityError, numpy_dtype

OBJECT_ARGUMENTS = ("reduction", "name", "dtype")


@dataclass
class Expected:
    """What the reference says: value and gradients, each with its scale, and the dtypes they must have."""

    value: np.ndarray
    scale: np.ndarray
    dtype: str
    gradients: dict[str, tuple[np.ndarray, np.ndarray]]
    gradient_dtypes: dict[str, str]
    passed_through: tuple[str, ...] = ()


def public(side: Side, entry: Entry) -> Any:
    """The class or function of an entry, in one package."""
    return getattr(getattr(side.package, entry.module), entry.title)


def build(side: Side, entry: Entry, config: Mapping[str, Any]) -> Any:
    """Make the object; a function that the config names is the package's own."""
    arguments = dict(config)
    if isinstance(arguments.get("fn"), str):
        arguments["fn"] = getattr(side.package.losses, arguments["fn"])
    return side.placed(public(side, entry)(**arguments))


def caller(
    side: Side, entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], item: Any = None
) -> Callable[..., Any]:
    """A function of tensors that calls the component; `item` is the object to call if there is one already."""
    if not entry.is_class:
        function = public(side, entry)
        if entry.makes_function:
            return function(**config)
        if entry.family == "initializers":
            drawn = (config["seed"], function, inputs["shape"], side.dtype(inputs["dtype"]))
            return side.placing(lambda: side.seeded(*drawn))
        return lambda **tensors: function(**tensors, **config)
    item = build(side, entry, config) if item is None else item
    if entry.family == "initializers":
        return side.placing(lambda: item(inputs["shape"], dtype=side.dtype(inputs["dtype"])))
    return lambda **tensors: item(*tensors.values()) if "y_true" not in tensors else item(**tensors)


def public_in_keras(keras: Any, entry: Entry) -> Any:
    """Keras's own class or function of an entry; None if it has none."""
    return getattr(getattr(keras, entry.module, None), entry.title, None)


def build_in_keras(keras: Any, entry: Entry, config: Mapping[str, Any]) -> Any:
    """Make Keras's own object."""
    arguments = in_keras_form(config)
    if "fn" in arguments:
        arguments["fn"] = getattr(keras.losses, arguments["fn"])
    return public_in_keras(keras, entry)(**arguments)


def in_keras_form(config: Mapping[str, Any]) -> dict[str, Any]:
    """Several axes are a tuple for Keras."""
    return {key: tuple(value) if "ax" in key and isinstance(value, list) else value for key, value in config.items()}


def caller_in_keras(
    keras: Any, entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], item: Any = None
) -> Callable[..., Any]:
    """A function of tensors that calls what Keras has; `item` is the object to call if there is one already."""
    if not entry.is_class:
        return lambda **tensors: public_in_keras(keras, entry)(**tensors, **in_keras_form(config))
    item = build_in_keras(keras, entry, config) if item is None else item
    if entry.family == "initializers":
        return lambda: item(inputs["shape"], dtype=inputs["dtype"])

    def call(**tensors: Any) -> Any:
        mask = tensors.pop("mask", None)
        if mask is not None:
            tensors["y_pred"]._keras_mask = mask  # how a mask comes to a loss of Keras
        return item(**tensors) if "y_true" in tensors else item(*tensors.values())

    return call


def tensors_of(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {key: value for key, value in inputs.items() if isinstance(value, np.ndarray)}


def differentiable(entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """The inputs to take gradients of: none where a number is not finite, for there the contract is about values.

    A number that is too large for the dtype of a loss is not finite there.
    """
    given = tensors_of(inputs).values()
    finite = all(np.isfinite(exact(value, config.get("dtype") or dtype_of(value))).all() for value in given)
    return entry.gradients if finite else ()


def computed_in(entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """The dtype of what comes out: an object's own, that of what is called for, or that of what comes in."""
    if entry.streams or (entry.family == "losses" and entry.is_class):
        return str(config.get("dtype", "float32"))
    if entry.family == "initializers":
        return str(inputs["dtype"])
    arrays = tensors_of(inputs)
    return dtype_of(arrays["y_pred"] if "y_pred" in arrays else next(iter(arrays.values())))


def expect(
    entry: Entry, config: Mapping[str, Any], inputs: Mapping[str, Any], wrt: tuple[str, ...], weights: Any
) -> Expected:
    """Compute what a call must give; `weights` makes the cotangent for a shape and a dtype."""
    arrays = tensors_of(inputs)
    passed: tuple[str, ...] = ()
    kind = computed_in(entry, config, inputs)
    if entry.family == "losses":
        y_pred, y_true = exact(arrays["y_pred"], kind), arrays["y_true"]
        # Class numbers stay whole; a function takes its labels in the dtype in which it computes, an object in its own.
        of_labels = kind if entry.is_class else compute_dtype(kind)
        y_true = exact(y_true, dtype_of(y_true) if y_true.dtype.kind in "iu" else of_labels)
        arguments = {key: value for key, value in config.items() if key not in OBJECT_ARGUMENTS}
        others = {key: exact(array, kind) for key, array in arrays.items() if key.startswith("ref_")}
        found = entry.reference(y_true, y_pred, dtype=compute_dtype(kind), **arguments, **others)
        if entry.is_class:
            passed = (kind,)
            weight, mask = arrays.get("sample_weight"), arrays.get("mask")
            found = reduce(
                found,
                sample_weight=None if weight is None else exact(weight, compute_dtype(kind)),
                mask=mask,
                reduction=config.get("reduction", "sum_over_batch_size"),
            )
    elif entry.family == "metrics":
        # Hits are 0 and 1, in float32; a function of numbers gives the dtype of the predictions.
        kind = "float32" if entry.exact else kind
        found = _of_samples("metrics", entry.reference, arrays, config)
    elif entry.family == "initializers":
        value, scale = entry.reference(inputs["shape"], dtype=kind, **config)
        return Expected(value, scale, kind, {}, {})
    else:
        (array,) = arrays.values()
        found = entry.reference(exact(array, kind), **config)
    gradients, dtypes = {}, {}
    if wrt:
        pulled = found.pullback(weights(np.shape(found.value), kind).astype(np.longdouble))
        gradients = {key: pulled[key] for key in wrt}
        dtypes = {key: dtype_of(arrays[key]) for key in wrt}
        if entry.family == "losses":
            passed = (kind,)
    return Expected(np.asarray(found.value), np.asarray(found.scale), kind, gradients, dtypes, passed)


def expect_stream(entry: Entry, config: Mapping[str, Any], batches: Sequence[Mapping[str, Any]]) -> Expected:
    """Compute a metric over a whole stream."""
    kind = computed_in(entry, config, {})
    arguments = {key: value for key, value in config.items() if key not in OBJECT_ARGUMENTS}
    wide = [{key: exact(value, dtype_of(value)) for key, value in batch.items()} for batch in batches]
    if not entry.mean_of:
        value, scale = entry.reference(wide, dtype=kind, **arguments)
        return Expected(np.asarray(value), np.asarray(scale), kind, {}, {})
    formula = getattr(entry.reference, arguments.pop("fn")) if "fn" in arguments else entry.reference
    values, scales = [], []
    for batch, original in zip(wide, batches, strict=True):
        found = _of_samples(entry.mean_of, formula, original, arguments)
        weight = {key: item for key, item in batch.items() if key == "sample_weight"}
        if arguments.get("ignore_class") is not None:
            shape = found.value.shape
            kept = batch["y_true"].reshape(shape) != arguments["ignore_class"]
            weight = {"sample_weight": kept * reference_metrics.weights_of(batch, shape)}
        values.append({"values": found.value, **weight})
        scales.append({"values": found.scale, **weight})
    value, _ = reference_metrics.mean(values, dtype=kind)
    scale, _ = reference_metrics.mean(scales, dtype=kind)
    return Expected(np.asarray(value), np.asarray(scale), kind, {}, {})


def _of_samples(
    family: str, formula: Callable[..., Any], batch: Mapping[str, np.ndarray], arguments: Mapping[str, Any]
) -> Any:
    """The values of a function for each sample: a loss takes its labels in the dtype in which it computes."""
    kind = dtype_of(batch["y_pred"])
    y_pred = exact(batch["y_pred"], kind)
    if family == "losses":
        y_true = exact(batch["y_true"], compute_dtype(kind))
        return formula(y_true, y_pred, dtype=compute_dtype(kind), **arguments)
    return formula(exact(batch["y_true"], dtype_of(batch["y_true"])), y_pred, dtype=kind, **arguments)


def stay_within(what: str, entry: Entry, value: np.ndarray) -> None:
    """Raise ParityError if a result leaves the bounds of its component."""
    if entry.within is None:
        return
    low, high = entry.within
    if ((value < low) | (value > high)).any():
        raise ParityError(f"{what}: {value}, which is not within [{low}, {high}]")


def counted(entry: Entry, batch: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of what weights of a batch belong to: its values, its decisions, its labels, its samples."""
    if entry.counted is not None:
        return entry.counted(batch, config)
    return tuple(batch["values" if "values" in batch else "y_true"].shape)


def constructor_arguments(side: Side, entry: Entry) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(public(side, entry)).parameters)


def exact(array: np.ndarray, dtype: str) -> np.ndarray:
    """The numbers of an array, rounded to a dtype as the component does, in the widest float there is."""
    with np.errstate(over="ignore"):
        return array.astype(numpy_dtype(dtype)).astype(np.longdouble)


def dtype_of(array: np.ndarray) -> str:
    return str(array.dtype)


def compute_dtype(dtype: str) -> str:
    """Half precision is computed in float32."""
    return "float32" if dtype in ("float16", "bfloat16") else dtype
