"""Subscribers in the store: imports in any order, withdrawals that stand, who may be reached."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from geo_alerts.errors import (
    ConfirmationNeededError,
    ConflictError,
    InvalidInputError,
    SourceError,
)
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscriber_rules import Content, Decision, SubscriberRow
from geo_alerts.sources.subscribers import SubscriberFile, read_subscribers
from geo_alerts.store import housekeeping, subscriber_imports
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_imports import (
    SubscriberImport,
    SubscriberOutcome,
    import_subscribers,
)
from geo_alerts.store.subscribers import (
    changes_since,
    latest_change_set,
    load_members,
    subscribers_as_of,
)
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version

HEADER = "reference,postcodes,channels,groups,topics,joined,left"
DAY = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def on(day: int) -> datetime:
    """Noon of a day in June 2025."""
    return DAY.replace(day=day)


Import = Callable[..., SubscriberImport]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., SubscriberFile]:
    def from_lines(day: int, *lines: str) -> SubscriberFile:
        path = tmp_path / f"people {day}.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return read_subscribers(path, as_of=on(day), normalise=normalise)

    return from_lines


@pytest.fixture
def bring(store: Store, read: Callable[..., SubscriberFile]) -> Import:
    def from_lines(day: int, *lines: str, **options: object) -> SubscriberImport:
        return import_subscribers(store, read(day, *lines), **options)

    return from_lines


def here(reference: str, postcode: str = "SY1 1AA") -> str:
    return f"{reference},{postcode},text,,,,"


def gone(reference: str, left: str = "x") -> str:
    return f"{reference},SY1 1AA,text,,,,{left}"


def active(store: Store) -> dict[str, tuple[str, ...]]:
    """Reference -> postcodes of everybody who may be reached."""
    with store.reading() as connection:
        members = load_members(connection)
    offsets = members.postcode_offset
    return {
        str(reference): tuple(members.postcode[offsets[row] : offsets[row + 1]].tolist())
        for row, reference in enumerate(members.reference)
    }


def rows_in(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def seq_of(store: Store) -> int:
    with store.reading() as connection:
        return latest_seq(connection)


# --- what comes back is what went in --------------------------------------------------------------


def test_members_come_back_by_reference_with_all_that_is_kept(store: Store, bring: Import):
    bring(
        1,
        "WM-10,SY1 1AA;TF9 1AA,email;voice,Farm Watch;School,burglary,2020-01-01,",
        "WM-9,,,,,,",
        "WM-1,SY2 5XX,text,Farm Watch;School,,,",
        gone("WM-5"),
    )
    with store.reading() as connection:
        members = load_members(connection)
    # By code point: "WM-10" before "WM-9", whatever the database's language says.
    assert members.reference.tolist() == ["WM-1", "WM-10", "WM-9"]
    assert members.channels.tolist() == [2, 5, 0]
    assert members.groups == (("Farm Watch", "School"), ("Farm Watch", "School"), ())
    assert members.topics == ((), ("burglary",), ())
    assert members.postcode_offset.tolist() == [0, 1, 3, 3]
    assert members.postcode.tolist() == ["SY2 5XX", "SY1 1AA", "TF9 1AA"]
    assert len(set(members.number.tolist())) == 3
    assert all(0 <= number < 2**63 for number in members.number.tolist())


def test_a_number_stays_a_persons_own_through_every_change(store: Store, bring: Import):
    def number() -> int:
        with store.reading() as connection:
            return int(load_members(connection).number[0])

    bring(1, here("WM-1"))
    before = number()
    bring(2, gone("WM-1"))
    bring(3, here("WM-1", "SY2 5XX"))
    assert number() == before


def test_an_empty_store_has_no_members(store: Store):
    with store.reading() as connection:
        assert len(load_members(connection)) == 0
        assert subscribers_as_of(connection) is None
        assert latest_change_set(connection) is None
        members, removed = changes_since(connection, 0)
    assert (len(members), len(removed)) == (0, 0)


def test_the_latest_file_and_the_number_of_people_are_told(store: Store, bring: Import):
    bring(2, here("WM-1"), here("WM-2"), gone("WM-3"))
    bring(1, here("WM-4"))
    with store.reading() as connection:
        latest = latest_change_set(connection)
        # A file of an earlier time that comes later takes nothing from what is known.
        assert subscribers_as_of(connection) == "2025-06-02T12:00:00+00:00"
    assert latest is not None
    assert latest["source"] == "people 1.csv"
    assert latest["as_of"] == "2025-06-01T12:00:00+00:00"
    assert (latest["active"], latest["withdrawn"]) == (3, 1)
    assert latest["counts"] == {"added": 1}


# --- decisions ------------------------------------------------------------------------------------


def test_each_row_is_counted_by_what_became_of_it(store: Store, bring: Import):
    bring(1, here("A1"), here("A2"), here("A3"), gone("A4"), gone("A5"))
    done = bring(
        2, here("A1"), here("A2", "SY2 5XX"), gone("A3"), here("A4"), gone("A5"), here("A6")
    )
    assert done.counts == {
        "unchanged": 1,
        "changed": 1,
        "withdrawn": 1,
        "rejoined": 1,
        "still_withdrawn": 1,
        "added": 1,
    }
    assert active(store) == {
        "A1": ("SY1 1AA",),
        "A2": ("SY2 5XX",),
        "A4": ("SY1 1AA",),
        "A6": ("SY1 1AA",),
    }


def test_a_row_older_than_what_is_known_changes_nothing_and_is_counted(store: Store, bring: Import):
    bring(3, here("A1", "SY2 5XX"), gone("A2"))
    done = bring(2, here("A1"), here("A2"), gone("A1x"))
    assert done.counts == {"older_than_known": 2, "withdrawn": 1}
    assert active(store) == {"A1": ("SY2 5XX",)}


def test_a_file_that_only_confirms_still_makes_older_files_powerless(store: Store, bring: Import):
    bring(1, here("A1"))
    bring(5, here("A1"))
    bring(3, gone("A1"))
    assert active(store) == {"A1": ("SY1 1AA",)}


def test_of_one_time_the_withdrawal_stands_in_either_order(store: Store, bring: Import):
    bring(1, here("A1"), here("A2"))
    bring(2, gone("A1"))
    assert bring(2, here("A1"), gone("A2")).counts == {"older_than_known": 1, "withdrawn": 1}
    assert active(store) == {}


def test_of_one_time_the_corrected_file_that_comes_later_holds(store: Store, bring: Import):
    bring(1, here("A1"))
    bring(1, here("A1", "SY2 5XX"))
    assert active(store) == {"A1": ("SY2 5XX",)}


def test_a_withdrawal_of_a_day_outlasts_a_file_of_that_day(store: Store, read, tmp_path: Path):
    import_subscribers(store, read(10, gone("A1", "2025-06-10")))
    evening = tmp_path / "evening.csv"
    evening.write_text(f"{HEADER}\n{here('A1')}\n")
    later = read_subscribers(evening, as_of=on(10) + timedelta(hours=6), normalise=normalise)
    assert import_subscribers(store, later).counts == {"older_than_known": 1}
    next_day = read_subscribers(evening, as_of=on(11), normalise=normalise)
    assert import_subscribers(store, next_day).counts == {"rejoined": 1}


def test_a_person_first_heard_of_as_withdrawn_is_not_brought_in_by_an_older_file(
    store: Store, bring: Import
):
    bring(2, gone("A1"))
    bring(1, here("A1"))
    assert active(store) == {}


def test_nothing_of_a_withdrawn_person_is_kept_but_reference_and_times(store: Store, bring: Import):
    bring(1, "A1,SY1 1AA,text,Farm Watch,burglary,2020-01-01,")
    bring(2, gone("A1"))
    with store.reading() as connection:
        (row,) = connection.execute(select(subscriber_version)).all()
    assert (row.postcodes, row.groups, row.topics, row.channels, row.joined_on) == (
        [],
        [],
        [],
        0,
        "",
    )


def test_old_versions_are_removed(store: Store, bring: Import):
    for day in range(1, 6):
        bring(day, here("A1", f"SY{day} 1AA"), here("A2"))
    assert rows_in(store, subscriber_version) == 2
    assert rows_in(store, subscriber_reference) == 2


def test_a_file_of_the_future_is_refused(store: Store, read):
    file = read(1, here("A1"))
    ahead = SubscriberFile(**{**vars(file), "as_of": store.clock() + timedelta(minutes=1)})
    with pytest.raises(InvalidInputError, match="yet to come"):
        import_subscribers(store, ahead)


# --- importing again ------------------------------------------------------------------------------


def test_the_same_file_of_the_same_time_changes_nothing_and_says_so(store: Store, bring: Import):
    first = bring(1, here("A1"), gone("A2"))
    before = seq_of(store)
    again = bring(1, here("A1"), gone("A2"))
    assert again.outcome == SubscriberOutcome.UNCHANGED
    assert (again.seq, again.counts) == (first.seq, first.counts)
    assert seq_of(store) == before


def test_the_same_file_of_a_later_time_is_another_import(bring: Import):
    bring(1, here("A1"))
    bring(2, gone("A1"))
    assert bring(3, here("A1")).counts == {"rejoined": 1}


# --- who is not in the file -----------------------------------------------------------------------


def many(count: int) -> list[str]:
    return [here(f"A{number:03}") for number in range(count)]


def test_who_is_missing_from_a_file_stays(store: Store, bring: Import):
    bring(1, *many(3))
    bring(2, *many(2))
    assert set(active(store)) == {"A000", "A001", "A002"}


def test_replace_withdraws_who_is_missing_up_to_two_in_a_hundred_without_asking(
    store: Store, bring: Import
):
    bring(1, *many(100))
    done = bring(2, *many(98), replace=True)
    assert done.counts == {"unchanged": 98, "dropped_because_missing": 2}
    assert set(active(store)) == {f"A{number:03}" for number in range(98)}


def test_replace_asks_before_it_drops_more(store: Store, bring: Import):
    bring(1, *many(100))
    before = seq_of(store)
    with pytest.raises(ConfirmationNeededError, match=r"3 of 100 active subscribers \(3.0%\)"):
        bring(2, *many(97), replace=True)
    asked: list[str] = []

    def refuse(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(ConfirmationNeededError):
        bring(2, *many(97), replace=True, confirm=refuse)
    assert (len(active(store)), seq_of(store), len(asked)) == (100, before, 1)
    assert rows_in(store, change_set) == 1

    bring(2, *many(97), replace=True, confirm=lambda _question: True)
    assert len(active(store)) == 97


def test_replace_drops_nobody_of_whom_something_newer_is_known(store: Store, bring: Import):
    bring(1, *many(100))
    bring(3, here("B1"))
    done = bring(2, *many(100), replace=True)
    assert "B1" in active(store)
    assert "dropped_because_missing" not in done.counts


def test_replace_drops_nobody_whose_row_was_rejected(store: Store, bring: Import):
    bring(1, *many(100), here("B1"), here("B2"))
    bring(2, *many(100), "B1,SY1 1AA", "B2,SY1 1AA,text,,,,,more", replace=True)
    assert {"B1", "B2"} < set(active(store))


def test_who_was_dropped_stays_out_until_a_newer_file_has_them(store: Store, bring: Import):
    bring(1, *many(100))
    bring(3, *many(99), replace=True)
    bring(2, *many(100))
    assert "A099" not in active(store)
    bring(4, *many(100))
    assert "A099" in active(store)


def test_an_update_and_a_replacement_by_one_file_are_two_imports(store: Store, bring: Import):
    bring(1, *many(100))
    bring(2, *many(99))
    done = bring(2, *many(99), replace=True)
    assert done.counts == {"unchanged": 99, "dropped_because_missing": 1}
    assert len(active(store)) == 99


# --- one at a time --------------------------------------------------------------------------------


def said(reference: str, day: int, *, withdraws: bool = False) -> SubscriberRow:
    content = Content() if withdraws else Content(("SY9 5AA",), 1)
    return SubscriberRow(reference, on(day), withdraws=withdraws, content=content)


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


# --- imports and changes at once ------------------------------------------------------------------


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something after a file was staged and before it is switched on."""
    switch = subscriber_imports._Stage.switch  # noqa: SLF001 - the moment to interfere in

    def act_then_switch(stage: object) -> int:
        act()
        return switch(stage)

    monkeypatch.setattr(subscriber_imports._Stage, "switch", act_then_switch)  # noqa: SLF001


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
        patched.setattr(subscriber_imports, "_discard", lambda *_: None)
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
        subscriber_imports._discard(store, set_id)  # noqa: SLF001 - as another process would

    during(monkeypatch, be_taken_for_dead)
    with pytest.raises(ConflictError, match="silent"):
        bring(2, gone("A1"))
    assert active(store) == {"A1": ("SY1 1AA",)}


def test_old_versions_that_a_crash_left_are_removed_later(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, here("A1"))
    with monkeypatch.context() as patched:
        patched.setattr(subscriber_imports, "_prune", lambda *_: None)
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
    monkeypatch.setattr(subscriber_imports, "BATCH_SUBSCRIBERS", 7)
    told: list[tuple[int, int | None]] = []
    bring(1, *many(60), progress=lambda done, total: told.append((done, total)))
    bring(2, *many(30), replace=True, confirm=lambda _: True)
    assert len(active(store)) == 30
    assert told[-1] == (60, 60)
    assert rows_in(store, subscriber_version) == 60
