"""The JSON Schema of configs: fresh, true of every config that is written, and closed."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

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
