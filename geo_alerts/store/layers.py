"""Layers of boundaries in the store: the teams, and any other."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, Row, select

from geo_alerts.contracts import require_columns, require_epsg_27700
from geo_alerts.crs import EPSG_27700
from geo_alerts.errors import InvalidInputError
from geo_alerts.places.layer import LAYER_NAME, Layer
from geo_alerts.store.activations import edition_by_id
from geo_alerts.store.bulk import Columns
from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    NO_BOUNDARIES,
    Edition,
    EditionFacts,
    EditionImport,
    Stage,
    import_as_draft,
)
from geo_alerts.store.successions import successions_of
from geo_alerts.store.tables import boundary

if TYPE_CHECKING:
    import geopandas as gpd

# Boundaries of teams and wards have hundreds of vertices each: few make a batch of 50 ms.
BATCH_AREAS = 200

_AREA_COLUMNS = ("code", "name", "parent_code", "identity", "geometry")


def require_boundary_layer(name: str) -> str:
    """Refuse what cannot be the name of a layer of boundaries.

    Raises:
        InvalidInputError: It is of another form, or the name of another kind of edition.
    """
    if re.fullmatch(LAYER_NAME, name) is None or name in NO_BOUNDARIES:
        others = ", ".join(sorted(NO_BOUNDARIES))
        raise InvalidInputError(
            f"{name[:50]!r} cannot be a layer of boundaries: wanted up to 40 lower-case letters, "
            f"digits and underscores, a letter first, and none of {others}"
        )
    return name


def import_draft(store: Store, facts: EditionFacts, areas: "gpd.GeoDataFrame") -> EditionImport:
    """Keep a frame of areas as a draft, geometry as it is given, also where it is invalid.

    Args:
        store: Where to.
        facts: What is known of the edition; its layer is `team` or another of boundaries.
        areas: m rows with `code` (unique), `name`, `parent_code` (text, empty where there is none)
            where parents are known, and (Multi)Polygons, EPSG:27700.

    Returns:
        The draft, or the edition of the same content, whatever its state, where that is there.

    Raises:
        InvalidInputError: The layer cannot be one of boundaries.
        CrsError: The frame is not in EPSG:27700.
        FrameError: A column is missing, or codes repeat.
    """
    require_boundary_layer(facts.layer)
    require_epsg_27700(areas, what="areas")
    parent = {"parent_code": "text"} if "parent_code" in areas else {}
    kinds = {"code": "text", "name": "text", **parent}
    require_columns(areas, kinds, what="areas", unique="code")
    return import_as_draft(store, facts, lambda stage: _fill(stage, areas))


def load_layer(connection: Connection, edition: Edition | int) -> Layer:
    """The areas of an edition, with parents, identities and what became of those that are gone.

    Args:
        connection: A look at the store.
        edition: Of boundaries, or its number.

    Raises:
        UnknownEditionError: There is no such edition.
        FrameError: A draft has shapes that no layer can have.
    """
    chosen = edition_by_id(connection, edition) if isinstance(edition, int) else edition
    found = _areas(connection, chosen.id)
    layer = Layer.from_columns(
        chosen.label,
        [row.code for row in found],
        [row.name for row in found],
        _shapes(found),
        parent=[row.parent_code for row in found],
        identity=[row.identity for row in found],
        kind=chosen.layer,
        is_demonstration=chosen.is_demonstration,
    )
    return replace(layer, successions=successions_of(connection, chosen, layer))


def load_areas(connection: Connection, edition_id: int) -> "gpd.GeoDataFrame":
    """The areas of an edition as they were given, for a check, a repair or an export.

    Args:
        connection: A look at the store.
        edition_id: Of boundaries.

    Returns:
        m rows in the order of `code`, with `name`, `parent_code`, `identity` and MultiPolygons,
        EPSG:27700, which may be invalid.

    Raises:
        UnknownEditionError: There is no such edition.
    """
    import geopandas as gpd  # noqa: PLC0415 - the server starts without it

    found = _areas(connection, edition_by_id(connection, edition_id).id)
    texts = {name: [getattr(row, name) for row in found] for name in _AREA_COLUMNS[:-1]}
    # Whatever is in it, a column of text is one.
    columns = {name: np.array(values, dtype=object) for name, values in texts.items()}
    return gpd.GeoDataFrame(columns, geometry=_shapes(found), crs=EPSG_27700)


def _areas(connection: Connection, edition_id: int) -> list[Row[Any]]:
    query = select(*(boundary.c[name] for name in _AREA_COLUMNS))
    of_edition = query.where(boundary.c.edition_id == edition_id).order_by(boundary.c.code)
    return list(connection.execute(of_edition))


def _shapes(found: list[Row[Any]]) -> npt.NDArray[np.object_]:
    shapes = np.empty(len(found), dtype=object)
    shapes[:] = [row.geometry for row in found]
    return shapes


def _fill(stage: Stage, areas: "gpd.GeoDataFrame") -> None:
    # The column takes one kind of geometry only; a Polygon comes back as a MultiPolygon of one.
    geometry = np.array([_as_multi(shape) for shape in areas.geometry], dtype=object)
    names = [name for name in ("code", "name", "parent_code") if name in areas]
    texts = {name: areas[name].tolist() for name in names}
    for start in range(0, len(areas), BATCH_AREAS):
        batch = slice(start, start + BATCH_AREAS)
        columns: Columns = {name: values[batch] for name, values in texts.items()}
        stage.add(boundary, {**columns, "geometry": geometry[batch]})


def _as_multi(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
