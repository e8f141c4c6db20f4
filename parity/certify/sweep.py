"""Every float32 there is, through a function of one number, in blocks: for many machines, and to be stopped."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity.certify.measure import Found, Place, through
from parity.certify.spread import Spread
from parity.registry.entry import Entry

BLOCKS = 256  # by the first 8 bits of a number
CHUNK = 1 << 16  # numbers at a time: what the reference makes of them stays in the cache


def block(entry: Entry, number: int, gradients: bool) -> Found:
    """Measure the 2**24 numbers whose bits begin with those of `number`.

    The reference computes in float64, which has 29 bits more than the results; what is farthest off is held against the
    reference in longdouble.
    """
    found: Found = {}
    for start in range(0, 1 << 24, CHUNK):
        bits = np.arange(start, start + CHUNK, dtype=np.uint32) + np.uint32(number << 24)
        through(entry, bits.view(np.float32), found, kind=np.float64, gradients=gradients)
    return found


@dataclass(frozen=True)
class Terms:
    """What a sweep is of: blocks that were measured under other terms do not count."""

    component: str
    sources: str
    gradients: bool
    versions: dict[str, str]
    device: str

    def as_json(self) -> dict[str, Any]:
        return vars(self)


class Blocks:
    """The blocks of one component that are measured, in files to which each is appended when it is done.

    Args:
        folder: where the files lie; those of all shards are read.
        shard: which of how many parts this is, (1, 1) for all of it.
    """

    def __init__(self, folder: Path, terms: Terms, shard: tuple[int, int] = (1, 1)):
        self.folder, self.terms, self.shard = folder, terms, shard

    def done(self) -> dict[int, Found]:
        """The blocks that are measured, by number."""
        found = {}
        for path in sorted(self.folder.glob(f"{self.terms.component}.float32.*.jsonl")):
            for line in path.read_text().splitlines():
                try:
                    record = json.loads(line)
                except json.JSONDecodeError:
                    continue  # the last line of a run that was stopped while it wrote
                if record["terms"] == self.terms.as_json():
                    found[record["block"]] = from_json(record["found"])
        return found

    def missing(self) -> list[int]:
        """The blocks of this shard that are to be measured yet."""
        part, parts = self.shard
        done = self.done()
        return [number for number in range(part - 1, BLOCKS, parts) if number not in done]

    def keep(self, number: int, found: Found) -> None:
        part, parts = self.shard
        path = self.folder / f"{self.terms.component}.float32.{part}-of-{parts}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"terms": self.terms.as_json(), "block": number, "found": to_json(found)}
        with path.open("a") as file:
            file.write(json.dumps(record) + "\n")


def joined(blocks: Iterator[Found]) -> Found:
    """The spreads of several blocks as one."""
    found: Found = {}
    for one in blocks:
        for where, spread in one.items():
            found.setdefault(where, Spread()).merge(spread)
    return found


def to_json(found: Found) -> list[dict[str, Any]]:
    return [{**where._asdict(), **spread.as_json()} for where, spread in found.items()]


def from_json(rows: list[dict[str, Any]]) -> Found:
    return {Place(*(row[name] for name in Place._fields)): Spread.from_json(row) for row in rows}
