"""Layers of boundaries: drafts as given, parents, identities, and areas that are gone."""

from datetime import date

import numpy as np
import pytest
import shapely

from geo_alerts.errors import CrsError, FrameError, InvalidInputError, UnknownEditionError
from geo_alerts.store.activations import Consequences, mark_checked
from geo_alerts.store.database import Store
from geo_alerts.store.editions import TEAM, Edition, Outcome, import_again
from geo_alerts.store.layers import (
    import_draft,
    load_areas,
    load_layer,
    require_boundary_layer,
)
from geo_alerts.store.tables import boundary, edition
from tests.edition_world import SQUARE, WITH_HOLE, checked_draft, draft, facts, put, rows_in, teams

BOW_TIE = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)


def named(**identities: str) -> Consequences:
    """Code -> identity of areas."""
    return Consequences(identities=identities)


def outlines(store: Store, sha256: str, **boxes: tuple[int, int, int, int]) -> Edition:
    """A checked edition of rectangles, in metres."""
    shapes = [shapely.box(*box) for box in boxes.values()]
    made = import_draft(store, facts(TEAM, sha256), teams(list(boxes), shapes)).edition
    return mark_checked(store, made.id, {}, passed=True)


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_comes_back_with_all_that_is_known_of_it(store: Store):
    given = facts(
        TEAM,
        label="Teams 2025",
        read_as="code_field=ID",
        valid_from="2025-04-01",
        licence="OGL v3.0",
        parent_layer="local_policing_area",
        repaired_from=7,
        recorded_by="session:Anna",
        notes={"from": "force"},
    )
    made = import_draft(store, given, teams(["A"], [SQUARE]))
    kept = made.edition
    assert (made.outcome, kept.status, kept.row_count) == (Outcome.IMPORTED, "draft", 1)
    assert (kept.label, kept.read_as, kept.licence) == ("Teams 2025", "code_field=ID", "OGL v3.0")
    assert (kept.parent_layer, kept.repaired_from) == ("local_policing_area", 7)
    assert (kept.recorded_by, kept.valid_from) == ("session:Anna", "2025-04-01")
    assert (kept.notes, kept.switched_at) == ({"from": "force"}, None)


def test_areas_come_back_as_they_were_given_also_where_they_are_invalid(store: Store):
    given = teams(["C", "A", "B"], [BOW_TIE, WITH_HOLE, SQUARE]).assign(
        parent_code=["L2", "", "L1"]
    )
    made = import_draft(store, facts(TEAM), given).edition
    with store.reading() as connection:
        kept = load_areas(connection, made.id)
    assert kept.crs == given.crs
    assert kept["code"].tolist() == ["A", "B", "C"]
    assert kept["parent_code"].tolist() == ["", "L1", "L2"]
    assert kept["identity"].tolist() == ["", "", ""]
    assert kept.geometry[0] == WITH_HOLE
    assert kept.geometry[2] == shapely.MultiPolygon([BOW_TIE])
    assert kept.geometry.is_valid.tolist() == [True, True, False]


def test_a_layer_knows_the_parents_and_the_identities_of_its_areas(store: Store):
    given = teams(["B", "A"], [WITH_HOLE, SQUARE]).assign(parent_code=["L1", "L2"])
    made = import_draft(store, facts("ward"), given).edition
    mark_checked(store, made.id, {}, passed=True)
    put(store, made, JANUARY, named(A="A", B="old B"))
    with store.reading() as connection:
        layer, by_number = load_layer(connection, made), load_layer(connection, made.id)
    assert (layer.kind, layer.edition) == ("ward", "ward a")
    assert layer.code.tolist() == ["A", "B"]
    assert layer.parent.tolist() == ["L2", "L1"]
    assert layer.identity.tolist() == ["A", "old B"]
    assert by_number.code.tolist() == ["A", "B"]


def test_the_same_file_again_is_the_same_draft_whatever_its_state(store: Store):
    first = draft(store, "a", "A")
    for passed in (False, True):
        again = import_draft(store, facts(TEAM, "a"), teams(["X"], [SQUARE]))
        assert (again.outcome, again.edition.id) == (Outcome.UNCHANGED, first.id)
        mark_checked(store, first.id, {}, passed=passed or True)
    put(store, first, JANUARY)
    put(store, checked_draft(store, "b", "B"), FEBRUARY)
    again = import_draft(store, facts(TEAM, "a"), teams(["X"], [SQUARE]))
    assert (again.outcome, again.edition.id) == (Outcome.UNCHANGED, first.id)
    assert rows_in(store, boundary) == 2


def test_the_same_file_for_another_layer_or_with_other_options_is_another_draft(store: Store):
    draft(store, "a", "A")
    for other in (facts("ward", "a"), facts(TEAM, "a", read_as="crs=EPSG:4326")):
        assert import_draft(store, other, teams(["A"], [SQUARE])).outcome == Outcome.IMPORTED
    assert rows_in(store, edition) == 3


def test_a_draft_that_is_imported_under_another_label_is_renamed(store: Store):
    made = draft(store, "a", "A")
    assert import_again(store, TEAM, made.sha256, label="team a").outcome == Outcome.UNCHANGED
    renamed = import_again(store, TEAM, made.sha256, label="Spring")
    assert (renamed.outcome, renamed.edition.label) == (Outcome.RELABELLED, "Spring")
    assert (renamed.edition.id, renamed.edition.status) == (made.id, "draft")


@pytest.mark.parametrize(
    "name",
    ["", "Team", "2team", "team-a", "a" * 41, "postcodes", "households", "contacts", "team\n"],
)
def test_a_layer_of_boundaries_has_a_plain_name_of_its_own(store: Store, name: str):
    with pytest.raises(InvalidInputError, match="cannot be a layer of boundaries"):
        import_draft(store, facts(name), teams(["A"], [SQUARE]))
    assert rows_in(store, edition) == 0


def test_common_layers_have_names_that_are_allowed():
    for name in ("team", "local_policing_area", "force", "ward", "parish", "lsoa", "a" * 40):
        assert require_boundary_layer(name) == name


def test_what_is_no_frame_of_areas_is_refused_before_anything_is_staged(store: Store):
    with pytest.raises(CrsError):
        import_draft(store, facts(TEAM), teams(["A"], [SQUARE], crs="EPSG:4326"))
    with pytest.raises(FrameError, match="more than once"):
        import_draft(store, facts(TEAM), teams(["A", "A"], [SQUARE, SQUARE]))
    with pytest.raises(FrameError, match="parent_code"):
        import_draft(store, facts(TEAM), teams(["A"], [SQUARE]).assign(parent_code=[7]))
    assert rows_in(store, edition) == 0


def test_an_edition_that_is_not_there_cannot_be_loaded(store: Store):
    with store.reading() as connection:
        with pytest.raises(UnknownEditionError):
            load_layer(connection, 7)
        with pytest.raises(UnknownEditionError):
            load_areas(connection, 7)


def test_more_areas_than_a_batch_come_back_whole(store: Store):
    codes = [f"T{number:03}" for number in range(450)]
    made = draft(store, "a", *codes)
    with store.reading() as connection:
        layer = load_layer(connection, made)
    assert layer.code.tolist() == codes
    np.testing.assert_array_equal(shapely.area(layer.geometry), 1e6)


# --- areas that are gone --------------------------------------------------------------------------


def test_an_area_that_was_split_is_known_by_who_has_its_ground(store: Store):
    put(store, outlines(store, "a", A=(0, 0, 1000, 1000), B=(1000, 0, 2000, 1000)), JANUARY)
    now = outlines(
        store, "b", A1=(0, 0, 250, 1000), A2=(250, 0, 1000, 1000), B=(1000, 0, 2000, 1000)
    )
    put(store, now, FEBRUARY)
    with store.reading() as connection:
        layer = load_layer(connection, now)
    assert set(layer.successions) == {"A"}
    gone = layer.successions["A"]
    assert (gone.name, gone.kind, gone.edition, gone.until) == (
        "Team A",
        "split",
        "team a",
        "2025-02-01",
    )
    assert gone.to == ("A2", "A1")
    assert gone.shares == pytest.approx((0.75, 0.25))
    assert gone.geometry.equals(shapely.box(0, 0, 1000, 1000))


def test_an_area_that_went_into_another_was_merged_and_one_without_successor_removed(store: Store):
    before = outlines(
        store, "a", A=(0, 0, 1000, 1000), B=(1000, 0, 2000, 1000), C=(9000, 0, 9500, 500)
    )
    put(store, before, JANUARY)
    now = outlines(store, "b", B=(0, 0, 2000, 1000))
    put(store, now, FEBRUARY)
    with store.reading() as connection:
        gone = load_layer(connection, now).successions
    assert (gone["A"].kind, gone["A"].to, gone["A"].shares) == ("merged", ("B",), (1.0,))
    assert (gone["C"].kind, gone["C"].to, gone["C"].shares) == ("removed", (), ())


def test_an_area_with_the_same_identity_was_recoded(store: Store):
    put(store, outlines(store, "a", A=(0, 0, 1000, 1000)), JANUARY, named(A="A"))
    now = outlines(store, "b", N=(0, 0, 900, 1000), M=(900, 0, 2000, 1000))
    put(store, now, FEBRUARY, named(N="A", M="M"))
    with store.reading() as connection:
        gone = load_layer(connection, now).successions["A"]
    assert (gone.kind, gone.to) == ("recoded", ("N", "M"))
    assert gone.shares == pytest.approx((0.9, 0.1))


def test_what_was_gone_long_ago_is_told_of_its_last_ground_and_the_areas_of_now(store: Store):
    put(store, outlines(store, "a", A=(0, 0, 1000, 1000)), JANUARY)
    put(store, outlines(store, "b", B=(0, 0, 1000, 1000)), FEBRUARY)
    now = outlines(store, "c", C=(0, 0, 600, 1000), D=(600, 0, 1000, 1000))
    put(store, now, MARCH)
    with store.reading() as connection:
        gone = load_layer(connection, now).successions
    assert {code: one.until for code, one in gone.items()} == {"A": "2025-02-01", "B": "2025-03-01"}
    assert (gone["A"].to, gone["A"].shares) == (("C", "D"), pytest.approx((0.6, 0.4)))
    assert gone["A"].edition == "team a"


def test_an_area_that_only_touches_takes_nobodys_place(store: Store):
    put(store, outlines(store, "a", A=(0, 0, 1000, 1000), B=(1000, 0, 2000, 1000)), JANUARY)
    now = outlines(store, "b", B=(1000, 0, 2000, 1000))
    put(store, now, FEBRUARY)
    with store.reading() as connection:
        gone = load_layer(connection, now).successions["A"]
    assert (gone.kind, gone.to) == ("removed", ())


def test_an_edition_without_a_day_or_a_past_knows_of_none_that_are_gone(store: Store):
    first, second = outlines(store, "a", A=(0, 0, 9, 9)), outlines(store, "b", B=(0, 0, 9, 9))
    put(store, first, JANUARY)
    with store.reading() as connection:
        assert load_layer(connection, first).successions == {}
        assert load_layer(connection, second).successions == {}


def test_a_code_that_came_back_is_not_gone(store: Store):
    first, second = outlines(store, "a", A=(0, 0, 9, 9)), outlines(store, "b", B=(0, 0, 9, 9))
    for made, day in ((first, JANUARY), (second, FEBRUARY), (first, MARCH)):
        put(store, made, day)
    with store.reading() as connection:
        assert set(load_layer(connection, first).successions) == {"B"}
        assert set(load_layer(connection, second).successions) == {"A"}
