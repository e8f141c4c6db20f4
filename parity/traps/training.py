"""What fit, its callbacks and the schedules do."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

RATE = 'torch.tensor(sgd.param_groups[0]["lr"])'
PLATEAU = (
    "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)\n"
    "schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, factor=0.5, patience={arguments})\n"
    "rates = []\n"
    "for loss in [1.0] * {epochs}:\n"
    "    schedule.step(loss)\n"
    '    rates.append(sgd.param_groups[0]["lr"])\n'
    "torch.tensor(rates)"
)
STOPPING = (
    "best, waited, patience = float('inf'), 0, 2\n"
    "for epoch, loss in enumerate((3.0, 2.0, 2.5, 2.25, 2.125, 2.0)):\n"
    "    waited = 0 if loss < best else waited + 1\n"
    "    best = min(best, loss)\n"
    "    if waited {enough} patience:\n"
    "        break\n"
    "epoch"
)
UNEVEN = (
    "x, y = torch.zeros(5, 1), torch.tensor([[0.0], [0.0], [0.0], [0.0], [10.0]])\n"
    "model, losses = nn.Linear(1, 1, bias=False), []\n"
    "for xs, ys in zip(x.split(4), y.split(4)):\n"
    "    losses.append(nn.MSELoss()(model(xs), ys){weight})\n"
)
BATCHES = (
    "w = torch.tensor([1.0], requires_grad=True)\n"
    "sgd = torch.optim.SGD([w], lr=0.5)\n"
    "for slope in (1.0, 0.5):\n"
    "    (slope * w{share}).sum().backward()\n"
    "sgd.step()\n"
    "w"
)
AVERAGED = (
    "model = nn.Linear(1, 1, bias=False)\n"
    "model.weight.data.fill_(1.0)\n"
    "sgd = torch.optim.SGD(model.parameters(), lr=0.5)\n"
    "mean = torch.optim.swa_utils.AveragedModel(model{how})\n"
    "for slope in (1.0, -0.5, 0.25):\n"
    "    model.weight.grad = torch.tensor([[slope]])\n"
    "    sgd.step()\n"
    "    mean.update_parameters(model)\n"
    "mean.module.weight[0]"
)
MULTISTEP = (
    "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
    "schedule = torch.optim.lr_scheduler.MultiStepLR(sgd, milestones={milestones}, gamma=0.5)\n"
    "rates = []\n"
    "for _ in range(6):\n"
    '    rates.append(sgd.param_groups[0]["lr"])\n'
    "    sgd.step()\n"
    "    schedule.step()\n"
    "torch.tensor(rates)"
)
WARMUP = (
    "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
    "{schedule}\n"
    "rates = []\n"
    "for _ in range(10):\n"
    '    rates.append(sgd.param_groups[0]["lr"])\n'
    "    sgd.step()\n"
    "    schedule.step()\n"
    "torch.tensor(rates)"
)
ONE_CYCLE = "schedule = torch.optim.lr_scheduler.OneCycleLR(sgd, 0.5, total_steps=11, pct_start=0.4)"
TWO_SCHEDULES = (
    "of = torch.optim.lr_scheduler\n"
    "rise = of.LambdaLR(sgd, lambda step: step / 4)\n"
    "schedule = of.SequentialLR(sgd, [rise, of.CosineAnnealingLR(sgd, T_max=6)], milestones=[4])"
)
TRAINING = (
    Row(
        "the loss that fit and evaluate report: a last batch of another size",
        "x, y = np.zeros((5, 1), np.float32), np.float32([[0], [0], [0], [0], [10]])\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile(keras.optimizers.SGD(0.0), 'mse')\n"
        "model.fit(x, y, batch_size=4, shuffle=False, verbose=0).history['loss'][0]",
        UNEVEN.format(weight="") + "float(sum(losses) / len(losses))",
        DIFFERS,
        "A mean over the samples, each batch's loss weighing as many as it has; not the mean of the batches' losses.",
        UNEVEN.format(weight=" * len(xs)") + "float(sum(losses) / len(x))",
    ),
    Row(
        "EarlyStopping: patience",
        "stop = keras.callbacks.EarlyStopping('loss', mode='min', patience=2)\n"
        "stop.set_model(keras.Sequential())\n"
        "stop.on_train_begin()\n"
        "for epoch, loss in enumerate((3.0, 2.0, 2.5, 2.25, 2.125, 2.0)):\n"
        "    stop.on_epoch_end(epoch, {'loss': loss})\n"
        "    if stop.stopped_epoch:\n"
        "        break\n"
        "epoch",
        STOPPING.format(enough=">"),
        DIFFERS,
        "PyTorch has none. Keras stops after the epoch that is the patience-th in a row without a better value; an "
        "equal one is not better. The last weights stay unless restore_best_weights=True.",
        STOPPING.format(enough=">="),
    ),
    Row(
        "ReduceLROnPlateau: patience, and the threshold",
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile(keras.optimizers.SGD(1.0))\n"
        "plateau = keras.callbacks.ReduceLROnPlateau('loss', factor=0.5, patience=2)\n"
        "plateau.set_model(model)\n"
        "plateau.on_train_begin()\n"
        "rates = []\n"
        "for epoch, loss in enumerate([1.0] * 6):\n"
        "    plateau.on_epoch_end(epoch, {'loss': loss})\n"
        "    rates.append(float(model.optimizer.learning_rate))\n"
        "tf.constant(rates)",
        PLATEAU.format(arguments="2", epochs=6),
        DIFFERS,
        "Keras lowers the rate at the patience-th epoch in a row that is not better, PyTorch at the next one: its "
        "patience is one less. Better means by min_delta=1e-4 in Keras, by a ten-thousandth of the best in PyTorch "
        "unless threshold_mode='abs'.",
        PLATEAU.format(arguments="2 - 1, threshold_mode='abs'", epochs=6),
    ),
    Row(
        "ReduceLROnPlateau: the cooldown",
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile(keras.optimizers.SGD(1.0))\n"
        "plateau = keras.callbacks.ReduceLROnPlateau('loss', factor=0.5, patience=2, cooldown=3)\n"
        "plateau.set_model(model)\n"
        "plateau.on_train_begin()\n"
        "rates = []\n"
        "for epoch, loss in enumerate([1.0] * 12):\n"
        "    plateau.on_epoch_end(epoch, {'loss': loss})\n"
        "    rates.append(float(model.optimizer.learning_rate))\n"
        "tf.constant(rates)",
        PLATEAU.format(arguments="2 - 1, cooldown=3, threshold_mode='abs'", epochs=12),
        DIFFERS,
        "Keras counts the last epoch of the cooldown to the patience already, so that 1 does what 0 does; PyTorch "
        "counts none of them: its cooldown, too, is one less, but for 0.",
        PLATEAU.format(arguments="2 - 1, cooldown=3 - 1, threshold_mode='abs'", epochs=12),
    ),
    Row(
        "PiecewiseConstantDecay and MultiStepLR, StepLR: the boundary",
        "rate = keras.optimizers.schedules.PiecewiseConstantDecay([2, 4], [0.5, 0.25, 0.125])\n"
        "tf.stack([rate(step) for step in range(6)])",
        MULTISTEP.format(milestones="[2, 4]"),
        DIFFERS,
        "A boundary of Keras is the last step with the old rate, a milestone of PyTorch the first with the new one.",
        MULTISTEP.format(milestones="[2 + 1, 4 + 1]"),
    ),
    Row(
        "PolynomialDecay and PolynomialLR: the end",
        "rate = keras.optimizers.schedules.PolynomialDecay(0.5, decay_steps=10, power=2.0)\nrate(4)",
        "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
        "schedule = torch.optim.lr_scheduler.PolynomialLR(sgd, total_iters=10, power=2.0)\n"
        "for _ in range(4):\n"
        "    sgd.step()\n"
        f"    schedule.step()\n{RATE}",
        DIFFERS,
        "Keras ends at end_learning_rate, 1e-4 unless told, PyTorch at 0.",
        "decay = lambda step: ((0.5 - 1e-4) * (1 - min(step, 10) / 10) ** 2.0 + 1e-4) / 0.5\n"
        "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
        "schedule = torch.optim.lr_scheduler.LambdaLR(sgd, decay)\n"
        "for _ in range(4):\n"
        "    sgd.step()\n"
        f"    schedule.step()\n{RATE}",
        units=UNITS,
    ),
    Row(
        "CosineDecay with a warmup, and OneCycleLR",
        "rate = keras.optimizers.schedules.CosineDecay(0.0, decay_steps=6, warmup_target=0.5, warmup_steps=4)\n"
        "tf.stack([rate(step) for step in range(10)])",
        WARMUP.format(schedule=ONE_CYCLE),
        DIFFERS,
        "Keras's warmup is a straight line from initial_learning_rate to warmup_target; decay_steps counts from its "
        "end. OneCycleLR rises along a cosine, from a 25th, and moves the momentum too.",
        WARMUP.format(schedule=TWO_SCHEDULES),
        units=UNITS,
    ),
    Row(
        "use_ema, ema_momentum and AveragedModel",
        "w = keras.Variable([1.0])\n"
        "sgd = keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.75)\n"
        "for slope in (1.0, -0.5, 0.25):\n"
        "    sgd.apply([tf.constant([slope])], [w])\n"
        "sgd.finalize_variable_values([w])\n"
        "w",
        AVERAGED.format(how=""),
        DIFFERS,
        "AveragedModel's default is the mean of all steps (SWA). An EMA takes its decay as Keras its momentum; both "
        "begin with the weights after the first step. fit overwrites the weights with the average at its end.",
        AVERAGED.format(how=", multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.75)"),
        units=UNITS,
    ),
    Row(
        "gradient_accumulation_steps: mean or sum",
        "w = keras.Variable([1.0])\n"
        "sgd = keras.optimizers.SGD(0.5, gradient_accumulation_steps=2)\n"
        "for slope in (1.0, 0.5):\n"
        "    sgd.apply([tf.constant([slope])], [w])\n"
        "w",
        BATCHES.format(share=""),
        DIFFERS,
        "Keras takes the mean of the gradients of the steps, backward adds them up: divide the loss.",
        BATCHES.format(share=" / 2"),
    ),
    Row(
        "trainable=False and requires_grad=False: BatchNorm when frozen",
        "x = tf.constant([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = keras.layers.BatchNormalization()\n"
        "layer.trainable = False\n"
        "layer(x, training=True)",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.01, eps=1e-3).requires_grad_(False)\n"
        "layer(x)",
        DIFFERS,
        "A frozen BatchNormalization of Keras infers, whatever training says: it uses and keeps its running mean and "
        "variance. In PyTorch it goes on taking those of the batch until eval().",
        "x = torch.tensor([[1.0], [2.0], [3.0], [6.0]])\n"
        "layer = nn.BatchNorm1d(1, momentum=0.01, eps=1e-3).requires_grad_(False)\n"
        "layer.eval()(x)",
        units=UNITS,
    ),
    Row(
        "the loss of a model of two outputs, and loss_weights",
        "x, y = np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)\n"
        "inputs = keras.Input((1,))\n"
        "dense = keras.layers.Dense(1, kernel_initializer='ones')\n"
        "model = keras.Model(inputs, [dense(inputs), 2 * dense(inputs)])\n"
        "model.compile(keras.optimizers.SGD(0.0), ['mse', 'mae'], loss_weights=[1.0, 0.5])\n"
        "model.evaluate(x, [y, y], verbose=0)[0]",
        "first, second, y = torch.ones(2, 1), torch.full((2, 1), 2.0), torch.zeros(2, 1)\n"
        "float(nn.MSELoss()(first, y) + 0.5 * nn.L1Loss()(second, y))",
        SAME,
        "The weighted losses are added up.",
    ),
)
