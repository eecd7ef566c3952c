"""Neighbourhoods as data.police.uk publishes them: a zip of KML, and answers of its API."""

import json
import zipfile

import pytest
import shapely

from boundaries.files.fields import FILE_NAME, FOLDER_NAME, Fields
from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
from geo_alerts.errors import CrsError, SourceError, SourceFaultsError
from tests.boundary_files import IN_DEGREES, NORTH, answer, kml, placemark, police_zip


def rows(source):
    return source.frame.drop(columns="geometry").to_numpy().tolist()


def test_the_id_is_the_name_of_the_file_and_the_parent_that_of_the_folder(tmp_path):
    path = police_zip(tmp_path, "2025-09/west-mercia/SNT1.kml", "2025-09/west-mercia/SNT2.kml")
    source = read_boundaries(path)
    assert rows(source) == [["SNT1", "North", "west-mercia"], ["SNT2", "South", "west-mercia"]]
    assert source.fields == Fields(FILE_NAME, "Name", FOLDER_NAME)
    told = "codes from the file's name, names from Name, parents from the folder's name"
    assert source.fields.in_words() == told


def test_the_file_bears_the_id_even_where_placemarks_have_ids_of_their_own(tmp_path):
    marked = placemark(IN_DEGREES[0], "North").replace("<Placemark", '<Placemark id="p1"')
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("gwent/AB12.kml", kml(marked))
    assert rows(read_boundaries(tmp_path / "a.zip")) == [["AB12", "North", "gwent"]]


def test_several_forces_are_taken_together_where_no_id_is_in_two(tmp_path):
    path = police_zip(tmp_path, "2025-09/kent/1.kml", "2025-09/cumbria/2.kml")
    assert rows(read_boundaries(path)) == [["2", "South", "cumbria"], ["1", "North", "kent"]]


def test_several_forces_with_an_id_in_two_are_refused_until_one_is_named(tmp_path):
    path = police_zip(tmp_path, "2025-09/kent/1.kml", "2025-09/cumbria/1.kml")
    told = (
        r"2025-09\.zip: cumbria and kent both have a neighbourhood '1'; import one force by itself"
    )
    with pytest.raises(SourceError, match=told):
        read_boundaries(path)
    assert rows(read_boundaries(path, options=ReadOptions(force="Kent"))) == [
        ["1", "North", "kent"]
    ]


def test_one_force_is_taken_where_each_has_a_file(tmp_path):
    path = police_zip(tmp_path, "2017/kent.kml", "2017/cumbria.kml")
    source = read_boundaries(path, options=ReadOptions(force="Cumbria"))
    assert source.frame["name"].tolist() == ["South"]
    with pytest.raises(SourceError, match="'gwent'; it has cumbria, kent"):
        read_boundaries(path, options=ReadOptions(force="gwent"))


def test_a_force_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    path = police_zip(tmp_path, "2025-09/kent/1.kml", "2025-09/cumbria/2.kml")
    with pytest.raises(
        SourceError, match="no folder or file of the force 'west-mercia'; it has cumbria, kent"
    ):
        read_boundaries(path, options=ReadOptions(force="west-mercia"))


def test_two_months_at_once_are_refused_as_codes_that_occur_twice(tmp_path):
    path = police_zip(tmp_path, "2025-08/kent/1.kml", "2025-09/kent/1.kml")
    with pytest.raises(SourceFaultsError, match=r"already the code of feature 1 of 2025-08/kent/1"):
        read_boundaries(path)


def test_other_folders_are_not_taken_for_forces(tmp_path):
    source = read_boundaries(police_zip(tmp_path, "force_kmls/kent.kml", "force_kmls/gwent.kml"))
    assert source.fields == Fields(FILE_NAME, "Name")
    assert source.frame["code"].tolist() == ["gwent", "kent"]


def test_a_folder_as_unpacked_is_read_like_its_zip(tmp_path):
    with zipfile.ZipFile(police_zip(tmp_path, "kent/1.kml", "kent/2.kml")) as packed:
        packed.extractall(tmp_path / "unpacked")
    expected = [["1", "North", "kent"], ["2", "South", "kent"]]
    assert rows(read_boundaries(tmp_path / "unpacked" / "kent")) == expected
    assert rows(read_boundaries(tmp_path / "unpacked")) == expected


def test_an_answer_of_the_api_is_a_neighbourhood_with_the_id_of_its_file(tmp_path):
    path = tmp_path / "WM01.json"
    path.write_text(json.dumps(answer(IN_DEGREES[0])))
    source = read_boundaries(path)
    assert rows(source) == [["WM01", "WM01"]]
    assert shapely.hausdorff_distance(source.frame.geometry.iloc[0], NORTH) < 0.001


def test_answers_of_the_api_may_lie_in_folders_like_its_addresses(tmp_path):
    open_ring = answer(IN_DEGREES[0])[:-1]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("west-mercia/N1/boundary.json", json.dumps(open_ring))
        packed.writestr("west-mercia/N2.json", json.dumps(answer(IN_DEGREES[0])))
    source = read_boundaries(tmp_path / "a.zip")
    assert rows(source) == [["N1", "N1", "west-mercia"], ["N2", "N2", "west-mercia"]]
    assert source.frame.geometry.iloc[0].equals(source.frame.geometry.iloc[1])


SQUARE = [(52.6, -2.7), (52.7, -2.7), (52.7, -2.6)]


def positions(*pairs):
    return [{"latitude": latitude, "longitude": longitude} for latitude, longitude in pairs]


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        ([], SourceFaultsError, "is missing, or cannot be made of its positions"),
        (positions(*SQUARE[:2]), SourceFaultsError, "cannot be made of its positions"),
        (positions(*SQUARE, ("52,6", "-2.7")), SourceError, "is no list of {"),
        (positions(*SQUARE, (None, -2.7)), SourceError, "is no list of {"),
        (positions(*SQUARE, ("nan", "-2.7")), SourceError, "a position that is no number"),
        (positions(*SQUARE, ("1e400", "-2.7")), SourceError, "a position that is no number"),
        ([{"lat": 52.6, "lng": -2.7}], SourceError, "is no list of {"),
        (positions(*(pair[::-1] for pair in SQUARE)), CrsError, "latitude seems to stand before"),
        (positions((48.8, 2.3), (48.9, 2.3), (48.9, 2.4)), SourceFaultsError, "outside"),
    ],
)
def test_an_answer_that_is_no_outline_in_britain_is_refused(tmp_path, content, error, reason):
    (tmp_path / "WM01.json").write_text(json.dumps(content))
    with pytest.raises(error, match=reason):
        read_boundaries(tmp_path / "WM01.json")


def test_a_force_asked_of_a_file_that_lies_in_no_folder_is_refused(tmp_path):
    (tmp_path / "WM01.json").write_text(json.dumps(answer(IN_DEGREES[0])))
    with pytest.raises(SourceError, match=r"WM01\.json has no folder or file of the force 'kent'"):
        read_boundaries(tmp_path / "WM01.json", options=ReadOptions(force="kent"))


@pytest.mark.shared
def test_real_neighbourhoods_read_the_same_from_a_zip_of_kml(shared_data, tmp_path):
    published = read_boundaries(shared_data / "boundaries" / "south-wales-neighbourhoods.zip")
    with zipfile.ZipFile(shared_data / "boundaries" / "south-wales-neighbourhoods.zip") as packed:
        features = json.loads(packed.read("south-wales.geojson"))["features"]
    with zipfile.ZipFile(tmp_path / "2025-09.zip", "w", zipfile.ZIP_DEFLATED) as into:
        for each in features:
            own, shape = each["properties"], shapely.from_geojson(json.dumps(each["geometry"]))
            content = kml(placemark(shape, own["name"].replace("&", "&amp;")))
            into.writestr(f"2025-09/south-wales/{own['id']}.kml", content)
    again = read_boundaries(tmp_path / "2025-09.zip").frame.set_index("code")
    published = published.frame.set_index("code")
    again = again.loc[published.index]
    assert again["name"].tolist() == published["name"].tolist()
    assert set(again["parent_code"]) == {"south-wales"} == set(published["parent_code"])
    assert shapely.hausdorff_distance(again.geometry, published.geometry).max() < 0.001
