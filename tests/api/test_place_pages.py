"""The page of a repeat location, and which team has it in hand."""

import html
import re

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import csrf_of, main_of
from tests.hotspot_world import HOT_CRIMES, LAST, MONTHS

ALL = {"first": "2024-01", "last": LAST}


@pytest.fixture
def browser(browser_of):
    """The browser of a commander."""
    return browser_of(Role.COMMANDER)


@pytest.fixture
def key(analyst):
    """Of the place where crime is every month."""
    asked = {"method": "repeats", "forces": ["west-mercia"], "months": ALL}
    look = analyst.post("/v1/hotspots:look", json=asked).json()
    (found,) = [
        one["properties"]["key"]
        for one in look["areas"]["features"]
        if "High Street" in one["properties"]["name"]
    ]
    return found


def test_a_place_is_told_with_its_months_status_and_team(browser, key):
    page = browser.get(f"/repeats/{key}")
    said = main_of(page)
    assert "On or near High Street" in said
    assert f"{HOT_CRIMES * len(MONTHS)} crimes in {len(MONTHS)} of {len(MONTHS)} months" in said
    assert "Persistent. Crime goes on there." in said
    assert "Team 1, on whose ground most of its crimes are" in said
    assert page.text.count('class="bar') == len(MONTHS)
    assert "No layer that is kept knows it yet" in said
    (around,) = re.findall(r'href="(/target\?around=\d+%20\d+&amp;metres=200)"', page.text)
    assert browser.get(html.unescape(around)).status_code == 200
    refused = browser.get("/target?around=here&metres=200")
    assert refused.status_code == 422
    assert "must be an easting and a northing in metres such as" in main_of(refused)


def test_months_that_are_not_asked_of_are_not_on_the_page(browser, key):
    said = main_of(browser.get(f"/repeats/{key}?month=2024-12"))
    assert "of 12 months" in said


def test_a_commander_gives_a_place_to_another_team_and_back(browser, browser_of, key):
    csrf = csrf_of(browser.get(f"/repeats/{key}"))
    given = browser.post(f"/repeats/{key}/owner", data={"csrf": csrf, "team": "T2"})
    assert "Team 2, as A. Person said on" in main_of(given)
    assert "It is recorded who has the place in hand" in main_of(given)
    assert "Team 2" in main_of(browser.get("/dashboard?month=2025-02"))
    back = browser.post(f"/repeats/{key}/owner", data={"csrf": csrf, "team": ""})
    assert "Team 1, on whose ground" in main_of(back)
    assert "What was said before" in main_of(back)
    acts = browser_of(Role.ADMIN, "B. Person").get("/v1/audit?act=place.owner").json()["entries"]
    assert [one["details"]["team"] for one in acts] == [None, "T2"]


def test_a_team_that_is_none_is_refused_on_the_page(browser, key):
    csrf = csrf_of(browser.get(f"/repeats/{key}"))
    page = browser.post(f"/repeats/{key}/owner", data={"csrf": csrf, "team": "T99"})
    assert page.status_code == 404
    assert "there is no team T99" in main_of(page)


def test_a_key_that_names_no_place_is_told_and_nothing_is_recorded_of_it(browser, browser_of, key):
    csrf = csrf_of(browser.get(f"/repeats/{key}"))
    none = browser.post("/repeats/nothing/owner", data={"csrf": csrf, "team": "T2"})
    assert none.status_code == 404
    assert "There is no such place any more" in main_of(none)
    admin = browser_of(Role.ADMIN, "B. Person")
    assert admin.get("/v1/audit?act=place.owner").json()["entries"] == []


def test_who_gave_a_place_away_sees_it_as_before(browser, key):
    page = browser.get(f"/repeats/{key}?month=2024-12")
    form = re.search(r'<form[^>]* action="(/repeats/[^"]*/owner[^"]*)"', page.text)
    address = html.unescape(form[1])
    given = browser.post(address, data={"csrf": csrf_of(page), "team": "T2"})
    assert given.url.query == b"month=2024-12&done=assigned"
    assert "of 12 months" in main_of(given)


def test_an_analyst_sees_who_has_it_and_may_not_say_so(browser_of, key):
    analyst = browser_of(Role.ANALYST)
    page = analyst.get(f"/repeats/{key}")
    assert "Record it" not in main_of(page)
    csrf = csrf_of(page)
    answer = analyst.post(f"/repeats/{key}/owner", data={"csrf": csrf, "team": "T2"})
    assert answer.status_code == 403


def test_a_layer_that_is_kept_knows_its_places(browser, analyst, app, key):
    asked = {"method": "repeats", "forces": ["west-mercia"], "months": ALL}
    analyst.post("/v1/hotspots", json={"question": asked})
    app.state.worker.wait()
    layer = analyst.get("/v1/hotspots").json()["layers"][0]["id"]
    assert f"/repeats/{key}?layer={layer}" in browser.get(f"/hotspots/{layer}").text
    said = main_of(browser.get(f"/repeats/{key}?layer={layer}"))
    assert "January 2024 to February 2025 : rank" in said


def test_a_key_of_no_place_is_not_found_with_words_that_help(browser):
    page = browser.get("/repeats/nosuchkey1")
    assert page.status_code == 404
    assert "The dashboard lists the places of today" in main_of(page)
