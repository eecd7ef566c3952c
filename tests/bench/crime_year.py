"""A year of crime of the whole country, made of two published months; and its import, by itself.

`python -m tests.bench.crime_year URL FOLDER` imports it and prints what that took.
"""

import json
import resource
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.database import Store

# Each holds about 40 of 44 forces: with eight months of each there are as many rows as in a year.
PUBLISHED = ("2021-06", "2025-03")
COPIES = 8
LEAST_ROWS = 5_900_000


def make(published: Path, folder: Path) -> Path:
    """Write the year as zips of months."""
    for month in PUBLISHED:
        for copy in range(COPIES):
            name = month_text(month_number(month) - copy)
            with zipfile.ZipFile(
                folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1
            ) as year:
                for member, content in _members(published, month):
                    dated = content.replace(f"{month},".encode(), f"{name},".encode())
                    year.writestr(member.replace(month, name), dated)
    return folder


def measured(url: str, folder: Path) -> dict[str, float]:
    """What the import of a folder takes."""
    began, worked = time.perf_counter(), time.process_time()
    with Store.open(url) as store:
        report = import_crimes(store, [folder], lambda _done, _total: None)
    return {
        "rows": report.rows,
        "seconds": time.perf_counter() - began,
        "of_processor": time.process_time() - worked,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def _members(published: Path, month: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(published / f"all-forces-{month}.zip") as archive:
        for member in archive.namelist():
            if member.endswith("street.csv"):
                yield member, archive.read(member)


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
