"""Layers of hotspots as files: read back by others' software as they were."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_alerts.acts.hotspots.exporting import export, flattened
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError, UnknownFormatError, UnknownRunError
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea, Result
from geo_alerts.store.hotspot_runs import NewRun, Who, save

GRID = SquareGrid(cell_m=250, west=350_000, south=300_000, columns=4, rows=3)
SQUARES = CellLayer(
    GRID,
    np.array([0, 5, 11]),
    {
        "crimes": np.array([3.0, 0.0, 2.0]),
        "z": np.array([1.5, np.nan, -0.25]),
        "is_hot": np.array([True, False, False]),
        "class": np.array(["new hot spot", "", "sporadic hot spot"]),
    },
)
BOX = shapely.box(350_000, 300_000, 350_500, 300_250)
AREAS = (
    HotArea(
        1, "k1", BOX, {"crimes": 5, "persistence": {"value": 0.5, "low": 0.1}, "strip": [1, 4]}
    ),
    HotArea(2, None, shapely.box(350_000, 302_000, 350_250, 302_250), {"crimes": 2}),
)
FORMATS = (".geojson", ".gpkg", ".parquet")


def kept(live: Live, cells: CellLayer | None = SQUARES, areas: tuple[HotArea, ...] = AREAS) -> str:
    new = NewRun(
        "Burglary", "gi_star", {}, {"level": 0.05}, {"months": ["2025-01"]}, is_restricted=False
    )
    facts = {"attribution": "Open Government Licence v3.0"}
    return save(live.store, new, Result(cells, areas, facts), Who("cli:anna", "admin")).id


def read_back(path: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    return frame.to_crs("EPSG:27700") if path.suffix == ".geojson" else frame


@pytest.mark.parametrize("ending", FORMATS)
def test_areas_are_read_back_with_their_facts(live: Live, tmp_path: Path, ending: str):
    path = tmp_path / f"areas{ending}"
    assert export(live, kept(live), path, Role.ANALYST) == 2
    frame = read_back(path)
    assert frame["rank"].tolist() == [1, 2]
    assert frame["key"].tolist() == ["k1", ""]
    assert frame["crimes"].tolist() == [5, 2]
    assert frame["persistence_low"][0] == 0.1
    assert json.loads(frame["strip"][0]) == [1, 4]
    # PROJ without the grid of OSTN15 is some metres off.
    assert shapely.distance(frame.geometry[0].centroid, BOX.centroid) < 5


@pytest.mark.parametrize("ending", FORMATS)
def test_cells_are_read_back_with_their_columns(live: Live, tmp_path: Path, ending: str):
    path = tmp_path / f"cells{ending}"
    assert export(live, kept(live), path, Role.ANALYST, "cells") == 3
    frame = read_back(path)
    assert frame["cell"].tolist() == [0, 5, 11]
    np.testing.assert_array_equal(frame["z"].to_numpy(float), SQUARES.columns["z"])
    assert frame["is_hot"].tolist() == [True, False, False]
    assert frame["class"].tolist()[0] == "new hot spot"
    if ending != ".geojson":
        assert all(
            one.equals(box)
            for one, box in zip(frame.geometry, GRID.polygons(SQUARES.cell), strict=True)
        )


def test_geojson_is_that_of_the_standard_and_names_its_inputs(live: Live, tmp_path: Path):
    path = tmp_path / "cells.geojson"
    export(live, kept(live), path, Role.ANALYST, "cells")

    def refuse(name: str) -> float:
        raise AssertionError(name)

    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert document["features"][1]["properties"]["z"] is None
    assert (document["name"], json.loads(document["question"])) == ("Burglary", {"level": 0.05})
    assert json.loads(document["inputs"]) == {"months": ["2025-01"]}
    longitude, latitude = document["features"][0]["geometry"]["coordinates"][0][0]
    assert -3 < longitude < -2 < 52 < latitude < 53


@pytest.mark.parametrize("ending", [*FORMATS, ".csv"])
def test_hexagons_have_their_index_in_hexadecimal(live: Live, tmp_path: Path, ending: str):
    grid = HexGrid.over(shapely.box(350_000, 300_000, 352_000, 302_000), 8)
    layer = CellLayer(grid, grid.cells, {"crimes": np.zeros(grid.size)})
    path = tmp_path / f"cells{ending}"
    assert export(live, kept(live, layer), path, Role.ANALYST, "cells") == grid.size
    frame = pd.read_csv(path) if ending == ".csv" else read_back(path)
    assert frame["cell"].tolist() == [f"{int(cell):x}" for cell in grid.cells]


def test_csv_has_the_middle_of_each_in_metres_and_degrees(live: Live, tmp_path: Path):
    path = tmp_path / "areas.csv"
    export(live, kept(live), path, Role.ANALYST)
    frame = pd.read_csv(path)
    assert (frame["easting"][0], frame["northing"][0]) == (350_250, 300_125)
    # PROJ without the grid of OSTN15 is some metres off.
    point = gpd.GeoSeries([shapely.Point(350_250, 300_125)], crs="EPSG:27700").to_crs("EPSG:4326")
    assert frame["longitude"][0] == pytest.approx(point.x[0], abs=5e-5)
    assert frame["latitude"][0] == pytest.approx(point.y[0], abs=5e-5)


def test_a_run_without_areas_is_an_empty_file(live: Live, tmp_path: Path):
    run_id = kept(live, areas=())
    for ending in (*FORMATS, ".csv"):
        path = tmp_path / f"areas{ending}"
        assert export(live, run_id, path, Role.ANALYST) == 0
        assert path.exists()


def test_what_cannot_be_exported_is_told(live: Live, tmp_path: Path):
    run_id = kept(live, cells=None)
    with pytest.raises(UnknownFormatError, match=r"wanted \.geojson, \.gpkg"):
        export(live, run_id, tmp_path / "areas.shp", Role.ANALYST)
    with pytest.raises(InvalidInputError, match="has no cells: export its areas"):
        export(live, run_id, tmp_path / "cells.csv", Role.ANALYST, "cells")
    with pytest.raises(UnknownRunError):
        export(live, "none", tmp_path / "areas.csv", Role.ANALYST)


def test_facts_within_facts_have_both_names():
    facts = {"ratio": {"value": 1.0, "ends": {"low": 0.5}}, "strip": [1, None]}
    assert flattened(facts) == {"ratio_value": 1.0, "ratio_ends_low": 0.5, "strip": "[1, null]"}
