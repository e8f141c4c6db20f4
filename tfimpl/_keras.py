"""Makes Keras find this package's objects in a saved model, without `custom_objects`."""

import keras

from tfimpl.saving import PACKAGE, Family


def register(family: Family) -> None:
    """Register a family's public objects with Keras.

    The family is part of the name: a loss and a metric Hinge under one package name would replace one another.
    """
    for item in family.objects.values():
        keras.saving.register_keras_serializable(package=f"{PACKAGE}.{family.name}")(item)
