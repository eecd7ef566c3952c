"""What areas of the 10 km square of `audience_world.py` cover, worked out by hand."""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.units.on_grid import on_grid
from geo_alerts.audiences.units.reach import resolve
from geo_alerts.errors import (
    InvalidAreaError,
    OutsideNationalGridError,
    UnknownPostcodeError,
    UnknownTeamError,
)
from tests.audience_world import (
    EAST,
    EVERYTHING,
    TEAM_1,
    TEAM_2,
    UNITS,
    WEST,
    area_of,
    circle_area,
    directory_of,
    ground_of,
    layer_of,
    polygon_area,
    square,
)

GROUND = ground_of(directory_of(UNITS), layer_of({"T-1": WEST, "T-2": EAST}))


def postcodes_in(area, ground=GROUND):
    rows = resolve(area_of(area), ground)
    assert rows.dtype == np.int64
    assert (np.diff(rows) > 0).all()
    return ground.units.postcode[rows].tolist()


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        pytest.param(TEAM_1, ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 2AB"], id="west"),
        pytest.param(TEAM_2, ["SY1 2AB", "SY12 1AA", "SY12 1AB"], id="east, with the shared edge"),
        pytest.param(
            {"type": "team", "codes": ["T-2", "T-1", "T-2"]},
            ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 2AB", "SY12 1AA", "SY12 1AB"],
            id="both teams, each unit once",
        ),
        pytest.param(
            polygon_area(square(341_000, 301_000, 8_000)),
            ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 2AB", "SY12 1AA", "SY12 1AB"],
            id="corners on units",
        ),
        pytest.param(
            polygon_area(square(340_500, 300_500, 9_000), square(343_500, 304_000, 2_000)),
            ["SY1 1AA", "SY1 1AB", "SY12 1AA", "SY12 1AB"],
            id="a hole over the middle",
        ),
        pytest.param(
            circle_area(344_000, 305_000, 1_000), ["SY1 2AA", "SY1 2AB"], id="exactly 1 km away"
        ),
        pytest.param(circle_area(344_000, 305_000, 999.999), ["SY1 2AA"], id="a millimetre less"),
        pytest.param(
            {"type": "radius", "centre": {"postcode": "sy12 1aa"}, "metres": 8_000},
            ["SY1 1AA", "SY1 2AA", "SY1 2AB", "SY1 3AA", "SY12 1AA", "SY12 1AB"],
            id="8 km round a postcode: the one 8 km north and the one 8 km west are in",
        ),
        pytest.param(
            {"type": "postcodes", "postcodes": ["SY1 2"]},
            ["SY1 2AA", "SY1 2AB"],
            id="a sector",
        ),
        pytest.param(
            {"type": "postcodes", "postcodes": ["SY1"]},
            ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 2AB", "SY1 3AA"],
            id="a district, not SY12",
        ),
        pytest.param(
            {"type": "postcodes", "postcodes": ["sy1 1ab", "SY12", "SY121AA", "TF9", "ZE1 0AA"]},
            ["SY1 1AB", "SY12 1AA", "SY12 1AB"],
            id="a mixed list with some that nobody has",
        ),
        pytest.param(
            {"type": "intersection", "areas": [TEAM_1, TEAM_2]}, ["SY1 2AB"], id="shared edge"
        ),
        pytest.param(
            {"type": "difference", "from": EVERYTHING, "without": [TEAM_1, TEAM_2]},
            ["SY1 3AA"],
            id="what no team has",
        ),
        pytest.param(
            {
                "type": "union",
                "areas": [
                    {"type": "postcodes", "postcodes": ["SY1 3AA"]},
                    {
                        "type": "difference",
                        "from": TEAM_1,
                        "without": [{"type": "intersection", "areas": [TEAM_1, TEAM_2]}],
                    },
                ],
            },
            ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 3AA"],
            id="nested",
        ),
    ],
)
def test_an_area_of_the_10_km_square_has_the_units_found_by_hand(area, expected):
    assert postcodes_in(area) == expected


def test_a_unit_where_teams_overlap_belongs_to_all_of_them():
    middle = shapely.box(343_000, 300_000, 347_000, 310_000)
    overlapping = ground_of(
        directory_of(UNITS), layer_of({"T-2": EAST, "T-1": WEST, "T-3": middle})
    )
    assert postcodes_in({"type": "team", "codes": ["T-3"]}, overlapping) == ["SY1 2AA", "SY1 2AB"]
    assert "SY1 2AA" in postcodes_in(TEAM_1, overlapping)


def test_a_team_without_a_unit_is_an_empty_area():
    empty = shapely.box(300_000, 300_000, 301_000, 301_000)
    ground = ground_of(directory_of(UNITS), layer_of({"T-1": WEST, "T-9": empty}))
    assert postcodes_in({"type": "team", "codes": ["T-9"]}, ground) == []


def test_units_without_a_location_are_found_by_their_postcode_alone():
    units = UNITS | {"SY1 1ZZ": (np.nan, np.nan)}
    ground = ground_of(directory_of(units), layer_of({"T-1": WEST, "T-2": EAST}))
    assert "SY1 1ZZ" in postcodes_in({"type": "postcodes", "postcodes": ["SY1 1"]}, ground)
    assert "SY1 1ZZ" not in postcodes_in(circle_area(345_000, 305_000, 100_000), ground)
    assert "SY1 1ZZ" not in postcodes_in(TEAM_1, ground)


def test_a_circle_round_a_terminated_postcode_with_a_point_is_allowed():
    directory = directory_of(UNITS, is_live=[name != "SY1 2AA" for name in UNITS])
    ground = ground_of(directory, layer_of({"T-1": WEST}))
    area = {"type": "radius", "centre": {"postcode": "SY1 2AA"}, "metres": 1_000}
    assert postcodes_in(area, ground) == ["SY1 2AA", "SY1 2AB"]


@pytest.mark.parametrize(
    ("postcode", "error", "words"),
    [
        ("SY9 9AA", UnknownPostcodeError, "SY9 9AA"),
        ("BFPO 12", InvalidAreaError, "British Forces"),
        ("BT1 1AA", InvalidAreaError, "Irish grid"),
        ("SY1 1ZZ", InvalidAreaError, "SY1 1ZZ"),
    ],
)
def test_a_circle_round_a_postcode_without_a_location_is_refused_with_the_reason(
    postcode, error, words
):
    units = UNITS | {"SY1 1ZZ": (np.nan, np.nan)}
    ground = ground_of(directory_of(units), layer_of({"T-1": WEST}))
    area = area_of({"type": "radius", "centre": {"postcode": postcode}, "metres": 100})
    with pytest.raises(error, match=words):
        resolve(area, ground)


def test_an_unknown_team_is_refused_however_deep_it_is():
    unknown = {"type": "team", "codes": ["T-1", "T-7"]}
    area = area_of({"type": "union", "areas": [TEAM_1, {"type": "union", "areas": [unknown]}]})
    with pytest.raises(UnknownTeamError, match="T-7"):
        resolve(area, GROUND)


def test_a_position_in_the_irish_sea_west_of_the_grid_is_refused():
    area = area_of(
        {"type": "radius", "centre": {"longitude": -9.5, "latitude": 53.5}, "metres": 100}
    )
    with pytest.raises(OutsideNationalGridError):
        resolve(area, GROUND)


def test_a_hole_that_touches_a_long_edge_stays_valid_on_the_grid():
    # The touching corner lies on the straight line in degrees, which bends on the grid.
    area = area_of(
        {
            "type": "polygon",
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[-3.0, 52.0], [-2.0, 52.0], [-2.0, 53.0], [-3.0, 53.0], [-3.0, 52.0]],
                    [[-2.504, 52.0], [-2.4, 52.5], [-2.6, 52.5], [-2.504, 52.0]],
                ],
            },
        }
    )
    (shape,) = on_grid(area, GROUND.directory, GROUND.layer).geometries
    assert shapely.is_valid(shape)
    # Half of 0.2 degrees of longitude (13.6 km at 52.33 north) by 0.5 of latitude (55.6 km).
    outer = area.geometry.coordinates[0]
    full = area_of({"type": "polygon", "geometry": {"type": "Polygon", "coordinates": [outer]}})
    hole_m2 = on_grid(full, GROUND.directory, GROUND.layer).geometries[0].area - shape.area
    assert hole_m2 == pytest.approx(0.5 * 13_600 * 55_600, rel=0.01)
