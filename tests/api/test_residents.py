"""Find your team: anybody may ask, nothing is told of subscribers, and no postcode is kept."""

import re

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.asking import ADDRESS, OURS

ASKED = "/your-team"
# Postcode -> status, and what is said.
ANSWERS = [
    ("SY1 1ZZ", 200, "The postcode SY1 1ZZ is no longer used"),
    ("SY2 1ZZ", 200, "We do not know where SY2 1ZZ is"),
    ("SY5 1AA", 200, "SY5 1AA is not in the area of our teams"),
    ("bt11aa", 200, "BT1 1AA is in Northern Ireland"),
    ("GY1 1AA", 200, "GY1 1AA is in the Channel Islands"),
    ("JE2 3AA", 200, "JE2 3AA is in the Channel Islands"),
    ("IM1 1AA", 200, "IM1 1AA is on the Isle of Man"),
    ("GIR 0AA", 200, "We do not know where GIR 0AA is"),
    ("SY9 9ZZ", 404, "We cannot find SY9 9ZZ"),
    ("xx", 422, "does not look like a whole postcode"),
    ("<b>" * 30, 422, "does not look like a whole postcode"),
    ("  ", 422, "Type your postcode first."),
]


@pytest.fixture
def settings():
    return Settings(sign_up_url="https://alerts.example.org/join")


def ask(client, postcode):
    return client.post(ASKED, data={"postcode": postcode}, follow_redirects=False)


def test_a_postcode_leads_to_its_team_whose_address_does_not_hold_it(client):
    answer = ask(client, "sy1 1aa")
    assert (answer.status_code, answer.headers["location"]) == (303, "/your-team/T1?yours=1")
    assert answer.headers["cache-control"] == "no-store"
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    assert '<h1 class="after-label">Team 1</h1>' in page.text
    assert "South" in page.text  # what it is part of
    assert 'href="tel:' in page.text
    assert 'href="https://alerts.example.org/join"' in page.text
    assert "SY1" not in page.text


@pytest.mark.parametrize(("postcode", "status", "said"), ANSWERS)
def test_each_kind_of_postcode_has_a_helpful_answer(client, postcode, status, said):
    answer = ask(client, postcode)
    assert answer.status_code == status
    assert said in answer.text
    assert ("aria-invalid" in answer.text) == (status != 200)
    assert "<b>" not in answer.text


def test_outside_great_britain_no_team_is_named_and_nothing_untrue_is_said(client):
    text = ask(client, "BT1 1AA").text
    told = text[text.index('class="told"') : text.index("</section>", text.index('class="told"'))]
    assert "This service does not cover it" in told
    assert not re.search(r"href=|office|101|Team \d", told)


def test_an_edge_names_the_teams_that_it_may_belong_to(client):
    text = client.get(f"{ASKED}/T1?yours=1&also=T2&also=T1&also=gone").text
    assert "Your local police team may be" in text
    assert "Your local police team is" not in text
    edge = text[text.index('class="edge"') : text.index('id="reach-heading"')]
    assert re.findall(r'href="([^"]+)"', edge) == ["/your-team/T2"]
    assert "Ask either team" in edge


def test_only_who_typed_a_postcode_is_told_that_the_team_is_theirs(client):
    theirs = client.get(ask(client, "sy1 1aa").headers["location"]).text
    assert "Your local police team is" in theirs
    for plain in ("/T2", "/T2?also=T1"):
        text = client.get(f"{ASKED}{plain}").text
        assert "Local police team" in text
        assert "Your local police team" not in text
        assert 'class="edge"' not in text


def test_a_map_shows_the_team_and_lists_what_is_next_to_it(client):
    text = client.get(f"{ASKED}/T1").text
    assert text.count('<path class="next"') == 3
    assert re.findall(r"<li><a[^>]*>(Team \d)</a></li>", text) == ["Team 2", "Team 3", "Team 4"]


def test_nothing_is_told_of_subscribers(client, store):
    """The pages are the same, byte for byte, when everybody has gone."""
    before = [client.get(f"{ASKED}/{code}").text for code in ("T1", "T4")]
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM subscriber_version")
    app = create_app(Settings(sign_up_url="https://alerts.example.org/join"), store=store)
    with TestClient(app, base_url=ADDRESS) as later:
        assert [later.get(f"{ASKED}/{code}").text for code in ("T1", "T4")] == before
    assert not re.search(r"subscri|household|audience", "".join(before), re.IGNORECASE)


def test_no_log_holds_the_postcode(client, caplog):
    with caplog.at_level("DEBUG"):
        for postcode in ("SY1 1AA", "SY1 1ZZ", "SY9 9ZZ"):
            ask(client, postcode)
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("geo_alerts")]
    assert [line.split(" ", 2)[:2] for line in ours] == [["POST", ASKED]] * 3
    assert "SY" not in "".join(record.getMessage() for record in caplog.records)


def test_a_postcode_in_an_address_is_refused(client):
    assert client.get(ASKED, params={"postcode": "SY1 1AA"}).status_code == 400


def test_residents_have_a_limit_of_their_own(store):
    app = create_app(Settings(resident_requests_per_minute=2), store=store)
    with TestClient(app, base_url=ADDRESS, headers={"Accept": "text/html"}) as client:
        assert [client.get(ASKED).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/").status_code == 200
        refused = client.get(ASKED)
    assert int(refused.headers["retry-after"]) > 0
    assert "Many people are asking at the moment. Wait a minute" in refused.text


def test_who_is_signed_in_may_ask_as_well(client, store):
    token = keys.sign_in_link_token(store, name="A. Person", role=Role.ANALYST)
    client.post("/sign-in", data={"token": token}, headers=OURS)
    asked = client.post(ASKED, data={"postcode": "SY1 1AA"}, headers=OURS, follow_redirects=False)
    assert asked.status_code == 303
    assert "A. Person" in client.get(f"{ASKED}/T1").text


def test_where_nothing_is_imported_the_page_says_what_to_do_instead(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}", create=True) as store:
        client = TestClient(create_app(Settings(), store=store), base_url=ADDRESS)
        assert client.get(ASKED).status_code == 200
        answer = ask(client, "SY1 1AA")
    assert answer.status_code == 503
    assert "Call 101" in answer.text
