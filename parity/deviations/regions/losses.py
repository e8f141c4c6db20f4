"""Losses: where Keras differs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from parity.checks.subject import compute_dtype, counted, exact
from parity.deviations.regions.base import HALF, Case, Region
from parity.reference.base import match_ranks
from parity.registry import find

Shape = tuple[int, ...]
EPSILON = 1e-7
TINY = 2.0**-126
FEW = 2.0**-3  # of a sum of 1 and this, three bits of what is added are gone: the 8 units that are allowed


def dtype_of(case: Case) -> str:
    """What a loss computes in: the dtype of an object, or of the predictions of a function."""
    if case.name.islower():  # a function
        return str(case.arrays()["y_pred"][0].dtype)
    return str(case.config.get("dtype", "float32"))


def arrays_of(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Targets and predictions as the loss sees them."""
    y_true, y_pred = (exact(case.inputs[key], dtype_of(case)) for key in ("y_true", "y_pred"))
    return y_true, y_pred


def matched(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The same, after a last axis of size 1 is matched."""
    y_true, y_pred = match_ranks(*arrays_of(case))
    return y_true, y_pred


def somewhere(test: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[[Case, str], bool]:
    """Whether a test of targets and predictions holds for a pair of them."""

    def where(case: Case, kind: str) -> bool:
        with np.errstate(all="ignore"):
            return bool(np.any(test(*matched(case))))

    return where


def computed_in_half(case: Case, kind: str) -> bool:
    return dtype_of(case) in HALF


def computed_in_double(case: Case, kind: str) -> bool:
    return dtype_of(case) == "float64"


def reduction_of(case: Case) -> str:
    return case.config.get("reduction", "sum_over_batch_size") or "none"


def losses_of(case: Case) -> Shape:
    """The shape of the losses of the samples."""
    return counted(find(case.name), case.inputs, case.config)


def axes_of_weights(case: Case) -> list[int]:
    """How many axes weights and mask have."""
    return [case.inputs[key].ndim for key in ("sample_weight", "mask") if key in case.inputs]


def no_samples(case: Case, kind: str) -> bool:
    return case.inputs["y_pred"].size == 0


def no_classes(case: Case, kind: str) -> bool:
    return kind == "error" and case.inputs["y_pred"].shape[axis_of(case)] == 0


def nothing_to_reduce(case: Case, kind: str) -> bool:
    return reduction_of(case) != "none" and losses_of(case) == (0,)


def fewer_axes(case: Case, kind: str) -> bool:
    """Whether weights or a mask have fewer axes than the losses, which Keras takes for the last ones."""
    return any(0 < rank < len(losses_of(case)) for rank in axes_of_weights(case))


def one_more_axis(case: Case, kind: str) -> bool:
    """Whether weights or a mask have one more axis than the losses, which are not reduced."""
    return reduction_of(case) == "none" and len(losses_of(case)) == 1 and 2 in axes_of_weights(case)


def one_for_one(case: Case, kind: str) -> bool:
    """Whether there is one loss, and a number for weights or mask, which makes a number of the loss: it stays so."""
    one = losses_of(case) == (1,) and 0 in axes_of_weights(case)
    return one and reduction_of(case) in ("none", "mean_with_sample_weight")


def weight_of_all(case: Case, kind: str) -> bool:
    """Whether there is one loss for the whole batch, and it is weighed."""
    return not losses_of(case) and bool(axes_of_weights(case)) and reduction_of(case) == "mean_with_sample_weight"


def column_for_a_mask(case: Case, kind: str) -> bool:
    """Whether a mask has one more axis than losses that have a mask of their own."""
    own = case.name == "losses.Circle" or case.config.get("ignore_class") is not None
    return own and "mask" in case.inputs and case.inputs["mask"].ndim == len(losses_of(case)) + 1


def nothing_counts(case: Case, kind: str) -> bool:
    """Whether the mask leaves nothing, of which a mean is taken."""
    return reduction_of(case) not in ("none", "sum") and "mask" in case.inputs and not case.inputs["mask"].any()


def ranks_differ(case: Case, kind: str) -> bool:
    return case.inputs["y_true"].ndim != case.inputs["y_pred"].ndim


def of_probabilities(case: Case) -> bool:
    return not case.config.get("from_logits", False)


def small_probability(case: Case, kind: str) -> bool:
    """Whether some probability is so small that 1 - p rounds away what the loss is, where the label is not 1."""
    smoothed = case.config.get("label_smoothing", 0.0) > 0
    return of_probabilities(case) and somewhere(lambda y, p: (p < FEW / 4) & (smoothed | (y != 1)))(case, kind)


def infinite_logit(case: Case, kind: str) -> bool:
    """Whether some logit is infinite."""
    return not of_probabilities(case) and somewhere(lambda y, x: np.isinf(x))(case, kind)


def weights_in_float32(case: Case, kind: str) -> bool:
    """Whether a list of weights, which Keras has in float32, comes with float64."""
    alpha = case.config.get("alpha")
    return isinstance(alpha, list) and computed_in_double(case, kind) and any(float(np.float32(a)) != a for a in alpha)


def axis_of(case: Case) -> int:
    return int(case.config.get("axis", -1)) % case.inputs["y_pred"].ndim


def smoothed_by_another_number(case: Case, kind: str) -> bool:
    """Whether labels are smoothed, and the classes are not as many as the last axis is long."""
    shape = case.inputs["y_pred"].shape
    return case.config.get("label_smoothing", 0.0) > 0 and shape[axis_of(case)] != shape[-1]


def gradient_of_other_labels(case: Case, kind: str) -> bool:
    """Whether the gradient is that of logits, and labels do not sum to 1."""
    if kind != "gradient" or of_probabilities(case):
        return False
    return bool((arrays_of(case)[0].sum(axis_of(case)) != 1).any())


def beyond_the_clip(case: Case, kind: str) -> bool:
    """Whether some probability is clipped, in the one factor and not in the other."""
    return of_probabilities(case) and somewhere(lambda y, p: ~((p >= EPSILON) & (p <= 1 - EPSILON)))(case, kind)


def sure_logit(case: Case, kind: str) -> bool:
    """Whether some logit is so sure that 1 - p rounds away how hard an example is."""
    smoothing = case.config.get("label_smoothing", 0.0)

    def easy(y: np.ndarray, x: np.ndarray) -> np.ndarray:
        label, p = y * (1 - smoothing) + smoothing / 2, 1 / (1 + np.exp(-x))
        return np.asarray(label * (1 - p) + (1 - label) * p < FEW)

    return not of_probabilities(case) and somewhere(easy)(case, kind)


def softmax_of(case: Case) -> np.ndarray:
    x = arrays_of(case)[1]
    power = np.exp(x - x.max(axis_of(case), keepdims=True, initial=-np.inf))
    return np.asarray(power / power.sum(axis_of(case), keepdims=True))


def softmax_is_clipped(case: Case, kind: str) -> bool:
    if of_probabilities(case):
        return False
    p = softmax_of(case)
    return bool(((p < EPSILON) | (p > 1 - FEW)).any())


def weights_along_another_axis(case: Case, kind: str) -> bool:
    return isinstance(case.config.get("alpha"), list) and axis_of(case) != case.inputs["y_pred"].ndim - 1


def labels_in_excess(case: Case, kind: str) -> bool:
    """Whether the labels have as many axes as the predictions, or more."""
    return case.inputs["y_true"].ndim >= case.inputs["y_pred"].ndim


def one_class(case: Case, kind: str) -> bool:
    """Whether a last axis of size 1, which a class takes for one that is in excess, is that of the classes."""
    y_true, y_pred = case.inputs["y_true"], case.inputs["y_pred"]
    return y_pred.shape[-1] == 1 and y_pred.ndim == y_true.ndim + 1


def two_axes_in_excess(case: Case, kind: str) -> bool:
    return case.inputs["y_true"].ndim > case.inputs["y_pred"].ndim


def label_is_nan(case: Case, kind: str) -> bool:
    return case.any("y_true", np.isnan)


def labelled(case: Case, numbers: np.ndarray) -> np.ndarray:
    """Of numbers for each class, those of the classes that are labelled."""
    shape, axis = numbers.shape, axis_of(case)
    label = np.trunc(case.inputs["y_true"].astype(np.float64)).reshape(shape[:axis] + shape[axis + 1 :])
    return np.asarray(np.moveaxis(numbers, axis, -1)[label[..., None] == np.arange(shape[axis])])


def sure_prediction(case: Case, kind: str) -> bool:
    """Whether nearly all of the probability is that of the right class."""
    y_pred = np.clip(arrays_of(case)[1], EPSILON, 1 - EPSILON)
    others = y_pred.sum(axis_of(case), keepdims=True) - y_pred
    return of_probabilities(case) and bool((labelled(case, others / y_pred) < FEW).any())


def logarithms_cancel(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Whether two logarithms differ by so little that a rounding of each, or of 1 and a number, is 8 units of it."""
    one, other = (np.log1p(np.maximum(item, 0)) for item in (y_true, y_pred))
    return np.asarray(np.abs(one - other) < 2 * FEW * np.maximum(1, np.maximum(one, other)))


def too_few_steps(case: Case, kind: str) -> bool:
    """Whether there are fewer steps than labels, with a blank between two that are equal."""
    label = np.trunc(case.inputs["y_true"].astype(np.float64))
    repeated = (label[:, 1:] == label[:, :-1]) & (label[:, 1:] != 0)
    return bool(((label != 0).sum(1) + repeated.sum(1) > case.inputs["y_pred"].shape[1]).any())


def gradient_of_several_steps(case: Case, kind: str) -> bool:
    return kind == "gradient" and case.inputs["y_pred"].shape[1] > 1


def no_labels(case: Case, kind: str) -> bool:
    return case.inputs["y_true"].shape[1] == 0


def probability_is_zero(case: Case, kind: str) -> bool:
    return kind == "gradient" and bool((labelled(case, arrays_of(case)[1]) == 0).any())


def not_finite(case: Case, kind: str) -> bool:
    return case.any("y_pred", lambda p: ~np.isfinite(p))


def minus_infinity(case: Case, kind: str) -> bool:
    return case.any("y_pred", np.isneginf)


def below_zero(case: Case, kind: str) -> bool:
    return kind == "gradient" and bool((labelled(case, arrays_of(case)[1]) < 0).any())


def nearly_certain(case: Case, kind: str) -> bool:
    """Whether a p**q is nearly 1."""
    with np.errstate(all="ignore"):
        power = case.config.get("q", 0.5) * np.log(labelled(case, arrays_of(case)[1]))
    return kind == "value" and bool((np.abs(power) < FEW).any())


def zero_means_two_things(case: Case, kind: str) -> bool:
    """Whether there is a label of 0, and one that is neither 0 nor 1."""
    y_true = arrays_of(case)[0]
    return bool((y_true == 0).any() and ((y_true != 0) & (y_true != 1)).any())


def term_is_flushed(case: Case, kind: str) -> bool:
    """Whether a term of the cosine, or that times what a loss counts, is below the normal numbers."""
    if kind != "gradient" or dtype_of(case) != "float32":
        return False
    y_true, y_pred = matched(case)
    with np.errstate(all="ignore"):
        share = np.abs(y_true) / np.linalg.norm(y_true.astype(np.float64), axis=axis_of(case), keepdims=True)
        terms = np.abs(y_pred) * share
    return bool(((terms > 0) & (terms < TINY * 2**20)).any())


def reciprocal_is_flushed(case: Case, kind: str) -> bool:
    """Whether 1 over a prediction or a target is below the normal numbers."""
    single = kind == "gradient" and dtype_of(case) == "float32"
    return single and somewhere(lambda y, p: np.maximum(y, p) > 1 / TINY)(case, kind)


def losses_of_zero(case: Case, kind: str) -> bool:
    """Whether some loss that counts is 0, or not above it, being NaN."""
    y_true, y_pred = arrays_of(case)
    config = {key: case.config[key] for key in ("gamma", "margin", "remove_diagonal") if key in case.config}
    found = find(case.name).reference(y_true, y_pred, dtype=compute_dtype(dtype_of(case)), **config)
    return bool((np.isnan(found.value) | ((found.value < TINY) & found.counted)).any())


def other_axis(case: Case, kind: str) -> bool:
    return axis_of(case) != case.inputs["y_pred"].ndim - 1


def weights_differ(case: Case, kind: str) -> bool:
    return bool(case.config.get("alpha", 0.5) != case.config.get("beta", 0.5))


def epsilon_decides(case: Case, kind: str) -> bool:
    """Whether, in double precision, one number is below epsilon and the other is not."""
    return computed_in_double(case, kind) and somewhere(lambda y, p: (y < EPSILON) ^ (p < EPSILON))(case, kind)


def of(names: str, *deviations: tuple[str, Callable[[Case, str], bool]]) -> list[Region]:
    """The regions of losses that differ in the same way, each with the name of its deviation."""
    return [Region(name, f"losses.{loss}", where) for loss in names.split() for name, where in deviations]


REGIONS = (
    *of(
        "[A-Z]*",
        ("an empty batch", nothing_to_reduce),
        ("a weight for each sample of a sequence", fewer_axes),
        ("a column of weights for a row of losses", one_more_axis),
        ("one weight for one sample", one_for_one),
        ("one weight for the whole batch", weight_of_all),
        ("nothing but masked", nothing_counts),
    ),
    *of("*", ("the mean of a half-precision batch", computed_in_half)),
    *of("Circle SparseCategoricalCrossentropy", ("a column for a mask", column_for_a_mask)),
    *of("CategoricalHinge categorical_hinge CTC ctc", ("the losses of no samples", no_samples)),
    *of(
        "poisson hinge squared_hinge categorical_hinge dice tversky",
        ("a row of targets against a column of predictions", ranks_differ),
    ),
    *of("kl_divergence", ("a row of probabilities against a column", ranks_differ)),
    *of("binary_crossentropy binary_focal_crossentropy", ("a row of labels against a column", ranks_differ)),
    *of(
        "CategoricalGeneralizedCrossEntropy SparseCategoricalCrossentropy CTC",
        ("a single class", one_class),
    ),
    *of(
        "BinaryCrossentropy binary_crossentropy BinaryFocalCrossentropy binary_focal_crossentropy",
        ("small probabilities", small_probability),
        ("infinite logits", infinite_logit),
    ),
    *of(
        "BinaryFocalCrossentropy binary_focal_crossentropy",
        ("how hard a saturated example is", beyond_the_clip),
        ("how hard a sure logit is", sure_logit),
    ),
    *of(
        "CategoricalCrossentropy categorical_crossentropy",
        ("labels that do not sum to 1", gradient_of_other_labels),
        ("label smoothing along an axis", smoothed_by_another_number),
    ),
    *of(
        "CategoricalFocalCrossentropy categorical_focal_crossentropy",
        ("the loss of wrong logits", softmax_is_clipped),
        ("weights of classes in float64", weights_in_float32),
        ("a class that is masked by its logit", infinite_logit),
        ("weights of classes along an axis", weights_along_another_axis),
        ("label smoothing of a focal loss along an axis", smoothed_by_another_number),
    ),
    *of(
        "CategoricalGeneralizedCrossEntropy categorical_generalized_cross_entropy",
        ("a column of class numbers", labels_in_excess),
        ("a number that is NaN", label_is_nan),
        ("a class of probability 0", probability_is_zero),
        ("nearly a cross-entropy", nearly_certain),
        ("a class beside one that is not finite", not_finite),
        ("a probability of minus infinity", minus_infinity),
        ("a class beside a probability below 0", below_zero),
    ),
    *of(
        "SparseCategoricalCrossentropy sparse_categorical_crossentropy",
        ("the losses of no classes", no_classes),
        ("class numbers along an axis", other_axis),
        ("a sure prediction", sure_prediction),
        ("a class number that is NaN", label_is_nan),
        ("class numbers with two axes in excess", two_axes_in_excess),
    ),
    *of(
        "CTC ctc",
        ("too few steps for the labels", too_few_steps),
        ("the gradient of many steps", gradient_of_several_steps),
        ("sequences in double precision", computed_in_double),
        ("sequences without labels", no_labels),
        ("labels of a sequence that are NaN", label_is_nan),
        ("an impossible class of a sequence", minus_infinity),
    ),
    *of(
        "CategoricalHinge categorical_hinge",
        (
            "an infinite score of the right class",
            somewhere(lambda y, x: np.isinf(x) & ((y == 0) | (y == 1))),
        ),
    ),
    *of("Hinge hinge", ("a label of 0 beside one of -1", zero_means_two_things)),
    *of("SquaredHinge squared_hinge", ("a label of 0 beside a soft one", zero_means_two_things)),
    *of(
        "LogCosh log_cosh",
        ("a small error", somewhere(lambda y, p: np.abs(p - y) < 0.5)),
        ("an infinite error", somewhere(lambda y, p: np.isneginf(p - y))),
        ("a double without error", computed_in_double),
    ),
    *of(
        "MeanSquaredLogarithmicError mean_squared_logarithmic_error",
        (
            "a small difference of logarithms",
            somewhere(logarithms_cancel),
        ),
        ("the epsilon of a double", epsilon_decides),
        ("the derivative at a huge prediction", reciprocal_is_flushed),
    ),
    *of("CosineSimilarity cosine_similarity", ("the smallest terms of a cosine", term_is_flushed)),
    *of("Circle", ("samples whose loss is 0", losses_of_zero)),
    *of("Tversky tversky", ("alpha and beta", weights_differ)),
)
