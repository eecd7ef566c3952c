"""Files made to harm: each is refused with its reason, before it takes much memory or time."""

import json
import math
import sqlite3
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from boundaries.files.read import read_boundaries
from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from tests.boundary_files import (
    IN_DEGREES,
    NORTH,
    as_flatgeobuf,
    as_geopackage,
    as_geoparquet,
    as_shapefile,
    feature,
    frame,
    kml,
    north_and_south,
    placemark,
    write_geojson,
    write_topojson,
)

NAMED = {"code": ["A"], "name": ["A"]}
AREA = placemark(IN_DEGREES[0], "A")
LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)
)
FAULTY_KML = {
    "laughs": (
        f"<!DOCTYPE kml [{LAUGHS}]><kml><Document><name>&l9;</name>{AREA}</Document></kml>",
        "declares a document type, in which entities could grow",
    ),
    "outside entity": (
        f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;{AREA}</kml>',
        "declares a document type",
    ),
    "undeclared entity": (f"<kml><Document><name>&x;</name>{AREA}</Document></kml>", "undefined"),
    "second root": (
        '<kml></kml><OGRVRTDataSource><OGRVRTLayer name="x"></OGRVRTLayer></OGRVRTDataSource>',
        "junk after document element",
    ),
    "deep": ("<kml>" + "<Folder>" * 300 + "</Folder>" * 300 + "</kml>", "deeper than 256"),
    "unknown encoding": ('<?xml version="1.0" encoding="x-none"?><kml></kml>', "encoding"),
}


@pytest.mark.parametrize("case", FAULTY_KML)
def test_kml_that_may_grow_or_reach_beyond_itself_is_refused(tmp_path, case):
    content, reason = FAULTY_KML[case]
    (tmp_path / "a.kml").write_text(content)
    with pytest.raises(SourceError, match=reason):
        read_boundaries(tmp_path / "a.kml")


def test_a_document_type_in_a_comment_is_none(tmp_path):
    (tmp_path / "a.kml").write_text(kml(f"<!-- <!DOCTYPE kml> -->{AREA}"))
    assert len(read_boundaries(tmp_path / "a.kml").frame) == 1


def test_kml_that_is_not_in_the_encoding_that_it_claims_is_refused(tmp_path):
    (tmp_path / "a.kml").write_bytes(kml(placemark(IN_DEGREES[0], "Môn")).encode("latin-1"))
    with pytest.raises(SourceError, match="cannot be read as KML: not well-formed"):
        read_boundaries(tmp_path / "a.kml")


@pytest.mark.parametrize(
    "other", [None, 5, {"type": "feature"}, {"type": "Point", "coordinates": [0, 0]}]
)
def test_what_is_no_feature_among_features_is_not_lost_without_a_word(tmp_path, other):
    path = write_geojson(tmp_path / "a.geojson", [*north_and_south(), other])
    with pytest.raises(SourceError, match="says that it has 3 features, of which 2 can be read"):
        read_boundaries(path)


@pytest.mark.parametrize(
    ("number", "error", "reason"),
    [
        ("NaN", SourceFaultsError, "longitude nan, .* outside the British National Grid"),
        ("-Infinity", SourceFaultsError, "longitude -inf, .* outside the British National Grid"),
        ("1e999", SourceError, "Unrecognized number"),
        ("1e300", SourceFaultsError, "longitude 1e.300, .* outside the British National Grid"),
        ("null", SourceFaultsError, "cannot be made of its positions"),
        ('"-2.7"', SourceFaultsError, "cannot be made of its positions"),
    ],
)
def test_coordinates_that_are_no_places_are_refused(tmp_path, number, error, reason):
    path = write_geojson(tmp_path / "a.geojson", [feature(shapely.box(-2.7, 52, -2.6, 53), code=1)])
    path.write_text(path.read_text().replace("-2.7", number, 1))
    with pytest.raises(error, match=reason):
        read_boundaries(path)


def test_a_polygon_round_the_world_is_refused(tmp_path):
    path = write_geojson(
        tmp_path / "a.geojson", [feature(shapely.box(-180, -90, 180, 90), code="A", name="A")]
    )
    with pytest.raises(SourceFaultsError, match="outside the British National Grid"):
        read_boundaries(path)


def test_one_area_with_swapped_coordinates_among_others_is_told_so(tmp_path):
    swapped = feature(shapely.box(52.6, -2.8, 52.7, -2.7), code="X", name="X")
    path = write_geojson(tmp_path / "a.geojson", [*north_and_south(), swapped])
    with pytest.raises(SourceFaultsError, match="latitude seems to stand before longitude"):
        read_boundaries(path)


def test_a_comb_of_edges_that_would_take_hours_to_check_is_refused_at_once(tmp_path):
    teeth = 40_000
    low = np.column_stack([350_000 + np.arange(teeth) / 1000, np.full(teeth, 313_000)])
    comb = np.stack([low, low + 1000], axis=1).reshape(-1, 2)
    around = [(360_000, 312_999), (350_000, 312_999)]
    shape = shapely.Polygon(np.vstack([comb, around]))
    frame([shape], **NAMED).to_file(tmp_path / "a.gpkg")
    with pytest.raises(SourceError, match="feature 1 is too tangled to be checked"):
        read_boundaries(tmp_path / "a.gpkg")


def test_a_million_vertices_are_read(tmp_path):
    turn = np.linspace(0, math.tau, 1_000_000, endpoint=False)
    rim = 20_000 + 500 * np.sin(turn * 1000)
    ring = np.column_stack([350_000 + rim * np.cos(turn), 313_000 + rim * np.sin(turn)])
    frame([shapely.Polygon(ring)], **NAMED).to_file(tmp_path / "a.fgb", driver="FlatGeobuf")
    (shape,) = read_boundaries(tmp_path / "a.fgb").frame.geometry
    assert shapely.get_num_coordinates(shape) == 1_000_001


def test_a_shape_written_once_for_many_rows_of_parquet_is_refused_by_its_vertices(tmp_path):
    shape = shapely.to_wkb(NORTH.centroid.buffer(100, quad_segs=5_000))
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": None}}}
    table = pa.table({"code": [*map(str, range(2000))], "geometry": [shape] * 2000})
    path = tmp_path / "a.parquet"
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    assert path.stat().st_size < 2**19
    with pytest.raises(SourceError, match=r"has 40,002,000 vertices or more; at most 20,000,000"):
        read_boundaries(path)


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("write", [as_flatgeobuf, as_geoparquet, as_geopackage])
def test_a_file_cut_short_is_refused(tmp_path, write, kept):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(SourceError, match=rf"^{path.name} "):
        read_boundaries(path)


def test_a_shapefile_cut_short_is_refused_for_what_is_missing(tmp_path):
    path = as_shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(SourceFaultsError, match="code S1: is missing, or cannot be made"):
        read_boundaries(path)


def test_parquet_without_geometry_is_refused(tmp_path):
    frame().drop(columns="geometry").to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UnknownFormatError, match="Parquet without geometry"):
        read_boundaries(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("said", "instead", "reason"),
    [
        ("{", "[{", "cannot be read as GeoParquet"),
        ('"primary_column": "geometry"', '"primary_column": "x"', "'x'"),
        ('"primary_column"', '"primary"', "'primary_column'"),
        ('"WKB"', '"polygon"', "as polygon; save it as WKB"),
        ('"geometry"', '"name"', "is missing, or cannot be made of its positions"),
    ],
)
def test_geoparquet_that_says_of_itself_what_is_not_so_is_refused(tmp_path, said, instead, reason):
    table = pq.read_table(as_geoparquet(tmp_path))
    geo = json.dumps(json.loads(table.schema.metadata[b"geo"])).replace(said, instead)
    pq.write_table(table.replace_schema_metadata({"geo": geo}), tmp_path / "a.parquet")
    with pytest.raises(SourceError, match=reason):
        read_boundaries(tmp_path / "a.parquet")


ENDLESS = """CREATE VIEW endless AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)
SELECT n AS fid, geom, code, name FROM r, teams;
UPDATE gpkg_contents SET table_name = 'endless';
UPDATE gpkg_geometry_columns SET table_name = 'endless'"""


@pytest.mark.parametrize(
    "change",
    [
        ENDLESS,
        "ALTER TABLE teams ADD COLUMN more TEXT AS (hex(zeroblob(100000000)))",
        "ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS SELECT * FROM c",
        "DROP TABLE teams",
        "DROP TABLE gpkg_contents",
    ],
)
def test_a_geopackage_that_computes_its_areas_or_lacks_them_is_refused(tmp_path, change):
    path = as_geopackage(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("PRAGMA foreign_keys = off")
        connection.executescript(change)
    with pytest.raises(SourceError, match=r"is a query, not a plain table|it has no '"):
        read_boundaries(path)


def test_a_field_of_its_own_for_every_feature_is_refused_before_the_table_is_made(tmp_path):
    features = [feature(IN_DEGREES[0], **{f"field {number}": 1}) for number in range(1_001)]
    with pytest.raises(SourceError, match="has 1,001 fields; at most 1,000 are read"):
        read_boundaries(write_geojson(tmp_path / "a.geojson", features))
    areas = {str(number): {"arcs": [[0]], "type": "Polygon"} for number in range(2)}
    path = write_topojson(tmp_path / "a.topojson", [[[0, 0]]], areas)
    content = json.loads(path.read_text())
    content["objects"]["teams"]["geometries"][0]["properties"] = dict.fromkeys(map(str, range(999)))
    path.write_text(json.dumps(content))
    with pytest.raises(SourceError, match="has 1,001 fields"):
        read_boundaries(path)


def test_few_features_of_many_fields_are_refused_where_their_table_is_too_large(tmp_path):
    count = 5_001
    features = [feature(IN_DEGREES[0], code=str(number)) for number in range(count)]
    features[0]["properties"] |= {f"field {number}": 1 for number in range(999)}
    reason = "has 5,001 features of 1,000 fields, a table of 5,001,000 places; at most 5,000,000"
    with pytest.raises(SourceError, match=reason):
        read_boundaries(write_geojson(tmp_path / "a.geojson", features))
    # No arc is there: it is refused before any shape is made.
    areas = {str(number): {"arcs": [[7]], "type": "Polygon"} for number in range(count)}
    path = write_topojson(tmp_path / "a.topojson", [], areas)
    content = json.loads(path.read_text())
    geometries = content["objects"]["teams"]["geometries"]
    for each in geometries:
        each["properties"] = {}
    geometries[0]["properties"] = dict.fromkeys(map(str, range(999)))  # and `id`
    path.write_text(json.dumps(content))
    with pytest.raises(SourceError, match=reason):
        read_boundaries(path)


def test_files_that_have_a_field_each_are_refused_before_their_table_is_made(tmp_path):
    folder = tmp_path / "areas"
    folder.mkdir()
    for number in range(11):
        own = {f"field {number} {each}": 1 for each in range(100)}
        write_geojson(folder / f"{number}.geojson", [feature(IN_DEGREES[0], **own)])
    with pytest.raises(SourceError, match="areas has 1,100 fields; at most 1,000 are read"):
        read_boundaries(folder)
