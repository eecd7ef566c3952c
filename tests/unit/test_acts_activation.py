"""What is told before an edition is put in force, and what is not put in force any more."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from geo_alerts.acts import saved_areas
from geo_alerts.acts.activation import activate, preview
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.boundaries import DraftOptions, check, import_draft
from geo_alerts.acts.editions import discard, editions
from geo_alerts.acts.live import Live
from geo_alerts.acts.words import finding
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.errors import ConflictError, UnknownEditionError
from geo_alerts.places.layer import TEAM
from tests.api.world import squares
from tests.edition_world import silent, today
from tests.teams_redrawn import REDRAWN, T1_STAYS, WITH_GAP, Squares

IN_A_MONTH = today() + timedelta(days=30)


@pytest.fixture
def number(live: Live, tmp_path: Path) -> int:
    """The teams redrawn, checked."""
    return brought_in(live, tmp_path / "redrawn.geojson", REDRAWN)


def brought_in(live: Live, path: Path, areas: Squares) -> int:
    drawn = squares(path, areas)
    made = import_draft(live, drawn, silent, DraftOptions(), by="test").edition_id
    assert made is not None
    assert check(live, made).report.passed
    return made


def in_force_now(live: Live) -> int:
    (found,) = [one.id for one in editions(live, TEAM) if one.state == "active"]
    return found


def test_a_preview_tells_what_changes_and_records_nothing(live: Live, number: int):
    told = preview(live, number, IN_A_MONTH)

    assert (told.valid_from, told.changed) == (IN_A_MONTH, True)
    assert told.compared is not None
    # The 25 units of T1, with all its people, and 5 of T4, in which nobody is.
    assert finding(told.compared.comparison) == (
        "4 teams before, 5 after: 1 renamed, 2 reshaped, 1 split, 2 added. "
        "30 of 101 live postcodes go to another team, with 60 people."
    )
    assert told.why_ask == ("60 people in another team or none, 62.5% of all",)
    assert in_force_now(live) != number


def test_saved_areas_that_are_concerned_are_a_reason_to_ask(live: Live, tmp_path: Path):
    for name in ("Heath", "Quarry"):
        area = read_area('{"type": "team", "codes": ["T4", "T2"]}')
        saved_areas.save(live, name, area, Asker("test", "Anna", Role.ADMIN))
    # 5 of the 25 units of T4 go to T3; nobody lives in them.
    number = brought_in(live, tmp_path / "stays.geojson", T1_STAYS)

    assert preview(live, number, None).why_ask == ("2 saved areas to be reviewed",)


def test_people_who_fall_into_no_team_are_told(live: Live, tmp_path: Path):
    number = brought_in(live, tmp_path / "gap.geojson", WITH_GAP)

    compared = preview(live, number, None).compared

    assert compared is not None
    # 10 units of T1, each with two people in it or three: 60 people go round in 25 units.
    assert finding(compared.comparison).endswith(
        "30 of 101 live postcodes go to another team (10 of them to none), with 60 people, "
        "24 of them to none."
    )


def test_the_first_edition_of_a_layer_asks_nothing(live: Live, tmp_path: Path):
    options = DraftOptions(layer="beat")
    drawn = squares(tmp_path / "beats.geojson", REDRAWN)
    number = import_draft(live, drawn, silent, options, by="test").edition_id
    assert number is not None
    check(live, number)

    told = preview(live, number, None)

    assert told.why_ask == ()
    assert told.compared is not None
    assert finding(told.compared.comparison) == (
        "The first edition of the layer beat: 5 areas. 100 of 101 live postcodes are in one."
    )


def test_an_edition_that_is_in_force_already_has_nothing_to_tell(live: Live):
    told = preview(live, in_force_now(live), None)

    assert (told.changed, told.compared, told.why_ask) == (False, None, ())


def test_what_a_person_has_seen_must_still_hold(live: Live, number: int, tmp_path: Path):
    told = preview(live, number, None)
    assert told.compared is not None
    activate(live, brought_in(live, tmp_path / "gap.geojson", WITH_GAP), None, by="other")

    with pytest.raises(ConflictError, match="activated meanwhile"):
        activate(live, number, None, by="test", seen_seq=told.compared.seq)

    assert in_force_now(live) != number


def test_a_preview_is_against_the_edition_of_its_day(live: Live, number: int, tmp_path: Path):
    activate(live, number, IN_A_MONTH, by="test")
    third = brought_in(live, tmp_path / "gap.geojson", WITH_GAP)

    for day, old in ((today(), in_force_now(live)), (IN_A_MONTH + timedelta(days=1), number)):
        compared = preview(live, third, day).compared
        assert compared is not None
        assert compared.old is not None
        assert compared.old.id == old


def test_an_edition_that_was_never_in_force_can_be_discarded(live: Live, number: int):
    assert discard(live, number).id == number

    with pytest.raises(UnknownEditionError):
        discard(live, number)


def test_an_edition_that_was_once_in_force_is_kept(live: Live):
    number = in_force_now(live)

    with pytest.raises(ConflictError, match="was activated: what was once in force is kept"):
        discard(live, number)

    assert in_force_now(live) == number


def test_a_day_before_the_first_edition_has_no_edition_before(live: Live, number: int):
    compared = preview(live, number, date(1990, 1, 1)).compared

    assert compared is not None
    assert compared.old is None
