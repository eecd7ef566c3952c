"""Reading OS Code-Point Open: small files in its layout, and two real editions."""

import csv
import io
import re
import zipfile
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import SourceError, SourceFaultsError
from geo_alerts.sources.postcodes import read_postcodes
from tests.published_postcodes import SY, B, by_postcode, code_point_open, lines, told

WEST_MERCIA = (
    *("E06000019", "E06000020", "E06000051"),
    *(f"E0700{number:04}" for number in range(234, 240)),
)
REAL = ["code-point-open-2018-07.zip", "code-point-open-2025-10.zip"]


def test_the_official_zip_is_read_with_its_edition(tmp_path):
    source = read_postcodes(code_point_open(tmp_path / "codepo_gb.zip", {"sy": SY, "b": B}))
    assert source.label == "Code-Point Open 2025.4.0 (October 2025)"
    assert source.published_on == "2025-10-20"
    assert "Contains OS data © Crown copyright and database right 2025" in source.licence
    assert source.notes == ()
    assert source.frame["postcode"].tolist() == ["B1 1AY", "SY1 1AD", "SY1 1AF", "SY18 9AA"]
    assert by_postcode(source.frame)["SY1 1AD"] == {
        "easting": 349_381.0,
        "northing": 312_241.0,
        "pqi": 10,
        "status": "live",
        "introduced": "",
        "terminated": "",
        "position": "published",
        "large_user": False,
        "oa": "",
        "lsoa": "",
        "ward": "E05016060",
        "district": "E06000051",
    }


def test_a_unit_with_pqi_90_has_no_location(tmp_path):
    unit = by_postcode(read_postcodes(code_point_open(tmp_path / "c.zip", {"sy": SY})).frame)[
        "SY18 9AA"
    ]
    assert np.isnan(unit["easting"])
    assert np.isnan(unit["northing"])
    assert (unit["pqi"], unit["position"], unit["ward"]) == (90, "none", "")


@pytest.mark.parametrize(
    ("outer", "written"),
    [("", "SY1 1AD"), ("codepo_gb/", "SY1 1AD"), ("a/b/", "SY11AD"), ("", "SY1  1AD")],
)
def test_outer_folders_and_the_width_of_postcodes_do_not_matter(tmp_path, outer, written):
    rows = [SY[0].replace("SY1 1AD", written)]
    source = read_postcodes(code_point_open(tmp_path / "c.zip", {"sy": rows}, outer=outer))
    assert source.frame["postcode"].tolist() == ["SY1 1AD"]


@pytest.mark.parametrize("folder", [".", "Data", "Data/CSV"])
def test_the_folder_is_read_from_wherever_it_is_named(tmp_path, folder):
    zipped = code_point_open(tmp_path / "c.zip", {"sy": SY, "b": B}, outer="")
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "unpacked")
    source = read_postcodes(tmp_path / "unpacked" / folder)
    pd.testing.assert_frame_equal(source.frame, read_postcodes(zipped).frame)
    assert source.label == "Code-Point Open 2025.4.0 (October 2025)"


def test_one_csv_is_read_by_itself_and_says_that_its_edition_is_not_known(tmp_path):
    source = read_postcodes(lines(tmp_path / "sy.csv", *SY, end="\r\n"))
    assert len(source.frame) == 3
    assert source.label == "Code-Point Open of an edition that is not stated"
    assert source.published_on is None


def test_a_file_with_fewer_units_than_the_metadata_counts_is_noted(tmp_path):
    metadata = "DATASET VERSION NUMBER: 2025.4.0\r\nCOPYRIGHT DATE: 20251020\r\n      SY\t14635\r\n"
    source = read_postcodes(code_point_open(tmp_path / "c.zip", {"sy": SY}, metadata=metadata))
    assert source.notes == ("SY: 3 units, but metadata.txt counts 14,635; is it whole?",)


def test_progress_tells_rows_and_the_number_that_the_metadata_counts(tmp_path):
    heard = []
    path = code_point_open(tmp_path / "c.zip", {"sy": SY, "b": B})
    read_postcodes(path, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (4, 4)


def test_every_fault_of_every_file_is_told_with_its_line(tmp_path):
    good = SY[0]
    rows = [
        good,
        good.replace("SY1 1AD", "SY1 1CC"),
        "",
        good.replace("SY1 1AD", "SY1 OAD"),
        good.replace("SY1 1AD", "SY1 1AE").replace(",10,", ",70,"),
        good.replace("SY1 1AD", "SY1 1AG").replace("349381", "349381.5"),
        good.replace("SY1 1AD", "SY1 1AH").replace("349381", "949381"),
        good.replace("SY1 1AD", "SY1 1AJ").replace("349381,312241", "0,0"),
        good.replace("SY1 1AD", "SY1 1AL").replace(",10,", ",90,"),
        good.replace("SY1 1AD", "SY1 1AN").removesuffix(',"E05016060"'),
        good,
    ]
    path = code_point_open(tmp_path / "c.zip", {"b": [*B, SY[1]], "sy": [*rows, SY[1]]}, outer="")
    with pytest.raises(SourceFaultsError, match=r"c\.zip: row 2, column postcode") as caught:
        read_postcodes(path)
    at = "(in Data/CSV/sy.csv)"
    assert told(caught.value.faults) == [
        f"row 2, column postcode: 'SY1 1CC' is not a well-formed postcode {at}",
        f"row 4, column postcode: 'SY1 OAD' is not a well-formed postcode {at}",
        f"row 5, column pqi: '70' is not one of 10, 20, 30, 40, 50, 60, 90 {at}",
        f"row 6, column easting: '349381.5' is not a number of metres {at}",
        f"row 7, column easting: '949381' with northing 312241 is off the National Grid {at}",
        f"row 8, column easting: '0' and northing 0 go with PQI 90 only {at}",
        f"row 9, column easting: '349381' does not go with PQI 90 {at}",
        f"row 10: has 9 columns, not 10 {at}",
        f"row 11, column postcode: 'SY1 1AD' is there already, at line 1 of Data/CSV/sy.csv {at}",
        f"row 12, column postcode: 'SY1 1AF' is there already, at line 2 of Data/CSV/b.csv {at}",
    ]


def test_an_empty_area_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"Data/CSV/sy\.csv is empty"):
        read_postcodes(code_point_open(tmp_path / "c.zip", {"sy": []}))


@pytest.fixture(scope="module")
def editions(shared_data):
    """Both real editions, by file name."""
    return {name: read_postcodes(shared_data / "postcodes" / name) for name in REAL}


def rows_of(path):
    # Every row as the csv module reads it, by the postcode without blanks.
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if "/CSV/" in name and name.endswith(".csv"):
                with archive.open(name) as stream:
                    yield from csv.reader(io.TextIOWrapper(stream, "ascii"))


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_editions_are_read_as_the_csv_module_reads_them(shared_data, editions, name):
    path = shared_data / "postcodes" / name
    frame = editions[name].frame
    expected = {row[0].replace(" ", ""): (*row[1:4], row[9], row[8]) for row in rows_of(path)}
    read = frame.assign(
        pqi=frame["pqi"].astype(str),
        easting=frame["easting"].fillna(0).astype(int).astype(str),
        northing=frame["northing"].fillna(0).astype(int).astype(str),
    )
    found = zip(
        read["postcode"].str.replace(" ", ""),
        zip(*(read[c] for c in ("pqi", "easting", "northing", "ward", "district")), strict=True),
        strict=True,
    )
    assert dict(found) == expected
    assert frame["postcode"].is_monotonic_increasing
    assert (frame["easting"].isna() == (frame["pqi"] == 90)).all()


@pytest.mark.shared
@pytest.mark.parametrize("name", REAL)
def test_real_editions_have_the_units_of_each_area_that_the_metadata_counts(
    shared_data, editions, name
):
    source = editions[name]
    with zipfile.ZipFile(shared_data / "postcodes" / name) as archive:
        member = next(n for n in archive.namelist() if n.endswith("metadata.txt"))
        text = archive.read(member).decode()
    stated = dict(re.findall(r"([A-Z]+)\t(\d+)", text))
    counted = Counter(source.frame["postcode"].str.extract("^([A-Z]+)")[0])
    assert len(counted) == 17
    assert {area: str(count) for area, count in counted.items()}.items() <= stated.items()
    assert source.notes == ()


@pytest.mark.shared
def test_the_force_has_the_units_of_its_nine_districts(editions):
    # 42,290 in edition 2025-10 is the count of the data's own description.
    frame = editions[REAL[1]].frame
    assert int(frame["district"].isin(WEST_MERCIA).sum()) == 42_290


@pytest.mark.shared
def test_between_the_two_editions_units_come_go_and_move(editions):
    old, new = (editions[name].frame.set_index("postcode") for name in REAL)
    assert "SY1 1AA" in old.index
    assert "SY1 1AA" not in new.index
    both = old.join(new, suffixes=("", "_new"), how="inner").dropna(
        subset=["easting", "easting_new"]
    )
    moved_m = np.hypot(
        both["easting"] - both["easting_new"], both["northing"] - both["northing_new"]
    )
    # A unit's point is an address in it: most stay, few leave the neighbourhood.
    assert 0 < (moved_m > 0).mean() < 0.5
    assert (moved_m > 1000).mean() < 0.01
