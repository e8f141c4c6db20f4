"""Losses of a sequence whose alignment is not known."""

import tensorflow as tf

from tfimpl._config import check_sequences
from tfimpl._symbolic import symbolic
from tfimpl._tensors import class_numbers, nan_unless, sum_along, to_float, to_labels, widen
from tfimpl.losses.base import Loss

IMPOSSIBLE = -1e30  # the logarithm of 0, with which derivatives stay finite


@symbolic
def ctc(y_true, y_pred):
    """Connectionist temporal classification: how unlikely it is to read the labels off the predictions, step by step.

    `-log(sum of the probabilities of all paths)`: a path names one class a step, 0 being the blank; read off it are its
    classes without repetitions and then without blanks. The sum is not divided by the number of labels.

    Args:
        y_true: class numbers, 1 to number of classes - 1, shape `[batch, labels]`. Zeros fill up a sequence: as many
            labels count, from the first one on, as are not 0. Fractions are cut off. Eagerly on the CPU a number that
            is no class is an error; elsewhere, and for NaN, loss and gradient of that sample are NaN.
        y_pred: logits, shape `[batch, steps, classes]`.

    Returns:
        Loss per sample, shape `[batch]`; infinite, with gradient 0, where the steps are too few for the labels.

    Raises:
        ValueError: the shapes do not fit, or a label is no class.

    Source: Graves et al. (2006), "Connectionist Temporal Classification".
    """
    y_pred = to_float(y_pred)
    y_true, x, dtype = to_labels(y_true), widen(y_pred), y_pred.dtype
    check_sequences("ctc", y_true.shape, y_pred.shape)
    if not (y_true.shape.is_fully_defined() and y_pred.shape.is_fully_defined()):
        same = tf.debugging.assert_equal(tf.shape(y_true)[0], tf.shape(x)[0], "ctc: batches of y_true and y_pred")
        with tf.control_dependencies([same] if same is not None else []):
            x = tf.identity(x)
    batch, classes = tf.shape(x)[0], tf.shape(x)[2]
    labels, known = class_numbers("ctc", y_true, classes)
    number = tf.reduce_sum(tf.cast(tf.not_equal(y_true, 0), tf.int32), axis=1)

    # A path is in one of 2 * labels + 1 states: a blank before, between and after the labels. It stays, goes on by one,
    # or by two, over a blank that does not part equal labels. A sum over paths is one of logarithms, state by state: in
    # float64, for in float32 each step would round all that has been added so far. There it is also exact by what the
    # classes differ; the logarithm of what they sum to, which all share, is found nearly, and then what that is off by.
    states = 2 * tf.shape(labels)[1] + 1
    symbols = tf.reshape(tf.stack([tf.zeros_like(labels), labels], axis=2), [batch, states - 1])
    symbols = tf.pad(symbols, [[0, 0], [0, 1]])
    may_skip = tf.not_equal(symbols, tf.pad(symbols, [[0, 0], [2, 0]])[:, :states])
    near = tf.stop_gradient(tf.reduce_logsumexp(x, 2, keepdims=True))
    off = tf.math.log(sum_along(tf.exp(x - near), 2, True))
    total = tf.cast(near, tf.float64) + tf.cast(off, tf.float64)
    emitted = tf.cast(tf.gather(x, symbols, axis=2, batch_dims=1), tf.float64) - total
    start = tf.where(tf.equal(tf.range(states), 0), tf.zeros([batch, states], tf.float64), IMPOSSIBLE)
    outside = tf.fill([batch, 2], tf.constant(IMPOSSIBLE, tf.float64))

    def step(paths, emission):
        padded = tf.concat([outside, paths], axis=1)  # tf.pad would pad with 0 in tf.vectorized_map
        skipped = tf.where(may_skip, padded[:, :states], IMPOSSIBLE)
        return emission + tf.reduce_logsumexp(tf.stack([paths, padded[:, 1 : states + 1], skipped]), axis=0)

    paths = tf.foldl(step, tf.transpose(emitted, [1, 0, 2]), start)
    left = 2 * number[:, tf.newaxis] - tf.range(states)
    losses = -tf.reduce_logsumexp(tf.where(tf.equal(left, 0) | tf.equal(left, 1), paths, IMPOSSIBLE), axis=1)
    losses = tf.where(losses > -IMPOSSIBLE / 2, tf.constant(float("inf"), tf.float64), losses)
    return tf.cast(nan_unless(None if known is None else tf.reduce_all(known, axis=1), losses), dtype)


class CTC(Loss):
    """`ctc` with sample weights, mask and reduction. See there, and `Loss`, for the arguments."""

    _class_numbers = True

    def __init__(self, reduction="sum_over_batch_size", name="ctc", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true, y_pred):
        return ctc(y_true, y_pred)
