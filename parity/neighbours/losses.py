"""Losses: their neighbours in PyTorch, scikit-learn and TensorFlow."""

from typing import Any

from parity.neighbours.base import DIFFERENT, EQUAL, FILLED_UP, LABELS, NONE, REGION, WITH_ARGUMENTS, Row

SAME_SHAPES = "y_true.shape == y_pred.shape"
MATRIX = f"y_true.ndim == 2 and {SAME_SHAPES}"
FLAT = f"y_true.ndim <= 2 and {SAME_SHAPES}"  # what scikit-learn takes
HARD = f"{SAME_SHAPES} and np.isin(y_true, (0, 1)).all()"
NO_CANCELLATION = f"{SAME_SHAPES} and (np.abs(y_pred) < 4).all()"
PROBABILITIES = f"{SAME_SHAPES} and (0 <= y_pred).all() and (y_pred <= 1).all()"
CLASSES = (
    "PyTorch wants the classes on axis 1. Those of [batch, classes] are there, and need no movedim; those of sequences "
    "and pictures do."
)
CLIPPED = "a probability that Keras clips: less than 1e-7 from 0 or from 1"
IS_CLIPPED = "(y_pred < 1e-7) | (y_pred > 1 - 1e-7)"
SMOOTHED = "y_true * (1 - label_smoothing) + label_smoothing / 2"


def of_differences(title: str, function: str, theirs: str, their_function: str, arguments: str = "") -> list[Row]:
    """A loss of the difference, which PyTorch has as a module and as a function; both take the mean of everything."""
    inside = f", {arguments}" if arguments else ""
    short = their_function.replace("torch.nn.functional", "F")
    return [
        Row(f"losses.{title}", theirs, EQUAL, f"{theirs}({arguments})(y_pred, y_true)"),
        Row(f"losses.{title}", their_function, EQUAL, f"{short}(y_pred, y_true{inside})"),
        Row(
            f"losses.{function}",
            their_function,
            WITH_ARGUMENTS,
            f"{short}(y_pred, y_true{inside}, reduction='none').mean(-1)",
            plain=f"{short}(y_pred, y_true{inside})",
            remark="PyTorch's mean is over everything, or its 'none' over nothing; ours is over the last axis.",
        ),
    ]


def nothing(ours: str, absent: tuple[str, ...], call: str, remark: str, **more: Any) -> Row:
    """A loss that PyTorch has not."""
    return Row(ours, "torch", NONE, call, absent=absent, remark=remark, **more)


def both(title: str, function: str, absent: tuple[str, ...], sample: str, remark: str, **more: Any) -> list[Row]:
    """The class and the function of a loss that PyTorch has not; `sample` gives the losses of the samples."""
    *before, last = sample.split("\n")
    whole = "\n".join([*before, f"({last}).mean()"])
    return [
        nothing(f"losses.{title}", absent, whole, remark, **more),
        nothing(f"losses.{function}", absent, sample, remark, **more),
    ]


LENGTHS = (
    "log_p = torch.log_softmax(y_pred, -1).transpose(0, 1)\n"
    "lengths = (y_true != 0).sum(1)\n"
    "steps = torch.full_like(lengths, y_pred.shape[1])\n"
)
SIGNS = "sign = torch.where(y_true == 0, -1, y_true)\n"
ROWS = (
    # Regression
    *of_differences("Huber", "huber", "torch.nn.HuberLoss", "torch.nn.functional.huber_loss", "delta=delta"),
    Row(
        "losses.Huber",
        "torch.nn.SmoothL1Loss",
        WITH_ARGUMENTS,
        "delta * torch.nn.SmoothL1Loss(beta=delta)(y_pred, y_true)",
        plain="torch.nn.SmoothL1Loss(beta=delta)(y_pred, y_true)",
        remark="SmoothL1 is Huber divided by its threshold; at 1, the default of both, they are one.",
        source="https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html",
    ),
    *of_differences("MeanSquaredError", "mean_squared_error", "torch.nn.MSELoss", "torch.nn.functional.mse_loss"),
    *of_differences("MeanAbsoluteError", "mean_absolute_error", "torch.nn.L1Loss", "torch.nn.functional.l1_loss"),
    Row(
        "losses.MeanSquaredError",
        "sklearn.metrics.mean_squared_error",
        EQUAL,
        "sklearn.metrics.mean_squared_error(y_true, y_pred)",
        given=FLAT,
    ),
    Row(
        "losses.MeanAbsoluteError",
        "sklearn.metrics.mean_absolute_error",
        EQUAL,
        "sklearn.metrics.mean_absolute_error(y_true, y_pred)",
        given=FLAT,
    ),
    *both(
        "MeanAbsolutePercentageError",
        "mean_absolute_percentage_error",
        ("torch.nn.MAPELoss", "torch.nn.functional.mape_loss"),
        "(100 * (y_true - y_pred).abs() / y_true.abs().clamp_min(1e-7)).mean(-1)",
        "It is written out.",
    ),
    Row(
        "losses.MeanAbsolutePercentageError",
        "sklearn.metrics.mean_absolute_percentage_error",
        REGION,
        "100 * sklearn.metrics.mean_absolute_percentage_error(y_true, y_pred)",
        given=FLAT,
        region="a target of less than 1e-7",
        where="np.abs(y_true) < 1e-7",
        remark="scikit-learn gives a share, not a percentage; for a target of 0 it divides by 2.2e-16.",
    ),
    *both(
        "MeanSquaredLogarithmicError",
        "mean_squared_logarithmic_error",
        ("torch.nn.MSLELoss", "torch.nn.functional.msle_loss"),
        "(y_pred.clamp_min(1e-7).log1p() - y_true.clamp_min(1e-7).log1p()).square().mean(-1)",
        "It is the squared error of log1p; what is below 1e-7 counts as 1e-7. Of numbers close to one another the "
        "difference of logarithms keeps few digits.",
        given="y_true.shape == y_pred.shape and (np.abs(y_pred - y_true) > 1 + np.abs(y_true)).all()",
    ),
    Row(
        "losses.MeanSquaredLogarithmicError",
        "sklearn.metrics.mean_squared_log_error",
        REGION,
        "sklearn.metrics.mean_squared_log_error(y_true, y_pred)",
        made={"y_pred": "np.where(y_pred < 0, y_pred, y_pred + 2 * (1 + np.abs(y_true)))"},
        given=FLAT,
        region="a number below 0",
        where="(y_true < 0) | (y_pred < 0)",
        remark="Keras clips what is negative; scikit-learn refuses what is below -1. Of numbers close to one another "
        "the difference of logarithms, in float32, keeps few digits.",
    ),
    *both(
        "LogCosh",
        "log_cosh",
        ("torch.nn.LogCoshLoss", "torch.nn.functional.log_cosh_loss"),
        "(y_pred - y_true).cosh().log().mean(-1)",
        "Written out so, as most do, it overflows above 88 in float32, and a small error is lost when 1 is added to "
        "its square. Keras, and we, use a form without either.",
        region="an error above 88, or between 0 and 1",
        where="(np.abs(y_pred - y_true) > 88) | ((y_pred != y_true) & (np.abs(y_pred - y_true) < 1))",
    ),
    Row(
        "losses.Poisson",
        "torch.nn.PoissonNLLLoss",
        WITH_ARGUMENTS,
        "torch.nn.PoissonNLLLoss(log_input=False, eps=1e-7)(y_pred, y_true)",
        remark="PyTorch takes the logarithm of the expected counts unless log_input=False, and adds 1e-8.",
    ),
    Row(
        "losses.poisson",
        "torch.nn.functional.poisson_nll_loss",
        WITH_ARGUMENTS,
        "F.poisson_nll_loss(y_pred, y_true, log_input=False, eps=1e-7, reduction='none').mean(-1)",
        plain="F.poisson_nll_loss(y_pred, y_true)",
    ),
    # Probabilities
    Row(
        "losses.BinaryCrossentropy",
        "torch.nn.BCELoss",
        REGION,
        f"torch.nn.BCELoss()(y_pred, {SMOOTHED})",
        when={"from_logits": False},
        region=f"{CLIPPED}; or no probability, which PyTorch refuses",
        where=IS_CLIPPED,
        remark="PyTorch keeps p, and bounds its logarithm by -100. A wrong, sure prediction costs 100 there, and 16.1 "
        "(and no gradient) in Keras.",
    ),
    Row(
        "losses.BinaryCrossentropy",
        "torch.nn.BCEWithLogitsLoss",
        WITH_ARGUMENTS,
        f"torch.nn.BCEWithLogitsLoss()(y_pred, {SMOOTHED})",
        plain="torch.nn.BCEWithLogitsLoss()(y_pred, y_true)",
        when={"from_logits": True},
        given=NO_CANCELLATION,
        remark="Without label_smoothing it is equal as it stands. PyTorch's form is x - x * y + ..: of a soft label "
        "and a large logit it loses digits.",
    ),
    Row(
        "losses.BinaryCrossentropy",
        "torch.nn.SoftMarginLoss",
        WITH_ARGUMENTS,
        "torch.nn.SoftMarginLoss()(y_pred, 2 * y_true - 1)",
        plain="torch.nn.SoftMarginLoss()(y_pred, y_true)",
        when={"from_logits": True, "label_smoothing": 0.0},
        given=f"{HARD} and (np.abs(y_pred) < 15).all()",
        remark="Labels are -1 and 1; log(1 + exp(-x)) overflows, and loses what is small.",
    ),
    Row(
        "losses.binary_crossentropy",
        "torch.nn.functional.binary_cross_entropy",
        REGION,
        f"F.binary_cross_entropy(y_pred, {SMOOTHED}, reduction='none').mean(axis)",
        when={"from_logits": False},
        region=f"{CLIPPED}; or no probability, which PyTorch refuses",
        where=IS_CLIPPED,
    ),
    Row(
        "losses.binary_crossentropy",
        "torch.nn.functional.binary_cross_entropy_with_logits",
        WITH_ARGUMENTS,
        f"F.binary_cross_entropy_with_logits(y_pred, {SMOOTHED}, reduction='none').mean(axis)",
        plain="F.binary_cross_entropy_with_logits(y_pred, y_true)",
        when={"from_logits": True},
        given=NO_CANCELLATION,
    ),
    Row(
        "losses.binary_crossentropy",
        "tf.nn.sigmoid_cross_entropy_with_logits",
        WITH_ARGUMENTS,
        f"tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels={SMOOTHED}, logits=y_pred), axis)",
        plain="tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)",
        when={"from_logits": True},
        given=NO_CANCELLATION,
    ),
    Row(
        "losses.BinaryCrossentropy",
        "sklearn.metrics.log_loss",
        REGION,
        "sklearn.metrics.log_loss(y_true, y_pred, labels=[0, 1])",
        when={"from_logits": False, "label_smoothing": 0.0, "axis": -1},
        given=f"y_true.ndim == 1 and {PROBABILITIES} and {HARD}",
        region="a probability that is clipped, less than 1.3e-7 from 0 or from 1; below 0.25 the loss of a 0",
        where="(y_pred < 1.3e-7) | (y_pred > 1 - 1.3e-7) | ((y_true == 0) & (y_pred < 0.25))",
        remark="scikit-learn clips by the eps of the predictions' dtype, 1.2e-7 in float32, and rounds 1 - p to it.",
    ),
    Row(
        "losses.CategoricalCrossentropy",
        "torch.nn.CrossEntropyLoss",
        WITH_ARGUMENTS,
        "torch.nn.CrossEntropyLoss(label_smoothing=label_smoothing)(y_pred.movedim(-1, 1), y_true.movedim(-1, 1))",
        plain="torch.nn.CrossEntropyLoss(label_smoothing=label_smoothing)(y_pred, y_true)",
        when={"from_logits": True, "axis": -1},
        given=f"y_true.ndim > 1 and {SAME_SHAPES}",
        remark=CLASSES,
    ),
    Row(
        "losses.CategoricalCrossentropy",
        "torch.nn.CrossEntropyLoss",
        REGION,
        "torch.nn.CrossEntropyLoss(label_smoothing=label_smoothing)(\n"
        "    y_pred.log().movedim(-1, 1), y_true.movedim(-1, 1))",
        when={"from_logits": False, "axis": -1},
        given=f"y_true.ndim > 1 and {SAME_SHAPES}",
        region="a share of the probabilities that is clipped",
        where="(y_pred / y_pred.sum(-1, keepdims=True) < 1.01e-7) "
        "| (y_pred / y_pred.sum(-1, keepdims=True) > 1 - 1.01e-7)",
        remark="PyTorch wants logits; of probabilities, their logarithm. Given the probabilities themselves, it takes "
        "a softmax of them, without a word.",
    ),
    Row(
        "losses.CategoricalCrossentropy",
        "torch.nn.functional.cross_entropy",
        DIFFERENT,
        "F.cross_entropy(y_pred, y_true, label_smoothing=label_smoothing)",
        when={"from_logits": False, "axis": -1},
        given=MATRIX,
        remark="The mistake itself: PyTorch takes a softmax of the probabilities. from_logits=True on our side, and no "
        "softmax in the model, make them equal.",
    ),
    Row(
        "losses.categorical_crossentropy",
        "torch.nn.functional.cross_entropy",
        WITH_ARGUMENTS,
        "F.cross_entropy(\n"
        "    y_pred.movedim(-1, 1), y_true.movedim(-1, 1), label_smoothing=label_smoothing, reduction='none')",
        plain="F.cross_entropy(y_pred, y_true)",
        when={"from_logits": True, "axis": -1},
        given=f"y_true.ndim > 1 and {SAME_SHAPES}",
        remark=CLASSES,
    ),
    Row(
        "losses.categorical_crossentropy",
        "tf.nn.softmax_cross_entropy_with_logits",
        EQUAL,
        "tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)",
        plain="tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)",
        when={"from_logits": True, "axis": -1, "label_smoothing": 0.0},
        remark="Its gradient is right for labels that sum to 1 alone.",
    ),
    Row(
        "losses.SparseCategoricalCrossentropy",
        "torch.nn.CrossEntropyLoss",
        WITH_ARGUMENTS,
        "torch.nn.CrossEntropyLoss()(y_pred.movedim(-1, 1), y_true)",
        plain="torch.nn.CrossEntropyLoss()(y_pred, y_true)",
        when={"from_logits": True, "axis": -1, "ignore_class": None},
        given=f"y_true.ndim > 0 and {LABELS}",
        remark=f"{CLASSES} A label of -100 is ignored by PyTorch without being asked.",
    ),
    Row(
        "losses.SparseCategoricalCrossentropy",
        "torch.nn.CrossEntropyLoss",
        REGION,
        "torch.nn.CrossEntropyLoss(ignore_index=ignore_class)(y_pred.movedim(-1, 1), y_true)",
        when={"from_logits": True, "axis": -1},
        kinds={"ignore_class": "int"},
        given=f"y_true.ndim > 0 and {LABELS}",
        region="labels that are all ignored",
        where="(y_true == ignore_class).all()",
        remark=f"{CLASSES} The mean of nothing is NaN in PyTorch and 0 in Keras.",
    ),
    *(
        Row(
            "losses.SparseCategoricalCrossentropy",
            "torch.nn.NLLLoss",
            REGION,
            f"torch.nn.NLLLoss({argument})((y_pred / y_pred.sum(-1, keepdim=True)).log().movedim(-1, 1), y_true)",
            when={"from_logits": False, "axis": -1, **when},
            kinds=kinds,
            made={"y_pred": "np.clip(y_pred, 0.1, 0.6) if y_true.sum() % 2 else y_pred"},
            given=f"y_true.ndim > 0 and {LABELS}",
            region=f"{CLIPPED}; or rounding: a class of more than 0.9, of which 1 - p is lost before the logarithm"
            f"{ignored}",
            where=f"{IS_CLIPPED} | (y_pred / y_pred.sum(-1, keepdims=True) > 0.9){is_ignored}",
            remark="PyTorch wants the logarithm of probabilities that sum to 1; Keras divides by their sum. " + CLASSES,
        )
        for argument, when, kinds, ignored, is_ignored in (
            ("", {"ignore_class": None}, {}, "", ""),
            (
                "ignore_index=ignore_class",
                {},
                {"ignore_class": "int"},
                "; or labels that are all ignored",
                " | (y_true == ignore_class).all()",
            ),
        )
    ),
    Row(
        "losses.sparse_categorical_crossentropy",
        "torch.nn.functional.cross_entropy",
        WITH_ARGUMENTS,
        "F.cross_entropy(y_pred.movedim(-1, 1), y_true, reduction='none')",
        plain="F.cross_entropy(y_pred, y_true)",
        when={"from_logits": True, "axis": -1, "ignore_class": None},
        given=f"y_true.ndim > 0 and {LABELS}",
        remark=CLASSES,
    ),
    Row(
        "losses.sparse_categorical_crossentropy",
        "torch.nn.functional.nll_loss",
        WITH_ARGUMENTS,
        "F.nll_loss(F.log_softmax(y_pred, -1).movedim(-1, 1), y_true, reduction='none')",
        plain="F.nll_loss(y_pred, y_true)",
        when={"from_logits": True, "axis": -1, "ignore_class": None},
        given=f"y_true.ndim > 0 and {LABELS}",
    ),
    Row(
        "losses.sparse_categorical_crossentropy",
        "tf.nn.sparse_softmax_cross_entropy_with_logits",
        EQUAL,
        "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)",
        plain="tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)",
        when={"from_logits": True, "axis": -1, "ignore_class": None},
        given=LABELS,
    ),
    Row(
        "losses.KLDivergence",
        "torch.nn.KLDivLoss",
        WITH_ARGUMENTS,
        "torch.nn.KLDivLoss(reduction='batchmean')(y_pred.clamp(1e-7, 1).log(), y_true.clamp(1e-7, 1))",
        plain="torch.nn.KLDivLoss()(y_pred, y_true)",
        given=MATRIX,
        remark="PyTorch takes the logarithm of the prediction, and its 'mean' divides by the number of classes too.",
        source="https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html",
    ),
    Row(
        "losses.kl_divergence",
        "torch.nn.functional.kl_div",
        WITH_ARGUMENTS,
        "F.kl_div(y_pred.clamp(1e-7, 1).log(), y_true.clamp(1e-7, 1), reduction='none').sum(-1)",
        plain="F.kl_div(y_pred, y_true)",
    ),
    *both(
        "BinaryFocalCrossentropy",
        "binary_focal_crossentropy",
        ("torch.nn.FocalLoss", "torch.nn.functional.sigmoid_focal_loss"),
        "loss = F.binary_cross_entropy_with_logits(y_pred, y_true, reduction='none')\n"
        "p = torch.sigmoid(y_pred)\n"
        "((1 - (y_true * p + (1 - y_true) * (1 - p))) ** gamma * loss).mean(-1)",
        "torchvision.ops.sigmoid_focal_loss has it, of logits: alpha=0.25 unless told, -1 for none; reduction='none'.",
        when={"from_logits": True, "label_smoothing": 0.0, "axis": -1, "apply_class_balancing": False},
        given="y_true.shape == y_pred.shape and (np.abs(y_pred) < 2).all()",
    ),
    *both(
        "CategoricalFocalCrossentropy",
        "categorical_focal_crossentropy",
        ("torch.nn.FocalLoss", "torch.nn.functional.focal_loss"),
        "p = torch.softmax(y_pred, -1)\n(-alpha * (1 - p) ** gamma * y_true * torch.log_softmax(y_pred, -1)).sum(-1)",
        "It is written out from a softmax.",
        when={"from_logits": True, "label_smoothing": 0.0, "axis": -1, "alpha": 0.25},
        given="y_true.shape == y_pred.shape and (np.abs(y_pred) < 2).all()",
    ),
    *both(
        "CategoricalGeneralizedCrossEntropy",
        "categorical_generalized_cross_entropy",
        ("torch.nn.GeneralizedCrossEntropyLoss", "torch.nn.functional.generalized_cross_entropy"),
        "(1 - y_pred.gather(-1, y_true[..., None])[..., 0] ** q) / q",
        "It is written out; where p is near 1 and q is small, 1 - p ** q cancels.",
        when={"q": 0.5},
        given=f"{LABELS} and (0 <= y_pred).all() and (y_pred < 0.75).all()",
    ),
    # Directions
    Row(
        "losses.CosineSimilarity",
        "torch.nn.CosineSimilarity",
        REGION,
        "-torch.nn.CosineSimilarity(dim=axis)(y_true, y_pred).mean()",
        region="a vector shorter than 1e-7, or one of 1e-8 and less in PyTorch",
        where="(np.sqrt((y_true**2).sum(axis)) < 1.01e-7) | (np.sqrt((y_pred**2).sum(axis)) < 1.01e-7)",
        remark="The loss is minus the similarity. PyTorch's default axis is 1.",
    ),
    Row(
        "losses.cosine_similarity",
        "torch.nn.functional.cosine_similarity",
        REGION,
        "-F.cosine_similarity(y_true, y_pred, dim=axis)",
        region="a vector shorter than 1e-7, or one of 1e-8 and less in PyTorch",
        where="(np.sqrt((y_true**2).sum(axis)) < 1.01e-7) | (np.sqrt((y_pred**2).sum(axis)) < 1.01e-7)",
    ),
    Row(
        "losses.CosineSimilarity",
        "torch.nn.CosineEmbeddingLoss",
        DIFFERENT,
        "torch.nn.CosineEmbeddingLoss()(y_pred, y_true, torch.ones(len(y_true)))",
        when={"axis": -1},
        given=MATRIX,
        remark="1 minus the similarity of pairs that belong together, and a margin for the others.",
    ),
    *(
        nothing(
            ours,
            ("torch.nn.CircleLoss", "torch.nn.functional.circle_loss"),
            "",
            "pytorch-metric-learning has a CircleLoss, of pairs that a miner chooses.",
        )
        for ours in ("losses.Circle", "losses.circle")
    ),
    # Margins
    *both(
        "Hinge",
        "hinge",
        ("torch.nn.HingeLoss", "torch.nn.functional.hinge_loss"),
        f"{SIGNS}torch.relu(1 - sign * y_pred).mean(-1)",
        "It is written out. torch.nn.HingeEmbeddingLoss is another function.",
    ),
    Row(
        "losses.Hinge",
        "torch.nn.HingeEmbeddingLoss",
        DIFFERENT,
        f"{SIGNS}torch.nn.HingeEmbeddingLoss()(y_pred, sign)",
        given=HARD,
        remark="For distances: x where the label is 1, max(0, margin - x) where it is -1.",
    ),
    *both(
        "SquaredHinge",
        "squared_hinge",
        ("torch.nn.SquaredHingeLoss", "torch.nn.functional.squared_hinge_loss"),
        f"{SIGNS}torch.relu(1 - sign * y_pred).square().mean(-1)",
        "It is written out.",
    ),
    *both(
        "CategoricalHinge",
        "categorical_hinge",
        ("torch.nn.CategoricalHingeLoss", "torch.nn.functional.categorical_hinge_loss"),
        "torch.relu(((1 - y_true) * y_pred).amax(-1) - (y_true * y_pred).sum(-1) + 1)",
        "torch.nn.MultiMarginLoss adds up all classes that come near, and divides by their number.",
        given="y_true.shape == y_pred.shape and (np.abs(y_pred) < 1e6).all()",
    ),
    Row(
        "losses.CategoricalHinge",
        "torch.nn.MultiMarginLoss",
        DIFFERENT,
        "torch.nn.MultiMarginLoss()(y_pred, y_true.argmax(-1))",
        given=f"{MATRIX} and {HARD} and (y_true.sum(-1) == 1).all() and y_true.shape[-1] > 1",
        remark="It adds up all classes that come near, and divides by the number of classes.",
    ),
    # Overlap
    *both(
        "Dice",
        "dice",
        ("torch.nn.DiceLoss", "torch.nn.functional.dice_loss"),
        "1 - 2 * (y_true * y_pred).sum() / (y_true.sum() + y_pred.sum() + 1e-7)",
        "torchmetrics.segmentation.DiceScore is of class numbers, not of probabilities; monai and "
        "segmentation-models-pytorch have losses with constants of their own.",
        when={"axis": None},
        given=PROBABILITIES,
    ),
    *both(
        "Tversky",
        "tversky",
        ("torch.nn.TverskyLoss", "torch.nn.functional.tversky_loss"),
        "tp = (y_true * y_pred).sum()\n"
        "fp, fn = ((1 - y_true) * y_pred).sum(), (y_true * (1 - y_pred)).sum()\n"
        "1 - tp / (tp + alpha * fp + beta * fn + 1e-7)",
        "alpha weighs false positives here, as in the paper; other packages swap the two.",
        when={"axis": None},
        given=PROBABILITIES,
    ),
    # Sequences
    *(
        Row(
            ours,
            theirs,
            WITH_ARGUMENTS,
            LENGTHS + call,
            plain=LENGTHS + plain,
            given=FILLED_UP,
            remark="The blank is class 0 in both. PyTorch wants log-probabilities, steps first, and the lengths; its "
            "mean divides each loss by the number of its labels.",
        )
        for ours, theirs, call, plain in (
            (
                "losses.CTC",
                "torch.nn.CTCLoss",
                "torch.nn.CTCLoss(reduction='none')(log_p, y_true, steps, lengths).mean()",
                "torch.nn.CTCLoss()(log_p, y_true, steps, lengths)",
            ),
            (
                "losses.ctc",
                "torch.nn.functional.ctc_loss",
                "F.ctc_loss(log_p, y_true, steps, lengths, reduction='none')",
                "F.ctc_loss(log_p, y_true, steps, lengths)",
            ),
        )
    ),
)
