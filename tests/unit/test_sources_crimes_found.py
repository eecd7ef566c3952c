"""Where files of crimes are found, which of two counts, and what is refused with which words."""

import gzip

import pytest

from geo_alerts.errors import SourceError, UnknownFormatError
from geo_alerts.hotspots.months import month_text
from geo_alerts.sources.crimes.archive import crime_files
from geo_alerts.sources.crimes.outcomes import read_outcomes
from geo_alerts.sources.crimes.police import read_street
from tests.crime_files import NAME, OUTCOMES, STREET, outcome, street, text, written, zipped

KENT = "2021-03-kent-street.csv"


def found(*paths):
    """What is found, as (month, force, kind), and the remarks as text."""
    with crime_files(paths) as files:
        of = [(month_text(file.month), file.force, file.kind) for file in files.files]
        return of, [str(remark) for remark in files.remarks]


def read(path):
    with crime_files([path]) as files:
        (file,) = files.files
        return read_street(file) if file.kind == "street" else read_outcomes(file)


def test_files_are_found_in_the_archive_layout_by_month_force_and_kind(tmp_path):
    archive = zipped(
        tmp_path / "archive.zip",
        {
            "2021-04/2021-04-west-mercia-street.csv": text(street(month="2021-04")),
            "2021-03/2021-03-west-mercia-street.csv": text(street()),
            "2021-03/2021-03-west-mercia-outcomes.csv": text(outcome(), header=OUTCOMES),
            "2021-03/2021-03-kent-street.csv": text(street()),
            "2021-03/2021-03-kent-stop-and-search.csv": "Type,Date\n",
            "README.txt": "about",
        },
    )
    assert found(archive) == (
        [
            ("2021-03", "kent", "street"),
            ("2021-03", "west-mercia", "street"),
            ("2021-03", "west-mercia", "outcomes"),
            ("2021-04", "west-mercia", "street"),
        ],
        [],
    )


def test_folders_are_searched_at_any_depth_for_csvs_zips_and_gzipped_csvs(tmp_path):
    written(tmp_path / "crimes" / "a" / "b", street(), name=NAME)
    (tmp_path / "crimes" / "c").mkdir()
    zipped(tmp_path / "crimes" / "c" / "kent.zip", {KENT: text(street())})
    packed = tmp_path / "crimes" / "2021-03-surrey-street.csv.gz"
    packed.write_bytes(gzip.compress(text(street()).encode()))
    of, remarks = found(tmp_path / "crimes")
    assert [force for _, force, _ in of] == ["kent", "surrey", "west-mercia"]
    assert remarks == []
    with crime_files([tmp_path / "crimes"]) as files:
        assert [file.name for file in files.files] == [
            f"crimes/c/kent.zip/{KENT}",
            "crimes/2021-03-surrey-street.csv.gz",
            f"crimes/a/b/{NAME}",
        ]
        assert [len(read_street(file)) for file in files.files] == [1, 1, 1]


def test_of_two_files_of_one_month_the_later_path_counts_and_that_is_told(tmp_path):
    early = zipped(tmp_path / "2021-05.zip", {f"2021-03/{NAME}": text(street())})
    late = zipped(tmp_path / "2021-06.zip", {f"2021-03/{NAME}": text(street(), street())})
    for paths, rows in (((early, late), 2), ((late, early), 1)):
        with crime_files(paths) as files:
            (file,) = files.files
            assert len(read_street(file)) == rows
            (remark,) = files.remarks
            assert str(remark) == (
                f"{paths[0].name}/2021-03/{NAME}: left aside for "
                f"{paths[1].name}/2021-03/{NAME}, which comes later"
            )


@pytest.mark.parametrize(
    "name", ["2021-03-west-mercia-street (1).csv", "2021-03-West-Mercia-Street.CSV"]
)
def test_names_as_browsers_and_windows_change_them_are_known(tmp_path, name):
    assert found(written(tmp_path, street(), name=name))[0] == [
        ("2021-03", "west-mercia", "street")
    ]


def test_a_file_of_another_name_tells_month_and_force_by_its_first_row(tmp_path):
    rows = [street(month="2021-05"), street(month="2021-05")]
    part = read(written(tmp_path, *rows, name="crimes.csv"))
    assert (month_text(part.month), part.force, len(part)) == ("2021-05", "west-mercia", 2)
    path = written(tmp_path, outcome(), name="o.csv", header=OUTCOMES)
    assert read(path).kind == "outcomes"


@pytest.mark.parametrize(
    ("reported_by", "force"),
    [
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("British Transport Police", "btp"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("Hampshire and Isle of Wight Constabulary", "hampshire"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
    ],
)
def test_the_name_of_a_force_is_the_one_of_its_files(tmp_path, reported_by, force):
    row = street().replace("West Mercia Police", reported_by)
    assert found(written(tmp_path, row, name="crimes.csv"))[0] == [("2021-03", force, "street")]


def test_a_csv_among_others_that_is_none_of_crimes_is_passed_over_and_told(tmp_path):
    folder = tmp_path / "crimes"
    written(folder, street())
    written(folder, "1,2", name="notes.csv", header="a,b")
    assert found(folder)[1] == [
        "crimes: passed over 1 CSV that is none of crimes: crimes/notes.csv"
    ]


# --- refused --------------------------------------------------------------------------------------


def refused(path, pattern, error=SourceError):
    with pytest.raises(error, match=pattern):
        read(path)


def test_paths_without_crimes_are_refused(tmp_path):
    refused(tmp_path / "nowhere.zip", "nowhere.zip: there is no such file or folder")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "empty holds no crimes; wanted CSVs such as 2025-03/2025-03-west")
    zipped(tmp_path / "other.zip", {"README.txt": "about"})
    refused(tmp_path / "other.zip", r"other\.zip holds no crimes")
    searches = "2021-03-kent-stop-and-search.csv"
    refused(written(tmp_path, name=searches), "holds searches, and no crimes", UnknownFormatError)
    other = written(tmp_path, "1,2", name="other.csv", header="a,b")
    refused(other, r"other\.csv is none of data\.police\.uk's files .* a, b;", UnknownFormatError)


@pytest.mark.parametrize(
    ("content", "pattern"),
    [
        (b"", "is empty; fetch it again"),
        (b"\r\n \n", "is empty; fetch it again"),
        (b"<!DOCTYPE html>\n<html>", "is a web page and no CSV"),
        (STREET.encode("utf-16"), "is UTF-16 text; save it as CSV UTF-8"),
        (b'{"error": 502}\n', "has no column Month nor Crime type; it has"),
        (text(street()).replace("Crime type", "Kind").encode(), "has no column Crime type;"),
        (text(street()).replace("Latitude", "Lat").encode(), "has no column Latitude;"),
        (text(street()).replace("Context", "Month").encode(), "names a column twice: Month"),
        (text(street(), street(("-2.2", "52.2", "Heol y Tŷ", "", ""))).encode("cp1252", "replace")
         .replace(b"T?", b"T\xfd"), "line 3 is not UTF-8 text; save the file as CSV UTF-8"),
        (text(*[street()] * 9).encode()[:-60], "is cut off in line 10; fetch it again"),
        (text(*[street() + ",,"] * 3, street()).encode(), "3 of 4 rows have another number of cel"),
        (text(*[street()] * 3, street().replace("On or", '"On or'), *[street()] * 9).encode(),
         "line 5 opens a quote that it does not close"),
        (text(street().replace("near High", "near\nHigh")).replace("On", '"On').replace(
            "High Street", 'High Street"').encode(), "line 2 opens a quote .* or has a line break"),
        (text(street(month="2021-04"), street(month="2021-05")).encode(),
         "holds no row of 2021-03, which its name says, but of 2021-04, 2021-05; rename it"),
        (text(street(kind="Piracy")).encode(), "nothing in column Crime type is known here, such"),
        (text(*[street(("52.2", "-2.2", "", "", ""))] * 3).encode(),
         r"longitude and latitude are swapped \(longitude 52\.2, latitude -2\.2\)"),
        (text(*[street(("385000", "255000", "", "", ""))] * 3).encode(),
         "most positions are off the National Grid .* wanted degrees"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_its_name_and_the_reason(tmp_path, content, pattern):
    path = tmp_path / NAME
    path.write_bytes(content)
    refused(path, rf"2021-03-west-mercia-street\.csv\b.*{pattern}")


def test_a_name_that_names_no_month_is_refused(tmp_path):
    path = written(tmp_path, street(), name="2021-13-kent-street.csv")
    refused(path, "2021-13-kent-street.csv names no month: '2021-13' is no month")


def test_a_file_of_another_name_without_rows_or_force_is_refused(tmp_path):
    refused(written(tmp_path, name="c.csv"), "has no row that tells its force and month")
    nobody = street().replace("West Mercia Police", "")
    refused(written(tmp_path, nobody, name="c.csv"), "does not tell its force")
    late = street(month="soon")
    refused(written(tmp_path, late, name="c.csv"), r"c\.csv, line 2: 'soon' is no month")


def test_damage_in_a_zip_is_told_with_the_name_of_the_member(tmp_path):
    whole = zipped(tmp_path / "whole.zip", {KENT: text(street())})
    damaged = zipped(tmp_path / "damaged.zip", {NAME: text(*[street()] * 200)})
    content = bytearray(damaged.read_bytes())
    content[120:140] = b"\0" * 20
    damaged.write_bytes(bytes(content))
    with crime_files([damaged, whole]) as files:
        assert [file.force for file in files.files] == ["kent", "west-mercia"]
        assert len(read_street(files.files[0])) == 1
        with pytest.raises(SourceError, match=rf"damaged\.zip/{NAME} is damaged, or is not what"):
            read_street(files.files[1])
    (tmp_path / "no.zip").write_bytes(b"PK but no zip")
    refused(tmp_path / "no.zip", r"no\.zip is damaged")


def test_a_file_that_unpacks_to_more_than_any_month_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo_alerts.sources.crimes.archive.MOST_FILE_BYTES", 1000)
    bomb = zipped(tmp_path / "bomb.zip", {NAME: text(*[street()] * 50)})
    refused(bomb, rf"bomb\.zip/{NAME} has more than 1,000 bytes")
