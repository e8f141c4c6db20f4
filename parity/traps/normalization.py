"""Normalization, dropout, noise, and when they do something."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

NORMALIZATION = (
    Row(
        "BatchNorm: momentum",
        "x = tf.constant([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = keras.layers.BatchNormalization(momentum=0.99)\n"
        "y = layer(x, training=True)\n"
        "layer.moving_mean",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.99)\n"
        "y = layer(x)\n"
        "layer.running_mean",
        DIFFERS,
        "Keras's momentum is what stays, PyTorch's is what comes: one is 1 minus the other. Defaults: 0.99 in Keras; "
        "0.1 in PyTorch, which would be 0.9 in Keras. nn.SyncBatchNorm is synchronized=True; "
        "without it each part of a DataParallel batch is normalized for itself.",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=1 - 0.99)\n"
        "y = layer(x)\n"
        "layer.running_mean",
        units=UNITS,
    ),
    Row(
        "torch.std and torch.var: divided by n - 1",
        "x = tf.constant([[1.0, 2.0, 3.0, 6.0]])\nkeras.ops.var(x, axis=-1)",
        "x = torch.tensor([[1.0, 2.0, 3.0, 6.0]])\ntorch.var(x, dim=-1)",
        DIFFERS,
        "keras.ops.std and var, tf.math.reduce_std and tf.nn.moments divide by n. The layers of both normalize by the "
        "variance that is divided by n: it tells where a normalization is written by hand.",
        "x = torch.tensor([[1.0, 2.0, 3.0, 6.0]])\ntorch.var(x, dim=-1, correction=0)",
    ),
    Row(
        "BatchNorm: the running variance",
        "x = tf.constant([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = keras.layers.BatchNormalization()\n"
        "y = layer(x, training=True)\n"
        "layer.moving_variance",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.01)\n"
        "y = layer(x)\n"
        "layer.running_var",
        DIFFERS,
        "Both normalize a batch with the variance divided by n. PyTorch keeps the one divided by n - 1 for later, "
        "Keras 3 the same that it used: a port evaluates differently after training, the more so with small batches. "
        "TensorFlow's fused kernel, which Keras 2 took for pictures, gives the one divided by n - 1.",
        "def divide_by_n(layer, inputs, output):\n"
        "    if layer.training:\n"
        "        x = inputs[0].detach().transpose(0, 1).flatten(1)\n"
        "        layer.running_var = layer.running_var - layer.momentum * x.var(dim=1) / x.shape[1]\n"
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.01)  # or 2d, 3d, in a model too\n"
        "handle = layer.register_forward_hook(divide_by_n)\n"
        "layer(x).square().sum().backward()\n"
        "layer.running_var",
        units=UNITS,
    ),
    Row(
        "BatchNorm: epsilon",
        "x = tf.constant([[0.01], [0.02], [0.03], [0.06]])\nkeras.layers.BatchNormalization()(x, training=True)[:, 0]",
        "x = torch.tensor([[0.01], [0.02], [0.03], [0.06]])\nnn.BatchNorm1d(1)(x)[:, 0]",
        DIFFERS,
        "1e-3 in Keras, 1e-5 in PyTorch.",
        "x = torch.tensor([[0.01], [0.02], [0.03], [0.06]])\nnn.BatchNorm1d(1, eps=1e-3)(x)[:, 0]",
        units=UNITS,
    ),
    Row(
        "BatchNorm(track_running_stats=False)",
        "layer = keras.layers.BatchNormalization(epsilon=1e-5)\n"
        "layer(tf.constant([[1.0], [2.0], [6.0]]), training=True)",
        "layer = nn.BatchNorm1d(1, track_running_stats=False).eval()\nlayer(torch.tensor([[1.0], [2.0], [6.0]]))",
        SAME,
        "The statistics of the batch in both modes. Keras has no argument for it: call the layer with training=True.",
        units=UNITS,
    ),
    Row(
        "BatchNorm: get_weights, save_weights and state_dict",
        "layer = keras.layers.BatchNormalization()\n"
        "layer.build((None, 3))\n"
        "[weights.name for weights in layer.weights]",
        "list(nn.BatchNorm1d(3).state_dict())",
        DIFFERS,
        "gamma is weight, beta bias; the order is one. num_batches_tracked is PyTorch's alone, and counts for nothing "
        "unless momentum=None; running_var is divided by n - 1. model.save and ModelCheckpoint keep the layers, the "
        "weights and the optimizer; torch.save(model.state_dict()) the weights alone: the optimizer has a state_dict "
        "of its own, as load_weights leaves it alone. torchimpl.initializers.to_torch carries a kernel over.",
        "names = {'weight': 'gamma', 'bias': 'beta', 'running_mean': 'moving_mean', 'running_var': 'moving_variance'}\n"
        "[names[name] for name in nn.BatchNorm1d(3).state_dict() if name in names]",
    ),
    Row(
        "LayerNorm: epsilon",
        "x = tf.constant([[0.01, 0.02, 0.03, 0.06]])\nkeras.layers.LayerNormalization()(x)",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.LayerNorm(4)(x)",
        DIFFERS,
        "1e-3 in Keras, 1e-5 in PyTorch.",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.LayerNorm(4, eps=1e-3)(x)",
        units=UNITS,
    ),
    Row(
        "RMSNormalization and RMSNorm: epsilon",
        "x = tf.constant([[1e-3, 2e-3, 3e-3, 6e-3]])\nkeras.layers.RMSNormalization()(x)",
        "x = torch.tensor([[1e-3, 2e-3, 3e-3, 6e-3]])\nnn.RMSNorm(4)(x)",
        DIFFERS,
        "1e-6 in Keras; in PyTorch that of the dtype, 1.2e-7 of float32, unless told. Models of Hugging Face have 1e-6 "
        "or 1e-5 in their config.",
        "x = torch.tensor([[1e-3, 2e-3, 3e-3, 6e-3]])\nnn.RMSNorm(4, eps=1e-6)(x)",
        units=UNITS,
    ),
    Row(
        "LayerNorm of pictures: the axes",
        "x = tf.reshape(tf.range(8.0) ** 2, [1, 2, 2, 2])\n"
        "tf.transpose(keras.layers.LayerNormalization(epsilon=1e-5)(x), [0, 3, 1, 2])",
        "x = (torch.arange(8.0) ** 2).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.LayerNorm([2, 2, 2])(x)",
        DIFFERS,
        "Keras normalizes over the last axis, the channels of a pixel, unless axis names more; nn.LayerNorm over as "
        "many of the last axes as it is given sizes. Channels that come first go last for it, as in a ConvNeXt.",
        "x = (torch.arange(8.0) ** 2).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\n"
        "nn.LayerNorm(2)(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)",
        units=UNITS,
    ),
    Row(
        "the mode of a layer that is just called",
        "keras.layers.Dropout(0.5)(tf.ones([1000]))[:4]",
        "torch.manual_seed(0)\nnn.Dropout(0.5)(torch.ones(1000))[:4]",
        DIFFERS,
        "A Keras layer infers unless it is called with training=True (fit does so); a PyTorch module trains until "
        "eval() is called. So with BatchNorm.",
        "nn.Dropout(0.5).eval()(torch.ones(1000))[:4]",
    ),
    Row(
        "Dropout: the rate, and the scale",
        "y = keras.layers.Dropout(0.75)(tf.ones([1000]), training=True)\nnp.unique(y)",
        "y = nn.Dropout(0.75)(torch.ones(1000))\nnp.unique(y)",
        SAME,
        "Both take the share that is dropped, and multiply what stays by 1 / (1 - rate) while training. Which values "
        "stay is another matter: no seed makes the masks equal. F.dropout does not know of eval(): it drops unless "
        "given training=self.training.",
    ),
    Row(
        "SpatialDropout2D and nn.Dropout2d",
        "y = keras.layers.SpatialDropout2D(0.5)(tf.ones([1, 4, 4, 64]), training=True)\n"
        "np.unique(tf.reduce_mean(y, axis=[1, 2]))",
        "y = nn.Dropout2d(0.5)(torch.ones(1, 64, 4, 4))\nnp.unique(y.mean(dim=(2, 3)))",
        SAME,
        "Whole channels are dropped. nn.Dropout2d on Keras's layout would drop rows.",
    ),
    Row(
        "AlphaDropout",
        "y = keras.layers.AlphaDropout(0.5)(tf.ones([1000]), training=True)\nnp.unique(y)",
        "y = nn.AlphaDropout(0.5)(torch.ones(1000))\ntorch.unique(y)",
        SAME,
        "What is dropped becomes the limit of selu, and all is scaled so that mean and variance stay. Whole channels, "
        "as nn.FeatureAlphaDropout drops them, are noise_shape=(batch, 1, 1, channels) in Keras.",
        units=UNITS,
    ),
    Row(
        "GaussianNoise, GaussianDropout",
        "x = tf.fill([100_000], 3.0)\n"
        "layers = keras.layers.GaussianNoise(0.5, seed=1), keras.layers.GaussianDropout(0.5, seed=1)\n"
        "tf.stack([tf.round(10 * tf.math.reduce_std(layer(x, training=True))) for layer in layers])",
        "torch.manual_seed(1)\n"
        "x = torch.full((100_000,), 3.0)\n"
        "noise = x + torch.randn_like(x) * 0.5**2\n"
        "factor = x * (1 + torch.randn_like(x) * 0.5)\n"
        "torch.stack([torch.round(10 * y.std()) for y in (noise, factor)])",
        DIFFERS,
        "PyTorch has neither, write them out: stddev is added as a deviation, not a variance; GaussianDropout's factor "
        "has a mean of 1 and a deviation of sqrt(rate / (1 - rate)). Both do nothing without training=True.",
        "torch.manual_seed(1)\n"
        "x = torch.full((100_000,), 3.0)\n"
        "noise = x + torch.randn_like(x) * 0.5\n"
        "factor = x * (1 + torch.randn_like(x) * (0.5 / (1 - 0.5)) ** 0.5)\n"
        "torch.stack([torch.round(10 * y.std()) for y in (noise, factor)])",
    ),
    Row(
        "SpectralNormalization and spectral_norm",
        "kernel = np.float32([[1, 2], [3, 1], [0, 2]])\n"
        "dense = keras.layers.Dense(2, use_bias=False)\n"
        "layer = keras.layers.SpectralNormalization(dense, power_iterations=30)\n"
        "layer.build((None, 3))\n"
        "dense.set_weights([kernel])\n"
        "layer(tf.eye(3), training=True)",
        "kernel = torch.tensor([[1.0, 2], [3, 1], [0, 2]])\n"
        "layer = nn.Linear(3, 2, bias=False)\n"
        "layer.weight.data = kernel.T\n"
        "layer = nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=30)\n"
        "layer(torch.eye(3))",
        SAME,
        "The outputs, with enough power iterations; each takes one a step unless told, from a random vector, and "
        "PyTorch 15 at the start. Keras iterates with training=True alone, and stores the divided kernel. The "
        "gradients differ.",
        units=UNITS,
    ),
    Row(
        "SpectralNormalization and spectral_norm: the gradient",
        "kernel = np.float32([[1, 2], [3, 1], [0, 2]])\n"
        "dense = keras.layers.Dense(2, use_bias=False)\n"
        "layer = keras.layers.SpectralNormalization(dense, power_iterations=30)\n"
        "layer.build((None, 3))\n"
        "dense.set_weights([kernel])\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = tf.reduce_sum(layer(tf.constant([[1.0, 2.0, 3.0]]), training=True) ** 2)\n"
        "tape.gradient(loss, dense.kernel.value)",
        "kernel = torch.tensor([[1.0, 2], [3, 1], [0, 2]])\n"
        "layer = nn.Linear(3, 2, bias=False)\n"
        "layer.weight.data = kernel.T\n"
        "layer = nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=30)\n"
        "(layer(torch.tensor([[1.0, 2.0, 3.0]])) ** 2).sum().backward()\n"
        "layer.parametrizations.weight.original.grad.T",
        DIFFERS,
        "PyTorch trains the kernel that is divided, and its gradient goes through the division. Keras writes the "
        "divided kernel over the variable before each step, and trains that: training goes another way.",
        "kernel = torch.tensor([[1.0, 2], [3, 1], [0, 2]])\n"
        "layer = nn.Linear(3, 2, bias=False)\n"
        "layer.weight.data = kernel.T / torch.linalg.matrix_norm(kernel, 2)\n"
        "(layer(torch.tensor([[1.0, 2.0, 3.0]])) ** 2).sum().backward()\n"
        "layer.weight.grad.T",
        units=UNITS,
    ),
    Row(
        "weight_norm in Keras",
        "v, g = tf.constant([[3.0, 1.0], [4.0, 0.0]]), tf.constant([2.0, 3.0])\n"
        "tf.constant([[1.0, 2.0]]) @ (g * v / tf.norm(v, axis=0))",
        "layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2, bias=False))\n"
        "layer.parametrizations.weight.original0.data = torch.tensor([[2.0], [3.0]])\n"
        "layer.parametrizations.weight.original1.data = torch.tensor([[3.0, 4.0], [1.0, 0.0]])\n"
        "layer(torch.tensor([[1.0, 2.0]]))",
        SAME,
        "No layer of Keras has it; in one of your own the kernel is g * v over the norm of each unit's weights. "
        "original0 is g, original1 is v (weight_g and weight_v in older checkpoints). UnitNorm is something else: a "
        "constraint, which changes the weights after each step.",
        units=UNITS,
    ),
    Row(
        "GroupNorm: epsilon, and the channels",
        "x = tf.constant([[0.01, 0.02, 0.03, 0.06]])\nkeras.layers.GroupNormalization(groups=2)(x)",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.GroupNorm(2, 4)(x)",
        DIFFERS,
        "1e-3 in Keras, 1e-5 in PyTorch. The channels are the last axis in Keras, the second in PyTorch.",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.GroupNorm(2, 4, eps=1e-3)(x)",
        units=2 * UNITS,
    ),
    Row(
        "InstanceNorm and GroupNormalization(groups=-1)",
        "x = tf.reshape(tf.range(8.0) ** 2 / 100, [1, 2, 2, 2])\n"
        "tf.transpose(keras.layers.GroupNormalization(groups=-1)(x), [0, 3, 1, 2])",
        "x = (torch.arange(8.0) ** 2 / 100).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.InstanceNorm2d(2)(x)",
        DIFFERS,
        "Keras has no layer of that name: -1 makes each channel a group. Its epsilon is 1e-3, and it has a scale and a "
        "shift, which nn.InstanceNorm2d has with affine=True alone.",
        "x = (torch.arange(8.0) ** 2 / 100).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\n"
        "nn.InstanceNorm2d(2, affine=True, eps=1e-3)(x)",
        units=2 * UNITS,
    ),
    Row(
        "UnitNormalization and F.normalize: the axis, and zeros",
        "x = tf.constant([[[3.0, 4.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 4.0]]])\nkeras.layers.UnitNormalization()(x)",
        "x = torch.tensor([[[3.0, 4.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 4.0]]])\nF.normalize(x)",
        DIFFERS,
        "The last axis in Keras, axis 1 in PyTorch. Zeros stay zeros in both.",
        "x = torch.tensor([[[3.0, 4.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 4.0]]])\nF.normalize(x, dim=-1)",
        units=UNITS,
    ),
    Row(
        "Normalization and torchvision.transforms.Normalize: the variance",
        "keras.layers.Normalization(mean=1.0, variance=4.0)(tf.constant([[5.0]]))",
        "mean, std = 1.0, 4.0\n(torch.tensor([[5.0]]) - mean) / std",
        DIFFERS,
        "Keras takes the variance, the transforms of torchvision the standard deviation. adapt() computes the variance "
        "with a divisor of n, torch.std with n - 1.",
        "mean, std = 1.0, 4.0**0.5\n(torch.tensor([[5.0]]) - mean) / std",
        units=UNITS,
    ),
    Row(
        "Rescaling and torchvision.transforms.ToTensor: the range, the axes",
        "x = np.uint8([[[0, 51, 255]]])\ntf.transpose(keras.layers.Rescaling(1 / 255)(x), [2, 0, 1])",
        "x = np.uint8([[[0, 51, 255]]])\ntorch.from_numpy(x).permute(2, 0, 1).float()",
        DIFFERS,
        "ToTensor divides bytes by 255, leaves numbers of float as they are, and puts the channels first. A model of "
        "keras.applications has a preprocess_input of its own, of another range than [0, 1] in most.",
        "x = np.uint8([[[0, 51, 255]]])\ntorch.from_numpy(x).permute(2, 0, 1).float() / 255",
        units=UNITS,
    ),
    Row(
        "LocalResponseNorm: alpha, the window",
        "x = tf.reshape(tf.range(1.0, 9.0), [1, 1, 1, 8])\n"
        "tf.nn.local_response_normalization(x, depth_radius=2, bias=1.0, alpha=0.5, beta=0.75)[0, 0, 0]",
        "x = torch.arange(1.0, 9.0).reshape(1, 8, 1, 1)\n"
        "nn.LocalResponseNorm(2, k=1.0, alpha=0.5, beta=0.75)(x)[0, :, 0, 0]",
        DIFFERS,
        "depth_radius is to each side, size all of the window: 2 * depth_radius + 1. PyTorch divides alpha by it. "
        "Defaults: 5, 1, 1 and 0.5 in TensorFlow; alpha=1e-4, beta=0.75 and k=1 in PyTorch. Keras has no layer for it.",
        "x = torch.arange(1.0, 9.0).reshape(1, 8, 1, 1)\n"
        "nn.LocalResponseNorm(2 * 2 + 1, k=1.0, alpha=0.5 * 5, beta=0.75)(x)[0, :, 0, 0]",
        units=UNITS,
    ),
)
