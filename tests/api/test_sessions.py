"""Keys, one-time links, sessions, and who may send a form."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security import SESSION_COOKIE
from api.settings import Settings
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import ADDRESS, OURS, assert_problem

BROWSER = {"Accept": "text/html"}
TEAM = {"area": {"type": "team", "codes": ["T1"]}}


@pytest.fixture
def link_token(store):
    return keys.sign_in_link_token(store, name="operator", role=Role.ADMIN)


@pytest.fixture
def browser_client(client, link_token):
    """A client that has signed in with a link."""
    signed_in = client.post(
        "/sign-in", data={"token": link_token}, headers=OURS, follow_redirects=False
    )
    assert signed_in.status_code == 303, signed_in.text
    return client


def csrf_in(page):
    return page.text.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer ga_nonsense",
        "Bearer ga_" + "a" * 16 + "_" + "b" * 43,
        "Bearer " + "x" * 10_000,
        "Basic dXNlcjpwYXNz",
        "ga_nonsense",
        "Bearer \xe9\x80",
    ],
)
def test_what_is_no_key_is_a_401_that_says_how_to_sign_in(authorization, client):
    headers = {"Authorization": authorization.encode("latin-1")}
    answer = client.get("/v1/teams", headers=headers)
    assert_problem(answer, 401, "not_signed_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_with_one_letter_changed_is_no_key(client, world):
    token = world.tokens[Role.ADMIN]
    for place in (5, len(token) // 2, len(token) - 1):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        answer = client.get("/v1/teams", headers={"Authorization": f"Bearer {other}"})
        assert answer.status_code == 401


def test_a_revoked_key_opens_nothing_from_the_next_request_on(client, store):
    key_id, token = keys.create_key(store, "short-lived", Role.ANALYST)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/teams", headers=headers).status_code == 200
    keys.revoke_key(store, key_id)
    assert client.get("/v1/teams", headers=headers).status_code == 401


def test_reading_a_link_does_not_use_it_and_using_it_does(client, link_token):
    for _ in range(3):
        page = client.get("/sign-in", params={"token": link_token})
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
    first = client.post(
        "/sign-in", data={"token": link_token}, headers=OURS, follow_redirects=False
    )
    assert (first.status_code, first.headers["location"]) == (303, "/")
    client.cookies.clear()
    second = client.post("/sign-in", data={"token": link_token}, headers=OURS | BROWSER)
    assert second.status_code == 401
    assert "set-cookie" not in second.headers


def test_a_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(client, link_token):
    answer = client.post(
        "/sign-in", data={"token": link_token}, headers=OURS, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    for attribute in ("httponly", "samesite=strict", "path=/", "max-age="):
        assert attribute in cookie
    assert "; secure" not in cookie


def test_over_https_the_cookie_never_travels_in_the_clear(app, link_token):
    address = "https://127.0.0.1"
    with TestClient(app, base_url=address) as client:
        headers = {"Origin": address}
        answer = client.post(
            "/sign-in", data={"token": link_token}, headers=headers, follow_redirects=False
        )
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_a_session_opens_the_pages_and_the_api(browser_client):
    assert browser_client.get("/coverage").status_code == 200
    assert browser_client.get("/v1/teams").status_code == 200
    answer = browser_client.post("/v1/audiences:preview", json=TEAM, headers=OURS)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ADDRESS},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_change_by_a_session_must_come_from_our_own_page(headers, browser_client):
    answer = browser_client.post("/v1/audiences:preview", json=TEAM, headers=headers)
    assert_problem(answer, 403, "cross_site_request")


def test_a_change_by_a_key_may_come_from_anywhere(client_of):
    headers = {"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = client_of(Role.ADMIN).post("/v1/audiences:preview", json=TEAM, headers=headers)
    assert answer.status_code == 200


def test_a_form_of_another_site_does_not_sign_anybody_in(client, link_token):
    headers = {"Origin": "http://evil.example"}
    answer = client.post("/sign-in", data={"token": link_token}, headers=headers)
    assert_problem(answer, 403, "cross_site_request")
    assert client.post("/sign-in", data={"token": link_token}, headers=OURS).status_code == 200


def test_signing_out_ends_the_session_for_everybody_who_has_it(browser_client):
    session = browser_client.cookies[SESSION_COOKIE]
    form = {"csrf": csrf_in(browser_client.get("/"))}
    answer = browser_client.post("/sign-out", data=form, headers=OURS, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?signed_out=true")
    assert "You have signed out" in browser_client.get("/sign-in?signed_out=true").text
    assert SESSION_COOKIE not in browser_client.cookies
    browser_client.cookies.set(SESSION_COOKIE, session)
    assert browser_client.get("/v1/teams").status_code == 401


@pytest.mark.parametrize("sent", ["", "0" * 64, "é"])
def test_a_form_without_what_its_page_was_given_is_refused(sent, browser_client):
    answer = browser_client.post("/sign-out", data={"csrf": sent}, headers=OURS)
    assert answer.status_code in (400, 403)
    assert browser_client.get("/v1/teams").status_code == 200


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"token=x", "text/plain", 415),
        (b'{"token": "x"}', "application/json", 415),
        (b"token=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 60), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 401),
        (b"token=%00", "application/x-www-form-urlencoded", 401),
        (b"token=%ED%A0%80", "application/x-www-form-urlencoded", 401),
    ],
)
def test_a_form_that_is_none_is_refused(content, media_type, status, client):
    answer = client.post("/sign-in", content=content, headers={"Content-Type": media_type, **OURS})
    assert answer.status_code == status, answer.text


@pytest.fixture
def strict_client(store):
    """A server that allows three failures and five anonymous requests a minute."""
    settings = Settings(failed_sign_ins_per_minute=3, anonymous_requests_per_minute=5)
    with TestClient(create_app(settings, store=store), base_url=ADDRESS) as client:
        yield client


def test_an_address_that_fails_too_often_has_to_wait_while_a_known_key_does_not(
    strict_client, world
):
    right = {"Authorization": f"Bearer {world.tokens[Role.ANALYST]}"}
    other = {"Authorization": f"Bearer {world.tokens[Role.ADMIN]}"}
    wrong = {"Authorization": "Bearer ga_wrong"}
    assert strict_client.get("/v1/teams", headers=right).status_code == 200
    statuses = [strict_client.get("/v1/teams", headers=wrong).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    blocked = strict_client.get("/v1/teams", headers=other)
    assert_problem(blocked, 429, "too_many_requests")
    # Three a minute are one in 20 s.
    assert 1 <= int(blocked.headers["retry-after"]) <= 20
    assert strict_client.get("/v1/teams", headers=right).status_code == 200


def test_what_is_open_to_everybody_may_be_asked_so_often_and_no_more(strict_client):
    statuses = [strict_client.get("/v1/health").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_links_cannot_be_guessed_faster_than_that(strict_client):
    answers = [strict_client.post("/sign-in", data={"token": "x"}, headers=OURS) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
