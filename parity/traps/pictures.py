"""Padding, pooling and resizing."""

from parity.phrases import DIFFERS, SAME, Row
from parity.traps.base import UNITS

PADDING = (
    Row(
        'padding="same" with a stride',
        "x = tf.constant([1.0, 2.0, 3.0, 4.0])[None, :, None]\n"
        "tf.nn.conv1d(x, tf.ones([3, 1, 1]), stride=2, padding='SAME')[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "F.conv1d(x, torch.ones(1, 1, 3), stride=2, padding=1)[0, 0]",
        DIFFERS,
        "TensorFlow pads as much as the last window needs, and the odd zero on the right: none on the left here. "
        "PyTorch's padding=1 puts one on each side, and so shifts the windows.",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "size, window, stride = 4, 3, 2\n"
        "zeros = max((-(-size // stride) - 1) * stride + window - size, 0)\n"
        "x = F.pad(x, (zeros // 2, zeros - zeros // 2))\n"
        "F.conv1d(x, torch.ones(1, 1, 3), stride=2)[0, 0]",
    ),
    Row(
        'padding="same" in the layer',
        "keras.layers.Conv1D(1, 3, strides=2, padding='same')(tf.ones([1, 5, 1])).shape[1]",
        "nn.Conv1d(1, 1, 3, stride=2, padding='same')(torch.ones(1, 1, 5)).shape[2]",
        DIFFERS,
        'PyTorch takes the word "same" with a stride of 1 alone.',
        "nn.Conv1d(1, 1, 3, stride=2)(F.pad(torch.ones(1, 1, 5), (1, 1))).shape[2]",
    ),
    Row(
        'Conv1D(padding="causal")',
        "x = tf.constant([1.0, 2.0, 3.0, 4.0])[None, :, None]\n"
        "keras.layers.Conv1D(1, 2, padding='causal', dilation_rate=2, kernel_initializer='ones')(x)[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "layer = nn.Conv1d(1, 1, 2, padding=1, dilation=2, bias=False)\n"
        "layer.weight.data.fill_(1.0)\n"
        "layer(x)[0, 0]",
        DIFFERS,
        "dilation * (kernel - 1) zeros on the left, none on the right; PyTorch's padding is on both sides, where a "
        "step sees the ones after it.",
        "x = torch.tensor([1.0, 2.0, 3.0, 4.0])[None, None]\n"
        "layer = nn.Conv1d(1, 1, 2, dilation=2, bias=False)\n"
        "layer.weight.data.fill_(1.0)\n"
        "layer(F.pad(x, (2 * (2 - 1), 0)))[0, 0]",
    ),
    Row(
        "ZeroPadding2D, Cropping2D and F.pad, nn.ZeroPad2d, nn.ConstantPad2d: the order of the sides",
        "x = tf.ones([1, 1, 1, 1])\nkeras.layers.ZeroPadding2D(((1, 2), (3, 4)))(x)[0, :, :, 0]",
        "x = torch.ones(1, 1, 1, 1)\nnn.ZeroPad2d((1, 2, 3, 4))(x)[0, 0]",
        DIFFERS,
        "((top, bottom), (left, right)) in Keras; in PyTorch the last axis comes first: (left, right, top, bottom). "
        "Cropping2D takes the order of ZeroPadding2D, F.pad negative numbers for it.",
        "x = torch.ones(1, 1, 1, 1)\nnn.ZeroPad2d((3, 4, 1, 2))(x)[0, 0]",
    ),
    Row(
        "ReflectionPad, ReplicationPad and tf.pad",
        "x = tf.constant([[1.0, 2.0, 3.0]])\n"
        "tf.concat([tf.pad(x, [[0, 0], [2, 2]], mode) for mode in ('REFLECT', 'SYMMETRIC')], axis=0)",
        "x = torch.tensor([[1.0, 2.0, 3.0]])\ntorch.cat([F.pad(x, (2, 2), mode) for mode in ('reflect', 'replicate')])",
        DIFFERS,
        "REFLECT is PyTorch's 'reflect', without the edge twice. SYMMETRIC has the edge twice, which PyTorch has not; "
        "by one it is 'replicate', which repeats the edge. A convolution of Keras has no padding_mode: pad before "
        "it. For CircularPad concatenate the other end: tf.pad has no such mode.",
        "x = torch.tensor([[1.0, 2.0, 3.0]])\n"
        "symmetric = torch.cat([x[:, :2].flip(1), x, x[:, -2:].flip(1)], dim=1)\n"
        "torch.cat([F.pad(x, (2, 2), 'reflect'), symmetric])",
    ),
    Row(
        'AveragePooling with padding="same"',
        "x = tf.constant([1.0, 2.0, 3.0])[None, :, None]\nkeras.layers.AveragePooling1D(2, padding='same')(x)[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 3.0])[None, None]\nF.avg_pool1d(F.pad(x, (0, 1)), 2)[0, 0]",
        DIFFERS,
        "Keras leaves the padding out of the mean. Its padding is that of a convolution with the stride; "
        "ceil_mode=True is the same where the windows do not overlap.",
        "x = torch.tensor([1.0, 2.0, 3.0])[None, None]\n"
        "size, window, stride = 3, 2, 2\n"
        "zeros = max((-(-size // stride) - 1) * stride + window - size, 0)\n"
        "sides = zeros // 2, zeros - zeros // 2\n"
        "total, count = (F.avg_pool1d(F.pad(t, sides), window, stride) for t in (x, torch.ones_like(x)))\n"
        "(total / count)[0, 0]",
    ),
    Row(
        'MaxPooling with padding="same"',
        "x = tf.constant([1.0, 2.0, 4.0, 3.0])[None, :, None]\n"
        "keras.layers.MaxPooling1D(3, strides=2, padding='same')(x)[0, :, 0]",
        "x = torch.tensor([1.0, 2.0, 4.0, 3.0])[None, None]\nnn.MaxPool1d(3, stride=2, padding=1)(x)[0, 0]",
        DIFFERS,
        "The odd place is on the right in Keras, one on each side in PyTorch; neither is a zero.",
        "x = F.pad(torch.tensor([1.0, 2.0, 4.0, 3.0])[None, None], (0, 1), value=-torch.inf)\n"
        "nn.MaxPool1d(3, stride=2)(x)[0, 0]",
    ),
    Row(
        "MaxPool2d(ceil_mode=True)",
        "x = tf.reshape(tf.range(25.0), [1, 5, 5, 1])\nkeras.layers.MaxPooling2D(2)(x)[0, :, :, 0]",
        "x = torch.arange(25.0).reshape(1, 1, 5, 5)\nnn.MaxPool2d(2, ceil_mode=True)(x)[0, 0]",
        DIFFERS,
        "Both leave out what does not fill a window unless told; ceil_mode=True keeps it, as padding='same' of Keras "
        "does where the windows do not overlap.",
        "x = torch.arange(25.0).reshape(1, 1, 5, 5)\nnn.MaxPool2d(2)(x)[0, 0]",
    ),
    Row(
        "MaxUnpool, return_indices and max_pool_with_argmax",
        "x = tf.constant([[1.0, 2, 5, 3], [4, 0, 2, 8]])\n"
        "tf.nn.max_pool_with_argmax(tf.stack([x, -x], axis=-1)[None], 2, 2, 'VALID')[1]",
        "x = torch.tensor([[1.0, 2, 5, 3], [4, 0, 2, 8]])\n"
        "F.max_pool2d(torch.stack([x, -x])[None], 2, return_indices=True)[1]",
        DIFFERS,
        "PyTorch's number is that of a pixel in its channel, TensorFlow's counts the channels too, last. Keras has no "
        "layer that undoes a pooling.",
        "x = torch.tensor([[1.0, 2, 5, 3], [4, 0, 2, 8]])\n"
        "pixels = F.max_pool2d(torch.stack([x, -x])[None], 2, return_indices=True)[1]\n"
        "(2 * pixels + torch.arange(2)[:, None, None]).permute(0, 2, 3, 1)",
    ),
    Row(
        'AvgPool with padding: count_include_pad and AveragePooling2D(padding="same")',
        "x = tf.range(1.0, 10.0)\n"
        "keras.layers.AveragePooling2D(3, strides=2, padding='same')(tf.reshape(x, [1, 3, 3, 1]))[0, :, :, 0]",
        "x = torch.arange(1.0, 10.0)\nnn.AvgPool2d(3, stride=2, padding=1)(x.reshape(1, 1, 3, 3))[0, 0]",
        DIFFERS,
        "PyTorch counts the zeros of the padding unless told otherwise, and pads both sides alike. Where Keras pads "
        "one side more, divide by the means of ones, as in one dimension.",
        "x = torch.arange(1.0, 10.0)\n"
        "nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)(x.reshape(1, 1, 3, 3))[0, 0]",
        units=UNITS,
    ),
    Row(
        "GlobalAveragePooling2D and nn.AdaptiveAvgPool2d",
        "x = tf.reshape(tf.range(8.0), [1, 2, 2, 2])\nkeras.layers.GlobalAveragePooling2D()(x)",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveAvgPool2d(1)(x)",
        DIFFERS,
        "PyTorch keeps the two axes, with a size of 1; keepdims=True in Keras does.",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveAvgPool2d(1)(x).flatten(1)",
        units=UNITS,
    ),
    Row(
        "GlobalMaxPooling2D and nn.AdaptiveMaxPool2d",
        "x = tf.reshape(tf.range(8.0), [1, 2, 2, 2])\nkeras.layers.GlobalMaxPooling2D()(x)",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveMaxPool2d(1)(x)",
        DIFFERS,
        "PyTorch keeps two axes of size 1, as Keras does with keepdims=True.",
        "x = torch.arange(8.0).reshape(1, 2, 2, 2).permute(0, 3, 1, 2)\nnn.AdaptiveMaxPool2d(1)(x).flatten(1)",
    ),
    Row(
        "AdaptiveAveragePooling2D, AdaptiveMaxPooling2D: sizes that do not divide",
        "x = tf.reshape(tf.range(5.0) ** 2, [1, 5, 1])\n"
        "layers = keras.layers.AdaptiveAveragePooling1D(3), keras.layers.AdaptiveMaxPooling1D(3)\n"
        "tf.stack([layer(x)[0, :, 0] for layer in layers])",
        "x = (torch.arange(5.0) ** 2).reshape(1, 1, 5)\n"
        "torch.stack([layer(x)[0, 0] for layer in (nn.AdaptiveAvgPool1d(3), nn.AdaptiveMaxPool1d(3))])",
        SAME,
        "Windows overlap where the sizes do not divide, in both alike.",
        units=UNITS,
    ),
    Row(
        'Conv2DTranspose(padding="same") and ConvTranspose2d',
        "n = np.arange(34, dtype=np.float32)\n"
        "layer = keras.layers.Conv2DTranspose(2, 3, strides=2, padding='same', use_bias=False)\n"
        "layer.build((None, 4, 4, 1))\n"
        "layer.set_weights([n[:18].reshape(3, 3, 2, 1)])\n"
        "tf.transpose(layer(n[18:].reshape(1, 4, 4, 1)), [0, 3, 1, 2])",
        "n = torch.arange(34.0)\n"
        "layer = nn.ConvTranspose2d(1, 2, 3, stride=2, padding=1, output_padding=1, bias=False)\n"
        "layer.weight.data = n[:18].reshape(3, 3, 2, 1).permute(3, 2, 0, 1)\n"
        "layer(n[18:].reshape(1, 1, 4, 4))",
        DIFFERS,
        "Of a kernel of 3 and a stride of 2 the shapes agree, and the pixels are shifted. Keras keeps size * stride "
        "pixels of what there is without padding, from max(kernel - stride, 0) // 2 on. Of 4 and 2, as in a DCGAN, "
        "that is padding=1. Kernels are (height, width, outputs, inputs) in Keras, (inputs, outputs, height, width) in "
        "PyTorch.",
        "n = torch.arange(34.0)\n"
        "size, kernel, stride = 4, 3, 2\n"
        "more = max(stride - kernel, 0)\n"
        "layer = nn.ConvTranspose2d(1, 2, kernel, stride, output_padding=more, bias=False)\n"
        "layer.weight.data = n[:18].reshape(3, 3, 2, 1).permute(3, 2, 0, 1)\n"
        "first = max(kernel - stride, 0) // 2\n"
        "kept = slice(first, first + size * stride)\n"
        "layer(n[18:].reshape(1, 1, 4, 4))[..., kept, kept]",
        units=UNITS,
    ),
)
RESIZING = (
    Row(
        "UpSampling2D, Resizing and nn.Upsample, F.interpolate: align_corners",
        "x = tf.reshape(tf.range(6.0) ** 2, [1, 2, 3, 1])\n"
        "keras.layers.UpSampling2D(2, interpolation='bilinear')(x)[0, :, :, 0]",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)[0, 0]",
        DIFFERS,
        "Keras, and tf.image.resize, are align_corners=False, PyTorch's default but of nn.UpsamplingBilinear2d. "
        "nn.UpsamplingNearest2d is UpSampling2D as it comes; F.upsample_bilinear is align_corners=True.",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)[0, 0]",
        units=UNITS,
    ),
    Row(
        "align_corners=True in Keras",
        "x = tf.reshape(tf.range(6.0) ** 2, [1, 2, 3, 1])\n"
        "tf.compat.v1.image.resize(x, (4, 6), method='bilinear', align_corners=True)[0, :, :, 0]",
        "x = (torch.arange(6.0) ** 2).reshape(1, 1, 2, 3)\n"
        "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=True)[0, 0]",
        SAME,
        "No layer of Keras has it, and no keras.ops.image.resize; TensorFlow's function of version 1 has, in a Lambda "
        "layer or a layer of one's own.",
        units=UNITS,
    ),
    Row(
        "resizing a mask: nearest",
        "x = tf.reshape(tf.range(4.0), [1, 1, 4, 1])\ntf.image.resize(x, (1, 7), method='nearest')[0, :, :, 0]",
        "x = torch.arange(4.0).reshape(1, 1, 1, 4)\nF.interpolate(x, (1, 7), mode='nearest')[0, 0]",
        DIFFERS,
        "TensorFlow and Keras take the pixel nearest to the middle; PyTorch's 'nearest' the one at the corner. Upwards "
        "by whole factors they agree.",
        "x = torch.arange(4.0).reshape(1, 1, 1, 4)\nF.interpolate(x, (1, 7), mode='nearest-exact')[0, 0]",
    ),
    Row(
        "resizing: bicubic, and antialias",
        "x = tf.reshape(tf.range(12.0) ** 2, [1, 3, 4, 1])\n"
        "tf.image.resize(x, (2, 3), method='bicubic', antialias=True)[0, :, :, 0]",
        "x = (torch.arange(12.0) ** 2).reshape(1, 1, 3, 4)\nF.interpolate(x, (2, 3), mode='bicubic')[0, 0]",
        DIFFERS,
        "The cubic of TensorFlow has a slope of -0.5, PyTorch's of -0.75, but of -0.5 with antialias=True, which is "
        "off in both unless told, and on in torchvision's Resize. Enlarged, antialias=True is PyTorch's way to "
        "TensorFlow's cubic, which without its own antialias comes from a table, 1e-4 apart. Shrunk without it they "
        "are two things.",
        "x = (torch.arange(12.0) ** 2).reshape(1, 1, 3, 4)\n"
        "F.interpolate(x, (2, 3), mode='bicubic', antialias=True)[0, 0]",
        units=UNITS,
    ),
)
