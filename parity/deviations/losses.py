"""Losses: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

NAN = float("nan")
INF = float("inf")

DEVIATIONS = (
    Deviation(
        "hidden logits",
        "losses.BinaryCrossentropy",
        "Keras on TensorFlow looks for the logits that a probability came from and uses them, in spite of "
        "from_logits=False. The loss then depends on how a tensor was made, and on eager or graph execution.",
        "p = sigmoid(T([[50.0]]))\nlib.losses.BinaryCrossentropy()(T([[0.0]]), p)",
        50.0,
        15.942385,
    ),
    Deviation(
        "small probabilities",
        "losses.binary_crossentropy",
        "log(1 - p) loses the digits of a small p; log1p(-p) keeps them.",
        "lib.losses.binary_crossentropy(T([[0.0]]), T([[1e-4]]))",
        [0.00010002159],
        [0.000100005],
    ),
    Deviation(
        "half-precision probabilities",
        "losses.binary_crossentropy",
        "1 - 1e-7 is 1 in bfloat16, so that clipping does not keep the logarithm finite. Half precision is computed in "
        "float32 here and rounded once.",
        "lib.losses.binary_crossentropy(T([[1.0, 0.0]], 'bfloat16'), T([[0.999, 0.1]], 'bfloat16'))",
        [NAN],
        [0.052734375],
    ),
    Deviation(
        "labels that do not sum to 1",
        "losses.categorical_crossentropy",
        "TensorFlow's fused kernel returns softmax - labels as the gradient: right for labels that sum to 1 alone.",
        "y = T([[1.0, 1.0, 0.0]])\n"
        "grad(lambda x: lib.losses.categorical_crossentropy(y, x, from_logits=True), [[1.0, 2.0, 3.0]])",
        [[-0.90996945, -0.75527155, 0.66524094]],
        [[-0.81993884, -0.5105430, 1.3304819]],
    ),
    Deviation(
        "label smoothing along an axis",
        "losses.categorical_crossentropy",
        "The documented formula divides by the number of classes; Keras divides by the size of the last axis even "
        "where the classes are on another.",
        "lib.losses.categorical_crossentropy(\n"
        "    T([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), T([[0.5, 0.25], [0.25, 0.5], [0.25, 0.25]]),\n"
        "    label_smoothing=0.5, axis=0)",
        [1.2130076, 1.2130076],
        [0.9241962, 0.9241962],
    ),
    Deviation(
        "a loss forgets its arguments",
        "losses.Huber",
        "Keras 3.15 leaves delta (and every loss's dtype) out of the config: the reloaded loss is another one.",
        "reload('losses', lib.losses.Huber(delta=0.5))(T([[0.0]]), T([[2.0]]))",
        1.5,
        0.875,
    ),
    Deviation(
        "a loss forgets its dtype",
        "losses.MeanSquaredError",
        "See above.",
        "str(reload('losses', lib.losses.MeanSquaredError(dtype='float64')).dtype)",
        "float32",
        "float64",
    ),
    Deviation(
        "targets against a column of predictions",
        "losses.mean_squared_error",
        "Shapes that differ in more than a last axis of size 1 are an error here: broadcasting pairs every target with "
        "every prediction.",
        "lib.losses.mean_squared_error(T([[1.0], [2.0]]), T([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]))",
        [1.6666666, 0.6666667],
        "ValueError",
    ),
    Deviation(
        "a weight for each sample of a sequence",
        "losses.MeanSquaredError",
        "Weights of shape [batch] belong to the samples, as Keras documents. Keras lines them up with the last axis of "
        "the losses, which goes unnoticed where batch and sequence have one length.",
        "y, p = T([[[0.0], [0.0]], [[0.0], [0.0]]]), T([[[1.0], [1.0]], [[2.0], [2.0]]])\n"
        "lib.losses.MeanSquaredError(reduction='none')(y, p, sample_weight=T([1.0, 0.0]))",
        [[1.0, 0.0], [4.0, 0.0]],
        [[1.0, 1.0], [0.0, 0.0]],
    ),
    Deviation(
        "a column of weights for a row of losses",
        "losses.MeanSquaredError",
        "The losses keep their shape; Keras makes a column of them too.",
        "y, p = T([[0.0], [0.0]]), T([[1.0], [2.0]])\n"
        "lib.losses.MeanSquaredError(reduction='none')(y, p, sample_weight=T([[1.0], [0.5]]))",
        [[1.0], [2.0]],
        [1.0, 2.0],
    ),
    Deviation(
        "an empty batch",
        "losses.MeanSquaredError",
        "A reduced loss is one number. Keras returns an empty tensor for an empty batch, which nothing can add up.",
        "list(lib.losses.MeanSquaredError()(T([[0.0]])[:0], T([[0.0]])[:0]).shape)",
        [0],
        [],
    ),
    Deviation(
        "the mean of a half-precision batch",
        "losses.MeanSquaredError",
        "The mean is 100; Keras's sum, in float16, is infinite before it is divided.",
        "lib.losses.MeanSquaredError(dtype='float16')(T([[0.0]] * 4096), T([[10.0]] * 4096))",
        INF,
        100.0,
    ),
    Deviation(
        "a label of 0 beside one of -1",
        "losses.hinge",
        "A label of 0 means -1, whatever the others are. Keras documents this of 0 and 1, but converts them only where "
        "a whole batch holds nothing else: what a label means then depends on the batch it is in.",
        "lib.losses.hinge(T([[0.0, -1.0]]), T([[0.5, 0.5]]))",
        [1.25],
        [1.5],
    ),
    Deviation(
        "a label of 0 beside a soft one",
        "losses.squared_hinge",
        "See above.",
        "lib.losses.squared_hinge(T([[0.0, 0.5]]), T([[0.5, 0.5]]))",
        [0.78125],
        [1.40625],
    ),
    Deviation(
        "an infinite score of the right class",
        "losses.categorical_hinge",
        "The right class counts as 0 among the wrong ones, however large its score is. Keras has 0 times infinity.",
        "lib.losses.categorical_hinge(T([[1.0, 0.0]]), T([[float('inf'), 0.0]]))",
        [NAN],
        [0.0],
    ),
    Deviation(
        "a row of targets against a column of predictions",
        "losses.poisson",
        "A last axis of size 1 is matched in every function. In poisson, kl_divergence, the hinges, dice and tversky "
        "Keras broadcasts it: each target meets every prediction.",
        "lib.losses.poisson(T([0.0, 1.0]), T([[0.5], [0.9]]))",
        [0.84657347, 0.95268017],
        [0.5, 1.00536036],
    ),
    Deviation(
        "a small error",
        "losses.log_cosh",
        "log(cosh(e)) is e**2 / 2 near 0. Keras adds e to a logarithm, takes log(2) away, and has no digit left.",
        "lib.losses.log_cosh(T([[0.0]]), T([[1e-4]]))",
        [0.0],
        [5e-09],
    ),
    Deviation(
        "an infinite error",
        "losses.log_cosh",
        "The loss is infinite, on either side. Keras adds both infinities, where the error is negative.",
        "lib.losses.log_cosh(T([[0.0]]), T([[-float('inf')]]))",
        [NAN],
        [INF],
    ),
    Deviation(
        "a double without error",
        "losses.log_cosh",
        "Keras's log(2) has been through float32 (so has the epsilon of the logarithmic error): a loss below 0.",
        "lib.losses.log_cosh(T([[0.0]], 'float64'), T([[0.0]], 'float64'))",
        [-1.904654323148236e-09],
        [0.0],
    ),
    Deviation(
        "a small difference of logarithms",
        "losses.mean_squared_logarithmic_error",
        "One logarithm, of what the numbers differ by, keeps the digits that the difference of two loses.",
        "lib.losses.mean_squared_logarithmic_error(T([[1e-3]]), T([[1.0001e-3]]))",
        [0.0],
        [9.98018e-15],
    ),
    Deviation(
        "the gradient at an infinite target",
        "losses.mean_squared_logarithmic_error",
        "The loss is infinite. Of its gradient nothing is promised where a number is not finite.",
        "grad(lambda x: lib.losses.mean_squared_logarithmic_error(T([[float('inf')]]), x), [[1.0]])",
        [[-INF]],
        [[NAN]],
    ),
    Deviation(
        "the gradient at an infinite target, in percent",
        "losses.mean_absolute_percentage_error",
        "The loss is NaN. Of its gradient nothing is promised where a number is not finite.",
        "grad(lambda x: lib.losses.mean_absolute_percentage_error(T([[float('inf')]]), x), [[1.0]])",
        [[NAN]],
        [[0.0]],
    ),
    Deviation(
        "a half-precision length",
        "losses.cosine_similarity",
        "300 squared is no float16. Half precision is computed in float32 here and rounded once.",
        "lib.losses.cosine_similarity(T([[300.0, 0.0]], 'float16'), T([[300.0, 0.0]], 'float16'))",
        [0.0],
        [-1.0],
    ),
    Deviation(
        "a loss forgets its axis",
        "losses.CosineSimilarity",
        "Keras leaves the axis out of the config.",
        "y, p = T([[1.0, 0.0], [1.0, 0.0]]), T([[1.0, 1.0], [1.0, 1.0]])\n"
        "reload('losses', lib.losses.CosineSimilarity(axis=0))(y, p)",
        -0.70710677,
        -0.5,
    ),
    Deviation(
        "alpha and beta",
        "losses.Tversky",
        "alpha weighs the false positives and beta the false negatives, as Keras documents and the paper has it; Keras "
        "computes the opposite. At the defaults it does not show.",
        "lib.losses.Tversky(alpha=0.9, beta=0.1)(T([[1.0, 0.0]]), T([[1.0, 1.0]]))",
        0.09090918,
        0.47368425,
    ),
    Deviation(
        "weights below zero",
        "losses.Tversky",
        "A weight alpha or beta below 0 is an error: an index with it may divide by 0.",
        "lib.losses.Tversky(alpha=-1.0)(T([[1.0, 0.0]]), T([[1.0, 1.0]]))",
        0.33333337,
        "ValueError",
    ),
    Deviation(
        "weights of samples that have no loss of their own",
        "losses.Dice",
        "By default there is one loss for the whole batch, which weights of its samples cannot weigh: an error, that "
        "says to set `axis`. Keras multiplies the one loss by the mean of the weights.",
        "y, p = T([[1.0, 0.0], [0.0, 1.0]]), T([[0.5, 0.5], [0.5, 0.5]])\n"
        "lib.losses.Dice()(y, p, sample_weight=T([1.0, 0.0]))",
        0.25,
        "ValueError",
    ),
    Deviation(
        "samples without a pair",
        "losses.Circle",
        "A mean is over all samples, as is documented of a reduction. Keras leaves out samples whose loss is 0, by a "
        "mask that it hides on the tensor: the divisor depends on the predictions, and on when they underflow.",
        "lib.losses.Circle()(T([0, 0, 1], 'int32'), T([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))",
        94.4,
        62.933338,
    ),
    Deviation(
        "class numbers in half precision",
        "losses.Circle",
        "Labels are compared as they are given. Keras rounds them to the dtype of the loss: 2048 and 2049 are one.",
        "c = lib.losses.Circle(dtype='float16', remove_diagonal=False, reduction='none')\n"
        "c(T([2048, 2049], 'int32'), T([[1.0, 0.0], [1.0, 0.0]]))",
        [0.0, 0.0],
        [54.40625, 54.40625],
    ),
    Deviation(
        "labels that are no whole numbers",
        "losses.circle",
        "Equal labels make a class. Keras cuts their fractions off before it compares them.",
        "lib.losses.circle(T([0.25, 0.75, 1.0]), T([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))",
        [134.40001, 54.400005, 0.0],
        [0.0, 0.0, 0.0],
    ),
    Deviation(
        "a margin below zero",
        "losses.circle",
        "The margin is a distance: below 0 it is an error.",
        "lib.losses.circle(T([0, 0, 1], 'int32'), T([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), margin=-0.1)",
        [158.4, 79.200005, 0.0],
        "ValueError",
    ),
    Deviation(
        "arguments out of range",
        "losses.Huber",
        "A delta that makes no sense is an error; Keras returns a negative loss.",
        "lib.losses.Huber(delta=-1.0)(T([[0.0]]), T([[1.0]]))",
        -1.5,
        "ValueError",
    ),
    Deviation(
        "unknown names",
        "losses.deserialize",
        "An unknown name is an error; Keras returns the name itself.",
        "lib.losses.deserialize('nope')",
        "nope",
        "ValueError",
    ),
)
