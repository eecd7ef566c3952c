import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import CrsError, FrameError

KINDS = {"postcode": "text", "easting": "number", "pqi": "whole", "large_user": "flag"}


def units(**changed):
    columns = {
        "postcode": ["SY1 1AA", "SY1 1AB"],
        "easting": [349_000.0, float("nan")],
        "pqi": [10, 90],
        "large_user": [False, True],
    }
    return pd.DataFrame(columns | changed)


def frame_in(crs):
    return gpd.GeoDataFrame(geometry=[shapely.Point(349_000, 312_000)], crs=crs)


def test_a_frame_on_the_national_grid_passes():
    require_epsg_27700(frame_in("EPSG:27700"), what="points")


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:29902", "EPSG:7405"])
def test_a_frame_in_another_crs_is_refused_and_both_are_named(crs):
    with pytest.raises(CrsError, match=f"points are in {crs}.*; wanted EPSG:27700"):
        require_epsg_27700(frame_in(crs), what="points")


def test_a_frame_without_crs_is_refused():
    with pytest.raises(CrsError, match="teams have no CRS; wanted EPSG:27700"):
        require_epsg_27700(frame_in(None), what="teams")


def test_a_frame_that_keeps_its_contract_passes():
    require_columns(units(), KINDS, what="units", unique="postcode")


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_text_is_text_however_pandas_holds_it(dtype):
    frame = units().astype({"postcode": dtype})
    require_columns(frame, KINDS, what="units", unique="postcode")


def test_whole_numbers_serve_where_numbers_are_wanted():
    require_columns(units(easting=[349_000, 349_001]), KINDS, what="units")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("postcode", [1, 2]),
        ("easting", ["349000", "349001"]),
        ("pqi", [10.5, 90.0]),
        ("large_user", [0, 1]),
    ],
)
def test_a_column_of_another_kind_is_named(column, values):
    with pytest.raises(FrameError) as caught:
        require_columns(units(**{column: values}), KINDS, what="units")
    assert [(fault.column, fault.reason) for fault in caught.value.faults] == [
        (column, f"is not of kind {KINDS[column]}")
    ]


def test_every_fault_of_a_frame_is_told_at_once():
    frame = units(postcode=["SY1 1AA", "SY1 1AA"], pqi=["x", "y"]).drop(columns="easting")
    with pytest.raises(FrameError) as caught:
        require_columns(frame, KINDS, what="units", unique="postcode")
    assert str(caught.value) == (
        "units: column easting: is missing; column pqi: is not of kind whole; "
        "column postcode: 'SY1 1AA' occurs more than once"
    )
