"""What boundaries come packed in: zips, gz and folders, sound ones and hostile ones."""

import gzip
import json
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from boundaries.files.read import read_boundaries
from boundaries.files.unpacking import unpacked
from geo_alerts.errors import SourceError, UnknownFormatError
from tests.boundary_files import (
    IN_DEGREES,
    as_geojson,
    as_geojson_gz,
    as_shapefile,
    as_zip_of_districts,
    kml,
    north_and_south,
    placemark,
    police_zip,
    write_geojson,
)

SOUND = json.dumps({"type": "FeatureCollection", "features": north_and_south()})


def packed(path, *entries):
    """A zip of names (or ZipInfos) and contents, some of which zipfile itself would warn of."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
        warnings.simplefilter("ignore")
        for name, content in entries:
            into.writestr(name, content)
    return path


def test_a_zip_that_writes_outside_of_itself_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("../../outside.geojson", SOUND)
    with pytest.raises(SourceError, match="outside of itself"):
        read_boundaries(tmp_path / "a.zip")


def test_a_folder_in_a_zip_that_is_called_as_a_file_is_passed_over(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.mkdir("teams.geojson")
        packed.writestr("teams.geojson/north.geojson", SOUND)
    assert read_boundaries(tmp_path / "a.zip").frame["code"].tolist() == ["N1", "S1"]


@pytest.mark.parametrize("names", [["n" * 300 + ".geojson"], ["a.geojson", "a.geojson/b.geojson"]])
def test_a_zip_of_names_that_no_folder_can_hold_is_refused(tmp_path, names):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for name in names:
            packed.writestr(name, SOUND)
    with pytest.raises(SourceError, match=r"a\.zip cannot be unpacked: ") as caught:
        read_boundaries(tmp_path / "a.zip")
    assert str(caught.value).count("/") == 0


def test_a_zip_with_a_name_in_another_encoding_than_it_claims_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("é.geojson", SOUND)
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    with pytest.raises(SourceError, match=r"a\.zip is damaged"):
        read_boundaries(path)


@pytest.mark.parametrize("write", [as_zip_of_districts, as_geojson_gz])
def test_a_file_that_unpacks_to_more_than_is_allowed_is_refused(tmp_path, write):
    path = write(tmp_path)
    with unpacked(path) as files:
        sizes = [file.path.stat().st_size for file in files]
    with unpacked(path, most_bytes=sum(sizes)) as files:
        assert len(files) == len(sizes)
    too_much = unpacked(path, most_bytes=sum(sizes) - 1)
    with pytest.raises(SourceError, match="more than is allowed"), too_much:
        pytest.fail("it was unpacked")


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


def test_a_zip_bomb_is_refused_by_what_it_claims_before_anything_is_unpacked(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.geojson", SOUND))
    content = bytearray(path.read_bytes())
    # The size unpacked, in the central directory: APPNOTE.TXT 4.3.12.
    struct.pack_into("<L", content, content.index(b"PK\1\2") + 24, 2**31)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"holds 2,147,483,648 bytes .* more than is allowed"):
        read_boundaries(path)


def test_a_zip_bomb_is_refused_by_how_tightly_it_is_packed(tmp_path):
    blanks = " " * (2**24 + 1)
    with pytest.raises(SourceError, match="unpacks to more than is allowed"):
        read_boundaries(packed(tmp_path / "a.zip", ("a.geojson", blanks + SOUND)))


def test_a_zip_in_a_zip_is_refused_wherever_it_lies(tmp_path):
    inner = packed(tmp_path / "inner.zip", ("a.geojson", SOUND)).read_bytes()
    path = packed(tmp_path / "a.zip", ("a.geojson", SOUND), ("more/inner.ZIP", inner))
    with pytest.raises(SourceError, match=r"holds 'more/inner.ZIP', packed itself; unpack that"):
        read_boundaries(path)


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("teams.geojson")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(SourceError, match=r"holds 'teams.geojson', a link to another file"):
        read_boundaries(packed(tmp_path / "a.zip", (link, "/etc/passwd")))


def test_a_name_that_a_zip_holds_twice_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.geojson", SOUND), ("a.geojson", SOUND))
    with pytest.raises(SourceError, match=r"holds 'a.geojson' twice"):
        read_boundaries(path)


def test_backslashes_in_a_zip_part_folders_as_slashes_do(tmp_path):
    north = kml(placemark(IN_DEGREES[0], "North"))
    source = read_boundaries(packed(tmp_path / "a.zip", ("west-mercia\\N1.kml", north)))
    assert source.frame["code"].tolist() == ["N1"]
    with pytest.raises(SourceError, match=r"'\.\./N1\.kml', outside of itself"):
        read_boundaries(packed(tmp_path / "b.zip", ("..\\N1.kml", north)))


@pytest.mark.parametrize(
    ("spelled", "code"), [("Môn".encode(), "Môn"), (b"M\x93n", "Môn")], ids=["UTF-8", "CP437"]
)
def test_names_in_a_zip_that_tells_no_encoding_are_utf_8_or_code_page_437(tmp_path, spelled, code):
    stand_in = b"X" * len(spelled)
    content = kml(placemark(IN_DEGREES[0], "Anglesey"))
    path = packed(tmp_path / "a.zip", (f"{stand_in.decode()}.kml", content))
    path.write_bytes(path.read_bytes().replace(stand_in, spelled))
    assert read_boundaries(path).frame["code"].tolist() == [code]


def test_a_zip_of_too_many_files_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", *((f"{number}.kml", "") for number in range(20_001)))
    with pytest.raises(SourceError, match="holds 20,001 files; at most 20,000"):
        read_boundaries(path)


@pytest.mark.parametrize("signature", [b"PK\5\6", b"PK\6\6"])
def test_a_zip_whose_list_of_files_is_too_long_is_refused_unread(tmp_path, signature):
    path = packed(tmp_path / "a.zip", ("a.geojson", SOUND))
    content = bytearray(path.read_bytes())
    end = content.index(b"PK\5\6")
    # How long the list is: APPNOTE.TXT 4.3.16, and for 64 bits 4.3.14.
    if signature == b"PK\5\6":
        struct.pack_into("<L", content, end + 12, 2**25)
    else:
        content[end:end] = signature + bytes(36) + struct.pack("<Q", 2**40) + bytes(28)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.zip holds too many files"):
        read_boundaries(path)


def test_a_zip_with_a_damaged_file_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as into:
        into.writestr("a.geojson", SOUND)
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[content.index(b"North")] ^= 1
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(SourceError, match=r"is damaged, .*Bad CRC-32"):
        read_boundaries(tmp_path / "a.zip")


def test_a_gz_that_unpacks_beyond_measure_is_refused(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", north_and_south(note=" " * 2**24))
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(SourceError, match="unpacks to more than is allowed"):
        read_boundaries(tmp_path / "a.geojson.gz")


def test_other_ways_to_pack_are_refused(tmp_path):
    (tmp_path / "teams.tar").write_bytes(b"x")
    with pytest.raises(UnknownFormatError, match="packed in a way that is not read here"):
        read_boundaries(tmp_path / "teams.tar")


def test_plain_files_and_folders_are_bounded_too(tmp_path):
    folder = tmp_path / "areas"
    folder.mkdir()
    size = as_geojson(folder).stat().st_size
    for path in (folder, folder / "teams.geojson"):
        too_much = unpacked(path, most_bytes=size - 1)
        with pytest.raises(SourceError, match="more than is allowed"), too_much:
            pytest.fail("it was read")


def test_files_of_other_kinds_in_a_folder_are_passed_over(tmp_path):
    as_shapefile(tmp_path)
    (tmp_path / "read me.txt").write_text("hello")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    assert read_boundaries(tmp_path).frame["code"].tolist() == ["N1", "S1"]


def test_a_folder_of_nothing_is_refused(tmp_path):
    with pytest.raises(UnknownFormatError, match="is or holds no boundary file; wanted GeoJSON"):
        read_boundaries(tmp_path)


def test_what_was_unpacked_is_gone_afterwards(tmp_path):
    with unpacked(police_zip(tmp_path, "kent/1.kml")) as files:
        assert files[0].path.is_file()
    assert not files[0].path.exists()


@pytest.mark.parametrize("name", ["a!secret.geojson", "a;b.geojson", "a\nb.geojson"])
def test_no_name_makes_gdal_read_another_file(tmp_path, monkeypatch, name):
    write_geojson(tmp_path / "secret.geojson", north_and_south())
    monkeypatch.chdir(tmp_path)
    path = packed(tmp_path / "a.zip", (name, SOUND))
    with pytest.raises(SourceError, match="has a name that GDAL cannot open"):
        read_boundaries(path)


def test_a_path_that_begins_like_an_address_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_geojson(Path("https:teams.geojson"), north_and_south())
    assert len(read_boundaries(Path("https:teams.geojson")).frame) == 2
