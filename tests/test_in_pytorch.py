"""torchimpl as PyTorch users use it: modules, state, compilation, function transforms."""

import copy
import io
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torchimpl  # noqa: E402

METRICS = {
    "AUC": lambda: torchimpl.metrics.AUC(num_thresholds=7),
    "Mean": torchimpl.metrics.Mean,
    "MeanIoU": lambda: torchimpl.metrics.MeanIoU(2),
    "MeanMetricWrapper": lambda: torchimpl.metrics.MeanMetricWrapper(torchimpl.losses.huber, delta=0.5),
    "Precision": torchimpl.metrics.Precision,
}
LABELS, SCORES = torch.tensor([0.0, 1.0, 1.0, 0.0]), torch.tensor([0.25, 0.75, 0.5, 0.875])


def feed(metric):
    metric.update_state(*((SCORES,) if type(metric) is torchimpl.metrics.Mean else (LABELS, SCORES)))
    return metric


@pytest.mark.parametrize("make", METRICS.values(), ids=METRICS)
def test_copies_go_on_where_the_metric_was(make):
    metric = feed(make())
    file = io.BytesIO()
    torch.save(metric.state_dict(), file)
    file.seek(0)
    loaded = make()
    loaded.load_state_dict(torch.load(file, weights_only=True))
    for other in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric)), loaded):
        assert torch.equal(feed(other).result(), feed(copy.deepcopy(metric)).result())


@pytest.mark.parametrize("make", METRICS.values(), ids=METRICS)
def test_no_cast_of_a_parent_changes_the_states(make):
    metric = feed(make())
    before = metric.get_state()
    torch.nn.ModuleList([metric]).half()
    assert {state.dtype for state in metric.variables} == {torch.float64}
    for name, state in metric.get_state().items():
        assert np.array_equal(state, before[name])
    metric.bfloat16()
    feed(metric)


def test_a_device_without_float64_is_one_clear_error():
    def refuse(tensor):
        raise TypeError("no float64 here")

    with pytest.raises(TypeError, match="Precision: the states are float64"):
        torchimpl.metrics.Precision()._apply(refuse)


def test_no_graph_is_kept():
    metric = torchimpl.metrics.MeanMetricWrapper(torchimpl.losses.mean_squared_error)
    metric.update_state(torch.zeros(3, 1), torch.ones(3, 1, requires_grad=True))
    assert not any(state.requires_grad for state in metric.variables)


def test_counts_are_exact_far_beyond_float32():
    metric = torchimpl.metrics.Mean()
    metric.set_state({"total": 2.0**40, "count": 2.0**40})
    metric.update_state([1.0])
    assert metric.get_state() == {"total": 2.0**40 + 1, "count": 2.0**40 + 1}


@pytest.mark.parametrize("make", METRICS.values(), ids=METRICS)
def test_a_stream_of_changing_batch_sizes_needs_one_graph(make):
    torch.compiler.reset()
    metric = make()
    step = torch.compile(metric.update_state, fullgraph=True, backend="aot_eager", dynamic=True)
    eager = make()
    for size in (4, 3, 2):
        batch = (SCORES[:size],) if type(metric) is torchimpl.metrics.Mean else (LABELS[:size], SCORES[:size])
        step(*batch)
        eager.update_state(*batch)
    assert torch.equal(metric.result(), eager.result())


@pytest.mark.parametrize(
    "loss",
    [torchimpl.losses.Huber(0.5), torchimpl.losses.BinaryCrossentropy(), torchimpl.losses.CategoricalCrossentropy()],
)
def test_losses_can_be_transformed_exported_and_differentiated_twice(loss):
    y_true, y_pred = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([[0.25, 0.75], [0.5, 0.5]])
    gradient = torch.func.grad(lambda x: loss(y_true, x))(y_pred)
    leaf = y_pred.clone().requires_grad_()
    assert torch.equal(gradient, torch.autograd.grad(loss(y_true, leaf), leaf)[0])
    each = torch.func.vmap(lambda t, x: loss(t[None], x[None]))(y_true, y_pred)
    assert torch.allclose(each.mean(), loss(y_true, y_pred))
    assert torch.autograd.gradcheck(type(loss)(dtype="float64"), (y_true.double(), y_pred.double().requires_grad_()))
    assert torch.autograd.gradgradcheck(
        type(loss)(dtype="float64"), (y_true.double(), y_pred.double().requires_grad_())
    )
    exported = torch.export.export(loss, (y_true, y_pred)).module()
    assert torch.equal(exported(y_true, y_pred), loss(y_true, y_pred))


def test_a_loss_says_what_it_is():
    assert "delta=0.5" in repr(torchimpl.losses.Huber(0.5))
    assert "thresholds=[0.25, 0.5]" in repr(torchimpl.metrics.Precision(thresholds=(0.25, 0.5)))


def test_the_adapter_swaps_the_arguments():
    criterion = torchimpl.losses.InputTarget(torchimpl.losses.BinaryCrossentropy())
    prediction, target = torch.tensor([[0.25]]), torch.tensor([[1.0]])
    assert torch.equal(criterion(prediction, target), torchimpl.losses.BinaryCrossentropy()(target, prediction))
    assert criterion(prediction, target) != criterion(target, prediction)


def test_autocast_and_the_callers_tensors():
    y_true, y_pred = torch.zeros(3, 2), torch.full((3, 2), 2.0)
    copies = y_true.clone(), y_pred.clone()
    weights = torch.tensor([3.0, 4.0, 0.0])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = torchimpl.losses.MeanSquaredError()(y_true, y_pred, weights, mask=torch.tensor([True, False, True]))
    assert loss.dtype == torch.float32
    assert float(loss) == 6.0
    assert torch.equal(y_true, copies[0])
    assert torch.equal(y_pred, copies[1])
    assert torch.equal(weights, torch.tensor([3.0, 4.0, 0.0]))


def test_dtype_of_a_loss_is_a_torch_dtype_or_its_name():
    for dtype in (torch.float64, "float64", np.float64, np.dtype("float64")):
        assert torchimpl.losses.Huber(dtype=dtype).get_config()["dtype"] == "float64"
    policy = {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": "mixed_float16"},
        "registered_name": None,
    }
    assert torchimpl.losses.Huber(dtype=policy).dtype == "float16"


def test_a_seed_for_everything():
    torchimpl.set_random_seed(5)
    first = torchimpl.initializers.HeNormal()((3, 2))
    torchimpl.set_random_seed(5)
    assert torch.equal(first, torchimpl.initializers.HeNormal()((3, 2)))
    with pytest.raises(ValueError, match="set_random_seed"):
        torchimpl.set_random_seed(-1)


STATEFUL = {
    "MeanIoU": [2],
    "OneHotIoU": [2, [1, 0]],
    "Precision": [[0.6, 0.2]],
    "AUC": [],
    "RecallAtPrecision": [0.5],
    "R2Score": [],
}


def made_and_fed(name):
    """A metric, one that saw a batch, and the batch."""
    kept, new = (getattr(torchimpl.metrics, name)(*STATEFUL[name]) for _ in range(2))
    batch = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]), torch.tensor([[0.1, 0.9], [0.3, 0.7], [0.8, 0.2]])
    if name == "MeanIoU":
        batch = torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0])
    kept.update_state(*batch)
    return new, kept, batch


@pytest.fixture
def _memory_is_not_numbers():
    """What `torch.empty` gives is filled with NaN, and the largest of integers."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize("name", STATEFUL)
@pytest.mark.usefixtures("_memory_is_not_numbers")
def test_a_metric_that_gets_memory_is_new(name):
    new, kept, batch = made_and_fed(name)
    for place in ("meta", "cpu"):
        emptied = torch.nn.ModuleDict({"metric": copy.deepcopy(new).to(place)}).to_empty(device="cpu")
        emptied.load_state_dict(torch.nn.ModuleDict({"metric": kept}).state_dict())
        assert torch.equal(emptied["metric"].result(), kept.result())
    with torch.device("meta"):
        emptied = torch.nn.ModuleDict({"metric": type(new)(*STATEFUL[name])}).to_empty(device="cpu")
    for metric in (emptied["metric"], new):
        metric.update_state(*batch)
    assert torch.equal(emptied["metric"].result(), kept.result())
    for buffer in emptied.buffers():
        buffer.fill_(1)
    emptied["metric"].reset_parameters()
    emptied["metric"].update_state(*batch)
    assert torch.equal(emptied["metric"].result(), kept.result())


@pytest.mark.parametrize("name", STATEFUL)
def test_a_checkpoint_that_takes_the_place_of_states_without_memory_brings_the_constants(name):
    _, kept, batch = made_and_fed(name)
    with torch.device("meta"):
        model = torch.nn.ModuleDict({"metric": type(kept)(*STATEFUL[name])})
    model.load_state_dict(torch.nn.ModuleDict({"metric": kept}).state_dict(), assign=True)
    assert torch.equal(model["metric"].result(), kept.result())
    for metric in (model["metric"], kept):
        metric.update_state(*batch[::-1])
    assert torch.equal(model["metric"].result(), kept.result())
    assert {buffer.device.type for buffer in model.buffers()} == {"cpu"}


def test_a_metric_made_of_metrics():
    class Both(torchimpl.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.one = torchimpl.metrics.Precision()
            self.add_variable(name="batches")

        def update_state(self, y_true, y_pred):
            self.one.update_state(y_true, y_pred)
            self.accumulate(batches=1)

        def result(self):
            return self.one.result()

    metric, other = Both(), Both()
    metric.update_state([1.0, 0.0], [0.9, 0.9])
    assert {name: float(value.sum()) for name, value in metric.get_state().items()} == {
        "batches": 1.0,
        "one.true_positives": 1.0,
        "one.false_positives": 1.0,
    }
    other.set_state(metric.get_state())
    other.merge_state([metric])
    assert float(other.get_state()["one.true_positives"][0]) == 2.0
    metric.reset_state()
    assert not any(state.any() for state in metric.variables)


def test_misuse_of_states_is_said_at_once():
    metric = torchimpl.metrics.Metric()
    total = metric.add_weight(name="total", initializer="zeros", dtype="float32")
    with pytest.raises(ValueError, match="must be kept under its own name"):
        metric.tp = total
    for name in ("result", "total", "1", None):
        with pytest.raises(ValueError, match="name not used yet"):
            metric.add_weight(name=name)
    with pytest.raises(ValueError, match="this class and config"):
        torchimpl.metrics.Precision(0.9).merge_state([torchimpl.metrics.Precision(0.1)])


def test_numbers_and_arrays_of_every_kind():
    huber = torchimpl.losses.Huber(dtype="float64", delta=10.0)
    assert float(huber([[0.0]], [[0.1]])) == 0.5 * 0.1 * 0.1
    backwards = np.arange(3.0)[::-1]
    read_only = np.arange(3.0)
    read_only.flags.writeable = False
    assert float(torchimpl.losses.mean_squared_error(backwards, read_only)) == pytest.approx(8 / 3)
    assert torchimpl.activations.relu([torch.zeros(2), torch.ones(2)]).shape == (2, 2)
    metric = torchimpl.metrics.Mean(dtype="float64")
    metric.set_state({"total": 0.1, "count": 1.0})
    assert float(metric.result()) == 0.1


def test_the_repr_of_what_cannot_be_saved():
    assert "<lambda>" in repr(torchimpl.metrics.MeanMetricWrapper(lambda y_true, y_pred: y_pred))


def test_states_made_at_the_first_batch():
    metric = torchimpl.metrics.AUC(multi_label=True)
    labels, scores = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.75, 0.5], [0.25, 0.875]])
    with torch.inference_mode():
        metric.update_state(labels, scores)
    assert float(metric.result()) == 1.0
    metric.reset_state()
    elsewhere = torchimpl.metrics.AUC(multi_label=True).to("meta")
    elsewhere.update_state(labels.to("meta"), scores.to("meta"))
    assert {state.device.type for state in elsewhere.variables} == {"meta"}
    here = torchimpl.metrics.F1Score()
    here.update_state(labels, scores)
    elsewhere = torchimpl.metrics.F1Score().to("meta")
    elsewhere.set_state(here.get_state())
    assert {state.device.type for state in elsewhere.variables} == {"meta"}


def test_a_metric_that_inference_made_goes_on_outside():
    labels, scores = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.75, 0.5], [0.25, 0.875]])
    with torch.inference_mode():
        made = torchimpl.metrics.AUC(), torchimpl.metrics.Mean(), torchimpl.metrics.F1Score()
        moved = torch.nn.ModuleList([torchimpl.metrics.F1Score("micro")]).to("meta")[0]
        made[2].to("meta").update_state(labels.to("meta"), scores.to("meta"))
    made[0].update_state(labels, scores)
    made[1].update_state(scores)
    assert (float(made[0].result()), float(made[1].result())) == (1.0, 0.59375)
    for metric in (*made, moved):
        assert not any(state.is_inference() for state in metric.variables)
        metric.reset_state()
