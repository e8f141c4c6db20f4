"""What other libraries have in place of each component, with a verdict that is found by running both.

`table()` gives the records, as plain data; no framework is imported for it. One record:

    ours                "losses.Huber"
    theirs              "torch.nn.HuberLoss"; for the verdict "none", the library that has nothing: "torch"
    aliases             its other names, "keras.losses.mse"
    signature           its arguments and defaults, "(reduction='mean', delta=1.0)"; "" where Python does not know them
    library             "torch", "torchmetrics", "torcheval", "sklearn", "scipy", "keras" or "tf"
    verdict             one of VERDICTS
    when                arguments of ours that have these values here, {} for all
    kinds               arguments of ours that are of these kinds here, {"axis": "int"}, where they could be of others
    given               what the inputs are like that the row is about, as an expression; "" for all of the domain
    call                code in our names (delta, y_true): what was run, and is equal where the verdict says so; or ""
    plain               the call as one writes it first, where that is not equal; or ""
    region, where       where they differ, in words and as an expression; or "", ""
    absent              for "none", the names that were looked for
    remark, source      what to know, and where it is said; or "", ""
    compared            "value", "gradient" or "distribution"
    cases               how many were compared
    largest_difference  the largest that was seen; 0 if none, "inf" if one raises, has another shape or is not finite
    counterexample      null, or {code, config, inputs or batches, ours, theirs}: the smallest case that was found, and
                        one number of each (or what is raised, or a shape)
    agreement           null, or {config, inputs or batches}: a case on which `call` gives our numbers

The domain: float32, one shape on both sides, at least one number, all of them finite, no weights and no mask. What
happens beside it stands in `beside.TRAPS`; what a port trips over around the components, in `parity.traps`.

`nearest(name, config, library)` gives the best neighbour, as code with the values of the config filled in, and whether
it is equal: of `nearest("losses.Huber", {"delta": 0.5})` the call is "torch.nn.HuberLoss(delta=0.5)(y_pred, y_true)";
None where there is nothing, where the config leaves the domain, as `reduction="sum"` does, or where no row is about its
arguments.

`look_up(name)` gives all records of a name from either world: "Huber", "F.gelu", "tf.keras.losses.mse",
"weight_decay".

The rows themselves stand in one file a family, the plain Keras's in `in_keras`; `search` runs them.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from parity.neighbours.base import (
    ALIKE,
    DEFAULT,
    EQUAL,
    NONE,
    REGION,
    VERDICTS,
    WITH_ARGUMENTS,
    are_about,
    call_of,
    filled,
    full_name,
)
from parity.sources import REQUIRED, definition

__all__ = [
    "VERDICTS",
    "Nearest",
    "both",
    "close_to",
    "in_domain",
    "inputs_of",
    "look_up",
    "most",
    "nearest",
    "numbers_of",
    "offered",
    "pinned",
    "shown",
    "table",
    "versions",
]

Record = dict[str, Any]
ORDER = (EQUAL, DEFAULT, WITH_ARGUMENTS, REGION, NONE)  # what is nearest; a different function is not near


LONGEST = 200  # characters of a counterexample that are shown

# What the rows are about, where the config can say otherwise.
DOMAIN = {"reduction": "sum_over_batch_size", "dtype": "float32"}


class Nearest(NamedTuple):
    """Code that calls a neighbour, in tensors `y_true`, `y_pred`, `x` or `batches`, and whether it is equal to us.

    Args:
        call: the code; for an initializer in the tuple `shape`.
        equal: whether it is equal on all inputs that were compared.
        compared: "value", or "distribution" of what is drawn.
        given: what those inputs are like, as an expression; "" for all of the domain.
        region: what the inputs are like on which they differ; "" if they are equal.
        remark: what to know of the neighbour; or "".
    """

    call: str
    equal: bool
    compared: str
    given: str
    region: str
    remark: str


def table() -> list[Record]:
    """All records, in the order of the registry."""
    return _stored()["rows"]


def versions() -> dict[str, str]:
    """The versions of the libraries of which the table speaks."""
    return _stored()["versions"]


def nearest(name: str, config: Mapping[str, Any] | None = None, library: str = "torch") -> Nearest | None:
    """The best neighbour of a component, called with a config.

    Args:
        name: the component, "losses.Huber".
        config: its arguments; those that are left out have our defaults.
        library: where to look: "torch", "torchmetrics", "torcheval", "sklearn", "keras" or "tf".
    """
    config = {} if config is None else dict(config)
    if any(config.get(key, value) not in (None, value) for key, value in DOMAIN.items()):
        return None
    arguments = {**definition("torchimpl", name).arguments, **config}
    found = [record for record in _near(name, library) if are_about(arguments, record["when"], record["kinds"])]
    if not found:
        return None
    best = min(found, key=lambda record: ORDER.index(record["verdict"]))
    equal = best["verdict"] in ALIKE or (best["verdict"] == NONE and not best["where"])
    call = written_out(best, config)
    return Nearest(call, equal, best["compared"], best["given"], best["region"], best["remark"])


def offered(name: str, library: str) -> bool:
    """Whether a library has a neighbour of a component that `nearest` gives for some arguments of it."""
    return bool(_near(name, library))


def _near(name: str, library: str) -> list[Record]:
    """The records of a component and a library whose call gives its value, but for a region at most."""
    return [
        record
        for record in table()
        if record["ours"] == name
        and record["library"] == library
        and record["call"]
        and record["verdict"] in ORDER
        and record["compared"] != "gradient"
    ]


def in_domain(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config with the arguments of the domain in place of those that leave it."""
    return {key: None if value is None else DOMAIN.get(key, value) for key, value in config.items()}


def written_out(record: Record, config: Mapping[str, Any]) -> str:
    """The call of a record with values for the names of our arguments: those of the config, else our defaults.

    Where defaults are equal, an argument that the config leaves out is left out.
    """
    arguments = definition("torchimpl", record["ours"]).arguments
    inputs = {"y_true", "y_pred", "x", "shape", "values"}
    code = record["call"]
    if record["verdict"] == "equal":
        code = _without(code, record["theirs"], [name for name in arguments if name not in config])
    values = {**arguments, **record["when"], **config}
    return filled(code, {k: v for k, v in values.items() if k not in inputs and v is not REQUIRED and v != REQUIRED})


def look_up(name: str) -> list[Record]:
    """All records that a name stands for: of ours, of a neighbour, of one that is absent, or of an argument of one.

    Args:
        name: "Huber", "losses.Huber", "torch.nn.HuberLoss", "nn.HuberLoss", "F.gelu", "tf.keras.losses.mse",
            "weight_decay", or whole words of one, "FocalLoss". Of a library that is not known the last part counts, as
            it is written: torchvision's Normalize is not F.normalize.
    """
    wanted = full_name(name)
    exact = [
        record
        for record in table()
        if wanted in (record["ours"], record["theirs"], *record["aliases"], *record["absent"])
    ]
    if exact:
        return exact
    library, _, last = wanted.rpartition(".")
    as_written, in_any_case = (_last_part(last, same) for same in (str, str.lower))
    if in_any_case:
        known = {title.partition(".")[0] for record in table() for title in (record["ours"], record["theirs"])}
        return as_written or (in_any_case if library.partition(".")[0] in ("", *known) else [])
    argument = name.strip().replace(" ", "_")
    taking = [record for record in table() if f"{argument}=" in record["call"]]
    return taking or [record for record in table() if _words(name) <= _words(record["ours"], record["theirs"])]


def _last_part(name: str, same: Callable[[str], str]) -> list[Record]:
    """The records that bear a name whose last part is this one, as far as `same` leaves them apart."""
    return [
        record
        for record in table()
        if same(name)
        in (
            same(title.rpartition(".")[2])
            for title in (record["ours"], record["theirs"], *record["aliases"], *record["absent"])
        )
    ]


def _words(*names: str) -> set[str]:
    """The words that the last parts of names are made of: "FocalLoss" is "focal", "top_k" is "top" and "k"."""
    parts = " ".join(name.rpartition(".")[2] for name in names)
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", parts)} - {"loss"} or {parts}


def names() -> Iterator[str]:
    """Every name under which something is found."""
    for record in table():
        yield record["ours"]
        if record["verdict"] != NONE:
            yield record["theirs"]
        yield from record["aliases"]


def close_to(name: str) -> list[str]:
    """Names that are much like one that is not found."""
    whole = sorted(set(names()))
    last = {item.rpartition(".")[2].lower(): item for item in whole}
    found = get_close_matches(full_name(name), whole, n=3, cutoff=0.75)
    found += [last[item] for item in get_close_matches(name.rpartition(".")[2].lower(), last, n=5, cutoff=0.6)]
    return list(dict.fromkeys(found))[:5]


def pinned(record: Record) -> list[str]:
    """What arguments of ours a record is about, "axis=-1" or "axis: int", but for those that are None."""
    values = [f"{key}={value!r}" for key, value in record["when"].items() if value is not None]
    return [*values, *(f"{key}: {kind}" for key, kind in record["kinds"].items())]


def numbers_of(record: Record) -> str:
    """Both numbers of the counterexample, and the largest difference; "" where there is none."""
    example = record["counterexample"]
    if example is None:
        return ""
    return f"{', '.join(both(record))}; {shown(record['largest_difference'])}"


def both(record: Record) -> tuple[str, str]:
    """Both numbers of the counterexample, theirs and ours, with as many digits as tell them apart."""
    example = record["counterexample"]
    theirs, ours = shown(example["theirs"]), shown(example["ours"])
    if theirs == ours:
        theirs, ours = repr(example["theirs"]), repr(example["ours"])
    return theirs, ours


def inputs_of(record: Record) -> str:
    """The arguments and inputs of the counterexample, as far as the row does not fix them; "" where there is none."""
    example = record["counterexample"]
    if example is None:
        return ""
    given = {**example["config"], **example.get("inputs", {})}
    if "batches" in example:
        given["batches"] = example["batches"]
    said = ", ".join(f"{key}={value!r}" for key, value in given.items() if key not in record["when"])
    return said if len(said) < LONGEST else f"{said[:LONGEST]} .."


def most(record: Record) -> str:
    """How far the two are apart where they are farthest, in words."""
    largest = record["largest_difference"]
    if largest == "inf":
        return "elsewhere one raises, has another shape or is not finite"
    return f"at most {shown(largest)} apart"


def shown(number: float | str) -> str:
    """A number as one reads it."""
    return number if isinstance(number, str) else f"{number:.6g}"


def _without(code: str, theirs: str, gone: list[str]) -> str:
    tree = ast.parse(code)
    call = call_of(tree, theirs)
    if call is not None:
        call.keywords = [
            item for item in call.keywords if not (isinstance(item.value, ast.Name) and item.value.id in gone)
        ]
    return ast.unparse(tree)


@cache
def _stored() -> dict[str, Any]:
    return json.loads(resources.files(__name__).joinpath("table.json").read_text(encoding="utf-8"))
