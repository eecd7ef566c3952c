"""Saved areas: every version stays; what an activation touches is listed until somebody looked."""

import pytest

from geo_alerts.errors import ConflictError, UnknownSavedAreaError
from geo_alerts.store.activations import Consequences, Review, activate
from geo_alerts.store.database import Store
from geo_alerts.store.saved_areas import (
    Change,
    close_review,
    open_reviews,
    save,
    save_version,
    saved_area,
    saved_areas,
    versions_of,
)
from tests.edition_world import checked_draft, put, seq_of, today

TEAM_A = {"type": "team", "code": "A"}
TEAM_B = {"type": "team", "code": "B"}


def test_a_saved_area_comes_back_as_it_was_saved(store: Store):
    made = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    assert (made.version, made.area, made.saved_by, made.note) == (1, TEAM_A, "session:Anna", "")
    with store.reading() as connection:
        assert saved_area(connection, made.id) == made
        assert saved_areas(connection) == [made]


def test_every_version_stays_and_the_latest_is_the_one_that_counts(store: Store):
    first = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    why = Change("the team was re-coded")
    second, is_new = save_version(store, first.id, TEAM_B, "session:Ben", why)
    assert is_new
    assert (second.version, second.owner, second.saved_by) == (2, "Anna", "session:Ben")
    with store.reading() as connection:
        assert saved_area(connection, first.id) == second
        assert saved_area(connection, first.id, 1) == first
        assert versions_of(connection, first.id) == [first, second]
        assert saved_areas(connection) == [second]


def test_an_area_as_it_is_makes_no_new_version(store: Store):
    first = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    again = save_version(store, first.id, dict(TEAM_A), "session:Ben", Change("looked at it", 1))
    assert again == (first, False)
    second, _ = save_version(store, first.id, TEAM_B, "session:Ben")
    # Whoever knew of an earlier version only wanted what is saved by now.
    assert save_version(store, first.id, TEAM_B, "session:Anna", Change("", 1)) == (second, False)
    # What was so once is a change again.
    third, is_new = save_version(store, first.id, TEAM_A, "session:Anna")
    assert (third.version, is_new) == (3, True)


def test_saved_areas_are_listed_by_name(store: Store):
    for name in ("Quarry", "Abbey", "Market"):
        save(store, name, "Anna", TEAM_A, "session:Anna")
    with store.reading() as connection:
        assert [one.name for one in saved_areas(connection)] == ["Abbey", "Market", "Quarry"]


def test_what_was_never_saved_is_not_found(store: Store):
    made = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    with store.reading() as connection:
        with pytest.raises(UnknownSavedAreaError, match="version 2"):
            saved_area(connection, made.id, 2)
        with pytest.raises(UnknownSavedAreaError, match="nowhere"):
            saved_area(connection, "nowhere")
        assert versions_of(connection, "nowhere") == []
    with pytest.raises(UnknownSavedAreaError):
        save_version(store, "nowhere", TEAM_A, "session:Anna")


def test_a_review_is_open_from_the_activation_until_somebody_closes_it(store: Store):
    made = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    reviews = (Review(made.id, made.version, {"code": "A", "happened": "split"}),)
    consequences = Consequences(reviews=reviews)
    activation = put(store, checked_draft(store), today(), consequences)
    with store.reading() as connection:
        (review,) = open_reviews(connection)
    assert (review.saved_area_id, review.version) == (made.id, 1)
    assert review.activation_seq == activation.seq
    assert review.reason == {"code": "A", "happened": "split"}
    assert (review.opened_at, review.closed_at) == (activation.recorded_at, None)

    save_version(store, made.id, TEAM_B, "session:Anna")
    with store.reading() as connection:
        assert open_reviews(connection) == [review]

    assert close_review(store, made.id, activation.seq, by="session:Ben")
    assert not close_review(store, made.id, activation.seq, by="session:Carl")
    with store.reading() as connection:
        assert open_reviews(connection) == []


def test_a_review_that_was_never_opened_cannot_be_closed(store: Store):
    made = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    with pytest.raises(UnknownSavedAreaError, match="change 1"):
        close_review(store, made.id, 1, by="session:Anna")


def test_an_activation_that_does_not_know_of_an_area_saved_since_is_refused(store: Store):
    draft = checked_draft(store)
    looked = seq_of(store)
    made = save(store, "Market square", "Anna", TEAM_A, "session:Anna")
    with pytest.raises(ConflictError, match="saved a target area"):
        activate(store, draft.id, today(), by="session:Anna", expected_seq=looked)
    looked = seq_of(store)
    save_version(store, made.id, TEAM_B, "session:Anna")
    with pytest.raises(ConflictError, match="saved a target area"):
        activate(store, draft.id, today(), by="session:Anna", expected_seq=looked)
    put(store, draft, today())
