"""Households by LSOA: the census tables that are around, and what is wrong with others."""

import gzip
from pathlib import Path

import pytest

from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from geo_alerts.sources.households import read_households


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "households.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "lsoa,households,residents\nE01000002,826,1436\nE01000001,837,1465\n",
        "\ufefflsoa,hectares,residents,Households\r\nE01000001,9,1465,837\r\nE01000002,9,1436,826",
        gzip.compress(
            b"LSOA21CD,total households,usual residents\nE01000001,837,1465\n\nE01000002,826,1436"
        ),
    ],
    ids=["any order of rows", "other columns and byte order mark", "gzipped, other names"],
)
def test_tables_of_several_forms_are_read_alike(tmp_path: Path, content: str | bytes):
    source = read_households(written(tmp_path, content))
    assert list(source.lsoa) == ["E01000001", "E01000002"]
    assert list(source.households) == [837, 826]
    assert list(source.residents) == [1465, 1436]


def test_a_table_need_not_count_residents(tmp_path: Path):
    source = read_households(written(tmp_path, "lsoa21_code,total_households\nW01000003,700\n"))
    assert (list(source.households), list(source.residents)) == ([700], [None])


def test_every_row_that_cannot_be_used_is_told(tmp_path: Path):
    lines = ["E01000001,837", "E01000001,837", "E02000001,1", "E01000002,-1", "E01000003"]
    with pytest.raises(SourceFaultsError) as refused:
        read_households(written(tmp_path, "\n".join(["lsoa,households", *lines])))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (3, "lsoa"),
        (4, "lsoa"),
        (5, "households"),
        (6, None),
    ]


@pytest.mark.parametrize(
    "content", ["", "lsoa,people\nE01000001,3\n", "oa,households\nE00000001,94\n"]
)
def test_a_table_without_the_columns_is_refused(tmp_path: Path, content: str):
    with pytest.raises(UnknownFormatError, match="has none of the columns"):
        read_households(written(tmp_path, content))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\n\x1a", "\n\x1a\r\n"])
def test_lines_end_as_on_any_system_and_the_text_with_a_ctrl_z_or_without(tmp_path: Path, end: str):
    content = f"lsoa,households{end[:2].rstrip(chr(26))}E01028946,5{end}"
    assert read_households(written(tmp_path, content)).households == [5]


def test_a_table_without_rows_is_refused(tmp_path: Path):
    with pytest.raises(SourceFaultsError, match="no rows"):
        read_households(written(tmp_path, "lsoa,households\n"))


@pytest.mark.parametrize(
    "content", [b"lsoa,households\n\xff", b"\x1f\x8b12", b'lsoa,households\n"x']
)
def test_what_is_no_csv_in_utf_8_is_refused(tmp_path: Path, content: bytes):
    with pytest.raises(SourceError):
        read_households(written(tmp_path, content))


@pytest.mark.shared
def test_the_census_of_2021_is_read(shared_data: Path):
    source = read_households(shared_data / "households" / "households_lsoa21.csv.gz")
    counts = dict(zip(source.lsoa, source.households, strict=True))
    assert (counts["E01000001"], counts["E01000002"]) == (837, 826)
    # England and Wales had 35,672 LSOAs in 2021.
    assert len(counts) == 35_672
