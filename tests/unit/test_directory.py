"""The directory on a handful of units whose answers are worked out by hand."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_alerts.errors import FrameError, MalformedPostcodeError
from geo_alerts.places.directory import (
    POSITIONS,
    STATUSES,
    Directory,
    Found,
    Position,
    Status,
)
from geo_alerts.places.placing import place_terminated

NAN = float("nan")

# postcode, easting, northing, pqi, is_live, position, terminated, oa
UNITS = [
    ("SY1 1AD", 349_381, 312_241, 10, True, "published", "", "E00000001"),
    ("SY1 1AF", 349_007, 312_556, 10, True, "published", "", "E00000001"),
    ("SY1 2AB", 349_100, 312_700, 50, True, "published", "", "E00000002"),
    ("SY1 9XX", NAN, NAN, 90, True, "none", "", ""),
    ("SY10 7AA", 329_000, 329_000, 10, True, "published", "", "E00000003"),
    ("S1 1AA", 435_000, 387_000, 10, True, "published", "", "E00000004"),
    ("SY1 1AA", 349_194, 312_398.5, 0, False, "output_area_mean", "2022-05/2025-04", "E00000001"),
    ("SY1 1AB", 349_400, 312_300, 10, False, "published", "2014-03", "E00000001"),
    ("SY1 1AG", NAN, NAN, 0, False, "none", "1996-06", ""),
    ("SY1 1AE", NAN, NAN, 0, False, "none", "", ""),
    ("BT1 1AA", NAN, NAN, 90, True, "none", "", "N00001131"),
    ("BT1 4SD", NAN, NAN, 90, False, "none", "1990-12", ""),
]


def columns_of(units):
    names = ["postcode", "easting", "northing", "pqi", "is_live", "position", "terminated", "oa"]
    return {
        name: np.array(values) for name, values in zip(names, zip(*units, strict=True), strict=True)
    }


@pytest.fixture(scope="module")
def directory():
    """A directory of `UNITS`, which are not in order."""
    return Directory.from_columns("Test edition", columns_of(UNITS))


LOOK_UPS = [
    (
        "sy11ad",
        Found("SY1 1AD", Status.LIVE, 349_381.0, 312_241.0, 10, Position.PUBLISHED),
    ),
    (
        "SY1 1AB",
        Found(
            "SY1 1AB",
            Status.TERMINATED,
            349_400.0,
            312_300.0,
            10,
            Position.PUBLISHED,
            "2014-03",
            "ended in March 2014",
        ),
    ),
    (
        "SY1 1AA",
        Found(
            "SY1 1AA",
            Status.TERMINATED,
            349_194.0,
            312_398.5,
            None,
            Position.OUTPUT_AREA_MEAN,
            "2022-05/2025-04",
            "ended between May 2022 and April 2025, at a date that nobody gave; "
            "placed at the mean of the live postcodes of its output area",
        ),
    ),
    (
        "SY1 1AG",
        Found(
            "SY1 1AG",
            Status.TERMINATED,
            terminated="1996-06",
            reason="ended in June 1996; no position is known",
        ),
    ),
    (
        "SY1 1AE",
        Found("SY1 1AE", Status.TERMINATED, reason="no longer in use; no position is known"),
    ),
    (
        "SY1 9XX",
        Found("SY1 9XX", Status.NO_LOCATION, pqi=90, reason="its coordinates are not published"),
    ),
    (
        "BT1 1AA",
        Found(
            "BT1 1AA",
            Status.NO_LOCATION,
            pqi=90,
            reason="Northern Ireland is on the Irish grid, not on the National Grid",
        ),
    ),
    (
        "BT1 4SD",
        Found(
            "BT1 4SD",
            Status.TERMINATED,
            pqi=90,
            terminated="1990-12",
            reason="ended in December 1990; "
            "Northern Ireland is on the Irish grid, not on the National Grid",
        ),
    ),
    (
        "BT99 9ZZ",
        Found(
            "BT99 9ZZ",
            Status.NO_LOCATION,
            reason="Northern Ireland is on the Irish grid, not on the National Grid",
        ),
    ),
    (
        "bfpo 57",
        Found(
            "BFPO 57",
            Status.NO_LOCATION,
            reason="it is a British Forces post office, which has no place on the map",
        ),
    ),
    (
        "SY1 1ZZ",
        Found("SY1 1ZZ", Status.UNKNOWN, reason="well formed, but not in Test edition"),
    ),
    (
        "12 High Street",
        Found(
            "12 High Street",
            Status.MALFORMED,
            reason="it does not have the form of a postcode; wanted is a postcode such as SY1 1AA",
        ),
    ),
]


@pytest.mark.parametrize(("text", "found"), LOOK_UPS)
def test_each_outcome_of_a_look_up_is_told_apart(directory, text, found):
    assert directory.look_up(text) == found


def test_many_look_ups_come_in_the_order_asked_with_repeats(directory):
    texts = [text for text, _ in LOOK_UPS] * 2
    assert directory.look_up_many(texts) == [found for _, found in LOOK_UPS] * 2
    assert directory.look_up_many(np.array(texts)) == directory.look_up_many(texts)
    assert directory.look_up_many([]) == []


def test_the_units_are_kept_by_postcode(directory):
    assert directory.postcode.tolist() == sorted(unit[0] for unit in UNITS)
    assert len(directory) == len(UNITS)
    row = directory.find(np.array(["SY1 1AF"]))[0]
    assert (directory.easting[row], directory.northing[row]) == (349_007, 312_556)
    assert directory.oa[row] == "E00000001"
    assert directory.terminated[directory.find(np.array(["SY1 1AB"]))[0]] == "2014-03"
    assert directory.lsoa[row] == directory.ward[row] == directory.district[row] == ""
    assert not directory.is_large_user.any()


def test_what_is_no_normalised_postcode_is_not_found(directory):
    wanted = np.array(
        ["SY1 1AD", "sy1 1ad", "SY11AD", "", "SY1 1ADX", "SY1 1AD\u0141", "ZZZZZZZZZ"]
    )
    assert directory.find(wanted).tolist() == [
        directory.postcode.tolist().index("SY1 1AD"),
        *[-1] * 6,
    ]


@pytest.mark.parametrize(
    ("part", "units"),
    [
        ("SY1 1", ["SY1 1AD", "SY1 1AF"]),
        ("sy1", ["SY1 1AD", "SY1 1AF", "SY1 2AB", "SY1 9XX"]),
        ("SY", ["SY1 1AD", "SY1 1AF", "SY1 2AB", "SY1 9XX", "SY10 7AA"]),
        ("S", ["S1 1AA"]),
        ("S1", ["S1 1AA"]),
        ("SY1 1AD", ["SY1 1AD"]),
        ("SY1 1AB", []),
        ("SY9", []),
        ("ZE", []),
    ],
)
def test_parts_hold_their_live_units_and_no_others(directory, part, units):
    assert directory.postcode[directory.units_of(part)].tolist() == units


def test_what_is_no_part_is_refused(directory):
    with pytest.raises(MalformedPostcodeError):
        directory.units_of("High Street")


def test_a_geometry_covers_live_located_units_with_its_edge(directory):
    # SY1 1AF is on the western edge, SY1 1AD at the south-eastern corner.
    box = shapely.box(349_007, 312_241, 349_381, 312_600)
    assert directory.postcode[directory.covered_by(box)].tolist() == ["SY1 1AD", "SY1 1AF"]
    everywhere = shapely.box(0, 0, 700_000, 1_300_000)
    assert directory.postcode[directory.covered_by(everywhere)].tolist() == [
        "S1 1AA",
        "SY1 1AD",
        "SY1 1AF",
        "SY1 2AB",
        "SY10 7AA",
    ]


def test_the_nearest_units_come_with_their_distances(directory):
    (row, distance_m), *others = directory.nearest(349_007, 312_553, count=2)
    assert (directory.postcode[row], distance_m) == ("SY1 1AF", 3.0)
    assert directory.postcode[others[0][0]] == "SY1 2AB"
    assert len(directory.nearest(0, 0, count=99)) == 5


def test_a_sector_mean_is_that_of_its_live_located_units(directory):
    assert directory.sector_mean("SY1 1") == (349_194.0, 312_398.5)
    assert directory.sector_mean("SY1 9") is None
    assert directory.sector_mean("SY2 1") is None
    assert directory.sector_mean("") is None


def test_positions_say_where_they_come_from(directory):
    asked = {
        "SY1 1AD": (Status.LIVE, Position.PUBLISHED, 349_381.0),
        "SY1 1AA": (Status.TERMINATED, Position.OUTPUT_AREA_MEAN, 349_194.0),
        "SY1 1AG": (Status.TERMINATED, Position.NONE, None),
        "SY1 9XX": (Status.NO_LOCATION, Position.NONE, None),
        "SY1 1ZZ": (Status.UNKNOWN, Position.SECTOR_MEAN, 349_194.0),
        "SY9 1ZZ": (Status.UNKNOWN, Position.NONE, None),
        "BT2 1ZZ": (Status.NO_LOCATION, Position.NONE, None),
        "": (Status.MALFORMED, Position.NONE, None),
    }
    located = directory.locate(np.array(list(asked)))
    for row, (status, position, easting) in enumerate(asked.values()):
        assert STATUSES[located.status[row]] is status
        assert POSITIONS[located.position[row]] is position
        assert located.easting[row] == easting or (
            easting is None and np.isnan(located.easting[row])
        )


def test_a_directory_without_units_answers_too():
    directory = Directory.from_columns(
        "Empty", {"postcode": [], "easting": [], "northing": [], "is_live": []}
    )
    assert directory.look_up("SY1 1AD").status is Status.UNKNOWN
    assert directory.units_of("SY1").tolist() == []
    assert directory.nearest(0, 0) == []
    assert directory.covered_by(shapely.box(0, 0, 1, 1)).tolist() == []
    assert np.isnan(directory.locate(np.array(["SY1 1AD"])).easting).tolist() == [True]


def test_a_frame_and_the_columns_of_a_store_give_the_same_directory():
    frame = place_terminated(
        pd.DataFrame(
            {
                "postcode": ["SY1 1AD", "SY1 1AF", "SY1 1AA"],
                "easting": [349_381, 349_007, NAN],
                "northing": [312_241, 312_556, NAN],
                "pqi": [10, 10, 0],
                "status": ["live", "live", "terminated"],
                "terminated": ["", "", "2014-03"],
                "large_user": [True, False, False],
                "oa": ["E00000001"] * 3,
            }
        )
    )
    from_frame = Directory.from_columns("Test", frame)
    from_store = Directory.from_columns(
        "Test",
        {
            "postcode": frame["postcode"].to_numpy(dtype="S8").astype("<U8"),
            "easting": frame["easting"].to_numpy(),
            "northing": frame["northing"].to_numpy(),
            "pqi": frame["pqi"].to_numpy(dtype=np.uint8),
            "is_live": np.array([True, True, False]),
            "terminated": frame["terminated"].to_numpy(dtype="S15"),
            "position": np.array([0, 0, 1], dtype=np.uint8),
            "is_large_user": frame["large_user"].to_numpy(),
            "oa": frame["oa"].to_numpy(dtype="S9"),
        },
    )
    texts = frame["postcode"].tolist()
    assert from_frame.look_up_many(texts) == from_store.look_up_many(texts)
    assert from_frame.is_large_user.tolist() == from_store.is_large_user.tolist()
    assert from_frame.oa.tolist() == from_store.oa.tolist() == ["E00000001"] * 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"postcode": np.array(["SY1 1AD", "SY1 1AD"])}, "row 1, column postcode: occurs more"),
        ({"postcode": np.array(["SY1 1AD", ""])}, "row 2, column postcode: is empty"),
        ({"postcode": np.array(["SY1 1AD", "SY11 1ADX"])}, "row 2, column postcode: is empty or"),
        ({"easting": np.array([1.0])}, "easting: has 1 rows, not 2"),
        ({"easting": np.array([1.0, -1.0])}, "row 2, column easting: is not on the National Grid"),
        ({"northing": np.array([1.0, NAN])}, "row 2, column easting: is not on the National Grid"),
    ],
)
def test_columns_that_cannot_be_a_directory_are_refused(change, words):
    columns = {
        "postcode": np.array(["SY1 1AD", "SY1 1AF"]),
        "easting": np.array([1.0, 2.0]),
        "northing": np.array([1.0, 2.0]),
        "is_live": np.array([True, True]),
    }
    with pytest.raises(FrameError, match=words):
        Directory.from_columns("Test", columns | change)


def test_missing_columns_are_told_together():
    with pytest.raises(FrameError, match=r"easting: is missing.*northing.*status"):
        Directory.from_columns("Test", {"postcode": np.array(["SY1 1AD"])})


def test_terminated_units_are_placed_at_the_mean_of_their_output_area():
    units = pd.DataFrame(
        {
            "status": ["live", "live", "live", "terminated", "terminated", "terminated", "live"],
            "easting": [100.0, 200.0, 900.0, NAN, 5.0, NAN, NAN],
            "northing": [10.0, 40.0, 900.0, NAN, 6.0, NAN, NAN],
            "oa": ["A", "A", "B", "A", "A", "C", "A"],
        },
        index=[7, 6, 5, 4, 3, 2, 1],
    )
    before = units.copy()
    placed = place_terminated(units)
    pd.testing.assert_frame_equal(units, before)
    assert placed.index.tolist() == units.index.tolist()
    # Mean of (100, 10) and (200, 40); the unit with a point keeps it, and C has no live unit.
    assert placed.loc[4, ["easting", "northing"]].tolist() == [150.0, 25.0]
    assert placed.loc[3, ["easting", "northing"]].tolist() == [5.0, 6.0]
    assert placed["easting"].isna().tolist() == [False] * 5 + [True] * 2
    assert placed["position"].tolist() == [
        "published",
        "published",
        "published",
        "output_area_mean",
        "published",
        "none",
        "none",
    ]
