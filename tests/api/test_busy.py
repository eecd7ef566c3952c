"""When much is asked at once: slow work and uploads have few places, and all else is answered."""

from contextlib import ExitStack

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import OCTETS, OURS, assert_problem
from tests.api.world import NEXT, squares


@pytest.fixture
def admin(client_of):
    return client_of(Role.ADMIN)


@pytest.fixture
def content(tmp_path):
    """A file of the next teams."""
    return squares(tmp_path / "next.geojson", NEXT).read_bytes()


@pytest.fixture
def checked(admin, content):
    """The number of the next teams, checked."""
    sent = admin.post("/v1/boundaries?filename=next.geojson", content=content, headers=OCTETS)
    number = sent.json()["edition"]["id"]
    admin.post(f"/v1/boundaries/{number}:check")
    return number


@pytest.fixture
def other(admin, tmp_path):
    """The number of one more edition, a draft."""
    file = squares(tmp_path / "other.geojson", {"T1": NEXT["T1N"]})
    query = "/v1/boundaries?filename=other.geojson"
    answer = admin.post(query, content=file.read_bytes(), headers=OCTETS)
    return answer.json()["edition"]["id"]


def take_all(turns, stack):
    for _ in range(turns.most):
        stack.enter_context(turns.one())


def assert_told_to_come_again(answer):
    assert_problem(answer, 429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0


def test_slow_work_is_refused_when_all_its_places_are_taken_and_look_ups_are_answered(
    app, admin, analyst, checked, other
):
    with ExitStack() as stack:
        take_all(app.state.live.slow, stack)
        for path in ("compare", "compare.html"):
            assert_told_to_come_again(analyst.get(f"/v1/boundaries/{checked}/{path}"))
        for path in ("faults.html", "faults.gpkg"):
            assert_told_to_come_again(admin.get(f"/v1/boundaries/{other}/{path}"))
        assert_told_to_come_again(admin.post(f"/v1/boundaries/{other}:check"))
        repaired = admin.post(f"/v1/boundaries/{other}:repair", json={"tolerance_m": 1})
        assert_told_to_come_again(repaired)
        page = analyst.get(f"/boundaries/{checked}/compare", headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert analyst.get("/v1/postcodes/SY1 1AA").json()["team"]["code"] == "T1"
    assert analyst.get(f"/v1/boundaries/{checked}/compare").status_code == 200


def test_a_comparison_that_is_held_needs_no_place(app, analyst, checked):
    path = f"/v1/boundaries/{checked}/compare"
    first = analyst.get(path).json()
    with ExitStack() as stack:
        take_all(app.state.live.slow, stack)
        assert analyst.get(path).json() == first


def test_places_are_free_again_after_work_that_failed(app, admin, other):
    for _ in range(app.state.live.slow.most + 1):
        answer = admin.post(f"/v1/boundaries/{other}:repair", json={"tolerance_m": 0})
        assert answer.status_code == 422
    assert admin.post(f"/v1/boundaries/{other}:check").status_code == 200


def test_uploads_have_few_places(app, admin, content):
    query = "/v1/boundaries?filename=next.geojson"
    with ExitStack() as stack:
        take_all(app.state.uploads, stack)
        assert_told_to_come_again(admin.post(query, content=content, headers=OCTETS))
        files = {"file": ("next.geojson", content)}
        page = admin.post("/boundaries", files=files, headers={**OURS, "Accept": "text/html"})
        assert page.status_code == 429
    for _ in range(app.state.uploads.most + 1):
        assert admin.post(query, content=content, headers=OCTETS).status_code == 201
        assert admin.post(query, content=b"no file", headers=OCTETS).status_code == 422


def test_only_who_may_upload_learns_of_places(app, analyst, content):
    query = "/v1/boundaries?filename=next.geojson"
    with ExitStack() as stack:
        take_all(app.state.uploads, stack)
        answer = analyst.post(query, content=content, headers=OCTETS)
    assert_problem(answer, 403, "forbidden")
