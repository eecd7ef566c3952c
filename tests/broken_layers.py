"""Layers that are broken at random: squares with common edges, whose vertices move area by area."""

import itertools

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st

EAST, NORTH, SIDE_M = 400_000, 300_000, 20


@st.composite
def broken_layers(draw):
    """One to ten areas, with gaps, overlaps, rings that cross, vertices that repeat."""
    columns, rows = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    unit_m = draw(st.sampled_from([1.0, 0.1, 0.001, 0.037]))
    reach = draw(st.integers(0, 3))
    per_side = draw(st.integers(1, 4))
    shapes = []
    for column in range(columns):
        for row in range(rows):
            ring = _ring(column, row, per_side)
            moves = rng.integers(-reach, reach + 1, ring.shape) * unit_m
            moves[rng.random(len(ring)) < draw(st.sampled_from([0.0, 0.5, 0.9]))] = 0
            kept = rng.random(len(ring)) > draw(st.sampled_from([0.0, 0.2]))
            shapes.append(_polygon(ring + moves, kept, repeat=draw(st.booleans())))
    shapes += draw(st.sampled_from([[], [_polygon(_ring(0.3, 0.4, 1), np.ones(4, bool))]]))
    codes = [f"A{number}" for number in rng.permutation(len(shapes))]
    return gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs="EPSG:27700")


def _ring(column, row, per_side):
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], float) + np.array([column, row])
    steps = np.linspace(0, 1, per_side, endpoint=False)[:, None]
    sides = [a + steps * (b - a) for a, b in itertools.pairwise(corners)]
    return np.concatenate(sides) * SIDE_M + np.array([EAST, NORTH])


def _polygon(ring, kept, *, repeat=False):
    chosen = ring[kept] if kept.sum() > 2 else ring
    return shapely.Polygon(np.repeat(chosen, 2 if repeat else 1, axis=0))
