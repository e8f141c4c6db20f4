"""Functions that take a `KerasTensor`, the symbol of a tensor in a functional model, where Keras's own take one."""

import functools

import keras
from keras.src.backend import compute_output_spec
from keras.src.utils.naming import auto_name

from tfimpl._config import check_choice
from tfimpl.saving import PACKAGE

FUNCTIONS = {}


@keras.saving.register_keras_serializable(package=PACKAGE)
class FunctionCall(keras.Operation):
    """The call of a function as a step of a functional model, which keeps and saves the call's arguments.

    Args:
        function: the family and the name of the function, "activations.softmax"; of a class, whose objects are called.
        name: name of the step; made from that of the function if None.

    Raises:
        ValueError: there is no such function.
    """

    def __init__(self, function, name=None):
        self.function = check_choice("FunctionCall", "function", function, list(FUNCTIONS))
        super().__init__(name=name or auto_name(function.rpartition(".")[2]))

    def call(self, *args, **kwargs):
        """Return the value of the function."""
        return FUNCTIONS[self.function](*args, **kwargs)

    def compute_output_spec(self, *args, **kwargs):
        """Return a KerasTensor of the value's shape and dtype; what is wrong is the same error as in a plain call."""
        return compute_output_spec(self.call, *args, **kwargs)


def symbolic(function):
    """Return a function, or a method, that is a step of a functional model if one of its arguments is a KerasTensor."""
    family, title = function.__module__.split(".")[1], function.__qualname__.removesuffix(".__call__")
    key = f"{family}.{title}"
    FUNCTIONS[key] = function

    @functools.wraps(function)
    def call(*args, **kwargs):
        # Asked in each call: of the type itself, which has no subclasses, and without a loop in Python.
        if keras.KerasTensor in map(type, (*args, *kwargs.values())):
            return FunctionCall(key).symbolic_call(*args, **kwargs)
        return function(*args, **kwargs)

    return call
