"""An edition from file to force, on the made world of four teams; worked out by hand.

The edition to come: T1 is cut in two halves, T1W and T1E; T2 has the new code T9; T3 is called
otherwise; of T4 the eastern half is in no team any more.
"""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from geo_alerts.acts.activation import activate
from geo_alerts.acts.boundaries import DraftOptions, check, import_boundaries, import_draft
from geo_alerts.acts.changes import compare
from geo_alerts.acts.editions import edition, editions
from geo_alerts.acts.live import Live, When
from geo_alerts.acts.look_up import look_up, team
from geo_alerts.acts.preview import preview
from geo_alerts.acts.repairs import repair
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_selection
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import (
    ConflictError,
    InvalidInputError,
    SourceFaultsError,
    UnknownEditionError,
    UnknownTeamError,
)
from geo_alerts.store.activations import State
from geo_alerts.store.database import Store
from geo_alerts.store.saved_areas import open_reviews, save
from tests.api.world import SIDE, SOUTH, WEST, build

HALF = SIDE // 2
# Code, name, west, south, east, north of the squares and halves, metres from the south-west corner.
TO_COME = [
    ("T1W", "West of 1", 0, 0, HALF, SIDE),
    ("T1E", "East of 1", HALF, 0, SIDE, SIDE),
    ("T9", "Team 2", SIDE, 0, 2 * SIDE, SIDE),
    ("T3", "Third", 0, SIDE, SIDE, 2 * SIDE),
    ("T4", "Team 4", SIDE, SIDE, SIDE + HALF, 2 * SIDE),
]
BY = "somebody"


def silent(_done, _total=None):
    """No progress bar."""


def written(path, areas, **members):
    features = []
    for code, name, west, south, east, north in areas:
        ring = np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])
        degrees = points_to_epsg_4326(ring[:, 0] + float(WEST), ring[:, 1] + float(SOUTH))
        geometry = {"type": "Polygon", "coordinates": [np.column_stack(degrees).tolist()]}
        properties = {"code": code, "name": name}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    collection = {"type": "FeatureCollection", "name": path.stem, **members, "features": features}
    path.write_text(json.dumps(collection))
    return path


@pytest.fixture
def url(tmp_path):
    address = f"sqlite:///{tmp_path / 'store.db'}"
    build(tmp_path, address)
    return address


@pytest.fixture
def live(url):
    with Store.open(url) as store:
        yield Live(store)


@pytest.fixture
def to_come(live, tmp_path):
    """The number of the edition to come, checked."""
    path = written(tmp_path / "to come.geojson", TO_COME)
    number = import_draft(live, path, silent, DraftOptions(), by=BY).edition_id
    check(live, number)
    return number


def teams_of(live, postcode, **when):
    (answer,) = look_up(live.view(When(**when)), [postcode])
    return answer.at.team.code if answer.at.team else None


def people_of(live, area, **when):
    selection = read_selection(json.dumps({"area": area}))
    return preview(live, selection, Role.ADMIN, When(**when)).figures.people


def test_a_draft_changes_no_answer_and_cannot_be_asked_or_activated(live, tmp_path):
    before = teams_of(live, "SY1 1AA")
    path = written(tmp_path / "new.geojson", TO_COME)
    report = import_draft(live, path, silent, DraftOptions(), by=BY)
    assert edition(live, report.edition_id).state is State.DRAFT
    assert report.counts["areas"] == 5
    assert teams_of(live, "SY1 1AA") == before
    # Told as an edition that is not there, also where it is of another layer.
    ward = import_draft(live, path, silent, DraftOptions(layer="ward"), by=BY)
    for number in (report.edition_id, ward.edition_id, 999):
        with pytest.raises(UnknownEditionError) as told:
            live.view(When(edition=number))
        assert str(told.value) == (
            f"there is no edition {number} that was checked; a draft must be checked first: "
            f"geo-alerts boundaries check {number}"
        )
    with pytest.raises(ConflictError, match="must pass a check"):
        activate(live, report.edition_id, None, by=BY)


def test_the_same_file_again_is_the_same_draft(live, to_come, tmp_path):
    path = tmp_path / "to come.geojson"
    again = import_draft(live, path, silent, DraftOptions(), by=BY)
    assert (again.edition_id, again.outcome.value) == (to_come, "unchanged")
    other_layer = import_draft(live, path, silent, DraftOptions(layer="ward"), by=BY)
    assert other_layer.edition_id != to_come


def test_a_checked_edition_answers_when_it_is_asked_by_its_number(live, to_come):
    assert teams_of(live, "SY1 1AA") == "T1"
    assert teams_of(live, "SY1 1AA", edition=to_come) == "T1W"
    assert live.view(When(edition=to_come)).inputs.boundary_edition_id == to_come
    with pytest.raises(UnknownEditionError):
        live.view(When(edition=999))
    with pytest.raises(InvalidInputError, match="not for both"):
        live.view(When(edition=to_come, as_of=live.today()))


def test_a_comparison_tells_who_moves_before_the_edition_is_in_force(live, to_come):
    found = compare(live, None, to_come).as_dict(most=100)
    kinds = {kind: found["teams"][kind] for kind in ("split", "recoded", "renamed", "reshaped")}
    assert kinds == {"split": 1, "recoded": 1, "renamed": 1, "reshaped": 1}
    # A lattice of 400 m from 200 m on: of five columns two lie west of the middle, and one on it,
    # which both halves cover. The first by code is then T1E.
    moved = {(one["old_code"], one["new_code"]): one for one in found["crosswalk"]}
    assert moved["T1", "T1W"]["units"] == 10
    assert moved["T1", "T1E"]["units"] == 15
    assert moved["T4", None]["units"] == 10
    assert found["moved"]["units"] == 25 + 10
    # 60 people live in T1, none in T4; who lives in T2 stays, under another code.
    assert found["moved"]["people"] == 60
    assert found["into_gap"] == {
        "units": 10,
        "people": 0,
        "m2": pytest.approx(HALF * SIDE, rel=1e-6),
        "postcodes": found["into_gap"]["postcodes"],
    }


def test_an_edition_of_a_later_day_is_scheduled_and_then_in_force_by_itself(url, live, to_come):
    tomorrow = live.today() + timedelta(days=1)
    done = activate(live, to_come, tomorrow, by=BY)
    assert (done.edition.state, done.changed) == (State.SCHEDULED, True)
    assert teams_of(live, "SY1 1AA") == "T1"
    assert teams_of(live, "SY1 1AA", as_of=tomorrow) == "T1W"
    assert [one.state for one in editions(live, "team")] == [State.SCHEDULED, State.ACTIVE]
    moment = datetime.now(UTC) + timedelta(days=1)
    with Store.open(url, clock=lambda: moment) as store:
        then = Live(store)
        assert teams_of(then, "SY1 1AA") == "T1W"
        assert teams_of(then, "SY1 1AA", as_of=live.today()) == "T1"
        assert [one.state for one in editions(then, "team")] == [State.ACTIVE, State.SUPERSEDED]


def test_a_server_that_runs_over_midnight_answers_with_the_edition_of_the_new_day(url, to_come):
    moment = datetime.now(UTC)
    with Store.open(url, clock=lambda: moment) as store:
        live = Live(store)
        activate(live, to_come, live.today() + timedelta(days=1), by=BY)
        assert teams_of(live, "SY1 1AA") == "T1"
        moment += timedelta(days=1)
        assert teams_of(live, "SY1 1AA") == "T1W"


def test_activating_again_what_is_in_force_changes_nothing(live, to_come):
    assert activate(live, to_come, None, by=BY).changed
    assert not activate(live, to_come, None, by=BY).changed


def test_no_answer_as_of_a_day_before_the_first_edition(live):
    with pytest.raises(UnknownEditionError, match="no teams were in force on 2001-01-01"):
        live.view(When(as_of=datetime(2001, 1, 1, tzinfo=UTC).date()))


def test_teams_that_go_on_keep_their_identity(live, to_come):
    old = {code: team(live.view(), code).identity for code in ("T1", "T2", "T3", "T4")}
    activate(live, to_come, None, by=BY)
    new = {code: team(live.view(), code).identity for code in ("T1W", "T1E", "T9", "T3", "T4")}
    assert (new["T9"], new["T3"], new["T4"]) == (old["T2"], old["T3"], old["T4"])
    assert len({*new.values(), old["T1"]}) == 6


def test_nobody_is_lost_in_silence_when_a_team_is_gone(live, to_come):
    gone, recoded = ({"type": "team", "codes": [code]} for code in ("T1", "T2"))
    assert (people_of(live, gone), people_of(live, recoded)) == (60, 30)
    activate(live, to_come, None, by=BY)
    assert (people_of(live, gone), people_of(live, recoded)) == (60, 30)
    selection = read_selection(json.dumps({"area": {"type": "union", "areas": [gone, recoded]}}))
    told = {one.code: (one.rule, one.to) for one in live.snapshot().rehomed(selection)}
    # Of the halves the one that is named first by code.
    assert told == {"T1": ("last_ground", ("T1E", "T1W")), "T2": ("new_code", ("T9",))}
    with pytest.raises(UnknownTeamError, match=r"T1 .* is gone since .* T1E"):
        team(live.view(), "T1")
    estimate = preview(live, read_selection(json.dumps({"area": gone})), Role.ANALYST)
    assert estimate.figures.error is not None
    assert abs(estimate.figures.people - 60) <= estimate.figures.error
    assert [one.code for one in estimate.rehomed] == ["T1"]


def test_saved_areas_are_listed_for_review_with_the_activation(live, to_come):
    areas = {
        "gone": {"type": "team", "codes": ["T1", "T3"]},
        "recoded": {"type": "union", "areas": [{"type": "team", "codes": ["T2"]}]},
        "smaller": {"type": "boundary", "layer": "team", "codes": ["T4"]},
        "renamed": {"type": "team", "codes": ["T3"]},
        "of an edition": {"type": "team", "codes": ["T1"], "edition": 2},
    }
    saved = {name: save(live.store, name, BY, area, BY).id for name, area in areas.items()}
    expected = {"gone": "last_ground", "recoded": "new_code", "smaller": "new_shape"}
    told = {one.saved.name: one.what.rule for one in compare(live, None, to_come).saved}
    assert told == expected
    done = activate(live, to_come, None, by=BY)
    assert {one.saved.name: one.what.rule for one in done.to_review} == expected
    with live.store.reading() as connection:
        opened = open_reviews(connection)
    assert {one.saved_area_id for one in opened} == {saved[name] for name in expected}


def test_the_short_way_brings_a_file_into_force_or_changes_nothing(live, tmp_path):
    good = written(tmp_path / "good.geojson", TO_COME)
    report = import_boundaries(live.store, good, silent, DraftOptions())
    assert (report.outcome.value, teams_of(live, "SY1 1AA")) == ("imported", "T1W")
    assert any("faults found" in note for note in report.notes)
    assert import_boundaries(live.store, good, silent, DraftOptions()).outcome.value == "unchanged"
    bow_tie = written(tmp_path / "bad.geojson", TO_COME)
    document = json.loads(bow_tie.read_text())
    ring = document["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    bow_tie.write_text(json.dumps(document))
    count = len(editions(live))
    with pytest.raises(SourceFaultsError, match="self-intersection"):
        import_boundaries(live.store, bow_tie, silent, DraftOptions())
    assert len(editions(live)) == count


def test_a_file_that_names_a_day_to_come_is_scheduled(live, tmp_path):
    day = live.today() + timedelta(days=30)
    path = written(tmp_path / "later.geojson", TO_COME, valid_from=day.isoformat())
    report = import_boundaries(live.store, path, silent, DraftOptions())
    assert f"in force from {day} on" in report.notes
    assert teams_of(live, "SY1 1AA") == "T1"


def test_parents_are_found_by_ground_and_told_with_the_team(live, tmp_path):
    north_south = [
        ("LPA-S", "South", 0, 0, 2 * SIDE, SIDE),
        ("LPA-N", "North", 0, SIDE, 2 * SIDE, 2 * SIDE),
    ]
    lpa = DraftOptions(layer="local_policing_area")
    import_boundaries(live.store, written(tmp_path / "lpa.geojson", north_south), silent, lpa)
    teams = DraftOptions(parent_layer="local_policing_area")
    import_boundaries(live.store, written(tmp_path / "teams2.geojson", TO_COME), silent, teams)
    parents = {code: team(live.view(), code).parents for code in ("T9", "T3")}
    assert [(one.code, one.name, one.layer) for one in parents["T9"]] == [
        ("LPA-S", "South", "local_policing_area")
    ]
    assert [one.code for one in parents["T3"]] == ["LPA-N"]


def test_parents_are_followed_when_their_codes_are_used_for_other_ground(live, tmp_path):
    def lpas(name, *areas):
        path = written(tmp_path / f"{name}.geojson", areas)
        options = DraftOptions(layer="local_policing_area")
        import_boundaries(live.store, path, silent, options)

    def parents(code):
        return [(one.code, one.name) for one in team(live.view(), code).parents]

    south, north = (0, 0, 2 * SIDE, SIDE), (0, SIDE, 2 * SIDE, 2 * SIDE)
    lpas("lpa", ("A", "South", *south), ("B", "North", *north))
    path = written(tmp_path / "teams.geojson", TO_COME)
    options = DraftOptions(parent_layer="local_policing_area")
    first = import_boundaries(live.store, path, silent, options).edition_id
    assert (parents("T9"), parents("T3")) == ([("A", "South")], [("B", "North")])
    lpas("swapped", ("B", "South", *south), ("A", "North", *north))
    assert (parents("T9"), parents("T3")) == ([("B", "South")], [("A", "North")])
    west = (0, 0, SIDE, SIDE)
    east = (SIDE, 0, 2 * SIDE, SIDE)
    lpas("split", ("C", "West", *west), ("D", "East", *east), ("A", "North", *north))
    assert (parents("T9"), parents("T3")) == ([], [("A", "North")])
    # By the ground of other parents the same file is another edition.
    again = import_draft(live, path, silent, options, by=BY)
    assert again.edition_id != first
    assert import_draft(live, path, silent, options, by=BY).edition_id == again.edition_id


def test_teams_are_held_against_the_force_where_there_are_no_postcodes_yet(tmp_path):
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}", create=True) as store:
        live = Live(store)
        path = written(tmp_path / "teams.geojson", TO_COME)
        number = import_draft(live, path, silent, DraftOptions(), by=BY).edition_id
        kinds = {fault.kind.value for fault in check(live, number).report.faults}
        assert "outside_force" not in kinds
        force = written(tmp_path / "force.geojson", [("F", "Force", 0, 0, 2 * SIDE, SIDE)])
        import_boundaries(store, force, silent, DraftOptions(layer="force"))
        kinds = {fault.kind.value for fault in check(live, number).report.faults}
        assert "outside_force" in kinds


def test_a_repair_is_a_new_draft_and_tells_whom_each_change_moves(live, tmp_path):
    # T1 reaches 3 m into T2, over a column of units that lies 1 m inside T2.
    areas = [
        ("T1", "Team 1", 0, 0, SIDE + 203, SIDE),
        ("T2", "Team 2", SIDE + 199, 0, 2 * SIDE, SIDE),
    ]
    path = written(tmp_path / "overlap.geojson", areas)
    number = import_draft(live, path, silent, DraftOptions(), by=BY).edition_id
    done = repair(live, number, 5.0, by=BY)
    assert (done.edition.state, done.edition.repaired_from) == (State.DRAFT, number)
    assert done.original.id == number != done.edition.id
    (closed,) = [one for one in done.changes if one.change.kind == "overlap_closed"]
    assert closed.change.area_m2 == pytest.approx(4 * SIDE, rel=1e-3)
    # Five units lie in the overlap, and with each two of the thirty people of T2, or one.
    assert (closed.units, closed.people) == (5, 6)
    assert (done.units_moved, done.people_moved) == (5, 6)
    assert done.left == ()
    again = repair(live, number, 5.0, by=BY)
    assert again.edition.id == done.edition.id
    assert check(live, done.edition.id).report.passed


def test_a_repair_that_has_nothing_to_do_makes_no_edition(live, to_come):
    mended = repair(live, to_come, 1.0, by=BY).edition.id
    before = len(editions(live))
    done = repair(live, mended, 1.0, by=BY)
    assert (done.edition.id, done.changes, len(editions(live))) == (mended, (), before)
