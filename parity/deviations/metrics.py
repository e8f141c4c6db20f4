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
        "a metric in a layer of mixed precision",
        "metrics.Mean",
        "The states of a metric that a layer updates in its `call` are what they are anywhere. Keras casts them as it "
        "casts weights, and in float16 a sum is infinite beyond 65504.",
        "m = lib.metrics.Mean()\nmixed(lambda: [m.update_state(T([70000.0])) for _ in range(2)])\nm.result()",
        float("inf"),
        70000.0,
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
        "a root of the smallest squares",
        "metrics.RootMeanSquaredError",
        "The squares are added up in float64; in float32 that of 3e-20 is 0.",
        "m = lib.metrics.RootMeanSquaredError()\nm.update_state(T([3e-20]), T([0.0]))\nm.result()",
        0.0,
        3e-20,
    ),
    Deviation(
        "a weight for the smallest values",
        "metrics.Mean",
        "Values are weighed in float64; in float32 half of 1.2e-38 is subnormal, and TensorFlow takes it for 0.",
        "m = lib.metrics.Mean()\nm.update_state(T([2.0**-126]), sample_weight=T([0.5]))\nm.result()",
        0.0,
        2.0**-126,
    ),
    Deviation(
        "weights of an empty batch of segments",
        "metrics.SparseCategoricalCrossentropy",
        "Weights for no samples fit whatever the samples are. With a class that is ignored, Keras multiplies them by a "
        "mask of another rank.",
        "m = lib.metrics.SparseCategoricalCrossentropy(ignore_class=0)\n"
        "y, p = T([[1, 1]], 'int64')[:0], T([[[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]]])[:0]\n"
        "m.update_state(y, p, sample_weight=T([1.0])[:0])\n"
        "m.result()",
        "InvalidArgumentError",
        0.0,
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
    Deviation(
        "a threshold in float64",
        "metrics.BinaryAccuracy",
        "A threshold stays the number that it is; Keras on TensorFlow rounds it to float32.",
        "m = lib.metrics.BinaryAccuracy(threshold=0.2499999999)\n"
        "m.update_state(T([1.0], 'float64'), T([0.25], 'float64'))\n"
        "m.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "a mean of losses in half precision",
        "metrics.BinaryCrossentropy",
        "Half precision is computed in float32 and rounded once. Keras computes in the dtype of the predictions, "
        "where 1 - 1e-7 is 1, whatever the metric's.",
        "m = lib.metrics.BinaryCrossentropy()\n"
        "m.update_state(T([[0.0]], 'float16'), T([[1.0]], 'float16'))\n"
        "m.result()",
        float("inf"),
        15.9453125,
    ),
    Deviation(
        "a state in half precision",
        "metrics.Mean",
        "The states are float64, whatever the metric's dtype, and are rounded once. In Keras they are of that "
        "dtype: a bfloat16 count stops at 256.",
        "m = lib.metrics.Mean(dtype='bfloat16')\n"
        "m.update_state(T([1.0] * 256))\n"
        "m.update_state(T([0.0]))\n"
        "m.update_state(T([0.0]))\n"
        "number(m.variables[1])",
        256.0,
        258.0,
    ),
    Deviation(
        "the dtype of a count",
        "metrics.Recall",
        "The result is of the metric's dtype, to which predictions and thresholds are rounded before they are "
        "compared. Keras's metrics of decisions compare, count and answer in float32, whatever the dtype.",
        "m = lib.metrics.Recall(dtype='float16')\nm.update_state(T([1.0]), T([0.5001]))\nm.result()",
        1.0,
        0.0,
    ),
    Deviation(
        "the dtype of an intersection over union",
        "metrics.MeanIoU",
        "The result is of the metric's dtype; in Keras it is float32 (here a third, with digits that float32 does "
        "not have).",
        "m = lib.metrics.MeanIoU(num_classes=2, dtype='float64')\n"
        "m.update_state(T([0, 1, 1, 1], 'int32'), T([0, 0, 0, 1], 'int32'))\n"
        "m.result()",
        0.3333333432674408,
        0.3333333333333333,
    ),
    Deviation(
        "the dtype of a score of regression",
        "metrics.R2Score",
        "The result is of the metric's dtype, and is computed in more than float64. Keras's states are float32.",
        "m = lib.metrics.R2Score(dtype='float64')\n"
        "m.update_state(T([[1.0], [2.0], [4.0]]), T([[1.1], [2.0], [4.0]]))\n"
        "m.result()",
        0.9978571534156799,
        0.9978571418353488,
    ),
    Deviation(
        "classes of segments along an axis",
        "metrics.IoU",
        "The axis is where the classes of scores are. Keras sums its result over that axis too, and any but the "
        "last is an error.",
        "m = lib.metrics.IoU(num_classes=2, target_class_ids=[0], sparse_y_pred=False, axis=1)\n"
        "m.update_state([[0, 1]], T([[[0.75, 0.25], [0.25, 0.75]]]))\n"
        "m.result()",
        "InvalidArgumentError",
        1.0,
    ),
    Deviation(
        "a weight for each sample of segments",
        "metrics.MeanIoU",
        "A weight for each sample belongs to all of its segments, as in every other metric. Keras flattens "
        "segments and weights.",
        "m = lib.metrics.MeanIoU(num_classes=2, dtype='float32')\n"
        "m.update_state([[0, 1], [1, 1]], [[0, 1], [0, 1]], sample_weight=T([1.0, 0.5]))\n"
        "m.result()",
        "InvalidArgumentError",
        0.7083333134651184,
    ),
    Deviation(
        "an F-score of an empty batch",
        "metrics.FBetaScore",
        "An empty batch adds nothing, as it does in Keras with a threshold.",
        "m = lib.metrics.FBetaScore()\n"
        "m.update_state(T([[0.0, 1.0]]), T([[0.25, 0.75]]))\n"
        "m.update_state(T([[0.0, 1.0]])[:0], T([[0.25, 0.75]])[:0])\n"
        "m.result()",
        "InvalidArgumentError",
        [0.0, 1.0],
    ),
    Deviation(
        "a sample with a score that is NaN",
        "metrics.FBetaScore",
        "A score that is NaN is never the largest; another can be. In Keras none of its sample is positive.",
        "m = lib.metrics.FBetaScore()\nm.update_state(T([[0.0, 1.0]]), T([[float('nan'), 0.75]]))\nm.result()",
        [0.0, 0.0],
        [0.0, 1.0],
    ),
    Deviation(
        "weights of an F-score for each class",
        "metrics.FBetaScore",
        "Weights fit the leading axes of the predictions, as in every other metric. Keras knows one for each "
        "sample alone, and pairs the others with each other's samples.",
        "m = lib.metrics.FBetaScore()\n"
        "w = T([[1.0, 3.0], [1.0, 1.0]])\n"
        "m.update_state(T([[0.0, 1.0], [0.0, 1.0]]), T([[0.75, 0.25], [0.25, 0.75]]), sample_weight=w)\n"
        "m.result()",
        "ValueError",
        [0.0, 0.4000000059604645],
    ),
    Deviation(
        "a weight for each class, of which one counts",
        "metrics.Precision",
        "Where one class is looked at, its weights are. Keras looks at its predictions, and holds the weights of "
        "all against them.",
        "m = lib.metrics.Precision(class_id=1)\n"
        "w = T([[1.0, 3.0], [1.0, 1.0]])\n"
        "m.update_state(T([[0.0, 1.0], [1.0, 0.0]]), T([[0.25, 0.75], [0.25, 0.75]]), sample_weight=w)\n"
        "m.result()",
        "InvalidArgumentError",
        0.75,
    ),
    Deviation(
        "a logit on a threshold",
        "metrics.AUC",
        "Logits are compared with the logits of the thresholds. Keras rounds the sigmoid of each, which is the "
        "threshold then.",
        "m = lib.metrics.AUC(from_logits=True, thresholds=[0.75])\n"
        "m.update_state(T([0.0, 1.0]), T([1.0986123, 1.0986124]))\n"
        "m.result()",
        0.5,
        1.0,
    ),
    Deviation(
        "a prediction of 0",
        "metrics.RecallAtPrecision",
        "At the lowest threshold every prediction but NaN is positive, as on AUC's curve. In Keras one of 0 is at "
        "none: no bound on the precision, however low, lets it be found.",
        "m = lib.metrics.RecallAtPrecision(precision=0.25)\nm.update_state(T([0.0, 1.0]), T([0.0, 0.0]))\nm.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "NaN among the k largest",
        "metrics.Recall",
        "A prediction that is NaN is the smallest. Keras on TensorFlow leaves it where it stands, before what is "
        "larger than it.",
        "m = lib.metrics.Recall(top_k=2)\n"
        "m.update_state(T([[1.0, 0.0, 1.0]]), T([[float('nan'), 0.75, 0.25]]))\n"
        "m.result()",
        0.0,
        0.5,
    ),
    Deviation(
        "a score of nothing",
        "metrics.R2Score",
        "Where there is nothing to score, as after weights of 0, the score is 0, as that of every other metric is. If "
        "weights of both signs sum to 0, so is the mean that they give, as in Mean.",
        "m = lib.metrics.R2Score()\n"
        "m.update_state(T([[1.0], [2.0]]), T([[1.0], [2.0]]), sample_weight=T([0.0, 0.0]))\n"
        "m.result()",
        float("nan"),
        0.0,
    ),
    Deviation(
        "an infinite error",
        "metrics.R2Score",
        "Of a prediction that is infinite the score is minus infinity, as the formula says. Keras takes an "
        "infinite score for that of constant targets, and gives 0: a model that has diverged is as good as the mean.",
        "m = lib.metrics.R2Score()\n"
        "m.update_state(T([[1.0], [2.0], [4.0]]), T([[1.0], [float('inf')], [4.0]]))\n"
        "m.result()",
        0.0,
        -float("inf"),
    ),
    Deviation(
        "constant targets, weighted by their spread",
        "metrics.R2Score",
        "Where no column has a spread to weight its score by, all weigh the same; 0 / 0 is no score.",
        "m = lib.metrics.R2Score(class_aggregation='variance_weighted_average')\n"
        "m.update_state(T([[2.0], [2.0]]), T([[1.0], [2.0]]))\n"
        "m.result()",
        float("nan"),
        0.0,
    ),
    Deviation(
        "numbers that are all equal",
        "metrics.PearsonCorrelation",
        "Equal numbers have no correlation, and no concordance with themselves: NaN, as 0 / 0 is. In Keras "
        "rounding makes a distance from the mean of some, here, and an epsilon makes a concordance of 0 of the "
        "others.",
        "m = lib.metrics.PearsonCorrelation(dtype='float64')\n"
        "m.update_state(T([[0.1, 0.1, 0.1]], 'float64'), T([[0.1, 0.1, 0.1]], 'float64'))\n"
        "m.result()",
        float("inf"),
        float("nan"),
    ),
    Deviation(
        "a concordance of numbers far from zero",
        "metrics.ConcordanceCorrelation",
        "Targets and predictions are held against their own means. Keras holds both against that of the "
        "predictions: what it is rounded by is multiplied by the distance of the means.",
        "m = lib.metrics.ConcordanceCorrelation()\n"
        "m.update_state(T([[299.2437438964844, 298.4679870605469, 300.5]]), T([[300.0, 300.36956787109375, 302.0]]))\n"
        "m.result()",
        0.3644980490207672,
        0.36450105905532837,
    ),
    Deviation(
        "a correlation in the dtype of its predictions",
        "metrics.pearson_correlation",
        "Half precision is computed in float32 and rounded once, and the mean of a metric in float64. Keras "
        "rounds each step to the dtype of the predictions, whatever the metric's.",
        "y = T([[302.0, 300.5, 300.0]], 'float16')\n"
        "lib.metrics.pearson_correlation(y, T([[299.5, 301.75, 300.0]], 'float16'))",
        [-0.483154296875],
        [-0.474365234375],
    ),
    Deviation(
        "the k largest in another dtype than float32",
        "metrics.TopKCategoricalAccuracy",
        "Scores can be of any dtype. TensorFlow's kernel knows float32 alone.",
        "m = lib.metrics.TopKCategoricalAccuracy(k=1)\n"
        "m.update_state(T([[0.0, 1.0]], 'float64'), T([[0.25, 0.75]], 'float64'))\n"
        "m.result()",
        "InvalidArgumentError",
        1.0,
    ),
    Deviation(
        "NaN beside the k largest",
        "metrics.TopKCategoricalAccuracy",
        "A score that is NaN is smaller than the others, which keep their places. In Keras nothing of its sample "
        "is right.",
        "m = lib.metrics.TopKCategoricalAccuracy(k=1)\n"
        "m.update_state(T([[0.0, 1.0]]), T([[float('nan'), 0.75]]))\n"
        "m.result()",
        0.0,
        1.0,
    ),
    Deviation(
        "the fraction of a label among numbers",
        "metrics.sparse_top_k_categorical_accuracy",
        "Numbers are compared as they are, as in Accuracy. Keras cuts the label down to the integers of the "
        "predictions.",
        "lib.metrics.sparse_top_k_categorical_accuracy(T([1.5]), T([[1, 0]], 'int32'), k=1, from_sorted_ids=True)",
        [1.0],
        [0.0],
    ),
    Deviation(
        "a column of labels",
        "metrics.sparse_top_k_categorical_accuracy",
        "A column of labels is one label for each sample, and one answer, as in sparse_categorical_accuracy.",
        "lib.metrics.sparse_top_k_categorical_accuracy(T([[1], [0]], 'int32'), T([[0.25, 0.75], [0.25, 0.75]]), k=1)",
        [[1.0], [0.0]],
        [1.0, 0.0],
    ),
    Deviation(
        "a correlation of numbers far from zero",
        "metrics.PearsonCorrelation",
        "The mean is taken away in two steps, so that its own rounding is. In Keras what it is rounded by is a "
        "part of each distance.",
        "m = lib.metrics.PearsonCorrelation()\n"
        "m.update_state(T([[300.0, 300.00006103515625, 300.0]]), T([[299.0, 300.08551025390625, 301.3799743652344]]))\n"
        "m.result()",
        -0.0506281852722168,
        -0.05062444135546684,
    ),
    Deviation(
        "the fraction of a segment",
        "metrics.MeanIoU",
        "Fractions of class numbers are cut off before they are compared with the one that is ignored; in Keras after.",
        "m = lib.metrics.MeanIoU(num_classes=2, ignore_class=0, dtype='float32')\n"
        "m.update_state(T([0.75, 1.0]), T([1.0, 1.0]))\n"
        "m.result()",
        0.25,
        1.0,
    ),
    Deviation(
        "a bound that is missed by rounding",
        "metrics.RecallAtPrecision",
        "A ratio meets a bound that it misses by no more than a share of 2**-40, the rounding of weighted sums in "
        "float64. Keras adds and divides in float32: 2/3 is missed here.",
        "m = lib.metrics.RecallAtPrecision(precision=2 / 3)\n"
        "m.update_state(T([0.0, 1.0]), T([1.0, 1.0]), sample_weight=T([0.2, 0.4]))\n"
        "m.result()",
        0.0,
        1.0,
    ),
)
