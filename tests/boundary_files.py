"""Two teams in Shropshire, written in every format that is read."""

import gzip
import json
import zipfile

import geopandas as gpd
import numpy as np
import shapely

from geo_alerts.crs import geometries_to_epsg_4326

# EPSG:27700; the second has a hole and a second part.
NORTH = shapely.box(349_000, 313_000, 350_000, 314_000)
SOUTH = shapely.union(
    shapely.box(349_000, 311_000, 350_000, 313_000).difference(
        shapely.box(349_400, 311_400, 349_600, 311_600)
    ),
    shapely.box(351_000, 311_000, 351_500, 311_500),
)
ON_GRID = [NORTH, SOUTH]
IN_DEGREES = geometries_to_epsg_4326(ON_GRID).tolist()


def frame(shapes=ON_GRID, crs="EPSG:27700", **columns):
    columns = columns or {"code": ["N1", "S1"], "name": ["North", "South"]}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def feature(shape, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shape and shape.__geo_interface__,
    }


def write_geojson(path, features, **members):
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}))
    return path


def north_and_south(**more):
    return [
        feature(IN_DEGREES[0], code="N1", name="North", **more),
        feature(IN_DEGREES[1], code="S1", name="South", **more),
    ]


def as_geojson(folder):
    return write_geojson(folder / "teams.geojson", north_and_south())


def as_geojson_gz(folder):
    path = folder / "teams.geojson.gz"
    path.write_bytes(gzip.compress(as_geojson(folder).read_bytes()))
    return path


def as_geojson_of_2008(folder):
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    features = [feature(NORTH, code="N1", name="North"), feature(SOUTH, code="S1", name="South")]
    return write_geojson(folder / "teams.json", features, crs=member)


def as_geopackage(folder):
    frame().to_file(folder / "teams.gpkg", layer="teams")
    return folder / "teams.gpkg"


def as_geopackage_in_web_mercator(folder):
    shapes = shapely.transform(IN_DEGREES, _web_mercator)
    frame(shapes, "EPSG:3857").to_file(folder / "mercator.gpkg", layer="teams")
    return folder / "mercator.gpkg"


def as_shapefile(folder):
    frame().to_file(folder / "teams.shp")
    return folder / "teams.shp"


def as_zipped_shapefile(folder):
    as_shapefile(folder)
    with zipfile.ZipFile(folder / "teams.zip", "w") as packed:
        for part in sorted(folder.glob("teams.*")):
            if part.suffix != ".zip":
                packed.write(part, f"made by a program/{part.name}")
        packed.writestr("__MACOSX/made by a program/._teams.shp", b"\0\5\26\7")
        packed.writestr("read me.txt", "hello")
    return folder / "teams.zip"


def as_kml(folder):
    path = folder / "teams.kml"
    path.write_text(kml(placemark(IN_DEGREES[0], "N1") + placemark(IN_DEGREES[1], "S1")))
    return path


def as_kmz(folder):
    with zipfile.ZipFile(folder / "teams.kmz", "w") as packed:
        packed.write(as_kml(folder), "doc.kml")
    return folder / "teams.kmz"


def as_zip_of_kml(folder):
    # As data.police.uk publishes neighbourhoods: the id is the file's name, the name is inside.
    return police_zip(folder, "2025-09/west-mercia/N1.kml", "2025-09/west-mercia/S1.kml")


def police_zip(folder, *names):
    """A zip of KML files under these names, the first the northern area and so on in turn."""
    with zipfile.ZipFile(folder / "2025-09.zip", "w") as packed:
        for place, name in enumerate(names):
            called = ("North", "South")[place % 2]
            packed.writestr(name, kml(placemark(IN_DEGREES[place % 2], called)))
    return folder / "2025-09.zip"


def answer(shape):
    """What the API of data.police.uk answers for a neighbourhood without holes."""
    return [{"latitude": f"{y:.12f}", "longitude": f"{x:.12f}"} for x, y in shape.exterior.coords]


def as_flatgeobuf(folder):
    frame().to_file(folder / "teams.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return folder / "teams.fgb"


def as_geoparquet(folder):
    frame(IN_DEGREES, "OGC:CRS84").to_parquet(folder / "teams.parquet")
    return folder / "teams.parquet"


def as_topojson(folder):
    # North and south share arc 0, which the south has backwards.
    lines = [
        [(349_000, 313_000), (350_000, 313_000)],
        [(350_000, 313_000), (350_000, 314_000), (349_000, 314_000), (349_000, 313_000)],
        [(349_000, 313_000), (349_000, 311_000), (350_000, 311_000), (350_000, 313_000)],
        *[list(ring.coords) for ring in shapely.get_rings(shapely.get_parts(SOUTH))[1:]],
    ]
    moved = geometries_to_epsg_4326([shapely.LineString(line) for line in lines])
    arcs = [[list(position) for position in line.coords] for line in moved]
    north = {"type": "Polygon", "arcs": [[0, 1]]}
    south = {"type": "MultiPolygon", "arcs": [[[~0, 2], [3]], [[4]]]}
    return write_topojson(folder / "teams.topojson", arcs, {"N1": north, "S1": south})


def write_topojson(path, arcs, areas, **members):
    names = {"N1": "North", "S1": "South"}
    geometries = [
        {"id": code, "properties": {"name": names.get(code, code)}, **area}
        for code, area in areas.items()
    ]
    objects = {"teams": {"type": "GeometryCollection", "geometries": geometries}}
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": objects, **members}))
    return path


def as_folder_of_shapefiles(folder):
    for name, row in (("north", 0), ("south", 1)):
        (folder / "areas" / name).mkdir(parents=True)
        frame().iloc[[row]].to_file(folder / "areas" / name / "teams.shp")
    return folder / "areas"


def zipped(folder, *collections):
    """A zip of GeoJSON files, 1.geojson and so on, each of features and of members."""
    with zipfile.ZipFile(folder / "several.zip", "w") as packed:
        for number, (features, members) in enumerate(collections, start=1):
            content = {"type": "FeatureCollection", **members, "features": features}
            packed.writestr(f"{number}.geojson", json.dumps(content))
    return folder / "several.zip"


def as_zip_of_districts(folder):
    north, south = north_and_south()
    return zipped(folder, ([north], {}), ([south], {}))


def kml(placemarks):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemarks}</Document></kml>'
    )


def placemark(shape, name):
    parts = "".join(map(_kml_polygon, shapely.get_parts(shape)))
    return f"<Placemark><name>{name}</name><MultiGeometry>{parts}</MultiGeometry></Placemark>"


def _kml_polygon(polygon):
    # data.police.uk gives every position the height 0.
    def ring(line):
        positions = " ".join(f"{x:.12f},{y:.12f},0" for x, y in line.coords)
        return f"<LinearRing><coordinates>{positions}</coordinates></LinearRing>"

    holes = "".join(
        f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in polygon.interiors
    )
    outer = f"<outerBoundaryIs>{ring(polygon.exterior)}</outerBoundaryIs>"
    return f"<Polygon>{outer}{holes}</Polygon>"


def _web_mercator(positions):
    # EPSG:3857, from the definition of EPSG method 1024.
    radius_m = 6_378_137.0
    longitude, latitude = np.radians(positions).T
    return radius_m * np.column_stack([longitude, np.log(np.tan(np.pi / 4 + latitude / 2))])
