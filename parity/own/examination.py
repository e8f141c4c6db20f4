"""A user's own pair at one input: what each side gives, and whether rounding explains how they differ.

Each case is computed in its own dtype and again in float64. In float64 two different meanings differ by more than
rounding can explain, however alike they look in float32; how much it can explain is derived (`parity.own.budget`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations
from typing import Any

import numpy as np

from parity import bridge
from parity.own.budget import FEW, GROSS, MANY, MOST, NEAR, Budget, derive, nearby, quotients
from parity.own.given import beside, is_float, rounded
from parity.own.witness import Answer, Stream, Witness
from parity.tolerance import (
    Measurement,
    ParityError,
    Tolerance,
    coarsest,
    compare,
    informative,
    limits,
    numpy_dtype,
    same_bits,
)

STAGES = ("config", "result", "reset", "merge", "hand-over")  # that are looked at beside the values
SEEN = (0, FEW, FEW, MANY, MOST)  # how many inputs close by are looked at, level by level
LAST = len(SEEN) - 1
TURNS = 24  # of looking around a kink: where many numbers are equal, each has to be the largest once
MUCH = 2  # times what rounding the inputs and the result explains is worth a word
MOVED, JUMP = 2.0**-20, 2.0**-8  # how far a kink is looked around, and the least by which its slopes differ


class Difference(ParityError):
    """Two sides of a pair differ; what differs is kept for those who explain it.

    Args:
        text: what differs, and by how much.
        what: "value", the name of the input whose gradient it is, or the stage: one of `STAGES`.
        sides: the places of the two among the witnesses.
        arrays: what each gave.
        wide: whether they were computed in float64.
    """

    def __init__(
        self,
        text: str,
        what: str,
        sides: tuple[int, int] = (0, 1),
        arrays: tuple[np.ndarray, ...] = (),
        wide: bool = False,
    ) -> None:
        super().__init__(text)
        self.what, self.sides, self.arrays, self.wide = what, sides, arrays, wide


@dataclass
class Report:
    """What a check of a pair found.

    Args:
        name: of the pair.
        worst: for "value" and "gradient", each in the dtype of the cases and in float64: the largest distance in units.
        compared: how many numbers were compared, but for zeros and NaN.
        examples: how many cases.
        seed: what they were drawn from.
        budgets: for each column, what was allowed where the largest distance was, and how that came about.
        kinks: how many numbers of gradients were left out: at a kink, where each side takes another slope.
        notes: what else is to be known.
    """

    name: str
    worst: dict[str, float] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    examples: int = 0
    seed: int = 0
    budgets: dict[str, str] = field(default_factory=dict)
    kinks: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line."""
        worst = ", ".join(f"{column} {units:.2f}" for column, units in self.worst.items())
        return f"{self.name}: {self.examples} cases, seed {self.seed}; units at most: {worst}"

    def __str__(self) -> str:
        lines = [f"{self.name}: the two agree in {self.examples} cases, seed {self.seed}."]
        for column, units in self.worst.items():
            lines.append(f"  {column}: {units:.2f} units at most, {self.compared[column]} numbers compared")
            if column in self.budgets:
                lines.append(f"    allowed there: {self.budgets[column]}")
        if self.kinks:
            lines.append(f"  {self.kinks} gradients at kinks, where each side takes another slope, were left out")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    __repr__ = __str__


class Pair:
    """Two sides, perhaps a third witness, and what is asked of them."""

    def __init__(
        self,
        tf: Any,
        torch: Any,
        reference: Any,
        gradients: Iterable[str],
        tolerance: Tolerance | None,
        name: str,
        kind: type[Witness] = Witness,
    ) -> None:
        self.witnesses = [kind("torch", torch), kind("tf", tf)][::-1]
        self.reference = None if reference is None else kind("numpy", reference)
        self.streams, self.long = kind is Stream, False
        for witness in self.witnesses:
            if not self.streams and witness.is_metric:
                raise ParityError(
                    f"{witness.slot}: {witness.title} is a metric, which is more than what it gives for one batch: "
                    "parity.check_metric compares two."
                )
        if isinstance(gradients, str):
            raise ParityError(f"gradients: expected names of inputs, ({gradients!r},). Received: {gradients!r}")
        self.gradients, self.tolerance = tuple(gradients), checked(tolerance)
        self.known: set[str] = set()  # the names of the inputs that there were
        titles = [witness.title for witness in self.witnesses]
        self.name = name or (titles[0] if titles[0] == titles[1] else " and ".join(titles))
        self.report = Report(self.name)
        self.coarse = False  # whether float64 is known to be computed with constants of less
        self.lost: dict[str, tuple[float, str]] = {}  # of "value" and gradients: what a side loses, and in words

    def note(self, text: str) -> None:
        if text not in self.report.notes:
            self.report.notes.append(text)

    @property
    def everyone(self) -> list[Witness]:
        return [*self.witnesses, *([self.reference] if self.reference else [])]


class Answers:
    """What every witness gives for one input: in its dtype, and in float64 where it can. Computed when asked for."""

    def __init__(self, pair: Pair, config: Mapping[str, Any], inputs: Mapping[str, Any], wrt: tuple[str, ...]) -> None:
        self.pair, self.config, self.inputs, self.wrt = pair, config, inputs, wrt

    @cached_property
    def wide(self) -> list[Answer | None]:
        return [self._wide(witness) for witness in self.pair.everyone]

    @cached_property
    def narrow(self) -> list[Answer]:
        return [
            answer if answer is not None and witness.is_numpy else witness.call(self.config, self.inputs, self.wrt)
            for witness, answer in zip(self.pair.everyone, self.wide, strict=True)
        ]

    def exact(self, what: str) -> np.ndarray:
        """The float64 result: of the reference if there is one, else of the side that has one."""
        best = next((item for item in self.wide[::-1] if item is not None), None)
        return (best or self.narrow[1]).of(what).astype(np.float64)

    def off(self, what: str) -> list[np.ndarray]:
        """How far each is in its dtype from what it gives in float64."""
        exact = self.exact(what)
        with np.errstate(all="ignore"):
            return [
                np.abs(one.of(what).astype(np.float64) - (exact if two is None else two.of(what)))
                for one, two in zip(self.narrow, self.wide, strict=True)
                if one.of(what).shape == exact.shape
            ]

    def _wide(self, witness: Witness) -> Answer | None:
        if not witness.is_numpy:
            return witness.wide(self.config, self.inputs, self.wrt)
        answer = witness.wide(self.config, self.inputs)
        if answer is not None:
            exact = rounded(self.inputs, "float64")
            weights = bridge.cotangent(answer.value.shape, "float64")
            for key in self.wrt:
                found = quotients(lambda given: witness.call(self.config, given).value, exact, key, weights)
                answer.gradients[key], answer.doubts[key] = found
        return answer


@dataclass(frozen=True)
class Question:
    """Two results that should be equal.

    Args:
        label: what they are, for the message.
        what: "value", or the input whose gradients they are.
        wide: whether they were computed in float64.
        actual, expected: the two.
        dtype: in which they are compared.
        doubt: how far a difference quotient among them may be off.
    """

    label: str
    what: str
    wide: bool
    actual: np.ndarray
    expected: np.ndarray
    dtype: str
    doubt: np.ndarray

    @property
    def structural(self) -> bool:
        """Whether shapes, NaN or infinities differ, which no budget allows."""
        if self.actual.shape != self.expected.shape:
            return True
        got = self.actual.astype(np.longdouble)
        return any((kind(got) != kind(self.expected)).any() for kind in (np.isnan, np.isinf))

    @property
    def apart(self) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            distance = np.abs(self.actual.astype(np.longdouble) - self.expected)
        return np.where(np.isnan(distance), 0, distance)

    def place(self, budget: Budget) -> tuple[Any, ...]:
        """Where they are furthest apart, in units."""
        with np.errstate(all="ignore"):
            off = np.where(self.apart == 0, 0, self.apart / budget.scale)
        return tuple(np.unravel_index(int(np.argmax(off)), off.shape))


class Examination:
    """A pair at one input."""

    def __init__(self, pair: Pair, config: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        self.pair, self.config, self.inputs = pair, config, inputs
        pair.known.update(inputs)
        for witness in pair.witnesses:
            witness.settle(config, inputs)
        finite = all(np.isfinite(item.astype(np.longdouble)).all() for item in _floats(inputs))
        self.wrt = tuple(key for key in pair.gradients if key in inputs) if finite else ()
        self.dtype = coarsest("float64", *(str(item.dtype) for item in _floats(inputs)))
        self.here = self._answers(inputs)
        self._near: list[Answers] = []
        self._coming = nearby(inputs)

    def judge(self) -> Measurement:
        """Compare each with each, in float64 first.

        Raises:
            Difference: two differ by more than rounding explains.
        """
        found = Measurement()
        count = len(self.pair.everyone)
        for what in ("value", *self.wrt):
            kinks = np.zeros(self.here.exact(what).shape, bool)
            for wide in (True, False):
                for first, second in combinations(range(count), 2):
                    kinks = kinks | self._compare(found, what, wide, (first, second), kinks)
        return found

    def budget(self, what: str, level: int, wide: bool) -> Budget:
        """What a result may be off by; the more of it is measured, the higher the level."""
        reference, eps = self.here.exact(what), float(limits(self.dtype).eps)
        if level == 0:
            return derive(reference, [], [], eps)
        near = self._neighbours(SEEN[level])
        moved = [item.exact(what) for item in near[:FEW]]
        if level == 1:
            return derive(reference, moved, [], eps)
        off = [distance for item in [*near, *([self.here] if wide else [])] for distance in item.off(what)]
        return derive(reference, moved, off, eps, eps**-0.5 * self._largest(reference) / self.units(what))

    def _largest(self, result: np.ndarray) -> float:
        """The largest number around: of the inputs, the result, and 1."""
        sizes = [np.abs(item.astype(np.float64)).max(initial=0.0) for item in (*_floats(self.inputs), result)]
        return max(1.0, *(float(size) for size in sizes if np.isfinite(size)))

    def _neighbours(self, count: int) -> list[Answers]:
        while len(self._near) < count:
            self._near.append(self._answers(next(self._coming)))
        return self._near[:count]

    def agree_in_float64(self, what: str) -> bool:
        """Whether the results in float64 are equal, of all that have some."""
        if any(answer is None for answer in self.here.wide):
            return False
        kinks = np.zeros(self.here.exact(what).shape, bool)
        try:
            for sides in combinations(range(len(self.here.wide)), 2):
                self._compare(Measurement(), what, True, sides, kinks)
        except ParityError:
            return False
        return True

    def _answers(self, inputs: Mapping[str, Any]) -> Answers:
        return Answers(self.pair, self.config, inputs, self.wrt)

    def _compare(
        self, found: Measurement, what: str, wide: bool, sides: tuple[int, int], kinks: np.ndarray
    ) -> np.ndarray:
        """Compare two answers; returns where a gradient is at a kink."""
        everyone = [self.pair.everyone[index] for index in sides]
        answers = [self.here.wide[index] if wide else self.here.narrow[index] for index in sides]
        numpy = [witness.is_numpy for witness in everyone]
        if answers[0] is None or answers[1] is None or (all(numpy) and not wide):
            return kinks
        one, other = answers[0].of(what), answers[1].of(what)
        of, where = _named(what), (" in float64" if wide else "")
        label = f"{of} in {everyone[0].slot}{where}, with {everyone[1].slot} as the reference"
        dtype = self._dtype(label, (one, other), numpy, wide)
        actual, expected = one.astype(numpy_dtype(dtype)), other.astype(np.longdouble)
        if kinks.any():
            actual, expected = (np.where(kinks, 0, item).astype(item.dtype) for item in (actual, expected))
        doubt = np.sum([answer.doubts[what] for answer in answers if answer and what in answer.doubts], axis=0)
        question = Question(label, what, wide, actual, expected, dtype, doubt)
        precision = self.dtype if wide and self.pair.coarse else dtype
        try:
            distance, budget = self._distance(question, precision)
        except ParityError as error:
            at_kinks = self._kinks(what, sides) if wide and what != "value" and not question.structural else None
            if at_kinks is not None:
                self.pair.report.kinks += int(at_kinks.sum())
                return at_kinks
            difference = partial(Difference, what=what, sides=sides, arrays=(one, other), wide=wide)
            if not wide or precision == self.dtype or question.structural:
                raise difference(str(error)) from error
            precision = self.dtype
            try:
                distance, budget = self._distance(question, precision)
            except ParityError as coarse:
                raise difference(str(coarse)) from coarse
            self.pair.coarse = True
            self.pair.note(
                f"In float64 the two agree to {precision} alone: one has constants of {precision} inside, or they "
                f"differ by less than {precision} shows."
            )
        column = ("value" if what == "value" else "gradient") + (" in float64" if precision == "float64" else "")
        if not wide and not any(numpy) and any(self.here.wide):
            self._lost(question, budget, sides)
        found.add(column, distance, informative(actual))
        if distance >= self.pair.report.worst.get(column, 0.0) and actual.size:
            self.pair.report.worst[column] = distance
            self.pair.report.budgets[column] = budget.at(question.place(budget), precision, self.units(what))
        return kinks

    def _lost(self, question: Question, budget: Budget, sides: tuple[int, int]) -> None:
        """Keep in words the largest distance that only the steps between explain."""
        units, eps = self.units(question.what), float(limits(question.dtype).eps)
        explained = units * eps * (budget.result + budget.inputs).max(initial=0.0)
        apart = np.where(question.apart > MUCH * explained + float(limits(question.dtype).tiny), question.apart, 0)
        worst = float(apart.max(initial=0.0))
        if worst <= self.pair.lost.get(question.what, (0.0, ""))[0]:
            return
        place = tuple(np.unravel_index(int(np.argmax(apart)), apart.shape))
        exact = self.here.exact(question.what)[place]
        off = [abs(float(self.here.narrow[index].of(question.what)[place]) - exact) for index in sides]
        names = [self.pair.everyone[index].slot for index in sides]
        told = ", ".join(f"{name} is off by {distance:.2g}" for name, distance in zip(names, off, strict=True))
        self.pair.lost[question.what] = (
            worst,
            f"{_named(question.what)} in {question.dtype}: {told}, where rounding the inputs and the result explains "
            f"{explained:.2g}. It is {float(exact):.3g} by float64. What is off by more than that "
            "rounds to less on the way, as in half precision, or has a step that cancels.",
        )

    def units(self, what: str) -> float:
        return self.pair.tolerance.value if what == "value" else self.pair.tolerance.gradient

    def _distance(self, question: Question, precision: str) -> tuple[float, Budget]:
        """The largest distance in units, and the budget that sufficed.

        Args:
            precision: the dtype whose eps is meant: that of the cases, for what has constants of it inside.

        Raises:
            ParityError: no budget suffices.
        """
        units, eps = self.units(question.what), float(limits(precision).eps)
        for level in range(len(SEEN)):
            budget = self.budget(question.what, level, question.wide)
            allowed = units * eps * budget.scale
            if not question.structural:
                allowed = allowed + question.doubt
            try:
                distance = compare(
                    question.label,
                    question.actual,
                    question.expected,
                    allowed / (units * eps),
                    dtype=question.dtype,
                    units=units,
                    passed_through=(precision,),
                )
                return distance, budget
            except ParityError:
                if question.structural or self._hopeless(
                    level, units * eps, question.apart, question.expected, allowed
                ):
                    raise
        raise AssertionError("the last level is hopeless, or it suffices")

    def _hopeless(self, level: int, step: float, apart: np.ndarray, expected: np.ndarray, allowed: np.ndarray) -> bool:
        """Whether looking further will not bring a budget that suffices."""
        if level == LAST or (level == LAST - 1 and (apart > NEAR * allowed).any()):
            return True
        return bool((apart > allowed + step * GROSS * self._largest(expected)).any())

    def _dtype(self, label: str, arrays: tuple[np.ndarray, ...], numpy: list[bool], wide: bool) -> str:
        """The dtype in which two answers are compared; whole numbers and truth are exact in float64."""
        floats = [str(item.dtype) for item, exact in zip(arrays, numpy, strict=True) if is_float(item) and not exact]
        if wide or not floats:
            return "float64"
        if self.pair.streams:
            return coarsest(*floats)
        if len(set(floats)) > 1:
            raise Difference(f"{label}: dtype {floats[0]}, expected {floats[1]}", "value", arrays=arrays)
        return floats[0]

    def _kinks(self, what: str, sides: tuple[int, int]) -> np.ndarray | None:
        """Where gradients differ because the function has a kink: close by the two agree, on one slope or another.

        At a kink there is no derivative, and what stands for it is each framework's choice. None if they differ
        anywhere for another reason.
        """
        rng = np.random.default_rng(0)
        one, other = (answer.of(what) for answer in (self.here.wide[index] for index in sides) if answer is not None)
        eps = float(limits(self.dtype).eps)
        budget = self.budget(what, LAST - 1, True)
        # Not what rounding the inputs does: beside a kink that is a jump.
        allowed = self.pair.tolerance.gradient * eps * (budget.result + budget.steps)
        apart = np.abs(one - other) > allowed
        if not apart.any():
            return None
        slopes: list[np.ndarray] = []
        for _ in range(TURNS):
            for moved in beside(self.inputs, self.wrt, rng, MOVED):
                wide = self._answers(moved).wide
                near = [answer.of(what) for answer in (wide[index] for index in sides) if answer is not None]
                if all(np.isfinite(item).all() for item in near):
                    if (np.abs(near[0] - near[1]) > allowed)[apart].any():
                        return None
                    slopes.append(near[0])
            if len(slopes) > FEW:
                low, high = np.min(slopes, axis=0), np.max(slopes, axis=0)
                jumps = (high - low > JUMP * np.maximum(np.abs(low), np.abs(high)))[apart]
                if jumps.all():
                    return apart
                if not jumps.any():
                    return None
        return None

    def laws(self) -> None:
        """Hold each metric to its result: asked for between, after a reset, merged, with a state its partner began.

        Raises:
            Difference: it is another.
        """
        streams = [witness for witness in self.pair.witnesses if isinstance(witness, Stream) and not witness.is_numpy]
        for witness, answer in zip(self.pair.witnesses, self.here.narrow, strict=False):
            if witness not in streams:
                continue
            asked = witness.asked(self.config, self.inputs)
            label = f"{witness.slot}: result of a stream whose result was asked for after every batch, too"
            self._as_without("result", label, asked, answer.value)
            try:
                again = witness.again(self.config, self.inputs)
                same_bits(f"{witness.slot}: result after a reset, and of a new metric", again, answer.value)
            except ParityError as error:
                raise Difference(str(error), "reset") from error
            merged = witness.merged(self.config, self.inputs)
            self._as_without("merge", f"{witness.slot}: result of two that were merged", merged, answer.value)
            for giver in streams:
                if giver is not witness:
                    state = witness.inherits(giver, self.config, self.inputs)
                    label = f"{witness.slot}: result of a stream that began in {giver.slot}"
                    self._as_without("hand-over", label, state, answer.value)

    def _as_without(self, stage: str, label: str, actual: np.ndarray | None, expected: np.ndarray) -> None:
        """Compare with the result of one metric for the whole stream; what was added in another order may round so."""
        if actual is None:
            return
        label, dtype = f"{label}, with that of one metric as the reference", str(expected.dtype)
        if actual.dtype != expected.dtype or not is_float(expected):
            dtype, actual = "float64", actual.astype(np.float64)
        wide, doubt = expected.astype(np.longdouble), np.zeros(expected.shape)
        try:
            self._distance(Question(label, "value", False, actual, wide, dtype, doubt), dtype)
        except ParityError as error:
            raise Difference(str(error), stage) from error

    def configs(self) -> Measurement:
        """Compare each object with the one that its config makes, where both sides have configs.

        Raises:
            Difference: a config has lost an argument, or makes an object that computes other bits.
        """
        found = Measurement()
        made = [witness.item(self.config, self.inputs) for witness in self.pair.witnesses]
        if not all(hasattr(item, "get_config") and hasattr(type(item), "from_config") for item in made):
            return found
        for witness, item, direct in zip(self.pair.witnesses, made, self.here.narrow, strict=False):
            config = _through_json(item.get_config())
            lost = set(self.config) - set(config)
            if lost:
                raise Difference(f"{witness.slot}: the config has lost {sorted(lost)}: {config}", "config")
            revived = witness.again_from(partial(type(item).from_config, config))
            try:
                same_bits(
                    f"{witness.slot}: value of an object made from its config, and of the object",
                    revived.call({}, self.inputs).value,
                    direct.value,
                )
            except ParityError as error:
                raise Difference(str(error), "config") from error
            found.add("config", 0.0, 1)
        return found


def _through_json(config: dict[str, Any]) -> dict[str, Any]:
    """A config as it comes back from a file; as it is where it has what JSON has not, which Keras serializes itself."""
    try:
        found: dict[str, Any] = json.loads(json.dumps(config))
    except TypeError:
        return config
    return found


def _named(what: str) -> str:
    return "value" if what == "value" else f"gradient of {what}"


def checked(tolerance: Tolerance | None) -> Tolerance:
    """Return a tolerance, or the usual one for None."""
    if tolerance is None or isinstance(tolerance, Tolerance):
        return tolerance or Tolerance()
    raise ParityError(f"tolerance: expected a parity.Tolerance(value=8, gradient=16). Received: {tolerance!r}")


def _floats(inputs: Mapping[str, Any]) -> list[np.ndarray]:
    return [item for item in inputs.values() if isinstance(item, np.ndarray) and is_float(item)]
