"""One-point changes of a source file: which there are, and the syntax tree with one of them made."""

import ast
import copy
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("tfimpl", "torchimpl")
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Args:
        module: the module it is made in, "tfimpl.losses.regression".
        line: where the changed expression begins.
        function: the function or class around it, "Huber.call"; empty at the top of the file.
        before: the expression.
        after: what it becomes.
        place: the changed node's number in the order of `ast.walk`.
        variant: which of the changes of that node it is.
        inside: the expression or statement that it is a part of.
    """

    module: str
    line: int
    function: str
    before: str
    after: str
    place: int
    variant: int
    inside: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}: {self.before}  ->  {self.after}"

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What it is called where it is argued to be equivalent, whatever its line: without what it is in, and with."""
        key = f"{self.module}:{self.function}", self.before, self.after
        return key, (*key, self.inside)


def modules() -> dict[str, Path]:
    """The source files of both packages by module name; none is imported."""
    found = {}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        root = Path(spec.origin).parent
        for path in sorted(root.rglob("*.py")):
            parts = [package, *path.relative_to(root).with_suffix("").parts]
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def mutants(module: str, path: Path) -> list[Mutant]:
    """Every change of a file."""
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if _says_nothing(node, parents):
            continue
        for variant, change in enumerate(changes(node, parents)):
            before = ast.unparse(node)
            after = ast.unparse(ast.fix_missing_locations(change(copy.deepcopy(node))))
            if before != after:
                line = getattr(node, "lineno", 0)
                inside = ast.unparse(parents[node])
                found.append(Mutant(module, line, _around(node, parents), before, after, place, variant, inside))
    return found


def mutated(path: Path, mutant: Mutant) -> ast.Module:
    """The syntax tree of a file with one change made."""
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    node = list(ast.walk(tree))[mutant.place]
    new = ast.copy_location(changes(node, parents)[mutant.variant](copy.deepcopy(node)), node)
    parent = parents[node]
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, new)
        elif isinstance(value, list):
            setattr(parent, name, [new if item is node else item for item in value])
    return ast.fix_missing_locations(tree)


def changes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[Change]:
    """What can be made of a node; the parts of it that are nodes themselves are changed on their own."""
    return list(_changes(node, parents))


def _changes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            yield _set("ops", [*node.ops[:number], COMPARISONS[type(operator)](), *node.ops[number + 1 :]])
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        yield _set("op", OPERATORS[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield lambda new: new.operand  # type: ignore[attr-defined]
    elif isinstance(node, ast.BoolOp):
        yield _set("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.Constant):
        yield from _constants(node, parents)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield _set("test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Call):
        yield from _calls(node, parents)
    if isinstance(node, ast.Raise | ast.AugAssign | ast.Expr) or (
        isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    ):
        yield lambda new: ast.Pass()


def _constants(node: ast.Constant, parents: dict[ast.AST, ast.AST]) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield _set("value", not value)
    elif isinstance(value, int):
        yield _set("value", value + 1)
    elif isinstance(value, float):
        yield _set("value", value * 1.02 if value else 1.0)
    elif isinstance(value, str):
        yield _set("value", f"{value}x")


def _calls(node: ast.Call, parents: dict[ast.AST, ast.AST]) -> Iterator[Change]:
    for number, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _set("keywords", [*node.keywords[:number], *node.keywords[number + 1 :]])
    plain = not any(isinstance(item, ast.Starred) for item in node.args)
    if len(node.args) >= 2 and plain:
        yield _set("args", [node.args[1], node.args[0], *node.args[2:]])
    if node.args and plain and not isinstance(parents.get(node), ast.Expr | ast.Raise):
        yield lambda new: new.args[0]  # type: ignore[attr-defined]


def _set(field: str, value: object) -> Change:
    def change(node: ast.AST) -> ast.AST:
        setattr(node, field, copy.deepcopy(value))
        return node

    return change


def _says_nothing(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a node is text for people: docstrings, annotations, messages of errors, imports and public names."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    child: ast.AST | None = node
    while child is not None:
        parent = parents.get(child)
        if isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom):
            return True
        if isinstance(parent, ast.Expr) and isinstance(child, ast.Constant):
            return True
        if isinstance(parent, ast.Raise) or (isinstance(parent, ast.Assign) and _is_public_list(parent)):
            return True
        if isinstance(parent, ast.FunctionDef) and child is parent.returns:
            return True
        if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "isinstance" and child in parent.args[1:]:
            return True  # of `list | tuple` nothing but a crash can be made
        if isinstance(parent, ast.arg | ast.AnnAssign) and child is parent.annotation:
            return True
        child = parent
    return False


def _is_public_list(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id in ("__all__", "__version__")


def _around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    names: list[str] = []
    above: ast.AST | None = node
    while above is not None:
        if isinstance(above, ast.FunctionDef | ast.ClassDef) and above is not node:
            names.append(above.name)
        above = parents.get(above)
    return ".".join(reversed(names))
