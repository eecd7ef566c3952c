"""TopoJSON: areas that share their borders, each border written once.

Read here and not by GDAL, which leaves out a border that is not there without a word.

Source: The TopoJSON Format Specification, github.com/topojson/topojson-specification.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.files.formats import BoundaryFile
from boundaries.files.json_outline import no_number
from boundaries.files.limits import require_few_vertices, require_small_table
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
    with _told(file.name):
        root = json.loads(file.path.read_text(encoding="utf-8-sig"), parse_constant=no_number)
        transform = _transform(root.get("transform"))
        objects = {name: dict(layer) for name, layer in root["objects"].items()}
        return objects, [_arc(arc, transform) for arc in root["arcs"]]


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
        SourceError: A feature is not as TopoJSON has it, or names an arc that is not there; there
            are more features and fields than are read; or arcs are used so often that there are
            more vertices than are read.
    """
    is_collection = layer.get("type") == "GeometryCollection"
    with _told(file.name):
        found = list(layer["geometries"]) if is_collection else [layer]
        fields = {name for each in found for name in _fields(each)}
    require_small_table(file.name, len(found), len(fields))
    properties = []
    shapes = np.full(len(found), None, dtype=object)
    vertices = 0
    for row, each in enumerate(found):
        with _told(f"{file.name}, feature {row + 1},"):
            vertices += sum(len(arcs[at]) for at in _numbers(each.get("arcs", ()), len(arcs)))
            require_few_vertices(file.name, vertices)
            properties.append(_properties(each))
            shapes[row] = _shape(each, arcs)
    return properties, shapes


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise SourceError(f"{name} cannot be read as TopoJSON: it has no {error}") from error
    except ValueError as error:
        raise SourceError(f"{name} cannot be read as TopoJSON: {error}") from error
    except (TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{name} cannot be read as TopoJSON: a member is not of the kind that it should be"
        ) from error


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


def _fields(feature: Mapping[str, Any]) -> Iterator[str]:
    yield from feature.get("properties") or ()
    yield from ("id",) if "id" in feature else ()


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(feature.get("properties") or {})
    said = {"id": feature["id"], **own} if "id" in feature else own
    return {
        key: json.dumps(value) if isinstance(value, (dict, list)) else value
        for key, value in said.items()
    }


def _numbers(nested: Iterable[Any], count: int) -> Iterator[int]:
    # The places of all arcs that are named, however deep.
    for each in nested:
        if not isinstance(each, int):
            yield from _numbers(each, count)
            continue
        at = ~each if each < 0 else each
        if at >= count:
            raise ValueError(f"it names arc {at}, but there are {count}")
        yield at


def _shape(feature: Mapping[str, Any], arcs: Sequence[Positions]) -> shapely.Geometry | None:
    kind = feature.get("type")
    if kind is None:
        return None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"it is a {str(kind)[:40]}; wanted a Polygon or a MultiPolygon")
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
    lines = [arcs[~number][::-1] if number < 0 else arcs[number] for number in ring]
    _require_joined(lines)
    rest = [line[1:] for line in lines[1:]]
    return np.concatenate([*lines[:1], *rest]) if lines else np.empty((0, 2))


def _require_joined(lines: Sequence[Positions]) -> None:
    for before, after in itertools.pairwise(lines):
        if not len(before) or not len(after) or (before[-1] != after[0]).any():
            raise ValueError("it has arcs that do not meet")
