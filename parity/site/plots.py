"""Plots of activations and losses with their derivatives: both frameworks, drawn over one another."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parity import bridge
from parity.bridge import Side, cotangent
from parity.registry import Entry, entries

POINTS = 241
KINDS = ("value", "derivative")
COLORS = {"tf": ("TensorFlow", "#f2a65a", 5.0), "torch": ("PyTorch", "#4292c6", 1.3)}
GREY = "#8a8f98"  # of text and axes: legible on white and on black


@dataclass(frozen=True)
class Slice:
    """What is drawn of a function of several numbers: its values along `origin + x * direction`.

    Args:
        x: what x is.
        low, high: the range of x.
        origin, direction: of the prediction, or of the argument.
        y_true: the target; None for an activation.
        arguments: further ones, where the defaults draw nothing.
        sample: the one of the batch whose loss is drawn, for a loss of which samples see one another; the arrays are
            then those of a batch.
    """

    x: str
    low: float
    high: float
    origin: Any
    direction: Any
    y_true: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)
    sample: int | None = None


def error(low: float = -3, high: float = 3, target: float = 0.0) -> Slice:
    """The loss over the error of one prediction."""
    said = "" if target == 0 else f", where the target is {target:g}"
    return Slice(f"prediction - target{said}", low, high, [target], [1.0], [target])


def probability(y_true: Any = (1.0, 0.0, 0.0), **arguments: Any) -> Slice:
    """The loss over the probability of the right one of three classes; the other two share the rest."""
    return Slice(
        "probability of the right class", 0.001, 1, [0.0, 0.5, 0.5], [1.0, -0.5, -0.5], list(y_true), arguments
    )


def score(y_true: Any, origin: Any, direction: Any) -> Slice:
    """The loss over a score."""
    return Slice("score of the right class", -2, 3, origin, direction, y_true)


ONE = Slice("x", -4, 4, [0.0], [1.0])
THREE = Slice("the first of (x, 0, 1)", -4, 4, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])
LABEL_1 = Slice("probability of label 1, which is right", 0.001, 1, [0.0], [1.0], [1.0])
OVERLAP = Slice(
    "probability of the right class, in four places",
    0,
    1,
    [0.0, 0, 1, 1],
    [1.0, 1, -1, -1],
    [1.0, 1, 0, 0],
    {"axis": 1},
)
SLICES = {
    "activations.glu": Slice("x, of (x, 1)", -4, 4, [0.0, 1.0], [1.0, 0.0]),
    "activations.log_softmax": THREE,
    "activations.softmax": THREE,
    "activations.sparsemax": THREE,
    "activations.threshold": Slice("x", -4, 4, [0.0], [1.0], arguments={"threshold": 1.0, "default_value": -1.0}),
    "losses.binary_crossentropy": LABEL_1,
    "losses.binary_focal_crossentropy": LABEL_1,
    "losses.categorical_crossentropy": probability(),
    "losses.categorical_focal_crossentropy": probability(),
    "losses.categorical_generalized_cross_entropy": probability(y_true=(0,), q=0.5),
    "losses.categorical_hinge": score([1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
    "losses.circle": Slice(
        "inner product with the other of its class; 0 with the rest",
        -1,
        1,
        [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]],
        [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]],
        [0, 0, 1],
        sample=0,
    ),
    "losses.cosine_similarity": Slice("x, of (x, 1) against (1, 0)", -3, 3, [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]),
    "losses.ctc": Slice(
        "logit of the right class, in one of two steps",
        -4,
        4,
        [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
        [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
        [1],
    ),
    "losses.dice": OVERLAP,
    "losses.hinge": score([1.0], [0.0], [1.0]),
    "losses.huber": error(),
    "losses.kl_divergence": probability(),
    "losses.log_cosh": error(),
    "losses.mean_absolute_error": error(),
    "losses.mean_absolute_percentage_error": error(target=1.0),
    "losses.mean_squared_error": error(),
    "losses.mean_squared_logarithmic_error": error(-2, 3, target=1.0),
    "losses.poisson": error(-0.95, 3, target=1.0),
    "losses.sparse_categorical_crossentropy": probability(y_true=(0,)),
    "losses.squared_hinge": score([1.0], [0.0], [1.0]),
    "losses.tversky": OVERLAP,
}


def drawable() -> Iterator[Entry]:
    """The entries that are drawn: each activation, and each loss as a function."""
    yield from entries(family="activations")
    yield from (entry for entry in entries(family="losses") if not entry.is_class)


def slice_of(entry: Entry) -> Slice:
    """What is drawn of an entry.

    Raises:
        KeyError: a loss says nothing about it.
    """
    return SLICES[entry.name] if entry.module == "losses" else SLICES.get(entry.name, ONE)


def curve(side: Side, entry: Entry, what: Slice) -> tuple[np.ndarray, np.ndarray]:
    """The values of one framework along a slice, and their derivative, in float64."""
    function = getattr(getattr(side.package, entry.module), entry.title)
    x, direction = numbers(what), np.asarray(what.direction)
    points = np.asarray(what.origin) + x.reshape(-1, *[1] * direction.ndim) * direction
    if what.sample is None:
        return _curve(side, function, what, points)
    parts = [_curve(side, function, what, point) for point in points]
    return np.concatenate([value for value, _ in parts]), np.concatenate([slope for _, slope in parts])


def numbers(what: Slice) -> np.ndarray:
    """The places that are drawn; 0 is among them only where it is an end."""
    return np.linspace(what.low, what.high, POINTS + 1 - POINTS % 2)


def _curve(side: Side, function: Callable, what: Slice, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if what.y_true is None:

        def values(x: Any) -> Any:
            return function(x, **what.arguments)[:, 0]
    else:
        y_true = np.asarray(what.y_true)
        if what.sample is None:
            y_true = np.broadcast_to(y_true, (len(points), *y_true.shape))
        labels = side.tensor(np.ascontiguousarray(y_true))

        def values(x: Any) -> Any:
            losses = function(labels, x, **what.arguments)
            return losses if what.sample is None else losses[what.sample : what.sample + 1]

    value, gradients = side.call(values, {"x": points}, ("x",))
    slopes = gradients["x"] * np.asarray(what.direction)
    return value, slopes.reshape(len(value), -1).sum(axis=1) / cotangent(value.shape, "float64")


def pictures(entry: Entry) -> dict[str, str]:
    """The plots of an entry as SVG: its values, and its derivative."""
    what = slice_of(entry)
    curves = {side.name: curve(side, entry, what) for side in reversed(bridge.sides())}
    arguments = "".join(f", {key}={value}" for key, value in what.arguments.items())
    titles = (f"{entry.title}{arguments}", f"derivative of {entry.title}{arguments}")
    return {
        kind: _draw(title, what, {name: both[index] for name, both in curves.items()})
        for index, (kind, title) in enumerate(zip(KINDS, titles, strict=True))
    }


def _draw(title: str, what: Slice, lines: dict[str, np.ndarray]) -> str:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    style: Any = {
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": GREY,
        "axes.titlecolor": GREY,
        "text.color": GREY,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "svg.hashsalt": "parity",
        "svg.fonttype": "none",
    }
    with pyplot.rc_context(style):
        figure, panel = pyplot.subplots(figsize=(5, 2.9), layout="constrained")
        for name, line in lines.items():
            label, color, width = COLORS[name]
            panel.plot(numbers(what), line, color=color, linewidth=width, solid_capstyle="round", label=label)
        panel.set_title(title, loc="left", fontsize=10)
        panel.set_xlabel(what.x)
        panel.margins(x=0.02, y=0.08)
        panel.grid(color=GREY, alpha=0.2, linewidth=0.6)
        panel.legend(frameon=False, fontsize=9)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        pyplot.close(figure)
    return file.getvalue()
