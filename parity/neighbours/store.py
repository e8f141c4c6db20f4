"""The table as it is stored: written from what a search found, read back as cases."""

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from parity.neighbours.base import NONE, Row
from parity.neighbours.search import Case, Found, aliases, is_drawn, signature
from parity.registry import find

PATH = Path(__file__).parent / "table.json"
DISTRIBUTIONS = ("torch", "tensorflow", "tensorflow-cpu", "keras", "torchmetrics", "torcheval", "scikit-learn", "scipy")


def record(row: Row, found: Found) -> dict[str, Any]:
    """A row, and what was found of it, as plain data."""
    example = None
    if found.case is not None and found.difference is not None:
        example = {
            "code": found.code,
            **_plain_case(found.case),
            "ours": plain_number(found.difference.ours),
            "theirs": plain_number(found.difference.theirs),
        }
    compared = "gradient" if row.gradient else "distribution" if is_drawn(find(row.ours)) else "value"
    return {
        "ours": row.ours,
        "theirs": row.theirs,
        "library": row.library,
        "aliases": [] if row.verdict == NONE else aliases(row),
        "signature": "" if row.verdict == NONE else signature(row),
        "verdict": found.verdict,
        "when": dict(row.when),
        "kinds": dict(row.kinds),
        "given": row.given,
        "call": row.call,
        "plain": found.code if found.code != row.call else "",
        "region": row.region,
        "where": row.where,
        "absent": list(row.absent),
        "remark": row.remark,
        "source": row.source,
        "compared": compared,
        "cases": found.cases,
        "largest_difference": plain_number(found.largest),
        "counterexample": example,
        "agreement": None if found.agreed is None else _plain_case(found.agreed),
    }


def case_of(stored: Mapping[str, Any]) -> Case:
    """A case that was stored."""
    inputs = stored.get("inputs", {})
    if "shape" in inputs:
        return Case(dict(stored["config"]), {**inputs, "shape": tuple(inputs["shape"])})
    return Case(
        dict(stored["config"]),
        {key: _array(value) for key, value in inputs.items()},
        tuple({key: _array(value) for key, value in batch.items()} for batch in stored.get("batches", [])),
    )


def write(records: list[dict[str, Any]], path: Path = PATH) -> None:
    """Put records into the stored table, in the order of the rows; those of rows that are gone leave it."""
    from parity.neighbours.rows import ROWS

    old = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    known = {_key(item): item for item in (*old, *records)}
    rows = [known[key] for row in ROWS if (key := (row.ours, row.theirs, row.call)) in known]
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in rows)
    text = f'{{"versions": {json.dumps(library_versions())},\n"rows": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def library_versions() -> dict[str, str]:
    """The versions of the libraries that are installed."""
    found: dict[str, str] = {}
    for name in DISTRIBUTIONS:
        try:
            found[name.removesuffix("-cpu")] = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            continue
    return found


def _key(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return item["ours"], item["theirs"], item["call"]


def _plain_case(case: Case) -> dict[str, Any]:
    if case.batches:
        batches = [{key: _numbers(value) for key, value in batch.items()} for batch in case.batches]
        return {"config": case.config, "batches": batches}
    return {"config": case.config, "inputs": {key: _numbers(value) for key, value in case.inputs.items()}}


def _numbers(value: Any) -> Any:
    """An array as lists, of integers or of the shortest floats that are the same float32."""
    if not isinstance(value, np.ndarray):
        return list(value) if isinstance(value, tuple) else value
    if value.dtype.kind == "i":
        return value.tolist()
    return np.array([float(str(item)) for item in value.ravel()]).reshape(value.shape).tolist()


def _array(value: Any) -> np.ndarray:
    made = np.asarray(value)
    return made.astype(np.int64 if made.dtype.kind == "i" else np.float32)


def plain_number(value: float | str) -> float | str:
    """A number, in words if JSON has none for it."""
    if isinstance(value, str):
        return value
    return value if np.isfinite(value) else str(value)
