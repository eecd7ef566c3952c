"""One subscriber's change at a time: made known and visible in one transaction."""

from sqlalchemy import insert

from geo_alerts.errors import InvalidInputError
from geo_alerts.sources.subscriber_rules import Decision, SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import lock_seq, next_seq
from geo_alerts.store.staging import owner_of_this_process
from geo_alerts.store.subscriber_log import (
    delete_older,
    next_change,
    states_of,
    with_news,
    write_changes,
)
from geo_alerts.store.tables import change_set


def record_change(store: Store, row: SubscriberRow, *, source: str) -> Decision:
    """Make known what is said of one person; saying it again changes nothing.

    Args:
        store: Where to.
        row: What is said, and when it was true.
        source: Who says so, for the record: never the person.

    Returns:
        What became of it: `older_than_known` where newer knowledge, or a withdrawal of the same
        time, stands.

    Raises:
        InvalidInputError: It is said to be true at a time yet to come.
    """
    now = store.clock()
    if row.known_at > now:
        raise InvalidInputError(f"a change cannot be of {row.known_at.isoformat()}, yet to come")
    with store.writing() as connection:
        # Before the look: what it decides on stays as it is until the end.
        lock_seq(connection)
        state = states_of(connection, [row.reference]).get(row.reference)
        (change,) = with_news(connection, [next_change(state, row)])
        if not change.is_news and not change.withdrawals:
            return change.decision
        seq = next_seq(connection)
        values = {
            "kind": "single",
            "status": "switched",
            "seq": seq,
            "base_seq": seq - 1,
            "as_of": row.known_at,
            "sha256": "",
            "read_as": "",
            "source": source,
            "owner": owner_of_this_process(),
            "recorded_at": now,
            "heartbeat_at": now,
            "switched_at": now,
            "is_pruned": True,
            "counts": {change.decision.value: 1},
        }
        made = connection.execute(insert(change_set).values(values).returning(change_set.c.id))
        write_changes(connection, made.scalar_one(), [change])
        if state is not None and change.version is not None:
            delete_older(connection, [state.number], seq)
    return change.decision
