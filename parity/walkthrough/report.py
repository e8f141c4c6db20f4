"""How the walkthrough is printed."""

import numpy as np
from rich.box import HORIZONTALS
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from parity.phrases import DIFFERS, NONE, Prelude
from parity.phrases import SAME as SAME_RESULT
from parity.walkthrough.data import BATCH, FEATURES, TRAINING
from parity.walkthrough.facts import Optimizer, Otherwise, Streamed, Weighted
from parity.walkthrough.parts import NADAM_RATE, SEED, UNITS
from parity.walkthrough.snippets import Executed, show
from parity.walkthrough.stages import OTHER, REFUSED, SAME, UNITS_A_STEP, Outcome

VERDICTS = {SAME_RESULT: "green", DIFFERS: "yellow", NONE: "red"}
COLORS = {REFUSED: "yellow", OTHER: "red", SAME: "green"}


def print_beginning(console: Console) -> None:
    """What the stages have in common."""
    _print(
        console,
        "The model",
        f"scikit-learn's diabetes: {FEATURES} features, {TRAINING} patients to train with, in batches of {BATCH}.",
        f"Dense({UNITS}, relu, he_normal) and Dense(1), seed {SEED}: the first weights are the same, bit for bit.",
        f"Nadam({NADAM_RATE}); in PyTorch NAdam(lr={NADAM_RATE}, momentum_decay=1.0, eps=1e-7).",
        "A unit is eps(float32) times the loss.",
    )


def print_stage(console: Console, number: int, outcome: Outcome) -> None:
    """Both curves side by side, their distance, and what came of each way of loading."""
    stage, steps = outcome.stage, len(outcome.units)
    worst = int(np.argmax(outcome.units))
    a_step = float((outcome.units / np.arange(1, steps + 1)).max())
    curves = _table("step", "Keras", "PyTorch", "units")
    chosen = sorted({1, 2, steps // 4, steps // 2, steps // 2 + 1, worst + 1, steps} - {0})
    for step in chosen:
        losses = (f"{outcome.losses[name][step - 1]:.7f}" for name in ("Keras", "PyTorch"))
        note = " worst" if step == worst + 1 else ""
        curves.add_row(f"{step}", *losses, f"{outcome.units[step - 1]:.2f}", note)
    distance = (
        f"The loss of each of {steps} batches, Nadam: {outcome.units[worst]:.1f} units apart at most, "
        f"{a_step:.2f} a step (allowed {UNITS_A_STEP:g})."
    )
    loads = Table("loaded with", "Keras", "PyTorch", box=None, header_style="bold", pad_edge=False)
    for load, found in outcome.loaded:
        cells = [_loaded(load.outcome, found[name]) for name in ("Keras", "PyTorch")]
        loads.add_row(Text(load.given), *cells)
    saved = ", ".join(f"{name} {_numbers(result)}" for name, result in outcome.results.items())
    _print(
        console,
        f"{number}. {stage.title}",
        stage.says,
        curves,
        distance,
        f"Saved after step {steps // 2}. Loss{' and metric' if len(outcome.results['Keras']) > 1 else ''} "
        f"of the test set: {saved}.",
        loads,
    )


def print_optimizers(console: Console, found: list[Optimizer]) -> None:
    """Keras's optimizers and PyTorch's: the same ones, and what looks like the same one."""
    table = Table("keras.optimizers", "torch.optim", box=None, header_style="bold", pad_edge=False)
    for name in ("one step", "largest", "loss: units", "a step", "allowed"):
        table.add_column(name, justify="right")
    for item in found:
        a_step = float((item.units / np.arange(1, len(item.units) + 1)).max())
        allowed = "-" if item.allowed is None else f"{item.allowed:g}"
        color = "red" if item.allowed is None else "green"
        table.add_row(
            item.keras,
            Text(item.pytorch),
            f"{item.typical:.1e}",
            f"{item.largest:.1e}",
            f"[{color}]{item.units.max():,.1f}[/]",
            f"[{color}]{a_step:,.2f}[/]",
            allowed,
        )
    _print(
        console,
        "The optimizer",
        f"loss=HuberLoss(2.), {len(found[0].units)} steps: how far apart the weights are after one (median, largest), "
        "and how far the losses get:",
        table,
        "PyTorch's default momentum_decay=4e-3 is another momentum schedule than Keras's, which is momentum_decay=1.0.",
    )


def print_weighted(console: Console, found: Weighted) -> None:
    """A loss and the metric of its name, under sample weights."""
    table = _table("", "formula", "Keras", "PyTorch")
    for name, formula, numbers in (
        ("loss=HuberLoss(2.)", "sum(w * v) / n", found.loss),
        ("metric HuberMetric(2.)", "sum(w * v) / sum(w)", found.metric),
    ):
        table.add_row(name, formula, *(f"{numbers[key]:.7f}" for key in ("Keras", "PyTorch")))
    _print(
        console,
        "A loss is not the metric of its name",
        f"Under sample weights (0.5, 1, 2, .. of mean {found.mean_weight:.4f}) the divisors differ, and so the numbers "
        "do, by that mean:",
        table,
    )


def print_precision(console: Console, found: dict[str, Streamed]) -> None:
    """The chapter's two batches."""
    table = _table("Precision", "after batch 1", "after both", "true positives", "false positives", "mean of batches")
    for name, item in found.items():
        numbers = f"{item.after_first:.1f}", f"{item.after_both:.1f}"
        table.add_row(
            f"{name}.metrics" if name != "Keras" else "keras.metrics",
            *numbers,
            f"{item.true_positives:g}",
            f"{item.false_positives:g}",
            f"[red]{item.mean_of_batches:.1f}[/]",
        )
    _print(
        console,
        "Why metrics stream",
        "4 of 5 positive predictions are right in the first batch, 0 of 3 in the second. Of all 8, 4 are: 0.5.",
        table,
        "The mean of the batches, (0.8 + 0) / 2, counts 3 predictions as much as 5.",
    )


def print_otherwise(console: Console, found: list[Otherwise]) -> None:
    """Where the packages do not do what the chapter's code does."""
    table = Table("", "the chapter's code", "both packages", "because", box=None, header_style="bold", pad_edge=False)
    for item in found:
        table.add_row(item.what, f"[red]{_numbers(item.chapter)}[/]", f"[green]{_numbers(item.ours)}[/]", item.because)
    _print(console, "Otherwise than in the chapter", "The same in TensorFlow and in PyTorch:", table)


def _print(console: Console, title: str, *parts: RenderableType) -> None:
    console.print(Rule(Text(f" {title} ", style="bold"), align="left", style="dim"))
    blocks: list[RenderableType] = []
    for part in parts:
        shown = Text(part) if isinstance(part, str) else part
        blocks.append(Padding(shown, (0, 0, 0, 0 if isinstance(part, str) else 2)))
    console.print(Group(*blocks), highlight=False)
    console.print()


def _table(first: str, *others: str) -> Table:
    table = Table(first, box=None, header_style="bold", pad_edge=False)
    for name in others:
        table.add_column(name, justify="right")
    table.add_column("")
    return table


def _loaded(outcome: str, found: object) -> Text:
    what = f"refused: {found}" if outcome == REFUSED else f"{_numbers(found)}: {outcome}"
    return Text(what, style=COLORS[outcome])


def _numbers(array: object) -> str:
    return ", ".join(f"{number:.5g}" for number in np.asarray(array, np.float64).ravel())


def pairs_table(found: list[Executed], prelude: Prelude) -> Table:
    """The pairs of snippets with what they gave."""
    table = Table(
        "", "TensorFlow", "PyTorch", "", header_style="bold", pad_edge=False, show_lines=True, box=HORIZONTALS
    )
    table.columns[0].width = 24
    for column in table.columns[:3]:
        column.overflow = "fold"
    table.columns[1].ratio = table.columns[2].ratio = 1
    table.expand = True
    table.add_row("before each", *(_snippet(code, "") for code in prelude), "")
    for row, tensorflow, pytorch, instead in found:
        counterpart = _snippet(row.pytorch, show(pytorch))
        if row.instead:
            counterpart = Text("\n").join([counterpart, Text("instead:", "bold"), _snippet(row.instead, show(instead))])
        topic = Text(row.topic, "bold").append(f"\n{row.note}" if row.note else "", "not bold dim")
        table.add_row(
            topic, _snippet(row.tensorflow, show(tensorflow)), counterpart, Text(row.verdict, VERDICTS[row.verdict])
        )
    return table


def _snippet(code: str, result: str) -> Text:
    return Text(code).append(f"\n→ {result}" if result else "", "red" if result.startswith("raises") else "green")
