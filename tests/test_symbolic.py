"""tfimpl's functions as steps of functional models of Keras, beside which they are called plainly."""

import inspect
import json

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
from tfimpl._symbolic import FUNCTIONS, FunctionCall  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

X = np.linspace(-3, 4, 24, dtype=np.float32).reshape(6, 4)
ACTIVATIONS = {name: {} for name in tfimpl.activations.family.objects} | {
    "celu": {"alpha": 0.5},
    "elu": {"alpha": 0.5},
    "gelu": {"approximate": True},
    "glu": {"axis": -1},
    "hard_shrink": {"threshold": 0.25},
    "leaky_relu": {"negative_slope": np.float32(0.5)},
    "log_softmax": {"axis": [1]},
    "relu": {"negative_slope": 0.25, "max_value": 2.0, "threshold": 0.5},
    "soft_shrink": {"threshold": 0.25},
    "softmax": {"axis": (-1,)},
    "squareplus": {"b": 2},
    "threshold": {"threshold": 0.5, "default_value": 0.25},
}
SCORES = keras.ops.convert_to_numpy(keras.activations.softmax(X))
OTHERS = np.roll(SCORES, 1, axis=0)
LABELS = np.array([0, 1, 2, 3, 0, 1], np.int32)
SEQUENCES = np.linspace(-1, 1, 90, dtype=np.float32).reshape(6, 5, 3)
OF_LABELS = {
    "categorical_generalized_cross_entropy": {"q": 0.75},
    "circle": {"ref_labels": None, "ref_embeddings": None, "remove_diagonal": False, "gamma": 2.0},
    "sparse_categorical_accuracy": {},
    "sparse_categorical_crossentropy": {"from_logits": True, "ignore_class": 1},
    "sparse_top_k_categorical_accuracy": {"k": 2, "from_sorted_ids": True},
}
OPTIONS = {
    "binary_accuracy": {"threshold": 0.25},
    "binary_crossentropy": {"from_logits": False, "label_smoothing": 0.25},
    "categorical_focal_crossentropy": {"alpha": [0.25, 0.5, 0.75, 1.0]},
    "cosine_similarity": {"axis": 1},
    "dice": {"axis": (1,)},
    "huber": {"delta": 0.125},
    "tversky": {"alpha": 0.25, "beta": 0.75, "axis": 1},
}
PAIRS = [
    *(f"losses.{name}" for name in tfimpl.losses.family.functions),
    *(f"metrics.{name}" for name in tfimpl.metrics.family.objects if name in tfimpl.metrics.family.functions),
]
OBJECTS = [
    tfimpl.regularizers.L1(0.25),
    tfimpl.regularizers.L2(0.25),
    tfimpl.regularizers.L1L2(0.25, 0.5),
    tfimpl.regularizers.OrthogonalRegularizer(0.25, mode="columns"),
]


def pair(name):
    """Two batches for a function of targets and predictions, and its arguments."""
    if name == "ctc":
        return np.tile(np.array([1, 2], np.int32), (6, 1)), SEQUENCES, {}
    if name in OF_LABELS:
        return LABELS, SCORES, OF_LABELS[name]
    return OTHERS, SCORES, OPTIONS.get(name, {})


def saved(model, path):
    """A model after it was saved and loaded, as a user of another process would load it."""
    model.save(path / "model.keras")
    again = keras.saving.load_model(path / "model.keras")
    assert json.dumps(again.get_config()) == json.dumps(model.get_config())
    return again


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_a_step_of_a_model(name, tmp_path):
    function, options, i = getattr(tfimpl.activations, name), ACTIVATIONS[name], keras.Input((4,))
    expected = function(tf.constant(X), **options)
    output = function(i, **options)
    assert output.shape == (None, *expected.shape[1:])
    assert output.dtype == expected.dtype.name
    model = keras.Model(i, output)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-6, atol=1e-7)
    for made in (model, saved(model, tmp_path), keras.models.clone_model(model)):
        np.testing.assert_array_equal(made(X), expected)


@pytest.mark.parametrize("name", PAIRS)
def test_a_function_of_two_is_a_step_of_a_model(name, tmp_path):
    family, _, title = name.partition(".")
    function = getattr(getattr(tfimpl, family), title)
    y_true, y_pred, options = pair(title)
    expected = function(tf.constant(y_true), tf.constant(y_pred), **options)
    one, two = (keras.Input(batch.shape[1:], dtype=batch.dtype.name) for batch in (y_true, y_pred))
    output = function(one, two, *options.values())
    assert output.shape == (None, *expected.shape[1:])
    assert output.dtype == expected.dtype.name
    model = saved(keras.Model([one, two], output), tmp_path)
    np.testing.assert_array_equal(model([y_true, y_pred]), expected)
    # By keyword, and the targets being known.
    model = saved(keras.Model(two, function(y_pred=two, y_true=y_true, **options)), tmp_path)
    np.testing.assert_array_equal(model(y_pred), expected)


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: type(item).__name__)
def test_a_regularizer_is_a_step_of_a_model(item, tmp_path):
    i = keras.Input((4,))
    output = item(i)
    assert output.shape == ()
    for model in (keras.Model(i, output), saved(keras.Model(i, output), tmp_path)):
        np.testing.assert_allclose(model(X), item(X), rtol=1e-6)


@pytest.mark.parametrize(
    "loss",
    [tfimpl.losses.Huber(0.125), tfimpl.losses.Huber(0.125, reduction="none"), tfimpl.custom.HuberLoss(0.125)],
    ids=("mean", "none", "chapter"),
)
def test_a_loss_is_a_step_of_a_model(loss, tmp_path):
    i = keras.Input((4,))
    weights = np.arange(6, dtype=np.float32)
    for model in (keras.Model(i, loss(OTHERS, i, weights)), keras.Model(i, loss(OTHERS, i, sample_weight=weights))):
        for made in (model, saved(model, tmp_path)):
            np.testing.assert_allclose(made(SCORES), loss(OTHERS, SCORES, weights), rtol=1e-6)


def test_a_loss_finds_the_mask_of_a_layer():
    i, loss = keras.Input((5, 3)), tfimpl.losses.MeanSquaredError(reduction="sum")
    model = keras.Model(i, loss(np.ones((1, 5, 3), np.float32), keras.layers.Masking()(i)))
    batch = np.full((1, 5, 3), 3, np.float32)
    batch[:, 2:] = 0
    assert float(model(batch)) == 8.0


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_a_model_with_such_steps_trains(policy, tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        keras.utils.set_random_seed(1)
        i = keras.Input((4,))
        hidden = tfimpl.activations.elu(keras.layers.Dense(8)(i), alpha=0.5)
        model = keras.Model(i, tfimpl.activations.softmax(keras.layers.Dense(4)(hidden)))
        assert model.output.dtype == keras.config.dtype_policy().compute_dtype
        model.compile("sgd", tfimpl.losses.CategoricalCrossentropy())
        losses = model.fit(X, OTHERS, epochs=3, batch_size=4, verbose=0).history["loss"]
        assert losses[0] > losses[-1]
        again = saved(model, tmp_path)
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
        again.fit(X, OTHERS, verbose=0)
    finally:
        keras.config.set_dtype_policy(before)


def test_it_trains_as_the_activation_of_a_layer():
    def trained(build):
        keras.utils.set_random_seed(1)
        i = keras.Input((4,))
        model = keras.Model(i, build(i))
        model.compile("sgd", "mse")
        model.fit(X, OTHERS, epochs=2, shuffle=False, verbose=0)
        return model.get_weights()

    steps = trained(lambda i: tfimpl.activations.silu(keras.layers.Dense(4)(i)))
    layers = trained(lambda i: keras.layers.Dense(4, tfimpl.activations.silu)(i))
    for step, layer in zip(steps, layers, strict=True):
        np.testing.assert_allclose(step, layer, rtol=1e-6)


def test_steps_are_named_as_keras_names_its_own():
    i = keras.Input((4,))
    x = keras.layers.Dense(3)(i)
    model = keras.Model(i, [tfimpl.activations.relu6(x), keras.activations.relu6(x), tfimpl.activations.relu6(x)])
    names = [item.name for item in model.operations[2:]]
    assert len({*names}) == 3
    assert all(name.startswith("relu6") for name in names)


def test_what_is_wrong_is_the_same_error_as_in_a_plain_call():
    i = keras.Input((4,))
    calls = [
        lambda x: tfimpl.activations.elu(x, alpha="1"),
        lambda x: tfimpl.activations.softmax(x, axis=3),
        lambda x: tfimpl.losses.huber(x, x[:, :3]),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="Received") as plain:
            call(tf.constant(X[:2]))
        with pytest.raises(ValueError, match="Received") as symbolic:
            call(i)
        assert str(symbolic.value) == str(plain.value).replace("(2, ", "(None, ")
    with pytest.raises(ValueError, match=r"argument `function` must be one of .* Received: function='os\.system'"):
        FunctionCall("os.system")


def test_every_public_function_that_keras_computes_is_one():
    found = {
        f"{family}.{name}": item
        for family in ("activations", "losses", "metrics")
        for name, item in getattr(tfimpl, family).family.objects.items()
        if inspect.isfunction(item) and name != "linear"
    }
    classes = {"losses.Loss", *(f"regularizers.{name}" for name in tfimpl.regularizers.family.objects)}
    assert {*FUNCTIONS} == {*found} | classes
    for name, item in found.items():
        assert item.__wrapped__ is FUNCTIONS[name]


@pytest.mark.parametrize("autograph", [True, False])
@pytest.mark.parametrize("name", ["activations.elu", "losses.huber"])
def test_a_plain_call_is_traced_once_however_it_is_written(name, autograph):
    family, _, title = name.partition(".")
    function = getattr(getattr(tfimpl, family), title)
    given, (*_, option) = [tf.constant(X)] * (2 if family == "losses" else 1), inspect.signature(function).parameters
    compiled = tf.function(function, autograph=autograph)
    expected = function(*given, 0.5)
    for value in (compiled(*given, 0.5), compiled(*given, **{option: 0.5})):
        np.testing.assert_allclose(value, expected, rtol=1e-6)
    assert compiled.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("name", ["glu", "log_softmax", "softmax", "sparsemax"])
def test_a_rank_that_a_graph_does_not_know(name):
    function = getattr(tfimpl.activations, name)
    for axis in (0, 1, -1, (0, 1)):
        if axis == (0, 1) and name in ("glu", "sparsemax"):
            continue
        graph = tf.function(lambda x, axis=axis: function(x, axis), [tf.TensorSpec(None)], autograph=False)
        np.testing.assert_allclose(graph(X), function(X, axis), rtol=1e-6, atol=1e-7)


RAGGED, SPARSE = tf.ragged.constant([[1.0, -2.0], [3.0]]), tf.sparse.from_dense([[1.0, 0.0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda x: tfimpl.activations.relu(x),
        lambda x: tfimpl.losses.huber(x, x),
        lambda x: tfimpl.losses.Huber()(x, x),
        lambda x: tfimpl.metrics.MeanSquaredError()(x, x),
        lambda x: tfimpl.regularizers.L2()(x),
        lambda x: tfimpl.constraints.NonNeg()(x),
        tf.function(tfimpl.activations.relu, autograph=False),
    ],
    ids=("activation", "loss", "object", "metric", "regularizer", "constraint", "graph"),
)
def test_what_is_not_dense_is_an_error_that_says_what_to_do(call):
    with pytest.raises(ValueError, match=r"RaggedTensor of shape \(2, None\)\. .*tf\.ragged\.map_flat_values"):
        call(RAGGED)
    with pytest.raises(ValueError, match=r"SparseTensor of shape \(1, 2\)\. .*tf\.sparse\.to_dense"):
        call(SPARSE)


def test_what_to_do_with_what_is_not_dense():
    relu = tfimpl.activations.relu
    assert tf.ragged.map_flat_values(relu, RAGGED).to_list() == [[1.0, 0.0], [3.0]]
    assert relu(tf.sparse.to_dense(SPARSE)).numpy().tolist() == [[1.0, 0.0]]
    with pytest.raises(ValueError, match=r"SparseTensor of shape \(None, 4\)"):
        relu(keras.Input((4,), sparse=True))
