"""What tests of all kinds share: real data, PostGIS, a browser; and what to do without them.

A test that lacks one of these is skipped, and the last lines of the run say how many and what would
bring them. With CI=true a skip of any kind is a failure.
"""

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.chromium import find_chromium, launch
from tests.postgis import Cluster, find_programs, private_cluster

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from geo_alerts.store.database import Store

ROOT = Path(__file__).resolve().parent.parent
ARTEFACTS = ROOT / "test-artefacts" / "pages"
IN_CI = os.environ.get("CI") == "true"
PROVE = bool(os.environ.get("GEO_ALERTS_PROVE"))
NO_POSTGIS = "no PostgreSQL with PostGIS is installed (make system)"
NO_BROWSER = "no Chromium that Playwright can use is installed (make system)"
NO_SHARED_DATA = "the real data is not here (set GEO_ALERTS_TEST_DATA to its folder)"

# The width of somebody's terminal is not for tests to depend on; the processes of a run inherit one
# from the library that reads lines.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

# Derandomised: a run tells about the change at hand, not about luck. `make prove` looks further.
hypothesis.settings.register_profile(
    "test", derandomize=True, deadline=None, max_examples=50, database=None
)
hypothesis.settings.register_profile(
    "prove", deadline=None, max_examples=2000, print_blob=True, database=None
)
hypothesis.settings.load_profile("prove" if PROVE else "test")


@pytest.fixture(scope="session")
def prove() -> bool:
    """Whether the long form of a proof is wanted (`make prove`)."""
    return PROVE


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: GEO_ALERTS_TEST_DATA, else shared/data beside the checkout."""
    named = os.environ.get("GEO_ALERTS_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(NO_SHARED_DATA)
    return folder


@pytest.fixture(scope="session")
def postgis_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL with PostGIS, for this run of the tests."""
    programs = find_programs()
    if programs is None:
        pytest.skip(NO_POSTGIS)
    with private_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgis_url(postgis_cluster: Cluster) -> str:
    """SQLAlchemy URL of one database with the extension, shared by the whole run."""
    return postgis_cluster.create("shared_by_all")


_numbers = itertools.count(1)


@pytest.fixture
def postgis_database(postgis_cluster: Cluster) -> Iterator[str]:
    """SQLAlchemy URL of a database of this test's own: the extension, nothing else."""
    name = f"test_{next(_numbers)}"
    yield postgis_cluster.create(name)
    postgis_cluster.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a place for a store, one test on each kind of database; no store is there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgis_database")


@pytest.fixture
def store(store_url: str) -> "Iterator[Store]":
    """An empty store, one test on each kind of database."""
    from geo_alerts.store.database import Store  # noqa: PLC0415

    with Store.open(store_url, create=True) as opened:
        yield opened


# One browser a module, not one a run: while it is open, its event loop counts as running in this
# thread, and code that starts one of its own would fail in the modules after it.
@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """The system's Chromium, headless."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    found = find_chromium()
    if found is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        chromium = launch(playwright, found)
        yield chromium
        chromium.close()


@dataclass
class PageLog:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: "Page") -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )


@pytest.fixture
def page_log() -> PageLog:
    """The requests and the errors of this test's `page`."""
    return PageLog()


@pytest.fixture
def page(browser: "Browser", page_log: PageLog) -> "Iterator[Page]":
    """A page of a fresh context; `page.context.set_offline(True)` takes the network away."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    page_log.watch(opened)
    yield opened
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """With CI=true, turn every skip into a failure and keep the reason."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI=true forbids: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session):
    """Say in the very last lines what was skipped and what would bring it."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.most_common():
        reporter.write_line(f"{count} tests were skipped: {reason}", yellow=True)
    return result


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say where the pictures of the pages are."""
    ran = itertools.chain.from_iterable(terminalreporter.stats.values())
    if any("test_everywhere" in getattr(report, "nodeid", "") for report in ran):
        terminalreporter.write_line(f"what every page looks like is in {ARTEFACTS}")
