"""Faults of a layer: all at once, each with feature, code, reason and place."""

import geopandas as gpd
import pytest
import shapely

from boundaries.files.check import check_layer
from geo_alerts.errors import CrsError, Fault, FrameError

SQUARE = shapely.box(400_000, 300_000, 400_100, 300_100)
# Sides cross in the middle, at 50 m from each corner's ordinates.
BOW_TIE = shapely.Polygon(
    [(400_000, 300_000), (400_100, 300_100), (400_100, 300_000), (400_000, 300_100)]
)


def areas(*rows, crs="EPSG:27700", **columns):
    codes, names, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"code": list(codes), "name": list(names), **columns}, geometry=list(shapes), crs=crs
    )


def test_a_sound_layer_has_no_faults():
    assert check_layer(areas(("A", "Ash", SQUARE), ("B", "Birch", SQUARE))) == []


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (BOW_TIE, "self-intersection at easting 400050.000, northing 300050.000"),
        (None, "is missing, or cannot be made of its positions (a ring too short or not closed)"),
        (shapely.Polygon(), "is empty"),
        (shapely.MultiPolygon(), "is empty"),
        (shapely.Point(400_000, 300_000), "is a Point; wanted a Polygon or a MultiPolygon"),
        (SQUARE.exterior, "is a LinearRing; wanted a Polygon or a MultiPolygon"),
        (
            shapely.Polygon(SQUARE.exterior.coords, [[(9, 9), (10, 9), (10, 10), (9, 9)]]),
            "hole lies outside shell at easting 9.000, northing 9.000",
        ),
        (
            shapely.MultiPolygon([SQUARE, shapely.box(400_050, 300_000, 400_060, 300_010)]),
            "self-intersection at easting 400050.000, northing 300000.000",
        ),
    ],
)  # fmt: skip
def test_a_shape_that_will_not_do_is_told_with_its_reason_and_place(shape, reason):
    faults = check_layer(areas(("A", "Ash", SQUARE), ("B", "Birch", shape)))
    assert faults == [Fault(2, "geometry", f"code B: {reason}")]


def test_codes_and_names_that_are_blank_or_repeated_are_told_in_the_order_of_the_rows():
    faults = check_layer(
        areas(
            ("A", " ", SQUARE),
            ("", "Birch", SQUARE),
            ("A", "Cedar", SQUARE),
            ("A", "Elm", shapely.Polygon()),
        )
    )
    assert [str(fault) for fault in faults] == [
        "row 1, column name: code A: is missing",
        "row 2, column code: is missing",
        "row 3, column code: code A: is already the code of row 1",
        "row 4, column code: code A: is already the code of row 1",
        "row 4, column geometry: code A: is empty",
    ]


def test_faults_name_the_file_and_the_number_of_the_feature_in_it():
    layer = areas(
        ("A", "Ash", SQUARE),
        ("A", "Ash", SQUARE),
        file=["north.json", "south.json"],
        feature=[7, 1],
    )
    assert [str(fault) for fault in check_layer(layer)] == [
        "row 1, column code: south.json, code A: is already the code of feature 7 of north.json"
    ]


def test_a_layer_in_another_crs_is_refused():
    with pytest.raises(CrsError, match="EPSG:4326"):
        check_layer(areas(("A", "Ash", shapely.box(-2, 52, -1, 53)), crs="EPSG:4326"))


def test_a_layer_without_names_is_refused():
    with pytest.raises(FrameError, match="column name: is missing"):
        check_layer(areas(("A", "Ash", SQUARE)).drop(columns="name"))


def test_checking_leaves_the_frame_as_it_was():
    layer = areas(("A", "Ash", BOW_TIE), ("A", "", None))
    before = layer.copy(deep=True)
    check_layer(layer)
    assert layer.equals(before)


@pytest.mark.parametrize("code", ["A" * 64, "WM-01", "Ŵ 1", "at1", "50%"])
def test_a_code_that_can_be_part_of_an_address_is_sound(code):
    assert check_layer(areas((code, "n" * 200, SQUARE), ("B", "St\u00a0Neots", SQUARE))) == []


IN_ADDRESS = "holds /, ? or #, which cannot stand in the address of a team"
UNSEEN = "holds a character that cannot be seen, such as the end of a line"
TAKEN = "is a word of the addresses of teams; wanted another"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("A/1", f"code A/1: {IN_ADDRESS}"),
        ("A?", f"code A?: {IN_ADDRESS}"),
        ("#1", f"code #1: {IN_ADDRESS}"),
        ("at", f"code at: {TAKEN}"),
        ("..", f"code ..: {TAKEN}"),
        ("A\n1", f"code 'A\\n1': {UNSEEN}"),
        ("A\x001", f"code 'A\\x001': {UNSEEN}"),
        ("A\u202e1", f"code 'A\\u202e1': {UNSEEN}"),
        ("A" * 65, f"code '{'A' * 64}…': has 65 characters; wanted at most 64"),
    ],
)
def test_a_code_that_cannot_be_part_of_an_address_is_told(code, reason):
    assert check_layer(areas((code, "Ash", SQUARE))) == [Fault(1, "code", reason)]


def test_names_that_cannot_be_shown_are_told_with_the_other_faults():
    faults = check_layer(
        areas(("A", "n" * 201, SQUARE), ("B", "Birch\x1b[2J", BOW_TIE), ("at", "Cedar", SQUARE))
    )
    assert [(fault.row, fault.column) for fault in faults] == [
        (1, "name"),
        (2, "name"),
        (2, "geometry"),
        (3, "code"),
    ]
    assert faults[0].reason == "code A: has 201 characters; wanted at most 200"
    assert faults[1].reason == f"code B: {UNSEEN}"
