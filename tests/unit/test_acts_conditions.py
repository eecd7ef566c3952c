"""Who is left out of a selection for what audiences and alerts reached before."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from geo_alerts.acts.conditions import left_out_numbers
from geo_alerts.acts.live import Live
from geo_alerts.audiences.counts import LeftOut
from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.selection import Cap, Selection
from geo_alerts.audiences.targets.areas import PostcodesArea
from geo_alerts.errors import UnknownAudienceError
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.store import alerts
from geo_alerts.store.alerts import Alert
from geo_alerts.store.audiences import Frozen
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change
from tests.frozen_world import everybody, freeze_everybody

NOW = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
ANYWHERE = PostcodesArea(type="postcodes", postcodes=("SY1 1AA",))


@pytest.fixture
def store(store_url: str):
    with Store.open(store_url, create=True, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def live(store: Store) -> Live:
    for number in range(6):
        channels = 3 if number % 2 else 1
        content = Content(("SY1 1AA",), channels)
        at = NOW - timedelta(days=60)
        record_change(store, SubscriberRow(f"R-{number}", at, content=content), source="test")
    return Live(store)


def sent(live: Live, frozen: Frozen, key: str, *, days_ago: float) -> None:
    said = Alert(key, NOW - timedelta(days=days_ago), NOW, "key:1")
    with live.store.writing() as connection:
        alerts.record(connection, frozen.id, said)


def capped(live: Live, times: int, days: int, **more: object) -> dict[LeftOut, Rows]:
    cap = Cap(alerts=times, days=days)
    return left_out_numbers(live, Selection(area=ANYWHERE, cap=cap, **more))


def test_a_selection_without_conditions_leaves_nobody_out(live: Live):
    assert left_out_numbers(live, Selection(area=ANYWHERE)) == {}


def test_recipients_of_audiences_are_left_out_once_and_their_control_groups_are_not(live: Live):
    everyone, channels, _ = everybody(live.store)
    first = freeze_everybody(live.store, control=2)
    by_text = freeze_everybody(live.store, channels=("text",))
    asked = Selection(area=ANYWHERE, not_in_audiences=(by_text.id, first.id, first.id))
    expected = set(everyone[:4].tolist()) | set(everyone[channels & 2 != 0].tolist())
    assert left_out_numbers(live, asked)[LeftOut.ALREADY_REACHED].tolist() == sorted(expected)


def test_an_audience_that_is_not_there_is_told(live: Live):
    with pytest.raises(UnknownAudienceError):
        left_out_numbers(live, Selection(area=ANYWHERE, not_in_audiences=("none",)))


def test_a_cap_counts_the_alerts_of_its_days_over_all_audiences(live: Live):
    everyone, channels, _ = everybody(live.store)
    texted = everyone[channels & 2 != 0]
    to_all = freeze_everybody(live.store)
    by_text = freeze_everybody(live.store, channels=("text",))
    assert len(capped(live, 1, 7)[LeftOut.CAP]) == 0
    sent(live, to_all, "one", days_ago=3)
    sent(live, by_text, "one", days_ago=2)
    sent(live, by_text, "before", days_ago=7.5)
    assert np.array_equal(capped(live, 1, 7)[LeftOut.CAP], everyone)
    assert np.array_equal(capped(live, 2, 7)[LeftOut.CAP], texted)
    assert len(capped(live, 3, 7)[LeftOut.CAP]) == 0
    assert np.array_equal(capped(live, 3, 8)[LeftOut.CAP], texted)
    assert np.array_equal(capped(live, 1, 2)[LeftOut.CAP], texted[:0])


def test_a_cap_is_not_applied_to_what_is_urgent(live: Live):
    sent(live, freeze_everybody(live.store), "one", days_ago=1)
    assert capped(live, 1, 7, urgent=True) == {}


def test_an_alert_counts_once_however_often_it_is_told(live: Live):
    frozen = freeze_everybody(live.store)
    sent(live, frozen, "one", days_ago=1)
    sent(live, frozen, "one", days_ago=0.5)
    assert len(capped(live, 2, 7)[LeftOut.CAP]) == 0
    sent(live, frozen, "two", days_ago=0.5)
    assert len(capped(live, 2, 7)[LeftOut.CAP]) == 6


def test_a_control_group_was_told_nothing(live: Live):
    sent(live, freeze_everybody(live.store, control=2), "one", days_ago=1)
    everyone, _, _ = everybody(live.store)
    assert np.array_equal(capped(live, 1, 7)[LeftOut.CAP], everyone[:4])
