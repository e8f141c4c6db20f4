"""Losses: where Keras differs."""

from parity.deviations.regions.base import HALF, Case, Region


def computed_in_half(case: Case, kind: str) -> bool:
    """Whether Keras computes in half precision: in the dtype of an object, or of the predictions of a function."""
    if case.name.islower():  # a function
        return any(str(array.dtype) in HALF for array in case.arrays()["y_pred"])
    return case.config.get("dtype") in HALF


REGIONS = (
    Region("an empty batch", "losses.*", lambda case, kind: case.inputs["y_pred"].size == 0),
    Region("the mean of a half-precision batch", "losses.*", computed_in_half),
)
