"""A pair of your own: two functions, losses or metrics that are to mean the same. Run it with pytest, or with python.

Written by `parity init`. Put your own in the place of the two losses.
"""

import keras
import numpy as np
import torch
from hypothesis import strategies as st

import parity


class FocalInKeras(keras.losses.Loss):
    """Crossentropy that cares less for what is right already."""

    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        logs = keras.ops.log_softmax(y_pred, axis=-1)
        return -keras.ops.sum(y_true * (1 - keras.ops.exp(logs)) ** self.gamma * logs, axis=-1)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


class FocalInPyTorch(torch.nn.Module):
    """The same, for PyTorch."""

    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, y_true, y_pred):
        logs = torch.log_softmax(y_pred, dim=-1)
        return -(y_true * (1 - logs.exp()) ** self.gamma * logs).sum(-1).mean()


def focal_in_numpy(y_true, y_pred, gamma=2.0):
    """The formula once more: a third witness, which says who is right where the two differ."""
    logs = y_pred - y_pred.max(-1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(-1, keepdims=True))
    return -(y_true * (1 - np.exp(logs)) ** gamma * logs).sum(-1).mean()


@parity.pair(
    tf=FocalInKeras,
    torch=FocalInPyTorch,
    reference=focal_in_numpy,
    config=parity.options(gamma=st.floats(0, 5, width=32)),
    inputs={"y_true": parity.one_hot(classes=5), "y_pred": parity.logits(classes=5)},
    gradients=("y_pred",),
)
def test_focal(report):
    print(report)


if __name__ == "__main__":
    test_focal()
