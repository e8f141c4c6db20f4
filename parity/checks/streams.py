"""Streams: a metric gives one result however a stream of samples is cut, ordered, merged, reset or handed over."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.outputs import other_forms
from parity.checks.subject import Expected, build, counted, dtype_of, expect_stream, stay_within
from parity.registry.entry import Entry
from parity.tolerance import Measurement, ParityError, compare, informative, same_bits

Batches = Sequence[Mapping[str, Any]]
STATE_UNITS = 16  # of float64, between the two packages' states, where weights make them real numbers


def check(
    entry: Entry,
    *,
    config: Mapping[str, Any],
    batches: Batches,
    order: list[int],
    split: int,
    modes: tuple[str, ...] = (),
    fault: Fault = NONE,
) -> Measurement:
    """Run a stream in both packages, in every way that must not matter.

    Args:
        order: the order in which the batches come to two metrics that are merged.
        split: how many batches the first of the two sees, or a metric that is handed over.
        modes: the compiled modes to compare; none means eager execution and all the laws.

    Raises:
        ParityError: a result differs from the reference, or a law does not hold.
    """
    expected = expect_stream(entry, config, batches)
    found = Measurement()

    def agree_with_reference(side: bridge.Side, how: str, result: np.ndarray) -> None:
        given = fault.output(side.name, result, expected, entry.tolerance.value)
        units = agree(entry, config, batches, f"{entry.name} in {side.name}, {how}", given, expected)
        found.add("stream", units, informative(result))

    states, halves, texts = {}, {}, []
    for side in bridge.sides():
        if modes:
            eager = _run(side, build(side, entry, config), batches)
            for mode in [mode for mode in side.modes if mode in modes]:
                metric = build(side, entry, config)
                side.update(metric, batches, mode)
                for key, state in eager.get_state().items() if entry.exact else ():
                    _same_sums(
                        f"{entry.name}: state {key} in {side.name}, {mode} and eager", metric.get_state()[key], state
                    )
                    found.add("stream", 0.0, informative(state))
                agree_with_reference(side, mode, side.compute(metric, mode))
                agree_with_reference(side, f"{mode}, and the result in eager mode", side.compute(metric))
                side.update(metric, batches[:1])
                longer = [*batches, *batches[:1]]
                on = side.compute(metric)
                how = f"{entry.name} in {side.name}, {mode}, and a batch in eager mode"
                agree(entry, config, longer, how, on, expect_stream(entry, config, longer))
                fresh = build(side, entry, config)
                metric.set_state(fresh.get_state())
                forgot, new = (side.compute(item) for item in (metric, fresh))
                # In a graph the states that a batch made stay, with their zeros.
                what = f"{entry.name} in {side.name}, {mode}: given the states of a new one, and new"
                same_bits(what, forgot, np.full(forgot.shape, new))
            continue
        given = fault.batches(side.name, batches)
        states[side.name], halves[side.name], text = _laws(
            side, entry, config, given, order, split, agree_with_reference
        )
        texts.append(text)
    if len({text for text in texts if text is not None}) > 1:
        raise ParityError(f"{entry.name}: one mistake, several texts: {texts}")
    if len(states) == 2:
        same_states(entry, config, batches, states)
        for giver, taker in (bridge.sides(), bridge.sides()[::-1]):
            heir = build(taker, entry, config)
            half = fault.state(giver.name, halves[giver.name])
            taker.held(heir).set_state({f"inside.{key}": state for key, state in half.items()})
            agree_with_reference(
                taker,
                f"handed over by {giver.name}",
                taker.compute(_run(taker, heir, [batches[place] for place in order[split:]])),
            )
    return found


def _laws(
    side: bridge.Side,
    entry: Entry,
    config: Mapping[str, Any],
    batches: Batches,
    order: list[int],
    split: int,
    agree: Callable[..., None],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], str | None]:
    """The laws within one package.

    Returns the states after all batches, those of the first of two that are merged, and what is said of wrong weights.
    """
    name, whole = f"{entry.name} in {side.name}", _joined(entry, batches, config)
    metric = build(side, entry, config)
    fresh, blank = side.compute(metric), metric.get_state()
    _run(side, metric, batches)
    result, state = side.compute(metric), metric.get_state()
    agree(side, "batch after batch", result)
    same_bits(f"{name}: result() twice", result, side.compute(metric))
    reloaded = side.reload(metric, build(side, entry, config))
    same_bits(f"{name}: saved and loaded", result, side.compute(reloaded))
    reloaded.set_state(blank)
    same_bits(f"{name}: given the states of a new one", side.compute(reloaded), fresh)
    weightless = _without_weight(whole)
    if _finite(whole) or not np.isnan(expect_stream(entry, config, [weightless]).value.astype(float)).any():
        _run(side, metric, [weightless])
    for key, item in metric.get_state().items():
        same_bits(f"{name}: state {key} after a batch of weight 0", item, state[key])
    side.cast(metric)
    metric.reset_state()
    reset = side.compute(metric)
    # Before its first batch, a metric with one result a column does not know how many: it gives a single 0.
    same_bits(f"{name}: after reset_state and new", reset, fresh if blank else np.full(reset.shape, fresh))
    for key, item in metric.get_state().items():
        same_bits(f"{name}: state {key} after reset_state, and zeros", item, np.zeros_like(state[key]))
    at_once = side.compute(_run(side, reloaded, [whole]))
    agree(side, "given the states of a new one, in one batch", at_once)
    same = _other_forms(side, config, whole)
    if same is not None:
        metric.update_state(**same)
        same_bits(f"{name}: tensors and other forms of them", at_once, side.compute(metric))
    text = _refused_weights(name, side, metric, batches[0])

    metric.reset_state()
    first = _run(side, build(side, entry, config), [batches[place] for place in order[:split]])
    second = _run(side, metric, [batches[place] for place in order[split:]])
    half, before = first.get_state(), second.get_state()
    reloaded.reset_state()
    # Through metrics that hold them, each in turn asks the one inside.
    holder, *others = (side.held(item) for item in (first, second, reloaded))
    if list(holder.get_state()) != [f"inside.{key}" for key in half]:
        raise ParityError(f"{name}: inside of another metric, its states are {list(holder.get_state())}")
    holder.merge_state(others)
    agree(side, "in another order, merged", side.compute(first))
    for key, item in second.get_state().items():
        same_bits(f"{name}: state {key} of a metric that was merged into another", item, before[key])
    return state, half, text


def _other_forms(
    side: bridge.Side, config: Mapping[str, Any], batch: Mapping[str, np.ndarray]
) -> Mapping[str, Any] | None:
    """A batch in forms that hold the same numbers; None if it has none: lists are float32, or float64 as the metric."""
    kind = np.float64 if config.get("dtype") == "float64" else np.float32
    if bridge.device() != "cpu" or any(array.dtype != kind or not array.size for array in batch.values()):
        return None
    return other_forms(side, batch) if kind == np.float32 else {key: item.tolist() for key, item in batch.items()}


def _refused_weights(name: str, side: bridge.Side, metric: Any, batch: Mapping[str, Any]) -> str | None:
    """More weights than samples are refused, and leave the metric as it was. Returns what is said."""
    samples = next(iter(batch.values())).shape[:1]
    if not samples:
        return None
    before = metric.get_state()
    try:
        side.update(metric, [{**batch, "sample_weight": np.ones(samples[0] + 2, np.float32)}])
    except ValueError as error:
        if "sample_weight" not in str(error):
            raise
        for key, item in metric.get_state().items():
            same_bits(f"{name}: state {key} after weights that it refused", item, before[key])
        return str(error)
    raise ParityError(f"{name}: takes {samples[0] + 2} weights for {samples[0]} samples")


def agree(
    entry: Entry, config: Mapping[str, Any], batches: Batches, what: str, result: np.ndarray, expected: Expected
) -> float:
    """Compare a result with the reference, and return the distance in units."""
    stay_within(what, entry, result)
    return compare(
        what,
        result,
        expected.value,
        expected.scale,
        dtype=expected.dtype,
        units=entry.tolerance.value,
        passed_through=passed_through(entry, batches),
    )


def passed_through(entry: Entry, batches: Batches) -> tuple[str, ...]:
    """The dtypes to which a metric of losses has rounded on its way: those of its predictions."""
    return tuple({dtype_of(batch["y_pred"]) for batch in batches if entry.mean_of == "losses"})


def _run(side: bridge.Side, metric: Any, batches: Batches) -> Any:
    side.update(metric, batches)
    return metric


def same_states(
    entry: Entry, config: Mapping[str, Any], batches: Batches, states: Mapping[str, Mapping[str, np.ndarray]]
) -> None:
    """Compare the states of the two packages: counts bit for bit, sums of weights in units."""
    first, second = states["tf"], states["torch"]
    if list(first) != list(second):
        raise ParityError(f"{entry.name}: states {list(first)} in tf, {list(second)} in torch")
    weighted = config.get("label_weights") is not None or any("sample_weight" in batch for batch in batches)
    counts = entry.exact and not weighted
    for key, state in first.items():
        what = f"{entry.name}: state {key}, tf and torch"
        if counts:
            same_bits(what, state, second[key])
        elif entry.exact:
            _same_sums(what, state, second[key])


def _same_sums(what: str, first: np.ndarray, second: np.ndarray) -> None:
    """Compare sums of numbers of one sign, which may have been added in another order."""
    size = np.full(first.shape, np.abs(second).max(initial=0), np.longdouble)
    compare(what, first, second.astype(np.longdouble), size, dtype="float64", units=STATE_UNITS)


def _finite(batch: Mapping[str, Any]) -> bool:
    """Whether 0 times whatever is in a batch is 0."""
    return all(np.isfinite(array.astype(np.float64)).all() for array in batch.values())


def _without_weight(batch: Mapping[str, Any]) -> Mapping[str, Any]:
    first = next(iter(batch.values()))
    return {**batch, "sample_weight": np.zeros(first.shape[:1], np.float32)}


def _joined(entry: Entry, batches: Batches, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """All batches as one, with a weight for each value if any batch has weights."""
    weighted = any("sample_weight" in batch for batch in batches)
    whole = []
    for batch in batches:
        batch = dict(batch)
        if weighted:
            shape = counted(entry, batch, config)
            weight = np.asarray(batch.get("sample_weight", 1.0), np.float64)
            weight = weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim))
            batch["sample_weight"] = np.broadcast_to(weight, shape)
        whole.append(batch)
    return {key: np.concatenate([batch[key] for batch in whole]) for key in whole[0]}
