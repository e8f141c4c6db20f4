"""Functions of tensors that have one name and two meanings, or one meaning and two names."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

FUNCTIONS = (
    Row(
        "maximum and minimum: the gradient of a tie",
        "x, y = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 3.0])\n"
        "with tf.GradientTape() as tape:\n"
        "    total = tf.reduce_sum(tf.maximum(x, y))\n"
        "tape.gradient(total, x)",
        "x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([1.0, 3.0])\n"
        "torch.maximum(x, y).sum().backward()\n"
        "x.grad",
        DIFFERS,
        "TensorFlow gives all of it to the first, PyTorch half to each. Two numbers that are equal in every step, such "
        "as two embeddings of the same word, train otherwise then.",
        "x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([1.0, 3.0])\n"
        "torch.where(x >= y, x, y).sum().backward()\n"
        "x.grad",
    ),
    Row(
        "reduce_max, torch.max and amax: the gradient of a tie",
        "x = tf.Variable([[2.0, 2.0, 1.0]])\n"
        "with tf.GradientTape() as tape:\n"
        "    total = tf.reduce_sum(tf.reduce_max(x, axis=1))\n"
        "tape.gradient(total, x)",
        "x = torch.tensor([[2.0, 2.0, 1.0]], requires_grad=True)\ntorch.max(x, dim=1).values.sum().backward()\nx.grad",
        DIFFERS,
        "With a dim torch.max gives a pair, values and indices, and its gradient goes to that index alone. amax shares "
        "it, as TensorFlow does. A max pooling has one index in both, but GlobalMaxPooling2D shares it, too, and "
        "nn.AdaptiveMaxPool2d(1) does not.",
        "x = torch.tensor([[2.0, 2.0, 1.0]], requires_grad=True)\nx.amax(dim=1).sum().backward()\nx.grad",
    ),
    Row(
        "reduce_std, tf.norm: the gradient where nothing varies",
        "x = tf.Variable([1.0, 1.0])\n"
        "with tf.GradientTape() as tape:\n"
        "    spread = tf.math.reduce_std(x)\n"
        "tape.gradient(spread, x)",
        "x = torch.ones(2, requires_grad=True)\nx.std(correction=0).backward()\nx.grad",
        DIFFERS,
        "A root has no derivative at 0: NaN in TensorFlow, 0 in PyTorch's std and norm. Under a root of your own it is "
        "NaN in both; add an epsilon below the root, not beside it.",
        "x = torch.ones(2, requires_grad=True)\n((x - x.mean()) ** 2).mean().sqrt().backward()\nx.grad",
    ),
    Row(
        "l2_normalize, UnitNormalization and F.normalize: epsilon",
        "tf.nn.l2_normalize([3e-7, 4e-7], axis=-1)",
        "F.normalize(torch.tensor([3e-7, 4e-7]), dim=-1)",
        DIFFERS,
        "TensorFlow's epsilon=1e-12 is the least square, PyTorch's eps=1e-12 the least norm. keras.utils.normalize is "
        "NumPy's: no epsilon, but 1 for a norm of 0.",
        "F.normalize(torch.tensor([3e-7, 4e-7]), dim=-1, eps=1e-6)",
        units=UNITS,
    ),
    Row(
        "meshgrid: the indexing",
        "tf.meshgrid(tf.range(2), tf.range(3))[0]",
        "torch.meshgrid(torch.arange(2, dtype=torch.int32), torch.arange(3, dtype=torch.int32), indexing='ij')[0]",
        DIFFERS,
        "'xy' is the default in TensorFlow, Keras and NumPy, 'ij' in PyTorch, which warns that it will change.",
        "torch.meshgrid(torch.arange(2, dtype=torch.int32), torch.arange(3, dtype=torch.int32), indexing='xy')[0]",
    ),
    Row(
        "linalg.svd: the order, and which is transposed",
        "tf.abs(tf.linalg.svd([[1.0, 2.0, 0.0], [0.0, 3.0, 1.0]])[2])",
        "torch.linalg.svd(torch.tensor([[1.0, 2.0, 0.0], [0.0, 3.0, 1.0]]))[2].abs()",
        DIFFERS,
        "TensorFlow returns s, u, v; PyTorch, NumPy and keras.ops u, s and v transposed, and all of it where "
        "TensorFlow leaves full_matrices out. Signs can differ: they belong to no matrix.",
        "torch.linalg.svd(torch.tensor([[1.0, 2.0, 0.0], [0.0, 3.0, 1.0]]), full_matrices=False)[2].mH.abs()",
        units=UNITS,
    ),
    Row(
        "stft: the window, the padding, the axes",
        "x = tf.sin(tf.range(16.0))\ntf.abs(tf.signal.stft(x, frame_length=8, frame_step=4))",
        "x = torch.sin(torch.arange(16.0))\n"
        "torch.stft(x, n_fft=8, hop_length=4, window=torch.ones(8), return_complex=True).abs()",
        DIFFERS,
        "tf.signal.stft has a Hann window, begins with the first sample, and gives (frames, frequencies). torch.stft "
        "has none unless told, reflects the signal at both ends (center=True), and gives (frequencies, frames). "
        "keras.ops.stft has the window, centres and reflects, and gives (frames, frequencies).",
        "x = torch.sin(torch.arange(16.0))\n"
        "parts = torch.stft(x, 8, 4, window=torch.hann_window(8), center=False, return_complex=True)\n"
        "parts.abs().T",
        units=UNITS,
    ),
    Row(
        "tf.split and torch.split: how many, or how long",
        "tf.split(tf.range(6.0), 2)[0]",
        "torch.split(torch.arange(6.0), 2)[0]",
        DIFFERS,
        "A number is that of the parts in TensorFlow, Keras and NumPy, the length of each in PyTorch. Lists are "
        "lengths in both, places in keras.ops.split. Chunk takes a number, too, but may give fewer: tensor_split gives "
        "that many.",
        "torch.tensor_split(torch.arange(6.0), 2)[0]",
    ),
    Row(
        "tf.repeat, tf.tile and Tensor.repeat",
        "tf.repeat([1.0, 2.0], 2)",
        "torch.tensor([1.0, 2.0]).repeat(2)",
        DIFFERS,
        "Each number in turn in TensorFlow, Keras and NumPy; Tensor.repeat is tf.tile, and torch.tile.",
        "torch.tensor([1.0, 2.0]).repeat_interleave(2)",
    ),
    Row(
        "scatter_nd and scatter_: an index twice",
        "tf.scatter_nd([[0], [0], [1]], [1.0, 2.0, 3.0], [3])",
        "torch.zeros(3).scatter_(0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 2.0, 3.0]))",
        DIFFERS,
        "TensorFlow adds them up, and keras.ops.scatter; PyTorch's scatter_ and x[index] = values keep one of them, "
        "and on a GPU any. tf.tensor_scatter_nd_update keeps one, too.",
        "torch.zeros(3).scatter_add_(0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 2.0, 3.0]))",
    ),
    Row(
        "tf.gather, take_along_axis and torch.gather",
        "tf.gather([[1.0, 2.0], [3.0, 4.0]], [1, 0], axis=1)",
        "torch.gather(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, torch.tensor([[1, 0]]))",
        DIFFERS,
        "tf.gather, and keras.ops.take, pick the same from each row: x[:, index] or index_select. torch.gather has an "
        "index for each number of the result, as take_along_axis. tf.gather_nd(x, index) is x[tuple(index.movedim(-1, "
        "0))].",
        "torch.tensor([[1.0, 2.0], [3.0, 4.0]])[:, [1, 0]]",
    ),
    Row(
        "%, floormod, fmod and remainder",
        "x = tf.constant([-5.0, 5.0])\ntf.stack([x % 3, tf.truncatemod(x, 3)])",
        "x = torch.tensor([-5.0, 5.0])\ntorch.stack([x % 3, torch.fmod(x, 3)])",
        SAME,
        "% has the sign of the divisor in both, which torch.remainder and tf.math.floormod have; torch.fmod and "
        "tf.truncatemod have that of the dividend. // rounds down in both, for tensors as for Python's numbers.",
    ),
    Row(
        "tf.where with one argument, and nonzero",
        "tf.where(tf.constant([[0.0, 2.0], [3.0, 0.0]]) > 0)",
        "torch.nonzero(torch.tensor([[0.0, 2.0], [3.0, 0.0]]) > 0)",
        SAME,
        "torch.where gives the same as a tuple, one tensor for each axis. tf.boolean_mask(x, mask) is x[mask].",
    ),
    Row(
        "tf.cumsum: exclusive and reverse",
        "tf.cumsum([1.0, 2.0, 3.0], exclusive=True, reverse=True)",
        "torch.cumsum(torch.tensor([1.0, 2.0, 3.0]), dim=0)",
        DIFFERS,
        "PyTorch has neither: flip before and after for reverse, take away the number itself for exclusive (where "
        "there is no infinity). tf.math.cumulative_logsumexp is torch.logcumsumexp.",
        "x = torch.tensor([1.0, 2.0, 3.0])\nx.flip(0).cumsum(dim=0).flip(0) - x",
    ),
    Row(
        "tf.sequence_mask in PyTorch",
        "tf.sequence_mask([1, 3], maxlen=4)",
        "torch.arange(4) < torch.tensor([1, 3])[:, None]",
        SAME,
        "PyTorch has none. For key_padding_mask turn it round.",
    ),
    Row(
        "segment_sum and index_add_",
        "tf.math.segment_sum([1.0, 2.0, 3.0], [0, 0, 1])",
        "torch.zeros(2).index_add_(0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 2.0, 3.0]))",
        SAME,
        "PyTorch wants the number of segments, and no order. segment_mean and segment_max are scatter_reduce with "
        "'mean' and 'amax', and include_self=False.",
    ),
)
