"""Regularizers."""

from typing import Any

from hypothesis import strategies as st

from parity import domains
from parity.domains import floats, mixed, options, reals
from parity.reference import regularizers as reference
from parity.registry.entry import Entry, Raises


@st.composite
def matrices(draw: Any, config: dict[str, Any], dtype: str) -> dict[str, Any]:
    shape = draw(domains.shapes((4, 3), (1,), (5,), (0, 2), (2, 3, 2)))
    return {"x": draw(mixed(shape, reals(), dtype, domains.special()))}


ENTRIES = [
    Entry(
        "regularizers.L1",
        reference.l1,
        matrices,
        options(l1=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        ties="x",
        errors=(Raises("l1", {"l1": -0.1}), Raises("l1", {"l1": "0.1"}), Raises("l1", {"l1": float("inf")})),
    ),
    Entry(
        "regularizers.L2",
        reference.l2,
        matrices,
        options(l2=st.one_of(st.just(0.3), floats(0.0, 2.0))),
        ("x",),
        errors=(Raises("l2", {"l2": -0.1}), Raises("l2", {"l2": "0.1"}), Raises("l2", {"l2": float("inf")})),
    ),
]
