"""Which files are lists of postcodes, and what is said of those that are none or are damaged."""

import gzip
import zipfile

import pytest

from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from geo_alerts.sources.postcodes import read_postcodes
from geo_alerts.sources.sheets import MAX_FAULTS
from tests.published_postcodes import DIRECTORY, NSPL_2025, SY, code_point_open, lines, told


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"codepo_gb\.zip: there is no such file"):
        read_postcodes(tmp_path / "codepo_gb.zip")


@pytest.mark.parametrize("name", ["units.csv", "sy.csv", "units.csv.gz"])
def test_an_empty_file_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"") if name.endswith("gz") else b"")
    with pytest.raises(SourceError, match="is empty"):
        read_postcodes(path)


@pytest.mark.parametrize("header", [DIRECTORY, NSPL_2025])
def test_a_header_alone_is_refused(tmp_path, header):
    with pytest.raises(SourceError, match=r"units\.csv holds no units"):
        read_postcodes(lines(tmp_path / "units.csv", header, ""))


@pytest.mark.parametrize(
    ("name", "content"),
    [("codepo_gb.zip", b"<html>Not found</html>"), ("units.csv.gz", b"postcode,easting\n")],
)
def test_what_is_not_what_its_name_says_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=f"{name} is damaged, or is not what its name says"):
        read_postcodes(tmp_path / name)


def test_a_zip_that_was_cut_short_or_has_a_wrong_bit_is_refused(tmp_path):
    whole = code_point_open(tmp_path / "c.zip", {"sy": SY}).read_bytes()
    (tmp_path / "short.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"short\.zip is damaged"):
        read_postcodes(tmp_path / "short.zip")
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        entry = archive.getinfo("codepo_gb/Data/CSV/sy.csv")
        at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    wrong = bytearray(whole)
    wrong[at] ^= 0xFF
    (tmp_path / "wrong.zip").write_bytes(wrong)
    with pytest.raises(SourceError, match=r"wrong\.zip is damaged"):
        read_postcodes(tmp_path / "wrong.zip")


def test_packed_text_that_was_cut_short_is_refused(tmp_path):
    packed = gzip.compress("\n".join([DIRECTORY, "SY1 1AD"] * 5000).encode())
    (tmp_path / "units.csv.gz").write_bytes(packed[:-20])
    with pytest.raises(SourceError, match=r"units\.csv\.gz"):
        read_postcodes(tmp_path / "units.csv.gz")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", "reference,postcodes,channels\nA1,SY1 1AD,email\n"),
        ("page.csv", "<html>\n"),
        ("units.xlsx", "PK"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_is_read_here(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(UnknownFormatError, match=f"{name}.*Code-Point Open.*Lookup.*directory CSV"):
        read_postcodes(tmp_path / name)


def test_a_folder_or_zip_without_a_list_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(UnknownFormatError, match="holds no list of postcodes"):
        read_postcodes(tmp_path)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("names.csv", "LAD25CD,LAD25NM\n")
    with pytest.raises(UnknownFormatError, match="holds no list of postcodes"):
        read_postcodes(tmp_path / "z.zip")


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "sy.csv"
    path.write_bytes("\n".join([SY[0], SY[1].replace("E06000051", "Llanfair-é")]).encode("latin-1"))
    with pytest.raises(SourceError, match=r"sy\.csv: line 2 is not UTF-8 text; save the file"):
        read_postcodes(path)
    path.write_text("\n".join(SY), encoding="utf-16")
    with pytest.raises(SourceError, match=r"sy\.csv is UTF-16 text"):
        read_postcodes(path)


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "sy.csv"
    path.write_text("\n".join(SY), encoding="utf-8-sig")
    assert len(read_postcodes(path).frame) == 3


def test_a_quote_that_is_never_closed_is_refused(tmp_path):
    with pytest.raises(SourceError):
        read_postcodes(lines(tmp_path / "sy.csv", SY[0], '"SY1 1AF,10,1,1,a,b,c,d,e,f', SY[1]))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(tmp_path, end):
    units = read_postcodes(lines(tmp_path / "sy.csv", *SY, end=end)).frame
    assert units["postcode"].tolist() == ["SY1 1AD", "SY1 1AF", "SY18 9AA"]
    row = "SY1 1AD,349381,312241,10,live,1980-01,,0,,,,"
    units = read_postcodes(lines(tmp_path / "units.csv", DIRECTORY, row, end=end)).frame
    assert units["postcode"].tolist() == ["SY1 1AD"]


@pytest.mark.parametrize("tail", [b"\x1a", b"\x1a\r\n", b"\n\x1a\n\n"])
def test_a_ctrl_z_at_the_end_is_passed_over(tmp_path, tail):
    path = lines(tmp_path / "sy.csv", *SY, end="\r\n")
    path.write_bytes(path.read_bytes() + tail)
    assert len(read_postcodes(path).frame) == 3


def test_a_ctrl_z_before_other_rows_is_a_fault(tmp_path):
    with pytest.raises(SourceFaultsError, match="row 2: has 1 columns, not 10"):
        read_postcodes(lines(tmp_path / "sy.csv", SY[0], "\x1a", SY[1]))


@pytest.mark.parametrize("row", ["SY1 1AD", '"SY1 1CC",10,349381,312241,"","","","","",""'])
def test_faults_are_told_up_to_a_bound(tmp_path, row):
    with pytest.raises(SourceFaultsError) as caught:
        read_postcodes(lines(tmp_path / "sy.csv", SY[0], *[row] * (2 * MAX_FAULTS)))
    faults = told(caught.value.faults)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[0].startswith("row 2")
    assert faults[-1] == "there may be more: reading stopped here"


def test_progress_is_told_while_a_file_is_read(tmp_path):
    heard = []
    rows = [f"SY{n} 1AA,,,,live,,,,,,," for n in range(1, 10)]
    path = lines(tmp_path / "units.csv", DIRECTORY, *rows)
    read_postcodes(path, lambda done, total: heard.append((done, total)))
    assert heard == [(9, None)]
