"""The syntax of postcodes, case by case; the forms are those of Royal Mail's programmers' guide."""

import sys
import unicodedata

import numpy as np
import pytest

from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.postcodes import (
    AREAS,
    PartKind,
    PostcodePart,
    area_of,
    areas_of,
    district_of,
    no_location_reason,
    normalise,
    normalise_many,
    parse_part,
    sector_of,
)

# The guide's own examples, one for each form of the outward code.
GUIDE = ["M1 1AA", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB"]

WRITTEN = [
    ("sy1 1aa", "SY1 1AA"),
    ("SY11AA", "SY1 1AA"),
    ("  SY1   1AA ", "SY1 1AA"),
    ("S Y 1 1 A A", "SY1 1AA"),
    ("SY1\t1AA\r\n", "SY1 1AA"),
    ("SY1\u00a01AA", "SY1 1AA"),
    ("\ufeffSY1\u20091AA\u200b", "SY1 1AA"),
    ("SY1\u20661AA\u2069", "SY1 1AA"),
    ("SY\u00ad1 1AA", "SY1 1AA"),
    ("SY1 1AA\x00", "SY1 1AA"),
    ("ＳＹ１　１ＡＡ", "SY1 1AA"),  # noqa: RUF001 - full width
    ("ｓｙ１１ａａ", "SY1 1AA"),  # noqa: RUF001 - full width
    ("SY1-1AA", "SY1 1AA"),
    ("SY1\u20131AA", "SY1 1AA"),
    ("SY1.1AA.", "SY1 1AA"),
    ("(SY1 1AA),", "SY1 1AA"),
    ('"SY1 1AA"', "SY1 1AA"),
    ("B1  1AY", "B1 1AY"),
    ("SY101AA", "SY10 1AA"),
    ("E1W1AA", "E1W 1AA"),
]

REPAIRED = [
    ("SY1 OAA", "SY1 0AA"),
    ("SY1 IAA", "SY1 1AA"),
    ("sy1 iaa", "SY1 1AA"),
    ("SYI IAA", "SY1 1AA"),
    ("SYIO 1AA", "SY10 1AA"),
    ("0X1 1AA", "OX1 1AA"),
    ("1P1 1AA", "IP1 1AA"),
    ("S014 2AA", "SO14 2AA"),
    ("SO1O 2AA", "SO10 2AA"),
    ("W1O 1AA", "W10 1AA"),
    ("WIA 1HQ", "W1A 1HQ"),
    ("EI 1AA", "E1 1AA"),
    ("ECIA 1BB", "EC1A 1BB"),
    # Portsmouth has a PO1; no P1 can be meant, for there is no area P.
    ("P01 3AX", "PO1 3AX"),
    ("GIR OAA", "GIR 0AA"),
    ("ASCN IZZ", "ASCN 1ZZ"),
]

LEFT_ALONE = ["SO1 1AA", "OL1 1AA", "IG1 1AA", "CO1 1AA", "S0 1AA", "EO1 1AA", "PO10 0AB"]

MALFORMED = [
    "",
    " ",
    "\u200b",
    "?",
    "SY",
    "SY1",
    "SY1 1",
    "SY1 1A",
    "SY1 1AAA",
    "SY123 1AA",
    "1AA SY1",
    "Shrewsbury",
    "SY1 1AA SY1 1AB",
    "not known",
    # Letters that are not used: Q, V, X first; I, J, Z second; C, I, K, M, O, V inward.
    "QY1 1AA",
    "VY1 1AA",
    "XY1 1AA",
    "SJ1 1AA",
    "SZ1 1AA",
    "ZZ99 3WZ",
    *(f"SY1 1{letter}A" for letter in "CIKMOV"),
    *(f"SY1 1A{letter}" for letter in "CIKMOV"),
    "W1Z 1AA",
    "EC1Z 1AA",
    # O and 0 are both possible: SO1, or S1 with a nought in front.
    "S01 1AA",
    # 0 for O would make an O, which the inward code never has.
    "SY1 1A0",
    "SY1 10A",
    # A capital L does not look like 1; S is not taken for 5.
    "SYL 1AA",
    "SY1 SAA",
    "SY01 1AA",
    "SY1 1-AA",
    "S-Y1 1AA",
    "SY1?1AA",
    "ßY1 1AA",
    "SY1 1ÄA",
    "ЅY1 1AA",  # noqa: RUF001 - a Cyrillic letter
    "SY\u0661 1AA",
    "SY1 1AA\U0001f600",
    "BFPO",
    "BFPO 0",
    "BFPO 1234",
    # Only in London has an outward code a letter at its end, so G1R is not what is meant.
    "GIR 0AB",
    "ASCN 2ZZ",
    "NPT 0A1",
    "\ud800",
]

WITHOUT_PLACE = [
    ("bfpo 123", "BFPO 123", "Forces"),
    ("BFPO1", "BFPO 1", "Forces"),
    ("BF1 2AT", "BF1 2AT", "Forces"),
    ("gir0aa", "GIR 0AA", "Girobank"),
    ("BX1 1LT", "BX1 1LT", "without a place"),
    ("ASCN1ZZ", "ASCN 1ZZ", "Ascension"),
    ("BBND 1ZZ", "BBND 1ZZ", "Indian Ocean"),
    ("BIQQ 1ZZ", "BIQQ 1ZZ", "Antarctic"),
    ("FIQQ 1ZZ", "FIQQ 1ZZ", "Falkland"),
    ("GX11 1AA", "GX11 1AA", "Gibraltar"),
    ("PCRN 1ZZ", "PCRN 1ZZ", "Pitcairn"),
    ("SIQQ 1ZZ", "SIQQ 1ZZ", "South Georgia"),
    ("STHL 1ZZ", "STHL 1ZZ", "Saint Helena"),
    ("TDCU 1ZZ", "TDCU 1ZZ", "Tristan"),
    ("TKCA 1ZZ", "TKCA 1ZZ", "Turks"),
    ("ai2640", "AI-2640", "Anguilla"),
    ("AI-2640", "AI-2640", "Anguilla"),
    ("AI\u20132640", "AI-2640", "Anguilla"),
    ("JE2 3AB", "JE2 3AB", "Jersey"),
    ("GY1 1AA", "GY1 1AA", "Guernsey"),
    ("IM1 1AA", "IM1 1AA", "Isle of Man"),
    ("BT1 1AA", "BT1 1AA", "Irish grid"),
]

PARTS = [
    ("SY1 1AA", PartKind.UNIT, "SY1 1AA"),
    ("sy1 1", PartKind.SECTOR, "SY1 1"),
    ("SY1\u00a01", PartKind.SECTOR, "SY1 1"),
    ("SY11", PartKind.DISTRICT, "SY11"),
    ("SY1 O", PartKind.SECTOR, "SY1 0"),
    ("SY111", PartKind.SECTOR, "SY11 1"),
    ("SY11 1", PartKind.SECTOR, "SY11 1"),
    ("W1A1", PartKind.SECTOR, "W1A 1"),
    ("W1 A", PartKind.DISTRICT, "W1A"),
    ("S 1", PartKind.DISTRICT, "S1"),
    ("E1W", PartKind.DISTRICT, "E1W"),
    ("SYI", PartKind.DISTRICT, "SY1"),
    ("sy", PartKind.AREA, "SY"),
    ("B", PartKind.AREA, "B"),
    ("BFPO 12", PartKind.UNIT, "BFPO 12"),
]


@pytest.mark.parametrize("text", GUIDE)
def test_the_examples_of_the_guide_are_as_they_are_written(text):
    assert normalise(text) == text


@pytest.mark.parametrize(("text", "postcode"), WRITTEN)
def test_blanks_case_width_and_punctuation_do_not_matter(text, postcode):
    assert normalise(text) == postcode


@pytest.mark.parametrize(("text", "postcode"), REPAIRED)
def test_o_and_0_and_i_and_1_are_repaired_where_one_reading_is_left(text, postcode):
    assert normalise(text) == postcode


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_well_formed_as_typed_is_never_altered(text):
    assert normalise(text) == text


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_postcode_is_refused_without_repeating_it(text):
    with pytest.raises(MalformedPostcodeError) as caught:
        normalise(text)
    told = str(caught.value).removesuffix("wanted is a postcode such as SY1 1AA")
    assert not text.strip() or repr(text) not in told
    assert len(text) < 4 or text not in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing is given"),
        ("SY1", "only a postcode district"),
        ("SY1 1", "only a postcode sector"),
        ("SY", "only a postcode area"),
        ("SY1?1AA", "a character that no postcode has"),
        ("SY1 1CC", "does not have the form"),
    ],
)
def test_the_reason_says_what_is_wrong(text, words):
    with pytest.raises(MalformedPostcodeError, match=words):
        normalise(text)


@pytest.mark.parametrize(("text", "postcode", "words"), WITHOUT_PLACE)
def test_postcodes_without_a_place_are_well_formed_and_say_why(text, postcode, words):
    assert normalise(text) == postcode
    assert words in no_location_reason(postcode)


@pytest.mark.parametrize("postcode", [*GUIDE, "SY1 1AA", "B1 1AA", "G1 1AA", "AB10 1AB"])
def test_postcodes_of_great_britain_can_have_a_place(postcode):
    assert no_location_reason(postcode) is None


def test_many_at_once_agree_with_one_by_one_on_every_case_here():
    texts = [
        *GUIDE,
        *LEFT_ALONE,
        *MALFORMED,
        *(text for text, _ in WRITTEN + REPAIRED),
        *(text for text, _, _ in WITHOUT_PLACE),
    ]
    expected = dict(WRITTEN) | dict(REPAIRED) | {t: p for t, p, _ in WITHOUT_PLACE}
    expected |= {text: text for text in (*GUIDE, *LEFT_ALONE)}
    assert normalise_many(texts).tolist() == [expected.get(text, "") for text in texts]


def test_many_at_once_take_lists_arrays_and_nothing():
    texts = ["sy1 1aa", "", "SY1 IAA"]
    expected = ["SY1 1AA", "", "SY1 1AA"]
    assert normalise_many(texts).dtype == np.dtype("<U8")
    assert normalise_many(tuple(texts)).tolist() == expected
    assert normalise_many(np.array(texts)).tolist() == expected
    assert normalise_many(np.array(texts, dtype=object)).tolist() == expected
    assert normalise_many([]).tolist() == []
    assert normalise_many([""]).tolist() == [""]


def test_many_at_once_are_right_past_the_size_of_a_chunk():
    texts = [f"SY{n % 99 + 1} {n % 10}AA" for n in range(200_000)]
    texts[70_000] = "nonsense\x1eSY1 1AA"
    assert normalise_many(texts).tolist() == [*texts[:70_000], "", *texts[70_001:]]


def test_one_very_long_text_costs_its_own_length_only():
    texts = ["SY1 1AA"] * 1000 + ["A" * 5_000_000]
    assert normalise_many(texts).tolist() == ["SY1 1AA"] * 1000 + [""]


def test_every_white_space_of_unicode_is_passed_over():
    blanks = [chr(n) for n in range(sys.maxunicode + 1) if chr(n).isspace()]
    assert len(blanks) > 20
    texts = [f"SY1{blank}1AA" for blank in blanks]
    assert {normalise(text) for text in texts} == {"SY1 1AA"}
    assert set(normalise_many(texts).tolist()) == {"SY1 1AA"}


def test_no_character_becomes_a_letter_that_it_does_not_stand_for():
    # Upper case alone would make SS of the sharp s, and I of the Turkish dotless i.
    for number in (*range(128, 0x3100), *range(0xFE00, 0x10000)):
        plain = unicodedata.normalize("NFKC", chr(number))
        postcode = normalise_many([f"S{chr(number)}1 1AA"])[0]
        if postcode not in ("", "S1 1AA"):
            assert plain.isascii()
            assert postcode == normalise(f"S{plain}1 1AA")


@pytest.mark.parametrize(
    ("postcode", "sector", "district", "area"),
    [
        ("SY1 1AA", "SY1 1", "SY1", "SY"),
        ("SY10 0AA", "SY10 0", "SY10", "SY"),
        ("B1 1AY", "B1 1", "B1", "B"),
        ("EC1A 1BB", "EC1A 1", "EC1A", "EC"),
        ("GIR 0AA", "GIR 0", "GIR", "GIR"),
        ("ASCN 1ZZ", "ASCN 1", "ASCN", "ASCN"),
        ("BFPO 123", "BFPO", "BFPO", "BFPO"),
        ("AI-2640", "AI-2640", "AI-2640", "AI"),
        ("", "", "", ""),
    ],
)
def test_sector_district_and_area_are_cut_from_the_postcode(postcode, sector, district, area):
    assert (sector_of(postcode), district_of(postcode), area_of(postcode)) == (
        sector,
        district,
        area,
    )
    assert areas_of(np.array([postcode], dtype="<U8")).tolist() == [area]


@pytest.mark.parametrize(("text", "kind", "normal"), PARTS)
def test_parts_of_a_postcode_are_told_apart(text, kind, normal):
    assert parse_part(text) == PostcodePart(kind, normal)


@pytest.mark.parametrize("text", ["", "SY1 1A", "Q1", "SY1 1CC", "1", "SY1 C", "BFPO", "ZZ", "0"])
def test_what_is_no_part_of_a_postcode_is_refused(text):
    with pytest.raises(MalformedPostcodeError, match="or a part such as"):
        parse_part(text)


def test_there_are_the_areas_of_the_guide():
    # 121 in the United Kingdom and three Crown dependencies; BF, BX and GX are none of these.
    assert len(AREAS - {"BF", "BX", "GX"}) == 124
