"""Metrics as PyTorch's and Keras's users use them: exported, pickled, mirrored, without state."""

import copy
import functools
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from parity.registry import entries  # noqa: E402

LABELS = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]
SCORES = [0.75, 0.5, 0.25, 0.875, 0.125, 0.75, 0.625]
MAKERS = {
    "AUC": lambda lib: lib.metrics.AUC(curve="PR"),
    "BinaryAccuracy": lambda lib: lib.metrics.BinaryAccuracy(threshold=0.25),
    "BinaryCrossentropy": lambda lib: lib.metrics.BinaryCrossentropy(label_smoothing=0.5),
    "Precision": lambda lib: lib.metrics.Precision(thresholds=[0.75, 0.25]),
    "PrecisionAtRecall": lambda lib: lib.metrics.PrecisionAtRecall(0.75),
    "TrueNegatives": lambda lib: lib.metrics.TrueNegatives(),
}
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


late = pytest.mark.parametrize(
    "make",
    [
        lambda lib: lib.metrics.R2Score(),
        lambda lib: lib.metrics.F1Score(),
        lambda lib: lib.metrics.FBetaScore(threshold=0.5),
        lambda lib: lib.metrics.AUC(multi_label=True),
    ],
)
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="inductor compiles C++")
libraries = pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])


def feed(metric, start=0, stop=7):
    columns = [[[number] for number in numbers[start:stop]] for numbers in (LABELS, SCORES)]
    metric.update_state(*columns)
    return metric


def result(metric):
    return np.asarray(metric.result())


@each
@libraries
def test_a_copy_and_a_pickle_go_on_with_the_stream(make, library):
    metric = feed(make(library), 0, 4)
    for heir in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        assert np.array_equal(result(feed(heir, 4)), result(feed(make(library))))
    assert np.array_equal(result(metric), result(feed(make(library), 0, 4)))


def test_a_pickle_keeps_a_function_of_ones_own():
    metric = feed(tfimpl.metrics.MeanMetricWrapper(keras.losses.binary_crossentropy, name="mine"))
    heir = pickle.loads(pickle.dumps(metric))
    assert (heir.name, heir.fn) == ("mine", metric.fn)
    assert np.array_equal(result(heir), result(metric))


@each
def test_update_and_result_can_be_exported_for_any_batch_size(make):
    class Step(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.metric = make(torchimpl)

        def forward(self, y_true, y_pred):
            self.metric.update_state(y_true, y_pred)
            return self.metric.result()

    y_true, y_pred = (torch.tensor(numbers)[:, None] for numbers in (LABELS, SCORES))
    sizes = {0: torch.export.Dim("batch", min=2)}
    step = torch.export.export(Step(), (y_true[:4], y_pred[:4]), dynamic_shapes=(sizes, sizes)).module()
    step(y_true[:4], y_pred[:4])
    assert torch.equal(step(y_true[4:], y_pred[4:]), feed(make(torchimpl)).result())


@each
def test_states_stay_out_of_state_dict_on_request(make):
    metric = make(torchimpl)
    assert list(metric.state_dict()) == list(metric.get_state())  # and no thresholds
    assert torch.nn.ModuleList([metric])[0].persistent(False) is metric
    assert not metric.state_dict()
    assert metric.get_state()
    assert list(metric.persistent().state_dict()) == list(metric.get_state())


def test_states_made_at_the_first_batch_are_loaded():
    metric, heir = (torchimpl.metrics.AUC(multi_label=True) for _ in range(2))
    metric.update_state([[1.0, 0.0], [0.0, 1.0]], [[0.75, 0.5], [0.25, 0.875]])
    torch.nn.ModuleList([heir]).load_state_dict(torch.nn.ModuleList([metric]).state_dict())
    assert torch.equal(heir.result(), metric.result())


LATE = {
    "AUC": lambda lib: lib.metrics.AUC(multi_label=True),
    "F1Score": lambda lib: lib.metrics.F1Score(),
    "FBetaScore": lambda lib: lib.metrics.FBetaScore("macro", threshold=0.5),
    "R2Score": lambda lib: lib.metrics.R2Score(None),
}
each_late = pytest.mark.parametrize("make", LATE.values(), ids=LATE)


def is_new(metric, make, library):
    assert not metric.get_state()
    assert not metric.variables
    assert np.asarray(metric.result()).shape == np.asarray(make(library).result()).shape == ()
    other = make(library)
    for item in (metric, other):
        item.update_state(np.eye(3), np.eye(3)[[0, 2, 2]])
    assert np.array_equal(result(metric), result(other))
    return True


@each_late
@libraries
def test_the_states_of_before_the_first_batch_make_a_metric_as_new(library, make):
    metric = make(library)
    metric.update_state(np.eye(2), np.eye(2)[::-1])
    state = metric.get_state()
    with pytest.raises(ValueError, match="set_state: expected states of shapes"):
        metric.set_state(dict(list(state.items())[1:]))
    metric.set_state(make(library).get_state())
    assert is_new(metric, make, library)


@each_late
@pytest.mark.parametrize("assign", [False, True])
def test_a_checkpoint_of_before_the_first_batch_makes_a_metric_as_new(make, assign):
    new, metric = make(torchimpl), make(torchimpl)
    new, model = (torch.nn.ModuleDict({"one": torch.nn.Linear(1, 1), "two": item}) for item in (new, metric))
    for load in (
        lambda: model.load_state_dict(new.state_dict(), assign=assign),
        lambda: metric.load_state_dict(make(torchimpl).state_dict(), assign=assign),
        lambda: metric.load_state_dict({}, assign=assign),
    ):
        metric.update_state(np.eye(3), np.eye(3)[::-1])
        load()
        assert is_new(metric, make, torchimpl)
    kept = metric.state_dict()
    kept.popitem()
    with pytest.raises(RuntimeError, match="Missing key"):
        metric.load_state_dict(kept, assign=assign)
    metric.persistent(False).load_state_dict({}, assign=assign)
    assert metric.get_state()


@libraries
@pytest.mark.parametrize("make", [lambda lib: lib.metrics.Mean(), lambda lib: lib.metrics.F1Score("micro")])
def test_states_that_are_there_from_the_beginning_must_be_given(library, make):
    with pytest.raises(ValueError, match="set_state: expected states of shapes"):
        make(library).set_state({})
    if library is torchimpl:
        with pytest.raises(RuntimeError, match="Missing key"):
            make(library).load_state_dict({})


@each_late
def test_a_graph_goes_on_with_a_metric_that_is_as_new(make):
    metric, other = make(tfimpl), make(tfimpl)
    step = tf.function(metric.update_state)
    for _ in range(2):
        step(np.eye(2), np.eye(2)[::-1])
        metric.set_state(make(tfimpl).get_state())
        assert not np.any(result(metric))
    step(np.eye(2), np.eye(2)[[0, 0]])
    other.update_state(np.eye(2), np.eye(2)[[0, 0]])
    assert np.array_equal(result(metric), result(other))


@libraries
def test_a_metric_of_keras_that_has_seen_nothing_makes_one_as_new(library):
    for name in ("F1Score", "R2Score"):
        metric = getattr(library.metrics, name)()
        metric.update_state(np.eye(2), np.eye(2))
        metric.set_state(getattr(keras.metrics, name)())
        assert metric.get_state() == {}


@each
def test_nothing_is_asked_of_the_device_in_an_update(make):
    metric = make(torchimpl).to("meta")
    y_true, y_pred = (torch.tensor(numbers, device="meta")[:, None] for numbers in (LABELS, SCORES))
    metric.update_state(y_true, y_pred)  # a tensor of the device meta has no values to be asked for
    assert metric.result().device.type == "meta"


@each
def test_no_state(make):
    metric = make(tfimpl)
    columns = (tf.constant(numbers)[:, None] for numbers in (LABELS, SCORES))
    state = metric.stateless_update_state(metric.stateless_reset_state(), *columns)
    assert not any(np.any(item) for item in metric.get_state().values())
    assert np.array_equal(metric.stateless_result(state), result(feed(make(tfimpl))))


NAN, INFINITE = float("nan"), float("inf")


@libraries
@pytest.mark.parametrize(
    ("y_true", "y_pred", "sample_weight", "expected"),
    [
        ([[1.0], [NAN], [3.0]], [[1.0], [2.0], [3.0]], None, [NAN]),
        ([[1.0], [INFINITE], [3.0]], [[1.0], [2.0], [3.0]], None, [NAN]),
        ([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]], [1.0, NAN, 1.0], [NAN]),
        ([[2.0], [2.0]], [[NAN], [2.0]], None, [NAN]),
        ([[NAN, 1.0], [2.0, 2.0], [3.0, 3.0]], [[1.0, 1.0], [2.0, 2.0], [3.0, 4.0]], None, [NAN, 0.5]),
        ([[1.0], [2.0], [4.0]], [[1.0], [INFINITE], [4.0]], None, [-INFINITE]),
        ([[1.0], [2.0], [4.0]], [[1.5], [2.0], [3.0]], [-1.0, -1.0, -1.0], [0.73214287]),
        ([[1.0], [2.0], [4.0]], [[1.5], [2.0], [3.0]], [1.0, 1.0, -0.2], [1.05625]),
        ([[2.0], [2.0]], [[2.0], [2.0]], [-1.0, -1.0], [1.0]),
        ([[2.0], [2.0]], [[2.0], [1.0]], [-1.0, -1.0], [0.0]),
    ],
)
def test_r2_is_what_its_formula_says(library, y_true, y_pred, sample_weight, expected):
    metric, mean = (library.metrics.R2Score(class_aggregation=kind) for kind in (None, "uniform_average"))
    for item in (metric, mean):
        item.update_state(y_true, y_pred, sample_weight)
    assert result(metric) == pytest.approx(expected, rel=1e-6, nan_ok=True)
    assert result(mean) == pytest.approx(np.mean(expected), rel=1e-6, nan_ok=True)


@libraries
def test_r2_far_from_zero_where_the_weights_of_a_batch_sum_to_zero(library):
    metric = library.metrics.R2Score()
    metric.update_state(2.0**30 + np.array([[2], [0]]), 2.0**30 + np.array([[2], [1]]), [1.0, -1.0])
    metric.update_state(2.0**30 + np.array([[1]]), 2.0**30 + np.array([[1]]))
    assert float(metric.result()) == 0.75


@libraries
def test_targets_that_are_all_equal_are_so_in_a_long_stream(library):
    metric = library.metrics.R2Score(class_aggregation=None)
    y_true = np.full((6, 3), [0.1, 0.7, 1 / 3])
    y_pred = y_true + np.array([0, 1e-9, 1])
    for _ in range(1000):
        metric.update_state(y_true, y_pred)
    assert result(metric).tolist() == [1, 0, 0]
    other = y_true[:1] + np.array([0, 0, 2**-30])
    metric.update_state(other, other)
    assert result(metric)[:2].tolist() == [1, 0]
    assert result(metric)[2] < -1e17


@libraries
@late
def test_another_number_of_columns_is_refused(library, make):
    metric, other = make(library), make(library)
    metric.update_state(np.eye(2), np.eye(2))
    other.update_state(np.eye(3), np.eye(3))
    before, owner = metric.get_state(), type(metric).__name__
    with pytest.raises(ValueError, match=rf"{owner}: .*shape \[batch, 2\].* Received: shape \(3, 3\)"):
        metric.update_state(np.eye(3), np.eye(3))
    with pytest.raises(ValueError, match=rf"{owner}.merge_state: expected .*2,?\)}}. Received: .*3,?\)}}"):
        metric.merge_state([copy.deepcopy(metric), other])
    assert all(np.array_equal(state, before[name]) for name, state in metric.get_state().items())
    metric.reset_state()
    with pytest.raises(ValueError, match=r"shape \[batch, 2\]"):
        metric.update_state(np.eye(3), np.eye(3))
    metric.set_state({})
    metric.update_state(np.eye(3), np.eye(3))
    assert np.array_equal(result(metric), result(other))


@libraries
@late
def test_what_a_new_metric_refuses_leaves_it_new(library, make):
    metric = make(library)
    with pytest.raises(ValueError, match="sample_weight"):
        metric.update_state(np.eye(3), np.eye(3), np.ones(7))
    with pytest.raises(ValueError, match="set_state"):
        metric.set_state({"squared_sum": np.zeros(3), "true_positives": np.zeros((200, 3)), "more": 0})
    assert metric.get_state() == {}
    metric.update_state(np.eye(2), np.eye(2))


@late
def test_a_graph_that_would_never_have_states_is_refused(make):
    metric, batch = make(tfimpl), (np.eye(2, dtype=np.float32),) * 2
    graph = tf.function(lambda: metric.result())
    with pytest.raises(ValueError, match="first batch makes the states"):
        graph()
    metric.update_state(*batch)
    assert np.array_equal(graph(), result(metric))
    metric.set_state({})
    metric.update_state(batch[0], 1 - batch[1])
    assert np.array_equal(graph(), result(metric))


@pytest.mark.parametrize("strict", [True, False])
@late
def test_an_exported_update_needs_states(make, strict):
    class Step(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.metric = make(torchimpl)

        def forward(self, *batch):
            return self.metric(*batch)

    step, batch = Step(), (torch.eye(2), torch.eye(2))
    with pytest.raises(Exception, match="first batch makes the states"):
        torch.export.export(step, batch, strict=strict)
    step.metric.update_state(*batch)
    step.metric.reset_state()
    exported, eager = torch.export.export(step, batch, strict=strict).module(), make(torchimpl)
    for given in (batch, (batch[0], 1 - batch[1])):
        assert torch.equal(exported(*given), eager(*given))


@pytest.mark.parametrize("make", [*MAKERS.values(), *late.args[1]])
def test_what_inference_mode_compiled_goes_on_outside(make):
    metric, eager, batch = make(torchimpl), make(torchimpl), (torch.eye(2), torch.eye(2))
    step = torch.compile(metric.update_state, backend="aot_eager", fullgraph=True)

    def seen(*uses):
        for use in uses:
            with torch.inference_mode():
                step(*batch)
            use()
            eager.update_state(*batch)
        return torch.equal(metric.result(), eager.result())

    assert seen(lambda: metric.load_state_dict(metric.state_dict()), lambda: metric.set_state(metric.get_state()))
    metric.update_state(*batch)
    eager.update_state(*batch)
    assert seen()
    with torch.inference_mode():
        step(*batch)
    metric.reset_state()
    assert not any(state.any() for state in metric.variables)


@libraries
@pytest.mark.parametrize("name", ["Sum", "Mean"])
def test_numbers_of_python_keep_their_digits(library, name):
    for values, total in ((16777217.0, 16777217.0), ([1e300], 1e300), ([[0.1]], 0.1)):
        metric = getattr(library.metrics, name)(dtype="float64")
        metric.update_state(values)
        assert float(metric.result()) == total
    wrapped = library.metrics.MeanMetricWrapper(lambda y_true, y_pred: 0.1, dtype="float64")
    wrapped.update_state([1.0], [1.0])
    assert float(wrapped.result()) == 0.1


def holder(library):
    """A class of metrics that hold others in a list and in a dictionary."""

    class Holder(library.metrics.Metric):
        def __init__(self, name=None, dtype=None):
            super().__init__(name=name, dtype=dtype)
            listed, named = [library.metrics.Sum()], {"mean": library.metrics.Mean()}
            on_torch = library is torchimpl
            self.listed = torch.nn.ModuleList(listed) if on_torch else listed
            self.named = torch.nn.ModuleDict(named) if on_torch else named

        def update_state(self, values):
            self.listed[0].update_state(values)
            self.named["mean"].update_state(values)

        def result(self):
            return self.listed[0].result() + self.named["mean"].result()

    return Holder


@libraries
def test_metrics_in_lists_and_dictionaries_are_part_of_the_one_that_holds_them(library):
    kind = holder(library)
    metric, other = kind(), kind()
    metric.update_state([1.0, 2.0])
    assert metric.get_state() == {"listed.0.total": 3, "named.mean.total": 3, "named.mean.count": 2}
    other.set_state(metric.get_state())
    other.merge_state([metric])
    assert float(other.result()) == 7.5
    assert len(metric.variables) == 3
    metric.reset_state()
    assert not any(metric.get_state().values())


def test_metrics_in_a_plain_list_are_refused():
    metric = torchimpl.metrics.Sum()
    with pytest.raises(ValueError, match=r"Received: self.parts. Put them into a torch.nn.ModuleList"):
        metric.parts = [torchimpl.metrics.Sum()]
    with pytest.raises(ValueError, match="dict"):
        metric.parts = {"a": [torchimpl.metrics.Sum()]}
    metric.parts = []
    metric.parts.append(torchimpl.metrics.Sum())
    for use in (metric.reset_state, metric.get_state, lambda: metric.merge_state([metric])):
        with pytest.raises(ValueError, match="metrics in a list"):
            use()


def test_a_metric_of_keras_inside_is_refused():
    metric = tfimpl.metrics.Sum()
    metric.part = {"a": keras.metrics.Mean()}
    with pytest.raises(ValueError, match=r"Received: self.part.a = .* Use the one of tfimpl.metrics"):
        metric.get_state()


def composite(library):
    """A class of metrics with a state, and with metrics that are found by two ways, one of them deep."""

    class Composite(library.metrics.Metric):
        def __init__(self, name=None, dtype=None):
            super().__init__(name=name, dtype=dtype)
            self.add_variable(name="batches")
            self.first = library.metrics.F1Score()
            parts = [self.first, library.metrics.Mean()]
            on_torch = library is torchimpl
            self.parts = torch.nn.ModuleDict({"a": torch.nn.ModuleList(parts)}) if on_torch else {"a": parts}
            self.again = self.first

        def update_state(self, y_true, y_pred):
            self.accumulate(batches=1)
            self.first.update_state(y_true, y_pred)
            self.parts["a"][1].update_state(y_pred)

        def result(self):
            return self.parts["a"][1].result()

    return Composite


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(state, other[name]) for name, state in one.items())


@libraries
def test_a_metric_that_is_found_by_two_ways_counts_once(library):
    kind = composite(library)
    metric, other = kind(), kind()
    metric.update_state(np.eye(2), np.eye(2))
    assert [name for name in metric.get_state() if "first" in name or "again" in name] == [
        f"first.{name}" for name in metric.first.get_state()
    ]
    other.merge_state([metric])
    assert same(other.get_state(), metric.get_state())
    assert same(copy.deepcopy(metric).get_state(), metric.get_state())
    metric.merge_state([metric, metric])
    assert same(metric.get_state(), {name: 3 * state for name, state in other.get_state().items()})


@libraries
def test_a_composite_takes_all_that_it_is_given_or_nothing(library):
    kind = composite(library)
    metric, other = kind(), kind()
    metric.update_state(np.eye(2), np.eye(2))
    other.update_state(np.eye(3), np.eye(3))
    before = metric.get_state()
    for use in (
        lambda: metric.merge_state([other]),
        lambda: metric.set_state({**other.get_state(), "batches": np.zeros(3)}),
        lambda: metric.set_state({**before, "parts.a.1.total": np.zeros(3)}),
        lambda: kind().merge_state([metric, other]),
    ):
        with pytest.raises(ValueError, match="expected states of shapes"):
            use()
        assert same(metric.get_state(), before)


@libraries
def test_metrics_of_functions_that_no_config_holds_can_be_merged(library):
    batch = (torch if library is torchimpl else tf).ones((2, 1)), (torch if library is torchimpl else tf).zeros((2, 1))
    wrapper, huber = library.metrics.MeanMetricWrapper, library.losses.huber
    functions = [functools.partial(huber, delta=0.5), lambda y_true, y_pred: huber(y_true, y_pred, 0.5)]
    if library is torchimpl:
        functions.append(torch.nn.HuberLoss("none", 0.5))
    for function in functions:
        metric, other = wrapper(function), wrapper(function)
        metric.update_state(*batch)
        other.merge_state([metric, metric])
        assert float(other.result()) == 0.375
        with pytest.raises(ValueError, match="of this class and config"):
            wrapper(functools.partial(huber, delta=0.25)).merge_state([metric])

    class Weighed(library.metrics.Sum):
        def __init__(self, by, name=None, dtype=None):
            super().__init__(name=name, dtype=dtype)
            self.by = by

    Weighed(np.ones(2)).merge_state([Weighed(np.ones(2))])
    with pytest.raises(ValueError, match="of this class and config"):
        Weighed(np.ones(2)).merge_state([Weighed(np.zeros(2))])


@libraries
def test_numbers_of_python_meet_a_threshold_as_arrays_do(library):
    for make, y_true in (
        (lambda: library.metrics.TruePositives(thresholds=0.3, dtype="float64"), [[1], [1]]),
        (lambda: library.metrics.F1Score(threshold=0.3, dtype="float64"), [[1], [1]]),
        (lambda: library.metrics.BinaryIoU(threshold=0.3, dtype="float64"), [[1], [1]]),
        (lambda: library.metrics.R2Score(dtype="float64"), [[0.1], [0.2]]),
        (lambda: library.metrics.RootMeanSquaredError(dtype="float64"), [[0.1], [0.2]]),
    ):
        listed, given = make(), make()
        y_pred = [[0.3], [0.9]]
        listed.update_state(y_true, y_pred)
        given.update_state(np.array(y_true), np.array(y_pred))
        assert np.array_equal(result(listed), result(given)), listed


def test_constants_of_a_metric_inside_of_one_made_on_meta():
    class Holder(torchimpl.metrics.Metric):
        def __init__(self):
            super().__init__()
            self.inside = torchimpl.metrics.AUC(num_thresholds=5)

    with torch.device("meta"):
        metric = Holder()
    metric.to_empty(device="cpu").reset_parameters()
    assert torch.equal(metric.inside._cutoffs, torchimpl.metrics.AUC(num_thresholds=5)._cutoffs)


@pytest.mark.parametrize("assign", [True, False])
def test_a_checkpoint_of_float32_leaves_the_states_in_float64(assign):
    metric = torchimpl.metrics.Sum()
    metric.load_state_dict({"total": torch.tensor(2.0**24)}, assign=assign)
    metric.update_state([1.0])
    assert metric.total.dtype == torch.float64
    assert metric.total == 2**24 + 1


@late
def test_a_graph_that_does_not_know_the_columns_has_those_of_the_states(make):
    metric, other = make(tfimpl), make(tfimpl)
    step = tf.function(metric.update_state, input_signature=[tf.TensorSpec([None, None])] * 2)
    batch = np.float32([[0.25, 0.75], [1.0, 0.0]]), np.float32([[0.125, 0.75], [0.5, 0.25]])
    with pytest.raises(ValueError, match="number of"):
        step(*batch)
    metric.update_state(*batch)
    step(*batch)
    for _ in range(2):
        other.update_state(*batch)
    assert np.array_equal(result(metric), result(other))
    for columns in (1, 3):
        with pytest.raises(tf.errors.InvalidArgumentError):
            step(np.eye(3, columns), np.eye(3, columns))
    assert all(np.array_equal(state, other.get_state()[name]) for name, state in metric.get_state().items())


def test_mirrored_over_two_devices():
    # In a process of its own: devices are divided before TensorFlow begins.
    code = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import numpy as np, tfimpl
from test_metrics_at_home import LABELS, MAKERS, SCORES, feed, result
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
columns = [[[number] for number in numbers] for numbers in (LABELS, SCORES)]
for name, make in MAKERS.items():
    with strategy.scope():
        metric = make(tfimpl)
    step = tf.function(lambda *batch: strategy.run(metric.update_state, batch))
    for batch in strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices(tuple(columns)).batch(4)):
        step(*batch)
    assert np.allclose(result(metric), result(feed(make(tfimpl))), rtol=1e-6, atol=0), name
    metric.update_state(*columns)  # outside of the strategy's run
    twice = feed(feed(make(tfimpl)))
    assert np.allclose(result(metric), result(twice), rtol=1e-6, atol=0), name
    metric.merge_state([twice])
    metric.set_state(metric.get_state())
    assert all(np.array_equal(state, 2 * twice.get_state()[key]) for key, state in metric.get_state().items())
    metric.reset_state()
    assert not any(np.any(state) for state in metric.get_state().values())

# Sums in 106 bits stay so where those of the replicas are added up.
numbers = np.random.default_rng(0).normal(size=(2, 2000, 1))
targets = 1.7e9 + 30 * numbers[0]
batch, single = (targets, targets + 10 * numbers[1]), tfimpl.metrics.R2Score(dtype="float64")
single.update_state(*batch)
with strategy.scope():
    metric = tfimpl.metrics.R2Score(dtype="float64")
strategy.run(metric.update_state, [part[:1000] for part in batch])
strategy.run(metric.update_state, [part[1000:] for part in batch])
for name, size in (("squared_sum", 2), ("sum", 2)):
    whole = single.get_state()
    np.testing.assert_allclose(metric.get_state()[name], size * whole[name], rtol=1e-15, atol=0)
np.testing.assert_allclose(result(metric), result(single), rtol=1e-13, atol=0)
metric.set_state(metric.get_state())
np.testing.assert_allclose(result(metric), result(single), rtol=1e-13, atol=0)
"""
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": paths})


@pytest.mark.parametrize("name", ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision"])
def test_a_nan_counts_in_a_graph_as_it_does_eagerly(name):
    eager, graph = (getattr(tfimpl.metrics, name)() for _ in range(2))
    batch = tf.constant([1.0, 0.0, 1.0, 0.0]), tf.constant([np.nan, np.nan, 0.75, 0.75])
    eager.update_state(*batch)
    tf.function(graph.update_state)(*batch)
    assert graph.get_state() == eager.get_state()


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
def test_a_large_batch_overflows_no_sooner_than_small_ones(library):
    values = np.full(40_001, 1e35, np.float32)
    metric = library.metrics.Mean()
    metric.update_state(values)
    assert result(metric) == np.float32(1e35)
    metric.update_state([np.inf])
    assert result(metric) == np.inf


@pytest.mark.parametrize("size", [1e-30, 1e-20, 1, 1e25])
@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
def test_the_squares_of_a_large_batch_are_neither_lost_nor_too_large(library, size):
    errors = (size * np.random.default_rng(0).normal(size=40_001)).astype(np.float32)
    metric = library.metrics.RootMeanSquaredError()
    metric.update_state(np.zeros_like(errors), errors)
    np.testing.assert_allclose(result(metric), np.sqrt(np.mean(np.square(errors.astype(np.float64)))), rtol=2e-7)


@pytest.mark.parametrize("compiled", [False, True], ids=["graph", "xla"])
def test_a_large_batch_in_a_graph(compiled):
    metric = tfimpl.metrics.Mean()
    tf.function(metric.update_state, jit_compile=compiled)(tf.fill([40_001], 1e35))
    assert result(metric) == np.float32(1e35)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@needs_compiler
def test_states_that_inductor_makes_have_memory_of_their_own():
    class Late(torchimpl.metrics.Metric):
        def update_state(self, x):
            total = x.double().sum()
            if not self.variables:
                for name in ("first", "second"):
                    self.add_variable(name=name)
                self.add_variable((2,), name="pair")
            self.accumulate(first=total, second=total, pair=total.expand(2))

        def _build_like(self, state):
            self.update_state(torch.zeros(1))

    metric, other = Late(), Late()
    torch.compile(metric.update_state, fullgraph=True)(torch.ones(3))
    other.load_state_dict(metric.state_dict(), assign=True)
    for item in (metric, other):
        item.update_state(torch.ones(3))
        assert {name: state.tolist() for name, state in item.get_state().items()} == {
            "first": 6.0,
            "second": 6.0,
            "pair": [6.0, 6.0],
        }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@needs_compiler
def test_inductor_counts_a_few_in_half_precision():
    labels, scores = torch.tensor([1.0, 0.0, 1.0]).half(), torch.tensor([0.75, 1.0, 0.25]).half()
    metric = torchimpl.metrics.Precision()
    torch.compile(metric.update_state, fullgraph=True, dynamic=True)(labels, scores)
    assert metric.result() == 0.5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@needs_compiler
def test_inductor_leaves_roundings_out_unless_it_is_told():
    """A known limit of the README, which this holds up to date."""
    labels, scores = torch.ones(16), torch.full((16,), 0.7001)  # 0.69921875 in bfloat16, as is the threshold
    for options, expected in ((None, 16), ({"emulate_precision_casts": True}, 0)):
        metric = torchimpl.metrics.TruePositives(thresholds=0.7, dtype="bfloat16")
        torch.compile(metric.update_state, fullgraph=True, options=options)(labels, scores)
        assert metric.result() == expected


@libraries
@pytest.mark.parametrize("wrong", [7, -1])
def test_a_label_that_is_no_class_is_a_miss_or_not_counted_or_an_error_as_the_readme_says(library, wrong):
    labels, scores = np.array([1, wrong]), np.array([[0.25, 0.75, 0.0], [0.5, 0.25, 0.25]], np.float32)
    for accuracy in (library.metrics.SparseCategoricalAccuracy(), library.metrics.SparseTopKCategoricalAccuracy(2)):
        assert float(accuracy(labels, scores)) == 0.5
    for metric in (library.metrics.MeanIoU(3), library.metrics.IoU(3, [1])):
        assert float(metric(labels, np.array([1, 1]))) == 1.0
    with pytest.raises(ValueError, match=rf"Received: {wrong}, which is no class"):
        library.metrics.SparseCategoricalCrossentropy()(labels, scores)


@libraries
def test_a_weight_that_is_no_number_where_it_does_not_count(library):
    metric = library.metrics.MeanIoU(num_classes=2, ignore_class=255)
    metric.update_state([0, 1, 255, 2], [0, 1, 1, 1], sample_weight=[1.0, 1.0, np.inf, np.nan])
    assert result(metric) == 1.0


@libraries
def test_class_numbers_in_half_precision(library):
    labels = [256.0, 0.0, 5.0, 300.0]
    labels = torch.tensor(labels).bfloat16() if library is torchimpl else tf.constant(labels, tf.bfloat16)
    metric = library.metrics.SparseTopKCategoricalAccuracy(k=257)
    metric.update_state(labels, np.zeros((4, 257), np.float32))
    assert result(metric) == 0.75


@pytest.mark.parametrize("title", [entry.title for entry in entries(family="metrics") if entry.is_class])
def test_keras_callbacks_know_which_way_is_better(title):
    required = next(entry.required for entry in entries(family="metrics") if entry.is_class and entry.title == title)
    for function in ("mean_squared_error", "MeanSquaredError") if title == "MeanMetricWrapper" else (None,):
        found = []
        for library in (tfimpl, keras):
            fn = {} if function is None else {"fn": getattr(library.losses, function)}
            fn = {"fn": fn["fn"]()} if function == "MeanSquaredError" else fn
            found.append(getattr(getattr(library.metrics, title)(**{**required, **fn}), "_direction", None))
        assert found[0] == found[1]
    assert not hasattr(tfimpl.metrics.MeanMetricWrapper(lambda y_true, y_pred: y_pred), "_direction")


def test_fit_stops_early_by_a_metric():
    x = np.linspace(0, 1, 40, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=[tfimpl.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping(monitor="val_auc")
    done = model.fit(x, x > 0.5, epochs=5, verbose=0, validation_data=(x, x > 0.5), callbacks=[stop])
    assert len(done.history["val_auc"]) == 2


OF_TWO_DTYPES = {
    "R2Score": lambda true, pred: 1 - ((true - pred) ** 2).sum() / ((true - true.mean()) ** 2).sum(),
    "RootMeanSquaredError": lambda true, pred: ((true - pred) ** 2).mean() ** 0.5,
}


@libraries
@pytest.mark.parametrize("name", OF_TWO_DTYPES)
@pytest.mark.parametrize(
    ("true", "kind", "pred", "of_pred"),
    [
        ([999, 1000, 1001], "float32", [1000, 1000, 1000], "bfloat16"),
        ([70_000, 60_000], "float32", [60_000, 60_000], "float16"),
        ([16_777_217, 16_777_219, 16_777_221], "float64", [16_777_216, 16_777_220, 16_777_220], "float32"),
        ([16_777_217, 16_777_219, 16_777_221], "int64", [16_777_216, 16_777_220, 16_777_220], "int64"),
        ([0.1, 0.3], "list", [0.2, 0.2], "float64"),
    ],
)
def test_labels_keep_their_digits_whatever_the_dtype_of_the_predictions(library, name, true, kind, pred, of_pred):
    tensor = torch.tensor if library is torchimpl else tf.constant
    dtypes = torch if library is torchimpl else tf
    metric = getattr(library.metrics, name)(dtype="float64")
    predictions = tensor(np.asarray(pred)[:, None].tolist(), dtype=getattr(dtypes, of_pred))
    labels = np.asarray(true)[:, None].tolist()
    metric.update_state(labels if kind == "list" else tensor(labels, dtype=getattr(dtypes, kind)), predictions)
    expected = OF_TWO_DTYPES[name](np.asarray(true, np.float64), np.asarray(pred, np.float64))
    np.testing.assert_allclose(result(metric), expected, rtol=1e-12)


@libraries
def test_soft_labels_of_an_f_score_keep_their_digits(library):
    half = torch.tensor([[0.75], [0.75]], dtype=torch.bfloat16)
    half = half if library is torchimpl else tf.constant([[0.75], [0.75]], tf.bfloat16)
    metric = library.metrics.F1Score(threshold=0.5)
    metric.update_state(np.array([[0.3], [0.9]], np.float32), half)
    np.testing.assert_allclose(result(metric), [0.75], rtol=1e-7)


@libraries
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_labels_without_a_sign(library, dtype):
    metric = library.metrics.BinaryAccuracy()
    metric.update_state(np.array([1, 0, 1], dtype), np.array([0.9, 0.2, 0.1], np.float32))
    np.testing.assert_allclose(result(metric), 2 / 3, rtol=1e-7)


@pytest.mark.parametrize("weighted", [False, True])
def test_under_xla_r2_does_not_cancel_far_from_zero(weighted):
    """XLA computes a product twice, and only once rounds it before it adds to it."""
    random = np.random.default_rng(0)
    metric = tfimpl.metrics.R2Score(class_aggregation=None)
    metric.update_state(np.zeros((2, 3)), np.zeros((2, 3)))
    update = tf.function(metric.update_state, jit_compile=True)
    for _ in range(20):
        metric.reset_state()
        true = 2.0 ** random.integers(28) + random.normal(size=(2, 3)) * 10.0 ** random.integers(-4, 2)
        pred = true[::-1] + random.normal(size=true.shape) / 100
        weights = random.choice([0.3, 0.5, 2], size=true.shape) if weighted else np.ones_like(true)
        update(*map(tf.constant, (true, pred, weights) if weighted else (true, pred)))
        true, pred, weights = (item.astype(np.longdouble) for item in (true, pred, weights))
        spread = (weights * (true - (weights * true).sum(0) / weights.sum(0)) ** 2).sum(0)
        lost = (weights * (true - pred) ** 2).sum(0) / spread
        assert (abs(result(metric) - (1 - lost)) <= 8 * 2.0**-23 * (1 + lost)).all()


@pytest.mark.parametrize("name", ["AUC", "Precision", "FalsePositives", "PrecisionAtRecall"])
def test_a_graph_of_tensorflow_1_has_thresholds(name):
    metric = getattr(tfimpl.metrics, name)
    arguments = {"recall": 0.5} if name == "PrecisionAtRecall" else {}
    with tf.Graph().as_default():
        inside = metric(**arguments)
    np.testing.assert_array_equal(inside._cutoffs, metric(**arguments)._cutoffs)


@pytest.mark.parametrize("k", [1, 2])
def test_under_xla_minus_zero_is_as_large_as_zero(k):
    scores, labels = tf.constant([[-0.0, 0.0, -1.0], [0.5, -0.0, 0.0]]), tf.constant([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    metric = tfimpl.metrics.Recall(top_k=k)
    tf.function(metric.update_state, jit_compile=True)(labels, scores)
    np.testing.assert_allclose(result(metric), 0.5 * k)


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
@pytest.mark.parametrize("tensor", [np.array, tf.constant, torch.tensor], ids=["numpy", "tensorflow", "torch"])
def test_thresholds_and_weights_of_classes_may_be_tensors(library, tensor):
    thresholds = tensor([0.25, 0.75])
    for metric in (library.metrics.AUC(thresholds=thresholds), library.metrics.Precision(thresholds=thresholds)):
        assert metric.get_config()["thresholds"] == [0.25, 0.75]
    assert library.metrics.Recall(thresholds=tensor(0.25)).get_config()["thresholds"] == 0.25
    loss = library.losses.CategoricalFocalCrossentropy(alpha=tensor([0.25, 0.75]))
    assert loss.get_config()["alpha"] == [0.25, 0.75]


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
def test_what_cannot_be_merged_is_said(library):
    for wrong in ([5], library.metrics.Mean(), 5, ["mean"]):
        with pytest.raises(ValueError, match=r"Mean.merge_state: expected"):
            library.metrics.Mean().merge_state(wrong)


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
def test_numbers_of_numpy_do_not_overflow_where_sizes_are_checked(library):
    with pytest.raises(ValueError, match="MeanIoU: a state may hold at most"):
        library.metrics.MeanIoU(np.int16(6000))
    assert library.metrics.PrecisionAtRecall(0.5, num_thresholds=np.int8(100)).num_thresholds == 100


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
@pytest.mark.parametrize("one", [1, np.array(1), torch.tensor(1), "1"])
def test_classes_are_a_list(library, one):
    with pytest.raises(ValueError, match="`target_class_ids` must be a list of class numbers"):
        library.metrics.IoU(2, target_class_ids=one)


@pytest.mark.parametrize("library", [tfimpl, torchimpl], ids=["tfimpl", "torchimpl"])
def test_an_area_of_no_labels(library):
    metric = library.metrics.AUC(multi_label=True)
    metric.update_state(np.zeros((2, 0), np.float32), np.zeros((2, 0), np.float32))
    assert metric.get_state()["true_positives"].shape == (200, 0)
    weighted = library.metrics.AUC(label_weights=[1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="label_weights has 3 entries"):
        weighted.update_state(np.zeros(0, np.float32), np.zeros(0, np.float32))


def test_a_state_may_be_called_as_an_argument_of_numpy_is():
    arrays = {"file": np.arange(3.0), "count": np.float64(2)}
    again = torchimpl.metrics.distributed.unpacked(torchimpl.metrics.distributed.packed(arrays))
    assert again.keys() == arrays.keys()
    assert all(np.array_equal(again[name], array) for name, array in arrays.items())
