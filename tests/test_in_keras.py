"""tfimpl inside Keras: compile, fit, save, load without custom_objects, masks, distribution."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

X = np.linspace(-1, 1, 64, dtype=np.float32).reshape(16, 4)
LOSSES = [tfimpl.losses.Huber(0.5), tfimpl.losses.MeanSquaredError(reduction="sum"), tfimpl.losses.huber]


def metrics():
    return [
        tfimpl.metrics.Precision(thresholds=[0.25, 0.75]),
        tfimpl.metrics.AUC(num_thresholds=20),
        tfimpl.metrics.MeanMetricWrapper(tfimpl.losses.huber, delta=0.5),
    ]


def model(loss, run_eagerly=False):
    keras.utils.set_random_seed(1)
    made = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(
                3,
                activation=tfimpl.activations.elu,
                kernel_initializer=tfimpl.initializers.HeNormal(seed=3),
                kernel_regularizer=tfimpl.regularizers.L1(0.3),
                kernel_constraint=tfimpl.constraints.MaxNorm(1.5),
            ),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    made.compile(optimizer="sgd", loss=loss, metrics=metrics(), run_eagerly=run_eagerly)
    return made


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: getattr(loss, "name", "function"))
def test_a_model_trains_saves_and_loads_without_custom_objects(loss, tmp_path):
    y = (X[:, :1] > 0).astype(np.float32)
    before = model(loss)
    before.fit(X, y, epochs=2, verbose=0, sample_weight=np.linspace(0, 2, 16, dtype=np.float32))
    path = tmp_path / "model.keras"
    before.save(path)
    after = keras.saving.load_model(path)
    for one, other in zip(before.evaluate(X, y, verbose=0), after.evaluate(X, y, verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)
    layer = after.layers[0]
    assert type(layer.kernel_regularizer) is tfimpl.regularizers.L1
    assert layer.kernel_regularizer.get_config() == {"l1": 0.3}
    assert type(layer.kernel_constraint) is tfimpl.constraints.MaxNorm
    assert type(layer.kernel_initializer) is tfimpl.initializers.HeNormal
    assert layer.activation is tfimpl.activations.elu
    if isinstance(loss, tfimpl.losses.Loss):
        assert after.loss.get_config() == loss.get_config()


def test_eager_and_graph_training_agree():
    y = (X[:, :1] > 0).astype(np.float32)
    weights = []
    for eagerly in (True, False):
        made = model(tfimpl.losses.BinaryCrossentropy(), eagerly)
        made.fit(X, y, epochs=2, batch_size=5, shuffle=False, verbose=0)
        weights.append(made.get_weights())
    for first, second in zip(*weights, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-7)


def test_a_mask_of_a_layer_is_honoured():
    sequence = np.ones((2, 3, 1), np.float32)
    sequence[0, 1:] = 0
    made = keras.Sequential([keras.layers.Input((3, 1)), keras.layers.Masking(), keras.layers.Dense(1, use_bias=False)])
    made.set_weights([np.full((1, 1), 2.0, np.float32)])
    made.compile(loss=tfimpl.losses.MeanSquaredError(), optimizer="sgd")
    y = np.full((2, 3, 1), 5.0, np.float32)
    # Four of six steps count: (5 - 2)**2 for each.
    assert made.evaluate(sequence, y, verbose=0) == pytest.approx(9.0)


def test_stateless_use():
    metric = tfimpl.metrics.Mean()
    state = metric.stateless_update_state([v.value for v in metric.variables], tf.constant([1.0, 3.0]))
    assert float(metric.stateless_result(state)) == 2.0
    assert float(metric.result()) == 0.0


def test_no_retracing():
    loss, traces = tfimpl.losses.Huber(), []

    @tf.function
    def run(y_true, y_pred):
        traces.append(1)
        return loss(y_true, y_pred)

    for value in (1.0, 2.0, 3.0):
        run(tf.constant([[value]]), tf.constant([[0.0]]))
    assert len(traces) == 1


def test_a_graph_of_unknown_batch_size():
    @tf.function(input_signature=[tf.TensorSpec((None, 1)), tf.TensorSpec((None,)), tf.TensorSpec((None,))])
    def run(y_true, y_pred, weight):
        return tfimpl.losses.MeanSquaredError()(y_true, y_pred, sample_weight=weight)

    assert float(run(tf.zeros((4, 1)), tf.ones(4), tf.constant([1.0, 0.0, 2.0, 1.0]))) == 1.0


def test_a_mean_under_a_strategy_is_divided_by_the_replicas():
    code = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras, tfimpl
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    metric = tfimpl.metrics.Mean()
losses = [tfimpl.losses.MeanSquaredError(), keras.losses.MeanSquaredError(), tfimpl.losses.Dice()]
def step():
    metric.update_state(tf.constant([1.0, 3.0]))
    return [loss(tf.constant([[0.0]]), tf.constant([[2.0]])) for loss in losses]
ours, theirs, of_a_batch = strategy.run(tf.function(step))
assert [float(x) for x in strategy.experimental_local_results(ours)] == [2.0, 2.0]
assert [float(x) for x in strategy.experimental_local_results(theirs)] == [2.0, 2.0]
assert [float(x) for x in strategy.experimental_local_results(of_a_batch)] == [0.5, 0.5]
assert float(metric.result()) == 2.0 and float(metric.get_state()["count"]) == 4.0
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_registered_names_carry_the_family():
    assert keras.saving.get_registered_name(tfimpl.losses.Huber) == "tfimpl.losses>Huber"
    assert keras.saving.get_registered_name(tfimpl.activations.relu) == "tfimpl.activations>relu"


def test_keras_reads_our_loss_as_what_keras_would_have_lost():
    text = json.dumps(keras.losses.serialize(tfimpl.losses.Huber(0.25, dtype="float64")))
    revived = keras.losses.deserialize(json.loads(text))
    assert revived.get_config() == tfimpl.losses.Huber(0.25, dtype="float64").get_config()


@pytest.mark.parametrize("compiled", [False, True])
def test_an_empty_batch_in_a_graph(compiled):
    metric = tfimpl.metrics.AUC()
    tf.function(metric.update_state, jit_compile=compiled)(tf.zeros((0, 3)), tf.zeros((0, 3)))
    assert float(metric.result()) == 0.0


def test_a_mask_and_weights_in_a_metric():
    y_pred = tf.constant([[[1.0], [9.0]], [[2.0], [3.0]]])
    y_pred._keras_mask = tf.constant([[True, False], [True, True]])
    metric = tfimpl.metrics.MeanMetricWrapper(tfimpl.losses.mean_squared_error)
    metric.update_state(tf.zeros((2, 2, 1)), y_pred, sample_weight=[2.0, 1.0])
    # (2 * 1 + 1 * 4 + 1 * 9) / (2 + 1 + 1): the 9 is masked.
    assert float(metric.result()) == 3.75


def test_a_users_function_in_a_saved_metric(tmp_path):
    @keras.saving.register_keras_serializable("app")
    def doubled(y_true, y_pred):
        return 2 * tfimpl.losses.mean_squared_error(y_true, y_pred)

    def tripled(y_true, y_pred):
        return 3 * tfimpl.losses.mean_squared_error(y_true, y_pred)

    made = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    wrapped = [tfimpl.metrics.MeanMetricWrapper(fn, name=fn.__name__) for fn in (doubled, tripled)]
    made.compile(loss="mse", optimizer="sgd", metrics=wrapped)
    made.fit(X, X[:, :1], verbose=0)
    made.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras", custom_objects={"tripled": tripled})
    np.testing.assert_array_equal(made.evaluate(X, X[:, :1], verbose=0), again.evaluate(X, X[:, :1], verbose=0))


def test_a_graph_refuses_at_run_time_what_it_could_not_see():
    loss = tfimpl.losses.MeanSquaredError()
    spec = [tf.TensorSpec((None, 3)), tf.TensorSpec((None, 3)), tf.TensorSpec((None,))]
    run = tf.function(lambda y_true, y_pred, weight: loss(y_true, y_pred, weight), input_signature=spec)
    assert float(run(tf.zeros((2, 3)), tf.ones((2, 3)), tf.ones(2))) == 1.0
    for sizes in ((1, 4, 4), (4, 4, 2)):
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(*(tf.ones((size, 3)) for size in sizes[:2]), tf.ones(sizes[2]))


def test_a_graph_that_does_not_know_the_classes():
    spec = [tf.TensorSpec((None, None)), tf.TensorSpec((None, None))]
    y_true, y_pred = tf.constant([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), tf.constant([[0.9, 0.2, 0.4], [0.3, 0.6, 0.7]])
    for make in (
        lambda: tfimpl.metrics.Precision(top_k=1),
        lambda: tfimpl.metrics.Precision(class_id=1),
        lambda: tfimpl.metrics.AUC(multi_label=True, num_labels=3),
        lambda: tfimpl.metrics.AUC(label_weights=[1.0, 2.0, 3.0]),
    ):
        metric, eager = make(), make()
        tf.function(metric.update_state, input_signature=spec)(y_true, y_pred)
        eager.update_state(y_true, y_pred)
        assert float(metric.result()) == float(eager.result())
    with pytest.raises(ValueError, match="needs num_labels"):
        tf.function(tfimpl.metrics.AUC(multi_label=True).update_state, input_signature=spec)(y_true, y_pred)


def test_slashes_part_the_name_of_a_metric_as_tensorboard_groups_them(tmp_path):
    made = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    made.compile(loss="mse", metrics=[tfimpl.metrics.Precision(name="train/precision"), "mae"])
    kept = made.fit(X, np.ones((16, 1)), verbose=0).history
    made.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    again = loaded.evaluate(X, np.ones((16, 1)), verbose=0, return_dict=True)
    assert "train/precision" in kept
    assert again == made.evaluate(X, np.ones((16, 1)), verbose=0, return_dict=True)


def test_numbers_keep_their_digits():
    assert float(tfimpl.losses.Huber(dtype="float64", delta=10.0)([[0.0]], [[0.1]])) == 0.5 * 0.1 * 0.1


def test_a_metric_made_of_metrics():
    class Both(tfimpl.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.one = tfimpl.metrics.Precision()
            self.add_weight(name="batches", initializer="zeros")

        def update_state(self, y_true, y_pred):
            self.one.update_state(y_true, y_pred)
            self.batches.assign_add(1.0)

        def result(self):
            return self.one.result()

    metric, other = Both(), Both()
    metric.update_state([1.0, 0.0], [0.9, 0.9])
    other.set_state(metric.get_state())
    other.merge_state([metric])
    assert float(other.get_state()["one.true_positives"][0]) == 2.0
    assert float(other.get_state()["batches"]) == 2.0
    metric.reset_state()
    assert not any(value.any() for value in metric.get_state().values())
