"""Single changes, imports at the same time, what changed since, and what a crash leaves."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from geo_alerts.errors import ConflictError, InvalidInputError, SourceError
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscriber_rules import FIELDS, Content, Decision, SubscriberRow
from geo_alerts.sources.subscribers import read_subscribers
from geo_alerts.store import housekeeping, subscriber_imports, subscriber_removal
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_imports import SubscriberOutcome, import_subscribers
from geo_alerts.store.subscriber_removal import discard
from geo_alerts.store.subscribers import changes_since, latest_change_set, load_members
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version
from tests.subscriber_world import (
    HEADER,
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
)

# --- one at a time --------------------------------------------------------------------------------


def test_a_single_change_is_seen_at_once_and_its_repetition_changes_nothing(store: Store):
    assert record_change(store, said("A1", 1), source="api") == Decision.ADDED
    assert active(store) == {"A1": ("SY9 5AA",)}
    assert record_change(store, said("A1", 2, withdraws=True), source="api") == Decision.WITHDRAWN
    before = seq_of(store)
    repeated = record_change(store, said("A1", 2, withdraws=True), source="api")
    assert (repeated, seq_of(store)) == (Decision.STILL_WITHDRAWN, before)
    assert active(store) == {}
    assert rows_in(store, subscriber_version) == 1


def test_a_single_change_older_than_what_is_known_is_told_so(store: Store, bring: Import):
    bring(5, gone("A1"))
    assert record_change(store, said("A1", 4), source="api") == Decision.OLDER
    assert active(store) == {}


def test_a_single_change_of_the_future_is_refused(store: Store):
    ahead = SubscriberRow("A1", store.clock() + timedelta(minutes=1))
    with pytest.raises(InvalidInputError, match="yet to come"):
        record_change(store, ahead, source="api")


@pytest.mark.parametrize("left", [frozenset(), frozenset({"channel:email"})])
def test_a_withdrawal_holds_although_the_clock_was_ahead_when_consent_was_recorded(
    store: Store, left: frozenset[str]
):
    right = store.clock
    store.clock = lambda: right() + timedelta(hours=2)
    content = Content(("SY9 5AA",), 1)
    record_change(store, SubscriberRow("A1", store.clock(), content=content), source="api")
    store.clock = right
    unsaid = frozenset(FIELDS) if left else frozenset()
    row = SubscriberRow("A1", right(), withdraws=not left, unsaid=unsaid, withdraws_from=left)
    wanted = Decision.PARTLY_WITHDRAWN if left else Decision.WITHDRAWN
    assert record_change(store, row, source="api") == wanted
    with store.reading() as connection:
        members = load_members(connection)
    assert not members.channels.any()
    assert record_change(store, row, source="api") == Decision.STILL_WITHDRAWN


def test_a_file_withdraws_although_the_clock_was_ahead_when_consent_was_recorded(
    store: Store, bring: Import
):
    right = store.clock
    store.clock = lambda: right() + timedelta(hours=2)
    content = Content(("SY9 5AA",), 1)
    record_change(store, SubscriberRow("A1", store.clock(), content=content), source="api")
    store.clock = right
    assert bring(3, gone("A1")).counts == {"withdrawn": 1}
    assert active(store) == {}


# --- imports and changes at once ------------------------------------------------------------------


def test_newer_single_changes_during_an_import_stand(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"), here("A2"), gone("A3"))

    def meanwhile() -> None:
        record_change(store, said("A1", 9, withdraws=True), source="api")
        record_change(store, said("A2", 2, withdraws=True), source="api")
        record_change(store, said("A3", 9), source="api")
        record_change(store, said("A4", 9, withdraws=True), source="api")

    during(monkeypatch, meanwhile)
    done = bring(3, here("A1"), here("A2"), gone("A3"), here("A4"), here("A5"))
    # A2's withdrawal is older than the file: the person joined again in between.
    assert active(store) == {"A2": ("SY1 1AA",), "A3": ("SY9 5AA",), "A5": ("SY1 1AA",)}
    assert done.counts["overtaken_by_newer"] == 3
    assert rows_in(store, subscriber_version) == 5


def test_newer_single_changes_stand_against_a_replacement_too(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, *many(100))
    during(monkeypatch, lambda: record_change(store, said("A099", 9), source="api"))
    bring(2, *many(99), replace=True)
    assert active(store)["A099"] == ("SY9 5AA",)


def test_of_two_files_at_once_the_second_to_finish_is_told_to_import_again(
    store: Store, bring: Import, read, monkeypatch: pytest.MonkeyPatch
):
    other = read(2, here("B1"))
    with monkeypatch.context() as patched:
        done: list[object] = []

        def import_the_other() -> None:
            if not done:
                done.append(True)
                import_subscribers(store, other)

        during(patched, import_the_other)
        with pytest.raises(ConflictError, match="import again"):
            bring(1, here("A1"))
    assert active(store) == {"B1": ("SY1 1AA",)}
    assert rows_in(store, subscriber_reference) == 1
    assert bring(1, here("A1")).outcome == SubscriberOutcome.IMPORTED


def test_an_import_is_read_by_nobody_until_it_is_switched_on(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"))
    seen: list[object] = []
    during(monkeypatch, lambda: seen.append((active(store), seq_of(store))))
    bring(2, gone("A1"), here("A2"))
    assert seen == [({"A1": ("SY1 1AA",)}, 1)]


# --- what changed ---------------------------------------------------------------------------------


def test_changes_since_a_number_are_the_people_as_they_are_now(store: Store, bring: Import):
    bring(1, here("A1"), here("A2"), here("A3"))
    first = seq_of(store)
    bring(2, here("A1"), here("A2", "SY2 5XX"), gone("A3"), here("A4"))
    second = seq_of(store)
    record_change(store, said("A2", 9, withdraws=True), source="api")
    with store.reading() as connection:
        since_first, removed_first = changes_since(connection, first)
        since_second, removed_second = changes_since(connection, second)
        since_now, removed_now = changes_since(connection, seq_of(store))
    # A1 was confirmed only: nothing that answers depend on changed.
    assert since_first.reference.tolist() == ["A4"]
    assert len(removed_first) == 2
    assert since_second.reference.tolist() == []
    assert len(removed_second) == 1
    assert (len(since_now), len(removed_now)) == (0, 0)


def test_a_change_is_not_missed_when_a_later_file_only_confirms_it(store: Store, bring: Import):
    bring(1, here("A1"))
    before = seq_of(store)
    bring(2, here("A1", "SY2 5XX"))
    bring(3, here("A1", "SY2 5XX"))
    bring(4, here("A1", "SY2 5XX"))
    with store.reading() as connection:
        members, _ = changes_since(connection, before)
    assert members.postcode.tolist() == ["SY2 5XX"]


def test_a_look_for_changes_costs_by_the_changes_not_by_the_subscribers(tmp_path: Path):
    def steps_with(count: int) -> int:
        path = tmp_path / f"{count}.csv"
        path.write_text("\n".join([HEADER, *many(count)]))
        file = read_subscribers(path, as_of=on(1), normalise=normalise)
        with Store.open(f"sqlite:///{tmp_path / f'{count}.db'}", create=True) as store:
            import_subscribers(store, file)
            before = seq_of(store)
            record_change(store, said("A001", 2, withdraws=True), source="api")
            steps: list[None] = []
            with store.reading() as connection:
                driver = connection.connection.driver_connection
                driver.set_progress_handler(lambda: steps.append(None), 1)
                _, removed = changes_since(connection, before)
                driver.set_progress_handler(None, 0)
            assert len(removed) == 1
        return len(steps)

    # Steps of SQLite's own machine, so that no clock is asked.
    assert steps_with(800) <= steps_with(20) * 1.1


# --- crashes and leftovers ------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_staged_changes_nothing(store: Store, read):
    file = read(1, here("A1"))
    file.path.write_text(f"{HEADER}\n{here('B1')}\n")
    with pytest.raises(SourceError, match="changed"):
        import_subscribers(store, file)
    for table in (change_set, subscriber_version, subscriber_reference):
        assert rows_in(store, table) == 0


def leave_staged(store: Store, read, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(Exception):
        pass

    def die() -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        during(patched, die)
        patched.setattr(subscriber_imports, "discard", lambda *_: None)
        with pytest.raises(KilledError):
            import_subscribers(store, read(2, gone("A1"), here("A2")))


def test_an_abandoned_import_is_removed_with_the_references_that_only_it_knew(
    store: Store, bring: Import, read, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"))
    leave_staged(store, read, monkeypatch)
    assert housekeeping.tidy(store) == 0
    assert rows_in(store, subscriber_version) == 3
    with store.writing() as connection:
        is_staged = change_set.c.status == "staged"
        lost = update(change_set).where(is_staged).values(owner=f"elsewhere 1 {'0' * 16}")
        connection.execute(lost.values(heartbeat_at=store.clock() - timedelta(hours=2)))
    assert housekeeping.tidy(store) == 1
    assert rows_in(store, subscriber_version) == 1
    assert rows_in(store, subscriber_reference) == 1
    assert rows_in(store, change_set) == 1
    assert active(store) == {"A1": ("SY1 1AA",)}


def test_an_import_that_was_taken_for_dead_is_told_so_and_changes_nothing(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"))

    def be_taken_for_dead() -> None:
        with store.reading() as connection:
            is_staged = change_set.c.seq.is_(None)
            set_id = connection.execute(select(change_set.c.id).where(is_staged)).scalar_one()
        discard(store, set_id)

    during(monkeypatch, be_taken_for_dead)
    with pytest.raises(ConflictError, match="silent"):
        bring(2, gone("A1"))
    assert active(store) == {"A1": ("SY1 1AA",)}


def test_old_versions_that_a_crash_left_are_removed_later(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"))
    with monkeypatch.context() as patched:
        patched.setattr(subscriber_imports, "prune", lambda *_: None)
        bring(2, here("A1", "SY2 5XX"))
    # Until then the newest version counts all the same, for whoever asks.
    assert active(store) == {"A1": ("SY2 5XX",)}
    with store.reading() as connection:
        changed, _ = changes_since(connection, 0)
        latest = latest_change_set(connection)
    assert changed.postcode.tolist() == ["SY2 5XX"]
    assert latest is not None
    assert (latest["active"], latest["withdrawn"]) == (1, 0)
    assert record_change(store, said("A1", 1, withdraws=True), source="api") == Decision.OLDER
    assert rows_in(store, subscriber_version) == 2
    housekeeping.tidy(store)
    assert rows_in(store, subscriber_version) == 1
    assert active(store) == {"A1": ("SY2 5XX",)}


def test_batches_smaller_than_the_file_give_the_same(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    for batching in (subscriber_imports, subscriber_removal):
        monkeypatch.setattr(batching, "BATCH_SUBSCRIBERS", 7)
    told: list[tuple[int, int | None]] = []
    bring(1, *many(60), progress=lambda done, total: told.append((done, total)))
    bring(2, *many(30), replace=True, confirm=lambda _: True)
    assert len(active(store)) == 30
    assert told[-1] == (60, 60)
    assert rows_in(store, subscriber_version) == 60
