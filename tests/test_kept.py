"""Counterexamples are kept and tried first, and what the seed brings stays the same."""

import pytest
from hypothesis import strategies as st

from parity import runner
from parity.registry import find
from parity.search import search
from parity.tolerance import Measurement, ParityError

HUBER = find("losses.Huber")


@pytest.fixture
def seen(monkeypatch):
    """What the check is given, which rejects what `seen.wrong` names."""

    class Seen(list):
        def wrong(self, config):
            return False

    cases = Seen()

    def check(entry, *, config, inputs, fault):
        cases.append(config)
        if cases.wrong(config):
            raise ParityError("wrong")
        return Measurement({"value": 1.0, "gradient": 1.0}, {"value": 1, "gradient": 1})

    monkeypatch.setitem(runner.CHECKS, "outputs", check)
    return cases


def explore(seed, kept):
    return runner.explore(HUBER, "outputs", examples=60, seed=seed, kept=kept)


def test_a_counterexample_is_tried_first_until_it_passes(seen, tmp_path):
    seen.wrong = lambda config: config.get("delta", 1.0) > 2
    with pytest.raises(ParityError, match="wrong"):
        explore(0, tmp_path)
    smallest = seen[-1]
    assert smallest["delta"] > 2
    seen.clear()
    with pytest.raises(ParityError, match=r"parity\.replay\('losses\.Huber', 'outputs'"):
        explore(1, tmp_path)
    assert seen[0] == smallest
    assert len({str(case) for case in seen}) < 60
    seen.wrong = lambda config: False
    explore(1, tmp_path)
    seen.clear()
    explore(1, tmp_path)
    assert seen[0] != smallest


def test_the_seed_brings_the_same_with_counterexamples_and_without(seen, tmp_path):
    _, count = explore(5, None)
    alone = list(seen)
    assert len(alone) == count
    seen.wrong = lambda config: config.get("delta", 1.0) > 2
    with pytest.raises(ParityError):
        explore(0, tmp_path)
    seen.wrong = lambda config: False
    seen.clear()
    _, again = explore(5, tmp_path)
    assert (again, seen[-again:]) == (count, alone)
    assert len(seen) > again


def test_a_counterexample_that_is_no_case_any_more_is_left_alone(tmp_path):
    def examine(case):
        if case["number"] > 500:
            raise ParityError("wrong")
        return Measurement()

    cases = st.fixed_dictionaries({"number": st.integers(0, 1000)})
    of = {"say": lambda error, case: str(error), "examples": 20, "seed": 0, "kept": tmp_path}
    with pytest.raises(ParityError, match="wrong"):
        search(examine, cases, **of)
    _, count = search(examine, cases.filter(lambda case: case["number"] == 0), **of)
    assert count


def test_checks_keep_their_own(seen, tmp_path):
    seen.wrong = lambda config: config.get("delta", 1.0) > 2
    with pytest.raises(ParityError):
        explore(0, tmp_path)
    runner.explore(find("losses.LogCosh"), "outputs", examples=5, seed=0, kept=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["losses.Huber"]
