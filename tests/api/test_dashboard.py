"""The commander's dashboard over HTTP: its state, its figures of the made world, its tables."""

import csv
import html
import io
import re

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo_alerts.acts.alerts import record
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import LawfulBasis
from geo_alerts.acts.audiences import Wanted, freeze
from geo_alerts.acts.dashboard.lasting import backtest_asked
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.hotspots import works
from geo_alerts.acts.keys import create_key
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Who
from tests.api.asking import ADDRESS, csrf_of
from tests.hotspot_world import HOT_CRIMES, LAST, NEW_CRIMES

TABLES = (
    "figures",
    "teams",
    "categories",
    "repeats",
    "concentration",
    "backtest",
    "coverage",
    "alerts",
)
ALL_CRIMES = HOT_CRIMES + NEW_CRIMES + 3 + 1


@pytest.fixture
def commander(client_of):
    return client_of(Role.COMMANDER)


def text_of(answer) -> str:
    """What a page says, without its elements, blanks put together."""
    assert answer.status_code == 200, answer.text
    told = html.unescape(re.sub(r"<[^>]*>", " ", answer.text))
    return " ".join(told.split())


def rows_of(client, table: str, **query: str) -> list[dict[str, str]]:
    """A table of the dashboard."""
    answer = client.get(f"/dashboard/{table}.csv", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_what_is_left_out_is_the_latest_month_of_the_only_force(commander):
    told = text_of(commander.get("/dashboard"))
    assert "All crime in West Mercia" in told
    assert f"Crime in February 2025 {ALL_CRIMES}" in told
    assert "Sample data." not in told


def test_every_choice_is_in_the_address_and_comes_back_chosen(commander):
    query = {
        "month": "2024-12",
        "months": "2",
        "category": "burglary",
        "weight": "cambridge",
        "team": "T1",
        "method": "counts",
    }
    page = commander.get("/dashboard", params=query).text
    chosen = re.findall(r'<option value="([^"]*)" selected>', page)
    assert {*query.values()} <= {*chosen}
    again = DashboardState.model_validate(query | {"force": "west-mercia"}).query()
    assert f'href="/dashboard?{html.escape(again)}"' in page


def test_fields_that_a_form_leaves_empty_were_not_said(commander):
    query = {"force": "", "month": "", "months": "", "category": "", "team": "", "method": ""}
    assert commander.get("/dashboard", params=query).text == commander.get("/dashboard").text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"month": "2023-01"}, 422, "there are 2024-01 to 2025-02"),
        ({"month": "spring"}, 422, "must be a month such as 2025-03"),
        ({"months": "many"}, 422, "must be a whole number of months, 1 to 12"),
        ({"months": "13"}, 422, "12"),
        ({"category": "arson"}, 422, "criminal-damage-and-arson"),
        ({"weight": "guess"}, 422, "cambridge"),
        ({"team": "T9"}, 404, "no team of made teams has the code T9"),
        ({"lpa": "L9"}, 404, "choose one of the list"),
        ({"lpa": "L1", "team": "T4"}, 422, "is not part of the local policing area L1"),
        ({"force": "west-yorkshire"}, 422, "there are west-mercia"),
        ({"as_of": "1 March"}, 422, "must be a day such as 2025-03-31"),
        ({"colour": "blue"}, 400, "knows the query parameters"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_would_do(commander, query, status, words):
    answer = commander.get("/dashboard", params=query)
    assert answer.status_code == status, answer.text
    assert words in html.unescape(answer.text)


def test_a_month_is_told_against_what_was_expected_and_against_the_year_before(commander):
    (all_of_it,) = rows_of(commander, "figures", category="burglary")
    assert float(all_of_it["in_month"]) == HOT_CRIMES + NEW_CRIMES
    assert float(all_of_it["year_before"]) == HOT_CRIMES
    assert float(all_of_it["change_percent"]) == pytest.approx(100 * NEW_CRIMES / HOT_CRIMES)
    assert float(all_of_it["change_percent_low"]) < 0 < float(all_of_it["change_percent_high"])
    assert all_of_it["beyond_chance"] == "no"
    by_team = {row["code"]: row for row in rows_of(commander, "teams", category="burglary")}
    assert list(by_team)[:2] == ["T1", "T4"]
    first = {row["code"]: row for row in rows_of(commander, "teams", month="2024-12")}
    assert (first["T4"]["outside_range"], first["T1"]["outside_range"]) == ("more", "no")
    # None were there a year before, so that no percentage means anything.
    assert (by_team["T4"]["change_percent"], by_team["T4"]["year_before"]) == ("", "0.0")
    assert by_team["T4"]["beyond_chance"] == "more"
    assert by_team["T1"][LAST] == str(float(HOT_CRIMES))
    page = text_of(commander.get("/dashboard", params={"category": "burglary"}))
    assert f"{NEW_CRIMES} against 0: too few for a percentage" in page


def test_months_without_a_year_before_are_told_and_never_taken_for_no_crime(commander):
    page = text_of(commander.get("/dashboard", params={"month": "2024-06"}))
    assert "2023-06: not imported, which does not mean that there was no crime." in page
    assert "there is nothing to compare with" in page
    half = text_of(commander.get("/dashboard", params={"month": "2025-01", "months": "2"}))
    assert "2023-12: not imported" in half
    assert "1 month that is there in both years is compared." in half


def test_few_positions_are_told_first(commander):
    page = text_of(commander.get("/dashboard", params={"category": "robbery"}))
    assert "Only 33% of these crimes have a position." in page
    assert "1 of 3:" in page


def test_harm_weighs_categories_and_says_by_what(commander):
    by_slug = {row["code"]: row for row in rows_of(commander, "categories", weight="cambridge")}
    each = float(by_slug["burglary"]["in_month"]) / (HOT_CRIMES + NEW_CRIMES)
    assert each == pytest.approx(247.2, abs=0.1)
    assert by_slug["burglary"]["expected"] == ""
    page = text_of(commander.get("/dashboard", params={"weight": "cambridge"}))
    assert "cambridge-2026-england-wales" in page
    assert "What was to be expected is told of counts, not of harm." in page


def test_places_are_ranked_with_status_team_and_strip(commander):
    places = rows_of(commander, "repeats", category="burglary")
    assert [(row["name"], row["status"]) for row in places] == [
        ("On or near High Street", "persistent"),
        ("On or near Mill Lane", "new"),
    ]
    assert [row["owner"] for row in places] == ["T1", "T4"]
    assert places[0][LAST] == str(HOT_CRIMES)
    page = commander.get("/dashboard", params={"category": "burglary"}).text
    assert f'href="/repeats/{places[0]["key"]}' in page
    (of_team,) = rows_of(commander, "repeats", category="burglary", team="T4")
    assert of_team["name"] == "On or near Mill Lane"


def test_a_local_policing_area_is_the_sum_of_its_teams(commander):
    teams = rows_of(commander, "teams", lpa="L2")
    assert {row["code"] for row in teams} == {"T3", "T4"}
    (both,) = rows_of(commander, "figures", lpa="L2")
    assert float(both["in_month"]) == sum(float(row["in_month"]) for row in teams)
    page = commander.get("/dashboard", params={"lpa": "L2"})
    assert "All crime in North" in text_of(page)
    # Only its own teams are there to be chosen.
    assert 'value="T3"' in page.text
    assert 'value="T1"' not in page.text
    assert {row["code"] for row in rows_of(commander, "coverage", lpa="L2")} == {"T3", "T4"}


def test_limited_roles_see_estimates_of_people_and_say_so(commander, client_of):
    mine = rows_of(commander, "coverage")
    exact = rows_of(client_of(Role.ADMIN), "coverage")
    assert all(row["people_error"] for row in mine)
    assert not any(row["people_error"] for row in exact)
    assert [row["code"] for row in exact] == sorted(
        (row["code"] for row in exact),
        key=lambda code: next(
            float(row["people_per_1000_households"]) for row in exact if row["code"] == code
        ),
    )
    assert "People are estimated from protected counts" in text_of(commander.get("/dashboard"))


def test_alerts_are_told_once_there_are_any(client_of, store):
    admin = client_of(Role.ADMIN)
    assert "Alerts sent" not in text_of(admin.get("/dashboard"))
    live = Live(store)
    asker = Asker("person:somebody", "Somebody", Role.ADMIN)
    area = {"type": "team", "codes": ["T1"]}
    wanted = Wanted(
        Selection.model_validate({"area": area}),
        "=Burglary at High Street",
        LawfulBasis("public_task"),
    )
    frozen = freeze(live, wanted, asker).id
    record(live, frozen, asker, key="first")
    page = text_of(admin.get("/dashboard"))
    assert "Alerts sent, the latest first" in page
    assert "none told yet" in page
    # No cell of a table is a formula to a spreadsheet.
    (row,) = rows_of(admin, "alerts")
    assert (row["audience"], row["purpose"]) == (frozen, "'=Burglary at High Street")
    # An audience that is not theirs to see is nothing to others: that an alert went out is.
    for role in (Role.ANALYST, Role.COMMANDER):
        client = client_of(role)
        assert client.get(f"/v1/audiences/{frozen}").status_code == 404
        page = client.get("/dashboard").text
        assert "Alerts sent, the latest first" in page
        assert frozen not in page
        assert "=Burglary at High Street" not in page
        (row,) = rows_of(client, "alerts")
        assert (row["sent_by"], row["audience"], row["purpose"]) == ("person:somebody", "", "")


@pytest.mark.parametrize("table", TABLES)
def test_every_table_of_the_page_can_be_had_as_csv(commander, table):
    page = commander.get("/dashboard", params={"team": "T1"}).text
    assert f"/dashboard/{table}.csv?" in page
    assert commander.get(f"/dashboard/{table}.csv", params={"team": "T1"}).status_code == 200


def test_figures_link_to_how_they_were_made(commander):
    page = commander.get("/dashboard").text
    links = set(re.findall(r'class="how" href="#(how-[a-z]+)"', page))
    assert {"how-expected", "how-change", "how-worst", "how-coverage", "how-repeats"} <= links
    assert links <= set(re.findall(r'id="(how-[a-z]+)"', page))


def test_without_crimes_the_page_says_what_to_do(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}", create=True) as store:
        _, token = create_key(store, "Somebody", Role.COMMANDER)
        app = create_app(Settings(), store=store)
        headers = {"Authorization": f"Bearer {token}"}
        client = TestClient(app, base_url=ADDRESS, headers=headers)
        page = text_of(client.get("/dashboard"))
    assert "There is nothing to show yet." in page
    assert "geo-alerts import crimes PATH" in page


@pytest.mark.parametrize("others", ["", "&weight=ons"])
def test_a_back_test_that_is_not_there_is_asked_for_by_a_button_and_then_shown(
    browser_of, app, others
):
    browser = browser_of(Role.COMMANDER)
    address = f"/dashboard?category=burglary&months=3{others}"
    page = browser.get(address)
    assert "Test the methods on Burglary" in text_of(page)
    (action,) = re.findall(r'action="(/dashboard/backtest[^"]*)"', page.text)
    asked = browser.post(html.unescape(action), data={"csrf": csrf_of(page)})
    assert asked.url.path == "/progress"
    app.state.worker.wait()
    (job,) = browser.get("/v1/jobs").json()["jobs"]
    assert (job["kind"], job["status"], job["error"]) == ("hotspots.backtest", "done", None)
    shown = browser.get(address)
    assert "The whole back-test" in text_of(shown)
    assert "/hotspots/backtests/" in shown.text
    assert "Test the methods on" not in text_of(shown)
    # Of another category it is another's.
    assert "Test the methods on Robbery" in text_of(browser.get("/dashboard?category=robbery"))


def test_a_back_test_that_somebody_asked_for_is_not_queued_again(browser_of, app):
    live, browser = app.state.live, browser_of(Role.COMMANDER)
    # Asked for, and nobody woke the worker: it waits.
    asked = backtest_asked(settle(live, DashboardState(category="burglary")))
    waiting = works.ask_for_backtest(live, asked, Who("session:B", "analyst"))
    fields = {"csrf": csrf_of(browser.get("/dashboard?category=burglary"))}
    again = browser.post("/dashboard/backtest?category=burglary", data=fields)
    assert again.url.path == "/progress"
    app.state.worker.wait()
    told = browser.get("/v1/jobs").json()["jobs"]
    assert [(one["id"], one["status"]) for one in told] == [(waiting.id, "done")]


def test_a_back_test_is_not_asked_for_by_another_site(browser_of):
    browser = browser_of(Role.COMMANDER)
    assert browser.post("/dashboard/backtest", data={"csrf": "0"}).status_code == 403
    assert browser.get("/v1/jobs").json()["jobs"] == []
