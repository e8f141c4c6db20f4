"""Constraints: their neighbours in PyTorch and TensorFlow."""

from parity.neighbours.base import EQUAL, NONE, REGION, Row

TINY = "a unit shorter than 1e-18, whose squares are subnormal"
IS_TINY = "(0 < np.sqrt((x**2).sum(axis))) & (np.sqrt((x**2).sum(axis)) < 1e-18)"
ROWS = (
    Row(
        "constraints.MaxNorm",
        "torch.renorm",
        REGION,
        "torch.renorm(x, 2, 1, max_value)",
        when={"axis": 0},
        given="x.ndim == 2",
        region="a unit whose norm is below 1",
        where="np.sqrt((x**2).sum(0)) < 1",
        remark="dim is the axis that stays: 1 for a kernel (inputs, units), 0 for nn.Linear.weight. Keras divides by "
        "norm + 1e-7 within the limit, too, and so shrinks small weights.",
    ),
    Row(
        "constraints.MaxNorm",
        "torch",
        NONE,
        "norm = torch.linalg.vector_norm(x, dim=axis, keepdim=True)\nx * norm.clamp(0, max_value) / (1e-7 + norm)",
        absent=("torch.maxnorm", "torch.nn.utils.max_norm"),
        made={"x": "np.where(np.abs(x) < 0.1, 1e-18 * x, x)"},
        region=TINY,
        where=IS_TINY,
        remark="torch.renorm has it of all axes but one. This is of any axes: [0, 1, 2] for the kernel of a Conv2D.",
    ),
    Row(
        "constraints.MaxNorm",
        "tf.clip_by_norm",
        REGION,
        "tf.clip_by_norm(x, max_value, axes=axis)",
        region="a unit whose norm is below 1",
        where="np.sqrt((x**2).sum(axis)) < 1",
    ),
    Row(
        "constraints.MinMaxNorm",
        "torch",
        NONE,
        "norm = torch.linalg.vector_norm(x, dim=axis, keepdim=True)\n"
        "x * ((rate * norm.clamp(min_value, max_value) + (1 - rate) * norm) / (1e-7 + norm))",
        absent=("torch.minmaxnorm", "torch.nn.utils.min_max_norm"),
        made={"x": "np.where(np.abs(x) < 0.1, 1e-18 * x, x)"},
        region=TINY,
        where=IS_TINY,
        remark="It is written out.",
    ),
    Row("constraints.NonNeg", "torch.clamp", EQUAL, "torch.clamp(x, 0)"),
    Row("constraints.NonNeg", "torch.relu", EQUAL, "torch.relu(x)"),
    Row(
        "constraints.UnitNorm",
        "torch.nn.functional.normalize",
        REGION,
        "F.normalize(x, dim=axis)",
        region="a unit whose norm is below 1",
        where="np.sqrt((x**2).sum(axis)) < 1",
        remark="PyTorch divides by the norm, or by 1e-12 if that is more; Keras by the norm + 1e-7. PyTorch's default "
        "dim is 1, that of the inputs of nn.Linear.weight.",
    ),
    Row(
        "constraints.UnitNorm",
        "tf.math.l2_normalize",
        REGION,
        "tf.math.l2_normalize(x, axis)",
        region="a unit whose norm is below 1",
        where="np.sqrt((x**2).sum(axis)) < 1",
    ),
)
