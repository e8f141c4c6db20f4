"""The only file that holds both frameworks: NumPy arrays in, NumPy arrays out."""

import importlib
import importlib.util
import io
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import ml_dtypes
import numpy as np

from parity.tolerance import ParityError, numpy_dtype, same_bits

EAGER = "eager"
Arrays = Mapping[str, Any]


class TensorFlow:
    """`tfimpl`, eagerly, in a `tf.function`, and in one compiled by XLA."""

    name = "tf"
    modes = (EAGER, "graph", "xla")

    def __init__(self) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with standard_error_closed():
            self.tf: Any = importlib.import_module("tensorflow")
        self.tf.get_logger().setLevel("ERROR")  # each compiled case is a function of its own, and is warned about
        self.package: ModuleType = importlib.import_module("tfimpl")

    def tensor(self, array: Any) -> Any:
        return self.tf.constant(array)

    def array(self, tensor: Any) -> np.ndarray:
        return np.asarray(self.tf.convert_to_tensor(tensor).numpy())

    def dtype(self, name: str) -> Any:
        return self.tf.dtypes.as_dtype(name)

    def seeded(self, seed: int, function: Callable, *arguments: Any) -> Any:
        """Call a function after its framework's generators, and Python's, have got a seed."""
        importlib.import_module("keras").utils.set_random_seed(seed)
        return function(*arguments)

    def registered(self, item: Any) -> str:
        """The name under which Keras saves a class or function, and finds it again."""
        return str(importlib.import_module("keras").saving.get_registered_name(item))

    def call(
        self, function: Callable, inputs: Arrays, wrt: tuple[str, ...] = (), mode: str = EAGER
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Call a function and return its value and the gradients of its `cotangent`-weighted sum."""
        tensors = {key: self.tensor(value) for key, value in inputs.items()}

        def run(tensors: Any) -> Any:
            with self.tf.GradientTape() as tape:
                watched = [tensors[key] for key in wrt]
                tape.watch(watched)
                value = function(**tensors)
                if wrt:
                    weighted = value * self.tf.constant(cotangent(value.shape, value.dtype.name), value.dtype)
            return value, tape.gradient(weighted, watched) if wrt else []

        if mode != EAGER:
            run = self.tf.function(run, jit_compile=mode == "xla")
        value, gradients = run(tensors)
        return self.array(value), self._named(wrt, gradients)

    def _named(self, wrt: tuple[str, ...], gradients: list[Any]) -> dict[str, np.ndarray]:
        for key, gradient in zip(wrt, gradients, strict=True):
            if gradient is None:
                raise ParityError(f"tf: no gradient with respect to {key}")
        return {key: self.array(gradient) for key, gradient in zip(wrt, gradients, strict=True)}

    def update(self, metric: Any, batches: Sequence[Arrays], mode: str = EAGER) -> None:
        """Give a metric batches, all through one compiled function where the mode is a compiled one.

        Where ranks change, through one for each: a function that is to serve them all would not know any rank.
        """

        def run(tensors: Any) -> Any:
            metric.update_state(**tensors)

        functions: dict[Any, Callable] = {}
        for batch in batches:
            ranks = tuple((key, np.ndim(value)) for key, value in batch.items())
            if ranks not in functions:
                functions[ranks] = run if mode == EAGER else self._compiled(run, mode)
            functions[ranks]({key: self.tensor(value) for key, value in batch.items()})

    def _compiled(self, function: Callable, mode: str) -> Callable:
        return self.tf.function(function, jit_compile=mode == "xla", reduce_retracing=True)

    def reload(self, metric: Any, fresh: Any) -> Any:
        """Give a fresh metric what a checkpoint keeps of another."""
        fresh.set_state(metric.get_state())
        return fresh

    def cast(self, metric: Any) -> None:
        """Do to a metric what a cast of its model does: nothing, here."""

    def compute(self, metric: Any, mode: str = EAGER) -> np.ndarray:
        """Return the result of a metric."""
        if mode == EAGER:
            return self.array(metric.result())
        return self.array(self.tf.function(metric.result, jit_compile=mode == "xla")())


class Torch:
    """`torchimpl`, eagerly, captured as one graph, and compiled by inductor (on request: it wants a C++ compiler)."""

    name = "torch"
    modes = (EAGER, "captured")

    def __init__(self) -> None:
        self.torch: Any = importlib.import_module("torch")
        self.package: ModuleType = importlib.import_module("torchimpl")

    def tensor(self, array: Any) -> Any:
        array = np.asarray(array)
        if array.dtype == ml_dtypes.bfloat16:
            return self.torch.from_numpy(array.astype(np.float32)).to(self.torch.bfloat16)
        return self.torch.from_numpy(array.copy())

    def array(self, tensor: Any) -> np.ndarray:
        tensor = tensor.detach()
        if tensor.dtype == self.torch.bfloat16:
            return np.asarray(tensor.float().numpy().astype(ml_dtypes.bfloat16))
        return np.asarray(tensor.numpy())

    def dtype(self, name: str) -> Any:
        return getattr(self.torch, name)

    def seeded(self, seed: int, function: Callable, *arguments: Any) -> Any:
        """Call a function after its framework's generators, and Python's, have got a seed."""
        self.package.set_random_seed(seed)
        return function(*arguments)

    def call(
        self, function: Callable, inputs: Arrays, wrt: tuple[str, ...] = (), mode: str = EAGER
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Call a function and return its value and the gradients of its `cotangent`-weighted sum."""
        tensors = {key: self.tensor(value).requires_grad_(key in wrt) for key, value in inputs.items()}
        with self._compiled(function, mode) as run:
            value = run(**tensors)
            if not wrt:
                return self.array(value), {}
            name = str(value.dtype).removeprefix("torch.")
            gradients = self.torch.autograd.grad(
                value, [tensors[key] for key in wrt], self.tensor(cotangent(value.shape, name)), allow_unused=True
            )
        for key, gradient in zip(wrt, gradients, strict=True):
            if gradient is None:
                raise ParityError(f"torch: no gradient with respect to {key}")
        named = {key: self.array(gradient) for key, gradient in zip(wrt, gradients, strict=True)}
        return self.array(value), named

    def update(self, metric: Any, batches: Sequence[Arrays], mode: str = EAGER) -> None:
        """Give a metric batches, all through one compiled function where the mode is a compiled one."""
        with self._compiled(metric.update_state, mode) as run:
            for batch in batches:
                run(**{key: self.tensor(value) for key, value in batch.items()})

    def reload(self, metric: Any, fresh: Any) -> Any:
        """Give a fresh metric what a checkpoint keeps of another."""
        file = io.BytesIO()
        self.torch.save(metric.state_dict(), file)
        file.seek(0)
        fresh.load_state_dict(self.torch.load(file, weights_only=True))
        return fresh

    def cast(self, metric: Any) -> None:
        """Do to a metric what a cast of its model does: its states must not change."""
        before = metric.get_state()
        self.torch.nn.ModuleList([metric]).half()
        for name, state in metric.get_state().items():
            same_bits(f"torch: state {name} after half()", before[name], state)

    def compute(self, metric: Any, mode: str = EAGER) -> np.ndarray:
        """Return the result of a metric."""
        with self._compiled(metric.result, mode) as run:
            return self.array(run())

    @contextmanager
    def _compiled(self, function: Callable, mode: str) -> Iterator[Callable]:
        if mode == EAGER:
            yield function
            return
        backend = "aot_eager" if mode == "captured" else mode
        self.torch.compiler.reset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # raised inside PyTorch's own tracing
            yield self.torch.compile(function, fullgraph=True, backend=backend)


Side = TensorFlow | Torch


@cache
def sides() -> tuple[Side, ...]:
    """The frameworks that are installed. PyTorch is imported first: after TensorFlow, its libraries can crash."""
    found: list[Side] = []
    if importlib.util.find_spec("torch"):
        found.append(Torch())
    if importlib.util.find_spec("tensorflow"):
        found.append(TensorFlow())
    if not found:
        raise ParityError(
            "neither PyTorch nor TensorFlow is installed: pip install -c constraints.txt '.[parity,torch,tf-cpu]'"
        )
    return tuple(found)


def missing() -> list[str]:
    """The packages that cannot run here, for want of their framework."""
    frameworks = {"torchimpl": "torch", "tfimpl": "tensorflow"}
    return [package for package, framework in frameworks.items() if not importlib.util.find_spec(framework)]


@contextmanager
def standard_error_closed() -> Iterator[None]:
    """TensorFlow's libraries greet on the standard error before any log level holds."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def cotangent(shape: Any, dtype: str) -> np.ndarray:
    """Weights by which outputs are added before a gradient is taken: exact in every dtype, of both signs.

    None is above 1: a derivative that is flushed for being subnormal must not be made normal again.
    """
    shape = tuple(int(item) for item in shape)
    size, pattern = int(np.prod(shape, dtype=int)), np.array([1.0, -0.5, 0.75, -1.0, 0.25]).astype(numpy_dtype(dtype))
    return np.tile(pattern, -(-size // len(pattern)))[:size].reshape(shape)
