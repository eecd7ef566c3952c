"""The form of the first page that tells the team of a postcode; it needs no script."""

import pytest

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
def test_each_kind_of_postcode_has_its_answer(analyst, postcode, told):
    page = analyst.get("/find", params={"postcode": postcode})
    assert page.status_code == 200
    assert told.replace("\u202f", " ") in page.text.replace("\u202f", " ")


def test_only_who_is_signed_in_may_ask(client):
    assert client.get("/find", params={"postcode": "SY1 1AA"}).status_code == 401
    assert "Find the team" not in client.get("/").text


def test_counts_are_shown_to_whom_they_may_be(client, analyst, alert_system):
    assert "live postcodes" not in client.get("/").text
    for_analyst = analyst.get("/find").text
    assert "live postcodes" in for_analyst
    assert "<dt>subscribers</dt>" not in for_analyst
    assert "<dt>subscribers</dt><dd>96</dd>" in alert_system.get("/find").text


def test_the_postcode_is_not_in_the_log(analyst, caplog):
    with caplog.at_level("INFO"):
        analyst.get("/find", params={"postcode": "SY1 1AA"})
    (line,) = [one.getMessage() for one in caplog.records if one.name == "geo_alerts.access"]
    assert line.startswith("GET /find 200")
    assert "SY1" not in line
