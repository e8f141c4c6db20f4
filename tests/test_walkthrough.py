"""The walkthrough and the table of basics, in short form, and that they notice what is not as they claim."""

import importlib.util
import inspect
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("tensorflow")
pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

import keras
import torch

import tfimpl
from parity import phrases, traps
from parity.cli import main
from parity.tolerance import ParityError
from parity.walkthrough import basics, facts, snippets, stages
from parity.walkthrough.parts import Parts

# Keras 3.15 converts its variables in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_a_short_walk(monkeypatch, tmp_path):
    monkeypatch.setattr(stages, "STAGES", stages.STAGES[1:4])
    done = CliRunner().invoke(main, ["walkthrough", "--epochs", "2", "--picture", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "All as claimed" in done.output
    assert "Could not locate function 'huber_fn'" in done.output
    assert (tmp_path / "walkthrough.png").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(tmp_path / "walkthrough.svg").getroot().tag.endswith("svg")


def test_what_is_not_as_claimed_is_a_failure(monkeypatch, tmp_path):
    def differ(*args, **options):
        raise ParityError("loss 3 is [elsewhere]")

    monkeypatch.setattr(stages, "run", differ)
    done = CliRunner().invoke(main, ["walkthrough", "--picture", str(tmp_path)])
    assert done.exit_code == 1
    assert "Not as claimed" in done.output
    assert "loss 3 is [elsewhere]" in done.output
    assert not list(tmp_path.iterdir())


def test_an_odd_number_of_epochs_is_refused():
    done = CliRunner().invoke(main, ["walkthrough", "--epochs", "3"])
    assert done.exit_code == 2
    assert "even" in done.output


def test_every_way_of_loading_is_among_the_stages():
    loads = {(load.given != "nothing", load.outcome) for stage in stages.STAGES for load in stage.loads}
    assert loads == {(False, "refused"), (False, stages.SAME), (True, stages.OTHER), (True, stages.SAME)}
    assert len(stages.STAGES) == 8


@pytest.mark.parametrize(
    ("loss", "loads", "said"),
    [
        (lambda lib: lib.custom.HuberLoss(2.0 if lib is tfimpl else 2.001), (), "units"),
        (lambda lib: lib.custom.HuberLoss(2.0), (stages.REFUSES,), "accepted"),
        (lambda lib: lib.custom.HuberLoss(2.0), (stages.NOTHING._replace(outcome=stages.OTHER),), "kept"),
    ],
    ids=["another-threshold", "not-refused", "threshold-kept"],
)
def test_a_stage_that_is_not_as_claimed(loss, loads, said):
    wrong = replace(stages.STAGES[2], parts=lambda lib: Parts(loss(lib)), loads=loads)
    with pytest.raises(ParityError, match=said):
        stages.run(wrong, epochs=2)


def test_distances_grow_with_the_steps_alone():
    losses = np.float32([1.0, 0.5, 0.25])
    assert stages.distances("", losses, losses).tolist() == [0, 0, 0]
    off = losses * np.float32(1 + 2**-20)  # eight units
    with pytest.raises(ParityError, match="loss 1"):
        stages.distances("", losses, off)
    assert stages.distances("", losses, off, 8).tolist() == [8, 8, 8]


def test_streamed_precision():
    for found in facts.precision().values():
        assert found.after_first == np.float32(0.8)
        assert found.after_both == 0.5
        assert (found.true_positives, found.false_positives) == (4, 4)
        assert found.mean_of_batches == pytest.approx(0.4)


def test_where_the_packages_do_otherwise_than_the_chapter():
    softplus, slope, shapes, weights, nothing = facts.otherwise()
    assert np.isinf(softplus.chapter).all()
    assert softplus.ours.tolist() == [89, 100]
    assert np.isnan(slope.chapter).all()
    assert slope.ours.tolist() == [1, 1]
    assert (shapes.chapter, shapes.ours) == (np.float32(2 / 3), 0)
    assert (weights.chapter, weights.ours) == (2.25, 0.5)
    assert np.isnan(nothing.chapter)
    assert nothing.ours == 0


PAIRS = [(row, table.PRELUDE) for table in (basics, traps) for row in table.ROWS]


@pytest.mark.parametrize(("row", "prelude"), PAIRS, ids=[row.topic.replace(" ", "-") for row, _ in PAIRS])
def test_a_pair_of_snippets(row, prelude):
    found = snippets.execute(row, prelude)
    assert not isinstance(found.instead, snippets.Refusal)


def test_a_verdict_that_does_not_hold():
    for row in (basics.ROWS[0], basics.ROWS[1], basics.ROWS[-1]):
        with pytest.raises(ParityError, match="does not hold"):
            snippets.execute(replace(row, verdict="same" if row.verdict != "same" else "differs"), basics.PRELUDE)


@pytest.mark.parametrize("row", traps.ROWS, ids=lambda row: row.topic.replace(" ", "-"))
def test_a_trap_has_a_way_out_and_the_trap_is_none(row):
    assert row.verdict == ("differs" if row.instead else "same")
    if row.instead:
        with pytest.raises(ParityError, match="instead"):
            snippets.execute(replace(row, instead=row.pytorch), traps.PRELUDE)


@pytest.mark.parametrize(
    ("in_keras", "in_pytorch"),
    [(name, name) for name in ("SGD", "RMSprop", "Adafactor", "Adagrad", "Adadelta", "Adamax")] + [("Nadam", "NAdam")],
)
def test_the_traps_say_the_default_rates(in_keras, in_pytorch):
    rates = {
        inspect.signature(optimizer).parameters[name].default
        for optimizer, name in (
            (getattr(keras.optimizers, in_keras), "learning_rate"),
            (getattr(torch.optim, in_pytorch), "lr"),
        )
    }
    notes = " ".join(row.note for row in traps.OPTIMIZERS if row.topic.startswith(in_keras))
    assert len(rates) == 2
    assert rates <= {float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", notes)}


def test_units_are_those_of_the_largest_number():
    row = phrases.Row("", "tf.constant([8., 1.])", "torch.tensor([8., 1. + 32 * 2**-23])", "same", units=4)
    snippets.execute(row, phrases.Prelude())
    for fault in ({"units": 3}, {"units": 0}, {"pytorch": "torch.tensor([[8., 1.]])"}, {"pytorch": "torch.zeros(2)"}):
        with pytest.raises(ParityError, match="does not hold"):
            snippets.execute(replace(row, **fault), phrases.Prelude())


def test_what_a_layer_meets_is_said_of_its_class_and_its_arguments():
    def topics(name, **arguments):
        return {row.topic for row in traps.met_by(name, arguments)}

    assert "MaxPool2d(ceil_mode=True)" in topics("MaxPooling2D", padding="valid")
    same = 'MaxPooling with padding="same"'
    assert same in topics("MaxPooling1D", padding="same")
    assert same not in topics("MaxPooling1D", padding="valid")
    assert topics("Normalization") == {"Normalization and torchvision.transforms.Normalize: the variance"}
    assert "Adam(weight_decay=...)" in topics("Adam", weight_decay=0.1) - topics("Adam", weight_decay=None)
    assert topics("Average") == topics("RandomFlip") == topics("NobodysLayer", clipnorm=None) == set()


def test_traps_in_the_terminal():
    done = CliRunner().invoke(main, ["traps", "batchnorm", "running_var"])
    assert done.exit_code == 0, done.output
    assert "running_var" in done.output
    assert "2 pairs, run and compared: 2 differs" in done.output
    assert CliRunner().invoke(main, ["traps", "no such word"]).exit_code == 2


def test_basics_in_the_terminal_and_in_the_documentation(tmp_path):
    done = CliRunner().invoke(main, ["basics"])
    assert done.exit_code == 0, done.output
    assert f"{len(basics.ROWS)} pairs" in done.output
    path = tmp_path / "basics.md"
    assert CliRunner().invoke(main, ["basics", "--markdown", str(path)]).exit_code == 0
    text = path.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == len(basics.ROWS) + 3
    assert all(line.count("|") - line.count("\\|") == 5 for line in rows)
    written = Path(__file__).parent.parent / "docs" / "tensor-basics.md"
    assert text == written.read_text(encoding="utf-8"), "parity basics --markdown docs/tensor-basics.md"


@pytest.mark.parametrize(("command", "missing"), [("walkthrough", "matplotlib"), ("basics", "tensorflow")])
def test_what_is_missing_is_said(monkeypatch, command, missing):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == missing else find(name, *rest))
    done = CliRunner().invoke(main, [command])
    assert done.exit_code == 1
    assert f"{missing} not installed" in done.output
