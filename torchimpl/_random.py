"""One seed for everything that draws."""

import random

import numpy as np
import torch


def set_random_seed(seed):
    """Seed Python's, NumPy's and PyTorch's generators, as `keras.utils.set_random_seed` does for TensorFlow.

    Initializers without a seed of their own draw it from Python's generator when they are made: made in the same
    order after the same call, here and in Keras, they give the same weights.

    Args:
        seed: integer, 0 <= seed < 2**32.

    Raises:
        ValueError: seed is not such an integer.
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: expected an integer with 0 <= seed < 2**32. Received: seed={seed!r}")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
