"""Why two sides differ: each hint is computed, and given only where it fits every case that failed.

A hint explains; it decides nothing. It has to fit to four digits, so that constants of float32 do not hide it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, permutations
from typing import Any, TypeGuard

import numpy as np

from parity import bridge
from parity.own.budget import quotients
from parity.own.examination import STAGES, Difference, Examination, Pair
from parity.own.given import beside, is_float, rounded
from parity.own.witness import WEIGHTS, Answer, batches_of, ends, joined
from parity.search import Case
from parity.tolerance import coarsest, numpy_dtype

FIT = 1e-4
MOST = 3  # hints
TURNS = 4  # of looking around a point
LITTLE = 0.05  # of a result of inputs of ordinary size: more is no epsilon's doing
POWERS = {float(f"1e-{power}"): f"1e-{power}" for power in range(3, 17)}
EPSILONS = {**POWERS, 2.0**-23: "the eps of float32", 2.0**-52: "the eps of float64"}


def stage(pair: Pair, error: Difference, case: Case) -> str:
    """The first stage in which two sides differ: config, call, weighting, reduction, dtype or gradient.

    Of metrics: update, where one batch is enough to see it, or stream.
    """
    if error.what in STAGES:
        return error.what
    if error.what != "value":
        return "gradient"
    if _cast(error):
        return "dtype"
    scene = Scene(pair, error, case)
    if pair.streams:
        if len({frozenset(batch) - set(WEIGHTS) for batch in batches_of(case["inputs"])}) > 1:
            return "stream"  # which is no single batch: some have an input that others have not
        return "update" if scene.differ({**case, "inputs": joined(case["inputs"])}) else "stream"
    first, second = scene.answers(bare=True, leave=WEIGHTS)
    if first is None or second is None or not _alike(first, second):
        return "call" if scene.differ(leave=WEIGHTS) else "weighting"
    if not any(key in case["inputs"] for key in WEIGHTS):
        return "reduction"
    first, second = scene.answers(bare=True)
    return "reduction" if first is not None and second is not None and _alike(first, second) else "weighting"


def nearer(pair: Pair, error: Difference, case: Case) -> Iterator[str]:
    """Which of the two is nearer to the reference, and what the reference is."""
    if error.what in STAGES or error.arrays[0].shape != error.arrays[1].shape:
        return
    scene = Scene(pair, error, case)
    here, judge = scene.at(case), ""
    if pair.reference is not None and error.what == "value":
        judge, truth = "the reference", pair.reference.call(case["config"], rounded(case["inputs"], "float64")).value
    elif not error.wide and here.agree_in_float64(error.what):
        judge, truth = "float64, in which they agree", here.here.exact(error.what)
    elif error.what != "value":
        judge, truth = "the difference quotient of the value", scene.quotient()
    else:
        yield "Which is right? Say it by reference=, a function of NumPy arrays."
        return
    if truth.shape != error.arrays[0].shape:
        return
    distances = [np.abs(array.astype(np.float64) - truth) for array in error.arrays]
    place = tuple(np.unravel_index(int(np.argmax(np.nan_to_num(np.abs(distances[0] - distances[1])))), truth.shape))
    off = [np.inf if np.isnan(distance[place]) else float(distance[place]) for distance in distances]
    names = [pair.everyone[index].slot for index in error.sides]
    verdict = "both are as far off" if off[0] == off[1] else f"{names[int(off[1] < off[0])]} is nearer"
    told = ", ".join(f"{name} is off by {distance:.3g}" for name, distance in zip(names, off, strict=True))
    yield f"By {judge} it is {float(truth[place])!r} at {list(map(int, place))}: {verdict} ({told})."


def hints(pair: Pair, error: Difference, case: Case, others: list[Case]) -> list[str]:
    """The known causes that fit the smallest case and the others, the most telling first."""
    if error.what in STAGES:
        return []
    if _cast(error):
        return ["the results are the same but for their dtype: one computes or rounds in another, or is told to."]
    scene = Scene(pair, error, case, others)
    found: list[str] = []
    for cause in (
        _random,
        _swapped,
        _argument,
        _complement,
        _batches,
        _weights,
        _in_float32,
        _not_a_number,
        _order,
        _meaning,
        _axis,
        _shape,
        _broadcast,
        _no_gradient,
        _tie,
        _clip,
        _factor,
        _constant,
        _precision,
        _epsilon,
    ):
        try:
            new = list(cause(scene))
        except Exception:  # a hint that cannot be computed must not hide the difference
            continue
        found += new
        if new and cause not in (_argument, _complement, _weights):
            break
    return found[:MOST]


class Scene:
    """Two sides that differ, the smallest case, and others in which they differ too."""

    def __init__(self, pair: Pair, error: Difference, case: Case, others: Sequence[Case] = ()) -> None:
        self.pair, self.error, self.case = pair, error, case
        self.names = [pair.everyone[index].slot for index in error.sides]
        self.cases = [case, *others]

    def at(self, case: Case) -> Examination:
        return Examination(self.pair, case["config"], case["inputs"])

    def answer(self, side: int, case: Case, bare: bool = False) -> np.ndarray | None:
        """What one of the two gives, in float64 where it can; None where it gives nothing."""
        what = self.error.what
        wrt = () if what == "value" else (what,)
        witness = self.pair.everyone[self.error.sides[side]]
        bare = bare and witness.reduces
        try:
            found: Answer | None = None
            if self.error.wide or witness.is_numpy:
                found = witness.wide(case["config"], case["inputs"], wrt, bare=bare)
            found = found or witness.call(case["config"], case["inputs"], wrt, bare=bare)
        except Exception:  # the case was changed, and the user's function need not take it
            return None
        array = found.gradients.get(what) if what != "value" else found.value
        return None if array is None else array.astype(np.float64)

    def answers(self, case: Case | None = None, *, bare: bool = False, leave: tuple[str, ...] = ()) -> Any:
        """What both give, perhaps without some inputs."""
        case = self.case if case is None else case
        inputs = {key: item for key, item in case["inputs"].items() if _base(key) not in leave}
        return [self.answer(side, {**case, "inputs": inputs}, bare) for side in (0, 1)]

    def differ(self, case: Case | None = None, *, leave: tuple[str, ...] = ()) -> bool:
        first, second = self.answers(case, leave=leave)
        return first is None or second is None or not _same(first, second)

    def alike(self) -> Iterator[tuple[Case, np.ndarray, np.ndarray]]:
        """Cases in which both give arrays of one shape."""
        for case in self.cases:
            first, second = self.answers(case)
            if first is not None and second is not None and first.shape == second.shape:
                yield case, first, second

    def pairs(self) -> Iterator[tuple[Case, np.ndarray, np.ndarray]]:
        """Cases in which both give arrays of one shape that differ."""
        return (found for found in self.alike() if not _same(*found[1:]))

    def quotient(self) -> np.ndarray:
        """The gradient by difference quotients of the first side's value."""
        witness, config = self.pair.everyone[self.error.sides[0]], self.case["config"]
        inputs = rounded(self.case["inputs"], "float64")

        def value(given: Mapping[str, Any]) -> np.ndarray:
            found = witness.wide(config, given) or witness.call(config, given)
            return found.value

        weights = bridge.cotangent(value(inputs).shape, "float64")
        return quotients(value, inputs, self.error.what, weights)[0]


def _random(scene: Scene) -> Iterator[str]:
    """A side that answers otherwise when it is asked again."""
    for name, first, second in zip(scene.names, scene.answers(), scene.answers(), strict=True):
        if first is not None and second is not None and not _same(first, second):
            yield f"{name} gives something else when it is asked again: it draws random numbers, or remembers a call."


def _argument(scene: Scene) -> Iterator[str]:
    """An argument that one side ignores, or without which the two agree."""
    for key in scene.case["config"]:
        ignored: list[set[int]] = []
        agree = []
        for case in (case for case in scene.cases if key in case["config"]):
            without = {**case, "config": {name: item for name, item in case["config"].items() if name != key}}
            given, left = scene.answers(case), scene.answers(without)
            if any(item is None for item in (*given, *left)):
                continue
            ignored.append({side for side in (0, 1) if _same(given[side], left[side])})
            agree.append(_same(*left))
        if not ignored or not all(agree):
            continue
        lazy = set.intersection(*ignored)
        if len(lazy) == 1:
            yield f"{scene.names[lazy.pop()]} gives the same with and without {key}: it ignores the argument."
        elif not lazy:
            yield f"they agree without {key}, and differ with it: look at what it does, and at its default."


def _batches(scene: Scene) -> Iterator[str]:
    """The mean of what the batches give, in place of what all of them give together."""
    if not scene.pair.streams:
        return
    averaged: list[set[int]] = []
    for case, *given in scene.pairs():
        parts = [
            {key: item for key, item in case["inputs"].items() if key.endswith(end)} for end in ends(case["inputs"])
        ]
        single = [scene.answers({**case, "inputs": part}) for part in parts]
        means = [np.mean([item[side] for item in single if item[side] is not None], axis=0) for side in (0, 1)]
        averaged.append({side for side in (0, 1) if len(parts) > 1 and _same(means[side], given[side])})
    lazy = set.intersection(*averaged) if averaged else set()
    if len(lazy) == 1:
        yield f"{scene.names[lazy.pop()]} gives the mean of the batches' results, whatever their sizes."


def _weights(scene: Scene) -> Iterator[str]:
    """Weights or a mask that one side ignores, or that the two apply differently."""
    for key in WEIGHTS:
        if scene.error.what != "value" or key not in map(_base, scene.case["inputs"]) or scene.differ(leave=(key,)):
            continue
        cases = [case for case in scene.cases if key in map(_base, case["inputs"])]
        lazy = {0, 1}
        for case in cases:
            given, left = scene.answers(case), scene.answers(case, leave=(key,))
            known = all(item is not None for item in (*given, *left))
            lazy = {side for side in lazy if known and _same(given[side], left[side])}
        if len(lazy) == 1:
            yield f"{scene.names[lazy.pop()]} gives the same with and without {key}: it ignores it."
        else:
            yield f"they agree without {key}."


def _not_a_number(scene: Scene) -> Iterator[str]:
    """NaN on one side alone; of a variance of one number that is what n - 1 for n makes."""
    nan = [np.isnan(array).any() for array in scene.error.arrays]
    if nan[0] != nan[1]:
        yield from _factor(scene)
        name, other = scene.names if nan[0] else scene.names[::-1]
        yield f"{name} gives NaN where {other} gives a number: 0 / 0, inf - inf, or the slope of a root or power at 0."


def _in_float32(scene: Scene) -> Iterator[str]:
    """Agreement in float64: what differs is lost on the way, not meant."""
    if not scene.error.wide and scene.at(scene.case).agree_in_float64(scene.error.what):
        yield "in float64 they agree, so they mean the same: one overflows, or loses digits in a step that cancels."


def _order(scene: Scene) -> Iterator[str]:
    """Two inputs taken for one another."""
    keys = [key for key, item in scene.case["inputs"].items() if _is_floats(item)]
    if len(keys) != 2 or scene.error.what != "value":
        return

    def swapped(case: Case) -> Case:
        first, second = (case["inputs"][key] for key in keys)
        return {**case, "inputs": {**case["inputs"], keys[0]: second, keys[1]: first}}

    if _explains(scene, swapped, lambda array: array):
        yield (
            f"they agree when one gets {keys[0]} for {keys[1]}: the order of arguments. "
            "PyTorch's losses take (input, target): parity.adapt(..., order=...)."
        )


def _complement(scene: Scene) -> Iterator[str]:
    """An argument taken for what it leaves of 1: a quantile, a weight of one of two parts."""
    for name in dict.fromkeys(name for case in scene.cases for name in case["config"]):

        def rest(case: Case, name: str = name) -> Case:
            config = case["config"]
            return {**case, "config": {**config, name: 1 - config[name]}} if _is_share(config.get(name)) else case

        if _explains(scene, rest, lambda array: array):
            yield f"they agree when one gets 1 - {name} for {name}: what {name} is a share of differs."


def _swapped(scene: Scene) -> Iterator[str]:
    """Two arguments taken for one another."""
    names = list(dict.fromkeys(name for case in scene.cases for name in case["config"]))
    for first, second in combinations(names, 2):

        def change(case: Case, first: str = first, second: str = second) -> Case:
            config = case["config"]
            if first not in config or second not in config:
                return case
            return {**case, "config": {**config, first: config[second], second: config[first]}}

        if _explains(scene, change, lambda array: array):
            yield f"they agree when one gets {first} for {second}: two arguments are swapped."
            return


def _meaning(scene: Scene) -> Iterator[str]:
    """Logits taken for probabilities, or numbers for logarithms."""
    for key in [key for key, item in scene.case["inputs"].items() if _is_floats(item)]:
        for said, function in MEANINGS.items():

            def change(case: Case, key: str = key, function: Callable[[Any], Any] = function) -> Case:
                array = case["inputs"][key]
                with np.errstate(all="ignore"):
                    turned = np.asarray(function(array.astype(np.float64)), array.dtype)
                return {**case, "inputs": {**case["inputs"], key: turned}}

            if _explains(scene, change, lambda array: array):
                yield f"they agree when one gets the {said} of {key}: what {key} means differs."
                return


def _axis(scene: Scene) -> Iterator[str]:
    """Another axis: they agree when one gets everything transposed, or with two axes exchanged."""
    arrays = [item for item in scene.case["inputs"].values() if isinstance(item, np.ndarray)]
    rank = min((array.ndim for array in arrays), default=0)
    if rank < 2:
        return
    if _explains_turned(scene, np.transpose):
        yield "they agree when one gets its inputs transposed: it works along another axis, or wants another layout."
        return
    for one, other in combinations(range(rank), 2) if rank > 2 else ():
        if _explains_turned(scene, partial(np.swapaxes, axis1=one, axis2=other)):
            yield f"they agree when one gets axes {one} and {other} of its inputs exchanged: another axis is meant."
            return


def _explains_turned(scene: Scene, turn: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Whether one side is what the other is with its inputs turned; its result, too, unless it is reduced."""

    def turned(case: Case) -> Case:
        inputs = {key: turn(item) if isinstance(item, np.ndarray) else item for key, item in case["inputs"].items()}
        return {**case, "inputs": inputs}

    rank = min(item.ndim for item in scene.case["inputs"].values() if isinstance(item, np.ndarray))

    def back(array: np.ndarray) -> np.ndarray:
        return turn(array) if array.ndim >= rank else array

    return _explains(scene, turned, back) or _explains(scene, turned, lambda array: array)


def _shape(scene: Scene) -> Iterator[str]:
    """One side is reduced further than the other."""
    first, second = scene.answers()
    if first is None or second is None or first.shape == second.shape:
        return
    large, small = (0, 1) if first.size >= second.size else (1, 0)
    given = [first, second]
    for name, reduce in (("mean", np.mean), ("sum", np.sum)):
        for axes, over in ((-1, "the last axis"), (0, "the first axis"), (None, "everything")):
            if given[large].ndim and _same(np.asarray(reduce(given[large], axis=axes)), given[small]):
                yield f"{scene.names[small]} gives the {name} over {over} of what {scene.names[large]} gives."
                return


def _broadcast(scene: Scene) -> Iterator[str]:
    """A row of targets against a column of predictions, of which one side makes a table."""
    arrays = {key: item for key, item in scene.case["inputs"].items() if isinstance(item, np.ndarray)}
    for (row, item), (column, other) in permutations(arrays.items(), 2):
        if other.shape != (*item.shape, 1) or item.size < 2 or _base(row) in WEIGHTS:
            continue

        def columns(case: Case, row: str = row) -> Case:
            inputs = case["inputs"].items()
            return {
                **case,
                "inputs": {key: item[..., None] if _base(key) == _base(row) else item for key, item in inputs},
            }

        if not any(scene.differ(columns(case)) for case in scene.cases):
            yield (
                f"they agree when {row} of shape {item.shape} is given in a column as {column} is, {other.shape}: one "
                "makes a table of the two, each with each."
            )
            return


def _no_gradient(scene: Scene) -> Iterator[str]:
    """No gradient on one side alone."""
    if scene.error.what == "value":
        return
    nothing = [all(not pair[side].any() for pair in (item[1:] for item in scene.pairs())) for side in (0, 1)]
    if nothing[0] != nothing[1]:
        name = scene.names[int(nothing[1])]
        yield f"every gradient of {name} is 0: something stops it (detach, stop_gradient, a comparison, rounding)."


def _precision(scene: Scene) -> Iterator[str]:
    """Results in float64 that are all numbers of a smaller dtype."""
    found = [(first, second) for _, first, second in scene.pairs()] if scene.error.wide else []
    for dtype in ("float16", "bfloat16", "float32"):
        with np.errstate(over="ignore"):
            coarse = [
                all((pair[side].astype(numpy_dtype(dtype)).astype(np.float64) == pair[side]).all() for pair in found)
                for side in (0, 1)
            ]
        if len(found) > 2 and coarse[0] != coarse[1]:
            name = scene.names[int(coarse[1])]
            yield f"every result of {name} in float64 is a number of {dtype}: it computes in {dtype} on the way."
            return


def _tie(scene: Scene) -> Iterator[str]:
    """Difference at a point, agreement all around it."""
    for name in dict.fromkeys(map(_base, scene.case["inputs"])):
        if _whole(scene, name):
            continue
        rng, around = np.random.default_rng(0), []
        for _ in range(TURNS):
            for inputs in beside(scene.case["inputs"], (name,), rng, 2.0**-20):
                around.append(scene.answers({**scene.case, "inputs": inputs}))
        if all(first is not None and second is not None and _same(first, second) for first, second in around):
            yield (
                f"they agree for {name} all around this point, and differ at it: a tie. >= for >, a bound that belongs "
                "to the other side, or another choice among equal numbers."
            )
            return


def _whole(scene: Scene, name: str) -> bool:
    """Whether an input is whole numbers, or none, in every case: labels, beside which there is nothing."""
    arrays = [item for case in scene.cases for key, item in case["inputs"].items() if _base(key) == name]
    return all(not _is_floats(array) or bool((array == np.round(array)).all()) for array in arrays)


def _is_floats(item: object) -> bool:
    return isinstance(item, np.ndarray) and is_float(item)


def _clip(scene: Scene) -> Iterator[str]:
    """Logarithms of two different small constants."""
    for case, first, second in scene.pairs():
        sizes = {1, *_sizes(case)}
        place = int(np.argmax(np.abs(first - second)))
        for count in sizes:
            known = [_known(np.exp(-abs(array.flat[place]) * count)) for array in (first, second)]
            if all(known) and known[0] != known[1]:
                one, other = (f"{name} at {item}" for name, item in zip(scene.names, known, strict=True))
                yield f"an epsilon: {one}, {other}, as their logarithms show."
                return


def _factor(scene: Scene) -> Iterator[str]:
    """One is a multiple of the other: a constant, a count, or a ratio of counts, where they agree of 1."""
    ratios = []
    for case, first, second in (*scene.alike(), *_doubled(scene)):
        known = (np.abs(first) > 0) & np.isfinite(first) & np.isfinite(second)
        if known.any():
            ratio = second[known] / first[known]
            if not np.allclose(ratio, ratio.flat[0], rtol=FIT, atol=0):
                return
            ratios.append((case, float(ratio.flat[0])))
    if not ratios:
        return
    for said, factor in FACTORS.items():
        for names, power in ((scene.names, 1), (scene.names[::-1], -1)):
            guesses = [(factor(case), ratio**power) for case, ratio in ratios if ratio]
            fits = all(abs(guess - ratio) <= FIT * abs(ratio) for guess, ratio in guesses)
            if fits and any(abs(guess - 1) > FIT for guess, _ in guesses):
                yield said.format(more=names[1], less=names[0])
                return
    for name in dict.fromkeys(name for case, _ in ratios for name in case["config"]):
        given = [(case["config"][name], ratio) for case, ratio in ratios if _is_number(case["config"].get(name))]
        if len({number for number, _ in given}) < 2:
            continue
        for power in (1, 2, -1, -2):
            if all(abs(number**power - ratio) <= FIT * abs(ratio) for number, ratio in given if number):
                more, less = scene.names[::-1] if power > 0 else scene.names
                square = " squared" if abs(power) == 2 else ""
                yield f"{more} is {name}{square} times {less}."
                return
    if len({round(ratio, 3) for _, ratio in ratios}) == 1 and abs(ratios[0][1] - 1) > FIT and len(ratios) > 2:
        yield f"{scene.names[1]} is {ratios[0][1]:.6g} times {scene.names[0]}, always: a constant factor."


def _epsilon(scene: Scene) -> Iterator[str]:
    """A difference that fades as the inputs grow, or that is seen at the ends of [0, 1] alone."""
    inputs = [item for case in scene.cases for item in case["inputs"].values()]
    arrays = [item for item in inputs if _is_floats(item)]

    def changed(case: Case, change: Callable[[np.ndarray], np.ndarray]) -> Case:
        inputs = {key: item if _whole(scene, _base(key)) else change(item) for key, item in case["inputs"].items()}
        return {**case, "inputs": inputs}

    if all(((array >= 0) & (array <= 1)).all() for array in arrays):
        inner = [changed(case, lambda array: array.clip(0.1, 0.9)) for case in scene.cases]
        if not any(scene.differ(case) for case in inner):
            yield "they differ only where an input is next to 0 or 1: an epsilon, or where it is clipped."
        return
    faded, ordinary = [], []
    for case, first, second in scene.pairs():
        grown = scene.answers(changed(case, lambda array: array * np.asarray(1024, array.dtype)))
        # Where the inputs are tiny the epsilon is all there is, and growing them changes nothing.
        if grown[0] is not None and grown[1] is not None and _relative(first, second) < 0.5:
            faded.append(_relative(*grown) < _relative(first, second) / 64)
            largest = max(np.abs(item).max(initial=0.0) for item in case["inputs"].values() if _is_floats(item))
            ordinary.append(largest < 1 or _relative(first, second) < LITTLE)
            # What stays as it is fades beside a larger result alone.
            stays = np.allclose(grown[1] - grown[0], second - first, rtol=FIT, atol=0)
            ordinary.append(not stays or np.abs(second - first).max(initial=0.0) <= max(EPSILONS))
    if faded and all(faded) and all(ordinary):
        yield "the difference fades as the inputs grow: an epsilon that is added, or a bound close to 0."


def _constant(scene: Scene) -> Iterator[str]:
    """A difference that is the same everywhere."""
    apart = [second - first for _, first, second in scene.alike()]
    if len(apart) > 2 and all(np.allclose(item, apart[0].flat[0], rtol=FIT, atol=0) for item in apart):
        yield f"{scene.names[1]} is {scene.names[0]} + {apart[0].flat[0]:.6g}, always: a constant that one leaves out."


def _explains(scene: Scene, change: Callable[[Case], Case], back: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Whether a change of the inputs of one side makes it what the other is, in every case that tells them apart."""
    fits = []
    for case in scene.cases:
        given = scene.answers(case)
        for side in (0, 1):
            made = scene.answer(side, change(case))
            other = given[1 - side]
            if given[side] is None or made is None or other is None or _same(given[side], back(made)):
                continue
            fits.append((side, _same(back(made), other)))
    of_each = [[fit for where, fit in fits if where == side] for side in (0, 1)]
    return any(len(fit) > 2 and all(fit) for fit in of_each)


def _doubled(scene: Scene) -> Iterator[tuple[Case, np.ndarray, np.ndarray]]:
    """The cases once more with every row twice, which tells a count of rows from a constant."""
    for case, _, _ in list(scene.pairs()):
        inputs = {
            key: np.concatenate([item, item]) if isinstance(item, np.ndarray) and item.ndim else item
            for key, item in case["inputs"].items()
        }
        twice = {**case, "inputs": inputs}
        first, second = scene.answers(twice)
        if first is not None and second is not None and first.shape == second.shape:
            yield twice, first, second


def _sizes(case: Case) -> tuple[int, int, int]:
    """How many rows, how many columns, how many numbers the largest input has."""
    arrays = [item for item in case["inputs"].values() if isinstance(item, np.ndarray) and item.ndim]
    largest = max(arrays, key=lambda array: array.size, default=np.zeros(1))
    return largest.shape[0], largest.shape[-1], largest.size


def _share(case: Case) -> float:
    mask = case["inputs"].get("mask")
    return 1.0 if mask is None or not mask.size else float(mask.astype(bool).mean())


def _is_number(item: object) -> TypeGuard[int | float]:
    return isinstance(item, int | float) and not isinstance(item, bool)


def _is_share(item: object) -> TypeGuard[int | float]:
    return _is_number(item) and 0 < item < 1


def _weight(case: Case) -> float:
    weight = case["inputs"].get("sample_weight")
    return 1.0 if weight is None or not weight.size else float(weight.mean())


def _less_one(count: int) -> float:
    return count / (count - 1) if count > 1 else 0.0


MEANINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda array: 1 / (1 + np.exp(-array)),
    "softmax": lambda array: np.exp(array) / np.exp(array).sum(-1, keepdims=True) if array.ndim else array,
    "logarithm": np.log,
}
FACTORS: dict[str, Callable[[Case], float]] = {
    "{more} is -1 times {less}: a sign.": lambda case: -1.0,
    "{more} is 2 times {less}: a factor 2.": lambda case: 2.0,
    "{more} is ln(2) times {less}: logarithms of another base.": lambda case: float(np.log(2)),
    "{more} is the number of rows times {less}: a sum over the batch in one, a mean in the other.": (
        lambda case: float(_sizes(case)[0])
    ),
    "{more} is the number of columns times {less}: a sum over the last axis in one, a mean in the other.": (
        lambda case: float(_sizes(case)[1])
    ),
    "{more} is the number of elements times {less}: a sum in one, a mean in the other.": (
        lambda case: float(_sizes(case)[2])
    ),
    "{more} is n / (n - 1) times {less}, n the number of elements: another ddof.": lambda case: _less_one(
        _sizes(case)[2]
    ),
    "{more} is n / (n - 1) times {less}, n the number of rows: another ddof.": lambda case: _less_one(_sizes(case)[0]),
    "{more} is n / (n - 1) times {less}, n the number of columns: another ddof.": lambda case: _less_one(
        _sizes(case)[1]
    ),
    "{more} is sqrt(n / (n - 1)) times {less}, n the number of elements: another ddof.": (
        lambda case: _less_one(_sizes(case)[2]) ** 0.5
    ),
    "{more} is sqrt(n / (n - 1)) times {less}, n the number of rows: another ddof.": (
        lambda case: _less_one(_sizes(case)[0]) ** 0.5
    ),
    "{more} is sqrt(n / (n - 1)) times {less}, n the number of columns: another ddof.": (
        lambda case: _less_one(_sizes(case)[1]) ** 0.5
    ),
    "{more} is the mean weight times {less}: one divides by the number of samples, one by the sum of weights.": _weight,
    "{more} is the share of samples that the mask leaves times {less}: one divides by all, one by those.": _share,
}


def _cast(error: Difference) -> bool:
    """Whether two values in the dtype of the case are those of one another in another dtype."""
    if error.wide or error.what != "value" or not all(_is_floats(array) for array in error.arrays):
        return False
    one, other = error.arrays
    coarser = numpy_dtype(coarsest(str(one.dtype), str(other.dtype)))
    return one.dtype != other.dtype and np.array_equal(one.astype(coarser), other.astype(coarser), equal_nan=True)


def _base(name: str) -> str:
    """The name of an input, in whatever batch of a stream."""
    return name.partition("[")[0]


def _known(number: float) -> str:
    """The epsilon that a number is, or nothing."""
    return next((name for epsilon, name in EPSILONS.items() if abs(number - epsilon) <= 0.01 * epsilon), "")


def _relative(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).max(initial=0.0) / max(np.abs(first).max(initial=0.0), np.finfo(float).tiny))


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether one explains the other."""
    if first.shape != second.shape or (np.isnan(first) != np.isnan(second)).any():
        return False
    with np.errstate(invalid="ignore"):
        close = np.abs(first - second) <= FIT * np.maximum(np.abs(first), np.abs(second))
    finite = np.isfinite(first) & np.isfinite(second)
    return bool(((close & finite) | (first == second) | np.isnan(first)).all())


def _alike(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether losses are the same, those of one perhaps averaged over the last axes already."""
    if first.ndim > second.ndim:
        first, second = second, first
    return _same(first, second.mean(tuple(range(first.ndim, second.ndim))) if second.ndim > first.ndim else second)
