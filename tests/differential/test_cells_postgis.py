"""Cells are those of PostGIS's whole diagram, and shares are the areas that PostGIS measures.

Nor do they need PostGIS to be told: of any place the nearest unit is that of the cell it is in.
"""

import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely

from boundaries.files.read import read_boundaries
from geo_alerts.places.assignment import assign
from geo_alerts.places.cells import CLIP_M, Cells
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.shares import LEAST_SHARE, shares
from geo_alerts.places.voronoi import DISC_SIDES
from tests.conftest import ROOT
from tests.postgis_shapes import load_areas, load_points

# Vertices are rounded to the millimetre: they move by half its diagonal at most.
ROUNDED_M = 0.00075


@pytest.fixture(scope="module")
def connection(postgis_cluster):
    url = postgis_cluster.create("cells").replace("+psycopg", "")
    with psycopg.connect(url) as opened:
        yield opened
    postgis_cluster.drop("cells")


@pytest.fixture(scope="module")
def sample():
    """Live units of the sample between Shrewsbury and Telford, one at each point."""
    units = pd.read_csv(ROOT / "data" / "postcodes.csv.gz", usecols=["easting", "northing"])
    units = units[units["easting"].between(340_000, 375_000)].drop_duplicates()
    return units[units["northing"].between(295_000, 330_000)].reset_index(drop=True)


@pytest.fixture(scope="module")
def cells(sample):
    return Cells.build(sample["easting"], sample["northing"], np.ones(len(sample), bool))


@pytest.mark.postgis
def test_cells_are_those_of_the_whole_diagram_of_postgis(connection, sample, cells):
    assert len(sample) > 5_000
    load_points(connection, sample["easting"], sample["northing"])
    load_areas(connection, cells.polygons(np.arange(len(sample))), "cell")
    asked = """
        WITH diagram AS (
            SELECT (ST_Dump(ST_VoronoiPolygons(
                ST_Collect(at), 0, ST_Expand(ST_Extent(at)::geometry, 9000)
            ))).geom AS shape FROM unit
        ), expected AS (
            SELECT number, ST_Intersection(shape, ST_Buffer(at, %s, %s)) AS shape
            FROM unit JOIN diagram ON ST_Contains(diagram.shape, unit.at)
        )
        SELECT number, ST_Area(ST_SymDifference(expected.shape, cell.shape)),
            ST_HausdorffDistance(expected.shape, cell.shape), ST_Perimeter(cell.shape)
        FROM expected JOIN cell USING (number) ORDER BY number
    """
    disc = CLIP_M, f"quad_segs={DISC_SIDES // 4}"
    number, differing, apart_m, around_m = np.array(connection.execute(asked, disc).fetchall()).T

    assert np.array_equal(number, np.arange(len(sample)))
    assert apart_m.max() <= ROUNDED_M
    assert (differing <= ROUNDED_M * around_m).all()


def test_a_place_anywhere_is_in_the_cell_of_its_nearest_unit(sample, cells):
    index = PointIndex(sample["easting"], sample["northing"])
    tree = shapely.STRtree(cells.polygons(np.arange(len(sample))))
    rng = np.random.default_rng(41)
    for place in rng.uniform((345_000, 300_000), (370_000, 325_000), (2_000, 2)):
        rows, away_m = index.nearest(*place, count=2)
        found = tree.query(shapely.Point(place), predicate="intersects")
        if away_m[0] > CLIP_M:
            assert not len(found)
        elif away_m[0] < CLIP_M * np.cos(np.pi / DISC_SIDES) and np.diff(away_m) > ROUNDED_M:
            assert found.tolist() == [rows[0]]


def measured(connection, cells, geometries):
    """Pairs of cell and area with the part that the area has, and what no area has of each cell."""
    load_areas(connection, cells, "cell")
    load_areas(connection, geometries)
    connection.execute("CREATE INDEX ON area USING gist (shape)")
    pairs = connection.execute("""
        SELECT cell.number, area.number,
            ST_Area(ST_Intersection(cell.shape, area.shape)) / ST_Area(cell.shape)
        FROM cell JOIN area ON ST_Intersects(cell.shape, area.shape)
    """).fetchall()
    none = connection.execute("""
        SELECT cell.number, 1 - coalesce(ST_Area(ST_Intersection(cell.shape, (
            SELECT ST_Union(area.shape) FROM area WHERE ST_Intersects(area.shape, cell.shape)
        ))), 0) / ST_Area(cell.shape) FROM cell ORDER BY 1
    """).fetchall()
    told = {(cell, area): part for cell, area, part in pairs if part >= LEAST_SHARE}
    return told, np.array(none)[:, 1]


def same_as_measured(connection, cells, layer, easting, northing):
    rows = np.arange(len(easting))
    found = shares(cells, rows, layer, assign(easting, northing, layer))
    told, none = measured(connection, cells.polygons(rows), layer.geometry)
    unit = np.repeat(rows, np.diff(found.offset)).tolist()
    ours = dict(zip(zip(unit, found.area.tolist(), strict=True), found.share, strict=True))
    tiny = {pair for pair, share in ours.items() if share < LEAST_SHARE}
    assert len(tiny) < 5
    assert ours.keys() - tiny == told.keys()
    # What is within a thousandth of the whole or of nothing is told as such.
    snapped = LEAST_SHARE + 1e-9
    assert max(abs(ours[pair] - part) for pair, part in told.items()) <= snapped
    exact = [abs(ours[pair] - part) for pair, part in told.items() if part < 1 - LEAST_SHARE]
    assert max(exact) < 1e-9
    assert np.abs(found.none - none).max() <= snapped
    return len(exact)


@pytest.mark.postgis
def test_shares_in_simplified_overlapping_teams_are_those_that_postgis_measures(
    connection, sample, cells
):
    teams = Layer.from_frame(read_boundaries(ROOT / "data" / "teams.geojson.gz").frame, "teams")
    shapes = shapely.simplify(teams.geometry, 150)  # each alone: gaps and overlaps come of it
    layer = Layer.from_columns("simplified", teams.code, teams.name, shapes)

    cut = same_as_measured(connection, cells, layer, sample["easting"], sample["northing"])

    assert cut > 1_000


@pytest.mark.postgis
@pytest.mark.shared
def test_shares_of_real_units_in_real_wards_are_those_that_postgis_measures(
    connection, units, wards, prove
):
    some = units.take((units.northing > 310_000) | prove)
    cells = Cells.build(some.easting, some.northing, np.ones(len(some.ward), bool))

    cut = same_as_measured(connection, cells, wards, some.easting, some.northing)

    assert cut > 3_000
