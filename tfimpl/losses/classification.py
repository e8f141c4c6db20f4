"""Losses of a probability, or of the logits it comes from."""

import tensorflow as tf

from tfimpl._arguments import check_crossentropy, check_focal, check_one_per_class, check_q, check_sparse
from tfimpl._config import check_boolean, check_rank
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import (
    align,
    align_labels,
    class_numbers,
    clip,
    is_long,
    log_softmax,
    mean_along,
    nan_unless,
    over_sum,
    sum_along,
)
from tfimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: probabilities are kept this far from 0 and 1


@symbolic
def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of yes/no labels; mean over an axis.

    `-(y * log(p) + (1 - y) * log(1 - p))` with p clipped to `[1e-7, 1 - 1e-7]`, or from the logits x of p
    `max(x, 0) - x * y + log(1 + exp(-|x|))`. Whether y_pred are logits is said by `from_logits` alone.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or logits, same shape (a missing or extra last axis of size 1 is matched).
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    from_logits, label_smoothing, axis = check_crossentropy("binary_crossentropy", from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align("binary_crossentropy", y_true, y_pred)
    check_rank("binary_crossentropy", axis, y_pred.shape.rank)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    long = is_long(y_pred.shape, axis)
    return tf.cast(_binary_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis, long=long), dtype)


@as_one_graph
def _binary_crossentropy(y_true, y_pred, *, from_logits, axis, long):
    y_pred = y_pred if from_logits else clip(y_pred, EPSILON, 1 - EPSILON)
    losses = _of_logits(y_true, y_pred) if from_logits else _of_probabilities(y_true, y_pred)
    return mean_along(losses, axis, long)


@symbolic
def binary_focal_crossentropy(
    y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Cross-entropy of yes/no labels in which easy examples count less; mean over an axis.

    `(1 - p_t)**gamma * -(y * log(p) + (1 - y) * log(1 - p))` with `p_t = y * p + (1 - y) * (1 - p)`, times
    `y * alpha + (1 - y) * (1 - alpha)` with class balancing. p is clipped to `[1e-7, 1 - 1e-7]`, or is the sigmoid of
    logits, which nothing clips.

    Args:
        y_true: labels in [0, 1], shape `[batch, d0, .. dN]`.
        y_pred: probabilities, or logits, same shape (a missing or extra last axis of size 1 is matched).
        apply_class_balancing: whether the classes are weighted.
        alpha: weight of class 1, in [0, 1]; class 0 has `1 - alpha`.
        gamma: how much less easy examples count; >= 0, and 0 is the plain cross-entropy.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / 2`.
        axis: the axis over which the mean is taken.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.

    Source: Lin et al. (2017), "Focal Loss for Dense Object Detection".
    """
    owner = "binary_focal_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    check_boolean(owner, "apply_class_balancing", apply_class_balancing)
    alpha, gamma = check_focal(owner, alpha, gamma)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.shape.rank)
    if label_smoothing:
        y_true = y_true * (1 - label_smoothing) + label_smoothing / 2
    options = {"squared": gamma == 2, "balanced": apply_class_balancing, "from_logits": from_logits, "axis": axis}
    options["long"] = is_long(y_pred.shape, axis)
    return tf.cast(_binary_focal_crossentropy(y_true, y_pred, numbers=(alpha, gamma), **options), dtype)


@as_one_graph
def _binary_focal_crossentropy(y_true, y_pred, alpha, gamma, *, squared, balanced, from_logits, axis, long):
    y_pred = y_pred if from_logits else clip(y_pred, EPSILON, 1 - EPSILON)
    losses = _of_logits(y_true, y_pred) if from_logits else _of_probabilities(y_true, y_pred)
    with tf.control_dependencies([losses]):  # one after the other: at once they take twice the memory
        hard = _hard(y_true, y_pred, from_logits)
    losses *= _power(hard, gamma, squared)
    if balanced:
        losses *= y_true * alpha + (1 - y_true) * (1 - alpha)
    return mean_along(losses, axis, long)


@symbolic
def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """Cross-entropy of one label among several classes, labels given as probabilities (one-hot).

    `-sum(y * log(p))` with p divided by its sum over `axis`, then clipped to `[1e-7, 1 - 1e-7]`, or from logits x
    `-sum(y * log_softmax(x))`. The labels need not sum to 1, and the gradient is right where they do not.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]` with the classes on `axis`.
        y_pred: probabilities, or finite logits, same shape.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / number of classes`.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    owner = "categorical_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.shape.rank)
    if label_smoothing:
        classes = tf.cast(tf.shape(y_pred)[axis], y_pred.dtype)
        y_true = y_true * (1 - label_smoothing) + label_smoothing / classes
    options = {"from_logits": from_logits, "axis": axis, "long": is_long(y_pred.shape, axis)}
    return tf.cast(_categorical_crossentropy(y_true, y_pred, **options), dtype)


@as_one_graph
def _categorical_crossentropy(y_true, y_pred, *, from_logits, axis, long):
    if from_logits:
        log_p = log_softmax(y_pred, axis=axis, long=long)
    else:
        log_p = tf.math.log(clip(over_sum(y_pred, axis, long), EPSILON, 1 - EPSILON))
    return -sum_along(y_true * log_p, axis, long=long)


@symbolic
def categorical_focal_crossentropy(
    y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Cross-entropy of one label among several classes, in which easy examples count less.

    `-sum(alpha * (1 - p)**gamma * y * log(p))` with p divided by its sum over `axis`, then clipped to
    `[1e-7, 1 - 1e-7]`, or the softmax of logits, which nothing clips.

    Args:
        y_true: labels, shape `[batch, d0, .. dN]` with the classes on `axis`.
        y_pred: probabilities, or finite logits, same shape.
        alpha: weight of all classes, or a list with the weight of each; >= 0.
        gamma: how much less easy examples count; >= 0, and 0 is the plain cross-entropy.
        from_logits: whether y_pred are logits.
        label_smoothing: s in [0, 1]; labels become `y * (1 - s) + s / number of classes`.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, alpha has not one weight a class, or an argument is out of its range.

    Source: Lin et al. (2017), "Focal Loss for Dense Object Detection".
    """
    owner = "categorical_focal_crossentropy"
    from_logits, label_smoothing, axis = check_crossentropy(owner, from_logits, label_smoothing, axis)
    alpha, gamma = check_focal(owner, alpha, gamma, several=True)
    y_true, y_pred, dtype = align(owner, y_true, y_pred)
    check_rank(owner, axis, y_pred.shape.rank)
    if isinstance(alpha, list):
        check_one_per_class(owner, alpha, y_pred.shape[axis])
        shape = [1] * y_pred.shape.rank
        shape[axis] = len(alpha)
        alpha = tf.reshape(tf.constant(alpha, y_pred.dtype), shape)
    if label_smoothing:
        classes = tf.cast(tf.shape(y_pred)[axis], y_pred.dtype)
        y_true = y_true * (1 - label_smoothing) + label_smoothing / classes
    y_true = alpha * y_true  # outside of the graph, which multiplies by it as it is used for a gradient or not
    options = {"from_logits": from_logits, "axis": axis, "long": is_long(y_pred.shape, axis)}
    losses = _categorical_focal_crossentropy(y_true, y_pred, numbers=(gamma,), squared=gamma == 2, **options)
    return tf.cast(losses, dtype)


@as_one_graph
def _categorical_focal_crossentropy(y_true, y_pred, gamma, *, squared, from_logits, axis, long):
    if from_logits:
        log_p = log_softmax(y_pred, axis=axis, long=long)
        losses = y_true * log_p * _power(-tf.math.expm1(log_p), gamma, squared)
    else:
        p = clip(over_sum(y_pred, axis, long), EPSILON, 1 - EPSILON)
        losses = y_true * tf.math.log(p) * _power(1 - p, gamma, squared)
    return -sum_along(losses, axis, long=long)


@symbolic
def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """Generalized cross-entropy of class numbers, between cross-entropy (q near 0) and mean absolute error (q near 1).

    `(1 - p[label]**q) / q`; its gradient at p = 0, where it would be infinite, is 0.

    Args:
        y_true: class numbers, shape of y_pred without the last axis (or with 1 in its place, or one more last axis of
            size 1). Fractions are cut off. Eagerly on the CPU a number that is no class is an error; elsewhere, and for
            NaN, loss and gradient of that sample are NaN.
        y_pred: probabilities, shape `[batch, d0, .. dN]` with the classes on the last axis.
        q: how far from cross-entropy; 0 < q < 1.

    Returns:
        Loss per sample, shape of y_pred without the last axis.

    Raises:
        ValueError: the shapes do not fit, a label is no class, or q is out of its range.

    Source: Zhang and Sabuncu (2018), "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels".
    """
    q = check_q("categorical_generalized_cross_entropy", q)
    y_true, y_pred, dtype = align_labels("categorical_generalized_cross_entropy", y_true, y_pred, -1)
    classes = y_pred.shape[-1] or tf.shape(y_pred)[-1]
    labels, known = class_numbers("categorical_generalized_cross_entropy", y_true, classes)
    losses = _categorical_generalized_cross_entropy(labels, y_pred, numbers=(q,))
    return tf.cast(nan_unless(known, losses), dtype)


@as_one_graph
def _categorical_generalized_cross_entropy(labels, y_pred, q):
    p = tf.gather(y_pred, labels, batch_dims=y_pred.shape.rank - 1)
    possible = tf.not_equal(p, 0)
    losses = -tf.math.expm1(q * tf.math.log(tf.where(possible, p, 1))) / q
    return tf.where(possible, losses, 1 / q)


@symbolic
def kl_divergence(y_true, y_pred):
    """Kullback-Leibler divergence of predicted from true probabilities; sum over the last axis.

    `sum(y_true * log(y_true / y_pred))`, both clipped to `[1e-7, 1]`.

    Args:
        y_true: probabilities, shape `[batch, d0, .. dN]`.
        y_pred: probabilities, same shape (a missing or extra last axis of size 1 is matched).

    Returns:
        Loss per sample, shape `[batch, d0, .. dN-1]`; negative only where the probabilities do not sum to 1.

    Raises:
        ValueError: the shapes differ.

    Source: Kullback and Leibler (1951), "On Information and Sufficiency".
    """
    y_true, y_pred, dtype = align("kl_divergence", y_true, y_pred)
    return tf.cast(_kl_divergence(y_true, y_pred, long=is_long(y_pred.shape, -1)), dtype)


@as_one_graph
def _kl_divergence(y_true, y_pred, *, long):
    y_true = clip(y_true, EPSILON, 1)
    y_pred = clip(y_pred, EPSILON, 1)
    return sum_along(y_true * tf.math.log(y_true / y_pred), -1, long=long)


@symbolic
def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """Cross-entropy of one label among several classes, labels given as class numbers.

    `-log(p[label] / sum(p))` with p clipped to `[1e-7, 1 - 1e-7]` first and divided by its sum then (in
    `categorical_crossentropy` it is the other way round), or from logits x `-log_softmax(x)[label]`.

    Args:
        y_true: class numbers, 0 to number of classes - 1, shape of y_pred without `axis` (or with 1 in its place, or
            one more last axis of size 1). Fractions are cut off. Eagerly on the CPU a number that is no class is an
            error; elsewhere, and for NaN, loss and gradient of that sample are NaN.
        y_pred: probabilities, or logits, shape `[batch, d0, .. dN]` with the classes on `axis`.
        from_logits: whether y_pred are logits.
        ignore_class: a label whose samples have loss and gradient 0, whatever is predicted; it need not be a class.
        axis: the axis of the classes.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes do not fit, a label is no class, or an argument is out of its range.
    """
    owner = "sparse_categorical_crossentropy"
    from_logits, ignore_class, axis = check_sparse(owner, from_logits, ignore_class, axis)
    y_true, y_pred, dtype = align_labels(owner, y_true, y_pred, axis)
    if ignore_class is not None:
        counted = tf.not_equal(y_true, tf.cast(ignore_class, y_true.dtype))
        y_true = tf.where(counted, y_true, tf.zeros_like(y_true))
        y_pred = tf.where(tf.expand_dims(counted, axis), y_pred, tf.ones_like(y_pred))
    classes, axis = y_pred.shape[axis] or tf.shape(y_pred)[axis], axis % y_pred.shape.rank
    labels, known = class_numbers(owner, y_true, classes)
    others_first = [i for i in range(y_pred.shape.rank) if i != axis]
    if axis != len(others_first):
        y_pred = tf.transpose(y_pred, [*others_first, axis])
    losses = _sparse_of_logits if from_logits else _sparse_of_probabilities
    losses = nan_unless(known, losses(labels, y_pred, long=is_long(y_pred.shape, -1)))
    if ignore_class is not None:
        losses = tf.where(counted, losses, tf.zeros_like(losses))
    return tf.cast(losses, dtype)


@as_one_graph
def _sparse_of_probabilities(labels, y_pred, *, long):
    # One logarithm of the odds against the label, which loses nothing where they are small. What a tape makes of it
    # takes longer, and a third tensor in memory.
    @tf.custom_gradient
    def losses(y_pred):
        zero, one = tf.zeros([], y_pred.dtype), tf.ones([], y_pred.dtype)
        against = tf.one_hot(labels, tf.shape(y_pred)[-1], on_value=zero, off_value=one)
        p = tf.clip_by_value(y_pred, EPSILON, 1 - EPSILON)
        own = tf.gather(p, labels, batch_dims=y_pred.shape.rank - 1)
        others = sum_along(against * p, -1, long=long)
        odds = others / own

        def gradient(upstream):
            slopes = tf.expand_dims(upstream / (own + others), -1)
            of_own = tf.expand_dims(odds, -1)
            inside = tf.cast(tf.equal(p, y_pred), p.dtype)
            return tf.math.multiply_no_nan(slopes * (against - (1 - against) * of_own), inside)

        return tf.math.log1p(odds), gradient

    return losses(y_pred)


@as_one_graph
def _sparse_of_logits(labels, logits, *, long):
    # TensorFlow's own kernel computes the gradient where none is asked for too, and takes twice as long for both.
    @tf.custom_gradient
    def losses(logits):
        p = tf.nn.softmax(logits)
        if long:  # the kernel's own sum is not exact enough
            p = p / sum_along(p, -1, True, long)
        own = tf.gather(logits, labels, batch_dims=logits.shape.rank - 1)
        # The largest p is 1 over the sum of exp(x - the largest x).
        value = (tf.reduce_max(logits, axis=-1) - own) - tf.math.log(tf.reduce_max(p, axis=-1))

        def gradient(upstream):
            # tf.nn.softmax answers a NaN with zeros in the rest of its row.
            upstream = tf.where(tf.math.is_nan(value), value, upstream)
            return tf.expand_dims(upstream, -1) * (p - tf.one_hot(labels, tf.shape(logits)[-1], dtype=logits.dtype))

        return value, gradient

    return losses(logits)


# Gradients by hand: a tape would make twice as many tensors.


@tf.custom_gradient
def _of_logits(y_true, x):
    # An infinity as the largest number: times 0 it would be NaN.
    finite = tf.clip_by_value(x, x.dtype.min, x.dtype.max)
    losses = tf.maximum(finite, 0) - finite * y_true + tf.math.log1p(tf.exp(-tf.abs(x)))
    return losses, lambda upstream: (-upstream * finite, upstream * (tf.sigmoid(x) - y_true))


@tf.custom_gradient
def _of_probabilities(y_true, p):
    # Of a double near -0.4 log1p is 120 eps off under XLA. There it is taken of the odds.
    log_p, log_rest = tf.math.log(p), -tf.math.log1p(p / (1 - p)) if p.dtype == tf.float64 else tf.math.log1p(-p)
    odds = log_rest - log_p  # kept for a gradient instead of the two
    losses = (y_true - 1) * log_rest
    with tf.control_dependencies([losses]):  # one after the other: at once they take more memory
        losses -= y_true * log_p
    return losses, lambda upstream: (upstream * odds, upstream * ((p - y_true) / (p * (1 - p))))


def _hard(y_true, y_pred, from_logits):
    """Return 1 - p_t, without the cancellation in 1 - (1 - p)."""
    if from_logits:
        return y_true * tf.sigmoid(-y_pred) + (1 - y_true) * tf.sigmoid(y_pred)
    return y_true * (1 - y_pred) + (1 - y_true) * y_pred


def _power(base, exponent, squared):
    """Return `base**exponent` for base >= 0, with derivative 0 at 0 (where it is infinite for exponents below 1)."""
    if squared:  # a power takes as long as 30 products
        return tf.square(base)
    positive = base > 0
    return tf.where(positive, tf.pow(tf.where(positive, base, 1), exponent), tf.cast(tf.equal(exponent, 0), base.dtype))


class BinaryCrossentropy(Loss):
    """`binary_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("BinaryCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class BinaryFocalCrossentropy(Loss):
    """`binary_focal_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("BinaryFocalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked
        self.apply_class_balancing = check_boolean(
            "BinaryFocalCrossentropy", "apply_class_balancing", apply_class_balancing
        )
        self.alpha, self.gamma = check_focal("BinaryFocalCrossentropy", alpha, gamma)

    def call(self, y_true, y_pred):
        return binary_focal_crossentropy(
            y_true,
            y_pred,
            self.apply_class_balancing,
            self.alpha,
            self.gamma,
            self.from_logits,
            self.label_smoothing,
            self.axis,
        )


class CategoricalCrossentropy(Loss):
    """`categorical_crossentropy` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("CategoricalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked

    def call(self, y_true, y_pred):
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)


class CategoricalFocalCrossentropy(Loss):
    """`categorical_focal_crossentropy` with sample weights, mask and reduction. See there, and `Loss`."""

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_crossentropy("CategoricalFocalCrossentropy", from_logits, label_smoothing, axis)
        self.from_logits, self.label_smoothing, self.axis = checked
        self.alpha, self.gamma = check_focal("CategoricalFocalCrossentropy", alpha, gamma, several=True)

    def call(self, y_true, y_pred):
        return categorical_focal_crossentropy(
            y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing, self.axis
        )


class CategoricalGeneralizedCrossEntropy(Loss):
    """`categorical_generalized_cross_entropy` with sample weights, mask and reduction. See there, and `Loss`."""

    _class_numbers = True

    def __init__(
        self,
        q=0.5,
        reduction="sum_over_batch_size",
        name="categorical_generalized_cross_entropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.q = check_q("CategoricalGeneralizedCrossEntropy", q)

    def call(self, y_true, y_pred):
        return categorical_generalized_cross_entropy(y_true, y_pred, self.q)


class KLDivergence(Loss):
    """`kl_divergence` with sample weights, mask and reduction. See `Loss` for the arguments."""

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return kl_divergence(y_true, y_pred)


class SparseCategoricalCrossentropy(Loss):
    """`sparse_categorical_crossentropy` with sample weights, mask and reduction. See there, and `Loss`.

    Samples of `ignore_class` do not count: a mean is the mean over the others, as if they were masked.
    """

    _class_numbers = True

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        checked = check_sparse("SparseCategoricalCrossentropy", from_logits, ignore_class, axis)
        self.from_logits, self.ignore_class, self.axis = checked

    def call(self, y_true, y_pred):
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)

    def _counted(self, y_true, losses):
        if self.ignore_class is None:
            return None
        return tf.reshape(tf.not_equal(y_true, tf.cast(self.ignore_class, y_true.dtype)), tf.shape(losses))
