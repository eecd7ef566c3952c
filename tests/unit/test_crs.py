"""Coordinates against what Ordnance Survey publishes, and against geometry worked out anew."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo_alerts.crs import (
    bbox_to_epsg_27700,
    drawn_to_epsg_27700,
    frame_to_epsg_27700,
    geometries_to_epsg_4326,
    geometries_to_epsg_27700,
    on_national_grid,
    points_to_epsg_4326,
    points_to_epsg_27700,
    read_crs,
)
from geo_alerts.errors import CrsError, OutsideNationalGridError

# Source: Ordnance Survey, OSTN15 developer pack, OSTN15_OSGM15_TestInput_ETRStoOSGB.txt and
# OSTN15_OSGM15_TestOutput_ETRStoOSGB.txt: point, latitude, longitude (ETRS89), easting, northing.
# Contains OS data (c) Crown copyright and database right 2016.
PUBLISHED = """
TP01 49.92226393730 -6.29977752014 91492.146 11318.804
TP02 49.96006137820 -5.20304609998 170370.718 11572.405
TP03 50.43885825610 -4.10864563561 250359.811 62016.569
TP04 50.57563665000 -1.29782277240 449816.371 75335.861
TP05 50.93127937910 -1.45051433700 438710.920 114792.250
TP06 51.40078220140 -3.55128349240 292184.870 168003.465
TP07 51.37447025550 1.44454730409 639821.835 169565.858
TP08 51.42754743020 -2.54407618349 362269.991 169978.690
TP09 51.48936564950 -0.11992557180 530624.974 178388.464
TP10 51.85890896400 -4.30852476960 241124.584 220332.641
TP11 51.89436637350 0.89724327012 599445.590 225722.826
TP12 52.25529381630 -2.15458614387 389544.190 261912.153
TP13 52.25160951230 -0.91248956970 474335.969 262047.755
TP14 52.75136687170 0.40153547065 562180.547 319784.995
TP15 52.96219109410 -1.19747655922 454002.834 340834.943
TP16 53.34480280190 -2.64049320810 357455.843 383290.436
TP17 53.41628516040 -4.28918069756 247958.971 393492.909
TP18 53.41630925420 -4.28917792869 247959.241 393495.583
TP19 53.77911025760 -3.04045490691 331534.564 431920.794
TP20 53.80021519630 -1.66379168242 422242.186 433818.701
TP21 54.08666318080 -4.63452168212 227778.330 468847.388
TP22 54.11685144290 -0.07773133187 525745.670 470703.214
TP23 54.32919541010 -4.38849118133 244780.636 495254.887
TP24 54.89542340420 -2.93827741149 339921.145 556034.761
TP25 54.97912273660 -1.61657685184 424639.355 565012.703
TP26 55.85399952950 -4.29649016251 256340.925 664697.269
TP27 55.92478265510 -3.29479219337 319188.434 670947.534
TP28 57.00606696050 -5.82836691850 167634.202 797067.144
TP29 57.13902518960 -2.04856030746 397160.491 805349.736
TP30 57.48625000720 -4.21926398555 267056.768 846176.972
TP31 57.81351838410 -8.57854456076 9587.909 899448.996
TP32 58.21262247180 -7.59255560556 71713.132 938516.404
TP33 58.51560361300 -6.26091455533 151968.652 966483.780
TP34 58.58120461280 -3.72631022121 299721.891 967202.992
TP35 59.03743871190 -3.21454001115 330398.323 1017347.016
TP36 59.09335035320 -4.41757674598 261596.778 1025447.602
TP37 59.09671617400 -5.82799339844 180862.461 1029604.114
TP38 59.53470794490 -1.62516966058 421300.525 1072147.239
TP39 59.85409913890 -1.27486910356 440725.073 1107878.448
TP40 60.13308091660 -2.07382822798 395999.668 1138728.951
"""
ROWS = [line.split() for line in PUBLISHED.strip().splitlines()]
NAMES = [row[0] for row in ROWS]
LATITUDE, LONGITUDE, EASTING, NORTHING = np.array([row[1:] for row in ROWS], dtype=float).T
# The other way, Ordnance Survey publishes other input for the two points in the far west, where the
# grid of shifts is steep (OSTN15_OSGM15_TestInput_OSGBtoETRS.txt).
EASTING_BACK, NORTHING_BACK = EASTING.copy(), NORTHING.copy()
EASTING_BACK[30:32], NORTHING_BACK[30:32] = (9587.906, 71713.131), (899449.000, 938516.405)

MILLIMETRE = 0.001
LONDON = (-0.51, 51.28, 0.34, 51.70)


def metres_apart(longitude, latitude, other_longitude, other_latitude):
    east = (longitude - other_longitude) * np.cos(np.radians(latitude))
    return np.hypot(east, latitude - other_latitude) * 111_320


def test_the_forty_published_points_are_met_to_the_millimetre():
    easting, northing = points_to_epsg_27700(LONGITUDE, LATITUDE)
    assert len(NAMES) == 40
    np.testing.assert_allclose(easting, EASTING, atol=MILLIMETRE / 2, rtol=0)
    np.testing.assert_allclose(northing, NORTHING, atol=MILLIMETRE / 2, rtol=0)


def test_the_forty_published_points_are_met_to_the_millimetre_the_other_way():
    longitude, latitude = points_to_epsg_4326(EASTING_BACK, NORTHING_BACK)
    assert metres_apart(longitude, latitude, LONGITUDE, LATITUDE).max() < MILLIMETRE


def test_caister_water_tower_is_where_ordnance_survey_works_it_out():
    # Ordnance Survey, "A guide to coordinate systems in Great Britain", worked example: ETRS89
    # 52 39 28.8282 N, 1 42 57.8663 E is 651409.804, 313177.450 (OSTN15).
    latitude, longitude = 52 + 39 / 60 + 28.8282 / 3600, 1 + 42 / 60 + 57.8663 / 3600
    easting, northing = points_to_epsg_27700([longitude], [latitude])
    assert easting[0] == pytest.approx(651409.804, abs=MILLIMETRE)
    assert northing[0] == pytest.approx(313177.450, abs=MILLIMETRE)


# East of 130 km, which leaves out the Outer Hebrides; there it is 5 mm (see above).
@given(
    easting=st.integers(130_000, 655_000),
    northing=st.integers(12_000, 1_216_999),
)
def test_there_and_back_again_is_under_a_millimetre(easting, northing):
    assume(easting < 600_000 or northing < 300_000)  # The rest is the North Sea.
    there = points_to_epsg_4326([easting], [northing])
    back = points_to_epsg_27700(*there)
    assert np.hypot(back[0] - easting, back[1] - northing)[0] < MILLIMETRE


def test_there_and_back_again_is_under_six_millimetres_in_the_far_west():
    easting, northing = np.meshgrid(np.arange(60_000.0, 130_000, 997), np.arange(7e5, 1e6, 9973))
    there = points_to_epsg_4326(easting.ravel(), northing.ravel())
    back = points_to_epsg_27700(*there)
    apart = np.hypot(back[0] - easting.ravel(), back[1] - northing.ravel())
    assert apart.max() < 0.006


def test_the_south_of_the_isles_of_scilly_is_on_the_grid():
    # convertbng alone refuses it: St Agnes, Hugh Town, Bishop Rock.
    longitude, latitude = [-6.3438, -6.3150, -6.4458], [49.8925, 49.9137, 49.8732]
    back = points_to_epsg_4326(*points_to_epsg_27700(longitude, latitude))
    assert metres_apart(*back, np.array(longitude), np.array(latitude)).max() < MILLIMETRE


def test_nothing_jumps_where_another_way_takes_over_in_scilly():
    latitude = np.linspace(49.90, 49.94, 4_001)
    easting, northing = points_to_epsg_27700(np.full(4_001, -6.3), latitude)
    assert np.ptp(np.diff(northing)) <= 2.1 * MILLIMETRE
    assert np.ptp(np.diff(easting)) <= 2.1 * MILLIMETRE


OUTSIDE = {
    "Paris": (2.35, 48.85),
    "Jersey": (-2.10, 49.20),
    "Calais": (1.85, 50.95),
    "Galway": (-9.05, 53.27),
    "Rockall": (-13.69, 57.60),
    "latitude and longitude swapped": (52.71, -2.75),
    "no coordinates, in ONS directories": (0.0, 99.999999),
    "null island": (0.0, 0.0),
    "not a number": (np.nan, 52.0),
    "infinite": (-2.0, np.inf),
}


@pytest.mark.parametrize("position", OUTSIDE.values(), ids=OUTSIDE)
def test_a_position_outside_the_national_grid_is_refused(position):
    with pytest.raises(OutsideNationalGridError):
        points_to_epsg_27700([position[0]], [position[1]])


@given(
    longitude=st.floats(-180, 180),
    latitude=st.floats(-90, 90),
)
def test_an_answer_is_on_the_national_grid_or_an_error(longitude, latitude):
    try:
        easting, northing = points_to_epsg_27700([longitude], [latitude])
    except OutsideNationalGridError:
        return
    assert on_national_grid(easting, northing).all()


def test_the_error_names_the_first_position_outside_and_counts_the_others():
    with pytest.raises(OutsideNationalGridError) as caught:
        points_to_epsg_27700([-2.75, 2.35, np.nan], [52.7, 48.85, 52.0])
    assert "longitude 2.35, latitude 48.85 (position 2)" in str(caught.value)
    assert "2 of 3" in str(caught.value)


@pytest.mark.parametrize(
    ("easting", "northing"),
    [(-1, 300_000), (700_000, 300_000), (300_000, -1), (300_000, 1_300_000), (np.nan, 300_000)],
)
def test_a_grid_position_outside_the_national_grid_is_refused(easting, northing):
    with pytest.raises(OutsideNationalGridError, match="position 1"):
        points_to_epsg_4326([easting], [northing])


def test_no_position_gives_no_position():
    for transform in (points_to_epsg_27700, points_to_epsg_4326):
        first, second = transform([], [])
        assert first.size == second.size == 0


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(CrsError, match="one length"):
        points_to_epsg_27700([-2.75, -2.7], [52.7])


def test_the_arguments_are_left_as_they_were():
    longitude, latitude = LONGITUDE.copy(), LATITUDE.copy()
    points_to_epsg_27700(longitude, latitude)
    np.testing.assert_array_equal(longitude, LONGITUDE)
    np.testing.assert_array_equal(latitude, LATITUDE)


# Names that files give to longitude and latitude; GIS software gives longitude first in all.
@pytest.mark.parametrize(
    "crs",
    ["EPSG:4326", 4326, "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4258", "EPSG:4979"],
)
def test_longitude_comes_first_whatever_the_crs_says_of_its_axes(crs):
    given_points = shapely.points(LONGITUDE, LATITUDE)
    moved = geometries_to_epsg_27700(given_points, crs)
    np.testing.assert_allclose(shapely.get_x(moved), EASTING, atol=MILLIMETRE, rtol=0)
    np.testing.assert_allclose(shapely.get_y(moved), NORTHING, atol=MILLIMETRE, rtol=0)


def test_web_mercator_goes_by_way_of_longitude_and_latitude():
    # EPSG guidance note 7-2, method 1024: the sphere of radius 6378137 m.
    radius_m = 6_378_137.0
    easting = radius_m * np.radians(LONGITUDE)
    northing = radius_m * np.log(np.tan(np.pi / 4 + np.radians(LATITUDE) / 2))
    moved = geometries_to_epsg_27700(shapely.points(easting, northing), "EPSG:3857")
    np.testing.assert_allclose(shapely.get_x(moved), EASTING, atol=2 * MILLIMETRE, rtol=0)
    np.testing.assert_allclose(shapely.get_y(moved), NORTHING, atol=2 * MILLIMETRE, rtol=0)


def test_the_irish_grid_is_not_taken_for_the_british_one():
    # Belfast City Hall, J 339 741, is at 54.5965 N 5.9302 W: about 146 km E, 529 km N over here.
    moved = geometries_to_epsg_27700([shapely.Point(333_900, 374_100)], "EPSG:29902")[0]
    expected = shapely.Point(*np.ravel(points_to_epsg_27700([-5.9302], [54.5965])))
    assert moved.distance(expected) < 200


ESRI_PRJ = (
    'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",'
    'SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],'
    'PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],'
    'PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize(
    "crs",
    ["EPSG:27700", 27700, "urn:ogc:def:crs:EPSG::27700", ESRI_PRJ, "EPSG:7405"],
    ids=["code", "number", "urn", "prj of a shapefile", "with heights"],
)
def test_the_national_grid_by_any_name_stays_where_it_is(crs):
    point = shapely.Point(357455.843, 383290.436)
    assert geometries_to_epsg_27700([point], crs)[0] == point


@pytest.mark.parametrize("crs", [None, "", "EPSG:999999", "somewhere"])
def test_a_missing_or_unknown_crs_is_refused(crs):
    with pytest.raises(CrsError):
        read_crs(crs)
    with pytest.raises(CrsError):
        geometries_to_epsg_27700([shapely.Point(1, 2)], crs)


@pytest.mark.parametrize("crs", ["EPSG:27700", "EPSG:4326", "EPSG:3857"])
def test_missing_and_empty_geometries_stay_so(crs):
    moved = geometries_to_epsg_27700([None, shapely.Polygon()], crs)
    assert moved[0] is None
    assert moved[1].is_empty
    assert geometries_to_epsg_27700([], crs).size == 0


def test_third_ordinates_are_dropped():
    point = shapely.Point(-2.75, 52.7, 100)
    assert not geometries_to_epsg_27700([point], "EPSG:4326")[0].has_z
    assert not geometries_to_epsg_27700([shapely.Point(3e5, 3e5, 9)], "EPSG:27700")[0].has_z
    assert not geometries_to_epsg_4326([shapely.Point(3e5, 3e5, 9)])[0].has_z


def test_a_vertex_outside_the_national_grid_is_refused_in_its_own_crs_too():
    line = shapely.LineString([(300_000, 300_000), (800_000, 300_000)])
    with pytest.raises(OutsideNationalGridError, match="easting 800000"):
        geometries_to_epsg_27700([line], "EPSG:27700")


def sides(west, south, east, north, count=20_001):
    share = np.linspace(0, 1, count)
    across, up = west + share * (east - west), south + share * (north - south)
    longitude = np.concatenate([across, across, np.full(count, west), np.full(count, east)])
    latitude = np.concatenate([np.full(count, south), np.full(count, north), up, up])
    return points_to_epsg_27700(longitude, latitude)


@pytest.mark.parametrize("bbox", [LONDON, (-3.0, 52.0, -1.0, 53.0), (-5.7, 50.0, 1.7, 58.6)])
def test_the_box_around_a_box_holds_all_of_its_sides(bbox):
    easting, northing = sides(*bbox)
    expected = (easting.min(), northing.min(), easting.max(), northing.max())
    np.testing.assert_allclose(bbox_to_epsg_27700(bbox), expected, atol=0.03, rtol=0)


def test_bbox_of_london_reaches_past_two_of_its_corners():
    # Grid north is not true north: two opposite corners alone fall short by a kilometre or so.
    easting, northing = points_to_epsg_27700([LONDON[0], LONDON[2]], [LONDON[1], LONDON[3]])
    least_easting, least_northing, greatest_easting, greatest_northing = bbox_to_epsg_27700(LONDON)
    assert easting[0] - least_easting > 500
    assert greatest_easting - easting[1] > 500
    assert least_northing <= northing[0]
    assert greatest_northing >= northing[1]


def test_a_long_side_of_a_drawn_shape_follows_its_parallel():
    drawn = drawn_to_epsg_27700(shapely.LineString([(-3, 52), (-1, 52)]))
    longitude = np.linspace(-3, -1, 5_003)
    truth = shapely.points(*points_to_epsg_27700(longitude, np.full(5_003, 52.0)))
    assert shapely.distance(truth, drawn).max() < 0.03


def test_every_vertex_that_was_drawn_is_still_a_vertex():
    ring = [(-2.75, 52.70), (-2.30, 52.71), (-2.50, 52.90)]
    vertices = shapely.get_coordinates(drawn_to_epsg_27700(shapely.Polygon(ring)))
    easting, northing = points_to_epsg_27700(*zip(*ring, strict=True))
    assert set(zip(easting, northing, strict=True)) <= set(map(tuple, vertices))


def test_a_frame_keeps_its_order_its_index_and_its_columns():
    frame = gpd.GeoDataFrame(
        {"code": ["b", "a"]}, geometry=gpd.points_from_xy(*[[-2.75, -2.2], [52.7, 52.2]]), crs=4326
    ).set_index([[7, 3]])
    before = frame.copy()
    moved = frame_to_epsg_27700(frame)
    assert moved.crs == "EPSG:27700"
    assert list(moved.index) == [7, 3]
    assert list(moved["code"]) == ["b", "a"]
    assert frame.crs == before.crs
    assert frame.geometry.geom_equals_exact(before.geometry, 0).all()


def test_a_frame_without_crs_is_refused():
    with pytest.raises(CrsError, match="missing"):
        frame_to_epsg_27700(gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)]))


# EPSG:5701 are heights, EPSG:4978 places from the centre of the Earth, the last a site's drawing.
@pytest.mark.parametrize("crs", ["EPSG:5701", "EPSG:4978", 'LOCAL_CS["site",UNIT["metre",1]]'])
def test_a_crs_of_no_places_on_a_map_is_refused(crs):
    with pytest.raises(CrsError, match="is no CRS of places on a map"):
        geometries_to_epsg_27700([shapely.Point(1, 1)], crs)
