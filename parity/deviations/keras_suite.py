"""The tests of Keras's own suite that fail with tfimpl's objects, each with the wanted difference that it is about."""

WORDS = "the same error, in words of ours: what was received, what was expected, how to mend it"
BASE = "a base class does nothing, and says so when it is called"
JAX = "a test of another backend, which pytest would skip"
DTYPE = "a loss's config keeps its dtype: see the deviation `a loss forgets its dtype`"
TVERSKY = "alpha and beta are the documented ones: see the deviations of Tversky"
AXIS = "classes on any axis: Keras on TensorFlow refuses all but the last"
ENUM = "the curve is kept as the string that the config holds"
GIVEN = "the attribute holds the thresholds that were given; the frame around them is the metric's own"
NEGATIVE = "a negative weight is taken as it is; see the deviations of AUC"
WHOLE = "a whole number is a number"
PRIVATE = "calls a private method of Keras's"
INT = "an integer dtype stands for the default one: a mean has a fraction"
WARN = "weights keep their fractions, so that there is nothing to warn of: see `weights of a confusion matrix`"
IGNORED = "see the deviation `samples of the class that is ignored`"
SAMPLES = "see the deviation `the number of samples`"
SHAPES = "shapes that differ in more than a last axis of size 1 are an error"
STATE = "makes a second state under the name of the first"

EXPECTED: dict[str, dict[str, str]] = {
    "accuracy_metrics_test": {
        "SparseCategoricalAccuracyTest.test_reshape_matches": SHAPES,
    },
    "confusion_metrics_test": {
        "AUCTest.test_config": ENUM,
        "AUCTest.test_config_manual_thresholds": GIVEN,
        "AUCTest.test_manual_thresholds": GIVEN,
        "MultiAUCTest.test_manual_thresholds": GIVEN,
        "AUCTest.test_invalid_curve": WORDS,
        "AUCTest.test_invalid_num_thresholds": WORDS,
        "AUCTest.test_invalid_summation_method": WORDS,
        "FalseNegativesTest.test_threshold_limit": WORDS,
        "FalsePositivesTest.test_threshold_limit": WORDS,
        "PrecisionAtRecallTest.test_invalid_num_thresholds": WORDS,
        "PrecisionAtRecallTest.test_invalid_sensitivity": WORDS,
        "PrecisionTest.test_unweighted_class_id_should_throw_error_1d": WORDS,
        "RecallAtPrecisionTest.test_invalid_num_thresholds": WORDS,
        "RecallAtPrecisionTest.test_invalid_sensitivity": WORDS,
        "RecallTest.test_unweighted_class_id_should_throw_error_1d": WORDS,
        "SensitivityAtSpecificityTest.test_invalid_num_thresholds": WORDS,
        "SensitivityAtSpecificityTest.test_invalid_specificity": WORDS,
        "SpecificityAtSensitivityTest.test_invalid_num_thresholds": WORDS,
        "SpecificityAtSensitivityTest.test_invalid_sensitivity": WORDS,
        "TrueNegativesTest.test_threshold_limit": WORDS,
        "TruePositiveTest.test_threshold_limit": WORDS,
        "AUCTest.test_weighted_pr_interpolation_negative_weights": NEGATIVE,
    },
    "constraints_test": {
        "ConstraintsTest.test_default_constraint_call": BASE,
    },
    "f_score_metrics_test": {
        "FBetaScoreTest.test_beta_integer_type_raises_value_error": WHOLE,
        "FBetaScoreTest.test_threshold_not_float_raises_value_error": WHOLE,
        "FBetaScoreTest.test_beta_negative_half_raises_value_error": WORDS,
        "FBetaScoreTest.test_beta_negative_one_raises_value_error": WORDS,
        "FBetaScoreTest.test_beta_none_type_raises_value_error": WORDS,
        "FBetaScoreTest.test_beta_string_type_raises_value_error": WORDS,
        "FBetaScoreTest.test_beta_zero_raises_value_error": WORDS,
        "FBetaScoreTest.test_invalid_average_raises_value_error": WORDS,
        "FBetaScoreTest.test_threshold_above_one_raises_value_error": WORDS,
        "FBetaScoreTest.test_threshold_negative_raises_value_error": WORDS,
        "FBetaScoreTest.test_threshold_string_raises_value_error": WORDS,
        "FBetaScoreTest.test_threshold_zero_raises_value_error": WORDS,
        "FBetaScoreTest.test_non_2d_input_shapes_raises_value_error": PRIVATE,
        "FBetaScoreTest.test_undefined_output_dim_raises_value_error": PRIVATE,
    },
    "hinge_metrics_test": {
        "CategoricalHingeTest.test_config": INT,
        "HingeTest.test_config": INT,
        "SquaredHingeTest.test_config": INT,
    },
    "initializer_test": {
        "InitializersLayoutTest.test_initializer_with_data_parallel_layout": JAX,
        "InitializersLayoutTest.test_initializer_with_model_parallel_layout": JAX,
    },
    "iou_metrics_test": {
        "MeanIoUTest.test_big_chunk": STATE,
        "MeanIoUTest.test_user_warning_float_weight": WARN,
    },
    "loss_test": {
        "LossTest.test_reduction": WORDS,
    },
    "losses_test": {
        "CategoricalHingeTest.test_unweighted": WORDS,
        "HingeTest.test_unweighted": WORDS,
        "SquaredHingeTest.test_unweighted": WORDS,
        "CosineSimilarityTest.test_config": DTYPE,
        "HuberLossTest.test_config": DTYPE,
        "LogCoshTest.test_config": DTYPE,
        "TverskyTest.test_binary_segmentation_custom_coefficients": TVERSKY,
        "TverskyTest.test_binary_segmentation_custom_coefficients_with_axis": TVERSKY,
        "TverskyTest.test_correctness_custom_coefficients": TVERSKY,
        "SparseCategoricalCrossentropyTest.test_binary_segmentation_different_axis": AXIS,
        "SparseCategoricalCrossentropyTest.test_multi_class_segmentation_different_axis": AXIS,
    },
    "probabilistic_metrics_test": {
        "KLDivergenceTest.test_config": INT,
        "SparseCategoricalCrossentropyTest.test_ignore_class": IGNORED,
        "SparseCategoricalCrossentropyTest.test_ignore_class_from_logits": IGNORED,
    },
    "random_initializers_test": {
        "RandomInitializersTest.test_variance_scaling_invalid_distribution": WORDS,
        "RandomInitializersTest.test_variance_scaling_invalid_mode": WORDS,
        "RandomInitializersTest.test_variance_scaling_invalid_scale": WORDS,
    },
    "regression_metrics_test": {
        "CosineSimilarityTest.test_config": INT,
        "LogCoshErrorTest.test_config": INT,
        "MeanAbsoluteErrorTest.test_config": INT,
        "MeanAbsolutePercentageErrorTest.test_config": INT,
        "MeanSquaredLogarithmicErrorTest.test_config": INT,
        "RootMeanSquaredErrorTest.test_config": INT,
        "R2ScoreTest.test_errors": WORDS,
        "R2ScoreTest.test_r2_tfa_comparison1 (None, 1, [0.054920673, -10.241904, -0.7382858])": SAMPLES,
        "R2ScoreTest.test_r2_tfa_comparison2 (None, 2, [-0.10259259, -12.115555, -1.0280001])": SAMPLES,
        "R2ScoreTest.test_r2_tfa_comparison4 ('uniform_average', 1, -3.641756534576416)": SAMPLES,
        "R2ScoreTest.test_r2_tfa_comparison5 ('uniform_average', 2, -4.415382385253906)": SAMPLES,
        "R2ScoreTest.test_r2_tfa_comparison7 ('variance_weighted_average', 1, -1.7097399234771729)": SAMPLES,
        "R2ScoreTest.test_r2_tfa_comparison8 ('variance_weighted_average', 2, -2.161363363265991)": SAMPLES,
    },
    "regularizers_test": {
        "RegularizersTest.test_orthogonal_regularizer_input_rank_validation": WORDS,
        "RegularizersTest.test_orthogonal_regularizer_mode_validation": WORDS,
    },
}
