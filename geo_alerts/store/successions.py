"""What became of areas whose codes are gone: worked out from their last ground."""

from collections import defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import shapely
from sqlalchemy import Connection, Row, select

from geo_alerts.places.fate import fate_of
from geo_alerts.places.layer import Layer, Succession
from geo_alerts.store.activations import activations
from geo_alerts.store.editions import Edition
from geo_alerts.store.tables import boundary
from geo_alerts.store.tables import edition as edition_table

_Gone = tuple[Row[tuple[str, str, str, str, shapely.Geometry]], date]


def successions_of(connection: Connection, edition: Edition, layer: Layer) -> dict[str, Succession]:
    """What became of each area of earlier editions whose code this one does not have.

    Earlier are the editions that were activated for days up to the latest of this one, also for the
    same day: somebody may have named an area of an edition that was replaced within hours. Nothing
    is known of the time before an edition that was never activated. An area with the same identity
    under another code is the same area, re-coded; what became of any other is told from where its
    last ground is now.

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
    shapes = np.array([row.geometry for row, _ in gone], dtype=object)
    of, into = shapely.STRtree(layer.geometry).query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[of], layer.geometry[into]))
    shares: dict[int, dict[int, float]] = defaultdict(dict)
    for one, area, share in zip(of, into, common / shapely.area(shapes[of]), strict=True):
        # Not of neighbours that it only touches.
        if share > 0:
            shares[int(one)][int(area)] = float(share)
    heirs = {identity: at for at, identity in enumerate(layer.identity.tolist()) if identity}
    return {
        row.code: _succession(layer, row, until, shares[at], heirs.get(row.identity))
        for at, (row, until) in enumerate(gone)
    }


def _gone(connection: Connection, edition: Edition) -> list[_Gone]:
    """Areas whose codes are gone, as they were last, and from which day."""
    in_turn = sorted(
        activations(connection, edition.layer), key=lambda one: (one.valid_from, one.seq)
    )
    own = [at for at, one in enumerate(in_turn) if one.edition_id == edition.id]
    if not own:
        return []
    columns = (boundary.c.code, boundary.c.name, boundary.c.identity, boundary.c.geometry)
    kept = select(boundary.c.code).where(boundary.c.edition_id == edition.id)
    last: dict[str, _Gone] = {}
    for one, following in pairwise(in_turn[: own[-1] + 1]):
        of_earlier = boundary.c.edition_id == one.edition_id
        query = select(edition_table.c.label, *columns).join(
            edition_table, edition_table.c.id == boundary.c.edition_id
        )
        found = connection.execute(query.where(of_earlier, boundary.c.code.not_in(kept)))
        last |= {row.code: (row, following.valid_from) for row in found}
    return list(last.values())


def _succession(
    layer: Layer,
    row: Row[tuple[str, str, str, str, shapely.Geometry]],
    until: date,
    shares: dict[int, float],
    heir: int | None,
) -> Succession:
    kind, heirs = fate_of(shares)
    # The same area under another code stands first, whatever was moved to others.
    to = heirs if heir is None else (heir, *(at for at in heirs if at != heir))
    return Succession(
        code=row.code,
        name=row.name,
        kind=kind if heir is None else "recoded",
        to=tuple(layer.code[list(to)].tolist()),
        shares=tuple(shares.get(at, 0.0) for at in to),
        geometry=row.geometry,
        edition=row.label,
        until=until.isoformat(),
    )
