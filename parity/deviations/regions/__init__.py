"""Where Keras answers something else than the reference: the part of each component's domain, as a predicate.

A region bears the name of the deviation it belongs to. `parity keras` draws cases, and fails on a difference that no
region covers.
"""

from parity.deviations.regions import activations, constraints, initializers, losses, metrics, regularizers
from parity.deviations.regions.base import Case, Region

__all__ = ["REGIONS", "Case", "Region"]

REGIONS = (
    *losses.REGIONS,
    *activations.REGIONS,
    *initializers.REGIONS,
    *regularizers.REGIONS,
    *constraints.REGIONS,
    *metrics.REGIONS,
)
