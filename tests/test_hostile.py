"""What a stranger could write, at every way into both packages, in a process that may do nothing but compute."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WHOLE = os.environ.get("PARITY_WHOLE") == "1"
SCRIPT = Path(__file__).with_name("hostile.py")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


@pytest.mark.parametrize(("package", "framework"), [("tfimpl", "tensorflow"), ("torchimpl", "torch")])
def test_nothing_but_computing(package, framework):
    pytest.importorskip(framework)
    done = python(str(SCRIPT), package, "5000" if WHOLE else "40")
    assert done.returncode == 0, done.stderr[-3000:]
    counts = json.loads(done.stdout)
    assert counts["refused"] > 4000
    assert counts["built"] > 200


ACTS = """
import json, marshal, os, pickle, socket, subprocess, sys, tempfile, time
sys.path.insert(0, sys.argv[1])
import hostile

watch = hostile.Watch()
watch.file = named = tempfile.mkstemp()[1]
code = compile("1", "", "exec")
hostile.SLOW = 0.1
acts = {
    "read the named file": lambda: open(named).close(),
    "compute": lambda: int("1"),
    "refuse": lambda: int("x"),
    "write the named file": lambda: open(named, "w"),
    "read another file": lambda: open("/etc/passwd"),
    "import": lambda: __import__("wave"),
    "compile": lambda: compile("1", "", "eval"),
    "execute": lambda: exec(code),
    "reach out": lambda: socket.socket(),
    "start a program": lambda: subprocess.Popen(["true"]),
    "call the shell": lambda: os.system("true"),
    "unmarshal": lambda: marshal.loads(b"N"),
    "unpickle": lambda: pickle.loads(b"cos\\nsystem\\n."),
    "fail otherwise": lambda: {}["x"],
    "take time": lambda: time.sleep(0.2),
    "take memory": lambda: bytearray(hostile.MEMORY + 2**20),
}
ended = {}
hostile.limit()
for name, act in {**acts, "build what may not be": lambda: 1}.items():
    child = os.fork()
    if child == 0:
        os.close(2)
        watch(act, may_build=name in acts)
        os._exit(0)
    ended[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os.unlink(named)
print(json.dumps(ended))
"""


def test_the_watch_sees_what_it_is_there_for():
    done = python("-c", ACTS, str(SCRIPT.parent))
    ended = json.loads(done.stdout)
    assert [name for name, status in ended.items() if status == 0] == ["read the named file", "compute", "refuse"]
    assert len(ended) == 17
