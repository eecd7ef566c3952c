"""Real months of crime in the store, beside the same files read by the csv module."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from geo_alerts.hotspots.categories import category_named
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.crime_months import located_and_not
from geo_alerts.store.crime_points import published_position
from geo_alerts.store.crimes import load_crimes, snap_points
from geo_alerts.store.database import Store
from tests.crime_world import ALL_TIME, bring

pytestmark = pytest.mark.shared

# One of the time when all points were whole metres, one of the time since.
MONTHS = ("2021-05", "2025-03")


def rows_of(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("street.csv")]
        content = io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="")
        return list(csv.DictReader(content))


@pytest.fixture(scope="module")
def paths(shared_data) -> list[Path]:
    return [shared_data / "crime" / f"west-mercia-{month}.zip" for month in MONTHS]


@pytest.fixture(scope="module")
def store(paths, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('real') / 'store.db'}"
    with Store.open(url, create=True) as opened:
        bring(opened, *paths)
        yield opened


def test_every_crime_is_at_its_published_point_in_its_month_and_category(paths, store):
    expected = Counter(
        (month_number(row["Month"]), row["Crime type"], row["Longitude"], row["Latitude"])
        for path in paths
        for row in rows_of(path)
        if row["Longitude"]
    )
    with store.reading() as connection:
        found = load_crimes(connection, forces=None, months=ALL_TIME, categories=None)
    longitude, latitude = published_position(found.point)
    names = {category_named(kind).number: kind for _, kind, _, _ in expected}
    told = Counter(
        (month, names[category], f"{east / 1e6:.6f}", f"{north / 1e6:.6f}")
        for month, category, east, north in zip(
            found.month.tolist(),
            found.category.tolist(),
            longitude.tolist(),
            latitude.tolist(),
            strict=True,
        )
    )
    assert told == expected


def test_crimes_without_a_position_are_counted_by_category(paths, store):
    every, placed = Counter(), Counter()
    for path in paths:
        for row in rows_of(path):
            every[row["Crime type"]] += 1
            placed[row["Crime type"]] += bool(row["Longitude"])
    with store.reading() as connection:
        told = located_and_not(connection, forces=None, months=ALL_TIME, categories=None)
    assert told == {category_named(kind).number: (every[kind], placed[kind]) for kind in every}


def test_points_of_2021_are_whole_metres_and_the_others_within_half_a_metre_of_one(store):
    with store.reading() as connection:
        spans = [(month_number(month), month_number(month)) for month in MONTHS]
        early, late = (
            np.unique(load_crimes(connection, forces=None, months=span, categories=None).point)
            for span in spans
        )
        whole = snap_points(connection, early)
        others = snap_points(connection, late)
    assert (whole.easting % 1 == 0).all()
    assert (whole.northing % 1 == 0).all()
    # 5.7 % of published points of 2025 were found not to be whole metres.
    share = ((others.easting % 1 != 0) | (others.northing % 1 != 0)).mean()
    assert 0.04 < share < 0.08


def test_the_months_in_between_are_told_as_missing(paths, store):
    report = bring(store, *paths)
    assert report.is_unchanged
    assert (
        len(report.missing["west-mercia"]) == month_number("2025-03") - month_number("2021-05") - 1
    )
