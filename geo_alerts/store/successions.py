"""What became of areas whose codes are gone: worked out from their last ground."""

from collections import defaultdict
from typing import Final, Literal

import numpy as np
import shapely
from sqlalchemy import Connection, Row, select

from geo_alerts.places.layer import Layer, Succession
from geo_alerts.store.activations import Period, periods
from geo_alerts.store.editions import Edition
from geo_alerts.store.tables import boundary

# A neighbour whose line was drawn a little differently takes nobody's place.
LEAST_SHARE: Final = 0.01

_Gone = tuple[Row[tuple[str, str, str, shapely.Geometry]], Period]


def successions_of(connection: Connection, edition: Edition, layer: Layer) -> dict[str, Succession]:
    """What became of each area of earlier editions whose code this one does not have.

    Earlier are the editions that were in force before the latest period of this one; nothing is
    known of the time before an edition that was never activated. An area with the same identity
    under another code is the same area, re-coded. Else the areas that hold at least 1 % of the last
    ground took its place: one (`merged`), several (`split`) or none (`removed`).

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
    of, into = shapely.STRtree(layer.geometry).query(shapes, predicate="intersects")[:, :]
    common = shapely.area(shapely.intersection(shapes[of], layer.geometry[into]))
    shares: dict[int, dict[int, float]] = defaultdict(dict)
    for one, area, share in zip(of, into, common / shapely.area(shapes[of]), strict=True):
        shares[int(one)][int(area)] = float(share)
    heirs = {identity: at for at, identity in enumerate(layer.identity.tolist()) if identity}
    return {
        row.code: _succession(layer, row, period, shares[at], heirs.get(row.identity))
        for at, (row, period) in enumerate(gone)
    }


def _gone(connection: Connection, edition: Edition) -> list[_Gone]:
    """Areas whose codes are gone, as they were last, with the period that they were last in."""
    held = periods(connection, edition.layer)
    own = [at for at, period in enumerate(held) if period.edition.id == edition.id]
    if not own:
        return []
    kept = select(boundary.c.code).where(boundary.c.edition_id == edition.id)
    columns = (boundary.c.code, boundary.c.name, boundary.c.identity, boundary.c.geometry)
    last: dict[str, _Gone] = {}
    for period in held[: own[-1]]:
        of_period = boundary.c.edition_id == period.edition.id
        query = select(*columns).where(of_period, boundary.c.code.not_in(kept))
        last |= {row.code: (row, period) for row in connection.execute(query)}
    return list(last.values())


def _succession(
    layer: Layer,
    row: Row[tuple[str, str, str, shapely.Geometry]],
    period: Period,
    shares: dict[int, float],
    heir: int | None,
) -> Succession:
    taken = {at: share for at, share in shares.items() if share >= LEAST_SHARE or at == heir}
    if heir is not None:
        taken.setdefault(heir, 0.0)
    in_turn = sorted(taken, key=lambda at: (at != heir, -taken[at], at))
    return Succession(
        code=row.code,
        name=row.name,
        kind=_kind(len(taken), heir),
        to=tuple(layer.code[in_turn].tolist()),
        shares=tuple(taken[at] for at in in_turn),
        geometry=row.geometry,
        edition=period.edition.label,
        until=str(period.until),
    )


def _kind(count: int, heir: int | None) -> Literal["recoded", "split", "merged", "removed"]:
    if heir is not None:
        return "recoded"
    if count == 0:
        return "removed"
    return "merged" if count == 1 else "split"
