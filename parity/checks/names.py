"""Names and configs from elsewhere: what a package finds, what it builds, and what it refuses, word for word alike."""

import json
import pickle
import random
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np

from parity import bridge
from parity.checks.subject import build, build_in_keras, constructor_arguments, public, public_in_keras
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, same_bits

HALF = "\ud800"  # of a character: no text
# What is larger than any config, and what is just not; neither is an argument.
TOO_MUCH: tuple[Any, ...] = (
    {HALF: 1},
    {"name": HALF},
    *({"x" * length: 1} for length in (1000, 1001)),
    {"name": "x" * 1001},
    {1: 2},
    *({"name": number} for number in (2**64 - 1, 2**64, -(2**63), -(2**63) - 1)),
    *({"name": json.loads("[" * depth + "]" * depth)} for depth in (30, 31, 32)),
)

OF_OTHER_COLUMNS = [dict.fromkeys(("y_true", "y_pred"), np.eye(4, columns, dtype=np.float32)) for columns in (3, 2)]
OF_PYTORCH = {"device", "layout"}  # of an initializer that is a function, when it is called


def check(entry: Entry, *, config: Mapping[str, Any]) -> Measurement:
    """Look a component up by every name, and offer configs that must be refused.

    Args:
        config: arguments with which the component can be built.

    Raises:
        ParityError: a name is not found, a config is accepted, or the packages word an error differently.
    """
    found = Measurement()
    texts: dict[str, list[str]] = {}
    _takes_the_same(entry)
    for side in bridge.sides():
        _finds(entry, side, config)
        if entry.module == "metrics" and entry.is_class:
            _comes_back_from_a_pickle(entry, side, config)
        if entry.is_class and "fn" not in config:
            _keeps_arguments_of_subclasses(entry, side, config)
        if isinstance(side, bridge.TensorFlow) and entry.module == "activations" and entry.title != "linear":
            _refuses_what_is_not_dense(entry, side, config)
        if entry.family in ("losses", "metrics") and entry.is_class and "fn" not in config:
            _understands_dtypes(entry, side, config)
        if entry.module == "metrics" and entry.is_class:
            _says_what_keras_counted_in(entry, side, config)
        if entry.family == "losses" and entry.is_class:
            _understands_keras_2(entry, side, config)
            _base_takes_dictionaries(side)
            _warns_of_what_keras_loses(entry, side, config)
        if entry.is_class:
            _bases_do_nothing(entry, side)
            _comes_of_its_config(entry, side, config)
        if "fn" in config:
            _takes_a_function_of_ones_own(entry, side)
        if (
            entry.module == "regularizers"
            and entry.title != "OrthogonalRegularizer"
            and public(side, entry)(*[None for _ in constructor_arguments(side, entry)]).get_config()
            != public(side, entry)().get_config()
        ):
            raise ParityError(f"{entry.name} in {side.name}: None is not the default")
        if entry.is_class and (isinstance(side, bridge.Torch) or entry.family not in ("losses", "metrics")):
            _says_how_it_was_made(entry, side, config)
        texts[side.name] = [_refusal(entry, side, use) for use in _refused(entry, side, config)]
        if entry.is_class:
            texts[side.name] += _refused_arguments(entry, side, config)
        if entry.family == "metrics" and entry.is_class:
            texts[side.name] += [_refusal(entry, side, use) for use in _refused_states(entry, side)]
        found.add("errors", 0.0, len(texts[side.name]))
    if entry.is_class and "fn" not in config:
        _finds_what_is_registered(entry, config)
    for first, *others in zip(*texts.values(), strict=True):
        if any(other != first for other in others):
            raise ParityError(f"{entry.name}: one mistake, several texts: {[first, *others]}")
    if entry.module == "initializers":
        for side in bridge.sides():
            _called_otherwise(entry, side, config)
    if entry.module in ("constraints", "regularizers") and entry.is_class:
        for side in bridge.sides():
            if isinstance(side, bridge.Torch):
                _rules_a_module(entry, side, config)
    if entry.title in ("F1Score", "FBetaScore"):
        for side in bridge.sides():
            _is_written_with_whole_numbers(entry, side)
    if entry.title == "AUC":
        for side in bridge.sides():
            _says_what_keras_rounded(entry, side)
    if entry.title == "Constant":
        _takes_numbers_of_any_kind(entry)
        _refuses_what_is_too_large(entry)
    if entry.module == "initializers" and "seed" in constructor_arguments(bridge.sides()[0], entry):
        _draws_its_own_seed(entry)
    return found


def _takes_the_same(entry: Entry) -> None:
    """The packages call the arguments alike, in one order, with the same defaults."""
    taken = [
        [str(argument) for name, argument in constructor_arguments(side, entry).items() if name not in OF_PYTORCH]
        for side in bridge.sides()
    ]
    if any(arguments != taken[0] for arguments in taken):
        raise ParityError(f"{entry.name}: several signatures: {taken}")


def _comes_back_from_a_pickle(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    metric = build(side, entry, config)
    try:
        revived = pickle.loads(pickle.dumps(metric))
    except Exception as error:
        raise ParityError(f"{entry.name} in {side.name}: pickled and loaded: {error!r}") from error
    if type(revived) is not type(metric) or revived.get_config() != metric.get_config():
        raise ParityError(f"{entry.name} in {side.name}: came back from a pickle as {revived!r}")


def _finds(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    module, item = getattr(side.package, entry.module), public(side, entry)
    known_as = f"tfimpl.{entry.module}>{entry.title}" if entry.registered else entry.title
    if isinstance(side, bridge.TensorFlow) and side.registered(item) != known_as:
        raise ParityError(f"{entry.name}: registered with Keras as {side.registered(item)!r}")
    for name, other in module.family.table.items():
        if other is not item:
            continue
        if not entry.is_class and (module.get(name) is not item or module.deserialize(name) is not item):
            raise ParityError(f"{entry.name} in {side.name}: {name!r} does not find it")
        for home in () if entry.is_class else (f"{twin}.{entry.module}>" for twin in ("tfimpl", "torchimpl")):
            named: dict[str, Any] = {"module": "builtins", "class_name": "function", "config": f"{home}{entry.title}"}
            if module.deserialize({**named, "registered_name": "function"}) is not item:
                raise ParityError(f"{entry.name} in {side.name}: {named} does not find it")
        written = {"class_name": name, "config": dict(config)}
        for keys in ({}, {"module": f"keras.{entry.module}", "registered_name": None}, {"registered_name": name}):
            if entry.is_class and "fn" not in config and type(module.get({**written, **keys})) is not item:
                raise ParityError(f"{entry.name} in {side.name}: {written | keys} does not build it")
    empty = module.get(None)
    if empty is not (module.linear if entry.module == "activations" else None):
        raise ParityError(f"{entry.module} in {side.name}: get(None) gives {empty!r}")


def _refused(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> Iterator[Callable[[], Any]]:
    module, name = getattr(side.package, entry.module), entry.title
    kind = name if entry.is_class else "function"
    good = {"class_name": kind, "config": dict(config) if entry.is_class else name}
    wrong: Any
    for wrong in (
        f"{name}x",
        "zzz",
        "x" * 300,
        "x" * 1001,
        HALF,
        7,
        {"class_name": ["Huber"]},
        {**good, "class_name": f"{name}x"},
        {**good, "build_config": {}},
        {**good, "class_name": "__lambda__"},
        {**good, "class_name": "function", "config": "eval"},
        {**good, "class_name": "function", "config": ["eval"]},
        {**good, "class_name": "function", "config": 7},
        {**good, "class_name": "function", "config": f"evil>{name}"},
    ):
        yield lambda wrong=wrong: module.get(wrong)  # type: ignore[misc]
    for wrong in (7, ["Huber"], None, {}):
        yield lambda wrong=wrong: module.deserialize(wrong)  # type: ignore[misc]
    if entry.module == "custom":
        yield lambda: module.serialize(
            build(side, entry, config) if entry.is_class else public(side, entry), target="keras"
        )
    if not entry.is_class:
        return
    for wrong in (
        {**good, "module": "os"},
        {**good, "module": f"kerasx.{entry.module}"},
        {**good, "module": ["os"]},
        {**good, "registered_name": f"evil>{name}"},
        *({**good, "registered_name": given} for given in (7, ["Huber"])),
        {**good, "config": "system"},
        {**good, "config": {"filepath": "x"}},
        *({**good, "config": too_much} for too_much in TOO_MUCH),
    ):
        yield lambda wrong=wrong: module.deserialize(wrong)  # type: ignore[misc]
    if entry.required:
        yield lambda: module.deserialize({**good, "config": {}})
    if entry.family == "metrics":
        for many in {"num_thresholds", "num_classes"} & set(constructor_arguments(side, entry)):
            yield lambda many=many: build(side, entry, {**config, many: 10**9})  # type: ignore[misc]
        for state in ({}, {"name": "two words"}, {"name": "dtype"}, {"name": "state", "initializer": "ones"}):
            yield lambda state=state: build(side, entry, config).add_variable(**state)  # type: ignore[misc]
        for given in ({"nothing": np.zeros(())}, 7):
            yield lambda given=given: build(side, entry, config).set_state(given)  # type: ignore[misc]
        if not build(side, entry, config).get_state():  # which the first batch makes
            yield lambda: side.update(build(side, entry, config), OF_OTHER_COLUMNS)
        stranger = "Mean" if entry.title == "Sum" else "Sum"
        yield lambda: build(side, entry, config).merge_state([getattr(side.package.metrics, stranger)()])
    if entry.family in ("losses", "metrics"):
        policy = {"class_name": "DTypePolicy", "config": {"name": "float32"}}
        inside: tuple[Any, ...] = (["name"], {}, {"name": "float32", "more": 1}, {"name": 7}, None)
        for other in ({"class_name": "Policy"}, {"module": "os"}, *({"config": item} for item in inside)):
            yield lambda other=other: build(side, entry, {**config, "dtype": policy | other})  # type: ignore[misc]
    yield lambda: module.deserialize({"class_name": "Mine", "config": {}}, custom_objects={"Mine": print})
    yield lambda: module.serialize(lambda: None)
    yield lambda: module.serialize(7)
    yield lambda: module.serialize(build(side, entry, config), target="torch")
    yield lambda: module.serialize(public(side, entry))


def _refused_arguments(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> list[str]:
    """What is said of each argument of a constructor when it is given a number that no argument can be."""
    texts = []
    for name, argument in constructor_arguments(side, entry).items():
        if argument.kind is argument.VAR_KEYWORD:
            continue
        text = _refusal(entry, side, lambda name=name: build(side, entry, {**config, name: 1j}))  # type: ignore[misc]
        if name not in text:
            raise ParityError(f"{entry.name} in {side.name}: {name}=1j is refused without its name: {text}")
        texts.append(text)
    if "name" in constructor_arguments(side, entry):
        texts.append(_refusal(entry, side, lambda: build(side, entry, {**config, "name": HALF})))
    return texts


def _refusal(entry: Entry, side: bridge.Side, use: Callable[[], Any]) -> str:
    try:
        accepted = use()
    except ValueError as error:
        return str(error).replace(side.package.__name__, "PACKAGE").partition(" at 0x")[0]
    raise ParityError(f"{entry.name} in {side.name}: accepted what it must refuse: {accepted!r}")


def _keeps_arguments_of_subclasses(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    module, base = getattr(side.package, entry.module), public(side, entry)

    class Mine(base):  # type: ignore[misc, valid-type]
        def __init__(self, extra: Any = 1, **kwargs: Any):
            self.extra = extra
            super().__init__(**kwargs)

    class Forgetful(base):  # type: ignore[misc, valid-type]
        def __init__(self, extra: int = 1, **kwargs: Any):
            super().__init__(**kwargs)

    class Helped(Forgetful):
        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "extra": 5}

    what = f"{entry.name} in {side.name}: a subclass"
    policy: dict[str, Any] = {"module": "keras", "class_name": "DTypePolicy", "config": {}, "registered_name": None}
    extra = [3, {"rule": side.package.regularizers.L1(0.25)}, policy]
    written = module.serialize(Mine(extra=extra, **config))
    if written["module"] != Mine.__module__:
        raise ParityError(f"{what} is written as one of {written['module']!r}")
    text = json.dumps(written)
    if f"{side.package.__name__}.regularizers>L1" not in text:
        raise ParityError(f"{what} does not say whose its arguments are: {text}")
    revived = module.deserialize(json.loads(text), custom_objects={"Mine": Mine})
    number, rules, plain = revived.extra
    if type(revived) is not Mine or (number, rules["rule"].l1, plain) != (3, 0.25, policy):
        raise ParityError(f"{what} came back as {revived!r} with {revived.extra}")
    if Helped(**config).get_config()["extra"] != 5:
        raise ParityError(f"{what} that completes the config was not heard")
    if entry.family == "initializers":
        return  # these complete the config themselves, with the seed
    try:
        Forgetful(**config).get_config()
    except AttributeError:
        return
    raise ParityError(f"{what} lost an argument, and nobody said so")


def _comes_of_its_config(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """What get_config returns is enough for from_config, without the family's help."""
    item = build(side, entry, config)
    again = type(item).from_config(item.get_config())
    if type(again) is not type(item) or again.get_config() != item.get_config():
        raise ParityError(f"{entry.name} in {side.name}: {item.get_config()}, and of that {again.get_config()}")


def _finds_what_is_registered(entry: Entry, config: Mapping[str, Any]) -> None:
    """Of one's own, under one name in both packages, without custom objects: each package reads the other's."""
    own: dict[str, type] = {}
    for side in bridge.sides():
        for wrong in (
            ("keras", "Mine"),
            ("tfimpl.own", "Mine"),
            ("a>b", "Mine"),
            ("own", ""),
            ("", "Mine"),
            ("own", "/"),
        ):
            _refusal(entry, side, partial(side.package.saving.register, *wrong))

        class Mine(public(side, entry)):  # type: ignore[misc]
            pass

        own[side.name] = side.package.saving.register("parity")(Mine)
    try:
        for writer in bridge.sides():
            written = getattr(writer.package, entry.module).serialize(own[writer.name](**config))
            if written["registered_name"] != "parity>Mine":
                raise ParityError(f"{entry.name} in {writer.name}: registered, and written as {written}")
            for reader in bridge.sides():
                if type(getattr(reader.package, entry.module).deserialize(written)) is not own[reader.name]:
                    raise ParityError(f"{entry.name} in {reader.name}: {written} does not find what is registered")
    finally:
        for side in bridge.sides():
            del side.package.saving.REGISTERED["parity>Mine"]


def _says_how_it_was_made(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """Its repr, but for losses and metrics in TensorFlow, which have that of Keras."""
    item = build(side, entry, config)
    names = [f"{name}=" for name in constructor_arguments(side, entry) if hasattr(item, name)]
    values = [f"{key}={value!r}" for key, value in config.items() if key != "fn"]
    missing = {f"{entry.title}(", *names, *values}
    missing = {text for text in missing if text not in repr(item)}
    if missing or (not names and constructor_arguments(side, entry)):
        raise ParityError(f"{entry.name} in {side.name}: its repr, {item!r}, lacks {sorted(missing)}")


def _refuses_what_is_not_dense(entry: Entry, side: bridge.TensorFlow, config: Mapping[str, Any]) -> None:
    """A ragged or a sparse tensor, which PyTorch's side does not have, is refused with the way out."""
    for given, way_out in (
        (side.tf.ragged.constant([[1.0], [1.0, 2.0]]), "map_flat_values"),
        (side.tf.sparse.eye(2), "to_dense"),
    ):
        text = _refusal(entry, side, lambda given=given: public(side, entry)(given, **config))  # type: ignore[misc]
        if "expected a dense tensor" not in text or way_out not in text:
            raise ParityError(f"{entry.name} in {side.name}: {type(given).__name__} is refused with {text}")


def _understands_dtypes(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """A dtype may be the framework's own, a policy of Keras, of which the dtype to compute in counts, or its config."""
    policy = SimpleNamespace(name="int8_from_mixed_bfloat16", compute_dtype="bfloat16")
    for given, dtype in ((policy, "bfloat16"), (side.dtype("float64"), "float64")):
        if build(side, entry, {**config, "dtype": given}).get_config()["dtype"] != dtype:
            raise ParityError(f"{entry.name} in {side.name}: dtype={given} is not taken for {dtype}")
    for name, dtype in (("float64", "float64"), ("mixed_float16", "float16")):
        written = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}
        revived = public(side, entry).from_config({**config, "dtype": written})
        if revived.get_config()["dtype"] != dtype:
            raise ParityError(f"{entry.name} in {side.name}: the policy {name} became {revived.get_config()}")


def _understands_keras_2(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """Its losses had a reduction that left the choice to the training loop, which took the mean over the batch.

    And it wrote the function of some beside their arguments: no other one is taken.
    """
    family = getattr(side.package, entry.module)
    written = {"class_name": entry.title, "config": {**config, "reduction": "auto"}}
    reduction = family.deserialize(written).reduction
    if reduction != "sum_over_batch_size":
        raise ParityError(f"{entry.name} in {side.name}: the reduction 'auto' became {reduction!r}")
    if entry.module == "losses":
        other = {"class_name": entry.title, "config": {**config, "fn": "evil"}}
        function = re.search(r"expected '(\w+)'", _refusal(entry, side, partial(family.deserialize, other)))
        if function is None or not callable(getattr(family, function[1], None)):
            raise ParityError(f"{entry.name} in {side.name}: the function of this loss is {function}")
        family.deserialize({**other, "config": {**config, "fn": function[1]}})


def _warns_of_what_keras_loses(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """Plain Keras writes not all that a loss was made with: what it took must be said."""
    plain = bridge.tensorflow()
    if plain is None or public_in_keras(keras := plain.keras, entry) is None:
        return
    written = keras.losses.serialize(build_in_keras(keras, entry, config))
    lost = set(constructor_arguments(side, entry)) - set(written["config"])
    what = f"{entry.name} in {side.name}: Keras has not written"
    for short in (written, {**written, "config": dict(config)}):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            side.package.losses.deserialize(short)
        said = [str(warning.message) for warning in caught]
        unsaid = lost - set(re.findall(r"\w+", " ".join(said)))
        if unsaid:
            raise ParityError(f"{what} {sorted(unsaid)}, and no warning says so")
        if len(said) > 1:
            raise ParityError(f"{what} {sorted(lost)}, and there is more than one warning: {said}")


def _says_what_keras_counted_in(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """Plain Keras sums in an integer dtype if it is told to, which is said; but it is the default of its IoU."""
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}, "registered_name": None}
    for dtype, integer in (("int32", True), ("uint8", True), ("float64", False), (policy, False)):
        written = {"module": "keras.metrics", "class_name": entry.title, "config": {**config, "dtype": dtype}}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            side.package.metrics.deserialize({**written, "registered_name": None})
        said = [str(warning.message) for warning in caught if f"dtype={dtype}" in str(warning.message)]
        if len(said) != (integer and not entry.title.endswith("IoU")):
            raise ParityError(f"{entry.name} in {side.name}: of dtype={dtype!r} in Keras is said {said}")


def _says_what_keras_rounded(entry: Entry, side: bridge.Side) -> None:
    """Plain Keras keeps the weights of labels in the dtype of the metric: from float32 the decimals can be told."""
    plain = bridge.tensorflow()
    if plain is None:
        return
    keras = plain.keras
    for dtype in ("float32", "float16", "bfloat16"):
        given = {"multi_label": True, "num_labels": 2, "label_weights": [0.3, 0.7], "dtype": dtype}
        written = json.loads(json.dumps(keras.metrics.serialize(build_in_keras(keras, entry, given))))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            read = side.package.metrics.deserialize(written).get_config()["label_weights"]
        said = f"rounded label_weights to {dtype}"
        if said not in str([warning.message for warning in caught]) or (dtype == "float32") != (read == [0.3, 0.7]):
            raise ParityError(
                f"{entry.name} in {side.name}: {given} came back from Keras with {read}, and says {caught}"
            )


def _is_written_with_whole_numbers(entry: Entry, side: bridge.Side) -> None:
    """Keras's F-scores refuse whole numbers; ours take them, and write floats for Keras."""
    plain = bridge.tensorflow()
    if plain is None:
        return
    keras = plain.keras
    given = {"threshold": 1, **({"beta": 2} if entry.title == "FBetaScore" else {})}
    written = side.package.metrics.serialize(build(side, entry, given), target="keras")
    revived = keras.metrics.deserialize(written)
    if any(getattr(revived, key) != value for key, value in given.items()):
        raise ParityError(f"{entry.name} in {side.name}: {given} came to Keras as {revived.get_config()}")


def _bases_do_nothing(entry: Entry, side: bridge.Side) -> None:
    """A subclass that implements nothing says so when it is used."""
    names = {"losses": "Loss", "metrics": "Metric", "initializers": "Initializer", "regularizers": "Regularizer"}
    base = getattr(getattr(side.package, entry.family), names.get(entry.family, "Constraint"))
    uses: list[Callable[[], Any]] = [lambda: base()((1,))]
    if entry.family == "losses":
        uses = [lambda: base().call(1, 1)]
    if entry.family == "metrics":
        uses = [lambda: base().update_state(1), lambda: base().result()]
    for use in uses:
        try:
            use()
        except NotImplementedError:
            continue
        raise ParityError(f"{entry.family} in {side.name}: the base class does something")


def _base_takes_dictionaries(side: bridge.Side) -> None:
    """A loss of one's own may be given several targets and predictions, under names."""

    class Mine(side.package.losses.Loss):  # type: ignore[misc, name-defined]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return (y_true["a"] - y_pred["in"]["a"])[:, 0]

    given = {"a": [[3.0], [5.0]]}, {"in": {"a": [[1.0], [2.0]]}}
    if (received := float(side.array(Mine()(*given)))) != 2.5:
        raise ParityError(f"losses in {side.name}: a loss of dictionaries is {received}, expected 2.5")


def _refused_states(entry: Entry, side: bridge.Side) -> Iterator[Callable[[], Any]]:
    """States of a user's own metric that cannot be, and what cannot be added to one; none of them is trained."""

    class Mine(side.package.metrics.Metric):  # type: ignore[misc, name-defined]
        pass

    mine = Mine()
    mine.add_variable((2,), name="pair")
    for name in (7, "", "no name", "pair"):
        yield partial(mine.add_variable, name=name)
    yield partial(mine.add_variable, name="other", initializer="ones")
    for amount in (np.ones(3), np.ones(()), np.ones((2, 1))):
        yield partial(mine.accumulate, pair=amount)
    if trained := side.trained(mine):
        raise ParityError(f"{entry.family} in {side.name}: a state is trained: {trained}")


def _takes_a_function_of_ones_own(entry: Entry, side: bridge.Side) -> None:
    module = getattr(side.package, entry.family)

    def halved(y_true: Any, y_pred: Any) -> Any:
        return side.package.losses.huber(y_true, y_pred) / 2

    for keras_2 in ("huber", {"class_name": "function", "config": "huber"}):
        if (
            module.deserialize({"class_name": entry.title, "config": {"fn": keras_2}}).fn
            is not side.package.losses.huber
        ):
            raise ParityError(f"{entry.name} in {side.name}: fn={keras_2!r} does not find huber")
    text = json.dumps(module.serialize(public(side, entry)(halved)))
    revived = module.deserialize(json.loads(text), custom_objects={"halved": halved})
    if revived.fn is not halved:
        raise ParityError(f"{entry.name} in {side.name}: came back with {revived.fn!r}")
    if isinstance(side, bridge.TensorFlow):
        side.keras.saving.register_keras_serializable("mine")(halved)
        kept = json.loads(json.dumps(public(side, entry)(halved).get_config()))
        if public(side, entry).from_config(kept).fn is not halved:
            raise ParityError(f"{entry.name} in {side.name}: a function that Keras knows is not found")
    _refusal(entry, side, lambda: module.serialize(public(side, entry)(lambda y_true, y_pred: y_pred)))

    class Mine(side.package.losses.Huber):  # type: ignore[misc, name-defined]
        pass

    text = json.dumps(module.serialize(public(side, entry)(Mine(0.25, "none"))))
    revived = module.deserialize(json.loads(text), custom_objects={"Mine": Mine})
    if not isinstance(revived.fn, Mine) or revived.fn.get_config()["delta"] != 0.25:
        raise ParityError(f"{entry.name} in {side.name}: a loss came back as {revived.fn!r}")
    written = module.serialize(public(side, entry)(side.package.losses.Huber(0.25, "none")))
    for_keras = module.serialize(module.deserialize(written), target="keras")["config"]["fn"]
    if for_keras["module"] != "keras.losses" or for_keras["config"] != written["config"]["fn"]["config"]:
        raise ParityError(f"{entry.name} in {side.name}: a loss is written for Keras as {for_keras}")


def _called_otherwise(entry: Entry, side: bridge.Side, config: Mapping[str, Any]) -> None:
    """A copy gives the same values, whatever form the shape has; and a PyTorch tensor is filled with them in place."""
    seed = {"seed": 5} if "seed" in constructor_arguments(side, entry) else {}
    item, shape = build(side, entry, {**config, **seed}), (4, 1, 5) if entry.title == "STFT" else (3, 2)
    what, values = f"{entry.name} in {side.name}", side.array(item(shape))
    copied = item.clone()
    if type(copied) is not type(item) or copied.get_config() != item.get_config():
        raise ParityError(f"{what}: a clone is {copied!r}")
    same_bits(f"{what}, its clone", values, side.array(copied(list(shape))))
    same_bits(f"{what}, with a shape to be gone through", values, side.array(item(iter(shape))))
    if not isinstance(side, bridge.Torch):
        return
    same_bits(f"{what}, on a device that is named", values, side.array(item(shape, device="cpu")))
    for dtype in ("float32", "float16"):
        kind = side.dtype(dtype)
        tensor = side.tensor(np.zeros(shape, np.float32)).to(kind)
        item.fill_(tensor, layout="keras")
        same_bits(f"{what}, filled in place in {dtype}", side.array(item(shape, dtype=kind)), side.array(tensor))


def _rules_a_module(entry: Entry, side: bridge.Torch, config: Mapping[str, Any]) -> None:
    """In PyTorch a rule is about a module's kernel as it lies there: as a penalty, or after an optimizer's steps."""
    what, rule = f"{entry.name} in {side.name}", build(side, entry, config)
    (ruled, optimizer), (free, another) = side.layer(), side.layer()
    if entry.module == "regularizers":
        penalty = side.package.regularizers.penalty(ruled, rule)
        same_bits(f"{what}, as a penalty", side.array(rule(ruled.weight.T)), side.array(penalty))
        _refuses(what, lambda: rule(ruled.weight, layout="jax"), f"{entry.title}: ")
        return
    side.package.constraints.constrain(optimizer, ruled, rule)
    side.train(ruled, optimizer)
    side.train(free, another)
    same_bits(f"{what}, after a step", side.array(rule(free.weight, layout="torch")), side.array(ruled.weight))
    same_bits(f"{what}, a bias after a step", side.array(free.bias), side.array(ruled.bias))
    side.freeze(ruled, free.weight)
    side.train(ruled, optimizer)
    same_bits(f"{what}, what is not trained", side.array(free.weight), side.array(ruled.weight))
    _refuses(what, lambda: side.package.constraints.constrain(another, ruled, rule), "constrain: ")
    _refuses(what, lambda: rule(ruled.weight, layout="jax"), f"{entry.title}: ")


def _refuses(what: str, use: Callable[[], Any], word: str) -> None:
    try:
        use()
    except ValueError as error:
        if str(error).startswith(word):
            return
    raise ParityError(f"{what}: an optimizer of another module, or a layout that is none, is not refused")


def _takes_numbers_of_any_kind(entry: Entry) -> None:
    """NumPy's numbers, arrays and tensors are what Python's numbers and lists are, in values and in the config."""
    for side in bridge.sides():
        made, array = public(side, entry), np.array([1.0, -0.5], np.float32)
        in_keras = {"class_name": "__numpy__", "config": {"value": [1.0, -0.5], "dtype": "float32"}}
        tensors = [other.tensor(array) for other in bridge.sides()]
        tensors = [item.requires_grad_() if hasattr(item, "requires_grad_") else item for item in tensors]
        if any(made(bound).get_config()["value"] != bound for bound in (-(2**63), 2**64 - 1)):
            raise ParityError(f"{entry.name} in {side.name}: the largest whole numbers do not stay what they are")
        half = array.astype(ml_dtypes.bfloat16)
        given = [(item, [1.0, -0.5]) for item in (array, half, *tensors, in_keras)]
        for value, plain in [(np.float32(0.5), 0.5), (np.int64(3), 3), *given]:
            written = [json.dumps(made(item).get_config()) for item in (value, plain)]
            if len(set(written)) > 1:
                raise ParityError(f"{entry.name} in {side.name}: {value!r} is written as {written}")
        family = getattr(side.package, entry.module)
        by_keras = {"module": "keras.initializers", "class_name": "Constant", "config": {"value": in_keras}}
        revived = family.deserialize({**by_keras, "registered_name": None})
        if revived.get_config() != made(array).get_config():
            raise ParityError(f"{entry.name} in {side.name}: {by_keras} became {revived.get_config()}")
        found = family.get(array)
        if type(found) is not made or found.get_config() != made(array).get_config():
            raise ParityError(f"{entry.name} in {side.name}: an array does not find it, but {found!r}")
        for kind, value, cut in (("int32", -2.5, -2), ("int64", 2**53, 2**53), ("uint8", 255, 255), ("bool", 0.5, 1)):
            drawn = side.array(made(value)((2,), dtype=side.dtype(kind)))
            same_bits(f"{entry.name} in {side.name}, {value} as {kind}", drawn, np.full(2, cut, kind))
        for kind, value in (("int32", 2**31), ("uint8", 256), ("uint8", -1)):
            _refusal(entry, side, partial(made(value), (2,), dtype=side.dtype(kind)))


def _refuses_what_is_too_large(entry: Entry) -> None:
    """A config from a stranger is refused before anything is made of it."""
    deep: Any = 0.0
    for _ in range(50):
        deep = [deep]
    sizes = {
        "inside one another": deep,
        "a string of at most": "x" * 10_000,
        "keys of at most": {"x" * 10_000: 0},
        "strings as keys": {1: 0},
        "of at most 64 bits": [2**70],
        "entries": [[0.0] * 2**12] * 2**9,
    }
    for side in bridge.sides():
        for said, value in sizes.items():
            written = {"class_name": entry.title, "config": {"value": value}}
            text = _refusal(entry, side, partial(side.package.initializers.deserialize, written))
            if said not in text:
                raise ParityError(f"{entry.name} in {side.name}: refused without the words {said!r}: {text}")


def _draws_its_own_seed(entry: Entry) -> None:
    """Without a seed, one comes from Python's generator when the object is made, as in Keras."""
    results = []
    for side in bridge.sides():
        random.seed(5)
        drawn = public(side, entry)()
        random.seed(5)
        seed = random.randint(1, 10**9)
        given = public(side, entry)(seed=seed)
        if drawn.get_config()["seed"] is not None or given.get_config()["seed"] != seed:
            raise ParityError(f"{entry.name} in {side.name}: the config keeps {drawn.get_config()}")
        results += [side.array(item((3, 2))) for item in (drawn, given)]
        results += [side.array(given((3, 2), dtype=dtype)) for dtype in ("float32", np.float32, side.dtype("float32"))]
        if side.name == "torch":
            turned = given((2, 3), layout="torch").T
            results.append(side.array(turned))
    for result in results[1:]:
        same_bits(f"{entry.name} without a seed, and with the seed it draws", results[0], result)
    generator = {"class_name": "SeedGenerator", "module": "keras.random", "config": {"seed": 5, "name": "seeds"}}
    drawn_twice = []
    for side in bridge.sides():
        item = public(side, entry)(seed=generator)
        if item.get_config()["seed"] != {**generator, "registered_name": None}:
            raise ParityError(f"{entry.name} in {side.name}: {generator} became {item.get_config()}")
        drawn_twice.append(np.stack([side.array(item((3, 2))), side.array(item((3, 2)))]))
    for draws in drawn_twice:
        same_bits(f"{entry.name} with a generator of seeds, draw after draw", drawn_twice[0], draws)
