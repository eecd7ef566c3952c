"""Stores of earlier versions come up right, with all that is in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely
import sqlalchemy
from sqlalchemy import Connection, func, insert, select, text

from geo_alerts.errors import NotReadyError, StoreError
from geo_alerts.store import tables
from geo_alerts.store.activations import activate, activations, in_force, mark_checked, states
from geo_alerts.store.cells import load_cells
from geo_alerts.store.database import Store
from geo_alerts.store.directory import load_directory
from geo_alerts.store.editions import HOUSEHOLDS, POSTCODES, TEAM, Outcome, import_again
from geo_alerts.store.households import load_households
from geo_alerts.store.layers import import_draft, load_layer
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscribers import load_members
from tests.edition_world import facts, import_units, postcodes_of, rows_in, teams

SQUARE = shapely.MultiPolygon([shapely.box(0, 0, 1000, 1000)])

# Of each edition: layer, status, valid_from, switched at, number of that change.
EDITIONS: list[tuple[str, str, str | None, str | None, int | None]] = [
    (POSTCODES, "superseded", None, "2025-01-01T09:00:00+00:00", 1),
    (TEAM, "superseded", None, "2025-06-30T23:30:00+00:00", 2),
    (TEAM, "superseded", "2024-04-01", "2025-07-05T09:00:00+00:00", 4),
    (POSTCODES, "active", None, "2025-07-06T09:00:00+00:00", 5),
    (TEAM, "active", "2099-01-01", "2025-08-01T09:00:00+00:00", 6),
    ("ward", "active", "2025-04", "2025-08-02T09:00:00+00:00", 7),
    ("parish", "active", "2020-02-29", "2025-08-02T10:00:00+00:00", 8),
    (HOUSEHOLDS, "active", None, "2025-08-03T09:00:00+00:00", 9),
    (TEAM, "staged", None, None, None),
    (POSTCODES, "removed", None, "2024-01-01T09:00:00+00:00", 3),
]
UNIT = {
    "easting": 349_000.0,
    "northing": 312_500.0,
    "pqi": 10,
    "status": "live",
    "introduced": "",
    "terminated": "",
    "position": "published",
    "large_user": False,
    "oa": "",
    "lsoa": "",
    "ward": "",
    "district": "",
    "point": shapely.Point(349_000, 312_500),
}


LEFT = "UPDATE subscriber_version SET withdrawal_set_id"


@contextmanager
def raw(url: str) -> Iterator[Connection]:
    """A transaction past the store; SQLite's foreign keys are off."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def turn(url: str, revision: str, *, down: bool = False) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "geo_alerts.store:migrations")
    with raw(url) as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def edition_row(number: int, layer: str, status: str, valid_from: str | None) -> dict[str, Any]:
    began = datetime(2024, 1, 1, tzinfo=UTC)
    return {
        "id": number,
        "layer": layer,
        "label": f"{layer} {number}",
        "source_name": f"{number}.csv",
        "sha256": str(number % 10) * 64,
        "read_as": "",
        "published_on": None,
        "valid_from": valid_from,
        "licence": "OGL v3.0",
        "is_demonstration": False,
        "row_count": 1,
        "notes": {"number": number},
        "status": status,
        "owner": "elsewhere 1 0000000000000000",
        "base_id": None,
        "recorded_at": began,
        "heartbeat_at": datetime.now(UTC),
    }


def fill(connection: Connection) -> None:
    """What was imported, who subscribed and what was frozen."""
    for number, (layer, status, valid_from, switched, seq) in enumerate(EDITIONS, start=1):
        at = None if switched is None else datetime.fromisoformat(switched)
        row = edition_row(number, layer, status, valid_from)
        connection.execute(insert(tables.edition).values(**row, switched_at=at, switched_seq=seq))
        of_edition = {"edition_id": number}
        if layer == POSTCODES and status != "removed":
            unit = UNIT | of_edition | {"postcode": f"SY{number} 1AA"}
            connection.execute(insert(tables.postcode_unit).values(unit))
        elif layer == HOUSEHOLDS:
            area = of_edition | {"lsoa": "E01000001", "households": 837}
            connection.execute(insert(tables.household).values(area))
        elif layer != POSTCODES:
            area = of_edition | {"code": f"T{number}", "name": "Team", "geometry": SQUARE}
            connection.execute(insert(tables.boundary).values(area))
    # Number 12 was an import that was given up.
    connection.execute(insert(tables.edition).values(edition_row(12, TEAM, "staged", None)))
    connection.execute(tables.edition.delete().where(tables.edition.c.id == 12))
    if connection.dialect.name == "postgresql":
        counted = "SELECT setval(pg_get_serial_sequence('edition', 'id'), 12)"
        connection.execute(text(counted))
    connection.execute(tables.change_counter.update().values(seq=10))
    fill_people(connection)


def fill_people(connection: Connection) -> None:
    now = datetime(2025, 8, 1, tzinfo=UTC)
    staged = {"owner": "elsewhere 1 0000000000000000", "heartbeat_at": now}
    change = {
        "id": 1,
        "kind": "file",
        "status": "switched",
        "seq": 10,
        "base_seq": 0,
        "as_of": now,
        "sha256": "f" * 64,
        "read_as": "",
        "source": "people.csv",
        "recorded_at": now,
        "switched_at": now,
        "is_pruned": True,
        "counts": {},
    }
    version = {
        "change_set_id": 1,
        "number": 77,
        "is_active": True,
        "joined_on": "2025-01-01",
        "left_on": "",
        "as_of": now,
        "channels": 1,
        "groups": [],
        "topics": [],
        "postcodes": ["SY4 1AA"],
        "content_set_id": 1,
    }
    connection.execute(insert(tables.change_set).values(change | staged))
    person = {"number": 77, "reference": "WM-1"}
    connection.execute(insert(tables.subscriber_reference).values(person))
    connection.execute(insert(tables.subscriber_version).values(version))
    # Somebody who withdrew, as versions told before withdrawals were rows of their own.
    gone = {"number": 78, "reference": "WM-2"}
    connection.execute(insert(tables.subscriber_reference).values(gone))
    left = {"number": 78, "is_active": False, "left_on": "2025-08-01", "postcodes": []}
    connection.execute(insert(tables.subscriber_version).values(version | left))
    connection.execute(text(f"{LEFT} = 1 WHERE number = 78"))


@pytest.fixture(params=["0001", "0002"])
def old_url(request: pytest.FixtureRequest, store_url: str) -> str:
    """URL of a store of an earlier version, with data."""
    turn(store_url, request.param)
    with raw(store_url) as connection:
        fill(connection)
    return store_url


@pytest.fixture
def brought_up(old_url: str) -> Iterator[Store]:
    """The store, brought up to date."""
    with Store.open(old_url, create=True) as store:
        yield store


def test_an_older_store_is_not_read_before_it_is_brought_up_to_date(old_url: str):
    with pytest.raises(NotReadyError, match="older store"):
        Store.open(old_url)


def test_what_was_active_is_in_force_today(brought_up: Store):
    today = datetime.now(UTC).date()
    with brought_up.reading() as connection:
        current = in_force(connection, today)
        told = states(connection, today)
    assert {layer: one.id for layer, one in current.items()} == {
        POSTCODES: 4,
        TEAM: 5,
        "ward": 6,
        "parish": 7,
        HOUSEHOLDS: 8,
    }
    assert {number: state.value for number, state in told.items()} == {
        1: "superseded",
        2: "superseded",
        3: "superseded",
        4: "active",
        5: "active",
        6: "active",
        7: "active",
        8: "active",
    }


def test_each_edition_holds_from_its_day_but_never_before_the_one_it_replaced(brought_up: Store):
    with brought_up.reading() as connection:
        found = {one.edition_id: one for one in activations(connection)}
    days = {number: one.valid_from for number, one in found.items()}
    # The first was switched on when it was the first of July in Britain already.
    assert days == {
        2: date(2025, 7, 1),
        3: date(2025, 7, 1),
        5: date(2025, 8, 1),
        6: date(2025, 8, 2),
        7: date(2020, 2, 29),
    }
    assert {number: one.seq for number, one in found.items()} == {2: 2, 3: 4, 5: 6, 6: 7, 7: 8}
    assert found[5].recorded_at == datetime(2025, 8, 1, 9, tzinfo=UTC)


def test_everything_that_was_there_can_be_read(brought_up: Store):
    with brought_up.reading() as connection:
        directory = load_directory(connection)
        layer = load_layer(connection, 5)
        households = load_households(connection)
        members = load_members(connection)
        assert load_cells(connection, 4) == []
        assert latest_seq(connection) == 10
        notes = connection.execute(select(tables.edition.c.notes)).scalars().all()
    assert directory.postcode.tolist() == ["SY4 1AA"]
    assert layer.code.tolist() == ["T5"]
    assert layer.identity.tolist() == ["T5"]
    assert layer.geometry[0].equals(SQUARE)
    # The second was there for no whole day; somebody may have named its team all the same.
    assert set(layer.successions) == {"T2", "T3"}
    assert households is not None
    assert households[1].tolist() == [837]
    assert members.reference.tolist() == ["WM-1"]
    assert sorted(note["number"] for note in notes) == list(range(1, 11))
    assert rows_in(brought_up, tables.boundary) == 6


def test_each_withdrawal_that_was_known_has_a_row_of_its_own(brought_up: Store):
    with brought_up.reading() as connection:
        rows = connection.execute(select(tables.withdrawal)).all()
    assert [tuple(row) for row in rows] == [
        (78, 1, "all", "", datetime(2025, 8, 1, tzinfo=UTC), None)
    ]


def test_a_store_goes_on_after_it_was_brought_up_to_date(brought_up: Store):
    assert import_units(brought_up, "n", "SY9 9ZZ") == Outcome.IMPORTED
    assert postcodes_of(brought_up) == ["SY9 9ZZ"]
    again = import_again(brought_up, POSTCODES, "4" * 64)
    assert again is not None
    assert again.outcome == Outcome.REACTIVATED
    made = import_draft(brought_up, facts(TEAM, "d"), teams(["N"], [shapely.box(0, 0, 9, 9)]))
    # No number is given twice.
    assert made.edition.id > 12
    mark_checked(brought_up, made.edition.id, {}, passed=True)
    today = datetime.now(UTC).date()
    activate(brought_up, made.edition.id, today, by="Anna", expected_seq=99)
    with brought_up.reading() as connection:
        assert in_force(connection, today)[TEAM].id == made.edition.id


def test_rows_cannot_refer_to_nothing_afterwards(brought_up: Store):
    stray = {"edition_id": 99, "code": "A", "name": "A", "geometry": SQUARE}
    for _ in range(3):
        with (
            pytest.raises(StoreError, match=r"(?i)foreign key"),
            brought_up.writing() as connection,
        ):
            connection.execute(insert(tables.boundary).values(stray))
    with pytest.raises(StoreError, match=r"(?i)foreign key"), brought_up.writing() as connection:
        connection.execute(tables.edition.delete().where(tables.edition.c.id == 4))


def test_a_migration_that_fails_leaves_the_older_store_whole(old_url: str):
    with raw(old_url) as connection:
        before = connection.execute(text("SELECT version_num FROM geo_alerts_version")).scalar()
        connection.execute(text("CREATE TABLE saved_area (something INTEGER)"))
    with pytest.raises(StoreError, match="saved_area"):
        Store.open(old_url, create=True)
    with raw(old_url) as connection:
        after = connection.execute(text("SELECT version_num FROM geo_alerts_version")).scalar()
        assert after == before
        units = select(func.count()).select_from(tables.postcode_unit)
        assert connection.execute(units).scalar_one() == 2
        active = text("SELECT id FROM edition WHERE status = 'active' ORDER BY id")
        assert connection.execute(active).scalars().all() == [4, 5, 6, 7, 8]
        assert not sqlalchemy.inspect(connection).has_table("activation")
        connection.execute(text("DROP TABLE saved_area"))
    with Store.open(old_url, create=True) as store, store.reading() as connection:
        assert len(activations(connection)) == 5


def test_a_store_without_a_single_row_comes_up_too(store_url: str):
    turn(store_url, "0002")
    with Store.open(store_url, create=True) as store:
        assert import_units(store, "n", "SY9 9ZZ") == Outcome.IMPORTED
        with store.reading() as connection:
            assert activations(connection) == []


def test_an_sqlite_file_that_is_broken_already_is_not_touched(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    turn(url, "0002")
    with raw(url) as connection:
        fill(connection)
        stray = {"edition_id": 99, "code": "A", "name": "A", "geometry": SQUARE}
        connection.execute(insert(tables.boundary).values(stray))
    with pytest.raises(StoreError, match="rows of boundary that refer to nothing"):
        Store.open(url, create=True)
    with raw(url) as connection:
        assert connection.execute(text("SELECT count(*) FROM edition")).scalar() == len(EDITIONS)
        assert not sqlalchemy.inspect(connection).has_table("activation")


def test_going_back_keeps_what_was_activated_last(brought_up: Store, old_url: str):
    import_draft(brought_up, facts(TEAM, "d"), teams(["N"], [shapely.box(0, 0, 9, 9)]))
    brought_up.close()
    turn(old_url, "0002", down=True)
    with raw(old_url) as connection:
        found = connection.execute(
            text("SELECT id, status FROM edition WHERE id < 9 OR id > 10 ORDER BY id")
        )
        assert [tuple(row) for row in found] == [
            (number, status) for number, (_, status, *_) in enumerate(EDITIONS[:8], start=1)
        ]
        withdrawn = text("SELECT number FROM subscriber_version WHERE withdrawal_set_id = 1")
        assert connection.execute(withdrawn).scalars().all() == [78]
    with Store.open(old_url, create=True) as store, store.reading() as connection:
        assert in_force(connection, datetime.now(UTC).date())[TEAM].id == 5
