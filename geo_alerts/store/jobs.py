"""Jobs: long work that somebody asked for, with progress, an end, and a way to stop it.

A job waits until a process takes it on. Whoever works on it says so every few seconds; a job of a
process that is gone waits again, unless it was done for somebody who is gone as well. To cancel is
to ask: who works on it looks twice a second.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from geo_alerts.errors import UnknownJobError
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_tables import UNFINISHED_JOBS
from geo_alerts.store.hotspot_tables import job as table
from geo_alerts.store.staging import is_abandoned, owner_of_this_process

ID_BYTES: Final = 12
# Whoever works on a job says so much oftener, whatever the work.
SILENCE: Final = timedelta(minutes=2)
WAITS_AGAIN: Final[Mapping[str, Any]] = MappingProxyType(
    {"status": "waiting", "owner": None, "done": 0, "total": None, "words": ""}
)
GONE: Final = "the process that worked on it has ended; ask again"


@dataclass(frozen=True, slots=True)
class Task:
    """What a job is to do.

    Attributes:
        kind: What kind of work, such as `hotspots.run`.
        question: What is asked, as JSON.
        is_restricted: Whether it tells of what not everybody may see.
    """

    kind: str
    question: Mapping[str, Any]
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes:
        row_id: By which lists go on.
        id: Random text.
        kind: What kind of work, such as `hotspots.run`.
        question: What was asked, as JSON.
        is_restricted: Whether it tells of what not everybody may see.
        status: `waiting`, `running`, `done`, `failed` or `cancelled`.
        done: How much of it.
        total: Of how much; None while that is not known.
        words: What is being done.
        cancel_asked: Whether somebody asked to stop it.
        result_id: Of what it made; None before it is done.
        error_code: Why it failed, for programs.
        error: Why it failed, in words.
        created_at: When it was asked for.
        created_by: By whom.
        started_at: When the work on it began last.
        ended_at: When it was done, failed or cancelled.
    """

    row_id: int
    id: str
    kind: str
    question: Mapping[str, Any]
    is_restricted: bool
    status: str
    done: int
    total: int | None
    words: str
    cancel_asked: bool
    result_id: str | None
    error_code: str | None
    error: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status not in {"waiting", "running"}


def add(store: Store, task: Task, *, by: str) -> Job:
    """Keep a job that waits for a process to take it on."""
    return _add(store, task, by, {"status": "waiting"})


def begin(store: Store, task: Task, *, by: str) -> Job:
    """Keep a job that this process does for who asked, and that ends with it."""
    return _add(store, task, by, {"is_foreground": True, **_running(store)})


def claim(store: Store) -> Job | None:
    """Take on the oldest job that waits; None where none does."""
    waiting = select(table.c.row_id).where(UNFINISHED_JOBS, table.c.status == "waiting")
    oldest = waiting.order_by(table.c.row_id).limit(1).with_for_update(skip_locked=True)
    with store.writing() as connection:
        row_id = connection.execute(oldest).scalar()
        if row_id is None:
            return None
        return _set(connection, table.c.row_id == row_id, _running(store))


def beat(store: Store, job_id: str, *, done: int, total: int | None, words: str) -> bool:
    """Say how far the work of this process is.

    Returns:
        Whether to go on: False when somebody asked to stop it, or it was taken for abandoned.
    """
    values = {"done": done, "total": total, "words": words, "heartbeat_at": store.clock()}
    with store.writing() as connection:
        found = _set(connection, _is_mine(job_id), values)
    return found is not None and not found.cancel_asked


def may_go_on(store: Store, job_id: str) -> bool:
    """The same without saying anything: nothing is written."""
    with store.reading() as connection:
        asked = select(table.c.cancel_asked).where(_is_mine(job_id))
        return connection.execute(asked).scalar() is False


def finish(store: Store, job_id: str, result_id: str) -> None:
    """Note that the work of this process is done."""
    _end(store, job_id, {"status": "done", "result_id": result_id})


def fail(store: Store, job_id: str, code: str, reason: str) -> None:
    """Note that the work of this process failed."""
    _end(store, job_id, {"status": "failed", "error_code": code, "error": reason})


def note_cancelled(store: Store, job_id: str) -> None:
    """Note that the work of this process stopped, as was asked."""
    _end(store, job_id, {"status": "cancelled"})


def note_stopped(store: Store, job_id: str) -> None:
    """Note that the work of this process stopped: as was asked, or else it waits for another."""
    stopped = {"status": "cancelled", "ended_at": store.clock()}
    is_mine, is_ended = _is_mine(job_id), table.c.cancel_asked | table.c.is_foreground
    with store.writing() as connection:
        if _set(connection, is_mine & is_ended, stopped) is None:
            _set(connection, is_mine, WAITS_AGAIN)


def cancel(store: Store, job_id: str) -> Job:
    """Ask to stop a job: one that waits is cancelled at once, one that has ended stays as it is.

    Raises:
        UnknownJobError: There is none of this id.
    """
    stopped = {"status": "cancelled", "cancel_asked": True, "ended_at": store.clock()}
    with store.writing() as connection:
        is_it = table.c.id == job_id
        waits = is_it & (table.c.status == "waiting")
        if _set(connection, waits, stopped) is None:
            _set(connection, is_it & (table.c.status == "running"), {"cancel_asked": True})
        return job(connection, job_id)


def job(connection: Connection, job_id: str) -> Job:
    """The job of an id.

    Raises:
        UnknownJobError: There is none.
    """
    row = connection.execute(select(table).where(table.c.id == job_id)).one_or_none()
    if row is None:
        raise unknown_job(job_id)
    return _job(row)


def unknown_job(job_id: str) -> UnknownJobError:
    """That there is no job of an id; who may not see one is told the same."""
    return UnknownJobError(f"there is no job {job_id[:40]!r}")


def jobs(
    connection: Connection,
    *,
    with_restricted: bool,
    without: Collection[str] = (),
    before: int | None = None,
    limit: int,
) -> list[Job]:
    """Jobs, the newest first.

    Args:
        connection: A look at the store.
        with_restricted: Whether those are among them that not everybody may see.
        without: Kinds that are left out.
        before: Only those of a lower `row_id`.
        limit: At most so many.
    """
    query = select(table).order_by(table.c.row_id.desc()).limit(limit)
    if not with_restricted:
        query = query.where(table.c.is_restricted.is_(False))
    if without:
        query = query.where(table.c.kind.not_in(sorted(without)))
    if before is not None:
        query = query.where(table.c.row_id < before)
    return [_job(row) for row in connection.execute(query)]


def unfinished(connection: Connection, kind: str) -> list[Job]:
    """Jobs of a kind that wait or are under way, and that nobody asked to stop; oldest first."""
    query = select(table).where(UNFINISHED_JOBS, table.c.kind == kind)
    wanted = query.where(table.c.cancel_asked.is_(False)).order_by(table.c.row_id)
    return [_job(row) for row in connection.execute(wanted)]


def tidy(store: Store) -> int:
    """Let jobs of processes that are gone wait again; those done for somebody who is gone fail.

    Returns:
        How many were left behind.
    """
    now = store.clock()
    running = select(table).where(UNFINISHED_JOBS, table.c.status == "running")
    with store.reading() as connection:
        left = [row for row in connection.execute(running) if _is_left(row, now)]
    for row in left:
        with store.writing() as connection:
            same = (table.c.id == row.id) & (table.c.owner == row.owner)
            _set(connection, same & (table.c.status == "running"), _after_a_crash(row, now))
    return len(left)


def _is_left(row: Row[Any], now: datetime) -> bool:
    return is_abandoned(row.owner, row.heartbeat_at, now, silence=SILENCE)


def _after_a_crash(row: Row[Any], now: datetime) -> dict[str, Any]:
    if row.cancel_asked:
        return {"status": "cancelled", "ended_at": now}
    if row.is_foreground:
        return {"status": "failed", "error_code": "conflict", "error": GONE, "ended_at": now}
    return dict(WAITS_AGAIN)


def _add(store: Store, task: Task, by: str, values: Mapping[str, Any]) -> Job:
    made = {
        "id": secrets.token_hex(ID_BYTES),
        "kind": task.kind,
        "question": dict(task.question),
        "is_restricted": task.is_restricted,
        "created_at": store.clock(),
        "created_by": by,
        **values,
    }
    with store.writing() as connection:
        return _job(connection.execute(insert(table).values(made).returning(table)).one())


def _running(store: Store) -> dict[str, Any]:
    now = store.clock()
    owner = owner_of_this_process()
    return {"status": "running", "owner": owner, "started_at": now, "heartbeat_at": now}


def _is_mine(job_id: str) -> ColumnElement[bool]:
    owner = owner_of_this_process()
    return (table.c.id == job_id) & (table.c.owner == owner) & (table.c.status == "running")


def _end(store: Store, job_id: str, values: Mapping[str, Any]) -> None:
    with store.writing() as connection:
        _set(connection, _is_mine(job_id), {"ended_at": store.clock(), **values})


def _set(
    connection: Connection, which: ColumnElement[bool], values: Mapping[str, Any]
) -> Job | None:
    changed = update(table).where(which).values(values).returning(table)
    row = connection.execute(changed).one_or_none()
    return None if row is None else _job(row)


def _job(row: Row[Any]) -> Job:
    return Job(**{one.name: getattr(row, one.name) for one in fields(Job)})
