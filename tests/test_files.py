"""Files of torchimpl: everything comes back, saving is all or nothing, and what is no such file is refused."""

import io
import json
import os
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

import torchimpl  # noqa: E402
from torchimpl import files  # noqa: E402
from torchimpl.files import DESCRIPTION, MODEL, OBJECTS  # noqa: E402

WHOLE = os.environ.get("PARITY_WHOLE") == "1"
FAMILIES = ("losses", "metrics", "regularizers", "constraints", "initializers")
SECTIONS = ("loss", *FAMILIES[1:])
REQUIRED = {"num_classes": 3, "target_class_ids": [0], "fn": torchimpl.losses.huber, "factor": 0.5}
REQUIRED |= {"sensitivity": 0.5, "specificity": 0.5, "precision": 0.5, "recall": 0.5}


class Center(torchimpl.losses.Loss):
    """A loss that learns."""

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.center = torch.nn.Parameter(torch.arange(float(size)))

    def call(self, y_true, y_pred):
        return (y_pred - y_true - self.center.sum()).square().mean(-1)


def halved(y_true, y_pred):
    return torchimpl.losses.huber(y_true, y_pred) / 2


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.torchimpl"


def small(path):
    """Save a file with all members and return its bytes."""
    mean = torchimpl.metrics.Mean()
    mean.update_state([1.0, 2.0])
    model = torch.nn.Linear(2, 1)
    files.save(path, model=model, loss=torchimpl.losses.Huber(delta=0.3), metrics=mean)
    return path.read_bytes()


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive(members, **info):
    """The bytes of an archive; `members` are pairs or a dictionary, `info` attributes of all of them."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file, warnings.catch_warnings(action="ignore"):  # a name twice
        for name, content in members.items() if isinstance(members, dict) else members:
            member = zipfile.ZipInfo(name)
            for key, value in info.items():
                setattr(member, key, value)
            file.writestr(member, content)
    return data.getvalue()


def changed(given, change=None, /, **keys):
    """The given members with other keys in the description, or with its text changed."""
    text = given[DESCRIPTION].decode()
    text = change(text) if change else json.dumps({**json.loads(text), **keys})
    return {**given, DESCRIPTION: text.encode()}


# --- what is saved comes back


def test_a_model_and_all_that_belongs_to_it(path):
    model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 3).bfloat16())
    model[0].weight = torch.nn.Parameter(model[2].weight.detach().float().T)  # not contiguous
    model.append(torch.nn.Linear(3, 3))
    model[3].weight = model[0].weight  # tied
    auc, seen = torchimpl.metrics.AUC(multi_label=True), torchimpl.metrics.AUC(multi_label=True)
    batches = [([[0, 1], [1, 0]], [[0.2, 0.7], [0.4, 0.6]]), ([[1, 1]], [[0.3, 0.9]])]
    seen.update_state(*batches[0])
    files.save(
        path,
        model=model,
        loss={"value": torchimpl.losses.Huber(delta=0.3), "own": [Center(3), None, halved]},
        metrics=torch.nn.ModuleDict({"auc": auc, "seen": seen}),
        regularizers={"*.weight": torchimpl.regularizers.L2(1e-4), "*": None},
        constraints=torchimpl.constraints.MaxNorm(0.3, axis=[0, 1]),
        initializers=(
            torchimpl.initializers.Constant([1.0, float("nan"), float("-inf")]),
            torchimpl.initializers.get("he_normal"),
        ),
    )
    heir = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 3).bfloat16())
    heir.append(torch.nn.Linear(3, 3))
    kept = files.load(path, model=heir, custom_objects={"Center": Center, "halved": halved})
    for name, value in model.state_dict().items():
        assert torch.equal(heir.state_dict()[name], value), name
        assert kept.state_dict[name].dtype == value.dtype
    assert kept.loss["value"].delta == 0.3
    assert torch.equal(kept.loss["own"][0].center, torch.tensor([0.0, 1.0, 2.0]))
    assert kept.loss["own"][1:] == [None, halved]
    for item in (seen, kept.metrics["seen"]):
        item.update_state(*batches[1])
    assert kept.metrics["seen"].result() == seen.result() != 0
    kept.metrics["auc"].update_state(*batches[0])
    assert kept.regularizers["*.weight"].l2 == 1e-4
    assert kept.regularizers["*"] is None
    assert kept.constraints.get_config() == {"max_value": 0.3, "axis": [0, 1]}
    assert np.array_equal(kept.initializers[0].value, [1.0, np.nan, -np.inf], equal_nan=True)
    again = path.with_name("again")
    files.save(again, model=model, **{name: getattr(kept, name) for name in SECTIONS})
    assert files.load(again, custom_objects={"Center": Center, "halved": halved}).loss["own"][2] is halved


class Activated(torchimpl.losses.Loss):
    """A loss that holds a function of another family."""

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activation


def test_a_function_of_another_family_is_none_of_ones_own(path):
    held = [torchimpl.activations.softplus, torchimpl.metrics.binary_accuracy, halved]
    files.save(path, loss={"own": Activated(held)})
    description = json.loads(members_of(path.read_bytes())[DESCRIPTION])
    assert description["custom_objects"] == ["Activated", "halved"]
    kept = files.load(path, custom_objects={"Activated": Activated, "halved": halved})
    assert all(one is other for one, other in zip(kept.loss["own"].activation, held, strict=True))


@pytest.mark.parametrize(("section", "family"), list(zip(SECTIONS, FAMILIES, strict=True)))
def test_every_public_object_comes_back(path, section, family):
    module = getattr(torchimpl, family)
    items = {}
    for name, item in module.family.objects.items():
        if isinstance(item, type):
            needed = {
                key for key, one in torchimpl._config.constructor_arguments(item).items() if one.default is one.empty
            }
            item = item(**{key: REQUIRED[key] for key in needed})
        items[name] = item
    files.save(path, **{section: items})
    kept = getattr(files.load(path), section)
    assert list(kept) == list(items)
    for name, item in items.items():
        if hasattr(item, "get_config"):
            assert type(kept[name]) is type(item)
            assert kept[name].get_config() == item.get_config()
        else:
            assert kept[name] is item


def test_metrics_go_on_where_they_were(path):
    metrics = torchimpl.metrics
    items = [
        metrics.AUC(),
        metrics.MeanIoU(2),
        metrics.R2Score(),
        metrics.F1Score(),
        metrics.Precision().persistent(False),
    ]
    pairs = [[[1, 0], [0, 1]], [[0.8, 0.1], [0.4, 0.7]]]
    for item in items:
        item.update_state(*(np.round(pairs) if isinstance(item, metrics.MeanIoU) else pairs))
    files.save(path, metrics=items)
    for item, kept in zip(items, files.load(path).metrics, strict=True):
        assert torch.equal(item.result(), kept.result())
        assert all(np.array_equal(one, kept.get_state()[name]) for name, one in item.get_state().items())


def test_the_same_contents_make_the_same_bytes(path):
    torch.manual_seed(0)
    first = small(path)
    torch.manual_seed(0)
    assert small(path) == first


# --- what cannot be kept is an error, before anything is written


def spoiled_metric():
    metric = torchimpl.metrics.Mean()
    metric.register_buffer("extra", torch.ones(1))
    return metric


class WithExtraState(torch.nn.Linear):
    def get_extra_state(self):
        return {"code": print}


class Unsaid(torchimpl.regularizers.Regularizer):
    def get_config(self):
        return {"what": {1, 2}}


class Wordy(torchimpl.regularizers.Regularizer):
    def get_config(self):
        return {"words": ["x" * 1000] * 40000}


@pytest.mark.parametrize(
    ("contents", "match"),
    [
        ({"loss": {"a": [lambda y_true, y_pred: 0]}}, r"loss\.a\[0\]: .*a lambda has no name"),
        ({"loss": "mse"}, "loss: .*expected a function or an object with get_config. Received: 'mse'"),
        ({"regularizers": {torch.nn.Linear: None}}, "regularizers: expected strings as keys"),
        ({"regularizers": Unsaid()}, "regularizers: .*not JSON serializable"),
        ({"metrics": [spoiled_metric()]}, r"metrics\[0\]: \['extra'\] would be lost"),
        ({"model": WithExtraState(1, 1)}, "model: expected dense .*Received: '_extra_state', dict"),
        ({"model": {"x" * 2**24: torch.zeros(1)}}, "model: expected names and shapes of at most 16777216 bytes"),
        ({"model": {"a": torch.zeros(1, dtype=torch.bits8)}}, "model: safetensors does not take it"),
        ({"regularizers": Wordy()}, "expected configs of at most 33554432 bytes"),
        ({"model": 3}, "model: expected a module or a state_dict"),
        ({"model": {"a": torch.zeros(2).to_sparse()}}, "model: expected dense .*Received: 'a', torch.sparse_coo"),
        ({"model": torch.nn.Linear(1, 1, device="meta")}, "model: expected dense .*Received: 'weight', .* on meta"),
        ({"metrics": [torchimpl.metrics.Mean()] * 1001}, "at most 1000 objects"),
        (
            {"initializers": torchimpl.initializers.Constant(np.zeros(2**20))},
            r"initializers\.config.*at most 1048576 entries",
        ),
        ({"loss": torchimpl.losses.Huber(name="x" * 1001)}, r"loss\.config\.name: expected a string of at most 1000"),
    ],
    ids=lambda item: item[:30] if isinstance(item, str) else "",
)
def test_what_cannot_be_saved(path, contents, match):
    before = small(path)
    with pytest.raises(ValueError, match=match):
        files.save(path, **contents)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


class Counter:
    """Counts, and is no metric of torchimpl: nothing would keep what it has counted."""

    def get_config(self):
        return {}


NAMES = {"loss": "Huber", "metrics": "AUC", "regularizers": "L2", "constraints": "MaxNorm", "initializers": "HeNormal"}


@pytest.mark.parametrize("package", ["keras", "tfimpl"])
@pytest.mark.parametrize(("section", "family"), list(zip(SECTIONS, FAMILIES, strict=True)))
def test_what_is_not_of_torchimpl_is_refused_before_anything_is_written(path, section, family, package):
    before, name = small(path), NAMES[section]
    theirs = getattr(getattr(pytest.importorskip(package), family), name)()
    with pytest.raises(ValueError, match=rf"^save: {section}\.a\[0\]: .*Use torchimpl\.{family}\.{name}, with the"):
        files.save(path, **{section: {"a": [theirs]}})
    if section == "metrics":
        derived = type("Mine", (type(theirs),), {"__module__": "mine"})()
        for item in (derived, Counter(), torchimpl.losses.Loss()):
            with pytest.raises(ValueError, match=r"metrics\.a: expected a metric derived from torchimpl"):
                files.save(path, metrics={"a": item})
    assert path.read_bytes() == before


# --- a file is whole, or as it was


def test_a_full_disk_leaves_the_old_file(path, monkeypatch):
    before = small(path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        small(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_bytes_reach_the_disk_before_the_name(path, monkeypatch):
    steps = []
    for name in ("fsync", "replace"):
        step = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, step=step: (steps.append(name), step(*args)))
    small(path)
    assert steps == ["fsync", "replace", "fsync"]  # the file, its name, the folder


def test_the_rights_of_a_file_stay(path):
    small(path)
    path.chmod(0o600)
    small(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_archives_beyond_the_sizes_of_the_first_zip(path, monkeypatch):
    with monkeypatch.context() as change:
        change.setattr(zipfile, "ZIP64_LIMIT", 100)
        data = small(path)
    assert b"PK\6\7" in data
    assert files.load(path).loss.delta == 0.3


def test_every_name_that_a_file_can_have(path):
    for name in ("x" * 255, "\U0001f600" * 63, os.fsencode(path)):
        place = path.with_name(name) if isinstance(name, str) else name
        files.save(place, loss=torchimpl.losses.Huber(delta=0.3))
        assert files.load(place).loss.delta == 0.3


def test_a_link_stays_a_link(path):
    link = path.with_name("link")
    link.symlink_to(path.name)
    small(link)
    assert link.is_symlink()
    assert path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_killed_in_the_middle_of_saving():
    script = str(Path(__file__).with_name("killed.py"))
    done = subprocess.run([sys.executable, script, "1000" if WHOLE else "25"], capture_output=True, text=True)
    assert "nothing lost\ntorn, and found" in done.stdout, done.stdout + done.stderr


# --- what is no such file


def test_every_truncation_is_refused(path):
    data = small(path)
    for length in [*range(0, len(data), 1 if WHOLE else 9), *range(len(data) - 30, len(data))]:
        path.write_bytes(data[:length])
        with pytest.raises(ValueError, match=r"truncated or damaged|Received: an"):
            files.load(path)


def test_a_changed_bit_is_refused_or_says_nothing(path):
    data = small(path)
    kept = files.load(path)
    contents = [range(data.index(content), data.index(content) + len(content)) for content in members_of(data).values()]
    for place in range(0, len(data), 1 if WHOLE else 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        try:
            other = files.load(path)
        except ValueError:
            continue
        assert not any(place in content for content in contents)
        assert other.loss.get_config() == kept.loss.get_config()
        assert other.metrics.get_state() == kept.metrics.get_state()
        assert all(torch.equal(value, other.state_dict[name]) for name, value in kept.state_dict.items())


def keras_file():
    return archive({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b""})


def pickled():
    data = io.BytesIO()
    torch.save({"weight": torch.zeros(1)}, data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "an empty file"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x80\x04cos\nsystem\n", "a pickle"),
        (pickled(), "a pickle"),
        (keras_file(), "a .keras file"),
        (b"{}", "another kind of file"),
        (archive({"other.json": b"{}"}), "another kind of file"),
    ],
)
def test_files_of_another_kind(path, data, match):
    path.write_bytes(data)
    with pytest.raises(ValueError, match=match):
        files.load(path)


def many(members):
    return archive([*members.items(), *((f"{number}", b"") for number in range(200))])


def lying(data):
    """Let the list of members say that one is a terabyte large."""
    start = data.rindex(b"PK\1\2")
    size = struct.pack("<LL", 0xFFFFFFF0, 0xFFFFFFF0)
    return data[: start + 20] + size + data[start + 28 :]


def large_list(data, signature):
    """Claim a long list of members, in the closing record or in that of large archives."""
    end = bytearray(data[-22:])
    if signature == b"PK\5\6":
        end[12:16] = struct.pack("<L", 2**31)
        return data[:-22] + bytes(end)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 3, 3, 2**40, 0)
    return data[:-22] + record + struct.pack("<4sLQL", b"PK\6\7", 0, len(data) - 22, 1) + bytes(end)


def flagged(data):
    """Let an archive say that its members are encrypted."""
    return data.replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1").replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1")


def two_sizes(data):
    """Let the list of members say that the last is larger than it is stored."""
    start = data.rindex(b"PK\1\2") + 24
    return data[:start] + struct.pack("<L", int.from_bytes(data[start : start + 4], "little") + 1) + data[start + 4 :]


def state_of_a_rule(members):
    """A state for an object that has none."""
    from safetensors.torch import save

    rule = torchimpl.regularizers.serialize(torchimpl.regularizers.L2())
    changes = {"members": [OBJECTS], "loss": None, "metrics": None, "regularizers": rule}
    return {DESCRIPTION: changed(members, **changes)[DESCRIPTION], OBJECTS: save({"0.x": torch.zeros(1)})}


TENSOR = b'{"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}'


def tensors(header):
    """A file of safetensors with no numbers."""
    return struct.pack("<Q", len(header)) + header


def two_claims(members):
    """States of a shape that is small in the file, and huge beside 65536 thresholds."""
    from safetensors.torch import save

    auc = {"module": "torchimpl.metrics", "class_name": "AUC", "registered_name": None}
    auc["config"] = {"multi_label": True, "num_thresholds": 2**16}
    states = save({"1.true_positives": torch.zeros(1, 10**5)})
    return {DESCRIPTION: changed(members, metrics=auc, members=[OBJECTS])[DESCRIPTION], OBJECTS: states}


HOSTILE = {
    "the description twice": (lambda m: archive([(DESCRIPTION, m[DESCRIPTION]), *m.items()]), "same name twice"),
    "a member twice": (lambda m: archive([*m.items(), (MODEL, m[MODEL])]), "same name twice"),
    "a member too few": (lambda m: archive({key: m[key] for key in (DESCRIPTION, MODEL)}), "expected the members"),
    "a member too many": (lambda m: archive({**m, "more": b""}), "expected the members"),
    "a name that climbs": (lambda m: archive({**m, "../../etc/passwd": b""}), "expected the members"),
    "an absolute name": (lambda m: archive({**m, "/etc/passwd": b""}), "expected the members"),
    "a member of its own choice": (
        lambda m: archive({**changed(m, members=[MODEL, OBJECTS, "../x"]), "../x": b""}),
        "expected no more than",
    ),
    "a link": (lambda m: archive(m, external_attr=(stat.S_IFLNK | 0o777) << 16), "no link"),
    "a device": (lambda m: archive(m, external_attr=(stat.S_IFCHR | 0o777) << 16), "a plain member"),
    "behind another": (lambda m: archive(m) * 2, "as the first member. Received: something before it"),
    "compressed": (lambda m: archive(m, compress_type=zipfile.ZIP_DEFLATED), "not compressed"),
    "encrypted": (lambda m: flagged(archive(m)), "not encrypted"),
    "of two sizes": (lambda m: two_sizes(archive(m)), "plain member"),
    "a state of a rule": (
        lambda m: archive(state_of_a_rule(m)),
        r"regularizers: expected no states. Received: \['x'\]",
    ),
    "many members": (many, "a list of members of at most 4096"),
    "a long list": (lambda m: large_list(archive(m), b"PK\5\6"), "a list of members of at most 4096"),
    "a long list, large": (lambda m: large_list(archive(m), b"PK\6\6"), "a list of members of at most 4096"),
    "more than there is": (lambda m: lying(archive(m)), "at most .* bytes. Received: 4294967280"),
    "a large description": (
        lambda m: archive(changed(m, lambda text: text + " " * 2**25)),
        "description.json: expected at most 33554432 bytes",
    ),
    "many entries": (
        lambda m: archive(changed(m, lambda text: text.replace("0.3", "[" + "[]," * 2**20 + "[]]"))),
        "expected at most 1048576 entries",
    ),
    "many tensors": (
        lambda m: archive({**m, MODEL: struct.pack("<Q", 2**24 + 1) + b"{}" + b" " * 2**24}),
        "model.safetensors: expected names and shapes of at most 16777216 bytes",
    ),
    "no JSON": (lambda m: archive({**m, DESCRIPTION: b"{"}), "description.json: Expecting"),
    "no UTF-8": (lambda m: archive({**m, DESCRIPTION: b"\xff"}), "description.json: .*utf-8"),
    "no dictionary": (lambda m: archive({**m, DESCRIPTION: b"[]"}), "expected the format"),
    "another format": (lambda m: archive(changed(m, format="other")), "expected the format"),
    "a newer version": (
        lambda m: archive({**changed(m, version=2, more=1), "more": b""}),
        "newer torchimpl: version 2",
    ),
    "an older version": (lambda m: archive(changed(m, version=0)), "expected version 1"),
    "a version that is no number": (lambda m: archive(changed(m, version=True)), "expected version 1"),
    "a key too many": (lambda m: archive(changed(m, more=1)), "expected the keys"),
    "members that are no list": (lambda m: archive(changed(m, members="x")), "members: expected a list of names"),
    "names that are none": (lambda m: archive(changed(m, custom_objects=[1])), "custom_objects: expected a list"),
    "a key twice": (
        lambda m: archive(changed(m, lambda text: '{"version": 1,' + text[1:])),
        "'version' stands there twice",
    ),
    "deep": (
        lambda m: archive(changed(m, lambda text: text.replace("0.3", "[" * 10**6 + "]" * 10**6))),
        "at most 32 dictionaries and lists inside one another. Received: 1000003",
    ),
    "a long string": (lambda m: archive(changed(m, loss="x" * 2000)), "loss: expected a string of at most 1000"),
    "many digits": (lambda m: archive(changed(m, lambda text: text.replace("0.3", "1" * 4000))), "at most 400 digits"),
    "a large number": (lambda m: archive(changed(m, lambda text: text.replace("0.3", "1" * 300))), "at most 64 bits"),
    "a number too large": (lambda m: archive(changed(m, lambda text: text.replace("0.3", "1e999"))), "float64 holds"),
    "a number too long": (
        lambda m: archive(changed(m, lambda text: text.replace("0.3", "0." + "3" * 400))),
        "float64 holds",
    ),
    "a bad argument": (
        lambda m: archive(changed(m, lambda text: text.replace("0.3", '"os.system"'))),
        r"loss\.config\.delta: .*> 0\. Received: delta='os\.system'",
    ),
    "a bare name": (lambda m: archive(changed(m, loss="mse")), "loss: expected a config. Received: 'mse'"),
    "many objects": (
        lambda m: archive(
            {DESCRIPTION: changed(m, members=[], loss=[json.loads(m[DESCRIPTION])["loss"]] * 1001)[DESCRIPTION]}
        ),
        r"loss\[1000\]: expected at most 1000 objects",
    ),
    "an object of another family": (
        lambda m: archive(changed(m, metrics=json.loads(m[DESCRIPTION])["loss"])),
        "metrics: 'Huber' of module 'torchimpl.losses' is one of losses. Expected one of metrics",
    ),
    "no safetensors": (lambda m: archive({**m, MODEL: b"\x03" + b"\0" * 7 + b"cos"}), "not readable by safetensors"),
    "a tensor twice": (
        lambda m: archive({**m, MODEL: tensors(b'{"a": %s, "a": %s}' % (TENSOR, TENSOR))}),
        "the key 'a' stands there twice",
    ),
    "a shape beyond 64 bits": (
        lambda m: archive({**m, MODEL: tensors(b'{"a": %s}' % TENSOR.replace(b"[0]", b"[0, 9223372036854775808]"))}),
        "not readable by safetensors: TypeError",
    ),
    "an object too few": (lambda m: archive(changed(m, metrics=None)), "expected states of 1 objects"),
    "a state of another": (
        lambda m: archive(changed(m, lambda text: text.replace('"Mean"', '"Sum"').replace(">Mean", ">Sum"))),
        r"metrics: Sum\.set_state: expected states of shapes",
    ),
    "states that grow": (lambda m: archive(two_claims(m)), r"AUC\.set_state: expected states of shapes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_of_a_stranger(path, name):
    make, match = HOSTILE[name]
    data = make(members_of(small(path)))
    path.write_bytes(data)
    with pytest.raises(ValueError, match=match):
        files.load(path)


def test_weights_that_do_not_fit(path):
    small(path)
    with pytest.raises(ValueError, match=r"(?s)model: .*size mismatch for weight"):
        files.load(path, model=torch.nn.Linear(3, 1))
    files.save(path, loss=torchimpl.losses.Huber())
    with pytest.raises(ValueError, match="model: the file holds no weights"):
        files.load(path, model=torch.nn.Linear(3, 1))
    assert files.load(path).state_dict is None


def test_names_of_ones_own_are_asked_for_all_at_once(path):
    files.save(path, loss=Center(), metrics=torchimpl.metrics.MeanMetricWrapper(halved))
    with pytest.raises(
        ValueError, match=r"loss: 'Center' .* not torchimpl's: \['Center', 'halved'\]. Give them as custom_objects"
    ):
        files.load(path)
    with pytest.raises(FileNotFoundError):
        files.load(path.with_name("nowhere"))
