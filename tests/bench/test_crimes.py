"""Crimes of a force's month and of the country's year into both stores, while others write."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.crimes import load_crimes
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import next_seq
from tests.bench.crime_year import LEAST_ROWS, make

ROOT = Path(__file__).resolve().parents[2]

MOST_SECONDS_A_FORCE_MONTH = 0.5
MOST_SECONDS_A_YEAR = 60.0
MOST_MEGABYTES = 1_500
MOST_WAIT_S = 1.0
# How often somebody else changes something.
BETWEEN_S = 0.02
YEAR = month_number("2021-03"), month_number("2022-03")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def crime(shared_data: Path) -> Path:
    return shared_data / "crime"


@pytest.fixture(scope="module")
def year(crime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("year")
    yield make(crime, folder)
    shutil.rmtree(folder)


@pytest.mark.benchmark(group="a force's month into the store")
def test_a_force_month(crime, store, benchmark):
    # What reads CSVs is imported with the first month.
    import_crimes(store, [crime / "west-mercia-2021-04.zip"], lambda _done, _total: None)
    months = iter(sorted(crime.glob("west-mercia-2021-*.zip"))[2:])

    def bring() -> None:
        report = import_crimes(store, [next(months)], lambda _done, _total: None)
        assert not report.is_unchanged

    benchmark.pedantic(bring, rounds=5)
    assert benchmark.stats.stats.min <= MOST_SECONDS_A_FORCE_MONTH


@pytest.mark.benchmark(group="a force's year out of the store")
def test_a_force_year_is_read(crime, store, benchmark):
    import_crimes(
        store, sorted(crime.glob("west-mercia-202[12]-*.zip")), lambda _done, _total: None
    )

    def read() -> int:
        with store.reading() as connection:
            found = load_crimes(connection, forces=["west-mercia"], months=YEAR, categories=None)
        return len(found)

    assert benchmark.pedantic(read, rounds=5) > 100_000


def test_the_country_year_while_others_write(year, store_url, figures):
    with Store.open(store_url, create=True) as store:
        command = [sys.executable, "-m", "tests.bench.crime_year", store_url, str(year)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        waits = writing_until_it_ends(store, child)
        answer, _ = child.communicate()
        assert child.returncode == 0
    took = json.loads(answer)
    kind = "PostGIS" if store.is_postgis else "SQLite"
    figures.append(
        f"{kind}: {took['rows']:,} rows in {took['seconds']:.1f} s ({took['of_processor']:.1f} s "
        f"of processor), {took['megabytes']:,.0f} MB at most; {len(waits):,} other writers waited "
        f"{max(waits) * 1e3:,.0f} ms at most"
    )
    assert took["rows"] >= LEAST_ROWS
    assert took["seconds"] <= MOST_SECONDS_A_YEAR
    assert took["megabytes"] <= MOST_MEGABYTES
    assert max(waits) <= MOST_WAIT_S


def writing_until_it_ends(store: Store, child: subprocess.Popen[str]) -> list[float]:
    """How long each of many small changes took while the import was under way."""
    waits = []
    while child.poll() is None:
        began = time.perf_counter()
        with store.writing() as connection:
            next_seq(connection)
        waits.append(time.perf_counter() - began)
        time.sleep(BETWEEN_S)
    return waits
