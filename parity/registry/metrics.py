"""Streaming metrics. `inputs` draws one batch of a given size."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity import domains
from parity.domains import arrays, floats, labels, mixed, options, probabilities, reals, weights
from parity.reference import losses as reference_losses
from parity.reference import metrics as reference
from parity.registry.entry import Entry, Raises

OBJECT = {"name": st.sampled_from(("a_metric", "metric_2")), "dtype": domains.dtypes()}
TWO = np.ones(2, np.float32)
FOUR_BY_THREE = np.ones((4, 3), np.float32)
GRID = st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))
THRESHOLD = st.one_of(GRID, floats(0.0, 1.0))


@st.composite
def weighted(draw: Any, batch: dict[str, Any], shape: domains.Shape, often: int = 1) -> dict[str, Any]:
    """Add weights to a batch: none, one for all, one a sample, or one a value."""
    if draw(st.integers(0, often)):
        choices = [(), shape[:1], shape]
        batch["sample_weight"] = draw(arrays(draw(st.sampled_from(choices)), weights(), "float32"))
    return batch


def of_rank(config: dict[str, Any], *choices: tuple[int, ...]) -> Any:
    """One shape of a sample for a whole stream: it depends on the config alone."""
    return choices[sum(map(ord, repr(sorted(config.items(), key=str)))) % len(choices)]


@st.composite
def values(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = (size, *of_rank(config, (), (3,), (2, 2), (1,)))
    return draw(weighted({"values": draw(arrays(shape, reals(), dtype))}, shape))


@st.composite
def targets(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    shape = (size, *of_rank(config, (1,), (3,)))
    batch = {"y_true": draw(arrays(shape, labels(), dtype)), "y_pred": draw(arrays(shape, probabilities(), dtype))}
    return draw(weighted(batch, shape[:1]))


@st.composite
def scores(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Labels and scores; scores often tie with a threshold or with one another."""
    many = any(config.get(key) is not None for key in ("top_k", "class_id", "label_weights", "num_labels"))
    shape = (size, 3) if many or config.get("multi_label") else (size, *of_rank(config, (), (1,), (3,)))
    given = config.get("thresholds")
    given = given if isinstance(given, list) else [0.5 if given is None else given]
    given = [1.0, *given]
    usual = reals(8.0) if config.get("from_logits") else st.one_of(GRID, st.sampled_from(given), probabilities())
    rare = () if config.get("from_logits") else (st.sampled_from((-3.0, 7.0)), st.just(float("nan")))
    y_true = draw(arrays(shape, st.one_of(st.sampled_from((0.0, 1.0)), labels(), st.just(-1.0)), dtype))
    return draw(weighted({"y_true": y_true, "y_pred": draw(mixed(shape, usual, dtype, *rare))}, shape))


@st.composite
def segments(draw: Any, config: dict[str, Any], dtype: str, size: int) -> dict[str, Any]:
    """Class numbers, out of range at times, or a score for each class."""
    number, shape = config["num_classes"], (size, *of_rank(config, (), (2,)))
    numbers = st.integers(-1, number).map(float)

    def side(sparse: bool) -> Any:
        if sparse:
            return draw(mixed(shape, numbers, "float32", st.sampled_from((0.7, 255.0, float("nan")))))
        axis = config.get("axis", -1)
        dense = (*shape, number) if axis == -1 else (size, number, *shape[1:])
        return draw(mixed(dense, st.one_of(GRID, st.just(-0.0)), dtype, st.just(float("nan"))))

    batch = {"y_true": side(config.get("sparse_y_true", True)), "y_pred": side(config.get("sparse_y_pred", True))}
    return draw(weighted(batch, shape))


@st.composite
def auc_config(draw: Any) -> dict[str, Any]:
    config = draw(
        options(
            num_thresholds=st.sampled_from((2, 3, 5, 11, 200)),
            curve=st.sampled_from(("ROC", "PR", "PRGAIN")),
            summation_method=st.sampled_from(("interpolation", "minoring", "majoring")),
            thresholds=st.none() | st.lists(THRESHOLD, min_size=1, max_size=4),
            from_logits=st.booleans(),
            **OBJECT,
        )
    )
    kind = draw(st.sampled_from(("flat", "flat", "weighted labels", "multi", "multi weighted", "multi late")))
    if kind.startswith("multi"):
        config["multi_label"] = True
    if kind in ("multi", "multi weighted"):
        config["num_labels"] = 3
    if "weighted" in kind:
        config["label_weights"] = draw(st.lists(weights(), min_size=3, max_size=3))
    return config


ENTRIES = [
    Entry(
        "metrics.AUC",
        reference.auc,
        scores,
        auc_config(),
        exact=True,
        real="decisions",
        ties="y_pred",
        errors=(
            Raises("num_thresholds", {"num_thresholds": 1}),
            Raises("curve", {"curve": "DET"}),
            Raises("summation_method", {"summation_method": "simpson"}),
            Raises("thresholds", {"thresholds": [0.5, 1.5]}),
            Raises("num_labels", {"num_labels": 3}),
            Raises("label_weights", {"label_weights": [1.0, -1.0]}),
            Raises("multi_label", {"multi_label": True}, {"y_true": TWO, "y_pred": TWO}),
            Raises("label_weights", {"label_weights": [1.0]}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
        ),
    ),
    Entry(
        "metrics.Mean",
        reference.mean,
        values,
        options(**OBJECT),
        real="values",
        errors=(
            Raises("sample_weight", {}, {"values": FOUR_BY_THREE, "sample_weight": np.ones(3, np.float32)}),
            Raises("dtype", {"dtype": "float"}),
        ),
    ),
    Entry(
        "metrics.MeanIoU",
        reference.mean_iou,
        segments,
        st.fixed_dictionaries(
            {"num_classes": st.integers(2, 4)},
            optional={
                "ignore_class": st.sampled_from((None, 0, 1, -1, 255)),
                "sparse_y_true": st.booleans(),
                "sparse_y_pred": st.booleans(),
                "axis": st.sampled_from((-1, 1)),
                **OBJECT,
            },
        ),
        required={"num_classes": 2},
        exact=True,
        real="numbers",
        errors=(
            Raises("num_classes", {"num_classes": 0}),
            Raises("ignore_class", {"num_classes": 2, "ignore_class": 0.5}),
            Raises(
                "no such axis",
                {"num_classes": 2, "sparse_y_pred": False, "axis": 2},
                {"y_true": np.ones(4, np.float32), "y_pred": FOUR_BY_THREE},
            ),
            Raises("never broadcast", {"num_classes": 2}, {"y_true": TWO, "y_pred": np.ones(3, np.float32)}),
        ),
    ),
    Entry(
        "metrics.MeanMetricWrapper",
        SimpleNamespace(**{name: getattr(reference_losses, name) for name in ("huber", "binary_crossentropy")}),
        targets,
        st.one_of(
            st.fixed_dictionaries({"fn": st.just("huber")}, optional={"delta": floats(0.125, 2.0), **OBJECT}),
            st.fixed_dictionaries(
                {"fn": st.just("binary_crossentropy")}, optional={"label_smoothing": floats(0.0, 1.0), **OBJECT}
            ),
        ),
        required={"fn": "huber"},
        real="regression",
    ),
    Entry(
        "metrics.Precision",
        reference.precision,
        scores,
        options(
            thresholds=st.one_of(st.none(), THRESHOLD, st.lists(THRESHOLD, min_size=1, max_size=4)),
            top_k=st.sampled_from((None, 1, 2, 3)),
            class_id=st.sampled_from((None, 0, 2)),
            **OBJECT,
        ),
        exact=True,
        real="decisions",
        ties="y_pred",
        errors=(
            Raises("thresholds", {"thresholds": []}),
            Raises("thresholds", {"thresholds": [0.5, None]}),
            Raises("top_k", {"top_k": 0}),
            Raises("class_id", {"class_id": -1}),
            Raises("top_k", {"top_k": 4}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
            Raises("class_id", {"class_id": 3}, {"y_true": FOUR_BY_THREE, "y_pred": FOUR_BY_THREE}),
            Raises("never broadcast", {}, {"y_true": TWO, "y_pred": FOUR_BY_THREE}),
        ),
    ),
]
