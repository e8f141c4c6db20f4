"""torchimpl.metrics.result_over_ranks in real processes, over gloo."""

import importlib.util
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from torchimpl.metrics import Mean, result_over_ranks  # noqa: E402

SCRIPT = Path(__file__).with_name("rank.py")
spec = importlib.util.spec_from_file_location("rank", SCRIPT)
rank = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rank)

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="PyTorch without torch.distributed")


def run(folder, world, scenario):
    """Start processes, wait for the first, end the others' wait, and return their exit codes and what they found."""
    environment = {**os.environ, **({"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {})}
    command = [sys.executable, str(SCRIPT)]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(number), str(world), str(folder), scenario], env=environment, stdin=subprocess.PIPE
                )
            )
            for number in range(world)
        ]
        try:
            processes[0].wait(120)
            for process in processes:
                process.stdin.close()
                process.wait(60)
        finally:
            for process in processes:
                process.kill()
    files = [folder / f"{number}.json" for number in range(world)]
    found = [json.loads(file.read_text()) if file.exists() else None for file in files]
    return [process.returncode for process in processes], found


@pytest.mark.parametrize("world", [2, 4])
def test_all_processes_get_the_result_over_all_batches(tmp_path, world):
    codes, found = run(tmp_path, world, "over_all")
    assert codes == [0] * world
    for name, make in rank.METRICS.items():
        alone = rank.feed(make(), [number for i in range(world) for number in rank.numbers_of(i, world)])
        for other in found:
            assert other[name] == pytest.approx(alone.result().tolist(), rel=1e-6), name
        assert all(other[name] == found[0][name] for other in found)
        two = rank.feed(make(), [number for i in range(2) for number in rank.numbers_of(i, world)])
        assert found[0][f"{name} of two"] == pytest.approx(two.result().tolist(), rel=1e-6), name
    assert all("expected one metric in all processes" in other["error"] for other in found)


def test_a_metric_within_a_data_parallel_model(tmp_path):
    codes, found = run(tmp_path, 2, "in_data_parallel")
    assert codes == [0, 0]
    assert found == [{"mean": 6.0, "here": 1.0}, {"mean": 6.0, "here": 11.0}]


def test_a_process_that_dies_is_an_error(tmp_path):
    codes, found = run(tmp_path, 2, "one_dies")
    assert codes == [0, 7]
    assert "a process of the group has ended" in found[0]["error"]
    assert found[0]["mean"] == 0.0


def test_a_process_that_does_not_answer_is_an_error_after_the_timeout(tmp_path):
    codes, found = run(tmp_path, 2, "one_is_late")
    assert codes == [0, 0]
    assert "within 1 seconds" in found[0]["error"]


def test_a_process_alone():
    metric = Mean()
    metric.update_state([3.0])
    assert float(result_over_ranks(metric)) == 3.0
    for wrong in ({"metric": 3.0}, {"metric": metric, "timeout": 0}):
        with pytest.raises(ValueError, match="result_over_ranks: argument"):
            result_over_ranks(**wrong)
