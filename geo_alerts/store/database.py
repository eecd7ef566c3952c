"""Opening the store, on SQLite (one file, nothing around it) or on PostgreSQL with PostGIS.

Reading gives one consistent look; writing gives one transaction. On SQLite a writer takes the one
write lock when it begins, never half-way, and asks for it every two milliseconds: SQLite's own
waiting slows down to ten looks a second, which an import's next batch would win again and again.

Alembic is imported where it migrates only: half a second that an opened store does not need.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy
from sqlalchemy import URL, Connection, Dialect, Engine, event, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geo_alerts.errors import ConflictError, NotReadyError, StoreError
from geo_alerts.store.tables import REVISIONS, VERSION_TABLE

WRITE_WAIT_S = 30.0
WRITE_POLL_S = 0.002
# How long a batch of an import stays away after its commit: a waiting writer looks twice meanwhile.
GIVE_WAY_S = 0.005
# More threads than these wait for one another; a PostgreSQL server allows 100 connections in all.
SQLITE_CONNECTIONS = 48
POSTGRESQL_CONNECTIONS = 16
# Serialises migrations of one PostgreSQL database; any number will do.
MIGRATION_LOCK = 7_205_114_201
# PostgreSQL: serialization failure, deadlock, lock not available.
CAME_SECOND = frozenset({"40001", "40P01", "55P03"})


def utc_now() -> datetime:
    """The clock of a store that is given none."""
    return datetime.now(UTC)


class Store:
    """An open store; safe to share between threads, not to be carried over a fork.

    Attributes:
        name: Its URL without the password.
        is_postgis: Whether it is PostgreSQL, else SQLite.
        path: The file of an SQLite store; None for any other.
        clock: Gives the time that changes are recorded at.
        dialect: How SQLAlchemy speaks to it.
    """

    def __init__(self, url: URL, clock: Callable[[], datetime]) -> None:
        """Prepare connections; `open` also looks whether there is a store."""
        # The query may hold a password as well.
        self.name = url.set(query={}).render_as_string(hide_password=True)
        self.is_postgis = url.get_backend_name() == "postgresql"
        self.path = None if self.is_postgis else Path(str(url.database))
        self.clock = clock
        self._url = url
        self._engine = _engine(url)
        self.dialect: Dialect = self._engine.dialect

    @classmethod
    def open(
        cls, url: str, *, create: bool = False, clock: Callable[[], datetime] = utc_now
    ) -> Self:
        """Open the store at a URL.

        Args:
            url: `sqlite:///path` or `postgresql://…`.
            create: Make the store, or bring it up to date, where that is needed.
            clock: Gives aware times.

        Returns:
            The store, of the version that this software wants.

        Raises:
            NotReadyError: There is no store yet, or an older one, and `create` is not set.
            StoreError: The URL is of no kind that is known, the database cannot be reached, or
                the store was made by newer software.
        """
        store = cls(_parsed(url), clock)
        try:
            store._make_ready(create=create)
        except BaseException:
            store.close()
            raise
        return store

    def address(self) -> str:
        """The URL that another process opens it by, its password included: never to be told."""
        return self._url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Use the store for a while."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look, taken no earlier than now; nothing can be written.

        Raises:
            StoreError: The database failed.
        """
        options: dict[str, Any] = {}
        if self.is_postgis:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _store_errors(self.name), self._engine.connect() as connection:
            chosen = connection.execution_options(**options) if options else connection
            with chosen.begin():
                yield chosen

    @contextmanager
    def writing(self, *, gives_way: bool = False, is_staged: bool = False) -> Iterator[Connection]:
        """One transaction: kept when the block ends, undone when it raises.

        Args:
            gives_way: Stay away for a moment afterwards, as one batch of many must.
            is_staged: Whether nobody reads what is written before a later transaction makes it
                visible: a power cut may undo it, while none can undo the later one alone.

        Raises:
            ConflictError: Others kept the store busy for half a minute, or came first.
            StoreError: The database failed.
        """
        with _store_errors(self.name), self._engine.connect() as connection:
            chosen = connection.execution_options(
                geo_alerts_writes=True, geo_alerts_staged=is_staged
            )
            with chosen.begin():
                if is_staged and self.is_postgis:
                    chosen.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield chosen
        if gives_way and not self.is_postgis:
            time.sleep(GIVE_WAY_S)

    def empty_log(self) -> None:
        """Move SQLite's log into its file as far as readers let it, so that it keeps nothing old.

        Nothing on PostgreSQL, whose vacuum does the like.
        """
        if self.is_postgis:
            return
        with _store_errors(self.name), self._engine.connect() as connection:
            _sqlite_driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def version(self) -> str | None:
        """The revision of the store's tables; None where there are none."""
        with self.reading() as connection:
            if not sqlalchemy.inspect(connection).has_table(VERSION_TABLE):
                return None
            version = sqlalchemy.table(VERSION_TABLE, sqlalchemy.column("version_num"))
            return connection.execute(select(version.c.version_num)).scalar()

    def migrate(self) -> None:
        """Make the tables, or bring them up to date, in one transaction.

        Raises:
            StoreError: The database refuses, for example for want of PostGIS.
        """
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", "geo_alerts.store:migrations")
        with (
            _store_errors(self.name),
            self._engine.connect() as connected,
            _foreign_keys_off(connected),
        ):
            connection = connected.execution_options(geo_alerts_writes=True)
            with connection.begin():
                if self.is_postgis:
                    lock = sqlalchemy.func.pg_advisory_xact_lock(MIGRATION_LOCK)
                    connection.execute(select(lock))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                _require_whole(connection)

    def _make_ready(self, *, create: bool) -> None:
        if not self.is_postgis:
            _require_file(Path(str(self._url.database)), self.name, create=create)
        version = self.version()
        if version == REVISIONS[-1]:
            return
        if version is not None and version not in REVISIONS:
            raise StoreError(
                f"the store at {self.name} is of version {version}, made by newer software; this "
                f"software knows {REVISIONS[0]} to {REVISIONS[-1]}"
            )
        if not create:
            what = "there is no store" if version is None else f"an older store ({version}) is"
            raise NotReadyError(
                f"{what} at {self.name}: any `geo-alerts import` makes it or brings it up to date"
            )
        self.migrate()


def _parsed(url: str) -> URL:
    try:
        parsed = sqlalchemy.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "the store's URL cannot be read; wanted sqlite:///path or postgresql://…"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    shown = parsed.render_as_string(hide_password=True)
    raise StoreError(f"{shown} is no store: wanted sqlite:///path or postgresql://…")


def _require_file(path: Path, name: str, *, create: bool) -> None:
    if path.exists():
        return
    if not create:
        raise NotReadyError(f"there is no store at {name}: any `geo-alerts import` makes it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # References and postcodes are personal data: nobody but the owner reads them.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"the store at {name} cannot be made: {error.strerror}") from error


def _engine(url: URL) -> Engine:
    # Parameters hold references and postcodes: they stay out of messages.
    options: dict[str, Any] = {"hide_parameters": True, "max_overflow": 0}
    if url.get_backend_name() == "postgresql":
        options |= {"pool_size": POSTGRESQL_CONNECTIONS, "pool_pre_ping": True}
        return sqlalchemy.create_engine(url, **options)
    engine = sqlalchemy.create_engine(url, pool_size=SQLITE_CONNECTIONS, **options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # sqlite3 would begin transactions by itself, late and only before some statements.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 10000").close()
    # Several may open a new file at once, and SQLite does not wait for the lock that this takes.
    _once_free(connection, "PRAGMA journal_mode = WAL")
    for pragma in (
        "foreign_keys = ON",
        "secure_delete = FAST",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    # To make a table again that others refer to; in a transaction the pragma would do nothing.
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = _sqlite_driver(connection)
    driver.execute("PRAGMA foreign_keys = OFF").close()
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON").close()


def _require_whole(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StoreError(f"the migration left rows of {broken[0]} that refer to nothing")


def _sqlite_driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise StoreError("the driver of an SQLite store is not sqlite3")
    return driver


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("geo_alerts_writes"):
        connection.exec_driver_sql("BEGIN")
        return
    driver = _sqlite_driver(connection)
    # A withdrawal that was confirmed outlives a power cut.
    level = "NORMAL" if options.get("geo_alerts_staged") else "FULL"
    driver.execute(f"PRAGMA synchronous = {level}").close()
    driver.execute("PRAGMA busy_timeout = 0").close()
    try:
        _once_free(driver, "BEGIN IMMEDIATE")
    finally:
        driver.execute("PRAGMA busy_timeout = 10000").close()


def _once_free(driver: sqlite3.Connection, statement: str) -> None:
    give_up_at = time.monotonic() + WRITE_WAIT_S
    while True:
        try:
            driver.execute(statement).close()
        except sqlite3.OperationalError as error:
            # The low byte is the code, the rest says which kind of busy.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > give_up_at:
                raise ConflictError(
                    f"others kept the store busy for {WRITE_WAIT_S:.0f} s; try again"
                ) from error
            time.sleep(WRITE_POLL_S)
        else:
            return


@contextmanager
def _store_errors(name: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in CAME_SECOND:
            raise ConflictError("another change came first; repeat the act") from None
        # The first line only, and nothing to trace it by: PostgreSQL's further lines quote values.
        reason = str(error.orig).partition("\n")[0]
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            reason += "; who reads it must be allowed to write its file and its folder as well"
        raise StoreError(f"the store at {name} failed: {reason}") from None
    except (PoolTimeoutError, sqlite3.Error) as error:
        raise StoreError(f"the store at {name} failed: {error}") from error
