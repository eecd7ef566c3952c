"""Saved areas as people meet them: what is saved can be asked, what changed is listed."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from geo_alerts.acts import saved_areas as acts
from geo_alerts.acts.activation import activate
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import LawfulBasis
from geo_alerts.acts.audiences import Wanted, freeze
from geo_alerts.acts.boundaries import DraftOptions, check, import_draft
from geo_alerts.acts.editions import discard
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import area_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.errors import (
    ConflictError,
    InvalidInputError,
    NotReadyError,
    UnknownSavedAreaError,
    UnknownTeamError,
)
from geo_alerts.store.activations import mark_checked
from geo_alerts.store.database import Store
from tests.api.world import squares
from tests.edition_world import silent, today
from tests.teams_redrawn import REDRAWN

ANNA = Asker("session:Anna", "Anna", Role.ANALYST)
BOSS = Asker("session:Ben", "Ben", Role.ADMIN)


def team(*codes: str) -> AnyArea:
    return read_area(json.dumps({"type": "team", "codes": codes}))


def save(live: Live, name: str, *codes: str) -> str:
    return acts.save(live, name, team(*codes), ANNA).saved.id


def brought_in(live: Live, folder: Path) -> int:
    """The number of a checked edition in which T1 is split into T11 and T12."""
    number = import_draft(
        live, squares(folder / "b.geojson", REDRAWN), silent, DraftOptions(), by="test"
    ).edition_id
    assert number is not None
    assert check(live, number).report.passed
    return number


def redraw(live: Live, folder: Path, day: date | None = None) -> int:
    """T1 is split into T11 and T12, from a day on, usually today; the number of the edition."""
    number = brought_in(live, folder)
    activate(live, number, day or today(), by="test")
    return number


def test_what_is_saved_is_shown_with_all_its_versions(live: Live):
    saved = save(live, "  Town  ", "T1")
    acts.save_version(live, saved, team("T1", "T2"), BOSS, note=" both sides ")

    answer = acts.show(live, saved, Role.ADMIN)

    assert (answer.saved.name, answer.saved.version, answer.saved.note) == ("Town", 2, "both sides")
    assert [one.saved_by for one in answer.versions] == ["session:Anna", "session:Ben"]
    assert area_of(answer.saved) == team("T1", "T2")
    assert area_of(acts.show(live, saved, Role.ADMIN, 1).saved) == team("T1")
    assert (answer.rehomed, answer.reviews) == ((), ())


def test_an_area_that_names_what_is_not_known_is_not_saved(live: Live):
    with pytest.raises(UnknownTeamError, match="T9"):
        save(live, "Town", "T1", "T9")
    saved = save(live, "Town", "T1")
    with pytest.raises(UnknownTeamError, match="T9"):
        acts.save_version(live, saved, team("T9"), ANNA)
    assert [one.version for one in acts.saved_areas(live)] == [1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_name_has_a_length(live: Live, name: str):
    with pytest.raises(InvalidInputError, match="a name has 1 to 100 characters"):
        save(live, name, "T1")


def test_a_note_has_a_length(live: Live):
    saved = save(live, "Town", "T1")
    with pytest.raises(InvalidInputError, match="a note has 1 to 1,000 characters"):
        acts.save_version(live, saved, team("T1"), ANNA, note="x" * 1_001)


def test_nothing_is_saved_where_there_are_no_postcodes(store: Store):
    with pytest.raises(NotReadyError, match="no postcode directory"):
        save(Live(store), "Town", "T1")


def test_an_area_that_was_never_saved_has_no_versions(live: Live):
    with pytest.raises(UnknownSavedAreaError, match="nowhere"):
        acts.save_version(live, "nowhere", team("T1"), ANNA)


def test_an_area_whose_team_is_gone_is_listed_until_somebody_has_looked(live: Live, tmp_path: Path):
    saved = save(live, "Town", "T1")
    save(live, "Heath", "T2")

    number = redraw(live, tmp_path)

    (review,) = acts.reviews(live)
    assert (review.saved.id, review.version, review.edition) == (saved, 1, number)
    assert review.valid_from == today()
    (change,) = review.changes
    assert (change["code"], change["kind"], change["rule"]) == ("T1", "split", "last_ground")
    answer = acts.show(live, saved, Role.ADMIN)
    assert answer.reviews == (review,)
    assert [(one.code, one.rule) for one in answer.rehomed] == [("T1", "last_ground")]

    assert acts.close_review(live, saved, review.seq, by="session:Anna")
    assert not acts.close_review(live, saved, review.seq, by="session:Ben")
    assert acts.reviews(live) == []
    assert acts.show(live, saved, Role.ADMIN).reviews == ()


def test_an_area_saved_before_teams_that_are_to_come_is_listed_at_once(live: Live, tmp_path: Path):
    later = today() + timedelta(days=300)
    number = redraw(live, tmp_path, later)

    answer = acts.save(live, "Town", team("T1"), ANNA)
    save(live, "Heath", "T2")

    (review,) = answer.reviews
    assert (review.edition, review.valid_from, review.version) == (number, later, 1)
    (change,) = review.changes
    assert (change["code"], change["kind"], change["rule"]) == ("T1", "split", "last_ground")
    assert change["to"] == ["T11", "T12"]
    assert acts.reviews(live) == [review]


def test_a_version_saved_before_teams_that_are_to_come_is_listed_at_once(
    live: Live, tmp_path: Path
):
    saved = save(live, "Town", "T2")
    redraw(live, tmp_path, today() + timedelta(days=300))
    assert acts.reviews(live) == []

    answer = acts.save_version(live, saved, team("T2", "T1"), ANNA)

    (review,) = answer.reviews
    assert (review.version, [one["code"] for one in review.changes]) == (2, ["T1"])


def numbered(edition: int, *codes: str) -> AnyArea:
    return read_area(json.dumps({"type": "team", "codes": codes, "edition": edition}))


def test_an_edition_that_a_version_names_by_number_is_not_discarded(live: Live, tmp_path: Path):
    number = brought_in(live, tmp_path)
    answer = acts.save(live, "Town", numbered(number, "T11"), ANNA)
    acts.save_version(live, answer.saved.id, team("T2"), ANNA)

    with pytest.raises(ConflictError, match=f"named by the saved area 'Town' .{answer.saved.id}"):
        discard(live, number)

    assert acts.show(live, answer.saved.id, Role.ADMIN, 1).problem is None


def test_an_edition_that_a_frozen_audience_names_by_number_is_not_discarded(
    live: Live, tmp_path: Path
):
    number = brought_in(live, tmp_path)
    selection = Selection(area=numbered(number, "T11"))
    wanted = Wanted(selection, "a test", LawfulBasis.PUBLIC_TASK)
    frozen = freeze(live, wanted, Asker("test", "test", Role.ADMIN))

    with pytest.raises(ConflictError, match=f"named by the audience {frozen.id}"):
        discard(live, number)


def test_an_area_that_cannot_be_asked_any_more_is_shown_with_the_reason(live: Live, tmp_path: Path):
    number = brought_in(live, tmp_path)
    saved = acts.save(live, "Town", numbered(number, "T11"), ANNA).saved.id
    # A stricter check, which a checked edition need not pass, makes it a draft again.
    mark_checked(live.store, number, {"faults": []}, passed=False)

    answer = acts.show(live, saved, Role.ADMIN)

    assert answer.problem is not None
    assert f"edition {number}" in answer.problem
    assert (answer.saved.name, answer.rehomed) == ("Town", ())
    assert [one.id for one in acts.saved_areas(live)] == [saved]
