"""Changes that change nothing a user could see, each with its argument.

A key is module and function, the expression before, and after, whatever the line.
"""

ORDER = "the larger of two numbers, in whichever order they stand: neither is a NaN"
UNCALLED = "tfimpl does not call it, for Keras names its objects itself; the file stands unchanged in both packages"
NO_SUCH_KIND = "a kind is one letter, and none of NumPy's is x"
CONTINUOUS = "the two pieces meet: both are 0.25 at 0.5"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("tfimpl.initializers.random:VarianceScaling.draw", "max(1.0, fan)", "max(fan, 1.0)"): ORDER,
    ("torchimpl.initializers.random:VarianceScaling.draw", "max(1.0, fan)", "max(fan, 1.0)"): ORDER,
    ("tfimpl.initializers.random:Orthogonal.draw", "max(rows, columns)", "max(columns, rows)"): ORDER,
    ("torchimpl.initializers.random:Orthogonal.draw", "max(rows, columns)", "max(columns, rows)"): ORDER,
    ("tfimpl.initializers._fans:check_value", "'biuf'", "'biufx'"): NO_SUCH_KIND,
    ("torchimpl.initializers._fans:check_value", "'biuf'", "'biufx'"): NO_SUCH_KIND,
    ("tfimpl.initializers._windows:parzen", "size <= 0.5", "size < 0.5"): CONTINUOUS,
    ("torchimpl.initializers._windows:parzen", "size <= 0.5", "size < 0.5"): CONTINUOUS,
    ("tfimpl._config:snake_case", "'(.)([A-Z][a-z]+)'", "'(.)([A-Z][a-z]+)x'"): UNCALLED,
    ("tfimpl._config:snake_case", "'([a-z])([A-Z])'", "'([a-z])([A-Z])x'"): UNCALLED,
}
