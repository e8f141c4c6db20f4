"""One neighbour of a component: what another library has in its place, and how the two are made equal."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EQUAL = "equal"
WITH_ARGUMENTS = "equal with these arguments"
DEFAULT = "default differs"
REGION = "differs on a named region"
DIFFERENT = "different function"
NONE = "none"
MEANINGS = {
    EQUAL: "with our arguments handed over by name, and with all of them left out.",
    WITH_ARGUMENTS: "the code is equal; the call without it is not, as the numbers show.",
    DEFAULT: "equal once our arguments are handed over; the defaults differ, as the numbers show.",
    REGION: "equal but there.",
    DIFFERENT: "differs on most inputs.",
    NONE: "there is nothing; the code is what people use instead, and is equal but for the region.",
}
VERDICTS = tuple(MEANINGS)
ALIKE = (EQUAL, WITH_ARGUMENTS, DEFAULT)  # the verdicts whose call gives our numbers

LABELS = "y_true.shape == y_pred.shape[:-1]"  # what a row is about whose targets are class numbers
# Of a root of squares, where the squares of the smallest numbers are 0 in float32.
IN_SIGHT = "y_true.shape == y_pred.shape and ((y_true == y_pred).all() or np.abs(y_true - y_pred).max() > 1e-15)"
# Sequences that end in their blanks, as `losses.ctc` wants them.
FILLED_UP = "len(y_true) == len(y_pred) and ((y_true != 0)[:, 1:] <= (y_true != 0)[:, :-1]).all()"

# Of which types a value is that a row is about, by what one would annotate it with; a boolean is no number.
KINDS: Mapping[str, tuple[type, ...]] = {"int": (int,), "float": (int, float)}

# What a person writes for what.
SHORT = {
    "F": "torch.nn.functional",
    "nn": "torch.nn",
    "init": "torch.nn.init",
    "optim": "torch.optim",
    "tf.keras": "keras",
    "skm": "sklearn.metrics",
    "RMSE": "metrics.RootMeanSquaredError",
    "rmse": "metrics.RootMeanSquaredError",
}
TORCH, TENSORFLOW, NUMPY = "torch", "tensorflow", "numpy"
WORLDS = {
    "torch": TORCH,
    "torchmetrics": TORCH,
    "torcheval": TORCH,
    "tf": TENSORFLOW,
    "keras": TENSORFLOW,
    "sklearn": NUMPY,
    "scipy": NUMPY,
}


@dataclass(frozen=True)
class Row:
    """A component, a neighbour of it, and a verdict.

    Code speaks of our arguments and inputs by our names (`delta`, `y_true`), in tensors of the neighbour's framework;
    arguments that are left out have our defaults. For a metric, `batches` are the pairs (y_true, y_pred) of a stream,
    `y_true` and `y_pred` all of it.

    Args:
        ours: the component, "losses.Huber".
        theirs: the neighbour's full name, "torch.nn.HuberLoss"; where there is none, the library that has none.
        verdict: one of VERDICTS. "equal": with our arguments handed over by name, and with all of them left out.
            "equal with these arguments" and "default differs": `call` is equal, `plain` is not; in the latter it is
            enough to hand over arguments of ours. "differs on a named region": `call` differs there alone. "different
            function": it differs on most inputs. "none": there is nothing under the names that are `absent`; `call`, if
            there is one, is what people use instead, and is equal (but for the region, if there is one).
        call: code, the last line of which is an expression.
        plain: the call as one would write it first; if empty, the call without keyword arguments.
        when: arguments of ours that have these values here.
        kinds: arguments of ours that have any value of a kind here, one of KINDS, where they could be of another, or
            None.
        made: for an input, the expression that makes it one that the row is about of what is drawn; it saves draws.
        given: expression over inputs and arguments, true for what the row is about; if empty, that targets and
            predictions have one shape.
        region: what the inputs are like on which they differ.
        where: the same as an expression, true of a whole case.
        absent: for "none", names that one might look for, and that do not exist.
        remark: what to know.
        source: where it is said, if it is.
        gradient: whether `call` gives the gradient with respect to the first input, and not the value.
    """

    ours: str
    theirs: str
    verdict: str
    call: str = ""
    plain: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    given: str = ""
    region: str = ""
    where: str = ""
    absent: tuple[str, ...] = ()
    remark: str = ""
    source: str = ""
    gradient: bool = False

    @property
    def name(self) -> str:
        """A name of the row, for a test."""
        pinned = "".join(f" {key}={value}" for key, value in self.when.items())
        return f"{self.ours} {self.theirs}{pinned}"

    @property
    def library(self) -> str:
        return self.theirs.partition(".")[0]

    @property
    def world(self) -> str:
        """The framework whose tensors the code is given."""
        return WORLDS[self.library]

    def first_call(self) -> str:
        """The call as one would write it first."""
        return self.plain or without_keywords(self.call, self.theirs)


def are_about(arguments: Mapping[str, Any], when: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a row is about arguments of ours: they have the values that it names, and are of its kinds."""
    return all(arguments.get(key) == value for key, value in when.items()) and all(
        type(arguments.get(key)) in KINDS[kind] for key, kind in kinds.items()
    )


def full_name(name: str) -> str:
    """The whole name of what a person writes in short: "F.gelu" is "torch.nn.functional.gelu"."""
    for short, long in SHORT.items():
        if name == short or name.startswith(f"{short}."):
            return long + name[len(short) :]
    return name


def short_names(name: str) -> list[str]:
    """What a person writes in short for a whole name: "F.gelu" for "torch.nn.functional.gelu"."""
    return [f"{short}{name[len(long) :]}" for short, long in SHORT.items() if name.startswith(f"{long}.")]


def dotted(node: ast.AST) -> str:
    """The name that an expression of names and dots spells; empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def call_of(tree: ast.AST, theirs: str) -> ast.Call | None:
    """The call of a neighbour in code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and full_name(dotted(node.func)) == theirs:
            return node
    return None


def without_keywords(code: str, theirs: str) -> str:
    """The code, where the neighbour is called without keyword arguments."""
    tree = ast.parse(code)
    call = call_of(tree, theirs)
    if call is not None:
        call.keywords = []
    return ast.unparse(tree)


class _Filled(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self.values:
            # Not parsed from its repr: a value may come from a file, and is data.
            value = self.values[node.id]
            negative = isinstance(value, int | float) and value < 0
            return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if negative else ast.Constant(value)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            return self.visit(node.body if test.value else node.orelse)
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))


def filled(code: str, values: Mapping[str, Any]) -> str:
    """The code with values in place of the names of arguments."""
    return ast.unparse(_Filled(values).visit(ast.parse(code)))
