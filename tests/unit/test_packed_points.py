"""Points for a map in few bytes."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.places.packed_points import packed


def unpacked(content):
    """As `api/frontend/src/map/points.ts` reads them."""
    count, *box = struct.unpack("<I4x4d", content[:40])
    along, up = np.frombuffer(content[40:], "<u2").reshape(2, count) / 65_535
    west, south, east, north = box
    return west + along * (east - west), south + up * (north - south)


@given(st.lists(st.tuples(st.floats(-8, 2), st.floats(49, 61)), max_size=30))
def test_points_come_back_within_a_step_from_west_to_east(points):
    longitude, latitude = np.array(points, dtype=float).reshape(-1, 2).T
    east, north = unpacked(packed(longitude, latitude))
    assert (np.diff(east) >= 0).all()
    for given_, found in ((longitude, east), (latitude, north)):
        step = (np.ptp(given_) if len(given_) else 0) / 65_535
        assert np.sort(found) == pytest.approx(np.sort(given_), abs=step / 2 + 1e-9)
    # Each point kept both its coordinates: the farthest along the diagonal is still the same one.
    if len(points):
        assert (east + north).max() == pytest.approx((longitude + latitude).max(), abs=3e-4)


def test_a_force_takes_less_than_300_kilobytes_even_as_it_is():
    rng = np.random.default_rng(1)
    content = packed(rng.uniform(-3.2, -1.7, 42_000), rng.uniform(51.8, 53.0, 42_000))
    assert len(content) < 170_000
    assert len(gzip.compress(content, 6)) < 145_000
