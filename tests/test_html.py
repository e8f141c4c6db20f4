"""The page of a run: whole in itself, with everything that was found, and curves that show what is wrong."""

import json
import re

import numpy as np
import pytest

from parity.html import curves, page
from parity.registry import find

CODE = "import parity\nparity.replay('losses.Huber', 'outputs', config={'x': '</script>'})"
REPORT = {
    "agreed": False,
    "examples": 10,
    "seed": 7,
    "seconds": 3.0,
    "versions": {"torch": "2"},
    "machine": "a machine",
    "device": "cpu",
    "components": [
        {
            "name": "losses.Huber",
            "worst": {"value": 9.0},
            "compared": {"value": 5},
            "examples": 10,
            "seconds": 1.0,
            "failures": [f"losses.Huber value in tf: 1 <b>\nTo see it again:\n{CODE}", "a crash"],
            "agreed": False,
        },
        {
            "name": "activations.tanh",
            "worst": {},
            "compared": {},
            "examples": 0,
            "seconds": 0.0,
            "failures": [],
            "agreed": True,
        },
    ],
}


@pytest.fixture(scope="module")
def text():
    return page.write(REPORT)


def test_nothing_is_loaded(text):
    assert not re.search(r"""(src|href)\s*=|url\(|@import|https?://|fetch\(""", text)


def test_all_that_was_found_is_in_it(text):
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    found = json.loads(data)
    huber, tanh = found["components"]
    assert huber["failures"] == [
        {"what": "losses.Huber value in tf: 1 <b>", "code": CODE},
        {"what": "a crash", "code": ""},
    ]
    assert (huber["limits"]["value"], huber["limits"]["gradient"], huber["family"]) == (8, 16, "losses")
    assert (tanh["limits"]["half ulp"], tanh["limits"]["ulp"]) == (0.51, 8)
    assert {key: found[key] for key in ("seed", "agreed", "machine")} == {
        "seed": 7,
        "agreed": False,
        "machine": "a machine",
    }


def test_a_curve_for_each_function_of_one_number(text):
    assert re.findall(r'<figure data-name="([^"]*)"', text) == ["activations.tanh"]
    assert text.count("<svg") == 1


def test_a_curve_shows_where_it_is_wrong():
    found = curves.measure(find("activations.tanh"))
    assert set(found) == {"tf", "torch"}
    for curve in found.values():
        assert len(curve) == 2 * curves.BINS
        assert 0.4 < curve.max() < 8
    wrong = {"tf": found["tf"].copy(), "torch": found["torch"]}
    wrong["tf"][3] = 1e6
    drawn = curves.draw("tanh", wrong)
    heights = {
        side: [float(point.partition(",")[2]) for point in points.split()]
        for side, points in re.findall(r'<polyline class="(\w+)" points="([^"]*)"', drawn)
    }
    assert int(np.argmin(heights["tf"])) == 3
    assert heights["tf"][3] == curves.TOP
    assert all(curves.TOP <= height <= curves.HEIGHT - curves.BOTTOM for side in heights.values() for height in side)
