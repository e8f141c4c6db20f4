"""What every pair of snippets begins with, and how far apart two orders of the same few operations may be."""

from parity.phrases import Prelude

PRELUDE = Prelude(
    tensorflow="import keras\nimport numpy as np\nimport tensorflow as tf",
    pytorch="import numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F\n"
    "import torchimpl",
)
UNITS = 8
