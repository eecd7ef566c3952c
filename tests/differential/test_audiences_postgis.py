"""The engine and PostGIS pick the same recipients, for random areas of all kinds.

PostGIS gets points, team polygons and subscribers in tables of its own and, for each area, one SQL
expression: `ST_Covers` for shapes and teams, `ST_DWithin` for circles and corridors, text for
postcodes. Shapes are the engine's own on the National Grid, so what is compared is who is inside,
not coordinates.
"""

from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from geo_alerts.audiences.selection import LabelFilter, Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.units.on_grid import on_grid
from tests.audience_chance import KINDS, SEED, Chance, World, invented_world, sample_world
from tests.audience_world import index_of
from tests.postgis_areas import AreaSql

pytestmark = pytest.mark.postgis

AREAS = 200
PROOF_AREAS = 5_000

TABLES = """
    SET jit = off;
    CREATE TEMP TABLE unit (postcode text, point geometry(Point, 27700));
    CREATE TEMP TABLE team (code text, shape geometry(Geometry, 27700));
    CREATE TEMP TABLE member (number bigint, reference text COLLATE "C", channels int,
                              groups text[], topics text[]);
    CREATE TEMP TABLE place (number bigint, postcode text);
"""
INDEXES = """
    CREATE INDEX ON unit USING gist (point);
    CREATE INDEX ON unit (postcode);
    CREATE INDEX ON place (postcode);
    CREATE UNIQUE INDEX ON member (number);
    ANALYZE unit; ANALYZE place; ANALYZE member; ANALYZE team;
"""


def fill(connection: psycopg.Connection, world: World) -> None:
    """Put the world into temporary tables; every postcode where the directory locates it."""
    postcodes = np.array(sorted({each for person in world.people for each in person.postcodes}))
    located = world.directory.locate(postcodes.astype("<U8"))
    points = [
        None if np.isnan(e) else f"SRID=27700;POINT({e!r} {n!r})"
        for e, n in zip(located.easting.tolist(), located.northing.tolist(), strict=True)
    ]
    shapes = shapely.to_wkb(
        shapely.set_srid(world.layer.geometry, 27700), hex=True, include_srid=True
    )
    connection.execute(TABLES)
    rows: dict[str, Any] = {
        "unit": zip(postcodes.tolist(), points, strict=True),
        "team": zip(world.layer.code.tolist(), shapes.tolist(), strict=True),
        "member": (
            (p.id(), p.reference, p.channels, list(p.groups), list(p.topics)) for p in world.people
        ),
        "place": ((p.id(), postcode) for p in world.people for postcode in set(p.postcodes)),
    }
    for table, values in rows.items():
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    connection.execute(INDEXES)


# --- a selection as SQL ---------------------------------------------------------------------------


class Question(AreaSql):
    """A selection as one SQL query."""

    def __init__(self, selection: Selection, world: World) -> None:
        super().__init__(world.directory, world.layer)
        inside = self.inside(selection.area)
        wanted = [
            self.labelled("groups", selection.groups),
            self.labelled("topics", selection.topics),
            f"(channels & {self.value(selection.channel_bits())}) <> 0",
        ]
        self.text = f"""
            WITH inside AS MATERIALIZED (SELECT postcode FROM unit WHERE {inside})
            SELECT reference, count(*) FROM inside
            JOIN place USING (postcode) JOIN member USING (number)
            WHERE {" AND ".join(filter(None, wanted))}
            GROUP BY reference ORDER BY reference
        """  # noqa: S608 (values are parameters)

    def labelled(self, column: str, conditions: LabelFilter) -> str:
        wanted = []
        if conditions.any_of:
            wanted.append(f"{column} && {self.value(list(conditions.any_of))}")
        if conditions.all_of:
            wanted.append(f"{column} @> {self.value(list(conditions.all_of))}")
        if conditions.none_of:
            wanted.append(f"NOT {column} && {self.value(list(conditions.none_of))}")
        return " AND ".join(wanted)


def has_unit_on_its_line(area: AnyArea, world: World) -> bool:
    if area.type != "polygon":
        return False
    (shape,) = on_grid(area, world.directory, world.layer).geometries
    line = shapely.boundary(shape)
    shapely.prepare(line)
    easting, northing = world.directory.easting, world.directory.northing
    return bool(shapely.intersects_xy(line, easting, northing).any())


@pytest.fixture
def connection(postgis_url):
    with psycopg.connect(postgis_url.replace("+psycopg", "")) as opened:
        yield opened


@pytest.mark.parametrize("make_world", [invented_world, sample_world])
def test_postgis_and_the_engine_pick_the_same_recipients(make_world, connection, prove):
    world = make_world()
    fill(connection, world)
    index = index_of(world.people, world.directory, world.layer)
    chance = Chance(world, SEED)
    recipients, on_a_line = 0, 0
    for number in range(PROOF_AREAS if prove else AREAS):
        selection = chance.selection(KINDS[number % len(KINDS)])
        question = Question(selection, world)
        rows = connection.execute(question.text, question.values).fetchall()
        chosen = index.choose(selection)
        assert chosen.references().tolist() == [reference for reference, _ in rows], selection
        assert chosen.counts.places == sum(places for _, places in rows), selection
        recipients += len(rows)
        on_a_line += has_unit_on_its_line(selection.area, world)
    # The questions are worth asking: they have answers.
    assert recipients > 20 * AREAS
    assert on_a_line > AREAS / len(KINDS) / 2
