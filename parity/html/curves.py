"""How far the functions of one number are off over their input: measured on float32, drawn as SVG."""

from html import escape

import numpy as np

from parity import bridge
from parity.checks.subject import caller
from parity.registry.entry import Entry
from parity.tolerance import ulp_distance

FIRST, LAST = -3.0, 2.1  # of the axis, each side of 0: powers of ten
BINS = 90  # on each side
NUMBERS = 60  # in each of them
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 170, 34, 8, 8, 22
TENS = (0.01, 0.1, 1, 10, 100)
ULP_TICKS = (0, 0.5, 1, 2, 4, 8, 64, 1024, 2**15, 2**20, 2**24)
LEAST_TICK_GAP = 14


def measure(entry: Entry) -> dict[str, np.ndarray]:
    """The worst ULP of each package in each bin, from the most negative numbers to the largest."""
    sizes = 10 ** np.linspace(FIRST, LAST, BINS * NUMBERS)
    numbers = np.concatenate([-sizes[::-1], sizes]).astype(np.float32)
    expected = entry.reference(numbers.astype(np.longdouble), **entry.required)
    found = {}
    for side in bridge.sides():
        value, _ = side.call(caller(side, entry, entry.required, {}), {"x": numbers})
        found[side.name] = ulp_distance(value, expected.value, "float32").reshape(2 * BINS, NUMBERS).max(axis=1)
    return found


def draw(name: str, curves: dict[str, np.ndarray]) -> str:
    """An SVG: ULP over the input, both on axes that grow by powers."""
    worst = max(float(curve.max()) for curve in curves.values())
    top = np.log2(1 + max(worst, 2.0))

    def across(place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * place

    def up(ulp: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * float(np.log2(1 + ulp)) / top

    parts = []
    last = float("inf")
    for tick in (tick for tick in ULP_TICKS if up(tick) >= TOP):
        if last - up(tick) >= LEAST_TICK_GAP or tick == 0:
            last = up(tick)
            parts.append(f'<path class="grid" d="M{LEFT} {last:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text x="{LEFT - 4}" y="{last + 3:.1f}" text-anchor="end">{_short(tick)}</text>')
    for ten in (*(-ten for ten in TENS), *TENS):
        share = (np.log10(abs(ten)) - FIRST) / (LAST - FIRST)
        place = across(0.5 + np.sign(ten) * share / 2)
        parts.append(f'<path class="grid" d="M{place:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        if abs(ten) in (0.01, 1, 100):
            parts.append(f'<text x="{place:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{ten:g}</text>')
    parts.append(f'<text x="{across(0.5):.1f}" y="{HEIGHT - 8}" text-anchor="middle">0</text>')
    for side, curve in sorted(curves.items()):  # the dashed one of PyTorch comes last, and lets the other be seen
        places = [across((number + 0.5) / len(curve)) for number in range(len(curve))]
        points = " ".join(f"{place:.1f},{up(ulp):.1f}" for place, ulp in zip(places, curve, strict=True))
        parts.append(f'<polyline class="{escape(side)}" points="{points}"/>')
    said = ", ".join(f"{side} {float(curve.max()):.3g}" for side, curve in curves.items())
    label = escape(f"{name}: ULP in float32 over the input; the worst: {said}")
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _short(tick: float) -> str:
    return f"{tick:g}" if tick < 2**10 else f"{tick // 2**10:g}k" if tick < 2**20 else f"{tick // 2**20:g}M"
