"""Looks at hotspots over HTTP: answered at once, drawn as layers are, and not kept."""

import json

import pytest
import shapely

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem
from tests.hotspot_world import HOT_CRIMES, LAST, reissue

MONTHS = 11
QUESTION = {
    "method": "counts",
    "forces": ["west-mercia"],
    "categories": ["burglary"],
    "months": {"first": "2024-01", "last": "2024-11"},
}


@pytest.fixture
def seen(analyst):
    """A look."""

    def make(**others):
        answer = analyst.post("/v1/hotspots:look", json={**QUESTION, **others})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return make


def shape_of(feature):
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def test_a_look_is_answered_as_a_layer_would_be_and_is_not_kept(analyst, app, seen):
    look = seen()
    assert look["layer"] is None
    assert analyst.get("/v1/hotspots").json()["layers"] == []
    analyst.post("/v1/hotspots", json={"question": QUESTION})
    app.state.worker.wait()
    (layer,) = analyst.get("/v1/hotspots").json()["layers"]
    assert {**look["facts"]} == layer["facts"]
    again = seen()
    assert again["layer"] == layer["id"]
    assert again == {**look, "layer": layer["id"]}


def test_a_look_holds_the_ground_of_each_class_and_nothing_else(seen):
    look = seen()
    (only,) = look["classes"]
    assert (only["cells"], only["crimes"]) == (1, MONTHS * HOT_CRIMES)
    (ground,) = look["grounds"]["features"]
    assert ground["id"] == 0
    (area,) = look["areas"]["features"]
    assert shape_of(area).equals_exact(shape_of(ground), 1e-5)
    assert shape_of(area).covers(shapely.Point(area["properties"]["at"]))
    assert area["properties"]["crimes"] == MONTHS * HOT_CRIMES


def test_a_look_says_in_words_and_a_table_what_its_map_shows(seen):
    look = seen()
    assert "Burglary" in look["asked"]
    assert f"{MONTHS * HOT_CRIMES} of {MONTHS * HOT_CRIMES} crimes" in look["summary"]
    (row,) = look["table"]["rows"]
    assert row[0]["text"].startswith("1 On or near High Street")
    assert look["table"]["columns"][0]["heading"] == "Hotspot"


def test_repeat_locations_have_no_cells_and_stand_at_their_crimes(seen):
    look = seen(method="repeats", months={"first": "2024-01", "last": LAST})
    assert (look["classes"], look["grounds"]["features"]) == ([], [])
    first = look["areas"]["features"][0]["properties"]
    assert (first["key"], first["status"]) != (None, None)
    assert "High Street" in first["name"]


def test_emerging_classes_bring_the_patterns_that_they_are_filled_with(seen):
    look = seen(method="emerging", months={"first": "2024-01", "last": LAST}, level=0.2)
    fills = {one["fill"] for one in look["classes"]}
    assert fills <= {f"url(#{one['id']})" for one in look["patterns"]}


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"method": "auto"}, "auto takes too long for a look"),
        ({"method": "risk"}, "risk takes too long for a look"),
        ({"cell_m": 50}, "cells of 100 m or more"),
        ({"h3_resolution": 10}, "hexagons of resolution 9"),
        ({"method": "gi_star", "permutations": 1000}, "at most 999 permutations"),
        ({"method": "density", "bandwidth_by": "likelihood"}, "a fixed bandwidth"),
        (
            {"method": "density", "cell_m": 100, "bandwidth_m": 50_000.0},
            "at most 20 cells, here 2,000 m: give a smaller bandwidth_m or larger cells",
        ),
        ({"months": {"first": "2019-01", "last": "2024-11"}}, "at most 60 months"),
    ],
)
def test_what_takes_long_is_refused_and_what_to_do_instead_is_said(analyst, others, words):
    answer = analyst.post("/v1/hotspots:look", json={**QUESTION, **others})
    assert_problem(answer, 422, "invalid_input")
    assert words in answer.json()["detail"]
    assert "ask for it as a layer" in answer.json()["detail"]


def test_a_bandwidth_of_as_many_cells_as_are_quick_is_answered(seen):
    look = seen(method="density", cell_m=250, bandwidth_m=5_000.0)
    assert look["question"]["bandwidth_m"] == 5_000


def test_a_cube_that_is_too_large_is_refused_before_its_crimes_are_looked_for(analyst):
    ring = [[-5, 55], [-2.9, 55], [-2.9, 56.2], [-5, 56.2], [-5, 55]]
    area = {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    whole = {"first": "2024-01", "last": LAST}
    asked = {**QUESTION, "method": "emerging", "months": whole, "cell_m": 100, "area": area}
    answer = analyst.post("/v1/hotspots:look", json=asked)
    assert_problem(answer, 422, "invalid_input")
    # None of the crimes lies there, which is not what is said: they were not read.
    assert "14 steps of" in answer.json()["detail"]
    assert "take larger cells" in answer.json()["detail"]


def test_exact_positions_are_for_those_who_may_see_them(client_of):
    asked = {**QUESTION, "positions": "exact"}
    answer = client_of(Role.COMMANDER).post("/v1/hotspots:look", json=asked)
    assert_problem(answer, 403, "forbidden")


def test_crimes_that_change_are_looked_at_anew(seen, store, tmp_path):
    months = {"first": "2024-01", "last": LAST}
    before = seen(months=months)
    reissue(store, tmp_path)
    after = seen(months=months)
    assert before["sha256"] != after["sha256"]
    assert before["facts"]["period"]["crimes_used"] > after["facts"]["period"]["crimes_used"]


def test_the_dashboards_map_answers_for_each_method_of_its_state(analyst):
    for method in ("gi_star", "counts", "density", "local_moran", "emerging", "repeats"):
        answer = analyst.get(f"/dashboard/map?month=2025-01&months=3&method={method}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["method"] == method


@pytest.mark.parametrize("method", ["counts", "density"])
def test_colours_mean_the_same_in_every_month(analyst, method):
    def classes(month):
        answer = analyst.get(f"/dashboard/map?month={month}&method={method}").json()
        assert "classes of February 2025, the same in every month" in answer["legend"]
        return [(one["fill"], one["words"]) for one in answer["classes"]]

    assert classes("2024-03") == classes(LAST)
    csv = analyst.get(f"/dashboard/map.csv?month=2024-03&method={method}")
    assert csv.status_code == 200


def test_change_is_against_the_same_months_a_year_before(analyst):
    answer = analyst.get("/dashboard/map?month=2025-02&months=2&method=change").json()
    assert answer["question"]["compare_with"] == {"first": "2024-01", "last": "2024-02"}
    early = analyst.get("/dashboard/map?month=2024-06&method=change")
    assert_problem(early, 422, "invalid_input")
    assert "2023-06" in early.json()["detail"]
