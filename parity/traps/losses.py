"""Losses: shapes, axes, weights."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

LOSSES = (
    Row(
        "a row of targets against a column of predictions",
        "target, prediction = tf.constant([1.0, 2.0, 3.0]), tf.constant([[1.0], [2.0], [3.0]])\n"
        "keras.losses.MeanSquaredError()(target, prediction)",
        "target, prediction = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0], [2.0], [3.0]])\n"
        "nn.MSELoss()(prediction, target)",
        DIFFERS,
        "Keras matches a last axis of size 1. PyTorch subtracts each target from every prediction, and warns once: the "
        "loss stays high for no reason that shows.",
        "target, prediction = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0], [2.0], [3.0]])\n"
        "nn.MSELoss()(prediction.squeeze(-1), target)",
    ),
    Row(
        "CrossEntropyLoss after a softmax",
        "p = tf.nn.softmax([[2.0, 1.0, 0.0]])\nkeras.losses.SparseCategoricalCrossentropy()(tf.constant([0]), p)",
        "p = torch.softmax(torch.tensor([[2.0, 1.0, 0.0]]), dim=-1)\nnn.CrossEntropyLoss()(p, torch.tensor([0]))",
        DIFFERS,
        "PyTorch's takes logits, always: given probabilities it takes a second softmax of them, and trains, badly. "
        "Keras's takes probabilities unless from_logits=True. Leave the softmax away, or take the logarithm.",
        "p = torch.softmax(torch.tensor([[2.0, 1.0, 0.0]]), dim=-1)\nnn.NLLLoss()(torch.log(p), torch.tensor([0]))",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss: the axis of the classes",
        "x, y = tf.constant([[[2.0, 1.0], [0.0, 3.0]]]), tf.constant([[0, 1]])\n"
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, x)",
        "x, y = torch.tensor([[[2.0, 1.0], [0.0, 3.0]]]), torch.tensor([[0, 1]])\nnn.CrossEntropyLoss()(x, y)",
        DIFFERS,
        "The last in Keras, the second in PyTorch. With as many steps as classes nothing complains.",
        "x, y = torch.tensor([[[2.0, 1.0], [0.0, 3.0]]]), torch.tensor([[0, 1]])\n"
        "nn.CrossEntropyLoss()(x.transpose(1, 2), y)",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss: weights of classes",
        "x, y = tf.constant([[2.0, 1.0], [0.0, 3.0]]), tf.constant([0, 1])\n"
        "weights = tf.constant([1.0, 3.0])\n"
        "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
        "loss(y, x, sample_weight=tf.gather(weights, y))",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])\n"
        "nn.CrossEntropyLoss(weight=weights)(x, y)",
        DIFFERS,
        "Keras (fit's class_weight too) divides by the number of samples, PyTorch by the sum of their weights. So "
        "do NLLLoss, F.mse_loss and F.l1_loss; its other losses divide by the number, and so does this one given "
        "probabilities.",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])\n"
        'nn.CrossEntropyLoss(weight=weights, reduction="sum")(x, y) / len(y)',
        units=UNITS,
    ),
    Row(
        "SparseCategoricalCrossentropy: ignore_class, of a segmentation",
        "x = tf.reshape(tf.range(24.0) % 5, [1, 2, 4, 3])\n"
        "y = tf.constant([[[0, 1, 2, 255], [2, 255, 0, 1]]])\n"
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)(y, x)",
        "x = (torch.arange(24.0) % 5).reshape(1, 2, 4, 3)\n"
        "y = torch.tensor([[[0, 1, 2, 255], [2, 255, 0, 1]]])\n"
        "nn.CrossEntropyLoss()(x.permute(0, 3, 1, 2), y)",
        DIFFERS,
        "ignore_class is PyTorch's ignore_index, -100 unless told. Both divide by the number of labels that count; "
        "where none counts Keras gives 0 and PyTorch NaN. The classes are last in Keras, second in PyTorch.",
        "x = (torch.arange(24.0) % 5).reshape(1, 2, 4, 3)\n"
        "y = torch.tensor([[[0, 1, 2, 255], [2, 255, 0, 1]]])\n"
        "nn.CrossEntropyLoss(ignore_index=255)(x.permute(0, 3, 1, 2), y)",
        units=UNITS,
    ),
    Row(
        "sample_weight: what the sum is divided by",
        "y, p, w = tf.constant([[0.0], [0.0]]), tf.constant([[1.0], [3.0]]), tf.constant([1.0, 3.0])\n"
        "keras.losses.MeanSquaredError()(y, p, sample_weight=w)",
        "y, p, w = torch.tensor([[0.0], [0.0]]), torch.tensor([[1.0], [3.0]]), torch.tensor([1.0, 3.0])\n"
        "losses = nn.MSELoss(reduction='none')(p, y).mean(-1)\n"
        "(w * losses).sum() / w.sum()",
        DIFFERS,
        "Keras's default reduction, 'sum_over_batch_size', divides by the number of losses, whatever the weights; "
        "'mean_with_sample_weight' divides by their sum, and so does the metric of the same name.",
        "y, p, w = torch.tensor([[0.0], [0.0]]), torch.tensor([[1.0], [3.0]]), torch.tensor([1.0, 3.0])\n"
        "losses = nn.MSELoss(reduction='none')(p, y).mean(-1)\n"
        "(w * losses).mean()",
    ),
    Row(
        "BCELoss, BCEWithLogitsLoss, MultiLabelSoftMarginLoss: weight",
        "x, y = tf.constant([[2.0, -1.0], [0.5, 1.0]]), tf.constant([[1.0, 0.0], [0.0, 1.0]])\n"
        "weights = tf.constant([[1.0, 3.0], [1.0, 3.0]])\n"
        "loss = keras.losses.BinaryCrossentropy(from_logits=True)\n"
        "loss(y[..., None], x[..., None], sample_weight=weights)",
        "x, y = torch.tensor([[2.0, -1.0], [0.5, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])\n"
        "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
        SAME,
        "Both divide by the number of losses, whatever the weights, and so does F.huber_loss. PyTorch's weight is "
        "broadcast against all values, Keras has one for each loss: an axis of size 1 behind the labels makes each "
        "value one.",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss: weights of classes together with label smoothing",
        "x, y = tf.constant([[2.0, 1.0], [0.0, 3.0]]), tf.constant([0, 1])\n"
        "weights = tf.constant([1.0, 3.0])\n"
        "loss = keras.losses.CategoricalCrossentropy(\n"
        "    from_logits=True, label_smoothing=0.1, reduction='mean_with_sample_weight'\n"
        ")\n"
        "loss(tf.one_hot(y, 2), x, sample_weight=tf.gather(weights, y))",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])\n"
        "nn.CrossEntropyLoss(weight=weights, label_smoothing=0.1)(x, y)",
        DIFFERS,
        "A sample's weight, that of its label, weighs the whole of its loss in Keras. PyTorch weighs the part that is "
        "spread over the classes by the weight of each class. Both divide by the sum of the labels' weights.",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])[y]\n"
        "losses = nn.CrossEntropyLoss(label_smoothing=0.1, reduction='none')(x, y)\n"
        "(weights * losses).sum() / weights.sum()",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss in Keras: weights of classes together with label smoothing",
        "x, y = tf.constant([[2.0, 1.0], [0.0, 3.0]]), tf.constant([0, 1])\n"
        "weights = tf.constant([1.0, 3.0])\n"
        "smooth = (1 - 0.1) * tf.one_hot(y, 2) + 0.1 / 2\n"
        "-tf.reduce_sum(weights * smooth * tf.nn.log_softmax(x)) / tf.reduce_sum(tf.gather(weights, y))",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0]), label_smoothing=0.1)(x, y)",
        SAME,
        "The smoothed labels times the weights of the classes, divided by the sum of the labels' weights. Keras's "
        "CategoricalCrossentropy(from_logits=True) of such labels has this value, but its gradient is right only for "
        "labels that sum to 1.",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss of probabilities: weights of classes",
        "x, q = tf.constant([[2.0, 1.0], [0.0, 3.0]]), tf.constant([[0.75, 0.25], [0.5, 0.5]])\n"
        "weights = tf.constant([1.0, 3.0])\n"
        "-tf.reduce_mean(tf.reduce_sum(weights * q * tf.nn.log_softmax(x), axis=-1))",
        "x, q = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([[0.75, 0.25], [0.5, 0.5]])\n"
        "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0]))(x, q)",
        SAME,
        "Divided by the number of samples, not by the sum of the weights as of class numbers. "
        "CategoricalCrossentropy(from_logits=True) of weights * q has this value, but Keras's gradient is right only "
        "for labels that sum to 1; that of `tfimpl` is right for all.",
        units=UNITS,
    ),
    Row(
        "BCEWithLogitsLoss: pos_weight",
        "x, y = tf.constant([[2.0], [-1.0]]), tf.constant([[1.0], [0.0]])\n"
        "loss = keras.losses.BinaryCrossentropy(from_logits=True)\n"
        "loss(y, x, sample_weight=tf.where(y == 1, 3.0, 1.0))",
        "x, y = torch.tensor([[2.0], [-1.0]]), torch.tensor([[1.0], [0.0]])\n"
        "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(x, y)",
        SAME,
        "Keras has no pos_weight (tf.nn.weighted_cross_entropy_with_logits has): a weight for each sample, 1 for a "
        "negative one, does the same, as both divide by the "
        "number of samples. So of one output, of shape (batch, 1): of shape (batch,) the weights meet the mean of all, "
        "and nothing complains. BinaryFocalCrossentropy's alpha weighs the negative ones by 1 - alpha, too.",
        units=UNITS,
    ),
    Row(
        "BCEWithLogitsLoss: pos_weight of several labels",
        "x, y = tf.constant([[2.0, -1.0], [0.5, 1.0]]), tf.constant([[1.0, 0.0], [1.0, 1.0]])\n"
        "pos_weight = tf.constant([3.0, 5.0])\n"
        "loss = keras.losses.BinaryCrossentropy(from_logits=True)\n"
        "loss(y[..., None], x[..., None], sample_weight=tf.where(y == 1, pos_weight, 1.0))",
        "x, y = torch.tensor([[2.0, -1.0], [0.5, 1.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0]])\n"
        "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0, 5.0]))(x, y)",
        SAME,
        "Keras's loss is the mean over the last axis, so that a weight for each label does not fit: an error, or, "
        "of as many samples as labels, another number. With a last axis of size 1 each label is a loss.",
        units=UNITS,
    ),
    Row(
        "KLDivLoss: logarithms, and the mean",
        "q, p = tf.constant([[0.75, 0.25], [0.5, 0.5]]), tf.constant([[0.5, 0.5], [0.25, 0.75]])\n"
        "keras.losses.KLDivergence()(q, p)",
        "q, p = torch.tensor([[0.75, 0.25], [0.5, 0.5]]), torch.tensor([[0.5, 0.5], [0.25, 0.75]])\n"
        "nn.KLDivLoss()(p.log(), q)",
        DIFFERS,
        "PyTorch's takes the logarithm of the prediction, and its mean is over all numbers: too small by the number of "
        "classes. reduction='batchmean' divides by the size of the first axis: of sequences that leaves the mean over "
        "the steps to you, which Keras takes. Keras's clips probabilities at 1e-7, and has no gradient below; of "
        "logits CategoricalCrossentropy(from_logits=True) less the entropy of the labels is the same without a limit.",
        "q, p = torch.tensor([[0.75, 0.25], [0.5, 0.5]]), torch.tensor([[0.5, 0.5], [0.25, 0.75]])\n"
        "nn.KLDivLoss(reduction='batchmean')(p.log(), q)",
        units=UNITS,
    ),
    Row(
        "BinaryCrossentropy and BCELoss after a sigmoid: what is learned far out",
        "x = tf.constant([[-20.0], [20.0]])\n"
        "with tf.GradientTape() as tape:\n"
        "    tape.watch(x)\n"
        "    p = keras.ops.sigmoid(x)\n"
        "    loss = keras.losses.BinaryCrossentropy(reduction='sum')(tf.constant([[1.0], [0.0]]), p)\n"
        "tape.gradient(loss, x)",
        "x = torch.tensor([[-20.0], [20.0]], requires_grad=True)\n"
        "nn.BCELoss(reduction='sum')(torch.sigmoid(x), torch.tensor([[1.0], [0.0]])).backward()\n"
        "x.grad",
        DIFFERS,
        "In float32 the sigmoid of 20 is 1, and nothing is learned from it. Keras on TensorFlow finds the logits "
        "behind a sigmoid or softmax that it made itself; on PyTorch, and as the losses of tfimpl and torchimpl do, it "
        "takes probabilities for what they are, clips them at 1e-7, and learns nothing beyond logits of 16 to either "
        "side. Give the logits.",
        "x = torch.tensor([[-20.0], [20.0]], requires_grad=True)\n"
        "nn.BCEWithLogitsLoss(reduction='sum')(x, torch.tensor([[1.0], [0.0]])).backward()\n"
        "x.grad",
        units=UNITS,
    ),
    Row(
        "reduction='sum': of samples, or of all values",
        "y, p = tf.constant([[1.0, 2.0], [3.0, 5.0]]), tf.zeros([2, 2])\n"
        "keras.losses.MeanSquaredError(reduction='sum')(y, p)",
        "y, p = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.zeros(2, 2)\nnn.MSELoss(reduction='sum')(p, y)",
        DIFFERS,
        "A loss of Keras is the mean over the last axis before any reduction: the sum is less by the number of "
        "columns. With a last axis of size 1, as y[..., None], each value is a loss in Keras too. So with "
        "reduction='none'.",
        "y, p = torch.tensor([[1.0, 2.0], [3.0, 5.0]]), torch.zeros(2, 2)\n"
        "nn.MSELoss(reduction='none')(p, y).mean(dim=-1).sum()",
        units=UNITS,
    ),
    Row(
        "CosineSimilarity: the sign, and the axis",
        "y, p = tf.constant([[1.0, 0.0], [1.0, 1.0]]), tf.constant([[1.0, 1.0], [1.0, 0.0]])\n"
        "keras.losses.CosineSimilarity()(y, p)",
        "y, p = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])\n"
        "nn.CosineSimilarity()(p, y).mean()",
        DIFFERS,
        "Keras's loss is minus the similarity, so that less is better; its metric is the similarity. PyTorch's axis "
        "is 1 unless told, Keras's the last.",
        "y, p = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])\n"
        "-nn.CosineSimilarity(dim=-1)(p, y).mean()",
        units=UNITS,
    ),
    Row(
        "CTC: the blank, the lengths, the mean",
        "y, x = tf.constant([[1, 2, 2]]), tf.reshape(tf.range(24.0) % 7, [1, 6, 4])\nkeras.losses.CTC()(y, x)",
        "y, x = torch.tensor([[1, 2, 2]]), (torch.arange(24.0) % 7).reshape(1, 6, 4)\n"
        "log_p = torch.log_softmax(x, -1).transpose(0, 1)\n"
        "nn.CTCLoss()(log_p, y, torch.tensor([6]), torch.tensor([3]))",
        DIFFERS,
        "The blank is class 0 in both (in tf.nn.ctc_loss it is the last unless told). PyTorch wants the logarithms of "
        "probabilities, with the steps first, and the lengths; its mean divides each loss by the number of its labels. "
        "In Keras labels are filled up with zeros, and all steps are taken. Labels that do not fit into the steps cost "
        "infinity in PyTorch, 0 with zero_infinity=True, and about 700 in Keras, which has no such argument.",
        "y, x = torch.tensor([[1, 2, 2]]), (torch.arange(24.0) % 7).reshape(1, 6, 4)\n"
        "log_p = torch.log_softmax(x, -1).transpose(0, 1)\n"
        "nn.CTCLoss(reduction='none')(log_p, y, torch.tensor([6]), torch.tensor([3])).mean()",
        units=UNITS,
    ),
    Row(
        "label smoothing of yes and no",
        "x, y = tf.constant([[2.0], [-1.0]]), tf.constant([[1.0], [0.0]])\n"
        "keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)(y, x)",
        "x, y = torch.tensor([[2.0], [-1.0]]), torch.tensor([[1.0], [0.0]])\nnn.BCEWithLogitsLoss()(x, y * (1 - 0.2))",
        DIFFERS,
        "Both mix labels with an even distribution: of two outcomes, 0.2 makes 1 to 0.9 and 0 to 0.1. PyTorch's binary "
        "losses have no such argument. CrossEntropyLoss's label_smoothing is CategoricalCrossentropy's.",
        "x, y = torch.tensor([[2.0], [-1.0]]), torch.tensor([[1.0], [0.0]])\n"
        "nn.BCEWithLogitsLoss()(x, y * (1 - 0.2) + 0.2 / 2)",
        units=UNITS,
    ),
    Row(
        "KLDivLoss(log_target=True)",
        "q, p = tf.constant([[0.5, 0.5], [0.25, 0.75]]), tf.constant([[0.75, 0.25], [0.5, 0.5]])\n"
        "keras.losses.KLDivergence()(q, p)",
        "q, p = torch.tensor([[0.5, 0.5], [0.25, 0.75]]), torch.tensor([[0.75, 0.25], [0.5, 0.5]])\n"
        "nn.KLDivLoss(reduction='batchmean')(p.log(), q.log())",
        DIFFERS,
        "Of logarithms on both sides PyTorch wants to be told. Keras takes probabilities on both: give it the "
        "exponentials.",
        "q, p = torch.tensor([[0.5, 0.5], [0.25, 0.75]]), torch.tensor([[0.75, 0.25], [0.5, 0.5]])\n"
        "nn.KLDivLoss(reduction='batchmean', log_target=True)(p.log(), q.log())",
        units=UNITS,
    ),
    Row(
        "TripletMarginLoss",
        "a, p, n = np.float32([[[0, 1], [2, 0]], [[0, 3], [2, 2]], [[1, 1], [5, 4]]])\n"
        "distance = lambda one, other: tf.norm(one - other + 1e-6, axis=-1)\n"
        "tf.reduce_mean(tf.nn.relu(distance(a, p) - distance(a, n) + 1.0))",
        "a, p, n = torch.tensor([[[0.0, 1], [2, 0]], [[0, 3], [2, 2]], [[1, 1], [5, 4]]])\n"
        "nn.TripletMarginLoss()(a, p, n)",
        SAME,
        "Keras has none, and its Circle loss is another: of a batch and its labels. Distances are Euclidean, not "
        "squared as in FaceNet; eps=1e-6 is added to each coordinate. TripletMarginWithDistanceLoss takes a "
        "distance of one's own.",
        units=UNITS,
    ),
    Row(
        "CosineEmbeddingLoss",
        "a, b = np.float32([[[3, 4], [1, 2], [0, 1]], [[4, 3], [2, 1], [1, 0]]])\n"
        "similarity = -keras.losses.cosine_similarity(a, b)\n"
        "tf.reduce_mean(tf.where([True, False, False], 1 - similarity, tf.nn.relu(similarity - 0.5)))",
        "a, b = torch.tensor([[[3.0, 4], [1, 2], [0, 1]], [[4, 3], [2, 1], [1, 0]]])\n"
        "nn.CosineEmbeddingLoss(margin=0.5)(a, b, torch.tensor([1, -1, -1]))",
        SAME,
        "Keras has none. Of pairs that all belong together it is 1 + keras.losses.CosineSimilarity().",
        units=UNITS,
    ),
    Row(
        "MarginRankingLoss",
        "a, b, y = np.float32([[1, 2, 4], [3, 1, 4], [1, -1, 1]])\ntf.reduce_mean(tf.nn.relu(0.5 - y * (a - b)))",
        "a, b, y = torch.tensor([[1.0, 2, 4], [3, 1, 4], [1, -1, 1]])\nnn.MarginRankingLoss(margin=0.5)(a, b, y)",
        SAME,
        "Keras has none. PyTorch's margin is 0 unless told.",
        units=UNITS,
    ),
    Row(
        "MultiLabelSoftMarginLoss",
        "x, y = np.float32([[[2, -1, 0.5]], [[1, 0, 1]]])\nkeras.losses.BinaryCrossentropy(from_logits=True)(y, x)",
        "x, y = torch.tensor([[[2, -1, 0.5]], [[1, 0, 1]]])\nnn.MultiLabelSoftMarginLoss()(x, y)",
        SAME,
        "So of several labels at once; BCEWithLogitsLoss is the same.",
        units=UNITS,
    ),
    Row(
        "GaussianNLLLoss",
        "mean, y, variance = np.float32([[1, 2], [3, 2], [0.5, 4]])\n"
        "variance = variance + tf.stop_gradient(tf.maximum(variance, 1e-6) - variance)\n"
        "tf.reduce_mean(0.5 * (tf.math.log(variance) + (mean - y) ** 2 / variance))",
        "mean, y, variance = torch.tensor([[1.0, 2], [3, 2], [0.5, 4]])\nnn.GaussianNLLLoss()(mean, y, variance)",
        SAME,
        "Keras has none. log(2 pi) / 2 is left out unless full=True. It takes variances, not deviations, and raises "
        "small ones to eps, past the gradient.",
        units=UNITS,
    ),
    Row(
        "MultiLabelMarginLoss in Keras",
        "y, x = tf.constant([[0.0, 1, 0, 1]]), tf.constant([[0.1, 0.2, 0.4, 0.8]])\n"
        "gaps = tf.nn.relu(1 - x[:, :, None] + x[:, None, :]) * y[:, :, None] * (1 - y[:, None, :])\n"
        "tf.reduce_mean(tf.reduce_sum(gaps, axis=[1, 2]) / 4)",
        "y, x = torch.tensor([[3, 1, -1, 0]]), torch.tensor([[0.1, 0.2, 0.4, 0.8]])\nnn.MultiLabelMarginLoss()(x, y)",
        SAME,
        "Keras has none: of each right label and each wrong one the gap that is missing, over the number of classes. "
        "PyTorch's targets are the numbers of the right labels up to the first -1.",
        units=UNITS,
    ),
    Row(
        "MultiMarginLoss and CategoricalHinge",
        "y, x = tf.constant([[0.0, 0, 1]]), tf.constant([[0.1, 0.2, 0.4]])\nkeras.losses.CategoricalHinge()(y, x)",
        "nn.MultiMarginLoss()(torch.tensor([[0.1, 0.2, 0.4]]), torch.tensor([2]))",
        DIFFERS,
        "Keras takes the worst of the wrong classes; PyTorch adds them all up, and divides by the number of classes.",
        "x, label = torch.tensor([[0.1, 0.2, 0.4]]), torch.tensor([2])\n"
        "right = F.one_hot(label, 3).bool()\n"
        "F.relu(1 - x[right] + x.masked_fill(right, 0.0).amax(dim=1)).mean()",
        units=UNITS,
    ),
    Row(
        "PairwiseDistance, and the norm of a difference",
        "a, b = tf.constant([[1e-6, 2e-6]]), tf.zeros([1, 2])\ntf.norm(a - b, axis=-1)",
        "a, b = torch.tensor([[1e-6, 2e-6]]), torch.zeros(1, 2)\nnn.PairwiseDistance()(a, b)",
        DIFFERS,
        "PyTorch adds 1e-6 to each difference, in TripletMarginLoss as well: of two that are equal it is not 0, and "
        "has a derivative, which tf.norm has not.",
        "a, b = torch.tensor([[1e-6, 2e-6]]), torch.zeros(1, 2)\nnn.PairwiseDistance(eps=0.0)(a, b)",
        units=UNITS,
    ),
)
