"""Numbers that are the sum of two float64 numbers, 106 bits in all, for differences that would cancel in 53.

Source: Dekker (1971), "A Floating-Point Technique for Extending the Available Precision"; Knuth (1969), "The Art of
Computer Programming", volume 2.
"""

import torch

from torchimpl._tensors import divide_no_nan as _divide_no_nan


def exact_sum(a, b):
    """Return the sum as it is rounded, and what the rounding took away."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


def exact_product(a, b):
    """Return the product as it is rounded, and what the rounding took away.

    By subtractions alone: TensorFlow's graphs add up the terms of a sum in another order.
    """
    product = _rounded(a * b)
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    return product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def plus(x, b):
    """Return the sum of a pair and a number that is rounded itself: nothing is lost but less than its last digit."""
    total = x[0] + b
    return total, x[1] + (b - (total - x[0]))


def times(x, b):
    """Return the product of a pair and a number."""
    product, lost = exact_product(x[0], b)
    return product, lost + x[1] * b


def add(x, y):
    """Return the sum of two pairs."""
    total, lost = exact_sum(x[0], y[0])
    return exact_sum(total, lost + (x[1] + y[1]))


def multiply(x, y):
    """Return the product of two pairs."""
    product, lost = exact_product(x[0], y[0])
    return exact_sum(product, lost + (x[0] * y[1] + x[1] * y[0]))


def divide_no_nan(x, y):
    """Return the quotient of two pairs, 0 where y is 0."""
    quotient = _divide_no_nan(x[0], y[0])
    back = multiply((quotient, quotient * 0), y)
    rest = add(x, (-back[0], -back[1]))
    return exact_sum(quotient, _divide_no_nan(rest[0], y[0]))


def _rounded(product):
    """Return a product as it is, which is the smaller one of itself and its size."""
    # Inductor computes a product anew wherever it is used; on a GPU it may be added to there before it is rounded.
    return torch.minimum(product, torch.abs(product)) if torch.compiler.is_compiling() else product


def _halves(a):
    large = _rounded(a * 134217729.0)  # 2**27 + 1
    high = large - (large - a)
    return high, a - high
