"""Reading boundaries: every format gives the same layer, and what files say of themselves."""

import json

import pytest
import shapely

from boundaries.files.fields import FILE_NAME, FOLDER_NAME, Fields
from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
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

HEIGHTS = "third ordinates (heights) left out of"
SQUARE = [[[-2.7, 52.7], [-2.6, 52.7], [-2.6, 52.8], [-2.7, 52.8], [-2.7, 52.7]]]


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
    assert source.notes == ((f"{HEIGHTS} 2 areas",) if "km" in write.__name__ else ())


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


@pytest.mark.parametrize(
    ("parts", "notes"),
    [
        ([[], SQUARE], ("empty parts or holes left out of 1 area",)),
        ([[*SQUARE, []]], ("empty parts or holes left out of 1 area",)),
        (
            [[[[*place, 7] for place in SQUARE[0]]]],
            ("third ordinates (heights) left out of 1 area",),
        ),
        ([[SQUARE[0][::-1]]], ()),
    ],
)
def test_heights_and_empty_parts_are_left_out_with_a_note_and_either_winding_will_do(
    tmp_path, parts, notes
):
    content = feature(None, code="A", name="A")
    content["geometry"] = {"type": "MultiPolygon", "coordinates": parts}
    source = read_boundaries(write_geojson(tmp_path / "a.geojson", [content]))
    assert source.notes == notes
    plain = feature(shapely.Polygon(SQUARE[0]), code="A", name="A")
    (expected,) = read_boundaries(write_geojson(tmp_path / "b.geojson", [plain])).frame.geometry
    (found,) = source.frame.geometry
    assert found.equals(expected)
    assert (found.has_z, len(shapely.get_rings(shapely.get_parts(found)))) == (False, 1)


def test_a_multipolygon_of_nothing_is_refused(tmp_path):
    content = feature(None, code="A", name="A")
    content["geometry"] = {"type": "MultiPolygon", "coordinates": []}
    with pytest.raises(SourceFaultsError, match="code A: is empty"):
        read_boundaries(write_geojson(tmp_path / "a.geojson", [content]))


# As older programs write the National Grid: without its number, with coarse shifts to WGS 84.
UNNUMBERED = (
    'PROJCS["unnamed",GEOGCS["Airy 1830",DATUM["unknown",SPHEROID["airy",6377563.396,299.3249646],'
    "TOWGS84[446.448,-125.157,542.06,0.15,0.247,0.842,-20.489]],"
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",49],PARAMETER["central_meridian",-2],'
    'PARAMETER["scale_factor",0.9996012717],PARAMETER["false_easting",400000],'
    'PARAMETER["false_northing",-100000],UNIT["Meter",1]]'
)


def test_the_national_grid_without_its_number_is_still_the_national_grid(tmp_path):
    path = as_shapefile(tmp_path)
    path.with_suffix(".prj").write_text(UNNUMBERED)
    source = read_boundaries(path)
    assert source.frame.geometry.iloc[0].equals(NORTH)
    assert source.crs == "EPSG:27700"
    assert source.notes == (
        "its CRS has no number, but the projection of EPSG:27700; taken as that",
    )


def test_another_projection_without_a_number_is_not_taken_for_the_national_grid(tmp_path):
    path = as_shapefile(tmp_path)
    elsewhere = UNNUMBERED.replace('"false_easting",400000', '"false_easting",400100')
    path.with_suffix(".prj").write_text(elsewhere)
    source = read_boundaries(path)
    assert source.notes == ()
    assert shapely.hausdorff_distance(source.frame.geometry.iloc[0], NORTH) == pytest.approx(
        100, abs=5
    )


WELSH = {"code": ["N1", "S1"], "name": ["Llanbrân", "Ynys Môn"]}
ASSUMED = (
    "teams.shp does not tell the encoding of its texts, which are not UTF-8; they are read as "
    "Windows-1252"
)


@pytest.mark.parametrize(
    ("encoding", "stated", "language", "notes"),
    [
        ("UTF-8", "UTF-8", 0, ()),
        ("CP1252", "1252", 0, ()),
        ("CP850", "CP850", 0, ()),
        ("CP850", None, 2, ()),
        ("UTF-8", None, 0, ()),
        ("UTF-8", None, 87, ()),
        ("CP1252", None, 0, (ASSUMED,)),
        ("CP1252", None, 87, (ASSUMED,)),
    ],
)
def test_names_in_any_encoding_are_read_by_what_the_shapefile_tells_or_by_the_stated_rule(
    tmp_path, encoding, stated, language, notes
):
    frame(**WELSH).to_file(tmp_path / "teams.shp", encoding=encoding)
    told = tmp_path / "teams.cpg"
    told.unlink() if stated is None else told.write_text(stated)
    table = tmp_path / "teams.dbf"
    content = bytearray(table.read_bytes())
    content[29] = language
    table.write_bytes(content)
    source = read_boundaries(tmp_path / "teams.shp")
    assert source.frame["name"].tolist() == WELSH["name"]
    assert source.notes == notes


def test_names_that_are_not_in_the_encoding_that_is_told_are_refused(tmp_path):
    frame(**WELSH).to_file(tmp_path / "teams.shp", encoding="CP1252")
    (tmp_path / "teams.cpg").write_text("UTF-8")
    with pytest.raises(SourceError, match=r"teams\.shp holds a text that is not in utf-8"):
        read_boundaries(tmp_path / "teams.shp")


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
