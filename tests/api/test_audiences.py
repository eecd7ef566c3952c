"""Counting whom a selection reaches."""

import json

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.errors import InvalidAreaError
from tests.api.asking import assert_problem

T1 = {"area": {"type": "team", "codes": ["T1"]}}
T1_AND_T2 = {"area": {"type": "team", "codes": ["T1", "T2"]}}
NO_KIND = (
    "'circle' is no kind of area; wanted team, boundary, polygon, radius, postcodes, union, "
    'intersection or difference (a GeoJSON shape goes in as {"type": "polygon", "geometry": …})'
)


def test_exact_figures_are_those_of_the_made_world(alert_system):
    figures = alert_system.post("/v1/audiences:preview", json=T1_AND_T2).json()
    assert figures["people"] == figures["places"] == 90
    assert figures["deliveries"] == {"email": 90, "text": 45, "voice": 0}
    assert [(team["code"], team["people"]) for team in figures["by_team"]] == [
        ("T1", 60),
        ("T2", 30),
    ]
    assert figures["withheld"] is False
    assert figures["explanation"] is None


def test_filters_narrow_the_people(alert_system):
    selection = {**T1, "groups": {"any_of": ["Farm Watch"]}, "channels": ["text"]}
    figures = alert_system.post("/v1/audiences:preview", json=selection).json()
    # Every tenth of sixty is in Farm Watch (every fifth) and takes texts (every second).
    assert figures["people"] == 6
    assert figures["deliveries"] == {"text": 6}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMANDER])
def test_limited_roles_get_figures_of_a_whole_team_or_sector_alone(role, client_of):
    client = client_of(role)
    whole = client.post("/v1/audiences:preview", json=T1).json()
    assert whole["people"] == 60
    sector = {"area": {"type": "postcodes", "postcodes": ["SY2 1"]}}
    assert client.post("/v1/audiences:preview", json=sector).json()["people"] == 30
    drawn = {"area": {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 900}}
    for selection in (drawn, T1_AND_T2, {**T1, "channels": ["text"]}):
        answer = client.post("/v1/audiences:preview", json=selection)
        assert (answer.status_code, answer.json()["code"]) == (403, "withheld")


def test_figures_under_ten_are_withheld_from_limited_roles_and_it_is_said_why(
    analyst, alert_system
):
    small = {"area": {"type": "team", "codes": ["T3"]}}
    figures = analyst.post("/v1/audiences:preview", json=small).json()
    assert figures["people"] is None
    assert figures["withheld"] is True
    assert "withheld" in figures["explanation"]
    assert alert_system.post("/v1/audiences:preview", json=small).json()["people"] == 5


@pytest.mark.parametrize(
    ("area", "pointer", "words"),
    [
        (
            {"type": "circle"},
            "/area",
            NO_KIND,
        ),
        (
            {"type": "radius", "centre": {"longitude": 52.7, "latitude": 52.7}, "metres": 1},
            "/area/centre/longitude",
            "is outside Great Britain; longitude comes first",
        ),
        (
            {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 200_001},
            "/area/metres",
            "must be more than 0 and at most 200000 metres",
        ),
        (
            {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": "400"},
            "/area/metres",
            "must be a number",
        ),
    ],
)
def test_a_fault_of_an_area_is_told_as_the_command_line_tells_it(
    area, pointer, words, alert_system
):
    answer = alert_system.post("/v1/audiences:preview", json={"area": area})
    (fault,) = assert_problem(answer, 422, "validation_failed")["errors"]
    assert (fault["pointer"], fault["detail"]) == (pointer, words)
    with pytest.raises(InvalidAreaError) as told:
        read_area(json.dumps(area))
    assert str(told.value).removeprefix(f"{pointer.removeprefix('/area')}: ") == words
