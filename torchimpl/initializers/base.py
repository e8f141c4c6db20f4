"""What initializers have in common: seeds, shapes, dtypes, and where the axes of a weight stand."""

import random

import torch

from torchimpl._config import Serializable, check_choice
from torchimpl.initializers._fans import check_dtype, check_seed, check_shape


class Initializer(Serializable):
    """First values of weights. A subclass implements `__call__(shape, dtype=None, device=None, layout="keras")`."""

    def __call__(self, shape, dtype=None, device=None, layout="keras"):
        """Return a tensor of the given shape."""
        raise NotImplementedError(
            f"{type(self).__name__} must implement __call__(shape, dtype=None, device=None, layout='keras')."
        )

    def clone(self):
        """Return an initializer with the same config; without a seed of its own it gets another one."""
        return self.from_config(self.get_config())


class RandomInitializer(Initializer):
    """An initializer that draws: the same seed gives the same values, in each call, each process and both packages.

    A subclass implements `draw(shape, dtype)`.

    Args:
        seed: integer, -2**63 <= seed < 2**63 (of which 2**31 - 2 differ: Keras takes it modulo that number). If None,
            one is drawn from Python's `random` at once; the config keeps None.

    Raises:
        ValueError: seed is not such an integer; NumPy integers are refused, as in Keras.
    """

    def __init__(self, seed=None):
        self.given_seed = seed
        self.seed = random.randint(1, 10**9) if seed is None else check_seed(type(self).__name__, seed)

    def __call__(self, shape, dtype=None, device=None, layout="keras"):
        """Return a tensor of drawn values. They are computed on the CPU and do not depend on the device.

        Args:
            shape: sequence of integers.
            dtype: a floating-point dtype or its name; PyTorch's default dtype if None.
            device: where the values go; PyTorch's default device if None.
            layout: "keras" for a shape `(*window, inputs, outputs)`, or "torch" for `(outputs, inputs, *window)`, the
                shape of `torch.nn.Linear.weight` and `torch.nn.Conv2d.weight`. The values of the second are those of
                the first, transposed. Shapes of fewer than two axes are the same in both.

        Raises:
            ValueError: shape, dtype or layout is none of these.
        """
        owner = type(self).__name__
        shape = check_shape(owner, shape)
        dtype = check_dtype(owner, torch.get_default_dtype() if dtype is None else dtype)
        layout = check_choice(owner, "layout", layout, ("keras", "torch"))
        device = torch.get_default_device() if device is None else device
        if layout == "keras" or len(shape) < 2:
            return self.draw(shape, getattr(torch, dtype)).to(device)
        outputs, inputs, *window = shape
        values = self.draw((*window, inputs, outputs), getattr(torch, dtype))
        return values.permute(-1, -2, *range(len(window))).contiguous().to(device)

    def draw(self, shape, dtype):
        """Return values; `shape` is a tuple of integers in Keras's order."""
        raise NotImplementedError(f"{type(self).__name__} must implement draw(shape, dtype).")

    def get_config(self):
        """Return the constructor's arguments, each with the value it had."""
        return {**super().get_config(), "seed": self.given_seed}
