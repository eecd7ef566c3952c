"""Looks at hotspots in the shape that goes out over HTTP."""

from collections.abc import Sequence
from typing import Any, Final

import shapely

from api.schemas.looks import (
    ClassOut,
    LookOut,
    PatternOut,
    TableCellOut,
    TableColumnOut,
    TableOut,
)
from geo_alerts.acts.hotspots.looking import Look
from geo_alerts.acts.hotspots.telling import MOST_TOLD, words_of
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.maps.document import Table
from geo_alerts.maps.layers import FINE_DECIMALS, ground

# What the map says of an area; the table has the rest.
SHOWN: Final = ("place", "name", "status", "crimes", "team_name")


def look(answer: Look, layer: str | None) -> LookOut:
    """A look as a page draws it.

    Args:
        answer: The look.
        layer: The id of the layer that is kept of the same answer; None without one.
    """
    words = words_of(answer, answer.areas)
    return LookOut(
        method=answer.method,
        question=dict(answer.question),
        facts=dict(answer.facts),
        sha256=answer.sha256,
        layer=layer,
        title=words.title,
        asked=words.asked,
        summary=words.summary,
        how=words.how,
        legend=answer.title,
        classes=tuple(map(ClassOut.model_validate, answer.classes)),
        rest=answer.rest,
        patterns=tuple(map(PatternOut.model_validate, answer.patterns)),
        grounds=_collection(_grounds(answer)),
        left_out=answer.left_out,
        areas=_collection(areas(answer.areas[:MOST_TOLD])),
        more=words.more,
        table=table(words.table),
    )


def table(given: Table) -> TableOut:
    """A table as JSON."""
    return TableOut(
        caption=given.caption,
        columns=tuple(map(TableColumnOut.model_validate, given.columns)),
        rows=tuple(tuple(map(TableCellOut.model_validate, row)) for row in given.rows),
        nothing=given.nothing,
    )


def areas(found: Sequence[HotArea]) -> list[dict[str, Any]]:
    """Areas as GeoJSON features: `at` is where a mark stands for one."""
    if not found:
        return []
    middles = [_middle(area) for area in found]
    longitude, latitude = points_to_epsg_4326(*zip(*middles, strict=True))
    return [
        {
            **_feature(area.geometry, area.rank),
            "properties": {
                "rank": area.rank,
                "key": area.key,
                "at": [round(lon, FINE_DECIMALS), round(lat, FINE_DECIMALS)],
                **{name: area.facts[name] for name in SHOWN if name in area.facts},
            },
        }
        for area, lon, lat in zip(found, longitude.tolist(), latitude.tolist(), strict=True)
    ]


def _middle(area: HotArea) -> tuple[float, float]:
    # Repeat locations know the mean of their crimes.
    facts = area.facts
    if "easting" in facts:
        return facts["easting"], facts["northing"]
    point = shapely.point_on_surface(area.geometry)
    return point.x, point.y


def _grounds(answer: Look) -> list[dict[str, Any]]:
    return [
        _feature(one.ground, place)
        for place, one in enumerate(answer.classes)
        if one.ground is not None
    ]


def _feature(geometry: shapely.Geometry, number: int) -> dict[str, Any]:
    # Winding and digits as maps have them; colours are the classes'.
    return {**ground(geometry, fill="", edge="").feature, "id": number}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
