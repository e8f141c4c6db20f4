"""Activations: where both packages differ from Keras on purpose."""

from parity.deviations.base import Deviation

NAN = float("nan")

DEVIATIONS = (
    Deviation(
        "elu near zero",
        "activations.elu",
        "TensorFlow computes exp(x) - 1, which has no digits left near 0.",
        "lib.activations.elu(T([-1e-5]))",
        [-1.001358e-05],
        [-9.99995e-06],
    ),
    Deviation(
        "NaN below a threshold",
        "activations.relu",
        "A NaN stays a NaN. Keras compares it with the threshold, and what is not greater becomes 0.",
        "lib.activations.relu(T([float('nan')]), threshold=0.5)",
        [0.0],
        [NAN],
    ),
    Deviation(
        "relu6 at its corner",
        "activations.relu",
        "At max_value the derivative is 1, whichever max_value; Keras's kernel for 6 says 0.",
        "grad(lambda x: lib.activations.relu(x, max_value=6.0), [6.0])",
        [0.0],
        [1.0],
    ),
)
