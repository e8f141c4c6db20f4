"""What fit and its callbacks do."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

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
TRAINING = (
    Row(
        "the loss that fit and evaluate report: a last batch of another size",
        "x, y = np.zeros((5, 1), np.float32), np.float32([[0], [0], [0], [0], [10]])\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile(keras.optimizers.SGD(0.0), 'mse')\n"
        "model.fit(x, y, batch_size=4, shuffle=False, verbose=0).history['loss'][0]",
        UNEVEN.format(weight="") + "float(sum(losses) / len(losses))",
        DIFFERS,
        "A mean over the samples, each batch's loss weighing as many as it has; not the mean of the batches' losses. "
        "That is what Keras reports as the loss of each of several outputs (a_loss), beside the loss of all.",
        UNEVEN.format(weight=" * len(xs)") + "float(sum(losses) / len(x))",
    ),
    Row(
        "fit and DataLoader: shuffle, and the batch",
        "numbers, seen = np.arange(64, dtype=np.float32)[:, None], []\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', lambda y, output: seen.append(y) or tf.reduce_mean(output), run_eagerly=True)\n"
        "model.fit(numbers, numbers, verbose=0)\n"
        "len(seen), bool(np.all(np.diff(np.concatenate(seen)[:, 0]) > 0))",
        "seen = list(torch.utils.data.DataLoader(torch.arange(64.0)))\n"
        "len(seen), bool((torch.cat(seen).diff() > 0).all())",
        DIFFERS,
        "fit shuffles each epoch and takes batches of 32; a DataLoader gives one sample at a time, in order. Neither "
        "leaves out a last batch that is smaller, unless drop_last=True.",
        "seen = list(torch.utils.data.DataLoader(torch.arange(64.0), batch_size=32, shuffle=True))\n"
        "len(seen), bool((torch.cat(seen).diff() > 0).all())",
    ),
    Row(
        "validation_split and random_split",
        "x, y = np.ones((8, 1), np.float32), np.arange(8, dtype=np.float32)[:, None]\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer='zeros')])\n"
        "model.compile(keras.optimizers.SGD(0.0), 'mse')\n"
        "model.fit(x, y, validation_split=0.25, verbose=0).history['val_loss'][0]",
        "y = torch.arange(8.0)\n"
        "draw = torch.Generator().manual_seed(0)\n"
        "train, val = torch.utils.data.random_split(y, [0.75, 0.25], draw)\n"
        "float((torch.stack(list(val)) ** 2).mean())",
        DIFFERS,
        "Keras takes the last samples as they stand, before it shuffles: of sorted data all of one kind.",
        "y = torch.arange(8.0)\nfloat((y[6:] ** 2).mean())",
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
        "equal one is not better. The last weights stay unless restore_best_weights=True: in PyTorch keep "
        "copy.deepcopy(model.state_dict()), whose tensors are the model's own unless they are copied.",
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
        "metrics and weighted_metrics: weights of samples",
        "y = np.float32([[0], [0]])\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Activation('linear')])\n"
        "model.compile(loss='mse', metrics=['mae'])\n"
        "model.evaluate(np.float32([[1], [2]]), y, sample_weight=np.float32([3, 1]), verbose=0)[1]",
        "metric = torchimpl.metrics.MeanAbsoluteError()\n"
        "y, outputs = torch.zeros(2, 1), torch.tensor([[1.0], [2.0]])\n"
        "metric.update_state(y, outputs, sample_weight=torch.tensor([3.0, 1.0]))\n"
        "float(metric.result())",
        DIFFERS,
        "Weights of samples and of classes are for the loss: the metrics of compile do not get them, the "
        "weighted_metrics do.",
        "metric = torchimpl.metrics.MeanAbsoluteError()\n"
        "metric.update_state(torch.zeros(2, 1), torch.tensor([[1.0], [2.0]]))\n"
        "float(metric.result())",
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
        "begin with the weights after the first step. fit overwrites the weights with the average at its end; the "
        "callback SwapEMAWeights puts the average in their place while it evaluates.",
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
    Row(
        "set_random_seed, tf.random.set_seed and torch.manual_seed",
        "kernels = []\n"
        "for _ in range(2):\n"
        "    keras.utils.set_random_seed(1)\n"
        "    dense = keras.layers.Dense(3)\n"
        "    dense.build((None, 2))\n"
        "    kernels.append(dense.kernel.numpy())\n"
        "bool((kernels[0] == kernels[1]).all())",
        "kernels = []\n"
        "for _ in range(2):\n"
        "    torch.manual_seed(1)\n"
        "    kernels.append(nn.Linear(2, 3).weight)\n"
        "bool((kernels[0] == kernels[1]).all())",
        SAME,
        "Initializers and Dropout of Keras 3 take their seeds from Python's random when they are made, which "
        "tf.random.set_seed does not reach. The same seed gives other numbers in PyTorch, but for torchimpl's "
        "initializers and its init_like_keras, which draw Keras's, and which torchimpl.set_random_seed fixes.",
    ),
    Row(
        "LossScaleOptimizer and GradScaler",
        "scaler = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))\n"
        "scaler.build([keras.Variable([1.0])])\n"
        "float(scaler.scale_loss(1.0))",
        "scaler = torch.amp.GradScaler('cpu')\nfloat(scaler.scale(torch.tensor(1.0)))",
        DIFFERS,
        "The first scale is 2**15 in Keras, 2**16 in PyTorch. Both halve it and leave the step out where a gradient is "
        "not finite, and double it after 2000 finite steps. In fit the policy mixed_float16 wraps the optimizer by "
        "itself; in PyTorch unscale_ comes before clipping.",
        "scaler = torch.amp.GradScaler('cpu', init_scale=2.0**15)\nfloat(scaler.scale(torch.tensor(1.0)))",
    ),
    Row(
        "mixed_bfloat16, mixed_float16 and autocast",
        "x = tf.constant([[1.0, 2.0, 4.0]])\n"
        "dense = keras.layers.Dense(3, dtype='mixed_bfloat16')\n"
        "[dense(x).dtype.name, dense.kernel.dtype, keras.activations.softmax(dense(x)).dtype.name]",
        "x = torch.tensor([[1.0, 2.0, 4.0]])\n"
        "dense = nn.Linear(3, 3)\n"
        "with torch.autocast('cpu', torch.bfloat16):\n"
        "    found = [dense(x), dense.weight, torch.softmax(dense(x), dim=-1)]\n"
        "[str(item.dtype).removeprefix('torch.') for item in found]",
        SAME,
        "Weights are float32 and products bfloat16; losses are float32 in both. On CUDA autocast computes softmax, "
        "exp, log and norms in float32 too, by its documentation; a layer of Keras does where it has dtype='float32', "
        "which the last one, with its softmax, should have.",
    ),
    Row(
        "zero_grad",
        "w = tf.Variable([1.0])\n"
        "for _ in range(2):\n"
        "    with tf.GradientTape() as tape:\n"
        "        loss = 3 * w\n"
        "    slope = tape.gradient(loss, w)\n"
        "slope",
        "w = torch.tensor([1.0], requires_grad=True)\nfor _ in range(2):\n    (3 * w).sum().backward()\nw.grad",
        DIFFERS,
        "A tape gives a gradient; backward adds one to .grad, until optimizer.zero_grad().",
        "w = torch.tensor([1.0], requires_grad=True)\n"
        "for _ in range(2):\n"
        "    w.grad = None\n"
        "    (3 * w).sum().backward()\n"
        "w.grad",
    ),
)
