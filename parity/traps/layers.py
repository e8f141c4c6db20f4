"""Kernels, axes and first values of layers."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

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
        "TimeDistributed",
        "x = tf.reshape(tf.range(8.0), [1, 2, 2, 2, 1])\n"
        "keras.layers.TimeDistributed(keras.layers.Conv2D(1, 2, kernel_initializer='ones'))(x)[0, :, 0, 0, 0]",
        "x = torch.arange(8.0).reshape(1, 2, 1, 2, 2)\n"
        "layer = nn.Conv2d(1, 1, 2, bias=False)\n"
        "layer.weight.data.fill_(1.0)\n"
        "layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])[0, :, 0, 0, 0]",
        SAME,
        "PyTorch has no such layer: the steps go into the batch, and out again. Dense and nn.Linear need neither.",
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
        "(height, width, inputs, outputs) in Keras, (outputs, inputs, height, width) in PyTorch. Pictures are NHWC in "
        "Keras, data_format='channels_last', unless told, and NCHW in PyTorch, whose "
        "memory_format=torch.channels_last is another order in memory of the same axes.",
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
        "SeparableConv: two convolutions",
        "n = np.arange(24, dtype=np.float32)\n"
        "layer = keras.layers.SeparableConv1D(2, 2, use_bias=False)\n"
        "layer.build((1, 3, 2))\n"
        "layer.set_weights([n[:4].reshape(2, 2, 1), n[4:8].reshape(1, 2, 2)])\n"
        "tf.transpose(layer(n[:6].reshape(1, 3, 2)), [0, 2, 1])",
        "n = torch.arange(24.0)\n"
        "depth = nn.Conv1d(2, 2, 2, groups=2, bias=False)\n"
        "point = nn.Conv1d(2, 2, 1, bias=False)\n"
        "depth.weight.data, point.weight.data = n[:4].reshape(2, 1, 2), n[4:8].reshape(2, 2, 1)\n"
        "point(depth(n[:6].reshape(1, 3, 2).transpose(1, 2)))",
        DIFFERS,
        "In PyTorch a convolution with groups=channels and one of size 1, without anything between, the bias in the "
        "second; its kernels have the outputs first.",
        "n = torch.arange(24.0)\n"
        "depth = nn.Conv1d(2, 2, 2, groups=2, bias=False)\n"
        "point = nn.Conv1d(2, 2, 1, bias=False)\n"
        "depth.weight.data = n[:4].reshape(2, 2, 1).permute(1, 2, 0)\n"
        "point.weight.data = n[4:8].reshape(1, 2, 2).permute(2, 1, 0)\n"
        "point(depth(n[:6].reshape(1, 3, 2).transpose(1, 2)))",
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
        "depth_to_space and PixelShuffle",
        "x = tf.reshape(tf.range(8.0), [1, 1, 1, 8])\ntf.transpose(tf.nn.depth_to_space(x, 2), [0, 3, 1, 2])",
        "x = torch.arange(8.0).reshape(1, 8, 1, 1)\nnn.PixelShuffle(2)(x)",
        DIFFERS,
        "TensorFlow's channels are (row, column, channel), PyTorch's (channel, row, column); so with space_to_depth "
        "and PixelUnshuffle. Keras has no layer for it. Reorder once the weights of the convolution before it.",
        "x = torch.arange(8.0).reshape(1, 8, 1, 1)\n"
        "nn.PixelShuffle(2)(x.reshape(1, 4, 2, 1, 1).transpose(1, 2).reshape(1, 8, 1, 1))",
    ),
    Row(
        "ChannelShuffle in Keras",
        "x = tf.reshape(tf.range(6.0), [1, 1, 1, 6])\n"
        "tf.reshape(tf.transpose(tf.reshape(x, [1, 1, 1, 2, 3]), [0, 1, 2, 4, 3]), [6])",
        "nn.ChannelShuffle(2)(torch.arange(6.0).reshape(1, 6, 1, 1)).flatten()",
        SAME,
        "Keras has none: two reshapes and a transpose, as in the layers of ShuffleNet.",
    ),
    Row(
        "EinsumDense and Linear",
        "dense = keras.layers.EinsumDense('abc,cde->abde', output_shape=(None, 2, 2), bias_axes='de')\n"
        "dense.build((1, 2, 3))\n"
        "dense.set_weights([np.arange(12.0).reshape(3, 2, 2), np.arange(4.0).reshape(2, 2)])\n"
        "dense(tf.ones([1, 2, 3]))",
        "linear = nn.Linear(3, 4)\n"
        "linear.weight.data, linear.bias.data = torch.arange(12.0).reshape(4, 3), torch.arange(4.0)\n"
        "linear(torch.ones(1, 2, 3)).unflatten(-1, (2, 2))",
        DIFFERS,
        "Its kernel has the axes of the equation, inputs first; for Linear flatten the others and transpose. "
        "GlorotUniform takes the last two axes for inputs and outputs there, and the rest for a window.",
        "linear = nn.Linear(3, 4)\n"
        "linear.weight.data, linear.bias.data = torch.arange(12.0).reshape(3, 2, 2).flatten(1).T, torch.arange(4.0)\n"
        "linear(torch.ones(1, 2, 3)).unflatten(-1, (2, 2))",
    ),
    Row(
        "extract_patches and Unfold",
        "x = tf.reshape(tf.range(8.0), [1, 2, 2, 2])\nkeras.ops.image.extract_patches(x, (2, 2))[0, 0, 0]",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.Unfold(2, stride=2)(x)[0, :, 0]",
        DIFFERS,
        "A patch's numbers are (row, column, channel) in Keras, (channel, row, column) in PyTorch. Keras's stride is "
        "the size of the patch unless told, PyTorch's 1. Fold, which adds overlapping patches up, Keras has not.",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\n"
        "nn.Unfold(2, stride=2)(x).reshape(1, 2, 4, 1).transpose(1, 2).reshape(1, 8, 1)[0, :, 0]",
    ),
    Row(
        "Permute and permute",
        "x = tf.reshape(tf.range(6.0), [1, 2, 3])\nkeras.layers.Permute((2, 1))(x)",
        "x = torch.arange(6.0).reshape(1, 2, 3)\nx.permute(2, 1, 0)",
        DIFFERS,
        "Keras's layer counts from 1 and leaves the axis of the batch out; so does Reshape.",
        "x = torch.arange(6.0).reshape(1, 2, 3)\nx.permute(0, 2, 1)",
    ),
    Row(
        "Concatenate and torch.cat: the axis",
        "a, b = tf.zeros([2, 1]), tf.ones([2, 1])\nkeras.layers.Concatenate()([a, b])",
        "a, b = torch.zeros(2, 1), torch.ones(2, 1)\ntorch.cat([a, b])",
        DIFFERS,
        "The last axis in Keras, the first, that of the batch, in PyTorch. Channels of pictures are at dim=1 there. "
        "Add, Subtract, Multiply, Average, Maximum and Minimum are the operators and torch.maximum, torch.minimum.",
        "a, b = torch.zeros(2, 1), torch.ones(2, 1)\ntorch.cat([a, b], dim=-1)",
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
    Row(
        "SimpleRNN and RNN",
        "n = np.linspace(-1, 1, 12, dtype=np.float32)\n"
        "rnn = keras.layers.SimpleRNN(2)\n"
        "rnn.build((1, 2, 1))\n"
        "rnn.set_weights([n[:2].reshape(1, 2), n[2:6].reshape(2, 2), n[6:8]])\n"
        "rnn(tf.constant([[[1.0], [2.0]]]))",
        "n = torch.linspace(-1, 1, 12)\n"
        "rnn = nn.RNN(1, 2, batch_first=True)\n"
        "rnn.weight_ih_l0.data, rnn.weight_hh_l0.data = n[:2].reshape(2, 1), n[2:6].reshape(2, 2)\n"
        "rnn.bias_ih_l0.data, rnn.bias_hh_l0.data = n[6:8], torch.zeros(2)\n"
        "rnn(torch.tensor([[[1.0], [2.0]]]))[1][0]",
        DIFFERS,
        "Both have a tanh. The kernels are transposed, the recurrent one too, which a reshape does not show: it is "
        "square. Of the two biases see the LSTM.",
        "n = torch.linspace(-1, 1, 12)\n"
        "rnn = nn.RNN(1, 2, batch_first=True)\n"
        "rnn.weight_ih_l0.data, rnn.weight_hh_l0.data = n[:2].reshape(1, 2).T, n[2:6].reshape(2, 2).T\n"
        "rnn.bias_ih_l0.data, rnn.bias_hh_l0.data = n[6:8], torch.zeros(2)\n"
        "rnn(torch.tensor([[[1.0], [2.0]]]))[1][0]",
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
        "One in Keras (unit_forget_bias=True), and the rest zeros. PyTorch has two biases, whose sum counts, and "
        "uniform. `init_like_keras` zeroes the second; before training freeze it: "
        "lstm.bias_hh_l0.requires_grad_(False).",
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
        "Softplus(beta) and softplus",
        "x = tf.constant([-1.0, 0.5, 9.0])\nkeras.activations.softplus(2.0 * x) / 2.0",
        "F.softplus(torch.tensor([-1.0, 0.5, 9.0]), beta=2.0)",
        SAME,
        "Keras has no beta. PyTorch gives x itself beyond threshold=20, which is the same in float32.",
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
    Row(
        "gain, calculate_gain and VarianceScaling: its square",
        "kernel = keras.initializers.VarianceScaling(5 / 3, 'fan_avg', 'uniform', seed=1)((400, 100))\n"
        "tf.round(100 * tf.reduce_max(tf.abs(kernel)))",
        "torch.manual_seed(1)\n"
        "kernel = nn.init.xavier_uniform_(torch.empty(100, 400), gain=nn.init.calculate_gain('tanh'))\n"
        "torch.round(100 * kernel.abs().max())",
        DIFFERS,
        "A gain multiplies the deviation, scale the variance: scale is gain**2. The gain of tanh is 5/3, of relu "
        "sqrt(2), of selu 3/4; no initializer of Keras takes one but Orthogonal and Identity.",
        "torch.manual_seed(1)\n"
        "kernel = nn.init.xavier_uniform_(torch.empty(100, 400), gain=(5 / 3) ** 0.5)\n"
        "torch.round(100 * kernel.abs().max())",
    ),
    Row(
        "TruncatedNormal and trunc_normal_: where it is cut",
        "kernel = keras.initializers.TruncatedNormal(stddev=0.02, seed=1)((400, 100))\n"
        "tf.round(100 * tf.reduce_max(tf.abs(kernel)))",
        "torch.manual_seed(1)\n"
        "kernel = nn.init.trunc_normal_(torch.empty(100, 400), std=0.02)\n"
        "torch.round(100 * kernel.abs().max())",
        DIFFERS,
        "At two deviations in Keras; at -2 and 2 in PyTorch, whatever the deviation, which of 0.02 cuts nothing. Cut "
        "at two, the deviation that comes out is 0.88 of the one named, which VarianceScaling makes up for.",
        "torch.manual_seed(1)\n"
        "kernel = nn.init.trunc_normal_(torch.empty(100, 400), std=0.02, a=-2 * 0.02, b=2 * 0.02)\n"
        "torch.round(100 * kernel.abs().max())",
    ),
    Row(
        "dirac_ in Keras",
        "kernel = np.zeros((3, 3, 2, 2), np.float32)\n"
        "kernel[1, 1] = np.eye(2)\n"
        "tf.transpose(tf.constant(kernel), [3, 2, 0, 1])",
        "nn.init.dirac_(torch.empty(2, 2, 3, 3))",
        SAME,
        "The Identity of Keras takes matrices alone: for a convolution that returns its input, fill the middle.",
    ),
)
