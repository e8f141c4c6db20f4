"""Metrics: streams, thresholds, ties, means."""

from parity.phrases import DIFFERS, Row
from parity.traps.base import UNITS

METRICS = (
    Row(
        "the mean of a metric over batches",
        "precision = keras.metrics.Precision()\n"
        "precision.update_state([1, 1, 1, 1, 0], [1, 1, 1, 1, 1])\n"
        "precision.update_state([0, 0, 0], [1, 1, 1])\n"
        "precision.result()",
        "batches = ([1, 1, 1, 1, 0], [1, 1, 1, 1, 1]), ([0, 0, 0], [1, 1, 1])\n"
        "each = [(torch.tensor(y) * torch.tensor(p)).sum() / sum(p) for y, p in batches]\n"
        "sum(each) / len(each)",
        DIFFERS,
        "A metric of Keras collects counts and divides at the end. The mean of the batches' results is another number, "
        "unless the metric is a mean and the batches have one size.",
        "precision = torchimpl.metrics.Precision()\n"
        "precision.update_state([1, 1, 1, 1, 0], [1, 1, 1, 1, 1])\n"
        "precision.update_state([0, 0, 0], [1, 1, 1])\n"
        "precision.result()",
    ),
    Row(
        "a metric that is called, torchmetrics' forward: all batches, or this one",
        "mean = keras.metrics.Mean()\nmean([1.0, 2.0])\nmean([6.0])",
        "for batch in (torch.tensor([1.0, 2.0]), torch.tensor([6.0])):\n    value = batch.mean()\nvalue",
        DIFFERS,
        "A metric of Keras that is called takes a batch in and gives the value over all so far. One of torchmetrics "
        "gives the value of this batch, as here on the right, and that of all from compute(). torcheval's are not "
        "called.",
        "mean = torchimpl.metrics.Mean()\nmean(torch.tensor([1.0, 2.0]))\nmean(torch.tensor([6.0]))",
    ),
    Row(
        "mean IoU: an ignored class that is predicted",
        "iou = keras.metrics.MeanIoU(3, ignore_class=2)\n"
        "iou.update_state([0, 1, 2, 2, 1, 0], [0, 1, 1, 2, 2, 2])\n"
        "iou.result()",
        "from sklearn.metrics import jaccard_score\n"
        "y, p = torch.tensor([0, 1, 2, 2, 1, 0]), torch.tensor([0, 1, 1, 2, 2, 2])\n"
        "iou = jaccard_score(y[y != 2], p[y != 2], labels=[0, 1], average='macro')\n"
        "torch.tensor(iou, dtype=torch.float32)",
        DIFFERS,
        "Samples of that class are left out by both. Where it is predicted for others, it stays in Keras's mean, with "
        "an IoU of 0; torchmetrics' MulticlassJaccardIndex(ignore_index=2) leaves it out, as here scikit-learn is told "
        "to. In Keras IoU(3, target_class_ids=[0, 1], ignore_class=2) does. Of a number that is no class, such as 255, "
        "all agree.",
        "iou = torchimpl.metrics.MeanIoU(3, ignore_class=2)\n"
        "iou.update_state([0, 1, 2, 2, 1, 0], [0, 1, 1, 2, 2, 2])\n"
        "iou.result()",
        units=UNITS,
    ),
    Row(
        "AUC: a grid of thresholds, or every score",
        "auc = keras.metrics.AUC()\nauc.update_state([0, 1, 0, 1, 1], [0.5001, 0.5002, 0.7, 0.3, 0.9])\nauc.result()",
        "from sklearn.metrics import roc_auc_score\n"
        "torch.tensor(roc_auc_score([0, 1, 0, 1, 1], [0.5001, 0.5002, 0.7, 0.3, 0.9]), dtype=torch.float32)",
        DIFFERS,
        "Keras counts at 200 thresholds, in a state of one size, and does not tell apart what lies between two of "
        "them: of many scores the result differs in about the third decimal. scikit-learn, torcheval and torchmetrics "
        "without thresholds sort every score. A larger num_thresholds brings Keras near.",
        "auc = torchimpl.metrics.AUC()\n"
        "auc.update_state([0, 1, 0, 1, 1], [0.5001, 0.5002, 0.7, 0.3, 0.9])\n"
        "auc.result()",
        units=UNITS,
    ),
    Row(
        "AveragePrecision, AUPRC, and AUC(curve='PR')",
        "y, p = [0, 1, 0, 1, 1], [0.5, 0.25, 0.75, 0.375, 0.875]\n"
        "auc = keras.metrics.AUC(curve='PR')\n"
        "auc.update_state(y, p)\n"
        "auc.result()",
        "from sklearn.metrics import average_precision_score\n"
        "y, p = [0, 1, 0, 1, 1], [0.5, 0.25, 0.75, 0.375, 0.875]\n"
        "torch.tensor(average_precision_score(y, p), dtype=torch.float32)",
        DIFFERS,
        "Average precision, as scikit-learn's and torchmetrics', is a sum of steps at every score; Keras interpolates, "
        "at 200 thresholds. With summation_method='majoring' and the scores that occur as thresholds it is average "
        "precision.",
        "y, p = [0, 1, 0, 1, 1], [0.5, 0.25, 0.75, 0.375, 0.875]\n"
        "auc = torchimpl.metrics.AUC(curve='PR')\n"
        "auc.update_state(y, p)\n"
        "auc.result()",
        units=UNITS,
    ),
    Row(
        "a score equal to the threshold",
        "precision = keras.metrics.Precision()\nprecision.update_state([1, 0], [0.9, 0.5])\nprecision.result()",
        "y, p = torch.tensor([1, 0]), torch.tensor([0.9, 0.5])\n"
        "positive = p >= 0.5\n"
        "(y * positive).sum() / positive.sum()",
        DIFFERS,
        "Positive is what is greater than the threshold, in Keras and in torchmetrics; in torcheval it may be equal.",
        "y, p = torch.tensor([1, 0]), torch.tensor([0.9, 0.5])\n"
        "positive = p > 0.5\n"
        "(y * positive).sum() / positive.sum()",
    ),
    Row(
        "accuracy of logits",
        "accuracy = keras.metrics.BinaryAccuracy()\n"
        "accuracy.update_state([[1.0], [0.0]], [[0.25], [-2.0]])\n"
        "accuracy.result()",
        "y, x = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.25], [-2.0]])\n"
        "((torch.sigmoid(x) > 0.5) == y).float().mean()",
        DIFFERS,
        "Keras's threshold of 0.5 is one of probabilities: a logit of 0.25 is below it. With logits, say threshold=0. "
        "torchmetrics takes a sigmoid of a batch if one of its scores lies outside of [0, 1].",
        "y, x = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.25], [-2.0]])\n((x > 0.5) == y).float().mean()",
    ),
    Row(
        "top-k accuracy: ties",
        "accuracy = keras.metrics.SparseTopKCategoricalAccuracy(k=1)\n"
        "accuracy.update_state([2], [[0.5, 0.5, 0.5]])\n"
        "accuracy.result()",
        "y, x = torch.tensor([2]), torch.tensor([[0.5, 0.5, 0.5]])\n"
        "(x.topk(1).indices == y[:, None]).any(-1).float().mean()",
        DIFFERS,
        "Keras on TensorFlow calls a label right if fewer than k scores are greater: of equal ones all are among the "
        "first. topk takes k of them. torchimpl takes the first of equal ones, as an argmax does.",
        "y, x = torch.tensor([2]), torch.tensor([[0.5, 0.5, 0.5]])\n"
        "((x > x.gather(1, y[:, None])).sum(-1) < 1).float().mean()",
    ),
    Row(
        "metrics=['accuracy'] and torchmetrics' accuracy: over samples, or over classes",
        "y, p = tf.constant([0, 0, 0, 1]), tf.constant([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])\n"
        "accuracy = keras.metrics.SparseCategoricalAccuracy()\n"
        "accuracy.update_state(y, p)\n"
        "accuracy.result()",
        "from sklearn.metrics import balanced_accuracy_score\n"
        "p = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])\n"
        "torch.tensor(balanced_accuracy_score([0, 0, 0, 1], p.argmax(dim=-1)), dtype=torch.float32)",
        DIFFERS,
        "Keras's is the share of the samples. MulticlassAccuracy's default is the mean over the classes, 'macro', here "
        "scikit-learn's balanced one; that of torchmetrics.Accuracy(task='multiclass') is 'micro', the share. Which of "
        "its accuracies 'accuracy' means compile sees from the shapes; metrics.get('accuracy') is Accuracy, of numbers "
        "that are equal.",
        "p = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])\n"
        "(p.argmax(dim=-1) == torch.tensor([0, 0, 0, 1])).float().mean()",
        units=UNITS,
    ),
    Row(
        "F1: the mean over classes",
        "y = tf.constant([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])\n"
        "p = tf.constant([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])\n"
        "f1 = keras.metrics.F1Score()\n"
        "f1.update_state(y, p)\n"
        "f1.result()",
        "from sklearn.metrics import f1_score\n"
        "torch.tensor(f1_score([0, 0, 1], [0, 1, 1], average='macro'), dtype=torch.float32)",
        DIFFERS,
        "Keras gives one number for each class unless average says otherwise; torchmetrics.F1Score(task=...) "
        "has 'micro', its MulticlassF1Score 'macro', scikit-learn's f1_score 'binary'.",
        "from sklearn.metrics import f1_score\n"
        "torch.tensor(f1_score([0, 0, 1], [0, 1, 1], average=None), dtype=torch.float32)",
        units=UNITS,
    ),
)
