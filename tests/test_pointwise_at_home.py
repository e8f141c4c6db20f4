"""Activations, regularizers and constraints where they are used: layers, modules, loops, compilers, transforms."""

import copy
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402
from torchimpl._tensors import clip  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

ARGUMENTS = {"threshold": {"threshold": 0.5, "default_value": 0.25}}
ACTIVATIONS = sorted(torchimpl.activations.family.objects)
REGULARIZERS = {
    "L1": {"l1": 0.3},
    "L2": {"l2": 0.3},
    "L1L2": {"l1": 0.1, "l2": 0.2},
    "OrthogonalRegularizer": {"factor": 0.3, "mode": "columns"},
}
CONSTRAINTS = {
    "MaxNorm": {"max_value": 0.75, "axis": 0},
    "MinMaxNorm": {"min_value": 0.5, "max_value": 0.8, "rate": 0.75, "axis": 0},
    "NonNeg": {},
    "UnitNorm": {"axis": 0},
}
X = np.array([[-3.5, -1.25, -0.3, 0.2], [0.7, 1.75, 2.5, 7.0], [0.1, -0.2, 0.3, -0.6]], np.float32)


def functions():
    """Everything here as functions of one tensor, in PyTorch."""
    for name in ACTIVATIONS:
        function = getattr(torchimpl.activations, name)
        yield name, lambda x, function=function, name=name: function(x, **ARGUMENTS.get(name, {}))
    for family, table in ((torchimpl.regularizers, REGULARIZERS), (torchimpl.constraints, CONSTRAINTS)):
        for name, arguments in table.items():
            yield name, getattr(family, name)(**arguments)


FUNCTIONS = dict(functions())
every_function = pytest.mark.parametrize("name", FUNCTIONS)


@every_function
def test_transforms_and_second_derivatives(name):
    function, x = FUNCTIONS[name], torch.tensor(X, dtype=torch.float64)
    leaf = x.clone().requires_grad_()
    expected = torch.autograd.grad(function(leaf).sum(), leaf)[0]
    torch.testing.assert_close(torch.func.grad(lambda x: function(x).sum())(x), expected, rtol=1e-14, atol=1e-15)
    each = torch.func.vmap(lambda x: function(x))(torch.stack([x, 2 * x]))
    torch.testing.assert_close(each, torch.stack([function(x), function(2 * x)]), rtol=1e-14, atol=1e-15)
    assert torch.autograd.gradcheck(function, leaf)
    assert torch.autograd.gradgradcheck(function, leaf)
    assert torch.equal(x, torch.tensor(X, dtype=torch.float64))
    # The kernels of other dtypes can be others.
    hessian = torch.func.hessian(lambda x: function(x).sum())
    torch.testing.assert_close(hessian(x.float()).double(), hessian(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("name", "from_below"), [("elu", 1.0), ("celu", 1.0), ("selu", 1.7580993)])
def test_the_second_derivative_at_a_kink_is_that_of_the_kernel(name, from_below):
    x = tf.zeros(())
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = getattr(tfimpl.activations, name)(x)
        slope = inner.gradient(value, x)
    assert outer.gradient(slope, x).numpy() == pytest.approx(from_below, rel=1e-6)
    leaf = torch.zeros((), requires_grad=True)
    (slope,) = torch.autograd.grad(getattr(torchimpl.activations, name)(leaf), leaf, create_graph=True)
    assert torch.autograd.grad(slope, leaf)[0] == 0


@every_function
def test_export_capture_and_autocast(name):
    class Module(torch.nn.Module):
        def forward(self, x):
            return FUNCTIONS[name](x)

    x = torch.tensor(X)
    expected = FUNCTIONS[name](x)
    assert torch.equal(torch.export.export(Module(), (x,)).module()(x), expected)
    torch.compiler.reset()
    compiled = torch.compile(FUNCTIONS[name], fullgraph=True, backend="aot_eager", dynamic=True)
    for rows in (x, torch.cat([x, x])):
        torch.testing.assert_close(compiled(rows), FUNCTIONS[name](rows), rtol=1e-6, atol=1e-7)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(FUNCTIONS[name](x), expected, rtol=1e-6, atol=1e-7)
        assert torch.isfinite(FUNCTIONS[name](x.bfloat16()).float()).all()


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor compiles C++")
def test_what_inductor_makes_of_nan_and_infinities():
    def run(x):
        return [FUNCTIONS[name](x) for name in ACTIVATIONS]

    x = torch.tensor(X)
    x[0, 0], x[1, 1], x[2, 2] = torch.nan, torch.inf, -torch.inf
    for name, found, expected in zip(ACTIVATIONS, torch.compile(run, fullgraph=True)(x), run(x), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7, equal_nan=True, msg=name)


@every_function
def test_on_the_meta_device(name):
    assert FUNCTIONS[name](torch.tensor(X, device="meta")).shape == FUNCTIONS[name](torch.tensor(X)).shape


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_captured_in_float64_it_has_the_digits_of_float64(name):
    function, x = FUNCTIONS[name], torch.linspace(-3, 3, 1000, dtype=torch.float64)
    x = torch.stack([x, 2.0**-20 * x])
    torch.compiler.reset()  # which keeps graphs by the code, and refuses the ninth
    captured = torch.compile(function, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(captured(x), function(x), rtol=1e-14, atol=0)


@pytest.mark.parametrize("b", [1e-20, 4.0, 1e20, 1e28])
def test_squareplus_keeps_its_digits_however_smooth_it_is(b):
    x = np.array([-1e10, -1e4, -30.0, -1.0, 0.0, 1.0, 30.0, 1e10], np.float64) * np.sqrt(b)
    root = np.sqrt(x**2 + b)
    values = np.where(x > 0, x + root, b / (np.abs(x) + root)) / 2
    leaf = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    value = torchimpl.activations.squareplus(leaf, b)
    (gradient,) = torch.autograd.grad(value.sum(), leaf)
    with tf.GradientTape() as tape:
        x_tf = tf.constant(x, tf.float32)
        tape.watch(x_tf)
        value_tf = tfimpl.activations.squareplus(x_tf, b)
    for found in (value.detach(), value_tf):
        np.testing.assert_allclose(found.numpy(), values, rtol=1e-6)
    for found in (gradient, tape.gradient(value_tf, x_tf)):
        np.testing.assert_allclose(found.numpy(), values / root, rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "threshold"])
def test_no_retracing_and_one_graph_for_all_sizes(name):
    function, traces = getattr(tfimpl.activations, name), []

    @tf.function(input_signature=[tf.TensorSpec((None, 4))])
    def run(x):
        traces.append(1)
        return function(x)

    for rows in (X, X[:1], X[:0]):
        np.testing.assert_allclose(run(tf.constant(rows)), function(tf.constant(rows)), rtol=1e-6, atol=1e-7)
    assert len(traces) == 1


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_in_half_precision_are_those_of_float32_rounded(name, dtype):
    numbers = np.linspace(-9, 9, 400, dtype=np.float32).reshape(100, 4)
    x = torch.tensor(numbers).to(getattr(torch, dtype)).requires_grad_()
    wide = x.detach().float().requires_grad_()
    half, full = (torch.autograd.grad(FUNCTIONS[name](item)[..., 0].sum(), item)[0] for item in (x, wide))
    limits = torch.finfo(x.dtype)
    torch.testing.assert_close(half, full.to(x.dtype), rtol=4 * limits.eps, atol=limits.tiny)
    half, full = (_derivative_in_keras(name, tf.cast(numbers, dtype), kind) for kind in (dtype, "float32"))
    torch.testing.assert_close(half, full, rtol=4 * limits.eps, atol=limits.tiny)


def _derivative_in_keras(name, x, dtype):
    x = tf.cast(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = getattr(tfimpl.activations, name)(x, **ARGUMENTS.get(name, {}))[..., 0]
    return torch.tensor(tf.cast(tape.gradient(value, x), tf.float32).numpy())


def layers():
    """A layer for every activation, regularizer and constraint; the latter two on its kernel."""
    alone = ("glu", "linear", "log_softmax", "softmax", "sparsemax", "threshold")
    names = [name for name in ACTIVATIONS if name not in alone] + ["softmax"]
    weights = [None, *(getattr(tfimpl.regularizers, name)(**args) for name, args in REGULARIZERS.items())]
    limits = [None, *(getattr(tfimpl.constraints, name)(**args) for name, args in CONSTRAINTS.items())]
    for place, name in enumerate(names):
        yield keras.layers.Dense(
            4,
            activation=getattr(tfimpl.activations, name),
            kernel_regularizer=weights[place % len(weights)],
            kernel_constraint=limits[place % (len(limits) + 1) % len(limits)],
        )


def test_a_model_of_all_of_them_is_saved_and_loaded_without_custom_objects(tmp_path):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.layers.Input((4,)), *layers()])
    model.compile(optimizer="sgd", loss="mse", jit_compile=True)
    model.fit(X, X, epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    for before, after in zip(model.layers, again.layers, strict=True):
        assert after.activation is before.activation
        for key in ("kernel_regularizer", "kernel_constraint"):
            one, other = getattr(before, key), getattr(after, key)
            assert type(one) is type(other)
            assert one is None or one.get_config() == other.get_config()
    np.testing.assert_array_equal(model.predict(X, verbose=0), again.predict(X, verbose=0))


# -- the same model trained in both -----------------------------------------------------------------------------------


def weights_of(model):
    """The weights of a Keras model, as NumPy arrays."""
    return [np.array(item) for item in model.get_weights()]


def keras_pair(constraint, regularizer, conv):
    """A small Keras model, and the layer whose kernel is regularized and constrained."""
    keras.utils.set_random_seed(7)
    arguments = {"kernel_constraint": constraint, "kernel_regularizer": regularizer}
    if conv:
        first = keras.layers.Conv2D(3, (2, 3), activation=tfimpl.activations.mish, **arguments)
        return keras.Sequential([keras.layers.Input((5, 6, 2)), first, keras.layers.Flatten(), keras.layers.Dense(1)])
    first = keras.layers.Dense(5, activation=tfimpl.activations.mish, **arguments)
    return keras.Sequential([keras.layers.Input((4,)), first, keras.layers.Dense(1)])


class Carried(torch.nn.Module):
    """The same model in PyTorch, with the Keras model's weights."""

    def __init__(self, weights, conv):
        super().__init__()
        self.conv = conv
        self.first = torch.nn.Conv2d(2, 3, (2, 3)) if conv else torch.nn.Linear(4, 5)
        self.last = torch.nn.Linear(weights[2].shape[0], 1)
        kernel = torch.tensor(weights[0])
        values = [kernel.permute(3, 2, 0, 1) if conv else kernel.T, *map(torch.tensor, weights[1:])]
        values[2] = values[2].T
        with torch.no_grad():
            for parameter, value in zip(self.parameters(), values, strict=True):
                parameter.copy_(value)

    def forward(self, x):
        hidden = self.first(x.permute(0, 3, 1, 2) if self.conv else x)
        hidden = torchimpl.activations.mish(hidden)
        return self.last(hidden.permute(0, 2, 3, 1).flatten(1) if self.conv else hidden)

    def kernels(self):
        first = self.first.weight.detach()
        return [(first.permute(2, 3, 1, 0) if self.conv else first.T).numpy(), self.last.weight.detach().T.numpy()]


# As in Keras, without a word about layout: the axes of a unit's incoming weights are those of a Keras kernel.
CASES = [
    ("MaxNorm", {"max_value": 0.5}, "L2", {"l2": 0.05}),
    ("MinMaxNorm", {"min_value": 0.6, "max_value": 0.9, "rate": 0.5}, "L1", {"l1": 0.02}),
    ("UnitNorm", {}, "L1L2", {"l1": 0.01, "l2": 0.02}),
    ("NonNeg", {}, None, {}),
    (None, {}, "OrthogonalRegularizer", {"factor": 0.5, "mode": "rows"}),
    (None, {}, "OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


def made(package, constraint, limits, regularizer, factors, conv):
    """The objects, of one package."""
    axes = {"axis": [0, 1, 2] if conv else 0} if constraint not in (None, "NonNeg") else {}
    return (
        constraint and getattr(package.constraints, constraint)(**limits, **axes),
        regularizer and getattr(package.regularizers, regularizer)(**factors),
    )


@pytest.mark.parametrize("conv", [False, True], ids=["dense", "conv"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_the_same_training_in_both(case, conv):
    if conv and case[2] == "OrthogonalRegularizer":
        pytest.skip("for matrices alone, as in Keras")
    rng = np.random.default_rng(11)
    x = rng.normal(size=(8, 5, 6, 2) if conv else (8, 4)).astype(np.float32)
    y = rng.normal(size=(8, 1)).astype(np.float32)
    model = keras_pair(*made(tfimpl, *case, conv), conv)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=tfimpl.losses.MeanSquaredError())
    twin = Carried(weights_of(model), conv)
    constraint, regularizer = made(torchimpl, *case, conv)
    optimizer, criterion = torch.optim.SGD(twin.parameters(), lr=0.1), torchimpl.losses.MeanSquaredError()
    if constraint is not None:
        torchimpl.constraints.constrain(optimizer, twin, {"first.weight": constraint})
    start = twin.kernels()[0].copy()
    for _ in range(4):
        model.train_on_batch(x, y)
        optimizer.zero_grad()
        loss = criterion(torch.tensor(y), twin(torch.tensor(x)))
        if regularizer is not None:
            loss = loss + torchimpl.regularizers.penalty(
                twin, {torch.nn.Conv2d if conv else "first.weight": regularizer}
            )
        loss.backward()
        optimizer.step()
        kernel, _, last, _ = weights_of(model)
        for got, wanted in zip(twin.kernels(), (kernel, last), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=2e-5, atol=2e-6)
    assert np.abs(twin.kernels()[0] - start).max() > 1e-2


# -- which parameters, in which layout --------------------------------------------------------------------------------


class Mixed(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(7, 4)
        self.norm = torch.nn.LayerNorm(4)
        self.conv = torch.nn.Conv1d(4, 6, 3, groups=2)
        self.up = torch.nn.ConvTranspose1d(6, 4, 2)
        self.rnn = torch.nn.LSTM(4, 5)
        self.head = torch.nn.Linear(5, 2)
        self.tied = self.head


def shapes_seen(rules, layout=None):
    """What a rule is given, by the shape of the parameter in PyTorch."""
    seen = []

    def look(x):
        seen.append(tuple(x.shape))
        return x.sum()

    torchimpl.regularizers.penalty(Mixed(), dict.fromkeys(rules, look) if rules else look, layout)
    return seen


def test_a_rule_sees_keras_shapes():
    conv, up, rnn, head = (3, 2, 6), (2, 4, 6), [(4, 20), (5, 20)], (5, 2)
    assert shapes_seen(None) == [conv, up, *rnn, head]
    assert shapes_seen([torch.nn.Embedding]) == [(7, 4)]
    assert shapes_seen(["words.*"]) == [(7, 4)]
    assert shapes_seen(["*.bias"]) == [(4,), (6,), (4,), (2,)]
    assert shapes_seen([torch.nn.Linear, torch.nn.ConvTranspose1d]) == [up, head]
    assert shapes_seen(["head.weight"], layout="keras") == [(2, 5)]
    assert shapes_seen(["words.weight"], layout="torch") == [(4, 7)]


def test_the_first_rule_that_fits_counts():
    model, l1 = Mixed(), torchimpl.regularizers.L1(1.0)
    found = torchimpl.regularizers.penalty(model, {"head.weight": None, "head.*": l1})
    torch.testing.assert_close(found, model.head.bias.abs().sum())
    total = torchimpl.regularizers.penalty(model, l1)
    kernels = [item for name, item in model.named_parameters() if item.ndim > 1 and not name.startswith("words")]
    torch.testing.assert_close(total, sum(item.abs().sum() for item in kernels))
    total.backward()
    assert model.words.weight.grad is None
    assert torch.equal(model.head.weight.grad, model.head.weight.sign())


class Tied(torch.nn.Module):
    """A language model: one parameter is the embedding's and the head's, whichever stands first."""

    def __init__(self, order=("words", "head")):
        super().__init__()
        made = {"words": torch.nn.Embedding(7, 4), "head": torch.nn.Linear(4, 7, bias=False)}
        made["head"].weight = made["words"].weight
        for name in order:
            setattr(self, name, made[name])
        self.mid = torch.nn.Linear(4, 4, bias=False)


@pytest.mark.parametrize("order", [("words", "head"), ("head", "words")])
def test_a_tied_parameter_counts_once_by_each_of_its_names_and_modules(order):
    model = Tied(order)
    shared, between = model.head.weight, model.mid.weight

    def shapes(rules, layout=None):
        seen = []
        rules = {
            key: rule and (lambda x, key=key: seen.append((key, tuple(x.shape))) or x.sum()) for key, rule in rules
        }
        torchimpl.regularizers.penalty(model, rules, layout)
        return seen

    embedding, linear, every = torch.nn.Embedding, torch.nn.Linear, torch.nn.Module
    for rules in (torchimpl.regularizers.L2(1.0), {linear: torchimpl.regularizers.L2(1.0)}):
        found = torchimpl.regularizers.penalty(model, rules)
        torch.testing.assert_close(found, shared.square().sum() + between.square().sum())
    assert shapes([(every, True)]) == [(every, (4, 7)), (every, (4, 4))]
    assert shapes([("head.weight", True)]) == [("head.weight", (4, 7))]
    assert shapes([("words.weight", True)]) == [("words.weight", (7, 4))]
    assert shapes([(embedding, True)]) == [(embedding, (7, 4))]
    assert shapes([(embedding, None), (linear, True)]) == [(linear, (4, 4))]
    assert shapes([("mid.*", None), (linear, True)]) == [(linear, (4, 7))]
    assert shapes([("words.*", True), ("*", True)]) == [("words.*", (7, 4)), ("*", (4, 4))]
    assert shapes([("*", True)], "keras") == [("*", (7, 4)), ("*", (4, 4))]
    said = (
        "'\\*' fits a tied parameter in two layouts: 'words.weight', of an embedding, and 'head.weight', which is none"
    )
    with pytest.raises(ValueError, match=said):
        shapes([("*", True)])
    with pytest.raises(ValueError, match="Embedding'> fits no parameter \\(an earlier entry may have taken it"):
        shapes([("head.weight", True), (embedding, True)])


def test_a_tied_parameter_is_constrained_once_and_as_the_entry_has_it():
    for key, axis in (("head.weight", 1), ("words.weight", 0), (torch.nn.Linear, 1)):
        model, calls = Tied(), []
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)

        class Counted(torchimpl.constraints.UnitNorm):
            def __call__(self, w, calls=calls):
                calls.append(w.shape)
                return super().__call__(w)

        torchimpl.constraints.constrain(optimizer, model, {"mid.*": None, key: Counted()})
        model.head.weight.sum().backward()
        optimizer.step()
        assert len(calls) == 1
        torch.testing.assert_close(model.words.weight.norm(dim=axis), torch.ones(7 if axis else 4))


def test_a_shared_module_has_all_its_names():
    assert shapes_seen(["tied.weight"]) == [(5, 2)]
    twice = torch.nn.Module()
    twice.one = twice.other = torch.nn.Parameter(torch.ones(2, 3))
    found = torchimpl.regularizers.penalty(twice, {"other": torchimpl.regularizers.L1(1.0)})
    assert float(found) == 6.0


@pytest.mark.parametrize("dtypes", [("float16", "float32"), ("float32", "float16"), ("bfloat16", "float16")])
def test_a_penalty_has_the_dtype_to_which_all_are_promoted(dtypes):
    model = torch.nn.Sequential(*(torch.nn.Linear(3, 3, dtype=getattr(torch, dtype)) for dtype in dtypes))
    with torch.no_grad():
        for layer in model:
            layer.weight.fill_(200.0 if layer.weight.dtype == torch.float32 else 0.5)
    found = torchimpl.regularizers.penalty(model, torchimpl.regularizers.L2(1.0))
    assert found.dtype == torch.float32
    assert float(found.detach()) == (360002.25 if "float32" in dtypes else 4.5)
    found.backward()
    assert [layer.weight.grad.dtype for layer in model] == [getattr(torch, dtype) for dtype in dtypes]
    half = torchimpl.regularizers.penalty(model.half(), torchimpl.regularizers.L1(0.0))
    assert half.dtype == torch.float16


def test_a_penalty_is_on_the_device_of_the_first_kernel():
    model = torch.nn.Sequential(torch.nn.Linear(3, 3, device="meta"), torch.nn.Linear(3, 3))
    assert torchimpl.regularizers.penalty(model, torchimpl.regularizers.L2()).device.type == "meta"


@pytest.mark.parametrize("key", [None, torch.nn.Linear, "1.weight"])
def test_a_parameter_without_a_shape_is_said_to_have_none(key):
    model, rule = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LazyLinear(3)), torchimpl.regularizers.L2(1.0)
    rules = rule if key is None else {key: rule}
    with pytest.raises(ValueError, match="penalty: '1\\.weight' has no shape yet\\. Run the model once"):
        torchimpl.regularizers.penalty(model, rules)
    with pytest.raises(ValueError, match="constrain: '1\\.weight' has no shape yet\\. Run the model once"):
        torchimpl.constraints.constrain(torch.optim.SGD(model[0].parameters(), 0.1), model, rules)
    torchimpl.regularizers.penalty(model, {"0.weight": rule})
    model(torch.ones(1, 2))
    torchimpl.regularizers.penalty(model, rules)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            {"heads.weight": torchimpl.regularizers.L1()},
            "'heads.weight' fits no parameter\\. The parameters are .*'tied.weight'",
        ),
        ({"*": torchimpl.regularizers.L1(), "head.*": None}, "'head.\\*' fits no parameter \\(an earlier entry may"),
        ({"head.weight": 0.01}, "expected an object to call, .*Received: 'head.weight': 0.01$"),
        ({"head.weight": "l2"}, "Received: 'head.weight': 'l2'\\. torchimpl.regularizers.get makes an object of it$"),
        ("l2", "expected an object to call, .*Received: 'l2'\\. torchimpl.regularizers.get makes an object of it$"),
        (torchimpl.regularizers.L1, "Received: <class '.*L1'>\\. torchimpl.regularizers.get makes an object of it$"),
        ({"head.*": None}, "every entry is None"),
        ({3: torchimpl.regularizers.L1()}, "expected an object to call, .*Received: 3: L1"),
    ],
)
def test_rules_that_do_nothing_are_errors(rules, said):
    with pytest.raises(ValueError, match=f"penalty: .*{said}"):
        torchimpl.regularizers.penalty(Mixed(), rules)


def test_kernels_are_neither_normalizations_nor_biases():
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = torch.nn.Linear(4, 8)
            self.norm = torch.nn.LayerNorm([4, 8])
            self.attention = torch.nn.MultiheadAttention(8, 2, add_bias_kv=True)

    model, l2 = Model(), torchimpl.regularizers.L2(1.0)
    kernels = [model.dense.weight, model.attention.in_proj_weight, model.attention.out_proj.weight]
    expected = sum(torch.square(kernel).sum() for kernel in kernels)
    torch.testing.assert_close(torchimpl.regularizers.penalty(model, l2), expected)
    gain = torchimpl.regularizers.penalty(model, {torch.nn.LayerNorm: l2})
    torch.testing.assert_close(gain, torch.square(model.norm.weight).sum())
    assert torchimpl.regularizers.penalty(model, lambda kernel: 1) == len(kernels)


def test_a_computed_kernel_counts_as_the_module_has_it():
    weight_norm, l2 = torch.nn.utils.parametrizations.weight_norm, torchimpl.regularizers.L2(1.0)
    model = torch.nn.Sequential(weight_norm(torch.nn.Embedding(5, 3)), weight_norm(torch.nn.Linear(3, 2)))
    expected = torch.square(model[1].weight).sum()
    for rules in (l2, {torch.nn.Linear: l2}):
        for module in (model, model[1], torch.compile(model, backend="eager")):
            torch.testing.assert_close(torchimpl.regularizers.penalty(module, rules), expected)
    twice = torch.nn.Sequential(model[1], torch.nn.Sequential(model[1]))
    torch.testing.assert_close(torchimpl.regularizers.penalty(twice, l2), expected)
    length = model[1].parametrizations.weight.original0
    torchimpl.regularizers.penalty(model, l2).backward()
    torch.testing.assert_close(length.grad, 2 * length)
    parts = torchimpl.regularizers.penalty(model, {"1.*original0": l2})
    torch.testing.assert_close(parts, torch.square(length).sum())
    linear = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 3), n_power_iterations=30)
    orthogonal = torchimpl.regularizers.penalty(linear.eval(), torchimpl.regularizers.L2(1.0))
    torch.testing.assert_close(orthogonal, torch.square(linear.weight).sum())


def test_a_computed_kernel_has_no_constraint():
    model = torch.nn.Sequential(
        torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2)), torch.nn.Linear(2, 2)
    )
    optimizer, non_neg = torch.optim.SGD(model.parameters(), lr=0.1), torchimpl.constraints.NonNeg()
    with pytest.raises(ValueError, match=r"'0.weight' is computed by a parametrization.*'0.parametrizations.weight.or"):
        torchimpl.constraints.constrain(optimizer, model, non_neg)
    torchimpl.constraints.constrain(optimizer, model, {"*original0": non_neg, "1.weight": non_neg})
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
            parameter.fill_(-1)
    optimizer.step()
    assert [bool((parameter < 0).any()) for parameter in model.parameters()] == [True, False, True, False, True]


def test_wrong_layouts_and_optimizers_are_errors():
    with pytest.raises(ValueError, match="MaxNorm: argument `layout` must be one of"):
        torchimpl.constraints.MaxNorm()(torch.ones(2, 2), layout="tf")
    with pytest.raises(ValueError, match="penalty: argument `layout` must be one of"):
        torchimpl.regularizers.penalty(Mixed(), torchimpl.regularizers.L1(), layout="tf")
    with pytest.raises(ValueError, match="no kernel\\. The parameters"):
        torchimpl.regularizers.penalty(torch.nn.LayerNorm(3), torchimpl.regularizers.L1())
    other = torch.optim.SGD(Mixed().parameters(), lr=0.1)
    with pytest.raises(ValueError, match="none of the parameters is the optimizer's"):
        torchimpl.constraints.constrain(other, Mixed(), torchimpl.constraints.NonNeg())
    with pytest.raises(ValueError, match=r"Received: 'max_norm'\. torchimpl\.constraints\.get makes an object"):
        torchimpl.constraints.constrain(other, Mixed(), "max_norm")
    with pytest.raises(ValueError, match=r"a torch\.optim\.Optimizer first, then .* Received: a Mixed first"):
        torchimpl.constraints.constrain(Mixed(), other, torchimpl.constraints.NonNeg())
    with pytest.raises(ValueError, match=r"penalty: argument `module` must be .*\. Received: a L1$"):
        torchimpl.regularizers.penalty(torchimpl.regularizers.L1(), Mixed())


@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 4, 2), (3, 4, 2, 5)])
@pytest.mark.parametrize("name", CONSTRAINTS)
def test_layout_of_torch_is_the_permuted_kernel(name, shape):
    constraint, w = getattr(torchimpl.constraints, name)(), torch.linspace(-1, 2, int(np.prod(shape))).reshape(shape)
    kernel = w if w.ndim < 2 else w.permute(*range(2, w.ndim), 1, 0)
    got = constraint(w, layout="torch")
    assert got.shape == w.shape
    assert torch.equal(got if w.ndim < 2 else got.permute(*range(2, w.ndim), 1, 0), constraint(kernel))
    if name != "NonNeg" and w.ndim > 1:
        assert not torch.equal(got, constraint(w))


def test_constraints_hold_after_every_step_until_they_are_removed():
    torch.manual_seed(0)  # a bias that starts near 0.3 would end near 0
    model = Mixed()
    frozen = model.conv.weight.requires_grad_(False).clone()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    limit = torchimpl.constraints.MaxNorm(0.1, axis=[0])
    handle = torchimpl.constraints.constrain(optimizer, model, {"head.weight": limit, "conv.weight": limit})

    def step():
        def closure():
            optimizer.zero_grad()
            loss = sum(item.sum() for item in model.parameters())
            loss.backward()
            return loss

        optimizer.step(closure)

    for _ in range(3):
        step()
        norms = model.head.weight.norm(dim=1)
        assert (norms <= 0.1 + 1e-6).all()
        assert (norms > 0.09).all()
        assert model.head.weight.requires_grad
    assert torch.equal(model.conv.weight, frozen)
    assert model.head.bias.norm() > 0.1
    handle.remove()
    for _ in range(3):
        step()
    assert (model.head.weight.norm(dim=1) > 0.2).all()


def test_a_constraint_holds_for_what_an_optimizer_is_given_later():
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
    torchimpl.constraints.constrain(optimizer, model, torchimpl.constraints.MaxNorm(0.1))
    before = model[0].weight.detach().clone()
    for _ in range(2):
        model(torch.ones(1, 3)).sum().backward()
        optimizer.step()
        assert (model[1].weight.norm(dim=1) <= 0.1 + 1e-6).all()
        assert torch.equal(model[0].weight, before)
    optimizer.add_param_group({"params": list(model[0].parameters())})
    optimizer.step()
    assert (model[0].weight.norm(dim=1) <= 0.1 + 1e-6).all()
    copied = copy.deepcopy(optimizer)
    for parameter in (item for group in copied.param_groups for item in group["params"]):
        parameter.grad = torch.ones_like(parameter)
    copied.step()
    assert (copied.param_groups[0]["params"][0].norm(dim=1) > 0.11).all()  # PyTorch copies no hooks


def test_a_users_own_rules_need_not_know_the_layout():
    class Halved(torchimpl.constraints.Constraint):
        def __call__(self, w):
            assert w.shape == (3, 2)  # a Keras kernel
            return w / 2

    layer = torch.nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.0)
    torchimpl.constraints.constrain(optimizer, layer, Halved())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    assert torch.equal(layer.weight, before / 2)


def in_every_mode(family, name, x, **arguments):
    """The answers of both packages: eager, as a graph, by XLA, captured."""
    ours, theirs = (getattr(getattr(package, family), name)(**arguments) for package in (tfimpl, torchimpl))
    torch.compiler.reset()
    captured = torch.compile(lambda x: theirs(x), fullgraph=True, backend="eager")
    for function in (ours, tf.function(ours), tf.function(ours, jit_compile=True)):
        yield function(tf.constant(x)).numpy()
    for function in (theirs, captured):
        yield function(torch.tensor(x)).numpy()


INF, NAN = np.inf, np.nan
NORMS = [
    ("MaxNorm", {}, [[INF, 3], [2, 4]], [[NAN, 1.2], [0, 1.6]]),
    ("MaxNorm", {"max_value": 0}, [[-INF, 3], [2, 4]], [[NAN, 0], [0, 0]]),
    ("MaxNorm", {}, [[INF, NAN], [NAN, 4]], [[NAN, NAN], [NAN, NAN]]),
    ("MinMaxNorm", {}, [[INF, 3], [2, 4]], [[NAN, 0.6], [NAN, 0.8]]),  # 0 times an infinite norm
    ("UnitNorm", {}, [[INF, 3], [2, 4]], [[NAN, 0.6], [0, 0.8]]),
    ("MaxNorm", {}, [[3e38], [1]], [[2], [0]]),
    ("MaxNorm", {}, [[3e38]], [[2]]),
    ("MaxNorm", {"max_value": 0.3}, [[3e37]], [[0.3]]),
    ("MaxNorm", {"max_value": 1e30}, [[3e38], [1]], [[1e30], [1 / 3e8]]),
    ("MinMaxNorm", {"min_value": 0.5, "rate": 0.5}, [[3e38], [1]], [[1.5e38], [0.5]]),
]


@pytest.mark.parametrize(("name", "arguments", "weights", "expected"), NORMS)
def test_norms_of_what_is_infinite_or_nearly_so(name, arguments, weights, expected):
    for found in in_every_mode("constraints", name, np.array(weights, np.float32), **arguments):
        np.testing.assert_allclose(found, np.array(expected, np.float32), rtol=1e-6, atol=1e-38)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_no_vectors_are_orthogonal(mode, shape):
    for found in in_every_mode("regularizers", "OrthogonalRegularizer", np.zeros(shape, np.float32), mode=mode):
        assert found == 0


def test_a_vector_that_is_no_number_is_orthogonal_to_none():
    for found in in_every_mode("regularizers", "OrthogonalRegularizer", np.full((1, 3), np.nan, np.float32)):
        assert np.isnan(found)


@pytest.mark.parametrize("name", [*CONSTRAINTS, "OrthogonalRegularizer"])
def test_zero_vectors_have_finite_values_and_gradients(name):
    family = "constraints" if name in CONSTRAINTS else "regularizers"
    for zeros in (np.zeros((3, 2), np.float32), np.array([[0, 1], [0, 2], [0, 3]], np.float32)):
        x = torch.tensor(zeros, requires_grad=True)
        value = getattr(getattr(torchimpl, family), name)()(x)
        gradient = torch.autograd.grad(value.sum(), x)[0]
        with tf.GradientTape() as tape:
            y = tf.Variable(zeros)
            other = getattr(getattr(tfimpl, family), name)()(y)
            total = tf.reduce_sum(other)
        np.testing.assert_allclose(value.detach(), other, rtol=1e-6)
        np.testing.assert_allclose(gradient, tape.gradient(total, y), rtol=1e-5, atol=1e-6)
        assert torch.isfinite(gradient).all()


@pytest.mark.parametrize(("dtype", "tiny", "huge"), [("float32", 2.0**-120, 2.0**120), ("float64", 1e-300, 1e300)])
def test_a_norm_and_its_derivative_are_those_of_the_formula_for_tiny_huge_and_zero_vectors(dtype, tiny, huge):
    vectors = np.array([[3 * tiny, 3 * huge, 0, 3, np.inf], [4 * tiny, -4 * huge, 0, 4, 1]], dtype)
    norms, directions = [[5 * tiny, 5 * huge, 0, 5, np.inf]], [[0.6, 0.6, 0, 0.6], [0.8, -0.8, 0, 0.8]]
    x = torch.tensor(vectors, requires_grad=True)
    norm = torchimpl._tensors.norm_along(x, 0)
    gradient = torch.autograd.grad(norm.sum(), x)[0]
    with tf.GradientTape() as tape:
        y = tf.Variable(vectors)
        other = tfimpl._tensors.norm_along(y, 0)
        total = tf.reduce_sum(other)
    for found, slope in (norm.detach(), gradient), (other, tape.gradient(total, y)):
        np.testing.assert_allclose(found, norms, rtol=1e-6)
        np.testing.assert_allclose(slope[:, :4], directions, rtol=1e-6)


def test_the_further_names_of_keras():
    for family in ("activations", "regularizers", "constraints"):
        theirs = getattr(keras, family)
        for package in (tfimpl, torchimpl):
            ours = getattr(package, family)
            public = {name for name in dir(theirs) if not name.startswith("_")}
            assert not [name for name in public - {"ops"} if not hasattr(ours, name)]
            assert ours.get("linear" if family == "activations" else None) is (
                ours.linear if family == "activations" else None
            )


@pytest.mark.parametrize("rules", [torchimpl.regularizers.L2(0.1), {"head.weight": torchimpl.regularizers.L1(0.1)}])
def test_a_penalty_is_captured_in_one_graph(rules):
    model = Mixed()
    del model.rnn  # PyTorch captures no LSTM
    model.up.half()
    model.more = Tied()
    torch.compiler.reset()
    run = torch.compile(lambda: torchimpl.regularizers.penalty(model, rules), fullgraph=True, backend="aot_eager")
    found = run()
    torch.testing.assert_close(found, torchimpl.regularizers.penalty(model, rules))
    found.backward()
    assert model.head.weight.grad is not None


@pytest.mark.parametrize("name", ["MaxNorm", "MinMaxNorm", "UnitNorm"])
def test_xla_does_not_lose_a_nan_among_zeros(name):
    constraint, w = getattr(tfimpl.constraints, name)(), np.zeros((3, 2), np.float32)
    w[0, 0] = np.nan
    found = tf.function(lambda w: constraint(w), jit_compile=True)(tf.constant(w))
    assert np.isnan(found).tolist() == [[True, False]] * 3


OF_ONE_NUMBER = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "relu",
    "relu6",
    "soft_shrink",
    "sparse_sigmoid",
]
CORNERED = {
    **{name: getattr(torchimpl.activations, name) for name in OF_ONE_NUMBER},
    "relu of all arguments": lambda x: torchimpl.activations.relu(x, 0.1, 3.0, 0.5),
    "threshold": lambda x: torchimpl.activations.threshold(x, 1.0, 0.0),
    "hinge": lambda x: torchimpl.losses.hinge(torch.ones_like(x), x),
    "categorical_hinge": lambda x: torchimpl.losses.categorical_hinge(torch.eye(8), x),
    "sparse_categorical_crossentropy": lambda x: torchimpl.losses.sparse_categorical_crossentropy(torch.arange(8), x),
    "torch.relu": torch.relu,  # PyTorch's own does
}


@pytest.mark.parametrize("name", CORNERED)
def test_a_compiled_one_keeps_no_mask(name):
    """By the partitioner of inductor, without its compiler."""
    torch.compiler.reset()
    compiled = torch.compile(CORNERED[name], backend="aot_eager_decomp_partition", fullgraph=True)
    x, kept = torch.linspace(-4, 4, 64).reshape(8, 8).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x.dtype) or x, lambda x: x):
        value = compiled(x)
    assert kept
    assert (torch.bool in kept) == (name == "torch.relu")
    (found,), (expected,) = (torch.autograd.grad(item.sum(), x) for item in (value, CORNERED[name](x)))
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)


SLOPE = 0.1


def twice(x):
    return torchimpl.activations.leaky_relu(torchimpl.activations.leaky_relu(x, SLOPE), SLOPE)


def clipped(x):
    return clip(x, SLOPE, 1) + clip(x + 1, SLOPE, 1)


def from_logits(x):
    return torchimpl.losses.binary_crossentropy(torch.ones_like(x), x, from_logits=True)


@pytest.mark.parametrize("function", [twice, clipped, from_logits, torchimpl.activations.mish])
def test_what_has_another_formula_compiled_can_be_transformed_and_has_arguments_that_change(function):
    x = torch.arange(-7, 8).reshape(5, 3) / 4  # 0 is among them, where |x| has no derivative
    for transformed in (
        function,
        torch.func.vmap(function),
        torch.func.grad(lambda x: function(x).sum()),
        torch.func.hessian(lambda x: (function(x) + function(x) ** 2).sum()),
        lambda x: torch.func.jvp(function, (x,), (x,))[1],
    ):
        torch.compiler.reset()
        compiled = torch.compile(transformed, backend="eager", fullgraph=True, dynamic=True)
        for batch in (x, x[:3]):
            torch.testing.assert_close(compiled(batch), transformed(batch))


def test_what_is_computed_again_refuses_an_input_that_was_changed():
    torch.compiler.reset()
    x = torch.linspace(-2, 2, 5, requires_grad=True) * 1
    value = torch.compile(torchimpl.activations.relu, backend="aot_eager", fullgraph=True)(x)
    x += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        value.sum().backward()
