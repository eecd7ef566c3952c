"""Counting, freezing and listing; and that a withdrawal wins."""

import json

import pytest

from geo_alerts.acts.keys import sign_in_link_token
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.errors import InvalidAreaError
from tests.api.asking import OURS, assert_problem
from tests.api.world import EVERYBODY

T1 = {"area": {"type": "team", "codes": ["T1"]}}
T1_AND_T2 = {"area": {"type": "team", "codes": ["T1", "T2"]}}
PURPOSE = "Warn of shed break-ins"
PEOPLE_OF_T1 = EVERYBODY[:60]
NO_KIND = (
    "'circle' is no kind of area; wanted team, boundary, polygon, radius, postcodes, union, "
    'intersection or difference (a GeoJSON shape goes in as {"type": "polygon", "geometry": …})'
)


def frozen(client, selection=T1):
    answer = client.post("/v1/audiences", json={"selection": selection, "purpose": PURPOSE})
    assert answer.status_code == 201, answer.text
    return answer.json()


def pages_of(client, audience_id, page_size):
    token, references = None, []
    while True:
        query = {"page_size": page_size} | ({"page_token": token} if token else {})
        page = client.get(f"/v1/audiences/{audience_id}/recipients", params=query).json()
        references += [recipient["reference"] for recipient in page["recipients"]]
        token = page["next_page_token"]
        if token is None:
            return references


def lines_of(client, audience_id):
    headers = {"Accept": "application/x-ndjson"}
    answer = client.get(f"/v1/audiences/{audience_id}/recipients", headers=headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line)["reference"] for line in answer.text.splitlines()]


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


def test_an_audience_is_frozen_with_its_purpose_and_found_again(alert_system):
    answer = alert_system.post("/v1/audiences", json={"selection": T1, "purpose": PURPOSE})
    audience = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/audiences/{audience['id']}"
    assert audience["purpose"] == PURPOSE
    assert audience["figures"]["people"] == 60
    assert audience["selection"]["area"] == {"type": "team", "codes": ["T1"], "edition": None}
    assert alert_system.get(answer.headers["location"]).json() == audience


def test_an_audience_tells_whose_key_froze_it(alert_system, world):
    key_id = world.tokens[Role.ALERT_SYSTEM].split("_")[1]
    assert frozen(alert_system)["created_by"] == f"key:{key_id}"


def test_an_audience_tells_who_froze_it_after_signing_in_by_a_link(client, store):
    token = sign_in_link_token(store, name="Sgt A. Jones", role=Role.ALERT_SYSTEM)
    client.headers.update(OURS)
    assert client.post("/sign-in", data={"token": token}).status_code == 200
    assert frozen(client)["created_by"] == "session:Sgt A. Jones"


def test_a_box_beside_a_shape_is_accepted_and_not_kept(alert_system):
    # The square of team T1 lies inside this one, whose box is nonsense.
    ring = [[-3.0, 52.6], [-2.8, 52.6], [-2.8, 52.8], [-3.0, 52.8], [-3.0, 52.6]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    boxed = {"area": {"type": "polygon", "geometry": geometry | {"bbox": [0, 0, 0, 0]}}}
    audience = frozen(alert_system, boxed)
    assert audience["selection"]["area"] == {"type": "polygon", "geometry": geometry}
    assert audience["figures"]["people"] >= 60


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


@pytest.mark.parametrize("page_size", [1, 7, 59, 60, 61])
def test_pages_hold_every_recipient_once_and_in_order(page_size, alert_system):
    audience = frozen(alert_system)
    assert pages_of(alert_system, audience["id"], page_size) == PEOPLE_OF_T1


def test_lines_hold_what_pages_hold(alert_system):
    assert lines_of(alert_system, frozen(alert_system)["id"]) == PEOPLE_OF_T1


def test_an_audience_of_nobody_is_an_empty_list(alert_system):
    audience = frozen(alert_system, {"area": {"type": "team", "codes": ["T4"]}})
    assert pages_of(alert_system, audience["id"], 10) == []
    assert lines_of(alert_system, audience["id"]) == []


@pytest.mark.parametrize("token", ["nonsense", "!", "MTAwMA", "é", "0" * 200, " "])
def test_a_page_token_that_was_not_issued_is_refused(token, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/recipients"
    answer = alert_system.get(path, params={"page_token": token})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_page_token")


def test_a_page_token_of_one_audience_does_not_open_another(alert_system):
    first, second = frozen(alert_system), frozen(alert_system, T1_AND_T2)
    page = alert_system.get(f"/v1/audiences/{first['id']}/recipients?page_size=5").json()
    query = {"page_token": page["next_page_token"]}
    answer = alert_system.get(f"/v1/audiences/{second['id']}/recipients", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_page_token")


@pytest.mark.parametrize("page_size", ["0", "-1", "10001", "ten", "1e3", ""])
def test_a_page_size_out_of_bounds_is_refused(page_size, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/recipients"
    answer = alert_system.get(path, params={"page_size": page_size})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "page_size"


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_an_audience_that_is_not_there_is_a_404_before_any_line_is_sent(accept, alert_system):
    headers = {"Accept": accept}
    answer = alert_system.get("/v1/audiences/none/recipients", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_audience")
