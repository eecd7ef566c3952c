"""Layers of boundaries in the store: the teams, and any other."""

from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import Connection, select

from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.errors import NotReadyError
from geo_alerts.places.layer import Layer
from geo_alerts.store.bulk import Columns
from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    EditionFacts,
    EditionImport,
    Stage,
    active_edition,
    import_edition,
)
from geo_alerts.store.tables import boundary

if TYPE_CHECKING:
    import geopandas as gpd

# Boundaries of teams and wards have hundreds of vertices each: few make a batch of 50 ms.
BATCH_AREAS = 200


def import_layer(store: Store, facts: EditionFacts, areas: "gpd.GeoDataFrame") -> EditionImport:
    """Make a frame of areas the active edition of its layer.

    Args:
        store: Where to.
        facts: What is known of the edition; its layer is `team` or another.
        areas: m rows with `code` (unique), `name` and (Multi)Polygons, EPSG:27700.

    Returns:
        The active edition, and what was done.

    Raises:
        CrsError: The frame is not in EPSG:27700.
        FrameError: A column is missing, or codes repeat.
        ConflictError: Another import of the layer came first.
    """
    require_epsg_27700(areas, what="areas")
    require_columns(areas, {"code": "text", "name": "text"}, what="areas", unique="code")
    return import_edition(store, facts, lambda stage: _fill(stage, areas))


def load_layer(connection: Connection, layer: str) -> Layer:
    """The areas of the active edition of a layer.

    Raises:
        NotReadyError: None was imported.
    """
    edition = active_edition(connection, layer)
    if edition is None:
        raise NotReadyError(f"there are no {layer} polygons yet: geo-alerts import boundaries FILE")
    query = select(boundary.c.code, boundary.c.name, boundary.c.geometry)
    found = connection.execute(query.where(boundary.c.edition_id == edition.id)).all()
    return Layer.from_columns(
        edition.label,
        [row.code for row in found],
        [row.name for row in found],
        [row.geometry for row in found],
        is_demonstration=edition.is_demonstration,
    )


def _fill(stage: Stage, areas: "gpd.GeoDataFrame") -> None:
    # The column takes one kind of geometry only; a Polygon comes back as a MultiPolygon of one.
    geometry = np.array([_as_multi(shape) for shape in areas.geometry], dtype=object)
    code, name = areas["code"].tolist(), areas["name"].tolist()
    for start in range(0, len(code), BATCH_AREAS):
        batch = slice(start, start + BATCH_AREAS)
        columns: Columns = {"code": code[batch], "name": name[batch], "geometry": geometry[batch]}
        stage.add(boundary, columns)


def _as_multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
