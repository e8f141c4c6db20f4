"""Initializers: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        "a constant in float64",
        "initializers.Constant",
        "Keras rounds a Python number to float32 on its way to float64.",
        'lib.initializers.Constant(0.3)((1,), dtype="float64")',
        keras=[0.30000001192092896],
        ours=[0.3],
    ),
    Deviation(
        "a constant that does not fit",
        "initializers.Constant",
        "300 is no uint8; Keras wraps it around.",
        'lib.initializers.Constant(300)((1,), dtype="uint8")',
        keras=[44.0],
        ours="ValueError",
    ),
    Deviation(
        "a constant of more numbers than the shape",
        "initializers.Constant",
        "What is asked for has the shape that was asked for; Keras multiplies the value by ones of that shape.",
        "lib.initializers.Constant([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])((3,))",
        keras=[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]],
        ours="ValueError",
    ),
    Deviation(
        "a gain in a config",
        "initializers.Identity",
        "Keras does not write the gain into the config.",
        'reload("initializers", lib.initializers.Identity(gain=2.0))((1, 2))',
        keras=[[1.0, 0.0]],
        ours=[[2.0, 0.0]],
    ),
    Deviation(
        "an infinite gain",
        "initializers.Identity",
        "inf * 0 is NaN in Keras; a gain is a finite number.",
        'lib.initializers.Identity(float("inf"))((1, 2))',
        keras=[[float("inf"), float("nan")]],
        ours="ValueError",
    ),
    Deviation(
        "angles of STFT",
        "initializers.STFT",
        "Keras computes 2 * pi * t * k in the dtype, and the sine of a large angle has its rounding: in millionths, "
        "after a whole number of half turns, where the sine is 0.",
        'round(1e6 * number(abs(lib.initializers.STFT("imag", None, None)((256, 1, 513))[128, 0, 512])))',
        keras=11,
        ours=0,
    ),
    Deviation(
        "one frequency of STFT",
        "initializers.STFT",
        "One bin is a step of 0 / 0 turns, NaN in Keras.",
        "lib.initializers.STFT()((4, 1, 1))[0]",
        keras=[[float("nan")]],
        ours="ValueError",
    ),
    Deviation(
        "channels of STFT",
        "initializers.STFT",
        "Keras returns a kernel of one channel where two were asked for.",
        "list(lib.initializers.STFT()((4, 2, 3)).shape)",
        keras=[4, 1, 3],
        ours="ValueError",
    ),
    Deviation(
        "a negative deviation",
        "initializers.RandomNormal",
        "A standard deviation is not negative; Keras mirrors the values.",
        "lib.initializers.RandomNormal(stddev=-1.0, seed=0)((1,))",
        keras=[1.6970340013504028],
        ours="ValueError",
    ),
    Deviation(
        "limits in the wrong order",
        "initializers.RandomUniform",
        "From 1 to 0 is no interval; Keras draws from (0, 1].",
        "lib.initializers.RandomUniform(1.0, 0.0, seed=0)((1,))",
        keras=[0.7889845371246338],
        ours="ValueError",
    ),
    Deviation(
        "integers at random",
        "initializers.RandomUniform",
        "What is drawn are floating-point numbers; Keras draws integers here, and fails for the other distributions.",
        'lib.initializers.RandomUniform(0, 10, seed=0)((3,), dtype="int32")',
        keras=[0.0, 9.0, 8.0],
        ours="ValueError",
    ),
    Deviation(
        "orthogonality",
        "initializers.Orthogonal",
        "Keras decomposes in float32, and its columns are orthogonal to some six digits; here it is done in float64. "
        "The matrices differ by up to 2e-5. Are two columns less orthogonal than 1e-7?",
        "import numpy as np\n"
        "q = np.array(number(lib.initializers.Orthogonal(seed=0)((784, 64))))\n"
        "float(np.abs(q.T @ q - np.eye(64)).max() > 1e-7)",
        keras=1.0,
        ours=0.0,
    ),
    Deviation(
        "orthogonality in float16",
        "initializers.Orthogonal",
        "Half precision is rounded at the end. Keras decomposes in float16, which loses the sums over many rows: of "
        "32768 the columns are 1.4 long instead of 1, and numbers are off by up to 0.04. Is the length off by a tenth?",
        "import numpy as np\n"
        'q = np.array(number(lib.initializers.Orthogonal(seed=0)((8, 64, 64, 8), dtype="float16")))\n'
        "float(np.abs((q**2).sum((0, 1, 2)) ** 0.5 - 1).max() > 0.1)",
        keras=1.0,
        ours=0.0,
    ),
    Deviation(
        "orthogonal matrices in bfloat16",
        "initializers.Orthogonal",
        "Half precision is rounded at the end; TensorFlow has no decomposition in bfloat16.",
        'lib.initializers.Orthogonal(seed=0)((1, 1), dtype="bfloat16")',
        keras="InvalidArgumentError",
        ours=[[-1.0]],
    ),
    Deviation(
        "frequencies of STFT in bfloat16",
        "initializers.STFT",
        "There are 513 frequencies. Keras counts them in bfloat16, which has no 513, and comes to 512.",
        'lib.initializers.STFT()((1, 1, 513), dtype="bfloat16")[0, 0, :2]',
        keras="InvalidArgumentError",
        ours=[1.0, 1.0],
    ),
)
