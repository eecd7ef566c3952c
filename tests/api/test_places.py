"""Places by what somebody types."""

import logging

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.world import TEAMS


@pytest.fixture
def search(client_of):
    """What is found, as an analyst."""
    client = client_of(Role.ANALYST)

    def act(text):
        answer = client.get("/v1/places:search", params={"q": text})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return act


def found(answer):
    return [(place["kind"], place["name"]) for place in answer["places"]]


@pytest.mark.parametrize("text", ["SY1 1AA", "sy11aa", " sy1  1aa "])
def test_a_postcode_is_found_however_it_is_typed(search, text):
    answer = search(text)
    (place,) = answer["places"]
    assert (place["kind"], place["name"]) == ("postcode", "SY1 1AA")
    assert place["detail"] == "postcode, Team 1"
    assert place["area"] == {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 400.0}
    assert answer["note"] is None


def test_a_postcode_is_found_while_it_is_typed(search):
    assert found(search("SY1 1A")) == [("postcode", f"SY1 1A{letter}") for letter in "ABDEF"]
    assert found(search("sy11a")) == found(search("SY1 1A"))


def test_sectors_districts_teams_and_areas_are_found_with_what_is_round_them(search):
    sector, *units = search("SY1 1")["places"]
    assert (sector["name"], sector["detail"]) == ("SY1 1", "sector, 25 postcodes")
    assert sector["area"] == {"type": "postcodes", "postcodes": ["SY1 1"]}
    assert {unit["kind"] for unit in units} == {"postcode"}
    district = search("sy2")["places"][0]
    assert (district["kind"], district["name"]) == ("district", "SY2")
    team = search("team 2")["places"][0]
    assert team["area"] == {"type": "team", "codes": ["T2"], "edition": None}
    west, south, east, north = team["bounds"]
    assert west < team["longitude"] < east
    assert south < team["latitude"] < north
    assert found(search("T2")) == [("team", "Team 2")]
    (south_area,) = search("sou")["places"]
    assert south_area["detail"] == "local policing area L1"
    assert south_area["area"] == {
        "type": "boundary",
        "layer": "local_policing_area",
        "codes": ["L1"],
        "edition": None,
    }
    assert found(search("team")) == [("team", name) for name, _ in TEAMS.values()]


@pytest.mark.parametrize(
    "text", ["52.7063, -2.7487", "-2.7487 52.7063", "349500 312325", "sj 495 123"]
)
def test_a_position_is_found_in_degrees_metres_or_as_a_grid_reference(search, text):
    (place,) = search(text)["places"]
    assert place["kind"] == "position"
    assert place["name"].startswith("SJ 49")
    assert abs(place["latitude"] - 52.7063) < 0.002
    assert abs(place["longitude"] - -2.7487) < 0.002


def test_what_is_not_there_is_told_why(search):
    terminated = search("SY1 1ZZ")
    assert terminated["note"].startswith("ended in March 2014")
    unknown = search("SY9 9ZZ")
    assert found(unknown) == []
    assert unknown["note"] is not None
    for text in ("x", "nowhere at all", "0, 0", "1000000 5"):
        assert (search(text)["places"], search(text)["note"]) == ([], None)


def test_what_is_typed_is_in_no_log(search, caplog):
    with caplog.at_level(logging.DEBUG):
        search("SY1 1AB")
        search("Castlefields")
    # The client's own log is none of the server's.
    told = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
    assert any("/v1/places:search 200" in text for text in told)
    assert [text for text in told if "SY1" in text or "Castlefields" in text] == []
