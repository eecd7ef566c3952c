"""What benchmarks share. `make bench` runs them; `make test` does not.

Times are compared within one run only: give things that answer one question the same
`@pytest.mark.benchmark(group="the question")`, and pytest-benchmark's tables show how many times
longer each takes than the fastest. Figures that are not times go to `figures`, printed at the end.
"""

import os
from pathlib import Path

import pytest

_figures = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def sample_packages() -> Path:
    """Where the packages of published data were put: the whole of Great Britain's units."""
    named = os.environ.get("GEO_ALERTS_SAMPLE_PACKAGES")
    if not named:
        pytest.skip("the packages of sample data are not here (make bench fetches them)")
    return Path(named).resolve()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> list[str]:
    """Lines to print when all is measured."""
    return request.config.stash[_figures]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_figures] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = terminalreporter.config.stash[_figures]
    if lines:
        terminalreporter.section("measured")
    for line in lines:
        terminalreporter.write_line(line)
