"""Normalization, kernels and axes, padding, resizing, first values."""

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
        "0.1 in PyTorch, which would be 0.9 in Keras. nn.SyncBatchNorm is synchronized=True.",
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
        "Keras the same that it used: a port evaluates differently after training, the more so with small batches.",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.01)\n"
        "y = layer(x)\n"
        "layer.running_var -= layer.momentum * x.var(dim=0) / len(x)\n"
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
        "LayerNorm: epsilon",
        "x = tf.constant([[0.01, 0.02, 0.03, 0.06]])\nkeras.layers.LayerNormalization()(x)",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.LayerNorm(4)(x)",
        DIFFERS,
        "1e-3 in Keras, 1e-5 in PyTorch.",
        "x = torch.tensor([[0.01, 0.02, 0.03, 0.06]])\nnn.LayerNorm(4, eps=1e-3)(x)",
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
        "stay is another matter: no seed makes the masks equal.",
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
        "With enough power iterations; each takes one a step unless told, from a random vector, and PyTorch 15 at the "
        "start. Keras iterates with training=True alone, and stores the divided kernel.",
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
)
LAYOUTS = (
    Row(
        "Dense and Linear: the kernel",
        "kernel = np.arange(6, dtype=np.float32).reshape(3, 2)\n"
        "layer = keras.layers.Dense(2, use_bias=False)\n"
        "layer.build((None, 3))\n"
        "layer.set_weights([kernel])\n"
        "layer(tf.constant([[1.0, 2.0, 3.0]]))",
        "kernel = np.arange(6, dtype=np.float32).reshape(3, 2)\n"
        "layer = nn.Linear(3, 2, bias=False)\n"
        "layer.weight.data = torch.from_numpy(kernel).reshape(2, 3)\n"
        "layer(torch.tensor([[1.0, 2.0, 3.0]]))",
        DIFFERS,
        "(inputs, units) in Keras, (units, inputs) in PyTorch: transpose. A reshape fits too, and is wrong. "
        "`torchimpl.initializers.to_torch` knows the order of each kind of layer.",
        "kernel = np.arange(6, dtype=np.float32).reshape(3, 2)\n"
        "layer = nn.Linear(3, 2, bias=False)\n"
        "layer.weight.data = torch.from_numpy(kernel).T\n"
        "layer(torch.tensor([[1.0, 2.0, 3.0]]))",
    ),
    Row(
        "Dense on three axes",
        "x = tf.reshape(tf.range(12.0), [2, 2, 3])\n"
        "layer = keras.layers.Dense(1, kernel_initializer='ones')\n"
        "layer(x)[:, :, 0]",
        "x = torch.arange(12.0).reshape(2, 2, 3)\n"
        "layer = nn.Linear(3, 1, bias=False)\n"
        "layer.weight.data.fill_(1.0)\n"
        "layer(x)[:, :, 0]",
        SAME,
        "Both act on the last axis alone; nothing is flattened.",
    ),
    Row(
        "Conv: the kernel, and the channels",
        "image = np.arange(18, dtype=np.float32).reshape(1, 3, 3, 2)\n"
        "kernel = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)\n"
        "tf.nn.conv2d(image, kernel, strides=1, padding='VALID')[0, 0, 0]",
        "image = torch.arange(18.0).reshape(1, 3, 3, 2)\n"
        "kernel = torch.arange(16.0).reshape(2, 2, 2, 2)\n"
        "F.conv2d(image.permute(0, 3, 1, 2), kernel)[0, :, 0, 0]",
        DIFFERS,
        "(height, width, inputs, outputs) in Keras, (outputs, inputs, height, width) in PyTorch.",
        "image = torch.arange(18.0).reshape(1, 3, 3, 2)\n"
        "kernel = torch.arange(16.0).reshape(2, 2, 2, 2)\n"
        "F.conv2d(image.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1))[0, :, 0, 0]",
    ),
    Row(
        "DepthwiseConv: the kernel",
        "image = np.arange(18, dtype=np.float32).reshape(1, 3, 3, 2)\n"
        "kernel = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)\n"
        "tf.nn.depthwise_conv2d(image, kernel, [1, 1, 1, 1], 'VALID')[0, 0, 0]",
        "image = torch.arange(18.0).reshape(1, 3, 3, 2)\n"
        "kernel = torch.arange(16.0).reshape(2, 2, 2, 2)\n"
        "F.conv2d(image.permute(0, 3, 1, 2), kernel.reshape(4, 1, 2, 2), groups=2)[0, :, 0, 0]",
        DIFFERS,
        "(height, width, channels, multiplier) in Keras; in PyTorch a Conv2d with groups=channels, of "
        "(channels * multiplier, 1, height, width).",
        "image = torch.arange(18.0).reshape(1, 3, 3, 2)\n"
        "kernel = torch.arange(16.0).reshape(2, 2, 2, 2)\n"
        "kernel = kernel.permute(2, 3, 0, 1).reshape(4, 1, 2, 2)\n"
        "F.conv2d(image.permute(0, 3, 1, 2), kernel, groups=2)[0, :, 0, 0]",
    ),
    Row(
        "Flatten after a convolution",
        "image = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)\nkeras.layers.Flatten()(image)[0]",
        "image = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.Flatten()(image)[0]",
        DIFFERS,
        "The channels are last in Keras and first in PyTorch, and so in the row that the next Dense reads: put them "
        "last before you flatten, or reorder that kernel's rows.",
        "image = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.Flatten()(image.permute(0, 2, 3, 1))[0]",
    ),
    Row(
        "GRU: gates, and reset_after",
        "gru = keras.layers.GRU(1)\n"
        "gru.build((1, 2, 1))\n"
        "weights = [[0.1, 0.2, 0.3]], [[0.4, 0.5, 0.6]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]\n"
        "gru.set_weights([np.array(item) for item in weights])\n"
        "gru(tf.constant([[[1.0], [2.0]]]))",
        "gru = nn.GRU(1, 1, batch_first=True)\n"
        "gru.weight_ih_l0.data = torch.tensor([[0.1], [0.2], [0.3]])\n"
        "gru.weight_hh_l0.data = torch.tensor([[0.4], [0.5], [0.6]])\n"
        "gru.bias_ih_l0.data = torch.tensor([0.1, 0.2, 0.3])\n"
        "gru.bias_hh_l0.data = torch.tensor([0.4, 0.5, 0.6])\n"
        "gru(torch.tensor([[[1.0], [2.0]]]))[1][0]",
        DIFFERS,
        "The gates stand in the order update, reset, new in Keras and reset, update, new in PyTorch. Keras's default "
        "reset_after=True is PyTorch's only kind.",
        "gru = nn.GRU(1, 1, batch_first=True)\n"
        "gru.weight_ih_l0.data = torch.tensor([[0.2], [0.1], [0.3]])\n"
        "gru.weight_hh_l0.data = torch.tensor([[0.5], [0.4], [0.6]])\n"
        "gru.bias_ih_l0.data = torch.tensor([0.2, 0.1, 0.3])\n"
        "gru.bias_hh_l0.data = torch.tensor([0.5, 0.4, 0.6])\n"
        "gru(torch.tensor([[[1.0], [2.0]]]))[1][0]",
        units=UNITS,
    ),
    Row(
        "LSTM: gates, and two biases",
        "n = np.linspace(-1, 1, 12, dtype=np.float32)\n"
        "lstm = keras.layers.LSTM(1)\n"
        "lstm.build((1, 2, 1))\n"
        "lstm.set_weights([n[:4].reshape(1, 4), n[4:8].reshape(1, 4), n[8:]])\n"
        "x = tf.constant([[[1.0], [2.0]]])\n"
        "with tf.GradientTape() as tape:\n"
        "    before = lstm(x)\n"
        "slopes = tape.gradient(before, lstm.trainable_variables)\n"
        "keras.optimizers.SGD(0.5).apply(slopes, lstm.trainable_variables)\n"
        "tf.concat([before, lstm(x)], axis=0)",
        "n = torch.linspace(-1, 1, 12)\n"
        "lstm = nn.LSTM(1, 1, batch_first=True)\n"
        "lstm.weight_ih_l0.data = n[:4].reshape(1, 4).T\n"
        "lstm.weight_hh_l0.data = n[4:8].reshape(1, 4).T\n"
        "lstm.bias_ih_l0.data = n[8:]\n"
        "lstm.bias_hh_l0.data = torch.zeros(4)\n"
        "sgd = torch.optim.SGD(lstm.parameters(), lr=0.5)\n"
        "x = torch.tensor([[[1.0], [2.0]]])\n"
        "before = lstm(x)[1][0][0]\n"
        "before.sum().backward()\n"
        "sgd.step()\n"
        "torch.cat([before, lstm(x)[1][0][0]])",
        DIFFERS,
        "The gates stand in one order: input, forget, new, output. PyTorch adds up two biases and trains both, so that "
        "their sum takes two steps where Keras's one bias takes one, with SGD as with Adam: zero the second, which "
        "makes the outputs equal, and freeze it, which keeps them so. The same with nn.RNN, the cells, and the bias_hh "
        "of each layer and direction; of a GRU with reset_after=True Keras trains two biases as well.",
        "n = torch.linspace(-1, 1, 12)\n"
        "lstm = nn.LSTM(1, 1, batch_first=True)\n"
        "lstm.weight_ih_l0.data = n[:4].reshape(1, 4).T\n"
        "lstm.weight_hh_l0.data = n[4:8].reshape(1, 4).T\n"
        "lstm.bias_ih_l0.data = n[8:]\n"
        "lstm.bias_hh_l0.data = torch.zeros(4)\n"
        "lstm.bias_hh_l0.requires_grad_(False)\n"
        "sgd = torch.optim.SGD(lstm.parameters(), lr=0.5)\n"
        "x = torch.tensor([[[1.0], [2.0]]])\n"
        "before = lstm(x)[1][0][0]\n"
        "before.sum().backward()\n"
        "sgd.step()\n"
        "torch.cat([before, lstm(x)[1][0][0]])",
        units=UNITS,
    ),
    Row(
        "GRU(reset_after=False)",
        "n = np.linspace(-1, 1, 24, dtype=np.float32)\n"
        "gru = keras.layers.GRU(2, reset_after=False)\n"
        "gru.build((1, 2, 1))\n"
        "gru.set_weights([n[:6].reshape(1, 6), n[6:18].reshape(2, 6), n[18:]])\n"
        "gru(tf.constant([[[1.0], [2.0]]]))",
        "n = torch.linspace(-1, 1, 24)\n"
        "order = [2, 3, 0, 1, 4, 5]\n"
        "gru = nn.GRU(1, 2, batch_first=True)\n"
        "gru.weight_ih_l0.data = n[:6].reshape(1, 6).T[order]\n"
        "gru.weight_hh_l0.data = n[6:18].reshape(2, 6).T[order]\n"
        "gru.bias_ih_l0.data = n[18:][order]\n"
        "gru.bias_hh_l0.data = torch.zeros(6)\n"
        "gru(torch.tensor([[[1.0], [2.0]]]))[1][0]",
        DIFFERS,
        "Keras then resets the state before its product with the recurrent kernel, nn.GRU after, always: write the "
        "step out. With one unit there is no difference.",
        "n = torch.linspace(-1, 1, 24)\n"
        "kernel, recurrent, bias = n[:6].reshape(1, 6), n[6:18].reshape(2, 6), n[18:]\n"
        "h = torch.zeros(1, 2)\n"
        "for x in torch.tensor([[[1.0]], [[2.0]]]):\n"
        "    z, r, new = (x @ kernel + bias).chunk(3, dim=1)\n"
        "    update, reset, after = recurrent.chunk(3, dim=1)\n"
        "    z, r = torch.sigmoid(z + h @ update), torch.sigmoid(r + h @ reset)\n"
        "    h = z * h + (1 - z) * torch.tanh(new + (r * h) @ after)\n"
        "h",
        units=UNITS,
    ),
)
PADDING = (
    Row(
        'padding="same" with a stride',
        "x = tf.constant([1.0, 2.0, 3.0, 4.0])[None, :, None]\n"
        "tf.nn.conv1d(x, tf.ones([3, 1, 1]), stride=2, padding='SAME')[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "F.conv1d(x, torch.ones(1, 1, 3), stride=2, padding=1)[0, 0]",
        DIFFERS,
        "TensorFlow pads as much as the last window needs, and the odd zero on the right: none on the left here. "
        "PyTorch's padding=1 puts one on each side, and so shifts the windows.",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "size, window, stride = 4, 3, 2\n"
        "zeros = max((-(-size // stride) - 1) * stride + window - size, 0)\n"
        "x = F.pad(x, (zeros // 2, zeros - zeros // 2))\n"
        "F.conv1d(x, torch.ones(1, 1, 3), stride=2)[0, 0]",
    ),
    Row(
        'padding="same" in the layer',
        "keras.layers.Conv1D(1, 3, strides=2, padding='same')(tf.ones([1, 5, 1])).shape[1]",
        "nn.Conv1d(1, 1, 3, stride=2, padding='same')(torch.ones(1, 1, 5)).shape[2]",
        DIFFERS,
        'PyTorch takes the word "same" with a stride of 1 alone.',
        "nn.Conv1d(1, 1, 3, stride=2)(F.pad(torch.ones(1, 1, 5), (1, 1))).shape[2]",
    ),
    Row(
        'AveragePooling with padding="same"',
        "x = tf.constant([1.0, 2.0, 3.0])[None, :, None]\nkeras.layers.AveragePooling1D(2, padding='same')(x)[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 3.0])[None, None]\nF.avg_pool1d(F.pad(x, (0, 1)), 2)[0, 0]",
        DIFFERS,
        "Keras leaves the padding out of the mean.",
        "x = torch.tensor([1.0, 2.0, 3.0])[None, None]\nF.avg_pool1d(x, 2, ceil_mode=True)[0, 0]",
    ),
    Row(
        'MaxPooling with padding="same"',
        "x = tf.constant([1.0, 2.0, 4.0, 3.0])[None, :, None]\n"
        "keras.layers.MaxPooling1D(3, strides=2, padding='same')(x)[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 4.0, 3.0])[None, None]\nnn.MaxPool1d(3, stride=2, padding=1)(x)[0, 0]",
        DIFFERS,
        "The odd place is on the right in Keras, one on each side in PyTorch; neither is a zero.",
        "x = F.pad(torch.tensor([1.0, 2.0, 4.0, 3.0])[None, None], (0, 1), value=-torch.inf)\n"
        "nn.MaxPool1d(3, stride=2)(x)[0, 0]",
    ),
    Row(
        'AvgPool with padding: count_include_pad and AveragePooling2D(padding="same")',
        "x = tf.range(1.0, 10.0)\n"
        "keras.layers.AveragePooling2D(3, strides=2, padding='same')(tf.reshape(x, [1, 3, 3, 1]))[0, :, :, 0]",
        "x = torch.arange(1.0, 10.0)\nnn.AvgPool2d(3, stride=2, padding=1)(x.reshape(1, 1, 3, 3))[0, 0]",
        DIFFERS,
        "PyTorch counts the zeros of the padding unless told otherwise. Where Keras pads on one side alone, use "
        "ceil_mode.",
        "x = torch.arange(1.0, 10.0)\n"
        "nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)(x.reshape(1, 1, 3, 3))[0, 0]",
        units=UNITS,
    ),
    Row(
        "GlobalAveragePooling2D and nn.AdaptiveAvgPool2d",
        "x = tf.reshape(tf.range(8.0), [1, 2, 2, 2])\nkeras.layers.GlobalAveragePooling2D()(x)",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveAvgPool2d(1)(x)",
        DIFFERS,
        "PyTorch keeps the two axes, with a size of 1; keepdims=True in Keras does.",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveAvgPool2d(1)(x).flatten(1)",
        units=UNITS,
    ),
    Row(
        'Conv2DTranspose(padding="same") and ConvTranspose2d',
        "n = np.arange(34, dtype=np.float32)\n"
        "layer = keras.layers.Conv2DTranspose(2, 3, strides=2, padding='same', use_bias=False)\n"
        "layer.build((None, 4, 4, 1))\n"
        "layer.set_weights([n[:18].reshape(3, 3, 2, 1)])\n"
        "tf.transpose(layer(n[18:].reshape(1, 4, 4, 1)), [0, 3, 1, 2])",
        "n = torch.arange(34.0)\n"
        "layer = nn.ConvTranspose2d(1, 2, 3, stride=2, padding=1, output_padding=1, bias=False)\n"
        "layer.weight.data = n[:18].reshape(3, 3, 2, 1).permute(3, 2, 0, 1)\n"
        "layer(n[18:].reshape(1, 1, 4, 4))",
        DIFFERS,
        "Of a kernel of 3 and a stride of 2 the shapes agree, and the pixels are shifted: Keras cuts off the last row "
        "and column. Of 4 and 2, as in a DCGAN, it is padding=1. Kernels are (height, width, outputs, inputs) in "
        "Keras, (inputs, outputs, height, width) in PyTorch.",
        "n = torch.arange(34.0)\n"
        "layer = nn.ConvTranspose2d(1, 2, 3, stride=2, bias=False)\n"
        "layer.weight.data = n[:18].reshape(3, 3, 2, 1).permute(3, 2, 0, 1)\n"
        "layer(n[18:].reshape(1, 1, 4, 4))[..., :-1, :-1]",
        units=UNITS,
    ),
)
RESIZING = (
    Row(
        "UpSampling2D, Resizing and nn.Upsample, F.interpolate: align_corners",
        "x = tf.reshape(tf.range(6.0) ** 2, [1, 2, 3, 1])\n"
        "keras.layers.UpSampling2D(2, interpolation='bilinear')(x)[0, :, :, 0]",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)[0, 0]",
        DIFFERS,
        "Keras, and tf.image.resize, are align_corners=False, PyTorch's default.",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)[0, 0]",
        units=UNITS,
    ),
    Row(
        "align_corners=True in Keras",
        "x = tf.reshape(tf.range(6.0) ** 2, [1, 2, 3, 1])\n"
        "tf.compat.v1.image.resize(x, (4, 6), method='bilinear', align_corners=True)[0, :, :, 0]",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)[0, 0]",
        SAME,
        "No layer of Keras has it, and no keras.ops.image.resize; TensorFlow's function of version 1 has, in a Lambda "
        "layer or a layer of one's own.",
        units=UNITS,
    ),
    Row(
        "resizing a mask: nearest",
        "x = tf.reshape(tf.range(4.0), [1, 1, 4, 1])\ntf.image.resize(x, (1, 7), method='nearest')[0, :, :, 0]",
        "x = torch.arange(4.0).reshape(1, 1, 1, 4)\nF.interpolate(x, (1, 7), mode='nearest')[0, 0]",
        DIFFERS,
        "TensorFlow and Keras take the pixel nearest to the middle; PyTorch's 'nearest' the one at the corner. Upwards "
        "by whole factors they agree.",
        "x = torch.arange(4.0).reshape(1, 1, 1, 4)\nF.interpolate(x, (1, 7), mode='nearest-exact')[0, 0]",
    ),
    Row(
        "resizing: bicubic, and antialias",
        "x = tf.reshape(tf.range(12.0) ** 2, [1, 3, 4, 1])\n"
        "tf.image.resize(x, (2, 3), method='bicubic', antialias=True)[0, :, :, 0]",
        "x = (torch.arange(12.0) ** 2).reshape(1, 1, 3, 4)\nF.interpolate(x, (2, 3), mode='bicubic')[0, 0]",
        DIFFERS,
        "The cubic of TensorFlow has a slope of -0.5, PyTorch's of -0.75, but of -0.5 with antialias=True, which is "
        "off in both unless told. Shrunk without it they are two things.",
        "x = (torch.arange(12.0) ** 2).reshape(1, 1, 3, 4)\n"
        "F.interpolate(x, (2, 3), mode='bicubic', antialias=True)[0, 0]",
        units=UNITS,
    ),
)
FIRST_VALUES = (
    Row(
        "Dense and Linear: the kernel of a seed",
        "keras.utils.set_random_seed(42)\nlayer = keras.layers.Dense(2)\nlayer.build((None, 3))\nlayer.kernel",
        "torch.manual_seed(42)\nmodel = nn.Sequential(nn.Linear(3, 2))\nmodel[0].weight.T",
        DIFFERS,
        "glorot_uniform in Keras, within sqrt(6 / (inputs + units)); in PyTorch uniform within 1 / sqrt(inputs), which "
        'is kaiming_uniform_(a=sqrt(5)), and in Keras VarianceScaling(1 / 3, "fan_in", "uniform").',
        "torchimpl.set_random_seed(42)\n"
        "model = torchimpl.initializers.init_like_keras(nn.Sequential(nn.Linear(3, 2)))\n"
        "model[0].weight.T",
    ),
    Row(
        "Dense and Linear: the bias",
        "layer = keras.layers.Dense(2)\nlayer.build((None, 3))\nlayer.bias",
        "torch.manual_seed(42)\nnn.Linear(3, 2).bias",
        DIFFERS,
        "Zeros in Keras, uniform in PyTorch. The same with convolutions.",
        "torchimpl.initializers.init_like_keras(nn.Linear(3, 2)).bias",
    ),
    Row(
        "Embedding",
        "keras.utils.set_random_seed(42)\nlayer = keras.layers.Embedding(3, 2)\nlayer.build((None,))\nlayer.embeddings",
        "torch.manual_seed(42)\nnn.Embedding(3, 2).weight",
        DIFFERS,
        "Uniform within 0.05 in Keras, normal with a deviation of 1 in PyTorch.",
        "torchimpl.set_random_seed(42)\ntorchimpl.initializers.init_like_keras(nn.Embedding(3, 2)).weight",
    ),
    Row(
        "LSTM: the bias of the forget gate",
        "layer = keras.layers.LSTM(1)\nlayer.build((None, 2, 3))\nlayer.cell.bias",
        "torch.manual_seed(42)\nlayer = nn.LSTM(3, 1)\nlayer.bias_ih_l0 + layer.bias_hh_l0",
        DIFFERS,
        "One in Keras, and the rest zeros. PyTorch has two biases, whose sum counts, and uniform. `init_like_keras` "
        "zeroes the second; before training freeze it: lstm.bias_hh_l0.requires_grad_(False).",
        "layer = torchimpl.initializers.init_like_keras(nn.LSTM(3, 1))\nlayer.bias_ih_l0 + layer.bias_hh_l0",
    ),
    Row(
        "LeakyReLU as a layer",
        "keras.layers.LeakyReLU()(tf.constant([-1.0, 1.0]))",
        "nn.LeakyReLU()(torch.tensor([-1.0, 1.0]))",
        DIFFERS,
        "A slope of 0.3 in Keras's layer, 0.2 in Keras's activation, 0.01 in PyTorch.",
        "nn.LeakyReLU(0.3)(torch.tensor([-1.0, 1.0]))",
    ),
    Row(
        "PReLU: how many slopes, and the first ones",
        "keras.layers.PReLU()(tf.constant([[-1.0, 2.0]]))",
        "nn.PReLU()(torch.tensor([[-1.0, 2.0]]))",
        DIFFERS,
        "Keras begins with 0, PyTorch with 0.25. Keras has a slope for each place, for each channel with "
        "shared_axes=[1, 2]; PyTorch has one, or one for each channel with num_parameters.",
        "nn.PReLU(num_parameters=2, init=0.0)(torch.tensor([[-1.0, 2.0]]))",
    ),
    Row(
        "hard_sigmoid: Keras 2 and Keras 3",
        "keras.activations.hard_sigmoid(tf.constant([-2.0, 0.5, 2.0]))",
        "torch.clamp(0.2 * torch.tensor([-2.0, 0.5, 2.0]) + 0.5, 0, 1)",
        DIFFERS,
        "Keras 3's is relu6(x + 3) / 6, as PyTorch's. Keras 2's, of slope 0.2, is what an old LSTM's "
        "recurrent_activation was trained with.",
        "F.hardsigmoid(torch.tensor([-2.0, 0.5, 2.0]))",
        units=UNITS,
    ),
    Row(
        "gelu: exact, or by a tanh",
        "keras.activations.gelu(tf.constant([-1.0, 1.0]))",
        "F.gelu(torch.tensor([-1.0, 1.0]), approximate='tanh')",
        DIFFERS,
        "Exact by default in both; approximate=True in Keras is approximate='tanh' in PyTorch. GPT-2 has the latter.",
        "F.gelu(torch.tensor([-1.0, 1.0]))",
        units=UNITS,
    ),
    Row(
        "Xavier and He on a Linear weight",
        "kernel = keras.initializers.HeUniform(seed=1)((400, 100))\ntf.round(10 * tf.reduce_max(tf.abs(kernel)))",
        "kernel = nn.init.kaiming_uniform_(torch.empty(400, 100), nonlinearity='relu')\n"
        "torch.round(10 * kernel.abs().max())",
        DIFFERS,
        "He's bound is sqrt(6 / inputs), and a shape alone does not say which of its numbers counts the inputs: the "
        "first in Keras, the second in nn.Linear.weight and in nn.init. Glorot's bound has both, and is the same.",
        'kernel = torchimpl.initializers.HeUniform(seed=1)((100, 400), layout="torch")\n'
        "torch.round(10 * kernel.abs().max())",
    ),
)
