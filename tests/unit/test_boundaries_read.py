"""Reading boundaries: every format gives the same layer, and what files say of themselves."""

import json

import pytest
import shapely

from boundaries.fields import FILE_NAME, FOLDER_NAME, Fields
from boundaries.options import ReadOptions
from boundaries.read import read_boundaries
from geo_alerts.errors import CrsError, SourceError, SourceFaultsError
from tests.boundary_files import (
    IN_DEGREES,
    NORTH,
    ON_GRID,
    as_flatgeobuf,
    as_folder_of_shapefiles,
    as_geojson,
    as_geojson_gz,
    as_geojson_of_2008,
    as_geopackage,
    as_geopackage_in_web_mercator,
    as_geoparquet,
    as_kml,
    as_kmz,
    as_shapefile,
    as_topojson,
    as_zip_of_districts,
    as_zip_of_kml,
    as_zipped_shapefile,
    feature,
    frame,
    north_and_south,
    write_geojson,
)


@pytest.mark.parametrize(
    "write",
    [
        as_geojson,
        as_geojson_gz,
        as_geojson_of_2008,
        as_geopackage,
        as_geopackage_in_web_mercator,
        as_shapefile,
        as_zipped_shapefile,
        as_folder_of_shapefiles,
        as_flatgeobuf,
        as_geoparquet,
        as_topojson,
        as_kml,
        as_kmz,
        as_zip_of_kml,
        as_zip_of_districts,
    ],
    ids=lambda write: write.__name__,
)
def test_every_format_gives_the_same_areas_on_the_national_grid(tmp_path, write):
    source = read_boundaries(write(tmp_path))
    assert source.frame.columns.drop("parent_code", errors="ignore").tolist() == [
        "code",
        "name",
        "geometry",
    ]
    assert source.frame.crs == "EPSG:27700"
    assert source.frame["code"].tolist() == ["N1", "S1"]
    for read, true in zip(source.frame.geometry, ON_GRID, strict=True):
        assert not read.has_z
        assert shapely.hausdorff_distance(read, true) < 0.001
        assert shapely.symmetric_difference(read, true).area < 1
    heights = ("third ordinates (heights) left out of 2 areas",)
    assert source.notes == (heights if "km" in write.__name__ else ())


@pytest.mark.parametrize(
    ("write", "fields", "crs"),
    [
        (as_geojson, Fields("code", "name"), "EPSG:4326"),
        (as_geojson_of_2008, Fields("code", "name"), "EPSG:27700"),
        (as_kml, Fields("Name", "Name"), "EPSG:4326"),
        (as_zip_of_kml, Fields(FILE_NAME, "Name", FOLDER_NAME), "EPSG:4326"),
        (as_geoparquet, Fields("code", "name"), "OGC:CRS84"),
        (as_topojson, Fields("id", "name"), "EPSG:4326"),
    ],
)
def test_the_fields_and_the_crs_used_are_told(tmp_path, write, fields, crs):
    source = read_boundaries(write(tmp_path))
    assert (source.fields, source.crs) == (fields, crs)


def test_what_a_geojson_says_of_itself_is_kept(tmp_path):
    path = write_geojson(
        tmp_path / "teams.geojson",
        north_and_south(),
        name="Teams for a demonstration",
        demonstration=True,
        licence="OGL",
        attribution="Contains OS data",
        valid_from="2025-04-22",
    )
    source = read_boundaries(path)
    assert source.label == "Teams for a demonstration"
    assert source.demonstration is True
    assert source.licence == "OGL; Contains OS data"
    assert source.valid_from == "2025-04-22"


def test_what_a_file_does_not_say_is_left_open(tmp_path):
    source = read_boundaries(as_geopackage(tmp_path))
    assert (source.label, source.demonstration) == ("teams.gpkg", False)
    assert (source.licence, source.valid_from) == ("", None)


def test_members_after_the_features_count_too(tmp_path):
    path = tmp_path / "teams.geojson"
    features = [feature(NORTH, code="N1", name="North")]
    member = {"type": "name", "properties": {"name": "EPSG:27700"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, "crs": member}))
    assert read_boundaries(path).frame.geometry.iloc[0].equals(NORTH)


def test_codes_that_are_numbers_become_text_without_a_point(tmp_path):
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            feature(IN_DEGREES[0], code=7, name="  North "),
            feature(IN_DEGREES[1], code=12, name="S"),
        ],
    )
    frame = read_boundaries(path).frame
    assert frame["code"].tolist() == ["7", "12"]
    assert frame["name"].tolist() == ["North", "S"]


def test_a_crs_that_is_given_serves_where_the_file_tells_none(tmp_path):
    path = as_shapefile(tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(CrsError, match=r"teams\.shp does not tell its CRS"):
        read_boundaries(path)
    assert (
        read_boundaries(path, options=ReadOptions(crs="EPSG:27700"))
        .frame.geometry.iloc[0]
        .equals(NORTH)
    )


def test_a_geojson_without_crs_may_be_said_to_be_in_metres(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", [feature(NORTH, code="N1", name="North")])
    assert (
        read_boundaries(path, options=ReadOptions(crs="27700")).frame.geometry.iloc[0].equals(NORTH)
    )


def test_one_of_several_layers_must_be_named(tmp_path):
    path = as_geopackage(tmp_path)
    frame(code=["x", "y"], name=["X", "Y"]).to_file(path, layer="beats")
    with pytest.raises(SourceError, match="its layers: teams, beats"):
        read_boundaries(path)
    assert read_boundaries(path, options=ReadOptions(layer="beats")).frame["code"].tolist() == [
        "x",
        "y",
    ]
    with pytest.raises(SourceError, match="has no layer 'wards'"):
        read_boundaries(path, options=ReadOptions(layer="wards"))


def test_a_polygon_that_crosses_itself_is_kept_for_a_draft_alone(tmp_path):
    bow_tie = shapely.Polygon([(-2.7, 52.7), (-2.6, 52.8), (-2.6, 52.7), (-2.7, 52.8)])
    path = write_geojson(tmp_path / "a.geojson", [feature(bow_tie, code="B1", name="Bow")])
    with pytest.raises(SourceFaultsError, match="self-intersection at easting 35"):
        read_boundaries(path)
    kept = read_boundaries(path, keep_faults=True).frame.geometry.iloc[0]
    assert len(kept.exterior.coords) == 5
    assert not kept.is_valid


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "fields"),
    [
        # Counts of features in the published files.
        ("wards-2025-west-mercia.zip", 269, Fields("WD25CD", "WD25NM")),
        ("wards-2013-west-mercia.zip", 257, Fields("WD13CD", "WD13NM")),
        ("lsoa-2021-west-mercia.zip", 804, Fields("LSOA21CD", "LSOA21NM")),
        ("south-wales-neighbourhoods.zip", 232, Fields("id", "name", "force")),
    ],
)
def test_published_files_are_read_whole(shared_data, name, count, fields):
    source = read_boundaries(shared_data / "boundaries" / name)
    assert (len(source.frame), source.fields) == (count, fields)
    assert source.frame.geometry.is_valid.all()
