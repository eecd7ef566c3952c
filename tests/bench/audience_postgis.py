"""The made-up country in PostGIS, with the best indexes and the best of the queries known to us.

Places stand in the order of their units along the same curve as in the engine, with all that an
answer needs in the index by unit, so that only the index is read; units have GiST. Of two ways to
put the question the faster counts: to count what it lists, and to list it as binary COPY sends it.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from geo_alerts.audiences.targets.areas import AREA_ADAPTER
from geo_alerts.audiences.units.on_grid import (
    AreaOnGrid,
    CircleOnGrid,
    CombinationOnGrid,
    PostcodesOnGrid,
    ShapesOnGrid,
    TeamsOnGrid,
    on_grid,
)
from geo_alerts.places.layer import Layer
from geo_alerts.store.database import Store
from geo_alerts.store.index_snapshot import StoredIndex, read_index
from tests.bench.audience_scale import EDITION
from tests.bench.country import britain, questions, teams

ROWS_AT_ONCE = 500_000
LEAST_ROUNDS, ROUNDS, ENOUGH_MS = 3, 50, 2_000
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
SETTINGS = ("jit = off", "work_mem = '512MB'", "max_parallel_workers_per_gather = 2")
SET_OPERATOR = {"union": " UNION ", "intersection": " INTERSECT ", "difference": " EXCEPT "}
INDEXES = """
    CREATE INDEX ON unit USING gist (point);
    CREATE INDEX ON unit (key);
    CREATE INDEX ON place (unit) INCLUDE (number, reference, channels);
"""
QUERIES = {
    "distinct": """
        SELECT DISTINCT place.number, place.reference
        FROM ({units}) inside JOIN place ON place.unit = inside.id WHERE place.channels <> 0
    """,
    "grouped, units first": """
        WITH inside AS MATERIALIZED ({units})
        SELECT place.number, min(place.reference) AS reference
        FROM inside JOIN place ON place.unit = inside.id WHERE place.channels <> 0
        GROUP BY place.number
    """,
}


def measure(packages: Path, folder: Path, url: str) -> dict[str, Any]:
    """Load the people of an index on disk, and ask what the engine is asked."""
    directory, layer = britain(packages), teams()
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store, store.reading() as connection:
        stored = read_index(folder / "index", connection, EDITION)
    before = time.perf_counter()
    with psycopg.connect(url) as connection:
        _load(connection, stored)
    load_s = time.perf_counter() - before
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        for setting in SETTINGS:
            connection.execute(f"SET {setting}")
        asked = {}
        for name, area in questions(layer).items():
            given = on_grid(AREA_ADAPTER.validate_python(area), directory, layer)
            asked[name] = _best(connection, _units_in(given, layer))
    return {"load_s": load_s, "questions": asked}


def _units_in(area: AreaOnGrid, layer: Layer) -> str:
    # Each leaf by itself, so that each can use an index, and sets of units: with AND and OR in one
    # condition the planner looks at every unit.
    match area:
        case CombinationOnGrid():
            parts = [f"({_units_in(part, layer)})" for part in area.parts]
            return SET_OPERATOR[area.kind].join(parts)
        case TeamsOnGrid():
            return _covered(layer.geometry[area.areas])
        case ShapesOnGrid():
            return _covered(area.geometries)
        case CircleOnGrid():
            centre = f"ST_Point({area.easting!r}, {area.northing!r}, 27700)"
            return f"SELECT id FROM unit WHERE ST_DWithin(point, {centre}, {area.metres!r})"  # noqa: S608
        case PostcodesOnGrid():
            runs = zip(
                *(keys.astype(np.int64).tolist() for keys in (area.first, area.after)), strict=True
            )
            within = " OR ".join(f"key >= {first} AND key < {after}" for first, after in runs)
            return f"SELECT id FROM unit WHERE {within}"  # noqa: S608
    raise TypeError(area)


def _covered(shapes: np.ndarray) -> str:
    texts = shapely.to_wkb(shapely.set_srid(shapes, 27700), hex=True, include_srid=True)
    return " UNION ".join(
        f"SELECT id FROM unit WHERE ST_Covers('{text}'::geometry, point)"  # noqa: S608
        for text in texts
    )


def _best(connection: psycopg.Connection, units: str) -> dict[str, Any]:
    asked = {name: text.format(units=units) for name, text in QUERIES.items()}
    counted = {name: f"SELECT count(*) FROM ({text}) listed" for name, text in asked.items()}  # noqa: S608
    listed = {name: f"COPY ({text}) TO STDOUT (FORMAT binary)" for name, text in asked.items()}
    count_ms, counting = min((_least_ms(connection.execute, counted[name]), name) for name in asked)

    def receive(text: str) -> None:
        # As it comes: nothing is made of it.
        with connection.cursor().copy(text) as copy:
            for _ in copy:
                pass

    list_ms, listing = min((_least_ms(receive, listed[name]), name) for name in asked)
    text = f"SELECT count(*), sum(number::numeric) FROM ({asked[counting]}) listed"  # noqa: S608
    people, numbers = connection.execute(text).fetchone()
    return {
        "count_ms": count_ms,
        "list_ms": list_ms,
        "query": f"{counting}; {listing}",
        "people": people,
        "sum_of_numbers": int(numbers or 0),
    }


def _least_ms(act: Callable[[str], Any], text: str) -> float:
    took: list[float] = []
    while len(took) < LEAST_ROUNDS or (len(took) < ROUNDS and sum(took) < ENOUGH_MS):
        before = time.perf_counter()
        act(text)
        took.append((time.perf_counter() - before) * 1e3)
    return min(took)


def _load(connection: psycopg.Connection, stored: StoredIndex) -> None:
    arrays = stored.arrays
    connection.execute("CREATE TABLE unit (id int, key bigint, point geometry(Point, 27700))")
    connection.execute("CREATE TABLE place (unit int, number bigint, reference text, channels int)")
    points = shapely.points(arrays["unit_easting"], arrays["unit_northing"])
    texts = shapely.to_wkb(shapely.set_srid(points, 27700), hex=True, include_srid=True).tolist()
    keys = arrays["unit_key"].astype(np.int64).tolist()
    with connection.cursor().copy("COPY unit FROM STDIN") as copy:
        for row in zip(range(len(keys)), keys, texts, strict=True):
            copy.write_row(row)
    _load_places(connection, stored)
    connection.execute(INDEXES)


def _load_places(connection: psycopg.Connection, stored: StoredIndex) -> None:
    # Homes and further places together, unit by unit, as rows of binary COPY.
    arrays = stored.arrays
    channels = np.array([one.channels for one in stored.profiles])[arrays["profile"]]
    home, further = (np.diff(arrays[name]) for name in ("home_offset", "further_offset"))
    unit = np.concatenate(
        [
            np.repeat(np.arange(len(home), dtype=np.int32), home),
            np.repeat(np.arange(len(further), dtype=np.int32), further),
        ]
    )
    person = np.concatenate(
        [np.arange(home.sum(), dtype=np.int32), arrays["further_person"].astype(np.int32)]
    )
    order = np.argsort(unit, kind="stable")
    width = arrays["reference"].dtype.itemsize
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("unit_bytes", ">i4"),
            ("unit", ">i4"),
            ("number_bytes", ">i4"),
            ("number", ">i8"),
            ("reference_bytes", ">i4"),
            ("reference", f"S{width}"),
            ("channels_bytes", ">i4"),
            ("channels", ">i4"),
        ]
    )
    with connection.cursor().copy("COPY place FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEADER)
        for start in range(0, len(order), ROWS_AT_ONCE):
            some = order[start : start + ROWS_AT_ONCE]
            rows = np.zeros(len(some), dtype=row)
            rows["fields"], rows["unit_bytes"], rows["number_bytes"] = 4, 4, 8
            rows["reference_bytes"], rows["channels_bytes"] = width, 4
            rows["channels"] = channels[person[some]]
            rows["unit"], rows["number"] = unit[some], arrays["number"][person[some]]
            rows["reference"] = arrays["reference"][person[some]]
            copy.write(rows.tobytes())
        copy.write(TRAILER)


if __name__ == "__main__":
    packages, folder, url = sys.argv[1:]
    print(json.dumps(measure(Path(packages), Path(folder), url)))
