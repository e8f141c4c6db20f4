"""get, serialize, deserialize: what they accept, and what errors say (`hostile.py` has what they must refuse)."""

import json

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
    with pytest.raises(ValueError, match="custom_objects"):
        package.losses.deserialize(config)
    revived = package.losses.deserialize(config, custom_objects={"Pinball": Pinball})
    assert revived.get_config() == Pinball(0.9, reduction="sum", name=revived.name).get_config()

    def halved(y_true, y_pred):
        return package.losses.huber(y_true, y_pred) / 2

    config = package.metrics.serialize(package.metrics.MeanMetricWrapper(halved))
    with pytest.raises(ValueError, match="unknown name 'halved'"):
        package.metrics.deserialize(config)
    revived = package.metrics.deserialize(config, custom_objects={"halved": halved})
    assert float(revived([[0.0]], [[2.0]])) == 0.75


def test_an_argument_that_is_not_kept_is_an_error(package):
    class Forgetful(package.regularizers.Regularizer):
        def __init__(self, factor):
            self.other = factor

    with pytest.raises(AttributeError, match="takes `factor`, but the instance has no attribute"):
        Forgetful(1.0).get_config()


def test_configs_of_plain_keras_are_understood(package):
    config = {
        "module": "keras.metrics",
        "class_name": "MeanIoU",
        "config": {"num_classes": 2, "name": "mean_io_u", "dtype": "int64", "ignore_class": None, "axis": -1},
        "registered_name": None,
    }
    assert package.metrics.deserialize(config).num_classes == 2
    config = {"module": "keras.losses", "class_name": "Huber", "config": {"name": "huber_loss", "reduction": "mean"}}
    assert package.losses.deserialize(config).reduction == "sum_over_batch_size"
