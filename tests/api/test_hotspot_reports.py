"""Reports of crime over HTTP: concentration, trends, evaluation, near repeats."""

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem
from tests.hotspot_world import HOT_CRIMES, LAST, NEW_CRIMES

OF_BURGLARY = {"forces": ["west-mercia"], "categories": ["burglary"]}
LAST_MONTH = {"first": LAST, "last": LAST}
TEAMS = {
    "target": {"type": "team", "codes": ["T1"]},
    "control": {"type": "team", "codes": ["T4"]},
    "before": {"first": "2024-01", "last": "2024-02"},
    "after": {"first": "2025-01", "last": LAST},
}


@pytest.fixture
def commander(client_of):
    return client_of(Role.COMMANDER)


def test_concentration_is_told_with_what_it_was_made_from(commander):
    answer = commander.post(
        "/v1/hotspots:concentration", json={**OF_BURGLARY, "months": LAST_MONTH, "unit": "teams"}
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["units"], told["crimes"]) == (4, HOT_CRIMES + NEW_CRIMES)
    assert [mark["units"] for mark in told["marks"]] == [1, 1, 2]
    assert told["lorenz"][1] == {"units": 0.25, "crimes": 0.6}
    assert told["made_from"]["months"] == [LAST_MONTH]
    assert told["made_from"]["boundaries"][0]["label"] == "made teams"


def test_trends_flag_the_place_that_was_never_there_before(commander):
    answer = commander.post("/v1/hotspots:trends", json={**OF_BURGLARY, "judged": 3})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["months"] == ["2024-12", "2025-01", LAST]
    flags = {(one["team"], one["month"]): one["flag"] for one in told["trends"]}
    assert flags["T4", LAST] == "up"
    assert flags["T1", LAST] == "none"
    (new,) = [one for one in told["trends"] if (one["team"], one["month"]) == ("T4", LAST)]
    assert (new["observed"], new["last_year"], new["is_small"]) == (NEW_CRIMES, 0, True)
    assert "%" not in new["words"]


def test_an_evaluation_tells_the_difference_and_its_interval(commander):
    answer = commander.post("/v1/hotspots:evaluate", json={**OF_BURGLARY, **TEAMS})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["places"]["target"]["before"] == told["places"]["target"]["after"] == 2 * HOT_CRIMES
    assert told["places"]["around"] is None
    assert told["wdd"]["estimate"] == -2 * NEW_CRIMES
    assert told["wdd"]["low"] < -2 * NEW_CRIMES < told["wdd"]["high"]
    assert told["wdq"]["quotient"] is None


def test_places_that_overlap_are_a_problem_that_names_them(commander):
    def refused(control):
        asked = {**OF_BURGLARY, **TEAMS, "control": control}
        answer = commander.post("/v1/hotspots:evaluate", json=asked)
        return assert_problem(answer, 422, "invalid_area")["detail"]

    assert "this is the target: choose another place" in refused(TEAMS["target"])
    both = {"type": "team", "codes": ["T1", "T2"]}
    assert "the target area and the control area share" in refused(both)


def test_near_repeats_of_published_crimes_are_refused(analyst):
    asked = {**OF_BURGLARY, "months": LAST_MONTH}
    answer = analyst.post("/v1/hotspots:near-repeats", json=asked)
    problem = assert_problem(answer, 422, "invalid_input")
    assert "near repeats need days" in problem["detail"]


def test_near_repeats_are_for_those_who_may_see_exact_positions(commander):
    asked = {**OF_BURGLARY, "months": LAST_MONTH}
    answer = commander.post("/v1/hotspots:near-repeats", json=asked)
    assert_problem(answer, 403, "forbidden")


@pytest.mark.parametrize(
    ("path", "asked", "pointer"),
    [
        ("concentration", {"months": LAST_MONTH, "unit": "streets"}, "/unit"),
        ("concentration", {"months": {"first": "March", "last": LAST}}, "/months/first"),
        ("trends", {"as_of": "31/03/2025"}, "/as_of"),
        ("evaluate", {**TEAMS, "buffer_m": -1}, "/buffer_m"),
        ("near-repeats", {"months": LAST_MONTH, "time_bands_days": [8, 0]}, "/time_bands_days"),
        ("near-repeats", {"months": LAST_MONTH, "bands": []}, "/bands"),
    ],
)
def test_a_question_that_is_none_is_told_where_it_is_wrong(analyst, path, asked, pointer):
    answer = analyst.post(f"/v1/hotspots:{path}", json={**OF_BURGLARY, **asked})
    problem = assert_problem(answer, 422, "validation_failed")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


def test_a_month_that_is_not_imported_is_refused(commander):
    asked = {**OF_BURGLARY, "months": {"first": "2023-12", "last": LAST}}
    answer = commander.post("/v1/hotspots:concentration", json=asked)
    problem = assert_problem(answer, 422, "invalid_input")
    assert "2023-12 of west-mercia" in problem["detail"]
