"""The form of the first page that tells the team of a postcode; it needs no script."""

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import OURS, look_up

ANSWERS = [
    ("sy1 1aa", "Its team is <strong>Team 1</strong> (T1), 200\u202fm"),
    ("SY1 1ZZ", "is no longer in use: ended in March 2014"),
    ("SY2 1ZZ", "has no place on the map"),
    ("SY9 9ZZ", "is not known: well formed, but not in"),
    (
        "SY5 1AA",
        "It is outside every team. The nearest is <strong>Team 2</strong> (T2), 1 km away.",
    ),
    ("xx", "“xx” is not a whole postcode"),
    ("<b>", "“&lt;b&gt;” is not a whole postcode"),
    ("", "Type a postcode, for example SY1 1AD."),
]


@pytest.mark.parametrize(("postcode", "told"), ANSWERS)
def test_each_kind_of_postcode_has_its_answer(browser_of, postcode, told):
    page = look_up(browser_of(Role.ANALYST), postcode)
    assert page.status_code == 200
    assert told.replace("\u202f", " ") in page.text.replace("\u202f", " ")


def test_only_who_is_signed_in_may_ask_and_by_the_form_alone(client, browser_of):
    assert client.post("/find", data={"postcode": "SY1 1AA"}, headers=OURS).status_code == 401
    assert "Find the team" not in client.get("/").text
    analyst = browser_of(Role.ANALYST)
    assert analyst.post("/find", data={"postcode": "SY1 1AA"}).status_code == 403


def test_a_postcode_in_an_address_is_refused_and_the_answers_address_opens_the_form(browser_of):
    analyst = browser_of(Role.ANALYST)
    assert analyst.get("/find", params={"postcode": "SY1 1AA"}).status_code == 400
    again = analyst.get("/find", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_counts_are_shown_to_whom_they_may_be(client, browser_of):
    assert "live postcodes" not in client.get("/").text
    for_analyst = look_up(browser_of(Role.ANALYST), "").text
    assert "live postcodes" in for_analyst
    assert "<dt>subscribers</dt>" not in for_analyst
    exact = look_up(browser_of(Role.ALERT_SYSTEM), "").text
    assert "<dt>subscribers</dt><dd>96</dd>" in exact


def test_the_postcode_is_not_in_the_log(browser_of, caplog):
    analyst = browser_of(Role.ANALYST)
    with caplog.at_level("INFO"):
        look_up(analyst, "SY1 1AA")
    lines = [one.getMessage() for one in caplog.records if one.name == "geo_alerts.access"]
    assert lines[-1].startswith("POST /find 200")
    assert "SY1" not in "".join(lines)
