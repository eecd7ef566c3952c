"""The pages of hotspots, and their forms, as a browser sends them without a script."""

import csv
import io
import json
import re

import pytest

from geo_alerts.acts.hotspots.calibrated import AS_FORETOLD, FEWER, MORE
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import csrf_of, field_of, main_of
from tests.hotspot_world import HOT_CRIMES, LAST

FORM = {
    "method": "counts",
    "force": "west-mercia",
    "first": "2024-01",
    "last": "2024-11",
    "category-burglary": "on",
    "name": "Sheds",
}
CRIMES = 11 * HOT_CRIMES
ALL = {"first": "2024-01", "last": LAST}


@pytest.fixture
def browser(browser_of):
    """The browser of an analyst."""
    return browser_of(Role.ANALYST)


@pytest.fixture
def ask(browser, app):
    """Fill in the form and send it; gives the page that comes."""

    def send(**fields):
        csrf = csrf_of(browser.get("/hotspots/new"))
        answer = browser.post("/hotspots", data={"csrf": csrf, **FORM, **fields})
        app.state.worker.wait()
        return answer

    return send


def the_layer(browser):
    return browser.get("/v1/hotspots").json()["layers"][0]


def test_without_layers_the_list_says_what_to_do_next(browser):
    assert "No layer is kept yet" in main_of(browser.get("/hotspots"))
    assert "No layer of this kind is kept" in main_of(browser.get("/hotspots?method=density"))


def test_without_crimes_it_says_how_they_come_in(empty_client):
    for path in ("/hotspots", "/hotspots/new"):
        page = empty_client.get(path, headers={"Accept": "text/html"})
        assert "geo-alerts import crimes PATH" in main_of(page)


def test_a_form_becomes_a_job_and_the_job_a_layer_with_its_page(browser, ask):
    assert ask().url.path == "/progress"
    layer = the_layer(browser)
    assert (layer["name"], layer["method"]) == ("Sheds", "counts")
    page = browser.get(f"/hotspots/{layer['id']}")
    said = main_of(page)
    assert f"{CRIMES} of {CRIMES} crimes" in said
    assert "On or near High Street" in said
    assert f"/target?layer={layer['id']}&amp;metres=100" in page.text
    assert f'src="/v1/hotspots/{layer["id"]}/map.html"' in page.text
    listed = main_of(browser.get("/hotspots"))
    assert "Sheds" in listed
    assert "January 2024 to November 2024" in listed


@pytest.mark.parametrize(
    ("months", "field"),
    [
        (("2024-06", "2024-06", "2025-06", "2025-06"), "first"),
        (("2023-01", "2023-01", "2025-01", "2025-01"), "before_first"),
    ],
    ids=["now", "before"],
)
def test_a_month_that_is_missing_is_told_beside_the_period_that_wants_it(ask, months, field):
    names = ("before_first", "before_last", "first", "last")
    refused = ask(**dict(zip(names, months, strict=True)), method="change")
    assert refused.status_code == 422
    other = {"first": "before_first", "before_first": "first"}[field]
    assert "Months of crimes are missing" in field_of(refused, field)
    assert "Months of crimes are missing" not in field_of(refused, other)


def test_a_number_of_very_many_digits_is_refused_as_none(ask):
    refused = ask(cell_m="9" * 5_000)
    assert refused.status_code == 422
    assert "a whole number is wanted such as 250" in main_of(refused)


def test_what_was_asked_before_is_shown_at_once(browser, ask):
    ask()
    again = ask()
    assert again.url.path == f"/hotspots/{the_layer(browser)['id']}"
    assert "this is that layer" in main_of(again)


def test_the_question_of_a_look_is_kept_as_it_was_seen(browser, app):
    look = browser.get("/dashboard/map?month=2025-01&months=3&method=density").json()
    csrf = csrf_of(browser.get("/hotspots/new"))
    sent = {"csrf": csrf, "question": json.dumps(look["question"])}
    assert browser.post("/hotspots", data=sent).url.path == "/progress"
    app.state.worker.wait()
    again = browser.get("/dashboard/map?month=2025-01&months=3&method=density").json()
    assert again["layer"] == the_layer(browser)["id"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first": "2024-11", "last": "2024-01"}, "the last month comes before the first"),
        ({"cell_m": "wide"}, "a whole number is wanted such as 250"),
        (
            {"level": "0.05"},
            "Level of significance: what you chose to know does not use this: leave it empty",
        ),
        ({"method": "density", "bandwidth_m": "x"}, "a number is wanted such as 0.05"),
        ({"name": "call 07700 900123"}, "telephone"),
    ],
)
def test_what_is_refused_is_told_on_the_form_which_keeps_what_was_sent(ask, fields, words):
    page = ask(**fields)
    assert page.status_code == 422
    assert words in main_of(page)
    assert re.search(r'name="category-burglary" checked', page.text)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"category-burglary": "", "category-drugs": "on"}, "team", "No crime of 2024-01 to"),
        ({"method": "repeats", "first": "2024-10"}, "first", "Repeat locations need at least"),
        ({"cell_m": "5"}, "cell_m", "Must be at least 10"),
        ({"level": "0.05"}, "level", "What you chose to know does not use this"),
        ({"name": "call 07700 900123"}, "name", "A name"),
        (
            {"method": "emerging", "first": "2024-10"},
            "first",
            "Emerging hotspots need at least 10 months; begin “First month” earlier",
        ),
        ({"first": "2024-11", "last": "2024-01"}, "first", "The last month comes before"),
        ({"before_first": "2024-01"}, "before_first", "Only a change between two periods uses"),
        ({"method": "change", "first": "2024-12", "last": LAST}, "before_first", "Months of"),
    ],
)
def test_what_could_not_be_worked_out_is_refused_at_once_beside_its_field(
    browser, ask, fields, field, words
):
    page = ask(**fields)
    assert page.status_code == 422
    (beside,) = re.findall(rf'<p class="error" id="fault-{field}">([^<]*)', page.text)
    assert beside.startswith(words)
    assert re.search(rf'name="{field}"[^>]* aria-describedby="fault-{field}"', page.text)
    (link,) = re.findall(rf'<a href="#{field}">([^<]*)</a>', page.text)
    label, _, told = link.partition(": ")
    assert re.search(rf'<label for="{field}">{label}', page.text)
    assert told == beside[:1].lower() + beside[1:]
    assert browser.get("/v1/jobs").json()["jobs"] == []


def test_change_is_asked_against_the_months_of_before(browser, ask):
    ask(method="change", first="2024-12", last=LAST, before_first="2024-01", before_last="2024-11")
    asked = the_layer(browser)["question"]
    assert asked["compare_with"] == {"first": "2024-01", "last": "2024-11"}


def test_change_is_against_the_same_months_a_year_earlier_unless_others_are_chosen(ask, browser):
    ask(method="change", first="2025-01", last=LAST, before_first="", before_last="")
    layer = the_layer(browser)
    assert layer["question"]["compare_with"] == {"first": "2024-01", "last": "2024-02"}
    assert "differ in length" not in main_of(browser.get(f"/hotspots/{layer['id']}"))
    ask(method="change", first="2025-01", last=LAST, before_first="2024-01", before_last="2024-06")
    said = main_of(browser.get(f"/hotspots/{the_layer(browser)['id']}"))
    assert "The periods differ in length: 2 months against 6 months." in said


def test_a_layer_names_the_area_asked_for_and_two_areas_are_refused(ask, browser):
    area = {"type": "team", "codes": ["T1"]}
    saved = browser.post("/v1/saved-areas", json={"name": "North side", "area": area}).json()
    both = ask(team="T1", saved_area=saved["id"])
    assert both.status_code == 422
    assert 'id="fault-team">Choose a team or a saved area, not both' in both.text
    for fields, words in (
        ({"team": "T1"}, "the team Team 1"),
        ({"saved_area": saved["id"]}, "the saved area North side, version 1"),
    ):
        ask(name="", share_percent="5", **fields)
        page = main_of(browser.get(f"/hotspots/{the_layer(browser)['id']}"))
        assert f"Crimes by cell: Burglary in {words}" in page
        assert words in main_of(browser.get("/hotspots"))


def test_who_asked_removes_a_layer_and_others_are_not_offered_it(browser, analyst, app, ask):
    ask()
    path = f"/hotspots/{the_layer(browser)['id']}"
    csrf = csrf_of(browser.get(path))
    assert "The layer is removed" in main_of(browser.post(f"{path}/remove", data={"csrf": csrf}))
    assert browser.get(path, headers={"Accept": "text/html"}).status_code == 404
    question = {"method": "counts", "forces": ["west-mercia"], "months": ALL}
    analyst.post("/v1/hotspots", json={"question": question})
    app.state.worker.wait()
    path = f"/hotspots/{the_layer(browser)['id']}"
    assert "Remove" not in main_of(browser.get(path))
    refused = browser.post(f"{path}/remove", data={"csrf": csrf})
    assert refused.status_code == 403
    assert "only who asked for a layer" in main_of(refused)


def test_a_form_of_another_site_is_refused(browser):
    assert browser.post("/hotspots", data={"csrf": "0", **FORM}).status_code == 403


def test_a_backtest_has_a_page_with_the_methods_compared(analyst, app, browser):
    asked = {"forces": ["west-mercia"], "months": 1, "train_months": 12}
    job = analyst.post("/v1/hotspots:backtest", json=asked).json()["id"]
    app.state.worker.wait()
    address = analyst.get(f"/v1/jobs/{job}").json()["result"]
    groups = analyst.get(address).json()["result"]["calibration"]
    page = f"/hotspots/backtests/{address.rpartition('/')[2]}"
    said = main_of(browser.get(page))
    assert f"of {len(groups)} groups of cells as many crimes were seen as were foretold" in said
    assert "By chance alone it leaves out what was foretold in about one group in twenty" in said
    sent = list(csv.DictReader(io.StringIO(browser.get(f"{page}/calibration.csv").text)))
    assert [float(one["seen"]) for one in sent] == [one["seen"] for one in groups]
    assert {one["verdict"] for one in sent} <= {AS_FORETOLD, MORE, FEWER}
    assert "February 2025" in said
    assert "(chosen)" in said or "( chosen )" in said


def test_the_table_of_the_map_comes_as_csv_with_every_area(browser):
    query = "month=2024-11&months=11&method=counts&category=burglary"
    answer = browser.get(f"/dashboard/map.csv?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    header, row = answer.text.splitlines()
    first = dict(zip(header.split(","), row.split(","), strict=True))
    assert (first["rank"], first["crimes"]) == ("1", str(CRIMES))
