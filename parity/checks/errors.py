"""Wrong uses: the same type of error, with the same text, in both packages."""

import re
from collections.abc import Mapping
from typing import Any

from parity import bridge
from parity.checks.faults import NONE, Fault
from parity.checks.subject import build, caller, tensors_of
from parity.registry.entry import Entry, Raises
from parity.tolerance import Measurement, ParityError

# Of shapes that do not fit, also where a graph does not know their sizes.
OF_SHAPES = ("never broadcast", "embeddings must have shape", "must have the shape")
IN_OUR_WORDS = re.compile(r"(^|\[)\w+: ")  # of TensorFlow's assertions each part stands in brackets


def check(entry: Entry, *, wrong: Raises, fault: Fault = NONE) -> Measurement:
    """Use a component wrongly in each package and compare the errors.

    Raises:
        ParityError: a package accepts it, raises another type, or words it differently.
    """
    texts = {}
    for side in bridge.sides():
        error = fault.error(side.name, _error(entry, side, wrong))
        use = f"{entry.name} in {side.name} with {dict(wrong.config)} {dict(wrong.inputs or {})}"
        if error is None:
            raise ParityError(f"{use}: accepted, expected {wrong.kind.__name__}")
        if type(error) is not wrong.kind or wrong.match not in str(error):
            raise ParityError(
                f"{use}: {type(error).__name__}: {error}. Expected {wrong.kind.__name__} on {wrong.match!r}"
            )
        texts[side.name] = str(error)
        if isinstance(side, bridge.TensorFlow) and wrong.match in OF_SHAPES and wrong.inputs is not None:
            _refused_in_graph(entry, side, wrong.inputs, wrong.config)
    if len(set(texts.values())) > 1:
        raise ParityError(f"{entry.name}: one mistake, two texts: {texts}")
    found = Measurement()
    found.add("errors", 0.0, len(texts))
    return found


def _refused_in_graph(
    entry: Entry, side: bridge.TensorFlow, inputs: Mapping[str, Any], config: Mapping[str, Any]
) -> None:
    """A graph that knows no sizes sees the mistake when it runs, before any operation that broadcasts does."""
    metric = entry.streams and build(side, entry, config)
    function = metric.update_state if metric else caller(side, entry, config, inputs)
    said = side.refusal_in_graph(function, tensors_of(inputs))
    if not IN_OUR_WORDS.search(said):
        raise ParityError(f"{entry.name} in a graph that knows no sizes, with {dict(inputs)}: {said or 'accepted'}")


def _error(entry: Entry, side: bridge.Side, wrong: Raises) -> Exception | None:
    try:
        if entry.streams:
            metric = build(side, entry, wrong.config)
            if wrong.inputs is not None:
                side.update(metric, [wrong.inputs])
        elif wrong.inputs is not None:
            side.call(caller(side, entry, wrong.config, wrong.inputs), tensors_of(wrong.inputs))
        else:
            build(side, entry, wrong.config)
    except Exception as error:  # whatever it is, it is compared
        return error
    return None
