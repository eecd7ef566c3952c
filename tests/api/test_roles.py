"""Every call by every role, and by nobody."""

import json

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import OCTETS

ANYBODY = dict.fromkeys((*Role, None), "yes")
SIGNED_IN = {**ANYBODY, None: 401}
LISTERS = {
    Role.ANALYST: 403,
    Role.COMMANDER: 403,
    Role.ALERT_SYSTEM: "yes",
    Role.ADMIN: "yes",
    None: 401,
}

ADMINS = dict.fromkeys(Role, 403) | {Role.ADMIN: "yes", None: 401}

TEAM = {"area": {"type": "team", "codes": ["T1"]}}
LOOK_UP = {"postcodes": ["SY1 1AA"]}
# The one who may is told that there is no such review.
REVIEWERS = LISTERS | {Role.ALERT_SYSTEM: 404, Role.ADMIN: 404}
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "A1", "name": "One"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-2.8, 52.6], [-2.7, 52.6], [-2.7, 52.7], [-2.8, 52.6]]],
            },
        }
    ],
}

# Somebody else's audience, which needs nobody's approval.
OF_OTHERS = {**LISTERS, Role.ANALYST: 404, Role.COMMANDER: 404}
SECOND_PERSONS = {**OF_OTHERS, Role.ANALYST: 403, Role.ALERT_SYSTEM: 403, Role.ADMIN: 409}
AUDIENCE = {"selection": TEAM, "purpose": "a test", "lawful_basis": "public_task"}
# Those who may are told that no alert was sent that anybody could have replied to.
NO_ALERT = LISTERS | {Role.ALERT_SYSTEM: 409, Role.ADMIN: 409}
REPLIES = {"as_of": "2025-06-02T09:00:00Z", "by_channel": {"text": 1}}
RUN = {
    "question": {
        "method": "counts",
        "forces": ["west-mercia"],
        "months": {"first": "2024-01", "last": "2024-12"},
        "share_percent": 1.0,
    }
}
BACKTEST = {"forces": ["west-mercia"], "months": 1, "train_months": 12}
CRIMES = {"forces": ["west-mercia"], "categories": ["burglary"]}
HALVES = {
    "before": {"first": "2024-01", "last": "2024-05"},
    "after": {"first": "2024-06", "last": "2024-10"},
}
CONCENTRATION = {**CRIMES, "months": HALVES["before"]}
TRENDS = {**CRIMES, "last": "2025-02", "history": 12}
EVALUATION = {
    **CRIMES,
    **HALVES,
    "target": {"type": "team", "codes": ["T1"]},
    "control": {"type": "team", "codes": ["T4"]},
}
NEAR_REPEATS = {**CRIMES, "months": HALVES["before"], "permutations": 9}
# Those who may are told that published crimes have no days.
NO_DAYS = {
    Role.ANALYST: 422,
    Role.COMMANDER: 403,
    Role.ALERT_SYSTEM: 403,
    Role.ADMIN: 422,
    None: 401,
}
# The admin's own, which is gone once it was removed.
OWNERS = {**dict.fromkeys(Role, 403), Role.ADMIN: "yes", None: 401}
# operation id -> method, path, body, who may
CALLS = {
    "show_health": ("GET", "/v1/health", None, ANYBODY),
    "show_area_schema": ("GET", "/v1/areas/schema", None, ANYBODY),
    "show_description": ("GET", "/v1/openapi.json", None, ANYBODY),
    "look_up_postcode": ("GET", "/v1/postcodes/SY1 1AA", None, SIGNED_IN),
    "look_up_postcodes": ("POST", "/v1/postcodes:lookup", LOOK_UP, SIGNED_IN),
    "list_teams": ("GET", "/v1/teams", None, SIGNED_IN),
    "find_team_at": ("GET", "/v1/teams/at?easting=341000&northing=311000", None, SIGNED_IN),
    "show_team": ("GET", "/v1/teams/T1", None, SIGNED_IN),
    "search_places": ("GET", "/v1/places:search?q=SY1 1AA", None, SIGNED_IN),
    "list_labels": ("GET", "/v1/labels", None, SIGNED_IN),
    "mark_label": ("PUT", "/v1/labels/group/shop/sensitive", None, ADMINS),
    "unmark_label": ("DELETE", "/v1/labels/group/shop/sensitive", None, ADMINS),
    "tell_coverage": ("GET", "/v1/coverage?by=sector", None, SIGNED_IN),
    "map_coverage": ("GET", "/v1/maps/coverage", None, SIGNED_IN),
    "preview_audience": ("POST", "/v1/audiences:preview", TEAM, SIGNED_IN),
    "freeze_audience": ("POST", "/v1/audiences", AUDIENCE, SIGNED_IN),
    "list_audiences": ("GET", "/v1/audiences", None, SIGNED_IN),
    "show_audience": ("GET", "/v1/audiences/{frozen}", None, OF_OTHERS),
    "approve_audience": ("POST", "/v1/audiences/{frozen}:approve", {}, SECOND_PERSONS),
    "refuse_audience": ("POST", "/v1/audiences/{frozen}:refuse", {}, SECOND_PERSONS),
    "list_recipients": ("GET", "/v1/audiences/{frozen}/recipients", None, LISTERS),
    "list_control": ("GET", "/v1/audiences/{frozen}/control", None, LISTERS),
    "record_alert": ("POST", "/v1/audiences/{frozen}/alerts", {"key": "one"}, LISTERS),
    "tell_replies": ("PUT", "/v1/audiences/{frozen}/replies", REPLIES, NO_ALERT),
    "show_replies": ("GET", "/v1/audiences/{frozen}/replies", None, OF_OTHERS),
    "list_alerts": ("GET", "/v1/audiences/{frozen}/alerts", None, LISTERS),
    "list_editions": ("GET", "/v1/boundaries", None, SIGNED_IN),
    "upload_boundaries": ("POST", "/v1/boundaries?filename=a.geojson", AREAS, ADMINS),
    "show_edition": ("GET", "/v1/boundaries/3", None, SIGNED_IN),
    "check_edition": ("POST", "/v1/boundaries/3:check", None, ADMINS),
    "repair_edition": ("POST", "/v1/boundaries/3:repair", {"tolerance_m": 1}, ADMINS),
    "activate_edition": ("POST", "/v1/boundaries/3:activate", {"valid_from": "2035-04-01"}, ADMINS),
    "discard_edition": ("POST", "/v1/boundaries/{draft}:discard", None, ADMINS),
    "list_areas": ("GET", "/v1/boundaries/3/areas", None, SIGNED_IN),
    "export_edition": ("GET", "/v1/boundaries/3/export", None, SIGNED_IN),
    "map_faults": ("GET", "/v1/boundaries/3/faults.html", None, SIGNED_IN),
    "send_faults": ("GET", "/v1/boundaries/3/faults.gpkg", None, SIGNED_IN),
    "compare_editions": ("GET", "/v1/boundaries/3/compare", None, SIGNED_IN),
    "map_changes": ("GET", "/v1/boundaries/3/compare.html", None, SIGNED_IN),
    "upsert_subscriber": ("POST", "/v1/subscribers:upsert", {"reference": "N-1"}, LISTERS),
    "withdraw_subscriber": ("POST", "/v1/subscribers:withdraw", {"reference": "N-1"}, LISTERS),
    "erase_subscriber": ("POST", "/v1/subscribers:erase", {"reference": "N-1"}, LISTERS),
    "take_changes": ("POST", "/v1/subscribers:changes", [], LISTERS),
    "list_audit": ("GET", "/v1/audit", None, ADMINS),
    "area_from_postcodes": ("POST", "/v1/areas:from-postcodes", "SY1 1AA", SIGNED_IN),
    "show_ground": ("POST", "/v1/areas:geojson", {"areas": [TEAM["area"]]}, SIGNED_IN),
    "read_areas": ("POST", "/v1/areas:read", {"text": "52.7, -2.75", "form": "circle"}, SIGNED_IN),
    "show_postcodes": ("POST", "/v1/areas:postcodes", TEAM, SIGNED_IN),
    "list_saved_areas": ("GET", "/v1/saved-areas", None, SIGNED_IN),
    "save_area": ("POST", "/v1/saved-areas", {"name": "a", **TEAM}, SIGNED_IN),
    "list_reviews": ("GET", "/v1/saved-areas:reviews", None, SIGNED_IN),
    "list_versions": ("GET", "/v1/saved-areas/{saved}/versions", None, SIGNED_IN),
    "save_version": ("POST", "/v1/saved-areas/{saved}/versions", TEAM, LISTERS),
    "show_saved_area": ("GET", "/v1/saved-areas/{saved}", None, SIGNED_IN),
    "list_crime_months": ("GET", "/v1/crimes/months", None, SIGNED_IN),
    "run_hotspots": ("POST", "/v1/hotspots", RUN, SIGNED_IN),
    "list_hotspots": ("GET", "/v1/hotspots", None, SIGNED_IN),
    "show_hotspots": ("GET", "/v1/hotspots/{layer}", None, SIGNED_IN),
    "list_hotspot_cells": ("GET", "/v1/hotspots/{layer}/cells", None, SIGNED_IN),
    "list_hotspot_areas": ("GET", "/v1/hotspots/{layer}/areas", None, SIGNED_IN),
    "export_hotspots": ("GET", "/v1/hotspots/{layer}/export", None, SIGNED_IN),
    "map_hotspots": ("GET", "/v1/hotspots/{layer}/map.html", None, SIGNED_IN),
    "match_hotspots": ("GET", "/v1/hotspots/{layer}/match?metres=100", None, SIGNED_IN),
    "remove_hotspots": ("DELETE", "/v1/hotspots/{layer}", None, OWNERS),
    "backtest_hotspots": ("POST", "/v1/hotspots:backtest", BACKTEST, SIGNED_IN),
    "show_backtest": ("GET", "/v1/hotspot-backtests/{backtest}", None, SIGNED_IN),
    "look_at_hotspots": ("POST", "/v1/hotspots:look", RUN["question"], SIGNED_IN),
    "tell_concentration": ("POST", "/v1/hotspots:concentration", CONCENTRATION, SIGNED_IN),
    "tell_trends": ("POST", "/v1/hotspots:trends", TRENDS, SIGNED_IN),
    "tell_evaluation": ("POST", "/v1/hotspots:evaluate", EVALUATION, SIGNED_IN),
    "tell_near_repeats": ("POST", "/v1/hotspots:near-repeats", NEAR_REPEATS, NO_DAYS),
    "list_jobs": ("GET", "/v1/jobs", None, SIGNED_IN),
    "show_job": ("GET", "/v1/jobs/{job}", None, SIGNED_IN),
    "cancel_job": ("POST", "/v1/jobs/{job}:cancel", None, OWNERS),
    "map_audience": ("GET", "/v1/audiences/{frozen}/map.html", None, OF_OTHERS),
    "map_saved_area": ("GET", "/v1/saved-areas/{saved}/map.html", None, SIGNED_IN),
    "export_saved_area": ("GET", "/v1/saved-areas/{saved}/outline", None, SIGNED_IN),
    "close_review": ("POST", "/v1/saved-areas/{saved}:close-review", {"seq": 9999}, REVIEWERS),
}
PAGES = {
    "/": ANYBODY,
    "/sign-in": ANYBODY,
    "/docs": ANYBODY,
    "/coverage": SIGNED_IN,
    "/coverage/map": SIGNED_IN,
    "/boundaries": SIGNED_IN,
    "/boundaries/3": SIGNED_IN,
    "/boundaries/3/compare": SIGNED_IN,
    "/target": SIGNED_IN,
    "/audiences": SIGNED_IN,
    "/audiences/{frozen}": OF_OTHERS,
    "/areas": SIGNED_IN,
    "/areas/{saved}": SIGNED_IN,
    "/hotspots": SIGNED_IN,
    "/hotspots/new": SIGNED_IN,
    "/hotspots/{layer}": SIGNED_IN,
    "/hotspots/backtests/{backtest}": SIGNED_IN,
}


class Made(dict):
    """What a path names, made when it is asked for."""

    def __init__(self, alert_system, admin):
        self.alert_system = alert_system
        self.admin = admin

    def __missing__(self, name):
        if name == "draft":
            sent = json.dumps(AREAS)
            path = "/v1/boundaries?filename=a.geojson"
            return self.admin.post(path, content=sent, headers=OCTETS).json()["edition"]["id"]
        if name in ("layer", "backtest", "job"):
            return self.worked_out(name)
        path, asked = {
            "frozen": ("/v1/audiences", AUDIENCE),
            "saved": ("/v1/saved-areas", {"name": "a", **TEAM}),
        }[name]
        return self.alert_system.post(path, json=asked).json()["id"]

    def worked_out(self, name):
        path, asked = {
            "layer": ("/v1/hotspots", RUN),
            "job": ("/v1/hotspots", RUN),
            "backtest": ("/v1/hotspots:backtest", BACKTEST),
        }[name]
        job = f"/v1/jobs/{self.admin.post(path, json=asked).json()['id']}"
        self.admin.app.state.worker.wait()
        done = self.admin.get(job).json()
        assert done["status"] == "done", done
        return done["id"] if name == "job" else done["result"].rpartition("/")[2]


def test_the_matrix_holds_every_call_that_is_described(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    described = {call["operationId"] for methods in paths.values() for call in methods.values()}
    assert described == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_answers_those_who_may_ask_and_nobody_else(name, client, client_of, alert_system):
    method, path, body, allowed = CALLS[name]
    path = path.format_map(Made(alert_system, client_of(Role.ADMIN)))
    sent, headers = {"json": body}, {}
    if "filename" in path:
        sent, headers = {"content": json.dumps(body)}, OCTETS
    elif isinstance(body, str):
        sent, headers = {"content": body}, {"Content-Type": "text/plain"}
    # Administrators last, who may take it away.
    for role, outcome in sorted(allowed.items(), key=lambda one: one[0] is Role.ADMIN):
        caller = client_of(role) if role else client
        answer = caller.request(method, path, **sent, headers=headers)
        expected = (200, 201, 202) if outcome == "yes" else (outcome,)
        assert answer.status_code in expected, (role, answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_shown_to_those_who_may_see_it(path, client, client_of, alert_system):
    there = path.format_map(Made(alert_system, client_of(Role.ADMIN)))
    for role, outcome in PAGES[path].items():
        caller = client_of(role) if role else client
        answer = caller.get(there, headers={"Accept": "text/html"})
        assert answer.status_code == (200 if outcome == "yes" else outcome), (role, answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_who_may_not_ask_learns_nothing_about_what_is_there(client_of, client):
    analyst = client_of(Role.ANALYST)
    assert analyst.get("/v1/audiences/no-such-audience/recipients").status_code == 403
    assert client.get("/v1/teams/no-such-team").status_code == 401


def test_nobody_who_is_not_signed_in_learns_what_is_wrong_with_a_request(client):
    wrong = {"postcodes": [1]}
    assert client.post("/v1/postcodes:lookup", json=wrong).status_code == 401
    assert client.get("/v1/teams?no_such_parameter=1").status_code == 401
