"""The sample's crimes are what data/README.md says."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from geo_alerts.crs import published_points_to_epsg_27700

DATA = Path(__file__).parents[2] / "data"


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
