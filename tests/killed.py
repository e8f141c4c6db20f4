"""Kill processes with SIGKILL in the middle of saving, and read what they leave: `python tests/killed.py 50`.

Each child saves files over one another until it is killed. Then come children that write into the file itself, as a
saver does that is not atomic; that a file of theirs is torn must be found.
"""

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch

from torchimpl import files, losses, metrics

torch.set_num_threads(1)


def save(path, number):
    """Save a file whose parts all say one number."""
    mean = metrics.Mean()
    mean.update_state([float(number)])
    weights = {"weight": torch.full((1000, number % 100 + 1), float(number))}
    files.save(path, model=weights, loss=losses.Huber(delta=float(number)), metrics=mean)


def number_in(path):
    """Return the number that all parts of a file say; raise ValueError if it is not whole."""
    kept = files.load(path)
    said = {kept.loss.delta, float(kept.metrics.result()), *kept.state_dict["weight"].unique().tolist()}
    if len(said) != 1:
        raise ValueError(f"{path}: parts of different savings: {said}")
    return said.pop()


def torn(path, members, replace=files._replace):
    """Write as a saver does that is not atomic."""
    whole = path.with_name("whole")
    replace(whole, members)
    with open(path, "wb") as file:
        data = whole.read_bytes()
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])
            file.flush()


def kill(kills, path):
    """Kill so many savers; raise ValueError when something is lost."""
    save(path, 1)
    last, unfinished, advanced = 1, 0, 0
    for _ in range(kills):
        ready, started = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(started, b"x")
            while True:
                last += 1
                save(path, last)
        os.read(ready, 1)
        time.sleep(random.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(started)
        said = number_in(path)
        if said < last:
            raise ValueError(f"{said} stands in the file, {last} stood there before")
        advanced, last = advanced + (said > last), int(said)
        for part in path.parent.glob(".*.part"):
            unfinished += 1
            part.unlink()
    if not unfinished:
        raise RuntimeError("none was killed in the middle of a file")
    print(f"{kills} killed: {advanced} had saved, {unfinished} were in the middle of a file, nothing lost")


def main(kills):
    random.seed(0)
    with tempfile.TemporaryDirectory() as folder:
        kill(kills, Path(folder) / "model.torchimpl")
        files._replace = torn
        try:
            kill(1000, Path(folder) / "torn.torchimpl")
        except ValueError as error:
            print(f"torn, and found: {error}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
