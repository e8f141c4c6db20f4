"""The laws of metrics, by a state machine: one metric of each package, in lockstep, through whatever may come.

Streams are checked one way at a time by `parity.checks.streams`; here updates, resets, copies, merges and hand-overs
follow one another in any order, and each result is that of the reference over all batches that have been seen since the
last reset.
"""

import copy
import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from parity import bridge, domains
from parity.checks import streams
from parity.checks.subject import build, counted, expect_stream
from parity.registry.entry import Entry
from parity.search import variety
from parity.tolerance import Measurement, ParityError, informative, same_bits

SIZES = st.sampled_from((1, 2, 3, 5, 0))

TRIES = 4


def check(entry: Entry, *, runs: int, steps: int = 12, seed: int = 0, shrink: bool = True) -> Measurement:
    """Let the machine run.

    Args:
        runs: how many sequences of steps are tried.
        steps: how long a sequence may be.

    Raises:
        ParityError: a law does not hold; Hypothesis prints the shortest sequence it found. Or nothing was compared.
    """
    found = Measurement()
    for again in range(TRIES):  # a dozen sequences of a correlation can be all NaN
        machine = hypothesis.seed(zlib.crc32(f"{seed + again} {entry.name}".encode()))(machine_of(entry, found))
        with variety():
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=runs,
                    stateful_step_count=steps,
                    database=None,
                    deadline=None,
                    phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                    report_multiple_bugs=False,
                    print_blob=False,
                ),
            )
        if found.compared.get("stream"):
            break
    if not found.compared.get("stream"):
        raise ParityError(f"{entry.name}: nothing was compared, but for NaN and zeros. That is no proof.")
    return found


def machine_of(entry: Entry, found: Measurement) -> type[RuleBasedStateMachine]:
    """The machine of a metric; what it measures is added to `found`."""

    class Laws(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.metrics: dict[bridge.Side, Any] = {}
            self.seen: list[Mapping[str, Any]] = []

        @initialize(config=entry.config, dtype=domains.dtypes())
        def begin(self, config: dict[str, Any], dtype: str) -> None:
            self.config, self.dtype = config, dtype
            self.metrics = {side: build(side, entry, config) for side in bridge.sides()}

        def batches(self, data: Any, sizes: Sequence[int]) -> list[Mapping[str, Any]]:
            return [data.draw(entry.inputs(self.config, self.dtype, size)) for size in sizes]

        def replace(self, change: Callable[[bridge.Side, Any], Any]) -> None:
            """Put another metric in each one's place, which must have the states of the first."""
            for side, metric in self.metrics.items():
                before = metric.get_state()
                changed = change(side, metric)
                if changed is metric:
                    raise ParityError(f"{entry.name} in {side.name}: a copy is the metric itself")
                same_states(f"{entry.name} in {side.name}: a copy", changed.get_state(), before)
                _feed(side, metric, self.seen[:1])  # what is left behind may go on without the copy
                same_states(
                    f"{entry.name} in {side.name}: a copy, of a metric that goes on", changed.get_state(), before
                )
                self.metrics[side] = changed

        @rule(data=st.data(), size=SIZES, asked=st.booleans())
        def update(self, data: Any, size: int, asked: bool) -> None:
            """Whether or not its result was asked for before, which it must not keep."""
            batches = self.batches(data, [size])
            for side, metric in self.metrics.items():
                if asked:
                    side.compute(metric)
                _feed(side, metric, batches)
            self.seen += batches

        @rule(data=st.data(), size=SIZES)
        def update_with_weight_zero(self, data: Any, size: int) -> None:
            (batch,) = self.batches(data, [size])
            shape = counted(entry, batch, self.config)
            for weight in (1, 0):  # 0 * NaN is NaN, and a mean of nothing is 0
                batch = {**batch, "sample_weight": np.full(shape, weight, np.float32)}
                if not np.isfinite(expect_stream(entry, self.config, [batch]).value.astype(float)).all():
                    return
            for side, metric in self.metrics.items():
                before = metric.get_state()
                _feed(side, metric, [batch])
                if before:
                    same_states(f"{entry.name} in {side.name}: after weights of 0", metric.get_state(), before)
            self.seen.append(batch)

        @rule()
        def result(self) -> None:
            expected = expect_stream(entry, self.config, self.seen)
            states = {}
            for side, metric in self.metrics.items():
                before, value = metric.get_state(), side.compute(metric)
                where = f"{entry.name} in {side.name}, after {len(self.seen)} batches"
                same_bits(f"{where}: result() twice", value, side.compute(metric))
                same_states(f"{where}: result() changes nothing", metric.get_state(), before)
                states[side.name] = before
                if not self.seen:
                    expected.value = expected.scale = np.broadcast_to(expected.value, value.shape)
                units = streams.agree(entry, self.config, self.seen, where, value, expected)
                found.add("stream", units, informative(value))
                if entry.exact:
                    found.add("stream", 0.0, sum(map(informative, before.values())))
            if len(states) == 2:
                streams.same_states(entry, self.config, self.seen, states)

        @rule()
        def reset(self) -> None:
            for side, metric in self.metrics.items():
                metric.reset_state()
                for key, state in metric.get_state().items():
                    if state.any():
                        raise ParityError(f"{entry.name} in {side.name}: state {key} after reset_state is {state}")
            self.seen = []

        @rule(data=st.data(), sizes=st.lists(SIZES, max_size=2), fresh=st.booleans())
        def merge(self, data: Any, sizes: list[int], fresh: bool) -> None:
            """With a replica that has seen other batches, or none; or into one that is new."""
            batches = self.batches(data, sizes)
            for side, metric in self.metrics.items():
                other = _feed(side, build(side, entry, self.config), batches)
                giver, taker = (metric, other) if fresh else (other, metric)
                before = giver.get_state()
                taker.merge_state([giver])
                same_states(f"{entry.name} in {side.name}: a metric merged into another", giver.get_state(), before)
                self.metrics[side] = taker
            self.seen += batches

        @rule()
        def hand_over(self) -> None:
            """Each package goes on from the states of the other."""
            states = [metric.get_state() for metric in self.metrics.values()]
            for side, state in zip(self.metrics, states[::-1], strict=True):
                heir = build(side, entry, self.config)
                heir.set_state(state)
                same_states(f"{entry.name} handed over to {side.name}", heir.get_state(), state)
                self.metrics[side] = heir

        @rule(data=st.data(), sizes=st.lists(SIZES, max_size=1))
        def set_back(self, data: Any, sizes: list[int]) -> None:
            """The states of a metric that has seen another batch, or none, are all replaced."""
            batches = self.batches(data, sizes)
            self.replace(
                lambda side, metric: _taken_over(_feed(side, build(side, entry, self.config), batches), metric)
            )

        @rule(data=st.data(), sizes=st.lists(SIZES, max_size=1))
        def save_and_load(self, data: Any, sizes: list[int]) -> None:
            batches = self.batches(data, sizes)
            self.replace(
                lambda side, metric: side.reload(metric, _feed(side, build(side, entry, self.config), batches))
            )

        @rule()
        def pickle(self) -> None:
            self.replace(lambda side, metric: pickle.loads(pickle.dumps(metric)))

        @rule()
        def deepcopy(self) -> None:
            self.replace(lambda side, metric: copy.deepcopy(metric))

        def teardown(self) -> None:
            if self.metrics:
                Laws.result(self)

    Laws.__qualname__ = Laws.__name__ = f"Laws_{entry.title}"
    return Laws


def same_states(what: str, first: Mapping[str, np.ndarray], second: Mapping[str, np.ndarray]) -> None:
    if list(first) != list(second):
        raise ParityError(f"{what}: states {list(first)}, not {list(second)}")
    for key, state in first.items():
        same_bits(f"{what}: state {key}", state, second[key])


def _feed(side: bridge.Side, metric: Any, batches: Sequence[Mapping[str, Any]]) -> Any:
    side.update(metric, batches)
    return metric


def _taken_over(heir: Any, metric: Any) -> Any:
    heir.set_state(metric.get_state())
    return heir
