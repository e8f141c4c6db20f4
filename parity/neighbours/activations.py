"""Activations: their neighbours in PyTorch and TensorFlow."""

from parity.neighbours.base import DEFAULT, DIFFERENT, EQUAL, NONE, REGION, WITH_ARGUMENTS, Row


def module_and_function(ours: str, module: str, function: str, arguments: str = "", verdict: str = EQUAL) -> list[Row]:
    """What PyTorch has as a module and as a function."""
    inside = f", {arguments}" if arguments else ""
    return [
        Row(f"activations.{ours}", f"torch.nn.{module}", verdict, f"torch.nn.{module}({arguments})(x)"),
        Row(f"activations.{ours}", f"torch.nn.functional.{function}", verdict, f"F.{function}(x{inside})"),
    ]


ROWS = (
    *module_and_function("celu", "CELU", "celu", "alpha=alpha"),
    *module_and_function("elu", "ELU", "elu", "alpha=alpha"),
    Row(
        "activations.elu",
        "tf.nn.elu",
        REGION,
        "tf.nn.elu(x)",
        when={"alpha": 1.0},
        region="rounding: x between -1 and 0, where exp(x) - 1 loses digits",
        where="(-1 < x) & (x < 0)",
    ),
    Row("activations.exponential", "torch.exp", EQUAL, "torch.exp(x)"),
    Row(
        "activations.gelu",
        "torch.nn.GELU",
        EQUAL,
        "torch.nn.GELU(approximate='tanh' if approximate else 'none')(x)",
        remark="A word in PyTorch, a boolean in Keras.",
    ),
    Row(
        "activations.gelu",
        "torch.nn.functional.gelu",
        EQUAL,
        "F.gelu(x, approximate='tanh' if approximate else 'none')",
        remark="A word in PyTorch, a boolean in Keras.",
    ),
    Row("activations.gelu", "tf.nn.gelu", EQUAL, "tf.nn.gelu(x, approximate=approximate)"),
    *(
        Row(
            "activations.glu",
            theirs,
            EQUAL,
            call,
            given="(x > -86).all()",
            remark="A gate below -86 is subnormal, and loses digits that the product still has.",
        )
        for theirs, call in (
            ("torch.nn.GLU", "torch.nn.GLU(dim=axis)(x)"),
            ("torch.nn.functional.glu", "F.glu(x, dim=axis)"),
        )
    ),
    *module_and_function("hard_shrink", "Hardshrink", "hardshrink", "lambd=threshold"),
    *module_and_function("hard_sigmoid", "Hardsigmoid", "hardsigmoid"),
    *module_and_function("hard_silu", "Hardswish", "hardswish"),
    *module_and_function("hard_tanh", "Hardtanh", "hardtanh"),
    *module_and_function("leaky_relu", "LeakyReLU", "leaky_relu", "negative_slope=negative_slope", DEFAULT),
    Row("activations.leaky_relu", "tf.nn.leaky_relu", EQUAL, "tf.nn.leaky_relu(x, alpha=negative_slope)"),
    Row(
        "activations.leaky_relu",
        "keras.layers.LeakyReLU",
        DEFAULT,
        "keras.layers.LeakyReLU(negative_slope=negative_slope)(x)",
        given="negative_slope >= 0",
        remark="The layer's slope is 0.3, the activation's 0.2.",
    ),
    Row(
        "activations.leaky_relu",
        "torch.nn.RReLU",
        WITH_ARGUMENTS,
        "torch.nn.RReLU(negative_slope, negative_slope)(x)",
        plain="torch.nn.RReLU()(x)",
        when={"negative_slope": 0.25},
        remark="Its slopes are random while it trains.",
    ),
    Row(
        "activations.leaky_relu",
        "torch.nn.PReLU",
        WITH_ARGUMENTS,
        "torch.nn.PReLU(init=negative_slope)(x)",
        plain="torch.nn.PReLU()(x)",
        remark="Its slope is a weight, 0.25 to begin with.",
    ),
    Row("activations.linear", "torch.nn.Identity", EQUAL, "torch.nn.Identity()(x)"),
    *module_and_function("log_sigmoid", "LogSigmoid", "logsigmoid"),
    Row("activations.log_sigmoid", "tf.math.log_sigmoid", EQUAL, "tf.math.log_sigmoid(x)"),
    *(
        Row(f"activations.{ours}", theirs, DEFAULT, call, kinds={"axis": "int"}, remark=remark)
        for ours, module in (("softmax", "Softmax"), ("log_softmax", "LogSoftmax"))
        for theirs, call, remark in (
            (
                f"torch.nn.{module}",
                f"torch.nn.{module}(dim=axis)(x)",
                "Without dim PyTorch takes the first axis of a vector, of 3 axes and of none, else the second.",
            ),
            (
                f"torch.nn.functional.{ours}",
                f"F.{ours}(x, dim=axis)",
                "It adds up in float32: of 1,000 numbers over the first axis the softmax is up to 64 eps off, over "
                "the last 168 of 50,000.",
            ),
        )
    ),
    *(
        Row(f"activations.{ours}", f"tf.nn.{ours}", EQUAL, f"tf.nn.{ours}(x)", when={"axis": -1})
        for ours in ("softmax", "log_softmax")
    ),
    *(
        Row(
            f"activations.{ours}",
            theirs,
            REGION,
            call,
            made={"x": "np.where(x < -80, -91, x)"},
            region="rounding: x below -86, where a factor is subnormal and the product is not",
            where="x < -86",
        )
        for ours, theirs, call in (
            ("mish", "torch.nn.Mish", "torch.nn.Mish()(x)"),
            ("mish", "torch.nn.functional.mish", "F.mish(x)"),
            ("silu", "torch.nn.SiLU", "torch.nn.SiLU()(x)"),
            ("silu", "torch.nn.functional.silu", "F.silu(x)"),
            ("silu", "tf.nn.silu", "tf.nn.silu(x)"),
        )
    ),
    *(
        Row("activations.relu", theirs, EQUAL, call, when={"negative_slope": 0.0, "max_value": None, "threshold": 0.0})
        for theirs, call in (
            ("torch.nn.ReLU", "torch.nn.ReLU()(x)"),
            ("torch.nn.functional.relu", "F.relu(x)"),
            ("tf.nn.relu", "tf.nn.relu(x)"),
        )
    ),
    Row(
        "activations.relu",
        "torch.nn.ReLU6",
        EQUAL,
        "torch.nn.ReLU6()(x)",
        when={"negative_slope": 0.0, "max_value": 6.0, "threshold": 0.0},
    ),
    Row(
        "activations.relu",
        "torch.nn.ReLU",
        WITH_ARGUMENTS,
        "torch.nn.ReLU()(x).clamp(max=max_value)",
        plain="torch.nn.ReLU()(x)",
        when={"negative_slope": 0.0, "threshold": 0.0},
        kinds={"max_value": "float"},
        remark="torch.nn.ReLU has no arguments of ours.",
    ),
    Row(
        "activations.relu",
        "torch.nn.LeakyReLU",
        DEFAULT,
        "torch.nn.LeakyReLU(negative_slope=negative_slope)(x)",
        when={"max_value": None, "threshold": 0.0},
        remark="A slope of 0.01 in PyTorch, of 0 in Keras's relu.",
    ),
    *(
        Row(
            "activations.relu",
            "torch",
            NONE,
            f"torch.where(x <= threshold, negative_slope * (x - threshold), {above})",
            when=when,
            kinds=kinds,
            absent=("torch.nn.ThresholdedReLU", "torch.nn.ClippedReLU"),
            remark="It is written out.",
        )
        for above, when, kinds in (
            ("x", {"max_value": None}, {}),
            ("x.clamp(0, max_value)", {}, {"max_value": "float"}),
        )
    ),
    *module_and_function("relu6", "ReLU6", "relu6"),
    Row("activations.relu6", "tf.nn.relu6", EQUAL, "tf.nn.relu6(x)"),
    *module_and_function("selu", "SELU", "selu"),
    Row(
        "activations.selu",
        "tf.nn.selu",
        REGION,
        "tf.nn.selu(x)",
        region="rounding: x between -1 and 0, where exp(x) - 1 loses digits",
        where="(-1 < x) & (x < 0)",
    ),
    Row("activations.sigmoid", "torch.nn.Sigmoid", EQUAL, "torch.nn.Sigmoid()(x)"),
    Row("activations.sigmoid", "torch.sigmoid", EQUAL, "torch.sigmoid(x)"),
    Row("activations.sigmoid", "tf.nn.sigmoid", EQUAL, "tf.nn.sigmoid(x)"),
    *module_and_function("soft_shrink", "Softshrink", "softshrink", "lambd=threshold"),
    *module_and_function("softplus", "Softplus", "softplus"),
    Row("activations.softplus", "tf.nn.softplus", EQUAL, "tf.nn.softplus(x)"),
    *module_and_function("softsign", "Softsign", "softsign"),
    Row("activations.softsign", "tf.nn.softsign", EQUAL, "tf.nn.softsign(x)"),
    Row(
        "activations.sparse_plus",
        "torch",
        NONE,
        "torch.where(x <= -1, 0, torch.where(x < 1, (x + 1) ** 2 / 4, x))",
        absent=("torch.nn.SparsePlus", "torch.nn.functional.sparse_plus"),
        remark="It is written out.",
    ),
    Row(
        "activations.sparse_sigmoid",
        "torch",
        NONE,
        "((x + 1) / 2).clamp(0, 1)",
        absent=("torch.nn.SparseSigmoid", "torch.nn.functional.sparse_sigmoid"),
        remark="It is a hard sigmoid of another width. torch.nn.Hardsigmoid ends at -3 and 3.",
    ),
    Row(
        "activations.sparse_sigmoid",
        "torch.nn.Hardsigmoid",
        DIFFERENT,
        "torch.nn.Hardsigmoid()(x)",
        given="(np.abs(x) < 3).all() and (x != 0).all()",
    ),
    Row(
        "activations.sparsemax",
        "torch",
        NONE,
        "z = x.sort(-1, descending=True).values\n"
        "sums = z.cumsum(-1) - 1\n"
        "number = torch.arange(1, x.shape[-1] + 1)\n"
        "size = (number * z > sums).sum(-1, keepdim=True)\n"
        "(x - sums.gather(-1, size - 1) / size).clamp_min(0)",
        when={"axis": -1},
        given="(np.abs(x) < 100).all()",
        absent=("torch.nn.Sparsemax", "torch.nn.functional.sparsemax"),
        remark="The package entmax has it.",
    ),
    Row(
        "activations.squareplus",
        "torch",
        NONE,
        "(x + (x * x + b).sqrt()) / 2",
        absent=("torch.nn.Squareplus", "torch.nn.functional.squareplus"),
        remark="Written out, it cancels where x is well below 0.",
        region="an x below 0",
        where="x < 0",
        given="b > 0 and (np.abs(x) < 1e15).all()",  # without b, x**2 of the smallest numbers is lost: relu does it
    ),
    Row("activations.tanh", "torch.nn.Tanh", EQUAL, "torch.nn.Tanh()(x)"),
    Row("activations.tanh", "torch.tanh", EQUAL, "torch.tanh(x)"),
    Row("activations.tanh", "tf.nn.tanh", EQUAL, "tf.nn.tanh(x)"),
    *(
        Row(
            "activations.tanh_shrink",
            theirs,
            REGION,
            call,
            region="rounding: x within 2 of 0, where x - tanh(x) cancels",
            where="(x != 0) & (np.abs(x) < 2)",
        )
        for theirs, call in (
            ("torch.nn.Tanhshrink", "torch.nn.Tanhshrink()(x)"),
            ("torch.nn.functional.tanhshrink", "F.tanhshrink(x)"),
        )
    ),
    Row(
        "activations.threshold",
        "torch.nn.Threshold",
        EQUAL,
        "torch.nn.Threshold(threshold, default_value)(x)",
    ),
    Row(
        "activations.threshold",
        "torch.nn.functional.threshold",
        EQUAL,
        "F.threshold(x, threshold, default_value)",
    ),
)
