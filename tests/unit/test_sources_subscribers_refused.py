"""Subscriber files that are refused, and the reasons."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_alerts.errors import SourceError, UnknownFormatError
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscribers import SubscriberFile, read_subscribers

HEADER = "reference,postcodes,channels,groups,topics,joined,left"
AS_OF = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path):
    def from_text(*lines: str, header: str = HEADER) -> SubscriberFile:
        path = tmp_path / "people.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return read_subscribers(path, as_of=AS_OF, normalise=normalise)

    return from_text


def test_a_first_row_without_headings_is_not_repeated(read):
    with pytest.raises(UnknownFormatError) as refused:
        read("WM-2,SY1 1AB", header="WM-77,SY1 1AD")
    assert "WM-77" not in str(refused.value)
    assert "SY1 1AD" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("reference,postcodes,notes", "'notes' is not known"),
        ("postcodes,channels", "lacks the column reference;"),
        ("reference,channels", r"lacks the column postcodes \(or left"),
        ("channels", r"lacks the columns reference and postcodes \(or left"),
        ("reference,postcodes,Post Code", "postcodes more than once"),
        ("", "lacks the columns reference and postcodes"),
    ],
)
def test_columns_that_are_missing_unknown_or_double_are_refused(read, header: str, told: str):
    with pytest.raises(UnknownFormatError, match=told):
        read("WM-1,SY1 1AA,x", header=header)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("reference,postcodes\nWM-1,SY1 1AA\n".encode("utf-16"), "UTF-16"),
        (b"reference,postcodes\nWM-1,\xff\xfeSY\n", "not in UTF-8"),
        (b'reference,postcodes\nWM-1,"SY1 1AA\n', "no CSV"),
        (b"\x1f\x8bnot gzip at all", "no CSV"),
        (gzip.compress(b"reference,postcodes\nWM-1,SY1 1AA\n" * 99)[:-20], "no CSV"),
        (b"reference,postcodes\nWM-1," + b"x" * 200_000, "no CSV"),
        (b"reference,postcodes\n", "no rows"),
        (b"", "lacks the columns reference and postcodes"),
    ],
    ids=[
        "UTF-16",
        "Latin-1",
        "open quote",
        "bad gzip",
        "cut gzip",
        "long cell",
        "no rows",
        "empty",
    ],
)
def test_what_is_no_csv_in_utf_8_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, told: str
):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        read_subscribers(path, as_of=AS_OF, normalise=normalise)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (['WM-1,"SY1 1AA', "WM-2,SY1 1AA"], "row 2, which begins in line 2 .* is not closed"),
        (
            ['WM-1,"SY1 1AA\nSY2 5XX"', 'WM-2,"SY1 1AA', "WM-3,SY1 1AA"],
            "row 3, which begins in line 4 .* is not closed",
        ),
        # The next quote closes it, and what follows cannot.
        (['WM-1,"SY1 1AA', 'WM-2,"SY1 1AA"'], "row 2, .* perhaps a quote is not closed"),
    ],
)
def test_a_quote_that_is_not_closed_is_told_with_its_row(read, lines: list[str], told: str):
    with pytest.raises(SourceError, match=f"people.csv is no CSV: {told}"):
        read(*lines, header="reference,postcodes")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="No such file"):
        read_subscribers(tmp_path / "none.csv", as_of=AS_OF, normalise=normalise)


def test_a_file_that_changes_between_the_two_readings_is_refused(read):
    file = read("WM-1,SY1 1AA,text,,,,")
    file.path.write_text(f"{HEADER}\nWM-2,SY1 1AA,text,,,,\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        list(file.rows())
