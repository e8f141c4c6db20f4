"""The certificate: what is measured is what is there, and what no longer holds is known."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from parity import bridge, closure
from parity.certify import record, report, sweep
from parity.certify.measure import APART, Place, measure, through
from parity.certify.record import Certificate
from parity.certify.spread import Spread, off
from parity.checks.exhaustive import dense, every
from parity.cli import main
from parity.registry import entries, find
from parity.tolerance import distances, ulp_distance

ROOT = Path(__file__).parent.parent
TANH = find("activations.tanh")


def test_every_figure_holds():
    """Nothing is measured here. `parity certify` measures what this names, and is to be committed then."""
    certificate = Certificate.read(ROOT / "docs")
    versions = record.pinned((ROOT / "constraints.txt").read_text())
    assert certificate.stale(closure.digests(entries()), versions, "cpu") == {}
    assert set(certificate.components) == {entry.name for entry in entries()}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_short_cuts_give_the_same_distances(dtype):
    random = np.random.default_rng(0)
    right = np.concatenate(
        [random.normal(size=500) * 10.0 ** random.integers(-50, 40, 500), [0, np.inf, np.nan, 1e300]]
    )
    right = right.astype(np.longdouble)
    with np.errstate(over="ignore"):
        actual = (right * (1 + 1e-3 * random.normal(size=right.size))).astype(dtype)
    actual[::50] = np.nan
    actual[7::50] = 0
    scale = np.where(np.isfinite(right), np.abs(right), 0)
    units, ulp = off(actual, right, scale, dtype=dtype, units=8)
    np.testing.assert_array_equal(units, distances(actual, right, scale, dtype=dtype, units=8))
    np.testing.assert_array_equal(ulp, ulp_distance(actual, right, dtype))
    assert np.isinf(units).any()
    assert ((units > 0) & np.isfinite(units)).any()
    bounded, _ = off(actual, right, scale, dtype=dtype, units=8, beyond=100.0)
    np.testing.assert_array_equal(bounded[units > 100], units[units > 100])
    assert bounded[units <= 100].max() <= 100


def test_spread():
    spread = Spread()
    ulp = np.concatenate([np.zeros(500), np.full(490, 0.5), np.full(10, 1000.0)])
    spread.add(ulp / 10, ulp, lambda place: f"number {place}")
    assert (spread.numbers, spread.units, spread.ulp, spread.ulp_at) == (1000, 100.0, 1000.0, "number 990")
    assert spread.quantile(0.5) == 0
    assert 0.5 <= spread.quantile(0.99) <= 0.5625
    assert spread.quantile(1) == 1000
    other = Spread.from_json(json.loads(json.dumps(spread.as_json())))
    other.merge(Spread.from_json(spread.as_json()))
    assert other.numbers == 2000
    assert other.quantile(0.99) == spread.quantile(0.99)
    worse = Spread()
    worse.add(np.array([np.inf]), np.array([2e3]), lambda place: "worse")
    other.merge(worse)
    assert (other.units, other.ulp, other.ulp_at) == (np.inf, 2e3, "worse")


def wrong(monkeypatch, side, change):
    """Let one package give something else at -2.5."""
    usual = type(bridge.sides()[0]).call, type(bridge.sides()[1]).call

    for kind, call in zip(map(type, bridge.sides()), usual, strict=True):

        def changed(self, function, inputs, wrt=(), mode=bridge.EAGER, call=call):
            value, gradients = call(self, function, inputs, wrt, mode)
            return (change(value, inputs["x"]), gradients) if self.name == side else (value, gradients)

        monkeypatch.setattr(kind, "call", changed)


@pytest.mark.parametrize("side", ["tf", "torch"])
@pytest.mark.parametrize("kind", [np.longdouble, np.float64])
def test_one_wrong_number_is_found(monkeypatch, side, kind):
    def change(value, x):
        return np.where(x == -2.5, value * np.float32(1.001), value).astype(value.dtype)

    found = {}
    through(TANH, dense()[::500], found, kind=kind)
    wrong(monkeypatch, side, change)
    numbers = np.append(dense()[::500], np.float32(-2.5))
    hit = {}
    through(TANH, numbers, hit, kind=kind)
    place = Place("float32", bridge.EAGER, "value", side)
    assert found[place].units < 8
    assert hit[place].units == pytest.approx(0.001 * 2**23, rel=1e-3)
    assert hit[place].units_at == hit[place].ulp_at == -2.5
    assert hit[place._replace(whose=APART)].units_at == -2.5
    other = place._replace(whose="torch" if side == "tf" else "tf")
    assert hit[other].units == pytest.approx(found[other].units, rel=1e-5)


def test_what_is_beyond_its_limits():
    good, bad = {"value": {"units": 8.0}}, {"value": {"units": 1.0}, "gradient": {"units": 16.5}}
    component = {"limits": {"value": 8, "gradient": 16}, "worst": {"float64": {"xla": {"tf": [9.0, 1.0, None, None]}}}}
    assert record.beyond(component) == ["value of tf in float64, xla: 9.0 units (allowed 8)"]
    component |= {"worst": {}, "every_float32": {"measured": "2026-11-29", "tf": good, "torch": bad}}
    assert record.beyond(component) == ["gradient of torch in float32, on every number: 16.5 units (allowed 16)"]


def test_what_is_measured_of_a_component():
    found, cases = measure(find("losses.Huber"), 10, 0)
    assert cases > 10  # the compiled ones among them
    wanted = {
        ("eager", "tf"),
        ("eager", "torch"),
        ("graph", "tf"),
        ("xla", "tf"),
        ("captured", "torch"),
        ("xla", APART),
    }
    assert {(place.mode, place.whose) for place in found if place.of == "value"} >= wanted
    assert any(place.of == "gradient" for place in found)
    assert all(spread.units <= 16 for spread in found.values())
    assert any("parity.replay('losses.Huber', 'outputs'" in spread.ulp_at["replay"] for spread in found.values())


def test_float64_is_witness_enough_for_float32():
    bits = np.arange(0xBF800000, 0xC1000000, 4099, dtype=np.uint32)
    numbers = np.append(bits.view(np.float32), [np.float32(np.nan), np.float32(1e-40), np.float32(np.inf)])
    for entry in (find("activations.gelu"), find("activations.tanh_shrink"), find("activations.mish")):
        quick, slow = {}, {}
        through(entry, numbers, quick, kind=np.float64)
        through(entry, numbers, slow)
        for place, spread in slow.items():
            assert quick[place].ulp == pytest.approx(spread.ulp, rel=1e-5, abs=1e-5), (entry.name, place)
            assert quick[place].units == pytest.approx(spread.units, rel=1e-5, abs=1e-5), (entry.name, place)


def test_a_sweep_goes_on_where_it_stopped(tmp_path, monkeypatch):
    terms = sweep.Terms("activations.tanh", "hash", False, {"torch": "1"}, "cpu")
    monkeypatch.setattr(sweep, "BLOCKS", 4)
    parts = [sweep.Blocks(tmp_path, terms, (part, 2)) for part in (1, 2)]
    assert [part.missing() for part in parts] == [[0, 2], [1, 3]]
    found = {}
    through(TANH, every("float16"), found)
    for part in parts:
        for number in part.missing()[:1]:
            part.keep(number, found)
    with next(tmp_path.glob("*.1-of-2.jsonl")).open("a") as file:
        file.write('{"terms": {"comp')  # stopped while it wrote
    assert [part.missing() for part in parts] == [[2], [3]]
    whole = sweep.Blocks(tmp_path, terms)
    assert sorted(whole.done()) == [0, 1]
    joined = sweep.joined(iter(whole.done().values()))
    place = Place("float16", bridge.EAGER, "value", "tf")
    assert joined[place].numbers == 2 * found[place].numbers
    assert joined[place].ulp == found[place].ulp
    other = sweep.Blocks(tmp_path, sweep.Terms("activations.tanh", "another hash", False, {"torch": "1"}, "cpu"))
    assert other.missing() == [0, 1, 2, 3]


def test_a_block_holds_its_numbers(monkeypatch):
    seen = []
    monkeypatch.setattr(sweep, "through", lambda entry, numbers, found, **options: seen.append(numbers))
    sweep.block(TANH, 0xC1, gradients=False)
    bits = np.concatenate(seen).view(np.uint32)
    assert len(bits) == 2**24
    assert (np.diff(bits) == 1).all()
    assert (seen[0][0], seen[-1][-1]) == (-8.0, np.nextafter(np.float32(-32), np.float32(0)))


def test_only_what_changed_is_measured(tmp_path, monkeypatch):
    measured = []

    def one(name, examples, seed):
        measured.append(name)
        return {Place("float32", "eager", "value", "tf"): Spread(1, 9.0 if name == "losses.Dice" else 0.5, "x")}, 1

    monkeypatch.setattr(report, "_measure_one", one)
    monkeypatch.setattr(
        report, "_at_work", lambda console, title, work, pieces, jobs: [(p[0], work(*p)) for p in pieces]
    )
    names = ("losses.Huber", "losses.Dice")

    def certify(*options):
        measured.clear()
        return CliRunner().invoke(main, ("certify", *names, "--out", str(tmp_path), *options))

    done = certify()
    assert set(measured) == set(names)
    assert done.exit_code == 1
    assert "losses.Dice is beyond its limits: value of tf in float32, eager: 9.0 units (allowed 8)" in done.output
    assert "losses.Dice **beyond its limits**" in (tmp_path / "certificate.md").read_text()
    certify()
    assert measured == []
    assert certify("--check").exit_code == 0
    path = tmp_path / record.NAME
    path.write_text(path.read_text().replace(closure.digests([find("losses.Dice")])["losses.Dice"], "0" * 16))
    stale = certify("--check")
    assert stale.exit_code == 1
    assert "losses.Dice: its sources have changed" in stale.output
    certify()
    assert measured == ["losses.Dice"]
    path.write_text(path.read_text().replace('"keras": "', '"keras": "9.'))
    assert "measured with keras 9." in certify("--check").output
    monkeypatch.setattr(bridge, "device", lambda: "cuda")
    assert "losses.Huber: measured on cpu, not on cuda" in certify("--check").output


@pytest.mark.parametrize("shard", ["0/2", "3/2", "2", "a/b", "1/300"])
def test_wrong_shards(shard):
    assert CliRunner().invoke(main, ("certify", "--shard", shard)).exit_code == 2
