"""Opening a store: made, found, refused; migrations; one consistent look."""

import sqlite3
import stat
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.dialects import postgresql

from geo_alerts.errors import ConflictError, NotReadyError, StoreError
from geo_alerts.store import database
from geo_alerts.store.bulk import Rows, insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq, next_seq
from geo_alerts.store.tables import REVISIONS, VERSION_TABLE, metadata

# What each database says its tables, columns, keys and indexes are, in its own words.
SQLITE_SHAPE = """SELECT type, name, tbl_name, sql FROM sqlite_master
                  WHERE type IN ('table', 'index') ORDER BY type, name"""
POSTGRESQL_SHAPES = (
    # Positions keep a gap where a column was dropped.
    """SELECT table_name, column_name,
              row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position),
              udt_name, character_maximum_length, collation_name, is_nullable, column_default
       FROM information_schema.columns WHERE table_schema = 'public'
       ORDER BY table_name, ordinal_position""",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname""",
    """SELECT f_table_name, f_geometry_column, srid, type FROM geometry_columns
       WHERE f_table_schema = 'public' ORDER BY 1, 2""",
)


def shape_of(connection: sqlalchemy.Connection) -> list[tuple[object, ...]]:
    if connection.dialect.name == "sqlite":
        found = connection.execute(text(SQLITE_SHAPE)).all()
        return [tuple(" ".join(str(one).split()) for one in row) for row in found]
    queries = POSTGRESQL_SHAPES
    return [tuple(row) for query in queries for row in connection.execute(text(query))]


def without_version_table(shape: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [row for row in shape if not any(VERSION_TABLE in str(value) for value in row)]


def drop_everything(connection: sqlalchemy.Connection) -> None:
    metadata.drop_all(connection)


def test_migrations_give_exactly_the_tables_that_the_code_declares(store: Store):
    with store.writing() as connection:
        migrated = without_version_table(shape_of(connection))
        drop_everything(connection)
        metadata.create_all(connection)
        declared = without_version_table(shape_of(connection))

    assert migrated == declared
    assert len(migrated) > len(metadata.tables)


def test_every_migration_can_be_undone_and_done_again(store: Store):
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "geo_alerts.store:migrations")
    with store.writing() as connection:
        before = shape_of(connection)
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = set(inspect(connection).get_table_names()) & set(metadata.tables)
    store.migrate()

    assert left == set()
    with store.reading() as connection:
        assert shape_of(connection) == before
        assert latest_seq(connection) == 0


def test_the_revisions_that_the_code_knows_are_those_of_the_migrations():
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "geo_alerts.store:migrations")
    found = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in found)[::-1] == REVISIONS


def test_a_store_that_is_not_there_is_refused_with_how_to_make_it(store_url: str):
    with pytest.raises(NotReadyError, match="geo-alerts import"):
        Store.open(store_url)


def test_a_refused_store_leaves_no_file_behind(tmp_path: Path):
    with pytest.raises(NotReadyError):
        Store.open(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_store_made_by_newer_software_is_refused(store_url: str):
    with Store.open(store_url, create=True) as store, store.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608
    for create in (False, True):
        with pytest.raises(StoreError, match="version 9999"):
            Store.open(store_url, create=create)


def test_opening_with_create_twice_changes_nothing(store_url: str):
    with Store.open(store_url, create=True) as store, store.writing() as connection:
        next_seq(connection)
    with Store.open(store_url, create=True) as store, store.reading() as connection:
        assert latest_seq(connection) == 1


def test_two_who_make_the_store_at_once_make_one(store_url: str):
    failures: list[Exception] = []

    def make() -> None:
        try:
            Store.open(store_url, create=True).close()
        except StoreError as error:
            failures.append(error)

    makers = [threading.Thread(target=make) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert failures == []
    with Store.open(store_url) as store:
        assert store.version() == REVISIONS[-1]


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://root@localhost/x", "sqlite://", "sqlite:///:memory:"]
)
def test_a_url_that_is_of_no_store_is_refused(url: str):
    with pytest.raises(StoreError, match="sqlite:///path"):
        Store.open(url, create=True)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path):
    path = tmp_path / "store.db"
    path.write_text("postcode,easting\n" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(f"sqlite:///{path}", create=True)


def test_a_password_is_in_no_message():
    url = "postgresql://someone:opensesame@127.0.0.1:1/nowhere?connect_timeout=2"
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    assert "opensesame" not in str(refused.value)


def test_a_new_file_is_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "made" / "store.db"
    with Store.open(f"sqlite:///{path}", create=True) as store, store.reading() as connection:
        latest_seq(connection)
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_reader_sees_one_state_however_often_it_looks(store: Store):
    with store.reading() as connection:
        before = latest_seq(connection)
        with store.writing() as other:
            next_seq(other)
        assert latest_seq(connection) == before
    with store.reading() as connection:
        assert latest_seq(connection) == before + 1


def test_a_block_that_raises_writes_nothing(store: Store):
    class StoppedError(Exception):
        pass

    def stop_half_way() -> None:
        with store.writing() as connection:
            next_seq(connection)
            raise StoppedError

    with pytest.raises(StoppedError):
        stop_half_way()
    with store.reading() as connection:
        assert latest_seq(connection) == 0


def test_writers_at_once_take_every_number_once(store: Store):
    taken: list[int] = []

    def take() -> None:
        for _ in range(10):
            with store.writing() as connection:
                taken.append(next_seq(connection))

    writers = [threading.Thread(target=take) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(taken) == list(range(1, 41))


def test_a_message_of_the_database_holds_no_values(store: Store):
    reference = sqlalchemy.insert(metadata.tables["subscriber_reference"])
    with pytest.raises(StoreError) as refused, store.writing() as connection:  # noqa: PT012
        connection.execute(reference.values(number=1, reference="WM-SECRET-1"))
        connection.execute(reference.values(number=2, reference="WM-SECRET-1"))
    shown = str(refused.value)
    assert "UNIQUE" in shown.upper()
    assert "SECRET" not in shown


def copied(references: list[str]) -> Rows:
    table = metadata.tables["subscriber_reference"]
    columns = {"number": list(range(1, len(references) + 1)), "reference": references}
    return make_rows(postgresql.dialect(), table, columns)


@pytest.mark.postgis
@pytest.mark.parametrize("references", [["WM-SECRET-1"] * 2, ["WM-SECRET-1", "WM-SECRET\x00"]])
def test_rows_that_copy_refuses_are_an_error_of_the_store_without_values(
    postgis_database: str, references: list[str]
):
    with Store.open(postgis_database, create=True) as store:
        with pytest.raises(StoreError) as refused, store.writing() as connection:
            insert_rows(connection, copied(references))
        shown = "".join(traceback.format_exception(refused.value))
        assert "SECRET" not in shown
        assert "\n" not in str(refused.value)
        with store.writing() as connection:
            insert_rows(connection, copied(["WM-SECRET-1"]))


@pytest.mark.postgis
def test_rows_that_copy_cannot_lock_for_are_a_conflict(postgis_database: str):
    with Store.open(postgis_database, create=True) as store, store.writing() as first:
        insert_rows(first, copied(["WM-1"]))
        with pytest.raises(ConflictError), store.writing() as second:  # noqa: PT012
            second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            insert_rows(second, copied(["WM-1"]))


def test_times_come_back_in_utc_whatever_zone_they_came_in(store: Store):
    moment = datetime.fromisoformat("2025-07-01T12:00:00.000123+01:00")
    keys = metadata.tables["sign_in_token"]
    with store.writing() as connection:
        values = {"sha256": "0" * 64, "name": "n", "role": "admin", "expires_at": moment}
        connection.execute(sqlalchemy.insert(keys).values(values))
        kept = connection.execute(select(keys.c.expires_at)).scalar_one()
    assert kept == moment
    assert kept.tzinfo is UTC


def test_sqlite_gives_up_waiting_for_the_write_lock_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "WRITE_WAIT_S", 0.05)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with Store.open(url, create=True) as store:
        holder = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(ConflictError, match="busy"), store.writing():
            pass
        holder.close()
        with store.writing() as connection:
            assert next_seq(connection) == 1


def test_a_store_that_went_away_is_an_error_of_the_store(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    Store.open(url, create=True).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE change_counter"))
    engine.dispose()
    with (
        Store.open(url) as store,
        pytest.raises(StoreError, match="change_counter"),
        store.reading() as connection,
    ):
        latest_seq(connection)
