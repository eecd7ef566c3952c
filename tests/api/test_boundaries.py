"""Editions of boundaries over HTTP: from a file to a day on which it is in force."""

import json
from datetime import datetime, timedelta

import geopandas as gpd
import pytest
import shapely
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from tests.api.asking import ADDRESS, OCTETS, assert_problem
from tests.api.world import FAULTY, NEXT, squares

TODAY = datetime.now(LONDON).date()
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


@pytest.fixture
def upload(admin, tmp_path):
    """Upload squares as an administrator; gives the answer."""

    def act(areas=NEXT, name="next.geojson", about=None, **query):
        content = squares(tmp_path / name, areas, **about or {}).read_bytes()
        return admin.post(
            "/v1/boundaries", params={"filename": name, **query}, content=content, headers=OCTETS
        )

    return act


@pytest.fixture
def draft(upload):
    """The number of a draft with the next teams."""
    return upload().json()["edition"]["id"]


@pytest.fixture
def checked(admin, draft):
    """The number of the same, checked."""
    admin.post(f"/v1/boundaries/{draft}:check")
    return draft


def test_a_file_becomes_a_draft_that_is_in_force_on_no_day(upload, admin):
    answer = upload(label="Teams of 2027", licence="Made up")
    assert answer.status_code == 201
    told = answer.json()
    assert told["outcome"] == "imported"
    assert told["counts"]["areas"] == 4
    assert any("code" in note for note in told["notes"])
    edition = told["edition"]
    assert answer.headers["location"] == f"/v1/boundaries/{edition['id']}"
    assert (edition["state"], edition["days"], edition["layer"]) == ("draft", [], "team")
    assert (edition["label"], edition["licence"]) == ("Teams of 2027", "Made up")
    assert edition["recorded_by"].startswith("key:")
    assert admin.get(answer.headers["location"]).json() == {**edition, "check": None}
    again = upload(label="Teams of 2027", licence="Made up").json()
    assert (again["outcome"], again["edition"]["id"]) == ("unchanged", edition["id"])


def test_editions_are_listed_by_layer_with_their_states_and_days(admin, analyst, checked):
    admin.post(
        f"/v1/boundaries/{checked}:activate", json={"valid_from": str(LATER), "confirmed": True}
    )
    listed = analyst.get("/v1/boundaries").json()["editions"]
    assert [one["layer"] for one in listed] == ["local_policing_area", "team", "team"]
    _, later, now = listed
    assert (later["id"], later["state"]) == (checked, "scheduled")
    assert later["days"] == [{"valid_from": str(LATER), "until": None}]
    assert now["state"] == "active"
    assert now["days"] == [{"valid_from": str(TODAY), "until": str(LATER)}]
    of_layer = analyst.get("/v1/boundaries?layer=local_policing_area").json()["editions"]
    assert of_layer == listed[:1]
    assert analyst.get("/v1/boundaries?layer=ward").json() == {"editions": []}


def test_drafts_are_for_administrators(admin, analyst, draft):
    assert draft in [one["id"] for one in admin.get("/v1/boundaries").json()["editions"]]
    assert draft not in [one["id"] for one in analyst.get("/v1/boundaries").json()["editions"]]
    for path in ("", "/areas", "/export", "/faults.html", "/faults.gpkg", "/compare"):
        answer = analyst.get(f"/v1/boundaries/{draft}{path}")
        assert_problem(answer, 404, "unknown_edition")
    assert_problem(analyst.get(f"/v1/boundaries/3/compare?with={draft}"), 404, "unknown_edition")


def test_a_check_tells_faults_with_place_and_size_and_lets_through_what_has_no_errors(
    upload, admin
):
    number = upload(FAULTY).json()["edition"]["id"]
    told = admin.post(f"/v1/boundaries/{number}:check").json()
    assert told["state"] == "checked"
    assert told["check"]["passed"] is True
    overlap = next(one for one in told["check"]["faults"] if one["kind"] == "overlap")
    assert "T5" in overlap["codes"]
    assert overlap["unit"] == "m2"
    assert overlap["size"] > 0
    assert told == admin.get(f"/v1/boundaries/{number}").json()
    narrow = admin.post(f"/v1/boundaries/{number}:check", json={"gap_max_width_m": 1.5}).json()
    assert narrow["check"]["options"]["gap_max_width_m"] == 1.5
    refused = admin.post(f"/v1/boundaries/{number}:check", json={"far_m": 0})
    assert_problem(refused, 422, "validation_failed")


def test_the_layer_of_a_file_is_named_as_on_the_command_line(upload):
    problem = assert_problem(upload(source_layer="wards"), 422, "bad_source")
    assert "has no layer 'wards'" in problem["detail"]


def test_the_faults_come_as_a_geopackage(upload, admin, tmp_path):
    number = upload(FAULTY).json()["edition"]["id"]
    answer = admin.get(f"/v1/boundaries/{number}/faults.gpkg")
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert f"faults-{number}.gpkg" in answer.headers["content-disposition"]
    file = tmp_path / "faults.gpkg"
    file.write_bytes(answer.content)
    assert "overlap" in set(gpd.read_file(file, layer="places")["kind"])


def test_a_repair_makes_a_new_draft_and_accounts_for_every_change(upload, admin):
    number = upload(FAULTY).json()["edition"]["id"]
    answer = admin.post(f"/v1/boundaries/{number}:repair", json={"tolerance_m": 1})
    assert answer.status_code == 200
    told = answer.json()
    assert told["original"]["id"] == number
    assert told["edition"]["repaired_from"] == number
    assert told["edition"]["state"] == "draft"
    assert told["changes"]
    for area in told["balance"]:
        after = area["before_m2"] + area["gained_m2"] - area["lost_m2"]
        assert after == pytest.approx(area["after_m2"], abs=0.05)
        assert area["moved_m"] <= 1
    assert (told["units_moved"], told["people_moved"]) == (0, 0)
    assert "overlap" not in {fault["kind"] for fault in told["left"]}
    for tolerance in (0, 1_001, "wide", None):
        refused = admin.post(f"/v1/boundaries/{number}:repair", json={"tolerance_m": tolerance})
        assert_problem(refused, 422, "validation_failed")


def test_a_comparison_tells_what_an_edition_changes_before_it_does(admin, checked):
    told = admin.get(f"/v1/boundaries/{checked}/compare").json()
    assert told["old"]["id"] == admin.get("/v1/teams").json()["inputs"]["boundary_edition_id"]
    assert told["new"]["id"] == checked
    teams = told["teams"]
    assert (teams["before"], teams["after"]) == (4, 4)
    assert (teams["recoded"], teams["split"], teams["added"]) == (1, 1, 1)
    assert (told["moved"]["units"], told["moved"]["people"]) == (25, 30)
    assert told["into_gap"]["units"] == 0
    assert sum(row["units"] for row in told["crosswalk"]) == 100
    assert told["crosswalk_rows"] == len(told["crosswalk"])
    assert "25 of 101 live postcodes" in told["finding"]
    short = admin.get(f"/v1/boundaries/{checked}/compare?most=3").json()
    assert len(short["moved"]["postcodes"]) == 3
    assert short["moved"]["units"] == 25
    same = admin.get(f"/v1/boundaries/{checked}/compare?with={told['old']['id']}").json()
    assert same == told


def test_limited_roles_see_what_changes_without_people(analyst, admin, checked):
    shown = analyst.get(f"/v1/boundaries/{checked}/compare").json()
    full = admin.get(f"/v1/boundaries/{checked}/compare").json()
    assert shown["moved"]["people"] is None
    assert shown["into_gap"]["people"] is None
    assert {row["people"] for row in shown["crosswalk"]} == {None}
    assert shown["moved"]["units"] == full["moved"]["units"]
    assert "people" not in shown["finding"]
    assert analyst.get(f"/v1/boundaries/{checked}/compare.html").status_code == 200


def test_what_cannot_be_compared_is_said(admin, checked):
    of_other_layer = admin.get(f"/v1/boundaries/{checked}/compare?with=2")
    assert_problem(of_other_layer, 422, "invalid_input")
    with_itself = admin.get(f"/v1/boundaries/{checked}/compare?with={checked}")
    assert_problem(with_itself, 422, "invalid_input")
    assert_problem(admin.get(f"/v1/boundaries/{checked}/compare?with=1"), 404, "unknown_edition")


def test_many_who_would_move_are_asked_about_first(admin, analyst, checked):
    asked = {"valid_from": str(TODAY)}
    seen = admin.get(f"/v1/boundaries/{checked}/compare").json()["seq"]
    problem = assert_problem(
        admin.post(f"/v1/boundaries/{checked}:activate", json=asked), 409, "confirmation_needed"
    )
    assert "30 people" in problem["detail"]
    assert analyst.get("/v1/teams/T1").status_code == 200
    answer = admin.post(
        f"/v1/boundaries/{checked}:activate", json=asked | {"confirmed": True, "seen_seq": seen}
    ).json()
    assert answer["changed"] is True
    assert answer["edition"]["state"] == "active"
    assert analyst.get("/v1/teams/T1").status_code == 404
    assert analyst.get("/v1/teams/T1N").status_code == 200
    again = admin.post(f"/v1/boundaries/{checked}:activate", json=asked).json()
    assert again["changed"] is False


@pytest.mark.parametrize("asked", [{}, {"confirmed": True}, {"valid_from": None}])
def test_nothing_is_put_in_force_without_a_day(admin, checked, asked):
    problem = assert_problem(
        admin.post(f"/v1/boundaries/{checked}:activate", json=asked), 422, "validation_failed"
    )
    assert problem["errors"][0]["pointer"] == "/valid_from"
    assert admin.get(f"/v1/boundaries/{checked}").json()["state"] == "checked"


def test_what_was_seen_must_still_be_so(admin, alert_system, checked):
    seen = admin.get(f"/v1/boundaries/{checked}/compare").json()["seq"]
    area = {"type": "team", "codes": ["T2"]}
    assert alert_system.post("/v1/saved-areas", json={"name": "a", "area": area}).status_code == 201
    late = {"valid_from": str(TODAY), "confirmed": True, "seen_seq": seen}
    assert_problem(admin.post(f"/v1/boundaries/{checked}:activate", json=late), 409, "conflict")


def test_a_draft_cannot_be_put_in_force_but_can_be_discarded(admin, draft):
    refused = admin.post(
        f"/v1/boundaries/{draft}:activate", json={"valid_from": str(TODAY), "confirmed": True}
    )
    assert_problem(refused, 409, "conflict")
    assert admin.post(f"/v1/boundaries/{draft}:discard").json()["id"] == draft
    assert_problem(admin.get(f"/v1/boundaries/{draft}"), 404, "unknown_edition")
    in_force = admin.get("/v1/teams").json()["inputs"]["boundary_edition_id"]
    assert_problem(admin.post(f"/v1/boundaries/{in_force}:discard"), 409, "conflict")


def test_areas_come_with_parents_and_identities_and_as_geojson(analyst):
    number = analyst.get("/v1/teams").json()["inputs"]["boundary_edition_id"]
    areas = analyst.get(f"/v1/boundaries/{number}/areas").json()
    assert areas["edition"]["id"] == number
    assert [one["code"] for one in areas["areas"]] == ["T1", "T2", "T3", "T4"]
    assert [one["parent_code"] for one in areas["areas"]] == ["L1", "L1", "L2", "L2"]
    assert all(one["identity"] for one in areas["areas"])
    assert all(one["area_m2"] == pytest.approx(4_000_000, rel=1e-4) for one in areas["areas"])
    found = analyst.get(
        f"/v1/boundaries/{number}/areas", headers={"Accept": "application/geo+json"}
    ).json()
    assert [one["id"] for one in found["features"]] == ["T1", "T2", "T3", "T4"]
    assert found["features"][0]["properties"]["parent_code"] == "L1"
    parents = analyst.get("/v1/boundaries/2/areas").json()["areas"]
    assert [one["name"] for one in parents] == ["South", "North"]


@pytest.mark.parametrize("form", ["geojson", "gpkg", "parquet", "fgb", "shapefile"])
def test_an_edition_goes_out_as_a_file_that_comes_in_again_equal(form, admin, analyst):
    number = analyst.get("/v1/teams").json()["inputs"]["boundary_edition_id"]
    answer = analyst.get(f"/v1/boundaries/{number}/export?format={form}")
    assert answer.status_code == 200, answer.text
    name = answer.headers["content-disposition"].partition('"')[2].rstrip('"')
    back = admin.post(
        "/v1/boundaries", params={"filename": name}, content=answer.content, headers=OCTETS
    )
    assert back.status_code == 201, back.text
    changed = admin.get(
        f"/v1/boundaries/{back.json()['edition']['id']}/compare?with={number}"
    ).json()
    assert changed["teams"]["unchanged"] == 4


def test_a_file_that_crosses_itself_is_kept_to_be_repaired(admin):
    bow = [[-2.89, 52.68], [-2.87, 52.70], [-2.87, 52.68], [-2.89, 52.70], [-2.89, 52.68]]
    feature = {
        "type": "Feature",
        "properties": {"code": "B1", "name": "Bow tie"},
        "geometry": {"type": "Polygon", "coordinates": [bow]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    sent = admin.post("/v1/boundaries?filename=bow.geojson", content=content, headers=OCTETS)
    number = sent.json()["edition"]["id"]
    told = admin.post(f"/v1/boundaries/{number}:check").json()
    assert told["state"] == "draft"
    assert "self_intersection" in {kind["kind"] for kind in told["check"]["kinds"]}
    assert not shapely.from_geojson(json.dumps(feature["geometry"])).is_valid
    compared = admin.get(f"/v1/boundaries/{number}/compare")
    assert compared.status_code == 422
    assert compared.json()["errors"]


@pytest.mark.parametrize(
    ("query", "content", "status", "code"),
    [
        ("filename=a.geojson", b"{", 422, "bad_source"),
        ("filename=a.geojson", b"", 422, "bad_source"),
        ("filename=a.txt", b"x", 422, "unknown_format"),
        ("filename=a.zip", b"PK\x03\x04", 422, "bad_source"),
        ("filename=a.geojson&layer=postcodes", b"{}", 422, "invalid_input"),
        ("filename=a.geojson&layer=Team", b"{}", 422, "validation_failed"),
        ("filename=a/b.geojson", b"{}", 422, "validation_failed"),
        ("filename=..", b"{}", 422, "validation_failed"),
        (f"filename={'ö' * 101}", b"{}", 422, "validation_failed"),
        ("", b"{}", 422, "validation_failed"),
        ("filename=a.geojson&crs=/etc/passwd", b"{}", 422, "validation_failed"),
        ("filename=a.geojson&crs=%2Binit%3Dx", b"{}", 422, "validation_failed"),
        ("filename=a.geojson&colour=red", b"{}", 400, "unknown_parameter"),
        ("filename=a%00.geojson", b"{}", 400, "unusable_character"),
    ],
)
def test_a_file_or_a_word_about_it_that_cannot_be_used_is_refused(
    query, content, status, code, admin
):
    before = admin.get("/v1/boundaries").json()
    answer = admin.post(f"/v1/boundaries?{query}", content=content, headers=OCTETS)
    assert_problem(answer, status, code)
    assert admin.get("/v1/boundaries").json() == before


def test_a_file_must_be_sent_as_one(admin):
    answer = admin.post("/v1/boundaries?filename=a.geojson", json={})
    assert_problem(answer, 415, "unsupported_media_type")


def test_files_have_a_limit_of_their_own(store, world):
    settings = Settings(max_body_bytes=1_000, max_upload_bytes=5_000)
    headers = {"Authorization": f"Bearer {world.tokens[Role.ADMIN]}", **OCTETS}
    small = TestClient(create_app(settings, store=store), base_url=ADDRESS, headers=headers)
    told = small.post("/v1/boundaries?filename=a.geojson", content=b" " * 5_001)
    assert_problem(told, 413, "body_too_large")
    chunks = iter([b" " * 2_600, b" " * 2_600])
    chunked = small.post("/v1/boundaries?filename=a.geojson", content=chunks)
    assert_problem(chunked, 413, "body_too_large")
    read = small.post("/v1/boundaries?filename=a.geojson", content=b" " * 5_000)
    assert_problem(read, 422, "unknown_format")
    other = small.post("/v1/postcodes:lookup", content=b" " * 1_001)
    assert_problem(other, 413, "body_too_large")


def test_nothing_is_read_of_a_file_of_who_may_not_send_one(analyst, client):
    def unreadable():
        raise AssertionError
        yield b""

    for caller, status in ((analyst, 403), (client, 401)):
        answer = caller.post(
            "/v1/boundaries?filename=a.geojson", content=unreadable(), headers=OCTETS
        )
        assert answer.status_code == status
