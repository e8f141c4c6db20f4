"""Seeds: one for everything that draws, and generators of seeds."""

import random

import numpy as np
import torch

from torchimpl._config import Serializable, check_name
from torchimpl.initializers._fans import check_seed


def set_random_seed(seed):
    """Seed Python's, NumPy's and PyTorch's generators, as `keras.utils.set_random_seed` does for TensorFlow.

    Initializers without a seed of their own draw it from Python's generator when they are made: made in the same
    order after the same call, here and in Keras, they give the same weights. `initializers.init_like_keras` makes them
    for all layers of a model, in Keras's order.

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


class SeedGenerator(Serializable, torch.nn.Module):
    """A seed that counts: an initializer that has one gives other values at each call, the same ones as in Keras.

    `state` holds the seed and how many times it was asked, as integers on the CPU. It is a buffer: part of the
    `state_dict` of the module that owns the generator, and restored with it. The config holds the seed alone.

    Args:
        seed: integer, -2**63 <= seed < 2**63; if None, one is drawn from Python's `random`.
        name: a name, for the config; "seed_generator" if None.

    Raises:
        ValueError: an argument is none of these.
    """

    def __init__(self, seed=None, name=None):
        super().__init__()
        self.seed = None if seed is None else check_seed("SeedGenerator", seed)
        self.name = check_name("SeedGenerator", name) or "seed_generator"
        first = random.randint(1, 10**9) if seed is None else seed
        self.register_buffer("state", torch.tensor([first, 0], dtype=torch.int64, device="cpu"))

    def next(self, ordered=True):
        """Return the state, a tensor of two integers, and step on.

        Args:
            ordered: whether to count; if not, the state jumps to numbers below 933199, as it does in Keras for what is
                drawn without any seed.
        """
        state = self.state.clone()
        if ordered:
            self.state[1] += 1
        else:
            self.state.add_(1).mul_(5387).remainder_(933199)
        return state

    def extra_repr(self):
        return f"seed={self.seed!r}, name={self.name!r}"
