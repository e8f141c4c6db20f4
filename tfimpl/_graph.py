"""Formulas that run as one graph where TensorFlow would run them operation by operation."""

import functools

import tensorflow as tf


def as_one_graph(formula):
    """Return a formula that is one call also in eager mode, and there keeps no intermediate tensor longer than needed.

    It is called with tensors, with `numbers`, which are no part of the graph and are not differentiated, and with named
    options: for each of these, and for each rank, a graph is made. In a graph it is a part of that graph.
    """

    @functools.cache
    def graph(ranks, **options):
        def run(*given):
            tensors, numbers = given[: len(ranks)], given[len(ranks) :]
            return formula(*tensors, *map(tf.stop_gradient, numbers), **options)

        return tf.function(run, reduce_retracing=True, autograph=False)

    @functools.wraps(formula)
    def run(*tensors, numbers=(), **options):
        numbers = [tf.convert_to_tensor(number, tensors[-1].dtype) for number in numbers]
        if not tf.executing_eagerly():
            return formula(*tensors, *numbers, **options)
        return graph(tuple(len(tensor.shape) for tensor in tensors), **options)(*tensors, *numbers)

    return run
