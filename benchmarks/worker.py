"""Measures in one process, with Keras on one backend, and prints a line of JSON for each row: see `__main__`."""

import json
import platform
import sys
import time
import warnings


def main():
    options = json.loads(sys.argv[1])

    import torch

    torch.set_num_threads(options["threads"])
    if options["backend"] == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(options["threads"])
        tf.config.threading.set_inter_op_parallelism_threads(1)

    warnings.simplefilter("ignore")  # peers warn of batches that are too small for them
    out = sys.stdout
    sys.stdout = sys.stderr  # whatever a peer prints is no row
    _put(out, {"machine": _machine(torch)})
    for row in _rows(options):
        _put(out, row.as_data())


def _put(out, data):
    print(json.dumps(data), file=out, flush=True)


def _rows(options):
    from benchmarks import activations, gpu, growth, imports, inductor, initializers, losses, memory, metrics, weights
    from benchmarks.case import chosen

    patterns = options["only"]

    def wanted(name):
        return not patterns or any(pattern.lower() in name.lower() for pattern in patterns)

    on_tensorflow, seconds, largest = options["backend"] == "tensorflow", options["seconds"], options["largest"]
    sizes = {size: number for size, number in losses.SIZES.items() if number <= largest}
    large = {kind: min(number, largest) for kind, number in metrics.LARGE.items()}
    cases = [
        *losses.cases(sizes=sizes),
        *activations.cases(sizes=sizes),
        *metrics.cases(large=large, default=min(10**6, largest)),
        *weights.cases([side for side in weights.SIDES if side**2 <= largest]),
        *(initializers.cases() if on_tensorflow else imports.cases()),
        *(inductor.cases() if not on_tensorflow and inductor.SIZE[1] in sizes.values() else ()),
    ]
    for case in chosen(cases, wanted):
        yield from case.measure(seconds)
    yield from memory.rows(wanted, min(memory.SIZE, largest))
    yield from growth.rows(wanted, seconds, [size for size in (10**4, 10**5, 10**6, 10**7) if size <= 10 * largest])
    if not on_tensorflow:
        yield from gpu.measured(wanted, seconds)


def _machine(torch):
    from importlib.metadata import version

    processor = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            processor = next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass  # not Linux, or not x86
    packages = ("torch", "tensorflow", "tensorflow-cpu", "keras", "torchmetrics", "torcheval", "numpy")
    versions = {}
    for package in packages:
        try:
            versions[package] = version(package)
        except ModuleNotFoundError:
            continue
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": processor,
        "python": platform.python_version(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "versions": versions,
    }


if __name__ == "__main__":
    main()
