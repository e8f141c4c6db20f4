"""What one package alone has, with the reason; the test of the twins reads it."""

ONE_SIDED = {
    "tfimpl/_keras.py": "registers the public objects with Keras, for saved models",
    "torchimpl/_random.py": "set_random_seed and SeedGenerator, which Keras has itself",
    "torchimpl/losses/adapter.py": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl/initializers/_philox.py": "the random stream that TensorFlow has itself",
    "torchimpl/initializers/layouts.py": "kernels stand in Keras's order in TensorFlow anyway",
    "torchimpl/initializers/like_keras.py": "Keras's layers begin as Keras's layers anyway",
    "torchimpl.SeedGenerator": "keras.random.SeedGenerator is the other",
    "torchimpl/_parameters.py": "which parameters, and in which layout; Keras's layers know",
    "torchimpl.regularizers.penalty": "what a Keras layer's kernel_regularizer does for each of its weights",
    "torchimpl.regularizers(layout)": "a PyTorch kernel has its output axis first",
    "torchimpl.constraints.constrain": "what a Keras optimizer does after each step with a layer's kernel_constraint",
    "torchimpl.constraints(layout)": "a PyTorch kernel has its output axis first",
    "torchimpl.set_random_seed": "keras.utils.set_random_seed is the other",
    "torchimpl.initializers.init_like_keras": "Keras's layers begin as Keras's layers anyway",
    "torchimpl.initializers.to_keras": "kernels stand in Keras's order in TensorFlow anyway",
    "torchimpl.initializers.to_torch": "kernels stand in Keras's order in TensorFlow anyway",
    "torchimpl.losses.InputTarget": "PyTorch's order of arguments, for trainers that expect it",
    "torchimpl.initializers(device, layout, groups)": "a PyTorch kernel has its output axis first, and a device",
    "torchimpl.initializers(fill_)": "a PyTorch parameter is filled in place, under no_grad",
    "torchimpl.custom.my_glorot_initializer(device, layout)": "as of the initializers below",
}
