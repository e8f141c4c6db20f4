"""Models that begin as Keras's do: layer by layer, from one `set_random_seed`, weights and outputs."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
import torchimpl  # noqa: E402
from torchimpl import initializers  # noqa: E402
from torchimpl.initializers import init_like_keras, to_keras, to_torch  # noqa: E402


@pytest.fixture(scope="module")
def keras():
    pytest.importorskip("tensorflow")
    return pytest.importorskip("keras")


def from_keras(keras, make, shape, seed=5):
    """A Keras layer or model, made after one seed was set."""
    keras.utils.set_random_seed(seed)
    layer = make(keras.layers)
    layer(np.zeros((2, *shape), np.float32))
    return layer


def like_keras(module, initializers=None, seed=5):
    torchimpl.set_random_seed(seed)
    assert init_like_keras(module, initializers) is module
    return module


def equal(variable, weight, kind=None, atol=0.0):
    """A Keras weight is a PyTorch one: its bits, and there and back between the layouts."""
    expected = variable.numpy()
    weight = weight.detach()
    back = {"groups": expected.shape[-2]} if kind == "depthwise" else {}
    if kind in ("attention", "attention_output"):
        back = {"heads": expected.shape[1 if kind == "attention" else 0]}
    if kind is not None:
        there = to_torch(variable, kind)
        assert there.shape == weight.shape
        assert there.is_contiguous()
        assert there.data_ptr() != weight.data_ptr()
        torch.testing.assert_close(weight, there, rtol=0, atol=atol)
        weight = to_keras(weight, kind, **back)
        assert torch.equal(to_torch(weight, kind), there) or atol
    np.testing.assert_allclose(weight.numpy(), expected.reshape(weight.shape), rtol=0, atol=atol)


def outputs_agree(layer, module, x, channels=False):
    """Both give the same for random inputs; images have their channels last in Keras."""
    with torch.no_grad():
        found = module.eval()(torch.from_numpy(np.moveaxis(x, -1, 1).copy() if channels else x))
    found = (found[0] if isinstance(found, tuple) else found).numpy()
    found = np.moveaxis(found, 1, -1) if channels and found.ndim > 2 else found
    expected = layer(x)
    np.testing.assert_allclose(found, expected.numpy(), rtol=2e-5, atol=2e-6)


def inputs(*shape):
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


# ---- layers


LAYERS = [
    ("dense", lambda L: L.Dense(30), (8,), lambda: nn.Linear(8, 30), False),
    ("conv", lambda L: L.Conv1D(6, 3), (9, 4), lambda: nn.Conv1d(4, 6, 3), True),
    ("conv", lambda L: L.Conv2D(6, (3, 2)), (8, 9, 4), lambda: nn.Conv2d(4, 6, (3, 2)), True),
    ("conv", lambda L: L.Conv2D(6, 3, groups=2), (8, 9, 4), lambda: nn.Conv2d(4, 6, 3, groups=2), True),
    ("conv", lambda L: L.Conv3D(3, 2), (4, 5, 6, 2), lambda: nn.Conv3d(2, 3, 2), True),
    ("conv_transpose", lambda L: L.Conv1DTranspose(6, 3), (9, 4), lambda: nn.ConvTranspose1d(4, 6, 3), True),
    (
        "conv_transpose",
        lambda L: L.Conv2DTranspose(6, (3, 2), strides=2),
        (4, 5, 3),
        lambda: nn.ConvTranspose2d(3, 6, (3, 2), stride=2),
        True,
    ),
    ("depthwise", lambda L: L.DepthwiseConv1D(3), (9, 4), lambda: nn.Conv1d(4, 4, 3, groups=4), True),
    (
        "depthwise",
        lambda L: L.DepthwiseConv2D((3, 2), depth_multiplier=2),
        (8, 9, 4),
        lambda: nn.Conv2d(4, 8, (3, 2), groups=4),
        True,
    ),
]


@pytest.mark.parametrize(("kind", "make", "shape", "module", "channels"), LAYERS, ids=lambda item: str(item)[:20])
def test_a_layer_with_a_kernel(keras, kind, make, shape, module, channels):
    layer, module = from_keras(keras, make, shape), like_keras(module())
    equal(layer.weights[0], module.weight, kind)
    equal(layer.weights[1], module.bias)
    outputs_agree(layer, module, inputs(2, *shape), channels)


def test_embedding(keras):
    layer, module = from_keras(keras, lambda L: L.Embedding(7, 5), (3,)), like_keras(nn.Embedding(7, 5))
    equal(layer.weights[0], module.weight, "embedding")
    padded = like_keras(nn.Embedding(7, 5, padding_idx=2))
    rows = [0, 1, 3, 4, 5, 6]
    assert torch.equal(padded.weight[rows], module.weight[rows])
    assert not padded.weight[2].any()
    bag = like_keras(nn.EmbeddingBag(7, 5))
    assert torch.equal(bag.weight, module.weight)


@pytest.mark.parametrize(
    ("make", "module", "shape"),
    [
        (lambda L: L.BatchNormalization(epsilon=1e-5), lambda: nn.BatchNorm1d(4), (4,)),
        (lambda L: L.LayerNormalization(epsilon=1e-5), lambda: nn.LayerNorm(4), (4,)),
        (lambda L: L.GroupNormalization(2, epsilon=1e-5), lambda: nn.GroupNorm(2, 4), (4,)),
        (lambda L: L.RMSNormalization(epsilon=1e-6), lambda: nn.RMSNorm(4, eps=1e-6), (4,)),
        (lambda L: L.PReLU(), lambda: nn.PReLU(4), (4,)),
    ],
)
def test_normalizations(keras, make, module, shape):
    layer, module = from_keras(keras, make, shape), module()
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            tensor.fill_(7)
    like_keras(module)
    outputs_agree(layer, module, inputs(5, *shape))
    assert {float(value) for tensor in module.buffers() for value in tensor.flatten()} <= {0.0, 1.0}


def recurrent(keras, make, module, kind, atol=2e-5):
    """Compare all layers and directions of a recurrent module with the weights of Keras's cells."""
    layers, module = from_keras(keras, make, (5, 4)), like_keras(module)
    variables = iter(layers.weights)
    suffixes = [
        f"_l{layer}{direction}"
        for layer in range(module.num_layers)
        for direction in (("", "_reverse") if module.bidirectional else ("",))
    ]
    for suffix in suffixes:
        weight = {name: getattr(module, f"{name}{suffix}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        equal(next(variables), weight["weight_ih"], kind)
        equal(next(variables), weight["weight_hh"], kind, atol)
        if kind == "gru":
            equal(next(variables), torch.stack([weight["bias_ih"], weight["bias_hh"]]), "gru_bias")
        else:
            equal(next(variables), weight["bias_ih"])
            assert not weight["bias_hh"].any()
    assert next(variables, None) is None
    return layers


RECURRENT = [("SimpleRNN", nn.RNN, "rnn"), ("LSTM", nn.LSTM, "lstm"), ("GRU", nn.GRU, "gru")]


@pytest.mark.parametrize(("name", "module", "kind"), RECURRENT)
def test_recurrent_layers(keras, name, module, kind):
    made = module(4, 3, batch_first=True)
    layer = recurrent(keras, lambda L: getattr(L, name)(3, return_sequences=True), made, kind)
    outputs_agree(layer, made, inputs(2, 5, 4))
    # Gates in their places: with biases that all differ.
    values = [inputs(*variable.shape) + np.float32(0.1) for variable in layer.weights]
    layer.set_weights(values)
    with torch.no_grad():
        made.weight_ih_l0.copy_(to_torch(values[0], kind))
        made.weight_hh_l0.copy_(to_torch(values[1], kind))
        if kind == "gru":
            made.bias_ih_l0.copy_(to_torch(values[2], "gru_bias")[0])
            made.bias_hh_l0.copy_(to_torch(values[2], "gru_bias")[1])
        else:
            made.bias_ih_l0.copy_(torch.from_numpy(values[2]))
    outputs_agree(layer, made, inputs(2, 5, 4))


@pytest.mark.parametrize(("name", "module", "kind"), RECURRENT)
def test_recurrent_layers_in_both_directions(keras, name, module, kind):
    made = module(4, 3, bidirectional=True, batch_first=True)
    layer = recurrent(
        keras, lambda L: L.Bidirectional(getattr(L, name)(3, return_sequences=True), name="both"), made, kind
    )
    outputs_agree(layer, made, inputs(2, 5, 4))


def losses_of_training(module, optimizer, x, steps=4):
    """The losses before each step; the last states of both directions are to become 0.3."""
    found = []
    for _ in range(steps):
        states = module(torch.from_numpy(x))[1]
        states = states[0] if isinstance(states, tuple) else states
        loss = torch.square(torch.cat(tuple(states), dim=-1) - 0.3).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return np.array(found)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize(("name", "module", "kind"), RECURRENT)
def test_recurrent_layers_train_as_in_keras_if_a_second_bias_is_frozen(keras, name, module, kind, optimizer, both):
    tf = pytest.importorskip("tensorflow")
    x, expected = inputs(8, 5, 4), []
    keras.utils.set_random_seed(5)
    layer = getattr(keras.layers, name)(3)
    layer = keras.layers.Bidirectional(layer) if both else layer
    steps = getattr(keras.optimizers, optimizer)(0.125)
    for _ in range(4):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(layer(x) - 0.3))
        expected.append(float(loss))
        steps.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)

    apart = []
    for frozen in (False, True):
        made = like_keras(module(4, 3, batch_first=True, bidirectional=both))
        for parameter in (getattr(made, item) for item in dict(made.named_parameters()) if item.startswith("bias_hh")):
            assert parameter.requires_grad  # what is trained is not decided there
            parameter.requires_grad_(not frozen)
        steps = getattr(torch.optim, optimizer)(made.parameters(), lr=0.125)
        apart.append(max(abs(losses_of_training(made, steps, x) - expected)))
    # Keras's Adam has its epsilon in another place.
    near = 1e-6 if optimizer == "SGD" else 2e-4
    right, wrong = apart if kind == "gru" else reversed(apart)  # of a GRU Keras trains two biases, too
    assert right < near
    assert wrong > 10 * near


@pytest.mark.parametrize("dropout", [0.0, 0.25])
@pytest.mark.parametrize(("name", "module", "kind"), RECURRENT)
def test_stacks_of_recurrent_layers(keras, name, module, kind, dropout):
    def make(L):
        model = keras.Sequential([getattr(L, name)(3, return_sequences=True)])
        if dropout:
            model.add(L.Dropout(dropout))
        model.add(getattr(L, name)(3, return_sequences=True))
        return model

    recurrent(keras, make, module(4, 3, num_layers=2, dropout=dropout), kind)


@pytest.mark.parametrize(("cell", "layer"), [(nn.RNNCell, nn.RNN), (nn.LSTMCell, nn.LSTM), (nn.GRUCell, nn.GRU)])
def test_cells_are_their_layers(cell, layer):
    one, other = (like_keras(nn.Sequential(kind(4, 3), nn.Linear(3, 2))) for kind in (cell, layer))
    for first, second in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize("dropout", [0.0, 0.1])
@pytest.mark.parametrize("bias", [True, False])
def test_attention(keras, dropout, bias):
    keras.utils.set_random_seed(5)
    layer = keras.layers.MultiHeadAttention(2, 3, dropout=dropout, use_bias=bias)
    x = inputs(2, 5, 6)
    layer(x, x)
    module = nn.MultiheadAttention(6, 2, dropout=dropout, bias=bias, batch_first=True)
    like_keras(module)
    names = [variable.path.split("/")[-2:] for variable in layer.weights]
    weights = {"/".join(name): variable for name, variable in zip(names, layer.weights, strict=True)}
    for name, part in zip(("query", "key", "value"), module.in_proj_weight.chunk(3), strict=True):
        equal(weights[f"{name}/kernel"], part, "attention")
    equal(weights["attention_output/kernel"], module.out_proj.weight, "attention_output")
    with torch.no_grad():
        found = module.eval()(*[torch.from_numpy(x)] * 3, need_weights=False)[0]
    np.testing.assert_allclose(found.numpy(), layer(x, x).numpy(), rtol=2e-5, atol=2e-6)


def test_attention_with_other_sizes_of_keys(keras):
    keras.utils.set_random_seed(5)
    layer = keras.layers.MultiHeadAttention(2, 3)
    layer(inputs(2, 5, 6), inputs(2, 5, 7), inputs(2, 5, 4))
    module = like_keras(nn.MultiheadAttention(6, 2, kdim=4, vdim=7))
    for name, part in (("query", module.q_proj_weight), ("key", module.k_proj_weight), ("value", module.v_proj_weight)):
        variable = next(item for item in layer.weights if item.path.endswith(f"{name}/kernel"))
        equal(variable, part, "attention")


# ---- models


def test_the_model_of_the_walkthrough(keras):
    keras.utils.set_random_seed(42)
    theirs = keras.Sequential(
        [
            keras.layers.Input((8,)),
            keras.layers.Dense(30, activation="relu", kernel_initializer="he_normal"),
            keras.layers.Dense(1),
        ]
    )
    ours = nn.Sequential(nn.Linear(8, 30), nn.ReLU(), nn.Linear(30, 1))
    like_keras(ours, {"0": "he_normal"}, seed=42)
    for variable, weight in zip(theirs.weights, ours.parameters(), strict=True):
        equal(variable, weight, "dense" if weight.ndim == 2 else None)
    outputs_agree(theirs, ours, inputs(16, 8))
    # The same by hand: initializers made in the order of the layers.
    torchimpl.set_random_seed(42)
    kernels = initializers.HeNormal(), initializers.GlorotUniform()
    for kernel, layer in zip(kernels, (ours[0], ours[2]), strict=True):
        assert torch.equal(kernel(layer.weight.shape, layout="torch"), layer.weight)


def test_a_convolutional_model(keras):
    L = keras.layers
    keras.utils.set_random_seed(7)
    theirs = keras.Sequential(
        [
            L.Input((12, 10, 3)),
            L.Conv2D(8, 3, activation="relu", kernel_initializer="he_uniform"),
            L.BatchNormalization(epsilon=1e-5),
            L.DepthwiseConv2D(3, depth_multiplier=2),
            L.Conv2D(12, 1, groups=4, use_bias=False),
            L.SpatialDropout2D(0.25),
            L.Conv2DTranspose(6, 2, strides=2, kernel_initializer="random_normal"),
            L.GlobalAveragePooling2D(),
            L.Dropout(0.5),
            L.Dropout(0.0),
            L.Dense(10, bias_initializer="normal"),
        ]
    )
    ours = nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.ReLU(),
        nn.BatchNorm2d(8),
        nn.Conv2d(8, 16, 3, groups=8),
        nn.Conv2d(16, 12, 1, groups=4, bias=False),
        nn.Dropout2d(0.25),
        nn.ConvTranspose2d(12, 6, 2, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Dropout(0.0),
        nn.Linear(6, 10),
    )
    given = {
        "0": "he_uniform",
        "6": {"kernel_initializer": {"class_name": "RandomNormal", "config": {}}},
        "11": {"bias_initializer": "normal"},
    }
    like_keras(ours, given, seed=7)
    kinds = ["conv", *[None] * 5, "depthwise", None, "conv", "conv_transpose", None, "dense", None]
    weights = [
        *ours[0].parameters(),
        ours[2].weight,
        ours[2].bias,
        ours[2].running_mean,
        ours[2].running_var,
        *(weight for layer in ours[3:] for weight in layer.parameters()),
    ]
    for variable, weight, kind in zip(theirs.weights, weights, kinds, strict=True):
        equal(variable, weight, kind)
    x = inputs(2, 12, 10, 3)
    with torch.no_grad():
        found = ours.eval()(torch.from_numpy(np.moveaxis(x, -1, 1).copy()))
    np.testing.assert_allclose(found.numpy(), theirs(x).numpy(), rtol=2e-5, atol=2e-6)


# ---- what it leaves, refuses and shares


def test_parameters_without_a_counterpart_are_named():
    model = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Bilinear(2, 2, 2)})
    before = model["b"].weight.clone()
    with pytest.warns(UserWarning, match=r"no counterpart of \['b.weight', 'b.bias'\]"):
        init_like_keras(model)
    assert torch.equal(model["b"].weight, before)
    with pytest.warns(UserWarning, match="parametrizations.weight.original"):
        init_like_keras(torch.nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)))
    with pytest.warns(UserWarning, match="weight_hr_l0"):
        init_like_keras(nn.LSTM(3, 4, proj_size=2))


def test_arguments_out_of_range():
    with pytest.raises(ValueError, match=r"`initializers` names \['1'\]"):
        init_like_keras(nn.Sequential(nn.Linear(2, 2)), {"1": "zeros"})
    with pytest.raises(ValueError, match=r"'0' takes \['kernel_initializer', 'bias_initializer'\]. Received: 'gain'"):
        init_like_keras(nn.Sequential(nn.Linear(2, 2)), {"0": {"gain": 1}})
    with pytest.raises(ValueError, match="unknown name 'he'"):
        init_like_keras(nn.Sequential(nn.Linear(2, 2)), {"0": "he"})
    with pytest.raises(ValueError, match="'0' has no shapes yet"):
        init_like_keras(nn.Sequential(nn.LazyLinear(2)))
    with pytest.raises(ValueError, match=r"'0' takes \[\]"):
        init_like_keras(nn.Sequential(nn.Dropout(0.5)), {"0": "zeros"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"0": "he_normal", "7": "zeros"}, r"names \['7'\], .* counterpart in Keras: \['0', '2', '4'\]"),
        ({"0": "he_normal", nn.GRU: "zeros", nn.Linear: "zeros"}, "names .*GRU.*Linear"),
        ({"0": "he_normal", "2": {"gain": 1}}, "'2' takes .* Received: 'gain'"),
        ({"0": "he_normal", "2": "he"}, "unknown name 'he'"),
        ({"0": "he_normal", "2": 3}, "expected a name, a config or a callable. Received: 3"),
        ({"0": "he_normal", "2": {"kernel_initializer": None}}, "Received: None. Leave the argument out"),
        (
            {"2": {"recurrent_initializer": lambda shape, dtype: torch.ones(3)}},
            r"asked for, \(3, 9\).* returned \(3,\)",
        ),
        ({"2": {"bias_initializer": lambda shape, dtype: [1.0]}}, r"asked for, \(2, 9\).* returned \(1,\)"),
        ({"4": {"bias_initializer": "orthogonal"}}, "Orthogonal"),
        ("he_normal", r"expected a dictionary .*\{'0': 'he_normal'\}. Received: 'he_normal'. .* \['0', '2', '4'\]"),
        (initializers.HeNormal(seed=1), r"expected a dictionary .* Received: HeNormal\("),
        ({"class_name": "HeNormal", "config": {}}, "expected a dictionary .* Received: {'class_name': 'HeNormal'"),
    ],
)
def test_an_error_leaves_the_model_and_the_seeds_as_they_were(given, said):
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.GRU(2, 3), nn.ReLU(), nn.MultiheadAttention(4, 2))
    before, state = {name: value.clone() for name, value in model.state_dict().items()}, random.getstate()
    with pytest.raises(ValueError, match=said):
        init_like_keras(model, given)
    assert random.getstate() == state
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.filterwarnings("error")
def test_a_warning_that_is_an_error_changes_nothing():
    model, state = nn.ModuleList([nn.Linear(2, 2), nn.Bilinear(2, 2, 2)]), random.getstate()
    before = model[0].weight.clone()
    with pytest.raises(UserWarning, match="no counterpart"):
        init_like_keras(model)
    assert random.getstate() == state
    assert torch.equal(model[0].weight, before)


def test_arguments_of_a_recurrent_layer(keras):
    arguments = {"recurrent_initializer": "glorot_normal", "bias_initializer": "random_normal"}
    layer = from_keras(keras, lambda L: L.LSTM(3, **arguments), (5, 4))
    module = like_keras(nn.LSTM(4, 3), {"": {**arguments}})
    for variable, weight in zip(layer.weights, module.parameters(), strict=False):
        equal(variable, weight, "lstm" if weight.ndim == 2 else None)
    plain = like_keras(nn.LSTM(4, 3), {"": {"unit_forget_bias": False}})
    assert not plain.bias_ih_l0.any()
    without = like_keras(nn.LSTM(4, 3, bias=False))
    assert torch.equal(without.weight_ih_l0, plain.weight_ih_l0)


def test_an_object_without_a_seed_has_drawn_it_when_it_was_made(keras):
    """Equal to Keras: a config, an object made where Keras's code makes it; not one made before its layer's turn."""
    config = {"class_name": "RandomUniform", "config": {"minval": -0.2, "maxval": 0.3}}

    def theirs(initializer):
        first = keras.layers.Dense(4)
        return keras.Sequential([keras.Input((3,)), first, keras.layers.Dense(4, kernel_initializer=initializer())])

    def ours():
        torchimpl.set_random_seed(5)
        return nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4))

    def agree(model, port):
        pairs = zip(model.layers, port, strict=True)
        return [np.array_equal(layer.kernel, module.weight.detach().T) for layer, module in pairs]

    keras.utils.set_random_seed(5)
    written_out = theirs(lambda: keras.initializers.RandomUniform(-0.2, 0.3))
    assert agree(written_out, init_like_keras(ours(), {"1": config})) == [True, True]
    assert agree(written_out, init_like_keras(ours(), {"1": initializers.RandomUniform(-0.2, 0.3)})) == [False, False]
    port = ours()
    init_like_keras(port[0])
    init_like_keras(port[1], {"": initializers.RandomUniform(-0.2, 0.3)})
    assert agree(written_out, port) == [True, True]

    keras.utils.set_random_seed(5)
    before = keras.initializers.RandomUniform(-0.2, 0.3)
    made_before, port = theirs(lambda: before), ours()
    assert agree(made_before, init_like_keras(port, {"1": initializers.RandomUniform(-0.2, 0.3)})) == [True, True]


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("argument", ["kernel_initializer", "recurrent_initializer"])
@pytest.mark.parametrize(("name", "module", "kind"), RECURRENT)
def test_an_object_in_the_call_of_a_recurrent_layer(keras, name, module, kind, argument, both):
    """Keras makes it before all that the layer draws."""

    def make(L):
        layer = getattr(L, name)(3, **{argument: keras.initializers.RandomUniform(-0.2, 0.3)})
        return L.Bidirectional(layer) if both else layer

    layer, made = from_keras(keras, make, (5, 4)), module(4, 3, bidirectional=both)
    torchimpl.set_random_seed(5)
    init_like_keras(made, {"": {argument: initializers.RandomUniform(-0.2, 0.3)}})
    equal(layer.weights[0], made.weight_ih_l0, kind)
    equal(layer.weights[1], made.weight_hh_l0, kind, atol=2e-5)


def test_shared_weights_are_filled_once():
    table, head = nn.Embedding(7, 5), nn.Linear(5, 7, bias=False)
    head.weight = table.weight
    model = like_keras(nn.Sequential(table, head))
    assert torch.equal(model[0].weight, like_keras(nn.Embedding(7, 5)).weight)
    padded = nn.Embedding(7, 5, padding_idx=2)
    head.weight = padded.weight
    model = like_keras(nn.Sequential(head, padded))
    kept = like_keras(nn.Linear(5, 7, bias=False)).weight.detach().clone()
    kept[2] = 0
    assert torch.equal(padded.weight, kept)


def test_dtypes_devices_and_graphs():
    model = like_keras(nn.Linear(4, 3, dtype=torch.bfloat16))
    assert model.weight.requires_grad
    assert model.weight.grad_fn is None
    torchimpl.set_random_seed(5)
    assert torch.equal(model.weight, initializers.GlorotUniform()((3, 4), torch.bfloat16, layout="torch"))
    like_keras(nn.Embedding(7, 5, padding_idx=2, device="meta"))
    on_meta = like_keras(nn.LSTM(4, 3, device="meta"))
    assert on_meta.weight_ih_l0.is_meta
    with torch.device("meta"):
        like_keras(nn.Sequential(nn.LSTM(4, 3), nn.GRU(4, 3), nn.MultiheadAttention(4, 2)))


@pytest.mark.gpu
def test_a_gpu_model_begins_as_one_on_the_cpu():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    parts = nn.Linear(4, 4), nn.LSTM(4, 4), nn.MultiheadAttention(4, 2), nn.Conv1d(4, 4, 3, groups=4), nn.BatchNorm1d(4)
    on_cpu = {name: value.clone() for name, value in like_keras(nn.ModuleList(parts)).state_dict().items()}
    for name, value in like_keras(nn.ModuleList(parts).to("cuda")).state_dict().items():
        assert torch.equal(value.cpu(), on_cpu[name])


def test_each_layer_draws_its_own_seed():
    torchimpl.set_random_seed(3)
    init_like_keras(nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.1), nn.Dropout(0.0), nn.BatchNorm1d(2), nn.GRU(2, 2)))
    found = random.random()
    random.seed(3)
    for _ in range(1 + 1 + 3):
        random.randint(1, 10**9)
    assert random.random() == found


@pytest.mark.parametrize("function", [to_torch, to_keras])
def test_kinds_and_shapes_of_kernels(function):
    with pytest.raises(ValueError, match="argument `kind` must be one of"):
        function(torch.zeros(2, 2), "linear")
    for kind, shape in (("dense", (2, 2, 2)), ("conv", (2, 2)), ("gru_bias", (6,)), ("embedding", (2,))):
        with pytest.raises(ValueError, match=f"of kind '{kind}' has"):
            function(torch.zeros(shape), kind)


def test_heads_that_do_not_divide():
    with pytest.raises(ValueError, match="4 heads do not divide 6 units"):
        to_keras(torch.zeros(6, 5), "attention", heads=4)
    with pytest.raises(ValueError, match="`heads` must be an integer"):
        to_keras(torch.zeros(6, 5), "attention")


def test_the_tensor_that_an_initializer_gives_stays_as_it_is():
    table = torch.ones(7, 5)
    padded = like_keras(nn.Embedding(7, 5, padding_idx=2), {"": lambda shape, dtype: table})
    assert padded.weight.sum() == 30
    assert table.sum() == 35
