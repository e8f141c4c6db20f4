"""Runs all rows, and shows what was found."""

from rich.console import Console
from rich.markup import escape

from parity.neighbours import numbers_of, store
from parity.neighbours.base import EQUAL, Row
from parity.neighbours.rows import ROWS
from parity.neighbours.search import DEVIATIONS, Found, search
from parity.tolerance import ParityError

COLORS = {
    "equal": "green",
    "equal with these arguments": "green",
    "default differs": "yellow",
    "differs on a named region": "yellow",
    "different function": "red",
    "none": "dim",
}


def run(console: Console, names: list[str], examples: int, seed: int, write: bool) -> bool:
    """Search the rows of some components, print each verdict, and say whether all are as the rows state them.

    Args:
        console: where to print.
        names: the components.
        examples: cases for each row.
        seed: of the cases.
        write: whether to store what was found of the rows that are right.
    """
    records, wrong, right = [], [], 0
    for row in (row for row in ROWS if row.ours in names):
        try:
            found = search(row, examples=examples, seed=seed)
            if missed(row, found):
                right += 1
                console.print(f"[dim]not met[/] {escape(f'{row.name}: {row.region}')}", highlight=False, soft_wrap=True)
                continue
            if found.verdict != row.verdict:
                raise ParityError(
                    f"{row.name}: {found.verdict!r} was found, the row says {row.verdict!r}{_case(found)}"
                )
        except Exception as error:  # the code of a row can raise anything
            wrong.append(row)
            console.print(
                f"[bold red]wrong[/] {escape(f'{row.name}: {type(error).__name__}: {error}')}",
                highlight=False,
                soft_wrap=True,
            )
            continue
        record = store.record(row, found)
        records.append(record)
        color = COLORS[found.verdict]
        console.print(
            f"[{color}]{found.verdict}[/] {escape(row.name)} {numbers_of(record)}", highlight=False, soft_wrap=True
        )
    if write:
        store.write(records)
    right += len(records)
    console.print(f"{right} rows are right, {len(wrong)} are wrong.")
    return bool(right) and not wrong


def missed(row: Row, found: Found) -> bool:
    """Whether no case has met a region of Keras's that is small: the counterexample that is stored stays."""
    return row.where == DEVIATIONS and found.verdict == EQUAL


def _case(found: Found) -> str:
    return f"; {found.difference} for {found.case}" if found.case else ""
