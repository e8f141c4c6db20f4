"""get, serialize, deserialize: what they accept, and what errors say (`hostile.py` has what they must refuse)."""

import importlib
import inspect
import json
import warnings

import numpy as np
import pytest

PACKAGES = ("tfimpl", "torchimpl")


@pytest.fixture(params=PACKAGES)
def package(request):
    pytest.importorskip({"tfimpl": "tensorflow", "torchimpl": "torch"}[request.param])
    return __import__(request.param)


def test_get(package):
    losses = package.losses
    assert losses.get(None) is None
    assert losses.get("mse") is losses.mean_squared_error
    assert type(losses.get("Huber")) is losses.Huber
    assert type(losses.get(losses.Huber)) is losses.Huber
    assert losses.get(losses.huber) is losses.huber
    assert losses.get({"class_name": "Huber", "config": {"delta": 2.0}}).delta == 2.0
    assert package.activations.get(None) is package.activations.linear
    assert package.activations.serialize(package.activations.relu) == "relu"
    assert package.activations.deserialize("relu") is package.activations.relu
    assert type(package.metrics.get("auc")) is package.metrics.AUC
    assert type(package.regularizers.get("l2")) is package.regularizers.L2


@pytest.mark.parametrize(
    ("name", "close"), [("Hubber", "'Huber'"), ("mean_square_error", "'mean_squared_error'"), ("zzz", "Known names")]
)
def test_an_unknown_name_gets_close_matches(package, name, close):
    with pytest.raises(ValueError, match=close):
        package.losses.get(name)


def nested(depth, value=0):
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("family", "name", "arguments", "match"),
    [
        ("losses", "Huber", {"delta": "os.system"}, r"\.delta: .*`delta` must be .* > 0\. Received: delta='os.system'"),
        ("losses", "Huber", {"filepath": "x"}, r"\.filepath: .*unknown argument `filepath`"),
        ("losses", "Huber", {"dtype": {"class_name": "DTypePolicy", "config": 7}}, r"\.dtype: .*argument `dtype`"),
        (
            "losses",
            "Huber",
            {"dtype": {"class_name": "DTypePolicy", "config": {"name": "float32", "x": 1}}},
            r"\.dtype: .*argument `dtype`",
        ),
        ("losses", "Huber", {"dtype": "interpolation"}, r"\.dtype: .*argument `dtype`"),
        (
            "metrics",
            "MeanMetricWrapper",
            {"fn": {"class_name": "Huber", "config": {"delta": 0}}},
            r"\.fn\.config\.delta: ",
        ),
        ("losses", "Huber", {"delta": [0] * 10**5}, r"\.delta: .{1900,2000}$"),
        ("losses", "Huber", {"name": "x" * 1001}, r"\.name: expected a string of at most 1000 characters"),
        ("losses", "Huber", {"x" * 1001: 1}, r": expected keys of at most 1000 characters"),
        ("losses", "Huber", {"delta": 2**64}, r"\.delta: expected a whole number of at most 64 bits"),
        ("losses", "Huber", {1: 1}, r": expected strings as keys"),
        ("losses", "Huber", 7, r" must be a dictionary"),
        ("initializers", "Constant", {"value": nested(10**5)}, r"\.value(\[0\])+: expected at most 32 dictionaries"),
        (
            "initializers",
            "Constant",
            {"value": [[0.5] * 2**10] * 2**10},
            r"\.value\[\d+\]: expected a config of at most",
        ),
        (
            "initializers",
            "Constant",
            {"value": [[1.0, "x"]]},
            r"\.value: .*argument `value` must be a number, or an array",
        ),
        ("metrics", "AUC", {"num_thresholds": 2**16 + 1}, r"\.num_thresholds: .*>= 2 and <= 65536"),
        (
            "metrics",
            "SensitivityAtSpecificity",
            {"specificity": 0.5, "num_thresholds": 10**9},
            r"\.num_thresholds: .*<= 65536",
        ),
        ("metrics", "AUC", {"num_labels": 10**6, "multi_label": True}, r": AUC: a state may hold at most"),
        ("metrics", "MeanIoU", {"num_classes": 10**9}, r": MeanIoU: a state may hold at most"),
    ],
    ids=lambda item: item[:20] if isinstance(item, str) else "",
)
def test_errors_have_the_path_to_what_is_wrong(package, family, name, arguments, match):
    config = {"class_name": name, "config": arguments}
    deserialize = getattr(package, family).deserialize
    with pytest.raises(ValueError, match=rf"^{family}\.deserialize(: {name})?\.config{match}"):
        deserialize(config)
    with pytest.raises(ValueError, match=rf"^outputs\[1\]\.config{match}"):
        deserialize(config, path="outputs[1]")


def test_a_whole_number_beyond_64_bits_is_a_float(package):
    focal = package.losses.BinaryFocalCrossentropy(gamma=2**70, alpha=2**-2)
    assert float(focal([[1.0, 0.0]], [[0.5, 0.5]])) == 0.0
    kernel = package.initializers.RandomNormal(stddev=2**70, seed=1)
    config = json.loads(json.dumps(package.initializers.serialize(kernel)))
    assert package.initializers.deserialize(config).stddev == 2.0**70
    with pytest.raises(ValueError, match="`value` must be a number"):
        package.initializers.Constant(2**70)


def test_half_precision_is_an_argument_like_others(package):
    with warnings.catch_warnings(action="error"):
        assert package.losses.Huber(np.float16(0.25)).delta == 0.25


def test_half_a_character_is_no_text(package):
    # As text of JSON two halves become one character.
    for half in ("\ud83d", "\ud83d\ude00"):
        with pytest.raises(ValueError, match="`name` must be a Unicode string"):
            package.metrics.MeanSquaredError(name=half)
        with pytest.raises(ValueError, match=r"config\.name: expected Unicode text\. Received: '.ud83d"):
            package.losses.deserialize({"class_name": "Huber", "config": {"name": half}})
        with pytest.raises(ValueError, match=r"config: expected Unicode text as keys") as caught:
            package.losses.deserialize({"class_name": "Huber", "config": {half: 1}})
        assert str(caught.value).isascii()
    assert package.losses.Huber(name="\U0001f600").name == "\U0001f600"


def test_every_way_in_has_the_limits(package):
    with pytest.raises(ValueError, match=r"losses\.get: expected a string of at most 1000 characters"):
        package.losses.get("x" * 1001)
    with pytest.raises(ValueError, match=r"Constant\.from_config\.value(\[0\])+: expected at most 32 dictionaries"):
        package.initializers.Constant.from_config({"value": nested(33)})
    auc = package.metrics.AUC(multi_label=True, num_thresholds=2**16)
    with pytest.raises(ValueError, match=r"AUC\.set_state: expected states of shapes"):
        auc.set_state({"true_positives": np.zeros((1, 10**4))})


def test_what_is_just_allowed(package):
    constant = package.initializers.deserialize({"class_name": "Constant", "config": {"value": nested(28, 0.5)}})
    assert constant.value.ndim == 28
    constant = package.initializers.deserialize({"class_name": "Constant", "config": {"value": [0.5] * (2**20 - 10)}})
    assert constant.value.shape == (2**20 - 10,)
    assert len(package.losses.deserialize({"class_name": "Huber", "config": {"name": "x" * 1000}}).name) == 1000
    assert package.metrics.AUC(num_thresholds=2**16).variables[0].shape == (2**16,)


def test_custom_objects(package):
    class Pinball(package.losses.Loss):
        def __init__(self, quantile=0.5, **kwargs):
            self.quantile = quantile
            super().__init__(**kwargs)

        def call(self, y_true, y_pred):
            return package.losses.huber(y_true, y_pred, self.quantile)

    config = json.loads(json.dumps(package.losses.serialize(Pinball(0.9, reduction="sum"))))
    assert config["config"]["quantile"] == 0.9
    for module in (config["module"], None):  # Keras leaves it out
        with pytest.raises(ValueError, match="custom_objects"):
            package.losses.deserialize({**config, "module": module})
    revived = package.losses.deserialize(config, custom_objects={"Pinball": Pinball})
    assert revived.get_config() == Pinball(0.9, reduction="sum", name=revived.name).get_config()

    def halved(y_true, y_pred):
        return package.losses.huber(y_true, y_pred) / 2

    config = json.loads(json.dumps(package.metrics.serialize(package.metrics.MeanMetricWrapper(Pinball(0.25)))))
    revived = package.metrics.deserialize(config, custom_objects={"Pinball": Pinball})
    assert revived.fn.quantile == 0.25

    config = package.metrics.serialize(package.metrics.MeanMetricWrapper(halved))
    with pytest.raises(ValueError, match="unknown name 'halved'"):
        package.metrics.deserialize(config)
    revived = package.metrics.deserialize(config, custom_objects={"halved": halved})
    assert float(revived([[0.0]], [[2.0]])) == 0.75


def test_objects_of_the_chapter_stand_among_those_of_any_family(package):
    for family, item in (("losses", package.custom.HuberLoss(0.5)), ("metrics", package.custom.HuberMetric(0.5))):
        config = json.loads(json.dumps(getattr(package, family).serialize(item)))
        assert config["registered_name"] == f"{package.__name__}.custom>{type(item).__name__}"
        revived = getattr(package, family).deserialize(config)
        assert type(revived) is type(item)
        assert revived.threshold == 0.5


def test_an_argument_that_is_not_kept_is_an_error(package):
    class Forgetful(package.regularizers.Regularizer):
        def __init__(self, factor):
            self.other = factor

    with pytest.raises(AttributeError, match="takes `factor`, but the instance has no attribute"):
        Forgetful(1.0).get_config()


def plain_keras(family, title, **arguments):
    return {"module": f"keras.{family}", "class_name": title, "config": arguments, "registered_name": None}


def test_configs_of_plain_keras_are_understood(package):
    config = plain_keras("metrics", "MeanIoU", num_classes=2, name="mean_io_u", dtype="int64", axis=-1)
    assert package.metrics.deserialize(config).num_classes == 2
    tensor = {"class_name": "__tensor__", "config": {"value": [1.0, 0.5], "dtype": "float32"}}
    config = plain_keras("metrics", "AUC", multi_label=True, num_labels=2, label_weights=tensor)
    assert package.metrics.deserialize(config).label_weights == [1.0, 0.5]


@pytest.mark.parametrize(
    ("family", "name", "arguments", "named"),
    [
        ("losses", "Huber", {"reduction": "mean"}, "delta and dtype"),
        ("losses", "Huber", {"delta": 2.0}, "dtype"),
        ("losses", "CosineSimilarity", {"dtype": "float32"}, "axis"),
        ("losses", "SparseCategoricalCrossentropy", {"dtype": "float32"}, "axis"),
        ("losses", "Tversky", {"dtype": "float32", "alpha": 0.9, "beta": 0.1}, "exchanged alpha and beta"),
        ("metrics", "CosineSimilarity", {}, "axis"),
        ("metrics", "MeanSquaredError", {"dtype": "int64"}, "counted in dtype=int64"),
        ("initializers", "Identity", {}, "gain"),
        ("regularizers", "L1", {"l1": 0.30000001192092896}, "rounded l1 .* read as 0.3"),
        ("regularizers", "L1", {"l1": 0.6624961495399475}, "read as 0.6624961495399475"),
        ("regularizers", "OrthogonalRegularizer", {"factor": 0.009999999776482582}, "rounded factor .* read as 0.01"),
    ],
)
def test_what_plain_keras_has_lost_is_warned_of(package, family, name, arguments, named):
    with pytest.warns(package.saving.ConfigWarning, match=named):
        getattr(package, family).deserialize(plain_keras(family, name, **arguments))


def test_what_plain_keras_has_kept_is_not_warned_of(package):
    for family, name, arguments in (
        ("losses", "Huber", {"delta": 1.0, "dtype": "float32"}),
        ("regularizers", "L1", {"l1": 0.375}),
        ("regularizers", "L2", {"l2": 0.3}),
        ("regularizers", "L1", {"l1": 0.1234567890123}),
        ("metrics", "MeanSquaredError", {"dtype": "float64"}),
    ):
        item = getattr(package, family).deserialize(plain_keras(family, name, **arguments))
        assert {key: getattr(item, key) for key in arguments} == arguments


@pytest.mark.parametrize("name", ["binary_accuracy", "sparse_categorical_accuracy", "pearson_correlation"])
def test_a_wrapper_of_a_function_of_metrics_comes_back_from_its_config(package, name):
    """Keras's loader calls from_config; a trained model with such a metric could be saved, and not be loaded."""
    wrapper, function = package.metrics.MeanMetricWrapper, getattr(package.metrics, name)
    assert wrapper.from_config(wrapper(function).get_config()).fn is function


def test_configs_of_keras_2_are_translated(package):
    config = {"class_name": "Huber", "config": {"reduction": "auto", "name": "huber_loss", "delta": 2.0, "fn": "huber"}}
    loss = package.losses.deserialize(config)
    assert (loss.reduction, loss.delta) == ("sum_over_batch_size", 2.0)
    kernel = package.initializers.deserialize(
        {"class_name": "GlorotUniform", "config": {"seed": 1, "dtype": "float32"}}
    )
    assert kernel.seed == 1
    accuracy = {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "binary_accuracy"}}
    assert package.metrics.deserialize(accuracy).fn is package.metrics.binary_accuracy
    accuracy["config"]["fn"] = "eval"
    with pytest.raises(ValueError, match=r"\.fn: unknown name 'eval'"):
        package.metrics.deserialize(accuracy)
    with pytest.raises(ValueError, match="unknown name 'MeanRelativeError'"):
        package.metrics.deserialize({"class_name": "MeanRelativeError", "config": {"normalizer": [1.0]}})


@pytest.mark.parametrize(
    ("family", "name", "arguments", "named"),
    [
        ("losses", "Tversky", {"alpha": 0.9, "beta": 0.1}, "`alpha` and `beta`"),
        ("losses", "Huber", {"name": "a loss"}, "`name`"),
        ("losses", "CategoricalGeneralizedCrossEntropy", {}, "CategoricalGeneralizedCrossEntropy"),
        ("custom", "HuberLoss", {}, "HuberLoss"),
    ],
)
def test_what_plain_keras_cannot_keep_is_refused(package, family, name, arguments, named):
    item = getattr(getattr(package, family), name)(**arguments)
    with pytest.raises(ValueError, match=named):
        getattr(package, family).serialize(item, target="keras")


def test_for_plain_keras_a_function_is_one_of_ours(package):
    wrapper = package.metrics.MeanMetricWrapper
    written = package.metrics.serialize(wrapper(package.losses.Huber(2.0, reduction="none")), target="keras")
    assert written["config"]["fn"]["module"] == "keras.losses"
    assert written["config"]["fn"]["config"]["delta"] == 2.0
    assert package.activations.serialize(package.activations.relu, target="keras") == "relu"
    for wrong in (wrapper(package.custom.huber_fn), wrapper(package.custom.HuberLoss())):
        with pytest.raises(ValueError, match="`fn`"):
            package.metrics.serialize(wrong, target="keras")
    with pytest.raises(ValueError, match="reads no functions among metrics"):
        package.metrics.serialize(package.metrics.binary_accuracy, target="keras")
    with pytest.raises(ValueError, match="`target`"):
        package.losses.serialize(package.losses.Huber(), target="torch")


@pytest.fixture
def register(package, monkeypatch):
    monkeypatch.setattr(package.saving, "REGISTERED", type(package.saving.REGISTERED)())
    if package.__name__ == "tfimpl":
        known = dict(pytest.importorskip("keras").saving.get_custom_objects())
        monkeypatch.setattr("keras.src.saving.object_registration.GLOBAL_CUSTOM_OBJECTS", known)
    return package.saving.register


def test_a_registered_object_is_found_with_what_it_holds(package, register):
    @register("vision")
    class Weighted(package.losses.Loss):
        def __init__(self, inner, kernel, **kwargs):
            super().__init__(**kwargs)
            self.inner, self.kernel = inner, kernel

        def call(self, y_true, y_pred):
            return self.inner(y_true, y_pred)

    @register("vision", "half")
    def halved(y_true, y_pred):
        return package.losses.huber(y_true, y_pred) / 2

    parts = [package.regularizers.L2(0.5), package.losses.mean_squared_error]
    config = package.losses.serialize(Weighted(package.losses.Huber(2.0, reduction="none"), {"parts": parts}))
    assert config["registered_name"] == "vision>Weighted"
    revived = package.losses.deserialize(json.loads(json.dumps(config)))
    assert type(revived) is Weighted
    assert revived.inner.delta == 2.0
    assert revived.kernel["parts"][0].l2 == 0.5
    assert revived.kernel["parts"][1] is package.losses.mean_squared_error
    config = json.loads(json.dumps(package.metrics.serialize(package.metrics.MeanMetricWrapper(halved))))
    assert config["config"]["fn"]["config"] == "vision>half"
    assert package.metrics.deserialize(config).fn is halved


def test_a_registered_name_replaces_nothing(package, register):
    @register("vision")
    class Huber(package.losses.Loss):
        pass

    assert type(package.losses.get("Huber")) is package.losses.Huber
    assert type(package.losses.deserialize({"class_name": "Huber", "config": {}})) is package.losses.Huber
    assert type(package.losses.deserialize(package.losses.serialize(Huber()))) is Huber
    for wrong in ("keras", "keras.losses", "torchimpl", "tfimpl.losses", "", "a>b", "a/b", 1):
        with pytest.raises(ValueError, match="register"):
            register(wrong)
    with pytest.raises(ValueError, match="already stands for"):
        register("vision", "Huber")(package.losses.huber)


def test_a_function_that_another_function_made_is_explained(package):
    made = package.custom.create_huber(2.0)
    with pytest.raises(ValueError, match=r"no config holds the 2.0.*create_huber\(2.0\)"):
        package.custom.serialize(made)

    def huber(y_true, y_pred):
        return y_pred - y_true

    metric = package.metrics.MeanMetricWrapper(huber)
    metric.merge_state([package.metrics.MeanMetricWrapper(huber)])
    with pytest.raises(ValueError, match="'huber' is another function"):
        package.metrics.serialize(metric)
    config = package.losses.serialize(made)
    with pytest.raises(ValueError, match=r"no config holds the 2.0.*create_huber\(2.0\)"):
        package.losses.deserialize(config)
    assert package.losses.deserialize(config, custom_objects={"huber_fn": made}) is made


def holder(package, family):
    """A class of one's own of a family, which holds whatever it is given."""
    base = {"losses": "Loss", "metrics": "Mean"}.get(family, family.removesuffix("s").capitalize())

    class Holding(getattr(getattr(package, family), base)):
        def __init__(self, part=None):
            super().__init__()
            self.part = part

        def get_config(self):
            return {"part": self.part}

    return Holding


OF_FAMILIES = {
    "losses": ("Huber", {"delta": 0.3}),
    "metrics": ("AUC", {}),
    "regularizers": ("L2", {"l2": 0.1}),
    "constraints": ("MaxNorm", {}),
    "initializers": ("HeNormal", {"seed": 1}),
}


@pytest.mark.parametrize("other", ["keras", "the twin"])
@pytest.mark.parametrize("family", OF_FAMILIES)
def test_what_another_library_made_is_not_written(package, other, family):
    if other == "the twin":
        (other,) = set(PACKAGES) - {package.__name__}
    theirs, ours = pytest.importorskip(other), getattr(package, family)
    (name, arguments), said = OF_FAMILIES[family], "Keras" if other == "keras" else other
    item = getattr(getattr(theirs, family), name)(**arguments)
    wanted = rf"Received: {name} of {said} \({other}\..*\)\. Use {package.__name__}\.{family}\.{name}, with the same "
    with pytest.raises(ValueError, match=rf"^{family}\.serialize: .*{wanted}"):
        ours.serialize(item)
    for part in (item, {"a": [item]}):
        with pytest.raises(ValueError, match=wanted):
            ours.serialize(holder(package, family)(part))
    if family == "metrics":
        item.update_state([0.0, 1.0], [0.25, 0.75])
        taken = ours.AUC()
        taken.set_state(item if other == "keras" else item.get_state())  # as the error says
        assert float(taken.result()) == float(item.result())
    if family == "losses":
        with pytest.raises(ValueError, match=wanted):
            package.metrics.serialize(package.metrics.MeanMetricWrapper(item))
        huber = theirs.losses.huber
        for write, function in (
            (ours.serialize, huber),
            (package.metrics.serialize, package.metrics.MeanMetricWrapper(huber)),
        ):
            with pytest.raises(ValueError, match=rf"huber of {said} .*Use {package.__name__}\.losses\.huber\.$"):
                write(function)


def test_what_keras_alone_has_is_written_as_ones_own_is(package):
    generator = pytest.importorskip("keras").random.SeedGenerator
    held = holder(package, "initializers")
    config = json.loads(json.dumps(package.initializers.serialize(held(generator(3)))))
    names = {"Holding": held, "SeedGenerator": generator}
    assert package.initializers.deserialize(config, custom_objects=names).part.get_config()["seed"] == 3


@pytest.mark.parametrize("family", OF_FAMILIES)
@pytest.mark.parametrize("other", OF_FAMILIES)
def test_objects_of_another_family_come_back_only_where_they_are_held(package, family, other):
    if family == other:
        return
    (name, arguments), ours = OF_FAMILIES[other], getattr(package, family)
    item, held = getattr(getattr(package, other), name)(**arguments), holder(package, family)
    with pytest.raises(ValueError, match=rf"Received: {name} of {package.__name__}\.{other}\. Use {other}\.serialize"):
        ours.serialize(item)
    with pytest.raises(ValueError, match=rf"{name!r} of module .* is one of {other}\. Expected one of {family}\.$"):
        ours.deserialize(getattr(package, other).serialize(item))
    config = json.loads(json.dumps(ours.serialize(held([item]))))
    (part,) = ours.deserialize(config, custom_objects={"Holding": held}).part
    assert type(part) is type(item)
    assert part.get_config() == item.get_config()


def families(package):
    return {name: family for name, family in package.saving.FAMILIES.items() if name != "custom"}


def test_a_name_of_a_function_stands_for_one_in_all_families(package):
    found = {}
    for family in families(package).values():
        for name, function in family.functions.items():
            assert found.setdefault(name, function) is function, name


@pytest.mark.parametrize("family", OF_FAMILIES)
def test_a_function_of_any_family_that_is_held_comes_back(package, family):
    ours, held = getattr(package, family), holder(package, family)
    functions = [item for other in families(package).values() for item in other.functions.values()]
    config = json.loads(json.dumps(ours.serialize(held(functions))))
    back = ours.deserialize(config, custom_objects={"Holding": held}).part
    assert len(back) == len(functions) > 40
    assert all(one is other for one, other in zip(back, functions, strict=True))


def test_a_function_of_another_family_is_refused_where_nothing_holds_it(package):
    losses, metrics, softplus = package.losses, package.metrics, package.activations.softplus
    for serialize, item in ((losses.serialize, softplus), (metrics.serialize, metrics.MeanMetricWrapper(softplus))):
        with pytest.raises(ValueError, match=r"Received: softplus of \w+\.activations\. Use activations\.serialize"):
            serialize(item)
    config = {"class_name": "function", "config": "softplus"}
    with pytest.raises(ValueError, match=r"'softplus' of .* is one of activations\. Expected one of losses") as caught:
        losses.deserialize(config)
    assert "If it is yours" not in str(caught.value)
    assert losses.deserialize(config, custom_objects={"softplus": softplus}) is softplus


def test_a_function_of_ones_own_is_never_taken_for_one_of_another_family(package):
    def softplus(y_true, y_pred):
        return package.losses.huber(y_true, y_pred) / 2

    class Wrapper(package.metrics.MeanMetricWrapper):
        pass

    for item in (holder(package, "losses")([softplus]), Wrapper(softplus)):
        with pytest.raises(ValueError, match="'softplus' is another function of"):
            (package.metrics if isinstance(item, Wrapper) else package.losses).serialize(item)
    config = package.losses.serialize(softplus)  # where no activation is found
    assert package.losses.deserialize(config, custom_objects={"softplus": softplus}) is softplus


def test_what_the_chapter_makes_is_passed_by_name(package):
    losses, held, made = package.losses, holder(package, "losses"), package.custom.create_huber(2.0)
    for function in (made, package.custom.huber_fn):
        config = json.loads(json.dumps(losses.serialize(held(function))))
        with pytest.raises(ValueError, match=r"part: unknown name 'huber_fn'.*create_huber\(2.0\)"):
            losses.deserialize(config, custom_objects={"Holding": held})
        names = {"Holding": held, "huber_fn": function}
        assert losses.deserialize(config, custom_objects=names).part is function


def test_what_is_registered_here_and_with_keras_is_one(package, register):
    keras = pytest.importorskip("keras")

    class Theirs(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred - y_true

    class Ours(package.losses.Loss):
        pass

    keras.saving.register_keras_serializable("vision", "Difference")(Theirs)
    config = json.loads(json.dumps(keras.losses.serialize(Theirs(reduction="sum"))))
    if package.__name__ == "tfimpl":  # whose registry is Keras's: the name is taken
        with pytest.raises(ValueError, match=r"'vision>Difference' already stands for .*Theirs"):
            register("vision", "Difference")(Ours)
        expected = Theirs
    else:
        register("vision", "Difference")(Ours)
        expected = Ours
    revived = package.losses.deserialize(config)
    assert type(revived) is expected
    assert revived.reduction == "sum"


def keras_decorator(keras, register):
    return keras.saving.register_keras_serializable("vision")


def our_decorator(keras, register):
    return register("vision")


def both_decorators(keras, register):
    return lambda item: register("vision")(keras.saving.register_keras_serializable("vision")(item))


@pytest.mark.parametrize("package", ["tfimpl"], indirect=True)
@pytest.mark.parametrize("decorator", [keras_decorator, our_decorator, both_decorators])
def test_in_tfimpl_either_decorator_is_enough(package, register, decorator):
    keras = pytest.importorskip("keras")

    class Shifted(package.losses.Loss):
        def __init__(self, inner=None, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

    def halved(y_true, y_pred):
        return package.losses.huber(y_true, y_pred) / 2

    decorator(keras, register)(Shifted)
    decorator(keras, register)(halved)
    written = [package.losses.serialize(Shifted()), keras.losses.serialize(Shifted())]
    for config in json.loads(json.dumps(written)):
        assert config["registered_name"] == "vision>Shifted"
        assert type(package.losses.deserialize(config)) is type(keras.losses.deserialize(config)) is Shifted
    config = json.loads(json.dumps(package.losses.serialize(Shifted([halved]))))
    assert config["config"]["inner"][0]["config"] == "vision>halved"
    assert package.losses.deserialize(config).inner == [halved]
    assert keras.saving.get_registered_object("vision>halved") is halved
    for name in ("vision>Shifted", "vision>halved"):
        del package.saving.REGISTERED[name]
        assert name not in package.saving.REGISTERED
        assert keras.saving.get_registered_object(name) is None


@pytest.mark.parametrize("package", ["tfimpl"], indirect=True)
def test_of_kerass_registry_a_config_reaches_what_a_family_has(package, register):
    keras = pytest.importorskip("keras")

    @keras.saving.register_keras_serializable("vision")
    class Opened(keras.layers.Layer):
        pass

    config = {"module": None, "class_name": "Opened", "config": {}, "registered_name": "vision>Opened"}
    assert type(keras.saving.deserialize_keras_object(config)) is Opened
    with pytest.raises(ValueError, match="'Opened' of module None is not one of tfimpl's objects"):
        package.losses.deserialize(config)
    with pytest.raises(ValueError, match=r"'vision>Opened' already stands for .* in Keras\. Choose another name"):
        register("vision", "Opened")(package.losses.huber)
    assert "vision>Opened" not in package.saving.REGISTERED


def test_what_has_no_config_is_not_registered(register):
    class Bare:
        pass

    with pytest.raises(ValueError, match=r"expected a function, or a class with get_config\. Received: .*Bare"):
        register("vision")(Bare)


def test_whole_numbers_go_to_keras_as_it_takes_them(package):
    keras = pytest.importorskip("keras")
    for name, arguments in (("FBetaScore", {"beta": 2, "threshold": 1}), ("F1Score", {"threshold": 1})):
        config = package.metrics.serialize(getattr(package.metrics, name)(**arguments), target="keras")
        loaded = keras.metrics.deserialize(json.loads(json.dumps(config)))
        assert {key: getattr(loaded, key) for key in arguments} == arguments


def test_a_generator_of_seeds_goes_to_keras(package):
    keras = pytest.importorskip("keras")
    generator = package.initializers.HeNormal(seed={"class_name": "SeedGenerator", "config": {"seed": 3}})
    config = json.loads(json.dumps(package.initializers.serialize(generator, target="keras")))
    loaded, direct = keras.initializers.deserialize(config), keras.initializers.HeNormal(keras.random.SeedGenerator(3))
    for _ in range(2):
        assert loaded((2, 3)).numpy().tolist() == direct((2, 3)).numpy().tolist()


KERAS_FAMILIES = ("activations", "constraints", "initializers", "losses", "metrics", "regularizers")


@pytest.mark.parametrize("family", KERAS_FAMILIES)
def test_every_public_name_of_keras_is_there_and_stands_for_the_same(package, family):
    theirs = getattr(pytest.importorskip("keras"), family)
    ours = importlib.import_module(f"{package.__name__}.{family}")
    for name in (name for name in dir(theirs) if not name.startswith("_")):
        wanted, found = getattr(theirs, name), getattr(ours, name)
        assert inspect.isclass(found) == inspect.isclass(wanted), name
        assert found.__name__ == wanted.__name__, name


@pytest.mark.parametrize("family", KERAS_FAMILIES)
@pytest.mark.parametrize("name", ["get", "serialize", "deserialize"])
def test_arguments_are_called_as_in_keras(package, family, name):
    wanted, found = (
        list(inspect.signature(getattr(getattr(home, family), name)).parameters.values())
        for home in (pytest.importorskip("keras"), package)
    )
    assert [(item.name, item.default) for item in found[: len(wanted)]] == [
        (item.name, item.default) for item in wanted
    ]
    assert all(item.default is not item.empty for item in found[len(wanted) :])


def test_an_unknown_name_is_told_those_of_the_family_and_none_that_are_registered(package, monkeypatch):
    monkeypatch.setattr(package.saving, "REGISTERED", {"vision>Known": lambda y_true, y_pred: y_pred})
    with pytest.raises(ValueError, match=r"Known names: \['MaxNorm', [^>]*\]\.$"):
        package.constraints.get("zzz")
