"""Metrics: their neighbours in torchmetrics, torcheval and scikit-learn.

torchmetrics and torcheval are given the batches of a stream, prediction first; scikit-learn is given all of it.
"""

from typing import Any

from parity.neighbours.base import DEFAULT, DIFFERENT, EQUAL, IN_SIGHT, LABELS, NONE, REGION, WITH_ARGUMENTS, Row

SAME = "y_true.shape == y_pred.shape"
# A batch of shape (n,) is one sample of a mean over the last axis, to the others n of them.
MATRIX = f"y_true.ndim == 2 and {SAME}"
BATCHED = f"y_true.ndim >= 2 and {SAME}"
VECTOR = f"y_true.ndim == 1 and {SAME}"
YES_OR_NO = "np.isin(y_true, (0, 1)).all()"
BINARY = f"{VECTOR} and {YES_OR_NO}"
COLUMNS = f"y_true.ndim == 2 and {SAME} and {YES_OR_NO}"
SCORES = "((0 <= y_pred) & (y_pred <= 1)).all()"
NUMBERS = f"y_true.ndim == 1 and {LABELS} and (0 <= y_true).all() and (y_true < 3).all()"
ONE_HOT = f"y_true.ndim == 2 and {SAME} and {YES_OR_NO} and (y_true.sum(-1) == 1).all()"
NO_TIES = "all(len(set(row)) == len(row) for row in y_pred)"
MAKE_BINARY = {"y_true": "y_true > 0.5"}
# In one batch of three, scores from -1 to 2.
MAKE_FLAT = {
    "y_true": "y_true.ravel() > 0.5",
    "y_pred": "y_pred.ravel() if len(y_pred) % 3 else 3 * y_pred.ravel() - 1",
}
MAKE_SCORES = {"y_pred": "np.clip(y_pred, 0, 1)"}
# In batches of an odd size, off the thresholds 0, 1/199, .., 1.
MAKE_CURVE = {
    "y_true": "y_true.ravel() > 0.5",
    "y_pred": "(np.clip(y_pred, 0, 1) * (1 - len(y_pred) % 2 / 500) + len(y_pred) % 2 / 1000).ravel()",
}
MAKE_UNTIED = {"y_pred": "np.clip(y_pred, -8, 8) + np.arange(3) / 64"}
MAKE_ONE_HOT = {"y_true": "np.eye(3)[y_true.argmax(-1)]", **MAKE_UNTIED}
MAKE_LABELS = {"y_true": "np.clip(y_true, 0, 2).ravel()", "y_pred": f"({MAKE_UNTIED['y_pred']}).reshape(-1, 3)"}
MAKE_NUMBERS = {key: f"np.abs(np.trunc({key})).ravel() % 3" for key in ("y_true", "y_pred")}
MAKE_TWO = {key: f"{key}.reshape(-1, 2) + [0, 1 / 64]" for key in ("y_true", "y_pred")}
TWO_CLASSES = (
    f"{SAME} and y_true.shape[-1] == 2 and (y_true[:, 0] != y_true[:, 1]).all() "
    "and (y_pred[:, 0] != y_pred[:, 1]).all() and len(np.unique(y_true.argmax(-1))) == 2"
)
MAKE_PAIRS = {key: f"np.abs(np.trunc({key})).ravel() % 2" for key in ("y_true", "y_pred")}
OUTSIDE = "a score outside of [0, 1]"
IS_OUTSIDE = "(y_pred < 0) | (y_pred > 1)"
SIGMOID = (
    "torchmetrics takes a sigmoid of a whole batch if one of its scores lies outside of [0, 1]: the result depends on "
    "how a stream is cut."
)
SIGMOID_SOURCE = "https://github.com/Lightning-AI/torchmetrics/issues/1604"
TIE = "a score equal to the threshold"
TIE_REMARK = "torcheval counts a score equal to the threshold as positive, Keras does not."
ALONE = {"thresholds": 0.5}
SPARSE_SIDES = {"ignore_class": None, "sparse_y_true": True, "sparse_y_pred": True, "axis": -1}
DENSE_SIDES = {"ignore_class": None, "sparse_y_pred": False, "axis": -1}
CONSTANT = "targets that are all equal, or of little spread for their size"
IS_CONSTANT = "y_true.var(0) <= 0.01 * (y_true**2).mean(0)"
# Some are drawn about 2 ** 24, where squares in float32 lose all.
MAKE_NEAR = {key: f"np.where(np.abs({key}) > 1e5, {key} - 2**24, {key})" for key in ("y_true", "y_pred")}
SPREAD = "(np.std([y_true, y_pred], axis=-1) > 0.1 * np.abs([y_true, y_pred]).max(-1)).all()"
MAKE_SPREAD = {key: f"{key} + 8 * np.arange(3)" for key in ("y_true", "y_pred")}
MAKE_APART = {"y_pred": "y_pred + 2 * (1 + y_true)"}
RATIO = {**ALONE, "top_k": None, "class_id": None}


def streamed(metric: str, update: str = "y_pred, y_true", result: str = "metric.compute()") -> str:
    """Code that gives a metric all batches."""
    return f"metric = {metric}\nfor y_true, y_pred in batches:\n    metric.update({update})\n{result}"


def added(metric: str) -> str:
    return f"metric = {metric}\nfor (values,) in batches:\n    metric.update(values)\nmetric.compute()"


def row(ours: str, theirs: str, verdict: str, call: str, **more: Any) -> Row:
    return Row(f"metrics.{ours}", theirs, verdict, call, **more)


def of_numbers(ours: str, name: str, sklearn: str, torcheval: str = "", **more: Any) -> list[Row]:
    """A mean of differences: equal but where a batch of several numbers is one sample."""
    in_sklearn = f"sklearn.metrics.{sklearn}(y_true, y_pred)"
    rows = [
        row(ours, f"torchmetrics.{name}", EQUAL, streamed(f"torchmetrics.{name}()"), given=BATCHED, **more),
        row(ours, f"sklearn.metrics.{sklearn}", EQUAL, in_sklearn, given=MATRIX, **more),
    ]
    if torcheval:
        rows.append(
            row(
                ours,
                f"torcheval.metrics.{torcheval}",
                EQUAL,
                streamed(f"torcheval.metrics.{torcheval}()"),
                given=MATRIX,
            )
        )
    return rows


def of_decisions(ours: str, name: str, sklearn: str, when: dict[str, Any], threshold: str) -> list[Row]:
    """A ratio of yes/no decisions."""
    there = f"torchmetrics.classification.Binary{name}"
    here = f"torcheval.metrics.Binary{name}"
    return [
        row(
            ours,
            there,
            REGION,
            streamed(f"{there}(threshold={threshold})", "y_pred, y_true.int()"),
            when=when,
            made=MAKE_FLAT,
            given=BINARY,
            region=OUTSIDE,
            where=IS_OUTSIDE,
            remark=SIGMOID,
            source=SIGMOID_SOURCE,
        ),
        row(
            ours,
            here,
            REGION,
            streamed(f"{here}(threshold={threshold})", "y_pred, y_true.int()"),
            when=when,
            made=MAKE_FLAT,
            given=BINARY,
            region=TIE,
            where=f"y_pred == {threshold}",
            remark=TIE_REMARK,
        ),
        row(
            ours,
            f"sklearn.metrics.{sklearn}",
            EQUAL,
            f"sklearn.metrics.{sklearn}(y_true, y_pred > {threshold})",
            when=when,
            made=MAKE_FLAT,
            given=BINARY,
            remark="scikit-learn is given the decisions.",
        ),
    ]


def counted(ours: str, place: int, cell: str) -> list[Row]:
    """One of the four counts."""
    theirs = "torchmetrics.classification.BinaryStatScores"
    return [
        row(
            ours,
            theirs,
            REGION,
            streamed(f"{theirs}(threshold=thresholds)", "y_pred, y_true.int()", f"metric.compute()[{place}]"),
            when=ALONE,
            made=MAKE_FLAT,
            given=BINARY,
            region=OUTSIDE,
            where=IS_OUTSIDE,
            remark="One of tp, fp, tn, fn, support. " + SIGMOID,
            source=SIGMOID_SOURCE,
        ),
        row(
            ours,
            "sklearn.metrics.confusion_matrix",
            EQUAL,
            f"sklearn.metrics.confusion_matrix(y_true, y_pred > thresholds, labels=[0, 1])[{cell}]",
            plain=f"sklearn.metrics.confusion_matrix(y_true, y_pred > thresholds, labels=[0, 1])[{cell}]",
            when=ALONE,
            made=MAKE_FLAT,
            given=BINARY,
        ),
    ]


def best(ours: str, title: str, bound: str) -> Row:
    """The best of one ratio where another meets a bound."""
    theirs = f"torchmetrics.classification.Binary{title}"
    return row(
        ours,
        theirs,
        DEFAULT,
        streamed(
            f"{theirs}(min_{bound}={bound}, thresholds=num_thresholds)", "y_pred, y_true.int()", "metric.compute()[0]"
        ),
        when={"class_id": None, "num_thresholds": 200, bound: 0.5},
        made={**MAKE_CURVE, "y_pred": "(0.001 + 0.998 * np.clip(y_pred, 0, 1)).ravel()"},
        given=f"{BINARY} and {SCORES} and not {IS_ON_GRID}.any() and len(np.unique(y_true)) == 2",
        remark="Without thresholds torchmetrics keeps all scores. It takes a score equal to a threshold as positive.",
    )


ON_GRID = "a score equal to one of the thresholds"
IS_ON_GRID = "(np.abs(y_pred * 199 - np.round(y_pred * 199)) < 1e-4)"
CURVE = {
    "curve": "ROC",
    "summation_method": "interpolation",
    "thresholds": None,
    "multi_label": False,
    "num_labels": None,
    "label_weights": None,
    "from_logits": False,
    "num_thresholds": 200,
}
IN_ONE_BIN = "two scores between the same two of the thresholds, or one class alone"
IS_IN_ONE_BIN = (
    "len(np.unique(np.ceil(y_pred * (num_thresholds - 1)).clip(1))) < len(np.unique(y_pred)) "
    "or len(np.unique(y_true)) < 2"
)
ROWS = (
    # Sums
    row("Mean", "torchmetrics.MeanMetric", EQUAL, added("torchmetrics.MeanMetric()")),
    row("Mean", "torcheval.metrics.Mean", EQUAL, added("torcheval.metrics.Mean()")),
    row("Sum", "torchmetrics.SumMetric", EQUAL, added("torchmetrics.SumMetric()")),
    row("Sum", "torcheval.metrics.Sum", EQUAL, added("torcheval.metrics.Sum()")),
    row(
        "MeanMetricWrapper",
        "torchmetrics",
        NONE,
        "metric = torchmetrics.MeanMetric()\n"
        "for y_true, y_pred in batches:\n"
        "    metric.update(F.huber_loss(y_pred, y_true, reduction='none').mean(-1))\n"
        "metric.compute()",
        when={"fn": "huber", "delta": 1.0},
        absent=("torchmetrics.MeanMetricWrapper",),
        remark="A MeanMetric is given the losses of the samples.",
    ),
    # Numbers
    *of_numbers("MeanSquaredError", "MeanSquaredError", "mean_squared_error", "MeanSquaredError"),
    *of_numbers("MeanAbsoluteError", "MeanAbsoluteError", "mean_absolute_error"),
    *of_numbers(
        "MeanSquaredLogarithmicError",
        "MeanSquaredLogError",
        "mean_squared_log_error",
        made=MAKE_APART,
        remark="Of numbers close to one another their difference of logarithms, in float32, keeps few digits.",
    ),
    row(
        "MeanAbsolutePercentageError",
        "torchmetrics.MeanAbsolutePercentageError",
        WITH_ARGUMENTS,
        streamed("torchmetrics.MeanAbsolutePercentageError()", result="100 * metric.compute()"),
        plain=streamed("torchmetrics.MeanAbsolutePercentageError()"),
        given=BATCHED,
        remark="A share, not a percentage; a target below 1.17e-6 counts as that, in Keras below 1e-7.",
    ),
    row(
        "MeanAbsolutePercentageError",
        "sklearn.metrics.mean_absolute_percentage_error",
        WITH_ARGUMENTS,
        "100 * sklearn.metrics.mean_absolute_percentage_error(y_true, y_pred)",
        plain="sklearn.metrics.mean_absolute_percentage_error(y_true, y_pred)",
        given=MATRIX,
    ),
    row(
        "RootMeanSquaredError",
        "torchmetrics.MeanSquaredError",
        WITH_ARGUMENTS,
        streamed("torchmetrics.MeanSquaredError(squared=False)"),
        given=IN_SIGHT,
    ),
    row(
        "RootMeanSquaredError",
        "sklearn.metrics.root_mean_squared_error",
        EQUAL,
        "sklearn.metrics.root_mean_squared_error(y_true, y_pred)",
        made={key: f"{key}.ravel()" for key in ("y_true", "y_pred")},
        given=f"y_true.ndim == 1 and {IN_SIGHT}",
    ),
    row(
        "LogCoshError",
        "torchmetrics.LogCoshError",
        EQUAL,
        streamed("torchmetrics.LogCoshError()", "y_pred.reshape(-1), y_true.reshape(-1)"),
        given=BATCHED,
    ),
    row(
        "CosineSimilarity",
        "torchmetrics.CosineSimilarity",
        WITH_ARGUMENTS,
        streamed("torchmetrics.CosineSimilarity(reduction='mean')"),
        when={"axis": -1},
        given=f"y_true.ndim == 2 and {SAME} and (np.abs([y_true, y_pred]).max(-1) > 0.01).all()",
        remark="torchmetrics adds the similarities up unless it is told to take the mean.",
    ),
    row(
        "R2Score",
        "torchmetrics.R2Score",
        EQUAL,
        streamed("torchmetrics.R2Score()"),
        when={"class_aggregation": "uniform_average", "num_regressors": 0},
        made={key: f"{made}[:, :1] + 200 * np.arange(len({key}))[:, None]" for key, made in MAKE_NEAR.items()},
        given=f"y_true.shape[-1] == 1 and len(y_true) > 1 and {SAME} and not ({IS_CONSTANT}).any()",
        remark="torchmetrics adds up squares in float32: of little spread about a large mean nothing is left.",
    ),
    row(
        "R2Score",
        "sklearn.metrics.r2_score",
        REGION,
        "sklearn.metrics.r2_score(y_true, y_pred)",
        when={"class_aggregation": "uniform_average", "num_regressors": 0},
        made=MAKE_NEAR,
        given=f"len(y_true) > 1 and {SAME}",
        region=CONSTANT,
        where=IS_CONSTANT,
    ),
    row(
        "R2Score",
        "torcheval.metrics.R2Score",
        REGION,
        streamed("torcheval.metrics.R2Score()"),
        when={"class_aggregation": "uniform_average", "num_regressors": 0},
        made=MAKE_NEAR,
        given=f"len(y_true) > 1 and {SAME}",
        region=CONSTANT,
        where=IS_CONSTANT,
        remark="torcheval adds up squares in float32.",
    ),
    # Correlation
    row(
        "PearsonCorrelation",
        "torchmetrics.PearsonCorrCoef",
        DIFFERENT,
        streamed("torchmetrics.PearsonCorrCoef()", "y_pred.reshape(-1), y_true.reshape(-1)"),
        when={"axis": -1},
        made=MAKE_SPREAD,
        given=f"y_true.ndim == 2 and {SAME} and len(y_true) > 1 and {SPREAD}",
        remark="Keras correlates the numbers of each sample and takes the mean over samples; torchmetrics correlates "
        "over the whole stream.",
    ),
    row(
        "pearson_correlation",
        "torchmetrics.functional.pearson_corrcoef",
        EQUAL,
        "torchmetrics.functional.pearson_corrcoef(y_pred.T, y_true.T)",
        when={"axis": -1},
        made=MAKE_SPREAD,
        given=f"y_true.ndim == 2 and {SAME} and {SPREAD}",
        remark="Of numbers that are all equal both give NaN; of little spread torchmetrics loses digits.",
    ),
    row(
        "ConcordanceCorrelation",
        "torchmetrics.ConcordanceCorrCoef",
        DIFFERENT,
        streamed("torchmetrics.ConcordanceCorrCoef()", "y_pred.reshape(-1), y_true.reshape(-1)"),
        when={"axis": -1},
        made=MAKE_SPREAD,
        given=f"y_true.ndim == 2 and {SAME} and len(y_true) > 1 and {SPREAD}",
        remark="Keras correlates the numbers of each sample and takes the mean over samples; torchmetrics correlates "
        "over the whole stream.",
    ),
    row(
        "concordance_correlation",
        "torchmetrics.functional.concordance_corrcoef",
        DIFFERENT,
        "torchmetrics.functional.concordance_corrcoef(y_pred.T, y_true.T)",
        when={"axis": -1},
        made=MAKE_SPREAD,
        given=f"y_true.ndim == 2 and {SAME} and {SPREAD}",
        remark="torchmetrics divides the variances by n - 1 and not by n, as Keras and Lin's paper do, before it adds "
        "the square of the difference of the means.",
    ),
    # Probabilities
    row(
        "KLDivergence",
        "torchmetrics.KLDivergence",
        DIFFERENT,
        streamed("torchmetrics.KLDivergence()", "y_true, y_pred"),
        made={key: f"0.1 + 0.8 * np.clip({key}, 0, 1)" for key in ("y_true", "y_pred")},
        given=f"y_true.ndim == 2 and {SAME} and {SCORES} and (y_true > 0).all() and (y_pred > 0).all()",
        remark="torchmetrics takes (p, q), and divides both by their sums first; Keras clips them to [1e-7, 1].",
    ),
    row(
        "BinaryCrossentropy",
        "sklearn.metrics.log_loss",
        REGION,
        "sklearn.metrics.log_loss(y_true.ravel(), y_pred.ravel(), labels=[0, 1])",
        plain="sklearn.metrics.log_loss(y_true.ravel(), y_pred.ravel(), labels=[0, 1])",
        when={"from_logits": False, "label_smoothing": 0.0},
        made={**MAKE_BINARY, "y_pred": "np.clip(y_pred, 0, 1) if len(y_pred) % 3 else np.clip(y_pred, 0.25, 0.99)"},
        given=f"{BATCHED} and {YES_OR_NO} and {SCORES}",
        region="a probability that is clipped, less than 1.3e-7 from 0 or from 1; below 0.25 the loss of a 0",
        where="(y_pred < 1.3e-7) | (y_pred > 1 - 1.3e-7) | ((y_true == 0) & (y_pred < 0.25))",
        remark="scikit-learn clips by the eps of the predictions' dtype, 1.2e-7 in float32, and rounds 1 - p to it.",
    ),
    row(
        "BinaryCrossentropy",
        "torchmetrics",
        NONE,
        "metric = torchmetrics.MeanMetric()\n"
        "for y_true, y_pred in batches:\n"
        "    p = y_pred.clamp(1e-7, 1 - 1e-7)\n"
        "    metric.update(F.binary_cross_entropy(p, y_true, reduction='none').mean(-1))\n"
        "metric.compute()",
        when={"from_logits": False, "label_smoothing": 0.0},
        made=MAKE_SCORES,
        given=f"{SAME} and {SCORES}",
        absent=("torchmetrics.classification.BinaryCrossEntropy", "torchmetrics.BinaryCrossentropy"),
        remark="A MeanMetric is given the losses of the samples.",
    ),
    row(
        "CategoricalCrossentropy",
        "torchmetrics",
        NONE,
        "metric = torchmetrics.MeanMetric()\n"
        "for y_true, y_pred in batches:\n"
        "    metric.update(F.cross_entropy(y_pred, y_true, reduction='none'))\n"
        "metric.compute()",
        when={"from_logits": True, "label_smoothing": 0.0, "axis": -1},
        given=f"y_true.ndim == 2 and {SAME}",
        absent=("torchmetrics.classification.CrossEntropy", "torchmetrics.CrossEntropy"),
        remark="A MeanMetric is given the losses of the samples.",
    ),
    row(
        "SparseCategoricalCrossentropy",
        "torchmetrics.text.Perplexity",
        WITH_ARGUMENTS,
        streamed("torchmetrics.text.Perplexity()", "y_pred[None], y_true[None]", "metric.compute().log()"),
        plain=streamed("torchmetrics.text.Perplexity()", "y_pred[None], y_true[None]"),
        when={"from_logits": True, "ignore_class": None, "axis": -1},
        made={**MAKE_LABELS, "y_pred": "np.clip(y_pred, -4, 4).reshape(-1, 3)"},
        given=f"{NUMBERS} and (np.abs(y_pred) < 5).all()",
        remark="Perplexity is the exponential of the mean cross-entropy.",
    ),
    row(
        "Poisson",
        "torchmetrics",
        NONE,
        "metric = torchmetrics.MeanMetric()\n"
        "for y_true, y_pred in batches:\n"
        "    losses = F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=1e-7, reduction='none')\n"
        "    metric.update(losses.mean(-1))\n"
        "metric.compute()",
        absent=("torchmetrics.PoissonNLL", "torchmetrics.regression.Poisson"),
        remark="A MeanMetric is given the losses of the samples.",
    ),
    row(
        "Poisson",
        "sklearn.metrics.mean_poisson_deviance",
        DIFFERENT,
        "sklearn.metrics.mean_poisson_deviance(y_true.ravel(), y_pred.ravel())",
        remark="The deviance is twice the difference from the best possible likelihood.",
    ),
    # Margins
    row(
        "Hinge",
        "torchmetrics.classification.BinaryHingeLoss",
        REGION,
        streamed("torchmetrics.classification.BinaryHingeLoss()", "y_pred[:, 0], y_true[:, 0].int()"),
        made={key: f"({made}).reshape(-1, 1)" for key, made in MAKE_FLAT.items()},
        given=f"y_true.ndim == 2 and y_true.shape[1] == 1 and {SAME} and {YES_OR_NO}",
        region=OUTSIDE + ", as those of a hinge mostly are",
        where=IS_OUTSIDE,
        remark=SIGMOID,
        source=SIGMOID_SOURCE,
    ),
    row(
        "Hinge",
        "sklearn.metrics.hinge_loss",
        REGION,
        "sklearn.metrics.hinge_loss(y_true.ravel(), y_pred.ravel(), labels=[0, 1])",
        plain="sklearn.metrics.hinge_loss(y_true.ravel(), y_pred.ravel(), labels=[0, 1])",
        made={"y_true": "(y_true > 0.5) | (len(y_true) % 2 == 1)"},
        given=f"{BATCHED} and {YES_OR_NO}",
        region="positives alone, whose label is taken for -1",
        where="(y_true == 1).all()",
    ),
    *(
        row(
            title,
            "torchmetrics",
            NONE,
            f"metric = torchmetrics.MeanMetric()\nfor y_true, y_pred in batches:\n    {losses}\nmetric.compute()",
            absent=(f"torchmetrics.{title}", f"torchmetrics.classification.{title}"),
            remark="A MeanMetric is given the losses of the samples.",
        )
        for title, losses in (
            (
                "SquaredHinge",
                "sign = torch.where(y_true == 0, -1, y_true)\n"
                "    metric.update(torch.relu(1 - sign * y_pred).square().mean(-1))",
            ),
            (
                "CategoricalHinge",
                "near = ((1 - y_true) * y_pred).amax(-1) - (y_true * y_pred).sum(-1)\n"
                "    metric.update(torch.relu(near + 1))",
            ),
        )
    ),
    row(
        "CategoricalHinge",
        "torchmetrics.classification.MulticlassHingeLoss",
        DIFFERENT,
        streamed("torchmetrics.classification.MulticlassHingeLoss(num_classes=3)", "y_pred, y_true.argmax(-1)"),
        made={**MAKE_ONE_HOT, "y_pred": "8 + np.clip(y_pred, -4, 4) + np.arange(3) / 64"},
        given=ONE_HOT,
        remark="torchmetrics takes a softmax of scores outside of [0, 1].",
    ),
    # Hits
    row(
        "Accuracy",
        "sklearn.metrics.accuracy_score",
        EQUAL,
        "sklearn.metrics.accuracy_score(y_true, y_pred)",
        made=MAKE_NUMBERS,
        given=f"{VECTOR} and (y_true == np.trunc(y_true)).all() and (y_pred == np.trunc(y_pred)).all()",
        remark="For class numbers; scikit-learn refuses fractions.",
    ),
    row(
        "Accuracy",
        "torchmetrics.classification.MulticlassAccuracy",
        WITH_ARGUMENTS,
        streamed(
            "torchmetrics.classification.MulticlassAccuracy(num_classes=3, average='micro')",
            "y_pred.int(), y_true.int()",
        ),
        plain=streamed("torchmetrics.classification.MulticlassAccuracy(num_classes=3)", "y_pred.int(), y_true.int()"),
        made=MAKE_NUMBERS,
        given=f"{SAME} and np.isin(y_true, (0, 1, 2)).all() and np.isin(y_pred, (0, 1, 2)).all()",
        remark="torchmetrics' mean is over classes unless average='micro'.",
    ),
    *of_decisions("BinaryAccuracy", "Accuracy", "accuracy_score", {}, "threshold"),
    row(
        "binary_accuracy",
        "torchmetrics.functional.classification.binary_accuracy",
        REGION,
        "torchmetrics.functional.classification.binary_accuracy(\n"
        "    y_pred[:, None], y_true[:, None].int(), threshold, multidim_average='samplewise')",
        made=MAKE_FLAT,
        given=BINARY,
        region=OUTSIDE,
        where=IS_OUTSIDE,
        remark="It is the mean over each sample, here of one number. " + SIGMOID,
        source=SIGMOID_SOURCE,
    ),
    *(
        row(
            ours,
            theirs,
            verdict,
            streamed(f"{theirs}({arguments})", f"y_pred, {labels}"),
            plain=streamed(f"{theirs}({first})", f"y_pred, {labels}") if first else "",
            made=MAKE_LABELS if labels == "y_true" else MAKE_ONE_HOT,
            given=f"{given} and {NO_TIES}",
            remark=remark,
        )
        for ours, labels, given in (
            ("CategoricalAccuracy", "y_true.argmax(-1)", ONE_HOT),
            ("SparseCategoricalAccuracy", "y_true", NUMBERS),
        )
        for theirs, verdict, arguments, first, remark in (
            (
                "torchmetrics.classification.MulticlassAccuracy",
                WITH_ARGUMENTS,
                "num_classes=3, average='micro'",
                "num_classes=3",
                "torchmetrics' mean is over classes unless average='micro'.",
            ),
            ("torcheval.metrics.MulticlassAccuracy", EQUAL, "", "", ""),
        )
    ),
    *(
        row(
            ours,
            theirs,
            verdict,
            streamed(f"{theirs}({arguments})", f"y_pred, {labels}"),
            plain=streamed(f"{theirs}({first})", f"y_pred, {labels}") if first else "",
            when=when,
            made=MAKE_LABELS if labels == "y_true" else MAKE_ONE_HOT,
            given=f"{given} and {NO_TIES}",
            remark=remark,
        )
        for ours, labels, given, when in (
            ("TopKCategoricalAccuracy", "y_true.argmax(-1)", ONE_HOT, {"k": 2}),
            ("SparseTopKCategoricalAccuracy", "y_true", NUMBERS, {"k": 2, "from_sorted_ids": False}),
        )
        for theirs, verdict, arguments, first, remark in (
            (
                "torchmetrics.classification.MulticlassAccuracy",
                WITH_ARGUMENTS,
                "num_classes=3, average='micro', top_k=k",
                "num_classes=3, top_k=k",
                "torchmetrics' mean is over classes unless average='micro'; its k is 1, and Keras's 5.",
            ),
            (
                "torcheval.metrics.MulticlassAccuracy",
                DEFAULT,
                "k=k",
                "",
                "The k of torcheval is 1, Keras's is 5.",
            ),
        )
    ),
    row(
        "SparseTopKCategoricalAccuracy",
        "sklearn.metrics.top_k_accuracy_score",
        WITH_ARGUMENTS,
        "sklearn.metrics.top_k_accuracy_score(y_true, y_pred, k=k, labels=[0, 1, 2])",
        plain="sklearn.metrics.top_k_accuracy_score(y_true, y_pred)",
        when={"k": 2, "from_sorted_ids": False},
        made=MAKE_LABELS,
        given=f"{NUMBERS} and {NO_TIES}",
        remark="scikit-learn's k is 2, Keras's is 5.",
    ),
    *(
        row(
            ours,
            "torchmetrics.functional.classification.multiclass_accuracy",
            WITH_ARGUMENTS,
            "torchmetrics.functional.classification.multiclass_accuracy(\n"
            f"    y_pred[..., None], {labels}[:, None], num_classes=3, average='micro', "
            f"multidim_average='samplewise'{top})",
            when=when,
            made=MAKE_LABELS if labels == "y_true" else MAKE_ONE_HOT,
            given=f"{given} and {NO_TIES}",
        )
        for ours, labels, given, when, top in (
            ("categorical_accuracy", "y_true.argmax(-1)", ONE_HOT, {}, ""),
            ("sparse_categorical_accuracy", "y_true", NUMBERS, {}, ""),
            ("top_k_categorical_accuracy", "y_true.argmax(-1)", ONE_HOT, {"k": 2}, ", top_k=k"),
            (
                "sparse_top_k_categorical_accuracy",
                "y_true",
                LABELS,
                {"k": 2, "from_sorted_ids": False},
                ", top_k=k",
            ),
        )
    ),
    # Decisions
    *of_decisions("Precision", "Precision", "precision_score", RATIO, "thresholds"),
    *of_decisions("Recall", "Recall", "recall_score", RATIO, "thresholds"),
    *counted("TruePositives", 0, "1, 1"),
    *counted("FalsePositives", 1, "0, 1"),
    *counted("TrueNegatives", 2, "0, 0"),
    *counted("FalseNegatives", 3, "1, 0"),
    # Curves
    row(
        "AUC",
        "torchmetrics.classification.BinaryAUROC",
        REGION,
        streamed("torchmetrics.classification.BinaryAUROC(thresholds=num_thresholds)", "y_pred, y_true.int()"),
        when=CURVE,
        made=MAKE_CURVE,
        given=f"{BINARY} and {SCORES}",
        region=ON_GRID,
        where=IS_ON_GRID,
        remark="torchmetrics takes a score equal to a threshold as positive.",
    ),
    row(
        "AUC",
        "torchmetrics.AUROC",
        REGION,
        streamed("torchmetrics.AUROC(task='binary')", "y_pred, y_true.int()"),
        when=CURVE,
        made=MAKE_CURVE,
        given=f"{BINARY} and {SCORES}",
        region=IN_ONE_BIN,
        where=IS_IN_ONE_BIN,
        remark="Without thresholds it is exact, and keeps all scores.",
    ),
    row(
        "AUC",
        "torcheval.metrics.BinaryAUROC",
        REGION,
        streamed("torcheval.metrics.BinaryAUROC()"),
        when=CURVE,
        made=MAKE_CURVE,
        given=f"{BINARY} and {SCORES}",
        region=IN_ONE_BIN,
        where=IS_IN_ONE_BIN,
        remark="It is exact, and keeps all scores.",
    ),
    row(
        "AUC",
        "sklearn.metrics.roc_auc_score",
        REGION,
        "sklearn.metrics.roc_auc_score(y_true, y_pred)",
        when=CURVE,
        made=MAKE_CURVE,
        given=f"{BINARY} and {SCORES}",
        region=IN_ONE_BIN,
        where=IS_IN_ONE_BIN,
        remark="It is exact, over all scores.",
    ),
    row(
        "AUC",
        "sklearn.metrics.average_precision_score",
        DIFFERENT,
        "sklearn.metrics.average_precision_score(y_true, y_pred)",
        when={**CURVE, "curve": "PR"},
        made=MAKE_CURVE,
        given=f"{BINARY} and {SCORES} and 0 < y_true.sum() < len(y_true)",
        remark="A sum of steps; Keras interpolates the precision (Davis and Goadrich 2006).",
    ),
    best("SensitivityAtSpecificity", "SensitivityAtSpecificity", "specificity"),
    best("SpecificityAtSensitivity", "SpecificityAtSensitivity", "sensitivity"),
    best("PrecisionAtRecall", "PrecisionAtFixedRecall", "recall"),
    best("RecallAtPrecision", "RecallAtFixedPrecision", "precision"),
    # F-scores
    *(
        row(
            ours,
            f"torchmetrics.classification.Multilabel{name}",
            REGION,
            streamed(
                f"torchmetrics.classification.Multilabel{name}("
                f"{first}num_labels=3, threshold=threshold, average='none')",
                "y_pred, y_true.int()",
            ),
            when={"threshold": 0.5, "average": None},
            made=MAKE_BINARY,
            given=COLUMNS,
            region=OUTSIDE,
            where=IS_OUTSIDE,
            remark="torchmetrics' average is 'macro' unless told otherwise. " + SIGMOID,
            source=SIGMOID_SOURCE,
        )
        for ours, name, first in (("F1Score", "F1Score", ""), ("FBetaScore", "FBetaScore", "beta=beta, "))
    ),
    row(
        "F1Score",
        "sklearn.metrics.f1_score",
        WITH_ARGUMENTS,
        "sklearn.metrics.f1_score(y_true, y_pred > threshold, average=average)",
        plain="sklearn.metrics.f1_score(y_true, y_pred > threshold)",
        when={"threshold": 0.5},
        made=MAKE_BINARY,
        given=COLUMNS,
    ),
    row(
        "FBetaScore",
        "sklearn.metrics.fbeta_score",
        WITH_ARGUMENTS,
        "sklearn.metrics.fbeta_score(y_true, y_pred > threshold, beta=beta, average=average)",
        plain="sklearn.metrics.fbeta_score(y_true, y_pred > threshold, beta=beta)",
        when={"threshold": 0.5},
        made=MAKE_BINARY,
        given=COLUMNS,
    ),
    row(
        "F1Score",
        "torchmetrics.classification.MulticlassF1Score",
        WITH_ARGUMENTS,
        streamed(
            "torchmetrics.classification.MulticlassF1Score(num_classes=3, average='none')", "y_pred, y_true.argmax(-1)"
        ),
        plain=streamed("torchmetrics.classification.MulticlassF1Score(num_classes=3)", "y_pred, y_true.argmax(-1)"),
        when={"threshold": None, "average": None},
        made=MAKE_ONE_HOT,
        given=f"{ONE_HOT} and {NO_TIES}",
    ),
    # Overlap
    row(
        "BinaryIoU",
        "torchmetrics.classification.BinaryJaccardIndex",
        REGION,
        streamed("torchmetrics.classification.BinaryJaccardIndex(threshold=threshold)", "y_pred, y_true.int()"),
        when={"target_class_ids": [1]},
        made=MAKE_FLAT,
        given=BINARY,
        region=OUTSIDE,
        where=IS_OUTSIDE,
        remark="Keras's default is the mean over both classes; here target_class_ids is [1]. " + SIGMOID,
        source=SIGMOID_SOURCE,
    ),
    row(
        "BinaryIoU",
        "sklearn.metrics.jaccard_score",
        EQUAL,
        "sklearn.metrics.jaccard_score(y_true, y_pred > threshold)",
        when={"target_class_ids": [1]},
        made=MAKE_FLAT,
        given=BINARY,
    ),
    row(
        "IoU",
        "sklearn.metrics.jaccard_score",
        WITH_ARGUMENTS,
        "sklearn.metrics.jaccard_score(y_true, y_pred, labels=target_class_ids, average='macro')",
        plain="sklearn.metrics.jaccard_score(y_true, y_pred)",
        when=SPARSE_SIDES,
        made=MAKE_PAIRS,
        given=f"{BINARY} and np.isin(y_pred, (0, 1)).all() and len(np.unique(y_true)) == 2",
    ),
    row(
        "MeanIoU",
        "torchmetrics.classification.MulticlassJaccardIndex",
        EQUAL,
        streamed("torchmetrics.classification.MulticlassJaccardIndex(num_classes)", "y_pred.int(), y_true.int()"),
        when={**SPARSE_SIDES, "num_classes": 2},
        made=MAKE_PAIRS,
        given=f"{SAME} and np.isin(y_true, (0, 1)).all() and np.isin(y_pred, (0, 1)).all()",
        remark="Both leave out a class that does not occur. torchmetrics.segmentation.MeanIoU is another metric.",
    ),
    row(
        "OneHotIoU",
        "torchmetrics.classification.MulticlassJaccardIndex",
        WITH_ARGUMENTS,
        streamed(
            "torchmetrics.classification.MulticlassJaccardIndex(num_classes, average='none')",
            "y_pred.argmax(-1), y_true.argmax(-1)",
            "metric.compute()[target_class_ids].mean()",
        ),
        when={**DENSE_SIDES, "num_classes": 2, "target_class_ids": [0]},
        made=MAKE_TWO,
        given=TWO_CLASSES,
        remark="Keras leaves out a class that does not occur at all.",
    ),
    row(
        "OneHotMeanIoU",
        "torchmetrics.classification.MulticlassJaccardIndex",
        EQUAL,
        streamed(
            "torchmetrics.classification.MulticlassJaccardIndex(num_classes)", "y_pred.argmax(-1), y_true.argmax(-1)"
        ),
        when={**DENSE_SIDES, "num_classes": 2},
        made=MAKE_TWO,
        given=TWO_CLASSES,
    ),
)
