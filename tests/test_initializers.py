"""Initializers: the same seed gives the same bits in torchimpl, tfimpl and Keras on TensorFlow."""

import math
import random

import numpy as np
import pytest

# Drawn by Keras 3.15.1 on TensorFlow 2.21 (CPU, glibc 2.36): the bits of float32 values.
UNTRUNCATED = {"scale": 2, "mode": "fan_out", "distribution": "untruncated_normal"}
KERAS = [
    ("GlorotUniform", {}, 0, (2, 3), "bf221508 3ee716bc 3f284bc2 3f17e0f2 be79f2bc 3f4fb904"),
    (
        "GlorotUniform",
        {},
        2**32 + 5,
        (2, 1, 2, 2),
        "3ee474ba 3e6d42cc bf3e3270 3dbb0368 3f39fd55 3dce62d0 bf2b4c28 bf041110",
    ),
    # The first of these values lies outside the limit at first and is drawn again.
    ("GlorotNormal", {}, 5, (5,), "3f16be1c 3dc78243 bd87213c 3eec0f31 3f26246a"),
    ("HeNormal", {}, 2**31 - 2, (4, 2), "bfae9e11 bec62056 bf08485a 3d8f3fcb be5acbb0 3d94e8e4 bf2f84fc 3f1487c5"),
    ("HeNormal", {}, -(2**63), (), "bf25e1ca"),
    ("VarianceScaling", UNTRUNCATED, 42, (3, 2), "3c8192d0 bfcb87f8 3dd42955 3f4fce95 bfce201d bfca2019"),
    ("VarianceScaling", {"scale": 0.3, "distribution": "uniform"}, 7, (3,), "3e8a941c 3e412404 bef806fb"),
]
SEEDS = (0, 1, -1, 2**31 - 3, 2**31 - 2, 2**31 - 1, 2**32 + 5, -(2**63), 2**63 - 1)
SHAPES = ((), (1,), (3,), (7, 5), (3, 3, 4, 8), (257,), (0, 3))
CONFIGS = [
    ("VarianceScaling", {}),
    ("VarianceScaling", UNTRUNCATED),
    ("VarianceScaling", {"scale": 0.3, "mode": "fan_avg", "distribution": "uniform"}),
    ("GlorotUniform", {}),
    ("GlorotNormal", {}),
    ("HeNormal", {}),
]
# The standard deviation is this number's root, so close to the middle of two float16 numbers that it matters whether it
# is rounded to float32 first.
TIE = float.fromhex("0x1.9105220000002p-1")


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def ours(torch):
    return pytest.importorskip("torchimpl.initializers")


@pytest.fixture(scope="module")
def tf():
    pytest.importorskip("keras")
    return pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def keras(tf):
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def twin(tf):
    return pytest.importorskip("tfimpl.initializers")


@pytest.fixture(params=["torchimpl", "tfimpl"])
def package(request):
    """The initializers of one package after the other."""
    return request.getfixturevalue({"torchimpl": "ours", "tfimpl": "twin"}[request.param])


def bits(values):
    """The bits of a tensor of either framework, as a NumPy array of integers."""
    if type(values).__module__.startswith("torch"):
        import torch

        return values.view({2: torch.int16, 4: torch.int32, 8: torch.int64}[values.element_size()]).numpy()
    import tensorflow as tf

    return tf.bitcast(values, {2: tf.int16, 4: tf.int32, 8: tf.int64}[values.dtype.size]).numpy()


def hexadecimal(values):
    return bits(values).ravel().astype(">i4").tobytes().hex(" ", 4)


def normal(name, arguments):
    return "uniform" not in (name.lower()[-7:], arguments.get("distribution"))


# ---- bits


@pytest.mark.parametrize(("name", "arguments", "seed", "shape", "expected"), KERAS)
def test_stored_values(package, name, arguments, seed, shape, expected):
    values = getattr(package, name)(seed=seed, **arguments)(shape, dtype="float32")
    assert tuple(values.shape) == shape
    assert hexadecimal(values) == expected


def test_stored_values_far_into_a_tensor(package):
    values = package.GlorotNormal(seed=11)((70001,), dtype="float32")
    assert hexadecimal(values[-3:]) == "3b7858ab bbefd345 bb6dd942"


def test_stored_values_where_the_counter_needs_its_second_word(torch, ours):
    from torchimpl.initializers import _philox

    values = _philox.truncated_normals(_philox.Stream(7), np.arange(2**24, 2**24 + 2, dtype=np.uint64), torch.float32)
    expected = "bed6bd00 3d1a84fd be5f7aea 3ea70a9b be69604f bf55f6a8 bf743645 3f7cd0b0"
    assert hexadecimal(torch.from_numpy(values)) == expected


def test_stored_values_where_a_word_is_zero_under_the_logarithm(torch, ours):
    from torchimpl.initializers import _philox

    values = _philox.normals(_philox.Stream(0), np.array([234974], np.uint64), torch.float32)
    assert hexadecimal(torch.from_numpy(values)) == "bea706a9 bf18c675 c08a0b6d 406c400d"


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
@pytest.mark.parametrize(("name", "arguments"), CONFIGS)
def test_both_packages_and_keras_draw_the_same(ours, twin, keras, name, arguments, dtype):
    for seed in SEEDS:
        for shape in SHAPES:
            in_keras, in_tf, in_torch = (
                bits(getattr(family, name)(seed=seed, **arguments)(shape, dtype=dtype))
                for family in (keras.initializers, twin, ours)
            )
            assert in_keras.shape == in_torch.shape == shape
            np.testing.assert_array_equal(in_tf, in_keras, err_msg=f"tfimpl, seed {seed}")
            if dtype == "float64" and normal(name, arguments):
                assert np.all(np.abs(in_torch - in_keras) <= 3), (seed, shape)
            else:
                np.testing.assert_array_equal(in_torch, in_keras, err_msg=f"torchimpl, seed {seed}")


@pytest.mark.parametrize("axes", [([0], [1, 2]), ([-1], [0]), ([0, 1], [2]), ([0], None)])
@pytest.mark.parametrize("name", ["VarianceScaling", "GlorotUniform", "GlorotNormal", "HeNormal"])
def test_axes_of_inputs_and_outputs(ours, twin, keras, name, axes):
    arguments = {"seed": 3, "input_axes": axes[0], "output_axes": axes[1]}
    drawn = [bits(getattr(family, name)(**arguments)((4, 2, 3))) for family in (keras.initializers, twin, ours)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(drawn[0], drawn[2])


def test_standard_deviation_between_two_half_precision_numbers(ours, twin, keras, tf):
    arguments = {"scale": TIE, "distribution": "untruncated_normal", "seed": 3}
    assert np.float16(math.sqrt(TIE)) != np.float16(np.float32(math.sqrt(TIE)))
    expected = bits(keras.initializers.VarianceScaling(**arguments)((1, 64), dtype="float16"))
    mine = twin.VarianceScaling(**arguments)
    np.testing.assert_array_equal(bits(ours.VarianceScaling(**arguments)((1, 64), dtype="float16")), expected)
    np.testing.assert_array_equal(bits(mine((1, 64), dtype="float16")), expected)
    np.testing.assert_array_equal(bits(tf.function(lambda: mine((1, 64), dtype="float16"))()), expected)


@pytest.mark.parametrize("compiled", [False, True])
def test_graphs_draw_the_same(twin, tf, compiled):
    initializer = twin.HeNormal(seed=5)
    # More values than TensorFlow folds into a constant before XLA, which has a stream of its own, sees the draw.
    shape = (1000, 3000)
    doubled = tf.function(lambda: initializer(shape) * 2, jit_compile=compiled)()
    assert tf.reduce_all(doubled == initializer(shape) * 2)


def test_layers_that_say_which_axes_are_inputs(twin, keras):
    """Keras's EinsumDense and MultiHeadAttention do, for VarianceScaling and its kind."""
    kernels = []
    for family in (keras.initializers, twin):
        layer = keras.layers.EinsumDense("abc,cde->abde", (None, 2, 3), kernel_initializer=family.GlorotUniform(seed=3))
        layer.build((None, 5, 6))
        kernels.append(layer.kernel.numpy())
    np.testing.assert_array_equal(kernels[0], kernels[1])


@pytest.mark.parametrize("shape", [(7, 5), (3, 4, 8), (3, 2, 4, 8), (2, 3, 4, 5, 6), (0, 3)])
@pytest.mark.parametrize(("name", "arguments"), CONFIGS)
def test_layout_of_torch_is_the_permuted_kernel(torch, ours, name, arguments, shape):
    initializer = getattr(ours, name)(seed=9, **arguments)
    *window, inputs, outputs = shape
    values = initializer((outputs, inputs, *window), layout="torch")
    assert values.is_contiguous()
    assert torch.equal(values, initializer(shape).permute(-1, -2, *range(len(window))))


@pytest.mark.parametrize("shape", [(), (1,), (13,)])
def test_layouts_of_fewer_than_two_axes_are_the_same(torch, ours, shape):
    initializer = ours.HeNormal(seed=9)
    assert torch.equal(initializer(shape, layout="torch"), initializer(shape))


def test_the_first_values_of_a_longer_tensor_are_those_of_a_shorter_one(torch, ours):
    # The fans of a vector are its length: scaled back, only the stream is left.
    for distribution in ("truncated_normal", "untruncated_normal", "uniform"):
        draw = ours.VarianceScaling(distribution=distribution, input_axes=[0], output_axes=[0], seed=2)
        long = draw((1, 70001))
        for size in (1, 2, 3, 4, 5, 65535, 65536, 65537):
            assert torch.equal(draw((1, size)), long[:, :size])


# ---- distributions


def cumulative(torch, distribution, scaled):
    """The distribution function for numbers that are divided by the target's standard deviation."""
    if distribution == "uniform":
        return (scaled / math.sqrt(3) + 1) / 2
    if distribution == "untruncated_normal":
        return torch.special.ndtr(scaled)
    at_limit = torch.special.ndtr(torch.tensor(2.0, dtype=torch.float64))
    return (torch.special.ndtr(scaled * 0.8796256610342398) - (1 - at_limit)) / (2 * at_limit - 1)


@pytest.mark.parametrize(
    ("distribution", "support", "kurtosis"),
    [("uniform", math.sqrt(3), 1.8), ("untruncated_normal", None, 3.0), ("truncated_normal", 2 / 0.87962566, 2.3655)],
)
@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 500), ("fan_out", 2000), ("fan_avg", 1250)])
@pytest.mark.parametrize("layout", ["keras", "torch"])
def test_moments_and_support(torch, ours, distribution, support, kurtosis, mode, fan, layout):
    initializer = ours.VarianceScaling(2.0, mode, distribution, seed=20)
    shape = (500, 2000) if layout == "keras" else (2000, 500)
    flat = initializer(shape, layout=layout).flatten().double() / math.sqrt(2.0 / fan)
    n = flat.numel()
    # Five standard errors each; the draw is the same each time.
    assert abs(flat.mean()) < 5 / math.sqrt(n)
    assert abs(flat.square().mean() - 1) < 5 * math.sqrt((kurtosis - 1) / n)
    assert abs(flat.pow(4).mean() - kurtosis) < 5 * flat.pow(4).std() / math.sqrt(n)
    if support:
        # A value is rounded after it is scaled.
        assert support * 0.999 < flat.abs().max() <= support * (1 + 2**-22)
        assert flat.min() < -support * 0.999
    else:
        assert 4.5 < flat.abs().max() < 6
    for lag in (1, 2, 3, 4, 8):
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 5 / math.sqrt(n)
        assert abs((flat[lag:].abs() * flat[:-lag].abs()).mean() - flat.abs().mean() ** 2) < 5 / math.sqrt(n)
    # Kolmogorov and Smirnov: the distance exceeds this once in two thousand draws.
    expected = cumulative(torch, distribution, flat.sort().values)
    distance = (expected - (torch.arange(n, dtype=torch.float64) + 0.5) / n).abs().max()
    assert distance < 2.04 / math.sqrt(n)


# ---- seeds


def test_without_a_seed_one_is_drawn_at_construction(package):
    random.seed(7)
    first, second = package.GlorotUniform(), package.VarianceScaling()
    random.seed(7)
    assert [first.seed, second.seed] == [random.randint(1, 10**9), random.randint(1, 10**9)]
    assert first.get_config()["seed"] is None
    np.testing.assert_array_equal(bits(first((3, 2))), bits(first((3, 2))))
    random.seed(7)
    assert first.clone().seed == first.seed
    assert first.clone().seed != first.seed


def test_without_a_seed_the_values_are_keras_s(ours, twin, keras):
    drawn = []
    for family in (keras.initializers, twin, ours):
        random.seed(123)
        initializers = [family.HeNormal(), family.GlorotUniform(), family.VarianceScaling(2.0)]
        drawn.append(np.concatenate([bits(initializer((3, 4))) for initializer in initializers]))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(drawn[0], drawn[2])


def test_a_constructor_that_fails_draws_no_seed(package):
    random.seed(1)
    with pytest.raises(ValueError, match="scale"):
        package.VarianceScaling(scale=0)
    first = random.random()
    random.seed(1)
    assert random.random() == first


# ---- arguments


@pytest.mark.parametrize(
    "seed",
    [
        True,
        1.5,
        "3",
        np.int64(3),
        2**63,
        -(2**63) - 1,
        {"class_name": "SeedGenerator"},
        {"class_name": "X", "config": {}},
    ],
)
def test_seeds_that_are_none(package, seed):
    with pytest.raises(ValueError, match="GlorotUniform: argument `seed` must be a Python integer"):
        package.GlorotUniform(seed=seed)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("scale", 0.0),
        ("scale", -1),
        ("scale", float("nan")),
        ("scale", "1"),
        ("mode", "fan"),
        ("mode", None),
        ("distribution", "gaussian"),
        ("distribution", None),
        ("input_axes", 0),
        ("input_axes", [0.5]),
        ("output_axes", "01"),
    ],
)
def test_arguments_out_of_range(package, argument, value):
    with pytest.raises(ValueError, match=f"VarianceScaling: argument `{argument}` must be"):
        package.VarianceScaling(**{argument: value})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"shape": 3}, "`shape`"),
        ({"shape": (2, -1)}, "`shape`"),
        ({"shape": (2, 1.5)}, "`shape`"),
        ({"shape": (2, None)}, "`shape`"),
        ({"shape": "34"}, "`shape`"),
        ({"shape": (2, 3), "dtype": "int32"}, "`dtype`"),
        ({"shape": (2, 3), "dtype": "bool"}, "`dtype`"),
        ({"shape": (2, 3), "dtype": "float8"}, "`dtype`"),
    ],
)
def test_calls_out_of_range(package, call, said):
    with pytest.raises(ValueError, match=f"HeNormal: argument {said} must be"):
        package.HeNormal(seed=0)(**call)


def test_axes_out_of_range(package):
    with pytest.raises(ValueError, match="axis 2 is out of range"):
        package.HeNormal(0, [0], [2])((3, 4))


def test_layout_out_of_range(ours):
    with pytest.raises(ValueError, match="HeNormal: argument `layout` must be one of"):
        ours.HeNormal(seed=0)((2, 3), layout="tf")


def test_shapes_come_in_many_forms(torch, ours, tf, twin):
    expected = bits(ours.HeNormal(seed=0)((2, 3)))
    for shape in ([2, 3], torch.Size((2, 3)), np.array([2, 3])):
        np.testing.assert_array_equal(bits(ours.HeNormal(seed=0)(shape)), expected)
    for shape in ([2, 3], tf.TensorShape((2, 3)), np.array([2, 3])):
        np.testing.assert_array_equal(bits(twin.HeNormal(seed=0)(shape)), expected)


def test_dtypes_come_in_many_forms(torch, ours, tf, twin):
    for dtype in (torch.float16, "float16", np.float16, np.dtype("float16")):
        assert ours.HeNormal(seed=0)((2, 3), dtype).dtype == torch.float16
    for dtype in (tf.float16, "float16", np.float16, np.dtype("float16")):
        assert twin.HeNormal(seed=0)((2, 3), dtype).dtype == tf.float16


def test_defaults_of_the_frameworks(torch, ours, keras, twin):
    torch.set_default_dtype(torch.float64)
    keras.config.set_floatx("float64")
    try:
        assert ours.HeNormal(seed=0)((2, 3)).dtype == torch.float64
        assert twin.HeNormal(seed=0)((2, 3)).dtype == "float64"
    finally:
        torch.set_default_dtype(torch.float32)
        keras.config.set_floatx("float32")


def test_devices(torch, ours):
    expected = ours.HeNormal(seed=0)((2, 3))
    assert expected.device.type == "cpu"
    assert ours.HeNormal(seed=0)((2, 3), device="meta").shape == (2, 3)
    with torch.device("meta"):
        assert ours.HeNormal(seed=0)((2, 3)).device.type == "meta"
        assert torch.equal(ours.HeNormal(seed=0)((2, 3), device="cpu"), expected)


# ---- configs


def test_configs(package):
    initializer = package.VarianceScaling(2, "fan_avg", "Normal", 3, (0,), [1])
    config = {
        "scale": 2,
        "mode": "fan_avg",
        "distribution": "truncated_normal",
        "seed": 3,
        "input_axes": [0],
        "output_axes": [1],
    }
    assert initializer.get_config() == config
    assert package.VarianceScaling.from_config(config).get_config() == config
    assert package.HeNormal(4).get_config() == {"seed": 4, "input_axes": None, "output_axes": None}


@pytest.mark.parametrize("name", ["variance_scaling", "glorot_uniform", "glorot_normal", "he_normal"])
def test_names(package, keras, name):
    mine, theirs = package.get(name), keras.initializers.get(name)
    assert type(mine).__name__ == type(theirs).__name__
    assert mine.get_config() == theirs.get_config()
    read = package.deserialize(keras.initializers.serialize(theirs))
    assert type(read) is type(mine)
    assert package.deserialize(package.serialize(mine)).get_config() == mine.get_config()
