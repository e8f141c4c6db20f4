"""The JSON Schema of configs: fresh, true of every config that is written, and closed."""

import copy
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
torchimpl = pytest.importorskip("torchimpl")

from parity.cli import main  # noqa: E402
from parity.registry import entries  # noqa: E402

PATH = Path(__file__).parent.parent / "docs" / "config.schema.json"
OBJECTS = [entry for entry in entries() if entry.is_class]


@pytest.fixture(scope="module")
def validate():
    """The committed schema as a function, which raises JsonSchemaException."""
    return pytest.importorskip("fastjsonschema").compile(json.loads(PATH.read_text()), use_default=False)


def test_the_committed_file_is_what_the_constructors_take():
    done = CliRunner().invoke(main, ["schema"])
    assert done.exit_code == 0, done.output
    assert PATH.read_text() == done.output, "stale: parity schema --out docs/config.schema.json"


def written(entry, config):
    family = getattr(torchimpl, entry.module)
    arguments = dict(config)
    if "fn" in arguments:
        arguments["fn"] = getattr(torchimpl.losses, arguments["fn"])
    return json.loads(json.dumps(family.serialize(getattr(family, entry.title)(**arguments))))


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.sampled_from(OBJECTS).flatmap(lambda entry: st.tuples(st.just(entry), entry.config)))
def test_every_config_that_is_written_is_valid(validate, drawn):
    entry, config = drawn
    config = {**entry.required, **config}
    validate(written(entry, config))


NUMBERS = (0, 1, 2, 3, -1, -2, 0.25, 0.5, 1.5, -0.5, 2.5, 1e-7, 1e38, float("inf"), float("-inf"), float("nan"))
NAMES = (
    *("", "mean", "sum", "none", "auto", "float16", "bfloat16", "float64", "mixed_float16", "int64", "a/b", "huber"),
    *("fan_in", "fan_out", "fan_avg", "normal", "uniform", "hann", "ROC", "PR", "majoring", "minoring"),
    *("micro", "macro", "weighted", "uniform_average", "variance_weighted_average"),
)
LISTS = (
    [],
    [0],
    [1],
    [0, 1],
    [0.25],
    [0.5, 1.0],
    [1.5, -2],
    [True, False],
    [[1, 2], [3, 4]],
    [[[0.5]]],
    [float("inf")],
)
GENERATOR = {"module": "keras.random", "class_name": "SeedGenerator", "config": {"seed": 3}, "registered_name": None}
IN_JSON = (None, True, False, *NUMBERS, *NAMES, *LISTS, GENERATOR)
IN_PYTHON = (
    *(np.True_, np.int64(2), np.float16(0.5), np.float32(0.25), np.float64(2), np.array(0.5), torch.tensor(0.5)),
    *(
        (0, 1),
        (0.25, 0.5),
        ((1.0,), (2.0,)),
        range(2),
        {0, 1},
        np.array([0, 1]),
        np.array([0.25, 0.5]),
        np.array([True]),
    ),
    *(np.eye(2), np.zeros((0,)), torch.tensor([0.5, 1.0]), torch.eye(2), torch.float64, np.dtype("float16")),
    *(torchimpl.SeedGenerator(3), torchimpl.SeedGenerator(None)),
)
# As fn; a SeedGenerator can be called too, and is no function of samples.
FUNCTIONS = (
    *(torchimpl.losses.huber, torchimpl.metrics.binary_accuracy, torchimpl.custom.huber_fn),
    *(torchimpl.losses.Huber(0.2), torchimpl.custom.HuberLoss(0.2)),
)
# What Keras writes, and what is written of it is another name.
OF_KERAS = {"reduction": ("auto",), "dtype": ("mixed_float16", "int64")}


def arguments_of(entry):
    return torchimpl._config.constructor_arguments(getattr(getattr(torchimpl, entry.module), entry.title))


@pytest.mark.parametrize("entry", OBJECTS, ids=lambda entry: entry.name)
def test_whatever_a_constructor_takes_is_written_as_the_schema_says(validate, entry):
    taken = 0
    flags = [{}, *({key: True} for key, known in arguments_of(entry).items() if known.default is False)]
    for key, flag in itertools.product(arguments_of(entry), flags):
        for value in FUNCTIONS if key == "fn" else (*IN_JSON, *IN_PYTHON):
            family = getattr(torchimpl, entry.module)
            arguments = {**entry.required, **flag, key: value}
            if isinstance(arguments.get("fn"), str):
                arguments["fn"] = getattr(torchimpl.losses, arguments["fn"])
            try:
                item = getattr(family, entry.title)(**arguments)
            except (TypeError, ValueError):
                continue
            validate(json.loads(json.dumps(family.serialize(item))))
            taken += 1
    assert taken or not arguments_of(entry)


@pytest.mark.parametrize("entry", OBJECTS, ids=lambda entry: entry.name)
def test_whatever_is_read_the_schema_takes(validate, entry):
    right = written(entry, entry.required)
    for key in arguments_of(entry):
        for value in IN_JSON:
            config = {**right, "config": {**right["config"], key: value}}
            try:
                getattr(torchimpl, entry.module).deserialize(config)
            except ValueError:
                continue
            if value not in OF_KERAS.get(key, ()):
                validate(config)


@pytest.mark.parametrize(
    "named", ["train/loss", "a/b/c", "..a", "../up", "a//b", "a/.", "..", "/a", "a/", "a\\b", "", "é"]
)
@pytest.mark.parametrize("component", ["losses.Huber", "metrics.Mean"])
def test_the_schema_takes_the_names_that_constructors_take(validate, component, named):
    import fastjsonschema

    module, _, title = component.partition(".")
    config = {"module": f"torchimpl.{module}", "class_name": title, "config": {"name": named}, "registered_name": None}
    try:
        getattr(torchimpl, module).deserialize(config)
    except ValueError:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate(config)
    else:
        validate(config)


@pytest.mark.parametrize("entry", OBJECTS, ids=lambda entry: entry.name)
def test_the_schema_is_closed(validate, entry):
    import fastjsonschema

    right = written(entry, entry.required)
    validate(right)
    wrongs = [{**right, "shared_object_id": 1}, {**right, "class_name": "Nothing"}, {**right, "module": "keras.utils"}]
    for key in (*right["config"], "unknown"):
        if key == "unknown" and entry.title == "MeanMetricWrapper":
            continue  # whose further arguments are those of a function
        wrongs.append(copy.deepcopy(right))
        wrongs[-1]["config"][key] = {"class_name": "__lambda__", "config": {"value": "4wEAAA=="}}
    for wrong in wrongs:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate(wrong)


def test_names_functions_and_objects_of_ones_own_are_valid(validate):
    function = {"module": "builtins", "class_name": "function", "config": "vision>half", "registered_name": "function"}
    own = {
        "module": "__main__",
        "class_name": "Pinball",
        "config": {"x": function},
        "registered_name": "vision>Pinball",
    }
    for right in ("huber", function, own, {**own, "registered_name": "Pinball"}):
        validate(right)
