"""The checks of a user's own pair; nothing of it speaks of the packages or the registry.

`pairs` has what is called: check, check_metric, compare, pair. `given` are the kinds of inputs, `witness` calls one
side in its framework, `examination` judges one case stage by stage, `budget` derives what rounding may do to it,
`hints` looks for the cause. `settings` and `pytest_plugin` import nothing heavy; `starting_file` is what `parity init`
copies.
"""
