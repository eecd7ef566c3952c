"""Layers of hotspots in the store: whole, unchanged, of one hash on both databases."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import update

from geo_alerts.errors import FrameError, StoreError, UnknownRunError
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.hexagons import HexGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea, Result
from geo_alerts.store import audit
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import (
    NewRun,
    Who,
    areas_of,
    cells_of,
    remove,
    rename,
    run_by_id,
    runs,
    same_run,
    save,
)
from geo_alerts.store.hotspot_tables import hotspot_area, hotspot_run
from tests.edition_world import rows_in

ANNA = Who("cli:anna", "admin")
GRID = SquareGrid(cell_m=250, west=350_000, south=300_000, columns=4, rows=3)
NEW = NewRun(
    name="",
    method="gi_star",
    asked={"method": "gi_star"},
    question={"method": "gi_star", "level": 0.05},
    inputs={"crimes_sha256": "c" * 64},
    is_restricted=False,
)


def cell_layer(**others: Any) -> CellLayer:
    columns = {
        "z": np.array([-0.5, np.nan, 1e-300]),
        "count": np.array([3.0, 0.0, 2.0]),
        "is_hot": np.array([True, False, True]),
        "class": np.array(["new hot spot", "no pattern", "new hot spot"]),
        "crimes": np.array([3, 0, 2]),
    }
    return CellLayer(GRID, np.array([0, 5, 11]), {**columns, **others})


def result(*, cells: CellLayer | None = None) -> Result:
    with_hole = shapely.box(350_000, 300_000, 351_000, 301_000) - shapely.box(
        350_250, 300_250, 350_500, 300_500
    )
    two = shapely.MultiPolygon([with_hole, shapely.box(352_000, 300_000, 352_250, 300_250)])
    return Result(
        cell_layer() if cells is None else cells,
        (
            HotArea(1, "snap-1", two, {"crimes": 5, "words": "On or near High Street"}),
            HotArea(2, None, shapely.box(0, 0, 250, 250), {"crimes": 1, "words": "Öl"}),
        ),
        {"crimes": 6, "study_area_km2": 0.75, "notes": []},
    )


def test_what_is_kept_is_read_back_as_it_was(store: Store):
    kept = save(store, NEW, result(), ANNA)
    with store.reading() as connection:
        assert run_by_id(connection, kept.id) == kept
        cells, areas = cells_of(connection, kept.id), areas_of(connection, kept.id)
    assert (kept.cell_count, kept.area_count, kept.created_by) == (3, 2, "cli:anna")
    assert cells is not None
    assert cells.grid == GRID
    for name, values in cell_layer().columns.items():
        np.testing.assert_array_equal(cells.columns[name], values)
    assert list(cells.columns) == list(cell_layer().columns)
    np.testing.assert_array_equal(cells.cell, [0, 5, 11])
    assert [(one.rank, one.key, one.facts) for one in areas] == [
        (one.rank, one.key, one.facts) for one in result().areas
    ]
    assert all(a.geometry.equals(b.geometry) for a, b in zip(areas, result().areas, strict=True))


def test_hexagons_are_read_back_with_their_grid(store: Store):
    grid = HexGrid.over(shapely.box(350_000, 300_000, 352_000, 302_000), 8)
    layer = CellLayer(grid, grid.cells, {"crimes": np.arange(float(grid.size))})
    kept = save(store, NEW, result(cells=layer), ANNA)
    with store.reading() as connection:
        cells = cells_of(connection, kept.id)
    assert cells is not None
    assert isinstance(cells.grid, HexGrid)
    assert cells.grid.resolution == 8
    np.testing.assert_array_equal(cells.cell, grid.cells)
    np.testing.assert_array_equal(cells.grid.cells, grid.cells)


def test_the_hash_is_that_of_cells_and_areas_on_every_store(store: Store):
    kept = save(store, NEW, result(), ANNA)
    again = save(store, replace(NEW, name="another"), result(), ANNA)
    assert kept.sha256 == again.sha256
    # The same on SQLite and PostgreSQL, and tomorrow.
    assert kept.sha256[:16] == "1c5e9ebaa59040e0"
    other = cell_layer(count=np.array([3.0, 0.0, np.nextafter(2.0, 3.0)]))
    assert save(store, NEW, result(cells=other), ANNA).sha256 != kept.sha256
    fewer = replace(result(), areas=result().areas[:1])
    assert save(store, NEW, fewer, ANNA).sha256 != kept.sha256


def test_a_run_of_the_same_question_on_the_same_inputs_is_found(store: Store):
    kept = save(store, NEW, result(), ANNA)
    other = replace(NEW, inputs={"crimes_sha256": "d" * 64})
    with store.reading() as connection:
        found = same_run(connection, NEW.inputs_sha256)
        assert found == kept
        assert same_run(connection, other.inputs_sha256) is None


def test_a_run_without_cells_and_areas_is_kept_too(store: Store):
    empty = Result(None, (), {"notes": ["nothing stands out"]})
    kept = save(store, NEW, empty, ANNA)
    with store.reading() as connection:
        assert cells_of(connection, kept.id) is None
        assert areas_of(connection, kept.id) == []


def test_runs_are_listed_the_newest_first_by_method_and_in_parts(store: Store):
    kept = [
        save(store, replace(NEW, method=method), result(), ANNA).id
        for method in ("counts", "gi_star", "counts")
    ]
    with store.reading() as connection:
        newest = runs(connection, with_restricted=True, limit=2)
        assert [one.id for one in newest] == kept[:0:-1]
        rest = runs(connection, with_restricted=True, before=newest[-1].row_id, limit=2)
        assert [one.id for one in rest] == kept[:1]
        assert len(runs(connection, with_restricted=True, method="counts")) == 2


def test_a_run_is_removed_with_all_that_belongs_to_it(store: Store):
    kept, other = save(store, NEW, result(), ANNA), save(store, NEW, result(), ANNA)
    assert remove(store, kept.id, ANNA).id == kept.id
    assert (rows_in(store, hotspot_run), rows_in(store, hotspot_area)) == (1, 2)
    with store.reading() as connection:
        assert run_by_id(connection, other.id)
        acts = [one.act for one in audit.latest(connection, limit=10)]
    assert acts == ["hotspots.remove", "hotspots.run", "hotspots.run"]


def test_a_run_is_renamed_and_its_hash_stays(store: Store):
    kept = save(store, NEW, result(), ANNA)
    renamed = rename(store, kept.id, "burglary in March")
    assert renamed == replace(kept, name="burglary in March")


def test_a_run_that_is_not_there_is_told_so(store: Store):
    with store.reading() as connection:
        for look in (run_by_id, cells_of, areas_of):
            with pytest.raises(UnknownRunError, match="no layer of hotspots 'none'"):
                look(connection, "none")
    with pytest.raises(UnknownRunError):
        remove(store, "none", ANNA)
    with pytest.raises(UnknownRunError):
        rename(store, "none", "x")


@pytest.mark.parametrize("broken", [b"no zlib", None])
def test_cells_that_something_else_changed_are_refused(store: Store, broken: bytes | None):
    kept = save(store, NEW, result(), ANNA)
    shorter = save(store, NEW, result(cells=CellLayer(GRID, np.array([1]), {})), ANNA)
    with store.writing() as connection:
        cells = connection.execute(hotspot_run.select().where(hotspot_run.c.id == shorter.id)).one()
        values = {"cells": broken or cells.cells}
        connection.execute(update(hotspot_run).where(hotspot_run.c.id == kept.id).values(values))
    with store.reading() as connection, pytest.raises(StoreError, match="cells of a layer"):
        cells_of(connection, kept.id)


def test_columns_of_another_length_are_refused():
    with pytest.raises(FrameError, match=r"column z: has the shape \(2,\); 3 values are wanted"):
        cell_layer(z=np.zeros(2))
