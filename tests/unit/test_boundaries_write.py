"""Writing boundaries: what a file says of its areas, by which rules, and when it is not written."""

import json
import zipfile

import geopandas as gpd
import pytest
import shapely

from boundaries.files.read import read_boundaries
from boundaries.files.write import write_boundaries
from geo_alerts.errors import CrsError, FrameError, InvalidInputError, UnknownFormatError
from tests.boundary_files import IN_DEGREES, NORTH, frame

FACTS = {
    "name": "Teams of Môn",
    "licence": "OGL v3",
    "valid_from": "2025-04-01",
    "demonstration": "true",
    "edition": "7",
}


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".parquet"])
def test_what_is_known_of_the_areas_goes_with_them(tmp_path, ending):
    path = tmp_path / f"areas{ending}"
    write_boundaries(frame(), path, facts=FACTS)
    source = read_boundaries(path)
    assert (source.label, source.licence) == ("Teams of Môn", "OGL v3")
    assert (source.valid_from, source.demonstration) == ("2025-04-01", True)
    assert source.notes == ()


def test_a_shapefile_has_the_facts_beside_it_and_short_names_of_fields(tmp_path):
    areas = frame(code=["N1", "S1"], name=["Môn", "S"], parent_code=["P", ""])
    write_boundaries(areas, tmp_path / "areas.zip", facts=FACTS)
    with zipfile.ZipFile(tmp_path / "areas.zip") as packed:
        assert "demonstration: true\n" in packed.read("about.txt").decode()
        names = sorted(packed.namelist())
    assert names == [
        "about.txt", "areas.cpg", "areas.dbf", "areas.prj", "areas.shp", "areas.shx",
    ]  # fmt: skip
    source = read_boundaries(tmp_path / "areas.zip")
    assert source.fields.parent == "parent"
    assert source.frame["parent_code"].tolist() == ["P", ""]


def test_geojson_is_as_rfc_7946_has_it(tmp_path):
    clockwise = shapely.orient_polygons(NORTH, exterior_cw=True)
    path = tmp_path / "areas.geojson"
    write_boundaries(frame([clockwise], code=["N1"], name=["é"]), path, facts=FACTS | {"crs": "x"})
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    assert list(content) == [
        "type", "name", "licence", "valid_from", "demonstration", "edition", "features",
    ]  # fmt: skip
    assert content["demonstration"] is True
    (area,) = content["features"]
    assert area["properties"] == {"code": "N1", "name": "é"}
    ring = shapely.LinearRing(area["geometry"]["coordinates"][0])
    assert ring.is_ccw
    assert shapely.hausdorff_distance(shapely.Polygon(ring), IN_DEGREES[0]) < 1e-9
    assert 'name": "é' in text


def test_invalid_polygons_of_a_draft_are_written_as_they_are(tmp_path):
    bow_tie = shapely.Polygon([(350_000, 313_000), (351_000, 314_000), (351_000, 313_000),
                               (350_000, 314_000)])  # fmt: skip
    for ending in (".geojson", ".gpkg", ".fgb", ".parquet"):
        path = tmp_path / f"draft{ending}"
        write_boundaries(frame([bow_tie], code=["B"], name=["B"]), path, facts={})
        (again,) = read_boundaries(path, keep_faults=True).frame.geometry
        # GeoJSON may go round the other way.
        found, given = (shapely.get_coordinates(shape).tolist() for shape in (again, bow_tie))
        assert found in (given, given[::-1])


def test_no_areas_at_all_are_written_too(tmp_path):
    write_boundaries(frame().iloc[:0], tmp_path / "none.geojson", facts={})
    assert json.loads((tmp_path / "none.geojson").read_text())["features"] == []


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("areas.kml", UnknownFormatError, r"areas\.kml has no ending that is written; wanted"),
        ("areas", UnknownFormatError, "has no ending that is written"),
        ("nowhere/areas.gpkg", InvalidInputError, "cannot be written: No such file"),
        ("folder.gpkg", InvalidInputError, "is a folder; wanted the name of a file"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused(tmp_path, name, error, reason):
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(error, match=reason):
        write_boundaries(frame(), tmp_path / name, facts={})


def test_a_name_too_long_for_a_shapefile_is_refused_and_what_was_there_stays(tmp_path):
    path = tmp_path / "areas.zip"
    write_boundaries(frame(), path, facts={})
    before = path.read_bytes()
    long = frame(code=["N1", "S1"], name=["North", "é" * 128])
    with pytest.raises(InvalidInputError, match="too long for a Shapefile, which has room for 254"):
        write_boundaries(long, path, facts={})
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["areas.zip"]


def test_areas_in_degrees_or_without_codes_are_refused(tmp_path):
    with pytest.raises(CrsError, match="areas are in EPSG:4326; wanted EPSG:27700"):
        write_boundaries(frame(IN_DEGREES, "EPSG:4326"), tmp_path / "a.gpkg", facts={})
    with pytest.raises(FrameError, match="column name: is missing"):
        write_boundaries(
            gpd.GeoDataFrame({"code": ["A"]}, geometry=[NORTH], crs="EPSG:27700"),
            tmp_path / "a.gpkg",
            facts={},
        )


def test_a_name_that_gdal_would_take_for_another_is_written_all_the_same(tmp_path):
    write_boundaries(frame(), tmp_path / "Teams!; new.GPKG", facts={})
    assert [each.name for each in tmp_path.iterdir()] == ["Teams!; new.GPKG"]
    folder = tmp_path / "a!b"
    folder.mkdir()
    with pytest.raises(InvalidInputError, match="in a folder whose name GDAL cannot open"):
        write_boundaries(frame(), folder / "teams.gpkg", facts={})
    assert not list(folder.iterdir())
