"""torchimpl on a GPU, held to the reference. PyTorch is enough: TensorFlow need not be there."""

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from parity import bridge  # noqa: E402
from parity.checks.subject import build  # noqa: E402
from parity.cli import FAMILIES  # noqa: E402
from parity.registry import entries  # noqa: E402
from parity.runner import cases  # noqa: E402
from parity.search import search  # noqa: E402
from parity.tolerance import Measurement  # noqa: E402

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_all_is_computed_as_the_reference_says(family, tmp_path):
    command = [sys.executable, "-m", "parity", "run", family, "--device", "cuda"]
    done = subprocess.run([*command, "--kept", str(tmp_path)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("entry", [entry for entry in entries() if entry.streams], ids=lambda entry: entry.name)
def test_an_update_does_not_wait_for_the_gpu(entry):
    side = bridge.Torch("cuda")

    def examine(case):
        metric = build(side, entry, case["config"])
        batches = [{key: side.tensor(array) for key, array in batch.items()} for batch in case["batches"]]
        side.update(metric, case["batches"])  # the first batch may make states
        torch.cuda.set_sync_debug_mode("error")
        try:
            for batch in batches:
                metric.update_state(**batch)
        finally:
            torch.cuda.set_sync_debug_mode("default")
        return Measurement({"stream": 0.0}, {"stream": len(batches)})

    search(examine, cases(entry, "streams"), lambda error, case: f"{error}: {case}", examples=10, seed=0)
