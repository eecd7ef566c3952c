"""Boundary files that are refused: every fault told at once, every reason named, nothing leaked."""

import gzip
import json

import pytest
import shapely

from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
from geo_alerts.errors import CrsError, SourceError, SourceFaultsError, UnknownFormatError
from tests.boundary_files import (
    IN_DEGREES,
    NORTH,
    SOUTH,
    as_shapefile,
    feature,
    kml,
    north_and_south,
    write_geojson,
    zipped,
)


def test_every_fault_is_told_at_once_with_feature_code_and_reason(tmp_path):
    bow_tie = shapely.Polygon([(-2.7, 52.7), (-2.6, 52.8), (-2.6, 52.7), (-2.7, 52.8)])
    donegal = shapely.box(-8.7, 54.9, -8.6, 55.0)
    short_ring = {"type": "Polygon", "coordinates": [[[-2.7, 52.7], [-2.6, 52.8]]]}
    features = [
        *north_and_south(),
        feature(bow_tie, code="B1", name="Bow"),
        feature(donegal, code="D1", name="Donegal"),
        feature(shapely.Point(-2.7, 52.7), code="P1", name="Point"),
        feature(IN_DEGREES[0], code="N1", name=None),
        feature(None, code=None, name="Nowhere"),
        feature(None, code="R1", name="Ring") | {"geometry": short_ring},
    ]
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(write_geojson(tmp_path / "teams.geojson", features))
    faults = [(fault.row, fault.column) for fault in caught.value.faults]
    assert faults == [
        (3, "geometry"),
        (4, "geometry"),
        (5, "geometry"),
        (6, "name"),
        (6, "code"),
        (7, "code"),
        (7, "geometry"),
        (8, "geometry"),
    ]
    reasons = [fault.reason for fault in caught.value.faults]
    assert reasons[0].startswith("code B1: self-intersection at easting 35")
    assert "code D1: longitude -8.6" in reasons[1]
    assert "outside the British National Grid" in reasons[1]
    assert reasons[2] == "code P1: is a Point; wanted a Polygon or a MultiPolygon"
    assert reasons[4] == "code N1: is already the code of row 1"
    assert str(caught.value).startswith("teams.geojson: row 3, column geometry: code B1")


def test_one_fault_of_many_rows_is_told_once_and_listed_for_each(tmp_path):
    points = [feature(shapely.Point(-2.7, 52.7), code=f"P{n}", name="P") for n in range(82)]
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(write_geojson(tmp_path / "teams.geojson", points))
    assert str(caught.value) == (
        "teams.geojson: 82 rows, column geometry: is a Point; wanted a Polygon or a MultiPolygon "
        "(rows 1 to 82)"
    )
    assert len(caught.value.faults) == 82
    assert caught.value.faults[81].reason.startswith("code P81: is a Point")


def test_a_fault_in_one_of_several_files_names_that_file(tmp_path):
    north, south = north_and_south()
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(zipped(tmp_path, ([north], {}), ([south], {}), ([south], {})))
    assert [str(fault) for fault in caught.value.faults] == [
        "row 1, column code: 3.geojson, code S1: is already the code of feature 1 of 2.geojson"
    ]
    assert "a file with a fault can be left out" in str(caught.value)


@pytest.mark.parametrize(
    ("shape", "stated", "asked", "reason"),
    [
        (NORTH, None, None, "are no degrees"),
        (
            IN_DEGREES[0],
            "EPSG:27700",
            None,
            "look like degrees.*remove it and name the CRS with --crs",
        ),
        (IN_DEGREES[0], None, "EPSG:27700", "look like degrees"),
        (
            shapely.box(52.6, -2.8, 52.7, -2.7),
            None,
            None,
            "latitude seems to stand before longitude.*; write longitude first",
        ),
        (NORTH, "EPSG:27700", "EPSG:4326", "in EPSG:27700, not in EPSG:4326: correct what"),
        (NORTH, "EPSG:nonsense", None, "is no CRS that is known"),
        (NORTH, None, "nonsense", "is no CRS that is known"),
    ],
)
def test_a_crs_that_cannot_be_right_is_refused(tmp_path, shape, stated, asked, reason):
    members = {} if stated is None else {"crs": {"type": "name", "properties": {"name": stated}}}
    path = write_geojson(tmp_path / "a.geojson", [feature(shape, code="A", name="A")], **members)
    with pytest.raises(CrsError, match=reason):
        read_boundaries(path, options=ReadOptions(crs=asked))


def test_a_geojson_that_links_to_its_crs_is_refused(tmp_path):
    member = {"type": "link", "properties": {"href": "https://example.com/crs"}}
    with pytest.raises(CrsError, match="missing"):
        read_boundaries(write_geojson(tmp_path / "a.geojson", north_and_south(), crs=member))


def test_files_of_different_crs_in_one_zip_are_refused(tmp_path):
    member = {"type": "name", "properties": {"name": "EPSG:27700"}}
    on_grid = [feature(SOUTH, code="S1", name="South")]
    path = zipped(tmp_path, (north_and_south()[:1], {}), (on_grid, {"crs": member}))
    told = r"1\.geojson is in no CRS that it tells, but 2\.geojson in EPSG"
    with pytest.raises(CrsError, match=told):
        read_boundaries(path)


SOUND = json.dumps({"type": "FeatureCollection", "features": north_and_south()})
UNDATED = SOUND.replace("{", '{"valid_from": "soon", ', 1)
REFUSED = {
    "nothing.geojson": (b"", SourceError, "is empty"),
    "half.geojson": (SOUND[: len(SOUND) // 2], SourceError, "it ends in the middle"),
    "text.geojson": (SOUND[: SOUND.index("North") + 2], SourceError, "it ends in the middle"),
    "latin.geojson": (
        SOUND.replace("North", "Nørth").encode("latin-1"),
        SourceError,
        rf"not UTF-8, which JSON must be, at byte {SOUND.index('North') + 2} .*save it as UTF-8",
    ),
    "far.geojson": (b'{"a": [' + b" " * (2**20 - 8) + b"\xc3(", SourceError, "at byte 1,048,576 "),
    "deep.geojson": ('{"a":' + "[" * 100_000, SourceError, "deeper than 256"),
    "deep.json": ("[" * 100_000, SourceError, "nests too deeply"),
    "twice.geojson": (SOUND.replace("{", '{"type": "x", ', 1), SourceError, "called 'type'"),
    "tail.geojson": (SOUND + "x", SourceError, "no whole JSON: Extra data"),
    "long.geojson": ('{"a": "' + "x" * 2**20 + '"}', SourceError, "more beside its features"),
    "digits.geojson": ('{"a": ' + "1" * 5000 + "}", SourceError, "no whole JSON"),
    "none.geojson": ('{"type": "FeatureCollection", "features": []}', SourceError, "no features"),
    "day.geojson": (UNDATED, SourceError, "'soon' is no day"),
    "one.json": (json.dumps(north_and_south()[0]), UnknownFormatError, "neither a FeatureColl"),
    "list.json": ("[1, 2]", SourceError, "is no list of {"),
    "topo.json": ('{"type": "Topology"}', SourceError, "it has no 'objects'"),
    "half.kml": (kml("<Placemark><name>N")[:150], SourceError, "cannot be read as KML"),
    "other.kml": ("<OGRVRTDataSource><!-- <kml> -->", UnknownFormatError, "not KML"),
    "page.kml": ("<html></html>", UnknownFormatError, "is not KML, as its ending says"),
    "half.gpkg": (b"SQLite format 3\0" + bytes(80), SourceError, "cannot be read as GeoPackage"),
    "alone.shp": (b"\0\0\x27\x0a" + bytes(100), SourceError, "Unable to open alone.shx"),
    "table.csv": ("code,name", UnknownFormatError, "wanted GeoJSON"),
    "half.zip": (b"PK\3\4" + bytes(40), SourceError, "is damaged"),
    "half.geojson.gz": (gzip.compress(SOUND.encode())[:-40], SourceError, "is damaged"),
    "plain.geojson.gz": (SOUND, SourceError, "is damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_the_reason(tmp_path, name):
    content, error, reason = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(error, match=reason) as caught:
        read_boundaries(path)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"there is no file teams\.gpkg"):
        read_boundaries(tmp_path / "teams.gpkg")


@pytest.mark.shared
def test_output_areas_that_are_invalid_as_published_are_refused_by_name(shared_data):
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(shared_data / "boundaries" / "oa-2011-west-mercia.zip")
    told = [fault.reason.split(": ", 1) for fault in caught.value.faults]
    assert [where.split("code ")[1] for where, _ in told] == [
        "E00070889", "E00071467", "E00147095", "E00165115", "E00165392",
    ]  # fmt: skip
    assert all(why.startswith("ring self-intersection at easting 3") for _, why in told)


@pytest.mark.shared
def test_force_polygons_of_2017_are_refused_for_northern_ireland_and_derbyshire(shared_data):
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(shared_data / "boundaries" / "forces-2017.zip")
    reasons = [fault.reason for fault in caught.value.faults]
    assert [reason.split(":")[0] for reason in reasons] == [
        "derbyshire.geojson, code derbyshire",
        "northern-ireland.geojson, code northern-ireland",
    ]
    assert "outside the British National Grid" in reasons[1]


@pytest.mark.parametrize(
    ("said", "instead", "reason"),
    [
        ("Greenwich", "Greenwic\xff", "teams.shp tells a CRS that cannot be read"),
        ("Transverse_Mercator", "Transvers4_Mercator", "nothing is known that leads from OSGB36"),
        ("PROJCS[", "PROJCS", "cannot be read as Shapefile"),
    ],
)
def test_a_crs_that_says_nothing_is_refused(tmp_path, said, instead, reason):
    path = as_shapefile(tmp_path)
    told = path.with_suffix(".prj")
    told.write_text(told.read_text().replace(said, instead), encoding="latin-1")
    with pytest.raises((SourceError, CrsError), match=reason):
        read_boundaries(path)
