"""Alerts that were sent to frozen audiences, as they are kept."""

from datetime import UTC, datetime, timedelta

from geo_alerts.store import alerts
from geo_alerts.store.alerts import Alert
from geo_alerts.store.database import Store
from tests.frozen_world import freeze_everybody

SENT = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def test_an_alert_is_new_once_and_what_was_said_first_of_its_key_stands(store: Store):
    audience_id = freeze_everybody(store).id
    first = Alert("one", SENT, SENT, "key:alerts")
    later = Alert("one", SENT + timedelta(hours=1), SENT, "key:other")
    with store.writing() as connection:
        assert alerts.record(connection, audience_id, first) == (first, True)
        assert alerts.record(connection, audience_id, later) == (first, False)
    with store.reading() as connection:
        assert alerts.known(connection, audience_id, "one") == first


def test_the_first_alert_is_the_one_that_was_sent_first_whichever_was_told_first(store: Store):
    audience_id, other = freeze_everybody(store).id, freeze_everybody(store).id
    with store.writing() as connection:
        for hour in (2, 1, 3):
            said = Alert(f"number {hour}", SENT + timedelta(hours=hour), SENT, "key:alerts")
            alerts.record(connection, audience_id, said)
    with store.reading() as connection:
        assert alerts.first_sent(connection, audience_id) == SENT + timedelta(hours=1)
        assert alerts.first_sent(connection, other) is None
