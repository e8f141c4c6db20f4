"""The certificate as a file: what was measured, of which sources, with which versions, and what of it is stale."""

import json
import math
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from parity import bridge
from parity.certify.measure import APART, Found
from parity.certify.sweep import to_json
from parity.registry.entry import Entry

VERSIONED = ("torch", "tensorflow", "keras", "numpy", "ml_dtypes", "hypothesis")
NAME = "certificate.json"
DIGITS = 3
KINDS = ("value", "gradient")
WHOSE = ("tf", "torch", APART)


def versions() -> dict[str, str]:
    """The versions of what is measured, and of what measures."""
    found = {}
    for name in VERSIONED:
        for distribution in (name, f"{name}-cpu"):  # TensorFlow comes under two names
            try:
                found[name] = metadata.version(distribution).partition("+")[0]
            except metadata.PackageNotFoundError:
                continue
    return found


def conditions() -> dict[str, Any]:
    """What figures depend on besides the sources."""
    return {"versions": versions(), "device": bridge.device()}


def pinned(constraints: str) -> dict[str, str]:
    """The versions that a constraints file demands of the same."""
    wanted = dict(line.split("==") for line in constraints.splitlines() if "==" in line)
    return {name: wanted[name] for name in VERSIONED if name in wanted}


def machine() -> dict[str, Any]:
    system = " ".join(filter(None, (platform.system(), platform.machine(), *platform.libc_ver())))
    return {"system": system, "processor": _processor(), "python": platform.python_version()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


class Certificate:
    """What is known of each component.

    Args:
        data: what `text` wrote, as JSON gives it back; None for an empty certificate.
    """

    def __init__(self, data: Mapping[str, Any] | None = None):
        data = data or {"environments": [], "components": {}}
        self.environments: list[dict[str, Any]] = list(data["environments"])
        self.components: dict[str, dict[str, Any]] = dict(data["components"])

    @classmethod
    def read(cls, folder: Path) -> "Certificate":
        """The certificate in a folder, an empty one if there is none."""
        path = folder / NAME
        return cls(json.loads(path.read_text()) if path.exists() else None)

    def text(self) -> str:
        """JSON with a line for each component, so that a change of one is a change of one line."""
        used = sorted({number for item in self._all() if (number := item["environment"]) is not None})
        for item in self._all():
            item["environment"] = used.index(item["environment"])
        self.environments = [self.environments[number] for number in used]
        environments = ",\n    ".join(json.dumps(item) for item in self.environments)
        components = ",\n    ".join(
            f"{json.dumps(name)}: {json.dumps(self.components[name], separators=(',', ':'))}"
            for name in sorted(self.components)
        )
        return f'{{\n  "environments": [\n    {environments}\n  ],\n  "components": {{\n    {components}\n  }}\n}}\n'

    def _all(self) -> list[dict[str, Any]]:
        """Everything that was measured at a time: components, and the sweeps of some."""
        found = []
        for item in self.components.values():
            found += [item, *([item["every_float32"]] if "every_float32" in item else [])]
        return found

    def stale(self, digests: Mapping[str, str], versions: Mapping[str, str], device: str) -> dict[str, str]:
        """The components whose figures are missing or do not hold for this, each with the reason."""
        found = {}
        for name, digest in digests.items():
            known = self.components.get(name)
            if known is None:
                found[name] = "never measured"
            elif known["sources"] != digest:
                found[name] = "its sources have changed"
            elif (before := self.environments[known["environment"]])["device"] != device:
                found[name] = f"measured on {before['device']}, not on {device}"
            elif (then := before["versions"]) != dict(versions):
                other = [key for key in {**then, **versions} if then.get(key) != versions.get(key)]
                found[name] = ", ".join(
                    f"measured with {key} {then.get(key)}, not {versions.get(key)}" for key in other
                )
        return found

    def forget(self, names: Iterable[str]) -> None:
        """Drop components that there are no more."""
        for name in set(self.components) - set(names):
            del self.components[name]

    def add(self, entry: Entry, digest: str, found: Found, cases: int, date: str) -> None:
        """Put in what was measured of a component. A sweep of the same sources, with the same versions, stays."""
        sweep = self.components.get(entry.name, {}).get("every_float32")
        if sweep is not None and not conditions().items() <= self.environments[sweep["environment"]].items():
            sweep = None
        self.components[entry.name] = {
            "sources": digest,
            "measured": date,
            "environment": self._environment(),
            "cases": cases,
            "points": entry.ulp is not None,
            "limits": {"value": entry.tolerance.value, "gradient": entry.tolerance.gradient},
            "worst": worst(found),
        }
        if sweep is not None and sweep["sources"] == digest:
            self.components[entry.name]["every_float32"] = sweep

    def add_sweep(self, entry: Entry, digest: str, found: Found, date: str) -> None:
        """Put in what was measured on every float32."""
        rows: dict[str, Any] = {}
        for where, spread in found.items():
            median, p99 = spread.quantile(0.5), spread.quantile(0.99)
            rows.setdefault(where.whose, {})[where.of] = {
                "units": rounded(spread.units),
                "units_at": _finite(spread.units_at),
                "ulp": [rounded(item) for item in (median, p99, spread.ulp)],
                "ulp_at": _finite(spread.ulp_at),
            }
        component = self.components[entry.name]
        component["every_float32"] = {
            "sources": digest,
            "measured": date,
            "environment": self._environment(),
            **rows,
        }

    def _environment(self) -> int:
        here = {**conditions(), **machine()}
        if here not in self.environments:
            self.environments.append(here)
        return self.environments.index(here)


def worst(found: Found) -> dict[str, Any]:
    """The worst by dtype, mode and whose: of the value in units and in ULP, and of the gradient; None for neither."""
    rows: dict[str, Any] = {}
    for where, spread in sorted(found.items()):
        sides = rows.setdefault(where.dtype, {}).setdefault(where.mode, {})
        place = KINDS.index(where.of) * 2
        four = sides.setdefault(where.whose, [None] * 4)
        four[place : place + 2] = rounded(spread.units), rounded(spread.ulp)
    return rows


def beyond(component: Mapping[str, Any]) -> list[str]:
    """What of a component is farther off than its limits allow."""
    limits = component["limits"]
    return [
        f"{of} of {whose} in float32, on every number: {row['units']} units (allowed {limits[of]:g})"
        for whose in WHOSE
        for of, row in component.get("every_float32", {}).get(whose, {}).items()
        if float(row["units"]) > limits[of]
    ] + [
        f"{of} of {whose} in {dtype}, {mode}: {units} units (allowed {limits[of]:g})"
        for dtype, modes in component["worst"].items()
        for mode, sides in modes.items()
        for whose, four in sides.items()
        for of, units in zip(KINDS, four[::2], strict=True)
        if units is not None and float(units) > limits[of]
    ]


def details(entry: Entry, digest: str, found: Found, date: str) -> str:
    """All that was found of a component: each distribution, and the input that gives the worst."""
    rows = [_finite(row) for row in to_json(dict(sorted(found.items())))]
    record = {"component": entry.name, "sources": digest, "measured": date, **conditions()}
    return json.dumps({**record, "machine": machine(), "found": rows}, indent=1) + "\n"


def rounded(number: float) -> float | str:
    """Three digits; JSON knows no infinity."""
    if not math.isfinite(number):
        return str(number)
    return float(f"{number:.{DIGITS}g}")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
