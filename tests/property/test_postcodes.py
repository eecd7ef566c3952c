"""What holds of postcodes whatever people type, and of a directory whatever units it has."""

import re
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.errors import MalformedPostcodeError
from geo_alerts.places.directory import POSITIONS, STATUSES, Directory, Position, Status
from geo_alerts.places.postcode_keys import keys_of, sector_keys_of
from geo_alerts.places.postcodes import (
    PartKind,
    area_of,
    areas_of,
    district_of,
    normalise,
    normalise_many,
    parse_part,
    sector_of,
)

# Written down anew from the guide, not taken from the code.
UNIT = """
(?: [A-PR-UWYZ][1-9]?[0-9] | [A-PR-UWYZ][A-HK-Y][1-9]?[0-9]
  | [ENW][0-9][ABCDEFGHJKPSTUW] | (?:EC|NW|SE|SW|WC)[0-9][ABEHMNPRVWXY] )
[ ][0-9][ABD-HJLNP-UW-Z]{2}
"""
units = st.from_regex(re.compile(UNIT, re.VERBOSE | re.ASCII), fullmatch=True)
special = st.one_of(
    st.sampled_from(["GIR 0AA", "ASCN 1ZZ", "TKCA 1ZZ", "AI-2640", "NPT 0AD"]),
    st.integers(1, 999).map("BFPO {}".format),
)
postcodes = units | special
blanks = st.text(" \t\n\r\x00\x1e\u00a0\u2003\u2009\u200b\u202f\u3000\ufeff", max_size=3)
near = st.text(
    string.ascii_letters + string.digits + "OI01OI01 \u00a0-.\uff2f\uff29\uff10\uff11\x1e?é",
    max_size=10,
)


def or_empty(text):
    try:
        return normalise(text)
    except MalformedPostcodeError:
        return ""


@given(st.lists(st.one_of(st.text(), near, postcodes, postcodes.map(str.lower)), max_size=30))
def test_many_at_once_are_what_each_is_by_itself(texts):
    assert normalise_many(texts).tolist() == [or_empty(text) for text in texts]


@given(postcodes)
def test_a_normal_postcode_is_its_own_normal_form(postcode):
    assert normalise(postcode) == postcode


@given(st.one_of(st.text(), near))
def test_normalising_twice_is_normalising_once(text):
    once = or_empty(text)
    assert or_empty(once) == once


@given(postcodes, st.lists(blanks, min_size=10, max_size=10))
def test_white_space_anywhere_does_not_matter(postcode, between):
    spaced = "".join(blank + character for blank, character in zip(between, postcode, strict=False))
    assert normalise(spaced + between[-1]) == postcode


@given(postcodes)
def test_case_does_not_matter(postcode):
    assert normalise(postcode.lower()) == postcode
    assert normalise(postcode.swapcase()) == postcode


@given(units, st.data())
def test_a_repair_gives_what_was_meant_or_nothing_or_text_that_was_well_formed(postcode, data):
    swaps = {"O": "0", "0": "O", "I": "1", "1": "I"}
    mistyped = "".join(
        swaps[character] if character in swaps and data.draw(st.booleans()) else character
        for character in postcode
    )
    found = or_empty(mistyped)
    assert found in ("", postcode, mistyped) or swapped_alike(found, mistyped)


def swapped_alike(one, other):
    # Two postcodes that only differ in O for 0 and I for 1.
    plain = str.maketrans("OI", "01")
    return one.translate(plain) == other.translate(plain)


@given(units)
def test_inward_digits_mistyped_as_letters_are_always_repaired(postcode):
    outward, inward = postcode.split()
    mistyped = {"0": "O", "1": "I"}.get(inward[0], inward[0]) + inward[1:]
    assert normalise(outward + mistyped) == postcode


@given(units)
def test_sector_district_and_area_are_parts_that_lead_back_to_themselves(postcode):
    parts = [
        (sector_of(postcode), PartKind.SECTOR),
        (district_of(postcode), PartKind.DISTRICT),
        (area_of(postcode), PartKind.AREA),
        (postcode, PartKind.UNIT),
    ]
    for text, kind in parts:
        part = parse_part(text.lower())
        assert (part.kind, part.text) == (kind, text)
        assert postcode.startswith(text)


@given(st.lists(postcodes, max_size=30))
def test_keys_are_in_the_order_of_the_text_and_so_are_those_of_sectors(given_postcodes):
    texts = np.array(given_postcodes, dtype="<U8")
    assert np.array_equal(
        np.argsort(texts, kind="stable"), np.argsort(keys_of(texts), kind="stable")
    )
    assert areas_of(texts).tolist() == [area_of(text) for text in given_postcodes]
    cut = np.array([text[:-2] for text in given_postcodes], dtype="<U8")
    assert np.array_equal(sector_keys_of(texts), keys_of(cut))


metres = st.integers(0, 40)
rows = st.tuples(units, metres, metres, st.booleans(), st.booleans())


@st.composite
def directories(draw):
    """A small directory, and the same as a dictionary: postcode -> (easting, northing, live)."""
    drawn = draw(st.lists(rows, max_size=25, unique_by=lambda row: row[0]))
    known = {
        postcode: (float(e), float(n), live) if placed else (np.nan, np.nan, live)
        for postcode, e, n, live, placed in drawn
    }
    columns = {
        "postcode": np.array(list(known), dtype="<U8"),
        "easting": np.array([unit[0] for unit in known.values()], dtype=float),
        "northing": np.array([unit[1] for unit in known.values()], dtype=float),
        "is_live": np.array([unit[2] for unit in known.values()], dtype=bool),
    }
    return Directory.from_columns("drawn", columns), known


@given(directories(), st.lists(postcodes, max_size=10))
def test_a_directory_finds_exactly_the_units_it_was_made_of(drawn, others):
    directory, known = drawn
    wanted = [*known, *others]
    found = directory.find(np.array(wanted, dtype="<U8"))
    order = sorted(known)
    assert directory.postcode.tolist() == order
    assert found.tolist() == [order.index(p) if p in known else -1 for p in wanted]


@given(directories(), st.lists(postcodes, max_size=10))
def test_one_look_up_many_look_ups_and_positions_agree(drawn, others):
    directory, known = drawn
    texts = [*known, *others, "", "nonsense"]
    many = directory.look_up_many(texts)
    assert many == [directory.look_up(text) for text in texts]
    located = directory.locate(normalise_many(texts))
    for row, found in enumerate(many):
        assert STATUSES[located.status[row]] is found.status
        if found.status is not Status.UNKNOWN:
            assert POSITIONS[located.position[row]] is found.position
            assert np.isnan(located.easting[row]) == (found.easting is None)
        assert (found.reason is None) == (found.status is Status.LIVE)


@given(directories())
def test_the_units_of_sectors_districts_and_areas_are_told_by_their_text(drawn):
    directory, known = drawn
    for cut in (sector_of, district_of, area_of):
        for part in {cut(postcode) for postcode in known}:
            expected = sorted(p for p, unit in known.items() if unit[2] and cut(p) == part)
            assert directory.postcode[directory.units_of(part)].tolist() == expected


@given(directories(), units)
def test_an_unknown_postcode_is_at_the_mean_of_its_sector(drawn, postcode):
    directory, known = drawn
    if postcode in known or Status.NO_LOCATION is directory.look_up(postcode).status:
        return
    inside = [
        unit[:2]
        for other, unit in known.items()
        if sector_of(other) == sector_of(postcode) and unit[2] and not np.isnan(unit[0])
    ]
    located = directory.locate(np.array([postcode]))
    if not inside:
        assert directory.sector_mean(sector_of(postcode)) is None
        assert np.isnan(located.easting[0])
        return
    mean = np.mean(inside, axis=0)
    assert directory.sector_mean(sector_of(postcode)) == pytest.approx(tuple(mean))
    assert (located.easting[0], located.northing[0]) == pytest.approx(tuple(mean))
    assert POSITIONS[located.position[0]] is Position.SECTOR_MEAN
