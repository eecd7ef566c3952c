"""Stored layers of hotspots: each is kept whole in one transaction, and never changes.

Its hash is over the cells and the areas, byte for byte: the same question on the same inputs has
the same hash wherever the same software works it out.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import shapely
from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.sql.elements import KeyedColumnElement

from geo_alerts.errors import UnknownRunError
from geo_alerts.hotspots.layers import CellLayer, HotArea, Result
from geo_alerts.store.audit import append, canonical
from geo_alerts.store.bulk import insert_rows, make_rows
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_cells import header_of, layer_from, packed, plain_bytes
from geo_alerts.store.hotspot_tables import hotspot_area, hotspot_run

ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run before it is kept.

    Attributes:
        name: What people call it; empty for none.
        method: Of the question.
        asked: The question as it was asked, as JSON.
        question: The question with all that was worked out in it, as JSON.
        inputs: What it was made from, as JSON.
        is_restricted: Whether it tells of exact positions of forces' own data.
    """

    name: str
    method: str
    asked: Mapping[str, Any]
    question: Mapping[str, Any]
    inputs: Mapping[str, Any]
    is_restricted: bool

    @property
    def inputs_sha256(self) -> str:
        """By which the same question on the same inputs is found."""
        return inputs_sha256(self.question, self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(NewRun):
    """A run in the store, without its cells and areas.

    Attributes:
        row_id: By which lists go on.
        id: Random text.
        facts: What the method tells of it as a whole, as JSON.
        sha256: Of its cells and areas.
        cell_count: How many cells it has.
        area_count: How many areas.
        created_at: When it was kept.
        created_by: Who asked for it.
    """

    row_id: int
    id: str
    facts: Mapping[str, Any]
    sha256: str
    cell_count: int
    area_count: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Who:
    """Who has something done, for the audit trail."""

    who: str
    role: str


def inputs_sha256(question: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """The hash of a question, all worked out, and of its inputs."""
    whole = canonical({"question": question, "inputs": inputs})
    return hashlib.sha256(whole.encode()).hexdigest()


def result_sha256(header: Mapping[str, Any], plain: bytes, areas: Sequence[HotArea]) -> str:
    """The hash of a result.

    Args:
        header: Of its cells; empty where there are none.
        plain: Its cells, not compressed.
        areas: Its areas, by rank.
    """
    hashed = hashlib.sha256(canonical(header).encode())
    hashed.update(plain)
    for area in areas:
        told = {"rank": area.rank, "key": area.key, "facts": area.facts}
        hashed.update(canonical(told).encode())
        hashed.update(shapely.to_wkb(_multi(area.geometry), byte_order=1))
    return hashed.hexdigest()


def save(store: Store, new: NewRun, result: Result, who: Who) -> Run:
    """Keep a run with its cells and areas, whole or not at all.

    Args:
        store: Where to.
        new: What is known of it.
        result: What the method gave.
        who: Who asked for it.
    """
    cells = result.cells
    header, plain = ({}, b"") if cells is None else (header_of(cells), plain_bytes(cells))
    now = store.clock()
    values = {one.name: getattr(new, one.name) for one in fields(NewRun)} | {
        "id": secrets.token_hex(ID_BYTES),
        "inputs_sha256": new.inputs_sha256,
        "facts": dict(result.facts),
        "sha256": result_sha256(header, plain, result.areas),
        "cell_count": 0 if cells is None else len(cells),
        "area_count": len(result.areas),
        "cells_header": header or None,
        "cells": packed(plain) if plain else None,
        "created_at": now,
        "created_by": who.who,
    }
    areas = _area_columns(result.areas)
    with store.writing() as connection:
        made = connection.execute(insert(hotspot_run).values(values).returning(*_RUN_COLUMNS)).one()
        run = _run(made)
        of_run = {"run_row_id": [run.row_id] * len(result.areas)}
        insert_rows(connection, make_rows(store.dialect, hotspot_area, {**of_run, **areas}))
        _note(connection, "hotspots.run", run, who, now)
    return run


def remove(store: Store, run_id: str, who: Who) -> Run:
    """Remove a run with its cells and areas.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with store.writing() as connection:
        gone = run_by_id(connection, run_id)
        connection.execute(delete(hotspot_area).where(hotspot_area.c.run_row_id == gone.row_id))
        connection.execute(delete(hotspot_run).where(hotspot_run.c.row_id == gone.row_id))
        _note(connection, "hotspots.remove", gone, who, store.clock())
    return gone


def rename(store: Store, run_id: str, name: str) -> Run:
    """Call a run something else; all else stays.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with store.writing() as connection:
        renamed = update(hotspot_run).where(hotspot_run.c.id == run_id).values(name=name)
        connection.execute(renamed)
        return run_by_id(connection, run_id)


def run_by_id(connection: Connection, run_id: str) -> Run:
    """The run of an id.

    Raises:
        UnknownRunError: There is none.
    """
    return _run(_found(connection, _RUNS, run_id))


def same_run(connection: Connection, sha256: str) -> Run | None:
    """The latest run of the same question on the same inputs; None where there is none."""
    same = _RUNS.where(hotspot_run.c.inputs_sha256 == sha256)
    row = connection.execute(same.order_by(hotspot_run.c.row_id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def are_restricted(connection: Connection, ids: Collection[str]) -> dict[str, bool]:
    """Whether runs are restricted, by their ids; those that are not there are left out."""
    asked = select(hotspot_run.c.id, hotspot_run.c.is_restricted)
    rows = connection.execute(asked.where(hotspot_run.c.id.in_(list(ids))))
    return {row.id: row.is_restricted for row in rows}


def runs(
    connection: Connection,
    *,
    with_restricted: bool,
    before: int | None = None,
    method: str | None = None,
    limit: int | None = None,
) -> list[Run]:
    """Runs, the newest first.

    Args:
        connection: A look at the store.
        with_restricted: Whether those are among them that not everybody may see.
        before: Only those of a lower `row_id`.
        method: Only those of this method.
        limit: At most so many; all when None.
    """
    query = _RUNS.order_by(hotspot_run.c.row_id.desc()).limit(limit)
    if not with_restricted:
        query = query.where(hotspot_run.c.is_restricted.is_(False))
    if before is not None:
        query = query.where(hotspot_run.c.row_id < before)
    if method is not None:
        query = query.where(hotspot_run.c.method == method)
    return [_run(row) for row in connection.execute(query)]


def cells_of(connection: Connection, run_id: str) -> CellLayer | None:
    """The cells of a run; None of a method that has none.

    Raises:
        UnknownRunError: There is no run of this id.
        StoreError: The cells are broken.
    """
    query = select(hotspot_run.c.cells_header, hotspot_run.c.cells)
    row = _found(connection, query, run_id)
    return None if row.cells_header is None else layer_from(row.cells_header, row.cells)


def areas_of(connection: Connection, run_id: str) -> list[HotArea]:
    """The areas of a run, by rank.

    Raises:
        UnknownRunError: There is no run of this id.
    """
    row_id = _found(connection, select(hotspot_run.c.row_id), run_id).row_id
    query = (
        select(
            hotspot_area.c.rank, hotspot_area.c.key, hotspot_area.c.geometry, hotspot_area.c.facts
        )
        .where(hotspot_area.c.run_row_id == row_id)
        .order_by(hotspot_area.c.rank)
    )
    return [HotArea(*row) for row in connection.execute(query)]


def _found(connection: Connection, query: Select[Any], run_id: str) -> Row[Any]:
    row = connection.execute(query.where(hotspot_run.c.id == run_id)).one_or_none()
    if row is None:
        raise unknown_run(run_id)
    return row


def unknown_run(run_id: str) -> UnknownRunError:
    """That there is no run of an id; who may not see one is told the same."""
    return UnknownRunError(
        f"there is no layer of hotspots {run_id[:40]!r}; the list of layers has those that are kept"
    )


def _area_columns(areas: Sequence[HotArea]) -> dict[str, list[Any]]:
    return {
        "rank": [area.rank for area in areas],
        "key": [area.key for area in areas],
        "geometry": [_multi(area.geometry) for area in areas],
        "facts": [dict(area.facts) for area in areas],
    }


def _multi(geometry: shapely.Geometry) -> shapely.Geometry:
    # The column takes no other kind.
    if isinstance(geometry, shapely.Polygon):
        return shapely.MultiPolygon([geometry])
    return geometry


def _note(connection: Connection, act: str, run: Run, who: Who, at: datetime) -> None:
    about = {
        "run": run.id,
        "method": run.method,
        "sha256": run.sha256,
        "positions": run.question.get("positions", "shown"),
        "is_restricted": run.is_restricted,
    }
    append(connection, act=act, who=who.who, role=who.role, at=at, details=about)


_RUN_COLUMNS: Final[tuple[KeyedColumnElement[Any], ...]] = tuple(
    hotspot_run.c[one.name] for one in fields(Run)
)
_RUNS: Final = select(*_RUN_COLUMNS)


def _run(row: Row[Any]) -> Run:
    return Run(**{one.name: getattr(row, one.name) for one in fields(Run)})
