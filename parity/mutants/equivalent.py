"""Changes that change nothing a user could see, each with its argument.

A key is module and function, the expression before, and after, whatever the line; where several are alike, what it is
in comes after that.
"""

from parity.mutants.sources import PACKAGES

ORDER = "the larger or smaller of two numbers, in whichever order they stand; where Python chooses, neither is a NaN"
ODD_OR_EVEN = "minus 1 to the power of a number, which two less or more does not change"
NOTHING_VARIES = (
    "where all is 0 a correlation is 0 / 0, NaN, by whichever of 0 and a small number it was divided before"
)
WHOLE_TURN = "the argument of the cosine or sine differs by a whole turn, in float64"
ONE_OR_NAN = "to divide by 1 or by NaN is to multiply by it"
EITHER_FORM = "between 1 and 2 both forms are good to the rounding of the result"
ABOVE_0 = "what lies above 0 is not taken from here, and its derivative is finite and multiplied by 0"
NO_AXES = "a number has no axes, whichever it is"
SHIFTED = "a softmax does not depend on what is subtracted: its derivative with respect to that is 0"
SIGN = "to divide by 1 or -1 is to multiply by it, and no diagonal of a random matrix is 0"
TWO_SUM = "the sum of two numbers and what its rounding took away are the same in whichever order they stand"
MEET_AT_1 = "the two pieces meet: both are 1 at 0.5"
UNCALLED = "tfimpl does not call it, for Keras names its objects itself; the file stands unchanged in both packages"
NO_SUCH_KIND = "a kind is one letter, and none of NumPy's is x"
EXACT = "0 and 1 are the same in every dtype, and what is added up is cast to that of the weights"
THE_DEFAULT = "strict=False is what zip does by itself"
SHAPES_ALIKE = "two shapes are alike in whichever order they stand"
FAR_OUT = "any bound will do from which on b changes nothing in the root"
FAR_ABOVE = "from 37 on softplus is its argument in float64, whichever of the two is returned"
ITS_NAME = "the layout was looked at before: no error says the name"
A_PAIR = "it is taken apart, and a list is as good for that"
ANY_PART = "parts of any size will do, as long as a part's hits stay below 2**24"
TIMES_0 = "up to -3 it is multiplied by 0, with the derivative 0: any bound will do there, and any number"
ONE_BY_ONE = "a number is then looked at as all else is, which finds the same and takes longer"
SLICED_ALIKE = "PyTorch's shapes are tuples, which are sliced and unpacked as lists are; those of TensorFlow are not"
SEARCHED = "where a prediction lies is then searched and not computed, which finds the same"
REFUSED_LATER = "an array of text is refused all the same, after NumPy has made it"
AN_ARRAY_OF_ONE = "NumPy makes an array of 64 bits of such a number, which is written as that number"
FAR_ENOUGH = "any bound will do from which cosh is half an exponential to the last digit, and up to which it is finite"
OF_BOTH_SIGNS = "what is centred has a positive number of at least the largest size over how many there are"
ANY_BOUND = "a loss is that of a path, or 1e30 less what its steps add: any bound between will do"
ALIKE = "two numbers are equal in whichever order they stand"
MEET_IN_SLOPE = "the two pieces meet: at 1 both are 1, and so are their derivatives"
CONTINUOUS = "the two pieces meet: both are 0.25 at 0.5"
OUT_OF_REACH = "what is 1 below the largest, or more, is outside of the support: any bound from there on will do"
ALL_OR_NONE = "where two labels differ, each sample has one that differs from its own; else none has"
IN_FLOAT64 = "a sum is then added up in float64, whether it is long or not"
ONLY_SLOWER = "nothing is known then, and the formula for any numbers is taken, which computes the same"
GATE_IS_EXP = "any bound will do below which a gate is exp(x) to the last digit, and no subnormal number"
MASKED = "what is put there is not taken, and its derivative is finite and multiplied by 0"
SCALED_BACK = "a norm does not depend on what the numbers are divided by before and multiplied by after"
EVEN = "the error enters by its size alone, and each of the two gets the derivative with respect to itself"


def both(place: str, *change: str, reason: str) -> dict[tuple[str, ...], str]:
    """A change of both packages, in the same place."""
    return {(f"{package}.{place}", *change): reason for package in PACKAGES}


EQUIVALENT: dict[tuple[str, ...], str] = {
    **both("initializers.random:VarianceScaling.draw", "max(1.0, fan)", "max(fan, 1.0)", reason=ORDER),
    **both("initializers.random:Orthogonal.draw", "max(rows, columns)", "max(columns, rows)", reason=ORDER),
    **both("initializers._fans:check_value", "'biuf'", "'biufx'", reason=NO_SUCH_KIND),
    **both("initializers._windows:taylor", "m + 1", "m - 1", reason=ODD_OR_EVEN),
    (
        "torchimpl.metrics.correlation:size_of",
        "torch.clamp(torch.amax(torch.abs(x.detach()), axis, keepdim=True), min=torch.finfo(x.dtype).tiny)",
        "torch.amax(torch.abs(x.detach()), axis, keepdim=True)",
    ): NOTHING_VARIES,
    **both("initializers._windows:tukey", "2 * size - 1", "2 * size + 1", reason=WHOLE_TURN),
    **both("initializers._windows:tukey", "size <= 0.5", "size < 0.5", reason=MEET_AT_1),
    **both(
        "initializers.constants:STFT.draw",
        "(np.outer(np.arange(length), np.arange(bins)) + bins - 1) % (2 * (bins - 1)) - (bins - 1)",
        "(np.outer(np.arange(length), np.arange(bins)) + bins - 1) % (2 * (bins - 1)) + (bins - 1)",
        reason=WHOLE_TURN,
    ),
    **both("initializers._windows:parzen", "size <= 0.5", "size < 0.5", reason=CONTINUOUS),
    (
        "tfimpl._tensors:nan_unless",
        "losses * tf.where(known, tf.constant(1, losses.dtype), tf.constant(math.nan, losses.dtype))",
        "losses / tf.where(known, tf.constant(1, losses.dtype), tf.constant(math.nan, losses.dtype))",
    ): ONE_OR_NAN,
    (
        "torchimpl._tensors:nan_unless",
        "losses * torch.where(known, 1, torch.nan)",
        "losses / torch.where(known, 1, torch.nan)",
    ): ONE_OR_NAN,
    **both("losses.sequence:ctc", "2", "3", "-IMPOSSIBLE / 2", reason=ANY_BOUND),
    (
        "tfimpl.metrics.accuracy:_equal",
        "tf.equal(tf.cast(y_true, tf.int64), tf.cast(y_pred, tf.int64))",
        "tf.equal(tf.cast(y_pred, tf.int64), tf.cast(y_true, tf.int64))",
    ): ALIKE,
    **both("_limits:_check", "type(item)", "item", reason=ONE_BY_ONE),
    ("torchimpl._config:match_shapes", "list(first)", "first"): SLICED_ALIKE,
    ("torchimpl._config:match_shapes", "list(second)", "second"): SLICED_ALIKE,
    (
        "tfimpl.metrics.curve:AUC.update_state",
        "count_decisions(y_true, y_pred, self._cutoffs, weights, self.multi_label, even=self._even)",
        "count_decisions(y_true, y_pred, self._cutoffs, weights, self.multi_label)",
    ): SEARCHED,
    (
        "torchimpl.metrics.curve:AUC.update_state",
        "count_decisions(y_true, y_pred, cutoffs, weights, self.multi_label, even=self._even)",
        "count_decisions(y_true, y_pred, cutoffs, weights, self.multi_label)",
    ): SEARCHED,
    ("torchimpl.losses.regression:", "40", "41"): FAR_ENOUGH,
    ("tfimpl.metrics.correlation:_concordance_correlation", "tf.abs(y_pred)", "y_pred"): OF_BOTH_SIGNS,
    ("torchimpl.metrics.correlation:_concordance", "torch.abs(y_pred)", "y_pred"): OF_BOTH_SIGNS,
    **both(
        "metrics.curve:AUC.__init__",
        "even_between(thresholds, self.dtype)",
        "even_between(self.dtype, thresholds)",
        reason=SEARCHED,
    ),
    ("torchimpl.activations:sparse_plus", "wide < 1", "wide <= 1"): MEET_IN_SLOPE,
    ("torchimpl.losses.regression:log_cosh", "1", "2"): EITHER_FORM,
    ("tfimpl.activations:_expm1_below.function", "0", "1"): ABOVE_0,
    **both("metrics.regression:R2Score._build_like", "0", "1", reason=NO_AXES),
    **both(
        "metrics._pairs:multiply",
        "exact_sum(product, lost + (x[0] * y[1] + x[1] * y[0]))",
        "exact_sum(lost + (x[0] * y[1] + x[1] * y[0]), product)",
        reason=TWO_SUM,
    ),
    **both(
        "initializers._fans:check_value",
        "SMALLEST <= value <= LARGEST",
        "SMALLEST < value <= LARGEST",
        reason=AN_ARRAY_OF_ONE,
    ),
    **both(
        "initializers._fans:check_value",
        "SMALLEST <= value <= LARGEST",
        "SMALLEST <= value < LARGEST",
        reason=AN_ARRAY_OF_ONE,
    ),
    **both("initializers._fans:check_value", "raise TypeError", "pass", reason=REFUSED_LATER),
    **both(
        "metrics._pairs:divide_no_nan",
        "exact_sum(quotient, _divide_no_nan(rest[0], y[0]))",
        "exact_sum(_divide_no_nan(rest[0], y[0]), quotient)",
        reason=TWO_SUM,
    ),
    **both(
        "metrics.regression:R2Score._from_keras",
        "max(len(state['squared_sum']), 1)",
        "max(1, len(state['squared_sum']))",
        reason=ORDER,
    ),
    **both(
        "metrics._pairs:add",
        "exact_sum(total, lost + (x[1] + y[1]))",
        "exact_sum(lost + (x[1] + y[1]), total)",
        reason=TWO_SUM,
    ),
    ("tfimpl.losses.overlap:dice", "is_long(y_pred.shape, axis)", "y_pred.shape"): IN_FLOAT64,
    **both(
        "metrics.regression:_paired",
        "pairs.exact_sum(sums, parts)",
        "pairs.exact_sum(parts, sums)",
        reason=TWO_SUM,
    ),
    (
        "torchimpl.regularizers:OrthogonalRegularizer.__call__",
        "torch.eye(count, dtype=wide.dtype, device=wide.device)",
        "torch.eye(count, device=wide.device)",
    ): EXACT,
    **both(
        "initializers._fans:check_fit",
        "zip(value.shape[::-1], tuple(shape)[::-1], strict=False)",
        "zip(value.shape[::-1], tuple(shape)[::-1])",
        reason=THE_DEFAULT,
    ),
    (
        "tfimpl._tensors:same_shape",
        "tf.debugging.assert_equal(tf.shape(y_true), tf.shape(y_pred), f'{owner}: shapes of y_true and y_pred')",
        "tf.debugging.assert_equal(tf.shape(y_pred), tf.shape(y_true), f'{owner}: shapes of y_true and y_pred')",
    ): SHAPES_ALIKE,
    (
        "tfimpl._tensors:_log_softmax.log_p_of",
        "tf.stop_gradient(tf.reduce_max(x, axis, keepdims=True))",
        "tf.reduce_max(x, axis, keepdims=True)",
    ): SHIFTED,
    (
        "tfimpl._tensors:softmax.p_of",
        "tf.stop_gradient(tf.reduce_max(x, axis, keepdims=True))",
        "tf.reduce_max(x, axis, keepdims=True)",
    ): SHIFTED,
    (
        "tfimpl.initializers.random:Orthogonal.draw",
        "q *= tf.sign(tf.linalg.diag_part(r))",
        "q /= tf.sign(tf.linalg.diag_part(r))",
    ): SIGN,
    (
        "torchimpl.initializers.random:Orthogonal.draw",
        "q *= torch.sign(torch.diagonal(r))",
        "q /= torch.sign(torch.diagonal(r))",
    ): SIGN,
    ("torchimpl.constraints:constrain.project", "'constrain'", "'constrainx'"): ITS_NAME,
    (
        "torchimpl.initializers.base:RandomInitializer.next_seed",
        "tuple(self.seed.next().tolist())",
        "self.seed.next().tolist()",
    ): A_PAIR,
    ("torchimpl._tensors:", "2", "3"): ANY_PART,
    ("torchimpl.activations:squareplus", "2.0", "2.04"): FAR_OUT,
    ("tfimpl.activations:sparsemax", "tf.stop_gradient(shifted)", "shifted"): "what is sorted is compared, and no more",
    (
        "tfimpl.losses.overlap:dice",
        "_dice(y_true, y_pred, axis=hashable(axis), long=is_long(y_pred.shape, axis))",
        "_dice(y_pred, y_true, axis=hashable(axis), long=is_long(y_pred.shape, axis))",
    ): "the two are multiplied and added, and each keeps its derivative",
    ("tfimpl._tensors:clip.clipped", "tf.equal(y, x)", "tf.equal(x, y)"): ALIKE,
    (
        "tfimpl._tensors:norm_along",
        "tf.stop_gradient(tf.reduce_max(tf.abs(x), axis, keepdims=True))",
        "tf.reduce_max(tf.abs(x), axis, keepdims=True)",
    ): SCALED_BACK,
    (
        "torchimpl.losses.regression:mean_squared_logarithmic_error",
        "torch.minimum(y_true, y_pred)",
        "torch.minimum(y_pred, y_true)",
    ): ORDER,
    ("torchimpl.activations:hard_silu", "3", "4", "-3"): TIMES_0,
    ("torchimpl.activations:softplus", "40", "41"): FAR_ABOVE,
    ("torchimpl.custom:my_softplus", "40", "41"): FAR_ABOVE,
    ("torchimpl.losses.classification:_of_logits", "40", "41"): FAR_ABOVE,
    ("torchimpl.losses.similarity:circle", "40", "41"): FAR_ABOVE,
    ("tfimpl._config:snake_case", "'(.)([A-Z][a-z]+)'", "'(.)([A-Z][a-z]+)x'"): UNCALLED,
    ("tfimpl._config:snake_case", "'([a-z])([A-Z])'", "'([a-z])([A-Z])x'"): UNCALLED,
    **both("activations:sparsemax", "1.0", "1.02", reason=OUT_OF_REACH),
    (
        "tfimpl.losses.similarity:Circle._counted",
        "tf.reduce_any(negative, axis=1)",
        "tf.reduce_any(negative)",
    ): ALL_OR_NONE,
    ("torchimpl.losses.classification:SparseCategoricalCrossentropy._mean_of_logits", "1", "2", ":1"): ONLY_SLOWER,
    **both("activations:", "40", "41", reason=GATE_IS_EXP),
    (
        "torchimpl.losses.classification:categorical_generalized_cross_entropy",
        "1",
        "2",
        "torch.where(possible, p, 1)",
    ): MASKED,
    (
        "tfimpl.losses.classification:_categorical_generalized_cross_entropy",
        "1",
        "2",
        "tf.where(possible, p, 1)",
    ): MASKED,
    (
        "tfimpl.losses.regression:huber",
        "_huber(y_true, y_pred, numbers=(delta,), long=is_long(y_pred.shape, -1))",
        "_huber(y_pred, y_true, numbers=(delta,), long=is_long(y_pred.shape, -1))",
    ): EVEN,
}
