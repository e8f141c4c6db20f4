"""The nearest calls of PyTorch itself, and whether they are equal; a test runs every row.

Calls are expressions of `y_true` and `y_pred`, of `x`, or of a parameter `w` in PyTorch's layout.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EQUAL, ALIKE, DIFFERS = "equal", "same distribution, other numbers", "differs"
MEAN = {"reduction": "sum_over_batch_size"}


@dataclass(frozen=True)
class Native:
    """A call of PyTorch that comes nearest to a component.

    Args:
        component: the component, "losses.Huber".
        call: the call, with the component's arguments in braces.
        verdict: EQUAL, ALIKE or DIFFERS.
        because: what differs, or under which condition nothing does.
        only: the arguments for which this holds.
    """

    component: str
    call: str
    verdict: str = EQUAL
    because: str = ""
    only: Mapping[str, Any] = field(default_factory=dict)


CLIPPED = "Keras keeps probabilities 1e-7 away from 0 and 1"
BY_SAMPLE = "for shapes [batch, classes]"
SHRUNK = "Keras divides by the norm plus 1e-7, even where that is within the limit"
PLAIN_SGD = "as SGD's weight_decay of twice this; not as that of Adam or AdamW"

NATIVE = (
    Native("losses.MeanSquaredError", "F.mse_loss(y_pred, y_true)", only=MEAN),
    Native("losses.MeanAbsoluteError", "F.l1_loss(y_pred, y_true)", only=MEAN),
    Native("losses.Huber", "F.huber_loss(y_pred, y_true, delta={delta})", only=MEAN),
    Native("losses.Poisson", "F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=1e-7)", only=MEAN),
    Native(
        "losses.BinaryCrossentropy",
        "F.binary_cross_entropy_with_logits(y_pred, y_true)",
        only={**MEAN, "from_logits": True, "label_smoothing": 0.0},
    ),
    Native(
        "losses.BinaryCrossentropy",
        "F.binary_cross_entropy_with_logits(y_pred, y_true * (1 - {label_smoothing}) + {label_smoothing} / 2)",
        only={**MEAN, "from_logits": True},
    ),
    Native(
        "losses.BinaryCrossentropy",
        "F.binary_cross_entropy(y_pred, y_true)",
        DIFFERS,
        f"{CLIPPED}, PyTorch logarithms above -100",
        {**MEAN, "from_logits": False, "label_smoothing": 0.0},
    ),
    Native(
        "losses.CategoricalCrossentropy",
        "F.cross_entropy(y_pred, y_true, label_smoothing={label_smoothing})",
        EQUAL,
        BY_SAMPLE,
        {**MEAN, "from_logits": True, "axis": -1},
    ),
    Native(
        "losses.CategoricalCrossentropy",
        "F.cross_entropy(y_pred.log(), y_true, label_smoothing={label_smoothing})",
        DIFFERS,
        CLIPPED,
        {**MEAN, "from_logits": False, "axis": -1},
    ),
    Native(
        "losses.SparseCategoricalCrossentropy",
        "F.cross_entropy(y_pred, y_true)",
        EQUAL,
        BY_SAMPLE,
        {**MEAN, "from_logits": True, "ignore_class": None, "axis": -1},
    ),
    Native(
        "losses.SparseCategoricalCrossentropy",
        "F.cross_entropy(y_pred.log(), y_true)",
        DIFFERS,
        CLIPPED,
        {**MEAN, "from_logits": False, "ignore_class": None, "axis": -1},
    ),
    Native("losses.KLDivergence", "F.kl_div(y_pred.log(), y_true, reduction='batchmean')", DIFFERS, CLIPPED, only=MEAN),
    Native(
        "losses.CosineSimilarity",
        "-F.cosine_similarity(y_pred, y_true, dim={axis}).mean()",
        DIFFERS,
        "a norm counts as 1e-8 at least in PyTorch, as 1e-7 in Keras",
        only=MEAN,
    ),
    Native("activations.celu", "F.celu(x, alpha={alpha})"),
    Native("activations.elu", "F.elu(x, alpha={alpha})"),
    Native("activations.exponential", "torch.exp(x)"),
    Native("activations.gelu", "F.gelu(x)", only={"approximate": False}),
    Native("activations.glu", "F.glu(x, dim={axis})"),
    Native("activations.hard_shrink", "F.hardshrink(x, {threshold})"),
    Native("activations.hard_sigmoid", "F.hardsigmoid(x)"),
    Native("activations.hard_silu", "F.hardswish(x)"),
    Native("activations.hard_tanh", "F.hardtanh(x)"),
    Native(
        "activations.leaky_relu",
        "F.leaky_relu(x, negative_slope={negative_slope})",
        because="PyTorch's own default is a slope of 0.01",
    ),
    Native("activations.linear", "torch.nn.Identity()(x)"),
    Native("activations.log_sigmoid", "F.logsigmoid(x)"),
    Native("activations.log_softmax", "F.log_softmax(x, dim={axis})"),
    Native("activations.mish", "F.mish(x)"),
    Native("activations.relu", "F.relu(x)", only={"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    Native("activations.relu", "F.relu6(x)", only={"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}),
    Native("activations.relu6", "F.relu6(x)"),
    Native("activations.selu", "F.selu(x)"),
    Native("activations.sigmoid", "torch.sigmoid(x)"),
    Native("activations.silu", "F.silu(x)"),
    Native("activations.soft_shrink", "F.softshrink(x, {threshold})"),
    Native("activations.softmax", "F.softmax(x, dim={axis})"),
    Native("activations.softplus", "F.softplus(x)"),
    Native("activations.softsign", "F.softsign(x)"),
    Native("activations.tanh", "torch.tanh(x)"),
    Native("activations.tanh_shrink", "F.tanhshrink(x)"),
    Native("activations.threshold", "F.threshold(x, {threshold}, {default_value})"),
    Native("initializers.Zeros", "torch.nn.init.zeros_(w)"),
    Native("initializers.Ones", "torch.nn.init.ones_(w)"),
    Native("initializers.Constant", "torch.nn.init.constant_(w, {value})"),
    Native("initializers.Identity", "torch.nn.init.eye_(w)", only={"gain": 1.0}),
    Native("initializers.RandomNormal", "torch.nn.init.normal_(w, {mean}, {stddev})", ALIKE),
    Native("initializers.RandomUniform", "torch.nn.init.uniform_(w, {minval}, {maxval})", ALIKE),
    Native(
        "initializers.TruncatedNormal",
        "torch.nn.init.trunc_normal_(w, {mean}, {stddev}, {mean} - 2 * {stddev}, {mean} + 2 * {stddev})",
        ALIKE,
        "PyTorch's limits are numbers, not standard deviations",
    ),
    Native("initializers.GlorotUniform", "torch.nn.init.xavier_uniform_(w)", ALIKE),
    Native(
        "initializers.GlorotNormal", "torch.nn.init.xavier_normal_(w)", DIFFERS, "Keras cuts at two standard deviations"
    ),
    Native("initializers.HeUniform", "torch.nn.init.kaiming_uniform_(w, nonlinearity='relu')", ALIKE),
    Native(
        "initializers.HeNormal",
        "torch.nn.init.kaiming_normal_(w, nonlinearity='relu')",
        DIFFERS,
        "Keras cuts at two standard deviations",
    ),
    Native("initializers.LecunUniform", "torch.nn.init.kaiming_uniform_(w, nonlinearity='linear')", ALIKE),
    Native(
        "initializers.LecunNormal",
        "torch.nn.init.kaiming_normal_(w, nonlinearity='linear')",
        DIFFERS,
        "Keras cuts at two standard deviations",
    ),
    Native("initializers.Orthogonal", "torch.nn.init.orthogonal_(w, gain={gain})", ALIKE),
    Native("regularizers.L1", "{l1} * w.abs().sum()"),
    Native("regularizers.L2", "{l2} * w.square().sum()", because=PLAIN_SGD),
    Native("regularizers.L1L2", "{l1} * w.abs().sum() + {l2} * w.square().sum()"),
    Native("constraints.NonNeg", "w.clamp(min=0)"),
    Native(
        "constraints.MaxNorm",
        "torch.renorm(w, 2, 0, {max_value})",
        DIFFERS,
        "Keras adds 1e-7 to the norms",
        {"axis": 0},
    ),
    Native(
        "constraints.UnitNorm", "F.normalize(w, dim=1)", DIFFERS, "Keras divides by the norm plus 1e-7", {"axis": 0}
    ),
)


def nearest(component: str, config: Mapping[str, Any]) -> Native | None:
    """The native call that comes nearest to a component with these arguments, filled in; None if there is none."""
    for row in NATIVE:
        if row.component == component and all(config.get(key) == value for key, value in row.only.items()):
            return Native(component, row.call.format_map(config), row.verdict, row.because, row.only)
    return None
