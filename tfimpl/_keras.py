"""Makes Keras find this package's objects in a saved model, without `custom_objects`, and one's own in both ways."""

import inspect
from collections.abc import MutableMapping

import keras

from tfimpl import saving
from tfimpl.saving import PACKAGE, TWINS, Family

BASES = (
    keras.constraints.Constraint,
    keras.initializers.Initializer,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.regularizers.Regularizer,
)


def register(family: Family) -> None:
    """Register a family's public objects with Keras.

    The family is part of the name: a loss and a metric Hinge under one package name would replace one another.
    """
    for item in family.objects.values():
        keras.saving.register_keras_serializable(package=f"{PACKAGE}.{family.name}")(item)


class Registered(MutableMapping):
    """The objects of one's own by registered name: what `saving.register` was given, which Keras is told, and Keras's.

    Of what Keras alone was told these are the functions, and the classes with a base of the families: a config of a
    loss builds no layer, whatever else other libraries have registered.
    """

    def __init__(self):
        self._told = {}

    def __getitem__(self, name):
        if name in self._told:
            return self._told[name]
        item = keras.saving.get_custom_objects()[name]
        if not _is_ones_own(name, item):
            raise KeyError(name)
        return item

    def __setitem__(self, name, item):
        known = keras.saving.get_custom_objects().get(name, item)
        if known is not item:
            raise ValueError(f"register: {name!r} already stands for {known!r} in Keras. Choose another name.")
        package, _, title = name.partition(">")
        self._told[name] = keras.saving.register_keras_serializable(package, title)(item)

    def __delitem__(self, name):
        item, theirs = self[name], keras.saving.get_custom_objects()
        self._told.pop(name, None)
        if theirs.get(name) is item:
            del theirs[name]

    def __iter__(self):
        theirs = keras.saving.get_custom_objects().items()
        return iter({**self._told, **{name: item for name, item in theirs if _is_ones_own(name, item)}})

    def __len__(self):
        return len(list(iter(self)))


def _is_ones_own(name, item):
    kind = inspect.isfunction(item) or (inspect.isclass(item) and issubclass(item, BASES))
    return kind and name.partition(">")[0].partition(".")[0] not in ("keras", *TWINS)


saving.REGISTERED = Registered()
