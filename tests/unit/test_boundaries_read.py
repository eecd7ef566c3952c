"""Reading boundaries: every format gives the same layer; what is wrong is refused, with reasons."""

import gzip
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.fields import FILE_NAME, Fields, find_fields
from boundaries.read import read_boundaries
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.errors import (
    CrsError,
    SourceError,
    SourceFaultsError,
    UnknownFormatError,
)

# Two teams in Shropshire, EPSG:27700; the second has a hole and a second part.
NORTH = shapely.box(349_000, 313_000, 350_000, 314_000)
SOUTH = shapely.union(
    shapely.box(349_000, 311_000, 350_000, 313_000).difference(
        shapely.box(349_400, 311_400, 349_600, 311_600)
    ),
    shapely.box(351_000, 311_000, 351_500, 311_500),
)
ON_GRID = [NORTH, SOUTH]
IN_DEGREES = geometries_to_epsg_4326(ON_GRID).tolist()


def frame(shapes=ON_GRID, crs="EPSG:27700", **columns):
    columns = columns or {"code": ["N1", "S1"], "name": ["North", "South"]}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def feature(shape, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shape and shape.__geo_interface__,
    }


def write_geojson(path, features, **members):
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}))
    return path


def north_and_south(**more):
    return [
        feature(IN_DEGREES[0], code="N1", name="North", **more),
        feature(IN_DEGREES[1], code="S1", name="South", **more),
    ]


def as_geojson(folder):
    return write_geojson(folder / "teams.geojson", north_and_south())


def as_geojson_gz(folder):
    path = folder / "teams.geojson.gz"
    path.write_bytes(gzip.compress(as_geojson(folder).read_bytes()))
    return path


def as_geojson_of_2008(folder):
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    features = [feature(NORTH, code="N1", name="North"), feature(SOUTH, code="S1", name="South")]
    return write_geojson(folder / "teams.json", features, crs=member)


def as_geopackage(folder):
    frame().to_file(folder / "teams.gpkg", layer="teams")
    return folder / "teams.gpkg"


def as_geopackage_in_web_mercator(folder):
    shapes = shapely.transform(IN_DEGREES, _web_mercator)
    frame(shapes, "EPSG:3857").to_file(folder / "mercator.gpkg", layer="teams")
    return folder / "mercator.gpkg"


def as_shapefile(folder):
    frame().to_file(folder / "teams.shp")
    return folder / "teams.shp"


def as_zipped_shapefile(folder):
    as_shapefile(folder)
    with zipfile.ZipFile(folder / "teams.zip", "w") as packed:
        for part in sorted(folder.glob("teams.*")):
            if part.suffix != ".zip":
                packed.write(part, f"made by a program/{part.name}")
        packed.writestr("__MACOSX/made by a program/._teams.shp", b"\0\5\26\7")
        packed.writestr("read me.txt", "hello")
    return folder / "teams.zip"


def as_kml(folder):
    path = folder / "teams.kml"
    path.write_text(kml(placemark(IN_DEGREES[0], "N1") + placemark(IN_DEGREES[1], "S1")))
    return path


def as_zip_of_kml(folder):
    # As data.police.uk publishes neighbourhoods: the id is the file's name, the name is inside.
    with zipfile.ZipFile(folder / "2025-09.zip", "w") as packed:
        packed.writestr("west-mercia/N1.kml", kml(placemark(IN_DEGREES[0], "North")))
        packed.writestr("west-mercia/S1.kml", kml(placemark(IN_DEGREES[1], "South")))
    return folder / "2025-09.zip"


def as_zip_of_districts(folder):
    features = north_and_south()
    with zipfile.ZipFile(folder / "districts.zip", "w") as packed:
        for name, one in (("b/E2.geojson", features[1]), ("b/E1.geojson", features[0])):
            packed.writestr(name, json.dumps({"type": "FeatureCollection", "features": [one]}))
    return folder / "districts.zip"


def as_folder(folder):
    (folder / "teams").mkdir()
    write_geojson(folder / "teams" / "1.geojson", north_and_south()[:1])
    write_geojson(folder / "teams" / "2.geojson", north_and_south()[1:])
    return folder / "teams"


def kml(placemarks):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemarks}</Document></kml>'
    )


def placemark(shape, name):
    parts = "".join(map(_kml_polygon, shapely.get_parts(shape)))
    return f"<Placemark><name>{name}</name><MultiGeometry>{parts}</MultiGeometry></Placemark>"


def _kml_polygon(polygon):
    # data.police.uk gives every position the height 0.
    def ring(line):
        positions = " ".join(f"{x:.12f},{y:.12f},0" for x, y in line.coords)
        return f"<LinearRing><coordinates>{positions}</coordinates></LinearRing>"

    holes = "".join(
        f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in polygon.interiors
    )
    outer = f"<outerBoundaryIs>{ring(polygon.exterior)}</outerBoundaryIs>"
    return f"<Polygon>{outer}{holes}</Polygon>"


def _web_mercator(positions):
    # EPSG:3857, from the definition of EPSG method 1024.
    radius_m = 6_378_137.0
    longitude, latitude = np.radians(positions).T
    return radius_m * np.column_stack([longitude, np.log(np.tan(np.pi / 4 + latitude / 2))])


# --- every format gives the same layer ------------------------------------------------------------


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
        as_kml,
        as_zip_of_kml,
        as_zip_of_districts,
        as_folder,
    ],
    ids=lambda write: write.__name__,
)
def test_every_format_gives_the_same_areas_on_the_national_grid(tmp_path, write):
    source = read_boundaries(write(tmp_path))
    assert source.frame.columns.tolist() == ["code", "name", "geometry"]
    assert source.frame.crs == "EPSG:27700"
    assert source.frame["code"].tolist() == ["N1", "S1"]
    for read, true in zip(source.frame.geometry, ON_GRID, strict=True):
        assert not read.has_z
        assert shapely.hausdorff_distance(read, true) < 0.001
        assert shapely.symmetric_difference(read, true).area < 1
    assert source.notes == ()


@pytest.mark.parametrize(
    ("write", "fields", "crs"),
    [
        (as_geojson, Fields("code", "name"), "EPSG:4326"),
        (as_geojson_of_2008, Fields("code", "name"), "EPSG:27700"),
        (as_kml, Fields("Name", "Name"), "EPSG:4326"),
        (as_zip_of_kml, Fields(FILE_NAME, "Name"), "EPSG:4326"),
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
    assert read_boundaries(path, crs="EPSG:27700").frame.geometry.iloc[0].equals(NORTH)


def test_a_geojson_without_crs_may_be_said_to_be_in_metres(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", [feature(NORTH, code="N1", name="North")])
    assert read_boundaries(path, crs="27700").frame.geometry.iloc[0].equals(NORTH)


def test_one_of_several_layers_must_be_named(tmp_path):
    path = as_geopackage(tmp_path)
    frame(code=["x", "y"], name=["X", "Y"]).to_file(path, layer="beats")
    with pytest.raises(SourceError, match="its layers: teams, beats"):
        read_boundaries(path)
    assert read_boundaries(path, layer="beats").frame["code"].tolist() == ["x", "y"]
    with pytest.raises(SourceError, match="has no layer 'wards'"):
        read_boundaries(path, layer="wards")


# --- which fields ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "files", "code", "name"),
    [
        ({"code": "ab", "name": "xy", "id": "12"}, 1, "code", "name"),
        ({"FID": "12", "WD25CD": "ab", "WD25NM": "xy", "LAD25CD": "cd"}, 1, "WD25CD", "WD25NM"),
        ({"LAD24CD": "aa", "LAD24NM": "bb", "wd24cd": "ab", "wd24nm": "xy"}, 1, "wd24cd", "wd24nm"),
        ({"OA11CD": "ab", "LAD11CD": "cc"}, 1, "OA11CD", None),
        ({"WD13CDO": "ab", "WD13CD": "cd", "WD13NM": "ef"}, 1, "WD13CD", "WD13NM"),
        ({"force": "ff", "id": "ab", "name": "xy", "lad": "ll"}, 1, "id", "name"),
        ({"id": ["1", None], "Name": "xy"}, 1, None, "Name"),
        ({"id": [None, None], "Name": "xy"}, 2, FILE_NAME, "Name"),
        ({"snt_code": "ab", "Title": "xy"}, 1, "snt_code", "Title"),
        ({"Team_ID": "ab", "WARD_NAME": "xy"}, 1, "Team_ID", "WARD_NAME"),
        ({"code": ["a", None], "name": "xy"}, 1, "code", "name"),
    ],
)  # fmt: skip
def test_fields_are_found_by_the_rule(columns, files, code, name):
    attributes = pd.DataFrame({field: list(values) for field, values in columns.items()})
    expected = Fields(code or name, name or code)
    assert find_fields(attributes, files=files) == expected


def test_fields_asked_for_are_taken_whatever_the_rule_says():
    attributes = pd.DataFrame({"code": ["a"], "name": ["x"], "Ref": ["r"], "ref": ["s"]})
    assert find_fields(attributes, code="ref", name="CODE") == Fields("ref", "code")
    with pytest.raises(SourceError, match=r"no field 'beat' \(fields: code, name, Ref, ref\)"):
        find_fields(attributes, code="beat")


def test_a_file_with_no_field_that_will_do_is_refused_with_its_fields():
    with pytest.raises(SourceError, match=r"name them \(fields: SHAPE_Area, OBJECT\)"):
        find_fields(pd.DataFrame({"SHAPE_Area": [1.0, 2.0], "OBJECT": [1, 2]}))


def test_fields_asked_for_are_used_and_told(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", north_and_south(ref="R")[:1])
    source = read_boundaries(path, code_field="name", name_field="ref")
    assert source.frame.iloc[0, :2].tolist() == ["North", "R"]
    assert source.fields == Fields("name", "ref")


# --- what is refused ------------------------------------------------------------------------------


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


def test_a_fault_in_one_of_several_files_names_that_file(tmp_path):
    folder = as_folder(tmp_path)
    write_geojson(folder / "3.geojson", north_and_south()[1:])
    with pytest.raises(SourceFaultsError) as caught:
        read_boundaries(folder)
    assert [str(fault) for fault in caught.value.faults] == [
        "row 1, column code: 3.geojson, code S1: is already the code of feature 1 of 2.geojson"
    ]


@pytest.mark.parametrize(
    ("shape", "stated", "asked", "reason"),
    [
        (NORTH, None, None, "are no degrees"),
        (IN_DEGREES[0], "EPSG:27700", None, "look like degrees"),
        (IN_DEGREES[0], None, "EPSG:27700", "look like degrees"),
        (
            shapely.box(52.6, -2.8, 52.7, -2.7),
            None,
            None,
            "latitude seems to stand before longitude",
        ),
        (NORTH, "EPSG:27700", "EPSG:4326", "says that it is in EPSG:27700, not in EPSG:4326"),
        (NORTH, "EPSG:nonsense", None, "is no CRS that is known"),
        (NORTH, None, "nonsense", "is no CRS that is known"),
    ],
)
def test_a_crs_that_cannot_be_right_is_refused(tmp_path, shape, stated, asked, reason):
    members = {} if stated is None else {"crs": {"type": "name", "properties": {"name": stated}}}
    path = write_geojson(tmp_path / "a.geojson", [feature(shape, code="A", name="A")], **members)
    with pytest.raises(CrsError, match=reason):
        read_boundaries(path, crs=asked)


def test_a_geojson_that_links_to_its_crs_is_refused(tmp_path):
    member = {"type": "link", "properties": {"href": "https://example.com/crs"}}
    with pytest.raises(CrsError, match="missing"):
        read_boundaries(write_geojson(tmp_path / "a.geojson", north_and_south(), crs=member))


def test_files_of_different_crs_in_one_zip_are_refused(tmp_path):
    folder = as_folder(tmp_path)
    member = {"type": "name", "properties": {"name": "EPSG:27700"}}
    write_geojson(folder / "2.geojson", [feature(SOUTH, code="S1", name="South")], crs=member)
    with pytest.raises(
        CrsError, match=r"1\.geojson is in no CRS that it tells, but 2\.geojson in EPSG"
    ):
        read_boundaries(folder)


SOUND = json.dumps({"type": "FeatureCollection", "features": north_and_south()})
UNDATED = SOUND.replace("{", '{"valid_from": "soon", ', 1)
REFUSED = {
    "nothing.geojson": (b"", SourceError, "is empty"),
    "half.geojson": (SOUND[: len(SOUND) // 2], SourceError, "no whole JSON"),
    "latin.geojson": (SOUND.replace("North", "Nørth").encode("latin-1"), SourceError, "not UTF-8"),
    "deep.geojson": ('{"a":' + "[" * 100_000, SourceError, "no whole JSON"),
    "none.geojson": ('{"type": "FeatureCollection", "features": []}', SourceError, "no features"),
    "day.geojson": (UNDATED, SourceError, "'soon' is no day"),
    "one.json": (json.dumps(north_and_south()[0]), UnknownFormatError, "no FeatureCollection"),
    "list.json": ("[1, 2]", UnknownFormatError, "is not GeoJSON"),
    "topo.json": ('{"type": "Topology"}', UnknownFormatError, "no FeatureCollection"),
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


def test_a_zip_that_writes_outside_of_itself_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("../../outside.geojson", SOUND)
    with pytest.raises(SourceError, match="outside of itself"):
        read_boundaries(tmp_path / "a.zip")


def test_a_zip_of_several_formats_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.geojson", SOUND)
        packed.writestr("b.kml", kml(placemark(IN_DEGREES[0], "N1")))
    with pytest.raises(SourceError, match="several formats: GeoJSON, KML"):
        read_boundaries(tmp_path / "a.zip")


def test_an_encrypted_zip_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.geojson", SOUND)
    content = bytearray(path.read_bytes())
    # Bit 0 of the general purpose flags, in the central directory: APPNOTE.TXT 4.4.4.
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(SourceError, match="is encrypted"):
        read_boundaries(path)


# --- files as they are published ------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "fields"),
    [
        # Counts of features in the published files.
        ("wards-2025-west-mercia.zip", 269, Fields("WD25CD", "WD25NM")),
        ("wards-2013-west-mercia.zip", 257, Fields("WD13CD", "WD13NM")),
        ("lsoa-2021-west-mercia.zip", 804, Fields("LSOA21CD", "LSOA21NM")),
        ("south-wales-neighbourhoods.zip", 232, Fields("id", "name")),
    ],
)
def test_published_files_are_read_whole(shared_data, name, count, fields):
    source = read_boundaries(shared_data / "boundaries" / name)
    assert (len(source.frame), source.fields) == (count, fields)
    assert source.frame.geometry.is_valid.all()


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
