"""Imports of crimes whose process is killed: what there was stays whole, the rest is removed."""

import signal
import subprocess
import sys

from sqlalchemy import text

from geo_alerts.store.crime_tables import crime, crime_month
from geo_alerts.store.database import Store
from geo_alerts.store.housekeeping import tidy
from tests.crime_world import bring, burglary, crimes_in, file_of, rows_in, usual

MONTHS = ("2021-04", "2021-05", "2021-06", "2021-07")
PROGRAM = """
import sys, time
from pathlib import Path
from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.store.database import Store

with Store.open(sys.argv[1]) as store:
    import_crimes(store, [Path(sys.argv[2])], lambda done, _: print(done, flush=True))
"""


def test_an_import_that_is_killed_leaves_what_there_was_and_can_be_repeated(
    store_url: str, tmp_path
):
    year = tmp_path / "year"
    with Store.open(store_url, create=True) as store:
        bring(store, file_of(tmp_path, *usual()))
        for month in MONTHS:
            many = [burglary(number, month=month) for number in range(300)]
            file_of(year, *many, month=month)
        command = [sys.executable, "-c", PROGRAM, store_url, str(year)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        child.kill()
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        assert len(crimes_in(store)) == 3
        assert rows_in(store, crime) >= 304
        assert tidy(store) >= 1
        assert rows_in(store, crime) == 4
        assert rows_in(store, crime_month) == 1
        bring(store, year)
        assert len(crimes_in(store)) == 3 + 300 * len(MONTHS)


def test_what_is_visible_reaches_the_disk_after_what_was_staged(tmp_path):
    full, normal = 2, 1
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}", create=True) as store:
        for is_staged, level in ((True, normal), (False, full), (True, normal), (False, full)):
            with store.writing(is_staged=is_staged) as connection:
                assert connection.execute(text("PRAGMA synchronous")).scalar() == level
