"""Points and areas in tables of PostGIS: as binary, so that no digit is lost."""

import psycopg
import shapely


def load_points(connection: psycopg.Connection, easting, northing) -> None:
    connection.execute("DROP TABLE IF EXISTS unit")
    connection.execute("CREATE TABLE unit (number int, at geometry(Point, 27700))")
    copy_shapes(connection, "unit", shapely.points(easting, northing))
    connection.execute("CREATE INDEX ON unit USING gist (at)")


def load_areas(connection: psycopg.Connection, geometries, table: str = "area") -> None:
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} (number int, shape geometry(Geometry, 27700))")
    copy_shapes(connection, table, geometries)
    connection.execute(f"ANALYZE {table}")


def copy_shapes(connection: psycopg.Connection, table: str, shapes) -> None:
    texts = shapely.to_wkb(shapely.set_srid(shapes, 27700), hex=True, include_srid=True)
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as rows:
        for row in enumerate(texts.tolist()):
            rows.write_row(row)
