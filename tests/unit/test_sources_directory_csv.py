"""Reading the project's own directory CSV, the shipped sample among them."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import SourceFaultsError
from geo_alerts.places.directory import Directory, Position, Status
from geo_alerts.sources.postcodes import read_postcodes
from tests.published_postcodes import DIRECTORY, by_postcode, lines, told

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "postcodes.csv.gz"

ROWS = [
    "SY1 1AD,349381,312241,10,live,1980-01,,0,E00174573,E01028946,E05016060,E06000051",
    "SY1 1AF,349007.5,312556,10,live,,,1,E00174573,,,",
    "SY1 9XX,,,90,live,,,0,,,,",
    "SY1 1AA,,,,terminated,1990-02,2022-05/2025-04,1,E00174573,E01028946,,",
    "SY1 1AB,,,0,terminated,1980-01,1996-06,,,,,",
]


def test_a_directory_csv_is_read_and_its_terminated_units_are_placed(tmp_path):
    source = read_postcodes(lines(tmp_path / "units.csv", DIRECTORY, *ROWS))
    units = by_postcode(source.frame)
    assert list(units) == ["SY1 1AA", "SY1 1AB", "SY1 1AD", "SY1 1AF", "SY1 9XX"]
    assert units["SY1 1AA"] == {
        "easting": 349_194.25,
        "northing": 312_398.5,
        "pqi": 0,
        "status": "terminated",
        "introduced": "1990-02",
        "terminated": "2022-05/2025-04",
        "position": "output_area_mean",
        "large_user": True,
        "oa": "E00174573",
        "lsoa": "E01028946",
        "ward": "",
        "district": "",
    }
    assert units["SY1 9XX"]["position"] == units["SY1 1AB"]["position"] == "none"
    assert np.isnan(units["SY1 9XX"]["easting"])
    assert (source.label, source.published_on) == ("units", None)


def test_packed_and_with_columns_in_another_order_it_is_the_same(tmp_path):
    plain = lines(tmp_path / "units.csv", DIRECTORY, *ROWS)
    table = pd.read_csv(plain, dtype=str, keep_default_na=False)
    turned = table.assign(comment="x")[[*reversed(table.columns), "comment"]]
    packed = tmp_path / "units.csv.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + turned.to_csv(index=False).encode()))
    pd.testing.assert_frame_equal(read_postcodes(packed).frame, read_postcodes(plain).frame)


def test_missing_columns_are_named(tmp_path):
    header = DIRECTORY.replace(",northing", "").replace(",lsoa", "")
    with pytest.raises(SourceFaultsError) as caught:
        read_postcodes(lines(tmp_path / "units.csv", header))
    assert told(caught.value.faults) == [
        "row 1, column northing: is missing",
        "row 1, column lsoa: is missing",
    ]


def test_every_fault_is_told_with_its_line(tmp_path):
    good = "349381,312241,10,live,1980-01,,0,E00174573,E01028946,E05016060,E06000051"
    rows = [
        f"SY1 1AD,{good}",
        f"SY11AE,{good}",
        f"SY1 1AF,{good}".replace("349381", "here"),
        f"SY1 1AG,{good}".replace("349381", ""),
        f"SY1 1AH,{good}".replace(",10,", ",15,"),
        f"SY1 1AJ,{good}".replace("live", "dead"),
        f"SY1 1AL,{good}".replace("1980-01", "198001"),
        f"SY1 1AN,{good}".replace("1980-01,", "1980-01,2014-03"),
        f"SY1 1AP,{good}".replace("live,1980-01,", "terminated,,2025-04/2022-05"),
        f"SY1 1AQ,{good}".replace(",0,E", ",yes,E"),
        f"SY1 1AR,{good}".replace("E00174573", "E00174573-01"),
        f"BT1 1AA,{good}",
        f"SY1 1AD,{good}",
    ]
    with pytest.raises(SourceFaultsError, match=r"units\.csv: row 3, column postcode") as caught:
        read_postcodes(lines(tmp_path / "units.csv", DIRECTORY, *rows))
    elsewhere = "cannot be: this postcode has no place on the National Grid"
    period = "is neither YYYY-MM nor a period from YYYY-MM to a later YYYY-MM"
    assert told(caught.value.faults) == [
        "row 3, column postcode: 'SY11AE' is not a well-formed postcode",
        "row 4, column easting: 'here' is not a number of metres",
        "row 5, column easting: '' is missing beside a northing",
        "row 6, column pqi: '15' is not one of 10, 20, … 90",
        "row 7, column status: 'dead' is neither live nor terminated",
        "row 8, column introduced: '198001' is not a year and month, YYYY-MM",
        "row 9, column terminated: '2014-03' is given for a live unit",
        f"row 10, column terminated: '2025-04/2022-05' {period}",
        "row 11, column large_user: 'yes' is neither 1 nor 0",
        "row 12, column oa: 'E00174573-01' is not a code of at most nine letters and digits",
        f"row 13, column easting: '349381' {elsewhere}",
        "row 14, column postcode: 'SY1 1AD' is there already, at line 2",
    ]


def test_the_shipped_sample_is_a_directory_that_tells_its_outcomes_apart():
    source = read_postcodes(SAMPLE)
    directory = Directory.from_columns("Sample", source.frame)
    assert directory.look_up("SY1 1AD").status is Status.LIVE
    ended = directory.look_up("SY1 1AA")
    assert (ended.status, ended.terminated) == (Status.TERMINATED, "2022-05/2025-04")
    assert ended.position is Position.OUTPUT_AREA_MEAN
    assert "between May 2022 and April 2025" in ended.reason
    # A terminated unit is somewhere among the live ones of its output area.
    row = directory.find(np.array(["SY1 1AA"]))[0]
    neighbours = (directory.oa == directory.oa[row]) & directory.is_live & directory.is_located
    assert (
        directory.easting[neighbours].min() <= ended.easting <= directory.easting[neighbours].max()
    )
