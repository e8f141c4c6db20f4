"""What one package alone has, with the reason; the test of the twins reads it."""

ONE_SIDED = {
    "tfimpl/_keras.py": "registers the public objects with Keras, for saved models",
    "torchimpl/_random.py": "set_random_seed, which Keras has itself",
    "torchimpl/losses/adapter.py": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl/initializers/_philox.py": "the random stream that TensorFlow has itself",
    "torchimpl/metrics/distributed.py": "tf.distribute adds up the states of a Keras metric itself",
    "torchimpl.set_random_seed": "keras.utils.set_random_seed is the other",
    "torchimpl.losses.InputTarget": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl.metrics.result_over_ranks": "tf.distribute adds up the states of a Keras metric itself",
    "torchimpl.initializers(device, layout)": "a PyTorch kernel has its output axis first, and a device",
}
