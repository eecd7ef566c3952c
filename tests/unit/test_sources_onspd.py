"""Reading ONSPD and NSPL, under the three sets of names that their columns have had."""

import zipfile

import numpy as np
import pytest

from geo_alerts.crs import points_to_epsg_27700
from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from geo_alerts.places.directory import Directory, Status
from geo_alerts.sources.onspd import ons_columns
from geo_alerts.sources.postcodes import read_postcodes
from tests.published_postcodes import (
    NSPL_2020,
    NSPL_2020_ROW,
    NSPL_2025,
    NSPL_2025_ROW,
    ONS_WITHOUT_COORDINATES,
    ONSPD_2023,
    by_postcode,
    lines,
    ons_row,
    told,
)


def of_2025(postcode, **cells):
    return ons_row(
        NSPL_2025,
        **{"pcds": postcode, "dointr": "200006", "usrtypind": "0", "gridind": "1"} | cells,
    )


HERE = {"east1m": "349381", "north1m": "312241", "lat": "52.704"}
NOWHERE = {"gridind": "9", "lat": "99.999999", "long": "0.000000"}


def test_a_row_of_nspl_in_the_names_of_2020(tmp_path):
    source = read_postcodes(lines(tmp_path / "NSPL_AUG_2020_UK.csv", NSPL_2020, NSPL_2020_ROW))
    assert by_postcode(source.frame) == {
        "AB1 0AA": {
            "easting": 385_386.0,
            "northing": 801_193.0,
            "pqi": 10,
            "status": "terminated",
            "introduced": "1980-01",
            "terminated": "1996-06",
            "position": "published",
            "large_user": False,
            "oa": "S00090303",
            "lsoa": "S01006514",
            "ward": "S13002843",
            "district": "S12000033",
        }
    }
    assert (source.label, source.published_on) == ("NSPL August 2020", "2020-08")
    assert source.notes == ("output areas and LSOAs are those of the census of 2011",)


def test_a_row_of_nspl_in_the_names_of_2025(tmp_path):
    source = read_postcodes(lines(tmp_path / "NSPL_MAY_2025_UK.csv", NSPL_2025, NSPL_2025_ROW))
    unit = by_postcode(source.frame)["CA8 7JG"]
    # The row's own latitude and longitude are the proof that its columns were taken rightly.
    easting, northing = points_to_epsg_27700(-2.532223, 54.977349)
    assert (unit["easting"], unit["northing"]) == pytest.approx((easting[0], northing[0]), abs=0.2)
    assert (unit["status"], unit["introduced"], unit["pqi"]) == ("live", "2000-06", 10)
    assert (unit["oa"], unit["lsoa"]) == ("E00139875", "E01027484")
    assert (unit["ward"], unit["district"]) == ("E05016114", "E06000057")
    assert source.label == "NSPL May 2025"


def test_onspd_to_2025_gives_the_newer_census_and_its_own_names(tmp_path):
    row = ons_row(
        ONSPD_2023,
        pcd="SY1 1AD",
        pcd2="SY1  1AD",
        pcds="SY1 1AD",
        dointr="198001",
        usertype="1",
        oseast1m="349381",
        osnrth1m="0312241",
        osgrdind="6",
        oa11="E00147286",
        oa21="E00174573",
        lsoa11="E01028946",
        lsoa21="E01028947",
        osward="E05008180",
        oslaua="E06000051",
    )
    source = read_postcodes(lines(tmp_path / "ONSPD_FEB_2023_UK.csv", ONSPD_2023, row))
    unit = by_postcode(source.frame)["SY1 1AD"]
    assert (unit["oa"], unit["lsoa"]) == ("E00174573", "E01028947")
    assert (unit["ward"], unit["district"]) == ("E05008180", "E06000051")
    assert (unit["pqi"], unit["large_user"], unit["northing"]) == (60, True, 312_241.0)
    assert source.label == "ONSPD February 2023"


@pytest.mark.parametrize("header", [ONSPD_2023, NSPL_2020, NSPL_2025])
def test_every_wanted_column_is_there_under_each_set_of_names(header):
    names = header.split(",")
    assert len(ons_columns(names)) == 12
    assert len(ons_columns([name.upper().lower() for name in names])) == 12


def test_names_in_capitals_and_the_additions_of_a_download_page_are_read(tmp_path):
    header = f"X,Y,OBJECTID,{NSPL_2020.upper()}"
    source = read_postcodes(lines(tmp_path / "Centroids.csv", header, f"1,2,3,{NSPL_2020_ROW}"))
    assert source.frame["postcode"].tolist() == ["AB1 0AA"]
    assert (source.label, source.published_on) == ("Centroids", None)


def test_a_unit_without_a_grid_reference_has_no_location(tmp_path):
    rows = [
        of_2025("SY1 1AD", **NOWHERE),
        of_2025("SY1 1AF", **HERE | {"gridind": "9"}),
        of_2025("SY1 1AG", **HERE | {"lat": "99.999999"}),
        of_2025("SY1 1AH", **HERE | {"east1m": "0", "north1m": "0"}),
        of_2025("SY1 1AJ", **HERE),
    ]
    frame = read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, *rows)).frame
    assert frame["easting"].isna().tolist() == [True] * 4 + [False]
    assert frame["position"].tolist() == ["none"] * 4 + ["published"]
    assert frame["pqi"].tolist() == [90, 90, 10, 10, 10]


def test_northern_ireland_is_never_put_on_the_national_grid(tmp_path):
    # As published; read on the National Grid it would be near Chester.
    belfast = {"east1m": "330905", "north1m": "371973", "lat": "54.579081", "long": "-5.986241"}
    rows = [of_2025("BT11 9DT", **belfast), of_2025("BT1 4SD", doterm="199012", **belfast)]
    source = read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, *rows))
    assert source.frame["easting"].isna().all()
    assert (
        "2 postcodes of Northern Ireland have no position: they are on the Irish grid"
        in source.notes
    )
    found = Directory.from_columns("o", source.frame).look_up("BT11 9DT")
    assert found.status is Status.NO_LOCATION
    assert "Irish grid" in found.reason


def test_crown_dependencies_are_listed_without_a_location_or_pseudo_codes(tmp_path):
    row = of_2025("JE2 3JX", **NOWHERE, oa21cd="L99999999", wd25cd="L99999999")
    unit = by_postcode(read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, row)).frame)["JE2 3JX"]
    assert (unit["oa"], unit["ward"], unit["status"]) == ("", "", "live")
    assert np.isnan(unit["easting"])


def test_terminated_units_without_a_point_are_at_the_mean_of_their_output_area(tmp_path):
    area = {"oa21cd": "E00174573"}
    rows = [
        of_2025("SY1 1AD", **HERE, **area),
        of_2025("SY1 1AF", **HERE | {"east1m": "349007", "north1m": "312556"}, **area),
        of_2025("SY1 1AA", doterm="202303", **NOWHERE, **area),
    ]
    unit = by_postcode(read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, *rows)).frame)["SY1 1AA"]
    assert (unit["easting"], unit["northing"]) == (349_194.0, 312_398.5)
    assert (unit["position"], unit["terminated"]) == ("output_area_mean", "2023-03")


def test_codes_of_an_older_kind_are_not_kept(tmp_path):
    row = of_2025("SY1 1AD", **HERE, oa21cd="60QA001270", lsoa21cd="95GG20S1", lad25cd="00")
    unit = by_postcode(read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, row)).frame)["SY1 1AD"]
    assert (unit["oa"], unit["lsoa"], unit["district"]) == ("", "", "")


def zip_of(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in files.items():
            archive.writestr(name, "".join(f"{row}\r\n" for row in rows))
    return path


def test_of_the_zip_the_whole_list_is_read_once(tmp_path):
    one, other = of_2025("SY1 1AD", **HERE), of_2025("B1 1AY", **HERE)
    path = zip_of(
        tmp_path / "download.zip",
        {
            "Data/ONSPD_MAY_2025_UK.csv": [NSPL_2025, one, other],
            "Data/multi_csv/ONSPD_MAY_2025_UK_B.csv": [NSPL_2025, other],
            "Data/multi_csv/ONSPD_MAY_2025_UK_SY.csv": [NSPL_2025, one],
            "Documents/LAD names and codes UK.csv": ["LAD25CD,LAD25NM", "E06000051,Shropshire"],
            "User Guide/guide.pdf": ["%PDF"],
        },
    )
    source = read_postcodes(path)
    assert source.frame["postcode"].tolist() == ["B1 1AY", "SY1 1AD"]
    assert (source.label, source.published_on) == ("ONSPD May 2025", "2025-05")


def test_where_there_are_only_parts_all_of_them_are_read(tmp_path):
    parts = {
        f"Data/multi_csv/ONSPD_MAY_2025_UK_{area}.csv": [NSPL_2025, of_2025(postcode, **HERE)]
        for area, postcode in (("B", "B1 1AY"), ("SY", "SY1 1AD"))
    }
    source = read_postcodes(zip_of(tmp_path / "o.zip", parts))
    assert source.frame["postcode"].tolist() == ["B1 1AY", "SY1 1AD"]
    other = {"Data/multi_csv/ONSPD_MAY_2025_UK_AB.csv": [NSPL_2020, NSPL_2020_ROW]}
    with pytest.raises(SourceError, match="has other columns than"):
        read_postcodes(zip_of(tmp_path / "mixed.zip", other | parts))


def test_the_list_without_coordinates_is_refused_with_the_remedy(tmp_path):
    row = ons_row(ONS_WITHOUT_COORDINATES, pcds="SY1 1AA", dointr="199002")
    path = lines(tmp_path / "PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.csv", ONS_WITHOUT_COORDINATES, row)
    with pytest.raises(
        UnknownFormatError, match=r"PCD_OA.*without coordinates.*import the ONS Postcode Directory"
    ):
        read_postcodes(path)


def test_every_fault_is_told_with_its_line_and_the_publishers_column(tmp_path):
    rows = [
        of_2025("SY1 1AD", **HERE),
        of_2025("SY1 1CC", **HERE),
        of_2025("SY1 1AE", **HERE | {"gridind": "x"}),
        of_2025("SY1 1AF", **HERE | {"east1m": "34938l"}),
        of_2025("SY1 1AG", **HERE | {"north1m": ""}),
        of_2025("SY1 1AH", **HERE | {"north1m": "1312241"}),
        of_2025("SY1 1AJ", **HERE, doterm="202313"),
        of_2025("SY1 1AL", **HERE | {"dointr": "May 2000"}),
        of_2025("SY1 1AN", **HERE | {"usrtypind": "2"}),
        of_2025("SY1 1AD", **HERE),
    ]
    with pytest.raises(SourceFaultsError) as caught:
        read_postcodes(lines(tmp_path / "o.csv", NSPL_2025, *rows, end="\r\n"))
    assert told(caught.value.faults) == [
        "row 3, column pcds: 'SY1 1CC' is not a well-formed postcode",
        "row 4, column gridind: 'x' is not a digit from 1 to 9",
        "row 5, column east1m: '34938l' is not a number of metres",
        "row 6, column north1m: '' is missing beside an easting",
        "row 7, column east1m: '349381' with northing 1312241 is off the National Grid",
        "row 8, column doterm: '202313' is not a year and month, YYYYMM",
        "row 9, column dointr: 'May 2000' is not a year and month, YYYYMM",
        "row 10, column usrtypind: '2' is neither 0 nor 1",
        "row 11, column pcds: 'SY1 1AD' is there already, at line 2",
    ]
