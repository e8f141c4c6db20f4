"""The pages of the documentation that are made from the packages, the registry and what is run.

`docs/hooks.py` gives them to MkDocs; the pages that are written by hand stand in `docs/`.
"""

from collections.abc import Iterator

from parity.deviations import DEVIATIONS
from parity.registry import MODULES
from parity.site import components, mapping, plots, traps

__all__ = ["navigation", "pages"]

DEVIATIONS_INTRODUCTION = """---
hide: [navigation]
---
# Differences from Keras

Both packages mean what Keras documents. Where Keras, run, does something else, they follow the documentation, and the
difference stands here: the code, the answer of Keras {version} on TensorFlow, and that of `tfimpl` and of `torchimpl`.
A test runs each line three times, with `lib` standing for `keras`, `tfimpl` and `torchimpl`, and fails when an answer
changes, also when Keras comes to agree.

In the code, `T(numbers, dtype="float32")` makes a tensor, `grad(f, x, dtype)` is the gradient of `sum(f(x))`,
`reload(family, object)` is the object after a round trip through its config, `masked(loss, y_true, y_pred, mask)` calls
a loss with a mask.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The path in the documentation and the content of each page and plot."""
    for module in MODULES:
        yield f"components/{module}/index.md", components.family(module)
    for item in components.pages():
        yield item.uri, components.page(item)
    for entry in plots.drawable():
        for kind, picture in plots.pictures(entry).items():
            yield components.plot_uri(entry, kind), picture
    yield "table.md", mapping.page({entry: uri.replace(".md", ".html") for entry, uri in homes().items()})
    yield "deviations.md", deviations()
    yield "traps.md", traps.page()


def navigation() -> dict[str, list[str]]:
    """The pages of the components, by module, as the navigation lists them."""
    found = {module: [f"components/{module}/index.md"] for module in MODULES}
    for item in components.pages():
        found[item.module].append(item.uri)
    return found


def homes() -> dict[str, str]:
    """The page of each component."""
    return {entry.name: item.uri for item in components.pages() for entry in item.entries}


def deviations() -> str:
    """The page of all wanted differences."""
    lines = [DEVIATIONS_INTRODUCTION.format(version=traps.VERSIONS["Keras"])]
    known = homes()
    family = ""
    for deviation in DEVIATIONS:
        module = deviation.component.partition(".")[0]
        if module != family:
            family = module
            lines += [f"## {module.capitalize()}", ""]
        home = known.get(deviation.component, f"components/{module}/index.md")
        lines += components.deviation_lines(deviation, f"[{deviation.component}]({home})")
    return "\n".join(lines)
