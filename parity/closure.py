"""What a component is made of: the definitions that it reaches in the sources, and a hash over them.

The sources are read and never run, so that they may as well be those of another commit. Comments, docstrings and
layout say nothing. A statement that defines nothing belongs to the names of its module that it mentions; what a module
is asked for by a computed name is all of it.
"""

import ast
import hashlib
import importlib.util
import inspect
import io
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from parity.registry.entry import Entry
from parity.tolerance import ParityError

PACKAGES = ("tfimpl", "torchimpl")
ALL = "*"  # in the place of a name: everything in the module
# What every check runs through. What an entry says, touches the components of its family.
HARNESS = ("runner", "bridge", "domains", "tolerance", "checks", "registry.entry")
Definition = tuple[str, str]


class Sources:
    """Source files by path ("tfimpl/losses/base.py"), and what each definition in them reaches."""

    def __init__(self, files: Mapping[str, str]):
        self.files = files
        self._modules: dict[str, _Module] = {}
        self._reached: dict[Definition, frozenset[Definition]] = {}

    @classmethod
    def that_run(cls) -> "Sources":
        """The sources of the packages that Python finds."""
        files = {}
        for package in (*PACKAGES, "parity"):
            spec = importlib.util.find_spec(package)
            if spec is not None and spec.origin is not None:
                root = Path(spec.origin).parent
                files.update({str(path.relative_to(root.parent)): path.read_text() for path in root.rglob("*.py")})
        return cls(files)

    @classmethod
    def of_commit(cls, revision: str) -> "Sources":
        """The sources as a commit of the checkout in the working directory has them.

        Raises:
            ParityError: there is no such commit, or no checkout.
        """
        root = _git("rev-parse", "--show-toplevel").decode().strip()
        packed = _git("-C", root, "archive", "--format=tar", revision, "--", *PACKAGES, "parity")
        files = {}
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.name.endswith(".py") else None
                if file is not None:
                    files[member.name] = file.read().decode()
        return cls(files)

    def closure(self, roots: Iterable[Definition]) -> set[Definition]:
        """The definitions that are reached from some, themselves among them."""
        found: set[Definition] = set()
        waiting = [item for root in roots for item in self._resolve(*root)]
        while waiting:
            item = waiting.pop()
            if item not in found:
                found.add(item)
                waiting += self._reaches(item)
        return found

    def digest(self, roots: Iterable[Definition], within: str = "") -> str:
        """A hash over all that is reached, or over that part of it whose modules begin so."""
        reached = sorted(item for item in self.closure(roots) if item[0].startswith(within))
        return _hash([(module, name, self._module(module).hash(name)) for module, name in reached])[:16]

    def text(self, *prefixes: str) -> str:
        """What says whether the files have changed whose path without its suffix is, or lies in, one of these."""
        paths = [
            path
            for path in sorted(self.files)
            if any(f"{path.removesuffix('.py')}/".startswith(f"{prefix}/") for prefix in prefixes)
        ]
        return repr([(path, _hash(_plain(ast.parse(self.files[path]).body))) for path in paths])

    def _module(self, name: str) -> "_Module":
        if name not in self._modules:
            path = self._path(name)
            assert path is not None
            self._modules[name] = _module(name, self.files[path], path.endswith("__init__.py"))
        return self._modules[name]

    def _path(self, module: str) -> str | None:
        stem = module.replace(".", "/")
        return next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in self.files), None)

    def _resolve(self, module: str, name: str) -> Iterator[Definition]:
        """Where a name of a module is defined: there, or in the module that it was imported from."""
        if self._path(module) is None:
            return
        inside = self._module(module)
        if name == ALL:
            for each in [*inside.definitions, *inside.imports]:
                yield from self._resolve(module, each)
        elif name in inside.definitions:
            yield module, name
        elif name in inside.imports:
            source, original = inside.imports[name]
            if original == ALL:
                if self._path(source) is None:
                    yield module, name
            elif self._path(f"{source}.{original}") is None:
                if self._path(source) is None:
                    yield module, name  # of a framework: which one it is, is said here
                else:
                    yield from self._resolve(source, original)

    def _reaches(self, item: Definition) -> frozenset[Definition]:
        if item not in self._reached:
            module, name = item
            inside = self._module(module)
            found = [target for chain in inside.mentions(name) for target in self._follow(module, chain)]
            self._reached[item] = frozenset(found)
        return self._reached[item]

    def _follow(self, module: str, chain: list[str]) -> Iterator[Definition]:
        """What `a.b.c` means inside a module."""
        first, *rest = chain
        inside = self._module(module)
        target = inside.imports.get(first) if first not in inside.definitions else None
        home = None
        if target is not None:
            home = target[0] if target[1] == ALL else f"{target[0]}.{target[1]}"
        if home is None or self._path(home) is None:
            yield from self._resolve(module, first)
            return
        for name in rest:
            if self._path(f"{home}.{name}") is None:
                yield from self._resolve(home, name)
                return
            home = f"{home}.{name}"
        yield from self._resolve(home, ALL)


class _Module:
    """The definitions of one file by name, its imports, and its other statements."""

    def __init__(self, name: str, tree: ast.Module, is_package: bool):
        self.definitions: dict[str, list[ast.stmt]] = {}
        self._hashes: dict[str, str] = {}
        self.imports: dict[str, tuple[str, str]] = {}
        others = []
        for statement in tree.body:
            names = _defined(statement)
            for item in names:
                self.definitions.setdefault(item, []).append(statement)
            if not names and not isinstance(statement, ast.Import | ast.ImportFrom) and not _is_docstring(statement):
                others.append(statement)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self.imports[bound] = (alias.name if alias.asname else bound, ALL)
            elif isinstance(node, ast.ImportFrom):
                steps = name.split(".")
                kept = steps[: len(steps) - node.level + is_package] if node.level else []
                source = ".".join([*kept, *([node.module] if node.module else [])])
                self.imports.update({alias.asname or alias.name: (source, alias.name) for alias in node.names})
        for other in others:
            for mentioned in {chain[0] for chain in _chains([other])} & set(self.definitions):
                self.definitions[mentioned].append(other)

    def mentions(self, name: str) -> list[list[str]]:
        return _chains(self.definitions.get(name, []))

    def hash(self, name: str) -> str:
        if name not in self._hashes:
            what = _plain(self.definitions[name]) if name in self.definitions else self.imports[name]
            self._hashes[name] = _hash(what)
        return self._hashes[name]


@lru_cache(maxsize=512)
def _module(name: str, text: str, is_package: bool) -> _Module:
    return _Module(name, ast.parse(text), is_package)


def _hash(what: Any) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise ParityError("git is not installed, and without it nobody knows what has changed") from error
    except subprocess.CalledProcessError as error:
        raise ParityError(f"git {' '.join(arguments)}: {error.stderr.decode().strip()}") from error


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    else:
        return []
    return [item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name)]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _chains(nodes: Iterable[ast.AST]) -> list[list[str]]:
    """The names in some statements, each with the attributes that are asked of it: `a.b.c` as [a, b, c]."""
    found = []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        names: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            names.insert(0, inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            found.append([inner.id, *names])
        else:
            waiting += ast.iter_child_nodes(inner)
    return found


def _plain(node: Any) -> Any:
    """A syntax tree as tuples, without docstrings, places and empty fields: the same for each version of Python."""
    if isinstance(node, ast.AST):
        fields = [(name, _plain(value)) for name, value in ast.iter_fields(node) if name != "type_comment"]
        return (type(node).__name__, *(item for item in fields if item[1] not in (None, [])))
    if isinstance(node, list):
        return [_plain(item) for item in node if not _is_docstring(item)]
    return None if node is None else repr(node)


def roots(entry: Entry) -> list[Definition]:
    """Where a component begins: its name in both packages, and its reference with what is done to that."""
    found = [(f"{package}.{entry.module}", entry.title) for package in PACKAGES]
    if inspect.isroutine(entry.reference) or isinstance(entry.reference, partial):
        found += _home(entry.reference)
    else:
        found += [home for reference in vars(entry.reference).values() for home in _home(reference)]
    if entry.family == "losses":
        found.append(("parity.reference.reduction", "reduce"))
    if entry.family == "metrics":
        found += [("parity.reference.metrics", name) for name in ("mean", "weights_of")]
    return found


def _home(reference: Any) -> list[Definition]:
    while isinstance(reference, partial):
        reference = reference.func
    name = reference.__qualname__.partition(".")[0]
    return [(reference.__module__, ALL if name.startswith("<") else name)]


def digests(entries: Iterable[Entry], sources: Sources | None = None) -> dict[str, str]:
    """The hash of each component, in the sources that run unless others are given."""
    sources = sources or Sources.that_run()
    return {entry.name: sources.digest(roots(entry)) for entry in entries}


def changed(entries: Iterable[Entry], revision: str) -> list[str]:
    """The components that are something else in the sources that run than in a commit, or are checked otherwise.

    Raises:
        ParityError: there is no such commit, or no checkout.
    """
    entries = list(entries)
    now, then = Sources.that_run(), Sources.of_commit(revision)

    harness = [f"parity/{place.replace('.', '/')}" for place in HARNESS]
    if now.text(*harness) != then.text(*harness):
        return [entry.name for entry in entries]

    def registered(module: str, sources: Sources) -> str:
        return sources.digest([(f"parity.registry.{module}", ALL)], within="parity.registry.")

    modules = {entry.module for entry in entries}
    touched = {module for module in modules if registered(module, now) != registered(module, then)}
    before, after = digests(entries, then), digests(entries, now)
    return [entry.name for entry in entries if entry.module in touched or before[entry.name] != after[entry.name]]
