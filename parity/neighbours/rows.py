"""All rows."""

from parity.neighbours import activations, constraints, in_keras, initializers, losses, metrics, regularizers
from parity.registry import ENTRIES

_ORDER = {entry.name: number for number, entry in enumerate(ENTRIES)}
ROWS = tuple(
    sorted(
        (
            *losses.ROWS,
            *activations.ROWS,
            *initializers.ROWS,
            *regularizers.ROWS,
            *constraints.ROWS,
            *metrics.ROWS,
            *in_keras.ROWS,
        ),
        key=lambda row: _ORDER[row.ours],
    )
)
