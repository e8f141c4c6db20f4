"""What initializers have in common: seeds, shapes, dtypes, and where the axes of a weight stand."""

import random
from collections.abc import Mapping

import torch

from torchimpl._config import FLOAT_DTYPES, Described
from torchimpl._random import SeedGenerator
from torchimpl.initializers._fans import check_dtype, check_seed, check_shape, read_generator, write_generator
from torchimpl.initializers.layouts import kernel_shape, to_layout


class Initializer(Described):
    """First values of weights. A subclass implements `__call__(shape, dtype=None, device=None, layout="keras")`."""

    def __call__(self, shape, dtype=None, device=None, layout="keras"):
        """Return a tensor of the given shape."""
        raise NotImplementedError(
            f"{type(self).__name__} must implement __call__(shape, dtype=None, device=None, layout='keras')."
        )

    def fill_(self, tensor, **options):
        """Fill a tensor or parameter in place, outside of any graph, and return it: `HeNormal().fill_(linear.weight)`.

        Args:
            tensor: what is filled.
            **options: what the call takes beside shape, dtype and device. `layout` is "torch" unless said otherwise;
                the weight of an Embedding, whose axes stand as in Keras, wants "keras".
        """
        options = {"layout": "torch", **options}
        with torch.no_grad():
            return tensor.copy_(self(tensor.shape, dtype=tensor.dtype, device=tensor.device, **options))

    def clone(self):
        """Return an initializer with the same config; without a seed of its own it gets another one."""
        return self.from_config(self.get_config())


class KernelInitializer(Initializer):
    """An initializer that knows the order of the axes. A subclass implements `draw(shape, dtype)`."""

    dtypes = FLOAT_DTYPES

    def __call__(self, shape, dtype=None, device=None, layout="keras", groups=None):
        """Return a tensor of first values. They are computed on the CPU and do not depend on the device.

        Args:
            shape: sequence of integers.
            dtype: a dtype or its name, floating-point if values are drawn; PyTorch's default dtype if None.
            device: where the values go; PyTorch's default device if None.
            layout: how the axes stand. Inputs and outputs are counted, and values are drawn, in Keras's order:
                - "keras": `(*window, inputs, outputs)`;
                - "torch": `(outputs, inputs, *window)`, the weight of Linear and Conv (with groups, the inputs of one
                  group, as in Keras), or `(inputs, outputs, *window)`, the weight of ConvTranspose, of which Keras's
                  kernel is `(*window, outputs, inputs)`;
                - "depthwise": `(channels * multiplier, 1, *window)`, the weight of a Conv with `groups=channels`, of
                  which Keras's kernel is `(*window, channels, multiplier)`.
                Shapes of fewer than two axes are the same in all.
            groups: the channels of a depthwise convolution; its outputs if None, for a multiplier of 1.

        Raises:
            ValueError: shape, dtype, layout or groups is none of these.
        """
        owner = type(self).__name__
        shape = check_shape(owner, shape)
        dtype = check_dtype(owner, torch.get_default_dtype() if dtype is None else dtype, self.dtypes)
        device = torch.get_default_device() if device is None else device
        values = self.draw(kernel_shape(owner, shape, layout, groups), getattr(torch, dtype))
        return to_layout(values, layout).to(device)

    def draw(self, shape, dtype):
        """Return values; `shape` is a tuple of integers in Keras's order."""
        raise NotImplementedError(f"{type(self).__name__} must implement draw(shape, dtype).")


class RandomInitializer(KernelInitializer):
    """An initializer that draws: the same seed gives the same values, in each call, each process and both packages.

    A subclass implements `draw(shape, dtype)`, which asks `next_seed()` once.

    Args:
        seed: integer, -2**63 <= seed < 2**63 (of which 2**31 - 2 differ: Keras takes it modulo that number), for which
            each call gives the same values; or a SeedGenerator (or its config), for which each call gives others. If
            None, an integer is drawn from Python's `random` at once, which `torchimpl.set_random_seed` fixes and
            `torch.manual_seed` does not; the config keeps None.

    Raises:
        ValueError: seed is none of these; NumPy integers are refused, as in Keras.
    """

    def __init__(self, seed=None):
        owner = type(self).__name__
        if isinstance(seed, Mapping):
            seed = SeedGenerator(**read_generator(owner, seed))
        self.given_seed = seed
        if seed is None:
            self.seed = random.randint(1, 10**9)
        else:
            self.seed = seed if isinstance(seed, SeedGenerator) else check_seed(owner, seed)

    def next_seed(self):
        """Return the pair of numbers from which the next values follow; a SeedGenerator steps on."""
        if isinstance(self.seed, SeedGenerator):
            return tuple(self.seed.next().tolist())
        return self.seed, 0

    def get_config(self):
        """Return the constructor's arguments, each with the value it had."""
        seed = self.given_seed
        if isinstance(seed, SeedGenerator):
            seed = write_generator(seed.get_config())
        return {**super().get_config(), "seed": seed}
