"""Postcodes, teams and positions: what is told of each."""

import json
from datetime import datetime

import pytest
import shapely

from geo_alerts.sources.moments import LONDON
from tests.api.world import EVERYBODY, units_of

TOO_MANY = 10_001


def test_a_live_postcode_is_found_with_its_team_however_it_is_typed(analyst):
    for typed in ("SY1 1AA", "sy11aa", " sy1  1aa "):
        answer = analyst.get(f"/v1/postcodes/{typed}").json()
        assert answer["postcode"] == "SY1 1AA"
        assert answer["status"] == "live"
        assert (answer["easting"], answer["northing"]) == (340_200, 310_200)
        assert answer["team"] == {"code": "T1", "name": "Team 1"}
        # The unit lies 200 m from the square's west and south sides.
        assert answer["margin_m"] == pytest.approx(200, abs=0.1)
        assert answer["also_in"] == []
        # T2 begins 1,800 m to the east, T3 as far to the north; of equals the lowest code.
        assert answer["nearest_team"]["code"] == "T2"
        assert answer["nearest_team_m"] == pytest.approx(1_800, abs=0.1)


def test_a_position_is_told_in_degrees_too(analyst):
    answer = analyst.get("/v1/postcodes/SY1 1AA").json()
    # OSTN15: British National Grid 340200, 310200.
    assert answer["longitude"] == pytest.approx(-2.8859, abs=0.002)
    assert answer["latitude"] == pytest.approx(52.6861, abs=0.002)
    query = {"longitude": answer["longitude"], "latitude": answer["latitude"]}
    position = analyst.get("/v1/teams/at", params=query).json()
    assert position["easting"] == pytest.approx(340_200, abs=0.1)
    assert position["northing"] == pytest.approx(310_200, abs=0.1)


def test_a_postcode_in_no_team_is_told_the_nearest_one(analyst):
    answer = analyst.get("/v1/postcodes/SY5 1AA").json()
    assert answer["team"] is None
    assert answer["nearest_team"]["code"] == "T2"
    assert answer["nearest_team_m"] == pytest.approx(1_000, abs=0.1)


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ("SY1 1ZZ", 200, "terminated"),
        ("BF1 3AD", 200, "no_location"),
        ("SY1 1AB", 200, "live"),
        ("SY9 9ZZ", 404, "unknown_postcode"),
        ("SY1", 422, "malformed_postcode"),
        ("12345", 422, "malformed_postcode"),
        ("%", 422, "malformed_postcode"),
    ],
)
def test_live_terminated_unknown_malformed_and_placeless_are_told_apart(
    typed, status, code, analyst
):
    answer = analyst.get("/v1/postcodes/" + typed.replace("%", "%25"))
    assert answer.status_code == status, answer.text
    assert answer.json()["status" if status == 200 else "code"] == code


def test_many_are_answered_in_the_order_asked_each_with_its_status(analyst):
    asked = ["SY2 1AA", "nonsense", "SY9 9ZZ", "SY1 1AA", "SY2 1AA", "SY1 1ZZ", ""]
    answers = analyst.post("/v1/postcodes:lookup", json={"postcodes": asked}).json()["postcodes"]
    told = [(answer["postcode"], answer["status"]) for answer in answers]
    assert told[0] == told[4] == ("SY2 1AA", "live")
    assert told[1:4] == [("nonsense", "malformed"), ("SY9 9ZZ", "unknown"), ("SY1 1AA", "live")]
    assert told[5:] == [("SY1 1ZZ", "terminated"), ("", "malformed")]


def test_one_look_up_and_many_agree(analyst):
    units = [unit for team in (1, 2, 3, 4) for unit in units_of(team)]
    many = analyst.post("/v1/postcodes:lookup", json={"postcodes": units}).json()
    for unit, answer in list(zip(units, many["postcodes"], strict=True))[::7]:
        one = analyst.get(f"/v1/postcodes/{unit}").json()
        contact = many["contacts"].get(answer["team"]["code"])
        assert one == {**answer, "contact": contact, "inputs": many["inputs"]}


def test_none_are_answered_with_none_and_too_many_are_refused(analyst):
    empty = analyst.post("/v1/postcodes:lookup", json={"postcodes": []})
    assert empty.json()["postcodes"] == []
    asked = {"postcodes": ["SY1 1AA"] * TOO_MANY}
    answer = analyst.post("/v1/postcodes:lookup", json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/postcodes"


def test_every_answer_names_what_it_was_made_from(analyst):
    answers = [
        analyst.get("/v1/postcodes/SY1 1AA"),
        analyst.post("/v1/postcodes:lookup", json={"postcodes": []}),
        analyst.get("/v1/teams"),
        analyst.get("/v1/teams?format=geojson"),
        analyst.get("/v1/teams/T1"),
        analyst.get("/v1/teams/at?easting=1&northing=1"),
        analyst.post("/v1/audiences:preview", json={"area": {"type": "team", "codes": ["T1"]}}),
    ]
    for answer in answers:
        inputs = answer.json()["inputs"]
        assert inputs["boundary_edition_id"] > 0
        assert inputs["as_of"] == datetime.now(LONDON).date().isoformat()
        assert inputs["boundary_edition"].startswith("made teams"), answer.url
        assert inputs["postcode_edition"]
        assert inputs["demonstration"] is True


def test_teams_are_listed_by_code_with_their_size_and_their_units(analyst):
    teams = analyst.get("/v1/teams").json()["teams"]
    assert [team["code"] for team in teams] == ["T1", "T2", "T3", "T4"]
    for team in teams:
        assert team["units"] == 25
        assert team["area_m2"] == pytest.approx(4_000_000, rel=1e-4)
        west, south, east, north = team["bounds"]
        assert -2.90 < west < east < -2.80
        assert 52.68 < south < north < 52.73
    assert analyst.get("/v1/teams/T3").json()["name"] == "Team 3"


@pytest.mark.parametrize(
    "how", [{"params": {"format": "geojson"}}, {"headers": {"Accept": "application/geo+json"}}]
)
def test_outlines_come_as_geojson_with_right_winding(how, analyst):
    answer = analyst.get("/v1/teams", **how)
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [feature["id"] for feature in features] == ["T1", "T2", "T3", "T4"]
    for feature in features:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        # RFC 7946, section 3.1.6: outer rings run anticlockwise.
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))
        assert shape.bounds == pytest.approx(feature["bbox"], abs=1e-6)
        assert -2.9 < shape.bounds[0] < shape.bounds[2] < -2.8
    one = analyst.get("/v1/teams/T2", **how).json()
    assert one["type"] == "Feature"
    assert one["geometry"] == features[1]["geometry"]


def test_the_parameter_wins_over_the_header(analyst):
    headers = {"Accept": "application/geo+json"}
    assert "teams" in analyst.get("/v1/teams?format=json", headers=headers).json()


def test_a_position_is_given_in_degrees_or_in_metres(analyst):
    metres = analyst.get("/v1/teams/at?easting=343000&northing=311000").json()
    assert metres["team"]["code"] == "T2"
    assert metres["margin_m"] == pytest.approx(1_000, abs=0.5)
    gap = analyst.get("/v1/teams/at?easting=339000&northing=311000").json()
    assert gap["team"] is None
    assert gap["nearest_team"]["code"] == "T1"
    assert gap["nearest_team_m"] == pytest.approx(1_000, abs=0.5)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "longitude=-2.7",
        "easting=343000",
        "longitude=-2.7&northing=311000",
        "longitude=-2.7&latitude=52.7&easting=343000&northing=311000",
        "longitude=nan&latitude=52.7",
        "longitude=inf&latitude=52.7",
        "longitude=-2.7&latitude=1e400",
        "longitude=-2.7&latitude=91",
        "easting=-1&northing=1",
        "easting=700000&northing=1",
        "easting=1&northing=",
        "easting=one&northing=1",
    ],
)
def test_a_position_that_is_none_is_refused_with_the_reason(query, analyst):
    answer = analyst.get(f"/v1/teams/at?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "validation_failed"
    assert answer.json()["errors"]


def test_a_position_off_the_national_grid_is_refused(analyst):
    answer = analyst.get("/v1/teams/at?longitude=3.9&latitude=49.1")
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_national_grid")


def test_a_team_keeps_an_identity_and_names_the_areas_that_it_is_part_of(analyst):
    one, two, *_ = analyst.get("/v1/teams").json()["teams"]
    assert one["identity"] != two["identity"]
    south = {"code": "L1", "name": "South", "layer": "local_policing_area"}
    assert one["parents"] == two["parents"] == [south]


def test_every_look_up_tells_how_to_reach_the_team_with_the_events_that_are_to_come(analyst):
    many = analyst.post("/v1/postcodes:lookup", json={"postcodes": ["SY1 1AA", "SY2 1AA"]}).json()
    assert list(many["contacts"]) == ["T1"]
    told = [
        analyst.get("/v1/postcodes/SY1 1AA").json(),
        analyst.get("/v1/teams/at?easting=341000&northing=311000").json(),
        analyst.get("/v1/teams/T1").json(),
        analyst.get("/v1/teams").json()["teams"][0],
        analyst.get("/v1/teams/T1?format=geojson").json()["properties"],
        {"contact": many["contacts"]["T1"]},
    ]
    for answer in told:
        contact = answer["contact"]
        assert contact == told[0]["contact"]
        assert (contact["email"], contact["telephone"]) == ("t1@example.org", "01632 960001")
        assert contact["web"] == "https://www.example.org/t1"
        assert contact["officers"] == [{"name": "A. Example", "rank": "Sergeant"}]
        assert [event["title"] for event in contact["events"]] == ["Surgery"]
        assert contact["events"][0]["starts_at"] == "2099-07-01T18:00:00+01:00"
        assert contact["priorities"][0]["issue"] == "Sheds"
    assert analyst.get("/v1/teams/T2").json()["contact"] is None


def test_the_teams_that_a_postcode_may_belong_to_come_with_their_shares(analyst):
    inner = analyst.get("/v1/postcodes/SY1 1DD").json()
    assert inner["candidates"] == [{"code": "T1", "name": "Team 1", "share": 1.0}]
    assert (inner["share_in_none"], inner["is_on_edge"]) == (0, False)
    # The cell of a corner: a square of 400 m in the team, and outside all that is nearest to it.
    corner = analyst.get("/v1/postcodes/SY1 1AA").json()
    (team,) = corner["candidates"]
    assert team["share"] + corner["share_in_none"] == pytest.approx(1, abs=0.001)
    assert 0.02 < team["share"] < 0.12
    assert corner["is_on_edge"] is True
    # A position is told the shares of the nearest postcode's cell.
    at = analyst.get("/v1/teams/at?easting=341000&northing=311000").json()
    assert at["candidates"] == inner["candidates"]
    nowhere = analyst.get("/v1/postcodes/SY2 1ZZ").json()
    assert (nowhere["candidates"], nowhere["share_in_none"], nowhere["is_on_edge"]) == (
        [],
        None,
        None,
    )


def test_no_look_up_tells_anything_of_subscribers(analyst):
    told = analyst.get("/v1/teams?format=geojson").text + analyst.get("/v1/postcodes/SY1 1AA").text
    assert not any(reference in told for reference in EVERYBODY)
    assert "people" not in told
