"""Days, parts and sizes as pages show them."""

from datetime import date

import pytest

from api.words import day, last_day, part, several, size, spaced, span, when


def test_days_are_written_as_people_in_britain_do():
    assert day(date(2025, 7, 1)) == "1 July 2025"
    assert last_day(date(2025, 3, 1)) == "28 February 2025"


def test_a_time_is_told_as_finely_as_it_is_known():
    assert when("2025-04") == "April 2025"
    assert when("2025-04-30") == "30 April 2025"
    assert when("2025-04-30T08:00:00+00:00") == "30 April 2025, 9:00am"


def test_of_one_day_the_day_is_told_once():
    starts = "2025-05-11T18:00:00+01:00"
    assert span(starts, None) == "11 May 2025, 6:00pm"
    assert span(starts, "2025-05-11T19:30:00+01:00") == "11 May 2025, 6:00pm to 7:30pm"
    assert (
        span(starts, "2025-05-12T00:00:00+01:00") == "11 May 2025, 6:00pm to 12 May 2025, 12:00am"
    )
    assert span("2025-05-11", "2025-05-12") == "11 May 2025 to 12 May 2025"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0%"),
        (0.0004, "under 1%"),
        (0.01, "1%"),
        (0.335, "34%"),
        (0.99, "99%"),
        (0.9996, "over 99%"),
        (1, "100%"),
    ],
)
def test_no_part_is_rounded_to_none_or_to_all(share, words):
    assert part(share) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0, "m2", "0 m²"),
        (1.24, "m2", "1.2 m²"),
        (1_234.5, "m2", "1\u202f234 m²"),
        (12_300, "m2", "1.2 ha"),
        (3_210_000, "m2", "3.2 km²"),
        (0.82, "m", "0.8 m"),
        (1_500, "m", "1\u202f500 m"),
        (3, "", "3"),
    ],
)
def test_a_size_has_the_unit_that_can_be_read(value, unit, words):
    assert size(value, unit) == words


def test_names_of_layers_are_words():
    assert spaced("local_policing_area") == "local policing area"


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("team", "Teams"),
        ("local_policing_area", "Local policing areas"),
        ("parish", "Parishes"),
        ("neighbourhood", "Neighbourhoods"),
        ("county", "Counties"),
        ("beats", "Beats"),
        ("oa", "Output areas"),
        ("lsoa", "LSOAs"),
    ],
)
def test_a_layer_is_called_by_several_of_its_areas(layer, words):
    assert several(layer) == words
    assert several(layer, begins=False).lower() == words.lower()
