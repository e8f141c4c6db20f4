"""Every wanted difference from Keras, executed: Keras's answer and ours, in both packages."""

import json

import ml_dtypes
import numpy as np
import pytest

from parity import bridge
from parity.deviations import DEVIATIONS
from parity.deviations.regions import REGIONS

torch = pytest.importorskip("torch")
tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

import tfimpl  # noqa: E402
import torchimpl  # noqa: E402

LIBRARIES = {"keras": keras, "tfimpl": tfimpl, "torchimpl": torchimpl}


def names(library):
    """The names that a deviation's code may use."""
    on_torch = library is torchimpl

    def tensor(numbers, dtype="float32"):
        if on_torch:
            return torch.tensor(numbers, dtype=getattr(torch, dtype))
        return tf.constant(np.asarray(numbers).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype))

    def grad(function, numbers, dtype="float32"):
        x = tensor(numbers, dtype)
        if on_torch:
            x.requires_grad_()
            return torch.autograd.grad(function(x).sum(), x)[0]
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x)

    def reload(family, item):
        module = getattr(library, family)
        return module.deserialize(json.loads(json.dumps(module.serialize(item))))

    def number(value):
        if isinstance(value, torch.Tensor):
            return value.detach().double().numpy().tolist()
        return np.asarray(tf.cast(tf.convert_to_tensor(value), tf.float64)).tolist()

    def masked(loss, y_true, y_pred, mask):
        if on_torch:
            return loss(y_true, y_pred, mask=mask)
        y_pred._keras_mask = tf.constant(mask)
        return loss(y_true, y_pred)

    def mixed(function):
        return bridge.side("torch" if on_torch else "tf").in_mixed_precision(function)

    sigmoid = torch.sigmoid if on_torch else keras.activations.sigmoid
    return {
        "lib": library,
        "T": tensor,
        "grad": grad,
        "masked": masked,
        "mixed": mixed,
        "reload": reload,
        "number": number,
        "sigmoid": sigmoid,
    }


def answer(code, library):
    scope = names(library)
    *lines, last = code.split("\n") if "(\n" not in code else [code]
    try:
        exec("\n".join(lines), scope)
        value = eval(last, scope)
        return value if isinstance(value, str | list | int | float) else scope["number"](value)
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        return type(error).__name__


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.name.replace(" ", "-"))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_deviation(deviation, library):
    found = answer(deviation.code, LIBRARIES[library])
    expected = deviation.keras if library == "keras" else deviation.ours
    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
    else:
        np.testing.assert_allclose(found, expected, rtol=2e-7, atol=0)


def test_each_deviation_is_one():
    for deviation in DEVIATIONS:
        assert repr(deviation.keras) != repr(deviation.ours), deviation.name
        assert deviation.because


def test_each_region_is_that_of_a_deviation():
    names = {deviation.name for deviation in DEVIATIONS}
    assert not [region.name for region in REGIONS if region.name not in names]
