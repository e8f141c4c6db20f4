"""The only file that holds both frameworks: NumPy arrays in, NumPy arrays out."""

import copy
import importlib
import importlib.util
import io
import os
import sys
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
# Exact in every dtype, and of both signs. None is above 1: a derivative that is flushed for being subnormal must not be
# made normal again.
WEIGHTS = (1.0, -0.5, 0.75, -1.0, 0.25)
Arrays = Mapping[str, Any]
DEVICE = "PARITY_DEVICE"  # says to every process of a run where PyTorch computes, if not on the CPU
INDUCTOR = "PARITY_INDUCTOR"  # and, if it is set, that inductor compiles, too
ONE_THREAD = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class TensorFlow:
    """`tfimpl`, eagerly, in a `tf.function` for batches of any size, and in one compiled by XLA.

    Without autograph, as in Keras's `fit`: it would mend an `if` on a tensor, which fails there.
    """

    name = "tf"
    modes = (EAGER, "graph", "xla")

    def __init__(self) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with standard_error_closed():
            self.tf: Any = importlib.import_module("tensorflow")
        self.tf.get_logger().setLevel("ERROR")  # each compiled case is a function of its own, and is warned about
        self.package: ModuleType = importlib.import_module("tfimpl")

    @property
    def keras(self) -> Any:
        """Plain Keras."""
        return importlib.import_module("keras")

    def number_anew(self) -> None:
        """Let Keras number its objects from the beginning: there is no public way to.

        TensorFlow makes a kernel for each name that a variable is given, which takes a millisecond if the name is new.
        """
        importlib.import_module("keras.src.utils.naming").reset_uids()

    def placed(self, item: Any) -> Any:
        """An object of the package, where its inputs are."""
        return item

    def placing(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """A function that makes tensors of its own, where all others are."""
        return function

    def tensor(self, array: Any) -> Any:
        return self.tf.constant(array)

    def array(self, tensor: Any) -> np.ndarray:
        return np.asarray(self.tf.convert_to_tensor(tensor).numpy())

    def dtype(self, name: str) -> Any:
        return self.tf.dtypes.as_dtype(name)

    def seeded(self, seed: int, function: Callable, *arguments: Any) -> Any:
        """Call a function after its framework's generators, and Python's, have got a seed."""
        self.keras.utils.set_random_seed(seed)
        return function(*arguments)

    @contextmanager
    def wide(self) -> Iterator[None]:
        """Let what is made within be float64, where nothing else is asked for."""
        before = self.keras.config.floatx()
        self.keras.config.set_floatx("float64")
        try:
            yield
        finally:
            self.keras.config.set_floatx(before)

    def widened(self, item: Any) -> Any:
        """A copy of an object of Keras that computes in float64; a function is what it is."""
        if isinstance(item, self.keras.layers.Layer):
            return _remade(item)
        return _retyped(twin(item)) if isinstance(item, self.keras.losses.Loss) else item

    def transposed(self, tensor: Any, axes: tuple[int, ...]) -> Any:
        return self.tf.transpose(tensor, axes)

    def answers(self, function: Callable, inputs: Arrays) -> bool:
        """Whether a function of tensors gives a tensor, and no array of NumPy."""
        try:
            given = {
                key: self.tensor(value) if isinstance(value, np.ndarray) else value for key, value in inputs.items()
            }
            return bool(self.tf.is_tensor(function(**given)))
        except Exception:  # of whatever the user gave
            return False

    def registered(self, item: Any) -> str:
        """The name under which Keras saves a class or function, and finds it again."""
        return str(self.keras.saving.get_registered_name(item))

    def call(
        self, function: Callable, inputs: Arrays, wrt: tuple[str, ...] = (), mode: str = EAGER
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Call a function and return its value and the gradients of its `cotangent`-weighted sum."""
        tensors = {key: self.tensor(value) for key, value in inputs.items()}

        def run(tensors: Any) -> Any:
            with self.tf.GradientTape() as tape:
                watched = [tensors[key] for key in wrt]
                tape.watch(watched)
                value = self.tf.convert_to_tensor(function(**tensors))
                if wrt:
                    weighted = value * self._weights(value)
            return value, tape.gradient(weighted, watched) if wrt else []

        if mode == "graph":
            # The axis that all have is the batch, which may be of any size.
            sizes = {tuple(tensor.shape[:1]) for tensor in tensors.values()}
            batch = len(sizes) == 1 and sizes != {()}
            given = {
                key: self.tf.TensorSpec([None, *tensor.shape[1:]] if batch else tensor.shape, tensor.dtype)
                for key, tensor in tensors.items()
            }
            run = self._compiled(run, mode, given)
        else:
            run = self._compiled(run, mode)
        value, gradients = run(tensors)
        return self.array(value), self._named(wrt, gradients)

    def refusal_in_graph(self, function: Callable, inputs: Arrays) -> str:
        """What a graph says of these inputs when it is made, or else when it runs; nothing if it runs.

        It knows the size of the first alone.
        """
        tensors = {key: self.tensor(value) for key, value in inputs.items()}
        first, *_ = tensors
        given = {
            key: self.tf.TensorSpec(tensor.shape if key == first else [None] * tensor.ndim, tensor.dtype)
            for key, tensor in tensors.items()
        }
        run = self._compiled(lambda tensors: function(**tensors), "graph", given)
        try:
            run(tensors)
        except (ValueError, self.tf.errors.InvalidArgumentError) as error:
            return str(error)
        return ""

    def _weights(self, value: Any) -> Any:
        """The `cotangent` of a tensor, whose shape a graph may not know."""
        places = self.tf.range(self.tf.size(value)) % len(WEIGHTS)
        return self.tf.reshape(self.tf.gather(self.tf.constant(WEIGHTS, value.dtype), places), self.tf.shape(value))

    def _named(self, wrt: tuple[str, ...], gradients: list[Any]) -> dict[str, np.ndarray]:
        for key, gradient in zip(wrt, gradients, strict=True):
            if gradient is None:
                raise ParityError(f"tf: no gradient with respect to {key}")
        return {key: self.array(gradient) for key, gradient in zip(wrt, gradients, strict=True)}

    def update(self, metric: Any, batches: Sequence[Arrays], mode: str = EAGER) -> None:
        """Give a metric batches, all through one compiled function where the mode is a compiled one.

        A graph knows of each tensor the rank and the last axis, the classes; where these change it is another graph.
        """

        def run(tensors: Any) -> Any:
            metric.update_state(**tensors)

        functions: dict[Any, Callable] = {}
        for batch in batches:
            tensors = {key: self.tensor(value) for key, value in batch.items()}
            known = tuple((key, len(tensor.shape), tuple(tensor.shape[1:][-1:])) for key, tensor in tensors.items())
            if known not in functions:
                given = {
                    key: self.tf.TensorSpec([None] * (rank - len(last)) + list(last), tensors[key].dtype)
                    for key, rank, last in known
                }
                functions[known] = self._compiled(run, mode, given if mode == "graph" else None)
            functions[known](tensors)

    def _compiled(self, function: Callable, mode: str, given: Mapping[str, Any] | None = None) -> Callable:
        """A function in a mode, of tensors that are as given, or else of any."""
        if mode == EAGER:
            return function
        return self.tf.function(
            function,
            jit_compile=mode == "xla",
            reduce_retracing=given is None,
            input_signature=None if given is None else [given],
            autograph=False,
        )

    def reload(self, metric: Any, fresh: Any) -> Any:
        """Give a fresh metric what a checkpoint keeps of another."""
        fresh.set_state(metric.get_state())
        return fresh

    def trained(self, metric: Any) -> list[Any]:
        """The states of a metric that an optimizer would be given."""
        return [state for state in metric.variables if state.trainable]

    def held(self, metric: Any) -> Any:
        """A metric that has another as an attribute, as one of a user's may."""
        return _holding(self.package, metric)

    def cast(self, metric: Any) -> None:
        """Do to a metric what a cast of its model does: nothing, here."""

    def in_mixed_precision(self, function: Callable[[], Any]) -> Any:
        """What a function returns where half precision is computed in: in the `call` of a layer."""
        answers = []

        class Layer(self.keras.layers.Layer):  # type: ignore[misc, name-defined]
            def call(self, x: Any) -> Any:
                answers.append(function())
                return x

        Layer(dtype="mixed_float16")(np.ones((1, 1), np.float32))
        return answers[0]

    def compute(self, metric: Any, mode: str = EAGER) -> np.ndarray:
        """Return the result of a metric."""
        if mode == EAGER:
            return self.array(metric.result())
        return self.array(self._compiled(metric.result, mode)())


class Torch:
    """`torchimpl`, eagerly, captured as one graph, and on request (it takes long) compiled by inductor.

    Args:
        device: where it computes.

    Raises:
        ParityError: PyTorch cannot compute there.
    """

    name = "torch"
    modes: tuple[str, ...] = (EAGER, "captured")

    def __init__(self, device: str = "cpu") -> None:
        self.torch: Any = importlib.import_module("torch")
        self.package: ModuleType = importlib.import_module("torchimpl")
        try:
            self.device = self.torch.empty(0, device=device).device
        except (AssertionError, RuntimeError) as error:
            raise ParityError(f"PyTorch has no device {device!r} here: {str(error).splitlines()[0]}") from error
        if inductor():
            self.modes = (*self.modes, "inductor")

    def number_anew(self) -> None:
        """Let objects be numbered from the beginning: none are, here."""

    def placed(self, item: Any) -> Any:
        """An object of the package, where its inputs are."""
        return item.to(self.device) if isinstance(item, self.torch.nn.Module) else item

    def placing(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """A function that makes tensors of its own, where all others are."""

        def there() -> Any:
            with self.torch.device(self.device):
                return function()

        return there

    def tensor(self, array: Any) -> Any:
        array = np.asarray(array)
        if array.dtype == ml_dtypes.bfloat16:
            return self.torch.from_numpy(array.astype(np.float32)).to(self.device, self.torch.bfloat16)
        return self.torch.from_numpy(array.copy()).to(self.device)

    def array(self, tensor: Any) -> np.ndarray:
        tensor = tensor.detach().cpu()
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
            if not isinstance(value, self.torch.Tensor):
                raise ParityError(f"torch: expected a tensor. Received: {type(value).__name__}")
            self._here(value)
            if not wrt:
                return self.array(value), {}
            if not value.requires_grad:
                raise ParityError(f"torch: no gradient with respect to {', '.join(wrt)}")
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
        # States that a graph made may share memory, and are replaced once.
        before = {} if getattr(metric, "_borrowed", False) else dict(metric.named_buffers())
        with self._compiled(metric.update_state, mode, "eager", dynamic=True) as run:
            for batch in batches:
                run(**{key: self.tensor(value) for key, value in batch.items()})
        for name, state in metric.named_buffers() if mode == EAGER else ():
            if state is not before.get(name, state):
                raise ParityError(f"torch: the state {name} is another tensor: what held it has the old one")

    def reload(self, metric: Any, fresh: Any) -> Any:
        """Give a fresh metric what a checkpoint keeps of another."""
        file, kept = io.BytesIO(), metric.state_dict()
        if set(kept) != set(metric.get_state()):
            raise ParityError(f"torch: state_dict has {sorted(kept)}, the states are {sorted(metric.get_state())}")
        self.torch.save(kept, file)
        file.seek(0)
        fresh.load_state_dict(self.torch.load(file, weights_only=True))
        return fresh

    @contextmanager
    def wide(self) -> Iterator[None]:
        """Let what is made within be float64, where nothing else is asked for."""
        before = self.torch.get_default_dtype()
        self.torch.set_default_dtype(self.torch.float64)
        try:
            yield
        finally:
            self.torch.set_default_dtype(before)

    def widened(self, item: Any) -> Any:
        """A copy of a module that computes in float64; a function is what it is."""
        return _retyped(copy.deepcopy(item)).double() if isinstance(item, self.torch.nn.Module) else item

    def transposed(self, tensor: Any, axes: tuple[int, ...]) -> Any:
        return tensor.permute(axes)

    def answers(self, function: Callable, inputs: Arrays) -> bool:
        """Whether a function of tensors gives a tensor, and no array of NumPy."""
        given = {key: self.tensor(value) if isinstance(value, np.ndarray) else value for key, value in inputs.items()}
        for value in given.values():
            if isinstance(value, self.torch.Tensor) and value.is_floating_point():
                value.requires_grad_()  # which NumPy refuses
        try:
            return isinstance(function(**given), self.torch.Tensor)
        except Exception:  # of whatever the user gave
            return False

    def trained(self, metric: Any) -> list[Any]:
        """The states of a metric that an optimizer would be given."""
        return list(metric.parameters())

    def held(self, metric: Any) -> Any:
        """A metric that has another as an attribute, as one of a user's may, and a module that is none."""
        holder = _holding(self.package, metric)
        holder.other = self.torch.nn.Identity()
        return holder

    def cast(self, metric: Any) -> None:
        """Do to a metric what a cast of its model does: its states must not change."""
        before = metric.get_state()
        self.torch.nn.ModuleList([metric]).half()
        for name, state in metric.get_state().items():
            same_bits(f"torch: state {name} after half()", before[name], state)

    def in_mixed_precision(self, function: Callable[[], Any]) -> Any:
        """What a function returns where half precision is computed in."""
        with self.torch.autocast(self.device.type, dtype=self.torch.bfloat16):
            return function()

    def compute(self, metric: Any, mode: str = EAGER) -> np.ndarray:
        """Return the result of a metric."""
        with self._compiled(metric.result, mode, "eager") as run:
            return self.array(self._here(run()))

    def _here(self, tensor: Any) -> Any:
        if tensor.device != self.device:
            raise ParityError(f"torch: gives a tensor on {tensor.device}, where all others are on {self.device}")
        return tensor

    def layer(self) -> tuple[Any, Any]:
        """A layer with weights of both signs that is always the same one, and an optimizer for it."""
        made = self.torch.nn.Linear(3, 4)
        with self.torch.no_grad():
            made.weight.copy_(self.torch.arange(-5.0, 7.0).reshape(4, 3))
            made.bias.copy_(self.torch.tensor([-9.0, 3.0, 9.0, -3.0]))
        return made, self.torch.optim.SGD(made.parameters(), lr=0.5)

    def train(self, layer: Any, optimizer: Any) -> None:
        """Take one step of training."""
        layer(self.torch.ones(2, 3)).sum().backward()
        optimizer.step()

    def freeze(self, layer: Any, weight: Any) -> None:
        """Give a layer a weight that is not trained."""
        layer.weight.requires_grad_(False).copy_(weight.detach())
        layer.weight.grad = None

    @contextmanager
    def _compiled(
        self, function: Callable, mode: str, captured_by: str = "aot_eager", dynamic: bool | None = None
    ) -> Iterator[Callable]:
        """A function in a mode. Where no gradient is taken, the graph is run as captured: aot_eager takes long."""
        if mode == EAGER:
            yield function
            return
        backend = captured_by if mode == "captured" else mode
        # Else inductor leaves out what is rounded to half precision between two operations.
        options: dict[str, Any] | None = {"emulate_precision_casts": True} if mode == "inductor" else None
        self.torch.compiler.reset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # raised inside PyTorch's own tracing
            yield self.torch.compile(function, fullgraph=True, backend=backend, dynamic=dynamic, options=options)


class NumPy:
    """Functions of arrays, computed in float64: a user's reference, or one of a pair. Has no gradients of its own."""

    name = "numpy"

    def tensor(self, array: Any) -> Any:
        return np.asarray(array)

    def array(self, value: Any) -> np.ndarray:
        return np.asarray(value)

    @contextmanager
    def wide(self) -> Iterator[None]:
        """Everything is float64 here."""
        yield

    def widened(self, item: Any) -> Any:
        return item

    def transposed(self, array: Any, axes: tuple[int, ...]) -> Any:
        return np.transpose(array, axes)

    def call(
        self, function: Callable, inputs: Arrays, wrt: tuple[str, ...] = ()
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Call a function and return its value."""
        with np.errstate(all="ignore"):
            return self.array(function(**inputs)), {}


Side = TensorFlow | Torch


@cache
def sides() -> tuple[Side, ...]:
    """The frameworks that are installed. PyTorch is imported first: after TensorFlow, its libraries can crash."""
    found: list[Side] = []
    if importlib.util.find_spec("torch"):
        found.append(Torch(device()))
    if importlib.util.find_spec("tensorflow"):
        found.append(TensorFlow())
    if not found:
        raise ParityError(
            "neither PyTorch nor TensorFlow is installed: pip install -c constraints.txt '.[parity,torch,tf-cpu]'"
        )
    return tuple(found)


def device() -> str:
    """Where PyTorch computes in this run."""
    return os.environ.get(DEVICE, "cpu")


def inductor() -> bool:
    """Whether inductor compiles in this run what can be captured."""
    return INDUCTOR in os.environ


def tensorflow() -> TensorFlow | None:
    """TensorFlow, and with it plain Keras, if it is installed."""
    return next((found for found in sides() if isinstance(found, TensorFlow)), None)


def missing() -> list[str]:
    """The packages that cannot run here, for want of their framework."""
    frameworks = {"torchimpl": "torch", "tfimpl": "tensorflow"}
    return [package for package, framework in frameworks.items() if not importlib.util.find_spec(framework)]


def side(name: str) -> TensorFlow | Torch | NumPy:
    """One framework by its name: "tf" or "torch"; or "numpy".

    Raises:
        ParityError: it is not installed.
    """
    if name == NumPy.name:
        return NumPy()
    for found in sides():
        if found.name == name:
            return found
    raise ParityError(f"{name} is not installed: pip install -c constraints.txt '.[parity,torch,tf-cpu]'")


def plain(item: Any) -> np.ndarray:
    """A tensor of either framework, an array or a number as an array."""
    for name in ("torch", "tensorflow"):
        module = sys.modules.get(name)  # who has a tensor has imported what it is of
        if module is not None and isinstance(item, module.Tensor):
            return side("tf" if name == "tensorflow" else name).array(item)
    return np.asarray(item)


def twin(item: Any) -> Any:
    """An object with the same attributes. Keras's own copies go through configs, which lose arguments at times."""
    made = object.__new__(type(item))
    made.__dict__.update(item.__dict__)
    return made


@cache
def _holder(package: ModuleType) -> type:
    class Holder(package.metrics.Metric):  # type: ignore[misc, name-defined]
        pass

    return Holder


def _holding(package: ModuleType, metric: Any) -> Any:
    holder = _holder(package)()
    holder.inside = metric
    return holder


def _retyped(item: Any) -> Any:
    """The object; the dtype that it keeps, if it is float32, is float64."""
    for name in ("_dtype", "dtype"):
        if item.__dict__.get(name) == "float32":
            item.__dict__[name] = "float64"
    return item


def _remade(layer: Any) -> Any:
    """A layer of Keras once more, in float64 and with the same weights."""
    made = type(layer).from_config({**layer.get_config(), "dtype": "float64"})
    if layer.built:
        made.build(layer.get_build_config()["input_shape"])
        made.set_weights(layer.get_weights())
    return made


def one_thread() -> None:
    """Keep a process that is one of several to one core. To be called before a framework is imported."""
    for name in ONE_THREAD:
        os.environ[name] = "1"


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
    """Weights by which outputs are added before a gradient is taken."""
    shape = tuple(int(item) for item in shape)
    size, pattern = int(np.prod(shape, dtype=int)), np.array(WEIGHTS).astype(numpy_dtype(dtype))
    return np.tile(pattern, -(-size // len(pattern)))[:size].reshape(shape)
