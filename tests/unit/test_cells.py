"""Cells of units: whose ground is whose, how far, and how cells are kept. Metres by hand."""

import numpy as np
import pytest
import shapely

from geo_alerts.errors import StoreError
from geo_alerts.places.cells import CLIP_M, Cells, may_have_cell
from geo_alerts.places.voronoi import DISC_SIDES

# The area of the polygon that stands for the disc, by the formula for a regular polygon.
DISC_M2 = DISC_SIDES / 2 * CLIP_M**2 * np.sin(2 * np.pi / DISC_SIDES)

CORNER = (350_000.0, 310_000.0)


def cells_of(*positions, has_cell=None, clip_m=CLIP_M):
    flat = np.array(positions, dtype=float).reshape(-1, 2) + CORNER
    flags = np.ones(len(flat), bool) if has_cell is None else np.array(has_cell)
    return Cells.build(flat[:, 0], flat[:, 1], flags, clip_m=clip_m)


def here(shape):
    return shapely.transform(shape, lambda vertex: vertex + CORNER)


def arrays(cells):
    return [cells.cell, cells.point, cells.offset, cells.vertex]


def test_the_middle_of_nine_units_has_the_square_around_it():
    cells = cells_of(*[(x, y) for x in (0, 10, 20) for y in (0, 10, 20)])

    (square,) = cells.polygons([4])

    assert square.equals(here(shapely.box(5, 5, 15, 15)))
    assert square.exterior.is_ccw
    assert cells.reach_m[4] == pytest.approx(np.hypot(5, 5))


def test_two_units_part_the_ground_half_way():
    cells = cells_of((0, 0), (1000, 0), (100_000, 0))

    one, other, alone = cells.polygons([0, 1, 2])

    # Half the disc, and the strip of 500 m between the units: of a disc cut 500 m off its centre,
    # r² arccos(d/r) - d sqrt(r² - d²) is missing.
    missing = CLIP_M**2 * np.arccos(500 / CLIP_M) - 500 * np.sqrt(CLIP_M**2 - 500**2)
    assert one.area == pytest.approx(np.pi * CLIP_M**2 - missing, rel=0.002)
    assert other.area == pytest.approx(one.area)
    assert shapely.get_coordinates(one)[:, 0].max() == CORNER[0] + 500
    assert alone.area == pytest.approx(DISC_M2)


def test_a_lone_unit_has_the_disc_and_no_ground_beyond_the_clip():
    cells = cells_of((0, 0))

    assert cells.reach_m == pytest.approx([CLIP_M], abs=0.001)
    assert cells.polygons([0])[0].area == pytest.approx(DISC_M2)
    assert np.pi * CLIP_M**2 * 0.998 < DISC_M2 < np.pi * CLIP_M**2


@pytest.mark.parametrize("clip_m", [50.0, 700.0, 40_000.0])
def test_another_clip_makes_another_disc(clip_m):
    cells = cells_of((0, 0), clip_m=clip_m)

    assert cells.clip_m == clip_m
    assert cells.polygons([0])[0].area == pytest.approx(DISC_M2 * (clip_m / CLIP_M) ** 2, rel=1e-5)


def test_units_in_a_line_have_strips_across_it():
    cells = cells_of(*[(100 * step, 0) for step in range(5)])

    west, south, east, north = shapely.bounds(cells.polygons([2])[0]) - np.tile(CORNER, 2)

    assert (west, east) == (150, 250)
    assert (south, north) == pytest.approx((-CLIP_M, CLIP_M), abs=1)


def test_units_at_one_point_share_a_cell():
    cells = cells_of((0, 0), (50, 0), (0, 0), (0.04, 0))

    assert cells.cell.tolist() == [0, 1, 0, 0]
    assert len(cells) == 2
    first, _, third, fourth = cells.polygons([0, 1, 2, 3])
    assert first == third == fourth


def test_units_that_are_not_flagged_or_not_located_have_none_and_claim_no_ground():
    alone = cells_of((0, 0))
    cells = cells_of((0, 0), (30, 0), (np.nan, np.nan), has_cell=[True, False, True])

    assert cells.cell.tolist() == [0, -1, -1]
    assert cells.polygons([0, 1, 2])[1:].tolist() == [None, None]
    assert np.array_equal(cells.vertex, alone.vertex)


def test_terminated_units_and_means_of_sectors_have_no_cell():
    is_live = np.array([True, True, True, True, True, False])
    pqi = np.array([10, 50, 60, 90, 0, 10], dtype=np.uint8)

    assert may_have_cell(is_live, pqi).tolist() == [True, True, False, False, True, False]


def test_cells_are_numbered_by_the_unit_they_first_belong_to():
    cells = cells_of((900, 0), (0, 0), (900, 0), (500, 0))

    assert cells.cell.tolist() == [0, 1, 0, 2]
    assert (cells.point[:, 0] // 1000 - CORNER[0]).tolist() == [900, 0, 500]


def test_no_unit_has_no_cell():
    cells = cells_of()

    assert (len(cells), list(cells.to_blocks()), cells.reach_m.tolist()) == (0, [], [])
    assert cells.polygons([]).tolist() == []
    assert [a.tolist() for a in arrays(Cells.from_blocks([]))] == [
        a.tolist() for a in arrays(cells)
    ]


def test_progress_is_told_up_to_the_last_cell():
    told = []
    position = np.arange(100, dtype=float) * 50

    Cells.build(position, position, position >= 0, advance=lambda *done: told.append(done))

    assert told == [(100, 100)]


@pytest.mark.parametrize("clip_m", [CLIP_M, 800.5])
def test_blocks_bring_back_the_same_arrays(monkeypatch, clip_m):
    monkeypatch.setattr("geo_alerts.places.cells.UNITS_IN_A_BLOCK", 7)
    rng = np.random.default_rng(20)
    position = rng.integers(0, 12, (60, 2)) * 300
    cells = cells_of(*position, has_cell=rng.random(60) < 0.8, clip_m=clip_m)

    blocks = list(cells.to_blocks())
    again = Cells.from_blocks(blocks)

    assert len(blocks) == 9
    assert again.clip_m == clip_m
    for one, other in zip(arrays(cells), arrays(again), strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_blocks_that_are_damaged_or_of_another_version_are_refused():
    (block,) = cells_of((0, 0), (100, 0)).to_blocks()

    for damaged in (b"", block[:10], block[:-1], block[:40] + b"\0\0" + block[42:], block[:26]):
        with pytest.raises(StoreError, match="damaged"):
            Cells.from_blocks([damaged])
    with pytest.raises(StoreError, match="version that is not known here: 9"):
        Cells.from_blocks([block[:4] + b"\x09" + block[5:]])
