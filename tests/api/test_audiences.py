"""Counting whom a selection reaches."""

import json

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.errors import InvalidAreaError
from tests.api.asking import assert_problem
from tests.api.world import EVERYBODY

T1 = {"area": {"type": "team", "codes": ["T1"]}}
T1_AND_T2 = {"area": {"type": "team", "codes": ["T1", "T2"]}}
NO_KIND = (
    "'circle' is no kind of area; wanted team, boundary, polygon, rectangle, radius, corridor, "
    "postcodes, hotspots, saved, union, intersection or difference (a GeoJSON shape goes in as "
    '{"type": "polygon", "geometry": …})'
)


def test_exact_figures_are_those_of_the_made_world(alert_system):
    figures = alert_system.post("/v1/audiences:preview", json=T1_AND_T2).json()
    assert figures["people"] == figures["places"] == 90
    assert figures["deliveries"] == {"email": 90, "text": 45, "voice": 0}
    assert [(team["code"], team["people"]) for team in figures["by_team"]] == [
        ("T1", 60),
        ("T2", 30),
    ]
    assert (figures["error"], figures["left_out"], figures["not_counted"]) == (None, {}, [])


def test_filters_narrow_the_people(alert_system):
    selection = {**T1, "groups": {"any_of": ["Farm Watch"]}, "channels": ["text"]}
    figures = alert_system.post("/v1/audiences:preview", json=selection).json()
    # Every tenth of sixty is in Farm Watch (every fifth) and takes texts (every second).
    assert figures["people"] == 6
    assert figures["deliveries"] == {"text": 6}


def test_a_label_that_nobody_has_is_told_with_the_nearest_that_somebody_has(alert_system):
    asked = {
        **T1,
        "groups": {"any_of": ["farm watch", "Farm Watch"], "none_of": ["schools"]},
        "topics": {"all_of": ["burglery"]},
    }
    unknown = [
        {"kind": "group", "name": "farm watch", "nearest": "Farm Watch"},
        {"kind": "group", "name": "schools", "nearest": None},
        {"kind": "topic", "name": "burglery", "nearest": "burglary"},
    ]
    assert (
        alert_system.post("/v1/audiences:preview", json=asked).json()["unknown_labels"] == unknown
    )
    why = {"purpose": "Sheds", "lawful_basis": "public_task"}
    frozen = alert_system.post("/v1/audiences", json={"selection": asked, **why}).json()
    assert (frozen["unknown_labels"], frozen["figures"]["people"]) == (unknown, 0)
    kept = alert_system.get(f"/v1/audiences/{frozen['id']}").json()
    assert kept["unknown_labels"] == unknown
    assert alert_system.post("/v1/audiences:preview", json=T1).json()["unknown_labels"] == []


def test_a_label_is_unknown_when_the_last_who_had_it_has_left(alert_system):
    asked = {**T1, "groups": {"any_of": ["Shop Watch"]}}
    path = "/v1/audiences:preview"
    known = alert_system.post(path, json=T1).json()["people"]
    person = {"reference": "N-1", "postcodes": ["SY1 1AA"], "channels": ["email"]}
    joined = {**person, "groups": ["Shop Watch"]}
    assert alert_system.post("/v1/subscribers:upsert", json=joined).status_code == 200
    assert alert_system.post(path, json=asked).json()["unknown_labels"] == []
    assert alert_system.post("/v1/subscribers:erase", json={"reference": "N-1"}).status_code == 200
    assert alert_system.post(path, json=asked).json()["unknown_labels"] == [
        {"kind": "group", "name": "Shop Watch", "nearest": "Farm Watch"}
    ]
    assert alert_system.post(path, json=T1).json()["people"] == known


def test_a_label_that_nobody_has_is_marked_and_told(client_of):
    admin = client_of(Role.ADMIN)
    marked = admin.put("/v1/labels/topic/burglery/sensitive").json()
    assert marked["sensitive"]
    assert marked["unknown"] == {"kind": "topic", "name": "burglery", "nearest": "burglary"}
    assert admin.put("/v1/labels/topic/burglary/sensitive").json()["unknown"] is None


@pytest.mark.parametrize("sent", ["drugs/alcohol", "drugs%2Falcohol"])
def test_a_label_with_a_slash_is_marked_and_the_mark_taken_off(sent, client_of):
    admin = client_of(Role.ADMIN)
    path = f"/v1/labels/topic/{sent}/sensitive"
    label = {"kind": "topic", "name": "drugs/alcohol", "sensitive": True}
    unknown = {"kind": "topic", "name": "drugs/alcohol", "nearest": None}
    assert admin.put(path).json() == {**label, "unknown": unknown}
    assert label in admin.get("/v1/labels").json()["labels"]
    assert admin.delete(path).json() == {**label, "sensitive": False}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMANDER])
def test_limited_roles_get_estimates_of_any_area_with_their_error(role, client_of):
    client = client_of(role)
    drawn = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 1_500}
    sector = {"type": "postcodes", "postcodes": ["SY2 1"]}
    for area, people in ((T1["area"], 60), (sector, 30), (T1_AND_T2["area"], 90), (drawn, 46)):
        figures = client.post("/v1/audiences:preview", json={"area": area}).json()
        assert 0 < figures["error"] <= 20, area
        assert abs(figures["people"] - people) <= figures["error"], area
        assert figures["left_out"] == {}


def test_limited_roles_filter_by_one_group_or_topic_that_is_common_and_not_sensitive(
    analyst, client_of
):
    admin = client_of(Role.ADMIN)
    by_topic = {**T1, "topics": {"any_of": ["burglary"]}}
    assert analyst.post("/v1/audiences:preview", json=by_topic).json()["people"] > 0
    assert analyst.get("/v1/labels").json()["labels"] == [
        {"kind": "topic", "name": "burglary", "sensitive": False}
    ]
    # Too few have the group; nobody has the other; and two names are one too many.
    for names in (["Farm Watch"], ["no such group"], ["Farm Watch", "no such group"]):
        answer = analyst.post("/v1/audiences:preview", json={**T1, "groups": {"any_of": names}})
        assert_problem(answer, 403, "withheld")
    assert admin.put("/v1/labels/topic/burglary/sensitive").json()["sensitive"]
    assert_problem(analyst.post("/v1/audiences:preview", json=by_topic), 403, "withheld")
    assert analyst.get("/v1/labels").json() == {"labels": []}
    assert admin.get("/v1/labels").json()["labels"][1]["sensitive"]
    assert not admin.delete("/v1/labels/topic/burglary/sensitive").json()["sensitive"]
    assert analyst.post("/v1/audiences:preview", json=by_topic).status_code == 200


def test_estimates_stay_as_they_are_while_people_come_and_go(analyst, alert_system):
    before = analyst.post("/v1/audiences:preview", json=T1).json()
    for reference in EVERYBODY[:20]:
        sent = {"reference": reference, "from": "all"}
        assert alert_system.post("/v1/subscribers:withdraw", json=sent).status_code == 200
    assert alert_system.post("/v1/audiences:preview", json=T1).json()["people"] == 40
    assert analyst.post("/v1/audiences:preview", json=T1).json() == before


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
