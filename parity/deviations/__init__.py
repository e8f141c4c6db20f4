"""Every wanted difference from Keras, as data: what was run, what Keras answers, what both packages answer.

A test evaluates each line of code three times, with `lib` standing for keras, tfimpl and torchimpl, and fails when an
answer changes, also when Keras comes to agree.

In the code, `T(numbers, dtype="float32")` makes a tensor, `grad(f, x, dtype)` is the gradient of sum(f(x)),
`reload(family, object)` is the object after a round trip through its config, `masked(loss, y_true, y_pred, mask)` calls
a loss with a mask (Keras finds it on y_pred), `mixed(function)` calls a function in mixed precision, as a layer is, and
the value is turned into rounded Python numbers. An error is given by its type's name.
"""

from parity.deviations import activations, constraints, initializers, losses, metrics, regularizers
from parity.deviations.base import Deviation
from parity.deviations.one_sided import ONE_SIDED

__all__ = ["DEVIATIONS", "ONE_SIDED", "Deviation"]

DEVIATIONS = (
    *losses.DEVIATIONS,
    *activations.DEVIATIONS,
    *initializers.DEVIATIONS,
    *regularizers.DEVIATIONS,
    *constraints.DEVIATIONS,
    *metrics.DEVIATIONS,
)
