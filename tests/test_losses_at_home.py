"""Every loss as users of PyTorch and of Keras use it: transformed, exported, compiled, saved with a model."""

import ast
import fractions
import json
import re
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from parity.registry import entries  # noqa: E402

NAMES = [entry.title for entry in entries(family="losses") if entry.is_class]
# Each with an argument that is not its default, where there is one.
ARGUMENTS = {
    "BinaryCrossentropy": {"label_smoothing": 0.25},
    "BinaryFocalCrossentropy": {"apply_class_balancing": True, "gamma": 1.5},
    "CategoricalCrossentropy": {"label_smoothing": 0.25},
    "CategoricalFocalCrossentropy": {"alpha": 0.5, "gamma": 1.5},
    "CategoricalGeneralizedCrossEntropy": {"q": 0.25},
    "Circle": {"gamma": 4.0, "margin": 0.25},
    "CosineSimilarity": {"axis": 1},
    "Dice": {"axis": [1]},
    "Huber": {"delta": 0.35},
    "SparseCategoricalCrossentropy": {"ignore_class": 1},
    "Tversky": {"alpha": 0.25, "axis": [-1]},
}
LABELS = np.array([0, 2, 0], np.int32)
SCORES = np.array([[0.1, 0.75, 0.15], [0.3, 0.5, 0.2], [0.6, 0.25, 0.15]], np.float32)
ONE_HOT = np.eye(3, dtype=np.float32)[LABELS]
OF_CLASS_NUMBERS = ("CategoricalGeneralizedCrossEntropy", "Circle", "SparseCategoricalCrossentropy")

each_loss = pytest.mark.parametrize("name", NAMES)


def given(name):
    """Labels and predictions of a loss, away from its corners."""
    if name == "CTC":
        return np.array([[1, 2], [2, 0], [1, 1]], np.int32), np.stack([SCORES, SCORES[:, ::-1], SCORES, SCORES], axis=1)
    return (LABELS if name in OF_CLASS_NUMBERS else ONE_HOT), SCORES


def in_torch(name, dtype="float32"):
    """The loss, one number for each sample where it has them, and what it is given."""
    loss = getattr(torchimpl.losses, name)(**ARGUMENTS.get(name, {}), reduction="none", dtype=dtype)
    y_true, y_pred = (torch.tensor(array) for array in given(name))
    return loss, y_true, y_pred.to(getattr(torch, dtype))


# Functions whose labels are numbers that they are differentiated by, and no class numbers.
OF_CLASSES = ("circle", "ctc", "categorical_generalized_cross_entropy", "sparse_categorical_crossentropy")
OF_LABELS = [entry.title for entry in entries(family="losses") if entry.title not in (*NAMES, *OF_CLASSES)]


@pytest.mark.parametrize("name", OF_LABELS)
@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_labels_are_not_rounded_to_half_precision(library, name, half):
    function = getattr(library.losses, name)
    labels, scores = np.array([[0.3, 0.7], [0.1, 0.9]], np.float32), np.array([[0.5, 0.75], [0.25, 1]], np.float32)
    if library is tfimpl:
        labels, wide = tf.constant(labels), tf.constant(scores)
        expected, narrow = tf.cast(function(labels, wide), half), tf.cast(wide, half)
    else:
        labels, wide = torch.tensor(labels), torch.tensor(scores)
        expected, narrow = (item.to(getattr(torch, half)) for item in (function(labels, wide), wide))
    found = function(labels, narrow)
    assert found.dtype == narrow.dtype
    assert bool((found == expected).all() if library is torchimpl else tf.reduce_all(tf.equal(found, expected)))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # of what PyTorch itself calls
@pytest.mark.parametrize("name", OF_LABELS)
def test_derivatives_by_labels_are_the_same_in_both(name):
    """Of whole labels and of others, in reverse and forward mode, and of a compiled graph."""
    labels = np.array([[1, 0, 0], [0, 1, 0], [0.25, 0.5, 0.25], [0, 0, 1]])
    scores = np.array([[0.4, -0.2, -0.6], [0.1, 0.8, 0.3], [0.2, 0.3, 0.5], [0.9, 0.7, 0.6]])
    if name not in ("categorical_hinge", "hinge", "squared_hinge", "huber", "mean_squared_error"):
        labels, scores = 0.25 + labels / 2, np.abs(scores)
    of, weights = getattr(torchimpl.losses, name), np.array([1, -0.5, 2, 0.75])
    y_pred, factors = torch.tensor(scores), torch.tensor(weights)

    def total(y_true):
        losses = of(y_true, y_pred)
        return (losses * factors).sum() if losses.ndim else losses

    y_true = torch.tensor(labels, requires_grad=True)
    (found,) = torch.autograd.grad(total(y_true), y_true)
    torch.testing.assert_close(torch.func.jacfwd(total)(y_true.detach()), found)
    torch.compiler.reset()  # it compiles a function for so many losses, and no more
    (captured,) = torch.autograd.grad(torch.compile(total, backend="aot_eager", fullgraph=True)(y_true), y_true)
    torch.testing.assert_close(captured, found)
    y_true = tf.constant(labels)
    with tf.GradientTape() as tape:
        tape.watch(y_true)
        losses = getattr(tfimpl.losses, name)(y_true, tf.constant(scores))
        losses = tf.reduce_sum(losses * weights) if losses.shape.rank else losses
    np.testing.assert_allclose(found.numpy(), tape.gradient(losses, y_true).numpy(), rtol=1e-12, atol=1e-14)


# -- PyTorch ----------------------------------------------------------------------------------------------------------


@each_loss
def test_function_transforms(name):
    loss, y_true, y_pred = in_torch(name)

    def total(x):
        return loss(y_true, x).sum()

    leaf = y_pred.clone().requires_grad_()
    (expected,) = torch.autograd.grad(total(leaf), leaf)
    assert expected.abs().sum() > 0
    assert torch.equal(torch.func.grad(total)(y_pred), expected)
    # Over an ensemble of predictions: values, and gradients.
    ensemble = torch.stack([y_pred, y_pred.flip(-1), y_pred / 2])
    torch.testing.assert_close(torch.func.vmap(total)(ensemble), torch.stack([total(member) for member in ensemble]))
    each = torch.stack([torch.func.grad(total)(member) for member in ensemble])
    torch.testing.assert_close(torch.func.vmap(torch.func.grad(total))(ensemble), each)


@each_loss
def test_double_backward(name):
    loss, y_true, y_pred = in_torch(name, "float64")
    leaf = y_pred.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(y_true, x), leaf)
    assert torch.autograd.gradgradcheck(lambda x: loss(y_true, x), leaf)
    # The kernels of other dtypes can be others.
    single, *_ = in_torch(name)
    found, expected = (
        torch.autograd.functional.hessian(lambda x, of=of: of(y_true, x).sum(), x)
        for of, x in ((single, y_pred.float()), (loss, y_pred))
    )
    torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-4)


@each_loss
def test_export(name):
    loss, y_true, y_pred = in_torch(name)
    exported = torch.export.export(loss, (y_true, y_pred)).module()
    assert torch.equal(exported(y_true, y_pred / 2), loss(y_true, y_pred / 2))


@each_loss
def test_captured_with_sizes_and_numbers_that_change(name):
    loss, y_true, y_pred = in_torch(name)
    numbers = {key: value + 0.125 for key, value in loss.get_config().items() if isinstance(value, float)}
    other = getattr(torchimpl.losses, name)(**{**ARGUMENTS.get(name, {}), **numbers}, reduction="none")
    torch.compiler.reset()
    captured = torch.compile(type(loss).forward, fullgraph=True, backend="aot_eager", dynamic=True)
    for item in (loss, other):
        for batch in (slice(None), slice(2)):
            torch.testing.assert_close(
                captured(item, y_true[batch], y_pred[batch]), item(y_true[batch], y_pred[batch]), rtol=1e-6, atol=1e-7
            )


@each_loss
def test_autocast_changes_nothing(name):
    loss, y_true, y_pred = in_torch(name)
    results = []
    for enabled in (False, True):
        leaf = y_pred.clone().requires_grad_()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            value = loss(y_true, leaf)
        results += [value, *torch.autograd.grad(value.sum(), leaf)]
    assert torch.equal(results[0], results[2])
    assert torch.equal(results[1], results[3])


@each_loss
def test_the_callers_tensors_are_left_alone(name):
    loss, y_true, y_pred = in_torch(name)
    weight, mask = torch.tensor([0.5, 2.0, 1.0]), torch.tensor([True, False, True])
    tensors = (y_true, y_pred, weight, mask)
    copies = [item.clone() for item in tensors]
    loss(y_true, y_pred, weight, mask)
    for item, copy in zip(tensors, copies, strict=True):
        assert torch.equal(item, copy)
        assert item._version == 0


@each_loss
def test_a_loss_says_what_it_is(name):
    loss, *_ = in_torch(name)
    assert repr(loss).startswith(f"{name}(")
    assert all(f"{key}={value!r}" in repr(loss) for key, value in ARGUMENTS.get(name, {}).items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_second_derivatives_at_special_points(dtype):
    def hessian(function, y_true, y_pred):
        x = torch.tensor(y_pred, dtype=dtype)
        y = torch.tensor(y_true, dtype=dtype)
        return torch.autograd.functional.hessian(lambda x: function(y, x).sum(), x)

    losses = torchimpl.losses
    # Without an error.
    assert hessian(losses.log_cosh, [0.5], [0.5]).item() == 1
    assert hessian(losses.mean_squared_logarithmic_error, [3.0], [3.0]).item() == 2 / 4**2
    # Of a zero vector: the length is taken to be epsilon, so that the loss is linear.
    assert (hessian(losses.cosine_similarity, [1.0, 2.0], [0.0, 0.0]) == 0).all()
    # Of samples without a pair.
    rows = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]
    assert torch.isfinite(hessian(losses.circle, [0.0, 0.0, 1.0], rows)).all()
    assert (hessian(losses.circle, [0.0, 1.0, 2.0], rows) == 0).all()


# -- TensorFlow -------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_one_model_with_every_loss_trains_saves_and_loads_without_custom_objects(tmp_path):
    losses = {name: getattr(tfimpl.losses, name)(**ARGUMENTS.get(name, {})) for name in NAMES}
    entry = keras.layers.Input((4,))
    heads = {}
    for name in NAMES:
        shape = given(name)[1].shape[1:]
        flat = keras.layers.Dense(int(np.prod(shape)), activation="sigmoid")(entry)
        heads[name] = keras.layers.Reshape(shape, name=name)(flat)
    model = keras.Model(entry, heads)
    model.compile(optimizer="sgd", loss=losses)
    x = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
    y = {name: given(name)[0] for name in NAMES}
    before = model.get_weights()
    model.fit(x, y, verbose=0)
    for was, now in zip(before, model.get_weights(), strict=True):
        assert (was != now).any()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model.evaluate(x, y, verbose=0), loaded.evaluate(x, y, verbose=0))
    for name, loss in losses.items():
        assert type(loaded.loss[name]) is type(loss)
        assert loaded.loss[name].get_config() == loss.get_config()


@each_loss
def test_compiled_once_and_for_all(name):
    loss, traces = getattr(tfimpl.losses, name)(**ARGUMENTS.get(name, {})), []

    @tf.function(jit_compile=True)
    def step(y_true, y_pred):
        traces.append(1)
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            value = loss(y_true, y_pred)
        return value, tape.gradient(value, y_pred)

    y_true, y_pred = map(tf.constant, given(name))
    for factor in (1.0, 0.5):
        value, gradient = step(y_true, factor * y_pred)
        np.testing.assert_allclose(value, loss(y_true, factor * y_pred), rtol=1e-5)
        assert np.abs(gradient).sum() > 0
    assert len(traces) == 1


@each_loss
def test_a_graph_of_unknown_sizes(name):
    loss = getattr(tfimpl.losses, name)(**ARGUMENTS.get(name, {}))
    y_true, y_pred = map(tf.constant, given(name))
    signature = [tf.TensorSpec((None, *item.shape[1:]), item.dtype) for item in (y_true, y_pred)]
    run = tf.function(lambda y_true, y_pred: loss(y_true, y_pred), input_signature=signature)
    for size in (3, 2):
        np.testing.assert_allclose(run(y_true[:size], y_pred[:size]), loss(y_true[:size], y_pred[:size]), rtol=1e-6)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(y_true[:1], y_pred)


@each_loss
def test_vectorized_over_batches(name):
    y_true, y_pred = (np.stack([array, array[::-1]]) for array in given(name))
    loss = getattr(tfimpl.losses, name)(reduction="none", **ARGUMENTS.get(name, {}))

    def call(pair):
        return loss(*pair)

    tensors = tf.constant(y_true), tf.constant(y_pred)
    expected = tf.map_fn(call, tensors, fn_output_signature=tf.float32)
    np.testing.assert_allclose(tf.vectorized_map(call, tensors), expected, rtol=1e-6)


# -- both -------------------------------------------------------------------------------------------------------------


def answer(loss, y_true, y_pred):
    """What a loss gives, or the text of its error."""
    try:
        return loss(y_true, y_pred).numpy().tolist()
    except ValueError as error:
        return str(error)


@each_loss
@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (2, 0, 3), (2, 3, 0)], ids=str)
def test_an_axis_of_size_0_means_the_same_in_both(name, shape):
    y_true = np.zeros(shape[:-1] if name in (*OF_CLASS_NUMBERS, "CTC") else shape, np.int32)
    y_pred = np.zeros(shape, np.float32)
    for arguments in ({}, {"from_logits": True}) if "Crossentropy" in name else ({},):
        ours, theirs = (getattr(package.losses, name)(reduction="none", **arguments) for package in (tfimpl, torchimpl))
        expected = answer(theirs, torch.tensor(y_true), torch.tensor(y_pred))
        assert repr(answer(ours, tf.constant(y_true), tf.constant(y_pred))) == repr(expected)  # NaN is not itself


@pytest.mark.parametrize(
    ("name", "y_true", "shape", "expected"),
    [
        ("CategoricalHinge", np.zeros((3, 0), np.float32), (3, 0), [0.0, 0.0, 0.0]),
        ("SparseCategoricalCrossentropy", np.zeros(0, np.int32), (0, 0), []),
    ],
)
def test_losses_of_no_classes_in_every_mode(name, y_true, shape, expected):
    arguments = {"from_logits": True} if name.startswith("Sparse") else {}
    ours, theirs = (getattr(package.losses, name)(reduction="none", **arguments) for package in (tfimpl, torchimpl))
    y_pred = np.zeros(shape, np.float32)
    for run in (ours, tf.function(ours), tf.function(ours, jit_compile=True)):
        assert run(tf.constant(y_true), tf.constant(y_pred)).numpy().tolist() == expected
    torch.compiler.reset()
    for run in (theirs, torch.compile(lambda *given: theirs(*given), fullgraph=True, backend="eager")):
        x = torch.tensor(y_pred, requires_grad=True)
        found = run(torch.tensor(y_true), x)
        assert found.tolist() == expected
        assert torch.autograd.grad(found.sum(), x)[0].shape == shape


LIBRARIES = pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
REDUCTIONS = pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"]
)


@LIBRARIES
def test_the_error_on_a_reduction_names_all_that_are_taken(library):
    with pytest.raises(ValueError, match=r"`reduction` must be one of .* Received: reduction='average'") as caught:
        library.losses.Huber(reduction="average")
    named = ast.literal_eval(re.search(r"one of (\[.*?\])", str(caught.value))[1])
    assert named == ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]
    kept = [library.losses.Huber(reduction=reduction).reduction for reduction in named]
    assert kept == ["sum_over_batch_size", "sum_over_batch_size", "sum", "mean_with_sample_weight", "none", "none"]


@LIBRARIES
@pytest.mark.parametrize("name", ["Huber", "MeanSquaredError", "CategoricalCrossentropy"])
def test_a_subclass_computes_by_its_own_call(library, name):
    class More:
        def call(self, y_true, y_pred):
            return super().call(y_true, y_pred) + 1.0

    given = getattr(library.losses, name)
    arguments = {"from_logits": True} if name == "CategoricalCrossentropy" else {}

    class Mine(More, given):
        pass

    mine, theirs = Mine(**arguments), given(**arguments)
    assert float(mine(ONE_HOT, SCORES)) == pytest.approx(float(theirs(ONE_HOT, SCORES)) + 1)


@LIBRARIES
def test_a_subclass_says_which_losses_count(library):
    class Small(library.losses.MeanSquaredError):
        def _counted(self, y_true, losses):
            return losses < 1

    assert float(Small()([[0.0], [0.0]], [[0.5], [5.0]])) == 0.25


def users_own(library, result):
    class Mine(library.losses.Loss):
        def call(self, y_true, y_pred):
            return result(y_true, y_pred)

    return Mine


def both(value):
    return np.asarray(value.detach() if isinstance(value, torch.Tensor) else value)


@LIBRARIES
@REDUCTIONS
@pytest.mark.parametrize("weight", [None, [1.0, 0.5]])
def test_losses_that_are_integers_are_taken_as_floats(library, reduction, weight):
    def wrong(y_true, y_pred):
        if library is torchimpl:
            return (y_true.argmax(-1) != y_pred.argmax(-1)).long()
        return tf.cast(tf.argmax(y_true, -1) != tf.argmax(y_pred, -1), tf.int64)

    given = [[0.0, 1.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]], weight
    ours = users_own(library, wrong)(reduction=reduction)(*given)
    values, weights = np.array([0.0, 1.0]), np.ones(2) if weight is None else np.array(weight)
    expected = {
        "sum_over_batch_size": np.mean(values * weights),
        "mean": np.mean(values * weights),
        "sum": np.sum(values * weights),
        "mean_with_sample_weight": np.sum(values * weights) / np.sum(weights),
        "none": values * weights,
    }
    np.testing.assert_allclose(both(ours), expected[reduction], rtol=1e-6)


@LIBRARIES
@REDUCTIONS
def test_losses_in_half_precision_do_not_overflow(library, reduction):
    half = torch.float16 if library is torchimpl else tf.float16

    def large(y_true, y_pred):
        return y_pred[:, 0].to(half) if library is torchimpl else tf.cast(y_pred[:, 0], half)

    given = np.full((1000, 1), 600, np.float32)
    loss = users_own(library, large)(reduction=reduction)
    for more in ({}, {"sample_weight": np.ones(1000, np.float32)}, {"mask": np.ones(1000, bool)}):
        expected = 600_000 if reduction == "sum" else 600
        np.testing.assert_allclose(both(loss(given, given, **more)), expected, rtol=1e-6)


@LIBRARIES
def test_losses_that_are_no_tensors_are_taken_as_such(library):
    for result, expected in ((0.5, 0.5), (np.array([0.25, 0.75]), 0.5), ([0.25, 0.75], 0.5)):
        loss = users_own(library, lambda y_true, y_pred, result=result: result)()
        assert float(loss([[0.0], [1.0]], [[0.0], [1.0]])) == expected


NUMBERS = {
    "losses.huber": ("delta", {}),
    "losses.tversky": ("beta", {}),
    "losses.binary_focal_crossentropy": ("gamma", {}),
    "losses.categorical_focal_crossentropy": ("alpha", {}),
    "metrics.binary_accuracy": ("threshold", {}),
    "activations.celu": ("alpha", {}),
    "activations.elu": ("alpha", {}),
    "activations.hard_shrink": ("threshold", {}),
    "activations.leaky_relu": ("negative_slope", {}),
    "activations.relu": ("negative_slope", {"threshold": 0.75}),
    "activations.soft_shrink": ("threshold", {}),
    "activations.squareplus": ("b", {}),
    "activations.threshold": ("default_value", {"threshold": 0.25}),
}


@LIBRARIES
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_may_be_of_any_type_and_size(library, name):
    family, _, function = name.partition(".")
    function, (argument, options) = getattr(getattr(library, family), function), NUMBERS[name]
    given = (SCORES,) if family == "activations" else (ONE_HOT, SCORES)
    for number, same in ((fractions.Fraction(1, 2), 0.5), (10**30, 1e30), (np.float32(0.5), 0.5)):
        found, expected = (both(function(*given, **options, **{argument: each})) for each in (number, same))
        np.testing.assert_array_equal(found, expected)


@LIBRARIES
def test_arguments_are_kept_as_plain_numbers(library):
    half = fractions.Fraction(1, 2)
    for loss in (
        library.losses.BinaryCrossentropy(label_smoothing=half),
        library.losses.CategoricalCrossentropy(label_smoothing=half),
        library.losses.CategoricalGeneralizedCrossEntropy(q=half),
        library.losses.Circle(gamma=10**30, margin=half),
        library.metrics.BinaryCrossentropy(label_smoothing=half),
    ):
        assert {type(number) for number in loss.get_config().values()} <= {str, float, bool, int, type(None)}
        assert 0.5 in loss.get_config().values()
        assert "Fraction" not in repr(vars(loss))


@LIBRARIES
def test_booleans_of_numpy_are_booleans(library):
    labels, scores = np.array([[0.0, 1.0]], np.float32), np.array([[-1.0, 2.0]], np.float32)
    for name in ("binary_crossentropy", "categorical_crossentropy", "binary_focal_crossentropy"):
        function = getattr(library.losses, name)
        for said in (True, False):
            found = function(labels, abs(scores), from_logits=np.bool(said))
            assert float(found[0]) == float(function(labels, abs(scores), from_logits=said)[0])
    loss = library.losses.BinaryCrossentropy(from_logits=scores.min() < 0)
    assert loss.from_logits is True
    assert json.loads(json.dumps(loss.get_config()))["from_logits"] is True
    assert float(library.activations.gelu(scores, approximate=np.True_)[0, 1]) == pytest.approx(1.9546, abs=1e-4)
    with pytest.raises(ValueError, match="must be True or False"):
        library.losses.BinaryCrossentropy(from_logits=1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor compiles C++")
def test_inductor_keeps_the_digits_of_small_losses():
    def run(p):
        return torchimpl.losses.categorical_generalized_cross_entropy(torch.zeros(64), p, q=0.5)

    # A few numbers alone would not be computed as a vector, and be right.
    p = torch.tensor([1 - 1e-4, 1 - 1e-6, 1 - 6e-8, 0.75]).repeat(16)[:, None]
    torch.testing.assert_close(torch.compile(run, fullgraph=True)(p), run(p), rtol=1e-6, atol=0)


@each_loss
def test_in_a_graph_of_tensorflow_1(name):
    """There `==` asks whether two tensors are one."""
    loss = getattr(tfimpl.losses, name)(**ARGUMENTS.get(name, {}), reduction="none")
    y_true, y_pred = (tf.constant(array) for array in given(name))
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        expected = loss(y_true, y_pred)
    expected = [expected, tape.gradient(expected, y_pred)]
    with tf.Graph().as_default():
        y_true, y_pred = (tf.constant(array) for array in given(name))
        losses = loss.call(y_true, y_pred)
        wanted = [losses, *tf.gradients(losses, y_pred)]
        with tf.compat.v1.Session() as session:
            found = session.run(wanted)
    for ours, eager in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, eager, rtol=1e-6, atol=1e-7)


def test_more_functions_can_be_captured_than_one_code_can_have_graphs():
    y_true, y_pred = torch.rand(4, 3), torch.rand(4, 3)
    torch.compiler.reset()
    names = [
        name for name in torchimpl.losses.family.functions if name.startswith(("binary", "h", "l", "m", "p", "sq"))
    ]
    assert len(names) > torch._dynamo.config.recompile_limit
    for name in names:
        function = getattr(torchimpl.losses, name)
        captured = torch.compile(function, fullgraph=True, backend="eager")
        torch.testing.assert_close(captured(y_true, y_pred), function(y_true, y_pred))


def test_one_label_is_left_out_by_the_kernel():
    """It must be one; that of PyTorch's own losses is -100, which people have."""
    labels, logits = torch.tensor([-(2**62), 0, 1]), torch.rand(3, 4)
    found = torchimpl.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    assert found[0] == 0
    assert torch.all(found[1:] > 0)


def test_a_label_that_is_nan_is_none_whatever_whole_number_a_processor_makes_of_it(monkeypatch):
    whole = torch.Tensor.long
    monkeypatch.setattr(torch.Tensor, "long", lambda x: whole(torch.nan_to_num(x) if x.is_floating_point() else x))
    labels, logits = torch.tensor([torch.nan, 0.0, 1.0]), torch.rand(3, 4)
    found = torchimpl.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    assert torch.isnan(found).tolist() == [True, False, False]
    assert torch.isnan(torchimpl.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits))


FOR_EACH = r"Expected shape \(4,\) \(one for each sample\)\. "
WEIGHED = [  # a class, the shapes of numbers and weights, what the error says, and the shape that it asks for
    ("MeanSquaredError", (4,), (4,), r"one number for the whole batch.*\(n,\) as \(n, 1\)", (4, 1)),
    ("BinaryCrossentropy", (4,), (4,), r"one number for the whole batch.*\(n,\) as \(n, 1\)", (4, 1)),
    ("MeanSquaredError", (4, 3), (4, 3), FOR_EACH + ".*last axis of size 1", (4, 3, 1)),
    ("BinaryCrossentropy", (4, 3), (3,), FOR_EACH + "Reshape it", None),
    ("MeanAbsoluteError", (4, 3, 2), (3,), r"\(4,\) \(one for each sample\) or \(4, 3\) \(one for each value\)", None),
]


@pytest.mark.parametrize(("name", "shape", "weighed", "says", "mended"), WEIGHED)
@pytest.mark.parametrize("library", [tfimpl, torchimpl])
def test_weights_that_do_not_fit_are_told_what_would(library, name, shape, weighed, says, mended):
    tensor = tf.constant if library is tfimpl else torch.tensor
    numbers, weights = (np.linspace(0.1, 0.9, np.prod(size)).reshape(size) for size in (shape, weighed))
    calls = (
        getattr(library.losses, name)(),
        lambda *given: getattr(library.metrics, name)().update_state(*given),
    )
    for call in calls:
        with pytest.raises(ValueError, match=f"^{name}: `sample_weight` of shape .*{says}"):
            call(tensor(numbers), tensor(numbers), tensor(weights))
        if mended:
            call(*[tensor(numbers.reshape(mended))] * 2, tensor(weights))
