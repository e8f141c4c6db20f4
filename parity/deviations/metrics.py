"""Metrics: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

DEVIATIONS = (
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
        "negative weights of a curve",
        "metrics.AUC",
        "Negative weights are taken as they are: the signs of a quotient cancel. Keras keeps its divisors from being "
        "negative, and gives 0 for any curve.",
        "m = lib.metrics.AUC(num_thresholds=3, curve='PR')\n"
        "m.update_state(T([0.0, 1.0, 0.0, 1.0]), T([0.0, 0.5, 0.3, 0.9]), sample_weight=T([-1.0, -2.0, -3.0, -4.0]))\n"
        "m.result()",
        0.0,
        0.7777778,
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
        "the weights of one class",
        "metrics.IoU",
        "Weights keep their fractions, as in MeanIoU.",
        "m = lib.metrics.IoU(num_classes=2, target_class_ids=[0])\n"
        "m.update_state([0, 1], [0, 0], sample_weight=[0.9, 0.9])\n"
        "m.result()",
        0.0,
        0.5,
    ),
    Deviation(
        "a prediction on the threshold of a segment",
        "metrics.BinaryIoU",
        "Class 1 begins above the threshold, as a positive does in every other metric; in Keras, here alone, at it.",
        "m = lib.metrics.BinaryIoU(target_class_ids=[1], dtype='float32')\n"
        "m.update_state(T([1.0, 1.0]), T([0.5, 0.75]))\n"
        "m.result()",
        0.9999998807907104,
        0.5,
    ),
    Deviation(
        "a zero and its negative",
        "metrics.OneHotMeanIoU",
        "Of equal entries the first is the largest, and 0.0 equals -0.0. Keras on TensorFlow takes the one after -0.0.",
        "m = lib.metrics.OneHotMeanIoU(num_classes=2, dtype='float32')\n"
        "m.update_state(T([[1.0, 0.0], [1.0, 0.0]]), T([[-0.0, 0.0], [1.0, 0.0]]))\n"
        "m.result()",
        0.25,
        1.0,
    ),
    Deviation(
        "a perfect class",
        "metrics.OneHotIoU",
        "The documented formula has no epsilon.",
        "m = lib.metrics.OneHotIoU(num_classes=2, target_class_ids=[1])\n"
        "m.update_state(T([[0.0, 1.0]]), T([[0.0, 1.0]]))\n"
        "m.result()",
        0.9999997615814209,
        1.0,
    ),
    Deviation(
        "equal scores of two classes",
        "metrics.F1Score",
        "Without a threshold the positive of a sample is the argmax, of equal ones the first. In Keras all are.",
        "m = lib.metrics.F1Score(average='micro')\nm.update_state(T([[0.0, 1.0]]), T([[0.5, 0.5]]))\nm.result()",
        0.6666666,
        0.0,
    ),
    Deviation(
        "an argmax that is zero",
        "metrics.FBetaScore",
        "The largest score is the positive one, as documented. Keras leaves it out where it is 0: logits can be.",
        "m = lib.metrics.FBetaScore()\nm.update_state(T([[0.0, 1.0]]), T([[-1.0, 0.0]]))\nm.result()",
        [0.0, 0.0],
        [0.0, 1.0],
    ),
    Deviation(
        "a perfect F-score",
        "metrics.FBetaScore",
        "The documented formula has no epsilon.",
        "m = lib.metrics.FBetaScore(threshold=0.5)\nm.update_state(T([[1.0]]), T([[1.0]]))\nm.result()",
        [0.9999998211860657],
        [1.0],
    ),
    Deviation(
        "a spread that cancels",
        "metrics.R2Score",
        "The sums are kept in 106 bits. In Keras the spread of targets that lie far from zero is lost in float32.",
        "m = lib.metrics.R2Score()\n"
        "m.update_state(T([[10001.0], [10002.0], [10003.0]]), T([[10001.0], [10002.0], [10004.0]]))\n"
        "m.result()",
        0.0,
        0.5,
    ),
    Deviation(
        "constant targets that were met",
        "metrics.R2Score",
        "As in scikit-learn, a constant that is predicted exactly scores 1, and one that is not scores 0, as in Keras "
        "too; 0 / 0 would spoil the mean of all columns.",
        "m = lib.metrics.R2Score()\nm.update_state(T([[2.0], [2.0]]), T([[2.0], [2.0]]))\nm.result()",
        float("nan"),
        1.0,
    ),
    Deviation(
        "the number of samples",
        "metrics.R2Score",
        "The adjusted score counts samples. Keras counts targets: two for each sample of two columns.",
        "m = lib.metrics.R2Score(num_regressors=1)\n"
        "m.update_state(T([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 4.0]]), T([[1.5, 2.0], [2.0, 1.5], [2.5, 5.0], "
        "[4.0, 5.0]]))\n"
        "m.result()",
        0.8687499761581421,
        0.83125,
    ),
    Deviation(
        "a weight for a whole batch of errors",
        "metrics.RootMeanSquaredError",
        "A single weight belongs to every sample of its batch, as in Mean.",
        "m = lib.metrics.RootMeanSquaredError()\n"
        "m.update_state(T([1.0, 1.0, 1.0]), T([0.0, 0.0, 0.0]), sample_weight=0.5)\n"
        "m.update_state(T([5.0]), T([0.0]), sample_weight=0.5)\n"
        "m.result()",
        3.605551242828369,
        2.6457513,
    ),
    Deviation(
        "a correlation across a batch",
        "metrics.PearsonCorrelation",
        "Each sample is correlated apart. Over the axis of the samples, Keras gives the mean of the correlations of "
        "batches, which depends on how the stream is cut (here 1.0 in two batches, 0.83 in one).",
        "m = lib.metrics.PearsonCorrelation(axis=0)\n"
        "m.update_state(T([[1.0], [2.0]]), T([[1.0], [3.0]]))\n"
        "m.update_state(T([[3.0], [7.0]]), T([[2.0], [4.0]]))\n"
        "m.result()",
        1.0,
        "ValueError",
    ),
    Deviation(
        "a correlation of small numbers",
        "metrics.PearsonCorrelation",
        "Squares do not leave the range of float32: distances are divided by the largest of them.",
        "m = lib.metrics.PearsonCorrelation()\n"
        "m.update_state(T([[1e-30, 2e-30, 4e-30]]), T([[1.0, 2.0, 3.0]]))\n"
        "m.result()",
        float("nan"),
        0.9819805,
    ),
    Deviation(
        "a perfect concordance",
        "metrics.ConcordanceCorrelation",
        "The documented formula has no epsilon; in Keras it outweighs variances of small numbers.",
        "m = lib.metrics.ConcordanceCorrelation()\nm.update_state(T([[1e-4, 2e-4]]), T([[1e-4, 2e-4]]))\nm.result()",
        0.0476190447807312,
        1.0,
    ),
    Deviation(
        "a sum that stops",
        "metrics.Sum",
        "A float32 sum of ones stops at 2**24. The state is float64 here.",
        "m = lib.metrics.Sum()\n"
        "m.update_state(T([16777216.0]))\n"
        "m.update_state(T([1.0]))\n"
        "m.update_state(T([1.0]))\n"
        "m.result()",
        16777216.0,
        16777218.0,
    ),
    Deviation(
        "equal scores among the k largest",
        "metrics.SparseTopKCategoricalAccuracy",
        "Of equal scores the first is the larger, as in every other metric: k classes are among the k largest. In "
        "Keras all that tie with the k-th are, so that a model that says nothing is always right.",
        "m = lib.metrics.SparseTopKCategoricalAccuracy(k=1)\n"
        "m.update_state([0, 1], T([[0.5, 0.5], [0.5, 0.5]]))\n"
        "m.result()",
        1.0,
        0.5,
    ),
    Deviation(
        "an infinite score",
        "metrics.TopKCategoricalAccuracy",
        "An infinite score is the largest. In Keras it is never among the k largest.",
        "m = lib.metrics.TopKCategoricalAccuracy(k=1)\n"
        "m.update_state(T([[0.0, 1.0]]), T([[1.0, float('inf')]]))\n"
        "m.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "a zero score and its negative",
        "metrics.CategoricalAccuracy",
        "Of equal scores the first is the largest, and 0.0 equals -0.0. Keras on TensorFlow takes the one after -0.0.",
        "m = lib.metrics.CategoricalAccuracy()\nm.update_state(T([[1.0, 0.0]]), T([[-0.0, 0.0]]))\nm.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "scores that are all NaN",
        "metrics.SparseCategoricalAccuracy",
        "A score that is NaN is never right: a model that has diverged has accuracy 0. In Keras it has the share of "
        "class 0.",
        "m = lib.metrics.SparseCategoricalAccuracy()\n"
        "m.update_state([0], T([[float('nan'), float('nan')]]))\n"
        "m.result()",
        1.0,
        0.0,
    ),
    Deviation(
        "the fraction of a label",
        "metrics.SparseCategoricalAccuracy",
        "Fractions of class numbers are cut off, as in the sparse cross-entropy. Keras does so in the top-k metric "
        "alone.",
        "m = lib.metrics.SparseCategoricalAccuracy()\nm.update_state(T([1.5]), T([[0.25, 0.75]]))\nm.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "a label that is cut to fit",
        "metrics.Accuracy",
        "Numbers are compared as they are. Keras cuts the label down to the integers of the predictions.",
        "m = lib.metrics.Accuracy()\nm.update_state(T([0.75]), [0])\nm.result()",
        1.0,
        0.0,
    ),
    Deviation(
        "an axis that is not saved",
        "metrics.CosineSimilarity",
        "The config holds every argument. Keras's lacks the axis, and a revived metric looks along another one.",
        "m = lib.metrics.CosineSimilarity(axis=1)\n"
        "m = lib.metrics.CosineSimilarity.from_config(m.get_config())\n"
        "m.update_state(T([[[1.0, 1.0], [0.0, 0.0]]]), T([[[1.0, 0.0], [0.0, 1.0]]]))\n"
        "m.result()",
        0.35355339,
        0.5,
    ),
    Deviation(
        "samples of the class that is ignored",
        "metrics.SparseCategoricalCrossentropy",
        "They do not count, as documented. In Keras they count as 0.",
        "m = lib.metrics.SparseCategoricalCrossentropy(ignore_class=0)\n"
        "m.update_state(T([0, 1], 'int32'), T([[0.5, 0.5], [0.5, 0.5]]))\n"
        "m.result()",
        0.34657359,
        0.69314718,
    ),
    Deviation(
        "a threshold in half precision",
        "metrics.BinaryAccuracy",
        "The threshold is rounded to the dtype of the predictions, so that a prediction can be on it: it is negative "
        "then. Keras on TensorFlow compares with the number that half precision does not have.",
        "m = lib.metrics.BinaryAccuracy(threshold=0.3)\nm.update_state(T([1.0]), T([0.3], 'float16'))\nm.result()",
        1.0,
        0.0,
    ),
)
