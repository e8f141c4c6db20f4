"""Formulas that run as one graph where TensorFlow would run them operation by operation."""

import functools

import tensorflow as tf


def as_one_graph(formula):
    """Return a formula that is one call also in eager mode, and there keeps no intermediate tensor longer than needed.

    It is called with tensors, with `numbers`, which are no part of the graph and are not differentiated, and with named
    options: for each of these, and for each rank and dtype, a graph is made. In a graph it is a part of that graph.
    """

    @functools.cache
    def graph(kinds, tensors, **options):
        def run(*given):
            return formula(*given[:tensors], *map(tf.stop_gradient, given[tensors:]), **options)

        specs = [tf.TensorSpec([None] * rank, dtype) for rank, dtype in kinds]
        # Not the function itself, which takes as long to look for this one as it takes to run.
        return tf.function(run, autograph=False).get_concrete_function(*specs)

    @functools.wraps(formula)
    def run(*tensors, numbers=(), **options):
        numbers = [tf.convert_to_tensor(number, tensors[-1].dtype) for number in numbers]
        if not tf.executing_eagerly():
            return formula(*tensors, *numbers, **options)
        given = [tf.convert_to_tensor(item) for item in (*tensors, *numbers)]
        kinds = tuple((len(item.shape), item.dtype) for item in given)
        return graph(kinds, len(tensors), **options)(*given)

    return run
