"""Made-up layers whose faults are known because they were made."""

import geopandas as gpd
import shapely

EAST, NORTH = 340_000.0, 310_000.0
SIDE_M = 1_000.0


def box(west, south, east, north):
    """A rectangle, in metres from the south-west corner of the made-up ground."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def polygon(*corners):
    """A polygon of corners, in metres from the same corner."""
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])


def layer(shapes, names=None, crs="EPSG:27700"):
    """A frame of areas by code; each is named after its code unless names are given."""
    codes = list(shapes)
    named = names or {}
    return gpd.GeoDataFrame(
        {"code": codes, "name": [named.get(code, f"Area {code}") for code in codes]},
        geometry=list(shapes.values()),
        crs=crs,
    )


def grid(columns=3, rows=3):
    """Squares of a kilometre that share their corners: A1 in the south-west, B1 east of it."""
    return {
        f"{chr(65 + column)}{row + 1}": box(
            column * SIDE_M, row * SIDE_M, (column + 1) * SIDE_M, (row + 1) * SIDE_M
        )
        for column in range(columns)
        for row in range(rows)
    }


def replaced(shapes, **others):
    """The areas with some of them replaced, all rings wound as RFC 7946 wants them."""
    return {code: shapely.orient_polygons(shape) for code, shape in {**shapes, **others}.items()}
