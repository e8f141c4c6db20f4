"""PyTorch is imported before TensorFlow: after it, its libraries can crash."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

try:
    import torch  # noqa: F401
except ImportError:
    pass
