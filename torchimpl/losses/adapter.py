"""For trainers that call a criterion as PyTorch does."""

import torch


class InputTarget(torch.nn.Module):
    """A loss called in PyTorch's order: `criterion(input, target)`.

    Args:
        loss: a loss or function of this package, called `(y_true, y_pred)`.
    """

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, input, target, **options):
        """Return `loss(y_true=target, y_pred=input, **options)`."""
        return self.loss(y_true=target, y_pred=input, **options)
