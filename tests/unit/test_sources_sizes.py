"""Packed sources that unpack to far more than they seem, and files of blank lines."""

import gzip
import subprocess
import sys
import zipfile

import pytest

from geo_alerts.errors import SourceError, SourceFaultsError
from geo_alerts.sources.files import open_members
from geo_alerts.sources.postcodes import read_postcodes
from tests.published_postcodes import DIRECTORY, ONSPD_2023, SY, lines, ons_row, told

ROW = ons_row(
    ONSPD_2023,
    pcds="SY1 1AD",
    dointr="198001",
    usertype="0",
    oseast1m="349381",
    osnrth1m="0312241",
    osgrdind="1",
)
MEBIBYTE = 1 << 20

# Reads the file after what reading takes along is loaded; says by how many bytes memory grew.
READ = """
import sys
from pathlib import Path
import pandas, pyarrow.csv
from geo_alerts.sources.postcodes import read_postcodes

def peak():
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024

before = peak()
units = len(read_postcodes(Path(sys.argv[1])).frame)
print(units, peak() - before)
"""


def onspd_zip(path, *, blank_lines=0):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        content = f"{ONSPD_2023}\n{ROW}\n" + "\n" * blank_lines
        archive.writestr("Data/ONSPD_FEB_2023_UK.csv", content)
    return path


def read_whole(path, most_bytes):
    with open_members(path, most_bytes=most_bytes) as members:
        total = 0
        for member in members:
            with member.open() as stream:
                total += len(stream.read())
    return total


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory was in use")
def test_blank_lines_without_end_take_no_memory(tmp_path):
    # Kept as rows, eight million took 300 MB and more, and every further one as much again.
    path = onspd_zip(tmp_path / "ONSPD_FEB_2023_UK.zip", blank_lines=8 * MEBIBYTE)
    assert path.stat().st_size < MEBIBYTE // 32
    command = [sys.executable, "-c", READ, path]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    units, grown = map(int, ran.stdout.split())
    assert units == 1
    assert grown < 280 * MEBIBYTE


def test_lines_are_counted_through_blank_lines_of_several_blocks(tmp_path):
    wrong = SY[1].replace("349007", "here")
    rows = [SY[0], *[""] * 600_000, wrong, "SY1 1AG", *[""] * 300_000, wrong]
    with pytest.raises(SourceFaultsError) as caught:
        read_postcodes(lines(tmp_path / "sy.csv", *rows))
    assert told(caught.value.faults) == [
        "row 600002, column easting: 'here' is not a number of metres",
        "row 600003: has 1 columns, not 10",
        "row 900004, column postcode: 'SY1 1AF' is there already, at line 600002",
        "row 900004, column easting: 'here' is not a number of metres",
    ]


def test_a_zip_may_unpack_to_so_much_and_no_more(tmp_path):
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(3 * MEBIBYTE))
        archive.writestr("b.csv", bytes(2 * MEBIBYTE))
    assert read_whole(path, 5 * MEBIBYTE) == 5 * MEBIBYTE
    with pytest.raises(SourceError, match=r"two\.zip unpacks to more than 5,242,879 bytes"):
        read_whole(path, 5 * MEBIBYTE - 1)


def test_a_gz_may_unpack_to_so_much_and_no_more(tmp_path):
    path = tmp_path / "units.csv.gz"
    path.write_bytes(gzip.compress(DIRECTORY.encode() + b"\n" * MEBIBYTE))
    most = len(DIRECTORY) + MEBIBYTE
    assert read_whole(path, most) == most
    with pytest.raises(SourceError, match=r"units\.csv\.gz unpacks to more than"):
        read_whole(path, most - 1)


def test_a_file_that_is_not_packed_may_be_as_long_as_it_is(tmp_path):
    path = lines(tmp_path / "sy.csv", *SY)
    assert read_whole(path, 0) == path.stat().st_size


def test_reading_stops_at_the_bound_with_the_reason(tmp_path):
    path = onspd_zip(tmp_path / "ONSPD_FEB_2023_UK.zip", blank_lines=MEBIBYTE)
    with (
        pytest.raises(SourceError, match="unpacks to more than 524,288 bytes"),
        open_members(path, most_bytes=MEBIBYTE // 2) as [member],
        member.open() as stream,
    ):
        for _ in stream:
            pass
