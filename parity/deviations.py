"""Every wanted difference from Keras, as data: what was run, what Keras answers, what both packages answer.

A test evaluates each line of code three times, with `lib` standing for keras, tfimpl and torchimpl, and fails when an
answer changes, also when Keras comes to agree.

In the code, `T(numbers, dtype="float32")` makes a tensor, `grad(f, x)` is the gradient of sum(f(x)), `reload(family,
object)` is the object after a round trip through its config, and the value is turned into rounded Python numbers. An
error is given by its type's name.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Deviation:
    """One difference.

    Args:
        name: a short name.
        component: what it is about, by its public name.
        because: why both packages differ from Keras here.
        code: an expression, or lines of which the last is one.
        keras: Keras's answer, on TensorFlow.
        ours: the answer of tfimpl and of torchimpl.
    """

    name: str
    component: str
    because: str
    code: str
    keras: Any
    ours: Any


NAN, INF = float("nan"), float("inf")

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
        "elu near zero",
        "activations.elu",
        "TensorFlow computes exp(x) - 1, which has no digits left near 0.",
        "lib.activations.elu(T([-1e-5]))",
        [-1.001358e-05],
        [-9.99995e-06],
    ),
    Deviation(
        "NaN below a threshold",
        "activations.relu",
        "A NaN stays a NaN. Keras compares it with the threshold, and what is not greater becomes 0.",
        "lib.activations.relu(T([float('nan')]), threshold=0.5)",
        [0.0],
        [NAN],
    ),
    Deviation(
        "relu6 at its corner",
        "activations.relu",
        "At max_value the derivative is 1, whichever max_value; Keras's kernel for 6 says 0.",
        "grad(lambda x: lib.activations.relu(x, max_value=6.0), [6.0])",
        [0.0],
        [1.0],
    ),
    Deviation(
        "a regularizer's factor",
        "regularizers.L1",
        "Keras keeps l1 in float32 and writes it so.",
        "lib.regularizers.L1(0.3).get_config()['l1']",
        0.30000001192092896,
        0.3,
    ),
    Deviation(
        "a weight for a whole batch",
        "metrics.Mean",
        "A single weight belongs to every sample of its batch. Keras counts such a batch as one sample, so that the "
        "mean depends on how the stream is cut.",
        "m = lib.metrics.Mean()\n"
        "m.update_state(T([1.0, 1.0, 1.0]), sample_weight=0.5)\n"
        "m.update_state(T([5.0]), sample_weight=0.5)\n"
        "m.result()",
        3.0,
        2.0,
    ),
    Deviation(
        "a count that stops",
        "metrics.Mean",
        "A float32 count stops at 2**24. The states are float64 here.",
        "m = lib.metrics.Mean()\n"
        "m.update_state(T([1.0]), sample_weight=16777216.0)\n"
        "m.update_state(T([0.0]))\n"
        "m.update_state(T([0.0]))\n"
        "number(m.variables[1])",
        16777216.0,
        16777218.0,
    ),
    Deviation(
        "a prediction on a threshold",
        "metrics.Precision",
        "Positive is what is greater than the threshold, in float32. On an even grid of thresholds Keras computes the "
        "number of the bucket instead, and rounds differently on 8 of AUC's 200 thresholds.",
        "t = [i / 199 for i in range(200)]\n"
        "m = lib.metrics.Precision(thresholds=t)\n"
        "m.update_state(T([1.0] * 200), T(t))\n"
        "sum(int(n) for n in number(m.variables[0]))",
        19908,
        19900,
    ),
    Deviation(
        "predictions out of range",
        "metrics.AUC",
        "Predictions outside [0, 1] count as 0 or 1, for any thresholds; Keras does this on even grids alone.",
        "m = lib.metrics.AUC(thresholds=[0.2, 0.3])\nm.update_state(T([0.0, 1.0]), T([-3.0, 0.25]))\nm.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "weights of a confusion matrix",
        "metrics.MeanIoU",
        "Weights keep their fractions; the default dtype of Keras's IoU metrics is an integer one: 0.9 is a 0 there.",
        "m = lib.metrics.MeanIoU(num_classes=2)\n"
        "m.update_state([0, 1, 1], [0, 1, 0], sample_weight=[0.9, 0.9, 0.9])\n"
        "m.result()",
        0.0,
        0.5,
    ),
    Deviation(
        "a perfect intersection over union",
        "metrics.MeanIoU",
        "The documented formula has no epsilon.",
        "m = lib.metrics.MeanIoU(num_classes=2)\nm.update_state([0, 1], [0, 1])\nm.result()",
        0.9999999,
        1.0,
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

# What one package alone has, with the reason; the test of the twins reads it.
ONE_SIDED = {
    "tfimpl/_keras.py": "registers the public objects with Keras, for saved models",
    "torchimpl/_random.py": "set_random_seed, which Keras has itself",
    "torchimpl/losses/adapter.py": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl/initializers/_philox.py": "the random stream that TensorFlow has itself",
    "torchimpl.set_random_seed": "keras.utils.set_random_seed is the other",
    "torchimpl.losses.InputTarget": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl.initializers(device, layout)": "a PyTorch kernel has its output axis first, and a device",
}
