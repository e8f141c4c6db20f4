"""What a stranger could write, put through every entry point of one package, in a process of its own with few rights.

`python tests/hostile.py torchimpl 200` tries all payloads, and 200 JSON values that Hypothesis makes. While an entry
point works, an audit hook ends the process at any import, open (but of the named file), socket, subprocess, compile,
exec or unpickling, and whatever else Python reports; limits of the system end it when it takes too much memory or time.
It prints how many were refused, and how many were good for an object.
"""

import base64
import importlib
import inspect
import io
import json
import os
import reprlib
import resource
import string
import sys
import tempfile
import time
import warnings
import zipfile
from itertools import count
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

MEMORY = 2 * 2**30  # bytes beyond what the package takes when it has been imported
SECONDS = 300  # of the processor, for everything
SLOW = 15  # seconds for one call, on a machine that has other work too
CORPUS = Path(__file__).parent / "fuzz" / "corpus"
FAMILIES = ("losses", "activations", "initializers", "regularizers", "constraints", "metrics", "custom")
HARMLESS = ("builtins.id", "object.__getattr__", "sys._getframe")  # what repr, inspect and typing ask

PICKLED = base64.b64encode(b"\x80\x04cos\nsystem\n").decode()
STRINGS = [
    "/etc/passwd", "../../etc/passwd", "file:///etc/passwd", "http://169.254.169.254/latest", "gs://bucket/vocabulary",
    "os.system", "__import__('os').system('true')", "!!python/object/apply:os.system ['true']", "builtins", "eval",
    PICKLED, "x" * 10**6, "\0", "\ud800", "__class__", "__init__",
]  # fmt: skip
TAGS = [
    "__lambda__",
    "__numpy__",
    "__tensor__",
    "__bytes__",
    "__typespec__",
    "__keras_tensor__",
    "__slice__",
    "__ellipsis__",
]
DEEP: list = []
for _ in range(10**5):
    DEEP = [DEEP]
NUMBERS = [0, -1, 1.5, True, 2**31, 2**63 - 1, 10**12, 2**64, 10**400, float("nan"), float("inf"), -float("inf")]
VALUES = [
    *STRINGS,
    *NUMBERS,
    None, [], {}, DEEP, [DEEP, 1], [[1], [1, 2]], [["x"]],
    {"class_name": "DTypePolicy", "config": 7}, {"class_name": "SeedGenerator", "config": {"seed": "x"}},
    *({"class_name": tag, "config": {"value": PICKLED, "dtype": "float32", "shape": [10**12]}} for tag in TAGS[:3]),
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file"},
]  # fmt: skip

LISTS = [[0] * 10**5, [0.5] * 70000, ["y" * 1000] + ["x"] * 600000, [[0] * 1000] * 1100]
LONG = [("Constant", "value"), ("AUC", "thresholds")]

# The description of a file with the states of two metrics.
STATEFUL = b"""{"format": "torchimpl", "version": 1, "members": ["objects.safetensors"], "custom_objects": [],
"metrics": [{"class_name": "AUC", "config": {"num_thresholds": 3, "multi_label": true}}, {"class_name": "R2Score"}],
"loss": null, "regularizers": null, "constraints": null, "initializers": null}"""

# Shapes that did something in some loader once. None of them may be built.
SHAPES = [
    {"class_name": "__lambda__", "config": {"value": PICKLED}},
    {"class_name": "function", "config": [PICKLED, None, None]},
    {"class_name": "Lambda", "config": {"function": [PICKLED, None, None]}},
    *({"class_name": tag, "config": {"value": PICKLED, "dtype": "float32"}} for tag in TAGS),
    {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file"},
    {"module": "keras.config", "class_name": "function", "config": "enable_unsafe_deserialization"},
    {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/etc/passwd"}},
    {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {"module": PICKLED}},
    {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    {"module": "subprocess", "class_name": "Popen", "config": {"args": ["true"]}, "registered_name": "Popen"},
    {"class_name": "os>system", "config": {}},
    {"class_name": "__class__", "config": {}},
    {"class_name": ["Huber"], "config": {}},
    {"class_name": "Loss", "config": {}},
    {"class_name": None},
    {"config": {}},
    [{"class_name": "function", "config": "enable_unsafe_deserialization"}, {"class_name": "__lambda__", "config": {}}],
    *STRINGS,
    *NUMBERS,
    DEEP,
    {},
    [],
]  # fmt: skip

# What is wrong about a config of a class that exists.
SPOILED = [
    {"module": "os"},
    {"module": "keras.evil"},
    {"module": ["os"]},
    {"registered_name": "evil>Name"},
    {"registered_name": ["evil"]},
    {"build_config": {"input_shape": [1]}},
    {"compile_config": {}},
    {"shared_object_id": 1},
    {"config": "system"},
    {"config": {"fn": {"class_name": "function", "module": "builtins", "config": "eval"}}},
    {"config": {"filepath": "/etc/passwd"}},
    {"config": {"__init__": 1}},
    {"config": {"self": 1}},
    {"config": DEEP},
    {"config": {"name": "../../etc/passwd"}},
]


class Watch:
    """Calls what may do nothing but compute, and counts how it ended."""

    def __init__(self):
        """Arm the hook; there is no way to take it off."""
        self.listening, self.file, self.counts, self.slowest = False, None, {"refused": 0, "built": 0}, 0.0
        sys.addaudithook(self.hook)

    def hook(self, event, args):
        if not self.listening or event.startswith(HARMLESS):
            return
        if event == "open" and args[:2] == (self.file, "r"):
            return
        os.write(2, f"forbidden: {event} {reprlib.repr(args)}\n".encode(errors="replace"))
        os._exit(3)

    def __call__(self, work, *args, may_build=True):
        began = time.perf_counter()
        self.listening = True
        try:
            work(*args)
            ending = "built"
        except (ValueError, TypeError):
            ending = "refused"
        finally:
            self.listening = False
        took = time.perf_counter() - began
        self.slowest = max(self.slowest, took)
        self.counts[ending] += 1
        if took > SLOW:
            sys.exit(f"{took:.1f} seconds for {work} {reprlib.repr(args)}")
        if ending == "built" and not may_build:
            sys.exit(f"built by {work}: {reprlib.repr(args)}")


def text(value):
    """Write JSON as it is, also what is deeper than json.dumps goes."""
    if value is DEEP:
        return "[" * 10**5 + "]" * 10**5
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {text(item)}" for key, item in value.items()) + "}"
    return "1" + "0" * 400 if value == 10**400 else json.dumps(value)


def archive(members):
    """The bytes of an archive as files.save writes them."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


class Entries:
    """Every way into one package for a config."""

    def __init__(self, package, watch, folder):
        self.package, self.watch, self.path = package, watch, os.path.join(folder, "stranger.torchimpl")
        self.families = {name: getattr(package, name) for name in FAMILIES}

    def config(self, value, may_build=True):
        """Offer a value to each family's `get` and `deserialize`."""
        for family in self.families.values():
            self.watch(family.get, value, may_build=may_build)
            self.watch(family.deserialize, value, may_build=may_build)
        # In a file, lists and dictionaries that name no class are those of objects, here of none.
        empty = value == [] or (isinstance(value, dict) and not isinstance(value.get("class_name"), str))
        for section in ("loss", "metrics", "regularizers", "constraints", "initializers"):
            self.in_file(section, text(value), may_build=may_build or empty)

    def in_file(self, section, config, may_build=True):
        """Offer JSON text as one section of a file."""
        if self.package.__name__ != "torchimpl":
            return
        description = {"format": "torchimpl", "version": 1, "members": [], "custom_objects": []}
        sections = {"loss": None, "metrics": None, "regularizers": None, "constraints": None, "initializers": None}
        whole = json.dumps({**description, **sections, section: "CONFIG"}).replace('"CONFIG"', config)
        self.file(archive({"description.json": whole.encode(errors="surrogatepass")}), may_build)

    def anything(self, data):
        """Offer bytes as a file, as one of its members, or as a config: the first of them says which (see fuzz/)."""
        kind, data = data[:1], data[1:]
        if kind == b"f":
            self.file(data)
        elif kind == b"d":
            self.file(archive({"description.json": data}))
        elif kind == b"o":
            self.file(archive({"description.json": STATEFUL, "objects.safetensors": data}))
        else:
            try:
                value = json.loads(data)
            except (ValueError, RecursionError):
                return
            for family in self.families.values():
                self.watch(family.deserialize, value)

    def file(self, data, may_build=True):
        """Offer the bytes of a file."""
        with open(self.path, "wb") as file:
            file.write(data)
        self.watch.file = self.path
        self.watch(self.package.files.load, self.path, may_build=may_build)


def classes(package):
    for family in FAMILIES:
        module = getattr(package, family)
        yield from ((family, name, item) for name, item in module.family.objects.items() if inspect.isclass(item))


def limit(seconds=SECONDS):
    """Let this process have MEMORY more than it has, and so many seconds of the processor."""
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    size = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def arguments(package, item):
    """The names of a class's constructor arguments."""
    return list(importlib.import_module(f"{package.__name__}._config").constructor_arguments(item))


def recursive(package):
    """JSON values, of which many look like configs."""
    names = [name for _, name, _ in classes(package)] + TAGS + ["function"]
    keys = sorted({key for _, _, item in classes(package) for key in arguments(package, item)})
    leaves = st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(-(2**80), 2**80), st.floats(), st.sampled_from(STRINGS),
        st.sampled_from(names), st.text(string.printable, max_size=20),
    )  # fmt: skip
    words = st.sampled_from(["module", "class_name", "config", "registered_name", "fn", "value", "dtype", *keys])
    config = lambda inner: st.fixed_dictionaries(  # noqa: E731
        {"class_name": st.sampled_from(names), "config": st.dictionaries(st.sampled_from(keys), inner, max_size=4)},
        optional={"module": leaves, "registered_name": leaves},
    )
    branch = lambda inner: st.one_of(  # noqa: E731
        st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4), config(inner)
    )
    return st.one_of(config(st.recursive(leaves, branch, max_leaves=12)), st.recursive(leaves, branch, max_leaves=25))


def main(name, examples, whole):
    package = importlib.import_module(name)
    warnings.simplefilter("ignore")  # to show one Python reads a source file
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        entries = Entries(package, watch, folder)
        warm = {"class_name": "MeanSquaredError", "config": {}}
        package.losses.deserialize(warm), package.metrics.deserialize(warm)
        entries.in_file("loss", text(warm))
        limit()
        for shape in SHAPES:
            entries.config(shape, may_build=False)
        number = count()
        for family, title, item in classes(package):
            right = {"module": f"keras.{family}", "class_name": title, "config": {}, "registered_name": None}
            for wrong in SPOILED:
                value = {**right, **wrong}
                watch(entries.families[family].deserialize, value, may_build=False)
            for key in right:
                watch(entries.families[family].deserialize, {k: v for k, v in right.items() if k != key})
            for key in arguments(package, item):
                # Each argument is offered a fifth of the values, unless there is time for all.
                some = VALUES if whole else VALUES[next(number) % 5 :: 5]
                for value in some + LISTS * ((title, key) in LONG):
                    watch(entries.families[family].deserialize, {"class_name": title, "config": {key: value}})
                    if whole or value is DEEP or value == 10**400:  # to which deserialize would have objected
                        watch(item.from_config, {key: value})

        @settings(max_examples=examples, database=None, derandomize=True, deadline=None)
        @given(recursive(package))
        def try_json(value):
            entries.config(value)

        try_json()
        if name == "torchimpl":
            for path in sorted(CORPUS.iterdir()):
                entries.anything(path.read_bytes())
    print(json.dumps({**watch.counts, "slowest": round(watch.slowest, 3)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), os.environ.get("PARITY_WHOLE") == "1")
