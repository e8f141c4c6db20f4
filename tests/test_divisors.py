"""The table of divisors in the README: each cell, in both packages and in Keras, on several shapes."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402

TEXT = (Path(__file__).parent.parent / "README.md").read_text()
ROWS = re.findall(r"^  \| (`[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", TEXT, re.MULTILINE)
CELLS = [
    pytest.param(None if name == "None" else name.strip('"'), cell.strip("`"), column, id=f"{name}-{column}")
    for names, *cells in ROWS
    for name in re.findall(r"`([^`]+)`", names)
    for cell, column in zip(cells, ("neither", "weights", "mask", "both"), strict=True)
]
RNG = np.random.default_rng(5)
SHAPES = ((4,), (3, 2), ())


def given(shape, column, shapes):
    """Weights and a mask of the given shapes, or None where the column has none."""
    weights = RNG.uniform(0.5, 2, shapes[0]) if column in ("weights", "both") else None
    mask = np.arange(np.prod(shapes[1])).reshape(shapes[1]) % 3 != 1 if column in ("mask", "both") else None
    return weights, mask


def wanted(losses, cell, weights, mask):
    w, m = (
        None if part is None else np.asarray(part, float).reshape(part.shape + (1,) * (losses.ndim - part.ndim))
        for part in (weights, mask)
    )
    for part in (w, m):
        losses = losses if part is None else losses * part
    if cell == "not added":
        return losses
    return losses.sum() / eval(cell, {"n": losses.size, "w": w, "m": m, "sum": np.sum, "mean": np.mean})


def reduced(library, reduction, losses, weights, mask):
    """What a loss makes of losses per sample that are known."""

    class Known(library.losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred[..., 0]

    loss = Known(reduction=reduction, dtype="float64")
    if library is torchimpl:
        return loss(torch.zeros(*losses.shape, 1), torch.tensor(losses)[..., None], weights, mask).numpy()
    y_pred = tf.constant(losses)[..., tf.newaxis]
    if library is keras and mask is not None:
        y_pred._keras_mask = tf.constant(mask)
        return loss(tf.zeros((*losses.shape, 1)), y_pred, weights).numpy()
    return loss(tf.zeros((*losses.shape, 1)), y_pred, weights, *([] if mask is None else [mask])).numpy()


def test_the_table_is_read_whole():
    assert len(CELLS) == 24
    assert {cell.values[0] for cell in CELLS} == {
        "sum_over_batch_size",
        "mean",
        "mean_with_sample_weight",
        "sum",
        "none",
        None,
    }


@pytest.mark.parametrize(("reduction", "cell", "column"), CELLS)
def test_a_cell(reduction, cell, column):
    for shape in SHAPES:
        losses = RNG.uniform(0.5, 3, shape)
        for shapes in product((shape, shape[:1], ()), (shape, shape[:1])):
            weights, mask = given(shape, column, shapes)
            right = wanted(losses, cell, weights, mask)
            # Keras lines the axes of weights and mask up from the last one: there the shape is that of the losses. One
            # loss of all samples it does not divide.
            same = shape and shapes == (shape, shape)
            for library in (tfimpl, torchimpl, *([keras] if same else [])):
                found = reduced(library, reduction, losses, weights, mask)
                np.testing.assert_allclose(found, right, rtol=1e-13, err_msg=f"{library.__name__} {shape} {shapes}")


@pytest.mark.parametrize(("reduction", "cell", "column"), CELLS)
def test_a_division_by_nothing_gives_0(reduction, cell, column):
    if cell == "not added":
        return
    for shape, weight, kept in (((0, 3), 1.0, True), ((2, 3), 0.0, False), ((), 0.0, False)):
        losses, weights, mask = RNG.uniform(0.5, 3, shape), np.full(shape, weight), np.full(shape, kept)
        weights, mask = weights if column in ("weights", "both") else None, mask if column in ("mask", "both") else None
        if column == "neither" and 0 not in shape:
            continue
        # Keras gives an empty batch of this shape 0 as well.
        for library in (tfimpl, torchimpl, keras):
            assert reduced(library, reduction, losses, weights, mask) == 0


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=lambda library: library.__name__)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean", "mean_with_sample_weight"])
def test_a_mean_of_nothing_is_0_whatever_is_masked(library, reduction):
    for shape in SHAPES:
        assert reduced(library, reduction, np.full(shape, np.nan), None, np.full(shape, False)) == 0


@pytest.mark.parametrize("library", [tfimpl, torchimpl, keras], ids=lambda library: library.__name__)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_ignored_is_masked(library, reduction, weighted):
    labels, weights = [0, -1, 1, -1], [1.0, 2.0, 0.5, 4.0]
    pred = np.array([[0.25, 0.75], [0.5, 0.5], [0.125, 0.875], [0.75, 0.25]])
    losses, mask = -np.log([0.25, 1.0, 0.875, 1.0]), np.array([1.0, 0.0, 1.0, 0.0])
    w = np.array(weights) if weighted else np.ones(4)
    divisor = {"mean_with_sample_weight": (w * mask).sum(), "sum": 1}.get(reduction, 2)
    loss = library.losses.SparseCategoricalCrossentropy(ignore_class=-1, reduction=reduction, dtype="float64")
    tensor = torch.tensor if library is torchimpl else tf.constant
    found = loss(tensor(labels), tensor(pred), tensor(weights) if weighted else None)
    np.testing.assert_allclose(float(found), (losses * w * mask).sum() / divisor, rtol=1e-6)
