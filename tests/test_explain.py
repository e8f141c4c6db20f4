"""`parity explain`: every component, names of both worlds, in the terminal's width, without a framework."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

pytest.importorskip("ml_dtypes")

from parity import certified, explain, neighbours, traps
from parity.cli import main
from parity.registry import ENTRIES
from parity.sources import PACKAGES, REQUIRED, definition

COMPONENTS = [entry.name for entry in ENTRIES if entry.module != "custom"]


def told(name, width=100):
    console = Console(width=width, file=None, record=True, quiet=False, force_terminal=False)
    with console.capture() as capture:
        explain.explain(console, name)
    return capture.get()


def test_every_component():
    for name in COMPONENTS:
        text = told(name)
        for section in ("Arguments", "In other libraries", "Allowed distance", "To copy", "The twins"):
            assert section in text, f"{name}: {section}"
        assert f"keras.{name}" in text
        assert "tfimpl/" in text
        assert "torchimpl/" in text
        assert "`" not in text.partition("Arguments")[0], name


@pytest.mark.parametrize("width", [80, 120, 200])
def test_it_fits(width):
    for name in ("losses.BinaryCrossentropy", "F.gelu", "metrics.AUC", "HeNormal", "weight_decay", "MeanSquaredError"):
        assert max(map(len, told(name, width).splitlines())) <= width


def test_what_is_asked_for_is_said_first():
    text = told("torch.nn.SmoothL1Loss")
    assert text.index("SmoothL1Loss") < text.index("torch.nn.HuberLoss")
    assert "delta * torch.nn.SmoothL1Loss(beta=delta)(y_pred, y_true)" in text


def test_a_name_of_several_components():
    text = told("MeanSquaredError")
    assert "parity explain losses.MeanSquaredError" in text
    assert "parity explain metrics.MeanSquaredError" in text


def test_a_name_of_a_library_that_is_not_known_counts_as_it_is_written():
    text = told("torchvision.transforms.Normalize", 200)
    assert text.index("the standard deviation") < text.index("F.normalize"), "its own row is the first"
    assert "constraints.UnitNorm" not in text
    assert "losses.Huber" in told("their_library.HuberLoss", 200)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("torch.optim.Adam", "Keras adds it before the bias of the second moment is corrected"),
        ("nn.BatchNorm1d", "one is 1 minus the other"),
        ("clip_grad_norm_", "in Keras that is global_clipnorm"),
        ("label smoothing", "label smoothing of yes and no"),
        ("pos_weight", "Keras has no pos_weight"),
        ("nn.GRU", "reset, update, new"),
        ("ignore_index", "CrossEntropyLoss(ignore_index=255)"),
        ("activity_regularizer", "divides the penalty of its outputs by the size of the batch"),
        ("nn.TripletMarginLoss", "not squared as in FaceNet"),
        ("keras.layers.MultiHeadAttention", "True in Keras's attention_mask may be seen"),
        ("patience", "EarlyStopping: patience"),
        ("AveragePooling2D", "count_include_pad=False"),
        ("padding_idx", "nothing is masked"),
    ],
)
def test_what_stands_around_the_components(name, said):
    text = " ".join(told(name, 200).split())
    assert f"around it: {name}" in text
    assert said in text


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("Adam", "around it: Adam", "regularizers.L2"),  # an optimizer is no regularizer
        ("Embedding", "around it: Embedding", "torch.nn.CosineEmbeddingLoss"),  # a word of a name
        ("LeakyReLU", "activations.leaky_relu", "around it: LeakyReLU"),
    ],
)
def test_what_bears_the_name_comes_first(name, first, second):
    text = told(name)
    assert text.index(first) < text.index(second)


@pytest.mark.parametrize(
    "call",
    [
        "nn.HuberLoss(delta=1.0)",
        "keras.losses.Huber(delta=0.5)",
        "nn.LeakyReLU(0.2)",
        "nn.Dropout(p=0.5)",
        "torch.optim.Adam(params, lr=1e-3)",
    ],
)
def test_a_call_is_about_what_is_called(call):
    assert told(call) == told(call.partition("(")[0])


def test_of_a_call_what_its_arguments_are_about_comes_first():
    text = told("nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))")
    around = text[text.index("around it: nn.BCEWithLogitsLoss") :]
    assert "pos_weight" in around.splitlines()[1]


def test_short_words_are_whole_ones():
    assert not any(row.topic.startswith("clipnorm: of each variable") for row in traps.about("torch.var"))
    assert traps.about("gru")


def classes(module, base):
    """The public classes of a module that derive from one."""
    found = vars(pytest.importorskip(module))
    kept = {name: item for name, item in found.items() if inspect.isclass(item) and not name.startswith("_")}
    return {name for name, item in kept.items() if issubclass(item, found[base])}


@pytest.mark.parametrize(
    ("module", "base", "left_out"),
    [
        ("torch.optim", "Optimizer", ""),
        ("torch.optim.lr_scheduler", "LRScheduler", "LRScheduler"),
        ("keras.optimizers", "Optimizer", ""),
        ("keras.optimizers.schedules", "LearningRateSchedule", ""),
        ("keras.losses", "Loss", ""),
        ("keras.metrics", "Metric", ""),
        (
            "torch.nn",
            "Module",
            "AdaptiveLogSoftmaxWithLoss CrossMapLRN2d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d "
            "LPPool3d LinearCrossEntropyLoss "
            "Container ModuleDict ModuleList ParameterDict ParameterList RNNBase RNNCellBase",
        ),
        (
            "keras.layers",
            "Layer",
            "AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MixUp "
            "RandAugment RandomColorDegeneration RandomCrop RandomElasticTransform RandomErasing RandomGaussianBlur "
            "RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation "
            "RandomSharpness RandomShear Solarization MaxNumBoundingBoxes "
            "Hashing HashedCrossing MelSpectrogram STFTSpectrogram "
            "FlaxLayer InputLayer JaxLayer Pipeline StackedRNNCells TFSMLayer TorchModuleWrapper",
        ),
    ],
)
def test_all_that_a_model_is_made_of_is_known_by_name(module, base, left_out):
    unknown = {name for name in classes(module, base) if not (neighbours.look_up(name) or traps.about(name))}
    assert unknown == set(left_out.split())


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("nn.LazyConv2d", "nn.Conv2d"),
        ("keras.layers.LSTMCell", "keras.layers.LSTM"),
        ("keras.layers.Convolution2D", "keras.layers.Conv2D"),
        ("keras.layers.GlobalAvgPool2D", "keras.layers.GlobalAveragePooling2D"),
        ("keras.layers.Conv3DTranspose", "nn.ConvTranspose3d"),
        ("early stopping", "EarlyStopping"),
    ],
)
def test_of_one_thing_by_two_names_the_same_is_said(name, usual):
    assert traps.about(name)
    assert traps.about(name) == traps.about(usual)


def test_of_a_library_that_is_not_known_the_last_part_counts():
    assert neighbours.look_up("torchvision.ops.sigmoid_focal_loss") == neighbours.look_up("sigmoid_focal_loss") != []
    assert neighbours.look_up("torchvision.ops.nms") == []


def test_a_class_and_its_function_are_one():
    text = told("TverskyLoss")
    assert "losses.Tversky" in text.splitlines()[0]
    assert "alpha weighs false positives here" in text


def test_the_figures_of_the_certificate(tmp_path):
    text = """{"components": {"losses.Huber": {"measured": "2026-01-02", "worst": {"float32": {
        "eager": {"tf": [0.5, 1, 0.25, 2], "torch": ["inf", 3, null, null]}, "xla": {"tf": [9, 9, 9, 9]}}}}}}"""
    (tmp_path / "certificate.json").write_text(text)
    found = certified.figures("losses.Huber", (tmp_path,))
    assert found.measured == "2026-01-02"
    assert {side: certified.units(pair) for side, pair in found.worst["float32"].items()} == {
        "tf": "0.50 / 0.25",
        "torch": "inf",
    }
    assert certified.figures("losses.MeanSquaredError", (tmp_path,)) is None
    assert certified.figures("losses.Huber", (tmp_path / "nowhere",)) is None


def test_it_waits_for_no_framework():
    code = (
        "import sys; from click.testing import CliRunner; from parity.cli import main\n"
        "done = CliRunner().invoke(main, ['explain', 'gelu']); assert done.exit_code == 0, done.output\n"
        "assert not {'torch', 'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("Hubr", "losses.huber"),
        ("nn.HuberLos", "torch.nn.HuberLoss"),
        ("torch.nn.functional.gleu", "functional.gelu"),
        ("EarlyStoping", "keras.callbacks.EarlyStopping"),
        ("TripletLoss", "nn.TripletMarginLoss"),
    ],
)
def test_unknown_names_get_close_matches(name, close):
    done = CliRunner().invoke(main, ["explain", name])
    assert done.exit_code == 2
    assert close in done.output


def test_the_divisors_are_those_of_the_readme():
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^  \| (`[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    assert [tuple(cell.replace("`", "") for cell in row) for row in rows] == list(explain.DIVISORS)


def test_sources_are_read_as_python_reads_them():
    import inspect

    torchimpl = pytest.importorskip("torchimpl")
    for name in COMPONENTS:
        family, title = name.split(".")
        item = getattr(getattr(torchimpl, family), title)
        parameters = inspect.signature(item).parameters.values()
        found = definition("torchimpl", name)
        assert found.arguments == {
            parameter.name: REQUIRED if parameter.default is parameter.empty else parameter.default
            for parameter in parameters
            if parameter.kind is not parameter.VAR_KEYWORD
        }, name
        assert inspect.getdoc(item) == found.docstring, name
        assert inspect.getsource(item).strip() == found.text.strip(), name


def test_what_is_not_there_is_said():
    for package, name in ((PACKAGES[0], "losses.Hubr"), ("no_such_package", "losses.Huber")):
        with pytest.raises(LookupError, match=r"no losses\.Hubr|not installed"):
            definition(package, name)
