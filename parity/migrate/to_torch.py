"""What the objects of a model of Keras are in PyTorch: what it was compiled with, and what its layers hold."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from parity import traps
from parity.migrate.counterparts import (
    Allowance,
    Counterpart,
    Migration,
    beside,
    built,
    config,
    defaults,
    limits,
    name_of,
    ours,
    printable,
    written_out,
)
from parity.migrate.saved import Saved

FORMS = ("initializer", "regularizer", "constraint", "activation")
COMPILED = ("loss", "loss_weights", "metrics", "weighted_metrics")
ACCURACIES = {
    "binary": "BinaryAccuracy",
    "categorical": "CategoricalAccuracy",
    "sparse_categorical": "SparseCategoricalAccuracy",
}
# Layers that are nothing but an activation, with their arguments by ours; Keras 2 called a slope alpha.
ACTIVATIONS: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "ELU": ("elu", {"alpha": ("alpha",)}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": ("negative_slope", "alpha")}),
    "ReLU": (
        "relu",
        {"max_value": ("max_value",), "negative_slope": ("negative_slope",), "threshold": ("threshold",)},
    ),
    "Softmax": ("softmax", {"axis": ("axis",)}),
}
STEP = "tfimpl>FunctionCall"  # a function as a step of a functional model; Keras's own are operations of these modules:
OPERATIONS = "keras.src.ops."
OPERATION_NAMES = {"Exp": "exponential"}
ONLY_IN_PYTORCH = {
    "PReLU": "its slopes are weights, those of torch.nn.PReLU",
    "ThresholdedReLU": "of Keras 2: torch.nn.Threshold(theta, 0)",
}
HARD_SIGMOID_OF_KERAS_2 = "lambda x: torch.clamp(0.2 * x + 0.5, 0.0, 1.0)"
STEEPER = "Keras 2's, which was steeper than that of Keras 3 and of torchimpl"
# What Keras 2 called otherwise, by the names of today. Its cosine_proximity is none of them: releases differ in it.
RENAMED = {
    "losses": {"kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh"},
    "metrics": {"kullback_leibler_divergence": "KLDivergence", "logcosh": "LogCoshError"},
}
CIRCLE = "tfimpl's function is divided by all samples; this, as Keras's, by those that have both kinds of pair"
ACTIVITY = (
    "a layer of Keras divides the penalty of its outputs by the size of the batch: add regularizer(outputs) / "
    "len(outputs) to the loss (parity traps activity_regularizer)"
)
FORGET_GATE = "unit_forget_bias: the forget gate's, the second quarter of them, are ones"


def migrate(saved: Saved) -> Migration:
    """Find the counterparts of what a model was compiled with and of what its layers hold."""
    said = saved.config.get("compile_config")
    compiled = said if isinstance(said, Mapping) else {}
    model = _Model(saved)
    parts: dict[str, Any] = {
        key: _compiled(key, f"compiled {key}", compiled.get(key), compiled.get("loss"), model) for key in COMPILED
    }
    layers: dict[str, dict[str, Counterpart]] = {}
    around: dict[str, tuple[list[str], list[str]]] = {}
    for place, item in _optimizer("compiled optimizer", compiled.get("optimizer")):
        _meet(around, place, item)
    for place, layer in _layers(saved.config, ""):
        _meet(around, place, layer)
        while place in layers:  # a path may be the name of another layer too
            place += "'"
        counterparts = dict(_of_layer(model, place, layer))
        if counterparts:
            layers[place] = counterparts
    remarks = () if layers else ("The config names no layers: those of a subclassed model stand in its code.",)
    return Migration(
        "torch", f"Keras {printable(saved.version) or '(unknown)'}", {**parts, "layers": layers}, remarks, around
    )


def _meet(around: dict[str, tuple[list[str], list[str]]], place: str, item: Mapping[str, Any]) -> None:
    """Add what a port trips over at a layer, an optimizer or a schedule of Keras to what is known."""
    name = printable(item["class_name"])
    topics = [row.topic for row in traps.met_by(name, item["config"])]
    if topics and str(item.get("module") or "keras").partition(".")[0] == "keras":
        places, known = around.setdefault(name, ([], []))
        places.append(place)
        known.extend(topic for topic in topics if topic not in known)


def _optimizer(place: str, item: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """An optimizer, the one that another scales the loss for, and the schedule of its rate."""
    if (
        isinstance(item, Mapping)
        and isinstance(item.get("class_name"), str)
        and isinstance(item.get("config"), Mapping)
    ):
        yield place, item
        for key in ("inner_optimizer", "learning_rate"):
            yield from _optimizer(f"{place}.{key}", item["config"].get(key))


class _Model:
    """What all parts of a model are read with: its outputs, the version of its Keras, what it may have yet."""

    def __init__(self, saved: Saved):
        arguments = saved.config["config"] if isinstance(saved.config["config"], Mapping) else {}
        layers = arguments["layers"] if isinstance(arguments.get("layers"), list) else []
        known = [item["config"] for item in layers if _is_layer(item)]
        self.version = saved.version
        self.named = {str(layer.get("name")): layer.get("units") for layer in known}
        self.outputs = _output_layers(arguments, [*self.named])
        self.allowance = Allowance()

    def units(self, output: str | None) -> int | None:
        """How many numbers an output has for a sample, where its layer says so; the only one if that is None."""
        only = next(iter(self.outputs), None) if len(self.outputs) == 1 else None
        units = self.named.get(self.outputs.get(output or only or "", ""))
        return units if isinstance(units, int) else None

    def each(self, items: list[Any]) -> list[str | None]:
        """The output that each entry of a list is about, if the list has one for each of several."""
        return [*self.outputs] if len(self.outputs) == len(items) > 1 else [None] * len(items)


def _layers(config: Mapping[str, Any], outer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The layers of a model, and those inside of layers, each with the path to it."""
    arguments = config.get("config")
    if not outer and _is_layer(config):
        yield printable(str(config["config"].get("name", config["class_name"]))), config
    inner = list(arguments) if isinstance(arguments, list) else []  # of a Sequential model of old
    for key, value in arguments.items() if isinstance(arguments, Mapping) else ():
        if isinstance(value, list):
            inner.extend(value)
        elif _is_layer(value) and not key.endswith(FORMS):
            inner.append(value)
    for item in inner:
        if _is_layer(item):
            name = printable(str(item["config"].get("name", item.get("name", item["class_name"]))))
            place = f"{outer}.{name}" if outer else name
            yield place, item
            yield from _layers(item, place)


def _is_layer(value: Any) -> bool:
    known = isinstance(value, Mapping) and isinstance(value.get("config"), Mapping)
    return known and isinstance(value.get("class_name"), str) and ours.saving.family_of(value) is None


def _of_layer(model: _Model, place: str, layer: Mapping[str, Any]) -> Iterator[tuple[str, Counterpart]]:
    name = layer["class_name"]
    if name in ACTIVATIONS:
        yield "activation", _activation_layer(f"{place}.activation", layer)
    elif name in ONLY_IN_PYTORCH:
        yield "activation", _only_in_pytorch(f"{place}.activation", name)
    elif name == "ActivityRegularization":
        penalty = {"class_name": "L1L2", "config": {key: layer["config"].get(key, 0.0) for key in ("l1", "l2")}}
        found = _counterpart(model, f"{place}.activity_regularizer", "regularizers", penalty)
        yield "activity_regularizer", replace(found, said=name, notes=(*found.notes, ACTIVITY))
    elif (step := _step(layer)) is not None:
        yield "function", _function(f"{place}.function", *step)
    for key, value in layer["config"].items():
        form = next((form for form in FORMS if key.endswith(form)), None)
        if value is None or value == "linear" or isinstance(value, list):
            continue
        if form is not None:
            found = _counterpart(model, f"{place}.{key}", f"{form}s", value)
            if key == "bias_initializer" and layer["config"].get("unit_forget_bias"):
                found = replace(found, notes=(*found.notes, FORGET_GATE))
            if key == "activity_regularizer":
                found = replace(found, notes=(*found.notes, ACTIVITY))
            yield key, found
        elif isinstance(value, Mapping) and (home := ours.saving.family_of(value)) is not None:
            yield key, _counterpart(model, f"{place}.{key}", home.name, value)


def _activation_layer(place: str, layer: Mapping[str, Any]) -> Counterpart:
    name, arguments = ACTIVATIONS[layer["class_name"]]
    usual = defaults(getattr(ours.activations, name))
    given = {
        key: layer["config"][theirs]
        for key, names in arguments.items()
        for theirs in names
        if theirs in layer["config"] and layer["config"][theirs] != usual[key]
    }
    return _function(place, layer["class_name"], "activations", name, given)


def _step(layer: Mapping[str, Any]) -> tuple[str, str, str, dict[str, Any]] | None:
    """What a function is called that is a step of a functional model, its family, name and arguments, if it is ours."""
    said, arguments = layer["class_name"], layer["config"]
    if layer.get("registered_name") == STEP:
        said = printable(str(arguments.get("function")))
        family, _, name = said.partition(".")
        given: dict[str, Any] | None = None
    elif str(layer.get("module")).startswith(OPERATIONS):
        family, name = "activations", OPERATION_NAMES.get(said, config.snake_case(said))
        given = {key: value for key, value in arguments.items() if key != "name"}
    else:
        return None
    known = ours.saving.FAMILIES[family].objects if family in ours.saving.FAMILIES else {}
    if not inspect.isfunction(known.get(name)):
        return None
    usual = defaults(known[name])
    if given is None:
        given = _given(layer, list(usual))
    return said, family, name, {key: value for key, value in given.items() if key not in usual or value != usual[key]}


def _given(layer: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """The arguments, but for tensors, of the first call of a step."""
    calls = layer.get("inbound_nodes")
    call = calls[0] if isinstance(calls, list) and calls and isinstance(calls[0], Mapping) else {}
    named, placed = call.get("kwargs"), call.get("args")
    given = dict(named) if isinstance(named, Mapping) else {}
    given |= dict(zip(names, placed if isinstance(placed, list) else [], strict=False))
    return {key: item for key, item in given.items() if not _is_tensor(item)}


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__"


def _function(place: str, said: str, family: str, name: str, given: Mapping[str, Any]) -> Counterpart:
    function, usual = f"torchimpl.{family}.{name}", defaults(ours.saving.FAMILIES[family].objects[name])
    if given.keys() - usual or not all(map(_is_argument, given.values())):
        note = f"expected numbers for {', '.join(usual)}. Received: {printable(limits.shown(given))}"
        return Counterpart(place, said, None, notes=(note,))
    written = f"partial({', '.join([function, *written_out(given)])})" if given else function
    return Counterpart(place, said, written, beside(f"{family}.{name}", {**usual, **given}, "torch"))


def _only_in_pytorch(place: str, name: str) -> Counterpart:
    return Counterpart(place, name, None, notes=(ONLY_IN_PYTORCH[name],))


def _is_lambda(value: Any) -> bool:
    return isinstance(value, Mapping) and (value.keys() == {"value"} or value.get("class_name") == "__lambda__")


def _lambda(place: str) -> Counterpart:
    return Counterpart(place, "a lambda", None, notes=("its code is in the file, and not read: write it in PyTorch",))


def _is_argument(value: Any) -> bool:
    return isinstance(value, bool) or all(map(_is_number, value if isinstance(value, list) else [value]))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -config.LARGEST <= value <= config.LARGEST


def _counterpart(model: _Model, place: str, family: str, value: Any) -> Counterpart:
    model.allowance.take()
    if family == "activations" and name_of(value) == "hard_sigmoid" and not model.version.startswith("3."):
        if model.version:
            return Counterpart(place, "hard_sigmoid", HARD_SIGMOID_OF_KERAS_2, notes=(STEEPER,))
        unsaid = f"the file does not say which Keras wrote it: {HARD_SIGMOID_OF_KERAS_2} is {STEEPER}"
        return replace(built(place, family, value), notes=(unsaid,))
    if _is_lambda(value):
        return _lambda(place)
    if _is_layer(value) and value["class_name"] in ONLY_IN_PYTORCH:
        return _only_in_pytorch(place, value["class_name"])
    if _is_layer(value) and value["class_name"] in ACTIVATIONS:
        return _activation_layer(place, value)
    if _is_layer(value) and value["class_name"] == "Activation":
        return _counterpart(model, place, family, value["config"].get("activation"))
    return built(place, family, value)


def _compiled(key: str, place: str, value: Any, loss: Any, model: _Model, output: str | None = None) -> Any:
    """The counterparts of what a model was compiled with, in the structure that it has: one, a list, or by output.

    Args:
        key: "loss", "loss_weights", "metrics" or "weighted_metrics".
        place: where it stands.
        value: what the file says.
        loss: what the file says of the loss of the same output.
        model: the model.
        output: the name of the output, if it is known.
    """
    if isinstance(value, Mapping) and "class_name" not in value:
        losses = loss if isinstance(loss, Mapping) and "class_name" not in loss else dict.fromkeys(value, loss)
        return {
            name: _compiled(key, f"{place}[{name!r}]", item, losses.get(name), model, name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        each = loss if isinstance(loss, list) and len(loss) == len(value) else [loss] * len(value)
        names = model.each(value) if output is None else [output] * len(value)
        return [_compiled(key, f"{place}[{i}]", item, each[i], model, names[i]) for i, item in enumerate(value)]
    if value is None or key == "loss_weights":
        return value if _is_number(value) else None
    model.allowance.take()
    units = model.units(output)
    if _is_lambda(value):
        return _lambda(place)
    renamed = RENAMED["losses" if key == "loss" else "metrics"]
    if isinstance(value, str) and value in renamed:
        today = renamed[value]
        named = {"class_name": today, "config": {"name": value}}
        found = _loss(place, today, units) if key == "loss" else built(place, "metrics", named)
        return replace(found, said=value, notes=(f"Keras 2's name for {today}", *found.notes))
    return _loss(place, value, units) if key == "loss" else _metric(place, value, loss, units)


def _output_layers(arguments: Mapping[str, Any], names: list[str]) -> dict[str, str]:
    """The layer of each output of a model, by the name of the output: of a Sequential it is the last."""
    ends = arguments.get("output_layers")  # [name, 0, 0], a list of such, or a dictionary
    if ends is None:
        return {names[-1]: names[-1]} if names else {}
    if isinstance(ends, list):
        ends = ends if ends and all(isinstance(end, list) for end in ends) else [ends]
        return {str(end[0]): str(end[0]) for end in ends if end}
    known = ends.items() if isinstance(ends, Mapping) else ()
    return {name: str(end[0]) for name, end in known if isinstance(end, list) and end}


def _loss(place: str, value: Any, units: int | None) -> Counterpart:
    if isinstance(value, str) and value.lower() in ("crossentropy", "ce"):
        if units == 1:
            return replace(_loss(place, "binary_crossentropy", units), said=name_of(value))
        note = "Keras chooses BinaryCrossentropy for one unit, else the categorical or the sparse one, by the shapes"
        return Counterpart(place, name_of(value), None, notes=(note,))

    def as_compiled(item: Any) -> Any:
        known = ours.losses.family.objects
        if not inspect.isfunction(item) or known.get(item.__name__) is not item:
            return item
        names = (name for name in known if inspect.isclass(known[name]))
        return known[next(name for name in names if config.snake_case(name) == item.__name__)]()  # Keras takes the mean

    found = built(place, "losses", value, as_compiled=as_compiled)
    ours_by_name = isinstance(value, Mapping) and value.get("config") == "tfimpl.losses>circle"
    return replace(found, notes=(*found.notes, CIRCLE)) if ours_by_name else found


def _metric(place: str, value: Any, loss: Any, units: int | None) -> Counterpart:
    if isinstance(value, str) and value.lower() in ("accuracy", "acc"):
        said = config.snake_case(name_of(loss))
        kind = next((kind for sign, kind in ACCURACIES.items() if said.startswith(sign)), None)
        if units is not None:
            kind = (
                ACCURACIES["binary"] if units == 1 else kind if said.startswith("sparse") else ACCURACIES["categorical"]
            )
        if kind is None:
            note = f"Keras chooses among {', '.join(ACCURACIES.values())} by the shapes of labels and predictions"
            return Counterpart(place, name_of(value), None, notes=(note,))
        found = built(place, "metrics", {"class_name": kind, "config": {"name": printable(value)}})
        note = "as the loss and the number of units say; Keras chooses by the shapes of labels and predictions"
        return replace(found, said=name_of(value), notes=(note, *found.notes))

    def as_compiled(item: Any) -> Any:
        if inspect.isfunction(item):
            return ours.metrics.MeanMetricWrapper(item, name=item.__name__)
        return type(item).from_config({**item.get_config(), "name": value}) if isinstance(value, str) else item

    return built(place, "metrics", value, as_compiled=as_compiled)
