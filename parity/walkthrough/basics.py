"""Tensor basics of the chapter as pairs of snippets, run in both frameworks; the verdict is asserted."""

from collections.abc import Iterator

from parity.phrases import DIFFERS, NONE, SAME, Prelude, Row
from parity.walkthrough.snippets import Executed, show

PRELUDE = Prelude(
    tensorflow="t = tf.constant([[1., 2., 3.], [4., 5., 6.]])",
    pytorch="t = torch.tensor([[1., 2., 3.], [4., 5., 6.]])",
)
ROWS = (
    Row("constant", "t", "t", SAME),
    Row(
        "scalar",
        "tf.constant(42)",
        "torch.tensor(42)",
        DIFFERS,
        "Python integers become int32 in TensorFlow and int64 in PyTorch; Python floats become float32 in both.",
    ),
    Row("from NumPy", "tf.constant(np.array([2., 4., 5.]))", "torch.tensor(np.array([2., 4., 5.]))", SAME),
    Row(
        "from NumPy, without a copy",
        "a = np.array([2., 4., 5.])\nb = tf.constant(a)\na[0] = 0.\nb",
        "a = np.array([2., 4., 5.])\nb = torch.from_numpy(a)\na[0] = 0.\nb",
        DIFFERS,
        "from_numpy and as_tensor share the array's memory; torch.tensor copies, as tf.constant does.",
    ),
    Row("to NumPy", "t.numpy()", "t.numpy()", SAME, "PyTorch: shares memory, and wants .detach() and .cpu() first."),
    Row("NumPy functions on tensors", "np.square(t)", "np.square(t).numpy()", SAME),
    Row(
        "what they return",
        "type(np.square(t)).__name__",
        "type(np.square(t)).__name__",
        DIFFERS,
        "NumPy 2 warns that this may change; np.square(t.numpy()) gives an array.",
    ),
    Row("slice", "t[:, 1:]", "t[:, 1:]", SAME),
    Row("ellipsis and new axis", "t[..., 1, tf.newaxis]", "t[..., 1, None]", SAME),
    Row("backwards", "t[:, ::-1]", "t[:, ::-1]", DIFFERS, "PyTorch: torch.flip(t, dims=[1])."),
    Row("add a number", "t + 10", "t + 10", SAME),
    Row("square", "tf.square(t)", "torch.square(t)", SAME),
    Row("matrix product", "t @ tf.transpose(t)", "t @ t.T", SAME),
    Row("mean over an axis", "tf.reduce_mean(t, axis=1)", "torch.mean(t, dim=1)", SAME),
    Row(
        "standard deviation",
        "tf.math.reduce_std(t, axis=1)",
        "torch.std(t, dim=1)",
        DIFFERS,
        "PyTorch divides by n - 1, TensorFlow, Keras's ops and NumPy by n; and so with the variance.",
    ),
    Row("standard deviation: divided by n", "keras.ops.std(t, axis=1)", "torch.std(t, dim=1, correction=0)", SAME),
    Row(
        "variance: divided by n - 1",
        "n = t.shape[1]\ntf.math.reduce_variance(t, axis=1) * n / (n - 1)",
        "torch.var(t, dim=1)",
        SAME,
        "TensorFlow has no such argument.",
    ),
    Row("transpose", "tf.transpose(t)", "t.T", SAME),
    Row(
        "transpose: a copy or a view",
        "v = tf.Variable(t)\nu = tf.transpose(v)\nv[0, 0].assign(7.)\nu",
        "v = t.clone()\nu = v.T\nv[0, 0] = 7.\nu",
        DIFFERS,
        "A copy in TensorFlow; a view in PyTorch, as in NumPy. v.T.clone() copies.",
    ),
    Row(
        "integer and float",
        "tf.constant(2.) + tf.constant(40)",
        "torch.tensor(2.) + torch.tensor(40)",
        DIFFERS,
        "TensorFlow never converts by itself.",
    ),
    Row(
        "float32 and float64",
        "tf.constant([2.]) + tf.constant([40.], tf.float64)",
        "torch.tensor([2.]) + torch.tensor([40.], dtype=torch.float64)",
        DIFFERS,
        "PyTorch takes the wider one,",
    ),
    Row(
        "float32 and a single float64",
        "tf.constant([2.]) + tf.constant(40., tf.float64)",
        "torch.tensor([2.]) + torch.tensor(40., dtype=torch.float64)",
        DIFFERS,
        "but a tensor without axes does not widen one that has some.",
    ),
    Row(
        "quotient of integers",
        "tf.constant(7) / tf.constant(2)",
        "torch.tensor(7) / torch.tensor(2)",
        DIFFERS,
        "float64 in TensorFlow, the default dtype in PyTorch.",
    ),
    Row(
        "cast",
        "t2 = tf.constant(40., tf.float64)\ntf.constant(2.0) + tf.cast(t2, tf.float32)",
        "t2 = torch.tensor(40., dtype=torch.float64)\ntorch.tensor(2.0) + t2.to(torch.float32)",
        SAME,
    ),
    Row(
        "cast to integers",
        "tf.cast([1.7, -1.7], tf.int32)",
        "torch.tensor([1.7, -1.7]).to(torch.int32)",
        SAME,
        "Both cut the fraction off.",
    ),
    Row(
        "variable: assign",
        "v = tf.Variable(t)\nv.assign(2 * v)\nv",
        "v = t.clone()\nv.copy_(2 * v)\nv",
        SAME,
        "Any PyTorch tensor can be changed. A weight is a torch.nn.Parameter, changed under torch.no_grad().",
    ),
    Row(
        "variable: an element",
        "v = tf.Variable(t)\nv[0, 1].assign(42.)\nv",
        "v = t.clone()\nv[0, 1] = 42.\nv",
        SAME,
    ),
    Row(
        "variable: a slice",
        "v = tf.Variable(t)\nv[:, 2].assign([0., 1.])\nv",
        "v = t.clone()\nv[:, 2] = torch.tensor([0., 1.])\nv",
        SAME,
    ),
    Row(
        "variable: scattered elements",
        "v = tf.Variable(t)\nv.scatter_nd_update([[0, 0], [1, 2]], [100., 200.])\nv",
        "v = t.clone()\nv[[0, 1], [0, 2]] = torch.tensor([100., 200.])\nv",
        SAME,
        "Rows of indices in TensorFlow, an index list for each axis in PyTorch.",
    ),
    Row(
        "variable: item assignment",
        "v = tf.Variable(t)\nv[1] = [7., 8., 9.]\nv",
        "v = t.clone()\nv[1] = torch.tensor([7., 8., 9.])\nv",
        DIFFERS,
        "TensorFlow wants .assign().",
    ),
    Row(
        "constant: item assignment",
        "t[0, 0] = 7.\nt",
        "t[0, 0] = 7.\nt",
        DIFFERS,
        "TensorFlow's tensors never change.",
    ),
    Row(
        "sparse tensor",
        "s = tf.SparseTensor([[0, 1], [1, 0], [2, 3]], [1., 2., 3.], [3, 4])\ntf.sparse.to_dense(s)",
        "s = torch.sparse_coo_tensor([[0, 1, 2], [1, 0, 3]], [1., 2., 3.], (3, 4))\ns.to_dense()",
        SAME,
        "A row of indices for each value in TensorFlow, for each axis in PyTorch.",
    ),
    Row(
        "sparse times dense",
        "s = tf.SparseTensor([[0, 1], [1, 0]], [1., 2.], [2, 2])\ntf.sparse.sparse_dense_matmul(s, t)",
        "s = torch.sparse_coo_tensor([[0, 1], [1, 0]], [1., 2.], (2, 2))\ns @ t",
        SAME,
    ),
    Row(
        "ragged tensor",
        "r = tf.ragged.constant([[1., 2.], [3.]])\nr.to_list()",
        "parts = [torch.tensor([1., 2.]), torch.tensor([3.])]\n"
        "r = torch.nested.nested_tensor(parts, layout=torch.jagged)\n[part.tolist() for part in r.unbind()]",
        SAME,
        "torch.nested is a prototype: few operations know it.",
    ),
    Row(
        "ragged, padded",
        "r = tf.ragged.constant([[1., 2.], [3.]])\nr.to_tensor()",
        "parts = [torch.tensor([1., 2.]), torch.tensor([3.])]\n"
        "torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)",
        SAME,
        "What most people do in PyTorch.",
    ),
    Row(
        "string tensor",
        'tf.constant("café")',
        'torch.tensor("café")',
        NONE,
        "Text stays in Python, outside of the tensors.",
        '"café".encode()',
    ),
    Row(
        "string: length in characters",
        'tf.strings.length("café", unit="UTF8_CHAR")',
        "torch.strings",
        NONE,
        instead='len("café")',
    ),
    Row(
        "string: code points",
        'tf.strings.unicode_decode("café", "UTF-8")',
        "torch.strings",
        NONE,
        "Numbers are what a tokenizer makes of text.",
        'torch.tensor([ord(letter) for letter in "café"])',
    ),
    Row(
        "set: union",
        "a, b = tf.constant([[1, 2, 3]]), tf.constant([[2, 5]])\ntf.sparse.to_dense(tf.sets.union(a, b))[0]",
        "torch.sets",
        NONE,
        "TensorFlow: a set a row, as a sparse tensor.",
        "a, b = torch.tensor([1, 2, 3]), torch.tensor([2, 5])\ntorch.unique(torch.cat([a, b]))",
    ),
    Row(
        "set: intersection",
        "a, b = tf.constant([[1, 2, 3]]), tf.constant([[2, 5]])\ntf.sparse.to_dense(tf.sets.intersection(a, b))[0]",
        "torch.sets",
        NONE,
        instead="a, b = torch.tensor([1, 2, 3]), torch.tensor([2, 5])\na[torch.isin(a, b)]",
    ),
    Row(
        "queue",
        "q = tf.queue.FIFOQueue(3, [tf.int32])\nq.enqueue(10)\nq.enqueue(20)\nq.dequeue()",
        "torch.queue",
        NONE,
        "Between processes: torch.multiprocessing.Queue. For data: torch.utils.data.DataLoader.",
        "from queue import Queue\nq = Queue(3)\nq.put(10)\nq.put(20)\nq.get()",
    ),
    Row(
        "tensor array",
        "a = tf.TensorArray(tf.float32, size=2)\na = a.write(0, [1., 2.])\na = a.write(1, [3., 4.])\na.stack()",
        "torch.TensorArray",
        NONE,
        "A list, which torch.compile unrolls.",
        "a = []\na.append(torch.tensor([1., 2.]))\na.append(torch.tensor([3., 4.]))\ntorch.stack(a)",
    ),
)


def markdown(found: list[Executed]) -> Iterator[str]:
    """The lines of a page for the documentation."""
    yield "# Tensor basics"
    yield ""
    yield "Each pair was run and each verdict asserted by `parity basics --markdown docs/tensor-basics.md`."
    yield "*Same*: both give the same, dtype included. *Differs*: they do not. *None*: PyTorch has no counterpart."
    yield ""
    yield "| | TensorFlow | PyTorch | |"
    yield "|---|---|---|---|"
    yield "| before each | " + " | ".join(_cell(code, "") for code in PRELUDE) + " | |"
    for row, tensorflow, pytorch, instead in found:
        cells = [_cell(row.tensorflow, show(tensorflow)), _cell(row.pytorch, show(pytorch))]
        if row.verdict == NONE:
            cells[1] += f"<br>instead:<br>{_cell(row.instead, show(instead))}"
        verdict = f"**{row.verdict}**" + (f": {row.note}" if row.note else "")
        yield f"| {row.topic} | {' | '.join(cells)} | {verdict} |"


def _cell(code: str, result: str) -> str:
    lines = [f"`{line}`" for line in code.split("\n")] + ([f"→ `{result}`"] if result else [])
    return "<br>".join(lines).replace("|", "\\|")
