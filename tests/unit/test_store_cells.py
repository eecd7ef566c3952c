"""Cells and contacts come back as they went in, all or none of them."""

import numpy as np
import pytest

from geo_alerts.errors import ConflictError, UnknownEditionError
from geo_alerts.places.cells import Cells
from geo_alerts.store.cells import add_cells, give_cells, load_cells
from geo_alerts.store.contacts import import_contacts, load_contacts
from geo_alerts.store.database import Store
from geo_alerts.store.directory import import_directory
from geo_alerts.store.editions import CONTACTS, POSTCODES, Edition, Outcome, staging
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.tables import cell_block
from tests.edition_world import (
    checked_draft,
    contacts_in_force,
    facts,
    import_units,
    rows_in,
    silent,
    units,
)

BLOCKS = [b"one\x00\xff", b"", b"three" * 1000]


def directory_without_cells(store: Store) -> Edition:
    """As older software left it."""
    with staging(store, facts(POSTCODES)) as stage:
        return stage.switch()


def cells_of(store: Store, edition_id: int) -> list[bytes]:
    with store.reading() as connection:
        return load_cells(connection, edition_id)


def test_a_directory_comes_with_the_cells_of_its_units_in_its_own_order(store: Store):
    given = units("SY1 1AB", "SY1 1AA", "SY1 1AC", "SY1 1AD")
    given["status"] = ["live", "live", "terminated", "live"]
    given["pqi"] = [10, 10, 10, 90]
    made = import_directory(store, facts(POSTCODES), given, silent)
    cells = Cells.from_blocks(cells_of(store, made.edition.id))
    # In the order of postcodes: AA and AB are live, AC was terminated, AD has no point of its own.
    assert cells.cell.tolist() == [0, 1, -1, -1]
    np.testing.assert_array_equal(cells.point / 1000, [[349_001, 312_500], [349_000, 312_500]])
    assert made.edition.row_count == 4


def test_progress_goes_through_units_and_cells_to_the_end(store: Store):
    told: list[tuple[int, int]] = []
    given = units("SY1 1AA", "SY1 1AB")
    import_directory(store, facts(POSTCODES), given, lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (4, 4)


def test_a_directory_without_any_position_has_no_cell(store: Store):
    given = units("SY1 1AA").assign(easting=np.nan, northing=np.nan, position="none")
    made = import_directory(store, facts(POSTCODES), given, silent)
    assert Cells.from_blocks(cells_of(store, made.edition.id)).cell.tolist() == [-1]


def test_cells_that_are_staged_go_with_their_stage(store: Store):
    class StoppedError(Exception):
        pass

    def stop_half_way() -> None:
        with staging(store, facts(POSTCODES)) as stage:
            add_cells(stage, BLOCKS)
            raise StoppedError

    with pytest.raises(StoppedError):
        stop_half_way()
    assert rows_in(store, cell_block) == 0


def test_an_older_directory_is_given_cells_once(store: Store):
    edition = directory_without_cells(store)
    assert cells_of(store, edition.id) == []
    with store.reading() as connection:
        before = latest_seq(connection)
    assert give_cells(store, edition.id, iter(BLOCKS))
    assert not give_cells(store, edition.id, [b"other"])
    assert cells_of(store, edition.id) == BLOCKS
    with store.reading() as connection:
        assert latest_seq(connection) > before


def test_only_postcodes_are_given_cells(store: Store):
    with pytest.raises(UnknownEditionError):
        give_cells(store, 7, BLOCKS)
    with pytest.raises(ConflictError, match="team"):
        give_cells(store, checked_draft(store).id, BLOCKS)


def test_cells_of_a_directory_that_is_removed_are_removed(store: Store):
    for sha256, postcode in zip("abc", ("SY1 1AA", "SY2 2BB", "SY3 3CC"), strict=True):
        import_units(store, sha256, postcode)
    assert rows_in(store, cell_block) == 2


def test_contacts_come_back_by_code(store: Store):
    given = {"B": {"email": "b@example.org", "officers": [{"name": "Ann"}]}, "A": {"web": None}}
    made = import_contacts(store, facts(CONTACTS, licence="OGL v3.0"), given)
    assert (made.outcome, made.edition.row_count, made.edition.status) == ("imported", 2, "active")
    with store.reading() as connection:
        kept = load_contacts(connection, made.edition.id)
    assert kept == given
    assert list(kept) == ["A", "B"]


def test_the_same_contacts_again_change_nothing_and_others_take_their_place(store: Store):
    first = import_contacts(store, facts(CONTACTS, "a"), {"A": {}})
    assert import_contacts(store, facts(CONTACTS, "a"), {"X": {}}).outcome == Outcome.UNCHANGED
    import_contacts(store, facts(CONTACTS, "b"), {"B": {}})
    with store.reading() as connection:
        assert contacts_in_force(connection) == {"B": {}}
        # Who began before the import goes on with what was in force then.
        assert load_contacts(connection, first.edition.id) == {"A": {}}
