"""GeoJSON documents (RFC 7946) as target areas: their polygons, and what is wrong with them.

A Feature is its geometry, whatever its properties; several polygons are the area that is in any of
them. Documents are plain JSON values here; pointers are those of RFC 6901 into the document.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from geo_alerts.audiences.targets.areas import (
    MAX_LEAVES,
    MAX_MEMBERS,
    AnyArea,
    UnionArea,
)
from geo_alerts.audiences.targets.leaves import PolygonArea
from geo_alerts.audiences.targets.repairing import repaired
from geo_alerts.audiences.targets.shapes import FAULTY, MultiPolygon, Polygon
from geo_alerts.errors import InvalidAreaError

SHAPES: Final = ("Polygon", "MultiPolygon")
_LISTS: Final = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
_OTHERS: Final = ("Point", "MultiPoint", "LineString", "MultiLineString")
KINDS: Final = (*SHAPES, "Feature", *_LISTS, *_OTHERS)

Shape = Polygon | MultiPolygon
SHAPE_ADAPTER: Final[TypeAdapter[Shape]] = TypeAdapter(
    Annotated[Shape, Field(discriminator="type")]
)


def is_geojson(value: object) -> bool:
    """Tell whether a JSON value is meant as GeoJSON."""
    return isinstance(value, Mapping) and value.get("type") in KINDS


def shapes_of(value: Mapping[str, Any], pointer: str = "") -> Iterator[tuple[str, Any]]:
    """The polygons of a GeoJSON document, each with its pointer.

    Args:
        value: The document.
        pointer: Where it stands itself.

    Raises:
        InvalidAreaError: Something in it is no polygon.
    """
    kind = value.get("type")
    if kind in SHAPES:
        yield pointer, value
        return
    if kind == "Feature":
        below = [(f"{pointer}/geometry", value.get("geometry"))]
    elif kind in _LISTS:
        key = _LISTS[kind]
        listed = value.get(key)
        if not isinstance(listed, list):
            raise InvalidAreaError(f"{pointer}/{key}: must be a list")
        below = [(f"{pointer}/{key}/{number}", one) for number, one in enumerate(listed)]
    else:
        how = ": a corridor is along a line" if str(kind).endswith("LineString") else ""
        where = f"{pointer}: " if pointer else "the file "
        raise InvalidAreaError(f"{where}is no polygon, but a {kind}{how}")
    for where, one in below:
        if not isinstance(one, Mapping):
            raise InvalidAreaError(f"{where}: is no polygon; an area has polygons only")
        yield from shapes_of(one, where)


def union_of_shapes(shapes: list[Shape]) -> AnyArea:
    """The area that is in any of some polygons.

    Raises:
        InvalidAreaError: There are none, or too many.
    """
    if not 0 < len(shapes) <= MAX_LEAVES:
        raise InvalidAreaError(f"has {len(shapes)} polygons; 1 to {MAX_LEAVES} are wanted")
    areas: list[AnyArea] = [PolygonArea(type="polygon", geometry=shape) for shape in shapes]
    while len(areas) > 1:
        runs = range(0, len(areas), MAX_MEMBERS)
        areas = [UnionArea(type="union", areas=tuple(areas[at : at + MAX_MEMBERS])) for at in runs]
    return areas[0]


def with_shapes_repaired(value: Any, pointer: str = "") -> tuple[Any, list[str]]:  # noqa: ANN401 - JSON
    """A JSON value with each polygon that cannot be used in its repaired form.

    Args:
        value: A GeoJSON document, or a target area however deep.
        pointer: Where it stands itself.

    Returns:
        The value, the rings of its polygons as RFC 7946 has them, and the pointer of each polygon
        that was repaired.

    Raises:
        InvalidAreaError: A polygon cannot be repaired; the message says why.
    """
    if isinstance(value, Mapping):
        if value.get("type") in SHAPES and "coordinates" in value:
            return _mended(value, pointer)
        below = {key: with_shapes_repaired(one, f"{pointer}/{key}") for key, one in value.items()}
        mended = [where for _, found in below.values() for where in found]
        return {key: one for key, (one, _) in below.items()}, mended
    if isinstance(value, list):
        members = [with_shapes_repaired(one, f"{pointer}/{at}") for at, one in enumerate(value)]
        return [one for one, _ in members], [where for _, found in members for where in found]
    return value, []


def _mended(value: Mapping[str, Any], pointer: str) -> tuple[Any, list[str]]:
    try:
        return SHAPE_ADAPTER.validate_python(value).model_dump(mode="json"), []
    except ValidationError as error:
        (fault, *others) = error.errors(include_url=False, include_input=False)
        faulty = None if others else fault.get("ctx", {}).get(FAULTY)
        offer = None if faulty is None else repaired(faulty)
        if offer is None:
            raise InvalidAreaError(f"{pointer}: cannot be repaired: {fault['msg']}") from error
        return offer, [pointer]
