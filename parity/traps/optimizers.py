"""Optimizers, weight decay, gradient clipping."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

LION = (
    "w, m = torch.tensor([1.0]), torch.zeros(1)\n"
    "for slope in torch.tensor([[1.0], [-0.25], [-0.5]]):\n"
    "    w -= 0.125 * torch.sign({step})\n"
    "    m = 0.99 * m + 0.01 * slope\n"
    "w"
)
ADAFACTOR = (
    "w = torch.tensor([1.0, 2.0], requires_grad=True)\n"
    "adafactor = torch.optim.Adafactor([w], lr=0.1{options})\n"
    "for slope in (1e-8, -0.5e-8, 0.25e-8):\n"
    "    w.grad = torch.tensor([slope, 1e-8])\n"
    "    adafactor.step()\n"
    "w"
)
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
        "Adam(amsgrad=True)",
        "w = keras.Variable([1.0])\n"
        "adam = keras.optimizers.Adam(0.1, beta_2=0.5, amsgrad=True)\n"
        "for slope in (1.0, 0.25, 0.125):\n"
        "    adam.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adam = torch.optim.Adam([w], lr=0.1, betas=(0.9, 0.5), eps=1e-7, amsgrad=True)\n"
        "for slope in (1.0, 0.25, 0.125):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    adam.step()\n"
        "w",
        SAME,
        "The largest second moment is that before the bias is corrected, in both.",
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
        "here, unlike Keras's Adam. Defaults: a rate of 0.001 and 1e-7 in Keras, 0.002 and 1e-8 in PyTorch.",
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
        "RMSprop(momentum=..., centered=True)",
        "w = keras.Variable([1.0])\n"
        "rmsprop = keras.optimizers.RMSprop(0.125, momentum=0.5, centered=True, epsilon=0.0)\n"
        "for slope in (1.0, 0.5, 0.25):\n"
        "    rmsprop.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "rmsprop = torch.optim.RMSprop([w], lr=0.125, alpha=0.9, eps=0.0, momentum=0.5, centered=True)\n"
        "for slope in (1.0, 0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    rmsprop.step()\n"
        "w",
        SAME,
        "But for epsilon, and for a rate that changes: Keras's velocity has the rate in it, PyTorch's has not.",
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
        "At 0.1 in Keras, at 0 in PyTorch; and Keras's epsilon stands under the root. Defaults: a rate of 0.001 and "
        "1e-7 in Keras, 0.01 and 1e-10 in PyTorch.",
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
        "the same, unless PyTorch is told a dampening, which Keras does not have. The default rate is 0.01 in Keras, "
        "0.001 in PyTorch.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5)\n"
        "w.grad = torch.tensor([1.0])\n"
        "sgd.step()\n"
        'sgd.param_groups[0]["lr"] = 0.125\n'
        'sgd.state[w]["momentum_buffer"] *= 0.5 / 0.125\n'
        "sgd.step()\n"
        "w",
    ),
    Row(
        "Adadelta: the defaults",
        "w = keras.Variable([1.0])\n"
        "adadelta = keras.optimizers.Adadelta(1.0)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    adadelta.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adadelta = torch.optim.Adadelta([w])\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    adadelta.step()\n"
        "w",
        DIFFERS,
        "A rate of 0.001, rho=0.95 and 1e-7 in Keras; 1, 0.9 and 1e-6 in PyTorch. Epsilon is under the root in both.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adadelta = torch.optim.Adadelta([w], rho=0.95, eps=1e-7)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    adadelta.step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "Adamax: the defaults",
        "w = keras.Variable([1.0])\n"
        "adamax = keras.optimizers.Adamax()\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    adamax.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adamax = torch.optim.Adamax([w])\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    adamax.step()\n"
        "w",
        DIFFERS,
        "A rate of 0.001 and 1e-7 in Keras, 0.002 and 1e-8 in PyTorch. Keras adds epsilon to the largest gradient, "
        "PyTorch to each: that tells only where gradients are as small.",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "adamax = torch.optim.Adamax([w], lr=0.001, eps=1e-7)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    adamax.step()\n"
        "w",
        units=UNITS,
    ),
    Row(
        "SGD(nesterov=True)",
        "w = keras.Variable([1.0])\n"
        "sgd = keras.optimizers.SGD(0.5, momentum=0.5, nesterov=True)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    sgd.apply([tf.constant([slope])], [w])\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "sgd = torch.optim.SGD([w], lr=0.5, momentum=0.5, nesterov=True)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([slope])\n"
        "    sgd.step()\n"
        "w",
        SAME,
        "As long as the rate stays.",
        units=UNITS,
    ),
    Row(
        "Lion",
        "w = keras.Variable([1.0])\n"
        "lion = keras.optimizers.Lion(0.125)\n"
        "for slope in (1.0, -0.25, -0.5):\n"
        "    lion.apply([tf.constant([slope])], [w])\n"
        "w",
        LION.format(step="m"),
        DIFFERS,
        "PyTorch has none. The step is the sign of a mean of the moment and the slope, with beta_1=0.9, before the "
        "moment takes the slope in, with beta_2=0.99; weight_decay shrinks the weights apart from it.",
        LION.format(step="0.9 * m + 0.1 * slope"),
    ),
    Row(
        "Adafactor: epsilon and the rate",
        "w = keras.Variable([1.0, 2.0])\n"
        "adafactor = keras.optimizers.Adafactor(0.1)\n"
        "for slope in (1e-8, -0.5e-8, 0.25e-8):\n"
        "    adafactor.apply([tf.constant([slope, 1e-8])], [w])\n"
        "w",
        ADAFACTOR.format(options=""),
        DIFFERS,
        "PyTorch's first eps is that of the dtype unless told, and it holds the squares of the slopes up by its "
        "square; Keras adds epsilon_1=1e-30 to them. Rates: 0.001 in Keras, 0.01 in PyTorch; in both 1 / sqrt(step) "
        "where that is less (Keras: unless relative_step=False), times the size of the weights.",
        ADAFACTOR.format(options=", eps=(1e-15, 1e-3)"),
        units=UNITS,
    ),
    Row(
        "Muon: the rate, weight_decay and precision",
        "w = keras.Variable([[1.0, 1.5, 2.0], [0.5, 1.0, 2.5]])\n"
        "muon = keras.optimizers.Muon(0.1, weight_decay=None)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    muon.apply([tf.constant([[slope, 0.5, 0.25], [1.0, slope, 0.125]])], [w])\n"
        "w",
        "w = torch.tensor([[1.0, 1.5, 2.0], [0.5, 1.0, 2.5]], requires_grad=True)\n"
        "muon = torch.optim.Muon([w], lr=0.1, weight_decay=0)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    w.grad = torch.tensor([[slope, 0.5, 0.25], [1.0, slope, 0.125]])\n"
        "    muon.step()\n"
        "w",
        DIFFERS,
        "Keras scales a step by 0.2 * sqrt(the longer side), for which PyTorch has adjust_lr_fn='match_rms_adamw'; "
        "PyTorch iterates in bfloat16 besides, which leaves two or three digits. weight_decay is 0.004 in Keras, 0.1 "
        "in PyTorch. PyTorch's takes matrices alone; Keras's gives biases, embeddings and what exclude_layers names to "
        "Adam.",
        "w, m = torch.tensor([[1.0, 1.5, 2.0], [0.5, 1.0, 2.5]]), torch.zeros(2, 3)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    grad = torch.tensor([[slope, 0.5, 0.25], [1.0, slope, 0.125]])\n"
        "    m = grad + 0.95 * m\n"
        "    x = grad + 0.95 * m\n"
        "    x = x / (x.norm() + 1e-7)  # transposed before and after, if it has more rows than columns\n"
        "    for _ in range(5):\n"
        "        s = x @ x.T\n"
        "        x = 3.4445 * x + (-4.775 * s + 2.0315 * s @ s) @ x\n"
        "    w -= 0.1 * 0.2 * max(w.shape) ** 0.5 * x\n"
        "w",
        units=8 * UNITS,  # five times three products of matrices
    ),
    Row(
        "RAdam in Keras",
        "w, m, v = tf.constant([1.0]), 0.0, 0.0\n"
        "longest = 2 / (1 - 0.999) - 1\n"
        "for step, slope in enumerate([1.0, -0.5, 0.25] * 3, 1):\n"
        "    m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2\n"
        "    length = longest - 2 * step * 0.999**step / (1 - 0.999**step)\n"
        "    change = m / (1 - 0.9**step)\n"
        "    if length > 5:\n"
        "        size = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)\n"
        "        change *= (size * (1 - 0.999**step)) ** 0.5 / (v**0.5 + 1e-8)\n"
        "    w -= 0.1 * change\n"
        "w",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "radam = torch.optim.RAdam([w], lr=0.1)\n"
        "for slope in [1.0, -0.5, 0.25] * 3:\n"
        "    w.grad = torch.tensor([slope])\n"
        "    radam.step()\n"
        "w",
        SAME,
        "Keras has none, nor ASGD, Rprop and SparseAdam: write such a step into the update_step of a keras.Optimizer. "
        "Of Keras's own PyTorch has no Ftrl, Lamb and ScheduleFreeAdamW.",
        units=UNITS,
    ),
    Row(
        "LBFGS and SciPy",
        "from scipy.optimize import minimize\n"
        "def loss_and_gradient(numbers):\n"
        "    w = tf.Variable(numbers)\n"
        "    with tf.GradientTape() as tape:\n"
        "        loss = tf.reduce_sum((w - [1.0, 2.0]) ** 2 * [1.0, 10.0])\n"
        "    return loss.numpy(), tape.gradient(loss, w).numpy()\n"
        "found = minimize(loss_and_gradient, np.zeros(2), jac=True, method='L-BFGS-B')\n"
        "np.round(found.x, 3)",
        "w = torch.zeros(2, dtype=torch.float64, requires_grad=True)\n"
        "lbfgs = torch.optim.LBFGS([w], line_search_fn='strong_wolfe')\n"
        "def loss():\n"
        "    lbfgs.zero_grad()\n"
        "    loss = ((w - torch.tensor([1.0, 2.0])) ** 2 * torch.tensor([1.0, 10.0])).sum()\n"
        "    loss.backward()\n"
        "    return loss\n"
        "lbfgs.step(loss)\n"
        "np.round(w.detach().numpy(), 3)",
        SAME,
        "Keras has none. SciPy's wants all weights in one vector of float64, and searches along a line; PyTorch's "
        "takes steps of lr=1 unless it has a line_search_fn, and up to max_iter=20 of them in one call of step.",
    ),
)
DECAY = (
    Row(
        "activity_regularizer: divided by the size of the batch",
        "x, y = np.ones((4, 1), np.float32), np.zeros((4, 1), np.float32)\n"
        "penalty = keras.regularizers.L1(0.5)\n"
        "dense = keras.layers.Dense(1, kernel_initializer='ones', activity_regularizer=penalty)\n"
        "model = keras.Sequential([keras.Input((1,)), dense])\n"
        "model.compile(loss='mse')\n"
        "model.evaluate(x, y, verbose=0)",
        "outputs, y = torch.ones(4, 1), torch.zeros(4, 1)\n"
        "penalty = torchimpl.regularizers.L1(0.5)\n"
        "float(nn.MSELoss()(outputs, y) + penalty(outputs))",
        DIFFERS,
        "A layer of Keras, ActivityRegularization too, divides the penalty of its outputs by the size of the batch, so "
        "that a larger batch does not cost more; those of kernels and biases it leaves as they are. A regularizer "
        "called by hand is the sum alone.",
        "outputs, y = torch.ones(4, 1), torch.zeros(4, 1)\n"
        "penalty = torchimpl.regularizers.L1(0.5)\n"
        "float(nn.MSELoss()(outputs, y) + penalty(outputs) / len(outputs))",
    ),
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
    Row(
        "kernel_regularizer, in a loop of one's own",
        "layer = keras.layers.Dense(1, kernel_initializer='ones', kernel_regularizer=keras.regularizers.L2(0.25))\n"
        "layer.build((None, 3))\n"
        "sum(layer.losses)",
        "layer = nn.Linear(3, 1)\n"
        "nn.init.ones_(layer.weight)\n"
        "torchimpl.regularizers.penalty(layer, torchimpl.regularizers.L2(0.25))",
        SAME,
        "fit adds the penalties of the layers to the loss; in PyTorch you do. penalty takes a module's kernels, and "
        "no biases. Where SGD has no momentum, weight_decay=2 * 0.25 for the kernels alone gives the same steps.",
        units=UNITS,
    ),
    Row(
        "kernel_constraint, in a loop of one's own",
        "layer = keras.layers.Dense(1, kernel_initializer='ones', kernel_constraint=keras.constraints.MaxNorm(1.0))\n"
        "layer.build((None, 4))\n"
        "keras.optimizers.SGD(0.0).apply([tf.zeros((4, 1)), tf.zeros(1)], layer.trainable_variables)\n"
        "tf.transpose(layer.kernel)",
        "layer = nn.Linear(4, 1)\n"
        "nn.init.ones_(layer.weight)\n"
        "torch.optim.SGD(layer.parameters(), lr=0.0).step()\n"
        "layer.weight",
        DIFFERS,
        "Keras's optimizers apply it after each step. `torchimpl.constraints.constrain` hooks an optimizer of PyTorch, "
        "and knows that its kernels are transposed.",
        "layer = nn.Linear(4, 1)\n"
        "nn.init.ones_(layer.weight)\n"
        "layer.weight.grad = torch.zeros(1, 4)\n"
        "sgd = torch.optim.SGD(layer.parameters(), lr=0.0)\n"
        "torchimpl.constraints.constrain(sgd, layer, torchimpl.constraints.MaxNorm(1.0))\n"
        "sgd.step()\n"
        "layer.weight",
        units=UNITS,
    ),
    Row(
        "exclude_from_weight_decay: biases without decay",
        "w, bias = keras.Variable([2.0]), keras.Variable([2.0])\n"
        "adam = keras.optimizers.AdamW(0.125, weight_decay=0.25)\n"
        "adam.exclude_from_weight_decay(var_list=[bias])\n"
        "adam.apply([tf.constant([1.0]), tf.constant([1.0])], [w, bias])\n"
        "tf.concat([w.value, bias.value], axis=0)",
        "w, bias = nn.Parameter(torch.tensor([2.0])), nn.Parameter(torch.tensor([2.0]))\n"
        "w.grad, bias.grad = torch.ones(1), torch.ones(1)\n"
        "torch.optim.AdamW([w, bias], lr=0.125, weight_decay=0.25).step()\n"
        "torch.cat([w, bias])",
        DIFFERS,
        "AdamW decays everything in both unless told. Keras excludes variables, or whatever has a word in its name "
        "(var_names), before the first step; PyTorch has groups of parameters; so, for rates or "
        "other optimizers of some variables, has Keras's MultiOptimizer, by an OptimizerMap.",
        "w, bias = nn.Parameter(torch.tensor([2.0])), nn.Parameter(torch.tensor([2.0]))\n"
        "w.grad, bias.grad = torch.ones(1), torch.ones(1)\n"
        "groups = [{'params': [w]}, {'params': [bias], 'weight_decay': 0.0}]\n"
        "torch.optim.AdamW(groups, lr=0.125, weight_decay=0.25).step()\n"
        "torch.cat([w, bias])",
        units=UNITS,
    ),
)
CLIPPING = (
    Row(
        "clipnorm and clip_grad_norm_: of each variable, or of all",
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
        "function takes the norm of all; in Keras that is global_clipnorm. tf.clip_by_norm is clipnorm, "
        "tf.clip_by_global_norm global_clipnorm.",
        "a, b = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))\n"
        "a.grad, b.grad = torch.tensor([3.0]), torch.tensor([4.0])\n"
        "for parameter in (a, b):\n"
        "    parameter.grad *= torch.clamp(1.0 / parameter.grad.norm(), max=1.0)\n"
        "torch.optim.SGD([a, b], lr=1.0).step()\n"
        "torch.cat([a, b])",
        units=UNITS,
    ),
    Row(
        "global_clipnorm and clip_grad_norm_: a small norm",
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
        "As tf.clip_by_global_norm does. PyTorch adds 1e-6 to the norm that it divides by; with norms about 1 that is "
        "a millionth of the step.",
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
        "clip_grad_norm_ and L2: what is clipped",
        "w = keras.Variable([3.0, 4.0])\n"
        "with tf.GradientTape() as tape:\n"
        "    loss = tf.reduce_sum(2.0 * w) + keras.regularizers.L2(0.25)(w)\n"
        "sgd = keras.optimizers.SGD(0.5, global_clipnorm=1.0)\n"
        "sgd.apply(tape.gradient(loss, [w.value]), [w])\n"
        "w",
        "w = nn.Parameter(torch.tensor([3.0, 4.0]))\n"
        "(2.0 * w).sum().backward()\n"
        "nn.utils.clip_grad_norm_([w], 1.0)\n"
        "torch.optim.SGD([w], lr=0.5, weight_decay=2 * 0.25).step()\n"
        "w",
        DIFFERS,
        "A penalty is part of the loss, and so of the gradient that Keras clips; PyTorch's weight_decay is added in "
        "the step, after the clipping. In Keras the order of PyTorch is a loop of one's own: tf.clip_by_global_norm of "
        "the gradients, then + weight_decay * w.",
        "w = nn.Parameter(torch.tensor([3.0, 4.0]))\n"
        "((2.0 * w).sum() + torchimpl.regularizers.L2(0.25)(w)).backward()\n"
        "nn.utils.clip_grad_norm_([w], 1.0)\n"
        "torch.optim.SGD([w], lr=0.5).step()\n"
        "w",
        units=2**5,  # PyTorch adds 1e-6 to the norm
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
