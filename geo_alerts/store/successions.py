"""What became of areas whose codes are gone: worked out from their last ground."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import shapely
from sqlalchemy import Connection, select

from geo_alerts.places.fate import fate_of
from geo_alerts.places.layer import Layer, Succession
from geo_alerts.store.activations import Activation, activations, day_of
from geo_alerts.store.editions import Edition
from geo_alerts.store.tables import boundary
from geo_alerts.store.tables import edition as edition_table


@dataclass(frozen=True, slots=True)
class _Last:
    """An area as an edition had it, and the day from which another edition held."""

    edition_id: int
    edition: str
    code: str
    name: str
    identity: str
    until: date


@dataclass(frozen=True, slots=True)
class _Gone:
    """A code that is gone: as it was last, and the last ground of the area that it stood for."""

    last: _Last
    geometry: shapely.Geometry


def successions_of(connection: Connection, edition: Edition, layer: Layer) -> dict[str, Succession]:
    """What became of each area of earlier editions whose code this one does not have.

    Earlier are the editions that were activated for days up to the latest of this one, also for the
    same day: somebody may have named an area of an edition that was replaced within hours. Nothing
    is known of the time before an edition that was never activated. An area with the same identity
    under another code is the same area, re-coded; what became of any other is told from where its
    last ground is now, under whatever code it had that.

    Args:
        connection: A look at the store.
        edition: Of boundaries.
        layer: Its areas, valid polygons.

    Returns:
        By code; of a code that came and went, the last time.
    """
    gone = _gone(connection, edition)
    if not gone:
        return {}
    shapes = np.array([one.geometry for one in gone], dtype=object)
    of, into = shapely.STRtree(layer.geometry).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[of], layer.geometry[into]))
    shares: dict[int, dict[int, float]] = defaultdict(dict)
    for one, area, share in zip(of, into, common / shapely.area(shapes[of]), strict=True):
        # Not of neighbours that it only touches.
        if share > 0:
            shares[int(one)][int(area)] = float(share)
    heirs = {identity: at for at, identity in enumerate(layer.identity.tolist()) if identity}
    return {
        one.last.code: _succession(layer, one, shares[at], heirs.get(one.last.identity))
        for at, one in enumerate(gone)
    }


def _gone(connection: Connection, edition: Edition) -> list[_Gone]:
    """Codes of earlier editions that this one does not have, by when they were last seen."""
    in_turn = _held_in_turn(connection, edition.layer)
    own = [at for at, one in enumerate(in_turn) if one.edition_id == edition.id]
    if not own:
        return []
    of_code: dict[str, _Last] = {}
    of_identity: dict[str, _Last] = {}
    for one, following in pairwise(in_turn[: own[-1] + 1]):
        for area in _areas_of(connection, one.edition_id, following.valid_from):
            of_code[area.code] = of_identity[area.identity or area.code] = area
    kept = select(boundary.c.code).where(boundary.c.edition_id == edition.id)
    codes = set(connection.execute(kept).scalars())
    gone = [area for code, area in of_code.items() if code not in codes]
    # An area that was re-coded and is gone now left the ground that it had under its last code.
    latest = [of_identity[area.identity or area.code] for area in gone]
    grounds = _grounds(connection, latest)
    return [
        _Gone(area, grounds[last.edition_id, last.code])
        for area, last in zip(gone, latest, strict=True)
    ]


def _held_in_turn(connection: Connection, layer: str) -> list[Activation]:
    """The activations of a layer that held or will hold, by day, the later recorded ones last.

    Without those that another took the day of before it came; with those that were replaced on
    their day or afterwards, for somebody may have relied on them.
    """
    in_turn = sorted(activations(connection, layer), key=lambda one: (one.valid_from, one.seq))
    return [
        one
        for at, one in enumerate(in_turn)
        if not any(
            other.valid_from == one.valid_from and day_of(other.recorded_at) < one.valid_from
            for other in in_turn[at + 1 :]
        )
    ]


def _areas_of(connection: Connection, edition_id: int, until: date) -> list[_Last]:
    query = (
        select(edition_table.c.label, boundary.c.code, boundary.c.name, boundary.c.identity)
        .join(edition_table, edition_table.c.id == boundary.c.edition_id)
        .where(boundary.c.edition_id == edition_id)
    )
    return [_Last(edition_id, *row, until) for row in connection.execute(query)]


def _grounds(connection: Connection, areas: list[_Last]) -> dict[tuple[int, str], shapely.Geometry]:
    codes_of: dict[int, set[str]] = defaultdict(set)
    for area in areas:
        codes_of[area.edition_id].add(area.code)
    return {
        (edition_id, row.code): row.geometry
        for edition_id, codes in codes_of.items()
        for row in connection.execute(
            select(boundary.c.code, boundary.c.geometry).where(
                boundary.c.edition_id == edition_id, boundary.c.code.in_(codes)
            )
        )
    }


def _succession(
    layer: Layer, gone: _Gone, shares: dict[int, float], heir: int | None
) -> Succession:
    kind, heirs = fate_of(shares)
    # The same area under another code stands first, whatever was moved to others.
    to = heirs if heir is None else (heir, *(at for at in heirs if at != heir))
    return Succession(
        code=gone.last.code,
        name=gone.last.name,
        kind=kind if heir is None else "recoded",
        to=tuple(layer.code[list(to)].tolist()),
        shares=tuple(shares.get(at, 0.0) for at in to),
        geometry=gone.geometry,
        edition=gone.last.edition,
        until=gone.last.until.isoformat(),
    )
