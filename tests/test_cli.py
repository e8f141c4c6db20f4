"""The command line, as a person calls it."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from parity import bridge, closure, runner
from parity.checks import outputs
from parity.cli import main
from parity.registry import find
from parity.tolerance import ParityError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Counterexamples are kept in the working directory."""
    monkeypatch.chdir(tmp_path)


def invoke(*arguments):
    return CliRunner().invoke(main, arguments)


def test_run_prints_a_row_and_writes_json(tmp_path):
    path, page = tmp_path / "report.json", tmp_path / "report.html"
    options = ("--examples", "10", "--jobs", "1", "--seed", "3", "--json", str(path), "--html", str(page))
    done = invoke("run", "losses.Huber", *options)
    assert done.exit_code == 0, done.output
    assert '"name": "losses.Huber"' in page.read_text()
    assert "All 1 components agree" in done.output
    assert "seed 3" in done.output
    report = json.loads(path.read_text())
    assert report["agreed"] is True
    (row,) = report["components"]
    assert row["name"] == "losses.Huber"
    assert 0 < row["worst"]["value"] <= 8
    assert row["compared"]["value"] > 0
    assert report["versions"]["keras"]


def test_elsewhere_only_what_is_computed_is_checked(tmp_path, monkeypatch):
    monkeypatch.setenv(bridge.DEVICE, "cpu")  # to be what it was afterwards
    path, names = tmp_path / "report.json", ("activations.tanh", "initializers.HeNormal", "metrics.F1Score")
    done = invoke("run", *names, "--examples", "5", "--jobs", "1", "--json", str(path), "--device", "cpu:0")
    assert done.exit_code == 0, done.output
    report = json.loads(path.read_text())
    assert report["device"] == "cpu:0"
    assert [set(row["compared"]) for row in report["components"]] == [
        {"value", "gradient", "ulp", "half ulp", "modes"},
        {"value", "modes"},
        {"stream", "modes", "real"},
    ]


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor compiles C++")
def test_inductor_is_asked_too(tmp_path):
    path = tmp_path / "report.json"
    # A process of its own: which modes there are is known from the first time that they are asked for.
    command = [sys.executable, "-m", "parity", "run", "activations.elu", "--inductor", "--jobs", "1", "--examples", "9"]
    done = subprocess.run([*command, "--json", str(path), "--kept", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(path.read_text())
    assert report["inductor"] is True
    (row,) = report["components"]
    assert row["compared"]["ulp"] > 1_100_000  # 250,000 in each of five ways, of which inductor is one


def test_a_device_that_is_not_there():
    done = invoke("run", "losses.Huber", "--device", "nowhere")
    assert done.exit_code == 2
    assert "--device: PyTorch has no device 'nowhere' here" in done.output


def test_processes_find_the_same_as_one(tmp_path):
    found = []
    for jobs in ("1", "2"):
        path = tmp_path / f"{jobs}.json"
        # As a command of its own: Hypothesis takes numbers to try from the modules around it, the tests among them.
        command = [
            sys.executable,
            "-m",
            "parity",
            "run",
            "initializers.Ones",
            "initializers.HeNormal",
            "--examples",
            "5",
            "--jobs",
            jobs,
        ]
        done = subprocess.run([*command, "--json", str(path)], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        found.append(
            [(row["name"], row["worst"], row["compared"]) for row in json.loads(path.read_text())["components"]]
        )
    assert found[0] == found[1]


def test_a_difference_is_a_failure_with_code_to_paste(monkeypatch):
    def differ(*args, **case):
        raise ParityError("losses.Huber value in tf: 1.0, reference 2.0")

    monkeypatch.setitem(runner.CHECKS, "outputs", differ)
    done = invoke("run", "losses.Huber", "--examples", "5", "--jobs", "1")
    assert done.exit_code == 1
    assert "1 of 1 components differ: losses.Huber" in done.output
    assert "parity.replay('losses.Huber', 'outputs', config=" in done.output


def test_a_crash_is_a_failure(monkeypatch):
    monkeypatch.setattr(outputs, "expect", None)
    done = invoke("run", "losses.huber", "--examples", "5", "--jobs", "1")
    assert done.exit_code == 1
    assert "TypeError" in done.output


def test_nothing_compared_is_a_failure(monkeypatch):
    monkeypatch.setattr(runner, "run_entry", lambda entry, **options: runner.Row(entry.name))
    done = invoke("run", "losses.Huber", "--jobs", "1")
    assert done.exit_code == 1
    assert "Nothing was compared" in done.output


def test_only_what_changed_is_run(monkeypatch):
    asked = []

    def changed(entries, revision):
        asked.append(revision)
        return [entry.name for entry in entries if entry.name == "losses.Huber" and revision == "main"]

    monkeypatch.setattr(closure, "changed", changed)
    monkeypatch.setattr(
        runner, "run_entry", lambda entry, **options: runner.Row(entry.name, {"value": 1}, {"value": 1}, 1)
    )
    done = invoke("run", "losses", "--jobs", "1", "--changed=main")
    assert "All 1 components agree" in done.output
    done = invoke("run", "losses", "--jobs", "1", "--changed")
    assert done.exit_code == 0
    assert "there is nothing to run" in done.output
    assert asked == ["main", "HEAD"]


def test_changes_want_a_checkout():
    done = invoke("run", "losses.Huber", "--changed=nowhere")
    assert done.exit_code == 2
    assert "--changed: git rev-parse" in done.output


@pytest.mark.parametrize(
    "arguments", [("run", "Hubber"), ("run", "Huber", "--family", "metrics"), ("run", "--examples", "0")]
)
def test_wrong_use(arguments):
    assert invoke(*arguments).exit_code == 2


def test_list():
    done = invoke("list", "--family", "losses")
    assert done.exit_code == 0, done.output
    assert "losses.Huber" in done.output
    assert "losses.mean_squared_error" in done.output


def test_names_stand_for_components():
    assert find("losses.Huber").title == "Huber"
    with pytest.raises(ParityError, match="nope"):
        find("nope")
