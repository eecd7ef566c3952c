"""What locations are called: the words of the source, put together."""

import numpy as np
import pytest

from geo_alerts.hotspots.repeats.streets import merged, nearest_streets, street_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("On or near High Street", "High Street"),
        ("on or near  St Swithin'S  Street ", "St Swithin's Street"),
        ("Near Market Place", "Market Place"),
        ("Nearfield Road", "Nearfield Road"),
        ("One Ash Lane", "One Ash Lane"),
        ("On or near ", ""),
        ("No Location", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_street_is_what_stands_behind_on_or_near(text, name):
    assert street_name(text) == name


@pytest.mark.parametrize(
    ("streets", "name"),
    [
        (["High Street"], "On or near High Street"),
        (["High Street", "Market Place"], "On or near High Street and Market Place"),
        (["High Street", "", "High Street"], "On or near High Street"),
        (["A Street", "B Street", "C Street"], "On or near A Street, B Street and 1 more"),
        (
            ["A Street", "B Street", "C Street", "Park Lane"],
            "On or near A Street, B Street and 2 more",
        ),
        ([], "On or near an unnamed place"),
        (["", ""], "On or near an unnamed place"),
    ],
)
def test_streets_are_put_together_those_with_most_crimes_first(streets, name):
    assert merged(streets) == name


def test_a_kind_of_place_alone_is_told_with_the_nearest_street():
    assert merged(["Supermarket"], ["Mill Lane"]) == "On or near Supermarket (by Mill Lane)"
    assert merged(["Supermarket"], [""]) == "On or near Supermarket"
    assert merged([""], ["Mill Lane"]) == "On or near an unnamed place (by Mill Lane)"
    both = merged(["Parking Area", "Supermarket"], ["", "Mill Lane"])
    assert both == "On or near Parking Area and Supermarket (by Mill Lane)"
    assert merged(["Supermarket", "High Street"], ["Mill Lane", ""]) == (
        "On or near Supermarket and High Street"
    )


def test_the_nearest_street_is_one_with_a_name_within_half_a_kilometre():
    streets = np.array(["Supermarket", "Petrol Station", "Far Lane", "Near Lane", ""], dtype=object)
    east = np.array([0.0, 5_000.0, 499.0, 100.0, 90.0])
    found = nearest_streets(east, np.zeros(5), streets)
    assert found.tolist() == ["Near Lane", "", "", "", "Near Lane"]


def test_without_a_street_or_without_a_kind_there_is_nothing_to_look_for():
    for names in (["Supermarket", ""], ["High Street", "Mill Lane"], []):
        streets = np.array(names, dtype=object)
        assert not any(nearest_streets(np.arange(len(names)) * 1.0, np.zeros(len(names)), streets))
