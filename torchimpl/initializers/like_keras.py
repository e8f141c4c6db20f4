"""First values for a whole PyTorch model, as Keras gives them to its layers.

Each rule is a function of a module and of the arguments that Keras's layer takes, with their names, defaults and order:
an initializer without a seed draws one when it is made, so that the order decides about the values.
"""

import inspect
import random
import warnings
from collections.abc import Mapping

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.utils.parametrize import is_parametrized

import torchimpl.initializers  # what is in it is looked up later: it imports this file
from torchimpl._limits import shown
from torchimpl.initializers.layouts import kernel_shape, to_torch
from torchimpl.initializers.random import VarianceScaling


def init_like_keras(model, initializers=None):
    """Give the weights of a model the first values that Keras gives to its layers, in place, and return the model.

    Kernels are glorot_uniform, recurrent kernels orthogonal, embeddings uniform between -0.05 and 0.05 (but for the row
    of a padding index, which is zero), biases zero, an LSTM's forget gate has a bias of one, normalizations begin as
    identities. After `set_random_seed(s)` they are bit for bit those of the Keras model which is made after
    `keras.utils.set_random_seed(s)`, if its layers are made in the order of `model.named_modules()`: each draws its
    seeds from Python's `random`, Dropout and recurrent layers one for themselves too.

    | PyTorch | is taken for Keras's |
    |---|---|
    | Linear, Conv1d to 3d, ConvTranspose1d to 3d, Embedding, EmbeddingBag | Dense, Conv, ConvTranspose, Embedding |
    | a Conv with as many groups as inputs, and more than one | DepthwiseConv |
    | RNN, LSTM, GRU, with several layers or both directions, and their cells | one layer each, `Bidirectional` |
    | MultiheadAttention | MultiHeadAttention, built where it stands |
    | BatchNorm, InstanceNorm, GroupNorm, LayerNorm, RMSNorm, PReLU | normalizations, PReLU |
    | Dropout and its kin | a layer that draws a seed, if its rate is not 0 |

    An RNN or an LSTM of PyTorch adds up two biases where Keras has one. The second, `bias_hh`, becomes zero, and is
    trained like any other, for what is trained is not decided here: freeze it before training, by
    `model.rnn.bias_hh_l0.requires_grad_(False)` and so for each layer and direction, or the sum of the two takes two
    steps where Keras's bias takes one. Of a GRU Keras trains both.

    A Linear behind Flatten gets the rows of Keras's Dense, which expects the channels of a picture last: permute the
    picture before it is flattened.

    Args:
        model: a module.
        initializers: dictionary of names of modules (as in `model.named_modules()`) and what Keras's layer would be
            given: an initializer for the kernel, `{"0": "he_normal"}`, or several by Keras's names of the arguments,
            `{"rnn": {"recurrent_initializer": "glorot_uniform", "unit_forget_bias": False}}`. An object
            without a seed has drawn one when it was made, which in Keras's call of a layer is at the turn of the layer,
            and in this dictionary before that of the first. For Keras's bits give a name or a config, which is made
            into an object at the turn of its layer, `{"class_name": "RandomUniform", "config": {"minval": -0.2}}`; or
            make the object where Keras's code does: before the model, or layer by layer, by
            `init_like_keras(model.head, {"": RandomUniform(-0.2)})` for one.

    Raises:
        ValueError: `initializers` is no such dictionary, names a module or an argument that is not there, or gives what
            is no initializer or does not fit a weight; or a lazy module has no shapes yet. The model and Python's
            `random` are then as they were: the values of all weights are drawn, which takes as much memory again,
            before the first is written.

    Warns:
        UserWarning: parameters were left as they were, since Keras has no counterpart of their module.
    """
    state, kept = random.getstate(), {}
    try:
        for module, rule, arguments in _planned(model, initializers):
            rule(Weights(module, kept), **arguments)
        left = [name for name, parameter in model.named_parameters() if id(parameter) not in kept]
        if left:
            warnings.warn(f"init_like_keras: Keras has no counterpart of {left}, they stay as they were.", stacklevel=2)
    except BaseException:
        random.setstate(state)
        raise
    with torch.no_grad():
        for weight, values in kept.values():
            weight.copy_(values)
    return model


class Weights:
    """The parameters and buffers of a module, and what they are to hold; of what several modules share, the first's.

    Args:
        module: the module.
        kept: dictionary of the weights of all modules, each with its values, by the identity of the weight.
    """

    def __init__(self, module, kept):
        self.module, self.kept = module, kept

    def shape(self, name, kind=None, groups=None):
        """Return the shape that a weight has in Keras; None if there is no such weight."""
        weight = getattr(self.module, name, None)
        if weight is None or kind is None:
            return None if weight is None else tuple(weight.shape)
        layout = {"depthwise": "depthwise", "embedding": "keras"}.get(kind, "torch")
        return kernel_shape("init_like_keras", tuple(weight.shape), layout, groups)

    def fill(self, name, values, kind=None):
        """Keep values of Keras's order for a weight."""
        weight = getattr(self.module, name, None)
        if weight is not None and id(weight) not in self.kept:
            self.kept[id(weight)] = weight, values if kind is None else to_torch(values, kind)

    def start(self, name, initializer, kind=None, groups=None):
        """Keep for a weight, if there is one, what an initializer gives for its shape in Keras."""
        shape = self.shape(name, kind, groups)
        if shape is not None:
            self.fill(name, _drawn(initializer, shape, getattr(self.module, name).dtype), kind)

    def clear(self, name, row):
        """Put zeros into a row of what is kept for a weight."""
        weight, values = self.kept[id(getattr(self.module, name))]
        values = values.clone()  # which may be a tensor of whoever gave the initializer
        values[row] = 0
        self.kept[id(weight)] = weight, values


def rule_of(module):
    """Return the rule for a module, or None if Keras has no counterpart of it."""
    if is_parametrized(module) or ("weight" not in module._parameters and hasattr(module, "weight")):
        return None  # its weight is computed from other parameters
    if isinstance(module, nn.LSTM) and module.proj_size:
        return None
    if isinstance(module, _ConvNd) and not isinstance(module, _ConvTransposeNd):
        return depthwise_convolution if module.groups == module.in_channels > 1 else convolution
    return next((rule for types, rule in RULES if isinstance(module, types)), None)


def dense(weights, kernel_initializer="glorot_uniform", bias_initializer="zeros"):
    kernel, bias = _get(kernel_initializer, bias_initializer)
    weights.start("weight", kernel, "dense")
    weights.start("bias", bias)


def convolution(weights, kernel_initializer="glorot_uniform", bias_initializer="zeros"):
    kernel, bias = _get(kernel_initializer, bias_initializer)
    weights.start("weight", kernel, "conv")
    weights.start("bias", bias)


def depthwise_convolution(weights, depthwise_initializer="glorot_uniform", bias_initializer="zeros"):
    kernel, bias = _get(depthwise_initializer, bias_initializer)
    weights.start("weight", kernel, "depthwise", weights.module.groups)
    weights.start("bias", bias)


def embedding(weights, embeddings_initializer="uniform"):
    (embeddings,) = _get(embeddings_initializer)
    weights.start("weight", embeddings, "embedding")
    if weights.module.padding_idx is not None:
        weights.clear("weight", weights.module.padding_idx)


def normalization(weights, gamma_initializer="ones", beta_initializer="zeros"):
    beta, gamma = _get(beta_initializer, gamma_initializer)
    weights.start("bias", beta)
    weights.start("weight", gamma)


def batch_normalization(
    weights,
    gamma_initializer="ones",
    beta_initializer="zeros",
    moving_mean_initializer="zeros",
    moving_variance_initializer="ones",
):
    beta, gamma, mean, variance = _get(
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer
    )
    weights.start("bias", beta)
    weights.start("weight", gamma)
    weights.start("running_mean", mean)
    weights.start("running_var", variance)
    weights.start("num_batches_tracked", torchimpl.initializers.Zeros())


def prelu(weights, alpha_initializer="zeros"):
    (alpha,) = _get(alpha_initializer)
    weights.start("weight", alpha)


def dropout(weights):
    if weights.module.p > 0:
        _draw_seed()


def simple_rnn(
    weights,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
):
    def cell():
        _draw_seed()  # of the cell's own generator, before the others
        return _get(kernel_initializer, recurrent_initializer, bias_initializer)

    def fill(suffix, kernel, recurrent, bias):
        weights.start(f"weight_ih{suffix}", kernel, "rnn")
        weights.start(f"weight_hh{suffix}", recurrent, "rnn")
        weights.start(f"bias_ih{suffix}", bias)
        weights.start(f"bias_hh{suffix}", torchimpl.initializers.Zeros())

    _recurrent(weights.module, cell, fill, before=1, after=0)


def lstm(
    weights,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
    unit_forget_bias=True,
):
    def cell():
        made = _get(kernel_initializer, recurrent_initializer, bias_initializer)
        _draw_seed()
        return made

    def fill(suffix, kernel, recurrent, bias):
        def with_forget_gate(shape, dtype):
            units = shape[0] // 4
            before, after = _drawn(bias, (units,), dtype), _drawn(bias, (2 * units,), dtype)
            return torch.cat([before, torch.ones_like(before), after])

        weights.start(f"weight_ih{suffix}", kernel, "lstm")
        weights.start(f"weight_hh{suffix}", recurrent, "lstm")
        weights.start(f"bias_ih{suffix}", with_forget_gate if unit_forget_bias else bias)
        weights.start(f"bias_hh{suffix}", torchimpl.initializers.Zeros())

    _recurrent(weights.module, cell, fill, before=0, after=1)


def gru(
    weights,
    kernel_initializer="glorot_uniform",
    recurrent_initializer="orthogonal",
    bias_initializer="zeros",
):
    def cell():
        made = _get(kernel_initializer, recurrent_initializer, bias_initializer)
        _draw_seed()
        return made

    def fill(suffix, kernel, recurrent, bias):
        weights.start(f"weight_ih{suffix}", kernel, "gru")
        weights.start(f"weight_hh{suffix}", recurrent, "gru")
        shape = weights.shape(f"bias_ih{suffix}")
        if shape is not None:
            dtype = getattr(weights.module, f"bias_ih{suffix}").dtype
            inputs, state = to_torch(_drawn(bias, (2, *shape), dtype), "gru_bias")
            weights.fill(f"bias_ih{suffix}", inputs)
            weights.fill(f"bias_hh{suffix}", state)

    _recurrent(weights.module, cell, fill, before=0, after=1)


def attention(weights, kernel_initializer="glorot_uniform", bias_initializer="zeros"):
    module = weights.module
    heads, units = module.num_heads, module.head_dim
    kernel, bias = _get(kernel_initializer, bias_initializer)
    dtype = module.out_proj.weight.dtype

    def projection(inputs):
        """A sublayer for the query, the key or the value: it has initializers of its own."""
        first, shift = _with_axes(_clone(kernel), [0], [1, 2]), _clone(bias)
        values = to_torch(_drawn(first, (inputs, heads, units), dtype), "attention")
        return values, _drawn(shift, (heads, units), dtype)

    kernels, biases = zip(*map(projection, (module.embed_dim, module.kdim, module.vdim)), strict=True)
    if module.dropout > 0:
        _draw_seed()
    last, shift = _with_axes(_clone(kernel), [0, 1], [2]), _clone(bias)
    weights.fill("in_proj_weight", torch.cat(kernels) if module.in_proj_weight is not None else None)
    for name, values in zip(("q_proj_weight", "k_proj_weight", "v_proj_weight"), kernels, strict=True):
        weights.fill(name, values)
    weights.fill("in_proj_bias", torch.cat([values.flatten() for values in biases]))
    out = Weights(module.out_proj, weights.kept)
    out.fill("weight", _drawn(last, (heads, units, module.embed_dim), dtype), "attention_output")
    out.fill("bias", _drawn(shift, (module.embed_dim,), dtype))


RULES = (
    (nn.Linear, dense),
    (_ConvTransposeNd, convolution),
    ((nn.Embedding, nn.EmbeddingBag), embedding),
    (_NormBase, batch_normalization),
    ((nn.LayerNorm, nn.GroupNorm, nn.RMSNorm), normalization),
    (nn.PReLU, prelu),
    (_DropoutNd, dropout),
    ((nn.RNN, nn.RNNCell), simple_rnn),
    ((nn.LSTM, nn.LSTMCell), lstm),
    ((nn.GRU, nn.GRUCell), gru),
    (nn.MultiheadAttention, attention),
)


def _recurrent(module, cell, fill, before, after):
    """Make the initializers of each layer and direction, in Keras's order, and fill its weights.

    Args:
        module: a recurrent module or a cell.
        cell: makes the initializers of a layer.
        fill: fills the weights whose names end in a suffix.
        before: how many seeds a layer draws before those of its initializers.
        after: how many it draws after them.
    """
    if isinstance(module, nn.RNNCellBase):
        fill("", *cell())
        return
    for layer in range(module.num_layers):
        made = cell()
        if module.bidirectional:
            # Bidirectional makes both of its layers anew from the config of the one it is given.
            for suffix in ("", "_reverse"):
                for _ in range(before):
                    _draw_seed()
                copies = [_clone(item) for item in made]
                for _ in range(after):
                    _draw_seed()
                fill(f"_l{layer}{suffix}", *copies)
        else:
            fill(f"_l{layer}", *made)
        if module.dropout > 0 and layer < module.num_layers - 1:
            _draw_seed()  # of the Dropout between two layers


def _planned(model, initializers):
    """Return a list of (module, its rule, the rule's arguments), in the order of the layers; nothing is made yet."""
    rules, parts = {}, set()
    for name, module in model.named_modules():
        if isinstance(module, LazyModuleMixin) and module.has_uninitialized_params():
            raise ValueError(f"init_like_keras: {name!r} has no shapes yet. Run the model once on an example.")
        rule = None if module in parts else rule_of(module)
        if rule is attention:
            parts.add(module.out_proj)
        if rule is not None:
            rules[name] = module, rule
    given = {} if initializers is None else initializers
    if not isinstance(given, Mapping) or "class_name" in given:
        raise ValueError(
            f"init_like_keras: expected a dictionary from names of modules to initializers, {{'0': 'he_normal'}}. "
            f"Received: {shown(given)}. Name each module that is to have it, of {shown(list(rules))}."
        )
    unknown = [name for name in given if name not in rules]
    if unknown:
        raise ValueError(
            f"init_like_keras: `initializers` names {unknown}, expected names of `model.named_modules()` whose "
            f"modules have a counterpart in Keras: {shown(list(rules))}."
        )
    return [(module, rule, _arguments(name, rule, given.get(name, {}))) for name, (module, rule) in rules.items()]


def _arguments(name, rule, given):
    """Return the keyword arguments of a rule from what the user gave for a module."""
    known = list(inspect.signature(rule).parameters)[1:]
    if not isinstance(given, Mapping) or "class_name" in given:
        given = {known[0] if known else "kernel_initializer": given}
    unknown = [key for key in given if key not in known]
    if unknown:
        raise ValueError(f"init_like_keras: {name!r} takes {known}. Received: {unknown[0]!r}")
    return given


def _get(*identifiers):
    if any(item is None for item in identifiers):
        raise ValueError(
            "init_like_keras: expected an initializer, its name or its config. Received: None. Leave the argument out "
            "for Keras's default."
        )
    return [torchimpl.initializers.get(item) for item in identifiers]


def _drawn(initializer, shape, dtype):
    """Return what an initializer gives for a shape of Keras's."""
    values = torch.as_tensor(initializer(shape, dtype=dtype))
    if values.shape != shape:
        raise ValueError(
            f"init_like_keras: expected an initializer that returns the shape it is asked for, {tuple(shape)}. "
            f"Received: {shown(initializer)}, which returned {tuple(values.shape)}."
        )
    return values


def _clone(initializer):
    return initializer.clone() if hasattr(initializer, "clone") else initializer


def _with_axes(initializer, input_axes, output_axes):
    """Say which axes are inputs and outputs to an initializer that counts them, unless it was said before."""
    if not isinstance(initializer, VarianceScaling) or None not in (initializer.input_axes, initializer.output_axes):
        return initializer
    config = {**initializer.get_config(), "seed": initializer.seed}
    return type(initializer).from_config({**config, "input_axes": input_axes, "output_axes": output_axes})


def _draw_seed():
    """Draw what Keras draws for a layer's own SeedGenerator."""
    random.randint(1, 10**9)
