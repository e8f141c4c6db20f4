"""The certificate as a page of Markdown."""

from collections.abc import Iterator, Mapping
from typing import Any

from parity.certify.record import WHOSE, Certificate, beyond
from parity.registry.entry import MODULES

INTRODUCTION = """---
hide: [navigation]
---
# Certificate

How far the components are from the reference and from each other, as measured by `parity certify`. A unit is
`eps(dtype)` times the size of the terms that were added (8 are allowed for a value and 16 for a gradient, unless the
entry says why not); an ULP is a unit in the last place of the right result, whatever was added to make it. Where terms
cancel, many ULP are few units.

`tf` and `torch` are distances from the reference, `apart` is that of the two from each other: they stand in this order.
On this page each number is the worst over all dtypes and modes; [certificate.json](certificate.json) has them by
dtype and mode (eager; `tf.function` and XLA; captured as one PyTorch graph, with its derivative where it has one),
four numbers each, in the order of the columns here. The median, the 99th percentile and the input that gives the
worst are in the files that `parity certify NAME --anew --out DIR` writes into `DIR/certificate/`.

The figures of a component hold for its sources: a hash over the syntax of all that it reaches, in both packages and in
the reference, is kept with them, and a test fails when it, or a pinned version, is another. `parity certify` measures
what changed.
"""


def markdown(certificate: Certificate) -> str:
    lines = [INTRODUCTION, "## Measured with", ""]
    for environment in certificate.environments:
        known = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
        lines.append(
            f"- {known}; Python {environment['python']} on {environment['processor']} ({environment['device']}), "
            f"{environment['system']}"
        )
    lines += ["", *_activations(certificate), *_families(certificate)]
    return "\n".join(lines).rstrip() + "\n"


def _activations(certificate: Certificate) -> Iterator[str]:
    swept = {name: item for name, item in certificate.components.items() if item["points"]}
    if not swept:
        return
    yield from [
        "## Values of functions of one number",
        "",
        "The worst ULP of TensorFlow / PyTorch, eagerly. float16 and bfloat16: every number there is. float32 and "
        "float64: 251,000 numbers of all sizes; and where a date stands, every one of the 4,294,967,296 of float32. "
        "There inf is an overflow beside the largest number, to which the right result is rounded.",
        "",
        "| | float16 | bfloat16 | float32 | every float32 | at | measured | float64 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, item in swept.items():
        cells = {
            dtype: " / ".join(_number(item["worst"][dtype]["eager"][side][1]) for side in _sides(item, dtype))
            for dtype in item["worst"]
        }
        sweep = item.get("every_float32", {})
        sides = [sweep[side]["value"] for side in ("tf", "torch") if side in sweep]
        whole = " / ".join(_number(side["ulp"][-1]) for side in sides)
        places = " / ".join(_place(side["ulp_at"]) for side in sides)
        yield (
            f"| {name} | {cells['float16']} | {cells['bfloat16']} | {cells['float32']} | {whole} | {places} | "
            f"{sweep.get('measured', '')} | {cells['float64']} |"
        )
    yield ""


def _families(certificate: Certificate) -> Iterator[str]:
    for module in MODULES:
        items = {name: item for name, item in certificate.components.items() if name.partition(".")[0] == module}
        if not items:
            continue
        yield from [
            f"## {module}",
            "",
            "| | value, units | value, ULP | gradient, units | gradient, ULP | dtypes, modes | measured |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, item in sorted(items.items(), key=lambda pair: pair[0].lower()):
            cells = [_worst(item, place) for place in range(4)]
            modes = sorted({mode for dtype in item["worst"].values() for mode in dtype})
            too_far = " **beyond its limits**" if beyond(item) else ""
            yield (
                f"| {name}{too_far} | {' | '.join(cells)} | {len(item['worst'])}, {' '.join(modes)} | "
                f"{item['measured']} |"
            )
        yield ""


def _sides(item: Mapping[str, Any], dtype: str) -> list[str]:
    return [side for side in ("tf", "torch") if side in item["worst"][dtype]["eager"]]


def _worst(item: Mapping[str, Any], place: int) -> str:
    """The worst of TensorFlow, of PyTorch, and of the two apart."""
    found: dict[str, float] = {}
    for modes in item["worst"].values():
        for sides in modes.values():
            for whose, four in sides.items():
                if four[place] is not None:
                    found[whose] = max(found.get(whose, 0.0), float(four[place]))
    return " / ".join(_number(found[whose]) for whose in WHOSE if whose in found)


def _number(value: float | str) -> str:
    number = float(value)
    return f"{number:.2f}" if number < 100 else f"{number:.3g}"


def _place(value: Any) -> str:
    return f"{float(value):.9g}"
