"""TensorFlow's stateless random numbers, bit for bit, without TensorFlow.

A seed and a position give the value, nothing else does: the first values of a longer tensor are those of a shorter one.
The arithmetic is NumPy's: its integer products are faster on the CPU than PyTorch's, its square root is correctly
rounded (PyTorch's may be off by one unit), and no mode, default or thread setting of PyTorch reaches it. Equal to
TensorFlow 2.21 on glibc in every dtype.

Sources: Salmon et al. (2011), "Parallel Random Numbers: As Easy as 1, 2, 3" (Philox 4x32-10); Box and Muller (1958), "A
Note on the Generation of Random Normal Deviates"; TensorFlow's philox_random.h and random_distributions.h (Apache-2.0)
for the order of the words; Arm optimized-routines' logf_data.c and sincosf_data.c (MIT licence), which glibc uses too,
for the constants of the float32 logarithm, sine and cosine.
"""

import decimal
import functools
import math

import numpy as np
import torch

# Blocks in one pass: enough to make the price of a call small, few enough for the second-level cache (48 bytes each).
CHUNK = 16384

SEEDS = 2**31 - 2  # Keras takes seeds modulo TensorFlow's int32.max - 1
SCRAMBLE_KEY = 0x3EC8F720, 0x02461E29
BLOCKS_PER_VALUE = 64  # TensorFlow reserves 256 words for each truncated normal number
LIMIT = 2.0  # truncated normal numbers lie inside
TINY = 1e-7  # stands for 0 under the logarithm
ONE = 0x3F800000  # the bits of 1.0 as float32
FRACTION_BITS = {torch.float16: 10, torch.bfloat16: 7, torch.float32: 23}


def uniform(shape, seed, low, high, dtype):
    """Draw from `[low, high)`; both limits are rounded to float32 before they are to dtype, as Keras does."""
    low, high = (rounded(limit, torch.float32).to(dtype) for limit in (low, high))
    return fill(shape, seed, dtype, uniforms, high - low, low)


def normal(shape, seed, mean, stddev, dtype):
    """Draw normal numbers."""
    return fill(shape, seed, dtype, normals, rounded(stddev, dtype), rounded(mean, dtype))


def truncated_normal(shape, seed, mean, stddev, dtype):
    """Draw normal numbers, each anew while it lies two or more `stddev` from `mean`."""
    return fill(shape, seed, dtype, truncated_normals, rounded(stddev, dtype), rounded(mean, dtype))


def rounded(value, dtype):
    """Return a number as a tensor; on the way to a half precision it is rounded to float32, as in TensorFlow."""
    wide = torch.promote_types(dtype, torch.float32)
    return torch.tensor(value, dtype=wide, device="cpu").to(dtype)


def fill(shape, seed, dtype, draw, factor, offset):
    """Return `draw() * factor + offset` on the CPU, the product and the sum each rounded to dtype.

    Args:
        shape: tuple of integers.
        seed: two integers, a seed and how often it has been asked.
        dtype: float16, bfloat16, float32 or float64.
        draw: function of a stream, numbers of groups, and dtype, that returns an array with one group in each row:
            2 numbers for float64, 4 for any other dtype.
        factor: tensor of shape `[]` and dtype.
        offset: tensor of shape `[]` and dtype.
    """
    values = torch.empty(shape, dtype=dtype, device="cpu")
    flat = values.view(-1)
    stream = Stream(*seed)
    width = 2 if dtype == torch.float64 else 4
    for start in range(0, flat.numel(), CHUNK * width):
        part = flat[start : start + CHUNK * width]
        groups = np.arange(start // width, math.ceil((start + part.numel()) / width), dtype=np.uint64)
        drawn = torch.from_numpy(draw(stream, groups, dtype)).view(-1)
        torch.mul(drawn[: part.numel()].to(dtype), factor, out=part)
        part.add_(offset)
    return values


def uniforms(stream, numbers, dtype):
    """Return the numbers in [0, 1) that numbered blocks make; they last until the stream is asked again."""
    words = stream.blocks(numbers)
    pairs = stream.room(len(numbers))[4:].reshape(-1, 2)
    if dtype == torch.float64:
        values = pairs.view(np.float64)
        for column, numerator in zip(values.T, numerators(words), strict=True):
            np.multiply(numerator, 2.0**-52, out=column)
        return values
    words[1::2] <<= WORD
    np.bitwise_or(words[0], words[1], out=pairs[:, 0])
    np.bitwise_or(words[2], words[3], out=pairs[:, 1])
    bits = FRACTION_BITS[dtype]
    values = pairs.view(np.int32)
    values &= 2**bits - 1
    values <<= FRACTION_BITS[torch.float32] - bits
    values |= ONE  # the fraction of a number in [1, 2)
    values = values.view(np.float32)
    values -= 1
    return values


def normals(stream, numbers, dtype):
    """Return the standard normal numbers that numbered blocks make: sine before cosine, twice if not float64."""
    words = stream.blocks(numbers)
    if dtype == torch.float64:
        unit, turn = numerators(words)
        radius = np.sqrt(-2 * log(unit))
        angle = turn * (2 * math.pi * 2.0**-52)
        values = np.empty((len(numbers), 2))
        np.multiply(np.sin(angle), radius, out=values[:, 0])
        np.multiply(np.cos(angle), radius, out=values[:, 1])
        return values
    words = low_halves(words) & (2**23 - 1)
    unit = words[0::2].astype(np.float32) * np.float32(2.0**-23)
    radius = np.sqrt(np.float32(-2) * logf(np.maximum(unit, np.float32(TINY))))
    angle = words[1::2] * (2 * math.pi * 2.0**-23)
    sine, cosine = sincosf(angle.astype(np.float32))
    values = np.empty((len(numbers), 4), np.float32)
    np.multiply(sine, radius, out=values[:, 0::2].T)
    np.multiply(cosine, radius, out=values[:, 1::2].T)
    return values


def truncated_normals(stream, groups, dtype):
    """Return standard normal numbers inside the limit: a group takes the first that fit from blocks of its own."""
    width = 2 if dtype == torch.float64 else 4
    first = groups * np.uint64(width * BLOCKS_PER_VALUE)
    values = normals(stream, first, dtype)
    fits = np.abs(values) < LIMIT
    # The truth values of a group as one number: all(axis=1) of so short an axis takes ten times as long.
    rows = np.flatnonzero(fits.view(f"u{width}") != np.ones(width, bool).view(f"u{width}"))
    found = values.take(rows, axis=0)  # ten times as fast as values[rows], for such short rows
    block = 0
    while len(rows):
        block += 1
        more = normals(stream, first.take(rows) + np.uint64(block), dtype)
        found = np.concatenate([found, more], axis=1)
        fits = np.abs(found) < LIMIT
        counts = fits.sum(axis=1)
        full = counts >= width
        starts = (np.cumsum(counts) - counts)[full]
        values[rows[full]] = found[fits].take(starts[:, None] + np.arange(width))
        rows, found = rows[~full], found[~full]
    return values


def low_halves(words):
    """Return the 32-bit words that uint64 elements hold as int32. PyTorch runs on little-endian machines."""
    return words.view(np.int32)[:, ::2]


def numerators(words):
    """Return two integers below 2**52 for each block: 20 bits of one word and the 32 of the next."""
    high, low = words[0::2], words[1::2]
    high &= uint64(2**20 - 1)
    high <<= WORD
    high |= low
    return high.view(np.int64)


# ---- Philox 4x32-10


class Stream:
    """The random words of a seed and a count: numbered blocks of four words of 32 bits."""

    def __init__(self, seed, count=0):
        words = np.array([[seed % SEEDS], [0], [count % SEEDS], [0]], np.uint64)
        encrypt(words, key_schedule(*SCRAMBLE_KEY), np.empty((2, 1), np.uint64))
        self.keys = key_schedule(*words[:2, 0].tolist())
        self.upper_counter = words[2:]
        self.memory = np.empty(0, np.uint64)

    def blocks(self, numbers):
        """Return the words of the numbered blocks, a uint64 array of shape `[4, len(numbers)]`, until the next call."""
        room = self.room(len(numbers))
        words, products = room[:4], room[4:]
        c0, c1, c2, c3 = words
        # The first round needs half of what the others do: the upper words are the same for all blocks.
        (k0, k1), *keys = self.keys
        upper_2, upper_3 = self.upper_counter
        p0, p2 = products[0], upper_2 * MULTIPLIER_2
        np.bitwise_and(numbers, LOW_WORD, out=p0)
        p0 *= MULTIPLIER_0
        np.right_shift(numbers, WORD, out=c0)
        c0 ^= (p2 >> WORD) ^ k0
        c1[:] = p2 & LOW_WORD
        np.right_shift(p0, WORD, out=c2)
        c2 ^= upper_3 ^ k1
        np.bitwise_and(p0, LOW_WORD, out=c3)
        encrypt(words, keys, products)
        return words

    def room(self, blocks):
        """Return the stream's own memory, six words for each block.

        Kept, and beginning with a line of the cache, it saves a tenth of the time; kept alone it saves nothing.
        """
        if self.memory.size < 6 * blocks:
            memory = np.empty(6 * blocks + LINE, np.uint64)
            self.memory = memory[-(memory.ctypes.data // memory.itemsize) % LINE :]
        return self.memory[: 6 * blocks].reshape(6, blocks)


def uint64(value):
    # An array, since NumPy takes it with less ado than a scalar.
    return np.array(value, np.uint64)


LINE = 8  # uint64 numbers in a line of the cache
WORD = uint64(32)
LOW_WORD = uint64(2**32 - 1)
MULTIPLIER_0, MULTIPLIER_2 = uint64(0xD2511F53), uint64(0xCD9E8D57)


def key_schedule(k0, k1):
    """Return the pair of keys of each round."""
    return [(uint64((k0 + i * 0x9E3779B9) % 2**32), uint64((k1 + i * 0xBB67AE85) % 2**32)) for i in range(10)]


def encrypt(words, keys, products):
    """Encrypt counters of four words, a uint64 array of shape `[4, n]`, in place; products is room for two more."""
    c0, c1, c2, c3 = words
    p0, p2 = products
    for k0, k1 in keys:
        np.multiply(c0, MULTIPLIER_0, out=p0)
        np.multiply(c2, MULTIPLIER_2, out=p2)
        np.right_shift(p2, WORD, out=c0)
        c0 ^= c1
        c0 ^= k0
        np.right_shift(p0, WORD, out=c2)
        c2 ^= c3
        c2 ^= k1
        np.bitwise_and(p2, LOW_WORD, out=c1)
        np.bitwise_and(p0, LOW_WORD, out=c3)


# ---- glibc's logf and sincosf: computed in float64, rounded once

# log(x) = log(c) + log1p(x / c - 1), with c near x. The table has 1 / c and log(c) for the sixteen parts of the octave
# that starts at 0.7, and the rows made of it are those of all octaves from TINY to 1.
OCTAVE_START = 0x3F330000  # the bits of 0.7 as float32, about
LOWEST_OCTAVE = -23
LOG2 = float.fromhex("0x1.62e42fefa39efp-1")
INVERSE_AND_LOG = (
    ("0x1.661ec79f8f3bep+0", "-0x1.57bf7808caadep-2"),
    ("0x1.571ed4aaf883dp+0", "-0x1.2bef0a7c06ddbp-2"),
    ("0x1.49539f0f010bp+0", "-0x1.01eae7f513a67p-2"),
    ("0x1.3c995b0b80385p+0", "-0x1.b31d8a68224e9p-3"),
    ("0x1.30d190c8864a5p+0", "-0x1.6574f0ac07758p-3"),
    ("0x1.25e227b0b8eap+0", "-0x1.1aa2bc79c81p-3"),
    ("0x1.1bb4a4a1a343fp+0", "-0x1.a4e76ce8c0e5ep-4"),
    ("0x1.12358f08ae5bap+0", "-0x1.1973c5a611cccp-4"),
    ("0x1.0953f419900a7p+0", "-0x1.252f438e10c1ep-5"),
    ("0x1p+0", "0x0p+0"),
    ("0x1.e608cfd9a47acp-1", "0x1.aa5aa5df25984p-5"),
    ("0x1.ca4b31f026aap-1", "0x1.c5e53aa362eb4p-4"),
    ("0x1.b2036576afce6p-1", "0x1.526e57720db08p-3"),
    ("0x1.9c2d163a1aa2dp-1", "0x1.bc2860d22477p-3"),
    ("0x1.886e6037841edp-1", "0x1.1058bc8a07ee1p-2"),
    ("0x1.767dcf5534862p-1", "0x1.4043057b6ee09p-2"),
)
INVERSES, LOGS = (
    np.array(column)
    for column in zip(
        *(
            (math.ldexp(float.fromhex(inverse), -octave), float.fromhex(log) + octave * LOG2)
            for octave in range(LOWEST_OCTAVE, 1)
            for inverse, log in INVERSE_AND_LOG
        ),
        strict=True,
    )
)
LOG_TERMS = [float.fromhex(term) for term in ("-0x1.00ea348b88334p-2", "0x1.5575b0be00b6ap-2", "-0x1.ffffef20a4123p-2")]
SINE_TERMS = [
    float.fromhex(term) for term in ("-0x1.994eb3774cf24p-13", "0x1.1107605230bc4p-7", "-0x1.555545995a603p-3")
]
COSINE_TERMS = [
    float.fromhex(term)
    for term in ("0x1.99343027bf8c3p-16", "-0x1.6c087e89a359dp-10", "0x1.55553e1068f19p-5", "-0x1.ffffffd0c621cp-2")
]


def logf(x):
    """Return the logarithm of float32 numbers from TINY to 1 as glibc rounds it."""
    row = (x.view(np.int32) - OCTAVE_START >> 19) - 16 * LOWEST_OCTAVE
    r = x * INVERSES.take(row)
    r -= 1
    y = polynomial(r, [*LOG_TERMS, 1.0])
    y *= r
    y += LOGS.take(row)
    return y.astype(np.float32)


def sincosf(x):
    """Return the sine and cosine of float32 numbers from 0 to 2 pi as glibc rounds them."""
    x = x.astype(np.float64)
    quadrant = np.rint(x * (2 / math.pi))
    x -= quadrant * (math.pi / 2)
    quadrant = quadrant.astype(np.int32)
    square = x * x
    sine = polynomial(square, [*SINE_TERMS, 1.0])
    sine *= x
    sine = sine.astype(np.float32).view(np.int32)
    cosine = polynomial(square, [*COSINE_TERMS, 1.0]).astype(np.float32).view(np.int32)
    # On the bits: in odd quadrants sine and cosine change places; sine is negative in 2 and 3, cosine in 1 and 2.
    change = sine ^ cosine
    change &= -(quadrant & 1)
    sine ^= change
    cosine ^= change
    sine ^= (quadrant & 2) << 30
    cosine ^= (quadrant + 1 & 2) << 30
    return sine.view(np.float32), cosine.view(np.float32)


# ---- glibc's logarithm in float64

# Of x = n / 2**52, again as log(c) + log1p(x / c - 1); 1 / c has ten bits, so that x / c is exact in 64.
LOG_OCTAVES = range(44, 52)  # of n; the 4 of 1000 that lie below are left to Python
LOG_ROWS = 256  # in each octave
LOG_ROW_SHIFT = 52 - 8  # from a float64 number's bits to its row
FIRST_LOG_ROW = (1023 - 52 + LOG_OCTAVES[0]) * LOG_ROWS - 1
INVERSE_BITS = 10
PRODUCT_BITS = LOG_OCTAVES[-1] + INVERSE_BITS
LOG1P_TERMS = [1 / 7, -1 / 6, 1 / 5, -1 / 4, 1 / 3, -1 / 2]  # without those of higher powers, below 2**-70
# glibc errs by up to 0.02 units before it rounds: what lies so near a tie, 0.5, may be rounded to either side.
SURE = 0.475


def log(n):
    """Return the logarithm of int64 numbers over 2**52, and of `TINY` for what is smaller, as glibc rounds it.

    NumPy's differs in 3 of 1000 numbers where it has a kernel of its own; Python's is glibc's, but takes 180 ns for
    each. So NumPy's is taken where it is known to be within `SURE` units of the true value, Python's for the rest.
    """
    x = n * 2.0**-52
    np.maximum(x, TINY, out=x)
    y = np.log(x)
    inverses, logs, remainders = log_table()
    row = x.view(np.int64) >> LOG_ROW_SHIFT
    row -= FIRST_LOG_ROW
    r = n * inverses.take(row, mode="clip")
    r -= 2**PRODUCT_BITS
    r = r * 2.0**-PRODUCT_BITS
    small = polynomial(r, LOG1P_TERMS)
    small *= r
    small *= r
    small += remainders.take(row, mode="clip")
    error = logs.take(row, mode="clip")
    error -= y  # exact, as is the next sum: what is left is a small multiple of the last bit of both
    error += r
    error += small
    error *= 0.5 / SURE
    error += y
    unsure = np.flatnonzero(error != y)
    y[unsure] = list(map(math.log, x.take(unsure).tolist()))
    return y


@functools.cache
def log_table():
    """Return 1 / c, log(c), and what that lost as it was rounded, for each row; NaN in the first, of all smaller x."""
    rows = [(0, math.nan, math.nan)]
    # Rounded down, so that c is 1 at 1, where a logarithm has no digit to lose.
    inverses = [int(2**INVERSE_BITS / (1 + (row + 0.5) / LOG_ROWS)) for row in range(LOG_ROWS)]
    with decimal.localcontext(decimal.Context(prec=40)):
        log2 = decimal.Decimal(2).ln()
        logs = [(decimal.Decimal(2 ** (INVERSE_BITS - 1)) / inverse).ln() for inverse in inverses]
        for below in reversed(range(len(LOG_OCTAVES))):
            for inverse, exact in zip(inverses, logs, strict=True):
                exact -= below * log2
                rounded = float(exact)
                rows.append((inverse << below, rounded, float(exact - decimal.Decimal(rounded))))
    return [np.array(column) for column in zip(*rows, strict=True)]


def polynomial(x, terms):
    """Evaluate a polynomial, its highest power first."""
    y = x * terms[0]
    y += terms[1]
    for term in terms[2:]:
        y *= x
        y += term
    return y
