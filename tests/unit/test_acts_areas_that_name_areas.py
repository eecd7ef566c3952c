"""Saved areas that name saved areas, and circles that hold so many people, as they are answered."""

import json
from pathlib import Path

import pytest

from geo_alerts.acts import saved_areas as acts
from geo_alerts.acts.activation import activate
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.boundaries import DraftOptions, check, import_draft
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import Distance, Resolved, SavedVersion, resolved
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.errors import (
    ForbiddenError,
    InvalidAreaError,
    UnknownPostcodeError,
    UnknownSavedAreaError,
)
from geo_alerts.store import saved_areas as stored
from tests.api.world import squares
from tests.edition_world import silent, today
from tests.teams_redrawn import REDRAWN

ANNA = Asker("session:Anna", "Anna", Role.ANALYST)
BEN = Asker("session:Ben", "Ben", Role.COMMANDER)

T1 = {"type": "team", "codes": ["T1"]}
T2 = {"type": "team", "codes": ["T2"]}
HOLDING = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "holding": 30}


def area_of(value: dict[str, object]) -> AnyArea:
    return read_area(json.dumps(value))


def saved_as(live: Live, name: str, value: dict[str, object]) -> str:
    return acts.save(live, name, area_of(value), ANNA).saved.id


def named(saved: str, version: int | None = None) -> dict[str, object]:
    return {"type": "saved", "id": saved, "version": version}


def union(*areas: object) -> dict[str, object]:
    return {"type": "union", "areas": list(areas)}


def nobody_asked(*_: object) -> int:
    raise AssertionError


def asked(live: Live, area: dict[str, object], metres_holding=nobody_asked) -> Resolved:
    selection = Selection(area=area_of(area))
    return resolved(live.store, live.view(), selection, metres_holding, Role.ADMIN)


def test_a_selection_without_either_is_answered_as_it_is(live: Live):
    selection = Selection(area=area_of(union(T1, T2)))
    assert resolved(live.store, live.view(), selection, nobody_asked, Role.ADMIN) == Resolved(
        selection
    )


def test_saved_areas_are_answered_in_the_version_of_now_or_in_the_one_that_is_named(live: Live):
    town = saved_as(live, "Town", T1)
    both = saved_as(live, "Both", union(named(town), T2))
    acts.save_version(live, town, area_of(T2), ANNA)

    answer = asked(live, union(named(both), named(town, 1)))

    assert answer.selection.area == area_of(union(union(T2, T2), T1))
    assert answer.saved == (SavedVersion(both, 1), SavedVersion(town, 2), SavedVersion(town, 1))


def test_an_area_that_names_what_is_not_saved_is_refused(live: Live):
    with pytest.raises(UnknownSavedAreaError, match="no saved area 'abc' in version 7"):
        saved_as(live, "Town", union(T1, named("abc", 7)))
    with pytest.raises(UnknownSavedAreaError, match="no saved area 'abc'"):
        asked(live, named("abc"))


def test_an_area_cannot_come_to_name_itself(live: Live):
    town = saved_as(live, "Town", T1)
    both = saved_as(live, "Both", union(named(town), T2))

    with pytest.raises(InvalidAreaError, match=f"{town} would name itself"):
        acts.save_version(live, town, area_of(named(both)), ANNA)

    # Its own earlier version is no circle.
    acts.save_version(live, town, area_of(union(named(town, 1), T2)), ANNA)
    assert acts.show(live, both, Role.ADMIN).problem is None


def test_two_that_were_saved_at_once_and_name_each_other_are_told(live: Live, tmp_path: Path):
    one, other = saved_as(live, "One", T1), saved_as(live, "Other", T2)
    # What two processes may do between the look and the write of the other.
    for saved, value in ((one, named(other)), (other, named(one))):
        stored.save_version(live.store, saved, value, "test")

    with pytest.raises(InvalidAreaError, match=f"{one} names itself in the end"):
        asked(live, named(one))
    assert "names itself" in (acts.show(live, one, Role.ADMIN).problem or "")
    redraw(live, tmp_path)


def test_it_is_told_by_which_others_an_area_is_named(live: Live):
    town = saved_as(live, "Town", T1)
    both = saved_as(live, "Both", {"type": "difference", "from": T2, "without": [named(town)]})
    once = saved_as(live, "Once", named(town))
    acts.save_version(live, once, area_of(T2), ANNA)

    assert [one.id for one in acts.show(live, town, Role.ADMIN).named_by] == [both]
    assert acts.show(live, both, Role.ADMIN).named_by == ()


def redraw(live: Live, folder: Path) -> None:
    number = import_draft(
        live, squares(folder / "b.geojson", REDRAWN), silent, DraftOptions(), by="test"
    ).edition_id
    assert number is not None
    assert check(live, number).report.passed
    activate(live, number, today(), by="test")


def test_an_area_is_listed_for_review_for_a_team_that_it_names_through_another(
    live: Live, tmp_path: Path
):
    town = saved_as(live, "Town", T1)
    acts.save_version(live, town, area_of(T2), ANNA)
    both = saved_as(live, "Both", union(named(town, 1), T2))

    redraw(live, tmp_path)

    assert [one.saved.id for one in acts.reviews(live)] == [both]
    assert [one.code for one in acts.show(live, both, Role.ADMIN).rehomed] == ["T1"]


def test_who_may_change_only_their_own_changes_no_other(live: Live):
    town = saved_as(live, "Town", T1)
    acts.save_version(live, town, area_of(T2), ANNA)
    with pytest.raises(ForbiddenError, match="only its owner"):
        acts.save_version(live, town, area_of(T1), BEN)
    assert acts.show(live, town, Role.ADMIN).saved.version == 2


def test_a_circle_that_holds_people_is_as_wide_as_the_asker_counts(live: Live):
    town = saved_as(live, "Town", HOLDING)
    calls = []

    def metres_holding(easting: float, northing: float, people: int, selection: Selection) -> int:
        calls.append((easting, northing, people, selection.area.type))
        return 700

    wanted = {"type": "difference", "from": named(town), "without": [T2, HOLDING]}
    answer = asked(live, wanted, metres_holding)

    # SY1 1AA stands 200 m inside the corner of T1; one circle is counted once.
    assert calls == [(340_200, 310_200, 30, "difference")]
    circle = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 700}
    whole = {"type": "difference", "from": circle, "without": [T2, circle]}
    assert answer.selection.area == area_of(whole)
    assert answer.distances == (
        Distance("/area/from", 30, 700),
        Distance("/area/without/1", 30, 700),
    )


def test_a_circle_that_nothing_holds_is_told(live: Live):
    with pytest.raises(InvalidAreaError, match="no circle of up to 200 km holds 30 of the people"):
        asked(live, HOLDING, lambda *_: None)
    with pytest.raises(UnknownPostcodeError, match="no circle can be drawn round SY9 9ZZ"):
        asked(live, HOLDING | {"centre": {"postcode": "SY9 9ZZ"}}, lambda *_: 100)


def test_a_circle_that_holds_people_is_saved_without_counting_anybody(live: Live):
    most = saved_as(live, "Most", HOLDING | {"holding": 100_000_000})
    assert acts.show(live, most, Role.ADMIN).problem is None
