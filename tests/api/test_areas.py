"""Areas over HTTP: lists of postcodes, shapes that cannot be used, areas that name areas."""

import json
import time

import numpy as np
import pytest

from geo_alerts.audiences.targets.shapes import MAX_VERTICES
from geo_alerts.crs import points_to_epsg_4326
from tests.api.asking import assert_problem
from tests.api.world import SOUTH, WEST

T2 = {"type": "team", "codes": ["T2"], "edition": None}
LIST = "/v1/areas:from-postcodes"
CSV = {"Content-Type": "text/csv; charset=utf-8"}
PREVIEW = "/v1/audiences:preview"
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.7], [-2.75, 52.71], [-2.75, 52.7]]],
}


def people(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["people"]


def test_a_list_of_postcodes_is_made_an_area_that_can_be_asked(analyst, alert_system):
    sent = "name,postcode\nx,sy11aa\ny,rubbish\nz,SY1 1AA\nz,SY2 1\n,\n\n"
    answer = analyst.post(LIST, content=sent, headers=CSV)
    assert answer.status_code == 200
    made = answer.json()
    assert made["area"] == {"type": "postcodes", "postcodes": ["SY1 1AA", "SY2 1"]}
    assert (made["rejected_count"], made["repeated_count"]) == (1, 1)
    assert made["blank_count"] == 2
    (rejected,) = made["rejected"]
    assert rejected["row"] == 3
    assert rejected["value"] == "rubbish"
    assert rejected["reason"].startswith("it")
    assert people(alert_system.post(PREVIEW, json={"area": made["area"]})) == 33


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"SY1 1AA", {"Content-Type": "application/json"}, 415, "unsupported_media_type"),
        (b"SY1 1AA", {}, 415, "unsupported_media_type"),
        (b"", CSV, 422, "bad_source"),
        (b"rubbish\n", CSV, 422, "source_faults"),
        (b"SY1 1AA\n" * 1_048_577, CSV, 413, "body_too_large"),
    ],
)
def test_what_is_no_list_of_postcodes_is_refused(analyst, content, headers, status, code):
    assert_problem(analyst.post(LIST, content=content, headers=headers), status, code)


def test_a_bow_tie_is_refused_with_its_crossing_and_a_repaired_shape(alert_system):
    area = {"type": "union", "areas": [T2, {"type": "polygon", "geometry": BOW_TIE}]}
    answer = alert_system.post(PREVIEW, json={"area": area})
    problem = assert_problem(answer, 422, "validation_failed")
    (fault,) = problem["errors"]
    assert fault["pointer"] == "/area/areas/1/geometry/coordinates"
    assert "at longitude -2.745, latitude 52.705" in fault["detail"]
    area["areas"][1]["geometry"] = fault["repaired"]
    assert people(alert_system.post(PREVIEW, json={"area": area})) == 30


def test_of_many_shapes_that_cannot_be_used_the_first_are_repaired(alert_system):
    area = {"type": "union", "areas": [{"type": "polygon", "geometry": BOW_TIE}] * 10}
    answer = alert_system.post(PREVIEW, json={"area": area})
    errors = assert_problem(answer, 422, "validation_failed")["errors"]
    assert [at for at, fault in enumerate(errors) if "repaired" in fault] == [0, 1, 2]
    assert len(errors) == 10


@pytest.mark.parametrize(
    ("area", "pointer", "words"),
    [
        (
            {"type": "rectangle", "west": 179.5, "south": 52, "east": -179.5, "north": 53},
            "/area/west",
            "is outside Great Britain",
        ),
        (
            {"type": "rectangle", "west": -2, "south": 52, "east": -3, "north": 53},
            "/area",
            "no area crosses the antimeridian",
        ),
        (
            {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 9, "holding": 9},
            "/area",
            "one of both",
        ),
        (
            {
                "type": "corridor",
                "line": {"type": "LineString", "coordinates": [[-2.7, 52.7], [12.5, 41.9]]},
                "metres": 9,
            },
            "/area/line/coordinates",
            "position 2 of line 1, longitude 12.5",
        ),
    ],
)
def test_an_area_that_cannot_be_is_refused_with_the_place(alert_system, area, pointer, words):
    problem = assert_problem(
        alert_system.post(PREVIEW, json={"area": area}), 422, "validation_failed"
    )
    assert problem["errors"][0]["pointer"] == pointer
    assert words in problem["errors"][0]["detail"]


def saved(caller, area, name="Saved"):
    answer = caller.post("/v1/saved-areas", json={"name": name, "area": area})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def named(saved_id):
    return {"type": "saved", "id": saved_id, "version": None}


def test_an_analyst_keeps_areas_and_the_alert_system_asks_them(analyst, alert_system):
    town = saved(analyst, T2, "Town")
    both = saved(analyst, {"type": "union", "areas": [named(town), named(town)]})
    answer = alert_system.post(PREVIEW, json={"area": named(both)})
    assert people(answer) == 30
    told = alert_system.get(f"/v1/saved-areas/{town}").json()
    assert (told["owner"], told["named_by"]) == ("test analyst", [{"id": both, "name": "Saved"}])


def test_an_analyst_changes_areas_of_their_own_only(analyst, alert_system):
    own, other = saved(analyst, T2), saved(alert_system, T2)
    areas = [{"type": "team", "codes": codes} for codes in (["T1"], ["T1", "T2"])]

    def change(caller, saved_id, area):
        return caller.post(f"/v1/saved-areas/{saved_id}/versions", json={"area": area})

    assert change(analyst, own, areas[0]).status_code == 201
    assert_problem(change(analyst, other, areas[0]), 403, "forbidden")
    assert change(alert_system, own, areas[1]).status_code == 201
    # The same once more makes no version.
    assert change(analyst, own, areas[1]).status_code == 200


def test_an_area_that_names_itself_or_nothing_is_refused(analyst):
    town = saved(analyst, T2)
    versions = f"/v1/saved-areas/{town}/versions"
    assert_problem(analyst.post(versions, json={"area": named(town)}), 422, "invalid_area")
    nothing = {"area": named("abc"), "name": "x"}
    assert_problem(analyst.post("/v1/saved-areas", json=nothing), 404, "unknown_saved_area")


def test_a_shape_of_50_000_vertices_is_counted_in_well_under_a_second(alert_system):
    """A jagged ring about T1, whose people are 60."""
    turn = np.linspace(0, 2 * np.pi, MAX_VERTICES - 1, endpoint=False)
    radius = 1_500 * (1 + 0.03 * np.sin(500 * turn))
    easting, northing = WEST + 1_000 + radius * np.cos(turn), SOUTH + 1_000 + radius * np.sin(turn)
    ring = np.column_stack(points_to_epsg_4326(easting, northing)).tolist()
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    body = json.dumps({"area": {"type": "polygon", "geometry": shape}})
    headers = {"Content-Type": "application/json"}
    alert_system.post(PREVIEW, json={"area": T2})
    started = time.perf_counter()
    answer = alert_system.post(PREVIEW, content=body, headers=headers)
    took_s = time.perf_counter() - started
    assert people(answer) >= 60
    # 0.3 s where nothing else runs.
    assert took_s < 2
