"""What a port trips over around the six families: optimizers, layers, layouts, as pairs of snippets that are run.

Each row gives what Keras does, what looks like its counterpart in PyTorch, and the code that gives what Keras gives.
"""

from parity.walkthrough.snippets import DIFFERS, SAME, Prelude, Row

PRELUDE = Prelude(
    tensorflow="import keras\nimport numpy as np\nimport tensorflow as tf",
    pytorch="import numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F\n"
    "import torchimpl",
)
UNITS = 8  # between two orders of the same few operations

OPTIMIZERS = (
    Row(
        "Adam: epsilon, and where it is added",
        "w = keras.Variable([1.0])\n"
        "adam = keras.optimizers.Adam(0.1)\n"
        "for _ in range(3):\n"
        "    adam.apply([tf.constant([1e-6])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adam = torch.optim.Adam([w], lr=0.1, eps=1e-7)\n"
        "for _ in range(3):\n"
        "    w.grad = torch.tensor([1e-6])\n"
        "    adam.step()\n"
        "w",
        DIFFERS,
        "Keras's default is 1e-7, PyTorch's 1e-8. Keras adds it before the bias of the second moment is corrected, "
        "PyTorch after, so that in step t Keras's epsilon is PyTorch's times sqrt(1 - beta_2**t). Keras computes that "
        "root in float32, which makes its first step smaller by 6e-6 of it.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adam = torch.optim.Adam([w], lr=0.1)\n"
        "for t in range(1, 4):\n"
        '    adam.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**t) ** 0.5\n'
        "    w.grad = torch.tensor([1e-6])\n"
        "    adam.step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "Nadam: momentum schedule and epsilon",
        "w = keras.Variable([1.0])\n"
        "nadam = keras.optimizers.Nadam(0.1)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    nadam.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "nadam = torch.optim.NAdam([w], lr=0.1)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    nadam.step()\n"
        "w",
        DIFFERS,
        "PyTorch's default momentum_decay=4e-3 is another schedule than Keras's. Both add epsilon after the correction "
        "here, unlike Keras's Adam.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "nadam = torch.optim.NAdam([w], lr=0.1, momentum_decay=1.0, eps=1e-7)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    nadam.step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "RMSprop: epsilon under the root",
        "w = keras.Variable([1.0])\n"
        "rmsprop = keras.optimizers.RMSprop(0.1)\n"
        "for _ in range(3):\n"
        "    rmsprop.apply([tf.constant([1e-3])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "rmsprop = torch.optim.RMSprop([w], lr=0.1, alpha=0.9, eps=1e-7)\n"
        "for _ in range(3):\n"
        "    w.grad = torch.tensor([1e-3])\n"
        "    rmsprop.step()\n"
        "w",
        DIFFERS,
        "Keras divides by sqrt(v + epsilon), PyTorch by sqrt(v) + eps; no eps makes them equal. Defaults: rho=0.9 and "
        "a rate of 0.001 in Keras, alpha=0.99 and 0.01 in PyTorch.",
        "w, v = torch.tensor([1.0]), torch.zeros(1)\n"
        "for _ in range(3):\n"
        "    slope = torch.tensor([1e-3])\n"
        "    v = 0.9 * v + 0.1 * slope**2\n"
        "    w -= 0.1 * slope / torch.sqrt(v + 1e-7)\n"
        "w",
        units=UNITS,
    ),
    Row(
        "Adagrad: where the sum begins",
        "w = keras.Variable([1.0])\n"
        "adagrad = keras.optimizers.Adagrad(0.1)\n"
        "for _ in range(3):\n"
        "    adagrad.apply([tf.constant([0.5])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adagrad = torch.optim.Adagrad([w], lr=0.1)\n"
        "for _ in range(3):\n"
        "    w.grad = torch.tensor([0.5])\n"
        "    adagrad.step()\n"
        "w",
        DIFFERS,
        "At 0.1 in Keras, at 0 in PyTorch; and Keras's epsilon stands under the root.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adagrad = torch.optim.Adagrad([w], lr=0.1, initial_accumulator_value=0.1 + 1e-7, eps=0)\n"
        "for _ in range(3):\n"
        "    w.grad = torch.tensor([0.5])\n"
        "    adagrad.step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "SGD: momentum, and a rate that changes",
        "w = keras.Variable([1.0])\n"
        "sgd = keras.optimizers.SGD(0.5, momentum=0.5)\n"
        "sgd.apply([tf.constant([1.0])], [w])\n"
        "sgd.learning_rate = 0.125\n"
        "sgd.apply([tf.constant([1.0])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5)\n"
        "w.grad = torch.tensor([1.0])\n"
        "sgd.step()\n"
        'sgd.param_groups[0]["lr"] = 0.125\n'
        "sgd.step()\n"
        "w",
        DIFFERS,
        "Keras's velocity holds steps, with the rate in them; PyTorch's buffer holds gradients. With one rate they are "
        "the same. The default rate is 0.01 in Keras, 0.001 in PyTorch.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5)\n"
        "w.grad = torch.tensor([1.0])\n"
        "sgd.step()\n"
        'sgd.param_groups[0]["lr"] = 0.125\n'
        'sgd.state[w]["momentum_buffer"] *= 0.5 / 0.125\n'
        "sgd.step()\n"
        "w",
    ),
)
DECAY = (
    Row(
        "L2 and weight_decay under SGD: a factor of 2",
        "w = keras.Variable([2.0])\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = keras.regularizers.L2(0.25)(w)\n"
        "keras.optimizers.SGD(0.5).apply(tape.gradient(loss, [w.value]), [w])\n"
        "w",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.zeros(1)\n"
        "torch.optim.SGD([w], lr=0.5, weight_decay=0.25).step()\n"
        "w",
        DIFFERS,
        "l2 * w**2 has the slope 2 * l2 * w, PyTorch adds weight_decay * w: l2 = weight_decay / 2. Keras penalizes the "
        "kernels that were told to be, PyTorch decays all parameters of the group, biases too.",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.zeros(1)\n"
        "torch.optim.SGD([w], lr=0.5, weight_decay=2 * 0.25).step()\n"
        "w",
    ),
    Row(
        "L2 under Adam is not AdamW",
        "w = keras.Variable([2.0])\n"
        "adam = keras.optimizers.Adam(0.125)\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = keras.regularizers.L2(0.5)(w)\n"
        "adam.apply(tape.gradient(loss, [w.value]), [w])\n"
        "w",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.zeros(1)\n"
        "torch.optim.AdamW([w], lr=0.125, weight_decay=2 * 0.5).step()\n"
        "w",
        DIFFERS,
        "A penalty goes through Adam's quotient, which makes of any slope a step of about the rate. AdamW's decay does "
        "not go through it: there no l2 is equal to a weight_decay. torch.optim.Adam's does.",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.zeros(1)\n"
        "torch.optim.Adam([w], lr=0.125, weight_decay=2 * 0.5).step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "Adam(weight_decay=...)",
        "w = keras.Variable([2.0])\n"
        "adam = keras.optimizers.Adam(0.125, weight_decay=0.25)\n"
        "adam.apply([tf.constant([1.0])], [w])\n"
        "w",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "torch.optim.Adam([w], lr=0.125, weight_decay=0.25).step()\n"
        "w",
        DIFFERS,
        "One name, two things: in Keras it shrinks the weights apart from the step, as AdamW does, whatever the "
        "optimizer; in torch.optim.Adam it is a penalty.",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "torch.optim.AdamW([w], lr=0.125, weight_decay=0.25).step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "AdamW: the default decay",
        "w = keras.Variable([2.0])\nkeras.optimizers.AdamW(0.125).apply([tf.constant([1.0])], [w])\nw",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "torch.optim.AdamW([w], lr=0.125).step()\n"
        "w",
        DIFFERS,
        "0.004 in Keras, 0.01 in PyTorch.",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "torch.optim.AdamW([w], lr=0.125, weight_decay=0.004).step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "SGD(weight_decay=...) with momentum",
        "w = keras.Variable([2.0])\n"
        "sgd = keras.optimizers.SGD(0.5, momentum=0.5, weight_decay=0.25)\n"
        "for _ in range(2):\n"
        "    sgd.apply([tf.constant([1.0])], [w])\n"
        "w",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5, weight_decay=0.25)\n"
        "for _ in range(2):\n"
        "    sgd.step()\n"
        "w",
        DIFFERS,
        "Keras's decay stays out of the velocity, PyTorch's goes into the buffer. Without momentum they are the same.",
        "w = torch.tensor([2.0], requires_grad=True)\n"
        "w.grad = torch.ones(1)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5)\n"
        "for _ in range(2):\n"
        "    with torch.no_grad():\n"
        "        w -= 0.5 * 0.25 * w\n"
        "    sgd.step()\n"
        "w",
    ),
)
CLIPPING = (
    Row(
        "clipnorm: of each variable, or of all",
        "a, b = keras.Variable([0.0]), keras.Variable([0.0])\n"
        "sgd = keras.optimizers.SGD(1.0, clipnorm=1.0)\n"
        "sgd.apply([tf.constant([3.0]), tf.constant([4.0])], [a, b])\n"
        "tf.concat([a.value, b.value], axis=0)",
        "a, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))\n"
        "a.grad, b.grad = torch.tensor([3.0]), torch.tensor([4.0])\n"
        "nn.utils.clip_grad_norm_([a, b], 1.0)\n"
        "torch.optim.SGD([a, b], lr=1.0).step()\n"
        "torch.cat([a, b])",
        DIFFERS,
        "Keras's clipnorm clips each variable by its own norm, and changes the direction of the step. PyTorch's "
        "function takes the norm of all; in Keras that is global_clipnorm.",
        "a, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))\n"
        "a.grad, b.grad = torch.tensor([3.0]), torch.tensor([4.0])\n"
        "for parameter in (a, b):\n"
        "    parameter.grad *= torch.clamp(1.0 / parameter.grad.norm(), max=1.0)\n"
        "torch.optim.SGD([a, b], lr=1.0).step()\n"
        "torch.cat([a, b])",
        units=UNITS,
    ),
    Row(
        "global_clipnorm: a small norm",
        "a, b = keras.Variable([0.0]), keras.Variable([0.0])\n"
        "sgd = keras.optimizers.SGD(1.0, global_clipnorm=0.001)\n"
        "sgd.apply([tf.constant([0.003]), tf.constant([0.004])], [a, b])\n"
        "tf.concat([a.value, b.value], axis=0)",
        "a, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))\n"
        "a.grad, b.grad = torch.tensor([0.003]), torch.tensor([0.004])\n"
        "nn.utils.clip_grad_norm_([a, b], 0.001)\n"
        "torch.optim.SGD([a, b], lr=1.0).step()\n"
        "torch.cat([a, b])",
        DIFFERS,
        "PyTorch adds 1e-6 to the norm that it divides by; with norms about 1 that is a millionth of the step.",
        "a, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))\n"
        "a.grad, b.grad = torch.tensor([0.003]), torch.tensor([0.004])\n"
        "norm = nn.utils.get_total_norm([a.grad, b.grad])\n"
        "for parameter in (a, b):\n"
        "    parameter.grad *= torch.clamp(0.001 / norm, max=1.0)\n"
        "torch.optim.SGD([a, b], lr=1.0).step()\n"
        "torch.cat([a, b])",
        units=UNITS,
    ),
    Row(
        "clipvalue",
        "w = keras.Variable([0.0, 0.0])\n"
        "keras.optimizers.SGD(1.0, clipvalue=0.5).apply([tf.constant([3.0, -0.25])], [w])\n"
        "w",
        "w = nn.Parameter(torch.zeros(2))\n"
        "w.grad = torch.tensor([3.0, -0.25])\n"
        "nn.utils.clip_grad_value_([w], 0.5)\n"
        "torch.optim.SGD([w], lr=1.0).step()\n"
        "w",
        SAME,
    ),
)
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
        "0.1 in PyTorch, which would be 0.9 in Keras.",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=1 - 0.99)\n"
        "y = layer(x)\n"
        "layer.running_mean",
        units=UNITS,
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
        "lstm(tf.constant([[[1.0], [2.0]]]))",
        "n = torch.linspace(-1, 1, 12)\n"
        "lstm = nn.LSTM(1, 1, batch_first=True)\n"
        "lstm.weight_ih_l0.data = n[:4].reshape(1, 4).T\n"
        "lstm.weight_hh_l0.data = n[4:8].reshape(1, 4).T\n"
        "lstm.bias_ih_l0.data = n[8:]\n"
        "lstm.bias_hh_l0.data = torch.zeros(4)\n"
        "lstm(torch.tensor([[[1.0], [2.0]]]))[1][0][0]",
        SAME,
        "The gates stand in one order: input, forget, new, output. PyTorch adds up two biases: zero the second.",
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
)
FIRST_VALUES = (
    Row(
        "Dense and Linear: the kernel of a seed",
        "keras.utils.set_random_seed(42)\nlayer = keras.layers.Dense(2)\nlayer.build((None, 3))\nlayer.kernel",
        "torch.manual_seed(42)\nmodel = nn.Sequential(nn.Linear(3, 2))\nmodel[0].weight.T",
        DIFFERS,
        "glorot_uniform in Keras, within sqrt(6 / (inputs + units)); in PyTorch uniform within 1 / sqrt(inputs), which "
        "is kaiming_uniform_(a=sqrt(5)).",
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
        "One in Keras, and the rest zeros. PyTorch has two biases, whose sum counts, and uniform.",
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
)
LOSSES = (
    Row(
        "a row of targets against a column of predictions",
        "target, prediction = tf.constant([1.0, 2.0, 3.0]), tf.constant([[1.0], [2.0], [3.0]])\n"
        "keras.losses.MeanSquaredError()(target, prediction)",
        "target, prediction = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0], [2.0], [3.0]])\n"
        "nn.MSELoss()(prediction, target)",
        DIFFERS,
        "Keras matches a last axis of size 1. PyTorch subtracts each target from every prediction, and warns once: the "
        "loss stays high for no reason that shows.",
        "target, prediction = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0], [2.0], [3.0]])\n"
        "nn.MSELoss()(prediction.squeeze(-1), target)",
    ),
    Row(
        "CrossEntropyLoss after a softmax",
        "p = tf.nn.softmax([[2.0, 1.0, 0.0]])\nkeras.losses.SparseCategoricalCrossentropy()(tf.constant([0]), p)",
        "p = torch.softmax(torch.tensor([[2.0, 1.0, 0.0]]), dim=-1)\nnn.CrossEntropyLoss()(p, torch.tensor([0]))",
        DIFFERS,
        "PyTorch's takes logits, always: given probabilities it takes a second softmax of them, and trains, badly. "
        "Keras's takes probabilities unless from_logits=True. Leave the softmax away, or take the logarithm.",
        "p = torch.softmax(torch.tensor([[2.0, 1.0, 0.0]]), dim=-1)\nnn.NLLLoss()(torch.log(p), torch.tensor([0]))",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss: the axis of the classes",
        "x, y = tf.constant([[[2.0, 1.0], [0.0, 3.0]]]), tf.constant([[0, 1]])\n"
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, x)",
        "x, y = torch.tensor([[[2.0, 1.0], [0.0, 3.0]]]), torch.tensor([[0, 1]])\nnn.CrossEntropyLoss()(x, y)",
        DIFFERS,
        "The last in Keras, the second in PyTorch. With as many steps as classes nothing complains.",
        "x, y = torch.tensor([[[2.0, 1.0], [0.0, 3.0]]]), torch.tensor([[0, 1]])\n"
        "nn.CrossEntropyLoss()(x.transpose(1, 2), y)",
        units=UNITS,
    ),
    Row(
        "CrossEntropyLoss: weights of classes",
        "x, y = tf.constant([[2.0, 1.0], [0.0, 3.0]]), tf.constant([0, 1])\n"
        "weights = tf.constant([1.0, 3.0])\n"
        "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
        "loss(y, x, sample_weight=tf.gather(weights, y))",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])\n"
        "nn.CrossEntropyLoss(weight=weights)(x, y)",
        DIFFERS,
        "Keras (fit's class_weight too) divides by the number of samples, PyTorch by the sum of their weights.",
        "x, y = torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1])\n"
        "weights = torch.tensor([1.0, 3.0])\n"
        'nn.CrossEntropyLoss(weight=weights, reduction="sum")(x, y) / len(y)',
        units=UNITS,
    ),
)
CHAPTERS = {
    "Optimizers": OPTIMIZERS,
    "Weight decay": DECAY,
    "Gradient clipping": CLIPPING,
    "Normalization, dropout, modes": NORMALIZATION,
    "Kernels and axes": LAYOUTS,
    "Padding": PADDING,
    "First values and defaults": FIRST_VALUES,
    "Losses": LOSSES,
}
ROWS = tuple(row for rows in CHAPTERS.values() for row in rows)
