"""The benchmarks run, and say which bounds are missed. Nothing here depends on how long anything takes."""

import json
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def case(monkeypatch):
    """The module `benchmarks.case`: the benchmarks are in no wheel."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT)])
    return pytest.importorskip("benchmarks.case")


def measured(case, ours, theirs, most):
    """A row of two calls of which one takes so many seconds, on a clock that they set themselves."""
    now = [0.0]

    def lasting(seconds):
        return lambda: now.__setitem__(0, now[0] + seconds)

    calls = {"ours": lasting(ours), "theirs": lasting(theirs)}
    bounds = (case.Bound("ours", ("theirs",), most), case.Bound("ours", ("not installed",), most))
    made = case.Case("losses", "Huber", "10**3", lambda: calls, bounds)
    (row,) = made.measure(0, clock=lambda: now[0])
    return row


def test_a_bound_that_is_missed_is_said_to_be_missed(case):
    kept, missed = (measured(case, 0.3, 0.2, most) for most in (1.6, 1.4))
    assert kept.value == pytest.approx(1.5)
    assert (kept.verdict, missed.verdict) == ("kept", "missed")
    assert kept.times == pytest.approx((0.3, 0.2))


@pytest.mark.parametrize(("value", "low", "high"), [(1.1, 0.9, 1.2), (0.9, 0.8, 1.1), (1.1, 0.8, 0.9)])
def test_a_bound_between_the_rounds_is_undecided(case, value, low, high):
    row = case.Row("losses", "Huber", "10**3", "ours", "theirs", value, low, high, "times", 1)
    assert row.verdict == "undecided"


def test_the_fastest_of_several_counts_and_the_rest_of_the_machine_does_not(case):
    ticks = count()
    calls = {"ours": lambda: next(ticks), "slow": lambda: [next(ticks) for _ in range(9)], "quick": lambda: next(ticks)}
    bound = case.Bound("ours", ("slow", "quick"), 1)
    (row,) = case.Case("losses", "Huber", "", lambda: calls, (bound,)).measure(0, clock=lambda: float(next(ticks)))
    assert (row.than, row.value) == ("quick", 1)


def test_what_takes_too_long_is_left_out(case):
    now = [0.0]
    calls = {"ours": lambda: now.__setitem__(0, now[0] + 1), "slow": lambda: now.__setitem__(0, now[0] + 3)}
    assert set(case.in_turns(calls, 0, clock=lambda: now[0])) == {"ours"}


def test_the_calls_take_turns(case):
    order = []
    case.in_turns({name: lambda name=name: order.append(name) for name in "ab"}, 0, clock=lambda: float(len(order)))
    rounds = "".join(order[6:])  # after those that warm up
    assert {rounds[i : i + 2] for i in range(0, len(rounds), 2)} == {"ab", "ba"}


def test_a_part_runs_and_leaves_json_a_page_and_a_plot(tmp_path):
    only = (
        "losses.Huber",
        "activations.relu6",
        "metrics.Mean 32",
        "growth.AUC batches",
        "memory.Huber",
    )
    command = [sys.executable, "-m", "benchmarks", "--backend", "torch", "--seconds", "0", "--largest", "1000"]
    command += [item for name in only for item in ("--only", name)] + ["--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "benchmarks.json").read_text())["rows"]
    assert {row["group"] for row in rows} == {"losses", "activations", "metrics", "growth", "memory"}
    assert all(row["value"] > 0 for row in rows if row["group"] not in ("losses", "memory"))
    assert (tmp_path / "benchmarks.svg").read_text().startswith("<?xml")
    assert " are kept, " in (tmp_path / "benchmarks.md").read_text()


def test_the_page_says_what_was_measured(tmp_path):
    (tmp_path / "benchmarks.json").write_bytes((ROOT / "docs" / "benchmarks.json").read_bytes())
    command = [sys.executable, "-m", "benchmarks", "--again", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    for name in ("benchmarks.md", "benchmarks.svg"):
        assert (tmp_path / name).read_text() == (ROOT / "docs" / name).read_text(), f"{name}: --again --out docs"
