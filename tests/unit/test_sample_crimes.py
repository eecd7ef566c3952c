"""The sample's crimes are what data/README.md says."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_alerts.crs import published_points_to_epsg_27700

DATA = Path(__file__).parents[2] / "data"
CLUSTER_RADIUS_M = 500


@pytest.fixture(scope="module")
def crimes() -> pd.DataFrame:
    with zipfile.ZipFile(DATA / "crimes.zip") as archive:
        assert archive.testzip() is None
        files = [
            pd.read_csv(io.BytesIO(archive.read(name)), dtype="str", keep_default_na=False)
            for name in archive.namelist()
        ]
    return pd.concat(files, ignore_index=True)


def test_crimes_are_of_36_months_in_the_layout_of_the_archive():
    months = [f"{year}-{month:02d}" for year in range(2022, 2026) for month in range(1, 13)]
    expected = [f"{month}/{month}-west-mercia-sample-street.csv" for month in months[3:39]]
    with zipfile.ZipFile(DATA / "crimes.zip") as archive:
        assert archive.namelist() == expected


def test_crimes_have_an_id_but_anti_social_behaviour(crimes: pd.DataFrame):
    is_asb = crimes["Crime type"] == "Anti-social behaviour"
    assert (crimes["Crime ID"] == "").eq(is_asb).all()
    assert not crimes.loc[~is_asb, "Crime ID"].duplicated().any()


def test_crimes_stand_at_whole_metres_as_published_ones_do(crimes: pd.DataFrame):
    located = crimes[crimes["Longitude"] != ""]
    longitude, latitude = located["Longitude"].astype(float), located["Latitude"].astype(float)
    assert published_points_to_epsg_27700(longitude, latitude)[2].all()
    assert 0.975 < len(located) / len(crimes) < 0.995
    robbery = crimes[crimes["Crime type"] == "Robbery"]
    assert 0.82 < (robbery["Longitude"] != "").mean() < 0.94


@pytest.fixture(scope="module")
def strips(crimes: pd.DataFrame) -> pd.DataFrame:
    """Crimes of one category at one place, a column a month, April 2022 first."""
    located = crimes[crimes["Longitude"] != ""]
    place = ["Location", "Longitude", "Latitude", "Crime type"]
    counted = located.pivot_table(index=place, columns="Month", aggfunc="size", fill_value=0)
    return counted.reset_index(["Longitude", "Latitude"], drop=True)


def at_streets(strips: pd.DataFrame, chosen: "pd.Series[bool]") -> set[int]:
    """Numbers of the streets among the places chosen; shops and the like share their names."""
    names = strips.index[chosen].get_level_values("Location")
    numbers = names.str.extract(r"Sample Street (\d+)", expand=False).dropna()
    return {int(number) for number in numbers}


def a_month(strips: pd.DataFrame) -> "pd.Series[float]":
    return strips.mean(axis="columns")


def test_ten_places_have_a_category_in_nearly_every_month(strips: pd.DataFrame):
    always = (strips > 0).sum(axis="columns") >= len(strips.columns) - 1
    streets = {60, 2364, 3495, 5820, 6489, 6898, 7579, 7751, 7959}
    assert at_streets(strips, always) == streets
    of_streets = strips[always & strips.index.get_level_values(0).str.contains("Street")]
    assert a_month(of_streets).between(3, 5).all()
    assert ("On or near Nightclub", "Anti-social behaviour") in strips.index[always]


def test_six_places_are_new_since_december_2024_and_a_cluster_is(strips: pd.DataFrame):
    since, before = strips.loc[:, "2024-12":], strips.loc[:, :"2024-11"]
    new = (a_month(since) >= 2) & (a_month(before) < 0.1)
    assert at_streets(strips, new) == {241, 454, 467, 5533, 5779, 6686} | {4085}


def test_six_places_are_gone_after_august_2024(strips: pd.DataFrame):
    during, after = strips.loc[:, "2022-10":"2024-08"], strips.loc[:, "2024-09":]
    gone = (a_month(during) >= 3) & (a_month(after) < 0.5)
    assert at_streets(strips, gone) == {54, 1155, 1160, 1778, 3286, 6632}
    assert (a_month(strips.loc[gone, :"2022-09"]) < 0.5).all()


def test_four_places_come_in_summer_alone(strips: pd.DataFrame):
    is_summer = strips.columns.str[5:].astype(int).isin(range(5, 10))
    summer = (a_month(strips.loc[:, is_summer]) >= 3) & (a_month(strips.loc[:, ~is_summer]) < 0.5)
    assert at_streets(strips, summer) == {564, 941, 7721}
    assert ("On or near Shopping Area", "Shoplifting") in strips.index[summer]


@pytest.mark.parametrize(
    ("category", "street", "begins", "months"),
    [
        ("Burglary", 4085, "2024-12", 4),
        ("Burglary", 7029, "2025-01", 3),
        ("Burglary", 4252, "2024-08", 4),
        ("Burglary", 2681, "2023-11", 4),
        ("Burglary", 7938, "2022-11", 4),
        ("Vehicle crime", 5555, "2023-03", 4),
        ("Vehicle crime", 1998, "2023-12", 4),
        ("Vehicle crime", 3809, "2022-10", 4),
        ("Vehicle crime", 5348, "2025-01", 3),
        ("Vehicle crime", 1893, "2023-06", 4),
    ],
)
def test_ten_clusters_burn_for_four_months(
    crimes: pd.DataFrame, category: str, street: int, begins: str, months: int
):
    located = crimes[crimes["Longitude"] != ""]
    easting, northing, _ = published_points_to_epsg_27700(
        located["Longitude"].astype(float), located["Latitude"].astype(float)
    )
    is_centre = (located["Location"] == f"On or near Sample Street {street}").to_numpy()
    # A few crimes are far from the street they are told of, beyond the force.
    centre = np.median(easting[is_centre]), np.median(northing[is_centre])
    is_near = np.hypot(easting - centre[0], northing - centre[1]) <= CLUSTER_RADIUS_M
    near = located[is_near & (located["Crime type"] == category).to_numpy()]
    counts = near.groupby("Month").size().reindex(sorted(crimes["Month"].unique()), fill_value=0)
    first = list(counts.index).index(begins)

    during = counts.iloc[first : first + months]
    others = counts.drop(during.index)
    assert len(during) == months
    assert 5 <= during.mean() <= 15
    assert others.mean() < 2
    assert others.max() <= during.max() / 2
