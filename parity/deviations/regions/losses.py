"""Losses: where Keras differs."""

from parity.checks.subject import counted
from parity.deviations.regions.base import HALF, Case, Region
from parity.registry import find


def computed_in_half(case: Case, kind: str) -> bool:
    """Whether Keras computes in half precision: in the dtype of an object, or of the predictions of a function."""
    if case.name.islower():  # a function
        return any(str(array.dtype) in HALF for array in case.arrays()["y_pred"])
    return case.config.get("dtype") in HALF


def weights_of_another_rank(case: Case, kind: str) -> bool:
    """Whether weights or a mask have fewer axes than the losses, or one more, which Keras lines up otherwise."""
    shape = counted(find(case.name), case.inputs, case.config)
    return any(case.inputs[key].ndim != len(shape) for key in ("sample_weight", "mask") if key in case.inputs)


def nothing_counts(case: Case, kind: str) -> bool:
    """Whether the mask leaves nothing, of losses that are not finite."""
    return "mask" in case.inputs and not case.inputs["mask"].any()


REGIONS = (
    Region("an empty batch", "losses.*", lambda case, kind: case.inputs["y_pred"].size == 0),
    Region("a weight for each sample of a sequence", "losses.*", weights_of_another_rank),
    Region("nothing but masked", "losses.*", nothing_counts),
    Region("the mean of a half-precision batch", "losses.*", computed_in_half),
)
