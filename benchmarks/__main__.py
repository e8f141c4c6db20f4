"""Measures torchimpl and tfimpl against PyTorch, torchmetrics, torcheval and Keras on both backends.

    python -m benchmarks [--only losses.Huber] [--seconds 0.2] [--threads 1]

Two processes, one after the other, for Keras runs on one framework a process; in each, what is compared takes turns. A
value is that of the fastest rounds, with the quartiles of single rounds in brackets. A bound that is missed is said to
be missed, and the exit status is 0 all the same: how long something takes is no error.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import click

from benchmarks import report
from benchmarks.case import Row

HERE = Path(__file__).parent.parent
BACKENDS = ("torch", "tensorflow")


@click.command(help=__doc__.replace("    python", "\b\n    python"))
@click.option("--only", multiple=True, metavar="TEXT", help="What to measure: a part of `group.name size`; several.")
@click.option("--backend", type=click.Choice(BACKENDS), help="Only the process in which Keras runs on this framework.")
@click.option("--seconds", default=0.2, show_default=True, help="For each call, at least seven rounds.")
@click.option("--threads", default=1, show_default=True, help="In each framework.")
@click.option("--largest", default=10**6, show_default=True, help="Leave out what has more elements.")
@click.option("--out", default="build/benchmarks", show_default=True, help="Where the JSON, the plot and the page go.")
@click.option("--again", is_flag=True, help="Measure nothing: write plot and page from the JSON that is there.")
def main(only, backend, seconds, threads, largest, out, again):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if not again:
        started = time.monotonic()
        options = {"only": only, "seconds": seconds, "threads": threads, "largest": largest}
        found = {"rows": []}
        for name in [backend] if backend else BACKENDS:
            _measure(name, options, found)
        found |= {"threads": threads, "minutes": round((time.monotonic() - started) / 60, 1)}
        found["machine"] |= {"cores": os.cpu_count()}
        (out / "benchmarks.json").write_text(json.dumps(found, indent=1) + "\n")
    found = json.loads((out / "benchmarks.json").read_text())
    rows = [Row(**row) for row in found["rows"]]
    report.plot(rows, out / "benchmarks.svg")
    (out / "benchmarks.md").write_text(report.page(found["machine"], found["threads"], found["minutes"], rows))
    click.echo(report.summary(rows))


def _measure(backend, options, found):
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": str(options["threads"]),
    }
    command = [sys.executable, "-m", "benchmarks.worker", json.dumps({**options, "backend": backend})]
    with subprocess.Popen(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        for line in worker.stdout:
            data = json.loads(line)
            if "machine" in data:
                found["machine"] = data["machine"]
                continue
            found["rows"].append(data)
            click.echo(report.line(Row(**data)))
    if worker.returncode:
        raise click.ClickException(f"the process with Keras on {backend} ended with {worker.returncode}.")


if __name__ == "__main__":
    main()
