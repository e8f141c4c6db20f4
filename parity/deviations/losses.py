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
        "infinite logits",
        "losses.binary_crossentropy",
        "An infinite logit counts as the largest number: a label that it meets costs 0, any other the largest loss. "
        "Keras multiplies it by 0, and has NaN or infinity.",
        "y, x = T([[0.0], [1.0], [0.0]]), T([[float('-inf')], [float('inf')], [float('inf')]])\n"
        "lib.losses.binary_crossentropy(y, x, from_logits=True)",
        [NAN, NAN, NAN],
        [0.0, 0.0, 3.4028235e38],
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
        "a row of labels against a column",
        "losses.binary_crossentropy",
        "A last axis of size 1 is matched in every function; Keras matches it in the class alone. So it is with the "
        "focal loss.",
        "lib.losses.binary_crossentropy(T([0.0, 1.0]), T([[0.5], [0.25]]))",
        "ValueError",
        [0.69314718, 1.3862944],
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
        "class numbers along an axis",
        "losses.sparse_categorical_crossentropy",
        "The axis is an argument; Keras on TensorFlow knows the last one alone.",
        "y = T([[0, 1]], 'int64')\n"
        "lib.losses.sparse_categorical_crossentropy(y, T([[[0.25, 0.75], [0.75, 0.25]]]), axis=1)",
        "ValueError",
        [[1.3862944, 1.3862944]],
    ),
    Deviation(
        "hidden logits of classes",
        "losses.SparseCategoricalCrossentropy",
        "See hidden logits: even those of a sigmoid are taken for those of a softmax.",
        "p = sigmoid(T([[-50.0, 50.0]]))\nlib.losses.SparseCategoricalCrossentropy()(T([0], 'int64'), p)",
        100.0,
        16.118095,
    ),
    Deviation(
        "a sure prediction",
        "losses.sparse_categorical_crossentropy",
        "The logarithm of the odds keeps the digits of a small loss, here -log(1 / (1 + 4e-7)); Keras takes the "
        "logarithm of each probability, and adds.",
        "lib.losses.sparse_categorical_crossentropy(T([0], 'int64'), T([[1.0, 0.0, 0.0, 0.0, 0.0]]))",
        [4.7683704e-07],
        [3.9999998e-07],
    ),
    Deviation(
        "a single class",
        "losses.SparseCategoricalCrossentropy",
        "An axis of one class is one of classes. Keras's classes drop a last axis of size 1 that the labels lack, here "
        "and in the generalized cross-entropy and CTC, and take another axis for that of the classes.",
        "y, p = T([[0, 0], [0, 0]], 'int64'), T([[[0.5], [0.5]], [[0.5], [0.5]]])\n"
        "lib.losses.SparseCategoricalCrossentropy()(y, p)",
        "ValueError",
        0.0,
    ),
    Deviation(
        "class numbers with two axes in excess",
        "losses.sparse_categorical_crossentropy",
        "Axes of size 1 are dropped from labels, as they are from a column. Keras's function drops one.",
        "lib.losses.sparse_categorical_crossentropy(T([[[0]]], 'int64'), T([[0.25, 0.75]]))",
        "ValueError",
        [1.3862944],
    ),
    Deviation(
        "a class number that is NaN",
        "losses.sparse_categorical_crossentropy",
        "The loss is NaN. Keras makes an integer of NaN, and stops eagerly on the CPU: there is no such class.",
        "lib.losses.sparse_categorical_crossentropy(T([float('nan')]), T([[0.25, 0.75]]))",
        "InvalidArgumentError",
        [NAN],
    ),
    Deviation(
        "many classes in half precision",
        "losses.SparseCategoricalCrossentropy",
        "Class numbers are no bfloat16, in which 257 is 256.",
        "y, x = T([257], 'int64'), T([[0.0] * 257 + [8.0]])\n"
        "lib.losses.SparseCategoricalCrossentropy(from_logits=True, dtype='bfloat16')(y, x)",
        8.0625,
        0.08251953125,
    ),
    Deviation(
        "hidden logits of a focal loss",
        "losses.BinaryFocalCrossentropy",
        "See hidden logits.",
        "p = sigmoid(T([[50.0]]))\nlib.losses.BinaryFocalCrossentropy()(T([[0.0]]), p)",
        50.0,
        15.94238,
    ),
    Deviation(
        "how hard a saturated example is",
        "losses.binary_focal_crossentropy",
        "One clipped probability is in both factors, as in the categorical loss. Keras clips it in one, so that "
        "a probability of 1 has no finite gradient where gamma < 1.",
        "y = T([[1.0]])\ngrad(lambda p: lib.losses.binary_focal_crossentropy(y, p, gamma=0.5), [[1.0]])",
        [[NAN]],
        [[0.0]],
    ),
    Deviation(
        "how hard a sure example is",
        "losses.binary_focal_crossentropy",
        "See above: the value at a probability of 1 differs by no more than 1e-7**gamma * 1.2e-7.",
        "lib.losses.binary_focal_crossentropy(T([[1.0]]), T([[1.0]]), gamma=0.5)",
        [0.0],
        [4.1159034e-11],
    ),
    Deviation(
        "how hard a sure logit is",
        "losses.binary_focal_crossentropy",
        "How hard an example is keeps its digits where the example is easy: it is the sigmoid of the negative logit. "
        "Keras takes the sigmoid away from 1, and nothing is left.",
        "lib.losses.binary_focal_crossentropy(T([[1.0]]), T([[20.0]]), gamma=0.5, from_logits=True)",
        [0.0],
        [9.3576236e-14],
    ),
    Deviation(
        "a probability out of range",
        "losses.binary_focal_crossentropy",
        "See above: what is beyond 1 counts as 1, as in the plain cross-entropy.",
        "lib.losses.binary_focal_crossentropy(T([[1.0]]), T([[1.5]]), gamma=0.5)",
        [NAN],
        [4.1159034e-11],
    ),
    Deviation(
        "logits of a focal loss",
        "losses.categorical_focal_crossentropy",
        "The documented formula has the cross-entropy of the logits in it. Keras clips their softmax: the wrongest "
        "examples, for which the loss is made, have no gradient.",
        "y = T([[1.0, 0.0]])\n"
        "grad(lambda x: lib.losses.categorical_focal_crossentropy(y, x, from_logits=True), [[-20.0, 20.0]])",
        [[0.0, 0.0]],
        [[-0.25, 0.25]],
    ),
    Deviation(
        "the loss of wrong logits",
        "losses.categorical_focal_crossentropy",
        "See above.",
        "lib.losses.categorical_focal_crossentropy(T([[1.0, 0.0]]), T([[-20.0, 20.0]]), from_logits=True)",
        [4.0295229],
        [10.0],
    ),
    Deviation(
        "weights of classes in float64",
        "losses.categorical_focal_crossentropy",
        "A list of weights has been through float32 in Keras.",
        "y, p = T([[1.0, 0.0]], 'float64'), T([[0.5, 0.5]], 'float64')\n"
        "lib.losses.categorical_focal_crossentropy(y, p, alpha=[0.3, 0.2])",
        [0.05198604060773547],
        [0.0519860385419959],
    ),
    Deviation(
        "a class that is masked by its logit",
        "losses.categorical_focal_crossentropy",
        "Logits are finite here, as in the cross-entropy without focus, where Keras has NaN too: a label of 0 times an "
        "infinite logarithm. Keras clips what the focal loss makes of it. Mask with a large negative number.",
        "lib.losses.categorical_focal_crossentropy(\n"
        "    T([[1.0, 0.0, 0.0]]), T([[0.0, float('-inf'), 1.0]]), from_logits=True)",
        [0.17546707],
        [NAN],
    ),
    Deviation(
        "weights of classes along an axis",
        "losses.categorical_focal_crossentropy",
        "A list of weights belongs to the classes, wherever these are; Keras multiplies the last axis by it.",
        "y, p = T([[1.0, 1.0], [0.0, 0.0]]), T([[0.5, 0.25], [0.5, 0.75]])\n"
        "lib.losses.categorical_focal_crossentropy(y, p, alpha=[1.0, 0.5], axis=0)",
        [0.17328679, 0.3898953],
        [0.17328679, 0.7797906],
    ),
    Deviation(
        "label smoothing of a focal loss along an axis",
        "losses.categorical_focal_crossentropy",
        "See label smoothing along an axis.",
        "lib.losses.categorical_focal_crossentropy(\n"
        "    T([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), T([[0.5, 0.25], [0.25, 0.5], [0.25, 0.25]]),\n"
        "    label_smoothing=0.5, axis=0)",
        [0.1299651, 0.1299651],
        [0.09386368, 0.09386368],
    ),
    Deviation(
        "a column of class numbers",
        "losses.categorical_generalized_cross_entropy",
        "Keras documents that class numbers may be a column, and then pairs each with every prediction.",
        "y, p = T([[0], [1]], 'int64'), T([[0.75, 0.25], [0.25, 0.75]])\n"
        "lib.losses.categorical_generalized_cross_entropy(y, p, 0.5)",
        [[0.26794922, 1.0], [1.0, 0.26794922]],
        [0.26794918, 0.26794918],
    ),
    Deviation(
        "a number that is no class",
        "losses.categorical_generalized_cross_entropy",
        "A label out of range is an error eagerly on the CPU, and gives NaN elsewhere; Keras takes it for a class of "
        "probability 0.",
        "lib.losses.categorical_generalized_cross_entropy(T([5], 'int64'), T([[0.75, 0.25]]), 0.5)",
        [2.0],
        "ValueError",
    ),
    Deviation(
        "a number that is NaN",
        "losses.categorical_generalized_cross_entropy",
        "The loss is NaN. Keras takes NaN for a class of probability 0.",
        "lib.losses.categorical_generalized_cross_entropy(T([float('nan')]), T([[0.75, 0.25]]), 0.5)",
        [2.0],
        [NAN],
    ),
    Deviation(
        "a class of probability 0",
        "losses.categorical_generalized_cross_entropy",
        "The derivative at 0 is taken as 0: it is infinite, and makes NaN of all that it meets.",
        "y = T([0], 'int64')\n"
        "grad(lambda p: lib.losses.categorical_generalized_cross_entropy(y, p, 0.5), [[0.0, 1.0]])",
        [[-INF, NAN]],
        [[0.0, 0.0]],
    ),
    Deviation(
        "a class beside one that is not finite",
        "losses.categorical_generalized_cross_entropy",
        "The probability of the labelled class is looked up. Keras multiplies the others by 0, which makes NaN of an "
        "infinity.",
        "lib.losses.categorical_generalized_cross_entropy(T([0], 'int64'), T([[0.25, float('inf')]]), 0.5)",
        [NAN],
        [1.0],
    ),
    Deviation(
        "a class beside a probability below 0",
        "losses.categorical_generalized_cross_entropy",
        "The loss is NaN, and so is its derivative; that of the other classes is 0. Keras multiplies a NaN by 0.",
        "y = T([0], 'int64')\n"
        "grad(lambda p: lib.losses.categorical_generalized_cross_entropy(y, p, 0.5), [[-0.5, 0.25]])",
        [[NAN, NAN]],
        [[NAN, 0.0]],
    ),
    Deviation(
        "a probability of minus infinity",
        "losses.categorical_generalized_cross_entropy",
        "Below 0 there is no power: NaN, however far. The power function takes minus infinity for plus infinity.",
        "lib.losses.categorical_generalized_cross_entropy(T([0], 'int64'), T([[-float('inf'), 0.5]]), 0.5)",
        [-INF],
        [NAN],
    ),
    Deviation(
        "nearly a cross-entropy",
        "losses.categorical_generalized_cross_entropy",
        "1 - p**q loses its digits where q is small; expm1(q log p) keeps them.",
        "lib.losses.categorical_generalized_cross_entropy(T([0], 'int64'), T([[0.75, 0.25]]), 0.0001)",
        [0.28789043],
        [0.28767796],
    ),
    Deviation(
        "a name that Keras forgot",
        "losses.get",
        "The generalized cross-entropy is found by its name.",
        "lib.losses.get('categorical_generalized_cross_entropy').__name__",
        "ValueError",
        "categorical_generalized_cross_entropy",
    ),
    Deviation(
        "a row of probabilities against a column",
        "losses.kl_divergence",
        "A last axis of size 1 is matched in functions too; Keras's function pairs each target with every prediction.",
        "lib.losses.kl_divergence(T([0.5, 0.25]), T([[0.5], [0.75]]))",
        [-0.1732868, -0.47738561],
        [0.0, -0.27465308],
    ),
    Deviation(
        "too few steps for the labels",
        "losses.ctc",
        "No path reads three equal labels off three steps: the loss is infinite. Keras adds numbers that are nearly 0.",
        "lib.losses.ctc(T([[1, 1, 1]], 'int64'), T([[[0.0] * 4] * 3]))",
        [708.9729],
        [INF],
    ),
    Deviation(
        "the gradient of too few steps",
        "losses.ctc",
        "See above: nothing can be learned from it.",
        "y = T([[1, 1]], 'int64')\ngrad(lambda x: lib.losses.ctc(y, x), [[[0.0, 0.0]]])",
        [[[1.5109777e-05, 1.5109777e-05]]],
        [[[0.0, 0.0]]],
    ),
    Deviation(
        "the gradient of many steps",
        "losses.ctc",
        "The logarithms of the paths are added up in float64. In float32 each step rounds what all before have added: "
        "the shares of the paths are wrong by the more, the longer a sequence is.",
        "y = T([[1]], 'int64')\ngrad(lambda x: lib.losses.ctc(y, x), [[[0.0] * 4] * 1000])[0, 500]",
        [-0.249502, -0.2504983, 0.25, 0.25],
        [-0.2495005, -0.2504995, 0.25, 0.25],
    ),
    Deviation(
        "sequences in double precision",
        "losses.ctc",
        "float64 is computed in float64; Keras computes it in float32.",
        "1e6 * (number(lib.losses.ctc(T([[1]], 'int64'), T([[[0.1, 0.2]]], 'float64')))[0] - 0.6443966)",
        0.062712097,
        0.0600735709,
    ),
    Deviation(
        "labels of a sequence that are no class",
        "losses.ctc",
        "A label out of range is an error eagerly on the CPU, and gives NaN elsewhere.",
        "lib.losses.ctc(T([[1, 4, 0]], 'int64'), T([[[0.0] * 4] * 5]))",
        [0.30873549],
        "ValueError",
    ),
    Deviation(
        "labels of a sequence that are NaN",
        "losses.ctc",
        "The loss is NaN. Keras makes an integer of NaN, and a number of that.",
        "lib.losses.ctc(T([[float('nan')]]), T([[[0.0, 0.0]]]))",
        [0.0],
        [NAN],
    ),
    Deviation(
        "sequences without labels",
        "losses.ctc",
        "Nothing but blanks is one path. Where no sequence of a batch has a place for a label, TensorFlow counts it "
        "twice, and is log(2) too low.",
        "lib.losses.ctc(T([[]], 'int64'), T([[[0.0, 0.0]]]))",
        [0.0],
        [0.69314718],
    ),
    Deviation(
        "an impossible class of a sequence",
        "losses.ctc",
        "A logit of minus infinity is a probability of 0, which no path needs to take. Keras makes NaN of it.",
        "lib.losses.ctc(T([[1]], 'int64'), T([[[0.0, 0.0, -float('inf')]]]))",
        [NAN],
        [0.69314718],
    ),
    Deviation(
        "sequences of many classes in half precision",
        "losses.CTC",
        "See many classes in half precision.",
        "y, x = T([[257]], 'int64'), T([[[0.0] * 257 + [8.0]]])\nlib.losses.CTC(dtype='bfloat16')(y, x)",
        8.0625,
        0.08251953125,
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
        "a column for a mask",
        "losses.SparseCategoricalCrossentropy",
        "A column masks a row of losses. Keras pairs it with the mask that the losses have of their own: here where a "
        "class is ignored, and in Circle.",
        "loss = lib.losses.SparseCategoricalCrossentropy(ignore_class=-1)\n"
        "masked(loss, T([0, 1], 'int64'), T([[0.25, 0.75], [0.5, 0.5]]), [[True], [False]])",
        1.0397208,
        1.3862944,
    ),
    Deviation(
        "one weight for one sample",
        "losses.MeanSquaredError",
        "The mean is divided by the weight, as it is for two samples. Keras drops the axis of the one loss, to match "
        "the weight, and takes the number that is left for a mean.",
        "loss = lib.losses.MeanSquaredError(reduction='mean_with_sample_weight')\n"
        "loss(T([[0.0]]), T([[1.0]]), sample_weight=T(2.0))",
        2.0,
        1.0,
    ),
    Deviation(
        "one weight for the whole batch",
        "losses.Dice",
        "The one loss of a batch is divided as that of one sample is, under `tf.distribute` by the number of replicas "
        "too. Keras takes it for a mean that needs no divisor.",
        "loss = lib.losses.Dice(reduction='mean_with_sample_weight')\n"
        "loss(T([[1.0, 0.0]]), T([[0.5, 0.5]]), sample_weight=T(2.0))",
        1.0,
        0.5,
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
        "the losses of no samples",
        "losses.categorical_hinge",
        "No samples have no losses. Keras wants the largest of no scores, and stops; in ctc it stops too.",
        "lib.losses.categorical_hinge(T([[0.0]])[:0], T([[0.0]])[:0])",
        "InvalidArgumentError",
        [],
    ),
    Deviation(
        "the losses of no classes",
        "losses.sparse_categorical_crossentropy",
        "No samples have no losses, of however many classes. TensorFlow's kernel wants one.",
        "x = T([[0.0]])\nlib.losses.sparse_categorical_crossentropy(x[:0, 0], x[:0, :0], from_logits=True)",
        "InvalidArgumentError",
        [],
    ),
    Deviation(
        "nothing but masked",
        "losses.MeanSquaredError",
        "A loss of nothing is 0, whatever stands in the masked places. Keras divides a NaN, and gives it back.",
        "masked(lib.losses.MeanSquaredError(), T([[0.0]]), T([[float('nan')]]), [False])",
        NAN,
        0.0,
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
        "a logarithmic error in float16",
        "losses.mean_squared_logarithmic_error",
        "A loss has the dtype of the predictions. Keras's function gives float32 for half precision.",
        "lib.losses.mean_squared_logarithmic_error(T([[1.0]], 'float16'), T([[2.0]], 'float16'))",
        [0.16440196],
        [0.1644287109375],
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
        "a sum of many numbers",
        "losses.dice",
        "TensorFlow adds up in float32, over the first axis one number after the other: a sum of 65,536 can be "
        "thousands of eps off. Over the last axes, and so in the mean of any loss, it can be 24, where the numbers are "
        "equal. Here long sums are taken in float64.",
        "lib.losses.dice(T([[1.0, 1.0]] * 65536), T([[0.3, 0.3]] * 65536), axis=[0])",
        [0.53844386, 0.53844386],
        [0.53846151, 0.53846151],
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
        "the epsilon of a double",
        "losses.mean_squared_logarithmic_error",
        "1e-7 is a double here where the others are; Keras's has been through float32.",
        "loss = lib.losses.mean_squared_logarithmic_error(T([[2e-7]], 'float64'), T([[0.0]], 'float64'))\n"
        "1e14 * number(loss)[0] - 1",
        -3.2547754e-07,
        -2.9999993e-07,
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
        "samples whose loss is 0",
        "losses.Circle",
        "A mean is over the samples that have a pair of either kind, which the labels say. Keras leaves out samples "
        "whose loss is 0, by a mask that it hides on the tensor: the better the model, the fewer it divides by.",
        "y, p = T([0, 0, 1, 1], 'int32'), T([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])\n"
        "lib.losses.Circle(gamma=1000.0)(y, p)",
        760.69324,
        380.34662,
    ),
    Deviation(
        "the derivative at a huge prediction",
        "losses.mean_squared_logarithmic_error",
        "1 / (1 + 1e38) is subnormal, and TensorFlow takes it for 0; the derivative is a normal number.",
        "grad(lambda p: lib.losses.mean_squared_logarithmic_error(T([0.5]), p), [1e38])",
        [0.0],
        [1.7418554e-36],
    ),
    Deviation(
        "the smallest terms of a cosine",
        "losses.cosine_similarity",
        "The product of 2e-20, which is 1e-18 over its norm, and 1e-19 is subnormal, and TensorFlow takes it for 0; "
        "that of 1e-18 and 1e-19 is none.",
        "grad(lambda p: lib.losses.cosine_similarity(T([1e-18, 0.0, 50.0]), p), [1e-19, -1e-5, 0.0])",
        [-2e-15, 0.0, -1e5],
        [-2e-15, -2e-29, -1e5],
    ),
    Deviation(
        "a function of a loss that leaves samples out",
        "losses.sparse_categorical_crossentropy",
        "A function leaves no mask on what it returns: a loss of one's own that calls it, or compile(loss=...), takes "
        "the mean over all samples. Keras hides a mask on the tensor, by which its losses divide. Give the class, "
        "which divides by the samples that count: SparseCategoricalCrossentropy(ignore_class=...).",
        "class Own(lib.losses.Loss):\n"
        "    def call(self, y_true, y_pred):\n"
        "        return lib.losses.sparse_categorical_crossentropy(y_true, y_pred, ignore_class=0)\n"
        "Own()(T([0, 1], 'int64'), T([[0.25, 0.75], [0.5, 0.5]]))",
        0.6931472,
        0.3465736,
    ),
    Deviation(
        "a function of a loss that leaves samples out",
        "losses.circle",
        "As with sparse_categorical_crossentropy: the mean of what the function returns is over all samples. Keras "
        "hides a mask on the tensor. Give the class, which divides by the samples that have pairs of both kinds: "
        "Circle().",
        "class Own(lib.losses.Loss):\n"
        "    def call(self, y_true, y_pred):\n"
        "        return lib.losses.circle(y_true, y_pred)\n"
        "Own()(T([0, 0, 1], 'int32'), T([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))",
        94.4,
        62.93334,
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
