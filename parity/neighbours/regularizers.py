"""Regularizers: their neighbours in PyTorch, among optimizers' weight decay, and in TensorFlow."""

from parity.neighbours.base import DIFFERENT, NONE, WITH_ARGUMENTS, Row

NO_GRADIENT = "w = torch.nn.Parameter(x.double())\nw.grad = torch.zeros_like(w)\n"
IN_KERAS = "wide = tf.cast(x, 'float64')\nw = keras.Variable(wide, dtype='float64')\n"
NOT_TINY = "l2 == 0 or l2 > 1e-6"
ROWS = (
    Row(
        "regularizers.L1",
        "torch",
        NONE,
        "l1 * x.abs().sum()",
        absent=("torch.nn.L1Regularizer", "torch.optim.L1"),
        remark="It is added to the loss; no optimizer of PyTorch knows an L1 penalty.",
    ),
    Row(
        "regularizers.L1",
        "torch.nn.functional.l1_loss",
        WITH_ARGUMENTS,
        "l1 * F.l1_loss(x, torch.zeros_like(x), reduction='sum')",
        plain="l1 * F.l1_loss(x, torch.zeros_like(x))",
        remark="A penalty is a sum, a loss is a mean.",
    ),
    Row(
        "regularizers.L2",
        "torch",
        NONE,
        "l2 * x.square().sum()",
        absent=("torch.nn.L2Regularizer", "torch.optim.L2"),
        remark="It is added to the loss. Under torch.optim.SGD, and Adam but not AdamW, its gradient is that of "
        "weight_decay=2 * l2.",
    ),
    Row(
        "regularizers.L2",
        "torch.optim.SGD",
        WITH_ARGUMENTS,
        NO_GRADIENT + "torch.optim.SGD([w], lr=1.0, weight_decay=2 * l2).step()\nx - w",
        plain=NO_GRADIENT + "torch.optim.SGD([w], lr=1.0, weight_decay=l2).step()\nx - w",
        given=NOT_TINY,
        gradient=True,
        remark="weight_decay=2 * l2: Keras's penalty is l2 * sum(w ** 2), whose gradient has a factor of 2. PyTorch "
        "decays all parameters it is given, biases and norms among them.",
    ),
    Row(
        "regularizers.L2",
        "torch.optim.Adam",
        WITH_ARGUMENTS,
        NO_GRADIENT + "adam = torch.optim.Adam([w], weight_decay=2 * l2)\nadam.step()\nadam.state[w]['exp_avg'] / 0.1",
        plain=NO_GRADIENT
        + "adam = torch.optim.Adam([w], weight_decay=l2)\nadam.step()\nadam.state[w]['exp_avg'] / 0.1",
        given=NOT_TINY,
        gradient=True,
        remark="What is compared is the gradient that Adam averages: PyTorch's Adam adds the decay to it, as a penalty "
        "does. Keras's Adam(weight_decay=...) does not, it is AdamW.",
    ),
    Row(
        "regularizers.L2",
        "torch.optim.AdamW",
        DIFFERENT,
        NO_GRADIENT + "adam = torch.optim.AdamW([w], weight_decay=2 * l2)\nadam.step()\nadam.state[w]['exp_avg'] / 0.1",
        given="l2 > 1e-6 and (np.abs(x) > 1e-3).any()",
        gradient=True,
        remark="AdamW shrinks the weights apart from the gradient, so that Adam's averages never see it. It is no "
        "penalty.",
        source="https://arxiv.org/abs/1711.05101",
    ),
    Row(
        "regularizers.L2",
        "keras.optimizers.SGD",
        WITH_ARGUMENTS,
        IN_KERAS + "keras.optimizers.SGD(1.0, weight_decay=2 * l2).apply([tf.zeros_like(wide)], [w])\nwide - w.value",
        plain=IN_KERAS + "keras.optimizers.SGD(1.0, weight_decay=l2).apply([tf.zeros_like(wide)], [w])\nwide - w.value",
        given=NOT_TINY,
        gradient=True,
        remark="Without momentum. Keras's weight_decay leaves the gradient alone, so that momentum does not see it.",
    ),
    Row(
        "regularizers.L2",
        "keras.optimizers.Adam",
        DIFFERENT,
        IN_KERAS + "adam = keras.optimizers.Adam(weight_decay=2 * l2)\nadam.apply([tf.zeros_like(wide)], [w])\n"
        "adam._momentums[0].value / 0.1",
        given="l2 > 1e-6 and (np.abs(x) > 1e-3).any()",
        gradient=True,
        remark="Keras's Adam with weight_decay is AdamW; PyTorch's is not.",
    ),
    Row(
        "regularizers.L2",
        "tf.nn.l2_loss",
        WITH_ARGUMENTS,
        "2 * l2 * tf.nn.l2_loss(x)",
        plain="l2 * tf.nn.l2_loss(x)",
        remark="l2_loss is half of the sum of squares.",
    ),
    Row(
        "regularizers.L1L2",
        "torch",
        NONE,
        "l1 * x.abs().sum() + l2 * x.square().sum()",
        absent=("torch.nn.L1L2Regularizer", "torch.optim.L1L2"),
        remark="Both terms are added to the loss.",
    ),
    Row(
        "regularizers.OrthogonalRegularizer",
        "torch",
        NONE,
        "units = F.normalize(x if mode == 'rows' else x.T, dim=1)\n"
        "off = (units @ units.T).abs().fill_diagonal_(0)\n"
        "pairs = max(len(off) * (len(off) - 1) / 2, 1)\n"
        "factor * 0.5 * off.sum() / pairs",
        absent=("torch.nn.OrthogonalRegularizer", "torch.nn.functional.orthogonal_loss"),
        remark="torch.nn.utils.parametrizations.orthogonal makes weights orthogonal, instead of asking for it.",
    ),
)
