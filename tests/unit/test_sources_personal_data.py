"""Names and contact details are refused, in columns, references and other cells; codes are not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_alerts.errors import PersonalDataError
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.personal_data import (
    column_of_persons,
    contact_details_within,
    maybe_person,
    person,
)
from geo_alerts.sources.subscribers import SubscriberFile, read_subscribers

HEADER = "reference,postcodes,channels,groups,topics,joined,left"
AS_OF = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path):
    def from_text(*lines: str, header: str = HEADER, **options: object) -> SubscriberFile:
        path = tmp_path / "people.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return read_subscribers(path, as_of=AS_OF, normalise=normalise, **options)

    return from_text


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("reference,postcodes,email", "an e-mail address"),
        ("reference,postcodes,E-mail Address", "an e-mail address"),
        ("reference,postcodes,mobileNumber", "a telephone number"),
        ("reference,postcodes,First name", "a person's name"),
        ("reference,postcodes,surname", "a person's name"),
        ("reference,postcodes,Address line 1", "an address"),
        ("reference,postcodes,DOB", "a date of birth"),
    ],
)
def test_a_column_of_personal_data_is_refused_by_its_name(read, header: str, kind: str):
    with pytest.raises(PersonalDataError, match=kind):
        read("WM-1,SY1 1AA,", header=header)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("jane.doe@example.com", "an e-mail address"),
        ("07700 900123", "a telephone number"),
        ("07700900123", "a telephone number"),
        ("+44 7700 900123", "a telephone number"),
        ("447700900123", "a telephone number"),
        ("(01743) 290-000", "a telephone number"),
        ("Jane Doe", "a person's name"),
        ("DOE, Jane", "a person's name"),
        ("jane doe 7", "a person's name"),
        ("Jane.Doe", "a person's name"),
        ("JaneDoe", "a person's name"),
        ("jane.doe", "a person's name"),
        ("O'Brien", "a person's name"),
        ("Smith-Jones", "a person's name"),
        ("12 High Street", "a person's name"),
    ],
)
def test_one_reference_that_is_a_person_refuses_the_file_without_repeating_it(
    read, value: str, kind: str
):
    lines = [f"WM-{number},SY1 1AA,text,,,," for number in range(50)]
    with pytest.raises(PersonalDataError, match=rf"row 52, column reference.*{kind}") as refused:
        read(*lines, f'"{value}",SY1 1AA,text,,,,')
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    "reference",
    [
        *("WM-2B2B5J2H", "1", "0000012345", "1000000001", "7000000123", "44", "2025-06-10"),
        *("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "KDXQPA7", "abc123", "a1", "A", "NW", "x:y/z=9"),
        *("kqzvbx", "QXZPLMRT", "WM-ABCD"),
    ],
)
def test_an_opaque_reference_is_none_of_a_person(reference: str):
    assert person(reference) is None


@pytest.mark.parametrize(
    ("references", "kind"),
    [
        (["SMITH", "JONES", "PATEL2", "OKAFOR"], "a person's name"),
        (["7700900123", "7700900124", "7911123456"], "a telephone number"),
        (["SY1 1AA".replace(" ", ""), "SY25XX", "TF91AA"], "a postcode"),
    ],
)
def test_references_that_mostly_look_like_persons_refuse_the_file(read, references, kind: str):
    with pytest.raises(PersonalDataError, match=f"most values look like {kind}"):
        read(*(f"{reference},SY1 1AA,text,,,," for reference in references))


def test_a_few_codes_without_a_digit_are_let_pass(read):
    codes = ["QXZPLMRT", "WM2", "WM3", "WM4", "7700900123"]
    assert read(*(f"{code},SY1 1AA,text,,,," for code in codes)).row_count == 5
    assert maybe_person("QXZPLMRT") is not None


@pytest.mark.parametrize("column", [1, 2, 3, 4, 5, 6])
def test_an_e_mail_address_is_found_in_every_column(read, column: int):
    cells = ["WM-1", "SY1 1AA", "text", "a", "b", "2020-01-01", ""]
    cells[column] = "x;jane@example.com" if column < 5 else "jane@example.com"
    with pytest.raises(PersonalDataError, match="row 2"):
        read(",".join(cells))


def test_a_telephone_number_among_groups_is_found(read):
    with pytest.raises(PersonalDataError, match="column groups"):
        read("WM-1,SY1 1AA,text,Farm Watch;07700 900123,,,")


def test_a_file_without_headings_is_refused_as_what_it_is(read):
    with pytest.raises(PersonalDataError, match="first row"):
        read("x,y", header="jane@example.com,SY1 1AA")


def test_contact_details_beside_headings_are_refused_and_not_repeated(read):
    with pytest.raises(PersonalDataError, match="first row") as refused:
        read("x,y", header="reference,07700 900123")
    assert "07700" not in str(refused.value)


def test_the_names_of_our_own_columns_are_not_personal():
    assert [name for name in HEADER.split(",") if column_of_persons(name)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 07700 900123", "a telephone number"),
        ("tel07700900123 after six", "a telephone number"),
        ("Farm Watch (01743) 290-000", "a telephone number"),
        ("Ring +44 (0)7700 900 123 now", "a telephone number"),
        ("447700900123 or 999", "a telephone number"),
        ("0044 7700 900123", "a telephone number"),
        ("Bus 101 07700 900123", "a telephone number"),
        ("2026-11-22 07700 900123", "a telephone number"),
        ("ask jane@example.com", "an e-mail address"),
    ],
)
def test_contact_details_are_found_within_words(text: str, kind: str):
    assert contact_details_within(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        *("Bus 101", "A49 corridor", "Operation 2025", "WR14 1EF;WR14 2QR", "SY1 1AA to SY25 6ZZ"),
        *("2026-11-22", "01/02/2025 - 03/04/2025", "01.02.2025 10:00", "2026-11-22T10:00:00+01:00"),
        *("3f2504e0-0123-4567-8901-0305e82c3301", "3f2504e00123456789010305e82c3301"),
        *("Meet @ 5", "SJ 49381 12241", "22/12345/26", "20261122-001", "SNT-012", "ward 8 of 10"),
        *("349381, 312241", "52.705472, -2.750596", "Crime 26 000123 of 22/11/2026"),
    ],
)
def test_numbers_that_are_no_contact_details_are_let_pass(text: str):
    assert contact_details_within(text) is None


@pytest.mark.parametrize("column", ["groups", "topics"])
def test_a_telephone_number_within_a_label_of_a_file_is_found_and_not_repeated(read, column: str):
    cells = {"groups": "", "topics": "", column: "call 07700 900123"}
    with pytest.raises(PersonalDataError, match=f"row 2, column {column}") as refused:
        read(f"WM-1,SY1 1AA,text,{cells['groups']},{cells['topics']},,")
    assert "07700" not in str(refused.value)
