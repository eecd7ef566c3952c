"""What stands around every answer: headers, ids, the log, hosts, sizes."""

import logging
import re

import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import ADDRESS, assert_problem

LINE = re.compile(
    r"(GET|POST|-) (\S+) (\d{3}|-) \d+\.\dms "
    r"role=(analyst|commander|alert_system|admin|-) id=[0-9a-f]{16}"
)


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return lambda name: [r.getMessage() for r in caplog.records if r.name == name]


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/v1/postcodes/SY1 1AA", "/v1/postcodes/{postcode}", 200),
        ("GET", "/v1/postcodes/SY9 9ZZ", "/v1/postcodes/{postcode}", 404),
        ("GET", "/v1/postcodes/nonsense", "/v1/postcodes/{postcode}", 422),
        ("GET", "/v1/postcodes/SY1%001AA", "/v1/postcodes/{postcode}", 400),
        ("GET", "/v1/postcodes/" + "SY1" * 40, "/v1/postcodes/{postcode}", 422),
        ("POST", "/v1/postcodes/SY1 1AA", "/v1/postcodes/{postcode}", 405),
        ("GET", "/v1/teams/at?easting=340200&northing=310200", "/v1/teams/at", 200),
        (
            "GET",
            "/v1/audiences/R-0001/recipients?page_token=R-0002",
            "/v1/audiences/{audience_id}/recipients",
            403,
        ),
        ("GET", "/SY1 1AA", "-", 404),
        ("GET", "/v1/teams?SY1 1AA=1", "/v1/teams", 400),
        ("GET", "/static/SY1.js", "/static/{name:path}", 404),
        ("SY11AA", "/v1/teams", "/v1/teams", 405),
    ],
)
def test_the_log_holds_the_template_of_the_route_and_nothing_that_was_asked(
    method, path, route, status, analyst, log
):
    assert analyst.request(method, path).status_code == status
    (line,) = log("geo_alerts.access")
    found = LINE.fullmatch(line)
    assert found, line
    assert (found[2], found[3]) == (route, str(status))
    for name in ("geo_alerts.access", "geo_alerts.faults", "uvicorn.access", "uvicorn.error"):
        told = " ".join(log(name))
        assert not re.search(r"SY1|SY9|R-000|340200|nonsense", told), told


def test_the_log_names_the_role_and_the_request(client, analyst, log):
    answer = analyst.get("/v1/teams")
    client.get("/v1/health")
    signed_in, anonymous = log("geo_alerts.access")
    assert "role=analyst" in signed_in
    assert f"id={answer.headers['x-request-id']}" in signed_in
    assert "role=-" in anonymous


def test_head_is_answered_as_get_and_logged_as_head(analyst, log):
    answer = analyst.head("/v1/teams/T1")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) > 0
    assert analyst.head("/v1/postcodes:lookup").status_code == 405
    assert [line.split()[:3] for line in log("geo_alerts.access")] == [
        ["HEAD", "/v1/teams/{code}", "200"],
        ["HEAD", "/v1/postcodes:lookup", "405"],
    ]


def test_an_id_that_a_caller_sends_is_not_taken_over(analyst, log):
    answer = analyst.get("/v1/teams", headers={"X-Request-ID": "SY1-1AA"})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert "SY1" not in log("geo_alerts.access")[0]


def test_every_answer_carries_the_headers_that_keep_it_private(analyst, client):
    answers = [
        analyst.get("/v1/postcodes/SY1 1AA"),
        analyst.get("/v1/postcodes/nonsense"),
        analyst.get("/v1/maps/coverage"),
        analyst.get("/coverage"),
        client.get("/"),
        client.get("/sign-in"),
        client.get("/v1/health"),
        client.get("/nowhere"),
        client.get("/v1/health", headers={"Host": "evil.example"}),
    ]
    for answer in answers:
        headers = answer.headers
        assert headers["cache-control"] == "no-store", answer.url
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert re.search(r"frame-ancestors '(none|self)'", headers["content-security-policy"])
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_no_page_allows_scripts_that_stand_in_it(analyst, client):
    for page in (
        analyst.get("/coverage"),
        analyst.get("/target"),
        client.get("/"),
        client.get("/docs"),
    ):
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "style-src 'self';" in page.headers["content-security-policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)


def test_a_map_allows_what_stands_in_it_by_hash_and_our_page_may_frame_it(analyst):
    policy = analyst.get("/coverage/map").headers["content-security-policy"]
    assert re.search(r"script-src ('sha256-[\w+/=]+' ?)+;", policy)
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors 'self'")
    assert policy.count("default-src") == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8000"]
)
def test_a_request_may_name_loopback(host, client):
    assert client.get("/v1/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "", "127.0.0.2", "::1"]
)
def test_a_request_that_names_another_host_is_refused(host, client):
    assert_problem(client.get("/v1/health", headers={"Host": host}), 400, "unknown_host")


def test_hosts_can_be_named_by_a_setting(store, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_ALLOWED_HOSTS", "alerts.example, Second.Example")
    with TestClient(create_app(store=store), base_url="https://second.example") as client:
        assert client.get("/v1/health").status_code == 200
        assert client.get("/v1/health", headers={"Host": "127.0.0.1"}).status_code == 400


@pytest.fixture
def small(store, world):
    settings = Settings(max_body_bytes=1000)
    headers = {
        "Authorization": f"Bearer {world.tokens[Role.ADMIN]}",
        "Content-Type": "application/json",
    }
    return TestClient(create_app(settings, store=store), base_url=ADDRESS, headers=headers)


def test_a_body_that_is_too_large_is_refused_whether_its_size_was_told_or_not(small):
    told = small.post("/v1/postcodes:lookup", content=b" " * 1001)
    assert_problem(told, 413, "body_too_large")
    chunked = small.post("/v1/postcodes:lookup", content=iter([b" " * 600, b" " * 600]))
    assert_problem(chunked, 413, "body_too_large")


def test_a_body_of_just_the_size_that_is_allowed_is_read(small):
    body = b'{"postcodes": []}'.ljust(1000)
    assert small.post("/v1/postcodes:lookup", content=body).status_code == 200
    assert (
        small.post("/v1/postcodes:lookup", content=iter([body[:500], body[500:]])).status_code
        == 200
    )


def test_a_form_is_limited_too(small):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ADDRESS}
    answer = small.post("/sign-in", content=iter([b"token=" + b"x" * 1000]), headers=headers)
    assert_problem(answer, 413, "body_too_large")


def test_a_fault_of_ours_is_a_problem_without_insides_and_is_logged_under_its_id(app, analyst, log):
    what_it_was = "what is at SY1 1AA"

    @app.get("/broken")
    def broken():
        raise RuntimeError(what_it_was)

    answer = analyst.get("/broken")
    problem = assert_problem(answer, 500, "internal_error")
    assert what_it_was not in answer.text
    (told,) = log("geo_alerts.faults")
    assert problem["request_id"] in told
    assert "RuntimeError" in told
    assert "test_shell.py" in told
    assert what_it_was not in told


def test_an_answer_that_breaks_off_is_cut_short_and_logged(app, analyst, log):
    @app.get("/broken")
    def broken():
        def lines():
            yield "first\n"
            raise RuntimeError("half way")

        return StreamingResponse(lines())

    assert analyst.get("/broken").text == "first\n"
    assert "RuntimeError" in log("geo_alerts.faults")[0]
