"""Rectangles, corridors and leaves that must be resolved first, on the 10 km square."""

import numpy as np
import pytest

from geo_alerts.audiences.units.on_grid import CorridorOnGrid, on_grid
from geo_alerts.audiences.units.reach import resolve
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import InvalidAreaError, OutsideNationalGridError
from tests.audience_world import (
    EAST,
    UNITS,
    WEST,
    area_of,
    directory_of,
    ground_of,
    layer_of,
)

GROUND = ground_of(directory_of(UNITS), layer_of({"T-1": WEST, "T-2": EAST}))


def lon_lat(*positions):
    """Degrees of National Grid positions."""
    easting, northing = np.array(positions, dtype=float).T
    return np.column_stack(points_to_epsg_4326(easting, northing)).tolist()


def line(*positions, metres, kind="LineString"):
    parts = lon_lat(*positions)
    coordinates = parts if kind == "LineString" else [parts[:2], parts[2:]]
    return {
        "type": "corridor",
        "line": {"type": kind, "coordinates": coordinates},
        "metres": metres,
    }


def postcodes_in(area):
    return GROUND.units.postcode[resolve(area_of(area), GROUND)].tolist()


def position_of(postcode):
    (row,) = np.flatnonzero(GROUND.units.postcode == postcode)
    return float(GROUND.units.easting[row]), float(GROUND.units.northing[row])


def test_a_corridor_reaches_exactly_as_far_as_it_says():
    easting, northing = position_of("SY1 1AA")
    # 3-4-5 from the end of the line, which goes on away from the unit.
    start, end = (easting + 300, northing + 400), (easting + 330, northing + 440)
    assert "SY1 1AA" in postcodes_in(line(start, end, metres=500.002))
    assert "SY1 1AA" not in postcodes_in(line(start, end, metres=499.998))


def test_a_corridor_of_several_lines_does_not_reach_between_them():
    (west, south), (east, north) = position_of("SY1 1AA"), position_of("SY12 1AB")
    ends = [(west, south), (west + 10, south), (east, north), (east - 10, north)]
    area = line(*ends, metres=20, kind="MultiLineString")
    assert postcodes_in(area) == ["SY1 1AA", "SY12 1AB"]


def test_a_line_straight_in_degrees_bends_on_the_grid():
    """RFC 7946, section 3.1.1: of 1 degree the middle is metres from the chord on the grid."""
    area = area_of(
        {
            "type": "corridor",
            "line": {"type": "LineString", "coordinates": [[-3.0, 52.7], [-2.0, 52.7]]},
            "metres": 1,
        }
    )
    placed = on_grid(area, GROUND.directory, GROUND.layer)
    assert isinstance(placed, CorridorOnGrid)
    vertices = np.array(placed.line.coords)
    start, end = vertices[0], vertices[-1]
    chord = (end - start) / np.hypot(*(end - start))
    off_m = np.abs((vertices - start) @ np.array([-chord[1], chord[0]]))
    assert off_m.max() > 100


def test_a_rectangle_holds_what_its_parallels_and_meridians_hold():
    (west, south), (east, north) = lon_lat(position_of("SY1 1AA"), position_of("SY12 1AB"))
    area = {"type": "rectangle", "west": west, "south": south, "east": east, "north": north}
    held = postcodes_in(area)
    longitude, latitude = points_to_epsg_4326(
        GROUND.units.easting[np.isfinite(GROUND.units.easting)],
        GROUND.units.northing[np.isfinite(GROUND.units.easting)],
    )
    inside = (west <= longitude) & (longitude <= east) & (south <= latitude) & (latitude <= north)
    located = GROUND.units.postcode[np.isfinite(GROUND.units.easting)]
    assert held == located[inside].tolist()
    assert held


@pytest.mark.parametrize(
    "area",
    [
        {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "holding": 5},
        {"type": "saved", "id": "a"},
    ],
)
def test_what_is_to_be_looked_up_or_counted_first_is_not_placed(area):
    with pytest.raises(InvalidAreaError, match=f"of the kind {area['type']} has to be resolved"):
        resolve(area_of(area), GROUND)


@pytest.mark.parametrize(
    "area",
    [
        {"type": "rectangle", "west": -10, "south": 49, "east": 4, "north": 62},
        {
            "type": "corridor",
            "line": {"type": "LineString", "coordinates": [[-9.9, 49.1], [-9.8, 49.1]]},
            "metres": 5,
        },
    ],
)
def test_what_leaves_the_national_grid_is_refused(area):
    with pytest.raises(OutsideNationalGridError):
        resolve(area_of(area), GROUND)
