"""What was measured, as lines, as a page and as a plot."""

import math
import statistics
from collections import Counter, defaultdict

INTRODUCTION = """\
---
hide: [navigation]
---
# Benchmarks

How long `torchimpl` and `tfimpl` take beside PyTorch, torchmetrics, torcheval and Keras on both backends, written by
`make bench`. What is compared takes turns in one process; a value is the ratio of the fastest rounds, and in brackets
stand the quartiles of the ratios of single rounds. A bound is what was demanded before anything was measured: it is
**missed** where the value and both quartiles are larger, and *undecided* where they lie on both sides of it. Times are
those of the fastest rounds, in microseconds; a peer that takes more than 2 seconds a call is left out. *eager* and
*graph* are TensorFlow's modes; losses and activations are computed and differentiated, in float32.
[benchmarks.json](benchmarks.json) has it all as data.

At 10^6 elements a tensor is 4 MB: glibc gives that memory back as soon as a few such tensors are free, and the next
call has it cleared page by page, which can take longer than the computing. It falls on whoever holds one tensor more.
"""
UNITS = {"times": "x", "us": " µs", "s": " s", "inputs": " x inputs", "exponent": "", "stops": " stops"}
MARKS = {"missed": "**", "undecided": "*"}
COLOURS = {"kept": "C0", "undecided": "C1", "missed": "C3"}
TITLES = {
    "losses": "Losses: value and gradient",
    "activations": "Activations: value and gradient",
    "inductor": "Losses and activations by inductor: value and gradient",
    "metrics": "Metrics: an update",
    "weights": "Regularizers: value and gradient; constraints",
    "initializers": "Initializers",
    "imports": "Imports",
    "memory": "Losses: memory at the peak of a call without gradients",
    "growth": "How the cost grows",
    "gpu": "On the GPU",
}


def line(row):
    """One row, as it is printed while the others are measured."""
    said = f"{row.group}.{row.name} {row.size}"
    times = " / ".join(f"{1e6 * seconds:.1f}" for seconds in row.times)
    return f"{said:52} {_compared(row):48} {times:>19} {_value(row):28} {_bound(row):10} {row.verdict}"


def summary(rows):
    """How many bounds are kept, and those that are missed, the worst first."""
    missed = _missed(rows)
    return "\n".join([counts(rows), *(["Missed:", *map(line, missed)] if missed else [])])


def counts(rows):
    """How many bounds are kept, missed and neither, in a sentence."""
    number = Counter(row.verdict for row in rows)
    bounds = len(rows) - number[""]
    return (
        f"Of {bounds} bounds {number['kept']} are kept, {number['missed']} missed and {number['undecided']} undecided."
    )


def _missed(rows):
    return sorted((row for row in rows if row.verdict == "missed"), key=excess, reverse=True)


def page(machine, threads, minutes, rows):
    """The page for the documentation."""
    missed = _missed(rows)
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    text = [
        INTRODUCTION,
        f"Measured on {machine['date']}, on {machine['processor']}, {machine['cores']} cores,",
        f"{machine['gpu'] or 'no GPU'},",
        f"{threads} thread(s) in each framework; Python {machine['python']}, {versions}.",
        f"The whole took {minutes:g} minutes.",
        "",
        counts(rows),
        "",
        *_overview(rows),
        "![Each value over its bound, by group](benchmarks.svg)",
        "",
    ]
    if missed:
        text += ["## Missed", "", *_table(missed, group=True)]
    for group, title in TITLES.items():
        inside = [row for row in rows if row.group == group]
        if inside:
            text += [f"## {title}", "", *_table(inside)]
    return "\n".join(text).rstrip() + "\n"


def _overview(rows):
    """How long each package takes beside each peer, on the whole; only ratios of times have a median that says so."""
    yield "| | compared | median | kept | undecided | missed |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind, inside in _by_kind(row for row in rows if row.unit == "times").items():
        number = Counter(row.verdict for row in inside)
        verdicts = " | ".join(f"{number[name] or ''}" for name in ("kept", "undecided", "missed"))
        median = statistics.median(row.value for row in inside)
        yield f"| {kind} | {len(inside)} | {median:.2f}x | {verdicts} |"
    yield ""


def _by_kind(rows):
    """Rows by what is compared with what."""
    kinds = defaultdict(list)
    for row in rows:
        compared = _compared(row).partition(": ")[0]  # without the memory that Keras takes
        kinds[f"{row.group}: {compared}"].append(row)
    return kinds


def _table(rows, group=False):
    yield f"| | size | | value | bound | µs |{' why |' if any(row.remark for row in rows) else ''}"
    yield f"|---|---|---|---|---|---|{'---|' if any(row.remark for row in rows) else ''}"
    for row in rows:
        mark = MARKS.get(row.verdict, "")
        name = f"{row.group}.{row.name}" if group else row.name
        times = " / ".join(f"{1e6 * seconds:,.1f}" for seconds in row.times)
        cells = [name, row.size.replace("**", "^"), _compared(row), mark + _value(row) + mark, _bound(row), times]
        cells += [row.remark] if any(other.remark for other in rows) else []
        yield "| " + " | ".join(cells) + " |"
    yield ""


def plot(rows, path):
    """Draw each value over its bound, a line for each kind of comparison."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    kinds = _by_kind(row for row in rows if row.most is not None)
    figure, axes = plt.subplots(figsize=(9, 1.2 + 0.28 * max(len(kinds), 1)))
    for place, kind in enumerate(kinds):
        values = [excess(row) for row in kinds[kind]]
        colours = [COLOURS[row.verdict] for row in kinds[kind]]
        axes.scatter(values, [place] * len(values), c=colours, marker="|", s=90)
    axes.set(xscale="log", xlabel="value / bound", yticks=range(len(kinds)), yticklabels=kinds)
    axes.axvline(1, color="0.6", linewidth=1)
    axes.invert_yaxis()
    for verdict, colour in COLOURS.items():
        axes.scatter([], [], c=colour, marker="|", s=90, label=verdict)
    axes.legend(loc="upper right", frameon=False)
    figure.tight_layout()
    with matplotlib.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def excess(row):
    """The value in bounds; a bound of 0 that is missed is missed by far."""
    if row.most == 0:
        return math.inf if row.value else 0.01
    return max(row.value / row.most, 0.01)


def _compared(row):
    return f"{row.ours} / {row.than}" if row.than else row.ours


def _value(row):
    spread = "" if row.low == row.high else f" ({row.low:.3g} to {row.high:.3g})"
    return f"{row.value:.3g}{UNITS[row.unit]}{spread}"


def _bound(row):
    return "" if row.most is None else f"<= {row.most:.3g}"
