"""`parity migrate`: .keras files read without Keras, files of torchimpl without PyTorch; hostile ones."""

import ast
import json
import os
import subprocess
import sys
import time
import warnings
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")


import torchimpl  # noqa: E402
from parity import bridge, migrate, runner  # noqa: E402
from parity.checks import exchange  # noqa: E402
from parity.checks.subject import build  # noqa: E402
from parity.cli import main  # noqa: E402
from parity.migrate import MigrationError, Saved, counterparts  # noqa: E402
from parity.migrate import saved as saved_files  # noqa: E402
from parity.migrate.to_keras import SECTIONS  # noqa: E402
from parity.migrate.to_torch import FORMS  # noqa: E402
from parity.neighbours import table  # noqa: E402
from parity.registry import entries  # noqa: E402
from parity.tolerance import same_bits  # noqa: E402

OBJECTS = [entry for entry in entries() if entry.is_class and entry.module != "custom"]

KERAS, PYTORCH = ("tensorflow", "keras", "tfimpl", "h5py"), ("torch", "safetensors")
WITHOUT = """
import importlib.util, runpy, sys
NAMES = tuple(sys.argv.pop(1).split(","))
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocker())
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in NAMES else find_spec(name, package)
sys.argv = ["parity", "migrate", *sys.argv[1:]]
runpy.run_module("parity", run_name="__main__")
"""


def migrated(*arguments, missing=KERAS):
    """Run the command where packages are not installed."""
    command = [sys.executable, "-c", WITHOUT, ",".join(missing), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "COLUMNS": "200"})


def built(path):
    """What the module in a file builds."""
    names = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names


def same(item, expected):
    assert type(item) is type(expected)
    assert item.get_config() == expected.get_config()


def saved(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's, of how Keras makes arrays of its variables
        model.save(path)
    return path


@pytest.fixture(scope="module")
def functional(tmp_path_factory):
    """A model of two outputs, with objects of its own, a model inside and layers inside of layers."""
    keras = pytest.importorskip("keras")
    layers = keras.layers

    @keras.saving.register_keras_serializable("mine")
    class Pinball(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred - y_true

    def my_activation(x):
        return x

    inputs = keras.Input((4,))
    x = layers.Dense(
        3,
        activation="relu",
        kernel_initializer=keras.initializers.VarianceScaling(2.0, seed=3),
        kernel_regularizer=keras.regularizers.L1(0.3),
        kernel_constraint=keras.constraints.MaxNorm(3.0),
        name="first",
    )(inputs)
    x = layers.Dense(3, activation=layers.LeakyReLU(0.1), name="second")(x)
    x = layers.ReLU(max_value=6.0, name="clipped")(x)
    x = layers.Bidirectional(layers.LSTM(2, name="lstm"), name="both")(layers.Reshape((3, 1))(x))
    inner = keras.Sequential([layers.Dense(2, activation=my_activation, name="deep")], name="inner")
    outputs = [layers.Dense(1, name="a")(inner(x)), layers.Dense(5, activation="softmax", name="b")(x)]
    model = keras.Model(inputs, outputs)
    model.compile(
        loss={"a": Pinball(), "b": "sparse_categorical_crossentropy"},
        loss_weights={"a": 1.0, "b": 0.5},
        metrics={
            "a": ["mae", keras.metrics.AUC(num_thresholds=5, name="auc")],
            "b": ["accuracy", keras.losses.huber],
        },
    )
    return saved(model, tmp_path_factory.mktemp("models") / "functional.keras")


def test_a_functional_model_without_keras(functional, tmp_path):
    done = migrated(functional, "--out", tmp_path / "module.py")
    assert done.returncode == 0, done.stderr
    for line in (
        "mine>Pinball  (compiled loss['a'])\n    no counterpart\n",
        "torchimpl.regularizers.L1(l1=0.3)\n    PyTorch itself: 0.3 * F.l1_loss(x, torch.zeros_like(x), "
        "reduction='sum'): equal\n        A penalty is a sum, a loss is a mean.\n    note: Keras has",
        "torch.nn.NLLLoss()((y_pred / y_pred.sum(-1, keepdim=True)).log().movedim(-1, 1), y_true): equal, but for a",
        "torch.nn.LeakyReLU(negative_slope=0.1)(x): equal",
        "my_activation  (inner.deep.activation)\n    no counterpart",
        "written by Keras 3.15.1; 2 without a counterpart.",
    ):
        assert line in done.stdout, done.stdout
    found = built(tmp_path / "module.py")
    assert found["loss"]["a"] is None
    same(found["loss"]["b"], torchimpl.losses.SparseCategoricalCrossentropy())
    assert found["loss_weights"] == {"a": 1.0, "b": 0.5}
    same(found["metrics"]["a"][0], torchimpl.metrics.MeanAbsoluteError(name="mae"))
    same(found["metrics"]["a"][1], torchimpl.metrics.AUC(num_thresholds=5, name="auc"))
    same(found["metrics"]["b"][0], torchimpl.metrics.SparseCategoricalAccuracy(name="accuracy"))
    assert found["metrics"]["b"][1].fn is torchimpl.losses.huber
    first = found["layers"]["first"]
    assert first["activation"] is torchimpl.activations.relu
    same(first["kernel_initializer"], torchimpl.initializers.VarianceScaling(2.0, seed=3))
    same(first["kernel_regularizer"], torchimpl.regularizers.L1(0.3))
    same(first["kernel_constraint"], torchimpl.constraints.MaxNorm(3.0))
    x = torch.tensor([-1.0, 3.0, 9.0])
    assert found["layers"]["second"]["activation"](x).tolist() == pytest.approx([-0.1, 3.0, 9.0])
    assert found["layers"]["clipped"]["activation"](x).tolist() == [0.0, 3.0, 6.0]
    assert found["layers"]["both.forward_lstm"]["recurrent_activation"] is torchimpl.activations.sigmoid
    assert found["layers"]["inner.deep"]["activation"] is None


def test_what_is_not_translated_is_said_with_its_traps(tmp_path):
    keras = pytest.importorskip("keras")
    layers, schedule = keras.layers, keras.optimizers.schedules.CosineDecay(0.1, 10)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same"),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(name="norm"),
            layers.Reshape((6, -1)),
            layers.Bidirectional(layers.LSTM(4, stateful=False), name="both"),
        ]
    )
    model.compile(keras.optimizers.SGD(schedule, global_clipnorm=1.0), "mse")
    lines = migrated(saved(model, tmp_path / "model.keras")).stdout.splitlines()
    around = "\n".join(lines[lines.index(next(line for line in lines if line.startswith("Around them"))) :])
    for said in (
        "SGD  (compiled optimizer)\n    SGD: momentum, and a rate that changes\n",
        "    global_clipnorm and clip_grad_norm_: a small norm\n",
        "CosineDecay  (compiled optimizer.learning_rate)\n    CosineDecay and CosineAnnealingLR\n",
        "Conv2D  (conv2d",
        '    padding="same" with a stride\n',
        "BatchNormalization  (norm)\n    BatchNorm: momentum\n",
        "LSTM  (both.",
    ):
        assert said in around, around
    for unsaid in ("    clipnorm", "stateful", "causal", "nesterov", "Reshape"):
        assert unsaid not in around, around


def test_functions_as_steps_of_a_functional_model(tmp_path):
    keras = pytest.importorskip("keras")
    tfimpl = pytest.importorskip("tfimpl")
    inputs = keras.Input((4,))
    steps = {
        "ours": lambda x: tfimpl.activations.leaky_relu(x, negative_slope=0.3),
        "by_place": lambda x: tfimpl.activations.leaky_relu(x, 0.25),
        "axes": lambda x: tfimpl.activations.softmax(x, axis=(0, 1)),
        "gelu": lambda x: keras.activations.gelu(x, approximate=True),
        "shrink": keras.activations.hard_shrink,
        "tanh": keras.ops.tanh,
        "exp": keras.ops.exp,
        "relu": lambda x: keras.activations.relu(x, max_value=1.0),
        "loss": lambda x: tfimpl.losses.huber(x, x, delta=0.5),
        "other": lambda x: x * 2.0,
    }
    outputs = [step(inputs) for step in steps.values()]
    done = migrated(saved(keras.Model(inputs, outputs), tmp_path / "steps.keras"), "--out", tmp_path / "module.py")
    assert done.returncode == 0, done.stderr
    assert "9 objects, written by Keras 3.15.1; 0 without" in done.stdout, done.stdout
    found = [function for layer in built(tmp_path / "module.py")["layers"].values() for function in layer.values()]
    x = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)
    for (name, step), function in zip([*steps.items()][:-1], found, strict=True):
        given = [torch.from_numpy(x)] * (2 if name == "loss" else 1)
        np.testing.assert_allclose(function(*given), np.asarray(step(keras.ops.convert_to_tensor(x))), rtol=1e-5)


@pytest.mark.parametrize(
    ("function", "calls", "expected"),
    [
        ("activations.relu", "relu", "torchimpl.activations.relu"),
        ("activations.relu", [{"kwargs": {"max_value": {"class_name": "Custom"}}}], None),
        ("activations.relu", [{"kwargs": {"steep": 2}}], None),
        ("activations.relu", [{"args": [{"class_name": "__keras_tensor__"}, "0" * 10**6]}], None),
        ("activations.none", [], ...),
        ("losses.Huber", [], ...),
        (3, [], ...),
    ],
)
def test_arguments_of_a_step_are_numbers_that_it_knows(function, calls, expected):
    step = {"class_name": "FunctionCall", "registered_name": "tfimpl>FunctionCall", "inbound_nodes": calls}
    layers = [{**step, "config": {"function": function, "name": "step"}}]
    found = list(migrate.migrate(Saved({"class_name": "M", "config": {"layers": layers}}), "torch").found())
    assert [item.code for item in found] == ([] if expected is ... else [expected])
    for item in found:
        assert (expected is None) == any("expected numbers for x, negative_slope" in note for note in item.notes)
        assert sum(map(len, item.notes)) < 1000


def test_a_sequential_model_of_ours_and_of_plain_keras_loses_nothing(tmp_path):
    keras = pytest.importorskip("keras")
    tfimpl = pytest.importorskip("tfimpl")
    dense = keras.layers.Dense(1, kernel_regularizer=tfimpl.regularizers.L1(0.3), name="dense")
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile(loss=tfimpl.custom.HuberLoss(2.0), metrics=[tfimpl.metrics.Precision(thresholds=[0.25, 0.5])])
    found = migrate.migrate(migrate.read(saved(model, tmp_path / "sequential.keras")), "torch")
    (tmp_path / "module.py").write_text(migrate.module(found, "sequential.keras"))
    names = built(tmp_path / "module.py")
    same(names["loss"], torchimpl.custom.HuberLoss(2.0, name=names["loss"].name))
    same(names["metrics"][0], torchimpl.metrics.Precision(thresholds=[0.25, 0.5], name=names["metrics"][0].name))
    same(names["layers"]["dense"]["kernel_regularizer"], torchimpl.regularizers.L1(0.3))


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members:
            file.writestr(name, text)
    return path


GOOD = ("metadata.json", '{"keras_version": "3.15.1"}')
MODEL = '{"class_name": "Sequential", "config": {"layers": []}}'


# What did something in some loader once (tests/hostile.py offers more, and to every way into the packages).
CODE = "4wEAAAAA"
PAYLOADS = [
    {"class_name": "__lambda__", "config": {"value": CODE}},
    {"class_name": "Lambda", "config": {"function": [CODE, None, None]}},
    {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file"},
    {"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization"},
    {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/etc/passwd"}},
    {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "file:///etc/passwd"}},
    {"module": "subprocess", "class_name": "Popen", "config": {"args": ["true"]}, "registered_name": "Popen"},
    {"module": "keras.losses", "class_name": "Huber", "config": {"fn": {"class_name": "function", "config": "eval"}}},
    {"class_name": "Constant", "config": {"value": {"class_name": "__numpy__", "config": {"value": CODE}}}},
    {"class_name": ["Huber"], "config": {}},
    "os.system",
    "http://169.254.169.254/latest",
    "__class__",
    float("nan"),
    2**63,
]


@pytest.fixture
def strangers(tmp_path):
    """A .keras file and one of torchimpl that hold payloads wherever there is room for objects."""
    layers = [
        {"class_name": "Dense", "config": {"name": str(number), **dict.fromkeys(map("a_{}".format, FORMS), payload)}}
        for number, payload in enumerate(PAYLOADS)
    ]
    compiled = {"loss": {str(number): item for number, item in enumerate(PAYLOADS)}, "metrics": PAYLOADS}
    config = {"class_name": "Sequential", "config": {"layers": layers}, "compile_config": compiled}
    keras = archive(tmp_path / "stranger.keras", [GOOD, ("config.json", json.dumps(config))])
    description = {"format": "torchimpl", "version": 1, **dict.fromkeys(SECTIONS, PAYLOADS)}
    return keras, archive(tmp_path / "stranger.torchimpl", [("description.json", json.dumps(description))])


def test_of_a_file_nothing_is_done_but_that_it_is_read(functional, strangers):
    files = ((functional, "torch"), (strangers[0], "torch"), (strangers[1], "keras"))

    def everything():
        return [migrate.module(migrate.migrate(migrate.read(path), to), path.name) for path, to in files]

    for text in everything()[1:]:  # the first time things are imported and compiled once for all
        assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    events, listening = [], [True]
    watched = ("open", "exec", "compile", "import", "marshal", "pickle", "socket", "subprocess", "os.", "shutil")

    def hook(event, args):
        if listening and event.startswith(watched):
            events.append((event, str(args[0])))

    sys.addaudithook(hook)
    everything()
    listening.clear()
    # Of the table of neighbours, code of ours is parsed, into which the file's numbers are put as constants.
    ours = {str(record["call"].encode()) for record in table()}
    seen = {event for event in events if event[0] != "compile" or event[1] not in ours}
    assert seen == {("open", str(path)) for path, _ in files}


KERAS_2 = {
    "class_name": "Sequential",
    "keras_version": "2.4.0",
    "config": {
        "name": "old",
        "layers": [
            {
                "class_name": "Dense",
                "config": {
                    "name": "dense",
                    "activation": "hard_sigmoid",
                    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}},
                    "kernel_constraint": {"class_name": "RadialConstraint", "config": {}},
                },
            },
            {"class_name": "LeakyReLU", "config": {"name": "leaky", "alpha": 0.3}},
            {"class_name": "ThresholdedReLU", "config": {"name": "cut", "theta": 1.0}},
        ],
    },
    "compile_config": {"loss": {"class_name": "Huber", "config": {"reduction": "auto", "name": "huber", "delta": 2.0}}},
}


def test_a_model_of_keras_2(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps(KERAS_2))
    found = migrate.migrate(migrate.read(tmp_path / "model.json"), "torch")
    (tmp_path / "module.py").write_text(migrate.module(found, "model.json"))
    names = built(tmp_path / "module.py")
    same(names["loss"], torchimpl.losses.Huber(2.0, name="huber"))
    assert names["layers"]["dense"]["activation"](torch.tensor([-3.0, 1.0])).tolist() == pytest.approx([0.0, 0.7])
    assert "Keras 2's" in found.parts["layers"]["dense"]["activation"].notes[0]
    assert "RadialConstraint" in found.parts["layers"]["dense"]["kernel_constraint"].notes[0]
    assert "torch.nn.Threshold" in found.parts["layers"]["cut"]["activation"].notes[0]
    assert names["layers"]["leaky"]["activation"].keywords == {"negative_slope": 0.3}


def one_layer(name, config, version="", **compiled):
    """What is found in a model of one layer."""
    layers = [{"class_name": name, "config": {"name": "it", **config}}]
    saved = Saved({"class_name": "Sequential", "config": {"layers": layers}, "compile_config": compiled}, version)
    return migrate.migrate(saved, "torch").parts


@pytest.mark.parametrize(
    ("version", "code", "note"),
    [
        ("1.2.2", "lambda x:", "steeper"),
        ("2.2.4-tf", "lambda x:", "steeper"),
        ("", "torchimpl.activations.hard_sigmoid", "does not say which Keras wrote it"),
        ("3.15.1", "torchimpl.activations.hard_sigmoid", None),
    ],
)
@pytest.mark.parametrize("said", ["hard_sigmoid", {"class_name": "function", "config": "hard_sigmoid"}])
def test_the_steep_hard_sigmoid_is_that_of_old_files(version, code, note, said):
    found = one_layer("LSTM", {"recurrent_activation": said}, version)["layers"]["it"]["recurrent_activation"]
    assert found.code.startswith(code)
    assert note in found.notes[0] if note else not found.notes


@pytest.mark.parametrize(
    ("said", "loss", "metric"),
    [
        ("kullback_leibler_divergence", "losses.KLDivergence(", "metrics.KLDivergence(name='kullback_leibler_diverg"),
        ("logcosh", "losses.LogCosh(", "metrics.LogCoshError("),
    ],
)
def test_what_keras_2_called_otherwise(said, loss, metric):
    found = one_layer("Dense", {}, "2.15.0", loss=said, metrics=[said])
    for item, code in ((found["loss"], loss), (found["metrics"][0], metric)):
        assert item.said == said
        assert item.code.startswith(f"torchimpl.{code}")
        assert item.notes[0].startswith("Keras 2's name for ")
    (unknown,) = one_layer("Dense", {}, "2.1.0", metrics=["cosine_proximity"])["metrics"]
    assert "unknown name 'cosine_proximity'" in unknown.notes[0]


def of_keras(family, name, **arguments):
    """A config as Keras writes it."""
    return {"module": f"keras.{family}", "class_name": name, "config": arguments, "registered_name": None}


SPARSE = "SparseCategoricalCrossentropy"
LOGITS = {"from_logits": True, "axis": -1}
KERNEL = "weight = torch.empty(shape[-1], shape[-2], *shape[:-2])"


@pytest.mark.parametrize(
    ("family", "name", "arguments", "said"),
    [
        ("losses", SPARSE, LOGITS, "torch.nn.CrossEntropyLoss()(y_pred.movedim(-1, 1), y_true): equal;"),
        (
            "losses",
            SPARSE,
            {**LOGITS, "ignore_class": 255},
            "torch.nn.CrossEntropyLoss(ignore_index=255)(y_pred.movedim(-1, 1), y_true): equal, but for labels that",
        ),
        ("losses", SPARSE, {"ignore_class": 255}, "torch.nn.NLLLoss(ignore_index=255)((y_pred / y_pred.sum(-1"),
        ("losses", SPARSE, {"from_logits": True, "axis": 1}, "no call was compared with these arguments"),
        (
            "losses",
            "Huber",
            {"delta": 2.0, "reduction": "sum"},
            "torch.nn.HuberLoss(delta=2.0)(y_pred, y_true): equal, with reduction='sum_over_batch_size'; not compared "
            "with reduction='sum'",
        ),
        ("losses", "CategoricalFocalCrossentropy", {}, "no call was compared with these arguments"),
        ("losses", "Circle", {}, "nothing that comes near"),
        ("constraints", "MaxNorm", {"max_value": 0.9, "axis": 0}, "torch.renorm(x, 2, 1, 0.9): equal, but for a unit"),
        (
            "constraints",
            "MaxNorm",
            {"max_value": 0.9, "axis": [0, 1, 2]},
            "norm = torch.linalg.vector_norm(x, dim=[0, 1, 2], keepdim=True); x * norm.clamp(0, 0.9) / (1e-07 + norm)",
        ),
        ("regularizers", "L2", {"l2": 0.5}, "0.5 * x.square().sum(): equal"),
        (
            "initializers",
            "VarianceScaling",
            {"scale": 0.5, "mode": "fan_avg", "distribution": "uniform"},
            f"{KERNEL}; bound = (3 * 0.5 / ((weight[0].numel() + weight[:, 0].numel()) / 2)) ** 0.5; torch.nn.init",
        ),
        (
            "initializers",
            "GlorotUniform",
            {},
            f"{KERNEL}; torch.nn.init.xavier_uniform_(weight).movedim((0, 1)",
        ),
        ("initializers", "Constant", {"value": 2}, "torch.nn.init.constant_(torch.empty(shape), 2): equal"),
        ("initializers", "Constant", {"value": [1.0, 2.0]}, "no call was compared with these arguments"),
    ],
)
def test_what_is_nearest_is_nearest_with_these_arguments(family, name, arguments, said):
    form = {"constraints": "kernel_constraint", "regularizers": "kernel_regularizer"}.get(family, "kernel_initializer")
    value = of_keras(family, name, **arguments)
    found = one_layer("Dense", {}, loss=value) if family == "losses" else one_layer("Dense", {form: value})
    item = found["loss"] if family == "losses" else found["layers"]["it"][form]
    assert item.beside.startswith(said), item.beside


@pytest.mark.parametrize(
    ("layer", "arguments", "said"),
    [
        ("Softmax", {"axis": 1}, "torch.nn.Softmax(dim=1)(x): equal"),
        ("Softmax", {"axis": [0, 1]}, "no call was compared with these arguments"),
        ("ReLU", {}, "torch.nn.ReLU()(x): equal"),
        ("ReLU", {"max_value": 6.0}, "torch.nn.ReLU6()(x): equal"),
        ("ReLU", {"max_value": 3.0}, "torch.nn.ReLU()(x).clamp(max=3.0): equal"),
        ("ReLU", {"negative_slope": 0.25}, "torch.nn.LeakyReLU(negative_slope=0.25)(x): equal"),
        ("ReLU", {"threshold": 0.5}, "torch.where(x <= 0.5, 0.0 * (x - 0.5), x): equal"),
        (
            "ReLU",
            {"max_value": 3.0, "negative_slope": 0.25},
            "torch.where(x <= 0.0, 0.25 * (x - 0.0), x.clamp(0, 3.0)): equal",
        ),
        ("Dense", {"activation": "gelu"}, "torch.nn.GELU(approximate='none')(x): "),
    ],
)
def test_an_activation_is_nearest_with_these_arguments(layer, arguments, said):
    item = one_layer(layer, arguments)["layers"]["it"]["activation"]
    assert item.beside.startswith(said), item.beside


def test_the_classes_of_a_sequence_are_on_another_axis():
    """CrossEntropyLoss()(y_pred, y_true), which was said to be equal, refuses them."""
    beside = one_layer("Dense", {}, loss=of_keras("losses", SPARSE, **LOGITS))["loss"].beside
    call, remark = beside.partition(": equal")[0], beside.rpartition("\n")[2]
    assert remark.startswith("PyTorch wants the classes on axis 1.")
    y_true, y_pred = torch.tensor([[0, 2], [1, 1]]), torch.arange(12.0).sin().reshape(2, 2, 3)
    expected = torchimpl.losses.SparseCategoricalCrossentropy(from_logits=True)(y_true, y_pred)
    torch.testing.assert_close(eval(call), expected)
    with pytest.raises(RuntimeError, match="Expected target size"):
        torch.nn.CrossEntropyLoss()(y_pred, y_true)


def test_a_penalty_of_outputs_is_told_of():
    penalty = of_keras("regularizers", "L1", l1=0.5)
    layer = one_layer("Dense", {"activity_regularizer": penalty, "kernel_regularizer": penalty})["layers"]["it"]
    told = {key: [note for note in item.notes if "size of the batch" in note] for key, item in layer.items()}
    assert {key: len(notes) for key, notes in told.items()} == {"activity_regularizer": 1, "kernel_regularizer": 0}
    assert "regularizer(outputs) / len(outputs)" in told["activity_regularizer"][0]
    found = one_layer("ActivityRegularization", {"l1": 0.5, "l2": 0.0})["layers"]["it"]["activity_regularizer"]
    assert found.said == "ActivityRegularization"
    assert found.code == "torchimpl.regularizers.L1L2(l1=0.5)"
    assert "size of the batch" in found.notes[-1]


def test_the_forget_gate_is_told_of():
    for said, told in ((True, 1), (False, 0)):
        found = one_layer("LSTM", {"bias_initializer": "zeros", "unit_forget_bias": said})["layers"]["it"]
        notes = found["bias_initializer"].notes
        assert len([note for note in notes if "are ones" in note]) == told


def test_an_activation_with_weights():
    slopes = {"class_name": "PReLU", "config": {"name": "slopes"}}
    found = one_layer("Dense", {"activation": slopes})["layers"]["it"]["activation"]
    assert "torch.nn.PReLU" in found.notes[0]


def test_layers_that_are_called_alike_are_all_there():
    inner = {"class_name": "Dense", "config": {"name": "b", "activation": "relu"}}
    layers = [
        {"class_name": "Sequential", "config": {"name": "a", "layers": [inner]}},
        {"class_name": "Dense", "config": {"name": "a.b", "activation": "elu"}},
    ]
    found = migrate.migrate(Saved({"class_name": "M", "config": {"layers": layers}}), "torch").parts["layers"]
    codes = {place: layer["activation"].code for place, layer in found.items()}
    assert codes == {"a.b": "torchimpl.activations.relu", "a.b'": "torchimpl.activations.elu"}


def test_a_lambda_is_named_and_left_alone():
    code = {"value": ["4wEAAAAA", None, None]}  # as Keras 3 writes one that is an activation
    layers = [
        {"class_name": "Dense", "config": {"name": name, "activation": activation}}
        for name, activation in (("a", code), ("b", {"class_name": "__lambda__", "config": code}))
    ]
    found = list(migrate.migrate(Saved({"class_name": "M", "config": {"layers": layers}}), "torch").found())
    assert [(item.said, item.code) for item in found] == [("a lambda", None)] * 2
    compiled = {"class_name": "__lambda__", "config": code}
    found = one_layer("Dense", {}, loss=compiled, metrics=[compiled])
    assert [(item.said, item.code) for item in (found["loss"], *found["metrics"])] == [("a lambda", None)] * 2


@pytest.mark.parametrize(
    ("units", "loss", "expected"),
    [
        (1, "crossentropy", ("BinaryCrossentropy", "BinaryAccuracy")),
        (1, "mse", ("MeanSquaredError", "BinaryAccuracy")),
        (3, "binary_crossentropy", ("BinaryCrossentropy", "CategoricalAccuracy")),
        (3, "sparse_categorical_crossentropy", ("SparseCategoricalCrossentropy", "SparseCategoricalAccuracy")),
        (None, "sparse_categorical_crossentropy", ("SparseCategoricalCrossentropy", "SparseCategoricalAccuracy")),
        (None, "mse", ("MeanSquaredError", None)),
        (3, "crossentropy", (None, "CategoricalAccuracy")),
        (1, "CE", ("BinaryCrossentropy", "BinaryAccuracy")),
    ],
)
@pytest.mark.parametrize("ends", [{}, {"output_layers": ["b", 0, 0]}, {"output_layers": [["b", 0, 0]]}])
def test_what_keras_chooses_by_shapes(units, loss, expected, ends):
    layers = [{"class_name": "Dense", "config": {"name": name, "units": n}} for name, n in (("a", 7), ("b", units))]
    compiled = {"loss": loss, "metrics": ["accuracy"]}
    config = {"class_name": "Model", "config": {"layers": layers, **ends}, "compile_config": compiled}
    found = migrate.migrate(Saved(config), "torch").parts
    codes = [found["loss"].code, found["metrics"][0].code]
    for code, name in zip(codes, expected, strict=True):
        assert code is None if name is None else f".{name}(" in code


@pytest.mark.parametrize(("said", "told"), [("circle", 0), ("tfimpl.losses>circle", 1), ("tfimpl.losses>huber", 0)])
def test_a_function_that_leaves_no_mask_is_told_of(said, told):
    loss = {"module": "builtins", "class_name": "function", "config": said, "registered_name": "function"}
    config = {"class_name": "Sequential", "config": {"layers": []}, "compile_config": {"loss": loss}}
    found = migrate.migrate(Saved(config), "torch").parts["loss"]
    assert found.code.startswith(("torchimpl.losses.Circle(", "torchimpl.losses.Huber("))
    assert len([note for note in found.notes if "divided by all samples" in note]) == told


class Own(torchimpl.losses.Loss):
    """A loss that no package has."""

    def call(self, y_true, y_pred):
        return y_pred


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A file of torchimpl, with objects that Keras keeps and others that it does not."""
    losses, metrics, initializers = torchimpl.losses, torchimpl.metrics, torchimpl.initializers
    path = tmp_path_factory.mktemp("files") / "model.torchimpl"
    mean = metrics.Mean()
    mean.update_state([1.0, 2.0])
    torchimpl.files.save(
        path,
        model=torch.nn.Linear(2, 1),
        loss={"a": losses.Huber(0.3, reduction="sum"), "b": [Own(), None, losses.huber, losses.Tversky(0.3, 0.7)]},
        metrics=[mean, metrics.AUC(thresholds=[0.25, 0.5]), metrics.MeanMetricWrapper(losses.Huber(2.0))],
        regularizers={"*.weight": torchimpl.regularizers.L1(0.3), "*": None},
        constraints=torchimpl.constraints.MaxNorm(0.3, axis=[0, 1]),
        initializers=[initializers.Constant([1.0, float("-inf")]), initializers.HeNormal(torchimpl.SeedGenerator(3))],
    )
    return path


def test_arguments_that_a_file_lacks_are_counted(tmp_path):
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    for loss, lacks in ((keras.losses.Huber(delta=0.5), True), (keras.losses.CategoricalCrossentropy(), False)):
        model.compile("sgd", loss)
        said = migrated(saved(model, tmp_path / "model.keras")).stdout
        assert "dtype=None. If the model has another, write it here." in said
        assert ("The file lacks arguments of 1, which may be others than here" in said) == lacks


def test_the_names_that_a_file_gives_its_metrics_are_no_outputs(tmp_path):
    said = "# The names in metrics are the file's: compile takes [*metrics.values()]"
    for number, metrics in enumerate(({"error": torchimpl.metrics.MeanSquaredError()}, torchimpl.metrics.Mean())):
        path, out = tmp_path / f"{number}.torchimpl", tmp_path / f"module_{number}.py"
        torchimpl.files.save(path, metrics=metrics)
        done = migrated(path, "--to", "keras", "--out", out)
        assert done.returncode == 0, done.stderr
        assert (said in out.read_text()) == isinstance(metrics, dict)


@pytest.mark.parametrize("missing", [KERAS, PYTORCH], ids=["without Keras", "without PyTorch"])
def test_a_file_of_torchimpl(file, missing, tmp_path):
    keras, tfimpl = pytest.importorskip("keras"), pytest.importorskip("tfimpl")
    done = migrated(file, "--to", "keras", "--out", tmp_path / "module.py", missing=missing)
    assert done.returncode == 0, done.stderr
    for line in (
        "Own  (loss['b'][0])\n    no counterpart\n    note: not one of torchimpl's own: write it in Keras\n",
        "keras.regularizers.L1(l1=0.3)\n    Keras itself: equal\n",
        "tfimpl.losses.Tversky(alpha=0.3, beta=0.7)\n    Keras itself: keras.losses.Tversky(alpha=0.3, beta=0.7, ",
        "note: not in plain Keras: Keras 3.15 has exchanged the arguments `alpha` and `beta`",
        "The weights were not read",
        "What the metrics have counted was not read",
        "11 objects, written by torchimpl; 1 without a counterpart.",
    ):
        assert line in done.stdout, done.stdout
    found = built(tmp_path / "module.py")
    y_true, y_pred = [[0.0, 1.0]], [[2.0, 0.75]]
    expected = torchimpl.losses.Huber(0.3, reduction="sum")(y_true, y_pred)
    assert type(found["loss"]["a"]) is keras.losses.Huber
    assert float(found["loss"]["a"](y_true, y_pred)) == float(expected)
    assert found["loss"]["b"][:3] == [None, None, keras.losses.huber]
    assert type(found["loss"]["b"][3]) is tfimpl.losses.Tversky
    assert found["metrics"][1].thresholds == [-1e-7, 0.25, 0.5, 1.0 + 1e-7]
    assert float(found["metrics"][2](y_true, y_pred)) == float(torchimpl.losses.Huber(2.0)(y_true, y_pred))
    assert found["regularizers"]["*"] is None
    assert found["constraints"].get_config() == {"max_value": 0.3, "axis": [0, 1]}
    constant, kernel = found["initializers"]
    assert constant((2,)).numpy().tolist() == [1.0, float("-inf")]
    expected = torchimpl.initializers.HeNormal(torchimpl.SeedGenerator(3))((2, 2))
    assert kernel((2, 2)).numpy().tolist() == expected.tolist()


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(st.sampled_from(OBJECTS).flatmap(lambda entry: st.tuples(st.just(entry), runner.cases(entry, "exchange"))))
def test_code_builds_what_it_was_written_for(drawn):
    keras = pytest.importorskip("keras")
    entry, case = drawn
    side = next(side for side in bridge.sides() if side.name == "torch")
    item, family = build(side, entry, case["config"]), getattr(torchimpl, entry.module)
    same(eval(counterparts.code(item, "torchimpl"), {"torchimpl": torchimpl}), item)
    try:
        text = json.dumps(family.serialize(item, target="keras"))
    except ValueError:
        return
    loaded = getattr(keras, entry.module).deserialize(json.loads(text))
    made = eval(counterparts.code(item, "keras"), {"keras": keras})
    assert type(made) is type(loaded)
    there = exchange.InKeras(entry, case["config"], case.get("inputs", {}), case.get("batches", []))
    if there.seeded(item):
        same_bits(entry.name, there.answer(made), there.answer(loaded))


def test_code_for_keras_has_the_numbers_that_keras_takes():
    keras = pytest.importorskip("keras")
    made = eval(counterparts.code(torchimpl.metrics.FBetaScore(beta=2, threshold=1), "keras"), {"keras": keras})
    assert (made.beta, made.threshold) == (2, 1)


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ({"format": "other"}, "none of a file that torchimpl.files.save wrote"),
        ({"version": 2}, "Received: '2'. A newer parity"),
        ({"version": True}, "expected version 1"),
        ({"loss": "Huber"}, None),
        ({"loss": {"class_name": "Huber", "config": {"delta": "os.system"}}}, None),
        ({"loss": {"class_name": "AUC", "config": {}, "module": "torchimpl.metrics"}}, None),
    ],
)
def test_files_of_torchimpl_that_are_none(tmp_path, description, said):
    whole = {"format": "torchimpl", "version": saved_files.VERSION, "loss": None, **description}
    path = archive(tmp_path / "model.torchimpl", [("description.json", json.dumps(whole))])
    if said is not None:
        with pytest.raises(MigrationError, match=said):
            migrate.read(path)
        return
    (found,) = migrate.migrate(migrate.read(path), "keras").found()
    assert found.code is None
    assert found.notes[0].startswith(("expected a config", "loss.config.delta: Huber: argument `delta`", "not one of"))


def test_a_file_of_the_other_kind_says_what_to_ask(file, tmp_path):
    assert saved_files.VERSION == torchimpl.files.VERSION
    (tmp_path / "model.json").write_text(json.dumps(KERAS_2))
    for path, to, other in ((file, "torch", "keras"), (tmp_path / "model.json", "keras", "torch")):
        done = CliRunner().invoke(main, ["migrate", str(path), "--to", to])
        assert done.exit_code == 1
        assert f"--to {other}" in done.output


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([GOOD], "expected one config.json"),
        ([("config.json", MODEL)], "expected one metadata.json"),
        ([GOOD, ("config.json", MODEL), ("config.json", MODEL)], "Found 2"),
        ([GOOD, ("../config.json", MODEL)], "expected one config.json"),
        ([GOOD, ("config.json", MODEL), *((str(number), "") for number in range(2000))], "a list of members of more"),
        ([GOOD, ("config.json", '"' + " " * 2**25 + '"')], "more than"),
        ([GOOD, ("config.json", "[" * 5000 + "]" * 5000)], "no JSON that can be read"),
        ([GOOD, ("config.json", '{"class_name": "S", "config": ' + "[" * 150 + "]" * 150 + "}")], "nested more than"),
        ([GOOD, ("config.json", '{"config": {}, "config": {}}')], "a key twice"),
        ([GOOD, ("config.json", "9" * 5000)], "no JSON that can be read"),
        ([GOOD, ("config.json", "[]")], "none of a model"),
        ([GOOD, ("config.json", b"\xff\x00")], "no JSON"),
        ([GOOD, ("config.json", MODEL.encode("utf-16"))], "no JSON that can be read: 'utf-8' codec"),
        ([GOOD, ("config.json", MODEL.encode("utf-8-sig"))], "no JSON that can be read: Unexpected UTF-8 BOM"),
    ],
)
def test_hostile_archives_are_refused(tmp_path, members, said):
    with pytest.raises(MigrationError, match=said):
        migrate.read(archive(tmp_path / "model.keras", members))


@pytest.mark.parametrize(
    ("layer", "compiled"),
    [
        ({}, {"metrics": ["accuracy"] * 4}),
        ({}, {"loss": {str(number): "mse" for number in range(4)}}),
        ({f"{number}_activation": "relu" for number in range(4)}, {}),
    ],
)
def test_more_objects_than_a_model_has_are_refused(monkeypatch, layer, compiled):
    monkeypatch.setattr(counterparts, "COUNT", 3)
    layers = [{"class_name": "Dense", "config": layer}]
    with pytest.raises(MigrationError, match="at most 3 objects"):
        migrate.migrate(Saved({"class_name": "M", "config": {"layers": layers}, "compile_config": compiled}), "torch")


def test_objects_that_are_slow_to_build_are_refused(monkeypatch):
    monkeypatch.setattr(counterparts, "SECONDS", -1)
    with pytest.raises(MigrationError, match="built in -1 seconds"):
        one_layer("Dense", {"activation": "relu"})


class Shown:
    """Counts how often it is written."""

    times = 0

    def __repr__(self):
        Shown.times += 1
        return "x"


def test_of_a_long_value_the_beginning_is_shown():
    # Once for each metric: a long loss took a quarter of an hour.
    loss = {"class_name": "function", "config": [Shown()] * 1000}
    one_layer("Dense", {}, loss=loss, metrics=["accuracy"] * 10)
    assert Shown.times < 200


def test_many_lists_in_a_layer_are_read_once():
    config = {f"key_{number}": [0] * 600 for number in range(1500)}
    began = time.process_time()
    one_layer("Dense", config)
    assert time.process_time() - began < 2.5


def test_damaged_and_other_files_are_refused(tmp_path):
    path = archive(tmp_path / "model.keras", [GOOD, ("config.json", MODEL * 100)])
    whole = path.read_bytes()
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(MigrationError, match="HDF5"):
        migrate.read(tmp_path / "model.h5")
    for damaged in (whole[:60], whole[:-30], whole[:90] + b"\xff" * 20 + whole[110:], b"", b"{"):
        path.write_bytes(damaged)
        with pytest.raises(MigrationError):
            migrate.read(path)
    done = CliRunner().invoke(main, ["migrate", str(path)])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


@pytest.mark.parametrize("archived", [True, False])
def test_a_checkpoint_of_pytorch_is_named(tmp_path, archived):
    path = tmp_path / "checkpoint.pt"
    torch.save(torch.nn.Linear(2, 1).state_dict(), path, _use_new_zipfile_serialization=archived)
    with pytest.raises(
        MigrationError, match=r"a checkpoint of PyTorch .* has weights but no config. Expected a .keras"
    ):
        migrate.read(path)


def test_names_from_a_file_are_data(tmp_path):
    evil = "x'\n__import__('os').system('false')\n#\x1b[2J"
    loss = {"module": "os", "class_name": "function", "config": "system", "registered_name": evil}
    layer = {"class_name": evil, "config": {"name": evil, "activation": evil, "kernel_initializer": "zeros"}}
    config = {"class_name": "M", "config": {"layers": [layer]}, "compile_config": {"loss": {evil: loss, "b": evil}}}
    found = migrate.migrate(Saved(config, evil), "torch")
    text = migrate.module(found, evil)
    assert all(item.code is None for item in found.found() if item.said != "zeros")
    assert "\x1b" not in text
    (tmp_path / "module.py").write_text(text)
    assert built(tmp_path / "module.py")["loss"] == {evil: None, "b": None}
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert [ast.unparse(call) for call in calls] == ["torchimpl.initializers.Zeros()"]
