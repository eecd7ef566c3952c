"""Postcode sectors as areas."""

import numpy as np
import pytest
import shapely

from geo_alerts.places.cells import Cells
from geo_alerts.places.directory import Directory
from geo_alerts.places.sectors import sectors_of


@pytest.fixture(scope="module")
def directory():
    """Three hundred units of three sectors in three strips, two of them at one point."""
    rng = np.random.default_rng(7)
    easting = rng.uniform(0, 3_000, 300) + 350_000
    northing = rng.uniform(0, 2_000, 300) + 310_000
    sector = ((easting - 350_000) // 1_000).astype(int) + 1
    letters = [f"{a}{b}" for a in "ABDEFGHJLN" for b in "ABDEFGHJLNPQRSTUWXYZ"] * 2
    units = [f"SY{n} 1{two}" for n, two in zip(sector, letters, strict=False)]
    columns = {
        "postcode": [f"{unit[:5]}{two}" for unit, two in zip(units, letters, strict=False)],
        "easting": easting.round(),
        "northing": northing.round(),
        "is_live": np.ones(300, dtype=bool),
    }
    kept = np.unique(columns["postcode"], return_index=True)[1]
    return Directory.from_columns(
        "made", {name: np.asarray(values)[kept] for name, values in columns.items()}
    )


@pytest.fixture(scope="module")
def cells(directory):
    return Cells.build(directory.easting, directory.northing, directory.is_live)


def test_each_sector_is_the_ground_of_its_units_and_neighbours_fit(directory, cells):
    layer = sectors_of(directory, cells, np.arange(len(directory)))
    assert layer.code.tolist() == ["SY1 1", "SY2 1", "SY3 1"]
    assert shapely.coverage_is_valid(layer.geometry)
    whole = shapely.union_all(cells.polygons(np.arange(len(directory)))).area
    assert shapely.area(layer.geometry).sum() == pytest.approx(whole, rel=1e-6)
    for code, ground in zip(layer.code, layer.geometry, strict=True):
        inside = shapely.contains_xy(ground, directory.easting, directory.northing)
        assert {text[:5] for text in directory.postcode[inside]} == {code}


def test_a_sector_reaches_as_far_as_the_units_that_are_given(directory, cells):
    some = np.flatnonzero(directory.easting < 351_500)
    layer = sectors_of(directory, cells, some)
    assert layer.code.tolist() == ["SY1 1", "SY2 1"]
    inside = shapely.contains_xy(layer.geometry[1], directory.easting, directory.northing)
    assert set(np.flatnonzero(inside)) <= set(some)


def test_of_no_units_there_are_no_sectors(directory, cells):
    assert len(sectors_of(directory, cells, np.arange(0))) == 0


def test_two_sectors_at_one_point_are_told_once():
    columns = {
        "postcode": ["SY1 1AA", "SY2 1AA", "SY2 1AB"],
        "easting": [350_000, 350_000, 350_400],
        "northing": [310_000, 310_000, 310_000],
        "is_live": [True, True, True],
    }
    directory = Directory.from_columns("made", columns)
    cells = Cells.build(directory.easting, directory.northing, directory.is_live)
    layer = sectors_of(directory, cells, np.arange(3))
    assert layer.code.tolist() == ["SY1 1", "SY2 1"]
    assert shapely.coverage_is_valid(layer.geometry)
