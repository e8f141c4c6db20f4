"""Regularizers: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

INF, NAN = float("inf"), float("nan")

DEVIATIONS = (
    Deviation(
        "a regularizer's factor",
        "regularizers.L1",
        "Keras keeps l1 in float32 and writes it so.",
        "lib.regularizers.L1(0.3).get_config()['l1']",
        0.30000001192092896,
        0.3,
    ),
    Deviation(
        "the factor of OrthogonalRegularizer",
        "regularizers.OrthogonalRegularizer",
        "Keras keeps it in float32 and writes it so.",
        "lib.regularizers.OrthogonalRegularizer(0.3).get_config()['factor']",
        0.30000001192092896,
        0.3,
    ),
    Deviation(
        "orthogonality of one vector",
        "regularizers.OrthogonalRegularizer",
        "There is no pair to be orthogonal; Keras divides 0 by 0.",
        "lib.regularizers.OrthogonalRegularizer()(T([[1.0, 2.0]]))",
        NAN,
        0.0,
    ),
    Deviation(
        "orthogonality of large and small vectors",
        "regularizers.OrthogonalRegularizer",
        "Squares that overflow lose the direction. (A norm below 1e-7 counts as 1e-7 in both.)",
        "lib.regularizers.OrthogonalRegularizer()(T([[1.0, 2.0], [3e25, 4e25]]))",
        0.0,
        0.009838699,
    ),
    Deviation(
        "L2 in float64",
        "regularizers.L2",
        "Keras's factor passes through float32.",
        "lib.regularizers.L2(0.3)(T([1.0], 'float64'))",
        0.30000001192092896,
        0.3,
    ),
    Deviation(
        "L1L2 in float64",
        "regularizers.L1L2",
        "Keras's factors pass through float32.",
        "lib.regularizers.L1L2(0.3, 0.1)(T([1.0], 'float64'))",
        0.4000000134110451,
        0.4,
    ),
    Deviation(
        "L2 in float16",
        "regularizers.L2",
        "The sum of squares overflows float16, and the penalty does not.",
        "lib.regularizers.L2(1e-4)(T([300.0, 0.0], 'float16'))",
        INF,
        9.0,
    ),
    Deviation(
        "l1_l2 by name",
        "regularizers.L1L2",
        "Keras's own documentation uses the name, and get does not know it.",
        "lib.regularizers.get('l1_l2').get_config()['l1']",
        "ValueError",
        0.0,
    ),
    Deviation(
        "a factor in float16",
        "regularizers.L2",
        "4e-7 is subnormal in float16, where Keras rounds it to 7 / 2**24. The penalty is no such small number.",
        "lib.regularizers.L2(4e-7)(T([20.0], 'float16'))",
        0.00016689300537109375,
        0.00015997886657714844,
    ),
    Deviation(
        "no factor at all",
        "regularizers.L1L2",
        "The derivative of a penalty that is always 0 is 0. Keras's does not depend on the weights: there is none.",
        "grad(lib.regularizers.L1L2(), [1.0])",
        "ValueError",
        [0.0],
    ),
    Deviation(
        "orthogonality of other dtypes",
        "regularizers.OrthogonalRegularizer",
        "Keras's factor is a tensor of float32, which TensorFlow multiplies by nothing else.",
        "lib.regularizers.OrthogonalRegularizer()(T([[1.0, 2.0], [2.0, 1.0]], 'float64'))",
        "InvalidArgumentError",
        0.008,
    ),
)
