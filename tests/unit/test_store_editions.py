"""Editions: staged out of sight, switched on at once, removed in batches."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from sqlalchemy import update

from geo_alerts.errors import ConflictError
from geo_alerts.store.activations import in_force, list_editions
from geo_alerts.store.contacts import import_contacts
from geo_alerts.store.database import Store
from geo_alerts.store.directory import import_directory
from geo_alerts.store.edition_removal import discard, tidy
from geo_alerts.store.editions import (
    CONTACTS,
    POSTCODES,
    TEAM,
    Outcome,
    active_edition,
    import_again,
    import_edition,
    staging,
)
from geo_alerts.store.layers import import_draft, load_layer
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.staging import owner_of_this_process
from geo_alerts.store.tables import boundary, contact, edition, postcode_unit
from tests.edition_world import (
    SQUARE,
    checked_draft,
    contacts_in_force,
    facts,
    import_units,
    postcodes_of,
    put,
    rows_in,
    silent,
    teams,
    today,
    units,
)

# --- importing again ------------------------------------------------------------------------------


def test_importing_the_active_edition_again_changes_nothing_and_says_so(store: Store):
    import_units(store, "a", "SY1 1AA")
    with store.reading() as connection:
        before = latest_seq(connection)
    assert import_units(store, "a", "SY9 9ZZ") == Outcome.UNCHANGED
    assert postcodes_of(store) == ["SY1 1AA"]
    with store.reading() as connection:
        assert latest_seq(connection) == before


def test_importing_a_superseded_edition_switches_back_to_it_without_reading(store: Store):
    import_units(store, "a", "SY1 1AA")
    import_units(store, "b", "SY2 2BB")
    again = import_again(store, POSTCODES, "a" * 64)
    assert again is not None
    assert again.outcome == Outcome.REACTIVATED
    assert postcodes_of(store) == ["SY1 1AA"]
    assert rows_in(store, postcode_unit) == 2


def test_another_label_renames_the_active_edition_and_is_a_visible_change(store: Store):
    import_units(store, "a", "SY1 1AA")
    for label, outcome in (
        (None, Outcome.UNCHANGED),
        ("postcodes a", Outcome.UNCHANGED),
        ("Spring", Outcome.RELABELLED),
        ("Spring", Outcome.UNCHANGED),
    ):
        with store.reading() as connection:
            before = latest_seq(connection)
        again = import_again(store, POSTCODES, "a" * 64, label=label)
        assert again is not None
        assert again.outcome == outcome
        with store.reading() as connection:
            assert latest_seq(connection) - before == int(outcome == Outcome.RELABELLED)
            active = active_edition(connection, POSTCODES)
        assert active == again.edition
    assert active is not None
    assert (active.label, postcodes_of(store)) == ("Spring", ["SY1 1AA"])


def test_a_superseded_edition_comes_back_under_the_label_that_is_asked_for(store: Store):
    import_units(store, "a", "SY1 1AA")
    import_units(store, "b", "SY2 2BB")
    again = import_again(store, POSTCODES, "a" * 64, label="Spring")
    assert again is not None
    assert (again.outcome, again.edition.label) == (Outcome.REACTIVATED, "Spring")


def test_the_same_bytes_read_with_other_options_are_another_edition(store: Store):
    first = facts(TEAM, read_as="code_field=A")
    second = facts(TEAM, read_as="code_field=B")
    import_draft(store, first, teams(["A"], [SQUARE]))
    made = import_draft(store, second, teams(["B"], [SQUARE]))
    assert made.outcome == Outcome.IMPORTED
    with store.reading() as connection:
        assert load_layer(connection, made.edition).code.tolist() == ["B"]


def test_of_a_large_layer_the_latest_superseded_edition_is_kept(store: Store):
    for sha256, postcode in zip("abcd", ("SY1 1AA", "SY2 2BB", "SY3 3CC", "SY4 4DD"), strict=True):
        import_units(store, sha256, postcode)
    with store.reading() as connection:
        kept = [one.label for one in list_editions(connection, POSTCODES)]
    assert kept == ["postcodes c", "postcodes d"]
    assert rows_in(store, postcode_unit) == 2
    # What was active once keeps its record: answers of the past name it.
    assert rows_in(store, edition) == 4
    assert import_units(store, "a", "SY1 1AA") == Outcome.IMPORTED


def test_every_superseded_edition_of_teams_is_kept(store: Store):
    for sha256 in "abcd":
        put(store, checked_draft(store, sha256), today())
    assert rows_in(store, boundary) == 4


def test_layers_do_not_disturb_one_another(store: Store):
    import_units(store, "a", "SY1 1AA")
    put(store, checked_draft(store), today())
    put(store, checked_draft(store, layer="ward"), today())
    with store.reading() as connection:
        current = in_force(connection, today())
    assert set(current) == {POSTCODES, TEAM, "ward"}
    assert sorted(one.switched_seq for one in current.values()) == [1, 2, 3]


# --- staging --------------------------------------------------------------------------------------


def test_a_staged_edition_is_read_by_nobody_until_it_is_switched_on(store: Store):
    import_contacts(store, facts(CONTACTS, "a"), {"A": {}})
    with staging(store, facts(CONTACTS, "b")) as stage:
        stage.add(contact, {"code": ["B"], "document": [{}]})
        with store.reading() as connection:
            assert contacts_in_force(connection) == {"A": {}}
        stage.switch()
    with store.reading() as connection:
        assert contacts_in_force(connection) == {"B": {}}


def test_of_two_imports_at_once_the_second_to_finish_is_told_to_import_again(store: Store):
    def slow(stage) -> None:
        assert import_units(store, "b", "SY2 2BB") == Outcome.IMPORTED
        stage.add(postcode_unit, {**units("SY1 1AA").to_dict("list"), "point": [None]})

    with pytest.raises(ConflictError, match="import again"):
        import_edition(store, facts(POSTCODES, "a"), slow)
    assert postcodes_of(store) == ["SY2 2BB"]
    assert rows_in(store, postcode_unit) == 1
    assert rows_in(store, edition) == 1


def test_of_two_imports_of_the_same_file_at_once_both_end_well(store: Store):
    def slow(stage) -> None:
        assert import_units(store, "a", "SY1 1AA") == Outcome.IMPORTED
        stage.add(postcode_unit, {**units("SY1 1AA").to_dict("list"), "point": [None]})

    done = import_edition(store, facts(POSTCODES, "a"), slow)
    assert (done.outcome, done.edition.status) == (Outcome.UNCHANGED, "active")
    assert postcodes_of(store) == ["SY1 1AA"]
    assert rows_in(store, postcode_unit) == 1
    assert rows_in(store, edition) == 1


def test_two_first_imports_at_once_end_with_one_active_edition(store: Store):
    one, other = facts(CONTACTS, "a"), facts(CONTACTS, "b")
    with staging(store, one) as first, staging(store, other) as second:
        second.switch()
        with pytest.raises(ConflictError):
            first.switch()
    with store.reading() as connection:
        active = active_edition(connection, CONTACTS)
    assert active is not None
    assert active.sha256 == "b" * 64


def test_an_import_that_fails_leaves_no_rows(store: Store):
    class StoppedError(Exception):
        pass

    def fail(stage) -> None:
        stage.add(postcode_unit, {**units("SY1 1AA").to_dict("list"), "point": [None]})
        raise StoppedError

    with pytest.raises(StoppedError):
        import_edition(store, facts(POSTCODES), fail)
    assert rows_in(store, postcode_unit) == 0
    assert rows_in(store, edition) == 0


def gone_process() -> str:
    """The signature of a process that was on this machine and is gone."""
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from geo_alerts.store.staging import owner_of_this_process as o; print(o())",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def leave_stage(store: Store, owner: str, heartbeat_at: datetime) -> int:
    with staging(store, facts(TEAM)) as stage:
        shape = shapely.MultiPolygon([SQUARE])
        stage.add(boundary, {"code": ["A"], "name": ["A"], "geometry": [shape]})
    with store.writing() as connection:
        left = update(edition).where(edition.c.id == stage.edition_id)
        connection.execute(left.values(owner=owner, heartbeat_at=heartbeat_at))
    return stage.edition_id


@pytest.mark.parametrize(
    ("whose", "silent_for", "removed"),
    [
        ("a process that is gone", timedelta(0), True),
        ("this process", timedelta(0), False),
        ("this process", timedelta(hours=2), True),
        ("an earlier life of this process", timedelta(0), True),
        ("another machine", timedelta(minutes=50), False),
        ("another machine", timedelta(hours=2), True),
    ],
)
def test_a_stage_is_removed_once_nobody_will_finish_it(
    store: Store, whose: str, silent_for: timedelta, *, removed: bool
):
    own = owner_of_this_process()
    owners = {
        "this process": own,
        "an earlier life of this process": own[:-16] + "0" * 16,
        "another machine": "elsewhere 1 " + "0" * 16,
    }
    owner = owners.get(whose) or gone_process()
    leave_stage(store, owner, datetime.now(UTC) - silent_for)

    assert tidy(store) == int(removed)
    assert rows_in(store, boundary) == int(not removed)
    assert rows_in(store, edition) == int(not removed)


def test_an_import_that_was_taken_for_dead_is_told_so_and_adds_nothing(store: Store):
    shape = {"name": ["A"], "geometry": [shapely.MultiPolygon([SQUARE])]}
    with staging(store, facts(TEAM)) as stage:
        stage.add(boundary, {"code": ["A"], **shape})
        discard(store, stage.edition_id)
        with pytest.raises(ConflictError, match="silent"):
            stage.add(boundary, {"code": ["B"], **shape})
    assert rows_in(store, boundary) == 0


def test_the_active_edition_cannot_be_discarded(store: Store):
    import_units(store, "a", "SY1 1AA")
    with store.reading() as connection:
        active = active_edition(connection, POSTCODES)
    assert active is not None
    discard(store, active.id)
    assert postcodes_of(store) == ["SY1 1AA"]


def test_a_removal_that_was_interrupted_is_finished_later(store: Store):
    edition_id = leave_stage(store, owner_of_this_process(), datetime.now(UTC))
    with store.writing() as connection:
        marked = update(edition).where(edition.c.id == edition_id).values(status="discarded")
        connection.execute(marked)
    tidy(store)
    assert rows_in(store, boundary) == 0
    assert rows_in(store, edition) == 0


def test_the_table_of_editions_holds_where_from_and_under_what_licence(store: Store):
    given = facts(
        POSTCODES, published_on="2025-04", licence="OGL v3.0", notes={"rows": 3, "areas": ["SY"]}
    )
    import_directory(store, given, units("SY1 1AA"), silent)
    with store.reading() as connection:
        kept = active_edition(connection, POSTCODES)
    assert kept is not None
    assert (kept.published_on, kept.licence, kept.source_name) == ("2025-04", "OGL v3.0", "a.csv")
    assert kept.notes == {"rows": 3, "areas": ["SY"]}
    assert kept.switched_at is not None
    assert kept.recorded_at <= kept.switched_at
