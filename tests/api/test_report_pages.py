"""The pages of reports: whether something did anything, and whether crimes come in series."""

import csv
import html
import io
import re
from contextlib import ExitStack
from urllib.parse import urlencode

import numpy as np
import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import field_of, main_of
from tests.api.world import SOUTH, WEST
from tests.hotspot_world import HOT_CRIMES, LAST, NEW_CRIMES
from tests.report_world import bring_days, bring_own

# Of T1 burglary stays as it is; in T4 there is some where there was none.
TEAMS = {
    "target": "team:T4",
    "control": "team:T1",
    "buffer_m": "",
    "category": "burglary",
    "before_first": "2024-01",
    "before_last": "2024-02",
    "after_first": "2025-01",
    "after_last": LAST,
}
MORE = 2 * NEW_CRIMES


@pytest.fixture
def browser(browser_of):
    """The browser of a commander."""
    return browser_of(Role.COMMANDER)


@pytest.fixture
def ask(browser):
    """Send the form of an evaluation; gives the page that comes."""

    def send(**fields):
        return browser.get(f"/hotspots/evaluate?{urlencode({**TEAMS, **fields})}")

    return send


def test_the_form_offers_every_kind_of_place_and_the_usual_months(browser, analyst):
    saved = analyst.post(
        "/v1/saved-areas", json={"name": "Castle", "area": {"type": "team", "codes": ["T1"]}}
    ).json()
    page = browser.get("/hotspots/evaluate")
    target = field_of(page, "target")
    assert f'value="saved:{saved["id"]}@1">Castle<' in target
    assert 'value="team:T4"' in target
    assert re.search(r'value="repeat:\w+@2025-02">1: On or near High Street<', target)
    assert '"2024-12" selected' in field_of(page, "after_first")
    assert '"2024-02" selected' in field_of(page, "before_last")
    assert "That did not work" not in main_of(page)


def test_the_answer_is_told_in_words_first_then_in_figures(ask):
    page = ask()
    said = main_of(page)
    assert page.status_code == 200
    assert f"About {MORE} crimes more than expected, which chance alone would seldom" in said
    assert "if Team 4 had changed as Team 1 did" in said
    assert f"Where it was done: Team 4 0 {MORE} {MORE} more" in said
    assert f"Control: Team 1 {2 * HOT_CRIMES} {2 * HOT_CRIMES} as many" in said
    assert "falls back by itself" in said
    assert "Wheeler and Ratcliffe (2018)" in said
    assert page.text.count('class="interval"') == 1


def test_what_may_be_chance_is_told_as_that_with_its_range(ask):
    months = {"before_last": "2024-01", "after_first": LAST}
    said = main_of(ask(target="team:T1", control="team:T4", **months))
    told = f"About {NEW_CRIMES} crimes fewer than expected, but it may be chance: between"
    # 1.96 times the root of 12 + 12 + 8.
    assert f"{told} 19 fewer and 3 more." in said


def test_a_sure_difference_has_no_end_at_none_and_unlike_times_have_no_change_of_counts(ask):
    said = main_of(ask(before_last="2024-06"))
    # 16 and 1.96 times the root of 16 + 24 + 72 / 9.
    told = f"About {MORE} crimes more than expected, which chance alone would seldom give"
    assert f"{told}: between 2.4 more and 30 more." in said
    assert "16 more 2.4 more 30 more" in said
    assert f"Where it was done: Team 4 0 {MORE} 4.00" in said
    assert "Before After km²" in said
    assert "put in proportion" in said


def test_with_ground_around_there_are_three_intervals_on_one_line(ask, browser):
    target = field_of(browser.get("/hotspots/evaluate"), "target")
    places = dict(re.findall(r'value="(repeat:[^"]+)">\d+: On or near ([\w ]+)<', target))
    mill_lane, high_street = (
        next(value for value, name in places.items() if name == wanted)
        for wanted in ("Mill Lane", "High Street")
    )
    page = ask(target=mill_lane, control=high_street, metres="50", buffer_m="200")
    assert page.text.count('class="interval"') == 3
    said = main_of(page)
    assert "Around the control 0 0 none before, none after" in said
    assert "200 m around each" in said


def test_harm_is_told_beside_the_crimes(ask):
    said = main_of(ask(weight="cambridge"))
    assert re.search(r"In days of harm, by the weights cambridge-\S+: about [\d\s]+ more", said)


def test_a_place_of_hotspots_reaches_as_far_as_is_said(ask, browser):
    target = field_of(browser.get("/hotspots/evaluate"), "target")
    (high_street,) = re.findall(r'value="(repeat:[^"]+)">1: On or near High Street<', target)
    near = ask(target=high_street, control="team:T4", metres="50")
    assert f"On or near High Street {2 * HOT_CRIMES} {2 * HOT_CRIMES}" in main_of(near)
    overlapping = ask(target=high_street, control="team:T1")
    assert "The target area and the control area share" in field_of(overlapping, "control")
    assert overlapping.status_code == 422


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"target": ""}, "target", "choose where something was done"),
        ({"control": ""}, "control", "choose a place like it where nothing was done"),
        ({"control": "team:XX"}, "control", "there is no team XX: choose one of the list"),
        ({"control": "street:1"}, "control", "choose one of the list"),
        ({"target": "saved:abc"}, "target", "no saved area"),
        ({"target": "saved:abc@new"}, "target", "choose one of the list"),
        ({"target": "repeat:abc@2025-02"}, "target", "no repeat location has the key abc"),
        ({"target": "repeat:abc@March-2"}, "target", "must be a month such as 2025-03"),
        ({"target": "audience:abc"}, "target", "no audience"),
        ({"metres": "far"}, "metres", "must be a number of metres, 0 to 5,000"),
        ({"buffer_m": "wide"}, "buffer_m", "must be a number"),
        ({"buffer_m": "6000"}, "buffer_m", "must be at most 5,000"),
        ({"category": "arson"}, "category", "is no category of crime"),
        ({"before_first": "2024-03"}, "before_last", "the last month comes before the first"),
        ({"after_last": "March"}, "after_last", "must be a month such as 2025-03"),
        ({"after_first": "2024-02"}, "after_first", "after must begin when before has ended"),
        ({"weight": "lives"}, "weight", "lives"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(ask, fields, field, words):
    page = ask(**fields)
    assert page.status_code == 422
    told = field_of(page, field)
    assert words.lower() in told.lower()
    assert re.search(r'-fault">[^a-z]', told)
    assert f'aria-describedby="{field}-fault"' in told
    assert page.text.count('aria-invalid="true"') == 1


@pytest.mark.parametrize(("page", "sent"), [("evaluate", "control"), ("near-repeats", "first")])
def test_a_force_that_is_none_is_told_beside_its_field_and_the_form_stays(browser_of, page, sent):
    browser = browser_of(Role.ANALYST)
    for force in ("-1", "%", "1e999", "w" * 290, "²", "2025-13", "surrey"):
        query = urlencode({"force": force, **({sent: LAST} if force == "-1" else {})})
        answer = browser.get(f"/hotspots/{page}?{query}")
        assert answer.status_code == 422
        told = field_of(answer, "force")
        assert 'id="force-fault"' in told
        assert 'value="west-mercia" selected' in told
        assert f'action="/hotspots/{page}"' in answer.text
        refused = browser.get(f"/hotspots/{page}.csv?{query}")
        assert refused.status_code == 422
        assert "orce: " in main_of(refused)


def test_a_month_that_is_not_imported_is_told_and_stays_chosen(ask):
    page = ask(before_first="2023-11")
    assert "2023-11" in main_of(page).partition("That did not work:")[2]
    assert "2023-11, which is not imported" in field_of(page, "before_first")


def test_the_table_comes_as_csv_of_the_same_address(ask, browser):
    query = re.search(r'/hotspots/evaluate\.csv\?([^"]+)"', ask().text)[1].replace("&amp;", "&")
    answer = browser.get(f"/hotspots/evaluate.csv?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = {row["what"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert (rows["the target area"]["before"], rows["the target area"]["after"]) == ("0", str(MORE))
    told = rows["difference in the target"]
    assert float(told["low"]) < float(told["change"]) == MORE < float(told["high"])
    times = urlencode({**TEAMS, "before_last": "2024-06"})
    unlike = browser.get(f"/hotspots/evaluate.csv?{times}")
    assert next(csv.DictReader(io.StringIO(unlike.text)))["change"] == ""
    refused = browser.get("/hotspots/evaluate.csv?control=")
    assert refused.status_code == 422
    assert "choose where something was done" in refused.text


def test_a_place_an_area_and_an_audience_lead_to_the_form_with_themselves_in_it(browser, analyst):
    target = field_of(browser.get("/hotspots/evaluate"), "target")
    key = re.search(r'value="repeat:(\w+)@', target)[1]
    for query, seen in (("", LAST), ("?month=2024-12&category=burglary", "2024-12.burglary")):
        page = browser.get(f"/repeats/{key}{query}")
        led = html.unescape(re.search(r'href="(/hotspots/evaluate\?[^"]+)"', page.text)[1])
        assert f'value="repeat:{key}@{seen}" selected' in field_of(browser.get(led), "target")
    area = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 300}
    saved = analyst.post("/v1/saved-areas", json={"name": "Castle", "area": area}).json()["id"]
    page = browser.get(f"/areas/{saved}")
    assert f'href="/hotspots/evaluate?target=saved:{saved}@1"' in page.text
    form = browser.get(f"/hotspots/evaluate?target=saved:{saved}@1")
    assert f'value="saved:{saved}@1" selected>Castle<' in field_of(form, "target")
    assert "That did not work" not in main_of(form)
    selection = {"area": {"type": "saved", "id": saved}}
    asked = {"selection": selection, "purpose": "Sheds", "lawful_basis": "public_task"}
    frozen = browser.post("/v1/audiences", json=asked).json()["id"]
    page = browser.get(f"/audiences/{frozen}")
    assert f'href="/hotspots/evaluate?target=audience:{frozen}"' in page.text
    form = browser.get(f"/hotspots/evaluate?target=audience:{frozen}")
    assert f'value="audience:{frozen}" selected>Sheds (asked for on ' in field_of(form, "target")


def test_an_address_means_the_version_of_a_saved_area_that_it_was_made_of(browser, analyst):
    areas = ({"type": "team", "codes": [code]} for code in ("T1", "T2"))
    saved = analyst.post("/v1/saved-areas", json={"name": "Castle", "area": next(areas)}).json()
    address = f"/v1/saved-areas/{saved['id']}"
    answer = analyst.post(f"{address}/versions", json={"area": next(areas)})
    assert answer.status_code == 201, answer.text
    earlier = f"saved:{saved['id']}@1"
    target = field_of(browser.get(f"/hotspots/evaluate?target={earlier}"), "target")
    assert f'value="{earlier}" selected>Castle (version 1)<' in target
    assert f'value="saved:{saved["id"]}@2">Castle<' in target


def test_an_area_without_an_outline_is_no_target(browser, ask, analyst):
    area = {"type": "postcodes", "postcodes": ["SY1 1AA"]}
    saved = analyst.post("/v1/saved-areas", json={"name": "List", "area": area}).json()["id"]
    assert "/hotspots/evaluate" not in browser.get(f"/areas/{saved}").text
    assert "has no outline" in field_of(ask(target=f"saved:{saved}"), "target")


def test_a_circle_that_holds_so_many_people_is_no_target(browser, ask, analyst):
    area = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "holding": 2}
    saved = analyst.post("/v1/saved-areas", json={"name": "Two", "area": area}).json()["id"]
    assert "/hotspots/evaluate" not in browser.get(f"/areas/{saved}").text
    assert ask(target=f"saved:{saved}").status_code == 422


def test_reports_wait_for_their_turn_as_looks_do(ask, app, analyst, browser_of):
    assert ask().status_code == 200
    near = urlencode({"first": LAST, "last": LAST})
    asked = {
        "concentration": {"months": {"first": LAST, "last": LAST}},
        "trends": {},
        "evaluate": {
            "target": {"type": "team", "codes": ["T4"]},
            "control": {"type": "team", "codes": ["T1"]},
            "before": {"first": "2024-01", "last": "2024-02"},
            "after": {"first": "2025-01", "last": LAST},
        },
        "near-repeats": {"months": {"first": LAST, "last": LAST}},
    }
    looks = app.state.live.looks
    with ExitStack() as taken:
        for _ in range(looks.most):
            taken.enter_context(looks.one())
        assert ask().status_code == 429
        browser = browser_of(Role.ANALYST)
        for address in (
            f"/hotspots/evaluate.csv?{urlencode(TEAMS)}",
            f"/hotspots/near-repeats?{near}",
            f"/hotspots/near-repeats.csv?{near}",
        ):
            assert browser.get(address).status_code == 429
        for name, question in asked.items():
            answer = analyst.post(
                f"/v1/hotspots:{name}", json={"forces": ["west-mercia"], **question}
            )
            assert answer.status_code == 429, name
    assert ask().status_code == 200


def test_the_list_of_layers_leads_to_both_as_the_role_may(browser, browser_of):
    said = browser.get("/hotspots").text
    assert 'href="/hotspots/evaluate"' in said
    assert "/hotspots/near-repeats" not in said
    assert 'href="/hotspots/near-repeats"' in browser_of(Role.ANALYST).get("/hotspots").text


def test_without_crimes_both_say_how_they_come_in(empty_client):
    for path in ("/hotspots/evaluate", "/hotspots/near-repeats"):
        page = empty_client.get(path, headers={"Accept": "text/html"})
        assert "geo-alerts import crimes PATH" in main_of(page)


@pytest.fixture
def looking(browser_of):
    """Send the form of near repeats as an analyst; gives the page that comes."""
    browser = browser_of(Role.ANALYST)

    def send(**fields):
        asked = {"first": LAST, "last": LAST, "category": "burglary", **fields}
        return browser.get(f"/hotspots/near-repeats?{urlencode(asked)}")

    return send


@pytest.fixture
def own(store, tmp_path):
    """The force's own burglaries of March 2025, which have days and come in series."""
    return bring_own(store, tmp_path)


MARCH = {"first": "2025-03", "last": "2025-03", "space": "0, 100, 400", "time": "0, 4, 8"}


def test_months_alone_are_refused_with_what_is_needed(looking):
    page = looking()
    assert page.status_code == 422
    said = main_of(page)
    assert "near repeats need days" in said
    assert "geo-alerts import crimes FILE --mapping MAPPING" in said


@pytest.mark.usefixtures("own")
def test_days_give_a_table_with_what_stands_out_marked(looking):
    page = looking(**MARCH, permutations="199")
    assert page.status_code == 200
    said = main_of(page)
    assert "Yes: crimes that are close are also closer in time" in said
    assert "It is strongest at less than 100 m, less than 4 days apart: " in said
    assert "(stands out) p 0.005" in said
    assert 'class="number near"' in page.text
    assert "Knox (1964)" in said


def test_pairs_that_chance_never_gives_are_told_without_a_ratio(store, tmp_path, looking):
    # One pair at a place on a day among crimes of other places and days.
    along = np.r_[0, np.arange(19)]
    bring_days(store, tmp_path, WEST + 100 * along, np.full(20, SOUTH + 900), 1 + along)
    bands = {**MARCH, "space": "0, 50", "time": "0, 1"}
    page = looking(**bands, permutations="19")
    told = "Perhaps: some crimes that are close are also closer in time, but so many bands"
    assert told in main_of(page)
    assert "1 pair of crimes, and chance gives none." in main_of(page)
    assert "● never by chance (stands out)" in main_of(page)


@pytest.mark.usefixtures("own")
def test_the_pairs_come_as_csv(browser_of):
    query = urlencode({**MARCH, "category": "burglary", "permutations": "99"})
    answer = browser_of(Role.ANALYST).get(f"/hotspots/near-repeats.csv?{query}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 9
    assert (rows[0]["from_m"], rows[0]["below_days"], rows[0]["stands_out"]) == (
        "0.0",
        "4.0",
        "true",
    )
    assert rows[-1]["below_m"] == ""


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"space": "0, near, far"}, "space", "must be a number"),
        ({"time": "8, 0"}, "time", "edges begin at 0 or above, each above the one before"),
        ({"permutations": "many"}, "permutations", "must be a whole number"),
        ({"area": "team:XX"}, "area", "there is no team XX"),
        ({"first": "2025-13"}, "first", "must be a month such as 2025-03"),
        ({"missing": "perhaps"}, "missing", "must be"),
    ],
)
def test_what_cannot_be_used_of_near_repeats_is_told_beside_its_field(
    looking, fields, field, words
):
    page = looking(**fields)
    assert page.status_code == 422
    told = field_of(page, field)
    assert words.lower() in told.lower()
    assert re.search(r'-fault">[^a-z]', told)


def test_near_repeats_are_for_those_who_may_see_exact_positions(browser):
    for path in ("/hotspots/near-repeats", "/hotspots/near-repeats.csv"):
        page = browser.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 403
        said = main_of(page)
        assert "Near repeats are for analysts and administrators" in said
        assert "because they are worked out from exact positions." in said
        assert "leave out positions" not in said
