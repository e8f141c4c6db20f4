"""A stream that begins in Keras or the twin goes on in either package; one that is long is as exact as a short one."""

import numpy as np
import pytest
from hypothesis import given, settings

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")
pytest.importorskip("sklearn")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from parity import bridge  # noqa: E402
from parity.checks import real, streams  # noqa: E402
from parity.checks.subject import build, build_in_keras, expect_stream, public_in_keras  # noqa: E402
from parity.registry import entries  # noqa: E402
from torchimpl._arguments import NOT_COUNTED  # noqa: E402
from torchimpl._config import equal  # noqa: E402

METRICS = [entry for entry in entries(family="metrics") if entry.is_class and entry.real]
CONFIGS = [
    pytest.param(entry, config, id=f"{entry.title}-{i}")
    for entry in METRICS
    for i, config in enumerate(real.configs(entry))
]
SIDES = {side.name: side for side in bridge.sides()}
on_each_side = pytest.mark.parametrize("side", SIDES.values(), ids=SIDES)

pytestmark = pytest.mark.filterwarnings("ignore")


def batches(entry, weighted=False, size=64):
    given = real.inputs(entry.real)
    length = len(next(iter(given.values())))
    if weighted:
        given = {**given, "sample_weight": (np.arange(length) % 4 / 2).astype(np.float32)}
    return [{key: array[i : i + size] for key, array in given.items()} for i in range(0, length, size)]


def feed(side, metric, parts):
    side.update(metric, parts)
    return metric


@on_each_side
def test_what_is_no_state_is_an_error(side):
    metric = side.package.metrics.Mean()
    for wrong in (3.0, None, keras.metrics.Precision(), {"total": 1.0}):
        with pytest.raises(ValueError, match=r"Mean.set_state: expected"):
            metric.set_state(wrong)


@on_each_side
@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.name)
def test_a_metric_of_keras_must_count_the_same(entry, side):
    if public_in_keras(keras, entry) is None:
        pytest.skip("Keras has none")
    default = real.configs(entry)[0]

    @settings(max_examples=25, database=None, derandomize=True, deadline=None)
    @given(entry.config)
    def run(config):
        ours = build(side, entry, config)
        try:
            theirs = build_in_keras(keras, entry, config)
            others = build_in_keras(keras, entry, default)
        except (TypeError, ValueError):  # what Keras takes no argument for, or refuses
            return
        ours.set_state(theirs)
        said, other = ours.get_config(), others.get_config()
        if any(not equal(said[key], other[key]) for key in (said.keys() & other.keys()) - NOT_COUNTED):
            with pytest.raises(ValueError, match="expected a metric of this class and these arguments"):
                ours.set_state(others)

    run()


@on_each_side
def test_what_keras_counts_for_another_metric_is_an_error(side):
    metrics = side.package.metrics
    for ours, theirs in (
        (metrics.MeanSquaredError(), keras.metrics.MeanAbsoluteError()),
        (metrics.AUC(), keras.metrics.AUC(curve="PR")),
        (metrics.Precision(), keras.metrics.Precision(thresholds=0.7)),
        (metrics.Precision(), keras.metrics.Recall()),
    ):
        with pytest.raises(ValueError, match="expected a metric of this class and these arguments"):
            ours.set_state(theirs)

    class Mine(metrics.Precision):
        pass

    Mine().set_state(keras.metrics.Precision())


@on_each_side
def test_states_that_are_taken_are_left_alone(side):
    """A metric inside of another one takes its part of them."""

    class Two(side.package.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inside = side.package.metrics.Mean()
            self.add_variable(name="seen")

    state = {"seen": np.float64(2), "inside.total": np.float64(3), "inside.count": np.float64(2)}
    given, metric = dict(state), Two()
    for _ in range(2):
        metric.set_state(given)
        assert given == state
        assert float(metric.inside.result()) == 1.5


def test_the_twin_itself_is_a_state_too():
    for one, other in ((tfimpl, torchimpl), (torchimpl, tfimpl)):
        metric = one.metrics.R2Score()
        metric.update_state([[1.0], [2.0], [4.0]], [[1.0], [2.0], [3.0]])
        heir = other.metrics.R2Score()
        heir.set_state(metric.get_state())
        assert float(heir.result()) == float(metric.result())


@on_each_side
@pytest.mark.parametrize("entry", [entry for entry in METRICS if entry.exact], ids=lambda entry: entry.name)
def test_counts_are_exact_far_beyond_float32(entry, side):
    """What was counted 2**45 times and once more is one more than 2**45 times that."""
    (config, *_) = real.configs(entry)
    metric, batch = build(side, entry, config), batches(entry)[0]
    once = feed(side, metric, [batch]).get_state()
    metric.set_state({key: state * 2.0**40 for key, state in once.items()})
    feed(side, metric, [batch])
    for key, state in metric.get_state().items():
        assert state.dtype == np.float64
        np.testing.assert_array_equal(state, once[key] * (2.0**40 + 1))
        assert state.shape == once[key].shape


@on_each_side
@pytest.mark.parametrize(("entry", "config"), CONFIGS)
def test_a_thousand_million_samples_are_as_exact_as_a_few(entry, config, side):
    """A stream that is doubled by merging it with itself 22 times, and a batch more, against weights of 2**22."""
    if config.get("num_regressors"):
        pytest.skip("the number of samples is part of the result, and no weight")
    config, parts = {**config, "dtype": "float64"}, batches(entry, weighted=True)
    metric = feed(side, build(side, entry, config), parts)
    sizes = {key: state.shape for key, state in metric.get_state().items()}
    for _ in range(22):
        metric.merge_state([metric])
    feed(side, metric, parts[:1])
    heavy = [{**part, "sample_weight": part["sample_weight"] * 2.0**22} for part in parts]
    expected = expect_stream(entry, config, [*heavy, parts[0]])
    assert streams.agree(entry, config, parts, entry.name, side.compute(metric), expected) <= entry.tolerance.value
    assert {key: state.shape for key, state in metric.get_state().items()} == sizes


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.name)
def test_no_graph_is_kept(entry):
    (config, *_) = real.configs(entry)
    metric = build(SIDES["torch"], entry, config)
    batch = {key: torch.from_numpy(array).requires_grad_() for key, array in batches(entry, weighted=True)[0].items()}
    metric.update_state(**batch)
    assert not any(state.requires_grad for state in metric.variables)
    assert not metric.result().requires_grad


class Trainer(torch.nn.Module):
    """What trainers do with their metrics: hold them as children, move them, save them, cast themselves."""

    def __init__(self, metrics):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
        self.metrics = torch.nn.ModuleDict(metrics)


def test_metrics_are_children_of_a_trainer(tmp_path):
    def trainer():
        return Trainer({e.title: build(SIDES["torch"], e, real.configs(e)[0]) for e in METRICS})

    first, second = trainer(), trainer()
    for entry in METRICS:
        feed(SIDES["torch"], first.metrics[entry.title], batches(entry)[:2])
    results = {name: metric.result() for name, metric in first.metrics.items()}
    first.half().to("cpu")
    torch.save(first.state_dict(), tmp_path / "checkpoint.pt")
    second.load_state_dict(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert [parameter.dtype for parameter in first.parameters()] == [torch.float16] * 2
    assert not list(first.metrics.parameters())
    for name, metric in second.metrics.items():
        assert torch.equal(metric.result(), results[name]), name
        assert {state.dtype for state in metric.variables} == {torch.float64}
    assert not any(state.is_meta for state in second.metrics.buffers())
    assert all(state.is_meta for state in trainer().to("meta").metrics.buffers())
