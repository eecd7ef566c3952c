"""How many replied to the alerts of an audience: told by the alert system, shown by role."""

from datetime import datetime, timedelta

import pytest

from api.settings import Settings
from tests.api.test_frozen import frozen

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
