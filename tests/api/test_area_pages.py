"""The pages of saved areas, as a browser gets them without a script."""

import json
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from tests.api.asking import csrf_of, main_of
from tests.api.world import NEXT, squares

T1 = {"type": "team", "codes": ["T1"]}
CIRCLE = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 500}
GEOJSON = {"Accept": "application/geo+json"}


@pytest.fixture
def owner(browser_of):
    return browser_of(Role.ANALYST, "Sgt A. Jones")


@pytest.fixture
def saved(owner):
    """The page of a saved area of two versions: a team, then a circle."""
    made = owner.post("/v1/saved-areas", json={"name": "The <station>", "area": T1}).json()
    path = f"/v1/saved-areas/{made['id']}/versions"
    owner.post(path, json={"area": CIRCLE, "note": "Only the near streets"})
    return f"/areas/{made['id']}"


def test_without_saved_areas_the_page_says_what_to_do(owner):
    assert "Nobody has saved an area yet. Draw one on the target page" in main_of(
        owner.get("/areas")
    )


def test_an_area_is_shown_in_words_with_its_versions_and_where_it_leads(saved, owner):
    assert "The <station> Within 500 m of SY1 1AA" in main_of(owner.get("/areas"))
    page = owner.get(saved)
    text = main_of(page)
    assert "Within 500 m of SY1 1AA." in text
    assert "Only the near streets" in text
    area_id = saved.rpartition("/")[2]
    assert f'href="/target?area={area_id}"' in page.text
    assert f"http://127.0.0.1:8000{saved}" in text
    first = owner.get(f"{saved}?version=1")
    assert "This is version 1, as it was kept. The latest is version 2" in main_of(first)
    assert f'href="/target?area={area_id}&amp;version=1"' in first.text
    assert f'src="/v1/saved-areas/{area_id}/map.html?version=1"' in first.text
    assert owner.get(f"{saved}?version=9").status_code == 404
    assert owner.get(f"{saved}?version=one").status_code == 422


def test_an_outline_that_was_seen_is_there_while_others_are_worked_out(saved, owner, app):
    area_id = saved.rpartition("/")[2]
    views = (saved, f"/v1/saved-areas/{area_id}/outline", f"/v1/saved-areas/{area_id}/map.html")
    turns = app.state.live.grounds
    with ExitStack() as taken:
        for _ in range(turns.most):
            taken.enter_context(turns.one())
        assert [owner.get(path).status_code for path in views] == [429] * 3
    assert owner.get(saved).status_code == 200
    with ExitStack() as taken:
        for _ in range(turns.most):
            taken.enter_context(turns.one())
        assert [owner.get(path).status_code for path in views] == [200] * 3
        # The other version is another area.
        assert owner.get(f"{saved}?version=1").status_code == 429


def test_who_is_in_it_is_told_as_the_role_may_see_it(saved, owner, browser_of):
    assert "may be off, 19 times in 20" in main_of(owner.get(f"{saved}?version=1"))
    lister = browser_of(Role.ALERT_SYSTEM, "E. Else")
    exact = main_of(lister.get(f"{saved}?version=1"))
    assert "people 60" in exact
    assert "may be off" not in exact
    assert "Team 1 T1 60 25 100%" in main_of(
        lister.get(f"/v1/saved-{saved[1:]}/map.html?version=1")
    )
    assert "Team 1 T1 ≈" in main_of(owner.get(f"/v1/saved-{saved[1:]}/map.html"))


def test_the_outline_of_a_version_is_geojson_that_says_what_it_is(saved, owner):
    answer = owner.get(f"/v1/saved-{saved[1:]}/outline", headers=GEOJSON)
    assert answer.headers["content-type"] == "application/geo+json"
    feature = answer.json()
    assert feature["properties"]["name"] == "The <station>"
    assert feature["properties"]["area"]["metres"] == 500
    assert len(feature["geometry"]["coordinates"][0]) == 129
    listed = {"type": "postcodes", "postcodes": ["SY1 1"]}
    made = owner.post("/v1/saved-areas", json={"name": "A list", "area": listed}).json()
    drawn = owner.get(f"/v1/saved-areas/{made['id']}/outline", headers=GEOJSON).json()
    assert drawn["geometry"]["type"] in ("Polygon", "MultiPolygon")


def test_a_review_is_closed_from_the_page_by_those_who_may(owner, browser_of, tmp_path):
    admin = browser_of(Role.ADMIN, "B. Admin")
    file = squares(tmp_path / "next.geojson", NEXT).read_bytes()
    octets = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
    uploaded = admin.post("/v1/boundaries?filename=next.geojson", content=file, headers=octets)
    number = uploaded.json()["edition"]["id"]
    admin.post(f"/v1/boundaries/{number}:check")
    teams = owner.post(
        "/v1/saved-areas", json={"name": "Team two", "area": {**T1, "codes": ["T2"]}}
    )
    page = f"/areas/{teams.json()['id']}"
    day = (datetime.now(LONDON).date() + timedelta(days=30)).isoformat()
    done = admin.post(
        f"/v1/boundaries/{number}:activate", json={"valid_from": day, "confirmed": True}
    )
    assert done.is_success, done.text
    assert "1 saved area should be looked at again" in main_of(owner.get("/areas"))
    assert "I have looked at it" not in main_of(owner.get(page))
    asked = admin.get(page)
    assert "is gone" in main_of(asked)
    seq = asked.text.partition('name="seq" value="')[2].partition('"')[0]
    sent = {"csrf": csrf_of(asked), "seq": seq, "back": "area"}
    close = f"/saved-{page[1:]}/close-review"
    assert owner.post(close, data=sent).status_code == 403
    assert admin.post(close, data={**sent, "csrf": "x"}).status_code == 403
    closed = admin.post(close, data=sent)
    assert "Noted: somebody has looked at this area." in main_of(closed)
    assert "Look again" not in main_of(closed)


def test_an_area_that_cannot_be_asked_says_why_and_what_to_do(owner, store):
    made = owner.post("/v1/saved-areas", json={"name": "Odd", "area": T1}).json()
    gone = {"type": "team", "codes": ["T1"], "edition": 99}
    document = json.dumps(gone)
    with store.writing() as connection:
        connection.exec_driver_sql("update saved_area_version set area = ?", (document,))
    text = main_of(owner.get(f"/areas/{made['id']}"))
    assert "It cannot be asked as it is: there is no edition 99" in text
    assert "There is no map of it" in text
