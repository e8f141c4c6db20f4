"""The pages that are made for the documentation; `make docs` builds all of it, strictly."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("tensorflow")
pytest.importorskip("matplotlib")

from parity import bridge, neighbours, site, traps
from parity.deviations import DEVIATIONS
from parity.registry import ENTRIES, MODULES, find
from parity.site import components, docstrings, mapping, plots
from parity.tolerance import ParityError

PAGES = components.pages()
HUBER = next(item for item in PAGES if item.title == "Huber")


def test_each_component_is_on_one_page():
    named = [entry.name for item in PAGES for entry in item.entries]
    assert sorted(named) == sorted(entry.name for entry in ENTRIES)
    uris = [item.uri.lower() for item in PAGES]
    assert len(set(uris)) == len(uris)
    assert {uri for uris in site.navigation().values() for uri in uris} >= {item.uri for item in PAGES}


def test_every_page_has_its_neighbours_and_sources():
    for item in PAGES:
        text = components.page(item)
        assert "## Source, side by side" in text, item
        assert ("## In other libraries" in text) == (item.module != "custom"), item


def test_a_page_shows_both_sources_and_what_differs():
    text = components.page(HUBER)
    assert '```python title="tfimpl/losses/regression.py"\n@symbolic\ndef huber(y_true, y_pred, delta=1.0):' in text
    assert "F.huber_loss(" in text
    assert "Huber(delta=1.0, reduction='sum_over_batch_size'" in text
    assert "- `delta`: where the loss turns linear" in text
    assert "| `1.5` | `0.875` |" in text
    assert "Args:" not in text


@pytest.mark.parametrize("module", MODULES)
def test_the_page_of_a_module_names_its_components(module):
    linked = re.findall(r"\]\((\w+\.md)\)", components.family(module))
    assert linked == [Path(item.uri).name for item in PAGES if item.module == module]


def test_the_mapping_has_a_row_for_each_record():
    text = mapping.page(site.homes())
    records = neighbours.table()
    assert text.count("<tr data-family=") == len(records)
    assert text.count("</tr>") == len(records) + 1
    for key, values in re.findall(r'data-(\w+)="([^"]*)"', text.partition("<table")[0]):
        assert {found for name, found in re.findall(r'data-(\w+)="([^"]*)"', text) if name == key} <= {
            values,
            *values.split("|"),
        }
    assert '<a href="components/losses/huber.md"><code>Huber</code></a>' in text
    assert '<span class="verdict yes">equal with these arguments</span>' in text


def test_a_row_of_the_mapping_says_both_numbers():
    records = [record for record in neighbours.table() if record["theirs"] == "torch.nn.PoissonNLLLoss"]
    text = mapping.table(records)
    assert "<code>torch.nn.PoissonNLLLoss()(y_pred, y_true)</code> <b>1</b>, ours <b>0</b>, for <code>" in text
    assert "elsewhere one raises" in text
    code = re.search(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL)[1]
    assert re.sub("<[^>]+>", "", code) == records[0]["call"]


def test_a_page_shows_its_neighbours_and_what_people_trip_over():
    text = components.page(HUBER)
    assert "delta" in text.partition("## In other libraries")[2]
    assert "torch.nn.functional.huber_loss" in text
    assert "### The mean of nothing" in text
    assert "# -> nan" in text


def test_all_differences_are_shown():
    text = site.deviations()
    assert text.count("| Keras | both packages |") == len(DEVIATIONS)
    homes = set(re.findall(r"\]\((components/\S+?)\)", text))
    assert homes <= {uri for uris in site.navigation().values() for uri in uris}


def test_docstrings_become_lists():
    def function(one, other=2):
        """Says what.

        Args:
            one: a number
                of two lines.
            other: another.

        Returns:
            Their sum.
        """
        return one + other

    assert docstrings.markdown(function).splitlines() == [
        *("Says what.", "", "**Args**", "", "- `one`: a number", "  of two lines.", "- `other`: another.", ""),
        *("**Returns**", "", "Their sum."),
    ]
    assert docstrings.signature(function) == "function(one, other=2)"
    assert docstrings.source(function).splitlines() == ["def function(one, other=2):", "    return one + other"]


def test_every_loss_and_activation_is_drawn():
    drawn = [entry.name for entry in plots.drawable()]
    assert set(plots.SLICES) <= set(drawn)
    assert {name for name in drawn if name.startswith("losses.")} <= set(plots.SLICES)


@pytest.mark.parametrize("name", ["losses.circle", "losses.dice", "activations.softmax"])
def test_both_frameworks_draw_one_curve_and_its_derivative(name):
    entry = find(name)
    what = plots.slice_of(entry)
    x = plots.numbers(what)
    (value, slope), (other, other_slope) = (plots.curve(side, entry, what) for side in bridge.sides())
    np.testing.assert_allclose(value, other, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slope, other_slope, rtol=1e-6, atol=1e-9)
    middle = (x[1:] + x[:-1]) / 2
    np.testing.assert_allclose(
        np.diff(value) / np.diff(x), np.interp(middle, x, slope), atol=0.02 * np.abs(slope).max() + 1e-6
    )


def test_the_plots_are_pictures_with_a_legend():
    drawn = plots.pictures(find("activations.tanh"))
    assert tuple(drawn) == plots.KINDS
    for text in drawn.values():
        assert ElementTree.fromstring(text).tag.endswith("svg")
        assert "TensorFlow" in text
        assert "PyTorch" in text


def test_a_power_in_a_note_is_not_bold(monkeypatch):
    markdown = pytest.importorskip("markdown")
    noted = replace(traps.LOSSES[0], note="2**15 in Keras, 2**16 in PyTorch.")
    monkeypatch.setattr(traps, "CHAPTERS", {"": (noted,)})
    assert "2**15 in Keras, 2**16 in PyTorch." in markdown.markdown(site.traps.page())


def test_the_page_of_the_traps_runs_them(monkeypatch):
    few = [row for row in traps.LOSSES if row.topic == "CrossEntropyLoss after a softmax"]
    monkeypatch.setattr(traps, "CHAPTERS", {"CrossEntropyLoss": few})
    text = site.traps.page()
    assert "- **CrossEntropyLoss:** [CrossEntropyLoss after a softmax](#crossentropyloss-after-a-softmax)" in text
    assert "# -> 0.79719" in text
    assert text.count('title="PyTorch, the same as Keras"') == 1
    monkeypatch.setattr(traps, "CHAPTERS", {"": (replace(few[0], verdict="same"),)})
    with pytest.raises(ParityError, match="does not hold"):
        site.traps.page()
