"""What is wrong with a request is told in plain words, where it stands; contact details are not."""

import pytest

from api.patterns import WORDS
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem

T1 = {"area": {"type": "team", "codes": ["T1"]}}
FROZEN = {"selection": T1, "purpose": "Sheds", "lawful_basis": "public_task"}
SAVED = {"name": "Two teams", "area": T1["area"]}
WANTED_FROM = "must be all, or a list of channel:NAME and topic:NAME; at most 100"
NO_ZONE = "needs a time zone, such as 2026-11-22T10:00:00Z"
A_KEY = "may hold letters, digits and ._:/=~+- only, and no blanks"


@pytest.fixture
def alerts(alert_system):
    """Where alerts of a frozen audience are told."""
    audience = alert_system.post("/v1/audiences", json=FROZEN).json()["id"]
    return f"/v1/audiences/{audience}/alerts"


def patterns_in(schema):
    """Every pattern of a JSON value."""
    if isinstance(schema, list):
        return {found for one in schema for found in patterns_in(one)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("pattern")
    below = {found for one in schema.values() for found in patterns_in(one)}
    return below | ({own} if isinstance(own, str) else set())


def test_every_form_of_a_text_has_words_of_its_own(app):
    found = patterns_in(app.openapi())
    assert len(found) > 4
    assert found <= WORDS.keys()


@pytest.mark.parametrize(
    ("path", "asked", "pointer", "detail"),
    [
        ("subscribers:withdraw", {"reference": "R-1", "from": []}, "/from", WANTED_FROM),
        ("subscribers:withdraw", {"reference": "R-1", "from": "text"}, "/from", WANTED_FROM),
        ("subscribers:withdraw", {"reference": "R-1", "from": [1]}, "/from", WANTED_FROM),
        ("subscribers:upsert", {"reference": "R-1", "at": "2025-06-01T09:00:00"}, "/at", NO_ZONE),
        (
            "subscribers:upsert",
            {"reference": "R-1", "at": "today"},
            "/at",
            "must be a time such as 2026-11-22T10:00:00Z",
        ),
        ("audiences", FROZEN | {"purpose": "  "}, "/purpose", "must not be blank"),
        ("saved-areas", SAVED | {"name": " "}, "/name", "must not be blank"),
        (
            "audiences:preview",
            T1 | {"joined": {"before": "01/01/2023"}},
            "/joined/before",
            "must be a day such as 2026-11-22",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_plain_words(
    alert_system, path, asked, pointer, detail
):
    problem = assert_problem(alert_system.post(f"/v1/{path}", json=asked), 422, "validation_failed")
    assert problem["errors"] == [{"pointer": pointer, "detail": detail}]


@pytest.mark.parametrize(
    ("asked", "pointer", "detail"),
    [
        ({"key": "a b"}, "/key", A_KEY),
        ({"key": "a", "sent_at": "2025-06-01T09:00:00"}, "/sent_at", NO_ZONE),
    ],
)
def test_an_alert_that_cannot_be_used_is_told_in_plain_words(
    alert_system, alerts, asked, pointer, detail
):
    problem = assert_problem(alert_system.post(alerts, json=asked), 422, "validation_failed")
    assert problem["errors"] == [{"pointer": pointer, "detail": detail}]


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ("channel:sms", "the channel 'sms' is not known; it is text here"),
        ("channel:tekst", "the channel 'tekst' is not known; known are email, text, voice"),
        ("channel:07700 900123", "the channel named is not known"),
        ("text", "value 1: is neither channel:NAME nor topic:NAME"),
    ],
)
def test_a_channel_or_topic_that_is_none_is_told(alert_system, left, words):
    asked = {"reference": "R-0001", "from": [left]}
    answer = alert_system.post("/v1/subscribers:withdraw", json=asked)
    detail = assert_problem(answer, 422, "invalid_input")["detail"]
    assert words in detail
    assert "07700" not in detail


def test_another_word_for_a_channel_is_told_and_left_out(alert_system):
    asked = {"reference": "R-0001", "channels": ["sms", "email"]}
    answer = alert_system.post("/v1/subscribers:upsert", json=asked).json()
    reason = "the channel 'sms' is not known; it is text here"
    assert answer["left_out"] == [{"field": "channels", "reason": reason}]


def test_a_withdrawal_of_what_nobody_had_is_kept_and_told(alert_system):
    def withdraw(**said):
        return alert_system.post("/v1/subscribers:withdraw", json=said).json()

    first = withdraw(reference="NOBODY")
    assert (first["outcome"], first["was_known"]) == ("withdrawn", False)
    assert withdraw(reference="NOBODY")["was_known"]
    asked = {"reference": "R-0001", "from": ["topic:nosuch", "channel:text"]}
    told = withdraw(**asked)
    assert (told["outcome"], told["was_known"]) == ("partly_withdrawn", True)
    assert told["not_had"] == ["topic:nosuch"]
    assert "topic:burglary" in told["has"]
    # It is noted, so that it is no news any more.
    again = withdraw(**asked)
    assert (again["not_had"], again["has"]) == ([], [])


def test_what_is_missing_of_who_is_reached_by_nothing_is_told(alert_system):
    def upsert(**said):
        return alert_system.post("/v1/subscribers:upsert", json=said).json()

    assert upsert(reference="NEW-3")["lacks"] == ["postcodes", "channels"]
    assert upsert(reference="NEW-3", channels=["text"])["lacks"] == ["postcodes"]
    assert upsert(reference="NEW-3", postcodes=["SY1 1AA"])["lacks"] == []


@pytest.mark.parametrize("words", ["call 07700 900123", "ask someone@example.org"])
@pytest.mark.parametrize(
    ("path", "asked", "member"),
    [
        ("subscribers:upsert", {"reference": "R-0001"}, "groups"),
        ("subscribers:upsert", {"reference": "R-0001"}, "topics"),
        ("subscribers:withdraw", {"reference": "R-0001"}, "from"),
        ("audiences", FROZEN, "purpose"),
        ("saved-areas", SAVED, "name"),
    ],
)
def test_contact_details_within_words_are_refused_and_not_repeated(
    alert_system, path, asked, member, words
):
    value = {"groups": [words], "topics": [words], "from": [f"topic:{words}"]}.get(member, words)
    answer = alert_system.post(f"/v1/{path}", json=asked | {member: value})
    problem = assert_problem(answer, 422, "personal_data")
    assert words.split()[-1] not in problem["detail"]


def test_contact_details_in_notes_keys_and_feeds_are_refused(alert_system, alerts):
    answer = alert_system.post(alerts, json={"key": "01743290000"})
    assert_problem(answer, 422, "personal_data")
    saved = alert_system.post("/v1/saved-areas", json=SAVED).json()["id"]
    version = {"area": T1["area"], "note": "ring 01743 290000"}
    answer = alert_system.post(f"/v1/saved-areas/{saved}/versions", json=version)
    assert_problem(answer, 422, "personal_data")
    change = {"change": "upsert", "reference": "N-1", "at": "2025-06-02T09:00:00Z"}
    feed = [change | {"topics": ["call 07700 900123"]}]
    told = alert_system.post("/v1/subscribers:changes", json=feed).json()["changes"][0]
    assert told["outcome"] == "refused"
    assert told["reason"].startswith("topics: holds what looks like a telephone number")


def test_numbers_that_are_no_contact_details_are_taken(alert_system):
    purpose = "Operation 2025, Bus 101 on the A49 corridor, SY1 1AA, 22/11/2026"
    answer = alert_system.post("/v1/audiences", json=FROZEN | {"purpose": purpose})
    assert answer.status_code == 201


def test_who_may_not_do_something_is_told_so_whatever_it_is(client_of, alerts):
    answer = client_of(Role.ANALYST).post(alerts, json={"key": "a"})
    detail = assert_problem(answer, 403, "forbidden")["detail"]
    assert detail == "only the roles alert_system and admin may do this"
