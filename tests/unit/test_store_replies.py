"""How many replied: rows are only added, and of a channel the total of the latest time stands."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
from sqlalchemy import func, insert, select, text

from geo_alerts.errors import NotReadyError, StoreError
from geo_alerts.store import alerts
from geo_alerts.store.alerts import Alert
from geo_alerts.store.audience_tables import alert_reply, audience
from geo_alerts.store.database import Store
from geo_alerts.store.replies import ReplyTotal, keep, standing
from tests.edition_world import rows_in
from tests.frozen_world import freeze_everybody
from tests.unit.test_store_migrations import raw, turn

FIRST = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def total(channel: str, replies: int, hour: int) -> ReplyTotal:
    at = FIRST + timedelta(hours=hour)
    return ReplyTotal(channel, replies, at, at, "key:alerts")


def tell(store: Store, audience_id: str, *told: ReplyTotal) -> list[ReplyTotal]:
    with store.writing() as connection:
        return keep(connection, audience_id, told)


def shown(store: Store, *ids: str) -> dict[str, dict[str, int]]:
    with store.reading() as connection:
        found = standing(connection, ids)
    return {
        one: {channel: said.replies for channel, said in of_it.items()}
        for one, of_it in found.items()
    }


@pytest.fixture
def audience_id(store: Store) -> str:
    """An audience of nobody."""
    return freeze_everybody(store).id


def test_the_total_of_the_latest_time_stands_for_each_channel(store: Store, audience_id: str):
    assert shown(store, audience_id) == {}
    tell(store, audience_id, total("email", 3, 1), total("text", 10, 1))
    tell(store, audience_id, total("text", 12, 3))
    # Heard of late, and a correction downwards.
    tell(store, audience_id, total("email", 2, 2), total("text", 11, 2))
    assert shown(store, audience_id) == {audience_id: {"email": 2, "text": 12}}
    assert rows_in(store, alert_reply) == 5


def test_of_one_time_the_last_word_stands_and_the_same_word_adds_nothing(
    store: Store, audience_id: str
):
    assert tell(store, audience_id, total("text", 10, 1)) == [total("text", 10, 1)]
    assert tell(store, audience_id, total("text", 10, 1)) == []
    assert len(tell(store, audience_id, total("text", 9, 1))) == 1
    assert shown(store, audience_id) == {audience_id: {"text": 9}}
    assert len(tell(store, audience_id, total("text", 10, 1))) == 1
    assert shown(store, audience_id) == {audience_id: {"text": 10}}
    assert rows_in(store, alert_reply) == 3


def test_audiences_are_told_apart(store: Store, audience_id: str):
    other = freeze_everybody(store).id
    tell(store, audience_id, total("text", 10, 1))
    tell(store, other, total("voice", 2**40, 1))
    assert shown(store, audience_id, other) == {
        audience_id: {"text": 10},
        other: {"voice": 2**40},
    }
    assert shown(store, other) == {other: {"voice": 2**40}}
    assert shown(store) == {}


@pytest.mark.parametrize("wrong", [total("fax", 1, 1), total("text", -1, 1)])
def test_the_database_takes_no_channel_or_total_that_cannot_be(
    store: Store, audience_id: str, wrong: ReplyTotal
):
    with pytest.raises(StoreError):
        tell(store, audience_id, wrong)
    assert rows_in(store, alert_reply) == 0


def audience_of_before(url: str) -> None:
    """An audience that was sent an alert, in a store of the version before replies."""
    row = {
        "row_id": 7,
        "id": "a" * 24,
        "status": "frozen",
        "created_by": "cli:somebody",
        "purpose": "Sheds",
        "selection": {},
        "inputs": {},
        "counts": {},
        "recipients_sha256": "0" * 64,
        "recipient_count": 2,
        "subscribers_seq": 0,
        "owner": "elsewhere 1 0000000000000000",
        **dict.fromkeys(("created_at", "heartbeat_at"), FIRST),
    }
    with raw(url) as connection:
        connection.execute(insert(audience).values(row))
        sent = Alert("one", FIRST, FIRST, "key:alerts")
        assert alerts.record(connection, row["id"], sent) == (sent, True)


def test_a_store_of_before_keeps_its_audiences_and_alerts_and_takes_replies(store_url: str):
    turn(store_url, "0007")
    audience_of_before(store_url)
    with pytest.raises(NotReadyError, match="older store"):
        Store.open(store_url)
    with Store.open(store_url, create=True) as store:
        assert store.version() == "0008"
        with store.reading() as connection:
            assert alerts.first_sent(connection, "a" * 24) == FIRST
        tell(store, "a" * 24, total("text", 10, 1))
        assert shown(store, "a" * 24) == {"a" * 24: {"text": 10}}


def test_going_back_takes_replies_away_and_nothing_else(store_url: str):
    turn(store_url, "0007")
    audience_of_before(store_url)
    with Store.open(store_url, create=True) as store:
        tell(store, "a" * 24, total("text", 10, 1))
    turn(store_url, "0007", down=True)
    with raw(store_url) as connection:
        assert not sqlalchemy.inspect(connection).has_table("alert_reply")
        kept = text("SELECT purpose FROM audience JOIN alert ON audience_row_id = row_id")
        assert connection.execute(kept).scalars().all() == ["Sheds"]
    with Store.open(store_url, create=True) as store:
        assert shown(store, "a" * 24) == {}


def test_a_migration_that_fails_leaves_the_older_store_whole(store_url: str):
    turn(store_url, "0007")
    audience_of_before(store_url)
    with raw(store_url) as connection:
        connection.execute(text("CREATE TABLE alert_reply (something INTEGER)"))
    with pytest.raises(StoreError, match="alert_reply"):
        Store.open(store_url, create=True)
    with raw(store_url) as connection:
        version = text("SELECT version_num FROM geo_alerts_version")
        assert connection.execute(version).scalar() == "0007"
        assert connection.execute(select(func.count()).select_from(audience)).scalar() == 1
        connection.execute(text("DROP TABLE alert_reply"))
    Store.open(store_url, create=True).close()
