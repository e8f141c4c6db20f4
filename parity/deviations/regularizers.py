"""Regularizers: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

DEVIATIONS = (
    Deviation(
        "a regularizer's factor",
        "regularizers.L1",
        "Keras keeps l1 in float32 and writes it so.",
        "lib.regularizers.L1(0.3).get_config()['l1']",
        0.30000001192092896,
        0.3,
    ),
)
