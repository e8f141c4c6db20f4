"""By inductor: a compiled loss or activation, value and gradient, against PyTorch's kernel, eager and compiled too."""

import torch
from torch.nn import functional as F

import torchimpl
from benchmarks.activations import ACTIVATIONS, numbers, with_options
from benchmarks.case import Bound, Case
from benchmarks.frameworks import loss_inputs, torch_gradient
from benchmarks.losses import LOSSES

SIZE = "10**6", 10**6  # of less, what it takes to call a compiled function is all that would be seen
LAYERS, WIDTH = 4, 512  # of a model
OURS, EAGER, COMPILED = "torchimpl, inductor", "torch", "torch, inductor"
COMPARED = (
    "PyTorch's own, compiled, takes 10 to 17 times as long: inductor keeps bytes for the derivative, "
    "which it is slow to read"
)
COMPILED_TOO = "the kernel, compiled, takes as long"
REMARKS = {
    **dict.fromkeys(("hard_shrink", "hard_sigmoid", "hard_tanh", "leaky_relu"), COMPARED),
    **dict.fromkeys(("relu", "relu6", "soft_shrink", "threshold"), COMPARED),
    **dict.fromkeys(("celu", "elu", "selu"), "inductor takes exp(x) - 1 for expm1, which leaves no digits near 0"),
    **dict.fromkeys(("log_sigmoid", "log_softmax", "sigmoid", "softmax", "softplus"), COMPILED_TOO),
}


def cases():
    """Yield a case for each loss and activation that has a twin, but CTC, each of whose steps would be compiled."""
    for loss in LOSSES:
        if loss.native and loss.title != "CTC":
            yield _case(loss.name, lambda loss=loss: _loss(loss), loss.accurate)
    for item in ACTIVATIONS:
        if item.native:
            yield _case(item.name, lambda item=item: _activation(item), REMARKS.get(item.name, item.accurate))
    few = torch.from_numpy(numbers(10**3))
    yield Case(
        "inductor", "a call", "10**3", lambda: _calls(F.relu, F.relu, few), (Bound(COMPILED, (EAGER,), unit="us"),)
    )
    bounds = Bound(OURS, (EAGER,)), Bound(OURS, (COMPILED,))
    yield Case("inductor", "a model with leaky_relu", f"{LAYERS} layers of {WIDTH}", _model, bounds)


def _case(name, build, remark):
    bounds = Bound(OURS, (EAGER,), 1, remark=remark), Bound(OURS, (COMPILED,))
    return Case("inductor", name, SIZE[0], build, bounds)


def _loss(loss):
    y_true, y_pred = map(torch.from_numpy, loss_inputs(loss.kind, SIZE[1]))
    ours, twin = getattr(torchimpl.losses, loss.title)(**loss.options), loss.module() if loss.module else loss.native
    return _calls(lambda x: ours(y_true, x), lambda x: twin(x, y_true), y_pred)


def _activation(item):
    ours = with_options(getattr(torchimpl.activations, item.name), item)
    return _calls(ours, item.native, torch.from_numpy(numbers(SIZE[1])))


def _model():
    torch.manual_seed(0)
    layers = [torch.nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS)]

    def with_activation(activation):
        def model(x):
            for layer in layers:
                x = activation(layer(x))
            return x

        return model

    ours, native = torchimpl.activations.leaky_relu, lambda x: F.leaky_relu(x, 0.2)
    return _calls(with_activation(ours), with_activation(native), torch.randn(4 * WIDTH, WIDTH))


def _calls(ours, native, x):
    # PyTorch keeps what it compiled by the code, which all losses share, and refuses the ninth.
    torch.compiler.reset()
    compiled = {name: torch.compile(function, fullgraph=True) for name, function in ((OURS, ours), (COMPILED, native))}
    return {name: torch_gradient(function, x) for name, function in (compiled | {EAGER: native}).items()}
