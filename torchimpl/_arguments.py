"""Arguments that several functions or classes share, free of any framework: the same file in both packages."""

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

from ._config import arguments_of, as_lists, check_boolean, check_integer, check_number, equal

# Arguments on which the states of a metric do not depend, or that Keras says in another way: it rounds the weights.
NOT_COUNTED = {"name", "dtype", "fn", "label_weights"}


def check_crossentropy(owner: str, from_logits: Any, label_smoothing: Any, axis: Any) -> tuple[bool, Any, int]:
    """Return the arguments as plain ones; raise ValueError if they are out of their ranges."""
    return (
        check_boolean(owner, "from_logits", from_logits),
        check_number(owner, "label_smoothing", label_smoothing, low=0, high=1),
        check_integer(owner, "axis", axis),
    )


def check_sparse(owner: str, from_logits: Any, ignore_class: Any, axis: Any) -> tuple[bool, int | None, int]:
    """Return the arguments as plain ones; raise ValueError if they are out of their ranges."""
    return (
        check_boolean(owner, "from_logits", from_logits),
        None if ignore_class is None else check_integer(owner, "ignore_class", ignore_class),
        check_integer(owner, "axis", axis),
    )


def check_focal(owner: str, alpha: Any, gamma: Any, several: bool = False) -> tuple[Any, Any]:
    """Return alpha and gamma as plain numbers; several: alpha may be a list, of one number a class."""
    if not isinstance(alpha, Real):  # PyTorch does not capture hasattr of a number that may change
        alpha = as_lists(alpha)
    if several and isinstance(alpha, list | tuple) and alpha:
        alpha = [check_number(owner, "alpha", item, low=0) for item in alpha]
    else:
        alpha = check_number(owner, "alpha", alpha, low=0, high=None if several else 1)
    return alpha, check_number(owner, "gamma", gamma, low=0)


def check_one_per_class(owner: str, alpha: list[Any], classes: int | None) -> None:
    """Raise ValueError unless there are as many numbers as classes, where their number is known."""
    if classes is not None and len(alpha) != classes:
        raise ValueError(
            f"{owner}: argument `alpha` must hold one number for each of the {classes} classes, or be one number. "
            f"Received: alpha={alpha}"
        )


def check_q(owner: str, q: Any) -> Any:
    """Return q as a plain number; raise ValueError unless it lies between 0 and 1."""
    number = check_number(owner, "q", q, above=0)
    if number >= 1:
        raise ValueError(f"{owner}: argument `q` must be a finite number > 0 and < 1. Received: q={q!r}")
    return number


def check_circle(owner: str, gamma: Any, margin: Any, remove_diagonal: Any) -> tuple[Any, Any, bool]:
    """Return the arguments as plain ones; raise ValueError if they are out of their ranges."""
    return (
        check_number(owner, "gamma", gamma, above=0),
        check_number(owner, "margin", margin, low=0),
        check_boolean(owner, "remove_diagonal", remove_diagonal),
    )


def check_thresholds(owner: str, thresholds: Any) -> Any:
    """Return thresholds as a number in [0, 1], a list of such or None; raise ValueError for anything else."""
    thresholds = as_lists(thresholds)
    if thresholds is None or not isinstance(thresholds, list | tuple):
        return thresholds if thresholds is None else check_number(owner, "thresholds", thresholds, low=0, high=1)
    if not thresholds:
        raise ValueError(f"{owner}: argument `thresholds` must not be empty. Received: thresholds={thresholds!r}")
    return [check_number(owner, "thresholds", threshold, low=0, high=1) for threshold in thresholds]


def check_considered(owner: str, rank: int, classes: int | None, top_k: int | None, class_id: int | None) -> None:
    """Raise ValueError if predictions of this rank and number of classes have no top_k entries or no class_id.

    The number is None where a graph does not know it yet.
    """
    known = math.inf if classes is None else classes
    if top_k is not None and top_k > known:
        raise ValueError(f"{owner}: top_k={top_k} needs at least {top_k} classes on the last axis. Received: {known}")
    if class_id is not None and (rank < 2 or class_id >= known):
        raise ValueError(
            f"{owner}: class_id={class_id} needs y_pred of shape [batch, .., classes] with more than {class_id} "
            f"classes. Received: rank {rank}, {known} on the last axis"
        )


def check_targets(owner: str, classes: Any, number: int) -> list[int]:
    """Return class numbers as a list, all there are for None; ValueError if there are none or one is too large."""
    if classes is None:
        return list(range(number))
    single = isinstance(classes, str) or not isinstance(classes, Iterable) or getattr(classes, "ndim", 1) == 0
    if single or not list(classes):
        raise ValueError(
            f"{owner}: argument `target_class_ids` must be a list of class numbers. "
            f"Received: target_class_ids={classes!r}"
        )
    numbers = [check_integer(owner, "target_class_ids", item, low=0) for item in classes]
    if max(numbers) >= number:
        raise ValueError(
            f"{owner}: argument `target_class_ids` must hold numbers below num_classes={number}. "
            f"Received: target_class_ids={numbers}"
        )
    return numbers


def check_counts_alike(metric: Any, other: Any) -> None:
    """Raise ValueError unless another metric, one of Keras, has this class or a parent's, and the same arguments."""
    ours, theirs = arguments_of(metric), getattr(other, "get_config", dict)()
    given = {name: as_lists(theirs[name]) for name in ours.keys() & theirs.keys() - NOT_COUNTED}
    expected = {name: ours[name] for name in given}
    kinds = [[kind.__name__ for kind in type(item).__mro__] for item in (metric, other)]  # no class is common to both
    if not (kinds[0][0] in kinds[1] or kinds[1][0] in kinds[0]) or not equal(expected, given):
        raise ValueError(
            f"{kinds[0][0]}.set_state: expected a metric of this class and these arguments, {expected}. "
            f"Received: a {kinds[1][0]}, {given}. States alone, arrays by name, are taken of any."
        )
