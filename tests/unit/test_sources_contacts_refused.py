"""Contact details that cannot be read: refused whole, every fault with its file, row and reason."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from geo_alerts.sources import contact_files
from tests.contact_files import ALL_CALLS, EVENTS, folder_of, neighbourhood, read, zip_of


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as error:
        read(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("T1.json", b"", "T1.json is empty"),
        ("T1.json", b" \n", "T1.json is empty"),
        ("T1.json", b'{"id": "T1"', "T1.json is no whole JSON: .* line 1 column 12"),
        ("T1.json", b"<html>503</html>", "T1.json is no whole JSON: .* line 1 column 1"),
        ("T1.json", b'{"id":\n"T\xe91"}', "T1.json: line 2 is not UTF-8 text"),
        ("T1.json", '{"id": "T1"}'.encode("utf-16"), "T1.json: line 1 is not UTF-8 text"),
        ("T1.json", b"[" * 100_000, "T1.json is nested too deep"),
        ("T1.json", b'{"id": ' * 50_000, "T1.json is nested too deep"),
        ("T1.json", b'{"id": "T1", "id": "T2"}', "T1.json has 'id' twice in one object"),
        ("T1.json", b'{"T1": {}, "T1": {"people": []}}', "has 'T1' twice in one object"),
        ("T1.json", b'"T1"', "T1.json is no neighbourhood, and no list or object"),
        ("T1.json", b'{"T1": 1}', "T1.json is no neighbourhood, and no list or object"),
        ("T1.json", b"[]", "there is no team in it"),
        ("T1.json", b"{}", "there is no team in it"),
        ("T1.json", b'{"error": "not found"}', "column id: is nothing; wanted the team's id"),
        ("T1.json", b'{"name": "Town"}', "column id: is nothing; wanted the team's id"),
        ("T1.json", b'{"id": ["T1"]}', r"column id: is \['T1'\]; wanted the team's id"),
        ("T1.json", b'{"id": " "}', "column id: is ' '; wanted the team's id"),
        ("T1.json", b'{"id": "T\\u0000"}', r"column id: is 'T\\x00'; wanted the team's id"),
        ("T1.json", json.dumps({"id": "T" * 65}).encode(), "of at most 64 letters"),
        ("all.json", b'[{"id": "T1"}, 5]', "row 2: is no object; wanted a neighbourhood"),
        ("all.json", b'[{"id": "T1"}, {"name": "x"}]', "row 2, column id: is nothing"),
        ("all.json", b'[{"id": "T1"}, {"id": "T1"}]', "row 2: the id T1 occurs in row 1 of"),
        ("all.json", b'{"T1": {"id": "T2"}}', "all.json has team 'T2' under the id 'T1'"),
        ("events.json", b"[]", "events.json lies in no folder that is named by the id of a team"),
        ("T1-events.json", b"{}", "T1-events.json is no list of events"),
        ("T%1B1-events.json", b"[]", "its name tells no id; wanted the team's id"),
        ("T" * 65 + "-events.json", b"[]", "its name tells no id; wanted the team's id"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"code,name\nT1,a\nT1,b", "row 3: the id T1 occurs in row 2 of a.csv"),
        ("a.csv", b"code,name\nT1,a\n,b", "row 3, column id: is nothing"),
        ("a.csv", b'code,name\n"T\n1",a\n"T2,b', "a.csv is no CSV: line 4: unexpected end"),
        ("a.csv", b"code,name\nT1", "row 2: has 1 cells, wanted 2 .in a.csv."),
        ("a.csv", b"code\nT1\n\xff", "a.csv: line 3 is not UTF-8 text"),
        ("a.csv", b"team;name\nT1;a", "a.csv has none of the columns code, id,"),
        ("a.csv", b"code,web,Website\nT1,a,b", "a.csv has the column 'Website' twice"),
        ("a.csv", b"code,name\nT1," + b"x" * 200_000, "a.csv is no CSV: line 2: field larger"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=reason):
        read(path)


def test_every_fault_is_told_at_once(tmp_path: Path):
    files = {
        "T1.json": b'{"id"',
        "T2.json": {"name": "no id"},
        "T3.json": neighbourhood("T3"),
        "T3-copy.json": neighbourhood("T3"),
        "T3/events.json": EVENTS,
    }
    with pytest.raises(SourceFaultsError) as error:
        read(folder_of(tmp_path / "contacts", files))
    assert [str(fault).split(";")[0] for fault in error.value.faults] == [
        "T1.json is no whole JSON: Expecting ':' delimiter: line 1 column 6 (char 5)",
        "column id: is nothing",
        "the id T3 occurs in T3-copy.json already (in T3.json)",
    ]


def test_a_list_that_is_there_twice_is_refused(tmp_path: Path):
    files = {**ALL_CALLS, "PAF01-events.json": EVENTS}
    reason = refused(folder_of(tmp_path / "contacts", files))
    assert "the list of events of the id PAF01 occurs in PAF01-events.json already" in reason


def test_one_id_in_two_forces_names_the_option(tmp_path: Path):
    files = {"A/T1.json": neighbourhood("T1"), "B/T1.json": neighbourhood("T1")}
    path = folder_of(tmp_path / "contacts", files)
    assert "--force takes one of several forces" in refused(path)
    with pytest.raises(SourceError, match="no folder 'C'; its folders are A, B"):
        read(path, force="C")


@pytest.mark.parametrize(
    "files", [{}, {"contacts.xlsx": b"PK"}, {".hidden.json": {"id": "T1"}}, {"x/._T1.json": b"{}"}]
)
def test_a_source_without_json_or_csv_is_refused(tmp_path: Path, files: dict):
    (tmp_path / "contacts").mkdir()
    with pytest.raises(UnknownFormatError, match="contacts is or holds no JSON"):
        read(folder_of(tmp_path / "contacts", files))


def test_a_source_of_both_is_refused(tmp_path: Path):
    path = folder_of(tmp_path / "contacts", {**ALL_CALLS, "contacts.csv": b"code\nPAF01\n"})
    with pytest.raises(UnknownFormatError, match="holds both JSON and CSV"):
        read(path)


def test_what_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="there is no such file or folder"):
        read(tmp_path / "contacts.json")


# --- zips -----------------------------------------------------------------------------------------


def test_a_truncated_zip_is_refused(tmp_path: Path):
    path = zip_of(tmp_path / "contacts.zip", ALL_CALLS)
    os.truncate(path, path.stat().st_size - 30)
    assert "contacts.zip is damaged" in refused(path)


def test_a_damaged_member_is_refused(tmp_path: Path):
    path = tmp_path / "contacts.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("T1.json", json.dumps(neighbourhood("T1")))
    path.write_bytes(path.read_bytes().replace(b"Made Town", b"Mode Town"))
    assert "Bad CRC-32 for file 'T1.json'" in refused(path)


def test_a_name_that_is_not_in_its_encoding_is_refused(tmp_path: Path):
    path = zip_of(tmp_path / "contacts.zip", {"é.json": neighbourhood()})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    assert "contacts.zip cannot be unpacked" in refused(path)


def test_a_name_that_cannot_be_shown_is_refused(tmp_path: Path):
    path = zip_of(tmp_path / "contacts.zip", {"\x1b[2JT1.json": neighbourhood()})
    reason = refused(path)
    assert r"contacts.zip holds a file whose name cannot be shown: '\x1b[2JT1.json'" in reason


def test_a_member_that_unpacks_to_too_much_is_refused(tmp_path: Path):
    content = b'{"id": "T1"' + b" " * contact_files.MOST_FILE_BYTES + b"}"
    path = zip_of(tmp_path / "contacts.zip", {"T1.json": content})
    assert path.stat().st_size < 20_000
    assert "T1.json has more than 16,777,216 bytes" in refused(path)


def test_a_zip_that_unpacks_to_too_much_altogether_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("geo_alerts.sources.contacts.MOST_UNPACKED_BYTES", 1_000)
    files = {f"T{number}.json": neighbourhood(f"T{number}") for number in range(300)}
    with pytest.raises(SourceFaultsError, match="unpacks to more than 1,000 bytes") as error:
        read(zip_of(tmp_path / "contacts.zip", files))
    assert str(error.value.faults[-1]) == "there may be more: reading stopped here"
    assert len(error.value.faults) == 101


def test_a_zip_within_a_zip_is_left_aside(tmp_path: Path):
    inner = zip_of(tmp_path / "inner.zip", ALL_CALLS)
    path = zip_of(tmp_path / "contacts.zip", {**ALL_CALLS, "inner.zip": inner.read_bytes()})
    assert read(path).aside == ("inner.zip",)


@pytest.mark.parametrize(
    "content", [b"[" + b"1," * 20_000 + b"1]", b"code\n" + b"T\n" * 20_001], ids=["JSON", "CSV"]
)
def test_more_teams_than_any_country_has_are_refused(tmp_path: Path, content: bytes):
    path = tmp_path / ("all.json" if content.startswith(b"[") else "all.csv")
    path.write_bytes(content)
    assert "more than 20,000" in refused(path)
