"""Layers of hotspots over HTTP: asked for, looked at, exported, used as target areas, removed."""

import json

import pytest
import shapely

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem
from tests.hotspot_world import HOT, HOT_CRIMES

MONTHS = 11
QUESTION = {
    "method": "counts",
    "forces": ["west-mercia"],
    "categories": ["burglary"],
    "months": {"first": "2024-01", "last": "2024-11"},
    "share_percent": 1.0,
}


@pytest.fixture
def layer(analyst, app):
    """A layer that an analyst asked for."""

    def make(**others):
        asked = {"question": {**QUESTION, **others}, "name": "Burglary"}
        accepted = analyst.post("/v1/hotspots", json=asked)
        assert accepted.status_code == 202, accepted.text
        app.state.worker.wait()
        job = analyst.get(accepted.headers["location"]).json()
        assert job["status"] == "done", job
        return analyst.get(job["result"]).json()

    return make


def test_a_question_is_a_job_whose_result_is_a_layer(analyst, app):
    accepted = analyst.post("/v1/hotspots", json={"question": QUESTION, "name": "Burglary"})
    assert accepted.status_code == 202
    job = accepted.json()
    assert accepted.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["question"]["name"]) == ("hotspots.run", "Burglary")
    app.state.worker.wait()
    done = analyst.get(accepted.headers["location"]).json()
    assert (done["status"], done["done"], done["total"], done["error"]) == ("done", 3, 3, None)
    layer = analyst.get(done["result"]).json()
    assert (layer["name"], layer["method"], layer["area_count"]) == ("Burglary", "counts", 1)
    assert layer["facts"]["period"]["crimes_used"] == MONTHS * HOT_CRIMES
    assert layer["question"]["cell_m"] == 250
    assert layer["inputs"]["software_version"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/hotspots", {"question": {**QUESTION, "categories": ["drugs"]}}),
        ("/v1/hotspots:backtest", {"forces": ["west-mercia"], "categories": ["drugs"]}),
    ],
)
def test_what_no_job_could_answer_is_refused_and_becomes_none(analyst, path, asked):
    told = assert_problem(analyst.post(path, json=asked), 422, "invalid_input")
    assert told["detail"].startswith("/area: no crime of 20")
    assert analyst.get("/v1/jobs").json()["jobs"] == []


def test_the_same_question_on_the_same_crimes_is_answered_at_once(analyst, alert_system, layer):
    made = layer()
    again = alert_system.post("/v1/hotspots", json={"question": {**QUESTION, "cell_m": 250}})
    assert again.status_code == 200
    assert again.headers["content-location"] == f"/v1/hotspots/{made['id']}"
    assert again.json() == made
    other = analyst.post(
        "/v1/hotspots", json={"question": {**QUESTION, "cell_m": 500, "share_percent": 5.0}}
    )
    assert other.status_code == 202


def test_the_areas_are_geojson_that_holds_the_crimes(analyst, layer):
    made = layer()
    answer = analyst.get(f"/v1/hotspots/{made['id']}/areas")
    assert answer.headers["content-type"] == "application/geo+json"
    areas = answer.json()
    assert (areas["layer"], areas["sha256"]) == (made["id"], made["sha256"])
    (first,) = areas["features"]
    assert (first["id"], first["properties"]["crimes"]) == (1, MONTHS * HOT_CRIMES)
    (ground,) = shapely.get_parts(shapely.from_geojson(json.dumps(first["geometry"])))
    assert ground.is_valid
    # RFC 7946 wants outer rings anticlockwise, longitude first.
    assert ground.exterior.is_ccw
    found = analyst.get(f"/v1/teams/at?easting={HOT[0]}&northing={HOT[1]}").json()
    assert found["team"]["code"] == "T1"
    west, south, east, north = ground.bounds
    assert -3 < west < east < -2.5
    assert 52 < south < north < 53


def test_the_pages_of_cells_hold_every_cell_once(analyst, layer):
    made = layer()
    seen, crimes, token = [], 0.0, ""
    while token is not None:
        asked = {"page_size": 100, "page_token": token}
        page = analyst.get(f"/v1/hotspots/{made['id']}/cells", params=asked).json()
        assert len(page["features"]) <= 100
        seen += [one["id"] for one in page["features"]]
        crimes += sum(one["properties"]["crimes"] for one in page["features"])
        token = page["next_page_token"]
    assert len(seen) == len(set(seen)) == made["cell_count"]
    assert crimes == MONTHS * HOT_CRIMES
    wrong = analyst.get(f"/v1/hotspots/{made['id']}/cells?page_token=bm8=")
    assert_problem(wrong, 422, "invalid_page_token")


def test_figures_that_are_none_are_null_in_json(analyst, layer):
    made = layer(method="risk", share_percent=1.0, floor_per_km2=1e6)
    text = analyst.get(f"/v1/hotspots/{made['id']}/cells").text
    assert "NaN" not in text
    assert all(one["properties"]["risk"] is None for one in json.loads(text)["features"])


def test_hexagons_are_cells_by_their_h3_names(analyst, layer):
    made = layer(h3_resolution=8, share_percent=10.0)
    cells = analyst.get(f"/v1/hotspots/{made['id']}/cells").json()["features"]
    assert all(one["id"].startswith("88") and len(one["id"]) == 15 for one in cells)
    assert all(len(one["geometry"]["coordinates"][0]) == 7 for one in cells)
    page = analyst.get(f"/v1/hotspots/{made['id']}/map.html")
    assert page.status_code == 200, page.text


def test_layers_are_listed_the_newest_first_and_by_method(analyst, layer):
    made = [
        layer(),
        layer(cell_m=500, share_percent=5.0),
        layer(method="density", bandwidth_m=500.0),
    ]
    listed = analyst.get("/v1/hotspots").json()["layers"]
    assert [one["id"] for one in listed] == [one["id"] for one in made[::-1]]
    page = analyst.get("/v1/hotspots?method=counts&page_size=1").json()
    assert [one["id"] for one in page["layers"]] == [made[1]["id"]]
    rest = {"method": "counts", "page_token": page["next_page_token"]}
    assert analyst.get("/v1/hotspots", params=rest).json()["layers"] == [made[0]]


@pytest.mark.parametrize("part", ["areas", "cells"])
@pytest.mark.parametrize(
    ("format", "begins"),
    [("geojson", b"{"), ("gpkg", b"SQLite format 3"), ("parquet", b"PAR1"), ("csv", b"")],
)
def test_a_layer_is_exported_in_every_format(part, format, begins, analyst, layer):  # noqa: A002
    made = layer()
    answer = analyst.get(f"/v1/hotspots/{made['id']}/export?format={format}&part={part}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    name = f"hotspots-{made['id']}-{part}"
    assert name in answer.headers["content-disposition"]
    if format == "csv":
        count = made["area_count"] if part == "areas" else made["cell_count"]
        assert len(answer.text.splitlines()) == count + 1


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"method": "gi_star", "share_percent": None},
        {"method": "density", "bandwidth_m": 500.0},
        {
            "method": "change",
            "months": {"first": "2024-12", "last": "2025-02"},
            "compare_with": {"first": "2024-01", "last": "2024-11"},
            "share_percent": None,
        },
        {"method": "emerging", "share_percent": None},
        {"method": "repeats", "share_percent": None},
    ],
    ids=lambda one: one.get("method", "counts"),
)
def test_the_map_of_every_method_names_months_and_places(others, analyst, layer):
    made = layer(**others)
    page = analyst.get(f"/v1/hotspots/{made['id']}/map.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Burglary" in page.text
    assert "Crimes of January 2024" in page.text or "against January 2024" in page.text
    assert "Team 1" in page.text or made["area_count"] == 0
    assert "Content-Security-Policy" in page.text


def test_a_layer_is_a_target_area_until_it_is_removed(analyst, alert_system, client_of, layer):
    made = layer()
    selection = {"area": {"type": "hotspots", "layer": made["id"], "metres": 300}}
    admin = client_of(Role.ADMIN)
    preview = admin.post("/v1/audiences:preview", json=selection).json()
    # The nearest unit lies some 150 m away, the next ones over 300.
    assert preview["people"] > 0, preview
    assert_problem(alert_system.delete(f"/v1/hotspots/{made['id']}"), 403, "forbidden")
    removed = analyst.delete(f"/v1/hotspots/{made['id']}")
    assert removed.json() == made
    assert_problem(analyst.get(f"/v1/hotspots/{made['id']}"), 404, "unknown_run")
    assert_problem(admin.post("/v1/audiences:preview", json=selection), 404, "unknown_run")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"months": {"first": "2030-01", "last": "2030-02"}}, "still to come"),
        ({"months": {"first": "2023-11", "last": "2024-02"}}, "2023-11"),
        ({"forces": ["nowhere-at-all"]}, "nowhere-at-all"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_before_it_is_a_job(others, words, analyst):
    answer = analyst.post("/v1/hotspots", json={"question": {**QUESTION, **others}})
    assert words in assert_problem(answer, 422, "invalid_input")["detail"]
    assert analyst.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"method": "density", "cell_m": 500, "bandwidth_m": 100.0}, "larger bandwidth_m"),
        ({"bandwidth_m": 300.0}, "does not use bandwidth_m"),
        (
            {
                "method": "emerging",
                "share_percent": None,
                "months": {"first": "2024-01", "last": "2024-03"},
            },
            "at least 10 months",
        ),
        ({"categories": ["gossip"]}, "gossip"),
        ({"forces": []}, "at least"),
        ({"cell_m": 250.5}, "whole"),
        ({"months": {"first": "2024-13", "last": "2024-12"}}, "2025-03"),
        ({"cell": 250}, "not a key"),
    ],
)
def test_settings_that_do_not_go_together_are_told_with_what_to_do(others, words, analyst):
    answer = analyst.post("/v1/hotspots", json={"question": {**QUESTION, **others}})
    problem = assert_problem(answer, 422, "validation_failed")
    assert any(words in one["detail"] for one in problem["errors"]), problem


def test_a_layer_that_is_none_is_told(analyst):
    for path in ("", "/areas", "/cells", "/export", "/map.html"):
        assert_problem(analyst.get(f"/v1/hotspots/abc{path}"), 404, "unknown_run")
    assert_problem(analyst.delete("/v1/hotspots/abc"), 404, "unknown_run")
    assert_problem(analyst.get("/v1/hotspot-backtests/abc"), 404, "unknown_run")


def test_without_crimes_nothing_can_be_asked(empty_client):
    answer = empty_client.post("/v1/hotspots", json={"question": QUESTION})
    assert_problem(answer, 503, "not_ready")


def test_a_back_test_tells_which_method_did_best(analyst, app):
    asked = {"forces": ["west-mercia"], "categories": ["burglary"], "months": 2}
    accepted = analyst.post("/v1/hotspots:backtest", json=asked)
    assert accepted.status_code == 202
    app.state.worker.wait()
    job = analyst.get(accepted.headers["location"]).json()
    assert job["status"] == "done", job
    result = analyst.get(job["result"]).json()["result"]
    assert result["tested"] == ["2025-01", "2025-02"]
    names = [one["name"] for one in result["methods"]]
    assert result["best"] in names
    assert len(names) >= 5


def test_a_name_with_contact_details_is_refused_before_it_is_kept_in_a_job(analyst):
    asked = {"question": QUESTION, "name": "Call 07700 900123"}
    assert_problem(analyst.post("/v1/hotspots", json=asked), 422, "personal_data")
    assert analyst.get("/v1/jobs").json()["jobs"] == []


def test_a_back_test_of_a_layer_that_is_not_there_is_refused_before_it_is_a_job(analyst):
    area = {"type": "hotspots", "layer": "ffff", "metres": 0}
    asked = {"forces": ["west-mercia"], "months": 2, "area": area}
    assert_problem(analyst.post("/v1/hotspots:backtest", json=asked), 404, "unknown_run")
    assert analyst.get("/v1/jobs").json()["jobs"] == []
