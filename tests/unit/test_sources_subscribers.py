"""Reading subscriber files: what is taken, what is left out, which files are refused."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_alerts.errors import (
    Fault,
    SourceFaultsError,
)
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.sources.subscribers import Remark, SubscriberFile, read_subscribers

HEADER = "reference,postcodes,channels,groups,topics,joined,left"
# A summer's day: British time is an hour ahead of UTC.
AS_OF = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
END_OF_DAY = datetime(2025, 6, 10, 22, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path):
    def from_text(*lines: str, header: str = HEADER, **options: object) -> SubscriberFile:
        path = tmp_path / "people.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return read_subscribers(path, as_of=AS_OF, normalise=normalise, **options)

    return from_text


def faults_of(file: SubscriberFile) -> list[tuple[int | None, str | None]]:
    return [(fault.row, fault.column) for fault in file.faults]


# --- what is taken --------------------------------------------------------------------------------


def test_a_full_row_becomes_what_is_kept_of_a_person(read):
    file = read(
        'WM-1,"sy1 1aa;SY2 5XX",email;voice,Farm Watch;School,burglary;rural crime,2024-02-29,'
    )
    assert list(file.rows()) == [
        SubscriberRow(
            "WM-1",
            AS_OF,
            content=Content(
                postcodes=("SY1 1AA", "SY2 5XX"),
                channels=5,
                groups=("Farm Watch", "School"),
                topics=("burglary", "rural crime"),
                joined_on="2024-02-29",
            ),
        )
    ]
    assert (file.row_count, file.faults, file.rejected, file.merged) == (1, (), 0, 0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("separator", [";", "|"])
def test_commas_semicolons_and_tabs_separate_cells(read, delimiter: str, separator: str):
    names = HEADER.split(",")
    cells = ["WM-1", f"SY1 1AA{separator}SY2 5XX", "text", f"a{separator}b", "", "", ""]
    quoted = [f'"{cell}"' for cell in cells]
    (row,) = read(delimiter.join(quoted), header=delimiter.join(names)).rows()
    assert row.content.postcodes == ("SY1 1AA", "SY2 5XX")
    assert row.content.groups == ("a", "b")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfreference,postcodes,channels\r\nWM-1,SY1 1AA,text\r\n",
        b"Reference , Post Code,CHANNEL\nWM-1,SY1 1AA,SMS\n\n,,\n",
        b"channels,ref,postcode,\ntext,WM-1,SY11AA,\n",
        gzip.compress(b"reference,postcodes,channels\nWM-1,SY1 1AA,text"),
    ],
    ids=["byte order mark and CRLF", "other names and blank lines", "other order", "gzipped"],
)
def test_files_that_differ_in_form_only_are_read_alike(tmp_path: Path, content: bytes):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    (row,) = read_subscribers(path, as_of=AS_OF, normalise=normalise).rows()
    unsaid = frozenset({"groups", "topics", "joined_on"})
    assert row == SubscriberRow("WM-1", AS_OF, content=Content(("SY1 1AA",), 2), unsaid=unsaid)


def test_a_file_of_withdrawals_needs_no_other_columns(read):
    (row,) = read("WM-1,2025-06-01", header="reference,left").rows()
    assert (row.reference, row.withdraws) == ("WM-1", True)


def test_a_person_may_have_no_postcode_and_no_channel(read):
    file = read("WM-1,,,,,,")
    assert list(file.rows()) == [SubscriberRow("WM-1", AS_OF)]
    assert file.faults == ()


def test_a_column_that_is_missing_says_nothing_and_a_blank_cell_says_that_there_is_none(read):
    file = read("WM-1,,2020-01-01", header="reference,postcodes,joined")
    (row,) = file.rows()
    assert row.content == Content(joined_on="2020-01-01")
    assert row.unsaid == {"channels", "groups", "topics"}
    assert file.missing_columns == ("channels", "groups", "topics", "left")


@pytest.mark.parametrize(
    "joined",
    [
        "2025-04-01",
        "2025-4-1",
        "20250401",
        "2025-04-01T09:00",
        "2025-04-01 09:00:00+01:00",
        "01/04/2025",
        "1.4.2025",
        "1-4-2025",
        "01/04/2025 09:00",
    ],
)
def test_every_documented_form_of_a_date_is_read(read, joined: str):
    file = read(f"WM-1,SY1 1AA,text,,,{joined},")
    assert [row.content.joined_on for row in file.rows()] == ["2025-04-01"]
    assert file.faults == ()


@pytest.mark.parametrize("joined", ["1 April 2025", "04/30/2025", "1/4/25"])
def test_months_in_words_american_order_and_short_years_are_not_read(read, joined: str):
    assert faults_of(read(f"WM-1,SY1 1AA,text,,,{joined},")) == [(2, "joined")]


# --- withdrawals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "known_at", "kept"),
    [
        ("2025-06-01", AS_OF, "2025-06-01"),
        ("01/06/2025", AS_OF, "2025-06-01"),
        # The day of the file: nobody knows whether before or after it was made.
        ("2025-06-10", END_OF_DAY, "2025-06-10"),
        ("10/06/2025", END_OF_DAY, "2025-06-10"),
        ("2025-06-10T08:00", AS_OF, "2025-06-10T07:00:00Z"),
        (
            "2025-06-10T12:00:00+01:00",
            datetime(2025, 6, 10, 11, tzinfo=UTC),
            "2025-06-10T11:00:00Z",
        ),
    ],
)
def test_a_date_withdraws_up_to_its_end(read, left: str, known_at: datetime, kept: str):
    file = read(f"WM-1,SY1 1AA,text,a,b,2020-01-01,{left}")
    assert list(file.rows()) == [SubscriberRow("WM-1", known_at, withdraws=True, left_on=kept)]
    assert file.faults == ()


@pytest.mark.parametrize("left", ["moved away", "yes", "2025-02-30", "2031-01-01", "?", "0"])
def test_whatever_stands_in_left_withdraws_and_what_is_no_date_is_told(read, left: str):
    file = read(f"WM-1,SY1 1AA,text,,,,{left}")
    (row,) = file.rows()
    assert (row.withdraws, row.known_at, row.left_on) == (True, AS_OF, "2025-06-10T09:00:00Z")
    assert faults_of(file) == [(2, "left")]


def test_a_withdrawal_counts_whatever_else_is_wrong_in_its_row(read):
    file = read("WM-1,NOT A CODE,pigeon,,,31/02/2020,2025-06-01")
    assert [row.withdraws for row in file.rows()] == [True]


def test_nothing_of_a_withdrawn_person_is_kept_but_the_reference(read):
    (row,) = read("WM-1,SY1 1AA,text,Farm Watch,burglary,2020-01-01,2025-06-01").rows()
    assert row.content == Content()


def test_who_left_before_joining_is_withdrawn_and_told(read):
    file = read("WM-1,,,,,2025-06-02,2025-06-01", "WM-2,,,,,2025-06-01,2025-06-01")
    assert [row.withdraws for row in file.rows()] == [True, True]
    told = Remark(2, "left", "is before joined", "withdrawn all the same")
    assert file.remarks == (told,)


# --- what is left out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("WM-1,SY1 1AA;NOT A CODE,text,a,b,2020-01-01,", "postcodes"),
        ("WM-1,SY1 1AA,text;pigeon,a,b,2020-01-01,", "channels"),
        (f"WM-1,SY1 1AA,text,a;{'x' * 65},b,2020-01-01,", "groups"),
        ("WM-1,SY1 1AA,text,a,b;\x07,2020-01-01,", "topics"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_and_the_rest_of_the_row_counts(
    read, line: str, column: str
):
    file = read(line)
    whole = Content(("SY1 1AA",), 2, ("a",), ("b",), "2020-01-01")
    assert [row.content for row in file.rows()] == [whole]
    assert faults_of(file) == [(2, column)]
    assert file.rejected == 0


@pytest.mark.parametrize("joined", ["soon", "2025-06-11", "31/02/2020"])
def test_a_day_of_joining_that_cannot_be_is_left_out(read, joined: str):
    file = read(f"WM-1,SY1 1AA,text,,,{joined},")
    assert [row.content.joined_on for row in file.rows()] == [""]
    assert faults_of(file) == [(2, "joined")]


@pytest.mark.parametrize(
    "reference", ["", "  ", "x" * 65, "=1+1", "WM 1", "@cmd", "WM\u00a01", "né-1", "WM-1\x00"]
)
def test_a_row_whose_reference_cannot_be_used_is_rejected(read, reference: str):
    file = read(f"{reference},SY1 1AA,text,,,,", "WM-2,SY1 1AA,text,,,,")
    assert [row.reference for row in file.rows()] == ["WM-2"]
    assert faults_of(file) == [(2, "reference")]
    assert file.rejected == 1


def test_a_row_with_too_few_cells_is_rejected_but_mentions_the_person(read):
    file = read("WM-1,SY1 1AA,te", "WM-2,SY1 1AA,text,,,,")
    assert [row.reference for row in file.rows()] == ["WM-2"]
    assert faults_of(file) == [(2, None)]
    assert file.mentioned == {"WM-1"}


@pytest.mark.parametrize(
    "line",
    [
        "WM-1,SY1 1AA,text,a,b,,,more",
        "WM-1,SY1 1AA,SY1 1AB,text,a,b,2024-01-01,2025-03-01",
        "WM-1,SY1 1AA,text,a,b,2024-01-01,2025-03-01,surplus",
    ],
)
def test_a_row_in_which_a_withdrawal_may_have_been_moved_withdraws(read, line: str):
    file = read(line, "WM-2,SY1 1AA,text,,,,")
    assert [(row.reference, row.withdraws) for row in file.rows()] == [
        ("WM-1", True),
        ("WM-2", False),
    ]
    assert faults_of(file) == [(2, None)]
    assert [remark.effect for remark in file.remarks] == ["withdrawn all the same"]


def test_a_column_without_a_name_may_be_there_as_long_as_it_is_empty(read):
    file = read("WM-1,SY1 1AA,text,", "WM-2,SY1 1AA,text,x", header="reference,postcodes,channels,")
    assert [row.reference for row in file.rows()] == ["WM-1"]
    assert faults_of(file) == [(3, None)]


def test_row_numbers_are_those_of_a_spreadsheet_even_after_a_cell_of_two_lines(read):
    file = read('WM-1,"SY1 1AA\nSY2 5XX",text,,,,', "WM-2,x,text,,,,")
    assert [row.content.postcodes for row in file.rows()] == [("SY1 1AA", "SY2 5XX"), ()]
    assert faults_of(file) == [(3, "postcodes")]


def test_strict_refuses_the_file_with_every_fault(read):
    lines = ["WM-1,x,text,,,,", "WM-2,SY1 1AA,pigeon,,,,", ",SY1 1AA,text,,,,"]
    with pytest.raises(SourceFaultsError) as refused:
        read(*lines, strict=True)
    assert refused.value.faults == (
        Fault(2, "postcodes", "a value is no postcode"),
        Fault(3, "channels", "a value is none of email, text, voice"),
        Fault(4, "reference", "is blank"),
    )


def test_no_reason_repeats_what_stood_in_the_file(read):
    lines = ["WM-1SECRET,SECRET,SECRET,,,SECRET,", "WM-1SECRET,SY1 1AA,text,,,,SECRET"]
    told = " ".join(str(fault) for fault in read(*lines).faults)
    assert "SECRET" not in told
    assert told.count("row") == 4


# --- one reference in several rows ----------------------------------------------------------------


def test_equal_rows_count_once(read):
    file = read("WM-1,SY1 1AA,text,b;a,,,", "WM-2,SY1 1AA,text,,,,", "WM-1,sy11aa,sms,a;b,,,")
    assert [row.reference for row in file.rows()] == ["WM-1", "WM-2"]
    assert (file.row_count, file.merged, file.faults) == (2, 1, ())
    effect = "row merged with row 2"
    told = Remark(4, "reference", "repeats all of another row", effect, is_fault=False)
    assert file.remarks == (told,)


def test_of_rows_that_differ_the_first_counts_and_the_others_are_rejected(read):
    file = read("WM-1,SY1 1AA,text,,,,", "WM-1,SY2 5XX,text,,,,", "WM-1,SY1 1AA,text,,,,")
    assert [row.content.postcodes for row in file.rows()] == [("SY1 1AA",)]
    assert faults_of(file) == [(3, "reference")]
    assert "row 2" in file.faults[0].reason
    assert (file.rejected, file.merged) == (1, 1)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_of_rows_that_differ_any_withdrawal_wins_and_the_latest_of_two(read, order: tuple[int]):
    lines = [
        "WM-1,SY1 1AA,text,,,,",
        "WM-1,SY1 1AA,text,,,,2025-06-01",
        "WM-1,SY1 1AA,text,,,,2025-06-10",
    ]
    file = read(*(lines[number] for number in order))
    assert [(row.withdraws, row.known_at) for row in file.rows()] == [(True, END_OF_DAY)]
    assert file.row_count == 1


def test_each_row_that_does_not_count_is_told_with_what_became_of_it(read):
    file = read(
        "WM-1,SY1 1AA,text,,,,",
        "WM-1,SY1 1AA,text,,,,2025-06-01",
        "WM-1,SY1 1AA,text,,,,2025-06-10",
        "WM-1,SY2 5XX,text,,,,",
        "WM-2,SY1 1AA;x,pigeon,,,,",
        "WM-2,SY2 5XX,text,,,,",
        ",SY2 5XX,text,,,,?",
        "WM-3,,,,,,?",
    )
    assert [(told.row, told.effect, told.is_fault) for told in file.remarks] == [
        (2, "row merged with row 3", False),
        (3, "row merged with row 4", False),
        (5, "row merged with row 4", False),
        (6, "value left out", True),
        (6, "value left out", True),
        (7, "row rejected", True),
        (8, "row rejected", True),
        (9, "withdrawn all the same", True),
    ]
    assert (file.row_count, file.merged, file.rejected) == (3, 3, 2)


def test_a_row_that_only_repeats_is_no_fault_for_strict(read):
    assert read("WM-1,SY1 1AA,text,,,,", "WM-1,SY1 1AA,text,,,,", strict=True).merged == 1
