"""How long torchimpl's initializers take beside Keras's on TensorFlow, and beside PyTorch's own truncated normal.

    python benchmarks/initializers.py [--rounds N] [--threads N]

All are run in turn, round after round, in one process, so that what else the machine does falls on each alike. Times
are medians, in microseconds; the ratio is the median of the ratios of single rounds, with their quartiles in brackets.
TensorFlow's time is that of an eager call and of `.numpy()`. Exits with 1 where a limit is exceeded.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from functools import partial

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=60, help="of each large shape; small ones run ten times as often")
parser.add_argument("--threads", type=int, default=1)
arguments = parser.parse_args()
# Before the libraries are loaded, which read it then.
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS=str(arguments.threads))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import torch  # noqa: E402

import torchimpl  # noqa: E402

torch.set_num_threads(arguments.threads)
tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)

SMALL, LARGE = (10, 10), (1000, 1000)
FAMILIES = {
    "uniform": ("GlorotUniform", {}),
    "normal": ("VarianceScaling", {"distribution": "untruncated_normal"}),
    "truncated normal": ("HeNormal", {}),
    "orthogonal": ("Orthogonal", {}),
}
# Times TensorFlow's, and for PyTorch times its own.
LIMITS = {
    ("uniform", SMALL): 1.0,
    ("normal", SMALL): 1.5,
    ("truncated normal", SMALL): 2.5,
    ("uniform", LARGE): 1.5,
    ("normal", LARGE): 1.5,
    ("truncated normal", LARGE): 1.5,
    ("truncated normal", LARGE, "torch"): 1.0,
}


def measure(functions, rounds):
    """Seconds of each function in each round, the functions taking turns."""
    times = [[] for _ in functions]
    for number in range(rounds + 2):
        for seconds, function in zip(times, functions, strict=True):
            started = time.perf_counter()
            function()
            if number >= 2:
                seconds.append(time.perf_counter() - started)
    return times


def drawn_by_keras(initializer, shape):
    return initializer(shape).numpy()


def row(what, shape, ours, other, limit):
    """One line of the table, and whether the limit holds."""
    low, ratio, high = statistics.quantiles(np.divide(ours, other), n=4)
    fine = limit is None or ratio <= limit
    micro = [statistics.median(times) * 1e6 for times in (ours, other)]
    print(
        f"{what:35} {shape!s:13} {micro[0]:9.1f} {micro[1]:9.1f}   {ratio:5.2f} ({low:.2f} to {high:.2f})   "
        f"{'' if limit is None else f'<= {limit:g}':7}{'' if fine else 'EXCEEDED'}"
    )
    return fine


def main():
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}, ", end="")
    print(f"{arguments.threads} thread(s)")
    print(f"torch {torch.__version__}, tensorflow {tf.__version__}, keras {keras.__version__}, numpy {np.__version__}")
    print(f"{'':35} {'shape':13} {'torchimpl':>9} {'other':>9}   {'ratio':22}   limit")
    fine = True
    for shape, rounds in ((SMALL, arguments.rounds * 10), (LARGE, arguments.rounds)):
        for family, (name, options) in FAMILIES.items():
            if family == "orthogonal" and shape == LARGE:
                shape, rounds = (784, 256), max(arguments.rounds // 4, 2)
            ours = getattr(torchimpl.initializers, name)(seed=3, **options)
            theirs = getattr(keras.initializers, name)(seed=3, **options)
            functions = [partial(ours, shape), partial(drawn_by_keras, theirs, shape)]
            tensor = torch.empty(shape)
            if family == "truncated normal":
                functions.append(partial(torch.nn.init.trunc_normal_, tensor))
            mine, tensorflow, *native = measure(functions, rounds)
            fine &= row(f"{family}, Keras", shape, mine, tensorflow, LIMITS.get((family, shape)))
            for times in native:
                fine &= row(f"{family}, torch.nn.init", shape, mine, times, LIMITS.get((family, shape, "torch")))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
