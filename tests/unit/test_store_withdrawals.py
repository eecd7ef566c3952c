"""Withdrawals that are kept for good, and erasure; also while a file is being imported."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from geo_alerts.sources.subscriber_rules import FIELDS, Content, Decision, SubscriberRow
from geo_alerts.store import subscriber_imports
from geo_alerts.store.database import Store
from geo_alerts.store.erasure import erase
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_log import states_of
from geo_alerts.store.subscribers import changes_since
from geo_alerts.store.tables import (
    change_set,
    subscriber_reference,
    subscriber_version,
    withdrawal,
)
from tests.subscriber_world import (
    Import,
    active,
    during,
    gone,
    here,
    many,
    on,
    rows_in,
    said,
    seq_of,
    withdrawn_since,
)

Patch = pytest.MonkeyPatch


def say(store: Store, row: SubscriberRow) -> Decision:
    return record_change(store, row, source="test")


def consents(reference: str, day: int, channels: int) -> SubscriberRow:
    return SubscriberRow(reference, on(day), content=Content(("SY1 1AA",), channels))


def leaves_text(reference: str, day: int) -> SubscriberRow:
    offers = frozenset({"channel:text"})
    return SubscriberRow(reference, on(day), unsaid=frozenset(FIELDS), withdraws_from=offers)


def erased(store: Store, reference: str) -> bool:
    return erase(store, reference, by="test", role="admin")


def channels_of(store: Store, reference: str) -> int:
    with store.reading() as connection:
        return states_of(connection, [reference])[reference].known.content.channels


# --- withdrawals ----------------------------------------------------------------------------------


def test_a_withdrawal_by_file_or_alone_or_by_being_dropped_is_kept(store: Store, bring: Import):
    bring(1, *many(100))
    before = seq_of(store)
    bring(2, gone("A001"))
    say(store, said("A002", 3, withdraws=True))
    bring(4, *(here(f"A{number:03}") for number in range(3, 100)), replace=True)
    bring(5, *many(100))
    assert len(active(store)) == 100
    left = [one for one in sorted(active(store)) if withdrawn_since(store, one, before)]
    assert left == ["A000", "A001", "A002"]


def test_a_channel_that_a_file_gives_no_more_is_withdrawn_from(store: Store, bring: Import):
    bring(1, "A1,SY1 1AA,text;email,,burglary,,")
    before = seq_of(store)
    bring(2, "A1,SY1 1AA,email,,,,")
    bring(3, "A1,SY1 1AA,text;email,,burglary,,")
    assert withdrawn_since(store, "A1", before) == ["channel:text", "topic:burglary"]


def test_a_withdrawal_heard_of_late_leaves_lists_from_before_the_newest_word(store: Store):
    say(store, consents("A1", 1, 2))
    first = seq_of(store)
    say(store, consents("A1", 5, 2))
    second = seq_of(store)
    late = SubscriberRow("A1", on(3), withdraws=True)
    assert say(store, late) == Decision.OLDER
    assert active(store) == {"A1": ("SY1 1AA",)}
    assert withdrawn_since(store, "A1", first) == ["all"]
    assert withdrawn_since(store, "A1", second) == []
    heard = seq_of(store)
    say(store, late)
    say(store, SubscriberRow("A1", on(2), withdraws=True))
    assert seq_of(store) == heard


def test_a_withdrawal_from_a_channel_of_somebody_unknown_is_remembered(store: Store, bring: Import):
    assert say(store, leaves_text("A1", 3)) == Decision.PARTLY_WITHDRAWN
    assert active(store) == {}
    bring(2, "A1,SY1 1AA,text;email,,,,")
    assert channels_of(store, "A1") == 1
    assert say(store, leaves_text("A1", 3)) == Decision.STILL_WITHDRAWN
    assert say(store, consents("A1", 4, 2)) == Decision.CHANGED
    assert channels_of(store, "A1") == 2


def test_a_withdrawal_during_an_import_holds_against_the_file(
    store: Store, bring: Import, monkeypatch: Patch
):
    bring(1, "A1,SY1 1AA,text;email,,,,")
    before = seq_of(store)
    with monkeypatch.context() as patched:
        during(patched, lambda: say(store, leaves_text("A1", 3)))
        bring(2, "A1,SY2 5XX,text;email,,,,")
    assert active(store) == {"A1": ("SY2 5XX",)}
    assert withdrawn_since(store, "A1", before) == ["channel:text"]
    assert channels_of(store, "A1") == 1


def test_withdrawals_of_an_import_that_failed_are_gone(
    store: Store, bring: Import, monkeypatch: Patch
):
    bring(1, here("A1"))

    def fail() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        during(patched, fail)
        with pytest.raises(KeyboardInterrupt):
            bring(2, gone("A1"))
    assert rows_in(store, withdrawal) == 0
    assert active(store) == {"A1": ("SY1 1AA",)}


# --- erasure --------------------------------------------------------------------------------------


def test_an_erased_person_is_told_as_gone_and_withdrawals_stay(store: Store, bring: Import):
    bring(1, here("A1"), here("A2"))
    say(store, said("A1", 2, withdraws=True))
    before = seq_of(store)
    assert erased(store, "A1")
    assert not erased(store, "A1")
    with store.reading() as connection:
        _, removed = changes_since(connection, before)
        numbers = connection.execute(select(withdrawal.c.number)).scalars().all()
        last = select(change_set.c.counts).order_by(change_set.c.seq.desc()).limit(1)
        assert connection.execute(last).scalar_one() == {"erased": numbers}
    assert removed.tolist() == numbers
    assert rows_in(store, subscriber_version) == rows_in(store, subscriber_reference) == 1


def test_nobody_is_left_in_an_import_who_is_erased_while_it_is_staged(
    store: Store, bring: Import, monkeypatch: Patch
):
    bring(1, here("A1"), here("A2"))
    with monkeypatch.context() as patched:
        during(patched, lambda: erased(store, "A1"))
        bring(2, here("A1", "SY2 5XX"), here("A2"))
    assert active(store) == {"A2": ("SY1 1AA",)}
    assert rows_in(store, subscriber_reference) == 1


def first_do(patched: Patch, name: str, act: Callable[[], object]) -> None:
    """Do something before each of the steps of an import that have a name."""
    step = getattr(subscriber_imports, name)

    def act_then_step(*given: object) -> object:
        act()
        return step(*given)

    patched.setattr(subscriber_imports, name, act_then_step)


def test_who_is_erased_between_a_look_and_what_is_written_of_it_stays_erased(
    store: Store, bring: Import, monkeypatch: Patch
):
    bring(1, "A1,SY1 1AA,text,,burglary,,", here("A2"))
    with monkeypatch.context() as patched:
        first_do(patched, "with_news", lambda: erased(store, "A1"))
        # Silent on topics: what it would keep of them is what was known of who is erased.
        bring(2, "A1,SY2 5XX", "A2,SY1 1AA", header="reference,postcodes")
    assert active(store) == {"A2": ("SY1 1AA",)}
    assert rows_in(store, subscriber_reference) == 1


def test_who_is_erased_while_others_are_dropped_does_not_come_back_as_withdrawn(
    store: Store, bring: Import, monkeypatch: Patch
):
    bring(1, *many(100))
    with monkeypatch.context() as patched:
        first_do(patched, "states_of", lambda: erased(store, "A099"))
        bring(2, *many(99), replace=True)
    assert len(active(store)) == 99
    assert rows_in(store, subscriber_reference) == 99
