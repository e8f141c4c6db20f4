"""The third witness: each formula once more in NumPy, written from its source and not from the packages.

The arrays are np.longdouble, 80 bits wide on x86, holding numbers that are exact in the dtype under test.
"""

from parity.reference import activations, constraints, custom, initializers, losses, metrics, reduction, regularizers
from parity.reference.base import Reference, quantize
from parity.reference.reduction import reduce

__all__ = [
    "Reference",
    "activations",
    "constraints",
    "custom",
    "initializers",
    "losses",
    "metrics",
    "quantize",
    "reduce",
    "reduction",
    "regularizers",
]
