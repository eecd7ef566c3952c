"""Boundaries in time: drafts, checks, activations; who is in force when, and where each stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from geo_alerts.errors import ConflictError, StoreError, UnknownEditionError
from geo_alerts.store.activations import (
    Consequences,
    Review,
    State,
    activate,
    activations,
    edition_by_id,
    in_force,
    list_editions,
    mark_checked,
    periods,
    states,
)
from geo_alerts.store.boundary_links import BoundaryLink, links_between
from geo_alerts.store.database import Store
from geo_alerts.store.edition_removal import discard
from geo_alerts.store.editions import POSTCODES, TEAM, staging
from geo_alerts.store.layers import load_areas
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.tables import activation, boundary, boundary_link, saved_area_review
from tests.edition_world import checked_draft, draft, facts, import_units, put, rows_in, seq_of

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
DAY = timedelta(days=1)


def labels_on(store: Store, *days: date) -> list[str | None]:
    with store.reading() as connection:
        found = [in_force(connection, day).get(TEAM) for day in days]
    return [one.label if one else None for one in found]


def states_on(store: Store, day: date) -> list[str]:
    with store.reading() as connection:
        return [state.value for _, state in sorted(states(connection, day).items())]


# --- who is in force ------------------------------------------------------------------------------


def test_before_the_first_day_nobody_is_in_force_and_from_it_on_somebody_always_is(store: Store):
    put(store, checked_draft(store), FEBRUARY)
    far = date(2999, 12, 31)
    assert labels_on(store, JANUARY, FEBRUARY - DAY, FEBRUARY, far) == [
        None,
        None,
        "team a",
        "team a",
    ]


def test_the_latest_day_that_has_come_counts_in_whatever_order_days_were_given(store: Store):
    for sha256, day in (("c", MARCH), ("a", JANUARY), ("b", FEBRUARY)):
        put(store, checked_draft(store, sha256), day)
    days = (JANUARY - DAY, JANUARY, FEBRUARY - DAY, FEBRUARY, MARCH - DAY, MARCH)
    assert labels_on(store, *days) == [None, "team a", "team a", "team b", "team b", "team c"]


def test_of_one_day_the_edition_activated_last_counts(store: Store):
    one, other = checked_draft(store, "a"), checked_draft(store, "b")
    put(store, one, JANUARY)
    put(store, other, JANUARY)
    assert labels_on(store, JANUARY) == ["team b"]
    put(store, one, JANUARY)
    assert labels_on(store, JANUARY) == ["team a"]
    with store.reading() as connection:
        assert [one.edition_id for one in activations(connection, TEAM)] == [1, 2, 1]


def test_an_edition_may_be_in_force_twice(store: Store):
    one, other = checked_draft(store, "a"), checked_draft(store, "b")
    for edition, day in ((one, JANUARY), (other, FEBRUARY), (one, MARCH)):
        put(store, edition, day)
    with store.reading() as connection:
        held = [(one.label, since, until) for one, since, until in periods(connection, TEAM)]
    assert held == [
        ("team a", JANUARY, FEBRUARY),
        ("team b", FEBRUARY, MARCH),
        ("team a", MARCH, None),
    ]


def test_periods_of_one_edition_that_meet_are_one(store: Store):
    one, other = checked_draft(store, "a"), checked_draft(store, "b")
    put(store, one, JANUARY)
    put(store, other, FEBRUARY)
    put(store, one, FEBRUARY)
    put(store, one, MARCH)
    with store.reading() as connection:
        held = [(one.label, since, until) for one, since, until in periods(connection, TEAM)]
        assert periods(connection, "ward") == []
    assert held == [("team a", JANUARY, None)]


def test_layers_have_days_of_their_own_and_postcodes_have_none(store: Store):
    import_units(store, "p", "SY1 1AA")
    put(store, checked_draft(store, "a"), JANUARY)
    put(store, checked_draft(store, "w", layer="ward"), MARCH)
    with store.reading() as connection:
        then = in_force(connection, FEBRUARY)
        later = in_force(connection, MARCH)
        assert [one.layer for one in activations(connection)] == [TEAM, "ward"]
        assert [one.layer for one in activations(connection, "ward")] == ["ward"]
    assert set(then) == {POSTCODES, TEAM}
    assert set(later) == {POSTCODES, TEAM, "ward"}


# --- where an edition stands ----------------------------------------------------------------------


def test_an_edition_goes_from_draft_to_checked_scheduled_active_and_superseded(store: Store):
    one = draft(store, "a", "A")
    assert states_on(store, JANUARY) == [State.DRAFT]
    mark_checked(store, one.id, {}, passed=True)
    assert states_on(store, JANUARY) == [State.CHECKED]
    put(store, one, FEBRUARY)
    assert states_on(store, JANUARY) == [State.SCHEDULED]
    assert states_on(store, FEBRUARY) == [State.ACTIVE]
    put(store, checked_draft(store, "b"), MARCH)
    assert states_on(store, FEBRUARY) == [State.ACTIVE, State.SCHEDULED]
    assert states_on(store, MARCH) == [State.SUPERSEDED, State.ACTIVE]


def test_an_edition_whose_only_day_another_took_is_superseded(store: Store):
    one, other = checked_draft(store, "a"), checked_draft(store, "b")
    put(store, one, MARCH)
    put(store, other, MARCH)
    assert states_on(store, JANUARY) == [State.SUPERSEDED, State.SCHEDULED]


def test_postcodes_are_active_or_superseded(store: Store):
    import_units(store, "a", "SY1 1AA")
    import_units(store, "b", "SY2 2BB")
    assert states_on(store, JANUARY) == [State.SUPERSEDED, State.ACTIVE]


# --- checking -------------------------------------------------------------------------------------


def test_what_a_check_found_is_kept_with_its_time(store: Store):
    made = draft(store, "a", "A")
    assert (made.status, made.check_report, made.checked_at) == ("draft", None, None)
    failed = mark_checked(store, made.id, {"faults": [{"kind": "overlap"}]}, passed=False)
    assert (failed.status, failed.check_report) == ("draft", {"faults": [{"kind": "overlap"}]})
    passed = mark_checked(store, made.id, {"faults": []}, passed=True)
    assert (passed.status, passed.check_report) == ("checked", {"faults": []})
    assert passed.checked_at is not None
    assert failed.checked_at is not None
    assert failed.checked_at <= passed.checked_at
    with store.reading() as connection:
        assert edition_by_id(connection, made.id) == passed


def test_a_checked_edition_that_fails_is_a_draft_again_unless_it_was_activated(store: Store):
    made = checked_draft(store)
    assert mark_checked(store, made.id, {}, passed=False).status == "draft"
    mark_checked(store, made.id, {}, passed=True)
    put(store, made, MARCH)
    failed = mark_checked(store, made.id, {"faults": [1]}, passed=False)
    assert (failed.status, failed.check_report) == ("checked", {"faults": [1]})


def test_only_boundaries_that_are_there_can_be_checked(store: Store):
    import_units(store, "p", "SY1 1AA")
    with pytest.raises(ConflictError, match="postcodes"):
        mark_checked(store, 1, {}, passed=True)
    with pytest.raises(UnknownEditionError, match="edition 2"):
        mark_checked(store, 2, {}, passed=True)


# --- activating -----------------------------------------------------------------------------------


def test_an_activation_says_who_recorded_it_and_when(store: Store):
    before = datetime.now(UTC)
    made = put(store, checked_draft(store), FEBRUARY)
    assert (made.layer, made.edition_id, made.valid_from) == (TEAM, 1, FEBRUARY)
    assert made.recorded_by == "session:Anna"
    assert before <= made.recorded_at <= datetime.now(UTC)
    with store.reading() as connection:
        assert activations(connection) == [made]
        assert made.seq == latest_seq(connection)
        kept = edition_by_id(connection, 1)
    assert (kept.switched_seq, kept.switched_at) == (made.seq, made.recorded_at)


def test_a_draft_cannot_be_activated(store: Store):
    made = draft(store, "a", "A")
    with pytest.raises(ConflictError, match="must pass a check"):
        put(store, made, JANUARY)
    assert labels_on(store, JANUARY) == [None]


def test_what_is_no_edition_of_boundaries_cannot_be_activated(store: Store):
    import_units(store, "p", "SY1 1AA")
    with pytest.raises(ConflictError, match="postcodes"):
        activate(store, 1, JANUARY, by="Anna", expected_seq=seq_of(store))
    with staging(store, facts(TEAM, "s")) as stage, pytest.raises(UnknownEditionError):
        activate(store, stage.edition_id, JANUARY, by="Anna", expected_seq=0)


def test_an_activation_that_does_not_know_of_another_since_is_refused(store: Store):
    one, other = checked_draft(store, "a"), checked_draft(store, "b")
    ward = checked_draft(store, "w", layer="ward")
    looked = seq_of(store)
    activate(store, one.id, JANUARY, by="Anna", expected_seq=looked)
    with pytest.raises(ConflictError, match="meanwhile"):
        activate(store, other.id, FEBRUARY, by="Ben", expected_seq=looked)
    activate(store, ward.id, FEBRUARY, by="Ben", expected_seq=looked)
    assert labels_on(store, FEBRUARY) == ["team a"]
    assert rows_in(store, activation) == 2


def test_links_and_identities_are_recorded_with_the_activation(store: Store):
    one, other = checked_draft(store, "a", "A", "B"), checked_draft(store, "b", "A", "C")
    put(store, one, JANUARY, Consequences(identities={"A": "A", "B": "B"}))
    links = [
        BoundaryLink(other.id, "A", one.id, "A", "unchanged", 1.0, 1.0),
        BoundaryLink(other.id, "C", one.id, "B", "recoded", 1.0, 1.0),
    ]
    put(store, other, FEBRUARY, Consequences(links, {"A": "A", "C": "B"}))
    with store.reading() as connection:
        assert links_between(connection, one.id, other.id) == links
        assert links_between(connection, other.id, one.id) == []
        areas = load_areas(connection, other.id)
    assert areas["identity"].tolist() == ["A", "B"]


def test_links_of_the_same_two_editions_take_the_place_of_the_earlier_ones(store: Store):
    one, other = checked_draft(store, "a", "A"), checked_draft(store, "b", "B")
    put(store, one, JANUARY)
    first = BoundaryLink(other.id, "B", one.id, "A", "recoded", 1.0, 1.0)
    put(store, other, FEBRUARY, Consequences([first]))
    gone = BoundaryLink(other.id, "", one.id, "A", "removed", 0.0, 0.0)
    new = BoundaryLink(other.id, "B", one.id, "", "added", 0.0, 0.0)
    put(store, other, MARCH, Consequences([new, gone]))
    with store.reading() as connection:
        assert links_between(connection, one.id, other.id) == [new, gone]


def test_an_activation_that_fails_records_nothing_at_all(store: Store):
    one = checked_draft(store, "a", "A")
    link = BoundaryLink(one.id, "A", one.id, "A", "unchanged", 1.0, 1.0)
    same = Review("nowhere", 1, {})
    consequences = Consequences([link], {"A": "X"}, [same, same])
    before = seq_of(store)
    with pytest.raises(StoreError, match="failed"):
        put(store, one, JANUARY, consequences)
    assert seq_of(store) == before
    for table in (activation, boundary_link, saved_area_review):
        assert rows_in(store, table) == 0
    with store.reading() as connection:
        assert load_areas(connection, one.id)["identity"].tolist() == [""]
        assert edition_by_id(connection, one.id).switched_at is None


# --- listing and removing -------------------------------------------------------------------------


def test_drafts_are_listed_and_stages_are_not(store: Store):
    draft(store, "a", "A")
    with staging(store, facts(TEAM, "b")) as stage:
        with store.reading() as connection:
            assert [one.id for one in list_editions(connection)] == [1]
            with pytest.raises(UnknownEditionError):
                edition_by_id(connection, stage.edition_id)
        stage.keep_as_draft()
    import_units(store, "p", "SY1 1AA")
    with store.reading() as connection:
        assert [one.id for one in list_editions(connection)] == [1, 2, 3]
        assert [one.id for one in list_editions(connection, TEAM)] == [1, 2]
        assert [one.is_boundaries for one in list_editions(connection)] == [True, True, False]


def test_a_draft_can_be_discarded_until_it_was_activated(store: Store):
    one, other = checked_draft(store, "a", "A"), draft(store, "b", "B")
    put(store, one, MARCH)
    assert not discard(store, one.id)
    assert discard(store, other.id)
    assert not discard(store, other.id)
    assert rows_in(store, boundary) == 1
    with store.reading() as connection:
        assert [one.id for one in list_editions(connection)] == [one.id]
