"""How many replied to the alerts of an audience: told by the alert system, shown by role."""

from datetime import datetime, timedelta

import pytest

from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from tests.api.asking import assert_problem
from tests.api.test_approval import acts_in
from tests.api.test_frozen import NOBODY, T1_AND_T2, frozen

FIRST = {"email": 3, "text": 10, "voice": 0}
EVERYWHERE = {"area": {"type": "team", "codes": ["T1", "T2", "T3", "T4"]}}


@pytest.fixture
def settings() -> Settings:
    return Settings(approval_above=70)


@pytest.fixture
def replies(alert_system, store):
    """The address of the replies to an audience that was sent an alert an hour ago."""
    path = f"/v1/audiences/{frozen(alert_system)['id']}"
    later = store.clock() + timedelta(hours=1)
    store.clock = lambda: later
    sent = {"key": "one", "sent_at": at(store, minutes=-59)}
    assert alert_system.post(f"{path}/alerts", json=sent).is_success
    return f"{path}/replies"


def at(store, **by):
    return (store.clock() + timedelta(**by)).isoformat()


def test_totals_are_told_and_shown(replies, alert_system, store):
    none = alert_system.get(replies).json()
    assert (none["by_channel"], none["total"], none["as_of"]) == ({}, None, {})
    told = alert_system.put(replies, json={"as_of": at(store), "by_channel": FIRST})
    assert told.status_code == 200, told.text
    assert told.json()["late"] == []
    shown = alert_system.get(replies).json()
    assert (shown["by_channel"], shown["total"], shown["is_rounded"]) == (FIRST, 13, False)
    assert datetime.fromisoformat(shown["as_of"]["text"]) == store.clock()
    # Of the 60 people of Team 1.
    assert shown["per_100"] == pytest.approx(100 * 13 / 60)


def test_the_latest_time_stands_and_what_is_told_late_is_kept_and_named(
    replies, alert_system, store
):
    def tell(minutes, **totals):
        asked = {"as_of": at(store, minutes=minutes), "by_channel": totals}
        return alert_system.put(replies, json=asked).json()

    tell(-20, **FIRST)
    late = tell(-30, text=99, email=99)
    assert (late["by_channel"], late["late"]) == (FIRST, ["email", "text"])
    # A channel that is not named keeps its total; one that falls is a correction.
    assert tell(-10, text=8)["by_channel"] == FIRST | {"text": 8}
    assert tell(-10, text=9)["by_channel"] == FIRST | {"text": 9}
    mixed = tell(-15, text=1, voice=2)
    assert (mixed["by_channel"], mixed["late"]) == ({"email": 3, "text": 9, "voice": 2}, ["text"])
    shown = alert_system.get(replies).json()
    times = {name: datetime.fromisoformat(told) for name, told in shown["as_of"].items()}
    assert times == {
        name: store.clock() - timedelta(minutes=ago)
        for name, ago in {"email": 20, "text": 10, "voice": 15}.items()
    }


def test_the_same_word_again_changes_nothing_and_is_not_entered_again(replies, alert_system, store):
    asked = {"as_of": at(store), "by_channel": FIRST}
    first, again = (alert_system.put(replies, json=asked).json() for _ in range(2))
    assert first == again
    # The same moment in another zone.
    moment = store.clock().astimezone(LONDON).isoformat()
    assert alert_system.put(replies, json=asked | {"as_of": moment}).json() == first
    (entry,) = [one for one in acts_in(store) if one["act"] == "audience.replies"]
    assert entry["details"] == {
        "audience": replies.split("/")[3],
        "as_of": store.clock().isoformat(),
        "by_channel": FIRST,
    }
    assert entry["role"] == "alert_system"


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"by_channel": {"text": -1}}, "/by_channel/text", "must be at least 0"),
        ({"by_channel": {"text": 10**12}}, "/by_channel/text", "must be at most 1,000,000,000"),
        ({"by_channel": {"text": 1.5}}, "/by_channel/text", "must be a whole number"),
        ({"by_channel": {"text": True}}, "/by_channel/text", "must be a whole number"),
        ({"by_channel": {"text": "10"}}, "/by_channel/text", "must be a whole number"),
        ({"by_channel": {"sms": 1}}, "/by_channel/sms", "is not a key that is known here"),
        ({"by_channel": []}, "/by_channel", "must be an object"),
        ({"as_of": "2025-06-02"}, "/as_of", "must be a time such as"),
        ({"as_of": "2025-06-02T09:00"}, "/as_of", "needs a time zone, such as"),
        ({"as_of": 1748854800}, "/as_of", "must be a time such as"),
        ({"as_of": "9999-12-31T23:59:59-14:00"}, "/as_of", "of the years 1900 to 9998"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "/as_of", "of the years 1900 to 9998"),
        ({"as_of": "9999-01-01T00:00:00Z"}, "/as_of", "of the years 1900 to 9998"),
        ({"as_of": "1899-12-31T23:59:59Z"}, "/as_of", "of the years 1900 to 9998"),
        ({"texts": ["STOP"]}, "/texts", "is not a key that is known here"),
    ],
)
def test_what_no_telling_can_be_is_refused_by_the_field(
    change, pointer, said, replies, alert_system, store
):
    asked = {"as_of": at(store), "by_channel": FIRST, **change}
    problem = assert_problem(alert_system.put(replies, json=asked), 422, "validation_failed")
    (fault,) = problem["errors"]
    assert fault["pointer"] == pointer
    assert said in fault["detail"]
    assert alert_system.get(replies).json()["total"] is None


@pytest.mark.parametrize("nothing", [{}, {"text": None}])
def test_a_telling_names_a_channel_or_more(nothing, replies, alert_system, store):
    asked = {"as_of": at(store), "by_channel": nothing}
    problem = assert_problem(alert_system.put(replies, json=asked), 422, "invalid_input")
    assert "email, text, voice" in problem["detail"]


def test_moments_to_come_or_before_the_first_alert_are_refused(replies, alert_system, store):
    for seconds, said in ((61, "is yet to come"), (-3600, "nobody can have replied by")):
        asked = {"as_of": at(store, seconds=seconds), "by_channel": FIRST}
        problem = assert_problem(alert_system.put(replies, json=asked), 422, "invalid_input")
        assert said in problem["detail"]


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_clock_that_is_a_little_ahead_tells_of_now(seconds, replies, alert_system, store):
    asked = {"as_of": at(store, seconds=seconds), "by_channel": FIRST}
    told = alert_system.put(replies, json=asked)
    assert told.status_code == 200, told.text
    times = {datetime.fromisoformat(one) for one in told.json()["as_of"].values()}
    assert times == {store.clock()}


def test_a_moment_told_to_the_minute_may_be_that_of_the_alert(alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}"
    sent = alert_system.post(f"{path}/alerts", json={"key": "one"}).json()["sent_at"]
    minute = datetime.fromisoformat(sent).replace(second=0, microsecond=0)
    for moment, status in ((minute, 200), (minute - timedelta(seconds=1), 422)):
        asked = {"as_of": moment.isoformat(), "by_channel": FIRST}
        assert alert_system.put(f"{path}/replies", json=asked).status_code == status


def test_replies_to_what_was_not_approved_or_not_sent_are_refused(alert_system, client_of, store):
    asked = {"as_of": at(store), "by_channel": FIRST}
    unknown = alert_system.put("/v1/audiences/nothing/replies", json=asked)
    assert_problem(unknown, 404, "unknown_audience")
    large = f"/v1/audiences/{frozen(alert_system, T1_AND_T2)['id']}"
    waiting = alert_system.put(f"{large}/replies", json=asked)
    assert_problem(waiting, 403, "approval_needed")
    assert client_of(Role.COMMANDER).post(f"{large}:approve", json={}).is_success
    unsent = alert_system.put(f"{large}/replies", json=asked)
    problem = assert_problem(unsent, 409, "conflict")
    assert "say first that one was sent" in problem["detail"]


def test_there_may_be_more_replies_than_recipients(replies, alert_system, store):
    asked = {"as_of": at(store), "by_channel": {"text": 500}}
    assert alert_system.put(replies, json=asked).json()["per_100"] == pytest.approx(50_000 / 60)


def test_an_audience_of_nobody_has_no_rate(alert_system, store):
    path = f"/v1/audiences/{frozen(alert_system, NOBODY)['id']}"
    assert alert_system.post(f"{path}/alerts", json={"key": "one"}).is_success
    asked = {"as_of": at(store), "by_channel": {"text": 1}}
    told = alert_system.put(f"{path}/replies", json=asked).json()
    assert (told["total"], told["per_100"]) == (1, None)
