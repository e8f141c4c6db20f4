"""Initializers: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

DEVIATIONS: tuple[Deviation, ...] = ()
