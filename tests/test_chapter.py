"""The chapter as its readers write it: in Keras from top to bottom, and in PyTorch, with the same numbers."""

import copy
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")
pytest.importorskip("sklearn")

import torchimpl  # noqa: E402
from parity.tolerance import compare  # noqa: E402
from parity.walkthrough.data import diabetes  # noqa: E402
from tfimpl.custom import (  # noqa: E402
    HuberLoss,
    HuberMetric,
    MyL1Regularizer,
    create_huber,
    huber_fn,
    my_glorot_initializer,
    my_l1_regularizer,
    my_positive_weights,
    my_softplus,
)

# Keras 3.15 converts its variables in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

EPOCHS = 2
DATA = diabetes()


def agree(what, first, second):
    """Ten steps an epoch, four units a step, as in the walkthrough."""
    for one, other in zip(first, second, strict=True):
        expected = np.asarray(one, np.longdouble)
        compare(what, np.asarray(other, np.float32), expected, expected, dtype="float32", units=40 * EPOCHS)


def keras_model(**last):
    keras.utils.set_random_seed(42)
    return keras.models.Sequential(
        [
            keras.layers.Input((10,)),
            keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal"),
            keras.layers.Dense(1, **last),
        ]
    )


def fit(model):
    history = model.fit(DATA.x, DATA.y, batch_size=32, epochs=EPOCHS, shuffle=False, verbose=0).history
    metrics = [value for name, values in history.items() if name != "loss" for value in values]
    return [*history["loss"], *metrics]


def torch_fit(loss, metric=None, activation=None, initializer=None, regularizer=None, constraint=None):
    """What a PyTorch reader writes in place of compile and fit: the same seed, the same order of batches."""
    torchimpl.set_random_seed(42)
    net = torch.nn.Sequential(torch.nn.Linear(10, 30), torch.nn.ReLU(), torch.nn.Linear(30, 1))
    initializers = torchimpl.initializers.HeNormal(), initializer or torchimpl.initializers.GlorotUniform()
    for layer, initial in zip((net[0], net[2]), initializers, strict=True):
        layer.weight.data = initial(layer.weight.shape, layout="torch")
        layer.bias.data.zero_()
    weight = net[2].weight
    optimizer = torch.optim.NAdam(net.parameters(), lr=1e-3, momentum_decay=1.0, eps=1e-7)
    losses, metrics = [], []
    for _ in range(EPOCHS):
        total = 0.0
        if metric is not None:
            metric.reset_state()
        for x, y in zip(torch.from_numpy(DATA.x).split(32), torch.from_numpy(DATA.y).split(32), strict=True):
            optimizer.zero_grad()
            y_pred = net(x) if activation is None else activation(net(x))
            value = loss(y, y_pred).mean() + (0 if regularizer is None else regularizer(weight))
            value.backward()
            optimizer.step()
            if constraint is not None:
                weight.data = constraint(weight.data)
            if metric is not None:
                metric.update_state(y, y_pred)
            total += value.item() * len(x)
        losses.append(total / len(DATA.x))
        if metric is not None:
            metrics.append(metric.result().item())
    return losses + metrics


def test_the_chapter_from_top_to_bottom(tmp_path):
    ours = torchimpl.custom

    # A loss of one's own: saved by its name.
    model = keras_model()
    model.compile(loss=huber_fn, optimizer="nadam")
    agree("huber_fn", fit(model), torch_fit(ours.huber_fn))
    model.save(tmp_path / "my_model_with_a_custom_loss.keras")
    with pytest.raises(TypeError, match="huber_fn"):
        keras.models.load_model(tmp_path / "my_model_with_a_custom_loss.keras")
    model = keras.models.load_model(
        tmp_path / "my_model_with_a_custom_loss.keras", custom_objects={"huber_fn": huber_fn}
    )
    assert model.loss is huber_fn
    fit(model)

    # With a threshold, which the file does not keep.
    model = keras_model()
    model.compile(loss=create_huber(2.0), optimizer="nadam")
    agree("create_huber(2.0)", fit(model), torch_fit(ours.create_huber(2.0)))
    model.save(tmp_path / "my_model_with_a_custom_loss_threshold_2.keras")
    twos, ones = (
        keras.models.load_model(
            tmp_path / "my_model_with_a_custom_loss_threshold_2.keras", custom_objects={"huber_fn": given}
        )
        for given in (create_huber(2.0), huber_fn)
    )
    assert [float(loaded.loss([[0.0]], [[3.0]])[0, 0]) for loaded in (twos, ones)] == [4.0, 2.5]

    # A class, which keeps it; named as in the chapter, or found by itself.
    model = keras_model()
    model.compile(loss=HuberLoss(2.0), optimizer="nadam")
    agree("HuberLoss(2.)", fit(model), torch_fit(ours.HuberLoss(2.0)))
    model.save(tmp_path / "my_model_with_a_custom_loss_class.keras")
    for given in ({"HuberLoss": HuberLoss}, None):
        model = keras.models.load_model(tmp_path / "my_model_with_a_custom_loss_class.keras", custom_objects=given)
        assert type(model.loss) is HuberLoss
        assert model.loss.threshold == 2.0
    fit(model)

    # A layer with an activation, an initializer, a regularizer and a constraint of one's own.
    model = keras_model(
        activation=my_softplus,
        kernel_initializer=my_glorot_initializer,
        kernel_regularizer=my_l1_regularizer,
        kernel_constraint=my_positive_weights,
    )
    model.compile(loss=huber_fn, optimizer="nadam")
    reader = torch_fit(
        ours.huber_fn,
        None,
        ours.my_softplus,
        ours.my_glorot_initializer,
        ours.my_l1_regularizer,
        ours.my_positive_weights,
    )
    agree("a layer of one's own", fit(model), reader)
    assert model.layers[-1].kernel.numpy().min() == 0
    model.save(tmp_path / "my_model_with_many_custom_parts.keras")
    functions = (my_softplus, my_glorot_initializer, my_l1_regularizer, my_positive_weights, huber_fn)
    model = keras.models.load_model(
        tmp_path / "my_model_with_many_custom_parts.keras", custom_objects={item.__name__: item for item in functions}
    )
    assert model.layers[-1].activation is my_softplus

    # A regularizer and a streaming metric that keep their arguments.
    model = keras_model(kernel_regularizer=MyL1Regularizer(0.05))
    model.compile(loss="mse", optimizer="nadam", metrics=[HuberMetric(2.0)])
    reader = torch_fit(
        torchimpl.losses.MeanSquaredError(), ours.HuberMetric(2.0), regularizer=ours.MyL1Regularizer(0.05)
    )
    agree("HuberMetric(2.)", fit(model), reader)
    model.save(tmp_path / "my_model_with_a_custom_metric.keras")
    model = keras.models.load_model(tmp_path / "my_model_with_a_custom_metric.keras")
    assert model.layers[-1].kernel_regularizer.factor == 0.05
    model.evaluate(DATA.x, DATA.y, verbose=0)
    (metric,) = model.metrics[1].metrics
    assert type(metric) is HuberMetric
    assert metric.threshold == 2.0

    # A function as a metric.
    model = keras_model()
    model.compile(loss="mse", optimizer="nadam", metrics=[create_huber(2.0)])
    reader = torch_fit(torchimpl.losses.MeanSquaredError(), torchimpl.metrics.MeanMetricWrapper(ours.create_huber(2.0)))
    agree("metrics=[create_huber(2.0)]", fit(model), reader)


def test_an_initializer_that_is_a_function_gives_the_same_in_both_after_one_seed():
    keras.utils.set_random_seed(7)
    first = [my_glorot_initializer((4, 3)).numpy() for _ in range(2)]
    torchimpl.set_random_seed(7)
    second = [torchimpl.custom.my_glorot_initializer((3, 4), layout="torch").numpy().T for _ in range(2)]
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(*first)
    torchimpl.set_random_seed(7)
    large = torchimpl.custom.my_glorot_initializer((300, 200)).numpy()
    assert large.std() == pytest.approx(np.sqrt(2 / 500), rel=0.01)
    assert np.abs(large).max() > 3 * np.sqrt(2 / 500)  # not cut at two standard deviations


def test_pytorch_objects_are_copied_and_pickled():
    for item in (torchimpl.custom.HuberLoss(2.0), torchimpl.custom.HuberMetric(2.0)):
        for twin in (copy.deepcopy(item), pickle.loads(pickle.dumps(item))):
            assert twin.threshold == 2.0
            assert twin([[0.0]], [[3.0]]).item() == 4.0


def test_a_metric_moves_between_the_frameworks_in_the_middle_of_a_stream():
    begun = HuberMetric(2.0)
    begun.update_state([[0.0], [0.0]], [[1.0], [3.0]], sample_weight=[1.0, 3.0])
    heir = torchimpl.custom.HuberMetric(2.0)
    heir.set_state(begun.get_state())
    heir.update_state([[1.0]], [[1.0]])
    assert heir.result().item() == (0.5 + 3 * 4.0) / 5
