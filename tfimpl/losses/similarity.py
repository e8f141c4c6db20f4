"""Losses of a direction, and of the distances between directions."""

import tensorflow as tf

from tfimpl._arguments import check_circle
from tfimpl._config import check_integer, check_rank, match_embeddings
from tfimpl._graph import as_one_graph
from tfimpl._symbolic import symbolic
from tfimpl._tensors import align, is_long, sum_along, to_float, to_labels, to_tensor, widen
from tfimpl.losses.base import Loss

EPSILON = 1e-7  # Keras's: the length of a vector is not taken to be less


@symbolic
def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80, margin=0.4):
    """Pulls embeddings of one class together and pushes those of different classes apart, the worse pairs the harder.

    With the distance `d = max(1 - y_pred @ reference, 0)` of each sample from each reference,
    `softplus(logsumexp(gamma * (d + margin) * (d - margin)) + logsumexp(gamma * max(1 + margin - d, 0) * (1 - margin -
    d)))`, the first over the references with the label of the sample, the second over the others. A sample for which
    there are none of the first, or none of the second, has the loss 0. At a corner the derivative is that of the
    sloping side. The products must keep float32's digits: do not let the device multiply in TF32.

    Args:
        y_true: labels, shape `[batch]` or `[batch, 1]`: equal ones make a class.
        y_pred: embeddings of length 1, shape `[batch, dimensions]`.
        ref_labels: labels of the references; None for y_true.
        ref_embeddings: the references, shape `[number, dimensions]`; None for y_pred.
        remove_diagonal: whether sample i and reference i, one and the same by default, are no pair of one class.
        gamma: factor of the exponents; > 0.
        margin: the distance at which samples of one class are near enough; >= 0.

    Returns:
        Loss per sample, shape `[batch]`.

    Raises:
        ValueError: the shapes do not fit, or an argument is out of its range.

    Source: Sun et al. (2020), "Circle Loss: A Unified Perspective of Pair Similarity Optimization".
    """
    gamma, margin, remove_diagonal = check_circle("circle", gamma, margin, remove_diagonal)
    y_pred = to_float(y_pred)
    dtype = y_pred.dtype
    ref_embeddings = y_pred if ref_embeddings is None else to_tensor(ref_embeddings, dtype)
    y_true = to_labels(y_true)
    ref_labels = y_true if ref_labels is None else tf.cast(to_labels(ref_labels), y_true.dtype)
    y_true, ref_labels = in_a_row(y_true, y_pred), in_a_row(ref_labels, ref_embeddings)
    alike = tf.matmul(widen(y_pred), widen(ref_embeddings), transpose_b=True)
    distance = tf.maximum(1 - alike, 0)
    positive, negative = pairs(y_true, ref_labels, remove_diagonal)
    pulled = gamma * (distance + margin) * (distance - margin)
    pushed = gamma * tf.maximum(1 + margin - distance, 0) * (1 - margin - distance)
    # No pair at all counts as the smallest number there is: minus infinity would have no second derivative.
    pulled = tf.reduce_logsumexp(tf.where(positive, pulled, distance.dtype.min), axis=1)
    pushed = tf.reduce_logsumexp(tf.where(negative, pushed, distance.dtype.min), axis=1)
    return tf.cast(tf.nn.softplus(pulled + pushed), dtype)


@symbolic
def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between two vectors: -1 where they point the same way, 1 where opposite ways.

    `-sum(t * p)` over an axis, t and p being y_true and y_pred divided by their length, or by 1e-7 if that is more:
    a zero vector is similar to none, and its gradient is finite. Squares of the numbers must not overflow, and products
    that underflow are lost: a similarity below 1e-24, of vectors shorter than 1e-7, say.

    Args:
        y_true: targets, shape `[batch, d0, .. dN]`.
        y_pred: predictions, same shape (a missing or extra last axis of size 1 is matched).
        axis: the axis of the vectors.

    Returns:
        Loss per sample, shape of y_pred without `axis`.

    Raises:
        ValueError: the shapes differ, or an argument is out of its range.
    """
    check_integer("cosine_similarity", "axis", axis)
    y_true, y_pred, dtype = align("cosine_similarity", y_true, y_pred)
    check_rank("cosine_similarity", axis, y_pred.shape.rank)
    return tf.cast(-_cosine(y_true, y_pred, axis=axis, long=is_long(y_pred.shape, axis)), dtype)


@as_one_graph
def _cosine(a, b, *, axis, long):
    # The gradient by hand: a tape would repeat that of each sum for each of its numbers first.
    @tf.custom_gradient
    def cosine(a, b):
        squares = [sum_along(tf.square(x), axis, True, long) for x in (a, b)]
        # Without abs a graph would make a product with rsqrt of the division, whose derivative, a cube, underflows.
        length_a, length_b = (tf.abs(tf.sqrt(tf.maximum(square, EPSILON**2))) for square in squares)
        # Their product is divided, not each number of theirs.
        value = sum_along(a * b, axis, True, long) / length_b / length_a

        def gradient(upstream):
            # What is shorter than EPSILON is divided by a constant.
            turned_a, turned_b = (tf.where(square >= EPSILON**2, value, 0) for square in squares)
            across_a = b * (1 / length_b) - a * (turned_a / length_a)
            across_b = a * (1 / length_a) - b * (turned_b / length_b)
            return upstream / length_a * across_a, upstream / length_b * across_b

        return value, gradient

    return tf.squeeze(cosine(a, b), axis)


def in_a_row(labels, embeddings):
    """Return labels, one for each embedding, as a tensor with one axis."""
    match_embeddings("circle", labels.shape, embeddings.shape)
    labels = tf.reshape(labels, (-1,))
    if None not in (labels.shape[0], embeddings.shape[0]):
        return labels
    # What a graph does not know yet is checked when it runs (XLA leaves the check out).
    same = tf.debugging.assert_equal(tf.size(labels), tf.shape(embeddings)[0], "circle: number of labels")
    with tf.control_dependencies([same]):
        return tf.identity(labels)


def pairs(labels, ref_labels, remove_diagonal):
    """Return which references are of the class of each sample, and which are of another."""
    same = tf.equal(labels[:, tf.newaxis], ref_labels)
    if not remove_diagonal:
        return same, ~same
    own = tf.equal(tf.range(tf.size(labels))[:, tf.newaxis], tf.range(tf.size(ref_labels)))
    return same & ~own, ~same


class Circle(Loss):
    """`circle` with sample weights, mask and reduction. See there, and `Loss`, for the arguments.

    Only samples that have pairs of both kinds count, as if the others were masked: the labels say which.
    """

    _class_numbers = True

    def __init__(
        self,
        gamma=80.0,
        margin=0.4,
        remove_diagonal=True,
        reduction="sum_over_batch_size",
        name="circle",
        dtype=None,
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.gamma, self.margin, self.remove_diagonal = check_circle("Circle", gamma, margin, remove_diagonal)

    def call(self, y_true, y_pred):
        return circle(y_true, y_pred, None, None, self.remove_diagonal, self.gamma, self.margin)

    def _counted(self, y_true, losses):
        labels = tf.reshape(y_true, (-1,))
        positive, negative = pairs(labels, labels, self.remove_diagonal)
        return tf.reduce_any(positive, axis=1) & tf.reduce_any(negative, axis=1)


class CosineSimilarity(Loss):
    """`cosine_similarity` with sample weights, mask and reduction. See there for `axis`, `Loss` for the rest."""

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.axis = check_integer("CosineSimilarity", "axis", axis)

    def call(self, y_true, y_pred):
        return cosine_similarity(y_true, y_pred, self.axis)
