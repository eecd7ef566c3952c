"""Behind a proxy that speaks TLS: cookies, origins, hosts, and whose address the limits count."""

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.limits import network_of
from api.security import SESSION_COOKIE
from api.settings import Settings, read_settings
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from tests.api.asking import ADDRESS, assert_problem

ORIGIN = "https://alerts.example.org"
OURS = {"Origin": ORIGIN}
COOKIE = f"__Host-{SESSION_COOKIE}"
TEAM = {"area": {"type": "team", "codes": ["T1"]}}
PROXY, CALLER, OTHER = "192.0.2.1", "198.51.100.7", "203.0.113.9"


@pytest.fixture
def proxied(store):
    """The application as a proxy asks it: in the clear, by the address that it listens on."""
    return create_app(Settings(public_url=ORIGIN), store=store)


@pytest.fixture
def link_form(store):
    return {"token": keys.sign_in_link_token(store, name="operator", role=Role.ADMIN)}


def signed_in(client, form):
    answer = client.post("/sign-in", data=form, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer


def test_behind_a_proxy_the_cookie_is_secure_and_bound_to_the_host(proxied, link_form):
    with TestClient(proxied, base_url=ADDRESS) as client:
        cookie = signed_in(client, link_form).headers["set-cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=")
    # What RFC 6265bis, section 4.1.3.2, asks of a name with this prefix.
    assert {"Secure", "Path=/", "HttpOnly", "SameSite=strict"} <= set(attributes)
    assert "domain" not in cookie.lower()


def test_behind_a_proxy_a_session_opens_changes_and_ends(proxied, link_form):
    # The browser speaks TLS, so its address is https here though the proxy's request is not.
    with TestClient(proxied, base_url=ORIGIN) as client:
        signed_in(client, link_form)
        session = client.cookies[COOKIE]
        assert client.get("/v1/teams").status_code == 200
        preview = client.post("/v1/audiences:preview", json=TEAM, headers=OURS)
        assert preview.status_code == 200
        page = client.get("/").text
        form = {"csrf": page.partition('name="csrf" value="')[2].partition('"')[0]}
        ended = client.post("/sign-out", data=form, headers=OURS, follow_redirects=False)
        assert ended.status_code == 303
        assert COOKIE not in client.cookies
        kept = {"Cookie": f"{COOKIE}={session}"}
        assert client.get("/v1/teams", headers=kept).status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "alerts.example.org"])
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (ORIGIN, 200),
        ("http://alerts.example.org", 403),
        ("https://alerts.example.org.evil.example", 403),
        ("https://evil.example", 403),
        ("http://127.0.0.1:8000", 403),
        ("null", 403),
    ],
)
def test_the_origin_is_that_of_the_public_url_whatever_host_the_proxy_names(
    host, origin, status, proxied, link_form
):
    with TestClient(proxied, base_url=ORIGIN) as client:
        signed_in(client, link_form)
        headers = {"Origin": origin, "Host": host}
        answer = client.post("/v1/audiences:preview", json=TEAM, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_cookie_without_the_prefix_is_no_session_behind_a_proxy(proxied, link_form):
    with TestClient(proxied, base_url=ORIGIN) as client:
        signed_in(client, link_form)
        planted = {"Cookie": f"{SESSION_COOKIE}={client.cookies[COOKIE]}"}
    with TestClient(proxied, base_url=ORIGIN) as client:
        assert client.get("/v1/teams", headers=planted).status_code == 401


def test_what_a_request_says_of_its_scheme_and_host_is_not_believed(app, link_form):
    headers = {
        "Origin": ORIGIN,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "alerts.example.org",
        "Forwarded": "proto=https;host=alerts.example.org",
    }
    with TestClient(app, base_url=ADDRESS) as client:
        answer = client.post("/sign-in", data=link_form, headers=headers)
        assert_problem(answer, 403, "cross_site_request")
        assert client.get("/v1/health", headers={"Host": "alerts.example.org"}).status_code == 400


def statuses(store, asked, *, peer=PROXY, trusted=PROXY):
    """The statuses of requests with these `X-Forwarded-For`, when an address may ask once."""
    settings = Settings(trusted_proxies=trusted, anonymous_requests_per_minute=1)
    app = create_app(settings, store=store)
    with TestClient(app, base_url=ADDRESS, client=(peer, 50_000)) as client:
        return [
            client.get(
                "/v1/health", headers=[("X-Forwarded-For", line) for line in lines]
            ).status_code
            for lines in asked
        ]


def test_callers_behind_a_trusted_proxy_have_limits_of_their_own(store):
    assert statuses(store, [[CALLER], [CALLER], [OTHER]]) == [200, 429, 200]


def test_only_the_entry_that_the_proxy_wrote_is_believed(store):
    claimed = [[f"{number}.0.0.1, {CALLER}"] for number in (1, 2)]
    assert statuses(store, claimed) == [200, 429]
    in_two_lines = [[f"{number}.0.0.1", CALLER] for number in (1, 2)]
    assert statuses(store, in_two_lines) == [200, 429]


def test_entries_of_trusted_proxies_are_passed_over(store):
    through_two = [
        [f"{CALLER}, 192.0.2.2"],
        [f"{OTHER}, ::ffff:192.0.2.2"],
        [f"{CALLER},192.0.2.2"],
    ]
    trusted = f"{PROXY}, 192.0.2.2"
    assert statuses(store, through_two, trusted=trusted) == [200, 200, 429]


def test_what_anybody_else_forwards_is_not_believed(store):
    assert statuses(store, [[CALLER], [OTHER]], trusted="192.0.2.2") == [200, 429]
    assert statuses(store, [[CALLER], [OTHER]], trusted="") == [200, 429]


@pytest.mark.parametrize("line", ["", "unknown", f"{OTHER}, nonsense", PROXY, "1.2.3.4.5"])
def test_where_a_proxy_names_nobody_its_own_address_counts(line, store):
    assert statuses(store, [[line], [line], [CALLER]]) == [200, 429, 200]


def test_a_proxy_on_an_ipv6_socket_is_known_by_its_ipv4_address(store):
    peer = f"::ffff:{PROXY}"
    assert statuses(store, [[CALLER], [OTHER], [CALLER]], peer=peer) == [200, 200, 429]


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:0201", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv4_address_counts_as_itself_and_an_ipv6_address_by_its_network(host, network):
    assert network_of(host) == network


@pytest.mark.parametrize(
    ("given", "origin", "host"),
    [
        ("https://alerts.example.org", "https://alerts.example.org", "alerts.example.org"),
        ("https://Alerts.Example.ORG:443/", "https://alerts.example.org", "alerts.example.org"),
        ("https://10.1.2.3:8443", "https://10.1.2.3:8443", "10.1.2.3"),
    ],
)
def test_a_public_url_is_the_origin_that_browsers_send(given, origin, host):
    settings = Settings(public_url=given)
    assert settings.public_url == origin
    assert settings.hosts == (*settings.allowed_hosts, host)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "alerts.example.org",
        "http://alerts.example.org",
        "https://",
        "https://alerts.example.org/geo",
        "https://alerts.example.org?a=1",
        "https://me@alerts.example.org",
        "https://alerts.example.org:0",
        "https://alerts.example.org:70000",
        "https://alerts..example.org",
        "https://*.example.org",
        "https://wächter.example",
        "https://alerts.example.org https://second.example.org",
    ],
)
def test_what_is_no_public_url_is_refused_with_words_that_say_what_is(given, monkeypatch):
    with pytest.raises(ValidationError):
        Settings(public_url=given)
    monkeypatch.setenv("GEO_ALERTS_PUBLIC_URL", given)
    words = "^GEO_ALERTS_PUBLIC_URL: must be https:// and a host"
    with pytest.raises(InvalidInputError, match=words):
        read_settings()


def test_a_proxy_that_is_no_address_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    words = "^GEO_ALERTS_TRUSTED_PROXIES: '10.0.0.0/8' is no IP address"
    with pytest.raises(InvalidInputError, match=words):
        read_settings()


def test_proxies_are_named_with_commas_between(monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_TRUSTED_PROXIES", "127.0.0.1, ::1,::ffff:10.0.0.1")
    assert read_settings().trusted_proxies == ("127.0.0.1", "::1", "10.0.0.1")
