"""The picture: two curves that lie on one another, and below, how far apart they are."""

from pathlib import Path
from typing import Any

import numpy as np

from parity.walkthrough.facts import Optimizer
from parity.walkthrough.stages import Outcome

KERAS, PYTORCH, SGD, DEFAULTS = "#f2a65a", "#1f3b57", "#2a9d8f", "#b23a48"


def draw(outcome: Outcome, optimizers: list[Optimizer], folder: Path) -> list[Path]:
    """Write `walkthrough.png` and `walkthrough.svg` into a folder.

    Args:
        outcome: the stage whose curves are drawn.
        optimizers: SGD, Nadam, and Nadam with PyTorch's defaults, whose distances are drawn.
        folder: where to; made if it is not there.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    sgd, nadam, defaults = optimizers
    steps = np.arange(1, len(outcome.units) + 1)
    style: Any = {
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "parity",
        "svg.fonttype": "none",
    }
    with pyplot.rc_context(style):
        figure, (above, below) = pyplot.subplots(
            2, 1, sharex=True, figsize=(8, 6.4), height_ratios=(3, 2.2), layout="constrained"
        )
        above.plot(steps, outcome.losses["Keras"], color=KERAS, linewidth=5, solid_capstyle="round", label="Keras")
        above.plot(steps, outcome.losses["PyTorch"], color=PYTORCH, linewidth=1.2, label="PyTorch")
        half = len(steps) // 2
        above.axvline(half + 0.5, color="0.6", linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
        above.text(half + 2, above.get_ylim()[1] * 0.93, "saved, loaded, trained on", color="0.4", fontsize=9)
        above.set_ylabel("loss of a batch")
        above.set_ylim(bottom=0)
        above.set_title(f"{outcome.stage.title}, Nadam, diabetes data: one curve, drawn twice", loc="left", fontsize=11)
        above.legend(frameon=False, loc="upper right", bbox_to_anchor=(1.0, 0.9))

        for found, color, label in (
            (defaults, DEFAULTS, f"{defaults.pytorch}, PyTorch's defaults"),
            (nadam, PYTORCH, f"{nadam.pytorch}, as above"),
            (sgd, SGD, sgd.pytorch),
        ):
            below.plot(steps, found.units, color=color, linewidth=1.1, label=label)
        assert nadam.allowed is not None
        below.plot(
            steps, nadam.allowed * steps, color="0.6", linewidth=0.8, linestyle=(0, (4, 3)), label="allowed for Nadam"
        )
        below.set_yscale("symlog", linthresh=1, linscale=0.6)  # a distance can be 0
        below.set_yticks([0, 1, 10, 100, 1000, 10_000, 100_000], ["0", "1", "10", "100", "1 000", "10 000", "100 000"])
        below.yaxis.set_minor_locator(ticker.NullLocator())
        below.set_ylim(0, max(float(defaults.units.max()), 1.0) * 500)
        below.set_xlim(1, len(steps))
        below.set_ylabel("distance in units of\neps(float32) · loss")
        below.set_xlabel("training step")
        below.legend(frameon=False, fontsize=8, loc="upper left", ncols=2, handlelength=1.6, columnspacing=1.2)

        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"walkthrough.{kind}" for kind in ("png", "svg")]
        for path, metadata in zip(paths, ({"Software": ""}, {"Date": None}), strict=True):
            figure.savefig(path, dpi=150, metadata=metadata)
        pyplot.close(figure)
    return paths
