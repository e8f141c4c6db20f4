"""Losses: shapes that fit and shapes that do not, labels that are no class, and PyTorch's transforms."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from parity import bridge  # noqa: E402

SIDES = pytest.mark.parametrize("side", bridge.sides(), ids=lambda side: side.name)
BY_NUMBER = {  # whose labels are class numbers: further arguments, and inputs of two samples
    "categorical_generalized_cross_entropy": ({"q": 0.5}, [0, 2], (2, 3)),
    "ctc": ({}, [[1, 2], [2, 0]], (2, 5, 3)),
    "sparse_categorical_crossentropy": ({}, [0, 2], (2, 3)),
}
ELSEWHERE = {"circle"}  # its labels belong to embeddings
FUNCTIONS = sorted(
    name
    for name in torchimpl.losses.family.objects
    if name[0].islower() and name not in BY_NUMBER and name not in ELSEWHERE
)
RNG = np.random.default_rng(3)
TRUE, PRED = RNG.uniform(0.1, 0.9, (2, 4, 3)).astype(np.float32)


def call(side, name, y_true, y_pred, mode=bridge.EAGER, wrt=(), **arguments):
    function = getattr(side.package.losses, name)
    return side.call(lambda **given: function(**given, **arguments), {"y_true": y_true, "y_pred": y_pred}, wrt, mode)


@SIDES
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_last_axis_of_size_1_is_matched_and_nothing_is_broadcast(side, name):
    column, flat = (TRUE[:, :1], PRED[:, :1]), (TRUE[:, 0], PRED[:, 0])
    wanted, _ = call(side, name, *column)
    for y_true, y_pred in ((flat[0], column[1]), (column[0], flat[1])):
        np.testing.assert_array_equal(call(side, name, y_true, y_pred)[0], wanted)
    wanted, _ = call(side, name, TRUE, PRED)
    for y_true, y_pred in ((TRUE[..., None], PRED), (TRUE, PRED[..., None])):
        np.testing.assert_array_equal(call(side, name, y_true, y_pred)[0], wanted)
    for y_true, y_pred in ((TRUE[:, 0], PRED), (TRUE[:, :1], PRED), (TRUE[:1], PRED), (TRUE.T, PRED)):
        for one, other in ((y_true, y_pred), (y_pred, y_true)):
            with pytest.raises(ValueError, match="never broadcast"):
                call(side, name, one, other)


@SIDES
@pytest.mark.parametrize("name", [name for name in BY_NUMBER if name != "ctc"])
def test_class_numbers_come_in_every_shape_that_says_the_same(side, name):
    arguments = BY_NUMBER[name][0]
    labels = np.array([[0, 2], [1, 0], [2, 2]])
    pred = RNG.uniform(0.1, 0.9, (3, 2, 3)).astype(np.float32)
    wanted, _ = call(side, name, labels, pred, **arguments)
    assert wanted.shape == (3, 2)
    for given in (labels[..., None], labels[..., None, None], labels.astype(np.float64), labels.astype(np.uint8)):
        np.testing.assert_array_equal(call(side, name, given, pred, **arguments)[0], wanted)
    one_by_one = [call(side, name, row, part, **arguments)[0] for row, part in zip(labels, pred, strict=True)]
    np.testing.assert_array_equal(np.stack(one_by_one), wanted)
    for given in (labels[0], labels[:, :1], labels.T, labels[None]):
        with pytest.raises(ValueError, match="never broadcast"):
            call(side, name, given, pred, **arguments)


@SIDES
def test_the_axis_of_the_classes_may_be_any(side):
    labels, pred = np.array([[0, 2], [1, 0], [2, 2]]), RNG.normal(size=(3, 2, 3)).astype(np.float32)
    for logits in (False, True):
        wanted, _ = call(side, "sparse_categorical_crossentropy", labels, pred, from_logits=logits)
        for axis in (0, 1, -2):
            moved = np.moveaxis(pred, -1, axis)
            for given in (labels, np.expand_dims(labels, axis)):
                found, _ = call(side, "sparse_categorical_crossentropy", given, moved, from_logits=logits, axis=axis)
                np.testing.assert_allclose(found, wanted, rtol=1e-6)


WRONG = {
    "int64": lambda labels: np.where(np.arange(2).reshape(2, *[1] * (labels.ndim - 1)) == 0, labels, 7),
    "negative": lambda labels: np.where(np.arange(2).reshape(2, *[1] * (labels.ndim - 1)) == 0, labels, -1),
    "nan": lambda labels: np.where(np.arange(2).reshape(2, *[1] * (labels.ndim - 1)) == 0, labels, np.nan),
    "inf": lambda labels: np.where(np.arange(2).reshape(2, *[1] * (labels.ndim - 1)) == 0, labels, np.inf),
}


@SIDES
@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("name", BY_NUMBER)
def test_a_label_that_is_no_class_is_an_error_or_nan(side, name, kind):
    arguments, labels, shape = BY_NUMBER[name]
    labels, pred = np.array(labels), RNG.uniform(0.1, 0.9, shape).astype(np.float32)
    right, gradient = call(side, name, labels, pred, wrt=("y_pred",), **arguments)
    wrong = WRONG[kind](labels)
    modes = [mode for mode in side.modes if mode != bridge.EAGER or kind == "nan"]
    for mode in modes:
        found, slopes = call(side, name, wrong, pred, mode, ("y_pred",), **arguments)
        np.testing.assert_allclose(found[:1], right[:1], rtol=1e-6)
        np.testing.assert_allclose(slopes["y_pred"][:1], gradient["y_pred"][:1], rtol=1e-5, atol=1e-7)
        assert np.isnan(found[1:]).all()
        assert np.isnan(slopes["y_pred"][1:]).any()
    if kind != "nan":
        with pytest.raises(ValueError, match=r"no class. Correct the labels"):
            call(side, name, wrong, pred, **arguments)


@SIDES
@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(
    ("label", "said"), [(1234567, "1234567"), (2.5, "2.5"), (-1, "-1"), (-100, "-100"), (np.inf, "inf")]
)
def test_the_label_that_is_no_class_is_said_as_it_was_given(side, label, said, from_logits):
    given = np.array([0, label]), np.full((2, 2), 0.5, np.float32)
    for reduction in ("sum_over_batch_size", "none"):
        loss = side.package.losses.SparseCategoricalCrossentropy(from_logits, reduction=reduction)
        with pytest.raises(ValueError, match=rf"Received: {said}, which is no class"):
            loss(*given)


@SIDES
def test_what_is_ignored_is_not_looked_at(side):
    labels = np.array([1, -1, 0, 255], np.int16)
    pred = np.array([[0.25, 0.75], [np.nan, np.inf], [0.5, 0.5], [0.5, 0.5]], np.float32)
    for logits in (False, True):
        for ignored in (-1, 255):
            given = np.where(labels < 0, ignored, labels)[:3]
            found, slopes = call(
                side,
                "sparse_categorical_crossentropy",
                given,
                pred[:3],
                wrt=("y_pred",),
                ignore_class=ignored,
                from_logits=logits,
            )
            assert found[1] == 0
            assert not slopes["y_pred"][1].any()
            assert np.isfinite(found).all()
            loss = side.package.losses.SparseCategoricalCrossentropy(logits, ignored, dtype="float64")
            mean, _ = side.call(loss, {"y_true": given, "y_pred": pred[:3].astype(np.float64)})
            each, _ = call(
                side, "sparse_categorical_crossentropy", given[::2], pred[:3:2].astype(np.float64), from_logits=logits
            )
            np.testing.assert_allclose(mean, each.mean(), rtol=1e-14)


def test_ctc_is_what_the_frameworks_kernels_compute_where_they_do():
    labels = np.array([[1, 2, 2, 3, 0, 0], [4, 4, 4, 4, 4, 1], [0, 0, 0, 0, 0, 0], [2, 0, 3, 0, 1, 0]])
    logits = RNG.normal(0, 3, (4, 40, 5))
    lengths = torch.tensor((labels != 0).sum(1))
    native = torch.nn.functional.ctc_loss(
        torch.tensor(logits).log_softmax(2).transpose(0, 1),
        torch.tensor(labels),
        torch.full((4,), 40),
        lengths,
        reduction="none",
    )
    for side in bridge.sides():
        found, _ = call(side, "ctc", labels, logits)
        np.testing.assert_allclose(found, native.numpy(), rtol=1e-12)


@pytest.mark.parametrize(("batch", "labels", "steps"), [(0, 2, 3), (2, 0, 3), (2, 0, 0), (2, 1, 0)])
def test_ctc_of_nothing(batch, labels, steps):
    for side in bridge.sides():
        for mode in ("eager", "graph"):
            if mode in side.modes:
                inputs = np.ones((batch, labels), np.int64), np.zeros((batch, steps, 3), np.float32)
                found, _ = call(side, "ctc", *inputs, mode)
                wanted = np.inf if labels > steps else 0 if not steps else -3 * np.log(1 / 3)
                np.testing.assert_allclose(found, np.full(batch, wanted), rtol=1e-6)


def test_no_graph_needs_to_know_sizes():
    signature = [tf.TensorSpec([None, None], tf.int64), tf.TensorSpec([None, None, None])]
    labels, pred = np.array([[1, 0], [1, 0]]), RNG.uniform(0.1, 0.9, (2, 2, 2)).astype(np.float32)
    for function in (
        tfimpl.losses.ctc,
        tfimpl.losses.sparse_categorical_crossentropy,
        lambda y_true, y_pred: tfimpl.losses.sparse_categorical_crossentropy(y_true, y_pred, True, 0, 1),
        lambda y_true, y_pred: tfimpl.losses.categorical_generalized_cross_entropy(y_true, y_pred, 0.5),
    ):
        compiled = tf.function(function, input_signature=signature)
        np.testing.assert_allclose(compiled(labels, pred), function(labels, pred), rtol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError):
            compiled(labels[:1], pred)


LOSSES = {
    "BinaryFocalCrossentropy": ({"gamma": 0.5, "apply_class_balancing": True}, TRUE[:2], PRED[:2]),
    "CategoricalFocalCrossentropy": ({"gamma": 1.5, "alpha": [0.25, 0.5, 2.0]}, TRUE[:2], PRED[:2]),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.75}, np.array([0, 2]), PRED[:2]),
    "CTC": ({}, np.array([[1, 2], [2, 0]]), RNG.normal(size=(2, 4, 3))),
    "KLDivergence": ({}, TRUE[:2], PRED[:2]),
    "SparseCategoricalCrossentropy": ({"ignore_class": 1}, np.array([0, 2]), PRED[:2]),
    "SparseCategoricalCrossentropy logits": ({"from_logits": True}, np.array([0, 2]), PRED[:2]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_can_be_transformed_exported_and_differentiated_twice(name):
    config, y_true, y_pred = LOSSES[name]
    loss = getattr(torchimpl.losses, name.split()[0])(**config, dtype="float64")
    y_true, y_pred = torch.tensor(y_true), torch.tensor(y_pred, dtype=torch.float64)
    leaf = y_pred.clone().requires_grad_()
    gradient = torch.func.grad(lambda x: loss(y_true, x))(y_pred)
    assert torch.equal(gradient, torch.autograd.grad(loss(y_true, leaf), leaf)[0])
    each = torch.func.vmap(lambda t, x: loss(t[None], x[None]))(y_true, y_pred)
    assert torch.allclose(each.mean(), loss(y_true, y_pred))
    assert torch.autograd.gradcheck(lambda x: loss(y_true, x), leaf)
    assert torch.autograd.gradgradcheck(lambda x: loss(y_true, x), leaf)
    exported = torch.export.export(loss, (y_true, y_pred)).module()
    assert torch.equal(exported(y_true, y_pred), loss(y_true, y_pred))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(loss(y_true, y_pred), loss(y_true, y_pred).double())
    meta = loss(y_true.to("meta"), y_pred.to("meta"))
    assert meta.device.type == "meta"


@pytest.mark.parametrize("name", LOSSES)
def test_losses_can_be_differentiated_twice_in_tensorflow(name):
    config, y_true, y_pred = LOSSES[name]
    loss = getattr(tfimpl.losses, name.split()[0])(**config, dtype="float64")
    twin = getattr(torchimpl.losses, name.split()[0])(**config, dtype="float64")
    x = tf.constant(y_pred, tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = loss(y_true, x)
        square = tf.reduce_sum(inner.gradient(value, x) ** 2)
    leaf = torch.tensor(y_pred, dtype=torch.float64).requires_grad_()
    first = torch.autograd.grad(twin(torch.tensor(y_true), leaf), leaf, create_graph=True)[0]
    second = torch.autograd.grad((first**2).sum(), leaf)[0]
    np.testing.assert_allclose(outer.gradient(square, x).numpy(), second.numpy(), rtol=1e-9, atol=1e-12)


@SIDES
def test_weights_of_classes_are_as_many_as_the_classes(side):
    loss = side.package.losses.CategoricalFocalCrossentropy(alpha=np.array([0.5, 2.0]))
    assert loss.get_config()["alpha"] == [0.5, 2.0]
    with pytest.raises(ValueError, match="one number for each of the 3 classes"):
        side.call(loss, {"y_true": TRUE, "y_pred": PRED})


@SIDES
@pytest.mark.parametrize("sample_weight", [None, np.array([1, 0, 3, 2], np.float32)])
def test_dictionaries_are_for_the_call_of_a_subclass(side, sample_weight):
    class OfTwo(side.package.losses.Loss):
        def call(self, y_true, y_pred):
            squared = side.package.losses.mean_squared_error
            return squared(y_true["box"], y_pred["box"]) + 2 * squared(y_true["more"]["class"], y_pred["more"]["class"])

    y_true, y_pred = ({"box": items.tolist(), "more": {"class": items[:, :1] / 2}} for items in (TRUE, PRED))
    found = OfTwo(dtype="float64")(y_true, y_pred, sample_weight)
    losses = ((TRUE - PRED).astype(np.float64) ** 2).mean(1) + (TRUE[:, 0] - PRED[:, 0]) ** 2 / 2
    wanted = np.mean(losses if sample_weight is None else losses * sample_weight)
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-6)
    half = OfTwo(dtype="float16")(y_true, y_pred, sample_weight)
    assert "float16" in str(half.dtype)
    np.testing.assert_allclose(np.asarray(half), wanted, rtol=1e-3)
