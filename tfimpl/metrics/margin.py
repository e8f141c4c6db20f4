"""Metrics of a margin: the means of losses."""

from tfimpl.losses.margin import categorical_hinge, hinge, squared_hinge
from tfimpl.metrics.reduction import MeanOf


class CategoricalHinge(MeanOf):
    """The mean of `losses.categorical_hinge` over all samples of a stream: see there, and `Mean` for the weights.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="categorical_hinge", dtype=None):
        super().__init__(categorical_hinge, name, dtype)


class Hinge(MeanOf):
    """The mean of `losses.hinge` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="hinge", dtype=None):
        super().__init__(hinge, name, dtype)


class SquaredHinge(MeanOf):
    """The mean of `losses.squared_hinge` over all samples of a stream: see there, and `Mean` for the weights.

    A batch of shape `[n]` is one sample, as in Keras; n samples of one number have shape `[n, 1]`: `y[:, None]`.

    Args:
        name: name of the metric.
        dtype: dtype of the result.
    """

    _direction = "down"

    def __init__(self, name="squared_hinge", dtype=None):
        super().__init__(squared_hinge, name, dtype)
