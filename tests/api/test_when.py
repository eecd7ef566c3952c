"""Answers as of a day, or of an edition: which teams they speak of, and who may ask."""

from datetime import datetime, timedelta

import pytest

from geo_alerts.acts.activation import activate
from geo_alerts.acts.boundaries import DraftOptions, check, import_draft
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from tests.api.asking import assert_problem, look_up
from tests.api.world import NEXT, squares

TODAY = datetime.now(LONDON).date()
LATER = TODAY + timedelta(days=30)
TEAM_1 = {"area": {"type": "team", "codes": ["T1"]}}


@pytest.fixture
def next_edition(store, tmp_path):
    """The number of an edition that is in force in 30 days."""
    live = Live(store)
    file = squares(tmp_path / "next.geojson", NEXT)
    number = import_draft(live, file, lambda *_: None, DraftOptions(), by="a test").edition_id
    check(live, number)
    activate(live, number, LATER, by="a test")
    return number


def test_every_look_up_can_be_asked_for_a_day_or_an_edition(analyst, next_edition):
    for query in (f"as_of={LATER}", f"edition={next_edition}"):
        one = analyst.get(f"/v1/postcodes/SY1 1AA?{query}").json()
        assert one["team"]["code"] == "T1N"
        assert one["inputs"]["boundary_edition_id"] == next_edition
        at = analyst.get(f"/v1/teams/at?easting=343000&northing=310500&{query}").json()
        assert at["team"]["code"] == "T5"
        teams = analyst.get(f"/v1/teams?{query}").json()["teams"]
        assert [team["code"] for team in teams] == list(NEXT)
        features = analyst.get(f"/v1/teams?format=geojson&{query}").json()["features"]
        assert [feature["id"] for feature in features] == list(NEXT)
        assert analyst.get(f"/v1/teams/T1N?{query}").status_code == 200
    for asked in ({"as_of": str(LATER)}, {"edition": next_edition}):
        many = analyst.post("/v1/postcodes:lookup", json={"postcodes": ["SY1 1AA"], **asked}).json()
        assert many["postcodes"][0]["team"]["code"] == "T1N"
        assert many["inputs"]["as_of"] == asked.get("as_of", str(TODAY))


def test_without_a_day_it_is_today(analyst, next_edition):
    now = analyst.get("/v1/postcodes/SY1 1AA").json()
    assert now["team"]["code"] == "T1"
    assert analyst.get(f"/v1/postcodes/SY1 1AA?as_of={TODAY}").json() == now
    assert now["inputs"]["boundary_edition_id"] != next_edition


def test_a_team_that_goes_on_under_another_code_keeps_its_identity(analyst, next_edition):
    before = analyst.get("/v1/teams/T1").json()["identity"]
    assert analyst.get(f"/v1/teams/T1N?edition={next_edition}").json()["identity"] == before


def test_of_a_code_that_is_gone_the_problem_says_what_became_of_it(analyst, next_edition):
    answer = analyst.get(f"/v1/teams/T2?edition={next_edition}")
    problem = assert_problem(answer, 404, "unknown_team")
    assert "T5" in problem["detail"] or "T4" in problem["detail"]


def test_where_no_teams_were_in_force_is_said_with_the_first_day(analyst):
    answer = analyst.get("/v1/postcodes/SY1 1AA?as_of=2001-01-01")
    problem = assert_problem(answer, 404, "unknown_edition")
    assert str(TODAY) in problem["detail"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("edition=4000", 404, "unknown_edition"),
        ("edition=1", 422, "invalid_input"),  # of postcodes
        ("edition=0", 422, "validation_failed"),
        ("edition=99999999999", 422, "validation_failed"),
        ("edition=two", 422, "validation_failed"),
        (f"edition=1&as_of={TODAY}", 422, "invalid_input"),
        ("as_of=2025-02-30", 422, "validation_failed"),
        ("as_of=1735689600", 422, "validation_failed"),
        ("as_of=yesterday", 422, "validation_failed"),
        ("as_of=", 422, "validation_failed"),
        ("as_of=2025-07-01T00:00:00", 422, "validation_failed"),
    ],
)
def test_a_day_or_an_edition_that_is_none_is_refused(query, status, code, analyst):
    for path in ("/v1/postcodes/SY1 1AA", "/v1/teams", "/v1/teams/T1"):
        assert_problem(analyst.get(f"{path}?{query}"), status, code)
    assert_problem(analyst.get(f"/v1/teams/at?easting=1&northing=1&{query}"), status, code)


def test_people_are_counted_by_the_teams_of_the_day(alert_system, next_edition):
    query = f"?edition={next_edition}"
    answer = alert_system.post(f"/v1/audiences:preview{query}", json=TEAM_1).json()
    assert answer["people"] == 60
    assert [team["code"] for team in answer["by_team"]] == ["T1N"]
    (gone,) = answer["rehomed"]
    assert gone == {
        "layer": "team",
        "code": "T1",
        "name": "Team 1",
        "rule": "new_code",
        "to": ["T1N"],
        "until": str(LATER),
    }
    now = alert_system.post("/v1/audiences:preview", json=TEAM_1).json()
    assert (now["people"], now["rehomed"]) == (60, [])


@pytest.mark.usefixtures("next_edition")
def test_the_people_of_a_team_that_is_gone_are_reached_all_the_same(alert_system):
    asked = {"area": {"type": "team", "codes": ["T2"]}}
    answer = alert_system.post(f"/v1/audiences:preview?as_of={LATER}", json=asked).json()
    assert answer["people"] == 30
    assert answer["rehomed"][0]["rule"] == "last_ground"
    assert sorted(answer["rehomed"][0]["to"]) == ["T4", "T5"]


@pytest.mark.usefixtures("next_edition")
def test_the_coverage_of_another_day_is_mapped(alert_system):
    for path in ("/v1/maps/coverage", "/coverage/map", "/coverage"):
        assert "Team 5" in alert_system.get(f"{path}?as_of={LATER}").text
        assert "Team 5" not in alert_system.get(path).text
    assert f'src="/coverage/map?as_of={LATER}"' in alert_system.get(f"/coverage?as_of={LATER}").text


def test_limited_roles_see_estimates_of_the_teams_of_any_day(analyst, next_edition):
    for query in (f"as_of={LATER}", f"edition={next_edition}"):
        asked = analyst.post(f"/v1/audiences:preview?{query}", json=TEAM_1).json()
        assert asked["error"] is not None
        assert abs(asked["people"] - 60) <= asked["error"]
        for path in ("/v1/maps/coverage", "/coverage/map", "/coverage"):
            assert "±" in analyst.get(f"{path}?{query}").text


@pytest.mark.usefixtures("next_edition")
def test_the_first_page_tells_the_team_of_another_day(browser_of):
    analyst = browser_of(Role.ANALYST)
    page = look_up(analyst, "SY1 1AA", str(LATER)).text
    assert "(T1N)" in page
    assert f'value="{LATER}"' in page
    assert "(T1)" in look_up(analyst, "SY1 1AA").text
    too_early = look_up(analyst, "SY1 1AA", "2001-01-01")
    assert too_early.status_code == 200
    assert "No teams were in force on 2001-01-01" in too_early.text
    assert "A day is wanted" in look_up(analyst, "SY1 1AA", "soon").text
