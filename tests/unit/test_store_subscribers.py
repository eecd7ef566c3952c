"""Subscriber files in the store: what is kept, in any order; withdrawals stand."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from geo_alerts.audiences.people.members import day_number
from geo_alerts.errors import ConfirmationNeededError, InvalidInputError
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscribers import SubscriberFile, read_subscribers
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_imports import SubscriberOutcome, import_subscribers
from geo_alerts.store.subscribers import (
    changes_since,
    latest_change_set,
    load_members,
    subscribers_as_of,
)
from geo_alerts.store.tables import change_set, subscriber_reference, subscriber_version
from tests.subscriber_world import HEADER, Import, active, gone, here, many, on, rows_in, seq_of

# --- what comes back is what went in --------------------------------------------------------------


def test_members_come_back_with_all_that_is_kept(store: Store, bring: Import):
    bring(
        1,
        "WM-10,SY1 1AA;TF9 1AA,email;voice,Farm Watch;School,burglary,2020-01-01,",
        "WM-9,,,,,,",
        "WM-1,SY2 5XX,text,Farm Watch;School,,,",
        gone("WM-5"),
    )
    with store.reading() as connection:
        loaded = load_members(connection)
    members = loaded.take(np.argsort(loaded.reference_bytes))
    assert members.reference.tolist() == ["WM-1", "WM-10", "WM-9"]
    assert members.channels.tolist() == [2, 5, 0]
    assert members.groups == (("Farm Watch", "School"), ("Farm Watch", "School"), ())
    assert members.topics == ((), ("burglary",), ())
    assert members.joined.tolist() == [0, day_number("2020-01-01"), 0]
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
    bring(2, *many(100), "B1,SY1 1AA", "B2,SY1 1AA,te", replace=True)
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
