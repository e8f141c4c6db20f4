"""Where a native kernel or a short way is taken, it gives what the long way gives."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from tfimpl._graph import as_one_graph  # noqa: E402
from tfimpl._tensors import clip  # noqa: E402
from tfimpl.losses import classification  # noqa: E402
from torchimpl import _tensors as of_torch  # noqa: E402
from torchimpl._tensors import known_within, mean_over  # noqa: E402

RANDOM = np.random.default_rng(0)
SHAPE = (6, 5)
REALS = [RANDOM.normal(size=SHAPE).astype("f4") for _ in range(2)]
POSITIVES = [np.abs(numbers) + 0.1 for numbers in REALS]
CLASSES = RANDOM.integers(5, size=6)
ONE_HOT = np.eye(5, dtype="f4")[CLASSES]
LOGITS = {"from_logits": True}
# The losses with a kernel for their mean: options, targets, predictions.
WITH_KERNEL = {
    "CategoricalCrossentropy": ({**LOGITS, "label_smoothing": 0.2}, ONE_HOT, REALS[0]),
    "Huber": ({"delta": 0.5}, *REALS),
    "MeanAbsoluteError": ({}, *REALS),
    "MeanSquaredError": ({}, *REALS),
    "Poisson": ({}, *POSITIVES),
    "SparseCategoricalCrossentropy": (LOGITS, CLASSES, REALS[0]),
}
TOGETHER = {"rtol": 1e-6, "atol": 1e-7}


def value_and_gradient(function, x):
    x = torch.tensor(x, requires_grad=True)
    value = function(x)
    value.sum().backward()
    return value.detach(), x.grad


def both_ways(loss, y_true, y_pred):
    """The loss by its kernel, and, since a mask that masks nothing is not for kernels, by its formula."""
    y_true, everything = torch.tensor(y_true), torch.ones(len(y_pred))
    short = value_and_gradient(lambda x: loss(y_true, x), y_pred)
    return short, value_and_gradient(lambda x: loss(y_true, x, mask=everything), y_pred)


def test_these_losses_have_a_kernel_and_no_others():
    classes = [item for item in vars(torchimpl.losses).values() if getattr(item, "_mean", None)]
    assert {item.__name__ for item in classes} == set(WITH_KERNEL)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean_with_sample_weight"])
@pytest.mark.parametrize("name", WITH_KERNEL)
def test_a_kernel_gives_what_the_formula_gives(name, reduction, monkeypatch):
    options, y_true, y_pred = WITH_KERNEL[name]
    loss = getattr(torchimpl.losses, name)(**options, reduction=reduction)
    short, long = both_ways(loss, y_true, y_pred)
    for a, b in zip(short, long, strict=True):
        torch.testing.assert_close(a, b, **TOGETHER)

    kernel = loss._mean  # it is taken, and a fault is seen
    monkeypatch.setattr(type(loss), "_mean", lambda self, *given: 1.001 * kernel(*given))
    short, long = both_ways(loss, y_true, y_pred)
    for a, b in zip(short, long, strict=True):
        with pytest.raises(AssertionError):
            torch.testing.assert_close(a, b, **TOGETHER)


@pytest.mark.parametrize("name", WITH_KERNEL)
@pytest.mark.parametrize("changed", [{"reduction": "sum"}, {"reduction": "none"}, {"dtype": "float16"}])
def test_a_kernel_is_for_means_of_single_precision_alone(name, changed, monkeypatch):
    options, y_true, y_pred = WITH_KERNEL[name]
    loss = getattr(torchimpl.losses, name)(**options, **changed)
    monkeypatch.setattr(type(loss), "_mean", lambda *given: pytest.fail("the kernel was asked"))
    loss(torch.tensor(y_true), torch.tensor(y_pred))


@pytest.mark.parametrize(("axis", "shape"), [(1, (4, 5, 3)), (0, (5, 5)), (-2, (5, 5))])
@pytest.mark.parametrize("name", ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_classes_in_the_middle_or_in_front_are_not_for_kernels(name, axis, shape):
    y_pred = RANDOM.normal(size=shape).astype("f4")
    y_true = RANDOM.integers(5, size=np.delete(shape, axis))
    y_true = np.moveaxis(np.eye(5, dtype="f4")[y_true], -1, axis) if name.startswith("C") else y_true
    loss = getattr(torchimpl.losses, name)(**LOGITS, axis=axis)
    twin = getattr(tfimpl.losses, name)(**LOGITS, axis=axis)
    np.testing.assert_allclose(loss(torch.tensor(y_true), torch.tensor(y_pred)), twin(y_true, y_pred), rtol=1e-6)


def log_cosh(x):
    return torchimpl.losses.log_cosh(torch.zeros_like(x), x)


@pytest.mark.parametrize(
    ("function", "gates"),
    [
        (torchimpl.activations.silu, "all"),
        (torchimpl.activations.gelu, "all"),
        (torchimpl.activations.glu, "all"),
        (torchimpl.activations.glu, "below 0"),
        (log_cosh, "all"),
    ],
    ids=lambda item: getattr(item, "__name__", item),
)
def test_numbers_that_a_kernel_takes_are_computed_alike_beside_one_that_it_does_not(function, gates):
    x = np.concatenate([RANDOM.uniform(-39, 39, 4000), RANDOM.normal(size=4000)]).astype("f4").reshape(-1, 2)
    slack = torch.tensor(1e-37)
    if gates == "below 0":
        x[:, 1] = -np.abs(x[:, 1])
    elif function is torchimpl.activations.glu:
        # Of the derivative a * s * (1 - s) the last factor has few digits where a gate s is near 1.
        slack = 2**-23 * torch.tensor(np.abs(x[:, :1]))
    far = np.full((1, 2), -1000, "f4")
    short = value_and_gradient(function, x)
    long = (item[:-1] for item in value_and_gradient(function, np.concatenate([x, far])))
    for a, b in zip(short, long, strict=True):
        off = torch.abs(a - b).reshape(len(x), -1)
        assert torch.all(off <= 5e-7 * torch.abs(b).reshape(len(x), -1) + slack)


def test_what_is_known_of_numbers():
    numbers = torch.tensor([-1.0, 0.5, 2.0])
    assert known_within(numbers, -1, 2)
    assert not known_within(numbers, -1, 1.9)
    assert not known_within(numbers, -0.9, 2)
    assert not known_within(torch.tensor([0.0, torch.nan]), -1, 1)
    assert not known_within(numbers[:0], -1, 2)
    assert not known_within(numbers.to("meta"), -1, 2)
    seen = []
    torch.vmap(lambda x: (seen.append(known_within(x, -1, 2)), x)[1])(numbers[:, None])
    assert seen == [False]


@pytest.mark.parametrize("bounds", [(1e-7, 1 - 1e-7), (1e-7, 1), (0, torch.inf)])
@pytest.mark.parametrize("beside", [[], [-1.0], [2.0], [torch.nan], [-torch.inf, torch.inf]])
def test_what_is_within_its_bounds_is_not_clamped_and_all_else_is(bounds, beside):
    low, high = (torch.tensor(bound, dtype=torch.float32) for bound in bounds)
    x = torch.stack([low, torch.nextafter(low, high), torch.tensor(0.5), high.clamp(max=9)])
    x = torch.cat([x, torch.tensor(beside)])
    short = value_and_gradient(lambda x: of_torch.clip(x, *bounds), x.numpy())
    long = value_and_gradient(lambda x: torch.clamp(x, *bounds), x.numpy())
    for a, b in zip(short, long, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)
    needed = not bool(((x >= low) & (x <= high)).all())
    assert (of_torch.clip(x.requires_grad_(), *bounds) is x) == (not needed)


@pytest.mark.parametrize("k", [1, 2, 3, 9])
def test_scores_are_ranked_alike_beside_one_that_is_no_number_and_a_label_that_is_no_class(k):
    scores = torch.tensor(RANDOM.integers(3, size=(200, 4)).astype("f4"))  # many are equal
    labels = torch.tensor(RANDOM.integers(4, size=200))
    hits = torchimpl.metrics.sparse_top_k_categorical_accuracy
    beside = hits(torch.cat([labels, torch.tensor([-1, 4])]), torch.cat([scores, torch.full((2, 4), torch.nan)]), k)
    assert torch.equal(hits(labels, scores, k), beside[:-2])
    assert not beside[-2:].any()
    if k == 1:
        assert torch.equal(torchimpl.metrics.categorical_accuracy(torch.eye(4)[labels], scores), beside[:-2])


@pytest.mark.parametrize("average", [None, "micro"])
def test_scores_are_counted_alike_beside_those_of_which_none_is_taken(average):
    scores = torch.tensor(RANDOM.integers(3, size=(200, 4)).astype("f4"))
    labels = torch.eye(4)[torch.tensor(RANDOM.integers(4, size=200))]
    short, long = (torchimpl.metrics.F1Score(average) for _ in range(2))
    short.update_state(labels, scores)
    long.update_state(torch.cat([labels, torch.zeros(1, 4)]), torch.cat([scores, torch.full((1, 4), torch.nan)]))
    assert all(map(np.array_equal, short.get_state().values(), long.get_state().values()))


def test_a_formula_becomes_a_graph_for_each_rank_dtype_and_option_and_none_for_a_size_or_a_number():
    made = []

    @as_one_graph
    def formula(x, factor, *, negative):
        made.append(x.shape)
        return (-factor if negative else factor) * tf.square(x)

    for size in range(2, 7):
        x = tf.range(size, dtype="float64")
        with tf.GradientTape() as second, tf.GradientTape() as first:
            for tape in (first, second):
                tape.watch(x)
            y = formula(x, numbers=(size / 10,), negative=False)
            gradient = first.gradient(y, x)
        assert np.array_equal(y, size / 10 * np.square(x))
        assert np.array_equal(second.gradient(gradient, x), np.full(size, size / 10 * 2))
    assert len(made) == 1
    assert formula(tf.ones([2, 2], "float64"), numbers=(3,), negative=True)[1, 1] == -3
    assert len(made) == 2
    assert formula(tf.ones([2, 2], "float32"), numbers=(3,), negative=True).dtype == tf.float32
    assert len(made) == 3

    inlined = tf.function(lambda x: formula(x, numbers=(0.5,), negative=False)).get_concrete_function(x)
    assert len(made) == 4
    assert not any("Call" in op.type for op in inlined.graph.get_operations())


def test_a_graph_runs_where_it_is_called_and_not_where_it_was_made():
    places = []

    @as_one_graph
    def formula(x):
        places.append(tf.identity(x).device)
        return x

    with tf.device("/CPU:0"):
        formula(tf.ones(3))
    assert places == [""]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("huber", {"delta": 0.3}),
        ("log_cosh", {}),
        ("mean_squared_logarithmic_error", {}),
        ("binary_crossentropy", {}),
        ("binary_focal_crossentropy", {"gamma": 1.5, "apply_class_balancing": True}),
        ("categorical_crossentropy", {}),
        ("categorical_focal_crossentropy", {"gamma": 0.5, "alpha": 0.7}),
        ("kl_divergence", {}),
        ("cosine_similarity", {}),
    ],
)
def test_an_eager_value_does_not_depend_on_what_else_is_asked_for(name, options):
    function = getattr(tfimpl.losses, name)
    for size in (64, 3):  # a graph made for a size knows more than one made for any
        y_true, y_pred = (tf.constant(np.abs(RANDOM.normal(size=(size, 5))) % 1, "float32") for _ in range(2))
        alone = function(y_true, y_pred, **options)
        with tf.GradientTape() as tape:
            tape.watch([y_true, y_pred])
            with_gradient = function(y_true, y_pred, **options)
        assert np.array_equal(alone, with_gradient)


def _probabilities(y, p):
    return -(y * tf.math.log(p) + (1 - y) * tf.math.log1p(-p))


def _sparse(y, x):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.argmax(y, -1), x) + 0 * tf.reduce_sum(y, -1)


SPECIAL = [[-np.inf, 2, 1, 0, -1], [np.nan, 2, 1, 0, -1], [np.inf, 2, 1, 0, -1], [-np.inf] * 5]
BY_HAND = {
    "clip": (lambda y, x: y * clip(x, -1, 1), lambda y, x: y * tf.clip_by_value(x, -1, 1), [*REALS[0], *SPECIAL]),
    "of logits": (classification._of_logits, tf.nn.sigmoid_cross_entropy_with_logits, REALS[0]),
    "of probabilities": (classification._of_probabilities, _probabilities, 1 / (1 + np.exp(-REALS[0]))),
    "sparse of logits": (
        lambda y, x: classification._sparse_of_logits(tf.argmax(y, -1), x, long=False) + 0 * tf.reduce_sum(y, -1),
        _sparse,
        [*REALS[0], *SPECIAL],
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("options", [None, {}, {"jit_compile": True}], ids=["eager", "graph", "XLA"])
def test_a_derivative_by_hand_is_that_of_the_tape(name, options):
    """In the targets and the predictions, the first one and the second, of NaN and infinities too."""
    ours, theirs, given = BY_HAND[name]
    y_pred = tf.constant(np.array(given), tf.float64)
    y_true = tf.one_hot(RANDOM.integers(5, size=len(given)), 5, dtype=tf.float64)

    def derivatives(function):
        def both(y_true, y_pred):
            with tf.GradientTape() as outer:
                outer.watch(y_pred)
                with tf.GradientTape() as inner:
                    inner.watch([y_true, y_pred])
                    value = function(y_true, y_pred)
                first = inner.gradient(value, [y_true, y_pred])
            return value, *first, outer.gradient(first[1], y_pred, unconnected_gradients="zero")

        return (both if options is None else tf.function(both, **options))(y_true, y_pred)

    for one, other in zip(derivatives(ours), derivatives(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_the_mean_of_one_number_is_that_number():
    numbers = torch.tensor([[1.0], [3.0]])
    assert torch.equal(mean_over(numbers, -1, torch.float32), torch.tensor([1.0, 3.0]))
    assert torch.equal(mean_over(numbers, 0, torch.float16), torch.tensor([2.0], dtype=torch.float16))


@pytest.mark.parametrize("package", [torchimpl, tfimpl], ids=lambda package: package.__name__)
def test_one_batch_of_more_hits_than_float32_can_count_is_counted(package):
    hits = torch.ones(2**24 + 4099)
    assert hits.sum().item() != len(hits)  # what float32 makes of them
    hits = hits if package is torchimpl else tf.constant(hits.numpy())
    for metric in (package.metrics.Sum(), package.metrics.Mean()):
        metric.update_state(hits)
        assert metric.get_state()["total"] == len(hits)


@pytest.mark.parametrize("package", [torchimpl, tfimpl], ids=lambda package: package.__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_largest_score_is_never_nan_and_of_equal_ones_the_first(package, dtype):
    nan, inf, lowest = np.nan, np.inf, np.finfo("f4").min
    scores = [[nan, -inf], [-inf, nan], [nan, nan], [-inf, -inf], [-inf, lowest], [inf, inf], [nan, 1]]
    for largest, expected in ((0, [0, 1, 0, 1, 0, 1, 0]), (1, [1, 0, 0, 0, 1, 0, 1])):
        labels = np.full(len(scores), largest)
        for name, y_true in (("sparse_categorical", labels), ("categorical", np.eye(2)[labels])):
            hits = getattr(package.metrics, f"{name}_accuracy")(y_true, np.array(scores, dtype))
            assert np.array_equal(hits, expected), (name, largest)
    metric = package.metrics.OneHotMeanIoU(2)
    metric.update_state(np.eye(2)[[1, 0, 0]], np.array(scores[:3], dtype))
    assert metric.result() == 1
    metric = package.metrics.F1Score()
    metric.update_state(np.eye(2)[[1, 0, 0]], np.array(scores[:3], dtype))
    assert not np.asarray(metric.result()).any(), "what is -inf or NaN is not taken"


def test_class_numbers_that_half_precision_does_not_know_hit_no_label():
    for package, label in (
        (torchimpl, torch.tensor([256.0], dtype=torch.bfloat16)),
        (tfimpl, tf.constant([256.0], tf.bfloat16)),
    ):
        assert package.metrics.sparse_categorical_accuracy(label, np.eye(300, dtype="f4")[[256]])[0] == 1
        assert package.metrics.sparse_categorical_accuracy(label, np.eye(300, dtype="f4")[[257]])[0] == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", [2, 3, 50, 199, 200, 1000, 65536])
def test_predictions_at_and_beside_even_thresholds_are_counted_alike(number, dtype):
    """Each threshold, and the floats next to it: the gap of each is found by one product, or by search."""
    cutoffs = torchimpl.metrics.AUC(number, dtype=dtype)._cutoffs[:, 0].numpy()
    assert np.array_equal(cutoffs, np.asarray(tfimpl.metrics.AUC(number, dtype=dtype)._cutoffs)[:, 0])
    inner = cutoffs[1:-1]
    given = [inner, np.nextafter(inner, 2), np.nextafter(inner, -1), np.array([0, 1, np.nan, 1e-45])]
    y_pred = np.concatenate(given).astype(dtype)
    expected = np.searchsorted(cutoffs, np.where(np.isnan(y_pred), -np.inf, y_pred), side="left")
    assert np.array_equal(
        torchimpl.metrics.confusion._even_gap(torch.tensor(y_pred), torch.tensor(cutoffs)).numpy(), expected
    )
    assert np.array_equal(tfimpl.metrics.confusion._even_gap(tf.constant(y_pred), cutoffs).numpy(), expected)


@pytest.mark.parametrize("package", [torchimpl, tfimpl], ids=lambda package: package.__name__)
def test_thresholds_are_even_where_nobody_chose_others(package):
    auc = package.metrics.AUC
    assert auc()._even
    assert package.metrics.PrecisionAtRecall(0.5)._even
    assert not auc(thresholds=[0.5])._even
    assert not auc(from_logits=True)._even
    assert not auc(dtype="bfloat16")._even  # the thresholds are rounded too far from where they were


@pytest.mark.parametrize("labels", [None, 3, 11])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_large_batch_is_counted_in_parts(labels, weighted, monkeypatch):
    random = np.random.default_rng(0)
    shape = (50,) if labels is None else (50, labels)
    y_true, y_pred = torch.tensor(random.integers(2, size=shape)), torch.tensor(random.random(shape, np.float32))
    weights = torch.tensor(random.integers(3, size=50)) if weighted else None
    states = []
    for at_once in (10**6, 7):
        monkeypatch.setattr(torchimpl.metrics.confusion, "AT_ONCE", at_once)
        metric = torchimpl.metrics.AUC(multi_label=labels is not None)
        metric.update_state(y_true, y_pred, weights)
        states.append(metric.get_state())
    for name, state in states[0].items():
        np.testing.assert_array_equal(state, states[1][name])


ROWS = 50
COLUMNS = {
    "reals": [RANDOM.normal(size=(ROWS, 4)).astype("f4") for _ in range(2)],
    "shares": [RANDOM.uniform(0.1, 0.9, size=(ROWS, 4)).astype("f4") for _ in range(2)],
    "decisions": [RANDOM.integers(2, size=(ROWS, 4)).astype("f4"), RANDOM.random((ROWS, 4)).astype("f4")],
    "classes": [RANDOM.integers(4, size=ROWS), RANDOM.uniform(0.1, 0.9, size=(ROWS, 4)).astype("f4")],
    "class numbers": [RANDOM.integers(4, size=ROWS) for _ in range(2)],
}
# What is computed in parts: of which inputs, with which options.
IN_PARTS = {
    "Accuracy": ("class numbers", {}),
    "BinaryAccuracy": ("decisions", {}),
    "BinaryCrossentropy": ("decisions", {}),
    "BinaryIoU": ("decisions", {}),
    "CategoricalAccuracy": ("shares", {}),
    "CategoricalCrossentropy": ("shares", {}),
    "CategoricalHinge": ("decisions", {}),
    "ConcordanceCorrelation": ("reals", {"axis": [1]}),
    "CosineSimilarity": ("reals", {"axis": 1}),
    "F1Score": ("decisions", {"threshold": 0.5}),
    "FBetaScore": ("decisions", {}),
    "Hinge": ("decisions", {}),
    "IoU": ("class numbers", {"num_classes": 4, "target_class_ids": [1, 2], "ignore_class": 3}),
    "KLDivergence": ("shares", {}),
    "LogCoshError": ("reals", {}),
    "MeanAbsoluteError": ("reals", {}),
    "MeanAbsolutePercentageError": ("shares", {}),
    "MeanIoU": ("class numbers", {"num_classes": 4}),
    "MeanSquaredError": ("reals", {"dtype": "float64"}),
    "MeanSquaredLogarithmicError": ("shares", {}),
    "OneHotIoU": ("shares", {"num_classes": 4, "target_class_ids": [0]}),
    "OneHotMeanIoU": ("shares", {"num_classes": 4}),
    "PearsonCorrelation": ("reals", {}),
    "Poisson": ("shares", {}),
    "R2Score": ("reals", {}),
    "RootMeanSquaredError": ("reals", {}),
    "SparseCategoricalAccuracy": ("classes", {}),
    "SparseCategoricalCrossentropy": ("classes", {}),
    "SparseTopKCategoricalAccuracy": ("classes", {"k": 2}),
    "SquaredHinge": ("decisions", {}),
    "TopKCategoricalAccuracy": ("shares", {"k": 2}),
}


def splits(monkeypatch, at_once):
    """Let a batch have parts of so many predictions; what is returned holds the sizes of the batches that had some."""
    for module in (of_torch, *(getattr(torchimpl.metrics, name) for name in ("fscore", "iou", "regression"))):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
    seen, split = [], torch.Tensor.split
    monkeypatch.setattr(torch.Tensor, "split", lambda x, size: seen.append(len(x)) or split(x, size))
    return seen


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", IN_PARTS)
def test_a_batch_in_parts_adds_what_it_adds_as_a_whole(name, weighted, monkeypatch):
    kind, options = IN_PARTS[name]
    given = [torch.tensor(item) for item in COLUMNS[kind]]
    weights = torch.tensor(RANDOM.uniform(size=ROWS)) if weighted else None
    whole, parts = (getattr(torchimpl.metrics, name)(**options) for _ in range(2))
    whole.update_state(*given, weights)
    seen = splits(monkeypatch, given[1].numel() // 3)
    parts.update_state(*given, weights)
    assert set(seen) == {ROWS}
    for state, expected in whole.get_state().items():
        if not state.endswith("_rest"):
            np.testing.assert_allclose(parts.get_state()[state], expected, rtol=1e-6)
    torch.testing.assert_close(parts.result(), whole.result(), rtol=1e-6, atol=0)


def test_all_metrics_of_whole_samples_are_asked_whether_parts_add_up():
    counts = {"AUC", "Mean", "MeanMetricWrapper", "Sum", "Precision", "Recall"}
    others = {name for name in torchimpl.metrics.__all__ if name.endswith(("Positives", "Negatives")) or "At" in name}
    classes = {item.__name__ for item in torchimpl.metrics.CLASSES}
    assert set(IN_PARTS) == classes - counts - others


@pytest.mark.parametrize(
    ("metric", "shape"),
    [
        (torchimpl.metrics.CosineSimilarity(axis=0), (ROWS, 4)),
        (torchimpl.metrics.CosineSimilarity(axis=-2), (ROWS, 4)),
        (torchimpl.metrics.MeanSquaredError(), (ROWS,)),  # one sample of many values
        (torchimpl.metrics.MeanMetricWrapper(lambda y_true, y_pred: y_pred - y_pred.mean()), (ROWS, 4)),
    ],
    ids=lambda item: getattr(item, "name", None),
)
def test_samples_that_belong_together_stay_together(metric, shape, monkeypatch):
    seen = splits(monkeypatch, 8)
    metric.update_state(torch.ones(shape), torch.arange(np.prod(shape), dtype=torch.float32).reshape(shape))
    assert not seen


def test_samples_stay_together_where_an_axis_is_left_out_first(monkeypatch):
    y_true, y_pred = (torch.tensor(item) for item in COLUMNS["reals"])
    whole, metric = (torchimpl.metrics.CosineSimilarity(axis=-2) for _ in range(2))
    whole.update_state(y_true, y_pred[..., None])
    seen = splits(monkeypatch, 8)
    metric.update_state(y_true, y_pred[..., None])
    assert not seen
    assert metric.result() == whole.result()


@pytest.mark.filterwarnings("ignore")  # torch.jit.trace is deprecated, and warns of each number it keeps
def test_a_traced_update_takes_batches_of_any_size(monkeypatch):
    class Update(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.error = torchimpl.metrics.MeanSquaredError()

        def forward(self, y_true, y_pred):
            self.error.update_state(y_true, y_pred)
            return self.error.total

    splits(monkeypatch, 8)
    traced = torch.jit.trace(Update(), (torch.ones(6, 4), torch.zeros(6, 4)), check_trace=False)
    before = float(traced.error.total)
    assert float(traced(torch.ones(23, 4), torch.zeros(23, 4))) == before + 23


def test_a_function_that_raises_an_error_is_not_called_again():
    seen = []

    def values(y_true, y_pred):
        seen.append(None)
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        torchimpl.metrics.MeanMetricWrapper(values).update_state(torch.ones(3), torch.ones(3))
    assert len(seen) == 1


def test_a_mistake_is_said_of_the_whole_batch_and_nothing_is_added(monkeypatch):
    splits(monkeypatch, 8)
    error, entropy = torchimpl.metrics.MeanSquaredError(), torchimpl.metrics.SparseCategoricalCrossentropy()
    with pytest.raises(ValueError, match=rf"y_true of shape \({ROWS}, 3\), y_pred of shape \({ROWS}, 4\)"):
        error.update_state(torch.ones(ROWS, 3), torch.ones(ROWS, 4))
    with pytest.raises(ValueError, match=rf"{ROWS}"):
        error.update_state(torch.ones(ROWS, 4), torch.ones(ROWS, 4), torch.ones(ROWS, 2, 2))
    labels = torch.tensor([0] * (ROWS - 1) + [9])
    with pytest.raises(ValueError, match="9"):
        entropy.update_state(labels, torch.ones(ROWS, 4))
    for metric in (error, entropy):
        assert not any(state.any() for state in metric.variables)


# The losses that are computed in parts: of which inputs, with which options.
LOSSES_IN_PARTS = {
    "binary_crossentropy": ("decisions", {"label_smoothing": 0.1}),
    "binary_focal_crossentropy": ("decisions", {"apply_class_balancing": True, "axis": 1}),
    "categorical_crossentropy": ("shares", LOGITS),
    "categorical_focal_crossentropy": ("shares", {"alpha": [0.1, 0.2, 0.3, 0.4]}),
    "categorical_generalized_cross_entropy": ("classes", {"q": 0.5}),
    "categorical_hinge": ("decisions", {}),
    "cosine_similarity": ("reals", {"axis": 1}),
    "hinge": ("decisions", {}),
    "huber": ("reals", {"delta": 0.5}),
    "kl_divergence": ("shares", {}),
    "log_cosh": ("reals", {}),
    "mean_absolute_error": ("reals", {}),
    "mean_absolute_percentage_error": ("shares", {}),
    "mean_squared_error": ("reals", {}),
    "mean_squared_logarithmic_error": ("shares", {}),
    "poisson": ("shares", {}),
    "sparse_categorical_crossentropy": ("classes", {**LOGITS, "ignore_class": 2}),
    "squared_hinge": ("decisions", {}),
}


@pytest.mark.parametrize("name", LOSSES_IN_PARTS)
def test_losses_in_parts_are_those_of_the_whole(name, monkeypatch):
    kind, options = LOSSES_IN_PARTS[name]
    y_true, y_pred = COLUMNS[kind]
    function = getattr(torchimpl.losses, name)
    whole = value_and_gradient(lambda x: function(torch.tensor(y_true), x, **options), y_pred)
    seen = splits(monkeypatch, y_pred.size // 3)
    parts = value_and_gradient(lambda x: function(torch.tensor(y_true), x, **options), y_pred)
    assert set(seen) == {ROWS}
    for part, expected in zip(parts, whole, strict=True):
        torch.testing.assert_close(part, expected, **TOGETHER)


def test_all_losses_of_single_samples_are_asked_whether_parts_give_them():
    of_batches = {"circle", "ctc", "dice", "tversky"}
    functions = set(torchimpl.losses.family.functions)
    assert set(LOSSES_IN_PARTS) == functions - of_batches


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ((False, 0.0, 0), (ROWS, 4)),
        ((False, 0.0, -3), (ROWS, 4, 2)),
        ((), (ROWS,)),  # one sample of many values
    ],
)
def test_losses_of_the_first_axis_are_taken_whole(options, shape, monkeypatch):
    y_true, y_pred = torch.zeros(shape), torch.full(shape, 0.5)
    whole = torchimpl.losses.binary_crossentropy(y_true, y_pred, *options)
    seen = splits(monkeypatch, 8)
    assert torch.equal(torchimpl.losses.binary_crossentropy(y_true, y_pred, *options), whole)
    assert not seen


@pytest.mark.parametrize("name", WITH_KERNEL)
def test_the_mean_of_many_losses_is_taken_in_parts_too(name, monkeypatch):
    options, y_true, y_pred = WITH_KERNEL[name]
    loss = getattr(torchimpl.losses, name)(**options)
    whole = value_and_gradient(lambda x: loss(torch.tensor(y_true), x), y_pred)
    seen = splits(monkeypatch, 8)
    parts = value_and_gradient(lambda x: loss(torch.tensor(y_true), x), y_pred)
    assert set(seen) == {len(y_pred)}
    for part, expected in zip(parts, whole, strict=True):
        torch.testing.assert_close(part, expected, **TOGETHER)


def test_a_mistake_in_a_part_is_said_of_all_losses(monkeypatch):
    splits(monkeypatch, 8)
    with pytest.raises(ValueError, match=rf"y_true of shape \({ROWS}, 3\), y_pred of shape \({ROWS}, 4\)"):
        torchimpl.losses.huber(torch.ones(ROWS, 3), torch.ones(ROWS, 4))
    with pytest.raises(ValueError, match="axis"):
        torchimpl.losses.cosine_similarity(torch.ones(ROWS, 4), torch.ones(ROWS, 4), axis="last")
    with pytest.raises(ValueError, match="axis"):
        torchimpl.losses.cosine_similarity(torch.ones(ROWS, 4), torch.ones(ROWS, 4), 3)
