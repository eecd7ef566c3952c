"""Grid references as people write and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.places.grid_references import grid_reference, position_of_reference

# The squares' letters are those of Ordnance Survey's "A guide to coordinate systems in Great
# Britain": SV at the origin, TQ at London, NN at Ben Nevis, HP at the north of Shetland.
KNOWN = [
    ((216_650, 771_250), "NN 1665 7125"),
    ((530_050, 180_050), "TQ 3005 8005"),
    ((349_231, 312_531), "SJ 4923 1253"),
    ((1, 1), "SV 0000 0000"),
    ((460_000, 1_210_000), "HP 6000 1000"),
]


@pytest.mark.parametrize(("position", "text"), KNOWN)
def test_places_have_the_references_that_maps_have(position, text):
    assert grid_reference(*position) == text


@given(st.integers(0, 699_999), st.integers(0, 1_249_999), st.sampled_from([2, 3, 4, 5]))
def test_a_reference_stands_for_the_square_that_holds_the_place(easting, northing, digits):
    found = position_of_reference(grid_reference(easting, northing, digits))
    assert found is not None
    half = 10 ** (5 - digits) / 2
    assert abs(found[0] - easting - 0.0) <= half
    assert abs(found[1] - northing - 0.0) <= half


@pytest.mark.parametrize("text", ["SJ 4923 1253", "sj49231253", " SJ4923 1253 "])
def test_spaces_and_case_do_not_matter(text):
    assert position_of_reference(text) == (349_235, 312_535)


@pytest.mark.parametrize(
    "text", ["", "SJ", "SJ 123 45", "SJ 492", "SY1 2DE", "II 10 10", "AA 10 10", "349231 312531"]
)
def test_what_is_no_reference_on_the_grid_is_none(text):
    assert position_of_reference(text) is None
