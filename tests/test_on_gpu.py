"""torchimpl on a GPU, held to the reference and to the CPU. PyTorch is enough: TensorFlow need not be there."""

import copy
import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torchimpl  # noqa: E402
from parity import bridge  # noqa: E402
from parity.checks.streams import agree  # noqa: E402
from parity.checks.subject import build, caller, differentiable, expect_stream, tensors_of  # noqa: E402
from parity.cli import FAMILIES  # noqa: E402
from parity.registry import called_by_a_class, entries  # noqa: E402
from parity.runner import cases, main_check  # noqa: E402
from parity.search import search  # noqa: E402
from parity.tolerance import Measurement, same_bits  # noqa: E402

DEVICE = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
ENTRIES = [entry for entry in entries() if not called_by_a_class(entry)]
every_call = pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if not entry.streams and entry.gradients], ids=lambda entry: entry.name
)
every_stream = pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.streams], ids=lambda entry: entry.name
)


@pytest.fixture
def side(monkeypatch):
    monkeypatch.setenv(bridge.DEVICE, DEVICE)
    bridge.sides.cache_clear()
    yield bridge.side("torch")
    bridge.sides.cache_clear()


def examined(function, entry, examples=10):
    """Call a function with generated cases of a component; what it raises is told with the case."""

    def examine(case):
        function(**case)
        return Measurement()

    check = main_check(entry)
    search(examine, cases(entry, check), lambda error, case: f"{error!r}: {case}", examples=examples, seed=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_all_is_computed_as_the_reference_says(family, tmp_path):
    command = [sys.executable, "-m", "parity", "run", family, "--device", DEVICE, "--inductor"]
    done = subprocess.run([*command, "--kept", str(tmp_path)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


@every_call
def test_autocast_changes_nothing(side, entry):
    def compare(config, inputs):
        wrt, function = differentiable(entry, config, inputs), caller(side, entry, config, inputs)
        value, gradients = side.call(function, tensors_of(inputs), wrt)

        def under(**tensors):
            with torch.autocast(DEVICE, dtype=torch.float16):
                return function(**tensors)

        again, gradients_again = side.call(under, tensors_of(inputs), wrt)
        same_bits("value", value, again)
        for key, gradient in gradients.items():
            same_bits(key, gradient, gradients_again[key])

    examined(compare, entry)


@every_call
def test_values_and_gradients_where_only_what_is_deterministic_may_run(side, entry, deterministic):
    def call(config, inputs):
        wrt = differentiable(entry, config, inputs)
        side.call(caller(side, entry, config, inputs), tensors_of(inputs), wrt)

    examined(call, entry)


@pytest.fixture
def deterministic(monkeypatch):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@every_stream
def test_an_update_where_only_what_is_deterministic_may_run(side, entry, deterministic):
    def update(config, batches, **_):
        metric = build(side, entry, config)
        side.update(metric, batches)
        metric.result()

    examined(update, entry)


@every_stream
def test_an_update_does_not_wait_for_the_gpu(side, entry):
    def update(config, batches, **_):
        metric, given = build(side, entry, config), on_device(side, batches)
        side.update(metric, batches)  # the first batch may make states
        torch.cuda.set_sync_debug_mode("error")
        try:
            for batch in given:
                metric.update_state(**batch)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    examined(update, entry)


@every_stream
def test_an_update_in_a_cuda_graph(side, entry):
    def update(config, batches, **_):
        metric, (batch, *_) = build(side, entry, config), on_device(side, batches)
        stream, graph = torch.cuda.Stream(), torch.cuda.CUDAGraph()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            metric.update_state(**batch)
        torch.cuda.current_stream().wait_stream(stream)
        with torch.cuda.graph(graph):
            metric.update_state(**batch)
        for _ in range(2):
            graph.replay()
        as_the_reference_says(side, entry, config, metric, batches[:1] * 3)

    examined(update, entry, examples=3)


def as_the_reference_says(side, entry, config, metric, batches):
    """A GPU adds up in any order: it is the reference that the result is held to, not the bits of other states."""
    agree(entry, config, batches, entry.name, side.compute(metric), expect_stream(entry, config, batches))


def on_device(side, batches):
    return [{key: side.tensor(array) for key, array in batch.items()} for batch in batches]


@every_stream
def test_a_stream_goes_on_where_the_metric_is_moved(side, entry):
    def move(config, batches, **_):
        goes = build(side, entry, config)
        side.update(goes, batches)
        kept = goes.cpu().state_dict()
        loaded = build(side, entry, config)
        loaded.load_state_dict(kept)
        side.update(loaded.to(DEVICE), batches)
        assert {state.device.type for state in loaded.variables} <= {DEVICE}
        as_the_reference_says(side, entry, config, loaded, batches * 2)

    examined(move, entry, examples=3)


@pytest.mark.parametrize("given", [np.asarray, list, torch.tensor], ids=["array", "list", "tensor on the CPU"])
def test_labels_that_are_elsewhere(given):
    labels, scores = np.float32([[0], [1], [1], [0]]), torch.tensor([[0.1], [0.7], [0.2], [0.8]], device=DEVICE)
    labels = labels.tolist() if given is list else given(labels)
    metric = torchimpl.metrics.Precision().to(DEVICE)
    metric.update_state(labels, scores, sample_weight=[1, 2, 1, 1])
    assert metric.result().item() == pytest.approx(2 / 3)
    loss = torchimpl.losses.MeanSquaredError()(labels, scores, sample_weight=np.ones(4))
    assert loss.device.type == DEVICE
    assert loss.item() == pytest.approx((0.01 + 0.09 + 0.64 + 0.64) / 4)


def test_a_fused_optimizer_with_a_penalty_and_a_constraint():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(20, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    x = torch.randn(64, 20)
    y = x[:, :1].sin()
    weights = []
    for device in ("cpu", DEVICE):
        ours = copy.deepcopy(model).to(device)
        optimizer = torch.optim.Adam(ours.parameters(), lr=0.05, fused=True)
        torchimpl.constraints.constrain(optimizer, ours, {"*.weight": torchimpl.constraints.MaxNorm(0.8)})
        huber = torchimpl.losses.Huber()
        for _ in range(20):
            optimizer.zero_grad()
            loss = huber(y.to(device), ours(x.to(device)))
            (loss + torchimpl.regularizers.penalty(ours, torchimpl.regularizers.L2(1e-3))).backward()
            optimizer.step()
        weights.append([parameter.detach().cpu() for parameter in ours.parameters()])
        for parameter in ours.parameters():
            if parameter.ndim == 2:
                assert parameter.detach().norm(dim=1).max() <= 0.8 * (1 + 1e-6)
    for on_cpu, on_gpu in zip(*weights, strict=True):
        torch.testing.assert_close(on_gpu, on_cpu, rtol=1e-3, atol=1e-4)


def test_the_result_over_ranks_of_nccl():
    distributed = torch.distributed
    if not distributed.is_nccl_available():
        pytest.skip("PyTorch has no NCCL here")
    distributed.init_process_group("nccl", store=distributed.HashStore(), rank=0, world_size=1)
    try:
        for place in (DEVICE, "cpu"):
            metric = torchimpl.metrics.R2Score().to(place)
            metric.update_state(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[1.5], [2.0], [3.0]], device=place))
            found = torchimpl.metrics.result_over_ranks(metric)
            assert found.device.type == place
            assert torch.equal(found, metric.result())
    finally:
        distributed.destroy_process_group()
