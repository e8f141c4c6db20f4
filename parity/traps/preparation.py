"""Layers that prepare data: words, categories, pictures."""

from parity.phrases import DIFFERS, Row
from parity.traps.base import UNITS

PREPARATION = (
    Row(
        "Discretization and bucketize",
        "keras.layers.Discretization([0.0, 1.0, 2.0])(tf.constant([-1.0, 0.0, 0.5, 2.0, 3.0]))",
        "torch.bucketize(torch.tensor([-1.0, 0.0, 0.5, 2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0]), out_int32=True)",
        DIFFERS,
        "What lies on a boundary belongs to the bucket above it in Keras, to that below it in PyTorch unless "
        "right=True. np.digitize is as Keras, np.searchsorted as PyTorch.",
        "x, boundaries = torch.tensor([-1.0, 0.0, 0.5, 2.0, 3.0]), torch.tensor([0.0, 1.0, 2.0])\n"
        "torch.bucketize(x, boundaries, out_int32=True, right=True)",
    ),
    Row(
        "CategoryEncoding and one_hot: of several categories",
        "keras.layers.CategoryEncoding(num_tokens=4)(tf.constant([[0, 2], [2, 2]]))",
        "F.one_hot(torch.tensor([[0, 2], [2, 2]]), 4)",
        DIFFERS,
        "Keras's default is output_mode='multi_hot': one row for each sample, of ones where a category is at all, in "
        "float32. PyTorch encodes each number apart, in int64. output_mode='count' is the sum in the place of the "
        "largest.",
        "F.one_hot(torch.tensor([[0, 2], [2, 2]]), 4).amax(dim=1).float()",
    ),
    Row(
        "StringLookup, IntegerLookup, TextVectorization: the first numbers",
        "words = keras.layers.TextVectorization(vocabulary=['cat', 'dog'], output_sequence_length=4)\n"
        "words(['Dog, cat! Bird'])",
        "numbers = {word: number for number, word in enumerate(['cat', 'dog'])}\n"
        "torch.tensor([[numbers.get(word, -1) for word in 'dog cat bird'.split()]])",
        DIFFERS,
        "TextVectorization pads with 0 and gives 1 to words that it does not know, so that the vocabulary begins at 2; "
        "it writes small letters and drops punctuation. In StringLookup and IntegerLookup 0 is for what is not known, "
        "and the vocabulary begins at 1 (with a mask_token at 2). An Embedding has as many rows more. Adapted to data, "
        "the words are in the order of their number: save get_vocabulary() with the weights.",
        "numbers = {word: number for number, word in enumerate(['', '[UNK]', 'cat', 'dog'])}\n"
        "found = [numbers.get(word, 1) for word in 'dog cat bird'.split()]\n"
        "F.pad(torch.tensor([found]), (0, 4 - len(found)))",
    ),
    Row(
        "RandomRotation, RandomZoom, RandomTranslation: shares",
        "x = tf.reshape(tf.range(9.0), [1, 3, 3, 1])\n"
        "turned = keras.layers.RandomRotation((0.25, 0.25), interpolation='nearest')(x, training=True)\n"
        "turned[0, :, :, 0]",
        "angle = torch.deg2rad(torch.tensor(0.25))\n"
        "sine, cosine = float(angle.sin()), float(angle.cos())\n"
        "turn = torch.tensor([[[cosine, -sine, 0], [sine, cosine, 0]]])\n"
        "x = torch.arange(9.0).reshape(1, 1, 3, 3)\n"
        "F.grid_sample(x, F.affine_grid(turn, x.shape, align_corners=False), 'nearest', align_corners=False)[0, 0]",
        DIFFERS,
        "Keras's factor is a share of a full turn, torchvision's degrees; 0.1 is up to 36 degrees to either side. So "
        "with the other layers: shares of height and width, height first. Keras fills from the reflected picture "
        "(fill_mode='reflect'), torchvision with 0. RandomFlip is horizontal and vertical unless told. All of them do "
        "nothing but in training: a model that holds them changes its pictures in fit, not in predict.",
        "angle = 2 * torch.pi * torch.tensor(0.25)\n"
        "sine, cosine = float(angle.sin()), float(angle.cos())\n"
        "turn = torch.tensor([[[cosine, -sine, 0], [sine, cosine, 0]]])\n"
        "x = torch.arange(9.0).reshape(1, 1, 3, 3)\n"
        "F.grid_sample(x, F.affine_grid(turn, x.shape, align_corners=False), 'nearest', align_corners=False)[0, 0]",
    ),
    Row(
        "RandomBrightness, RandomContrast, RandomColorJitter: value_range",
        "picture = tf.constant([0.25, 0.5, 0.75, 1.0], shape=(1, 2, 2, 1))\n"
        "keras.layers.RandomBrightness((0.5, 0.5))(picture, training=True)[0, :, :, 0]",
        "picture = torch.tensor([[0.25, 0.5], [0.75, 1.0]])\n(picture * (1 + 0.5)).clamp(0, 1)",
        DIFFERS,
        "Keras's layers of colours take pictures from 0 to 255 unless told value_range=(0, 1): of others nothing is "
        "left. RandomBrightness adds a share of the range, where torchvision's multiplies.",
        "picture = torch.tensor([[0.25, 0.5], [0.75, 1.0]])\n(picture + 0.5 * 255).clamp(0, 255)",
    ),
    Row(
        "map_coordinates and grid_sample",
        "picture = tf.reshape(tf.range(12.0), [3, 4])\n"
        "keras.ops.image.map_coordinates(picture, tf.constant([[0.5, 2.0], [1.0, 0.5]]), order=1)",
        "picture = torch.arange(12.0).reshape(1, 1, 3, 4)\n"
        "points = torch.tensor([[0.5, 1.0], [2.0, 0.5]])\n"
        "F.grid_sample(picture, points.reshape(1, 1, 2, 2), align_corners=True).flatten()",
        DIFFERS,
        "Keras's coordinates are rows, then columns, counted from the first pixel. PyTorch's are column and row of "
        "each point, from -1 to 1: between the centres of the outermost pixels with align_corners=True, between the "
        "edges of the picture without, which is the default, of affine_grid too.",
        "picture = torch.arange(12.0).reshape(1, 1, 3, 4)\n"
        "rows, columns = torch.tensor([[0.5, 2.0], [1.0, 0.5]])\n"
        "points = torch.stack([columns / (4 - 1), rows / (3 - 1)], dim=-1) * 2 - 1\n"
        "F.grid_sample(picture, points.reshape(1, 1, 2, 2), align_corners=True).flatten()",
        units=UNITS,
    ),
)
