"""The checks of a user's own pair: two functions, losses or other objects that are to mean the same.

They search with what the house's own checks search with (`parity.search`) and compare by the same rule
(`parity.tolerance`); the scale, which entries of the registry know, is measured here (`parity.own.budget`).
"""

import inspect
import warnings
import zlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parity import bridge, domains
from parity.own import hints
from parity.own.examination import LAST, Difference, Examination, Pair, Report, checked
from parity.own.given import SIZES, drawn, is_float, known_dtype, long_stream
from parity.own.settings import SETTINGS
from parity.own.witness import Stream
from parity.search import Case, sampled, search, told
from parity.tolerance import Measurement, ParityError, Tolerance, informative, limits, numpy_dtype
from parity.tolerance import compare as in_units

OTHERS = 12  # further cases, in which a hint has to fit
LONG = 4  # long streams
COUNTS = "one counts or adds in float32, which stops to grow at 2**24."


def check(
    *,
    tf: Any,
    torch: Any,
    inputs: Any,
    config: Any = None,
    gradients: tuple[str, ...] = (),
    examples: int | None = None,
    seed: int | None = None,
    dtype: str = "float32",
    reference: Any = None,
    tolerance: Tolerance | None = None,
    name: str = "",
) -> Report:
    """Show that two functions or objects mean the same, or find the smallest input at which they do not.

    Each is called with the inputs by name, where its signature has these names; PyTorch's `input` and `target` stand
    for `y_pred` and `y_true`. `parity.adapt` says what differs in the call: order, names of arguments, layout.

    Args:
        tf: a function, class or object for TensorFlow's tensors; or a function of NumPy arrays.
        torch: the same for PyTorch's.
        inputs: for each input, by name, a kind (`parity.logits(classes=5)`), a Hypothesis strategy, or an array; or a
            function that gives such a mapping for a config.
        config: arguments, as a Hypothesis strategy for mappings (`parity.options(delta=...)`) or as a mapping: of the
            constructor for a class, else further ones of the function.
        gradients: names of the inputs with respect to which gradients are compared.
        examples: how many cases; 100 if not said here, nor to pytest by `--parity-examples`.
        seed: what cases are drawn from; 0 if not said here, nor by `--parity-seed`.
        dtype: of the inputs that are drawn. Each case is computed in float64 too, where the functions can.
        reference: a function of NumPy arrays that is known to be right: a third witness.
        tolerance: how many units of eps times the derived scale are allowed; `parity.Tolerance(value=8, gradient=16)`
            if None.
        name: what the pair is called in messages.

    Returns:
        What was measured, with the budget of the worst case.

    Raises:
        ParityError: the two differ; the message has the smallest case as code, the stage, and a hint where a known
            cause fits. Or nothing was compared.
    """
    pair = Pair(tf, torch, reference, gradients, tolerance, name)

    def examine(case: Case) -> Measurement:
        at = Examination(pair, case["config"], case["inputs"])
        found = at.judge()
        found.merge(at.configs())
        return found

    return _searched(pair, examine, cases(config, inputs, known_dtype(dtype)), examples, seed)


def check_metric(
    *,
    tf: Any,
    torch: Any,
    inputs: Any,
    config: Any = None,
    examples: int | None = None,
    seed: int | None = None,
    dtype: str = "float32",
    reference: Any = None,
    tolerance: Tolerance | None = None,
    name: str = "",
    long: bool = False,
    empty: bool = False,
) -> Report:
    """Show that two streaming metrics give the same for every stream, or find the smallest one for which they do not.

    Metrics are updated batch by batch (`update_state` and `result`, or `update` and `compute`), and once more after a
    reset, which must leave nothing, and with its result asked for after every batch, which must change nothing. Where
    they have `merge_state`, two that saw half of the stream each are merged; where they have `get_state` and
    `set_state`, a stream that began in one framework goes on in the other; where both have `get_config` and
    `from_config`, a metric that its config makes gives the same.

    Args:
        tf: a class or function that makes a metric, for TensorFlow's tensors; or a function of NumPy arrays, which is
            given the whole stream at once.
        torch: the same for PyTorch's.
        inputs: of one batch, as in `parity.check`; the axis "batch" has another size in each.
        config: arguments of the constructors.
        examples, seed, dtype, reference, tolerance, name: as in `parity.check`.
        long: try a stream of more than 2**24 samples (of weights, if there are any) too, where counts and sums in
            float32 stop to grow.
        empty: let batches be empty, too.

    Returns:
        What was measured.

    Raises:
        ParityError: the two differ, a reset leaves something, a result changes something, or a merge, a hand-over or a
            config loses something. Or nothing was compared.
    """
    pair = Pair(tf, torch, reference, (), tolerance, name, Stream)

    def examine(case: Case) -> Measurement:
        at = Examination(pair, case["config"], case["inputs"])
        found = at.judge()
        at.laws()
        found.merge(at.configs())
        return found

    report = _searched(pair, examine, streams(config, inputs, known_dtype(dtype), empty), examples, seed)
    if long:
        pair.long = True
        _searched(pair, partial(_long, pair), streams(config, inputs, dtype), LONG, seed, shrink=False)
    return report


def _long(pair: Pair, case: Case) -> Measurement:
    """Compare the two on a stream beyond 2**24; what they lose in float32 is no excuse there."""
    inputs = long_stream(case["inputs"])
    first, second = (witness.call(case["config"], inputs).value for witness in pair.witnesses)
    size = np.abs(second.astype(np.float64))
    try:
        units = in_units(
            "value in tf after more than 2**24 samples, with torch as the reference",
            first.astype(np.float32),
            second.astype(np.longdouble),
            size,
            dtype="float32",
            units=pair.tolerance.value,
        )
    except ParityError as error:
        raise ParityError(f"{error}\nHint: {COUNTS}") from error
    return Measurement({"value": units}, {"value": informative(first)})


def _searched(
    pair: Pair,
    examine: Callable[[Case], Measurement],
    drawn_from: SearchStrategy[Case],
    examples: int | None,
    seed: int | None,
    shrink: bool = True,
) -> Report:
    """Search, and report."""
    examples, seed = SETTINGS.examples if examples is None else examples, SETTINGS.seed if seed is None else seed

    if not isinstance(examples, int) or examples < 1:
        raise ParityError(f"examples: expected a whole number >= 1. Received: {examples!r}")
    number = zlib.crc32(f"{seed} {pair.name}".encode())

    def say(error: Exception, case: Case) -> str:
        others = sampled(drawn_from, examples=OTHERS, seed=number)
        return explained(pair, error, case, others)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the frameworks, on what was drawn
        found, count = search(examine, drawn_from, say, examples=examples, seed=number, shrink=shrink)
    unknown = [name for name in pair.gradients if name not in pair.known]
    if unknown:
        raise ParityError(
            f"{pair.name}: gradients: expected names of inputs, {sorted(pair.known)}. Received: {', '.join(unknown)}"
        )
    for column in ("value", *(["gradient"] if pair.gradients else [])):
        if not found.compared.get(column) and not found.compared.get(f"{column} in float64"):
            raise ParityError(f"{pair.name}: no {column} was compared, but for NaN and zeros. That is no proof.")
    for _, text in pair.lost.values():
        pair.note(text)
    pair.report.worst, pair.report.compared = found.worst, found.compared
    pair.report.examples, pair.report.seed = count, seed
    SETTINGS.summaries.append(pair.report.summary)
    return pair.report


@st.composite
def streams(draw: Any, config: Any, inputs: Any, dtype: str, empty: bool = False) -> Case:
    """A config and a stream of batches, of different sizes."""
    chosen = draw(config) if isinstance(config, SearchStrategy) else dict(config or {})
    wanted = inputs(chosen) if callable(inputs) else inputs
    if any(isinstance(key, str) and key.endswith("[0]") for key in wanted):
        return {"config": chosen, "inputs": dict(wanted)}  # a stream that is given, as a message prints it
    decided = {axis: draw(st.sampled_from(lengths)) for axis, lengths in SIZES.items() if axis != "batch"}
    sizes = (1, 2, 3, 5, 0) if empty else (1, 2, 3, 5)
    rows = draw(st.lists(st.sampled_from(sizes), min_size=1, max_size=4))
    batches = [draw(drawn(wanted, dtype, {**decided, "batch": size})) for size in rows]
    return {
        "config": chosen,
        "inputs": {f"{key}[{number}]": item for number, batch in enumerate(batches) for key, item in batch.items()},
    }


@st.composite
def cases(draw: Any, config: Any, inputs: Any, dtype: str) -> Case:
    """A config and inputs."""
    chosen = draw(config) if isinstance(config, SearchStrategy) else dict(config or {})
    wanted = inputs(chosen) if callable(inputs) else inputs
    return {"config": chosen, "inputs": draw(wanted if isinstance(wanted, SearchStrategy) else drawn(wanted, dtype))}


def explained(pair: Pair, error: Exception, case: Case, others: list[Case]) -> str:
    """The message for the smallest case that fails; others are for the hints."""
    if not isinstance(error, Difference):
        lines = [f"{pair.name}: {told(error)}" if isinstance(error, ParityError) else f"{pair.name}:\n{told(error)}"]
        lists = [key for key, item in case["inputs"].items() if isinstance(item, list)]
        if lists and not isinstance(error, ParityError):
            lines += [
                f"Hint: {', '.join(lists)}: a list goes to both as it is. An array is parity.array([...], 'float32')."
            ]
    else:
        lines = [f"{pair.name}: the two differ, first in the stage: {hints.stage(pair, error, case)}", str(error)]
        lines += _allowed(pair, error, case)
        lines += hints.nearer(pair, error, case)
        lines += [f"Hint: {hint}" for hint in hints.hints(pair, error, case, others)]
    return "\n".join([*lines, "To see it again:", code(pair, case)])


def _allowed(pair: Pair, error: Difference, case: Case) -> list[str]:
    """How the budget came about, where the two are furthest apart."""
    if not error.arrays or error.arrays[0].shape != error.arrays[1].shape:
        return []
    if not error.wide and all(map(is_float, error.arrays)) and error.arrays[0].dtype != error.arrays[1].dtype:
        return []  # which no budget allows
    at = Examination(pair, case["config"], case["inputs"])
    budget = at.budget(error.what, LAST - 1, error.wide)
    with np.errstate(all="ignore"):
        apart = np.abs(error.arrays[0].astype(np.float64) - error.arrays[1].astype(np.float64))
    place = tuple(np.unravel_index(int(np.argmax(np.nan_to_num(apart))), apart.shape))
    units, eps = at.units(error.what), float(limits(at.dtype).eps)
    if 0 < apart[place] <= units * eps * budget.scale[place]:
        return [
            f"Allowed there: {units:g} * eps {eps:.3g} * the result, {budget.result[place]:.3g}. One rounding of the "
            "inputs would change it by more, at a jump; but both were given the same."
        ]
    return [f"Allowed there: {budget.at(place, at.dtype, units)}."]


def code(pair: Pair, case: Case) -> str:
    """A check of one case, to be pasted where the two are known by their names."""
    names = {witness.source()[1] for witness in pair.witnesses}
    sources = [witness.source(alias=len(names) == 1) for witness in pair.witnesses]
    imports = ["import parity", "from numpy import inf, nan", *(line for line, _ in sources)]
    more = (f", gradients={pair.gradients!r}" if pair.gradients else "") + (", long=True" if pair.long else "")
    return "\n".join(
        [
            *imports,
            f"parity.{'check_metric' if pair.streams else 'check'}(tf={sources[0][1]}, torch={sources[1][1]}, "
            f"config={domains.literal(case['config'])}, inputs={domains.literal(case['inputs'])}{more})",
        ]
    )


def pair(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a test of a pair: the decorated function is called with the report, if it wants one as `report`.

    Args:
        **options: those of `parity.check`. The name of the pair is that of the function, unless it is given.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        others = [item for name, item in signature.parameters.items() if name != "report"]

        @wraps(function)
        def test(*args: Any, **kwargs: Any) -> Any:
            report = check(**{"name": function.__name__.removeprefix("test_"), **options})
            return function(*args, **kwargs, **({"report": report} if "report" in signature.parameters else {}))

        test.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return test

    return decorate


def compare(
    tf: Any, torch: Any, scale: Any = None, *, tolerance: Tolerance | None = None, name: str = "value"
) -> float:
    """Compare two concrete results: tensors, arrays or numbers.

    Shape, dtype, NaN and infinities come first, then the distance in units of `eps(dtype) * scale`.

    Args:
        tf: a tensor of TensorFlow, or an array.
        torch: a tensor of PyTorch, or an array.
        scale: the size of the terms that were added to make each number, if it is not that of the number itself.
        tolerance: how many units are allowed; `parity.Tolerance(value=8)` if None.
        name: what the results are called in the message.

    Returns:
        The largest distance in units.

    Raises:
        ParityError: they differ.
    """
    actual, expected = (bridge.plain(item) for item in (tf, torch))
    if actual.dtype != expected.dtype:
        raise ParityError(f"{name}: dtype {actual.dtype} in tf, {expected.dtype} in torch")
    dtype = str(actual.dtype) if is_float(actual) else "float64"
    wide = expected.astype(np.longdouble)
    return in_units(
        f"{name} in tf, with torch as the reference",
        actual.astype(numpy_dtype(dtype)),
        wide,
        np.abs(wide) if scale is None else np.broadcast_to(np.asarray(bridge.plain(scale), np.longdouble), wide.shape),
        dtype=dtype,
        units=checked(tolerance).value,
    )
