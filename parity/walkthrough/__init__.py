"""The chapter on custom models, executed in both frameworks: examples to read, with what they give asserted.

`in_keras` and `in_pytorch` are written to be read side by side. What is compared is compared by `parity.tolerance`.
"""

import torch as torch  # before TensorFlow: after it, its libraries can crash
