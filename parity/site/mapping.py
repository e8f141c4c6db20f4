"""The table of neighbours for the site: one row for each record, to be searched and filtered in the browser."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from parity import neighbours
from parity.neighbours import Record
from parity.neighbours.base import ALIKE, DEFAULT, DIFFERENT, EQUAL, MEANINGS, NONE, REGION, WITH_ARGUMENTS, short_names

# The colour of a verdict: the code stands as it is; it stands, with care; it does not.
COLORS = {EQUAL: "yes", WITH_ARGUMENTS: "yes", DEFAULT: "mind", REGION: "mind", DIFFERENT: "no", NONE: "none"}
LIBRARIES = {
    "torch": "PyTorch",
    "tf": "TensorFlow",
    "keras": "Keras",
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
}
INTRODUCTION = f"""---
hide: [navigation, toc]
---
# What is it called there?

What PyTorch, torchmetrics, torcheval, scikit-learn, TensorFlow and plain Keras have in place of each component. No
verdict was written by hand: each was found by running both on generated inputs, and where the two differ, the smallest
inputs on which they do stand beside it, with both numbers. `parity explain NAME` says the same in a terminal. Layers,
optimizers, callbacks, and losses that Keras does not have: [what a port trips over](traps.md).

??? info "What the verdicts mean, and what was run"

{"".join(f"    - *{verdict}*: {meaning}{chr(10)}" for verdict, meaning in MEANINGS.items())}
    Inputs are float32, finite, of one shape on both sides and without weights, or as the row says. What happens beside
    that, and around the components, stands in [what a port trips over](traps.md).

    Run with {{versions}}; {{cases}} cases in all.
"""


def page(homes: Mapping[str, str]) -> str:
    """The page of all neighbours, as Markdown.

    Args:
        homes: for each component the page that tells all of it, as a link from here.
    """
    versions = ", ".join(f"{name} {version}" for name, version in neighbours.versions().items())
    cases = sum(record["cases"] for record in neighbours.table())
    introduction = INTRODUCTION.format(versions=versions, cases=f"{cases:,}")
    groups: dict[str, Iterable[str]] = {
        "family": dict.fromkeys(record["ours"].partition(".")[0] for record in neighbours.table()),
        "library": dict.fromkeys(_library(record) for record in neighbours.table()),
        "verdict": MEANINGS,
    }
    buttons = " ".join(f'data-{key}="{"|".join(values)}"' for key, values in groups.items())
    return f'{introduction}\n<div class="filter" {buttons}>\n{table(neighbours.table(), homes.__getitem__)}\n</div>\n'


def table(records: list[Record], home: Callable[[str], str] | None = None) -> str:
    """Records as a table in HTML.

    Args:
        records: those of `parity.neighbours`.
        home: gives the link of a component; None for a table on a component's own page.
    """
    return "\n".join(_table(records, home))


def _table(records: list[Record], home: Callable[[str], str] | None) -> Iterator[str]:
    yield '<table class="mapping">'
    yield "<thead><tr><th>ours and Keras's</th><th>there</th><th>verdict</th><th>to copy</th></tr></thead><tbody>"
    for record in records:
        family, _, title = record["ours"].partition(".")
        library = _library(record)
        more = " ".join((record["ours"], *record["aliases"], *record["absent"], *short_names(record["theirs"])))
        verdict = record["verdict"]
        yield (
            f'<tr data-family="{family}" data-library="{library}" data-verdict="{verdict}" data-more="{escape(more)}">'
        )
        link = ("", "") if home is None else (f'<a href="{home(record["ours"])}">', "</a>")
        yield f"<td>{link[0]}<code>{title}</code>{link[1]}</td>"
        yield f"<td>{_there(record, library)}</td><td>{_verdict(record)}</td><td>{_code(record)}</td></tr>"
    yield "</tbody></table>"


def _library(record: Record) -> str:
    library: str = record["library"]
    return LIBRARIES.get(library, library)


def _there(record: Record, library: str) -> str:
    name = f"nothing in {library}" if record["verdict"] == NONE else f"<code>{escape(record['theirs'])}</code>"
    about = [f"<code>{escape(item)}</code>" for item in neighbours.pinned(record)]
    return name + (f'<div class="for">for {", ".join(about)}</div>' if about else "")


def _verdict(record: Record) -> str:
    verdict = record["verdict"]
    parts = [f'<span class="verdict {COLORS[verdict]}">{verdict}</span>']
    if record["region"]:
        parts.append(f"<p>Where: {escape(record['region'])}.</p>")
    if record["remark"]:
        parts.append(f"<p>{escape(record['remark'])}</p>")
    if record["given"]:
        given = escape(record["given"])
        parts.append(f'<p class="for">Inputs: <code>{given}</code></p>')
    if record["source"]:
        source = escape(record["source"])
        parts.append(f'<p class="for"><a href="{source}">Source</a></p>')
    return "".join(parts)


def _code(record: Record) -> str:
    parts = []
    if record["call"] and record["library"] != "keras":
        label = "" if record["verdict"] in ALIKE else "instead" if record["verdict"] == NONE else "as it was run"
        parts += [f'<div class="for">{label}</div>'] if label else []
        call = highlight(record["call"], PythonLexer(), HtmlFormatter(nowrap=True)).rstrip()
        parts.append(f'<div class="highlight"><pre><code>{call}</code></pre></div>')
    example = record["counterexample"]
    if example is not None:
        code = example["code"].splitlines()[-1]
        before = "theirs" if example["code"] == record["call"] else f"<code>{escape(code)}</code>"
        theirs, ours = map(escape, neighbours.both(record))
        parts.append(
            f'<div class="numbers">{before} <b>{theirs}</b>, ours <b>{ours}</b>, for '
            f"<code>{escape(neighbours.inputs_of(record))}</code>; "
            f"{neighbours.most(record)}.</div>"
        )
    return "".join(parts)
