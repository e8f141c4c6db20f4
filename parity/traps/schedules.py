"""How the learning rate changes."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

ANNEALED = (
    "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
    "schedule = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max={t_max})\n"
    "rates = []\n"
    "for step in range(10 * 4):\n"
    '    rates.append(sgd.param_groups[0]["lr"])\n'
    "    sgd.step()\n"
    "{call}\n"
    "torch.tensor(rates)"
)
RATES = (
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
SCHEDULES = (
    Row(
        "ExponentialDecay: by step or by epoch",
        "rate = keras.optimizers.schedules.ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.ExponentialLR(sgd, gamma=0.25)"),
        DIFFERS,
        "A schedule of Keras counts steps of the optimizer, PyTorch's its own calls, which are made once an epoch. "
        "decay_rate is what is left after decay_steps, gamma after one call.",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.ExponentialLR(sgd, gamma=0.25 ** (1 / 10))"),
        units=UNITS,
    ),
    Row(
        "InverseTimeDecay and LambdaLR",
        "rate = keras.optimizers.schedules.InverseTimeDecay(0.5, decay_steps=4, decay_rate=2.0)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(
            schedule="schedule = torch.optim.lr_scheduler.LambdaLR(sgd, lambda step: 1 / (1 + 2.0 * step / 4))"
        ),
        SAME,
        "PyTorch has no schedule of its own for it. staircase=True takes step // 4 for step / 4.",
        units=UNITS,
    ),
    Row(
        "PiecewiseConstantDecay and MultiStepLR, StepLR: the boundary",
        "rate = keras.optimizers.schedules.PiecewiseConstantDecay([2, 4], [0.5, 0.25, 0.125])\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.MultiStepLR(sgd, [2, 4], gamma=0.5)"),
        DIFFERS,
        "A boundary of Keras is the last step with the old rate, a milestone of PyTorch the first with the new one.",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.MultiStepLR(sgd, [2 + 1, 4 + 1], gamma=0.5)"),
    ),
    Row(
        "PolynomialDecay and PolynomialLR: the end",
        "rate = keras.optimizers.schedules.PolynomialDecay(0.5, decay_steps=10, power=2.0)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.PolynomialLR(sgd, total_iters=10, power=2.0)"),
        DIFFERS,
        "Keras ends at end_learning_rate, 1e-4 unless told, PyTorch at 0.",
        RATES.format(
            schedule="decay = lambda step: ((0.5 - 1e-4) * (1 - min(step, 10) / 10) ** 2.0 + 1e-4) / 0.5\n"
            "schedule = torch.optim.lr_scheduler.LambdaLR(sgd, decay)"
        ),
        units=UNITS,
    ),
    Row(
        "LinearLR, a warmup in a line, and PolynomialDecay",
        "rate = keras.optimizers.schedules.PolynomialDecay(0.25 * 0.5, decay_steps=4, end_learning_rate=0.5)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.LinearLR(sgd, start_factor=0.25, total_iters=4)"),
        SAME,
        "A polynomial of power 1, which may rise. LinearLR begins at a third unless told, and counts its own calls. "
        "ConstantLR keeps the share until total_iters (PiecewiseConstantDecay), and ChainedScheduler lets several act "
        "at once.",
        units=UNITS,
    ),
    Row(
        "CosineDecay and CosineAnnealingLR",
        "rate = keras.optimizers.schedules.CosineDecay(0.5, decay_steps=10)\nrate(4)",
        "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
        "schedule = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=10)\n"
        "for _ in range(4):\n"
        "    sgd.step()\n"
        "    schedule.step()\n"
        'torch.tensor(sgd.param_groups[0]["lr"])',
        SAME,
        "decay_steps is T_max where schedule.step() is called after each step of the optimizer. Mostly it is called "
        "once an epoch, and T_max is epochs. alpha, a share of the first rate, is eta_min, a rate. Beyond the end "
        "Keras's rate stays, and PyTorch's rises again.",
        units=UNITS,
    ),
    Row(
        "CosineDecay and CosineAnnealingLR: by step or by epoch",
        "rate = keras.optimizers.schedules.CosineDecay(0.5, decay_steps=10 * 4)\n"
        "tf.stack([rate(step) for step in range(10 * 4)])",
        ANNEALED.format(t_max="10", call="    if (step + 1) % 4 == 0:\n        schedule.step()"),
        DIFFERS,
        "decay_steps counts steps of the optimizer, T_max calls of schedule.step(). Called once an epoch, here of 4 "
        "steps, 10 of them are decay_steps=10 * 4: both agree at the first step of an epoch, and Keras's rate falls "
        "within it, too. Called after each step, with as large a T_max, they are the same.",
        ANNEALED.format(t_max="10 * 4", call="    schedule.step()"),
        units=UNITS,
    ),
    Row(
        "CosineDecay with a warmup, and OneCycleLR",
        "rate = keras.optimizers.schedules.CosineDecay(0.0, decay_steps=6, warmup_target=0.5, warmup_steps=4)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule=ONE_CYCLE),
        DIFFERS,
        "Keras's warmup is a straight line from initial_learning_rate to warmup_target; decay_steps counts from its "
        "end. OneCycleLR rises along a cosine, from a 25th, and moves the momentum too.",
        RATES.format(schedule=TWO_SCHEDULES),
        units=UNITS,
    ),
    Row(
        "CosineDecayRestarts and CosineAnnealingWarmRestarts",
        "rate = keras.optimizers.schedules.CosineDecayRestarts(0.5, first_decay_steps=3)\n"
        "tf.stack([rate(step) for step in range(10)])",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(sgd, T_0=3)"),
        DIFFERS,
        "Each period is twice as long as the last in Keras (t_mul=2), as long in PyTorch (T_mult=1), unless told. "
        "Keras can lower the rate at each restart (m_mul), PyTorch cannot. alpha is a share of the first rate, "
        "eta_min a rate.",
        RATES.format(schedule="schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(sgd, T_0=3, T_mult=2)"),
        units=UNITS,
    ),
    Row(
        "CyclicLR in Keras",
        "step = tf.range(10.0)\n"
        "share = 1 - abs(step / 4 - 2 * tf.floor(1 + step / (2 * 4)) + 1)\n"
        "0.125 + (0.5 - 0.125) * tf.maximum(share, 0.0)",
        RATES.format(
            schedule="of = torch.optim.lr_scheduler\n"
            "schedule = of.CyclicLR(sgd, base_lr=0.125, max_lr=0.5, step_size_up=4, cycle_momentum=False)"
        ),
        SAME,
        "Keras has none: this is the triangle, for the __call__ of a LearningRateSchedule of one's own. PyTorch's "
        "cycles the momentum too, unless told otherwise.",
        units=UNITS,
    ),
    Row(
        "LearningRateScheduler and LambdaLR: the rate, or a factor",
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile(keras.optimizers.SGD(0.5), 'mse')\n"
        "schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.125)\n"
        "model.fit(np.ones((1, 1)), np.ones((1, 1)), callbacks=[schedule], verbose=0)\n"
        "float(model.optimizer.learning_rate)",
        "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
        "torch.optim.lr_scheduler.LambdaLR(sgd, lambda epoch: 0.125)\n"
        "sgd.param_groups[0]['lr']",
        DIFFERS,
        "Keras's function returns the rate of the epoch that begins, and is given the one before; LambdaLR multiplies "
        "the first rate by what its function returns, MultiplicativeLR the last one.",
        "sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)\n"
        "torch.optim.lr_scheduler.LambdaLR(sgd, lambda epoch: 0.125 / 0.5)\n"
        "sgd.param_groups[0]['lr']",
    ),
)
