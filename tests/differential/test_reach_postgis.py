"""By each reach the engine and PostGIS find the same units of West Mercia, for random areas.

PostGIS gets the points, the cells and the wards, takes the outermost millimetre off the cells by
itself, and answers each area with one SQL expression: `ST_Intersects` and `ST_Covers` of cells,
`ST_DWithin` and `ST_MaxDistance` for circles. What is asked is the engine's own area on the
National Grid, so what is compared is who is inside, not coordinates.
"""

from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from geo_alerts.audiences.selection import Reach
from geo_alerts.audiences.units.on_grid import (
    AreaOnGrid,
    CircleOnGrid,
    CombinationOnGrid,
    CorridorOnGrid,
    ShapesOnGrid,
    TeamsOnGrid,
)
from geo_alerts.audiences.units.reach import FLIPPED, units_by_reach
from geo_alerts.places.cells import Cells, may_have_cell
from geo_alerts.places.postcodes import normalise_many
from tests.audience_world import directory_of, ground_of
from tests.postgis_shapes import load_areas, load_points

pytestmark = [pytest.mark.postgis, pytest.mark.shared]

SEED = 20_261_122
AREAS = 200
PROOF_AREAS = 2_000
TOWN, AROUND_M, AREAS_AROUND_M = (349_000, 312_000), 20_000, 14_000
LEAF_KINDS = ("team", "teams", "polygon", "circle", "corridor")
COMBINATIONS = ("union", "intersection", "difference")
# In how many of a hundred answers a combination stands in place of a leaf.
NESTED = 40
DEEPEST = 3


@pytest.fixture(scope="module")
def ground(units_around, wards):
    """The units round Shrewsbury, with cells cut off by the units around them as well."""
    every = np.ones(len(units_around.pqi), dtype=bool)
    has_cell = may_have_cell(every, units_around.pqi)
    cells = Cells.build(units_around.easting, units_around.northing, has_cell)
    names = normalise_many(units_around.postcode)
    rows = np.argsort(names)
    away = np.hypot(*(np.array([units_around.easting, units_around.northing]).T - TOWN).T)
    rows = rows[away[rows] < AROUND_M]
    own = Cells(cells.cell[rows], cells.point, cells.offset, cells.vertex, cells.clip_m)
    at = zip(units_around.easting[rows], units_around.northing[rows], strict=True)
    return ground_of(directory_of(dict(zip(names[rows].tolist(), at, strict=True))), wards, own)


@pytest.fixture(scope="module")
def connection(postgis_cluster, ground):
    url = postgis_cluster.create("reach").replace("+psycopg", "")
    with psycopg.connect(url) as opened:
        units = ground.units
        rows = np.arange(len(units.postcode))
        load_points(opened, units.easting, units.northing)
        polygons = ground.cells.polygons(ground.directory.find(units.postcode))
        load_areas(
            opened, np.where(polygons == np.array(None), shapely.Polygon(), polygons), "cell"
        )
        opened.execute("""
            SET jit = off;
            ALTER TABLE unit ADD core geometry(Polygon, 27700);
            UPDATE unit SET core = ST_Buffer(shape, -0.001, 'join=mitre') FROM cell
                WHERE cell.number = unit.number AND NOT ST_IsEmpty(shape);
            ANALYZE unit;
        """)
        assert len(rows) > 5_000
        yield opened
    postgis_cluster.drop("reach")


class Question:
    """An area by one reach as one SQL expression over `unit`."""

    def __init__(self, area: AreaOnGrid, reach: Reach, wards: np.ndarray) -> None:
        self.wards = wards
        self.values: list[Any] = []
        # Values are parameters.
        self.text = f"SELECT number FROM unit WHERE {self.inside(area, reach)} ORDER BY number"  # noqa: S608

    def value(self, value: Any) -> str:
        self.values.append(value)
        return "%s"

    def inside(self, area: AreaOnGrid, reach: Reach) -> str:
        if not isinstance(area, CombinationOnGrid):
            if reach == "centre":
                return self.near_or_covered(area, "at")
            by_point = self.near_or_covered(area, "at")
            by_cell = self.met(area) if reach == "any" else self.held(area)
            return f"CASE WHEN core IS NULL THEN {by_point} ELSE {by_cell} END"
        first, *others = area.parts
        if area.kind == "difference":
            without = " OR ".join(self.inside(part, FLIPPED[reach]) for part in others)
            # Parameters go by their place: what was worked out first is written first.
            return f"(NOT ({without}) AND {self.inside(first, reach)})"
        operator = " OR " if area.kind == "union" else " AND "
        return f"({operator.join(self.inside(part, reach) for part in area.parts)})"

    def shape(self, geometry: shapely.Geometry) -> str:
        return f"ST_SetSRID({self.value(shapely.to_wkb(geometry, hex=True))}::geometry, 27700)"

    def parts(self, area: TeamsOnGrid | ShapesOnGrid) -> list[str]:
        known = self.wards[area.areas] if isinstance(area, TeamsOnGrid) else area.geometries
        return [self.shape(each) for each in known]

    def near_or_covered(self, area: AreaOnGrid, what: str) -> str:
        match area:
            case CircleOnGrid():
                centre = self.shape(shapely.Point(area.easting, area.northing))
                return f"ST_DWithin({centre}, {what}, {self.value(area.metres)})"
            case CorridorOnGrid():
                return f"ST_DWithin({self.shape(area.line)}, {what}, {self.value(area.metres)})"
            case _:
                asked = [f"ST_Intersects({part}, {what})" for part in self.parts(area)]
                return f"({' OR '.join(asked)})"

    def met(self, area: AreaOnGrid) -> str:
        return self.near_or_covered(area, "core")

    def held(self, area: AreaOnGrid) -> str:
        match area:
            case CircleOnGrid():
                centre = self.shape(shapely.Point(area.easting, area.northing))
                return f"ST_MaxDistance({centre}, core) <= {self.value(area.metres)}"
            case CorridorOnGrid():
                # Straight: what all corners are in, the rest is in as well.
                met = self.met(area)
                line, metres = self.shape(area.line), self.value(area.metres)
                return f"""({met} AND (SELECT bool_and(ST_DWithin({line}, corner.geom, {metres}))
                    FROM ST_DumpPoints(core) AS corner))"""  # noqa: S608
            case _:
                together = f"ST_Union(ARRAY[{', '.join(self.parts(area))}])"
                shared = [f"ST_Intersects({part}, core)::int" for part in self.parts(area)]
                left = (
                    f"ST_Area(ST_Difference(core, ST_Union(ARRAY[{', '.join(self.parts(area))}])))"
                )
                # Where several areas share a cell, gaps between them do not count.
                return f"""(ST_Covers({together}, core) OR {" + ".join(shared)} > 1
                    AND {left} <= 0.001 * ST_Perimeter(core))"""


class Chance:
    """Random areas in the ground of some units, larger and smaller."""

    def __init__(self, ground) -> None:
        self.random = np.random.default_rng(SEED)
        self.units = ground.units
        self.tree = shapely.STRtree(ground.layer.geometry)
        self.wards = ground.layer.geometry

    def area(self, depth: int = 0) -> AreaOnGrid:
        if depth < DEEPEST and self.random.integers(100) < NESTED:
            parts = tuple(self.area(depth + 1) for _ in range(self.random.integers(2, 4)))
            return CombinationOnGrid(self.random.choice(COMBINATIONS), parts)
        return getattr(self, str(self.random.choice(LEAF_KINDS)))()

    def place(self) -> np.ndarray:
        """The point of a unit; near Shrewsbury, so that areas have something in common."""
        while True:
            row = self.random.integers(len(self.units.postcode))
            at = np.array([self.units.easting[row], self.units.northing[row]])
            if np.hypot(*(at - TOWN)) < AREAS_AROUND_M:
                return at

    def team(self) -> AreaOnGrid:
        return TeamsOnGrid(self.tree.query(shapely.Point(self.place()), predicate="intersects")[:1])

    def teams(self) -> AreaOnGrid:
        near = self.tree.query(shapely.Point(self.place()), predicate="dwithin", distance=3_000)
        return TeamsOnGrid(np.sort(near))

    def polygon(self) -> AreaOnGrid:
        angle = np.sort(self.random.uniform(0, 2 * np.pi, self.random.integers(5, 40)))
        away = self.random.uniform(0.2, 1, len(angle)) * self.random.choice([300, 2_000, 9_000])
        ring = self.place() + away[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
        drawn = shapely.make_valid(shapely.Polygon(ring), method="structure")
        hole = shapely.Point(self.place()).buffer(self.random.uniform(50, 2_000))
        return ShapesOnGrid(np.array([shapely.difference(drawn, hole)], dtype=object))

    def circle(self) -> AreaOnGrid:
        # Often through a unit's point: whole metres, as people ask.
        metres = float(self.random.choice([250, 500, 1_000, 2_000, 5_000, 10_000]))
        return CircleOnGrid(*self.place().tolist(), metres)

    def corridor(self) -> AreaOnGrid:
        line = shapely.LineString([self.place(), self.place()])
        return CorridorOnGrid(line, float(self.random.choice([100, 500, 2_000])))


def test_postgis_and_the_engine_find_the_same_units_by_each_reach(ground, connection, prove):
    chance = Chance(ground)
    found = np.zeros(3, dtype=np.int64)
    for _ in range(PROOF_AREAS if prove else AREAS):
        area = chance.area()
        ours = units_by_reach(area, ground)
        for at, reach in enumerate(("whole", "centre", "any")):
            question = Question(area, reach, ground.layer.geometry)
            theirs = [row for (row,) in connection.execute(question.text, question.values)]
            assert ours.of(reach).tolist() == theirs, (area, reach)
            found[at] += len(theirs)
    # The questions are worth asking: they have answers, and the reaches differ.
    assert found[0] > 100 * AREAS
    assert (np.diff(found) > 10 * AREAS).all()
