"""The page that tells whether an alert worked: months, headline and what it is compared with."""

import csv
import io
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.report_forms.alerted import Alerted
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.alerts import Alert, record
from tests.api.asking import field_of, main_of
from tests.api.test_frozen import frozen
from tests.hotspot_world import LAST

FIELDS = ("before_first", "before_last", "after_first", "after_last")
USUAL = ("2024-01", "2024-02", "2025-01", LAST)
T4 = {"area": {"type": "team", "codes": ["T4"]}}
TWO_YEARS = tuple(range(month_number("2024-01"), month_number("2025-12") + 1))


@pytest.fixture
def browser(browser_of):
    """The browser of an analyst."""
    return browser_of(Role.ANALYST)


@pytest.fixture
def target(browser):
    """An audience of the analyst, as an address holds it."""
    return f"audience:{frozen(browser, T4)['id']}"


@pytest.fixture
def alert(store, target):
    """Record when an alert was sent to the audience."""

    def sent(at):
        with store.writing() as connection:
            record(connection, target.partition(":")[2], Alert("shed-1", at, at, "key:alerts"))

    return sent


@pytest.fixture
def ask(browser, target):
    """Send the form for the audience; gives the page that comes."""

    def send(months=USUAL, kind="", **fields):
        asked = {"target": target, "control": "team:T1", "buffer_m": "", "category": "burglary"}
        sent = {**asked, **dict(zip(FIELDS, months, strict=True)), **fields}
        return browser.get(f"/hotspots/evaluate{kind}?{urlencode(sent)}")

    return send


def chosen(page):
    """The months that are filled in."""
    return tuple(
        field_of(page, name).partition('" selected')[0].rpartition('value="')[2] for name in FIELDS
    )


def test_an_alert_that_no_imported_month_follows_is_told_as_that(browser, target, alert, ask):
    alert(datetime(2026, 11, 23, 9, tzinfo=UTC))
    told = "No month after this alert, sent on 23 November 2026, is imported yet."
    form = browser.get(f"/hotspots/evaluate?target={target}")
    assert told in main_of(form)
    assert "Crimes are there up to February 2025" in main_of(form)
    assert chosen(form) == ("2025-12", "2025-12", "2026-12", "2026-12")
    assert "2026-12, which is not imported" in field_of(form, "after_first")
    # Months before the alert are compared when they are asked for, and the answer says what it is.
    said = main_of(ask())
    assert said.index(told) < said.index("than expected")
    first = said.partition("What it cannot tell")[2].strip()
    assert first.startswith("The months after are all before the alert, sent on 23 November 2026")
    rows = list(csv.DictReader(io.StringIO(ask(kind=".csv").text)))
    assert {row["alert_sent_on"] for row in rows} == {"2026-11-23"}


def test_the_months_of_the_form_come_from_the_alert(browser, target, alert, ask):
    before = main_of(browser.get(f"/hotspots/evaluate?target={target}"))
    assert "No alert to this audience is recorded" in before
    alert(datetime(2025, 1, 14, 9, tzinfo=UTC))
    form = browser.get(f"/hotspots/evaluate?target={target}")
    assert chosen(form) == USUAL
    assert "The alert was sent on 14 January 2025." in main_of(form)
    said = main_of(ask())
    assert "No month after this alert" not in said
    assert "part of it had passed when the alert was sent on 14 January 2025" in said
    early = main_of(ask(("2024-01", "2024-01", "2024-12", LAST)))
    assert "Some of the months after are before the alert" in early
    late = main_of(ask(("2024-01", "2025-01", LAST, LAST)))
    assert "Some of the months before are not before the alert" in late


def test_an_audience_is_named_with_the_day_that_it_was_asked_for(ask, store):
    today = store.clock()
    assert f"(asked for on {today.day} {today:%B %Y})" in main_of(ask())


@pytest.mark.parametrize(
    ("sent_on", "there", "usual"),
    [
        ("2025-03-01", TWO_YEARS, ("2024-03", "2024-05", "2025-03", "2025-05")),
        ("2025-11-15", TWO_YEARS, ("2024-11", "2024-12", "2025-11", "2025-12")),
        ("2025-11-16", TWO_YEARS, ("2024-12", "2024-12", "2025-12", "2025-12")),
        ("2024-05-31", TWO_YEARS, ("2024-02", "2024-04", "2024-06", "2024-08")),
        ("2025-12-31", TWO_YEARS, ("2025-01", "2025-01", "2026-01", "2026-01")),
        ("2024-06-02", TWO_YEARS, ("2024-03", "2024-05", "2024-06", "2024-08")),
        ("2024-01-02", TWO_YEARS, ("2023-01", "2023-03", "2024-01", "2024-03")),
        ("2026-02-01", TWO_YEARS, ("2025-02", "2025-02", "2026-02", "2026-02")),
    ],
)
def test_before_is_as_long_as_after_and_of_a_year_before_where_that_is_imported(
    sent_on, there, usual
):
    one = Alerted(datetime.fromisoformat(sent_on).date(), there)
    assert tuple(one.usual_months()[name] for name in FIELDS) == usual
    before, after = (MonthSpan(first=first, last=last) for first, last in (usual[:2], usual[2:]))
    assert one.is_followed == (usual[3] < "2026")
    begins_within = usual[2] == sent_on[:7] and not sent_on.endswith("01")
    assert one.fault_of(before, after) == ("own month" if begins_within else None)


def test_months_up_to_the_last_day_before_are_none_that_follow(browser, target, alert):
    alert(datetime(2025, 2, 28, 9, tzinfo=UTC))
    form = browser.get(f"/hotspots/evaluate?target={target}")
    assert "No month after this alert, sent on 28 February 2025, is imported yet" in main_of(form)


def test_a_place_is_not_compared_with_itself(ask, analyst):
    same = ask(target="team:T1")
    assert same.status_code == 422
    said = "This is the target: choose another place to compare with"
    assert said in field_of(same, "control")
    area = {"type": "team", "codes": ["T1"]}
    saved = analyst.post("/v1/saved-areas", json={"name": "Castle", "area": area}).json()["id"]
    assert said in field_of(ask(target="team:T1", control=f"saved:{saved}@1"), "control")


def test_the_headline_says_that_the_ground_around_counts_and_what_the_place_has(browser, ask):
    repeats = field_of(browser.get("/hotspots/evaluate"), "target").split('value="')
    mill_lane, high_street = (
        next(one.partition('"')[0] for one in repeats if f"On or near {name}<" in one)
        for name in ("Mill Lane", "High Street")
    )
    places = {"target": mill_lane, "control": high_street, "metres": "60"}
    page = ask(**places, buffer_m="200")
    said = main_of(page)
    headline = "About 16 crimes more than expected in the place and around it together, which"
    assert headline in said
    assert "In the place itself: 16 more, between 0.3 more and 32 more." in said
    assert "Around hotspots and repeat locations 60 m" in said
    assert "No displacement quotient (WDQ) is given: the target did not improve" in said
    assert "Bowers and Johnson" not in said
    rows = {
        row["what"]: row
        for row in csv.DictReader(io.StringIO(ask(**places, buffer_m="200", kind=".csv").text))
    }
    assert rows["the ground around the target"]["place"] == "On or near Mill Lane"
    both = rows["difference in both (WDD)"]
    assert (both["change"], both["low"], both["high"]) == ("16.0", "0.32", "31.68")
    asked = {"before_months": "2024-01 to 2024-02", "after_months": "2025-01 to 2025-02"}
    asked |= {"crimes": "burglary", "metres": "60", "around_m": "200", "confidence_percent": "95"}
    assert asked.items() <= both.items()
    assert rows["quotient (WDQ)"]["note"] == "the target did not improve on its control"
    alone = main_of(ask())
    assert "in the place and around it together" not in alone
    assert "Around hotspots and repeat locations" not in alone
