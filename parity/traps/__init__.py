"""What a port trips over around the six families, as pairs of snippets that are run.

Each row gives what Keras does, what looks like its counterpart in PyTorch, and the code that gives what Keras gives.
No framework is imported for the rows; `parity.walkthrough.snippets` runs them.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from itertools import product
from typing import Any

from parity.phrases import Row
from parity.traps.base import PRELUDE as PRELUDE
from parity.traps.functions import FUNCTIONS
from parity.traps.layers import FIRST_VALUES, LAYOUTS
from parity.traps.losses import LOSSES
from parity.traps.metrics import METRICS
from parity.traps.normalization import NORMALIZATION
from parity.traps.optimizers import CLIPPING, DECAY, OPTIMIZERS
from parity.traps.pictures import PADDING, RESIZING
from parity.traps.preparation import PREPARATION
from parity.traps.schedules import SCHEDULES
from parity.traps.sequences import SEQUENCES
from parity.traps.training import TRAINING

CONDITION = re.compile(r'(\w+)=(?:"?(\w+)"?|\.\.\.)')
SHORT = 4  # letters
ALIASES = {
    "^Lazy(?=[A-Z])": "",
    "(?<=[a-zA-Z])Cell$": "",
    r"Convolution(?=\d|$|Transpose)": "Conv",
    "^GlobalAvg": "GlobalAverage",
    "(?<=[a-zA-Z])[123][dD](?=$|[A-Z])": "",
}
CHAPTERS = {
    "Optimizers": OPTIMIZERS,
    "Schedules": SCHEDULES,
    "Penalties, decay, constraints": DECAY,
    "Gradient clipping": CLIPPING,
    "Normalization, dropout, modes": NORMALIZATION,
    "Kernels and axes": LAYOUTS,
    "Padding, pooling": PADDING,
    "Resizing": RESIZING,
    "Preparing data": PREPARATION,
    "Attention, embeddings, masks, recurrence": SEQUENCES,
    "First values and defaults": FIRST_VALUES,
    "Training, callbacks": TRAINING,
    "Functions of tensors": FUNCTIONS,
    "Losses": LOSSES,
    "Metrics": METRICS,
}
ROWS = tuple(row for rows in CHAPTERS.values() for row in rows)


def text(row: Row) -> str:
    """All that a row says, in small letters."""
    return " ".join((row.topic, row.note, row.tensorflow, row.pytorch, row.instead)).lower()


def having(words: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows that have all words in them."""
    return tuple(row for row in ROWS if all(word.lower() in text(row) for word in words))


def called(name: str) -> str:
    """The name of what is called, of a call: of "nn.HuberLoss(delta=1.0)" that before the arguments."""
    return re.sub(r"(?<=\w)\(.*", "", name, flags=re.DOTALL)


def words_of(name: str) -> list[str]:
    """The words of a name or a question: of "torch.optim.Adam" the last, of "nn.BatchNorm1d" that without its axes.

    Of the same thing by another name, as "nn.LazyLinear" or "keras.layers.LSTMCell", the one that the rows have.
    """
    return re.findall(r"\w+", _usual(called(name).rpartition(".")[2]))


def about(name: str) -> tuple[Row, ...]:
    """The rows that a name or some words stand for: "torch.optim.Adam", "nn.BatchNorm1d", "clipnorm", "pos_weight".

    Those whose topic has all words, or has them as one ("early stopping", "early_stopping"); if there are none, those
    whose code or note has. Of a call those come first that have its arguments too, of a dotted name those whose topic
    has the parts before the last.
    """
    words, arguments = words_of(name), re.findall(r"(\w+)\s*=", name.removeprefix(called(name)).lower())
    modules = called(name).lower().split(".")[:-1]
    for said, asked in product((lambda row: row.topic.lower(), text), (words, ["".join(words).replace("_", "")])):
        found = tuple(row for row in ROWS if words and all(_has(word, said(row)) for word in asked))
        if found:
            return tuple(sorted(found, key=lambda row: -_named_beside(row, arguments, modules)))
    return ()


def met_by(name: str, arguments: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows that a layer, an optimizer or a schedule of Keras meets, by its class and its arguments.

    Their topics name the class ("MaxPool" is MaxPooling, "BatchNorm" BatchNormalization), or begin with an argument
    that is set ("clipnorm"); and what they say of arguments, 'padding="same"' or "weight_decay=...", holds.
    """
    usual = _usual(name)
    return tuple(row for row in ROWS if _meets(*_read(row.topic), usual, arguments))


@cache
def _read(topic: str) -> tuple[list[tuple[str, str]], str, frozenset[str]]:
    """The arguments with their values that a topic speaks of, its first word, and what it calls by name."""
    words = [_usual(word) for word in re.findall(r"\w+", CONDITION.sub("", topic))]
    longer = (f"{word}{more}" for word in words if len(word) > SHORT for more in ("ing", "alization"))
    named = frozenset((*words, *longer))
    return CONDITION.findall(topic), re.split(r"\W", topic, maxsplit=1)[0], named


def _meets(
    conditions: list[tuple[str, str]], first: str, named: frozenset[str], name: str, arguments: Mapping[str, Any]
) -> bool:
    for key, value in conditions:
        if key in arguments and (str(arguments[key]) != value if value else not arguments[key]):
            return False
    return name in named or arguments.get(first) not in (None, False, 0)


def _usual(name: str) -> str:
    for other, usual in ALIASES.items():
        name = re.sub(other, usual, name)
    return name.lower()


def close_to(name: str) -> list[str]:
    """Names in the code of the rows that are much like one that is not found, or are longer by a word."""
    wanted = called(name).rpartition(".")[2].lower()
    last = {item.rpartition(".")[2].lower(): item for item in _names()}
    found = [
        *get_close_matches(wanted, last, n=2, cutoff=0.75),
        *(item for item in last if len(wanted) > 3 and wanted in item),
    ]
    return [last[item] for item in dict.fromkeys(found)][:3]


@cache
def _names() -> tuple[str, ...]:
    """The modules, functions and classes of Keras and of PyTorch that the rows call."""
    code = " ".join(code for row in ROWS for code in (row.tensorflow, row.pytorch, row.instead))
    return tuple(sorted(set(re.findall(r"\b(?:keras|tf|nn|F|torch)(?:\.[A-Za-z_]\w*)+(?=\()", code))))


def _named_beside(row: Row, arguments: list[str], modules: list[str]) -> int:
    topic = row.topic.lower()
    return sum(_has(argument, text(row)) for argument in arguments) + sum(_has(module, topic) for module in modules)


def _has(word: str, said: str) -> bool:
    """Whether a text has a word, or one that begins with it; with a few letters too many words begin."""
    end = "(?![a-z])" if len(word) <= SHORT else ""
    return re.search(rf"(?<![a-z]){re.escape(word)}{end}", said) is not None
