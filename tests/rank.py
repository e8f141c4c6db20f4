"""One process of a distributed run, started by test_distributed.py: `rank.py RANK WORLD FOLDER SCENARIO`."""

import datetime
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from torch import distributed

import torchimpl
from torchimpl.metrics import AUC, Mean, Metric, Precision, R2Score, result_over_ranks


class Inside(Metric):
    """A metric that holds another, whose states are made late."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.score = R2Score()
        self.add_variable(name="batches")

    def update_state(self, y_true, y_pred):
        self.score.update_state(y_true, y_pred)
        self.accumulate(batches=1)

    def result(self):
        return self.score.result() + self.batches


def batch(number, size):
    """A batch that depends on its number alone."""
    draw = np.random.default_rng(number)
    y_true, y_pred = draw.random((2, size, 2)).astype(np.float32)
    return (y_true > 0.5).astype(np.float32), y_pred


METRICS = {
    "late": lambda: AUC(multi_label=True, num_thresholds=5),
    "pairs": R2Score,
    "inside": Inside,
    "lambda": lambda: torchimpl.metrics.MeanMetricWrapper(lambda y_true, y_pred: y_pred.sum(-1)),
    "several": lambda: Precision(thresholds=[0.25, 0.5]),
}


def numbers_of(rank, world):
    """The batches of a process: the last process sees none, the others one more each."""
    return [10 * rank + i for i in range(rank + 1)] if rank < world - 1 else []


def feed(metric, numbers):
    for number in numbers:
        metric.update_state(*batch(number, 3 + number % 4))
    return metric


def over_all(rank, world):
    found = {}
    pair = distributed.new_group([0, 1])
    for name, make in METRICS.items():
        metric = feed(make(), numbers_of(rank, world))
        before = metric.get_state()
        results = [result_over_ranks(metric, timeout=60) for _ in range(2)]
        for key, state in metric.get_state().items():
            assert np.array_equal(state, before[key]), name
        assert metric.get_state().keys() == before.keys()
        assert torch.equal(*results)
        found[name] = results[0].tolist()
        if rank < 2:
            found[f"{name} of two"] = result_over_ranks(metric, pair).tolist()
    try:
        result_over_ranks(Precision(thresholds=0.25 if rank else 0.5))
    except ValueError as error:
        found["error"] = str(error)
    return found


class Counted(torch.nn.Linear):
    """A layer that keeps the mean of its inputs."""

    def __init__(self):
        super().__init__(1, 1)
        self.mean = Mean()

    def forward(self, x):
        self.mean.update_state(x)
        return super().forward(x)


def in_data_parallel(rank, world):
    model = torch.nn.parallel.DistributedDataParallel(Counted(), broadcast_buffers=False)
    for number in range(3):
        model(torch.full((2, 1), 10.0 * rank + number)).sum().backward()
    return {"mean": float(result_over_ranks(model.module.mean)), "here": float(model.module.mean.result())}


def one_dies(rank, world):
    metric = Mean()
    metric.update_state([float(rank)])
    result_over_ranks(metric)
    if rank == 1:
        os._exit(7)
    try:
        result_over_ranks(metric, timeout=5)
    except RuntimeError as error:
        return {"error": str(error), "mean": float(metric.result())}


def one_is_late(rank, world):
    metric = Mean()
    if rank == 1:
        sys.stdin.read()  # until the test has heard from the other
        return {}
    try:
        result_over_ranks(metric, timeout=1)
    except RuntimeError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    rank, world, folder, scenario = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(1)
    store = distributed.FileStore(str(folder / "store"), world)
    limit = datetime.timedelta(seconds=60)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=world, timeout=limit)
    (folder / f"{rank}.json").write_text(json.dumps(globals()[scenario](rank, world)))
    sys.stdout.flush()
    os._exit(0)  # without a farewell to a process that may be dead
