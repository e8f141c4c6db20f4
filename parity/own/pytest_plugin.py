"""pytest's plugin: how many cases, which seed, and a summary of the pairs that were checked."""

from collections.abc import Generator
from typing import Any

import pytest

from parity.own.settings import SETTINGS

PROPERTY = "parity"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity", "pairs of functions that are to mean the same")
    group.addoption("--parity-examples", type=int, help="Cases for each pair that does not say it itself.")
    group.addoption("--parity-seed", type=int, help="What the cases are drawn from, where a pair does not say it.")


def pytest_configure(config: pytest.Config) -> None:
    examples, seed = config.getoption("--parity-examples"), config.getoption("--parity-seed")
    before = {"examples": SETTINGS.examples, "seed": SETTINGS.seed}
    config.add_cleanup(lambda: vars(SETTINGS).update(before))  # for runs within a run
    if examples is not None:
        if examples < 1:
            raise pytest.UsageError(f"--parity-examples must be at least 1. Received: {examples}")
        SETTINGS.examples = examples
    if seed is not None:
        SETTINGS.seed = seed
    config.pluginmanager.register(Summary(), "parity-summary")


class Summary:
    """Collects what the pairs of every test found, from other processes too."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        SETTINGS.summaries.clear()
        try:
            return (yield)
        finally:
            item.user_properties.extend((PROPERTY, line) for line in SETTINGS.summaries)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.lines.extend(str(value) for key, value in report.user_properties if key == PROPERTY)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.lines:
            terminalreporter.section("pairs that agree")
            for line in self.lines:
                terminalreporter.write_line(line)
