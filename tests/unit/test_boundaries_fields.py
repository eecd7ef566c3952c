"""The rule that finds the fields of codes and names."""

import pandas as pd
import pytest

from boundaries.files.fields import FILE_NAME, Fields, find_fields
from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
from geo_alerts.errors import SourceError, SourceFaultsError
from tests.boundary_files import IN_DEGREES, kml, north_and_south, placemark, write_geojson


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
    found = find_fields(attributes, files=files)
    assert (found.code, found.name) == (expected.code, expected.name)


def test_fields_asked_for_are_taken_whatever_the_rule_says():
    attributes = pd.DataFrame({"code": ["a"], "name": ["x"], "Ref": ["r"], "ref": ["s"]})
    asked = ReadOptions(code_field="ref", name_field="CODE")
    assert find_fields(attributes, asked) == Fields("ref", "code")
    with pytest.raises(SourceError, match=r"no field 'beat' \(fields: code, name, Ref, ref\)"):
        find_fields(attributes, ReadOptions(code_field="beat"))


def test_a_file_with_no_field_that_will_do_is_refused_with_its_fields():
    with pytest.raises(SourceError, match=r"--name-field \(fields: SHAPE_Area, OBJECT\)"):
        find_fields(pd.DataFrame({"SHAPE_Area": [1.0, 2.0], "OBJECT": [1, 2]}))


def test_fields_asked_for_are_used_and_told(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", north_and_south(ref="R")[:1])
    source = read_boundaries(path, options=ReadOptions(code_field="name", name_field="ref"))
    assert source.frame.iloc[0, :2].tolist() == ["North", "R"]
    assert source.fields == Fields("name", "ref")


def test_one_feature_alone_bears_the_name_of_its_file_as_code(tmp_path):
    (tmp_path / "west-mercia.kml").write_text(kml(placemark(IN_DEGREES[1], "West Mercia")))
    source = read_boundaries(tmp_path / "west-mercia.kml")
    assert source.fields == Fields(FILE_NAME, "Name")
    assert source.frame.iloc[0, :2].tolist() == ["west-mercia", "West Mercia"]


@pytest.mark.parametrize(
    ("columns", "parent"),
    [
        ({"code": "ab", "force": "ff", "lpa_code": "ll", "parent_code": "pp"}, "parent_code"),
        ({"code": "ab", "force": "ff", "LPA": "ll"}, "LPA"),
        ({"code": "ab", "Local_Policing_Area": "ll"}, "Local_Policing_Area"),
        ({"code": "ab", "force": "ff", "parent": [" ", None]}, "force"),
        ({"force_code": "ab", "name": "xy"}, None),
        ({"id": "ab", "parent_id": ["p", None]}, "parent_id"),
        ({"WD25CD": "ab", "LAD25CD": "cc"}, None),
    ],
)
def test_parents_are_found_by_the_rule_and_never_among_codes_and_names(columns, parent):
    attributes = pd.DataFrame({field: list(values) for field, values in columns.items()})
    assert find_fields(attributes).parent == parent


def test_parents_may_be_asked_for_and_declined():
    attributes = pd.DataFrame({"WD25CD": ["a"], "LAD25CD": ["l"], "force": ["f"]})
    assert find_fields(attributes, ReadOptions(parent_field="lad25cd")).parent == "LAD25CD"
    assert find_fields(attributes, ReadOptions(parent_field="")).parent is None
    with pytest.raises(SourceError, match="there is no field 'lpa'"):
        find_fields(attributes, ReadOptions(parent_field="lpa"))


def test_the_fields_are_told_in_one_sentence():
    assert Fields("id", "name").in_words() == "codes from id, names from name"
    told = "codes from id, names from name, parents from force"
    assert Fields("id", "name", "force").in_words() == told


def test_names_are_not_taken_as_codes_without_a_word():
    attributes = pd.DataFrame({"Name": ["North", "South"], "Beat": ["x", "x"]})
    assert find_fields(attributes).in_words() == (
        "no field of codes was found, so names are used as codes; fields: Name, Beat; "
        "choose with --code-field (codes from Name, names from Name)"
    )
    asked = find_fields(attributes, ReadOptions(code_field="Name"))
    assert asked.in_words() == "codes from Name, names from Name"


def test_areas_come_with_their_parents(tmp_path):
    north, south = north_and_south(lpa="Shropshire")
    del south["properties"]["lpa"]
    frame = read_boundaries(write_geojson(tmp_path / "a.geojson", [north, south])).frame
    assert frame.columns.tolist() == ["code", "name", "parent_code", "geometry"]
    assert frame["parent_code"].tolist() == ["Shropshire", ""]


def test_a_parent_that_no_code_can_be_is_a_fault(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", north_and_south(lpa="a/b")[:1])
    with pytest.raises(SourceFaultsError, match=r"row 1, column parent_code: code N1: holds /, \?"):
        read_boundaries(path)


def test_fields_of_lists_and_bytes_are_passed_over(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", north_and_south(id=["a", "b"]))
    assert read_boundaries(path, options=ReadOptions(code_field="name")).fields.code == "name"
    with pytest.raises(SourceError, match=r"there is no field 'id' \(fields: code, name\)"):
        read_boundaries(path, options=ReadOptions(code_field="id"))
