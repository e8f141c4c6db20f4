"""The table of neighbours: each row is held to what was found, and one that states something else is refused."""

import ast
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorflow")
pytest.importorskip("torchmetrics")
pytest.importorskip("torcheval")
pytest.importorskip("sklearn")

import torch
from rich.console import Console

import torchimpl
from parity import neighbours
from parity.neighbours import page, report
from parity.neighbours import search as searching
from parity.neighbours.base import DEFAULT, DIFFERENT, NONE, REGION, VERDICTS, WITH_ARGUMENTS, Row
from parity.neighbours.beside import TRAPS
from parity.neighbours.rows import ROWS
from parity.neighbours.search import Case, Difference, against, check, exists, inside, modules, search
from parity.neighbours.store import case_of, library_versions, plain_number
from parity.registry import ENTRIES
from parity.tolerance import ParityError

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries, on sizes, ties and empty classes
WHOLE = os.environ.get("PARITY_WHOLE") == "1"
STORED = {(record["ours"], record["theirs"], record["call"]): record for record in neighbours.table()}
FAMILIES = tuple(dict.fromkeys(row.ours.partition(".")[0] for row in ROWS))


def of_family(family):
    return [row for row in ROWS if row.ours.startswith(f"{family}.")]


def stored(row):
    return STORED[row.ours, row.theirs, row.call]


def test_the_table_is_that_of_the_rows():
    assert list(STORED) == [(row.ours, row.theirs, row.call) for row in ROWS], "parity neighbours --write"
    for row in ROWS:
        record = stored(row)
        kept = {key: record[key] for key in ("verdict", "kinds", "given", "region", "where", "remark", "source")}
        assert kept == {key: getattr(row, key) for key in kept}, f"parity neighbours {row.ours} --write"
        assert record["when"] == dict(row.when)
        assert record["verdict"] in VERDICTS
    assert neighbours.versions() == library_versions()


def test_every_component_has_neighbours_in_both_worlds():
    components = {entry.name for entry in ENTRIES if entry.module != "custom"}
    assert {row.ours for row in ROWS} == components
    assert {row.ours for row in ROWS if row.library == "keras"} == components
    assert {row.ours for row in ROWS if row.library not in ("keras", "tf")} == components


@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_found_is_found_again(family):
    """The smallest case on which they differ gives both numbers again, and another one none."""
    for row in of_family(family):
        record, found = stored(row), None
        example, agreement = record["counterexample"], record["agreement"]
        if example is not None:
            found = against(row, example["code"], case_of(example))
            assert found is not None, f"{row.name} does not differ any more"
            for now, then in ((found.ours, example["ours"]), (found.theirs, example["theirs"])):
                wanted = then if isinstance(then, str) else pytest.approx(then, rel=1e-5)
                assert plain_number(now) == wanted, f"{row.name}: {now}, and not {then}"
        if agreement is not None:
            assert against(row, row.call, case_of(agreement)) is None, row.name
            assert not inside(row, case_of(agreement)) or row.where == "deviations", row.name
        assert (example is None) == (record["largest_difference"] == 0), row.name
        if row.verdict in (WITH_ARGUMENTS, DEFAULT, REGION, DIFFERENT):
            assert example is not None, row.name
        if row.verdict == REGION:
            assert inside(row, case_of(example)), row.name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_few_new_cases(family):
    for row in of_family(family)[:: 1 if WHOLE else 9]:
        check(row, examples=3, seed=1)


@pytest.mark.skipif(not WHOLE, reason="takes half an hour; PARITY_WHOLE=1")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_verdict(row):
    """A region of Keras's that is rarely met may be missed: its counterexample is kept, and tested above."""
    found = search(row, examples=40, seed=1)
    assert report.missed(row, found) or found.verdict == row.verdict


HUBER = next(row for row in ROWS if row.theirs == "torch.nn.HuberLoss")
SLOPE = next(row for row in ROWS if row.theirs == "torch.nn.LeakyReLU")
POISSON = next(row for row in ROWS if row.theirs == "torch.nn.PoissonNLLLoss")
NORM = next(row for row in ROWS if row.theirs == "torch.renorm")
HINGE = next(row for row in ROWS if row.theirs == "torch.nn.HingeEmbeddingLoss")
STREAMED = next(row for row in ROWS if row.theirs == "torchmetrics.MeanSquaredError")
NOTHING = next(row for row in ROWS if row.ours == "activations.sparse_plus" and row.verdict == NONE)


@pytest.mark.parametrize("row", [HUBER, SLOPE, POISSON, NORM, HINGE, NOTHING], ids=lambda row: row.verdict)
def test_a_row_that_states_another_verdict_is_refused(monkeypatch, row):
    assert search(row, examples=40).verdict == row.verdict
    other = VERDICTS[(VERDICTS.index(row.verdict) + 1) % 5]
    monkeypatch.setattr(report, "ROWS", (replace(row, verdict=other),))
    with (console := Console(width=200)).capture() as printed:
        assert not report.run(console, [row.ours], 40, 0, write=False)
    assert "0 rows are right, 1 are wrong" in printed.get()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (replace(HUBER, call="torch.nn.HuberLoss(delta=2 * delta)(y_pred, y_true)", where="y_pred > 50"), "no region"),
        (replace(HUBER, region="nowhere", where="delta > 0"), "outside of its region"),
        (replace(HUBER, region="nowhere", where="y_pred > y_true"), "0 differ"),
        (replace(NORM, where="np.sqrt((x**2).sum(0)) < 1e-25"), "no region"),
        (replace(NOTHING, absent=("torch.nn.SiLU",)), "there is torch.nn.SiLU"),
        (replace(NOTHING, absent=()), "names that were looked for"),
        (replace(HUBER, given="False"), "what the row is about"),
    ],
    ids=["wrong", "everything", "nothing-differs", "too-narrow", "exists", "unreasoned", "no-case"],
)
def test_a_row_that_cannot_be_right(row, said):
    with pytest.raises(ParityError, match=said):
        search(row, examples=20)


def test_a_case_is_cut_to_what_it_takes():
    """To one error of several numbers; but not where they agree, nor where the other raises, or gives NaN, instead."""
    given = {"y_true": np.zeros((3, 2), np.float32), "y_pred": np.zeros((3, 2), np.float32)}
    given["y_pred"][1, 1] = 5
    found = searching.cut(HUBER, "torch.nn.MSELoss()(y_pred, y_true)", Case({}, given))
    assert {key: value.tolist() for key, value in found.inputs.items()} == {"y_true": [[0.0]], "y_pred": [[5.0]]}
    wide = Case({}, {"y_true": given["y_true"], "y_pred": given["y_pred"] + 5})
    for otherwise in ("[][0]", "torch.nan"):
        code = f"(9 if y_pred.shape[0] > 1 else {otherwise}) * y_pred.sum()"
        assert searching.cut(HUBER, code, wide).inputs["y_pred"].shape == (2, 1)
    batch = {"y_true": np.zeros((2, 1), np.float32), "y_pred": np.ones((2, 1), np.float32)}
    twice = Case({}, {}, (batch, batch))
    (left,) = searching.cut(STREAMED, "torch.tensor(7.0)", twice).batches
    assert left["y_true"].shape == (1, 1)


def test_a_smaller_case_that_has_left_the_region(monkeypatch):
    beyond = Case({}, {"x": np.ones((2, 2), np.float32)}), Difference(0.0, 1.0, 1.0, True)
    monkeypatch.setattr(searching, "_smallest", lambda *arguments, **options: beyond)
    with pytest.raises(ParityError, match="no region"):
        search(NORM, examples=20)


def test_what_people_use_instead_is_held_to_it():
    assert search(replace(NOTHING, call="torch.relu(x)"), examples=5).verdict == DIFFERENT


def test_a_few_cases_notice_a_difference():
    with pytest.raises(ParityError, match="no region"):
        check(replace(HUBER, call="torch.nn.MSELoss()(y_pred, y_true)"), examples=10)


def test_what_is_said_to_be_absent_is_looked_for():
    row = Row("losses.Huber", "torch", NONE)
    assert exists(row, "torch.nn.functional.huber_loss")
    assert not exists(row, "torch.nn.functional.log_cosh_loss")


def test_the_page_is_that_of_the_table():
    written = Path(__file__).parent.parent / "docs" / "neighbours.md"
    text = page.markdown()
    assert text == written.read_text(encoding="utf-8"), "parity neighbours --markdown docs/neighbours.md"
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == len(ROWS)
    assert all(line.replace("\\|", "").count("|") == 7 for line in rows)


def test_the_nearest():
    code = "torch.nn.HuberLoss(delta=0.5)(y_pred, y_true)"
    assert neighbours.nearest("losses.Huber", {"delta": 0.5}) == (code, True, "value", "", "", "")
    assert neighbours.nearest("losses.Huber", {"delta": 0.5, "reduction": "sum_over_batch_size"}).call == code
    for beside in ({"reduction": "sum"}, {"reduction": "none"}, {"dtype": "float16"}):
        assert neighbours.nearest("losses.Huber", beside) is None
    assert neighbours.nearest("initializers.GlorotUniform").compared == "distribution"
    assert neighbours.nearest("losses.Huber").call == "torch.nn.HuberLoss()(y_pred, y_true)"
    assert neighbours.nearest("losses.BinaryCrossentropy", {"from_logits": True}).equal
    assert not neighbours.nearest("losses.BinaryCrossentropy").equal
    assert neighbours.nearest("losses.Huber", library="torcheval") is None
    for value in (True, [1.0]):  # of no kind that the row is about
        assert neighbours.nearest("initializers.Constant", {"value": value}) is None
    assert neighbours.nearest("activations.leaky_relu").call == "torch.nn.LeakyReLU(negative_slope=0.2)(x)"


def run(code, **given):
    *lines, last = ast.parse(code).body
    scope = {**modules("torch"), **given}
    exec(compile(ast.Module(lines, []), "<call>", "exec"), scope)
    return eval(ast.unparse(last), scope)


@pytest.mark.parametrize("shape", [(128, 64), (64, 128), (5, 32, 64), (3, 3, 64, 32), (3, 3, 4, 48), (2, 2, 2, 16, 32)])
def test_first_values_are_those_of_a_kernel_of_any_rank(shape):
    """PyTorch counts the inputs in its own layout: of Keras's, kernels of convolutions were up to 7 times too large."""
    keras = pytest.importorskip("keras")
    named = ["Glorot", "He", "Lecun"]
    configs = [(f"{name}{kind}", {}) for name in named for kind in ("Uniform", "Normal")]
    configs += [
        ("VarianceScaling", {"scale": 0.5, "mode": mode, "distribution": distribution})
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    ]
    torch.manual_seed(0)
    for name, config in (*configs, ("Orthogonal", {"gain": 0.5})):
        found = neighbours.nearest(f"initializers.{name}", config)
        assert found.equal, name
        kernel = run(found.call, shape=shape)
        expected = getattr(keras.initializers, name)(**config, seed=0)(shape).numpy()
        assert kernel.shape == shape, name
        assert kernel.std() == pytest.approx(expected.std(), rel=0.06), (name, config)
        if name == "Orthogonal":
            flat = kernel.reshape(-1, shape[-1])
            small = flat.T @ flat if len(flat) >= shape[-1] else flat @ flat.T
            np.testing.assert_allclose(small, 0.25 * np.eye(len(small)), atol=1e-5)
        else:
            assert abs(kernel).max() == pytest.approx(abs(expected).max(), rel=0.3), (name, config)


@pytest.mark.parametrize("library", ["torch", "torchmetrics", "sklearn", "keras"])
def test_the_nearest_is_code(library):
    for entry in ENTRIES:
        found = neighbours.nearest(entry.name, entry.required, library)
        if found is not None:
            compile(found.call, entry.name, "exec")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Huber", "losses.Huber"),
        ("torch.nn.HuberLoss", "losses.Huber"),
        ("nn.HuberLoss", "losses.Huber"),
        ("F.gelu", "activations.gelu"),
        ("nn.init.xavier_uniform_", "initializers.GlorotUniform"),
        ("keras.metrics.AUC", "metrics.AUC"),
        ("tf.keras.losses.mse", "losses.mean_squared_error"),
        ("torchmetrics.AUROC", "metrics.AUC"),
        ("weight_decay", "regularizers.L2"),
        ("torch.renorm", "constraints.MaxNorm"),
        ("sigmoid_focal_loss", "losses.BinaryFocalCrossentropy losses.binary_focal_crossentropy"),
        ("RMSE", "metrics.RootMeanSquaredError"),
        ("torch.nn.TverskyLoss", "losses.Tversky losses.tversky"),
        ("Jaccard", "metrics.BinaryIoU metrics.IoU metrics.MeanIoU metrics.OneHotIoU metrics.OneHotMeanIoU"),
    ],
)
def test_a_name_from_either_world(name, ours):
    assert {record["ours"] for record in neighbours.look_up(name)} == set(ours.split())


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap(trap):
    scope = {**modules("torch"), **modules("numpy"), "lib": torchimpl, "torch": torch}
    for code, wanted in (trap.theirs, trap.ours):
        *lines, last = ast.parse(code).body
        exec(compile(ast.Module(lines, []), trap.name, "exec"), scope)
        value = eval(ast.unparse(last), scope)
        assert str(value) == wanted if isinstance(wanted, str) else np.isclose(value, wanted, atol=1e-6), code
    assert any(trap.concerns(entry.name) for entry in ENTRIES)
