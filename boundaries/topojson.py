"""TopoJSON: areas that share their borders, each border written once.

Read here and not by GDAL, which leaves out a border that is not there without a word.

Source: The TopoJSON Format Specification, github.com/topojson/topojson-specification.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.formats import BoundaryFile
from boundaries.json_outline import no_number
from geo_alerts.errors import SourceError

Positions = npt.NDArray[np.float64]
_LEAST_POSITIONS: Final = 4


def layers_of(file: BoundaryFile) -> tuple[dict[str, Any], list[Positions]]:
    """The objects of a TopoJSON by name, and its arcs.

    Returns:
        The objects as JSON has them; each arc as k positions, longitude first.

    Raises:
        SourceError: It is no whole TopoJSON.
    """
    try:
        root = json.loads(file.path.read_text(encoding="utf-8-sig"), parse_constant=no_number)
        transform = _transform(root.get("transform"))
        return dict(root["objects"]), [_arc(arc, transform) for arc in root["arcs"]]
    except RecursionError as error:
        raise SourceError(f"{file.name} nests too deeply") from error
    except KeyError as error:
        raise SourceError(f"{file.name} cannot be read as TopoJSON: it has no {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise SourceError(f"{file.name} cannot be read as TopoJSON: {error}") from error


def features_of(
    file: BoundaryFile, layer: Mapping[str, Any], arcs: Sequence[Positions]
) -> tuple[list[dict[str, Any]], npt.NDArray[np.object_]]:
    """What the features of one object say of themselves, and their shapes.

    Args:
        file: Where it is from, for messages.
        layer: A geometry, or a collection of geometries, as JSON has it.
        arcs: The arcs of its file.

    Returns:
        n sets of properties, with `id` where there is one; n geometries, None where there is none
        or its positions make none.

    Raises:
        SourceError: A feature is not as TopoJSON has it, or names an arc that is not there.
    """
    found = layer.get("geometries") if layer.get("type") == "GeometryCollection" else [layer]
    properties: list[dict[str, Any]] = []
    shapes = np.full(len(found or ()), None, dtype=object)
    try:
        for each in found or ():
            properties.append(_properties(each))
            shapes[len(properties) - 1] = _shape(each, arcs)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{file.name} cannot be read as TopoJSON: feature {len(properties)}: {error}"
        ) from error
    return properties, shapes


def _transform(transform: Any) -> tuple[Positions, Positions] | None:  # noqa: ANN401 - of JSON
    if transform is None:
        return None
    scale, shift = (np.array(transform[key], dtype=float) for key in ("scale", "translate"))
    if scale.shape != (2,) or shift.shape != (2,):
        raise ValueError("its transform has not two scales and two shifts")
    if not np.isfinite([scale, shift]).all() or not scale.all():
        raise ValueError("its transform scales by nothing, or by no number")
    return scale, shift


def _arc(arc: Any, transform: tuple[Positions, Positions] | None) -> Positions:  # noqa: ANN401
    # Whole numbers are steps from the position before, where there is a transform.
    positions = np.array([position[:2] for position in arc], dtype=float).reshape(-1, 2)
    if transform is None:
        return positions
    scale, shift = transform
    return np.asarray(np.cumsum(positions, axis=0) * scale + shift)


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    own = feature.get("properties") or {}
    return {"id": feature["id"], **own} if "id" in feature else dict(own)


def _shape(feature: Mapping[str, Any], arcs: Sequence[Positions]) -> shapely.Geometry | None:
    kind = feature.get("type")
    if kind is None:
        return None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"is a {str(kind)[:40]}; wanted a Polygon or a MultiPolygon")
    parts = [feature["arcs"]] if kind == "Polygon" else feature["arcs"]
    polygons = [_polygon(part, arcs) for part in parts]
    if None in polygons:
        return None
    return polygons[0] if kind == "Polygon" else shapely.MultiPolygon(polygons)


def _polygon(part: Sequence[Any], arcs: Sequence[Positions]) -> shapely.Polygon | None:
    if not part:
        return shapely.Polygon()
    rings = [_ring(ring, arcs) for ring in part]
    if any(len(ring) < _LEAST_POSITIONS or (ring[0] != ring[-1]).any() for ring in rings):
        return None
    return shapely.Polygon(rings[0], rings[1:])


def _ring(ring: Sequence[int], arcs: Sequence[Positions]) -> Positions:
    # Arcs follow one another and share the position where they meet; ~3 is arc 3 backwards.
    lines = []
    for number in ring:
        at = ~number if number < 0 else number
        if at >= len(arcs):
            raise ValueError(f"names arc {at}, but there are {len(arcs)}")
        lines.append(arcs[at][::-1] if number < 0 else arcs[at])
    _require_joined(lines)
    rest = [line[1:] for line in lines[1:]]
    return np.concatenate([*lines[:1], *rest]) if lines else np.empty((0, 2))


def _require_joined(lines: Sequence[Positions]) -> None:
    for before, after in itertools.pairwise(lines):
        if not len(before) or not len(after) or (before[-1] != after[0]).any():
            raise ValueError("has arcs that do not meet")
