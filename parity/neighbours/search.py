"""Runs the rows: finds each verdict on generated inputs, with the smallest input on which the two differ."""

import ast
import importlib
import inspect
import random
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from parity import bridge, domains
from parity.checks.subject import OBJECT_ARGUMENTS, caller, expect, expect_stream, in_keras_form, public
from parity.deviations.regions import REGIONS
from parity.deviations.regions import Case as KerasCase
from parity.neighbours.base import (
    DEFAULT,
    DIFFERENT,
    EQUAL,
    LABELS,
    NONE,
    NUMPY,
    REGION,
    TENSORFLOW,
    TORCH,
    WITH_ARGUMENTS,
    Row,
    are_about,
    call_of,
    full_name,
)
from parity.registry import find
from parity.registry.entry import Entry
from parity.search import variety
from parity.tolerance import ParityError, compare

Value = dict[str, Any]

DTYPE = "float32"
SAME_SHAPES = "y_true.shape == y_pred.shape"
# Large enough to tell one distribution from another, and of Dense layers and convolutions: fans count the window too.
KERNELS = ((300, 500), (500, 300), (5, 100, 300), (3, 3, 160, 128))
NOT_THE_SAME = 1e-6  # the probability of calling two samples of one distribution different
DEVIATIONS = "deviations"  # the region of a row that is about Keras: what parity.deviations says
SHARE = 20  # one case in so many must lie outside of a region, and one inside must differ
IN_SIGHT = 0.01  # of the scale: a difference that is no matter of rounding
LIBRARIES = {
    TORCH: {"torch": "torch", "F": "torch.nn.functional", "torchmetrics": "torchmetrics", "torcheval": "torcheval"},
    TENSORFLOW: {"tf": "tensorflow", "keras": "keras"},
    NUMPY: {"sklearn": "sklearn", "scipy": "scipy"},
}
TASKS: dict[str, Value] = {
    "Binary": {"task": "binary"},
    "Multiclass": {"task": "multiclass", "num_classes": 3},
    "Multilabel": {"task": "multilabel", "num_labels": 3},
}
PLACES = {
    "torch": ("torch", "torch.nn", "torch.nn.functional", "torch.special"),
    "torchmetrics": ("torchmetrics", "torchmetrics.classification", "torchmetrics.regression"),
    "torcheval": ("torcheval.metrics",),
    "sklearn": ("sklearn.metrics",),
    "keras": ("keras.{family}", "tf.keras.{family}"),
    "tf": ("tf.nn", "tf.math", "tf"),
}
SUBMODULES = ("torcheval.metrics", "torchmetrics.segmentation", "sklearn.metrics", "scipy.stats")


@dataclass(frozen=True)
class Case:
    """What both are given: arguments, and inputs or the batches of a stream."""

    config: Value
    inputs: Value
    batches: tuple[Value, ...] = ()

    def whole(self) -> Value:
        """The inputs, those of all batches joined."""
        if not self.batches:
            return self.inputs
        return {key: np.concatenate([batch[key] for batch in self.batches]) for key in self.batches[0]}


@dataclass(frozen=True)
class Difference:
    """How a neighbour differs on a case: one number of each, and the largest distance of two numbers."""

    ours: float | str
    theirs: float | str
    size: float
    in_sight: bool


@dataclass(frozen=True)
class Found:
    """What a search found: the verdict, the number of cases, and the smallest case on which they differ.

    Args:
        verdict: the verdict.
        cases: how many were compared.
        largest: the largest difference that was seen.
        code: which code differed on the example; empty if none did.
        case: the example.
        difference: how.
        agreed: a case on which `call` gave our numbers.
    """

    verdict: str
    cases: int
    largest: float = 0.0
    code: str = ""
    case: Case | None = None
    difference: Difference | None = None
    agreed: Case | None = None


def search(row: Row, *, examples: int, seed: int = 0) -> Found:
    """Find the verdict of a row, and the smallest case on which the two differ.

    Raises:
        ParityError: the row cannot be right: they differ outside of its region; nothing lies outside of it, or too
            little inside differs; a name that is said to be absent exists; too little was compared.
    """
    with _quiet():
        if row.verdict == NONE:
            _nothing_there(row)
            if not row.call:
                return Found(NONE, 0)
        seen = [(case, inside(row, case), against(row, row.call, case)) for case in drawn(row, examples, seed)]
        agreed = _telling([case for case, within, difference in seen if not within and not difference])
        differing = [(case, difference) for case, _, difference in seen if difference]
        unexplained = [(case, difference) for case, within, difference in seen if difference and not within]
        outside = [case for case, within, _ in seen if not within]
        if unexplained:
            if not row.where and len(unexplained) > len(seen) / 2:
                return _with_example(row, DIFFERENT, row.call, examples, seed, len(seen), differing, agreed)
            case, difference = _smallest(row, row.call, examples, seed, unexplained, outside=True)
            raise ParityError(f"{row.name}: {_told(row.call, case, difference)}, and no region says so")
        if row.where != DEVIATIONS and len(outside) < len(seen) / SHARE:
            raise ParityError(f"{row.name}: {len(outside)} of {len(seen)} cases lie outside of its region")
        if row.where:
            within = len(seen) - len(outside)
            if row.where == DEVIATIONS and not differing:
                return Found(EQUAL, len(seen), agreed=agreed)
            if not differing or (row.where != DEVIATIONS and len(differing) < within / SHARE):
                raise ParityError(f"{row.name}: of {within} cases in its region, {len(differing)} differ")
            verdict = NONE if row.verdict == NONE else REGION
            found = _with_example(row, verdict, row.call, examples, seed, len(seen), differing, agreed)
            assert found.case is not None
            assert found.difference is not None
            if not inside(row, found.case):  # the search for a smaller one has left the region
                raise ParityError(f"{row.name}: {_told(row.call, found.case, found.difference)}, and no region says so")
            return found
        if row.verdict == NONE:
            return Found(NONE, len(seen), agreed=agreed)
        plain = row.first_call()
        first = [(case, against(row, plain, case)) for case in drawn(row, examples, seed, bare=not row.plain)]
        differing = [(case, difference) for case, difference in first if difference]
        if not differing:
            return Found(EQUAL, len(seen), agreed=agreed)
        return _with_example(row, how_they_are_made_equal(row), plain, examples, seed, len(seen), differing, agreed)


def check(row: Row, *, examples: int, seed: int = 0) -> None:
    """Hold a row to a few cases.

    Raises:
        ParityError: they differ where the row says that they do not.
    """
    with _quiet():
        if row.verdict == NONE:
            _nothing_there(row)
        if row.verdict == DIFFERENT or not row.call:
            return
        for case in drawn(row, examples, seed):
            difference = None if inside(row, case) else against(row, row.call, case)
            if difference:
                raise ParityError(f"{row.name}: {_told(row.call, case, difference)}, and no region says so")


def how_they_are_made_equal(row: Row) -> str:
    """Whether handing over our arguments is enough, or it takes more."""
    call = call_of(ast.parse(row.call), row.theirs)
    ours = set(defaults(row.ours))
    constant = call is None or any(
        not (isinstance(keyword.value, ast.Name) and keyword.value.id in ours) for keyword in call.keywords
    )
    return WITH_ARGUMENTS if row.plain or constant else DEFAULT


def drawn(row: Row, examples: int, seed: int, bare: bool = False) -> list[Case]:
    """Cases of the ordinary domain that the row is about."""
    found: list[Case] = []
    kinds = (dict(row.kinds),) if row.kinds else ()
    about = repr((row.ours, dict(row.when), *kinds, dict(row.made), row.given, bare, examples, seed))
    if about in _DRAWN:
        return _DRAWN[about]

    @hypothesis.seed(zlib.crc32(about.encode()))
    @_settings(examples)
    @hypothesis.given(cases(row, bare))
    def collect(case: Case) -> None:
        found.append(case)

    with variety(), suppress(Unsatisfiable):
        collect()
    if not found:
        raise ParityError(f"{row.name}: none of the cases that are drawn is what the row is about: {row.given}")
    _DRAWN[about] = found
    return found


_DRAWN: dict[str, list[Case]] = {}  # rows about one component share what is drawn


@st.composite
def cases(draw: Any, row: Row, bare: bool = False) -> Case:
    """A case of the ordinary domain: float32, at least one number, finite ones, no weights, one shape on both sides.

    Args:
        draw: of Hypothesis.
        row: what the case is for.
        bare: whether all arguments are left out but those that must be given.
    """
    entry = find(row.ours)
    least = {**entry.required, **({"seed": 0} if is_drawn(entry) else {})}
    arguments = least if bare else draw(entry.config)
    assume("fn" not in row.when or arguments["fn"] == row.when["fn"])  # its other arguments depend on it
    full = {**arguments, **row.when}
    assume(are_about({**defaults(row.ours), **full}, {}, row.kinds))
    config = {key: value for key, value in full.items() if key not in OBJECT_ARGUMENTS}
    labels = bool(row.given) and SAME_SHAPES not in row.given.replace(LABELS, "")
    if entry.family == "initializers":
        given = draw(entry.inputs(full, DTYPE))
        shape = draw(st.sampled_from(KERNELS)) if is_drawn(entry) else given["shape"]
        case = Case(config, {"shape": tuple(shape), "dtype": DTYPE})
    elif entry.streams:
        stream = draw(domains.stream(lambda size: entry.inputs(full, DTYPE, size), most=3))
        case = Case(
            config,
            {},
            tuple(_made(row, config, _plain(batch, labels)) for batch in stream if len(next(iter(batch.values())))),
        )
        assume(case.batches)
    else:
        case = Case(config, _made(row, config, _plain(draw(entry.inputs(full, DTYPE)), labels)))
    arrays = [value for value in case.whole().values() if isinstance(value, np.ndarray)]
    assume(all(array.size for array in arrays))
    given = row.given or (SAME_SHAPES if "y_true" in case.whole() else "True")
    assume(_holds(row, given, case))
    return case


def is_drawn(entry: Entry) -> bool:
    """Whether it is an initializer that draws, so that distributions are compared."""
    return entry.family == "initializers" and any(error.config.get("seed") == 1.5 for error in entry.errors)


def _plain(given: Mapping[str, Any], labels: bool) -> Value:
    """Inputs without weights and mask: finite numbers of one shape, as float32, and class numbers, as int64."""
    found = {}
    alike = not labels and "y_true" in given and _long_axes(given["y_true"]) == _long_axes(given["y_pred"])
    for key, value in given.items():
        if key in ("sample_weight", "mask", "ref_labels", "ref_embeddings"):
            continue
        numbers = np.asarray(np.nan_to_num(np.asarray(value, np.float64), nan=0.5, posinf=1.0, neginf=-1.0))
        if key == "y_true" and not alike:
            found[key] = np.asarray(np.trunc(numbers), np.int64)
        else:
            found[key] = numbers.reshape(given["y_true"].shape if alike else value.shape).astype(np.float32)
    return found


def _long_axes(array: np.ndarray) -> list[int]:
    return [size for size in array.shape if size != 1]


def _made(row: Row, config: Value, given: Value) -> Value:
    """Inputs, made what the row is about."""
    scope = {"np": np, **defaults(row.ours), **config, **given}
    return {
        key: np.asarray(eval(row.made[key], scope), value.dtype) if key in row.made else value
        for key, value in given.items()
    }


def inside(row: Row, case: Case) -> bool:
    """Whether a case lies in the region of a row; that of Keras is the one of the deviations."""
    if row.where == DEVIATIONS:
        inputs, batches = ({}, case.batches) if case.batches else (case.inputs, ())
        drawn_case = KerasCase(row.ours, case.config, inputs, batches)
        return any(region.covers(drawn_case, kind) for region in REGIONS for kind in ("value", "error"))
    return bool(row.where) and _holds(row, row.where, case)


def _holds(row: Row, expression: str, case: Case) -> bool:
    numbers = {
        key: value.astype(np.float64) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        for key, value in case.whole().items()
    }
    scope = {"np": np, **defaults(row.ours), **in_keras_form(case.config), **numbers, "batches": case.batches}
    with np.errstate(all="ignore"):
        return bool(np.any(eval(expression, scope)))


@cache
def defaults(ours: str) -> Value:
    """Arguments of a component with their defaults; None for those that have none."""
    parameters = inspect.signature(public(bridge.sides()[0], find(ours))).parameters.values()
    empty = inspect.Parameter.empty
    return {
        item.name: None if item.default is empty else item.default
        for item in parameters
        if item.kind not in (item.VAR_KEYWORD, item.VAR_POSITIONAL)
    }


def against(row: Row, code: str, case: Case) -> Difference | None:
    """How a neighbour's answer differs from ours on a case, or None: it does not."""
    entry = find(row.ours)
    if is_drawn(entry):
        return _of_distributions(row, entry, code, case)
    wrt = entry.gradients[:1] if row.gradient else ()
    if entry.streams:
        expected = expect_stream(entry, case.config, case.batches)
    else:
        expected = expect(entry, case.config, case.inputs, wrt, bridge.cotangent)
    value, scale = expected.gradients[wrt[0]] if wrt else (expected.value, expected.scale)
    ours = np.asarray(value, np.float32)
    try:
        theirs = executed(row, code, case)
    except Exception as error:
        return Difference(_number_of(ours), f"{type(error).__name__}", np.inf, True)
    units = entry.tolerance.gradient if row.gradient else entry.tolerance.value
    try:
        compare("", theirs.astype(expected.dtype), value, scale, dtype=expected.dtype, units=units)
    except ParityError:
        return _difference(ours, theirs, np.asarray(scale, np.float64))
    return None


def _difference(ours: np.ndarray, theirs: np.ndarray, scale: np.ndarray) -> Difference:
    if ours.shape != theirs.shape:
        return Difference(f"shape {list(ours.shape)}", f"shape {list(theirs.shape)}", np.inf, True)
    with np.errstate(all="ignore"):
        distance = np.abs(theirs.astype(np.float64) - ours)
        distance = np.where(np.isnan(distance), np.where(np.isnan(ours) & np.isnan(theirs), 0, np.inf), distance)
        tiny = np.finfo(DTYPE).tiny
        flushed = (np.abs(ours) <= tiny) & (distance <= tiny)
        relative = np.where((distance == 0) | flushed, 0, distance / scale)
    place = np.unravel_index(int(np.argmax(relative)), relative.shape)
    return Difference(float(ours[place]), float(theirs[place]), float(distance.max()), bool(relative.max() > IN_SIGHT))


def _of_distributions(row: Row, entry: Entry, code: str, case: Case) -> Difference | None:
    from scipy import stats

    side = bridge.sides()[0]
    ours = side.array(caller(side, entry, case.config, case.inputs)()).ravel().astype(np.float64)
    try:
        theirs = executed(row, code, case)
    except Exception as error:
        return Difference(_number_of(ours), type(error).__name__, np.inf, True)
    if theirs.shape != case.inputs["shape"]:
        return Difference(f"shape {list(case.inputs['shape'])}", f"shape {list(theirs.shape)}", np.inf, True)
    theirs = theirs.ravel().astype(np.float64)
    size = float(stats.ks_2samp(ours, theirs, method="asymp").statistic)
    if size <= np.sqrt(-np.log(NOT_THE_SAME / 2) / 2 * (1 / ours.size + 1 / theirs.size)):
        return None
    spread = abs(ours.std() - theirs.std()) > IN_SIGHT * ours.std()
    texts = [f"std {array.std():.4g}" if spread else f"largest {np.abs(array).max():.4g}" for array in (ours, theirs)]
    return Difference(texts[0], texts[1], size, True)


def executed(row: Row, code: str, case: Case) -> np.ndarray:
    """Run code of a row on a case."""
    world = row.world
    side: Any = {item.name: item for item in bridge.sides()}["tf" if world == TENSORFLOW else "torch"]
    tensor = np.asarray if world == NUMPY else side.tensor
    scope: Value = {**modules(world), **defaults(row.ours), **in_keras_form(case.config)}
    for key, value in case.whole().items():
        scope[key] = tensor(value) if isinstance(value, np.ndarray) else value
    scope["batches"] = [tuple(tensor(array) for array in batch.values()) for batch in case.batches]
    if world == TORCH:
        side.torch.manual_seed(zlib.crc32(repr(case).encode()))
    *lines, last = ast.parse(code).body
    assert isinstance(last, ast.Expr), f"{row.name}: the last line is no expression: {ast.unparse(last)}"
    exec(compile(ast.Module(lines, []), row.name, "exec"), scope)
    value = eval(compile(ast.Expression(last.value), row.name, "eval"), scope)
    return np.asarray(value) if world == NUMPY else side.array(value)


@cache
def modules(world: str) -> Value:
    """The names by which code finds its libraries."""
    bridge.sides()  # PyTorch comes before TensorFlow
    found: Value = {"np": np}
    for short, name in LIBRARIES[world].items():
        found[short] = importlib.import_module(name)
    for name in SUBMODULES:
        if name.partition(".")[0] in found:
            importlib.import_module(name)
    return found


def exists(row: Row, name: str) -> bool:
    """Whether a library has something by a dotted name."""
    first, *rest = name.split(".")
    found = modules(row.world)[first]
    for part in rest:
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def aliases(row: Row) -> list[str]:
    """The other names of a neighbour: what is the same object in its library."""
    places = PLACES[row.library]
    last = row.theirs.rpartition(".")[2]
    if row.library == "keras":
        places = tuple(place.format(family=row.theirs.split(".")[1]) for place in places)
    there = _at(row.world, row.theirs)
    found = set()
    for place in places:
        module = _at(row.world, place)
        for name in {last, *(dir(module) if row.library == "keras" else ())}:
            if getattr(module, name, None) is there:
                found.add(full_name(f"{place}.{name}"))
    if row.library == "torchmetrics":
        found |= _of_a_task(row)
    return sorted(found - {row.theirs})


def _of_a_task(row: Row) -> set[str]:
    """The name under which torchmetrics makes an object of a class, if it is told the task."""
    kind, title = next(
        ((kind, last[len(kind) :]) for kind in TASKS if (last := row.theirs.rpartition(".")[2]).startswith(kind)),
        ("", ""),
    )
    maker = getattr(modules(TORCH)["torchmetrics"], title, None) if title else None
    if maker is None:
        return set()
    parameters = inspect.signature(maker.__new__).parameters.values()
    needed = {item.name: 0.5 for item in parameters if item.default is item.empty and item.name.startswith("min_")}
    given = {**needed, **{item.name: TASKS[kind][item.name] for item in parameters if item.name in TASKS[kind]}}
    return {f"torchmetrics.{title}"} if type(maker(**given)) is _at(TORCH, row.theirs) else set()


def signature(row: Row) -> str:
    """The arguments of a neighbour, as far as Python knows them."""
    try:
        found = inspect.signature(_at(row.world, row.theirs))
    except (TypeError, ValueError):  # of what is written in C
        return ""
    parts = [item.replace(annotation=item.empty) for item in found.parameters.values()]
    return str(found.replace(parameters=parts, return_annotation=found.empty))


def _at(world: str, name: str) -> Any:
    first, *rest = name.split(".")
    found = modules(world)[first]
    for part in rest:
        found = getattr(found, part)
    return found


def _nothing_there(row: Row) -> None:
    if not row.absent or not row.remark:
        raise ParityError(f"{row.name}: 'none' wants the names that were looked for, and a remark")
    there = [name for name in row.absent if exists(row, name)]
    if there:
        raise ParityError(f"{row.name}: there is {', '.join(there)}")


def _telling(agreed: list[Case]) -> Case | None:
    """Of the cases on which both agree, a small one that is not the smallest."""
    ordered = sorted(agreed, key=lambda case: sum(np.size(value) for value in case.whole().values()))
    return ordered[len(ordered) // 4] if ordered else None


def _with_example(
    row: Row,
    verdict: str,
    code: str,
    examples: int,
    seed: int,
    compared: int,
    differing: list[tuple[Case, Difference]],
    agreed: Case | None,
) -> Found:
    bare = verdict in (WITH_ARGUMENTS, DEFAULT) and not row.plain
    case, difference = _smallest(row, code, examples, seed, differing, bare=bare)
    largest = max(item.size for _, item in (*differing, (case, difference)))
    return Found(verdict, compared, largest, code, case, difference, agreed)


def _smallest(
    row: Row,
    code: str,
    examples: int,
    seed: int,
    differing: list[tuple[Case, Difference]],
    bare: bool = False,
    outside: bool = False,
) -> tuple[Case, Difference]:
    """The smallest case on which the two differ, in sight if there is one; else one of those that were seen."""
    in_sight = any(difference.in_sight for _, difference in differing)

    def differ(case: Case) -> bool:
        if outside and inside(row, case):
            return False
        difference = against(row, code, case)
        return difference is not None and (difference.in_sight or not in_sight)

    try:
        case = hypothesis.find(
            cases(row, bare), differ, settings=_settings(4 * examples), random=random.Random(_number(seed, row))
        )
    except NoSuchExample:
        return next(item for item in differing if item[1].in_sight == in_sight)
    case = cut(row, code, case)
    difference = against(row, code, case)
    assert difference is not None
    return case, difference


def cut(row: Row, code: str, case: Case) -> Case:
    """A case on which the two differ, without the batches, rows and columns that it does not take.

    Hypothesis makes numbers small, but the shapes that entries draw from are few, and the smallest seldom among them.
    """
    while True:
        try:
            case = next(smaller for smaller in _shorter(case) if _differs_alike(row, code, smaller, case))
        except StopIteration:
            return case


def _shorter(case: Case) -> Iterator[Case]:
    """The case without one of its batches, or without one place along an axis."""
    pieces = case.batches or (case.inputs,)
    for number, piece in enumerate(pieces):
        before, after = pieces[:number], pieces[number + 1 :]
        if len(pieces) > 1:
            yield Case(case.config, {}, before + after)
        arrays = {key: value for key, value in piece.items() if isinstance(value, np.ndarray)}
        sizes = max((value.shape for value in arrays.values()), key=len, default=())
        for axis, size in enumerate(sizes):
            for place in range(size - 1, -1, -1) if size > 1 else ():
                less = {
                    key: np.delete(value, place, axis) if value.ndim > axis and value.shape[axis] == size else value
                    for key, value in arrays.items()
                }
                yield replace(case, batches=(*before, less, *after)) if case.batches else replace(case, inputs=less)


def _differs_alike(row: Row, code: str, smaller: Case, case: Case) -> bool:
    """Whether the two differ on a smaller case as they do on a case that the row is about, in sight or not."""
    difference = against(row, code, case)
    assert difference is not None
    try:
        if not _holds(row, row.given or "True", smaller) or inside(row, smaller) != inside(row, case):
            return False
        found = against(row, code, smaller)
    except (ValueError, IndexError):  # of ours, or of the row's expressions: it is no case at all
        return False
    if found is None or found.in_sight != difference.in_sight or _kinds(found) != _kinds(difference):
        return False
    return found.size >= IN_SIGHT * difference.size  # not a difference of rounding for one that tells


def _kinds(difference: Difference) -> list[str]:
    """What each of the two gave: a finite number, infinity, NaN, a shape, or which error."""
    sides = (difference.ours, difference.theirs)
    return ["number" if isinstance(side, float) and np.isfinite(side) else str(side).split()[0] for side in sides]


def _told(code: str, case: Case, difference: Difference) -> str:
    given = domains.literal(list(case.batches) or case.inputs)
    return f"{code!r} gives {difference.theirs}, and we {difference.ours}, for {case.config} and {given}"


def _number_of(array: np.ndarray) -> float | str:
    return float(array) if array.ndim == 0 else f"shape {list(array.shape)}" if array.size != 1 else float(array.item())


def _number(seed: int, row: Row) -> int:
    return zlib.crc32(f"{seed} {row.name}".encode())


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries, on sizes, ties and empty classes
        yield
