"""Small editions of teams for the tests of comparisons: boxes in kilometres, units and people."""

from collections.abc import Mapping

import numpy as np
import shapely

from boundaries.comparing.compare import Comparison, PlacePeople, UnitPoints, compare
from geo_alerts.places.layer import Layer

WEST, SOUTH, KM = 340_000.0, 300_000.0, 1_000.0
KM2 = 1_000_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box, its sides in kilometres from the corner of the world."""
    return shapely.box(WEST + west * KM, SOUTH + south * KM, WEST + east * KM, SOUTH + north * KM)


def edition(
    areas: Mapping[str, shapely.Geometry],
    names: Mapping[str, str] | None = None,
    label: str = "edition",
    **about: object,
) -> Layer:
    """Teams called like their codes, unless they are named."""
    called = [(names or {}).get(code, f"Team {code}") for code in areas]
    return Layer.from_columns(label, list(areas), called, list(areas.values()), **about)


def units(points: Mapping[str, tuple[float, float]], **flags: object) -> UnitPoints:
    """Units by postcode, in kilometres from the corner of the world."""
    places = np.array(list(points.values()), dtype=float).reshape(-1, 2) * KM
    return UnitPoints(
        np.array(list(points), dtype="<U8"), WEST + places[:, 0], SOUTH + places[:, 1], **flags
    )


def people(*postcodes_of_each: tuple[str, ...], among: UnitPoints) -> PlacePeople:
    """A person with some postcodes each."""
    rows = {postcode: row for row, postcode in enumerate(among.postcode.tolist())}
    pairs = [(rows[text], who) for who, texts in enumerate(postcodes_of_each) for text in texts]
    row, person = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return PlacePeople(row, person)


def rows_of(found: Comparison) -> dict[tuple[str | None, str | None], tuple[float, int]]:
    """The crosswalk: from which code to which, square kilometres and units."""
    walk = found.crosswalk
    return {
        (_code(found.old, old), _code(found.new, new)): (round(m2 / KM2, 6), units)
        for old, new, m2, units in zip(
            walk.old.tolist(), walk.new.tolist(), walk.m2.tolist(), walk.units.tolist(), strict=True
        )
    }


def compared(
    old: Mapping[str, shapely.Geometry],
    new: Mapping[str, shapely.Geometry],
    points: Mapping[str, tuple[float, float]] | None = None,
) -> Comparison:
    """Two editions and the units in them."""
    return compare(edition(old), edition(new), units(points or {}))


def _code(layer: Layer, at: int) -> str | None:
    return None if at < 0 else str(layer.code[at])
