"""Keras itself against the reference, on generated cases: what differs must be a difference that is written down.

The packages are held to the reference by their own checks. Here Keras on TensorFlow is, on the same cases; where it
answers something else, a region of `parity.deviations.regions` must say so.
"""

import importlib
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from rich.console import Console
from rich.table import Table

from parity import bridge, domains
from parity.checks.subject import (
    build_in_keras,
    caller_in_keras,
    differentiable,
    dtype_of,
    expect,
    expect_stream,
    public_in_keras,
    tensors_of,
)
from parity.deviations.regions import REGIONS, Case
from parity.registry import find
from parity.registry.entry import Entry
from parity.runner import cases, main_check
from parity.search import variety
from parity.tolerance import ParityError, compare


@dataclass
class Comparison:
    """How Keras did for one component.

    Args:
        name: the component.
        cases: how many were compared.
        equal: how many gave what the reference says.
        regions: how many differed, by the name of the region that says so.
        unexplained: differences that no region covers, each with its case.
    """

    name: str
    cases: int = 0
    equal: int = 0
    regions: Counter[str] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)


def against_keras(entry: Entry, *, examples: int, seed: int) -> Comparison | None:
    """Compare Keras with the reference on generated cases; None where Keras has no such component."""
    side = next(side for side in bridge.sides() if isinstance(side, bridge.TensorFlow))
    keras = importlib.import_module("keras")
    if public_in_keras(keras, entry) is None:
        return None
    found = Comparison(entry.name)

    @hypothesis.seed(zlib.crc32(f"{seed} {entry.name} keras".encode()))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(cases(entry, main_check(entry)))
    def run(case: dict[str, Any]) -> None:
        drawn = Case(entry.name, case["config"], case.get("inputs") or {}, case.get("batches") or [])
        found.cases += 1
        differences = list(_differences(entry, side, keras, drawn))
        if not differences:
            found.equal += 1
            return
        for kind, text in differences:
            covering = [region.name for region in REGIONS if region.covers(drawn, kind)]
            if covering:
                found.regions.update(covering)
            else:
                found.unexplained.append(f"{text}\n    {domains.literal(case)}")

    with warnings.catch_warnings(), variety():
        warnings.simplefilter("ignore")
        run()
    return found


def _differences(entry: Entry, side: bridge.TensorFlow, keras: Any, case: Case) -> Iterator[tuple[str, str]]:
    """Kind ("error", "value" or "gradient") and text of each way in which Keras does not answer as the reference."""
    streamed = entry.family == "metrics" and entry.is_class
    wrt = differentiable(entry, case.config, case.inputs) if entry.family != "metrics" else ()
    gradients: dict[str, np.ndarray] = {}
    try:
        if streamed:
            expected = expect_stream(entry, case.config, case.batches)
            metric = build_in_keras(keras, entry, case.config)
            side.update(metric, case.batches)
            value = side.compute(metric)
        else:
            expected = expect(entry, case.config, case.inputs, wrt, bridge.cotangent)
            function = caller_in_keras(keras, entry, case.config, case.inputs)
            value, gradients = side.call(function, tensors_of(case.inputs), wrt)
    except Exception as error:
        yield "error", f"{entry.name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        return
    pairs: list[tuple[str, np.ndarray, Any, Any, str, float]] = [
        ("value", value, expected.value, expected.scale, expected.dtype, entry.tolerance.value)
    ]
    for key, gradient in gradients.items():
        reference, scale = expected.gradients[key]
        kind = expected.gradient_dtypes[key]
        pairs.append(("gradient", gradient, reference, scale, kind, entry.tolerance.gradient))
    for kind, actual, reference, scale, dtype, units in pairs:
        try:
            compare(
                f"{entry.name} {kind} of Keras",
                actual,
                reference,
                scale,
                dtype=dtype,
                units=units,
                passed_through=_passed_through(entry, case, expected.passed_through),
            )
        except ParityError as error:
            yield kind, str(error)


def _passed_through(entry: Entry, case: Case, expected: tuple[str, ...]) -> tuple[str, ...]:
    if entry.mean_of == "losses":  # each loss is rounded to the dtype of its predictions
        return (*expected, *{dtype_of(batch["y_pred"]) for batch in case.batches})
    return expected


def report(console: Console, names: list[str], examples: int, seed: int, show: int) -> bool:
    """Print how Keras did for each component, and say whether every difference is written down."""
    found = [against_keras(find(name), examples=examples, seed=seed) for name in names]
    compared = [item for item in found if item is not None]
    table = Table(
        "component", "cases", "as the reference", "written down", "unexplained", box=None, header_style="bold"
    )
    for item in compared:
        regions = ", ".join(f"{name} ({count})" for name, count in item.regions.most_common())
        table.add_row(item.name, str(item.cases), str(item.equal), regions, str(len(item.unexplained) or ""))
    console.print(table)
    for item in compared:
        for text in item.unexplained[:show]:
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    cases_in_all, equal = sum(item.cases for item in compared), sum(item.equal for item in compared)
    unexplained = sum(len(item.unexplained) for item in compared)
    console.print(
        f"{cases_in_all} cases of {len(compared)} components: Keras answers {equal} as the reference does; "
        f"{unexplained} differences are not written down."
    )
    return bool(cases_in_all) and not unexplained
