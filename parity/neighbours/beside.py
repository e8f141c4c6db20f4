"""What goes wrong beside the ordinary domain: shapes, weights, nothing at all. Each is run."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Trap:
    """What people trip over.

    Args:
        name: a short name.
        components: a pattern of component names that it concerns, "losses.*".
        text: what happens, and why.
        theirs: code in PyTorch or NumPy, and what it gives, rounded to 6 places, or the error's name.
        ours: the same with `lib`, which stands for torchimpl.
        source: where it is reported.
    """

    name: str
    components: str
    text: str
    theirs: tuple[str, float | str]
    ours: tuple[str, float | str]
    source: str = ""

    def concerns(self, component: str) -> bool:
        return fnmatchcase(component, self.components)


COLUMN = "torch.tensor([[1.0], [2.0], [3.0]])"
ROW = "torch.tensor([1.0, 2.0, 3.0])"
TRAPS = (
    Trap(
        "targets of another shape",
        "losses.[MHLP]*",
        "PyTorch broadcasts targets [batch] against predictions [batch, 1] to [batch, batch], and only warns. Keras, "
        "and we, match a last axis of size 1, and refuse all else.",
        (f"torch.nn.functional.mse_loss({COLUMN}, {ROW}).item()", 1.333333),
        (f"lib.losses.MeanSquaredError()({ROW}, {COLUMN}).item()", 0.0),
        "https://discuss.pytorch.org/t/160720",
    ),
    Trap(
        "the mean of nothing",
        "losses.*",
        "The mean over an empty batch is NaN in PyTorch, and 0 in Keras and here.",
        ("torch.nn.functional.mse_loss(torch.zeros(0, 2), torch.zeros(0, 2)).item()", "nan"),
        ("lib.losses.MeanSquaredError()(torch.zeros(0, 2), torch.zeros(0, 2)).item()", 0.0),
    ),
    Trap(
        "class weights",
        "losses.*rossentropy",
        "With class weights PyTorch divides by the sum of the weights of the labels; sample weights in Keras leave the "
        "divisor alone (see the reductions).",
        (
            "torch.nn.functional.cross_entropy(\n"
            "    torch.zeros(2, 2), torch.tensor([0, 1]), weight=torch.tensor([1.0, 3.0])).item()",
            0.693147,
        ),
        (
            "lib.losses.SparseCategoricalCrossentropy(from_logits=True)(\n"
            "    torch.tensor([0, 1]), torch.zeros(2, 2), torch.tensor([1.0, 3.0])).item()",
            1.386294,
        ),
        "https://github.com/pytorch/pytorch/issues/25571",
    ),
    Trap(
        "the order of the arguments",
        "losses.*",
        "Keras's order is (y_true, y_pred), PyTorch's is (input, target), that is, the prediction first. Where a loss "
        "is not symmetric the exchange goes unnoticed. torchimpl.losses.InputTarget(loss) takes PyTorch's order.",
        (
            "torch.nn.functional.binary_cross_entropy(torch.tensor([1.0]), torch.tensor([0.25])).item()",
            75.0,
        ),
        (
            "lib.losses.InputTarget(lib.losses.BinaryCrossentropy())(torch.tensor([0.25]), torch.tensor([1.0])).item()",
            1.386294,
        ),
    ),
    Trap(
        "the mean of batches",
        "metrics.*",
        "The mean of a metric over batches is not the metric of all of them, unless it is itself a mean and the "
        "batches have one size. Keep one object, and ask it at the end.",
        (
            "batches = ([1, 1, 1, 1, 0], [1, 1, 1, 1, 1]), ([0, 0, 0], [1, 1, 1])\n"
            "sum(sklearn.metrics.precision_score(*batch) for batch in batches) / 2",
            0.4,
        ),
        (
            "precision = lib.metrics.Precision()\n"
            "precision.update_state([1, 1, 1, 1, 0], [1, 1, 1, 1, 1])\n"
            "precision.update_state([0, 0, 0], [1, 1, 1])\n"
            "precision.result().item()",
            0.5,
        ),
    ),
    Trap(
        "batches of single numbers",
        "metrics.Mean*Error",
        "A batch of shape [n] is one sample to Keras's means over the last axis, and to ours: a batch of 3 weighs as "
        "much as one of 1. torchmetrics, torcheval and scikit-learn count n samples. Give y[:, None] for that.",
        (
            "metric = torchmetrics.MeanSquaredError()\n"
            "for error in (torch.ones(3), torch.tensor([3.0])):\n"
            "    metric.update(error, torch.zeros_like(error))\n"
            "metric.compute().item()",
            3.0,
        ),
        (
            "metric = lib.metrics.MeanSquaredError()\n"
            "for error in (torch.ones(3), torch.tensor([3.0])):\n"
            "    metric.update_state(torch.zeros_like(error), error)\n"
            "metric.result().item()",
            5.0,
        ),
    ),
    Trap(
        "a sigmoid that comes and goes",
        "metrics.*",
        "torchmetrics takes a sigmoid of a whole batch if any of its scores lies outside of [0, 1], so that the result "
        "depends on the cut of the stream. Here it is 1.0 for all three at once.",
        (
            "metric = torchmetrics.classification.BinaryAUROC()\n"
            "for score, label in ((-1.0, 0), (0.0, 1), (1.0, 1)):\n"
            "    metric.update(torch.tensor([score]), torch.tensor([label]))\n"
            "metric.compute().item()",
            0.5,
        ),
        (
            "metric = lib.metrics.AUC(from_logits=True)\n"
            "for score, label in ((-1.0, 0), (0.0, 1), (1.0, 1)):\n"
            "    metric.update_state([label], [score])\n"
            "metric.result().item()",
            1.0,
        ),
        "https://github.com/Lightning-AI/torchmetrics/issues/1604",
    ),
    Trap(
        "counts that stop",
        "metrics.*",
        "A float32 count stays at 2 ** 24 when 1 is added. Ours are float64.",
        (
            "metric = torchmetrics.SumMetric()\n"
            "for value in (2.0**24, 1.0, 1.0):\n"
            "    metric.update(value)\n"
            "metric.compute().item()",
            16777216.0,
        ),
        (
            "metric = lib.metrics.Sum(dtype='float64')\n"
            "for value in (2.0**24, 1.0, 1.0):\n"
            "    metric.update_state(value)\n"
            "metric.result().item()",
            16777218.0,
        ),
        "https://github.com/keras-team/keras/issues/20574",
    ),
    Trap(
        "the layout of a kernel",
        "initializers.*",
        "A Keras kernel is (*window, inputs, units), PyTorch's is (units, inputs, *window): what counts inputs takes "
        'one for the other. Ours take layout="torch" at the call.',
        ("torch.manual_seed(0)\ntorch.nn.init.kaiming_uniform_(torch.empty(100, 400)).abs().max().item() > 0.2", 0.0),
        ("lib.initializers.HeUniform(seed=0)((100, 400)).abs().max().item() > 0.2", 1.0),
    ),
    Trap(
        "the axis of a norm",
        "constraints.*Norm",
        "The incoming weights of a unit lie on axis 0 of a Dense kernel and on axis 1 of nn.Linear.weight; "
        "torch.renorm's dim is the axis that stays. constrain(optimizer, model, ...) knows the layouts.",
        ("torch.renorm(torch.tensor([[3.0, 0.0], [4.0, 0.0]]), 2, 0, 1.0)[1, 0].item()", 1.0),
        ("lib.constraints.MaxNorm(1.0)(torch.tensor([[3.0, 0.0], [4.0, 0.0]]))[1, 0].item()", 0.8),
        "https://github.com/vlawhern/arl-eegmodels/issues/1",
    ),
    Trap(
        "a penalty and weight decay",
        "regularizers.L2",
        "The gradient of l2 * sum(w ** 2) is 2 * l2 * w: SGD's weight_decay is 2 * l2. PyTorch's Adam adds it to the "
        "gradient, AdamW, and every optimizer of Keras, do not.",
        (
            "w = torch.nn.Parameter(torch.ones(1))\nw.grad = torch.zeros(1)\n"
            "torch.optim.SGD([w], lr=1.0, weight_decay=0.25).step()\nw.item()",
            0.75,
        ),
        (
            "w = torch.ones(1, requires_grad=True)\nlib.regularizers.L2(0.25)(w).backward()\n(w - w.grad).item()",
            0.5,
        ),
    ),
)
