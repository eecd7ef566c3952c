"""Saved areas over HTTP: versions stay, and what an activation touches is listed for review."""

from datetime import datetime, timedelta

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.activations import mark_checked
from tests.api.asking import OCTETS, assert_problem
from tests.api.world import NEXT, squares

T2 = {"type": "team", "codes": ["T2"], "edition": None}
T3 = {"type": "team", "codes": ["T3"], "edition": None}


@pytest.fixture
def saved(alert_system):
    """An area that names T2."""
    answer = alert_system.post("/v1/saved-areas", json={"name": "Town centre", "area": T2})
    assert answer.status_code == 201
    return answer.json()


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


@pytest.fixture
def next_teams(admin, tmp_path):
    """What putting the next teams in force answers; T2 is gone with them."""
    content = squares(tmp_path / "next.geojson", NEXT).read_bytes()
    sent = admin.post("/v1/boundaries?filename=next.geojson", content=content, headers=OCTETS)
    number = sent.json()["edition"]["id"]
    admin.post(f"/v1/boundaries/{number}:check")

    def act():
        asked = {"valid_from": str(datetime.now(LONDON).date()), "confirmed": True}
        return admin.post(f"/v1/boundaries/{number}:activate", json=asked).json()

    return act


def test_an_area_is_kept_under_a_name_with_all_its_versions(saved, alert_system, analyst):
    path = f"/v1/saved-areas/{saved['id']}"
    assert (saved["name"], saved["version"], saved["area"]) == ("Town centre", 1, T2)
    assert saved["owner"] == "test alert_system"
    changed = {"area": T3, "note": "The team moved"}
    answer = alert_system.post(f"{path}/versions", json=changed)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{path}?version=2"
    again = alert_system.post(f"{path}/versions", json=changed)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert "location" not in again.headers
    latest = analyst.get(path).json()
    assert (latest["version"], latest["area"], latest["note"]) == (2, T3, "The team moved")
    assert [one["version"] for one in latest["versions"]] == [1, 2]
    assert analyst.get(f"{path}?version=1").json()["area"] == T2
    versions = analyst.get(f"{path}/versions").json()["saved_areas"]
    assert versions == latest["versions"]
    assert analyst.get("/v1/saved-areas").json()["saved_areas"] == [versions[1]]


def test_who_changes_an_area_that_another_changed_meanwhile_is_told(saved, alert_system, admin):
    path = f"/v1/saved-areas/{saved['id']}"
    first = admin.post(f"{path}/versions", json={"area": T3, "from_version": 1})
    assert first.status_code == 201
    refused = alert_system.post(f"{path}/versions", json={"area": T2, "from_version": 1})
    assert_problem(refused, 409, "conflict")
    assert "saved version 2 meanwhile, and nothing was saved over it" in refused.json()["detail"]
    assert len(alert_system.get(f"{path}/versions").json()["saved_areas"]) == 2
    assert_problem(
        alert_system.post(f"{path}/versions", json={"area": T2, "from_version": 3}), 409, "conflict"
    )
    again = alert_system.post(f"{path}/versions", json={"area": T2, "from_version": 2})
    assert again.json()["version"] == 3


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"name": "x", "area": {"type": "team", "codes": ["none"]}}, 404, "unknown_team"),
        ({"name": "", "area": T2}, 422, "validation_failed"),
        ({"name": "  ", "area": T2}, 422, "validation_failed"),
        ({"name": "x" * 101, "area": T2}, 422, "validation_failed"),
        ({"name": "x"}, 422, "validation_failed"),
        ({"name": "x", "area": {"type": "circle"}}, 422, "validation_failed"),
    ],
)
def test_what_cannot_be_kept_is_refused(asked, status, code, alert_system):
    assert_problem(alert_system.post("/v1/saved-areas", json=asked), status, code)
    assert alert_system.get("/v1/saved-areas").json() == {"saved_areas": []}


@pytest.mark.parametrize("unknown", ["abc", "a" * 64])
def test_an_area_that_is_none_is_told(unknown, alert_system):
    path = f"/v1/saved-areas/{unknown}"
    for answer in (
        alert_system.get(path),
        alert_system.get(f"{path}/versions"),
        alert_system.post(f"{path}/versions", json={"area": T2}),
        alert_system.post(f"{path}:close-review", json={"seq": 1}),
    ):
        assert_problem(answer, 404, "unknown_saved_area")
    assert_problem(alert_system.get("/v1/saved-areas/a-b"), 404, "unknown_route")


def test_an_activation_lists_what_it_touches_until_somebody_has_looked(
    saved, next_teams, alert_system, analyst
):
    (touched,) = next_teams()["to_review"]
    assert (touched["id"], touched["saved_as"], touched["code"]) == (
        saved["id"],
        "Town centre",
        "T2",
    )
    assert touched["rule"] == "last_ground"
    (review,) = analyst.get("/v1/saved-areas:reviews").json()["reviews"]
    assert (review["saved_area_id"], review["name"]) == (saved["id"], "Town centre")
    assert review["changes"][0]["to"] == touched["to"]
    shown = analyst.get(f"/v1/saved-areas/{saved['id']}").json()
    assert shown["reviews"] == [review]
    assert shown["rehomed"][0]["rule"] == "last_ground"
    path = f"/v1/saved-areas/{saved['id']}:close-review"
    assert alert_system.post(path, json={"seq": review["seq"]}).json() == {"closed": True}
    assert alert_system.post(path, json={"seq": review["seq"]}).json() == {"closed": False}
    assert analyst.get("/v1/saved-areas:reviews").json() == {"reviews": []}


def test_a_comparison_tells_which_saved_areas_and_audiences_are_concerned(
    saved, next_teams, alert_system, admin, analyst
):
    asked = {"selection": {"area": T2}, "purpose": "a test", "lawful_basis": "public_task"}
    frozen = alert_system.post("/v1/audiences", json=asked).json()
    number = max(one["id"] for one in admin.get("/v1/boundaries").json()["editions"])
    told = admin.get(f"/v1/boundaries/{number}/compare").json()
    assert [(one["id"], one["saved_as"]) for one in told["saved_areas"]] == [
        (saved["id"], "Town centre")
    ]
    assert [(one["id"], one["purpose"]) for one in told["audiences"]] == [(frozen["id"], "a test")]
    limited = analyst.get(f"/v1/boundaries/{number}/compare").json()
    assert limited["audiences"] == []
    assert limited["saved_areas"] == told["saved_areas"]
    assert next_teams()["changed"] is True


def test_an_area_saved_before_teams_that_are_to_come_is_listed_in_the_answer(
    admin, alert_system, tmp_path
):
    content = squares(tmp_path / "next.geojson", NEXT).read_bytes()
    sent = admin.post("/v1/boundaries?filename=next.geojson", content=content, headers=OCTETS)
    number = sent.json()["edition"]["id"]
    admin.post(f"/v1/boundaries/{number}:check")
    later = {"valid_from": str(datetime.now(LONDON).date() + timedelta(days=300))}
    admin.post(f"/v1/boundaries/{number}:activate", json={**later, "confirmed": True})

    saved = alert_system.post("/v1/saved-areas", json={"name": "Town", "area": T2}).json()
    (review,) = saved["reviews"]
    assert (review["edition"], review["valid_from"]) == (number, later["valid_from"])
    changed = alert_system.post(f"/v1/saved-areas/{saved['id']}/versions", json={"area": T3}).json()
    assert changed["reviews"] == [review]


def test_an_area_that_cannot_be_asked_any_more_is_shown_with_the_reason(
    admin, alert_system, store, tmp_path
):
    content = squares(tmp_path / "next.geojson", NEXT).read_bytes()
    sent = admin.post("/v1/boundaries?filename=next.geojson", content=content, headers=OCTETS)
    number = sent.json()["edition"]["id"]
    admin.post(f"/v1/boundaries/{number}:check")
    area = {**T3, "edition": number}
    saved = alert_system.post("/v1/saved-areas", json={"name": "Town", "area": area}).json()
    assert saved["problem"] is None
    assert_problem(admin.post(f"/v1/boundaries/{number}:discard"), 409, "conflict")
    mark_checked(store, number, {}, passed=False)

    path = f"/v1/saved-areas/{saved['id']}"
    assert f"edition {number}" in alert_system.get(path).json()["problem"]
    assert alert_system.get(f"{path}/versions").status_code == 200
    assert len(alert_system.get("/v1/saved-areas").json()["saved_areas"]) == 1
