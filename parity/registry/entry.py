"""What the suite knows about one component."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parity.tolerance import Tolerance, Ulp

FAMILIES = ("losses", "activations", "initializers", "regularizers", "constraints", "metrics")
MODULES = (*FAMILIES, "custom")
ALL_MODES = ("graph", "xla", "captured")


@dataclass(frozen=True)
class Raises:
    """A wrong use: both packages must raise `kind`, with one text, which contains `match`."""

    match: str
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] | None = None
    kind: type[Exception] = ValueError


@dataclass(frozen=True)
class Entry:
    """One component of both packages.

    Args:
        name: module and public name, "losses.Huber".
        reference: the formula once more (see parity.reference); where the config names one, an object that has it.
        inputs: strategy for the arguments of a call, given the config and the dtype; for a metric, for a batch, given
            its size too.
        config: strategy for constructor arguments, or for the further arguments of a function.
        gradients: the inputs with respect to which gradients are compared.
        tolerance: units allowed.
        required: the constructor arguments without a default.
        exact: the two packages must agree in every bit; else the dtypes in which they need not.
        modes: the compiled modes that are checked.
        zero: whether each right value is 0, so that zeros say something too.
        real: name of the real data it is fed with (see parity.checks.real), or None.
        ties: the input that meets a bound, where `>=` for `>` would give another result.
        errors: wrong uses.
        always: cases for the check of outputs, or of streams, that are in every run, beside those that are drawn.
        ulp: limits for a function of one number, with its `required` arguments; None for what is not one.
        behaves_as: the family whose checks it goes through, where its module is none.
        registered: whether Keras finds it in a saved model by itself; else whoever loads the model passes it.
        makes_function: it is a function that takes the config and returns the one that is called.
        mean_of: for a metric that is a mean over samples, the family of the function whose values are averaged; the
            reference is then that of the function.
        within: the bounds that no result leaves, not by a rounding either; None if there are none.
        counted: for a metric or a loss, the shape of what the weights of a batch belong to, given the batch and the
            config; None if that is each value.
        pairs: whether each sample, or each row, meets each other one, so that many are too many.
    """

    name: str
    reference: Any
    inputs: Callable[..., SearchStrategy[Mapping[str, Any]]]
    config: SearchStrategy[dict[str, Any]] = field(default_factory=lambda: st.just({}))
    gradients: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    required: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False
    inexact_dtypes: tuple[str, ...] = ()
    modes: tuple[str, ...] = ALL_MODES
    zero: bool = False
    real: str | None = None
    ties: str | None = None
    errors: tuple[Raises, ...] = ()
    always: tuple[Mapping[str, Any], ...] = ()
    ulp: Ulp | None = None
    behaves_as: str = ""
    registered: bool = True
    makes_function: bool = False
    mean_of: str = ""
    within: tuple[float, float] | None = None
    counted: Callable[..., tuple[int, ...]] | None = None
    pairs: bool = False

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]

    @property
    def family(self) -> str:
        return self.behaves_as or self.module

    @property
    def title(self) -> str:
        return self.name.partition(".")[2]

    @property
    def streams(self) -> bool:
        """Whether it is a metric that is given batches, and no function."""
        return self.family == "metrics" and self.is_class

    @property
    def is_class(self) -> bool:
        return self.title[0].isupper()
