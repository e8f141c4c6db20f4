"""Conversions and shapes that the families share."""

import functools
import math

import keras
import numpy as np
import tensorflow as tf

from tfimpl._config import match_labels, match_shapes, match_weights, no_such_class
from tfimpl._graph import as_one_graph

HALF = (tf.float16, tf.bfloat16)
LAST, OTHER = 1024, 16  # numbers that are added up in float32 along the last axes, and along others
VANISHING = 1e-100  # less than the square of any number of float32 but 0


def to_tensor(value, dtype=None):
    """Return `value` (tensor, array, number or nested list) as a tensor.

    Raises:
        ValueError: `value` is a ragged or a sparse tensor, or is none of these.
    """
    if dtype is not None and isinstance(value, float | list | tuple):
        # Converted at once: on its way through float32 a Python number would lose digits.
        value = np.asarray(value, tf.as_dtype(dtype).as_numpy_dtype) if _plain(value) else value
    try:
        value = tf.convert_to_tensor(value)
    except (TypeError, ValueError):
        # Looked at no earlier: to ask for these types takes as long as to convert a tensor.
        if isinstance(value, tf.RaggedTensor | tf.SparseTensor):
            raise ValueError(_not_dense(value)) from None
        raise
    return value if dtype is None else tf.cast(value, dtype)


def _not_dense(value):
    """Word the error on a tensor whose shape or zeros are not stored."""
    mend = "Store its zeros: tf.sparse.to_dense(x)."
    if isinstance(value, tf.RaggedTensor):
        mend = (
            "What computes each number by itself is called by tf.ragged.map_flat_values(tfimpl.activations.relu, x). "
            "Else fill it up (x.to_tensor()), and let weights or a mask leave out what was filled in."
        )
    return f"expected a dense tensor. Received: a {type(value).__name__} of shape {value.shape}. {mend}"


def _plain(value):
    """Whether a number, or nested lists, hold numbers alone, and no tensors."""
    return all(map(_plain, value)) if isinstance(value, list | tuple) else isinstance(value, int | float | np.generic)


def to_float(value):
    """Return `value` as a floating-point tensor: integers and booleans become Keras's default dtype."""
    value = to_tensor(value)
    return value if value.dtype.is_floating else tf.cast(value, keras.config.floatx())


def numbers_in(dtype, *values):
    """Return values, Python's numbers among them in float64, not float32, if that is what `dtype` says."""
    if dtype != "float64":
        return values
    return [to_tensor(item, dtype) if isinstance(item, int | float | list | tuple) else item for item in values]


def to_labels(value):
    """Return class numbers as a tensor: floats as they are, all else as int64 (uint8 cannot be compared with -1)."""
    value = to_tensor(value)
    return value if value.dtype.is_floating else tf.cast(value, tf.int64)


def widen(x):
    """Return a half-precision tensor in float32, in which it is computed; others as they are."""
    return tf.cast(x, tf.float32) if x.dtype in HALF else x


def align(owner, y_true, y_pred):
    """Return y_true and y_pred with one shape and one dtype, ready to be computed with, and the dtype of y_pred."""
    y_pred = to_float(y_pred)
    dtype, y_pred = y_pred.dtype, widen(y_pred)
    return *same_shape(owner, to_tensor(y_true, y_pred.dtype), y_pred), dtype


def align_exactly(owner, dtype, y_true, y_pred):
    """Return y_true and y_pred with one shape, each as exact as it was given, ready to be computed with.

    Python's numbers are taken in float64 if `dtype` is that, or the other's is; whole numbers and booleans always are.
    """
    if any(tf.float64 == getattr(item, "dtype", None) for item in (y_true, y_pred)):
        dtype = "float64"
    return same_shape(owner, *(_exact(to_tensor(item)) for item in numbers_in(dtype, y_true, y_pred)))


def _exact(x):
    return widen(x) if x.dtype.is_floating else tf.cast(x, tf.float64)


def same_shape(owner, y_true, y_pred):
    """Return two tensors with one shape: see `match_shapes`."""
    if y_true.shape.rank and y_true.shape.is_fully_defined() and y_true.shape == y_pred.shape:
        return y_true, y_pred
    for_true, for_pred = match_shapes(owner, y_true.shape, y_pred.shape)
    y_true, y_pred = _reshape(y_true, for_true), _reshape(y_pred, for_pred)
    if not (y_true.shape.is_fully_defined() and y_pred.shape.is_fully_defined()):
        # What a graph does not know yet is checked when it runs (XLA leaves the check out).
        same = tf.debugging.assert_equal(tf.shape(y_true), tf.shape(y_pred), f"{owner}: shapes of y_true and y_pred")
        with tf.control_dependencies([same] if same is not None else []):
            y_pred = tf.identity(y_pred)
    return y_true, y_pred


def _reshape(x, step):
    if step == "keep":
        return x
    return tf.expand_dims(x, -1) if step == "expand" else tf.squeeze(x, -1)


def as_wide_as(state, *given):
    """Return matrices with the columns of a state, where a graph does not know them; it checks them when it runs."""
    if not len(state.shape) or all(item.shape[1] is not None for item in given):
        return given
    return [tf.ensure_shape(item, (None, *state.shape)) for item in given]


def align_labels(owner, y_true, y_pred, axis):
    """Return the labels in the shape of y_pred without `axis`, y_pred ready to be computed with, and its dtype."""
    y_pred = to_float(y_pred)
    y_true = to_labels(y_true)
    for step in match_labels(owner, y_true.shape, y_pred.shape, axis):
        y_true = tf.squeeze(y_true, step)
    if not (y_true.shape.is_fully_defined() and y_pred.shape.is_fully_defined()):
        kept = [i for i in range(y_pred.shape.rank) if i != axis % y_pred.shape.rank]
        wanted = tf.gather(tf.shape(y_pred), tf.constant(kept, tf.int32))
        same = tf.debugging.assert_equal(tf.shape(y_true), wanted, f"{owner}: shapes of y_true and y_pred")
        with tf.control_dependencies([same] if same is not None else []):
            y_true = tf.identity(y_true)
    return y_true, widen(y_pred), y_pred.dtype


def class_numbers(owner, labels, classes):
    """Return labels as class numbers, and whether each names a class; the numbers of those that do not are 0.

    Fractions are cut off. Eagerly on the CPU a label out of range is an error, but for NaN; where all name one, that is
    said by None. Elsewhere asking for values would stop the device or break the graph.
    """
    labels = widen(labels)
    on_cpu = tf.executing_eagerly() and "CPU" in labels.device
    if on_cpu and labels.shape.num_elements():
        numbers = labels.numpy()  # in NumPy, where a look at a few numbers takes a tenth of the time
        if numbers.min() > -1 and numbers.max() < int(classes):
            return tf.cast(labels, tf.int64), None
    known = (labels > -1) & (labels < tf.cast(classes, labels.dtype))
    if on_cpu:
        wrong = tf.boolean_mask(tf.reshape(labels, [-1]), tf.reshape(~known & (labels == labels), [-1]))
        if len(wrong):
            raise ValueError(no_such_class(owner, float(wrong[0]), int(classes)))
    return tf.cast(tf.where(known, labels, tf.zeros_like(labels)), tf.int64), known


def nan_unless(known, losses):
    """Return the losses, and NaN for the samples whose label is no class; None: each is one."""
    if known is None:
        return losses
    return losses * tf.where(known, tf.constant(1, losses.dtype), tf.constant(math.nan, losses.dtype))


def align_weights(owner, name, weights, values):
    """Return `weights` in the dtype and rank of `values`: its axes belong to the leading axes of `values`."""
    weights = to_tensor(weights, values.dtype)
    change = match_weights(owner, name, weights.shape, values.shape)
    if change < 0:
        weights, change = tf.squeeze(weights, -1), 0
    if not (weights.shape.is_fully_defined() and values.shape.is_fully_defined()):
        sizes, wanted = tf.shape(weights), tf.shape(values)[: weights.shape.rank]
        fits = tf.debugging.Assert(tf.reduce_all((sizes == 1) | (sizes == wanted)), [f"{owner}: {name}", sizes, wanted])
        with tf.control_dependencies([fits] if fits is not None else []):
            weights = tf.identity(weights)
    # Indexed, not reshaped: the gradient of a reshaped empty batch ends the process in a graph.
    return weights[(..., *[tf.newaxis] * change)]


def is_long(shape, axis=None):
    """Return whether a sum over an axis, several or all, is one of so many numbers that in float32 it is too far off.

    If so, that is said by what can be added up in float32 first, which leaves fewer numbers to be cast: "rows" where it
    is the last axis, "pieces" where it is equal pieces of that axis, "tail" where one is shorter; else "all". Over the
    last axes TensorFlow adds up by eights: the sum of 1,000 equal numbers is up to 4 eps off, that of 100,000 up to 24.
    Over others it adds one number after the other: 118 eps of 1,000. A size that is not known can be large.
    """
    if shape.rank is None:
        return "all"
    axes = _axes(shape, axis)
    sizes = [shape[i] for i in axes]
    last = min(axes, default=0) >= shape.rank - len(axes)
    if None not in sizes and math.prod(sizes) <= (LAST if last else OTHER):
        return False
    if shape.rank - 1 not in axes:
        return "all"
    if shape[-1] is not None and shape[-1] <= LAST:
        return "rows"
    return "pieces" if shape[-1] is not None and _piece(shape[-1]) > OTHER else "tail"


@functools.lru_cache(maxsize=1024)
def _piece(size):
    """The largest divisor of a size that is at most LAST."""
    return next(number for number in range(LAST, 0, -1) if size % number == 0)


def _axes(shape, axis):
    axes = range(shape.rank) if axis is None else axis if isinstance(axis, list | tuple) else [axis]
    return [i % shape.rank for i in axes]


def for_sums(axis, *tensors):
    """Return tensors ready for sums that are subtracted from them, and the like: in float64 if `is_long` says so.

    What a tape makes of such a sum is a sum as well, and would be one in float32: see `over_sum` for one by hand.
    """
    return [tf.cast(x, tf.float64) for x in tensors] if is_long(tensors[-1].shape, axis) else tensors


def sum_along(x, axis=None, keepdims=False, long=None):
    """Return the sum over an axis, several or all, added up as `long` says (None: as `is_long` does)."""
    long = is_long(x.shape, axis) if long is None else long
    return _long_sum(x, axis, keepdims, long) if long else tf.reduce_sum(x, axis, keepdims)


def mean_along(x, axis=None, long=None):
    """Return the mean over an axis, several or all, added up as `long` says (None: as `is_long` does)."""
    long = is_long(x.shape, axis) if long is None else long
    return _long_sum(x, axis, False, long, mean=True) if long else tf.reduce_mean(x, axis)


def _long_sum(x, axis, keepdims, long, mean=False):
    """Return a sum of float64, or a mean, in the dtype of x. What a tape makes of it would be cast to float64 whole."""

    @tf.custom_gradient
    def total(x):
        sizes, dtype = tf.shape(x), x.dtype
        result = tf.reduce_sum(tf.cast(_parts(x, long), tf.float64), axis, keepdims=True)
        if not mean:
            return tf.cast(result, dtype), lambda upstream: tf.broadcast_to(upstream, sizes)
        divisor = tf.cast(tf.size(x, tf.int64) // tf.maximum(tf.size(result, tf.int64), 1), tf.float64)

        def gradient(upstream):
            return tf.broadcast_to(tf.cast(tf.cast(upstream, tf.float64) / divisor, dtype), sizes)

        return tf.cast(result / divisor, dtype), gradient

    result = total(x)
    if keepdims:
        return result
    return tf.reshape(result, []) if axis is None else tf.squeeze(result, axis)


def _parts(x, long):
    """Return sums along the last axis of at most LAST numbers each, or all the numbers."""
    if long == "all":
        return x
    if long == "rows":
        return tf.reduce_sum(x, -1, keepdims=True)
    *others, size = x.shape.as_list() if x.shape.is_fully_defined() else tf.unstack(tf.shape(x), num=x.shape.rank)
    if long == "pieces":
        if x.shape[-1] is None:  # in a graph for all sizes
            numbers = tf.range(LAST, 0, -1)
            piece = numbers[tf.argmax(tf.cast(tf.equal(size % numbers, 0), tf.int32))]
        else:
            piece = _piece(x.shape[-1])
        return tf.reduce_sum(tf.reshape(x, [*others, size // piece, piece]), -1)
    whole = size // LAST * LAST
    pieces = tf.reshape(x[..., :whole], [*others, size // LAST, LAST])
    return tf.concat([tf.reduce_sum(pieces, -1), tf.reduce_sum(x[..., whole:], -1, keepdims=True)], -1)


def hashable(axis):
    """Return several axes as a tuple: a graph is found by its options."""
    return tuple(axis) if isinstance(axis, list) else axis


def over_sum(x, axis, long):
    """Return x divided by its sum over an axis, or several, which is added up as `long` says, as for its gradient."""

    @tf.custom_gradient
    def shares_of(x):
        total = sum_along(x, axis, True, long)
        shares = x / total
        return shares, lambda upstream: (upstream - sum_along(upstream * shares, axis, True, long)) / total

    return shares_of(x)


@as_one_graph
def softmax(x, *, axis, long):
    """Return the softmax over an axis; a sum of many numbers is as exact as one of few."""

    # Not as `over_sum` of exponentials, whose two gradients take longer than the one here.
    @tf.custom_gradient
    def p_of(x):
        # tf.nn.softmax answers a NaN with zeros in the rest of its row.
        exponentials = tf.exp(x - tf.stop_gradient(tf.reduce_max(x, axis, keepdims=True)))
        p = exponentials / sum_along(exponentials, axis, True, long)
        return p, lambda upstream: p * (upstream - sum_along(upstream * p, axis, True, long))

    return p_of(x)


def log_softmax(x, *, axis, long):
    """Return the logarithm of the softmax over an axis; a sum of many numbers is as exact as one of few."""
    if not long and isinstance(axis, int):
        return tf.nn.log_softmax(x, axis=axis)
    return _log_softmax(x, axis=axis, long=long)


@as_one_graph
def _log_softmax(x, *, axis, long):
    @tf.custom_gradient
    def log_p_of(x):
        shifted = x - tf.stop_gradient(tf.reduce_max(x, axis, keepdims=True))
        log_p = shifted - tf.math.log(sum_along(tf.exp(shifted), axis, True, long))
        return log_p, lambda upstream: upstream - tf.exp(log_p) * sum_along(upstream, axis, True, long)

    return log_p_of(x)


def divide_no_nan(numerator, denominator):
    """Return the quotient, and 0 (with derivative 0) where the denominator is 0."""
    return tf.math.divide_no_nan(numerator, denominator)


def norm_along(x, axis):
    """Return the Euclidean norm over an axis or several, which stay; its derivative at a zero vector is 0."""
    # Squares of tiny numbers would vanish, and those of huge ones overflow: but for those of float32 in float64.
    if x.dtype != tf.float64:
        squares = tf.reduce_sum(tf.square(tf.cast(x, tf.float64)), axis, keepdims=True)
        # At a zero vector the root has no derivative.
        return tf.cast(tf.sqrt(tf.maximum(squares, VANISHING)), x.dtype)
    largest = tf.stop_gradient(tf.reduce_max(tf.abs(x), axis, keepdims=True))
    # Infinity over infinity is no number: what is infinite over a finite number stays so, as does the norm. And XLA's
    # maximum of NaN and zeros is 0, by which the NaN must not be divided away.
    shares = x / tf.where(largest > 0, tf.minimum(largest, x.dtype.max), 1)
    squares = tf.reduce_sum(tf.square(shares), axis, keepdims=True)
    return largest * tf.sqrt(tf.maximum(squares, 1))


def clip(x, low, high):
    """Return x clipped to two bounds, with a gradient that costs little."""
    # One product: that of tf.clip_by_value is four tf.where, each as long as three.

    @tf.custom_gradient
    def clipped(x):
        y = tf.clip_by_value(x, low, high)
        return y, lambda upstream: tf.math.multiply_no_nan(upstream, tf.cast(tf.equal(y, x), x.dtype))

    return clipped(x)
