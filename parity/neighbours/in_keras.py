"""Plain Keras: the neighbour of every component, which has its name.

Where Keras differs, the region is that of `parity.deviations`.
"""

from collections.abc import Mapping
from typing import Any

from parity.checks.subject import OBJECT_ARGUMENTS
from parity.neighbours.base import EQUAL, FILLED_UP, IN_SIGHT, LABELS, REGION, Row
from parity.registry import ENTRIES
from parity.registry.entry import Entry
from parity.sources import definition

INPUTS = ("y_true", "y_pred", "x", "ref_labels", "ref_embeddings")
AS_LABELS = {"y_true": "y_true.reshape(y_pred.shape[:-1]) if y_true.size == y_pred[..., :1].size else y_true"}
DISTINCT_AXES = (
    "y_true.shape == y_pred.shape and (axis is None or len({item % y_true.ndim for item in np.atleast_1d(axis) "
    "if -y_true.ndim <= item < y_true.ndim}) == np.size(axis))"
)
# Of what is drawn, where it is so small that subnormal numbers come out, which one flushes.
SIZES = {
    "orthogonal": "gain",
    "randomnormal": "stddev",
    "randomuniform": "maxval - minval",
    "truncatednormal": "stddev",
    "variancescaling": "scale",
}
OURS_ALONE = ("input_axes", "output_axes")
# Where Keras differs on the ordinary domain, by the names of the deviations.
DIFFERS: Mapping[str, str] = {
    "metrics.top_k_categorical_accuracy": "equal scores among the k largest",
    "metrics.sparse_top_k_categorical_accuracy": "equal scores among the k largest",
    "metrics.TopKCategoricalAccuracy": "equal scores among the k largest",
    "activations.celu": "celu of the smallest numbers",
    "activations.glu": "a gate that is nearly shut",
    "activations.softmax": "axes from the end",
    "initializers.STFT": "angles of STFT",
    "losses.MeanSquaredLogarithmicError": "a small difference of logarithms",
    "losses.log_cosh": "a small error",
    "losses.LogCosh": "a small error",
    "losses.Circle": "samples whose loss is 0",
    "losses.BinaryCrossentropy": "small probabilities",
    "losses.binary_crossentropy": "small probabilities",
    "losses.BinaryFocalCrossentropy": "small probabilities; how hard a saturated example is",
    "losses.binary_focal_crossentropy": "small probabilities; how hard a saturated example is",
    "losses.CategoricalCrossentropy": "label smoothing along an axis",
    "losses.categorical_crossentropy": "label smoothing along an axis; a sure prediction",
    "losses.CategoricalFocalCrossentropy": "the loss of wrong logits",
    "losses.categorical_focal_crossentropy": "the loss of wrong logits",
    "losses.CategoricalGeneralizedCrossEntropy": "a single class; nearly a cross-entropy",
    "losses.categorical_generalized_cross_entropy": "nearly a cross-entropy",
    "losses.CTC": "too few steps for the labels",
    "losses.ctc": "too few steps for the labels",
    "losses.Hinge": "a label of 0 beside one of -1",
    "losses.hinge": "a label of 0 beside one of -1",
    "losses.mean_squared_logarithmic_error": "a small difference of logarithms",
    "losses.SparseCategoricalCrossentropy": "a single class",
    "losses.sparse_categorical_crossentropy": "a sure prediction",
    "losses.SquaredHinge": "a label of 0 beside a soft one",
    "losses.squared_hinge": "a label of 0 beside a soft one",
    "losses.Tversky": "alpha and beta",
    "losses.tversky": "alpha and beta",
    "metrics.AUC": "predictions out of range",
    "metrics.BinaryCrossentropy": "small probabilities",
    "metrics.BinaryIoU": "a prediction on the threshold of a segment",
    "metrics.CategoricalCrossentropy": "label smoothing along an axis",
    "metrics.ConcordanceCorrelation": "numbers that are all equal; a perfect concordance",
    "metrics.concordance_correlation": "numbers that are all equal; a perfect concordance",
    "metrics.F1Score": "equal scores of two classes; an argmax that is zero",
    "metrics.FBetaScore": "equal scores of two classes; an argmax that is zero",
    "metrics.Hinge": "a label of 0 beside one of -1",
    "metrics.IoU": "classes of segments along an axis",
    "metrics.MeanIoU": "classes of segments along an axis",
    "metrics.OneHotIoU": "classes of segments along an axis",
    "metrics.OneHotMeanIoU": "classes of segments along an axis",
    "metrics.PearsonCorrelation": "a correlation of small numbers",
    "metrics.pearson_correlation": "a correlation of small numbers",
    "metrics.PrecisionAtRecall": "a prediction of 0",
    "metrics.R2Score": "constant targets that were met; a spread that cancels",
    "metrics.RecallAtPrecision": "a prediction of 0",
    "metrics.SensitivityAtSpecificity": "a prediction of 0",
    "metrics.SparseCategoricalCrossentropy": "samples of the class that is ignored",
    "metrics.SparseTopKCategoricalAccuracy": "equal scores among the k largest",
    "metrics.SpecificityAtSensitivity": "a prediction of 0",
    "metrics.SquaredHinge": "a label of 0 beside a soft one",
    "activations.elu": "elu near zero",
    "activations.log_softmax": "axes from the end",
    "activations.mish": "mish far out",
    "activations.selu": "selu near zero",
    "activations.silu": "silu far out",
    "activations.sparsemax": "sparsemax of two",
    "activations.squareplus": "squareplus below 0",
    "activations.tanh_shrink": "tanh_shrink near 0",
    "regularizers.OrthogonalRegularizer": "orthogonality of one vector",
    "constraints.MaxNorm": "norms of tiny weights",
    "constraints.MinMaxNorm": "norms of tiny weights",
}


def of(entry: Entry) -> Row:
    """The row of a component."""
    theirs = f"keras.{entry.name}"
    written = definition("tfimpl", entry.name).arguments
    pinned: dict[str, Any] = {name: None for name in OURS_ALONE if name in written}
    names = [name for name in written if name not in (*INPUTS, *OBJECT_ARGUMENTS, *OURS_ALONE, "kwargs")]
    handed = ", ".join(f"{name}={name}" for name in names)
    if not entry.is_class:
        inputs = "x" if entry.family == "activations" else "y_true, y_pred"
        call = f"{theirs}({', '.join(filter(None, (inputs, handed)))})"
    elif entry.family == "metrics":
        batch = "(values,)" if entry.title in ("Mean", "Sum") else "y_true, y_pred"
        update = "values" if entry.title in ("Mean", "Sum") else "y_true, y_pred"
        call = (
            f"metric = {theirs}({handed})\nfor {batch} in batches:\n    metric.update_state({update})\nmetric.result()"
        )
    else:
        inputs = {"losses": "y_true, y_pred", "initializers": "shape"}.get(entry.family, "x")
        call = f"{theirs}({handed})({inputs})"
    if "fn" in names:  # a function of the library's own
        call = call.replace("(fn=fn)", "(keras.losses.huber, delta=delta)")
        pinned = {"fn": "huber", "delta": 1.0}
    differs = DIFFERS.get(entry.name, "")
    plain = call if entry.required and not entry.is_class else ""  # what must be given is no matter of defaults
    return Row(
        entry.name,
        theirs,
        REGION if differs else EQUAL,
        call,
        plain=plain,
        when=pinned,
        made=AS_LABELS if entry.family == "metrics" and _given(entry) == LABELS else {},
        given=_given(entry),
        region=differs,
        where="deviations" if differs else "",
    )


def _given(entry: Entry) -> str:
    title = entry.title.lower()
    if entry.family in ("losses", "metrics") and ("sparse" in title or "generalized" in title):
        return LABELS
    if title == "ctc":
        return FILLED_UP
    if title in ("dice", "tversky"):
        return DISTINCT_AXES
    if title == "rootmeansquarederror":
        return IN_SIGHT
    if title in SIZES:
        return f"abs({SIZES[title]}) > 1e-30"
    if title == "circle":
        return "len(y_true) == len(y_pred)"
    return ""


ROWS = tuple(of(entry) for entry in ENTRIES if entry.module != "custom")
